/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * passkey.h - what a passkey has signed (WebAuthn, level 3: "Verifying an Authentication Assertion"); by libfido2. */
#ifndef PLENTY_SERVER_PASSKEY_H
#define PLENTY_SERVER_PASSKEY_H

#include <plenty/record.h>

#include "council/passkeys.h"

typedef struct pl_assertion {
    pl_bytes authenticator; /* authenticatorData */
    pl_bytes client;        /* clientDataJSON */
    pl_bytes signature;
} pl_assertion;

/* What the browser says that it signed: *challenge is its 32 bytes.  PL_REFUTED when it is not a "webauthn.get" of a page of that origin. */
pl_status pl_passkey_client(const pl_assertion *assertion, const char *origin, uint8_t challenge[32], pl_error *err);
/* Whether the passkey signed it, for that relying party, with somebody there; *verified: the device has verified who it was.  PL_NOMEM, else PL_OK. */
pl_status pl_passkey_signed(const pl_assertion *assertion, const pl_passkey *passkey, const char *party, bool *holds, bool *verified, pl_error *err);

#endif
