/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * share.h - sharing what is scarce by rules voted beforehand, so that anybody can recompute who gets what.
 *
 *   rule      for                             who gets what
 *   uniform   one good by itself              everybody what they claim, but nobody more than one level (times their points); floors first
 *   points    baskets of divisible goods      everybody the basket they like best for their points, at prices at which all is taken
 *   lottery   indivisible goods               one lot for all: in its order each takes what they want most of what is left
 *   urgency   indivisible goods               the same in the order of a score: voted weights times facts; equals by lot
 *
 * Amounts are whole numbers of the smallest part of a good: a millionth of its unit, or one whole piece.  Sums of allotments are exact.  What
 * cannot be parted further goes by lot: everybody has a ticket, SipHash-2-4 (Aumasson and Bernstein 2012) of their name under a key that is made
 * from the seed and the good; the smallest tickets win.  The order of the names plays no part, and anyone can repeat it.
 *
 * The rules in full, with sources: docs/methods/sharing.md; tables: docs/formats/share.md.  No global state. */
#ifndef PLENTY_SHARE_H
#define PLENTY_SHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/progress.h>
#include <plenty/status.h>

#define PL_SHARE_MILLION 1000000                /* parts of a unit of a divisible good */
#define PL_SHARE_PARTS_MAX 1000000000000000000  /* of one amount, in parts */
#define PL_SHARE_ANY INT64_MAX                  /* a claim on as much as there is */
#define PL_SHARE_POINT 1000                     /* points are kept in thousandths */
#define PL_SHARE_POINTS_MAX 1000000000          /* of one person, in thousandths */

#define PL_SUBSTITUTION 1.5 /* how readily one good does for another in the market of points: the default, and its range */
#define PL_SUBSTITUTION_LEAST 0.1
#define PL_SUBSTITUTION_MOST 5.0

/* ---- Lots --------------------------------------------------------------------------------------------------------------- */

/* The key of a draw: the first 16 bytes of SHA-256 of "seed,what".  what: a good, or what else is drawn. */
typedef struct pl_share_key {
    unsigned char byte[16];
} pl_share_key;
PL_API void pl_share_key_make(const char *seed, const char *what, pl_share_key *out);
/* The ticket of a name, a text of n bytes. */
PL_API uint64_t pl_share_ticket(const pl_share_key *key, const char *name, size_t n);

/* ---- The uniform rule ------------------------------------------------------------------------------------------------------ */

/* Claims on one good.  Arrays of n, owned by the caller. */
typedef struct pl_claims {
    int64_t n;
    const int64_t *claim;     /* parts, 0 or more */
    const int64_t *floor;     /* parts that each should get before anybody gets more, if claimed; NULL = none */
    const int32_t *points;    /* thousandths, 1 or more; NULL = all alike */
    int64_t supply;           /* parts */
    /* Ticket of claimant i, asked only where parts are left over; NULL: none, and the least numbers win. */
    uint64_t (*ticket)(const void *user, int64_t i);
    const void *user;
} pl_claims;

typedef struct pl_uniform {
    bool enough;        /* all claims are met: there is no level */
    bool floors_short;  /* the floors alone are more than the supply: they are shared by the same rule */
    int64_t level, of;  /* nobody gets more than (level / of) parts for each thousandth of a point, unless it is their floor */
    int64_t floors;     /* parts that go to floors; PL_SHARE_ANY when that is more than can be said */
    int64_t given;      /* parts in all: the supply, or all claims */
    int64_t capped;     /* claimants who get less than they claim */
    int64_t left_over;  /* parts that were drawn for, one each */
} pl_uniform;

/* got[i] = min(claim, max(floor, level times points)), with the level at which all is given away; the parts left by cutting to whole parts go to those
 * with the smallest tickets among whom something was cut.  Claiming more or less than one wants never pays: Sprumont, Econometrica 59 (1991).
 * got: n parts.  Exact, in whole numbers.  Time: linear (some 60 ns a claim), memory 4 n bytes, and 16 for each claimant who is in the lot.  Errors: PL_DATA (a claim, a floor or points out of range),
 * PL_TOOBIG (over 2^32 claims), PL_NOMEM. */
PL_API pl_status pl_uniform_rule(const pl_claims *claims, int64_t *got, pl_uniform *out, pl_error *err) PL_CHECK;

/* ---- The market of points --------------------------------------------------------------------------------------------------------- */

/* Arrays are owned by the caller.  Person i wants good want[k], start[i] <= k < start[i + 1], each once.  Their use of a basket x is
 * (sum of taste^(1/s) x^(1-1/s))^(s/(s-1)), s = substitution: constant elasticity of substitution. */
typedef struct pl_market {
    int32_t n_people, n_goods;
    const int64_t *start;
    const int32_t *want;
    const double *taste;   /* by want, 0 or more; 0: not wanted beyond the floor */
    const double *cap;     /* by want: more is of no use; NULL = no caps */
    const double *floor;   /* by want: had without points, at most the cap; NULL = no floors */
    const double *points;  /* by person, above 0 */
    const double *supply;  /* by good */
    double substitution;   /* 0.1 to 5, not 1 */
    double tolerance;      /* of demand beside supply; 0 = 1e-10 */
    int32_t sweeps;        /* at most so many; 0 = 2000 */
} pl_market;

typedef struct pl_clearing {
    int32_t open;     /* goods with a price; the others are there for all who want them, or go to floors alone */
    int32_t sweeps;   /* evaluations of all baskets until demand was supply */
    double excess;    /* largest demand / supply - 1 */
    double slack;     /* largest (1 - demand / supply), times min(1, worth of the good / mean worth) */
    double unspent;   /* part of all points: of people who have all that they claim */
} pl_clearing;

/* Prices (by good, in points for one; 0: there is enough; NAN: floors take all) at which everybody's best basket for their points, all together, is the supply: a
 * competitive equilibrium from given incomes (Varian 1974).  got: baskets by want, or NULL.  With equal points nobody likes the basket of another better, and nothing could be given
 * to one without taking from another.  The same for any number of threads.  Time: a sweep over all wants takes some 5 ns a want, with caps some 25.  Errors: PL_DATA,
 * PL_NUMERIC (does not clear), PL_STOPPED, PL_NOMEM.  Method: docs/methods/sharing.md. */
PL_API pl_status pl_market_clear(const pl_market *market, int threads, const pl_progress *progress, double *price, double *got, pl_clearing *out,
                                 pl_error *err) PL_CHECK;
/* The use that person i has of the basket x (by their wants). */
PL_API double pl_market_utility(const pl_market *market, int32_t i, const double *x);
/* The most, relative, by which anybody could have more use from a basket that they could have bought, and so from that of anybody with no more points. */
PL_API pl_status pl_market_envy(const pl_market *market, int threads, const double *price, const double *got, double *envy, pl_error *err) PL_CHECK;

/* ---- What is to be shared ----------------------------------------------------------------------------------------------------- */

typedef enum pl_share_rule { PL_RULE_UNIFORM, PL_RULE_POINTS, PL_RULE_LOTTERY, PL_RULE_URGENCY, PL_SHARE_RULES } pl_share_rule;
PL_API const char *pl_share_rule_id(pl_share_rule rule); /* "uniform" ... */

/* Texts are owned by the sharing. */
typedef struct pl_share_good {
    const char *id, *unit;
    int64_t supply;      /* parts */
    int64_t floor;       /* parts for each point; 0 = none */
    int64_t part;        /* parts of a unit: PL_SHARE_MILLION, or 1 where only whole pieces are given */
    pl_share_rule rule;
    const char *lot;     /* lottery, urgency: goods of one lot are alternatives, each person gets one piece of them; "" = that of all others */
    double cost;         /* in the plan, for each unit; NAN = not known */
    int64_t claimants;
} pl_share_good;

typedef struct pl_sharing {
    int32_t n_people, n_goods;
    const char *const *person;  /* in the order of their bytes */
    int32_t *points;            /* thousandths */
    int64_t *score;             /* of urgency, millionths; all 0 where none was given */
    pl_share_good *good;        /* in the order of their bytes */
    double substitution;        /* of the market of points: how readily one good does for another */
    int64_t n_wants;            /* by person, then by good */
    int64_t *start;             /* those of person i: start[i] .. start[i + 1] - 1 */
    int32_t *want;              /* which good */
    int64_t *amount;            /* parts, or PL_SHARE_ANY */
    int64_t *floor;             /* parts; NULL = no floors */
    double *taste;              /* weight in the basket; NULL: the amount */
    int64_t *arrival;           /* who came when, for comparison with a queue; NULL = not said */
    char sha256[4][65];         /* of supply.csv, people.csv, wants.csv, urgency.csv, decompressed; "" = none */
    struct pl_sharing_store *store; /* private */
} pl_sharing;

/* Reads supply.csv, wants.csv and perhaps people.csv, rules.csv, urgency.csv from a folder (docs/formats/share.md).  rule: for goods without one in
 * rules.csv.  Errors carry file:line:column: PL_PARSE, PL_DATA, PL_NOTFOUND, PL_IO, PL_TOOBIG, PL_NOMEM.  Owned by the caller: pl_sharing_free. */
PL_API pl_status pl_sharing_load(const char *folder, pl_share_rule rule, pl_sharing **out, pl_error *err) PL_CHECK;
PL_API void pl_sharing_free(pl_sharing *sharing); /* accepts NULL */

/* ---- Sharing ------------------------------------------------------------------------------------------------------------------- */

typedef struct pl_share_outcome { /* of one good */
    int64_t claimed;     /* parts, each claim at most the supply */
    int64_t given;
    int64_t capped;      /* claimants who get less than they claim */
    int64_t nothing;     /* who claim and get nothing */
    int64_t drawn;       /* parts, or pieces, that went by lot */
    bool floors_short;
    double level;        /* uniform: units for each point; NAN where all claims are met, and for the other rules */
    double price;        /* points: for each unit, in points; else NAN */
} pl_share_outcome;

typedef struct pl_share_market { /* figures of the market of points, see pl_market_clear */
    int32_t goods, sweeps;
    double excess, slack;    /* largest relative excess of demand; of supply, where there is a price */
    double envy;             /* the most that anybody could have gained, relative, before rounding */
    double unspent;          /* part of all points */
} pl_share_market;

typedef struct pl_shared {
    int64_t *got;              /* by want, parts */
    pl_share_outcome *outcome; /* by good */
    pl_share_market market;    /* goods 0: there is none */
    const char *seed;          /* as given, "" = none */
    struct pl_shared_store *store; /* private */
} pl_shared;

typedef struct pl_share_settings {
    const char *seed;   /* for lots; NULL = none: then whole pieces that must be drawn for are an error */
    int threads;        /* 0 or 1: one.  The outcome is the same for any number */
    pl_progress progress;
} pl_share_settings;

/* Shares each good by its rule.  Errors: PL_DATA (a lot is needed and there is no seed), PL_NUMERIC (the market does not clear), PL_NOMEM, PL_STOPPED. */
PL_API pl_status pl_share(const pl_sharing *sharing, const pl_share_settings *settings, pl_shared **out, pl_error *err) PL_CHECK;
PL_API void pl_shared_free(pl_shared *shared); /* accepts NULL */

/* Writes the folder of an outcome: what was shared (copied from `from`, the folder it was read from), rules.csv, allotments.csv, prices.csv, and the
 * certificate share.json, at once or not at all.  Errors: PL_IO, PL_NOMEM. */
PL_API pl_status pl_shared_save(const pl_sharing *sharing, const pl_shared *shared, const char *from, const char *folder, bool replace,
                                pl_error *err) PL_CHECK;

/* ---- What the plan learns --------------------------------------------------------------------------------------------------------------- */

typedef struct pl_signal_settings {
    double damping; /* the part of a deviation that the next supply takes back; 0 = 0.5 */
    double limit;   /* of a change in one period; 0 = 0.2 */
} pl_signal_settings;

/* By good: the ratio of its clearing price to its plan cost, 1 for all goods together, and by what to multiply what the plan makes of it.  Demand answers to a price with the elasticity
 * of the substitution, so a supply that grows by ratio^(damping x substitution) leaves the part 1 - damping of the deviation (of its logarithm): with 0.5 the loop settles even where the plan answers
 * a period late, with 1 and above it swings (Cockshott and Cottrell 1993 leave the step open).  A price of NAN (no market) or no cost: ratio NAN, factor 1.  Arrays of n; settings may be NULL. */
PL_API void pl_share_signal(int32_t n, const double *price, const double *cost, const double *supply, double substitution, const pl_signal_settings *settings,
                            double *ratio, double *factor);

/* ---- Queues ------------------------------------------------------------------------------------------------------------------------------ */

/* Figures of shortage of one good.  A fixed price over an empty shelf looks as if nothing were wanted: only time tells. */
typedef struct pl_queue {
    const char *id;
    double open_minutes, stock_minutes;       /* shops were open; and the good was there */
    int64_t orders;
    double wanted, filled, hours, instead;    /* ordered, and met; stood in queues; taken of other goods because there was none */
    int64_t waiting;                          /* on lists */
    double median, longest;                   /* days waited by those on lists */
} pl_queue;

typedef struct pl_queues {
    int32_t n;
    pl_queue *good; /* in the order of their bytes; texts are owned by this */
    pl_queue all;
    struct pl_queues_store *store; /* private */
} pl_queues;

/* Reads shelf.csv, orders.csv, lists.csv (docs/formats/share.md; at least one) from a folder.  Errors: PL_NOTFOUND, PL_DATA, PL_PARSE, PL_IO, PL_NOMEM. */
PL_API pl_status pl_queues_load(const char *folder, pl_queues **out, pl_error *err) PL_CHECK;
PL_API void pl_queues_free(pl_queues *queues); /* accepts NULL */
PL_API double pl_queue_availability(const pl_queue *queue); /* part of the open minutes with stock; NAN where nothing is known; likewise: */
PL_API double pl_queue_fill(const pl_queue *queue);         /* part of what was ordered that was met */
PL_API double pl_queue_instead(const pl_queue *queue);      /* taken instead, of what was wanted: forced substitution */

/* ---- Wants of a past period -------------------------------------------------------------------------------------------------------- */

typedef enum pl_want_measure { PL_WANT_QUANTITY, PL_WANT_VALUE, PL_WANT_LINES } pl_want_measure;
typedef struct pl_wants_settings {
    pl_want_measure measure; /* what counts as the amount: sold less returned, what was paid, lines */
    bool equal;              /* every household's wants are 1000 in all */
    double household_lines, item_lines; /* leave out households, items with fewer lines */
} pl_wants_settings;
typedef struct pl_wants_made {
    int32_t households, goods;
    int64_t wants;
} pl_wants_made;

/* Reads sums.csv of households (plenty needs read --households, docs/formats/needs.md) from a folder and writes wants.csv and supply.csv, as much as is wanted, to another.
 * Errors: PL_DATA (no households in it), PL_PARSE, PL_IO, PL_NOMEM. */
PL_API pl_status pl_share_wants(const char *sums, const pl_wants_settings *settings, const char *folder, bool replace, pl_wants_made *out,
                                pl_error *err) PL_CHECK;

/* ---- Who would have lost ----------------------------------------------------------------------------------------------------------- */

/* Rules as they are compared before one is voted.  Claims are taken as honest under all of them: that proportional shares invite to claim more, and queues to come
 * early, does not show. */
typedef enum pl_compared {
    PL_COMPARE_POINTS,     /* equal points (or those of the people), clearing prices */
    PL_COMPARE_PROPORTION, /* of each scarce good the same part of what everybody wants */
    PL_COMPARE_UNIFORM,    /* each scarce good by the uniform rule; what is saved is not spent on other goods */
    PL_COMPARE_COUPON,     /* of each scarce good the same amount for each point; what is not wanted is wasted */
    PL_COMPARE_QUEUE,      /* fixed prices; who comes early buys the best basket of what is left */
    PL_COMPARED
} pl_compared;
PL_API const char *pl_compared_id(pl_compared rule); /* "points", "proportional" ... */

typedef struct pl_compare_settings {
    double substitution;  /* 0 = that of the sharing */
    int32_t shock;        /* so many goods, drawn anew each time, each as likely as it weighs in all that is wanted, ... */
    double cut;           /* ... lose this part; 0: the supply is that of the sharing */
    int32_t draws;        /* of goods and of queues; 0 = 10 */
    const char *seed;     /* NULL = "" */
    int threads;
    pl_progress progress;
} pl_compare_settings;

/* Use of what people get, relative to the use of all that they want (their amounts, as the best basket at plan cost), over people and draws. */
typedef struct pl_compared_loss {
    double mean, worst, least; /* mean; exceeded by all but 5 %; the least */
    double losing;             /* part of the people who lose more than 15 % */
    double nothing;            /* part of the claims on scarce goods that get nothing (less than a thousandth) */
    double used;               /* part of the scarce goods that is used */
} pl_compared_loss;

/* Replays the wants of a sharing under each rule.  Floors, lotteries and urgency play no part.  Time: that of the market, and of one basket for each person in the queue, times
 * draws.  Errors: PL_DATA (nothing is wanted, or nothing scarce), PL_NUMERIC, PL_NOMEM, PL_STOPPED. */
PL_API pl_status pl_share_compare(const pl_sharing *sharing, const pl_compare_settings *settings, pl_compared_loss loss[PL_COMPARED], pl_error *err) PL_CHECK;

#endif
