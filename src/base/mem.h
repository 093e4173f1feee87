/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * mem.h - the only door to the heap.
 *
 * Sizes are given as count and size of one element; the product is checked for overflow.  All three
 * return NULL when there is no memory (or when the test hook says so), which every caller turns
 * into PL_NOMEM.  A count of zero yields a valid pointer that can be freed. */
#ifndef PLENTY_BASE_MEM_H
#define PLENTY_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *pl_alloc(size_t count, size_t size);                /* not initialised */
void *pl_calloc(size_t count, size_t size);               /* zeroed */
void *pl_realloc(void *old, size_t count, size_t size);   /* old stays valid on failure */
void pl_free(void *p);                                    /* accepts NULL */

#define PL_NEW(type, count) ((type *)pl_alloc((size_t)(count), sizeof(type)))
#define PL_NEW0(type, count) ((type *)pl_calloc((size_t)(count), sizeof(type)))

/* Makes room for `need` elements in the growing array *items of capacity *cap, at least doubling,
 * but never beyond `ceiling` elements.  Returns false, leaving all as it was, when that is
 * impossible.  `items` is the address of the array's pointer. */
bool pl_grow(void *items, size_t *cap, size_t need, size_t size, size_t ceiling);

/* For tests: the k-th allocation from now on (1 = the next) and all after it fail; 0 = never.
 * Returns how many allocations were made since the last call. */
uint64_t pl_mem_fail_from(uint64_t k);

#endif
