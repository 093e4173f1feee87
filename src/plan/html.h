/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * html.h - pieces of an HTML page: escaped text, tables with bars.  They append to a pl_str, which shows failure at
 * the end. */
#ifndef PLENTY_PLAN_HTML_H
#define PLENTY_PLAN_HTML_H

#include "base/str.h"

/* Text, escaped for HTML, attributes and SVG.  What is no UTF-8, control characters and those that turn the
 * direction of writing become U+FFFD.  At most `most` characters, then an ellipsis (0 = no end). */
void pl_html_text(pl_str *out, const char *text, int most);
/* A name from the economy in running text: escaped, cut after 100 characters, its direction kept to itself. */
void pl_html_name(pl_str *out, const char *name);
void pl_html_amount(pl_str *out, double x);
void pl_html_percent(pl_str *out, double share);
/* A number for coordinates: two decimals at most, never NaN or infinite. */
void pl_html_coordinate(pl_str *out, double x);

/* A table.  Letters of `columns`: h the row's heading, t text, n a number, b a bar.  Each cell is begun, filled by
 * the caller, and ended by the next begin. */
typedef struct pl_html_table {
    pl_str *out;
    const char *columns;
    const char *const *heading;
    int at;
    bool in_row;
} pl_html_table;
void pl_html_table_begin(pl_html_table *t, pl_str *out, const char *caption, const char *columns,
                         const char *const *heading);
void pl_html_row(pl_html_table *t, const char *class_name); /* NULL: none */
void pl_html_cell(pl_html_table *t);
void pl_html_table_end(pl_html_table *t);

/* A bar of parts, each with the class c1 .. c8 of its colour, drawn against `full` (the rest is empty). */
typedef struct pl_html_part {
    double size;
    int colour;
} pl_html_part;
void pl_html_bar(pl_str *out, const pl_html_part *parts, int n, double full);

/* The style sheet of reports. */
extern const char pl_html_style[];

#endif
