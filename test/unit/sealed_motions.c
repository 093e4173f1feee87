/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Motions that are voted on in secret: yes or no, amendments and plans by Schulze's rule, projects by Equal Shares; and projects by open votes. */
#include "council/motions.h"
#include "test/sealed_help.h"
#include "test/test.h"

#define PEOPLE 10
#define OPEN "secret.motions = 0\n"
#define YES_NO ((const int64_t[]){0, 1})

static pl_motion motion(test_commons *c, test_id id)
{
    pl_motion m;
    CHECK(test_row(c, &PL_MOTIONS, pl_key_id1(id.at), &m));
    return m;
}

static test_id tabled(test_commons *c, const test_field *fields)
{
    test_id id;
    CHECK_INT(test_act(c, 0, &PL_KIND_MOTION_TABLED, fields), PL_RULE_NONE);
    memcpy(id.at, c->id, PL_HASH);
    return id;
}

/* The debate is over; the ballot is open, keyed where it is secret. */
static void vote_begins(test_commons *c, test_id id)
{
    test_later(c, DAYS(7));
    pl_motion m = motion(c, id);
    CHECK_INT(m.state, PL_MOTION_VOTING);
    if (test_ballot(c, m.ballot).secret != 0) {
        test_keyed(c, m.ballot, 0);
    }
}

static void vote(test_commons *c, test_id id, size_t who, const int64_t *marks, size_t n)
{
    pl_motion m = motion(c, id);
    CHECK_INT(test_ballot(c, m.ballot).secret != 0 ? test_seal(c, who, m.ballot, marks, n) : test_mark(c, who, m.ballot, marks, n), PL_RULE_NONE);
}

static void vote_ends(test_commons *c, test_id id)
{
    test_later(c, DAYS(3));
    pl_motion m = motion(c, id);
    if (test_ballot(c, m.ballot).secret != 0) {
        CHECK_INT(m.state, PL_MOTION_VOTING); /* until it is opened */
        test_open_all(c, m.ballot, 0);
    }
}

TEST(a_motion_by_yes_and_no)
{
    test_commons c = test_commons_begin(PEOPLE);
    test_constitution(&c, TEST_SECRET);
    test_id all = test_everyone(&c);
    test_id id = tabled(&c, (test_field[]){F_ID("assembly", all.at), F_INT("sort", PL_MOTION_TEXT), F_TEXT("title", "Six"), F_TEXT("text", "We begin at six."), {0}});
    vote_begins(&c, id);
    for (size_t who = 0; who < 8; who++) {
        vote(&c, id, who, who < 5 ? &YES_NO[0] : &YES_NO[1], who == 7 ? 0 : 1);
    }
    vote_ends(&c, id);
    pl_ballot b = test_ballot(&c, motion(&c, id).ballot);
    CHECK(motion(&c, id).state == PL_MOTION_CARRIED && b.secret == 1 && b.votes == 8);
    test_commons_end(&c);
}

/* Two amendments: three texts and "none of these"; a cycle, which Schulze's rule decides. */
TEST(a_choice_of_texts_by_schulze)
{
    test_commons c = test_commons_begin(PEOPLE);
    test_constitution(&c, TEST_SECRET "motion.amendment_support = 1\n");
    test_id all = test_everyone(&c);
    test_id id = tabled(&c, (test_field[]){F_ID("assembly", all.at), F_INT("sort", PL_MOTION_TEXT), F_TEXT("title", "When"), F_TEXT("text", "At six."), {0}});
    CHECK_INT(test_act(&c, 1, &PL_KIND_AMENDMENT_PROPOSED, (test_field[]){F_ID("motion", id.at), F_TEXT("text", "At seven."), {0}}), PL_RULE_NONE);
    CHECK_INT(test_act(&c, 2, &PL_KIND_AMENDMENT_PROPOSED, (test_field[]){F_ID("motion", id.at), F_TEXT("text", "At eight."), {0}}), PL_RULE_NONE);
    vote_begins(&c, id);
    CHECK_INT(motion(&c, id).options, 4);
    const int64_t first[] = {0, 1, 2}, second[] = {1, 2, 0}, third[] = {2, 0, 1};
    for (size_t who = 0; who < 9; who++) { /* 4, 3 and 2: 0 before 1 by 6, 1 before 2 by 7, 2 before 0 by 5: the weakest link goes */
        vote(&c, id, who, who < 4 ? first : who < 7 ? second : third, 3);
    }
    vote_ends(&c, id);
    CHECK(motion(&c, id).state == PL_MOTION_CARRIED && motion(&c, id).chosen == 0);
    test_commons_end(&c);
}

TEST(a_choice_between_plans_by_schulze)
{
    test_commons c = test_commons_begin(PEOPLE);
    test_constitution(&c, TEST_SECRET);
    test_id all = test_everyone(&c);
    uint8_t blob[3][PL_HASH], plans[2][PL_HASH];
    pl_error err = {0};
    const char *names[] = {"short hours", "long hours"};
    for (size_t i = 0; i < 3; i++) {
        CHECK_INT(pl_record_put_blob(c.record, (pl_bytes){(const uint8_t *)"abc" + i, 1}, blob[i], &err), PL_OK);
    }
    size_t low = memcmp(blob[0], blob[1], PL_HASH) < 0 ? 0 : 1;
    memcpy(plans[0], blob[low], PL_HASH);
    memcpy(plans[1], blob[1 - low], PL_HASH);
    test_id id = tabled(&c, (test_field[]){F_ID("assembly", all.at), F_INT("sort", PL_MOTION_PLANS), F_TEXT("title", "The plan"), F_TEXT("text", "Two ways."),
                                           F_TEXTS("options", names, 2), F_IDS("plans", plans, 2), F_IDS("economy", blob[2], 1), {0}});
    vote_begins(&c, id);
    const int64_t marks[] = {1, 0};
    for (size_t who = 0; who < 6; who++) {
        vote(&c, id, who, marks, who < 5 ? 1 : 0);
    }
    vote_ends(&c, id);
    pl_plan_in_force p;
    CHECK(test_row(&c, &PL_PLANS_IN_FORCE, pl_key_then(pl_key_none(), 0), &p));
    CHECK(pl_id_same(p.plan, plans[1]) && motion(&c, id).chosen == 1);
    test_commons_end(&c);
}

/* Three projects of 60 and one of 40; of ten voters six want the field (five of them the library too), four the school. */
static pl_motion projects(const char *constitution, int64_t budget, int64_t place[4])
{
    test_commons c = test_commons_begin(PEOPLE);
    test_constitution(&c, constitution);
    test_id all = test_everyone(&c);
    const char *names[] = {"Library", "Field", "Theatre", "School"};
    const int64_t costs[] = {60, 60, 60, 40}, six[] = {1, 0}, four[] = {3}, marked[] = {5, 6, 0, 4};
    test_id id = tabled(&c, (test_field[]){F_ID("assembly", all.at), F_INT("sort", PL_MOTION_PROJECTS), F_TEXT("title", "What we build"), F_TEXT("text", "In thousands."),
                                           F_TEXTS("options", names, 4), F_INTS("costs", costs, 4), F_INT("budget", budget), {0}});
    vote_begins(&c, id);
    for (size_t who = 0; who < 10; who++) {
        vote(&c, id, who, who < 6 ? six : four, who < 5 ? 2 : 1);
    }
    vote_ends(&c, id);
    pl_motion m = motion(&c, id);
    for (int64_t i = 0; i < 4; i++) {
        pl_choice o;
        CHECK(test_row(&c, &PL_CHOICES, pl_key_then(pl_key_id1(m.ballot), i), &o));
        CHECK_INT(o.first, marked[i]);
        place[i] = o.place;
    }
    test_commons_end(&c);
    return m;
}

TEST(projects_by_equal_shares_openly_and_in_secret)
{
    const char *const constitution[] = {OPEN, TEST_SECRET};
    for (int i = 0; i < 2; i++) {
        int64_t place[4];
        pl_motion m = projects(constitution[i], 100, place); /* ten each: six pay 60 for the field, four 40 for the school */
        CHECK(m.state == PL_MOTION_CARRIED && m.chosen == 1);
        CHECK(place[0] == 0 && place[1] == 1 && place[2] == 0 && place[3] == 2);
        m = projects(constitution[i], 80, place); /* eight each pay for nothing; raised to ten: 60 and 40 are more than 80.  What was bought before that: nothing */
        CHECK(m.state == PL_MOTION_REJECTED && m.chosen == -1);
        m = projects(constitution[i], 39, place); /* too little for any of them */
        CHECK(m.state == PL_MOTION_REJECTED);
    }
}
