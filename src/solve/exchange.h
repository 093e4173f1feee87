/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * exchange.h - what several processes tell one another while they plan together (docs/methods/scaling.md).
 *
 * A crew is all processes, numbered from 0.  Each owns some goods, with the recipes that make them, and sees the goods of
 * others that its recipes touch.  A border says which those are.  Vectors by good have the own goods first, then those of
 * others; limits, which all share, are in every process.  So there are only three things to tell:
 *
 *     show      the owner's value of a good to all who see it
 *     collect   what others have added to a good to its owner; their entries are 0 afterwards
 *     sum       a few numbers over all processes
 *
 * Sums and collections are added in the order of the processes: the same bits every time for the same number of them.
 *
 * One process alone has no crew and no border (NULL): every call is then nothing.  A back end fills in pl_crew_calls;
 * petsc.c is one.  Every call is made by all processes of the crew, in the same order.  What goes wrong in a back end is
 * kept in crew->failed, on which all agree at the next pl_crew_agree. */
#ifndef PLENTY_SOLVE_EXCHANGE_H
#define PLENTY_SOLVE_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/status.h>

typedef struct pl_crew pl_crew;
typedef struct pl_border pl_border;

/* Takes what process `from` sent to the first: n bytes, which are gone after the call. */
typedef pl_status (*pl_crew_taker)(void *user, int32_t from, const void *data, size_t n, pl_error *err);

typedef struct pl_crew_calls {
    /* n bytes of each process to all of them, one behind the other. */
    void (*gather)(pl_crew *crew, const void *mine, void *all, size_t n);
    /* n bytes of process `from` to all. */
    void (*spread)(pl_crew *crew, int32_t from, void *data, size_t n);
    /* n bytes of each other process to the first, one after the other. */
    pl_status (*bring)(pl_crew *crew, const void *mine, size_t n, pl_crew_taker take, void *user, pl_error *err);
    /* Fills in border->received, to and back; the rest is set.  owner, index: whose good it is, and which of its own. */
    pl_status (*tie)(pl_border *border, const int32_t *owner, const int32_t *index, pl_error *err);
    void (*untie)(pl_border *border);
    void (*show)(pl_border *border, const void *own, void *others, size_t size);   /* size: bytes of an element */
    void (*collect)(pl_border *border, const void *others, void *received, size_t size);
    /* By one process alone: divides a graph of n vertices among all processes, as even in weight, and with as few edges
     * between parts, as it can.  start, neighbour as in compressed rows. */
    pl_status (*divide)(pl_crew *crew, int32_t n, const int32_t *start, const int32_t *neighbour, const int32_t *weight,
                        int32_t *part, pl_error *err);
    void (*leave)(pl_crew *crew);
} pl_crew_calls;

/* What this process has sent. */
typedef struct pl_traffic {
    int64_t messages, bytes;   /* to those who own or see its goods */
    int64_t shows, collects;   /* calls */
    int64_t sums, sum_bytes;   /* few numbers to all: calls, and bytes of one process */
    double seconds;            /* in all of them, waiting included */
} pl_traffic;

struct pl_crew {
    int32_t rank, size;
    const pl_crew_calls *calls;
    pl_traffic traffic;
    bool failed;
    double *room; /* for sums: size x PL_CREW_SUM */
};
#define PL_CREW_SUM 256 /* numbers that are added in one go */

struct pl_border {
    pl_crew *crew;
    int32_t own, others;       /* goods */
    int64_t all_goods;         /* of all processes, each counted once */
    int32_t received;          /* values that one collection brings to this process */
    int32_t *to;               /* the own good of each, in the order of the processes */
    int32_t neighbours[2];     /* processes to which it sends when it shows, when it collects */
    void *room;                /* received x size */
    size_t room_n;
    void *back;                /* of the back end */
};

/* Makes the border of this process.  Returns owned.  PL_NOMEM and what the back end says; all agree. */
pl_status pl_border_new(pl_crew *crew, int32_t own, int32_t others, int64_t all_goods, const int32_t *owner,
                      const int32_t *index, pl_border **out, pl_error *err) PL_CHECK;
void pl_border_free(pl_border *border); /* accepts NULL */

/* v: own goods, then those of others; `width` numbers for each. */
void pl_border_show(pl_border *border, double *v);
void pl_border_show_floats(pl_border *border, float *v, int32_t width);
void pl_border_collect(pl_border *border, double *v);
void pl_border_collect_floats(pl_border *border, float *v);

/* Sums of n numbers, each over all processes; one number; the largest; whether any says so. */
void pl_crew_sums(pl_crew *crew, double *v, size_t n);
double pl_crew_sum(pl_crew *crew, double x);
double pl_crew_most(pl_crew *crew, double x);
static inline bool pl_crew_any(pl_crew *crew, bool x)
{
    return crew == NULL ? x : pl_crew_most(crew, x) > 0;
}
static inline bool pl_crew_first(const pl_crew *crew)
{
    return crew == NULL || crew->rank == 0;
}

/* All go on, or all end with the error of the first one that has one. */
pl_status pl_crew_agree(pl_crew *crew, pl_status status, pl_error *err) PL_CHECK;
void pl_crew_free(pl_crew *crew); /* accepts NULL */

/* The processes that were started together by mpirun (petsc.c; only in a build with PETSC=1).  *out is NULL when there is
 * one alone.  Returns owned; to be freed by all, last of all. */
pl_status pl_crew_petsc(pl_crew **out, pl_error *err) PL_CHECK;

#endif
