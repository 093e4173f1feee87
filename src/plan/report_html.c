/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * report_html.c - the page as a whole: head, key figures, scenario, proof. */
#include "plan/report_html.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "io/file.h"
#include "plan/words.h"

#define PAGE_MAX ((size_t)1 << 28)
#define CHANGES_SHOWN 30

void pl_report_heading(report *r, const char *id, const char *title)
{
    pl_str_addf(&r->out, "<section id=\"%s\" aria-labelledby=\"h-%s\"><h2 id=\"h-%s\">%s</h2>\n", id, id, id, title);
}

/* The page's own policy: nothing may be loaded or run; its style sheet is known by its hash. */
static pl_status add_policy(pl_str *out, pl_error *err)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    char text[sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, sodium_base64_VARIANT_ORIGINAL)];
    if (sodium_init() < 0) {
        return pl_fail(err, PL_BUG, NULL, NULL, "libsodium does not start");
    }
    crypto_hash_sha256(digest, (const unsigned char *)pl_html_style, strlen(pl_html_style));
    sodium_bin2base64(text, sizeof text, digest, sizeof digest, sodium_base64_VARIANT_ORIGINAL);
    pl_str_addf(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-%s'; "
                     "base-uri 'none'; form-action 'none'\">\n", text);
    return PL_OK;
}

static const char *title_of(const report *r)
{
    return r->economy->title[0] != '\0' ? r->economy->title
           : r->options.economy_path != NULL ? r->options.economy_path : "an economy without title";
}

static pl_status add_head(report *r, pl_error *err)
{
    char goal[400];
    pl_str_add(&r->out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    pl_status status = add_policy(&r->out, err);
    pl_str_add(&r->out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Plan of ");
    pl_html_text(&r->out, title_of(r), 100);
    pl_str_addf(&r->out, "</title>\n<style>%s</style>\n</head>\n<body>\n<header>\n<small class=\"soft\">Plan of an economy</small>\n<h1>",
                pl_html_style);
    pl_html_name(&r->out, title_of(r));
    pl_str_add(&r->out, "</h1>\n<p class=\"lead\">Goal: ");
    pl_html_text(&r->out, pl_words_goal(r->plan, goal, sizeof goal), 200);
    pl_str_addf(&r->out, ".</p>\n<p class=\"soft\">%d goods, %d recipes, %d resources, %d needs.%s</p>\n",
                r->economy->n_goods, r->economy->n_recipes, r->economy->n_resources, r->economy->n_needs,
                r->plan->n_changes > 0 ? " <a href=\"#changes\">Some figures were changed for this proposal.</a>" : "");
    return status;
}

/* ---- Key figures ------------------------------------------------------------------------------------ */

static void tile(report *r, const char *class_name, const char *name)
{
    pl_str_addf(&r->out, "<div class=\"%s\"><dt>%s</dt><dd>", class_name, name);
}

static void tile_needs(report *r)
{
    const pl_economy *e = r->economy;
    int32_t all = 0;
    for (int32_t k = 0; k < e->n_needs; k++) {
        all += e->needs[k].amount > 0;
    }
    tile(r, r->n_worst > 0 ? "bad" : "good", "Needs met, on average");
    pl_html_percent(&r->out, pl_plan_needs_met(r->plan, e, 0));
    pl_str_addf(&r->out, "<small>%d of %d in full</small></dd></div>\n", all - r->n_worst, all);
}

static void tile_labour(report *r)
{
    const pl_economy *e = r->economy;
    double used = 0, available = 0;
    const char *unit = NULL;
    for (int32_t k = 0; k < e->n_resources; k++) {
        if (e->resources[k].kind == PL_LABOUR) {
            unit = unit == NULL || strcmp(unit, e->resources[k].unit) == 0 ? e->resources[k].unit : "";
            used += r->use[k];
            available += e->resources[k].available;
        }
    }
    if (unit == NULL || unit[0] == '\0') {
        return; /* no work is counted, or in units that cannot be added */
    }
    tile(r, "work", "Work");
    pl_html_amount(&r->out, used);
    pl_str_add(&r->out, " ");
    pl_html_text(&r->out, unit, 30);
    if (available > 0) {
        pl_str_add(&r->out, "<small>");
        pl_html_percent(&r->out, used / available);
        pl_str_add(&r->out, " of what is there</small>");
    }
    pl_str_add(&r->out, "</dd></div>\n");
}

static void tile_trade(report *r)
{
    const pl_economy *e = r->economy;
    const char *unit = e->foreign_exchange >= 0 ? e->resources[e->foreign_exchange].unit : "";
    if (e->n_trade == 0) {
        return;
    }
    tile(r, "trade", "Imports");
    pl_html_amount(&r->out, pl_plan_trade_value(r->plan, e, true));
    pl_str_add(&r->out, "<small>");
    pl_html_text(&r->out, unit, 40);
    pl_str_add(&r->out, "; exports ");
    pl_html_amount(&r->out, pl_plan_trade_value(r->plan, e, false));
    pl_str_add(&r->out, "</small></dd></div>\n");
}

static void add_tiles(report *r)
{
    double gap = pl_plan_gap(r->plan);
    pl_str_add(&r->out, "<dl class=\"tiles\">\n");
    tile_needs(r);
    tile_labour(r);
    tile_trade(r);
    tile(r, "good", "Proven");
    if (gap > 0) {
        pl_str_addf(&r->out, "best<small>no plan is better by more than %.0e of the figures</small></dd></div>\n", gap);
    } else {
        pl_str_add(&r->out, "best<small>no other plan can do better</small></dd></div>\n");
    }
    pl_str_add(&r->out, "</dl>\n<nav aria-label=\"Parts of this page\"><ul><li><a href=\"#needs\">Needs</a></li>"
                        "<li><a href=\"#why\">What holds them back</a></li><li><a href=\"#takes\">Work and resources</a></li>"
                        "<li><a href=\"#goods\">Main goods</a></li><li><a href=\"#flows\">Main flows</a></li>");
    pl_str_add(&r->out, r->economy->n_trade > 0 ? "<li><a href=\"#trade\">Trade</a></li>" : "");
    pl_str_add(&r->out, r->plan->n_changes > 0 ? "<li><a href=\"#changes\">What was changed</a></li>" : "");
    pl_str_add(&r->out, "<li><a href=\"#proof\">Proof</a></li></ul></nav>\n</header>\n<main>\n");
}

/* ---- The scenario ----------------------------------------------------------------------------------- */

static void change_cell(report *r, double x)
{
    if (pl_given(x)) {
        pl_html_amount(&r->out, x);
    } else {
        pl_str_add(&r->out, "no limit");
    }
}

static void add_changes(report *r)
{
    static const char *const heading[] = {"what", "column", "was", "is here"};
    const pl_plan *p = r->plan;
    pl_html_table t;
    if (p->n_changes == 0) {
        return;
    }
    pl_report_heading(r, "changes", "What was changed for this proposal");
    pl_html_table_begin(&t, &r->out, "Cells of the economy's tables, as the scenario changed them", "htnn", heading);
    for (int32_t k = 0; k < p->n_changes && k < CHANGES_SHOWN; k++) {
        const pl_change *c = &p->changes[k];
        pl_html_row(&t, NULL);
        pl_html_cell(&t);
        pl_html_text(&r->out, c->table, 40);
        pl_str_add(&r->out, " ");
        pl_html_name(&r->out, c->key);
        pl_html_cell(&t);
        pl_html_text(&r->out, c->column, 40);
        pl_html_cell(&t);
        change_cell(r, c->from);
        pl_html_cell(&t);
        change_cell(r, c->to);
    }
    pl_html_table_end(&t);
    if (p->n_changes > CHANGES_SHOWN) {
        pl_str_addf(&r->out, "<p class=\"soft\">... and %d more; all are in changes.csv of the plan.</p>\n",
                    p->n_changes - CHANGES_SHOWN);
    }
    pl_str_add(&r->out, "</section>\n");
}

/* ---- The proof -------------------------------------------------------------------------------------- */

static void stage_value(report *r, const pl_stage *s, double x)
{
    char text[40];
    if (s->goal == PL_RAISE || s->goal == PL_RAISE_MOST) {
        pl_html_percent(&r->out, x);
    } else {
        snprintf(text, sizeof text, "%.10g", x);
        pl_str_add(&r->out, text);
    }
}

static void add_stages(report *r)
{
    static const char *const heading[] = {"stage", "this plan", "no plan can pass", "gap"};
    const pl_plan *p = r->plan;
    pl_html_table t;
    char words[400], gap[40];
    pl_html_table_begin(&t, &r->out, "Stage by stage: what the plan attains, and what its prices prove cannot be passed",
                        "hnnn", heading);
    for (int32_t k = 1; k <= p->n_stages && k <= 40; k++) {
        const pl_stage *s = &p->stages[k - 1];
        double size = fmax(fabs(s->value), fabs(s->bound));
        pl_html_row(&t, NULL);
        pl_html_cell(&t);
        pl_str_addf(&r->out, "%d. ", k);
        pl_html_text(&r->out, pl_words_stage(p, r->economy, k, words, sizeof words), 300);
        pl_html_cell(&t);
        stage_value(r, s, s->value);
        pl_html_cell(&t);
        stage_value(r, s, s->bound);
        pl_html_cell(&t);
        snprintf(gap, sizeof gap, "%.0e", size > 0 ? fabs(s->bound - s->value) / size : 0);
        pl_str_add(&r->out, s->bound == s->value ? "none" : gap);
    }
    pl_html_table_end(&t);
    if (p->n_stages > 40) {
        pl_str_addf(&r->out, "<p class=\"soft\">... and %d more stages in plan.json.</p>\n", p->n_stages - 40);
    }
}

static void add_path(report *r, const char *path, const char *otherwise)
{
    pl_html_text(&r->out, path != NULL && path[0] != '\0' ? path : otherwise, 300);
}

static void add_proof(report *r)
{
    const pl_plan *p = r->plan;
    pl_report_heading(r, "proof", "Proof, and how to check it");
    if (p->outcome == PL_INFEASIBLE) {
        pl_str_add(&r->out, "<p>The plan's folder holds a price for every good and every limit. Weighed with them, what must "
                            "be met exceeds what all limits together allow: whatever one tries, it cannot be done.</p>\n");
    } else {
        pl_str_add(&r->out, "<p>The plan's folder holds a price for every good and every limit, for each stage. Weighed with "
                            "them, all limits together allow no more than the bound below; the plan attains it. ");
        if (p->primal_violation > 0) {
            pl_str_addf(&r->out, "Every balance and every limit holds to %.0e of its size.</p>\n", p->primal_violation);
        } else {
            pl_str_add(&r->out, "Every balance and every limit holds exactly.</p>\n");
        }
        add_stages(r);
    }
    pl_str_add(&r->out, "<p>Nobody has to believe this page. The checker has its own reader and its own arithmetic and "
                        "shares nothing with the planner; anybody with the two folders can run it:</p>\n<pre><code>plenty verify ");
    add_path(r, r->options.plan_path, "PLAN");
    pl_str_add(&r->out, " ");
    add_path(r, r->options.economy_path, "ECONOMY");
    pl_str_add(&r->out, "</code></pre>\n<p class=\"soft\">The economy this is a plan of has the hash <code>");
    pl_html_text(&r->out, p->economy_hash, 64);
    pl_str_add(&r->out, "</code>; with any other figures the check fails.</p>\n</section>\n");
}

/* ---- What cannot be done ---------------------------------------------------------------------------- */

static void add_clashes(report *r)
{
    static const char *const heading[] = {"the limit", "as it is", "enough if it alone is moved", "enough if all are moved", "unit"};
    const pl_plan *p = r->plan;
    pl_html_table t;
    char name[512];
    pl_str_add(&r->out, "</header>\n<main>\n");
    pl_report_heading(r, "clash", "This cannot be done");
    pl_str_add(&r->out, "<p class=\"lead\">What must be met whatever it costs exceeds what all limits together allow. To plan all "
                        "the same, move one of these limits, or all a little, or lower what must be met.</p>\n");
    pl_html_table_begin(&t, &r->out, "The limits that clash, the heaviest first", "hnnnt", heading);
    for (int32_t k = 0; k < p->n_clashes && k < 40; k++) {
        const pl_clash *c = &p->clashes[k];
        pl_html_row(&t, NULL);
        pl_html_cell(&t);
        pl_words_limit(r->economy, c->kind, c->index, name, sizeof name);
        pl_html_name(&r->out, name);
        pl_html_cell(&t);
        pl_html_amount(&r->out, c->available);
        pl_html_cell(&t);
        if (pl_given(c->alone)) {
            pl_html_amount(&r->out, c->alone);
        } else {
            pl_str_add(&r->out, "nothing would do");
        }
        pl_html_cell(&t);
        if (c->together == c->available) {
            pl_str_add(&r->out, "as it is");
        } else {
            pl_html_amount(&r->out, c->together);
        }
        pl_html_cell(&t);
        pl_html_text(&r->out, pl_words_limit_unit(r->economy, c->kind, c->index), 60);
    }
    pl_html_table_end(&t);
    if (p->n_clashes > 40) {
        pl_str_addf(&r->out, "<p class=\"soft\">... and %d more in clashes.csv.</p>\n", p->n_clashes - 40);
    }
    pl_str_add(&r->out, "</section>\n");
}

/* ---- All together ----------------------------------------------------------------------------------- */

pl_status pl_report_prepare(report *r, pl_error *err)
{
    const pl_economy *e = r->economy;
    r->unit = pl_words_common_unit(e);
    if (r->plan->outcome == PL_INFEASIBLE) {
        return PL_OK;
    }
    r->balance = PL_ARENA_NEW(&r->arena, pl_balance, e->n_goods);
    r->use = PL_ARENA_NEW(&r->arena, double, e->n_resources);
    r->worst = PL_ARENA_NEW(&r->arena, int32_t, e->n_needs);
    if (r->balance == NULL || r->use == NULL || r->worst == NULL) {
        return pl_fail_nomem(err, "the report");
    }
    pl_plan_balances(r->plan, e, r->balance);
    pl_plan_resource_use(r->plan, e, r->use);
    r->n_worst = pl_plan_worst_needs(r->plan, e, r->worst);
    r->price = r->plan->n_stages > 0 ? r->plan->stages[r->plan->n_stages - 1].good_price : NULL;
    return PL_OK;
}

static pl_status add_planned(report *r, pl_error *err)
{
    add_tiles(r);
    pl_status status = pl_report_needs(r, err);
    status = status == PL_OK ? pl_report_why(r, err) : status;
    if (status == PL_OK) {
        pl_report_resources(r);
        status = pl_report_goods(r, err);
    }
    status = status == PL_OK ? pl_report_sankey(r, err) : status;
    return status == PL_OK ? pl_report_trade(r, err) : status;
}

static pl_status add_page(report *r, pl_error *err)
{
    pl_status status = pl_report_prepare(r, err);
    status = status == PL_OK ? add_head(r, err) : status;
    if (status == PL_OK && r->plan->outcome == PL_INFEASIBLE) {
        add_clashes(r);
    } else if (status == PL_OK) {
        status = add_planned(r, err);
    }
    if (status != PL_OK) {
        return status;
    }
    add_changes(r);
    add_proof(r);
    pl_str_add(&r->out, "</main>\n<footer class=\"soft\"><small>Made by Plenty " PLENTY_VERSION ". This page is complete in itself: "
                        "it runs no scripts and loads nothing. All its figures, and many more, are in the plan's folder.</small></footer>\n"
                        "</body>\n</html>\n");
    return r->out.failed ? pl_fail_nomem(err, "the report") : PL_OK;
}

pl_status pl_report_html(const pl_plan *plan, const pl_economy *economy, const pl_report_options *options,
                         const char *path, pl_error *err)
{
    report r = {.plan = plan, .economy = economy};
    if (options != NULL) {
        r.options = *options;
    }
    pl_str_init(&r.out, PAGE_MAX);
    pl_arena_init(&r.arena, 0);
    pl_status status = add_page(&r, err);
    if (status == PL_OK) {
        status = pl_file_write(path, r.out.text, r.out.len, err);
    }
    pl_str_clear(&r.out);
    pl_arena_clear(&r.arena);
    return status;
}
