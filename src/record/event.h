/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * event.h - kinds of events as a table: a row gives reading, JSON and the fold (docs/formats/record.md). */
#ifndef PLENTY_RECORD_EVENT_H
#define PLENTY_RECORD_EVENT_H

#include <plenty/record.h>

#include "record/cbor.h"

/* An owned text becomes an event's kind when it is 1 to 64 small letters, digits, dots, underscores. */
bool pl_kind_good(const char *kind, size_t n);

/* Bodies, taken apart; false when one is not as its kind says. */
typedef struct pl_created {
    const char *name;
    size_t name_n;
    const uint8_t *record_key, *founders[64];
    size_t n_founders;
    const uint8_t *salt;
} pl_created;
bool pl_created_read(pl_bytes body, pl_created *out);

typedef struct pl_key_added {
    const uint8_t *public_key, *proof;
} pl_key_added;
bool pl_key_added_read(pl_bytes body, pl_key_added *out);
/* What a new key signs: "plenty key added v1\n", the commons id, the key id of the signer. */
#define PL_KEY_ADDED_SIGNED (20 + 2 * PL_HASH)
void pl_key_added_text(const uint8_t commons_id[PL_HASH], const uint8_t signer[PL_HASH], uint8_t out[PL_KEY_ADDED_SIGNED]);

bool pl_key_revoked_read(pl_bytes body, const uint8_t **key_id);

typedef struct pl_note {
    const char *text;
    size_t text_n;
    const uint8_t *blobs[16];
    size_t n_blobs;
} pl_note;
bool pl_note_body_read(pl_bytes body, pl_note *out);

#endif
