/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "sparse/sweep.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

#define GOODS_PER_TICK (1 << 18)
#define AHEAD 48 /* entries that are fetched from memory before they are used */
#define PRUNE 1e-12     /* rivals are struck off when they are dearer by more than rounding */
#define PRUNE_EVERY 4   /* sweeps */
#define LOOK_EVERY 4    /* sweeps from an earlier answer: at all columns, not only the chosen ones */
#define LEAP_MOST 20    /* times the last step: that sweeps gain less than a twentieth is not believed */
#define TOO_LITTLE 0.3  /* of the tolerance: levels that would rise by less wait until it is more; */
#define LITTLE_VALUE 0.01 /* likewise where the tolerance is for the value of all of them */

/* The row of the only output of column c; -1 = none, -2 = several. */
static int32_t output_row(const pl_sparse *flows, int32_t c, double *amount)
{
    int32_t row = -1;
    *amount = 0;
    for (int64_t k = flows->start[c]; k < flows->start[c + 1]; k++) {
        if (flows->amount[k] > 0) {
            if (row >= 0) {
                return -2;
            }
            row = flows->index[k];
            *amount = flows->amount[k];
        }
    }
    return row;
}

pl_status pl_makers_new(const pl_sparse *flows, int threads, pl_makers *out, bool *single, pl_error *err)
{
    int32_t n = flows->n_rows, most = -1;
    int32_t *row = PL_NEW(int32_t, flows->n_columns);
    *out = (pl_makers){PL_NEW0(int32_t, (size_t)n + 2), PL_NEW(int32_t, flows->n_columns),
                       PL_NEW(double, flows->n_columns)};
    if (row == NULL || out->start == NULL || out->column == NULL || out->output == NULL) {
        pl_free(row);
        pl_makers_clear(out);
        return pl_fail_nomem(err, "the recipes of each good");
    }
    double *output = out->output;
#pragma omp parallel for num_threads(threads > 1 ? 2 : 1) schedule(static) reduction(max : most)
    for (int32_t c = 0; c < flows->n_columns; c++) {
        row[c] = output_row(flows, c, &output[c]);
        most = row[c] == -2 ? 1 : most;
    }
    *single = most < 1;
    for (int32_t c = 0; c < flows->n_columns && *single; c++) {
        if (row[c] >= 0) {
            out->start[row[c] + 2]++; /* two ahead: the second pass moves each one by one */
        }
    }
    for (int32_t g = 2; g <= n + 1; g++) {
        out->start[g] += out->start[g - 1];
    }
    for (int32_t c = 0; c < flows->n_columns && *single; c++) {
        if (row[c] >= 0) {
            out->column[out->start[row[c] + 1]++] = c;
        }
    }
    pl_free(row);
    if (!*single) {
        pl_makers_clear(out);
    }
    return PL_OK;
}

void pl_makers_clear(pl_makers *makers)
{
    pl_free(makers->start);
    pl_free(makers->column);
    pl_free(makers->output);
    *makers = (pl_makers){0};
}

double pl_sweep_unit_cost(const pl_sparse *flows, const pl_makers *makers, int32_t c, double cost, double markup,
                          const double *value)
{
    double inputs = 0;
    int64_t last = flows->start[flows->n_columns] - 1;
    for (int64_t k = flows->start[c]; k < flows->start[c + 1]; k++) {
        double a = flows->amount[k];
        __builtin_prefetch(&value[flows->index[k + AHEAD < last ? k + AHEAD : last]]);
        inputs += a < 0 ? -a * value[flows->index[k]] : 0;
    }
    return (cost + markup * inputs) / makers->output[c];
}

static pl_status stopped(pl_error *err)
{
    return pl_fail(err, PL_STOPPED, NULL, NULL, "the sweeps were stopped");
}

/* Many goods are swept in two halves side by side, whatever the number of threads: each has a view of all goods, its own
 * newest figures and those of the other half as they were after the last sweep. */
#define HALVES 2
#define HALVED 65536 /* goods from which on */

typedef struct halves {
    int32_t n, from[HALVES + 1];
    double *view[HALVES];
    double change[HALVES];
    int threads;
    bool stopped;
} halves;

static bool halve(halves *h, int32_t goods, double *figures, int threads)
{
    *h = (halves){.n = goods >= HALVED ? 2 : 1, .from = {0, goods, goods}, .view = {figures, NULL},
                  .threads = goods >= HALVED && threads > 1 ? 2 : 1};
    if (h->n == 2) {
        h->from[1] = goods / 2;
        h->view[1] = PL_NEW(double, goods);
    }
    return h->n == 1 || h->view[1] != NULL;
}

/* Progress is told by the first half, on the caller's thread. */
static void tick(halves *h, int half, const pl_sweep_settings *s, int32_t g, const char *what, double change)
{
    if (half == 0 && g % GOODS_PER_TICK == 0) {
        double done = change > 0 && change < 1 ? fmin(0.99, log(change) / log(fmax(s->tolerance, 1e-300))) : 0;
        h->stopped |= !pl_tick(s->progress, what, done);
    }
}

/* Leaps between sweeps (Anderson's mixing of depth one; Walker and Ni 2011): of all points on the line through the answers of the
 * last two sweeps, the one at which the next sweep would change least, in proportion and by the method of least squares. */
typedef struct leaps {
    double *begin, *end, *change; /* by good: before the last sweep, after the one before it, and what that one changed */
    bool two;                     /* there are two sweeps to go by */
} leaps;

static bool leaps_new(leaps *l, int32_t goods, bool wanted)
{
    *l = (leaps){0};
    if (wanted) {
        *l = (leaps){.begin = PL_NEW0(double, goods), .end = PL_NEW0(double, goods), .change = PL_NEW0(double, goods)};
    }
    return !wanted || (l->begin != NULL && l->end != NULL && l->change != NULL);
}

static void leaps_clear(leaps *l)
{
    pl_free(l->begin);
    pl_free(l->end);
    pl_free(l->change);
}

/* How far to go beyond the last answer, in parts of the last step; figures[half]: those of each half.  Each figure can take back
 * no more than all of itself. */
static double leap_length(const halves *h, leaps *l, double *const *figures)
{
    double along[HALVES] = {0, 0}, size[HALVES] = {0, 0}, most[HALVES] = {LEAP_MOST, LEAP_MOST};
#pragma omp parallel for num_threads(h->threads) schedule(static, 1)
    for (int half = 0; half < h->n; half++) {
        for (int32_t g = h->from[half]; g < h->from[half + 1]; g++) {
            double now = figures[half][g], change = now - l->begin[g], turn = (change - l->change[g]) / now, step = now - l->end[g];
            if (now > 0 && isfinite(turn)) {
                along[half] += change / now * turn;
                size[half] += turn * turn;
                most[half] = step < 0 ? fmin(most[half], -now / step) : most[half];
            }
            l->change[g] = change;
        }
    }
    double length = size[0] + size[1] > 0 && l->two ? -(along[0] + along[1]) / (size[0] + size[1]) : 0;
    l->two = true;
    return fmax(0, fmin(length, fmin(most[0], most[1])));
}

/* Takes the leap; `end` becomes where it started from, `begin` (where it is not NULL) where it led to. */
static void leap(const halves *h, double length, double *const *figures, double *end, double *begin)
{
#pragma omp parallel for num_threads(h->threads) schedule(static, 1)
    for (int half = 0; half < h->n; half++) {
        for (int32_t g = h->from[half]; g < h->from[half + 1]; g++) {
            double now = figures[half][g], to = now + length * (now - end[g]);
            figures[half][g] = isfinite(to) ? to : now;
            end[g] = now;
            if (begin != NULL) {
                begin[g] = figures[half][g];
            }
        }
    }
}

/* The recipes that may still turn out to be the cheapest: column[start[g]] .. column[end[g] - 1] of good g. */
typedef struct rivals {
    int32_t *column, *end;
} rivals;

/* The cheapest rival of good g, the first of equals.  A rival that already costs more than `dear` is struck off: costs
 * only rise, and the good is worth less than that. */
static double cheapest(const pl_sparse *flows, const pl_makers *makers, const double *cost, double markup,
                       const double *value, int32_t g, double dear, rivals *left, int32_t *chosen)
{
    double best = (double)INFINITY;
    int32_t kept = makers->start[g];
    *chosen = -1;
    for (int32_t i = makers->start[g]; i < left->end[g]; i++) {
        int32_t c = left->column[i];
        double unit = pl_sweep_unit_cost(flows, makers, c, cost[c], markup, value);
        if (unit < best) {
            best = unit;
            *chosen = c;
        }
        left->column[kept] = c;
        kept += !(unit > dear);
    }
    left->end[g] = kept;
    return best;
}

typedef struct value_sweep {
    const pl_sparse *flows;
    const pl_makers *makers;
    const double *cost;
    const pl_sweep_settings *settings;
    double above, last;
    bool evaluate; /* the chosen columns only */
    rivals left;
    int32_t *chosen;
    halves h;
    leaps l;
} value_sweep;

/* One sweep of a half. */
static void sweep_values(value_sweep *w, int half)
{
    double *value = w->h.view[half], change = 0;
    for (int32_t g = w->h.from[half]; g < w->h.from[half + 1]; g++) {
        tick(&w->h, half, w->settings, g, "sweeping values", w->last);
        double best;
        if (w->evaluate && w->chosen[g] >= 0) {
            best = pl_sweep_unit_cost(w->flows, w->makers, w->chosen[g], w->cost[w->chosen[g]], w->settings->markup, value);
        } else {
            double dear = value[g] > 0 ? value[g] * (1 + w->above) * (1 + PRUNE) : (double)INFINITY;
            best = cheapest(w->flows, w->makers, w->cost, w->settings->markup, value, g, dear, &w->left, &w->chosen[g]);
        }
        if (best > value[g] || ((w->settings->again || w->settings->leap) && best < value[g])) {
            double part = isfinite(best) ? fabs(best - value[g]) / fmax(best, value[g]) : 1;
            change = part > change ? part : change;
            value[g] = best;
        }
        if (half == 0 && w->h.stopped) {
            break;
        }
    }
    w->h.change[half] = change;
}

/* Each half's values into the view of the other. */
static void show_values(halves *h)
{
    for (int half = 0; h->n == 2 && half < HALVES; half++) {
        int32_t from = h->from[half], to = h->from[half + 1];
        memcpy(h->view[1 - half] + from, h->view[half] + from, sizeof(double) * (size_t)(to - from));
    }
}

pl_status pl_sweep_values(const pl_sparse *flows, const pl_makers *makers, const double *cost,
                          const pl_sweep_settings *settings, double *value, int32_t *chosen, pl_sweep_result *result,
                          pl_error *err)
{
    int32_t n = flows->n_rows;
    value_sweep w = {.flows = flows, .makers = makers, .cost = cost, .settings = settings, .chosen = chosen,
                     .left = {PL_NEW(int32_t, makers->start[n]), PL_NEW(int32_t, n)}};
    *result = (pl_sweep_result){.change = 1};
    bool ok = halve(&w.h, n, value, settings->threads) && leaps_new(&w.l, n, settings->leap) && w.left.column != NULL &&
              w.left.end != NULL;
    if (ok) {
        memcpy(w.left.column, makers->column, sizeof *w.left.column * (size_t)makers->start[n]);
        memcpy(w.left.end, makers->start + 1, sizeof *w.left.end * (size_t)n);
        if (w.h.n == 2) {
            memcpy(w.h.view[1], value, sizeof *value * (size_t)n);
        }
    }
    while (ok && !w.h.stopped && !result->settled && result->sweeps < settings->most) {
        w.last = result->change;
        bool prune = result->sweeps % PRUNE_EVERY == PRUNE_EVERY - 1 && !settings->again && !settings->leap;
        w.evaluate = settings->again && result->sweeps % LOOK_EVERY != 0;
        w.above = prune ? pl_sweep_above(flows, makers, chosen, cost, settings->markup, value, settings->threads) : (double)INFINITY;
#pragma omp parallel for num_threads(w.h.threads) schedule(static, 1)
        for (int half = 0; half < w.h.n; half++) {
            sweep_values(&w, half);
        }
        result->sweeps++;
        result->change = fmax(w.h.change[0], w.h.change[1]);
        result->settled = result->change <= settings->tolerance && !w.evaluate;
        if (settings->leap && !result->settled) {
            leap(&w.h, leap_length(&w.h, &w.l, w.h.view), w.h.view, w.l.end, w.l.begin);
        }
        show_values(&w.h);
    }
    leaps_clear(&w.l);
    pl_free(w.left.column);
    pl_free(w.left.end);
    pl_free(w.h.view[1]);
    return !ok ? pl_fail_nomem(err, "the rivals of each good") : w.h.stopped ? stopped(err) : PL_OK;
}

double pl_sweep_above(const pl_sparse *flows, const pl_makers *makers, const int32_t *chosen, const double *cost,
                      double markup, const double *value, int threads)
{
    double above = 0;
#pragma omp parallel for num_threads(threads > 1 ? 2 : 1) schedule(static) reduction(max : above)
    for (int32_t g = 0; g < flows->n_rows; g++) {
        if (chosen[g] < 0) {
            continue;
        }
        /* (1 + e) v is above when e (v - A v) >= c + A v - v =: rest, and v - A v = c - rest. */
        double own = cost[chosen[g]] / makers->output[chosen[g]];
        double unit = pl_sweep_unit_cost(flows, makers, chosen[g], cost[chosen[g]], markup, value);
        double rest = unit - value[g] + 1e-15 * unit;
        if (rest > 0) {
            above = own > rest ? fmax(above, rest / (own - rest)) : (double)INFINITY;
        }
    }
    return above;
}

double pl_sweep_too_high(const pl_sparse *flows, const pl_makers *makers, const double *cost, const double *value, int threads)
{
    double high = 0;
#pragma omp parallel for num_threads(threads > 1 ? 2 : 1) schedule(static) reduction(max : high)
    for (int32_t g = 0; g < flows->n_rows; g++) {
        for (int32_t i = makers->start[g]; isfinite(value[g]) && i < makers->start[g + 1]; i++) {
            /* (1 - e) v lets it gain nothing when e (c + A v - v) + e v - e A v = e c >= (1 - e) (v - c - A v) =: (1 - e) gain */
            int32_t c = makers->column[i];
            double own = cost[c] / makers->output[c], unit = pl_sweep_unit_cost(flows, makers, c, cost[c], 1, value);
            double gain = value[g] - unit + 1e-15 * unit;
            high = gain > 0 ? fmax(high, own > 0 ? gain / (own + gain) : 1) : high;
        }
    }
    return high;
}

typedef struct output_sweep {
    const pl_sparse *flows;
    const pl_makers *makers;
    const pl_output_task *task;
    const pl_sweep_settings *settings;
    double *level;
    double last, worth;   /* worth: of the demand */
    bool endless[HALVES]; /* a good is needed that nothing makes, or that takes more and more */
    halves h;             /* views of the needs: what a half asks of the other waits in its own */
    leaps l;
    double *need_end;     /* as `end` of the leaps */
} output_sweep;

/* Inputs of `more` of column c. */
static void ask_for_inputs(const pl_sparse *flows, int32_t c, double more, double *need)
{
    int64_t last = flows->start[flows->n_columns] - 1;
    for (int64_t k = flows->start[c]; k < flows->start[c + 1]; k++) {
        double a = flows->amount[k];
        __builtin_prefetch(&need[flows->index[k + AHEAD < last ? k + AHEAD : last]], 1);
        need[flows->index[k]] += a < 0 ? -a * more : 0;
    }
}

/* Inputs of `more` of the level of good g. */
static void ask_for_good(const output_sweep *w, int32_t g, double more, double *need)
{
    const pl_makers *m = w->makers;
    if (w->task->share == NULL) {
        ask_for_inputs(w->flows, w->task->chosen[g], more, need);
        return;
    }
    for (int32_t i = m->start[g]; i < m->start[g + 1]; i++) {
        int32_t c = m->column[i];
        if (w->task->share[c] > 0) {
            ask_for_inputs(w->flows, c, more * w->task->share[c] / m->output[c], need);
        }
    }
}

/* The level of good g that makes so much of it; infinite where nothing can. */
static double level_for(const output_sweep *w, int32_t g, double need)
{
    const pl_makers *m = w->makers;
    bool none = w->task->share == NULL ? w->task->chosen[g] < 0 : m->start[g] == m->start[g + 1];
    return need <= 0 ? 0 : none ? (double)INFINITY : w->task->share == NULL ? need / m->output[w->task->chosen[g]] : need;
}

static void sweep_outputs(output_sweep *w, int half)
{
    double *need = w->h.view[half], change = 0;
    const double *value = w->task->value;
    bool upwards = value == NULL && !w->settings->leap;
    double waits = (value == NULL ? TOO_LITTLE : LITTLE_VALUE) * w->settings->tolerance;
    for (int32_t g = w->h.from[half]; g < w->h.from[half + 1]; g++) {
        tick(&w->h, half, w->settings, g, "sweeping outputs", w->last);
        double want = level_for(w, g, need[g]), more = isfinite(want) ? want - w->level[g] : want;
        if (isfinite(want) && !((upwards ? more : fabs(more)) > waits * want)) {
            continue;
        }
        if (!isfinite(want) || (half == 0 && w->h.stopped)) {
            w->endless[half] = !isfinite(want);
            break;
        }
        double made = w->task->share == NULL ? w->makers->output[w->task->chosen[g]] : 1;
        change = value == NULL ? fmax(change, fabs(more) / want) : change + fabs(more) * made * value[g];
        w->level[g] = want;
        ask_for_good(w, g, more, need);
    }
    w->h.change[half] = change;
}

/* Passes on what each half asks of the other; returns the largest part of a need that is new. */
static double pass_on(halves *h)
{
    double most = 0;
    for (int half = 0; h->n == 2 && half < HALVES; half++) {
        double *need = h->view[half], *waiting = h->view[1 - half];
        for (int32_t g = h->from[half]; g < h->from[half + 1]; g++) {
            if (waiting[g] != 0) {
                need[g] += waiting[g];
                most = fmax(most, fabs(waiting[g]) / need[g]);
                waiting[g] = 0;
            }
        }
    }
    return most;
}

/* Needs before the first sweep: the demand, and what an earlier answer takes.  Each half's are in its own view. */
static void begin_outputs(output_sweep *w)
{
    int32_t n = w->flows->n_rows;
    const pl_output_task *task = w->task;
    for (int half = 0; half < w->h.n; half++) {
        int32_t from = w->h.from[half], to = w->h.from[half + 1];
        double *need = w->h.view[half];
        memset(need, 0, sizeof *need * (size_t)n);
        memcpy(need + from, task->demand + from, sizeof *need * (size_t)(to - from));
    }
    if (task->value == NULL) {
        memset(w->level, 0, sizeof *w->level * (size_t)n);
        return;
    }
    for (int32_t g = 0; g < n; g++) {
        w->worth += task->demand[g] > 0 ? task->demand[g] * task->value[g] : 0;
    }
#pragma omp parallel for num_threads(w->h.threads) schedule(static, 1)
    for (int half = 0; half < w->h.n; half++) {
        for (int32_t g = w->h.from[half]; g < w->h.from[half + 1]; g++) {
            if (w->level[g] > 0) {
                ask_for_good(w, g, w->level[g], w->h.view[half]);
            }
        }
    }
    (void)pass_on(&w->h);
}

/* Needs are what levels ask for, and so leap with them. */
static void leap_outputs(output_sweep *w)
{
    double *level[HALVES] = {w->level, w->level};
    double length = leap_length(&w->h, &w->l, level);
    leap(&w->h, length, level, w->l.end, w->l.begin);
    leap(&w->h, length, w->h.view, w->need_end, NULL);
}

static void end_outputs(output_sweep *w)
{
    leaps_clear(&w->l);
    pl_free(w->need_end);
    pl_free(w->h.view[1]);
}

pl_status pl_sweep_outputs(const pl_sparse *flows, const pl_makers *makers, const pl_output_task *task,
                           const pl_sweep_settings *settings, double *level, double *need, pl_sweep_result *result,
                           pl_error *err)
{
    int32_t n = flows->n_rows;
    output_sweep w = {.flows = flows, .makers = makers, .task = task, .settings = settings, .level = level};
    *result = (pl_sweep_result){.change = 1};
    w.need_end = settings->leap ? PL_NEW0(double, n) : NULL;
    if (!halve(&w.h, n, need, settings->threads) || !leaps_new(&w.l, n, settings->leap) || (settings->leap && w.need_end == NULL)) {
        end_outputs(&w);
        return pl_fail_nomem(err, "the gross outputs");
    }
    begin_outputs(&w);
    while (!result->settled && !w.h.stopped && !w.endless[0] && !w.endless[1] && result->sweeps < settings->most) {
        w.last = result->change;
#pragma omp parallel for num_threads(w.h.threads) schedule(static, 1)
        for (int half = 0; half < w.h.n; half++) {
            sweep_outputs(&w, half);
        }
        double passed = pass_on(&w.h);
        result->sweeps++;
        result->change = task->value == NULL ? fmax(passed, fmax(w.h.change[0], w.h.change[1]))
                                             : (w.h.change[0] + w.h.change[1]) / fmax(w.worth, 1e-300);
        result->settled = result->change <= settings->tolerance && !w.endless[0] && !w.endless[1];
        if (settings->leap && !result->settled) {
            leap_outputs(&w);
        }
    }
    if (w.h.n == 2) {
        memcpy(need + w.h.from[1], w.h.view[1] + w.h.from[1], sizeof *need * (size_t)(n - w.h.from[1]));
    }
    end_outputs(&w);
    return w.h.stopped ? stopped(err) : PL_OK;
}
