/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * commands_watch.c - the rows of `plenty watch`. */
#include "cli/commands.h"
#include "cli/watch.h"

#define PLAN                                                                                                                                      \
    {"plan", 'p', "PLAN", false, "@", "a plan of one year, or a table of plan lines (.csv); without it the lines are what is reported"},         \
        ECONOMY, {"first", 0, "PERIOD", false, NULL, "in which the plan begins (default: the year of the last report)"},                         \
        {"periods", 0, "N", false, NULL, "how many periods it lasts (default: a year)"},                                                         \
        {"season", 0, "N", false, NULL, "periods of a season, 0 = none (default: 7 days, 52 weeks, 12 months)"}
#define OUTPUT                                                                                                                                    \
    {"output", 'o', "FOLDER", false, "@", "write tables to this folder"}, {"replace", 0, NULL, false, NULL, "replace what is there"}

static const cli_option REPORTS[] = {PLAN, OUTPUT, QUIET, END};

const cli_command CLI_WATCH[] = {
    {"watch reports", "REPORTS ...", 1, 8, REPORTS, "sets what was done beside what was planned, line by line",
     "REPORTS: columns line, period, quantity; perhaps capability, potentiality, by, at. Or a wide table: the period, then a column for each line. A line is "
     "recipe:NAME or good:NAME of the plan. Actuality is what was done, capability what could have been with what was there, potentiality what could be if what "
     "stands in the way were removed; their ratios are Cybersyn's. First comes the skill of the plan: how much better than 'as a season ago' it foretold what "
     "came. Unknown lines, repetitions, corrections, gaps and figures that never change are counted and told.",
     "plenty watch reports reports.csv --plan plan --first 2026-W01 -o watched\nplenty watch reports reports.csv --plan lines.csv", cli_watch_reports},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
