/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What memory is reckoned to take, against the peaks of the work: plans by Newton steps, and a hundred thousand goods. */
#include "test/memory_help.h"
#include "test/test.h"

TEST(plans_of_ten_thousand_goods)
{
#ifdef MORE_MEMORY
    SKIP("this build takes more memory than others");
#endif
    memory_compared(10000, true);
}

TEST(a_hundred_thousand_goods)
{
#ifdef MORE_MEMORY
    SKIP("this build takes more memory than others");
#endif
    memory_compared(100000, false);
}
