/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * economy.h - the tables of an economy: goods, recipes, resources, needs, trade and stocks.
 *
 * The format on disk and the meaning of every column: docs/formats/economy.md.  In memory an economy
 * is in canonical order: every table sorted by key, whatever order the files had, so that the same
 * economy gives the same plan bit for bit.  Indices (int32_t) point into the sorted tables.
 *
 * An economy is built row by row with a builder (by the reader of folders, by importers, by
 * programs), then frozen.  A frozen economy is read-only and can be shared between threads. */
#ifndef PLENTY_ECONOMY_H
#define PLENTY_ECONOMY_H

#include <stdbool.h>
#include <stdint.h>

#include <plenty/findings.h>
#include <plenty/progress.h>
#include <plenty/status.h>

/* A number that was not given (an empty cell): NaN.  Test with pl_given. */
#define PL_ABSENT (__builtin_nan(""))
static inline bool pl_given(double x)
{
    return x == x;
}

typedef enum pl_kind { /* of a resource; ids in docs/formats/economy.md */
    PL_LABOUR,
    PL_NATURE,
    PL_EMISSION,
    PL_EQUIPMENT,
    PL_MONEY,
    PL_OTHER
} pl_kind;
PL_API const char *pl_kind_id(pl_kind kind); /* "labour", ... */

/* Texts are never NULL ("" when not given) and live as long as the economy. */
typedef struct pl_good {
    const char *id, *name, *unit, *group, *place;
    bool must_be_used; /* disposal none: nothing may be left over */
} pl_good;

typedef struct pl_recipe {
    const char *id, *name, *place;
    double capacity; /* PL_ABSENT = no limit */
} pl_recipe;

typedef struct pl_resource {
    const char *id, *name, *unit;
    pl_kind kind;
    double available; /* PL_ABSENT = no limit, only counted */
} pl_resource;

typedef struct pl_need {
    int32_t good, tier;
    const char *group;
    double amount, weight, floor;
} pl_need;

typedef struct pl_trade {
    int32_t good;
    double import_price, import_limit, export_price, export_limit; /* PL_ABSENT allowed */
} pl_trade;

typedef struct pl_stock {
    int32_t good;
    double amount;
} pl_stock;

typedef struct pl_place {
    const char *id, *name;
} pl_place;

/* ---- What several years need (docs/methods/years.md); a plan for one year does not look at it */

typedef struct pl_asset { /* a good that lasts: a machine, a building, a skill, a store of grain */
    int32_t good;
    double loss; /* part of it that is gone after a year, 0 to 1 */
    double end;  /* part of the stock (grown like its trend) that must be there after the last year */
} pl_asset;

typedef struct pl_capital { /* what a recipe has at work all year, per unit of its level, without using it up */
    int32_t recipe, good;
    double amount;
} pl_capital;

typedef struct pl_lag { /* the recipe's outputs come this many years after its inputs */
    int32_t recipe, years;
} pl_lag;

typedef struct pl_trend { /* of an amount, year by year */
    const char *table, *key; /* "needs" "resources" "recipes" "stocks", and a row of it, "tier:N" or "all" */
    int32_t year;            /* from 1 on */
    double amount, growth;   /* in that year; a year after it; PL_ABSENT allowed */
} pl_trend;

#define PL_YEARS_MAX 100 /* of a plan, of a lag */

/* Coefficients by recipe (compressed columns): those of recipe r are start[r] .. start[r+1]-1, in
 * ascending order of index (a good or a resource). */
typedef struct pl_columns {
    const int64_t *start; /* recipes + 1 */
    const int32_t *index;
    const double *amount;
} pl_columns;

typedef struct pl_economy {
    const char *title, *path; /* "" when unknown */
    const pl_good *goods;
    const pl_recipe *recipes;
    const pl_resource *resources;
    const pl_need *needs;
    const pl_trade *trade;
    const pl_stock *stocks;
    const pl_place *places;
    const pl_asset *assets;     /* by good */
    const pl_capital *capital;  /* by recipe, then good */
    const pl_lag *lags;         /* by recipe */
    const pl_trend *trends;     /* by table, key, year */
    int32_t n_goods, n_recipes, n_resources, n_needs, n_trade, n_stocks, n_places;
    int32_t n_assets, n_capital, n_lags, n_trends;
    pl_columns flows; /* negative: input, positive: output */
    pl_columns uses;
    int32_t foreign_exchange; /* the resource that is the trade balance, or -1 */
    int32_t years;            /* of an unrolled economy (pl_economy_unroll), or 0 */
    struct pl_economy_storage *storage; /* private */
} pl_economy;

PL_API void pl_economy_free(pl_economy *economy); /* accepts NULL */

/* Reads the folder `path`, or the binary file (docs/formats/economy-binary.md), which stays mapped.  What is wrong with single cells goes to *findings (file, line, column,
 * hint), as much as can be found in one go; the call then ends with PL_DATA and no economy.  Warnings
 * do not stop it.  Returns owned.  Cost: one pass over the files, at 100 MB/s and more.
 * Errors: PL_IO, PL_PARSE, PL_DATA, PL_UNSUPPORTED (several periods), PL_NOMEM, PL_TOOBIG, PL_STOPPED. */
PL_API pl_status pl_economy_load(const char *path, const pl_progress *progress,
                                 pl_findings *findings, pl_economy **out, pl_error *err) PL_CHECK;

/* What datapackage.json is to say; NULL = as in the folder that the economy was loaded from, or nothing. */
typedef struct pl_package {
    const char *name, *title, *description, *licence; /* name: lower case, for machines; licence: "CC-BY-4.0" */
    const char *source_title, *source_path;
} pl_package;

/* Writes the folder `path`, at once or not at all.  `path` must not exist, or be empty, or (with `replace`) be the
 * folder of an economy.  Only columns that say something are written.  When the economy was loaded from a folder that
 * is still there, what Plenty does not know is carried over from it: columns (the cells of rows with the same key),
 * files, and properties of datapackage.json.  `package` may be NULL.
 * Errors: PL_IO, PL_NOMEM, and what reading the old folder again can give. */
PL_API pl_status pl_economy_save(const pl_economy *economy, const char *path, bool replace,
                                 const pl_package *package, pl_error *err) PL_CHECK;

/* Writes the economy as one binary file (docs/formats/economy-binary.md), at once or not at all, in place of what
 * is at `path`.  Unknown columns and datapackage.json stay behind, but for the title.  Same hash as before.
 * Cost: one pass for the hash, two for the texts.  Errors: PL_IO, PL_NOMEM, PL_STOPPED. */
PL_API pl_status pl_economy_save_binary(const pl_economy *economy, const char *path, const pl_progress *progress,
                                        pl_error *err) PL_CHECK;

/* Looks for what is likely to be wrong with an economy that could be loaded: goods nobody makes,
 * recipes without output, cycles that consume more than they make (Hawkins and Simon 1949), unused
 * goods, and so on.  Adds to *findings; returns PL_OK when the checks could be made. */
PL_API pl_status pl_economy_check(const pl_economy *economy, const pl_progress *progress,
                                  pl_findings *findings, pl_error *err) PL_CHECK;

/* An economy at a glance. */
#define PL_SUMMARY_TIERS 8
typedef struct pl_summary {
    int64_t n_flows, n_uses;      /* rows; those of the other tables are in pl_economy */
    double density;               /* flows that are not 0, as a part of goods times recipes */
    int32_t n_labour;             /* resources of kind labour */
    double labour_available;      /* sum of those with a limit */
    bool labour_limited;          /* all of them have one */
    int32_t n_tiers;              /* the highest tier */
    int64_t needs_of_tier[PL_SUMMARY_TIERS]; /* of tiers 1, 2, ...; the last entry counts all higher ones too */
    int32_t n_cycles, largest_cycle; /* groups of goods that need one another; goods in the largest */
    /* Between which the spectral radius of the input coefficients lies, every good being made by its cheapest
     * recipe: below 1, everything can be made (Collatz 1942, Wielandt 1950).  0 without cycles,
     * radius_high infinite where the numbers are too far apart to tell. */
    double radius_low, radius_high;
} pl_summary;
PL_API pl_status pl_economy_summary(const pl_economy *economy, const pl_progress *progress, pl_summary *out,
                                    pl_error *err) PL_CHECK;

/* How large an economy is: what the memory for work with it is reckoned from (memory.h). */
typedef struct pl_extent {
    double goods, recipes, resources, needs, trades; /* rows; trades: of trade and of stocks */
    double coefficients; /* flows and uses */
    double assets, capital;
    double texts;   /* bytes */
    double mapped;  /* bytes of the binary file, which stays mapped; 0 for a folder */
} pl_extent;
/* Without reading the economy: from the header of a binary file (exactly), from the sizes of a folder's files and their first
 * rows (roughly).  All 0 when nothing can be said: reading will tell why.  Never fails, changes nothing. */
PL_API pl_extent pl_economy_extent_at(const char *path);
PL_API pl_extent pl_economy_extent(const pl_economy *economy); /* of one that was read, or unrolled */
/* Of the same economy unrolled to that many years; 0 leaves it as it is. */
PL_API pl_extent pl_extent_unrolled(const pl_extent *x, int32_t years);

/* The canonical hash, 64 hexadecimal digits and a zero byte (docs/formats/economy.md). */
PL_API pl_status pl_economy_hash(const pl_economy *economy, char hex[65], pl_error *err) PL_CHECK;

/* Index of the row with that identifier, or -1.  Binary search. */
PL_API int32_t pl_find_good(const pl_economy *economy, const char *id);
PL_API int32_t pl_find_recipe(const pl_economy *economy, const char *id);
PL_API int32_t pl_find_resource(const pl_economy *economy, const char *id);
PL_API int32_t pl_find_place(const pl_economy *economy, const char *id);
/* The need whose key is "good|tier|group", or -1. */
PL_API int32_t pl_find_need(const pl_economy *economy, const char *key);

/* ---- Several years ---------------------------------------------------------------------------- */

typedef struct pl_horizon {
    int32_t years;  /* 1 to PL_YEARS_MAX; 0 = the economy as it is, one year without the tables of this section */
    double growth;  /* of all needs, a year, in place of their trends; PL_ABSENT = as the trends say */
    double end;     /* times what must be there after the last year; 1 = as the assets say, 0 = nothing */
} pl_horizon;
#define PL_ONE_YEAR ((pl_horizon){0, PL_ABSENT, 1})

/* The economy of several years as an ordinary one: every good, recipe, resource and need once for each year, what is kept
 * as recipes from one year to the next, trade as recipes.  docs/methods/years.md says what is where.  Linear in
 * rows times years.  Returns owned; texts are its own.  Errors: PL_USAGE (years, growth, end out of range), PL_TOOBIG, PL_NOMEM. */
PL_API pl_status pl_economy_unroll(const pl_economy *economy, const pl_horizon *horizon, pl_economy **out,
                                   pl_error *err) PL_CHECK;

/* What an identifier of an unrolled economy says.  In an economy that is not unrolled: year 0, PL_MARK_OWN, the identifier. */
typedef enum pl_mark {
    PL_MARK_OWN = ':',    /* a row of the economy itself, in that year */
    PL_MARK_IMPORT = '<', /* the recipe that imports a good */
    PL_MARK_KEEP = '=',   /* the recipe that keeps an asset; the good that it makes: the asset at work */
    PL_MARK_EXPORT = '>'  /* the recipe that exports a good */
} pl_mark;
typedef struct pl_dated {
    int32_t year;
    pl_mark mark;
    const char *id;
} pl_dated;
PL_API pl_dated pl_date(const pl_economy *economy, const char *id);

/* ---- Building -------------------------------------------------------------------------------- */

typedef struct pl_builder pl_builder;
PL_API pl_status pl_builder_new(pl_builder **out, pl_error *err) PL_CHECK;
PL_API void pl_builder_free(pl_builder *builder); /* accepts NULL */

/* Each adds one row; texts are copied (NULL = ""), rows may come in any order, and may name goods,
 * recipes and resources that are added later.  PL_NOMEM, PL_TOOBIG are the only errors: everything
 * else is judged by pl_builder_freeze.  `line` is where the row stands in its file, for messages (0 = nowhere). */
PL_API pl_status pl_add_good(pl_builder *b, int64_t line, const char *id, const char *name, const char *unit,
                             const char *group, const char *place, bool must_be_used) PL_CHECK;
PL_API pl_status pl_add_recipe(pl_builder *b, int64_t line, const char *id, const char *name,
                               const char *place, double capacity) PL_CHECK;
PL_API pl_status pl_add_flow(pl_builder *b, int64_t line, const char *recipe, const char *good,
                             double amount) PL_CHECK;
PL_API pl_status pl_add_resource(pl_builder *b, int64_t line, const char *id, const char *name,
                                 const char *unit, pl_kind kind, double available) PL_CHECK;
PL_API pl_status pl_add_use(pl_builder *b, int64_t line, const char *recipe, const char *resource,
                            double amount) PL_CHECK;
PL_API pl_status pl_add_need(pl_builder *b, int64_t line, const char *good, int32_t tier, const char *group,
                             double amount, double weight, double floor) PL_CHECK;
PL_API pl_status pl_add_trade(pl_builder *b, int64_t line, const char *good, double import_price,
                              double import_limit, double export_price, double export_limit) PL_CHECK;
PL_API pl_status pl_add_stock(pl_builder *b, int64_t line, const char *good, double amount) PL_CHECK;
PL_API pl_status pl_add_place(pl_builder *b, int64_t line, const char *id, const char *name) PL_CHECK;
PL_API pl_status pl_add_asset(pl_builder *b, int64_t line, const char *good, double loss, double end) PL_CHECK;
PL_API pl_status pl_add_capital(pl_builder *b, int64_t line, const char *recipe, const char *good,
                                double amount) PL_CHECK;
PL_API pl_status pl_add_lag(pl_builder *b, int64_t line, const char *recipe, int32_t years) PL_CHECK;
PL_API pl_status pl_add_trend(pl_builder *b, int64_t line, const char *table, const char *key, int32_t year,
                              double amount, double growth) PL_CHECK;
PL_API pl_status pl_builder_set_title(pl_builder *b, const char *title, const char *path) PL_CHECK;

/* Sorts, resolves names, checks every row (duplicates, unknown names with "did you mean", numbers out
 * of range), and hands over the economy; the builder is empty afterwards and must still be freed.  Errors
 * of single rows go to *findings and the call ends with PL_DATA. */
PL_API pl_status pl_builder_freeze(pl_builder *b, pl_findings *findings, pl_economy **out,
                                   pl_error *err) PL_CHECK;

#endif
