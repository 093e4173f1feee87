/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/cache.h"

#include <string.h>

#include "base/mem.h"

void pl_cache_init(pl_cache *c, size_t ceiling)
{
    memset(c, 0, sizeof *c);
    pthread_mutex_init(&c->lock, NULL);
    c->ceiling = ceiling;
    c->generation = 1;
}

static void empty(pl_cache *c, struct pl_cached *slot)
{
    if (slot->content != NULL) {
        c->bytes -= pl_content_size(slot->content);
        pl_content_drop(slot->content);
        pl_free(slot->target);
        *slot = (struct pl_cached){NULL, NULL, 0};
    }
}

void pl_cache_clear(pl_cache *c)
{
    for (size_t i = 0; i < PL_CACHE_SLOTS; i++) {
        empty(c, &c->slot[i]);
    }
    pthread_mutex_destroy(&c->lock);
}

static struct pl_cached *slot_of(pl_cache *c, const char *target)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const char *p = target; *p != '\0'; p++) {
        hash = (hash ^ (unsigned char)*p) * 1099511628211u;
    }
    return &c->slot[(hash ^ hash >> 32) % PL_CACHE_SLOTS];
}

pl_content *pl_cache_get(pl_cache *c, const char *target)
{
    pl_content *found = NULL;
    pthread_mutex_lock(&c->lock);
    struct pl_cached *slot = slot_of(c, target);
    if (slot->content != NULL && strcmp(slot->target, target) == 0 && (slot->age == 0 || slot->age == c->generation)) {
        found = pl_content_keep(slot->content);
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

uint64_t pl_cache_now(pl_cache *c)
{
    pthread_mutex_lock(&c->lock);
    uint64_t now = c->generation;
    pthread_mutex_unlock(&c->lock);
    return now;
}

void pl_cache_put(pl_cache *c, const char *target, uint64_t generation, pl_content *content)
{
    size_t size = pl_content_size(content), n = strlen(target) + 1;
    char *copy = size <= c->ceiling / 4 ? PL_NEW(char, n) : NULL;
    if (copy == NULL) {
        return;
    }
    memcpy(copy, target, n);
    pthread_mutex_lock(&c->lock);
    struct pl_cached *slot = slot_of(c, target);
    empty(c, slot);
    *slot = (struct pl_cached){copy, pl_content_keep(content), generation};
    c->bytes += size;
    while (c->bytes > c->ceiling) { /* one after the other makes room */
        struct pl_cached *next = &c->slot[c->hand++ % PL_CACHE_SLOTS];
        if (next != slot) {
            empty(c, next);
        }
    }
    pthread_mutex_unlock(&c->lock);
}

void pl_cache_next(pl_cache *c)
{
    pthread_mutex_lock(&c->lock);
    c->generation++;
    pthread_mutex_unlock(&c->lock);
}
