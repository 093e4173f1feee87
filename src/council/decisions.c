/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * decisions.c - what a vote on a motion decides, who carries it out and reports; and questions to those who hold mandates. */
#include <string.h>

#include "council/motions.h"

const pl_table PL_PLANS_IN_FORCE = {"plans",
                                    sizeof(pl_plan_in_force),
                                    5,
                                    {PL_ID(pl_plan_in_force, motion), PL_ID(pl_plan_in_force, plan), PL_ID(pl_plan_in_force, economy),
                                     PL_INT(pl_plan_in_force, number), PL_INT(pl_plan_in_force, since)}};
const pl_table PL_QUESTIONS = {"questions",
                               sizeof(pl_question),
                               7,
                               {PL_ID(pl_question, mandate), PL_ID(pl_question, author), PL_INT(pl_question, since), PL_INT(pl_question, position),
                                PL_INT(pl_question, due), PL_MAYBE(pl_question, answered), PL_MAYBE(pl_question, answer)}};

/* ---- The vote is counted --------------------------------------------------------------------------- */

/* Whether the ballot carried the motion, and which option it chose. */
static pl_status judge(pl_step *s, const uint8_t ballot_id[PL_HASH], const pl_ballot *b, pl_motion *m)
{
    int64_t quorum, change, yes = 0, no = 0, place = 0;
    pl_status status = pl_param(s, PL_QUORUM_PERCENT, &quorum);
    status = status == PL_OK ? pl_param(s, PL_CHANGE_PERCENT, &change) : status;
    m->decided = s->time;
    m->state = PL_MOTION_REJECTED;
    if (status == PL_OK && b->votes * 100 < b->roll * quorum) {
        m->state = PL_MOTION_NO_QUORUM;
        return status;
    }
    if (b->rule == PL_VOTE_YES_NO) {
        status = status == PL_OK ? pl_ballot_result(s, ballot_id, 0, &yes, &place) : status;
        status = status == PL_OK ? pl_ballot_result(s, ballot_id, 1, &no, &place) : status;
        bool carried = m->sort == PL_MOTION_CONSTITUTION ? yes > 0 && yes * 100 >= (yes + no) * change : yes > no;
        m->chosen = carried ? 0 : -1;
    }
    int64_t options = b->rule == PL_VOTE_SHARES ? b->options : b->options - 1; /* the last one is to do nothing */
    for (int64_t i = 0; b->rule != PL_VOTE_YES_NO && status == PL_OK && i < options; i++) {
        status = pl_ballot_result(s, ballot_id, i, &yes, &place);
        m->chosen = place == 1 ? i : m->chosen;
    }
    m->state = m->chosen >= 0 ? PL_MOTION_CARRIED : PL_MOTION_REJECTED;
    return status;
}

static pl_status plan_in_force(pl_step *s, const uint8_t id[PL_HASH], const pl_motion *m)
{
    pl_plan_in_force p;
    pl_option o;
    bool there;
    pl_status status = pl_get(s, &PL_PLANS_IN_FORCE, pl_key_then(pl_key_none(), 0), &p, &there);
    status = status == PL_OK ? pl_get(s, &PL_OPTIONS, pl_key_then(pl_key_id1(id), m->chosen), &o, &there) : status;
    p.number++;
    p.since = s->time;
    memcpy(p.motion, id, PL_HASH);
    memcpy(p.plan, o.plan, PL_HASH);
    memcpy(p.economy, o.economy, PL_HASH);
    status = status == PL_OK ? pl_put(s, &PL_PLANS_IN_FORCE, pl_key_then(pl_key_none(), 0), &p) : status;
    return status == PL_OK ? pl_put(s, &PL_PLANS_IN_FORCE, pl_key_then(pl_key_none(), p.number), &p) : status;
}

static pl_status instruct(pl_step *s, const pl_motion *m)
{
    pl_mandate mandate;
    bool there;
    pl_status status = pl_get(s, &PL_MANDATES, pl_key_id1(m->mandate), &mandate, &there);
    memcpy(mandate.instruction, m->frozen, PL_HASH);
    return status == PL_OK && there ? pl_put(s, &PL_MANDATES, pl_key_id1(m->mandate), &mandate) : status;
}

static pl_status change_constitution(pl_step *s, const uint8_t id[PL_HASH], const pl_motion *m)
{
    pl_constitution c;
    pl_status status = pl_constitution_kept(s, id, &c);
    return status == PL_OK ? pl_constitution_enact(s, &c, m->frozen) : status;
}

pl_status pl_motion_decided(pl_step *s, const uint8_t ballot_id[PL_HASH], const pl_ballot *b)
{
    pl_motion m;
    bool there;
    pl_status status = pl_get(s, &PL_MOTIONS, pl_key_id1(b->subject), &m, &there);
    status = status == PL_OK ? judge(s, ballot_id, b, &m) : status;
    if (status == PL_OK && m.state == PL_MOTION_CARRIED) {
        m.due = m.due_days > 0 && !pl_id_none(m.executor) ? s->time + m.due_days * PL_DAY : -1;
        status = m.sort == PL_MOTION_PLANS          ? plan_in_force(s, b->subject, &m)
                 : m.sort == PL_MOTION_CONSTITUTION ? change_constitution(s, b->subject, &m)
                 : m.sort == PL_MOTION_INSTRUCTION  ? instruct(s, &m)
                                                    : PL_OK;
    }
    return status == PL_OK ? pl_put(s, &PL_MOTIONS, pl_key_id1(b->subject), &m) : status;
}

/* ---- Carried out, reported ------------------------------------------------------------------------- */

/* R-110; and R-111 unless it was carried. */
static pl_status find_carried(pl_step *s, pl_motion *m)
{
    char hex[13];
    bool there;
    pl_status status = pl_get(s, &PL_MOTIONS, pl_key_id1(s->value[0].at), m, &there);
    if (status == PL_OK && !there) {
        return pl_broken(s, PL_RULE_MOTION, "there is no motion %s", pl_short_id(s->value[0].at, hex));
    }
    return status == PL_OK && m->state != PL_MOTION_CARRIED ? pl_broken(s, PL_RULE_MOTION_STATE, "it was not carried") : status;
}

static pl_status apply_taken(pl_step *s)
{
    pl_motion m;
    bool in = false;
    pl_status status = find_carried(s, &m);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    if (!pl_id_none(m.executor)) {
        return pl_broken(s, PL_RULE_EXECUTOR, "somebody carries it out already");
    }
    status = pl_assembly_has(s, m.assembly, s->author, 0, &in);
    if (status == PL_OK && !in) {
        return pl_broken(s, PL_RULE_ASSEMBLY, "the signer does not belong to the assembly that decided");
    }
    memcpy(m.executor, s->author, PL_HASH);
    m.due_days = m.due_days > 0 ? m.due_days : s->value[1].x;
    m.due = s->time + m.due_days * PL_DAY;
    return status == PL_OK ? pl_put(s, &PL_MOTIONS, pl_key_id1(s->value[0].at), &m) : status;
}

const pl_event_kind PL_KIND_DECISION_TAKEN = {
    "decision.taken", {{"motion", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"due_days", PL_FIELD_INT, 1, 3660, false}, {0}}, apply_taken};

static pl_status apply_reported(pl_step *s)
{
    pl_motion m;
    pl_status status = find_carried(s, &m);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    if (!pl_id_same(m.executor, s->author)) {
        return pl_broken(s, PL_RULE_EXECUTOR, "the signer does not carry it out");
    }
    m.reported = s->time;
    m.report = (int64_t)s->fold->position;
    return pl_put(s, &PL_MOTIONS, pl_key_id1(s->value[0].at), &m);
}

const pl_event_kind PL_KIND_DECISION_REPORTED = {"decision.reported",
                                                 {{"motion", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                                  {"text", PL_FIELD_LINES, 1, 20000, false},
                                                  {"blobs", PL_FIELD_BLOBS, 1, 16, true},
                                                  {0}},
                                                 apply_reported};

/* ---- Questions ------------------------------------------------------------------------------------- */

static pl_status apply_asked(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_mandate m;
    pl_question q = {.since = s->time, .position = (int64_t)s->fold->position, .answered = -1, .answer = -1};
    int64_t days;
    bool there = false, is = false;
    pl_status status = pl_member_is(s, s->author, &is);
    status = status == PL_OK ? pl_get(s, &PL_MANDATES, pl_key_id1(id), &m, &there) : status;
    status = status == PL_OK ? pl_param(s, PL_ANSWER_DAYS, &days) : status;
    if (status != PL_OK) {
        return status;
    }
    if (!is || !there || m.ended >= 0) {
        return is ? pl_broken(s, PL_RULE_QUESTION, there ? "the mandate has ended" : "there is no such mandate") : pl_broken(s, PL_RULE_MEMBER, "the signer is no member");
    }
    memcpy(q.mandate, id, PL_HASH);
    memcpy(q.author, s->author, PL_HASH);
    q.due = s->time + days * PL_DAY;
    return pl_put(s, &PL_QUESTIONS, pl_key_id1(s->id), &q);
}

const pl_event_kind PL_KIND_QUESTION_ASKED = {
    "question.asked", {{"mandate", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"text", PL_FIELD_LINES, 1, 2000, false}, {0}}, apply_asked};

static pl_status apply_answered(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_question q;
    pl_mandate m = {.ended = -1};
    bool there = false;
    pl_status status = pl_get(s, &PL_QUESTIONS, pl_key_id1(id), &q, &there);
    if (status == PL_OK && there) {
        status = pl_get(s, &PL_MANDATES, pl_key_id1(q.mandate), &m, &there);
    }
    if (status != PL_OK) {
        return status;
    }
    if (!there || !pl_id_same(m.holder, s->author)) {
        return pl_broken(s, PL_RULE_QUESTION, there ? "it was put to somebody else" : "there is no such question");
    }
    q.answered = q.answered >= 0 ? q.answered : s->time; /* an answer can be completed, not made earlier */
    q.answer = (int64_t)s->fold->position;
    return pl_put(s, &PL_QUESTIONS, pl_key_id1(id), &q);
}

const pl_event_kind PL_KIND_QUESTION_ANSWERED = {
    "question.answered", {{"question", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"text", PL_FIELD_LINES, 1, 10000, false}, {0}}, apply_answered};
