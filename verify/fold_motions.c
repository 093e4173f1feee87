/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_motions.c - recalls and motions up to what their ballots decide; questions to delegates. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify/fold.h"

/* ---- Recall ----------------------------------------------------------------------------------------- */

/* Who could sign, and how many must. */
static void measure(const pv_fold *c, pv_recall *r)
{
    const pv_mandate *m = r->mandate;
    r->roll = m->group->electors->size;
    int64_t needed = (r->roll * c->param[PV_RECALL_PERCENT] + 99) / 100, most = r->roll / 2 + 1, part = (r->roll + 99) / 100;
    needed = needed > c->param[PV_RECALL_LEAST] ? needed : c->param[PV_RECALL_LEAST];
    needed = needed < most ? needed : most;
    r->needed = c->time < m->cooled && 2 * m->failed > needed ? 2 * m->failed : needed;
    r->notice = part < 1 + PV_SECONDERS ? part : 1 + PV_SECONDERS;
    r->notice = r->notice > 2 ? r->notice : 2;
    r->notice = r->notice < r->needed ? r->notice : r->needed;
}

static int check_recall(const pv_fold *c, const pv_mandate *m)
{
    if (m == NULL || m->ended >= 0) {
        return 60;
    }
    if (!pv_has(c, m->group->electors, c->author, 0)) {
        return 61;
    }
    if (c->time < m->from + c->param[PV_RECALL_IMMUNITY] * PV_DAY || c->time >= m->until - c->param[PV_RECALL_END] * PV_DAY) {
        return 62;
    }
    for (size_t i = 0; i < m->recalls.n; i++) {
        const pv_recall *r = m->recalls.at[i];
        if (r->state == PV_RECALL_VOTING || (r->state < PV_RECALL_VOTING && r->sponsor == c->author)) {
            return 63;
        }
    }
    return 0;
}

static void cool(pv_fold *c, pv_recall *r)
{
    r->mandate->cooled = c->time + c->param[PV_RECALL_COOLING] * PV_DAY;
    r->mandate->failed = r->signatures;
}

static void signatures_close(pv_fold *c, void *subject, int64_t when)
{
    pv_recall *r = subject;
    bool lasts = r->mandate->ended < 0, noticed = r->state == PV_RECALL_OPEN;
    if (r->state > PV_RECALL_OPEN || r->closes != when) {
        return;
    }
    r->state = lasts ? PV_RECALL_LAPSED : PV_RECALL_MOOT;
    if (lasts && noticed) {
        cool(c, r);
    }
}

static void plan_recall(pv_fold *c, pv_recall *r)
{
    int64_t opens = c->time + c->param[PV_RECALL_WITHIN] * PV_DAY;
    r->state = PV_RECALL_VOTING;
    r->ballot = pv_ballot_plan(c, PV_ABOUT_RECALL, r, r->id, r->mandate->group->electors, PV_YES_NO, 2, 1, opens, opens + c->param[PV_RECALL_VOTE] * PV_DAY);
}

/* It is known, and signatures are collected for the whole window: by name, or secretly. */
static void collect(pv_fold *c, pv_recall *r)
{
    pv_assembly *electors = r->mandate->group->electors;
    r->state = PV_RECALL_OPEN;
    r->closes = c->time + c->param[PV_RECALL_WINDOW] * PV_DAY;
    if (pv_sealed_wanted(c, &(pv_ballot){.about = PV_ABOUT_SIGNATURES, .rule = PV_YES_NO, .n_options = 2, .electors = electors})) {
        r->petition = pv_ballot_plan(c, PV_ABOUT_SIGNATURES, r, r->id, electors, PV_YES_NO, 2, 1, c->time, r->closes);
    } else {
        pv_due_at(c, r->closes, signatures_close, r, r->closes);
    }
}

static void sign(pv_fold *c, pv_recall *r)
{
    pv_put(c, 'z', r->id, 32, c->author->id, 32, c->author);
    r->signatures++;
    if (r->state == PV_RECALL_ASKED && r->signatures >= r->notice) {
        collect(c, r);
    }
    if (r->signatures >= r->needed && r->petition == NULL) {
        plan_recall(c, r);
    }
}

int pv_apply_recall(pv_fold *c)
{
    pv_mandate *m = pv_get_id(c, 'd', c->value[0].at);
    int rule = check_recall(c, m);
    if (rule != 0) {
        return rule;
    }
    pv_recall *r = pv_new(c, sizeof *r);
    memcpy(r->id, c->id, 32);
    r->mandate = m;
    r->sponsor = c->author;
    r->asked = c->time;
    r->closes = c->time + c->param[PV_RECALL_WINDOW] * PV_DAY;
    measure(c, r);
    pv_put_id(c, 'r', r->id, r);
    pv_push(c, &c->recalls, r);
    pv_push(c, &m->recalls, r);
    pv_due_at(c, r->closes, signatures_close, r, r->closes);
    sign(c, r);
    return 0;
}

/* it is there, and signatures are collected. */
static pv_recall *collecting(const pv_fold *c)
{
    pv_recall *r = pv_get_id(c, 'r', c->value[0].at);
    bool by_name = r != NULL && (r->state != PV_RECALL_OPEN || r->petition == NULL);
    return by_name && r->state <= PV_RECALL_OPEN && r->mandate->ended < 0 ? r : NULL;
}

static bool has_signed(const pv_fold *c, const pv_recall *r)
{
    return pv_get(c, 'z', r->id, 32, c->author->id, 32) == c->author;
}

int pv_apply_signed(pv_fold *c)
{
    pv_recall *r = collecting(c);
    if (r == NULL) {
        return 64;
    }
    if (!pv_has(c, r->mandate->group->electors, c->author, r->asked)) {
        return 61;
    }
    if (has_signed(c, r)) {
        return 65;
    }
    sign(c, r);
    return 0;
}

int pv_apply_unsigned(pv_fold *c)
{
    pv_recall *r = collecting(c);
    if (r == NULL) {
        return 64;
    }
    if (!has_signed(c, r)) {
        return 65;
    }
    pv_put(c, 'z', r->id, 32, c->author->id, 32, c); /* no longer */
    r->signatures--;
    return 0;
}

int pv_apply_answered(pv_fold *c)
{
    pv_recall *r = pv_get_id(c, 'r', c->value[0].at);
    if (r == NULL || r->mandate->holder != c->author || r->state > PV_RECALL_VOTING || r->answered) {
        return 66;
    }
    r->answered = true;
    return 0;
}

void pv_recall_decided(pv_fold *c, pv_ballot *b)
{
    pv_recall *r = b->subject;
    pv_mandate *m = r->mandate;
    int64_t days = c->param[PV_RECALL_ELECTION];
    int64_t yes = b->option[0].first;
    bool carried = yes > b->option[1].first && (b->votes > r->signatures || 2 * yes > b->roll);
    r->state = m->ended >= 0 ? PV_RECALL_MOOT : carried ? PV_RECALL_CARRIED : PV_RECALL_REJECTED;
    if (r->state == PV_RECALL_REJECTED) {
        cool(c, r);
    } else if (r->state == PV_RECALL_CARRIED && m->group->seats > 1) {
        pv_election_again(c, m->group, m, days);
    } else if (r->state == PV_RECALL_CARRIED) {
        pv_mandate_end(c, m, PV_END_RECALLED);
        pv_election_fill(c, m->group, days);
    }
}

void pv_signatures_decided(pv_fold *c, pv_ballot *b)
{
    pv_recall *r = b->subject;
    bool lasts = r->mandate->ended < 0;
    if (r->state != PV_RECALL_OPEN) {
        return;
    }
    r->signatures = b->option[0].first;
    if (lasts && r->signatures >= r->needed) {
        plan_recall(c, r);
        return;
    }
    r->state = lasts ? PV_RECALL_LAPSED : PV_RECALL_MOOT;
    if (lasts) {
        cool(c, r);
    }
}

/* ---- Motions: tabling ------------------------------------------------------------------------------- */

enum { ASSEMBLY, SORT, TITLE, MOTION_TEXT, EXPLANATION, NAMES, PLANS, ECONOMY, MANDATE, EXECUTOR, DUE_DAYS, COSTS, BUDGET };

/* Of plans or projects: the rule that these names break, or 0. */
static int check_names(const pv_value *names, int rule)
{
    for (size_t i = 0; i < names->n; i++) {
        size_t n, m;
        const uint8_t *name = pv_text_item(names, i, &n);
        for (size_t k = 0; k < i; k++) {
            const uint8_t *other = pv_text_item(names, k, &m);
            if (n == m && memcmp(name, other, n) == 0) {
                return rule;
            }
        }
        if (n > 100) {
            return rule;
        }
    }
    return 0;
}

static int check_plans(const pv_fold *c)
{
    const pv_value *names = &c->value[NAMES], *plans = &c->value[PLANS], *economy = &c->value[ECONOMY];
    int64_t sort = c->value[SORT].x;
    if (sort != PV_PLANS_MOTION) {
        return (names->given && sort != PV_PROJECTS_MOTION) || plans->given || economy->given ? 115 : 0;
    }
    return !names->given || !plans->given || !economy->given || names->n != plans->n ? 115 : check_names(names, 115);
}

static int check_projects(const pv_fold *c)
{
    const pv_value *names = &c->value[NAMES], *costs = &c->value[COSTS], *budget = &c->value[BUDGET];
    int64_t cost[PV_CHOICES];
    if (c->value[SORT].x != PV_PROJECTS_MOTION) {
        return costs->given || budget->given ? 129 : 0;
    }
    if (!names->given || !costs->given || !budget->given || names->n != costs->n) {
        return 129;
    }
    pv_numbers(costs, cost);
    for (size_t i = 0; i < costs->n; i++) {
        if (cost[i] < 1 || cost[i] > PV_BUDGET_MOST) {
            return 129;
        }
    }
    return check_names(names, 129);
}

static int check_tabled(pv_fold *c)
{
    const pv_value *v = c->value;
    const pv_mandate *m = v[MANDATE].given ? pv_get_id(c, 'd', v[MANDATE].at) : NULL;
    int64_t ignored[PV_PARAMS_MOST];
    if (!pv_has(c, pv_assembly_of(c, v[ASSEMBLY].at), c->author, 0)) {
        return 23;
    }
    if (v[EXECUTOR].given && pv_member_now(c, v[EXECUTOR].at) == NULL) {
        return 22;
    }
    int rule = check_plans(c);
    rule = rule == 0 ? check_projects(c) : rule;
    if (rule == 0 && v[SORT].x == PV_CONSTITUTION_MOTION) {
        bool everyone = c->version > 0 && pv_id_same(v[ASSEMBLY].at, c->everyone->id);
        rule = !everyone ? 116 : pv_constitution(v[MOTION_TEXT].at, v[MOTION_TEXT].n, ignored) ? 0 : 21;
    }
    if (rule == 0 && v[MANDATE].given != (v[SORT].x == PV_INSTRUCTION_MOTION)) {
        rule = 117;
    }
    bool right = m != NULL && m->ended < 0 && pv_id_same(m->group->electors->id, v[ASSEMBLY].at);
    return rule == 0 && v[MANDATE].given && !right ? 117 : rule;
}

static void motion_freezes(pv_fold *c, void *subject, int64_t when);

static void debate_until(pv_fold *c, pv_motion *m, int64_t time)
{
    m->freezes = time;
    pv_due_at(c, time, motion_freezes, m, time);
}

static void keep_details(pv_fold *c, pv_motion *m)
{
    const pv_value *v = c->value;
    if (v[NAMES].given) {
        m->n_plans = v[NAMES].n;
        m->budget = v[BUDGET].x;
        pv_numbers(&v[COSTS], m->cost);
        m->plan = pv_alloc(c->run, m->n_plans, sizeof *m->plan);
        for (size_t i = 0; i < m->n_plans; i++) {
            size_t n;
            const uint8_t *name = pv_text_item(&v[NAMES], i, &n);
            memcpy(m->plan[i], name, n);
        }
    } else if (m->sort == PV_CONSTITUTION_MOTION) {
        m->constitution_n = v[MOTION_TEXT].n;
        m->constitution = pv_alloc(c->run, m->constitution_n + 1, 1);
        memcpy(m->constitution, v[MOTION_TEXT].at, m->constitution_n);
    }
}

int pv_apply_tabled(pv_fold *c)
{
    const pv_value *v = c->value;
    int rule = check_tabled(c);
    if (rule != 0) {
        return rule;
    }
    pv_motion *m = pv_new(c, sizeof *m);
    memcpy(m->id, c->id, 32);
    m->assembly = pv_assembly_of(c, v[ASSEMBLY].at);
    m->author = c->author;
    m->mandate = v[MANDATE].given ? pv_get_id(c, 'd', v[MANDATE].at) : NULL;
    m->executor = v[EXECUTOR].given ? pv_member_now(c, v[EXECUTOR].at) : NULL;
    m->sort = v[SORT].x;
    m->since = c->time;
    m->chosen = -1;
    m->due_days = v[DUE_DAYS].x;
    pv_hash(v[MOTION_TEXT].at, v[MOTION_TEXT].n, m->text);
    keep_details(c, m);
    pv_put_id(c, 'M', m->id, m);
    pv_push(c, &c->motions, m);
    debate_until(c, m, c->time + c->param[PV_DEBATE_DAYS] * PV_DAY);
    return 0;
}

/* ---- Motions: debate -------------------------------------------------------------------------------- */

/* */
static int in_debate(const pv_fold *c, pv_motion **out)
{
    pv_motion *m = *out = pv_get_id(c, 'M', c->value[0].at);
    return m == NULL ? 110 : !pv_has(c, m->assembly, c->author, 0) ? 23 : m->state != PV_DEBATE ? 111 : 0;
}

/* What is new this late is debated a while longer. */
static void prolong(pv_fold *c, pv_motion *m)
{
    int64_t until = c->time + c->param[PV_URGENT_HOURS] * 3600;
    if (m->freezes < until) {
        debate_until(c, m, until);
    }
}

int pv_apply_amended(pv_fold *c)
{
    pv_motion *m;
    int rule = in_debate(c, &m);
    if (rule != 0) {
        return rule;
    }
    if (m->author != c->author) {
        return 112;
    }
    if (m->sort != PV_TEXT_MOTION && m->sort != PV_INSTRUCTION_MOTION) {
        return 110;
    }
    prolong(c, m);
    pv_hash(c->value[1].at, c->value[1].n, m->text);
    return 0;
}

int pv_apply_urgent(pv_fold *c)
{
    pv_motion *m;
    int rule = in_debate(c, &m);
    rule = rule == 0 ? pv_privileged(c, &c->value[1], false) : rule;
    if (rule == 0) {
        int64_t sooner = m->since + c->param[PV_URGENT_HOURS] * 3600;
        sooner = sooner > c->time ? sooner : c->time;
        debate_until(c, m, sooner < m->freezes ? sooner : m->freezes);
    }
    return rule;
}

int pv_apply_point(pv_fold *c)
{
    pv_motion *m;
    int rule = in_debate(c, &m);
    rule = rule == 0 && c->value[3].x > m->points ? 113 : rule;
    if (rule == 0) {
        m->points++;
    }
    return rule;
}

int pv_apply_amendment(pv_fold *c)
{
    pv_motion *m;
    int rule = in_debate(c, &m);
    rule = rule == 0 && m->sort != PV_TEXT_MOTION ? 110 : rule;
    if (rule != 0) {
        return rule;
    }
    pv_amendment *a = pv_new(c, sizeof *a);
    memcpy(a->id, c->id, 32);
    a->support = 1;
    pv_hash(c->value[1].at, c->value[1].n, a->text);
    prolong(c, m);
    pv_push(c, &m->amendments, a);
    pv_put(c, 'n', m->id, 32, a->id, 32, a);
    pv_put(c, 'u', a->id, 32, c->author->id, 32, c->author);
    return 0;
}

int pv_apply_supported(pv_fold *c)
{
    pv_motion *m;
    int rule = in_debate(c, &m);
    pv_amendment *a = rule == 0 ? pv_get(c, 'n', m->id, 32, c->value[1].at, 32) : NULL;
    if (rule != 0 || a == NULL || pv_get(c, 'u', a->id, 32, c->author->id, 32) != NULL) {
        return rule != 0 ? rule : 114;
    }
    a->support++;
    pv_put(c, 'u', a->id, 32, c->author->id, 32, c->author);
    return 0;
}

/* ---- Motions: the vote ------------------------------------------------------------------------------ */

static void motion_freezes(pv_fold *c, void *subject, int64_t when)
{
    pv_motion *m = subject;
    char names[PV_CHOICES][101];
    int64_t n = 0;
    if (m->state != PV_DEBATE || m->freezes != when) {
        return;
    }
    for (size_t i = 0; i < m->n_plans; i++) {
        memcpy(names[n++], m->plan[i], sizeof names[0]);
    }
    if (m->sort == PV_TEXT_MOTION) {
        snprintf(names[n++], sizeof names[0], "as tabled");
        if (m->amendments.n > 1) {
            qsort(m->amendments.at, m->amendments.n, sizeof *m->amendments.at, pv_by_id);
        }
        for (size_t i = 0; i < m->amendments.n && n < PV_CHOICES - 1; i++) {
            const pv_amendment *a = m->amendments.at[i];
            if (a->support >= c->param[PV_SUPPORT]) {
                int at = snprintf(names[n], sizeof names[0], "amended: ");
                for (int k = 0; k < 6; k++) {
                    at += snprintf(names[n] + at, sizeof names[0] - (size_t)at, "%02x", a->id[k]);
                }
                m->option[n++] = a;
            }
        }
    }
    bool choice = n > 1, projects = m->sort == PV_PROJECTS_MOTION;
    snprintf(names[n], sizeof names[0], "none of these");
    n += !projects;
    m->state = PV_VOTED;
    m->ballot = pv_ballot_plan(c, m->sort == PV_CONSTITUTION_MOTION ? PV_ABOUT_CONSTITUTION : PV_ABOUT_MOTION, m, m->id, m->assembly,
                               projects ? PV_SHARES : choice ? PV_SCHULZE : PV_YES_NO, choice ? n : 2, !projects, c->time, c->time + c->param[PV_MOTION_VOTE] * PV_DAY);
    for (int64_t i = 0; i < m->ballot->n_options && choice; i++) {
        memcpy(m->ballot->option[i].name, names[i], sizeof names[0]);
    }
}

static void carry_out(pv_fold *c, pv_motion *m)
{
    int64_t value[PV_PARAMS_MOST] = {0};
    if (m->sort == PV_CONSTITUTION_MOTION) {
        pv_constitution((const uint8_t *)m->constitution, m->constitution_n, value);
        pv_enact(c, value);
    } else if (m->sort == PV_INSTRUCTION_MOTION) {
        memcpy(m->mandate->instruction, m->text, 32);
    }
}

void pv_motion_decided(pv_fold *c, pv_ballot *b)
{
    pv_motion *m = b->subject;
    int64_t votes = b->votes, yes = b->option[0].first, no = b->option[1].first;
    if (votes * 100 < b->roll * c->param[PV_QUORUM]) {
        m->state = PV_NO_QUORUM;
        return;
    }
    if (b->rule == PV_YES_NO) {
        bool carried = m->sort == PV_CONSTITUTION_MOTION ? yes > 0 && yes * 100 >= (yes + no) * c->param[PV_CHANGE] : yes > no;
        m->chosen = carried ? 0 : -1;
    }
    int64_t options = b->rule == PV_SHARES ? b->n_options : b->n_options - 1; /* the last one is to do nothing */
    for (int64_t i = 0; b->rule != PV_YES_NO && i < options; i++) {
        m->chosen = b->option[i].place == 1 ? i : m->chosen;
    }
    m->state = m->chosen >= 0 ? PV_CARRIED : PV_REJECTED;
    if (m->state == PV_CARRIED) {
        carry_out(c, m);
    }
}

/* ---- Decisions, questions --------------------------------------------------------------------------- */

int pv_apply_taken(pv_fold *c)
{
    pv_motion *m = pv_get_id(c, 'M', c->value[0].at);
    if (m == NULL || m->state != PV_CARRIED) {
        return m == NULL ? 110 : 111;
    }
    if (m->executor != NULL) {
        return 118;
    }
    if (!pv_has(c, m->assembly, c->author, 0)) {
        return 23;
    }
    m->executor = c->author;
    return 0;
}

int pv_apply_reported(pv_fold *c)
{
    const pv_motion *m = pv_get_id(c, 'M', c->value[0].at);
    return m == NULL ? 110 : m->state != PV_CARRIED ? 111 : m->executor != c->author ? 118 : 0;
}

int pv_apply_question(pv_fold *c)
{
    pv_mandate *m = pv_get_id(c, 'd', c->value[0].at);
    if (m == NULL || m->ended >= 0) {
        return 119;
    }
    pv_put_id(c, 'q', c->id, m);
    return 0;
}

int pv_apply_reply(pv_fold *c)
{
    const pv_mandate *m = pv_get_id(c, 'q', c->value[0].at);
    return m == NULL || m->holder != c->author ? 119 : 0;
}
