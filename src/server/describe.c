/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * describe.c - the table of routes for programs (OpenAPI 3.1) and for people (docs/api.md). */
#include <stdio.h>
#include <string.h>

#include "server/call.h"

/* The parameters of a route one by one: "name type text; ...".  Returns what follows, or NULL at the end. */
typedef struct parameter {
    char name[40], type[20], text[300];
} parameter;
static const char *next_parameter(const char *at, parameter *out)
{
    if (at == NULL || *at == '\0') {
        return NULL;
    }
    size_t n = strcspn(at, ";"), name = strcspn(at, " "), type = strcspn(at + name + 1, " ");
    snprintf(out->name, sizeof out->name, "%.*s", (int)name, at);
    snprintf(out->type, sizeof out->type, "%.*s", (int)type, at + name + 1);
    snprintf(out->text, sizeof out->text, "%.*s", (int)(n - name - type - 2), at + name + type + 2);
    return at + n + (at[n] == ';' ? 1 + strspn(at + n + 1, " ") : 0);
}

static void put_parameter(pl_json *j, const char *name, const char *in, const char *type, const char *text)
{
    pl_json_object(j);
    pl_json_put_text(j, "name", name);
    pl_json_put_text(j, "in", in);
    pl_json_put_bool(j, "required", strcmp(in, "path") == 0);
    if (text[0] != '\0') {
        pl_json_put_text(j, "description", text);
    }
    pl_json_key(j, "schema");
    pl_json_object(j);
    pl_json_put_text(j, "type", strcmp(type, "number") == 0 ? "integer" : "string");
    pl_json_end(j);
    pl_json_end(j);
}

static void put_parameters(pl_json *j, const pl_route *r)
{
    parameter p;
    pl_json_key(j, "parameters");
    pl_json_array(j);
    for (const char *at = strchr(r->path, '{'); at != NULL; at = strchr(at + 1, '{')) {
        char name[40];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at + 1, "}"), at + 1);
        put_parameter(j, name, "path", "text", "");
    }
    for (const char *at = next_parameter(r->parameters, &p); at != NULL; at = next_parameter(at, &p)) {
        put_parameter(j, p.name, "query", p.type, p.text);
    }
    pl_json_end(j);
}

static void put_operation(pl_json *j, const pl_route *r)
{
    char lower[8];
    size_t n = 0;
    for (; r->method[n] != '\0' && n + 1 < sizeof lower; n++) {
        lower[n] = (char)(r->method[n] + 32);
    }
    lower[n] = '\0';
    pl_json_key(j, lower);
    pl_json_object(j);
    pl_json_put_text(j, "summary", r->purpose);
    put_parameters(j, r);
    if (r->body != NULL) {
        pl_json_key(j, "requestBody");
        pl_json_object(j);
        pl_json_key(j, "content");
        pl_json_object(j);
        pl_json_key(j, r->body);
        pl_json_object(j);
        pl_json_end(j);
        pl_json_end(j);
        pl_json_end(j);
    }
    pl_json_key(j, "responses");
    pl_json_object(j);
    pl_json_key(j, "200");
    pl_json_object(j);
    pl_json_put_text(j, "description", r->gives[0] != '\0' ? r->gives : "as it says");
    pl_json_end(j);
    pl_json_key(j, "default");
    pl_json_object(j);
    pl_json_put_text(j, "description", "error, message, subject, hint");
    pl_json_end(j);
    pl_json_end(j);
    pl_json_end(j);
}

void pl_server_openapi(pl_str *out)
{
    pl_json j;
    pl_json_init(&j, out, true);
    pl_json_object(&j);
    pl_json_put_text(&j, "openapi", "3.1.0");
    pl_json_key(&j, "info");
    pl_json_object(&j);
    pl_json_put_text(&j, "title", "Plenty");
    pl_json_put_text(&j, "version", PLENTY_VERSION);
    pl_json_end(&j);
    pl_json_key(&j, "paths");
    pl_json_object(&j);
    for (size_t k = 0; PL_ROUTE_TABLES[k] != NULL; k++) {
        for (const pl_route *r = PL_ROUTE_TABLES[k]; r->path != NULL; r++) {
            bool first = r == PL_ROUTE_TABLES[k] || strcmp(r[-1].path, r->path) != 0;
            if (first) { /* rows with the same path stand together */
                pl_json_key(&j, r->path);
                pl_json_object(&j);
            }
            put_operation(&j, r);
            if (r[1].path == NULL || strcmp(r[1].path, r->path) != 0) {
                pl_json_end(&j);
            }
        }
    }
    pl_json_end(&j);
    pl_json_end(&j);
}

void pl_server_reference(pl_str *out)
{
    pl_str_add(out, "# The API of `plenty serve`\n\nMade from the table of routes (`plenty serve --reference`); a test compares. What each answer holds is in "
                    "[formats/api.md](formats/api.md), how to run the server in [serving.md](serving.md).\n");
    for (size_t k = 0; PL_ROUTE_TABLES[k] != NULL; k++) {
        pl_str_add(out, "\n| method | path | what | answer |\n|---|---|---|---|\n");
        for (const pl_route *r = PL_ROUTE_TABLES[k]; r->path != NULL; r++) {
            parameter p;
            pl_str_addf(out, "| %s | `%s` | %s", r->method, r->path, r->purpose);
            for (const char *at = next_parameter(r->parameters, &p); at != NULL; at = next_parameter(at, &p)) {
                pl_str_addf(out, "<br>`%s`: %s", p.name, p.text);
            }
            if (r->body != NULL) {
                pl_str_addf(out, "<br>sent: `%s`, at most %zu bytes", r->body, r->body_max);
            }
            pl_str_addf(out, "%s | ", (r->wants & PL_WANTS_MEMBER) != 0 ? "<br>signed in only" : (r->wants & PL_COSTLY) != 0 ? "<br>signed in only, where a commons is served" : "");
            if (r->gives[0] != '\0') {
                pl_str_addf(out, "[%s](formats/api.md#%s) |\n", r->gives, r->gives);
            } else {
                pl_str_add(out, "|\n");
            }
        }
    }
}
