/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * members.h - how one becomes a member, moves, leaves, and gets new keys; for the files of this room and for those who show it. */
#ifndef PLENTY_COUNCIL_MEMBERS_H
#define PLENTY_COUNCIL_MEMBERS_H

#include "council/council.h"

typedef enum pl_proposal_state { PL_PROPOSAL_OPEN, PL_PROPOSAL_WAITING, PL_PROPOSAL_ADMITTED, PL_PROPOSAL_OBJECTED } pl_proposal_state;
/* Somebody proposed as a member. */
typedef struct pl_proposal {
    uint8_t key[PL_HASH], author[PL_HASH], commitment[PL_HASH];
    int64_t since, until, position; /* objections until then; position of the event */
    int64_t vouchers, objections, places;
    int64_t state;                  /* waiting: the time for objections is over, vouchers are missing */
} pl_proposal;
extern const pl_table PL_PROPOSALS; /* key: proposal id */

/* What a member thinks of a proposal: (proposal, member): 1 vouches, 2 objects. */
typedef struct pl_opinion {
    int64_t what, position;
} pl_opinion;
extern const pl_table PL_OPINIONS;

/* A member on the way to a constituency, which its members may object to. */
typedef struct pl_move {
    uint8_t member[PL_HASH], constituency[PL_HASH];
    int64_t until, objections, state; /* pl_proposal_state */
} pl_move;
extern const pl_table PL_MOVES; /* key: id of the event */

/* What the key of a new member, or a new key of a member who has lost all, signs: "plenty member v1\n", the commons id, the key id of whoever signs
 * the event. */
#define PL_MEMBER_SIGNED (17 + 2 * PL_HASH)
void pl_member_text(const uint8_t commons_id[PL_HASH], const uint8_t signer[PL_HASH], uint8_t out[PL_MEMBER_SIGNED]);

pl_status pl_member_admits(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
pl_status pl_member_moves(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
extern const pl_event_kind PL_KIND_MEMBER_PROPOSED, PL_KIND_MEMBER_VOUCHED, PL_KIND_MEMBER_OBJECTED, PL_KIND_MEMBER_ADMITTED, PL_KIND_MEMBER_LEFT,
    PL_KIND_MEMBER_MOVED, PL_KIND_MOVE_OBJECTED, PL_KIND_MEMBER_RECOVERED;

#endif
