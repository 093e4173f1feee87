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

static const cli_option WANTS[] = {
    {"output", 'o', "CASE", false, "@", "write wants.csv and supply.csv (as much as is wanted) to this folder (needed)"},
    {"measure", 0, "WHAT", false, "quantity|value|lines", "what counts as the amount (default: quantity)"},
    {"equal", 0, NULL, false, NULL, "every household spends 1000 in all, in its own proportions"},
    {"household-lines", 0, "N", false, NULL, "leave out households with fewer lines (1)"},
    {"item-lines", 0, "N", false, NULL, "leave out items with fewer lines (1)"},
    {"replace", 0, NULL, false, NULL, "replace CASE if it holds wants already"},
    QUIET,
    END,
};

static const cli_option SIGNAL[] = {
    {"plan", 'p', "PLAN", false, "@", "the plan in which the goods were made: its prices are their cost (default: the column cost of supply.csv)"},
    {"damping", 0, "PART", false, "50%", "the part of a deviation that the next supply takes back (50%)"},
    {"limit", 0, "PART", false, "20%", "the most by which anything changes in one period (20%)"},
    {"output", 'o', "SCENARIO", false, "@", "write the changes as a scenario, for plenty plan --scenario"},
    {"table", 0, "FILE", false, "@", "write a table good, price, cost, ratio, factor"},
    {"replace", 0, NULL, false, NULL, "replace what is there"},
    QUIET,
    END,
};

static const cli_option QUEUES[] = {
    JSON,
    END,
};

static const cli_option SIMULATE[] = {
    {"shock", 0, "N", false, NULL, "N goods, drawn anew each time and the more likely the more is wanted of them, lose the part --cut (default: the supply of CASE)"},
    {"cut", 0, "PART", false, "40%", "what these goods lose (40%)"},
    {"draws", 0, "N", false, NULL, "how often goods and queues are drawn (10)"},
    {"substitution", 's', "S", false, NULL, "how readily one good does for another, 0.1 to 5 (default: that of CASE)"},
    {"seed", 0, "TEXT", false, NULL, "draws come from TEXT"},
    {"threads", 't', "N", false, NULL, "use N threads; the figures are the same for any number"},
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
    {"share simulate", "CASE", 1, 1, SIMULATE, "shows who would have lost under each rule, before one is voted",
     "The wants of CASE, of a past period for instance, are met in part under each rule: equal points and prices, proportional cuts, the uniform rule, equal coupons, first come first served. Use is relative to "
     "having all that was wanted. Claims are taken as honest: that proportional cuts invite to claim more, and queues to come early, comes on top.",
     "plenty needs read ../shared/data/loyalty-cards-2017 --households -o sums\nplenty share wants sums --measure value --equal --household-lines 10 -o case\n"
     "plenty share simulate case --shock 10 --cut 40%", cli_share_simulate},
    {"share queue", "FOLDER", 1, 1, QUEUES, "figures of shortage: minutes on the shelf, orders filled, hours queued, lists, forced substitution",
     "FOLDER holds shelf.csv (good, open_minutes, stock_minutes), orders.csv (good, wanted, filled, hours, instead), lists.csv (good, days), or some of them. A fixed price over an empty shelf looks as if nothing "
     "were wanted: these figures say what was.",
     "plenty share queue reports --json", cli_share_queue},
    {"share signal", "SHARED", 1, 1, SIGNAL, "says what the next plan should make more of: clearing price beside plan cost",
     "SHARED is an outcome of plenty share allot with a market of points. A good whose price is above its cost, as both stand to those of all goods, is wanted more than it is made. The change is damped by the "
     "substitution, so that plan and prices settle.",
     "plenty share signal shared --plan plan -o signal.scenario\nplenty plan economy --scenario signal.scenario -o next", cli_share_signal},
    {"share wants", "SUMS", 1, 1, WANTS, "makes wants of what households bought",
     "SUMS comes from plenty needs read --households: it is personal, keep it and CASE where they are.", "plenty share wants sums --measure value --equal -o case", cli_share_wants},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
