/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * commands_plan.c - the rows of the table of commands that make, prove, explain and compare plans. */
#include "cli/commands.h"

#define MEMORY {"memory", 0, "SIZE", false, NULL, "begin only if SIZE (24G, 500M) will do; 0: begin whatever there is (default: what is available)"}
static const cli_option DEMO[] = {
    {"economy", 'e', "ECONOMY", false, "@", "another economy than the bundled one"},
    {"keep", 'k', "FOLDER", false, "@", "keep the plans and the report in FOLDER"},
    END,
};

static const cli_option PLAN[] = {
    {"output", 'o', "PLAN", false, "@", "write the plan with its proof to PLAN: a folder of tables, or one file when ECONOMY is one"},
    {"goal", 'g', "GOAL", false, "satisfy|least labour|least imports|most all|weighted",
     "what to aim at (default: satisfy)"},
    {"set", 's', "X=VALUE", true, NULL,
     "change a limit: a resource, a kind of resource, a recipe's capacity, import:GOOD, export:GOOD, "
     "stock:GOOD; VALUE is 12, +12, -10% or none"},
    {"limit", 'l', "X=VALUE", true, NULL, "limit a resource, also where there is no limit yet"},
    {"demand", 'd', "X=VALUE", true, NULL,
     "change needs: of a good, of a group of goods, of a group of needs, tier:N, all, or one: GOOD|TIER|GROUP"},
    {"isolated", 0, NULL, false, NULL, "no imports and no exports"},
    {"scenario", 'f', "FILE", false, "@", "changes from a file, one a line"},
    {"from", 0, "PLAN", false, "@", "start from an older plan, of this economy or of one much like it: the answer is as good, and sooner"},
    {"binary", 0, NULL, false, NULL, "write PLAN as one file, also when ECONOMY is a folder"},
    {"tables", 0, NULL, false, NULL, "write PLAN as a folder of tables, also when ECONOMY is one file"},
    {"years", 'y', "N", false, NULL, "plan N years: capital, stocks, lags and trends (docs/methods/years.md)"},
    {"growth", 0, "RATE", false, NULL, "all needs grow by RATE a year (2%), in place of their trends"},
    {"end", 0, "PART", false, NULL,
     "after the last year this part of the stocks of the beginning must be there, grown with the needs (100%)"},
    {"way", 0, "WAY", false, "any|simplex|sweeps|newton", "how to find the plan (default: any, by structure and size)"},
    {"threads", 't', "N", false, NULL, "use N threads (default: 2 where there are two cores); the plan is the same for any number"},
    {"device", 0, "DEVICE", false, "cpu|gpu|host",
     "where Newton steps are taken (default: cpu); gpu needs a build with CUDA=1; host: the kernels of the GPU on the CPU, for checking"},
    {"partition", 0, "HOW", false, "range|place|graph",
     "how several processes (mpirun, docs/methods/scaling.md) divide the goods (default: range)"},
    {"time-limit", 0, "SECONDS", false, NULL, "end after so long, with the best plan found so far; exit code 6 if there is none"},
    MEMORY,
    {"replace", 0, NULL, false, NULL, "replace PLAN if it is a plan already"},
    JSON,
    QUIET,
    END,
};

static const cli_option FRONTIER[] = {
    {"output", 'o', "FOLDER", false, "@", "write the plans, frontier.csv and frontier.svg to this new folder (needed)"},
    {"years", 'y', "N", false, NULL, "plan N years (needed)"},
    {"from", 0, "PART", false, NULL, "the first plan leaves this part of the stocks of the beginning (0%)"},
    {"to", 0, "PART", false, NULL, "the last plan leaves this part (100%)"},
    {"points", 0, "N", false, NULL, "how many plans (5)"},
    {"goal", 'g', "GOAL", false, "most all|least labour|least imports|weighted", "what is given up for it (default: most all)"},
    {"growth", 0, "RATE", false, NULL, "all needs grow by RATE a year (2%), in place of their trends"},
    {"set", 's', "X=VALUE", true, NULL, "change a limit, as in plan"},
    {"limit", 'l', "X=VALUE", true, NULL, "limit a resource, also where there is no limit yet"},
    {"demand", 'd', "X=VALUE", true, NULL, "change needs, as in plan"},
    {"isolated", 0, NULL, false, NULL, "no imports and no exports"},
    {"time-limit", 0, "SECONDS", false, NULL, "give up a plan after so long (exit code 6)"},
    MEMORY,
    QUIET,
    END,
};

static const cli_option VERIFY[] = {MEMORY, JSON, END};
static const cli_option CHECK[] = {MEMORY, JSON, QUIET, END};
static const cli_option IMPORT[] = {
    {"output", 'o', "ECONOMY", false, "@", "write the economy to this folder (needed)"},
    {"mapping", 'm', "FILE", false, "@", "which file plays which role; else the one that comes with Plenty"},
    {"model", 0, "MODEL", false,
     "industry-technology|product-technology|industry-sales|product-sales|activities",
     "how supply and use tables become recipes"},
    {"year", 'y', "YEAR", false, NULL, "of data sets with several years"},
    {"capacity", 0, "F", false, "none|1|1.1",
     "capacity of a recipe: F times its observed level, or none (default: the mapping's, or 1.1)"},
    {"balance", 0, NULL, false, NULL, "make the tables add up first: cells of use and final demand move in proportion, as little as possible (GRAS)"},
    {"capital", 0, NULL, false, NULL, "capital as assets that wear out and are invested in, for plan --years"},
    {"available", 0, "F", false, "none|1|1.05",
     "hours, equipment and foreign exchange: F times what was observed, or none (default: the mapping's, or 1)"},
    {"replace", 0, NULL, false, NULL, "replace ECONOMY if it is an economy already"},
    JSON,
    QUIET,
    END,
};

static const cli_option CONVERT[] = {
    {"replace", 0, NULL, false, NULL, "replace TO if it is an economy, or a plan, already"},
    MEMORY,
    ECONOMY,
    QUIET,
    END,
};

static const cli_option GENERATE[] = {
    {"goods", 'n', "N", false, NULL, "number of goods (default: 1000)"},
    {"recipes", 0, "N", false, NULL, "recipes for each good (3)"},
    {"inputs", 0, "N", false, NULL, "inputs of a recipe on average (15)"},
    {"resources", 0, "N", false, NULL, "resources, the first being labour (10)"},
    {"capped", 0, "F", false, NULL, "part of all recipes that have a capacity (0.2)"},
    {"slack", 0, "F", false, NULL, "how much more of each resource is there than a known plan uses (0.02); -1: no limits"},
    {"joint", 0, "F", false, NULL, "part of all recipes that have a by-product (0)"},
    {"capital", 0, "F", false, NULL, "part of all recipes that have machines at work, which are made, wear out and are replaced: for plans of several years (0)"},
    {"sectors", 0, "N", false, NULL, "sectors; inputs come mostly from the own one and its neighbours (30)"},
    {"places", 0, "N", false, NULL, "places (20)"},
    {"decades", 0, "N", false, NULL, "orders of magnitude over which units are spread (6)"},
    {"seed", 0, "N", false, NULL, "the same seed gives the same file (1)"},
    MEMORY,
    {"replace", 0, NULL, false, NULL, "replace FILE"},
    QUIET,
    END,
};

static const cli_option COMPARE[] = {
    {"brief", 'b', NULL, false, NULL, "only what the scenarios changed, and how far each tier is met"},
    ECONOMY,
    JSON,
    END,
};

static const cli_option EXPORT[] = {
    {"html", 0, "FILE", false, "@", "a report to read, with charts: one page that needs nothing else"},
    {"xlsx", 0, "FILE", false, "@", "a workbook: summary, needs, goods, recipes, limits, prices"},
    {"csv", 0, "FOLDER", false, "@", "the same tables as CSV, with names and units beside the figures"},
    {"mps", 0, "FILE", false, "@", "the linear programme of a stage, for any solver"},
    {"stage", 0, "N", false, NULL, "which stage (--mps; default: the first)"},
    {"unscaled", 0, NULL, false, NULL, "in natural units, not scaled for solvers (--mps)"},
    {"replace", 0, NULL, false, NULL, "replace what is there"},
    ECONOMY,
    END,
};

static const cli_option EXPLAIN[] = {
    {"stage", 0, "N", false, NULL, "at the prices of stage N (default: where it is held back, else the last)"},
    {"depth", 0, "N", false, NULL, "how many links of the chain to show (default: 3)"},
    ECONOMY,
    JSON,
    END,
};

static const cli_option VALUES[] = {
    {"profit", 0, "RATE", false, NULL, "rate of profit for prices of production, such as 5% (default: 0)"},
    {"plan", 0, "PLAN", false, "@", "recipes in the proportions of this plan, not those with the least labour"},
    {"of", 0, "RESOURCE", false, NULL, "count this resource instead of labour: the carbon or the land in a thing"},
    {"most", 0, "N", false, NULL, "how many goods to show (default: 20; those with the most labour in all)"},
    {"csv", 0, "FILE", false, "@", "write all goods as CSV"},
    MEMORY,
    {"replace", 0, NULL, false, NULL, "replace what is there"},
    QUIET,
    JSON,
    END,
};

const cli_command CLI_PLANNING[] = {
    {"demo", "", 0, 0, DEMO, "shows a whole cycle on a real economy, every proof checked",
     "Takes the bundled economy of a country (national accounts), checks its tables, plans it, says "
     "what is short and why, explains one good, plans a variant with shorter hours, compares the two, "
     "and lets the independent checker verify both proofs. Takes a few seconds and leaves nothing behind.",
     "plenty demo", cli_demo},
    {"plan", "ECONOMY", 1, 1, PLAN, "makes a plan; says what is met, what is short, and why",
     "ECONOMY is a folder of tables (docs/formats/economy.md). Goals: \"satisfy\" raises the needs tier "
     "by tier, each tier as evenly as possible, and then does it with the least labour; \"least X\" "
     "meets all needs with the least of a resource, of \"labour\" or of \"imports\"; \"most Y\" gives as "
     "much as possible of a group of needs, a good, \"tier:N\" or \"all\", in their proportions; "
     "\"weighted\" makes the weighted sum of deliveries as large as possible.\n"
     "Options that change the economy form a scenario. They are applied in the order given; a number "
     "with a sign is added, a percentage scales, a number without sign replaces.\n"
     "A plan is written at once or not at all, in the form of its economy: a folder of tables (docs/formats/plan.md), or "
     "one file (docs/formats/plan-binary.md) when ECONOMY is one. An existing folder or file is only replaced when it is a plan "
     "and --replace is given. Ctrl-C, like --time-limit, ends with the best plan found so far and says how far it is from the best at most; where there is none yet, with exit code 6, and nothing is written. An economy whose floors cannot be "
     "met gives exit code 1 and a proof of it.\n"
     "After changes (needs, limits, recipes come or gone) --from starts from the plan as it was; recipes, goods and needs "
     "are matched by name. Nothing in the older plan is trusted: the new one has its own proof.",
     "plenty plan examples/country -o build/plan\n"
     "plenty plan examples/country --set labour=-10% -o build/shorter\n"
     "plenty plan examples/country --set labour=-1% --from build/plan -o build/next\n"
     "plenty plan examples/country --goal \"least labour\" --demand households=-5% --isolated",
     cli_plan},
    {"frontier", "ECONOMY", 1, 1, FRONTIER, "shows what living better now costs later: a row of proved plans to choose from",
     "Plans several years again and again, each time leaving more at the end: of every asset (machines, buildings, stores) "
     "a larger part of what there was at the beginning. The less is left, the more can be used up before; the more is "
     "left, the better those live who come after. For each plan: how far needs are met, and what one percent more at the end "
     "costs there. Every plan is saved with its proof, also those that are not possible (plenty explain says why); plenty "
     "compare puts two side by side. Exit code 1 when none is possible.",
     "plenty frontier build/usa --years 5 -o build/choice\n"
     "plenty frontier build/usa --years 5 --from 80% --to 120% --points 9 -o build/choice",
     cli_frontier},
    {"verify", "PLAN [ECONOMY]", 1, 2, VERIFY, "checks a plan independently: feasible? how far from the best?",
     "The checker has its own reader and its own arithmetic and shares nothing with the planner. It adds "
     "up every balance and every limit, and from the prices in the certificate it computes what no plan "
     "can exceed. Alone, the archive of a secret ballot (.bel): every proof of every ballot, shuffle and decryption is checked; or an outcome of plenty share allot: it is shared again. "
     "Exit code 0: everything holds; 1: something does not.",
     "plenty verify build/plan examples/country\nplenty verify council.bel", cli_verify},
    {"explain", "PLAN WHAT", 2, 2, EXPLAIN, "says why: where a good comes from, which limits make it scarce, what one more takes",
     "WHAT is a good, a resource, or a recipe (then its capacity): an identifier, or a name that only one has; "
     "good:ID, resource:ID, recipe:ID, import:GOOD, export:GOOD, stock:GOOD where that is not enough. Of a good: how much "
     "is made, how, for whom; what its price consists of along the whole chain of what goes into it; what one more "
     "unit would take, who would go without, and how far that holds. Of a limit: who uses it and what one more unit of "
     "it would bring.",
     "plenty explain build/plan bread\nplenty explain build/plan labour --json", cli_explain},
    {"compare", "A B", 2, 2, COMPARE, "puts two plans side by side: who gains, who loses, what it takes",
     "A and B are plan folders, of one economy, of variants of it, or of economies that name goods alike. Shown are what "
     "the scenarios changed, how far needs are met in each tier and group, who gains and who loses, hours, other "
     "resources and trade, what is made, and which limits matter more or less.",
     "plenty compare build/plan build/shorter", cli_compare},
    {"values", "ECONOMY", 1, 1, VALUES, "says how many hours are in each thing: labour values, prices of production",
     "The labour value of a good is the labour of the recipe that makes it and the labour in everything that goes into it, "
     "along the whole chain. Prices of production add a rate of profit on what goes in; they are given in hours of labour that one unit "
     "buys. Gross output is what must be made in all so that the needs are left over. Where a good has several "
     "recipes, those with the least labour count, or with --plan those of a plan. Of a recipe that makes several goods the "
     "main product bears all the labour. Every value has a proved lower and upper "
     "bound (--csv, --json). No limits are looked at: a plan does that.",
     "plenty values examples/bakery\n"
     "plenty values examples/country --profit 10% --csv build/values.csv",
     cli_values},
    {"check", "ECONOMY", 1, 1, CHECK, "looks for what is wrong with the tables of an economy",
     "Errors make an economy unusable: unknown names, duplicates, numbers that are none. Warnings are likely "
     "mistakes: goods that nobody makes, recipes without output, cycles that consume more than they make. The "
     "first twenty of each are shown, the rest is counted. Then totals: what is asked for, recipes, labour, trade, and "
     "what part of what is made is used up on the way in cycles of goods that need one another.",
     "plenty check examples/bakery", cli_check},
    {"import", "DATA", 1, 1, IMPORT, "makes an economy of national accounts or process inventories",
     "DATA is a folder of tables: supply and use, input-output, recipes. A mapping says which file plays which "
     "role (docs/formats/mapping.md). Whatever had to be decided or mended on the way is reported.",
     "plenty import data/us-io-sector-2022 -o build/us", cli_import},
    {"convert", "FROM TO", 2, 2, CONVERT, "turns a folder of tables into one binary file, or the file into a folder",
     "FROM is an economy or a plan in one form, TO is written in the other: a folder becomes a file, a file becomes a folder. The "
     "file (docs/formats/economy-binary.md) is read at once whatever its size, and every command takes it for an "
     "ECONOMY; its name usually ends in .economy. The meaning stays the same, and so does the hash, so that a plan made "
     "from one is verified against the other. Columns that Plenty does not know are left behind. A plan as one file "
     "(docs/formats/plan-binary.md) refers to its economy, which is looked for where it was, or named by --economy.",
     "plenty convert examples/country build/country.economy\n"
     "plenty plan build/country.economy -o build/plan",
     cli_convert},
    {"generate", "FILE", 1, 1, GENERATE, "makes a synthetic economy of any size, for tests and measurements",
     "Writes a binary economy (docs/formats/economy-binary.md) of goods in sectors and places, with rival recipes, hub goods "
     "that most recipes use, capacities and shared resources. It is productive, and a plan that meets all needs within "
     "all limits is known from the beginning (docs/methods/generate.md).",
     "plenty generate build/big.economy --goods 100000\n"
     "plenty check build/big.economy",
     cli_generate},
    {"export", "PLAN", 1, 1, EXPORT, "writes a plan as a report to read, or for other programs",
     "--html writes a report: what is met and what is short, why, what it takes, the main flows, trade, and how to "
     "check the proof. The page runs no scripts and loads nothing.\n"
     "--xlsx and --csv write wide tables for spreadsheets, with names and units beside the figures.\n"
     "--mps writes the linear programme of one stage, with the names of goods and recipes. Its rows and columns are scaled by "
     "powers of two as the solver scales them, because other solvers judge by absolute tolerances; --unscaled "
     "leaves natural units.\n"
     "Each file is written at once or not at all; what is there already is only replaced with --replace.",
     "plenty export build/plan --html build/plan.html\n"
     "plenty export build/plan --xlsx build/plan.xlsx --csv build/tables\n"
     "plenty export build/plan --mps build/stage1.mps --stage 1",
     cli_export},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
