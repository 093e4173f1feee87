/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Random economies, solvable or not, in tame and in wild units: every answer is checked by
 * recomputation here, and the optimum against CLP where it is installed. */
#include "test/test.h"

#include <stdlib.h>

#include "base/mem.h"
#include "test/clp.h"
#include "test/economies.h"

#define RELATIVE 1e-9

static volatile uint64_t current_seed; /* for a debugger */

static double wild(pl_rng *rng, double decades)
{
    return pow(10, pl_rng_range(rng, -decades, decades));
}

/* A random economy: recipes with inputs, rivals and joint products, some with capacities, trade,
 * limits on resources, needs or a scale of needs; prices below which nothing can be bought.  The
 * units of rows and columns are spread over 2 * `decades` decades. */
static void draw(builder *b, uint64_t seed, double decades)
{
    pl_rng rng;
    pl_rng_seed(&rng, seed);
    int32_t goods = 2 + (int32_t)pl_rng_below(&rng, 30);
    int32_t resources = (int32_t)pl_rng_below(&rng, 4), rivals = 1 + (int32_t)pl_rng_below(&rng, 3);
    bool scale = pl_rng_below(&rng, 2) == 0, tight = pl_rng_below(&rng, 4) == 0;
    double unit[64];
    builder_init(b, goods + resources);
    for (int32_t i = 0; i < goods + resources; i++) {
        unit[i] = wild(&rng, decades);
    }
    for (int32_t g = 0; g < goods; g++) {
        for (int32_t k = 0; k < rivals; k++) {
            /* one draw a statement: compilers may order the arguments of a call as they like */
            double level = wild(&rng, decades), share = pl_rng_range(&rng, 0.1, tight ? 1.3 : 0.9);
            int32_t inputs = (int32_t)pl_rng_below(&rng, 6);
            bool capped = pl_rng_below(&rng, 3) == 0;
            double cost = pl_rng_unit(&rng), cap = pl_rng_range(&rng, 0.1, 3);
            builder_column(b, scale ? 0 : level * cost, 0, capped ? cap / level : INFINITY);
            builder_entry(b, g, level * unit[g]);
            for (int32_t t = 0; t < inputs; t++) {
                int32_t i = (int32_t)pl_rng_below(&rng, (uint64_t)goods);
                double part = share / inputs * 2 * pl_rng_unit(&rng);
                bool by_product = pl_rng_below(&rng, 12) == 0;
                builder_entry(b, i, (by_product ? 1 : -1) * part * level * unit[i]);
            }
            for (int32_t r = goods; r < goods + resources; r++) {
                builder_entry(b, r, pl_rng_unit(&rng) * level * unit[r]);
            }
            b->crash[g] = k == 0 ? b->n - 1 : b->crash[g];
        }
        b->row_lo[g] = !scale && pl_rng_below(&rng, 2) == 0 ? unit[g] * pl_rng_unit(&rng) : 0;
        if (pl_rng_below(&rng, 5) == 0) { /* must clear exactly */
            b->row_hi[g] = b->row_lo[g];
        }
        if (pl_rng_below(&rng, 4) == 0) { /* imports, or exports with a floor */
            double level = wild(&rng, decades);
            bool export = pl_rng_below(&rng, 3) == 0;
            builder_column(b, (export ? -0.3 : 3) * level, export ? 0.01 / level : 0,
                           pl_rng_range(&rng, 0.2, 2) / level);
            builder_entry(b, g, (export ? -1 : 1) * level * unit[g]);
        }
    }
    for (int32_t r = goods; r < goods + resources; r++) {
        b->row_lo[r] = -INFINITY;
        b->row_hi[r] = unit[r] * goods * pl_rng_range(&rng, 0.2, 3);
    }
    if (scale) {
        builder_column(b, -1, 0, pl_rng_below(&rng, 10) == 0 ? INFINITY : 1e3);
        for (int32_t g = 0; g < goods; g++) {
            if (pl_rng_below(&rng, 3) != 0) {
                builder_entry(b, g, -unit[g] * pl_rng_unit(&rng));
            }
        }
    }
}

typedef struct answer {
    double *x, *activity, *y, *d;
} answer;

static void check_rows(const pl_lp *lp, const answer *a)
{
    double *sum = PL_NEW0(double, lp->m), *size = PL_NEW0(double, lp->m);
    CHECK(sum && size);
    for (int32_t j = 0; j < lp->n; j++) {
        CHECK(a->x[j] >= lp->lo[j] && a->x[j] <= lp->hi[j]);
        for (int64_t t = lp->start[j]; t < lp->start[j + 1]; t++) {
            sum[lp->row[t]] += lp->val[t] * a->x[j];
            size[lp->row[t]] += fabs(lp->val[t] * a->x[j]);
        }
    }
    for (int32_t i = 0; i < lp->m; i++) {
        double room = RELATIVE * size[i];
        CHECK(fabs(sum[i] - a->activity[i]) <= room);
        CHECK(sum[i] >= lp->row_lo[i] - room && sum[i] <= lp->row_hi[i] + room);
        /* complementary slackness: a price only where the bound binds */
        CHECK(!(a->y[i] > 0) || sum[i] <= lp->row_lo[i] + room);
        CHECK(!(a->y[i] < 0) || sum[i] >= lp->row_hi[i] - room);
    }
    pl_free(sum);
    pl_free(size);
}

static void check_columns(const pl_lp *lp, const answer *a)
{
    for (int32_t j = 0; j < lp->n; j++) {
        double d = lp->cost[j], size = fabs(d);
        for (int64_t t = lp->start[j]; t < lp->start[j + 1]; t++) {
            d -= a->y[lp->row[t]] * lp->val[t];
            size += fabs(a->y[lp->row[t]] * lp->val[t]);
        }
        CHECK(fabs(d - a->d[j]) <= RELATIVE * size);
        CHECK(!(a->d[j] > 0) || a->x[j] == lp->lo[j]);
        CHECK(!(a->d[j] < 0) || a->x[j] == lp->hi[j]);
    }
}

static void check_gap(const pl_lp *lp, const answer *a)
{
    long double primal = 0, dual = 0, size = 0;
    for (int32_t j = 0; j < lp->n; j++) {
        primal += (long double)lp->cost[j] * a->x[j];
        long double part = a->d[j] > 0 ? a->d[j] * lp->lo[j] : a->d[j] < 0 ? a->d[j] * lp->hi[j] : 0;
        dual += part;
        size += fabsl((long double)lp->cost[j] * a->x[j]) + fabsl(part);
    }
    for (int32_t i = 0; i < lp->m; i++) {
        long double part = a->y[i] > 0   ? a->y[i] * lp->row_lo[i]
                           : a->y[i] < 0 ? a->y[i] * lp->row_hi[i]
                                         : 0;
        dual += part;
        size += fabsl(part);
    }
    CHECK(fabsl(primal - dual) <= RELATIVE * size);
}

static void check_optimum(const pl_lp *lp, const pl_simplex *s)
{
    answer a = {PL_NEW(double, lp->n), PL_NEW(double, lp->m), PL_NEW(double, lp->m),
                PL_NEW(double, lp->n)};
    CHECK(a.x && a.activity && a.y && a.d);
    pl_simplex_get(s, a.x, a.activity, a.y, a.d);
    check_rows(lp, &a);
    check_columns(lp, &a);
    check_gap(lp, &a);
    pl_free(a.x);
    pl_free(a.activity);
    pl_free(a.y);
    pl_free(a.d);
}

static void check_farkas(const pl_lp *lp, const pl_simplex *s)
{
    double *w = PL_NEW(double, lp->m);
    CHECK(w != NULL);
    pl_simplex_get_farkas(s, w);
    long double least = 0, most = 0, size = 0;
    for (int32_t j = 0; j < lp->n; j++) {
        long double g = 0, terms = 0;
        for (int64_t t = lp->start[j]; t < lp->start[j + 1]; t++) {
            g += (long double)w[lp->row[t]] * lp->val[t];
            terms += fabsl((long double)w[lp->row[t]] * lp->val[t]);
        }
        double bound = g > 0 ? lp->lo[j] : lp->hi[j];
        if (!isfinite(bound)) {
            CHECK(fabsl(g) <= RELATIVE * terms);
        } else {
            least += g * bound;
            size += fabsl(g * bound);
        }
    }
    for (int32_t i = 0; i < lp->m; i++) {
        if (w[i] != 0) {
            double bound = w[i] > 0 ? lp->row_hi[i] : lp->row_lo[i];
            CHECK(isfinite(bound));
            most += (long double)w[i] * bound;
            size += fabsl((long double)w[i] * bound);
        }
    }
    CHECK(least - most > RELATIVE * size * 0.1);
    pl_free(w);
}

static void check_direction(const pl_lp *lp, const pl_simplex *s)
{
    double *dir = PL_NEW(double, lp->n), *sum = PL_NEW0(double, lp->m);
    double *size = PL_NEW0(double, lp->m), gain = 0;
    CHECK(dir && sum && size);
    pl_simplex_get_direction(s, dir);
    for (int32_t j = 0; j < lp->n; j++) {
        CHECK(!(dir[j] > 0) || lp->hi[j] == INFINITY);
        CHECK(!(dir[j] < 0) || lp->lo[j] == -INFINITY);
        gain += lp->cost[j] * dir[j];
        for (int64_t t = lp->start[j]; t < lp->start[j + 1]; t++) {
            sum[lp->row[t]] += lp->val[t] * dir[j];
            size[lp->row[t]] += fabs(lp->val[t] * dir[j]);
        }
    }
    CHECK(gain < 0);
    for (int32_t i = 0; i < lp->m; i++) {
        CHECK(sum[i] <= RELATIVE * size[i] || lp->row_hi[i] == INFINITY);
        CHECK(sum[i] >= -RELATIVE * size[i] || lp->row_lo[i] == -INFINITY);
    }
    pl_free(dir);
    pl_free(sum);
    pl_free(size);
}

static pl_lp_outcome solve_and_check(const pl_lp *lp, pl_simplex *s, uint64_t seed)
{
    pl_lp_outcome outcome;
    pl_error err = {0};
    current_seed = seed;
    if (pl_simplex_solve(s, &outcome, &err) != PL_OK) {
        FAIL("seed %llu: %s", (unsigned long long)seed, err.message);
    }
    if (outcome == PL_LP_OPTIMAL) {
        check_optimum(lp, s);
    } else if (outcome == PL_LP_INFEASIBLE) {
        check_farkas(lp, s);
    } else {
        check_direction(lp, s);
    }
    return outcome;
}

static pl_simplex *make(const pl_lp *lp, int threads)
{
    pl_simplex *s = NULL;
    pl_lp_settings settings = {.threads = threads, .time_limit_s = 20};
    CHECK_INT(pl_simplex_new(lp, &settings, &s, NULL), PL_OK);
    return s;
}

static void many(double decades, uint64_t from, uint64_t to)
{
    int count[3] = {0};
    for (uint64_t seed = from; seed < to; seed++) {
        builder b;
        draw(&b, seed, decades);
        pl_lp lp = builder_lp(&b, seed % 2 == 0);
        pl_simplex *s = make(&lp, 1);
        count[solve_and_check(&lp, s, seed)]++;
        pl_simplex_free(s);
        builder_free(&b);
    }
    printf("# optimal %d, infeasible %d, unbounded %d\n", count[0], count[1], count[2]);
    CHECK(count[0] > 0 && count[1] > 0);
}

TEST(tame_units)
{
    many(0.5, 0, 1500);
}

TEST(wild_units)
{
    many(4, 20000, 21500);
}

TEST(very_wild_units)
{
    many(8, 40000, 41500);
}

/* After each random change the warm answer equals a fresh one. */
TEST(warm_equals_fresh)
{
    for (uint64_t seed = 0; seed < 60; seed++) {
        builder b;
        draw(&b, seed, 2);
        pl_rng rng;
        pl_rng_seed(&rng, seed + 7);
        pl_lp lp = builder_lp(&b, false);
        pl_simplex *warm = make(&lp, 1);
        for (int change = 0; change < 8; change++) {
            int32_t j = (int32_t)pl_rng_below(&rng, (uint64_t)b.n);
            int32_t i = (int32_t)pl_rng_below(&rng, (uint64_t)b.m);
            double f = pl_rng_range(&rng, 0.5, 1.5);
            switch (change % 3) {
            case 0:
                b.cost[j] = b.cost[j] * f;
                pl_simplex_set_cost(warm, j, b.cost[j]);
                break;
            case 1:
                b.row_lo[i] = b.row_lo[i] > 0 && b.row_lo[i] < b.row_hi[i] ? b.row_lo[i] * fmin(f, 1) : b.row_lo[i];
                CHECK_INT(pl_simplex_set_row(warm, i, b.row_lo[i], b.row_hi[i], NULL), PL_OK);
                break;
            default:
                b.hi[j] = fmax(b.lo[j], b.hi[j] * f);
                CHECK_INT(pl_simplex_set_bounds(warm, j, b.lo[j], b.hi[j], NULL), PL_OK);
            }
            pl_simplex *fresh = make(&lp, 1);
            pl_lp_outcome one = solve_and_check(&lp, warm, seed), two = solve_and_check(&lp, fresh, seed);
            CHECK_INT(one, two);
            if (one == PL_LP_OPTIMAL) {
                double a = pl_simplex_objective(warm), c = pl_simplex_objective(fresh);
                CHECK(fabs(a - c) <= 1e-9 * (fabs(a) + fabs(c)) + 1e-12);
            }
            pl_simplex_free(fresh);
        }
        pl_simplex_free(warm);
        builder_free(&b);
    }
}

/* Larger ones, through refactorisations and the dense block; one and two threads agree bit for bit. */
TEST(networks_and_threads)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        builder b;
        network net = {seed < 3 ? 150 : 400, 3, 10, 5, 0.3, seed % 2 == 0, 8};
        economy_network(&b, &net, seed);
        pl_lp lp = builder_lp(&b, seed % 2 == 0);
        pl_simplex *one = make(&lp, 1), *two = make(&lp, 2);
        CHECK_INT(solve_and_check(&lp, one, seed), PL_LP_OPTIMAL);
        CHECK_INT(solve_and_check(&lp, two, seed), PL_LP_OPTIMAL);
        double *x = PL_NEW(double, 2 * b.n), *y = PL_NEW(double, 2 * b.m);
        CHECK(x && y);
        pl_simplex_get(one, x, NULL, y, NULL);
        pl_simplex_get(two, x + b.n, NULL, y + b.m, NULL);
        CHECK(memcmp(x, x + b.n, (size_t)b.n * sizeof *x) == 0);
        CHECK(memcmp(y, y + b.m, (size_t)b.m * sizeof *y) == 0);
        pl_free(x);
        pl_free(y);
        pl_simplex_free(one);
        pl_simplex_free(two);
        builder_free(&b);
    }
}

/* Units spread over up to 12 decades.  CLP works on what Plenty's scaling makes of it, and judges by absolute tolerances,
 * so that it may lose an instance; a claim of an optimum must agree. */
TEST(agrees_with_clp)
{
    clp_require();
    int agreed = 0, lost = 0;
    for (uint64_t seed = 0; seed < 150; seed++) {
        builder b;
        draw(&b, seed, 1.5 * (double)(seed % 5));
        pl_lp lp = builder_lp(&b, false);
        pl_simplex *s = make(&lp, 1);
        double theirs = 0, mine;
        pl_lp_outcome ours = solve_and_check(&lp, s, seed);
        clp_outcome clp = clp_solve(&lp, 1e-10, &theirs);
        lost += clp == CLP_LOST;
        if (clp != CLP_LOST && (clp == CLP_OPTIMAL) != (ours == PL_LP_OPTIMAL)) {
            FAIL("seed %llu: outcome %d, CLP's %d", (unsigned long long)seed, (int)ours, (int)clp);
        }
        if (clp == CLP_OPTIMAL) {
            mine = pl_simplex_objective(s);
            if (!(fabs(mine - theirs) <= 1e-6 * fmax(fabs(mine), fabs(theirs)) + 1e-9)) {
                FAIL("seed %llu: %.12g, CLP %.12g", (unsigned long long)seed, mine, theirs);
            }
            agreed++;
        }
        pl_simplex_free(s);
        builder_free(&b);
    }
    printf("# %d optima agree, CLP lost %d\n", agreed, lost);
    CHECK(lost <= 5 && agreed >= 100);
}
