/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * pay.h - what skilled work is paid, and that officials get no more.
 *
 * Amounts are whole numbers of the smallest unit of money.  A quarter is a number: year * 4, and 0 to 3; by UTC. */
#ifndef PLENTY_COUNCIL_PAY_H
#define PLENTY_COUNCIL_PAY_H

#include "council/council.h"

#define PL_PAY_ENTRIES 4000 /* in one event */
#define PL_QUARTER_FIRST ((int64_t)1970 * 4)
#define PL_QUARTER_LAST ((int64_t)9999 * 4 + 3)

int64_t pl_quarter_of(int64_t time);
int64_t pl_quarter_begin(int64_t quarter); /* its first second */

/* A quarter for which pay of skilled work was entered; key: the quarter. */
typedef struct pl_pay_quarter {
    int64_t entries, closes; /* closes: when nothing more can be entered */
    int64_t median;          /* -1 until then */
    int64_t before;          /* the quarter that closed before it, or -1 */
} pl_pay_quarter;
/* How many entries have this amount; key (quarter, amount). */
typedef struct pl_pay_count {
    int64_t n;
} pl_pay_count;
/* What one source has entered for one grade; key (quarter, SHA-256 of both). */
typedef struct pl_pay_batch {
    char source[101], grade[101];
    int64_t entries;
} pl_pay_batch;
/* What an official got in a quarter from all sources: key (holder, quarter). */
typedef struct pl_pay_total {
    int64_t amount, entries;
} pl_pay_total;
typedef enum pl_pay_sort { PL_PAY_WAGE, PL_PAY_ALLOWANCE, PL_PAY_IN_KIND, PL_PAY_SORTS } pl_pay_sort;
/* One entry of it: key (holder, quarter, id of the event). */
typedef struct pl_pay_entry {
    int64_t amount, sort, time;
    char source[101];
    uint8_t by[PL_HASH];
} pl_pay_entry;
extern const pl_table PL_PAY_QUARTERS, PL_PAY_COUNTS, PL_PAY_BATCHES, PL_PAY_TOTALS, PL_PAY_ENTRIES_OF;

/* The most that an official may get, and where it comes from. */
typedef struct pl_pay_cap {
    int64_t from;             /* the closed quarter whose median it is, or -1: there is none */
    int64_t median, reference; /* reference: of a whole quarter */
    int64_t days, of;         /* with a mandate so far; of the quarter */
    int64_t cap;
} pl_pay_cap;
pl_status pl_pay_cap_of(pl_step *step, const uint8_t holder[PL_HASH], int64_t quarter, pl_pay_cap *out);
/* The quarter that closed last, or -1. */
pl_status pl_pay_closed(pl_step *step, int64_t *quarter);

pl_status pl_pay_closes(pl_step *step, const uint8_t id[PL_HASH], int64_t quarter); /* due */
extern const pl_event_kind PL_KIND_PAY_SKILLED, PL_KIND_PAY_CORRECTED, PL_KIND_PAY_ENTERED;

#endif
