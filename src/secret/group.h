/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * group.h - groups of prime order q in which discrete logarithms are hard, behind one interface: BELENIOS-2048 and
 * RFC-3526-2048 (integers modulo p, field.c, by GMP) and Ed25519 (ed25519.c).
 *
 * Elements are written multiplicatively.  mul, sqr and the functions on scalars take the same time whatever the values are;
 * so do the functions below whose names say "secret".  All others are for what everybody may see.  Nothing allocates but
 * tables, nothing is global: a group is a value that many threads may read. */
#ifndef PLENTY_SECRET_GROUP_H
#define PLENTY_SECRET_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/status.h>

#define PL_GROUP_WORDS 32 /* of 64 bits, of an element or a scalar */
#define PL_LANE_DIGITS 40 /* of 52 bits, of an element in lanes.c */
#define PL_ELEMENT_KEY 256
#define PL_ELEMENT_TEXT 640 /* characters of an element or a scalar, with the zero byte */

/* How an element lies in memory is the group's own business; a scalar is little-endian, below q, zero above its words. */
typedef struct pl_element {
    uint64_t v[PL_GROUP_WORDS];
} pl_element;
typedef struct pl_scalar {
    uint64_t v[PL_GROUP_WORDS];
} pl_scalar;

typedef struct pl_group pl_group;
struct pl_group {
    const char *name;
    int bits, words;           /* of q */
    bool member_by_power;      /* membership is x^q = 1; else `member` tells */
    bool answers;              /* lists of small numbers can be encoded as elements */
    int padding, bits_per_int, ints_most;
    pl_element one, g;
    pl_scalar q;               /* as a number; not a scalar */
    uint64_t p[PL_GROUP_WORDS], p_inverse, square[PL_GROUP_WORDS]; /* field.c: modulus, -1/p mod 2^64, 2^4096 mod p */
    bool lanes;                                                    /* lanes.c can be used, with these */
    uint64_t lane_p[PL_LANE_DIGITS], lane_in[PL_LANE_DIGITS], lane_out[PL_LANE_DIGITS], lane_one[PL_LANE_DIGITS];

    void (*mul)(const pl_group *g, pl_element *r, const pl_element *a, const pl_element *b);
    void (*mul_public)(const pl_group *g, pl_element *r, const pl_element *a, const pl_element *b); /* sooner, perhaps not in the same time */
    void (*sqr)(const pl_group *g, pl_element *r, const pl_element *a);
    void (*inv)(const pl_group *g, pl_element *r, const pl_element *a);
    bool (*equal)(const pl_group *g, const pl_element *a, const pl_element *b);
    /* Text as the protocol has it, in its one canonical form; membership in the group of order q is not looked at. */
    bool (*read)(const pl_group *g, const char *text, size_t n, pl_element *out);
    size_t (*write)(const pl_group *g, const pl_element *a, char out[PL_ELEMENT_TEXT]);
    bool (*member)(const pl_group *g, const pl_element *a);
    void (*key)(const pl_group *g, const pl_element *a, uint8_t out[PL_ELEMENT_KEY]); /* what ciphertexts are sorted by */
    /* The number of the protocol's embedding, as an element, and back; n of at most ints_most numbers below 2^bits_per_int. */
    bool (*encode)(const pl_group *g, const int32_t *v, int n, pl_element *out);
    void (*decode)(const pl_group *g, const pl_element *a, int32_t *v, int n);
    bool (*generator)(const pl_group *g, int64_t i, pl_element *out); /* whose logarithm nobody knows; -1 = the secondary one */

    void (*add)(const pl_group *g, pl_scalar *r, const pl_scalar *a, const pl_scalar *b);
    void (*sub)(const pl_group *g, pl_scalar *r, const pl_scalar *a, const pl_scalar *b);
    void (*times)(const pl_group *g, pl_scalar *r, const pl_scalar *a, const pl_scalar *b);
    void (*reduce)(const pl_group *g, pl_scalar *r, const uint8_t *big_endian, size_t n); /* n <= 288 */
    void (*reciprocal)(const pl_group *g, pl_scalar *r, const pl_scalar *a); /* public */
};

/* "BELENIOS-2048", "RFC-3526-2048", "Ed25519"; false for any other name. */
bool pl_group_open(pl_group *out, const char *name, size_t n);
void pl_group_open_field(pl_group *out, bool belenios);
void pl_group_open_ed25519(pl_group *out);

/* ---- Scalars (scalar.c) ----------------------------------------------------------------------------------------- */

void pl_scalar_set(pl_scalar *out, uint64_t x);
bool pl_scalar_equal(const pl_group *g, const pl_scalar *a, const pl_scalar *b);
bool pl_scalar_zero(const pl_scalar *a);
/* In base 10 without leading zeros, below q. */
bool pl_scalar_read(const pl_group *g, const char *text, size_t n, pl_scalar *out);
size_t pl_scalar_write(const pl_group *g, const pl_scalar *a, char out[PL_ELEMENT_TEXT]);

/* Random scalars: a stream of bytes from a seed; streams of different items are independent, so that work can be shared out. */
typedef struct pl_draw {
    uint8_t key[32];
    uint64_t item, at;
} pl_draw;
/* seed of 32 bytes, or NULL: from the system's generator. */
void pl_draw_start(pl_draw *draw, const uint8_t *seed);
void pl_draw_item(pl_draw *out, const pl_draw *draw, uint64_t item);
void pl_draw_bytes(pl_draw *draw, uint8_t *out, size_t n);
void pl_draw_scalar(pl_draw *draw, const pl_group *g, pl_scalar *out);
uint32_t pl_draw_below(pl_draw *draw, uint32_t n);

/* ---- Powers (powers.c) -------------------------------------------------------------------------------------------- */

/* base^e by a fixed window, whatever e is. */
void pl_power_secret(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e);
/* base^e; e as a number of `bits` bits, which may be above q. */
void pl_power(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e, int bits);
bool pl_member(const pl_group *g, const pl_element *a); /* of the group of order q */

#define PL_POWERS_MOST 8
/* base^e[k] for n <= PL_POWERS_MOST exponents over one base, by Yao's method.  With `judge`: true when base is a member of the group, which
 * costs little beside; else true. */
bool pl_powers(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e, int n, bool judge);
/* The same for `count` bases with n <= 2 exponents each: r[i * n + k] = base[i]^e[i * n + k]; *bad is the first base that is no member, or -1.  Several bases at once are sooner where the processor
 * has the means (lanes.h). */
void pl_powers_of_each(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e, int count, int n, bool judge, int *bad);
/* Are all members?  Many at once: 128 products of random subsets (from a hash of all) must be members; one element that is none escapes with
 * probability 2^-128 (Bellare, Garay, Rabin 1998). */
bool pl_members(const pl_group *g, const pl_element *a, int64_t n, int threads);

/* Powers of a base used often: tables of base^(d 2^(w i)). */
typedef struct pl_power_table {
    const pl_group *g;
    int window, rows;
    pl_element *at;
} pl_power_table;
pl_status pl_table_new(pl_power_table *out, const pl_group *g, const pl_element *base, int window, pl_error *err) PL_CHECK;
void pl_table_free(pl_power_table *table);
void pl_table_power(const pl_power_table *table, pl_element *r, const pl_scalar *e);     /* r = base^e */
void pl_table_power_on(const pl_power_table *table, pl_element *r, const pl_scalar *e);  /* r *= base^e */
void pl_table_secret(const pl_power_table *table, pl_element *r, const pl_scalar *e);    /* r = base^e */
void pl_table_secret_on(const pl_power_table *table, pl_element *r, const pl_scalar *e); /* r *= base^e */

/* r = product of base[i]^e[i].  The exponents are numbers of `bits` bits.  Public: Pippenger's buckets; secret: a fixed window. */
pl_status pl_product(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e, int bits, int64_t n, int threads,
                     pl_error *err) PL_CHECK;
pl_status pl_product_secret(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e, int64_t n, int threads,
                            pl_error *err) PL_CHECK;
/* All a[i] to their inverses, by one inversion. */
pl_status pl_inverses(const pl_group *g, pl_element *a, int64_t n, pl_error *err) PL_CHECK;

#endif
