/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "record/row.h"

#include <string.h>

#include "record/cbor.h"

#define ROW_MAX ((size_t)1 << 16)

pl_row_key pl_key_none(void)
{
    return (pl_row_key){.n = 0};
}

pl_row_key pl_key_then_id(pl_row_key key, const uint8_t id[PL_HASH])
{
    memcpy(key.at + key.n, id, PL_HASH);
    key.n += PL_HASH;
    return key;
}

pl_row_key pl_key_id1(const uint8_t a[PL_HASH])
{
    return pl_key_then_id(pl_key_none(), a);
}

pl_row_key pl_key_id2(const uint8_t a[PL_HASH], const uint8_t b[PL_HASH])
{
    return pl_key_then_id(pl_key_id1(a), b);
}

pl_row_key pl_key_id3(const uint8_t a[PL_HASH], const uint8_t b[PL_HASH], const uint8_t c[PL_HASH])
{
    return pl_key_then_id(pl_key_id2(a, b), c);
}

pl_row_key pl_key_text(const char *text)
{
    pl_row_key key = {.n = strlen(text)};
    key.n = key.n < sizeof key.at ? key.n : sizeof key.at;
    memcpy(key.at, text, key.n);
    return key;
}

pl_row_key pl_key_then(pl_row_key key, int64_t n)
{
    for (int shift = 56; shift >= 0; shift -= 8) {
        key.at[key.n++] = (uint8_t)((uint64_t)n >> shift);
    }
    return key;
}

int64_t pl_key_number(const uint8_t *at)
{
    uint64_t n = 0;
    for (int i = 0; i < 8; i++) {
        n = n << 8 | at[i];
    }
    return (int64_t)n;
}

bool pl_id_none(const uint8_t id[PL_HASH])
{
    static const uint8_t none[PL_HASH];
    return memcmp(id, none, PL_HASH) == 0;
}

bool pl_id_same(const uint8_t a[PL_HASH], const uint8_t b[PL_HASH])
{
    return memcmp(a, b, PL_HASH) == 0;
}

static bool read_column(const pl_column *column, pl_cbor *c, char *row)
{
    char *at = row + column->offset;
    const uint8_t *id;
    const char *text;
    size_t n;
    switch (column->type) {
    case PL_COLUMN_ID:
        if (pl_cbor_null(c)) {
            return true;
        }
        if (!pl_cbor_fixed(c, PL_HASH, &id)) {
            return false;
        }
        memcpy(at, id, PL_HASH);
        return true;
    case PL_COLUMN_INT:
    case PL_COLUMN_MAYBE: {
        int64_t x = -1;
        if (!(column->type == PL_COLUMN_MAYBE && pl_cbor_null(c)) && !pl_cbor_int(c, &x)) {
            return false;
        }
        memcpy(at, &x, sizeof x);
        return true;
    }
    default:
        if (!pl_cbor_text(c, &text, &n) || n >= column->size) {
            return false;
        }
        memcpy(at, text, n);
        return true;
    }
}

static pl_status read_row(const pl_table *table, pl_bytes value, void *row, pl_error *err)
{
    pl_cbor c = {value.at, value.at + value.n};
    size_t n;
    memset(row, 0, table->size);
    bool good = pl_cbor_array(&c, &n) && n == table->n;
    for (size_t i = 0; good && i < table->n; i++) {
        good = read_column(&table->column[i], &c, row);
    }
    return good && pl_cbor_end(&c) ? PL_OK : pl_fail_row(table->name, err);
}

pl_status pl_row_get(pl_state *state, const pl_table *table, const pl_row_key *key, void *row, bool *there, pl_error *err)
{
    pl_bytes value;
    memset(row, 0, table->size);
    *there = false;
    pl_status status = pl_state_get(state, table->name, (pl_bytes){key->at, key->n}, &value, err);
    if (status == PL_OK && value.at != NULL) {
        *there = true;
        status = read_row(table, value, row, err);
    }
    return status;
}

pl_status pl_row_next(pl_state *state, const pl_table *table, pl_cursor *cursor, void *row, bool *there, pl_error *err)
{
    pl_bytes value;
    *there = false;
    pl_status status = pl_state_next(state, cursor, &value, err);
    if (status == PL_OK && value.at != NULL) {
        *there = true;
        status = read_row(table, value, row, err);
    }
    return status;
}

static void write_column(const pl_column *column, pl_str *out, const char *row)
{
    const char *at = row + column->offset;
    if (column->type == PL_COLUMN_ID && pl_id_none((const uint8_t *)at)) {
        pl_cbor_put_null(out);
    } else if (column->type == PL_COLUMN_ID) {
        pl_cbor_put_bytes(out, at, PL_HASH);
    } else if (column->type == PL_COLUMN_TEXT) {
        pl_cbor_put_text(out, at, strnlen(at, column->size));
    } else {
        int64_t x;
        memcpy(&x, at, sizeof x);
        if (column->type == PL_COLUMN_MAYBE && x < 0) {
            pl_cbor_put_null(out);
        } else {
            pl_cbor_put_int(out, x);
        }
    }
}

pl_status pl_row_put(pl_state *state, const pl_table *table, const pl_row_key *key, const void *row, pl_error *err)
{
    pl_str v;
    pl_str_init(&v, ROW_MAX);
    pl_cbor_put_array(&v, table->n);
    for (size_t i = 0; i < table->n; i++) {
        write_column(&table->column[i], &v, row);
    }
    pl_status status = v.failed ? pl_fail_nomem(err, "keeping the state of a record")
                                : pl_state_put(state, table->name, (pl_bytes){key->at, key->n}, (pl_bytes){(const uint8_t *)v.text, v.len}, err);
    pl_str_clear(&v);
    return status;
}
