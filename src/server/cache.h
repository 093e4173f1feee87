/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * cache.h - answers that lie in memory, by what was asked for. */
#ifndef PLENTY_SERVER_CACHE_H
#define PLENTY_SERVER_CACHE_H

#include <pthread.h>

#include "server/http.h"

#define PL_CACHE_SLOTS 4096
typedef struct pl_cache {
    pthread_mutex_t lock;
    struct pl_cached {
        char *target;
        pl_content *content;
        uint64_t age; /* the generation it belongs to; 0 = all */
    } slot[PL_CACHE_SLOTS];
    uint64_t generation;
    size_t bytes, ceiling, hand;
} pl_cache;

void pl_cache_init(pl_cache *cache, size_t ceiling);
void pl_cache_clear(pl_cache *cache);
/* The answer to that target, kept for the caller; NULL when there is none, or only an old one. */
pl_content *pl_cache_get(pl_cache *cache, const char *target);
/* The generation to which an answer belongs that is begun now. */
uint64_t pl_cache_now(pl_cache *cache);
/* Keeps an answer as long as the generation lasts (0: always) and there is room. */
void pl_cache_put(pl_cache *cache, const char *target, uint64_t generation, pl_content *content);
/* All answers of this generation are old from now on. */
void pl_cache_next(pl_cache *cache);

#endif
