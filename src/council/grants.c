/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * grants.c - privileged acts: no member may do them alone, and nobody for long. */
#include "council/grants.h"

#include <sodium.h>
#include <string.h>

#define GRANT_FIELD 35 /* bytes of the last field of a body: its label, 58 20, the id */

const pl_table PL_GRANTS = {"grants",
                            sizeof(pl_grant),
                            12,
                            {PL_ID(pl_grant, author), PL_TEXT(pl_grant, act), PL_ID(pl_grant, hash), PL_INT(pl_grant, since), PL_INT(pl_grant, position),
                             PL_INT(pl_grant, state), PL_INT(pl_grant, approvers), PL_INT(pl_grant, needed), PL_INT(pl_grant, approvals),
                             PL_INT(pl_grant, refusals), PL_MAYBE(pl_grant, approve_by), PL_MAYBE(pl_grant, execute_by)}};
const pl_table PL_APPROVALS = {
    "grants.approvals", sizeof(pl_approval), 3, {PL_INT(pl_approval, yes), PL_INT(pl_approval, since), PL_INT(pl_approval, position)}};

void pl_act_hash(pl_bytes body, bool granted, uint8_t out[PL_HASH])
{
    crypto_hash_sha256_state hash;
    uint8_t head = (uint8_t)(body.at[0] - (granted ? 1 : 0)); /* a map of so many pairs, fewer than 24 */
    crypto_hash_sha256_init(&hash);
    crypto_hash_sha256_update(&hash, &head, 1);
    crypto_hash_sha256_update(&hash, body.at + 1, body.n - 1 - (granted ? GRANT_FIELD : 0));
    crypto_hash_sha256_final(&hash, out);
}

/* ---- Asked for ------------------------------------------------------------------------------------- */

/* Whether it is a kind of event whose last field is a grant: these are the privileged acts. */
static bool privileged(const pl_step *s, const pl_value *act)
{
    const pl_event_kind *kind = pl_kind_of(s->fold->rulebook, (const char *)act->at, act->n);
    const char *last = "";
    for (size_t i = 0; kind != NULL && kind->field[i].name != NULL; i++) {
        last = kind->field[i].name;
    }
    return strcmp(last, "grant") == 0 && strcmp(kind->field[0].name, "grant") != 0;
}

static pl_status apply_asked(pl_step *s)
{
    const pl_value *act = &s->value[0];
    pl_grant g = {.since = s->time, .position = (int64_t)s->fold->position, .approve_by = -1, .execute_by = -1};
    bool is;
    pl_status status = pl_member_is(s, s->author, &is);
    if (status != PL_OK || !is) {
        return status != PL_OK ? status : pl_broken(s, PL_RULE_MEMBER, "the signer is no member");
    }
    if (!privileged(s, act)) {
        return pl_broken(s, PL_RULE_GRANT, "'%.*s' is no privileged act", (int)act->n, (const char *)act->at);
    }
    memcpy(g.author, s->author, PL_HASH);
    memcpy(g.act, act->at, act->n);
    memcpy(g.hash, s->value[1].at, PL_HASH);
    status = pl_param(s, PL_GRANT_APPROVERS, &g.approvers);
    status = status == PL_OK ? pl_param(s, PL_GRANT_NEEDED, &g.needed) : status;
    status = status == PL_OK ? pl_put(s, &PL_GRANTS, pl_key_id1(s->id), &g) : status;
    return status == PL_OK ? pl_lot_start(s, s->id, "grant", s->fold->commons_id, s->author, g.approvers, "grant.drawn", s->id) : status;
}

const pl_event_kind PL_KIND_GRANT_ASKED = {"grant.asked",
                                           {{"act", PL_FIELD_TEXT, 1, 64, false},
                                            {"hash", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                            {"reason", PL_FIELD_LINES, 1, 2000, false},
                                            {0}},
                                           apply_asked};

pl_status pl_grant_drawn(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_grant g;
    int64_t hours = 0;
    bool there;
    (void)n;
    pl_status status = pl_get(s, &PL_GRANTS, pl_key_id1(id), &g, &there);
    status = status == PL_OK ? pl_param(s, PL_GRANT_APPROVE_HOURS, &hours) : status;
    status = status == PL_OK ? pl_lot_filled(s, id, &g.approvers) : status;
    g.needed = g.needed < g.approvers ? g.needed : g.approvers; /* a small commons has no more; without any it lapses */
    g.state = PL_GRANT_DECIDING;
    g.approve_by = s->time + hours * PL_HOUR;
    status = status == PL_OK ? pl_put(s, &PL_GRANTS, pl_key_id1(id), &g) : status;
    return status == PL_OK ? pl_due_at(s, g.approve_by, "grant.lapses", id, PL_GRANT_DECIDING) : status;
}

pl_status pl_grant_lapses(pl_step *s, const uint8_t id[PL_HASH], int64_t state)
{
    pl_grant g;
    bool there;
    pl_status status = pl_get(s, &PL_GRANTS, pl_key_id1(id), &g, &there);
    if (status != PL_OK || g.state != state) {
        return status;
    }
    g.state = PL_GRANT_LAPSED;
    return pl_put(s, &PL_GRANTS, pl_key_id1(id), &g);
}

/* ---- Decided --------------------------------------------------------------------------------------- */

/* a grant that is being decided; R-046: by one who was drawn, once. */
static pl_status check_approver(pl_step *s, pl_grant *g)
{
    const uint8_t *id = s->value[0].at;
    pl_approval before;
    int64_t place = 0;
    bool there, done = false;
    pl_status status = pl_get(s, &PL_GRANTS, pl_key_id1(id), g, &there);
    if (status == PL_OK && (!there || g->state != PL_GRANT_DECIDING)) {
        return pl_broken(s, PL_RULE_GRANT, there ? "it is not being decided now" : "there is no such grant");
    }
    status = status == PL_OK ? pl_lot_place_of(s, id, s->author, &place) : status;
    status = status == PL_OK ? pl_get(s, &PL_APPROVALS, pl_key_id2(id, s->author), &before, &done) : status;
    if (status == PL_OK && (place == 0 || done)) {
        return pl_broken(s, PL_RULE_APPROVER, done ? "the signer has decided already" : "the signer was not drawn");
    }
    return status;
}

static pl_status decide(pl_step *s, bool yes)
{
    const uint8_t *id = s->value[0].at;
    pl_grant g;
    int64_t hours = 0;
    pl_status status = check_approver(s, &g);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    status = pl_param(s, PL_GRANT_EXECUTE_HOURS, &hours);
    g.approvals += yes;
    g.refusals += !yes;
    if (g.approvals >= g.needed) {
        g.state = PL_GRANT_APPROVED;
        g.execute_by = s->time + hours * PL_HOUR;
        status = status == PL_OK ? pl_due_at(s, g.execute_by, "grant.lapses", id, PL_GRANT_APPROVED) : status;
    } else if (g.refusals > g.approvers - g.needed) {
        g.state = PL_GRANT_REFUSED;
    }
    status = status == PL_OK ? pl_put(s, &PL_APPROVALS, pl_key_id2(id, s->author), &(pl_approval){yes, s->time, (int64_t)s->fold->position}) : status;
    return status == PL_OK ? pl_put(s, &PL_GRANTS, pl_key_id1(id), &g) : status;
}

static pl_status apply_approved(pl_step *s)
{
    return decide(s, true);
}

static pl_status apply_refused(pl_step *s)
{
    return decide(s, false);
}

const pl_event_kind PL_KIND_GRANT_APPROVED = {
    "grant.approved", {{"grant", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"reason", PL_FIELD_LINES, 1, 2000, true}, {0}}, apply_approved};
const pl_event_kind PL_KIND_GRANT_REFUSED = {
    "grant.refused", {{"grant", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"reason", PL_FIELD_LINES, 1, 2000, false}, {0}}, apply_refused};

/* ---- Used ------------------------------------------------------------------------------------------ */

static pl_status use(pl_step *s, const uint8_t id[PL_HASH])
{
    pl_grant g;
    uint8_t hash[PL_HASH];
    bool there;
    pl_status status = pl_get(s, &PL_GRANTS, pl_key_id1(id), &g, &there);
    if (status != PL_OK) {
        return status;
    }
    if (!there || g.state != PL_GRANT_APPROVED) {
        static const char *const WHY[] = {"its approvers are being drawn", "it is not approved yet", "", "it was used", "it was refused", "its time is over"};
        return pl_broken(s, PL_RULE_GRANT, "%s", there ? WHY[g.state] : "there is no such grant");
    }
    pl_act_hash(s->event->body, true, hash);
    bool same = strlen(g.act) == s->event->kind_n && memcmp(g.act, s->event->kind, s->event->kind_n) == 0 && pl_id_same(hash, g.hash);
    if (!same || !pl_id_same(g.author, s->author)) {
        return pl_broken(s, PL_RULE_GRANT, same ? "it was given to another member" : "it allows another act than this one");
    }
    g.state = PL_GRANT_USED;
    return pl_put(s, &PL_GRANTS, pl_key_id1(id), &g);
}

pl_status pl_privileged(pl_step *s, const pl_value *grant)
{
    pl_member author;
    bool in_force, there;
    if (grant->given) {
        return use(s, grant->at);
    }
    pl_status status = pl_in_force(s, &in_force);
    status = status == PL_OK ? pl_get(s, &PL_MEMBERS, pl_key_id1(s->author), &author, &there) : status;
    if (status != PL_OK || (!in_force && there && author.founder && author.left < 0)) {
        return status;
    }
    return pl_broken(s, PL_RULE_GRANT, "ask for one: 'plenty grant ask'");
}

pl_status pl_privileged_later(pl_step *s, const pl_value *grant)
{
    bool in_force;
    pl_status status = pl_in_force(s, &in_force);
    if (status == PL_OK && !in_force) {
        return pl_broken(s, PL_RULE_GRANT, "not before a constitution is in force");
    }
    return status == PL_OK ? pl_privileged(s, grant) : status;
}
