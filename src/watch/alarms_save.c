/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * alarms_save.c - alarms as tables. */
#include <math.h>

#include "io/file.h"
#include "watch/json.h"
#include "watch/store.h"

static void write_alarm(const pl_watch *w, const pl_alarm *a, pl_str *out)
{
    char since[PL_TICK_TEXT], opened[PL_TICK_TEXT], until[PL_TICK_TEXT];
    const pl_watch_line *line = &w->line[a->line];
    const double numbers[] = {a->expected, a->reported, a->statistic, a->limit, a->worst, a->shortfall, a->ahead, line->price, a->damage};
    pl_csv_add(out, line->id);
    pl_str_addf(out, ",%s,%s,%s,%s,%s,", pl_alarm_word(a->reason), pl_tick_text(w->kind, a->since, since), pl_tick_text(w->kind, a->opened, opened),
                pl_tick_text(w->kind, a->until, until), a->open ? "1" : "0");
    pl_str_addf(out, "%s", a->reason <= PL_ALARM_SPIKE ? pl_hint_word(a->hint) : "");
    for (size_t c = 0; c < sizeof numbers / sizeof numbers[0]; c++) {
        pl_str_add(out, ",");
        pl_str_add_number(out, numbers[c]);
    }
    pl_str_addf(out, a->rank > 0 ? ",%d,%d," : ",,,", a->rank, a->shown ? 1 : 0);
    pl_csv_add(out, a->under >= 0 ? w->line[a->under].id : "");
    pl_str_add(out, ",");
    pl_csv_add(out, line->owner);
    pl_str_add(out, "\n");
}

void pl_json_alarms(pl_json *j, const pl_watch *w, const pl_alarms *a)
{
    pl_json_put_text(j, "by", pl_tick_word(w->kind));
    pl_json_put_int(j, "alarms", a->n);
    pl_json_put_int(j, "open", a->n_open);
    pl_json_put_int(j, "judged", a->judged);
    pl_json_put_number(j, "limit", a->limit);
    pl_json_put_number(j, "noise", a->noise);
    pl_json_put_number(j, "run_if_normal", a->run);
    pl_json_put_int(j, "learnt_from", a->learnt);
    pl_json_put_number(j, "chance_at_most", a->mirrored);
}

void pl_json_alarm(pl_json *j, const pl_watch *w, const pl_alarm *a)
{
    char text[PL_TICK_TEXT];
    pl_json_put_text(j, "line", w->line[a->line].id);
    pl_json_put_text(j, "reason", pl_alarm_word(a->reason));
    pl_json_put_text(j, "since", pl_tick_text(w->kind, a->since, text));
    pl_json_put_text(j, "opened", pl_tick_text(w->kind, a->opened, text));
    pl_json_put_text(j, "until", pl_tick_text(w->kind, a->until, text));
    pl_json_put_bool(j, "open", a->open);
    pl_json_put_text(j, "hint", a->reason <= PL_ALARM_SPIKE ? pl_hint_word(a->hint) : NULL);
    pl_json_put_number(j, "expected", a->expected);
    pl_json_put_number(j, "reported", a->reported);
    pl_json_put_number(j, "statistic", a->statistic);
    pl_json_put_number(j, "shortfall", a->shortfall);
    pl_json_put_number(j, "ahead", a->ahead);
    pl_json_put_number(j, "damage", a->damage);
    pl_json_put_int(j, "rank", a->rank);
    pl_json_put_bool(j, "shown", a->shown);
    pl_json_put_text(j, "under", a->under >= 0 ? w->line[a->under].id : NULL);
    pl_json_put_text(j, "owner", w->line[a->line].owner);
}

static void write_json(const pl_watch *w, const pl_alarms *a, pl_str *out)
{
    pl_json j;
    pl_json_init(&j, out, true);
    pl_json_object(&j);
    pl_json_put_text(&j, "format", "plenty alarms 1");
    pl_json_alarms(&j, w, a);
    pl_json_end(&j);
    pl_str_add(out, "\n");
}

pl_status pl_alarms_save(const pl_watch *w, const pl_alarms *alarms, const char *path, bool replace, pl_error *err)
{
    pl_folder folder;
    pl_str table, json;
    pl_str_init(&table, (size_t)1 << 36);
    pl_str_init(&json, (size_t)1 << 16);
    pl_str_add(&table, "line,reason,since,opened,until,open,hint,expected,reported,statistic,limit,worst,shortfall,ahead,price,damage,rank,shown,under,owner\n");
    for (int32_t k = 0; k < alarms->n && !table.failed; k++) {
        write_alarm(w, &alarms->alarm[k], &table);
    }
    write_json(w, alarms, &json);
    pl_status status = table.failed || json.failed ? pl_fail_nomem(err, "the table of alarms") : pl_folder_begin(&folder, path, "alarms.json", replace, err);
    if (status == PL_OK) {
        status = pl_folder_add(&folder, "alarms.csv", table.text, table.len, err);
        status = status == PL_OK ? pl_folder_add(&folder, "alarms.json", json.text, json.len, err) : status;
        status = status == PL_OK ? pl_folder_commit(&folder, err) : status;
        pl_folder_abort(&folder);
    }
    pl_str_clear(&table);
    pl_str_clear(&json);
    return status;
}
