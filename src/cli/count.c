/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * count.c - `plenty count`: counts the ballots of a file. */
#include "cli/count.h"

#include <string.h>

#include "ballot/transcript.h"
#include "base/map.h"
#include "base/number.h"
#include "base/str.h"
#include "io/file.h"

typedef enum rule { SCOTTISH, MEEK, SCHULZE, SHARES, APPROVAL, MAJORITY, RULES } rule;
static const char *const RULE[RULES] = {"scottish", "meek", "schulze", "equal-shares", "approval", "majority"};

typedef struct job {
    const cli_args *args;
    pl_ballots *b;
    rule rule;
    pl_count_settings settings;
    pl_error *err;
    pl_str json;
    bool ask_json; /* for --json or --transcript */
    bool done;     /* false: nobody was elected (majority) */
} job;

/* ---- Options ------------------------------------------------------------------------------------------------------------- */

static pl_status bad_option(job *j, const char *option, const char *hint, const char *text)
{
    return pl_fail(j->err, PL_USAGE, option, hint, "what is '%.60s'?", text);
}

/* A whole number of at least `least`, or `otherwise` where the option was not given. */
static pl_status whole(job *j, const char *name, int64_t least, int64_t most, int64_t otherwise, int64_t *out)
{
    const char *text = cli_text(j->args, name);
    char option[64];
    *out = otherwise;
    if (text == NULL) {
        return PL_OK;
    }
    snprintf(option, sizeof option, "--%s", name);
    if (!pl_integer_parse(text, strlen(text), out)) {
        return bad_option(j, option, "say a whole number", text);
    }
    return *out >= least && *out <= most
               ? PL_OK
               : pl_fail(j->err, PL_USAGE, option, NULL, "%s is outside %lld to %lld", text, (long long)least, (long long)most);
}

static pl_status choose_rule(job *j)
{
    const char *text = cli_text(j->args, "rule");
    if (text == NULL) {
        j->rule = j->b->kind == PL_RANKED ? SCOTTISH : SHARES;
        return PL_OK;
    }
    for (int r = 0; r < RULES; r++) {
        if (strcmp(text, RULE[r]) == 0) {
            j->rule = (rule)r;
            return PL_OK;
        }
    }
    char hint[160];
    const char *alike = pl_did_you_mean(text, RULE, RULES);
    snprintf(hint, sizeof hint, alike != NULL ? "did you mean '%s'?" : "scottish, meek, schulze, equal-shares, approval, majority",
             alike);
    return pl_fail(j->err, PL_USAGE, "--rule", hint, "there is no rule '%.60s'", text);
}

/* The candidate that an option names: by name, identifier or number. */
static pl_status candidate(job *j, const char *option, const char *text, int32_t *c)
{
    const char *names[PL_CANDIDATES_MAX];
    *c = pl_ballots_find(j->b, text);
    if (*c >= 0) {
        return PL_OK;
    }
    for (int32_t i = 0; i < j->b->n_candidates; i++) {
        names[i] = pl_candidate_name(j->b, i);
    }
    char hint[200];
    const char *alike = pl_did_you_mean(text, names, j->b->n_candidates);
    snprintf(hint, sizeof hint, alike != NULL ? "did you mean '%.120s'?" : "say a name as in the ballots, or a number", alike);
    return pl_fail(j->err, PL_USAGE, option, hint, "there is no candidate '%.60s'", text);
}

static pl_status withdraw(job *j)
{
    pl_status status = PL_OK;
    for (int i = 0; i < j->args->n_given && status == PL_OK; i++) {
        int32_t c;
        if (strcmp(j->args->given[i].option->name, "without") == 0 &&
            (status = candidate(j, "--without", j->args->given[i].value, &c)) == PL_OK) {
            j->b->candidate[c].withdrawn = true;
        }
    }
    return status;
}

/* An option that only some rules know. */
static pl_status only_for(job *j, const char *name, bool may, const char *which)
{
    if (may || !cli_flag(j->args, name)) {
        return PL_OK;
    }
    char option[64], hint[100];
    snprintf(option, sizeof option, "--%s", name);
    snprintf(hint, sizeof hint, "it belongs to the rule %s", which);
    return pl_fail(j->err, PL_USAGE, option, hint, "the rule %s does not know this option", RULE[j->rule]);
}

static pl_status check_options(job *j)
{
    static const struct {
        const char *name;
        rule rule;
    } own[] = {{"vacancy", SCOTTISH}, {"stands", SCOTTISH}, {"budget", SHARES}, {"use", SHARES}, {"completion", SHARES},
               {"quorum", MAJORITY}, {"more-than", MAJORITY}};
    pl_status status = PL_OK;
    for (size_t i = 0; i < sizeof own / sizeof *own && status == PL_OK; i++) {
        status = only_for(j, own[i].name, j->rule == own[i].rule, RULE[own[i].rule]);
    }
    int64_t seats;
    status = status == PL_OK ? whole(j, "seats", 1, PL_CANDIDATES_MAX, 0, &seats) : status;
    if (status == PL_OK) {
        j->settings.seats = (int32_t)seats;
    }
    if (status == PL_OK && cli_flag(j->args, "stands") && !cli_flag(j->args, "vacancy")) {
        status = pl_fail(j->err, PL_USAGE, "--stands", "say whose seat is vacant: --vacancy NAME", "there is no vacancy to stand for");
    }
    return status;
}

/* ---- The rules ------------------------------------------------------------------------------------------------------------- */

static pl_status count_vacancy(job *j, pl_count **count)
{
    static bool stands[PL_CANDIDATES_MAX];
    int32_t left, c;
    pl_status status = candidate(j, "--vacancy", cli_text(j->args, "vacancy"), &left);
    for (int i = 0; i < j->args->n_given && status == PL_OK; i++) {
        if (strcmp(j->args->given[i].option->name, "stands") == 0 &&
            (status = candidate(j, "--stands", j->args->given[i].value, &c)) == PL_OK) {
            stands[c] = true;
        }
    }
    return status == PL_OK ? pl_count_countback(j->b, &j->settings, left, cli_flag(j->args, "stands") ? stands : NULL, count, j->err)
                           : status;
}

static pl_status by_stages(job *j)
{
    pl_count *count = NULL;
    pl_status status = cli_flag(j->args, "vacancy") ? count_vacancy(j, &count)
                       : j->rule == MEEK            ? pl_count_meek(j->b, &j->settings, &count, j->err)
                                                    : pl_count_scottish(j->b, &j->settings, &count, j->err);
    if (status == PL_OK) {
        pl_count_json(j->b, count, &j->json);
        if (!cli_flag(j->args, "json") && !cli_flag(j->args, "quiet")) {
            count_print_stages(j->b, count);
        }
    }
    pl_count_free(count);
    return status;
}

static pl_status by_schulze(job *j)
{
    pl_schulze *s = NULL;
    pl_status status = pl_schulze_find(j->b, &j->settings, &s, j->err);
    if (status == PL_OK) {
        pl_schulze_json(j->b, s, &j->json);
        if (!cli_flag(j->args, "json") && !cli_flag(j->args, "quiet")) {
            count_print_schulze(j->b, s);
        }
    }
    pl_schulze_free(s);
    return status;
}

/* "2/3", or a percentage of whole numbers. */
static pl_status read_part(job *j, int32_t *part, int32_t *part_of)
{
    const char *text = cli_text(j->args, "more-than");
    int64_t a = 1, b = 2;
    if (text != NULL) {
        size_t n = strcspn(text, "/%");
        b = 100;
        bool good = pl_integer_parse(text, n, &a) &&
                    (text[n] == '%' ? text[n + 1] == '\0' : text[n] == '/' && pl_integer_parse(text + n + 1, strlen(text + n + 1), &b));
        if (!good || a < 0 || b > 1000 || a >= b) {
            return bad_option(j, "--more-than", "say for example 1/2, 2/3 or 60%", text);
        }
    }
    *part = (int32_t)a;
    *part_of = (int32_t)b;
    return PL_OK;
}

static pl_status by_tally(job *j)
{
    pl_tally *t = NULL;
    int32_t part, part_of;
    int64_t quorum;
    pl_status status = read_part(j, &part, &part_of);
    status = status == PL_OK ? whole(j, "quorum", 0, PL_PAPERS_MAX, 0, &quorum) : status;
    if (status == PL_OK) {
        status = j->rule == APPROVAL ? pl_tally_approval(j->b, &j->settings, &t, j->err)
                                     : pl_tally_majority(j->b, part, part_of, quorum, &t, j->err);
    }
    if (status == PL_OK) {
        j->done = t->n_winners > 0;
        pl_tally_json(j->b, t, j->rule == MAJORITY, &j->json);
        if (!cli_flag(j->args, "json") && !cli_flag(j->args, "quiet")) {
            count_print_tally(j->b, t, j->rule == MAJORITY);
        }
    }
    pl_tally_free(t);
    return status;
}

static pl_status shares_settings(job *j, pl_shares_settings *set)
{
    const char *use = cli_text(j->args, "use"), *completion = cli_text(j->args, "completion"), *budget = cli_text(j->args, "budget");
    double money;
    *set = (pl_shares_settings){.common = j->settings, .budget = -1};
    if (use != NULL && strcmp(use, "cost") != 0 && strcmp(use, "number") != 0) {
        return bad_option(j, "--use", "cost or number", use);
    }
    if (completion != NULL && strcmp(completion, "add1") != 0 && strcmp(completion, "none") != 0) {
        return bad_option(j, "--completion", "add1 or none", completion);
    }
    if (budget != NULL) {
        if (!pl_number_parse(budget, strlen(budget), &money) || money < 0 || money > 1e13) {
            return bad_option(j, "--budget", "say an amount of money, for example 2500", budget);
        }
        set->budget = (int64_t)(money * 100 + 0.5);
    }
    set->by_number = use != NULL && strcmp(use, "number") == 0;
    set->completion = completion != NULL && strcmp(completion, "none") == 0 ? PL_COMPLETE_NONE : PL_COMPLETE_ADD1;
    return PL_OK;
}

static pl_status by_shares(job *j)
{
    pl_shares *s = NULL;
    pl_shares_settings set;
    pl_status status = shares_settings(j, &set);
    status = status == PL_OK ? pl_shares_find(j->b, &set, &s, j->err) : status;
    if (status == PL_OK) {
        pl_shares_json(j->b, s, &j->json);
        if (!cli_flag(j->args, "json") && !cli_flag(j->args, "quiet")) {
            cli_progress_done();
            count_print_shares(j->b, s);
        }
    }
    pl_shares_free(s);
    return status;
}

/* ---- The command -------------------------------------------------------------------------------------------------------------- */

static pl_status count_ballots(job *j)
{
    static pl_status (*const run[RULES])(job *) = {by_stages, by_stages, by_schulze, by_shares, by_tally, by_tally};
    pl_status status = run[j->rule](j);
    cli_progress_done();
    return status == PL_OK && j->json.failed ? pl_fail_nomem(j->err, "the transcript") : status;
}

static pl_status check_target(job *j, const char *option)
{
    const char *path = cli_text(j->args, option);
    if (path != NULL && !cli_flag(j->args, "replace") && pl_path_exists(path)) {
        return pl_fail(j->err, PL_IO, path, "choose another name, or add --replace", "this is there already");
    }
    return PL_OK;
}

static pl_status write_files(job *j)
{
    const char *transcript = cli_text(j->args, "transcript"), *blt = cli_text(j->args, "blt");
    bool tell = !cli_flag(j->args, "json") && !cli_flag(j->args, "quiet");
    pl_status status = PL_OK;
    if (transcript != NULL) {
        status = pl_file_write(transcript, j->json.text, j->json.len, j->err);
        if (status == PL_OK && tell) {
            printf("written: %s\n", transcript);
        }
    }
    if (status == PL_OK && blt != NULL) {
        j->b->seats = j->settings.seats > 0 ? j->settings.seats : j->b->seats;
        status = pl_ballots_save_blt(j->b, blt, j->err);
        if (status == PL_OK && tell) {
            printf("written: %s\n", blt);
        }
    }
    return status;
}

int cli_count(const cli_args *args)
{
    pl_error err;
    job j = {.args = args, .err = &err, .done = true, .settings = {.seed = cli_text(args, "seed")}};
    j.settings.progress = cli_progress(cli_flag(args, "quiet"));
    pl_str_init(&j.json, (size_t)1 << 32);
    pl_status status = check_target(&j, "transcript");
    status = status == PL_OK ? check_target(&j, "blt") : status;
    if (status == PL_OK && j.settings.seed != NULL && j.settings.seed[0] == '\0') {
        status = pl_fail(&err, PL_USAGE, "--seed", "say what the dice showed, for example \"4 1 6\"", "the seed is empty");
    }
    status = status == PL_OK ? pl_ballots_load(args->argument[0], &j.b, &err) : status;
    status = status == PL_OK ? choose_rule(&j) : status;
    status = status == PL_OK ? check_options(&j) : status;
    status = status == PL_OK ? withdraw(&j) : status;
    status = status == PL_OK ? count_ballots(&j) : status;
    status = status == PL_OK ? write_files(&j) : status;
    if (status == PL_OK && cli_flag(args, "json")) {
        fputs(j.json.text, stdout);
    }
    pl_str_clear(&j.json);
    pl_ballots_free(j.b);
    return status != PL_OK ? cli_fail(&err) : j.done ? 0 : pl_status_exit_code(PL_REFUTED);
}
