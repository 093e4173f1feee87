/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * commands.c - the table of commands.  To add one: write `int cli_NAME(const cli_args *)` in a file of its
 * own, declare it in cli.h, add a row here.  Dispatch, help, man page and completion follow. */
#include <string.h>

#include "cli/cli.h"
#include "cli/estimate.h"

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

#define SIGNS \
    {"key", 'k', "FILE", false, "@", "the key file that signs (needed)"}, {"output", 'o', "FILE", false, "@", "write the signed event to FILE and add nothing"}, PASSPHRASE
#define TEXTS \
    {"text", 't', "TEXT", false, NULL, "the text"}, {"text-file", 0, "FILE", false, "@", "the text, from a file"}

#define GRANT \
    {"grant", 0, "ID", false, NULL, "the grant by drawn members (needed once a constitution is in force)"}
static const cli_option CONSTITUTION_NEW[] = {{"output", 'o', "FILE", false, "@", "write it to FILE instead of printing it"}, END};
static const cli_option CONSTITUENCY_CREATE[] = {
    {"type", 0, "TEXT", false, NULL, "what kind of place it is: workplace, neighbourhood, school, unit, ... (needed)"},
    GRANT,
    SIGNS,
    END,
};
static const cli_option COUNCIL_CREATE[] = {
    {"elect", 'e', "ASSEMBLY:SEATS", true, NULL, "this constituency, council, or everyone, elects so many (needed)"},
    GRANT,
    SIGNS,
    END,
};
static const cli_option SIGN_ONLY[] = {SIGNS, END};

#define NEW_KEY \
    {"consent", 0, "FILE", false, "@", "the consent of the new key, which 'plenty member consent' wrote where the key is"}, \
    {"new-key", 0, "FILE", false, "@", "the new key file, when it is here"}, \
    {"new-passphrase-file", 0, "FILE", false, "@", "read the passphrase of --new-key from the first line of FILE"}
static const cli_option MEMBER_CONSENT[] = {
    {"key", 'k', "FILE", false, "@", "the key file of the new member, or the new one of a member who has lost all (needed)"},
    {"output", 'o', "FILE", false, "@", "write the consent to FILE"},
    PASSPHRASE,
    END,
};
static const cli_option MEMBER_PROPOSE[] = {
    NEW_KEY,
    {"constituency", 'c', "NAME", true, NULL, "a constituency that the new member belongs to"},
    {"data", 0, "FILE", false, "@", "personal data, up to 16,000 bytes: it stays beside the record, which holds a salted commitment to it"},
    SIGNS,
    END,
};
static const cli_option REASON_SIGN[] = {{"reason", 0, "TEXT", false, NULL, "why; everybody can read it"}, SIGNS, END};
static const cli_option GRANT_SIGN[] = {GRANT, SIGNS, END};
static const cli_option MEMBER_MOVE[] = {{"leave", 0, NULL, false, NULL, "leave the constituency instead of joining it"}, SIGNS, END};
static const cli_option MEMBER_RECOVER[] = {NEW_KEY, GRANT, SIGNS, END};
static const cli_option MEMBER_LIST[] = {{"all", 0, NULL, false, NULL, "those who have left, and what is settled, too"}, JSON, END};

static const cli_option GRANT_SHOW[] = {{"event", 'e', "FILE", false, "@", "the act: show it, if it is the one that was asked for"}, JSON, END};
static const cli_option LOT_ANNOUNCE[] = {
    {"pool", 0, "NAME", false, NULL, "among whom: a council, a constituency, or everyone (default)"},
    {"places", 'n', "N", false, NULL, "how many are drawn, 1 to 1000 (1)"},
    SIGNS,
    END,
};
static const cli_option LOT_PART[] = {{"part", 0, "FILE", false, "@", "where the part of the seed is kept (needed)"}, SIGNS, END};

static const cli_option MOTION_TABLE[] = {
    {"assembly", 'a', "NAME", false, NULL, "who decides: a council, a constituency, or everyone (default)"},
    {"title", 0, "TEXT", false, NULL, "what it is called, in a line (needed)"},
    TEXTS,
    {"explanation", 0, "TEXT", false, NULL, "what changes, who works more or less, what else was thought of and why not"},
    {"sort", 0, "SORT", false, "text|constitution", "constitution: the text is a new constitution (default: text)"},
    {"mandate", 0, "ID", false, NULL, "the text instructs the holder of this mandate, whom the assembly elected"},
    {"executor", 0, "MEMBER", false, NULL, "who carries it out"},
    {"due-days", 0, "N", false, NULL, "days from the decision to the report"},
    SIGNS,
    END,
};
static const cli_option MOTION_PLANS[] = {
    {"economy", 'e', "ECONOMY", false, "@", "the economy that the plans were made of (needed)"},
    {"assembly", 'a', "NAME", false, NULL, "who decides: a council, a constituency, or everyone (default)"},
    {"title", 0, "TEXT", false, NULL, "what it is called, in a line (needed)"},
    TEXTS,
    {"explanation", 0, "TEXT", false, NULL, "what differs between the plans, for whom, and why"},
    {"executor", 0, "MEMBER", false, NULL, "who carries it out"},
    {"due-days", 0, "N", false, NULL, "days from the decision to the report"},
    SIGNS,
    END,
};
static const cli_option MOTION_TEXT[] = {TEXTS, SIGNS, END};
static const cli_option MOTION_POINT[] = {
    {"for", 0, "TEXT", false, NULL, "what speaks for it"},
    {"against", 0, "TEXT", false, NULL, "what speaks against it"},
    {"reply", 0, "N", false, NULL, "the point that this one answers"},
    SIGNS,
    END,
};
static const cli_option MOTION_URGENT[] = {{"grant", 0, "ID", false, NULL, "the grant by drawn members (needed once a constitution is in force)"}, SIGNS, END};
static const cli_option MOTION_PLAN[] = {
    {"motion", 0, "ID", false, NULL, "of this choice between plans"},
    {"option", 0, "N", false, NULL, "the plan of this number, chosen or not"},
    {"economy", 'e', "ECONOMY", false, "@", "write the economy too, to this new folder"},
    END,
};
static const cli_option DECISION_TAKE[] = {{"due-days", 0, "N", false, NULL, "days until you report (needed)"}, SIGNS, END};
static const cli_option ELECTION_STAND[] = {
    {"statement", 0, "TEXT", false, NULL, "what you stand for, in up to 2,000 bytes"},
    {"name", 0, "NAME", false, NULL, "the name on the ballot paper, which everybody will read for ever; without it, your id"},
    SIGNS,
    END,
};
static const cli_option ALL_JSON[] = {{"all", 0, NULL, false, NULL, "also those that are over"}, JSON, END};
static const cli_option BALLOT_SHOW[] = {
    {"blt", 0, "FILE", false, "@", "write the papers of a closed ballot to FILE, for 'plenty count' and any other program that counts"},
    {"transcript", 0, "FILE", false, "@", "write its count as JSON, the bytes whose hash is in the record"},
    JSON,
    END,
};
static const cli_option MANDATE_LIST[] = {
    {"council", 0, "NAME", false, NULL, "only of this council"}, {"all", 0, NULL, false, NULL, "also those that have ended"}, JSON, END};
static const cli_option RECALL_ASK[] = {{"reasons", 0, "TEXT", false, NULL, "why, in up to 2,000 bytes (needed)"}, SIGNS, END};
static const cli_option RECALL_ANSWER[] = {{"text", 't', "TEXT", false, NULL, "the answer, in up to 2,000 bytes (needed)"}, SIGNS, END};
#define QUARTER {"quarter", 0, "QUARTER", false, NULL, "which one, as 2026-Q3 (needed)"}
#define SOURCE {"source", 0, "NAME", false, NULL, "who pays (needed)"}
#define PAY_GRANT {"grant", 0, "ID", false, NULL, "a grant, where the signer has no turn in the treasury"}
#define SLOT {"slot", 0, "N", false, NULL, "which slot, where it is not clear"}
static const cli_option PAY_SKILLED[] = {
    QUARTER, SOURCE, {"grade", 0, "NAME", false, NULL, "which skilled work (needed)"},
    {"amounts", 0, "FILE", false, "@", "what each was paid in the quarter, one amount a line (needed)"}, PAY_GRANT, SIGNS, END,
};
static const cli_option PAY_ENTER[] = {
    {"holder", 0, "MEMBER", false, NULL, "who is paid (needed)"}, QUARTER, {"amount", 0, "N", false, NULL, "how much, in the smallest unit of money (needed)"}, SOURCE,
    {"sort", 0, "SORT", false, "pay|allowance|in-kind", "what it is (default: pay)"}, PAY_GRANT, SIGNS, END,
};
static const cli_option ROTA_CLASS[] = {
    {"assembly", 'a', "NAME", false, NULL, "whose members take turns (default: everyone)"},
    {"slots", 0, "N", false, NULL, "how many at a time (needed); 0 ends it"},
    {"weight", 0, "N", false, NULL, "how much work a turn is, 1 to 1000 (1)"},
    {"days", 0, "N", false, NULL, "how long a turn lasts (7); classes with the same share one ledger"},
    {"rung", 0, "N", false, NULL, "how often one must have stood by before, 0 to 9 (0)"},
    {"at-once", 0, NULL, false, NULL, "the first period begins now, not at midnight UTC"},
    GRANT, SIGNS, END,
};
static const cli_option ROTA_ABSENT[] = {
    {"days", 0, "N", false, NULL, "for how long (needed)"}, {"in-days", 0, "N", false, NULL, "beginning in so many days (0: now)"},
    {"percent", 0, "N", false, NULL, "how much of the usual time you are there, 0 to 99 (0)"},
    {"reason-hash", 0, "HASH", false, NULL, "hash of a salt and a reason that stays with you"}, SIGNS, END,
};
static const cli_option ROTA_DUTY[] = {SLOT, SIGNS, END};
static const cli_option ROTA_SERVED[] = {SLOT, {"period", 0, "N", false, NULL, "which period (default: the one before the present)"}, SIGNS, END};
static const cli_option ROTA_SWAP[] = {
    {"for", 0, "CLASS", false, NULL, "the task that you would rather have"}, {"for-slot", 0, "N", false, NULL, "which slot of it"}, SLOT,
    {"accept", 0, "OFFER", false, NULL, "accept this offer"}, SIGNS, END,
};
static const cli_option ROTA_FILL[] = {{"most", 0, "N", false, NULL, "how many members to list (20)"}, JSON, END};
static const cli_option JSON_ONLY[] = {JSON, END};
static const cli_option NO_OPTIONS[] = {END};

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

#define GROUP {"group", 'g', "GROUP", false, "Ed25519|BELENIOS-2048|RFC-3526-2048", "the group of the election (default: Ed25519)"}
#define UUID {"uuid", 'u', "NAME", false, NULL, "the name of the election, 14 letters and digits"}
#define THREADS {"threads", 't', "N", false, NULL, "use N threads (default: 2 where there are two cores)"}
#define CERT {"cert", 'c', "FILE", true, "@", "a certificate; all of them, in the same order everywhere"}

static const cli_option SECRET_CREDENTIALS[] = {
    GROUP,
    UUID,
    {"voters", 'n', "N", false, NULL, "how many voters there are"},
    {"weights", 'w', "FILE", false, "@", "or a weight for each voter, one a line"},
    {"output", 'o', "PREFIX", false, "@", "write PREFIX.privcreds and PREFIX.pubcreds (needed)"},
    THREADS,
    END,
};

static const cli_option SECRET_TRUSTEE[] = {
    GROUP,
    {"output", 'o', "PREFIX", false, "@", "write PREFIX.privkey and PREFIX.pubkey, or what the round makes (needed)"},
    {"round", 'r', "N", false, NULL, "1, 2 or 3: a key of which any threshold of the trustees is enough"},
    {"key", 'k', "FILE", false, "@", "PREFIX.key of round 1, for rounds 2 and 3"},
    CERT,
    {"threshold", 0, "T", false, NULL, "how many will be needed, for round 2"},
    {"input", 'i', "FILE", false, "@", "what this trustee was sent (.vinput), for round 3"},
    END,
};

static const cli_option SECRET_THRESHOLD[] = {
    GROUP,
    CERT,
    {"polynomial", 'p', "FILE", true, "@", "what each made in round 2, in the order of the certificates"},
    {"voutput", 'v', "FILE", true, "@", "what each made in round 3; without them the inputs of round 3 are written"},
    {"threshold", 0, "T", false, NULL, "how many will be needed"},
    {"output", 'o', "PREFIX", false, "@", "write PREFIX-1.vinput ..., or PREFIX.threshold and PREFIX-1.dkey ... (needed)"},
    END,
};

static const cli_option SECRET_SETUP[] = {
    GROUP,
    UUID,
    {"questions", 'q', "FILE", false, "@", "the questions, as JSON (needed)"},
    {"trustee", 0, "FILE", true, "@", "a .pubkey, or a .threshold file (needed)"},
    {"credentials", 'c', "FILE", false, "@", "the .pubcreds file (needed)"},
    END,
};

static const cli_option SECRET_VOTE[] = {
    {"credential", 'c', "FILE", false, "@", "the file with the voter's credential"},
    {"choices", 'v', "JSON", false, NULL, "a list for each question: [[1,0],[0,1,0]]"},
    {"votes", 0, "FILE", false, "@", "many at once: lines of a credential and choices"},
    {"cast", 0, NULL, false, NULL, "add the ballot to the archive"},
    {"output", 'o', "FILE", false, "@", "write the ballot to FILE"},
    THREADS,
    END,
};

static const cli_option SECRET_CAST[] = {
    THREADS,
    END,
};

static const cli_option SECRET_WORK[] = {
    {"trustee", 0, "N", false, NULL, "which trustee shuffles, from 1"},
    {"end", 0, NULL, false, NULL, "no more shuffles: the rankings can be decrypted"},
    {"output", 'o', "FILE", false, "@", "write it to FILE and add nothing"},
    THREADS,
    QUIET,
    END,
};

#define LEAST {"least", 0, "N", false, NULL, "refuse to open fewer than N ballots (5)"}
static const cli_option SECRET_CLOSE[] = {
    LEAST,
    THREADS,
    QUIET,
    END,
};

static const cli_option SECRET_DECRYPT[] = {
    {"key", 'k', "FILE", false, "@", "the trustee's .privkey, or .key with --part (needed)"},
    {"part", 'p', "FILE", false, "@", "the trustee's .dkey, of a threshold of trustees"},
    {"output", 'o', "FILE", false, "@", "write it to FILE and add nothing"},
    LEAST,
    THREADS,
    QUIET,
    END,
};

static const cli_option SECRET_TALLY[] = {
    {"ballots", 'b', "FILE", false, "@", "write a question's result as BLT, to be counted (plenty count)"},
    {"question", 0, "N", false, NULL, "which question, from 1 (1)"},
    {"seats", 's', "N", false, NULL, "how many are to be elected, for --ballots (1)"},
    THREADS,
    JSON,
    QUIET,
    END,
};

static const cli_option SECRET_VERIFY[] = {
    {"tracker", 0, "TRACKER", false, NULL, "is the ballot with this tracker there?"},
    {"since", 0, "FILE", false, "@", "is it the older archive FILE with something added?"},
    THREADS,
    QUIET,
    END,
};

static const cli_option HELP[] = {
    {"man", 0, NULL, false, NULL, "print the manual page"},
    {"completion", 0, "SHELL", false, "bash", "print the completion of a shell"},
    END,
};

#undef GROUP
#undef UUID
#undef THREADS
#undef CERT
#undef LEAST
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
    {"verify", "PLAN [ECONOMY]", 1, 2, VERIFY, "checks a plan independently: feasible? how far from the best?",
     "The checker has its own reader and its own arithmetic and shares nothing with the planner. It adds "
     "up every balance and every limit, and from the prices in the certificate it computes what no plan "
     "can exceed. Alone, the archive of a secret ballot (.bel): every proof of every ballot, shuffle and decryption is checked. "
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
    {"needs rake", "SAMPLE", 1, 1, NEEDS_RAKE, "weighs a sample so that it stands for everybody",
     "SAMPLE is a table with a row for each unit (household, person, card). Each margin says how many there are in the population, by the "
     "texts of a column of the sample, or how much of something (total spending, visits). Put what the sample was chosen by among them: "
     "those with a loyalty card spend more than others, and only a margin of spending mends that. Raking changes weights "
     "as little as possible; with --bounds they stay within factors (docs/methods/needs-estimation.md). Levels without a unit, margins that do not "
     "add up to one number or contradict each other are named. A design effect of 4 means that the sample is worth a quarter of its size.",
     "plenty needs rake cards.csv --margins margins.csv -o weights.csv\n"
     "plenty needs rake cards.csv --population tills.csv --by spending/10 --total bread",
     cli_needs_rake},
    {"needs survey", "SAMPLE", 1, 1, NEEDS_RAKE, "estimates means and totals from a weighted sample, with their errors",
     "Errors come from replicates: the estimate is made again without a part of the sample, calibrated to the margins anew. Blank "
     "cells are left out of their mean.",
     "plenty needs survey households.csv --weight weight --cluster cluster --mean family_size --mean income_before_tax_usd", cli_needs_survey},
    {"needs reconcile", "ESTIMATES", 1, 1, NEEDS_RECONCILE, "makes estimates of parts and of wholes add up",
     "ESTIMATES is a table series,part_of,estimate[,error]: part_of names the sums that a series belongs to, separated by |. Every estimate moves "
     "the less the smaller its error; without errors, sums move like the number of their leaves. The result is the nearest one that adds up.",
     "plenty needs reconcile forecasts.csv --nonnegative -o coherent.csv", cli_needs_reconcile},
    {"needs choice", "CHOICES", 1, 1, NEEDS_CHOICE, "what a choice experiment says about tastes, of all and of each",
     "CHOICES has a row for each alternative: person,task,best[,worst] and the attributes as numbers. Multinomial logit for all together; then each "
     "person's own tastes, drawn towards those of all as far as they said little (empirical Bayes).",
     "plenty needs choice interviews.csv --keep-back 2 -o tastes.csv", cli_needs_choice},
    {"needs elasticities", "PANEL", 1, 1, NEEDS_ELASTICITIES, "what people buy when prices or incomes change",
     "PANEL is a table period,good,price,spent, in order of time. An almost ideal demand system with homogeneity and symmetry is "
     "fitted; elasticities are those at mean shares.",
     "plenty needs elasticities food.csv -o elasticities.csv", cli_needs_elasticities},
    {"needs classify", "LABELLED [TEXTS]", 1, 2, NEEDS_CLASSIFY, "sorts products into classes by their text, and asks people where it is not sure",
     "Learns from a table of labelled texts, each time anew, and says how often it is right on texts that it has not seen, by confidence. Of TEXTS it "
     "codes those for which that is often enough; the rest goes to a queue for people, whose answers are new rows of LABELLED.",
     "plenty needs classify labelled.csv --text name --class coicop\n"
     "plenty needs classify labelled.csv new.csv --text name --class coicop -o codes.csv --queue queue.csv",
     cli_needs_classify},
    {"needs bridge", "PURCHASES ECONOMY", 2, 2, NEEDS_BRIDGE, "makes purchases at the till into final demand for goods",
     "Categories of purchases lead to goods; what was paid is split into what the producer gets and the margins of transport and trade, "
     "which are demand for those who supply them. Needs for goods that the bridge covers are replaced, and the margins in other needs change "
     "with them. The result is a scenario, one line a need. Total spending on these goods stays as it was unless --scale is given: from a "
     "sample one learns what people buy, not how many they are.",
     "plenty needs bridge transactions.csv.gz us --products products.csv.gz --category product_category --amount sales_value "
     "--goods mappings/loyalty-cards-2017-goods.csv --margins household_margins_2017.csv --suppliers mappings/us-io-detail-2017-margins.csv -o cards.scenario\n"
     "plenty plan us --scenario cards.scenario -o plan",
     cli_needs_bridge},
    {"needs noise", "AMOUNTS...", 1, 7, NEEDS_NOISE, "sums about people that may be published: clipped, with exact noise, within a budget",
     "AMOUNTS are tables household,cell,amount. What one household adds is clipped, then every sum gets noise from the discrete "
     "Laplace distribution, drawn in whole numbers from the machine's secure randomness: nobody can tell from the sums whether a household is in "
     "them (differential privacy). Every release is entered in the ledger first; what its budget does not allow is not made.",
     "plenty needs noise week.csv --epsilon 1 --clip 20 --delta 1e-9 --least 20 --ledger privacy.csv -o sums.csv", cli_needs_noise},
    {"needs budget", "LEDGER", 1, 1, NEEDS_BUDGET, "shows what was released about people, and sets how much may be",
     "The council sets a budget with --epsilon and --name; from then on releases count against it, and they add up. Everybody can read the "
     "ledger: which sums were released, when, and how much one household could add to them.",
     "plenty needs budget privacy.csv --epsilon 4 --delta 1e-6 --name 2027\nplenty needs budget privacy.csv", cli_needs_budget},
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
    {"constitution new", "", 0, 0, CONSTITUTION_NEW, "writes a constitution with all parameters at their defaults",
     "Each line says what the parameter means and within which bounds it may be changed. Change what should be otherwise; what is left out has its default.",
     "plenty constitution new -o town.constitution", cli_constitution_new},
    {"constitution check", "FILE", 1, 1, NO_OPTIONS, "checks the text of a constitution and says what differs from the defaults", "",
     "plenty constitution check town.constitution", cli_constitution_check},
    {"constitution adopt", "COMMONS FILE", 2, 2, SIGN_ONLY, "adopts a first constitution; the founders do, each for himself or herself",
     "It is in force once every founder has adopted the same text, byte for byte. From then on it is changed by a motion: 'plenty motion table --sort constitution'.",
     "plenty constitution adopt town.commons town.constitution --key alice.key", cli_constitution_adopt},
    {"constitution show", "COMMONS", 1, 1, JSON_ONLY, "shows the constitution that is in force", "", "plenty constitution show town.commons", cli_constitution_show},
    {"constituency create", "COMMONS NAME", 2, 2, CONSTITUENCY_CREATE, "creates a constituency: a place whose members elect",
     "Founders do this freely until a constitution is in force; then it needs a grant by drawn members.",
     "plenty constituency create town.commons Bakers --type workplace --key alice.key", cli_constituency_create},
    {"constituency list", "COMMONS", 1, 1, JSON_ONLY, "lists the constituencies and how many belong to each", "", "plenty constituency list town.commons",
     cli_constituency_list},
    {"council create", "COMMONS NAME", 2, 2, COUNCIL_CREATE, "creates a council: groups of seats, each elected by an assembly",
     "An assembly that elects is a constituency, everyone, or another council: then its delegates elect among themselves, and who is no longer a delegate there "
     "is none here. It needs a grant once a constitution is in force.",
     "plenty council create town.commons Town --elect Bakers:3 --elect Millers:2 --key alice.key", cli_council_create},
    {"council list", "COMMONS", 1, 1, JSON_ONLY, "lists the councils", "", "plenty council list town.commons", cli_council_list},
    {"council show", "COMMONS COUNCIL", 2, 2, JSON_ONLY, "shows a council: its seats, who elects them, who sits there, until when, on which mandate", "",
     "plenty council show town.commons Town", cli_council_show},
    {"election list", "COMMONS", 1, 1, ALL_JSON, "lists the elections that are coming or going on",
     "Nobody calls an election. There is one for each group of seats of a council, as soon as a constitution is in force, and then so that the next term "
     "begins when the last one ends. A seat that falls vacant goes to whom the same papers name next, or has an election of its own.",
     "plenty election list town.commons", cli_election_list},
    {"election show", "COMMONS ELECTION", 2, 2, JSON_ONLY, "shows an election: candidates, what they say, who was elected and how", "",
     "plenty election show town.commons 3fa9", cli_election_show},
    {"election stand", "COMMONS ELECTION", 2, 2, ELECTION_STAND, "stands in an election; those who elect can",
     "Where delegates elect, only delegates stand: the new mandate rests on the one that they have, and ends with it.",
     "plenty election stand town.commons 3fa9 --name Vera --statement 'Shorter shifts.' --key vera.key", cli_election_stand},
    {"election withdraw", "COMMONS ELECTION", 2, 2, SIGN_ONLY, "stands no longer", "", "", cli_election_withdraw},
    {"vote", "COMMONS BALLOT [MARK...]", 2, 24, SIGN_ONLY, "votes in a ballot that is open",
     "BALLOT is the id of the ballot or of the election, recall or motion that it is about. Each MARK is a name as on the paper, or digits of an id; where "
     "options are ranked, the best first. The last vote counts, and a vote without a MARK is a blank paper.",
     "plenty vote town.commons 3fa9 Vera Olga --key me.key\nplenty vote town.commons 77c0 yes --key me.key", cli_vote},
    {"ballot list", "COMMONS", 1, 1, JSON_ONLY, "lists the ballots, open and closed", "", "plenty ballot list town.commons", cli_ballot_list},
    {"ballot show", "COMMONS BALLOT", 2, 2, BALLOT_SHOW, "shows a ballot: the paper, or the count with every step",
     "BALLOT as in 'plenty vote'. With --blt the papers of a closed ballot can be counted by anybody: 'plenty count'.",
     "plenty ballot show town.commons 3fa9 --blt papers.blt && plenty count papers.blt", cli_ballot_show},
    {"recall ask", "COMMONS MANDATE", 2, 2, RECALL_ASK, "asks for the recall of a mandate; one of those who gave it does",
     "With the signatures that the constitution asks for, the ballot comes by itself within a week; nobody can put it off.",
     "plenty recall ask town.commons 8b1d --reasons 'Three months without a report.' --key me.key", cli_recall_ask},
    {"recall sign", "COMMONS RECALL", 2, 2, SIGN_ONLY, "signs a recall", "", "plenty recall sign town.commons 51c2 --key me.key", cli_recall_sign},
    {"recall withdraw", "COMMONS RECALL", 2, 2, SIGN_ONLY, "takes a signature back, as long as they are collected", "", "", cli_recall_withdraw},
    {"recall answer", "COMMONS RECALL", 2, 2, RECALL_ANSWER, "answers a recall; the holder of the mandate does, once", "", "", cli_recall_answer},
    {"recall list", "COMMONS", 1, 1, JSON_ONLY, "lists the recalls and how far they are", "", "plenty recall list town.commons", cli_recall_list},
    {"recall show", "COMMONS RECALL", 2, 2, JSON_ONLY, "shows a recall: reasons, answer, signatures, ballot", "", "plenty recall show town.commons 51c2", cli_recall_show},
    {"mandate list", "COMMONS", 1, 1, MANDATE_LIST, "lists who holds which mandate, and until when", "", "plenty mandate list town.commons --council Bakers", cli_mandate_list},
    {"mandate show", "COMMONS MANDATE", 2, 2, JSON_ONLY, "shows a mandate: who gave it, what it rests on, why it ended", "", "plenty mandate show town.commons 8b1d", cli_mandate_show},
    {"mandate resign", "COMMONS MANDATE", 2, 2, SIGN_ONLY, "gives a mandate back; its holder does", "The seat goes to whom the same papers name next.", "", cli_mandate_resign},
    {"member consent", "COMMONS KEY", 2, 2, MEMBER_CONSENT, "signs that this key wants to become that of a member",
     "KEY is the key file, or the key id of 64 digits, of the member who will propose the new one. So nobody has to give a secret key away, and nobody "
     "is proposed against his or her will.",
     "plenty member consent town.commons alice.key --key dora.key -o dora.consent", cli_member_consent},
    {"member propose", "COMMONS", 1, 1, MEMBER_PROPOSE, "proposes a new member, and vouches",
     "Members can object for admission.objection_days; when admission.vouchers vouch, the proposer included, the new member is in then, without anybody's act. "
     "With admission.objectors objections a grant decides: 'plenty member admit'.",
     "plenty member propose town.commons --consent dora.consent --constituency Bakers --data dora.txt --key alice.key", cli_member_propose},
    {"member vouch", "COMMONS PROPOSAL", 2, 2, SIGN_ONLY, "vouches for a proposed member", "", "plenty member vouch town.commons 3fa9 --key bob.key", cli_member_vouch},
    {"member object", "COMMONS PROPOSAL|MOVE", 2, 2, REASON_SIGN, "objects to a proposed member, or to a member joining one's constituency", "",
     "plenty member object town.commons 3fa9 --reason 'Nobody here knows her.' --key bob.key", cli_member_object},
    {"member admit", "COMMONS PROPOSAL", 2, 2, GRANT_SIGN, "admits a member to whom members objected; drawn members have allowed it", "", "", cli_member_admit},
    {"member move", "COMMONS CONSTITUENCY", 2, 2, MEMBER_MOVE, "joins a constituency, or leaves it",
     "Those who belong to it can object for admission.objection_days. Leaving needs nobody's consent.",
     "plenty member move town.commons Bakers --key alice.key\nplenty member move town.commons Millers --leave --key alice.key", cli_member_move},
    {"member leave", "COMMONS", 1, 1, SIGN_ONLY, "leaves the commons: keys, mandates and constituencies end", "", "plenty member leave town.commons --key alice.key",
     cli_member_leave},
    {"member recover", "COMMONS MEMBER", 2, 2, MEMBER_RECOVER, "gives a member who has lost all keys a new one; drawn members have allowed it",
     "The old keys end. Ask for the grant first: sign with -o, then 'plenty grant ask'.", "", cli_member_recover},
    {"member list", "COMMONS", 1, 1, MEMBER_LIST, "lists members, proposals, and moves that can be objected to", "", "plenty member list town.commons",
     cli_member_list},
    {"member show", "COMMONS MEMBER|PROPOSAL", 2, 2, JSON_ONLY, "shows a member, and the personal data if it is kept here and is what was committed to", "",
     "plenty member show town.commons 3fa9", cli_member_show},
    {"member erase", "COMMONS MEMBER|PROPOSAL", 2, 2, NO_OPTIONS, "erases the personal data of a member, and its salt, for good",
     "The record stays as it is: the commitment in it says nothing without the salt.", "plenty member erase town.commons 3fa9", cli_member_erase},
    {"grant ask", "COMMONS EVENT", 2, 2, REASON_SIGN, "asks drawn members to allow a privileged act",
     "EVENT is the act, signed with --output by its own command and not added. grant.approvers members are drawn, without the one who asks; grant.needed of them "
     "must approve within grant.approve_hours. Then exactly this act may be done once, by the one who asked, within grant.execute_hours: the same command again, with --grant.",
     "plenty council create town.commons Region --elect Town:2 --key alice.key -o act\nplenty grant ask town.commons act --reason 'As decided on Monday.' --key alice.key",
     cli_grant_ask},
    {"grant approve", "COMMONS GRANT", 2, 2, REASON_SIGN, "approves; those who were drawn can", "", "plenty grant approve town.commons 3fa9 --key bob.key", cli_grant_approve},
    {"grant refuse", "COMMONS GRANT", 2, 2, REASON_SIGN, "refuses, with a reason; those who were drawn can", "", "", cli_grant_refuse},
    {"grant list", "COMMONS", 1, 1, JSON_ONLY, "lists what was asked for, by whom, and how it ended", "", "plenty grant list town.commons", cli_grant_list},
    {"grant show", "COMMONS GRANT", 2, 2, GRANT_SHOW, "shows a grant: the act, the reason, who was drawn, how they decided",
     "The record holds the hash of the act; with --event the file of the act is compared with it and shown in full.", "plenty grant show town.commons 3fa9 --event act",
     cli_grant_show},
    {"lot announce", "COMMONS PURPOSE", 2, 2, LOT_ANNOUNCE, "announces a draw: who is in the pool now is frozen",
     "Members commit to secret parts of a seed for lot.commit_hours, reveal them for lot.reveal_hours, then the draw happens by itself.",
     "plenty lot announce town.commons jury --places 5 --key alice.key", cli_lot_announce},
    {"lot commit", "COMMONS LOT", 2, 2, LOT_PART, "makes a secret part of the seed and commits to it",
     "The part is written to the new file --part: keep it until it is revealed. One honest part that nobody knows is enough for a seed that nobody can choose.",
     "plenty lot commit town.commons 3fa9 --part my.part --key bob.key", cli_lot_commit},
    {"lot reveal", "COMMONS LOT", 2, 2, LOT_PART, "reveals one's part of the seed", "A part that is not revealed in time is shown as withheld, and left out.",
     "plenty lot reveal town.commons 3fa9 --part my.part --key bob.key", cli_lot_reveal},
    {"lot list", "COMMONS", 1, 1, NO_OPTIONS, "lists all draws", "", "plenty lot list town.commons", cli_lot_list},
    {"lot show", "COMMONS LOT", 2, 2, JSON_ONLY, "shows a draw: pool, parts, seed, who was drawn; with --json all that is needed to draw again",
     "docs/formats/commons.md says how; an audit draws again too.", "plenty lot show town.commons 3fa9 --json", cli_lot_show},
    {"motion table", "COMMONS", 1, 1, MOTION_TABLE, "tables a motion: a text, an instruction, or a new constitution",
     "Its debate is open for motion.debate_days. Then the text freezes and those who belong to the assembly vote, without anybody having to open "
     "anything. Amendments that enough members support are voted on beside the text as tabled.",
     "plenty motion table town.commons --assembly bakers --title 'Bread at six' --text 'We bake from four on.' --key alice.key", cli_motion_table},
    {"motion plans", "COMMONS PLAN PLAN...", 3, 21, MOTION_PLANS, "puts a choice between plans to the vote",
     "The independent checker verifies every plan first; plans and economy are kept beside the record, by their hashes. The assembly ranks the plans, and "
     "'none of these'; what wins by Schulze's rule is the plan in force. The others stay readable: 'plenty motion plan'.",
     "plenty motion plans town.commons short-hours more-clinics --economy town --title 'The plan of next year' --text 'Two ways.' --key alice.key", cli_motion_plans},
    {"motion amend", "COMMONS MOTION", 2, 2, MOTION_TEXT, "gives a motion a new text; its sponsor does", "The older versions stay.", "", cli_motion_amend},
    {"motion propose", "COMMONS MOTION", 2, 2, MOTION_TEXT, "proposes an amendment: the whole text, as it should be", "", "", cli_motion_propose},
    {"motion support", "COMMONS MOTION AMENDMENT", 3, 3, SIGN_ONLY, "supports an amendment, so that it is voted on", "", "", cli_motion_support},
    {"motion point", "COMMONS MOTION", 2, 2, MOTION_POINT, "says what speaks for or against a motion", "",
     "plenty motion point town.commons 3fa9 --against 'Who sleeps then?' --key bob.key", cli_motion_point},
    {"motion urgent", "COMMONS MOTION", 2, 2, MOTION_URGENT, "shortens the debate to motion.urgent_hours, if drawn members agree", "", "", cli_motion_urgent},
    {"motion list", "COMMONS", 1, 1, NO_OPTIONS, "lists all motions and where they stand", "", "plenty motion list town.commons", cli_motion_list},
    {"motion show", "COMMONS MOTION", 2, 2, JSON_ONLY, "shows a motion: text, amendments, what was said for and against, the vote, the report", "",
     "plenty motion show town.commons 3fa9", cli_motion_show},
    {"motion plan", "COMMONS PLAN", 2, 2, MOTION_PLAN, "writes the plan in force, or any that was put to the vote, to the new folder PLAN",
     "So that anybody can verify, explain and compare it.", "plenty motion plan town.commons plan --economy economy && plenty verify plan economy", cli_motion_plan},
    {"decision list", "COMMONS", 1, 1, NO_OPTIONS, "lists what was decided, who carries it out, and what is overdue", "", "", cli_decision_list},
    {"decision take", "COMMONS MOTION", 2, 2, DECISION_TAKE, "takes it on oneself to carry out a decision", "", "", cli_decision_take},
    {"decision report", "COMMONS MOTION", 2, 2, MOTION_TEXT, "reports how a decision was carried out", "", "", cli_decision_report},
    {"question ask", "COMMONS MANDATE", 2, 2, MOTION_TEXT, "puts a question to the holder of a mandate", "What is not answered in time is shown, and not punished.", "", cli_question_ask},
    {"question answer", "COMMONS QUESTION", 2, 2, MOTION_TEXT, "answers it", "", "", cli_question_answer},
    {"question list", "COMMONS", 1, 1, NO_OPTIONS, "lists questions and answers", "", "", cli_question_list},
    {"pay skilled", "COMMONS", 1, 1, PAY_SKILLED, "enters what skilled work was paid in a quarter",
     "By who has the turn in a class of tasks named 'treasury', or with a grant. pay.close_days after the quarter it closes by the clock; then its median is what officials may get at most.",
     "plenty pay skilled town.commons --quarter 2026-Q3 --source 'The mill' --grade miller --amounts millers.txt --key alice.key", cli_pay_skilled},
    {"pay enter", "COMMONS", 1, 1, PAY_ENTER, "enters what an official is paid, refused above the pay of skilled work",
     "All sources and all mandates of the holder together get at most the median pay of skilled work of the last quarter that closed before, times pay.reference_percent, pro rata of the days "
     "with a mandate so far.",
     "plenty pay enter town.commons --holder 9f3a --quarter 2026-Q4 --amount 240000 --source 'Town council' --key alice.key", cli_pay_enter},
    {"pay show", "COMMONS", 1, 1, JSON_ONLY, "shows medians, and what officials got", "", "plenty pay show town.commons", cli_pay_show},
    {"rota class", "COMMONS NAME", 2, 2, ROTA_CLASS, "makes or changes a class of tasks that are done in turn",
     "Periods are filled by the clock: whoever owes most is next, nobody succeeds themselves, equal ones by lot. A class that takes a rung is learned by standing by.",
     "plenty rota class town.commons treasury --slots 2 --weight 5 --days 28 --rung 1 --key alice.key", cli_rota_class},
    {"rota absent", "COMMONS", 1, 1, ROTA_ABSENT, "says that you are away, or there for part of the time", "Nothing falls due from who is away. The percentage is public, the reason is not.",
     "plenty rota absent town.commons --days 14 --key bob.key", cli_rota_absent},
    {"rota show", "COMMONS", 1, 1, JSON_ONLY, "shows whose turn it is, and how evenly turns have fallen", "", "plenty rota show town.commons", cli_rota_show},
    {"rota fill", "COMMONS CLASS", 2, 2, ROTA_FILL, "explains the last filling: why her?",
     "Who owed how much, who could not and why, which debts were equal, and the lots by which those were decided.", "plenty rota fill town.commons treasury", cli_rota_fill},
    {"rota refuse", "COMMONS CLASS", 2, 2, ROTA_DUTY, "refuses your turn; the next one takes it", "The debt stays, and how often one refused is public.", "", cli_rota_refuse},
    {"rota swap", "COMMONS [CLASS]", 1, 2, ROTA_SWAP, "swaps two turns of this period; both sign", "One offers, the other accepts the offer by its id.",
     "plenty rota swap town.commons treasury --for cleaning --key alice.key\nplenty rota swap town.commons --accept 5d1c --key bob.key", cli_rota_swap},
    {"rota served", "COMMONS CLASS", 2, 2, ROTA_SERVED, "confirms that another has served a turn", "By who had the same task beside them or has it next, when the period is over. What nobody confirms within a further period counts as not served.",
     "plenty rota served town.commons treasury --key bob.key", cli_rota_served},
    {"lights", "COMMONS", 1, 1, JSON_ONLY, "warning lights against a bureaucracy, from the record",
     "Each with its figure, the limit that the constitution sets, since when, and who must answer.", "plenty lights town.commons", cli_lights},
    {"replay", "COMMONS", 1, 1, REPLAY, "makes the tables anew from the record and compares them with those in the store",
     "What holds in a commons is a function of its record. Exit code 1 when the tables say something else.",
     "plenty replay bakery.commons", cli_replay},
    {"audit", "COMMONS", 1, 1, AUDIT, "verifies everything from the record alone",
     "Every event, signature and rule, the tree, every checkpoint, the tables; with --policy the witnesses. Then the independent checker, which shares no "
     "code with Plenty, does it again. Needs no key and no network; works on a copy, and on a folder made by record export. Prints what was "
     "checked, in numbers, and the first thing that is wrong (exit code 1). Void events are told, and are no fault: they have no effect.",
     "plenty audit bakery.commons\nplenty audit bakery.record", cli_audit},
    {"secret credentials", "", 0, 0, SECRET_CREDENTIALS, "makes a credential for each voter of a secret ballot",
     "Whoever does this sends each voter a line of PREFIX.privcreds and then forgets the file; PREFIX.pubcreds goes into the election. The name of the "
     "election (--uuid) is drawn and printed where none is given.",
     "plenty secret credentials --voters 24 -o voters", cli_secret_credentials},
    {"secret trustee", "", 0, 0, SECRET_TRUSTEE, "makes a trustee's key: alone, or as one of several of whom some are enough",
     "Without --round a key that will be needed. With --round 1, 2, 3 the parts of a common key (docs/formats/secret-ballots.md): 1 makes a "
     "certificate, to be given to all; 2 makes values for all the others, encrypted; 3 checks what all the others sent and makes this trustee's part. "
     "Between the rounds anybody runs plenty secret threshold.",
     "plenty secret trustee -o amina\n"
     "plenty secret trustee --round 2 --key b.key --cert a.cert --cert b.cert --cert c.cert --threshold 2 -o b",
     cli_secret_trustee},
    {"secret threshold", "", 0, 0, SECRET_THRESHOLD, "passes on what trustees make of a common key, and puts it together",
     "Needs no secret. With certificates and polynomials it writes what each trustee is to be sent; with the outputs of round 3 too, the file that "
     "goes into the election, and each trustee's encrypted part.",
     "plenty secret threshold --threshold 2 --cert a.cert --cert b.cert --polynomial a.polynomial --polynomial b.polynomial -o council",
     cli_secret_threshold},
    {"secret setup", "ARCHIVE", 1, 1, SECRET_SETUP, "begins a secret ballot: questions, trustees, credentials",
     "ARCHIVE (its name usually ends in .bel) is the election with all that happens in it; anybody may have a copy, and verify it. "
     "Questions are those of the Belenios protocol: chosen answers that are added up, or rankings that are shuffled. BELENIOS-2048 takes no rankings.",
     "plenty secret setup council.bel --uuid NAME --questions questions.json --trustee amina.pubkey --credentials voters.pubcreds", cli_secret_setup},
    {"secret vote", "ARCHIVE", 1, 1, SECRET_VOTE, "encrypts a vote and proves that it keeps the rules",
     "Prints the ballot, or adds it with --cast. What is printed tells nobody how the vote was. The last ballot of a credential counts.",
     "plenty secret vote council.bel --credential mine --choices '[[1,0,0]]' --cast", cli_secret_vote},
    {"secret cast", "ARCHIVE BALLOT", 2, 2, SECRET_CAST, "checks a ballot and adds it to an election", "Every proof is verified. A ballot that is there already is refused.",
     "plenty secret cast council.bel ballot.json", cli_secret_cast},
    {"secret close", "ARCHIVE", 1, 1, SECRET_CLOSE, "ends the voting and adds up the encrypted ballots",
     "Everything is verified before. Fewer than --least ballots are refused, because the result would tell who voted how.", "plenty secret close council.bel",
     cli_secret_close},
    {"secret shuffle", "ARCHIVE", 1, 1, SECRET_WORK, "shuffles the rankings, with a proof that none was lost or changed",
     "At least one trustee who forgets the order keeps the rankings secret, so best all do it, each with --trustee N; then one says --end. "
     "Everything is verified before.",
     "plenty secret shuffle council.bel --trustee 1\nplenty secret shuffle council.bel --end", cli_secret_shuffle},
    {"secret decrypt", "ARCHIVE", 1, 1, SECRET_DECRYPT, "a trustee's part of the decryption",
     "Recomputes the tally from the ballots and verifies everything, then decrypts that and nothing else.", "plenty secret decrypt council.bel --key amina.privkey",
     cli_secret_decrypt},
    {"secret tally", "ARCHIVE", 1, 1, SECRET_TALLY, "puts the parts of the trustees together: the result",
     "Rankings go on to be counted by plenty count, from the file that --ballots writes: 1 is the best, equal numbers share a rank, 0 is none.",
     "plenty secret tally council.bel --ballots council.blt --seats 3", cli_secret_tally},
    {"secret verify", "ARCHIVE", 1, 1, SECRET_VERIFY, "verifies a secret ballot: every ballot, shuffle, decryption, the result",
     "Needs no secret. What there is so far is verified, also while the voting goes on. plenty verify ARCHIVE does it again with the independent checker.",
     "plenty secret verify council.bel", cli_secret_verify},
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
