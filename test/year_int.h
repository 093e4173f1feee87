/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * year_int.h - what the files of the scripted year share. */
#ifndef PLENTY_TEST_YEAR_INT_H
#define PLENTY_TEST_YEAR_INT_H

#include "base/map.h"
#include "base/rng.h"
#include "test/year.h"

#define YEAR_BATCH 2000 /* events appended in one call */
typedef struct year_id {
    uint8_t at[PL_HASH];
} year_id;

#define YEAR_FOUNDERS 20
#define YEAR_PLANS 3
typedef struct year_named { /* a plan that can be chosen */
    const char *name;
    uint8_t hash[PL_HASH];
} year_named;

typedef struct year {
    const year_plan *plan;
    void (*stop)(const char *why);
    year_result *out;
    pl_record *record;
    pl_rng rng;
    uint64_t begin, now;
    int day;
    pl_key **key;      /* of everybody, members or not yet */
    year_id *id;       /* of their keys, which are the members' ids */
    uint64_t *counter;
    size_t *home;      /* constituency of each */
    bool *gone;        /* who has left */
    size_t n;          /* people so far; the founders first */
    year_named choice[YEAR_PLANS];
    year_id economy;   /* hash of the archive */
    pl_map people, seen; /* ids to numbers; what was dealt with already */
    year_id *names;    /* keys of `seen` */
    size_t n_names;
    size_t ready, before; /* people who are members by now; who were proposed before today */
    year_id everyone, *constituency, *council, *district, top;
    pl_owned *event;   /* signed, not yet appended */
    pl_bytes *bytes;
    size_t *author, n_batch, cap_batch[3];
    struct {
        int stage;
        size_t author, sealer[5];
        int64_t position;
        year_id id;
    } grant;
} year;

/* Signs what was begun and filled in; it is appended by the next year_flush. */
void year_text(pl_body *body, const char *field, const char *text);
year_id year_sign(year *y, pl_body *body, size_t who); /* its id */
year_id year_sign_body(year *y, const pl_event_kind *kind, pl_bytes body, size_t who);
void year_flush(year *y);
void year_good(year *y, pl_status status);
size_t year_below(year *y, size_t n);
size_t year_anybody(year *y); /* one who is a member */
bool year_chance(year *y, unsigned percent);
/* The number of a member, or SIZE_MAX. */
size_t year_who(const year *y, const uint8_t id[PL_HASH]);
/* Whether it is the first time that this id, or this id and number, is asked about. */
bool year_first(year *y, const uint8_t id[PL_HASH], int64_t n);
/* Looks at the state of this morning. */
void year_look(year *y, void (*look)(year *y, pl_step *s));

/* What happens on a day (year_days.c); each looks, then signs. */
void year_admissions(year *y);
void year_elections(year *y);
void year_votes(year *y);
void year_recalls(year *y);
void year_turns(year *y);
void year_pay(year *y);
void year_motions(year *y);
void year_grants(year *y);
void year_leaving(year *y);
void year_plans(year *y); /* year_plans.c */
/* Makes the plans; `record` is the path of the record, beside which they lie. */
void year_make_plans(year *y, const char *record);

#endif
