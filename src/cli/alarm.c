/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * alarm.c - `plenty line`, `plenty delivery`, `plenty alarm`: lines are watched and reported, deliveries signed, alarms answered. */
#include "cli/alarm.h"

#include <string.h>

#include "base/calendar.h"
#include "base/mem.h"

/* ---- What options say -------------------------------------------------------------------------------- */

static pl_status put_amount(cli_act *a, pl_body *body, const char *field, const char *option, double least)
{
    char name[64];
    double x;
    pl_status status = cli_number(a->args, option, least, 9e9, -1, &x, a->err);
    if (status == PL_OK && x < least) {
        snprintf(name, sizeof name, "--%.50s", option);
        return pl_fail(a->err, PL_USAGE, name, "for example 12.5", "say how much, in the unit of the line");
    }
    pl_body_int(body, field, (int64_t)(x * PL_WATCH_UNIT + 0.5));
    return status;
}

static pl_status day_of(cli_act *a, const char *option, const char *text, int64_t *time)
{
    char name[64];
    int32_t day;
    if (text == NULL || strlen(text) != 10 || !pl_calendar_parse(text, 10, &day) || day < 0) {
        snprintf(name, sizeof name, "--%.50s", option);
        return pl_fail(a->err, PL_USAGE, name, "write for example 2027-01-30", text == NULL ? "say from when" : "'%.60s' is no date", text);
    }
    *time = (int64_t)day * PL_DAY;
    return PL_OK;
}

/* A line by its name, when only one that is watched has it; else by its id. */
static pl_status find_line(cli_act *a, const char *text, uint8_t id[PL_HASH], pl_plan_line *line)
{
    cli_rows rows;
    size_t found = 0;
    pl_status status = cli_rows_of(a->record, &PL_PLAN_LINES, offsetof(pl_plan_line, since), &rows, a->err);
    for (size_t i = 0; status == PL_OK && i < rows.n; i++) {
        const pl_plan_line *l = cli_row(&rows, i);
        if (l->ended < 0 && strcmp(l->name, text) == 0) {
            memcpy(id, rows.keys[i].at, PL_HASH);
            found++;
        }
    }
    if (status == PL_OK && found > 1) {
        status = pl_fail(a->err, PL_USAGE, text, "name it by its id: 'plenty line list' shows them", "%zu lines have this name", found);
    }
    status = status == PL_OK && found == 0 ? cli_act_find(a, &PL_PLAN_LINES, "line", text, id) : status;
    for (size_t i = 0; status == PL_OK && i < rows.n; i++) {
        if (pl_id_same(rows.keys[i].at, id)) {
            *line = *(const pl_plan_line *)cli_row(&rows, i);
        }
    }
    cli_rows_clear(&rows);
    return status;
}


/* ---- Lines ------------------------------------------------------------------------------------------- */

static pl_status body_watch(cli_act *a, pl_body *body)
{
    const char *name = a->args->argument[1];
    uint8_t workplace[PL_HASH];
    double price, days, periods;
    int64_t begins = 0;
    pl_status status = cli_act_find(a, &PL_ASSEMBLIES, "workplace", cli_text(a->args, "workplace"), workplace);
    pl_body_text(body, "name", name, strlen(name));
    pl_body_bytes(body, "workplace", workplace, PL_HASH);
    status = status == PL_OK ? put_amount(a, body, "planned", "planned", 1e-6) : status;
    status = status == PL_OK ? put_amount(a, body, "spread", "spread", 1e-6) : status;
    status = status == PL_OK ? cli_number(a->args, "price", 0, 1e9, 0, &price, a->err) : status;
    status = status == PL_OK ? day_of(a, "begins", cli_text(a->args, "begins"), &begins) : status;
    status = status == PL_OK ? cli_number(a->args, "days", 1, 366, 7, &days, a->err) : status;
    status = status == PL_OK ? cli_number(a->args, "periods", 1, PL_WATCH_PERIODS, 52, &periods, a->err) : status;
    if (status != PL_OK) {
        return status;
    }
    pl_body_int(body, "price", (int64_t)(price * 1000 + 0.5));
    pl_body_int(body, "begins", begins);
    pl_body_int(body, "days", (int64_t)days);
    pl_body_int(body, "periods", (int64_t)periods);
    return cli_put_grant(a, body);
}

int cli_line_watch(const cli_args *args)
{
    return cli_do(args, &PL_KIND_LINE_WATCHED, body_watch);
}

static pl_status body_end(cli_act *a, pl_body *body)
{
    pl_plan_line line;
    uint8_t id[PL_HASH];
    pl_status status = find_line(a, a->args->argument[1], id, &line);
    pl_body_bytes(body, "line", id, PL_HASH);
    return status == PL_OK ? cli_put_grant(a, body) : status;
}

int cli_line_end(const cli_args *args)
{
    return cli_do(args, &PL_KIND_LINE_ENDED, body_end);
}

/* --period from 1 on; without it the last one that is over, or the first. */
static pl_status put_period(cli_act *a, pl_body *body, const pl_plan_line *line)
{
    int64_t over = ((int64_t)cli_now() - line->begins) / (line->days * PL_DAY);
    double period;
    over = over < 1 ? 1 : over > line->periods ? line->periods : over;
    pl_status status = cli_number(a->args, "period", 1, PL_WATCH_PERIODS, (double)over, &period, a->err);
    pl_body_int(body, "period", status == PL_OK ? (int64_t)period - 1 : 0);
    return status;
}

static pl_status body_report(cli_act *a, pl_body *body)
{
    pl_plan_line line = {0};
    uint8_t id[PL_HASH];
    pl_status status = find_line(a, a->args->argument[1], id, &line);
    pl_body_bytes(body, "line", id, PL_HASH);
    status = status == PL_OK ? put_period(a, body, &line) : status;
    status = status == PL_OK ? put_amount(a, body, "quantity", "quantity", 0) : status;
    status = status == PL_OK && cli_text(a->args, "capability") != NULL ? put_amount(a, body, "capability", "capability", 0) : status;
    return status == PL_OK && cli_text(a->args, "potentiality") != NULL ? put_amount(a, body, "potentiality", "potentiality", 0) : status;
}

int cli_line_report(const cli_args *args)
{
    return cli_do(args, &PL_KIND_LINE_REPORTED, body_report);
}

/* ---- Deliveries -------------------------------------------------------------------------------------- */

static pl_status body_send(cli_act *a, pl_body *body)
{
    pl_plan_line line;
    uint8_t id[PL_HASH], to[PL_HASH];
    pl_status status = find_line(a, a->args->argument[1], id, &line);
    status = status == PL_OK ? cli_act_find(a, &PL_ASSEMBLIES, "receiver", cli_text(a->args, "to"), to) : status;
    pl_body_bytes(body, "line", id, PL_HASH);
    pl_body_bytes(body, "to", to, PL_HASH);
    return status == PL_OK ? put_amount(a, body, "amount", "amount", 1e-6) : status;
}

int cli_delivery_send(const cli_args *args)
{
    return cli_do(args, &PL_KIND_DELIVERY_SENT, body_send);
}

static pl_status body_receive(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_DELIVERIES, "delivery", a->args->argument[1], id);
    pl_body_bytes(body, "delivery", id, PL_HASH);
    return status == PL_OK ? put_amount(a, body, "amount", "amount", 0) : status;
}

int cli_delivery_receive(const cli_args *args)
{
    return cli_do(args, &PL_KIND_DELIVERY_RECEIVED, body_receive);
}

/* ---- Alarms ------------------------------------------------------------------------------------------ */

static pl_status body_raise(cli_act *a, pl_body *body)
{
    pl_plan_line line;
    uint8_t id[PL_HASH];
    pl_status status = find_line(a, a->args->argument[1], id, &line);
    pl_body_bytes(body, "line", id, PL_HASH);
    return status == PL_OK ? cli_put_text(a, body, "text", "text", "what is wrong, for example --text 'There is no yeast.'") : status;
}

int cli_alarm_raise(const cli_args *args)
{
    return cli_do(args, &PL_KIND_ALARM_RAISED, body_raise);
}

static pl_status body_answer(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    double days;
    pl_status status = cli_act_find(a, &PL_LINE_ALARMS, "alarm", a->args->argument[1], id);
    pl_body_bytes(body, "alarm", id, PL_HASH);
    status = status == PL_OK ? cli_number(a->args, "days", 1, 366, 7, &days, a->err) : status;
    if (status == PL_OK) {
        pl_body_int(body, "days", (int64_t)days);
        status = cli_put_text(a, body, "text", "text", "what is done about it, for example --text 'The oven is being mended.'");
    }
    return status;
}

int cli_alarm_answer(const cli_args *args)
{
    return cli_do(args, &PL_KIND_ALARM_ANSWERED, body_answer);
}

static pl_status body_silence(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    int64_t until = 0;
    pl_status status = cli_act_find(a, &PL_LINE_ALARMS, "alarm", a->args->argument[1], id);
    pl_body_bytes(body, "alarm", id, PL_HASH);
    status = status == PL_OK ? day_of(a, "until", cli_text(a->args, "until"), &until) : status;
    if (status == PL_OK) {
        pl_body_int(body, "until", until);
        status = cli_put_text(a, body, "reason", "reason", "why nobody has to look until then; everybody can read it");
    }
    return status;
}

int cli_alarm_silence(const cli_args *args)
{
    return cli_do(args, &PL_KIND_ALARM_SILENCED, body_silence);
}
