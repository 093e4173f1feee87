/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * check.c - `plenty check`: what is wrong, or likely to be wrong, with the tables of an economy. */
#include "cli/cli.h"
#include "io/json.h"

static pl_status print_json(const char *path, const pl_economy *e, const pl_findings *f, pl_error *err)
{
    pl_str text;
    pl_json j;
    pl_str_init(&text, 1u << 24);
    pl_json_init(&j, &text, true);
    pl_json_object(&j);
    pl_json_key(&j, "economy");
    pl_json_text(&j, path);
    pl_json_key(&j, "loaded");
    pl_json_bool(&j, e != NULL);
    for (int s = PL_SEVERITIES - 1; s >= 0; s--) {
        char key[16];
        snprintf(key, sizeof key, "%ss", pl_severity_id((pl_severity)s));
        pl_json_key(&j, key);
        pl_json_int(&j, f->count[s]);
    }
    pl_json_key(&j, "findings");
    pl_json_array(&j);
    for (int s = PL_SEVERITIES - 1; s >= 0; s--) {
        for (int32_t i = 0; i < pl_findings_kept(f, (pl_severity)s); i++) {
            const pl_finding *x = &f->kept[s][i];
            pl_json_object(&j);
            pl_json_key(&j, "severity");
            pl_json_text(&j, pl_severity_id(x->severity));
            pl_json_key(&j, "file");
            pl_json_text(&j, x->file);
            pl_json_key(&j, "line");
            pl_json_int(&j, x->line);
            pl_json_key(&j, "column");
            pl_json_int(&j, x->column);
            pl_json_key(&j, "message");
            pl_json_text(&j, x->message);
            pl_json_key(&j, "hint");
            pl_json_text(&j, x->hint);
            pl_json_end(&j);
        }
    }
    pl_json_end(&j);
    pl_json_end(&j);
    bool failed = text.failed;
    if (!failed) {
        printf("%s\n", text.text);
    }
    pl_str_clear(&text);
    return failed ? pl_fail_nomem(err, "the report") : PL_OK;
}

static void print_text(const char *path, const pl_economy *e, const pl_findings *f)
{
    cli_print_findings(f, PL_NOTE, path, stdout);
    if (e != NULL) {
        printf("%s: %s%s%d goods, %d recipes, %d resources, %d needs, %d goods in trade, %d stocks\n",
               path, e->title, e->title[0] != '\0' ? ": " : "", e->n_goods, e->n_recipes,
               e->n_resources, e->n_needs, e->n_trade, e->n_stocks);
    }
    if (f->count[PL_ERROR] > 0) {
        printf("%s%lld errors%s, %lld warnings\n", cli_red(), (long long)f->count[PL_ERROR],
               cli_plain(), (long long)f->count[PL_WARNING]);
    } else {
        printf("%sno errors%s, %lld warnings\n", cli_green(), cli_plain(),
               (long long)f->count[PL_WARNING]);
    }
}

int cli_check(const cli_args *args)
{
    const char *path = args->argument[0];
    pl_error err, printing;
    pl_findings findings = {0};
    pl_economy *economy = NULL;
    pl_progress progress = cli_progress(cli_flag(args, "quiet"));
    pl_status status = pl_economy_load(path, &progress, &findings, &economy, &err);
    if (status == PL_OK) {
        status = pl_economy_check(economy, &progress, &findings, &err);
    }
    cli_progress_done();
    int code = 0;
    bool found = findings.count[PL_ERROR] > 0;
    if (status == PL_OK || found) {
        pl_status printed = PL_OK;
        if (cli_flag(args, "json")) {
            printed = print_json(path, economy, &findings, &printing);
        } else if (!cli_flag(args, "quiet") || found) {
            print_text(path, economy, &findings);
        }
        code = printed != PL_OK ? cli_fail(&printing) : 0;
    }
    if (status != PL_OK) {
        code = found ? pl_status_exit_code(status) : cli_fail(&err);
    } else if (found && code == 0) {
        code = pl_status_exit_code(PL_REFUTED);
    }
    pl_economy_free(economy);
    return code;
}
