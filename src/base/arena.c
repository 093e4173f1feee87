/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_BLOCK 4096u
#define LARGEST_BLOCK (4u << 20)

struct pl_arena_block {
    struct pl_arena_block *before;
    alignas(max_align_t) unsigned char bytes[];
};

void pl_arena_init(pl_arena *arena, size_t ceiling)
{
    memset(arena, 0, sizeof *arena);
    arena->ceiling = ceiling;
}

void pl_arena_clear(pl_arena *arena)
{
    struct pl_arena_block *block = arena->last;
    while (block != NULL) {
        struct pl_arena_block *before = block->before;
        pl_free(block);
        block = before;
    }
    pl_arena_init(arena, arena->ceiling);
}

/* Blocks double up to a largest size; what does not fit into one gets a block of its own. */
static unsigned char *from_new_block(pl_arena *arena, size_t n)
{
    size_t size = arena->size == 0 ? FIRST_BLOCK : arena->size * 2;
    size = size > LARGEST_BLOCK ? LARGEST_BLOCK : size;
    size = size < n ? n : size;
    size_t with_header;
    if (__builtin_add_overflow(size, sizeof(struct pl_arena_block), &with_header)) {
        return NULL;
    }
    struct pl_arena_block *block = pl_alloc(with_header, 1);
    if (block == NULL) {
        return NULL;
    }
    block->before = arena->last;
    arena->last = block;
    arena->size = size;
    arena->used = n;
    return block->bytes;
}

static void *take(pl_arena *arena, size_t n, size_t align)
{
    if (arena->ceiling != 0 && (n > arena->ceiling || arena->total > arena->ceiling - n)) {
        return NULL;
    }
    size_t at = (arena->used + align - 1) / align * align;
    unsigned char *p;
    if (arena->last != NULL && at <= arena->size && n <= arena->size - at) {
        p = arena->last->bytes + at;
        arena->used = at + n;
    } else {
        p = from_new_block(arena, n);
    }
    if (p != NULL) {
        arena->total += n;
    }
    return p;
}

void *pl_arena_alloc(pl_arena *arena, size_t count, size_t size)
{
    size_t n;
    if (__builtin_mul_overflow(count, size, &n)) {
        return NULL;
    }
    return take(arena, n, alignof(max_align_t));
}

char *pl_arena_text(pl_arena *arena, const char *text, size_t n)
{
    char *copy = n < SIZE_MAX ? take(arena, n + 1, 1) : NULL;
    if (copy != NULL) {
        memcpy(copy, text, n);
        copy[n] = '\0';
    }
    return copy;
}
