/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * sealed_act.h - what the device of a member does for secret ballots: seals a vote, and does the next thing that a trustee has to do.
 *
 * Nothing needs to be kept: credentials and the trustee's own keys are derived from the key that signs (pl_key_derive), so that the same device can vote again and open what it has
 * helped to close.  Everything else is random.  Nothing here trusts the tables: a trustee works out the tally from the events again, with every proof, before touching it. */
#ifndef PLENTY_COUNCIL_SEALED_ACT_H
#define PLENTY_COUNCIL_SEALED_ACT_H

#include "council/sealed.h"

/* The vote of whoever has the key: the options in order of preference as in vote.cast.  *paper is the field of vote.sealed; pl_secret_text_free.  PL_DATA when the marks are none of
 * that ballot or it is not open. */
pl_status pl_sealed_vote_make(pl_step *step, const pl_key *key, const uint8_t ballot[PL_HASH], const int64_t *marks, size_t n, pl_secret_text *paper);
/* The credential with which that key votes in the ballot, to be used on another device. */
pl_status pl_sealed_credential(pl_step *step, const pl_key *key, const uint8_t ballot[PL_HASH], char out[PL_SECRET_CREDENTIAL]);

/* A vote that another device sealed in order to be checked, and opened. */
typedef struct pl_checked {
    uint8_t ballot[PL_HASH];
    int64_t marks[PL_OPTIONS_MAX]; /* as in vote.cast */
    size_t n;
    char tracker[PL_SECRET_TRACKER]; /* of what these marks and the opened seed give */
} pl_checked;
/* code: what that device shows (docs/formats/commons.md, "A vote that is checked"), alone or behind the # of an address.  PL_PARSE when it is none; PL_NOTFOUND when its ballot is not here. */
pl_status pl_sealed_recheck(pl_step *step, const char *code, pl_checked *out);

/* What the holder of the key has to do as a trustee. */
typedef struct pl_task {
    const pl_event_kind *kind;  /* NULL: nothing now */
    uint8_t id[PL_HASH];        /* of the trustees, or of the ballot */
    int64_t round;
    uint8_t against[PL_HASH];   /* trustee.objected: to whom */
    pl_secret_text text;        /* what to send; shuffles and parts go into a blob */
    char why[200];              /* why nothing, or why an objection */
} pl_task;
/* `id`: the trustees.  Making it can take long: minutes for a shuffle of 100,000 rankings. */
pl_status pl_task_next(pl_step *step, const pl_key *key, const uint8_t id[PL_HASH], pl_task *out);
void pl_task_clear(pl_task *task);
/* Whether there is something to do, without doing it. */
pl_status pl_task_waits(pl_step *step, const uint8_t member[PL_HASH], const uint8_t id[PL_HASH], const pl_event_kind **kind);

/* Works out the encrypted tally of a ballot that has closed from its papers and shuffles alone, with every proof.  PL_REFUTED when it is not the one of the tables. */
pl_status pl_sealed_check(pl_step *step, const uint8_t ballot[PL_HASH], const pl_sealed *sealed, pl_secret_text *tally);

#endif
