/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "base/map.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

struct pl_map_slot {
    const char *key; /* NULL = free */
    uint64_t head;   /* the whole key, where it has up to 8 bytes: then nothing else has to be looked at; else its hash */
    uint32_t n;
    int32_t value;
};

#define SHORT 8
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

/* Up to eight bytes as a number; different ones of the same length are different numbers. */
static uint64_t word_of(const char *key, size_t n)
{
    uint32_t low = 0, high = 0;
    if (n >= 4) {
        memcpy(&low, key, 4);
        memcpy(&high, key + n - 4, 4);
        return low | (uint64_t)high << 32;
    }
    return n == 0 ? 0 : (unsigned char)key[0] | (uint64_t)(unsigned char)key[n / 2] << 8 | (uint64_t)(unsigned char)key[n - 1] << 16;
}

/* The order in which keys are found never depends on hashes, so their seed may be where the program happens to be loaded: names made to collide on
 * one machine do not collide on another. */
static uint64_t seed(void)
{
    static const char anchor;
    return (uint64_t)(uintptr_t)&anchor;
}

/* Eight bytes at a time, folded by a multiplication (after wyhash). */
static uint64_t head_of(const char *key, size_t n)
{
    uint64_t h = seed(), word;
    if (n <= SHORT) {
        return word_of(key, n);
    }
    for (; n > SHORT; key += 8, n -= 8) {
        memcpy(&word, key, 8);
        h = mix(h ^ word ^ 0x9e3779b97f4a7c15u, 0xa0761d6478bd642fu);
    }
    return mix(h ^ word_of(key, n), 0xe7037ed1a0b428dbu);
}

/* Where a key would go first. */
static uint32_t place_of(uint64_t head, uint32_t n)
{
    uint64_t h = mix(head ^ seed() ^ n * 0x9e3779b97f4a7c15u, 0xe7037ed1a0b428dbu);
    return (uint32_t)(h ^ (h >> 32));
}

/* The slot of the key, or the free one where it would go. */
static struct pl_map_slot *find(const pl_map *map, const char *key, uint32_t n, uint64_t head)
{
    for (uint32_t i = place_of(head, n) & map->mask;; i = (i + 1) & map->mask) {
        struct pl_map_slot *slot = &map->slots[i];
        if (slot->key == NULL || (slot->head == head && slot->n == n && (n <= SHORT || memcmp(slot->key, key, n) == 0))) {
            return slot;
        }
    }
}

int32_t pl_map_get(const pl_map *map, const char *key, size_t n)
{
    if (map->count == 0 || n > UINT32_MAX) {
        return -1;
    }
    const struct pl_map_slot *slot = find(map, key, (uint32_t)n, head_of(key, n));
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
        uint32_t k = place_of(slot->head, slot->n) & next.mask;
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
    uint64_t head = head_of(key, n);
    struct pl_map_slot *slot = find(map, key, (uint32_t)n, head);
    *old = slot->key != NULL ? slot->value : -1;
    if (slot->key == NULL) {
        *slot = (struct pl_map_slot){.key = key, .head = head, .n = (uint32_t)n, .value = value};
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
