/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * report_sankey.c - of the HTML report: how work, imports and stocks flow through the main goods to those who need
 * them, valued at the prices of the last stage.  Those prices share out the value of what a recipe makes, without
 * remainder, among its inputs, its work and the scarce limits it runs against; so what flows into a good, flows out.
 *
 * Goods that exchange with one another (steel for machines, machines for steel) are joined by the difference only.
 * Links are taken largest first, and left out when they would close a circle: what remains can be drawn in columns. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/json.h"
#include "plan/model.h"
#include "plan/report_html.h"
#include "plan/words.h"

#define GOODS 12     /* drawn by themselves */
#define GROUPS 8     /* of needs */
#define NODES (4 + GOODS + 1 + GROUPS + 2)
#define COLUMNS 6    /* of goods, at most */
#define LEAST 0.004  /* of the whole: smaller links are left out */
#define WIDTH 1000.0
#define NODE 13.0    /* width of a node */
#define GAP 17.0     /* between nodes of a column */
#define TOP 8.0
#define MARGIN 4.0
#define LABELS 185.0 /* on the right, for the names of who gets it */
#define LETTER 7.0

typedef enum node_kind { WORK, SCARCE, IMPORTS, STOCK, GOOD, OTHERS, GROUP, EXPORTS } node_kind;

typedef struct node {
    node_kind kind;
    int32_t good;     /* GOOD */
    const char *name; /* others */
    double value;     /* the larger of what flows in and out */
    int column;
    double x, y, height;
    double in, out; /* while links are laid: filled so far */
} node;

typedef struct link {
    int from, to;
    double value, y0, y1;
} link;

typedef struct graph {
    node nodes[NODES];
    int n, columns;
    double flow[NODES][NODES];
    link links[NODES * NODES];
    int n_links;
    int32_t *node_of;    /* by good */
    double whole, left;  /* value of all that comes in; of links left out */
    int n_left, n_others;
    double height;
    char others[60];
    int good_nodes[2];   /* first and one past the last */
} graph;

static int add_node(graph *g, node_kind kind, int32_t good, const char *name)
{
    g->nodes[g->n] = (node){.kind = kind, .good = good, .name = name};
    return g->n++;
}

/* ---- Nodes ------------------------------------------------------------------------------------------ */

typedef struct ranked {
    int32_t index;
    double size;
} ranked;

static int by_size(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    return x->size != y->size ? (x->size > y->size ? -1 : 1) : (x->index > y->index) - (x->index < y->index);
}

static double value_of(const report *r, int32_t good, double amount)
{
    return fmax(0, r->price[good]) * amount;
}

/* Is the last stage's measure an amount of work? */
static bool in_work(const report *r)
{
    const pl_stage *s = &r->plan->stages[r->plan->n_stages - 1];
    int32_t k = s->goal == PL_USE_LEAST ? pl_find_resource(r->economy, s->objective[0]) : -1;
    return k >= 0 && r->economy->resources[k].kind == PL_LABOUR;
}

static bool choose_goods(report *r, graph *g)
{
    const pl_economy *e = r->economy;
    ranked *list = PL_ARENA_NEW(&r->arena, ranked, e->n_goods);
    int32_t n = 0;
    g->node_of = PL_ARENA_NEW(&r->arena, int32_t, e->n_goods);
    if (list == NULL || g->node_of == NULL) {
        return false;
    }
    for (int32_t k = 0; k < e->n_goods; k++) {
        const pl_balance *b = &r->balance[k];
        double value = value_of(r, k, b->made + b->imported + b->drawn);
        g->node_of[k] = -1;
        if (value > 0) {
            list[n++] = (ranked){k, value};
        }
    }
    qsort(list, (size_t)n, sizeof *list, by_size);
    g->good_nodes[0] = g->n;
    for (int32_t k = 0; k < n && (k < GOODS || n == GOODS + 1); k++) {
        g->node_of[list[k].index] = add_node(g, GOOD, list[k].index, NULL);
    }
    g->n_others = n > GOODS + 1 ? n - GOODS : 0;
    if (g->n_others > 0) {
        snprintf(g->others, sizeof g->others, "%d other goods", g->n_others);
        int others = add_node(g, OTHERS, -1, g->others);
        for (int32_t k = GOODS; k < n; k++) {
            g->node_of[list[k].index] = others;
        }
    }
    g->good_nodes[1] = g->n;
    return true;
}

/* The node of a group of needs: the first ones get their own, the last is for all others. */
static int group_node(graph *g, int first, const char *name)
{
    for (int k = first; k < g->n; k++) {
        if (strcmp(g->nodes[k].name, name) == 0) {
            return k;
        }
    }
    if (g->n - first < GROUPS - 1) {
        return add_node(g, GROUP, -1, name);
    }
    if (g->n - first < GROUPS) {
        add_node(g, GROUP, -1, "other needs");
    }
    return g->n - 1;
}

/* ---- Flows ------------------------------------------------------------------------------------------ */

/* What one recipe makes, shared out among what it takes. */
static void add_recipe(report *r, graph *g, int32_t k, double cost)
{
    const pl_columns *f = &r->economy->flows;
    double level = r->plan->level[k], made = 0, taken = 0;
    for (int64_t i = f->start[k]; i < f->start[k + 1]; i++) {
        double value = level * f->amount[i] * fmax(0, r->price[f->index[i]]);
        made += fmax(0, value);
        taken += fmax(0, -value);
    }
    if (!(made > 0)) {
        return;
    }
    double work = fmin(fmax(0, cost * level), made), rent = fmax(0, made - taken - work);
    for (int64_t o = f->start[k]; o < f->start[k + 1]; o++) {
        int to = g->node_of[f->index[o]];
        double share = level * f->amount[o] * fmax(0, r->price[f->index[o]]) / made;
        if (share <= 0 || to < 0) {
            continue;
        }
        g->flow[0][to] += share * work;
        g->flow[1][to] += share * rent;
        for (int64_t i = f->start[k]; i < f->start[k + 1]; i++) {
            int from = g->node_of[f->index[i]];
            double value = -level * f->amount[i] * fmax(0, r->price[f->index[i]]);
            if (value > 0 && from >= 0) {
                g->flow[from][to] += share * value;
            }
        }
    }
}

static pl_status add_flows(report *r, graph *g, pl_error *err)
{
    const pl_economy *e = r->economy;
    const pl_stage *s = &r->plan->stages[r->plan->n_stages - 1];
    pl_model *model = NULL;
    pl_status status = pl_model_new(e, &model, err);
    if (status != PL_OK) {
        return status;
    }
    double *cost = PL_NEW0(double, model->lp.n);
    if (cost == NULL) {
        pl_model_free(model);
        return pl_fail_nomem(err, "the report");
    }
    pl_objective_costs(model, s->objective, s->n_objective, cost);
    for (int32_t k = 0; k < e->n_recipes; k++) {
        add_recipe(r, g, k, in_work(r) ? cost[k] : 0);
    }
    pl_free(cost);
    pl_model_free(model);
    int first = g->n;
    for (int32_t k = 0; k < e->n_needs; k++) {
        int from = g->node_of[e->needs[k].good];
        double value = value_of(r, e->needs[k].good, r->plan->delivered[k]);
        if (from >= 0 && value > 0) {
            g->flow[from][group_node(g, first, e->needs[k].group[0] != '\0' ? e->needs[k].group : "needs")] += value;
        }
    }
    int exports = add_node(g, EXPORTS, -1, "Exports");
    for (int32_t k = 0; k < e->n_goods; k++) {
        int v = g->node_of[k];
        if (v >= 0) {
            g->flow[2][v] += value_of(r, k, r->balance[k].imported);
            g->flow[3][v] += value_of(r, k, r->balance[k].drawn);
            g->flow[v][exports] += value_of(r, k, r->balance[k].exported);
        }
    }
    return PL_OK;
}

/* ---- From flows to links ---------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    const link *x = a, *y = b;
    return x->value != y->value ? (x->value > y->value ? -1 : 1)
           : x->from != y->from ? (x->from > y->from) - (x->from < y->from)
                                : (x->to > y->to) - (x->to < y->to);
}

static bool is_good(const graph *g, int k)
{
    return k >= g->good_nodes[0] && k < g->good_nodes[1];
}

/* Columns of goods: each one right of all that flow into it.  Returns how many, or 0 when there is a circle. */
static int columns_of_goods(graph *g)
{
    int columns = 1;
    bool changed = true;
    for (int k = 0; k < g->n; k++) {
        g->nodes[k].column = is_good(g, k) ? 1 : 0;
    }
    for (int round = 0; changed; round++) {
        changed = false;
        for (int k = 0; k < g->n_links; k++) {
            const link *l = &g->links[k];
            if (is_good(g, l->from) && is_good(g, l->to) && g->nodes[l->to].column <= g->nodes[l->from].column) {
                g->nodes[l->to].column = g->nodes[l->from].column + 1;
                columns = g->nodes[l->to].column > columns ? g->nodes[l->to].column : columns;
                changed = true;
            }
        }
        if (round > g->n) {
            return 0;
        }
    }
    return columns;
}

static void make_links(graph *g, link *all)
{
    int n = 0;
    g->whole = 0;
    for (int i = 0; i < g->n; i++) {
        for (int j = 0; j < g->n; j++) {
            double net = i == j ? 0 : g->flow[i][j] - (is_good(g, i) && is_good(g, j) ? g->flow[j][i] : 0);
            if (net > 0) {
                all[n++] = (link){i, j, net, 0, 0};
                g->whole += i < g->good_nodes[0] ? net : 0;
            }
        }
    }
    qsort(all, (size_t)n, sizeof *all, by_value);
    for (int k = 0; k < n; k++) {
        int columns = 0;
        if (all[k].value >= LEAST * g->whole) {
            g->links[g->n_links++] = all[k];
            columns = columns_of_goods(g);
            g->n_links -= columns == 0 || columns > COLUMNS;
        }
        if (columns == 0 || columns > COLUMNS) {
            g->left += all[k].value;
            g->n_left++;
        }
    }
    g->columns = columns_of_goods(g) + 2;
    for (int k = 0; k < g->n_links; k++) {
        node *from = &g->nodes[g->links[k].from], *to = &g->nodes[g->links[k].to];
        from->out += g->links[k].value;
        to->in += g->links[k].value;
    }
    for (int k = 0; k < g->n; k++) {
        node *v = &g->nodes[k];
        v->value = fmax(v->in, v->out);
        v->column = v->kind == GROUP || v->kind == EXPORTS ? g->columns - 1 : v->column;
    }
}

/* ---- Layout ----------------------------------------------------------------------------------------- */

/* The nodes of a column that have links, by height on the page. */
static int column_nodes(const graph *g, int column, int *out)
{
    int n = 0;
    for (int k = 0; k < g->n; k++) {
        if (g->nodes[k].column == column && g->nodes[k].value > 0) {
            int at = n++;
            while (at > 0 && g->nodes[out[at - 1]].y > g->nodes[k].y) {
                out[at] = out[at - 1];
                at--;
            }
            out[at] = k;
        }
    }
    return n;
}

/* Moves the nodes of a column apart, and back onto the page. */
static void separate(graph *g, int column)
{
    int list[NODES], n = column_nodes(g, column, list);
    double at = TOP;
    for (int k = 0; k < n; k++) {
        node *v = &g->nodes[list[k]];
        v->y = fmax(v->y, at);
        at = v->y + v->height + GAP;
    }
    at = g->height - TOP + GAP;
    for (int k = n - 1; k >= 0; k--) {
        node *v = &g->nodes[list[k]];
        v->y = fmin(v->y, at - GAP - v->height);
        at = v->y;
    }
}

/* Pulls every node towards the middle of what it is linked with, on one side or on both. */
static void pull(graph *g, int column, bool by_sources, double strength)
{
    for (int k = 0; k < g->n; k++) {
        node *v = &g->nodes[k];
        double sum = 0, weight = 0;
        if (v->column != column || !(v->value > 0)) {
            continue;
        }
        for (int i = 0; i < g->n_links; i++) {
            const link *l = &g->links[i];
            int other = by_sources ? l->from : l->to;
            if ((by_sources ? l->to : l->from) == k) {
                sum += l->value * (g->nodes[other].y + g->nodes[other].height / 2);
                weight += l->value;
            }
        }
        if (weight > 0) {
            v->y += strength * (sum / weight - v->height / 2 - v->y);
        }
    }
    separate(g, column);
}

static void place_nodes(graph *g)
{
    double scale = INFINITY;
    int list[NODES], most = 1;
    for (int c = 0; c < g->columns; c++) {
        int n = column_nodes(g, c, list);
        most = n > most ? n : most;
    }
    g->height = fmin(720, fmax(330, 150 + 44.0 * most));
    for (int c = 0; c < g->columns; c++) {
        double sum = 0;
        int n = column_nodes(g, c, list);
        for (int k = 0; k < n; k++) {
            sum += g->nodes[list[k]].value;
        }
        scale = sum > 0 ? fmin(scale, (g->height - 2 * TOP - GAP * (n - 1)) / sum) : scale;
    }
    for (int c = 0; c < g->columns; c++) {
        int n = column_nodes(g, c, list);
        double at = TOP;
        for (int k = 0; k < n; k++) {
            node *v = &g->nodes[list[k]];
            v->height = fmax(1, scale * v->value);
            v->x = MARGIN + (WIDTH - 2 * MARGIN - NODE - LABELS) * c / (g->columns - 1);
            v->y = at;
            at += v->height + GAP;
        }
    }
    for (int round = 0; round < 40; round++) {
        double strength = 0.9 * pow(0.97, round);
        for (int c = 1; c < g->columns; c++) {
            pull(g, c, true, strength);
        }
        for (int c = g->columns - 2; c >= 0; c--) {
            pull(g, c, false, strength);
        }
    }
}

/* Links leave and enter a node in the order of the other end, so that they cross little. */
static void place_links(graph *g)
{
    for (int k = 0; k < g->n; k++) {
        for (int side = 0; side < 2; side++) {
            const node *v = &g->nodes[k];
            double at = v->y, scale = v->value > 0 ? v->height / v->value : 0;
            bool done[NODES] = {false};
            for (;;) {
                int best = -1, best_other = 0;
                for (int i = 0; i < g->n_links; i++) {
                    int own = side == 0 ? g->links[i].from : g->links[i].to;
                    int other = side == 0 ? g->links[i].to : g->links[i].from;
                    if (own == k && !done[other] && (best < 0 || g->nodes[other].y < g->nodes[best_other].y)) {
                        best = i;
                        best_other = other;
                    }
                }
                if (best < 0) {
                    break;
                }
                done[best_other] = true;
                double width = scale * g->links[best].value;
                *(side == 0 ? &g->links[best].y0 : &g->links[best].y1) = at + width / 2;
                at += width;
            }
        }
    }
}

/* ---- Drawing ---------------------------------------------------------------------------------------- */

static int colour_of(const node *v)
{
    static const int colours[] = {[WORK] = 1, [SCARCE] = 2, [IMPORTS] = 4, [STOCK] = 8,
                                  [GOOD] = 7, [OTHERS] = 7, [GROUP] = 3,   [EXPORTS] = 6};
    return colours[v->kind];
}

static const char *name_of(const report *r, const node *v)
{
    return v->kind == GOOD ? pl_words_good(r->economy, v->good) : v->name;
}

static void add_value(report *r, const graph *g, double value)
{
    if (in_work(r)) {
        pl_html_amount(&r->out, value);
        pl_str_add(&r->out, " ");
        pl_html_text(&r->out, pl_words_objective_unit(r->economy, &r->plan->stages[r->plan->n_stages - 1]), 20);
    } else {
        pl_html_percent(&r->out, value / g->whole);
    }
}

static void attribute(report *r, const char *name, double x)
{
    pl_str_addf(&r->out, " %s=\"", name);
    pl_html_coordinate(&r->out, x);
    pl_str_add(&r->out, "\"");
}

static void point(report *r, double x, double y)
{
    pl_html_coordinate(&r->out, x);
    pl_str_add(&r->out, " ");
    pl_html_coordinate(&r->out, y);
    pl_str_add(&r->out, " ");
}

static void draw_link(report *r, const graph *g, const link *l)
{
    const node *a = &g->nodes[l->from], *b = &g->nodes[l->to];
    double x0 = a->x + NODE, x1 = b->x, middle = (x0 + x1) / 2;
    int colour = is_good(g, l->from) && !is_good(g, l->to) ? colour_of(b) : colour_of(a);
    pl_str_addf(&r->out, "<path class=\"link l%d\" d=\"M", colour);
    point(r, x0, l->y0);
    pl_str_add(&r->out, "C");
    point(r, middle, l->y0);
    point(r, middle, l->y1);
    point(r, x1, l->y1);
    pl_str_add(&r->out, "\"");
    attribute(r, "stroke-width", fmax(0.7, a->height / a->value * l->value));
    pl_str_add(&r->out, "><title>");
    pl_html_text(&r->out, name_of(r, a), 80);
    pl_str_add(&r->out, " → ");
    pl_html_text(&r->out, name_of(r, b), 80);
    pl_str_add(&r->out, ": ");
    add_value(r, g, l->value);
    pl_str_add(&r->out, "</title></path>\n");
}

static void draw_node(report *r, const graph *g, const node *v)
{
    bool last = v->column == g->columns - 1, shows_value = v->height > 8 && g->columns <= 6;
    double step = last ? LABELS : (WIDTH - 2 * MARGIN - NODE - LABELS) / (g->columns - 1);
    int room = (int)((step - NODE - (shows_value ? 48 : 8)) / LETTER);
    room = room < 14 ? 14 : room;
    pl_str_addf(&r->out, "<g><rect class=\"c%d\"", colour_of(v));
    attribute(r, "x", v->x);
    attribute(r, "y", v->y);
    attribute(r, "width", NODE);
    attribute(r, "height", v->height);
    pl_str_add(&r->out, "/><text class=\"label\"");
    attribute(r, "x", v->x + NODE + 6);
    attribute(r, "y", v->y + v->height / 2 + 4.5);
    pl_str_add(&r->out, ">");
    pl_html_text(&r->out, name_of(r, v), room);
    pl_str_add(&r->out, " <tspan class=\"v\">");
    if (shows_value) {
        pl_html_percent(&r->out, v->value / g->whole);
    }
    pl_str_add(&r->out, "</tspan></text><title>");
    pl_html_text(&r->out, name_of(r, v), 120);
    pl_str_add(&r->out, ": ");
    add_value(r, g, v->value);
    pl_str_add(&r->out, "</title></g>\n");
}

static void draw(report *r, const graph *g)
{
    pl_str_add(&r->out, "<figure><div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Diagram of the main flows, can be scrolled\">"
                        "<svg role=\"img\" aria-labelledby=\"flow-t flow-d\" viewBox=\"0 0 ");
    point(r, WIDTH, g->height);
    pl_str_add(&r->out, "\"><title id=\"flow-t\">The main flows</title><desc id=\"flow-d\">Bands from work, imports and stocks on the left, "
                        "through the main goods, to those who need them on the right; the table below has the same figures.</desc>\n");
    for (int k = 0; k < g->n_links; k++) {
        draw_link(r, g, &g->links[k]);
    }
    for (int k = 0; k < g->n; k++) {
        if (g->nodes[k].value > 0) {
            draw_node(r, g, &g->nodes[k]);
        }
    }
    pl_str_addf(&r->out, "</svg></div>\n<figcaption><small>Read from left to right. A band is as thick as its value at the prices of the plan%s. ",
                in_work(r) ? ": the work in it, and what scarce limits add" : "");
    pl_str_add(&r->out, "What two goods supply to each other is set off.");
    if (g->n_left > 0 && g->left > 0.0005 * g->whole) {
        pl_str_addf(&r->out, " Not drawn: %d small or circular flows, together ", g->n_left);
        pl_html_percent(&r->out, g->left / g->whole);
        pl_str_add(&r->out, " of what comes in.");
    }
    pl_str_add(&r->out, "</small></figcaption></figure>\n");
}

static void add_table(report *r, const graph *g)
{
    static const char *const heading[] = {"from", "to", "value", "share"};
    pl_html_table t;
    pl_str_add(&r->out, "<details><summary>The same in numbers</summary>\n");
    pl_html_table_begin(&t, &r->out, "Flows, the largest first; shares are of all that comes in", "htnn", heading);
    for (int k = 0; k < g->n_links; k++) {
        const link *l = &g->links[k];
        pl_html_row(&t, NULL);
        pl_html_cell(&t);
        pl_html_name(&r->out, name_of(r, &g->nodes[l->from]));
        pl_html_cell(&t);
        pl_html_name(&r->out, name_of(r, &g->nodes[l->to]));
        pl_html_cell(&t);
        if (in_work(r)) {
            add_value(r, g, l->value);
        }
        pl_html_cell(&t);
        pl_html_percent(&r->out, l->value / g->whole);
    }
    pl_html_table_end(&t);
    pl_str_add(&r->out, "</details>\n");
}

/* Nodes and links of the main flows; none when the prices give no value to any. */
static pl_status make_graph(report *r, graph **out, pl_error *err)
{
    graph *g = PL_NEW0(graph, 1);
    link *all = PL_NEW(link, NODES * NODES);
    pl_status status = g == NULL || all == NULL ? pl_fail_nomem(err, "the main flows") : PL_OK;
    if (status == PL_OK && r->price != NULL) {
        add_node(g, WORK, -1, "Work");
        add_node(g, SCARCE, -1, "Scarce limits");
        add_node(g, IMPORTS, -1, "Imports");
        add_node(g, STOCK, -1, "Stocks");
        status = choose_goods(r, g) ? add_flows(r, g, err) : pl_fail_nomem(err, "the main flows");
    }
    if (status == PL_OK && r->price != NULL) {
        make_links(g, all);
    }
    pl_free(all);
    *out = g;
    return status;
}

pl_status pl_report_sankey(report *r, pl_error *err)
{
    graph *g;
    pl_report_heading(r, "flows", "The main flows");
    pl_status status = make_graph(r, &g, err);
    if (status == PL_OK && g->n_links > 0) {
        place_nodes(g);
        place_links(g);
        draw(r, g);
        add_table(r, g);
    } else if (status == PL_OK) {
        pl_str_add(&r->out, "<p>The prices of the plan give no value to any flow.</p>\n");
    }
    pl_str_add(&r->out, "</section>\n");
    pl_free(g);
    return status;
}

/* ---- The same as JSON ------------------------------------------------------------------------------- */

static void put_graph(pl_json *j, const report *r, const graph *g)
{
    static const char *const KIND[] = {"work", "scarce", "imports", "stocks", "good", "others", "group", "exports"};
    pl_json_put_number(j, "whole", g->whole);
    pl_json_put_number(j, "left_out", g->left);
    pl_json_put_int(j, "links_left_out", g->n_left);
    pl_json_put_bool(j, "in_work", in_work(r));
    pl_json_key(j, "nodes");
    pl_json_array(j);
    for (int k = 0; k < g->n; k++) {
        const node *v = &g->nodes[k];
        pl_json_object(j);
        pl_json_put_text(j, "kind", KIND[v->kind]);
        pl_json_put_text(j, "good", v->kind == GOOD ? r->economy->goods[v->good].id : NULL);
        pl_json_put_text(j, "name", name_of(r, v));
        pl_json_put_number(j, "value", v->value);
        pl_json_put_int(j, "column", v->column);
        pl_json_end(j);
    }
    pl_json_end(j);
    pl_json_key(j, "links");
    pl_json_array(j);
    for (int k = 0; k < g->n_links; k++) {
        pl_json_object(j);
        pl_json_put_int(j, "from", g->links[k].from);
        pl_json_put_int(j, "to", g->links[k].to);
        pl_json_put_number(j, "value", g->links[k].value);
        pl_json_end(j);
    }
    pl_json_end(j);
}

pl_status pl_json_flows(pl_json *j, const pl_plan *plan, const pl_economy *economy, pl_error *err)
{
    report r = {.plan = plan, .economy = economy};
    graph *g = NULL;
    pl_arena_init(&r.arena, 0);
    pl_status status = pl_report_prepare(&r, err);
    status = status == PL_OK ? make_graph(&r, &g, err) : status;
    if (status == PL_OK) {
        put_graph(j, &r, g);
    }
    pl_free(g);
    pl_arena_clear(&r.arena);
    return status;
}
