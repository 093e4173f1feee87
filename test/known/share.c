/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Which rule is better?  Real households (loyalty-cards-2017) whose goods become scarce.  An earlier comparison, by another program, of 1,480 of them, 106 categories, 10 of which lose 40 %, at substitution 1.5:
 *
 *   rule          mean   worst 5 %  lose > 15 %  wanted but got nothing
 *   points        0.923  0.868       2.7 %        0
 *   proportional  0.923  0.844       6.6 %        0
 *   uniform       0.913  0.714      19.7 %        0
 *   coupon        0.831  0.573      47.4 %        0.8 %
 *   queue         0.824  0.000      34.7 %       40.4 %
 *
 * at 3 worst 5 %: points 0.900, proportional 0.852; and at 0.7, where goods are hard to substitute, honest proportional cuts do better than points in the tail (0.826 to 0.796), with
 * means of 0.911 and 0.912 and 0.54 for the queue.  Amounts are lines of receipts.  The households here are those with 12 lines or more of the ten months that are in the file, 1,510 of them,
 * and the categories of 200 lines; the goods that become scarce are drawn 40 times instead of 10. */
#include "test/test.h"

#include <plenty/needs.h>
#include <plenty/share.h>

static pl_sharing *households(void)
{
    static char sums[300], folder[300];
    const char *data = test_data("loyalty-cards-2017");
    pl_receipt_settings set = {.by = PL_BY_CATEGORY, .period = PL_PERIOD_MONTH, .households = true, .first = INT32_MIN, .last = INT32_MAX};
    pl_wants_settings wants = {PL_WANT_LINES, true, 12, 200};
    pl_wants_made made;
    pl_receipts *r = NULL;
    pl_sharing *s = NULL;
    pl_error err;
    char path[4500];
    snprintf(sums, sizeof sums, "%s/sums", test_tmp());
    snprintf(folder, sizeof folder, "%s/case", test_tmp());
    CHECK_INT(pl_receipts_new(test_source("mappings/loyalty-cards-2017.json"), data, &set, &r, &err), PL_OK);
    snprintf(path, sizeof path, "%s/transactions.csv.gz", data);
    CHECK_INT(pl_receipts_read(r, path, NULL, NULL, &err), PL_OK);
    CHECK_INT(pl_receipts_save(r, sums, false, &err), PL_OK);
    pl_receipts_free(r);
    CHECK_INT(pl_share_wants(sums, &wants, folder, false, &made, &err), PL_OK);
    CHECK_INT(pl_sharing_load(folder, PL_RULE_UNIFORM, &s, &err), PL_OK);
    printf("# %d households, %d categories, %lld wants\n", made.households, made.goods, (long long)made.wants);
    CHECK_INT(s->n_people, made.households);
    return s;
}

static void compare(const pl_sharing *s, double substitution, int32_t draws, pl_compared_loss *loss)
{
    pl_error err;
    pl_compare_settings set = {.substitution = substitution, .shock = 10, .cut = 0.4, .draws = draws, .threads = 2};
    if (pl_share_compare(s, &set, loss, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    for (int r = 0; r < PL_COMPARED; r++) {
        printf("# %.1f %-12s mean %.3f, worst 5 %% %.3f, least %.3f, lose > 15 %%: %.1f %%, nothing %.1f %%, used %.0f %%\n", substitution, pl_compared_id((pl_compared)r), loss[r].mean,
               loss[r].worst, loss[r].least, 100 * loss[r].losing, 100 * loss[r].nothing, 100 * loss[r].used);
    }
}

TEST(real_households_lose_least_with_points_and_most_in_a_queue)
{
    static const double mean[PL_COMPARED] = {0.923, 0.923, 0.913, 0.831, 0.824}, worst[PL_COMPARED] = {0.868, 0.844, 0.714, 0.573, 0.000};
    pl_compared_loss loss[PL_COMPARED];
    pl_sharing *s = households();
    compare(s, 1.5, 40, loss);
    for (int r = 0; r < PL_COMPARED; r++) {
        CHECK(fabs(loss[r].mean - mean[r]) < (r == PL_COMPARE_COUPON ? 0.02 : 0.005));
        CHECK(fabs(loss[r].worst - worst[r]) < (r == PL_COMPARE_UNIFORM ? 0.02 : 0.005));
        CHECK(r == 0 || loss[r].worst < loss[r - 1].worst);
    }
    CHECK(loss[PL_COMPARE_POINTS].nothing == 0 && loss[PL_COMPARE_PROPORTION].nothing == 0);
    CHECK(fabs(loss[PL_COMPARE_POINTS].losing - 0.027) < 0.01 && fabs(loss[PL_COMPARE_PROPORTION].losing - 0.066) < 0.01 && fabs(loss[PL_COMPARE_UNIFORM].losing - 0.197) < 0.02);
    CHECK(loss[PL_COMPARE_POINTS].least > loss[PL_COMPARE_PROPORTION].least);
    CHECK(fabs(loss[PL_COMPARE_QUEUE].losing - 0.347) < 0.01 && fabs(loss[PL_COMPARE_QUEUE].nothing - 0.404) < 0.01);
    CHECK(loss[PL_COMPARE_COUPON].used < 0.46 && loss[PL_COMPARE_POINTS].used > 0.999 && loss[PL_COMPARE_QUEUE].used > 0.999);
    compare(s, 3, 15, loss);
    CHECK(fabs(loss[PL_COMPARE_POINTS].worst - 0.900) < 0.01 && fabs(loss[PL_COMPARE_PROPORTION].worst - 0.852) < 0.01 && loss[PL_COMPARE_QUEUE].worst == 0);
    compare(s, 0.7, 15, loss);
    CHECK(fabs(loss[PL_COMPARE_POINTS].worst - 0.796) < 0.01 && fabs(loss[PL_COMPARE_PROPORTION].worst - 0.826) < 0.01);
    CHECK(fabs(loss[PL_COMPARE_PROPORTION].mean - loss[PL_COMPARE_POINTS].mean) < 0.002 && loss[PL_COMPARE_QUEUE].mean < 0.62);
    pl_sharing_free(s);
}
