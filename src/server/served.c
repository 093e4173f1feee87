/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * served.c - plans by their id: in memory, or out of the record, where a motion has put them as archives. */
#include "server/served.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "council/motions.h"
#include "io/file.h"
#include "io/json_read.h"
#include "io/tar.h"

int pl_plans_list(pl_plans *p, pl_served **out)
{
    int n = 0;
    pthread_mutex_lock(&p->lock);
    if (p->given != NULL) {
        out[n++] = pl_served_keep(p->given);
    }
    for (int i = 0; i < p->n; i++) {
        out[n++] = pl_served_keep(p->all[i]);
    }
    pthread_mutex_unlock(&p->lock);
    return n;
}

/* ---- Out of the record ---------------------------------------------------------------------------- */

typedef struct archives {
    uint8_t plan[PL_HASH], economy[PL_HASH];
    bool named, found; /* named: a plan is given; else the one in force is meant */
    char title[200];
} archives;

static pl_status take_archives(void *user, pl_step *step, const uint8_t motion[PL_HASH], const pl_option *o, bool *enough)
{
    archives *a = user;
    (void)step;
    (void)motion;
    a->found = *enough = pl_id_same(o->plan, a->plan);
    if (a->found) {
        memcpy(a->economy, o->economy, PL_HASH);
        snprintf(a->title, sizeof a->title, "%s", o->name);
    }
    return PL_OK;
}

static pl_status find_archives(void *user, pl_step *step)
{
    archives *a = user;
    if (!a->named) {
        pl_plan_in_force f;
        bool there;
        pl_status status = pl_get(step, &PL_PLANS_IN_FORCE, pl_key_then(pl_key_none(), 0), &f, &there);
        memcpy(a->plan, f.plan, PL_HASH);
        if (status != PL_OK || !there) {
            return status;
        }
    }
    return pl_each_plan(step, take_archives, a);
}

pl_status pl_served_unpack(pl_call *c, const uint8_t hash[PL_HASH], const char *path)
{
    pl_owned blob;
    pthread_mutex_lock(&c->server->record_lock);
    pl_status status = pl_record_blob(c->server->record, hash, &blob, c->err);
    pthread_mutex_unlock(&c->server->record_lock);
    if (status == PL_OK) {
        status = pl_tar_unpack(blob.bytes, blob.n, path, c->err);
        pl_owned_free(&blob);
    }
    return status;
}

char *pl_served_package(const char *economy)
{
    char path[4300];
    pl_file file;
    json_t *checked = NULL;
    char *text = NULL;
    if (economy == NULL || !pl_path_join(path, sizeof path, economy, "datapackage.json") || pl_file_read(path, (size_t)1 << 20, &file, NULL) != PL_OK) {
        return NULL;
    }
    if (pl_json_read(file.bytes, file.n, path, &checked, NULL, NULL) == PL_OK) {
        text = file.bytes; /* is JSON, and ends with a zero byte */
        file.bytes = NULL;
    }
    json_decref(checked);
    pl_file_clear(&file);
    return text;
}

/* Reads the plan and the economy that were unpacked there. */
static pl_status load(const char *plan, const char *economy, pl_served *from, pl_error *err)
{
    pl_findings findings = {0};
    pl_status status = pl_economy_load(economy, NULL, &findings, &from->own_economy, err);
    status = status == PL_OK ? pl_plan_load_with(plan, from->own_economy, &from->own_variant, &from->own_plan, err) : status;
    if (status == PL_OK) {
        from->plan = from->own_plan;
        from->economy = &from->own_variant->economy;
        from->base = from->own_economy;
        from->package = pl_served_package(economy);
    }
    return status;
}

static pl_status load_archives(pl_call *c, const archives *a, const char *id, pl_served **out)
{
    static atomic_uint serial;
    char plan[4200], economy[4200];
    pl_served from = {0};
    unsigned n = atomic_fetch_add(&serial, 1);
    snprintf(plan, sizeof plan, "%.4000s/plan-%u", c->server->settings.scratch, n);
    snprintf(economy, sizeof economy, "%.4000s/economy-%u", c->server->settings.scratch, n);
    snprintf(from.id, sizeof from.id, "%s", id);
    snprintf(from.title, sizeof from.title, "%s", a->title);
    pl_status status = pl_served_unpack(c, a->plan, plan);
    status = status == PL_OK ? pl_served_unpack(c, a->economy, economy) : status;
    status = status == PL_OK ? load(plan, economy, &from, c->err) : status;
    pl_path_remove(plan);
    pl_path_remove(economy);
    status = status == PL_OK ? pl_served_new(&from, out, c->err) : status;
    if (status != PL_OK) {
        pl_plan_free(from.own_plan);
        pl_variant_free(from.own_variant);
        pl_economy_free(from.own_economy);
        pl_free(from.package);
        return status;
    }
    pl_plans_add(&c->server->plans, *out);
    return PL_OK;
}

/* ---- By id ---------------------------------------------------------------------------------------- */

static pl_status none(pl_call *c, const char *id)
{
    return pl_fail(c->err, PL_NOTFOUND, "plan", "/api/plans lists them", "there is no plan '%.80s'", id);
}

pl_status pl_served_archives(pl_call *c, const char *id, uint8_t plan[PL_HASH], uint8_t economy[PL_HASH], bool *there)
{
    archives a = {.named = true};
    pl_status status = pl_hex_read(id, PL_HASH, a.plan) ? pl_call_look(c, find_archives, &a) : PL_OK;
    memcpy(plan, a.plan, PL_HASH);
    memcpy(economy, a.economy, PL_HASH);
    *there = a.found;
    return status;
}

pl_status pl_served_of(pl_call *c, const char *id, pl_served **out)
{
    archives a = {0};
    char hex[2 * PL_HASH + 1];
    bool now = strcmp(id, "now") == 0;
    a.named = !now && pl_hex_read(id, PL_HASH, a.plan);
    *out = NULL;
    if (c->server->record != NULL && (now || a.named)) {
        pl_status status = pl_call_look(c, find_archives, &a);
        if (status != PL_OK) {
            return status;
        }
    }
    if (!a.found) {
        *out = a.named ? NULL : pl_plans_find(&c->server->plans, now ? "given" : id);
        return *out != NULL ? PL_OK : none(c, id);
    }
    pl_hex_write(a.plan, PL_HASH, hex);
    *out = pl_plans_find(&c->server->plans, hex);
    return *out != NULL ? PL_OK : load_archives(c, &a, hex, out);
}

/* ---- What a commons can choose from ----------------------------------------------------------------- */

typedef struct choices {
    uint8_t plan[PL_PLANS_MOST / 2][PL_HASH]; /* half of what memory holds: the rest is for what is planned here */
    int n;
    pl_plan_in_force now;
} choices;

/* Plans of motions that are debated or voted on, and of the one whose plan is in force. */
static pl_status take_choice(void *user, pl_step *step, const uint8_t motion[PL_HASH], const pl_option *o, bool *enough)
{
    choices *found = user;
    pl_motion m;
    bool there;
    pl_status status = pl_get(step, &PL_MOTIONS, pl_key_id1(motion), &m, &there);
    if (status == PL_OK && there && (m.state == PL_MOTION_DEBATE || m.state == PL_MOTION_VOTING || pl_id_same(motion, found->now.motion))) {
        memcpy(found->plan[found->n++], o->plan, PL_HASH);
        *enough = found->n == PL_PLANS_MOST / 2;
    }
    return status;
}

static pl_status find_choices(void *user, pl_step *step)
{
    choices *found = user;
    bool there;
    pl_status status = pl_get(step, &PL_PLANS_IN_FORCE, pl_key_then(pl_key_none(), 0), &found->now, &there);
    return status == PL_OK ? pl_each_plan(step, take_choice, found) : status;
}

pl_status pl_served_load_choices(pl_call *c)
{
    choices found = {.n = 0};
    char hex[2 * PL_HASH + 1];
    pl_served *s;
    pl_status status = c->server->record != NULL ? pl_call_look(c, find_choices, &found) : PL_OK;
    for (int i = 0; i < found.n && status == PL_OK; i++) {
        pl_hex_write(found.plan[i], PL_HASH, hex);
        status = pl_served_of(c, hex, &s);
        if (status == PL_OK) {
            pl_served_drop(s);
        } else if (status != PL_NOMEM) { /* its archive is not here, or holds no plan: nobody can keep others from comparing the rest */
            status = PL_OK;
        }
    }
    return status;
}

/* The plan that the commons has put in force, and by which motion. */
static pl_status look_in_force(void *user, pl_step *step)
{
    pl_call *c = user;
    pl_plan_in_force f;
    bool there;
    pl_status status = pl_get(step, &PL_PLANS_IN_FORCE, pl_key_then(pl_key_none(), 0), &f, &there);
    if (status == PL_OK && there) {
        pl_json_object(&c->json);
        pl_json_put_id(&c->json, "plan", f.plan);
        pl_json_put_id(&c->json, "motion", f.motion);
        pl_json_put_int(&c->json, "number", f.number);
        pl_json_put_time(&c->json, "since", f.since);
        pl_json_end(&c->json);
    } else if (status == PL_OK) {
        pl_json_null(&c->json);
    }
    return status;
}

pl_status pl_served_put_in_force(pl_call *c, const char *name)
{
    pl_json_key(&c->json, name);
    if (c->server->record != NULL) {
        return pl_call_look(c, look_in_force, c);
    }
    pl_json_null(&c->json);
    return PL_OK;
}

pl_status pl_served_planned(pl_call *c, const char *id, pl_served **out)
{
    pl_status status = pl_served_of(c, id, out);
    if (status == PL_OK && (*out)->plan->outcome != PL_PLANNED) {
        pl_served_drop(*out);
        return pl_fail(c->err, PL_DATA, "plan", "/api/plans/PLAN says which limits clash", "nothing was possible, so this plan has no figures");
    }
    return status;
}
