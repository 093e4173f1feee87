/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * builder.h - an economy while it is being put together; private to this room.
 *
 * Identifiers become symbols (small numbers) as soon as they are seen, whether or not the row that
 * defines them has come yet; rows hold symbols.  Freezing sorts the defined symbols, so that the rest is
 * sorting of numbers. */
#ifndef PLENTY_ECONOMY_BUILDER_H
#define PLENTY_ECONOMY_BUILDER_H

#include <plenty/economy.h>

#include "base/arena.h"
#include "base/map.h"
#include "economy/table.h"

typedef enum pl_space { PL_SPACE_GOOD, PL_SPACE_RECIPE, PL_SPACE_RESOURCE, PL_SPACE_PLACE, PL_SPACES } pl_space;

/* The identifiers of one kind. */
typedef struct pl_symbols {
    pl_map map;
    const char **text; /* of each symbol, in the arena */
    int32_t *row;      /* the first row that defines it, or -1 */
    size_t cap, row_cap;
    int32_t n;
    int32_t last;      /* asked for last: tables often repeat it */
} pl_symbols;

/* Rows as they came; `symbol` is that of the key, and stands for indices in the public structures too. */
typedef struct pl_raw_good {
    int64_t line;
    int32_t symbol;
    pl_good good;
} pl_raw_good;
typedef struct pl_raw_recipe {
    int64_t line;
    int32_t symbol;
    pl_recipe recipe;
} pl_raw_recipe;
typedef struct pl_raw_resource {
    int64_t line;
    int32_t symbol;
    pl_resource resource;
} pl_raw_resource;
typedef struct pl_raw_place {
    int64_t line;
    int32_t symbol;
    pl_place place;
} pl_raw_place;
typedef struct pl_raw_pair { /* flows and uses */
    int64_t line;
    double amount;
    int32_t recipe, other;
} pl_raw_pair;
typedef struct pl_raw_need {
    int64_t line;
    pl_need need;
} pl_raw_need;
typedef struct pl_raw_trade {
    int64_t line;
    pl_trade trade;
} pl_raw_trade;
typedef struct pl_raw_stock {
    int64_t line;
    pl_stock stock;
} pl_raw_stock;

typedef struct pl_raw_asset {
    int64_t line;
    pl_asset asset;
} pl_raw_asset;
typedef struct pl_raw_lag {
    int64_t line;
    pl_lag lag;
} pl_raw_lag;
typedef struct pl_raw_trend {
    int64_t line;
    pl_trend trend;
} pl_raw_trend;

typedef struct pl_raw_rows {
    void *row;
    size_t n, cap;
} pl_raw_rows;

struct pl_builder {
    pl_arena arena; /* texts */
    pl_symbols symbols[PL_SPACES];
    pl_raw_rows rows[PL_TABLES];
    const char *last_text[PL_TABLES][PL_TABLE_COLUMNS]; /* of the row before: texts repeat as well */
    const char *title, *path;
    const char *file[PL_TABLES]; /* for messages; borrowed; NULL = the usual name */
    /* Where field `field` of the row at *line stands (its column; *line is set to the field's own line), or
     * 0 when it is not known.  May be NULL. */
    int32_t (*column)(void *user, pl_table table, int field, int64_t *line);
    void *user;
};

/* What an economy owns besides itself. */
struct pl_economy_storage {
    pl_arena arena;
    void *map; /* the file behind a binary economy, or NULL */
    size_t map_n;
    char hash[65];         /* of the economy, as its binary file says; "" = to be computed */
    const double *witness; /* in the map, or NULL */
};

/* After a call ended with PL_DATA: fills *err from the first error of findings. */
pl_status pl_fail_findings(const pl_findings *findings, pl_status status, const char *path, pl_error *err);

#endif
