/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The main product of each recipe. */
#include <math.h>

#include "base/rng.h"
#include "sparse/owners.h"
#include "test/test.h"

/* Each recipe makes one good of its own and a little of another's; amounts in units of any size. */
TEST(units_do_not_matter)
{
    enum { GOODS = 40, PER = 3, COLUMNS = GOODS * PER, ENTRIES = 8 };
    for (uint64_t seed = 1; seed <= 20; seed++) {
        pl_rng rng;
        pl_rng_seed(&rng, seed);
        double unit[GOODS];
        int64_t start[COLUMNS + 1] = {0};
        int32_t index[COLUMNS * ENTRIES], owner[COLUMNS];
        double amount[COLUMNS * ENTRIES];
        for (int g = 0; g < GOODS; g++) {
            unit[g] = exp2(20 * pl_rng_unit(&rng) - 10);
        }
        for (int j = 0; j < COLUMNS; j++) {
            double level = exp2(20 * pl_rng_unit(&rng) - 10);
            for (int k = 0; k < ENTRIES; k++) {
                int g = k == 0 ? j / PER : (j / PER + 1 + (int)pl_rng_below(&rng, GOODS - 1)) % GOODS;
                double worth = k == 0 ? 1 : k == 1 ? 0.1 : -0.08;
                index[j * ENTRIES + k] = g;
                amount[j * ENTRIES + k] = level * worth * unit[g];
            }
            start[j + 1] = (j + 1) * ENTRIES;
        }
        pl_error err = {0};
        CHECK_INT(pl_find_owners(GOODS, COLUMNS, start, index, amount, NULL, owner, &err), PL_OK);
        for (int j = 0; j < COLUMNS; j++) {
            CHECK_INT(owner[j], j / PER);
        }
    }
}

/* Only the second column makes good 1, though it makes more of good 0; nobody uses good 2; limits are no goods. */
TEST(every_good_has_somebody_who_answers_for_it)
{
    int64_t start[] = {0, 2, 5, 7, 9, 10, 11};
    int32_t index[] = {0, 3, 0, 1, 3, 0, 2, 0, 2, 3, 0};
    double amount[] = {1, 1, 5, 1, 1, 9, 1, -1, 1, 4, -2};
    int32_t owner[6];
    pl_error err = {0};
    CHECK_INT(pl_find_owners(3, 6, start, index, amount, NULL, owner, &err), PL_OK);
    int32_t expected[] = {0, 1, 2, 2, PL_NOBODY, PL_NOBODY};
    for (int j = 0; j < 6; j++) {
        CHECK_INT(owner[j], expected[j]);
    }
}
