/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * number.h - numbers as text: exact both ways, the same on every machine and in every locale. */
#ifndef PLENTY_BASE_NUMBER_H
#define PLENTY_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PL_NUMBER_MAX 32 /* room for any number and its zero byte */

/* Reads all n bytes of text as a decimal number ("12", "-0.5", "+1.25e6"), correctly rounded.  False
 * for anything else: empty, spaces, hexadecimal, "inf", "nan", and numbers beyond the range of
 * binary64 ("1e400").  *x is unchanged then. */
bool pl_number_parse(const char *text, size_t n, double *x);

/* Likewise for whole numbers within int64_t. */
bool pl_integer_parse(const char *text, size_t n, int64_t *x);

/* The shortest decimal digits that read back as x, at most 17, zero-terminated; nothing at all for
 * NaN (PL_ABSENT), "0" for both zeros.  Returns the length. */
size_t pl_number_format(double x, char out[PL_NUMBER_MAX]);

/* For people: three or so significant digits and thousands separated, "12,345", "0.0123", "1.23e-9". */
size_t pl_number_for_people(double x, char out[PL_NUMBER_MAX]);

#endif
