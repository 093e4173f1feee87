/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The independent checker on the results of a commons: every line that says something else than the record is refuted.  (That it agrees where they are right, and
 * about events that break rules, every test of a commons shows: test/commons_help.c.) */
#include <dirent.h>
#include <stdlib.h>

#include "council/acts.h"
#include "council/alarms.h"
#include "council/motions.h"
#include "council/passkeys.h"
#include "council/pay.h"
#include "council/rota.h"
#include "council/sharing.h"
#include "council/wants.h"
#include "test/sealed_help.h"
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
    CHECK_INT(test_act(c, 1, &PL_KIND_SHARE_ANNOUNCED,
                       (test_field[]){F_ID("assembly", test_everyone(c).at), F_ID("motion", id), F_TEXT("title", "Flour"), F_TEXT("rules", "At six."), F_TEXT("supply", "none"), {0}}),
              PL_RULE_NONE);
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

/* Does it with a grant, which takes the place behind the last field. */
static void do_with_grant(test_commons *c, size_t who, const pl_event_kind *kind, test_field *fields, size_t last)
{
    test_grant(c, who, kind, fields);
    fields[last] = (test_field)F_ID("grant", c->id);
    CHECK_INT(test_act(c, who, kind, fields), PL_RULE_NONE);
}

/* A line that falls short, and a task in turn. */
static void work(test_commons *c, test_id council, size_t delegate)
{
    test_id line;
    int64_t begins = (int64_t)c->now;
    test_field task[] = {F_ID("assembly", test_everyone(c).at), F_TEXT("name", "dishes"), F_INT("weight", 3), F_INT("slots", 2), F_INT("days", 7), F_INT("rung", 1), {0}, {0}};
    do_with_grant(c, 4, &PL_KIND_ROTA_CLASS, task, 6);
    CHECK_INT(test_act(c, delegate, &PL_KIND_LINE_WATCHED,
                       (test_field[]){F_TEXT("name", "bread"), F_ID("workplace", council.at), F_INT("planned", 100), F_INT("spread", 1), F_INT("price", 1000), F_INT("begins", begins),
                                      F_INT("days", 7), F_INT("periods", 4), {0}}),
              PL_RULE_NONE);
    memcpy(line.at, c->id, PL_HASH);
    CHECK_INT(test_act(c, delegate, &PL_KIND_LINE_REPORTED, (test_field[]){F_ID("line", line.at), F_INT("period", 0), F_INT("quantity", 10), {0}}), PL_RULE_NONE);
    CHECK_INT(test_act(c, delegate, &PL_KIND_DELIVERY_SENT, (test_field[]){F_ID("line", line.at), F_ID("to", test_everyone(c).at), F_INT("amount", 10), {0}}), PL_RULE_NONE);
}

static void want(test_commons *c)
{
    int64_t today = (int64_t)c->now / PL_DAY;
    uint8_t key[32] = {1};
    CHECK_INT(test_act(c, 5, &PL_KIND_PASSKEY_ADDED,
                       (test_field[]){F_BYTES("credential", key, 32), F_INT("algorithm", -8), F_BYTES("key", key, 32), F_TEXT("party", "plan.example.org"), {0}}),
              PL_RULE_NONE);
    CHECK_INT(test_act(c, 5, &PL_KIND_ORDER_PLACED, (test_field[]){F_TEXT("good", "bread"), F_INT("amount", 5), F_INT("from", today), F_INT("until", today + 9), {0}}), PL_RULE_NONE);
    CHECK_INT(test_act(c, 6, &PL_KIND_MISSING_REPORTED, (test_field[]){F_TEXT("good", "bread"), F_TEXT("place", "shop"), F_INT("day", today), F_INT("amount", 5), {0}}), PL_RULE_NONE);
    CHECK_INT(test_act(c, 6, &PL_KIND_QUEUE_REPORTED, (test_field[]){F_ID("assembly", test_everyone(c).at), F_TEXT("source", "shop"), F_INT("shelf", 900), {0}}), PL_RULE_NONE);
}

/* A secret election of three delegates, who then watch; turns, orders and the like. */
static test_commons lived_secretly(void)
{
    uint8_t ballot[PL_HASH];
    test_id council;
    test_commons c = test_secret_election(TEST_SECRET, 2, 3, &council, ballot, 0);
    for (size_t who = 0; who < 6; who++) {
        CHECK_INT(test_secret_rank(&c, who, ballot, who % 3, (who + 1) % 3), PL_RULE_NONE);
    }
    test_later(&c, DAYS(7));
    test_open_all(&c, ballot, 0);
    CHECK(test_holds(&c, 0, council, NULL) || test_holds(&c, 1, council, NULL));
    work(&c, council, test_holds(&c, 0, council, NULL) ? 0 : 1);
    want(&c);
    test_later(&c, DAYS(9));
    CHECK_INT(test_act(&c, 7, &PL_KIND_ORDER_PLACED, (test_field[]){F_TEXT("good", "rye"), F_INT("amount", 5), F_INT("from", 30000), F_INT("until", 30001), {0}}), PL_RULE_ORDER_DAYS);
    CHECK_INT(test_act(&c, 7, &PL_KIND_ROTA_ABSENT, (test_field[]){F_INT("percent", 50), F_INT("from", (int64_t)c.now), F_INT("until", (int64_t)c.now + 100), {0}}), PL_RULE_NONE);
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

static char text[200000], changed[200000]; /* of the file `results` */

/* The files of the record, which the checker finds right; the bytes of `results`. */
static size_t write_files(test_commons *c, char path[4096])
{
    char *said = NULL;
    CHECK_INT(test_independent(c->record, c->key[0], "files", &said), 0);
    CHECK(strstr(said, "results: ") != NULL);
    free(said);
    snprintf(path, 4096, "%s/results", test_path("files"));
    FILE *f = fopen(path, "r");
    CHECK(f != NULL);
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    return n;
}

/* Each line with another last character is refuted, and named: all lines that begin with one of these words, or (once) the first of each sort. */
static void change_lines(const char *path, size_t n, const char *const *kind, size_t kinds, bool once)
{
    size_t line = 1, seen[32] = {0};
    char place[40];
    for (char *at = text, *feed; (feed = strchr(at, '\n')) != NULL; at = feed + 1, line++) {
        size_t last = (size_t)(feed - text) - 1, k = 0;
        while (k < kinds && (strncmp(at, kind[k], strlen(kind[k])) != 0 || at[strlen(kind[k])] != ' ')) {
            k++;
        }
        if (k == kinds || (seen[k]++ > 0 && once)) {
            continue;
        }
        memcpy(changed, text, n);
        changed[last] = changed[last] == '1' ? '2' : '1';
        snprintf(place, sizeof place, "results:%zu: ", line);
        expect(path, changed, n, false, place);
    }
    for (size_t k = 0; k < kinds; k++) {
        if (seen[k] == 0) {
            FAIL("no line begins with '%s'", kind[k]);
        }
    }
}

TEST(each_line_of_the_results_is_computed_again)
{
    static const char *const KINDS[] = {"clock", "constitution", "member", "mandate", "ballot", "option", "recall", "motion", "lot", "drawn", "grant", "quarter", "paid", "share"};
    test_commons c = lived();
    char path[4096], *said;
    size_t n = write_files(&c, path);
    change_lines(path, n, KINDS, sizeof KINDS / sizeof KINDS[0], false);
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

TEST(secret_ballots_turns_alarms_and_wants_are_computed_again)
{
    static const char *const KINDS[] = {"trust", "trustee", "sealed", "rota", "class", "account", "skill", "duty", "line", "report", "delivery", "alarm", "step", "passkey", "order",
                                        "missing", "queue", "mandate", "option"};
    test_commons c = lived_secretly();
    char path[4096];
    size_t n = write_files(&c, path);
    change_lines(path, n, KINDS, sizeof KINDS / sizeof KINDS[0], true);
    expect(path, text, n, true, "results: ");
    test_commons_end(&c);
}

/* The first blob of the folder of files. */
static void first_blob(char path[8192])
{
    struct dirent **names;
    char folder[4096];
    snprintf(folder, sizeof folder, "%s/blobs", test_path("files"));
    int n = scandir(folder, &names, NULL, alphasort);
    CHECK(n > 2);
    snprintf(path, 8192, "%s/%s", folder, names[2]->d_name); /* behind . and .. */
    for (int i = 0; i < n; i++) {
        free(names[i]);
    }
    free(names);
}

TEST(what_trustees_have_sent_must_lie_with_the_record)
{
    static char bytes[200000];
    test_commons c = lived_secretly();
    char path[4096], blob[8192], *said;
    size_t n = write_files(&c, path);
    first_blob(blob);
    FILE *f = fopen(blob, "r");
    CHECK(f != NULL);
    size_t size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    bytes[size / 2] ^= 1;
    write_file(blob, bytes, size);
    expect(path, text, n, false, "holds something else than its name says");
    bytes[size / 2] ^= 1;
    write_file(blob, bytes, size);
    expect(path, text, n, true, "results: ");
    CHECK_INT(remove(blob), 0);
    CHECK_INT(verify(&said), 1);
    CHECK(strstr(said, "is missing") != NULL);
    free(said);
    test_commons_end(&c);
}

/* The checker has its own list of parameters: all of the document are in it, with the same bounds. */
TEST(parameters_of_the_document_are_known_to_the_checker)
{
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
