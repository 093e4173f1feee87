/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/memory_help.h"

#include <plenty/memory.h>
#include <plenty/values.h>

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/test.h"
#include "verify/verify.h"

static char path[3][4200]; /* a binary economy with limits, one without, a folder */

typedef struct job {
    pl_work work;
    int path, years;
    pl_goal goal;
    double most; /* times the peak that the reckoning may be */
} job;

/* Loads, and does the work.  In a process of its own, which ends with the code. */
static int work_on(const job *j)
{
    static const pl_plan_way ways[] = {[PL_WORK_SIMPLEX] = PL_BY_SIMPLEX, [PL_WORK_SWEEPS] = PL_BY_SWEEPS, [PL_WORK_NEWTON] = PL_BY_NEWTON};
    static pl_findings found;
    pl_economy *e;
    pl_summary summary;
    pl_values *values;
    pl_variant *v;
    pl_plan *plan;
    pl_horizon h = {j->years, PL_ABSENT, 1};
    char plan_at[4300];
    snprintf(plan_at, sizeof plan_at, "%s.plan", path[j->path]);
    if (j->work == PL_WORK_VERIFY) {
        FILE *none = fopen("/dev/null", "w");
        return pv_verify(plan_at, path[j->path], false, none, none);
    }
    if (pl_economy_load(path[j->path], NULL, &found, &e, NULL) != PL_OK) {
        return 2;
    }
    if (j->work == PL_WORK_CHECK) {
        return pl_economy_check(e, NULL, &found, NULL) != PL_OK || pl_economy_summary(e, NULL, &summary, NULL) != PL_OK;
    } else if (j->work == PL_WORK_VALUES) {
        pl_values_settings settings = {0};
        return pl_values_find(e, &settings, &values, NULL) != PL_OK;
    } else if (j->work == PL_WORK_WRITE) {
        snprintf(plan_at, sizeof plan_at, "%s.written", path[j->path]);
        return (j->path == 2 ? pl_economy_save_binary(e, plan_at, NULL, NULL) : pl_economy_save(e, plan_at, true, NULL, NULL)) != PL_OK;
    } else if (j->work == PL_WORK_READ) {
        return 0;
    }
    pl_plan_settings settings = {.goal = j->goal, .way = ways[j->work]};
    pl_status status = pl_variant_new(e, &v, NULL);
    status = status == PL_OK ? pl_variant_unroll(v, &h, NULL) : status;
    status = status == PL_OK ? pl_plan_make(v, &settings, &plan, NULL) : status;
    return status != PL_OK || (j->years == 0 && pl_plan_save_binary(plan, &v->economy, plan_at, true, NULL) != PL_OK);
}

static double peak_of(const job *j)
{
    struct rusage usage = {0};
    int code = 0;
    pid_t pid = fork();
    if (pid == 0) {
        _exit(work_on(j));
    }
    CHECK(pid > 0 && wait4(pid, &code, 0, &usage) == pid);
    if (code != 0) {
        FAIL("work %d on %s ended with %x", (int)j->work, path[j->path], (unsigned)code);
    }
    return (double)usage.ru_maxrss * 1024;
}

static void compare(const job *j)
{
    static const char *const names[] = {"read", "check", "write", "values", "verify", "simplex", "sweeps", "newton"};
    pl_extent from = pl_economy_extent_at(path[j->path]), x = pl_extent_unrolled(&from, j->years);
    pl_memory m = pl_memory_of(j->work, &from, j->years > 0 ? &x : &from);
    double reckoned = m.held + m.mapped, peak = peak_of(j);
    printf("# %s, %s, %d years: reckoned %.1f MB, peak %.1f MB, %.2f times\n", names[j->work],
           j->path == 2 ? "a folder" : j->path == 1 ? "no limits" : "limits", j->years, reckoned / 1e6, peak / 1e6, reckoned / peak);
    CHECK(reckoned >= 0.9 * peak && reckoned <= j->most * peak);
}

static void generate(int32_t goods, bool limits, const char *at)
{
    pl_generate_settings settings = pl_generate_defaults(goods);
    settings.slack = limits ? settings.slack : -1;
    settings.capped = limits ? settings.capped : 0;
    int code = 0;
    struct rusage usage = {0};
    pid_t pid = fork();
    if (pid == 0) {
        _exit(pl_economy_generate(&settings, at, NULL, NULL) != PL_OK);
    }
    CHECK(pid > 0 && wait4(pid, &code, 0, &usage) == pid && code == 0);
    pl_memory m = pl_memory_of_generate(&settings);
    double peak = (double)usage.ru_maxrss * 1024, reckoned = m.held + m.mapped;
    printf("# generate: reckoned %.1f MB, peak %.1f MB, %.2f times\n", reckoned / 1e6, peak / 1e6, reckoned / peak);
    CHECK(reckoned >= 0.9 * peak && reckoned <= 1.6 * peak + 8e6);
}

/* What is said without reading is what is there. */
static void extents_agree(void)
{
    pl_findings none = {0};
    pl_economy *e;
    CHECK(pl_economy_load(path[0], NULL, &none, &e, NULL) == PL_OK);
    pl_extent x = pl_economy_extent(e), file = pl_economy_extent_at(path[0]), folder = pl_economy_extent_at(path[2]);
    CHECK(x.goods == file.goods && x.recipes == file.recipes && x.coefficients == file.coefficients && x.needs == file.needs &&
          x.resources == file.resources && x.mapped == file.mapped && x.mapped > 0);
    CHECK(fabs(folder.goods / x.goods - 1) < 0.1 && fabs(folder.recipes / x.recipes - 1) < 0.1 && folder.mapped == 0);
    CHECK(fabs(folder.coefficients / x.coefficients - 1) < 0.1);
    pl_economy_free(e);
}

void memory_compared(int32_t goods, bool plans)
{
    static const job all[] = {
        {PL_WORK_READ, 0, 0, PL_SATISFY, 1.5},   {PL_WORK_CHECK, 0, 0, PL_SATISFY, 1.5},  {PL_WORK_WRITE, 0, 0, PL_SATISFY, 1.5},
        {PL_WORK_VALUES, 0, 0, PL_SATISFY, 1.5}, {PL_WORK_SWEEPS, 1, 0, PL_SATISFY, 1.5}, {PL_WORK_VERIFY, 1, 0, PL_SATISFY, 1.5},
        {PL_WORK_READ, 2, 0, PL_SATISFY, 1.5},   {PL_WORK_WRITE, 2, 0, PL_SATISFY, 1.5},  {PL_WORK_NEWTON, 0, 0, PL_SATISFY, 1.5},
        {PL_WORK_NEWTON, 0, 2, PL_LEAST, 1.5},   {PL_WORK_NEWTON, 2, 0, PL_WEIGHTED, 1.5}};
    static const char *const names[] = {"limits", "free", "limits.written"};
    for (int k = 0; k < 3; k++) {
        snprintf(path[k], sizeof path[k], "%s/%s", test_tmp(), names[k]);
    }
    generate(goods, true, path[0]);
    generate(goods, false, path[1]);
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        if (plans || all[k].work != PL_WORK_NEWTON) {
            compare(&all[k]);
        }
    }
    extents_agree(); /* last: a process whose threads have worked is not to be forked */
}

void memory_of_simplex_compared(int32_t goods)
{
    static const job simplex = {PL_WORK_SIMPLEX, 0, 0, PL_SATISFY, 3};
    snprintf(path[0], sizeof path[0], "%s/limits", test_tmp());
    generate(goods, true, path[0]);
    compare(&simplex);
}
