/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * server.c - from a request to the route that answers it; what may be asked by whom; starting and stopping. */
#include "server/server.h"

#include <stdio.h>
#include <string.h>

#include <plenty/needs.h>

#include "base/mem.h"
#include "io/file.h"
#include "server/first.h"
#include "server/plain.h"
#include "server/review.h"
#include "server/rounds.h"
#include "server/served.h"

#define CACHE ((size_t)128 << 20)
#define BEAT_S 15     /* between signs of life on streams */
#define CLOCK_S 10    /* after so many seconds what depends on the clock is worked out again */
#define WATCH_MS 500  /* how often the record is looked at, to which others may add */

/* ---- Who may ask ---------------------------------------------------------------------------------- */

static pl_content *content_of_error(const pl_error *err)
{
    pl_answer a;
    pl_content *content = NULL;
    pl_answer_init(&a);
    pl_answer_error(&a, err);
    if (pl_content_new(&a, &content, NULL) != PL_OK) {
        content = NULL;
    }
    pl_answer_clear(&a);
    return content;
}

static pl_content *content_of_status(int code, const char *allow, const char *id, const char *message)
{
    pl_answer a;
    pl_json j;
    pl_content *content = NULL;
    pl_answer_init(&a);
    a.status = code;
    a.caching = "no-store";
    snprintf(a.allow, sizeof a.allow, "%s", allow);
    pl_json_init(&j, &a.body, false);
    pl_json_object(&j);
    pl_json_put_text(&j, "error", id);
    pl_json_put_text(&j, "message", message);
    pl_json_end(&j);
    if (pl_content_new(&a, &content, NULL) != PL_OK) {
        content = NULL;
    }
    pl_answer_clear(&a);
    return content;
}

static bool same_origin(const pl_server *s, const pl_http_request *r)
{
    const char *origin = pl_http_header(r, "Origin"), *site = pl_http_header(r, "Sec-Fetch-Site");
    return (origin == NULL || strcmp(origin, s->origin) == 0) && (site == NULL || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0);
}

/* Another site can send a browser here, but not with this header, this type and this origin, and with no session (SameSite=Strict). */
static const char *forged(const pl_server *s, const pl_http_request *r, const pl_route *route)
{
    const char *type = pl_http_header(r, "Content-Type"), *mark = pl_http_header(r, "Plenty-Request");
    size_t n = type != NULL ? strcspn(type, "; ") : 0;
    if (mark == NULL || strcmp(mark, "1") != 0) {
        return "say 'Plenty-Request: 1' in the header of what changes something";
    }
    if (!same_origin(s, r)) {
        return "what changes something must be asked for by a page of this server";
    }
    if (route->body != NULL && (type == NULL || n != strlen(route->body) || strncmp(type, route->body, n) != 0)) {
        return "the Content-Type is not that of docs/api.md";
    }
    return NULL;
}

/* The server is known by one name; a page of another one that points here (DNS rebinding) sends its own. */
static bool right_host(const pl_server *s, const pl_http_request *r)
{
    const char *host = pl_http_header(r, "Host");
    char local[64];
    if (host == NULL || strcmp(host, s->host) == 0) {
        return host != NULL;
    }
    snprintf(local, sizeof local, "localhost:%u", s->http != NULL ? (unsigned)pl_http_port(s->http) : (unsigned)s->settings.http.port);
    return s->settings.origin == NULL && strcmp(host, local) == 0;
}

/* Pages that show no answer of a route. */
static void (*own_page(const pl_server *s, const pl_target *t))(pl_call *)
{
    bool plain = t->n_segments > 0 && strcmp(t->segment[0], "plain") == 0;
    if (plain) {
        return t->n_segments == 1 ? pl_plain_front : t->n_segments == 2 && strcmp(t->segment[1], "style.css") == 0 ? pl_plain_style : NULL;
    }
    return pl_first_is(t) && !s->settings.members_only && s->index != NULL ? pl_first_page : NULL; /* to whom members show nothing, the first page shows nothing */
}

/* What an answer is kept under: pages are in the reader's language. */
static const char *kept_under(const pl_server *s, const pl_http_request *r, char out[PL_TARGET_MAX + 8])
{
    const pl_target *t = pl_http_target(r);
    bool api = t->n_segments > 0 && strcmp(t->segment[0], "api") == 0;
    const pl_locale *locale = api ? NULL : pl_locale_of(&s->locales, pl_target_parameter(t, "lang"), pl_http_header(r, "Accept-Language"));
    if (locale == NULL) {
        return t->whole;
    }
    snprintf(out, PL_TARGET_MAX + 8, "%s %s", locale->code, t->whole);
    return out;
}

static size_t begin(void *user, pl_http_request *request, pl_content **refusal)
{
    pl_server *s = user;
    const pl_target *t = pl_http_target(request);
    const char *method = pl_http_method(request), *part[PL_PARTS], *why = NULL;
    char allow[40];
    bool reads = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    if (!right_host(s, request)) {
        *refusal = content_of_status(421, "", "usage", "this server is not known by that name; --origin says by which");
        return 0;
    }
    pl_target shown;
    bool plain = pl_plain_target(t, &shown);
    if (t->n_segments == 0 || (!plain && strcmp(t->segment[0], "api") != 0) || (plain && (!reads || own_page(s, t) != NULL))) {
        *refusal = reads ? NULL : content_of_status(405, "GET, HEAD", "usage", "pages are only read");
        return 0;
    }
    const pl_route *route = pl_route_find(method, plain ? &shown : t, part, allow);
    if (route == NULL) {
        *refusal = allow[0] != '\0' ? content_of_status(405, allow, "usage", "this method is not for this path")
                                    : content_of_status(404, "", "not-found", "there is no such path; docs/api.md lists them");
        return 0;
    }
    pl_session session = pl_sessions_of(&s->sessions, pl_http_cookie(request, "plenty"));
    bool closed = (s->settings.members_only && (route->wants & PL_OPEN) == 0) || (route->wants & PL_WANTS_MEMBER) != 0 ||
                  ((route->wants & PL_COSTLY) != 0 && s->record != NULL);
    if (!reads && (why = forged(s, request, route)) != NULL) {
        *refusal = content_of_status(403, "", "usage", why);
    } else if (closed && !session.valid) {
        *refusal = content_of_status(401, "", "usage", "sign in first");
    } else if ((route->wants & PL_WANTS_COMMONS) != 0 && s->record == NULL) {
        *refusal = content_of_status(404, "", "not-found", "no commons is served here: 'plenty serve COMMONS'");
    }
    return route->body_max;
}

/* ---- Answering ------------------------------------------------------------------------------------ */

static pl_content *from_memory(void *user, pl_http_request *request, pl_stream *stream)
{
    pl_server *s = user;
    const pl_target *t = pl_http_target(request);
    pl_error err;
    char key[PL_TARGET_MAX + 8];
    bool ours = own_page(s, t) != NULL || (t->n_segments > 0 && (strcmp(t->segment[0], "api") == 0 || strcmp(t->segment[0], "plain") == 0));
    if (!ours) {
        pl_content *c = pl_assets_find(&s->assets, t);
        return c != NULL ? c : content_of_status(404, "", "not-found", "there is no such page");
    }
    if (t->n_segments == 2 && strcmp(t->segment[1], "live") == 0 && strcmp(t->segment[0], "api") == 0) {
        pl_status status = pl_live_listen(&s->live, pl_http_header(request, "Last-Event-ID"), stream, &err);
        return status == PL_OK ? NULL : content_of_error(&err);
    }
    return strcmp(pl_http_method(request), "POST") == 0 || strcmp(pl_http_method(request), "DELETE") == 0 ? NULL : pl_cache_get(&s->cache, kept_under(s, request, key));
}

static pl_content *by_worker(void *user, pl_http_request *request)
{
    pl_server *s = user;
    pl_error err = {0};
    char allow[40], key[PL_TARGET_MAX + 8];
    pl_content *content = NULL;
    pl_call c = {.server = s, .request = request, .err = &err};
    const pl_target *t = pl_http_target(request);
    pl_target shown;
    void (*own)(pl_call *) = own_page(s, t);
    bool plain = pl_plain_target(t, &shown) && own == NULL;
    c.route = own != NULL ? &PL_ROUTES_SERVER[0] : pl_route_find(pl_http_method(request), plain ? &shown : t, c.part, allow);
    c.session = pl_sessions_of(&s->sessions, pl_http_cookie(request, "plenty"));
    uint64_t generation = pl_cache_now(&s->cache);
    pl_answer_init(&c.answer);
    pl_json_init(&c.json, &c.answer.body, false);
    pl_fresh fresh = own != NULL ? PL_FRESH_NOW : c.route->fresh;
    c.answer.caching = fresh == PL_FRESH_NEVER ? "no-store" : NULL;
    if (own != NULL) {
        own(&c);
    }
    pl_status status = own != NULL ? PL_OK : c.route->answer(&c);
    status = status == PL_OK && plain ? pl_plain_page(&c) : status;
    if (status == PL_OK && c.answer.body.failed) {
        status = pl_fail_nomem(&err, "answering");
    }
    if (status != PL_OK) {
        pl_answer_error(&c.answer, &err);
        if (plain) {
            (void)pl_plain_page(&c);
        }
    }
    if (pl_content_new(&c.answer, &content, &err) != PL_OK) {
        content = NULL;
    } else if (status == PL_OK && fresh != PL_FRESH_NEVER) {
        pl_cache_put(&s->cache, kept_under(s, request, key), fresh == PL_FRESH_ALWAYS ? 0 : generation, content);
    }
    pl_answer_clear(&c.answer);
    return content;
}

/* ---- What happens meanwhile ----------------------------------------------------------------------- */

static void tell_size(pl_server *s, uint64_t size)
{
    char data[80];
    snprintf(data, sizeof data, "{\"size\":%llu}", (unsigned long long)size);
    pl_cache_next(&s->cache);
    pl_live_tell(&s->live, s->http, "record", data);
}

/* Looks every now and then whether the record has grown, by whomever. */
static void *watch(void *user)
{
    pl_server *s = user;
    uint64_t size = 0, seen = 0;
    pthread_mutex_lock(&s->ending_lock);
    for (int turn = 0; !s->ending; turn++) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += WATCH_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&s->ends, &s->ending_lock, &until);
        if (s->record != NULL && !s->ending) {
            pthread_mutex_lock(&s->record_lock);
            bool known = pl_record_size(s->record, &size, NULL) == PL_OK;
            pthread_mutex_unlock(&s->record_lock);
            if (known && size != seen) {
                pl_sessions_review(s, seen, size);
                tell_size(s, size);
                seen = size;
            } else if (turn % (CLOCK_S * 1000 / WATCH_MS) == 0) {
                pl_cache_next(&s->cache);
            }
        }
        if (turn % (BEAT_S * 1000 / WATCH_MS) == 0) {
            pl_live_beat(&s->live, s->http);
        }
    }
    pthread_mutex_unlock(&s->ending_lock);
    return NULL;
}

/* ---- Starting and stopping ------------------------------------------------------------------------ */

static void name_origin(pl_server *s)
{
    const pl_http_settings *h = &s->settings.http;
    bool six = strchr(h->address, ':') != NULL;
    if (s->settings.origin != NULL) {
        snprintf(s->origin, sizeof s->origin, "%s", s->settings.origin);
    } else {
        snprintf(s->origin, sizeof s->origin, "%s://%s%.60s%s:%u", h->certificate != NULL ? "https" : "http", six ? "[" : "", h->address, six ? "]" : "",
                 (unsigned)(s->http != NULL ? pl_http_port(s->http) : h->port));
    }
    const char *host = strstr(s->origin, "://");
    snprintf(s->host, sizeof s->host, "%s", host != NULL ? host + 3 : s->origin);
}

static pl_status add_given(pl_server *s, pl_error *err)
{
    const pl_server_settings *g = &s->settings;
    pl_served from = {.plan = g->given_plan, .economy = g->given_variant != NULL ? &g->given_variant->economy : NULL,
                      .base = g->given_variant != NULL ? g->given_variant->base : NULL};
    if (from.plan == NULL) {
        return PL_OK;
    }
    snprintf(from.id, sizeof from.id, "given");
    const char *slash = strrchr(g->plan, '/'); /* where it lies on this machine is nobody's business */
    snprintf(from.title, sizeof from.title, "%s", slash == NULL ? g->plan : slash[1] != '\0' ? slash + 1 : "plan");
    from.package = pl_served_package(from.base->path);
    pl_status status = pl_served_new(&from, &s->plans.given, err);
    if (status != PL_OK) {
        pl_free(from.package);
    }
    return status;
}

static pl_status load_pages(pl_server *s, pl_error *err)
{
    const pl_embedded *index = pl_asset_named("index.html");
    pl_status status = pl_assets_load(&s->assets, err);
    status = status == PL_OK ? pl_locales_load(&s->locales, err) : status;
    return status == PL_OK && index != NULL ? pl_asset_text(index, &s->index, err) : status;
}

static pl_status start(pl_server *s, pl_error *err)
{
    pl_status status = load_pages(s, err);
    if (status == PL_OK && s->settings.commons != NULL && !s->settings.found) {
        pl_record *record = NULL;
        status = pl_record_open(s->settings.commons, pl_council_rules(), PL_RECORD_WRITE, &record, err);
        s->record = record;
    }
    status = status == PL_OK ? add_given(s, err) : status;
    status = status == PL_OK && s->settings.needs != NULL ? pl_forecast_load(s->settings.needs, &s->forecast, err) : status;
    status = status == PL_OK && s->settings.sharing != NULL ? pl_sharing_load(s->settings.sharing, PL_RULE_UNIFORM, &s->sharing, err) : status;
    if (status == PL_OK && s->settings.watch != NULL && !pl_path_exists(s->settings.watch)) {
        status = pl_fail(err, PL_NOTFOUND, s->settings.watch, "docs/formats/watch.md, 'What is served'", "there is no such folder");
    }
    s->settings.http.user = s;
    s->settings.http.begin = begin;
    s->settings.http.fast = from_memory;
    s->settings.http.slow = by_worker;
    name_origin(s);
    status = status == PL_OK ? pl_rounds_new(&s->rounds, err) : status;
    status = status == PL_OK ? pl_jobs_start(&s->jobs, err) : status;
    status = status == PL_OK ? pl_http_start(&s->settings.http, &s->http, err) : status;
    if (status != PL_OK) {
        return status;
    }
    if (s->settings.http.port == 0) {
        name_origin(s); /* now that it is known which one is free */
    }
    s->watching = pthread_create(&s->watch, NULL, watch, s) == 0;
    return s->watching ? PL_OK : pl_fail(err, PL_NOMEM, NULL, NULL, "cannot start the threads of the server");
}

pl_status pl_server_start(const pl_server_settings *settings, pl_server **out, pl_error *err)
{
    pl_server *s = PL_NEW0(pl_server, 1);
    if (s == NULL) {
        return pl_fail_nomem(err, "starting the server");
    }
    s->settings = *settings;
    pthread_mutex_init(&s->record_lock, NULL);
    pthread_mutex_init(&s->ending_lock, NULL);
    pthread_cond_init(&s->ends, NULL);
    pl_cache_init(&s->cache, CACHE);
    pl_live_init(&s->live);
    pl_plans_init(&s->plans);
    pl_sessions_init(&s->sessions);
    pl_founding_init(&s->founding, s->settings.found);
    pl_jobs_init(&s->jobs, s);
    pl_status status = start(s, err);
    if (status != PL_OK) {
        pl_server_stop(s);
        return status;
    }
    *out = s;
    return PL_OK;
}

void pl_server_stop(pl_server *s)
{
    if (s == NULL) {
        return;
    }
    pthread_mutex_lock(&s->ending_lock);
    s->ending = true;
    pthread_cond_broadcast(&s->ends);
    pthread_mutex_unlock(&s->ending_lock);
    if (s->watching) {
        pthread_join(s->watch, NULL);
    }
    pl_jobs_stop(&s->jobs);
    pl_http_stop(s->http);
    pl_jobs_clear(&s->jobs);
    pl_rounds_free(s->rounds);
    pl_assets_clear(&s->assets);
    pl_locales_clear(&s->locales);
    pl_free(s->index);
    pl_cache_clear(&s->cache);
    pl_live_clear(&s->live);
    pl_plans_clear(&s->plans);
    pl_sessions_clear(&s->sessions);
    pl_founding_clear(&s->founding);
    pl_forecast_free(s->forecast);
    pl_sharing_free(s->sharing);
    pl_record_close(s->record);
    pthread_cond_destroy(&s->ends);
    pthread_mutex_destroy(&s->ending_lock);
    pthread_mutex_destroy(&s->record_lock);
    pl_free(s);
}

const char *pl_server_origin(const pl_server *s)
{
    return s->origin;
}

uint16_t pl_server_port(const pl_server *s)
{
    return pl_http_port(s->http);
}

const uint8_t *pl_server_pages(const pl_server *s)
{
    return s->assets.hash;
}

const char *pl_server_code(const pl_server *s)
{
    return s->founding.code;
}
