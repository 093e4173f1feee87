/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/first.h"

#include <stdio.h>
#include <string.h>

#include "plan/html.h"
#include "plan/words.h"
#include "server/served.h"

bool pl_first_is(const pl_target *t)
{
    return t->n_parameters == 0 && (t->n_segments == 0 || (t->n_segments == 1 && strcmp(t->segment[0], "plan") == 0));
}

/* Adds `"PATH":ANSWER`; nothing when it has none.  No text within a script ends it: "<" is written as JSON can write it too. */
static void put_answer(const pl_call *c, pl_str *out, const char *path)
{
    char allow[40];
    pl_error err;
    pl_target target;
    pl_call inner = {.server = c->server, .request = c->request, .err = &err};
    inner.route = pl_target_read(path, &target) ? pl_route_find("GET", &target, inner.part, allow) : NULL;
    if (inner.route == NULL) {
        return;
    }
    pl_answer_init(&inner.answer);
    pl_json_init(&inner.json, &inner.answer.body, false);
    if (inner.route->answer(&inner) == PL_OK && !inner.answer.body.failed) {
        pl_str_addf(out, "%s\"%s\":", out->text[out->len - 1] == '{' ? "" : ",", path);
        for (const char *at = inner.answer.body.text; *at != '\0';) {
            size_t n = strcspn(at, "<");
            pl_str_add_n(out, at, n);
            pl_str_add(out, at[n] == '<' ? "\\u003c" : "");
            at += n + (at[n] == '<');
        }
    }
    pl_answer_clear(&inner.answer);
}

static void put_answers(const pl_call *c, const pl_served *now, pl_str *out)
{
    char path[200];
    pl_str_add(out, "<script type=\"application/json\" id=\"answers\">{");
    put_answer(c, out, "/api");
    put_answer(c, out, "/api/plans");
    if (now != NULL) {
        snprintf(path, sizeof path, "/api/plans/%s", now->id);
        put_answer(c, out, path);
        snprintf(path, sizeof path, "/api/plans/%s/tiers", now->id);
        put_answer(c, out, path);
    }
    pl_str_add(out, "}</script>");
}

/* What the scripts will show at the top of the page: to be read while they come. */
static void put_head(const pl_locales *all, const pl_locale *l, const pl_served *now, pl_str *out)
{
    char met[PL_WORDS_NUMBER], needs[20], lacking[20], goods[20];
    int32_t n = 0;
    pl_str_add(out, "<header class=\"top\"><div class=\"top-in\"><span class=\"brand\">Plenty</span><nav class=\"main\"><ul><li><a>&nbsp;</a></li></ul></nav></div></header>\n"
                    "<main><header class=\"page-head\"><h1>");
    pl_html_text(out, now->economy->title, 0);
    pl_str_add(out, "</h1><div class=\"lead\">");
    if (now->plan->outcome == PL_PLANNED) {
        for (int32_t k = 0; k < now->economy->n_needs; k++) {
            n += pl_plan_is_short(now->plan, now->economy, k);
        }
        snprintf(needs, sizeof needs, "%d", now->economy->n_needs);
        snprintf(lacking, sizeof lacking, "%d", n);
        snprintf(goods, sizeof goods, "%d", now->economy->n_goods);
        const char *const values[][2] = {{"met", pl_words_percent(pl_plan_needs_met(now->plan, now->economy, 0), met)},
                                         {"needs", needs}, {"short", lacking}, {"goods", goods}, {NULL, NULL}};
        pl_locale_fill(out, all, l, "plan_lead", values);
    }
    pl_str_add(out, "</div></header></main>");
}

/* The page as it was built, up to a mark in it; *at moves behind the mark. */
static void put_until(pl_str *out, const char **at, const char *mark)
{
    const char *end = strstr(*at, mark);
    size_t n = end != NULL ? (size_t)(end - *at) : strlen(*at);
    pl_str_add_n(out, *at, n);
    *at += n + (end != NULL ? strlen(mark) : 0);
}

void pl_first_page(pl_call *c)
{
    const pl_locales *all = &c->server->locales;
    const pl_locale *l = pl_locale_of(all, NULL, pl_http_header(c->request, "Accept-Language"));
    const char *at = c->server->index, *direction = pl_locale_word(all, l, "direction");
    pl_str *out = &c->answer.body;
    pl_error err;
    pl_served *now = NULL;
    pl_call asking = *c;
    asking.err = &err;
    if (pl_served_of(&asking, "now", &now) != PL_OK) {
        now = NULL;
    }
    if (l != NULL) {
        put_until(out, &at, " lang=\"en\" dir=\"ltr\"");
        pl_str_addf(out, " lang=\"%s\" dir=\"%s\"", l->code, direction != NULL ? direction : "ltr");
        put_until(out, &at, "<!--words-->");
        pl_str_addf(out, "<link rel=\"preload\" as=\"fetch\" crossorigin href=\"/%s\">", l->file);
    }
    put_until(out, &at, "<!--page-->");
    if (now != NULL) {
        put_head(all, l, now, out);
    }
    put_until(out, &at, "<!--answers-->");
    put_answers(c, now, out);
    pl_str_add(out, at);
    pl_served_drop(now);
    c->answer.type = "text/html; charset=utf-8";
    c->answer.style = c->server->assets.style[0] != '\0' ? c->server->assets.style : NULL;
}
