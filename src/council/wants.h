/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * wants.h - the tables of what members order and of what they did not find; for the files of this room and for those who show it. */
#ifndef PLENTY_COUNCIL_WANTS_H
#define PLENTY_COUNCIL_WANTS_H

#include "council/council.h"

#define PL_WANT_NAME 100         /* bytes of the name of a good or a place */
#define PL_WANT_UNIT 1000000     /* amounts are in millionths of the good's unit */
#define PL_WANT_DAYS 3660        /* that an order may reach ahead */
#define PL_WANT_LAST_DAY 2000000 /* days since 1970-01-01: beyond all that makes sense */

/* What a member orders for a span of days. */
typedef struct pl_order {
    uint8_t member[PL_HASH];
    char good[PL_WANT_NAME + 1];
    int64_t amount;      /* in all, in millionths */
    int64_t from, until; /* days since 1970-01-01, both included */
    int64_t since;       /* when it was placed */
    int64_t ended;       /* when it was withdrawn, or its days were over; -1 */
    int64_t withdrawn;   /* 1 or 0 */
} pl_order;
extern const pl_table PL_ORDERS; /* key: order id */

/* What a member wanted and did not find: (SHA-256(good || line feed || place), day, member). */
typedef struct pl_missing {
    char good[PL_WANT_NAME + 1], place[PL_WANT_NAME + 1];
    int64_t amount;             /* that was wanted, in millionths */
    int64_t day, since;
    uint8_t workplace[PL_HASH]; /* of who works there and saw the shelf, or none: who wanted to have it */
} pl_missing;
extern const pl_table PL_MISSING;

/* An order whose days are over has ended. */
pl_status pl_order_ends(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
extern const pl_event_kind PL_KIND_ORDER_PLACED, PL_KIND_ORDER_WITHDRAWN, PL_KIND_MISSING_REPORTED;

#endif
