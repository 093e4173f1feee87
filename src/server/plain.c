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
    "nav a,footer a{display:inline-block;margin-inline-end:.8rem;padding:.15rem 0}table{border-collapse:collapse;display:block;overflow-x:auto;max-width:100%}"
    "th,td{border-bottom:1px solid #8888;padding:.25rem .6rem;text-align:start;vertical-align:top}td.n{text-align:end;font-variant-numeric:tabular-nums}"
    "dt{font-weight:600;margin-top:.4rem}dd{margin:0;margin-inline-start:1rem}pre,td,dd{white-space:pre-wrap;overflow-wrap:anywhere}.id{font-family:monospace}"
    "a:focus-visible{outline:3px solid}@media print{nav,footer{display:none}table{display:table}}";

/* Where the parts of the front page lead, and the texts that name them. */
static const char *const WAYS[][2] = {
    {"plans/now", "page_plan"},         {"plans/now/tiers", "who_gets"},  {"plans/now/needs?short=1", "short_title"}, {"plans/now/goods", "table_goods"},
    {"plans/now/economy", "page_economy"}, {"plans", "field_plans"},      {"commons", "field_commons"},               {"assemblies", "page_councils"},
    {"mandates", "field_mandates"},     {"elections", "elections"},       {"ballots", "field_ballots"},               {"motions", "motions"},
    {"recalls", "recalls"},             {"questions", "questions"},       {"rotas", "page_turn"},                     {"pay", "pay_part"},
    {"lights", "page_lights"},          {"members", "field_members"},     {"constitution", "constitution_text"},      {"needs/forecast", "forecasts"},
    {"needs/orders", "orders"},         {"needs/missing", "not_there_column"}, {"shares", "page_sharing"},
    {"queues", "queue_title"},          {"lines", "watch_lines"},         {"alarms", "watch_alarms"},                 {"deliveries", "deliveries"},
    {"record", "page_record"}};

/* Names of members whose value is the id of a page. */
static const char *const LINKS[][2] = {
    {"member", "members/"},   {"holder", "members/"},     {"author", "members/"},   {"sponsor", "members/"}, {"motion", "motions/"},   {"election", "elections/"}, {"ballot", "ballots/"},
    {"mandate", "mandates/"}, {"council", "councils/"},   {"recall", "recalls/"},   {"rota", "rotas/"},      {"lot", "lots/"},         {"position", "record/"},    {"plan", "plans/"},
    {"round", "shares/"},     {"line", "lines/"},         {"alarm", "alarms/"}};
static const char *const TIMES[] = {"time", "since", "left", "until", "from", "ended", "opens", "closes", "decided", "nominated", "asked", "answered", "due", "reported", "freezes",
                                    "begins", "stood", "withdrew", "period_begins", "period_ends", "constitution_since", "confirmed", "seals", "approve_by", "execute_by", "ends", "silent", "over", "signed_at", "corrected"};

/* A page that is being written, in the reader's language. */
typedef struct page {
    pl_str out;
    const pl_locales *all;
    const pl_locale *locale;
    char chosen[12]; /* "?lang=de", where the address says so: then it is said in all that lead on */
    const char *part; /* of the commons that it shows: "motions" */
} page;

static const char *word(const page *p, const char *key, const char *otherwise)
{
    const char *text = pl_locale_word(p->all, p->locale, key);
    return text != NULL ? text : otherwise;
}

static void put_word(page *p, const char *key, const char *otherwise)
{
    pl_html_text(&p->out, word(p, key, otherwise), 0);
}

/* The way to another page, after "/plain". */
static void put_way(page *p, const char *way, const char *rest)
{
    bool asks = strchr(way, '?') != NULL;
    pl_str_addf(&p->out, "href=\"/plain%s", way);
    pl_html_text(&p->out, rest, 0);
    pl_str_addf(&p->out, "%s%s\"", p->chosen[0] != '\0' && asks ? "&amp;" : "", p->chosen + (asks && p->chosen[0] != '\0'));
}

bool pl_plain_target(const pl_target *t, pl_target *out)
{
    bool plain = t->n_segments > 0 && strcmp(t->segment[0], "plain") == 0;
    if (plain) {
        *out = *t;
        out->segment[0] = "api";
    }
    return plain;
}

/* What a member of an answer is called; one without a name of its own as in the answer: "naive_error" -> "naive error". */
static void put_name(page *p, const char *name)
{
    const char *key = pl_plain_key(name);
    if (key != NULL) {
        put_word(p, key, name);
        return;
    }
    for (const char *at = name; *at != '\0'; at++) {
        char c[2] = {*at == '_' ? ' ' : *at, '\0'};
        pl_html_text(&p->out, c, 0);
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

static void put_link(page *p, const char *way, const char *value)
{
    char to[40];
    snprintf(to, sizeof to, "/%s", way);
    pl_str_add(&p->out, "<a class=\"id\" ");
    put_way(p, to, value);
    pl_str_add(&p->out, ">");
    pl_html_text(&p->out, value, strlen(value) == 64 ? 12 : 0);
    pl_str_add(&p->out, "</a>");
}

static void put_whole_number(page *p, const char *name, json_int_t x)
{
    char text[40];
    struct tm tm;
    time_t t = (time_t)x;
    const char *way = way_of(name);
    if (way != NULL && strcmp(name, "position") == 0) {
        snprintf(text, sizeof text, "%lld", (long long)x);
        put_link(p, way, text);
    } else if (is_time(name) && x > 100000000 && gmtime_r(&t, &tm) != NULL && strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &tm) > 0) {
        pl_str_add(&p->out, text);
    } else {
        pl_str_addf(&p->out, "%lld", (long long)x);
    }
}

/* The state of a motion, an election ... in words, where there are any. */
static const char *state_words(const page *p, const char *name, const char *text)
{
    static const char *const STATES[][2] = {{"motions", "motion"}, {"elections", "election"}, {"recalls", "recall"}, {"ballots", "vote"}};
    char key[80];
    for (size_t i = 0; strcmp(name, "state") == 0 && i < sizeof STATES / sizeof STATES[0]; i++) {
        if (strcmp(p->part, STATES[i][0]) == 0) {
            snprintf(key, sizeof key, "%s_%.60s", STATES[i][1], text);
            for (char *at = strchr(key, ' '); at != NULL; at = strchr(at, ' ')) {
                *at = '_'; /* "no quorum" */
            }
            return word(p, key, text);
        }
    }
    return text;
}

static void put_scalar(page *p, const char *name, const json_t *v)
{
    pl_str *out = &p->out;
    const char *text = json_string_value(v), *way = way_of(name);
    if (json_is_integer(v)) {
        put_whole_number(p, name, json_integer_value(v));
    } else if (json_is_real(v)) {
        char number[PL_NUMBER_MAX];
        pl_number_for_people(json_real_value(v), number);
        pl_str_add(out, number);
    } else if (json_is_boolean(v)) {
        pl_str_add(out, json_is_true(v) ? word(p, "vote_yes", "yes") : word(p, "vote_no", "no"));
    } else if (text != NULL && way != NULL && (strlen(text) == 64 || strcmp(name, "plan") == 0)) {
        put_link(p, way, text);
    } else if (text != NULL) {
        pl_str_add(out, strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64 ? "<span class=\"id\">" : "<span>");
        pl_html_text(out, state_words(p, name, text), strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64 ? 12 : TEXT_MAX);
        pl_str_add(out, "</span>");
    } else {
        pl_str_add(out, "&ndash;");
    }
}

static void put_value(page *p, const char *name, json_t *v, int level);

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

/* What happened is told as on the other pages; everything else as it is. */
static void put_cell(page *p, json_t *row, const char *name, const json_t *value)
{
    char key[80];
    const char *kind = json_string_value(json_object_get(row, "kind")), *who = json_string_value(json_object_get(row, "member"));
    json_t *body = json_object_get(row, "body");
    snprintf(key, sizeof key, "event_%.60s", kind != NULL ? kind : "");
    if (strcmp(name, "words") != 0 || kind == NULL || pl_locale_word(p->all, p->locale, key) == NULL) {
        put_scalar(p, name, value);
        return;
    }
    char short_id[13];
    snprintf(short_id, sizeof short_id, "%.8s", who != NULL ? who : word(p, "nobody", ""));
    const char *title = json_string_value(json_object_get(body, "title")), *called = json_string_value(json_object_get(body, "name"));
    const char *const values[][2] = {{"who", short_id}, {"title", title != NULL ? title : ""}, {"name", called != NULL ? called : ""}, {NULL, NULL}};
    pl_locale_fill(&p->out, p->all, p->locale, key, values);
}

/* A table of objects: columns are scalar members of the first one. */
static void put_table(page *p, json_t *list)
{
    pl_str *out = &p->out;
    const char *column[COLUMNS];
    json_t *row;
    size_t i, n = choose_columns(json_array_get(list, 0), column);
    pl_str_add(out, "<table><thead><tr>");
    for (size_t k = 0; k < n; k++) {
        pl_str_add(out, "<th scope=\"col\">");
        put_name(p, column[k]);
        pl_str_add(out, "</th>");
    }
    pl_str_add(out, "</tr></thead><tbody>\n");
    json_array_foreach(list, i, row)
    {
        pl_str_add(out, "<tr>");
        for (size_t k = 0; k < n; k++) {
            const json_t *cell = json_object_get(row, column[k]);
            pl_str_add(out, json_is_number(cell) ? "<td class=\"n\">" : "<td>");
            put_cell(p, row, column[k], cell);
            pl_str_add(out, "</td>");
        }
        pl_str_add(out, "</tr>\n");
    }
    pl_str_add(out, "</tbody></table>\n");
}

static void put_object(page *p, json_t *object, int level)
{
    pl_str *out = &p->out;
    const char *key;
    json_t *value;
    pl_str_add(out, "<dl>\n");
    json_object_foreach(object, key, value)
    {
        if (!json_is_array(value) && !json_is_object(value)) {
            pl_str_add(out, "<dt>");
            put_name(p, key);
            pl_str_add(out, "</dt><dd>");
            put_scalar(p, key, value);
            pl_str_add(out, "</dd>\n");
        }
    }
    pl_str_add(out, "</dl>\n");
    json_object_foreach(object, key, value)
    {
        if (json_is_array(value) || json_is_object(value)) {
            put_value(p, key, value, level);
        }
    }
}

/* A list or an object under its heading. */
static void put_value(page *p, const char *name, json_t *v, int level)
{
    pl_str *out = &p->out;
    size_t i;
    json_t *item;
    pl_str_addf(out, "<h%d>", level);
    put_name(p, name);
    pl_str_addf(out, "</h%d>\n", level);
    if (json_is_array(v) && json_array_size(v) == 0) {
        pl_str_add(out, "<p>");
        put_word(p, "field_none", "None.");
        pl_str_add(out, "</p>\n");
    } else if (json_is_array(v) && json_is_object(json_array_get(v, 0))) {
        put_table(p, v);
        json_array_foreach(v, i, item) /* what does not fit into a cell */
        {
            const char *key;
            json_t *inner;
            json_object_foreach(item, key, inner)
            {
                if ((json_is_array(inner) && json_is_object(json_array_get(inner, 0))) && level < 6) {
                    put_value(p, key, inner, level + 1);
                }
            }
        }
    } else if (json_is_array(v)) {
        pl_str_add(out, "<p>");
        json_array_foreach(v, i, item)
        {
            pl_str_add(out, i > 0 ? ", " : "");
            put_scalar(p, "", item);
        }
        pl_str_add(out, "</p>\n");
    } else {
        put_object(p, v, level < 6 ? level + 1 : 6);
    }
}

/* ---- Pages ---------------------------------------------------------------------------------------- */

/* What a page is called: as the way that leads there, else as the part of the commons that it belongs to, else by its purpose. */
static const char *title_of(const page *p, const pl_call *c)
{
    const char *path = pl_http_target(c->request)->whole + strlen("/plain/"), *part = NULL;
    for (size_t i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++) {
        size_t n = strcspn(WAYS[i][0], "?"), m = strcspn(path, "?");
        if (n == m && strncmp(WAYS[i][0], path, n) == 0) {
            return word(p, WAYS[i][1], WAYS[i][0]);
        }
        part = strcmp(WAYS[i][0], p->part) == 0 ? WAYS[i][1] : part;
    }
    return part != NULL ? word(p, part, part) : c->route->purpose;
}

static void put_languages(page *p, const char *path)
{
    pl_str_add(&p->out, "<footer>");
    for (int i = 0; i < p->all->n; i++) {
        const pl_locale *l = &p->all->list[i];
        pl_str_addf(&p->out, "<a lang=\"%s\" hreflang=\"%s\" href=\"", l->code, l->code);
        pl_html_text(&p->out, path, 0);
        pl_str_addf(&p->out, "?lang=%s\">", l->code);
        pl_html_text(&p->out, pl_locale_word(p->all, l, "language_name"), 0);
        pl_str_add(&p->out, "</a> ");
    }
    pl_str_add(&p->out, "</footer>\n");
}

/* title NULL: that of the way that leads to the page. */
static void begin_page(const pl_call *c, page *p, const char *title)
{
    const pl_server *s = c->server;
    const pl_target *t = pl_http_target(c->request);
    const char *lang = pl_target_parameter(t, "lang");
    *p = (page){.all = &s->locales, .locale = pl_locale_of(&s->locales, lang, pl_http_header(c->request, "Accept-Language")), .part = t->n_segments > 1 ? t->segment[1] : ""};
    pl_str_init(&p->out, PL_ANSWER_MAX);
    if (lang != NULL && p->locale != NULL) {
        snprintf(p->chosen, sizeof p->chosen, "?lang=%s", p->locale->code);
    }
    title = title != NULL ? title : title_of(p, c);
    pl_str_addf(&p->out, "<!DOCTYPE html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
                p->locale != NULL ? p->locale->code : "en", word(p, "direction", "ltr"));
    pl_html_text(&p->out, title, 0);
    pl_str_add(&p->out, "</title>\n<link rel=\"stylesheet\" href=\"/plain/style.css\">\n</head>\n<body>\n<nav aria-label=\"");
    put_word(p, "menu", "Menu");
    pl_str_add(&p->out, "\"><a ");
    put_way(p, "", "");
    pl_str_add(&p->out, ">");
    pl_html_text(&p->out, s->record != NULL ? pl_record_what(s->record)->name : "Plenty", 0);
    pl_str_add(&p->out, "</a>");
    for (size_t i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++) {
        bool of_plan = strncmp(WAYS[i][0], "plans", 5) == 0, forecast = strcmp(WAYS[i][0], "needs/forecast") == 0;
        if (forecast ? s->forecast != NULL : of_plan || s->record != NULL) {
            char way[60];
            snprintf(way, sizeof way, "/%s", WAYS[i][0]);
            pl_str_add(&p->out, "<a ");
            put_way(p, way, "");
            pl_str_add(&p->out, ">");
            put_word(p, WAYS[i][1], WAYS[i][0]);
            pl_str_add(&p->out, "</a>");
        }
    }
    pl_str_add(&p->out, "</nav>\n<main>\n<h1>");
    pl_html_text(&p->out, title, 0);
    pl_str_add(&p->out, "</h1>\n");
}

static void end_page(pl_call *c, page *p)
{
    char path[PL_TARGET_MAX + 1];
    snprintf(path, sizeof path, "%.*s", (int)strcspn(pl_http_target(c->request)->whole, "?"), pl_http_target(c->request)->whole);
    pl_str_add(&p->out, "</main>\n");
    put_languages(p, path);
    pl_str_add(&p->out, "</body>\n</html>\n");
    pl_str_clear(&c->answer.body);
    c->answer.body = p->out;
    c->answer.type = "text/html; charset=utf-8";
}

pl_status pl_plain_page(pl_call *c)
{
    page p;
    json_t *value = NULL;
    if (c->answer.type != NULL) { /* a text, a file: as it is */
        return PL_OK;
    }
    pl_status status = pl_json_read(c->answer.body.text, c->answer.body.len, "answer", &value, NULL, c->err);
    if (status != PL_OK) {
        return status;
    }
    begin_page(c, &p, NULL);
    put_object(&p, value, 2);
    json_decref(value);
    end_page(c, &p);
    return PL_OK;
}

void pl_plain_front(pl_call *c)
{
    page p;
    begin_page(c, &p, c->server->record != NULL ? pl_record_what(c->server->record)->name : "Plenty");
    pl_str_add(&p.out, "<p>");
    put_word(&p, "plain_note", "");
    pl_str_add(&p.out, " <a href=\"/\">");
    put_word(&p, "plain_with", "With scripts");
    pl_str_add(&p.out, "</a></p>\n");
    if (c->server->record != NULL) {
        pl_str_add(&p.out, "<p>");
        put_word(&p, "check_yourself_note", "");
        pl_str_add(&p.out, " <code>plenty audit record</code>. <a href=\"/api/record/export\">");
        put_word(&p, "download_record", "Download the record");
        pl_str_add(&p.out, "</a></p>\n");
    }
    end_page(c, &p);
}

void pl_plain_style(pl_call *c)
{
    pl_str_add(&c->answer.body, STYLE);
    c->answer.type = "text/css; charset=utf-8";
}
