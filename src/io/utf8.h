/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * utf8.h - the shape of UTF-8. */
#ifndef PLENTY_IO_UTF8_H
#define PLENTY_IO_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the character at the beginning of text (1 to 4), or 0 when it is none: a stray or missing
 * continuation byte, an overlong form, a surrogate, or beyond U+10FFFF.  n is at least 1. */
size_t pl_utf8_length(const char *text, size_t n);

/* True when all n bytes are UTF-8. */
bool pl_utf8_valid(const char *text, size_t n);

#endif
