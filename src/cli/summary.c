/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * summary.c - what `plenty plan` tells people: what was aimed at, how far needs are met, what is short and why,
 * what it takes, what is traded, and what proves it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "cli/summary.h"

#define SHOWN 8
#define REASONS 5

static void heading(FILE *out, const char *text)
{
    fprintf(out, "\n%s%s%s\n", cli_bold(), text, cli_plain());
}

const char *cli_row_unit(const pl_economy *e, const char *unit)
{
    return strcmp(pl_words_common_unit(e), unit) == 0 ? "" : unit;
}

static void heading_in_unit(FILE *out, const char *text, const pl_economy *e)
{
    char title[300];
    const char *unit = pl_words_common_unit(e);
    snprintf(title, sizeof title, "%s%s%s%s", text, unit[0] != '\0' ? " (in " : "", unit,
             unit[0] != '\0' ? ")" : "");
    heading(out, title);
}

static void print_head(const cli_summary_input *in, FILE *out)
{
    const pl_plan *p = in->plan;
    char words[400];
    fprintf(out, "%sPlan of %s%s\n", cli_bold(),
            in->economy->title[0] != '\0' ? in->economy->title : in->economy_path, cli_plain());
    fprintf(out, "Goal: %s", pl_words_goal(p, words, sizeof words));
    fprintf(out, "; %d goods, %d recipes, %d resources, %d needs", in->economy->n_goods,
            in->economy->n_recipes, in->economy->n_resources, in->economy->n_needs);
    if (p->n_changes > 0) {
        fprintf(out, "; %d cell%s of the tables changed by the scenario", p->n_changes,
                p->n_changes == 1 ? "" : "s");
    }
    fputs("\n", out);
    for (int32_t k = 1; k <= p->n_stages && p->outcome == PL_PLANNED; k++) {
        int32_t last = k;
        while (last < p->n_stages && pl_words_same_tier(p, k) && pl_words_same_tier(p, last + 1)) {
            last++;
        }
        pl_words_stage(p, in->economy, last, words, sizeof words);
        if (last > k) {
            char from[CLI_NUMBER];
            fprintf(out, "  stages %d to %d, from %s on: %s\n", k, last,
                    cli_percent(p->stages[k - 1].value, from), words);
            k = last;
        } else {
            fprintf(out, "  stage %d: %s\n", k, words);
        }
    }
    if (in->from != NULL && p->outcome == PL_PLANNED) {
        fprintf(out, "Replanned from %s in %.2g s: %d of %d goods are made in other amounts\n", in->from, p->seconds,
                in->goods_changed, in->economy->n_goods);
    }
}

/* ---- Needs --------------------------------------------------------------------------------------- */

static void print_tiers(const cli_summary_input *in, FILE *out)
{
    const pl_economy *e = in->economy;
    char met[CLI_NUMBER];
    cli_table t;
    cli_table_start(&t, "lrrrr");
    cli_table_heading(&t, "\tneeds\tmet in full\tshort\tmet on average");
    int32_t tiers[16];
    int n = pl_plan_tiers(e, tiers, 16);
    for (int i = 0; i <= n; i++) {
        int32_t tier = i < n ? tiers[i] : 0, all = 0, full = 0;
        for (int32_t k = 0; k < e->n_needs; k++) {
            if ((tier == 0 || e->needs[k].tier == tier) && e->needs[k].amount > 0) {
                all++;
                full += !pl_plan_is_short(in->plan, e, k);
            }
        }
        if (i == n && n == 1) {
            break;
        }
        char name[32];
        snprintf(name, sizeof name, "tier %d", tier);
        cli_table_row(&t, "%s\t%d\t%d\t%d\t%s", i < n ? name : "all", all, full, all - full,
                      cli_percent(pl_plan_needs_met(in->plan, e, tier), met));
    }
    heading(out, "How far needs are met");
    cli_table_print(&t, out);
}

static void print_short(const cli_summary_input *in, const int32_t *worst, int32_t n, FILE *out)
{
    const pl_economy *e = in->economy;
    char asked[CLI_NUMBER], got[CLI_NUMBER], met[CLI_NUMBER];
    cli_table t;
    cli_table_start(&t, "llrrlr");
    cli_table_heading(&t, "short\ttier, for whom\tasked\tdelivered\t\tmet");
    for (int32_t i = 0; i < n && i < SHOWN; i++) {
        const pl_need *need = &e->needs[worst[i]];
        double f = in->plan->delivered[worst[i]];
        cli_table_row(&t, "%s\t%d%s%s\t%s\t%s\t%s\t%s", cli_good_name(e, need->good), need->tier,
                      need->group[0] != '\0' ? ", " : "", need->group, cli_amount(need->amount, asked),
                      cli_amount(f, got), cli_row_unit(e, e->goods[need->good].unit), cli_percent(f / need->amount, met));
    }
    heading_in_unit(out, "What is short", e);
    cli_table_print(&t, out);
    if (n > SHOWN) {
        fprintf(out, "  ... and %d more\n", n - SHOWN);
    }
}

/* ---- Why ----------------------------------------------------------------------------------------- */

static void effect_words(const pl_stage *s, const pl_economy *e, double effect, char *out, size_t size)
{
    char x[CLI_NUMBER];
    if (s->goal == PL_USE_LEAST) {
        const char *unit = pl_words_objective_unit(e, s);
        snprintf(out, size, "saves %s%s%s", cli_amount(effect, x), unit[0] != '\0' ? " " : "", unit);
    } else if (s->goal == PL_MAX_WEIGHTED) {
        snprintf(out, size, "+%s", cli_amount(effect, x));
    } else {
        snprintf(out, size, "+%.3g points", 100 * effect);
    }
}

static pl_status print_reasons(const cli_summary_input *in, int32_t stage, FILE *out, pl_error *err)
{
    const pl_stage *s = &in->plan->stages[stage - 1];
    const pl_economy *e = in->economy;
    pl_reason *reasons = NULL;
    int32_t n = 0;
    pl_status status = pl_plan_reasons(in->plan, in->economy, stage, &reasons, &n, err);
    if (status != PL_OK) {
        return status;
    }
    cli_table t;
    double all = 0;
    int32_t shown = 0;
    for (int32_t i = 0; i < n; i++) {
        all += reasons[i].effect;
    }
    cli_table_start(&t, "lrlrr");
    cli_table_heading(&t, "the limit, used up\tavailable\t\tits weight\t1 % more of it");
    for (int32_t i = 0; i < n && i < REASONS && reasons[i].effect > 0.001 * all; i++, shown++) {
        const pl_limit *l = &reasons[i].limit;
        char name[256], available[CLI_NUMBER], weight[CLI_NUMBER], effect[CLI_NUMBER * 2];
        cli_limit_name(e, l->kind, l->index, name, sizeof name);
        effect_words(s, e, reasons[i].effect, effect, sizeof effect);
        cli_table_row(&t, "%s\t%s\t%s\t%s\t%s", name, cli_amount(l->available, available),
                      cli_limit_unit(e, l->kind, l->index), cli_percent(reasons[i].effect / all, weight), effect);
    }
    char title[200];
    if (s->goal == PL_USE_LEAST) {
        snprintf(title, sizeof title, "What would save %s, with the needs met as they are",
                 pl_words_objective_unit(e, s)[0] != '\0' ? "work" : "production");
    } else if (s->goal == PL_RAISE) {
        snprintf(title, sizeof title, "Why: what holds tier %d back (stage %d, at %.1f %%)", s->tier, stage,
                 100 * s->value);
    } else {
        snprintf(title, sizeof title, "Why: what holds it back (stage %d)", stage);
    }
    if (n > 0) {
        heading(out, title);
        cli_table_print(&t, out);
        if (n > shown) {
            fprintf(out, "  ... and %d more limits of less weight\n", n - shown);
        }
    } else if (s->goal == PL_USE_LEAST) {
        heading(out, "What would save work");
        fprintf(out, "  No limit makes the work longer.\n");
    }
    pl_reasons_free(reasons);
    return PL_OK;
}

/* For each tier the first stage that left a need short: later ones raise the rest against the same limits. */
static pl_status print_why(const cli_summary_input *in, const int32_t *worst, int32_t n, FILE *out,
                           pl_error *err)
{
    const pl_plan *p = in->plan;
    int shown = 0, told = -1;
    pl_status status = PL_OK;
    for (int32_t k = 1; k <= p->n_stages && status == PL_OK; k++) {
        bool blamed = false;
        for (int32_t i = 0; i < n; i++) {
            blamed |= p->settled[worst[i]] == k;
        }
        blamed |= p->stages[k - 1].goal == PL_RAISE_MOST || p->stages[k - 1].goal == PL_MAX_WEIGHTED;
        blamed = blamed && !(told == p->stages[k - 1].tier && p->stages[k - 1].goal == PL_RAISE);
        if (blamed && shown < 3) {
            status = print_reasons(in, k, out, err);
            told = p->stages[k - 1].tier;
            shown++;
        }
    }
    bool least = p->n_stages > 0 && p->stages[p->n_stages - 1].goal == PL_USE_LEAST;
    if (status == PL_OK && p->n_stages > 0 && (shown == 0 || least)) {
        status = print_reasons(in, p->n_stages, out, err);
    }
    return status;
}

/* ---- What it takes -------------------------------------------------------------------------------- */

static void print_resources(const cli_summary_input *in, const double *use, FILE *out)
{
    const pl_economy *e = in->economy;
    cli_table t;
    cli_table_start(&t, "lrrlr");
    cli_table_heading(&t, "\tused\tavailable\t\tshare");
    char used[CLI_NUMBER], available[CLI_NUMBER], share[CLI_NUMBER];
    double hours = 0, offered = 0;
    int kinds = 0, rows = 0;
    for (int32_t k = 0; k < e->n_resources; k++) {
        if (e->resources[k].kind == PL_LABOUR) {
            hours += use[k];
            offered += e->resources[k].available;
            kinds++;
        }
    }
    if (kinds > 1) {
        cli_table_row(&t, "all labour\t%s\t%s\thours\t%s", cli_amount(hours, used),
                      pl_given(offered) ? cli_amount(offered, available) : "no limit", cli_percent(hours / offered, share));
    }
    for (int32_t k = 0; k < e->n_resources && rows < 12; k++) {
        const pl_resource *r = &e->resources[k];
        if (k == e->foreign_exchange || (use[k] == 0 && !pl_given(r->available))) {
            continue;
        }
        rows++;
        cli_table_row(&t, "%s\t%s\t%s\t%s\t%s", r->name[0] != '\0' ? r->name : r->id,
                      cli_amount(use[k], used),
                      pl_given(r->available) ? cli_amount(r->available, available) : "no limit",
                      r->unit, r->available > 0 ? cli_percent(use[k] / r->available, share) : "");
    }
    if (rows > 0) {
        heading(out, "Hours and other resources");
        cli_table_print(&t, out);
    }
}

/* Whether exports are needs, as importers make them, and not for sale. */
static bool exports_are_needs(const pl_economy *e)
{
    bool needed = false;
    for (int32_t k = 0; k < e->n_trade; k++) {
        if (pl_given(e->trade[k].export_price)) {
            return false;
        }
    }
    for (int32_t k = 0; k < e->n_needs && !needed; k++) {
        needed = strcmp(e->needs[k].group, "exports") == 0;
    }
    return needed;
}

static void print_trade(const cli_summary_input *in, FILE *out)
{
    const pl_economy *e = in->economy;
    const pl_plan *p = in->plan;
    if (e->n_trade == 0) {
        return;
    }
    double imports = pl_plan_trade_value(p, e, true), exports = pl_plan_trade_value(p, e, false);
    int32_t most_in = -1, most_out = -1;
    double worth_in = 0, worth_out = 0;
    for (int32_t k = 0; k < e->n_trade; k++) {
        const pl_trade *t = &e->trade[k];
        double m = p->imported[t->good] * (pl_given(t->import_price) ? t->import_price : 0);
        double x = p->exported[t->good] * (pl_given(t->export_price) ? t->export_price : 0);
        if (m > worth_in) {
            worth_in = m;
            most_in = t->good;
        }
        if (x > worth_out) {
            worth_out = x;
            most_out = t->good;
        }
    }
    char a[CLI_NUMBER], b[CLI_NUMBER], c[CLI_NUMBER];
    if (imports == 0 && exports == 0) {
        heading(out, "Trade");
        fprintf(out, "  none\n");
        return;
    }
    const char *unit = e->foreign_exchange >= 0 ? e->resources[e->foreign_exchange].unit : "";
    heading(out, "Trade");
    fprintf(out, "  imports %s %s", cli_amount(imports, a), unit);
    if (most_in >= 0) {
        fprintf(out, " (most: %s)", cli_good_name(e, most_in));
    }
    if (exports_are_needs(e)) {
        fprintf(out, "; exports are needs here (group exports), they pay for nothing\n");
        return;
    }
    fprintf(out, ", exports %s %s", cli_amount(exports, b), unit);
    if (most_out >= 0) {
        fprintf(out, " (most: %s)", cli_good_name(e, most_out));
    }
    double deficit = imports - exports;
    bool even = fabs(deficit) <= 1e-9 * (imports + exports);
    fprintf(out, "%s%s %s\n", even ? "; balanced" : deficit > 0 ? "; deficit " : "; surplus ",
            even ? "" : cli_amount(fabs(deficit), c), even ? "" : unit);
}

static void print_largest(const cli_summary_input *in, FILE *out, const pl_balance *balance)
{
    const pl_economy *e = in->economy;
    const pl_plan *p = in->plan;
    const pl_stage *s = p->n_stages > 0 ? &p->stages[p->n_stages - 1] : NULL;
    if (s == NULL || s->goal != PL_USE_LEAST) {
        return;
    }
    int32_t top[SHOWN];
    double worth[SHOWN];
    int n = 0;
    for (int32_t g = 0; g < e->n_goods; g++) {
        double v = s->good_price[g] * balance[g].made;
        int at = n;
        while (at > 0 && worth[at - 1] < v) {
            at--;
        }
        if (v <= 0 || at >= SHOWN) {
            continue;
        }
        int last = n < SHOWN ? n : SHOWN - 1;
        memmove(&worth[at + 1], &worth[at], (size_t)(last - at) * sizeof worth[0]);
        memmove(&top[at + 1], &top[at], (size_t)(last - at) * sizeof top[0]);
        worth[at] = v;
        top[at] = g;
        n += n < SHOWN;
    }
    cli_table t;
    cli_table_start(&t, "lrlrl");
    char title[160], made[CLI_NUMBER], value[CLI_NUMBER];
    snprintf(title, sizeof title, "most made\tamount\t\tworth%s\t",
             e->n_resources > 0 && pl_find_resource(e, s->objective[0]) >= 0 ? " in work" : "");
    cli_table_heading(&t, title);
    for (int i = 0; i < n; i++) {
        cli_table_row(&t, "%s\t%s\t%s\t%s\t%s", cli_good_name(e, top[i]),
                      cli_amount(balance[top[i]].made, made), cli_row_unit(e, e->goods[top[i]].unit),
                      cli_amount(worth[i], value), pl_words_objective_unit(e, s));
    }
    if (n > 0) {
        heading_in_unit(out, "The largest flows", e);
        cli_table_print(&t, out);
    }
}

/* ---- Proof ---------------------------------------------------------------------------------------- */

static void print_proof(const cli_summary_input *in, FILE *out)
{
    const pl_plan *p = in->plan;
    heading(out, "Proof");
    if (p->stopped) {
        fprintf(out, "  The work was stopped before its end. This is the best plan found so far; better ones may be possible.\n");
    }
    char holds[64] = "exactly", better[64] = "at all";
    double gap = pl_plan_gap(p);
    if (p->primal_violation > 0) {
        snprintf(holds, sizeof holds, "to %.0e of its size", p->primal_violation);
    }
    if (gap > 1e-3) {
        char part[CLI_NUMBER];
        snprintf(better, sizeof better, "by more than %s of the figure", cli_percent(gap, part));
    } else if (gap > 0) {
        snprintf(better, sizeof better, "by more than %.0e of the figure", gap);
    }
    fprintf(out, "  Every balance and every limit holds %s. The prices prove that no other plan\n"
                 "  can do better %s.\n", holds, better);
    if (strcmp(p->way, "sweeps") == 0) {
        fprintf(out, "  Found by %lld sweeps in %.3g s: %s.\n", (long long)p->iterations, p->seconds, p->why);
    } else if (strcmp(p->way, "newton") == 0) {
        fprintf(out, "  Found by %lld newton steps in %.3g s (no sweeps: %s).\n", (long long)p->iterations, p->seconds, p->why);
    }
    bool cpu = strcmp(in->device, "CPU") == 0;
    if (!cpu && strcmp(p->way, "newton") == 0) {
        fprintf(out, "  The steps were taken by %s.\n", in->device);
    } else if (!cpu) {
        fprintf(out, "  This way is gone by the CPU; only Newton steps (--way newton) are taken by %s.\n", in->device);
    }
    if (in->written != NULL) {
        fprintf(out, "  Written to %s. Next:\n", in->written);
        fprintf(out, "    plenty verify %s %s    (checks all this independently)\n", in->written,
                in->economy_path);
        if (cli_find_command("explain") != NULL) {
            fprintf(out, "    plenty explain %s GOOD\n", in->written);
        }
    } else {
        fprintf(out, "  Not written; add '-o PLAN' to keep it and to verify it.\n");
    }
}

static void print_infeasible(const cli_summary_input *in, FILE *out)
{
    const pl_plan *p = in->plan;
    char available[CLI_NUMBER], alone[CLI_NUMBER], together[CLI_NUMBER], name[256];
    fprintf(out, "\n%sThis cannot be done:%s what must be met whatever it costs exceeds what all limits\n"
                 "together allow. The proof is in the prices. These limits clash:\n\n",
            cli_red(), cli_plain());
    bool least = strcmp(p->way, "sweeps") == 0 && p->clashes[0].kind == PL_LIMIT_RESOURCE; /* each is too little, whatever is done about others */
    cli_table t;
    cli_table_start(&t, "lrrrl");
    cli_table_heading(&t, least ? "the limit\tas it is\tneeded at least\t\t" : "the limit\tas it is\tenough if it alone is moved\tenough if all are moved\t");
    for (int32_t i = 0; i < p->n_clashes && i < 20; i++) {
        const pl_clash *c = &p->clashes[i];
        cli_limit_name(in->economy, c->kind, c->index, name, sizeof name);
        cli_table_row(&t, "%s\t%s\t%s\t%s\t%s", name, cli_amount(c->available, available),
                      pl_given(c->alone) ? cli_amount(c->alone, alone) : "nothing would do",
                      least ? "" : c->together == c->available ? "as it is" : cli_amount(c->together, together),
                      cli_limit_unit(in->economy, c->kind, c->index));
    }
    cli_table_print(&t, out);
    if (p->n_clashes > 20) {
        fprintf(out, "  ... and %d more\n", p->n_clashes - 20);
    }
    fprintf(out, "\n  To plan all the same, move a limit (--set NAME=VALUE) or lower a floor in needs.csv%s.\n",
            p->goal == PL_LEAST ? ", or look for what can be had (--goal satisfy, --goal \"most all\")" : "");
    if (in->written != NULL) {
        fprintf(out, "  The proof is written to %s; 'plenty verify %s %s' checks it.\n", in->written,
                in->written, in->economy_path);
    }
}

pl_status cli_print_summary(const cli_summary_input *in, FILE *out, pl_error *err)
{
    const pl_economy *e = in->economy;
    print_head(in, out);
    if (in->plan->outcome == PL_INFEASIBLE) {
        print_infeasible(in, out);
        return PL_OK;
    }
    pl_status status = PL_OK;
    int32_t n = 0;
    int32_t *worst = PL_NEW(int32_t, e->n_needs);
    double *use = PL_NEW(double, e->n_resources);
    pl_balance *balance = PL_NEW(pl_balance, e->n_goods);
    if (worst == NULL || use == NULL || balance == NULL) {
        status = pl_fail_nomem(err, "the summary");
        goto done;
    }
    pl_plan_balances(in->plan, e, balance);
    pl_plan_resource_use(in->plan, e, use);
    n = pl_plan_worst_needs(in->plan, e, worst);
    print_tiers(in, out);
    if (n > 0) {
        print_short(in, worst, n, out);
    } else {
        fprintf(out, "  Nothing is short.\n");
    }
    status = in->plan->stopped ? PL_OK : print_why(in, worst, n, out, err); /* prices on the way say little */
    if (status == PL_OK) {
        print_resources(in, use, out);
        print_trade(in, out);
        print_largest(in, out, balance);
        print_proof(in, out);
    }
done:
    pl_free(worst);
    pl_free(use);
    pl_free(balance);
    return status;
}
