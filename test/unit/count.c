/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Counts small enough for pencil and paper. */
#include "test/test.h"

#include <stdlib.h>

#include "ballot/ballots.h"
#include "ballot/transcript.h"
#include "base/mem.h"
#include "io/file.h"
#include "verify/check.h"

static pl_ballots *ballots(const char *text)
{
    pl_ballots *b = NULL;
    pl_error err = {0};
    size_t n = strlen(text);
    pl_file file = {.bytes = pl_alloc(n + 1, 1), .n = n};
    CHECK(file.bytes != NULL);
    memcpy(file.bytes, text, n + 1);
    if (pl_read_ballots("f", NULL, &file, &b, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    pl_free(file.bytes);
    return b;
}

/* The stages as "first 9 3 4 5 3 +1; surplus1 ... (lost n) " in whole votes and hundred-thousandths. */
static const char *story(const pl_count *count)
{
    static char out[4096];
    static const char *const word[] = {"first", "surplus", "out", "round"};
    size_t at = 0;
    out[0] = '\0';
    for (int32_t s = 0; s < count->n_stages; s++) {
        const pl_count_stage *stage = &count->stage[s];
        at += (size_t)snprintf(out + at, sizeof out - at, "%s%s", s > 0 ? "; " : "", word[stage->kind]);
        if (stage->candidate >= 0) {
            at += (size_t)snprintf(out + at, sizeof out - at, "%d", stage->candidate + 1);
        }
        for (int32_t c = 0; c < count->n_candidates; c++) {
            char votes[PL_VOTES_MAX];
            at += (size_t)snprintf(out + at, sizeof out - at, " %s", pl_votes_text(stage->votes[c], count->decimals, votes));
        }
        for (int32_t i = 0; i < stage->n_elected; i++) {
            at += (size_t)snprintf(out + at, sizeof out - at, " %s%d", stage->last && stage->votes[stage->elected[i]] < stage->quota ? "=" : "+", stage->elected[i] + 1);
        }
        if (stage->tie.how == PL_TIE_EARLIER) {
            at += (size_t)snprintf(out + at, sizeof out - at, " by%d", stage->tie.stage);
        } else if (stage->tie.how == PL_TIE_LOT) {
            at += (size_t)snprintf(out + at, sizeof out - at, " lot%d", stage->tie.draw);
        }
    }
    return out;
}

static const char *scottish(const char *text, int32_t seats, const char *seed)
{
    static char out[4096];
    pl_ballots *b = ballots(text);
    pl_count *count = NULL;
    pl_error err = {0};
    pl_count_settings settings = {.seats = seats, .seed = seed};
    if (pl_count_scottish(b, &settings, &count, &err) == PL_OK) {
        snprintf(out, sizeof out, "%s", story(count));
    } else {
        CHECK(count == NULL);
        snprintf(out, sizeof out, "%s: %s", err.subject, err.message);
    }
    pl_count_free(count);
    pl_ballots_free(b);
    return out;
}

TEST(surplus_and_exclusion_by_hand)
{
    /* Quota 24/4 + 1 = 7.  A has 9: surplus 2, each paper 2/9 = 0.22222: 5 to B, 4 to C. */
    CHECK_STR(scottish("6 3 -6 5 1 2 3 0 4 1 3 0 3 2 1 0 4 3 4 5 0 2 4 3 0 3 4 5 0 2 5 4 3 0 1 6 5 0 0", 0, NULL),
              "first 9.00000 3.00000 4.00000 5.00000 3.00000 0.00000 +1; "
              "surplus1 7.00000 4.11110 4.88888 5.00000 3.00000 0.00000; "
              "out5 7.00000 4.11110 4.88888 7.00000 0.00000 0.00000 +4; "
              "out2 7.00000 0.00000 5.99998 7.00000 0.00000 0.00000 =3");
}

TEST(one_seat_is_instant_run_off)
{
    /* Tennessee: Memphis 42, Nashville 26, Chattanooga 15, Knoxville 17; Knoxville wins the run-off. */
    CHECK_STR(scottish("4 1 42 1 2 3 4 0 26 2 3 4 1 0 15 3 4 2 1 0 17 4 3 2 1 0 0", 0, NULL),
              "first 42.00000 26.00000 15.00000 17.00000; out3 42.00000 26.00000 0.00000 32.00000; "
              "out2 42.00000 0.00000 0.00000 58.00000 +4");
}

TEST(ties_go_to_the_latest_difference)
{
    /* After C's exclusion A and B have 5 each; before, A had 5 and B 4: B is excluded. */
    CHECK_STR(scottish("4 1 5 1 0 4 2 0 1 3 2 0 6 4 0 0", 0, NULL),
              "first 5.00000 4.00000 1.00000 6.00000; out3 5.00000 5.00000 0.00000 6.00000; "
              "out2 5.00000 0.00000 0.00000 6.00000 by1; out1 0.00000 0.00000 0.00000 6.00000 =4");
}

TEST(lots_come_from_the_seed_and_are_refused_without)
{
    static const char text[] = "3 1 2 1 3 0 2 2 3 0 3 3 0 0 \"Ann\" \"Bob\" \"Cat\"";
    CHECK_STR(scottish(text, 0, NULL), "lot: a lot must decide who is excluded: Ann and Bob are equal at every stage");
    char ann[4096];
    snprintf(ann, sizeof ann, "%s", scottish(text, 0, "17 4 2 9"));
    CHECK_STR(scottish(text, 0, "17 4 2 9"), ann);
    CHECK(strstr(ann, "lot1") != NULL);
    /* The order of the candidates plays no part: Ann as number 2. */
    bool first = strstr(ann, "out1") != NULL;
    const char *turned = scottish("3 1 2 2 3 0 2 1 3 0 3 3 0 0 \"Bob\" \"Ann\" \"Cat\"", 0, "17 4 2 9");
    CHECK(strstr(turned, first ? "out2" : "out1") != NULL);
}

/* printf %s b,1,Ann | sha256sum: 48438..., Bob 98e59...: b draws Ann; c: e7ccc... and 5d581...: Bob. */
TEST(lots_are_sha256)
{
    static const char text[] = "3 1 2 1 3 0 2 2 3 0 3 3 0 0 \"Ann\" \"Bob\" \"Cat\"";
    int anns = 0;
    for (int i = 0; i < 200; i++) {
        char seed[16];
        snprintf(seed, sizeof seed, "%d", i);
        anns += strstr(scottish(text, 0, seed), "out1") != NULL;
    }
    CHECK(anns > 70 && anns < 130); /* 100 expected, 7 the deviation */
    CHECK(strstr(scottish(text, 0, "b"), "out1") != NULL);
    CHECK(strstr(scottish(text, 0, "c"), "out2") != NULL);
}

TEST(what_cannot_be_counted_is_refused)
{
    CHECK_STR(scottish("3 1 1 1=2 0 0", 0, NULL), "row:1:9: two candidates share a rank, which the rule scottish does not know");
    CHECK_STR(scottish("3 1 -1 -2 1 3 0 0", 2, NULL), "seats: 2 seats, but only 1 candidate is standing");
    CHECK_STR(scottish("2 1 -1 -2 1 1 0 0", 0, NULL), "seats: no candidate is standing");
    CHECK_STR(scottish("2 1 -1 3 1 0 0", 0, NULL), ": no paper names a candidate who is standing");
    CHECK_STR(scottish("2 1 0", 0, NULL), ": there is no paper with a preference");
    CHECK_STR(scottish("count,preferences\n3,1 2\n", 0, NULL), "seats: the ballots do not say how many seats there are");
    CHECK_STR(scottish("META\nkey;value\nvote_type;approval\nPROJECTS\nproject_id;cost\n1;1\nVOTES\nvote\n1\n", 1, NULL),
              ": the rule scottish needs ranks, these ballots are approvals");
}

TEST(as_many_candidates_as_seats)
{
    CHECK_STR(scottish("2 2 3 1 0 1 2 0 0", 0, NULL), "first 3.00000 1.00000 +1 =2");
}

static const char COUNCIL[] = "6 3 -6 5 1 2 3 0 4 1 3 0 3 2 1 0 4 3 4 5 0 2 4 3 0 3 4 5 0 2 5 4 3 0 1 6 5 0 0";

TEST(countback_by_hand)
{
    /* A left: 9 papers at 7/9 = 0.77777 each; 5 go to B, 4 to nobody but C, who holds a seat. */
    pl_ballots *b = ballots(COUNCIL);
    pl_count *count = NULL;
    pl_error err = {0};
    pl_count_settings settings = {0};
    CHECK_INT(pl_count_countback(b, &settings, 0, NULL, &count, &err), PL_OK);
    CHECK_STR(story(count), "first 0.00000 3.88885 0.00000 0.00000 0.00000 0.00000 +2");
    CHECK_INT(count->valid, 9);
    CHECK_INT(count->total, 9 * 77777);
    CHECK_INT(count->stage[0].lost, 4 * 77777);
    pl_count_free(count);
    /* D left, who was elected at stage 3 with 7 = the quota: 5 of its own, 2 from E.  E alone wants the seat: 3 + 2. */
    bool stands[6] = {[4] = true};
    CHECK_INT(pl_count_countback(b, &settings, 3, stands, &count, &err), PL_OK);
    CHECK_STR(story(count), "first 0.00000 0.00000 0.00000 0.00000 5.00000 0.00000 +5");
    pl_count_free(count);
    CHECK_INT(pl_count_countback(b, &settings, 4, NULL, &count, &err), PL_DATA);
    CHECK_STR(err.message, "5 was not elected");
    bool nobody[6] = {false};
    CHECK_INT(pl_count_countback(b, &settings, 0, nobody, &count, &err), PL_DATA);
    CHECK_STR(err.message, "nobody stands for the vacant seat");
    pl_ballots_free(b);
}

TEST(approval_and_its_ties)
{
    pl_ballots *b = ballots("META\nkey;value\nvote_type;approval\nPROJECTS\nproject_id;cost\na;1\nb;1\nc;1\nVOTES\nvote\na,b\nb\nc\nb,c\na\n");
    pl_tally *t = NULL;
    pl_error err = {0};
    pl_count_settings one = {.seats = 1}, two = {.seats = 2}, seeded = {.seats = 2, .seed = "s"};
    CHECK_INT(pl_tally_approval(b, &one, &t, &err), PL_OK);
    CHECK(t->n_winners == 1 && t->order[0] == 1 && t->votes[1] == 3 && t->valid == 5);
    pl_tally_free(t);
    CHECK_INT(pl_tally_approval(b, &two, &t, &err), PL_DATA);
    CHECK_STR(err.message, "a lot must decide who is elected: a and c are equal at every stage");
    CHECK_INT(pl_tally_approval(b, &seeded, &t, &err), PL_OK);
    CHECK(t->n_winners == 2 && t->tie.how == PL_TIE_LOT && t->tie.n_tied == 2);
    pl_tally_free(t);
    pl_ballots_free(b);
}

TEST(yes_or_no)
{
    pl_ballots *b = ballots("3 1 12 1 0 6 2 0 5 3 0 2 0 0 \"yes\" \"no\" \"Abstain\"");
    pl_tally *t = NULL;
    pl_error err = {0};
    CHECK_INT(pl_tally_majority(b, 1, 2, 25, &t, &err), PL_OK);
    CHECK(t->n_winners == 1 && t->order[0] == 0 && t->base == 18 && t->cast == 25 && t->has_quorum);
    pl_tally_free(t);
    CHECK_INT(pl_tally_majority(b, 1, 2, 26, &t, &err), PL_OK);
    CHECK(t->n_winners == 0 && !t->has_quorum && t->has_majority);
    pl_tally_free(t);
    CHECK_INT(pl_tally_majority(b, 2, 3, 0, &t, &err), PL_OK); /* 12 of 18 is not more than two thirds */
    CHECK(t->n_winners == 0 && !t->has_majority);
    pl_tally_free(t);
    CHECK_INT(pl_tally_majority(b, 3, 2, 0, &t, &err), PL_USAGE);
    pl_ballots_free(b);
    b = ballots("2 1 5 1 0 5 2 0 0");
    CHECK_INT(pl_tally_majority(b, 1, 2, 0, &t, &err), PL_OK); /* half is not more than half */
    CHECK(t->n_winners == 0);
    pl_tally_free(t);
    CHECK_INT(pl_tally_majority(b, 1, 3, 0, &t, &err), PL_OK); /* both have more than a third: nobody */
    CHECK(t->n_winners == 0);
    pl_tally_free(t);
    pl_ballots_free(b);
}

TEST(schulze_ties_and_shared_ranks)
{
    pl_ballots *b = ballots("3 1 2 1=2 3 0 1 3 0 0");
    pl_schulze *s = NULL;
    pl_error err = {0};
    pl_count_settings none = {0}, two = {.seats = 2}, seeded = {.seed = "q"};
    CHECK_INT(pl_schulze_find(b, &none, &s, &err), PL_DATA); /* 1 and 2 are equal */
    CHECK_INT(pl_schulze_find(b, &two, &s, &err), PL_OK);
    CHECK(s->place[0] == 1 && s->place[1] == 1 && s->place[2] == 3 && s->condorcet == -1 && s->tie.how == PL_TIE_NONE);
    CHECK(s->prefer[0 * 3 + 2] == 2 && s->prefer[2 * 3 + 0] == 1 && s->prefer[0 * 3 + 1] == 0);
    pl_schulze_free(s);
    CHECK_INT(pl_schulze_find(b, &seeded, &s, &err), PL_OK);
    CHECK(s->n_winners == 1 && s->tie.how == PL_TIE_LOT && s->tie.n_tied == 2);
    pl_schulze_free(s);
    pl_ballots_free(b);
}

/* ---- Memory ------------------------------------------------------------------------------------------------------------ */

static pl_status one_of(int rule, const pl_ballots *b, pl_error *err)
{
    pl_count_settings settings = {.seats = 2, .seed = "m"};
    pl_shares_settings shares = {.common = settings, .budget = -1};
    pl_count *count = NULL;
    pl_schulze *schulze = NULL;
    pl_tally *tally = NULL;
    pl_shares *bought = NULL;
    pl_status status = rule == 0   ? pl_count_scottish(b, &settings, &count, err)
                       : rule == 1 ? pl_count_meek(b, &settings, &count, err)
                       : rule == 2 ? pl_schulze_find(b, &settings, &schulze, err)
                       : rule == 3 ? pl_tally_approval(b, &settings, &tally, err)
                       : rule == 4 ? pl_tally_majority(b, 1, 2, 0, &tally, err)
                       : rule == 5 ? pl_shares_find(b, &shares, &bought, err)
                                   : pl_count_countback(b, &settings, 0, NULL, &count, err);
    CHECK((status == PL_OK) == (count != NULL || schulze != NULL || tally != NULL || bought != NULL));
    pl_count_free(count);
    pl_schulze_free(schulze);
    pl_tally_free(tally);
    pl_shares_free(bought);
    return status;
}

TEST(counting_without_memory)
{
    pl_ballots *b = ballots(COUNCIL);
    for (int rule = 0; rule < 7; rule++) {
        pl_status status = PL_NOMEM;
        for (uint64_t k = 1; status != PL_OK; k++) {
            pl_error err = {0};
            pl_mem_fail_from(k);
            status = one_of(rule, b, &err);
            pl_mem_fail_from(0);
            if (status != PL_OK && status != PL_NOMEM) {
                FAIL("rule %d: %s: %s", rule, err.subject, err.message);
            }
            CHECK(k < 2000);
        }
    }
    pl_ballots_free(b);
}

static bool never(void *user, const char *what, double fraction)
{
    (void)user;
    (void)what;
    (void)fraction;
    return false;
}

TEST(counting_can_be_stopped)
{
    pl_ballots *b = ballots(COUNCIL);
    pl_shares_settings shares = {.common = {.seats = 2, .progress = {.tick = never}}, .budget = -1};
    pl_count_settings settings = shares.common;
    pl_shares *s = NULL;
    pl_schulze *z = NULL;
    pl_error err = {0};
    CHECK_INT(pl_shares_find(b, &shares, &s, &err), PL_STOPPED);
    CHECK_INT(pl_schulze_find(b, &settings, &z, &err), PL_STOPPED);
    pl_ballots_free(b);
}

/* ---- The independent recount without memory ------------------------------------------------------------------------------ */

static int64_t made, fails_from;

static void *may_fail(size_t n)
{
    made++;
    return made >= fails_from ? NULL : malloc(n);
}

TEST(recounting_without_memory)
{
    char blt[5000], json[5000];
    pl_ballots *b = ballots(COUNCIL), *read = NULL;
    pl_count *count = NULL;
    pl_count_settings settings = {0};
    pl_str text;
    int code = PV_MEMORY;
    snprintf(blt, sizeof blt, "%s/c.blt", test_tmp());
    snprintf(json, sizeof json, "%s/c.json", test_tmp());
    pl_str_init(&text, 1 << 20);
    CHECK_INT(pl_ballots_save_blt(b, blt, NULL), PL_OK);
    CHECK_INT(pl_ballots_load(blt, &read, NULL), PL_OK);
    CHECK_INT(pl_count_scottish(read, &settings, &count, NULL), PL_OK);
    pl_count_json(read, count, &text);
    CHECK_INT(pl_file_write(json, text.text, text.len, NULL), PL_OK);
    FILE *nowhere = fopen("/dev/null", "w");
    CHECK(nowhere != NULL);
    for (fails_from = 1; code != PV_VERIFIED; fails_from++) {
        made = 0;
        pv_malloc = may_fail;
        code = pv_verify_count(json, blt, false, nowhere, nowhere);
        pv_malloc = malloc;
        CHECK(code == PV_VERIFIED || code == PV_MEMORY);
        CHECK(fails_from < 100000);
    }
    fclose(nowhere);
    pl_str_clear(&text);
    pl_count_free(count);
    pl_ballots_free(read);
    pl_ballots_free(b);
}
