/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * admission.c - proposed, vouched for, objected to, admitted; moving, leaving, new keys. */
#include <string.h>

#include "council/members.h"

#define PLACES_MAX 16
#define DOMAIN "plenty member v1\n"
_Static_assert(PL_MEMBER_SIGNED == sizeof DOMAIN - 1 + 2 * PL_HASH, "the text that the key of a new member signs");

const pl_table PL_PROPOSALS = {"proposals",
                               sizeof(pl_proposal),
                               10,
                               {PL_ID(pl_proposal, key), PL_ID(pl_proposal, author), PL_ID(pl_proposal, commitment), PL_INT(pl_proposal, since),
                                PL_INT(pl_proposal, until), PL_INT(pl_proposal, position), PL_INT(pl_proposal, vouchers),
                                PL_INT(pl_proposal, objections), PL_INT(pl_proposal, places), PL_INT(pl_proposal, state)}};
const pl_table PL_OPINIONS = {"proposals.opinions", sizeof(pl_opinion), 2, {PL_INT(pl_opinion, what), PL_INT(pl_opinion, position)}};
const pl_table PL_MOVES = {
    "moves", sizeof(pl_move), 5, {PL_ID(pl_move, member), PL_ID(pl_move, constituency), PL_INT(pl_move, until), PL_INT(pl_move, objections), PL_INT(pl_move, state)}};

/* The constituencies of a proposed member: (proposal, number). */
typedef struct place {
    uint8_t constituency[PL_HASH];
} place;
static const pl_table PLACES = {"proposals.places", sizeof(place), 1, {PL_ID(place, constituency)}};

void pl_member_text(const uint8_t commons_id[PL_HASH], const uint8_t signer[PL_HASH], uint8_t out[PL_MEMBER_SIGNED])
{
    size_t n = sizeof DOMAIN - 1;
    memcpy(out, DOMAIN, n);
    memcpy(out + n, commons_id, PL_HASH);
    memcpy(out + n + PL_HASH, signer, PL_HASH);
}

/* */
static pl_status check_member(pl_step *s)
{
    bool is;
    pl_status status = pl_member_is(s, s->author, &is);
    return status == PL_OK && !is ? pl_broken(s, PL_RULE_MEMBER, "the signer is no member") : status;
}

/* a key that is new here and has signed for itself. */
static pl_status check_new_key(pl_step *s, const uint8_t *key, const uint8_t *proof)
{
    pl_key_row row;
    uint8_t id[PL_HASH], text[PL_MEMBER_SIGNED];
    bool there;
    char hex[13];
    pl_key_id_of(key, id);
    pl_status status = pl_get(s, &PL_KEYS, pl_key_id1(id), &row, &there);
    if (status == PL_OK && there) {
        return pl_broken(s, PL_RULE_NEW_KEY, "the key %s was part of this commons before", pl_short_id(id, hex));
    }
    pl_member_text(s->event->commons_id, s->event->key_id, text);
    if (status == PL_OK && !pl_signature_holds(key, text, sizeof text, proof)) {
        return pl_broken(s, PL_RULE_NEW_KEY, "the proof of the key %s does not hold", pl_short_id(id, hex));
    }
    return status;
}

/* a constituency. */
static pl_status check_constituency(pl_step *s, const uint8_t *id)
{
    pl_assembly a;
    bool there;
    char hex[13];
    pl_status status = pl_assembly_get(s, id, &a, &there);
    return status == PL_OK && (!there || a.sort != PL_CONSTITUENCY) ? pl_broken(s, PL_RULE_ASSEMBLY, "there is no constituency %s", pl_short_id(id, hex)) : status;
}

/* ---- Proposed -------------------------------------------------------------------------------------- */

enum { PROPOSED_KEY, PROPOSED_PROOF, PROPOSED_PLACES, PROPOSED_COMMITMENT };

static pl_status apply_proposed(pl_step *s)
{
    const pl_value *v = s->value, *places = &v[PROPOSED_PLACES];
    pl_proposal p = {.since = s->time, .position = (int64_t)s->fold->position, .vouchers = 1, .places = (int64_t)places->n};
    int64_t days = 0;
    pl_status status = check_member(s);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_new_key(s, v[PROPOSED_KEY].at, v[PROPOSED_PROOF].at);
    }
    for (size_t i = 0; status == PL_OK && s->broken == PL_RULE_NONE && i < places->n; i++) {
        status = check_constituency(s, pl_value_id(places, i));
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    memcpy(p.key, v[PROPOSED_KEY].at, PL_HASH);
    memcpy(p.author, s->author, PL_HASH);
    memcpy(p.commitment, v[PROPOSED_COMMITMENT].given ? v[PROPOSED_COMMITMENT].at : p.commitment, PL_HASH);
    status = pl_param(s, PL_ADMISSION_DAYS, &days);
    p.until = s->time + days * PL_DAY;
    for (size_t i = 0; status == PL_OK && i < places->n; i++) {
        place at;
        memcpy(at.constituency, pl_value_id(places, i), PL_HASH);
        status = pl_put(s, &PLACES, pl_key_then(pl_key_id1(s->id), (int64_t)i), &at);
    }
    status = status == PL_OK ? pl_put(s, &PL_OPINIONS, pl_key_id2(s->id, s->author), &(pl_opinion){1, p.position}) : status;
    status = status == PL_OK ? pl_put(s, &PL_PROPOSALS, pl_key_id1(s->id), &p) : status;
    return status == PL_OK ? pl_due_at(s, p.until, "member.admits", s->id, 0) : status;
}

const pl_event_kind PL_KIND_MEMBER_PROPOSED = {
    "member.proposed",
    {[PROPOSED_KEY] = {"key", PL_FIELD_BYTES, 32, 32, false},
     [PROPOSED_PROOF] = {"proof", PL_FIELD_BYTES, PL_SIGNATURE, PL_SIGNATURE, false},
     [PROPOSED_PLACES] = {"constituencies", PL_FIELD_SET, 1, PLACES_MAX, true},
     [PROPOSED_COMMITMENT] = {"commitment", PL_FIELD_BYTES, PL_HASH, PL_HASH, true},
     {0}},
    apply_proposed,
};

/* ---- Admitted -------------------------------------------------------------------------------------- */

static pl_status admit(pl_step *s, const uint8_t id[PL_HASH], pl_proposal *p)
{
    pl_member m = {.since = s->time, .left = -1};
    pl_key_row before;
    uint8_t member[PL_HASH];
    bool there;
    pl_key_id_of(p->key, member);
    p->state = PL_PROPOSAL_ADMITTED;
    pl_status status = pl_put(s, &PL_PROPOSALS, pl_key_id1(id), p);
    status = status == PL_OK ? pl_get(s, &PL_KEYS, pl_key_id1(member), &before, &there) : status;
    if (status != PL_OK || there) {
        return status; /* another proposal of the same key came first */
    }
    memcpy(m.commitment, p->commitment, PL_HASH);
    status = pl_key_add(s, member, p->key);
    status = status == PL_OK ? pl_member_add(s, member, &m) : status;
    for (int64_t i = 0; status == PL_OK && i < p->places; i++) {
        place at;
        status = pl_get(s, &PLACES, pl_key_then(pl_key_id1(id), i), &at, &there);
        status = status == PL_OK ? pl_belong_begin(s, at.constituency, member) : status;
    }
    return status;
}

/* Once the time for objections is over: admitted, or waiting for vouchers, or objected to. */
static pl_status settle(pl_step *s, const uint8_t id[PL_HASH], pl_proposal *p)
{
    int64_t vouchers = 0, objectors = 0;
    pl_status status = pl_param(s, PL_ADMISSION_VOUCHERS, &vouchers);
    status = status == PL_OK ? pl_param(s, PL_ADMISSION_OBJECTORS, &objectors) : status;
    if (status == PL_OK && p->objections < objectors && p->vouchers >= vouchers) {
        return admit(s, id, p);
    }
    p->state = p->objections >= objectors ? PL_PROPOSAL_OBJECTED : PL_PROPOSAL_WAITING;
    return status == PL_OK ? pl_put(s, &PL_PROPOSALS, pl_key_id1(id), p) : status;
}

pl_status pl_member_admits(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_proposal p;
    bool there;
    (void)n;
    pl_status status = pl_get(s, &PL_PROPOSALS, pl_key_id1(id), &p, &there);
    return status == PL_OK && p.state == PL_PROPOSAL_OPEN ? settle(s, id, &p) : status;
}

/* R-022; R-041: a proposal that is not settled; R-042: the first opinion of this member. */
static pl_status find_proposal(pl_step *s, pl_proposal *p)
{
    static const char *const STATES[] = {"", "", "the member was admitted", "it was objected to: a grant decides"};
    pl_opinion o;
    bool there, said = false;
    pl_status status = check_member(s);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    status = pl_get(s, &PL_PROPOSALS, pl_key_id1(s->value[0].at), p, &there);
    if (status == PL_OK && (!there || p->state > PL_PROPOSAL_WAITING)) {
        return pl_broken(s, PL_RULE_PROPOSAL, "%s", there ? STATES[p->state] : "there is no such proposal");
    }
    status = status == PL_OK ? pl_get(s, &PL_OPINIONS, pl_key_id2(s->value[0].at, s->author), &o, &said) : status;
    return status == PL_OK && said ? pl_broken(s, PL_RULE_OPINION, o.what == 1 ? "the signer vouches for it already" : "the signer objects already") : status;
}

static pl_status give_opinion(pl_step *s, int64_t what, pl_proposal *p)
{
    const uint8_t *id = s->value[0].at;
    pl_status status = pl_put(s, &PL_OPINIONS, pl_key_id2(id, s->author), &(pl_opinion){what, (int64_t)s->fold->position});
    p->vouchers += what == 1;
    p->objections += what == 2;
    if (status == PL_OK && p->state == PL_PROPOSAL_WAITING) {
        return settle(s, id, p);
    }
    return status == PL_OK ? pl_put(s, &PL_PROPOSALS, pl_key_id1(id), p) : status;
}

static pl_status apply_vouched(pl_step *s)
{
    pl_proposal p;
    pl_status status = find_proposal(s, &p);
    return status != PL_OK || s->broken != PL_RULE_NONE ? status : give_opinion(s, 1, &p);
}

static pl_status apply_objected(pl_step *s)
{
    pl_proposal p;
    pl_status status = find_proposal(s, &p);
    return status != PL_OK || s->broken != PL_RULE_NONE ? status : give_opinion(s, 2, &p);
}

static pl_status apply_admitted(pl_step *s)
{
    pl_proposal p;
    bool there = false;
    pl_status status = check_member(s);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = pl_get(s, &PL_PROPOSALS, pl_key_id1(s->value[0].at), &p, &there);
        if (status == PL_OK && (!there || p.state != PL_PROPOSAL_OBJECTED)) {
            return pl_broken(s, PL_RULE_PROPOSAL, there ? "it needs no grant" : "there is no such proposal");
        }
        status = status == PL_OK ? pl_privileged(s, &s->value[1]) : status;
    }
    return status == PL_OK && s->broken == PL_RULE_NONE ? admit(s, s->value[0].at, &p) : status;
}

const pl_event_kind PL_KIND_MEMBER_VOUCHED = {"member.vouched", {{"proposal", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {0}}, apply_vouched};
const pl_event_kind PL_KIND_MEMBER_OBJECTED = {
    "member.objected", {{"proposal", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"reason", PL_FIELD_LINES, 1, 2000, false}, {0}}, apply_objected};
const pl_event_kind PL_KIND_MEMBER_ADMITTED = {
    "member.admitted", {{"proposal", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"grant", PL_FIELD_BYTES, PL_HASH, PL_HASH, true}, {0}}, apply_admitted};

/* ---- Moving ---------------------------------------------------------------------------------------- */

static pl_status apply_moved(pl_step *s)
{
    const uint8_t *constituency = s->value[0].at;
    bool joins = s->value[1].x != 0, belongs = false;
    pl_move m = {.objections = 0};
    int64_t days = 0;
    pl_status status = check_member(s);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_constituency(s, constituency);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    status = pl_assembly_has(s, constituency, s->author, 0, &belongs);
    if (status == PL_OK && belongs == joins) {
        return pl_broken(s, PL_RULE_MOVE, joins ? "the signer belongs to it already" : "the signer does not belong to it");
    }
    if (status == PL_OK && !joins) {
        return pl_belong_end(s, constituency, s->author);
    }
    status = status == PL_OK ? pl_param(s, PL_ADMISSION_DAYS, &days) : status;
    m.until = s->time + days * PL_DAY;
    memcpy(m.member, s->author, PL_HASH);
    memcpy(m.constituency, constituency, PL_HASH);
    status = status == PL_OK ? pl_put(s, &PL_MOVES, pl_key_id1(s->id), &m) : status;
    return status == PL_OK ? pl_due_at(s, m.until, "member.moves", s->id, 0) : status;
}

pl_status pl_member_moves(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_move m;
    int64_t objectors = 0;
    bool there, is = false;
    (void)n;
    pl_status status = pl_get(s, &PL_MOVES, pl_key_id1(id), &m, &there);
    status = status == PL_OK ? pl_param(s, PL_ADMISSION_OBJECTORS, &objectors) : status;
    status = status == PL_OK ? pl_member_is(s, m.member, &is) : status;
    m.state = is && m.objections < objectors ? PL_PROPOSAL_ADMITTED : PL_PROPOSAL_OBJECTED;
    status = status == PL_OK ? pl_put(s, &PL_MOVES, pl_key_id1(id), &m) : status;
    return status == PL_OK && m.state == PL_PROPOSAL_ADMITTED ? pl_belong_begin(s, m.constituency, m.member) : status;
}

static pl_status apply_move_objected(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_move m;
    pl_opinion o;
    bool there, belongs = false, said = false;
    pl_status status = pl_get(s, &PL_MOVES, pl_key_id1(id), &m, &there);
    if (status == PL_OK && (!there || m.state != PL_PROPOSAL_OPEN)) {
        return pl_broken(s, PL_RULE_MOVE, there ? "the time for objections is over" : "there is no such move");
    }
    status = status == PL_OK ? pl_assembly_has(s, m.constituency, s->author, 0, &belongs) : status;
    if (status == PL_OK && !belongs) {
        return pl_broken(s, PL_RULE_ASSEMBLY, "the signer does not belong to this constituency");
    }
    status = status == PL_OK ? pl_get(s, &PL_OPINIONS, pl_key_id2(id, s->author), &o, &said) : status;
    if (status == PL_OK && said) {
        return pl_broken(s, PL_RULE_OPINION, "the signer objects already");
    }
    m.objections++;
    status = status == PL_OK ? pl_put(s, &PL_OPINIONS, pl_key_id2(id, s->author), &(pl_opinion){2, (int64_t)s->fold->position}) : status;
    return status == PL_OK ? pl_put(s, &PL_MOVES, pl_key_id1(id), &m) : status;
}

const pl_event_kind PL_KIND_MEMBER_MOVED = {
    "member.moved", {{"constituency", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"joins", PL_FIELD_INT, 0, 1, false}, {0}}, apply_moved};
const pl_event_kind PL_KIND_MOVE_OBJECTED = {
    "move.objected", {{"move", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"reason", PL_FIELD_LINES, 1, 2000, false}, {0}}, apply_move_objected};

/* ---- Leaving, new keys ----------------------------------------------------------------------------- */

pl_status pl_member_leaves(pl_step *s, const uint8_t id[PL_HASH])
{
    pl_status status = pl_belong_end_all(s, id);
    status = status == PL_OK ? pl_member_end(s, id) : status;
    status = status == PL_OK ? pl_mandates_leave(s, id) : status;
    return status == PL_OK ? pl_keys_end(s, id) : status;
}

static pl_status apply_left(pl_step *s)
{
    pl_status status = check_member(s);
    return status == PL_OK && s->broken == PL_RULE_NONE ? pl_member_leaves(s, s->author) : status;
}

const pl_event_kind PL_KIND_MEMBER_LEFT = {"member.left", {{0}}, apply_left};

static pl_status apply_recovered(pl_step *s)
{
    const uint8_t *member = s->value[0].at, *key = s->value[1].at;
    bool is = false;
    pl_status status = check_member(s);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = pl_member_is(s, member, &is);
        if (status == PL_OK && !is) {
            return pl_broken(s, PL_RULE_MEMBER, "whose keys are lost is no member");
        }
        status = status == PL_OK ? check_new_key(s, key, s->value[2].at) : status;
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = pl_privileged_later(s, &s->value[3]); /* before that a founder alone would be enough, and could become all others */
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    status = pl_keys_end(s, member);
    return status == PL_OK ? pl_key_add(s, member, key) : status;
}

const pl_event_kind PL_KIND_MEMBER_RECOVERED = {"member.recovered",
                                                {{"member", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                                 {"key", PL_FIELD_BYTES, 32, 32, false},
                                                 {"proof", PL_FIELD_BYTES, PL_SIGNATURE, PL_SIGNATURE, false},
                                                 {"grant", PL_FIELD_BYTES, PL_HASH, PL_HASH, true},
                                                 {0}},
                                                apply_recovered};
