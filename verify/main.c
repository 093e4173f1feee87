/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * main.c - the program plenty-verify. */
#include <string.h>

#include "verify/verify.h"

static const char help[] =
    "usage: plenty-verify PLAN ECONOMY [--json]\n"
    "       plenty-verify RECORD|ARCHIVE|SHARED [--json]\n"
    "\n"
    "Checks that the folder PLAN holds a plan for the folder ECONOMY that can be carried out, that it\n"
    "keeps the order of the tiers, and how far it is, at most, from the best possible.  Nothing in PLAN\n"
    "is taken on trust: every figure is recomputed, every bound is proven with rounding errors counted.\n"
    "\n"
    "plenty-verify TRANSCRIPT BALLOTS counts an election again by its rule, paper by paper, and compares every\n"
    "figure of the transcript.\n"
    "plenty-verify ARCHIVE checks a secret ballot (.bel): every proof of every ballot, shuffle and decryption.\n"
    "SHARED is an outcome of plenty share allot: it is shared again, and every allotment compared.\n"
    "RECORD is the folder of files of a record (plenty record export): every event, signature and rule is\n"
    "checked, every hash of the tree, and every checkpoint.\n"
    "\n"
    "  --json     the report as one JSON object\n"
    "  --version  the version\n"
    "  --help     this text\n"
    "\n"
    "Exit code: 0 verified; 1 refuted (each failed check is listed); 2 wrong usage; 3 a file cannot be\n"
    "understood (file:line:column is given); 4 a file cannot be read; 5 out of memory.\n";

int main(int argc, char **argv)
{
    const char *folder[2] = {NULL, NULL};
    int n = 0;
    bool json = false, options = true;
    for (int i = 1; i < argc; i++) {
        if (options && strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (options && strcmp(argv[i], "--help") == 0) {
            fputs(help, stdout);
            return 0;
        } else if (options && strcmp(argv[i], "--version") == 0) {
            puts("plenty-verify " PLENTY_VERSION);
            return 0;
        } else if (options && strcmp(argv[i], "--") == 0) {
            options = false;
        } else if ((options && argv[i][0] == '-') || n == 2) {
            fprintf(stderr, "plenty-verify: what is \"%s\"? see plenty-verify --help\n", argv[i]);
            return 2;
        } else {
            folder[n++] = argv[i];
        }
    }
    if (n < 1) {
        fputs("usage: plenty-verify PLAN ECONOMY [--json], plenty-verify TRANSCRIPT BALLOTS, or plenty-verify RECORD\n", stderr);
        return 2;
    }
    int code = n == 1 && pv_is_secret(folder[0]) ? pv_verify_secret(folder[0], json, stdout, stderr)
               : n == 1 && pv_is_share(folder[0]) ? pv_verify_share(folder[0], json, stdout, stderr)
               : n == 1                 ? pv_verify_record(folder[0], json, stdout, stderr)
               : pv_is_count(folder[0]) ? pv_verify_count(folder[0], folder[1], json, stdout, stderr)
                                        : pv_verify(folder[0], folder[1], json, stdout, stderr);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("plenty-verify: the report cannot be written\n", stderr);
        return 4;
    }
    return code;
}
