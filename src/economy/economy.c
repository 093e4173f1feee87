/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <plenty/economy.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "economy/binary.h"
#include "economy/builder.h"
#include "economy/pages.h"

void pl_economy_free(pl_economy *economy)
{
    if (economy != NULL) {
        pl_arena_clear(&economy->storage->arena);
        pl_sections_unmap(economy->storage->map, economy->storage->map_n);
        pl_free(economy); /* its storage lies behind it in the same block */
    }
}

void pl_economy_forget(const pl_economy *economy, const void *from, size_t n)
{
    if (economy->storage == NULL || economy->storage->map == NULL) {
        return;
    }
    if (from == NULL) {
        pl_sections_forget(economy->storage->map, economy->storage->map_n);
        return;
    }
    uintptr_t map = (uintptr_t)economy->storage->map, end = map + economy->storage->map_n, at = (uintptr_t)from, page = (uintptr_t)sysconf(_SC_PAGESIZE);
    if (at >= map && at <= end && n <= end - at) {
        uintptr_t first = (at + page - 1) / page * page, last = (at + n) / page * page; /* whole pages only */
        if (first < last) {
            pl_sections_forget((char *)economy->storage->map + (first - map), last - first);
        }
    }
}

/* Binary search among n records of `size` bytes that begin with their identifier. */
static int32_t find(const void *records, int32_t n, size_t size, const char *id)
{
    int32_t low = 0, high = n;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        const char *there;
        memcpy(&there, (const char *)records + (size_t)middle * size, sizeof there);
        int order = strcmp(there, id);
        if (order == 0) {
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return -1;
}

int32_t pl_find_good(const pl_economy *economy, const char *id)
{
    return find(economy->goods, economy->n_goods, sizeof *economy->goods, id);
}

int32_t pl_find_recipe(const pl_economy *economy, const char *id)
{
    return find(economy->recipes, economy->n_recipes, sizeof *economy->recipes, id);
}

int32_t pl_find_resource(const pl_economy *economy, const char *id)
{
    return find(economy->resources, economy->n_resources, sizeof *economy->resources, id);
}

int32_t pl_find_place(const pl_economy *economy, const char *id)
{
    return find(economy->places, economy->n_places, sizeof *economy->places, id);
}

/* The need of that good, tier and group, or -1: needs are sorted by them. */
static int32_t need_at(const pl_economy *e, int32_t good, int32_t tier, const char *group)
{
    int32_t low = 0, high = e->n_needs;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        const pl_need *n = &e->needs[middle];
        int order = n->good != good ? (n->good < good ? -1 : 1)
                    : n->tier != tier ? (n->tier < tier ? -1 : 1)
                                      : strcmp(n->group, group);
        if (order == 0) {
            return middle;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return -1;
}

int32_t pl_find_need(const pl_economy *economy, const char *key)
{
    char good[1024];
    for (size_t n = 0; key[n] != '\0' && n < sizeof good; n++) { /* identifiers may hold a '|' themselves */
        int tier = 0, end = 0;
        if (key[n] == '|' && sscanf(key + n + 1, "%9d|%n", &tier, &end) == 1 && end > 0) {
            memcpy(good, key, n);
            good[n] = '\0';
            int32_t found = need_at(economy, pl_find_good(economy, good), tier, key + n + 1 + end);
            if (found >= 0) {
                return found;
            }
        }
    }
    return -1;
}

pl_status pl_fail_findings(const pl_findings *findings, pl_status status, const char *path, pl_error *err)
{
    if (findings->count[PL_ERROR] == 0) {
        return pl_fail(err, status, path, NULL, "%s", pl_status_text(status));
    }
    const pl_finding *f = &findings->kept[PL_ERROR][0];
    char place[200] = "", more[64] = "";
    if (f->line > 0 && f->column > 0) {
        snprintf(place, sizeof place, "%s:%lld:%d", f->file, (long long)f->line, f->column);
    } else if (f->line > 0) {
        snprintf(place, sizeof place, "%s:%lld", f->file, (long long)f->line);
    } else {
        snprintf(place, sizeof place, "%s", f->file[0] != '\0' ? f->file : path);
    }
    if (findings->count[PL_ERROR] > 1) {
        long long rest = (long long)findings->count[PL_ERROR] - 1;
        snprintf(more, sizeof more, " (and %lld more error%s)", rest, rest == 1 ? "" : "s");
    }
    return pl_fail(err, status, place, f->hint, "%s%s", f->message, more);
}
