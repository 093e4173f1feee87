/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * watch_replan.c - plenty watch replan: the rest of the year, from what was done and what is there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <plenty/replan.h>

#include "base/mem.h"
#include "base/number.h"
#include "cli/watch.h"
#include "watch/json.h"
#include "io/file.h"
#include "io/rows.h"

#define SHOWN 12

typedef struct job {
    const cli_args *args;
    cli_plan_set set;
    const pl_economy *e; /* of the plan */
    pl_watch *w;
    int32_t season;
    pl_replan how;
    double *done, *capability, *stock;
    pl_economy *rest;
    pl_variant *variant;
    pl_plan *from, *now;
    pl_replan_change *changes;
    int32_t n_changes, overdrawn, assumed; /* assumed: recipes without a report, taken to be as planned */
    pl_error *err;
} job;

/* ---- What was done ----------------------------------------------------------------------------------------------------------------------------------- */

/* The line of what bears this name in its year; -1: there is none. */
static int32_t line_of(const job *j, const char *kind, const char *id)
{
    char text[600];
    int n = snprintf(text, sizeof text, "%s:%.500s", kind, id);
    return pl_watch_find(j->w, text, (size_t)n);
}

/* Sums the reports of a line in those periods of a year that are over; periods without a report count as planned (`level` in the year).  False: there is none. */
static bool sum_reports(const job *j, int32_t line, int32_t year, double level, double *sum, double *planned)
{
    const pl_watch *w = j->w;
    int32_t n = 0, first = w->first - (year > 0 ? j->how.year - year : 0) * j->how.periods, passed = year > 0 && year < j->how.year ? j->how.periods : j->how.passed;
    double share = level / j->how.periods;
    *sum = 0;
    for (int32_t k = line < 0 ? 0 : w->start[line]; line >= 0 && k < w->start[line + 1]; k++) {
        const pl_watch_report *r = &w->report[k];
        if (r->tick >= first && r->tick < first + passed) {
            *sum += r->quantity;
            n++;
        }
    }
    *sum += share * (passed - n);
    *planned = share * passed;
    return n > 0;
}

/* What is reported of a good speaks for its makers that do not report. */
static double done_by_good(const job *j, int32_t r, const pl_dated *own, const pl_balance *balance)
{
    const pl_economy *e = j->e;
    double done = NAN, sum, planned;
    for (int64_t k = e->flows.start[r]; k < e->flows.start[r + 1] && isnan(done); k++) {
        int32_t g = e->flows.index[k];
        pl_dated good = pl_date(e, e->goods[g].id);
        if (e->flows.amount[k] > 0 && good.year == own->year && sum_reports(j, line_of(j, "good", good.id), good.year, balance[g].made, &sum, &planned) && planned > 0) {
            int32_t passed = own->year > 0 && own->year < j->how.year ? j->how.periods : j->how.passed;
            done = j->set.plan->level[r] * passed / j->how.periods * sum / planned;
        }
    }
    return done;
}

static pl_status fill_done(job *j)
{
    const pl_economy *e = j->e;
    pl_balance *balance = PL_NEW(pl_balance, e->n_goods);
    if (balance == NULL) {
        return pl_fail_nomem(j->err, "the reports");
    }
    pl_plan_balances(j->set.plan, e, balance);
    for (int32_t r = 0; r < e->n_recipes; r++) {
        double sum, planned;
        pl_dated own = pl_date(e, e->recipes[r].id);
        int32_t line = own.mark == PL_MARK_OWN && own.year <= j->how.year ? line_of(j, "recipe", own.id) : -1;
        if (line < 0) {
            continue; /* to come, or no line: as planned */
        }
        j->done[r] = sum_reports(j, line, own.year, j->set.plan->level[r], &sum, &planned) ? sum : done_by_good(j, r, &own, balance);
        for (int32_t k = j->w->start[line]; k < j->w->start[line + 1] && (own.year == 0 || own.year == j->how.year); k++) {
            j->capability[r] = isnan(j->w->report[k].capability) ? j->capability[r] : j->w->report[k].capability;
        }
        j->assumed += isnan(j->done[r]) && j->set.plan->level[r] > 0 && (own.year == 0 || own.year == j->how.year);
    }
    pl_free(balance);
    return PL_OK;
}

/* The good of that name, in the year that is carried out. */
static int32_t find_good(const job *j, const char *name)
{
    for (int32_t g = 0; g < j->e->n_goods && j->e->years > 0; g++) {
        pl_dated own = pl_date(j->e, j->e->goods[g].id);
        if (own.year == j->how.year && own.mark == PL_MARK_OWN && strcmp(own.id, name) == 0) {
            return g;
        }
    }
    return pl_find_good(j->e, name);
}

static pl_status read_stock(job *j, const pl_csv *csv, const int32_t *column)
{
    char place[256];
    double x;
    int32_t g = find_good(j, csv->field[column[0]].text);
    if (g < 0) {
        pl_csv_place(csv, column[0], place, sizeof place);
        return pl_fail(j->err, PL_DATA, place, "write the good as in the economy", "there is no good '%.60s'", csv->field[column[0]].text);
    }
    if (!pl_number_parse(csv->field[column[1]].text, csv->field[column[1]].n, &x) || x < 0) {
        pl_csv_place(csv, column[1], place, sizeof place);
        return pl_fail(j->err, PL_DATA, place, "write what is there, 0 or more", "'%.60s' is no amount", csv->field[column[1]].text);
    }
    j->stock[g] = x;
    return PL_OK;
}

static pl_status read_stocks(job *j, const char *path)
{
    pl_row_reader rows;
    bool more = true;
    const char *slash = strrchr(path, '/');
    pl_status status = pl_row_reader_open(&rows, path, slash != NULL ? slash + 1 : path, j->err);
    if (status != PL_OK) {
        return status;
    }
    const int32_t column[] = {pl_csv_column(&rows.csv, "good"), pl_csv_column(&rows.csv, "amount")};
    if (column[0] < 0 || column[1] < 0) {
        status = pl_fail(j->err, PL_DATA, rows.csv.name, "docs/formats/watch.md lists the columns", "there is no column '%s'", column[0] < 0 ? "good" : "amount");
    }
    while (status == PL_OK && (status = pl_row_reader_next(&rows, &more, j->err)) == PL_OK && more) {
        status = read_stock(j, &rows.csv, column);
    }
    pl_row_reader_close(&rows);
    return status;
}

/* ---- The new plan --------------------------------------------------------------------------------------------------------------------------------------- */

static pl_status read_settings(job *j)
{
    const cli_args *args = j->args;
    double fence = 0, price = 0, passed = 0;
    int32_t year = 1;
    pl_status status = watch_year(args, j->e, &year, j->err);
    status = status == PL_OK ? cli_number(args, "fence", 0, 1e6, 1, &fence, j->err) : status;
    status = status == PL_OK ? cli_part(args, "change-price", 0.1, &price, j->err) : status;
    status = status == PL_OK ? cli_number(args, "passed", 0, 1e6, fmax(0, fmin(j->w->periods, (double)j->w->last - j->w->first + 1)), &passed, j->err) : status;
    if (status == PL_OK && passed + fence >= j->w->periods) {
        char text[48];
        return pl_fail(j->err, PL_USAGE, "--passed", "watch the plan of the next year, or make the fence shorter", "nothing is left to plan: %s of %d are over, %.0f frozen",
                       watch_periods(j->w, (int64_t)passed, text), j->w->periods, fence);
    }
    j->how = (pl_replan){.year = year, .periods = j->w->periods, .passed = (int32_t)passed, .frozen = (int32_t)fence, .done = j->done, .capability = j->capability,
                         .stock = j->stock, .change_price = price};
    return status;
}

static pl_status prepare(job *j)
{
    const char *plan = cli_text(j->args, "plan"), *stocks = cli_text(j->args, "stocks");
    if (plan == NULL) {
        return pl_fail(j->err, PL_USAGE, "--plan", "name the plan that is carried out", "which plan is to be made anew?");
    }
    if ((cli_text(j->args, "output") != NULL) != (cli_text(j->args, "economy-output") != NULL)) {
        return pl_fail(j->err, PL_USAGE, "--output", "give both --output and --economy-output", "a plan cannot be verified without its economy, the rest of the year");
    }
    pl_status status = watch_load(j->args, 0, &j->w, j->err);
    status = status == PL_OK ? cli_load_plan(plan, cli_text(j->args, "economy"), &j->set, j->err) : status;
    status = status == PL_OK ? watch_season(j->args, j->w, &j->season, j->err) : status;
    if (status != PL_OK) {
        return status;
    }
    j->e = &j->set.variant->economy;
    j->done = PL_NEW(double, j->e->n_recipes);
    j->capability = PL_NEW(double, j->e->n_recipes);
    j->stock = PL_NEW(double, j->e->n_goods);
    if (j->done == NULL || j->capability == NULL || j->stock == NULL) {
        return pl_fail_nomem(j->err, "the reports");
    }
    for (int32_t r = 0; r < j->e->n_recipes; r++) {
        j->done[r] = j->capability[r] = NAN;
    }
    for (int32_t g = 0; g < j->e->n_goods; g++) {
        j->stock[g] = NAN;
    }
    status = read_settings(j);
    status = status == PL_OK ? fill_done(j) : status;
    return status == PL_OK && stocks != NULL ? read_stocks(j, stocks) : status;
}

static pl_status make(job *j)
{
    pl_plan_settings settings = {.goal = j->set.plan->goal, .argument = j->set.plan->argument, .progress = cli_progress(cli_flag(j->args, "quiet"))};
    pl_status status = pl_replan_economy(j->set.plan, j->e, &j->how, &j->rest, &j->overdrawn, j->err);
    status = status == PL_OK ? pl_variant_new(j->rest, &j->variant, j->err) : status;
    if (status == PL_OK && !cli_flag(j->args, "from-nothing")) {
        status = pl_replan_start(j->set.plan, j->e, &j->how, j->rest, &j->from, j->err);
        settings.from = j->from;
    }
    status = status == PL_OK ? cli_threads(j->args, true, &settings.threads, j->err) : status;
    status = status == PL_OK ? pl_plan_make(j->variant, &settings, &j->now, j->err) : status;
    cli_progress_done();
    if (status == PL_OK && j->now->outcome == PL_PLANNED) {
        status = pl_replan_changes(j->set.plan, j->e, &j->how, j->now, j->rest, &j->changes, &j->n_changes, j->err);
    }
    return status;
}

/* As people call it: in a plan of several years with its year. */
static const char *name_of(const job *j, int32_t r)
{
    return j->e->years > 0 ? j->e->recipes[r].name : j->e->recipes[r].id;
}

/* ---- Saying so ------------------------------------------------------------------------------------------------------------------------------------------- */

static const char *why(const job *j, const pl_replan_change *c, char *out, size_t size)
{
    const char *good = c->good < 0 ? "" : j->e->years > 0 ? j->e->goods[c->good].name : j->e->goods[c->good].id;
    const char *other = c->other >= 0 ? name_of(j, c->other) : "other recipes";
    bool up = c->now > c->promised;
    switch (c->why) {
    case PL_WHY_LIMIT:
        snprintf(out, size, "it can do no more");
        break;
    case PL_WHY_MISSING:
        snprintf(out, size, "%s %.60s is there than planned", up ? "less" : "more", good);
        break;
    case PL_WHY_OTHER:
        snprintf(out, size, "%.60s makes %s %.60s", other, up ? "less" : "more", good);
        break;
    case PL_WHY_USER:
        snprintf(out, size, "%.60s takes %s %.60s", other, up ? "more" : "less", good);
        break;
    case PL_WHY_NEED:
        snprintf(out, size, "%s %.60s is delivered", up ? "more" : "less", good);
        break;
    default:
        snprintf(out, size, "%s %.60s comes from outside", up ? "less" : "more", good);
    }
    return out;
}

static void print_changes(const job *j)
{
    cli_table t;
    char text[3][PL_NUMBER_MAX], because[300], change[CLI_NUMBER];
    if (j->n_changes == 0) {
        printf("Every promise stays as it was\n");
        return;
    }
    printf("What changes after the fence, the most worth first\n");
    cli_table_start(&t, "lrrrl");
    cli_table_heading(&t, "recipe\tpromised\tnow\t\tbecause");
    for (int32_t k = 0; k < j->n_changes && k < SHOWN; k++) {
        const pl_replan_change *c = &j->changes[k];
        pl_number_for_people(c->promised, text[0]);
        pl_number_for_people(c->now, text[1]);
        cli_table_row(&t, "%s\t%s\t%s\t%s\t%s", name_of(j, c->recipe), text[0], text[1], cli_change(c->promised, c->now, change), why(j, c, because, sizeof because));
    }
    cli_table_print(&t, stdout);
    if (j->n_changes > SHOWN) {
        printf("... and %d more: --changes writes them all\n", j->n_changes - SHOWN);
    }
}

static pl_status write_changes(const job *j, const char *path)
{
    pl_str s;
    char because[300];
    pl_str_init(&s, (size_t)1 << 32);
    pl_str_add(&s, "recipe,promised,now,year_before,year_now,worth,why,good,other,part,because\n");
    for (int32_t k = 0; k < j->n_changes; k++) {
        const pl_replan_change *c = &j->changes[k];
        const double numbers[] = {c->promised, c->now, c->year_before, c->year_now, c->worth};
        pl_csv_add(&s, j->e->recipes[c->recipe].id);
        for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
            pl_str_add(&s, ",");
            pl_str_add_number(&s, numbers[i]);
        }
        pl_str_addf(&s, ",%s,", pl_replan_word(c->why));
        pl_csv_add(&s, c->good >= 0 ? j->e->goods[c->good].id : "");
        pl_str_add(&s, ",");
        pl_csv_add(&s, c->other >= 0 ? j->e->recipes[c->other].id : "");
        pl_str_add(&s, ",");
        pl_str_add_number(&s, c->part);
        pl_str_add(&s, ",");
        pl_csv_add(&s, why(j, c, because, sizeof because));
        pl_str_add(&s, "\n");
    }
    pl_status status = s.failed ? pl_fail_nomem(j->err, "the table") : PL_OK;
    if (status == PL_OK && !cli_flag(j->args, "replace") && pl_path_exists(path)) {
        status = pl_fail(j->err, PL_IO, path, "choose another name, or add --replace", "this is there already");
    }
    status = status == PL_OK ? pl_file_write(path, s.text, s.len, j->err) : status;
    pl_str_clear(&s);
    return status;
}

static void print_needs(const job *j)
{
    int32_t tiers[16];
    int n = pl_plan_tiers(j->e, tiers, 16);
    for (int k = 0; k < n; k++) {
        double before = 0, after = 0;
        int32_t needs = 0;
        for (int32_t i = 0; i < j->e->n_needs; i++) { /* the same needs: what is missing has a need of its own in the rest */
            const pl_need *x = &j->e->needs[i];
            char key[1200];
            snprintf(key, sizeof key, "%.500s|%d|%.500s", j->e->goods[x->good].id, x->tier, x->group);
            int32_t now = x->tier == tiers[k] && x->amount > 0 ? pl_find_need(j->rest, key) : -1;
            if (now >= 0) {
                before += fmin(1, j->set.plan->delivered[i] / x->amount);
                after += fmin(1, j->now->delivered[now] / x->amount);
                needs++;
            }
        }
        if (needs > 0) {
            printf("  tier %d: needs met over %s to %.1f %%, planned were %.1f %%\n", tiers[k], j->e->years > 0 ? "all years from this one on" : "the whole year", 100 * after / needs, 100 * before / needs);
        }
    }
}

static void print_all(const job *j)
{
    char periods[48], text[PL_TICK_TEXT];
    watch_print_skill(j->w, j->season);
    printf("%s of %d are over; the next %d stay as promised; planned anew from %s on", watch_periods(j->w, j->how.passed, periods), j->how.periods, j->how.frozen,
           pl_tick_text(j->w->kind, j->w->first + j->how.passed + j->how.frozen, text));
    if (j->assumed > 0) {
        printf("; %d recipes did not report and are taken to be as planned", j->assumed);
    }
    printf("\n");
    watch_print_odd(j->w, stdout);
    if (j->overdrawn > 0) {
        printf("  resources that are used up already, beyond their limit: %d\n", j->overdrawn);
    }
    if (j->now->outcome != PL_PLANNED) {
        printf("This cannot be done: what is missing already, and what must be met whatever it costs, exceed what is left of the year.\n"
               "The proof, and what would have to give, are in the plan (--output).\n");
        return;
    }
    print_needs(j);
    print_changes(j);
    printf("(found in %.3g s, with its proof)\n", j->now->seconds);
}

static pl_status print_json(const job *q)
{
    pl_str out;
    pl_json j;
    char because[300];
    pl_str_init(&out, (size_t)1 << 30);
    pl_json_init(&j, &out, true);
    pl_json_object(&j);
    pl_json_watch(&j, q->w, q->season);
    pl_json_put_text(&j, "outcome", q->now->outcome == PL_PLANNED ? "planned" : "infeasible");
    pl_json_put_int(&j, "passed", q->how.passed);
    pl_json_put_int(&j, "frozen", q->how.frozen);
    pl_json_put_int(&j, "assumed", q->assumed);
    pl_json_put_int(&j, "overdrawn", q->overdrawn);
    pl_json_put_number(&j, "seconds", q->now->seconds);
    pl_json_key(&j, "changes");
    pl_json_array(&j);
    for (int32_t k = 0; k < q->n_changes; k++) {
        const pl_replan_change *c = &q->changes[k];
        pl_json_object(&j);
        pl_json_put_text(&j, "recipe", q->e->recipes[c->recipe].id);
        pl_json_put_number(&j, "promised", c->promised);
        pl_json_put_number(&j, "now", c->now);
        pl_json_put_number(&j, "worth", c->worth);
        pl_json_put_text(&j, "why", pl_replan_word(c->why));
        pl_json_put_text(&j, "because", why(q, c, because, sizeof because));
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    return cli_json_print(&out, q->err);
}

static pl_status save(const job *j)
{
    const char *output = cli_text(j->args, "output"), *economy = cli_text(j->args, "economy-output"), *changes = cli_text(j->args, "changes");
    bool replace = cli_flag(j->args, "replace");
    pl_economy *saved = NULL;
    pl_status status = PL_OK;
    if (output != NULL) { /* the plan says where its economy is: it is read again from there */
        status = pl_economy_save(j->rest, economy, replace, NULL, j->err);
        status = status == PL_OK ? cli_load_economy(economy, true, &saved, j->err) : status;
        status = status == PL_OK ? pl_plan_save(j->now, saved, output, replace, j->err) : status;
        pl_economy_free(saved);
    }
    return status == PL_OK && changes != NULL ? write_changes(j, changes) : status;
}

static void clear(job *j)
{
    pl_replan_changes_free(j->changes);
    pl_plan_free(j->now);
    pl_plan_free(j->from);
    pl_variant_free(j->variant);
    pl_economy_free(j->rest);
    pl_free(j->done);
    pl_free(j->capability);
    pl_free(j->stock);
    cli_plan_set_free(&j->set);
    pl_watch_free(j->w);
}

int cli_watch_replan(const cli_args *args)
{
    pl_error err;
    job j = {.args = args, .err = &err};
    pl_status status = prepare(&j);
    status = status == PL_OK ? make(&j) : status;
    status = status == PL_OK ? save(&j) : status;
    if (status == PL_OK && cli_flag(args, "json")) {
        status = print_json(&j);
    } else if (status == PL_OK && !cli_flag(args, "quiet")) {
        print_all(&j);
    }
    bool impossible = status == PL_OK && j.now->outcome != PL_PLANNED;
    clear(&j);
    return status != PL_OK ? cli_fail(&err) : impossible;
}
