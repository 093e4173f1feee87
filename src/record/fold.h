/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * fold.h - one event after the other: which rule it breaks, or what it changes.  The same code stands at the door (append) and in
 * replay and audit. */
#ifndef PLENTY_RECORD_FOLD_H
#define PLENTY_RECORD_FOLD_H

#include <stdatomic.h>

#include "record/event.h"
#include "record/state.h"
#include "record/tree.h"

/* An event, read; and what is known of its signature. */
struct pl_prepared {
    pl_event event; /* when `broken` is none */
    pl_rule broken; /* */
    char why[200];
    uint8_t public_key[32]; /* of the key that it names, when the state knows it */
    enum { PL_UNVERIFIED, PL_HOLDS, PL_HOLDS_NOT } signature;
    atomic_int claim; /* by a thread that verifies the signature */
};

struct pl_fold {
    pl_state *state;
    const pl_rulebook *rulebook; /* or NULL */
    pl_nodes nodes;    /* of the tree so far, for R-011 */
    uint64_t position; /* of the next event */
    bool founded;
    uint8_t commons_id[PL_HASH];
    pl_store *store;   /* where the events before it and the blobs lie */
    pl_store *door;    /* where events are taken in: rules at the door hold too, blobs must be here; NULL in replay */
    uint64_t now;      /* at the door */
};

/* Reads n events, and which of their keys the state knows. */
pl_status pl_fold_prepare(pl_fold *fold, const pl_bytes *events, size_t n, pl_prepared *out, pl_error *err);

/* Calls `each` for one after the other, in this thread, while all other cores verify signatures ahead of it; ends with the first status that is not PL_OK. */
typedef pl_status (*pl_prepared_fn)(void *user, size_t i, pl_error *err);
pl_status pl_fold_each(pl_prepared *events, size_t n, pl_prepared_fn each, void *user, pl_error *err);

/* Applies one event, at fold->position, which the caller then counts up if the event is to stand there.  *broken is the first rule that it
 * breaks, with `why` in words, and then nothing has changed; or none.  The status is for other trouble only. */
pl_status pl_fold_event(pl_fold *fold, const pl_prepared *event, pl_rule *broken, char why[200], pl_error *err);

/* Lets everything happen that is due until `until`, and moves the clock there, but never back. */
pl_status pl_fold_until(pl_step *step, int64_t until);

#endif
