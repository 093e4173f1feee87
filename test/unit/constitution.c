/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The text of a constitution: what is read, what is refused and where, and that its page in docs/ says what the program does. */
#include <plenty/council.h>

#include "test/test.h"

static pl_status read_text(const char *text, pl_constitution *c, pl_error *err)
{
    return pl_constitution_read(text, strlen(text), "town", c, err);
}

TEST(what_is_written_is_read_again)
{
    pl_constitution c, again;
    pl_owned text;
    pl_error err = {0};
    CHECK_INT(read_text("# The town\n\n  mandate.term_days = 200 # shorter\ntier.1 = food = water\n tier.2 =  a home \n", &c, &err), PL_OK);
    CHECK_INT(c.value[PL_TERM_DAYS], 200);
    CHECK_INT(c.value[PL_VOTING_DAYS], pl_param_what(PL_VOTING_DAYS)->value);
    CHECK_STR(c.tier[0], "food = water");
    CHECK_STR(c.tier[1], "a home");
    CHECK_INT(pl_constitution_write(&c, &text, &err), PL_OK);
    CHECK_INT(pl_constitution_read(text.bytes, text.n, "written", &again, &err), PL_OK);
    CHECK(memcmp(&c, &again, sizeof c) == 0);
    pl_owned_free(&text);
}

TEST(what_is_wrong_is_named_with_its_place)
{
    static const struct {
        const char *text, *subject, *message, *hint;
    } WRONG[] = {
        {"mandate.term_days = 29", "town:1:21", "out of the bounds", "from 30 to 1461"},
        {"mandate.term_days = 1462", "town:1:21", "out of the bounds", "from 30 to 1461"},
        {"\nmandate.term_days = soon", "town:2:21", "no whole number", "from 30 to 1461"},
        {"mandate.term_days = 99999999999999999999", "town:1:21", "no whole number", "from 30"},
        {"mandate.term_day = 200", "town:1:1", "no parameter", "mandate.term_days"},
        {"  what is this", "town:1:3", "has no =", "key = value"},
        {"lot.commit_hours = 24\nlot.commit_hours = 24", "town:2:1", "said twice", "leave one"},
        {"tier.2 = a home", "town:1:1", "without the tier before it", "1, 2, 3"},
        {"tier.1 = \xFF", "town:1:10", "name of a tier", "UTF-8"},
        {"tier.0 = none", "town:1:1", "no parameter", "tier.1"},
        {"tier.1 = a\ttab", "town:1:11", "control character", "text"},
        {"grant.needed = 4\ngrant.approvers = 3", "town", "more than", ""},
        {"secret.needed = 5\nsecret.trustees = 4", "town", "more than", ""},
    };
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        pl_constitution c;
        pl_error err = {0};
        CHECK(read_text(WRONG[i].text, &c, &err) != PL_OK);
        if (strcmp(err.subject, WRONG[i].subject) != 0 || strstr(err.message, WRONG[i].message) == NULL || strstr(err.hint, WRONG[i].hint) == NULL) {
            FAIL("'%s': %s: %s (%s)", WRONG[i].text, err.subject, err.message, err.hint);
        }
    }
}

/* Each value at its bounds is read; one beyond is not. */
TEST(bounds_are_enforced)
{
    for (int i = 0; i < PL_PARAMS; i++) {
        const pl_param_about *a = pl_param_what((pl_param_name)i);
        const int64_t x[4] = {a->least, a->most, a->least - 1, a->most + 1};
        CHECK(a->least <= a->value && a->value <= a->most);
        for (int k = 0; k < 4; k++) {
            char text[200];
            const char *besides = i == PL_GRANT_NEEDED        ? "grant.approvers = 15\n"
                                  : i == PL_GRANT_APPROVERS   ? "grant.needed = 2\n"
                                  : i == PL_SECRECY_NEEDED    ? "secret.trustees = 20\n"
                                  : i == PL_SECRECY_TRUSTEES  ? "secret.needed = 2\n"
                                                              : "";
            pl_constitution c;
            pl_error err = {0};
            snprintf(text, sizeof text, "%s%s = %lld\n", besides, a->key, (long long)x[k]);
            CHECK_INT(read_text(text, &c, &err), k < 2 ? PL_OK : PL_DATA);
        }
    }
}

TEST(every_parameter_stands_in_the_docs)
{
    static char page[100000];
    FILE *f = fopen(test_source("docs/formats/constitution.md"), "r");
    CHECK(f != NULL && fread(page, 1, sizeof page - 1, f) > 0);
    fclose(f);
    for (int i = 0; i < PL_PARAMS; i++) {
        const pl_param_about *a = pl_param_what((pl_param_name)i);
        char row[400];
        snprintf(row, sizeof row, "| `%s` | %lld | %lld | %lld | %s | %s |\n", a->key, (long long)a->value, (long long)a->least, (long long)a->most, a->unit, a->says);
        if (strstr(page, row) == NULL) {
            FAIL("docs/formats/constitution.md lacks the row %s", row);
        }
    }
}
