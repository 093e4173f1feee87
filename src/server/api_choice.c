/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_choice.c - plans that a member wants to put to the vote: verified, and kept beside the record; the motion itself the member signs. */
#include <stdio.h>
#include <string.h>

#include "io/file.h"
#include "io/json_read.h"
#include "server/served.h"
#include "server/verified.h"

#define CHOICE_LEAST 2 /* */
#define CHOICE_MOST 20

typedef struct choice {
    pl_served *plan[CHOICE_MOST];
    size_t n;
    char folder[4200]; /* of all of this, gone in the end */
    char economy[4300];
    uint8_t economy_hash[PL_HASH], hash[CHOICE_MOST][PL_HASH]; /* of archives */
} choice;

static pl_status take_plans(pl_call *c, const json_t *object, choice *o)
{
    const json_t *list = json_object_get(object, "plans");
    size_t n = json_array_size(list);
    if (n < CHOICE_LEAST || n > CHOICE_MOST) {
        return pl_fail(c->err, PL_USAGE, "plans", "{\"plans\": [\"now\", \"job-2\"]}; /api/plans lists them", "say which plans to choose from, %d to %d", CHOICE_LEAST, CHOICE_MOST);
    }
    for (size_t i = 0; i < n; i++) {
        const char *id = json_string_value(json_array_get(list, i));
        pl_status status = pl_served_planned(c, id != NULL ? id : "", &o->plan[i]);
        if (status != PL_OK) {
            return status;
        }
        o->n++;
        if (strcmp(o->plan[i]->plan->economy_hash, o->plan[0]->plan->economy_hash) != 0) {
            return pl_fail(c->err, PL_DATA, "plans", "compare them first", "'%.100s' and '%.100s' are plans of two economies", o->plan[0]->title, o->plan[i]->title);
        }
    }
    return PL_OK;
}

static pl_status keep(pl_call *c, const char *path, uint8_t hash[PL_HASH])
{
    pthread_mutex_lock(&c->server->record_lock);
    pl_status status = pl_archive_keep(c->server->record, path, hash, c->err);
    pthread_mutex_unlock(&c->server->record_lock);
    return status;
}

/* The economy: the archive that a plan of the record names already, so that a choice among old and new plans names one; else as it is in memory. */
static pl_status put_economy(pl_call *c, choice *o)
{
    const char *package = NULL;
    uint8_t plan[PL_HASH];
    bool known = false;
    for (size_t i = 0; i < o->n && !known; i++) {
        pl_status status = pl_served_archives(c, o->plan[i]->id, plan, o->economy_hash, &known);
        if (status != PL_OK) {
            return status;
        }
        package = package != NULL ? package : pl_served_sources(o->plan[i]);
    }
    if (known) {
        return pl_served_unpack(c, o->economy_hash, o->economy);
    }
    pl_status status = pl_economy_save(o->plan[0]->base, o->economy, false, NULL, c->err);
    char path[4400];
    if (status == PL_OK && package != NULL && pl_path_join(path, sizeof path, o->economy, "datapackage.json")) {
        status = pl_file_write(path, package, strlen(package), c->err);
    }
    return status == PL_OK ? keep(c, o->economy, o->economy_hash) : status;
}

static pl_status put_plan(pl_call *c, choice *o, size_t i)
{
    char path[4300];
    uint8_t economy[PL_HASH];
    bool known;
    const pl_served *s = o->plan[i];
    snprintf(path, sizeof path, "%.4200s/plan-%zu", o->folder, i);
    pl_status status = pl_served_archives(c, s->id, o->hash[i], economy, &known);
    if (status == PL_OK) {
        status = known ? pl_served_unpack(c, o->hash[i], path) : pl_plan_save(s->plan, s->economy, path, false, c->err);
    }
    status = status == PL_OK ? pl_plan_verified(path, o->economy, c->err) : status;
    status = status == PL_OK && !known ? keep(c, path, o->hash[i]) : status;
    for (size_t k = 0; k < i && status == PL_OK; k++) {
        if (memcmp(o->hash[k], o->hash[i], PL_HASH) == 0) {
            status = pl_fail(c->err, PL_DATA, "plans", "leave one of them out", "'%.100s' and '%.100s' are the same plan", o->plan[k]->title, s->title);
        }
    }
    return status;
}

static void put_choice(pl_call *c, const choice *o)
{
    pl_json_object(&c->json);
    pl_json_put_id(&c->json, "economy", o->economy_hash);
    pl_json_key(&c->json, "plans");
    pl_json_array(&c->json);
    for (size_t i = 0; i < o->n; i++) {
        pl_json_object(&c->json);
        pl_json_put_text(&c->json, "plan", o->plan[i]->id);
        pl_json_put_text(&c->json, "title", o->plan[i]->title);
        pl_json_put_id(&c->json, "hash", o->hash[i]);
        pl_json_end(&c->json);
    }
    pl_json_end(&c->json);
    pl_json_end(&c->json);
    c->answer.status = 201;
}

static pl_status choose(pl_call *c, const json_t *object)
{
    static atomic_uint serial;
    choice o = {.n = 0};
    pl_folder folder;
    snprintf(o.folder, sizeof o.folder, "%.4000s/choice-%u", c->server->settings.scratch, atomic_fetch_add(&serial, 1));
    snprintf(o.economy, sizeof o.economy, "%.4200s/economy", o.folder);
    pl_status status = take_plans(c, object, &o);
    status = status == PL_OK ? pl_folder_begin(&folder, o.folder, "choice", false, c->err) : status;
    status = status == PL_OK ? pl_folder_commit(&folder, c->err) : status;
    status = status == PL_OK ? put_economy(c, &o) : status;
    for (size_t i = 0; i < o.n && status == PL_OK; i++) {
        status = put_plan(c, &o, i);
    }
    if (status == PL_OK) {
        put_choice(c, &o);
    }
    pl_path_remove(o.folder);
    for (size_t i = 0; i < o.n; i++) {
        pl_served_drop(o.plan[i]);
    }
    return status;
}

static pl_status answer_choice(pl_call *c)
{
    const pl_str *body = pl_http_body(c->request);
    json_t *object = NULL;
    pl_status status = pl_json_read(body->text, body->len, "body", &object, NULL, c->err);
    status = status == PL_OK ? choose(c, object) : status;
    json_decref(object);
    return status;
}

const pl_route PL_ROUTES_CHOICE[] = {
    {"POST", "/api/choices", "", "Verifies plans and keeps them beside the record, so that a motion can put them to the vote", "choice", "application/json", 4000, PL_FRESH_NEVER,
     PL_WANTS_COMMONS | PL_WANTS_MEMBER, answer_choice},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
