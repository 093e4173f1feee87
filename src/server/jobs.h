/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * jobs.h - plans that are being made: one thread, one after the other; each can be watched and stopped. */
#ifndef PLENTY_SERVER_JOBS_H
#define PLENTY_SERVER_JOBS_H

#include <pthread.h>

#include "server/plans.h"

#define PL_JOBS 64 /* that are remembered */
#define PL_JOBS_WAITING 8

typedef enum pl_job_state { PL_JOB_WAITING, PL_JOB_RUNNING, PL_JOB_DONE, PL_JOB_STOPPED, PL_JOB_FAILED } pl_job_state;

typedef struct pl_job {
    int64_t number; /* 1, 2, ...; 0: no job */
    pl_job_state state;
    char doing[100];
    double fraction, seconds;
    bool stop;
    pl_served *from;     /* whose economy it varies; held until it is over */
    pl_variant *variant; /* likewise */
    pl_economy *economy; /* of its own, when it varies no plan */
    char *package;       /* its datapackage.json, or NULL; likewise */
    char goal[100];
    char plan[PL_PLAN_NAME]; /* when it is done */
    char title[200];
    pl_error err;        /* when it failed */
} pl_job;

struct pl_server;
typedef struct pl_jobs {
    struct pl_server *server;
    pthread_mutex_t lock;
    pthread_cond_t more;
    pthread_t thread;
    bool running, ending;
    int64_t last;
    pl_job job[PL_JOBS];
} pl_jobs;

void pl_jobs_init(pl_jobs *jobs, struct pl_server *server);
pl_status pl_jobs_start(pl_jobs *jobs, pl_error *err);
void pl_jobs_stop(pl_jobs *jobs);  /* ends the thread; from then on nothing is taken */
void pl_jobs_clear(pl_jobs *jobs); /* when nobody asks any more */
/* A new plan of the variant, of the economy of `from` or (with from NULL) of `economy` with its `package`; takes over all three when the call succeeds.  *number is the job's.  PL_BUSY when too many wait. */
pl_status pl_jobs_add(pl_jobs *jobs, pl_served *from, pl_economy *economy, char *package, pl_variant *variant, const char *goal, const char *title, int64_t *number, pl_error *err);
/* A copy of a job as it is (its pointers say nothing); false when there is none. */
bool pl_jobs_get(pl_jobs *jobs, int64_t number, pl_job *out);
bool pl_jobs_end(pl_jobs *jobs, int64_t number); /* asks it to stop */
const char *pl_job_state_text(pl_job_state state);

#endif
