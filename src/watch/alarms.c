/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * alarms.c - all lines of a watch: what is to be expected, which are behind by more than chance, which matter most. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "watch/store.h"

#define SEASON_MAX 1000
#define LEARN_LEAST 2000       /* residuals from which a limit can be learnt */
#define LEARN_MOST 2000000     /* and no more of them are used */
#define LIMIT_MOST 50.0
#define REBOUND 18         /* reports after an alarm in which a rise may be no chance but what comes back */

typedef struct judge {
    const pl_watch *w;
    pl_alarm_settings set;
    pl_detector_settings detector;
    int32_t season_before, learn_before; /* the season, noise and limit are learnt from before these periods */
    bool planned;          /* there is a plan */
    double index[SEASON_MAX];
    bool seasonal;         /* of the line at hand */
    pl_alarms *out;
    size_t cap_alarm;
    float *residual;       /* from which the limit is learnt, lines one after the other, NaN between them */
    size_t n_residual, cap_residual;
    double *shortfall;     /* of the periods of the plan, for the slack */
    pl_error *err;
} judge;

const char *pl_alarm_word(pl_alarm_reason reason)
{
    static const char *const words[PL_ALARM_REASONS] = {"fall", "spike", "burn-fast", "burn", "burn-slow"};
    return words[reason];
}

/* ---- What is expected -------------------------------------------------------------------------------------------------------------------------- */

static bool has_steps(const pl_watch *w, int32_t line)
{
    return w->store->step_start != NULL && w->store->step_start[line] < w->store->step_start[line + 1];
}

static double season_of(const judge *j, int32_t tick)
{
    return j->seasonal ? j->index[pl_season_phase(tick, j->set.season)] : 1;
}

/* What the plan says of a period, with the season where it only gave a whole. */
static double planned_for(const judge *j, int32_t line, int32_t tick)
{
    double planned = pl_watch_planned(j->w, line, tick);
    return has_steps(j->w, line) ? planned : planned * season_of(j, tick);
}

static void step(const judge *j, const pl_detector_settings *set, pl_detector *d, const pl_watch_report *r, pl_detected *out)
{
    if (j->planned) {
        pl_detector_step(set, d, r->quantity, planned_for(j, r->line, r->tick), true, out);
        return;
    }
    double season = season_of(j, r->tick);
    pl_detector_step(set, d, season > 0 ? r->quantity / season : r->quantity, NAN, false, out);
    out->expected *= season;
    out->sd *= season;
}

static pl_status learn_season(judge *j, int32_t line)
{
    j->seasonal = false;
    return j->set.season >= 2 ? pl_watch_season(j->w, line, j->season_before, j->set.season, j->index, &j->seasonal, j->err) : PL_OK;
}

/* ---- What is learnt from the past: noise, limit ---------------------------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* The median over lines of the noise of their reports: what a line with few reports is taken to have. */
static pl_status learn_noise(judge *j)
{
    const pl_watch *w = j->w;
    double *noise = PL_NEW(double, w->n_lines);
    int32_t n = 0;
    pl_status status = noise != NULL ? PL_OK : pl_fail_nomem(j->err, "the noise of reports");
    for (int32_t i = 0; i < w->n_lines && status == PL_OK; i++) {
        pl_detector d;
        pl_detected seen;
        pl_detector_start(&d);
        status = learn_season(j, i);
        for (int32_t k = w->start[i]; k < w->start[i + 1] && w->report[k].tick < j->learn_before; k++) {
            step(j, &j->detector, &d, &w->report[k], &seen);
        }
        if (d.count >= 12) {
            noise[n++] = sqrt(d.variance);
        }
    }
    if (status == PL_OK && n > 0) {
        qsort(noise, (size_t)n, sizeof *noise, by_number);
        j->detector.noise = fmax(noise[n / 2], 1e-4);
    }
    pl_free(noise);
    return status;
}

static pl_status keep_residual(judge *j, double r)
{
    if (!pl_grow(&j->residual, &j->cap_residual, j->n_residual + 1, sizeof *j->residual, LEARN_MOST + 1)) {
        return pl_fail_nomem(j->err, "learning the limit");
    }
    j->residual[j->n_residual++] = (float)r;
    return PL_OK;
}

static pl_status keep_residuals(judge *j)
{
    const pl_watch *w = j->w;
    pl_status status = PL_OK;
    for (int32_t i = 0; i < w->n_lines && status == PL_OK; i++) {
        pl_detector d;
        pl_detected seen;
        if (j->n_residual + (size_t)(w->start[i + 1] - w->start[i]) >= LEARN_MOST) {
            break;
        }
        pl_detector_start(&d);
        status = learn_season(j, i);
        for (int32_t k = w->start[i]; k < w->start[i + 1] && status == PL_OK && w->report[k].tick < j->learn_before; k++) {
            step(j, &j->detector, &d, &w->report[k], &seen);
            if (!isnan(seen.residual)) {
                status = keep_residual(j, seen.residual);
                j->out->learnt++;
            }
        }
        status = status == PL_OK ? keep_residual(j, NAN) : status;
    }
    return status;
}

/* Alarms in 100 of the kept residuals in the other direction.  What comes back after a fall is no chance either: for REBOUND reports after an
 * alarm nothing is counted. */
static double mirrored(const judge *j)
{
    pl_detector_settings other = j->detector;
    pl_detector up, down;
    pl_detected seen;
    int64_t opened = 0, judged = 0;
    int32_t quiet = 0;
    other.side = j->set.side == PL_SIDE_OVER ? PL_SIDE_SHORT : PL_SIDE_OVER;
    pl_detector_start(&up);
    pl_detector_start(&down);
    for (size_t k = 0; k < j->n_residual; k++) {
        double r = (double)j->residual[k];
        if (isnan(r)) {
            pl_detector_start(&up);
            pl_detector_start(&down);
            quiet = 0;
            continue;
        }
        pl_detector_residual(&j->detector, &down, r, &seen);
        quiet = down.open ? REBOUND : quiet - (quiet > 0);
        pl_detector_residual(&other, &up, r, &seen);
        opened += seen.opened && quiet == 0;
        judged += quiet == 0;
    }
    return judged > 0 ? 100.0 * (double)opened / (double)judged : NAN;
}

/* The limit at which normal reports give a false alarm so often. */
static double normal_limit(double false_alarms, pl_watch_side side)
{
    double low = 1, high = LIMIT_MOST;
    for (int k = 0; k < 60; k++) {
        double middle = (low + high) / 2;
        if (pl_glr_run(middle, side) < 100 / false_alarms) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}

/* The limit is raised as if reports had a larger sd; so is that of spikes. */
static void raise_limit(judge *j, double factor)
{
    j->detector.limit *= factor;
    j->detector.spike *= j->set.rule == PL_BY_RATIO ? sqrt(factor) : factor;
}

static pl_status learn_limit(judge *j)
{
    const pl_alarm_settings *s = &j->set;
    bool glr = s->rule == PL_BY_RATIO;
    double limit = s->limit > 0 ? s->limit : glr ? normal_limit(s->false_alarms, s->side) : 4.77;
    j->out->mirrored = NAN;
    j->detector.limit = limit;
    j->detector.spike = fmax(0, s->spike);
    if (j->planned || s->side == PL_SIDE_BOTH) { /* beside a plan the other direction is no proof of chance */
        return PL_OK;
    }
    pl_status status = keep_residuals(j);
    if (status == PL_OK && j->out->learnt >= LEARN_LEAST) {
        j->out->mirrored = mirrored(j);
        while (s->limit <= 0 && j->out->mirrored > s->false_alarms && j->detector.limit < LIMIT_MOST) {
            raise_limit(j, 1.05);
            j->out->mirrored = mirrored(j);
        }
    } else {
        j->out->learnt = 0;
    }
    return status;
}

/* ---- Alarms ------------------------------------------------------------------------------------------------------------------------------------------ */

static pl_status add_alarm(judge *j, const pl_alarm *alarm)
{
    pl_alarms *out = j->out;
    if (!pl_grow(&out->alarm, &j->cap_alarm, (size_t)out->n + 1, sizeof *out->alarm, INT32_MAX)) {
        return pl_fail_nomem(j->err, "the alarms");
    }
    out->alarm[out->n++] = *alarm;
    return PL_OK;
}

/* Planned for what is left of the plan after a period. */
static double planned_after(const judge *j, int32_t line, int32_t tick)
{
    double sum = 0;
    for (int32_t t = tick + 1; j->planned && t < j->w->first + j->w->periods; t++) {
        double planned = planned_for(j, line, t);
        sum += isnan(planned) ? 0 : planned;
    }
    return sum;
}

static double away(const judge *j, double expected, double reported)
{
    return j->set.side == PL_SIDE_OVER ? reported - expected : j->set.side == PL_SIDE_BOTH ? fabs(expected - reported) : expected - reported;
}

/* What the reports of the window look like, as the filter sees them. */
static void look_at_shape(const judge *j, const pl_detector *d, pl_alarm *a)
{
    double residual[PL_GLR_WINDOW];
    for (int32_t k = 0; k < d->n; k++) { /* without a plan they are changes: their sum is how the level went */
        residual[k] = (double)d->window[(d->at + PL_GLR_WINDOW - d->n + k) % PL_GLR_WINDOW] + (k > 0 && !j->planned ? residual[k - 1] : 0);
    }
    a->hint = pl_hint_of(residual, d->n, &a->sure);
}

static void open_alarm(const judge *j, const pl_watch_report *r, const pl_detected *seen, pl_alarm *a)
{
    int32_t begin = j->w->start[r->line], back = (int32_t)(r - j->w->report) - begin;
    *a = (pl_alarm){.line = r->line, .reason = seen->spike ? PL_ALARM_SPIKE : PL_ALARM_FALL, .opened = r->tick, .limit = j->detector.limit,
                    .expected = seen->expected, .reported = r->quantity, .under = -1, .open = true, .damage = NAN};
    int32_t length = seen->spike || seen->length < 1 ? 1 : seen->length;
    a->since = r[-(length - 1 < back ? length - 1 : back)].tick;
    for (int32_t k = 1; k < length && k <= back; k++) { /* the fall began before it was seen */
        double planned = j->planned ? planned_for(j, r->line, r[-k].tick) : NAN;
        a->shortfall += isnan(planned) ? 0 : away(j, planned, r[-k].quantity);
    }
}

static void follow_alarm(const judge *j, const pl_detector *d, const pl_watch_report *r, const pl_detected *seen, pl_alarm *a)
{
    a->until = r->tick;
    a->statistic = fmax(a->statistic, seen->statistic);
    a->worst = fabs(seen->residual) > fabs(a->worst) ? seen->residual : a->worst;
    a->shortfall += away(j, seen->expected, r->quantity);
    look_at_shape(j, d, a);
}

/* Part of the plan that is missing in the reports of the alarm, for what is left. */
static void look_ahead(const judge *j, const pl_watch_report *last, pl_alarm *a)
{
    double expected = 0, reported = 0;
    for (const pl_watch_report *r = last; r >= j->w->report + j->w->start[a->line] && r->tick >= a->since; r--) {
        double planned = planned_for(j, a->line, r->tick);
        expected += isnan(planned) ? 0 : planned;
        reported += isnan(planned) ? 0 : r->quantity;
    }
    double part = expected > 0 ? away(j, expected, reported) / expected : 0;
    a->ahead = fmax(0, a->shortfall + part * planned_after(j, a->line, last->tick));
}

/* Is the slack of a line being used up too fast? */
static pl_status judge_slack(judge *j, int32_t i)
{
    const pl_watch *w = j->w;
    double used, slack = w->line[i].slack, sum = 0;
    int32_t n = 0;
    if (!j->planned || !(slack > 0) || j->set.side == PL_SIDE_OVER) {
        return PL_OK;
    }
    for (int32_t t = 0; t < w->periods; t++) {
        j->shortfall[t] = NAN;
    }
    const pl_watch_report *last = NULL;
    for (int32_t k = w->start[i]; k < w->start[i + 1]; k++) {
        const pl_watch_report *r = &w->report[k];
        double planned = planned_for(j, i, r->tick);
        if (!isnan(planned)) {
            j->shortfall[r->tick - w->first] = planned - r->quantity;
            sum += planned - r->quantity;
            n = r->tick - w->first + 1;
            last = r;
        }
    }
    pl_alarm_reason reason = pl_slack_burn(j->shortfall, n, w->periods, slack, &used);
    if (reason == PL_ALARM_REASONS || (j->set.has_from && last->tick < j->set.from)) {
        return PL_OK;
    }
    pl_alarm a = {.line = i, .reason = reason, .since = last->tick, .opened = last->tick, .until = last->tick, .open = true, .statistic = used, .limit = 1,
                  .worst = NAN, .expected = planned_for(j, i, last->tick), .reported = last->quantity, .under = -1, .shortfall = sum};
    look_ahead(j, last, &a);
    a.ahead = fmax(a.ahead, sum);
    return add_alarm(j, &a);
}

static pl_status judge_line(judge *j, int32_t i)
{
    const pl_watch *w = j->w;
    const pl_watch_report *last = NULL;
    pl_detector d;
    pl_detected seen;
    pl_alarm a = {0};
    pl_status status = learn_season(j, i);
    pl_detector_start(&d);
    for (int32_t k = w->start[i]; k < w->start[i + 1] && status == PL_OK; k++) {
        const pl_watch_report *r = &w->report[k];
        bool told = !j->set.has_from || r->tick >= j->set.from;
        step(j, &j->detector, &d, r, &seen);
        if (isnan(seen.residual)) {
            continue;
        }
        j->out->judged += told;
        if (seen.opened) {
            open_alarm(j, r, &seen, &a);
        }
        if (d.open) {
            follow_alarm(j, &d, r, &seen, &a);
        }
        a.open = a.open && d.open;
        last = r;
        if (seen.closed && (!j->set.has_from || a.until >= j->set.from)) {
            a.ahead = a.shortfall;
            status = add_alarm(j, &a);
        }
    }
    if (status == PL_OK && d.open) {
        a.ahead = a.shortfall;
        if (j->planned) {
            look_ahead(j, last, &a);
        }
        status = !j->set.has_from || a.until >= j->set.from ? add_alarm(j, &a) : PL_OK;
    }
    return status == PL_OK ? judge_slack(j, i) : status;
}

/* ---- Which matter most ---------------------------------------------------------------------------------------------------------------------------------- */

static double mean_report(const pl_watch *w, int32_t line)
{
    double sum = 0;
    for (int32_t k = w->start[line]; k < w->start[line + 1]; k++) {
        sum += w->report[k].quantity;
    }
    return sum / (w->start[line + 1] - w->start[line]);
}

static int by_damage(const void *a, const void *b)
{
    const pl_alarm *x = *(pl_alarm *const *)a, *y = *(pl_alarm *const *)b;
    bool inner = x->under >= 0, other = y->under >= 0; /* what a line above explains comes after */
    return inner != other ? inner - other : x->damage != y->damage ? (x->damage > y->damage ? -1 : 1) : x < y ? -1 : x > y;
}

static pl_status rank(judge *j)
{
    const pl_watch *w = j->w;
    pl_alarms *out = j->out;
    bool priced = false, *open = PL_NEW0(bool, w->n_lines);
    pl_alarm **list = PL_NEW(pl_alarm *, out->n);
    pl_status status = open != NULL && list != NULL ? PL_OK : pl_fail_nomem(j->err, "the alarms");
    for (int32_t i = 0; i < w->n_lines; i++) {
        priced = priced || w->line[i].price > 0;
    }
    for (int32_t k = 0; k < out->n && status == PL_OK; k++) {
        pl_alarm *a = &out->alarm[k];
        double price = w->line[a->line].price, mean = mean_report(w, a->line);
        a->damage = priced ? (isnan(price) ? 0 : price * a->ahead) : mean > 0 ? a->ahead / mean : a->expected > 0 ? a->ahead / a->expected : 0;
        open[a->line] = open[a->line] || a->open;
        if (a->open) {
            list[out->n_open++] = a;
        }
    }
    for (int32_t k = 0; k < out->n_open && status == PL_OK; k++) {
        const char *parent = w->line[list[k]->line].parent;
        int32_t above = parent[0] != '\0' ? pl_watch_find(w, parent, strlen(parent)) : -1;
        list[k]->under = above >= 0 && above != list[k]->line && open[above] ? above : -1;
    }
    if (status == PL_OK && out->n_open > 0) {
        qsort(list, (size_t)out->n_open, sizeof *list, by_damage);
    }
    for (int32_t k = 0; k < out->n_open && status == PL_OK; k++) {
        list[k]->rank = k + 1;
        list[k]->shown = k < j->set.attention;
    }
    pl_free(open);
    pl_free(list);
    return status;
}

static void fill_defaults(judge *j, const pl_alarm_settings *settings)
{
    j->set = settings != NULL ? *settings : (pl_alarm_settings){0};
    j->set.false_alarms = j->set.false_alarms > 0 ? j->set.false_alarms : 0.5;
    j->set.spike = j->set.spike != 0 ? j->set.spike : pl_detector_defaults.spike;
    j->set.attention = j->set.attention > 0 ? j->set.attention : 7;
    j->set.season = j->set.season < 0 || j->set.season > SEASON_MAX ? 0 : j->set.season;
    j->detector = pl_detector_defaults;
    j->detector.side = j->set.side;
    j->detector.rule = j->set.rule;
    j->planned = j->w->periods > 0;
    j->detector.renew = !j->planned;
    j->learn_before = j->set.has_from ? j->set.from : INT32_MAX;
    j->season_before = j->planned && j->w->first < j->learn_before ? j->w->first : j->learn_before;
}

pl_status pl_watch_judge(const pl_watch *w, const pl_alarm_settings *settings, pl_alarms *out, pl_error *err)
{
    judge *j = PL_NEW0(judge, 1);
    *out = (pl_alarms){0};
    if (j == NULL) {
        return pl_fail_nomem(err, "the alarms");
    }
    j->w = w;
    j->out = out;
    j->err = err;
    fill_defaults(j, settings);
    j->shortfall = PL_NEW(double, w->periods);
    pl_status status = j->shortfall != NULL ? learn_noise(j) : pl_fail_nomem(err, "the alarms");
    status = status == PL_OK ? learn_limit(j) : status;
    for (int32_t i = 0; i < w->n_lines && status == PL_OK; i++) {
        status = judge_line(j, i);
    }
    status = status == PL_OK ? rank(j) : status;
    out->limit = j->detector.limit;
    out->noise = j->detector.noise;
    out->run = j->set.rule == PL_BY_RATIO ? pl_glr_run(j->detector.limit, j->set.side) : NAN;
    pl_free(j->residual);
    pl_free(j->shortfall);
    pl_free(j);
    if (status != PL_OK) {
        pl_alarms_clear(out);
    }
    return status;
}

void pl_alarms_clear(pl_alarms *alarms)
{
    pl_free(alarms->alarm);
    *alarms = (pl_alarms){0};
}
