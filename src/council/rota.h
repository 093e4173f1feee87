/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * rota.h - administrative work in turn: classes of tasks, the ledger of debts, duties (docs/methods/rota.md).
 *
 * The classes of one assembly whose periods are equally long form a rota: they share one ledger and are filled together, at the beginning of
 * each period, by the clock.  At any time the debts in a ledger add up to what was handed out and then left undone. */
#ifndef PLENTY_COUNCIL_ROTA_H
#define PLENTY_COUNCIL_ROTA_H

#include "council/council.h"
#include "council/turns.h"

#define PL_ROTA_CLASSES 100 /* in a rota */
#define PL_ROTA_IDLE 12     /* periods in which nobody confirms a duty: then the rota sleeps */
#define PL_ROTA_RUNG_MAX 9

typedef struct pl_rota {
    uint8_t assembly[PL_HASH];
    int64_t days, begins; /* length of a period; when period 0 begins */
    int64_t filled;       /* the period filled last, or -1 */
    int64_t running;      /* 1: the next filling is due */
    int64_t idle;         /* periods since a duty was confirmed */
    int64_t undone;       /* what was handed out as due, and no duty served */
} pl_rota;
extern const pl_table PL_ROTAS; /* key: rota id, made of the assembly and the length */

typedef struct pl_rota_class {
    uint8_t rota[PL_HASH];
    char name[101];
    int64_t weight, slots, rung; /* slots 0: ended */
    int64_t training;            /* 1: fewer than 3 for each slot have the rung, so two learn in each */
} pl_rota_class;
extern const pl_table PL_ROTA_CLASSES_OF;  /* key: class id, made of the rota and the name */
extern const pl_table PL_ROTA_HAS; /* pl_link: key (rota, class) */

/* A member's account in a rota: key (rota, member). */
typedef struct pl_rota_account {
    int64_t debt, turns, refusals; /* turns: confirmed duties */
    int64_t since, last;           /* periods: the first one they were part of, the last one with a confirmed duty or -1 */
    int64_t weighed, state;        /* at the last filling: debt then, pl_turn_state after it */
    int64_t seen;                  /* the period of that filling */
} pl_rota_account;
extern const pl_table PL_ROTA_ACCOUNTS;

/* How far a member has come with a class: key (class, member). */
extern const pl_table PL_ROTA_SKILLS; /* pl_turn_skill */

/* How much of the time a member is there: key member. */
typedef struct pl_rota_presence {
    int64_t percent, from, until; /* that percentage from .. until, 100 at any other time */
    uint8_t reason[PL_HASH];      /* salted hash of a private reason, or none */
} pl_rota_presence;
extern const pl_table PL_ROTA_PRESENCE;

typedef enum pl_duty_state { PL_DUTY_OPEN, PL_DUTY_ON, PL_DUTY_SERVED, PL_DUTY_LAPSED } pl_duty_state; /* open: nobody could be found */
typedef struct pl_rota_duty {
    uint8_t holder[PL_HASH], second[PL_HASH], trainee[PL_HASH]; /* the last two learn, or are none */
    int64_t state, weight; /* pl_duty_state; units */
    int64_t debt, tied, candidates, rung, rested; /* of the choice (pl_turn_choice) */
    int64_t was;               /* the period in which the holder had this task before, or -1 */
    int64_t refusals, swapped; /* of this duty */
    int64_t confirmed;         /* when, or -1 */
    uint8_t by[PL_HASH];
} pl_rota_duty;
extern const pl_table PL_ROTA_DUTIES; /* key (class, period, slot) */

/* What a member is busy with, whichever rota: key member. */
typedef struct pl_rota_busy {
    uint8_t class[PL_HASH];
    int64_t period, slot, until, learns; /* learns: 1 for the second and the trainee */
} pl_rota_busy;
extern const pl_table PL_ROTA_BUSY;

/* A filling: key (rota, period).  lot = SHA-256(seed || "rota" || member). */
typedef struct pl_rota_filling {
    uint8_t seed[PL_HASH];
    int64_t time, people, present, due, undone; /* due: handed out; undone: after it */
} pl_rota_filling;
extern const pl_table PL_ROTA_FILLINGS;

/* An offer to swap: key its id. */
typedef struct pl_rota_offer {
    uint8_t by[PL_HASH];
    uint8_t class[2][PL_HASH];
    int64_t period, slot[2], accepted; /* the duty of who offers, the duty of who is asked */
} pl_rota_offer;
extern const pl_table PL_ROTA_OFFERS;

void pl_rota_id(const uint8_t assembly[PL_HASH], int64_t days, uint8_t id[PL_HASH]);
void pl_rota_class_id(const uint8_t rota[PL_HASH], const char *name, size_t n, uint8_t id[PL_HASH]);
int64_t pl_rota_begin(const pl_rota *rota, int64_t period); /* the first second of a period */
/* Whether the member has a duty now in a class of that name (as second: no). */
pl_status pl_on_duty(pl_step *step, const uint8_t member[PL_HASH], const char *class, bool *yes);

/* Everybody a rota can draw on, with what each class asks; made by pl_rota_load. */
typedef struct pl_rota_crew {
    pl_turn_person *people;
    int32_t *order; /* after pl_turns_order */
    pl_rota_account *account;
    size_t n;
    pl_turn_class class[PL_ROTA_CLASSES]; /* heaviest first; the same by id */
    pl_rota_class about[PL_ROTA_CLASSES];
    uint8_t class_id[PL_ROTA_CLASSES][PL_HASH];
    size_t classes;
    int64_t present;
} pl_rota_crew;
/* As it is now, in that period; lots by the seed.  pl_rota_unload in any case. */
pl_status pl_rota_load(pl_step *step, const uint8_t id[PL_HASH], const pl_rota *rota, int64_t period, const uint8_t seed[PL_HASH], pl_rota_crew *crew);
void pl_rota_unload(pl_rota_crew *crew);
/* Puts somebody else in the place of the holder of a duty, who has refused it. */
pl_status pl_rota_replace(pl_step *step, const uint8_t class[PL_HASH], int64_t period, int64_t slot, pl_rota_duty *duty);
/* The seed of the lots of a filling at this moment. */
pl_status pl_rota_seed(pl_step *step, const uint8_t rota[PL_HASH], int64_t period, uint8_t seed[PL_HASH]);

/* How evenly turns have fallen. */
typedef struct pl_rota_spread {
    int64_t people, turns, fewest, most; /* turns: of all */
    int64_t gini;         /* of the turns, in thousandths: 0 is equal */
    int64_t longest_wait; /* periods since the last duty, of whoever waits longest */
    int64_t least_debt, most_debt, sum_debts, heaviest, refusals;
} pl_rota_spread;
pl_status pl_rota_spread_of(pl_step *step, const uint8_t id[PL_HASH], const pl_rota *rota, pl_rota_spread *out);

/* Lets the next filling be due, when the rota does not run; changes *rota, which the caller puts. */
pl_status pl_rota_wake(pl_step *step, const uint8_t id[PL_HASH], pl_rota *rota);
pl_status pl_rota_fills(pl_step *step, const uint8_t id[PL_HASH], int64_t period); /* due */
extern const pl_event_kind PL_KIND_ROTA_CLASS, PL_KIND_ROTA_ABSENT, PL_KIND_ROTA_REFUSED, PL_KIND_ROTA_OFFERED, PL_KIND_ROTA_SWAPPED, PL_KIND_ROTA_SERVED;

#endif
