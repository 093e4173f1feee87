/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * mandate.c - `plenty mandate`: who is commissioned by whom, since and until when, and why a mandate ended. */
#include <string.h>

#include "base/mem.h"
#include "cli/rows.h"
#include "server/shown.h"

static const char *const WHY[] = {"", "its term ended", "resigned", "left", "recalled", "others were elected", "the mandate that carried it ended"};

static pl_status body_resign(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_MANDATES, "mandate", a->args->argument[1], id);
    pl_body_bytes(body, "mandate", id, PL_HASH);
    return status;
}

int cli_mandate_resign(const cli_args *args)
{
    return cli_do(args, &PL_KIND_MANDATE_RESIGNED, body_resign);
}

/* ---- plenty mandate list --------------------------------------------------------------------------- */

typedef struct listing {
    const char *council; /* only this one, or NULL */
    uint8_t id[PL_HASH];
    bool all;
    cli_rows mandates;
    struct names {
        char council[101], holder[CLI_NAME];
    } *names; /* of each row */
} listing;

static pl_status look_list(void *user, pl_step *s)
{
    listing *l = user;
    pl_status status = l->council != NULL ? cli_find_assembly(s, l->council, l->id) : PL_OK;
    status = status == PL_OK ? cli_rows_take(s, &PL_MANDATES, NULL, &l->mandates) : status;
    if (status == PL_OK) {
        cli_rows_sort(&l->mandates, offsetof(pl_mandate, from));
        l->names = pl_alloc(l->mandates.n + 1, sizeof *l->names);
        status = l->names != NULL ? PL_OK : pl_fail_nomem(s->err, "listing mandates");
    }
    for (size_t i = 0; status == PL_OK && i < l->mandates.n; i++) {
        const pl_mandate *m = cli_row(&l->mandates, i);
        status = cli_assembly_name(s, m->council, l->names[i].council);
        status = status == PL_OK ? cli_holder_name(s, m, l->names[i].holder) : status;
    }
    return status;
}

static bool wanted(const void *user, const void *row)
{
    const listing *l = user;
    const pl_mandate *m = row;
    return (l->all || m->ended < 0) && (l->council == NULL || pl_id_same(m->council, l->id));
}

static void print_list(const listing *l)
{
    cli_table t;
    char hex[13], from[32], until[32];
    size_t shown = 0;
    cli_table_start(&t, "lllrlll");
    cli_table_heading(&t, "mandate\tcouncil\tholder\tseat\tfrom\tuntil\tended");
    for (size_t i = 0; i < l->mandates.n; i++) {
        const pl_mandate *m = cli_row(&l->mandates, i);
        if (!wanted(l, m)) {
            continue;
        }
        cli_table_row(&t, "%s\t%s\t%s\t%lld\t%s\t%s\t%s", cli_short_id(l->mandates.keys[i].at, hex), l->names[i].council,
                      l->names[i].holder, (long long)m->seat, cli_when(m->from, from), cli_when(m->ended >= 0 ? m->ended : m->until, until), WHY[m->why]);
        if (++shown % (CLI_ROWS - 2) == 0) {
            cli_table_print(&t, stdout);
            cli_table_start(&t, "lllrlll");
        }
    }
    if (shown > 0) {
        cli_table_print(&t, stdout);
    } else {
        puts("nobody holds a mandate");
    }
}

static void put_mandate(pl_json *j, const uint8_t *id, const void *row)
{
    pl_view_row(j, &PL_VIEW_MANDATES, id, row);
}

int cli_mandate_list(const cli_args *args)
{
    pl_error err;
    listing l = {.council = cli_text(args, "council"), .all = cli_flag(args, "all"), .mandates = {.table = &PL_MANDATES}};
    int code = cli_look(args, look_list, &l);
    if (code == 0 && cli_flag(args, "json")) {
        code = cli_rows_json(&l.mandates, wanted, &l, put_mandate, &err) == PL_OK ? 0 : cli_fail(&err);
    } else if (code == 0) {
        print_list(&l);
    }
    cli_rows_clear(&l.mandates);
    pl_free(l.names);
    return code;
}

/* ---- plenty mandate show --------------------------------------------------------------------------- */

typedef struct view {
    const char *text;
    uint8_t id[PL_HASH];
    pl_mandate mandate;
    char council[101], electors[101];
} view;

static pl_status look_show(void *user, pl_step *s)
{
    view *v = user;
    pl_seat_group g;
    bool there;
    pl_status status = cli_find_id(s, &PL_MANDATES, "mandate", v->text, v->id);
    status = status == PL_OK ? pl_get(s, &PL_MANDATES, pl_key_id1(v->id), &v->mandate, &there) : status;
    status = status == PL_OK ? cli_assembly_name(s, v->mandate.council, v->council) : status;
    status = status == PL_OK ? pl_get(s, &PL_GROUPS, pl_key_then(pl_key_id1(v->mandate.council), v->mandate.group), &g, &there) : status;
    return status == PL_OK ? cli_assembly_name(s, g.electors, v->electors) : status;
}

static void print_mandate(const view *v)
{
    const pl_mandate *m = &v->mandate;
    char hex[2 * PL_HASH + 1], from[32], until[32];
    pl_hex_write(v->id, PL_HASH, hex);
    printf("mandate %s\n  council     %s, seat %lld\n", hex, v->council, (long long)m->seat);
    pl_hex_write(m->holder, PL_HASH, hex);
    printf("  holder      %s\n  given by    %s, who can recall it\n  from        %s\n  until       %s\n", hex, v->electors, cli_when(m->from, from),
           cli_when(m->until, until));
    if (!pl_id_none(m->rests_on)) {
        printf("  rests on    the mandate %s, and ends with it; when that ends by its term, until another is elected\n", cli_short_id(m->rests_on, hex));
    }
    if (!pl_id_none(m->instruction)) {
        pl_hex_write(m->instruction, PL_HASH, hex);
        printf("  instructed  by the text of SHA-256 %s\n", hex);
    }
    if (m->ended >= 0) {
        printf("  ended       %s: %s\n", cli_when(m->ended, until), WHY[m->why]);
    }
}

int cli_mandate_show(const cli_args *args)
{
    pl_error err;
    view v = {.text = args->argument[1]};
    int code = cli_look(args, look_show, &v);
    if (code == 0 && cli_flag(args, "json")) {
        pl_str s;
        pl_json j;
        pl_str_init(&s, 1 << 16);
        pl_json_init(&j, &s, true);
        pl_json_object(&j);
        put_mandate(&j, v.id, &v.mandate);
        pl_json_end(&j);
        code = cli_json_print(&s, &err) == PL_OK ? 0 : cli_fail(&err);
    } else if (code == 0) {
        print_mandate(&v);
    }
    return code;
}

/* ---- plenty mandate handovers, took-over ------------------------------------------------------------- */

static bool is_due(const void *user, const void *row)
{
    return *(const bool *)user || ((const pl_handover *)row)->confirmed < 0;
}

static void put_handover(pl_json *j, const uint8_t *id, const void *row)
{
    const pl_handover *h = row;
    cli_json_id(j, "mandate", id);
    cli_json_id(j, "council", h->council);
    cli_json_id(j, "holder", h->holder);
    cli_json_time(j, "since", h->since);
    cli_json_time(j, "due", h->due);
    cli_json_time(j, "confirmed", h->confirmed);
    cli_json_id(j, "by", h->by);
}

int cli_mandate_handovers(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    cli_rows rows = {.table = &PL_HANDOVERS};
    bool all = cli_flag(args, "all"), json = cli_flag(args, "json");
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, &err);
    status = status == PL_OK ? cli_rows_of(record, &PL_HANDOVERS, offsetof(pl_handover, due), &rows, &err) : status;
    status = status == PL_OK && json ? cli_rows_json(&rows, is_due, &all, put_handover, &err) : status;
    for (size_t i = 0; status == PL_OK && !json && i < rows.n; i++) {
        const pl_handover *h = cli_row(&rows, i);
        char hex[13], holder[13], by[13], due[32];
        if (h->confirmed >= 0 && all) {
            printf("mandate %s  held by %s, confirmed by %s\n", cli_short_id(rows.keys[i].at, hex), cli_short_id(h->holder, holder), cli_short_id(h->by, by));
        } else if (h->confirmed < 0) {
            printf("mandate %s  held by %s, %s %s\n", cli_short_id(rows.keys[i].at, hex), cli_short_id(h->holder, holder),
                   (uint64_t)h->due < cli_now() ? "OVERDUE since" : "due", cli_when(h->due, due));
        }
    }
    cli_rows_clear(&rows);
    pl_record_close(record);
    return status == PL_OK ? 0 : cli_fail(&err);
}

static pl_status body_took_over(cli_act *a, pl_body *body)
{
    const char *text = cli_text(a->args, "text");
    pl_status status = body_resign(a, body);
    if (text != NULL) {
        pl_body_text(body, "text", text, strlen(text));
    }
    return status;
}

int cli_mandate_took_over(const cli_args *args)
{
    return cli_do(args, &PL_KIND_HANDOVER_CONFIRMED, body_took_over);
}
