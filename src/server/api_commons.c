/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_commons.c - who belongs to a commons, its constitution, councils and mandates, draws and grants. */
#include <string.h>

#include "council/grants.h"
#include "council/members.h"
#include "council/recall.h"
#include "server/view.h"

static const char *const ASSEMBLY[] = {"everyone", "constituency", "council"};
static const char *const ENDED[] = {NULL, "term", "resigned", "left", "recalled", "replaced", "base"};
static const char *const PROPOSAL[] = {"open", "waiting", "admitted", "objected"};
static const char *const LOT[] = {"sealing", "opening", "drawn"};
static const char *const GRANT[] = {"drawing", "deciding", "approved", "used", "refused", "lapsed"};

static const pl_shown MEMBER[] = {PL_S_TIME(pl_member, since), PL_S_TIME(pl_member, left), PL_S_BOOL(pl_member, founder), PL_S_END};
static const pl_view MEMBERS = {&PL_MEMBERS, "member", MEMBER};

static const pl_shown ASSEMBLY_COLUMNS[] = {PL_S_WORD(pl_assembly, sort, ASSEMBLY), PL_S_TEXT(pl_assembly, name), PL_S_TEXT(pl_assembly, type),
                                            PL_S_TIME(pl_assembly, since), PL_S_INT(pl_assembly, members), PL_S_END};
static const pl_view ASSEMBLIES = {&PL_ASSEMBLIES, "assembly", ASSEMBLY_COLUMNS};

static const pl_shown BELONGING[] = {PL_S_TIME(pl_belonging, since), PL_S_TIME(pl_belonging, until), PL_S_END};
static const pl_view PLACES = {&PL_PLACES, "member constituency", BELONGING};

static const pl_shown GROUP[] = {PL_S_ID(pl_seat_group, electors), PL_S_INT(pl_seat_group, seats), PL_S_INT(pl_seat_group, elections), PL_S_ID(pl_seat_group, election),
                                 PL_S_TIME(pl_seat_group, ends), PL_S_END};
static const pl_view GROUPS = {&PL_GROUPS, "council #group", GROUP};

static const pl_shown MANDATE[] = {
    PL_S_ID(pl_mandate, council), PL_S_ID(pl_mandate, holder), PL_S_ID(pl_mandate, election), PL_S_ID(pl_mandate, rests_on), PL_S_ID(pl_mandate, instruction),
    PL_S_INT(pl_mandate, group), PL_S_INT(pl_mandate, seat), PL_S_TIME(pl_mandate, from), PL_S_TIME(pl_mandate, until), PL_S_TIME(pl_mandate, ended),
    PL_S_WORD(pl_mandate, why, ENDED), PL_S_END};
const pl_view PL_VIEW_MANDATES = {&PL_MANDATES, "mandate", MANDATE};

static const pl_shown KEY[] = {PL_S_ID(pl_key_row, holder), PL_S_ID(pl_key_row, public_key), PL_S_TIME(pl_key_row, added), PL_S_TIME(pl_key_row, revoked),
                               PL_S_INT(pl_key_row, counter), PL_S_END};
static const pl_view KEYS = {&PL_KEYS, "key", KEY};

static const pl_shown PROPOSED[] = {PL_S_ID(pl_proposal, key), PL_S_ID(pl_proposal, author), PL_S_TIME(pl_proposal, since), PL_S_TIME(pl_proposal, until),
                                    PL_S_INT(pl_proposal, vouchers), PL_S_INT(pl_proposal, objections), PL_S_WORD(pl_proposal, state, PROPOSAL), PL_S_END};
static const pl_view PROPOSALS = {&PL_PROPOSALS, "proposal", PROPOSED};

static const pl_shown MOVE[] = {PL_S_ID(pl_move, member), PL_S_ID(pl_move, constituency), PL_S_TIME(pl_move, until), PL_S_INT(pl_move, objections),
                                PL_S_WORD(pl_move, state, PROPOSAL), PL_S_END};
static const pl_view MOVES = {&PL_MOVES, "move", MOVE};

static const pl_shown GRANT_COLUMNS[] = {PL_S_ID(pl_grant, author), PL_S_TEXT(pl_grant, act), PL_S_ID(pl_grant, hash), PL_S_TIME(pl_grant, since), PL_S_WORD(pl_grant, state, GRANT),
                                         PL_S_INT(pl_grant, approvers), PL_S_INT(pl_grant, needed), PL_S_INT(pl_grant, approvals), PL_S_INT(pl_grant, refusals),
                                         PL_S_TIME(pl_grant, approve_by), PL_S_TIME(pl_grant, execute_by), PL_S_END};
static const pl_view GRANTS = {&PL_GRANTS, "grant", GRANT_COLUMNS};

static const pl_shown LOT_COLUMNS[] = {PL_S_TEXT(pl_lot, purpose), PL_S_ID(pl_lot, pool), PL_S_ID(pl_lot, without), PL_S_ID(pl_lot, root), PL_S_INT(pl_lot, size), PL_S_INT(pl_lot, wanted),
                                       PL_S_TIME(pl_lot, since), PL_S_TIME(pl_lot, seals), PL_S_TIME(pl_lot, opens), PL_S_WORD(pl_lot, state, LOT), PL_S_INT(pl_lot, sealed),
                                       PL_S_INT(pl_lot, opened), PL_S_ID(pl_lot, events), PL_S_ID(pl_lot, seed), PL_S_END};
static const pl_view LOTS = {&PL_LOTS, "lot", LOT_COLUMNS};
static const pl_shown PART[] = {PL_S_ID(pl_lot_part, member), PL_S_ID(pl_lot_part, seal), PL_S_ID(pl_lot_part, part), PL_S_END};
static const pl_view PARTS = {&PL_LOT_PARTS, "lot #number", PART};
static const pl_shown PLACE[] = {PL_S_ID(pl_lot_place, member), PL_S_END};
static const pl_view DRAWN = {&PL_LOT_PLACES, "lot #place", PLACE};

/* ---- The commons, its constitution ---------------------------------------------------------------- */

static pl_status look_commons(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_json *j = &c->json;
    const pl_record_about *a = pl_record_what(c->server->record);
    pl_constitution_state now;
    char key[PL_NOTE_KEY_TEXT];
    int64_t members;
    bool in_force;
    pl_status status = pl_member_count(s, &members);
    status = status == PL_OK ? pl_in_force(s, &in_force) : status;
    status = status == PL_OK ? pl_constitution_now(s, &now) : status;
    if (status != PL_OK) {
        return status;
    }
    pl_note_key_write(&a->record_key, key);
    pl_json_put_text(j, "name", a->name);
    pl_json_put_id(j, "commons_id", a->commons_id);
    pl_json_put_text(j, "origin", a->origin);
    pl_json_put_text(j, "record_key", key);
    pl_json_put_int(j, "size", (int64_t)s->fold->position);
    pl_json_put_time(j, "time", s->time);
    pl_json_put_int(j, "members", members);
    pl_json_put_bool(j, "in_force", in_force);
    pl_json_put_int(j, "constitution", now.number);
    pl_json_put_time(j, "constitution_since", in_force ? now.since : -1);
    pl_json_put_id(j, "constitution_text", now.text);
    return PL_OK;
}

static pl_status answer_commons(pl_call *c)
{
    return pl_view_look(c, look_commons);
}

static pl_status look_constitution(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_json *j = &c->json;
    pl_constitution_state now;
    pl_status status = pl_constitution_now(s, &now);
    if (status != PL_OK) {
        return status;
    }
    pl_json_put_int(j, "number", now.number);
    pl_json_put_time(j, "since", now.number > 0 ? now.since : -1);
    pl_json_put_id(j, "text", now.text);
    pl_json_key(j, "parameters");
    pl_json_array(j);
    for (int p = 0; p < PL_PARAMS; p++) {
        const pl_param_about *a = pl_param_what((pl_param_name)p);
        pl_json_object(j);
        pl_json_put_text(j, "key", a->key);
        pl_json_put_int(j, "value", now.constitution.value[p]);
        pl_json_put_int(j, "default", a->value);
        pl_json_put_int(j, "least", a->least);
        pl_json_put_int(j, "most", a->most);
        pl_json_put_text(j, "unit", a->unit);
        pl_json_put_text(j, "says", a->says);
        pl_json_end(j);
    }
    pl_json_end(j);
    pl_json_key(j, "tiers");
    pl_json_array(j);
    for (int t = 0; t < PL_TIERS && now.constitution.tier[t][0] != '\0'; t++) {
        pl_json_text(j, now.constitution.tier[t]);
    }
    pl_json_end(j);
    return PL_OK;
}

static pl_status answer_constitution(pl_call *c)
{
    return pl_view_look(c, look_constitution);
}

/* ---- Members -------------------------------------------------------------------------------------- */

static pl_status look_members(void *user, pl_step *s)
{
    return pl_view_window(user, s, &MEMBERS, "members", 100);
}

static pl_status answer_members(pl_call *c)
{
    return pl_view_look(c, look_members);
}

static bool is_holder(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return pl_id_same(((const pl_key_row *)row)->holder, l->user);
}

static bool holds(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return pl_id_same(((const pl_mandate *)row)->holder, l->user);
}

static pl_status name_council(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return pl_view_assembly(l->call, l->step, "name", ((const pl_mandate *)row)->council);
}

static pl_status name_place(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)row;
    return pl_view_assembly(l->call, l->step, "name", key + PL_HASH);
}

static pl_status look_member(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_member row;
    uint8_t id[PL_HASH];
    pl_status status = pl_view_one(c, s, &MEMBERS, "member", c->part[0], id, &row);
    pl_listing keys = {.call = c, .step = s, .view = &KEYS, .prefix = pl_key_none(), .keep = is_holder, .user = id};
    pl_listing places = {.call = c, .step = s, .view = &PLACES, .prefix = pl_key_id1(id), .more = name_place};
    pl_listing mandates = {.call = c, .step = s, .view = &PL_VIEW_MANDATES, .prefix = pl_key_none(), .keep = holds, .more = name_council, .user = id};
    status = status == PL_OK ? pl_view_list(&keys, "keys") : status;
    status = status == PL_OK ? pl_view_list(&places, "constituencies") : status;
    return status == PL_OK ? pl_view_list(&mandates, "mandates") : status;
}

static pl_status answer_member(pl_call *c)
{
    return pl_view_look(c, look_member);
}

static pl_status look_proposals(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_status status = pl_view_all(c, s, &PROPOSALS, "proposals", pl_key_none());
    return status == PL_OK ? pl_view_all(c, s, &MOVES, "moves", pl_key_none()) : status;
}

static pl_status answer_proposals(pl_call *c)
{
    return pl_view_look(c, look_proposals);
}

/* ---- Assemblies, councils, mandates --------------------------------------------------------------- */

static pl_status look_assemblies(void *user, pl_step *s)
{
    return pl_view_all(user, s, &ASSEMBLIES, "assemblies", pl_key_none());
}

static pl_status answer_assemblies(pl_call *c)
{
    return pl_view_look(c, look_assemblies);
}

static pl_status name_electors(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return pl_view_assembly(l->call, l->step, "electors_name", ((const pl_seat_group *)row)->electors);
}

static bool sits(const pl_listing *l, const uint8_t *key, const void *row)
{
    const pl_mandate *m = row;
    (void)key;
    return pl_id_same(m->council, l->user) && (m->ended < 0 || pl_call_text(l->call, "past") != NULL);
}

static pl_status look_council(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_assembly row;
    uint8_t id[PL_HASH];
    pl_status status = pl_view_one(c, s, &ASSEMBLIES, "council", c->part[0], id, &row);
    pl_listing groups = {.call = c, .step = s, .view = &GROUPS, .prefix = pl_key_id1(id), .more = name_electors};
    pl_listing seats = {.call = c, .step = s, .view = &PL_VIEW_MANDATES, .prefix = pl_key_none(), .keep = sits, .user = id};
    status = status == PL_OK ? pl_view_list(&groups, "groups") : status;
    return status == PL_OK ? pl_view_list(&seats, "mandates") : status;
}

static pl_status answer_council(pl_call *c)
{
    return pl_view_look(c, look_council);
}

static bool lasts(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return ((const pl_mandate *)row)->ended < 0 || pl_call_text(l->call, "past") != NULL;
}

static pl_status look_mandates(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_listing l = {.call = c, .step = s, .view = &PL_VIEW_MANDATES, .prefix = pl_key_none(), .keep = lasts, .more = name_council};
    pl_status status = pl_call_window(c, 200, &l.window);
    return status == PL_OK ? pl_view_list(&l, "mandates") : status;
}

static pl_status answer_mandates(pl_call *c)
{
    return pl_view_look(c, look_mandates);
}

/* How the holder voted in ballots of the council while the mandate lasted. */
static bool of_council(const pl_listing *l, const uint8_t *key, const void *row)
{
    const pl_ballot *b = row;
    const pl_mandate *m = l->user;
    (void)key;
    return pl_id_same(b->electors, m->council) && b->closes >= m->from && (m->ended < 0 || b->opens <= m->ended);
}

static pl_status put_vote(const pl_listing *l, const uint8_t *key, const void *row)
{
    const pl_mandate *m = l->user;
    pl_vote vote;
    bool there;
    (void)row;
    pl_status status = pl_get(l->step, &PL_VOTES, pl_key_id2(key, m->holder), &vote, &there);
    if (status == PL_OK) {
        pl_json_put_text(&l->call->json, "marks", there ? vote.marks : NULL);
    }
    return status;
}

static pl_status look_mandate(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_mandate row;
    uint8_t id[PL_HASH];
    static const pl_shown LINK[] = {PL_S_TIME(pl_link, since), PL_S_END};
    static const pl_view RECALLS = {&PL_RECALLS_OF, "mandate recall", LINK};
    pl_status status = pl_view_one(c, s, &PL_VIEW_MANDATES, "mandate", c->part[0], id, &row);
    status = status == PL_OK ? pl_view_assembly(c, s, "name", row.council) : status;
    status = status == PL_OK ? pl_view_all(c, s, &RECALLS, "recalls", pl_key_id1(id)) : status;
    pl_listing votes = {.call = c, .step = s, .view = &PL_VIEW_BALLOTS, .prefix = pl_key_none(), .keep = of_council, .more = put_vote, .user = &row};
    return status == PL_OK ? pl_view_list(&votes, "ballots") : status;
}

static pl_status answer_mandate(pl_call *c)
{
    return pl_view_look(c, look_mandate);
}

/* ---- Draws and grants ----------------------------------------------------------------------------- */

static pl_status put_reason(const pl_listing *l, const uint8_t *key, const void *row)
{
    (void)key;
    return pl_view_text(l->call, l->step, "reason", ((const pl_grant *)row)->position, "reason");
}

static pl_status look_grants(void *user, pl_step *s)
{
    const pl_listing l = {.call = user, .step = s, .view = &GRANTS, .prefix = pl_key_none(), .more = put_reason};
    return pl_view_list(&l, "grants");
}

static pl_status answer_grants(pl_call *c)
{
    return pl_view_look(c, look_grants);
}

static pl_status look_lots(void *user, pl_step *s)
{
    return pl_view_all(user, s, &LOTS, "lots", pl_key_none());
}

static pl_status answer_lots(pl_call *c)
{
    return pl_view_look(c, look_lots);
}

static pl_status look_lot(void *user, pl_step *s)
{
    pl_call *c = user;
    pl_lot row;
    uint8_t id[PL_HASH];
    pl_status status = pl_view_one(c, s, &LOTS, "lot", c->part[0], id, &row);
    status = status == PL_OK ? pl_view_all(c, s, &PARTS, "parts", pl_key_id1(id)) : status;
    return status == PL_OK ? pl_view_all(c, s, &DRAWN, "drawn", pl_key_id1(id)) : status;
}

static pl_status answer_lot(pl_call *c)
{
    return pl_view_look(c, look_lot);
}

#define GET(path, parameters, purpose, gives, answer) {"GET", path, parameters, purpose, gives, NULL, 0, PL_FRESH_NOW, PL_WANTS_COMMONS, answer}
const pl_route PL_ROUTES_COMMONS[] = {
    GET("/api/commons", "", "The commons at a glance", "commons", answer_commons),
    GET("/api/constitution", "", "Every parameter as it is in force, with its bounds", "constitution", answer_constitution),
    GET("/api/members", "from number how many to skip; most number how many to give (100)", "Members: ids only", "members", answer_members),
    GET("/api/members/{member}", "", "One member: keys, constituencies, mandates", "member", answer_member),
    GET("/api/proposals", "", "Who is proposed as a member, and who moves", "proposals", answer_proposals),
    GET("/api/assemblies", "", "Everyone, constituencies, councils", "assemblies", answer_assemblies),
    GET("/api/councils/{council}", "past text 1: mandates that have ended, too", "One council: groups of seats, who sits there", "council", answer_council),
    GET("/api/mandates", "past text 1: those that have ended, too; from number how many to skip; most number how many to give (200)", "Mandates", "mandates", answer_mandates),
    GET("/api/mandates/{mandate}", "", "One mandate: recalls, and how its holder voted", "mandate", answer_mandate),
    GET("/api/grants", "", "Privileged acts: who asked, who allowed it", "grants", answer_grants),
    GET("/api/lots", "", "Public draws", "lots", answer_lots),
    GET("/api/lots/{lot}", "", "One draw: its parts, and who was drawn", "lot", answer_lot),
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
