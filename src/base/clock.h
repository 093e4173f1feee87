/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * clock.h - seconds since some fixed moment, never going back; for measuring only. */
#ifndef PLENTY_BASE_CLOCK_H
#define PLENTY_BASE_CLOCK_H

double pl_clock_s(void);

#endif
