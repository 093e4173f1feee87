/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Factors of bases: residuals of solves both ways, on sparse, nested, dense and singular matrices,
 * and after many exchanges of columns. */
#include "test/test.h"

#include "base/mem.h"
#include "base/rng.h"
#include "solve/lu.h"

/* A problem with m rows and n structural columns, and a basis of it. */
typedef struct matrix {
    int32_t m, n;
    int64_t *start;
    int32_t *row, *head, *removed;
    double *val, *x, *b, *spike, *partial;
    pl__lu lu;
} matrix;

static void matrix_init(matrix *a, int32_t m, int32_t n, int32_t most)
{
    *a = (matrix){.m = m, .n = n};
    a->start = PL_NEW0(int64_t, n + 1);
    a->row = PL_NEW(int32_t, (int64_t)n * most);
    a->val = PL_NEW(double, (int64_t)n * most);
    a->head = PL_NEW(int32_t, m);
    a->removed = PL_NEW(int32_t, m);
    a->x = PL_NEW(double, m);
    a->b = PL_NEW(double, m);
    a->spike = PL_NEW(double, m);
    a->partial = PL_NEW(double, m);
    CHECK(a->start && a->row && a->val && a->head && a->removed && a->x && a->b && a->spike &&
          a->partial);
    CHECK_INT(pl__lu_init(&a->lu, m), PL_OK);
}

static void matrix_clear(matrix *a)
{
    void *all[] = {a->start, a->row, a->val, a->head, a->removed, a->x, a->b, a->spike, a->partial};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        pl_free(all[i]);
    }
    pl__lu_clear(&a->lu);
}

/* Column j: its diagonal and each other row with probability `share`, in units over 2 u decades. */
static void fill(matrix *a, double share, bool nested, double u, pl_rng *rng)
{
    int64_t nnz = 0;
    for (int32_t j = 0; j < a->n; j++) {
        double level = pow(10, pl_rng_range(rng, -u, u));
        for (int32_t i = 0; i < a->m; i++) {
            bool diagonal = i == j % a->m;
            if (!diagonal && (pl_rng_unit(rng) >= share || (nested && i > j % a->m))) {
                continue;
            }
            a->row[nnz] = i;
            a->val[nnz++] = level * (diagonal ? 1 : -pl_rng_range(rng, 0.1, 1) / (share * a->m + 1));
        }
        a->start[j + 1] = nnz;
    }
    for (int32_t i = 0; i < a->m; i++) {
        a->head[i] = a->m + i % a->n;
    }
}

static pl__columns columns(const matrix *a)
{
    return (pl__columns){a->start, a->row, a->val};
}

static double column_dot(const matrix *a, int32_t v, const double *y)
{
    if (v < a->m) {
        return -y[v];
    }
    double sum = 0;
    for (int64_t t = a->start[v - a->m]; t < a->start[v - a->m + 1]; t++) {
        sum += a->val[t] * y[a->row[t]];
    }
    return sum;
}

static void add_column(const matrix *a, int32_t v, double factor, double *to)
{
    if (v < a->m) {
        to[v] -= factor;
        return;
    }
    for (int64_t t = a->start[v - a->m]; t < a->start[v - a->m + 1]; t++) {
        to[a->row[t]] += a->val[t] * factor;
    }
}

/* Both solves of a random right-hand side, residuals in proportion. */
static void check_solves(matrix *a, pl_rng *rng)
{
    double size = 0, off = 0;
    for (int32_t i = 0; i < a->m; i++) {
        a->x[i] = a->b[i] = pl_rng_unit(rng) < 0.3 ? pl_rng_range(rng, -1, 1) : 0;
    }
    pl__lu_ftran(&a->lu, a->x, NULL);
    for (int32_t i = 0; i < a->m; i++) {
        add_column(a, a->head[i], -a->x[i], a->b);
    }
    for (int32_t i = 0; i < a->m; i++) {
        off = fmax(off, fabs(a->b[i]));
    }
    CHECK(off < 1e-11);
    off = 0;
    for (int32_t i = 0; i < a->m; i++) {
        a->x[i] = a->b[i] = pl_rng_unit(rng) < 0.3 ? column_dot(a, a->head[i], a->spike) : 0;
        size = fmax(size, fabs(a->b[i]));
    }
    pl__lu_btran(&a->lu, a->x, NULL);
    for (int32_t i = 0; i < a->m; i++) {
        off = fmax(off, fabs(a->b[i] - column_dot(a, a->head[i], a->x)));
    }
    CHECK(off <= 1e-11 * fmax(size, 1));
}

static int32_t factor(matrix *a, int threads)
{
    pl__columns c = columns(a);
    int32_t replaced;
    CHECK_INT(pl__lu_factor(&a->lu, &c, a->head, threads, &replaced, a->removed), PL_OK);
    return replaced;
}

static void random_vector(double *x, int32_t m, pl_rng *rng)
{
    for (int32_t i = 0; i < m; i++) {
        x[i] = pl_rng_range(rng, -1, 1);
    }
}

TEST(residuals)
{
    static const double shares[] = {0.0, 0.01, 0.05, 0.3, 1};
    for (uint64_t seed = 0; seed < 100; seed++) {
        pl_rng rng;
        pl_rng_seed(&rng, seed);
        int32_t m = 1 + (int32_t)pl_rng_below(&rng, seed % 10 == 0 ? 300 : 60);
        matrix a;
        matrix_init(&a, m, m, m);
        fill(&a, shares[seed % 5], seed % 3 == 0, seed % 7 == 0 ? 6 : 0, &rng);
        for (int32_t i = 0; i < m; i++) { /* some logicals */
            a.head[i] = pl_rng_unit(&rng) < 0.2 ? i : a.head[i];
        }
        random_vector(a.spike, m, &rng);
        CHECK_INT(factor(&a, 1), 0);
        check_solves(&a, &rng);
        matrix_clear(&a);
    }
}

/* Recipes within recipes are all singletons: no dense block, no eliminations. */
TEST(nested_recipes_have_no_nucleus)
{
    pl_rng rng;
    pl_rng_seed(&rng, 5);
    matrix a;
    matrix_init(&a, 500, 500, 500);
    fill(&a, 0.02, true, 3, &rng);
    CHECK_INT(factor(&a, 1), 0);
    CHECK_INT(a.lu.sparse, 500);
    CHECK_INT(a.lu.dense, 0);
    CHECK_INT(a.lu.lower_cols.start[500], 0);
    matrix_clear(&a);
}

TEST(dependent_columns_are_replaced)
{
    for (uint64_t seed = 0; seed < 30; seed++) {
        pl_rng rng;
        pl_rng_seed(&rng, seed);
        int32_t m = 5 + (int32_t)pl_rng_below(&rng, 80), twins = 1 + (int32_t)pl_rng_below(&rng, 3);
        matrix a;
        matrix_init(&a, m, m, m);
        fill(&a, seed % 2 == 0 ? 0.1 : 0.8, false, 0, &rng);
        for (int32_t t = 0; t < twins; t++) {
            a.head[t] = a.head[m - 1 - t]; /* the same column twice */
        }
        random_vector(a.spike, m, &rng);
        CHECK_INT(factor(&a, 1), twins);
        check_solves(&a, &rng);
        matrix_clear(&a);
    }
}

TEST(zero_columns_are_replaced)
{
    pl_rng rng;
    pl_rng_seed(&rng, 9);
    matrix a;
    matrix_init(&a, 40, 40, 40);
    fill(&a, 0.3, false, 0, &rng);
    for (int64_t t = a.start[3]; t < a.start[4]; t++) {
        a.val[t] = 0;
    }
    random_vector(a.spike, 40, &rng);
    CHECK_INT(factor(&a, 1), 1);
    CHECK_INT(a.removed[0], 40 + 3);
    check_solves(&a, &rng);
    matrix_clear(&a);
}

TEST(updates_follow_exchanges)
{
    for (uint64_t seed = 0; seed < 20; seed++) {
        pl_rng rng;
        pl_rng_seed(&rng, seed);
        int32_t m = 30 + (int32_t)pl_rng_below(&rng, 90);
        matrix a;
        matrix_init(&a, m, 3 * m, m);
        fill(&a, seed % 2 == 0 ? 0.03 : 0.5, false, 0, &rng);
        CHECK_INT(factor(&a, 1), 0);
        for (int exchange = 0; exchange < 60; exchange++) {
            int32_t q = m + (int32_t)pl_rng_below(&rng, (uint64_t)a.n), p = (q - m) % m;
            memset(a.x, 0, (size_t)m * sizeof *a.x);
            add_column(&a, q, 1, a.x);
            pl__lu_ftran(&a.lu, a.x, a.spike);
            double pivot = a.x[p];
            if (fabs(pivot) < 0.01 || a.head[p] == q) {
                continue;
            }
            memset(a.x, 0, (size_t)m * sizeof *a.x);
            a.x[p] = 1;
            pl__lu_btran(&a.lu, a.x, a.partial);
            CHECK_INT(pl__lu_update(&a.lu, p, a.spike, a.partial, pivot), PL_OK);
            a.head[p] = q;
        }
        CHECK(a.lu.updates > 5);
        random_vector(a.spike, m, &rng);
        check_solves(&a, &rng);
        matrix_clear(&a);
    }
}

TEST(threads_agree_bit_for_bit)
{
    pl_rng rng;
    pl_rng_seed(&rng, 3);
    matrix a, b;
    matrix_init(&a, 333, 333, 333);
    matrix_init(&b, 333, 333, 333);
    fill(&a, 0.6, false, 2, &rng);
    pl_rng_seed(&rng, 3);
    fill(&b, 0.6, false, 2, &rng);
    CHECK_INT(factor(&a, 1), 0);
    CHECK_INT(factor(&b, 2), 0);
    CHECK_INT(a.lu.dense, b.lu.dense);
    CHECK(a.lu.dense > 200);
    CHECK(memcmp(a.head, b.head, 333 * sizeof *a.head) == 0);
    CHECK(memcmp(a.lu.block, b.lu.block,
                 (size_t)a.lu.ld * (size_t)a.lu.dense * sizeof *a.lu.block) == 0);
    matrix_clear(&a);
    matrix_clear(&b);
}

TEST(every_allocation_may_fail)
{
    pl_rng rng;
    pl_rng_seed(&rng, 4);
    matrix a;
    matrix_init(&a, 60, 60, 60);
    fill(&a, 0.05, false, 0, &rng);
    pl__columns c = columns(&a);
    int32_t replaced;
    for (uint64_t k = 1;; k++) {
        CHECK(k < 10000);
        pl__lu fresh;
        pl_mem_fail_from(k);
        pl_status status = pl__lu_init(&fresh, 60);
        if (status == PL_OK) {
            status = pl__lu_factor(&fresh, &c, a.head, 1, &replaced, a.removed);
            pl__lu_clear(&fresh);
        }
        pl_mem_fail_from(0);
        if (status == PL_OK) {
            break;
        }
        CHECK_INT(status, PL_NOMEM);
    }
    matrix_clear(&a);
}
