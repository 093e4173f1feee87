/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * plan.h - from an economy to a plan with its proof.
 *
 * A plan says at what level each recipe is carried out, what is imported, exported and drawn from
 * stocks, and how much of each need is delivered.  It is made in stages, each a linear programme
 * solved to a vertex; the prices of every stage are kept, and together they prove that nothing better
 * is possible.  The model, the stages and the proof in formulas: docs/formats/plan.md.
 *
 * Vectors by good, recipe, resource, need are in the order of the economy's tables.
 * Thread safety: calls on different objects may run at the same time. */
#ifndef PLENTY_PLAN_H
#define PLENTY_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/device.h>
#include <plenty/economy.h>
#include <plenty/progress.h>
#include <plenty/status.h>

/* ---- Scenario: what a council changes before planning ------------------------------------------ */

/* One cell of one table that was changed (docs/formats/plan.md, changes.csv). */
typedef struct pl_change {
    const char *table, *key, *column;
    double from, to; /* PL_ABSENT = not given */
} pl_change;

/* An economy after changes; borrows from the economy it was made of, which must live longer. */
typedef struct pl_variant {
    pl_economy economy; /* changed tables are the variant's own, the others borrowed */
    const pl_economy *base;
    const pl_change *changes;
    int32_t n_changes;
    pl_horizon horizon; /* years 0: one year */
    struct pl_variant_storage *storage; /* private */
} pl_variant;

/* Starts a variant without changes.  Returns owned. */
PL_API pl_status pl_variant_new(const pl_economy *base, pl_variant **out, pl_error *err) PL_CHECK;
PL_API void pl_variant_free(pl_variant *variant); /* accepts NULL */

/* One change, as on the command line:
 *   verb "set"     text "labour=-10%" "oven=+2" "co2=5000" "labour=none"
 *                  left side: a resource, a kind of resource, a recipe (its capacity), import:GOOD,
 *                  export:GOOD, stock:GOOD; resource:ID and recipe:ID where a name is ambiguous
 *   verb "limit"   text "co2=5000": the available amount of a resource, also where none is given
 *   verb "demand"  text "health=+20%": needs of a good, of a group of goods, of a group of needs,
 *                  tier:N, all, or one need, GOOD|TIER|GROUP
 *   verb "isolated" text "": no imports, no exports
 * right side: +N% or -N% (of what is there), +N or -N (added; a number without sign replaces), none.
 * Errors: PL_USAGE with a hint (did you mean), PL_NOMEM. */
PL_API pl_status pl_variant_change(pl_variant *variant, const char *verb, const char *text,
                                   pl_error *err) PL_CHECK;

/* The changes of a scenario file: a line each, "set labour = -10%", "isolated"; # begins a comment.  Lines
 * "goal ..." are left to the caller: the last one is copied to goal[size] ("" when there is none). */
PL_API pl_status pl_variant_read(pl_variant *variant, const char *path, char *goal, size_t size,
                                 pl_error *err) PL_CHECK;
/* Likewise for n bytes of text; `name` stands in messages for the path. */
PL_API pl_status pl_variant_read_text(pl_variant *variant, const char *name, const char *text, size_t n,
                                      char *goal, size_t size, pl_error *err) PL_CHECK;

/* Puts back the changes of a saved plan (table, key, column, to); checks each `from`. */
PL_API pl_status pl_variant_restore(pl_variant *variant, const pl_change *changes, int32_t n,
                                    pl_error *err) PL_CHECK;

/* After all changes: makes the variant's economy one of several years (pl_economy_unroll).  Years 0 leaves it as it is.
 * No more changes are taken afterwards.  Errors: those of pl_economy_unroll. */
PL_API pl_status pl_variant_unroll(pl_variant *variant, const pl_horizon *horizon, pl_error *err) PL_CHECK;

/* ---- Making a plan ----------------------------------------------------------------------------- */

typedef enum pl_goal { PL_SATISFY, PL_LEAST, PL_MOST, PL_WEIGHTED } pl_goal;
PL_API const char *pl_goal_id(pl_goal goal); /* "satisfy", "least", "most", "weighted" */

typedef enum pl_plan_way { PL_ANY_WAY, PL_BY_SIMPLEX, PL_BY_SWEEPS, PL_BY_NEWTON } pl_plan_way;

typedef struct pl_plan_settings {
    pl_goal goal;
    const char *argument; /* least: a resource, "labour" (all of that kind), "imports"; most: a group
                             of needs, a good, "tier:N", "all"; else NULL */
    pl_plan_way way;           /* how to find it; PL_ANY_WAY: by structure and size (docs/methods/engine.md) */
    const struct pl_plan *from; /* an older plan to start from (pl_plan_load_start), or NULL: only for speed */
    struct pl_part *part; /* of several processes that share the work (src/plan/part.h): all call with theirs, the variant
                             is only needed by the first, which alone gets the whole plan; NULL: this process alone */
    int threads;          /* 0 = 1; the plan is the same for any number */
    pl_device_kind device; /* for Newton steps */
    double time_limit_s;  /* 0 = none */
    double memory;        /* bytes that there are for all of the process (memory.h); 0 = not known */
    pl_progress progress;
} pl_plan_settings;

/* "satisfy", "least labour", "most households", "weighted" into goal and argument (which points into
 * text).  PL_USAGE for anything else. */
PL_API pl_status pl_goal_parse(const char *text, pl_plan_settings *settings, pl_error *err) PL_CHECK;

typedef enum pl_outcome { PL_PLANNED, PL_INFEASIBLE } pl_outcome;

typedef enum pl_stage_goal { PL_RAISE, PL_RAISE_MOST, PL_MAX_WEIGHTED, PL_USE_LEAST, PL_FLOORS } pl_stage_goal;
PL_API const char *pl_stage_goal_id(pl_stage_goal goal); /* "raise", "most", "weighted", "least", "floors" */

typedef struct pl_stage {
    pl_stage_goal goal;
    int32_t tier;       /* raise */
    const char *needs;  /* most */
    const char *const *objective; /* least: ids of resources, "imports" or "levels" */
    int32_t n_objective;
    double value, bound;
    const double *good_price;     /* y, by good */
    const double *resource_price; /* rho >= 0, by resource; 0 where there is no limit */
} pl_stage;

/* A limit that clashes with others when the floors cannot be met. */
typedef enum pl_limit_kind { PL_LIMIT_RESOURCE, PL_LIMIT_CAPACITY, PL_LIMIT_IMPORT, PL_LIMIT_EXPORT, PL_LIMIT_STOCK, PL_LIMIT_FLOOR } pl_limit_kind;
PL_API const char *pl_limit_kind_id(pl_limit_kind kind);

typedef struct pl_clash {
    pl_limit_kind kind;
    int32_t index;    /* of the resource, recipe, good (import, export, stock) or need (floor) */
    double available; /* the limit as it is */
    double alone;     /* what would do if only it were moved; PL_ABSENT = nothing */
    double together;  /* its value in the smallest joint relaxation */
} pl_clash;

typedef struct pl_plan {
    pl_outcome outcome;
    pl_goal goal;
    const char *argument;
    char economy_hash[65];
    const char *economy_title, *economy_path;
    int32_t n_goods, n_recipes, n_resources, n_needs;
    const double *level;                       /* by recipe */
    const double *imported, *exported, *drawn; /* by good */
    const double *delivered;                   /* by need */
    const int32_t *settled;                    /* by need: stage, 0 = nothing to raise */
    const pl_stage *stages;
    int32_t n_stages;
    const pl_clash *clashes; /* infeasible: heaviest first */
    int32_t n_clashes;
    const pl_change *changes;
    int32_t n_changes;
    pl_horizon horizon; /* years 0: one year */
    const char *way, *why; /* "simplex", "sweeps" or "newton", and why ("" in a loaded plan) */
    bool stopped; /* before the end, by the time limit or the tick: feasible, with the bounds that are proved; not saved */
    int64_t iterations;
    double primal_violation, dual_violation; /* relative */
    double seconds;                          /* of solving; not saved */
    struct pl_plan_storage *storage;         /* private */
} pl_plan;

/* Plans the variant (or an economy as it is: wrap it with pl_variant_new).  Returns owned; an infeasible
 * economy is an outcome.  Errors: PL_USAGE (unknown resource or needs), PL_DATA (nothing to plan: no
 * needs), PL_STOPPED, PL_NUMERIC, PL_NOMEM.  Deterministic.
 * When the time limit or the tick ends the work early, the best plan that was found so far is returned, with `stopped` and
 * with what is proved of it; PL_STOPPED only when there is none.
 * PL_NOMEM before the work begins, when settings.memory is less than what the way to the plan will take. */
PL_API pl_status pl_plan_make(const pl_variant *variant, const pl_plan_settings *settings,
                              pl_plan **out, pl_error *err) PL_CHECK;
PL_API void pl_plan_free(pl_plan *plan); /* accepts NULL */

/* Writes the folder (docs/formats/plan.md), at once or not at all; an existing plan folder is replaced
 * when `replace`.  `economy` is the variant's economy the plan was made for. */
PL_API pl_status pl_plan_save(const pl_plan *plan, const pl_economy *economy, const char *path,
                              bool replace, pl_error *err) PL_CHECK;

/* The same as one binary file (docs/formats/plan-binary.md), for plans of millions of goods; replaces a binary plan only. */
PL_API pl_status pl_plan_save_binary(const pl_plan *plan, const pl_economy *economy, const char *path, bool replace,
                                     pl_error *err) PL_CHECK;

PL_API bool pl_plan_is_binary(const char *path); /* begins as such a file does */

/* Reads the header of a plan, folder or file: where its economy was, its hash, its changes (texts owned by the
 * returned plan, vectors NULL).  Then pl_plan_load reads the whole, given the variant with those
 * changes put back; PL_DATA when the economy's hash differs. */
PL_API pl_status pl_plan_open(const char *path, pl_plan **out, pl_error *err) PL_CHECK;
PL_API pl_status pl_plan_load(const char *path, const pl_variant *variant, pl_plan **out,
                              pl_error *err) PL_CHECK;

/* Both, for a plan of `base`: the variant that it was made for, with its changes and years, and the plan.  Returns both owned. */
PL_API pl_status pl_plan_load_with(const char *path, const pl_economy *base, pl_variant **variant, pl_plan **out, pl_error *err) PL_CHECK;

/* Reads a plan, of this economy or of one much like it, as settings.from for a plan of the variant.  Rows are matched
 * by name: what the variant does not have is left out, what the plan does not have is 0.  A binary plan names nothing: it
 * must be of the variant's base.  Nothing in it is trusted, and nothing but a start may be made of it.  PL_DATA: no plan,
 * a spoilt one, one that says that nothing is possible, or one that has no recipe in common with the variant. */
PL_API pl_status pl_plan_load_start(const char *path, const pl_variant *variant, pl_plan **out, pl_error *err) PL_CHECK;

/* How many goods are made in another amount than by the levels of the plan `from`, by more than a millionth of it. */
PL_API pl_status pl_plan_goods_changed(const pl_plan *plan, const pl_plan *from, const pl_economy *economy, int32_t *n,
                                       pl_error *err) PL_CHECK;

/* ---- Figures that follow from a plan ------------------------------------------------------------ */

typedef struct pl_balance {
    double made, used, imported, exported, drawn, delivered, surplus;
} pl_balance;

/* Balances of all goods into out[n_goods]; use of all resources into use[n_resources].  NULL allowed. */
PL_API void pl_plan_balances(const pl_plan *plan, const pl_economy *economy, pl_balance *out);
PL_API void pl_plan_resource_use(const pl_plan *plan, const pl_economy *economy, double *use);

/* Whether so much use leaves nothing of a limit: all but 2e-9 of it, as in docs/formats/plan.md.  Only then has it a rent. */
PL_API bool pl_used_up(double used, double available);

/* Every limit of the economy with its use and its price in stage number `stage` (1 = first; the rent of a
 * capacity, import, export or stock limit that is used up; the shadow price of a resource).  Returns owned (free with
 * pl_limits_free), sorted by kind and index. */
typedef struct pl_limit {
    pl_limit_kind kind;
    int32_t index;
    double available, used, price; /* available PL_ABSENT: a resource without limit */
} pl_limit;
PL_API pl_status pl_plan_limits(const pl_plan *plan, const pl_economy *economy, int32_t stage,
                                pl_limit **out, int32_t *n, pl_error *err) PL_CHECK;
PL_API void pl_limits_free(pl_limit *limits);
/* Identifier of what a limit belongs to: a resource, a recipe, a good. */
PL_API const char *pl_limit_id(const pl_economy *economy, pl_limit_kind kind, int32_t index);

/* What 1 % more of a limit is worth in the value of its stage (price times available / 100); where the limit is a
 * balance of trade of zero, what 1 % more earnings are. */
PL_API double pl_plan_limit_weight(const pl_plan *plan, const pl_economy *economy, const pl_limit *limit);
/* Value of all imports (or exports) in foreign exchange. */
PL_API double pl_plan_trade_value(const pl_plan *plan, const pl_economy *economy, bool imports);

/* Of a plan of several years: how much the value of its first stage falls (for "least": rises) when one more of everything
 * that must be there after the last year is asked for, times what `end` makes of it: - d value / d end (least: d value /
 * d end), by the stage's prices.  PL_ABSENT for other plans, infeasible ones, and an end of 0. */
PL_API double pl_plan_end_price(const pl_plan *plan, const pl_economy *economy);

/* What the prices of a plan for `before` say of the economy `after`, a variant with the same rows: bound[k] is the most (of a least stage: the least) that
 * stage k + 1 can attain there, when the stages before it deliver the same parts of what is asked for.  Exact as long as the same limits bind; never too
 * pessimistic.  bound has room for plan->n_stages.  Cost: one pass over the model for each stage.  Errors: PL_USAGE (other rows, nothing was possible), PL_NOMEM. */
PL_API pl_status pl_plan_what_if(const pl_plan *plan, const pl_economy *before, const pl_economy *after, double *bound, pl_error *err) PL_CHECK;

/* ---- What a summary shows first (overview.c) ------------------------------------------------------ */

/* The tiers that occur, ascending; returns how many (at most max). */
PL_API int pl_plan_tiers(const pl_economy *economy, int32_t *tiers, int max);
PL_API bool pl_plan_is_short(const pl_plan *plan, const pl_economy *economy, int32_t need);
/* The needs that are short, by tier, then by what is missing (at the prices of the last stage), into out[n_needs];
 * returns how many. */
PL_API int32_t pl_plan_worst_needs(const pl_plan *plan, const pl_economy *economy, int32_t *out);
/* The largest relative distance between what a stage attains and what its proof allows. */
PL_API double pl_plan_gap(const pl_plan *plan);

/* The limits that bind in a stage, the weightiest first.  Returns owned (pl_reasons_free). */
typedef struct pl_reason {
    pl_limit limit;
    double effect; /* what 1 % more is worth in the stage's value */
} pl_reason;
PL_API pl_status pl_plan_reasons(const pl_plan *plan, const pl_economy *economy, int32_t stage, pl_reason **out,
                                 int32_t *n, pl_error *err) PL_CHECK;
PL_API void pl_reasons_free(pl_reason *reasons);

/* Mean over needs with amount > 0 of min(1, delivered/amount), over all needs or those of one tier
 * (tier > 0). */
PL_API double pl_plan_needs_met(const pl_plan *plan, const pl_economy *economy, int32_t tier);

#endif
