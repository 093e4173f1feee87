/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A quarter of a small commons, lived through, replayed, audited; the same seed gives the same record. */
#include "test/year.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "council/lights.h"
#include "council/motions.h"
#include "council/pay.h"
#include "council/recall.h"
#include "council/rota.h"
#include "test/record_help.h"
#include "test/test.h"

static void stop(const char *why)
{
    FAIL("%s", why);
}

typedef struct census {
    int64_t members, mandates, decided, motions, recalls, turns, paid, plans;
} census;

static void count_rows(pl_step *s, const pl_table *table, void *row, int64_t *n)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(table, &all);
    bool there = true;
    while (there) {
        CHECK_INT(pl_next(s, table, &at, row, &there), PL_OK);
        *n += there;
    }
}

static pl_status look(void *user, pl_step *s)
{
    census *c = user;
    pl_mandate m;
    pl_recall r;
    pl_pay_total t;
    pl_plan_in_force p;
    pl_rota_filling f;
    pl_light lights[PL_LIGHTS];
    CHECK_INT(pl_member_count(s, &c->members), PL_OK);
    count_rows(s, &PL_MANDATES, &m, &c->mandates);
    count_rows(s, &PL_RECALLS, &r, &c->recalls);
    count_rows(s, &PL_PLANS_IN_FORCE, &p, &c->plans);
    count_rows(s, &PL_PAY_TOTALS, &t, &c->paid);
    count_rows(s, &PL_ROTA_FILLINGS, &f, &c->turns);
    CHECK_INT(pl_lights(s, lights), PL_OK);
    CHECK(lights[PL_LIGHT_PAY].judged && !lights[PL_LIGHT_PAY].red); /* nobody was paid more than skilled work */
    CHECK(lights[PL_LIGHT_CONTESTED].judged && lights[PL_LIGHT_GINI].figure >= 0);
    return PL_OK;
}

TEST(a_small_year)
{
    static year_result first, second;
    census c = {.members = 0};
    year_plan plan = YEAR_SMALL;
    plan.economy = test_source("examples/bakery");
    uint8_t root[2][PL_HASH];
    pl_record *record = year_live(&plan, test_path("first.commons"), stop, &first);
    if (first.refused > first.events / 20) {
        FAIL("%llu of %llu events were refused; %s", (unsigned long long)first.refused, (unsigned long long)first.events, first.refusal);
    }
    CHECK_INT(pl_record_look(record, first.now, look, &c, NULL), PL_OK);
    CHECK(c.members < (int64_t)YEAR_SMALL.members && c.members > (int64_t)YEAR_SMALL.members - 12); /* some left */
    CHECK(c.mandates >= 6 * 5 && c.recalls > 0 && c.paid > 0 && c.turns > 50 && c.plans > 0);
    CHECK_INT(pl_record_root(record, first.events, root[0], NULL), PL_OK);
    pl_audit audit = test_audit(record, NULL);
    CHECK(audit.sound);
    CHECK_INT(audit.replay.voids, 0);
    char *said = NULL;
    pl_key *key = year_key();
    if (test_independent(record, key, "files", &said) != 0) {
        FAIL("the independent checker: %s", said);
    }
    free(said);
    pl_key_free(key);
    pl_record_close(record);
    record = year_live(&plan, test_path("second.commons"), stop, &second);
    CHECK_INT(second.events, (int64_t)first.events);
    CHECK_INT(pl_record_root(record, second.events, root[1], NULL), PL_OK);
    CHECK(memcmp(root[0], root[1], PL_HASH) == 0);
    pl_record_close(record);
}

/* The record passes an audit, and holds at least so many events.  In a process of its own: audits use threads, and OpenMP hangs in what is forked
 * after it has used any. */
static void sound(const char *path, uint64_t acknowledged)
{
    int code;
    pid_t pid = fork();
    if (pid == 0) {
        pl_record *record = NULL;
        CHECK_INT(pl_record_open(path, pl_council_rules(), PL_RECORD_READ, &record, NULL), PL_OK);
        pl_audit audit = test_audit(record, NULL);
        if (!audit.sound || audit.replay.voids > 0 || audit.replay.events < acknowledged) {
            FAIL("%s; %llu events, %llu acknowledged", audit.wrong, (unsigned long long)audit.replay.events, (unsigned long long)acknowledged);
        }
        _exit(0);
    }
    CHECK(waitpid(pid, &code, 0) == pid && code == 0);
}

/* Killed at any moment, with elections, draws and turns falling due: what is in the file is sound, tables included, and holds what was acknowledged. */
TEST(a_year_that_is_killed)
{
    enum { ROUNDS = 6, STEP = 300 };
    year_plan plan = YEAR_SMALL;
    pl_rng rng;
    year_result *year = mmap(NULL, sizeof *year, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); /* of both processes */
    CHECK(year != MAP_FAILED);
    plan.economy = test_source("examples/bakery");
    pl_rng_seed(&rng, 7);
    for (int round = 0; round < ROUNDS; round++) {
        char name[40], path[4096];
        uint64_t events = STEP * (uint64_t)round + pl_rng_below(&rng, STEP);
        snprintf(name, sizeof name, "killed-%d.commons", round);
        snprintf(path, sizeof path, "%s", test_path(name));
        year->events = 0;
        pid_t pid = fork();
        if (pid == 0) {
            pl_record_close(year_live(&plan, path, stop, year));
            _exit(0);
        }
        while (year->events <= events && waitpid(pid, NULL, WNOHANG) == 0) {
            usleep(1000);
        }
        usleep((useconds_t)pl_rng_below(&rng, 50000));
        kill(pid, SIGKILL);
        CHECK(waitpid(pid, NULL, 0) == pid); /* it did not end by itself */
        sound(path, year->events);
    }
    CHECK(munmap(year, sizeof *year) == 0);
}
