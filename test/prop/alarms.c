/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whatever people do or leave undone, whenever: no alarm that is not over has a deadline that is past; only the clock makes alarms rise, one level at a time, and it
 * always does; every silence has an owner and an end; a line that is short is in alarm (test_alarms_hold). */
#include "base/rng.h"
#include "test/test.h"
#include "test/watching_help.h"

enum { RUNS = 12, STEPS = 60, LINES = 3 };

static void act(test_commons *c, pl_rng *rng, const size_t *worker, const test_id *line)
{
    size_t k = pl_rng_below(rng, LINES), who = pl_rng_below(rng, 3) == 0 ? pl_rng_below(rng, c->n) : worker[k];
    test_id id;
    pl_line_alarm a;
    pl_plan_line l = test_line(c, line[k]);
    int64_t now = (int64_t)c->now, period = (now - l.begins) / (7 * PL_DAY);
    bool alarmed = test_alarm(c, line[k], &id, &a);
    switch (pl_rng_below(rng, 6)) {
    case 0:
    case 1:
    case 2: /* reports, also of earlier periods, good and bad */
        test_report(c, who, line[k], (int64_t)pl_rng_below(rng, (uint64_t)(period < 0 ? 1 : period + 2)), 60 + (int64_t)pl_rng_below(rng, 60));
        break;
    case 3:
        if (alarmed) {
            test_answer(c, who, id, 1 + (int64_t)pl_rng_below(rng, 20));
        }
        break;
    case 4:
        if (alarmed) {
            test_silence(c, who, id, now + (int64_t)pl_rng_below(rng, 20) * PL_DAY);
        }
        break;
    default:
        test_act(c, who, &PL_KIND_ALARM_RAISED, (test_field[]){F_ID("line", line[k].at), F_TEXT("text", "It stinks."), {0}});
    }
}

static void run(uint64_t seed)
{
    test_commons c = test_commons_begin(3);
    test_id shop[LINES], line[LINES], council;
    size_t worker[LINES];
    pl_rng rng;
    pl_rng_seed(&rng, seed);
    for (int k = 0; k < LINES; k++) {
        shop[k] = test_workplace(&c, k == 0 ? "Bakery" : k == 1 ? "Mill" : "Farm");
        CHECK_INT(test_watch(&c, 0, shop[k], (30 * LINES + k) * PL_DAY, 10, &line[k]), PL_RULE_NONE);
    }
    council = test_council(&c, "Council of the bakery", shop[0], 1);
    test_council(&c, "Council of councils", council, 1);
    test_constitution(&c, "");
    for (int k = 0; k < LINES; k++) {
        worker[k] = test_admit(&c, &shop[k].at, 1);
    }
    for (int step = 0; step < STEPS; step++) {
        test_later(&c, pl_rng_below(&rng, 3) == 0 ? (int64_t)pl_rng_below(&rng, 5 * PL_DAY) : (int64_t)pl_rng_below(&rng, 10 * PL_HOUR));
        act(&c, &rng, worker, line);
        test_alarms_hold(&c);
    }
    test_later(&c, 300 * PL_DAY); /* nobody does anything any more: all rise, again and again */
    int64_t left = test_alarms_hold(&c);
    for (int k = 0; k < LINES; k++) {
        test_id id;
        pl_line_alarm a;
        if (test_alarm(&c, line[k], &id, &a)) {
            CHECK(a.level > 10 && pl_id_same(a.at, test_everyone(&c).at));
        }
    }
    CHECK(left <= LINES);
    test_commons_end(&c);
}

TEST(no_alarm_outlives_its_deadline_unseen)
{
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        run(seed);
    }
}
