/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * proximal.c - proximal points and semismooth Newton steps for a linear programme of many sparse rows and a few dense ones.
 *
 * Around a centre, columns and rows answer prices gradually:
 *     x = clip(centre - reduced cost / (smoothing * size)),   z = clip(row centre - y / (smoothing * row size)),
 * and the prices are those at which A x = z: the gradient z - A x of a concave, once differentiable function of y is nothing.  Its
 * second derivative is -(A W A' + V), W and V being 1 / (smoothing * size) where the answer is between its bounds.  Then the
 * centre moves to the answer. */
#include "solve/proximal.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

#define SMOOTHING 0.01   /* a recipe whose gain is so much of its worth runs one unit more */
#define ROUNDS 40
#define STEPS 15
#define REST 0.1        /* of what the answer has moved: what rows lack then ends a round */
#define SOLVED 0.1      /* of the gradient: what conjugate gradients leave */
#define CG_MOST 60
#define SEARCH_MOST 16
#define FLAT 0.1        /* of the slope at the beginning */
#define FURTHEST 16.0
#define DAMPING 1e-3    /* of each row, as if it answered so much; after a step */
#define SHORT 0.1       /* of less than that */
#define MORE 10         /* times as much; */
#define LONG 0.7        /* of more than that, so much less; */
#define DAMPING_LEAST 1e-6
#define DAMPING_MOST 1.0
#define HALVES 2        /* columns are divided into, whatever the number of threads */

typedef struct proximal {
    const pl_lp *lp;
    const pl_proximal_settings *set;
    int32_t m, n, dense;
    double damping;
    double *x, *y;                       /* the caller's */
    double *centre, *reduced, *along;    /* by column; along: A'd */
    double *z, *row_centre, *gradient;   /* by row */
    double *weight;                      /* by row: of its own answer and of the damping */
    double *diagonal;                    /* of the second derivative */
    int32_t *active, n_active;           /* columns that answer */
    double *part[HALVES];                /* by row: what each half of the columns adds */
    double *d, *rest, *way, *product, *better; /* by row: conjugate gradients */
    double *lift;                        /* row x dense: which prices of rows go with the price of a dense one */
    double *small;                       /* dense x dense: Cholesky factor of lift' H lift */
    pl_proximal_result *result;
} proximal;

static double clip(double x, double lo, double hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

static double answer_of_column(const proximal *a, int32_t j, double reduced)
{
    return clip(a->centre[j] - reduced / (SMOOTHING * a->set->size[j]), a->lp->lo[j], a->lp->hi[j]);
}

static double answer_of_row(const proximal *a, int32_t i, double price)
{
    return clip(a->row_centre[i] - price / (SMOOTHING * a->set->row_size[i]), a->lp->row_lo[i], a->lp->row_hi[i]);
}

static double dot(const double *a, const double *b, int32_t n)
{
    double sum = 0;
    for (int32_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* ---- Multiplications ----------------------------------------------------------------------------------------------- */

static double column_times(const pl_lp *lp, int32_t j, const double *y)
{
    double sum = 0;
    for (int64_t k = lp->start[j]; k < lp->start[j + 1]; k++) {
        sum += lp->val[k] * y[lp->row[k]];
    }
    return sum;
}

static void add_column(const pl_lp *lp, int32_t j, double times, double *out)
{
    for (int64_t k = lp->start[j]; k < lp->start[j + 1]; k++) {
        out[lp->row[k]] += times * lp->val[k];
    }
}

/* out = A'y */
static void transposed(const proximal *a, const double *y, double *out)
{
#pragma omp parallel for num_threads(a->set->threads > 1 ? HALVES : 1) schedule(static)
    for (int32_t j = 0; j < a->n; j++) {
        out[j] = column_times(a->lp, j, y);
    }
}

static void add_parts(const proximal *a, double *out)
{
    for (int32_t i = 0; i < a->m; i++) {
        out[i] += a->part[0][i] + a->part[1][i];
    }
}

/* activity = A x */
static void activity_of(const proximal *a, double *activity)
{
#pragma omp parallel for num_threads(a->set->threads > 1 ? HALVES : 1) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        memset(a->part[half], 0, sizeof(double) * (size_t)a->m);
        for (int32_t j = half * (a->n / HALVES); j < (half + 1 < HALVES ? a->n / HALVES : a->n); j++) {
            if (a->x[j] != 0) {
                add_column(a->lp, j, a->x[j], a->part[half]);
            }
        }
    }
    memset(activity, 0, sizeof(double) * (size_t)a->m);
    add_parts(a, activity);
}

static void half_of_active(const proximal *a, int half, int32_t *from, int32_t *to)
{
    *from = half * (a->n_active / HALVES);
    *to = half + 1 < HALVES ? a->n_active / HALVES : a->n_active;
}

/* out = (A W A' + V) v */
static void multiply(const proximal *a, const double *v, double *out)
{
#pragma omp parallel for num_threads(a->set->threads > 1 ? HALVES : 1) schedule(static, 1)
    for (int half = 0; half < HALVES; half++) {
        int32_t from, to;
        half_of_active(a, half, &from, &to);
        memset(a->part[half], 0, sizeof(double) * (size_t)a->m);
        for (int32_t k = from; k < to; k++) {
            int32_t j = a->active[k];
            add_column(a->lp, j, column_times(a->lp, j, v) / (SMOOTHING * a->set->size[j]), a->part[half]);
        }
    }
    for (int32_t i = 0; i < a->m; i++) {
        out[i] = a->weight[i] * v[i];
    }
    add_parts(a, out);
    a->result->multiplications++;
}

/* ---- The answer, and who can answer further ------------------------------------------------------------------------ */

static void respond(proximal *a)
{
    for (int32_t j = 0; j < a->n; j++) {
        a->x[j] = answer_of_column(a, j, a->reduced[j]);
    }
    activity_of(a, a->gradient);
    for (int32_t i = 0; i < a->m; i++) {
        a->z[i] = answer_of_row(a, i, a->y[i]);
        a->gradient[i] = a->z[i] - a->gradient[i];
    }
}

static double lacks(const proximal *a)
{
    double sum = 0;
    for (int32_t i = 0; i < a->m; i++) {
        sum += a->set->row_size[i] * fabs(a->gradient[i]);
    }
    return sum;
}

static double moved(const proximal *a)
{
    double sum = 0;
    for (int32_t j = 0; j < a->n; j++) {
        sum += a->set->size[j] * fabs(a->x[j] - a->centre[j]);
    }
    for (int32_t i = 0; i < a->m; i++) {
        sum += a->set->row_size[i] * fabs(a->z[i] - a->row_centre[i]);
    }
    return sum;
}

static void find_active(proximal *a)
{
    const pl_lp *lp = a->lp;
    a->n_active = 0;
    for (int32_t j = 0; j < a->n; j++) {
        if (a->x[j] > lp->lo[j] && a->x[j] < lp->hi[j]) {
            a->active[a->n_active++] = j;
        }
    }
    for (int32_t i = 0; i < a->m; i++) {
        bool between = a->z[i] > lp->row_lo[i] && a->z[i] < lp->row_hi[i];
        a->weight[i] = ((between ? 1 : 0) + a->damping) / (SMOOTHING * a->set->row_size[i]);
    }
}

/* ---- The preconditioner -------------------------------------------------------------------------------------------- */

/* The diagonal, and which prices of other rows go with the price of each dense row. */
static void find_lift(proximal *a)
{
    const pl_lp *lp = a->lp;
    size_t width = (size_t)a->dense;
    memcpy(a->diagonal, a->weight, sizeof(double) * (size_t)a->m);
    memset(a->lift, 0, sizeof(double) * width * (size_t)a->m);
    for (int32_t k = 0; k < a->n_active; k++) {
        int32_t j = a->active[k];
        double weight = 1 / (SMOOTHING * a->set->size[j]), head[PL_PROXIMAL_DENSE] = {0};
        for (int64_t e = lp->start[j]; e < lp->start[j + 1]; e++) {
            int32_t i = lp->row[e];
            double times = weight * lp->val[e];
            a->diagonal[i] += times * lp->val[e];
            if (i < a->dense) {
                head[i] = lp->val[e];
            } else {
                for (size_t l = 0; l < width; l++) {
                    a->lift[(size_t)i * width + l] -= times * head[l];
                }
            }
        }
    }
    for (int32_t i = 0; i < a->m; i++) {
        for (size_t l = 0; l < width; l++) {
            double *at = &a->lift[(size_t)i * width + l];
            *at = i < a->dense ? (i == (int32_t)l ? 1 : 0) : *at / a->diagonal[i];
        }
    }
}

static void add_square(double *small, const double *v, double times, size_t width)
{
    for (size_t l = 0; l < width; l++) {
        for (size_t h = 0; h <= l; h++) {
            small[l * width + h] += times * v[l] * v[h];
        }
    }
}

static void factor(double *small, size_t width)
{
    for (size_t l = 0; l < width; l++) {
        for (size_t h = 0; h <= l; h++) {
            double sum = small[l * width + h];
            for (size_t k = 0; k < h; k++) {
                sum -= small[l * width + k] * small[h * width + k];
            }
            small[l * width + h] = h < l ? sum / small[h * width + h] : sqrt(fmax(sum, 1e-12 * small[l * width + l]));
        }
    }
}

/* lift' H lift */
static void find_small(proximal *a)
{
    const pl_lp *lp = a->lp;
    size_t width = (size_t)a->dense;
    memset(a->small, 0, sizeof(double) * width * width);
    for (int32_t k = 0; k < a->n_active; k++) {
        int32_t j = a->active[k];
        double sum[PL_PROXIMAL_DENSE] = {0};
        for (int64_t e = lp->start[j]; e < lp->start[j + 1]; e++) {
            const double *lift = a->lift + (size_t)lp->row[e] * width;
            for (size_t l = 0; l < width; l++) {
                sum[l] += lp->val[e] * lift[l];
            }
        }
        add_square(a->small, sum, 1 / (SMOOTHING * a->set->size[j]), width);
    }
    for (int32_t i = 0; i < a->m; i++) {
        add_square(a->small, a->lift + (size_t)i * width, a->weight[i], width);
    }
    factor(a->small, width);
}

static void solve_small(const proximal *a, double *v)
{
    size_t width = (size_t)a->dense;
    for (size_t l = 0; l < width; l++) {
        for (size_t h = 0; h < l; h++) {
            v[l] -= a->small[l * width + h] * v[h];
        }
        v[l] /= a->small[l * width + l];
    }
    for (size_t l = width; l-- > 0;) {
        for (size_t h = l + 1; h < width; h++) {
            v[l] -= a->small[h * width + l] * v[h];
        }
        v[l] /= a->small[l * width + l];
    }
}

/* out = the diagonal's inverse of the sparse rows, and the small matrix's of the dense ones with what goes with them */
static void precondition(const proximal *a, const double *v, double *out)
{
    size_t width = (size_t)a->dense;
    double sum[PL_PROXIMAL_DENSE] = {0};
    for (int32_t i = 0; i < a->m; i++) {
        for (size_t l = 0; l < width; l++) {
            sum[l] += a->lift[(size_t)i * width + l] * v[i];
        }
    }
    solve_small(a, sum);
    for (int32_t i = 0; i < a->m; i++) {
        out[i] = i < a->dense ? 0 : v[i] / a->diagonal[i];
        for (size_t l = 0; l < width; l++) {
            out[i] += a->lift[(size_t)i * width + l] * sum[l];
        }
    }
}

/* ---- A step -------------------------------------------------------------------------------------------------------- */

/* d: the solution of H d = gradient, roughly. */
static void conjugate_gradients(proximal *a)
{
    memset(a->d, 0, sizeof(double) * (size_t)a->m);
    memcpy(a->rest, a->gradient, sizeof(double) * (size_t)a->m);
    precondition(a, a->rest, a->better);
    memcpy(a->way, a->better, sizeof(double) * (size_t)a->m);
    double now = dot(a->rest, a->better, a->m), first = now;
    for (int k = 0; k < CG_MOST && now > SOLVED * SOLVED * first && now > 0; k++) {
        multiply(a, a->way, a->product);
        double length = now / dot(a->way, a->product, a->m);
        for (int32_t i = 0; i < a->m; i++) {
            a->d[i] += length * a->way[i];
            a->rest[i] -= length * a->product[i];
        }
        precondition(a, a->rest, a->better);
        double then = dot(a->rest, a->better, a->m);
        for (int32_t i = 0; i < a->m; i++) {
            a->way[i] = a->better[i] + then / now * a->way[i];
        }
        now = then;
    }
}

/* Of the function, t along the step. */
static double slope(const proximal *a, double t)
{
    double sum = 0;
    for (int32_t i = 0; i < a->m; i++) {
        sum += a->d[i] * answer_of_row(a, i, a->y[i] + t * a->d[i]);
    }
    for (int32_t j = 0; j < a->n; j++) {
        sum -= a->along[j] * answer_of_column(a, j, a->reduced[j] - t * a->along[j]);
    }
    return sum;
}

/* Where the slope, which falls, is nothing: by false position (Illinois). */
static double search(const proximal *a)
{
    double from = 0, to = 1, at_from = slope(a, 0), first = at_from, at_to = slope(a, 1), t = 1;
    while (at_to > FLAT * first && to < FURTHEST) {
        from = to;
        at_from = at_to;
        to *= 2;
        at_to = slope(a, to);
    }
    t = to;
    double now = at_to;
    for (int k = 0; k < SEARCH_MOST && fabs(now) > FLAT * first && at_to < 0; k++) {
        t = from + (to - from) * clip(at_from / (at_from - at_to), 0.01, 0.99);
        now = slope(a, t);
        if (now > 0) {
            from = t;
            at_from = now;
            at_to *= 0.5;
        } else {
            to = t;
            at_to = now;
            at_from *= 0.5;
        }
    }
    return t;
}

static void step(proximal *a)
{
    find_active(a);
    find_lift(a);
    find_small(a);
    conjugate_gradients(a);
    transposed(a, a->d, a->along);
    double t = search(a);
    for (int32_t i = 0; i < a->m; i++) {
        a->y[i] += t * a->d[i];
    }
    for (int32_t j = 0; j < a->n; j++) {
        a->reduced[j] -= t * a->along[j];
    }
    a->damping = t < SHORT ? fmin(DAMPING_MOST, MORE * a->damping) : t > LONG ? fmax(DAMPING_LEAST, a->damping / MORE) : a->damping;
    a->result->steps++;
}

/* ---- Rounds -------------------------------------------------------------------------------------------------------- */

static void measure(proximal *a)
{
    const pl_lp *lp = a->lp;
    double gap = 0;
    for (int32_t j = 0; j < a->n; j++) {
        double least = a->reduced[j] > 0 ? lp->lo[j] : isfinite(lp->hi[j]) ? lp->hi[j] : a->x[j];
        gap += lp->cost[j] * a->x[j] - a->reduced[j] * least;
    }
    for (int32_t i = 0; i < a->m; i++) {
        double least = a->y[i] > 0 ? lp->row_lo[i] : lp->row_hi[i];
        gap -= a->y[i] * (isfinite(least) ? least : a->z[i]);
    }
    a->result->gap = gap;
    a->result->lacks = lacks(a);
}

static pl_status solve(proximal *a, pl_error *err)
{
    double tolerance = a->set->tolerance;
    bool done = false;
    for (int k = 0; k < ROUNDS && !done; k++) {
        respond(a);
        for (int i = 0; i < STEPS && lacks(a) > fmax(tolerance, REST * moved(a)); i++) {
            if (!pl_tick(&a->set->progress, "the small programme", -1)) {
                return pl_fail(err, PL_STOPPED, NULL, NULL, "the small programme was stopped");
            }
            step(a);
            respond(a);
        }
        measure(a);
        done = fabs(a->result->gap) <= tolerance && a->result->lacks <= tolerance;
        memcpy(a->centre, a->x, sizeof(double) * (size_t)a->n);
        memcpy(a->row_centre, a->z, sizeof(double) * (size_t)a->m);
        a->result->rounds++;
    }
    return PL_OK;
}

static void begin(proximal *a)
{
    const pl_lp *lp = a->lp;
    for (int32_t j = 0; j < a->n; j++) {
        a->centre[j] = a->x[j] = clip(a->x[j], lp->lo[j], lp->hi[j]);
    }
    activity_of(a, a->z);
    for (int32_t i = 0; i < a->m; i++) {
        a->row_centre[i] = clip(a->z[i], lp->row_lo[i], lp->row_hi[i]);
    }
    transposed(a, a->y, a->reduced);
    for (int32_t j = 0; j < a->n; j++) {
        a->reduced[j] = lp->cost[j] - a->reduced[j];
    }
}

static bool allocate(proximal *a)
{
    double **of_columns[] = {&a->centre, &a->reduced, &a->along};
    double **of_rows[] = {&a->z, &a->row_centre, &a->gradient, &a->weight, &a->diagonal, &a->part[0], &a->part[1], &a->d, &a->rest, &a->way, &a->product, &a->better};
    bool ok = true;
    for (size_t k = 0; k < sizeof of_columns / sizeof *of_columns; k++) {
        ok = (*of_columns[k] = PL_NEW(double, a->n)) != NULL && ok;
    }
    for (size_t k = 0; k < sizeof of_rows / sizeof *of_rows; k++) {
        ok = (*of_rows[k] = PL_NEW(double, a->m)) != NULL && ok;
    }
    a->active = PL_NEW(int32_t, a->n);
    a->lift = PL_NEW(double, (size_t)a->m * (size_t)a->dense);
    a->small = PL_NEW(double, (size_t)a->dense * (size_t)a->dense);
    return ok && a->active != NULL && a->lift != NULL && a->small != NULL;
}

static void release(proximal *a)
{
    void *all[] = {a->centre, a->reduced, a->along, a->z, a->row_centre, a->gradient, a->weight, a->diagonal, a->part[0], a->part[1],
                   a->d, a->rest, a->way, a->product, a->better, a->active, a->lift, a->small};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        pl_free(all[k]);
    }
}

pl_status pl_proximal_solve(const pl_lp *lp, const pl_proximal_settings *settings, double *x, double *y, pl_proximal_result *result,
                            pl_error *err)
{
    proximal a = {.lp = lp, .set = settings, .m = lp->m, .n = lp->n, .dense = settings->dense, .damping = DAMPING,
                  .x = x, .y = y, .result = result};
    *result = (pl_proximal_result){0};
    pl_status status = allocate(&a) ? PL_OK : pl_fail_nomem(err, "the small programme");
    if (status == PL_OK) {
        begin(&a);
        status = solve(&a, err);
    }
    release(&a);
    return status;
}
