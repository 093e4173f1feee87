/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * routes.c - which function answers which request, and what its parameters are. */
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "server/call.h"

const pl_route *const PL_ROUTE_TABLES[] = {PL_ROUTES_SERVER, PL_ROUTES_SESSION, PL_ROUTES_PLAN,  PL_ROUTES_WHATIF, PL_ROUTES_ECONOMY, PL_ROUTES_COMMONS,
                                           PL_ROUTES_VOTES,  PL_ROUTES_SEALED,  PL_ROUTES_TURNS,   PL_ROUTES_NEEDS, PL_ROUTES_WANTS, PL_ROUTES_RECORD,
                                           PL_ROUTES_FOUNDING, PL_ROUTES_CHOICE, PL_ROUTES_PRIVACY, PL_ROUTES_SHARE, PL_ROUTES_WATCH, PL_ROUTES_FOUND, NULL};

/* Whether the target has the route's path; what stands for braces goes to part[]. */
static bool fits(const char *path, const pl_target *t, const char *part[PL_PARTS])
{
    int parts = 0;
    for (int i = 0; i < t->n_segments; i++) {
        size_t n = strcspn(path + (*path == '/'), "/");
        if (*path++ != '/') {
            return false;
        }
        if (path[0] == '{') {
            part[parts++] = t->segment[i];
        } else if (strncmp(path, t->segment[i], n) != 0 || t->segment[i][n] != '\0') {
            return false;
        }
        path += n;
    }
    return *path == '\0';
}

const pl_route *pl_route_find(const char *method, const pl_target *t, const char *part[PL_PARTS], char allow[40])
{
    bool reads = strcmp(method, "HEAD") == 0;
    allow[0] = '\0';
    for (size_t k = 0; PL_ROUTE_TABLES[k] != NULL; k++) {
        for (const pl_route *r = PL_ROUTE_TABLES[k]; r->path != NULL; r++) {
            if (!fits(r->path, t, part)) {
                continue;
            }
            if (strcmp(r->method, reads ? "GET" : method) == 0) {
                return r;
            }
            size_t n = strlen(allow);
            snprintf(allow + n, 40 - n, "%s%s%s", n > 0 ? ", " : "", r->method, strcmp(r->method, "GET") == 0 ? ", HEAD" : "");
        }
    }
    return NULL;
}

/* ---- Parameters ----------------------------------------------------------------------------------- */

const char *pl_call_text(const pl_call *c, const char *name)
{
    const char *text = pl_target_parameter(pl_http_target(c->request), name);
    return text != NULL && text[0] != '\0' ? text : NULL;
}

pl_status pl_call_number(const pl_call *c, const char *name, int64_t lo, int64_t hi, int64_t otherwise, int64_t *out)
{
    const char *text = pl_call_text(c, name);
    *out = otherwise;
    if (text != NULL && (!pl_integer_parse(text, strlen(text), out) || *out < lo || *out > hi)) {
        return pl_fail(c->err, PL_USAGE, name, NULL, "say a whole number from %lld to %lld", (long long)lo, (long long)hi);
    }
    return PL_OK;
}

pl_status pl_call_window(const pl_call *c, int64_t most, pl_window *out)
{
    pl_status status = pl_call_number(c, "from", 0, INT64_MAX / 2, 0, &out->from);
    return status == PL_OK ? pl_call_number(c, "most", 0, 1000, most, &out->most) : status;
}

pl_status pl_call_id(const pl_call *c, const char *text, const char *what, uint8_t id[PL_HASH])
{
    return text != NULL && pl_hex_read(text, PL_HASH, id) ? PL_OK : pl_fail(c->err, PL_USAGE, what, "64 hexadecimal digits", "this is no id");
}

pl_status pl_call_look(pl_call *c, pl_look_fn look, void *user)
{
    pl_server *s = c->server;
    pthread_mutex_lock(&s->record_lock);
    pl_status status = pl_record_look(s->record, s->settings.now(), look, user, c->err);
    pthread_mutex_unlock(&s->record_lock);
    return status;
}

/* ---- JSON ----------------------------------------------------------------------------------------- */

void pl_answer_error(pl_answer *a, const pl_error *err)
{
    pl_json j;
    pl_str_clear(&a->body);
    a->status = pl_status_http(err->status);
    a->type = NULL;
    a->caching = "no-store";
    pl_json_init(&j, &a->body, false);
    pl_json_object(&j);
    pl_json_put_text(&j, "error", pl_status_id(err->status));
    pl_json_put_text(&j, "message", err->message);
    pl_json_put_text(&j, "subject", err->subject);
    pl_json_put_text(&j, "hint", err->hint);
    pl_json_end(&j);
}
