/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The loop of prices and plan: tastes and costs change at once, the market clears each period, the plan follows the signal.  It settles, also where the plan answers a period late;
 * undamped and late it does not. */
#include "test/test.h"

#include <stdlib.h>

#include <plenty/share.h>

#include "base/rng.h"

enum { PEOPLE = 60, GOODS = 12, WANTS = 8, PERIODS = 40 };

typedef struct loop {
    int64_t start[PEOPLE + 1];
    int32_t want[PEOPLE * WANTS];
    double taste[PEOPLE * WANTS], points[PEOPLE], supply[GOODS], planned[GOODS], cost[GOODS], price[GOODS], ratio[GOODS], factor[GOODS];
    double labour;
    pl_market m;
} loop;

static void begin(loop *l, pl_rng *rng, double substitution)
{
    memset(l, 0, sizeof *l);
    for (int i = 0; i < PEOPLE; i++) {
        int first = (int)pl_rng_below(rng, GOODS);
        l->points[i] = pl_rng_range(rng, 0.5, 3);
        for (int k = 0; k < WANTS; k++) {
            l->want[i * WANTS + k] = (first + k) % GOODS;
            l->taste[i * WANTS + k] = exp(pl_rng_range(rng, -1, 1));
        }
        l->start[i + 1] = (i + 1) * WANTS;
    }
    for (int g = 0; g < GOODS; g++) {
        l->cost[g] = exp(pl_rng_range(rng, -1, 1));
        l->supply[g] = l->planned[g] = 10 / l->cost[g];
    }
    l->labour = 10 * GOODS;
    l->m = (pl_market){PEOPLE, GOODS, l->start, l->want, l->taste, NULL, NULL, l->points, l->supply, substitution, 0, 0};
}

/* The market clears, the plan is made of the same labour; returns the largest deviation of a price from its cost, in logarithms. */
static double period(loop *l, const pl_signal_settings *set, bool late)
{
    pl_clearing c;
    pl_error err;
    double worst = 0, labour = 0, next[GOODS];
    if (pl_market_clear(&l->m, 1, NULL, l->price, NULL, &c, &err) != PL_OK) {
        FAIL("%s", err.message);
    }
    pl_share_signal(GOODS, l->price, l->cost, l->supply, l->m.substitution, set, l->ratio, l->factor);
    for (int g = 0; g < GOODS; g++) {
        worst = fmax(worst, fabs(log(l->ratio[g])));
        next[g] = l->planned[g] * l->factor[g];
        labour += next[g] * l->cost[g];
    }
    for (int g = 0; g < GOODS; g++) { /* late: what is made now was planned a period ago */
        double planned = next[g] * l->labour / labour;
        l->supply[g] = late ? l->planned[g] : planned;
        l->planned[g] = planned;
    }
    return worst;
}

static void shock(loop *l, pl_rng *rng)
{
    for (int k = 0; k < PEOPLE * WANTS; k++) {
        l->taste[k] *= l->want[k] == 3 ? 2 : l->want[k] == 4 ? 0.5 : 1;
    }
    for (int g = 0; g < 2; g++) { /* a harvest fails, a machine is found */
        l->cost[g] *= exp(pl_rng_range(rng, -0.7, 0.7));
    }
}

/* The deviation at the end of so many periods after the shock; *most: the largest of the last ten. */
static double settle(uint64_t seed, double substitution, pl_signal_settings set, bool late, double *at_shock, double *most)
{
    pl_rng rng;
    loop l;
    double worst = 0;
    pl_rng_seed(&rng, seed);
    begin(&l, &rng, substitution);
    for (int t = 0; t < PERIODS; t++) {
        (void)period(&l, &(pl_signal_settings){0.5, 0.9}, false); /* at rest before */
    }
    shock(&l, &rng);
    *most = 0;
    for (int t = 0; t < PERIODS; t++) {
        worst = period(&l, &set, late);
        *at_shock = t == 0 ? worst : *at_shock;
        *most = t >= PERIODS - 10 && worst > *most ? worst : *most;
    }
    return worst;
}

TEST(the_loop_settles_after_a_shock)
{
    static const double substitution[] = {0.5, 1.5, 3};
    double largest = 0, largest_late = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        for (int k = 0; k < 3; k++) {
            double first, most;
            double end = settle(seed, substitution[k], (pl_signal_settings){0}, false, &first, &most);
            CHECK(first > 0.1);
            largest = fmax(largest, most);
            if (!(most < 0.01 && end <= first)) {
                FAIL("seed %llu, substitution %g: from %.3f only to %.3f", (unsigned long long)seed, substitution[k], first, most);
            }
            (void)settle(seed, substitution[k], (pl_signal_settings){0}, true, &first, &most);
            largest_late = fmax(largest_late, most);
            CHECK(most < 0.02);
        }
    }
    printf("# largest deviation of a price from cost 30 periods after the shock: %.1e; with a plan that answers a period late %.1e\n", largest, largest_late);
}

TEST(without_damping_a_late_plan_swings)
{
    double first, most;
    (void)settle(1, 1.5, (pl_signal_settings){1.5, 0.9}, true, &first, &most);
    printf("# undamped and late: from %.2f to %.2f\n", first, most);
    CHECK(most > 0.5 * first);
}

TEST(what_has_no_price_or_no_cost_tells_nothing)
{
    double ratio[4], factor[4];
    pl_share_signal(4, (double[]){NAN, 2, 0, 1}, (double[]){1, NAN, 1, 1}, (double[]){1, 1, 1, 1}, 1.5, NULL, ratio, factor);
    CHECK(isnan(ratio[0]) && isnan(ratio[1]) && factor[0] == 1 && factor[1] == 1);
    CHECK(ratio[2] == 0 && factor[2] == 0.8 && ratio[3] == 2 && factor[3] == 1.2);
}
