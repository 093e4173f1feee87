/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * plain.h - the same answers as pages without scripts: /plain/motions shows what /api/motions gives, and every id leads on. */
#ifndef PLENTY_SERVER_PLAIN_H
#define PLENTY_SERVER_PLAIN_H

#include "server/call.h"

/* Whether the target is such a page; *out is then the target of the answer that it shows (in the memory of `target`). */
bool pl_plain_target(const pl_target *target, pl_target *out);
/* Makes the answer of the call, which is JSON, a page. */
pl_status pl_plain_page(pl_call *call);
/* The text of web/locales that names a member of answers; NULL: none does. */
const char *pl_plain_key(const char *member);
/* The first page, with the ways to all others; and the style sheet. */
void pl_plain_front(pl_call *call);
void pl_plain_style(pl_call *call);

#endif
