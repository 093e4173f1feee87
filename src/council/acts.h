/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * acts.h - privileged acts that concern the record itself and what lies beside it; for the files of this room and for those who show it.
 *
 * Each leaves a mark: the record says who did it, by which grant, when, and what exactly. */
#ifndef PLENTY_COUNCIL_ACTS_H
#define PLENTY_COUNCIL_ACTS_H

#include "council/grants.h"

typedef struct pl_act_mark {
    uint8_t author[PL_HASH], subject[PL_HASH], grant[PL_HASH]; /* grant: none before a constitution was in force */
    int64_t since, position;
} pl_act_mark;
extern const pl_table PL_HIDDEN;    /* key: position of the event whose texts are not shown */
extern const pl_table PL_WITNESSES; /* key: id of the event; subject: SHA-256 of the key line */
extern const pl_table PL_RELEASES;  /* key: id of the event; subject: hash of the release */
extern const pl_table PL_OPENED;    /* key: id of the event; subject: the member whose personal data was opened */
extern const pl_table PL_REKEYED;   /* key: id of the event; subject: the new record key */

/* Events that were lost and given up: the record went on from a copy of `kept` events, and another one of `lost` events is known to have been there. */
typedef struct pl_restored {
    uint8_t author[PL_HASH], grant[PL_HASH], root[PL_HASH]; /* root: of the lost one */
    int64_t kept, lost, since, position;
} pl_restored;
extern const pl_table PL_RESTORED; /* key: id of the event */

/* What a new record key signs: "plenty record key v1\n", the commons id, the key id of whoever signs the event. */
#define PL_RECORD_KEY_SIGNED (21 + 2 * PL_HASH)
void pl_record_key_text(const uint8_t commons_id[PL_HASH], const uint8_t signer[PL_HASH], uint8_t out[PL_RECORD_KEY_SIGNED]);

extern const pl_event_kind PL_KIND_CONTENT_HIDDEN, PL_KIND_WITNESS_ADDED, PL_KIND_RELEASE_PUBLISHED, PL_KIND_ARCHIVE_OPENED, PL_KIND_RECORD_REKEYED,
    PL_KIND_RECORD_RESTORED, PL_KIND_ROLL_CORRECTED;

#endif
