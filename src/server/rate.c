/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/rate.h"

#include <math.h>
#include <string.h>

void pl_rate_init(pl_rate *r, double a_second, double at_once)
{
    memset(r, 0, sizeof *r);
    r->rate = a_second;
    r->burst = at_once;
}

bool pl_rate_allows(pl_rate *r, const char *address, double now)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    if (r->rate <= 0) {
        return true;
    }
    for (const char *p = address; *p != '\0'; p++) {
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    }
    uint32_t at = (hash ^ hash >> 16) % PL_RATE_BUCKETS;
    double left = r->bucket[at].time > 0 ? fmin(r->burst, r->bucket[at].left + (now - r->bucket[at].time) * r->rate) : r->burst;
    r->bucket[at].time = now;
    r->bucket[at].left = left >= 1 ? left - 1 : left;
    return left >= 1;
}
