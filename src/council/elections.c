/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * elections.c - elections planned by rule: when they open and close, who stands, who is elected. */
#include "council/elections.h"
#include "council/sealed.h"

#include <stdio.h>
#include <string.h>

const pl_table PL_ELECTIONS = {
    "elections",
    sizeof(pl_election),
    18,
    {PL_ID(pl_election, council), PL_ID(pl_election, electors), PL_ID(pl_election, ballot), PL_ID(pl_election, cause), PL_INT(pl_election, group),
     PL_INT(pl_election, serial), PL_INT(pl_election, sort), PL_INT(pl_election, state), PL_INT(pl_election, seats), PL_INT(pl_election, opens),
     PL_INT(pl_election, standing_time), PL_INT(pl_election, voting_time), PL_MAYBE(pl_election, nominated), PL_MAYBE(pl_election, closes),
     PL_INT(pl_election, candidates), PL_INT(pl_election, elected), PL_MAYBE(pl_election, decided), PL_INT(pl_election, countbacks)}};
const pl_table PL_STANDS = {"stands",
                            sizeof(pl_stand),
                            7,
                            {PL_INT(pl_stand, stood), PL_MAYBE(pl_stand, withdrew), PL_INT(pl_stand, position), PL_MAYBE(pl_stand, option),
                             PL_INT(pl_stand, how), PL_INT(pl_stand, seat), PL_TEXT(pl_stand, name)}};

/* Under which names members stand: (election, hash of the name); for which election of a council a member stood last: (council, member). */
typedef struct standing_for {
    uint8_t id[PL_HASH];
} standing_for;
static const pl_table NAMES = {"stands.names", sizeof(standing_for), 1, {PL_ID(standing_for, id)}};
static const pl_table LAST = {"stands.last", sizeof(standing_for), 1, {PL_ID(standing_for, id)}};

static pl_status put_election(pl_step *s, const uint8_t id[PL_HASH], const pl_election *e)
{
    return pl_put(s, &PL_ELECTIONS, pl_key_id1(id), e);
}

static pl_status get_election(pl_step *s, const uint8_t id[PL_HASH], pl_election *e, bool *there)
{
    return pl_get(s, &PL_ELECTIONS, pl_key_id1(id), e, there);
}

static pl_row_key group_key(const uint8_t council[PL_HASH], int64_t group)
{
    return pl_key_then(pl_key_id1(council), group);
}

static pl_status get_group(pl_step *s, const uint8_t council[PL_HASH], int64_t group, pl_seat_group *g)
{
    bool there;
    return pl_get(s, &PL_GROUPS, group_key(council, group), g, &there);
}

/* ---- Planning ------------------------------------------------------------------------------------- */

/* How long the trustees of a secret election by these electors take to make its key and to open it; 0 when it is not secret. */
static pl_status sealed_time(pl_step *s, const uint8_t electors[PL_HASH], int64_t *seconds)
{
    pl_ballot b = {.about = PL_ABOUT_ELECTION, .rule = PL_VOTE_STV};
    memcpy(b.electors, electors, PL_HASH);
    return pl_sealed_time(s, &b, seconds);
}

/* How long those who elect can stand and vote, when it must be over in so many days (0: no matter).  Delegates are few and meet anyway: they need less
 * time, and those whom they elected before go on for no longer than that. */
static pl_status periods(pl_step *s, const uint8_t electors[PL_HASH], int64_t days, int64_t *standing, int64_t *voting)
{
    pl_assembly a;
    int64_t sealed = 0;
    bool there;
    pl_status status = pl_assembly_get(s, electors, &a, &there);
    bool delegates = a.sort == PL_COUNCIL;
    status = status == PL_OK ? pl_param(s, delegates ? PL_DELEGATES_STANDING_DAYS : PL_NOMINATION_DAYS, standing) : status;
    status = status == PL_OK ? pl_param(s, delegates ? PL_DELEGATES_VOTING_DAYS : PL_VOTING_DAYS, voting) : status;
    if (days > 0) {
        status = status == PL_OK ? sealed_time(s, electors, &sealed) : status;
        *voting = *voting < days ? *voting : days - 1;
        int64_t most = days - *voting - (sealed + PL_DAY - 1) / PL_DAY;
        *standing = delegates && *standing < most ? *standing : most > 1 ? most : 1;
    }
    *standing *= PL_DAY;
    *voting *= PL_DAY;
    return status;
}

/* Plans an election that opens then; its number goes into the group, and the caller puts the group. */
static pl_status plan(pl_step *s, const uint8_t council[PL_HASH], int64_t number, pl_seat_group *g, pl_election e, uint8_t id[PL_HASH])
{
    static const char DOMAIN[] = "plenty election v1\n";
    uint8_t text[sizeof DOMAIN - 1 + PL_HASH + 16];
    e.group = number;
    e.serial = g->elections++;
    e.state = PL_ELECTION_COMING;
    e.nominated = e.closes = e.decided = -1;
    memcpy(e.council, council, PL_HASH);
    memcpy(e.electors, g->electors, PL_HASH);
    pl_row_key numbers = pl_key_then(pl_key_then(pl_key_none(), number), e.serial);
    memcpy(text, DOMAIN, sizeof DOMAIN - 1);
    memcpy(text + sizeof DOMAIN - 1, council, PL_HASH);
    memcpy(text + sizeof DOMAIN - 1 + PL_HASH, numbers.at, 16);
    pl_hash(text, sizeof text, id);
    pl_status status = put_election(s, id, &e);
    return status == PL_OK ? pl_due_at(s, e.opens, "election.opens", id, 0) : status;
}

/* The election for the term that begins when this one ends. */
static pl_status plan_term(pl_step *s, const uint8_t council[PL_HASH], int64_t number, pl_seat_group *g)
{
    pl_election e = {.sort = PL_ELECTION_TERM, .seats = g->seats};
    int64_t sealed = 0;
    pl_status status = periods(s, g->electors, 0, &e.standing_time, &e.voting_time);
    status = status == PL_OK ? sealed_time(s, g->electors, &sealed) : status;
    int64_t early = e.standing_time + e.voting_time + sealed;
    e.opens = g->ends - early > s->time ? g->ends - early : s->time;
    return status == PL_OK ? plan(s, council, number, g, e, g->election) : status;
}

pl_status pl_elections_of(pl_step *s, const uint8_t *council)
{
    pl_row_key prefix = council != NULL ? pl_key_id1(council) : pl_key_none();
    pl_cursor at = pl_rows(&PL_GROUPS, &prefix);
    pl_seat_group g;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_GROUPS, &at, &g, &there)) == PL_OK && there) {
        if (pl_id_none(g.election)) {
            status = plan_term(s, at.key, pl_key_number(at.key + PL_HASH), &g);
            status = status == PL_OK ? pl_put(s, &PL_GROUPS, group_key(at.key, pl_key_number(at.key + PL_HASH)), &g) : status;
        }
    }
    return status;
}

/* The state of an election, or PL_ELECTION_DROPPED when there is none. */
static pl_status state_of(pl_step *s, const uint8_t id[PL_HASH], pl_election *e, int64_t *state)
{
    bool there;
    pl_status status = get_election(s, id, e, &there);
    *state = there ? e->state : PL_ELECTION_DROPPED;
    return status;
}

/* Seats of a group that nobody holds, or somebody only until another is elected; their numbers, unless `numbers` is NULL. */
static pl_status vacant_seats(pl_step *s, const uint8_t council[PL_HASH], int64_t number, const pl_seat_group *g, int64_t *numbers, int64_t *n)
{
    pl_status status = PL_OK;
    *n = 0;
    for (int64_t seat = 1; status == PL_OK && seat <= g->seats; seat++) {
        pl_filled f;
        pl_mandate m = {.ended = -1};
        bool there;
        status = pl_get(s, &PL_FILLED, pl_key_then(group_key(council, number), seat), &f, &there);
        if (status == PL_OK && there) {
            status = pl_get(s, &PL_MANDATES, pl_key_id1(f.mandate), &m, &there);
        }
        if (status == PL_OK && (!there || m.ended >= 0 || m.until < g->ends)) {
            if (numbers != NULL) {
                numbers[*n] = seat;
            }
            ++*n;
        }
    }
    return status;
}

pl_status pl_election_fill(pl_step *s, const uint8_t council[PL_HASH], int64_t number, int64_t days)
{
    pl_seat_group g;
    pl_election term, by, e = {.sort = PL_ELECTION_VACANCY, .opens = s->time};
    int64_t coming, going;
    pl_status status = get_group(s, council, number, &g);
    status = status == PL_OK ? state_of(s, g.election, &term, &coming) : status;
    status = status == PL_OK ? state_of(s, g.by, &by, &going) : status;
    status = status == PL_OK ? vacant_seats(s, council, number, &g, NULL, &e.seats) : status;
    status = status == PL_OK ? periods(s, g.electors, days, &e.standing_time, &e.voting_time) : status;
    if (status != PL_OK || e.seats == 0 || coming == PL_ELECTION_STANDING || coming == PL_ELECTION_VOTING) {
        return status;
    }
    if (going <= PL_ELECTION_VOTING) { /* its candidates fill these too, or what is vacant after it is seen to then */
        by.seats = by.sort == PL_ELECTION_VACANCY && going <= PL_ELECTION_STANDING ? e.seats : by.seats;
        return put_election(s, g.by, &by);
    }
    if (s->time + e.standing_time + e.voting_time >= g.ends) {
        return PL_OK; /* the next term begins before that */
    }
    status = plan(s, council, number, &g, e, g.by);
    return status == PL_OK ? pl_put(s, &PL_GROUPS, group_key(council, number), &g) : status;
}

pl_status pl_election_again(pl_step *s, const uint8_t council[PL_HASH], int64_t number, const uint8_t cause[PL_HASH], int64_t days)
{
    pl_seat_group g;
    pl_election term, by, e = {.sort = PL_ELECTION_AGAIN, .opens = s->time};
    int64_t coming, going;
    pl_status status = get_group(s, council, number, &g);
    status = status == PL_OK ? state_of(s, g.election, &term, &coming) : status;
    status = status == PL_OK ? state_of(s, g.by, &by, &going) : status;
    status = status == PL_OK ? periods(s, g.electors, days, &e.standing_time, &e.voting_time) : status;
    if (status != PL_OK || coming == PL_ELECTION_STANDING || coming == PL_ELECTION_VOTING) {
        return status;
    }
    if (going <= PL_ELECTION_VOTING && by.sort == PL_ELECTION_AGAIN) {
        return PL_OK;
    }
    if (going <= PL_ELECTION_VOTING) {
        by.state = PL_ELECTION_DROPPED;
        status = put_election(s, g.by, &by);
    }
    e.seats = g.seats;
    memcpy(e.cause, cause, PL_HASH);
    status = status == PL_OK ? plan(s, council, number, &g, e, g.by) : status;
    return status == PL_OK ? pl_put(s, &PL_GROUPS, group_key(council, number), &g) : status;
}

pl_status pl_election_opens(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_election e, by;
    pl_seat_group g;
    int64_t going;
    bool there;
    (void)n;
    pl_status status = get_election(s, id, &e, &there);
    status = status == PL_OK ? get_group(s, e.council, e.group, &g) : status;
    status = status == PL_OK ? state_of(s, g.by, &by, &going) : status;
    if (status != PL_OK || e.state != PL_ELECTION_COMING) {
        return status;
    }
    if (e.sort == PL_ELECTION_TERM && going <= PL_ELECTION_STANDING) { /* for so short a time nobody needs to be elected */
        by.state = PL_ELECTION_DROPPED;
        status = put_election(s, g.by, &by);
    }
    e.state = PL_ELECTION_STANDING;
    e.nominated = s->time + e.standing_time;
    status = status == PL_OK ? put_election(s, id, &e) : status;
    return status == PL_OK ? pl_due_at(s, e.nominated, "election.nominated", id, e.nominated) : status;
}

/* ---- Standing ------------------------------------------------------------------------------------- */

pl_status pl_election_may(pl_step *s, const pl_election *e, const uint8_t member[PL_HASH], bool *yes)
{
    pl_mandate m;
    bool holds;
    pl_status status = pl_assembly_has(s, e->electors, member, 0, yes);
    status = status == PL_OK && *yes ? pl_mandate_of(s, e->council, member, &holds, NULL, &m) : status;
    if (status == PL_OK && *yes && holds) {
        *yes = e->sort != PL_ELECTION_VACANCY && m.group == e->group;
    }
    return status;
}

/* it is there, and members can stand. */
static pl_status open_election(pl_step *s, pl_election *e)
{
    static const char *const WHEN[] = {"has not begun yet", "is open", "is past that: its candidates are known", "is decided", "was dropped for another"};
    const uint8_t *id = s->value[0].at;
    char hex[13];
    bool there;
    pl_status status = get_election(s, id, e, &there);
    if (status != PL_OK || (there && e->state == PL_ELECTION_STANDING)) {
        return status;
    }
    return there ? pl_broken(s, PL_RULE_ELECTION_OPEN, "the election %s... %s", pl_short_id(id, hex), WHEN[e->state])
                 : pl_broken(s, PL_RULE_ELECTION_OPEN, "there is no election %s...", pl_short_id(id, hex));
}

/* the member stands in no other election of this council that is going on. */
static pl_status check_other(pl_step *s, const pl_election *e)
{
    standing_for last;
    pl_election other;
    pl_stand c;
    bool there, stands;
    char hex[13];
    pl_status status = pl_get(s, &LAST, pl_key_id2(e->council, s->author), &last, &there);
    if (status != PL_OK || !there) {
        return status;
    }
    status = get_election(s, last.id, &other, &there);
    status = status == PL_OK ? pl_get(s, &PL_STANDS, pl_key_id2(last.id, s->author), &c, &stands) : status;
    if (status == PL_OK && (other.state == PL_ELECTION_STANDING || other.state == PL_ELECTION_VOTING) && stands && c.withdrew < 0) {
        return pl_broken(s, PL_RULE_CANDIDATE_SEAT, "the signer stands in the election %s... of the same council", pl_short_id(last.id, hex));
    }
    return status;
}

/* nobody sits there for ever. */
static pl_status check_terms(pl_step *s, const pl_election *e)
{
    int64_t most, n = 0;
    pl_status status = pl_param(s, PL_TERMS_MOST, &most);
    status = status == PL_OK ? pl_terms_in_row(s, e->council, s->author, e->sort != PL_ELECTION_TERM, &n) : status;
    return status == PL_OK && n >= most ? pl_broken(s, PL_RULE_CANDIDATE_TERMS, "the signer has held a seat for %lld terms in a row", (long long)n) : status;
}

/* */
static pl_status check_candidate(pl_step *s, const pl_election *e, const uint8_t name_hash[PL_HASH])
{
    pl_stand c;
    pl_assembly electors;
    standing_for named;
    bool yes, there;
    pl_status status = pl_assembly_has(s, e->electors, s->author, 0, &yes);
    status = status == PL_OK ? pl_assembly_get(s, e->electors, &electors, &there) : status;
    if (status != PL_OK || !yes) {
        return status != PL_OK ? status
                               : pl_broken(s, PL_RULE_CANDIDATE_ELECTORS, "the signer %s '%s'", electors.sort == PL_COUNCIL ? "holds no mandate now in" : "does not belong to", electors.name);
    }
    status = pl_get(s, &PL_STANDS, pl_key_id2(s->value[0].at, s->author), &c, &there);
    if (status == PL_OK && there) {
        return pl_broken(s, PL_RULE_CANDIDATE_ONCE, "the signer has stood already");
    }
    if (status == PL_OK && e->candidates == PL_OPTIONS_MAX) {
        return pl_broken(s, PL_RULE_CANDIDATE_ONCE, "there are %d candidates, and no room for more", PL_OPTIONS_MAX);
    }
    status = status == PL_OK ? pl_election_may(s, e, s->author, &yes) : status;
    if (status == PL_OK && !yes) {
        return pl_broken(s, PL_RULE_CANDIDATE_SEAT, "the signer holds a seat in this council");
    }
    status = status == PL_OK ? check_other(s, e) : status;
    if (status == PL_OK && s->broken == PL_RULE_NONE && s->value[2].given) {
        status = pl_get(s, &NAMES, pl_key_id2(s->value[0].at, name_hash), &named, &there);
        if (status == PL_OK && there) {
            return pl_broken(s, PL_RULE_CANDIDATE_NAME, "somebody stands under this name");
        }
    }
    return status == PL_OK && s->broken == PL_RULE_NONE ? check_terms(s, e) : status;
}

static pl_status apply_stood(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    const pl_value *name = &s->value[2];
    uint8_t name_hash[PL_HASH];
    pl_election e;
    pl_stand c = {.stood = s->time, .withdrew = -1, .option = -1, .position = (int64_t)s->fold->position};
    standing_for last, named;
    pl_hash(name->given ? name->at : (const uint8_t *)"", name->n, name_hash);
    pl_status status = open_election(s, &e);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_candidate(s, &e, name_hash);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    memcpy(last.id, id, PL_HASH);
    memcpy(named.id, s->author, PL_HASH);
    if (name->given) {
        memcpy(c.name, name->at, name->n);
        status = pl_put(s, &NAMES, pl_key_id2(id, name_hash), &named);
    }
    e.candidates++;
    bool first = e.nominated < 0;
    e.nominated = first ? s->time + e.standing_time : e.nominated;
    status = status == PL_OK ? pl_put(s, &PL_STANDS, pl_key_id2(id, s->author), &c) : status;
    status = status == PL_OK ? pl_put(s, &LAST, pl_key_id2(e.council, s->author), &last) : status;
    status = status == PL_OK ? put_election(s, id, &e) : status;
    return status == PL_OK && first ? pl_due_at(s, e.nominated, "election.nominated", id, e.nominated) : status;
}

const pl_event_kind PL_KIND_CANDIDATE_STOOD = {
    "candidate.stood",
    {{"election", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"statement", PL_FIELD_LINES, 0, 2000, false}, {"name", PL_FIELD_TEXT, 1, 60, true}, {0}},
    apply_stood,
};

static pl_status apply_withdrew(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_election e;
    pl_stand c;
    bool there;
    pl_status status = open_election(s, &e);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    status = pl_get(s, &PL_STANDS, pl_key_id2(id, s->author), &c, &there);
    if (status == PL_OK && (!there || c.withdrew >= 0)) {
        return pl_broken(s, PL_RULE_CANDIDATE_ONCE, there ? "the signer has withdrawn already" : "the signer does not stand");
    }
    c.withdrew = s->time;
    return status == PL_OK ? pl_put(s, &PL_STANDS, pl_key_id2(id, s->author), &c) : status;
}

const pl_event_kind PL_KIND_CANDIDATE_WITHDREW = {
    "candidate.withdrew",
    {{"election", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {0}},
    apply_withdrew,
};

/* ---- Deciding ------------------------------------------------------------------------------------- */

typedef struct people {
    uint8_t id[PL_OPTIONS_MAX][PL_HASH];
    int64_t n;
} people;

/* Who holds that seat makes room. */
static pl_status make_room(pl_step *s, const pl_election *e, int64_t seat, pl_mandate_end why)
{
    pl_filled f;
    bool there;
    pl_status status = pl_get(s, &PL_FILLED, pl_key_then(group_key(e->council, e->group), seat), &f, &there);
    if (status != PL_OK || !there) {
        return status;
    }
    return pl_mandate_finish(s, f.mandate, why == PL_END_REPLACED && pl_id_same(f.mandate, e->cause) ? PL_END_RECALLED : why);
}

pl_status pl_election_seat(pl_step *s, const uint8_t id[PL_HASH], const pl_election *e, const uint8_t member[PL_HASH], int64_t number,
                           pl_elected_how how, int64_t until)
{
    pl_mandate m = {.group = e->group, .seat = number, .from = s->time, .until = until, .ended = -1};
    pl_stand c;
    pl_assembly electors;
    bool there;
    uint8_t mandate[PL_HASH];
    memcpy(m.council, e->council, PL_HASH);
    memcpy(m.holder, member, PL_HASH);
    memcpy(m.election, id, PL_HASH);
    pl_status status = pl_assembly_get(s, e->electors, &electors, &there);
    if (status == PL_OK && electors.sort == PL_COUNCIL) {
        status = pl_mandate_of(s, e->electors, member, &there, m.rests_on, NULL);
    }
    status = status == PL_OK ? make_room(s, e, number, PL_END_TERM) : status; /* of one who was there until now, with a term that is over below */
    status = status == PL_OK ? pl_mandate_begin(s, &m, mandate) : status;
    status = status == PL_OK ? pl_get(s, &PL_STANDS, pl_key_id2(id, member), &c, &there) : status;
    c.how = how;
    c.seat = number;
    return status == PL_OK ? pl_put(s, &PL_STANDS, pl_key_id2(id, member), &c) : status;
}

/* Until when a term lasts that begins now.  That of delegates lasts until their successors are elected by those who are delegates below then. */
static pl_status term_end(pl_step *s, const pl_seat_group *g, const people *elected, int64_t *ends)
{
    pl_assembly electors;
    int64_t days = 0, standing = 0, voting = 0;
    bool there;
    pl_status status = pl_assembly_get(s, g->electors, &electors, &there);
    status = status == PL_OK ? pl_param(s, PL_TERM_DAYS, &days) : status;
    status = status == PL_OK ? periods(s, g->electors, 0, &standing, &voting) : status;
    *ends = electors.sort == PL_COUNCIL || elected->n == 0 ? s->time : s->time + days * PL_DAY;
    for (int64_t i = 0; status == PL_OK && electors.sort == PL_COUNCIL && i < elected->n; i++) {
        pl_mandate base;
        status = pl_mandate_of(s, g->electors, elected->id[i], &there, NULL, &base);
        *ends = base.until + standing + voting > *ends ? base.until + standing + voting : *ends;
    }
    return status;
}

/* Seats all who were elected, in order. */
static pl_status seat_all(pl_step *s, const uint8_t id[PL_HASH], const pl_election *e, pl_seat_group *g, const people *elected, pl_elected_how how)
{
    int64_t numbers[PL_OPTIONS_MAX], vacant = 0;
    pl_status status = PL_OK;
    for (int64_t seat = 1; status == PL_OK && e->sort != PL_ELECTION_VACANCY && seat <= g->seats; seat++) {
        status = make_room(s, e, seat, e->sort == PL_ELECTION_AGAIN ? PL_END_REPLACED : PL_END_TERM);
    }
    if (status == PL_OK && e->sort == PL_ELECTION_TERM) {
        status = term_end(s, g, elected, &g->ends);
    }
    status = status == PL_OK ? vacant_seats(s, e->council, e->group, g, numbers, &vacant) : status;
    for (int64_t i = 0; status == PL_OK && i < elected->n && i < vacant; i++) {
        status = pl_election_seat(s, id, e, elected->id[i], numbers[i], how, g->ends);
    }
    return status;
}

/* What comes next: the election of the next term, and that of seats that are still vacant. */
static pl_status go_on(pl_step *s, const pl_election *e, pl_seat_group *g, const people *elected)
{
    pl_status status = PL_OK;
    if (e->sort == PL_ELECTION_TERM) {
        status = plan_term(s, e->council, e->group, g);
        status = status == PL_OK ? pl_put(s, &PL_GROUPS, group_key(e->council, e->group), g) : status;
    }
    if (status == PL_OK && e->sort == PL_ELECTION_AGAIN && elected->n == 0) {
        return pl_election_again(s, e->council, e->group, e->cause, (e->standing_time + e->voting_time) / PL_DAY);
    }
    return status == PL_OK ? pl_election_fill(s, e->council, e->group, 0) : status;
}

static pl_status decide(pl_step *s, const uint8_t id[PL_HASH], pl_election *e, const people *elected, pl_elected_how how)
{
    pl_seat_group g;
    pl_status status = get_group(s, e->council, e->group, &g);
    if (e->sort != PL_ELECTION_TERM && g.ends <= s->time) {
        e->state = PL_ELECTION_DROPPED; /* the term for which it was is over */
        return status == PL_OK ? put_election(s, id, e) : status;
    }
    e->state = PL_ELECTION_DECIDED;
    e->decided = s->time;
    e->elected = elected->n;
    status = status == PL_OK ? put_election(s, id, e) : status;
    if (status == PL_OK && (elected->n > 0 || e->sort == PL_ELECTION_TERM)) {
        status = seat_all(s, id, e, &g, elected, how);
    }
    return status == PL_OK ? go_on(s, e, &g, elected) : status;
}

/* Those who stand and could take a seat, ascending; *all of them, and their names. */
static pl_status list_standing(pl_step *s, const uint8_t id[PL_HASH], const pl_election *e, people *all)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_STANDS, &prefix);
    pl_stand c;
    bool there, may;
    pl_status status = PL_OK;
    all->n = 0;
    while (status == PL_OK && (status = pl_next(s, &PL_STANDS, &at, &c, &there)) == PL_OK && there) {
        const uint8_t *member = at.key + PL_HASH;
        status = pl_election_may(s, e, member, &may);
        if (status == PL_OK && may && c.withdrew < 0) {
            memcpy(all->id[all->n++], member, PL_HASH);
        }
    }
    return status;
}

static pl_status plan_ballot(pl_step *s, const uint8_t id[PL_HASH], pl_election *e, const people *all)
{
    pl_ballot b = {.about = PL_ABOUT_ELECTION, .rule = PL_VOTE_STV, .options = all->n, .seats = e->seats, .opens = s->time};
    char hex[2 * PL_HASH + 1];
    b.closes = e->closes = s->time + e->voting_time;
    memcpy(b.subject, id, PL_HASH);
    memcpy(b.electors, e->electors, PL_HASH);
    pl_status status = pl_ballot_plan(s, &b, 0, e->ballot);
    for (int64_t i = 0; status == PL_OK && i < all->n; i++) {
        pl_stand c;
        bool there;
        status = pl_get(s, &PL_STANDS, pl_key_id2(id, all->id[i]), &c, &there);
        c.option = i;
        pl_hex_write(all->id[i], PL_HASH, hex);
        status = status == PL_OK ? pl_put(s, &PL_STANDS, pl_key_id2(id, all->id[i]), &c) : status;
        status = status == PL_OK ? pl_ballot_option(s, e->ballot, i, all->id[i], c.name[0] != '\0' ? c.name : hex) : status;
    }
    e->state = PL_ELECTION_VOTING;
    return status == PL_OK ? put_election(s, id, e) : status;
}

pl_status pl_election_nominated(pl_step *s, const uint8_t id[PL_HASH], int64_t when)
{
    pl_election e;
    pl_seat_group g;
    people all;
    bool there;
    pl_status status = get_election(s, id, &e, &there);
    if (status != PL_OK || e.state != PL_ELECTION_STANDING || e.nominated != when) {
        return status;
    }
    status = list_standing(s, id, &e, &all);
    status = status == PL_OK ? get_group(s, e.council, e.group, &g) : status;
    if (status != PL_OK) {
        return status;
    }
    if (all.n == 0) {
        e.nominated = -1; /* it goes on until somebody stands */
        return put_election(s, id, &e);
    }
    if (all.n > e.seats) {
        return plan_ballot(s, id, &e, &all);
    }
    e.state = PL_ELECTION_VOTING;
    e.closes = e.sort == PL_ELECTION_TERM && g.ends > s->time ? g.ends : s->time;
    status = put_election(s, id, &e);
    return status == PL_OK ? pl_due_at(s, e.closes, "election.decided", id, 0) : status;
}

pl_status pl_election_prepare(pl_step *s, const uint8_t id[PL_HASH], const pl_ballot *b)
{
    pl_election e;
    bool there, may;
    pl_status status = get_election(s, b->subject, &e, &there);
    for (int64_t i = 0; status == PL_OK && i < b->options; i++) {
        pl_choice o;
        status = pl_get(s, &PL_CHOICES, pl_key_then(pl_key_id1(id), i), &o, &there);
        status = status == PL_OK ? pl_election_may(s, &e, o.id, &may) : status;
        if (status == PL_OK && !may) {
            o.out = 1;
            status = pl_put(s, &PL_CHOICES, pl_key_then(pl_key_id1(id), i), &o);
        }
    }
    return status;
}

pl_status pl_election_opening(pl_step *s, const uint8_t id[PL_HASH], const pl_ballot *b)
{
    pl_election e;
    bool there;
    (void)id;
    pl_status status = get_election(s, b->subject, &e, &there);
    e.closes = b->closes;
    return status == PL_OK && there ? put_election(s, b->subject, &e) : status;
}

/* Whom the papers elected, in order, of those who can take a seat now. */
static pl_status list_winners(pl_step *s, const pl_election *e, const pl_ballot *b, people *elected)
{
    bool there, may;
    pl_status status = PL_OK;
    elected->n = 0;
    for (int64_t place = 1; status == PL_OK && place <= b->winners; place++) {
        pl_choice o = {.place = 0};
        for (int64_t i = 0; status == PL_OK && o.place != place && i < b->options; i++) {
            status = pl_get(s, &PL_CHOICES, pl_key_then(pl_key_id1(e->ballot), i), &o, &there);
        }
        status = status == PL_OK ? pl_election_may(s, e, o.id, &may) : status;
        if (status == PL_OK && may) {
            memcpy(elected->id[elected->n++], o.id, PL_HASH);
        }
    }
    return status;
}

pl_status pl_election_takes_effect(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_election e;
    pl_ballot b;
    people elected;
    bool there;
    (void)n;
    pl_status status = get_election(s, id, &e, &there);
    if (status != PL_OK || e.state != PL_ELECTION_VOTING) {
        return status;
    }
    if (pl_id_none(e.ballot)) {
        status = list_standing(s, id, &e, &elected);
        return status == PL_OK ? decide(s, id, &e, &elected, PL_ELECTED_ALONE) : status;
    }
    status = pl_get(s, &PL_BALLOTS, pl_key_id1(e.ballot), &b, &there);
    status = status == PL_OK ? list_winners(s, &e, &b, &elected) : status;
    return status == PL_OK ? decide(s, id, &e, &elected, pl_id_none(b.transcript) ? PL_ELECTED_ALONE : PL_ELECTED) : status;
}

pl_status pl_election_decided(pl_step *s, const uint8_t id[PL_HASH], const pl_ballot *b)
{
    pl_election e;
    pl_seat_group g;
    bool there;
    (void)id;
    pl_status status = get_election(s, b->subject, &e, &there);
    status = status == PL_OK ? get_group(s, e.council, e.group, &g) : status;
    if (status == PL_OK && e.sort == PL_ELECTION_TERM && g.ends > s->time) {
        return pl_due_at(s, g.ends, "election.decided", b->subject, 0); /* a secret one that was opened sooner than it could have been */
    }
    return status == PL_OK ? pl_election_takes_effect(s, b->subject, 0) : status;
}
