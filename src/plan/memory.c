/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * memory.c - how much memory a piece of work takes.  What solvers take stands beside their allocations
 * (pl_newton_memory, pl_simplex_memory, pl_model_memory, pl_sweeps_memory); here is the rest, and the sum. */
#include <plenty/memory.h>

#include <math.h>
#include <stdio.h>

#include "plan/make.h"
#include "plan/model.h"
#include "solve/lp.h"
#include "solve/newton.h"

/* Bytes for each row, or coefficient. */
#define PROGRAM 6e6       /* program, libraries, stacks */
#define GOOD 48           /* sizeof(pl_good) and so on: the tables */
#define RECIPE 32
#define COLUMN_START 16   /* where its flows and its uses begin; in a binary file they lie in the file */
#define NEED 48
#define COEFFICIENT 12
#define ROW_READ 52       /* of flows and uses, while a folder is read: as it was, sorted, and the text of the file */
#define CHECK_GOOD 130
#define CHECK_RECIPE 16
#define VALUES_GOOD 190
#define VALUES_RECIPE 20
#define VERIFY_GOOD 220   /* of the checker, which has nothing in common with the planner */
#define VERIFY_RECIPE 150
#define VERIFY_BATCH 3e6
#define WRITE_BUFFER 6e6
#define MAKER_GOOD 130    /* plan/make.c, with what is told and saved of a plan */
#define MAKER_RECIPE 50
#define MAKER_RECIPE_NEWTON 30 /* beside the steps; levels are written out when they are done */
#define MAKER_NEED 60
#define GENERATE_GOOD 64
#define GENERATE_USES 3.7 /* uses of a recipe, of ten resources */
#define GENERATE_FILE_GOOD 40
#define GENERATE_MACHINES 2 /* kinds of them in a recipe that has any */

/* The tables as they stay in memory. */
static double tables(const pl_extent *x)
{
    double rows = x->goods * GOOD + x->recipes * RECIPE + x->needs * NEED + (x->trades + x->assets + x->capital) * NEED;
    return x->mapped > 0 ? rows : rows + x->recipes * COLUMN_START + x->coefficients * COEFFICIENT + x->texts;
}

static double reading(const pl_extent *x)
{
    return x->mapped > 0 ? tables(x) : tables(x) + x->coefficients * ROW_READ + x->texts;
}

/* Making a plan, beside the tables. */
static double planning(pl_work work, const pl_extent *x)
{
    double rows = x->goods + x->resources, columns = x->recipes + x->trades,
           entries = x->coefficients + 2 * x->trades;
    double made = x->goods * MAKER_GOOD + columns * MAKER_RECIPE + x->needs * MAKER_NEED;
    switch (work) {
    case PL_WORK_SIMPLEX: /* columns are added to it, each of them with all goods at worst */
        return made + pl_model_memory(rows, columns, entries) +
               pl_simplex_memory(rows, columns + PL_SPARE_COLUMNS, entries + PL_SPARE_COLUMNS * x->goods);
    case PL_WORK_SWEEPS:
        return made + pl_sweeps_memory(x->goods, x->recipes);
    case PL_WORK_NEWTON:
        return made - columns * (MAKER_RECIPE - MAKER_RECIPE_NEWTON) + pl_model_memory_lean(rows, columns, entries) + pl_newton_memory(x->goods, x->resources, columns + x->needs, entries);
    default:
        return 0;
    }
}

pl_memory pl_memory_of(pl_work work, const pl_extent *from, const pl_extent *x)
{
    bool unrolled = x != from && (x->recipes != from->recipes || x->goods != from->goods);
    double held = tables(from) + (unrolled ? tables(x) : 0), most = reading(from);
    pl_memory m = {.mapped = from->mapped};
    switch (work) {
    case PL_WORK_READ:
        break;
    case PL_WORK_CHECK:
        held += x->goods * CHECK_GOOD + x->recipes * CHECK_RECIPE;
        break;
    case PL_WORK_WRITE:
        held += WRITE_BUFFER;
        break;
    case PL_WORK_VALUES:
        held += x->goods * VALUES_GOOD + x->recipes * VALUES_RECIPE;
        m.rereads = true;
        break;
    case PL_WORK_VERIFY:
        held += x->goods * VERIFY_GOOD + x->recipes * VERIFY_RECIPE + VERIFY_BATCH;
        most += x->goods * VERIFY_GOOD + x->recipes * VERIFY_RECIPE;
        break;
    default:
        held += planning(work, x);
        m.rereads = work == PL_WORK_SWEEPS && !unrolled;
    }
    m.held = PROGRAM + fmax(held, most);
    return m;
}

pl_memory pl_memory_of_generate(const pl_generate_settings *s)
{
    double goods = s->goods, recipes = goods * s->recipes, inputs = 1 + s->inputs;
    double uses = GENERATE_USES * s->resources / 10.0, machines = GENERATE_MACHINES * s->capital;
    return (pl_memory){.held = PROGRAM + goods * (GENERATE_GOOD + GOOD + NEED / 3.0) + recipes * RECIPE +
                               goods * (inputs + machines) * COEFFICIENT + recipes * machines * NEED,
                       .mapped = goods * GENERATE_FILE_GOOD + recipes * (60 + COEFFICIENT * (inputs + uses) + 16 * machines)};
}

double pl_memory_least(const pl_memory *m)
{
    return m->held + (m->rereads ? m->mapped : 0);
}

pl_work pl_memory_frugal_way(const pl_extent *x, pl_plan_way way, pl_goal goal)
{
    bool swept = goal == PL_SATISFY || goal == PL_LEAST;
    switch (way) {
    case PL_BY_SIMPLEX:
        return PL_WORK_SIMPLEX;
    case PL_BY_SWEEPS:
        return PL_WORK_SWEEPS;
    case PL_BY_NEWTON:
        return PL_WORK_NEWTON;
    default:
        return x->recipes < PL_LARGE_FROM ? PL_WORK_SIMPLEX : swept ? PL_WORK_SWEEPS : PL_WORK_NEWTON;
    }
}

/* 15 GB, 1.5 GB, 800 MB */
static void words(double bytes, char out[32])
{
    bool giga = bytes >= 1e9;
    double x = bytes / (giga ? 1e9 : 1e6);
    snprintf(out, 32, x < 9.95 && giga ? "%.1f %s" : "%.0f %s", x, giga ? "GB" : "MB");
}

pl_status pl_memory_allows(const char *subject, const char *doing, double needs, double available, pl_error *err)
{
    char wanted[32], there[32];
    if (!(available > 0) || needs <= available) {
        return PL_OK;
    }
    words(needs, wanted);
    words(available, there);
    return pl_fail(err, PL_NOMEM, subject,
                   "close other programs, take a larger machine or a smaller economy, or say --memory 0 to try nevertheless",
                   "%s needs about %s of memory, %s are available", doing, wanted, there);
}
