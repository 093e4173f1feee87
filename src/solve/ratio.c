/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Ratio tests: how far the entering variable can go, and who leaves.
 *
 * Phase two of the primal uses Harris's two passes: the first finds how far one can go if every
 * bound gives way by the tolerance, the second takes, among those met by then, the largest pivot.
 * Phase one goes on past breakpoints as long as the sum of infeasibilities falls (composite method;
 * Wolfe 1965, Maros 2003 ch. 9).  The dual passes breakpoints by flipping boxed variables (long
 * step; Fourer 1994, Maros 2003). */
#include <math.h>

#include "solve/simplex_int.h"

#define PIVOT_SHARE 0.1 /* accept a smaller step for a pivot this many times larger */

pl__step pl__ratio_primal(pl_simplex *s, int32_t q, double sign)
{
    double limit = INFINITY, delta = s->primal_tol;
    for (int32_t i = 0; i < s->m; i++) {
        double rate = -sign * s->col[i];
        if (fabs(rate) <= s->pivot_tol) {
            continue;
        }
        int32_t v = s->head[i];
        double room = rate < 0 ? s->x[v] - s->wl[v] : s->wu[v] - s->x[v];
        double t = (room + delta) / fabs(rate);
        limit = t < limit ? t : limit;
    }
    pl__step step = {.p = -1, .length = s->wu[q] - s->wl[q]};
    double best = 0;
    for (int32_t i = 0; i < s->m && limit < INFINITY; i++) {
        double rate = -sign * s->col[i];
        if (fabs(rate) <= s->pivot_tol || fabs(rate) <= best) {
            continue;
        }
        int32_t v = s->head[i];
        double t = (rate < 0 ? s->x[v] - s->wl[v] : s->wu[v] - s->x[v]) / fabs(rate);
        if (t <= limit) {
            best = fabs(rate);
            step.p = i;
        }
    }
    if (step.p < 0) {
        step.flip = isfinite(step.length);
        return step;
    }
    double rate = -sign * s->col[step.p];
    int32_t v = s->head[step.p];
    double t = (rate < 0 ? s->x[v] - s->wl[v] : s->wu[v] - s->x[v]) / fabs(rate);
    if (step.length <= t) {
        step.flip = true;
        step.p = -1;
        return step;
    }
    step.to = rate < 0 ? PL__AT_LO : PL__AT_HI;
    step.length = t;
    return step;
}

/* A binary heap of breakpoints, smallest key first; ties by number, so that the order is fixed. */
static bool earlier(const double *key, const int32_t *list, int32_t a, int32_t b)
{
    return key[list[a]] < key[list[b]] || (key[list[a]] == key[list[b]] && list[a] < list[b]);
}

static void sift(const double *key, int32_t *list, int32_t at, int32_t count)
{
    for (int32_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && earlier(key, list, child + 1, child)) {
            child++;
        }
        if (!earlier(key, list, child, at)) {
            return;
        }
        int32_t t = list[at];
        list[at] = list[child];
        list[child] = t;
    }
}

static void heapify(const double *key, int32_t *list, int32_t count)
{
    for (int32_t at = count / 2 - 1; at >= 0; at--) {
        sift(key, list, at, count);
    }
}

/* Removes the smallest; it is moved to list[count - 1]. */
static int32_t pop(const double *key, int32_t *list, int32_t count)
{
    int32_t top = list[0];
    list[0] = list[count - 1];
    list[count - 1] = top;
    sift(key, list, 0, count - 1);
    return top;
}

/* Breakpoint 2 i is that of the bound met first by basic i, 2 i + 1 the second (an infeasible
 * variable meets the bound it violates, then may meet the other). */
static int32_t phase_one_breakpoints(pl_simplex *s, double sign)
{
    int32_t count = 0;
    for (int32_t i = 0; i < s->m; i++) {
        double rate = -sign * s->col[i], tol = s->primal_tol;
        if (fabs(rate) <= s->pivot_tol) {
            continue;
        }
        int32_t v = s->head[i];
        double near = rate > 0 ? s->wl[v] - s->x[v] : s->x[v] - s->wu[v];
        double far = rate > 0 ? s->wu[v] - s->x[v] : s->x[v] - s->wl[v];
        if (near > tol) {
            s->key[2 * i] = near / fabs(rate);
            s->list[count++] = 2 * i;
        }
        if (isfinite(far) && far >= -tol) {
            s->key[2 * i + 1] = (far + (near > tol ? 0 : tol)) / fabs(rate);
            s->list[count++] = 2 * i + 1;
        }
    }
    return count;
}

static double breakpoint(const pl_simplex *s, int32_t b, double sign, pl__place *to)
{
    int32_t i = b / 2, v = s->head[i];
    double rate = -sign * s->col[i];
    bool low = (rate > 0) == (b % 2 == 0);
    *to = low ? PL__AT_LO : PL__AT_HI;
    return ((low ? s->wl[v] : s->wu[v]) - s->x[v]) / rate;
}

pl__step pl__ratio_phase_one(pl_simplex *s, int32_t q, double sign)
{
    int32_t count = phase_one_breakpoints(s, sign), left = count;
    double slope = -fabs(s->d[q]), own = s->wu[q] - s->wl[q], largest = 0;
    heapify(s->key, s->list, count);
    bool stop_own = false;
    while (left > 0 && slope < 0) {
        if (s->key[s->list[0]] >= own) {
            stop_own = true;
            break;
        }
        int32_t b = pop(s->key, s->list, left--);
        double size = fabs(s->col[b / 2]);
        slope += size;
        largest = size > largest ? size : largest;
    }
    pl__step step = {.p = -1, .length = own};
    if (stop_own || left == count) {
        step.flip = isfinite(own);
        return step;
    }
    /* Passed breakpoints lie in list[left .. count), the last one first. */
    for (int32_t t = left; t < count; t++) {
        if (fabs(s->col[s->list[t] / 2]) >= PIVOT_SHARE * largest) {
            step.p = s->list[t] / 2;
            step.length = breakpoint(s, s->list[t], sign, &step.to);
            break;
        }
    }
    return step;
}

/* Largest |alpha| among passed breakpoints list[from .. to) whose own ratio is within the limit. */
static int32_t best_of(const pl_simplex *s, int32_t from, int32_t to)
{
    int32_t best = -1;
    for (int32_t t = from; t < to; t++) {
        int32_t v = s->list[t];
        if (best < 0 || fabs(s->alpha[v]) > fabs(s->alpha[best])) {
            best = v;
        }
    }
    return best;
}

/* How far the reduced cost is from the wrong sign. */
static double dual_room(const pl_simplex *s, int32_t v)
{
    double d = s->place[v] == PL__AT_LO ? s->d[v] : s->place[v] == PL__AT_HI ? -s->d[v] : 0;
    return d > 0 ? d : 0;
}

int32_t pl__ratio_dual(pl_simplex *s, double sign, double violation, int32_t *flips)
{
    int32_t count = 0;
    *flips = 0;
    for (int32_t t = 0; t < s->touched_count; t++) {
        int32_t v = s->touched[t];
        double a = sign * s->alpha[v];
        if (fabs(a) <= s->pivot_tol || (s->place[v] == PL__AT_LO && a < 0) ||
            (s->place[v] == PL__AT_HI && a > 0)) {
            continue;
        }
        s->key[v] = (dual_room(s, v) + s->dual_tol * s->d_size[v]) / fabs(a);
        s->list[count++] = v;
    }
    heapify(s->key, s->list, count);
    int32_t left = count, last = count;
    double slope = violation - s->primal_tol; /* what all flips together must not quite remove */
    while (left > 0) {
        /* One group: all breakpoints whose exact ratio lies before the relaxed ratio of the first. */
        int32_t group = left;
        double limit = s->key[s->list[0]], fall = 0;
        while (left > 0) {
            int32_t v = s->list[0];
            if (left < group && dual_room(s, v) / fabs(s->alpha[v]) > limit) {
                break;
            }
            pop(s->key, s->list, left--);
            fall += fabs(s->alpha[v]) * (s->wu[v] - s->wl[v]);
        }
        last = left;
        slope -= fall;
        if (!(slope > 0)) {
            int32_t q = best_of(s, last, group);
            /* Those passed in earlier groups are flipped: list[group .. count). */
            for (int32_t t = group; t < count; t++) {
                s->list[(*flips)++] = s->list[t];
            }
            return q;
        }
    }
    return -1;
}
