/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * estimate_options.c - the options of `plenty needs rake` and its neighbours, for the table of commands. */
#include "cli/estimate.h"

#define JSON {"json", 0, NULL, false, NULL, "print one JSON object instead of text"}
#define QUIET {"quiet", 'q', NULL, false, NULL, "print nothing but errors"}
#define END {NULL, 0, NULL, false, NULL, NULL}

#define OUTPUT_TABLE(what) {"output", 'o', "FILE", false, "@", what}, {"replace", 0, NULL, false, NULL, "replace files that are there"}

#define SAMPLE_OPTIONS                                                                                                              \
    {"margins", 'm', "FILE", false, "@", "what is known about all: margin,level,total; a blank level: the total of a column of numbers"}, \
    {"population", 0, "FILE", false, "@", "a list of all, to be counted"},                                                           \
    {"by", 0, "COLUMN[/N]", true, NULL, "count the list by this column, or by N classes of equal size of a column of numbers"},      \
    {"weight", 'w', "COLUMN", false, NULL, "how many each unit stands for (default: the same for each)"},                                       \
    {"method", 0, "METHOD", false, "raking|linear|logit", "how weights change (default: raking)"},                                   \
    {"bounds", 0, "LOW,HIGH", false, NULL, "no weight may change by more than these factors: 0.3,3"},                                \
    {"mean", 0, "COLUMN", true, NULL, "estimate this mean, with its error"},                                                         \
    {"total", 0, "COLUMN", true, NULL, "estimate this total, with its error"},                                                       \
    {"cluster", 0, "COLUMN", false, NULL, "units drawn together"},                                                                   \
    {"stratum", 0, "COLUMN", false, NULL, "groups out of which they were drawn"},                                                    \
    {"replicates", 0, "KIND", false, "jackknife|brr", "how errors are found (default: jackknife)"},                                  \
    {"groups", 0, "N", false, NULL, "deal the clusters of a stratum into N groups (default: 100 where there are no clusters)"},      \
    OUTPUT_TABLE("write the sample with its new weights"), JSON, QUIET, END

const cli_option NEEDS_RAKE[] = {SAMPLE_OPTIONS};

const cli_option NEEDS_RECONCILE[] = {
    {"nonnegative", 0, NULL, false, NULL, "nothing may be below 0"},
    OUTPUT_TABLE("write the table with what adds up"),
    JSON,
    QUIET,
    END,
};

const cli_option NEEDS_CHOICE[] = {
    {"attribute", 0, "COLUMN", true, NULL, "what the alternatives differ in (default: all other columns)"},
    {"keep-back", 0, "N", false, NULL, "judge the tastes by the last N tasks of everybody, which are not learnt from"},
    OUTPUT_TABLE("write everybody's tastes"),
    QUIET,
    END,
};

const cli_option NEEDS_ELASTICITIES[] = {
    {"index", 0, "INDEX", false, "lagged|stone", "Stone's price index with the shares of the period before (default), or of the same"},
    OUTPUT_TABLE("write all elasticities, of every good by every price"),
    QUIET,
    END,
};

const cli_option NEEDS_CLASSIFY[] = {
    {"text", 't', "COLUMN", true, NULL, "the column with the text (default: text); several: one text behind the other"},
    {"seeds", 0, "FILE", false, "@", "more labelled texts, as the names of classes: learnt from, but not judged"},
    {"class", 'c', "COLUMN", false, NULL, "the column with the class, in LABELLED (default: class)"},
    {"accuracy", 'a', "PART", false, NULL, "code without asking where that many are right (98%)"},
    {"queue", 0, "FILE", false, "@", "write the texts that people should look at, with two suggestions"},
    OUTPUT_TABLE("write the texts with their classes"),
    QUIET,
    END,
};

const cli_option NEEDS_BRIDGE[] = {
    {"goods", 'g', "FILE", false, "@", "category,good[,share]: which goods a category buys; a blank good is left out (needed)"},
    {"margins", 'm', "FILE", false, "@", "good,producers_value,..._margin,purchasers_value: what a price at the till consists of (needed)"},
    {"suppliers", 0, "FILE", false, "@", "margin,good[,share]: which goods supply a margin (needed)"},
    {"products", 0, "FILE", false, "@", "which category each product is of, where purchases name products"},
    {"product", 0, "COLUMN", false, NULL, "of products (default: product_id)"},
    {"category", 0, "COLUMN", false, NULL, "of categories (default: category)"},
    {"amount", 0, "COLUMN", false, NULL, "of what was spent (default: amount)"},
    {"group", 0, "GROUP", false, NULL, "whose needs they are (default: households)"},
    {"scale", 0, "X", false, NULL, "times X (default: so that the goods concerned cost as much as in the table of margins)"},
    {"skip-unknown", 0, NULL, false, NULL, "leave rows of unknown products and categories out, and count them"},
    OUTPUT_TABLE("write the scenario, for plan --scenario (needed)"),
    QUIET,
    END,
};

const cli_option NEEDS_NOISE[] = {
    {"epsilon", 0, "X", false, NULL, "how much may be seen of a household: 1, or less (needed)"},
    {"delta", 0, "X", false, NULL, "the chance that a rare cell shows: 1e-9; not needed with --cells"},
    {"clip", 0, "AMOUNT", false, NULL, "the most that a household adds to all cells together (needed)"},
    {"clip-cell", 0, "AMOUNT", false, NULL, "the most that it adds to one cell"},
    {"least", 0, "N", false, NULL, "withhold cells that fewer than N households could fill"},
    {"decimals", 0, "N", false, NULL, "amounts have N decimals (0)"},
    {"cells", 0, "FILE", false, "@", "all cells that there are (column cell), known to everybody: all are released"},
    {"household", 0, "COLUMN", false, NULL, "of households (default: household)"},
    {"cell", 0, "COLUMN", false, NULL, "of cells (default: cell)"},
    {"amount", 0, "COLUMN", false, NULL, "of amounts (default: amount)"},
    {"ledger", 'l', "FILE", false, "@", "the account of releases, with its budget (needed)"},
    {"name", 0, "NAME", false, NULL, "of this release, in the ledger"},
    OUTPUT_TABLE("write the sums (needed)"),
    QUIET,
    END,
};

const cli_option NEEDS_BUDGET[] = {
    {"epsilon", 0, "X", false, NULL, "set a new budget: so much may be spent from now on"},
    {"decision", 0, "MOTION", false, NULL, "by this motion of the commons (its id, in full)"},
    {"delta", 0, "X", false, NULL, "and so much of delta"},
    {"name", 0, "NAME", false, NULL, "of the budget: a year, a decision"},
    QUIET,
    END,
};
