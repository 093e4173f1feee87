/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * review.h - sessions whose key is good no more are over. */
#ifndef PLENTY_SERVER_REVIEW_H
#define PLENTY_SERVER_REVIEW_H

#include "server/call.h"

/* Ends the sessions whose member has left, or whose key was revoked or passkey removed, when one of the events from `from` to before `to` can have done
 * that.  Called by whoever adds an event, and by the thread that watches the record, to which others add. */
void pl_sessions_review(pl_server *server, uint64_t from, uint64_t to);

#endif
