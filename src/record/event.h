/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * event.h - what the files of this room share about events (docs/formats/record.md). */
#ifndef PLENTY_RECORD_EVENT_H
#define PLENTY_RECORD_EVENT_H

#include <plenty/record.h>

#include "record/kind.h"

/* An owned text becomes an event's kind when it is 1 to 64 small letters, digits, dots, underscores. */
bool pl_kind_good(const char *kind, size_t n);

/* The kinds of the record itself. */
extern const pl_event_kind PL_KIND_CREATED, PL_KIND_KEY_ADDED, PL_KIND_KEY_REVOKED, PL_KIND_NOTE;

/* The founding, taken apart; false when the body is none. */
struct pl_created {
    const char *name;
    size_t name_n;
    const uint8_t *record_key, *founders[64];
    size_t n_founders;
};
bool pl_created_read(pl_bytes body, pl_created *out);

/* What a new key signs: "plenty key added v1\n", the commons id, the key id of the signer. */
#define PL_KEY_ADDED_SIGNED (20 + 2 * PL_HASH)
void pl_key_added_text(const uint8_t commons_id[PL_HASH], const uint8_t signer[PL_HASH], uint8_t out[PL_KEY_ADDED_SIGNED]);

#endif
