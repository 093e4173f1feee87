/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * find.c - which row a text names: by what people call it, or by the first digits of its id. */
#include <stdio.h>
#include <string.h>

#include "cli/rows.h"
#include "council/elections.h"
#include "council/motions.h"
#include "council/recall.h"
#include "council/sharing.h"

#define NAME 201 /* titles have at most 200 characters, names fewer */
#define DIGITS 4 /* at least, of an id */

/* ---- By digits -------------------------------------------------------------------------------------- */

/* Half a byte of a hexadecimal digit, or -1. */
static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool begins(const uint8_t *id, const char *digits)
{
    for (size_t i = 0; digits[i] != '\0'; i++) {
        int half = i % 2 == 0 ? id[i / 2] >> 4 : id[i / 2] & 15;
        if (i >= 2 * PL_HASH || digit(digits[i]) != half) {
            return false;
        }
    }
    return true;
}

/* The row whose id begins so; *found: how many there are, at most 2. */
static pl_status find_by_digits(pl_step *s, const pl_table *table, const char *text, uint8_t id[PL_HASH], int *found)
{
    pl_bytes value;
    pl_cursor at = pl_cursor_over(table->name, (pl_bytes){NULL, 0});
    pl_status status = PL_OK;
    *found = 0;
    while (*found < 2 && (status = pl_state_next(s->fold->state, &at, &value, s->err)) == PL_OK && value.at != NULL) {
        if (at.n >= PL_HASH && begins(at.key, text) && (*found == 0 || !pl_id_same(id, at.key))) {
            memcpy(id, at.key, PL_HASH);
            ++*found;
        }
    }
    return status;
}

/* ---- What people call it ---------------------------------------------------------------------------- */

/* Writes the name of the row, or "" when people do not call it by one. */
typedef pl_status (*name_fn)(pl_step *s, const void *row, char out[NAME]);

static pl_status title_at(pl_step *s, int64_t position, char out[NAME])
{
    pl_owned title;
    pl_status status = pl_look_field(s, (uint64_t)position, "title", &title);
    if (status == PL_OK) {
        snprintf(out, NAME, "%s", title.bytes != NULL ? title.bytes : "");
        pl_owned_free(&title);
    }
    return status;
}

static pl_status name_motion(pl_step *s, const void *row, char out[NAME])
{
    return title_at(s, ((const pl_motion *)row)->position, out);
}

static pl_status name_round(pl_step *s, const void *row, char out[NAME])
{
    return title_at(s, ((const pl_share_round *)row)->position, out);
}

/* An election is called by its council, as long as it is not decided. */
static pl_status name_election(pl_step *s, const void *row, char out[NAME])
{
    const pl_election *e = row;
    char council[101] = "";
    pl_status status = e->decided < 0 ? cli_assembly_name(s, e->council, council) : PL_OK;
    snprintf(out, NAME, "%s", council);
    return status;
}

/* A mandate by its holder, as long as it lasts. */
static pl_status name_mandate(pl_step *s, const void *row, char out[NAME])
{
    const pl_mandate *m = row;
    char holder[CLI_NAME] = "";
    pl_status status = m->ended < 0 ? cli_holder_name(s, m, holder) : PL_OK;
    snprintf(out, NAME, "%s", holder);
    return status;
}

/* A recall by whom it would recall. */
static pl_status name_recall(pl_step *s, const void *row, char out[NAME])
{
    pl_mandate m;
    bool there;
    char holder[CLI_NAME] = "";
    pl_status status = pl_get(s, &PL_MANDATES, pl_key_id1(((const pl_recall *)row)->mandate), &m, &there);
    status = status == PL_OK && there ? cli_holder_name(s, &m, holder) : status;
    snprintf(out, NAME, "%s", holder);
    return status;
}

static pl_status name_assembly(pl_step *s, const void *row, char out[NAME])
{
    (void)s;
    snprintf(out, NAME, "%s", ((const pl_assembly *)row)->name);
    return PL_OK;
}

static const struct {
    const pl_table *table;
    name_fn name;
} CALLED[] = {{&PL_ASSEMBLIES, name_assembly}, {&PL_ELECTIONS, name_election}, {&PL_MANDATES, name_mandate}, {&PL_RECALLS, name_recall},
              {&PL_MOTIONS, name_motion}, {&PL_SHARE_ROUNDS, name_round}};

/* The row that is called so; *found: how many there are. */
static pl_status find_by_name(pl_step *s, const pl_table *table, name_fn name, const char *text, uint8_t id[PL_HASH], int *found)
{
    union {
        pl_assembly assembly;
        pl_election election;
        pl_mandate mandate;
        pl_recall recall;
        pl_motion motion;
        pl_share_round round;
    } row;
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(table, &all);
    bool there;
    pl_status status;
    *found = 0;
    while ((status = pl_next(s, table, &at, &row, &there)) == PL_OK && there) {
        char called[NAME] = "";
        status = name(s, &row, called);
        if (status != PL_OK) {
            return status;
        }
        if (called[0] != '\0' && strcmp(called, text) == 0) {
            memcpy(id, at.key, PL_HASH);
            ++*found;
        }
    }
    return status;
}

pl_status cli_find_id(pl_step *s, const pl_table *table, const char *what, const char *text, uint8_t id[PL_HASH])
{
    uint8_t named[PL_HASH];
    int by_digits = 0, by_name = 0;
    bool called = false;
    pl_status status = strlen(text) >= DIGITS ? find_by_digits(s, table, text, id, &by_digits) : PL_OK;
    for (size_t i = 0; status == PL_OK && i < sizeof CALLED / sizeof CALLED[0]; i++) {
        if (CALLED[i].table == table) {
            called = true;
            status = find_by_name(s, table, CALLED[i].name, text, named, &by_name);
        }
    }
    if (by_name > 0 && by_digits == 0) {
        memcpy(id, named, PL_HASH);
    }
    int found = by_digits + by_name; /* called by digits of another's id: neither, so that no title leads astray */
    if (status != PL_OK || found == 1) {
        return status;
    }
    return pl_fail(s->err, PL_NOTFOUND, text, called ? "say what it is called, or the first digits of its id, at least 4" : "the first digits of its id, at least 4",
                   found == 0 ? "there is no such %s" : "this does not name one %s alone", what);
}

pl_status cli_find_assembly(pl_step *s, const char *text, uint8_t id[PL_HASH])
{
    return cli_find_id(s, &PL_ASSEMBLIES, "assembly", text, id);
}

/* ---- For who acts ----------------------------------------------------------------------------------- */

typedef struct search {
    const pl_table *table;
    const char *what, *text;
    const pl_key *me;
    uint8_t *id;
} search;

static pl_status find_me(pl_step *s, const search *f)
{
    pl_key_row k;
    bool there;
    pl_status status = pl_get(s, &PL_KEYS, pl_key_id1(pl_key_id(f->me)), &k, &there);
    memcpy(f->id, k.holder, PL_HASH);
    return status;
}

static pl_status find(void *user, pl_step *s)
{
    const search *f = user;
    if (f->table == &PL_MEMBERS && strcmp(f->text, "me") == 0) {
        return find_me(s, f);
    }
    return cli_find_id(s, f->table, f->what, f->text, f->id);
}

pl_status cli_act_find(cli_act *a, const pl_table *table, const char *what, const char *text, uint8_t id[PL_HASH])
{
    search f = {table, what, text, a->key, id};
    if (text == NULL) {
        return pl_fail(a->err, PL_USAGE, what, NULL, "say which %s", what);
    }
    return pl_record_look(a->record, cli_now(), find, &f, a->err);
}
