/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * structure.c - `plenty constituency`, `plenty council`: created, listed, shown with who sits in them. */
#include <string.h>

#include "cli/rows.h"

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

static bool is_sort(const void *user, const void *row)
{
    return ((const pl_assembly *)row)->sort == *(const int64_t *)user;
}

static void put_assembly(pl_json *j, const uint8_t *id, const void *row)
{
    const pl_assembly *a = row;
    cli_json_id(j, "id", id);
    pl_json_put_text(j, "name", a->name);
    if (a->sort == PL_CONSTITUENCY) {
        pl_json_put_text(j, "type", a->type);
    }
    cli_json_time(j, "since", a->since);
    pl_json_put_int(j, "members", a->members);
}

static void print_assemblies(const cli_rows *rows, int64_t sort)
{
    bool council = sort == PL_COUNCIL;
    char hex[13];
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const pl_assembly *a = cli_row(rows, i);
        if (a->sort == sort) {
            printf("%s  %s%s%s: %lld %s%s\n", cli_short_id(rows->keys[i].at, hex), a->name, council ? "" : ", ", a->type, (long long)a->members,
                   council ? "delegate" : "member", a->members == 1 ? "" : "s");
            n++;
        }
    }
    if (n == 0) {
        printf("There is no %s yet: 'plenty %s create'.\n", council ? "council" : "constituency", council ? "council" : "constituency");
    }
}

/* Oldest first. */
static int assemblies(const cli_args *args, int64_t sort)
{
    pl_error err;
    pl_record *record = NULL;
    cli_rows rows = {.table = &PL_ASSEMBLIES};
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, &err);
    status = status == PL_OK ? cli_rows_of(record, &PL_ASSEMBLIES, offsetof(pl_assembly, since), &rows, &err) : status;
    if (status == PL_OK && cli_flag(args, "json")) {
        status = cli_rows_json(&rows, is_sort, &sort, put_assembly, &err);
    } else if (status == PL_OK) {
        print_assemblies(&rows, sort);
    }
    cli_rows_clear(&rows);
    pl_record_close(record);
    return status == PL_OK ? 0 : cli_fail(&err);
}

int cli_constituency_list(const cli_args *args)
{
    return assemblies(args, PL_CONSTITUENCY);
}

int cli_council_list(const cli_args *args)
{
    return assemblies(args, PL_COUNCIL);
}
