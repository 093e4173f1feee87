/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The whole year of a commons of 5,000 members, lived through, replayed and audited. */
#include "test/year.h"

#include <stdlib.h>

#include "test/record_help.h"
#include "test/test.h"

static void stop(const char *why)
{
    FAIL("%s", why);
}

TEST(a_whole_year)
{
    static year_result year;
    year_plan plan = YEAR_WHOLE;
    plan.economy = test_source("examples/bakery");
    pl_record *record = year_live(&plan, test_path("year.commons"), stop, &year);
    if (year.events < 190000 || year.refused > year.events / 50) {
        FAIL("%llu events, %llu refused; %s", (unsigned long long)year.events, (unsigned long long)year.refused, year.refusal);
    }
    pl_audit audit = test_audit(record, NULL);
    CHECK(audit.sound && audit.replay.voids == 0 && audit.replay.events == year.events);
    char *said = NULL;
    pl_key *key = year_key();
    if (test_independent(record, key, "files", &said) != 0) {
        FAIL("the independent checker: %s", said);
    }
    free(said);
    pl_key_free(key);
    pl_record_close(record);
}
