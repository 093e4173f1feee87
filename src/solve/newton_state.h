/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * newton_state.h - what the files of the proximal Newton method share.
 *
 * Everything is in proportion: the value of a good is 1 at its reference price, a column is measured by the value of
 * what it makes.  Rows that set a most (limits) are turned round, so that every row is lo <= flow of value <= hi, what
 * gives is positive, what takes is negative, and every price is positive.  Hats are left out:
 *
 *     price p      (1 = the reference price)        level X = clip(centre + profit * size / smoothing, 0, most)
 *     coefficient  row price * amount / unit        slack R = clip(centre - p * size / smoothing, lo, hi)
 *
 * The owner of a column is the good of which it makes the most; columns that make nothing (deliveries, exports) have
 * none.  The two halves into which goods are divided are swept one beside the other, whatever the number of threads.
 *
 * Rows of several processes (exchange.h): own goods, goods of others, limits.  Goods that are looped over are the own
 * ones.  Values of the goods of others are as their owners showed them last; what is added to them is collected.  Numbers
 * of limits, and the level and the profit of a shared column, are the same in all processes to the last bit. */
#ifndef PLENTY_SOLVE_NEWTON_STATE_H
#define PLENTY_SOLVE_NEWTON_STATE_H

#include <math.h>
#include <string.h>

#include "solve/newton.h"
#include "sparse/owners.h"

#define HALVES 2
#define NOBODY PL_NOBODY
#define NW_AHEAD 40    /* entries that are fetched from memory before they are used */
#define NW_BUSY 50000  /* columns that use a good: from then on single precision loses too much of their sum */
#define LIMITS_MOST 64 /* limits that are eliminated together; more are taken one by one */

/* One block of columns: those of the programme, or the extra ones. */
typedef struct nw_block {
    int32_t n;
    const int64_t *start;
    const int32_t *row;
    float *share;  /* scaled coefficient, in single precision: what steps reckon with; */
    int16_t *rest; /* what rounding took from it, in parts of it: proofs have share * (1 + rest * NW_REST) */
} nw_block;
#define NW_REST 0x1p-39 /* a rest is at most 2^-24 of its share, so that proofs are right to 2^-40 = 9e-13 in each coefficient */

/* The columns in use, copied together: those of a good one after the other, then those without owner. */
typedef struct nw_active {
    int32_t n, n_owned;
    int32_t *column;            /* by entry of this list: the column */
    int64_t *start;             /* n + 1 */
    int64_t *busy, *tail;       /* entries of busy goods come after the others, from the first on; those of limits last */
    float *weight;              /* d level / d profit, in parts of size / smoothing */
    float *steepness;           /* d level / d profit */
    float *part;                /* of the mean recipe of the owner */
    int32_t *of;                /* by good: first entry; own goods + 2 */
    int32_t *row, *row_room;    /* row: into row_room, which has room before and after it for looking ahead */
    float *share;
    size_t columns_cap, entries_cap;
} nw_active;

struct nw_device; /* newton_device.h */

/* What a round is made of: on the CPU (newton.c) or on a device (newton_device.c). */
typedef struct nw_calls {
    pl_status (*begin)(pl_newton *s, pl_error *err); /* after the first centre is known */
    void (*begin_round)(pl_newton *s);               /* profits at s->price */
    void (*levels)(pl_newton *s);
    double (*gradient)(pl_newton *s);
    pl_status (*step)(pl_newton *s, bool predict, double *taken, pl_error *err);
    pl_status (*limit_step)(pl_newton *s, double *off, pl_error *err);
    void (*prove)(pl_newton *s);
    void (*move_centre)(pl_newton *s, double kept); /* kept: of a size, when less goes through */
    bool (*are_finite)(pl_newton *s);
    void (*end)(pl_newton *s);                      /* the best answer is in s->best_x, best_y */
} nw_calls;

struct pl_newton {
    const nw_calls *calls;
    struct nw_device *device; /* NULL: the CPU */
    const pl_lp *lp;
    const pl_newton_task *task;
    pl_newton_settings set;
    int32_t m, goods, limits, n; /* n: with extra columns */
    int32_t mine;       /* goods of this process; all, when it is alone */
    int64_t all_rows;   /* of all processes, each counted once */
    pl_border *border;      /* NULL: alone */
    pl_crew *crew;
    bool shared;        /* the last column is one for all processes */
    float shared_steepness;
    nw_block block[2];
    size_t extra_cap, extra_entries_cap;
    /* by row */
    signed char *sign;
    double *reference;  /* natural price that counts as 1 */
    double *size;       /* value of what goes through */
    double *lo, *hi;
    double *price, *price_centre, *slack, *slack_centre;
    bool *moves;        /* the slack does; it is not at a bound */
    /* by column */
    int32_t *owner;
    float *unit;        /* scaled level = natural level * unit */
    float *level, *centre;
    double *profit;
    float *change;      /* of profit, along a step */
    float *trial;       /* average weight along the last whole step */
    size_t columns_cap;
    /* columns by owner: those of good g are maker[maker_start[g] .. maker_start[g+1]-1]; the last list, `mine`: of nobody */
    int32_t *maker_start, *maker;
    nw_active active;
    /* smoothing, regularisation, damping; sum of needs at reference prices */
    double smooth, proximal, damping, total;
    double wanted;      /* what the extra columns would be worth in full */
    /* of the preconditioner and of conjugate gradients, by row */
    double *diagonal;
    double *w[7];
    float *f[6]; /* in w[W_REST], w[W_SOLVED] and w[W_IMAGE], two in each */
    float *view[HALVES], *own; /* own: of the diagonal, what does not come from columns */
    /* Goods that very many columns use: single precision would lose what each of them adds to a sum.  Their sums, and those of
     * limits, are in double: sum[half][slot of the good], then limits. */
    int32_t busy, *slot;     /* slot: by row, -1 = not busy */
    int32_t *busy_good;      /* by slot */
    double *sum[HALVES];
    float *content, *content_old; /* limits contained in a unit of each good: goods x limits */
    double *reduced;    /* limits x limits, Cholesky factor; and room for as much again */
    double *of_limits;  /* 2 x limits */
    float *mean[HALVES], *square[HALVES]; /* by row; zero between uses */
    int32_t *touched;   /* by column: room for the line search */
    bool together;      /* limits are eliminated together */
    bool natural;       /* share and rest are in natural units, as nw_load leaves them */
    bool beyond;        /* some natural coefficient is too large or too small for single precision */
    double *room;       /* for one column in natural units */
    /* the best so far, natural */
    double *try_x, *best_x, *best_y;
    double *roomy_x, *roomy_room; /* a plan that leaves at least half the margin of every limit, and what it leaves */
    double margin;      /* so much less of each limit is given out, for the repair; */
    double margin_most; /* never more than that */
    bool have_roomy;
    bool stopped;       /* the caller wants no more */
    bool have_x, have_y, solved; /* solved: best_x is of an earlier task */
    double last_violation; /* of the last round's levels */
    char doing[64];
    pl_newton_stats stats;
};

/* Names for the work vectors. */
enum { W_GRADIENT, W_STEP, W_REST, W_SOLVED, W_IMAGE, W_OLD, W_SPARE };
enum { F_STEP, F_REST, F_SOLVED, F_DIRECTION, F_IMAGE, F_HALF };

typedef struct nw_view { /* one column */
    const int32_t *row;
    const float *share;
    const int16_t *rest;
    int64_t count;
} nw_view;

static inline nw_view nw_column(const pl_newton *s, int32_t j)
{
    const nw_block *b = &s->block[0];
    if (j >= b->n) {
        j -= b->n;
        b = &s->block[1];
    }
    int64_t k = b->start[j];
    return (nw_view){b->row + k, b->share + k, b->rest + k, b->start[j + 1] - k};
}

/* Coefficient k of a column, for proofs. */
static inline double nw_amount(const nw_view *c, int64_t k)
{
    return (double)c->share[k] * (1 + c->rest[k] * NW_REST);
}

static inline double nw_clip(double x, double lo, double hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

/* The limit of column j, in natural units; scaled, and rounded like levels. */
static inline double nw_most_natural(const pl_newton *s, int32_t j)
{
    int32_t n = s->block[0].n;
    return j < n ? s->lp->hi[j] : s->task->extra.hi[j - n];
}

static inline double nw_most(const pl_newton *s, int32_t j)
{
    return (double)(float)(nw_most_natural(s, j) * (double)s->unit[j]);
}

static inline double nw_cost(const pl_newton *s, int32_t j)
{
    int32_t n = s->block[0].n;
    return (j < n ? s->task->cost[j] : s->task->extra.cost[j - n]) / (double)s->unit[j];
}

/* Size of a column's level: what goes through its good, or what it can be itself. */
static inline double nw_size(const pl_newton *s, int32_t j)
{
    if (s->owner[j] != NOBODY) {
        return s->size[s->owner[j]];
    }
    double most = nw_most_natural(s, j);
    most = isfinite(most) ? most : j < s->block[0].n ? 0 : 1;
    return fmax(most * (double)s->unit[j], 1e-6 * s->total);
}

static inline int32_t nw_middle(const pl_newton *s)
{
    return s->mine / 2;
}

/* Goods of a half; the last "half" is nobody. */
static inline void nw_goods_of(const pl_newton *s, int half, int32_t *from, int32_t *to)
{
    *from = half == 0 ? 0 : half == 1 ? nw_middle(s) : s->mine;
    *to = half == 0 ? nw_middle(s) : half == 1 ? s->mine : s->mine + 1;
}

/* Is column j one of which every process has a part? */
static inline bool nw_is_shared(const pl_newton *s, int32_t j)
{
    return s->shared && j == s->n - 1;
}

/* Columns that this process adds up: a shared one is the first process's. */
static inline int32_t nw_counted(const pl_newton *s)
{
    return s->n - (s->shared && !pl_crew_first(s->crew));
}

/* Entries of limits become their sums over all processes. */
static inline void nw_sum_limits(const pl_newton *s, double *v)
{
    pl_crew_sums(s->crew, v + s->goods, (size_t)s->limits);
}

/* newton_scale.c: units, owners, reference prices and the first centre.  nw_load: share and rest become the coefficients in
 * natural units; nw_scale makes scaled ones of them. */
void nw_load(pl_newton *s);
pl_status nw_owners(pl_newton *s, pl_error *err) PL_CHECK;
pl_status nw_scale(pl_newton *s, pl_error *err) PL_CHECK;
void nw_first_centre(pl_newton *s);

/* newton_start.c: from an older answer; after nw_first_centre */
void nw_start(pl_newton *s);

/* newton_device.c: sets s->device and s->calls, if the settings ask for a device. */
pl_status nw_device_open(pl_newton *s, pl_error *err) PL_CHECK;
void nw_device_close(pl_newton *s);

/* newton_step.c */
void nw_profits(pl_newton *s);                        /* at s->price */
void nw_levels(pl_newton *s);                         /* levels and slacks from profits */
double nw_gradient(pl_newton *s, double *g);          /* of the proximal programme; returns its norm */
pl_status nw_newton_step(pl_newton *s, bool predict, double *taken, pl_error *err) PL_CHECK;
/* Length of a step, at most 1, at which the slope of Psi changes its sign; the damping that follows from it. */
double nw_find_length(double (*slope)(void *user, double t), void *user);
void nw_damp(pl_newton *s, bool predict, double taken);
/* Of the prices of limits, those of goods following.  *off: what limits were off by, in proportion, when it began. */
pl_status nw_limit_step(pl_newton *s, double *off, pl_error *err) PL_CHECK;

/* newton_active.c */
pl_status nw_gather_columns(pl_newton *s, bool predict, pl_error *err) PL_CHECK;

/* newton_system.c: the equations of a step. */
pl_status nw_gather(pl_newton *s, bool predict, pl_error *err) PL_CHECK; /* columns in use, preconditioner */
int nw_conjugate_gradients(pl_newton *s, double tolerance, int most); /* W_STEP from W_GRADIENT; multiplications */

double nw_own_diagonal(const pl_newton *s, int32_t i); /* what does not come from columns */
void nw_factor_limits(pl_newton *s);                   /* s->reduced */
void nw_solve_limits(const pl_newton *s, double *t);
double nw_limit_direction(pl_newton *s); /* W_STEP from W_GRADIENT, for limits alone; returns what the worst is off by */

/* newton_proof.c: repairs levels and prices, and keeps the best in s->best_x, best_y and s->stats. */
void nw_prove(pl_newton *s);
bool nw_have_plan(const pl_newton *s); /* levels that keep all rows */
bool nw_stopped(pl_newton *s);         /* asks the caller, but only when there is a plan to hand over */
#define NW_LITTLE 0.01     /* of the gap */
#define NW_AT_LIMIT 2e-7   /* levels are in single precision: one this near to its limit, in proportion, is at it */
#define NW_ROUNDING 2e-12  /* of coefficients too (NW_REST): taken off all prices, so that rounding leaves no column with a gain */
double nw_part_of_roomy(pl_newton *s, const double *flow, bool *roomy); /* of the plan with room; roomy: these levels have it */
bool nw_take_if_better(pl_newton *s, double violation, double value);   /* into s->stats */
double nw_lowered_enough(const pl_newton *s);                           /* change of prices that counts for none */
void nw_set_gap(pl_newton *s);
void nw_offer_last(pl_newton *s); /* the levels of the last task, where they will do for this one */

#endif
