/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Reads a binary plan (docs/formats/plan-binary.md). */
#include "plan/binary.h"

#include <math.h>
#include <string.h>

#define HINT "make the plan again with `plenty plan`"

static pl_status wrong(const pl_sections *file, const char *what, pl_error *err)
{
    return pl_fail(err, PL_DATA, file->path, HINT, "%s", what);
}

/* The columns of one table, all of as many rows. */
static pl_status columns(const pl_sections *file, unsigned table, int n, pl_section *out, pl_error *err)
{
    for (int c = 0; c < n; c++) {
        out[c] = pl_sections_get(file, PL_PLAN_ID(table, c));
        if (out[c].count != out[0].count || out[c].count > INT32_MAX) {
            return wrong(file, "the columns of a table do not fit together", err);
        }
    }
    return PL_OK;
}

/* A vector of n finite numbers; where `optional`, it may be left out and is then 0. */
static pl_status numbers(const pl_sections *file, pl_arena *arena, unsigned id, int32_t n, bool optional,
                         const double **out, pl_error *err)
{
    pl_section s = pl_sections_get(file, id);
    double *x = PL_ARENA_NEW(arena, double, n);
    if (x == NULL) {
        return pl_fail_nomem(err, "the plan");
    }
    *out = x;
    if (s.count == 0 && optional) {
        memset(x, 0, (size_t)n * sizeof *x);
        return PL_OK;
    }
    if (s.count != (uint64_t)n) {
        return wrong(file, "the plan has another number of recipes, goods or needs than the economy", err);
    }
    bool finite = true;
    for (int32_t i = 0; i < n; i++) {
        x[i] = ((const double *)s.at)[i];
        finite &= isfinite(x[i]) != 0;
    }
    return finite ? PL_OK : wrong(file, "a level, a delivery or a trade is no number", err);
}

pl_status pl_binary_plan_vectors(const pl_sections *file, pl_arena *arena, pl_plan *plan, pl_error *err)
{
    const struct {
        unsigned table, column;
        int32_t n;
        const double **to;
    } all[] = {{PL_PLAN_LEVELS, 1, plan->n_recipes, &plan->level},
               {PL_PLAN_BALANCES, 3, plan->n_goods, &plan->imported},
               {PL_PLAN_BALANCES, 4, plan->n_goods, &plan->exported},
               {PL_PLAN_BALANCES, 5, plan->n_goods, &plan->drawn},
               {PL_PLAN_DELIVERIES, 6, plan->n_needs, &plan->delivered}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        pl_status status = numbers(file, arena, PL_PLAN_ID(all[i].table, all[i].column), all[i].n,
                                   all[i].table == PL_PLAN_BALANCES, all[i].to, err);
        if (status != PL_OK) {
            return status;
        }
    }
    pl_section stage = pl_sections_get(file, PL_PLAN_ID(PL_PLAN_DELIVERIES, 8));
    int32_t *settled = PL_ARENA_NEW(arena, int32_t, plan->n_needs);
    if (settled == NULL) {
        return pl_fail_nomem(err, "the plan");
    }
    if (stage.count != (uint64_t)plan->n_needs) {
        return wrong(file, "the plan has another number of needs than the economy", err);
    }
    for (int32_t k = 0; k < plan->n_needs; k++) {
        settled[k] = ((const int32_t *)stage.at)[k];
        if (settled[k] < 0 || settled[k] > plan->n_stages) {
            return wrong(file, "a need was settled in a stage that does not exist", err);
        }
    }
    plan->settled = settled;
    return PL_OK;
}

pl_status pl_binary_plan_prices(const pl_sections *file, pl_plan *plan, pl_error *err)
{
    pl_section s[4];
    pl_status status = columns(file, PL_PLAN_CERTIFICATE, 4, s, err);
    for (uint64_t i = 0; i < s[0].count && status == PL_OK; i++) {
        int32_t stage = ((const int32_t *)s[0].at)[i], k = ((const int32_t *)s[2].at)[i];
        unsigned char kind = ((const unsigned char *)s[1].at)[i];
        double price = ((const double *)s[3].at)[i];
        if (stage < 1 || stage > plan->n_stages || kind > 1 || k < 0 ||
            k >= (kind == 0 ? plan->n_goods : plan->n_resources) || !isfinite(price)) {
            return wrong(file, "a row of the certificate is no price of a stage", err);
        }
        const pl_stage *at = &plan->stages[stage - 1];
        /* The arrays are the plan's own; pl_stage only shows them as read-only. */
        double *prices = (double *)(uintptr_t)(kind == 0 ? at->good_price : at->resource_price);
        prices[k] = price;
    }
    return status;
}

pl_status pl_binary_plan_changes(const pl_sections *file, pl_arena *arena, pl_plan *plan, pl_error *err)
{
    pl_section s[5], texts = pl_sections_get(file, PL_SECTIONS_TEXT);
    pl_status status = columns(file, PL_PLAN_CHANGES, 5, s, err);
    if (status != PL_OK) {
        return status;
    }
    int32_t n = (int32_t)s[0].count;
    pl_change *changes = PL_ARENA_NEW(arena, pl_change, n);
    if (changes == NULL) {
        return pl_fail_nomem(err, "the changes");
    }
    for (int32_t i = 0; i < n; i++) {
        const char *text[3];
        for (int c = 0; c < 3; c++) {
            const char *there = pl_sections_text(&texts, ((const uint64_t *)s[c].at)[i]);
            if (there == NULL) {
                return wrong(file, "a change has no text", err);
            }
            text[c] = pl_arena_text(arena, there, strlen(there));
            if (text[c] == NULL) {
                return pl_fail_nomem(err, "the changes");
            }
        }
        changes[i] = (pl_change){text[0], text[1], text[2], ((const double *)s[3].at)[i], ((const double *)s[4].at)[i]};
        if (isinf(changes[i].from) || isinf(changes[i].to)) {
            return wrong(file, "a change is no number", err);
        }
    }
    plan->changes = changes;
    plan->n_changes = n;
    return PL_OK;
}

pl_status pl_binary_plan_clashes(const pl_sections *file, pl_arena *arena, pl_plan *plan, pl_error *err)
{
    pl_section s[5];
    pl_status status = columns(file, PL_PLAN_CLASHES, 5, s, err);
    if (status != PL_OK) {
        return status;
    }
    const int32_t most[] = {plan->n_resources, plan->n_recipes, plan->n_goods, plan->n_goods, plan->n_goods,
                            plan->n_needs};
    int32_t n = (int32_t)s[0].count;
    pl_clash *clashes = PL_ARENA_NEW(arena, pl_clash, n);
    if (clashes == NULL) {
        return pl_fail_nomem(err, "the limits that clash");
    }
    for (int32_t i = 0; i < n; i++) {
        unsigned char kind = ((const unsigned char *)s[0].at)[i];
        int32_t index = ((const int32_t *)s[1].at)[i];
        if (kind > PL_LIMIT_FLOOR || index < 0 || index >= most[kind]) {
            return wrong(file, "a limit that clashes is none of the economy", err);
        }
        clashes[i] = (pl_clash){(pl_limit_kind)kind, index, ((const double *)s[2].at)[i], ((const double *)s[3].at)[i],
                                ((const double *)s[4].at)[i]};
        if (isinf(clashes[i].available) || isinf(clashes[i].alone) || isinf(clashes[i].together)) {
            return wrong(file, "a limit that clashes is no number", err);
        }
    }
    plan->clashes = clashes;
    plan->n_clashes = n;
    return PL_OK;
}
