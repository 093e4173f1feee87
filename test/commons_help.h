/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * commons_help.h - a commons for tests: founders with keys of small seeds, a clock that the test drives, any kind of event in one call. */
#ifndef PLENTY_TEST_COMMONS_HELP_H
#define PLENTY_TEST_COMMONS_HELP_H

#include "council/council.h"
#include "test/record_help.h"

typedef struct test_commons {
    pl_record *record;
    pl_key **key;              /* of the people who act, 0 .. n - 1; the founders first */
    size_t n, cap;
    uint64_t now;
    uint8_t id[PL_HASH];       /* of what the last event made */
    char why[200];             /* of the last event that was refused */
    struct test_refused {      /* all that were, but at the door alone */
        pl_owned event;
        uint64_t position;
        pl_rule rule;
    } *refused;
    size_t n_refused, cap_refused;
} test_commons;

/* Founded by that many people (1 to 64), at TEST_NOW; no constitution yet. */
test_commons test_commons_begin(size_t founders);
/* Replays and audits everything (the tables must be what the record gives), then closes.  The independent checker must agree; and each event that was refused, written into a
 * record all the same, must be void by the same rule for both. */
void test_commons_end(test_commons *c);
/* One more person with a key, not a member yet; the number. */
size_t test_person(test_commons *c);
/* The id that a person has or will have as a member. */
const uint8_t *test_member(const test_commons *c, size_t who);
void test_later(test_commons *c, int64_t seconds);

typedef struct test_field { /* see the macros */
    const char *name;
    pl_field_type type;
    const void *at;
    size_t n;
    int64_t x;
} test_field;
#define F_BYTES(name, bytes, n) {name, PL_FIELD_BYTES, bytes, n, 0}
#define F_ID(name, id) {name, PL_FIELD_BYTES, id, PL_HASH, 0}
#define F_TEXT(name, text) {name, PL_FIELD_TEXT, text, strlen(text), 0}
#define F_INT(name, x) {name, PL_FIELD_INT, NULL, 0, x}
#define F_IDS(name, ids, n) {name, PL_FIELD_IDS, ids, n, 0}
#define F_INTS(name, numbers, n) {name, PL_FIELD_INTS, numbers, n, 0}
#define F_TEXTS(name, texts, n) {name, PL_FIELD_TEXTS, texts, n, 0}
/* Signs an event of that kind by that person and appends it: the rule that it breaks, with c->why; or none, with c->id.
 * test_act(&c, 0, &PL_KIND_X, (test_field[]){F_TEXT("name", "Bakers"), F_INT("seats", 3), {0}}) */
pl_rule test_act(test_commons *c, size_t who, const pl_event_kind *kind, const test_field *fields);
/* The signed event alone; pl_owned_free. */
pl_owned test_signed(test_commons *c, size_t who, const pl_event_kind *kind, const test_field *fields);
/* All founders adopt this text ("" for the defaults). */
void test_constitution(test_commons *c, const char *text);
/* A new person becomes a member, of these constituencies: 0 proposes, 1 vouches, time passes.  The number. */
size_t test_admit(test_commons *c, const uint8_t (*constituencies)[PL_HASH], size_t n);
/* Asks for a grant for this act, lets the approvers be drawn and all of them approve; its id is in c->id. */
void test_grant(test_commons *c, size_t who, const pl_event_kind *kind, const test_field *fields);
/* Calls `look` with the state at c->now. */
void test_look(test_commons *c, pl_look_fn look, void *user);
/* A row as it is at c->now; whether it is there. */
bool test_row(test_commons *c, const pl_table *table, pl_row_key key, void *row);

#endif
