/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * make.h - what the files that make a plan share: the maker, its stages, their proof. */
#ifndef PLENTY_PLAN_MAKE_H
#define PLENTY_PLAN_MAKE_H

#include <plenty/plan.h>

#include "base/arena.h"
#include "plan/model.h"
#include "plan/part.h"
#include "solve/newton.h"

struct pl_plan_storage {
    pl_arena arena;
};

#define PL_NOT_SETTLED (-1)
#define PL_SIMPLEX_MOST 30000 /* recipes up to which the simplex is worth waiting for, where Newton steps lead nowhere */
#define PL_SPARE_COLUMNS 64 /* theta columns until the simplex is started anew */

/* Columns beside those of the model, for Newton steps. */
typedef struct pl_extra {
    bool shared; /* one column, of which each process has a part */
    int32_t n, *row;
    int64_t *start;
    double *val, *cost, *lo, *hi;
} pl_extra;

/* A plan in the making.  Vectors by need: settled (stage, or PL_NOT_SETTLED), delivered.  `demand` is what
 * the balances must deliver at the moment, by good. */
typedef struct pl_maker {
    const pl_economy *e;     /* or this process's part of it, with */
    pl_part *part;           /* what connects it to the others, or NULL */
    pl_crew *crew;
    int32_t all_goods, all_recipes; /* of all processes */
    const pl_variant *variant;
    const pl_plan_settings *settings;
    pl_model *model;
    pl_simplex *simplex;
    bool by_newton;          /* Newton steps instead of the simplex */
    pl_newton *newton;
    pl_extra *extra;
    bool have_x;             /* x holds a plan for what is asked for at the moment */
    bool stopped;            /* before the end: what is left to do is done with x as it is, and proved with its gap */
    double slack_then;       /* the slack that x was found with */
    double accuracy;         /* relative, of what is found: 0, or the gap that Newton steps are asked for */
    double ceiling;          /* costs above this are impossible; 0 = unknown */
    int32_t spare_columns; /* how many can still be added to the simplex */
    pl_arena arena;        /* becomes the plan's */
    pl_stage *stages;
    size_t n_stages, stages_cap;
    double *x;                       /* column values; room for added columns */
    double *y;                       /* row duals */
    double *row_lo, *row_hi;         /* of the simplex, as they are now */
    double slack;                    /* part of all deliveries above floors that is held back; 0, or tiny */
    double *demand, *raised; /* by good */
    double *base;            /* by need: what it gets at the moment, unless it is settled */
    double *costs;           /* by column of the simplex */
    size_t columns_max;      /* room in x and costs */
    int32_t *theta_row;      /* workspace for one column, by good */
    double *theta_val;
    double *delivered;
    int32_t *settled;
    double *level; /* by recipe, where no simplex was needed (sweeps.c), or NULL */
    const char *why_not_sweeps; /* why another way was taken; */
    const char *why_sweeps;     /* or why this one */
    double *offer_room[3];   /* of the start that an older plan offers (offer.c): x, y, costs; */
    const double *offer_x, *offer_y; /* for the next solve, or NULL */
    bool guessing;           /* what an older plan met is taken for met: no answer is one too */
    pl_clash *clashes;
    int32_t n_clashes;
    pl_outcome outcome;
    char doing[80];     /* for the progress line: "raising tier 2, round 3" */
    double deadline_s;  /* 0 = none */
    int64_t iterations;
    double primal_violation, dual_violation;
} pl_maker;

/* Sets demand to what is settled or mk->base says, and tells the simplex, if there is one. */
pl_status pl_maker_set_demand(pl_maker *mk, pl_error *err) PL_CHECK;

/* What need k gets: what is settled, or mk->base, less the slack. */
double pl_maker_delivery(const pl_maker *mk, int32_t k);

/* Starts the simplex anew from the model and the demand as it is now. */
pl_status pl_maker_start(pl_maker *mk, pl_error *err) PL_CHECK;

/* Adds a column that takes theta * mk->raised out of the balances, 0 <= theta <= room, and has cost -1;
 * costs of all other columns are zero.  Starts the simplex anew when there is no more room in it. */
pl_status pl_maker_add_theta(pl_maker *mk, double room, int32_t *j, pl_error *err) PL_CHECK;
/* A column for each need, between its floor and its amount, worth its weight. */
pl_status pl_maker_add_deliveries(pl_maker *mk, pl_error *err) PL_CHECK;
/* The costs of the columns of the model are mk->costs from now on. */
pl_status pl_maker_set_costs(pl_maker *mk, pl_error *err) PL_CHECK;
/* Nails the column at 0 for good; its demand must be part of mk->demand from then on. */
pl_status pl_maker_retire(pl_maker *mk, int32_t j, pl_error *err) PL_CHECK;

/* Offers the next solve what an older plan (settings.from) says of such a stage, if there is one: its levels, its theta
 * (or deliveries) less `value`, in the columns from `own` on, and its prices. */
pl_status pl_maker_offer(pl_maker *mk, pl_stage_goal goal, int32_t tier, double value, int32_t own, pl_error *err) PL_CHECK;
/* The last of the tiers that the older plan met in full before any that it did not; 0 = none. */
int32_t pl_maker_full_before(const pl_maker *mk);
int32_t pl_next_tier(const pl_maker *mk, int32_t after); /* the least above `after`, or 0 */

/* Solves, and reads x and y when optimal.  What earlier stages settled lies on the edge of what is possible, and
 * rounding may put it just outside: then all deliveries are held back by a tiny part of themselves, 1e-12 at first,
 * 1e-9 at most; when that does not help either, the simplex starts anew from its first basis. */
pl_status pl_maker_solve(pl_maker *mk, pl_lp_outcome *outcome, pl_error *err) PL_CHECK;

/* The solver was stopped: puts the best plan that there is into x, prices of nothing into y; PL_STOPPED when there is none. */
pl_status pl_maker_stopped(pl_maker *mk, pl_lp_outcome *outcome, pl_error *err) PL_CHECK;

/* Appends a stage whose prices are y.  *stage stays valid until the next. */
pl_status pl_maker_record(pl_maker *mk, const pl_stage *like, pl_stage **stage,
                          pl_error *err) PL_CHECK;

/* The ways to a plan (satisfy.c, goals.c); each ends with an optimal basis of its last stage, or with
 * outcome PL_INFEASIBLE. */
pl_status pl_make_satisfy(pl_maker *mk, pl_error *err) PL_CHECK;
pl_status pl_make_most(pl_maker *mk, const char *needs, pl_error *err) PL_CHECK;
pl_status pl_make_weighted(pl_maker *mk, pl_error *err) PL_CHECK;
pl_status pl_make_least(pl_maker *mk, const char *resource, pl_error *err) PL_CHECK;
pl_status pl_make_least_labour(pl_maker *mk, pl_error *err) PL_CHECK; /* the last stage of all goals */

/* All needs of tiers up to `last` are met in full: one stage for each tier and weight, proved by prices of nothing
 * (zeros, by good and by resource; borrowed).  For satisfy. */
pl_status pl_record_full(pl_maker *mk, int32_t last, const double *nothing, pl_error *err) PL_CHECK;

/* The ids of all labour, or "levels" where there is none; NULL without memory. */
const char *const *pl_labour_objective(pl_maker *mk, int32_t *n);

/* Another way, without a simplex (sweeps.c): sets mk->level, records all stages.  *why_not says in a few words why it cannot
 * be taken; the maker is then as it was. */
pl_status pl_make_by_sweeps(pl_maker *mk, const char **why_not, pl_error *err) PL_CHECK;

double pl_sweeps_memory(double goods, double recipes, double coefficients); /* bytes that it takes, */
double pl_sweeps_memory_of_leaps(double goods, double recipes, double coefficients); /* of which so many are let go when a first plan is found */
double pl_maker_memory_left(const pl_maker *mk); /* bytes that there are from then on; infinite when it is not known */

#define PL_LARGE_FROM 10000 /* recipes from which on sweeps are tried, then Newton steps, before the simplex; processes share them */

/* The simplex has just said that `demand` cannot be met: records the Farkas proof, names the limits that
 * clash, finds the smallest relaxations (infeasible.c). */
pl_status pl_make_infeasible(pl_maker *mk, pl_error *err) PL_CHECK;

/* Which needs `text` names: a group, a good, "tier:N", "all".  chosen[n_needs].  PL_USAGE when none. */
pl_status pl_choose_needs(const pl_economy *e, pl_crew *crew, const char *text, bool *chosen, pl_error *err) PL_CHECK;

/* ---- The proof of a stage (proof.c) ------------------------------------------------------------- */

typedef struct pl_stage_terms {
    const double *demand; /* D, by good */
    const double *raised; /* a, by good; NULL in least and weighted stages */
    const double *costs;  /* by column of the model; NULL except in least stages */
    double ceiling;       /* of theta; INFINITY = none */
    bool weighted;        /* deliveries are columns too */
    pl_crew *crew;        /* all is added up over its processes; or NULL */
} pl_stage_terms;

/* What the prices prove: no plan has a theta (weighted value) above, or a cost below, the result.  *worth (may be NULL)
 * is the size of the terms that cancel in it, in the unit of the prices: rounding is in proportion to it. */
double pl_stage_bound(const pl_model *model, const pl_stage_terms *terms, const double *good_price,
                      const double *resource_price, double *worth);

#endif
