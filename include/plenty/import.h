/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * import.h - national accounts, process inventories and food recipes as economies.
 *
 * A data set is a folder of CSV tables.  A mapping (docs/formats/mapping.md), one small JSON file for each data
 * set, says which file plays which role; how tables become recipes is written in docs/methods/supply-use.md.
 * Nothing is corrected silently: every rule that had to be applied is a note or a warning in *findings. */
#ifndef PLENTY_IMPORT_H
#define PLENTY_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/economy.h>
#include <plenty/findings.h>
#include <plenty/progress.h>
#include <plenty/status.h>

/* A table to be balanced: cells x that may move (each keeping its sign), and sums that they must have.  Cell i stands in
 * the sums row[start[i]] .. row[start[i + 1] - 1]. */
typedef struct pl_balancing {
    int32_t n_cells, n_sums;
    const int64_t *start;
    const int32_t *row;
    const double *target; /* of each sum */
    double *x;            /* as they are; as they are to be */
    int32_t clash;        /* a sum that cannot be had, or -1; x is then of no use */
    double residual;      /* largest gap that is left, as a part of the sum */
} pl_balancing;
/* Balances: x as near as possible to what it was, in proportion (RAS, GRAS).  The call of estimate.h that can do it is pl_reconcile with
 * PL_ENTROPY; it is handed in because importing stands below it. */
typedef pl_status (*pl_balancer)(pl_balancing *balancing, const pl_progress *progress, pl_error *err);

/* What the caller wants otherwise than the mapping says; all zero = as the mapping says. */
typedef struct pl_import_settings {
    const char *model; /* "product-technology", "industry-technology", "industry-sales", "product-sales" or
                          "activities" (only for supply and use tables); NULL = the mapping's */
    int32_t year;      /* of data sets with several years; 0 = the mapping's */
    double capacity;   /* capacity of a recipe = this x its observed level; 0 = the mapping's, INFINITY = no limit */
    double available;  /* labour, equipment and foreign exchange available = this x the observed total; 0 = the
                          mapping's, INFINITY = no limit */
    bool capital;      /* capital as assets that wear out and are invested in, for plans of several years, instead of
                          investment as a need and capacities (only where the mapping says where it stands) */
    pl_balancer balance; /* makes use and final demand add up to the outputs; NULL = the tables stay as they are */
} pl_import_settings;

/* What was found in the tables and what became of it.  Texts are "" when unknown. */
typedef struct pl_import_report {
    char name[64], kind[32], model[32];
    char title[256], description[1024], licence[256], source_title[256], source_path[256];
    int32_t year;                    /* 0 = the data set has one year only */
    int32_t products, industries;    /* of the tables */
    int32_t goods, recipes, resources, needs, stocks;
    int32_t zero_output;             /* products or industries without output: no recipe */
    int32_t no_producer;             /* products that are used but made by nobody */
    int32_t merged, byproducts;      /* to make the make table square (product technology, industry sales) */
    int64_t use_cells;               /* cells that are not zero */
    int64_t negative_use_cells;      /* kept as outputs */
    int64_t negative_coefficients;   /* that the model of transformation brought about */
    int64_t negative_final;          /* net final demand below zero: stocks */
    double negative_use, negative_coefficient, negative_final_sum; /* sums of them */
    double output, final_demand, imports, exports; /* observed totals; final demand without imports */
    double row_gap, column_gap;      /* the largest |output - uses|, |output - inputs - primary inputs|, before balancing */
    int64_t balanced_cells;          /* that balancing moved by more than a part of 1e-9 */
    double balanced_sum;             /* by how much, in all */
} pl_import_report;

/* Reads the tables of the folder `data_dir` as the mapping file says and makes an economy of them.
 * settings, progress, findings and report may be NULL.  Returns owned.  Cost: one pass over the files; the two models
 * that invert the make table take O(n^3) for n products.
 * Errors: PL_NOTFOUND (a file), PL_IO, PL_PARSE (mapping or table), PL_DATA (tables and mapping do not fit),
 * PL_USAGE (a setting), PL_NOMEM, PL_TOOBIG, PL_STOPPED. */
PL_API pl_status pl_import(const char *data_dir, const char *mapping_path, const pl_import_settings *settings,
                           const pl_progress *progress, pl_findings *findings, pl_import_report *report,
                           pl_economy **out, pl_error *err) PL_CHECK;

/* The report's texts as the description of the data package; borrows from the report. */
PL_API void pl_import_package(const pl_import_report *report, pl_package *out);

/* Looks for the mapping of the folder `data_dir`: its own mapping.json, else `mappings_dir`/NAME.json where NAME is
 * the folder's name.  PL_NOTFOUND names what is there instead. */
PL_API pl_status pl_import_find_mapping(const char *data_dir, const char *mappings_dir, char *out, size_t size,
                                        pl_error *err) PL_CHECK;

#endif
