/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sum.h - sums with a proven error.
 *
 * A pv_sum is a midpoint with a radius known beforehand (Higham, Accuracy and Stability of Numerical
 * Algorithms, 2nd ed., chapters 3 and 4).  Let u be half of LDBL_EPSILON.  Each term is computed with at most
 * three rounded operations, then n terms are added one after the other.  The error of the sum is at most
 *     gamma(n + 2) * sum of |terms|,   gamma(k) = k u / (1 - k u),
 * and the sum of |terms|, computed likewise, is too small by at most a factor 1 - gamma(n + 2).  Below
 * n = 2^40 both together are less than 1.01 (n + 2) u * size.  The radius taken is 2 (n + 8) u * size: the
 * rest covers the rounding of the radius itself and of midpoint + radius.
 *
 * What is multiplied are numbers of 64 bits (binary64, up to four of them), and long double has 15 bits for
 * the exponent: nothing overflows, nothing underflows, and a term is 0 only if it is exactly 0.
 *
 * This needs neither the rounding mode of the machine nor the compiler's help with it; only that the
 * compiler keeps to IEEE 754 (no -ffast-math). */
#ifndef PLENTY_VERIFY_SUM_H
#define PLENTY_VERIFY_SUM_H

#include <float.h>
#include <math.h>

#ifdef __FAST_MATH__
#error "the checker needs IEEE 754 arithmetic: compile it without -ffast-math"
#endif
#if (LDBL_MANT_DIG != 64 && LDBL_MANT_DIG != 113) || LDBL_MAX_EXP != 16384
#error "the error bounds of sum.h are proven for a long double of 80 or 128 bits"
#endif

typedef long double pv_real;

typedef struct pv_sum {
    pv_real sum, size, terms; /* size: sum of the absolute values */
} pv_sum;

static inline void pv_add(pv_sum *s, pv_real term)
{
    s->sum += term;
    s->size += fabsl(term);
    s->terms += term != 0;
}

static inline pv_real pv_radius(const pv_sum *s)
{
    return (s->terms + 8) * LDBL_EPSILON * s->size;
}

static inline pv_real pv_high(const pv_sum *s)
{
    return s->sum + pv_radius(s);
}

static inline pv_real pv_low(const pv_sum *s)
{
    return s->sum - pv_radius(s);
}

/* How far from the exact sum an honest computation in binary64 can be, whatever its order of adding. */
static inline double pv_honest(const pv_sum *s)
{
    return (double)((s->terms + 8) * DBL_EPSILON * s->size);
}

/* To binary64, never inwards. */
static inline double pv_up(pv_real x)
{
    double d = (double)x;
    return d < x ? nextafter(d, INFINITY) : d;
}

static inline double pv_down(pv_real x)
{
    double d = (double)x;
    return d > x ? nextafter(d, -INFINITY) : d;
}

#endif
