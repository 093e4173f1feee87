/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * map.h - texts to numbers: open addressing, grows as it fills, keeps the order of insertion.
 *
 * Keys are borrowed: they must live as long as the map (keep them in an arena). */
#ifndef PLENTY_BASE_MAP_H
#define PLENTY_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include <plenty/status.h>

typedef struct pl_map {
    struct pl_map_slot *slots;
    uint32_t mask, count;
} pl_map;

void pl_map_init(pl_map *map);
void pl_map_clear(pl_map *map);

/* Value of key, or -1. */
int32_t pl_map_get(const pl_map *map, const char *key, size_t n);

/* Sets key to value (>= 0) unless it is there already; *old is the value that was there, or -1.
 * PL_NOMEM is the only error. */
pl_status pl_map_put(pl_map *map, const char *key, size_t n, int32_t value, int32_t *old);

/* The candidate most like `word` (small edit distance, case ignored), or NULL when none is alike: for
 * "did you mean".  Looks at no more than the first 100,000 of the n candidates. */
const char *pl_did_you_mean(const char *word, const char *const *candidates, int32_t n);

#endif
