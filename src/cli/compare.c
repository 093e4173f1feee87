/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * compare.c - `plenty compare`: two plans side by side, for people. */
#include "cli/compare.h"

#include <math.h>
#include <string.h>

#include "plan/json.h"

#define SHOWN 6   /* of each list */
#define GROUPS 24 /* rows of the table of needs */

static void heading(const char *text)
{
    printf("\n%s%s%s\n", cli_bold(), text, cli_plain());
}

/* A heading that names the unit which all goods have. */
static void heading_in_unit(const char *text, const pl_economy *e)
{
    const char *unit = pl_words_common_unit(e);
    printf("\n%s%s%s%s%s%s\n", cli_bold(), text, unit[0] != '\0' ? " (in " : "", unit, unit[0] != '\0' ? ")" : "",
           cli_plain());
}

static const char *either(const char *name, const char *id)
{
    return name[0] != '\0' ? name : id;
}

/* "+2.5 points", "same". */
static const char *points(const double met[2], char out[CLI_NUMBER])
{
    double d = 100 * (met[1] - met[0]);
    if (!pl_given(d)) {
        out[0] = '\0';
    } else if (fabs(d) < 1e-7) {
        snprintf(out, CLI_NUMBER, "same");
    } else {
        snprintf(out, CLI_NUMBER, fabs(d) < 0.05 ? "%+.2g points" : "%+.1f points", d);
    }
    return out;
}

static const char *amount_or(double x, const char *otherwise, char out[CLI_NUMBER])
{
    if (!pl_given(x)) {
        snprintf(out, CLI_NUMBER, "%s", otherwise);
        return out;
    }
    return cli_amount(x, out);
}

/* The change in per cent; "new" and "gone" where it begins or ends at nothing. */
static const char *change(const double x[2], char out[CLI_NUMBER])
{
    double size = fmax(fabs(x[0]), fabs(x[1]));
    if (!pl_given(x[0]) || !pl_given(x[1])) {
        snprintf(out, CLI_NUMBER, pl_given(x[1]) ? "only in B" : pl_given(x[0]) ? "only in A" : "");
    } else if (fabs(x[1] - x[0]) <= 1e-9 * size) {
        snprintf(out, CLI_NUMBER, "same");
    } else if (fabs(x[0]) <= 1e-9 * size) {
        snprintf(out, CLI_NUMBER, "from nothing");
    } else if (fabs(x[1]) <= 1e-9 * size) {
        snprintf(out, CLI_NUMBER, "to nothing");
    } else {
        cli_change(x[0], x[1], out);
    }
    return out;
}

/* ---- What is compared ------------------------------------------------------------------------------- */

static const char *outcome_words(const pl_plan *p, char *out, size_t size)
{
    const char *argument = p->argument != NULL ? p->argument : "";
    if (p->outcome == PL_INFEASIBLE) {
        snprintf(out, size, "cannot be done");
    } else {
        snprintf(out, size, "%s%s%s", pl_goal_id(p->goal), argument[0] != '\0' ? " " : "", argument);
    }
    return out;
}

static void print_head(const cli_compare_input *in)
{
    const pl_comparison *c = in->comparison;
    char words[300];
    const pl_economy *e[2] = {c->side[0].economy, c->side[1].economy};
    printf("%sTwo plans of %s%s\n", cli_bold(), either(e[0]->title, in->name[0]), cli_plain());
    for (int s = 0; s < 2; s++) {
        printf("  %c  %s (%s", 'A' + s, in->name[s], outcome_words(c->side[s].plan, words, sizeof words));
        if (s == 1 && !c->same_base) {
            printf("; another economy: %s", either(e[1]->title, "without title"));
        }
        printf(")\n");
    }
    int32_t only[2] = {0, 0}, units = 0;
    for (int32_t k = 0; k < c->n_goods; k++) {
        const pl_good_pair *g = &c->goods[k];
        only[0] += g->good[1] < 0;
        only[1] += g->good[0] < 0;
        units += g->good[0] >= 0 && g->good[1] >= 0 && !g->same_unit;
    }
    if (only[0] + only[1] + units > 0) {
        printf("  Compared are the %d goods that both have; left out: %d only in A, %d only in B, %d with other units.\n",
               c->common_goods, only[0], only[1], units);
    }
}

static void change_row(cli_table *t, const pl_change_pair *ch)
{
    char a[CLI_NUMBER], b[CLI_NUMBER], difference[CLI_NUMBER];
    change(ch->to, difference);
    cli_table_row(t, "%s %s\t%s\t%s\t%s\t%s", ch->table, ch->key, ch->column, amount_or(ch->to[0], "none", a),
                  amount_or(ch->to[1], "none", b), pl_given(ch->to[0]) && pl_given(ch->to[1]) ? difference : "");
}

static void print_changes(const pl_comparison *c)
{
    cli_table t;
    int32_t shown = 0, differ = 0, alike = 0;
    cli_table_start(&t, "llrrr");
    cli_table_heading(&t, "changed\t\tA\tB\tB against A");
    for (int32_t k = 0; k < c->n_changes; k++) {
        const pl_change_pair *ch = &c->changes[k];
        bool same = ch->to[0] == ch->to[1] || (!pl_given(ch->to[0]) && !pl_given(ch->to[1]));
        alike += same;
        differ += !same;
        if (!same && shown < SHOWN) {
            change_row(&t, ch);
            shown++;
        }
    }
    if (c->n_changes == 0) {
        printf("  No scenario changed anything%s.\n",
               c->same_base ? ": the plans differ in their goals, if at all" : "");
        return;
    }
    heading("What the scenarios changed");
    if (differ > 0) {
        cli_table_print(&t, stdout);
    }
    if (differ > shown) {
        printf("  ... and %d more cells that differ\n", differ - shown);
    }
    if (alike > 0) {
        printf("  %d changed alike in both\n", alike);
    }
}

/* ---- Needs ------------------------------------------------------------------------------------------ */

static void print_groups(const pl_comparison *c, bool brief)
{
    cli_table t;
    char a[CLI_NUMBER], b[CLI_NUMBER], d[CLI_NUMBER], name[120];
    int32_t rows = 0;
    cli_table_start(&t, "lrrrrr");
    cli_table_heading(&t, "for whom\tmet in A\tmet in B\tdifference\tneeds with more\twith less");
    for (int32_t k = 0; k < c->n_groups; k++) {
        const pl_group_pair *g = &c->groups[k];
        bool lonely = g->group != NULL && k > 0 && c->groups[k - 1].group == NULL &&
                      (k + 1 == c->n_groups || c->groups[k + 1].group == NULL);
        if ((brief && g->group != NULL) || (lonely && g->group[0] == '\0') || (g->n[0] == 0 && g->n[1] == 0) || rows == GROUPS) {
            continue; /* the tier's row says it already */
        }
        if (g->group == NULL) {
            snprintf(name, sizeof name, "tier %d", g->tier);
        } else {
            snprintf(name, sizeof name, "  %s", g->group[0] != '\0' ? g->group : "(without group)");
        }
        cli_table_row(&t, "%s\t%s\t%s\t%s\t%d\t%d", name, cli_percent(g->met[0], a), cli_percent(g->met[1], b),
                      points(g->met, d), g->gain, g->lose);
        rows++;
    }
    heading("How far needs are met, on average");
    cli_table_print(&t, stdout);
    if (rows == GROUPS) {
        printf("  ... the rest with --json\n");
    }
}

/* The needs that gain (sign 1) or lose (sign -1) most. */
static void print_needs(const pl_comparison *c, int sign)
{
    cli_table t;
    char a[CLI_NUMBER], b[CLI_NUMBER], d[CLI_NUMBER];
    int32_t shown = 0, all = 0;
    cli_table_start(&t, "llrrlrr");
    cli_table_heading(&t, "\ttier, for whom\tin A\tin B\t\tdelivered\tmet");
    for (int32_t k = 0; k < c->n_needs; k++) {
        const pl_need_pair *p = &c->needs[k];
        int s = p->need[0] >= 0 ? 0 : 1;
        const pl_economy *e = c->side[s].economy;
        const pl_need *need = &e->needs[p->need[s]];
        if (p->worth * sign <= 0) {
            continue;
        }
        all++;
        if (shown < SHOWN) {
            char met[CLI_NUMBER];
            cli_table_row(&t, "%s\t%d%s%s\t%s\t%s\t%s\t%s\t%s", cli_good_name(e, need->good), need->tier,
                          need->group[0] != '\0' ? ", " : "", need->group, amount_or(p->delivered[0], "not asked", a),
                          amount_or(p->delivered[1], "not asked", b), cli_row_unit(e, e->goods[need->good].unit),
                          change(p->delivered, d), points(p->met, met));
            shown++;
        }
    }
    if (shown > 0) {
        heading_in_unit(sign > 0 ? "Who gains most" : "Who loses most", c->side[0].economy);
        cli_table_print(&t, stdout);
    }
    if (all > shown) {
        printf("  ... and %d more\n", all - shown);
    }
}

/* ---- What it takes ---------------------------------------------------------------------------------- */

static void resource_row(const pl_comparison *c, const pl_resource_pair *r, cli_table *t)
{
    char a[CLI_NUMBER], b[CLI_NUMBER], d[CLI_NUMBER], available[2][CLI_NUMBER];
    int s = r->resource[0] >= 0 ? 0 : 1;
    const pl_resource *resource = &c->side[s].economy->resources[r->resource[s]];
    for (int i = 0; i < 2; i++) {
        amount_or(r->available[i], r->resource[i] >= 0 ? "no limit" : "", available[i]);
    }
    bool other_unit = r->resource[0] >= 0 && r->resource[1] >= 0 && !r->same_unit;
    cli_table_row(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s", either(resource->name, resource->id), amount_or(r->used[0], "", a),
                  amount_or(r->used[1], "", b), other_unit ? "(units differ)" : resource->unit,
                  other_unit ? "" : change(r->used, d), available[0], available[1]);
}

static void print_resources(const pl_comparison *c)
{
    cli_table t;
    int32_t shown = 0, kinds = 0, left = 0;
    char a[CLI_NUMBER], b[CLI_NUMBER], d[CLI_NUMBER], av[CLI_NUMBER], bv[CLI_NUMBER];
    cli_table_start(&t, "lrrlrrr");
    cli_table_heading(&t, "\tA\tB\t\tused\tavailable in A\tin B");
    for (int32_t k = 0; k < c->n_resources; k++) {
        int s = c->resources[k].resource[0] >= 0 ? 0 : 1;
        kinds += c->side[s].economy->resources[c->resources[k].resource[s]].kind == PL_LABOUR;
    }
    if (kinds > 1 && c->labour_unit[0] != '\0') {
        cli_table_row(&t, "all labour\t%s\t%s\t%s\t%s\t%s\t%s", cli_amount(c->labour[0], a),
                      cli_amount(c->labour[1], b), c->labour_unit, change(c->labour, d),
                      amount_or(c->labour_available[0], "no limit", av), amount_or(c->labour_available[1], "no limit", bv));
    }
    for (int32_t k = 0; k < c->n_resources; k++) {
        const pl_resource_pair *r = &c->resources[k];
        if (r->used[0] == 0 && r->used[1] == 0) {
            continue;
        }
        if (shown < 12) {
            resource_row(c, r, &t);
            shown++;
        } else {
            left++;
        }
    }
    heading("What it takes");
    cli_table_print(&t, stdout);
    if (left > 0) {
        printf("  ... and %d more resources\n", left);
    }
}

static void print_trade(const pl_comparison *c)
{
    const pl_economy *e = c->side[0].economy;
    const char *unit = e->foreign_exchange >= 0 ? e->resources[e->foreign_exchange].unit : "";
    char a[CLI_NUMBER], b[CLI_NUMBER], d[CLI_NUMBER];
    cli_table t;
    if (c->side[0].economy->n_trade == 0 && c->side[1].economy->n_trade == 0) {
        return;
    }
    cli_table_start(&t, "lrrlr");
    cli_table_heading(&t, "\tA\tB\t\tdifference");
    cli_table_row(&t, "imports\t%s\t%s\t%s\t%s", cli_amount(c->imports[0], a), cli_amount(c->imports[1], b), unit,
                  change(c->imports, d));
    cli_table_row(&t, "exports\t%s\t%s\t%s\t%s", cli_amount(c->exports[0], a), cli_amount(c->exports[1], b), unit,
                  change(c->exports, d));
    heading("Trade");
    cli_table_print(&t, stdout);
}

static void print_goods(const pl_comparison *c)
{
    cli_table t;
    char a[CLI_NUMBER], b[CLI_NUMBER], d[CLI_NUMBER];
    int32_t shown = 0, all = 0;
    cli_table_start(&t, "lrrlr");
    cli_table_heading(&t, "output that changes most\tA\tB\t\tdifference");
    for (int32_t k = 0; k < c->n_goods; k++) {
        const pl_good_pair *g = &c->goods[k];
        if (g->worth == 0) {
            continue;
        }
        all++;
        if (shown < SHOWN) {
            const pl_economy *e = c->side[0].economy;
            cli_table_row(&t, "%s\t%s\t%s\t%s\t%s", cli_good_name(e, g->good[0]), cli_amount(g->made[0], a),
                          cli_amount(g->made[1], b), cli_row_unit(e, e->goods[g->good[0]].unit), change(g->made, d));
            shown++;
        }
    }
    heading_in_unit("What is made", c->side[0].economy);
    if (all == 0) {
        printf("  the same in both\n");
        return;
    }
    cli_table_print(&t, stdout);
    if (all > shown) {
        printf("  ... and %d more goods\n", all - shown);
    }
}

/* ---- Limits ----------------------------------------------------------------------------------------- */

static void limit_row(const pl_comparison *c, const pl_limit_pair *l, bool in_points, cli_table *t)
{
    char name[256], w[2][CLI_NUMBER], v[2][CLI_NUMBER];
    int side = l->index[0] >= 0 ? 0 : 1;
    cli_limit_name(c->side[side].economy, l->kind, l->index[side], name, sizeof name);
    for (int s = 0; s < 2; s++) {
        double share = l->used[s] / l->available[s];
        if (l->index[s] < 0) {
            snprintf(v[s], CLI_NUMBER, "not there");
        } else if (!pl_given(l->available[s])) {
            snprintf(v[s], CLI_NUMBER, "no limit");
        } else {
            snprintf(v[s], CLI_NUMBER, "%s", l->price[s] > 0 || share >= 1 - 1e-9 ? "used up" : "");
            if (v[s][0] == '\0') {
                cli_percent(share, v[s]);
            }
        }
        if (l->price[s] <= 0 || l->index[s] < 0) {
            snprintf(w[s], CLI_NUMBER, "nothing");
        } else if (in_points) {
            snprintf(w[s], CLI_NUMBER, "+%.3g points", 100 * l->weight[s]);
        } else {
            cli_amount(l->weight[s], w[s]);
        }
    }
    cli_table_row(t, "%s\t%s\t%s\t%s\t%s", name, v[0], v[1], w[0], w[1]);
}

static void print_limits(const pl_comparison *c, const pl_limit_pair *limits, int32_t n, const char *title,
                         bool in_points)
{
    cli_table t;
    int32_t shown = 0, all = 0;
    cli_table_start(&t, "lrrrr");
    cli_table_heading(&t, "\tused in A\tin B\t1 % more in A\tin B");
    for (int32_t k = 0; k < n; k++) {
        double d = limits[k].weight[1] - limits[k].weight[0];
        if (fabs(d) <= 1e-9 * fmax(limits[k].weight[0], limits[k].weight[1])) {
            continue;
        }
        all++;
        if (shown < SHOWN && fabs(d) > 0.001 * fabs(limits[0].weight[1] - limits[0].weight[0])) {
            limit_row(c, &limits[k], in_points, &t);
            shown++;
        }
    }
    if (shown > 0) {
        heading(title);
        cli_table_print(&t, stdout);
        if (all > shown) {
            printf("  ... and %d more\n", all - shown);
        }
    }
}

static pl_status print_all_limits(pl_comparison *c, pl_error *err)
{
    pl_limit_pair *limits;
    int32_t n = 0, tier = 0;
    char title[200];
    pl_status status = pl_compare_short_tier(c, &tier, &limits, &n, err);
    if (status != PL_OK) {
        return status;
    }
    snprintf(title, sizeof title, "What holds tier %d back: what 1 %% more of a limit would add", tier);
    print_limits(c, limits, n, title, true);
    if (!c->same_measure) {
        printf("\n  The plans end with different goals; the prices of their limits are not comparable.\n");
        return PL_OK;
    }
    const pl_plan *p = c->side[0].plan;
    const pl_stage *last = p->n_stages > 0 ? &p->stages[p->n_stages - 1] : NULL;
    if (last != NULL && last->goal == PL_USE_LEAST) {
        const char *unit = pl_words_objective_unit(c->side[0].economy, last);
        snprintf(title, sizeof title, "Limits whose worth changes most: %s that 1 %% more would save",
                 unit[0] != '\0' ? unit : "production");
    } else {
        snprintf(title, sizeof title, "Limits whose worth changes most");
    }
    print_limits(c, c->limits, c->n_limits, title, last != NULL && (last->goal == PL_RAISE || last->goal == PL_RAISE_MOST));
    return PL_OK;
}

/* ---- In one sentence -------------------------------------------------------------------------------- */

static void print_short(const pl_comparison *c)
{
    char d[CLI_NUMBER], a[CLI_NUMBER], b[CLI_NUMBER];
    int32_t gain = 0, lose = 0;
    for (int32_t k = 0; k < c->n_groups; k++) {
        if (c->groups[k].group == NULL) {
            gain += c->groups[k].gain;
            lose += c->groups[k].lose;
        }
    }
    heading("In short: B against A");
    if (gain == 0 && lose == 0) {
        printf("  Every need gets the same in both.");
    } else {
        printf("  More is delivered of %d need%s, less of %d.", gain, gain == 1 ? "" : "s", lose);
    }
    for (int32_t k = 0; k < c->n_groups; k++) {
        const pl_group_pair *g = &c->groups[k];
        if (g->group == NULL && fabs(g->met[1] - g->met[0]) > 1e-9) {
            printf(" Tier %d: from %s to %s.", g->tier, cli_percent(g->met[0], a), cli_percent(g->met[1], b));
        }
    }
    if (c->labour_unit[0] != '\0' && (c->labour[0] > 0 || c->labour[1] > 0)) {
        double difference = c->labour[1] - c->labour[0];
        change(c->labour, d);
        if (strcmp(d, "same") == 0) {
            printf(" The work is the same.");
        } else {
            printf(" Work: %s %s %s (%s).", cli_amount(fabs(difference), a), c->labour_unit,
                   difference > 0 ? "more" : "less", d);
        }
    }
    printf("\n");
}

static void print_clashes(const pl_comparison *c, const cli_compare_input *in)
{
    for (int s = 0; s < 2; s++) {
        const pl_plan *p = c->side[s].plan;
        if (p->outcome != PL_INFEASIBLE) {
            continue;
        }
        char name[256], available[CLI_NUMBER], together[CLI_NUMBER];
        cli_table t;
        cli_table_start(&t, "lrrl");
        cli_table_heading(&t, "these limits clash\tas it is\tenough if all are moved\t");
        for (int32_t k = 0; k < p->n_clashes && k < 12; k++) {
            const pl_clash *clash = &p->clashes[k];
            cli_limit_name(c->side[s].economy, clash->kind, clash->index, name, sizeof name);
            cli_table_row(&t, "%s\t%s\t%s\t%s", name, cli_amount(clash->available, available),
                          clash->together == clash->available ? "as it is" : cli_amount(clash->together, together),
                          cli_limit_unit(c->side[s].economy, clash->kind, clash->index));
        }
        printf("\n%s%c cannot be done%s: what must be met exceeds what all limits allow (proof in %s).\n", cli_red(),
               'A' + s, cli_plain(), in->name[s]);
        cli_table_print(&t, stdout);
    }
    if (c->side[0].plan->outcome != c->side[1].plan->outcome) {
        printf("\n  %c can be done: what it delivers and takes is in its summary, not compared with nothing.\n",
               c->side[0].plan->outcome == PL_PLANNED ? 'A' : 'B');
    }
}

static pl_status print_people(const cli_compare_input *in, pl_error *err)
{
    pl_comparison *c = in->comparison;
    print_head(in);
    print_changes(c);
    if (!c->planned) {
        print_clashes(c, in);
        return PL_OK;
    }
    print_short(c);
    print_groups(c, in->brief);
    if (in->brief) {
        return PL_OK;
    }
    print_needs(c, -1);
    print_needs(c, 1);
    print_resources(c);
    print_trade(c);
    print_goods(c);
    return print_all_limits(c, err);
}

static pl_status print_json(const cli_compare_input *in, pl_error *err)
{
    pl_str s;
    pl_json j;
    pl_str_init(&s, (size_t)1 << 31);
    pl_json_init(&j, &s, true);
    pl_status status = pl_json_comparison(&j, in->comparison, in->name, err);
    return cli_print_json(&s, status, "the comparison", err);
}

int cli_compare(const cli_args *args)
{
    pl_error err;
    cli_plan_set set[2] = {0};
    cli_compare_input in = {.name = {args->argument[0], args->argument[1]}, .brief = cli_flag(args, "brief")};
    pl_status status = PL_OK;
    for (int s = 0; s < 2 && status == PL_OK; s++) {
        status = cli_load_plan(args->argument[s], cli_text(args, "economy"), &set[s], &err);
    }
    if (status == PL_OK) {
        const pl_side a = {set[0].plan, &set[0].variant->economy}, b = {set[1].plan, &set[1].variant->economy};
        status = pl_compare(&a, &b, &in.comparison, &err);
    }
    if (status == PL_OK) {
        status = cli_flag(args, "json") ? print_json(&in, &err) : print_people(&in, &err);
    }
    pl_comparison_free(in.comparison);
    cli_plan_set_free(&set[0]);
    cli_plan_set_free(&set[1]);
    return status != PL_OK ? cli_fail(&err) : 0;
}
