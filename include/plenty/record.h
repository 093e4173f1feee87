/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * record.h - the record of a commons: signed events in an append-only list, provable by a Merkle tree.
 *
 * The bytes are those of docs/formats/record.md, the rules those of docs/rules.md.  From the bottom up: keys, events,
 * the tree, notes (checkpoints, cosignatures, policies), and the record itself in a store (SQLite or PostgreSQL).
 * Everything above "The record" is pure: bytes in, bytes out, no files but key files, callable from any thread.  A pl_record is
 * used by one thread at a time; any number of processes may have the same store open.
 *
 * Words: bytes are borrowed unless a comment says otherwise; a pl_owned is freed with pl_owned_free. */
#ifndef PLENTY_RECORD_H
#define PLENTY_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/progress.h>
#include <plenty/status.h>

#define PL_HASH 32
#define PL_SIGNATURE 64
#define PL_EVENT_MAX 60000
#define PL_BLOB_MAX ((size_t)64 << 20)
#define PL_ORIGIN_MAX 255 /* bytes of an origin or the name of a note's key */

typedef struct pl_bytes {
    const uint8_t *at;
    size_t n;
} pl_bytes;

/* Bytes from the heap; a zero byte, not counted, follows them.  {NULL, 0} is empty. */
typedef struct pl_owned {
    char *bytes;
    size_t n;
} pl_owned;
PL_API void pl_owned_free(pl_owned *owned); /* accepts an empty one, leaves an empty one */

/* SHA-256. */
PL_API void pl_hash(const void *bytes, size_t n, uint8_t out[PL_HASH]);
/* 2 n lowercase digits and a zero byte; and back: false unless `text` is 2 n hexadecimal digits. */
PL_API void pl_hex_write(const void *bytes, size_t n, char *out);
PL_API bool pl_hex_read(const char *text, size_t n, uint8_t *out);

/* ---- Rules ---------------------------------------------------------------------------------------- */

typedef enum pl_rule {
    PL_RULE_NONE, /* none is broken */
#define PL_RULE(name, id, text, door) name,
#include <plenty/rules.def>
#undef PL_RULE
    PL_RULES
} pl_rule;

/* "R-007", and what is wrong when it is broken; static.  "" for PL_RULE_NONE. */
PL_API const char *pl_rule_id(pl_rule rule);
PL_API const char *pl_rule_text(pl_rule rule);

/* ---- Keys ----------------------------------------------------------------------------------------- */

#define PL_KEY_NAME_MAX 64
typedef struct pl_key pl_key; /* a secret key with its name; the secret lies in guarded memory */

/* A new random key.  `name` is for people: 1 to 64 bytes of UTF-8 without control characters.  PL_USAGE, PL_NOMEM. */
PL_API pl_status pl_key_new(const char *name, pl_key **out, pl_error *err) PL_CHECK;
/* The key of a seed (RFC 8032: the 32-byte private key); for tests and for other programs' keys. */
PL_API pl_status pl_key_from_seed(const char *name, const uint8_t seed[32], pl_key **out, pl_error *err) PL_CHECK;
PL_API void pl_key_free(pl_key *key); /* accepts NULL; wipes */

PL_API const char *pl_key_name(const pl_key *key);
PL_API const uint8_t *pl_key_public(const pl_key *key); /* 32 bytes */
PL_API const uint8_t *pl_key_id(const pl_key *key);     /* 32 bytes */
PL_API void pl_key_id_of(const uint8_t public_key[32], uint8_t id[PL_HASH]);
PL_API void pl_key_sign(const pl_key *key, const void *bytes, size_t n, uint8_t signature[PL_SIGNATURE]);
/* 32 secret bytes for one purpose, always the same for the key, the label and the context: BLAKE2b, keyed with the secret key, of "plenty derived v1\n", the
 * label, a zero byte, the context.  Whoever has the key can make them again; nobody else learns anything about them. */
PL_API void pl_key_derive(const pl_key *key, const char *label, const void *context, size_t n, uint8_t out[32]);
/* Whether an Ed25519 signature holds, as libsodium decides.  40 microseconds. */
PL_API bool pl_signature_holds(const uint8_t public_key[32], const void *bytes, size_t n, const uint8_t signature[PL_SIGNATURE]);

/* Writes a key file, encrypted under the passphrase (Argon2id, 64 MiB, some 0.1 s), readable by its owner only.  Never replaces a
 * file.  PL_IO, PL_NOMEM (also for Argon2id). */
PL_API pl_status pl_key_save(const pl_key *key, const char *path, const char *passphrase, size_t n, pl_error *err) PL_CHECK;
/* Reads it back.  PL_NOTFOUND, PL_IO, PL_PARSE (no key file), PL_REFUTED (the passphrase is wrong). */
PL_API pl_status pl_key_load(const char *path, const char *passphrase, size_t n, pl_key **out, pl_error *err) PL_CHECK;
/* What a key file says without its passphrase. */
PL_API pl_status pl_key_read_public(const char *path, char name[PL_KEY_NAME_MAX + 1], uint8_t public_key[32],
                                    pl_error *err) PL_CHECK;

/* ---- Events --------------------------------------------------------------------------------------- */

typedef struct pl_event { /* a view into the event's bytes */
    pl_bytes bytes;       /* all of it */
    pl_bytes protected_header, payload;
    const uint8_t *signature;  /* 64 bytes */
    const uint8_t *key_id;     /* 32 bytes */
    const uint8_t *commons_id; /* 32 bytes */
    uint64_t counter, time;
    const char *kind; /* kind_n bytes, no zero byte behind */
    size_t kind_n;
    pl_bytes body; /* CBOR */
    bool follows;  /* says what it follows: */
    uint64_t follows_size;
    const uint8_t *follows_root; /* 32 bytes */
} pl_event;

/* Takes an event apart.  PL_DATA when it is none; *broken is then, and the message says what and where. */
PL_API pl_status pl_event_read(const uint8_t *bytes, size_t n, pl_event *out, pl_rule *broken, pl_error *err) PL_CHECK;

typedef struct pl_draft { /* an event to be signed */
    uint8_t commons_id[PL_HASH];
    uint64_t counter, time;
    const char *kind;
    pl_bytes body;
    bool follows;
    uint64_t follows_size;
    uint8_t follows_root[PL_HASH];
} pl_draft;

/* Signs; *out is the event.  PL_TOOBIG beyond PL_EVENT_MAX, PL_NOMEM. */
PL_API pl_status pl_event_sign(const pl_draft *draft, const pl_key *key, pl_owned *out, pl_error *err) PL_CHECK;
/* Whether the event's signature holds under that public key.  PL_NOMEM is the only error. */
PL_API pl_status pl_event_verify(const pl_event *event, const uint8_t public_key[32], bool *holds) PL_CHECK;

/* Bodies of the kinds of the record itself, as CBOR.  PL_DATA when something is out of bounds, PL_NOMEM. */
PL_API pl_status pl_body_created(const char *name, const uint8_t record_key[32], const uint8_t (*founders)[32], size_t n_founders,
                                 const uint8_t salt[16], pl_owned *out, pl_error *err) PL_CHECK; /* sorts the founders */
PL_API pl_status pl_body_key_added(const pl_key *added, const uint8_t commons_id[PL_HASH], const uint8_t signer[PL_HASH],
                                   pl_owned *out, pl_error *err) PL_CHECK;
PL_API pl_status pl_body_key_revoked(const uint8_t key_id[PL_HASH], pl_owned *out, pl_error *err) PL_CHECK;
PL_API pl_status pl_body_note(const char *text, size_t n, const uint8_t (*blobs)[PL_HASH], size_t n_blobs, pl_owned *out,
                              pl_error *err) PL_CHECK; /* sorts the blobs */
/* The commons id that a founding body makes. */
PL_API pl_status pl_commons_id_of(pl_bytes body, uint8_t id[PL_HASH], pl_error *err) PL_CHECK;

/* The kinds of events that a commons knows besides those of the record itself (council.h has one); static. */
typedef struct pl_rulebook pl_rulebook;

/* An event's body as JSON, its fields named as in docs/formats/record.md, bytes in hexadecimal.  Fields of kinds that neither the record nor
 * `rulebook` (or NULL) knows have their labels for names. */
PL_API pl_status pl_event_json(const pl_event *event, const pl_rulebook *rulebook, pl_owned *out, pl_error *err) PL_CHECK;

/* ---- The tree (RFC 6962, 9162) -------------------------------------------------------------------- */

#define PL_PROOF_MAX 64
typedef struct pl_proof {
    int n;
    uint8_t hash[PL_PROOF_MAX][PL_HASH];
} pl_proof;

PL_API void pl_leaf_hash(const void *event, size_t n, uint8_t out[PL_HASH]);
PL_API void pl_node_hash(const uint8_t left[PL_HASH], const uint8_t right[PL_HASH], uint8_t out[PL_HASH]);
/* Whether the proof shows that the leaf stands at `position` of the tree of `size` leaves with that root. */
PL_API bool pl_inclusion_holds(uint64_t position, uint64_t size, const uint8_t leaf[PL_HASH], const pl_proof *proof,
                               const uint8_t root[PL_HASH]);
/* Whether the proof shows that the tree of `size` leaves begins with all of the one of `old` leaves. */
PL_API bool pl_consistency_holds(uint64_t old, uint64_t size, const uint8_t old_root[PL_HASH], const uint8_t root[PL_HASH],
                                 const pl_proof *proof);

/* ---- Notes: checkpoints, cosignatures, policies (C2SP) -------------------------------------------- */

enum { PL_NOTE_ED25519 = 1, PL_NOTE_COSIGNATURE = 4 };
typedef struct pl_note_key {
    char name[PL_ORIGIN_MAX + 1];
    uint8_t type; /* PL_NOTE_... */
    uint8_t id[4];
    uint8_t public_key[32];
} pl_note_key;

#define PL_NOTE_KEY_TEXT (PL_ORIGIN_MAX + 64)
/* PL_DATA when the name is empty, too long, or has spaces, control characters or a plus. */
PL_API pl_status pl_note_key_make(const char *name, uint8_t type, const uint8_t public_key[32], pl_note_key *out,
                                  pl_error *err) PL_CHECK;
/* "name+hex+base64", as others write it; and back.  PL_PARSE. */
PL_API void pl_note_key_write(const pl_note_key *key, char out[PL_NOTE_KEY_TEXT]);
PL_API pl_status pl_note_key_read(const char *text, size_t n, pl_note_key *out, pl_error *err) PL_CHECK;

/* Checks the form of a signed note of at most 1 MiB: *text_n is the length of the signed text, its last line feed included. */
PL_API pl_status pl_note_read(const char *note, size_t n, size_t *text_n, pl_error *err) PL_CHECK;
typedef enum pl_signed { PL_SIGNED_NOT, PL_SIGNED, PL_SIGNED_WRONGLY } pl_signed;
/* Whether the note, whose form was checked, is signed by that key; *time of a cosignature (unless NULL).  A key that signed twice, once
 * wrongly, has signed wrongly. */
PL_API pl_signed pl_note_signed_by(const char *note, size_t n, const pl_note_key *key, uint64_t *time);

typedef struct pl_checkpoint {
    char origin[PL_ORIGIN_MAX + 1];
    uint64_t size;
    uint8_t root[PL_HASH];
} pl_checkpoint;
/* PL_PARSE when the note is no checkpoint.  Signatures are not looked at. */
PL_API pl_status pl_checkpoint_read(const char *note, size_t n, pl_checkpoint *out, pl_error *err) PL_CHECK;
PL_API pl_status pl_checkpoint_sign(const pl_checkpoint *checkpoint, const pl_key *key, pl_owned *note, pl_error *err) PL_CHECK;
/* The signature line of a witness called `name`, for the checkpoint in `note`. */
PL_API pl_status pl_checkpoint_cosign(const char *note, size_t n, const char *name, const pl_key *key, uint64_t time,
                                      pl_owned *line, pl_error *err) PL_CHECK;

typedef struct pl_policy pl_policy; /* tlog-policy: which logs and witnesses count, and how many are enough */
/* Reads the text of a policy; `file` names it in messages.  PL_PARSE with file:line, PL_NOMEM. */
PL_API pl_status pl_policy_read(const char *text, size_t n, const char *file, pl_policy **out, pl_error *err) PL_CHECK;
PL_API void pl_policy_free(pl_policy *policy); /* accepts NULL */
typedef struct pl_verdict {
    bool log;     /* signed by a log of the policy whose name is the origin; true when it lists none */
    bool quorum;  /* enough witnesses */
    bool wrong;   /* a key of the policy signed wrongly: the note is not to be trusted */
    int witnesses, of; /* cosigned by so many of all that the policy lists */
} pl_verdict;
PL_API pl_status pl_policy_judge(const pl_policy *policy, const char *note, size_t n, pl_verdict *out, pl_error *err) PL_CHECK;
/* Appends to `note` those lines of `lines` by which witnesses of the policy rightly cosign it and that it does not have; how many in *added. */
PL_API pl_status pl_policy_merge(const pl_policy *policy, const char *note, size_t n, const char *lines, size_t n_lines,
                                 pl_owned *out, int *added, pl_error *err) PL_CHECK;

/* The body of add-checkpoint (tlog-witness): the size last cosigned, a proof from there, a checkpoint. */
typedef struct pl_request {
    uint64_t old;
    pl_proof proof;
    const char *note; /* in the request's bytes */
    size_t note_n;
} pl_request;
PL_API pl_status pl_request_write(uint64_t old, const pl_proof *proof, const char *note, size_t n, pl_owned *out, pl_error *err) PL_CHECK;
PL_API pl_status pl_request_read(const char *bytes, size_t n, pl_request *out, pl_error *err) PL_CHECK;
/* What a witness decides: it knows the log by `log` and cosigned last a tree of `last_size` with `last_root` (0 and NULL: none).  On PL_OK it may cosign
 * once *next is stored.  *http is what tlog-witness answers: 200, 400 (form), 403 (not signed by the log), 404 (another log), 409 (another
 * size than the last, or another root), 422 (the proof fails). */
PL_API pl_status pl_request_judge(const pl_request *request, const pl_note_key *log, uint64_t last_size,
                                  const uint8_t last_root[PL_HASH], pl_checkpoint *next, int *http, pl_error *err) PL_CHECK;

/* A tlog-proof: that an event stands at `position` under a checkpoint.  Reading refuses `extra`. */
PL_API pl_status pl_inclusion_write(uint64_t position, const pl_proof *proof, const char *note, size_t n, pl_owned *out,
                                    pl_error *err) PL_CHECK;
typedef struct pl_inclusion {
    uint64_t position;
    pl_proof proof;
    const char *note; /* in the proof's bytes */
    size_t note_n;
    pl_checkpoint checkpoint;
} pl_inclusion;
PL_API pl_status pl_inclusion_read(const char *bytes, size_t n, pl_inclusion *out, pl_error *err) PL_CHECK;

/* ---- The record ----------------------------------------------------------------------------------- */

typedef struct pl_record pl_record;

typedef enum pl_record_mode { PL_RECORD_READ, PL_RECORD_WRITE } pl_record_mode;

/* In both, events are judged by `rulebook` too, in append, replay and audit; NULL: by the rules of the record alone. */
/* Creates the record `where` (a path, or postgres://...) with its founding event.  PL_IO when something is there, PL_DATA with the
 * rule when the event is no founding. */
PL_API pl_status pl_record_create(const char *where, const pl_rulebook *rulebook, pl_bytes founding, pl_record **out, pl_error *err) PL_CHECK;
PL_API pl_status pl_record_open(const char *where, const pl_rulebook *rulebook, pl_record_mode mode, pl_record **out, pl_error *err) PL_CHECK;
PL_API void pl_record_close(pl_record *record); /* accepts NULL */

typedef struct pl_record_about {
    uint8_t commons_id[PL_HASH];
    char name[201];
    char origin[PL_ORIGIN_MAX + 1];
    pl_note_key record_key;   /* signs checkpoints now, as of the opening or the last call that added events or signed */
    pl_note_key founding_key; /* the one that the founding names; another one may have come */
} pl_record_about;
PL_API const pl_record_about *pl_record_what(const pl_record *record);
PL_API pl_status pl_record_size(pl_record *record, uint64_t *size, pl_error *err) PL_CHECK;

typedef struct pl_taken { /* what became of an event that was to be appended */
    pl_rule broken;       /* PL_RULE_NONE: it stands at */
    uint64_t position;
    char why[200];        /* what is wrong, in words */
} pl_taken;
/* Appends events in order, all that keep the rules, in one step: when this returns PL_OK, those accepted are on the disk for good.
 * Those that break a rule are left out, each with its rule in taken[i].  `now`: seconds since 1970, for R-010.  Signatures are
 * checked by all cores.  After an error nothing was appended. */
PL_API pl_status pl_record_append(pl_record *record, const pl_bytes *events, size_t n, uint64_t now, pl_taken *taken,
                                  pl_error *err) PL_CHECK;
/* Drafts the next event of a key: counter, time not before its last one, and what it follows are filled in. */
PL_API pl_status pl_record_draft(pl_record *record, const uint8_t key_id[PL_HASH], uint64_t now, pl_draft *out, pl_error *err) PL_CHECK;
/* The event at a position; PL_NOTFOUND beyond the end. */
PL_API pl_status pl_record_event(pl_record *record, uint64_t position, pl_owned *out, pl_error *err) PL_CHECK;
/* Root of the first `size` events; proofs within them.  Some 20 rows are read: well under a millisecond. */
PL_API pl_status pl_record_root(pl_record *record, uint64_t size, uint8_t root[PL_HASH], pl_error *err) PL_CHECK;
PL_API pl_status pl_record_prove(pl_record *record, uint64_t position, uint64_t size, pl_proof *out, pl_error *err) PL_CHECK;
PL_API pl_status pl_record_prove_growth(pl_record *record, uint64_t old, uint64_t size, pl_proof *out, pl_error *err) PL_CHECK;

/* Blobs: PL_NOTFOUND; putting one that is there already changes nothing. */
PL_API pl_status pl_record_put_blob(pl_record *record, pl_bytes blob, uint8_t hash[PL_HASH], pl_error *err) PL_CHECK;
PL_API pl_status pl_record_blob(pl_record *record, const uint8_t hash[PL_HASH], pl_owned *out, pl_error *err) PL_CHECK;

/* Personal data beside the record, by id: never part of an event, of the state or of an export, and all that can be erased (src/store/store.h says how
 * far).  Putting replaces; reading and erasing: PL_NOTFOUND. */
PL_API pl_status pl_record_put_private(pl_record *record, const uint8_t id[PL_HASH], pl_bytes data, pl_error *err) PL_CHECK;
PL_API pl_status pl_record_private(pl_record *record, const uint8_t id[PL_HASH], pl_owned *out, pl_error *err) PL_CHECK;
PL_API pl_status pl_record_erase_private(pl_record *record, const uint8_t id[PL_HASH], pl_error *err) PL_CHECK;

/* Signs a checkpoint of the present size with the record key, and keeps it; *note is it.  The one that is there already is
 * returned when the size is the same.  PL_DATA when `key` is not the record key. */
PL_API pl_status pl_record_sign_checkpoint(pl_record *record, const pl_key *key, pl_owned *note, pl_error *err) PL_CHECK;
/* Takes in a checkpoint that was signed elsewhere, of this or an earlier size; one that is not beyond the last one changes nothing.  PL_PARSE when it is none, PL_REFUTED
 * when the record key has not signed it, or when this record has another root at that size. */
PL_API pl_status pl_record_take_checkpoint(pl_record *record, const char *note, size_t n, pl_error *err) PL_CHECK;
/* The last checkpoint; PL_NOTFOUND when none was signed. */
PL_API pl_status pl_record_checkpoint(pl_record *record, pl_owned *note, pl_error *err) PL_CHECK;
/* Keeps more signatures with the last checkpoint: `note` has the same text.  PL_REFUTED when it has not. */
PL_API pl_status pl_record_keep_checkpoint(pl_record *record, const char *note, size_t n, pl_error *err) PL_CHECK;

typedef struct pl_replay {
    uint64_t events, voids;
    uint64_t void_position; /* the first void event, when there is one, and the rule that it breaks */
    pl_rule void_rule;
    char void_why[200];
    uint8_t state[PL_HASH];  /* state hash that the record gives */
    uint8_t stored[PL_HASH]; /* state hash of the tables in the store */
    uint64_t rows;
} pl_replay;
/* Folds the record from its beginning and compares the state hash with that of the tables.  With `write`, the tables are then replaced
 * by what the record gives.  200,000 events: some seconds, nearly all of it signatures. */
PL_API pl_status pl_record_replay(pl_record *record, bool write, const pl_progress *progress, pl_replay *out, pl_error *err) PL_CHECK;

typedef struct pl_audit {
    pl_replay replay;
    uint64_t keys, keys_valid;
    uint64_t checkpoints, last_size; /* all signed by the record key, each continuing the one before; size of the last */
    uint64_t blobs, blobs_missing;   /* referred to by events */
    pl_verdict verdict;              /* on the last checkpoint, when there is a policy */
    bool sound;                      /* nothing is wrong */
    char wrong[400];                 /* otherwise: the first thing that is */
} pl_audit;
/* Verifies everything from the record alone: every leaf, node, signature, rule, checkpoint, the tables, and with `policy` (or NULL) the
 * witnesses.  PL_OK also when something is wrong: see `sound`. */
PL_API pl_status pl_record_audit(pl_record *record, const pl_policy *policy, const pl_progress *progress, pl_audit *out,
                                 pl_error *err) PL_CHECK;

/* Writes the record as files (tlog-tiles) into the new folder `path`: up to its last checkpoint (PL_NOTFOUND without one), as others can verify
 * it; or, `whole`, with the events that came after it too, for a checker beside the record. */
PL_API pl_status pl_record_export(pl_record *record, const char *path, bool whole, uint64_t *events, pl_error *err) PL_CHECK;
/* The other way round: a new record `where` (as pl_record_create) from such a folder, its events, blobs and last checkpoint; open for writing, its tables made by
 * a replay.  Events that are void are so here too.  Hashes of blobs are checked; whether the tree, the signatures and the checkpoint are sound, pl_record_audit says.
 * PL_NOTFOUND, PL_IO (of the folder; or something is there), PL_PARSE, PL_DATA when a file is not what belongs there: then nothing is left.  Takes as long as a replay. */
PL_API pl_status pl_record_import(const char *folder, const char *where, const pl_rulebook *rulebook, pl_record **out, pl_error *err) PL_CHECK;

#endif
