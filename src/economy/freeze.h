/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * freeze.h - what freeze.c and freeze_years.c share: the freezer and how rows are judged; private to this room. */
#ifndef PLENTY_ECONOMY_FREEZE_H
#define PLENTY_ECONOMY_FREEZE_H

#include "economy/builder.h"

typedef struct pl_freezer {
    pl_builder *b;
    pl_economy *e;
    pl_findings *found;
    int64_t errors;
    int32_t *rank[PL_SPACES];    /* of each symbol: its place in the sorted table, or -1 */
    const char **ids[PL_SPACES]; /* sorted */
    int32_t n[PL_SPACES];
    bool no_memory;
} pl_freezer;

/* What a number belongs to, for messages. */
typedef struct pl_cell {
    pl_economy_table table;
    int field;
    int64_t line;
    const char *id, *second; /* second: "" or the rest of the key */
} pl_cell;

/* Counts an error; true when it is among those that are kept and worth a text. */
bool pl_freeze_worth_saying(pl_freezer *f);
/* Adds an error at a field of a row; call it when worth saying. */
void pl_freeze_say(pl_freezer *f, pl_economy_table table, int field, int64_t line, const char *hint, const char *fmt, ...)
    PL_PRINTF(6, 7);
/* ", first in line 12", or nothing when the row came from no file. */
const char *pl_freeze_first_in(int64_t line, char out[48]);

void pl_freeze_number(pl_freezer *f, const pl_cell *c, double x, double least, bool optional);
void pl_freeze_text(pl_freezer *f, pl_economy_table table, int field, int64_t line, const char *text);
/* The rank of a symbol that a row of `table` refers to in `field`; -1 after reporting that there is none. */
int32_t pl_freeze_resolve(pl_freezer *f, pl_space space, int32_t symbol, pl_economy_table table, int field, int64_t line);
/* Memory of the economy. */
void *pl_freeze_room(pl_freezer *f, size_t n, size_t size);
/* Sorts rows that begin with {line, {rank of a row of `space` ...}}, and reports what is there twice. */
void pl_freeze_sort(pl_freezer *f, pl_economy_table table, pl_space space, size_t size);

/* The tables of later years; after all others. */
void pl_freeze_years(pl_freezer *f);

#endif
