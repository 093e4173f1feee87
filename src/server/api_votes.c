/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_votes.c - what is voted on, and how it came out: elections, ballots, motions, recalls; questions to delegates. */
#include <string.h>

#include "base/mem.h"
#include "council/elections.h"
#include "council/motions.h"
#include "council/recall.h"
#include "server/view.h"

static const char *const ELECTION_SORT[] = {"term", "vacancy", "again"};
static const char *const ELECTION_STATE[] = {"coming", "standing", "voting", "decided", "dropped"};
static const char *const ELECTED[] = {NULL, "elected", "elected alone", "elected by countback"};
static const char *const ABOUT[] = {"election", "recall", "motion", "constitution", "signatures"};
static const char *const RULE[] = {"yes-no", "approval", "stv", "meek", "schulze", "shares"};
static const char *const BALLOT_STATE[] = {"coming", "open", "closed", "counting"};
static const char *const MOTION_SORT[] = {"text", "plans", "constitution", "instruction", "projects"};
static const char *const MOTION_STATE[] = {"debate", "voting", "carried", "rejected", "no quorum"};
static const char *const RECALL_STATE[] = {"asked", "open", "voting", "carried", "rejected", "lapsed", "moot"};
static const char *const SIDE[] = {"for", "against"};

static const pl_shown ELECTION[] = {
    PL_S_ID(pl_election, council), PL_S_ID(pl_election, electors), PL_S_ID(pl_election, ballot), PL_S_ID(pl_election, cause), PL_S_INT(pl_election, group),
    PL_S_WORD(pl_election, sort, ELECTION_SORT), PL_S_WORD(pl_election, state, ELECTION_STATE), PL_S_INT(pl_election, seats), PL_S_TIME(pl_election, opens),
    PL_S_TIME(pl_election, nominated), PL_S_TIME(pl_election, closes), PL_S_INT(pl_election, candidates), PL_S_INT(pl_election, elected), PL_S_TIME(pl_election, decided),
    PL_S_INT(pl_election, countbacks), PL_S_END};
const pl_view PL_VIEW_ELECTIONS = {&PL_ELECTIONS, "election", ELECTION};

static const pl_shown STAND[] = {PL_S_TEXT(pl_stand, name), PL_S_TIME(pl_stand, stood), PL_S_TIME(pl_stand, withdrew), PL_S_INT(pl_stand, position), PL_S_TIME(pl_stand, option),
                                 PL_S_WORD(pl_stand, how, ELECTED), PL_S_INT(pl_stand, seat), PL_S_END};
const pl_view PL_VIEW_STANDS = {&PL_STANDS, "election member", STAND};
static const pl_shown BACK[] = {PL_S_ID(pl_back, left), PL_S_ID(pl_back, winner), PL_S_TIME(pl_back, time), PL_S_INT(pl_back, option), PL_S_INT(pl_back, won), PL_S_TEXT(pl_back, stands), PL_S_END};
static const pl_view BACKS = {&PL_BACKS, "election #number", BACK};

static const pl_shown BALLOT[] = {
    PL_S_WORD(pl_ballot, about, ABOUT), PL_S_ID(pl_ballot, subject), PL_S_ID(pl_ballot, electors), PL_S_WORD(pl_ballot, rule, RULE), PL_S_INT(pl_ballot, options),
    PL_S_INT(pl_ballot, seats), PL_S_TIME(pl_ballot, opens), PL_S_TIME(pl_ballot, closes), PL_S_WORD(pl_ballot, state, BALLOT_STATE), PL_S_INT(pl_ballot, roll),
    PL_S_INT(pl_ballot, votes), PL_S_INT(pl_ballot, winners), PL_S_ID(pl_ballot, transcript), PL_S_INT(pl_ballot, sealed), PL_S_BOOL(pl_ballot, secret), PL_S_ID(pl_ballot, seed), PL_S_END};
const pl_view PL_VIEW_BALLOTS = {&PL_BALLOTS, "ballot", BALLOT};
static const pl_shown CHOICE[] = {PL_S_ID(pl_choice, id), PL_S_TEXT(pl_choice, name), PL_S_BOOL(pl_choice, out), PL_S_INT(pl_choice, first), PL_S_INT(pl_choice, place), PL_S_END};
const pl_view PL_VIEW_CHOICES = {&PL_CHOICES, "ballot #option", CHOICE};
static const pl_shown VOTE[] = {PL_S_INT(pl_vote, position), PL_S_TEXT(pl_vote, marks), PL_S_END};
static const pl_view VOTES = {&PL_VOTES, "ballot member", VOTE};

static const pl_shown MOTION[] = {
    PL_S_ID(pl_motion, assembly), PL_S_ID(pl_motion, author), PL_S_ID(pl_motion, mandate), PL_S_ID(pl_motion, ballot), PL_S_WORD(pl_motion, sort, MOTION_SORT),
    PL_S_WORD(pl_motion, state, MOTION_STATE), PL_S_TIME(pl_motion, since), PL_S_TIME(pl_motion, freezes), PL_S_INT(pl_motion, position), PL_S_INT(pl_motion, versions),
    PL_S_INT(pl_motion, points), PL_S_INT(pl_motion, amendments), PL_S_INT(pl_motion, options), PL_S_ID(pl_motion, frozen), PL_S_TIME(pl_motion, chosen),
    PL_S_TIME(pl_motion, decided), PL_S_ID(pl_motion, executor), PL_S_TIME(pl_motion, due), PL_S_TIME(pl_motion, reported), PL_S_INT(pl_motion, budget), PL_S_END};
const pl_view PL_VIEW_MOTIONS = {&PL_MOTIONS, "motion", MOTION};
static const pl_shown TEXT[] = {PL_S_ID(pl_motion_text, author), PL_S_TIME(pl_motion_text, since), PL_S_INT(pl_motion_text, support), PL_S_END};
static const pl_view VERSIONS = {&PL_MOTION_VERSIONS, "motion #version", TEXT};
static const pl_view AMENDMENTS = {&PL_AMENDMENTS, "motion amendment", TEXT};
static const pl_shown POINT[] = {PL_S_ID(pl_point, author), PL_S_WORD(pl_point, side, SIDE), PL_S_TIME(pl_point, since), PL_S_INT(pl_point, version), PL_S_INT(pl_point, reply), PL_S_END};
static const pl_view POINTS = {&PL_POINTS, "motion #number", POINT};
static const pl_shown OPTION[] = {PL_S_TEXT(pl_option, name), PL_S_ID(pl_option, amendment), PL_S_ID(pl_option, plan), PL_S_ID(pl_option, economy), PL_S_INT(pl_option, cost), PL_S_END};
const pl_view PL_VIEW_OPTIONS = {&PL_OPTIONS, "motion #option", OPTION};

static const pl_shown RECALL[] = {
    PL_S_ID(pl_recall, mandate), PL_S_ID(pl_recall, sponsor), PL_S_ID(pl_recall, electors), PL_S_ID(pl_recall, ballot), PL_S_ID(pl_recall, petition), PL_S_WORD(pl_recall, state, RECALL_STATE),
    PL_S_TIME(pl_recall, asked), PL_S_TIME(pl_recall, closes), PL_S_INT(pl_recall, roll), PL_S_INT(pl_recall, notice), PL_S_INT(pl_recall, needed),
    PL_S_INT(pl_recall, signatures), PL_S_TIME(pl_recall, decided), PL_S_END};
const pl_view PL_VIEW_RECALLS = {&PL_RECALLS, "recall", RECALL};
static const pl_shown SIGNED[] = {PL_S_TIME(pl_signature, since), PL_S_TIME(pl_signature, withdrew), PL_S_END};
const pl_view PL_VIEW_SIGNATURES = {&PL_SIGNATURES, "recall member", SIGNED};

static const pl_shown QUESTION[] = {PL_S_ID(pl_question, mandate), PL_S_ID(pl_question, author), PL_S_TIME(pl_question, since), PL_S_TIME(pl_question, due),
                                    PL_S_TIME(pl_question, answered), PL_S_END};
static const pl_view QUESTIONS = {&PL_QUESTIONS, "question", QUESTION};

/* ---- Elections ------------------------------------------------------------------------------------ */

static pl_status name_both(const pl_listing *l, const uint8_t *key, const void *row)
{
    const pl_election *e = row;
    (void)key;
    pl_status status = pl_view_assembly(l->call, l->step, "council_name", e->council);
    return status == PL_OK ? pl_view_assembly(l->call, l->step, "electors_name", e->electors) : status;
}

static bool is_wanted(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return ((const pl_election *)row)->state < PL_ELECTION_DECIDED || pl_call_text(l->call, "past") != NULL;
}

static pl_status look_elections(void *user, pl_step *s)
{
    const pl_listing l = {.call = user, .step = s, .view = &PL_VIEW_ELECTIONS, .prefix = pl_key_none(), .keep = is_wanted, .more = name_both};
    return pl_view_list(&l, "elections");
}

static pl_status answer_elections(pl_call *c)
{
    return pl_view_look(c, look_elections);
}

static pl_status put_statement(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return pl_view_text(l->call, l->step, "statement", ((const pl_stand *)row)->position, "statement");
}

/* A ballot with what can be marked, when there is one. */
static pl_status put_ballot(pl_call *c, pl_step *s, const char *name, const uint8_t id[PL_HASH])
{
    pl_ballot b;
    bool there = false;
    pl_status status = pl_id_none(id) ? PL_OK : pl_get(s, &PL_BALLOTS, pl_key_id1(id), &b, &there);
    pl_json_key(&c->json, name);
    if (status != PL_OK || !there) {
        pl_json_null(&c->json);
        return status;
    }
    pl_json_object(&c->json);
    pl_view_row(&c->json, &PL_VIEW_BALLOTS, id, &b);
    status = pl_view_all(c, s, &PL_VIEW_CHOICES, "choices", pl_key_id1(id));
    pl_json_end(&c->json);
    return status;
}

static pl_status look_election(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_election row;
    uint8_t id[PL_HASH];
    pl_status status = pl_view_one(c, s, &PL_VIEW_ELECTIONS, "election", c->part[0], id, &row);
    pl_listing stands = {.call = c, .step = s, .view = &PL_VIEW_STANDS, .prefix = pl_key_id1(id), .more = put_statement};
    status = status == PL_OK ? name_both(&stands, id, &row) : status;
    status = status == PL_OK ? pl_view_list(&stands, "stands") : status;
    status = status == PL_OK ? pl_view_all(c, s, &BACKS, "backs", pl_key_id1(id)) : status;
    return status == PL_OK ? put_ballot(c, s, "vote", row.ballot) : status;
}

static pl_status answer_election(pl_call *c)
{
    return pl_view_look(c, look_election);
}

/* ---- Ballots -------------------------------------------------------------------------------------- */

static bool is_open(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return ((const pl_ballot *)row)->state != PL_BALLOT_CLOSED || pl_call_text(l->call, "past") != NULL;
}

static pl_status look_ballots(void *user, pl_step *s)
{
    const pl_listing l = {.call = user, .step = s, .view = &PL_VIEW_BALLOTS, .prefix = pl_key_none(), .keep = is_open};
    return pl_view_list(&l, "ballots");
}

static pl_status answer_ballots(pl_call *c)
{
    return pl_view_look(c, look_ballots);
}

static pl_status look_ballot(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_ballot row;
    uint8_t id[PL_HASH];
    pl_status status = pl_view_one(c, s, &PL_VIEW_BALLOTS, "ballot", c->part[0], id, &row);
    status = status == PL_OK ? pl_view_assembly(c, s, "electors_name", row.electors) : status;
    return status == PL_OK ? pl_view_all(c, s, &PL_VIEW_CHOICES, "choices", pl_key_id1(id)) : status;
}

static pl_status answer_ballot(pl_call *c)
{
    return pl_view_look(c, look_ballot);
}

/* The votes, signed and open, of a ballot that has closed. */
static pl_status look_votes(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_ballot row;
    uint8_t id[PL_HASH];
    pl_listing l = {.call = c, .step = s, .view = &VOTES};
    pl_status status = pl_view_one(c, s, &PL_VIEW_BALLOTS, "ballot", c->part[0], id, &row);
    l.prefix = pl_key_id1(id);
    status = status == PL_OK ? pl_call_window(c, 100, &l.window) : status;
    return status == PL_OK ? pl_view_list(&l, "papers") : status;
}

static pl_status answer_votes(pl_call *c)
{
    return pl_view_look(c, look_votes);
}

/* Counts again, as an audit does. */
static pl_status look_count(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_ballot b;
    uint8_t id[PL_HASH];
    pl_ballots *papers = NULL;
    pl_ballot_count *count = PL_NEW0(pl_ballot_count, 1);
    pl_status status = count != NULL ? pl_view_one(c, s, &PL_VIEW_BALLOTS, "ballot", c->part[0], id, &b) : pl_fail_nomem(s->err, "counting");
    if (status == PL_OK && b.state != PL_BALLOT_CLOSED) {
        status = pl_fail(s->err, PL_DATA, "ballot", "wait until it has closed", "a ballot that is open is not counted");
    }
    status = status == PL_OK ? pl_ballot_papers(s, id, &b, &papers) : status;
    status = status == PL_OK ? pl_ballot_count_papers(&b, papers, count, s->err) : status;
    if (status == PL_OK) {
        pl_json_key(&c->json, "count");
        if (count->transcript.len > 0) {
            pl_json_raw(&c->json, count->transcript.text);
        } else {
            pl_json_null(&c->json);
        }
        pl_json_key(&c->json, "won");
        pl_json_array(&c->json);
        for (int32_t i = 0; i < count->n_winners; i++) {
            pl_json_int(&c->json, count->winner[i]);
        }
        pl_json_end(&c->json);
    }
    if (count != NULL) {
        pl_ballot_count_clear(count);
    }
    pl_ballots_free(papers);
    pl_free(count);
    return status;
}

static pl_status answer_count(pl_call *c)
{
    return pl_view_look(c, look_count);
}

/* ---- Motions -------------------------------------------------------------------------------------- */

static pl_status put_title(const pl_listing *l, const uint8_t *key, const void *row)
{
    const pl_motion *m = row;
    (void)key;
    pl_status status = pl_view_text(l->call, l->step, "title", m->position, "title");
    return status == PL_OK ? pl_view_assembly(l->call, l->step, "assembly_name", m->assembly) : status;
}

static bool is_motion(const pl_listing *l, const uint8_t *key, const void *row)
{
    const char *state = pl_call_text(l->call, "state");
    (void)key;
    return state == NULL || strcmp(state, MOTION_STATE[((const pl_motion *)row)->state]) == 0;
}

static pl_status look_motions(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_listing l = {.call = c, .step = s, .view = &PL_VIEW_MOTIONS, .prefix = pl_key_none(), .keep = is_motion, .more = put_title};
    pl_status status = pl_call_window(c, 100, &l.window);
    return status == PL_OK ? pl_view_list(&l, "motions") : status;
}

static pl_status answer_motions(pl_call *c)
{
    return pl_view_look(c, look_motions);
}

static pl_status put_text(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return pl_view_text(l->call, l->step, "text", ((const pl_motion_text *)row)->position, "text");
}

static pl_status put_point(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return pl_view_text(l->call, l->step, "text", ((const pl_point *)row)->position, "text");
}

static pl_status look_motion(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_motion m;
    uint8_t id[PL_HASH];
    pl_status status = pl_view_one(c, s, &PL_VIEW_MOTIONS, "motion", c->part[0], id, &m);
    pl_listing versions = {.call = c, .step = s, .view = &VERSIONS, .prefix = pl_key_id1(id), .more = put_text};
    pl_listing amendments = {.call = c, .step = s, .view = &AMENDMENTS, .prefix = pl_key_id1(id), .more = put_text};
    pl_listing points = {.call = c, .step = s, .view = &POINTS, .prefix = pl_key_id1(id), .more = put_point};
    status = status == PL_OK ? put_title(&versions, id, &m) : status;
    status = status == PL_OK ? pl_view_text(c, s, "explanation", m.position, "explanation") : status;
    status = status == PL_OK ? pl_view_text(c, s, "report", m.report, "text") : status;
    status = status == PL_OK ? pl_view_list(&versions, "texts") : status;
    status = status == PL_OK ? pl_view_list(&amendments, "proposed") : status;
    status = status == PL_OK ? pl_view_list(&points, "debate") : status;
    status = status == PL_OK ? pl_view_all(c, s, &PL_VIEW_OPTIONS, "choices", pl_key_id1(id)) : status;
    return status == PL_OK ? put_ballot(c, s, "vote", m.ballot) : status;
}

static pl_status answer_motion(pl_call *c)
{
    return pl_view_look(c, look_motion);
}

/* ---- Recalls, questions --------------------------------------------------------------------------- */

static pl_status name_holder(const pl_listing *l, const uint8_t *key, const void *row)
{
    const pl_recall *r = row;
    pl_mandate m;
    bool there;
    (void)key;
    pl_status status = pl_get(l->step, &PL_MANDATES, pl_key_id1(r->mandate), &m, &there);
    pl_json_put_id(&l->call->json, "holder", m.holder);
    status = status == PL_OK ? pl_view_assembly(l->call, l->step, "council_name", m.council) : status;
    status = status == PL_OK ? pl_view_text(l->call, l->step, "reasons", r->position, "reasons") : status;
    return status == PL_OK ? pl_view_text(l->call, l->step, "answer", r->answer, "text") : status;
}

static pl_status look_recalls(void *user, pl_step *s)
{
    const pl_listing l = {.call = user, .step = s, .view = &PL_VIEW_RECALLS, .prefix = pl_key_none(), .more = name_holder};
    return pl_view_list(&l, "recalls");
}

static pl_status answer_recalls(pl_call *c)
{
    return pl_view_look(c, look_recalls);
}

static pl_status look_recall(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_recall r;
    uint8_t id[PL_HASH];
    pl_status status = pl_view_one(c, s, &PL_VIEW_RECALLS, "recall", c->part[0], id, &r);
    pl_listing l = {.call = c, .step = s, .view = &PL_VIEW_SIGNATURES, .prefix = pl_key_id1(id)};
    status = status == PL_OK ? name_holder(&l, id, &r) : status;
    status = status == PL_OK ? pl_view_list(&l, "signed") : status;
    status = status == PL_OK ? put_ballot(c, s, "vote", r.ballot) : status;
    return status == PL_OK ? put_ballot(c, s, "petition", r.petition) : status;
}

static pl_status answer_recall(pl_call *c)
{
    return pl_view_look(c, look_recall);
}

static pl_status put_question(const pl_listing *l, const uint8_t *key, const void *row)
{
    const pl_question *q = row;
    (void)key;
    pl_status status = pl_view_text(l->call, l->step, "text", q->position, "text");
    return status == PL_OK ? pl_view_text(l->call, l->step, "answer", q->answer, "text") : status;
}

static pl_status look_questions(void *user, pl_step *s)
{
    const pl_listing l = {.call = user, .step = s, .view = &QUESTIONS, .prefix = pl_key_none(), .more = put_question};
    return pl_view_list(&l, "questions");
}

static pl_status answer_questions(pl_call *c)
{
    return pl_view_look(c, look_questions);
}

#define GET(path, parameters, purpose, gives, answer) {"GET", path, parameters, purpose, gives, NULL, 0, PL_FRESH_NOW, PL_WANTS_COMMONS, answer}
const pl_route PL_ROUTES_VOTES[] = {
    GET("/api/elections", "past text 1: those that are decided, too", "Elections that are coming and going on", "elections", answer_elections),
    GET("/api/elections/{election}", "", "One election: who stands, the ballot, who was elected", "election", answer_election),
    GET("/api/ballots", "past text 1: those that are closed, too", "Ballots", "ballots", answer_ballots),
    GET("/api/ballots/{ballot}", "", "One ballot: what can be marked, how it came out", "ballot", answer_ballot),
    GET("/api/ballots/{ballot}/votes", "from number how many to skip; most number how many to give (100)", "The votes: signed and open", "votes", answer_votes),
    GET("/api/ballots/{ballot}/count", "", "The count, stage by stage, made again from the votes", "count", answer_count),
    GET("/api/motions", "state text debate, voting, carried, rejected or no quorum; from number how many to skip; most number how many to give (100)", "Motions", "motions",
        answer_motions),
    GET("/api/motions/{motion}", "", "One motion: texts, amendments, points for and against, the vote", "motion", answer_motion),
    GET("/api/recalls", "", "Recalls", "recalls", answer_recalls),
    GET("/api/recalls/{recall}", "", "One recall: reason, answer, who signed, the vote", "recall", answer_recall),
    GET("/api/questions", "", "Questions to delegates, and their answers", "questions", answer_questions),
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
