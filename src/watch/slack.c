/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * slack.c - is the tolerated shortfall of a plan being used up too fast? */
#include <math.h>

#include <plenty/watch.h>

/* The shortfall in the last `window` of n periods; periods without a report count as the mean of the others. */
static double lost(const double *shortfall, int32_t n, int32_t window)
{
    double sum = 0;
    int32_t m = 0;
    for (int32_t k = n - window; k < n; k++) {
        if (k >= 0 && !isnan(shortfall[k])) {
            sum += shortfall[k];
            m++;
        }
    }
    return m > 0 ? sum / m * window : 0;
}

pl_alarm_reason pl_slack_burn(const double *shortfall, int32_t n, int32_t periods, double slack, double *used)
{
    static const struct {
        pl_alarm_reason reason;
        double rate, part; /* times as fast as would last; of the plan, the long window */
    } RULES[] = {{PL_ALARM_BURN_FAST, 14.4, 1.0 / 720}, {PL_ALARM_BURN, 6, 1.0 / 120}, {PL_ALARM_BURN_SLOW, 1, 0.1}};
    double all = 0;
    for (int32_t k = 0; k < n; k++) {
        all += isnan(shortfall[k]) ? 0 : shortfall[k];
    }
    *used = slack > 0 ? fmax(0, all) / slack : NAN;
    for (size_t k = 0; k < sizeof RULES / sizeof RULES[0] && n > 0 && slack > 0; k++) {
        int32_t longer = (int32_t)fmax(1, round(periods * RULES[k].part)), shorter = (int32_t)fmax(1, round(longer / 12.0));
        double allowed = RULES[k].rate * slack / periods; /* in a period */
        if (n >= longer && lost(shortfall, n, longer) >= allowed * longer * (1 - 1e-12) && lost(shortfall, n, shorter) >= allowed * shorter * (1 - 1e-12)) {
            return RULES[k].reason;
        }
    }
    return PL_ALARM_REASONS;
}
