/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * cbor.h - deterministic CBOR (RFC 8949, 4.2.1), and no other.
 *
 * Reading goes in two steps.  pl_cbor_check looks at a whole item once: shortest forms, definite lengths, ascending keys,
 * UTF-8, depth, nothing behind it.  After that the small functions take it apart; they check types and bounds only.
 * Writing appends to a pl_str; keys of maps must come in the order of their bytes, which the writer does not check. */
#ifndef PLENTY_RECORD_CBOR_H
#define PLENTY_RECORD_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define PL_CBOR_DEPTH 16

typedef enum pl_cbor_type {
    PL_CBOR_UINT,
    PL_CBOR_NEGATIVE,
    PL_CBOR_BYTES,
    PL_CBOR_TEXT,
    PL_CBOR_ARRAY,
    PL_CBOR_MAP,
    PL_CBOR_TAG,
    PL_CBOR_SIMPLE, /* false, true, null, floating point ... */
    PL_CBOR_NONE    /* nothing more, or no head of an item */
} pl_cbor_type;

/* NULL when the n bytes are exactly one item in deterministic encoding; otherwise what is wrong, in words (static), and
 * *at (unless NULL) the offset where.  Time: one pass; memory: none. */
const char *pl_cbor_check(const uint8_t *bytes, size_t n, size_t *at);

/* A place in bytes that were checked. */
typedef struct pl_cbor {
    const uint8_t *at, *end;
} pl_cbor;

pl_cbor_type pl_cbor_peek(const pl_cbor *c);
/* Each takes one item, or the head of one, and moves on; false, and nothing changes, when it is of another type. */
bool pl_cbor_uint(pl_cbor *c, uint64_t *x);
bool pl_cbor_int(pl_cbor *c, int64_t *x); /* also false when it is beyond int64_t */
bool pl_cbor_bytes(pl_cbor *c, const uint8_t **bytes, size_t *n);
bool pl_cbor_fixed(pl_cbor *c, size_t n, const uint8_t **bytes); /* bytes, n of them */
bool pl_cbor_text(pl_cbor *c, const char **text, size_t *n);
bool pl_cbor_array(pl_cbor *c, size_t *n); /* n items follow */
bool pl_cbor_map(pl_cbor *c, size_t *n);   /* n pairs follow */
bool pl_cbor_tag(pl_cbor *c, uint64_t *tag);
bool pl_cbor_null(pl_cbor *c);
bool pl_cbor_skip(pl_cbor *c); /* any item, with all that is in it */
bool pl_cbor_end(const pl_cbor *c);

void pl_cbor_put_uint(pl_str *out, uint64_t x);
void pl_cbor_put_int(pl_str *out, int64_t x);
void pl_cbor_put_bytes(pl_str *out, const void *bytes, size_t n);
void pl_cbor_put_text(pl_str *out, const char *text, size_t n);
void pl_cbor_put_array(pl_str *out, size_t n);
void pl_cbor_put_map(pl_str *out, size_t n);
void pl_cbor_put_tag(pl_str *out, uint64_t tag);
void pl_cbor_put_null(pl_str *out);
void pl_cbor_put_bool(pl_str *out, bool x);

#endif
