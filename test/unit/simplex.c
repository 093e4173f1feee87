/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Small linear programmes with answers known by hand. */
#include "test/test.h"

#include <stdlib.h>

#include "base/mem.h"
#include "solve/simplex_int.h"
#include "test/economies.h"

#define INF INFINITY
#define MOST 64

/* A dense LP, rows written out; turned into columns. */
typedef struct small {
    int m, n;
    double a[MOST], cost[10], lo[10], hi[10], row_lo[8], row_hi[8];
    int64_t start[11];
    int32_t row[MOST];
    double val[MOST];
} small;

static pl_lp lp_of(small *p)
{
    int64_t nnz = 0;
    for (int j = 0; j < p->n; j++) {
        p->start[j] = nnz;
        for (int i = 0; i < p->m; i++) {
            if (p->a[i * p->n + j] != 0) {
                p->row[nnz] = i;
                p->val[nnz++] = p->a[i * p->n + j];
            }
        }
    }
    p->start[p->n] = nnz;
    return (pl_lp){.m = p->m, .n = p->n, .start = p->start, .row = p->row, .val = p->val,
                   .cost = p->cost, .lo = p->lo, .hi = p->hi, .row_lo = p->row_lo,
                   .row_hi = p->row_hi};
}

static pl_simplex *make(const pl_lp *lp, const pl_lp_settings *settings)
{
    pl_simplex *s = NULL;
    pl_error err = {0};
    if (pl_simplex_new(lp, settings, &s, &err) != PL_OK) {
        FAIL("%s", err.message);
    }
    return s;
}

static pl_lp_outcome solve(pl_simplex *s)
{
    pl_lp_outcome outcome;
    pl_error err = {0};
    if (pl_simplex_solve(s, &outcome, &err) != PL_OK) {
        FAIL("%s", err.message);
    }
    return outcome;
}

/* Solves and checks the objective; returns the solver. */
static pl_simplex *optimum(small *p, double want)
{
    pl_lp lp = lp_of(p);
    pl_simplex *s = make(&lp, NULL);
    CHECK_INT(solve(s), PL_LP_OPTIMAL);
    CHECK_NEAR(pl_simplex_objective(s), want, 1e-12);
    pl_simplex_stats stats = pl_simplex_get_stats(s);
    CHECK(stats.primal_violation <= 1e-11);
    CHECK(stats.dual_violation <= 1e-11);
    return s;
}

TEST(textbook)
{
    /* max 3x + 5y: x <= 4, 2y <= 12, 3x + 2y <= 18 (Hillier and Lieberman): 36 at (2, 6) */
    small p = {3, 2, {1, 0, 0, 2, 3, 2}, {-3, -5}, {0, 0}, {INF, INF},
               {-INF, -INF, -INF}, {4, 12, 18}, {0}, {0}, {0}};
    pl_simplex *s = optimum(&p, -36);
    double x[2], a[3], y[3], d[2], down, up;
    pl_simplex_get(s, x, a, y, d);
    CHECK_NEAR(x[0], 2, 1e-14);
    CHECK_NEAR(x[1], 6, 1e-14);
    CHECK(y[0] == 0);
    CHECK_NEAR(y[1], -1.5, 1e-14);
    CHECK_NEAR(y[2], -1, 1e-14);
    CHECK(d[0] == 0 && d[1] == 0);
    CHECK_NEAR(a[2], 18, 1e-14);
    CHECK_INT(pl_simplex_range_row(s, 1, &down, &up, NULL), PL_OK);
    CHECK_NEAR(down, -6, 1e-12);
    CHECK_NEAR(up, 6, 1e-12);
    CHECK_INT(pl_simplex_range_row(s, 2, &down, &up, NULL), PL_OK);
    CHECK_NEAR(down, -6, 1e-12);
    CHECK_NEAR(up, 6, 1e-12);
    CHECK_INT(pl_simplex_range_row(s, 0, &down, &up, NULL), PL_OK);
    CHECK(down == -INF);
    CHECK_NEAR(up, 2, 1e-12);
    pl_simplex_free(s);
}

TEST(equality_free_and_fixed)
{
    /* min x + 2y + 3z, x + y + z = 6, x - y free..., z fixed at 1, x free but x >= y - 10 */
    small p = {2, 3, {1, 1, 1, 1, -1, 0}, {1, 2, 3}, {-INF, 0, 1}, {INF, 4, 1},
               {6, -10}, {6, 2}, {0}, {0}, {0}};
    pl_simplex *s = optimum(&p, 3.5 + 2 * 1.5 + 3);
    double x[3], y[2];
    pl_simplex_get(s, x, NULL, y, NULL);
    CHECK(x[2] == 1);
    CHECK_NEAR(x[0] - x[1], 2, 1e-14);
    CHECK(y[1] <= 0);
    pl_simplex_free(s);
}

TEST(boxes_and_flips)
{
    small p = {1, 4, {1, 1, 1, 1}, {-4, -3, -2, 1}, {0, 0, 0, -1}, {1, 1, 1, 1},
               {-INF}, {1.5}, {0}, {0}, {0}};
    /* the last at -1 leaves 2.5 for the others: 1, 1, 0.5 */
    pl_simplex *s = optimum(&p, -4 - 3 - 1 - 1);
    pl_simplex_free(s);
}

TEST(beale_cycles_not)
{
    small p = {3, 4, {0.25, -60, -0.04, 9, 0.5, -90, -0.02, 3, 0, 0, 1, 0},
               {-0.75, 150, -0.02, 6}, {0, 0, 0, 0}, {INF, INF, INF, INF},
               {-INF, -INF, -INF}, {0, 0, 1}, {0}, {0}, {0}};
    pl_simplex_free(optimum(&p, -0.05));
}

TEST(kuhn_cycles_not)
{
    /* Kuhn's example (Balinski and Tucker 1969): min -2a -3b +c +12d, optimum -2 */
    small p = {3, 4, {-2, -9, 1, 9, 1.0 / 3, 1, -1.0 / 3, -2, 2, 3, -1, -12},
               {-2, -3, 1, 12}, {0, 0, 0, 0}, {INF, INF, INF, INF},
               {-INF, -INF, -INF}, {0, 0, 2}, {0}, {0}, {0}};
    pl_simplex_free(optimum(&p, -2));
}

/* Recomputes the proof of infeasibility. */
static void check_farkas(const small *p, const double *w)
{
    double least = 0, most = 0;
    for (int j = 0; j < p->n; j++) {
        double g = 0;
        for (int i = 0; i < p->m; i++) {
            g += w[i] * p->a[i * p->n + j];
        }
        if (fabs(g) > 1e-12) {
            least += g * (g > 0 ? p->lo[j] : p->hi[j]);
        }
    }
    for (int i = 0; i < p->m; i++) {
        if (w[i] != 0) {
            most += w[i] * (w[i] > 0 ? p->row_hi[i] : p->row_lo[i]);
        }
    }
    CHECK(least > most);
}

TEST(infeasible)
{
    small p = {2, 2, {1, 1, 1, -1}, {1, 1}, {0, 0}, {3, INF}, {-INF, 5}, {4, INF},
               {0}, {0}, {0}};
    pl_lp lp = lp_of(&p);
    pl_simplex *s = make(&lp, NULL);
    CHECK_INT(solve(s), PL_LP_INFEASIBLE);
    double w[2];
    pl_simplex_get_farkas(s, w);
    check_farkas(&p, w);
    pl_simplex_free(s);
}

TEST(empty_row_cannot_be_met)
{
    small p = {1, 1, {0}, {1}, {0}, {1}, {2}, {3}, {0}, {0}, {0}};
    pl_lp lp = lp_of(&p);
    pl_simplex *s = make(&lp, NULL);
    CHECK_INT(solve(s), PL_LP_INFEASIBLE);
    double w[1];
    pl_simplex_get_farkas(s, w);
    CHECK(w[0] < 0);
    pl_simplex_free(s);
}

TEST(unbounded)
{
    small p = {2, 3, {1, -1, 0, 0, 1, -2}, {-1, 0, 0.25}, {0, 0, 0}, {INF, INF, INF},
               {-INF, -INF}, {4, 6}, {0}, {0}, {0}};
    pl_lp lp = lp_of(&p);
    pl_simplex *s = make(&lp, NULL);
    CHECK_INT(solve(s), PL_LP_UNBOUNDED);
    double d[3];
    pl_simplex_get_direction(s, d);
    CHECK(d[0] >= 0 && d[1] >= 0 && d[2] >= 0);
    CHECK(d[0] - d[1] <= 1e-12 && d[1] - 2 * d[2] <= 1e-12);
    CHECK(-d[0] + 0.25 * d[2] < 0);
    pl_simplex_free(s);
}

TEST(nothing_at_all)
{
    small none = {0, 0, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}};
    pl_simplex_free(optimum(&none, 0));
    small no_rows = {0, 2, {0}, {1, -1}, {-3, 0}, {INF, 7}, {0}, {0}, {0}, {0}, {0}};
    pl_simplex_free(optimum(&no_rows, -10));
    small no_columns = {2, 0, {0}, {0}, {0}, {0}, {-1, 0}, {1, INF}, {0}, {0}, {0}};
    pl_simplex_free(optimum(&no_columns, 0));
    small zeros = {2, 2, {0, 0, 0, 0}, {1, -1}, {0, 0}, {1, 1}, {-1, 0}, {1, 0}, {0}, {0}, {0}};
    pl_simplex_free(optimum(&zeros, -1));
}

TEST(duplicated_columns_and_wild_units)
{
    small p = {2, 3, {1e-10, 1e-10, 0, 0, 3e9, 3e9}, {1e8, 2e8, 1e-7}, {0, 0, 0}, {INF, INF, INF},
               {5, 6}, {INF, INF}, {0}, {0}, {0}};
    pl_simplex *s = optimum(&p, 5e10 * 1e8 + 2e-9 * 1e-7);
    double x[3];
    pl_simplex_get(s, x, NULL, NULL, NULL);
    CHECK_NEAR(x[0] / 5e10, 1, 1e-13);
    CHECK_NEAR(x[2] / 2e-9, 1, 1e-13);
    pl_simplex_free(s);
}

/* Two goods, one recipe each, and labour. */
static small bakery(void)
{
    return (small){3, 2, {1, -0.2, -0.1, 1, 2, 3}, {0, 0}, {0, 0}, {INF, INF},
                   {0, 0, -INF}, {INF, INF, 100}, {0}, {0}, {0}};
}

TEST(warm_starts)
{
    small p = bakery();
    pl_lp lp = lp_of(&p);
    pl_lp_settings room = {.max_columns = 3, .max_nonzeros = 9};
    pl_simplex *s = make(&lp, &room);
    CHECK_INT(solve(s), PL_LP_OPTIMAL);
    const int32_t row[2] = {0, 1};
    const double need[2] = {-3, -4};
    int32_t theta;
    CHECK_INT(pl_simplex_add_column(s, 2, row, need, -1, 0, INF, &theta, NULL), PL_OK);
    CHECK_INT(theta, 2);
    CHECK_INT(solve(s), PL_LP_OPTIMAL);
    /* (I - A)^-1 (3, 4) = (3.8, 4.3) / 0.98; labour 20.5 / 0.98 a unit of theta */
    double want = 100 * 0.98 / 20.5;
    CHECK_NEAR(-pl_simplex_objective(s), want, 1e-13);
    double y[3];
    pl_simplex_get(s, NULL, NULL, y, NULL);
    CHECK_NEAR(y[2], -want / 100, 1e-13);
    CHECK(y[0] > 0 && y[1] > 0);
    CHECK_INT(pl_simplex_set_row(s, 2, -INF, 50, NULL), PL_OK);
    CHECK_INT(solve(s), PL_LP_OPTIMAL);
    CHECK_NEAR(-pl_simplex_objective(s), want / 2, 1e-13);
    CHECK_INT(pl_simplex_set_bounds(s, 0, 0, 1, NULL), PL_OK);
    CHECK_INT(solve(s), PL_LP_OPTIMAL);
    CHECK_NEAR(-pl_simplex_objective(s), 0.98 / 3.8, 1e-13);
    pl_simplex_set_all_costs(s, NULL);
    pl_simplex_set_cost(s, 1, -1);
    CHECK_INT(solve(s), PL_LP_OPTIMAL);
    CHECK_NEAR(pl_simplex_objective(s), -5, 1e-13);
    CHECK_INT(pl_simplex_set_bounds(s, 2, 1, 1, NULL), PL_OK);
    CHECK_INT(solve(s), PL_LP_INFEASIBLE);
    CHECK_INT(pl_simplex_set_bounds(s, 2, 0.1, 0.1, NULL), PL_OK);
    CHECK_INT(solve(s), PL_LP_OPTIMAL);
    pl_error err = {0};
    CHECK_INT(pl_simplex_add_column(s, 2, row, need, -1, 0, INF, &theta, &err), PL_TOOBIG);
    pl_simplex_free(s);
}

TEST(kantorovich_1939)
{
    /* Three kinds of earthwork by three excavators, cubic metres an hour; equal amounts of all. */
    small p = {6, 10, {0}, {0}, {0}, {0}, {0, 0, 0, 1, 1, 1}, {0, 0, 0, 1, 1, 1}, {0}, {0}, {0}};
    static const double norm[3][3] = {{105, 107, 64}, {56, 66, 38}, {56, 83, 53}};
    for (int task = 0; task < 3; task++) {
        for (int machine = 0; machine < 3; machine++) {
            p.a[task * 10 + task * 3 + machine] = norm[task][machine];
            p.a[(3 + machine) * 10 + task * 3 + machine] = 1;
        }
        p.a[task * 10 + 9] = -1;
    }
    for (int j = 0; j < 10; j++) {
        p.hi[j] = INF;
    }
    p.cost[9] = -1;
    pl_lp lp = lp_of(&p);
    pl_simplex *s = make(&lp, NULL);
    CHECK_INT(solve(s), PL_LP_OPTIMAL);
    CHECK_NEAR(-pl_simplex_objective(s), 70.4933, 1e-6);
    pl_simplex_free(s);
}

/* Says stop at the call whose number is *user. */
static bool stop(void *user, const char *what, double fraction)
{
    (void)what;
    (void)fraction;
    int *calls = user;
    return --*calls > 0;
}

TEST(stops_and_goes_on)
{
    builder b;
    network net = {700, 3, 15, 5, 0.3, true, 4};
    economy_network(&b, &net, 1);
    pl_lp lp = builder_lp(&b, true);
    int calls = 2;
    pl_lp_settings settings = {.progress = {stop, &calls}};
    pl_simplex *s = make(&lp, &settings), *fresh = make(&lp, NULL);
    pl_lp_outcome outcome;
    pl_error err = {0};
    if (pl_simplex_solve(s, &outcome, &err) == PL_OK) {
        SKIP("too fast to be stopped here");
    }
    CHECK_INT(err.status, PL_STOPPED);
    calls = 1000000;
    CHECK_INT(solve(s), PL_LP_OPTIMAL);
    CHECK_INT(solve(fresh), PL_LP_OPTIMAL);
    CHECK_NEAR(pl_simplex_objective(s), pl_simplex_objective(fresh), 1e-11);
    pl_simplex_free(s);
    pl_simplex_free(fresh);
    builder_free(&b);
}

TEST(time_limit)
{
    small p = bakery();
    pl_lp lp = lp_of(&p);
    pl_lp_settings settings = {.time_limit_s = 1e-12};
    pl_simplex *s = make(&lp, &settings);
    pl_simplex_set_cost(s, 0, -1);
    pl_lp_outcome outcome;
    CHECK_INT(pl_simplex_solve(s, &outcome, NULL), PL_STOPPED);
    pl_simplex_free(s);
}

TEST(refuses_bad_data)
{
    small p = bakery();
    pl_lp lp = lp_of(&p);
    pl_simplex *s = NULL;
    p.cost[0] = NAN;
    CHECK_INT(pl_simplex_new(&lp, NULL, &s, NULL), PL_DATA);
    p.cost[0] = 0;
    p.lo[1] = 1;
    p.hi[1] = 0;
    CHECK_INT(pl_simplex_new(&lp, NULL, &s, NULL), PL_DATA);
    p.hi[1] = 2;
    p.row[0] = 7;
    CHECK_INT(pl_simplex_new(&lp, NULL, &s, NULL), PL_DATA);
    p.row[0] = 0;
    p.val[2] = INF;
    CHECK_INT(pl_simplex_new(&lp, NULL, &s, NULL), PL_DATA);
    CHECK(s == NULL);
}

TEST(every_allocation_may_fail)
{
    builder b;
    network net = {40, 3, 6, 2, 0.3, true, 4};
    economy_network(&b, &net, 1);
    pl_lp lp = builder_lp(&b, true);
    for (uint64_t k = 1;; k++) {
        CHECK(k < 10000);
        pl_simplex *s = NULL;
        pl_lp_outcome outcome;
        pl_mem_fail_from(k);
        pl_status status = pl_simplex_new(&lp, NULL, &s, NULL);
        if (status == PL_OK) {
            status = pl_simplex_solve(s, &outcome, NULL);
        }
        pl_mem_fail_from(0);
        if (status == PL_OK) {
            CHECK(k > 60);
            pl_simplex_free(s);
            builder_free(&b);
            return;
        }
        CHECK_INT(status, PL_NOMEM);
        if (s != NULL) { /* and it can be tried again */
            CHECK_INT(pl_simplex_solve(s, &outcome, NULL), PL_OK);
        }
        pl_simplex_free(s);
    }
}

/* A solve that scales anew, because its answer does not stand, must not leave its factors to the next: an answer with a
 * tiny value would make the column look tiny for good. */
TEST(factors_chosen_on_the_way_do_not_stay)
{
    small p = {.m = 1, .n = 2, .a = {1, 1}, .cost = {1, 2}, .lo = {0, 0}, .hi = {1e-12, 5},
               .row_lo = {1}, .row_hi = {INF}};
    pl_lp lp = lp_of(&p);
    pl_lp_settings room = {.max_columns = 3, .max_nonzeros = 3};
    pl_simplex *s = make(&lp, &room);
    const double *row, *column;
    pl_simplex_scaling(s, &row, &column);
    double row_before = row[0], first = column[0], second = column[1];
    CHECK_INT(solve(s), PL_LP_OPTIMAL);
    pl__scale_to_solution(s); /* as after a wrong answer */
    pl__scale_apply(s);
    s->scaled_anew = true;
    CHECK(column[1] != second);
    int32_t j;
    CHECK_INT(pl_simplex_add_column(s, 1, (int32_t[]){0}, (double[]){1024}, 1, 0, 1, &j, NULL), PL_OK);
    CHECK_INT(pl_simplex_set_bounds(s, 0, 0, 5, NULL), PL_OK);
    CHECK_INT(solve(s), PL_LP_OPTIMAL);
    CHECK_NEAR(pl_simplex_objective(s), 1 / 1024.0, 1e-12);
    CHECK(row[0] == row_before && column[0] == first && column[1] == second);
    CHECK_NEAR(column[2], 1 / (1024 * row_before), 1e-12);
    pl_simplex_free(s);
}
