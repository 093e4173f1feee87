/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * import_parts.h - what the files import*.c share: the mapping in memory, the tables read, the model of
 * transformation.  Order of work (import.c): mapping -> tables -> model -> economy. */
#ifndef PLENTY_ECONOMY_IMPORT_PARTS_H
#define PLENTY_ECONOMY_IMPORT_PARTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/economy.h>
#include <plenty/import.h>

#include "base/arena.h"
#include "base/map.h"

#define PL_IM_MAPPING_MAX (1u << 20)  /* bytes of a mapping file */
#define PL_IM_FILE_MAX (1ull << 31)   /* bytes of a table */
#define PL_IM_CELLS_MAX (50u << 20)   /* cells of a table */
#define PL_IM_CODES_MAX (1u << 20)    /* products */
#define PL_IM_SQUARE_MAX 4000         /* products of a make table that is inverted */
#define PL_IM_ACCOUNTS_MAX 16
#define PL_IM_RESOURCES_MAX 64
#define PL_IM_TRY(call)                                                                           \
    do {                                                                                          \
        pl_status st_ = (call);                                                                   \
        if (st_ != PL_OK) {                                                                       \
            return st_;                                                                           \
        }                                                                                         \
    } while (0)

/* ---- The mapping (import_mapping.c) ---------------------------------------------------------- */

typedef enum pl_im_kind {
    PL_IM_SUPPLY_USE,
    PL_IM_INPUT_OUTPUT,
    PL_IM_REGIONAL,
    PL_IM_PROCESSES,
    PL_IM_FOODS,
    PL_IM_KINDS
} pl_im_kind;

typedef enum pl_im_model {
    PL_IM_PRODUCT_TECHNOLOGY,
    PL_IM_INDUSTRY_TECHNOLOGY,
    PL_IM_INDUSTRY_SALES,
    PL_IM_PRODUCT_SALES,
    PL_IM_ACTIVITIES,
    PL_IM_MODELS
} pl_im_model;
extern const char *const pl_im_kind_id[PL_IM_KINDS];
extern const char *const pl_im_model_id[PL_IM_MODELS];

typedef enum pl_im_column { /* what a column of a table can mean */
    PL_IM_PRODUCT,
    PL_IM_INDUSTRY,
    PL_IM_USER,
    PL_IM_CATEGORY,
    PL_IM_ITEM,
    PL_IM_VALUE,
    PL_IM_PLACE,
    PL_IM_CODE,
    PL_IM_NAME,
    PL_IM_UNIT,
    PL_IM_GROUP,
    PL_IM_OUTPUT,
    PL_IM_KIND,
    PL_IM_PROCESS,
    PL_IM_FLOW,
    PL_IM_DIRECTION,
    PL_IM_AVOIDED,
    PL_IM_FOOD,
    PL_IM_INGREDIENT,
    PL_IM_WEIGHT,
    PL_IM_MOISTURE,
    PL_IM_FAT,
    PL_IM_COLUMNS
} pl_im_column;
extern const char *const pl_im_column_id[PL_IM_COLUMNS];

typedef enum pl_im_role {
    PL_IM_PRODUCTS,
    PL_IM_INDUSTRIES,
    PL_IM_NAMES,
    PL_IM_USE,
    PL_IM_MAKE,
    PL_IM_FINAL,
    PL_IM_IMPORTS,
    PL_IM_POOL,
    PL_IM_FACTORS,
    PL_IM_FLOWS,
    PL_IM_PROCESS_LIST,
    PL_IM_RECIPES,
    PL_IM_EMISSIONS,
    PL_IM_FOOD_LIST,
    PL_IM_INGREDIENTS,
    PL_IM_ITEMS,
    PL_IM_ROLES,
    PL_IM_ACCOUNT = PL_IM_ROLES /* any of the tables under "accounts" */
} pl_im_role;

typedef struct pl_im_table {
    const char *name; /* "use", "accounts.hours": for messages */
    const char *file; /* as written, {year} not yet filled in; NULL = not given */
    const char *column[PL_IM_COLUMNS]; /* NULL = not given, "*" = the headings of a wide table */
    json_t *where, *skip;              /* NULL = not given; values of a column, headings to leave out */
    bool optional;
} pl_im_table;

typedef struct pl_im_resource {
    const char *id, *name, *unit;
    pl_kind kind;
    const pl_im_table *account;
    json_t *items;         /* a text or a list of texts, added up */
    const char *times, *over; /* further items: amount x times / over; NULL = not given */
    double factor;         /* amount in the table -> amount of the resource */
    double hours_per_job;  /* PL_ABSENT = not given */
    double available;      /* x observed total; PL_ABSENT = no limit */
    const pl_im_table *spread_account; /* the account is per group of industries, spread by this one */
    const char *spread_item;
    bool supply_chain;     /* the amounts are derived from the table "factors" */
    const pl_im_table *price_account;
    const char *price_item;
    json_t *direct, *aliases;
} pl_im_resource;

typedef struct pl_im_tier {
    int32_t tier;
    double factor; /* the need is this x what was observed */
    json_t *groups, *products; /* lists; NULL = any */
} pl_im_tier;

typedef struct pl_im_capital { /* for plans of several years */
    const pl_im_table *account; /* NULL = the mapping has none */
    json_t *items;
    const char *group; /* of final demand: what is invested */
    double loss;       /* PL_ABSENT = as much as was invested */
    int32_t lag;
    bool as_shares; /* the items say only who has how much of it */
} pl_im_capital;

typedef struct pl_im_share {
    const char *good;
    double amount;
} pl_im_share;

typedef enum pl_im_trade { PL_IM_NO_IMPORTS, PL_IM_COLUMN, PL_IM_TABLE, PL_IM_LIST, PL_IM_ROW } pl_im_trade;

typedef struct pl_im_mapping {
    json_t *root; /* owns every text here */
    const char *file; /* for messages */
    const char *name, *title, *description, *licence, *source_title, *source_path, *unit;
    pl_im_kind kind;
    pl_im_model model;
    json_t *years;
    int32_t year;
    double capacity; /* PL_ABSENT = no limit */
    pl_im_table table[PL_IM_ROLES];
    pl_im_table account[PL_IM_ACCOUNTS_MAX];
    int32_t n_accounts;
    pl_im_resource resource[PL_IM_RESOURCES_MAX];
    int32_t n_resources;
    pl_im_capital capital;
    json_t *categories; /* code (or *suffix) -> group */
    json_t *tier_list;
    pl_im_tier tier[64];
    int32_t n_tiers;
    pl_im_trade imports;
    bool imports_inside;     /* table: use and final demand include them */
    double import_limit; /* x observed; PL_ABSENT = none */
    double import_price;
    const pl_im_table *import_account;
    json_t *import_items;
    bool exports_as_trade;
    double export_limit;
    double foreign_exchange; /* x observed balance; PL_ABSENT = counted only */
    bool zero_negatives;     /* negative coefficients of the model are set to zero */
    bool rounding_stays;     /* what rounding makes goods lack is not added to their stocks */
    const char *pool;        /* place of the pool of trade between places */
    double pool_limit;       /* capacity of sending, x observed */
    const pl_im_table *balance_account; /* for the column gap */
    json_t *balance_items;
    bool balance_imports; /* imports and pool are inputs too */
    json_t *needs; /* processes, foods */
    const char *waste, *in, *food_kind;
} pl_im_mapping;

/* Parses and checks the n bytes of a mapping called `file`.  *m is cleared by pl_im_mapping_clear also after errors. */
pl_status pl_im_mapping_parse(const char *text, size_t n, const char *file, pl_im_mapping *m, pl_error *err);
void pl_im_mapping_clear(pl_im_mapping *m);

/* ---- The tables as read (import_table.c) ------------------------------------------------------ */

typedef struct pl_im_code {
    const char *id;   /* with @place where there are places */
    const char *bare; /* as in the file */
    const char *name, *place, *unit, *group;
    double output; /* PL_ABSENT = not in the labels */
} pl_im_code;

typedef struct pl_im_set { /* of codes, in order of appearance */
    pl_map map;
    pl_im_code *code;
    size_t cap;
    int32_t n;
    const char *what; /* "product": for messages */
    const char *listed_in; /* file of labels, or NULL: any code is taken */
} pl_im_set;

typedef struct pl_im_cell {
    int32_t row, column;
    double value;
} pl_im_cell;

typedef struct pl_im_cells {
    pl_im_cell *at;
    size_t n, cap;
} pl_im_cells;

typedef struct pl_im_matrix { /* compressed columns */
    int32_t n_rows, n_columns;
    int64_t *start;
    int32_t *row;
    double *value;
} pl_im_matrix;

typedef struct pl_im_row {
    const struct pl_csv *csv;
    const char *text[PL_IM_COLUMNS]; /* "" where the table has no such column */
    const char *value;               /* text of the value, "" if there is none */
    int32_t at;                      /* its field */
    int32_t field[PL_IM_COLUMNS];    /* -1: no such column */
} pl_im_row;

typedef struct pl_im {
    const char *dir;
    pl_im_mapping map;
    pl_im_model model;
    int32_t year;
    double capacity, available; /* of the settings; 0 = the mapping's */
    bool with_capital;
    pl_balancer balance;
    const pl_progress *progress;
    pl_findings *findings;
    pl_import_report *report;
    pl_error *err;
    pl_arena arena;
    pl_builder *builder;

    pl_im_set products, industries, categories, groups, places, names;
    pl_im_cells use, make, final, imports, imports_final, pool, pool_final; /* product x industry or category */
    int32_t *group_of;       /* of each category */
    double *q, *g;           /* output of each product, of each industry */
    double *imported;        /* of each product, competing with domestic output */
    double *resource[PL_IM_RESOURCES_MAX]; /* total use by industry, in the resource's unit; NULL = per unit below */
    double *intensity[PL_IM_RESOURCES_MAX]; /* per unit of product (supply_chain) */
    double *import_row;      /* by industry, for imports as a row */
    pl_im_matrix U, V;       /* use: products x industries; make: products x industries (V transposed) */
    /* The model: recipe r takes W[:,r] of the industries; products become goods by T. */
    pl_im_matrix W, T;
    int32_t n_recipes;
    const pl_im_code **recipe; /* label of each */
    double *level;             /* observed */
    int32_t *own;              /* the good of each recipe, -1 for activities */
    int32_t n_goods;           /* domestic; goods of T */
    double *capital_of;        /* of each recipe, for each unit of its level */
    int32_t invested;          /* group of final demand that invests, with_capital */
    pl_im_share *bundle;       /* what was invested */
    int32_t n_bundle, bundle_room;
    double investment;         /* in all */
    const pl_im_code **good;
} pl_im;

/* Reads every row (wide tables: every cell that is not empty) of a table and calls fn.  */
typedef pl_status (*pl_im_row_fn)(pl_im *im, const pl_im_row *row, void *user);
pl_status pl_im_rows(pl_im *im, const pl_im_table *table, pl_im_row_fn fn, void *user);
pl_status pl_im_number(pl_im *im, const pl_im_row *row, double *x);                      /* the value */
pl_status pl_im_number_of(pl_im *im, const pl_im_row *row, pl_im_column c, double *x); /* "" -> PL_ABSENT */
pl_status pl_im_row_fail(pl_im *im, const pl_im_row *row, const char *hint, const char *fmt, ...) PL_PRINTF(4, 5);

const char *pl_im_fill(pl_im *im, const char *text); /* {year} filled in; NULL = no memory */
const char *pl_im_text(pl_im *im, const char *fmt, ...) PL_PRINTF(2, 3); /* in the arena; NULL = no memory */
pl_status pl_im_nomem(pl_im *im);
void *pl_im_zero(pl_im *im, size_t count, size_t size); /* zeroed, in the arena; NULL = no memory */

/* Adds code (with place, may be ""), or finds it. */
pl_status pl_im_intern(pl_im *im, pl_im_set *set, const char *code, const char *place, int32_t *index);
/* Finds it; in a set without labels it is added; else a failure with "did you mean". */
pl_status pl_im_lookup(pl_im *im, pl_im_set *set, const pl_im_row *row, const char *code, int32_t *index);
int32_t pl_im_find(const pl_im_set *set, const char *code, const char *place); /* or -1 */
pl_status pl_im_push(pl_im *im, pl_im_cells *cells, int32_t row, int32_t column, double value);
/* Columns sorted by row, equal cells added up. */
pl_status pl_im_compress(pl_im *im, const pl_im_cells *cells, int32_t rows, int32_t columns, pl_im_matrix *out);
void pl_im_note(pl_im *im, pl_severity severity, const char *file, const char *hint, const char *fmt, ...)
    PL_PRINTF(5, 6);
bool pl_im_listed(json_t *list, const char *text); /* is text the text, or in the list? */

/* ---- Steps ------------------------------------------------------------------------------------ */

pl_status pl_im_read_accounts(pl_im *im);  /* import_read.c: tables of national accounts */
pl_status pl_im_balance(pl_im *im);        /* import_balance.c: use and final demand add up to the outputs */
pl_status pl_im_read_resources(pl_im *im); /* import_resource.c */
/* Adds up the items of an account by industry (or by group of industries) into sum; PL_NOTFOUND when an item is nowhere. */
pl_status pl_im_sum_items(pl_im *im, const pl_im_table *account, json_t *items, pl_im_set *by, double *sum);
pl_im_set *pl_im_users(pl_im *im); /* industries; in an input-output table the products */
pl_status pl_im_transform(pl_im *im);      /* import_model.c: W, T, recipes, goods */
pl_status pl_im_read_capital(pl_im *im);   /* import_capital.c: capital_of */
pl_status pl_im_investment(pl_im *im, const char *good, double amount); /* import_capital.c: adds to the bundle */
pl_status pl_im_emit_capital(pl_im *im);   /* import_capital.c: assets, stocks, recipes that invest */
pl_status pl_im_emit(pl_im *im);           /* import_emit.c: the economy of national accounts */
pl_status pl_im_processes(pl_im *im);      /* import_process.c */
pl_status pl_im_foods(pl_im *im);          /* import_food.c */
pl_status pl_im_needs(pl_im *im, const pl_im_set *goods); /* import_process.c: "needs" of the mapping */

/* Inverse of the dense n x n matrix a (row-major), in place, by elimination with partial pivoting.  PL_NUMERIC when it is
 * singular to working accuracy; *at is then the column without pivot. */
pl_status pl_im_invert(pl_im *im, double *a, int32_t n, int32_t *at);

#endif
