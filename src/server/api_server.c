/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_server.c - what is served here, and how to ask for it. */
#include "server/call.h"

static pl_status answer_about(pl_call *c)
{
    const pl_server *s = c->server;
    const pl_record_about *a = s->record != NULL ? pl_record_what(s->record) : NULL;
    pl_json *j = &c->json;
    pl_json_object(j);
    pl_json_put_text(j, "program", "plenty");
    pl_json_put_text(j, "version", PLENTY_VERSION);
    pl_json_put_text(j, "origin", s->origin);
    pl_json_put_text(j, "commons", a != NULL ? a->name : NULL);
    pl_json_key(j, "commons_id");
    if (a != NULL) {
        char hex[2 * PL_HASH + 1];
        pl_hex_write(a->commons_id, PL_HASH, hex);
        pl_json_text(j, hex);
    } else {
        pl_json_null(j);
    }
    pl_json_put_id(j, "pages", s->assets.hash);
    pl_json_put_bool(j, "founding", a == NULL && s->founding.code[0] != '\0');
    pl_json_put_bool(j, "plan", s->plans.given != NULL);
    pl_json_put_bool(j, "needs", s->settings.needs != NULL);
    pl_json_put_bool(j, "sharing", s->sharing != NULL);
    pl_json_put_bool(j, "watch", s->settings.watch != NULL);
    pl_json_put_bool(j, "ledger", s->settings.ledger != NULL);
    pl_json_put_bool(j, "members_only", s->settings.members_only);
    pl_json_put_int(j, "time", (int64_t)s->settings.now());
    pl_json_end(j);
    return PL_OK;
}

static pl_status answer_openapi(pl_call *c)
{
    pl_server_openapi(&c->answer.body);
    return PL_OK;
}

static pl_status answer_pages(pl_call *c)
{
    const pl_str *list = &c->server->assets.list;
    c->answer.type = "text/plain; charset=utf-8";
    pl_str_add_n(&c->answer.body, list->text, list->len);
    return PL_OK;
}

/* The stream is opened before a worker is asked (server.c). */
static pl_status answer_live(pl_call *c)
{
    return pl_fail(c->err, PL_UNSUPPORTED, "api/live", "ask with GET", "this is a stream");
}

const pl_route PL_ROUTES_SERVER[] = {
    {"GET", "/api", "", "What is served here", "about", NULL, 0, PL_FRESH_NEVER, PL_OPEN, answer_about},
    {"GET", "/api/openapi.json", "", "This list of routes as OpenAPI 3.1", "", NULL, 0, PL_FRESH_ALWAYS, PL_OPEN, answer_openapi},
    {"GET", "/api/pages", "", "The files of the pages with their SHA-256, as sha256sum lists them", "pages", NULL, 0, PL_FRESH_ALWAYS, PL_OPEN, answer_pages},
    {"GET", "/api/live", "", "What happens, as it happens: server-sent events", "live", NULL, 0, PL_FRESH_NEVER, 0, answer_live},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
