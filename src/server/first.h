/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * first.h - the first page with what it asks for first: the words of the reader's language are named in its head, the answers about the plan stand in it,
 * so that it shows itself after one more round trip.  A telephone far away waits for round trips, not for bytes. */
#ifndef PLENTY_SERVER_FIRST_H
#define PLENTY_SERVER_FIRST_H

#include "server/call.h"

/* Whether the target is the first page. */
bool pl_first_is(const pl_target *target);
void pl_first_page(pl_call *call);

#endif
