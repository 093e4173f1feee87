/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * estimate_market.c - `plenty needs choice` and `needs elasticities`: what people say in choice experiments, and do when prices change. */
#include <math.h>
#include <string.h>

#include <plenty/estimate.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "cli/estimate.h"
#include "io/csv.h"

#define ATTRIBUTES_MAX 48

/* ---- Choices ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct experiment {
    const cli_args *args;
    pl_error *err;
    pl_frame table;
    pl_levels person, task;
    int32_t column[ATTRIBUTES_MAX], n_attributes;
    double *x, *best, *worst;
    int32_t *best_of, *worst_of, *person_of, *in, *out; /* by task; in, out: tasks learnt from, kept back */
    int64_t *start;
    int32_t n_tasks;
    pl_choices all, learnt, kept;
    void *memory[12];
    int n_memory;
    double *b, *error, *mean, *covariance, *people;
} experiment;

static void experiment_clear(experiment *e)
{
    void *own[] = {e->x, e->best, e->worst, e->best_of, e->worst_of, e->person_of, e->in, e->out, e->start, e->b, e->error, e->mean, e->covariance, e->people};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        pl_free(own[i]);
    }
    for (int i = 0; i < e->n_memory; i++) {
        pl_free(e->memory[i]);
    }
    pl_levels_clear(&e->person);
    pl_levels_clear(&e->task);
    pl_frame_clear(&e->table);
}

static void *keep(experiment *e, void *p)
{
    e->memory[e->n_memory++] = p;
    return p;
}

/* The attributes: those named, or every column that says nothing else. */
static pl_status find_attributes(experiment *e)
{
    static const char *const OTHER[] = {"person", "task", "alternative", "best", "worst"};
    const char *name;
    pl_status status = PL_OK;
    for (int i = 0; status == PL_OK && (name = estimate_given(e->args, "attribute", i)) != NULL; i++) {
        if (e->n_attributes == ATTRIBUTES_MAX) {
            break;
        }
        status = pl_frame_column(&e->table, name, &e->column[e->n_attributes++], e->err);
    }
    bool named = e->n_attributes > 0;
    for (int32_t c = 0; c < e->table.n_columns && !named; c++) {
        bool other = false;
        for (size_t k = 0; k < sizeof OTHER / sizeof OTHER[0]; k++) {
            other = other || strcmp(e->table.header[c], OTHER[k]) == 0;
        }
        if (!other && e->n_attributes < ATTRIBUTES_MAX) {
            e->column[e->n_attributes++] = c;
        }
    }
    return status;
}

static pl_status read_columns(experiment *e)
{
    int32_t person, task, best, worst, n;
    pl_frame *f = &e->table;
    pl_status status = pl_frame_load(e->args->argument[0], f, e->err);
    status = status == PL_OK ? pl_frame_column(f, "person", &person, e->err) : status;
    status = status == PL_OK ? pl_frame_column(f, "task", &task, e->err) : status;
    status = status == PL_OK ? pl_frame_column(f, "best", &best, e->err) : status;
    status = status == PL_OK ? find_attributes(e) : status;
    status = status == PL_OK ? pl_frame_levels(f, person, &e->person, e->err) : status;
    status = status == PL_OK ? pl_frame_levels(f, task, &e->task, e->err) : status;
    n = f->n_rows;
    status = status == PL_OK ? estimate_numbers(n, &e->best, e->err) : status;
    status = status == PL_OK ? estimate_numbers(n, &e->worst, e->err) : status;
    status = status == PL_OK ? estimate_numbers((int64_t)n * (e->n_attributes + 1), &e->x, e->err) : status;
    status = status == PL_OK ? pl_frame_numbers(f, best, true, e->best, e->err) : status;
    worst = pl_frame_find(f, "worst");
    if (status == PL_OK && worst >= 0) {
        status = pl_frame_numbers(f, worst, true, e->worst, e->err);
    }
    double *one = NULL;
    status = status == PL_OK ? estimate_numbers(n, &one, e->err) : status;
    for (int32_t k = 0; k < e->n_attributes && status == PL_OK; k++) {
        status = pl_frame_numbers(f, e->column[k], false, one, e->err);
        for (int32_t r = 0; r < n && status == PL_OK; r++) {
            e->x[(int64_t)r * e->n_attributes + k] = one[r];
        }
    }
    pl_free(one);
    return status;
}

/* Rows of one person and task, one after the other, are a task. */
static pl_status find_tasks(experiment *e)
{
    int32_t n = e->table.n_rows;
    e->best_of = PL_NEW(int32_t, n);
    e->worst_of = PL_NEW(int32_t, n);
    e->person_of = PL_NEW(int32_t, n);
    e->start = PL_NEW(int64_t, (int64_t)n + 1);
    if (e->best_of == NULL || e->worst_of == NULL || e->person_of == NULL || e->start == NULL) {
        return pl_fail_nomem(e->err, "the choices");
    }
    for (int32_t from = 0, to; from < n; from = to) {
        int32_t best = -1, worst = -1;
        for (to = from; to < n && e->person.of[to] == e->person.of[from] && e->task.of[to] == e->task.of[from]; to++) {
            if ((e->best[to] == 1 && best >= 0) || (e->worst[to] == 1 && worst >= 0)) {
                return pl_frame_fail(&e->table, to, e->err, "one alternative of a task is the best, one the worst", "this task has two of them");
            }
            best = e->best[to] == 1 ? to - from : best;
            worst = e->worst[to] == 1 ? to - from : worst;
        }
        if (best < 0 || best == worst || to - from < 2) {
            return pl_frame_fail(&e->table, from, e->err, "mark the alternative that was chosen with best = 1; rows of a task stand together",
                                 best < 0 ? "no alternative of this task is the best" : best == worst ? "the best is also the worst" : "this task has a single alternative");
        }
        e->start[e->n_tasks] = from;
        e->best_of[e->n_tasks] = best;
        e->worst_of[e->n_tasks] = worst;
        e->person_of[e->n_tasks++] = e->person.of[from];
        e->start[e->n_tasks] = to;
    }
    e->all = (pl_choices){e->n_tasks, e->person.n, e->n_attributes, e->start, e->x, e->best_of, e->worst_of, e->person_of};
    return PL_OK;
}

/* Copies the tasks with keep[t] == which. */
static pl_status take_part(experiment *e, const int32_t *which, int32_t value, pl_choices *out)
{
    const pl_choices *a = &e->all;
    size_t k = (size_t)a->n_attributes;
    int64_t *start = keep(e, PL_NEW(int64_t, (int64_t)a->n_tasks + 1));
    int32_t *three = keep(e, PL_NEW(int32_t, (int64_t)a->n_tasks * 3));
    double *x = keep(e, PL_NEW(double, (size_t)e->table.n_rows * k + 1));
    if (start == NULL || three == NULL || x == NULL) {
        return pl_fail_nomem(e->err, "the choices");
    }
    int32_t *best = three, *worst = three + a->n_tasks, *person = worst + a->n_tasks, n = 0;
    start[0] = 0;
    for (int32_t t = 0; t < a->n_tasks; t++) {
        if (which[t] != value) {
            continue;
        }
        int64_t rows = a->start[t + 1] - a->start[t];
        memcpy(x + (size_t)start[n] * k, a->x + (size_t)a->start[t] * k, (size_t)rows * k * sizeof *x);
        best[n] = a->best[t];
        worst[n] = a->worst[t];
        person[n] = a->person[t];
        start[n + 1] = start[n] + rows;
        n++;
    }
    *out = (pl_choices){n, a->n_people, a->n_attributes, start, x, best, worst, person};
    return PL_OK;
}

/* The last `kept` tasks of everybody are kept back. */
static pl_status split(experiment *e, int32_t kept)
{
    int32_t *left = keep(e, PL_NEW0(int32_t, e->person.n)), *out = keep(e, PL_NEW0(int32_t, e->n_tasks));
    if (left == NULL || out == NULL) {
        return pl_fail_nomem(e->err, "the choices");
    }
    for (int32_t t = e->n_tasks; t-- > 0;) {
        out[t] = left[e->person_of[t]]++ < kept;
    }
    pl_status status = take_part(e, out, 0, &e->learnt);
    return status == PL_OK ? take_part(e, out, 1, &e->kept) : status;
}

static pl_status fit(experiment *e, pl_choice_fit *pooled, pl_choice_fit *each)
{
    int64_t k = e->n_attributes;
    pl_progress progress = cli_progress(cli_flag(e->args, "quiet"));
    pl_status status = estimate_numbers(k, &e->b, e->err);
    status = status == PL_OK ? estimate_numbers(k, &e->error, e->err) : status;
    status = status == PL_OK ? estimate_numbers(k, &e->mean, e->err) : status;
    status = status == PL_OK ? estimate_numbers(k * k, &e->covariance, e->err) : status;
    status = status == PL_OK ? estimate_numbers(k * e->person.n, &e->people, e->err) : status;
    status = status == PL_OK ? pl_choice_pooled(&e->learnt, e->b, e->error, pooled, e->err) : status;
    status = status == PL_OK ? pl_choice_people(&e->learnt, e->mean, e->covariance, e->people, each, &progress, e->err) : status;
    cli_progress_done();
    return status;
}

static void print_choice(const experiment *e, const pl_choice_fit *pooled, const pl_choice_fit *each)
{
    cli_table t;
    printf("%d tasks of %d people; log-likelihood %.6f (all alike: %.6f; each with tastes of their own: %.6f)\n", e->learnt.n_tasks, e->person.n,
           pooled->log_likelihood, pooled->null, each->log_likelihood);
    cli_table_start(&t, "lrrrr");
    cli_table_heading(&t, "attribute\tcoefficient\tstandard error\tmean of people\tspread of people");
    for (int32_t k = 0; k < e->n_attributes; k++) {
        cli_table_row(&t, "%s\t%.5f\t%.5f\t%.5f\t%.5f", e->table.header[e->column[k]], e->b[k], e->error[k], e->mean[k],
                      sqrt(e->covariance[k * e->n_attributes + k]));
    }
    cli_table_print(&t, stdout);
    if (e->kept.n_tasks > 0) {
        pl_choice_score a, b;
        pl_choice_judge(&e->kept, e->b, NULL, &a);
        pl_choice_judge(&e->kept, NULL, e->people, &b);
        printf("Kept back: %d tasks. Foreseen: %.3g %% by the common tastes, %.3g %% by everybody's own (chance: %.3g %%)\n", e->kept.n_tasks,
               100 * a.hits, 100 * b.hits, 100 * a.chance);
        printf("  logarithm of the probability: %.4f and %.4f (chance: %.4f)\n", a.log_score, b.log_score, a.chance_log);
    }
}

static pl_status write_people(const experiment *e)
{
    pl_str text;
    if (cli_text(e->args, "output") == NULL) {
        return PL_OK;
    }
    pl_str_init(&text, (size_t)1 << 32);
    pl_str_add(&text, "person");
    for (int32_t k = 0; k < e->n_attributes; k++) {
        pl_str_add(&text, ",");
        pl_csv_add(&text, e->table.header[e->column[k]]);
    }
    pl_str_add(&text, "\n");
    for (int32_t p = 0; p < e->person.n; p++) {
        pl_csv_add(&text, e->person.name[p]);
        for (int32_t k = 0; k < e->n_attributes; k++) {
            pl_str_add(&text, ",");
            pl_str_add_number(&text, e->people[(int64_t)p * e->n_attributes + k]);
        }
        pl_str_add(&text, "\n");
    }
    pl_status status = estimate_write(e->args, &text, e->err);
    pl_str_clear(&text);
    return status;
}

int cli_needs_choice(const cli_args *args)
{
    pl_error err;
    experiment e = {.args = args, .err = &err};
    pl_choice_fit pooled, each;
    double kept = 0;
    pl_status status = estimate_check_output(args, &err);
    status = status == PL_OK ? cli_number(args, "keep-back", 0, 1e6, 0, &kept, &err) : status;
    status = status == PL_OK ? read_columns(&e) : status;
    status = status == PL_OK ? find_tasks(&e) : status;
    status = status == PL_OK ? split(&e, (int32_t)kept) : status;
    status = status == PL_OK ? fit(&e, &pooled, &each) : status;
    if (status == PL_OK && !cli_flag(args, "quiet")) {
        print_choice(&e, &pooled, &each);
    }
    status = status == PL_OK ? write_people(&e) : status;
    experiment_clear(&e);
    return status != PL_OK ? cli_fail(&err) : 0;
}

/* ---- Elasticities --------------------------------------------------------------------------------------------------------------------------- */

typedef struct panel {
    const cli_args *args;
    pl_error *err;
    pl_frame table;
    pl_levels period, good;
    double *price, *spent, *share, *prices, *total;
} panel;

static void panel_clear(panel *p)
{
    double *own[] = {p->price, p->spent, p->share, p->prices, p->total};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        pl_free(own[i]);
    }
    pl_levels_clear(&p->period);
    pl_levels_clear(&p->good);
    pl_frame_clear(&p->table);
}

static pl_status read_panel(panel *p)
{
    static const char *const NAME[] = {"period", "good", "price", "spent"};
    int32_t column[4];
    pl_frame *f = &p->table;
    pl_status status = pl_frame_load(p->args->argument[0], f, p->err);
    for (int k = 0; k < 4 && status == PL_OK; k++) {
        status = pl_frame_column(f, NAME[k], &column[k], p->err);
    }
    status = status == PL_OK ? pl_frame_levels(f, column[0], &p->period, p->err) : status;
    status = status == PL_OK ? pl_frame_levels(f, column[1], &p->good, p->err) : status;
    status = status == PL_OK ? estimate_numbers(f->n_rows, &p->price, p->err) : status;
    status = status == PL_OK ? estimate_numbers(f->n_rows, &p->spent, p->err) : status;
    status = status == PL_OK ? pl_frame_numbers(f, column[2], false, p->price, p->err) : status;
    return status == PL_OK ? pl_frame_numbers(f, column[3], false, p->spent, p->err) : status;
}

/* Periods x goods, every cell once. */
static pl_status arrange(panel *p)
{
    int32_t n = p->good.n, T = p->period.n;
    int64_t cells = (int64_t)n * T;
    pl_status status = estimate_numbers(cells, &p->share, p->err);
    status = status == PL_OK ? estimate_numbers(cells, &p->prices, p->err) : status;
    status = status == PL_OK ? estimate_numbers(T, &p->total, p->err) : status;
    for (int32_t r = 0; r < p->table.n_rows && status == PL_OK; r++) {
        int64_t cell = (int64_t)p->period.of[r] * n + p->good.of[r];
        if (p->prices[cell] != 0) {
            status = pl_frame_fail(&p->table, r, p->err, NULL, "\"%.60s\" is there twice in this period", p->good.name[p->good.of[r]]);
        } else if (!(p->price[r] > 0) || !(p->spent[r] >= 0)) {
            status = pl_frame_fail(&p->table, r, p->err, "leave periods out in which a good had no price", "a price must be above 0, and what is spent not below it");
        }
        p->prices[cell] = p->price[r];
        p->share[cell] = p->spent[r];
        p->total[p->period.of[r]] += p->spent[r];
    }
    for (int64_t c = 0; c < cells && status == PL_OK; c++) {
        if (p->prices[c] == 0) {
            status = pl_fail(p->err, PL_DATA, p->table.name, "every good needs a price in every period", "there is no row for \"%.60s\" in period \"%.60s\"",
                             p->good.name[c % n], p->period.name[c / n]);
        } else if (p->total[c / n] == 0) {
            status = pl_fail(p->err, PL_DATA, p->table.name, NULL, "nothing is spent in period \"%.60s\"", p->period.name[c / n]);
        } else {
            p->share[c] /= p->total[c / n];
        }
    }
    return status;
}

static void print_demand(const panel *p, const pl_demand *d)
{
    cli_table t;
    printf("Budget shares of %d goods in %d periods (almost ideal demand system, linear approximation; homogeneous, symmetric)\n", d->n, d->n_periods);
    cli_table_start(&t, "lrrrrr");
    cli_table_heading(&t, "good\tshare\twhen income rises 1 %\terror\twhen its price rises 1 %\terror");
    for (int32_t i = 0; i < d->n && i < CLI_ROWS - 1; i++) {
        int32_t own = i * d->n + i;
        cli_table_row(&t, "%s\t%.3g %%\t%+.4f %%\t%.4f\t%+.4f %%\t%.4f", p->good.name[i], 100 * d->share[i], d->income[i], d->income_error[i],
                      d->price[own], d->price_error[own]);
    }
    cli_table_print(&t, stdout);
    if (!d->negative) {
        printf("note: the substitution matrix is not negative semidefinite: some prices act against what choosing well would mean\n");
    }
}

static pl_status write_demand(const panel *p, const pl_demand *d)
{
    pl_str text;
    if (cli_text(p->args, "output") == NULL) {
        return PL_OK;
    }
    pl_str_init(&text, 1u << 26);
    pl_str_add(&text, "good,of,elasticity,error\n");
    for (int32_t i = 0; i < d->n; i++) {
        for (int32_t j = -1; j < d->n; j++) {
            pl_csv_add(&text, p->good.name[i]);
            pl_str_add(&text, j < 0 ? ",expenditure," : ",price of ");
            if (j >= 0) {
                pl_csv_add(&text, p->good.name[j]);
                pl_str_add(&text, ",");
            }
            pl_str_add_number(&text, j < 0 ? d->income[i] : d->price[i * d->n + j]);
            pl_str_add(&text, ",");
            pl_str_add_number(&text, j < 0 ? d->income_error[i] : d->price_error[i * d->n + j]);
            pl_str_add(&text, "\n");
        }
    }
    pl_status status = estimate_write(p->args, &text, p->err);
    pl_str_clear(&text);
    return status;
}

int cli_needs_elasticities(const cli_args *args)
{
    pl_error err;
    panel p = {.args = args, .err = &err};
    pl_demand d = {0};
    const char *index = cli_text(args, "index");
    pl_status status = estimate_check_output(args, &err);
    if (status == PL_OK && index != NULL && strcmp(index, "stone") != 0 && strcmp(index, "lagged") != 0) {
        status = pl_fail(&err, PL_USAGE, "--index", "say lagged or stone", "\"%.60s\" is no price index", index);
    }
    status = status == PL_OK ? read_panel(&p) : status;
    status = status == PL_OK ? arrange(&p) : status;
    status = status == PL_OK ? pl_demand_fit(p.period.n, p.good.n, p.share, p.prices, p.total,
                                             index != NULL && strcmp(index, "stone") == 0 ? PL_STONE : PL_STONE_LAGGED, &d, &err)
                             : status;
    if (status == PL_OK && !cli_flag(args, "quiet")) {
        print_demand(&p, &d);
    }
    status = status == PL_OK ? write_demand(&p, &d) : status;
    pl_demand_clear(&d);
    panel_clear(&p);
    return status != PL_OK ? cli_fail(&err) : 0;
}
