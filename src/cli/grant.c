/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * grant.c - `plenty grant`: privileged acts are asked for, decided by drawn members, and shown. */
#include <string.h>

#include "cli/rows.h"
#include "council/grants.h"
#include "io/file.h"

static const char *const STATES[] = {"approvers are being drawn", "open to its approvers", "approved", "used", "refused", "void: its time is over"};

/* ---- The act --------------------------------------------------------------------------------------- */

typedef struct act_file {
    pl_file file;
    pl_event event;
    uint8_t hash[PL_HASH]; /* as a grant pins it */
} act_file;

/* Whether the kind has a grant, and whether the event names one. */
static bool takes_grant(const pl_event *e, bool *given)
{
    const pl_event_kind *kind = pl_kind_of(pl_council_rules(), e->kind, e->kind_n);
    pl_value value[PL_FIELDS];
    char why[200];
    if (kind == NULL || !pl_body_read(kind, e->body, value, why)) {
        return false;
    }
    for (size_t f = 0; kind->field[f].name != NULL; f++) {
        if (strcmp(kind->field[f].name, "grant") == 0) {
            *given = value[f].given;
            return true;
        }
    }
    return false;
}

/* Reads a signed event of a kind that needs a grant; pl_file_clear(&out->file). */
static pl_status read_act(const char *path, act_file *out, pl_error *err)
{
    pl_rule rule;
    bool given = false;
    pl_status status = pl_file_read(path, PL_EVENT_MAX + 1, &out->file, err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_event_read((const uint8_t *)out->file.bytes, out->file.n, &out->event, &rule, err);
    if (status == PL_OK && !takes_grant(&out->event, &given)) {
        status = pl_fail(err, PL_USAGE, path, "write the act with --output first, for example 'plenty council create ... -o act'", "'%.*s' is no act that needs a grant",
                         (int)out->event.kind_n, out->event.kind);
    }
    if (status != PL_OK) {
        pl_file_clear(&out->file);
        return status;
    }
    pl_act_hash(out->event.body, given, out->hash);
    return PL_OK;
}

/* ---- plenty grant ask, approve, refuse ------------------------------------------------------------- */

static pl_status body_ask(cli_act *a, pl_body *body)
{
    act_file act;
    pl_status status = read_act(a->args->argument[1], &act, a->err);
    if (status == PL_OK) {
        pl_body_text(body, "act", act.event.kind, act.event.kind_n);
        pl_body_bytes(body, "hash", act.hash, PL_HASH);
        status = cli_put_text(a, body, "reason", "reason", "why it should be done, for the drawn members and for everybody");
        pl_file_clear(&act.file);
    }
    return status;
}

int cli_grant_ask(const cli_args *args)
{
    return cli_do(args, &PL_KIND_GRANT_ASKED, body_ask);
}

static pl_status put_grant(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_GRANTS, "grant", a->args->argument[1], id);
    pl_body_bytes(body, "grant", id, PL_HASH);
    return status;
}

static pl_status body_approve(cli_act *a, pl_body *body)
{
    const char *reason = cli_text(a->args, "reason");
    pl_status status = put_grant(a, body);
    if (status == PL_OK && reason != NULL) {
        pl_body_text(body, "reason", reason, strlen(reason));
    }
    return status;
}

int cli_grant_approve(const cli_args *args)
{
    return cli_do(args, &PL_KIND_GRANT_APPROVED, body_approve);
}

static pl_status body_refuse(cli_act *a, pl_body *body)
{
    pl_status status = put_grant(a, body);
    return status == PL_OK ? cli_put_text(a, body, "reason", "reason", "why it should not be done, for everybody to read") : status;
}

int cli_grant_refuse(const cli_args *args)
{
    return cli_do(args, &PL_KIND_GRANT_REFUSED, body_refuse);
}

/* ---- plenty grant list ----------------------------------------------------------------------------- */

/* Until when the present state lasts, or "". */
static const char *deadline(const pl_grant *g, char out[64])
{
    char time[32];
    int64_t until = g->state == PL_GRANT_DECIDING ? g->approve_by : g->state == PL_GRANT_APPROVED ? g->execute_by : -1;
    out[0] = '\0';
    if (until >= 0) {
        snprintf(out, 64, ", until %s", cli_time((uint64_t)until, time));
    }
    return out;
}

static void json_grant(pl_json *j, const uint8_t *id, const void *row)
{
    const pl_grant *g = row;
    cli_json_id(j, "grant", id);
    cli_json_id(j, "author", g->author);
    pl_json_put_text(j, "act", g->act);
    cli_json_id(j, "hash", g->hash);
    pl_json_put_text(j, "state", STATES[g->state]);
    cli_json_time(j, "since", g->since);
    pl_json_put_int(j, "approvers", g->approvers);
    pl_json_put_int(j, "needed", g->needed);
    pl_json_put_int(j, "approvals", g->approvals);
    pl_json_put_int(j, "refusals", g->refusals);
    cli_json_time(j, "approve_by", g->approve_by);
    cli_json_time(j, "execute_by", g->execute_by);
}

int cli_grant_list(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    cli_rows grants = {.table = &PL_GRANTS};
    bool json = cli_flag(args, "json");
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, &err);
    status = status == PL_OK ? cli_rows_of(record, &PL_GRANTS, offsetof(pl_grant, position), &grants, &err) : status;
    status = status == PL_OK && json ? cli_rows_json(&grants, NULL, NULL, json_grant, &err) : status;
    for (size_t i = 0; status == PL_OK && !json && i < grants.n; i++) {
        const pl_grant *g = cli_row(&grants, i);
        char hex[13], other[13], until[64];
        printf("%s  %s by %s: %lld of %lld needed approve, %lld refuse; %s%s\n", cli_short_id(grants.keys[i].at, hex), g->act, cli_short_id(g->author, other),
               (long long)g->approvals, (long long)g->needed, (long long)g->refusals, STATES[g->state], deadline(g, until));
    }
    cli_rows_clear(&grants);
    pl_record_close(record);
    return status == PL_OK ? 0 : cli_fail(&err);
}

/* ---- plenty grant show ----------------------------------------------------------------------------- */

#define APPROVERS 15 /* the most that a constitution can say */

typedef struct view {
    const char *text;
    uint8_t id[PL_HASH];
    pl_grant grant;
    uint8_t approver[APPROVERS][PL_HASH];
    pl_approval approval[APPROVERS];
    bool decided[APPROVERS];
    size_t n;
} view;

static pl_status look(void *user, pl_step *s)
{
    view *v = user;
    pl_lot_place p;
    bool there;
    pl_status status = cli_find_id(s, &PL_GRANTS, "grant", v->text, v->id);
    status = status == PL_OK ? pl_get(s, &PL_GRANTS, pl_key_id1(v->id), &v->grant, &there) : status;
    for (there = true; status == PL_OK && v->n < APPROVERS;) {
        status = pl_get(s, &PL_LOT_PLACES, pl_key_then(pl_key_id1(v->id), (int64_t)v->n + 1), &p, &there);
        if (status != PL_OK || !there) {
            break;
        }
        memcpy(v->approver[v->n], p.member, PL_HASH);
        status = pl_get(s, &PL_APPROVALS, pl_key_id2(v->id, p.member), &v->approval[v->n], &v->decided[v->n]);
        v->n++;
    }
    return status;
}

static pl_status print_reason(pl_record *record, int64_t position, const char *heading, int indent, pl_error *err)
{
    pl_owned text;
    pl_status status = cli_event_text(record, position, "reason", &text, err);
    if (status == PL_OK && text.n > 0) {
        printf("%s", heading);
        cli_print_text(&text, indent);
    }
    pl_owned_free(&text);
    return status;
}

static pl_status print_view(pl_record *record, const view *v, pl_error *err)
{
    const pl_grant *g = &v->grant;
    char hex[2 * PL_HASH + 1], author[13], until[64];
    pl_hex_write(v->id, PL_HASH, hex);
    printf("%s\n  grant       %s\n", g->act, hex);
    pl_hex_write(g->hash, PL_HASH, hex);
    printf("  act         %s\n  asked by    %s\n", hex, cli_short_id(g->author, author));
    printf("  state       %s%s\n  approvals   %lld of %lld needed; %lld refuse\n", STATES[g->state], deadline(g, until), (long long)g->approvals,
           (long long)g->needed, (long long)g->refusals);
    pl_status status = print_reason(record, g->position, "  reason\n", 4, err);
    for (size_t i = 0; status == PL_OK && i < v->n; i++) {
        printf("  %zu. %s  %s\n", i + 1, cli_short_id(v->approver[i], hex), !v->decided[i] ? "has not decided" : v->approval[i].yes ? "approves" : "refuses");
        status = v->decided[i] ? print_reason(record, v->approval[i].position, "", 4, err) : PL_OK;
    }
    return status;
}

static pl_status json_view(const view *v, pl_error *err)
{
    pl_str s;
    pl_json j;
    pl_str_init(&s, 1 << 20);
    pl_json_init(&j, &s, true);
    pl_json_object(&j);
    json_grant(&j, v->id, &v->grant);
    pl_json_key(&j, "drawn");
    pl_json_array(&j);
    for (size_t i = 0; i < v->n; i++) {
        pl_json_object(&j);
        cli_json_id(&j, "member", v->approver[i]);
        pl_json_put_text(&j, "decision", !v->decided[i] ? NULL : v->approval[i].yes ? "approves" : "refuses");
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    return cli_json_print(&s, err);
}

/* Shows the act in this file, if it is the one that was asked for. */
static pl_status print_act(const view *v, const char *path, pl_error *err)
{
    act_file act;
    pl_owned json;
    pl_status status = read_act(path, &act, err);
    if (status != PL_OK) {
        return status;
    }
    if (!pl_id_same(act.hash, v->grant.hash) || strlen(v->grant.act) != act.event.kind_n || memcmp(v->grant.act, act.event.kind, act.event.kind_n) != 0) {
        status = pl_fail(err, PL_REFUTED, path, "ask who asked for the grant for the right file", "this is another act than the one that was asked for");
    }
    status = status == PL_OK ? pl_event_json(&act.event, pl_council_rules(), &json, err) : status;
    if (status == PL_OK) {
        printf("  the act that it allows: %s\n", json.bytes);
        pl_owned_free(&json);
    }
    pl_file_clear(&act.file);
    return status;
}

int cli_grant_show(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    const char *event = cli_text(args, "event");
    view v = {.text = args->argument[1]};
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, &err);
    status = status == PL_OK ? pl_record_look(record, cli_now(), look, &v, &err) : status;
    if (status == PL_OK) {
        status = cli_flag(args, "json") ? json_view(&v, &err) : print_view(record, &v, &err);
    }
    status = status == PL_OK && event != NULL ? print_act(&v, event, &err) : status;
    pl_record_close(record);
    return status == PL_OK ? 0 : cli_fail(&err);
}
