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

static const cli_option ANNOUNCE[] = {
    {"motion", 'm', "ID", false, NULL, "the motion whose text these rules are: rules.csv, people.csv and urgency.csv one behind the other (needed)"},
    {"assembly", 0, "NAME", false, NULL, "among whom it is shared (default: everyone)"},
    {"title", 0, "TEXT", false, NULL, "what is shared (needed)"},
    SIGNS,
    END,
};

static const cli_option SEAL[] = {
    {"wants", 'w', "FILE", false, "@", "what you want: a table good,amount,taste (needed)"},
    {"sealed", 0, "FILE", false, "@", "keep the sealed wants in FILE: without it they can never be opened (needed)"},
    SIGNS,
    END,
};

static const cli_option OPEN[] = {
    {"sealed", 0, "FILE", false, "@", "the file that plenty share seal has written (needed)"},
    SIGNS,
    END,
};

static const cli_option CASE[] = {
    {"output", 'o', "CASE", false, "@", "write the tables to this folder (needed)"},
    {"replace", 0, NULL, false, NULL, "replace CASE if it holds wants already"},
    END,
};

static const cli_option ENTER[] = {SIGNS, END};
static const cli_option NOTHING[] = {END};
static const cli_option REPORT[] = {
    {"assembly", 0, "NAME", false, NULL, "whose queues these are (default: everyone)"},
    {"source", 0, "TEXT", false, NULL, "where the figures come from: a shop, a register (needed)"},
    SIGNS,
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
     "plenty needs read ../shared/data/loyalty-cards-2017 --households -o sums\nplenty share wants sums --measure lines --equal --household-lines 12 --item-lines 200 -o case\n"
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
    {"share announce", "COMMONS CASE", 2, 2, ANNOUNCE, "announces in a commons that something is shared, by rules that were carried",
     "The rules are the text of a motion that the assembly has carried, word for word; CASE holds them and supply.csv. Members seal what they want for share.seal_hours, open it for share.open_hours; only then the "
     "seed of lots is made, by the public lot. All of it goes by the clock.",
     "cat rules.csv >text && plenty motion table town.commons --title Bread --text-file text --key alice.key\nplenty share announce town.commons . --motion 3fa9 --title Bread --key alice.key", cli_share_announce},
    {"share seal", "COMMONS ROUND", 2, 2, SEAL, "seals what you want, so that nobody sees it before the close", "A new seal takes the place of the one before, until the close.",
     "plenty share seal town.commons 51c2 --wants mine.csv --sealed mine.sealed --key bob.key", cli_share_seal},
    {"share open", "COMMONS ROUND", 2, 2, OPEN, "opens the wants that you have sealed", "Wants that are not opened in time are none.",
     "plenty share open town.commons 51c2 --sealed mine.sealed --key bob.key", cli_share_open},
    {"share show", "COMMONS [ROUND]", 1, 2, NOTHING, "shows the rounds of sharing of a commons, or one of them", "", "plenty share show town.commons", cli_share_show},
    {"share case", "COMMONS ROUND", 2, 2, CASE, "writes the tables of a round, for plenty share allot", "Rules, supply and points as announced, wants as opened, by member id. Wants that cannot be read are left out.",
     "plenty share case town.commons 51c2 -o case", cli_share_case},
    {"share enter", "COMMONS ROUND SHARED", 3, 3, ENTER, "enters the outcome of a round: the hash of who gets what",
     "The round is shared again first; an outcome that the record does not give is not entered. plenty audit shares all rounds again.",
     "plenty share enter town.commons 51c2 shared --key chen.key", cli_share_enter},
    {"share report", "COMMONS FOLDER", 2, 2, REPORT, "reports figures of queues to the warning lights of a commons", "FOLDER as in plenty share queue; the figures are those of all goods together.",
     "plenty share report town.commons reports --source 'Shop in Mill Lane' --key dora.key", cli_share_report},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
