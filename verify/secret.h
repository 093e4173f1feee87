/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret.h - what the files that check a secret ballot share.
 *
 * Everything is written as the specification says it, one equation after the other: integers by GMP's mpz, points as bytes, by libsodium.  Only a product of two powers
 * is worked out here (secret_curve.c), since libsodium would take twice as long.  No tables, no batches. */
#ifndef PLENTY_VERIFY_SECRET_H
#define PLENTY_VERIFY_SECRET_H

#include <sodium.h>

#include "verify/check.h"

#define PV_WORDS 32
#define PV_NUMBER_TEXT 700
#define PV_TRUSTEES 60
#define PV_ANSWERS 250

/* An integer, an exponent, or (in 32 bytes) a point. */
typedef struct pv_big {
    uint64_t v[PV_WORDS];
} pv_big;

typedef struct pv_group {
    bool curve, answers; /* answers: rankings can be encoded */
    const char *name;
    int padding;
    pv_big p, q, g, one;
} pv_group;

/* ---- secret_group.c ------------------------------------------------------------------------------------------------ */

bool pv_group_set(pv_group *g, const char *name, size_t n);
/* Text to a member of the group, in its one form; false when it is none. */
bool pv_element(const pv_group *g, const char *text, size_t n, pv_big *out);
size_t pv_element_text(const pv_group *g, const pv_big *a, char out[PV_NUMBER_TEXT]);
int pv_element_order(const pv_group *g, const pv_big *a, const pv_big *b);
bool pv_same(const pv_big *a, const pv_big *b);
pv_big pv_times(const pv_group *g, const pv_big *a, const pv_big *b);
pv_big pv_power(const pv_group *g, const pv_big *a, const pv_big *e);
/* a^e b^f of members */
pv_big pv_powers(const pv_group *g, const pv_big *a, const pv_big *e, const pv_big *b, const pv_big *f);
pv_big pv_over(const pv_group *g, const pv_big *a, const pv_big *b); /* a / b */
pv_big pv_generator(const pv_group *g, int64_t i);
int pv_decoded(const pv_group *g, const pv_big *a, int n, int i); /* number i of a list of n */

bool pv_exponent(const pv_group *g, const char *text, size_t n, pv_big *out); /* below q */
pv_big pv_small(int64_t x);
pv_big pv_total(const pv_group *g, const pv_big *a, const pv_big *b); /* modulo q, as the next ones */
pv_big pv_difference(const pv_group *g, const pv_big *a, const pv_big *b);
pv_big pv_product(const pv_group *g, const pv_big *a, const pv_big *b);
pv_big pv_reciprocal(const pv_group *g, const pv_big *a);
pv_big pv_reduced(const pv_group *g, const uint8_t hash[32]);

/* secret_curve.c: the same on the curve, as points in bytes; exponents below 2^253 */
pv_big pv_curve_powers(const pv_big *a, const pv_big *e, const pv_big *b, const pv_big *f);

/* ---- secret_json.c: JSON without any blanks, with its fields in order ------------------------------------------------- */

typedef struct pv_node {
    char type;              /* { [ s 0 t f n */
    const char *at, *end;   /* all of it, with quotes and brackets */
    const char *key;        /* in an object; not decoded */
    size_t key_n;
    int32_t next, first, n; /* among brothers (-1: last); children */
} pv_node;
typedef struct pv_tree {
    pv_run *run;
    const char *what;
    pv_node *node; /* node[0] is the root */
    int32_t n;
} pv_tree;
/* Stops the run when it is not such JSON. */
void pv_tree_read(pv_run *run, const char *what, const char *text, size_t n, pv_tree *tree);
void pv_tree_free(pv_tree *tree);
const pv_node *pv_child(const pv_tree *t, const pv_node *parent, int32_t i);
/* The field that must stand at place i of an object. */
const pv_node *pv_at(const pv_tree *t, const pv_node *parent, int32_t i, const char *name);
const pv_node *pv_named(const pv_tree *t, const pv_node *parent, const char *name); /* NULL */
void pv_fields(const pv_tree *t, const pv_node *object, int32_t n);
void pv_list(const pv_tree *t, const pv_node *list, int32_t n); /* n < 0: any */
int64_t pv_whole(const pv_tree *t, const pv_node *value, int64_t most);
bool pv_text_is(const pv_node *value, const char *text);
/* The text of a string, decoded; of the run. */
char *pv_decoded_text(const pv_tree *t, const pv_node *value, size_t *n);
pv_big pv_node_element(const pv_tree *t, const pv_group *g, const pv_node *value);
pv_big pv_node_exponent(const pv_tree *t, const pv_group *g, const pv_node *value);

/* ---- secret.c and its parts ------------------------------------------------------------------------------------------- */

typedef struct pv_pair {
    pv_big a, b;
} pv_pair;
typedef struct pv_query {
    bool ranked, blank;
    int answers, least, most;
} pv_query;

typedef struct pv_ballotbox {
    pv_run run;
    const char *file;
    const char *bytes;
    size_t n;
    pv_group g;
    const char *uuid;
    char hash[64]; /* of the election */
    pv_big y;
    int n_questions, n_ranked;
    pv_query *question;
    int n_sets, n_trustees;
    struct {
        int first, n, needed;
    } set[PV_TRUSTEES];
    pv_big key[PV_TRUSTEES];
    int64_t n_credentials;
    const char **credential; /* sorted */
    int64_t *weight;
    int64_t ballots, counted, total; /* total: weight of those that count */
    int64_t *length;                 /* of each question's row in the tally */
    pv_pair **row;
    int shuffles, parts;
    bool shuffled[PV_TRUSTEES + 1], closed, decided;
    int part_of[PV_TRUSTEES];
    pv_big **factor[PV_TRUSTEES]; /* of each part: by question */
} pv_ballotbox;

typedef struct pv_piece { /* of an archive */
    const char *at;
    size_t n;
    char hash[65];
} pv_piece;

/* secret_setup.c */
void pv_read_election(pv_ballotbox *b, const pv_piece *p);
void pv_read_trustees(pv_ballotbox *b, const pv_piece *p);
void pv_read_credentials(pv_ballotbox *b, const pv_piece *p);
/* Schnorr's proof to know the number of x, with what was hashed before it. */
bool pv_proof_holds(const pv_tree *t, const pv_group *g, crypto_hash_sha256_state *h, const pv_big *x, const pv_node *proof);
pv_big pv_read_key(pv_ballotbox *b, const pv_tree *t, const pv_node *from);
/* The message, which `key` must have signed, unless NULL. */
const char *pv_read_signed(pv_ballotbox *b, const pv_tree *t, const pv_node *from, const pv_big *key, size_t *n);

/* The number of that credential on the list, or -1. */
int64_t pv_credential_find(const pv_ballotbox *b, const char *credential);

/* secret_ballots.c */
/* A ballot with its signature and all its proofs; the ciphertexts of question q go to e[q]. */
void pv_check_ballot(pv_ballotbox *b, const pv_piece *p, int64_t number, pv_pair **e, char credential[PV_NUMBER_TEXT]);
/* The rows of a tally: empty, with room for n ballots; with the ciphertexts of one more; in the order of the protocol. */
void pv_rows_begin(pv_ballotbox *b, int64_t n);
void pv_rows_add(pv_ballotbox *b, pv_pair *const *e, int64_t weight);
void pv_rows_sort(pv_ballotbox *b);
/* All ballots, in their order; the rows of the tally are those that count. */
void pv_check_ballots(pv_ballotbox *b, const pv_piece *ballot, int64_t n);
void pv_check_tally(pv_ballotbox *b, const pv_piece *p);

/* secret_tally.c */
void pv_hash_text(crypto_hash_sha256_state *h, const char *text);
void pv_hash_element(const pv_group *g, crypto_hash_sha256_state *h, const pv_big *a);
pv_big pv_hash_end(const pv_group *g, crypto_hash_sha256_state *h);
pv_pair pv_node_pair(const pv_tree *t, const pv_group *g, const pv_node *value);

void pv_check_shuffle(pv_ballotbox *b, const char *text, size_t n);
void pv_check_part(pv_ballotbox *b, int trustee, const char *text, size_t n);
/* What the parts make of a ciphertext of the tally. */
pv_big pv_opened(pv_ballotbox *b, int q, int64_t i);
void pv_check_result(pv_ballotbox *b, const char *text, size_t n);

#endif
