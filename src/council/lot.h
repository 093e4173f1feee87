/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * lot.h - the public lot: draws that nobody can steer and everybody can repeat; for the files of this room.
 *
 * The pool is frozen, by the hash of its members, before anything of the seed exists.  Then members lay down sealed parts, then they open them;
 * a part that is not opened is recorded and left out.  The seed is made of the pool, of all events until the sealing ended, and of the parts. */
#ifndef PLENTY_COUNCIL_LOT_H
#define PLENTY_COUNCIL_LOT_H

#include <plenty/secret.h>

#include "council/council.h"

typedef enum pl_lot_state { PL_LOT_SEALING, PL_LOT_OPENING, PL_LOT_DRAWN } pl_lot_state;
typedef struct pl_lot {
    char purpose[101];
    uint8_t pool[PL_HASH];     /* the assembly */
    uint8_t without[PL_HASH];  /* one member who is not in the pool, or none */
    uint8_t root[PL_HASH];     /* SHA-256 of the member ids of the pool, ascending, one behind the other */
    int64_t size, wanted;      /* members of the pool; places to be drawn */
    int64_t changes;           /* of members before it: the pool of everyone is who was a member then */
    int64_t since, seals, opens, state; /* sealing ends at `seals`, opening at `opens` */
    int64_t sealed, opened;    /* parts */
    uint8_t events[PL_HASH];   /* root hash of the record when the sealing ended */
    uint8_t seed[PL_HASH];
    char then[64];             /* what becomes due when it is drawn, "" for nothing; for */
    uint8_t subject[PL_HASH];
    uint8_t key[PL_HASH];      /* the trustees who open its shares (lot_key.c), or none */
    int64_t shares, unsealed;  /* of members; parts of trustees */
} pl_lot;
extern const pl_table PL_LOTS; /* key: lot id */

/* A sealed part: (lot, 1, 2, ... in the order of sealing). */
typedef struct pl_lot_part {
    uint8_t member[PL_HASH], seal[PL_HASH], part[PL_HASH]; /* part: none until it is opened */
} pl_lot_part;
extern const pl_table PL_LOT_PARTS;

/* Who was drawn: (lot, 1, 2, ...), and the other way round (lot, member). */
typedef struct pl_lot_place {
    uint8_t member[PL_HASH];
    int64_t place;
} pl_lot_place;
extern const pl_table PL_LOT_PLACES, PL_LOT_DRAWN_MEMBERS;

/* Starts a lot among those who belong to the assembly now, but `without` (or NULL); `then` becomes due with `subject` once it is drawn. */
pl_status pl_lot_start(pl_step *step, const uint8_t id[PL_HASH], const char *purpose, const uint8_t assembly[PL_HASH], const uint8_t *without, int64_t wanted,
                       const char *then, const uint8_t subject[PL_HASH]);
/* Its pool, ascending; *members is an array of n times 32 bytes, freed with pl_free. */
pl_status pl_lot_pool(pl_step *step, const uint8_t id[PL_HASH], const pl_lot *lot, uint8_t (**members)[PL_HASH], size_t *n);
/* The place of a member in a lot that was drawn, 0 when there is none. */
pl_status pl_lot_place_of(pl_step *step, const uint8_t id[PL_HASH], const uint8_t member[PL_HASH], int64_t *place);
/* How many places were filled, of a lot that was drawn. */
pl_status pl_lot_filled(pl_step *step, const uint8_t id[PL_HASH], int64_t *n);
/* A seed for ties: that of the lot that was drawn last; *there is false before the first. */
pl_status pl_lot_seed(pl_step *step, uint8_t seed[PL_HASH], bool *there);
/* SHA-256(seed || purpose || member): who has the least is drawn first. */
void pl_lot_rank(const uint8_t seed[PL_HASH], const char *purpose, const uint8_t member[PL_HASH], uint8_t out[PL_HASH]);

/* ---- Lots with a key (lot_key.c): members encrypt random shares, whose sum trustees open; nobody can withhold anything --------- */

/* Trustees for lots are drawn, when the constitution asks for them and there are none. */
pl_status pl_lot_key_start(pl_step *step);
/* Those who keep the key now; none: zeros. */
pl_status pl_lot_key_now(pl_step *step, uint8_t trust[PL_HASH]);
/* A share of the member who has the key that signs, for lot.shared; a part of the opening for lot.unsealed, made after every share was checked. */
pl_status pl_lot_share_make(pl_step *step, const uint8_t lot[PL_HASH], const uint8_t member[PL_HASH], pl_secret_text *out);
pl_status pl_lot_part_make(pl_step *step, const uint8_t lot[PL_HASH], const char *own, const pl_secret_text *part, pl_secret_text *out);
/* A lot whose shares that trustee (by number) could open and has not; *there is false when none. */
pl_status pl_lot_waits(pl_step *step, const uint8_t trust[PL_HASH], int64_t number, uint8_t lot[PL_HASH], bool *there);
pl_status pl_lot_keyed(pl_step *step, const uint8_t id[PL_HASH], int64_t attempt);
pl_status pl_lot_renews(pl_step *step, const uint8_t id[PL_HASH], int64_t attempt);
extern const pl_event_kind PL_KIND_LOT_SHARED, PL_KIND_LOT_UNSEALED;

/* the lot that the event names is there and in that state, and the signer is a member. */
pl_status pl_lot_find(pl_step *step, pl_lot *lot, pl_lot_state state);
pl_status pl_lot_seals(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
pl_status pl_lot_draws(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
extern const pl_event_kind PL_KIND_LOT_ANNOUNCED, PL_KIND_LOT_SEALED, PL_KIND_LOT_OPENED;

#endif
