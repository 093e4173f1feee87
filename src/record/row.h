/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * row.h - rows of the state as structures: one table of columns gives reading and writing. */
#ifndef PLENTY_RECORD_ROW_H
#define PLENTY_RECORD_ROW_H

#include "record/state.h"

typedef enum pl_column_type {
    PL_COLUMN_ID,  /* uint8_t[32]; all zeros is none, and null in the row */
    PL_COLUMN_INT, /* int64_t */
    PL_COLUMN_MAYBE, /* int64_t; -1 is none, and null in the row */
    PL_COLUMN_TEXT /* char[size], with a zero byte behind */
} pl_column_type;

typedef struct pl_column {
    pl_column_type type;
    size_t offset, size;
} pl_column;

#define PL_COLUMNS 24
typedef struct pl_table {
    const char *name;
    size_t size, n; /* of the structure; columns */
    pl_column column[PL_COLUMNS];
} pl_table;

/* In a pl_table: {"members", sizeof(member), 2, {PL_INT(member, since), PL_ID(member, place)}}. */
#define PL_ID(type, member) {PL_COLUMN_ID, offsetof(type, member), PL_HASH}
#define PL_INT(type, member) {PL_COLUMN_INT, offsetof(type, member), sizeof(int64_t)}
#define PL_MAYBE(type, member) {PL_COLUMN_MAYBE, offsetof(type, member), sizeof(int64_t)}
#define PL_TEXT(type, member) {PL_COLUMN_TEXT, offsetof(type, member), sizeof(((type *)0)->member)}

/* The key of a row: identifiers and numbers (8 bytes, big-endian; not below 0) one behind the other. */
typedef struct pl_row_key {
    uint8_t at[PL_STORE_KEY];
    size_t n;
} pl_row_key;
pl_row_key pl_key_none(void);
pl_row_key pl_key_id1(const uint8_t a[PL_HASH]);
pl_row_key pl_key_id2(const uint8_t a[PL_HASH], const uint8_t b[PL_HASH]);
pl_row_key pl_key_id3(const uint8_t a[PL_HASH], const uint8_t b[PL_HASH], const uint8_t c[PL_HASH]);
pl_row_key pl_key_text(const char *text); /* at most PL_STORE_KEY bytes of it */
pl_row_key pl_key_then(pl_row_key key, int64_t n);
pl_row_key pl_key_then_id(pl_row_key key, const uint8_t id[PL_HASH]);
int64_t pl_key_number(const uint8_t *at); /* the number in these 8 bytes of a key */

/* *there: whether the row is; otherwise it is all zeros.  PL_DATA when the store is damaged. */
pl_status pl_row_get(pl_state *state, const pl_table *table, const pl_row_key *key, void *row, bool *there, pl_error *err);
pl_status pl_row_put(pl_state *state, const pl_table *table, const pl_row_key *key, const void *row, pl_error *err);
/* The next row of a cursor over that table (pl_cursor_over); its key is in the cursor. */
pl_status pl_row_next(pl_state *state, const pl_table *table, pl_cursor *cursor, void *row, bool *there, pl_error *err);

bool pl_id_none(const uint8_t id[PL_HASH]);
bool pl_id_same(const uint8_t a[PL_HASH], const uint8_t b[PL_HASH]);

#endif
