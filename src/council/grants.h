/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * grants.h - privileged acts: allowed by drawn members, for one person, once, for a short time; for the files of this room. */
#ifndef PLENTY_COUNCIL_GRANTS_H
#define PLENTY_COUNCIL_GRANTS_H

#include "council/lot.h"

typedef enum pl_grant_state { PL_GRANT_DRAWING, PL_GRANT_DECIDING, PL_GRANT_APPROVED, PL_GRANT_USED, PL_GRANT_REFUSED, PL_GRANT_LAPSED } pl_grant_state;
typedef struct pl_grant {
    uint8_t author[PL_HASH];
    char act[65];           /* kind of the event */
    uint8_t hash[PL_HASH];  /* of its body, without the grant */
    int64_t since, position, state;
    int64_t approvers, needed, approvals, refusals;
    int64_t approve_by, execute_by; /* -1 before they are known */
} pl_grant;
extern const pl_table PL_GRANTS; /* key: grant id, which is the id of its lot too */

/* How an approver has decided: (grant, member). */
typedef struct pl_approval {
    int64_t yes, since, position;
} pl_approval;
extern const pl_table PL_APPROVALS;

/* The hash of a body as a grant pins it: of the body without the field `grant`, when that is given. */
void pl_act_hash(pl_bytes body, bool granted, uint8_t out[PL_HASH]);

pl_status pl_grant_drawn(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
pl_status pl_grant_lapses(pl_step *step, const uint8_t id[PL_HASH], int64_t state);
extern const pl_event_kind PL_KIND_GRANT_ASKED, PL_KIND_GRANT_APPROVED, PL_KIND_GRANT_REFUSED;

#endif
