/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * rounds.h - rounds of sharing, shared here and kept: anybody may look at an outcome, nobody makes the server work it out twice. */
#ifndef PLENTY_SERVER_ROUNDS_H
#define PLENTY_SERVER_ROUNDS_H

#include <pthread.h>

#include "commons/rounds.h"

#define PL_ROUNDS_KEPT 4

typedef struct pl_round_kept {
    uint8_t id[PL_HASH];
    pl_share_round row;
    int64_t hidden;      /* texts that were hidden when it was shared: another one may change it */
    pl_round_read read;
    pl_sharing *sharing; /* NULL: nobody's wants are in */
    pl_shared *shared;   /* NULL: likewise, or the seed is not drawn */
    uint8_t hash[PL_HASH]; /* of the allotments */
    uint64_t used;       /* 0: none is kept here */
} pl_round_kept;

typedef struct pl_rounds {
    pthread_mutex_t lock;
    pthread_mutex_t comparing; /* one comparison of rules at a time */
    pl_round_kept round[PL_ROUNDS_KEPT];
    uint64_t clock;
} pl_rounds;

struct pl_call;
pl_status pl_rounds_new(pl_rounds **out, pl_error *err);
void pl_rounds_free(pl_rounds *rounds); /* accepts NULL */
/* The round whose id stands in the path, shared, under the lock: with PL_OK the caller ends with pl_rounds_leave.  PL_NOTFOUND; PL_DATA while wants are not open or cannot be shared. */
pl_status pl_rounds_enter(struct pl_call *call, const pl_round_kept **out);
void pl_rounds_leave(struct pl_call *call);

#endif
