/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * rate.h - how many requests one address may make: a bucket for each, that fills by the clock and of which a request takes one (token bucket). */
#ifndef PLENTY_SERVER_RATE_H
#define PLENTY_SERVER_RATE_H

#include <stdbool.h>
#include <stdint.h>

#define PL_RATE_BUCKETS 4096 /* addresses whose hashes are the same share one */
typedef struct pl_rate {
    double rate, burst; /* requests a second, and at once; rate 0: no limit */
    struct {
        double left, time;
    } bucket[PL_RATE_BUCKETS];
} pl_rate;

void pl_rate_init(pl_rate *rate, double a_second, double at_once);
/* Whether the address may make one more request at `now` (seconds, never going back). */
bool pl_rate_allows(pl_rate *rate, const char *address, double now);

#endif
