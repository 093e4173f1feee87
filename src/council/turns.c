/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "council/turns.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- Dues ----------------------------------------------------------------------------------------- */

typedef struct share {
    int64_t rest;
    pl_turn_person *person;
} share;

static int by_rest(const void *a, const void *b)
{
    const share *x = a, *y = b;
    if (x->rest != y->rest) {
        return x->rest < y->rest ? 1 : -1;
    }
    if (x->person->debt != y->person->debt) {
        return x->person->debt > y->person->debt ? 1 : -1;
    }
    return memcmp(x->person->lot, y->person->lot, PL_HASH);
}

pl_status pl_turns_accrue(pl_turn_person *people, size_t n, int64_t amount, int64_t *handed_out, pl_error *err)
{
    int64_t all = 0, left = amount;
    *handed_out = 0;
    for (size_t i = 0; i < n; i++) {
        all += people[i].percent;
    }
    if (all == 0 || amount == 0) {
        return PL_OK;
    }
    share *shares = PL_NEW(share, n);
    if (shares == NULL) {
        return pl_fail_nomem(err, "handing out turns");
    }
    for (size_t i = 0; i < n; i++) {
        int64_t due = amount / all * people[i].percent + amount % all * people[i].percent / all;
        shares[i] = (share){amount % all * people[i].percent % all, &people[i]};
        people[i].debt += due;
        left -= due;
    }
    qsort(shares, n, sizeof *shares, by_rest);
    for (int64_t i = 0; i < left; i++) { /* fewer than those with a remainder */
        shares[i].person->debt++;
    }
    pl_free(shares);
    *handed_out = amount;
    return PL_OK;
}

/* ---- Order ---------------------------------------------------------------------------------------- */

static int by_debt(const void *a, const void *b, void *user)
{
    const pl_turn_person *people = user, *x = &people[*(const int32_t *)a], *y = &people[*(const int32_t *)b];
    if (x->debt != y->debt) {
        return x->debt < y->debt ? 1 : -1;
    }
    int lots = memcmp(x->lot, y->lot, PL_HASH);
    return lots != 0 ? lots : memcmp(x->id, y->id, PL_HASH);
}

void pl_turns_order(const pl_turn_person *people, size_t n, int32_t *order)
{
    for (size_t i = 0; i < n; i++) {
        order[i] = (int32_t)i;
    }
    qsort_r(order, n, sizeof *order, by_debt, (void *)(uintptr_t)people);
}

/* ---- Choices -------------------------------------------------------------------------------------- */

static bool can(const pl_turn_person *p, const pl_turn_skill *skill, int64_t rung, int64_t period)
{
    return p->state == PL_TURN_FREE && skill->rung >= rung && (skill->last < 0 || skill->last + 1 != period);
}

static pl_turn_choice pick_with(const pl_turn_person *people, const int32_t *order, size_t n, const pl_turn_class *class, int64_t rung, int64_t period)
{
    pl_turn_choice c = {.person = -1, .rung = rung};
    int64_t able = 0, largest = 0;
    for (size_t i = 0; i < n; i++) {
        able += people[i].state != PL_TURN_ABSENT && class->skill[i].rung >= rung;
    }
    int64_t rest = able / class->slots;
    for (size_t i = 0; i < n; i++) {
        int32_t who = order[i];
        const pl_turn_skill *skill = &class->skill[who];
        if (!can(&people[who], skill, rung, period)) {
            continue;
        }
        bool rested = skill->last < 0 || period - skill->last > rest;
        c.candidates++;
        if (c.person < 0) {
            largest = people[who].debt;
            c.person = who;
            c.rested = rested;
        } else if (people[who].debt == largest && rested && !c.rested) {
            c.person = who;
            c.rested = true;
        }
        c.tied += people[who].debt == largest;
    }
    return c;
}

pl_turn_choice pl_turn_pick(const pl_turn_person *people, const int32_t *order, size_t n, const pl_turn_class *class, int64_t period)
{
    pl_turn_choice c = {.person = -1};
    for (int64_t rung = class->rung; rung >= 0 && c.person < 0; rung--) {
        c = pick_with(people, order, n, class, rung, period);
    }
    return c;
}

int32_t pl_turn_second(const pl_turn_person *people, const int32_t *order, size_t n, const pl_turn_class *class)
{
    for (size_t i = 0; i < n; i++) {
        int32_t who = order[i];
        if (people[who].state == PL_TURN_FREE && class->skill[who].rung < class->rung) {
            return who;
        }
    }
    return -1;
}
