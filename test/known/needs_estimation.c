/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Estimates on real data: a published raking, a household survey, card holders raked to all households, purchases as final demand of a
 * national economy, tables balanced. */
#include "test/import_help.h"

#include <stdlib.h>

#include <plenty/estimate.h>

#include "base/map.h"
#include "base/mem.h"
#include "needs/frame.h"

static pl_error err;

#define OK(call)                                                                                  \
    do {                                                                                          \
        if ((call) != PL_OK) {                                                                    \
            FAIL("%s: %s: %s", #call, err.subject, err.message);                                  \
        }                                                                                         \
    } while (0)

/* Lumley's survey package for R, stratified sample of 200 Californian schools, without its strata, raked to type of school and to
 * whether the growth target was met (eps 1e-9): weights from 15.04027774 to 44.54256602 are printed.  The sample itself is not needed: of
 * all ways in which 100, 50, 50 schools of the three types can fall into two groups only 9, 24, 15 gives these two weights. */
TEST(raking_gives_the_published_weights)
{
    enum { N = 200 };
    static const int COUNT[3] = {100, 50, 50}, MISSED[3] = {9, 24, 15};
    static const double TYPE[3] = {4421, 755, 1018}, MET[2] = {1072, 5122}, WEIGHT[3] = {44.21, 15.1, 20.36};
    int32_t type[N], met[N];
    double w[N], out[N];
    int n = 0;
    for (int t = 0; t < 3; t++) {
        for (int i = 0; i < COUNT[t]; i++) {
            type[n] = t;
            met[n] = i >= MISSED[t];
            w[n++] = WEIGHT[t];
        }
    }
    pl_margin m[] = {{"stype", NULL, 3, TYPE, type, NULL}, {"sch.wide", NULL, 2, MET, met, NULL}};
    pl_calibrated r;
    OK(pl_calibrate(N, w, 2, m, NULL, out, &r, &err));
    double least = INFINITY, most = 0, sum[5] = {0};
    for (int i = 0; i < N; i++) {
        least = fmin(least, out[i]);
        most = fmax(most, out[i]);
        sum[type[i]] += out[i];
        sum[3 + met[i]] += out[i];
    }
    CHECK(fabs(least - 15.04027774) < 1e-8 && fabs(most - 44.54256602) < 1e-8);
    for (int k = 0; k < 5; k++) {
        CHECK_NEAR(sum[k], k < 3 ? TYPE[k] : MET[k - 3], 1e-9);
    }
    /* The kernel finds the same weights by Newton's method. */
    int64_t start[N + 1];
    int32_t row[2 * N];
    double target[5], x[N];
    for (int i = 0; i < N; i++) {
        start[i] = 2 * i;
        row[2 * i] = type[i];
        row[2 * i + 1] = 3 + met[i];
    }
    start[N] = 2 * N;
    for (int k = 0; k < 5; k++) {
        target[k] = k < 3 ? TYPE[k] : MET[k - 3];
    }
    pl_reconciled k;
    pl_constraints c = {N, 5, start, row, NULL, target};
    OK(pl_reconcile(&c, w, &(pl_reconcile_settings){.distance = PL_ENTROPY}, x, NULL, &k, &err));
    for (int i = 0; i < N; i++) {
        CHECK_NEAR(x[i], out[i], 1e-9);
    }
}

static double *numbers(const pl_frame *f, const char *column, bool blank)
{
    int32_t c;
    double *x = malloc((size_t)f->n_rows * sizeof *x);
    CHECK(x != NULL);
    OK(pl_frame_column(f, column, &c, &err));
    OK(pl_frame_numbers(f, c, blank, x, &err));
    return x;
}

static void load(const char *path, pl_frame *f)
{
    static char name[4][4096];
    static int next;
    snprintf(name[next % 4], sizeof name[0], "%s", test_data(path));
    OK(pl_frame_load(name[next++ % 4], f, &err));
}

/* The consumer expenditure interviews: the two means that their README states; errors by clusters are larger than those of a sample drawn
 * one by one, because neighbours resemble each other. */
TEST(the_household_survey_has_its_known_means)
{
    pl_frame f;
    load("household-survey-us/households.csv.gz", &f);
    double *weight = numbers(&f, "weight", false), *size = numbers(&f, "family_size", true), *income = numbers(&f, "income_before_tax_usd", true);
    pl_estimand q[] = {{size, NULL, false}, {income, NULL, false}};
    pl_estimate e[2], plain[2];
    pl_levels cluster;
    pl_design d;
    pl_calibrated r;
    int32_t column;
    OK(pl_frame_column(&f, "cluster", &column, &err));
    OK(pl_frame_levels(&f, column, &cluster, &err));
    CHECK(f.n_rows == 68415 && cluster.n == 115);
    OK(pl_design_new(f.n_rows, NULL, cluster.of, PL_JACKKNIFE, 0, 0, &d, &err));
    OK(pl_survey(f.n_rows, weight, 0, NULL, NULL, &d, 2, q, e, &r, &err));
    CHECK_NEAR(e[0].value, 2.47, 0.005 / 2.47);
    CHECK_NEAR(e[1].value, 56031, 0.5 / 56031);
    pl_design_clear(&d);
    OK(pl_design_new(f.n_rows, NULL, NULL, PL_JACKKNIFE, 100, 0, &d, &err));
    OK(pl_survey(f.n_rows, weight, 0, NULL, NULL, &d, 2, q, plain, &r, &err));
    CHECK(e[0].error > 1.5 * plain[0].error && e[1].error > 1.5 * plain[1].error && plain[1].error > 100);
    pl_design_clear(&d);
    pl_levels_clear(&cluster);
    pl_frame_clear(&f);
    free(weight);
    free(size);
    free(income);
}

/* ---- Card holders ------------------------------------------------------------------------------------------------------------------------ */

enum { HOUSEHOLDS = 2344, CATEGORIES = 320, CLASSES = 10, FREQUENT = 107 };
static struct {
    double spent[HOUSEHOLDS], by[HOUSEHOLDS][CATEGORIES], truth[CATEGORIES];
    int lines[CATEGORIES];
    bool frequent[CATEGORIES]; /* of the 107 with the most lines */
    bool known[HOUSEHOLDS]; /* with demographics: the sample */
    int n_categories;
} cards;

/* What every household spent, in all and by category. */
static void read_cards(void)
{
    pl_frame t, p, d;
    pl_map product, household;
    pl_levels category;
    int32_t c[3], old;
    load("loyalty-cards-2017/transactions.csv.gz", &t);
    load("loyalty-cards-2017/products.csv.gz", &p);
    load("loyalty-cards-2017/demographics.csv", &d);
    double *value = numbers(&t, "sales_value", false), total = 0;
    pl_map_init(&product);
    pl_map_init(&household);
    OK(pl_frame_column(&p, "product_id", &c[0], &err));
    OK(pl_frame_column(&p, "product_category", &c[1], &err));
    OK(pl_frame_levels(&p, c[1], &category, &err));
    for (int32_t r = 0; r < p.n_rows; r++) {
        const char *id = pl_frame_cell(&p, r, c[0]);
        CHECK(pl_map_put(&product, id, strlen(id), r, &old) == PL_OK && old < 0);
    }
    CHECK(category.n < CATEGORIES);
    OK(pl_frame_column(&t, "product_id", &c[0], &err));
    OK(pl_frame_column(&t, "household_id", &c[1], &err));
    for (int32_t r = 0; r < t.n_rows; r++) {
        const char *id = pl_frame_cell(&t, r, c[0]), *who = pl_frame_cell(&t, r, c[1]);
        int32_t what = pl_map_get(&product, id, strlen(id));
        CHECK(pl_map_put(&household, who, strlen(who), (int32_t)household.count, &old) == PL_OK);
        old = old < 0 ? (int32_t)household.count - 1 : old;
        CHECK(old < HOUSEHOLDS);
        int32_t k = what < 0 ? category.n : category.of[what];
        cards.spent[old] += value[r];
        cards.by[old][k] += value[r];
        cards.truth[k] += value[r];
        cards.lines[k]++;
        total += value[r];
    }
    CHECK(household.count == HOUSEHOLDS && fabs(total - 191375.18) < 0.005);
    cards.n_categories = category.n + 1;
    for (int n = 0; n < FREQUENT; n++) {
        int best = -1;
        for (int k = 0; k < cards.n_categories; k++) {
            best = !cards.frequent[k] && (best < 0 || cards.lines[k] > cards.lines[best]) ? k : best;
        }
        cards.frequent[best] = true;
    }
    OK(pl_frame_column(&d, "household_id", &c[0], &err));
    for (int32_t r = 0; r < d.n_rows; r++) {
        const char *who = pl_frame_cell(&d, r, c[0]);
        int32_t k = pl_map_get(&household, who, strlen(who));
        if (k >= 0) {
            cards.known[k] = true;
        }
    }
    pl_map_clear(&product);
    pl_map_clear(&household);
    pl_levels_clear(&category);
    pl_frame_clear(&t);
    pl_frame_clear(&p);
    pl_frame_clear(&d);
    free(value);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Share-weighted error of the categories (the frequent ones, or all) estimated from the sample with weights. */
static double error_of(const double *w, bool frequent)
{
    double error = 0, all = 0;
    for (int k = 0; k < cards.n_categories; k++) {
        double sum = 0;
        if (frequent && !cards.frequent[k]) {
            continue;
        }
        int n = 0;
        for (int h = 0; h < HOUSEHOLDS; h++) {
            sum += cards.known[h] ? w[n++] * cards.by[h][k] : 0;
        }
        error += fabs(sum - cards.truth[k]);
        all += cards.truth[k];
    }
    return error / all;
}

TEST(card_holders_are_raked_to_all_households)
{
    read_cards();
    double sorted[HOUSEHOLDS], total[CLASSES] = {0}, w[HOUSEHOLDS], out[HOUSEHOLDS];
    int32_t level[HOUSEHOLDS], n = 0;
    memcpy(sorted, cards.spent, sizeof sorted);
    qsort(sorted, HOUSEHOLDS, sizeof *sorted, ascending);
    for (int h = 0; h < HOUSEHOLDS; h++) {
        int32_t class = 0;
        for (int c = 1; c < CLASSES; c++) {
            class += cards.spent[h] >= sorted[c * HOUSEHOLDS / CLASSES];
        }
        total[class]++;
        if (cards.known[h]) {
            level[n++] = class;
        }
    }
    CHECK_INT(n, 801);
    int32_t first = CLASSES; /* nobody of the sample is in the lowest tenths: put them together with the next, as the message says */
    for (int i = 0; i < n; i++) {
        first = level[i] < first ? level[i] : first;
    }
    CHECK(first > 0);
    pl_margin empty = {"tenth of spending", NULL, CLASSES, total, level, NULL};
    pl_calibrated r;
    double ones[HOUSEHOLDS];
    for (int i = 0; i < n; i++) {
        ones[i] = 1;
    }
    CHECK_INT(pl_calibrate(n, ones, 1, &empty, NULL, out, &r, &err), PL_DATA);
    CHECK_STR(err.subject, "tenth of spending=0");
    for (int c = 0; c < first; c++) {
        total[first] += total[c];
        total[c] = 0;
    }
    for (int i = 0; i < n; i++) {
        w[i] = (double)HOUSEHOLDS / n;
    }
    double before = error_of(w, true);
    pl_margin m = {"tenth of spending", NULL, CLASSES, total, level, NULL};
    OK(pl_calibrate(n, w, 1, &m, NULL, out, &r, &err));
    double raked = error_of(out, true), rare = error_of(out, false);
    printf("# %d of %d households: share-weighted error of %d categories %.1f %% unweighted, %.2f %% raked (design effect %.2f); of all %d: %.2f %%\n", n,
           HOUSEHOLDS, FREQUENT, 100 * before, 100 * raked, r.design_effect, cards.n_categories, 100 * rare);
    CHECK(before > 0.5 && raked <= 0.07 && rare <= 0.09);
}

/* ---- Purchases become final demand ---------------------------------------------------------------------------------------------------------- */

TEST(the_bridge_loses_nothing)
{
    pl_bridge *b = NULL;
    char margins[4096];
    snprintf(margins, sizeof margins, "%s", test_data("us-io-detail-2017/household_margins_2017.csv"));
    char goods[4096];
    snprintf(goods, sizeof goods, "%s", test_source("mappings/loyalty-cards-2017-goods.csv"));
    OK(pl_bridge_load(goods, margins, test_source("mappings/us-io-detail-2017-margins.csv"), &b, &err));
    CHECK(b->n_goods > 200);
    CHECK_INT(b->n_margins, 3);
    double *spending = PL_NEW0(double, b->n_categories), *own = PL_NEW(double, b->n_goods), *margin = PL_NEW(double, b->n_goods);
    bool *covered = PL_NEW(bool, b->n_goods);
    double all = 0, sum = 0, part = 0;
    for (int32_t k = 0; k < b->n_links; k++) {
        if (b->links[k].good >= 0) {
            spending[b->links[k].category] = 1 + b->links[k].category;
        }
    }
    for (int32_t k = 0; k < b->n_categories; k++) {
        all += spending[k];
    }
    pl_bridge_apply(b, spending, own, margin, covered);
    for (int32_t g = 0; g < b->n_goods; g++) {
        sum += own[g] + margin[g];
        part += margin[g];
        CHECK(own[g] >= 0 && margin[g] >= 0 && (covered[g] || own[g] == 0));
    }
    CHECK_NEAR(sum, all, 1e-12);
    CHECK(part > 0.3 * all && part < 0.6 * all);
    /* A dollar of beef: the farm's and the butcher's part is what the national table says. */
    memset(spending, 0, (size_t)b->n_categories * sizeof *spending);
    spending[pl_bridge_category(b, "BEEF")] = 1;
    pl_bridge_apply(b, spending, own, margin, NULL);
    for (int32_t g = 0; g < b->n_goods; g++) {
        if (strcmp(b->goods[g].id, "31161A") == 0) {
            CHECK_NEAR(own[g], 71550.0 / 118397, 1e-5); /* the table is rounded */
        }
    }
    CHECK(pl_bridge_category(b, "beef ") == -1);
    for (uint64_t k = 1;; k += 1 + k / 4) {
        pl_bridge *again;
        pl_mem_fail_from(k);
        pl_status status = pl_bridge_load(goods, margins, test_source("mappings/us-io-detail-2017-margins.csv"), &again, &err);
        pl_mem_fail_from(0);
        CHECK(status == PL_OK || (status == PL_NOMEM && again == NULL));
        pl_bridge_free(again);
        if (status == PL_OK) {
            break;
        }
    }
    pl_free(spending);
    pl_free(own);
    pl_free(margin);
    pl_free(covered);
    pl_bridge_free(b);
}

/* ---- Balancing ---------------------------------------------------------------------------------------------------------------------------------- */

static pl_status balance(pl_balancing *b, const pl_progress *progress, pl_error *e)
{
    pl_reconciled r;
    pl_constraints c = {b->n_cells, b->n_sums, b->start, b->row, NULL, b->target};
    (void)progress;
    pl_status status = pl_reconcile(&c, b->x, &(pl_reconcile_settings){.distance = PL_ENTROPY, .tolerance = 1e-11}, b->x, NULL, &r, e);
    b->residual = r.residual;
    b->clash = r.outcome == PL_RECONCILED ? -1 : r.clash[0];
    return status;
}

/* The 402-industry tables of 2017 are rounded to millions; balanced, every good's uses are its output, and nothing moved by much. */
TEST(rounded_tables_are_balanced)
{
    char path[4096];
    pl_economy *e = NULL;
    static pl_findings f;
    pl_import_report r;
    int32_t good;
    const char *dir = test_data("us-io-detail-2017");
    OK(pl_import_find_mapping(dir, test_source("mappings"), path, sizeof path, &err));
    OK(pl_import(dir, path, &(pl_import_settings){.capacity = 1, .balance = balance}, NULL, &f, &r, &e, &err));
    printf("# %lld cells moved by %g of %g in all\n", (long long)r.balanced_cells, r.balanced_sum, r.output);
    CHECK(r.row_gap == 26 && r.column_gap == 13 && r.balanced_cells > 10000 && r.balanced_sum < 1e-4 * r.output);
    double gap = import_imbalance(e, &good);
    if (gap > 1e-4) {
        FAIL("%s is out of balance by %g", e->goods[good].id, gap);
    }
    pl_economy_free(e);
}
