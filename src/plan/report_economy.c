/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * report_economy.c - of the HTML report: what the plan takes, where the main goods come from and go, trade. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plan/report_html.h"
#include "plan/words.h"

#define RESOURCES_SHOWN 20
#define GOODS_SHOWN 12
#define TRADE_SHOWN 8

static void unit_of(report *r, const char *unit)
{
    pl_str_add(&r->out, " ");
    pl_html_text(&r->out, unit, 30);
}

/* ---- Work and resources ----------------------------------------------------------------------------- */

static void resource_row(report *r, pl_html_table *t, const pl_resource *resource, double used)
{
    const pl_html_part part = {used, resource->kind == PL_LABOUR ? 1 : 5};
    bool limited = resource->available > 0;
    pl_html_row(t, NULL);
    pl_html_cell(t);
    pl_html_name(&r->out, resource->name[0] != '\0' ? resource->name : resource->id);
    pl_html_cell(t);
    if (limited) {
        pl_html_bar(&r->out, &part, 1, resource->available);
    }
    pl_html_cell(t);
    pl_html_amount(&r->out, used);
    unit_of(r, resource->unit);
    pl_html_cell(t);
    if (pl_given(resource->available)) {
        pl_html_amount(&r->out, resource->available);
    } else {
        pl_str_add(&r->out, "no limit");
    }
    pl_html_cell(t);
    if (limited) {
        pl_html_percent(&r->out, used / resource->available);
    }
}

void pl_report_resources(report *r)
{
    static const char *const heading[] = {"", "", "used", "available", "share"};
    const pl_economy *e = r->economy;
    pl_html_table t;
    int32_t shown = 0, left = 0;
    pl_report_heading(r, "takes", "Work and other resources");
    pl_html_table_begin(&t, &r->out, "What the plan uses of what there is", "hbnnn", heading);
    for (int pass = 0; pass < 2; pass++) { /* work first */
        for (int32_t k = 0; k < e->n_resources; k++) {
            if ((e->resources[k].kind == PL_LABOUR) != (pass == 0) || k == e->foreign_exchange ||
                (r->use[k] == 0 && !pl_given(e->resources[k].available))) {
                continue;
            }
            if (shown < RESOURCES_SHOWN) {
                resource_row(r, &t, &e->resources[k], r->use[k]);
                shown++;
            } else {
                left++;
            }
        }
    }
    pl_html_table_end(&t);
    if (left > 0) {
        pl_str_addf(&r->out, "<p class=\"soft\">... and %d more in plan.json.</p>\n", left);
    }
    pl_str_add(&r->out, shown == 0 ? "<p>This economy counts no resources.</p>\n</section>\n" : "</section>\n");
}

/* ---- The main goods --------------------------------------------------------------------------------- */

typedef struct ranked {
    int32_t index;
    double size;
} ranked;

static int by_size(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    return x->size != y->size ? (x->size > y->size ? -1 : 1) : (x->index > y->index) - (x->index < y->index);
}

static void key(report *r, const char *const *names, const int *colours, int n)
{
    pl_str_add(&r->out, "<ul class=\"key\">");
    for (int k = 0; k < n; k++) {
        pl_str_addf(&r->out, "<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"c%d\" width=\"10\" height=\"10\"/></svg>%s</li>",
                    colours[k], names[k]);
    }
    pl_str_add(&r->out, "</ul>\n");
}

static void balance_cells(report *r, pl_html_table *t, const pl_balance *b)
{
    const double figure[] = {b->made, b->imported + b->drawn, b->used, b->delivered, b->exported};
    for (size_t k = 0; k < sizeof figure / sizeof figure[0]; k++) {
        pl_html_cell(t);
        if (figure[k] != 0) {
            pl_html_amount(&r->out, figure[k]);
        } else {
            pl_str_add(&r->out, "–");
        }
    }
}

static void good_row(report *r, pl_html_table *t, int32_t g, double full)
{
    const pl_balance *b = &r->balance[g];
    const pl_html_part from[] = {{b->made, 1}, {b->imported, 4}, {b->drawn, 8}};
    const pl_html_part to[] = {{b->used, 7}, {b->delivered, 3}, {b->exported, 6}, {fmax(0, b->surplus), 5}};
    double total = b->made + b->imported + b->drawn;
    pl_html_row(t, NULL);
    pl_html_cell(t);
    pl_html_name(&r->out, pl_words_good(r->economy, g));
    if (r->unit[0] == '\0') {
        pl_str_add(&r->out, " <small class=\"soft\">");
        pl_html_text(&r->out, r->economy->goods[g].unit, 30);
        pl_str_add(&r->out, "</small>");
    }
    pl_html_cell(t);
    pl_html_bar(&r->out, from, 3, full > 0 ? full : total);
    pl_html_bar(&r->out, to, 4, full > 0 ? full : total);
    balance_cells(r, t, b);
}

/* The goods with the largest turnover: in their common unit, or at the prices of the last stage. */
static ranked *main_goods(report *r, int32_t *n)
{
    const pl_economy *e = r->economy;
    ranked *list = PL_ARENA_NEW(&r->arena, ranked, e->n_goods);
    *n = 0;
    for (int32_t g = 0; list != NULL && g < e->n_goods; g++) {
        const pl_balance *b = &r->balance[g];
        double total = b->made + b->imported + b->drawn;
        if (total > 0) {
            list[(*n)++] = (ranked){g, r->unit[0] != '\0' ? total : total * (r->price != NULL ? fabs(r->price[g]) : 1)};
        }
    }
    if (list != NULL) {
        qsort(list, (size_t)*n, sizeof *list, by_size);
    }
    return list;
}

pl_status pl_report_goods(report *r, pl_error *err)
{
    static const char *const heading[] = {"", "", "made", "imported, from stock", "used up in production", "delivered", "exported"};
    static const char *const names[] = {"made", "imported", "from stock", "used up in production", "delivered", "exported", "left over"};
    static const int colours[] = {1, 4, 8, 7, 3, 6, 5};
    int32_t n = 0;
    ranked *list = main_goods(r, &n);
    if (list == NULL) {
        return pl_fail_nomem(err, "the report");
    }
    pl_report_heading(r, "goods", "Where the main goods come from, and where they go");
    pl_str_add(&r->out, "<p>Of each good, the upper bar shows where it comes from, the lower bar where it goes; both are equally long.</p>\n");
    key(r, names, colours, 7);
    pl_html_table t;
    pl_str caption;
    pl_str_init(&caption, 1000);
    if (r->unit[0] != '\0') {
        pl_str_add(&caption, "The goods with the largest turnover, in ");
        pl_html_text(&caption, r->unit, 60);
    } else {
        pl_str_add(&caption, "The goods that matter most at the prices of the plan, each in its unit");
    }
    double full = r->unit[0] != '\0' && n > 0 ? list[0].size : 0;
    pl_html_table_begin(&t, &r->out, caption.text, "hbnnnnn", heading);
    for (int32_t k = 0; k < n && k < GOODS_SHOWN; k++) {
        good_row(r, &t, list[k].index, full);
    }
    pl_html_table_end(&t);
    r->out.failed |= caption.failed;
    pl_str_clear(&caption);
    if (n > GOODS_SHOWN) {
        pl_str_addf(&r->out, "<p class=\"soft\">... and %d more goods in balances.csv of the plan.</p>\n", n - GOODS_SHOWN);
    }
    pl_str_add(&r->out, "</section>\n");
    return PL_OK;
}

/* ---- Trade ------------------------------------------------------------------------------------------ */

static double trade_value(const report *r, int32_t k, bool imports)
{
    const pl_trade *t = &r->economy->trade[k];
    double price = imports ? t->import_price : t->export_price;
    return pl_given(price) ? price * (imports ? r->plan->imported : r->plan->exported)[t->good] : 0;
}

static void trade_row(report *r, pl_html_table *t, int32_t k, bool imports, double value, double full)
{
    const pl_trade *trade = &r->economy->trade[k];
    double amount = (imports ? r->plan->imported : r->plan->exported)[trade->good];
    double limit = imports ? trade->import_limit : trade->export_limit;
    const pl_html_part part = {value, imports ? 4 : 6};
    pl_html_row(t, NULL);
    pl_html_cell(t);
    pl_html_name(&r->out, pl_words_good(r->economy, trade->good));
    pl_html_cell(t);
    pl_html_bar(&r->out, &part, 1, full);
    pl_html_cell(t);
    pl_html_amount(&r->out, value);
    pl_html_cell(t);
    if (pl_given(limit) && limit > 0) {
        pl_html_percent(&r->out, amount / limit);
    }
}

static pl_status trade_table(report *r, bool imports, pl_error *err)
{
    static const char *const heading[] = {"", "", "value", "of its limit"};
    const pl_economy *e = r->economy;
    int32_t n = 0;
    ranked *list = PL_ARENA_NEW(&r->arena, ranked, e->n_trade);
    if (list == NULL) {
        return pl_fail_nomem(err, "the report");
    }
    for (int32_t k = 0; k < e->n_trade; k++) {
        double value = trade_value(r, k, imports);
        if (value > 0) {
            list[n++] = (ranked){k, value};
        }
    }
    qsort(list, (size_t)n, sizeof *list, by_size);
    pl_str caption;
    pl_str_init(&caption, 1000);
    pl_str_addf(&caption, imports ? "Imports: " : "Exports: ");
    pl_html_amount(&caption, pl_plan_trade_value(r->plan, e, imports));
    if (e->foreign_exchange >= 0) {
        pl_str_add(&caption, " ");
        pl_html_text(&caption, e->resources[e->foreign_exchange].unit, 40);
    }
    pl_html_table t;
    if (n > 0) {
        pl_html_table_begin(&t, &r->out, caption.text, "hbnn", heading);
        for (int32_t k = 0; k < n && k < TRADE_SHOWN; k++) {
            trade_row(r, &t, list[k].index, imports, list[k].size, list[0].size);
        }
        pl_html_table_end(&t);
    } else {
        pl_str_add(&r->out, imports ? "<p class=\"soft\">No imports.</p>\n" : "<p class=\"soft\">No exports.</p>\n");
    }
    r->out.failed |= caption.failed;
    pl_str_clear(&caption);
    if (n > TRADE_SHOWN) {
        pl_str_addf(&r->out, "<p class=\"soft\">... and %d more.</p>\n", n - TRADE_SHOWN);
    }
    return PL_OK;
}

pl_status pl_report_trade(report *r, pl_error *err)
{
    if (r->economy->n_trade == 0) {
        return PL_OK;
    }
    pl_report_heading(r, "trade", "Trade");
    pl_str_add(&r->out, "<div class=\"two\"><div>\n");
    pl_status status = trade_table(r, true, err);
    pl_str_add(&r->out, "</div><div>\n");
    status = status == PL_OK ? trade_table(r, false, err) : status;
    pl_str_add(&r->out, "</div></div>\n</section>\n");
    return status;
}
