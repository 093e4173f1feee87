/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * str.h - a growing text with a ceiling.
 *
 * An append that fails (no memory, ceiling reached) marks the text as failed and changes nothing;
 * later appends do nothing.  So a long run of appends is checked once, at its end. */
#ifndef PLENTY_BASE_STR_H
#define PLENTY_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

#include <plenty/status.h>

typedef struct pl_str {
    char *text; /* zero-terminated; "" while empty */
    size_t len, cap, ceiling;
    bool failed;
} pl_str;

void pl_str_init(pl_str *s, size_t ceiling);
void pl_str_clear(pl_str *s); /* frees; can be used again */
void pl_str_add(pl_str *s, const char *text);
void pl_str_add_n(pl_str *s, const char *text, size_t n);
void pl_str_addf(pl_str *s, const char *fmt, ...) PL_PRINTF(2, 3);
void pl_str_add_number(pl_str *s, double x); /* shortest digits that read back the same; "" if PL_ABSENT */

#endif
