/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What memory is reckoned to take before the work, against the peaks of the work; and what is said when there is too
 * little. */
#include <plenty/memory.h>

#include "test/memory_help.h"
#include "test/test.h"

TEST(ten_thousand_goods)
{
#ifdef MORE_MEMORY
    SKIP("this build takes more memory than others");
#endif
    memory_compared(10000, false);
}

TEST(the_simplex)
{
#ifdef MORE_MEMORY
    SKIP("this build takes more memory than others");
#endif
    memory_of_simplex_compared(700);
}

TEST(too_little_is_said_with_both_figures)
{
    pl_error err;
    CHECK_INT(pl_memory_allows("e", "planning", 21.4e9, 15e9, &err), PL_NOMEM);
    CHECK_STR(err.message, "planning needs about 21 GB of memory, 15 GB are available");
    CHECK(err.hint[0] != '\0');
    CHECK_INT(pl_memory_allows("e", "planning", 1.5e9, 80e6, &err), PL_NOMEM);
    CHECK_STR(err.message, "planning needs about 1.5 GB of memory, 80 MB are available");
    CHECK_INT(pl_memory_allows("e", "planning", 15e9, 15e9, &err), PL_OK);
    CHECK_INT(pl_memory_allows("e", "planning", 1e99, 0, &err), PL_OK); /* not known */
}

/* More of anything never takes less; nothing that can be written in a header makes the figures senseless. */
TEST(more_takes_more)
{
    for (int work = PL_WORK_READ; work <= PL_WORK_NEWTON; work++) {
        pl_extent x = {.goods = 1e5, .recipes = 3e5, .resources = 10, .needs = 3e4, .trades = 20, .coefficients = 5e6,
                       .assets = 10, .capital = 300, .texts = 30000};
        double *const all[] = {&x.goods, &x.recipes, &x.resources, &x.needs, &x.trades, &x.coefficients};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
            pl_memory before = pl_memory_of((pl_work)work, &x, &x);
            *all[k] *= 2;
            pl_memory after = pl_memory_of((pl_work)work, &x, &x);
            CHECK(before.held > 0 && after.held >= before.held);
        }
        pl_extent years = pl_extent_unrolled(&x, 5);
        if (work >= PL_WORK_SIMPLEX) {
            CHECK(pl_memory_of((pl_work)work, &x, &years).held > 1.2 * pl_memory_of((pl_work)work, &x, &x).held);
        }
        pl_extent huge = {1e18, 1e18, 1e18, 1e18, 1e18, 1e18, 1e18, 1e18, 1e18, 1e18};
        CHECK(pl_memory_of((pl_work)work, &huge, &huge).held > 1e18);
    }
}

TEST(a_file_that_is_none_has_no_extent)
{
    const char *const paths[] = {"/", "/dev/null", "/nowhere", "Makefile"};
    for (int k = 0; k < 4; k++) {
        pl_extent x = pl_economy_extent_at(paths[k]);
        CHECK(x.goods == 0 && x.recipes == 0 && x.coefficients == 0 && x.mapped == 0);
    }
}
