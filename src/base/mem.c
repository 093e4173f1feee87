/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "base/mem.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LARGE (8u << 20) /* bytes */
#define PAGE (4u << 10)

static _Atomic uint64_t made, fail_from;

static bool refused(void)
{
    uint64_t k = atomic_fetch_add_explicit(&made, 1, memory_order_relaxed) + 1;
    uint64_t limit = atomic_load_explicit(&fail_from, memory_order_relaxed);
    return limit != 0 && k >= limit;
}

uint64_t pl_mem_fail_from(uint64_t k)
{
    atomic_store(&fail_from, k);
    return atomic_exchange(&made, 0);
}

static bool bytes(size_t count, size_t size, size_t *out)
{
    return !__builtin_mul_overflow(count, size, out) && *out <= PTRDIFF_MAX;
}

/* Much memory is better had in large pages: vectors of millions of goods are read at random, and every other look at
 * one would have to look for its page first.  Only advice; where the system has none to give, nothing changes. */
static void *large_pages(void *p, size_t n)
{
#ifdef MADV_HUGEPAGE
    if (p != NULL && n >= LARGE) {
        uintptr_t first = ((uintptr_t)p + PAGE - 1) / PAGE * PAGE, last = ((uintptr_t)p + n) / PAGE * PAGE;
        (void)madvise((char *)p + (first - (uintptr_t)p), last - first, MADV_HUGEPAGE);
    }
#endif
    return p;
}

void *pl_alloc(size_t count, size_t size)
{
    size_t n;
    if (!bytes(count, size, &n) || refused()) {
        return NULL;
    }
    return large_pages(malloc(n != 0 ? n : 1), n);
}

void *pl_calloc(size_t count, size_t size)
{
    size_t n;
    if (!bytes(count, size, &n) || refused()) {
        return NULL;
    }
    return large_pages(calloc(1, n != 0 ? n : 1), n);
}

void *pl_realloc(void *old, size_t count, size_t size)
{
    size_t n;
    if (!bytes(count, size, &n) || refused()) {
        return NULL;
    }
    return large_pages(realloc(old, n != 0 ? n : 1), n);
}

void pl_free(void *p)
{
    free(p);
}

bool pl_grow(void *items, size_t *cap, size_t need, size_t size, size_t ceiling)
{
    if (need <= *cap) {
        return true;
    }
    if (need > ceiling) {
        return false;
    }
    size_t next = *cap < 8 ? 8 : *cap + *cap / 2;
    next = next < need ? need : next;
    next = next > ceiling ? ceiling : next;
    void *old;
    memcpy(&old, items, sizeof old);
    void *grown = pl_realloc(old, next, size);
    if (grown == NULL) {
        return false;
    }
    memcpy(items, &grown, sizeof grown);
    *cap = next;
    return true;
}
