/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * call.h - one request on its way through the table of routes, and what the server holds; for the files of this room. */
#ifndef PLENTY_SERVER_CALL_H
#define PLENTY_SERVER_CALL_H

#include <pthread.h>
#include <stdatomic.h>

#include <plenty/council.h>

#include "io/json.h"
#include "record/step.h"
#include "server/assets.h"
#include "server/cache.h"
#include "server/founding.h"
#include "server/jobs.h"
#include "server/live.h"
#include "server/locale.h"
#include "server/plans.h"
#include "server/server.h"
#include "server/sessions.h"
#include "server/shown.h"

struct pl_server {
    pl_server_settings settings;
    char origin[200], host[200]; /* host: what browsers send for it in Host */
    pl_http *http;
    pl_assets assets;
    char *index; /* index.html; NULL when the program holds no pages */
    pl_locales locales;
    pl_cache cache;
    pl_live live;
    pl_plans plans;
    pl_sessions sessions;
    pl_jobs jobs;
    struct pl_rounds *rounds;
    struct pl_sharing *sharing;   /* wants of a past period, or NULL */
    struct pl_forecast *forecast; /* or NULL */
    pthread_mutex_t record_lock;
    _Atomic(pl_record *) record; /* or NULL, until one is founded; used under the lock */
    pl_founding founding;
    pthread_t watch;
    pthread_mutex_t ending_lock;
    pthread_cond_t ends;
    bool watching, ending;
};

#define PL_PARTS 3
typedef struct pl_call {
    pl_server *server;
    const struct pl_route *route;
    pl_http_request *request;
    const char *part[PL_PARTS]; /* of the path, where the route has braces; in their order */
    pl_session session;         /* of whoever asks; none: session.valid is false */
    pl_answer answer;
    pl_json json;               /* writes into answer.body */
    pl_error *err;
} pl_call;

/* How long an answer may be kept. */
typedef enum pl_fresh {
    PL_FRESH_NEVER,  /* depends on who asks, or changes something */
    PL_FRESH_NOW,    /* until something happens: an event, a plan, ten seconds of the clock */
    PL_FRESH_ALWAYS  /* it never changes */
} pl_fresh;

/* A record; a session; a session where there is a record (costly work); open also with members_only. */
enum { PL_WANTS_COMMONS = 1, PL_WANTS_MEMBER = 2, PL_COSTLY = 4, PL_OPEN = 8 };

typedef struct pl_route {
    const char *method, *path, *parameters; /* "name type text; ...", or "" */
    const char *purpose, *gives;            /* gives: a section of docs/formats/api.md */
    const char *body;                       /* type of what is sent, or NULL */
    size_t body_max;
    pl_fresh fresh;
    int wants;
    pl_status (*answer)(pl_call *call);
} pl_route;

/* The tables, one a file; the last row of each has no path. */
extern const pl_route PL_ROUTES_SERVER[], PL_ROUTES_PLAN[], PL_ROUTES_WHATIF[], PL_ROUTES_ECONOMY[], PL_ROUTES_RECORD[], PL_ROUTES_COMMONS[],
    PL_ROUTES_VOTES[], PL_ROUTES_SEALED[], PL_ROUTES_TURNS[], PL_ROUTES_NEEDS[], PL_ROUTES_WANTS[], PL_ROUTES_SESSION[], PL_ROUTES_FOUNDING[], PL_ROUTES_CHOICE[], PL_ROUTES_PRIVACY[],
    PL_ROUTES_SHARE[], PL_ROUTES_WATCH[], PL_ROUTES_FOUND[];
extern const pl_route *const PL_ROUTE_TABLES[]; /* NULL at the end */

/* The route of a request, its parts into part[]; NULL when there is none: then *other says whether the path has another method, of which `allow` is made. */
const pl_route *pl_route_find(const char *method, const pl_target *target, const char *part[PL_PARTS], char allow[40]);

/* Parameters of the call: a text or NULL; a whole number within [lo, hi] or `otherwise`. */
const char *pl_call_text(const pl_call *call, const char *name);
pl_status pl_call_number(const pl_call *call, const char *name, int64_t lo, int64_t hi, int64_t otherwise, int64_t *out);
/* from, most: which part of a list is asked for (at most 1,000). */
typedef struct pl_window {
    int64_t from, most;
} pl_window;
pl_status pl_call_window(const pl_call *call, int64_t most, pl_window *out);
/* An id of 64 hexadecimal digits. */
pl_status pl_call_id(const pl_call *call, const char *text, const char *what, uint8_t id[PL_HASH]);
/* Looks at the record as it is now. */
pl_status pl_call_look(pl_call *call, pl_look_fn look, void *user);
/* The error of an answer, as JSON; sets its status. */
void pl_answer_error(pl_answer *answer, const pl_error *err);

#endif
