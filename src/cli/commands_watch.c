/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * commands_watch.c - the rows of `plenty watch`. */
#include "cli/alarm.h"
#include "cli/commands.h"
#include "cli/watch.h"

#define PLAN                                                                                                                                      \
    {"plan", 'p', "PLAN", false, "@", "a plan, or a table of plan lines (.csv); without it the lines are what is reported"},         \
        ECONOMY, {"year", 0, "N", false, NULL, "of a plan of several years: which is carried out (1)"},                                          \
        {"first", 0, "PERIOD", false, NULL, "in which that year begins (default: the year of the last report)"},                                 \
        {"periods", 0, "N", false, NULL, "how many periods it lasts (default: a year)"},                                                        \
        {"season", 0, "N", false, NULL, "periods of a season, 0 = none (default: 7 days, 52 weeks, 12 months)"}
#define OUTPUT                                                                                                                                    \
    {"output", 'o', "FOLDER", false, "@", "write tables to this folder"}, {"replace", 0, NULL, false, NULL, "replace what is there"}

static const cli_option REPORTS[] = {PLAN, OUTPUT, JSON, QUIET, END};
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
    JSON,
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
    JSON,
    QUIET,
    END,
};
static const cli_option TARGETS[] = {
    {"output", 'o', "FILE", false, "@", "write the table to FILE"},
    {"replace", 0, NULL, false, NULL, "replace FILE"},
    JSON,
    QUIET,
    END,
};
static const cli_option REPLAN[] = {
    PLAN,
    {"output", 'o', "NEW", false, "@", "write the new plan to this folder, with its proof"},
    {"economy-output", 0, "REST", false, "@", "write its economy, the rest of the year, to this folder"},
    {"changes", 0, "FILE", false, "@", "write every change with its reason to FILE"},
    {"passed", 0, "N", false, NULL, "periods that are over (default: up to the last report)"},
    {"fence", 0, "N", false, NULL, "periods after these that stay as promised (1)"},
    {"change-price", 0, "PART", false, NULL, "what another promise costs, as a part of the worth that the recipe adds (10%)"},
    {"stocks", 0, "FILE", false, "@", "what was counted: columns good, amount"},
    {"from-nothing", 0, NULL, false, NULL, "do not start from the old plan (slower; the plan is as good)"},
    {"threads", 't', "N", false, NULL, "use N threads; the plan is the same for any number"},
    {"replace", 0, NULL, false, NULL, "replace what is there"},
    JSON,
    QUIET,
    END,
};
static const cli_option LINE_WATCH[] = {
    {"workplace", 'w', "ASSEMBLY", false, NULL, "who carries it out and reports (needed)"},
    {"planned", 0, "AMOUNT", false, NULL, "in a period (needed)"},
    {"spread", 0, "AMOUNT", false, NULL, "by which reports are off by chance, one standard deviation (needed)"},
    {"price", 0, "AMOUNT", false, NULL, "of one unit, in hours or whatever the plan reckons in (0)"},
    {"begins", 0, "DATE", false, NULL, "the first day of the first period (needed)"},
    {"days", 0, "N", false, NULL, "of a period (7)"},
    {"periods", 0, "N", false, NULL, "how many (52)"},
    {"grant", 0, "ID", false, NULL, "the grant by drawn members (for who holds no mandate)"},
    SIGNS,
    END,
};
static const cli_option LINE_END[] = {{"grant", 0, "ID", false, NULL, "the grant by drawn members (for who holds no mandate)"}, SIGNS, END};
static const cli_option LINE_REPORT[] = {
    {"quantity", 'n', "AMOUNT", false, NULL, "what was done (needed)"},
    {"period", 0, "N", false, NULL, "in which period, from 1 on (default: the last one that is over)"},
    {"capability", 0, "AMOUNT", false, NULL, "what could have been done with what was there"},
    {"potentiality", 0, "AMOUNT", false, NULL, "what could be done if what stands in the way were removed"},
    SIGNS,
    END,
};
static const cli_option DELIVERY_SEND[] = {
    {"to", 0, "ASSEMBLY", false, NULL, "who receives it (needed)"}, {"amount", 'n', "AMOUNT", false, NULL, "how much (needed)"}, SIGNS, END};
static const cli_option DELIVERY_RECEIVE[] = {{"amount", 'n', "AMOUNT", false, NULL, "how much came (needed)"}, SIGNS, END};
static const cli_option ALARM_RAISE[] = {{"text", 't', "TEXT", false, NULL, "what is wrong (needed)"}, SIGNS, END};
static const cli_option ALARM_ANSWER[] = {
    {"text", 't', "TEXT", false, NULL, "what is done about it (needed)"}, {"days", 0, "N", false, NULL, "in which it will be mended (7)"}, SIGNS, END};
static const cli_option ALARM_SILENCE[] = {
    {"until", 0, "DATE", false, NULL, "when it ends (needed)"}, {"reason", 0, "TEXT", false, NULL, "why nobody has to look until then (needed)"}, SIGNS, END};
static const cli_option ALARM_LIST[] = {
    {"at", 0, "ASSEMBLY", false, NULL, "those that stand with this one"}, {"all", 0, NULL, false, NULL, "those that are over, too"}, JSON, END};
static const cli_option LIST[] = {JSON, END};
static const cli_option SHOW[] = {END};

const cli_command CLI_WATCH[] = {
    {"watch reports", "REPORTS ...", 1, 8, REPORTS, "sets what was done beside what was planned, line by line",
     "REPORTS: columns line, period, quantity; perhaps capability, potentiality, by, at. Or a wide table: the period, and a column for each line. A line is "
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
    {"watch replan", "REPORTS ...", 1, 8, REPLAN, "plans the rest of the year anew, from what was done and what is there",
     "What was reported counts as done, at the stocks that were counted or that the books say; what a recipe can do from now on is its last reported capability. The "
     "next periods (the fence) stay as promised. Other promises cost something, so that only what has to change does; each change is explained. First comes the "
     "skill of the old plan: how much more it foretold than doing as a season before. The exit code is 1 when the rest cannot be done.",
     "plenty watch replan reports.csv --plan plan --fence 2 -o new --economy-output rest\nplenty verify new rest", cli_watch_replan},
    {"line watch", "COMMONS NAME", 2, 2, LINE_WATCH, "watches a line of a plan in the commons",
     "By who holds a mandate in a council, or with a grant. From then on the workplace reports each period, and what is short by more than chance is an alarm by rule.",
     "plenty line watch town.commons bread --workplace Bakers --planned 800 --spread 40 --price 0.1 --begins 2027-01-04 --key alice.key", cli_line_watch},
    {"line end", "COMMONS LINE", 2, 2, LINE_END, "ends the watch of a line", "", "plenty line end town.commons bread --key alice.key", cli_line_end},
    {"line report", "COMMONS LINE", 2, 2, LINE_REPORT, "reports what was done in a period, or corrects it", "By members of its workplace. What is not reported in watch.report_days is an alarm.",
     "plenty line report town.commons bread --quantity 790 --key baker.key", cli_line_report},
    {"line list", "COMMONS", 1, 1, LIST, "lists the lines that are watched", "", "plenty line list town.commons", cli_line_list},
    {"delivery send", "COMMONS LINE", 2, 2, DELIVERY_SEND, "says that something was delivered; the receiver signs for it", "", "plenty delivery send town.commons bread --to School --amount 200 --key baker.key",
     cli_delivery_send},
    {"delivery receive", "COMMONS DELIVERY", 2, 2, DELIVERY_RECEIVE, "signs for a delivery: how much came", "Both figures stand side by side for everybody.",
     "plenty delivery receive town.commons 3fa9 --amount 195 --key cook.key", cli_delivery_receive},
    {"delivery list", "COMMONS", 1, 1, LIST, "lists deliveries, and which of them both sides have signed", "", "plenty delivery list town.commons", cli_delivery_list},
    {"alarm list", "COMMONS", 1, 1, ALARM_LIST, "lists alarms, the most damage first",
     "Damage is price times the shortfall ahead. Each assembly can look at alarm.attention of them in a week; the others are shown as not looked at, and rise all the same.",
     "plenty alarm list town.commons\nplenty alarm list town.commons --at Bakers", cli_alarm_list},
    {"alarm show", "COMMONS ALARM", 2, 2, SHOW, "shows an alarm and all that happened to it", "", "plenty alarm show town.commons 5c1d", cli_alarm_show},
    {"alarm raise", "COMMONS LINE", 2, 2, ALARM_RAISE, "raises the alarm of a line, whatever its figures say", "Every member can.",
     "plenty alarm raise town.commons bread --text 'There is no yeast.' --key me.key", cli_alarm_raise},
    {"alarm answer", "COMMONS ALARM", 2, 2, ALARM_ANSWER, "answers an alarm: what is done about it, and by when it will be mended",
     "By the workplace, or where it stands. What is not answered in time goes one council up, by the clock; what is not mended in time as well.",
     "plenty alarm answer town.commons 5c1d --days 5 --text 'The oven is being mended.' --key baker.key", cli_alarm_answer},
    {"alarm silence", "COMMONS ALARM", 2, 2, ALARM_SILENCE, "silences an alarm where it stands, for some days",
     "A silence has an owner, a reason and an end, all public. When it ends the alarm rises, unless the line is back by then.",
     "plenty alarm silence town.commons 5c1d --until 2027-02-01 --reason 'Inventory until then.' --key baker.key", cli_alarm_silence},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
