/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * memory.c - how much memory there is, and whether it will do: said before the work begins (docs/methods/memory.md). */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/cli.h"

/* The figure behind `name` in a file of lines "name 123 ..."; with name "" the first one of the file.  Infinite when there is
 * none (also "max"). */
static double figure_in(const char *path, const char *name)
{
    char line[512];
    double x = (double)INFINITY;
    size_t n = strlen(name);
    FILE *f = fopen(path, "r");
    while (f != NULL && isinf(x) && fgets(line, sizeof line, f) != NULL) {
        char *end;
        double found = strncmp(line, name, n) == 0 ? strtod(line + n, &end) : 0;
        x = strncmp(line, name, n) == 0 && end > line + n && isfinite(found) ? found : x;
    }
    if (f != NULL) {
        fclose(f);
    }
    return x;
}

/* ---- Control groups: those of containers and of services ------------------------------------------------ */

/* What the group at `folder` may still take: its limit less what it has, but for files that can be read again. */
static double room_of_group(const char *folder, const char *limit, const char *used)
{
    char path[4096];
    snprintf(path, sizeof path, "%.3900s/%s", folder, limit);
    double most = figure_in(path, "");
    snprintf(path, sizeof path, "%.3900s/%s", folder, used);
    double now = figure_in(path, "");
    snprintf(path, sizeof path, "%.3900s/memory.stat", folder);
    double files = figure_in(path, "inactive_file");
    if (isinf(most) || most > 1e18) { /* version 1 writes a very large number for none */
        return (double)INFINITY;
    }
    return fmax(1, most - (isfinite(now) ? now : 0) + (isfinite(files) ? files : 0));
}

/* The group and all those that it is in. */
static double room_of_groups(const char *root, const char *group, const char *limit, const char *used)
{
    char folder[3000];
    snprintf(folder, sizeof folder, "%.1000s%.1900s", root, group);
    double room = room_of_group(root, limit, used);
    for (char *slash = folder + strlen(folder); slash > folder + strlen(root); slash = strrchr(folder, '/')) {
        *slash = '\0';
        room = fmin(room, room_of_group(folder, limit, used));
    }
    return room;
}

static double control_groups(void)
{
    char line[2000];
    double room = (double)INFINITY;
    FILE *f = fopen("/proc/self/cgroup", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        const char *kinds = strchr(line, ':'), *group = kinds != NULL ? strchr(kinds + 1, ':') : NULL;
        if (group == NULL) {
            continue;
        }
        if (strncmp(kinds, "::", 2) == 0) {
            room = fmin(room, room_of_groups("/sys/fs/cgroup", group + 1, "memory.max", "memory.current"));
        } else if (strncmp(kinds, ":memory:", 8) == 0) {
            room = fmin(room, room_of_groups("/sys/fs/cgroup/memory", group + 1, "memory.limit_in_bytes", "memory.usage_in_bytes"));
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    return room;
}

/* ---- What there is -------------------------------------------------------------------------------------- */

/* Address space that a limit (ulimit -v) leaves; infinite without one. */
static double address_space(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
        return (double)INFINITY;
    }
    double used = figure_in("/proc/self/statm", "") * (double)sysconf(_SC_PAGESIZE);
    return fmax(1, (double)limit.rlim_cur - (isfinite(used) ? used : 0));
}

/* 24G, 500M, 0 */
static pl_status size_of(const char *text, double *out, pl_error *err)
{
    static const char letters[] = "KMGT";
    char *end;
    double x = strtod(text, &end), unit = 1;
    const char *letter = *end != '\0' ? strchr(letters, *end) : NULL;
    for (const char *p = letters; letter != NULL && p <= letter; p++) {
        unit *= 1000;
    }
    end += letter != NULL;
    end += letter != NULL && *end == 'B';
    if (end == text || *end != '\0' || !(x >= 0) || !isfinite(x * unit) || (x > 0 && x * unit < 1e6)) {
        return pl_fail(err, PL_USAGE, "--memory", "say for example 24G or 500M, or 0 to begin whatever there is",
                       "'%.40s' is no amount of memory", text);
    }
    *out = x * unit;
    return PL_OK;
}

pl_status cli_memory(const cli_args *args, cli_memory_there *out, pl_error *err)
{
    const char *given = cli_text(args, "memory");
    *out = (cli_memory_there){0, 0};
    if (given != NULL) {
        return size_of(given, &out->bytes, err);
    }
    double free_now = figure_in("/proc/meminfo", "MemAvailable:") * 1024, room = fmin(free_now, control_groups());
    out->bytes = isfinite(room) ? room : 0;
    out->address_space = isfinite(address_space()) ? address_space() : 0;
    return PL_OK;
}

pl_status cli_memory_allows(const cli_memory_there *there, const char *subject, const char *doing, const pl_memory *needs, pl_error *err)
{
    pl_status status = pl_memory_allows(subject, doing, pl_memory_least(needs), there->bytes, err);
    return status == PL_OK ? pl_memory_allows(subject, doing, needs->held + needs->mapped, there->address_space, err) : status;
}

pl_status cli_memory_for(const cli_args *args, pl_work work, const char *path, const char *doing, pl_error *err)
{
    cli_memory_there there;
    pl_extent x = pl_economy_extent_at(path);
    pl_memory needs = pl_memory_of(work, &x, &x);
    pl_status status = cli_memory(args, &there, err);
    return status == PL_OK ? cli_memory_allows(&there, path, doing, &needs, err) : status;
}

/* For pl_plan_settings.memory: of address space, what the mapped file leaves. */
static double left(const cli_memory_there *there, const pl_memory *needs)
{
    double space = there->address_space > 0 ? fmax(1, there->address_space - needs->mapped) : 0;
    return space > 0 && (there->bytes <= 0 || space < there->bytes) ? space : there->bytes;
}

pl_status cli_memory_for_plan(const cli_args *args, pl_plan_way way, const char *goal, double *out, pl_error *err)
{
    static const char *const doing[] = {[PL_WORK_SIMPLEX] = "planning this by the simplex", [PL_WORK_SWEEPS] = "planning this",
                                        [PL_WORK_NEWTON] = "planning this by Newton steps"};
    cli_memory_there there;
    pl_plan_settings settings = {0};
    double years = 0;
    pl_status status = cli_memory(args, &there, err);
    status = status == PL_OK ? cli_number(args, "years", 1, PL_YEARS_MAX, 0, &years, err) : status;
    if (status != PL_OK || (goal != NULL && pl_goal_parse(goal, &settings, NULL) != PL_OK)) {
        return status; /* a wrong goal is told when its turn comes */
    }
    pl_extent from = pl_economy_extent_at(args->argument[0]), x = pl_extent_unrolled(&from, (int32_t)years);
    pl_work work = pl_memory_frugal_way(&x, way, settings.goal);
    pl_memory needs = pl_memory_of(work, &from, years > 0 ? &x : &from);
    *out = left(&there, &needs);
    return cli_memory_allows(&there, args->argument[0], doing[work], &needs, err);
}
