/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How much sooner the rest of a year is planned anew from the old promises than from nothing.
 *
 *   build/release/bench/replan_rest ECONOMY [SEED]
 *
 * A year of twelve months, three of them over, one frozen.  One recipe in a hundred was carried out at 85 % of its plan.  Times of pl_plan_make alone,
 * processor time, best of RUNS: the plan of the year from nothing, its rest from nothing and from the old promises, without and with a price on changes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <plenty/replan.h>

#include "base/rng.h"

#define RUNS 21

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void must(pl_status status, const pl_error *err)
{
    if (status != PL_OK) {
        fprintf(stderr, "%s: %s\n", err->subject, err->message);
        exit(3);
    }
}

/* The best time of a plan; *out is the last one. */
static double plan(const pl_economy *e, const pl_plan *from, pl_plan **out)
{
    pl_error err;
    pl_variant *v;
    double best = INFINITY;
    pl_plan_settings set = {.goal = PL_SATISFY, .from = from};
    must(pl_variant_new(e, &v, &err), &err);
    for (int run = 0; run < RUNS; run++) {
        pl_plan *p;
        double begin = now_s();
        must(pl_plan_make(v, &set, &p, &err), &err);
        best = fmin(best, now_s() - begin);
        if (run + 1 < RUNS) {
            pl_plan_free(p);
        } else {
            *out = p;
        }
    }
    pl_variant_free(v);
    return best;
}

int main(int argc, char **argv)
{
    pl_error err;
    pl_economy *e;
    pl_plan *year;
    pl_rng rng;
    static pl_findings findings;
    if (argc < 2) {
        fprintf(stderr, "which economy?\n");
        return 2;
    }
    pl_rng_seed(&rng, argc > 2 ? strtoull(argv[2], NULL, 10) : 1);
    must(pl_economy_load(argv[1], NULL, &findings, &e, &err), &err);
    double *done = malloc(sizeof *done * (size_t)e->n_recipes), whole = plan(e, NULL, &year);
    int32_t behind = 0;
    if (done == NULL) {
        return 3;
    }
    for (int32_t r = 0; r < e->n_recipes; r++) {
        done[r] = year->level[r] * 3 / 12;
    }
    for (; behind < e->n_recipes / 100; behind++) {
        int32_t r = (int32_t)pl_rng_below(&rng, (uint64_t)e->n_recipes);
        done[r] = year->level[r] * 3 / 12 * 0.85;
    }
    printf("%d recipes, %d of them behind; the year from nothing: %.4f s\n", e->n_recipes, behind, whole);
    for (int k = 0; k < 2; k++) {
        pl_replan how = {.periods = 12, .passed = 3, .frozen = 1, .done = done, .change_price = k == 0 ? 0 : 0.1};
        pl_economy *rest;
        pl_plan *from, *a, *b;
        pl_replan_change *changes;
        int32_t overdrawn, n;
        double begin = now_s();
        must(pl_replan_economy(year, e, &how, &rest, &overdrawn, &err), &err);
        double making = now_s() - begin;
        must(pl_replan_start(year, e, &how, rest, &from, &err), &err);
        double nothing = plan(rest, NULL, &a), again = plan(rest, from, &b);
        must(pl_replan_changes(year, e, &how, b, rest, &changes, &n, &err), &err);
        printf("price on changes %2.0f %%: the rest from nothing %.4f s (%lld steps), from the promises %.4f s (%lld steps), %.1f %% of it, %.1f %% of the year; "
               "%d changes; its economy took %.4f s\n", 100 * how.change_price, nothing, (long long)a->iterations, again, (long long)b->iterations, 100 * again / nothing,
               100 * again / whole, n, making);
        pl_replan_changes_free(changes);
        pl_plan_free(a);
        pl_plan_free(b);
        pl_plan_free(from);
        pl_economy_free(rest);
    }
    pl_plan_free(year);
    pl_economy_free(e);
    free(done);
    return 0;
}
