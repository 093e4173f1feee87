/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * turns.h - whose turn it is: who owes most takes the heaviest task; pure, without a record.
 *
 * Debts and dues are whole thousandths of a point; a task weighs so many points. */
#ifndef PLENTY_COUNCIL_TURNS_H
#define PLENTY_COUNCIL_TURNS_H

#include <plenty/record.h>

#define PL_TURN_UNIT 1000 /* of a point */

/* Whether somebody can take a turn, and if not, why. */
typedef enum pl_turn_state {
    PL_TURN_FREE,
    PL_TURN_ABSENT,  /* for the whole period's beginning: exposure 0 */
    PL_TURN_BUSY,    /* another duty, of another rota, goes on */
    PL_TURN_REFUSED, /* has refused a duty of this period */
    PL_TURN_TAKEN,   /* has a duty of this period */
    PL_TURN_LEARNS   /* is second in a duty of this period */
} pl_turn_state;

typedef struct pl_turn_person {
    uint8_t id[PL_HASH];
    uint8_t lot[PL_HASH]; /* of equal debts, the smallest lot comes first */
    int64_t debt, percent; /* percent: exposure, 0 to 100 */
    pl_turn_state state;
} pl_turn_person;

typedef struct pl_turn_skill {
    int64_t rung, last; /* last: the last period in which they had this task, or -1 */
} pl_turn_skill;

typedef struct pl_turn_class {
    int64_t weight, slots, rung; /* rung: what it takes */
    pl_turn_skill *skill;        /* by person */
} pl_turn_class;

typedef struct pl_turn_choice {
    int32_t person; /* -1: nobody can */
    int64_t rung;   /* that was asked for: lower than that of the class when nobody free has that one */
    int64_t tied;   /* candidates with this debt, the chosen one included */
    int64_t candidates;
    bool rested;    /* the choice among them went by who had this task longest ago; see pl_turn_pick */
} pl_turn_choice;

/* Hands out `amount` units in proportion to the exposures: due = amount * e / sum(e), rounded down, and what is left by largest remainder, of
 * equal remainders to the smallest debt, then the smallest lot.  *handed_out is the amount, or 0 when nobody is exposed.  O(n log n).  PL_NOMEM. */
pl_status pl_turns_accrue(pl_turn_person *people, size_t n, int64_t amount, int64_t *handed_out, pl_error *err);

/* Everybody, largest debt first, then smallest lot; order has room for n.  O(n log n). */
void pl_turns_order(const pl_turn_person *people, size_t n, int32_t *order);

/* Who takes a task of this class in `period`: of those who are free, have the rung, and did not have the same task in the period before (nobody succeeds
 * themselves), the one with the largest debt.  Of several with that debt, those who did not have it in the last floor(people / slots) periods come first;
 * then the smallest lot decides.  When nobody free has the rung, the next lower one is asked for.  Changes nothing.  O(n) per rung. */
pl_turn_choice pl_turn_pick(const pl_turn_person *people, const int32_t *order, size_t n, const pl_turn_class *class, int64_t period);

/* Who learns it: of those who are free and do not have the rung, the one with the largest debt; -1: nobody. */
int32_t pl_turn_second(const pl_turn_person *people, const int32_t *order, size_t n, const pl_turn_class *class);

#endif
