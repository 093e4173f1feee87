/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "solve/mps.h"

#include <errno.h>
#include <math.h>
#include <string.h>

typedef struct writer {
    FILE *f;
    const pl_lp *lp;
    pl_mps_options o;
} writer;

static void name(const writer *w, const char *const *names, char letter, int32_t number)
{
    const char *given = names != NULL ? names[number] : NULL;
    if (given == NULL || *given == '\0') {
        fprintf(w->f, "%c%d", letter, (int)number);
        return;
    }
    for (const char *p = given; *p != '\0'; p++) {
        putc((unsigned char)*p <= ' ' || (*p == '$' && p == given) ? '_' : *p, w->f);
    }
}

static void row_name(const writer *w, int32_t i)
{
    name(w, w->o.row_name, 'R', i);
}

static double row_factor(const writer *w, int32_t i)
{
    return w->o.row_scale != NULL ? w->o.row_scale[i] : 1;
}

static double column_factor(const writer *w, int32_t j)
{
    return w->o.column_scale != NULL ? w->o.column_scale[j] : 1;
}

static char row_type(const pl_lp *lp, int32_t i)
{
    bool lo = isfinite(lp->row_lo[i]), hi = isfinite(lp->row_hi[i]);
    return lo && hi && lp->row_lo[i] == lp->row_hi[i] ? 'E' : lo ? 'G' : hi ? 'L' : 'N';
}

static void rows(const writer *w)
{
    fprintf(w->f, "ROWS\n N COST\n");
    for (int32_t i = 0; i < w->lp->m; i++) {
        fprintf(w->f, " %c ", row_type(w->lp, i));
        row_name(w, i);
        putc('\n', w->f);
    }
}

static void entry(const writer *w, int32_t j, int32_t i, double value)
{
    fprintf(w->f, " ");
    name(w, w->o.column_name, 'C', j);
    putc(' ', w->f);
    if (i < 0) {
        fprintf(w->f, "COST");
    } else {
        row_name(w, i);
    }
    fprintf(w->f, " %.17g\n", value);
}

static void columns(const writer *w)
{
    const pl_lp *lp = w->lp;
    fprintf(w->f, "COLUMNS\n");
    for (int32_t j = 0; j < lp->n; j++) {
        double factor = column_factor(w, j);
        if (lp->cost[j] != 0 || lp->start[j] == lp->start[j + 1]) { /* every column must appear */
            entry(w, j, -1, lp->cost[j] * factor);
        }
        for (int64_t t = lp->start[j]; t < lp->start[j + 1]; t++) {
            entry(w, j, lp->row[t], lp->val[t] * factor * row_factor(w, lp->row[t]));
        }
    }
}

static void right_hand_sides(const writer *w)
{
    const pl_lp *lp = w->lp;
    fprintf(w->f, "RHS\n");
    for (int32_t i = 0; i < lp->m; i++) {
        char type = row_type(lp, i);
        double value = type == 'L' ? lp->row_hi[i] : lp->row_lo[i];
        if (type != 'N' && value != 0) {
            fprintf(w->f, " RHS ");
            row_name(w, i);
            fprintf(w->f, " %.17g\n", value * row_factor(w, i));
        }
    }
    bool any = false;
    for (int32_t i = 0; i < lp->m; i++) {
        if (row_type(lp, i) == 'G' && isfinite(lp->row_hi[i])) {
            fprintf(w->f, "%s RNG ", any ? "" : "RANGES\n");
            any = true;
            row_name(w, i);
            fprintf(w->f, " %.17g\n", (lp->row_hi[i] - lp->row_lo[i]) * row_factor(w, i));
        }
    }
}

static void bound(const writer *w, const char *type, int32_t j, double value)
{
    fprintf(w->f, " %s BND ", type);
    name(w, w->o.column_name, 'C', j);
    if (isfinite(value)) {
        fprintf(w->f, " %.17g", value / column_factor(w, j));
    }
    putc('\n', w->f);
}

static void bounds(const writer *w)
{
    fprintf(w->f, "BOUNDS\n");
    for (int32_t j = 0; j < w->lp->n; j++) {
        double lo = w->lp->lo[j], hi = w->lp->hi[j];
        if (lo == hi) {
            bound(w, "FX", j, lo);
            continue;
        }
        if (!isfinite(lo)) {
            bound(w, isfinite(hi) ? "MI" : "FR", j, INFINITY);
        } else if (lo != 0) {
            bound(w, "LO", j, lo);
        }
        if (isfinite(hi)) {
            bound(w, "UP", j, hi);
        }
    }
}

pl_status pl_mps_write(FILE *f, const pl_lp *lp, const pl_mps_options *options, pl_error *err)
{
    writer w = {.f = f, .lp = lp};
    if (options != NULL) {
        w.o = *options;
    }
    fprintf(f, "NAME %s FREE\n", w.o.name != NULL ? w.o.name : "plenty");
    rows(&w);
    columns(&w);
    right_hand_sides(&w);
    bounds(&w);
    fprintf(f, "ENDATA\n");
    if (fflush(f) != 0 || ferror(f)) {
        return pl_fail(err, PL_IO, NULL, NULL, "cannot write MPS: %s", strerror(errno));
    }
    return PL_OK;
}
