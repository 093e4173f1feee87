/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * commands.c - the table of commands.  To add one: write `int cli_NAME(const cli_args *)` in a file of its
 * own, declare it in cli.h, add a row to the part it belongs to (commands.h).  Dispatch, help, man page and completion follow. */
#include "cli/commands.h"

#include <string.h>

static const cli_option HELP[] = {
    {"man", 0, NULL, false, NULL, "print the manual page"},
    {"completion", 0, "SHELL", false, "bash", "print the completion of a shell"},
    END,
};

static const cli_command CLI_HELP[] = {
    {"help", "[COMMAND]", 0, 2, HELP, "lists the commands, or says what one does", "",
     "plenty help plan\nplenty help --man >plenty.1\nplenty help --completion bash >plenty", cli_help},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};

/* The parts, in the order in which people read them. */
static const struct {
    const char *title;
    const cli_command *first;
} PARTS[] = {
    {"Planning", CLI_PLANNING},
    {"What people need", CLI_NEEDS},
    {"Sharing what is scarce", CLI_SHARE},
    {"Watching what is done", CLI_WATCH},
    {"The commons: record, councils, members, duties", CLI_COMMONS},
    {"Counting and secret ballots", CLI_VOTING},
    {"Pages", CLI_SERVING},
    {"Help", CLI_HELP},
};
#define N_PARTS (sizeof PARTS / sizeof PARTS[0])

const cli_command *cli_next_command(const cli_command *c)
{
    size_t part = 0;
    if (c == NULL) {
        return PARTS[0].first;
    }
    if ((++c)->name != NULL) {
        return c;
    }
    for (; part < N_PARTS; part++) { /* whose end is this? */
        const cli_command *end = PARTS[part].first;
        while (end->name != NULL) {
            end++;
        }
        if (end == c) {
            break;
        }
    }
    return part + 1 < N_PARTS ? PARTS[part + 1].first : NULL;
}

const char *cli_title_before(const cli_command *c)
{
    for (size_t part = 0; part < N_PARTS; part++) {
        if (PARTS[part].first == c) {
            return PARTS[part].title;
        }
    }
    return NULL;
}

const cli_command *cli_find_command(const char *name)
{
    for (const cli_command *c = cli_next_command(NULL); c != NULL; c = cli_next_command(c)) {
        if (strcmp(c->name, name) == 0) {
            return c;
        }
    }
    return NULL;
}

const cli_command *cli_match_command(const char *first, const char *second, int *words)
{
    char both[200];
    const cli_command *c = cli_find_command(first);
    *words = 1;
    if (c == NULL && second != NULL) {
        snprintf(both, sizeof both, "%.90s %.90s", first, second);
        c = cli_find_command(both);
        *words = 2;
    }
    return c;
}

bool cli_is_group(const char *name)
{
    size_t n = strlen(name);
    for (const cli_command *c = cli_next_command(NULL); c != NULL; c = cli_next_command(c)) {
        if (strncmp(c->name, name, n) == 0 && c->name[n] == ' ') {
            return true;
        }
    }
    return false;
}
