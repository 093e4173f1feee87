/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * needs.h - what people need, from what they buy: receipts become sums, sums become forecasts, forecasts become needs.
 *
 *   receipts (CSV, .gz, .zst) -> pl_receipts -> sums (item, period, place) -> pl_series -> pl_forecast -> the table `needs`
 *   minutes on the shelf, caps, reports of what was missing -> pl_unserved_... -> what would have been bought
 *
 * Sums are whole numbers of millionths: they merge exactly, whatever the order of lines, files and machines.  Forecasts are
 * deterministic: the same sums give the same bits for any number of threads.  Methods and sources: docs/methods/needs.md;
 * tables and mapping: docs/formats/needs.md.  No global state. */
#ifndef PLENTY_NEEDS_H
#define PLENTY_NEEDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/findings.h>
#include <plenty/progress.h>
#include <plenty/status.h>

#define PL_MILLIONTHS 1000000

/* ---- Periods -------------------------------------------------------------------------------------------------------- */

/* Days, weeks from Monday to Sunday, calendar months.  A period is numbered from the one that holds 1970-01-01 (number 0). */
typedef enum pl_period_kind { PL_PERIOD_DAY, PL_PERIOD_WEEK, PL_PERIOD_MONTH } pl_period_kind;
#define PL_PERIOD_KINDS 3
#define PL_DATE_TEXT 12
PL_API const char *pl_period_id(pl_period_kind kind); /* "day", "week", "month" */
/* The kind of that name; false, and nothing changed: none (also for NULL). */
PL_API bool pl_period_find(const char *id, pl_period_kind *out);
PL_API int32_t pl_period_of_day(pl_period_kind kind, int32_t day);  /* day: days since 1970-01-01 */
PL_API int32_t pl_period_first_day(pl_period_kind kind, int32_t period);
PL_API const char *pl_day_text(int32_t day, char out[PL_DATE_TEXT]); /* "2017-01-30" */
/* "2017-01-30" at the beginning of the n bytes, or false (also for the 31st of April). */
PL_API bool pl_day_parse(const char *text, size_t n, int32_t *day);

/* A pack size as it is written on labels: "16 OZ", "1.5 L", "12 CT", "6/12 OZ" (six of twelve).  Base units: kilograms, litres (a
 * fluid ounce needs FL), pieces.  In millionths.  False: it does not say. */
typedef enum pl_pack_unit { PL_PACK_KG, PL_PACK_LITRE, PL_PACK_PIECE, PL_PACK_UNITS } pl_pack_unit;
PL_API bool pl_pack_parse(const char *text, size_t n, pl_pack_unit *unit, int64_t *millionths);

/* ---- Receipts (src/needs/receipts*.c) ---------------------------------------------------------------------------------- */

typedef enum pl_sum_by { PL_BY_PRODUCT, PL_BY_CATEGORY, PL_BY_GROUP } pl_sum_by;
typedef enum pl_sum_place { PL_PLACE_NONE, PL_PLACE_STORE, PL_PLACE_REGION } pl_sum_place;

typedef struct pl_receipt_settings {
    pl_sum_by by;
    pl_sum_place place;
    pl_period_kind period;
    bool households;      /* a sum for each household as well */
    int32_t first, last;  /* days, both included; lines before and after are counted and left out; both 0 = no such limits */
    int64_t card_lines;   /* a card with more lines is no household: its purchases count, but as of nobody known; 0 = 100,000 */
    bool skip_unreadable; /* leave out lines that cannot be read (they are counted), instead of refusing the file */
    bool drop_duplicates; /* leave out lines that repeat an earlier line of their receipt */
} pl_receipt_settings;

/* What was seen.  Every line is in exactly one of: used, unreadable, future, before, not_goods, dropped. */
typedef struct pl_receipt_counts {
    int64_t files, duplicate_files;
    int64_t lines, used, unreadable, future, before, not_goods, dropped;
    int64_t receipts, households, stores, regions, products, unknown_products; /* different ones, among all lines */
    int64_t unknown_product;  /* lines of products without a record: used, as the item "unknown" */
    int64_t no_household, negative, cancelled, zero_quantity, zero_value, negative_value, no_price; /* lines; used */
    int64_t duplicates;       /* lines that repeat an earlier line of the same receipt, standing beside it */
    int64_t out_of_order;     /* lines with a time before that of the line above; no harm */
    int64_t converted;        /* lines whose quantity was counted in an odd unit */
    int64_t rounded;          /* numbers with more than six decimals */
    int64_t pack_read, pack_unread, pack_blank; /* lines whose product has a pack size that says something, or not, or none */
    int64_t large_cards, large_card_lines;
    int64_t empty_periods;    /* without any line between the first and the last */
    int64_t quantity, value;  /* of all lines that could be read, in millionths; odd units converted */
    int32_t first_day, last_day;
    char first_time[24], last_time[24]; /* as written */
} pl_receipt_counts;

typedef struct pl_receipts pl_receipts;

/* `mapping`: a file of docs/formats/needs.md; `folder`: where its tables lie (the table of products is read now).
 * Errors: PL_PARSE, PL_DATA (with file and place), PL_NOTFOUND, PL_IO, PL_NOMEM.  Owned by the caller. */
PL_API pl_status pl_receipts_new(const char *mapping, const char *folder, const pl_receipt_settings *settings, pl_receipts **out,
                                 pl_error *err) PL_CHECK;
PL_API void pl_receipts_free(pl_receipts *receipts); /* accepts NULL */
/* Files of receipts that the mapping names; NULL after the last. */
PL_API const char *pl_receipts_file(const pl_receipts *receipts, int32_t k);
/* Adds a file.  One with the bytes (decompressed; BLAKE2b) of an earlier one is counted and left out.  Cells that cannot be read go to findings
 * with their places and make it fail at the end with PL_DATA, unless they are to be skipped; a broken table fails at once.
 * Memory: the sums, 8 bytes for each receipt, the names; not the file.  Some million lines a second. */
PL_API pl_status pl_receipts_read(pl_receipts *receipts, const char *path, const pl_progress *progress, pl_findings *findings,
                                  pl_error *err) PL_CHECK;
PL_API void pl_receipts_counts(const pl_receipts *receipts, pl_receipt_counts *out);
/* Writes sums.csv, periods.csv and report.json into a new folder, at once or not at all.  The order of rows does not depend on that
 * of lines.  Errors: PL_IO, PL_NOMEM. */
PL_API pl_status pl_receipts_save(pl_receipts *receipts, const char *path, bool replace, pl_error *err) PL_CHECK;

/* ---- Series (src/needs/series.c) ------------------------------------------------------------------------------------- */

typedef enum pl_measure { PL_LINES, PL_QUANTITY, PL_VALUE, PL_MEASURES } pl_measure;
PL_API const char *pl_measure_id(pl_measure measure); /* "lines", "quantity", "value" */
PL_API pl_measure pl_measure_find(const char *id);    /* PL_MEASURES: none (also for NULL) */

/* A table series x periods, row by row; texts owned. */
typedef struct pl_series {
    int32_t n, n_periods;
    pl_period_kind kind;
    pl_measure measure;
    int32_t first;   /* number of the first period */
    char **item, **group, **place; /* "" where there is none */
    double *value;   /* what was sold less what came back */
    double *noise;   /* the least variance that chance alone gives: lines are Poisson counts; other measures total^2 / lines */
    double *price;   /* value / quantity, NaN where nothing was sold */
    double *promoted; /* part of the lines that was promoted */
    int32_t left_out[2]; /* incomplete periods at the beginning and at the end */
    int64_t empty_periods, households; /* without any line; cells of households that were added up */
    double scale;    /* what the values were multiplied with */
    double *missed;  /* n x periods: what was wanted besides and not there (pl_series_add_missed); NULL = nothing is known of that */
    int64_t *reports; /* n: of what was not there; NULL likewise */
    int64_t missed_elsewhere; /* rows of missed.csv of other items or periods: left out */
    struct pl_series_store *store; /* private */
} pl_series;

/* Reads the sums of one folder or several (of many shops: they are added).  scale: all values times it (a sample).  Incomplete
 * first and last periods are left out unless `keep`.  Errors: PL_PARSE, PL_DATA, PL_NOTFOUND, PL_IO, PL_NOMEM. */
PL_API pl_status pl_series_load(const char *const *folders, int32_t n, pl_measure measure, double scale, bool keep, pl_series **out,
                                pl_error *err) PL_CHECK;
PL_API void pl_series_free(pl_series *series);
/* Adds what was wanted and not there (src/needs/shelf.c): the rows of a table that pl_missed_save wrote, times the series' scale.  Rows of a place
 * go to the series of this place, or to the item where there are no places; of an item in several groups, to the one of which most is sold.
 * Errors: PL_NOTFOUND, PL_IO, PL_PARSE, PL_DATA, PL_NOMEM. */
PL_API pl_status pl_series_add_missed(pl_series *series, const char *path, pl_error *err) PL_CHECK;

/* ---- One series (src/needs/forecast_models.c) -------------------------------------------------------------------------- */

typedef enum pl_method {
    PL_NAIVE,    /* the last value */
    PL_SNAIVE,   /* that of a season ago */
    PL_MEAN,     /* of all values */
    PL_SES,      /* simple exponential smoothing */
    PL_DAMPED,   /* damped trend (Gardner and McKenzie 1985) */
    PL_THETA,    /* Assimakopoulos and Nikolopoulos 2000, as SES with half the slope (Hyndman and Billah 2003) */
    PL_HW_ADD,   /* Holt-Winters, additive */
    PL_HW_MUL,   /* multiplicative; only of series above zero */
    PL_CROSTON,  /* with the correction of Syntetos and Boylan 2005 */
    PL_TSB,      /* Teunter, Syntetos and Babai 2011: falls when a product dies */
    PL_CAUSAL,   /* by known drivers: prices, promotions, calendar (pl_drivers); only of many series together */
    PL_COMBINED, /* the mean of mean, SES, damped and Theta (with Holt-Winters where there is a season); of a total Theta (and Holt-Winters) alone;
                    among many series drawn towards the mean by the part of the error of the mean that is chance */
    PL_METHODS,
    PL_AUTO = PL_METHODS
} pl_method;
PL_API const char *pl_method_id(pl_method method); /* "ses" */
PL_API pl_method pl_method_find(const char *id);   /* PL_METHODS: none, "auto" */

#define PL_FIT_PARAMETERS 4
typedef struct pl_fit {
    bool fits;    /* false: the method does not apply (too short for the season, not above zero) */
    double sigma; /* root mean square of the errors one step ahead */
    double parameter[PL_FIT_PARAMETERS]; /* alpha, beta, phi or gamma */
} pl_fit;

/* Fits a method to y[0..n) with seasons of m periods (0 = none) and puts forecasts of 1 .. h periods ahead into out.  A constant series, zeros and a
 * single value are fine.  `start`: parameters to begin the search from, or NULL.  Errors: PL_NOMEM. */
PL_API pl_status pl_fit_method(pl_method method, const double *y, int32_t n, int32_t m, int32_t h, const pl_fit *start, pl_fit *fit,
                               double *out, pl_error *err) PL_CHECK;

/* ---- Many series (src/needs/forecast.c) --------------------------------------------------------------------------------- */

/* What is known beforehand (src/needs/drivers.c): numbers for each series and period, those of the forecast included. */
typedef struct pl_drivers {
    int32_t n, periods, k;   /* series; periods of the history and the horizon; drivers */
    const char *const *name; /* k; "price" enters as its logarithm, others as they are */
    double *x;               /* n x periods x k, as they enter */
    int64_t elsewhere;       /* rows of other items or periods: left out */
    int64_t assumed;         /* prices of the horizon that the table does not say: as last */
    struct pl_drivers_store *store; /* private */
} pl_drivers;
/* Reads a table (docs/formats/needs.md) for these series and so many periods after them.  What it does not say of the past is taken from the sums
 * (price, promoted), else 0.  Errors: PL_NOTFOUND, PL_IO, PL_PARSE, PL_DATA with place, PL_NOMEM. */
PL_API pl_status pl_drivers_load(const pl_series *series, const char *path, int32_t horizon, pl_drivers **out, pl_error *err) PL_CHECK;
PL_API void pl_drivers_free(pl_drivers *drivers); /* accepts NULL */

#define PL_QUANTILES 5 /* 2.5, 10, 50, 90, 97.5 % */
PL_API extern const double pl_quantile[PL_QUANTILES];

typedef struct pl_forecast_settings {
    int32_t horizon;    /* periods ahead [4] */
    int32_t season;     /* periods; 0 = by the kind: 7 days, 52 weeks, 12 months; -1 = none */
    pl_method method;   /* PL_AUTO: chosen for each series; all zero is PL_NAIVE */
    int32_t origins;    /* of the rolling origin by which it is chosen [6] */
    int32_t check;      /* whole forecasts from so many earlier ends, compared with what came [4]; -1 = none */
    int32_t check_every; /* periods from one of these ends to the next [1]; the horizon: nothing is judged twice */
    bool leaves_only;   /* no totals, nothing made coherent */
    const pl_drivers *drivers; /* borrowed during the call; NULL: none; of as many periods after the history as the horizon */
    int threads;        /* [1] */
    const pl_progress *progress;
} pl_forecast_settings;

/* Levels of the tree. */
typedef enum pl_level { PL_LEVEL_TOTAL, PL_LEVEL_GROUP, PL_LEVEL_ITEM, PL_LEVEL_PLACE, PL_LEVELS } pl_level;

typedef struct pl_node {
    pl_level level;
    const char *item, *group, *place; /* of the series */
    int32_t parent;       /* -1: none */
    pl_method method;
    double *history;      /* n_periods */
    double *mean;         /* horizon: coherent, not below zero */
    double *quantile;     /* horizon x PL_QUANTILES */
    double sigma;         /* root mean square error one step ahead in the history */
    double scale;         /* root mean square change from period to period */
    double floor;         /* RMSSE that chance alone gives: no method gets below it */
    double score[PL_METHODS + 1]; /* RMSSE of each method over the rolling origins (NaN: does not apply); last: the one chosen */
    double missed;        /* part of the history that was not sold but wanted */
    int64_t reports;      /* of what was not there */
    double as_sold;       /* the forecast over the whole horizon, had only what was sold counted; NaN: nothing was missed */
} pl_node;

/* Score over the held-out periods of the check, by level and over all. */
typedef struct pl_score {
    int32_t series;
    double wrmsse[PL_METHODS + 1]; /* weights: last value; [PL_AUTO]: what this forecast gives; NaN: does not apply */
    double floor;                  /* the same, of chance alone */
    double wape;                   /* sum of absolute errors / sum of values, of this forecast */
    double coverage[2];            /* part within the 80 % and 95 % intervals */
} pl_score;

typedef struct pl_item_wants pl_item_wants; /* below */

typedef struct pl_forecast {
    int32_t n, n_periods, horizon, season, origins;
    pl_period_kind kind;
    pl_measure measure;
    int32_t first;   /* number of the first period of the history; forecasts begin at first + n_periods */
    pl_node *node;   /* leaves as in the series first, then sums */
    int32_t n_leaves;
    int64_t constant, zero, intermittent; /* leaves */
    int32_t checked; /* origins of the check */
    pl_score level[PL_LEVELS], all;
    double incoherence; /* largest difference between a sum and its parts after reconciling */
    int32_t n_drivers;
    const char *const *driver; /* their names */
    double *effect;            /* of each, over all series; NaN: it never varied in the history and is left out */
    double r2;                 /* what the drivers explain of the changes within series (logs) */
    pl_item_wants *wants; /* orders for the days of the forecast, by item; NULL where none were given */
    size_t n_wants;
    struct pl_forecast_store *store; /* private */
} pl_forecast;

/* Forecasts every series, its groups and the total: fits all methods, takes the combination (drivers where they help) unless
 * another was better by much from earlier ends, makes them add up by the reconciliation kernel, and takes quantiles from the errors of the earlier
 * ends.  With `check`, does all that again for earlier ends and says how good it was.  Errors: PL_DATA (fewer than three periods),
 * PL_NUMERIC (cannot be made to add up), PL_NOMEM, PL_STOPPED.  Cost: a millisecond a series with a season of 52. */
PL_API pl_status pl_forecast_make(const pl_series *series, const pl_forecast_settings *settings, pl_forecast **out, pl_error *err) PL_CHECK;
PL_API void pl_forecast_free(pl_forecast *forecast);
/* Writes forecast.csv, scores.csv, history.csv and forecast.json, at once or not at all.  Errors: PL_IO, PL_NOMEM. */
PL_API pl_status pl_forecast_save(const pl_forecast *forecast, const char *path, bool replace, pl_error *err) PL_CHECK;

/* The item, group or "total" of that name (exactly; else ignoring case), highest level first; -1. */
PL_API int32_t pl_forecast_find(const pl_forecast *forecast, const char *name);
/* Reads such a folder again: means, quantiles, history and scores, not the scores of the check.  Errors: PL_PARSE, PL_DATA, PL_NOTFOUND, PL_IO, PL_NOMEM. */
PL_API pl_status pl_forecast_load(const char *path, pl_forecast **out, pl_error *err) PL_CHECK;

/* ---- What is known beforehand (src/needs/forecast_causal.c) ---------------------------------------------------------------- */

/* Prices, promotions and the calendar: a log-log regression over all series together with a level of its own for each, and SES of what is left.
 * x: n_series x (n_periods + horizon) x k drivers, as they enter (log prices; parts or 0/1 for the rest).  Own effects of a series are
 * drawn towards those of all, the more the less it says.  effect: k of all; own: n_series x k or NULL; r2.
 * Errors: PL_DATA (a driver that never varies within any series; its number is the subject), PL_NOMEM. */
PL_API pl_status pl_causal_fit(int32_t n_series, int32_t n_periods, int32_t horizon, int32_t k, const double *y, const double *x, double *effect,
                               double *own, double *forecast, double *r2, pl_error *err) PL_CHECK;

/* ---- Demand that was not served (src/needs/unserved.c) ------------------------------------------------------------------------ */

typedef enum pl_mechanism {
    PL_SHELF_KNOWN,  /* minutes on the shelf are known: exposure */
    PL_AT_RANDOM,    /* empty at moments that have nothing to do with demand: what was sold in other periods */
    PL_BY_DEMAND     /* empty when much was wanted: Tobit */
} pl_mechanism;

typedef struct pl_unserved {
    pl_mechanism mechanism;
    double slope, z;        /* of the log odds of an empty shelf on log expected demand; NaN when it cannot be told */
    double mean, sigma;     /* of log demand (Tobit), or mean demand in a full period */
    int32_t censored;       /* periods */
    double sold, wanted;    /* sums over all periods */
} pl_unserved;

/* sold[n]; on_shelf: part of the open minutes (0 to 1) that the good was there, NaN = not known; empty: the good ran out in that period;
 * expected: a forecast for each period, or NULL (the mean).  wanted: n, or NULL: what would have been sold.
 * Errors: PL_DATA (negative sales, a part outside 0 to 1), PL_NUMERIC (every period is cut), PL_NOMEM. */
PL_API pl_status pl_unserved_correct(int32_t n, const double *sold, const double *on_shelf, const bool *empty, const double *expected,
                                     double *wanted, pl_unserved *out, pl_error *err) PL_CHECK;
/* Tobit regression of y on k columns of x (n x k, by rows): where cut[i], y[i] is a lower bound.  b: k coefficients.  Newton's method in Olsen's
 * parameters, in which the likelihood is concave.  Errors: PL_NUMERIC, PL_NOMEM. */
PL_API pl_status pl_tobit(int32_t n, int32_t k, const double *x, const double *y, const bool *cut, double *b, double *sigma, pl_error *err) PL_CHECK;

typedef struct pl_two_lists {
    double number, variance, low, high; /* low, high: 95 %, log-normal around those nobody reported (Chao 1987) */
} pl_two_lists;
/* Two lists of n1 and n2 reports with `both` in common: how many there are in all (Chapman 1951; variance Seber 1970). */
PL_API pl_two_lists pl_capture_recapture(int64_t n1, int64_t n2, int64_t both);

/* ---- Orders, and what was not there (src/needs/wants.c) ------------------------------------------------------------------------- */

/* An order, or a report that something was wanted and not there.  Texts are "" where nothing is said. */
typedef struct pl_want {
    const char *item, *place;
    const char *who;     /* any name for the one who orders or reports; the same for the same person */
    int64_t amount;      /* millionths, over all its days */
    int32_t from, until; /* days since 1970-01-01, both included; of a report the one day */
    bool staff;          /* of a report: by one who works there and saw the empty shelf, not by one who wanted to buy */
} pl_want;

typedef struct pl_wants {
    pl_want *order, *report;
    size_t n_orders, n_reports;
    struct pl_wants_store *store; /* private; owns the texts */
} pl_wants;

/* Empty ones; owned by the caller.  Errors: PL_NOMEM. */
PL_API pl_status pl_wants_new(pl_wants **out, pl_error *err) PL_CHECK;
PL_API void pl_wants_free(pl_wants *wants); /* accepts NULL */
/* Adds a copy, with its texts. */
PL_API pl_status pl_wants_add(pl_wants *wants, bool report, const pl_want *want, pl_error *err) PL_CHECK;
/* Adds the rows of a table of orders or of reports (docs/formats/needs.md).  Errors: PL_NOTFOUND, PL_IO, PL_PARSE, PL_DATA with place, PL_NOMEM. */
PL_API pl_status pl_wants_load(pl_wants *wants, bool reports, const char *path, pl_error *err) PL_CHECK;
/* Writes orders.csv and missing.csv into a folder, at once or not at all.  Errors: PL_IO, PL_NOMEM. */
PL_API pl_status pl_wants_save(const pl_wants *wants, const char *path, bool replace, pl_error *err) PL_CHECK;

/* What is wanted of one item. */
struct pl_item_wants {
    const char *item;         /* borrowed from the wants */
    int64_t orders, reports;  /* that fall into their days, in part at least */
    double ordered;           /* an order of which some days fall into them counts in proportion */
    double missed;            /* what reports of buyers ask for, times all cases by those that buyers reported */
    int64_t ordering, missing, both; /* people who order, who report as buyers, and who do both */
    pl_two_lists people;      /* who want it in all, when these are two lists of the same people */
    int64_t seen[2], seen_both; /* cases (place and day): of buyers, of staff, of both */
    pl_two_lists cases;       /* in all, also those nobody reported */
};

/* Sums by item, in ascending order of names: of orders for the days from .. until, of reports of the days since .. until.  *out: n of them, freed
 * with pl_wants_sums_free.
 * The order of rows changes nothing.  Cost: sorting.  Errors: PL_NOMEM. */
PL_API pl_status pl_wants_sums(const pl_wants *wants, int32_t since, int32_t from, int32_t until, pl_item_wants **out, size_t *n,
                               pl_error *err) PL_CHECK;
PL_API void pl_wants_sums_free(pl_item_wants *sums);

/* ---- Tables of shelves (src/needs/shelf.c) ------------------------------------------------------------------------------------------ */

/* One item at one place ("" = all places): what empty shelves hid. */
typedef struct pl_shelf_row {
    const char *item, *place;
    int32_t periods;    /* 0: of this one there are reports only */
    bool told;          /* the correction could be made; false: no period was full, u.wanted is NaN */
    pl_unserved u;
    int64_t reports;
    pl_two_lists cases; /* of buyers and of staff */
} pl_shelf_row;

/* What was wanted and not there on one day, or in the period that begins with it. */
typedef struct pl_missed {
    const char *item, *place;
    int32_t day;
    double amount;
    int64_t reports;
    const char *how; /* "shelf-known", "at-random", "by-demand", "reports" */
} pl_missed;

typedef struct pl_shelf {
    pl_shelf_row *row; /* by item and place */
    pl_missed *missed; /* by item, place and day */
    size_t n, n_missed;
    struct pl_shelf_store *store; /* private; owns the texts */
} pl_shelf;

/* Corrects each item and place of the table `shelf` (docs/formats/needs.md; NULL: none) by pl_unserved_correct, and counts the reports (NULL:
 * none).  Where there is a record of the shelf, it says what was missed; elsewhere the reports of buyers do, times all cases by those that buyers
 * reported.  Errors: PL_NOTFOUND, PL_IO, PL_PARSE, PL_DATA with place, PL_NOMEM. */
PL_API pl_status pl_shelf_make(const char *shelf, const pl_wants *reports, pl_shelf **out, pl_error *err) PL_CHECK;
PL_API void pl_shelf_free(pl_shelf *shelf); /* accepts NULL */
PL_API const char *pl_mechanism_id(pl_mechanism mechanism); /* "shelf-known", ... */
/* Writes the missed amounts as a table, for pl_series_add_missed; at once or not at all.  Errors: PL_IO, PL_NOMEM. */
PL_API pl_status pl_missed_save(const pl_shelf *shelf, const char *path, pl_error *err) PL_CHECK;

/* ---- The needs of a plan (src/needs/final.c) ----------------------------------------------------------------------------------------- */

/* Orders that fall into the days of the forecast, and reports since its history begins; they are saved and loaded with it.  Errors: PL_NOMEM. */
PL_API pl_status pl_forecast_add_wants(pl_forecast *forecast, const pl_wants *wants, pl_error *err) PL_CHECK;

/* No forecast at all, but the orders for the days from .. until and the reports of since .. until: what a commons without tills has.  For
 * pl_needs_write; owned by the caller (pl_forecast_free).  Errors: PL_NOMEM. */
PL_API pl_status pl_forecast_of_wants(const pl_wants *wants, int32_t since, int32_t from, int32_t until, pl_forecast **out, pl_error *err) PL_CHECK;

/* Where a need comes from: what would be bought as it was sold, what empty shelves hid, what was ordered.  In the table of needs they are groups. */
typedef enum pl_source { PL_FROM_TILL, PL_FROM_SHELVES, PL_FROM_ORDERS, PL_SOURCES } pl_source;
PL_API const char *pl_source_id(pl_source source); /* "till", "empty shelves", "orders" */

typedef struct pl_needs_written {
    int32_t goods;                     /* whose needs were written */
    int32_t of[PL_SOURCES];            /* goods with a need from this source */
    double amount[PL_SOURCES];
} pl_needs_written;

/* Writes a copy of the folder `economy` to `out` in which the sums over the horizon stand in needs.csv, a row for each source.  Items lead to the
 * goods of the same name, or to those of the table `links` (item, good; perhaps factor, tier, weight; NULL: none).  Tier and weight are those of the
 * links, else of the largest need of this good before, else 1: nobody's order says them.  Rows of goods with a forecast are replaced; of goods with
 * orders only, rows of the group "orders"; all others stay.  At once or not at all.
 * Errors: PL_DATA (no such good or item, with place), PL_PARSE, PL_NOTFOUND, PL_IO, PL_NOMEM. */
PL_API pl_status pl_needs_write(const pl_forecast *forecast, const char *economy, const char *out, const char *links, bool replace,
                                pl_needs_written *written, pl_error *err) PL_CHECK;

/* ---- Plots (src/needs/plot.c) --------------------------------------------------------------------------------------------------- */

/* Writes an SVG of history, forecast and the 80 and 95 % intervals of a node.  Errors: PL_IO, PL_NOMEM. */
PL_API pl_status pl_forecast_svg(const pl_forecast *forecast, int32_t node, const char *path, pl_error *err) PL_CHECK;

#endif
