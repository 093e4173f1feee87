/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * secret.h - secret ballots that anybody can verify: the Belenios protocol, version 1 (Debian 12's belenios-tool 2.0).
 *
 * Who does what:
 *   setup      trustees make keys (each one needed, or any t of n); a credential authority makes a credential for each voter;
 *              an election is a question list, a joint key, a list of public credentials
 *   voting     a voter's device encrypts the answers, proves that they keep the rules, signs with the credential: a ballot is bytes;
 *              the hash of the bytes is its tracker
 *   tally      the last ballot of each credential counts; sums stay encrypted, rankings are shuffled by several trustees; each
 *              trustee opens a part; the parts give the result
 *   audit      all of it lies in one archive (.bel) that anybody can verify
 *
 * Every call takes and gives the bytes of the protocol (JSON in one form only, docs/formats/secret-ballots.md), so that ballots may
 * lie in a record, trustees work on their own devices, and other programs of the protocol take part.  What comes from outside is
 * hostile: sizes and forms are checked before anything is allocated, every element for membership in its group, every proof.
 *
 * Groups: "BELENIOS-2048" (sums only), "RFC-3526-2048" (sums and rankings), "Ed25519" (both; not in belenios-tool 2.0).
 *
 * Secrets are used in constant time and wiped; what is public is computed as fast as possible.  Results of public computations are the
 * same bytes for any number of threads.  A `seed` of 32 bytes makes all randomness of a call repeatable (test vectors); NULL: the
 * system's generator.  Errors: PL_PARSE (not the protocol's bytes), PL_REFUTED (a proof, hash or signature does not hold), PL_DATA (against
 * the rules), PL_TOOBIG, PL_UNSUPPORTED, PL_NOMEM.  No global state; an election may be used by several threads at once, once
 * pl_secret_quicken has been called or never.  What the protocol promises: docs/methods/secret-ballots.md. */
#ifndef PLENTY_SECRET_H
#define PLENTY_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/ballot.h>
#include <plenty/progress.h>
#include <plenty/status.h>

#define PL_SECRET_QUESTIONS_MAX 100
#define PL_SECRET_ANSWERS_MAX 250
#define PL_SECRET_TRUSTEES_MAX 60
#define PL_SECRET_CREDENTIALS_MAX 10000000
#define PL_SECRET_WEIGHT_MAX 100000000 /* of all credentials together */
#define PL_SECRET_UUID 15              /* characters that pl_secret_uuid writes, with the zero byte */
#define PL_SECRET_TRACKER 44           /* of a tracker or fingerprint, likewise */
#define PL_SECRET_CREDENTIAL 20        /* of a private credential, likewise */
#define PL_SECRET_LEAST_BALLOTS 5      /* in a commons, fewer are not opened */

/* Bytes owned by the caller, followed by a zero byte; freed, and wiped, by pl_secret_text_free. */
typedef struct pl_secret_text {
    char *text;
    size_t n;
} pl_secret_text;
PL_API void pl_secret_text_free(pl_secret_text *text); /* accepts an empty one */

/* Bytes that the caller keeps. */
typedef struct pl_secret_view {
    const char *text;
    size_t n;
} pl_secret_view;

/* ---- Setup (setup.c, credential.c) ------------------------------------------------------------------------------- */

PL_API pl_status pl_secret_uuid(char out[PL_SECRET_UUID], pl_error *err) PL_CHECK; /* a new election's name */

/* Credentials for n voters: *private_list has a line "number credential" for each, to be sent to the voters and then forgotten;
 * *public_list is the JSON list for the election, in the order of the public keys, so that it does not tell who is who.  weight: of each
 * voter, or NULL: 1 each.  About 2,000 a second on one core (PBKDF2). */
PL_API pl_status pl_secret_credentials(const char *group, const char *uuid, int64_t n, const int32_t *weight, int threads,
                                       pl_secret_text *private_list, pl_secret_text *public_list, pl_error *err) PL_CHECK;
/* The list that an election publishes, of one as belenios-tool makes it: "KEY,WEIGHT,NAME" becomes "KEY,WEIGHT", "KEY,,NAME" becomes "KEY"; others stay as they are. */
PL_API pl_status pl_secret_credentials_public(const char *list, size_t n, pl_secret_text *out, pl_error *err) PL_CHECK;
/* A new private credential, and its public key: without seed random. */
PL_API pl_status pl_secret_credential(const char *group, const char *uuid, const uint8_t *seed, char out[PL_SECRET_CREDENTIAL],
                                      pl_secret_text *public_key, pl_error *err) PL_CHECK;

/* Key of a trustee who will be needed: private key (to be kept), and public key with its proof. */
PL_API pl_status pl_secret_trustee(const char *group, const uint8_t *seed, pl_secret_text *private_key, pl_secret_text *public_key,
                                   pl_error *err) PL_CHECK;

/* Keys of n trustees of whom any `threshold` will do (Pedersen).  Round 1: each makes a key (22 characters, to be kept) and a certificate. */
PL_API pl_status pl_secret_certificate(const char *group, const uint8_t *seed, pl_secret_text *key, pl_secret_text *certificate,
                                       pl_error *err) PL_CHECK;
/* All certificates are signed, distinct and in order; each trustee checks that its own is there (key), or NULL. */
PL_API pl_status pl_secret_certificates_check(const char *group, const pl_secret_view *certificate, int n, const char *key,
                                              pl_error *err) PL_CHECK;
/* Round 2: each makes a polynomial and sends its values, encrypted, to the others. */
PL_API pl_status pl_secret_polynomial(const char *group, const pl_secret_view *certificate, int n, const char *key, int threshold,
                                      const uint8_t *seed, pl_secret_text *out, pl_error *err) PL_CHECK;
/* Whether trustee `from` (from 0) of these made that: as many signed commitments as the threshold, a message for each.  What is in the messages only they see. */
PL_API pl_status pl_secret_polynomial_check(const char *group, const pl_secret_view *certificate, int n, int threshold, int from,
                                            const char *polynomial, size_t polynomial_n, pl_error *err) PL_CHECK;
/* What trustee `to` (from 0) is sent of all polynomials; anybody can do this.  Checks signatures and lengths: a trustee who raises the
 * threshold by a longer polynomial is refused. */
PL_API pl_status pl_secret_input(const char *group, const pl_secret_view *certificate, const pl_secret_view *polynomial, int n,
                                 int threshold, int to, pl_secret_text *out, pl_error *err) PL_CHECK;
/* Round 3: each checks what it was sent and makes its part of the key.  When something does not fit, *liar (unless NULL) is the trustee who sent it, from 1. */
PL_API pl_status pl_secret_output(const char *group, const pl_secret_view *certificate, int n, const char *key, const char *input,
                                  size_t input_n, const uint8_t *seed, pl_secret_text *out, int *liar, pl_error *err) PL_CHECK;
/* Whether the key in what trustee `of` (from 0) made in round 3 is the one that all polynomials give. */
PL_API pl_status pl_secret_output_check(const char *group, const pl_secret_view *certificate, const pl_secret_view *polynomial, int n,
                                        int threshold, int of, const char *output, size_t output_n, pl_error *err) PL_CHECK;
/* The threshold parameters that the election publishes; and, if not NULL, each trustee's encrypted part (n texts): needed to decrypt. */
PL_API pl_status pl_secret_threshold(const char *group, const pl_secret_view *certificate, const pl_secret_view *polynomial,
                                     const pl_secret_view *output, int n, int threshold, pl_secret_text *parameters,
                                     pl_secret_text *part, pl_error *err) PL_CHECK;

/* All trustees of an election: public keys, and threshold parameters (a text with "threshold" in it), in any mixture. */
PL_API pl_status pl_secret_trustees(const char *group, const pl_secret_view *item, int n, pl_secret_text *out, pl_error *err) PL_CHECK;
/* The election from a template: {"description", "name", "questions", "administrator"?, "credential_authority"?}. */
PL_API pl_status pl_secret_election_new(const char *group, const char *uuid, const char *questions, size_t questions_n,
                                        const char *trustees, size_t trustees_n, pl_secret_text *out, pl_error *err) PL_CHECK;

/* ---- An election (election.c) -------------------------------------------------------------------------------------- */

typedef struct pl_secret_election pl_secret_election;
typedef struct pl_secret_question {
    bool ranked;     /* each answer gets a number 0 .. 255, and ballots are shuffled; else choices are summed */
    bool blank;      /* "none of all this" is allowed: one value more, in front */
    int answers, least, most; /* how many may be chosen (sums) */
    const char *text;
    const char *const *answer;
} pl_secret_question;
typedef struct pl_secret_facts { /* owned by the election */
    const char *name, *uuid, *group, *fingerprint;
    int n_questions, n_trustees, n_needed; /* needed: how many trustees must decrypt, at least */
    const pl_secret_question *question;
    int64_t n_credentials, total_weight;
} pl_secret_facts;

/* Opens an election.  Voters need no more than its own text; trustees and credentials may then be NULL.  Checks the trustees' proofs and that the
 * election's key is theirs. */
PL_API pl_status pl_secret_open(const char *election, size_t election_n, const char *trustees, size_t trustees_n,
                                const char *credentials, size_t credentials_n, pl_secret_election **out, pl_error *err) PL_CHECK;
PL_API void pl_secret_close(pl_secret_election *election); /* accepts NULL */
PL_API pl_secret_facts pl_secret_what(const pl_secret_election *election);
/* Larger tables (some 40 MB) for many ballots. */
PL_API pl_status pl_secret_quicken(pl_secret_election *election, pl_error *err) PL_CHECK;

/* ---- Ballots (vote.c, ballot.c) -------------------------------------------------------------------------------------- */

/* A ballot.  choice: the values of all questions one after the other: 0 or 1 for each answer (with `blank`, one more in front), or a
 * number for each answer of a ranked question.  Errors: PL_DATA (against the rules of a question; a credential with a typing error).
 * Uses neither files nor threads. */
PL_API pl_status pl_secret_vote(const pl_secret_election *election, const char *credential, const int32_t *choice, int n,
                                const uint8_t *seed, pl_secret_text *ballot, pl_error *err) PL_CHECK;
/* The same from JSON, [[1,0],[0,1,0]]. */
PL_API pl_status pl_secret_choices(const pl_secret_election *election, const char *json, size_t n, int32_t **choice, int *n_choices,
                                   pl_error *err) PL_CHECK; /* to be freed by pl_secret_choices_free */
PL_API void pl_secret_choices_free(int32_t *choice);

/* A ballot that was made to be checked and is not cast: what the device that made it opens of it. */
typedef struct pl_secret_opened {
    const char *credential;           /* the public one, as text */
    uint8_t seed[32];                 /* everything that is random about its answers */
    const char *challenge, *response; /* the proof in its signature, in decimal digits */
} pl_secret_opened;
/* Makes it again from its choices and its seed: the same tracker means that the device encrypted what was chosen (Benaloh 2006).  The signature is not
 * judged: the ballot is never cast.  PL_DATA (against the rules of a question).  As long as making a ballot. */
PL_API pl_status pl_secret_reopen(const pl_secret_election *election, const pl_secret_opened *opened, const int32_t *choice, int n,
                                  char tracker[PL_SECRET_TRACKER], pl_error *err) PL_CHECK;

typedef struct pl_secret_seen { /* of a ballot that was accepted */
    int64_t credential;         /* its number in the election's list, from 0; -1 when the election was opened without the list */
    int64_t weight;
    pl_secret_view key;         /* its public credential; points into the ballot */
    char tracker[PL_SECRET_TRACKER];
} pl_secret_seen;
/* Accepts a ballot or says why not: form, election, credential on the list (when there is one; otherwise whose it is is left to the caller), every element,
 * every proof, signature. */
PL_API pl_status pl_secret_ballot(const pl_secret_election *election, const char *ballot, size_t n, pl_secret_seen *out,
                                  pl_error *err) PL_CHECK;
PL_API void pl_secret_tracker(const char *ballot, size_t n, char out[PL_SECRET_TRACKER]);

/* ---- Tally (tally.c, shuffle.c, decrypt.c, result.c) ------------------------------------------------------------------ */

typedef struct pl_secret_box { /* what goes into a tally */
    pl_secret_text tally;      /* the encrypted tally */
    int64_t counted, weight;   /* ballots, and their weights */
} pl_secret_box;
/* The encrypted tally of ballots in the order in which they came: all are checked, the same ballot twice is refused, of each credential the
 * last one counts.  `least`: fewer ballots are refused with PL_DATA (1 = any; PL_SECRET_LEAST_BALLOTS in a commons). */
PL_API pl_status pl_secret_tally(const pl_secret_election *election, const pl_secret_view *ballot, int64_t n, int64_t least,
                                 int threads, pl_secret_box *out, pl_error *err) PL_CHECK;
/* The same of ballots that pl_secret_ballot has accepted before: their proofs are not looked at again.  A hundred times as fast. */
PL_API pl_status pl_secret_tally_accepted(const pl_secret_election *election, const pl_secret_view *ballot, int64_t n, int64_t least,
                                          int threads, pl_secret_box *out, pl_error *err) PL_CHECK;

/* Shuffles the ranked questions of a tally, with the proof that nothing was dropped, repeated or changed. */
PL_API pl_status pl_secret_shuffle(const pl_secret_election *election, const char *tally, size_t n, const uint8_t *seed, int threads,
                                   pl_secret_text *shuffle, pl_error *err) PL_CHECK;
/* The tally as it is after a shuffle that was checked before, where every question is ranked: a part of its bytes. */
PL_API pl_status pl_secret_shuffle_after(const char *shuffle, size_t n, pl_secret_view *after, pl_error *err) PL_CHECK;
/* Checks it; *after is the tally as it is then. */
PL_API pl_status pl_secret_shuffle_check(const pl_secret_election *election, const char *tally, size_t n, const char *shuffle,
                                         size_t shuffle_n, int threads, pl_secret_text *after, pl_error *err) PL_CHECK;

/* A trustee's part of the decryption.  private_key: of a trustee who is needed; or, of one in a threshold set, `key` of round 1 as
 * private_key and its encrypted `part`.  The trustee must have computed the tally itself
 * from the ballots (pl_secret_tally), and rankings must have been shuffled: this call cannot know it. */
PL_API pl_status pl_secret_decrypt(const pl_secret_election *election, const char *tally, size_t n, const char *private_key,
                                   const char *part, size_t part_n, const uint8_t *seed, int threads, pl_secret_text *out,
                                   int *trustee, pl_error *err) PL_CHECK;
/* Is this a part by trustee number `trustee` (from 1)? */
PL_API pl_status pl_secret_decryption_check(const pl_secret_election *election, const char *tally, size_t n, int trustee,
                                            const char *decryption, size_t decryption_n, int threads, pl_error *err) PL_CHECK;
/* The result from parts of enough trustees, checked or not: parts that do not hold are left out while enough remain, and told in
 * *bad (a bit for each part, from the first), which may be NULL. */
typedef struct pl_secret_part {
    int trustee; /* from 1 */
    pl_secret_view decryption;
} pl_secret_part;
PL_API pl_status pl_secret_result(const pl_secret_election *election, const char *tally, size_t n, int64_t weight,
                                  const pl_secret_part *part, int n_parts, int threads, pl_secret_text *result, uint64_t *bad,
                                  pl_error *err) PL_CHECK;

/* A question of a result as ballots for pl_count and its like.  Sums: PL_APPROVED, for each answer as many papers as it got (blank ones
 * as `blank`).  Ranked: PL_RANKED; 1 is the best, equal numbers share a rank, 0 is not ranked.  The caller frees *out. */
PL_API pl_status pl_secret_result_ballots(const pl_secret_election *election, const char *result, size_t n, int question,
                                          pl_ballots **out, pl_error *err) PL_CHECK;

/* ---- A seed for the public lot (lot.c) ---------------------------------------------------------------------------------- */

/* A member's share: a random element, encrypted for the trustees, with a proof that is bound to the member's name, so that it cannot be
 * copied. */
PL_API pl_status pl_secret_lot_share(const pl_secret_election *election, const char *member, const uint8_t *seed, pl_secret_text *out,
                                     pl_error *err) PL_CHECK;
/* The product of all shares (checked, members distinct). */
PL_API pl_status pl_secret_lot_sum(const pl_secret_election *election, const char *const *member, const pl_secret_view *share, int64_t n,
                                   pl_secret_text *sum, pl_error *err) PL_CHECK;
/* A trustee's part of opening it, as pl_secret_decrypt. */
PL_API pl_status pl_secret_lot_open(const pl_secret_election *election, const char *sum, size_t n, const char *private_key,
                                    const char *part, size_t part_n, pl_secret_text *out, int *trustee, pl_error *err) PL_CHECK;
/* SHA-256 over "lot/v1", a zero byte, origin, a zero byte, root and the opened element as text. */
PL_API pl_status pl_secret_lot_seed(const pl_secret_election *election, const char *sum, size_t n, const pl_secret_part *part, int n_parts,
                                    const char *origin, const uint8_t root[32], uint8_t seed[32], pl_error *err) PL_CHECK;

/* ---- The archive (archive.c, audit.c) --------------------------------------------------------------------------------- */

typedef enum pl_secret_event {
    PL_SECRET_SETUP,
    PL_SECRET_BALLOT,
    PL_SECRET_END_BALLOTS,
    PL_SECRET_TALLY,
    PL_SECRET_SHUFFLED,
    PL_SECRET_END_SHUFFLES,
    PL_SECRET_DECRYPTION,
    PL_SECRET_RESULT
} pl_secret_event;

typedef struct pl_secret_archive pl_secret_archive; /* the bytes are borrowed */
/* Takes an archive apart: every byte, name, hash and link is checked, but no proof.  At most 16 GiB. */
PL_API pl_status pl_secret_archive_open(const char *bytes, size_t n, pl_secret_archive **out, pl_error *err) PL_CHECK;
PL_API void pl_secret_archive_close(pl_secret_archive *archive); /* accepts NULL */
/* Event number i from 0: its kind, its payload (as in the protocol; for a shuffle or a decryption what its trustee made, and who). */
PL_API int64_t pl_secret_archive_events(const pl_secret_archive *archive);
PL_API pl_secret_event pl_secret_archive_event(const pl_secret_archive *archive, int64_t i, pl_secret_view *payload, int *trustee);
/* The election of the archive. */
PL_API pl_status pl_secret_archive_election(const pl_secret_archive *archive, pl_secret_election **out, pl_error *err) PL_CHECK;
/* The bytes of a new archive, and those to be put behind an archive for one more event.  payload: as above; {NULL, 0} for the end of
 * ballots or shuffles; PL_SECRET_TALLY needs counted and weight.  The order of events is checked, proofs are not. */
PL_API pl_status pl_secret_archive_new(const char *election, size_t election_n, const char *trustees, size_t trustees_n,
                                       const char *credentials, size_t credentials_n, int64_t time, pl_secret_text *out,
                                       pl_error *err) PL_CHECK;
PL_API pl_status pl_secret_archive_add(const pl_secret_archive *archive, pl_secret_event kind, pl_secret_view payload, int trustee,
                                       int64_t counted, int64_t weight, pl_secret_text *out, pl_error *err) PL_CHECK;
/* The same for many ballots at once. */
PL_API pl_status pl_secret_archive_ballots(const pl_secret_archive *archive, const pl_secret_view *ballot, int64_t n,
                                           pl_secret_text *out, pl_error *err) PL_CHECK;

typedef struct pl_secret_audit {
    int64_t ballots, counted, weight; /* all, those that count, their weights */
    int shuffles, decryptions;
    bool closed, tallied, shuffled, decided; /* how far the election is */
    pl_secret_text tally;             /* the encrypted tally as it is to be decrypted; empty before */
    pl_secret_view result;            /* points into the archive */
} pl_secret_audit;
/* Verifies all that there is so far: each ballot, the tally, each shuffle, each decryption, the result. */
PL_API pl_status pl_secret_audit_run(const pl_secret_archive *archive, int threads, const pl_progress *progress, pl_secret_audit *out,
                                     pl_error *err) PL_CHECK;
PL_API void pl_secret_audit_free(pl_secret_audit *audit);
/* Is `newer` the same archive with events added? */
PL_API bool pl_secret_archive_extends(const pl_secret_archive *older, const pl_secret_archive *newer);

#endif
