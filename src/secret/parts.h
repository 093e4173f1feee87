/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * parts.h - what the files of this room share: challenges, reading and writing of the protocol's JSON, proofs, an open
 * election.
 *
 * JSON of the protocol has one form only: that which belenios-tool writes, since hashes are over bytes.  So bulky texts
 * (ballots, tallies, shuffles, decryptions) are read by a scanner that expects exactly those bytes; it allocates nothing and has
 * no depth.  Elections and trustees, which hold texts of people and nested messages, are read by jansson and must then
 * write back as they were. */
#ifndef PLENTY_SECRET_PARTS_H
#define PLENTY_SECRET_PARTS_H

#include <jansson.h>
#include <sodium.h>

#include <plenty/secret.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "secret/group.h"

typedef struct pl_cipher {
    pl_element alpha, beta;
} pl_cipher;
typedef struct pl_proof {
    pl_scalar challenge, response;
} pl_proof;

/* ---- text.c: challenges -------------------------------------------------------------------------------------------- */

typedef struct pl_hash {
    const pl_group *g;
    crypto_hash_sha256_state state;
} pl_hash;
void pl_hash_start(pl_hash *h, const pl_group *g, const char *text);
void pl_hash_text(pl_hash *h, const char *text);
void pl_hash_text_n(pl_hash *h, const char *text, size_t n);
void pl_hash_element(pl_hash *h, const pl_element *a);
void pl_hash_pair(pl_hash *h, const pl_element *a, const pl_element *b); /* with a comma between */
void pl_hash_end(pl_hash *h, pl_scalar *out);

#define PL_HEX 65
#define PL_BASE64 44
void pl_sha256_hex(const char *text, size_t n, char out[PL_HEX]);
void pl_sha256_base64(const char *text, size_t n, char out[PL_BASE64]); /* without padding */

/* ---- text.c: the scanner; after the first failure all calls do nothing ------------------------------------------------ */

typedef struct pl_scan {
    const pl_group *g;
    const char *begin, *at, *end;
    bool failed;
} pl_scan;
void pl_scan_start(pl_scan *s, const pl_group *g, const char *text, size_t n);
bool pl_scan_try(pl_scan *s, const char *literal); /* true: it was there, and is behind us */
void pl_scan_literal(pl_scan *s, const char *literal);
void pl_scan_element(pl_scan *s, pl_element *out); /* in quotes; membership is not looked at */
void pl_scan_scalar(pl_scan *s, pl_scalar *out);   /* in quotes */
int64_t pl_scan_int(pl_scan *s, int64_t most);     /* from 0 */
void pl_scan_hex(pl_scan *s, char out[PL_HEX]);    /* in quotes */
bool pl_scan_next(pl_scan *s);                     /* true after ',', false after ']' or a failure */
void pl_scan_cipher(pl_scan *s, pl_cipher *out);
void pl_scan_proof(pl_scan *s, pl_proof *out);
/* PL_OK when all was read to the end; else PL_PARSE: "what" says what it should have been. */
pl_status pl_scan_end(const pl_scan *s, const char *what, pl_error *err) PL_CHECK;

/* ---- text.c: writing ---------------------------------------------------------------------------------------------------- */

void pl_put_element(pl_str *out, const pl_group *g, const pl_element *a);
void pl_put_scalar(pl_str *out, const pl_group *g, const pl_scalar *a);
void pl_put_cipher(pl_str *out, const pl_group *g, const pl_cipher *c);
void pl_put_proof(pl_str *out, const pl_group *g, const pl_proof *p);
void pl_put_text(pl_str *out, const char *text, size_t n); /* in quotes, escaped */
void pl_put_json(pl_str *out, json_t *value);          /* compact */
/* The text becomes *out, to be freed by pl_secret_text_free; PL_NOMEM when it had failed. */
pl_status pl_put_done(pl_str *from, pl_secret_text *out, const char *what, pl_error *err) PL_CHECK;
#define PL_SECRET_TEXT_MAX ((size_t)1 << 33)

/* ---- text.c: JSON of people ------------------------------------------------------------------------------------------- */

/* At most `most` bytes, nested at most 16 deep; *out is owned by the caller. */
pl_status pl_secret_json(const char *text, size_t n, size_t most, const char *what, json_t **out, pl_error *err) PL_CHECK;
bool pl_json_element(const pl_group *g, json_t *value, pl_element *out); /* a member other than one */
bool pl_json_scalar(const pl_group *g, json_t *value, pl_scalar *out);
bool pl_json_proof(const pl_group *g, json_t *value, pl_proof *out);

/* ---- proofs.c ------------------------------------------------------------------------------------------------------------- */

/* How all challenges about a ballot begin: "PREFIX|fingerprint|credential|"; and the list of its ciphertexts, with a bar behind. */
void pl_hash_ballot(pl_hash *h, const pl_secret_election *e, const char *credential, size_t n, const char *prefix);
void pl_hash_choices(pl_hash *h, const pl_cipher *c, int n);
/* Schnorr: A = g^response X^challenge is hashed behind what h holds already, and must give the challenge. */
bool pl_schnorr_check(pl_hash *h, const pl_element *x, const pl_proof *p);
void pl_schnorr_prove(pl_hash *h, const pl_scalar *secret, pl_draw *draw, pl_proof *out);

typedef struct pl_tables { /* of g and of the election's key */
    const pl_group *g;
    pl_table base, key;
} pl_tables;
pl_status pl_tables_new(pl_tables *out, const pl_group *g, const pl_element *key, int window, pl_error *err) PL_CHECK;
void pl_tables_free(pl_tables *t);

/* One of several: ciphertext `c` holds `value`, or the next does, ... */
typedef struct pl_branch {
    const pl_cipher *c;
    int64_t value;
    const pl_scalar *r; /* for the prover: its randomness, and what it holds */
    int64_t holds;
} pl_branch;
#define PL_BRANCHES_MOST 258
pl_status pl_branches_prove(const pl_tables *t, pl_hash *h, const pl_branch *branch, int n, int real, pl_draw *draw, pl_proof *out,
                            pl_error *err) PL_CHECK;
/* False when a proof does not hold, or, when `member` is not NULL, a ciphertext is none of the group's (*member false).  Branches of one
 * ciphertext are next to each other.  `ready`: alpha^challenge and beta^challenge of each branch, judged already, or NULL. */
bool pl_branches_check(const pl_tables *t, pl_hash *h, const pl_branch *branch, int n, const pl_proof *proof, const pl_cipher *ready, bool *member);

/* ---- election.c ------------------------------------------------------------------------------------------------------------- */

typedef struct pl_trustee_set { /* one mandatory trustee, or `n` of whom `threshold` are needed */
    bool threshold_set;
    int first, n, threshold;
} pl_trustee_set;

struct pl_secret_election {
    pl_arena arena;
    pl_group g;
    const char *name, *uuid;
    char fingerprint[PL_BASE64];
    pl_element y;
    int n_questions, n_ranked; /* n_ranked: of them, not homomorphic */
    pl_secret_question *question;
    bool complete; /* trustees and credentials are known */
    int n_sets, n_trustees;
    pl_trustee_set *set;
    pl_element *key; /* of each trustee */
    int64_t n_credentials, total_weight;
    bool weighted;
    const char **credential;
    int64_t *weight;
    pl_map credentials;
    pl_tables slow;  /* small */
    pl_tables quick; /* large, from pl_election_quicken; .base.at NULL before */
};
pl_status pl_election_quicken(pl_secret_election *e, pl_error *err) PL_CHECK;
static inline const pl_tables *pl_election_tables(const pl_secret_election *e)
{
    return e->quick.base.at != NULL && e->quick.key.at != NULL ? &e->quick : &e->slow;
}
/* Reads trustees, and the key of the election from them; the arrays go to the arena. */
typedef struct pl_trustees {
    int n_sets, n_trustees;
    pl_trustee_set *set;
    pl_element *key, joint;
} pl_trustees;
pl_status pl_trustees_read(const pl_group *g, const char *text, size_t n, pl_arena *arena, pl_trustees *out, pl_error *err) PL_CHECK;
/* The private key of a trustee in a threshold set, from its word and its encrypted part. */
pl_status pl_threshold_part(const pl_group *g, const char *key, const char *part, size_t n, pl_scalar *out, pl_error *err) PL_CHECK;
pl_status pl_secret_group(const char *name, pl_group *out, pl_error *err) PL_CHECK; /* also starts libsodium */
pl_status pl_secret_start(pl_error *err) PL_CHECK;

/* ---- ballot.c, ballot_check.c -------------------------------------------------------------------------------------------------- */

/* The ciphertexts of a checked ballot; question after question. */
int64_t pl_ballot_ciphers(const pl_secret_election *e);
int pl_question_values(const pl_secret_question *q); /* ciphertexts of an answer */
/* Judges a ballot.  Unless `members`, whether its ciphertexts are of the group is left to the caller; unless `proofs`, it is only read: it was judged before. */
pl_status pl_ballot_read(const pl_secret_election *e, const char *text, size_t n, bool members, bool proofs, pl_cipher *ciphers,
                         int64_t *credential, pl_error *err) PL_CHECK;
#define PL_BALLOT_NO_ELEMENT "a choice is no element of the group"
/* Whose it claims to be; nothing else is looked at. */
pl_status pl_ballot_credential(const pl_secret_election *e, const char *text, size_t n, int64_t *credential, pl_error *err) PL_CHECK;

/* ---- tally.c --------------------------------------------------------------------------------------------------------------------- */

typedef struct pl_ciphertexts {
    int n;
    int64_t *length; /* of each question */
    int64_t *start;  /* its first ciphertext; start[n] is how many in all */
    pl_cipher *c;
} pl_ciphertexts;
pl_status pl_ciphertexts_read(const pl_secret_election *e, const char *text, size_t n, int64_t ballots, pl_ciphertexts *out, pl_error *err) PL_CHECK;
pl_status pl_ciphertexts_shape(const pl_secret_election *e, int64_t ballots, pl_ciphertexts *out, pl_error *err) PL_CHECK;
void pl_ciphertexts_write(const pl_group *g, const pl_ciphertexts *t, pl_str *out);
void pl_ciphertexts_free(pl_ciphertexts *t);

/* ---- decrypt.c, result.c ----------------------------------------------------------------------------------------------------------- */

/* private_key, or a threshold set's key with its encrypted part (else part NULL). */
pl_status pl_private_key(const pl_secret_election *e, const char *private_key, const char *part, size_t part_n, pl_scalar *out,
                         pl_error *err) PL_CHECK;
pl_status pl_decrypt_rows(const pl_secret_election *e, const pl_ciphertexts *t, const pl_scalar *x, const uint8_t *seed, int threads,
                          pl_secret_text *out, int *trustee, pl_error *err) PL_CHECK;
/* Reads and checks a trustee's part; factor: room for all ciphertexts. */
pl_status pl_decryption_read(const pl_secret_election *e, const pl_ciphertexts *t, int trustee, pl_secret_view text, int threads,
                             pl_element *factor, pl_error *err) PL_CHECK;
/* What the ciphertexts hold, as elements. */
pl_status pl_open_rows(const pl_secret_election *e, const pl_ciphertexts *t, const pl_secret_part *part, int n_parts, int threads,
                       pl_element *plain, uint64_t *bad, pl_error *err) PL_CHECK;

/* ---- archive.c ---------------------------------------------------------------------------------------------------------------------- */

/* How many ballots, and what weight, the tally of the archive says it holds. */
void pl_secret_archive_tally(const pl_secret_archive *a, int64_t *counted, int64_t *weight);

/* ---- shuffle_check.c ------------------------------------------------------------------------------------------------------------ */

typedef struct pl_shuffle { /* of one question, in the letters of the protocol */
    int64_t n;
    pl_element t[5], *t_hat; /* commitments: t1, t2, t3, (t4,1, t4,2); one for each ballot */
    pl_scalar s[4], *s_hat, *s_prime;
    pl_element *c, *c_hat; /* commitments to the permutation, and their chain */
} pl_shuffle;
pl_status pl_shuffle_new(int64_t n, pl_shuffle *out, pl_error *err) PL_CHECK;
void pl_shuffle_free(pl_shuffle *s);
pl_status pl_generators(const pl_group *g, int64_t n, int threads, pl_element *h, pl_error *err) PL_CHECK; /* h[0]: the secondary one */
/* The challenges u (one for each ballot) and c, from all that is public before them. */
pl_status pl_shuffle_challenges(const pl_secret_election *e, const pl_cipher *before, const pl_cipher *after, const pl_shuffle *s,
                                int threads, pl_scalar *u, pl_error *err) PL_CHECK;
pl_status pl_shuffle_challenge(const pl_secret_election *e, const pl_cipher *before, const pl_cipher *after, const pl_shuffle *s,
                               int threads, pl_scalar *c, pl_error *err) PL_CHECK;

#endif
