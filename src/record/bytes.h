/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * bytes.h - small things that the files of this room share. */
#ifndef PLENTY_RECORD_BYTES_H
#define PLENTY_RECORD_BYTES_H

#include <plenty/record.h>

#include "base/str.h"

/* Starts libsodium; false when the system has no randomness. */
bool pl_sodium_start(void);

/* Hands the text of `s` over to *out and leaves `s` empty.  PL_NOMEM (about `what`) when it has failed. */
pl_status pl_owned_from(pl_str *s, const char *what, pl_owned *out, pl_error *err);

/* Appends base64 with padding (RFC 4648, 4); reads exactly that form, n bytes at most: false for anything else. */
void pl_base64_put(pl_str *out, const void *bytes, size_t n);
bool pl_base64_get(const char *text, size_t n, uint8_t *out, size_t room, size_t *got);

/* Decimal without sign or leading zeros. */
bool pl_decimal_get(const char *text, size_t n, uint64_t *x);

/* Takes the next line, without its line feed, from *at; false at the end or when the last line has none. */
bool pl_line_get(const char **at, const char *end, const char **line, size_t *n);

#endif
