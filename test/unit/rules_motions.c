/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Motions, decisions, questions: what each rule refuses, and whole debates to their end. */
#include "council/motions.h"
#include "test/commons_help.h"
#include "test/test.h"

#define DEBATE (7 * PL_DAY)

static test_commons begin(const char *constitution)
{
    test_commons c = test_commons_begin(5);
    test_constitution(&c, constitution);
    return c;
}

static const uint8_t *everyone(const test_commons *c)
{
    return pl_record_what(c->record)->commons_id;
}

/* Tables a motion for everyone; its id. */
static const uint8_t *table(test_commons *c, size_t who, const char *text)
{
    static uint8_t id[4][PL_HASH];
    static int turn;
    uint8_t *out = id[turn++ % 4];
    CHECK_INT(test_act(c, who, &PL_KIND_MOTION_TABLED,
                       (test_field[]){F_ID("assembly", everyone(c)), F_INT("sort", PL_MOTION_TEXT), F_TEXT("title", "A motion"), F_TEXT("text", text), {0}}),
              PL_RULE_NONE);
    memcpy(out, c->id, PL_HASH);
    return out;
}

static pl_motion motion(test_commons *c, const uint8_t *id)
{
    pl_motion m;
    CHECK(test_row(c, &PL_MOTIONS, pl_key_id1(id), &m));
    return m;
}

/* Marks: option numbers, best first. */
static pl_rule vote(test_commons *c, size_t who, const uint8_t *motion_id, const int64_t *marks, size_t n)
{
    pl_motion m = motion(c, motion_id);
    return test_act(c, who, &PL_KIND_VOTE_CAST, (test_field[]){F_ID("ballot", m.ballot), F_INTS("marks", marks, n), {0}});
}

/* Everybody before `yes` votes 0, the rest vote 1. */
static void vote_yes_no(test_commons *c, const uint8_t *id, size_t yes)
{
    for (size_t i = 0; i < c->n; i++) {
        const int64_t mark = i < yes ? 0 : 1;
        CHECK_INT(vote(c, i, id, &mark, 1), PL_RULE_NONE);
    }
}

static pl_rule say_point(test_commons *c, size_t who, const uint8_t *id, int64_t reply)
{
    return test_act(c, who, &PL_KIND_MOTION_POINT, reply > 0 ? (test_field[]){F_ID("motion", id), F_INT("side", 1), F_TEXT("text", "No."), F_INT("reply", reply), {0}}
                                                             : (test_field[]){F_ID("motion", id), F_INT("side", 0), F_TEXT("text", "Yes."), {0}, {0}});
}

TEST(a_motion_from_its_text_to_its_report)
{
    test_commons c = begin("");
    const uint8_t *id = table(&c, 0, "Bread at six.");
    CHECK_INT(say_point(&c, 1, id, 0), PL_RULE_NONE);
    CHECK_INT(say_point(&c, 2, id, 1), PL_RULE_NONE);
    CHECK_INT(motion(&c, id).state, PL_MOTION_DEBATE);
    test_later(&c, DEBATE);
    CHECK_INT(motion(&c, id).state, PL_MOTION_VOTING); /* nobody had to do anything */
    vote_yes_no(&c, id, 3);
    test_later(&c, 3 * PL_DAY);
    pl_motion m = motion(&c, id);
    CHECK(m.state == PL_MOTION_CARRIED && m.chosen == 0 && m.points == 2);
    CHECK_INT(test_act(&c, 4, &PL_KIND_DECISION_TAKEN, (test_field[]){F_ID("motion", id), F_INT("due_days", 10), {0}}), PL_RULE_NONE);
    CHECK_INT(motion(&c, id).due, (int64_t)c.now + 10 * PL_DAY);
    CHECK_INT(test_act(&c, 4, &PL_KIND_DECISION_REPORTED, (test_field[]){F_ID("motion", id), F_TEXT("text", "Done."), {0}}), PL_RULE_NONE);
    CHECK_INT(motion(&c, id).reported, (int64_t)c.now);
    test_commons_end(&c);
}

TEST(a_tie_and_too_few_votes_decide_nothing)
{
    test_commons c = begin("motion.quorum_percent = 50\n");
    const int64_t yes = 0, no = 1;
    const uint8_t *tie = table(&c, 0, "One."), *few = table(&c, 1, "Two.");
    test_later(&c, DEBATE);
    CHECK_INT(vote(&c, 0, tie, &yes, 1), PL_RULE_NONE);
    CHECK_INT(vote(&c, 1, tie, &no, 1), PL_RULE_NONE);
    CHECK_INT(vote(&c, 2, tie, &yes, 0), PL_RULE_NONE); /* abstains */
    CHECK_INT(vote(&c, 0, few, &yes, 1), PL_RULE_NONE);
    CHECK_INT(vote(&c, 1, few, &yes, 1), PL_RULE_NONE);
    test_later(&c, 3 * PL_DAY);
    CHECK_INT(motion(&c, tie).state, PL_MOTION_REJECTED);
    CHECK_INT(motion(&c, few).state, PL_MOTION_NO_QUORUM);
    test_commons_end(&c);
}

TEST(amendments_with_support_are_voted_on)
{
    test_commons c = begin("motion.amendment_support = 2\n");
    const uint8_t *id = table(&c, 0, "Bread at six.");
    uint8_t seven[PL_HASH];
    pl_option o;
    CHECK_INT(test_act(&c, 1, &PL_KIND_AMENDMENT_PROPOSED, (test_field[]){F_ID("motion", id), F_TEXT("text", "Bread at seven."), {0}}), PL_RULE_NONE);
    memcpy(seven, c.id, PL_HASH);
    CHECK_INT(test_act(&c, 2, &PL_KIND_AMENDMENT_PROPOSED, (test_field[]){F_ID("motion", id), F_TEXT("text", "No bread."), {0}}), PL_RULE_NONE);
    CHECK_INT(test_act(&c, 3, &PL_KIND_AMENDMENT_SUPPORTED, (test_field[]){F_ID("motion", id), F_ID("amendment", seven), {0}}), PL_RULE_NONE);
    test_later(&c, DEBATE);
    CHECK_INT(motion(&c, id).options, 3); /* as tabled, at seven, none of these */
    const int64_t marks[3] = {1, 0, 2};
    for (size_t i = 0; i < 4; i++) {
        CHECK_INT(vote(&c, i, id, marks, 3), PL_RULE_NONE);
    }
    test_later(&c, 3 * PL_DAY);
    pl_motion m = motion(&c, id);
    CHECK(m.state == PL_MOTION_CARRIED && m.chosen == 1);
    CHECK(test_row(&c, &PL_OPTIONS, pl_key_then(pl_key_id1(id), m.chosen), &o) && pl_id_same(o.amendment, seven));
    test_commons_end(&c);
}

TEST(a_late_text_is_debated_longer)
{
    test_commons c = begin("");
    const uint8_t *id = table(&c, 0, "Bread at six.");
    test_later(&c, DEBATE - PL_HOUR);
    CHECK_INT(test_act(&c, 0, &PL_KIND_MOTION_AMENDED, (test_field[]){F_ID("motion", id), F_TEXT("text", "Bread at five."), {0}}), PL_RULE_NONE);
    CHECK_INT(motion(&c, id).freezes, (int64_t)c.now + 48 * PL_HOUR);
    test_later(&c, 2 * PL_HOUR);
    CHECK_INT(motion(&c, id).state, PL_MOTION_DEBATE);
    test_later(&c, 46 * PL_HOUR);
    CHECK_INT(motion(&c, id).state, PL_MOTION_VOTING);
    test_commons_end(&c);
}

TEST(a_choice_between_plans_puts_one_in_force)
{
    test_commons c = begin("");
    uint8_t blob[3][PL_HASH], plans[2][PL_HASH], id[PL_HASH];
    const char *const names[2] = {"short hours", "more clinics"};
    pl_plan_in_force p;
    for (int i = 0; i < 3; i++) {
        const uint8_t byte = (uint8_t)i;
        CHECK_INT(pl_record_put_blob(c.record, (pl_bytes){&byte, 1}, blob[i], NULL), PL_OK);
    }
    int low = memcmp(blob[0], blob[1], PL_HASH) < 0 ? 0 : 1;
    memcpy(plans[0], blob[low], PL_HASH);
    memcpy(plans[1], blob[1 - low], PL_HASH);
    CHECK_INT(test_act(&c, 0, &PL_KIND_MOTION_TABLED,
                       (test_field[]){F_ID("assembly", everyone(&c)), F_INT("sort", PL_MOTION_PLANS), F_TEXT("title", "The plan"), F_TEXT("text", "Two ways."),
                                      F_TEXTS("options", names, 2), F_IDS("plans", plans, 2), F_IDS("economy", blob[2], 1), {0}}),
              PL_RULE_NONE);
    memcpy(id, c.id, PL_HASH);
    test_later(&c, DEBATE);
    const int64_t first[2] = {1, 0}, second[1] = {0};
    for (size_t i = 0; i < 5; i++) {
        CHECK_INT(i < 3 ? vote(&c, i, id, first, 2) : vote(&c, i, id, second, 1), PL_RULE_NONE);
    }
    CHECK(!test_row(&c, &PL_PLANS_IN_FORCE, pl_key_then(pl_key_none(), 0), &p));
    test_later(&c, 3 * PL_DAY);
    CHECK(test_row(&c, &PL_PLANS_IN_FORCE, pl_key_then(pl_key_none(), 0), &p));
    CHECK(pl_id_same(p.plan, plans[1]) && pl_id_same(p.economy, blob[2]) && p.number == 1);
    test_commons_end(&c);
}

TEST(everyone_changes_the_constitution_as_it_says)
{
    test_commons c = begin("");
    int64_t days;
    const pl_table one = {"constitution", sizeof days, 1, {{PL_COLUMN_INT, 0, sizeof days}}};
    for (size_t yes = 3; yes <= 4; yes++) { /* 60 and 80 percent; 67 are needed */
        uint8_t id[PL_HASH];
        CHECK_INT(test_act(&c, 0, &PL_KIND_MOTION_TABLED,
                           (test_field[]){F_ID("assembly", everyone(&c)), F_INT("sort", PL_MOTION_CONSTITUTION), F_TEXT("title", "Shorter terms"),
                                          F_TEXT("text", "mandate.term_days = 180\n"), {0}}),
                  PL_RULE_NONE);
        memcpy(id, c.id, PL_HASH);
        test_later(&c, DEBATE);
        vote_yes_no(&c, id, yes);
        test_later(&c, 3 * PL_DAY);
        CHECK_INT(motion(&c, id).state, yes == 3 ? PL_MOTION_REJECTED : PL_MOTION_CARRIED);
        CHECK(test_row(&c, &one, pl_key_text("mandate.term_days"), &days));
        CHECK_INT(days, yes == 3 ? 365 : 180);
    }
    test_commons_end(&c);
}

/* ---- What each rule refuses -------------------------------------------------------------------------- */

TEST(r_110_a_motion_that_is_there)
{
    test_commons c = begin("");
    const uint8_t none[PL_HASH] = {1};
    CHECK_INT(say_point(&c, 0, none, 0), PL_RULE_MOTION);
    CHECK_INT(test_act(&c, 0, &PL_KIND_DECISION_REPORTED, (test_field[]){F_ID("motion", none), F_TEXT("text", "Done."), {0}}), PL_RULE_MOTION);
    test_commons_end(&c);
}

TEST(r_111_in_its_state)
{
    test_commons c = begin("");
    const uint8_t *id = table(&c, 0, "Bread at six.");
    CHECK_INT(test_act(&c, 0, &PL_KIND_DECISION_TAKEN, (test_field[]){F_ID("motion", id), F_INT("due_days", 10), {0}}), PL_RULE_MOTION_STATE);
    test_later(&c, DEBATE);
    CHECK_INT(say_point(&c, 0, id, 0), PL_RULE_MOTION_STATE);
    CHECK(strstr(c.why, "voted on") != NULL);
    test_commons_end(&c);
}

TEST(r_112_its_sponsor)
{
    test_commons c = begin("");
    const uint8_t *id = table(&c, 0, "Bread at six.");
    CHECK_INT(test_act(&c, 1, &PL_KIND_MOTION_AMENDED, (test_field[]){F_ID("motion", id), F_TEXT("text", "No bread."), {0}}), PL_RULE_SPONSOR);
    CHECK_INT(test_act(&c, 0, &PL_KIND_MOTION_AMENDED, (test_field[]){F_ID("motion", id), F_TEXT("text", "Bread at five."), {0}}), PL_RULE_NONE);
    CHECK_INT(motion(&c, id).versions, 2);
    test_commons_end(&c);
}

TEST(r_113_a_point_to_answer)
{
    test_commons c = begin("");
    const uint8_t *id = table(&c, 0, "Bread at six.");
    CHECK_INT(say_point(&c, 0, id, 1), PL_RULE_POINT);
    CHECK_INT(say_point(&c, 0, id, 0), PL_RULE_NONE);
    CHECK_INT(say_point(&c, 0, id, 1), PL_RULE_NONE);
    test_commons_end(&c);
}

TEST(r_114_support_once)
{
    test_commons c = begin("");
    const uint8_t *id = table(&c, 0, "Bread at six.");
    CHECK_INT(test_act(&c, 1, &PL_KIND_AMENDMENT_SUPPORTED, (test_field[]){F_ID("motion", id), F_ID("amendment", id), {0}}), PL_RULE_AMENDMENT);
    CHECK_INT(test_act(&c, 1, &PL_KIND_AMENDMENT_PROPOSED, (test_field[]){F_ID("motion", id), F_TEXT("text", "Bread at seven."), {0}}), PL_RULE_NONE);
    uint8_t amendment[PL_HASH];
    memcpy(amendment, c.id, PL_HASH);
    CHECK_INT(test_act(&c, 1, &PL_KIND_AMENDMENT_SUPPORTED, (test_field[]){F_ID("motion", id), F_ID("amendment", amendment), {0}}), PL_RULE_AMENDMENT);
    CHECK_INT(test_act(&c, 2, &PL_KIND_AMENDMENT_SUPPORTED, (test_field[]){F_ID("motion", id), F_ID("amendment", amendment), {0}}), PL_RULE_NONE);
    test_commons_end(&c);
}

TEST(r_115_plans_in_a_choice_between_plans)
{
    test_commons c = begin("");
    CHECK_INT(test_act(&c, 0, &PL_KIND_MOTION_TABLED,
                       (test_field[]){F_ID("assembly", everyone(&c)), F_INT("sort", PL_MOTION_PLANS), F_TEXT("title", "The plan"), F_TEXT("text", "None."), {0}}),
              PL_RULE_PLANS);
    const char *const names[2] = {"same", "same"};
    uint8_t blob[2][PL_HASH];
    CHECK_INT(pl_record_put_blob(c.record, (pl_bytes){(const uint8_t *)"a", 1}, blob[0], NULL), PL_OK);
    CHECK_INT(pl_record_put_blob(c.record, (pl_bytes){(const uint8_t *)"b", 1}, blob[1], NULL), PL_OK);
    uint8_t plans[2][PL_HASH];
    int low = memcmp(blob[0], blob[1], PL_HASH) < 0 ? 0 : 1;
    memcpy(plans[0], blob[low], PL_HASH);
    memcpy(plans[1], blob[1 - low], PL_HASH);
    CHECK_INT(test_act(&c, 0, &PL_KIND_MOTION_TABLED,
                       (test_field[]){F_ID("assembly", everyone(&c)), F_INT("sort", PL_MOTION_PLANS), F_TEXT("title", "The plan"), F_TEXT("text", "Two."),
                                      F_TEXTS("options", names, 2), F_IDS("plans", plans, 2), F_IDS("economy", blob[0], 1), {0}}),
              PL_RULE_PLANS);
    CHECK(strstr(c.why, "'same'") != NULL);
    test_commons_end(&c);
}

TEST(r_116_everyone_changes_a_constitution)
{
    test_commons c = test_commons_begin(3);
    const test_field change[] = {F_ID("assembly", everyone(&c)), F_INT("sort", PL_MOTION_CONSTITUTION), F_TEXT("title", "Terms"), F_TEXT("text", "mandate.term_days = 180\n"), {0}};
    CHECK_INT(test_act(&c, 0, &PL_KIND_MOTION_TABLED, change), PL_RULE_CHANGE);
    test_constitution(&c, "");
    CHECK_INT(test_act(&c, 0, &PL_KIND_MOTION_TABLED, change), PL_RULE_NONE);
    CHECK_INT(test_act(&c, 0, &PL_KIND_MOTION_TABLED,
                       (test_field[]){F_ID("assembly", everyone(&c)), F_INT("sort", PL_MOTION_CONSTITUTION), F_TEXT("title", "Terms"),
                                      F_TEXT("text", "mandate.term_days = 9999\n"), {0}}),
              PL_RULE_CONSTITUTION);
    test_commons_end(&c);
}

TEST(r_117_instructions_by_those_who_gave_the_mandate)
{
    test_commons c = begin("");
    const uint8_t none[PL_HASH] = {1};
    CHECK_INT(test_act(&c, 0, &PL_KIND_MOTION_TABLED,
                       (test_field[]){F_ID("assembly", everyone(&c)), F_INT("sort", PL_MOTION_INSTRUCTION), F_TEXT("title", "Instruction"), F_TEXT("text", "Vote yes."),
                                      F_ID("mandate", none), {0}}),
              PL_RULE_INSTRUCTION);
    CHECK_INT(test_act(&c, 0, &PL_KIND_MOTION_TABLED,
                       (test_field[]){F_ID("assembly", everyone(&c)), F_INT("sort", PL_MOTION_INSTRUCTION), F_TEXT("title", "Instruction"), F_TEXT("text", "Vote yes."), {0}}),
              PL_RULE_INSTRUCTION);
    test_commons_end(&c);
}

TEST(r_118_one_carries_it_out)
{
    test_commons c = begin("");
    const uint8_t *id = table(&c, 0, "Bread at six.");
    test_later(&c, DEBATE);
    vote_yes_no(&c, id, 5);
    test_later(&c, 3 * PL_DAY);
    const test_field take[] = {F_ID("motion", id), F_INT("due_days", 10), {0}}, report[] = {F_ID("motion", id), F_TEXT("text", "Done."), {0}};
    CHECK_INT(test_act(&c, 1, &PL_KIND_DECISION_TAKEN, take), PL_RULE_NONE);
    CHECK_INT(test_act(&c, 2, &PL_KIND_DECISION_TAKEN, take), PL_RULE_EXECUTOR);
    CHECK_INT(test_act(&c, 2, &PL_KIND_DECISION_REPORTED, report), PL_RULE_EXECUTOR);
    CHECK_INT(test_act(&c, 1, &PL_KIND_DECISION_REPORTED, report), PL_RULE_NONE);
    test_commons_end(&c);
}

TEST(r_119_questions_to_holders)
{
    test_commons c = begin("");
    const uint8_t none[PL_HASH] = {1};
    CHECK_INT(test_act(&c, 0, &PL_KIND_QUESTION_ASKED, (test_field[]){F_ID("mandate", none), F_TEXT("text", "Why?"), {0}}), PL_RULE_QUESTION);
    CHECK_INT(test_act(&c, 0, &PL_KIND_QUESTION_ANSWERED, (test_field[]){F_ID("question", none), F_TEXT("text", "So."), {0}}), PL_RULE_QUESTION);
    test_commons_end(&c);
}

static pl_rule table_projects(test_commons *c, int64_t sort, const char *const *names, size_t n, const int64_t *costs, size_t n_costs)
{
    return test_act(c, 0, &PL_KIND_MOTION_TABLED,
                    (test_field[]){F_ID("assembly", everyone(c)), F_INT("sort", sort), F_TEXT("title", "Projects"), F_TEXT("text", "Two."), F_TEXTS("options", names, n),
                                   F_INTS("costs", costs, n_costs), F_INT("budget", 10), {0}});
}

TEST(r_129_projects_with_costs_and_a_budget)
{
    test_commons c = begin("");
    const char *names[] = {"Library", "Field", "Library"}, *long_names[] = {"Library", "A name of more than a hundred bytes, which no paper has room for, however many words about a library there may be to say in it"};
    const int64_t costs[] = {10, 100000, 0}, free_ones[] = {0, 5}, dear[] = {5, 100001};
    CHECK_INT(table_projects(&c, PL_MOTION_PROJECTS, names, 2, costs, 2), PL_RULE_NONE);
    uint8_t id[PL_HASH];
    memcpy(id, c.id, PL_HASH);
    CHECK_INT(table_projects(&c, PL_MOTION_PROJECTS, names, 3, costs, 2), PL_RULE_PROJECTS);
    CHECK_INT(table_projects(&c, PL_MOTION_PROJECTS, names + 1, 2, free_ones, 2), PL_RULE_PROJECTS);
    CHECK_INT(table_projects(&c, PL_MOTION_PROJECTS, names + 1, 2, dear, 2), PL_RULE_PROJECTS);
    CHECK_INT(table_projects(&c, PL_MOTION_PROJECTS, long_names, 2, costs, 2), PL_RULE_PROJECTS);
    CHECK_INT(table_projects(&c, PL_MOTION_PROJECTS, (const char *[]){"Field", "Field"}, 2, costs, 2), PL_RULE_PROJECTS);
    CHECK_INT(table_projects(&c, PL_MOTION_TEXT, names, 2, costs, 2), PL_RULE_PLANS);
    CHECK_INT(test_act(&c, 0, &PL_KIND_MOTION_TABLED,
                       (test_field[]){F_ID("assembly", everyone(&c)), F_INT("sort", PL_MOTION_TEXT), F_TEXT("title", "Money"), F_TEXT("text", "Ten."), F_INT("budget", 10), {0}}),
              PL_RULE_PROJECTS);
    CHECK_INT(test_act(&c, 0, &PL_KIND_MOTION_TABLED,
                       (test_field[]){F_ID("assembly", everyone(&c)), F_INT("sort", PL_MOTION_PROJECTS), F_TEXT("title", "Money"), F_TEXT("text", "Ten."), F_INT("budget", 10), {0}}),
              PL_RULE_PROJECTS);
    CHECK_INT(test_act(&c, 0, &PL_KIND_MOTION_AMENDED, (test_field[]){F_ID("motion", id), F_TEXT("text", "Other ones."), {0}}), PL_RULE_MOTION);
    test_commons_end(&c);
}
