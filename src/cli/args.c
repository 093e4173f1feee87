/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * args.c - words of the command line against the table. */
#include <math.h>
#include <sched.h>
#include <string.h>

#include "base/map.h"
#include "base/number.h"
#include "cli/cli.h"

static const cli_option *find_option(const cli_command *command, const char *name, size_t n)
{
    for (const cli_option *o = command->options; o->name != NULL; o++) {
        if (strlen(o->name) == n && memcmp(o->name, name, n) == 0) {
            return o;
        }
    }
    return NULL;
}

static const cli_option *find_letter(const cli_command *command, char letter)
{
    for (const cli_option *o = command->options; o->name != NULL; o++) {
        if (o->letter == letter) {
            return o;
        }
    }
    return NULL;
}

static pl_status unknown_option(const cli_command *command, const char *word, pl_error *err)
{
    const char *names[32];
    int32_t n = 0;
    for (const cli_option *o = command->options; o->name != NULL && n < 32; o++) {
        names[n++] = o->name;
    }
    char bare[64], hint[160];
    snprintf(bare, sizeof bare, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    const char *alike = word[1] == '-' ? pl_did_you_mean(bare, names, n) : NULL;
    if (alike != NULL) {
        snprintf(hint, sizeof hint, "did you mean '--%s'?", alike);
    } else {
        snprintf(hint, sizeof hint, "'plenty %s --help' lists the options", command->name);
    }
    return pl_fail(err, PL_USAGE, command->name, hint, "there is no option '%s'", word);
}

/* Takes the option at argv[*i]; its value may be the next word. */
static pl_status take_option(const cli_command *command, int argc, char *const *argv, int *i,
                             cli_args *out, pl_error *err)
{
    const char *word = argv[*i], *value = NULL;
    const cli_option *option;
    if (word[1] == '-') {
        size_t n = strcspn(word + 2, "=");
        option = find_option(command, word + 2, n);
        value = word[2 + n] == '=' ? word + 3 + n : NULL;
    } else {
        option = find_letter(command, word[1]);
        value = word[2] != '\0' ? word + 2 : NULL;
    }
    if (option == NULL) {
        return unknown_option(command, word, err);
    }
    if (option->value == NULL && value != NULL) {
        return pl_fail(err, PL_USAGE, command->name, NULL, "the option --%s takes no value",
                       option->name);
    }
    if (option->value != NULL && value == NULL) {
        if (*i + 1 >= argc) {
            return pl_fail(err, PL_USAGE, command->name, option->help,
                           "the option --%s needs its %s", option->name, option->value);
        }
        value = argv[++*i];
    }
    if (!option->repeat && option->value != NULL && cli_text(out, option->name) != NULL) {
        return pl_fail(err, PL_USAGE, command->name, NULL, "the option --%s was given twice",
                       option->name);
    }
    if (out->n_given == CLI_OPTIONS_MAX) {
        return pl_fail(err, PL_USAGE, command->name, "put the changes into a file: --scenario FILE",
                       "more than %d options", CLI_OPTIONS_MAX);
    }
    out->given[out->n_given].option = option;
    out->given[out->n_given++].value = value;
    return PL_OK;
}

pl_status cli_parse(const cli_command *command, int argc, char *const *argv, cli_args *out,
                    pl_error *err)
{
    memset(out, 0, sizeof *out);
    out->command = command;
    bool only_arguments = false;
    char usage[200];
    snprintf(usage, sizeof usage, "plenty %s %s", command->name, command->arguments);
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (!only_arguments && strcmp(word, "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && word[0] == '-' && word[1] != '\0') {
            pl_status status = take_option(command, argc, argv, &i, out, err);
            if (status != PL_OK) {
                return status;
            }
        } else if (out->n_arguments == command->most) {
            return pl_fail(err, PL_USAGE, command->name, usage, "'%s' is one argument too many", word);
        } else {
            out->argument[out->n_arguments++] = word;
        }
    }
    if (out->n_arguments < command->least) {
        return pl_fail(err, PL_USAGE, command->name, usage,
                       command->least == 1 ? "an argument is missing" : "arguments are missing");
    }
    return PL_OK;
}

bool cli_flag(const cli_args *args, const char *name)
{
    for (int i = 0; i < args->n_given; i++) {
        if (strcmp(args->given[i].option->name, name) == 0) {
            return true;
        }
    }
    return false;
}

const char *cli_text(const cli_args *args, const char *name)
{
    const char *value = NULL;
    for (int i = 0; i < args->n_given; i++) {
        if (strcmp(args->given[i].option->name, name) == 0) {
            value = args->given[i].value;
        }
    }
    return value;
}

pl_status cli_number(const cli_args *args, const char *name, double lo, double hi, double otherwise,
                     double *out, pl_error *err)
{
    *out = otherwise;
    const char *text = cli_text(args, name);
    if (text == NULL) {
        return PL_OK;
    }
    char subject[64];
    snprintf(subject, sizeof subject, "--%s", name);
    double x;
    if (!pl_number_parse(text, strlen(text), &x)) {
        return pl_fail(err, PL_USAGE, subject, "say a number, for example 4", "'%s' is no number",
                       text);
    }
    if (x < lo || x > hi) {
        return pl_fail(err, PL_USAGE, subject, NULL, "%s is outside %g to %g", text, lo, hi);
    }
    *out = x;
    return PL_OK;
}

pl_status cli_part(const cli_args *args, const char *name, double otherwise, double *out, pl_error *err)
{
    *out = otherwise;
    const char *text = cli_text(args, name);
    if (text == NULL) {
        return PL_OK;
    }
    size_t n = strlen(text);
    bool percent = n > 0 && text[n - 1] == '%';
    char subject[64];
    snprintf(subject, sizeof subject, "--%s", name);
    if (!pl_number_parse(text, n - percent, out)) {
        return pl_fail(err, PL_USAGE, subject, "say a part of one, as 0.02 or 2%", "'%s' is no number", text);
    }
    *out = percent ? *out / 100 : *out;
    return PL_OK;
}

#define THREADS_OF_USE 2 /* the solvers divide their work in two */

pl_status cli_threads(const cli_args *args, bool alone, int *out, pl_error *err)
{
    cpu_set_t cores;
    bool known = sched_getaffinity(0, sizeof cores, &cores) == 0;
    int own = alone && known && CPU_COUNT(&cores) >= THREADS_OF_USE ? THREADS_OF_USE : 1;
    double threads;
    pl_status status = cli_number(args, "threads", 1, 1024, own, &threads, err);
    *out = (int)threads;
    return status;
}
