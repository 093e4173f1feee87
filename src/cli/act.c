/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * act.c - a member acts: an event is drafted, signed and added. */
#include "cli/act.h"

#include <string.h>

#include "base/mem.h"
#include "council/acts.h"
#include "record/bytes.h"

static pl_status add(cli_act *a, const pl_owned *event)
{
    pl_bytes bytes = {(const uint8_t *)event->bytes, event->n};
    uint8_t id[PL_HASH];
    char hex[2 * PL_HASH + 1];
    pl_taken taken;
    pl_status status = pl_record_append(a->record, &bytes, 1, cli_now(), &taken, a->err);
    if (status == PL_OK && taken.broken != PL_RULE_NONE) {
        return pl_fail(a->err, PL_REFUTED, NULL, "docs/rules.md; nothing was added", "%s: %s (%s)", pl_rule_text(taken.broken), taken.why,
                       pl_rule_id(taken.broken));
    }
    if (status == PL_OK) {
        pl_leaf_hash(bytes.at, bytes.n, id);
        pl_hex_write(id, PL_HASH, hex);
        printf("position %llu: %s, id %s\n", (unsigned long long)taken.position, a->draft.kind, hex);
    }
    return status;
}

pl_status cli_act_event(cli_act *a, const pl_event_kind *kind, cli_body_fn fill)
{
    pl_body b;
    pl_owned body = {NULL, 0}, event = {NULL, 0};
    pl_status status = pl_record_draft(a->record, pl_key_id(a->key), cli_now(), &a->draft, a->err);
    if (status != PL_OK) {
        return status;
    }
    pl_body_begin(&b, kind);
    status = fill(a, &b);
    pl_status ended = pl_body_end(&b, &body, status == PL_OK ? a->err : NULL);
    status = status == PL_OK ? ended : status;
    if (status == PL_OK) {
        a->draft.kind = kind->name;
        a->draft.body = (pl_bytes){(const uint8_t *)body.bytes, body.n};
        status = pl_event_sign(&a->draft, a->key, &event, a->err);
    }
    if (status == PL_OK) {
        status = cli_text(a->args, "output") != NULL ? cli_give(a->args, event.bytes, event.n, a->err) : add(a, &event);
    }
    pl_owned_free(&body);
    pl_owned_free(&event);
    return status;
}

int cli_acts(const cli_args *args, pl_status (*acts)(cli_act *act), void *user)
{
    pl_error err;
    cli_act a = {.args = args, .err = &err, .user = user};
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_WRITE, &a.record, &err);
    status = status == PL_OK ? cli_open_key(args, "key", "passphrase-file", &a.key, &err) : status;
    status = status == PL_OK ? acts(&a) : status;
    pl_key_free(a.key);
    pl_record_close(a.record);
    return status == PL_OK ? 0 : cli_fail(&err);
}

typedef struct doing {
    const pl_event_kind *kind;
    cli_body_fn body;
} doing;

static pl_status do_it(cli_act *a)
{
    const doing *d = a->user;
    return cli_act_event(a, d->kind, d->body);
}

int cli_do(const cli_args *args, const pl_event_kind *kind, cli_body_fn body)
{
    doing d = {kind, body};
    return cli_acts(args, do_it, &d);
}

int cli_look(const cli_args *args, pl_look_fn look, void *user)
{
    pl_error err;
    pl_record *record = NULL;
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, &err);
    status = status == PL_OK ? pl_record_look(record, cli_now(), look, user, &err) : status;
    pl_record_close(record);
    return status == PL_OK ? 0 : cli_fail(&err);
}

pl_status cli_put_text(cli_act *a, pl_body *body, const char *field, const char *option, const char *hint)
{
    const char *text = cli_text(a->args, option);
    if (text == NULL) {
        char name[64];
        snprintf(name, sizeof name, "--%.60s", option);
        return pl_fail(a->err, PL_USAGE, name, hint, "this must be given");
    }
    pl_body_text(body, field, text, strlen(text));
    return PL_OK;
}

pl_status cli_put_grant(cli_act *a, pl_body *body)
{
    const char *text = cli_text(a->args, "grant");
    uint8_t id[PL_HASH];
    if (text == NULL) {
        return PL_OK;
    }
    pl_status status = cli_act_find(a, &PL_GRANTS, "grant", text, id);
    pl_body_bytes(body, "grant", id, PL_HASH);
    return status;
}

/* ---- JSON ------------------------------------------------------------------------------------------ */

void cli_json_id(pl_json *j, const char *key, const uint8_t id[PL_HASH])
{
    char hex[2 * PL_HASH + 1];
    pl_hex_write(id, PL_HASH, hex);
    pl_json_put_text(j, key, pl_id_none(id) ? NULL : hex);
}

void cli_json_time(pl_json *j, const char *key, int64_t time)
{
    char text[32];
    pl_json_put_text(j, key, time < 0 ? NULL : cli_time((uint64_t)time, text));
}

pl_status cli_json_print(pl_str *text, pl_error *err)
{
    pl_status status = text->failed ? pl_fail_nomem(err, "writing JSON") : PL_OK;
    if (status == PL_OK) {
        puts(text->text);
    }
    pl_str_clear(text);
    return status;
}

/* ---- Texts of events ------------------------------------------------------------------------------- */

pl_status cli_hidden(pl_record *record, int64_t position, pl_act_mark *mark, bool *hidden, pl_error *err)
{
    return pl_record_row(record, &PL_HIDDEN, pl_key_then(pl_key_none(), position), mark, hidden, err);
}

/* What stands in place of a text that drawn members have hidden. */
static pl_status say_hidden(const pl_act_mark *mark, pl_owned *out, pl_error *err)
{
    pl_str s;
    pl_str_init(&s, 200);
    pl_str_addf(&s, "(hidden by drawn members; position %lld says why)", (long long)mark->position);
    return pl_owned_from(&s, "reading an event", out, err);
}

pl_status cli_event_text(pl_record *record, int64_t position, const char *field, pl_owned *out, pl_error *err)
{
    pl_owned event;
    pl_event e;
    pl_rule rule;
    pl_act_mark mark;
    bool hidden;
    *out = (pl_owned){NULL, 0};
    pl_status status = cli_hidden(record, position, &mark, &hidden, err);
    if (status == PL_OK && hidden) {
        return say_hidden(&mark, out, err);
    }
    status = status == PL_OK ? pl_record_event(record, (uint64_t)position, &event, err) : status;
    if (status == PL_OK) {
        status = pl_event_read((const uint8_t *)event.bytes, event.n, &e, &rule, err);
        status = status == PL_OK ? pl_event_field(&e, pl_council_rules(), field, out, err) : status;
        pl_owned_free(&event);
    }
    return status;
}

void cli_print_text(const pl_owned *text, int indent)
{
    const char *at = text->bytes != NULL ? text->bytes : "";
    while (*at != '\0') {
        size_t n = strcspn(at, "\n");
        printf("%*s%.*s\n", indent, "", (int)n, at);
        at += n + (at[n] == '\n');
    }
}
