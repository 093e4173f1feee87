/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The independent checker on the results of a commons: every line that says something else than the record is refuted.  (That it agrees where they are right, and
 * about events that break rules, every test of a commons shows: test/commons_help.c.) */
#include <stdlib.h>

#include "council/acts.h"
#include "council/motions.h"
#include "council/pay.h"
#include "test/council_help.h"
#include "test/test.h"
#include "verify/fold.h"
#include "verify/verify.h"

#define QUARTER (2026 * 4 + 2)

static void vote_on_motion(test_commons *c)
{
    uint8_t id[PL_HASH];
    pl_motion m;
    CHECK_INT(test_act(c, 1, &PL_KIND_MOTION_TABLED,
                       (test_field[]){F_ID("assembly", test_everyone(c).at), F_INT("sort", 0), F_TEXT("title", "Bread"), F_TEXT("text", "At six."), {0}}),
              PL_RULE_NONE);
    memcpy(id, c->id, PL_HASH);
    test_later(c, DAYS(7));
    CHECK(test_row(c, &PL_MOTIONS, pl_key_id1(id), &m));
    for (size_t who = 0; who < 6; who++) {
        const int64_t mark = who < 4 ? 0 : 1;
        CHECK_INT(test_mark(c, who, m.ballot, &mark, 1), PL_RULE_NONE);
    }
    test_later(c, DAYS(3));
}

/* An election with a count, a motion, a recall, a draw for a grant, a median and a pay. */
static test_commons lived(void)
{
    test_commons c = test_commons_begin(6);
    const int64_t amounts[] = {100000, 200000, 300000};
    const size_t best[2][2] = {{0, 2}, {1, 2}};
    test_id council = test_council(&c, "Bakers", test_everyone(&c), 2), mandate;
    test_constitution(&c, "pay.close_days = 1\n");
    test_id election = test_election_id(&c, council);
    for (size_t who = 0; who < 3; who++) {
        CHECK_INT(test_stand(&c, who, election), PL_RULE_NONE);
    }
    test_later(&c, DAYS(14));
    for (size_t who = 0; who < 6; who++) {
        CHECK_INT(test_rank(&c, who, election, best[who % 2], 2), PL_RULE_NONE);
    }
    test_later(&c, DAYS(7));
    CHECK(test_holds(&c, 0, council, &mandate));
    test_field pay[] = {F_INT("quarter", QUARTER), F_TEXT("source", "Mill"), F_TEXT("grade", "miller"), F_INTS("amounts", amounts, 3), {0}, {0}};
    test_grant(&c, 2, &PL_KIND_PAY_SKILLED, pay);
    pay[4] = (test_field)F_ID("grant", c.id);
    CHECK_INT(test_act(&c, 2, &PL_KIND_PAY_SKILLED, pay), PL_RULE_NONE);
    vote_on_motion(&c);
    CHECK_INT(test_ask(&c, 4, mandate), PL_RULE_NONE);
    int64_t later = pl_quarter_begin(QUARTER + 1) + DAYS(40) - (int64_t)c.now;
    test_later(&c, later);
    test_field paid[] = {F_ID("holder", test_member(&c, 0)), F_INT("quarter", QUARTER + 1), F_INT("amount", 50000), F_TEXT("source", "Council"), F_INT("sort", 0), {0}, {0}};
    test_grant(&c, 3, &PL_KIND_PAY_ENTERED, paid);
    paid[5] = (test_field)F_ID("grant", c.id);
    CHECK_INT(test_act(&c, 3, &PL_KIND_PAY_ENTERED, paid), PL_RULE_NONE);
    return c;
}

static void write_file(const char *path, const char *text, size_t n)
{
    FILE *f = fopen(path, "w");
    CHECK(f != NULL && fwrite(text, 1, n, f) == n);
    fclose(f);
}

static int verify(char **said)
{
    size_t n;
    FILE *stream = open_memstream(said, &n);
    CHECK(stream != NULL);
    int code = pv_verify_record(test_path("files"), false, stream, stream);
    fclose(stream);
    return code;
}

/* Whether the checker says so of that text as the file `results`. */
static void expect(const char *path, const char *text, size_t n, bool good, const char *also)
{
    char *said;
    write_file(path, text, n);
    int code = verify(&said);
    if (code != (good ? 0 : 1) || strstr(said, also) == NULL) {
        FAIL("%d: %s", code, said);
    }
    free(said);
}

TEST(each_line_of_the_results_is_computed_again)
{
    test_commons c = lived();
    static const char *const KINDS[] = {"clock", "constitution", "member", "mandate", "ballot", "option", "recall", "motion", "lot", "drawn", "grant", "quarter", "paid"};
    static char text[100000], changed[100000];
    char path[4096], *said = NULL, place[40];
    bool seen[13] = {false};
    CHECK_INT(test_independent(c.record, c.key[0], "files", &said), 0);
    CHECK(strstr(said, "results: ") != NULL);
    free(said);
    snprintf(path, sizeof path, "%s/results", test_path("files"));
    FILE *f = fopen(path, "r");
    CHECK(f != NULL);
    size_t n = fread(text, 1, sizeof text - 1, f), line = 1;
    fclose(f);
    for (char *at = text, *feed; (feed = strchr(at, '\n')) != NULL; at = feed + 1, line++) {
        size_t last = (size_t)(feed - text) - 1;
        for (size_t k = 0; k < 13; k++) {
            seen[k] = seen[k] || strncmp(at, KINDS[k], strlen(KINDS[k])) == 0;
        }
        memcpy(changed, text, n);
        changed[last] = changed[last] == '1' ? '2' : '1';
        snprintf(place, sizeof place, "results:%zu: ", line);
        expect(path, changed, n, false, place);
    }
    for (size_t k = 0; k < 13; k++) {
        CHECK(seen[k]);
    }
    expect(path, text, n, true, "results: ");
    expect(path, text, n - 5, false, "the file says \"");
    memcpy(changed, text, n);
    memcpy(changed + n, "more\n", 5);
    expect(path, changed, n + 5, false, "says more than the record gives");
    CHECK_INT(remove(path), 0);
    CHECK_INT(verify(&said), 0);
    CHECK(strstr(said, "nothing was compared") != NULL);
    free(said);
    test_commons_end(&c);
}

/* The checker has its own list of parameters: all of the document are in it, with the same bounds. */
TEST(parameters_of_the_document_are_known_to_the_checker)
{
    static char text[60000];
    FILE *f = fopen(test_source("docs/formats/constitution.md"), "r");
    int rows = 0;
    CHECK(f != NULL && fread(text, 1, sizeof text - 1, f) > 0);
    fclose(f);
    for (const pv_param *p = pv_params; p->key != NULL; p++) {
        char row[120], name[80];
        snprintf(name, sizeof name, "\n| `%s` |", p->key);
        snprintf(row, sizeof row, "%s %lld | %lld | %lld |", name, (long long)p->value, (long long)p->least, (long long)p->most);
        if (strstr(text, name) != NULL && strstr(text, row) == NULL) {
            FAIL("docs/formats/constitution.md says something else than%s", row);
        }
        rows += strstr(text, name) != NULL;
    }
    for (const char *at = text; (at = strstr(at, "\n| `")) != NULL; at += 4) {
        rows--;
    }
    CHECK_INT(rows, 0);
}
