/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * plan.c - `plenty plan`: loads, changes, plans, saves, tells. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "io/file.h"

/* In which form the plan is written: in that of its economy, unless said otherwise. */
static bool is_binary(const cli_args *args)
{
    return cli_flag(args, "binary") || (!cli_flag(args, "tables") && pl_path_is_file(args->argument[0]));
}

/* Refuses before the work, not after it. */
static pl_status target_is_free(const cli_args *args, pl_error *err)
{
    const char *path = cli_text(args, "output");
    if (path == NULL || !pl_path_exists(path)) {
        return path != NULL ? pl_path_place(path, err) : PL_OK;
    }
    if (cli_flag(args, "replace")) {
        return is_binary(args) == !pl_path_is_file(path)
                   ? pl_fail(err, PL_IO, path, "choose another name, remove it yourself, or say --tables or --binary",
                             "this is not replaced: it is %s, the plan will be %s", is_binary(args) ? "no file" : "a file",
                             is_binary(args) ? "one" : "a folder")
                   : PL_OK;
    }
    return pl_fail(err, PL_IO, path, "choose another name, or add --replace", "this is there already");
}

static pl_status way_of(const char *word, pl_plan_way *out, pl_error *err)
{
    static const char *const words[] = {"any", "simplex", "sweeps", "newton"};
    int i = 0;
    while (word != NULL && i < 4 && strcmp(word, words[i]) != 0) {
        i++;
    }
    *out = (pl_plan_way)i;
    return i < 4 ? PL_OK : pl_fail(err, PL_USAGE, "--way", "say any, simplex, sweeps or newton", "there is no way '%.40s'", word);
}

/* Where Newton steps are taken, and its name. */
static pl_status device_of(const char *word, pl_device_kind *out, char *name, size_t size, pl_error *err)
{
    static const char *const words[] = {"cpu", "gpu", "host"};
    int i = 0;
    while (word != NULL && i < 3 && strcmp(word, words[i]) != 0) {
        i++;
    }
    *out = (pl_device_kind)i;
    return i < 3 ? pl_device_find(*out, name, size, err)
                 : pl_fail(err, PL_USAGE, "--device", "say cpu, gpu or host", "there is no device '%.40s'", word);
}

static pl_status settings_of(const cli_args *args, const char *goal, bool alone, pl_plan_settings *out,
                             pl_error *err)
{
    const char *given = cli_text(args, "goal");
    double seconds = 0;
    memset(out, 0, sizeof *out);
    pl_status status = PL_OK;
    given = given != NULL ? given : goal[0] != '\0' ? goal : "satisfy";
    status = pl_goal_parse(given, out, err);
    if (status == PL_OK) {
        status = cli_threads(args, alone, &out->threads, err);
    }
    if (status == PL_OK) {
        status = cli_number(args, "time-limit", 0.001, 1e9, 0, &seconds, err);
    }
    if (status == PL_OK) {
        status = way_of(cli_text(args, "way"), &out->way, err);
    }
    out->time_limit_s = seconds;
    out->progress = cli_progress(cli_flag(args, "quiet"));
    return status;
}

/* Writes what was asked for, and tells. */
static pl_status write_and_tell(const cli_args *args, const cli_summary_input *in, pl_error *err)
{
    pl_status status = PL_OK;
    if (in->written != NULL) {
        bool replace = cli_flag(args, "replace");
        status = is_binary(args) ? pl_plan_save_binary(in->plan, in->economy, in->written, replace, err)
                                 : pl_plan_save(in->plan, in->economy, in->written, replace, err);
    }
    if (status != PL_OK) {
        return status;
    }
    if (cli_flag(args, "json")) {
        return cli_print_summary_json(in, err);
    }
    return cli_flag(args, "quiet") ? PL_OK : cli_print_summary(in, stdout, err);
}

/* The first stage that is not known to be at its best, and by how much it might be better. */
static void tell_stopped(const pl_plan *plan)
{
    int32_t k = 0;
    double part = 0;
    char more[CLI_NUMBER];
    for (; k < plan->n_stages && !(part > 1e-6); k++) {
        const pl_stage *s = &plan->stages[k];
        double size = fmax(fabs(s->bound), fabs(s->value));
        part = size > 0 ? fabs(s->bound - s->value) / size : 0;
    }
    fprintf(stderr, "note: %s; this is the best plan found so far", cli_interrupted() ? "stopped on request" : "the time limit is reached");
    if (part > 1e-6) {
        fprintf(stderr, ": stage %d might be better by up to %s", k, cli_percent(part, more));
    }
    fputc('\n', stderr);
}

/* What a call holds. */
typedef struct planning {
    const cli_args *args;
    pl_crew *crew; /* NULL: one process */
    pl_economy *economy;
    pl_variant *variant;
    pl_part *part;
    pl_plan *plan, *from, *from_part;
    char device[128];
    cli_process *processes;
} planning;

static void let_go_of_economy(planning *p)
{
    pl_variant_free(p->variant);
    pl_economy_free(p->economy);
    p->variant = NULL;
    p->economy = NULL;
}

/* The memory that there is, when it is enough.  Several processes are not counted: each takes its part. */
static pl_status memory_of(const planning *p, double *memory, pl_error *err)
{
    pl_plan_way way = PL_ANY_WAY;
    pl_status status = way_of(cli_text(p->args, "way"), &way, err);
    *memory = 0;
    return status == PL_OK && p->crew == NULL ? cli_memory_for_plan(p->args, way, cli_text(p->args, "goal"), memory, err) : status;
}

static pl_status load(planning *p, pl_plan_settings *settings, pl_error *err)
{
    const cli_args *args = p->args;
    static char goal[256]; /* the settings point into it */
    double memory = 0;
    pl_device_kind device = PL_DEVICE_CPU;
    pl_status status = pl_crew_first(p->crew) ? target_is_free(args, err) : PL_OK;
    if (status == PL_OK) {
        status = device_of(cli_text(args, "device"), &device, p->device, sizeof p->device, err);
    }
    if (status == PL_OK && p->crew != NULL && device != PL_DEVICE_CPU) {
        status = pl_fail(err, PL_UNSUPPORTED, "--device", "leave it out, or start one process", "several processes plan on their CPUs");
    }
    if (status == PL_OK) {
        status = memory_of(p, &memory, err);
    }
    if (status == PL_OK) {
        status = cli_load_economy(args->argument[0], cli_flag(args, "quiet"), &p->economy, err);
    }
    if (status == PL_OK) {
        status = pl_variant_new(p->economy, &p->variant, err);
    }
    if (status == PL_OK) {
        status = cli_apply_scenario(args, p->variant, goal, sizeof goal, err);
    }
    if (status == PL_OK) {
        status = settings_of(args, goal, p->crew == NULL, settings, err);
        settings->memory = memory;
        settings->device = device;
    }
    return status == PL_OK ? cli_apply_horizon(args, p->variant, err) : status;
}

/* Several processes: each keeps its part of the economy, the first one the tables too.  *alone: the first does it all. */
static pl_status share_out(planning *p, pl_plan_settings *settings, bool *alone, pl_error *err)
{
    pl_partition how;
    pl_status status = cli_partition(p->args, &how, err);
    *alone = p->crew == NULL || !pl_part_worthwhile(&p->variant->economy, settings);
    if (status != PL_OK || *alone) {
        return status;
    }
    status = pl_part_new(&p->variant->economy, p->crew, how, &p->part, err);
    settings->part = p->part;
    return status;
}

/* The older plan, or this process's part of it. */
static pl_status load_from(planning *p, pl_plan_settings *settings, pl_error *err)
{
    const char *from = cli_text(p->args, "from");
    pl_status status = from != NULL ? pl_plan_load_start(from, p->variant, &p->from, err) : PL_OK;
    settings->from = p->from;
    if (status == PL_OK && p->from != NULL && p->part != NULL) {
        status = pl_part_of_plan(p->part, p->from, &p->from_part, err);
        settings->from = p->from_part;
    }
    return status;
}

/* The first process has the tables and the older plan to the end: it tells of them. */
static void keep_part_only(planning *p)
{
    if (p->part != NULL && !pl_crew_first(p->crew)) {
        pl_plan_free(p->from);
        p->from = NULL;
        let_go_of_economy(p);
    }
}

static pl_status make(planning *p, pl_plan_settings *settings, pl_error *err)
{
    pl_status status = load_from(p, settings, err);
    status = p->part != NULL ? pl_crew_agree(p->crew, status, err) : status;
    if (status == PL_OK) {
        keep_part_only(p);
        status = pl_plan_make(p->variant, settings, &p->plan, err);
        cli_progress_done();
    }
    return status;
}

/* The first process writes and tells. */
static pl_status tell(planning *p, pl_error *err)
{
    cli_summary_input in = {.economy = &p->variant->economy, .device = p->device, .written = cli_text(p->args, "output"),
                            .economy_path = p->args->argument[0], .from = cli_text(p->args, "from"), .plan = p->plan,
                            .processes = p->processes, .n_processes = p->processes != NULL ? p->crew->size : 0};
    pl_status status = PL_OK;
    if (p->plan->stopped) {
        tell_stopped(p->plan);
    }
    if (p->from != NULL && p->plan->outcome == PL_PLANNED) {
        status = pl_plan_goods_changed(p->plan, p->from, in.economy, &in.goods_changed, err);
    }
    return status == PL_OK ? write_and_tell(p->args, &in, err) : status;
}

/* What all processes do together; each step ends with all agreeing. */
static pl_status plan(planning *p, pl_error *err)
{
    pl_plan_settings settings;
    bool alone = true, first = pl_crew_first(p->crew);
    pl_status status = pl_crew_agree(p->crew, load(p, &settings, err), err);
    if (status == PL_OK) {
        status = pl_crew_agree(p->crew, share_out(p, &settings, &alone, err), err);
    }
    if (status == PL_OK) {
        status = pl_crew_agree(p->crew, first || !alone ? make(p, &settings, err) : PL_OK, err);
    }
    if (status == PL_OK && p->part != NULL) {
        status = cli_crew_report(p->part, &p->processes, err);
    }
    return status == PL_OK && first ? tell(p, err) : status;
}

int cli_plan(const cli_args *args)
{
    pl_error err;
    planning p = {.args = args};
    if (cli_flag(args, "binary") && cli_flag(args, "tables")) {
        return cli_usage(args, "leave one of them out", "--binary and --tables are two forms of one plan");
    }
    pl_status status = cli_crew_start(&p.crew, &err);
    status = status == PL_OK ? plan(&p, &err) : status;
    int code = 0;
    if (status == PL_STOPPED && cli_interrupted()) {
        pl_fail(&err, PL_STOPPED, NULL, NULL, "stopped on request; nothing was written");
    }
    if (status != PL_OK) {
        code = cli_fail(&err);
    } else if (p.plan != NULL && p.plan->outcome == PL_INFEASIBLE) {
        code = pl_status_exit_code(PL_REFUTED);
    }
    pl_plan_free(p.plan);
    pl_plan_free(p.from);
    pl_plan_free(p.from_part);
    pl_part_free(p.part);
    pl_free(p.processes);
    let_go_of_economy(&p);
    return cli_crew_end(p.crew, code);
}
