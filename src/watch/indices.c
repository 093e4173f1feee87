/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * indices.c - actuality, capability and potentiality, and whether the plan foresaw more than last year did. */
#include <math.h>

#include "base/mem.h"
#include "io/file.h"
#include "watch/json.h"
#include "watch/store.h"

static double ratio(double a, double b)
{
    return b > 0 ? a / b : NAN;
}

static void add_ratios(pl_watch_index *x)
{
    x->productivity = ratio(x->actuality, x->capability);
    x->latency = ratio(x->capability, x->potentiality);
    x->performance = ratio(x->actuality, x->potentiality);
    x->fulfilled = ratio(x->actuality, x->planned);
}

/* What the line has for one period of the plan, where the report does not say. */
static double share(const pl_watch *w, double reported, double whole)
{
    return isnan(reported) && w->periods > 0 ? whole / w->periods : reported;
}

pl_watch_index pl_watch_index_of(const pl_watch *w, const pl_watch_report *r)
{
    const pl_watch_line *line = &w->line[r->line];
    pl_watch_index x = {.actuality = r->quantity,
                        .capability = share(w, r->capability, line->capability),
                        .potentiality = share(w, r->potentiality, line->potentiality),
                        .planned = pl_watch_planned(w, r->line, r->tick)};
    if (x.potentiality < x.capability) { /* what can be done now can be done */
        x.potentiality = x.capability;
    }
    add_ratios(&x);
    return x;
}

pl_watch_index pl_watch_index_over(const pl_watch *w, int32_t line, int32_t from, int32_t to)
{
    pl_watch_index sum = {0};
    int32_t n = 0;
    for (int32_t k = w->start[line]; k < w->start[line + 1]; k++) {
        const pl_watch_report *r = &w->report[k];
        if (r->tick < from || r->tick > to || (w->periods > 0 && (r->tick < w->first || r->tick >= w->first + w->periods))) {
            continue;
        }
        pl_watch_index x = pl_watch_index_of(w, r);
        sum.actuality += x.actuality;
        sum.capability += x.capability;
        sum.potentiality += x.potentiality;
        sum.planned += x.planned;
        n++;
    }
    if (n == 0) {
        sum = (pl_watch_index){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    }
    add_ratios(&sum);
    return sum;
}

/* ---- The plan as a forecast -------------------------------------------------------------------------------------------------------------- */

/* The report of that period, or NULL. */
static const pl_watch_report *report_at(const pl_watch *w, int32_t line, int32_t tick)
{
    int32_t low = w->start[line], high = w->start[line + 1];
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (w->report[middle].tick < tick) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < w->start[line + 1] && w->report[low].tick == tick ? &w->report[low] : NULL;
}

pl_watch_skill pl_watch_skill_of(const pl_watch *w, int32_t season)
{
    pl_watch_skill s = {.skill = NAN, .plan = NAN, .naive = NAN};
    double plan = 0, naive = 0;
    for (int32_t i = 0; i < w->n_lines; i++) {
        double of_plan = 0, of_naive = 0, sum = 0;
        int64_t n = 0;
        for (int32_t k = w->start[i]; k < w->start[i + 1]; k++) {
            const pl_watch_report *r = &w->report[k], *then = report_at(w, i, r->tick - (season > 0 ? season : 1));
            double planned = pl_watch_planned(w, i, r->tick);
            if (then != NULL && !isnan(planned)) {
                of_plan += fabs(r->quantity - planned);
                of_naive += fabs(r->quantity - then->quantity);
                sum += r->quantity;
                n++;
            }
        }
        if (n > 0 && sum > 0) {
            double mean = sum / (double)n;
            plan += of_plan / mean;
            naive += of_naive / mean;
            s.compared += n;
            s.lines++;
            s.worse += of_plan > of_naive;
        }
    }
    if (s.compared > 0) {
        s.plan = plan / (double)s.compared;
        s.naive = naive / (double)s.compared;
        s.skill = naive > 0 ? 1 - plan / naive : NAN;
    }
    return s;
}

/* ---- Writing ------------------------------------------------------------------------------------------------------------------------------ */

static void write_indices(const pl_watch *w, int32_t season, pl_str *out)
{
    char text[PL_TICK_TEXT];
    pl_str_add(out, "line,period,planned,naive,actuality,capability,potentiality,productivity,latency,performance,fulfilled,by\n");
    for (int32_t k = 0; k < w->n_reports && !out->failed; k++) {
        const pl_watch_report *r = &w->report[k];
        pl_watch_index x = pl_watch_index_of(w, r);
        const pl_watch_report *then = report_at(w, r->line, r->tick - (season > 0 ? season : 1));
        const double numbers[] = {x.planned, then != NULL ? then->quantity : NAN, x.actuality, x.capability, x.potentiality, x.productivity, x.latency, x.performance, x.fulfilled};
        pl_csv_add(out, w->line[r->line].id);
        pl_str_addf(out, ",%s", pl_tick_text(w->kind, r->tick, text));
        for (size_t c = 0; c < sizeof numbers / sizeof numbers[0]; c++) {
            pl_str_add(out, ",");
            pl_str_add_number(out, numbers[c]);
        }
        pl_str_add(out, ",");
        pl_csv_add(out, pl_watch_name(w, r->by));
        pl_str_add(out, "\n");
    }
}

void pl_json_watch(pl_json *j, const pl_watch *w, int32_t season)
{
    char text[PL_TICK_TEXT];
    const pl_watch_counts *c = &w->counts;
    pl_watch_skill skill = pl_watch_skill_of(w, season);
    pl_json_put_text(j, "by", pl_tick_word(w->kind));
    if (w->periods > 0) {
        pl_json_put_text(j, "first", pl_tick_text(w->kind, w->first, text));
        pl_json_put_int(j, "periods", w->periods);
    }
    pl_json_put_int(j, "lines", w->n_lines);
    pl_json_key(j, "skill");
    pl_json_object(j);
    pl_json_put_number(j, "skill", skill.skill);
    pl_json_put_number(j, "plan", skill.plan);
    pl_json_put_number(j, "naive", skill.naive);
    pl_json_put_int(j, "season", season);
    pl_json_put_int(j, "compared", skill.compared);
    pl_json_put_int(j, "lines", skill.lines);
    pl_json_put_int(j, "worse", skill.worse);
    pl_json_end(j);
    const struct {
        const char *name;
        int64_t n;
    } counts[] = {{"rows", c->rows}, {"used", c->used}, {"blank", c->blank}, {"unknown", c->unknown}, {"repeated", c->repeated}, {"replaced", c->replaced},
                  {"corrections_late", c->corrections_late}, {"conflicts", c->conflicts}, {"gaps", c->gaps}, {"constant", c->constant}, {"silent", c->silent},
                  {"before", c->before}, {"after", c->after}};
    pl_json_key(j, "reports");
    pl_json_object(j);
    for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++) {
        pl_json_put_int(j, counts[k].name, counts[k].n);
    }
    pl_json_end(j);
}

void pl_json_index(pl_json *j, const pl_watch_index *x)
{
    pl_json_put_number(j, "planned", x->planned);
    pl_json_put_number(j, "actuality", x->actuality);
    pl_json_put_number(j, "capability", x->capability);
    pl_json_put_number(j, "potentiality", x->potentiality);
    pl_json_put_number(j, "productivity", x->productivity);
    pl_json_put_number(j, "latency", x->latency);
    pl_json_put_number(j, "performance", x->performance);
    pl_json_put_number(j, "fulfilled", x->fulfilled);
}

static void write_json(const pl_watch *w, int32_t season, pl_str *out)
{
    pl_json j;
    pl_json_init(&j, out, true);
    pl_json_object(&j);
    pl_json_put_text(&j, "format", "plenty watch 1");
    pl_json_watch(&j, w, season);
    pl_json_end(&j);
    pl_str_add(out, "\n");
}

pl_status pl_watch_save_indices(const pl_watch *w, int32_t season, const char *path, bool replace, pl_error *err)
{
    pl_folder folder;
    pl_str table, json;
    pl_str_init(&table, (size_t)1 << 36);
    pl_str_init(&json, (size_t)1 << 20);
    write_indices(w, season, &table);
    write_json(w, season, &json);
    pl_status status = table.failed || json.failed ? pl_fail_nomem(err, "the table of indices") : pl_folder_begin(&folder, path, "watch.json", replace, err);
    if (status == PL_OK) {
        status = pl_folder_add(&folder, "indices.csv", table.text, table.len, err);
        status = status == PL_OK ? pl_folder_add(&folder, "watch.json", json.text, json.len, err) : status;
        status = status == PL_OK ? pl_folder_commit(&folder, err) : status;
        pl_folder_abort(&folder);
    }
    pl_str_clear(&table);
    pl_str_clear(&json);
    return status;
}
