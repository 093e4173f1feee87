/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The 14 wards of the Scottish council elections of 2017 whose ballots and official counts are in the data: the same quota, the
 * same stages in the same order, every candidate's votes at every stage to 5 decimals, the same councillors in the same
 * order. */
#include "test/test.h"

#include <plenty/ballot.h>

#include <stdlib.h>

#include "base/number.h"
#include "io/csv.h"

#define DATA "scottish-stv-2017"

typedef struct table {
    pl_csv csv;
    pl_file file;
} table;

static void open_table(table *t, const char *name)
{
    char path[4500];
    pl_error err = {0};
    snprintf(path, sizeof path, "%s/%s", test_data(DATA), name);
    if (pl_file_read(path, (size_t)1 << 28, &t->file, &err) != PL_OK || pl_csv_open(&t->csv, name, &t->file, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
}

static bool next_row(table *t)
{
    bool more;
    CHECK_INT(pl_csv_next(&t->csv, &more, NULL), PL_OK);
    return more;
}

static void close_table(table *t)
{
    pl_csv_close(&t->csv);
    pl_file_clear(&t->file);
}

static const char *cell(const table *t, const char *column)
{
    int32_t k = pl_csv_column(&t->csv, column);
    CHECK(k >= 0);
    return t->csv.field[k].text;
}

static int64_t whole(const table *t, const char *column)
{
    int64_t x = -1;
    const char *text = cell(t, column);
    CHECK(pl_integer_parse(text, strlen(text), &x));
    return x;
}

/* "574.33162" as 57433162. */
static int64_t hundred_thousandths(const char *text)
{
    char digits[32];
    const char *point = strchr(text, '.');
    int64_t x = 0;
    CHECK(point != NULL && strlen(point + 1) == 5);
    snprintf(digits, sizeof digits, "%.*s%s", (int)(point - text), text, point + 1);
    CHECK(pl_integer_parse(digits, strlen(digits), &x));
    return x;
}

static pl_ballots *load(const char *ward)
{
    char path[4500];
    pl_ballots *b = NULL;
    pl_error err = {0};
    snprintf(path, sizeof path, "%s/ballots/%s.csv", test_data(DATA), ward);
    if (pl_ballots_load(path, &b, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    return b;
}

static pl_count *count_of(const pl_ballots *b)
{
    pl_count_settings settings = {0};
    pl_count *count = NULL;
    pl_error err = {0};
    if (pl_count_scottish(b, &settings, &count, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    return count;
}

/* Compares with the rows of stages.csv; returns how many figures agreed. */
static int compare_stages(const char *ward, const pl_count *count)
{
    table t;
    int figures = 0, last = 0;
    open_table(&t, "stages.csv");
    while (next_row(&t)) {
        if (strcmp(cell(&t, "ward_id"), ward) != 0) {
            continue;
        }
        int64_t stage = whole(&t, "stage"), c = whole(&t, "candidate");
        CHECK(stage >= 1 && stage <= count->n_stages);
        const pl_count_stage *s = &count->stage[stage - 1];
        char action[64];
        snprintf(action, sizeof action, s->kind == PL_STEP_FIRST     ? "first preferences"
                                        : s->kind == PL_STEP_SURPLUS ? "surplus of %d"
                                                                      : "exclusion of %d",
                 s->candidate + 1);
        CHECK_STR(cell(&t, "action"), action);
        int64_t want = hundred_thousandths(cell(&t, "votes")), got = c == 0 ? s->lost : s->votes[c - 1];
        if (got != want) {
            FAIL("%s, stage %d, candidate %d: %lld, officially %lld", ward, (int)stage, (int)c, (long long)got, (long long)want);
        }
        figures++;
        last = stage > last ? (int)stage : last;
    }
    CHECK_INT(last, count->n_stages);
    close_table(&t);
    return figures;
}

static void compare_winners(const char *ward, const pl_ballots *b, const pl_count *count)
{
    table t;
    int winners = 0;
    open_table(&t, "candidates.csv");
    while (next_row(&t)) {
        if (strcmp(cell(&t, "ward_id"), ward) != 0) {
            continue;
        }
        int32_t c = (int32_t)whole(&t, "number") - 1;
        CHECK_STR(b->candidate[c].name, cell(&t, "name"));
        CHECK_INT(count->stage[0].votes[c], whole(&t, "first_preferences") * 100000);
        if (cell(&t, "elected")[0] == '1') {
            CHECK_INT(count->winner[whole(&t, "election_order") - 1], c);
            const pl_count_stage *s = &count->stage[whole(&t, "decided_at_stage") - 1];
            bool then = false;
            for (int32_t i = 0; i < s->n_elected; i++) {
                then |= s->elected[i] == c;
            }
            CHECK(then);
            winners++;
        }
    }
    CHECK_INT(winners, count->n_winners);
    close_table(&t);
}

TEST(wards_of_2017_stage_by_stage)
{
    table wards;
    int n = 0, figures = 0, stages = 0;
    open_table(&wards, "wards.csv");
    while (next_row(&wards)) {
        const char *ward = cell(&wards, "ward_id");
        pl_ballots *b = load(ward);
        CHECK_INT(b->seats, whole(&wards, "seats"));
        CHECK_INT(b->n_candidates, whole(&wards, "candidates"));
        CHECK_INT(b->papers, whole(&wards, "valid_votes"));
        pl_count *count = count_of(b);
        CHECK_INT(count->quota, whole(&wards, "quota") * 100000);
        CHECK_INT(count->n_stages, whole(&wards, "stages"));
        figures += compare_stages(ward, count);
        compare_winners(ward, b, count);
        CHECK_INT(count->draws, 0);
        stages += count->n_stages;
        n++;
        pl_count_free(count);
        pl_ballots_free(b);
    }
    close_table(&wards);
    CHECK_INT(n, 14);
    printf("# %d wards, %d stages, %d figures as in the official counts\n", n, stages, figures);
}

/* Written as BLT and read again: the same count. */
TEST(wards_as_blt_give_the_same_count)
{
    table wards;
    char path[4500];
    snprintf(path, sizeof path, "%s/ward.blt", test_tmp());
    open_table(&wards, "wards.csv");
    while (next_row(&wards)) {
        pl_ballots *b = load(cell(&wards, "ward_id")), *again = NULL;
        pl_error err = {0};
        CHECK_INT(pl_ballots_save_blt(b, path, &err), PL_OK);
        if (pl_ballots_load(path, &again, &err) != PL_OK) {
            FAIL("%s: %s", err.subject, err.message);
        }
        CHECK_INT(again->papers, b->papers);
        CHECK_STR(again->title, b->title);
        CHECK_STR(again->candidate[0].group, b->candidate[0].group);
        pl_count *x = count_of(b), *y = count_of(again);
        CHECK_INT(x->n_stages, y->n_stages);
        for (int32_t s = 0; s < x->n_stages; s++) {
            CHECK(memcmp(x->stage[s].votes, y->stage[s].votes, (size_t)x->n_candidates * sizeof *x->stage[s].votes) == 0);
        }
        pl_count_free(x);
        pl_count_free(y);
        pl_ballots_free(b);
        pl_ballots_free(again);
    }
    close_table(&wards);
}
