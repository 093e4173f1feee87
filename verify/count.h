/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * count.h - what the recount of an election consists of: papers as they are in the file, and the transcript. */
#ifndef PLENTY_VERIFY_COUNT_H
#define PLENTY_VERIFY_COUNT_H

#include "verify/check.h"

#define PV_CANDIDATES 4000

typedef struct pv_papers {
    const char *file;
    bool equal;                /* set by the caller: shared ranks may be */
    int64_t rows, papers;      /* kinds of papers with a preference, papers in them */
    int64_t blank;             /* papers without */
    int64_t *count, *start;    /* by row; choices start[r] .. start[r + 1] - 1 */
    int16_t *choice;           /* 0 = the first candidate */
    int64_t *points;           /* of each choice; NULL: 1 */
    int32_t highest;           /* number of candidates that the papers show */
    bool blt, projects;        /* projects: Pabulib.  With either also: */
    int32_t candidates, seats;
    bool *withdrawn;
    const char **name;         /* NULL where the file has none */
    int64_t *cost, budget;     /* of projects: hundredths; budget 0: not said */
    char sha256[65];
} pv_papers;

/* Reads BLT, a table with the columns count and preferences, or Pabulib. */
void pv_papers_read(pv_run *run, const char *path, pv_papers *papers);
/* ballots_pb.c: whether the text begins as Pabulib's; reads it. */
bool pv_is_projects(const char *at);
void pv_projects_read(pv_run *run, char *at, char *end, pv_papers *papers);

enum { PV_NOBODY = -1 };
typedef struct pv_recount {
    pv_run run;
    pv_papers papers;
    pv_document t;
    const char *file; /* the transcript's name */
    const char *rule;
    int32_t n, seats;
    const char **name;
    const char *seed;
    char *state;      /* by candidate; 0: stands, 2: withdrew */
    int64_t *votes;
    int64_t one;      /* a vote, in units of the count */
    int64_t valid, quota;
    int32_t stages, elected, draws;
    int64_t **history; /* by stage: votes */
    int16_t *holder;  /* by row */
    int64_t *value;
    int64_t *position; /* of the holder among the row's choices */
    int64_t figures;
    int32_t *winner;
    char found[120];  /* what was counted, for people */
    void (*clean)(void *user); /* what is not the run's; NULL: nothing */
    void *to_clean;
} pv_recount;

/* recount.c: what the transcript says at that path, or NULL; as a whole number; and figures against it. */
const pv_json *pv_said_by(pv_recount *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int64_t pv_said_whole(pv_recount *r, const pv_json *v, const char *what, int64_t most);
void pv_check_votes(pv_recount *r, int32_t stage, const char *what, const pv_json *v, int64_t votes);
void pv_check_whole(pv_recount *r, int32_t stage, const char *what, const pv_json *v, int64_t x);
/* A text, in quotes or not, that must be this one. */
void pv_check_text(pv_recount *r, const char *what, const pv_json *v, const char *text);
/* Of those marked, whom the lot draws. */
int32_t pv_drawn(pv_recount *r, const bool *in);
/* No more stages, these winners, so many draws. */
void pv_recount_end(pv_recount *r);

/* One rule each: counts, and compares every figure. */
void pv_recount_scottish(pv_recount *r), pv_recount_meek(pv_recount *r), pv_recount_shares(pv_recount *r);

#endif
