/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_elections.c - elections by the clock, mandates and what they rest on, vacancies. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "verify/fold.h"

int pv_by_id(const void *a, const void *b)
{
    return memcmp(*(void *const *)a, *(void *const *)b, 32);
}

static int state_of(const pv_election *e)
{
    return e != NULL ? (int)e->state : PV_ELECT_DROPPED;
}

/* ---- Planning --------------------------------------------------------------------------------------- */

/* How long the trustees of a secret election by these electors take to make its key and to open it. */
static int64_t sealed_time(const pv_fold *c, pv_assembly *electors)
{
    return pv_sealed_time(c, &(pv_ballot){.about = PV_ABOUT_ELECTION, .rule = PV_STV, .electors = electors});
}

static void periods(const pv_fold *c, pv_assembly *electors, int64_t days, pv_election *e)
{
    bool delegates = electors->sort == PV_COUNCIL;
    int64_t standing = c->param[delegates ? PV_DELEGATES_NOMINATION : PV_NOMINATION_DAYS];
    int64_t voting = c->param[delegates ? PV_DELEGATES_VOTING : PV_VOTING_DAYS];
    if (days > 0) {
        voting = voting < days ? voting : days - 1;
        int64_t most = days - voting - (sealed_time(c, electors) + PV_DAY - 1) / PV_DAY;
        standing = delegates && standing < most ? standing : most > 1 ? most : 1;
    }
    e->standing = standing * PV_DAY;
    e->voting = voting * PV_DAY;
}

static void election_opens(pv_fold *c, void *subject, int64_t n);

static pv_election *plan(pv_fold *c, pv_group *g, const pv_election *like)
{
    pv_election *e = pv_new(c, sizeof *e);
    uint8_t text[19 + 32 + 16];
    *e = *like;
    e->group = g;
    e->nominated = e->closes = -1;
    memcpy(text, "plenty election v1\n", 19);
    memcpy(text + 19, g->council->id, 32);
    pv_big_endian(g->number, text + 51);
    pv_big_endian(g->elections++, text + 59);
    pv_hash(text, sizeof text, e->id);
    pv_put_id(c, 'e', e->id, e);
    pv_push(c, &c->elections, e);
    pv_due_at(c, e->opens, election_opens, e, 0);
    return e;
}

static void plan_term(pv_fold *c, pv_group *g)
{
    pv_election e = {.sort = PV_ELECT_TERM, .seats = g->seats};
    periods(c, g->electors, 0, &e);
    int64_t early = e.standing + e.voting + sealed_time(c, g->electors);
    e.opens = g->ends - early > c->time ? g->ends - early : c->time;
    g->election = plan(c, g, &e);
}

void pv_elections_of(pv_fold *c, const pv_assembly *council)
{
    void **all = pv_alloc(c->run, c->assemblies.n, sizeof *all);
    memcpy(all, c->assemblies.at, c->assemblies.n * sizeof *all);
    qsort(all, c->assemblies.n, sizeof *all, pv_by_id);
    for (size_t i = 0; i < c->assemblies.n; i++) {
        const pv_assembly *a = all[i];
        for (size_t k = 0; (council == NULL || a == council) && k < a->groups.n; k++) {
            pv_group *g = a->groups.at[k];
            if (g->election == NULL) {
                plan_term(c, g);
            }
        }
    }
    pv_free(c->run, all);
}

/* Seats that nobody holds, or somebody only until another is elected; their numbers, unless NULL. */
static int64_t vacant(const pv_group *g, int64_t *numbers)
{
    int64_t n = 0;
    for (int64_t seat = 1; seat <= g->seats; seat++) {
        if (g->filled[seat] == NULL || g->filled[seat]->ended >= 0 || g->filled[seat]->until < g->ends) {
            if (numbers != NULL) {
                numbers[n] = seat;
            }
            n++;
        }
    }
    return n;
}

static bool goes_on(const pv_election *e)
{
    return state_of(e) == PV_ELECT_STANDING || state_of(e) == PV_ELECT_VOTING;
}

void pv_election_fill(pv_fold *c, pv_group *g, int64_t days)
{
    pv_election e = {.sort = PV_ELECT_VACANCY, .opens = c->time, .seats = vacant(g, NULL)};
    periods(c, g->electors, days, &e);
    if (e.seats == 0 || goes_on(g->election)) {
        return;
    }
    if (state_of(g->by) <= PV_ELECT_VOTING) {
        g->by->seats = g->by->sort == PV_ELECT_VACANCY && g->by->state <= PV_ELECT_STANDING ? e.seats : g->by->seats;
    } else if (c->time + e.standing + e.voting < g->ends) {
        g->by = plan(c, g, &e);
    }
}

void pv_election_again(pv_fold *c, pv_group *g, pv_mandate *cause, int64_t days)
{
    pv_election e = {.sort = PV_ELECT_AGAIN, .opens = c->time, .seats = g->seats, .cause = cause};
    bool going = state_of(g->by) <= PV_ELECT_VOTING;
    periods(c, g->electors, days, &e);
    if (goes_on(g->election) || (going && g->by->sort == PV_ELECT_AGAIN)) {
        return;
    }
    if (going) {
        g->by->state = PV_ELECT_DROPPED;
    }
    g->by = plan(c, g, &e);
}

/* ---- Standing --------------------------------------------------------------------------------------- */

pv_mandate *pv_mandate_in(const pv_assembly *council, const pv_member *m)
{
    for (size_t i = 0; i < m->held.n; i++) {
        pv_mandate *held = m->held.at[i];
        if (held->council == council && held->ended < 0) {
            return held;
        }
    }
    return NULL;
}

static bool may(const pv_fold *c, const pv_election *e, const pv_member *m, bool vacancy)
{
    const pv_mandate *held = pv_mandate_in(e->group->council, m);
    return pv_has(c, e->group->electors, m, 0) && (held == NULL || (!vacancy && held->group == e->group));
}

bool pv_election_may(const pv_fold *c, const pv_election *e, const pv_member *m)
{
    return may(c, e, m, e->sort == PV_ELECT_VACANCY);
}

/* Terms in a row up to now; see docs/formats/commons.md. */
static int64_t terms_in_row(const pv_fold *c, const pv_assembly *council, const pv_member *m, bool over)
{
    int64_t half = c->param[PV_TERM_DAYS] * PV_DAY / 2, since = c->time + 1;
    for (int64_t n = 0;; n++) {
        const pv_mandate *last = NULL;
        for (size_t i = 0; i < m->held.n; i++) {
            const pv_mandate *held = m->held.at[i];
            int64_t end = held->ended >= 0 ? held->ended : held->until;
            bool counts = held->council == council && end - held->from >= half && held->from < since && !(over && held->until > c->time);
            last = counts && (last == NULL || held->from > last->from) ? held : last;
        }
        if (last == NULL || (last->ended >= 0 && last->ended + half <= since)) {
            return n;
        }
        since = last->from;
    }
}

static int check_candidate(pv_fold *c, const pv_election *e, const uint8_t name[32])
{
    const pv_assembly *council = e->group->council;
    if (!pv_has(c, e->group->electors, c->author, 0)) {
        return 55;
    }
    if (pv_get(c, 's', e->id, 32, c->author->id, 32) != NULL || e->stands.n == PV_OPTIONS) {
        return 56;
    }
    const pv_election *other = pv_get(c, 'L', council->id, 32, c->author->id, 32);
    const pv_stand *stands = other != NULL ? pv_get(c, 's', other->id, 32, c->author->id, 32) : NULL;
    if (!pv_election_may(c, e, c->author) || (goes_on(other) && stands != NULL && !stands->withdrew)) {
        return 57;
    }
    if (c->value[2].given && pv_get(c, 'N', e->id, 32, name, 32) != NULL) {
        return 58;
    }
    return terms_in_row(c, council, c->author, e->sort != PV_ELECT_TERM) >= c->param[PV_TERMS_IN_ROW] ? 124 : 0;
}

static void election_nominated(pv_fold *c, void *subject, int64_t when);

int pv_apply_stood(pv_fold *c)
{
    pv_election *e = pv_get_id(c, 'e', c->value[0].at);
    uint8_t name[32];
    if (state_of(e) != PV_ELECT_STANDING) {
        return 54;
    }
    pv_hash(c->value[2].given ? (const char *)c->value[2].at : "", c->value[2].n, name);
    int rule = check_candidate(c, e, name);
    if (rule != 0) {
        return rule;
    }
    pv_stand *s = pv_new(c, sizeof *s);
    *s = (pv_stand){.election = e, .member = c->author, .option = -1};
    if (c->value[2].given) {
        memcpy(s->name, c->value[2].at, c->value[2].n);
        pv_put(c, 'N', e->id, 32, name, 32, s);
    }
    pv_put(c, 's', e->id, 32, c->author->id, 32, s);
    pv_put(c, 'L', e->group->council->id, 32, c->author->id, 32, e);
    pv_push(c, &e->stands, s);
    if (e->nominated < 0) {
        e->nominated = c->time + e->standing;
        pv_due_at(c, e->nominated, election_nominated, e, e->nominated);
    }
    return 0;
}

int pv_apply_withdrew(pv_fold *c)
{
    const pv_election *e = pv_get_id(c, 'e', c->value[0].at);
    if (state_of(e) != PV_ELECT_STANDING) {
        return 54;
    }
    pv_stand *s = pv_get(c, 's', e->id, 32, c->author->id, 32);
    if (s == NULL || s->withdrew) {
        return 56;
    }
    s->withdrew = true;
    return 0;
}

/* ---- Mandates --------------------------------------------------------------------------------------- */

static void term_ends(pv_fold *c, void *mandate, int64_t n)
{
    const pv_mandate *m = mandate;
    (void)n;
    if (m->until <= c->time) { /* it can have been prolonged */
        pv_mandate_end(c, mandate, PV_END_TERM);
    }
}

static void outlives(pv_fold *c, void *mandate, int64_t n);

/* What rested on a mandate that has ended in this council, of the same holder, rests on the new one. */
static void carry(pv_fold *c, pv_mandate *m)
{
    for (size_t i = 0; i < m->holder->held.n; i++) {
        pv_mandate *higher = m->holder->held.at[i];
        if (higher->ended < 0 && higher->rests_on != NULL && higher->rests_on->council == m->council) {
            higher->rests_on = m;
            higher->until = higher->group->ends;
            pv_push(c, &m->rests, higher);
            pv_due_at(c, higher->until, term_ends, higher, 0);
        }
    }
}

static void hands_over(pv_fold *c, void *subject, int64_t n)
{
    pv_mandate *m = subject;
    (void)c;
    (void)n;
    m->handover = pv_mandate_in(m->council, m->holder) == NULL;
}

void pv_mandate_end(pv_fold *c, pv_mandate *m, int64_t why)
{
    if (m->ended >= 0) {
        return;
    }
    m->ended = c->time;
    m->why = why;
    m->council->size--;
    pv_due_at(c, c->time, hands_over, m, 0);
    if (m->rests.n > 1) {
        qsort(m->rests.at, m->rests.n, sizeof *m->rests.at, pv_by_id);
    }
    for (size_t i = 0; i < m->rests.n; i++) {
        if (why == PV_END_TERM) {
            pv_due_at(c, c->time, outlives, m->rests.at[i], 0);
        } else {
            pv_mandate_end(c, m->rests.at[i], PV_END_BASE);
        }
    }
    if (why != PV_END_REPLACED && why != PV_END_RECALLED) {
        pv_due_at(c, c->time, pv_seat_vacant, m, 0);
    }
}

static void make_room(pv_fold *c, const pv_election *e, int64_t seat, int64_t why)
{
    pv_mandate *held = e->group->filled[seat];
    if (held != NULL) {
        pv_mandate_end(c, held, why == PV_END_REPLACED && held == e->cause ? PV_END_RECALLED : why);
    }
}

void pv_election_seat(pv_fold *c, pv_election *e, pv_member *holder, int64_t seat, int64_t how, int64_t until)
{
    pv_mandate *m = pv_new(c, sizeof *m);
    pv_group *g = e->group;
    uint8_t text[18 + 64 + 16];
    *m = (pv_mandate){.council = g->council, .group = g, .holder = holder, .election = e, .seat = seat, .from = c->time, .until = until, .ended = -1};
    if (g->electors->sort == PV_COUNCIL) {
        m->rests_on = pv_mandate_in(g->electors, holder);
        pv_push(c, &m->rests_on->rests, m);
    }
    make_room(c, e, seat, PV_END_TERM);
    memcpy(text, "plenty mandate v1\n", 18);
    memcpy(text + 18, e->id, 32);
    memcpy(text + 50, holder->id, 32);
    pv_big_endian(seat, text + 82);
    pv_big_endian(m->from, text + 90);
    pv_hash(text, sizeof text, m->id);
    pv_put_id(c, 'd', m->id, m);
    pv_push(c, &c->mandates, m);
    pv_push(c, &holder->held, m);
    g->filled[seat] = m;
    g->council->size++;
    pv_due_at(c, m->until, term_ends, m, 0);
    carry(c, m);
    pv_stand *s = pv_get(c, 's', e->id, 32, holder->id, 32);
    s->how = how;
    s->seat = seat;
}

int pv_apply_resigned(pv_fold *c)
{
    pv_mandate *m = pv_get_id(c, 'd', c->value[0].at);
    if (m == NULL || m->ended >= 0 || m->holder != c->author) {
        return 59;
    }
    pv_mandate_end(c, m, PV_END_RESIGNED);
    return 0;
}

int pv_apply_handover(pv_fold *c)
{
    pv_mandate *m = pv_get_id(c, 'd', c->value[0].at);
    if (m == NULL || !m->handover || m->handed || pv_mandate_in(m->council, c->author) == NULL || m->holder == c->author) {
        return 128;
    }
    m->handed = true;
    return 0;
}

/* ---- Deciding --------------------------------------------------------------------------------------- */

typedef struct people {
    pv_member *at[PV_OPTIONS];
    int64_t n;
} people;

/* Until when the new term lasts; that of delegates until others are elected by those who are delegates below then. */
static void term_begins(const pv_fold *c, pv_group *g, const people *elected)
{
    pv_election like;
    bool delegates = g->electors->sort == PV_COUNCIL;
    periods(c, g->electors, 0, &like);
    g->ends = c->time + (delegates || elected->n == 0 ? 0 : c->param[PV_TERM_DAYS] * PV_DAY);
    for (int64_t i = 0; delegates && i < elected->n; i++) {
        int64_t ends = pv_mandate_in(g->electors, elected->at[i])->until + like.standing + like.voting;
        g->ends = ends > g->ends ? ends : g->ends;
    }
}

static void seat_all(pv_fold *c, pv_election *e, const people *elected, int64_t how)
{
    pv_group *g = e->group;
    int64_t numbers[PV_OPTIONS];
    for (int64_t seat = 1; e->sort != PV_ELECT_VACANCY && seat <= g->seats; seat++) {
        make_room(c, e, seat, e->sort == PV_ELECT_AGAIN ? PV_END_REPLACED : PV_END_TERM);
    }
    if (e->sort == PV_ELECT_TERM) {
        term_begins(c, g, elected);
    }
    int64_t n = vacant(g, numbers);
    for (int64_t i = 0; i < elected->n && i < n; i++) {
        pv_election_seat(c, e, elected->at[i], numbers[i], how, g->ends);
    }
}

static void decide(pv_fold *c, pv_election *e, const people *elected, int64_t how)
{
    pv_group *g = e->group;
    if (e->sort != PV_ELECT_TERM && g->ends <= c->time) {
        e->state = PV_ELECT_DROPPED; /* the term for which it was is over */
        return;
    }
    e->state = PV_ELECT_DECIDED;
    e->elected = elected->n;
    if (elected->n > 0 || e->sort == PV_ELECT_TERM) {
        seat_all(c, e, elected, how);
    }
    if (e->sort == PV_ELECT_TERM) {
        plan_term(c, g);
    }
    if (e->sort == PV_ELECT_AGAIN && elected->n == 0) {
        pv_election_again(c, g, e->cause, (e->standing + e->voting) / PV_DAY);
    } else {
        pv_election_fill(c, g, 0);
    }
}

/* Those who stand and could take a seat, ascending by id. */
static void list_standing(const pv_fold *c, const pv_election *e, people *all)
{
    all->n = 0;
    for (size_t i = 0; i < e->stands.n; i++) {
        const pv_stand *s = e->stands.at[i];
        if (!s->withdrew && pv_election_may(c, e, s->member)) {
            all->at[all->n++] = s->member;
        }
    }
    qsort(all->at, (size_t)all->n, sizeof *all->at, pv_by_id);
}

/* Whom the papers elected, in order, of those who can take a seat now. */
static void list_winners(const pv_fold *c, const pv_election *e, people *elected)
{
    pv_member *at[PV_OPTIONS] = {NULL};
    elected->n = 0;
    for (int64_t i = 0; i < e->ballot->n_options; i++) {
        const pv_option *o = &e->ballot->option[i];
        if (o->place > 0) {
            at[o->place - 1] = o->member;
        }
    }
    for (int64_t i = 0; i < PV_OPTIONS && at[i] != NULL; i++) {
        if (pv_election_may(c, e, at[i])) {
            elected->at[elected->n++] = at[i];
        }
    }
}

static void takes_effect(pv_fold *c, void *subject, int64_t n)
{
    pv_election *e = subject;
    people elected;
    (void)n;
    if (e->state == PV_ELECT_VOTING && e->ballot == NULL) {
        list_standing(c, e, &elected);
        decide(c, e, &elected, PV_ELECTED_ALONE);
    } else if (e->state == PV_ELECT_VOTING) {
        list_winners(c, e, &elected);
        decide(c, e, &elected, e->ballot->counted ? PV_ELECTED_VOTES : PV_ELECTED_ALONE);
    }
}

static void plan_ballot(pv_fold *c, pv_election *e, const people *all)
{
    e->closes = c->time + e->voting;
    e->state = PV_ELECT_VOTING;
    e->ballot = pv_ballot_plan(c, PV_ABOUT_ELECTION, e, e->id, e->group->electors, PV_STV, all->n, e->seats, c->time, e->closes);
    for (int64_t i = 0; i < all->n; i++) {
        pv_stand *s = pv_get(c, 's', e->id, 32, all->at[i]->id, 32);
        pv_option *o = &e->ballot->option[i];
        s->option = i;
        o->member = all->at[i];
        if (s->name[0] != '\0') {
            memcpy(o->name, s->name, sizeof s->name);
        } else {
            sodium_bin2hex(o->name, sizeof o->name, s->member->id, 32);
        }
    }
}

static void election_nominated(pv_fold *c, void *subject, int64_t when)
{
    pv_election *e = subject;
    people all;
    if (e->state != PV_ELECT_STANDING || e->nominated != when) {
        return;
    }
    list_standing(c, e, &all);
    if (all.n == 0) {
        e->nominated = -1;
    } else if (all.n > e->seats) {
        plan_ballot(c, e, &all);
    } else {
        e->state = PV_ELECT_VOTING;
        e->closes = e->sort == PV_ELECT_TERM && e->group->ends > c->time ? e->group->ends : c->time;
        pv_due_at(c, e->closes, takes_effect, e, 0);
    }
}

static void election_opens(pv_fold *c, void *subject, int64_t n)
{
    pv_election *e = subject;
    (void)n;
    if (e->state != PV_ELECT_COMING) {
        return;
    }
    if (e->sort == PV_ELECT_TERM && state_of(e->group->by) <= PV_ELECT_STANDING) {
        e->group->by->state = PV_ELECT_DROPPED;
    }
    e->state = PV_ELECT_STANDING;
    e->nominated = c->time + e->standing;
    pv_due_at(c, e->nominated, election_nominated, e, e->nominated);
}

void pv_election_prepare(pv_fold *c, pv_ballot *b)
{
    for (int64_t i = 0; i < b->n_options; i++) {
        b->option[i].out = b->option[i].out || !pv_election_may(c, b->subject, b->option[i].member);
    }
}

void pv_election_decided(pv_fold *c, pv_ballot *b)
{
    pv_election *e = b->subject;
    if (e->sort == PV_ELECT_TERM && e->group->ends > c->time) {
        pv_due_at(c, e->group->ends, takes_effect, e, 0); /* a secret one, opened sooner than it could have been */
    } else {
        takes_effect(c, e, 0);
    }
}

/* ---- Vacancies -------------------------------------------------------------------------------------- */

/* By countback, or else by a by-election. */
static void refill(pv_fold *c, pv_mandate *m)
{
    pv_group *g = m->group;
    pv_election *e = m->election;
    bool stands[PV_OPTIONS] = {false}, any = false;
    int32_t left = -1, won = -1;
    if (g->by != NULL && g->by->sort == PV_ELECT_AGAIN && g->by->state <= PV_ELECT_VOTING) {
        return; /* all seats are being filled */
    }
    for (size_t i = 0; i < e->stands.n; i++) {
        const pv_stand *s = e->stands.at[i];
        left = s->how == PV_ELECTED_VOTES && s->seat == m->seat ? (int32_t)s->option : left;
        if (s->how == PV_NOT_ELECTED && s->option >= 0 && may(c, e, s->member, true)) {
            stands[s->option] = any = true;
        }
    }
    if (any && left >= 0) {
        won = pv_count_back(c, e->ballot, left, stands);
    }
    if (won >= 0) {
        pv_election_seat(c, e, e->ballot->option[won].member, m->seat, PV_ELECTED_BACK, g->ends);
    } else {
        pv_election_fill(c, g, 0);
    }
}

void pv_seat_vacant(pv_fold *c, void *mandate, int64_t n)
{
    pv_mandate *m = mandate;
    (void)n;
    if (m->group->ends > c->time && m->until > c->time && m->group->filled[m->seat] == m) {
        refill(c, m);
    }
}

/* The term of what it rests on is over; its holder was not elected there again, and the next election here does not fill the seat soon. */
static void outlives(pv_fold *c, void *mandate, int64_t n)
{
    pv_mandate *m = mandate;
    const pv_election *next = m->group->election;
    (void)n;
    if (m->ended < 0 && m->rests_on->ended >= 0 && next->opens > c->time + next->standing + next->voting) {
        m->until = c->time + next->standing + next->voting;
        pv_due_at(c, m->until, term_ends, m, 0);
        refill(c, m);
    }
}
