/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * millionths.h - amounts as whole numbers of millionths: from text and to text. */
#ifndef PLENTY_NEEDS_MILLIONTHS_H
#define PLENTY_NEEDS_MILLIONTHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* A decimal number; false: it is none, or not between -9e12 and 9e12.  *rounded grows by one when it has more than six decimals. */
bool pl_millionths_parse(const char *text, size_t n, int64_t *out, int64_t *rounded);
/* The shortest text: "12", "-0.5". */
void pl_str_add_millionths(pl_str *out, int64_t millionths);

#endif
