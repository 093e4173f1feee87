/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * plain.c - answers as pages without scripts: an object is a list of terms, a list of objects a table, an id a link. */
#include "server/plain.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/number.h"
#include "io/json_read.h"
#include "plan/html.h"

#define COLUMNS 12   /* of a table; what is more is on the page of the row */
#define TEXT_MAX 4000

static const char STYLE[] =
    ":root{color-scheme:light dark}body{font:1.05rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:0 1rem 3rem}"
    "nav a{display:inline-block;margin:0 .8rem .3rem 0}table{border-collapse:collapse;display:block;overflow-x:auto;max-width:100%}"
    "th,td{border-bottom:1px solid #8888;padding:.25rem .6rem;text-align:left;vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}"
    "dt{font-weight:600;margin-top:.4rem}dd{margin:0 0 0 1rem}pre,td,dd{white-space:pre-wrap;overflow-wrap:anywhere}.id{font-family:monospace}"
    "a:focus-visible{outline:3px solid}@media print{nav{display:none}}";

/* Where the parts of the front page lead. */
static const char *const WAYS[][2] = {
    {"plans/now", "The plan"},          {"plans/now/tiers", "Who gets what"}, {"plans/now/needs?short=1", "What is short"}, {"plans/now/goods", "Goods"},
    {"plans/now/economy", "Economy"},   {"plans", "All plans"},               {"commons", "The commons"},                   {"assemblies", "Councils"},
    {"mandates", "Mandates"},           {"elections", "Elections"},           {"ballots", "Ballots"},                       {"motions", "Motions"},
    {"recalls", "Recalls"},             {"questions", "Questions"},           {"rotas", "Turns"},                           {"pay", "Pay"},
    {"lights", "Warning lights"},       {"members", "Members"},               {"constitution", "Constitution"},             {"needs/forecast", "Needs"},
    {"needs/orders", "Orders"},         {"needs/missing", "Wanted, not there"}, {"record", "The record"}};

/* Names of members whose value is the id of a page. */
static const char *const LINKS[][2] = {
    {"member", "members/"},   {"holder", "members/"},     {"author", "members/"},   {"sponsor", "members/"}, {"motion", "motions/"},   {"election", "elections/"}, {"ballot", "ballots/"},
    {"mandate", "mandates/"}, {"council", "councils/"},   {"recall", "recalls/"},   {"rota", "rotas/"},      {"lot", "lots/"},         {"position", "record/"},    {"plan", "plans/"}};
static const char *const TIMES[] = {"time", "since", "left", "until", "from", "ended", "opens", "closes", "decided", "nominated", "asked", "answered", "due", "reported", "freezes",
                                    "begins", "stood", "withdrew", "period_begins", "period_ends", "constitution_since", "confirmed", "seals", "approve_by", "execute_by", "ends"};

bool pl_plain_target(const pl_target *t, pl_target *out)
{
    bool plain = t->n_segments > 0 && strcmp(t->segment[0], "plain") == 0;
    if (plain) {
        *out = *t;
        out->segment[0] = "api";
    }
    return plain;
}

/* "needs_met" -> "needs met". */
static void put_name(pl_str *out, const char *name)
{
    for (const char *p = name; *p != '\0'; p++) {
        char c[2] = {*p == '_' ? ' ' : *p, '\0'};
        pl_html_text(out, c, 0);
    }
}

static const char *way_of(const char *name)
{
    for (size_t i = 0; i < sizeof LINKS / sizeof LINKS[0]; i++) {
        if (strcmp(name, LINKS[i][0]) == 0) {
            return LINKS[i][1];
        }
    }
    return NULL;
}

static bool is_time(const char *name)
{
    for (size_t i = 0; i < sizeof TIMES / sizeof TIMES[0]; i++) {
        if (strcmp(name, TIMES[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void put_link(pl_str *out, const char *way, const char *value)
{
    pl_str_addf(out, "<a class=\"id\" href=\"/plain/%s", way);
    pl_html_text(out, value, 0);
    pl_str_add(out, "\">");
    pl_html_text(out, value, strlen(value) == 64 ? 12 : 0);
    pl_str_add(out, "</a>");
}

static void put_whole_number(pl_str *out, const char *name, json_int_t x)
{
    char text[40];
    struct tm tm;
    time_t t = (time_t)x;
    const char *way = way_of(name);
    if (way != NULL && strcmp(name, "position") == 0) {
        snprintf(text, sizeof text, "%lld", (long long)x);
        put_link(out, way, text);
    } else if (is_time(name) && x > 100000000 && gmtime_r(&t, &tm) != NULL && strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &tm) > 0) {
        pl_str_add(out, text);
    } else {
        pl_str_addf(out, "%lld", (long long)x);
    }
}

static void put_scalar(pl_str *out, const char *name, const json_t *v)
{
    const char *text = json_string_value(v), *way = way_of(name);
    if (json_is_integer(v)) {
        put_whole_number(out, name, json_integer_value(v));
    } else if (json_is_real(v)) {
        char number[PL_NUMBER_MAX];
        pl_number_for_people(json_real_value(v), number);
        pl_str_add(out, number);
    } else if (json_is_boolean(v)) {
        pl_str_add(out, json_is_true(v) ? "yes" : "no");
    } else if (text != NULL && way != NULL && (strlen(text) == 64 || strcmp(name, "plan") == 0)) {
        put_link(out, way, text);
    } else if (text != NULL) {
        pl_str_add(out, strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64 ? "<span class=\"id\">" : "<span>");
        pl_html_text(out, text, strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64 ? 12 : TEXT_MAX);
        pl_str_add(out, "</span>");
    } else {
        pl_str_add(out, "&ndash;");
    }
}

static void put_value(pl_str *out, const char *name, json_t *v, int level);

/* What people read comes first in a table; what only machines read is left to the page of the row. */
static bool is_among(const char *name, const char *const *list)
{
    while (*list != NULL && strcmp(*list, name) != 0) {
        list++;
    }
    return *list != NULL;
}

static size_t choose_columns(json_t *first, const char *column[COLUMNS])
{
    static const char *const FIRST[] = {"title", "words", "name", "council_name", "assembly_name", "says", "good", "item", "state", "side", "text", NULL};
    static const char *const LAST[] = {"key", "public_key", "hash", "transcript", "seed", "root", "frozen", "counter", "hidden", "position", "events", "tally", NULL};
    const char *key;
    json_t *value;
    size_t n = 0;
    for (size_t i = 0; FIRST[i] != NULL && n < COLUMNS; i++) {
        value = json_object_get(first, FIRST[i]);
        if (value != NULL && !json_is_array(value) && !json_is_object(value)) {
            column[n++] = FIRST[i];
        }
    }
    json_object_foreach(first, key, value)
    {
        bool position = strcmp(key, "position") == 0 && json_object_get(first, "words") != NULL; /* the way to an event */
        if (n < COLUMNS && !json_is_array(value) && !json_is_object(value) && !is_among(key, FIRST) && (position || !is_among(key, LAST))) {
            column[n++] = key;
        }
    }
    return n;
}

/* A table of objects: columns are scalar members of the first one. */
static void put_table(pl_str *out, json_t *list)
{
    const char *column[COLUMNS];
    json_t *row;
    size_t i, n = choose_columns(json_array_get(list, 0), column);
    pl_str_add(out, "<table><thead><tr>");
    for (size_t k = 0; k < n; k++) {
        pl_str_add(out, "<th scope=\"col\">");
        put_name(out, column[k]);
        pl_str_add(out, "</th>");
    }
    pl_str_add(out, "</tr></thead><tbody>\n");
    json_array_foreach(list, i, row)
    {
        pl_str_add(out, "<tr>");
        for (size_t k = 0; k < n; k++) {
            const json_t *cell = json_object_get(row, column[k]);
            pl_str_add(out, json_is_number(cell) ? "<td class=\"n\">" : "<td>");
            put_scalar(out, column[k], cell);
            pl_str_add(out, "</td>");
        }
        pl_str_add(out, "</tr>\n");
    }
    pl_str_add(out, "</tbody></table>\n");
}

static void put_object(pl_str *out, json_t *object, int level)
{
    const char *key;
    json_t *value;
    pl_str_add(out, "<dl>\n");
    json_object_foreach(object, key, value)
    {
        if (!json_is_array(value) && !json_is_object(value)) {
            pl_str_add(out, "<dt>");
            put_name(out, key);
            pl_str_add(out, "</dt><dd>");
            put_scalar(out, key, value);
            pl_str_add(out, "</dd>\n");
        }
    }
    pl_str_add(out, "</dl>\n");
    json_object_foreach(object, key, value)
    {
        if (json_is_array(value) || json_is_object(value)) {
            put_value(out, key, value, level);
        }
    }
}

/* A list or an object under its heading. */
static void put_value(pl_str *out, const char *name, json_t *v, int level)
{
    size_t i;
    json_t *item;
    pl_str_addf(out, "<h%d>", level);
    put_name(out, name);
    pl_str_addf(out, "</h%d>\n", level);
    if (json_is_array(v) && json_array_size(v) == 0) {
        pl_str_add(out, "<p>None.</p>\n");
    } else if (json_is_array(v) && json_is_object(json_array_get(v, 0))) {
        put_table(out, v);
        json_array_foreach(v, i, item) /* what does not fit into a cell */
        {
            const char *key;
            json_t *inner;
            json_object_foreach(item, key, inner)
            {
                if ((json_is_array(inner) && json_is_object(json_array_get(inner, 0))) && level < 6) {
                    put_value(out, key, inner, level + 1);
                }
            }
        }
    } else if (json_is_array(v)) {
        pl_str_add(out, "<p>");
        json_array_foreach(v, i, item)
        {
            pl_str_add(out, i > 0 ? ", " : "");
            put_scalar(out, "", item);
        }
        pl_str_add(out, "</p>\n");
    } else {
        put_object(out, v, level < 6 ? level + 1 : 6);
    }
}

/* ---- Pages ---------------------------------------------------------------------------------------- */

static void begin_page(const pl_call *c, pl_str *out, const char *title)
{
    const pl_server *s = c->server;
    pl_str_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    pl_html_text(out, title, 0);
    pl_str_add(out, "</title>\n<link rel=\"stylesheet\" href=\"/plain/style.css\">\n</head>\n<body>\n<nav aria-label=\"Pages\"><a href=\"/plain\">");
    pl_html_text(out, s->record != NULL ? pl_record_what(s->record)->name : "Plenty", 0);
    pl_str_add(out, "</a>");
    for (size_t i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++) {
        bool of_plan = strncmp(WAYS[i][0], "plans", 5) == 0, forecast = strcmp(WAYS[i][0], "needs/forecast") == 0;
        if (forecast ? s->forecast != NULL : of_plan || s->record != NULL) {
            pl_str_addf(out, "<a href=\"/plain/%s\">%s</a>", WAYS[i][0], WAYS[i][1]);
        }
    }
    pl_str_add(out, "</nav>\n<main>\n<h1>");
    pl_html_text(out, title, 0);
    pl_str_add(out, "</h1>\n");
}

static void end_page(pl_call *c, pl_str *page)
{
    pl_str_add(page, "</main>\n</body>\n</html>\n");
    pl_str_clear(&c->answer.body);
    c->answer.body = *page;
    c->answer.type = "text/html; charset=utf-8";
}

pl_status pl_plain_page(pl_call *c)
{
    pl_str page;
    json_t *value = NULL;
    if (c->answer.type != NULL) { /* a text, a file: as it is */
        return PL_OK;
    }
    pl_status status = pl_json_read(c->answer.body.text, c->answer.body.len, "answer", &value, NULL, c->err);
    if (status != PL_OK) {
        return status;
    }
    pl_str_init(&page, PL_ANSWER_MAX);
    begin_page(c, &page, c->route->purpose);
    put_object(&page, value, 2);
    json_decref(value);
    end_page(c, &page);
    return PL_OK;
}

void pl_plain_front(pl_call *c)
{
    pl_str page;
    pl_str_init(&page, PL_ANSWER_MAX);
    begin_page(c, &page, c->server->record != NULL ? pl_record_what(c->server->record)->name : "A plan");
    pl_str_add(&page, "<p>These pages show the same as the <a href=\"/\">others</a>, without scripts. To act, a member signs: in those pages, or with the program "
                      "<code>plenty</code>.</p>\n<p>To check everything yourself: <a href=\"/api/record/export\">download the record</a>, unpack it, and run "
                      "<code>plenty audit record</code>.</p>\n");
    end_page(c, &page);
}

void pl_plain_style(pl_call *c)
{
    pl_str_add(&c->answer.body, STYLE);
    c->answer.type = "text/css; charset=utf-8";
}
