/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * count.h - counting again: papers as they are in a file or a record, one function for each rule, and the transcript that their figures are compared with. */
#ifndef PLENTY_VERIFY_COUNT_H
#define PLENTY_VERIFY_COUNT_H

#include "verify/check.h"

#define PV_CANDIDATES 4000

enum { PV_RANKED, PV_APPROVED, PV_SCORED };
typedef struct pv_papers {
    int kind;
    const char *file;
    bool shared;               /* set by the caller: ranks may be shared */
    int64_t rows, papers;      /* kinds of papers with a preference, papers in them */
    int64_t blank;             /* papers without */
    int64_t *count, *start;    /* by row; choices start[r] .. start[r + 1] - 1 */
    int16_t *choice;           /* 0 = the first candidate */
    bool *equal;               /* of each choice: as good as the one before; NULL: none is */
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

enum { PV_NOBODY = -1, PV_NO_STAGE = -1 };
enum { PV_STANDING, PV_ELECTED, PV_OUT };

/* One count: of a file against its transcript, or of a ballot of a record. */
typedef struct pv_recount {
    pv_run *run;
    const pv_document *said; /* the transcript; NULL: there is nothing to compare with */
    const char *file;        /* its name */
    pv_papers papers;
    int32_t n, seats;
    const char **name;
    const char *seed;        /* of lots; NULL: none */
    bool *out;               /* by candidate: withdrew */
    int32_t left, of_seats;  /* countback: who left, of how many who were elected together */
    bool *stands;            /* and who stands for the seat */
    /* by stages */
    char *state;             /* by candidate */
    int64_t *votes;
    int64_t one;             /* a vote, in units of the count */
    int64_t valid, quota, total; /* papers; units */
    int32_t stages, draws;
    int32_t listed;          /* who were elected at the last of them; and whether because no more were left than seats */
    bool last_seats;
    int64_t **history;       /* by stage: votes */
    int16_t *holder;         /* by row */
    int64_t *value;
    int64_t *position;       /* of the holder among the row's choices */
    /* what comes of it */
    int32_t *winner, elected;
    int64_t figures;         /* compared */
    char found[120];         /* what was counted, for people */
} pv_recount;

/* recount.c: what the transcript says at that path, or NULL; as a whole number; and figures against it.  Without a transcript: NULL, and nothing is compared. */
const pv_json *pv_said_by(pv_recount *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int64_t pv_said_whole(pv_recount *r, const pv_json *v, const char *what, int64_t most);
void pv_check_votes(pv_recount *r, int32_t stage, const char *what, const pv_json *v, int64_t votes);
void pv_check_whole(pv_recount *r, int32_t stage, const char *what, const pv_json *v, int64_t x);
/* A text, in quotes or not, that must be this one; true or false. */
void pv_check_text(pv_recount *r, const char *what, const pv_json *v, const char *text);
void pv_check_bool(pv_recount *r, int32_t stage, const char *what, const pv_json *v, bool yes);
/* The list at that path: these candidates in this order, and no more. */
void pv_check_list(pv_recount *r, int32_t stage, const char *path, const int32_t *who, int32_t n);
/* Nothing is told of a tie unless a lot was drawn. */
void pv_check_tie_told(pv_recount *r);
/* The tie that is told of at that path: between those marked, decided by that stage (from 1), or by the last lot when it is 0.  NULL: there was none. */
void pv_check_tie(pv_recount *r, const char *path, const bool *tied, int32_t stage);
/* Room for a count, and all who did not withdraw stand. */
void pv_recount_begin(pv_recount *r);
/* The next stage is done: its votes are kept; they, what is lost and the quota are compared.  Its number, from 0. */
int32_t pv_recount_stage(pv_recount *r);
/* Elects c at the end of the stage just done. */
void pv_elect(pv_recount *r, int32_t c, bool last_seats);
/* Of those marked, whom the lot draws. */
int32_t pv_drawn(pv_recount *r, const bool *in);
/* Of those marked, the one who had most (fewest) votes at the latest of the first `before` stages at which they differed, and so on back; or else by lot.
 * Stage `at` of the transcript tells of the tie. */
int32_t pv_among_equals(pv_recount *r, bool *in, int32_t before, bool most, int32_t at);
/* Of n equals in ascending order, `wanted` are drawn, and come first; the others keep their order. */
void pv_draw_seats(pv_recount *r, int32_t *equal, int32_t n, int32_t wanted);
/* These winners; and, of a count by stages, no more stages, so many draws. */
void pv_check_winners(pv_recount *r);
void pv_recount_end(pv_recount *r);

/* One rule each: counts into `winner`, and compares every figure.  Countback elects one of those who stand, or nobody. */
void pv_recount_scottish(pv_recount *r), pv_recount_countback(pv_recount *r), pv_recount_meek(pv_recount *r), pv_recount_schulze(pv_recount *r),
    pv_recount_approval(pv_recount *r), pv_recount_majority(pv_recount *r), pv_recount_shares(pv_recount *r);

#endif
