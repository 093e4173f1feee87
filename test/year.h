/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * year.h - a scripted year of a commons: members, three levels of councils, elections, recalls, turns, pay, grants, motions; all from one seed.
 *
 * What people do on a day depends on the state of the record that morning and on the seed; every event is signed with a key of a small seed. */
#ifndef PLENTY_TEST_YEAR_H
#define PLENTY_TEST_YEAR_H

#include "council/council.h"

typedef struct year_plan {
    uint64_t seed;
    size_t members, constituencies, districts; /* districts: councils of the second level; above them is one */
    int days, motion_days;                     /* motion_days: from one motion of everyone to the next */
    int leave_days;                            /* from one member who leaves to the next */
    const char *economy;                       /* a folder: choices are between plans of it */
} year_plan;
extern const year_plan YEAR_SMALL, YEAR_WHOLE; /* 200 members for a quarter; 5,000 for a year */

#define YEAR_KINDS 64
typedef struct year_kind { /* how many events of it were signed */
    const char *kind;
    uint64_t n;
} year_kind;
typedef struct year_result {
    uint64_t events, refused; /* refused: at the door, by a rule */
    double signing_s, appending_s, looking_s; /* wall time */
    double appending_processor_s;             /* of all processors together */
    char refusal[300];        /* the first one */
    year_kind kinds[YEAR_KINDS];
    size_t n_kinds;
    uint64_t now;             /* when the year ends */
} year_result;

/* Founds a commons in the new file `path` and lives through the year; the record stays open, for pl_record_close.  Any trouble but a refusal is told
 * to `stop`, which does not return. */
pl_record *year_live(const year_plan *plan, const char *path, void (*stop)(const char *why), year_result *out);

/* The record key, which is that of the first founder; pl_key_free. */
pl_key *year_key(void);

#endif
