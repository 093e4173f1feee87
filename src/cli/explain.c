/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * explain.c - `plenty explain`: why a figure of a plan is what it is, for people. */
#include "cli/explain.h"
#include "cli/summary.h"

#include <math.h>
#include <string.h>

#include "plan/json.h"

#define SHOWN 6 /* rows of a list */

static void heading(const char *text)
{
    printf("\n%s%s%s\n", cli_bold(), text, cli_plain());
}

static const char *either(const char *name, const char *id)
{
    return name[0] != '\0' ? name : id;
}

static const char *way_name(const cli_explain_input *in, const pl_way *w, char *out, size_t size)
{
    const pl_economy *e = in->economy;
    switch (w->kind) {
    case PL_WAY_RECIPE:
        snprintf(out, size, "%s", either(e->recipes[w->index].name, e->recipes[w->index].id));
        break;
    case PL_WAY_IMPORT:
        snprintf(out, size, "imports%s%s", in->x->subject.is_good ? "" : " of ",
                 in->x->subject.is_good ? "" : cli_good_name(e, w->index));
        break;
    case PL_WAY_STOCK:
        snprintf(out, size, "from stock");
        break;
    case PL_WAY_EXPORT:
        snprintf(out, size, "exports");
        break;
    case PL_WAY_NEED: {
        const pl_need *need = &e->needs[w->index];
        snprintf(out, size, "need%s%s, tier %d", need->group[0] != '\0' ? " of " : "", need->group, need->tier);
        break;
    }
    }
    return out;
}

/* The unit in which the value of the stage counts. */
static const char *value_unit(const cli_explain_input *in)
{
    const pl_stage *s = &in->plan->stages[in->x->stage - 1];
    return s->goal == PL_USE_LEAST ? pl_words_objective_unit(in->economy, s) : "";
}

/* A change of the stage's value: "12 hours", "0.5 points" (of what is met). */
static const char *effect_words(const cli_explain_input *in, double effect, char *out, size_t size)
{
    const pl_stage *s = &in->plan->stages[in->x->stage - 1];
    char number[CLI_NUMBER];
    if (s->goal == PL_RAISE || s->goal == PL_RAISE_MOST) {
        cli_amount(100 * effect, number);
        snprintf(out, size, "%s point%s", number, strcmp(number, "1") == 0 ? "" : "s");
    } else {
        snprintf(out, size, "%s%s%s", cli_amount(effect, number), value_unit(in)[0] != '\0' ? " " : "", value_unit(in));
    }
    return out;
}

/* ---- A good: where from, where to ------------------------------------------------------------------------ */

static void print_sources(const cli_explain_input *in, const char *unit)
{
    const pl_explanation *x = in->x;
    double all = x->balance.made + x->balance.imported + x->balance.drawn;
    char a[CLI_NUMBER], b[CLI_NUMBER], c[CLI_NUMBER], name[200], title[200];
    cli_table t;
    int32_t shown = 0, unused = 0;
    cli_table_start(&t, "lrrll");
    snprintf(title, sizeof title, "where from\t%s\tshare\tlevel\t", unit[0] != '\0' ? unit : "amount");
    cli_table_heading(&t, title);
    for (int32_t k = 0; k < x->n_sources && x->sources[k].amount > 0; k++) {
        const pl_way *w = &x->sources[k];
        if (shown++ >= SHOWN) {
            continue;
        }
        char level[CLI_NUMBER + 20] = "", note[200] = "";
        if (w->kind == PL_WAY_RECIPE) {
            snprintf(level, sizeof level, "%s", cli_amount(in->plan->level[w->index], c));
        }
        if (w->rent > 0) {
            char worth[CLI_NUMBER + 40];
            snprintf(note, sizeof note, "as much as it can; cheaper by %s",
                     effect_words(in, w->rent, worth, sizeof worth));
        }
        cli_table_row(&t, "%s\t%s\t%s\t%s\t%s", way_name(in, w, name, sizeof name), cli_amount(w->amount, a),
                      cli_percent(all > 0 ? w->amount / all : 0, b), level, note);
    }
    for (int32_t k = 0; k < x->n_sources; k++) {
        unused += x->sources[k].amount <= 0;
    }
    if (shown > 0) {
        printf("\n");
        cli_table_print(&t, stdout);
    } else {
        printf("\nNobody makes it in this plan.\n");
    }
    if (shown > SHOWN) {
        printf("  ... and %d more\n", shown - SHOWN);
    }
    for (int32_t k = 0, said = 0; k < x->n_sources && said < 3; k++) {
        const pl_way *w = &x->sources[k];
        char more[CLI_NUMBER + 40];
        if (w->amount <= 0) {
            double dearer = w->cost - x->price;
            printf("  not used: %s", way_name(in, w, name, sizeof name));
            if (dearer > 1e-9 * fabs(w->cost)) {
                printf(" (for each %s it would take %s more)", unit[0] != '\0' ? unit : "unit",
                       effect_words(in, dearer, more, sizeof more));
            }
            printf("\n");
            said++;
        }
    }
    if (unused > 3) {
        printf("  ... and %d more ways that are not used\n", unused - 3);
    }
}

static void print_users(const cli_explain_input *in, const char *unit)
{
    const pl_explanation *x = in->x;
    double all = x->subject.is_good ? x->balance.used + x->balance.exported + x->balance.delivered : x->used;
    char a[CLI_NUMBER], b[CLI_NUMBER], name[200], title[200];
    cli_table t;
    int32_t shown = 0;
    cli_table_start(&t, "lrrl");
    snprintf(title, sizeof title, "%s\t%s\tshare\t", x->subject.is_good ? "where to" : "who uses it",
             unit[0] != '\0' ? unit : "amount");
    cli_table_heading(&t, title);
    for (int32_t k = 0; k < x->n_users; k++) {
        const pl_way *w = &x->users[k];
        char asked[CLI_NUMBER], met[CLI_NUMBER], note[300] = "";
        if (shown++ >= SHOWN) {
            continue;
        }
        if (w->kind == PL_WAY_NEED) {
            const pl_need *need = &in->economy->needs[w->index];
            double ratio = need->amount > 0 ? w->amount / need->amount : 1;
            snprintf(note, sizeof note, ratio < 1 - 1e-9 ? "%s of %s asked for" : "all that was asked for",
                     cli_percent(ratio, met), cli_amount(need->amount, asked));
        }
        cli_table_row(&t, "%s\t%s\t%s\t%s", way_name(in, w, name, sizeof name), cli_amount(w->amount, a),
                      cli_percent(all > 0 ? w->amount / all : 0, b), note);
    }
    if (shown > 0) {
        printf("\n");
        cli_table_print(&t, stdout);
    }
    if (shown > SHOWN) {
        printf("  ... and %d more\n", shown - SHOWN);
    }
}

/* ---- What the price consists of -------------------------------------------------------------------------------- */

static void element_name(const pl_economy *e, const pl_element *x, char *out, size_t size)
{
    if (x->objective && x->kind != PL_LIMIT_RESOURCE) {
        snprintf(out, size, x->kind == PL_LIMIT_IMPORT ? "value of imports" : "levels of recipes");
    } else {
        char name[200];
        pl_words_limit(e, x->kind, x->index, name, sizeof name);
        snprintf(out, size, "%s%s", name, x->objective ? " (done)" : x->kind == PL_LIMIT_RESOURCE ? " (limit)" : "");
    }
}

static void print_elements(const cli_explain_input *in, const char *unit)
{
    const pl_explanation *x = in->x;
    const char *one = unit[0] != '\0' ? unit : "unit";
    char a[CLI_NUMBER], b[CLI_NUMBER], name[260], title[200];
    cli_table t;
    cli_table_start(&t, "lrrl");
    snprintf(title, sizeof title, "in the end\tof the price\tfor one %s\t", one);
    cli_table_heading(&t, title);
    for (int32_t k = 0; k < x->n_elements && k < SHOWN; k++) {
        const pl_element *el = &x->elements[k];
        element_name(in->economy, el, name, sizeof name);
        const char *of = el->objective && el->kind != PL_LIMIT_RESOURCE ? value_unit(in)
                                                                        : pl_words_limit_unit(in->economy, el->kind, el->index);
        cli_table_row(&t, "%s\t%s\t%s\t%s", name, cli_percent(el->share, a), cli_amount(el->amount, b),
                      el->kind == PL_LIMIT_CAPACITY && !el->objective ? "of its level" : of);
    }
    cli_table_print(&t, stdout);
    if (x->n_elements > SHOWN) {
        printf("  ... and %d more\n", x->n_elements - SHOWN);
    }
}

static void print_chain(const cli_explain_input *in)
{
    const pl_explanation *x = in->x;
    for (int32_t k = 0; k < x->n_links; k++) {
        const pl_chain_link *l = &x->chain[k];
        char name[260], share[CLI_NUMBER];
        if (l->is_good) {
            snprintf(name, sizeof name, "%s", cli_good_name(in->economy, l->good));
        } else {
            element_name(in->economy, &l->element, name, sizeof name);
        }
        printf("  %*s%s  %s%s%s\n", 2 * (l->depth - 1), "", name, cli_faint(), cli_percent(l->share, share),
               cli_plain());
    }
}

/* ---- One more ---------------------------------------------------------------------------------------------------- */

static const char *range_words(double range, const char *unit, char *out, size_t size)
{
    char number[CLI_NUMBER];
    if (isfinite(range)) {
        snprintf(out, size, "up to %s%s%s", cli_amount(range, number), unit[0] != '\0' ? " " : "", unit);
    } else {
        snprintf(out, size, "without end");
    }
    return out;
}

/* What happens to the stage's value, in words that fit its goal. */
static void effect_sentence(const cli_explain_input *in, double effect)
{
    const pl_stage *s = &in->plan->stages[in->x->stage - 1];
    char words[CLI_NUMBER + 60];
    effect_words(in, fabs(effect), words, sizeof words);
    if (effect == 0) {
        printf("changes nothing");
    } else if (s->goal == PL_USE_LEAST) {
        printf("%s %s", effect > 0 ? "takes" : "saves", words);
    } else if (s->goal == PL_RAISE) {
        printf("%s tier %d by %s", effect > 0 ? "raises" : "lowers", s->tier, words);
    } else if (s->goal == PL_RAISE_MOST) {
        printf("%s what the plan gives by %s", effect > 0 ? "raises" : "lowers", words);
    } else {
        printf("%s the weighted sum by %s", effect > 0 ? "raises" : "lowers", words);
    }
}

/* How much more and less is spoken of: one unit, or 1 % of all where the effect of one is too small to see. */
typedef struct portion {
    double amount;
    char words[CLI_NUMBER + 80];
} portion;

static portion choose_portion(const cli_explain_input *in, const char *unit)
{
    const pl_explanation *x = in->x;
    const pl_stage *s = &in->plan->stages[x->stage - 1];
    double all = x->subject.is_good      ? x->balance.made + x->balance.imported + x->balance.drawn
                 : pl_given(x->available) ? fabs(x->available)
                                          : 0;
    double effect = fmax(fabs(x->more.effect), fabs(x->less.effect));
    bool share = s->goal == PL_RAISE || s->goal == PL_RAISE_MOST;
    portion p = {.amount = share && effect < 1e-4 && all > 100 ? all / 100 : 1};
    char number[CLI_NUMBER];
    const char *name = unit[0] != '\0' ? unit : x->subject.is_good ? "unit" : "of its level";
    if (p.amount == 1) {
        snprintf(p.words, sizeof p.words, "1 %s", name);
    } else {
        snprintf(p.words, sizeof p.words, "1 %% (%s %s)", cli_amount(p.amount, number), name);
    }
    return p;
}

static void print_margin(const cli_explain_input *in, const pl_margin *m, const portion *p, const char *what,
                         const char *unit)
{
    char range[CLI_NUMBER + 60];
    printf("  %s %s: ", p->words, what);
    if (!m->possible) {
        printf("not possible without taking back what was settled before\n");
        return;
    }
    effect_sentence(in, m->effect * p->amount);
    printf(" %s(in proportion %s)%s\n", cli_faint(), range_words(m->range, unit, range, sizeof range), cli_plain());
}

static void print_touched(const cli_explain_input *in, const portion *p)
{
    const pl_explanation *x = in->x;
    if (x->n_touched == 0 || !x->more.possible || x->more.effect == 0) {
        return;
    }
    printf("    %s: ", x->subject.is_good ? "taken from" : "going to");
    for (int32_t k = 0; k < x->n_touched && k < 3; k++) {
        const pl_need *need = &in->economy->needs[x->touched[k].need];
        const char *unit = cli_row_unit(in->economy, in->economy->goods[need->good].unit);
        char a[CLI_NUMBER];
        printf("%s%s %s%s%s%s%s%s", k > 0 ? "; " : "", cli_amount(x->touched[k].amount * p->amount, a), unit,
               unit[0] != '\0' ? " of " : "", cli_good_name(in->economy, need->good), need->group[0] != '\0' ? " (" : "",
               need->group, need->group[0] != '\0' ? ")" : "");
    }
    if (x->n_touched > 3) {
        printf("; and %d more needs", x->n_touched - 3);
    }
    printf("\n");
}

static void print_margins(const cli_explain_input *in, const char *unit)
{
    const pl_explanation *x = in->x;
    char words[400];
    if (!x->subject.is_good && !pl_given(x->available)) {
        return;
    }
    portion p = choose_portion(in, unit);
    printf("\n%sOne more%s %s(stage %d: %s)%s\n", cli_bold(), cli_plain(), cli_faint(), x->stage,
           pl_words_stage(in->plan, in->economy, x->stage, words, sizeof words), cli_plain());
    print_margin(in, &x->more, &p, "more", unit);
    print_touched(in, &p);
    print_margin(in, &x->less, &p, "less", unit);
}

static void print_stage_prices(const cli_explain_input *in)
{
    const pl_explanation *x = in->x;
    int32_t last = in->plan->n_stages;
    heading(x->subject.is_good ? "What one more is worth at each stage" : "What it is worth at each stage");
    for (int32_t s = 1; s <= last; s++) {
        char words[400], worth[CLI_NUMBER + 40];
        cli_explain_input at = *in;
        pl_explanation other = *x;
        other.stage = s;
        at.x = &other;
        if (s > 8 && s < last) {
            continue;
        }
        printf("  stage %d: %s  %s(%s)%s\n", s,
               x->stage_price[s - 1] > 0 ? effect_words(&at, x->stage_price[s - 1], worth, sizeof worth) : "nothing: it does not hold anything back",
               cli_faint(), pl_words_stage(in->plan, in->economy, s, words, sizeof words), cli_plain());
    }
}

static void print_good(const cli_explain_input *in)
{
    const pl_explanation *x = in->x;
    const pl_good *g = &in->economy->goods[x->subject.index];
    char a[CLI_NUMBER], b[CLI_NUMBER], worth[CLI_NUMBER + 40], words[400];
    printf("%s%s%s", cli_bold(), cli_good_name(in->economy, x->subject.index), cli_plain());
    printf(": %s %s", cli_amount(x->balance.made + x->balance.imported + x->balance.drawn, a), g->unit);
    if (x->asked > 0) {
        char met[CLI_NUMBER];
        printf("; needs ask for %s and get %s (%s)", cli_amount(x->asked, a), cli_amount(x->balance.delivered, b),
               cli_percent(x->balance.delivered / x->asked, met));
    }
    printf("\n");
    print_sources(in, g->unit);
    print_users(in, g->unit);
    if (fabs(x->balance.surplus) > 1e-9 * (x->balance.made + x->balance.used)) {
        printf("  left over: %s %s\n", cli_amount(x->balance.surplus, a), g->unit);
    }
    if (x->price != 0) {
        printf("\n%sWhat one %s is worth%s: %s %s(stage %d: %s)%s\n", cli_bold(), g->unit[0] != '\0' ? g->unit : "unit",
               cli_plain(), effect_words(in, x->price, worth, sizeof worth), cli_faint(), x->stage,
               pl_words_stage(in->plan, in->economy, x->stage, words, sizeof words), cli_plain());
        print_elements(in, g->unit);
        printf("\n%sThe chain%s, and what part of the price each link bears\n", cli_bold(), cli_plain());
        print_chain(in);
    } else {
        printf("\nAt stage %d it costs nothing: there is more of it than is wanted.\n", x->stage);
    }
    print_margins(in, g->unit);
}

static void print_limit(const cli_explain_input *in)
{
    const pl_explanation *x = in->x;
    char a[CLI_NUMBER], b[CLI_NUMBER], c[CLI_NUMBER], name[260];
    const char *unit = pl_words_limit_unit(in->economy, x->subject.kind, x->subject.index);
    pl_words_limit(in->economy, x->subject.kind, x->subject.index, name, sizeof name);
    printf("%s%s%s: %s %s%sused", cli_bold(), name, cli_plain(), cli_amount(x->used, a), unit, unit[0] != '\0' ? " " : "");
    if (pl_given(x->available)) {
        printf(" of %s (%s)\n", cli_amount(x->available, b),
               cli_percent(x->available != 0 ? x->used / x->available : 1, c));
    } else {
        printf("; there is no limit, it is only counted\n");
    }
    print_users(in, unit);
    if (pl_given(x->available)) {
        print_stage_prices(in);
    }
    print_margins(in, unit);
}

#define GAP_TOLD 1e-2

static pl_status print_json(const cli_explain_input *in, pl_error *err)
{
    pl_str s;
    pl_json j;
    pl_str_init(&s, (size_t)1 << 30);
    pl_json_init(&j, &s, true);
    pl_json_explanation(&j, in->plan, in->economy, in->x);
    return cli_print_json(&s, PL_OK, "the explanation", err);
}

int cli_explain(const cli_args *args)
{
    pl_error err;
    cli_plan_set set;
    pl_subject subject;
    pl_explanation *x = NULL;
    pl_explain_settings settings = {.progress = cli_progress(cli_flag(args, "json"))};
    double stage = 0, depth = 0;
    pl_status status = cli_number(args, "stage", 1, 1e6, 0, &stage, &err);
    if (status == PL_OK) {
        status = cli_number(args, "depth", 1, 20, 0, &depth, &err);
    }
    if (status != PL_OK) {
        return cli_fail(&err);
    }
    settings.stage = (int32_t)stage;
    settings.depth = (int32_t)depth;
    status = cli_load_plan(args->argument[0], cli_text(args, "economy"), &set, &err);
    if (status != PL_OK) {
        return cli_fail(&err);
    }
    const pl_economy *e = &set.variant->economy;
    status = pl_subject_find(e, args->argument[1], &subject, &err);
    if (status == PL_OK) {
        status = pl_explain(e, set.plan, &subject, &settings, &x, &err);
        cli_progress_done();
    }
    if (status == PL_OK && pl_plan_gap(set.plan) > GAP_TOLD && !cli_flag(args, "json")) {
        char gap[CLI_NUMBER];
        printf("note: this plan was not worked out to the end (it may be %s from the best): what it says of prices is not final\n\n",
               cli_percent(pl_plan_gap(set.plan), gap));
    }
    if (status == PL_OK) {
        cli_explain_input in = {set.plan, e, x};
        if (cli_flag(args, "json")) {
            status = print_json(&in, &err);
        } else {
            (subject.is_good ? print_good : print_limit)(&in);
        }
    }
    pl_explanation_free(x);
    cli_plan_set_free(&set);
    return status != PL_OK ? cli_fail(&err) : 0;
}
