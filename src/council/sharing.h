/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * sharing.h - rounds of sharing: rules that were carried, wants that are sealed until the close, a seed that nobody can steer; and figures of queues.
 *
 * Who gets what is not computed here: it follows from the record, by `plenty share` (docs/methods/sharing.md), and whoever likes computes it.  Texts
 * stay in the events: a row says at which position. */
#ifndef PLENTY_COUNCIL_SHARING_H
#define PLENTY_COUNCIL_SHARING_H

#include "council/council.h"

typedef enum pl_round_state { PL_ROUND_SEALING, PL_ROUND_OPENING, PL_ROUND_DRAWING, PL_ROUND_READY, PL_ROUND_STATES } pl_round_state;
typedef struct pl_share_round {
    uint8_t assembly[PL_HASH], motion[PL_HASH], author[PL_HASH];
    int64_t since, seals, opens, state; /* wants are sealed until `seals`, opened until `opens`; then the seed is drawn */
    int64_t position;                   /* of the event that announced it: title, rules, supply, people, urgency */
    int64_t sealed, opened;
    uint8_t seed[PL_HASH];
    int64_t outcomes;
    uint8_t outcome[PL_HASH];           /* the first that was entered, or none */
} pl_share_round;
extern const pl_table PL_SHARE_ROUNDS; /* key: round id, which is also that of its lot */

/* What a member wants: (round, member). */
typedef struct pl_share_want {
    uint8_t seal[PL_HASH];
    int64_t since, position; /* position: of the event that opened it, or -1 */
} pl_share_want;
extern const pl_table PL_SHARE_WANTS;

/* The outcome that a member has computed: (round, member). */
typedef struct pl_share_entry {
    uint8_t outcome[PL_HASH]; /* SHA-256 of allotments.csv */
    int64_t since;
} pl_share_entry;
extern const pl_table PL_SHARE_ENTRIES;

/* The last figures of queues: (assembly). -1: not known. */
typedef struct pl_queue_report {
    uint8_t author[PL_HASH];
    int64_t since, reports;
    int64_t shelf, fill, instead; /* thousandths: of the open minutes with stock; of orders; of what was wanted, taken of something else */
    int64_t days;                 /* median wait of those on lists */
    int64_t hours;                /* that were stood in queues, all together */
    int64_t waiting;              /* on lists */
} pl_queue_report;
extern const pl_table PL_QUEUE_REPORTS;

/* SHA-256(salt || wants): what a member seals. */
void pl_share_seal(const uint8_t salt[PL_HASH], const void *wants, size_t n, uint8_t seal[PL_HASH]);

extern const pl_event_kind PL_KIND_SHARE_ANNOUNCED, PL_KIND_SHARE_SEALED, PL_KIND_SHARE_OPENED, PL_KIND_SHARE_ENTERED, PL_KIND_QUEUE_REPORTED;

/* Due: wants can no longer be sealed; no longer be opened, and the lot begins; the seed is there. */
pl_status pl_share_seals(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
pl_status pl_share_opens(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
pl_status pl_share_drawn(pl_step *step, const uint8_t id[PL_HASH], int64_t n);

#endif
