/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * receipts.h - what the files of receipts share; private to this room. */
#ifndef PLENTY_NEEDS_RECEIPTS_H
#define PLENTY_NEEDS_RECEIPTS_H

#include <plenty/needs.h>

#include "base/arena.h"
#include "base/map.h"
#include "io/rows.h"

#define PL_RC_FILES 64
#define PL_RC_CODES 256
#define PL_RC_UNITS 32

/* Columns of the receipts; those of the products follow. */
enum { RC_PRODUCT, RC_TIME, RC_RECEIPT, RC_HOUSEHOLD, RC_STORE, RC_REGION, RC_QUANTITY, RC_VALUE, RC_PRICE, RC_PROMOTED, RC_COLUMNS };
enum { RP_PRODUCT, RP_CATEGORY, RP_GROUP, RP_PACK, RP_COLUMNS };

typedef struct pl_rc_unit { /* an odd unit: quantity times factor */
    const char *column, *begins; /* of the table of products, or NULL: the code of the product */
    int64_t factor; /* millionths */
} pl_rc_unit;

typedef struct pl_rc_mapping {
    char file[256];                  /* its name, for messages */
    const char *title;
    const char *path[PL_RC_FILES];   /* of receipts */
    int32_t n_files;
    const char *column[RC_COLUMNS];  /* NULL = none */
    const char *cancelled_column, *cancelled_begins;
    const char *not_goods[PL_RC_CODES];
    int32_t n_not_goods;
    const char *products, *product_column[RP_COLUMNS];
    pl_rc_unit unit[PL_RC_UNITS];
    int32_t n_units;
} pl_rc_mapping;

/* Texts go to the arena. */
pl_status pl_rc_mapping_read(const char *path, pl_arena *arena, pl_rc_mapping *out, pl_error *err);

/* Texts numbered in the order in which they came. */
typedef struct pl_names {
    pl_map map;
    char **text;
    size_t cap;
    int32_t n;
} pl_names;

typedef struct pl_rc_product {
    int32_t item;        /* number, or -1: no good */
    int64_t factor;      /* millionths; PL_MILLIONTHS = as it is */
    int64_t pack;        /* millionths of the unit; 0 = none */
    int8_t pack_unit;
    bool seen, known;
} pl_rc_product;

typedef struct pl_sales_cell {
    uint64_t what, where; /* item and period; place and household */
    int64_t lines, promoted, sold, returned, value, pack[PL_PACK_UNITS];
} pl_sales_cell;

struct pl_receipts {
    pl_rc_mapping map;
    pl_receipt_settings set;
    char folder[4096];
    pl_arena arena;
    pl_names products, items, households, stores, regions;
    pl_rc_product *product;
    size_t cap_product;
    int64_t *card; /* lines by household */
    size_t cap_card;
    /* sums: open addressing into cells */
    pl_sales_cell *cell;
    size_t cap_cell;
    uint32_t n_cells, mask, *slot;
    /* receipts seen: hashes, 0 = free */
    uint64_t *seen, seen_mask, n_seen;
    /* lines of each period, to see which are empty */
    int64_t *period_lines;
    size_t cap_period;
    int32_t first_period, n_periods;
    unsigned char *digest; /* 32 bytes of each file */
    size_t cap_digest;
    const char **file; /* names */
    size_t cap_file;
    pl_receipt_counts counts;
};

#define PL_NOBODY UINT32_MAX

pl_status pl_names_put(pl_names *names, pl_arena *arena, const char *text, size_t n, int32_t *out);
/* Adds to the cell, making it if need be. */
pl_status pl_rc_cell(pl_receipts *r, uint64_t what, uint64_t where, pl_sales_cell **out);

#endif
