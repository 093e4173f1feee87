/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * export_mps.c - `plenty export --mps`: the linear programme of one stage, with names, for any solver. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "cli/cli.h"
#include "cli/export.h"
#include "io/file.h"
#include "plan/model.h"
#include "solve/mps.h"

typedef struct names {
    pl_arena arena;
    const char **row, **column;
    bool failed;
} names;

static const char *name_of(names *n, const char *kind, const char *id)
{
    char text[512];
    int length = snprintf(text, sizeof text, "%s:%s", kind, id);
    char *copy = pl_arena_text(&n->arena, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
    n->failed |= copy == NULL;
    return copy;
}

static void name_all(names *n, const pl_model *model, const pl_stage_lp *stage)
{
    static const char *const kinds[] = {"make", "import", "export", "draw"};
    const pl_economy *e = model->economy;
    const pl_lp *lp = &stage->lp;
    pl_arena_init(&n->arena, 0);
    n->row = PL_ARENA_NEW(&n->arena, const char *, lp->m);
    n->column = PL_ARENA_NEW(&n->arena, const char *, lp->n);
    n->failed = n->row == NULL || n->column == NULL;
    for (int32_t i = 0; i < lp->m && !n->failed; i++) {
        n->row[i] = i < e->n_goods ? name_of(n, "good", e->goods[i].id)
                                   : name_of(n, "limit", e->resources[model->limited[i - e->n_goods]].id);
    }
    for (int32_t j = 0; j < lp->n && !n->failed; j++) {
        char number[16];
        if (j >= stage->n_model_columns) {
            snprintf(number, sizeof number, "%d", j - stage->n_model_columns + 1);
            n->column[j] = name_of(n, "stage", number);
            continue;
        }
        int32_t k = model->column_index[j];
        bool recipe = model->column_kind[j] == PL_COLUMN_RECIPE;
        n->column[j] = name_of(n, kinds[model->column_kind[j]], recipe ? e->recipes[k].id : e->goods[k].id);
    }
}

/* The text of the file; owned by the caller (free: the C library's own). */
static pl_status write_text(const pl_stage_lp *stage, const names *n, bool scaled, char **text, size_t *size,
                            pl_error *err)
{
    pl_simplex *simplex = NULL;
    pl_mps_options options = {.name = "plenty", .row_name = n->row, .column_name = n->column};
    pl_status status = PL_OK;
    FILE *out = open_memstream(text, size);
    if (out == NULL) {
        return pl_fail_nomem(err, "the linear programme");
    }
    if (scaled) {
        status = pl_simplex_new(&stage->lp, NULL, &simplex, err);
    }
    if (status == PL_OK && scaled) {
        pl_simplex_scaling(simplex, &options.row_scale, &options.column_scale);
    }
    if (status == PL_OK) {
        fprintf(out, "* value of the stage = %.17g * the minimum + %.17g\n", stage->sign, stage->offset);
        status = pl_mps_write(out, &stage->lp, &options, err);
    }
    if (fclose(out) != 0 && status == PL_OK) {
        status = pl_fail_nomem(err, "the linear programme");
    }
    pl_simplex_free(simplex);
    return status;
}

pl_status cli_export_mps(const cli_plan_set *set, const char *path, int32_t stage_number, bool scaled,
                         pl_error *err)
{
    pl_model *model = NULL;
    pl_stage_lp stage = {0};
    names n = {0};
    char *text = NULL;
    size_t size = 0;
    if (stage_number > set->plan->n_stages) {
        return pl_fail(err, PL_USAGE, "--stage", NULL, "the plan has %d stages", set->plan->n_stages);
    }
    pl_status status = pl_model_new(&set->variant->economy, &model, err);
    if (status == PL_OK) {
        status = pl_stage_lp_new(model, set->plan, stage_number, &stage, err);
    }
    if (status == PL_OK) {
        name_all(&n, model, &stage);
        status = n.failed ? pl_fail_nomem(err, "the names of the linear programme")
                          : write_text(&stage, &n, scaled, &text, &size, err);
    }
    if (status == PL_OK) {
        status = pl_file_write(path, text, size, err);
    }
    free(text); /* open_memstream's own */
    pl_arena_clear(&n.arena);
    pl_stage_lp_free(&stage);
    pl_model_free(model);
    return status;
}
