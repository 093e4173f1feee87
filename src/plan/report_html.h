/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * report_html.h - what the parts of the HTML report share. */
#ifndef PLENTY_PLAN_REPORT_HTML_H
#define PLENTY_PLAN_REPORT_HTML_H

#include <plenty/report.h>

#include "base/arena.h"
#include "plan/html.h"

typedef struct report {
    const pl_plan *plan;
    const pl_economy *economy;
    pl_report_options options;
    pl_str out;
    pl_arena arena;
    pl_balance *balance; /* by good */
    double *use;         /* by resource */
    int32_t *worst;      /* needs that are short */
    int32_t n_worst;
    const double *price; /* of goods, in the last stage; NULL when there is none */
    const char *unit;    /* of all goods, or "" */
} report;

/* Fills in everything behind `arena`, which is begun, from plan and economy. */
pl_status pl_report_prepare(report *r, pl_error *err);
void pl_report_heading(report *r, const char *id, const char *title);

/* report_needs.c: how far needs are met, what is short, and what holds it back. */
pl_status pl_report_needs(report *r, pl_error *err);
pl_status pl_report_why(report *r, pl_error *err);
/* report_economy.c: what it takes, balances of the main goods, trade. */
void pl_report_resources(report *r);
pl_status pl_report_goods(report *r, pl_error *err);
pl_status pl_report_trade(report *r, pl_error *err);
/* report_sankey.c: how work, imports and stocks flow through the main goods to those who need them. */
pl_status pl_report_sankey(report *r, pl_error *err);

#endif
