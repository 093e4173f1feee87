/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The ground that a commons stands on: constitution, assemblies, mandates that rest on one another. */
#include "test/council_help.h"
#include "test/test.h"

TEST(founders_adopt_together)
{
    test_commons c = test_commons_begin(3);
    pl_assembly everyone;
    int64_t value;
    CHECK(test_row(&c, &PL_ASSEMBLIES, pl_key_id1(pl_record_what(c.record)->commons_id), &everyone));
    CHECK_INT(everyone.members, 3);
    test_constitution(&c, "mandate.term_days = 100\n");
    CHECK(test_row(&c, &(pl_table){"constitution", sizeof value, 1, {{PL_COLUMN_INT, 0, sizeof value}}}, pl_key_text("mandate.term_days"), &value));
    CHECK_INT(value, 100);
    test_commons_end(&c);
}

typedef struct mandates {
    uint8_t low[PL_HASH], middle[PL_HASH], high[PL_HASH];
    uint8_t council[3][PL_HASH];
    const uint8_t *holder;
} mandates;

static pl_status rest(void *user, pl_step *s)
{
    mandates *m = user;
    uint8_t *id[3] = {m->low, m->middle, m->high};
    pl_status status = PL_OK;
    int64_t size;
    for (int i = 0; status == PL_OK && i < 3; i++) {
        pl_mandate x = {.from = s->time, .until = s->time + 100, .ended = -1, .seat = i};
        memcpy(x.council, m->council[i], PL_HASH);
        memcpy(x.holder, m->holder, PL_HASH);
        memcpy(x.rests_on, i > 0 ? id[i - 1] : x.rests_on, PL_HASH);
        status = pl_mandate_begin(s, &x, id[i]);
    }
    status = status == PL_OK ? pl_mandate_finish(s, m->low, PL_END_RECALLED) : status;
    for (int i = 0; status == PL_OK && i < 3; i++) {
        pl_mandate x;
        bool there;
        status = pl_get(s, &PL_MANDATES, pl_key_id1(id[i]), &x, &there);
        CHECK(there && x.ended == s->time && x.why == (i == 0 ? PL_END_RECALLED : PL_END_BASE));
        CHECK(pl_assembly_size(s, m->council[i], &size) == PL_OK && size == 0);
    }
    return status;
}

TEST(higher_mandates_end_with_the_lowest)
{
    test_commons c = test_commons_begin(2);
    uint8_t electors[PL_HASH];
    mandates m = {.holder = test_member(&c, 1)};
    const int64_t seats = 3;
    memcpy(electors, pl_record_what(c.record)->commons_id, PL_HASH);
    for (int i = 0; i < 3; i++) {
        char name[2] = {(char)('A' + i)};
        CHECK_INT(test_act(&c, 0, &PL_KIND_COUNCIL_CREATED, (test_field[]){F_TEXT("name", name), F_IDS("electors", electors, 1), F_INTS("seats", &seats, 1), {0}}), PL_RULE_NONE);
        memcpy(electors, c.id, PL_HASH);
        memcpy(m.council[i], c.id, PL_HASH);
    }
    test_look(&c, rest, &m);
    test_commons_end(&c);
}

static pl_status put(pl_state *state, const char *key, const char *value)
{
    return pl_state_put(state, "t", (pl_bytes){(const uint8_t *)key, strlen(key)}, (pl_bytes){(const uint8_t *)value, strlen(value)}, NULL);
}

/* All rows of table t whose keys begin with the prefix, as "key=value "... */
static void rows_of(pl_state *state, const char *prefix, char out[200])
{
    pl_cursor at = pl_cursor_over("t", (pl_bytes){(const uint8_t *)prefix, strlen(prefix)});
    pl_bytes value;
    out[0] = '\0';
    while (pl_state_next(state, &at, &value, NULL) == PL_OK && value.at != NULL) {
        size_t n = strlen(out);
        snprintf(out + n, 200 - n, "%.*s=%.*s ", (int)at.n, (const char *)at.key, (int)value.n, (const char *)value.at);
    }
}

TEST(rows_come_in_order_and_what_is_taken_back_is_gone)
{
    pl_state *state;
    char out[200];
    CHECK_INT(pl_state_new(NULL, &state, NULL), PL_OK);
    CHECK_INT(put(state, "b", "1"), PL_OK);
    CHECK_INT(put(state, "ab", "2"), PL_OK);
    CHECK_INT(put(state, "a", "3"), PL_OK);
    CHECK_INT(pl_state_put(state, "tt", (pl_bytes){NULL, 0}, (pl_bytes){NULL, 0}, NULL), PL_OK); /* another table */
    rows_of(state, "", out);
    CHECK_STR(out, "a=3 ab=2 b=1 ");
    rows_of(state, "a", out);
    CHECK_STR(out, "a=3 ab=2 ");
    pl_state_mark(state);
    CHECK_INT(put(state, "aa", "new"), PL_OK);
    CHECK_INT(put(state, "ab", "a longer value than before"), PL_OK);
    rows_of(state, "a", out);
    CHECK_STR(out, "a=3 aa=new ab=a longer value than before ");
    pl_state_undo(state);
    rows_of(state, "", out);
    CHECK_STR(out, "a=3 ab=2 b=1 ");
    pl_state_free(state);
}

/* A clock that jumps: all that was due meanwhile happens, each thing at its moment and in its order, and both programs find the same. */
TEST(a_jump_of_nine_years)
{
    test_commons c = test_commons_begin(5);
    test_id council = test_council(&c, "Bakers", test_everyone(&c), 2), first;
    test_constitution(&c, "mandate.term_days = 30\n");
    for (size_t who = 0; who < 2; who++) {
        CHECK_INT(test_stand(&c, who, test_election_id(&c, council)), PL_RULE_NONE);
    }
    test_later(&c, DAYS(15));
    CHECK(test_holds(&c, 0, council, &first));
    test_later(&c, DAYS(3650));
    CHECK_INT(test_act(&c, 4, &PL_KIND_NOTE, (test_field[]){F_TEXT("text", "Where is everybody?"), {0}}), PL_RULE_JUMP);
    test_later(&c, -DAYS(365));
    CHECK_INT(test_act(&c, 4, &PL_KIND_NOTE, (test_field[]){F_TEXT("text", "Where is everybody?"), {0}}), PL_RULE_NONE);
    pl_mandate m = test_mandate(&c, first);
    CHECK(m.ended == m.from + DAYS(30) && m.why == PL_END_TERM);
    CHECK_INT(test_election(&c, council).state, PL_ELECTION_STANDING); /* nobody stood: it waits */
    /* A clock that goes back does not turn the record back; who has signed last is refused at the door, others are not. */
    test_later(&c, -DAYS(1000));
    CHECK_INT(test_act(&c, 4, &PL_KIND_NOTE, (test_field[]){F_TEXT("text", "Early."), {0}}), PL_RULE_FUTURE);
    CHECK_INT(test_stand(&c, 3, test_election_id(&c, council)), PL_RULE_NONE);
    test_later(&c, DAYS(1000) + DAYS(14) + 1);
    CHECK(test_holds(&c, 3, council, NULL));
    test_commons_end(&c);
}
