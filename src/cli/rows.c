/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "council/elections.h"

#define ROWS_MAX ((size_t)1 << 26)

const void *cli_row(const cli_rows *rows, size_t i)
{
    return rows->rows + i * rows->table->size;
}

pl_status cli_rows_take(pl_step *s, const pl_table *table, const pl_row_key *prefix, cli_rows *out)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(table, prefix != NULL ? prefix : &all);
    bool there = true;
    pl_status status = PL_OK;
    *out = (cli_rows){.table = table};
    while (status == PL_OK && there) {
        if (!pl_grow(&out->rows, &out->cap, (out->n + 1) * table->size, 1, ROWS_MAX * 64) ||
            !pl_grow(&out->keys, &out->cap_keys, out->n + 1, sizeof *out->keys, ROWS_MAX)) {
            status = pl_fail_nomem(s->err, "listing what is there");
            break;
        }
        status = pl_next(s, table, &at, out->rows + out->n * table->size, &there);
        if (status == PL_OK && there) {
            out->keys[out->n].n = at.n;
            memcpy(out->keys[out->n++].at, at.key, sizeof at.key);
        }
    }
    if (status != PL_OK) {
        cli_rows_clear(out);
    }
    return status;
}

void cli_rows_clear(cli_rows *rows)
{
    pl_free(rows->rows);
    pl_free(rows->keys);
    *rows = (cli_rows){.table = rows->table};
}

/* ---- In order of time ------------------------------------------------------------------------------ */

static int64_t number_of(const cli_rows *rows, size_t i, size_t offset)
{
    int64_t x;
    memcpy(&x, rows->rows + i * rows->table->size + offset, sizeof x);
    return x;
}

static void swap_rows(cli_rows *rows, size_t a, size_t b)
{
    size_t size = rows->table->size;
    pl_row_key key = rows->keys[a];
    rows->keys[a] = rows->keys[b];
    rows->keys[b] = key;
    for (size_t i = 0; i < size; i++) {
        unsigned char x = rows->rows[a * size + i];
        rows->rows[a * size + i] = rows->rows[b * size + i];
        rows->rows[b * size + i] = x;
    }
}

static bool below(const cli_rows *rows, size_t a, size_t b, size_t offset)
{
    int64_t x = number_of(rows, a, offset), y = number_of(rows, b, offset);
    return x != y ? x < y : memcmp(rows->keys[a].at, rows->keys[b].at, PL_HASH) < 0;
}

/* Lets row i sink in a heap of n. */
static void sink(cli_rows *rows, size_t i, size_t n, size_t offset)
{
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        child += child + 1 < n && below(rows, child, child + 1, offset);
        if (!below(rows, i, child, offset)) {
            return;
        }
        swap_rows(rows, i, child);
    }
}

void cli_rows_sort(cli_rows *rows, size_t offset)
{
    for (size_t i = rows->n / 2; i-- > 0;) {
        sink(rows, i, rows->n, offset);
    }
    for (size_t n = rows->n; n > 1; n--) {
        swap_rows(rows, 0, n - 1);
        sink(rows, 0, n - 1, offset);
    }
}

typedef struct wanted {
    const pl_table *table;
    cli_rows *out;
} wanted;

static pl_status take(void *user, pl_step *s)
{
    wanted *w = user;
    return cli_rows_take(s, w->table, NULL, w->out);
}

pl_status cli_rows_of(pl_record *record, const pl_table *table, size_t offset, cli_rows *out, pl_error *err)
{
    wanted w = {table, out};
    *out = (cli_rows){.table = table};
    pl_status status = pl_record_look(record, cli_now(), take, &w, err);
    if (status == PL_OK) {
        cli_rows_sort(out, offset);
    }
    return status;
}

pl_status cli_rows_json(const cli_rows *rows, bool (*keep)(const void *user, const void *row), const void *user, cli_put_row_fn put, pl_error *err)
{
    pl_str s;
    pl_json j;
    pl_str_init(&s, (size_t)1 << 30);
    pl_json_init(&j, &s, true);
    pl_json_array(&j);
    for (size_t i = 0; i < rows->n; i++) {
        if (keep == NULL || keep(user, cli_row(rows, i))) {
            pl_json_object(&j);
            put(&j, rows->keys[i].at, cli_row(rows, i));
            pl_json_end(&j);
        }
    }
    pl_json_end(&j);
    return cli_json_print(&s, err);
}

/* ---- Small things ---------------------------------------------------------------------------------- */

pl_status cli_assembly_name(pl_step *s, const uint8_t id[PL_HASH], char out[101])
{
    pl_assembly a;
    bool there;
    pl_status status = pl_assembly_get(s, id, &a, &there);
    memcpy(out, a.name, sizeof a.name);
    return status;
}

pl_status cli_holder_name(pl_step *s, const pl_mandate *mandate, char out[CLI_NAME])
{
    pl_stand stand;
    char id[13];
    bool there = false;
    pl_status status = pl_get(s, &PL_STANDS, pl_key_id2(mandate->election, mandate->holder), &stand, &there);
    snprintf(out, CLI_NAME, "%s", there && stand.name[0] != '\0' ? stand.name : cli_short_id(mandate->holder, id));
    return status;
}

const char *cli_when(int64_t time, char out[32])
{
    if (time < 0) {
        snprintf(out, 32, "-");
    } else {
        cli_time((uint64_t)time, out);
        out[strlen(out) > 3 ? strlen(out) - 3 : 0] = '\0';
    }
    return out;
}
