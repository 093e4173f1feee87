/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "base/clock.h"

#include <time.h>

double pl_clock_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
