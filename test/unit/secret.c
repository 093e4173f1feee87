/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret.c - secret ballots in which somebody cheats: everything must be refused, and what is honest accepted. */
#include <string.h>

#include "base/mem.h"
#include "secret/parts.h"
#include "test/secret_help.h"
#include "test/test.h"

#define MUST(call)                                                                                \
    do {                                                                                          \
        pl_error *err = &error;                                                                   \
        if ((call) != PL_OK) {                                                                    \
            FAIL("%s: %s: %s", #call, error.subject, error.message);                              \
        }                                                                                         \
    } while (0)

static pl_error error;

static bool accepted(const secret_case *c, const char *ballot, size_t n)
{
    pl_secret_seen seen;
    return pl_secret_ballot(c->election, ballot, n, &seen, &error) == PL_OK;
}

/* Signed again by voter i, is it accepted? */
static bool accepted_signed(const secret_case *c, int i, const pl_secret_text *ballot)
{
    pl_secret_text text = secret_sign_again(c, i, ballot->text, ballot->n);
    bool good = accepted(c, text.text, text.n);
    pl_secret_text_free(&text);
    return good;
}

static pl_secret_text copy(const char *text, size_t n)
{
    pl_secret_text out = {PL_NEW(char, n + 1), n};
    memcpy(out.text, text, n);
    out.text[n] = '\0';
    return out;
}

/* Shuffles by all, decryptions by the trustees of `who` (bits), the result. */
static void shuffle_all(secret_case *c, pl_secret_text *tally)
{
    for (int i = 0; i < 2; i++) {
        pl_secret_text shuffle, after;
        MUST(pl_secret_shuffle(c->election, tally->text, tally->n, NULL, 2, &shuffle, err));
        MUST(pl_secret_shuffle_check(c->election, tally->text, tally->n, shuffle.text, shuffle.n, 2, &after, err));
        pl_secret_text_free(&shuffle);
        pl_secret_text_free(tally);
        *tally = after;
    }
}

static int decrypt(secret_case *c, const pl_secret_text *tally, unsigned who, pl_secret_text *text, pl_secret_part *part)
{
    int n = 0;
    for (int i = 0; i < c->n_keys; i++) {
        if (who >> i & 1) {
            MUST(pl_secret_decrypt(c->election, tally->text, tally->n, c->key[i].text, i == 0 ? NULL : c->part[i].text, c->part[i].n, NULL, 1,
                                   &text[n], &part[n].trustee, err));
            CHECK_INT(part[n].trustee, i + 1);
            part[n].decryption = (pl_secret_view){text[n].text, text[n].n};
            n++;
        }
    }
    return n;
}

static void free_texts(pl_secret_text *text, int n)
{
    for (int i = 0; i < n; i++) {
        pl_secret_text_free(&text[i]);
    }
}

static void whole_election(const char *group, bool rankings, bool threshold)
{
    secret_case c;
    pl_secret_box box;
    pl_secret_text text[4], result;
    pl_secret_part part[4];
    uint64_t bad;
    secret_case_make(&c, group, rankings, threshold);
    MUST(pl_secret_tally(c.election, c.view, SECRET_VOTERS, PL_SECRET_LEAST_BALLOTS, 2, &box, err));
    CHECK_INT(box.counted, SECRET_VOTERS);
    if (rankings) {
        shuffle_all(&c, &box.tally);
    }
    int n = decrypt(&c, &box.tally, threshold ? 13 : 1, text, part); /* alone, and two of three */
    MUST(pl_secret_result(c.election, box.tally.text, box.tally.n, box.weight, part, n, 2, &result, &bad, err));
    CHECK_INT(bad, 0);
    CHECK(strncmp(result.text, "{\"result\":[[1,3,2,2]", 20) == 0);
    if (rankings) {
        pl_ballots *b;
        MUST(pl_secret_result_ballots(c.election, result.text, result.n, 1, &b, err));
        CHECK_INT(b->papers, SECRET_VOTERS);
        CHECK_INT(b->kind, PL_RANKED);
        pl_ballots_free(b);
    }
    pl_ballots *sums;
    MUST(pl_secret_result_ballots(c.election, result.text, result.n, 0, &sums, err));
    CHECK_INT(sums->papers, 7);
    CHECK_INT(sums->blank, 1);
    pl_ballots_free(sums);
    free_texts(text, n);
    pl_secret_text_free(&result);
    pl_secret_text_free(&box.tally);
    secret_case_free(&c);
}

TEST(an_election_in_ed25519)
{
    whole_election("Ed25519", true, true);
}

TEST(an_election_in_belenios_2048)
{
    whole_election("BELENIOS-2048", false, true);
}

TEST(an_election_in_rfc_3526)
{
    whole_election("RFC-3526-2048", true, false);
}

TEST(the_last_ballot_counts_once)
{
    secret_case c;
    pl_secret_box box;
    pl_secret_text text[1], result, again;
    pl_secret_part part[1];
    int32_t choice[4] = {0, 0, 0, 1};
    secret_case_make(&c, "Ed25519", false, false);
    MUST(pl_secret_vote(c.election, c.credential[0], choice, 4, NULL, &again, err));
    pl_secret_view view[SECRET_VOTERS + 1];
    memcpy(view, c.view, sizeof c.view);
    view[SECRET_VOTERS] = (pl_secret_view){again.text, again.n};
    MUST(pl_secret_tally(c.election, view, SECRET_VOTERS + 1, 1, 1, &box, err));
    CHECK_INT(box.counted, SECRET_VOTERS);
    CHECK_INT(decrypt(&c, &box.tally, 1, text, part), 1);
    MUST(pl_secret_result(c.election, box.tally.text, box.tally.n, box.weight, part, 1, 1, &result, NULL, err));
    CHECK_STR(result.text, "{\"result\":[[1,2,2,3]]}");
    pl_secret_text_free(&box.tally);
    view[SECRET_VOTERS] = view[2]; /* the server repeats a ballot */
    CHECK_INT(pl_secret_tally(c.election, view, SECRET_VOTERS + 1, 1, 1, &box, &error), PL_REFUTED);
    CHECK(strstr(error.message, "are the same") != NULL);
    pl_secret_text_free(&again);
    pl_secret_text_free(&result);
    free_texts(text, 1);
    secret_case_free(&c);
}

/* Every number of a ballot is changed, one after the other; signed again, so that the proofs have to notice. */
TEST(each_number_of_a_ballot_matters)
{
    secret_case c;
    secret_case_make(&c, "Ed25519", true, false);
    pl_secret_text b = copy(c.ballot[1].text, c.ballot[1].n);
    char *end = strstr(b.text, ",\"signature\":");
    int changed = 0;
    CHECK(accepted_signed(&c, 1, &b));
    for (char *at = strstr(b.text, "\"answers\":"); at < end; at++) {
        if (*at == '"' && at[-1] != ':' && at[1] != ':' && (at[-1] >= '0' && at[-1] <= 'f')) { /* the end of a number */
            char old = at[-1];
            at[-1] = old == '1' ? '2' : '1';
            if (old != at[-1]) {
                changed++;
                if (accepted_signed(&c, 1, &b)) {
                    FAIL("a ballot with another number at byte %d is accepted", (int)(at - b.text));
                }
            }
            at[-1] = old;
        }
    }
    CHECK(changed > 30);
    b.text[b.n - 5] ^= 1; /* in the signature itself */
    CHECK(!accepted(&c, b.text, b.n));
    pl_secret_text_free(&b);
    secret_case_free(&c);
}

static void refuses_number(const char *group, const char *field, const char *number)
{
    secret_case c;
    char from[40];
    pl_str to;
    secret_case_make(&c, group, false, false);
    snprintf(from, sizeof from, "\"%s\":\"", field);
    const char *at = strstr(c.ballot[0].text, from);
    pl_str_init(&to, 4096);
    pl_str_addf(&to, "%s%s", from, number);
    size_t n = strcspn(at + strlen(from), "\"");
    pl_str old;
    pl_str_init(&old, 4096);
    pl_str_add_n(&old, at, strlen(from) + n);
    pl_secret_text b = secret_replace(c.ballot[0].text, c.ballot[0].n, old.text, 0, to.text);
    if (accepted_signed(&c, 0, &b)) {
        FAIL("%s: a ballot with %s %s is accepted", group, field, number);
    }
    pl_str_clear(&old);
    pl_str_clear(&to);
    pl_secret_text_free(&b);
    secret_case_free(&c);
}

TEST(elements_that_are_none_are_refused)
{
    static const char *const point[] = {
        "0000000000000000000000000000000000000000000000000000000000000001", /* the identity */
        "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec", /* order 2 */
        "0000000000000000000000000000000000000000000000000000000000000000", /* order 4 */
        "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd83d3d706a17c7", /* order 8 */
        "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee", /* the identity, not reduced */
        "8000000000000000000000000000000000000000000000000000000000000001", /* with a sign */
        "0000000000000000000000000000000000000000000000000000000000000002", /* on no curve */
        "666666666666666666666666666666666666666666666666666666666666665", "", "0", "G"};
    static const char *const number[] = {"0", "1", "20694785691422546", "-1", "01", "", "x"};
    for (size_t i = 0; i < sizeof point / sizeof point[0]; i++) {
        refuses_number("Ed25519", "alpha", point[i]);
        if (i > 0) {
            refuses_number("Ed25519", "beta", point[i]);
        }
    }
    for (size_t i = 0; i < sizeof number / sizeof number[0]; i++) {
        refuses_number("BELENIOS-2048", "alpha", number[i]);
    }
}

/* A challenge plus q is the same modulo q, but another text. */
TEST(numbers_have_one_form)
{
    refuses_number("Ed25519", "challenge", "7237005577332262213973186563042994240857116359379907606001950938285454250989");
    refuses_number("Ed25519", "challenge", "00");
    refuses_number("Ed25519", "response", "+1");
    refuses_number("Ed25519", "response", "99999999999999999999999999999999999999999999999999999999999999999999999999999999999999999");
    refuses_number("BELENIOS-2048", "response", "78571733251071885079927659812671450121821421258408794611510081919805623223441");
}

/* Two choices change places, with their proofs: the whole is proved in its order. */
TEST(a_reordered_ballot_is_refused)
{
    secret_case c;
    secret_case_make(&c, "Ed25519", false, false);
    const char *text = c.ballot[1].text, *open = strstr(text, "\"choices\":[") + 11, *first = strchr(open, '}') + 1;
    const char *second = strchr(first + 1, '}') + 1, *rest = second;
    pl_str b;
    pl_str_init(&b, 1 << 20);
    pl_str_add_n(&b, text, (size_t)(open - text));
    pl_str_add_n(&b, first + 1, (size_t)(second - first - 1));
    pl_str_add(&b, ",");
    pl_str_add_n(&b, open, (size_t)(first - open));
    pl_str_add(&b, rest);
    pl_secret_text swapped = {b.text, b.len};
    CHECK(!accepted_signed(&c, 1, &swapped));
    const char *proofs = strstr(b.text, "\"individual_proofs\":[") + 21, *one = strchr(proofs, ']') + 1, *two = strchr(one + 1, ']') + 1;
    pl_str both;
    pl_str_init(&both, 1 << 20);
    pl_str_add_n(&both, b.text, (size_t)(proofs - b.text));
    pl_str_add_n(&both, one + 1, (size_t)(two - one - 1));
    pl_str_add(&both, ",");
    pl_str_add_n(&both, proofs, (size_t)(one - proofs));
    pl_str_add(&both, two);
    pl_secret_text with = {both.text, both.len};
    CHECK(!accepted_signed(&c, 1, &with));
    CHECK(strstr(error.message, "number of choices") != NULL || strstr(error.message, "blank") != NULL);
    pl_str_clear(&b);
    pl_str_clear(&both);
    secret_case_free(&c);
}

TEST(ballots_of_others_are_refused)
{
    secret_case c, other;
    pl_secret_text open, ballot;
    int32_t choice[4] = {0, 1, 0, 0};
    char stranger[PL_SECRET_CREDENTIAL];
    secret_case_make(&c, "Ed25519", false, false);
    secret_case_make(&other, "Ed25519", false, false);
    CHECK(!accepted(&c, other.ballot[0].text, other.ballot[0].n));
    CHECK_INT(error.status, PL_DATA);
    /* a copy of somebody's vote under one's own credential */
    char from[200], to[200];
    snprintf(from, sizeof from, "\"credential\":\"%.64s\"", strstr(c.ballot[0].text, "\"credential\":\"") + 14);
    snprintf(to, sizeof to, "\"credential\":\"%.64s\"", strstr(c.ballot[1].text, "\"credential\":\"") + 14);
    ballot = secret_replace(c.ballot[0].text, c.ballot[0].n, from, 0, to);
    CHECK(!accepted_signed(&c, 1, &ballot));
    CHECK_INT(error.status, PL_REFUTED);
    pl_secret_text_free(&ballot);
    /* the server invents a voter, or votes with a credential whose secret it does not know */
    MUST(pl_secret_credential("Ed25519", c.uuid, NULL, stranger, &open, err));
    pl_secret_text_free(&open);
    CHECK_INT(pl_secret_vote(c.election, stranger, choice, 4, NULL, &ballot, &error), PL_DATA);
    ballot = copy(c.ballot[0].text, c.ballot[0].n);
    CHECK(!accepted_signed(&c, 1, &ballot)); /* signed by another than the one it names */
    pl_secret_text_free(&ballot);
    CHECK_INT(pl_secret_vote(c.election, "abc-def-ghj-kmn-pqr", choice, 4, NULL, &ballot, &error), PL_DATA);
    CHECK(strstr(error.message, "typing") != NULL);
    secret_case_free(&c);
    secret_case_free(&other);
}

TEST(votes_against_the_rules_are_not_made)
{
    static const int32_t bad[][4] = {{0, 0, 0, 0}, {0, 1, 1, 1}, {1, 1, 0, 0}, {0, 2, 0, 0}, {0, -1, 1, 0}};
    secret_case c;
    pl_secret_text ballot;
    secret_case_make(&c, "Ed25519", false, false);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK_INT(pl_secret_vote(c.election, c.credential[0], bad[i], 4, NULL, &ballot, &error), PL_DATA);
    }
    CHECK_INT(pl_secret_vote(c.election, c.credential[0], bad[0], 3, NULL, &ballot, &error), PL_DATA);
    secret_case_free(&c);
}

TEST(few_ballots_are_not_opened)
{
    secret_case c;
    pl_secret_box box;
    secret_case_make(&c, "Ed25519", false, false);
    CHECK_INT(pl_secret_tally(c.election, c.view, 1, PL_SECRET_LEAST_BALLOTS, 1, &box, &error), PL_DATA);
    CHECK_INT(pl_secret_tally(c.election, c.view, 4, PL_SECRET_LEAST_BALLOTS, 1, &box, &error), PL_DATA);
    CHECK(strstr(error.message, "only 4") != NULL);
    secret_case_free(&c);
}

TEST(a_dishonest_shuffle_is_refused)
{
    secret_case c;
    pl_secret_box box;
    pl_secret_text shuffle, after;
    secret_case_make(&c, "Ed25519", true, false);
    MUST(pl_secret_tally(c.election, c.view, SECRET_VOTERS, 1, 1, &box, err));
    MUST(pl_secret_shuffle(c.election, box.tally.text, box.tally.n, NULL, 1, &shuffle, err));
    /* one ranking is dropped and another repeated */
    const char *first = strstr(shuffle.text, "[[{") + 2, *end = strchr(first, '}') + 1, *next_end = strchr(end, '}') + 1;
    pl_str repeated;
    pl_str_init(&repeated, 1 << 20);
    pl_str_add_n(&repeated, shuffle.text, (size_t)(end - shuffle.text));
    pl_str_add(&repeated, ",");
    pl_str_add_n(&repeated, first, (size_t)(end - first));
    pl_str_add(&repeated, next_end);
    CHECK_INT(pl_secret_shuffle_check(c.election, box.tally.text, box.tally.n, repeated.text, repeated.len, 1, &after, &error), PL_REFUTED);
    pl_str_clear(&repeated);
    /* each number is another */
    int changed = 0;
    for (char *at = shuffle.text; at < shuffle.text + shuffle.n; at++) {
        if (*at == '"' && at[-1] != ':' && at[-1] != '{' && at[-1] != ',' && at[-1] != '[' && at[1] != ':') {
            char old = at[-1];
            at[-1] = old == '3' ? '4' : '3';
            changed++;
            if (pl_secret_shuffle_check(c.election, box.tally.text, box.tally.n, shuffle.text, shuffle.n, 1, &after, &error) == PL_OK) {
                FAIL("a shuffle with another number at byte %d is accepted", (int)(at - shuffle.text));
            }
            at[-1] = old;
        }
    }
    CHECK(changed > 8 * SECRET_VOTERS);
    pl_secret_text_free(&shuffle);
    pl_secret_text_free(&box.tally);
    secret_case_free(&c);
}

TEST(trustees_who_fail_do_no_harm_within_the_threshold)
{
    secret_case c;
    pl_secret_box box;
    pl_secret_text text[4], result;
    pl_secret_part part[4];
    uint64_t bad;
    secret_case_make(&c, "Ed25519", false, true);
    MUST(pl_secret_tally(c.election, c.view, SECRET_VOTERS, 1, 1, &box, err));
    int n = decrypt(&c, &box.tally, 15, text, part);
    for (unsigned who = 0; who < 16; who++) {
        pl_secret_part some[4];
        int k = 0, members = 0;
        for (int i = 0; i < n; i++) {
            if (who >> i & 1) {
                some[k++] = part[i];
                members += i > 0;
            }
        }
        pl_status status = pl_secret_result(c.election, box.tally.text, box.tally.n, box.weight, some, k, 1, &result, NULL, &error);
        CHECK_INT(status, (who & 1) != 0 && members >= 2 ? PL_OK : PL_DATA);
        if (status == PL_OK) {
            CHECK_STR(result.text, "{\"result\":[[1,3,2,2]]}");
            pl_secret_text_free(&result);
        }
    }
    char *digit = strstr(text[1].text, "\"response\":\"") + 13; /* a false part is left out, and told */
    *digit = *digit == '1' ? '2' : '1';
    CHECK_INT(pl_secret_decryption_check(c.election, box.tally.text, box.tally.n, 2, text[1].text, text[1].n, 1, &error), PL_REFUTED);
    MUST(pl_secret_result(c.election, box.tally.text, box.tally.n, box.weight, part, n, 1, &result, &bad, err));
    CHECK_INT(bad, 2);
    CHECK_STR(result.text, "{\"result\":[[1,3,2,2]]}");
    CHECK_INT(pl_secret_decryption_check(c.election, box.tally.text, box.tally.n, 3, text[3].text, text[3].n, 1, &error), PL_REFUTED);
    pl_secret_text_free(&result);
    free_texts(text, n);
    pl_secret_text_free(&box.tally);
    secret_case_free(&c);
}

/* Where any one of them is enough they all have the same key; but nobody else may have it. */
TEST(any_number_of_three_trustees_can_be_enough)
{
    for (int needed = 1; needed <= 3; needed++) {
        pl_secret_text key[3], part[3], parameters, out;
        secret_threshold_make("Ed25519", needed, key, part, &parameters);
        pl_secret_view twice[2] = {{parameters.text, parameters.n}, {parameters.text, parameters.n}};
        MUST(pl_secret_trustees("Ed25519", twice, 1, &out, err));
        pl_secret_text_free(&out);
        CHECK_INT(pl_secret_trustees("Ed25519", twice, 2, &out, &error), PL_REFUTED);
        free_texts(key, 3);
        free_texts(part, 3);
        pl_secret_text_free(&parameters);
    }
}

/* A list of belenios-tool has names behind the weights; what is published has none. */
TEST(names_are_taken_off_public_credentials)
{
    static const char *const list[][2] = {{"[\"12,,7\", \"34,5,a,b\",\"56,1,\\u00e9\\\"\"]", "[\"12\",\"34,5\",\"56,1\"]"},
                                          {"[\"12\",\"34,5\",\"56,\"]", "[\"12\",\"34,5\",\"56,\"]"}, {"[]", "[]"}};
    static const char *const wrong[] = {"", "{}", "[1]", "[\"\"]", "[\",,a\"]", "[\"1\\\"2\"]", "[[\"1\"]]"};
    pl_secret_text out;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        MUST(pl_secret_credentials_public(list[i][0], strlen(list[i][0]), &out, err));
        CHECK_STR(out.text, list[i][1]);
        pl_secret_text_free(&out);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK_INT(pl_secret_credentials_public(wrong[i], strlen(wrong[i]), &out, &error), PL_PARSE);
    }
}

/* Whoever speaks last chooses a key that cancels the others', copies one, or lengthens its polynomial. */
TEST(a_rushing_trustee_is_refused)
{
    pl_secret_text key, open, cert[2], ckey[2], polynomial[2], out;
    pl_group g;
    pl_element other, mine;
    CHECK(pl_group_open(&g, "Ed25519", 7));
    MUST(pl_secret_trustee("Ed25519", NULL, &key, &open, err));
    pl_secret_view twice[2] = {{open.text, open.n}, {open.text, open.n}};
    CHECK_INT(pl_secret_trustees("Ed25519", twice, 2, &out, &error), PL_REFUTED);
    const char *at = strstr(open.text, "\"public_key\":\"") + 14;
    CHECK(g.read(&g, at, 64, &other));
    g.inv(&g, &mine, &other); /* times a known element: then the joint key is mine alone */
    g.mul(&g, &mine, &mine, &g.g);
    char text[PL_ELEMENT_TEXT], old[65];
    (void)g.write(&g, &mine, text);
    snprintf(old, sizeof old, "%.64s", at);
    pl_secret_text rogue = secret_replace(open.text, open.n, old, 0, text);
    pl_secret_view both[2] = {{open.text, open.n}, {rogue.text, rogue.n}};
    CHECK_INT(pl_secret_trustees("Ed25519", both, 2, &out, &error), PL_REFUTED);
    for (int i = 0; i < 2; i++) {
        MUST(pl_secret_certificate("Ed25519", NULL, &ckey[i], &cert[i], err));
    }
    pl_secret_view v[2] = {{cert[0].text, cert[0].n}, {cert[1].text, cert[1].n}}, same[2] = {v[0], v[0]}, p[2];
    CHECK_INT(pl_secret_certificates_check("Ed25519", same, 2, NULL, &error), PL_REFUTED);
    CHECK_INT(pl_secret_certificates_check("Ed25519", v, 1, ckey[1].text, &error), PL_REFUTED); /* one is left out */
    MUST(pl_secret_polynomial("Ed25519", v, 2, ckey[0].text, 1, NULL, &polynomial[0], err));
    MUST(pl_secret_polynomial("Ed25519", v, 2, ckey[1].text, 2, NULL, &polynomial[1], err));
    for (int i = 0; i < 2; i++) {
        p[i] = (pl_secret_view){polynomial[i].text, polynomial[i].n};
    }
    CHECK_INT(pl_secret_input("Ed25519", v, p, 2, 1, 0, &out, &error), PL_REFUTED);
    p[1] = p[0]; /* another's polynomial */
    CHECK_INT(pl_secret_input("Ed25519", v, p, 2, 1, 0, &out, &error), PL_REFUTED);
    for (int i = 0; i < 2; i++) {
        pl_secret_text_free(&cert[i]);
        pl_secret_text_free(&ckey[i]);
        pl_secret_text_free(&polynomial[i]);
    }
    pl_secret_text_free(&key);
    pl_secret_text_free(&open);
    pl_secret_text_free(&rogue);
}

TEST(a_lot_that_nobody_steers)
{
    secret_case c;
    static const char *const member[] = {"amina", "boris", "chen"};
    pl_secret_text share[3], sum, text[3];
    pl_secret_view v[3];
    pl_secret_part part[3];
    uint8_t root[32] = {7}, seed[32], again[32];
    secret_case_make(&c, "Ed25519", false, true);
    for (int i = 0; i < 3; i++) {
        MUST(pl_secret_lot_share(c.election, member[i], NULL, &share[i], err));
        v[i] = (pl_secret_view){share[i].text, share[i].n};
    }
    MUST(pl_secret_lot_sum(c.election, member, v, 3, &sum, err));
    for (int i = 0; i < 3; i++) {
        MUST(pl_secret_lot_open(c.election, sum.text, sum.n, c.key[i].text, i == 0 ? NULL : c.part[i].text, c.part[i].n, &text[i], &part[i].trustee, err));
        part[i].decryption = (pl_secret_view){text[i].text, text[i].n};
    }
    MUST(pl_secret_lot_seed(c.election, sum.text, sum.n, part, 3, "bakery", root, seed, err));
    MUST(pl_secret_lot_seed(c.election, sum.text, sum.n, part, 3, "bakery", root, again, err));
    CHECK(memcmp(seed, again, 32) == 0);
    MUST(pl_secret_lot_seed(c.election, sum.text, sum.n, part, 3, "other", root, again, err));
    CHECK(memcmp(seed, again, 32) != 0);
    CHECK_INT(pl_secret_lot_seed(c.election, sum.text, sum.n, part, 2, "bakery", root, again, &error), PL_DATA);
    pl_secret_text other;
    v[1] = v[0]; /* a copied share */
    CHECK_INT(pl_secret_lot_sum(c.election, member, v, 3, &other, &error), PL_REFUTED);
    free_texts(share, 3);
    free_texts(text, 3);
    pl_secret_text_free(&sum);
    secret_case_free(&c);
}

/* Found by the fuzzer: of a tally with another number of ciphertexts, memory was freed that never was. */
TEST(a_tally_of_another_shape_is_refused)
{
    secret_case c;
    pl_secret_text out;
    int trustee;
    secret_case_make(&c, "Ed25519", true, false);
    CHECK_INT(pl_secret_shuffle_check(c.election, "[[],[]]", 7, "", 0, 1, &out, &error), PL_PARSE);
    CHECK_INT(pl_secret_shuffle(c.election, "[[],[]]", 7, NULL, 1, &out, &error), PL_PARSE);
    CHECK_INT(pl_secret_decrypt(c.election, "[[],[]]", 7, c.key[0].text, NULL, 0, NULL, 1, &out, &trustee, &error), PL_PARSE);
    secret_case_free(&c);
}

TEST(what_is_too_deep_or_too_long_is_refused)
{
    char deep[200], *long_list = PL_NEW(char, 1 << 23);
    pl_secret_election *e;
    memset(deep, '[', sizeof deep);
    CHECK_INT(pl_secret_open(deep, sizeof deep, NULL, 0, NULL, 0, &e, &error), PL_TOOBIG);
    memset(long_list, '[', 1 << 23);
    CHECK_INT(pl_secret_open(long_list, 1 << 23, NULL, 0, NULL, 0, &e, &error), PL_TOOBIG);
    pl_free(long_list);
    CHECK_INT(pl_secret_open("{\"version\":1}", 13, NULL, 0, NULL, 0, &e, &error), PL_DATA);
    CHECK_INT(pl_secret_open("{\"a\":1,\"a\":2}", 13, NULL, 0, NULL, 0, &e, &error), PL_PARSE);
}
