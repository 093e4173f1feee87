/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * server.h - a commons, its record and its plans over HTTP: `plenty serve`.
 *
 * The server can act for nobody: members sign on their side, and what they send is judged by the same rules as everywhere (pl_record_append). */
#ifndef PLENTY_SERVER_SERVER_H
#define PLENTY_SERVER_SERVER_H

#include <plenty/plan.h>

#include "server/http.h"

typedef struct pl_server pl_server;

typedef struct pl_server_settings {
    pl_http_settings http;  /* user, begin, fast, slow are set by the server */
    const char *commons;    /* where the record lies, or NULL */
    bool found;             /* nothing lies there yet: whoever has the code may found a commons there */
    const char *plan, *economy; /* a plan and its economy, or NULL; borrowed, like the variant: */
    const pl_plan *given_plan;
    const pl_variant *given_variant;
    const char *needs;      /* a folder of forecasts, or NULL */
    const char *sharing;    /* a folder of wants of a past period (docs/formats/share.md), or NULL: no more than who would have lost under which rule is told of it */
    const char *watch;      /* a folder of what `plenty watch` has found (docs/formats/watch.md, "What is served"), or NULL */
    const char *ledger;     /* the account of what was published about households, or NULL; read when it is asked for */
    const char *scratch;    /* an empty folder for files that are needed for a moment */
    const char *origin;     /* under which browsers know it, "https://plan.example.org"; NULL = http(s)://ADDRESS:PORT */
    bool members_only;      /* without signing in, only that is answered which signing in takes */
    int plan_threads;       /* for planning */
    uint64_t (*now)(void);  /* the clock of the record: seconds since 1970 */
} pl_server_settings;

/* Starts it; *out serves until pl_server_stop.  Errors: those of opening the record; PL_IO when the port is taken. */
pl_status pl_server_start(const pl_server_settings *settings, pl_server **out, pl_error *err) PL_CHECK;
void pl_server_stop(pl_server *server); /* accepts NULL */
const char *pl_server_origin(const pl_server *server);
/* The port that it listens at: behind a proxy another than that of its origin. */
uint16_t pl_server_port(const pl_server *server);
const uint8_t *pl_server_pages(const pl_server *server); /* the hash of the pages that it serves, 32 bytes */
const char *pl_server_code(const pl_server *server); /* of the founding; "" when nothing is to be founded */

/* The table of routes as OpenAPI 3.1 (JSON), and as a page (docs/api.md). */
void pl_server_openapi(pl_str *out);
void pl_server_reference(pl_str *out);

#endif
