/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * server.c - the parts of the server that need no connection: targets, routes, limits, what is kept in memory, sessions, messages. */
#include "test/test.h"

#include <stdlib.h>

#include "base/mem.h"
#include "io/file.h"
#include "io/json_read.h"
#include "server/call.h"
#include "server/rate.h"
#include "server/words.h"

/* ---- Targets -------------------------------------------------------------------------------------- */

static pl_target target;

static bool reads(const char *text)
{
    return pl_target_read(text, &target);
}

TEST(a_target_is_taken_apart)
{
    CHECK(reads("/api/plans/now/goods?search=rye%20bread&from=10"));
    CHECK_INT(target.n_segments, 4);
    CHECK_STR(target.segment[0], "api");
    CHECK_STR(target.segment[3], "goods");
    CHECK_INT(target.n_parameters, 2);
    CHECK_STR(pl_target_parameter(&target, "search"), "rye bread");
    CHECK_STR(pl_target_parameter(&target, "from"), "10");
    CHECK(pl_target_parameter(&target, "most") == NULL);
    CHECK_STR(target.whole, "/api/plans/now/goods?search=rye%20bread&from=10");
}

TEST(a_target_is_decoded_once)
{
    CHECK(reads("/api/goods/a%2Fb%252e?x=a+b%2B%26&y="));
    CHECK_INT(target.n_segments, 3);
    CHECK_STR(target.segment[2], "a/b%2e");
    CHECK_STR(pl_target_parameter(&target, "x"), "a b+&");
    CHECK_STR(pl_target_parameter(&target, "y"), "");
}

TEST(the_root_and_a_slash_at_the_end)
{
    CHECK(reads("/"));
    CHECK_INT(target.n_segments, 0);
    CHECK(reads("/councils/?a"));
    CHECK_INT(target.n_segments, 1);
    CHECK_STR(pl_target_parameter(&target, "a"), "");
}

TEST(hostile_targets_are_refused)
{
    static const char *const HOSTILE[] = {"",       "api",        "http://a/b",  "*",          "//",        "/a//b",     "/.",         "/a/..",      "/%2e%2e/etc", "/%2E",
                                          "/a%",    "/a%4",       "/a%zz",       "/a%00b",     "/a%0d%0ab", "/a\x01",    "/a\x7f",     "/%c0%af",    "/%ff",        "/a?b=%00",
                                          "/a?b=%", "/a?x=1&x=2", "/a/b/c/d/e/f/g/h/i"};
    for (size_t i = 0; i < sizeof HOSTILE / sizeof HOSTILE[0]; i++) {
        if (reads(HOSTILE[i])) {
            FAIL("'%s' was read", HOSTILE[i]);
        }
    }
}

TEST(targets_have_limits)
{
    char text[PL_TARGET_MAX + 10];
    memset(text, 'a', sizeof text);
    text[0] = '/';
    text[PL_TARGET_MAX] = '\0';
    CHECK(reads(text));
    text[PL_TARGET_MAX] = 'a';
    text[PL_TARGET_MAX + 1] = '\0';
    CHECK(!reads(text));
    CHECK(reads("/?a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p"));
    CHECK(!reads("/?a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q"));
}

/* ---- Routes --------------------------------------------------------------------------------------- */

TEST(routes_are_found_by_method_and_path)
{
    const char *part[PL_PARTS];
    char allow[40];
    CHECK(reads("/api/plans/now/goods/bread"));
    const pl_route *r = pl_route_find("GET", &target, part, allow);
    CHECK(r != NULL);
    CHECK_STR(r->path, "/api/plans/{plan}/goods/{good}");
    CHECK_STR(part[0], "now");
    CHECK_STR(part[1], "bread");
    CHECK(pl_route_find("HEAD", &target, part, allow) == r);
    CHECK(pl_route_find("POST", &target, part, allow) == NULL);
    CHECK_STR(allow, "GET, HEAD");
    CHECK(reads("/api/session"));
    CHECK(pl_route_find("PUT", &target, part, allow) == NULL);
    CHECK_STR(allow, "GET, HEAD, POST, DELETE");
    CHECK(reads("/api/plan"));
    CHECK(pl_route_find("GET", &target, part, allow) == NULL);
    CHECK_STR(allow, "");
    CHECK(reads("/api/record/checkpoint")); /* a word comes before a part in braces */
    CHECK_STR(pl_route_find("GET", &target, part, allow)->path, "/api/record/checkpoint");
}

TEST(every_route_has_its_place_and_its_limits)
{
    const char *part[PL_PARTS];
    char allow[40];
    int n = 0;
    for (size_t k = 0; PL_ROUTE_TABLES[k] != NULL; k++) {
        for (const pl_route *r = PL_ROUTE_TABLES[k]; r->path != NULL; r++, n++) {
            if (!reads(r->path) || pl_route_find(r->method, &target, part, allow) != r) {
                FAIL("%s %s is never reached", r->method, r->path);
            }
            bool get = strcmp(r->method, "GET") == 0;
            CHECK(get == (r->body == NULL || r->body_max == 0) || strcmp(r->method, "DELETE") == 0 || strstr(r->path, "challenge") != NULL);
            CHECK(get || r->fresh == PL_FRESH_NEVER);           /* what changes something is never taken from memory */
            CHECK((r->wants & PL_WANTS_MEMBER) == 0 || r->fresh == PL_FRESH_NEVER || !get || strcmp(r->path, "/api/me") != 0);
            CHECK(r->purpose[0] != '\0');
        }
    }
    CHECK(n > 50);
}

TEST(every_answer_is_documented)
{
    pl_file doc;
    pl_error err;
    CHECK(pl_file_read(test_source("docs/formats/api.md"), 1 << 20, &doc, &err) == PL_OK);
    for (size_t k = 0; PL_ROUTE_TABLES[k] != NULL; k++) {
        for (const pl_route *r = PL_ROUTE_TABLES[k]; r->path != NULL; r++) {
            char heading[80];
            snprintf(heading, sizeof heading, "\n## %s\n", r->gives);
            if (r->gives[0] != '\0' && strstr(doc.bytes, heading) == NULL) {
                FAIL("docs/formats/api.md has no section '%s'", r->gives);
            }
        }
    }
    pl_file_clear(&doc);
}

TEST(the_reference_page_is_that_of_the_table)
{
    pl_file doc;
    pl_error err;
    pl_str out;
    pl_str_init(&out, 1 << 20);
    pl_server_reference(&out);
    CHECK(pl_file_read(test_source("docs/api.md"), 1 << 20, &doc, &err) == PL_OK);
    if (strcmp(doc.bytes, out.text) != 0) {
        FAIL("docs/api.md is old: plenty serve --reference >docs/api.md");
    }
    pl_file_clear(&doc);
    pl_str_clear(&out);
}

TEST(the_openapi_description_is_json_and_names_every_path)
{
    pl_str out;
    pl_error err;
    json_t *all = NULL;
    pl_str_init(&out, 1 << 20);
    pl_server_openapi(&out);
    CHECK(pl_json_read(out.text, out.len, "openapi", &all, NULL, &err) == PL_OK);
    for (size_t k = 0; PL_ROUTE_TABLES[k] != NULL; k++) {
        for (const pl_route *r = PL_ROUTE_TABLES[k]; r->path != NULL; r++) {
            const char *method = strcmp(r->method, "GET") == 0 ? "get" : strcmp(r->method, "POST") == 0 ? "post" : "delete";
            CHECK(json_object_get(json_object_get(json_object_get(all, "paths"), r->path), method) != NULL);
        }
    }
    json_decref(all);
    pl_str_clear(&out);
}

TEST(every_kind_of_event_has_words)
{
    const pl_rulebook *const books[] = {&PL_RECORD_RULES, pl_council_rules()};
    for (size_t b = 0; b < 2; b++) {
        for (size_t k = 0; books[b]->kinds[k] != NULL; k++) {
            const char *name = books[b]->kinds[k]->name;
            if (strcmp(pl_words_event(name), name) == 0) {
                FAIL("%s has no words", name);
            }
        }
    }
}

/* ---- Limits --------------------------------------------------------------------------------------- */

TEST(an_address_has_so_many_requests)
{
    pl_rate *rate = PL_NEW(pl_rate, 1);
    CHECK(rate != NULL);
    pl_rate_init(rate, 10, 20);
    for (int i = 0; i < 20; i++) {
        CHECK(pl_rate_allows(rate, "10.0.0.1", 5));
    }
    CHECK(!pl_rate_allows(rate, "10.0.0.1", 5));
    CHECK(pl_rate_allows(rate, "10.0.0.2", 5)); /* another one has its own */
    CHECK(pl_rate_allows(rate, "10.0.0.1", 5.11));
    CHECK(!pl_rate_allows(rate, "10.0.0.1", 5.11));
    pl_rate_init(rate, 0, 0);
    for (int i = 0; i < 100000; i++) {
        CHECK(pl_rate_allows(rate, "10.0.0.1", 5));
    }
    pl_free(rate);
}

/* ---- Answers in memory ---------------------------------------------------------------------------- */

static pl_content *content(const char *text)
{
    pl_answer a;
    pl_error err;
    pl_content *c;
    pl_answer_init(&a);
    pl_str_add(&a.body, text);
    CHECK(pl_content_new(&a, &c, &err) == PL_OK);
    pl_answer_clear(&a);
    return c;
}

TEST(answers_are_kept_as_long_as_they_are_true)
{
    pl_cache *cache = PL_NEW(pl_cache, 1);
    CHECK(cache != NULL);
    pl_cache_init(cache, 1 << 20);
    pl_content *once = content("one"), *always = content("two"), *late = content("three");
    uint64_t begun = pl_cache_now(cache);
    pl_cache_put(cache, "/a", begun, once);
    pl_cache_put(cache, "/b", 0, always);
    pl_content *got = pl_cache_get(cache, "/a");
    CHECK(got == once);
    pl_content_drop(got);
    CHECK(pl_cache_get(cache, "/c") == NULL);
    pl_cache_next(cache);
    CHECK(pl_cache_get(cache, "/a") == NULL);
    got = pl_cache_get(cache, "/b");
    CHECK(got == always);
    pl_content_drop(got);
    pl_cache_put(cache, "/a", begun, late); /* was worked out before something happened */
    CHECK(pl_cache_get(cache, "/a") == NULL);
    pl_content_drop(once);
    pl_content_drop(always);
    pl_content_drop(late);
    pl_cache_clear(cache);
    pl_free(cache);
}

TEST(the_cache_has_a_ceiling)
{
    pl_cache *cache = PL_NEW(pl_cache, 1);
    static char text[5000];
    CHECK(cache != NULL);
    memset(text, 'x', sizeof text - 1);
    pl_cache_init(cache, 100000);
    for (int i = 0; i < 2000; i++) {
        char path[20];
        pl_content *c = content(text);
        snprintf(path, sizeof path, "/%d", i);
        pl_cache_put(cache, path, 0, c);
        pl_content_drop(c);
        CHECK(cache->bytes <= 100000);
    }
    pl_cache_clear(cache);
    pl_free(cache);
}

/* ---- Sessions ------------------------------------------------------------------------------------- */

TEST(a_challenge_is_good_once)
{
    pl_sessions *s = PL_NEW(pl_sessions, 1);
    uint8_t a[PL_TOKEN], b[PL_TOKEN];
    CHECK(s != NULL);
    pl_sessions_init(s);
    pl_sessions_challenge(s, a);
    pl_sessions_challenge(s, b);
    CHECK(memcmp(a, b, PL_TOKEN) != 0);
    CHECK(pl_sessions_redeem(s, a));
    CHECK(!pl_sessions_redeem(s, a));
    CHECK(pl_sessions_redeem(s, b));
    memset(a, 0, sizeof a);
    CHECK(!pl_sessions_redeem(s, a));
    pl_sessions_clear(s);
    pl_free(s);
}

TEST(sessions_begin_and_end)
{
    pl_sessions *s = PL_NEW(pl_sessions, 1);
    const pl_session who[2] = {{.member = {1}, .key = {3}}, {.member = {2}, .key = {3}, .by_passkey = true}};
    const uint8_t *member[2] = {who[0].member, who[1].member};
    pl_session list[3];
    char token[3][PL_TOKEN_TEXT];
    pl_error err;
    CHECK(s != NULL);
    pl_sessions_init(s);
    CHECK(pl_sessions_begin(s, &who[0], token[0], &err) == PL_OK);
    CHECK(pl_sessions_begin(s, &who[0], token[1], &err) == PL_OK);
    CHECK(pl_sessions_begin(s, &who[1], token[2], &err) == PL_OK);
    CHECK(strlen(token[0]) == 64 && strcmp(token[0], token[1]) != 0);
    CHECK(pl_sessions_of(s, token[0]).valid && memcmp(pl_sessions_of(s, token[0]).member, member[0], PL_HASH) == 0);
    CHECK(!pl_sessions_of(s, NULL).valid && !pl_sessions_of(s, "").valid && !pl_sessions_of(s, "00").valid);
    CHECK_INT(pl_sessions_count(s, member[0]), 2);
    CHECK_INT(pl_sessions_list(s, NULL, list, 3), 3);
    CHECK_INT(pl_sessions_list(s, NULL, list, 2), 2);
    CHECK_INT(pl_sessions_list(s, member[1], list, 3), 1);
    CHECK(list[0].by_passkey && memcmp(list[0].id, pl_sessions_of(s, token[2]).id, PL_HASH) == 0);
    CHECK(!pl_sessions_end_one(s, member[0], list[0].id) && pl_sessions_of(s, token[2]).valid); /* another member's */
    CHECK(pl_sessions_end_one(s, member[1], list[0].id) && !pl_sessions_of(s, token[2]).valid);
    CHECK(pl_sessions_begin(s, &who[1], token[2], &err) == PL_OK);
    pl_sessions_end(s, token[0]);
    CHECK(!pl_sessions_of(s, token[0]).valid && pl_sessions_of(s, token[1]).valid);
    CHECK_INT(pl_sessions_end_all(s, member[0]), 1);
    CHECK(!pl_sessions_of(s, token[1]).valid && pl_sessions_of(s, token[2]).valid);
    pl_sessions_clear(s);
    pl_free(s);
}

/* ---- The search ----------------------------------------------------------------------------------- */

TEST(letters_are_folded)
{
    char out[100];
    CHECK(pl_fold_letters("Bread and ÄPFEL, ŁÓDŹ, ХЛЕБ, ΨΩΜΙ", out) == out + strlen(out));
    CHECK_STR(out, "bread and äpfel, łódź, хлеб, ψωμι");
    CHECK_STR((pl_fold_letters("\xc3", out), out), "\xc3"); /* a character cut short stays what it is */
}

/* ---- Languages ------------------------------------------------------------------------------------ */

static const char *language(const pl_locales *l, const char *chosen, const char *accepted)
{
    const pl_locale *found = pl_locale_of(l, chosen, accepted);
    return found != NULL ? found->code : "none";
}

TEST(the_language_is_the_chosen_one_else_what_the_browser_wants_most)
{
    pl_locales l = {.n = 3, .list = {{.code = "de"}, {.code = "en"}, {.code = "fr"}}};
    const pl_locales none = {.n = 0};
    l.english = &l.list[1];
    CHECK_STR(language(&l, NULL, NULL), "en");
    CHECK_STR(language(&l, NULL, "xx, fr-CH;q=0.4, de;q=0.8"), "de");
    CHECK_STR(language(&l, NULL, "DE-at"), "de");
    CHECK_STR(language(&l, "fr", "de"), "fr");
    CHECK_STR(language(&l, "frx", "de"), "de"); /* there is no such language */
    CHECK_STR(language(&l, "", ";;,,q=,;q=9,d"), "en");
    CHECK_STR(language(&none, "fr", "de"), "none");
}

TEST(words_are_filled_in_and_nobody_writes_html_by_them)
{
    pl_locales l = {.n = 2, .list = {{.code = "de"}, {.code = "en"}}};
    pl_str out;
    const char *const values[][2] = {{"who", "<b>Ada</b>"}, {"n", "3"}, {NULL, NULL}};
    l.english = &l.list[1];
    l.list[0].words = json_pack("{s:s}", "told", "{who} hat {n} & {what}.");
    l.list[1].words = json_pack("{s:s, s:{s:s, s:s}}", "told", "no", "rows", "one", "a row", "other", "{n} rows");
    pl_str_init(&out, 1000);
    pl_locale_fill(&out, &l, &l.list[0], "told", values);
    CHECK_STR(out.text, "&lt;b&gt;Ada&lt;/b&gt; hat 3 &amp; .");
    CHECK_STR(pl_locale_word(&l, &l.list[0], "rows"), "{n} rows"); /* English, where the language has none; the form for many */
    CHECK(pl_locale_word(&l, &l.list[0], "nothing") == NULL);
    pl_str_clear(&out);
    pl_locales_clear(&l);
}
