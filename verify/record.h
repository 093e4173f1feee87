/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * record.h - the checker of records: bytes, trees, events.  docs/formats/record.md and docs/rules.md are all that it has in common
 * with the rest of Plenty. */
#ifndef PLENTY_VERIFY_RECORD_H
#define PLENTY_VERIFY_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "verify/check.h"

/* ---- cbor.c ----------------------------------------------------------------------------------------- */

/* A reader that stays bad once something was not as expected. */
typedef struct pv_bytes {
    const uint8_t *p, *end;
    bool bad;
} pv_bytes;

enum { PV_UINT, PV_NEGATIVE, PV_BSTR, PV_TSTR, PV_LIST, PV_MAP, PV_TAG, PV_SIMPLE };

/* Whether all of it is one item of deterministic CBOR, nested 16 deep at most. */
bool pv_deterministic(const uint8_t *p, size_t n);
/* Takes a head of that type and gives its number; bad when it is another. */
uint64_t pv_head(pv_bytes *b, int type);
/* Takes a string of that type; *n bytes. */
const uint8_t *pv_string(pv_bytes *b, int type, size_t *n);
/* Takes a byte string of exactly n bytes. */
const uint8_t *pv_exactly(pv_bytes *b, size_t n);
/* Takes any item; where it began. */
const uint8_t *pv_any(pv_bytes *b, size_t *n);
/* Bad unless the next item is this number (a label of a map). */
void pv_label(pv_bytes *b, uint64_t label);
bool pv_utf8(const uint8_t *p, size_t n);

/* ---- tree.c ----------------------------------------------------------------------------------------- */

/* Hashes of all complete subtrees so far. */
typedef struct pv_tree {
    uint64_t size;
    uint8_t (*level[64])[32];
    size_t n[64], room[64];
} pv_tree;
void pv_tree_add(pv_run *run, pv_tree *tree, const uint8_t *leaf, size_t n);
/* The root when there were so many leaves; size <= tree->size. */
void pv_tree_root(const pv_tree *tree, uint64_t size, uint8_t root[32]);

/* A checkpoint, read from a note; stops the run when it is none. */
typedef struct pv_checkpoint {
    char origin[300];
    uint64_t size;
    uint8_t root[32];
    const char *text; /* what is signed: text_n bytes; then a line feed and the signatures up to end */
    size_t text_n;
    const char *end;
} pv_checkpoint;
void pv_checkpoint_read(pv_run *run, const pv_file *file, pv_checkpoint *out);
/* Names of keys of notes: no spaces, no control characters.  Exactly `size` bytes in base64. */
bool pv_name_good(const uint8_t *name, size_t n);
bool pv_base64(const char *text, size_t n, uint8_t *out, size_t size);
/* Whether it is signed by that key under its origin as a name. */
bool pv_checkpoint_signed(const pv_checkpoint *c, const uint8_t key[32]);

/* ---- event.c ---------------------------------------------------------------------------------------- */

typedef struct pv_key {
    uint8_t id[32], key[32], holder[32];
    uint64_t counter, time;
    bool revoked;
} pv_key;

typedef struct pv_ledger { /* what holds */
    uint8_t commons[32];
    struct pv_record_key { /* signs checkpoints of more than `above` events, up to the next one's */
        uint64_t above;
        uint8_t key[32];
    } *record_key;
    size_t n_record_keys, record_key_room;
    char name[201];
    bool founded;
    struct pv_void {
        uint64_t position;
        int rule;
    } *voids; /* ascending */
    size_t n_voids, void_room;
    const struct pv_void *known; /* found in the pass before: what comes before `verified` is not verified again */
    size_t n_known;
    uint64_t verified;
    bool again;               /* an event is void although something fell due just before it: once more, knowing it */
    pv_key *keys;
    size_t n_keys, room;
    int32_t *slots; /* by key id; -1 = empty */
    size_t mask;
    uint64_t valid_keys;
    uint64_t judged; /* events of the commons */
} pv_ledger;

/* SHA-256 of the COSE key; the key of that id, or NULL; a new key, of that holder (NULL: of its own). */
void pv_key_id(const uint8_t key[32], uint8_t id[32]);
pv_key *pv_key_find(const pv_ledger *ledger, const uint8_t id[32]);
void pv_key_add(pv_run *run, pv_ledger *ledger, const uint8_t key[32], const uint8_t *holder);

/* The key that signs a checkpoint of so many events. */
const uint8_t *pv_record_key_at(const pv_ledger *ledger, uint64_t size);
void pv_record_key_add(pv_run *run, pv_ledger *ledger, uint64_t above, const uint8_t key[32]);

/* Applies the event at position tree->size; 0, or the number of the rule that makes it void. */
struct pv_fold;
int pv_event(struct pv_fold *fold, const uint8_t *p, size_t n);
/* The body of an event that is of that kind, whatever else is wrong with it; or NULL. */
const uint8_t *pv_event_body(const uint8_t *p, size_t n, const char *kind, size_t *body_n);

#endif
