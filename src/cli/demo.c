/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * demo.c - `plenty demo`: a whole cycle on a real economy, by the same commands that people use. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "cli/summary.h"
#include "io/file.h"

typedef struct demo {
    char economy[4096], folder[4096], plan[4200], variant[4200], report[4200];
    int step;
    bool kept;
} demo;

static void say(demo *d, const char *fmt, ...) PL_PRINTF(2, 3);
static void say(demo *d, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    printf("\n%s== %d. ", cli_bold(), ++d->step);
    vprintf(fmt, args);
    printf("%s\n", cli_plain());
    va_end(args);
}

/* Runs one command as if it had been typed; shows it first. */
static int run(const char *const *words)
{
    pl_error err;
    cli_args args;
    char *argv[16];
    int argc = 0;
    printf("%s$ plenty", cli_faint());
    for (; words[argc] != NULL && argc < 15; argc++) {
        memcpy(&argv[argc], &words[argc], sizeof argv[0]);
        printf(strchr(words[argc], ' ') != NULL ? " '%s'" : " %s", words[argc]);
    }
    printf("%s\n\n", cli_plain());
    fflush(stdout);
    const cli_command *command = cli_find_command(argv[0]);
    if (cli_parse(command, argc - 1, argv + 1, &args, &err) != PL_OK) {
        return cli_fail(&err);
    }
    int code = command->run(&args);
    fflush(stdout);
    return code;
}

#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})

/* The identifier of what is shortest in the plan, or of the first good where nothing is short. */
static int find_short(const demo *d, char *out, size_t size)
{
    pl_error err;
    cli_plan_set set;
    if (cli_load_plan(d->plan, d->economy, &set, &err) != PL_OK) {
        return cli_fail(&err);
    }
    const pl_economy *e = &set.variant->economy;
    int32_t *worst = PL_NEW(int32_t, e->n_needs), n = worst != NULL ? pl_plan_worst_needs(set.plan, e, worst) : 0;
    snprintf(out, size, "good:%s", e->goods[n > 0 ? e->needs[worst[0]].good : 0].id);
    pl_free(worst);
    cli_plan_set_free(&set);
    return 0;
}

static int cycle(demo *d)
{
    char shortest[1100];
    say(d, "The tables: are they sound?");
    int code = RUN("check", d->economy);
    if (code == 0) {
        say(d, "A plan: what can be met, what is short, and why");
        code = RUN("plan", d->economy, "-o", d->plan);
    }
    if (code == 0) {
        code = find_short(d, shortest, sizeof shortest);
    }
    if (code == 0) {
        say(d, "Why is there not more of what is shortest?");
        code = RUN("explain", d->plan, shortest);
    }
    if (code == 0) {
        say(d, "Another proposal: everybody works a tenth less");
        code = RUN("plan", d->economy, "--set", "labour=-10%", "-o", d->variant, "--quiet");
    }
    if (code == 0) {
        code = RUN("compare", d->plan, d->variant, "--brief");
    }
    if (code == 0) {
        say(d, d->kept ? "A page to read, with charts, for any browser" : "A page to read, with charts (it stays with --keep FOLDER)");
        code = RUN("export", d->plan, "--html", d->report);
    }
    if (code == 0) {
        say(d, "The proofs, checked by a program that shares nothing with the planner");
        code = RUN("verify", d->plan, d->economy);
    }
    if (code == 0) {
        code = RUN("verify", d->variant, d->economy);
    }
    return code;
}

/* Makes the folder the plans go to. */
static pl_status make_folder(const cli_args *args, demo *d, pl_error *err)
{
    const char *keep = cli_text(args, "keep");
    d->kept = keep != NULL;
    if (keep != NULL) {
        snprintf(d->folder, sizeof d->folder, "%s", keep);
        if (mkdir(keep, 0777) != 0) {
            return pl_fail(err, PL_IO, keep, "name a folder that is not there yet", "%s",
                           strerror(errno));
        }
        return PL_OK;
    }
    return cli_temporary(d->folder, err);
}

int cli_demo(const cli_args *args)
{
    pl_error err;
    demo d = {0};
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    const char *given = cli_text(args, "economy");
    if (given != NULL) {
        snprintf(d.economy, sizeof d.economy, "%s", given);
    } else if (!cli_find_shared("examples/country", d.economy, sizeof d.economy) &&
               !cli_find_shared("examples/bakery", d.economy, sizeof d.economy)) {
        pl_fail(&err, PL_NOTFOUND, "examples/country", "say which economy: --economy FOLDER",
                "the example that comes with Plenty was not found");
        return cli_fail(&err);
    }
    if (make_folder(args, &d, &err) != PL_OK) {
        return cli_fail(&err);
    }
    snprintf(d.plan, sizeof d.plan, "%s/plan", d.folder);
    snprintf(d.variant, sizeof d.variant, "%s/shorter", d.folder);
    snprintf(d.report, sizeof d.report, "%s/report.html", d.folder);
    int code = cycle(&d);
    if (!d.kept) {
        cli_temporary_remove(d.folder);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
    if (code == 0) {
        printf("\n%sdemo: both plans verified%s, in %.1f s%s%s\n", cli_green(), cli_plain(), seconds,
               d.kept ? "; kept in " : "", d.kept ? d.folder : "");
    } else {
        printf("\n%sdemo: something did not hold%s (exit code %d)\n", cli_red(), cli_plain(), code);
    }
    return code;
}
