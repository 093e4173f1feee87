/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * motions.c - a motion from its first text to the vote: versions, amendments, points for and against; then it freezes. */
#include "council/motions.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX 40000
#define PLANS_MAX 20
#define NOTHING "none of these"

const pl_table PL_MOTIONS = {
    "motions",
    sizeof(pl_motion),
    22,
    {PL_ID(pl_motion, assembly),  PL_ID(pl_motion, author),     PL_ID(pl_motion, mandate),   PL_ID(pl_motion, ballot),   PL_INT(pl_motion, sort),
     PL_INT(pl_motion, state),    PL_INT(pl_motion, since),     PL_INT(pl_motion, freezes),  PL_INT(pl_motion, position), PL_INT(pl_motion, versions),
     PL_INT(pl_motion, points),   PL_INT(pl_motion, amendments), PL_INT(pl_motion, options), PL_ID(pl_motion, frozen),   PL_MAYBE(pl_motion, chosen),
     PL_MAYBE(pl_motion, decided), PL_ID(pl_motion, executor),  PL_INT(pl_motion, due_days), PL_MAYBE(pl_motion, due),   PL_MAYBE(pl_motion, reported),
     PL_MAYBE(pl_motion, report), PL_INT(pl_motion, budget)}};
const pl_table PL_MOTION_VERSIONS = {"motions.versions",
                                     sizeof(pl_motion_text),
                                     5,
                                     {PL_ID(pl_motion_text, author), PL_ID(pl_motion_text, text), PL_INT(pl_motion_text, since),
                                      PL_INT(pl_motion_text, position), PL_INT(pl_motion_text, support)}};
const pl_table PL_AMENDMENTS = {"motions.amendments",
                                sizeof(pl_motion_text),
                                5,
                                {PL_ID(pl_motion_text, author), PL_ID(pl_motion_text, text), PL_INT(pl_motion_text, since),
                                 PL_INT(pl_motion_text, position), PL_INT(pl_motion_text, support)}};
const pl_table PL_POINTS = {"motions.points",
                            sizeof(pl_point),
                            6,
                            {PL_ID(pl_point, author), PL_INT(pl_point, side), PL_INT(pl_point, since), PL_INT(pl_point, position),
                             PL_INT(pl_point, version), PL_INT(pl_point, reply)}};
const pl_table PL_OPTIONS = {
    "motions.options", sizeof(pl_option), 5, {PL_ID(pl_option, amendment), PL_ID(pl_option, plan), PL_ID(pl_option, economy), PL_TEXT(pl_option, name), PL_INT(pl_option, cost)}};

/* Who supports an amendment: (amendment, member). */
static const pl_table SUPPORT = {"motions.support", sizeof(pl_link), 1, {PL_INT(pl_link, since)}};

/* ---- Questions that several kinds ask -------------------------------------------------------------- */

/* the motion that the first field names, whose assembly the author belongs to; and R-111: it is in that state. */
static pl_status find_motion(pl_step *s, pl_motion *m, pl_motion_state state)
{
    static const char *const STATES[] = {"is in debate", "is voted on", "was carried", "was rejected", "found too few votes"};
    const uint8_t *id = s->value[0].at;
    char hex[13];
    bool there, in = false;
    pl_status status = pl_get(s, &PL_MOTIONS, pl_key_id1(id), m, &there);
    if (status == PL_OK && !there) {
        return pl_broken(s, PL_RULE_MOTION, "there is no motion %s", pl_short_id(id, hex));
    }
    status = status == PL_OK ? pl_assembly_has(s, m->assembly, s->author, 0, &in) : status;
    if (status == PL_OK && !in) {
        return pl_broken(s, PL_RULE_ASSEMBLY, "the signer does not belong to the assembly of this motion");
    }
    if (status == PL_OK && m->state != (int64_t)state) {
        return pl_broken(s, PL_RULE_MOTION_STATE, "the motion %s", STATES[m->state]);
    }
    return status;
}

static pl_status put_motion(pl_step *s, const uint8_t id[PL_HASH], const pl_motion *m)
{
    return pl_put(s, &PL_MOTIONS, pl_key_id1(id), m);
}

static pl_motion_text text_of(pl_step *s, const pl_value *text)
{
    pl_motion_text t = {.since = s->time, .position = (int64_t)s->fold->position};
    memcpy(t.author, s->author, PL_HASH);
    pl_hash(text->at, text->n, t.text);
    return t;
}

/* ---- Tabling --------------------------------------------------------------------------------------- */

enum { TABLED_ASSEMBLY, TABLED_SORT, TABLED_TITLE, TABLED_TEXT, TABLED_EXPLANATION, TABLED_OPTIONS, TABLED_PLANS, TABLED_ECONOMY, TABLED_MANDATE, TABLED_EXECUTOR, TABLED_DUE,
       TABLED_COSTS, TABLED_BUDGET };

/* Names of plans or projects: none is too long, and no two are the same. */
static pl_status check_names(pl_step *s, pl_rule rule)
{
    pl_bytes name[PLANS_MAX];
    size_t n = s->value[TABLED_OPTIONS].n;
    pl_value_texts(&s->value[TABLED_OPTIONS], name);
    for (size_t i = 0; i < n; i++) {
        if (name[i].n > 100) {
            return pl_broken(s, rule, "a name has at most 100 bytes");
        }
        for (size_t k = 0; k < i; k++) {
            if (name[i].n == name[k].n && memcmp(name[i].at, name[k].at, name[i].n) == 0) {
                return pl_broken(s, rule, "two are called '%.*s'", (int)name[i].n, (const char *)name[i].at);
            }
        }
    }
    return PL_OK;
}

/* */
static pl_status check_plans(pl_step *s)
{
    const pl_value *names = &s->value[TABLED_OPTIONS], *plans = &s->value[TABLED_PLANS], *economy = &s->value[TABLED_ECONOMY];
    int64_t sort = s->value[TABLED_SORT].x;
    if (sort != PL_MOTION_PLANS) {
        bool options = names->given && sort != PL_MOTION_PROJECTS;
        return options || plans->given || economy->given ? pl_broken(s, PL_RULE_PLANS, "plans stand only in a choice between plans") : PL_OK;
    }
    if (!names->given || !plans->given || !economy->given || names->n != plans->n) {
        return pl_broken(s, PL_RULE_PLANS, "a choice between plans names each plan, and the economy that they are plans of");
    }
    return check_names(s, PL_RULE_PLANS);
}

/* */
static pl_status check_projects(pl_step *s)
{
    const pl_value *names = &s->value[TABLED_OPTIONS], *costs = &s->value[TABLED_COSTS], *budget = &s->value[TABLED_BUDGET];
    int64_t cost[PLANS_MAX];
    if (s->value[TABLED_SORT].x != PL_MOTION_PROJECTS) {
        return costs->given || budget->given ? pl_broken(s, PL_RULE_PROJECTS, "costs and a budget stand only in a choice of projects") : PL_OK;
    }
    if (!names->given || !costs->given || !budget->given || names->n != costs->n) {
        return pl_broken(s, PL_RULE_PROJECTS, "it names each project, what each costs, and the budget");
    }
    pl_value_ints(costs, cost);
    for (size_t i = 0; i < costs->n; i++) {
        if (cost[i] < 1 || cost[i] > PL_BUDGET_MAX) {
            return pl_broken(s, PL_RULE_PROJECTS, "a project costs from 1 to %d, not %lld", PL_BUDGET_MAX, (long long)cost[i]);
        }
    }
    return check_names(s, PL_RULE_PROJECTS);
}

/* */
static pl_status check_change(pl_step *s)
{
    const pl_value *text = &s->value[TABLED_TEXT];
    pl_constitution c;
    pl_error why = {0};
    bool in_force = false;
    if (s->value[TABLED_SORT].x != PL_MOTION_CONSTITUTION) {
        return PL_OK;
    }
    pl_status status = pl_in_force(s, &in_force);
    if (status != PL_OK) {
        return status;
    }
    if (!in_force || !pl_id_same(s->value[TABLED_ASSEMBLY].at, s->fold->commons_id)) {
        return pl_broken(s, PL_RULE_CHANGE, in_force ? "the motion must be tabled for everyone" : "none is in force yet");
    }
    status = pl_constitution_read((const char *)text->at, text->n, "text", &c, &why);
    if (status == PL_NOMEM) {
        return pl_fail_nomem(s->err, "reading a constitution");
    }
    return status == PL_OK ? PL_OK : pl_broken(s, PL_RULE_CONSTITUTION, "%.60s: %.130s", why.subject, why.message);
}

/* the electors of a mandate instruct it. */
static pl_status check_instruction(pl_step *s)
{
    const pl_value *mandate = &s->value[TABLED_MANDATE];
    pl_mandate m;
    pl_group g;
    bool there = false, wanted = s->value[TABLED_SORT].x == PL_MOTION_INSTRUCTION;
    if (wanted != mandate->given) {
        return pl_broken(s, PL_RULE_INSTRUCTION, "an instruction names a mandate, and nothing else does");
    }
    if (!wanted) {
        return PL_OK;
    }
    pl_status status = pl_get(s, &PL_MANDATES, pl_key_id1(mandate->at), &m, &there);
    if (status == PL_OK && there) {
        status = pl_get(s, &PL_GROUPS, pl_key_then(pl_key_id1(m.council), m.group), &g, &there);
    }
    if (status == PL_OK && (!there || m.ended >= 0 || !pl_id_same(g.electors, s->value[TABLED_ASSEMBLY].at))) {
        return pl_broken(s, PL_RULE_INSTRUCTION, !there ? "there is no such mandate" : m.ended >= 0 ? "the mandate has ended" : "another assembly gave it");
    }
    return status;
}

/* of the executor. */
static pl_status check_people(pl_step *s)
{
    const pl_value *executor = &s->value[TABLED_EXECUTOR];
    bool in, is = true;
    pl_status status = pl_assembly_has(s, s->value[TABLED_ASSEMBLY].at, s->author, 0, &in);
    if (status == PL_OK && !in) {
        return pl_broken(s, PL_RULE_ASSEMBLY, "the signer does not belong to this assembly");
    }
    if (status == PL_OK && executor->given) {
        status = pl_member_is(s, executor->at, &is);
    }
    return status == PL_OK && !is ? pl_broken(s, PL_RULE_MEMBER, "the executor is no member") : status;
}

/* The plans or projects that can be chosen. */
static pl_status put_choice(pl_step *s, pl_motion *m)
{
    pl_bytes name[PLANS_MAX];
    int64_t cost[PLANS_MAX] = {0};
    pl_status status = PL_OK;
    pl_value_texts(&s->value[TABLED_OPTIONS], name);
    pl_value_ints(&s->value[TABLED_COSTS], cost);
    m->options = (int64_t)s->value[TABLED_OPTIONS].n;
    for (int64_t i = 0; status == PL_OK && i < m->options; i++) {
        pl_option o = {.cost = cost[i]};
        if (m->sort == PL_MOTION_PLANS) {
            memcpy(o.plan, pl_value_id(&s->value[TABLED_PLANS], (size_t)i), PL_HASH);
            memcpy(o.economy, pl_value_id(&s->value[TABLED_ECONOMY], 0), PL_HASH);
        }
        memcpy(o.name, name[i].at, name[i].n);
        status = pl_put(s, &PL_OPTIONS, pl_key_then(pl_key_id1(s->id), i), &o);
    }
    return status;
}

static pl_status apply_tabled(pl_step *s)
{
    static pl_status (*const CHECKS[])(pl_step *) = {check_people, check_plans, check_projects, check_change, check_instruction};
    const pl_value *v = s->value;
    int64_t days;
    pl_motion_text text = text_of(s, &v[TABLED_TEXT]);
    pl_motion m = {.sort = v[TABLED_SORT].x, .since = s->time, .position = text.position, .versions = 1, .chosen = -1, .decided = -1,
                   .due_days = v[TABLED_DUE].x, .due = -1, .reported = -1, .report = -1, .budget = v[TABLED_BUDGET].x};
    pl_status status = PL_OK;
    for (size_t i = 0; i < sizeof CHECKS / sizeof CHECKS[0] && status == PL_OK && s->broken == PL_RULE_NONE; i++) {
        status = CHECKS[i](s);
    }
    status = status == PL_OK ? pl_param(s, PL_DEBATE_DAYS, &days) : status;
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    memcpy(m.assembly, v[TABLED_ASSEMBLY].at, PL_HASH);
    memcpy(m.author, s->author, PL_HASH);
    memcpy(m.mandate, v[TABLED_MANDATE].given ? v[TABLED_MANDATE].at : m.mandate, PL_HASH);
    memcpy(m.executor, v[TABLED_EXECUTOR].given ? v[TABLED_EXECUTOR].at : m.executor, PL_HASH);
    m.freezes = s->time + days * PL_DAY;
    status = v[TABLED_OPTIONS].given ? put_choice(s, &m) : m.sort == PL_MOTION_CONSTITUTION ? pl_constitution_keep(s, s->id, &v[TABLED_TEXT]) : PL_OK;
    status = status == PL_OK ? pl_put(s, &PL_MOTION_VERSIONS, pl_key_then(pl_key_id1(s->id), 1), &text) : status;
    status = status == PL_OK ? put_motion(s, s->id, &m) : status;
    return status == PL_OK ? pl_due_at(s, m.freezes, "motion.freezes", s->id, m.freezes) : status;
}

const pl_event_kind PL_KIND_MOTION_TABLED = {
    "motion.tabled",
    {[TABLED_ASSEMBLY] = {"assembly", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
     [TABLED_SORT] = {"sort", PL_FIELD_INT, 0, PL_MOTION_SORTS - 1, false},
     [TABLED_TITLE] = {"title", PL_FIELD_TEXT, 1, 200, false},
     [TABLED_TEXT] = {"text", PL_FIELD_LINES, 1, TEXT_MAX, false},
     [TABLED_EXPLANATION] = {"explanation", PL_FIELD_LINES, 1, 10000, true},
     [TABLED_OPTIONS] = {"options", PL_FIELD_TEXTS, 2, PLANS_MAX, true},
     [TABLED_PLANS] = {"plans", PL_FIELD_BLOBS, 2, PLANS_MAX, true},
     [TABLED_ECONOMY] = {"economy", PL_FIELD_BLOBS, 1, 1, true},
     [TABLED_MANDATE] = {"mandate", PL_FIELD_BYTES, PL_HASH, PL_HASH, true},
     [TABLED_EXECUTOR] = {"executor", PL_FIELD_BYTES, PL_HASH, PL_HASH, true},
     [TABLED_DUE] = {"due_days", PL_FIELD_INT, 1, 3660, true},
     [TABLED_COSTS] = {"costs", PL_FIELD_INTS, 2, PLANS_MAX, true},
     [TABLED_BUDGET] = {"budget", PL_FIELD_INT, 1, PL_BUDGET_MAX, true},
     {0}},
    apply_tabled,
};

/* ---- Debate ---------------------------------------------------------------------------------------- */

/* A text that is new this late is debated a while longer. */
static pl_status prolong(pl_step *s, const uint8_t id[PL_HASH], pl_motion *m)
{
    int64_t hours;
    pl_status status = pl_param(s, PL_URGENT_HOURS, &hours);
    if (status == PL_OK && m->freezes < s->time + hours * PL_HOUR) {
        m->freezes = s->time + hours * PL_HOUR;
        status = pl_due_at(s, m->freezes, "motion.freezes", id, m->freezes);
    }
    return status;
}

static pl_status apply_amended(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_motion m;
    pl_motion_text text = text_of(s, &s->value[1]);
    pl_status status = find_motion(s, &m, PL_MOTION_DEBATE);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    if (!pl_id_same(m.author, s->author)) {
        return pl_broken(s, PL_RULE_SPONSOR, "propose an amendment instead");
    }
    if (m.sort != PL_MOTION_TEXT && m.sort != PL_MOTION_INSTRUCTION) {
        return pl_broken(s, PL_RULE_MOTION, "plans, projects and constitutions are not amended: table another motion");
    }
    status = prolong(s, id, &m);
    m.versions++;
    status = status == PL_OK ? pl_put(s, &PL_MOTION_VERSIONS, pl_key_then(pl_key_id1(id), m.versions), &text) : status;
    return status == PL_OK ? put_motion(s, id, &m) : status;
}

const pl_event_kind PL_KIND_MOTION_AMENDED = {
    "motion.amended", {{"motion", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"text", PL_FIELD_LINES, 1, TEXT_MAX, false}, {0}}, apply_amended};

static pl_status apply_urgent(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_motion m;
    int64_t hours;
    pl_status status = find_motion(s, &m, PL_MOTION_DEBATE);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = pl_privileged(s, &s->value[1]);
    }
    status = status == PL_OK ? pl_param(s, PL_URGENT_HOURS, &hours) : status;
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    int64_t sooner = m.since + hours * PL_HOUR > s->time ? m.since + hours * PL_HOUR : s->time;
    m.freezes = sooner < m.freezes ? sooner : m.freezes;
    status = put_motion(s, id, &m);
    return status == PL_OK ? pl_due_at(s, m.freezes, "motion.freezes", id, m.freezes) : status;
}

const pl_event_kind PL_KIND_MOTION_URGENT = {
    "motion.urgent", {{"motion", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"grant", PL_FIELD_BYTES, PL_HASH, PL_HASH, true}, {0}}, apply_urgent};

static pl_status apply_point(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_motion m;
    pl_point p = {.side = s->value[1].x, .since = s->time, .position = (int64_t)s->fold->position, .reply = s->value[3].x};
    pl_status status = find_motion(s, &m, PL_MOTION_DEBATE);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    if (p.reply > m.points) {
        return pl_broken(s, PL_RULE_POINT, "there are %lld points", (long long)m.points);
    }
    memcpy(p.author, s->author, PL_HASH);
    p.version = m.versions;
    m.points++;
    status = pl_put(s, &PL_POINTS, pl_key_then(pl_key_id1(id), m.points), &p);
    return status == PL_OK ? put_motion(s, id, &m) : status;
}

const pl_event_kind PL_KIND_MOTION_POINT = {"motion.point",
                                            {{"motion", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                             {"side", PL_FIELD_INT, 0, 1, false},
                                             {"text", PL_FIELD_LINES, 1, 2000, false},
                                             {"reply", PL_FIELD_INT, 1, PL_BODY_NUMBER_MAX, true},
                                             {0}},
                                            apply_point};

static pl_status apply_proposed(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_motion m;
    pl_motion_text text = text_of(s, &s->value[1]);
    pl_status status = find_motion(s, &m, PL_MOTION_DEBATE);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    if (m.sort != PL_MOTION_TEXT) {
        return pl_broken(s, PL_RULE_MOTION, "only texts are amended: table another motion");
    }
    status = prolong(s, id, &m);
    m.amendments++;
    text.support = 1;
    status = status == PL_OK ? pl_put(s, &PL_AMENDMENTS, pl_key_id2(id, s->id), &text) : status;
    status = status == PL_OK ? pl_put(s, &SUPPORT, pl_key_id2(s->id, s->author), &(pl_link){s->time}) : status;
    return status == PL_OK ? put_motion(s, id, &m) : status;
}

const pl_event_kind PL_KIND_AMENDMENT_PROPOSED = {
    "amendment.proposed", {{"motion", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"text", PL_FIELD_LINES, 1, TEXT_MAX, false}, {0}}, apply_proposed};

static pl_status apply_supported(pl_step *s)
{
    const uint8_t *id = s->value[0].at, *amendment = s->value[1].at;
    pl_motion m;
    pl_motion_text text;
    pl_link link;
    bool there = false, already = false;
    pl_status status = find_motion(s, &m, PL_MOTION_DEBATE);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    status = pl_get(s, &PL_AMENDMENTS, pl_key_id2(id, amendment), &text, &there);
    status = status == PL_OK ? pl_get(s, &SUPPORT, pl_key_id2(amendment, s->author), &link, &already) : status;
    if (status != PL_OK || !there || already) {
        return status != PL_OK ? status : pl_broken(s, PL_RULE_AMENDMENT, already ? "supported already" : "there is no such amendment of this motion");
    }
    text.support++;
    status = pl_put(s, &PL_AMENDMENTS, pl_key_id2(id, amendment), &text);
    return status == PL_OK ? pl_put(s, &SUPPORT, pl_key_id2(amendment, s->author), &(pl_link){s->time}) : status;
}

const pl_event_kind PL_KIND_AMENDMENT_SUPPORTED = {"amendment.supported",
                                                   {{"motion", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                                    {"amendment", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                                    {0}},
                                                   apply_supported};

/* ---- The text is frozen ---------------------------------------------------------------------------- */

static pl_status put_option(pl_step *s, const uint8_t id[PL_HASH], pl_motion *m, const pl_option *o)
{
    return pl_put(s, &PL_OPTIONS, pl_key_then(pl_key_id1(id), m->options++), o);
}

/* The sponsor's text, and each amendment with enough support. */
static pl_status collect_texts(pl_step *s, const uint8_t id[PL_HASH], pl_motion *m)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_AMENDMENTS, &prefix);
    pl_motion_text text;
    int64_t needed;
    bool there;
    pl_status status = pl_param(s, PL_AMENDMENT_SUPPORT, &needed);
    status = status == PL_OK ? put_option(s, id, m, &(pl_option){.name = "as tabled"}) : status;
    while (status == PL_OK && (status = pl_next(s, &PL_AMENDMENTS, &at, &text, &there)) == PL_OK && there) {
        pl_option o = {.name = "amended"};
        char hex[13];
        memcpy(o.amendment, at.key + PL_HASH, PL_HASH);
        snprintf(o.name, sizeof o.name, "amended: %s", pl_short_id(o.amendment, hex));
        status = text.support >= needed && m->options < PLANS_MAX ? put_option(s, id, m, &o) : PL_OK;
    }
    return status;
}

/* Tells the ballot what its options are called. */
static pl_status name_options(pl_step *s, const uint8_t id[PL_HASH], const pl_motion *m)
{
    pl_option o;
    bool there;
    pl_status status = PL_OK;
    for (int64_t i = 0; status == PL_OK && i < m->options; i++) {
        status = pl_get(s, &PL_OPTIONS, pl_key_then(pl_key_id1(id), i), &o, &there);
        status = status == PL_OK ? pl_ballot_option(s, m->ballot, i, pl_id_none(o.plan) ? o.amendment : o.plan, o.name) : status;
    }
    return status;
}

pl_status pl_motion_freezes(pl_step *s, const uint8_t id[PL_HASH], int64_t when)
{
    pl_motion m;
    pl_motion_text text;
    int64_t days = 0;
    bool there;
    pl_status status = pl_get(s, &PL_MOTIONS, pl_key_id1(id), &m, &there);
    if (status != PL_OK || m.state != PL_MOTION_DEBATE || m.freezes != when) {
        return status; /* put off or brought forward */
    }
    status = m.sort == PL_MOTION_TEXT ? collect_texts(s, id, &m) : PL_OK;
    bool choice = m.options > 1, projects = m.sort == PL_MOTION_PROJECTS;
    m.options = choice ? m.options : 0;
    status = status == PL_OK && choice && !projects ? put_option(s, id, &m, &(pl_option){.name = NOTHING}) : status;
    status = status == PL_OK ? pl_get(s, &PL_MOTION_VERSIONS, pl_key_then(pl_key_id1(id), m.versions), &text, &there) : status;
    status = status == PL_OK ? pl_param(s, PL_VOTE_DAYS, &days) : status;
    pl_ballot b = {.about = m.sort == PL_MOTION_CONSTITUTION ? PL_ABOUT_CONSTITUTION : PL_ABOUT_MOTION,
                   .rule = projects ? PL_VOTE_SHARES : choice ? PL_VOTE_SCHULZE : PL_VOTE_YES_NO, .options = choice ? m.options : 2, .seats = projects ? 0 : 1, .opens = s->time, .closes = s->time + days * PL_DAY};
    memcpy(b.subject, id, PL_HASH);
    memcpy(b.electors, m.assembly, PL_HASH);
    memcpy(m.frozen, text.text, PL_HASH);
    m.state = PL_MOTION_VOTING;
    status = status == PL_OK ? pl_ballot_plan(s, &b, 0, m.ballot) : status;
    status = status == PL_OK && choice ? name_options(s, id, &m) : status;
    return status == PL_OK ? put_motion(s, id, &m) : status;
}

pl_status pl_motion_money(pl_step *s, const uint8_t id[PL_HASH], pl_ballots *papers)
{
    pl_motion m;
    pl_option o;
    bool there;
    pl_status status = pl_get(s, &PL_MOTIONS, pl_key_id1(id), &m, &there);
    papers->budget = m.budget * 100;
    for (int32_t i = 0; status == PL_OK && i < papers->n_candidates; i++) {
        status = pl_get(s, &PL_OPTIONS, pl_key_then(pl_key_id1(id), i), &o, &there);
        papers->candidate[i].cost = o.cost * 100;
    }
    return status;
}

pl_status pl_each_plan(pl_step *s, pl_each_plan_fn each, void *user)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_OPTIONS, &all);
    pl_option o;
    bool there, enough = false;
    pl_status status = PL_OK;
    while (status == PL_OK && !enough && (status = pl_next(s, &PL_OPTIONS, &at, &o, &there)) == PL_OK && there) {
        status = pl_id_none(o.plan) ? PL_OK : each(user, s, at.key, &o, &enough);
    }
    return status;
}
