/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * main.c - finds the command in the table and runs it. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/map.h"
#include "cli/cli.h"

#define SPACE_FOR_THREADS ((rlim_t)2 << 30)

static int unknown_command(const char *word)
{
    const char *names[64];
    int32_t n = 0;
    for (const cli_command *c = CLI_COMMANDS; c->name != NULL && n < 64; c++) {
        names[n++] = c->name;
    }
    const char *alike = pl_did_you_mean(word, names, n);
    pl_error err;
    char hint[160];
    if (alike != NULL) {
        snprintf(hint, sizeof hint, "did you mean 'plenty %s'?", alike);
    } else {
        snprintf(hint, sizeof hint, "'plenty help' lists the commands");
    }
    pl_fail(&err, PL_USAGE, NULL, hint, "there is no command '%s'", word);
    return cli_fail(&err);
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2) {
        cli_print_overview(stderr);
        return pl_status_exit_code(PL_USAGE);
    }
    const char *word = argv[1];
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        puts("plenty " PLENTY_VERSION);
        return 0;
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        cli_print_overview(stdout);
        return 0;
    }
    const cli_command *command = cli_find_command(word);
    if (command == NULL) {
        return unknown_command(word);
    }
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            cli_print_command_help(command, stdout);
            return 0;
        }
    }
    pl_error err;
    cli_args args;
    if (cli_parse(command, argc - 2, argv + 2, &args, &err) != PL_OK) {
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
