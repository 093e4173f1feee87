/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * commands_share.c - the rows of `plenty share`. */
#include "cli/commands.h"

static const cli_option ALLOT[] = {
    {"output", 'o', "SHARED", false, "@", "write the outcome to this folder; plenty verify SHARED shares again and compares (needed)"},
    {"rule", 'r', "RULE", false, "uniform|points|lottery|urgency", "for goods without a rule in rules.csv (default: uniform)"},
    {"seed", 0, "TEXT", false, NULL, "lots come from TEXT: agree in public how it will arise, make it when the wants are closed (dice, plenty lot show)"},
    {"threads", 't', "N", false, NULL, "use N threads (default: 2 where there are two cores); the outcome is the same for any number"},
    {"replace", 0, NULL, false, NULL, "replace SHARED if it holds an outcome already"},
    JSON,
    QUIET,
    END,
};

const cli_command CLI_SHARE[] = {
    {"share allot", "CASE", 1, 1, ALLOT, "shares what is scarce by the rules that were voted",
     "CASE is a folder: supply.csv (good, quantity), wants.csv (person, good, amount), perhaps people.csv (person, points), rules.csv (good, rule, floor), "
     "urgency.csv (criterion, weight). Everybody can share again and compare. uniform: all get what they claim up to one level, floors first; claiming more or less than "
     "one wants never pays. points: everybody spends their points on the basket they like best, at prices at which all is taken; with equal points nobody likes the basket of "
     "another better. lottery and urgency: whole pieces, one to each, in the order of a lot or of a score.",
     "plenty share allot examples/bread -o shared\nplenty verify shared", cli_share_allot},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
