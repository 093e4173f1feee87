/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * check.h - what the files of the checker share: a run and its memory, files, tables, the economy, the
 * plan, and what was found out. */
#ifndef PLENTY_VERIFY_CHECK_H
#define PLENTY_VERIFY_CHECK_H

#include <locale.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

#include "verify/sum.h"
#include "verify/verify.h"

#define PV_ACCEPT 1e-8  /* largest shortfall, relative; a larger gap is pointed out */
#define PV_FIGURE 2e-9  /* largest difference of deliveries from what their stage says, relative */
#define PV_HELD 1e-2    /* a held need cannot be raised, alone, by more than this part of it; the report says by how much */
#define PV_NOISE 1e-13  /* what rounding may do to a bound, relative to the size of its terms */
#define PV_PROFIT 1e-9  /* largest profit of a column without any limit, relative to its terms */
#define PV_RANGE 1000.0 /* such a column is considered up to this many times the plan's own turnover */

enum { PV_VERIFIED = 0, PV_REFUTED = 1, PV_UNREADABLE = 3, PV_IO = 4, PV_MEMORY = 5 };

/* ---- run.c: memory, which all goes at the end of the run, and messages ---------------------------- */

enum { PV_GOODS, PV_RECIPES, PV_RESOURCES, PV_KINDS }; /* kinds of identifiers */

typedef struct pv_ids { /* identifiers in byte order: the number of an identifier is its rank */
    const char *const *id;
    int32_t n, mask, *slot; /* slot: NULL until something is looked for */
    uint64_t seed;
} pv_ids;

typedef struct pv_failure {
    struct pv_failure *next;
    const char *file;
    int64_t line; /* 0: none */
    char text[400];
} pv_failure;

typedef struct pv_run {
    jmp_buf stop; /* where pv_stop goes: the end of pv_verify */
    int code;
    char why[600]; /* of codes 3, 4 and 5 */
    struct pv_block *blocks;
    void (*clean)(void *user); /* at the end, for what is not the run's memory; NULL: nothing */
    void *to_clean;
    void *zstd;
    locale_t c_locale;
    const char *period; /* the one of the economy, NULL before the first */
    pv_ids ids[PV_KINDS];
    pv_failure *failures, **last_failure;
    int64_t n_failures;
} pv_run;

extern void *(*pv_malloc)(size_t); /* malloc; the tests put one there that fails */

void *pv_try_alloc(pv_run *run, size_t n, size_t size); /* not zeroed; NULL */
void *pv_alloc(pv_run *run, size_t n, size_t size);     /* zeroed; stops the run */
void pv_free(pv_run *run, void *p);                     /* early; the end frees the rest */
/* The array of n elements of that size, with room for one more: `at`, or a larger one with the same elements, and `at` is freed. */
void *pv_more(pv_run *run, void *at, size_t n, size_t *room, size_t size);
void pv_run_end(pv_run *run);
/* Frees all that was taken since then: `mark` is the last block before it, which is still there. */
void pv_run_release(pv_run *run, const struct pv_block *mark);

/* Ends the run: cannot be read (3, 4, 5), or refuted so that nothing more can be checked (1). */
_Noreturn void pv_stop(pv_run *run, int code, const char *file, int64_t line, int64_t column,
                       const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* Notes a failed check and goes on. */
void pv_refute(pv_run *run, const char *file, int64_t line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- file.c, csv.c, json.c: reading ---------------------------------------------------------------- */

typedef struct pv_file {
    const char *name; /* "flows.csv", also when compressed */
    char *at;         /* n bytes and a zero byte, to be changed by the reader */
    size_t n;
} pv_file;

/* Reads the file, or FILE.gz or FILE.zst; false when there is none. */
bool pv_file_read(pv_run *run, const char *dir, const char *name, pv_file *file);
/* The bytes of the file as they are. */
bool pv_bytes_read(pv_run *run, const char *dir, const char *name, pv_file *file);
void pv_text_check(pv_run *run, const pv_file *file); /* stops when it is not UTF-8 without zero bytes */
bool pv_number(pv_run *run, const char *text, double *x); /* the whole text; false also when infinite */

typedef enum pv_type { PV_TEXT, PV_NUMBER, PV_GOOD, PV_RECIPE, PV_RESOURCE } pv_type;
typedef enum pv_presence {
    PV_OPTIONAL, /* the column may be left out, the cell empty */
    PV_EMPTY,    /* the cell may be empty */
    PV_GIVEN     /* neither */
} pv_presence;

#define PV_FIELDS 10
typedef struct pv_field {
    const char *name;
    pv_type type;
    pv_presence presence;
    double number;    /* default of an empty cell; texts: */
    const char *text; /* NULL = "" */
} pv_field;

typedef struct pv_schema { /* the first n_keys fields are the key */
    const char *name, *file;
    int n_fields, n_keys;
    int fault; /* code for repeated keys and unknown identifiers */
    pv_field field[PV_FIELDS];
} pv_schema;

typedef union pv_column {
    const char **text;
    double *number; /* empty: the default, NAN */
    int32_t *rank;  /* PV_GOOD, PV_RECIPE, PV_RESOURCE */
} pv_column;

typedef struct pv_table { /* rows sorted by key, without repetitions */
    const pv_schema *schema;
    bool present;
    int32_t rows;
    int64_t *line; /* NULL when not read from a folder */
    pv_column column[PV_FIELDS];
} pv_table;

/* The line of a row: in a binary file, where it would be in the folder. */
static inline int64_t pv_line(const pv_table *table, int32_t row)
{
    return table->line != NULL ? table->line[row] : (int64_t)row + 2;
}

void pv_table_read(pv_run *run, const char *dir, const pv_schema *schema, pv_table *table);
void pv_ids_set(pv_run *run, int kind, const pv_table *table);
int32_t pv_find(pv_run *run, int kind, const char *id); /* -1 */

typedef struct pv_json { /* one value of the document */
    const char *path;    /* stages[0].value; '.', '[' and '\' within a key have a '\' before them */
    const char *key;     /* its last part, as it was written */
    char type;           /* { and [; s text; 0 number; t, f, n: true, false, null */
    const char *text;
    double number;       /* NAN unless a number */
} pv_json;

typedef struct pv_document {
    const char *name;
    pv_json *value; /* sorted by path */
    int32_t n;
} pv_document;

void pv_json_read(pv_run *run, pv_file *file, pv_document *document);
const pv_json *pv_json_get(const pv_document *document, const char *path);

/* ---- economy.c -------------------------------------------------------------------------------------- */

enum { PV_T_GOODS, PV_T_RECIPES, PV_T_FLOWS, PV_T_RESOURCES, PV_T_USES, PV_T_NEEDS, PV_T_TRADE, PV_T_STOCKS,
       PV_T_PLACES, PV_T_ASSETS, PV_T_CAPITAL, PV_T_LAGS, PV_T_TRENDS, PV_TABLES };

typedef struct pv_need {
    int32_t good, tier;
    const char *group;
    double amount, weight, floor;
} pv_need;

typedef struct pv_columns { /* of recipe r: index[i], amount[i] for start[r] <= i < start[r + 1] */
    const int64_t *start;
    const int32_t *index;
    double *amount;
} pv_columns;

typedef struct pv_economy {
    pv_table table[PV_TABLES];
    char hash[65]; /* before the changes */
    int32_t n_goods, n_recipes, n_resources, n_needs, fx; /* fx: the resource foreign_exchange, or -1 */
    int32_t years; /* 0: as the tables are; else unrolled (years.c), and the tables those of one year */
    const char *const *good, *const *recipe, *const *resource, *const *unit, *const *resource_unit;
    pv_columns flows, uses;
    double *capacity, *available;                                /* by recipe, by resource; NAN = none */
    double *import_price, *import_limit, *export_price, *export_limit, *stock; /* by good; NAN = none */
    bool *no_disposal, *labour;
    pv_need *need;
} pv_economy;

/* binary.c: files of sections.  Is it one? */
bool pv_binary_is(const char *path);

#define PV_SECTIONS 259
#define PV_SECTION_TEXT 256
typedef struct pv_section {
    unsigned char *at; /* NULL: not there; a multiple of 8, to be changed by the reader */
    uint64_t count, size;
} pv_section;

typedef struct pv_binary {
    pv_run *run;
    const char *path, *what; /* "economy", "plan" */
    unsigned char *at;
    size_t n;
    pv_section section[PV_SECTIONS];
} pv_binary;

pv_binary *pv_binary_open(pv_run *run, const char *path, const char *magic, unsigned version, const char *what);
_Noreturn void pv_binary_broken(const pv_binary *b, const char *what, int64_t number);
/* The section of a column: of elements of that size and, when it is there, that many of them. */
const pv_section *pv_binary_section(const pv_binary *b, int table, int column, uint64_t size, uint64_t count);
int64_t pv_binary_whole(const pv_section *s, int64_t i);
double pv_binary_real(const pv_section *s, int64_t i);
const char *pv_binary_text(const pv_binary *b, const pv_section *s, int64_t i);

/* The tables of an economy, with flows and uses as columns only. */
void pv_binary_economy(pv_run *run, const char *path, const pv_schema *schemas, pv_economy *economy);

void pv_economy_read(pv_run *run, const char *dir, pv_economy *economy);
int32_t pv_need_find(pv_run *run, const pv_economy *economy, const char *key); /* good|tier|group; -1 */
/* The cell that a change names, or NULL; NAN = not given. */
double *pv_economy_cell(pv_run *run, pv_economy *economy, const char *table, const char *key,
                        const char *column);
/* Signs and ranges; with file NULL of the economy itself, else of what the plan's changes made of it. */
void pv_economy_check(pv_run *run, const pv_economy *economy, const char *file);

/* ---- years.c: what a plan of several years is a plan of ------------------------------------------------ */

struct pv_plan;
void pv_years_unroll(pv_run *run, const struct pv_plan *plan, pv_economy *economy);
bool pv_is(const pv_economy *economy, const char *id, const char *what); /* in one year or, unrolled, in any */
bool pv_is_end(const pv_economy *economy, const pv_need *need); /* what must be there after the last year */

/* ---- plan.c ----------------------------------------------------------------------------------------- */

typedef enum pv_goal { PV_RAISE, PV_MOST, PV_WEIGHTED, PV_LEAST, PV_FLOORS } pv_goal;

typedef struct pv_stage {
    pv_goal goal;
    int32_t tier, active, settled;  /* raise: its tier; how many needs were active, and settled in it */
    double *cost;                   /* least: by resource, how often it is in the objective, else NULL */
    double levels, imports;         /* likewise for these words */
    char objective[120];            /* for people */
    double value, bound;            /* as claimed */
    double proven, gap, scale, raisable; /* recomputed: the bound, |value - bound|, the largest part of a
                                            held need by which the proof lets it be raised */
    int64_t ranged;                 /* columns limited by the plan's turnover only */
} pv_stage;

enum { PV_P_LEVELS, PV_P_BALANCES, PV_P_DELIVERIES, PV_P_LIMITS, PV_P_PRICES, PV_P_CERTIFICATE, PV_P_CHANGES,
       PV_P_CLASHES, PV_PLAN_TABLES };

typedef struct pv_price { /* a row of the certificate */
    int32_t stage, index;
    bool resource;
    double price;
    int64_t line;
} pv_price;

typedef struct pv_plan {
    pv_document json;
    pv_table table[PV_PLAN_TABLES];
    bool infeasible, binary;
    pv_price *price; /* sorted by stage, kind and index */
    int32_t n_prices;
    pv_binary *file; /* where `binary` */
    const char *goal, *hash;
    const char *argument; /* of the goals least and most, "" when not given */
    double years, growth, end; /* the horizon; years 0: none; growth NAN: as the trends say */
    pv_stage *stage;
    int32_t n_stages;
    const double *level;                        /* by recipe */
    const double *imported, *exported, *drawn; /* by good */
    const double *delivered;                   /* by need */
    int32_t *settled;                          /* by need */
    bool *chosen;                              /* by need: of `most` */
} pv_plan;

void pv_plan_read(pv_run *run, const char *path, pv_plan *plan); /* plan.json, changes.csv */
/* plan_binary.c: one file instead of the folder; before the changes, and with the changed economy. */
void pv_plan_binary_read(pv_run *run, const char *path, const pv_schema *schemas, pv_plan *plan, pv_file *json);
void pv_plan_binary_fit(pv_run *run, pv_plan *plan, const pv_economy *economy);
void pv_plan_change(pv_run *run, const pv_plan *plan, pv_economy *economy); /* changes.csv */
void pv_plan_tables(pv_run *run, const char *dir, pv_plan *plan);           /* all others */
void pv_plan_fit(pv_run *run, pv_plan *plan, const pv_economy *economy);    /* rows for rows */

/* ---- feasible.c, stages.c, proof.c, figures.c, report.c ------------------------------------------------ */

typedef struct pv_figure { /* a figure and what honest arithmetic may differ */
    double value, tolerance;
} pv_figure;

typedef struct pv_found { /* what was recomputed */
    pv_sum *made, *used;      /* by good */
    pv_sum *delivered;        /* by good */
    pv_sum *resource;         /* by resource: its use */
    double *turnover;         /* by good; all 0 when infeasible */
    int32_t worst;            /* the good with the largest shortfall, -1 = none */
    double shortfall, relative;
    pv_figure *profit;        /* in the last stage: recipes, then imports, exports and draws of each good; NULL for a binary plan */
    const double *y, *rho;    /* its prices, by good and by resource */
    double farkas;            /* infeasible: by how much the demand exceeds what the limits allow, at least */
} pv_found;

void pv_feasible(pv_run *run, const pv_economy *economy, const pv_plan *plan, pv_found *found);
void pv_stages(pv_run *run, const pv_economy *economy, pv_plan *plan);
bool pv_goal_is(const pv_plan *plan, const char *goal);
/* What an infeasible plan had to deliver: the floor; all of it for the goals least and most, but nothing of what
 * `most` was to raise. */
double pv_required(const pv_plan *plan, const pv_need *need, bool chosen);
void pv_prove(pv_run *run, const pv_economy *economy, pv_plan *plan, pv_found *found);
void pv_figures(pv_run *run, const pv_economy *economy, const pv_plan *plan, const pv_found *found);
void pv_clashes(pv_run *run, const pv_economy *economy, const pv_plan *plan);
/* The claimed figure in a file's row and column against the recomputed one. */
void pv_compare(pv_run *run, const char *file, int64_t line, const char *what, double claimed,
                double recomputed, double tolerance);
int pv_report(pv_run *run, const pv_economy *economy, const pv_plan *plan, const pv_found *found, bool json,
              FILE *out, FILE *err);

#endif
