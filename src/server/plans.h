/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * plans.h - the plans that are served: the given one, those that a commons has voted on, and those that were planned here. */
#ifndef PLENTY_SERVER_PLANS_H
#define PLENTY_SERVER_PLANS_H

#include <pthread.h>
#include <stdatomic.h>

#include <plenty/plan.h>
#include <plenty/record.h>

#define PL_PLAN_NAME 72
#define PL_PLANS_MOST 12 /* in memory besides the given one */

/* A plan with what its pages need; counted. */
typedef struct pl_served {
    atomic_int holders;
    char id[PL_PLAN_NAME], title[200];
    const pl_plan *plan;
    const pl_economy *economy;  /* the variant's */
    const pl_economy *base;     /* before its changes */
    pl_balance *balance;        /* by good */
    double *asked;              /* by good: by all needs */
    const char **folded;        /* by good: identifier, name and group in small letters, for the search */
    char *letters, *package;    /* package: datapackage.json, which names sources; or NULL; owned */
    struct pl_served *parent;   /* whose economy it borrows, or NULL */
    pl_economy *own_economy;
    pl_variant *own_variant;
    pl_plan *own_plan;
    uint64_t used;
} pl_served;

typedef struct pl_plans {
    pthread_mutex_t lock;
    pl_served *given, *all[PL_PLANS_MOST];
    int n;
    uint64_t clock;
} pl_plans;

void pl_plans_init(pl_plans *plans);
void pl_plans_clear(pl_plans *plans);

/* Takes over the economy, variant and plan (each may be NULL: then it is borrowed, as *served says already) and makes what pages need.  PL_NOMEM. */
pl_status pl_served_new(const pl_served *from, pl_served **out, pl_error *err);
pl_served *pl_served_keep(pl_served *served);
void pl_served_drop(pl_served *served); /* accepts NULL */
/* datapackage.json of the economy that it is a plan of, borrowed, or NULL. */
const char *pl_served_sources(const pl_served *served);

/* Keeps a plan; the one that was not used for longest makes room. */
void pl_plans_add(pl_plans *plans, pl_served *served);
/* The plan of that id, kept for the caller, or NULL. */
pl_served *pl_plans_find(pl_plans *plans, const char *id);

/* `text` in small letters (Latin, Greek, Cyrillic), at most n bytes behind `out`; returns the end.  Never longer than the text. */
char *pl_fold_letters(const char *text, char *out);

#endif
