/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * structure_show.c - `plenty council show`: its groups of seats, who sits there, since and until when, on which mandate of another council. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/rows.h"

typedef struct sitting {
    uint8_t id[PL_HASH];
    pl_mandate mandate;
    char holder[CLI_NAME];
    char below[101]; /* the council of the mandate that it rests on, or "" */
} sitting;

typedef struct group_view {
    pl_seat_group group;
    char electors[101];
} group_view;

typedef struct view {
    const char *text;
    uint8_t id[PL_HASH];
    pl_assembly council;
    group_view *groups;
    sitting *seats;
    size_t n_groups, cap_groups, n_seats, cap_seats;
} view;

static pl_status look_groups(pl_step *s, view *v)
{
    pl_row_key prefix = pl_key_id1(v->id);
    pl_cursor at = pl_rows(&PL_GROUPS, &prefix);
    pl_seat_group g;
    pl_assembly a;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_GROUPS, &at, &g, &there)) == PL_OK && there) {
        if (!pl_grow(&v->groups, &v->cap_groups, v->n_groups + 1, sizeof *v->groups, SIZE_MAX / sizeof *v->groups)) {
            return pl_fail_nomem(s->err, "showing a council");
        }
        status = pl_assembly_get(s, g.electors, &a, &there);
        v->groups[v->n_groups].group = g;
        memcpy(v->groups[v->n_groups++].electors, a.name, sizeof a.name);
    }
    return status;
}

static pl_status look_below(pl_step *s, sitting *seat)
{
    pl_mandate lower;
    pl_assembly a;
    bool there;
    seat->below[0] = '\0';
    if (pl_id_none(seat->mandate.rests_on)) {
        return PL_OK;
    }
    pl_status status = pl_get(s, &PL_MANDATES, pl_key_id1(seat->mandate.rests_on), &lower, &there);
    status = status == PL_OK ? pl_assembly_get(s, lower.council, &a, &there) : status;
    memcpy(seat->below, a.name, sizeof seat->below);
    return status;
}

static pl_status look_seats(pl_step *s, view *v)
{
    pl_row_key prefix = pl_key_id1(v->id);
    pl_cursor at = pl_rows(&PL_SEATS, &prefix);
    pl_link link;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_SEATS, &at, &link, &there)) == PL_OK && there) {
        if (!pl_grow(&v->seats, &v->cap_seats, v->n_seats + 1, sizeof *v->seats, SIZE_MAX / sizeof *v->seats)) {
            return pl_fail_nomem(s->err, "showing a council");
        }
        sitting *seat = &v->seats[v->n_seats];
        memcpy(seat->id, at.key + PL_HASH, PL_HASH);
        status = pl_get(s, &PL_MANDATES, pl_key_id1(seat->id), &seat->mandate, &there);
        if (status == PL_OK && seat->mandate.ended < 0) {
            status = look_below(s, seat);
            status = status == PL_OK ? cli_holder_name(s, &seat->mandate, seat->holder) : status;
            v->n_seats++;
        }
    }
    return status;
}

static pl_status look(void *user, pl_step *s)
{
    view *v = user;
    bool there;
    pl_status status = cli_find_assembly(s, v->text, v->id);
    status = status == PL_OK ? pl_assembly_get(s, v->id, &v->council, &there) : status;
    if (status == PL_OK && v->council.sort != PL_COUNCIL) {
        return pl_fail(s->err, PL_NOTFOUND, v->text, "'plenty council list' shows the councils", "this is no council");
    }
    status = status == PL_OK ? look_groups(s, v) : status;
    return status == PL_OK ? look_seats(s, v) : status;
}

/* By group, then by seat. */
static int by_place(const void *a, const void *b)
{
    const pl_mandate *x = &((const sitting *)a)->mandate, *y = &((const sitting *)b)->mandate;
    int64_t order = x->group != y->group ? x->group - y->group : x->seat - y->seat;
    return (order > 0) - (order < 0);
}

static void print_view(const view *v)
{
    char hex[2 * PL_HASH + 1], since[32], until[32], mandate[13];
    size_t k = 0;
    pl_hex_write(v->id, PL_HASH, hex);
    printf("%s\n  id         %s\n  since      %s\n  delegates  %lld\n", v->council.name, hex, cli_time((uint64_t)v->council.since, since), (long long)v->council.members);
    for (size_t i = 0; i < v->n_groups; i++) {
        const group_view *g = &v->groups[i];
        size_t first = k;
        printf("\n%zu. elected by %s: %lld seat%s\n", i + 1, g->electors, (long long)g->group.seats, g->group.seats == 1 ? "" : "s");
        for (; k < v->n_seats && v->seats[k].mandate.group == (int64_t)i; k++) {
            const sitting *s = &v->seats[k];
            printf("   %s, mandate %s, since %s, until %s%s%s\n", s->holder, cli_short_id(s->id, mandate),
                   cli_time((uint64_t)s->mandate.from, since), cli_time((uint64_t)s->mandate.until, until), s->below[0] != '\0' ? ", rests on one in " : "",
                   s->below);
        }
        if (k - first < (size_t)g->group.seats) {
            printf("   vacant: %lld%s\n", (long long)g->group.seats - (long long)(k - first), pl_id_none(g->group.election) ? "" : "; an election is going on");
        }
    }
}

static void json_seats(pl_json *j, const view *v, int64_t group)
{
    pl_json_key(j, "delegates");
    pl_json_array(j);
    for (size_t k = 0; k < v->n_seats; k++) {
        const pl_mandate *m = &v->seats[k].mandate;
        if (m->group == group) {
            pl_json_object(j);
            cli_json_id(j, "mandate", v->seats[k].id);
            cli_json_id(j, "holder", m->holder);
            pl_json_put_int(j, "seat", m->seat);
            cli_json_time(j, "from", m->from);
            cli_json_time(j, "until", m->until);
            cli_json_id(j, "rests_on", m->rests_on);
            cli_json_id(j, "instruction", m->instruction);
            pl_json_end(j);
        }
    }
    pl_json_end(j);
}

static pl_status json_view(const view *v, pl_error *err)
{
    pl_str s;
    pl_json j;
    pl_str_init(&s, (size_t)1 << 28);
    pl_json_init(&j, &s, true);
    pl_json_object(&j);
    cli_json_id(&j, "id", v->id);
    pl_json_put_text(&j, "name", v->council.name);
    cli_json_time(&j, "since", v->council.since);
    pl_json_key(&j, "groups");
    pl_json_array(&j);
    for (size_t i = 0; i < v->n_groups; i++) {
        pl_json_object(&j);
        pl_json_put_text(&j, "electors", v->groups[i].electors);
        pl_json_put_int(&j, "seats", v->groups[i].group.seats);
        cli_json_id(&j, "election", v->groups[i].group.election);
        json_seats(&j, v, (int64_t)i);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    return cli_json_print(&s, err);
}

int cli_council_show(const cli_args *args)
{
    pl_error err;
    pl_status status = PL_OK;
    view v = {.text = args->argument[1]};
    int code = cli_look(args, look, &v);
    if (code == 0) {
        if (v.n_seats > 1) {
            qsort(v.seats, v.n_seats, sizeof *v.seats, by_place);
        }
        status = cli_flag(args, "json") ? json_view(&v, &err) : PL_OK;
        if (!cli_flag(args, "json")) {
            print_view(&v);
        }
    }
    pl_free(v.groups);
    pl_free(v.seats);
    return status == PL_OK ? code : cli_fail(&err);
}
