/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * recall.c - `plenty recall`: asking, signing, answering; how far each one is. */
#include "council/recall.h"

#include <string.h>

#include "cli/rows.h"
#include "server/shown.h"

static const char *const STATE[] = {"needs seconders", "collects signatures", "at the ballot", "carried", "rejected", "too few signatures", "moot"};

/* ---- Acting ---------------------------------------------------------------------------------------- */

static pl_status body_ask(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_MANDATES, "mandate", a->args->argument[1], id);
    pl_body_bytes(body, "mandate", id, PL_HASH);
    return status == PL_OK ? cli_put_text(a, body, "reasons", "reasons", "why, in up to 2,000 bytes") : status;
}

int cli_recall_ask(const cli_args *args)
{
    return cli_do(args, &PL_KIND_RECALL_ASKED, body_ask);
}

static pl_status body_recall(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_RECALLS, "recall", a->args->argument[1], id);
    pl_body_bytes(body, "recall", id, PL_HASH);
    return status;
}

int cli_recall_sign(const cli_args *args)
{
    return cli_do(args, &PL_KIND_RECALL_SIGNED, body_recall);
}

int cli_recall_withdraw(const cli_args *args)
{
    return cli_do(args, &PL_KIND_RECALL_WITHDRAWN, body_recall);
}

static pl_status body_answer(cli_act *a, pl_body *body)
{
    pl_status status = body_recall(a, body);
    return status == PL_OK ? cli_put_text(a, body, "text", "text", "the answer, in up to 2,000 bytes") : status;
}

int cli_recall_answer(const cli_args *args)
{
    return cli_do(args, &PL_KIND_RECALL_ANSWERED, body_answer);
}

/* ---- plenty recall list ---------------------------------------------------------------------------- */

static void print_list(const cli_rows *recalls)
{
    cli_table t;
    char hex[13], mandate[13], asked[32], closes[32];
    cli_table_start(&t, "llllrl");
    cli_table_heading(&t, "recall\tmandate\tasked\tstate\tsignatures\tuntil");
    for (size_t i = recalls->n > CLI_ROWS - 2 ? recalls->n - (CLI_ROWS - 2) : 0; i < recalls->n; i++) {
        const pl_recall *r = cli_row(recalls, i);
        cli_table_row(&t, "%s\t%s\t%s\t%s\t%lld of %lld\t%s", cli_short_id(recalls->keys[i].at, hex), cli_short_id(r->mandate, mandate), cli_when(r->asked, asked),
                      STATE[r->state], (long long)r->signatures, (long long)r->needed, cli_when(r->closes, closes));
    }
    if (recalls->n > 0) {
        cli_table_print(&t, stdout);
    } else {
        puts("nobody has asked for a recall");
    }
}

static void put_recall(pl_json *j, const uint8_t *id, const void *row)
{
    pl_view_row(j, &PL_VIEW_RECALLS, id, row);
}

int cli_recall_list(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    cli_rows recalls = {.table = &PL_RECALLS};
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, &err);
    status = status == PL_OK ? cli_rows_of(record, &PL_RECALLS, offsetof(pl_recall, asked), &recalls, &err) : status;
    if (status == PL_OK && cli_flag(args, "json")) {
        status = cli_rows_json(&recalls, NULL, NULL, put_recall, &err);
    } else if (status == PL_OK) {
        print_list(&recalls);
    }
    cli_rows_clear(&recalls);
    pl_record_close(record);
    return status == PL_OK ? 0 : cli_fail(&err);
}

/* ---- plenty recall show ---------------------------------------------------------------------------- */

typedef struct view {
    const char *text;
    uint8_t id[PL_HASH];
    pl_recall recall;
    pl_mandate mandate;
    pl_ballot ballot;
    char council[101], electors[101], holder[CLI_NAME];
    cli_rows signatures;
} view;

static pl_status look_show(void *user, pl_step *s)
{
    view *v = user;
    bool there;
    pl_status status = cli_find_id(s, &PL_RECALLS, "recall", v->text, v->id);
    pl_row_key key = pl_key_id1(v->id);
    status = status == PL_OK ? pl_get(s, &PL_RECALLS, key, &v->recall, &there) : status;
    status = status == PL_OK ? pl_get(s, &PL_MANDATES, pl_key_id1(v->recall.mandate), &v->mandate, &there) : status;
    status = status == PL_OK ? pl_get(s, &PL_BALLOTS, pl_key_id1(v->recall.ballot), &v->ballot, &there) : status;
    status = status == PL_OK ? cli_assembly_name(s, v->mandate.council, v->council) : status;
    status = status == PL_OK ? cli_assembly_name(s, v->recall.electors, v->electors) : status;
    status = status == PL_OK ? cli_holder_name(s, &v->mandate, v->holder) : status;
    return status == PL_OK ? cli_rows_take(s, &PL_SIGNATURES, &key, &v->signatures) : status;
}

static void print_state(const view *v)
{
    const pl_recall *r = &v->recall;
    char hex[13], mandate[13], when[32], until[32];
    printf("%srecall %s%s of the mandate %s", cli_bold(), cli_short_id(v->id, hex), cli_plain(), cli_short_id(r->mandate, mandate));
    printf(" (%s, held by %s)\n  who recalls  %s, %lld on the roll\n", v->council, v->holder, v->electors, (long long)r->roll);
    printf("  state        %s\n  signatures   %lld; %lld make it known, %lld bring it to the ballot\n", STATE[r->state], (long long)r->signatures,
           (long long)r->notice, (long long)r->needed);
    if (r->state <= PL_RECALL_OPEN) {
        printf("  sign until   %s\n", cli_when(r->closes, when));
        if (!pl_id_none(r->petition)) {
            printf("  secretly     plenty vote COMMONS %s yes; those who do not sign vote no, and cover those who do\n", cli_short_id(v->id, hex));
        }
    }
    if (!pl_id_none(r->ballot)) {
        printf("  ballot       %s, open %s to %s; it holds with more yes than no and more than %lld votes, or yes of more than half\n", cli_short_id(r->ballot, hex),
               cli_when(v->ballot.opens, when), cli_when(v->ballot.closes, until), (long long)r->signatures);
    }
    if (r->decided >= 0) {
        printf("  decided      %s\n", cli_when(r->decided, when));
    }
}

static pl_status print_recall(pl_record *record, const view *v, pl_error *err)
{
    pl_owned reasons, answer = {NULL, 0};
    char hex[13];
    pl_status status = cli_event_text(record, v->recall.position, "reasons", &reasons, err);
    if (status == PL_OK && v->recall.answer >= 0) {
        status = cli_event_text(record, v->recall.answer, "text", &answer, err);
    }
    if (status == PL_OK) {
        print_state(v);
        puts("\nReasons");
        cli_print_text(&reasons, 2);
        puts("\nAnswer of the holder");
        cli_print_text(&answer, 2);
        printf(answer.n == 0 ? "  none yet\n" : "");
        puts("\nSigned by");
        for (size_t i = 0; i < v->signatures.n; i++) {
            const pl_signature *one = cli_row(&v->signatures, i);
            printf("  member %s%s\n", cli_short_id(v->signatures.keys[i].at + PL_HASH, hex), one->withdrew >= 0 ? ", taken back" : "");
        }
    }
    pl_owned_free(&reasons);
    pl_owned_free(&answer);
    return status;
}

static pl_status json_recall(const view *v, pl_error *err)
{
    pl_str s;
    pl_json j;
    pl_str_init(&s, (size_t)1 << 30);
    pl_json_init(&j, &s, true);
    pl_json_object(&j);
    put_recall(&j, v->id, &v->recall);
    pl_json_key(&j, "signed_by");
    pl_json_array(&j);
    for (size_t i = 0; i < v->signatures.n; i++) {
        pl_json_object(&j);
        pl_view_row(&j, &PL_VIEW_SIGNATURES, v->signatures.keys[i].at, cli_row(&v->signatures, i));
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    return cli_json_print(&s, err);
}

int cli_recall_show(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    view v = {.text = args->argument[1], .signatures = {.table = &PL_SIGNATURES}};
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, &err);
    status = status == PL_OK ? pl_record_look(record, cli_now(), look_show, &v, &err) : status;
    if (status == PL_OK) {
        status = cli_flag(args, "json") ? json_recall(&v, &err) : print_recall(record, &v, &err);
    }
    cli_rows_clear(&v.signatures);
    pl_record_close(record);
    return status == PL_OK ? 0 : cli_fail(&err);
}
