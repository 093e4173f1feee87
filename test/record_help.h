/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * record_help.h - a commons for tests: keys of small seeds, a clock that stands still, events signed in one call. */
#ifndef PLENTY_TEST_RECORD_HELP_H
#define PLENTY_TEST_RECORD_HELP_H

#include <plenty/record.h>

#define TEST_NOW 1790000000u

pl_key *test_key(unsigned seed); /* pl_key_free */
const char *test_path(const char *name); /* in test_tmp(); static storage */

/* A new record in test_tmp() (or where `where` says), founded by test_key(1) and, with `two`, test_key(2). */
pl_record *test_record(const char *where, bool two);
/* The founding event of such a record. */
pl_owned test_founding(bool two);

/* Changes to an event before it is signed. */
typedef struct test_event {
    const char *kind;
    pl_bytes body;
    int64_t counter, time; /* added to what they should be */
    bool alone;            /* says nothing about what it follows */
    bool other_commons, wrong_root;
    uint64_t later;        /* added to the size that it follows */
} test_event;
pl_owned test_sign(pl_record *record, const pl_key *key, test_event event);
/* Appends the bytes and frees them; the rule that they break. */
pl_rule test_append(pl_record *record, pl_owned event, char why[200]);
/* Signs and appends a note. */
pl_rule test_note(pl_record *record, const pl_key *key, const char *text);
/* Body of a note; pl_owned_free. */
pl_owned test_note_body(const char *text);
pl_bytes test_bytes(const pl_owned *owned);
/* Exports the record into a new folder of that name in test_tmp(), up to a checkpoint signed by that key (when it is the record key; otherwise up to the last one), and lets the
 * independent checker judge it: its exit code, its words in *said (free). */
int test_independent(pl_record *record, const pl_key *key, const char *folder, char **said);
/* Writes a record to the new file `path` as a dishonest keeper would: the first `size` events of `from`, and then this one, whatever rule it breaks, with right hashes. */
void test_forge(pl_record *from, uint64_t size, pl_bytes event, const char *path);
/* The audit, printing nothing. */
pl_audit test_audit(pl_record *record, const pl_policy *policy);

#endif
