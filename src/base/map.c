/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "base/map.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

struct pl_map_slot {
    const char *key; /* NULL = free */
    uint32_t n, hash;
    int32_t value;
};

#define FIRST_SLOTS 16u

void pl_map_init(pl_map *map)
{
    *map = (pl_map){0};
}

void pl_map_clear(pl_map *map)
{
    pl_free(map->slots);
    pl_map_init(map);
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Eight bytes at a time, folded by a multiplication (after wyhash).  The order in which keys are found
 * never depends on it, so the seed may be where the program happens to be loaded: names made to collide
 * on one machine do not collide on another. */
static uint32_t hash_of(const char *key, size_t n)
{
    static const char anchor;
    uint64_t h = (uint64_t)(uintptr_t)&anchor ^ (n * 0x9e3779b97f4a7c15u), word;
    for (; n >= 8; key += 8, n -= 8) {
        memcpy(&word, key, 8);
        h = mix(h ^ word, 0xa0761d6478bd642fu);
    }
    word = 0;
    memcpy(&word, key, n);
    h = mix(h ^ word, 0xe7037ed1a0b428dbu);
    return (uint32_t)(h ^ (h >> 32));
}

/* The slot of the key, or the free one where it would go. */
static struct pl_map_slot *find(const pl_map *map, const char *key, size_t n, uint32_t hash)
{
    for (uint32_t i = hash & map->mask;; i = (i + 1) & map->mask) {
        struct pl_map_slot *slot = &map->slots[i];
        if (slot->key == NULL ||
            (slot->hash == hash && slot->n == n && memcmp(slot->key, key, n) == 0)) {
            return slot;
        }
    }
}

int32_t pl_map_get(const pl_map *map, const char *key, size_t n)
{
    if (map->count == 0) {
        return -1;
    }
    const struct pl_map_slot *slot = find(map, key, n, hash_of(key, n));
    return slot->key != NULL ? slot->value : -1;
}

static bool grow(pl_map *map)
{
    pl_map next = {.mask = map->slots == NULL ? FIRST_SLOTS - 1 : map->mask * 2 + 1, .count = map->count};
    if (next.mask == UINT32_MAX) {
        return false;
    }
    next.slots = PL_NEW0(struct pl_map_slot, (size_t)next.mask + 1);
    if (next.slots == NULL) {
        return false;
    }
    for (size_t i = 0; map->slots != NULL && i <= map->mask; i++) {
        const struct pl_map_slot *slot = &map->slots[i];
        uint32_t k = slot->hash & next.mask;
        while (slot->key != NULL && next.slots[k].key != NULL) {
            k = (k + 1) & next.mask; /* all keys differ: only free slots are looked for */
        }
        if (slot->key != NULL) {
            next.slots[k] = *slot;
        }
    }
    pl_free(map->slots);
    *map = next;
    return true;
}

pl_status pl_map_put(pl_map *map, const char *key, size_t n, int32_t value, int32_t *old)
{
    if (n > UINT32_MAX || ((map->slots == NULL || map->count >= map->mask / 4 * 3) && !grow(map))) {
        return PL_NOMEM;
    }
    uint32_t hash = hash_of(key, n);
    struct pl_map_slot *slot = find(map, key, n, hash);
    *old = slot->key != NULL ? slot->value : -1;
    if (slot->key == NULL) {
        *slot = (struct pl_map_slot){.key = key, .n = (uint32_t)n, .hash = hash, .value = value};
        map->count++;
    }
    return PL_OK;
}

/* ---- "Did you mean" -------------------------------------------------------------------------- */

#define WORD_MAX 64
#define CANDIDATES_MAX 100000

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Edit distance with exchanged neighbours (optimal string alignment); more than `limit` is not told
 * apart.  Case alone counts nothing. */
static int distance(const char *a, int n, const char *b, int m, int limit)
{
    int rows[3][WORD_MAX + 1];
    for (int j = 0; j <= m; j++) {
        rows[0][j] = j;
    }
    for (int i = 1; i <= n; i++) {
        int *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3], best = i;
        now[0] = i;
        for (int j = 1; j <= m; j++) {
            int d = last[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));
            d = last[j] + 1 < d ? last[j] + 1 : d;
            d = now[j - 1] + 1 < d ? now[j - 1] + 1 : d;
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]) &&
                before[j - 2] + 1 < d) {
                d = before[j - 2] + 1;
            }
            now[j] = d;
            best = d < best ? d : best;
        }
        if (best > limit) {
            return limit + 1;
        }
    }
    return rows[n % 3][m];
}

const char *pl_did_you_mean(const char *word, const char *const *candidates, int32_t n)
{
    size_t length = strlen(word);
    if (length == 0 || length > WORD_MAX) {
        return NULL;
    }
    int best = length < 3 ? 1 : length < 6 ? 2 : 3;
    best = best > (int)length / 2 && length > 1 ? (int)length / 2 : best;
    const char *found = NULL;
    for (int32_t i = 0; i < n && i < CANDIDATES_MAX && best >= 0; i++) {
        size_t m = strlen(candidates[i]);
        size_t apart = m > length ? m - length : length - m;
        if (m == 0 || m > WORD_MAX || apart > (size_t)best) {
            continue;
        }
        int d = distance(word, (int)length, candidates[i], (int)m, best);
        if (d <= best) {
            found = candidates[i];
            best = d - 1; /* only a better one may replace it: the first of equals stays */
        }
    }
    return found;
}
