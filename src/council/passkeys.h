/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * passkeys.h - passkeys (WebAuthn) with which members sign in to a server; for the file of this room and for those who show them.
 *
 * A passkey signs in and nothing else: it signs what a browser says of a web page, not events.  Acts are signed by keys of the record. */
#ifndef PLENTY_COUNCIL_PASSKEYS_H
#define PLENTY_COUNCIL_PASSKEYS_H

#include "council/council.h"

enum { PL_PASSKEY_EDDSA = -8, PL_PASSKEY_ES256 = -7 }; /* algorithms of COSE: 32 bytes, 64 bytes (the point's two coordinates) */

typedef struct pl_passkey {
    uint8_t member[PL_HASH];
    uint8_t x[PL_HASH], y[PL_HASH]; /* the public key; y is none with EdDSA */
    int64_t algorithm, since, removed; /* removed: -1 */
    int64_t position;               /* of the event, which has the identifier of the credential */
    char party[254];                /* the relying party, "plan.example.org" */
} pl_passkey;
extern const pl_table PL_PASSKEYS; /* key: SHA-256 of the identifier of the credential */
extern const pl_table PL_PASSKEYS_OF; /* pl_link; key: member, then that */

extern const pl_event_kind PL_KIND_PASSKEY_ADDED, PL_KIND_PASSKEY_REMOVED;

#endif
