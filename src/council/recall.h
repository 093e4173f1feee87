/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * recall.h - ending a mandate before its term, by those who gave it; for the files of this room and for those who show it.
 *
 * One who elects asks, others second and sign.  With enough signatures a ballot is planned by rule; nobody calls it, nobody can put it off.  The one who
 * holds the only seat of a group loses it in the same step as the ballot closes; of several who were elected together the whole group is elected again,
 * so that a majority cannot take a minority's seat. */
#ifndef PLENTY_COUNCIL_RECALL_H
#define PLENTY_COUNCIL_RECALL_H

#include "council/elections.h"

typedef enum pl_recall_state {
    PL_RECALL_ASKED,    /* needs seconders */
    PL_RECALL_OPEN,     /* is noticed; signatures are collected */
    PL_RECALL_VOTING,   /* its ballot is coming or open */
    PL_RECALL_CARRIED,
    PL_RECALL_REJECTED, /* by votes, or by too few of them */
    PL_RECALL_LAPSED,   /* not enough signatures in time */
    PL_RECALL_MOOT      /* the mandate ended otherwise */
} pl_recall_state;

typedef struct pl_recall {
    uint8_t mandate[PL_HASH], sponsor[PL_HASH], electors[PL_HASH];
    uint8_t ballot[PL_HASH];           /* or none */
    int64_t state, asked;
    int64_t closes;                    /* of the signatures */
    int64_t roll;                      /* who could sign: those who belonged to the electors when it was asked */
    int64_t notice, needed, signatures; /* so many make it noticed, bring it to the ballot; so many there are, or were then */
    int64_t position, answer;          /* of the events with the reasons and the holder's answer; answer: -1 */
    int64_t decided;                   /* when, or -1 */
    uint8_t petition[PL_HASH];         /* the ballot by which secret signatures are collected, or none: they are named */
} pl_recall;
extern const pl_table PL_RECALLS; /* key: recall id */

typedef struct pl_signature {
    int64_t since, withdrew; /* withdrew: -1 */
} pl_signature;
extern const pl_table PL_SIGNATURES; /* key: recall, member */
extern const pl_table PL_RECALLS_OF; /* pl_link; key: mandate, recall */

/* The last recall of a mandate that failed: key mandate.  Until then another one needs twice as many signatures. */
typedef struct pl_cooling {
    int64_t until, signatures;
} pl_cooling;
extern const pl_table PL_COOLINGS;

/* How many signatures bring a recall to the ballot, with that many on the roll and nothing to cool down from. */
pl_status pl_recall_threshold(pl_step *step, int64_t roll, int64_t *needed);

/* What becomes due. */
pl_status pl_recall_closes(pl_step *step, const uint8_t id[PL_HASH], int64_t when);

extern const pl_event_kind PL_KIND_RECALL_ASKED, PL_KIND_RECALL_SIGNED, PL_KIND_RECALL_WITHDRAWN, PL_KIND_RECALL_ANSWERED;

#endif
