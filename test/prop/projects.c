/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Random projects, budgets and votes in a commons: what is chosen fits into the budget, groups get what their shares pay for, and the independent checker, voter by voter in
 * fractions, chooses the same (test_commons_end). */
#include "base/rng.h"
#include "council/motions.h"
#include "test/council_help.h"
#include "test/test.h"

#define PEOPLE 11
#define MOTIONS 40

TEST(projects_are_chosen_within_the_budget_and_as_the_checker_does)
{
    test_commons c = test_commons_begin(PEOPLE);
    test_id all = test_everyone(&c), id[MOTIONS];
    const char *names[] = {"Library", "Field", "Theatre", "School", "Trees", "Benches", "Bath"};
    int64_t cost[MOTIONS][7], budget[MOTIONS], bought = 0, short_of = 0;
    size_t n[MOTIONS];
    pl_rng rng;
    pl_rng_seed(&rng, 1);
    test_constitution(&c, "");
    for (size_t i = 0; i < MOTIONS; i++) {
        n[i] = 2 + (size_t)pl_rng_below(&rng, 6);
        budget[i] = 1 + (int64_t)pl_rng_below(&rng, 60);
        for (size_t k = 0; k < n[i]; k++) {
            cost[i][k] = 1 + (int64_t)pl_rng_below(&rng, 30); /* small numbers: many ties */
        }
        CHECK_INT(test_act(&c, 0, &PL_KIND_MOTION_TABLED,
                           (test_field[]){F_ID("assembly", all.at), F_INT("sort", PL_MOTION_PROJECTS), F_TEXT("title", "Projects"), F_TEXT("text", "These."),
                                          F_TEXTS("options", names, n[i]), F_INTS("costs", cost[i], n[i]), F_INT("budget", budget[i]), {0}}),
                  PL_RULE_NONE);
        memcpy(id[i].at, c.id, PL_HASH);
    }
    test_later(&c, DAYS(7));
    for (size_t i = 0; i < MOTIONS; i++) {
        pl_motion m;
        CHECK(test_row(&c, &PL_MOTIONS, pl_key_id1(id[i].at), &m));
        for (size_t who = 0; who < PEOPLE; who++) {
            int64_t marks[7];
            size_t marked = 0;
            for (int64_t k = 0; k < (int64_t)n[i]; k++) {
                marks[marked] = k;
                marked += pl_rng_below(&rng, 2) == 0;
            }
            CHECK_INT(test_mark(&c, who, m.ballot, marks, marked), PL_RULE_NONE);
        }
    }
    test_later(&c, DAYS(3));
    for (size_t i = 0; i < MOTIONS; i++) {
        pl_motion m;
        int64_t spent = 0;
        CHECK(test_row(&c, &PL_MOTIONS, pl_key_id1(id[i].at), &m));
        for (size_t k = 0; k < n[i]; k++) {
            pl_choice o;
            CHECK(test_row(&c, &PL_CHOICES, pl_key_then(pl_key_id1(m.ballot), (int64_t)k), &o));
            spent += o.place > 0 ? cost[i][k] : 0;
            bought += o.place > 0;
            CHECK(o.place > 0 || o.first < PEOPLE || cost[i][k] > budget[i] || m.chosen >= 0); /* what all want is bought, or something else is */
        }
        CHECK(spent <= budget[i] && (m.state == PL_MOTION_CARRIED) == (spent > 0));
        short_of += spent < budget[i];
    }
    printf("# %lld projects chosen in %d motions, %lld of which left some of the budget\n", (long long)bought, MOTIONS, (long long)short_of);
    test_commons_end(&c);
}
