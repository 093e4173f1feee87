/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * random_economy.h - small random economies with everything in them, for property tests. */
#ifndef PLENTY_TEST_RANDOM_ECONOMY_H
#define PLENTY_TEST_RANDOM_ECONOMY_H

#include <plenty/economy.h>

/* An economy of up to `max_goods` goods: productive recipes, rivals, joint products, wastes, capacities,
 * several kinds of labour, carbon, trade, stocks, tiers, weights, floors, and units many orders of magnitude
 * apart.  The same seed gives the same economy; `order` shuffles the rows it is built from.  About one in six
 * cannot meet its floors.  Fails the test when it cannot be built. */
pl_economy *test_random_economy(uint64_t seed, int32_t max_goods, uint64_t order);

/* The same with tables for several years: assets that wear out, capital, lags, trends. */
pl_economy *test_random_years(uint64_t seed, int32_t max_goods, uint64_t order);

#endif
