/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * ballot.h - ballots from files, and counting them, in whole numbers and with every step on paper.
 *
 * Ballots are papers with a number of how many there are of each kind: ranked (first, second, third ...), approved (all
 * alike) or scored (points).  A count is a transcript: what was done at each stage, what every candidate then had, who
 * was elected or excluded and why, how a tie was broken.  All arithmetic is exact or cut as the rule says; the same
 * ballots give the same transcript, whatever the order of the papers.
 *
 *   rule           for                      source
 *   scottish       seats by ranking         SSI 2007/42 Sch. 1, rules 45-52: weighted inclusive Gregory, 5 decimals
 *   meek           seats by ranking         Proportional Representation Foundation, Reference Meek Rule, 9 decimals
 *   schulze        one winner by ranking    Schulze 2011, winning votes
 *   equal-shares   projects within a budget Peters, Pierczynski, Skowron 2021; completion by raising the budget (Add1)
 *   approval       seats by approval        most approvals
 *   majority       yes or no                more than a part of the votes cast, with a quorum
 *
 * Lots: where a rule ends in a lot, the lot comes from a seed that was published beforehand.  In draw number d every tied
 * candidate gets the SHA-256 of "seed,d,name"; the one with the smallest is drawn.  The order of the candidates plays no
 * part, and anyone can repeat it.  Without a seed such a tie is an error that says who is tied.
 *
 * The rules in full, with sources: docs/methods/counting.md; files: docs/formats/ballots.md.  No global state; a pl_ballots
 * may be counted by several threads at once. */
#ifndef PLENTY_BALLOT_H
#define PLENTY_BALLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/progress.h>
#include <plenty/status.h>

/* ---- Ballots ---------------------------------------------------------------------------------------------------- */

#define PL_CANDIDATES_MAX 4000
#define PL_PAPERS_MAX 2000000000 /* papers in all */
#define PL_SCORE_MAX 1000000000
#define PL_MONEY_MAX 1000000000000000 /* hundredths */
#define PL_EQUAL_RANK 0x8000u    /* in a choice: as high as the one before it */

typedef enum pl_ballot_kind { PL_RANKED, PL_APPROVED, PL_SCORED } pl_ballot_kind;

/* Texts are owned by the ballots. */
typedef struct pl_candidate {
    const char *id;    /* "3", or the identifier of a project; unique */
    const char *name;  /* as on the paper; may be "" (then the id stands for it) */
    const char *group; /* party or category, or "" */
    int64_t cost;      /* of a project, hundredths of the currency; -1 = none */
    bool withdrawn;
} pl_candidate;

typedef struct pl_ballots {
    const char *title;
    const char *file;   /* name of the file, for messages; "" when made by a program */
    const char *format; /* "blt", "pb", "csv", or "" */
    pl_ballot_kind kind;
    int32_t seats;  /* 0 = not said */
    int64_t budget; /* hundredths of the currency; -1 = none */
    int32_t n_candidates;
    pl_candidate *candidate;
    int64_t n_rows;   /* kinds of papers; equal ones are not merged */
    int64_t *count;   /* papers of each row, at least 1 */
    int64_t *start;   /* choices of row r: choice[start[r]] .. choice[start[r + 1] - 1], best first */
    uint16_t *choice; /* candidate, with PL_EQUAL_RANK where it shares the rank before */
    int64_t *score;   /* PL_SCORED: points of each choice, above 0; else NULL */
    int64_t papers;   /* all rows together */
    int64_t blank;    /* papers without any choice, not among the rows */
    int64_t equal_line, equal_column; /* where a file has its first shared rank; 0 = nowhere */
    char sha256[65];  /* of the file (decompressed), "" when made by a program */
    struct pl_ballot_store *store;    /* private */
} pl_ballots;

/* Empty ballots, to be filled in this order: candidates, then papers.  Owned by the caller: pl_ballots_free. */
PL_API pl_status pl_ballots_new(pl_ballot_kind kind, pl_ballots **out, pl_error *err) PL_CHECK;
PL_API void pl_ballots_free(pl_ballots *ballots); /* accepts NULL */

/* Adds a candidate; texts are copied, group may be NULL, name too; id NULL = its number.  Errors: PL_DATA (id there already, cost
 * out of range), PL_TOOBIG, PL_NOMEM. */
PL_API pl_status pl_ballots_candidate(pl_ballots *ballots, const char *id, const char *name, const char *group,
                                      int64_t cost, pl_error *err) PL_CHECK;
/* Adds `count` papers with n choices (candidates by number from 0, may carry PL_EQUAL_RANK); scores: n of them for PL_SCORED,
 * else NULL.  n = 0: blank papers.  Errors: PL_DATA (a candidate twice or unknown, count or score out of range), PL_TOOBIG, PL_NOMEM. */
PL_API pl_status pl_ballots_add(pl_ballots *ballots, int64_t count, const uint16_t *choice, const int64_t *score,
                                int32_t n, pl_error *err) PL_CHECK;

/* Reads BLT, Pabulib .pb, or the CSV layout of docs/formats/ballots.md; which one, the first bytes say.  May be .gz or .zst.
 * Errors carry file:line:column: PL_PARSE, PL_DATA, PL_NOTFOUND, PL_IO, PL_TOOBIG, PL_NOMEM, PL_UNSUPPORTED.
 * About 250 MB a second. */
PL_API pl_status pl_ballots_load(const char *path, pl_ballots **out, pl_error *err) PL_CHECK;
/* Writes ranked or approved ballots as strict BLT: names quoted, one row a line, at once or not at all.  Errors: PL_UNSUPPORTED (scores),
 * PL_DATA (no seats), PL_IO, PL_NOMEM. */
PL_API pl_status pl_ballots_save_blt(const pl_ballots *ballots, const char *path, pl_error *err) PL_CHECK;

/* Number of the candidate with that id, or with that name when only one has it; -1. */
PL_API int32_t pl_ballots_find(const pl_ballots *ballots, const char *what);
/* Its name, or its id when it has none. */
PL_API const char *pl_candidate_name(const pl_ballots *ballots, int32_t candidate);

/* ---- Counts by stages: scottish, meek, countback ------------------------------------------------------------------ */

typedef enum pl_count_rule { PL_SCOTTISH, PL_MEEK, PL_COUNTBACK } pl_count_rule;
typedef enum pl_count_step {
    PL_STEP_FIRST,   /* papers to their first choices (countback: to the highest of those who stand) */
    PL_STEP_SURPLUS, /* the surplus of `candidate` goes on */
    PL_STEP_EXCLUDE, /* `candidate` is excluded, the papers go on */
    PL_STEP_ROUND    /* Meek: one round; `candidate` is who is excluded at its end, or -1 */
} pl_count_step;

/* How one was chosen among equals. */
typedef enum pl_tie_how { PL_TIE_NONE, PL_TIE_EARLIER, PL_TIE_LOT } pl_tie_how;
typedef struct pl_tie {
    pl_tie_how how;
    int32_t stage;  /* PL_TIE_EARLIER: the stage that decided, 1 = first */
    int32_t draw;   /* PL_TIE_LOT: number of the draw, 1 = first */
    int32_t n_tied; /* who was tied; by number */
    int32_t *tied;
} pl_tie;

/* Votes are whole numbers of 10^-decimals. */
typedef struct pl_count_stage {
    pl_count_step kind;
    int32_t candidate;
    pl_tie tie;           /* of the choice of `candidate` */
    int64_t *votes;       /* by candidate, at the end */
    int64_t lost;         /* non-transferable, and what cutting took: valid papers less all votes */
    int64_t quota;        /* Meek: of this round; else the quota of the count */
    int64_t surplus;      /* transferred (PL_STEP_SURPLUS), or in all (PL_STEP_ROUND) */
    int64_t moved, stuck; /* papers that went to another candidate, that had nobody left to go to */
    int64_t *keep;        /* Meek: keep factors by candidate, units as votes; else NULL */
    int32_t iterations;   /* Meek */
    int32_t n_elected;
    int32_t *elected;     /* at the end of this stage, most votes first */
    bool last;            /* they are elected because only as many are left as seats */
} pl_count_stage;

typedef struct pl_count {
    pl_count_rule rule;
    int32_t decimals; /* 5 or 9 */
    int32_t seats, n_candidates;
    int64_t valid;    /* papers with a choice among the candidates (countback: papers of the member who left) */
    int64_t quota;    /* at the beginning */
    int64_t total;    /* votes at the beginning, same unit: valid papers (countback: their values together) */
    int32_t left;     /* countback: who left, else -1; then also */
    int32_t of_seats; /* how many seats the count filled that elected that member, and */
    int32_t n_stands, *stands; /* who stands for the one that is vacant, by number */
    int32_t n_stages;
    pl_count_stage *stage;
    int32_t n_winners;
    int32_t *winner;  /* in order of election */
    int32_t draws;    /* lots drawn */
    const char *seed; /* "" = none */
    struct pl_count_store *store; /* private */
} pl_count;

typedef struct pl_count_settings {
    int32_t seats;        /* 0 = those of the ballots */
    const char *seed;     /* for lots; NULL = none */
    pl_progress progress;
} pl_count_settings;

/* Scottish STV.  With one seat this is instant run-off: the quota is more than half.  Time: one step for each paper and each
 * candidate it passes.  Errors: PL_DATA (ballots that are not ranked, shared ranks, no seats said, no valid papers, a tie that needs a lot
 * and no seed), PL_NOMEM, PL_STOPPED. */
PL_API pl_status pl_count_scottish(const pl_ballots *ballots, const pl_count_settings *settings, pl_count **out,
                                   pl_error *err) PL_CHECK;
/* Meek's method by the reference rule.  Likewise; PL_NUMERIC if it did not end. */
PL_API pl_status pl_count_meek(const pl_ballots *ballots, const pl_count_settings *settings, pl_count **out,
                               pl_error *err) PL_CHECK;
/* Fills one seat that became vacant, from the papers that elected its holder: a scottish count is made, the papers that `left`
 * held when elected are taken out, at the values that made up the quota, and each goes to the highest of those who stand.  The
 * lowest is excluded until one has more than half of what is not lost.  stands: by candidate, or NULL = all who were not elected and did
 * not withdraw.  Errors: as above; PL_DATA also when `left` was not elected or nobody stands. */
PL_API pl_status pl_count_countback(const pl_ballots *ballots, const pl_count_settings *settings, int32_t left,
                                    const bool *stands, pl_count **out, pl_error *err) PL_CHECK;
PL_API void pl_count_free(pl_count *count); /* accepts NULL */

/* ---- Schulze ------------------------------------------------------------------------------------------------------- */

typedef struct pl_schulze {
    int32_t n;         /* candidates; those withdrawn have no place */
    int64_t *prefer;   /* n x n: papers that rank the row above the column (unranked = below all that are ranked) */
    int64_t *path;     /* n x n: strength of the strongest path from row to column, 0 = none */
    int32_t *before;   /* n x n: the candidate before the column on that path, -1 = none */
    int32_t n_order;
    int32_t *order;    /* best first */
    int32_t *place;    /* by candidate, 1 = first, equal where no path decides; 0 = withdrawn */
    int32_t condorcet; /* who beats everyone one against one, or -1 */
    int64_t valid;
    int32_t seats, n_winners; /* order[0 .. n_winners - 1] */
    pl_tie tie;        /* between those for the last seat */
    const char *seed;
    struct pl_count_store *store; /* private */
} pl_schulze;

/* Schulze's method; shared ranks are allowed.  seats: so many from the top of the order (1 unless said: the ballots' number of seats is
 * not used).  Memory 20 n^2 bytes, time n^3 + choices^2 of each row.  Errors: PL_DATA, PL_TOOBIG (over 1000 candidates), PL_NOMEM, PL_STOPPED. */
PL_API pl_status pl_schulze_find(const pl_ballots *ballots, const pl_count_settings *settings, pl_schulze **out,
                                 pl_error *err) PL_CHECK;
PL_API void pl_schulze_free(pl_schulze *schulze); /* accepts NULL */

/* ---- Approval, majority --------------------------------------------------------------------------------------------- */

typedef struct pl_tally {
    int32_t n;
    int64_t *votes;   /* by candidate: papers that name it (approval), that put it first (majority) */
    int32_t *order;   /* most votes first; those withdrawn left out */
    int32_t n_order;
    int64_t valid;
    int32_t seats, n_winners;
    pl_tie tie;       /* for the last seat */
    int64_t cast;     /* majority: papers that count for the quorum, blank ones included */
    int64_t base;     /* majority: votes that are not abstentions */
    int64_t quorum;   /* papers needed */
    int32_t abstain;  /* the candidate that stands for it, or -1 */
    int32_t part_of, part; /* more than part / part_of of the votes is needed */
    bool has_quorum, has_majority;
    const char *seed;
    struct pl_count_store *store; /* private */
} pl_tally;

/* Most approvals.  Errors: PL_DATA, PL_NOMEM. */
PL_API pl_status pl_tally_approval(const pl_ballots *ballots, const pl_count_settings *settings, pl_tally **out,
                                   pl_error *err) PL_CHECK;
/* Yes or no: each paper counts for its first choice; a candidate named "abstain" is counted for the quorum alone.  The winner is who has more
 * than part/part_of of the other votes (1/2: more than half), if at least `quorum` papers were cast.  0 <= part < part_of <= 1000. */
PL_API pl_status pl_tally_majority(const pl_ballots *ballots, int32_t part, int32_t part_of, int64_t quorum, pl_tally **out,
                                   pl_error *err) PL_CHECK;
PL_API void pl_tally_free(pl_tally *tally); /* accepts NULL */

/* ---- Equal Shares ---------------------------------------------------------------------------------------------------- */

typedef enum pl_completion {
    PL_COMPLETE_ADD1, /* every voter's share is raised by one, as long as the money suffices */
    PL_COMPLETE_NONE  /* the plain method */
} pl_completion;

typedef struct pl_shares_settings {
    pl_count_settings common;  /* seats: elect so many, each costing one, instead of a budget */
    int64_t budget;            /* hundredths; -1 = the ballots' */
    bool by_number;            /* a voter's use of a project is 1 (or its points), not its cost (times its points) */
    pl_completion completion;
} pl_shares_settings;

/* A fraction in decimal digits, in lowest terms: "200/66" is "100/33"; denominator "1" for a whole number. */
typedef struct pl_fraction {
    const char *numerator, *denominator;
    int64_t cut; /* in hundred-thousandths, cut off; INT64_MAX when larger */
} pl_fraction;

typedef struct pl_purchase {
    int32_t project;
    int64_t supporters;     /* voters who gave it anything */
    int64_t paying, empty;  /* that still had money; whose money was all taken by this project */
    pl_fraction most;       /* the most that one voter paid, hundredths */
    pl_fraction rate;       /* rho: paid per unit of use, hundredths */
    pl_tie tie;             /* among projects of the same rate, cost and votes */
} pl_purchase;

typedef struct pl_shares {
    int32_t n;
    int64_t voters;       /* papers, blank ones included */
    int64_t budget;       /* hundredths (seats: one seat is 100 x voters, so that shares are whole) */
    int64_t spent;
    int64_t raises;       /* how often the share was raised (Add1) */
    bool stopped_by_money;/* one more raise would have cost more than the budget */
    int64_t unit;         /* by how much a share rises, hundredths */
    int64_t share_whole;  /* a voter's share in the last run: share_whole / voters hundredths */
    int64_t *votes;       /* by project: papers that support it */
    int64_t *cost;        /* by project, hundredths */
    int32_t n_bought;
    pl_purchase *bought;  /* in the order chosen */
    pl_fraction left;     /* what voters still have in the last run, all together, hundredths */
    bool seats, by_number;
    const char *seed;
    struct pl_count_store *store; /* private */
} pl_shares;

/* Method of Equal Shares in exact fractions.  Ballots ranked are taken as approval of all that are ranked.  Time: about projects x
 * choices for each run, one run for each raise.  Errors: PL_DATA (no budget, a project without cost, no voters, a lot without seed),
 * PL_TOOBIG, PL_NOMEM, PL_STOPPED. */
PL_API pl_status pl_shares_find(const pl_ballots *ballots, const pl_shares_settings *settings, pl_shares **out,
                                pl_error *err) PL_CHECK;
PL_API void pl_shares_free(pl_shares *shares); /* accepts NULL */

#endif
