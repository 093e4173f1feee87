/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * signal.c - prices beside plan cost: what the next plan should make more of, and less. */
#include <math.h>

#include <plenty/share.h>

#define DAMPING 0.5
#define LIMIT 0.2

void pl_share_signal(int32_t n, const double *price, const double *cost, const double *supply, double substitution, const pl_signal_settings *set,
                     double *ratio, double *factor)
{
    double damping = set != NULL && set->damping > 0 ? set->damping : DAMPING, limit = set != NULL && set->limit > 0 ? set->limit : LIMIT;
    double worth = 0, spent = 0;
    for (int32_t g = 0; g < n; g++) {
        if (price[g] >= 0 && cost[g] > 0) {
            worth += price[g] * supply[g];
            spent += cost[g] * supply[g];
        }
    }
    for (int32_t g = 0; g < n; g++) {
        bool told = price[g] >= 0 && cost[g] > 0 && worth > 0;
        ratio[g] = told ? price[g] * spent / (cost[g] * worth) : NAN;
        double x = told ? pow(ratio[g], damping * substitution) : 1;
        factor[g] = x > 1 + limit ? 1 + limit : x < 1 - limit ? 1 - limit : x;
    }
}
