/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * election.c - `plenty election`: which are coming, who stands, who was elected and how; standing and withdrawing. */
#include <string.h>

#include "base/mem.h"
#include "cli/rows.h"
#include "council/elections.h"
#include "server/shown.h"

static const char *const SORT[] = {"for the next term", "of a vacant seat", "again, after a recall"};
static const char *const STATE[] = {"coming", "open for candidates", "voting", "decided", "dropped"};
static const char *const HOW[] = {"", "elected", "elected without a vote", "elected by countback"};

/* ---- Standing -------------------------------------------------------------------------------------- */

static pl_status body_stand(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    const char *text = cli_text(a->args, "statement"), *name = cli_text(a->args, "name");
    pl_status status = cli_act_find(a, &PL_ELECTIONS, "election", a->args->argument[1], id);
    pl_body_bytes(body, "election", id, PL_HASH);
    pl_body_text(body, "statement", text != NULL ? text : "", text != NULL ? strlen(text) : 0);
    if (name != NULL) {
        pl_body_text(body, "name", name, strlen(name));
    }
    return status;
}

int cli_election_stand(const cli_args *args)
{
    return cli_do(args, &PL_KIND_CANDIDATE_STOOD, body_stand);
}

static pl_status body_withdraw(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_ELECTIONS, "election", a->args->argument[1], id);
    pl_body_bytes(body, "election", id, PL_HASH);
    return status;
}

int cli_election_withdraw(const cli_args *args)
{
    return cli_do(args, &PL_KIND_CANDIDATE_WITHDREW, body_withdraw);
}

/* ---- plenty election list -------------------------------------------------------------------------- */

typedef struct named {
    char council[101], electors[101];
} named;

typedef struct listing {
    bool all;
    cli_rows elections;
    named *names;
} listing;

static pl_status look_list(void *user, pl_step *s)
{
    listing *l = user;
    pl_status status = cli_rows_take(s, &PL_ELECTIONS, NULL, &l->elections);
    if (status == PL_OK) {
        cli_rows_sort(&l->elections, offsetof(pl_election, opens));
        l->names = PL_NEW0(named, l->elections.n + 1);
        status = l->names != NULL ? PL_OK : pl_fail_nomem(s->err, "listing elections");
    }
    for (size_t i = 0; status == PL_OK && i < l->elections.n; i++) {
        const pl_election *e = cli_row(&l->elections, i);
        status = cli_assembly_name(s, e->council, l->names[i].council);
        status = status == PL_OK ? cli_assembly_name(s, e->electors, l->names[i].electors) : status;
    }
    return status;
}

/* What comes next. */
static void next_step(const pl_election *e, char out[80])
{
    char time[32];
    if (e->state == PL_ELECTION_COMING) {
        snprintf(out, 80, "candidates from %s", cli_when(e->opens, time));
    } else if (e->state == PL_ELECTION_STANDING && e->nominated < 0) {
        snprintf(out, 80, "waits until somebody stands");
    } else if (e->state == PL_ELECTION_STANDING) {
        snprintf(out, 80, "candidates until %s", cli_when(e->nominated, time));
    } else if (e->state == PL_ELECTION_VOTING) {
        snprintf(out, 80, "%s %s", pl_id_none(e->ballot) ? "without a vote on" : "votes until", cli_when(e->closes, time));
    } else if (e->state == PL_ELECTION_DECIDED) {
        snprintf(out, 80, "%lld elected %s", (long long)e->elected, cli_when(e->decided, time));
    } else {
        snprintf(out, 80, "-");
    }
}

static void print_list(const listing *l)
{
    cli_table t;
    char hex[13], next[80];
    size_t shown = 0;
    cli_table_start(&t, "lllrll");
    cli_table_heading(&t, "election\tcouncil\twho elects\tseats\tstate\tnext");
    for (size_t i = 0; i < l->elections.n; i++) {
        const pl_election *e = cli_row(&l->elections, i);
        if (!l->all && e->state >= PL_ELECTION_DECIDED) {
            continue;
        }
        next_step(e, next);
        cli_table_row(&t, "%s\t%s\t%s\t%lld\t%s\t%s", cli_short_id(l->elections.keys[i].at, hex), l->names[i].council, l->names[i].electors, (long long)e->seats,
                      STATE[e->state], next);
        if (++shown % (CLI_ROWS - 2) == 0) {
            cli_table_print(&t, stdout);
            cli_table_start(&t, "lllrll");
        }
    }
    if (shown > 0) {
        cli_table_print(&t, stdout);
    } else {
        puts(l->all ? "no election yet; there is one for each group of seats of a council, once a constitution is in force" : "no election is coming or going on");
    }
}

static void put_election(pl_json *j, const uint8_t *id, const void *row)
{
    pl_view_row(j, &PL_VIEW_ELECTIONS, id, row);
}

int cli_election_list(const cli_args *args)
{
    pl_error err;
    listing l = {.all = cli_flag(args, "all"), .elections = {.table = &PL_ELECTIONS}};
    int code = cli_look(args, look_list, &l);
    if (code == 0 && cli_flag(args, "json")) {
        code = cli_rows_json(&l.elections, NULL, NULL, put_election, &err) == PL_OK ? 0 : cli_fail(&err);
    } else if (code == 0) {
        print_list(&l);
    }
    cli_rows_clear(&l.elections);
    pl_free(l.names);
    return code;
}

/* ---- plenty election show -------------------------------------------------------------------------- */

typedef struct view {
    const char *text;
    uint8_t id[PL_HASH];
    pl_election election;
    named names;
    cli_rows stands, backs;
} view;

static pl_status look_show(void *user, pl_step *s)
{
    view *v = user;
    bool there;
    pl_status status = cli_find_id(s, &PL_ELECTIONS, "election", v->text, v->id);
    pl_row_key key = pl_key_id1(v->id);
    status = status == PL_OK ? pl_get(s, &PL_ELECTIONS, key, &v->election, &there) : status;
    status = status == PL_OK ? cli_assembly_name(s, v->election.council, v->names.council) : status;
    status = status == PL_OK ? cli_assembly_name(s, v->election.electors, v->names.electors) : status;
    status = status == PL_OK ? cli_rows_take(s, &PL_STANDS, &key, &v->stands) : status;
    return status == PL_OK ? cli_rows_take(s, &PL_BACKS, &key, &v->backs) : status;
}

static pl_status print_candidate(pl_record *record, const view *v, size_t i, pl_error *err)
{
    const pl_stand *c = cli_row(&v->stands, i);
    pl_owned statement;
    char hex[13];
    pl_status status = cli_event_text(record, c->position, "statement", &statement, err);
    if (status != PL_OK) {
        return status;
    }
    printf("  ");
    cli_print_safely(c->name[0] != '\0' ? c->name : "(no name)", stdout);
    printf(", member %s", cli_short_id(v->stands.keys[i].at + PL_HASH, hex));
    if (c->how != PL_NOT_ELECTED) {
        printf(": %s, seat %lld", HOW[c->how], (long long)c->seat);
    }
    puts(c->withdrew >= 0 ? ": withdrew" : "");
    cli_print_text(&statement, 6);
    pl_owned_free(&statement);
    return PL_OK;
}

static void print_backs(const view *v)
{
    char hex[13], left[13], time[32];
    for (size_t i = 0; i < v->backs.n; i++) {
        const pl_back *b = cli_row(&v->backs, i);
        printf("%s  %s  member %s for the seat of the mandate %s\n", i == 0 ? "\nCountbacks\n" : "", cli_when(b->time, time), cli_short_id(b->winner, hex),
               cli_short_id(b->left, left));
    }
}

static pl_status print_election(pl_record *record, const view *v, pl_error *err)
{
    char hex[13], next[80];
    pl_status status = PL_OK;
    next_step(&v->election, next);
    printf("%selection %s%s %s\n", cli_bold(), cli_short_id(v->id, hex), cli_plain(), SORT[v->election.sort]);
    printf("  council     %s, %lld seat%s\n  who elects  %s\n  state       %s: %s\n", v->names.council, (long long)v->election.seats,
           v->election.seats == 1 ? "" : "s", v->names.electors, STATE[v->election.state], next);
    if (!pl_id_none(v->election.ballot)) {
        printf("  ballot      %s: 'plenty ballot show' shows the paper and, when it has closed, the count\n", cli_short_id(v->election.ballot, hex));
    }
    puts(v->stands.n > 0 ? "\nCandidates" : "\nNobody stands yet.");
    for (size_t i = 0; status == PL_OK && i < v->stands.n; i++) {
        status = print_candidate(record, v, i, err);
    }
    if (status == PL_OK) {
        print_backs(v);
    }
    return status;
}

static pl_status json_election(const view *v, pl_error *err)
{
    pl_str s;
    pl_json j;
    pl_str_init(&s, (size_t)1 << 30);
    pl_json_init(&j, &s, true);
    pl_json_object(&j);
    put_election(&j, v->id, &v->election);
    pl_json_key(&j, "stand");
    pl_json_array(&j);
    for (size_t i = 0; i < v->stands.n; i++) {
        pl_json_object(&j);
        pl_view_row(&j, &PL_VIEW_STANDS, v->stands.keys[i].at, cli_row(&v->stands, i));
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    return cli_json_print(&s, err);
}

int cli_election_show(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    view v = {.text = args->argument[1], .stands = {.table = &PL_STANDS}, .backs = {.table = &PL_BACKS}};
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, &err);
    status = status == PL_OK ? pl_record_look(record, cli_now(), look_show, &v, &err) : status;
    if (status == PL_OK) {
        status = cli_flag(args, "json") ? json_election(&v, &err) : print_election(record, &v, &err);
    }
    cli_rows_clear(&v.stands);
    cli_rows_clear(&v.backs);
    pl_record_close(record);
    return status == PL_OK ? 0 : cli_fail(&err);
}
