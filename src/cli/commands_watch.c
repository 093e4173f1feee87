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
static const cli_option ALARMS[] = {
    PLAN,
    {"from", 0, "PERIOD", false, NULL, "tell alarms from here on; season, noise and limit are learnt from what is before (default: from all)"},
    {"false-alarms", 0, "N", false, NULL, "tolerated in 100 reports (0.5)"},
    {"limit", 0, "N", false, NULL, "of the statistic, instead"},
    {"spike", 0, "SD", false, NULL, "a single report so far off is an alarm too (4); 0 = it is not"},
    {"rule", 0, "RULE", false, "glr|cusum", "likelihood ratio over 30 reports, or CUSUM (default: glr)"},
    {"side", 0, "SIDE", false, "short|over|both", "what is watched for: too little, too much (default: short)"},
    {"attention", 0, "N", false, NULL, "alarms that can be looked at in a period (7)"},
    OUTPUT,
    QUIET,
    END,
};
static const cli_option CHECK[] = {
    {"techniques", 0, "FILE", false, "@", "what a unit of output takes: columns unit, input, amount; perhaps sd"},
    {"tills", 0, "FILE", false, "@", "what tills saw of deliveries to households: columns unit, quantity; perhaps sd"},
    {"claim-error", 0, "PART", false, NULL, "sd of what is claimed (2%)"},
    {"receipt-error", 0, "PART", false, NULL, "sd of what receivers sign for (2%)"},
    {"till-error", 0, "PART", false, NULL, "sd of what tills see (1%)"},
    {"coefficient-error", 0, "PART", false, NULL, "sd of a coefficient where the table does not say (10%)"},
    {"productivity", 0, "PART", false, NULL, "sd by which all coefficients of a unit are off together (3%)"},
    {"family", 0, "PART", false, NULL, "probability that a check accuses anybody wrongly (1%)"},
    OUTPUT,
    QUIET,
    END,
};
static const cli_option TARGETS[] = {
    {"output", 'o', "FILE", false, "@", "write the table to FILE"},
    {"replace", 0, NULL, false, NULL, "replace FILE"},
    QUIET,
    END,
};

const cli_command CLI_WATCH[] = {
    {"watch reports", "REPORTS ...", 1, 8, REPORTS, "sets what was done beside what was planned, line by line",
     "REPORTS: columns line, period, quantity; perhaps capability, potentiality, by, at. Or a wide table: the period, then a column for each line. A line is "
     "recipe:NAME or good:NAME of the plan. Actuality is what was done, capability what could have been with what was there, potentiality what could be if what "
     "stands in the way were removed; their ratios are Cybersyn's. First comes the skill of the plan: how much better than 'as a season ago' it foretold what "
     "came. Unknown lines, repetitions, corrections, gaps and figures that never change are counted and told.",
     "plenty watch reports reports.csv --plan plan --first 2026-W01 -o watched\nplenty watch reports reports.csv --plan lines.csv", cli_watch_reports},
    {"watch alarms", "REPORTS ...", 1, 8, ALARMS, "says which lines are behind by more than chance, the most damage first",
     "Each report is compared with the plan of its period (times the season, learnt from earlier years), or without a plan with what the line's own past lets one "
     "expect. Whether it is behind by more than chance is decided by a likelihood ratio over the last 30 reports; how often that is wrong is said. A line with a slack "
     "in the plan is told as well when that is used up too fast. Alarms are ranked by price times the shortfall that is ahead.",
     "plenty watch alarms reports.csv --plan plan -o alarms\nplenty watch alarms series.csv --from 2020-01", cli_watch_alarms},
    {"watch check", "CLAIMS DELIVERIES", 2, 2, CHECK, "looks for claims that the books of others do not bear out",
     "CLAIMS: columns unit, quantity. DELIVERIES, as the receiver signed: from, to, quantity; units that claim nothing are sources outside (imports, hours, energy) or "
     "final users; 'households' buy at tills. A claim must be what others received, what the inputs used allow, and what tills saw. All are off by chance; their errors "
     "hang together, and the test knows how. It tells whether a unit pads alone or with those who signed: the second shows only in the inputs and at the tills.",
     "plenty watch check claims.csv deliveries.csv --techniques techniques.csv --tills tills.csv -o checked", cli_watch_check},
    {"watch targets", "TARGETS", 1, 1, TARGETS, "says whether units announce what they believe",
     "TARGETS: columns unit, target, result (blank: still to come); perhaps probability, with which the result was to fall below the target (0.5). Announcements are "
     "scored as quantile forecasts: a unit whose results exceed their even bet in nine weeks of ten pads. The calibration of every unit is for everybody to see.",
     "plenty watch targets targets.csv -o calibration.csv", cli_watch_targets},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
