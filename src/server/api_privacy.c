/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_privacy.c - the account of what was published about the households of a commons: what it allows, what is spent, what is left, and who decided that. */
#include <math.h>
#include <string.h>

#include <plenty/privacy.h>

#include "council/motions.h"
#include "server/view.h"

#define SHOWN 500     /* releases, the last ones */
#define TOGETHER 1e-9 /* the delta at which releases are added up by concentrated privacy */

static double epsilon_of(int64_t x)
{
    return (double)x / PL_EPSILON_UNIT;
}

static double delta_of(int64_t x)
{
    return (double)x / (double)PL_DELTA_UNIT;
}

typedef struct account {
    pl_call *call;
    const pl_ledger *ledger;
} account;

/* The motion that the budget names, as the record knows it: null when it names none, or none of this commons. */
static pl_status put_decision(const account *a, pl_step *s, const pl_ledger_entry *budget)
{
    pl_json *j = &a->call->json;
    uint8_t id[PL_HASH];
    pl_motion m;
    bool there = false;
    pl_status status = pl_hex_read(budget->decision, PL_HASH, id) ? pl_get(s, &PL_MOTIONS, pl_key_id1(id), &m, &there) : PL_OK;
    pl_json_key(j, "decision");
    if (status != PL_OK || !there) {
        pl_json_null(j);
        return status;
    }
    pl_json_object(j);
    pl_json_put_id(j, "motion", id);
    status = pl_view_text(a->call, s, "title", m.position, "title");
    status = status == PL_OK ? pl_view_assembly(a->call, s, "assembly_name", m.assembly) : status;
    pl_json_put_bool(j, "carried", m.state == PL_MOTION_CARRIED);
    pl_json_put_time(j, "decided", m.decided);
    pl_json_end(j);
    return status;
}

static pl_status put_budget(const account *a, pl_step *s)
{
    pl_json *j = &a->call->json;
    const pl_ledger *l = a->ledger;
    const pl_ledger_entry *b = l->budget >= 0 ? &l->entry[l->budget] : NULL;
    pl_json_key(j, "budget");
    if (b == NULL) {
        pl_json_null(j);
        return PL_OK;
    }
    pl_json_object(j);
    pl_json_put_text(j, "name", b->name);
    pl_json_put_text(j, "date", b->date);
    pl_json_put_number(j, "epsilon", epsilon_of(b->epsilon));
    pl_json_put_number(j, "delta", delta_of(b->delta));
    pl_json_put_number(j, "spent", epsilon_of(l->epsilon));
    pl_json_put_number(j, "spent_delta", delta_of(l->delta));
    pl_json_put_number(j, "left", epsilon_of(b->epsilon - l->epsilon));
    pl_json_put_number(j, "times", exp(epsilon_of(l->epsilon)));
    pl_json_put_number(j, "times_most", exp(epsilon_of(b->epsilon)));
    pl_json_put_number(j, "together", fmin(pl_ledger_concentrated(l, TOGETHER), epsilon_of(l->epsilon)));
    pl_status status = put_decision(a, s, b);
    pl_json_end(j);
    return status;
}

static void put_releases(pl_json *j, const pl_ledger *l)
{
    int32_t shown = 0;
    pl_json_key(j, "releases");
    pl_json_array(j);
    for (int32_t i = l->n - 1; i >= 0 && shown < SHOWN; i--) {
        const pl_ledger_entry *e = &l->entry[i];
        if (!e->budget) {
            pl_json_object(j);
            pl_json_put_text(j, "date", e->date);
            pl_json_put_text(j, "name", e->name);
            pl_json_put_number(j, "epsilon", epsilon_of(e->epsilon));
            pl_json_put_number(j, "delta", delta_of(e->delta));
            pl_json_put_int(j, "clip", e->clip);
            pl_json_put_int(j, "cells", e->cells);
            pl_json_put_bool(j, "counts", i > l->budget); /* against the present budget */
            pl_json_end(j);
            shown++;
        }
    }
    pl_json_end(j);
}

static pl_status look_account(void *user, pl_step *s)
{
    const account *a = user;
    pl_status status = put_budget(a, s);
    put_releases(&a->call->json, a->ledger);
    return status;
}

static pl_status answer_privacy(pl_call *c)
{
    pl_ledger ledger;
    const char *path = c->server->settings.ledger;
    if (path == NULL) {
        return pl_fail(c->err, PL_NOTFOUND, "ledger", "plenty serve COMMONS --ledger LEDGER", "no account of what was published is served here");
    }
    pl_status status = pl_ledger_load(path, &ledger, c->err);
    if (status == PL_OK) {
        account a = {c, &ledger};
        pl_json_object(&c->json);
        status = pl_call_look(c, look_account, &a);
        pl_json_end(&c->json);
        pl_ledger_clear(&ledger);
    }
    return status;
}

const pl_route PL_ROUTES_PRIVACY[] = {
    {"GET", "/api/needs/privacy", "", "What was published about households, what that has used of the budget of privacy, and who set it", "privacy", NULL, 0, PL_FRESH_NEVER,
     PL_WANTS_COMMONS | PL_WANTS_MEMBER, answer_privacy},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
