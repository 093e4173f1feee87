/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * plan.c - `plenty plan`: loads, changes, plans, saves, tells. */
#include <math.h>
#include <string.h>

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
        return PL_OK;
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

static pl_status settings_of(const cli_args *args, const char *goal, pl_plan_settings *out,
                             pl_error *err)
{
    const char *given = cli_text(args, "goal");
    double threads = 0, seconds = 0;
    memset(out, 0, sizeof *out);
    pl_status status = PL_OK;
    given = given != NULL ? given : goal[0] != '\0' ? goal : "satisfy";
    status = pl_goal_parse(given, out, err);
    if (status == PL_OK) {
        status = cli_number(args, "threads", 1, 1024, 1, &threads, err);
    }
    if (status == PL_OK) {
        status = cli_number(args, "time-limit", 0.001, 1e9, 0, &seconds, err);
    }
    if (status == PL_OK) {
        status = way_of(cli_text(args, "way"), &out->way, err);
    }
    out->threads = (int)threads;
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
        return cli_print_summary_json(in, stdout, err);
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

static pl_status plan_and_tell(const cli_args *args, double memory, pl_variant *variant,
                               pl_plan **plan, pl_error *err)
{
    char goal[256];
    cli_summary_input in = {.economy = &variant->economy, .written = cli_text(args, "output"),
                            .economy_path = args->argument[0], .from = cli_text(args, "from")};
    pl_plan_settings settings;
    pl_plan *from = NULL;
    pl_status status = cli_apply_scenario(args, variant, goal, sizeof goal, err);
    if (status == PL_OK) {
        status = settings_of(args, goal, &settings, err);
        settings.memory = memory;
    }
    if (status == PL_OK) {
        status = cli_apply_horizon(args, variant, err);
    }
    if (status == PL_OK && in.from != NULL) {
        status = pl_plan_load_start(in.from, variant, &from, err);
        settings.from = from;
    }
    if (status == PL_OK) {
        status = pl_plan_make(variant, &settings, plan, err);
        cli_progress_done();
    }
    if (status == PL_OK && from != NULL && (*plan)->outcome == PL_PLANNED) {
        status = pl_plan_goods_changed(*plan, from, in.economy, &in.goods_changed, err);
    }
    in.plan = *plan;
    if (status == PL_OK && (*plan)->stopped) {
        tell_stopped(*plan);
    }
    status = status == PL_OK ? write_and_tell(args, &in, err) : status;
    pl_plan_free(from);
    return status;
}

int cli_plan(const cli_args *args)
{
    pl_error err;
    pl_economy *economy = NULL;
    pl_variant *variant = NULL;
    pl_plan *plan = NULL;
    if (cli_flag(args, "binary") && cli_flag(args, "tables")) {
        return cli_usage(args, "leave one of them out", "--binary and --tables are two forms of one plan");
    }
    double memory = 0;
    pl_status status = target_is_free(args, &err);
    pl_plan_way way = PL_ANY_WAY;
    status = status == PL_OK ? way_of(cli_text(args, "way"), &way, &err) : status;
    status = status == PL_OK ? cli_memory_for_plan(args, way, cli_text(args, "goal"), &memory, &err) : status;
    if (status == PL_OK) {
        status = cli_load_economy(args->argument[0], cli_flag(args, "quiet"), &economy, &err);
    }
    if (status == PL_OK) {
        status = pl_variant_new(economy, &variant, &err);
    }
    if (status == PL_OK) {
        status = plan_and_tell(args, memory, variant, &plan, &err);
    }
    int code = 0;
    if (status == PL_STOPPED && cli_interrupted()) {
        pl_fail(&err, PL_STOPPED, NULL, NULL, "stopped on request; nothing was written");
    }
    if (status != PL_OK) {
        code = cli_fail(&err);
    } else if (plan->outcome == PL_INFEASIBLE) {
        code = pl_status_exit_code(PL_REFUTED);
    }
    pl_plan_free(plan);
    pl_variant_free(variant);
    pl_economy_free(economy);
    return code;
}
