/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * commands.c - the table of commands.  To add one: write `int cli_NAME(const cli_args *)` in a file of its
 * own, declare it in cli.h, add a row here.  Dispatch, help, man page and completion follow. */
#include <string.h>

#include "cli/cli.h"

#define JSON {"json", 0, NULL, false, NULL, "print one JSON object instead of text"}
#define QUIET {"quiet", 'q', NULL, false, NULL, "print nothing but errors"}
#define ECONOMY {"economy", 'e', "ECONOMY", false, "@", "the economy, where it is not found by itself"}
#define MEMORY {"memory", 0, "SIZE", false, NULL, "begin only if SIZE (24G, 500M) will do; 0: begin whatever there is (default: what is available)"}
#define END {NULL, 0, NULL, false, NULL, NULL}

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
     "change needs: of a good, of a group of goods, of a group of needs, tier:N, or all"},
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
    {"device", 0, "DEVICE", false, "cpu|gpu|host",
     "where Newton steps are taken (default: cpu); gpu needs a build with CUDA=1; host: the kernels of the GPU on the CPU, for checking"},
    {"threads", 't', "N", false, NULL, "use N threads (default: 2 where there are two cores); the plan is the same for any number"},
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

static const cli_option COUNT[] = {
    {"rule", 'r', "RULE", false, "scottish|meek|schulze|equal-shares|approval|majority",
     "how to count (default: scottish for rankings, equal-shares for budgets)"},
    {"seats", 'n', "N", false, NULL, "how many are elected (default: what the file says; schulze: 1)"},
    {"seed", 0, "TEXT", false, NULL, "lots come from TEXT: agree in public how it will arise, then make it (dice, a lottery)"},
    {"without", 0, "NAME", true, NULL, "count as if this candidate had withdrawn"},
    {"vacancy", 0, "NAME", false, NULL, "fill the seat of this elected member by countback (scottish)"},
    {"stands", 0, "NAME", true, NULL, "only these candidates want the vacant seat (default: all who were not elected)"},
    {"quorum", 0, "N", false, NULL, "at least N papers must be cast (majority)"},
    {"more-than", 0, "PART", false, "1/2|2/3", "more than this part of the votes decides (majority; default: 1/2)"},
    {"budget", 0, "MONEY", false, NULL, "instead of the budget in the file (equal-shares)"},
    {"use", 0, "WHAT", false, "cost|number", "a project's use to a supporter: its cost (default), or 1 for each project (equal-shares)"},
    {"completion", 0, "HOW", false, "add1|none", "raise all shares as long as the budget suffices (default), or not (equal-shares)"},
    {"transcript", 't', "FILE", false, "@", "write every step as JSON; plenty verify FILE BALLOTS recounts it"},
    {"blt", 0, "FILE", false, "@", "write the ballots as BLT, for other programs"},
    {"replace", 0, NULL, false, NULL, "replace what is there"},
    JSON,
    QUIET,
    END,
};

#define PASSPHRASE {"passphrase-file", 0, "FILE", false, "@", "read the passphrase from the first line of FILE instead of asking for it"}
#define KEY {"key", 'k', "FILE", false, "@", "the key file that signs (needed)"}

static const cli_option KEY_NEW[] = {
    {"name", 'n', "NAME", false, NULL, "whose key it is, for people; only in this file (default: the name of the file)"},
    PASSPHRASE,
    JSON,
    END,
};

static const cli_option KEY_SHOW[] = {
    {"as", 0, "NAME", false, NULL, "also as the key of a witness of that name, a line for policies"},
    JSON,
    END,
};

static const cli_option INIT[] = {
    {"name", 'n', "NAME", false, NULL, "what the commons is called (needed)"},
    KEY,
    {"founder", 0, "KEY", true, "@", "one more founder: a key file, or a public key of 64 digits"},
    {"record-key", 0, "KEY", false, "@", "the key that will sign checkpoints: a key file or a public key (default: the key that signs)"},
    PASSPHRASE,
    END,
};

static const cli_option RECORD_APPEND[] = {
    {"key", 'k', "FILE", false, "@", "the key file that signs (needed, but for --event)"},
    {"text", 't', "TEXT", false, NULL, "what a note says"},
    {"attach", 0, "FILE", true, "@", "a file that the note refers to; it is kept beside the record, by its hash"},
    {"new-key", 0, "FILE", false, "@", "the key file that key.added adds"},
    {"key-id", 0, "ID", false, NULL, "the key that key.revoked ends"},
    {"output", 'o', "FILE", false, "@", "write the signed event to FILE and add nothing"},
    {"event", 'e', "FILE", true, "@", "add an event that was signed elsewhere"},
    PASSPHRASE,
    {"new-passphrase-file", 0, "FILE", false, "@", "likewise, for --new-key"},
    END,
};

static const cli_option RECORD_SHOW[] = {
    {"from", 0, "POSITION", false, NULL, "the first event to show (default: the last 20)"},
    {"most", 0, "N", false, NULL, "how many to show, up to 63 (20)"},
    {"output", 'o', "FILE", false, "@", "write the bytes of the event at POSITION to FILE"},
    END,
};

static const cli_option RECORD_OUTPUT[] = {
    {"output", 'o', "FILE", false, "@", "write to FILE"},
    END,
};

static const cli_option RECORD_CHECK[] = {
    {"record-key", 0, "KEY", false, NULL, "the key of the record, as 'plenty record show' prints it"},
    {"policy", 'p', "FILE", false, "@", "which records and witnesses to trust (C2SP tlog-policy)"},
    END,
};

static const cli_option RECORD_CHECKPOINT[] = {
    {"key", 'k', "FILE", false, "@", "the record key: signs a new checkpoint when events were added"},
    {"add", 0, "FILE", false, "@", "add the cosignatures in FILE to the last checkpoint"},
    {"policy", 'p', "FILE", false, "@", "which witnesses count, for --add"},
    {"output", 'o', "FILE", false, "@", "write the checkpoint to FILE"},
    PASSPHRASE,
    END,
};

static const cli_option RECORD_REQUEST[] = {
    {"old", 0, "SIZE", false, NULL, "the size that the witness cosigned last (0)"},
    {"output", 'o', "FILE", false, "@", "write to FILE"},
    END,
};

static const cli_option RECORD_WITNESS[] = {
    {"record-key", 0, "KEY", false, NULL, "the key of the record that is witnessed (needed)"},
    {"name", 'n', "NAME", false, NULL, "the witness's name, best an address: example.org/witness (needed)"},
    {"key", 'k', "FILE", false, "@", "the witness's key file (needed)"},
    {"memory", 'm', "FILE", false, "@", "where the witness keeps the last checkpoint that it cosigned (needed)"},
    {"output", 'o', "FILE", false, "@", "write the cosignature to FILE"},
    PASSPHRASE,
    END,
};

static const cli_option REPLAY[] = {
    {"write", 0, NULL, false, NULL, "put the tables that the record gives in place of those in the store"},
    JSON,
    END,
};

static const cli_option AUDIT[] = {
    {"policy", 'p', "FILE", false, "@", "which witnesses must have cosigned the last checkpoint (C2SP tlog-policy)"},
    JSON,
    END,
};

static const cli_option HELP[] = {
    {"man", 0, NULL, false, NULL, "print the manual page"},
    {"completion", 0, "SHELL", false, "bash", "print the completion of a shell"},
    END,
};

#undef KEY
#undef PASSPHRASE
#undef JSON
#undef QUIET
#undef ECONOMY
#undef MEMORY
#undef END

const cli_command CLI_COMMANDS[] = {
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
    {"verify", "PLAN ECONOMY", 2, 2, VERIFY, "checks a plan independently: feasible? how far from the best?",
     "The checker has its own reader and its own arithmetic and shares nothing with the planner. It adds "
     "up every balance and every limit, and from the prices in the certificate it computes what no plan "
     "can exceed. Exit code 0: everything holds; 1: something does not.",
     "plenty verify build/plan examples/country", cli_verify},
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
    {"count", "BALLOTS", 1, 1, COUNT, "counts an election: who is elected, every stage, and why",
     "BALLOTS is a BLT file, a budget of Pabulib (.pb), or a table count,preferences (docs/formats/ballots.md). Rules "
     "(docs/methods/counting.md): \"scottish\", the single transferable vote of Scottish councils, with one seat instant run-off; "
     "\"meek\", the reference rule of Meek's method; \"schulze\" for one winner; \"equal-shares\" for projects within a "
     "budget; \"approval\"; \"majority\" for yes or no, with a quorum. All arithmetic is in whole numbers, as the rule says, and the same "
     "papers give the same count in whatever order they lie. A tie is decided by the latest stage at which the candidates "
     "differed; where there is none, by lot, from a seed that goes into the transcript. Without a seed such a count stops and says "
     "who is tied. Exit code 1: nothing was decided (majority).",
     "plenty count examples/council.blt\n"
     "plenty count examples/council.blt --vacancy Amina --transcript build/countback.json\n"
     "plenty count examples/budget.pb",
     cli_count},
    {"key new", "FILE", 1, 1, KEY_NEW, "makes a key, kept in a file under a passphrase",
     "The key signs what its owner does in a commons. The file is encrypted; without the passphrase nobody can use it, and "
     "nobody can give a lost one back: keep a copy, or add a second key to the commons.",
     "plenty key new alice.key --name alice", cli_key_new},
    {"key show", "FILE", 1, 1, KEY_SHOW, "prints the key id and the public key of a key file",
     "Needs no passphrase. The public key may be given to anybody.",
     "plenty key show alice.key\nplenty key show witness.key --as example.org/witness", cli_key_show},
    {"init", "COMMONS", 1, 1, INIT, "founds a commons: its record begins",
     "COMMONS is a new file, or postgres://USER@HOST/DATABASE for a schema without a record. The first event names the founders' keys; its "
     "hash is the identity of the commons. A commons is never replaced.",
     "plenty init bakery.commons --name \"The bakery\" --key alice.key --founder bob.key", cli_init},
    {"record append", "COMMONS [KIND]", 1, 2, RECORD_APPEND, "signs an event and adds it to the record",
     "KIND is note, key.added or key.revoked. The event says which record its author has seen, so that it is worth nothing in another. An "
     "event that breaks a rule (docs/rules.md) is refused with exit code 1, and nothing changes. When --key is the record key, a new "
     "checkpoint is signed too. With --output the event is only signed, to be added elsewhere with --event.",
     "plenty record append bakery.commons note --text \"We begin at six.\" --key alice.key\n"
     "plenty record append bakery.commons key.added --new-key laptop.key --key alice.key",
     cli_record_append},
    {"record show", "COMMONS [POSITION]", 1, 2, RECORD_SHOW, "shows the events of a record, or one of them in full",
     "Positions are counted from 0. One event is shown as JSON, bytes in hexadecimal.",
     "plenty record show bakery.commons\nplenty record show bakery.commons 0", cli_record_show},
    {"record prove", "COMMONS POSITION", 2, 2, RECORD_OUTPUT, "proves that an event is in the record",
     "The proof (C2SP tlog-proof) holds the path to the root and the last checkpoint with its cosignatures. With the bytes of "
     "the event (record show --output) anybody can check it, without the record.",
     "plenty record prove bakery.commons 1 -o one.proof", cli_record_prove},
    {"record check", "PROOF EVENT", 2, 2, RECORD_CHECK, "checks such a proof, without the record",
     "EVENT is the file with the bytes of the event. Exit code 0: it holds; 1: it does not.",
     "plenty record check one.proof one.event --policy policy.txt", cli_record_check},
    {"record checkpoint", "COMMONS", 1, 1, RECORD_CHECKPOINT, "prints the last checkpoint, signs the next, adds cosignatures",
     "A checkpoint is the size and the root hash of the record, signed by the record key. Whoever keeps one can tell later whether the record was "
     "rewritten. Witnesses cosign it; --add keeps their cosignatures with it.",
     "plenty record checkpoint bakery.commons --key alice.key\n"
     "plenty record checkpoint bakery.commons --add cosignature --policy policy.txt",
     cli_record_checkpoint},
    {"record request", "COMMONS", 1, 1, RECORD_REQUEST, "writes the request for a witness's cosignature",
     "It holds the last checkpoint and the proof that it continues the one of size SIZE (C2SP tlog-witness, add-checkpoint).",
     "plenty record request bakery.commons --old 2 -o request", cli_record_request},
    {"record witness", "REQUEST", 1, 1, RECORD_WITNESS, "cosigns a record's checkpoint, if it continues the last one cosigned",
     "For the witness, who needs nothing of the record but its key and remembers one checkpoint. A record that was rewritten or "
     "forked gets no cosignature, and exit code 1 says why. The memory is written before the cosignature is given away.",
     "plenty record witness request --record-key \"$KEY\" --name example.org/witness --key witness.key --memory bakery.seen -o cosignature",
     cli_record_witness},
    {"record export", "COMMONS FOLDER", 2, 2, RECORD_OUTPUT + 1, "writes the record as files for a web server or a stick",
     "Up to the last checkpoint, as C2SP tlog-tiles: hashes, events, checkpoints, blobs. 'plenty audit FOLDER' checks them.",
     "plenty record export bakery.commons bakery.record", cli_record_export},
    {"replay", "COMMONS", 1, 1, REPLAY, "makes the tables anew from the record and compares them with those in the store",
     "What holds in a commons is a function of its record. Exit code 1 when the tables say something else.",
     "plenty replay bakery.commons", cli_replay},
    {"audit", "COMMONS", 1, 1, AUDIT, "verifies everything from the record alone",
     "Every event, signature and rule, the tree, every checkpoint, the tables; with --policy the witnesses. Then the independent checker, which shares no "
     "code with Plenty, does it again. Needs no key and no network; works on a copy, and on a folder made by record export. Prints what was "
     "checked, in numbers, and the first thing that is wrong (exit code 1). Void events are told, and are no fault: they have no effect.",
     "plenty audit bakery.commons\nplenty audit bakery.record", cli_audit},
    {"help", "[COMMAND]", 0, 2, HELP, "lists the commands, or says what one does", "",
     "plenty help plan\nplenty help --man >plenty.1\nplenty help --completion bash >plenty", cli_help},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};

const cli_command *cli_find_command(const char *name)
{
    for (const cli_command *c = CLI_COMMANDS; c->name != NULL; c++) {
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
    for (const cli_command *c = CLI_COMMANDS; c->name != NULL; c++) {
        if (strncmp(c->name, name, n) == 0 && c->name[n] == ' ') {
            return true;
        }
    }
    return false;
}
