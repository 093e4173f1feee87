/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * arena.h - memory that is freed all at once: one arena for an economy, an import, a request. */
#ifndef PLENTY_BASE_ARENA_H
#define PLENTY_BASE_ARENA_H

#include <stddef.h>

typedef struct pl_arena {
    struct pl_arena_block *last;
    size_t used, size; /* of the last block */
    size_t total;      /* bytes handed out */
    size_t ceiling;    /* at most so many in all; 0 = no ceiling */
} pl_arena;

void pl_arena_init(pl_arena *arena, size_t ceiling);
void pl_arena_clear(pl_arena *arena); /* frees everything; the arena can be used again */

/* Memory aligned for any type, not initialised; NULL when there is none or the ceiling is reached. */
void *pl_arena_alloc(pl_arena *arena, size_t count, size_t size);
/* A copy of n bytes of text with a zero byte added; NULL as above. */
char *pl_arena_text(pl_arena *arena, const char *text, size_t n);

#define PL_ARENA_NEW(arena, type, count)                                                          \
    ((type *)pl_arena_alloc((arena), (size_t)(count), sizeof(type)))

#endif
