/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * season.c - what part of a mean period each period of a season is. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "watch/store.h"

int32_t pl_season_phase(int32_t tick, int32_t season)
{
    int32_t phase = tick % season;
    return phase < 0 ? phase + season : phase;
}

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *x, int32_t n)
{
    qsort(x, (size_t)n, sizeof *x, by_number);
    return (x[n / 2] + x[(n - 1) / 2]) / 2;
}

/* Report at offset t of the dense history y, against the mean of the season around it; NaN where that is not whole. */
static double to_mean(const double *y, int32_t n, int32_t t, int32_t season)
{
    int32_t half = season / 2;
    double sum = 0;
    if (t - half < 0 || t + half >= n) {
        return NAN;
    }
    for (int32_t k = -half; k <= half; k++) {
        bool edge = season % 2 == 0 && (k == -half || k == half);
        sum += (edge ? 0.5 : 1) * y[t + k];
    }
    return sum > 0 ? y[t] / (sum / season) : NAN;
}

/* How much of the differences between phases is there to stay: their variance without that of chance, as a part of the whole (James and Stein 1961);
 * nothing, where the ratio of both (F with season - 1 and many degrees of freedom) is what chance gives in one case in a hundred. */
#define LASTING 2.5
static double lasting(double between, double within, int32_t ratios, int32_t season)
{
    if (ratios <= season) {
        return 0.5; /* one of each: nothing says how much is chance */
    }
    double chance = within / (ratios - season) / ((double)ratios / season);
    return between > LASTING * chance ? (between - chance) / between : 0;
}

static void indices(const double *y, int32_t n, int32_t first, int32_t season, double *ratio, double *index)
{
    double sum = 0, within = 0, between = 0;
    int32_t ratios = 0;
    for (int32_t phase = 0; phase < season; phase++) {
        int32_t m = 0, t = phase - pl_season_phase(first, season);
        for (t += t < 0 ? season : 0; t < n; t += season) {
            double r = to_mean(y, n, t, season);
            if (!isnan(r)) {
                ratio[m++] = r;
            }
        }
        index[phase] = m > 0 ? median(ratio, m) : 1;
        for (int32_t k = 0; k < m; k++) {
            within += (ratio[k] - index[phase]) * (ratio[k] - index[phase]);
        }
        ratios += m;
        sum += index[phase];
    }
    for (int32_t phase = 0; phase < season && sum > 0; phase++) {
        index[phase] *= season / sum;
        between += (index[phase] - 1) * (index[phase] - 1) / (season - 1);
    }
    double part = lasting(between, within, ratios, season);
    for (int32_t phase = 0; phase < season; phase++) {
        index[phase] = 1 + part * (index[phase] - 1);
    }
}

pl_status pl_watch_season(const pl_watch *w, int32_t line, int32_t before, int32_t season, double *index, bool *known, pl_error *err)
{
    const pl_watch_report *r = w->report + w->start[line];
    int32_t m = w->start[line + 1] - w->start[line], n = 0;
    for (int32_t k = 0; k < season; k++) {
        index[k] = 1;
    }
    while (m > 0 && r[m - 1].tick >= before) {
        m--;
    }
    *known = season >= 2 && m >= 2 * season && (int64_t)r[m - 1].tick - r[0].tick < 4 * (int64_t)m;
    if (!*known) {
        return PL_OK;
    }
    n = r[m - 1].tick - r[0].tick + 1;
    double *y = PL_NEW(double, 2 * (size_t)n);
    if (y == NULL) {
        return pl_fail_nomem(err, "the seasons");
    }
    for (int32_t k = 0; k < n; k++) {
        y[k] = NAN;
    }
    for (int32_t k = 0; k < m; k++) {
        y[r[k].tick - r[0].tick] = r[k].quantity;
    }
    indices(y, n, r[0].tick, season, y + n, index);
    pl_free(y);
    return PL_OK;
}
