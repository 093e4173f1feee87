/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * credential.h - what others of this room need of credentials and names. */
#ifndef PLENTY_SECRET_CREDENTIAL_H
#define PLENTY_SECRET_CREDENTIAL_H

#include "secret/parts.h"

extern const char PL_BASE58[];
void pl_base58(pl_draw *draw, char *out, int n); /* n random characters and a zero byte */
bool pl_uuid_valid(const char *uuid);
/* The secret exponent; PL_DATA when it is no credential. */
pl_status pl_credential_secret(const pl_group *g, const char *uuid, const char *credential, pl_scalar *out, pl_error *err) PL_CHECK;

#endif
