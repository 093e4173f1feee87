/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Proximal points: what the simplex finds, within what they say they are off by, for programmes of many sparse rows and a few dense
 * ones, as the merit order has them. */
#include "solve/proximal.h"

#include "base/rng.h"
#include "test/test.h"

#define ROWS 120
#define DENSE 3
#define RIVALS 3
#define OTHERS 6
#define COLUMNS (RIVALS * (ROWS - DENSE))
#define TOLERANCE 1e-6

typedef struct programme {
    pl_lp lp;
    int64_t start[COLUMNS + 1];
    int32_t row[COLUMNS * (DENSE + OTHERS + 1)];
    double val[COLUMNS * (DENSE + OTHERS + 1)];
    double cost[COLUMNS], lo[COLUMNS], hi[COLUMNS], row_lo[ROWS], row_hi[ROWS], size[COLUMNS], row_size[ROWS], x[COLUMNS], y[ROWS];
} programme;

/* A column takes the place of the marginal recipe of its good, and changes what is asked for of a few others. */
static void draw_column(programme *p, pl_rng *rng, int32_t j)
{
    int32_t own = DENSE + j / RIVALS, entries = (int32_t)p->start[j];
    for (int32_t i = 0; i < ROWS; i++) {
        double part = pl_rng_range(rng, -0.3, 0.3), chance = pl_rng_unit(rng);
        if (i < DENSE || i == own || chance < (double)OTHERS / ROWS / 2) {
            p->row[entries] = i;
            p->val[entries++] = (i == own ? -1 : part) * p->size[j] / p->row_size[i];
        }
        if (entries == (int32_t)p->start[j] + DENSE + OTHERS) {
            break;
        }
    }
    p->start[j + 1] = entries;
}

/* There is an answer, and many rows and columns are at their bounds in it. */
static void draw(programme *p, uint64_t seed)
{
    pl_rng rng;
    pl_rng_seed(&rng, seed);
    p->lp = (pl_lp){.m = ROWS, .n = COLUMNS, .start = p->start, .row = p->row, .val = p->val, .cost = p->cost, .lo = p->lo, .hi = p->hi,
                    .row_lo = p->row_lo, .row_hi = p->row_hi};
    double sum = 0, made[ROWS] = {0};
    for (int32_t i = DENSE; i < ROWS; i++) {
        p->row_size[i] = pow(10, pl_rng_range(&rng, -3, 0));
        sum += p->row_size[i];
    }
    for (int32_t i = 0; i < ROWS; i++) {
        p->row_size[i] = i < DENSE ? 1 : p->row_size[i] / sum;
        p->y[i] = 0;
    }
    p->start[0] = 0;
    for (int32_t j = 0; j < COLUMNS; j++) {
        p->size[j] = p->row_size[DENSE + j / RIVALS];
        draw_column(p, &rng, j);
        p->cost[j] = p->size[j] * pl_rng_range(&rng, -0.1, 0.1);
        p->lo[j] = 0;
        p->hi[j] = pl_rng_range(&rng, 0, 1);
        p->x[j] = p->hi[j] * pl_rng_unit(&rng);
        for (int64_t k = p->start[j]; k < p->start[j + 1]; k++) {
            made[p->row[k]] += p->val[k] * p->x[j];
        }
    }
    for (int32_t i = 0; i < ROWS; i++) {
        p->row_lo[i] = i < DENSE ? -(double)INFINITY : made[i] - 0.2 * pl_rng_unit(&rng);
        p->row_hi[i] = made[i] + (i < DENSE ? 0.001 : 0.2) * pl_rng_unit(&rng);
    }
}

static pl_proximal_result answer(programme *p, int threads)
{
    pl_proximal_settings settings = {.dense = DENSE, .size = p->size, .row_size = p->row_size, .tolerance = TOLERANCE, .threads = threads};
    pl_proximal_result result;
    CHECK(pl_proximal_solve(&p->lp, &settings, p->x, p->y, &result, NULL) == PL_OK);
    return result;
}

static double cost_of(const programme *p)
{
    double sum = 0;
    for (int32_t j = 0; j < COLUMNS; j++) {
        CHECK(p->x[j] >= p->lo[j] && p->x[j] <= p->hi[j]);
        sum += p->cost[j] * p->x[j];
    }
    return sum;
}

/* What rows lack or exceed, afresh. */
static double lacks(const programme *p)
{
    double made[ROWS] = {0}, sum = 0;
    for (int32_t j = 0; j < COLUMNS; j++) {
        for (int64_t k = p->start[j]; k < p->start[j + 1]; k++) {
            made[p->row[k]] += p->val[k] * p->x[j];
        }
    }
    for (int32_t i = 0; i < ROWS; i++) {
        sum += p->row_size[i] * fmax(0, fmax(p->row_lo[i] - made[i], made[i] - p->row_hi[i]));
    }
    return sum;
}

TEST(programmes_get_the_value_that_the_simplex_finds)
{
    static programme p;
    int reached = 0;
    double worst = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        draw(&p, seed);
        pl_simplex *simplex;
        pl_lp_outcome outcome;
        CHECK(pl_simplex_new(&p.lp, NULL, &simplex, NULL) == PL_OK && pl_simplex_solve(simplex, &outcome, NULL) == PL_OK);
        CHECK_INT(outcome, PL_LP_OPTIMAL);
        double best = pl_simplex_objective(simplex);
        pl_simplex_free(simplex);
        pl_proximal_result r = answer(&p, 1);
        double off = cost_of(&p) - best;
        CHECK(lacks(&p) <= r.lacks + 1e-12);
        if (off > r.gap + 1e-12) { /* what the prices prove is below the best */
            FAIL("programme %d: %.3g above the best, but the gap is said to be %.3g", (int)seed, off, r.gap);
        }
        bool near = fabs(r.gap) <= TOLERANCE && r.lacks <= TOLERANCE;
        reached += near;
        worst = near ? fmax(worst, fabs(off)) : worst;
    }
    printf("# %d of 40 within the tolerance; those are off by %.1e at most\n", reached, worst);
    CHECK(reached >= 34 && worst <= 10 * TOLERANCE);
}

TEST(one_thread_and_two_give_the_same_bits)
{
    static programme p, q;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        draw(&p, seed);
        draw(&q, seed);
        (void)answer(&p, 1);
        (void)answer(&q, 2);
        CHECK(memcmp(p.x, q.x, sizeof p.x) == 0 && memcmp(p.y, q.y, sizeof p.y) == 0);
    }
}
