/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * lines.c - from the record of a commons to the indices and the skill of its plan. */
#include "commons/lines.h"

#include <math.h>
#include <string.h>

#define YEAR_DAYS 365.25
#define DAYS_MOST 366

static double amount(int64_t millionths)
{
    return millionths < 0 ? NAN : (double)millionths / PL_WATCH_UNIT;
}

static pl_status add_reports(pl_step *s, pl_watch *w, int32_t number, const uint8_t id[PL_HASH])
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_LINE_REPORTS, &prefix);
    pl_line_report r;
    bool there;
    pl_status status;
    while ((status = pl_next(s, &PL_LINE_REPORTS, &at, &r, &there)) == PL_OK && there) {
        pl_watch_report report = {.line = number, .tick = (int32_t)pl_key_number(at.key + PL_HASH), .quantity = amount(r.quantity), .capability = amount(r.capability),
                                  .potentiality = amount(r.potentiality), .at = r.since, .by = -1};
        status = pl_watch_report_add(w, &report, s->err);
        if (status != PL_OK) {
            return status;
        }
    }
    return status;
}

static pl_status add_line(pl_step *s, pl_watch *w, const uint8_t id[PL_HASH], const pl_plan_line *l)
{
    char hex[2 * PL_HASH + 1];
    int32_t number = w->n_lines;
    pl_hex_write(id, PL_HASH, hex);
    pl_watch_line line = {.id = hex, .owner = "", .parent = "", .planned = amount(l->planned) * (double)l->periods, .capability = NAN, .potentiality = NAN,
                          .price = (double)l->price / 1000, .slack = NAN};
    pl_status status = pl_watch_add(w, &line, s->err);
    for (int32_t tick = 0; tick < l->periods && status == PL_OK; tick++) {
        status = pl_watch_set(w, number, tick, amount(l->planned), s->err);
    }
    return status == PL_OK ? add_reports(s, w, number, id) : status;
}

static pl_status end(pl_step *s, pl_status status, pl_watch *w, pl_watch **out)
{
    status = status == PL_OK ? pl_watch_settle(w, s->err) : status;
    if (status != PL_OK) {
        pl_watch_free(w);
        return status;
    }
    *out = w;
    return PL_OK;
}

pl_status pl_line_watch(pl_step *s, const uint8_t id[PL_HASH], const pl_plan_line *l, pl_watch **out)
{
    pl_watch *w;
    pl_status status = pl_watch_new(&w, s->err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_watch_span(w, PL_TICK_NUMBER, 0, (int32_t)l->periods, s->err);
    status = status == PL_OK ? add_line(s, w, id, l) : status;
    return end(s, status, w, out);
}

/* ---- How good the plan was ------------------------------------------------------------------------------ */

/* All lines whose periods last so many days: only these have their seasons in common. */
static pl_status watch_of_days(pl_step *s, int64_t days, pl_watch **out)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_PLAN_LINES, &all);
    pl_plan_line line;
    bool there = true;
    pl_watch *w;
    pl_status status = pl_watch_new(&w, s->err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_watch_span(w, PL_TICK_NUMBER, 0, PL_WATCH_PERIODS, s->err);
    while (status == PL_OK && (status = pl_next(s, &PL_PLAN_LINES, &at, &line, &there)) == PL_OK && there) {
        status = line.days == days ? add_line(s, w, at.key, &line) : PL_OK;
    }
    return end(s, status, w, out);
}

static pl_status find_days(pl_step *s, bool some[DAYS_MOST + 1])
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_PLAN_LINES, &all);
    pl_plan_line line;
    bool there;
    pl_status status;
    memset(some, 0, DAYS_MOST + 1);
    while ((status = pl_next(s, &PL_PLAN_LINES, &at, &line, &there)) == PL_OK && there) {
        some[line.days <= DAYS_MOST ? line.days : 0] = true;
    }
    return status;
}

/* Mean errors weigh with the reports that they are the mean of. */
static void add_skill(pl_lines_skill *sum, const pl_watch_skill *k, bool seasonal)
{
    if (k->compared == 0) {
        return;
    }
    int64_t n = sum->all.compared + k->compared;
    sum->all.plan = (sum->all.plan * (double)sum->all.compared + k->plan * (double)k->compared) / (double)n;
    sum->all.naive = (sum->all.naive * (double)sum->all.compared + k->naive * (double)k->compared) / (double)n;
    sum->all.compared = n;
    sum->all.lines += k->lines;
    sum->all.worse += k->worse;
    sum->seasonal += seasonal ? k->compared : 0;
}

pl_status pl_lines_skill_of(pl_step *s, pl_lines_skill *out)
{
    bool some[DAYS_MOST + 1];
    pl_status status = find_days(s, some);
    *out = (pl_lines_skill){.seasonal = 0};
    for (int64_t days = 1; days <= DAYS_MOST && status == PL_OK; days++) {
        pl_watch *w;
        if (!some[days]) {
            continue;
        }
        status = watch_of_days(s, days, &w);
        if (status == PL_OK) {
            int32_t year = (int32_t)lround(YEAR_DAYS / (double)days);
            pl_watch_skill k = pl_watch_skill_of(w, year);
            bool seasonal = k.compared > 0 && year > 1;
            k = seasonal ? k : pl_watch_skill_of(w, 0);
            add_skill(out, &k, seasonal);
            pl_watch_free(w);
        }
    }
    out->all.skill = out->all.naive > 0 ? 1 - out->all.plan / out->all.naive : NAN;
    return status;
}
