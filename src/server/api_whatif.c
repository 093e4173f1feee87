/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_whatif.c - what if: an answer at once from the prices of a plan, and the exact plan as a job. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "io/json_read.h"
#include "plan/words.h"
#include "server/whatif.h"

#define BODY_MAX 20000
#define CHANGES_MAX 100

/* {"changes": ["set labour=-10%", "isolated"], "goal": "...", "title": "..."}: the variant of the plan's own economy, with its changes and these. */
pl_status pl_read_changes(pl_call *c, const json_t *object, pl_variant *v)
{
    const json_t *list = json_object_get(object, "changes");
    if (!json_is_array(list) || json_array_size(list) > CHANGES_MAX) {
        return pl_fail(c->err, PL_USAGE, "changes", "[\"set labour=-10%\", \"demand health=+20%\", \"limit co2=5000\", \"isolated\"]", "say what changes, in a list of texts");
    }
    pl_status status = PL_OK;
    for (size_t i = 0; i < json_array_size(list) && status == PL_OK; i++) {
        char verb[20];
        const char *text = json_string_value(json_array_get(list, i));
        size_t n = text != NULL ? strcspn(text, " ") : 0;
        if (text == NULL || n >= sizeof verb) {
            return pl_fail(c->err, PL_USAGE, "changes", "\"set labour=-10%\"", "change %zu is none", i + 1);
        }
        snprintf(verb, sizeof verb, "%.*s", (int)n, text);
        status = pl_variant_change(v, verb, text + n + strspn(text + n, " "), c->err);
    }
    return status;
}

/* A variant of a plan: its changes, then those of the body, then its years. */
static pl_status vary(pl_call *c, const pl_served *s, const json_t *object, pl_variant **out)
{
    pl_variant *v = NULL;
    pl_status status = pl_variant_new(s->base, &v, c->err);
    status = status == PL_OK ? pl_variant_restore(v, s->plan->changes, s->plan->n_changes, c->err) : status;
    status = status == PL_OK ? pl_read_changes(c, object, v) : status;
    status = status == PL_OK ? pl_variant_unroll(v, &s->plan->horizon, c->err) : status;
    if (status != PL_OK) {
        pl_variant_free(v);
        return status;
    }
    *out = v;
    return PL_OK;
}

static void put_stages(pl_json *j, const pl_served *s, const double *bound)
{
    char words[400];
    pl_json_key(j, "stages");
    pl_json_array(j);
    for (int32_t k = 1; k <= s->plan->n_stages; k++) {
        const pl_stage *stage = &s->plan->stages[k - 1];
        double before = stage->goal == PL_USE_LEAST || stage->goal == PL_MAX_WEIGHTED ? stage->value : fmin(1, stage->value);
        double after = stage->goal == PL_USE_LEAST || stage->goal == PL_MAX_WEIGHTED ? bound[k - 1] : fmin(1, bound[k - 1]);
        pl_json_object(j);
        pl_json_put_int(j, "stage", k);
        pl_json_put_text(j, "goal", pl_stage_goal_id(stage->goal));
        pl_json_put_int(j, "tier", stage->tier);
        pl_json_put_text(j, "words", pl_words_stage(s->plan, s->economy, k, words, sizeof words));
        pl_json_put_text(j, "unit", stage->goal == PL_USE_LEAST ? pl_words_objective_unit(s->economy, stage) : NULL);
        pl_json_put_number(j, "before", before);
        pl_json_put_number(j, "after", after);
        pl_json_put_number(j, "difference", after - before);
        pl_json_end(j);
    }
    pl_json_end(j);
}

/* Runs `then` with the plan and the variant that the request asks for. */
typedef pl_status (*varied_fn)(pl_call *c, pl_served *s, const json_t *object, pl_variant **v);
static pl_status with_variant(pl_call *c, varied_fn then)
{
    const pl_str *body = pl_http_body(c->request);
    json_t *object = NULL;
    pl_served *s = NULL;
    pl_variant *v = NULL;
    pl_status status = pl_json_read(body->text, body->len, "body", &object, NULL, c->err);
    status = status == PL_OK ? pl_served_planned(c, c->part[0], &s) : status;
    status = status == PL_OK ? vary(c, s, object, &v) : status;
    status = status == PL_OK ? then(c, s, object, &v) : status;
    pl_variant_free(v);
    pl_served_drop(s);
    json_decref(object);
    return status;
}

static pl_status estimate(pl_call *c, pl_served *s, const json_t *object, pl_variant **v)
{
    double *bound = PL_NEW(double, s->plan->n_stages + 1);
    (void)object;
    if (bound == NULL) {
        return pl_fail_nomem(c->err, "asking what if");
    }
    pl_status status = pl_plan_what_if(s->plan, s->economy, &(*v)->economy, bound, c->err);
    if (status == PL_OK) {
        pl_json_object(&c->json);
        pl_json_put_text(&c->json, "plan", s->id);
        pl_json_put_bool(&c->json, "exact", false);
        put_stages(&c->json, s, bound);
        pl_json_end(&c->json);
    }
    pl_free(bound);
    return status;
}

static pl_status answer_what_if(pl_call *c)
{
    return with_variant(c, estimate);
}

/* ---- The exact plan ------------------------------------------------------------------------------- */

void pl_json_job(pl_json *j, const pl_job *job)
{
    pl_json_object(j);
    pl_json_put_int(j, "job", job->number);
    pl_json_put_text(j, "state", pl_job_state_text(job->state));
    pl_json_put_text(j, "doing", job->doing);
    pl_json_put_number(j, "fraction", job->fraction < 0 ? 0 : job->fraction);
    pl_json_put_number(j, "seconds", job->seconds);
    pl_json_put_text(j, "plan", job->plan[0] != '\0' ? job->plan : NULL);
    pl_json_put_text(j, "error", job->state == PL_JOB_FAILED ? pl_status_id(job->err.status) : NULL);
    pl_json_put_text(j, "subject", job->state == PL_JOB_FAILED ? job->err.subject : NULL);
    pl_json_put_text(j, "message", job->state == PL_JOB_FAILED ? job->err.message : NULL);
    pl_json_put_text(j, "hint", job->state == PL_JOB_FAILED ? job->err.hint : NULL);
    pl_json_end(j);
}

static pl_status begin_job(pl_call *c, pl_served *s, const json_t *object, pl_variant **v)
{
    char goal[100];
    const char *given = json_string_value(json_object_get(object, "goal")), *title = json_string_value(json_object_get(object, "title"));
    pl_plan_settings checked = {.threads = 1};
    int64_t number = 0;
    pl_job job;
    if (given != NULL) {
        snprintf(goal, sizeof goal, "%s", given);
    } else {
        snprintf(goal, sizeof goal, "%s%s%s", pl_goal_id(s->plan->goal), s->plan->argument != NULL && s->plan->argument[0] != '\0' ? " " : "",
                 s->plan->argument != NULL ? s->plan->argument : "");
    }
    pl_status status = pl_goal_parse(goal, &checked, c->err);
    status = status == PL_OK ? pl_jobs_add(&c->server->jobs, s, NULL, NULL, *v, goal, title != NULL ? title : "what if", &number, c->err) : status;
    if (status == PL_OK) {
        *v = NULL;
        c->answer.status = 202;
        pl_jobs_get(&c->server->jobs, number, &job);
        pl_json_job(&c->json, &job);
    }
    return status;
}

static pl_status answer_replan(pl_call *c)
{
    return with_variant(c, begin_job);
}

static pl_status find_job(pl_call *c, pl_job *job)
{
    int64_t number = 0;
    bool there = pl_integer_parse(c->part[0], strlen(c->part[0]), &number) && pl_jobs_get(&c->server->jobs, number, job);
    return there ? PL_OK : pl_fail(c->err, PL_NOTFOUND, "job", NULL, "there is no such job, or it was long ago");
}

static pl_status answer_job(pl_call *c)
{
    pl_job job;
    pl_status status = find_job(c, &job);
    if (status == PL_OK) {
        pl_json_job(&c->json, &job);
    }
    return status;
}

static pl_status answer_stop(pl_call *c)
{
    pl_job job;
    pl_status status = find_job(c, &job);
    if (status == PL_OK) {
        pl_jobs_end(&c->server->jobs, job.number);
        pl_jobs_get(&c->server->jobs, job.number, &job);
        pl_json_job(&c->json, &job);
    }
    return status;
}

const pl_route PL_ROUTES_WHATIF[] = {
    {"POST", "/api/plans/{plan}/what-if", "", "What would change, at once, from the prices of the plan", "what-if", "application/json", BODY_MAX, PL_FRESH_NEVER, 0, answer_what_if},
    {"POST", "/api/plans/{plan}/replan", "", "Plans again with these changes: a job", "job", "application/json", BODY_MAX, PL_FRESH_NEVER, PL_COSTLY, answer_replan},
    {"GET", "/api/jobs/{job}", "", "How a job stands", "job", NULL, 0, PL_FRESH_NEVER, 0, answer_job},
    {"DELETE", "/api/jobs/{job}", "", "Stops a job", "job", NULL, 0, PL_FRESH_NEVER, PL_COSTLY, answer_stop},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
