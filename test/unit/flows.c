/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the server tells of sharing and watching: a round is shared as `plenty share` shares it, and told no sooner than its wants are open; lines with
 * their indices, alarms by damage, the skill of the plan. */
#include "commons/lines.h"
#include "commons/rounds.h"
#include "council/motions.h"
#include "test/http_help.h"
#include "test/test.h"
#include "test/watching_help.h"

static const char RULES[] = "good,rule,floor\nbread,uniform,1\n", SUPPLY[] = "good,quantity,unit\nbread,10,kg\n";

static const uint8_t *everyone(const test_commons *c)
{
    return pl_record_what(c->record)->commons_id;
}

/* Four founders carry the rules and begin a round; its id. */
static test_id begin_round(test_commons *c)
{
    pl_motion m;
    test_id motion, round;
    const int64_t yes = 0;
    *c = test_commons_begin(4);
    test_constitution(c, "");
    CHECK_INT(test_act(c, 0, &PL_KIND_MOTION_TABLED,
                       (test_field[]){F_ID("assembly", everyone(c)), F_INT("sort", PL_MOTION_TEXT), F_TEXT("title", "Bread"), F_TEXT("text", RULES), {0}}), PL_RULE_NONE);
    memcpy(motion.at, c->id, PL_HASH);
    test_later(c, 7 * PL_DAY);
    CHECK(test_row(c, &PL_MOTIONS, pl_key_id1(motion.at), &m));
    for (size_t i = 0; i < c->n; i++) {
        CHECK_INT(test_act(c, i, &PL_KIND_VOTE_CAST, (test_field[]){F_ID("ballot", m.ballot), F_INTS("marks", &yes, 1), {0}}), PL_RULE_NONE);
    }
    test_later(c, 3 * PL_DAY);
    CHECK_INT(test_act(c, 0, &PL_KIND_SHARE_ANNOUNCED,
                       (test_field[]){F_ID("assembly", everyone(c)), F_ID("motion", motion.at), F_TEXT("title", "Bread"), F_TEXT("rules", RULES), F_TEXT("supply", SUPPLY), {0}}),
              PL_RULE_NONE);
    memcpy(round.at, c->id, PL_HASH);
    return round;
}

static void seal(test_commons *c, size_t who, test_id round, const char *wants)
{
    uint8_t salt[PL_HASH] = {(uint8_t)(who + 1)}, hash[PL_HASH];
    pl_share_seal(salt, wants, strlen(wants), hash);
    CHECK_INT(test_act(c, who, &PL_KIND_SHARE_SEALED, (test_field[]){F_ID("round", round.at), F_ID("seal", hash), {0}}), PL_RULE_NONE);
}

static void open_wants(test_commons *c, size_t who, test_id round, const char *wants)
{
    uint8_t salt[PL_HASH] = {(uint8_t)(who + 1)};
    CHECK_INT(test_act(c, who, &PL_KIND_SHARE_OPENED, (test_field[]){F_ID("round", round.at), F_ID("salt", salt), F_TEXT("wants", wants), {0}}), PL_RULE_NONE);
}

/* Serves the commons as it is now and gives what stands at /api/shares/ROUND/WHAT. */
static test_reply ask(test_commons *c, test_id round, const char *what)
{
    char path[300], hex[2 * PL_HASH + 1];
    pl_server *s = test_serve(c, NULL);
    pl_hex_write(round.at, PL_HASH, hex);
    snprintf(path, sizeof path, "/api/shares/%s/%s", hex, what);
    test_reply r = test_get(s, path);
    pl_server_stop(s);
    return r;
}

static bool says(test_commons *c, test_id round, const char *what, const char *text)
{
    test_reply r = ask(c, round, what);
    bool there = strstr(r.body, text) != NULL;
    if (!there) {
        fprintf(stderr, "# %s\n", r.body);
    }
    test_reply_free(&r);
    return there;
}

static int status_of(test_commons *c, test_id round, const char *what)
{
    test_reply r = ask(c, round, what);
    int status = r.status;
    test_reply_free(&r);
    return status;
}

TEST(nothing_of_a_round_is_told_before_its_wants_are_open)
{
    test_commons c;
    test_id round = begin_round(&c);
    seal(&c, 0, round, "good,amount\nbread,9\n");
    CHECK_INT(status_of(&c, round, "outcome"), 422);
    CHECK_INT(status_of(&c, round, "compare"), 422);
    CHECK(says(&c, round, "wants", "\"position\":null,\"wants\":null"));
    test_later(&c, 168 * PL_HOUR);
    open_wants(&c, 0, round, "good,amount\nbread,9\n");
    CHECK_INT(status_of(&c, round, "allotments"), 422); /* others may still open */
    CHECK(says(&c, round, "wants", "\"wants\":\"good,amount\\nbread,9\\n\""));
    test_commons_end(&c);
}

TEST(a_round_is_shared_as_its_rule_says)
{
    static const char *const WANTS[] = {"good,amount\nbread,9\n", "good,amount,taste\nbread,2,\n", "good,amount\nbread,6.5\n", "good,amount\npie,1\n"};
    test_commons c;
    test_id round = begin_round(&c);
    for (size_t i = 0; i < 4; i++) {
        seal(&c, i, round, WANTS[i]);
    }
    test_later(&c, 168 * PL_HOUR);
    for (size_t i = 0; i < 4; i++) {
        open_wants(&c, i, round, WANTS[i]);
    }
    test_later(&c, 72 * PL_HOUR); /* open, the seed not drawn: no allotment, but rules can be compared */
    CHECK(says(&c, round, "outcome", "\"state\":\"drawing\",\"members\":3,\"left_out\":1,\"seed\":null,\"hash\":null"));
    CHECK(says(&c, round, "compare", "\"rule\":\"queue\""));
    test_later(&c, 48 * PL_HOUR);
    CHECK(says(&c, round, "outcome", "\"claimed\":17.5,\"given\":10,\"short\":2,\"nothing\":0,\"drawn\":0,\"floors_short\":false,\"level\":4,"));
    CHECK(says(&c, round, "allotments", "\"claim\":9,\"floor\":1,\"taste\":9,\"got\":4}"));
    CHECK(says(&c, round, "allotments", "\"claim\":2,\"floor\":1,\"taste\":2,\"got\":2}"));
    CHECK(says(&c, round, "allotments?person=nobody", "\"allotments\":[],\"total\":0"));
    CHECK_INT(status_of(&c, round, "compare?cut=95"), 400);
    CHECK_INT(status_of(&c, round, "compare?substitution=0"), 400);
    CHECK_INT(status_of(&c, round, "wants?member=zz"), 400);
    test_commons_end(&c);
}

/* ---- Watching ------------------------------------------------------------------------------------------- */

/* A line of a bakery, and a baker who is admitted before it begins. */
static test_id begin_line(test_commons *c, size_t *baker)
{
    test_id bakery, line;
    *c = test_commons_begin(3);
    bakery = test_workplace(c, "Bakery");
    (void)test_council(c, "Town council", bakery, 1);
    CHECK_INT(test_watch(c, 0, bakery, 30 * PL_DAY, 52, &line), PL_RULE_NONE);
    test_constitution(c, "");
    *baker = test_admit(c, &bakery.at, 1);
    return line;
}

static void report(test_commons *c, size_t who, test_id line, int64_t period, int64_t quantity, int64_t capability, int64_t potentiality)
{
    CHECK_INT(test_act(c, who, &PL_KIND_LINE_REPORTED,
                       (test_field[]){F_ID("line", line.at), F_INT("period", period), F_INT("quantity", quantity * UNIT), F_INT("capability", capability * UNIT),
                                      F_INT("potentiality", potentiality * UNIT), {0}}), PL_RULE_NONE);
}

static pl_status look_skill(void *user, pl_step *s)
{
    return pl_lines_skill_of(s, user);
}

TEST(lines_have_indices_and_the_plan_a_skill)
{
    test_commons c;
    size_t baker;
    test_id line = begin_line(&c, &baker);
    pl_lines_skill k;
    char path[200], hex[2 * PL_HASH + 1];
    test_look(&c, look_skill, &k);
    CHECK(k.all.compared == 0 && isnan(k.all.skill));
    static const int64_t DONE[] = {100, 90, 110};
    for (int64_t n = 0; n < 3; n++) {
        report(&c, baker, line, n, DONE[n], 120, 200);
        test_later(&c, 7 * PL_DAY);
    }
    test_look(&c, look_skill, &k); /* plan 100: off by 10 and 10; as before: by 10 and 20 */
    CHECK_INT(k.all.compared, 2);
    CHECK_INT(k.seasonal, 0);
    CHECK_NEAR(k.all.skill, 1 - 20.0 / 30, 1e-12);
    CHECK_NEAR(k.all.plan, 0.1, 1e-12);
    pl_server *s = test_serve(&c, NULL);
    pl_hex_write(line.at, PL_HASH, hex);
    snprintf(path, sizeof path, "/api/lines/%s", hex);
    test_reply r = test_get(s, path);
    CHECK(strstr(r.body, "\"index\":{\"actuality\":300,\"capability\":360,\"potentiality\":600,\"productivity\":0.8333333333333334,\"latency\":0.6,\"performance\":0.5,\"planned\":300,") != NULL);
    CHECK(strstr(r.body, "\"potentiality\":200000000") != NULL);
    test_reply_free(&r);
    pl_server_stop(s);
    test_commons_end(&c);
}

TEST(alarms_come_by_damage_with_what_was_said)
{
    test_commons c;
    size_t baker;
    test_id line = begin_line(&c, &baker), id;
    pl_line_alarm alarm;
    char path[200], hex[2 * PL_HASH + 1];
    report(&c, baker, line, 0, 70, 120, 200); /* six spreads below: a spike */
    CHECK(test_alarm(&c, line, &id, &alarm));
    CHECK_INT(test_answer(&c, baker, id, 3), PL_RULE_NONE);
    test_later(&c, 4 * PL_DAY); /* not mended: it rises */
    pl_server *s = test_serve(&c, NULL);
    test_reply r = test_get(s, "/api/alarms");
    CHECK(strstr(r.body, "\"shown\":true,\"name\":\"bread\"") != NULL && strstr(r.body, "\"at_name\":\"Town council\"") != NULL && strstr(r.body, "\"level\":1") != NULL);
    test_reply_free(&r);
    pl_hex_write(id.at, PL_HASH, hex);
    snprintf(path, sizeof path, "/api/alarms/%s", hex);
    r = test_get(s, path);
    CHECK(strstr(r.body, "\"text\":\"The oven is being mended.\"") != NULL && strstr(r.body, "\"what\":\"not mended\"") != NULL);
    test_reply_free(&r);
    snprintf(path, sizeof path, "/plain/alarms/%s", hex); /* without scripts, too */
    r = test_get(s, path);
    CHECK(r.status == 200 && strstr(r.body, "The oven is being mended.") != NULL);
    test_reply_free(&r);
    pl_server_stop(s);
    test_commons_end(&c);
}

TEST(what_was_found_is_served_only_when_it_is_there)
{
    test_commons c = test_commons_begin(2);
    test_constitution(&c, "");
    pl_server *s = test_serve(&c, NULL);
    static const char *const PATH[] = {"/api/watch/books", "/api/watch/..%2f..%2fetc%2fpasswd", "/api/watch/passwd", "/api/shares/given/compare"};
    for (size_t i = 0; i < sizeof PATH / sizeof PATH[0]; i++) {
        test_reply r = test_get(s, PATH[i]);
        CHECK(r.status == 404 || r.status == 400);
        test_reply_free(&r);
    }
    pl_server_stop(s);
    test_commons_end(&c);
}
