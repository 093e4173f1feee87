/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * choice.c - plans are put to the vote from the page: verified, kept beside the record, named by a motion that a member signs. */
#include "test/test.h"

#include <unistd.h>

#include "council/motions.h"
#include "io/file.h"
#include "io/json_read.h"
#include "io/tar.h"
#include "server/verified.h"
#include "test/http_help.h"

#define ACT "Plenty-Request: 1\r\nContent-Type: application/json\r\n"

static const char *const TABLES[] = {"goods.csv", "recipes.csv", "flows.csv", "resources.csv", "uses.csv", "needs.csv", "trade.csv", "datapackage.json"};

/* Signed in as the first founder: the lines of the header for what changes something. */
static void headers_of(const pl_server *s, const test_commons *c, char out[700])
{
    test_attempt a = {.key = c->key[0]};
    char cookie[500];
    CHECK_INT(test_sign_in(s, c, &a), 200);
    test_cookie(&a, cookie);
    snprintf(out, 700, "%s" ACT, cookie);
}

static test_reply post(const pl_server *s, const char *path, const char *headers, const char *body)
{
    return test_request(s, "POST", path, headers, body, strlen(body));
}

/* Waits for the job of a reply, and writes the id of its plan. */
static void plan_of(const pl_server *s, test_reply *begun, char plan[400])
{
    char path[500], number[400];
    CHECK_INT(begun->status, 202);
    snprintf(path, sizeof path, "/api/jobs/%s", test_member_of(begun, "job", number));
    test_reply_free(begun);
    for (int i = 0; i < 5000; i++) { /* the runner's limit comes first */
        test_reply r = test_get(s, path);
        test_member_of(&r, "plan", plan);
        test_reply_free(&r);
        if (strncmp(plan, "job-", 4) == 0) {
            return;
        }
        usleep(20000);
    }
    FAIL("no plan is made: %s", plan);
}

/* The bakery is sent as tables, with `hours` (two digits) of the work of bakers, and planned. */
static void plan_tables(const pl_server *s, const char *headers, const char *hours, char plan[400])
{
    json_t *object = json_object(), *files = json_object();
    pl_error err;
    for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++) {
        char path[200];
        pl_file file;
        snprintf(path, sizeof path, "examples/bakery/%s", TABLES[i]);
        CHECK(pl_file_read(test_source(path), 1 << 20, &file, &err) == PL_OK);
        char *labour = strstr(file.bytes, "labour,75");
        if (labour != NULL) {
            memcpy(labour + strlen("labour,"), hours, 2);
        }
        json_object_set_new(files, TABLES[i], json_string(file.bytes));
        pl_file_clear(&file);
    }
    json_object_set_new(object, "files", files);
    json_object_set_new(object, "title", json_string(hours));
    char *body = json_dumps(object, 0);
    test_reply r = post(s, "/api/economy/plan", headers, body);
    plan_of(s, &r, plan);
    free(body);
    json_decref(object);
}

static void replan(const pl_server *s, const char *headers, const char *plan, const char *changes, char out[400])
{
    char path[500], body[300];
    snprintf(path, sizeof path, "/api/plans/%s/replan", plan);
    snprintf(body, sizeof body, "{\"changes\":[%s],\"title\":\"other\"}", changes);
    test_reply r = post(s, path, headers, body);
    plan_of(s, &r, out);
}

static test_reply choose(const pl_server *s, const char *headers, const char *a, const char *b)
{
    char body[900];
    snprintf(body, sizeof body, "{\"plans\":[\"%s\",\"%s\"]}", a, b);
    return post(s, "/api/choices", headers, body);
}

static void refused(const pl_server *s, const char *headers, const char *a, const char *b, int status)
{
    test_reply r = choose(s, headers, a, b);
    if (r.status != status) {
        FAIL("%s and %s: %d, not %d: %s", a, b, r.status, status, r.body);
    }
    test_reply_free(&r);
}

/* The archive of that hash, unpacked. */
static const char *unpacked(test_commons *c, const uint8_t hash[PL_HASH], const char *name)
{
    static char path[2][500];
    static int turn;
    pl_owned blob;
    pl_error err;
    turn = 1 - turn;
    snprintf(path[turn], sizeof path[turn], "%s", test_path(name));
    CHECK(pl_record_blob(c->record, hash, &blob, &err) == PL_OK);
    CHECK(pl_tar_unpack(blob.bytes, blob.n, path[turn], &err) == PL_OK);
    pl_owned_free(&blob);
    return path[turn];
}

TEST(plans_are_verified_kept_and_named_in_a_motion)
{
    test_commons c = test_commons_begin(2);
    char headers[700], a[400], b[400], out[400];
    uint8_t hash[2][PL_HASH], economy[PL_HASH];
    json_t *answer = NULL;
    pl_error err;
    test_constitution(&c, "");
    pl_server *s = test_serve(&c, NULL);
    headers_of(s, &c, headers);
    plan_tables(s, headers, "75", a);
    replan(s, headers, a, "\"set labour=+20%\"", b);
    refused(s, ACT, a, b, 401); /* nobody is signed in */
    test_reply r = choose(s, headers, a, b);
    CHECK_INT(r.status, 201);
    CHECK(pl_json_read(r.body, strlen(r.body), "answer", &answer, NULL, &err) == PL_OK);
    CHECK(pl_hex_read(json_string_value(json_object_get(answer, "economy")), PL_HASH, economy));
    for (size_t i = 0; i < 2; i++) {
        CHECK(pl_hex_read(json_string_value(json_object_get(json_array_get(json_object_get(answer, "plans"), i), "hash")), PL_HASH, hash[i]));
    }
    json_decref(answer);
    test_reply_free(&r);
    const char *tables = unpacked(&c, economy, "economy");
    CHECK(pl_plan_verified(unpacked(&c, hash[1], "plan"), tables, &err) == PL_OK);
    if (memcmp(hash[0], hash[1], PL_HASH) > 0) {
        memcpy(out, hash[0], PL_HASH);
        memcpy(hash[0], hash[1], PL_HASH);
        memcpy(hash[1], out, PL_HASH);
    }
    static const char *const NAMES[] = {"one", "other"};
    CHECK(test_act(&c, 0, &PL_KIND_MOTION_TABLED,
                   (test_field[]){F_ID("assembly", pl_record_what(c.record)->commons_id), F_INT("sort", PL_MOTION_PLANS), F_TEXT("title", "The plan"), F_TEXT("text", "Two ways."),
                                  F_TEXTS("options", NAMES, 2), {"plans", PL_FIELD_BLOBS, hash, 2, 0}, {"economy", PL_FIELD_BLOBS, economy, 1, 0}, {0}}) == PL_RULE_NONE);
    /* A choice among a plan of the record and a new one names the same economy, byte for byte. */
    char kept[2 * PL_HASH + 1], again[400];
    pl_hex_write(hash[0], PL_HASH, kept);
    replan(s, headers, kept, "\"set labour=+5%\"", again);
    r = choose(s, headers, kept, again);
    pl_hex_write(economy, PL_HASH, kept);
    CHECK_STR(test_member_of(&r, "economy", out), kept);
    test_reply_free(&r);
    /* A motion that names what is no plan hides none of the others. */
    uint8_t wrong[2][PL_HASH], letter[PL_HASH];
    CHECK(pl_record_put_blob(c.record, (pl_bytes){(const uint8_t *)"A letter.", 9}, letter, &err) == PL_OK);
    bool first = memcmp(letter, hash[1], PL_HASH) < 0;
    memcpy(wrong[!first], letter, PL_HASH);
    memcpy(wrong[first], hash[1], PL_HASH);
    CHECK(test_act(&c, 1, &PL_KIND_MOTION_TABLED,
                   (test_field[]){F_ID("assembly", pl_record_what(c.record)->commons_id), F_INT("sort", PL_MOTION_PLANS), F_TEXT("title", "No plan"), F_TEXT("text", "Nothing."),
                                  F_TEXTS("options", NAMES, 2), {"plans", PL_FIELD_BLOBS, wrong, 2, 0}, {"economy", PL_FIELD_BLOBS, economy, 1, 0}, {0}}) == PL_RULE_NONE);
    r = test_get(s, "/api/plans");
    CHECK_INT(r.status, 200);
    pl_hex_write(hash[0], PL_HASH, kept);
    CHECK(strstr(r.body, kept) != NULL);
    test_reply_free(&r);
    pl_server_stop(s);
    test_commons_end(&c);
}

TEST(what_is_no_choice_is_refused)
{
    test_commons c = test_commons_begin(1);
    char headers[700], a[400], b[400];
    test_constitution(&c, "");
    pl_server *s = test_serve(&c, NULL);
    headers_of(s, &c, headers);
    plan_tables(s, headers, "75", a);
    refused(s, headers, a, a, 422); /* twice the same */
    refused(s, headers, a, "job-99", 404);
    refused(s, headers, a, "", 404);
    plan_tables(s, headers, "80", b);
    refused(s, headers, a, b, 422); /* of two economies */
    test_reply r = post(s, "/api/choices", headers, "{\"plans\":[\"job-1\"]}");
    CHECK_INT(r.status, 400);
    test_reply_free(&r);
    r = post(s, "/api/choices", headers, "[");
    CHECK_INT(r.status, 400);
    test_reply_free(&r);
    pl_server_stop(s);
    test_commons_end(&c);
}

TEST(a_plan_that_was_changed_is_not_put_to_the_vote)
{
    pl_error err;
    char path[500];
    pl_file file;
    pl_economy *e;
    pl_variant *v;
    pl_plan *plan;
    pl_findings findings = {0};
    pl_plan_settings settings = {.threads = 1};
    CHECK(pl_economy_load(test_source("examples/bakery"), NULL, &findings, &e, &err) == PL_OK);
    CHECK(pl_variant_new(e, &v, &err) == PL_OK && pl_plan_make(v, &settings, &plan, &err) == PL_OK);
    const char *folder = test_path("changed");
    CHECK(pl_plan_save(plan, &v->economy, folder, false, &err) == PL_OK);
    CHECK(pl_plan_verified(folder, test_source("examples/bakery"), &err) == PL_OK);
    snprintf(path, sizeof path, "%s/levels.csv", folder);
    CHECK(pl_file_read(path, 1 << 20, &file, &err) == PL_OK);
    char *level = strstr(file.bytes, "bread_hand,4");
    CHECK(level != NULL);
    level[strlen("bread_hand,")] = '5';
    CHECK(pl_file_write(path, file.bytes, file.n, &err) == PL_OK);
    CHECK_INT(pl_plan_verified(folder, test_source("examples/bakery"), &err), PL_REFUTED);
    CHECK(strstr(err.message, "this plan is not put to a vote") != NULL);
    pl_file_clear(&file);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}
