/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * table.h - what the tables of an economy are called and which columns they have, in canonical order
 * (docs/formats/economy.md).  Reading, writing, checking and hashing all go by this list. */
#ifndef PLENTY_ECONOMY_TABLE_H
#define PLENTY_ECONOMY_TABLE_H

#include <stdbool.h>

#define PL_TABLE_COLUMNS 6

typedef enum pl_economy_table {
    PL_GOODS,
    PL_RECIPES,
    PL_FLOWS,
    PL_RESOURCES,
    PL_USES,
    PL_NEEDS,
    PL_TRADE,
    PL_STOCKS,
    PL_PLACES,
    PL_ASSETS,
    PL_CAPITAL,
    PL_LAGS,
    PL_TRENDS,
    PL_TABLES
} pl_economy_table;

typedef struct pl_column_info {
    const char *name, *type; /* type: of Table Schema; NULL ends the list */
    bool key, required;
} pl_column_info;

typedef struct pl_table_info {
    const char *name, *file; /* "flows", "flows.csv" */
    pl_column_info column[PL_TABLE_COLUMNS + 1];
} pl_table_info;

extern const pl_table_info PL_TABLE[PL_TABLES];

int pl_table_columns(pl_economy_table table);
/* Number of the table with that name, or PL_TABLES. */
pl_economy_table pl_table_named(const char *name);
/* The kind with that id, or -1. */
int pl_kind_named(const char *id);

#endif
