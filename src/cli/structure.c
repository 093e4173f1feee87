/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * structure.c - `plenty constituency`, `plenty council`: created, listed, shown with who sits in them. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/act.h"

#define GROUPS 1000 /* of a council */

/* ---- Creating -------------------------------------------------------------------------------------- */

static void put_name(cli_act *a, pl_body *body)
{
    pl_body_text(body, "name", a->args->argument[1], strlen(a->args->argument[1]));
}

static pl_status body_constituency(cli_act *a, pl_body *body)
{
    put_name(a, body);
    pl_status status = cli_put_text(a, body, "type", "type", "for example workplace, neighbourhood, school, unit");
    return status == PL_OK ? cli_put_grant(a, body) : status;
}

int cli_constituency_create(const cli_args *args)
{
    return cli_do(args, &PL_KIND_CONSTITUENCY_CREATED, body_constituency);
}

/* "NAME:SEATS": the assembly that elects so many. */
static pl_status read_group(cli_act *a, const char *text, uint8_t electors[PL_HASH], int64_t *seats)
{
    const char *colon = strrchr(text, ':');
    char name[101];
    uint64_t n = 0;
    if (colon == NULL || colon == text || (size_t)(colon - text) >= sizeof name || !cli_whole_number(colon + 1, &n) || n < 1 || n > 999) {
        return pl_fail(a->err, PL_USAGE, "--elect", "for example --elect Bakers:3; 1 to 999 seats", "'%.60s' is no assembly with a number of seats", text);
    }
    snprintf(name, sizeof name, "%.*s", (int)(colon - text), text);
    *seats = (int64_t)n;
    return cli_act_find(a, &PL_ASSEMBLIES, "assembly", name, electors);
}

static pl_status body_council(cli_act *a, pl_body *body)
{
    static uint8_t electors[GROUPS][PL_HASH];
    int64_t seats[GROUPS];
    size_t n = 0;
    pl_status status = PL_OK;
    for (int i = 0; status == PL_OK && i < a->args->n_given; i++) {
        if (strcmp(a->args->given[i].option->name, "elect") == 0) {
            status = read_group(a, a->args->given[i].value, electors[n], &seats[n]);
            n++;
        }
    }
    if (status == PL_OK && n == 0) {
        return pl_fail(a->err, PL_USAGE, "--elect", "for example --elect Bakers:3 --elect Millers:2", "say who elects the council, and how many seats");
    }
    put_name(a, body);
    pl_body_ids(body, "electors", (const uint8_t(*)[PL_HASH])electors, n);
    pl_body_ints(body, "seats", seats, n);
    return status == PL_OK ? cli_put_grant(a, body) : status;
}

int cli_council_create(const cli_args *args)
{
    return cli_do(args, &PL_KIND_COUNCIL_CREATED, body_council);
}

/* ---- Lists ----------------------------------------------------------------------------------------- */

typedef struct entry {
    uint8_t id[PL_HASH];
    pl_assembly assembly;
} entry;

typedef struct list {
    pl_assembly_sort sort;
    entry *entries;
    size_t n, cap;
} list;

static pl_status collect(void *user, pl_step *s)
{
    list *l = user;
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_ASSEMBLIES, &all);
    pl_assembly a;
    bool there;
    pl_status status;
    while ((status = pl_next(s, &PL_ASSEMBLIES, &at, &a, &there)) == PL_OK && there) {
        if (a.sort != (int64_t)l->sort) {
            continue;
        }
        if (!pl_grow(&l->entries, &l->cap, l->n + 1, sizeof *l->entries, SIZE_MAX / sizeof *l->entries)) {
            return pl_fail_nomem(s->err, "listing assemblies");
        }
        memcpy(l->entries[l->n].id, at.key, PL_HASH);
        l->entries[l->n++].assembly = a;
    }
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->assembly.name, ((const entry *)b)->assembly.name);
}

static void print_list(const list *l)
{
    bool council = l->sort == PL_COUNCIL;
    char hex[13];
    if (l->n == 0) {
        printf("There is no %s yet: 'plenty %s create'.\n", council ? "council" : "constituency", council ? "council" : "constituency");
    }
    for (size_t i = 0; i < l->n; i++) {
        const pl_assembly *a = &l->entries[i].assembly;
        printf("%s  %s%s%s: %lld %s%s\n", cli_short_id(l->entries[i].id, hex), a->name, council ? "" : ", ", a->type, (long long)a->members,
               council ? "delegate" : "member", a->members == 1 ? "" : "s");
    }
}

static pl_status json_list(const list *l, pl_error *err)
{
    pl_str s;
    pl_json j;
    pl_str_init(&s, (size_t)1 << 28);
    pl_json_init(&j, &s, true);
    pl_json_array(&j);
    for (size_t i = 0; i < l->n; i++) {
        const pl_assembly *a = &l->entries[i].assembly;
        pl_json_object(&j);
        cli_json_id(&j, "id", l->entries[i].id);
        pl_json_put_text(&j, "name", a->name);
        if (l->sort == PL_CONSTITUENCY) {
            pl_json_put_text(&j, "type", a->type);
        }
        cli_json_time(&j, "since", a->since);
        pl_json_put_int(&j, "members", a->members);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    return cli_json_print(&s, err);
}

static int assemblies(const cli_args *args, pl_assembly_sort sort)
{
    pl_error err;
    pl_status status = PL_OK;
    list l = {sort, NULL, 0, 0};
    int code = cli_look(args, collect, &l);
    if (code == 0) {
        if (l.n > 1) {
            qsort(l.entries, l.n, sizeof *l.entries, by_name);
        }
        status = cli_flag(args, "json") ? json_list(&l, &err) : PL_OK;
        if (!cli_flag(args, "json")) {
            print_list(&l);
        }
    }
    pl_free(l.entries);
    return status == PL_OK ? code : cli_fail(&err);
}

int cli_constituency_list(const cli_args *args)
{
    return assemblies(args, PL_CONSTITUENCY);
}

int cli_council_list(const cli_args *args)
{
    return assemblies(args, PL_COUNCIL);
}
