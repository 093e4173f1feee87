/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/jobs.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "server/call.h"

#define TOLD_S 0.25 /* between two signs of progress */

const char *pl_job_state_text(pl_job_state state)
{
    static const char *const TEXT[] = {"waiting", "running", "done", "stopped", "failed"};
    return TEXT[state];
}

/* Tells everybody how a job stands. */
static void tell(pl_jobs *jobs, const pl_job *job)
{
    char data[400];
    snprintf(data, sizeof data, "{\"job\":%lld,\"state\":\"%s\",\"fraction\":%.4f,\"plan\":%s%s%s}", (long long)job->number, pl_job_state_text(job->state),
             job->fraction < 0 ? 0 : job->fraction, job->plan[0] != '\0' ? "\"" : "", job->plan[0] != '\0' ? job->plan : "null", job->plan[0] != '\0' ? "\"" : "");
    pl_live_tell(&jobs->server->live, jobs->server->http, "job", data);
}

typedef struct work {
    pl_jobs *jobs;
    pl_job *job;
    double begun, told;
} work;

static bool tick(void *user, const char *what, double fraction)
{
    work *w = user;
    double now = pl_clock_s();
    pthread_mutex_lock(&w->jobs->lock);
    snprintf(w->job->doing, sizeof w->job->doing, "%s", what);
    w->job->fraction = fraction;
    w->job->seconds = now - w->begun;
    bool goes_on = !w->job->stop && !w->jobs->ending;
    pl_job copy = *w->job;
    pthread_mutex_unlock(&w->jobs->lock);
    if (now - w->told > TOLD_S) {
        w->told = now;
        tell(w->jobs, &copy);
    }
    return goes_on;
}

/* Makes the plan and hands it to those that are served. */
static pl_status make(pl_jobs *jobs, pl_job *job, char name[PL_PLAN_NAME])
{
    work w = {jobs, job, pl_clock_s(), 0};
    pl_plan_settings settings = {.threads = jobs->server->settings.plan_threads, .progress = {tick, &w}};
    pl_served from = {.parent = job->from, .own_variant = job->variant, .own_economy = job->economy, .package = job->package}, *served = NULL;
    pl_status status = pl_goal_parse(job->goal, &settings, &job->err);
    status = status == PL_OK ? pl_plan_make(job->variant, &settings, &from.own_plan, &job->err) : status;
    if (status != PL_OK) {
        return status;
    }
    if (from.own_plan->stopped) {
        pl_plan_free(from.own_plan);
        return PL_STOPPED;
    }
    from.plan = from.own_plan;
    from.economy = &job->variant->economy;
    from.base = job->variant->base;
    snprintf(from.id, sizeof from.id, "job-%lld", (long long)job->number);
    snprintf(from.title, sizeof from.title, "%s", job->title);
    status = pl_served_new(&from, &served, &job->err);
    if (status != PL_OK) {
        pl_plan_free(from.own_plan);
        return status;
    }
    job->variant = NULL; /* the served plan has all three */
    job->economy = NULL;
    job->package = NULL;
    snprintf(name, PL_PLAN_NAME, "%s", from.id);
    pl_plans_add(&jobs->server->plans, served);
    pl_served_drop(served);
    return PL_OK;
}

static void run(pl_jobs *jobs, pl_job *job)
{
    char name[PL_PLAN_NAME] = "";
    double begun = pl_clock_s();
    pl_status status = make(jobs, job, name);
    pthread_mutex_lock(&jobs->lock);
    job->state = status == PL_OK ? PL_JOB_DONE : status == PL_STOPPED ? PL_JOB_STOPPED : PL_JOB_FAILED;
    job->seconds = pl_clock_s() - begun;
    job->fraction = status == PL_OK ? 1 : job->fraction;
    memcpy(job->plan, name, sizeof name);
    pl_variant_free(job->variant);
    pl_economy_free(job->economy);
    pl_free(job->package);
    pl_served_drop(job->from);
    job->variant = NULL;
    job->economy = NULL;
    job->package = NULL;
    job->from = NULL;
    pl_job copy = *job;
    pthread_mutex_unlock(&jobs->lock);
    pl_cache_next(&jobs->server->cache);
    tell(jobs, &copy);
}

static pl_job *next_waiting(pl_jobs *jobs)
{
    pl_job *first = NULL;
    for (int i = 0; i < PL_JOBS; i++) {
        pl_job *j = &jobs->job[i];
        if (j->number > 0 && j->state == PL_JOB_WAITING && (first == NULL || j->number < first->number)) {
            first = j;
        }
    }
    return first;
}

static void *work_on(void *user)
{
    pl_jobs *jobs = user;
    pthread_mutex_lock(&jobs->lock);
    while (!jobs->ending) {
        pl_job *job = next_waiting(jobs);
        if (job == NULL) {
            pthread_cond_wait(&jobs->more, &jobs->lock);
            continue;
        }
        job->state = PL_JOB_RUNNING;
        pthread_mutex_unlock(&jobs->lock);
        run(jobs, job);
        pthread_mutex_lock(&jobs->lock);
    }
    pthread_mutex_unlock(&jobs->lock);
    return NULL;
}

void pl_jobs_init(pl_jobs *jobs, struct pl_server *server)
{
    memset(jobs, 0, sizeof *jobs);
    jobs->server = server;
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_cond_init(&jobs->more, NULL);
}

pl_status pl_jobs_start(pl_jobs *jobs, pl_error *err)
{
    jobs->running = pthread_create(&jobs->thread, NULL, work_on, jobs) == 0;
    return jobs->running ? PL_OK : pl_fail(err, PL_NOMEM, NULL, NULL, "cannot start the threads of the server");
}

void pl_jobs_stop(pl_jobs *jobs)
{
    if (!jobs->running) {
        return;
    }
    pthread_mutex_lock(&jobs->lock);
    jobs->ending = true;
    pthread_cond_broadcast(&jobs->more);
    pthread_mutex_unlock(&jobs->lock);
    pthread_join(jobs->thread, NULL);
    jobs->running = false;
}

void pl_jobs_clear(pl_jobs *jobs)
{
    for (int i = 0; i < PL_JOBS; i++) {
        pl_variant_free(jobs->job[i].variant);
        pl_economy_free(jobs->job[i].economy);
        pl_free(jobs->job[i].package);
        pl_served_drop(jobs->job[i].from);
    }
    pthread_cond_destroy(&jobs->more);
    pthread_mutex_destroy(&jobs->lock);
}

pl_status pl_jobs_add(pl_jobs *jobs, pl_served *from, pl_economy *economy, char *package, pl_variant *variant, const char *goal, const char *title, int64_t *number, pl_error *err)
{
    int waiting = 0;
    pl_status status = PL_OK;
    pthread_mutex_lock(&jobs->lock);
    pl_job *slot = &jobs->job[(jobs->last + 1) % PL_JOBS];
    for (int i = 0; i < PL_JOBS; i++) {
        waiting += jobs->job[i].number > 0 && jobs->job[i].state == PL_JOB_WAITING;
    }
    if (jobs->ending || waiting >= PL_JOBS_WAITING || (slot->number > 0 && slot->state <= PL_JOB_RUNNING)) {
        status = pl_fail(err, PL_BUSY, NULL, "try again when one of them is done", "%d plans are waiting to be made", waiting);
    } else {
        *slot = (pl_job){.number = ++jobs->last, .from = from != NULL ? pl_served_keep(from) : NULL, .economy = economy, .package = package, .variant = variant};
        snprintf(slot->goal, sizeof slot->goal, "%s", goal);
        snprintf(slot->title, sizeof slot->title, "%s", title);
        *number = slot->number;
        pthread_cond_signal(&jobs->more);
    }
    pthread_mutex_unlock(&jobs->lock);
    return status;
}

bool pl_jobs_get(pl_jobs *jobs, int64_t number, pl_job *out)
{
    pthread_mutex_lock(&jobs->lock);
    *out = jobs->job[number > 0 ? number % PL_JOBS : 0];
    pthread_mutex_unlock(&jobs->lock);
    return number > 0 && out->number == number;
}

bool pl_jobs_end(pl_jobs *jobs, int64_t number)
{
    pthread_mutex_lock(&jobs->lock);
    pl_job *job = &jobs->job[number > 0 ? number % PL_JOBS : 0];
    bool there = number > 0 && job->number == number;
    if (there) {
        job->stop = true;
    }
    if (there && job->state == PL_JOB_WAITING) {
        job->state = PL_JOB_STOPPED;
    }
    pthread_mutex_unlock(&jobs->lock);
    return there;
}
