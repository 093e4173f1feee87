/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * main.c - finds the command in the table and runs it. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/map.h"
#include "cli/commons.h"

#define SPACE_FOR_THREADS ((rlim_t)2 << 30)

/* `word` is no command, or `second` none of the group `word`. */
static int unknown_command(const char *word, const char *second)
{
    const char *names[256];
    int32_t n = 0;
    char said[200], hint[160];
    snprintf(said, sizeof said, "%.80s%s%.80s", word, second != NULL ? " " : "", second != NULL ? second : "");
    for (const cli_command *c = cli_next_command(NULL); c != NULL && n < 256; c = cli_next_command(c)) {
        names[n++] = c->name;
    }
    const char *alike = pl_did_you_mean(said, names, n);
    pl_error err;
    if (alike != NULL) {
        snprintf(hint, sizeof hint, "did you mean 'plenty %s'?", alike);
    } else {
        snprintf(hint, sizeof hint, second != NULL ? "'plenty %.80s' lists what there is" : "'plenty help' lists the commands", word);
    }
    pl_fail(&err, PL_USAGE, NULL, hint, "there is no command '%s'", said);
    return cli_fail(&err);
}

static bool asks_for_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2) {
        cli_print_overview(stderr);
        return pl_status_exit_code(PL_USAGE);
    }
    const char *word = argv[1], *second = argc > 2 ? argv[2] : NULL;
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        puts("plenty " PLENTY_VERSION);
        return 0;
    }
    if (asks_for_help(word)) {
        cli_print_overview(stdout);
        return 0;
    }
    int words;
    const cli_command *command = cli_match_command(word, second, &words);
    if (command == NULL && cli_is_group(word) && (second == NULL || asks_for_help(second))) {
        cli_print_group(word, second == NULL ? stderr : stdout);
        return second == NULL ? pl_status_exit_code(PL_USAGE) : 0;
    }
    if (command == NULL) {
        return unknown_command(word, cli_is_group(word) ? second : NULL);
    }
    int from = 1 + words;
    for (int i = from; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (asks_for_help(argv[i])) {
            cli_print_command_help(command, stdout);
            return 0;
        }
    }
    pl_error err;
    cli_args args;
    if (cli_rehearsal(&err) != PL_OK || cli_parse(command, argc - from, argv + from, &args, &err) != PL_OK) {
        return cli_fail(&err);
    }
    return command->run(&args);
}

/* Threads that wait spin for milliseconds with gcc's OpenMP, which takes the processor from whatever else there is to do: on
 * a busy machine a plan takes three times as long.  How long is read from the environment before main, so the
 * program begins again with a shorter time.  Where it cannot, it goes on as it is. */
static void wait_calmly(char **argv)
{
    if (getenv("GOMP_SPINCOUNT") == NULL && getenv("OMP_WAIT_POLICY") == NULL && setenv("GOMP_SPINCOUNT", "1000", 0) == 0) {
        struct rlimit space; /* the stack of a thread that cannot be had ends the program: then there is only one */
        if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur < SPACE_FOR_THREADS) {
            (void)setenv("OMP_NUM_THREADS", "1", 0);
        }
        (void)execv("/proc/self/exe", argv);
    }
}

int main(int argc, char **argv)
{
    wait_calmly(argv);
    cli_start();
    return cli_finish(dispatch(argc, argv));
}
