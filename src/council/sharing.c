/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * sharing.c - rounds of sharing go by the clock: announced, sealed, opened, drawn; nobody decides who gets what. */
#include "council/sharing.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "council/lot.h"
#include "council/motions.h"
#include "record/tree.h"

#define TEXT_MAX 100000
#define THOUSAND 1000
#define DAYS_MAX 36600

const pl_table PL_SHARE_ROUNDS = {"shares",
                                  sizeof(pl_share_round),
                                  13,
                                  {PL_ID(pl_share_round, assembly), PL_ID(pl_share_round, motion), PL_ID(pl_share_round, author), PL_INT(pl_share_round, since),
                                   PL_INT(pl_share_round, seals), PL_INT(pl_share_round, opens), PL_INT(pl_share_round, state), PL_INT(pl_share_round, position),
                                   PL_INT(pl_share_round, sealed), PL_INT(pl_share_round, opened), PL_ID(pl_share_round, seed), PL_INT(pl_share_round, outcomes),
                                   PL_ID(pl_share_round, outcome)}};
const pl_table PL_SHARE_WANTS = {
    "shares.wants", sizeof(pl_share_want), 3, {PL_ID(pl_share_want, seal), PL_INT(pl_share_want, since), PL_MAYBE(pl_share_want, position)}};
const pl_table PL_SHARE_ENTRIES = {"shares.entries", sizeof(pl_share_entry), 2, {PL_ID(pl_share_entry, outcome), PL_INT(pl_share_entry, since)}};
const pl_table PL_QUEUE_REPORTS = {"queues",
                                   sizeof(pl_queue_report),
                                   9,
                                   {PL_ID(pl_queue_report, author), PL_INT(pl_queue_report, since), PL_INT(pl_queue_report, reports), PL_MAYBE(pl_queue_report, shelf),
                                    PL_MAYBE(pl_queue_report, fill), PL_MAYBE(pl_queue_report, instead), PL_MAYBE(pl_queue_report, days),
                                    PL_MAYBE(pl_queue_report, hours), PL_MAYBE(pl_queue_report, waiting)}};

void pl_share_seal(const uint8_t salt[PL_HASH], const void *wants, size_t n, uint8_t seal[PL_HASH])
{
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    crypto_hash_sha256_update(&hash, salt, PL_HASH);
    crypto_hash_sha256_update(&hash, wants, n);
    crypto_hash_sha256_final(&hash, seal);
}

/* ---- A round is announced --------------------------------------------------------------------------- */

enum { A_ASSEMBLY, A_MOTION, A_TITLE, A_RULES, A_SUPPLY, A_PEOPLE, A_URGENCY };

/* The hash of the text that the motion has carried: its own, or the amendment that won. */
static pl_status carried_text(pl_step *s, const uint8_t motion[PL_HASH], const pl_motion *m, uint8_t hash[PL_HASH])
{
    pl_option o = {.name = ""};
    pl_motion_text amendment;
    bool there = false;
    memcpy(hash, m->frozen, PL_HASH);
    pl_status status = pl_get(s, &PL_OPTIONS, pl_key_then(pl_key_id1(motion), m->chosen), &o, &there);
    if (status == PL_OK && there && !pl_id_none(o.amendment)) {
        status = pl_get(s, &PL_AMENDMENTS, pl_key_id2(motion, o.amendment), &amendment, &there);
        memcpy(hash, amendment.text, PL_HASH);
    }
    return status;
}

/* rules, people and urgency, one behind the other, are the text that this assembly has carried. */
static pl_status check_carried(pl_step *s)
{
    const uint8_t *motion = s->value[A_MOTION].at;
    uint8_t hash[PL_HASH], voted[PL_HASH];
    crypto_hash_sha256_state text;
    pl_motion m;
    bool there;
    char hex[13];
    pl_status status = pl_get(s, &PL_MOTIONS, pl_key_id1(motion), &m, &there);
    if (status != PL_OK) {
        return status;
    }
    if (!there || m.state != PL_MOTION_CARRIED || m.sort != PL_MOTION_TEXT || !pl_id_same(m.assembly, s->value[A_ASSEMBLY].at)) {
        return pl_broken(s, PL_RULE_SHARE_RULES, "motion %s is no text that this assembly has carried", pl_short_id(motion, hex));
    }
    crypto_hash_sha256_init(&text);
    for (int k = A_RULES; k <= A_URGENCY; k++) {
        if (k != A_SUPPLY && s->value[k].given) {
            crypto_hash_sha256_update(&text, s->value[k].at, s->value[k].n);
        }
    }
    crypto_hash_sha256_final(&text, hash);
    status = carried_text(s, motion, &m, voted);
    return status == PL_OK && !pl_id_same(hash, voted) ? pl_broken(s, PL_RULE_SHARE_RULES, "these are not the rules that motion %s has carried", pl_short_id(motion, hex)) : status;
}

static pl_status apply_announced(pl_step *s)
{
    pl_share_round r = {.since = s->time, .position = (int64_t)s->fold->position};
    int64_t seal, open;
    bool in;
    pl_status status = pl_assembly_has(s, s->value[A_ASSEMBLY].at, s->author, 0, &in);
    if (status != PL_OK || !in) {
        return status != PL_OK ? status : pl_broken(s, PL_RULE_ASSEMBLY, "the signer does not belong to the assembly");
    }
    status = check_carried(s);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    status = pl_param(s, PL_SHARE_SEAL_HOURS, &seal);
    status = status == PL_OK ? pl_param(s, PL_SHARE_OPEN_HOURS, &open) : status;
    if (status != PL_OK) {
        return status;
    }
    memcpy(r.assembly, s->value[A_ASSEMBLY].at, PL_HASH);
    memcpy(r.motion, s->value[A_MOTION].at, PL_HASH);
    memcpy(r.author, s->author, PL_HASH);
    r.seals = s->time + seal * PL_HOUR;
    r.opens = r.seals + open * PL_HOUR;
    status = pl_put(s, &PL_SHARE_ROUNDS, pl_key_id1(s->id), &r);
    status = status == PL_OK ? pl_due_at(s, r.seals, "share.seals", s->id, 0) : status;
    return status == PL_OK ? pl_due_at(s, r.opens, "share.opens", s->id, 0) : status;
}

const pl_event_kind PL_KIND_SHARE_ANNOUNCED = {"share.announced",
                                               {{"assembly", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                                {"motion", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                                {"title", PL_FIELD_TEXT, 1, 200, false},
                                                {"rules", PL_FIELD_LINES, 1, TEXT_MAX, false},
                                                {"supply", PL_FIELD_LINES, 1, TEXT_MAX, false},
                                                {"people", PL_FIELD_LINES, 1, TEXT_MAX, true},
                                                {"urgency", PL_FIELD_LINES, 1, TEXT_MAX, true},
                                                {0}},
                                               apply_announced};

/* ---- Wants are sealed and opened --------------------------------------------------------------------- */

/* the round is there and in that state; R-023. */
static pl_status find_round(pl_step *s, pl_share_round *r, pl_round_state state)
{
    static const char *const STATES[PL_ROUND_STATES] = {"wants are being sealed", "wants are being opened", "the seed is being drawn", "the seed was drawn"};
    char hex[13];
    bool there, in = false;
    pl_status status = pl_get(s, &PL_SHARE_ROUNDS, pl_key_id1(s->value[0].at), r, &there);
    if (status == PL_OK && !there) {
        return pl_broken(s, PL_RULE_SHARE, "there is no round %s", pl_short_id(s->value[0].at, hex));
    }
    if (status == PL_OK && r->state != (int64_t)state) {
        return pl_broken(s, PL_RULE_SHARE, "%s", STATES[r->state]);
    }
    status = status == PL_OK ? pl_assembly_has(s, r->assembly, s->author, 0, &in) : status;
    return status == PL_OK && !in ? pl_broken(s, PL_RULE_ASSEMBLY, "the signer does not belong to the assembly") : status;
}

static pl_status apply_sealed(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_share_round r;
    pl_share_want want = {.since = s->time, .position = -1}, before;
    bool there = false;
    pl_status status = find_round(s, &r, PL_ROUND_SEALING);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    status = pl_get(s, &PL_SHARE_WANTS, pl_key_id2(id, s->author), &before, &there);
    memcpy(want.seal, s->value[1].at, PL_HASH);
    r.sealed += !there; /* another seal takes the place of the one before */
    status = status == PL_OK ? pl_put(s, &PL_SHARE_WANTS, pl_key_id2(id, s->author), &want) : status;
    return status == PL_OK ? pl_put(s, &PL_SHARE_ROUNDS, pl_key_id1(id), &r) : status;
}

const pl_event_kind PL_KIND_SHARE_SEALED = {
    "share.sealed", {{"round", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"seal", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {0}}, apply_sealed};

static pl_status apply_opened(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_share_round r;
    pl_share_want want;
    uint8_t seal[PL_HASH];
    bool there = false;
    pl_status status = find_round(s, &r, PL_ROUND_OPENING);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    status = pl_get(s, &PL_SHARE_WANTS, pl_key_id2(id, s->author), &want, &there);
    if (status != PL_OK || !there) {
        return status != PL_OK ? status : pl_broken(s, PL_RULE_SHARE_SEAL, "the signer has sealed none");
    }
    pl_share_seal(s->value[1].at, s->value[2].at, s->value[2].n, seal);
    if (want.position >= 0 || !pl_id_same(seal, want.seal)) {
        return pl_broken(s, PL_RULE_SHARE_SEAL, want.position >= 0 ? "they were opened already" : "these are not the wants that were sealed");
    }
    want.position = (int64_t)s->fold->position;
    r.opened++;
    status = pl_put(s, &PL_SHARE_WANTS, pl_key_id2(id, s->author), &want);
    return status == PL_OK ? pl_put(s, &PL_SHARE_ROUNDS, pl_key_id1(id), &r) : status;
}

const pl_event_kind PL_KIND_SHARE_OPENED = {"share.opened",
                                            {{"round", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                             {"salt", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                             {"wants", PL_FIELD_LINES, 1, TEXT_MAX, false},
                                             {0}},
                                            apply_opened};

/* ---- By the clock ------------------------------------------------------------------------------------ */

pl_status pl_share_seals(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_share_round r;
    bool there;
    (void)n;
    pl_status status = pl_get(s, &PL_SHARE_ROUNDS, pl_key_id1(id), &r, &there);
    r.state = PL_ROUND_OPENING;
    return status == PL_OK ? pl_put(s, &PL_SHARE_ROUNDS, pl_key_id1(id), &r) : status;
}

/* Only now that all wants are open does anything of the seed come about. */
pl_status pl_share_opens(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_share_round r;
    bool there;
    (void)n;
    pl_status status = pl_get(s, &PL_SHARE_ROUNDS, pl_key_id1(id), &r, &there);
    r.state = PL_ROUND_DRAWING;
    status = status == PL_OK ? pl_put(s, &PL_SHARE_ROUNDS, pl_key_id1(id), &r) : status;
    return status == PL_OK ? pl_lot_start(s, id, "share", r.assembly, NULL, 1, "share.drawn", id) : status;
}

pl_status pl_share_drawn(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_share_round r;
    pl_lot lot;
    bool there;
    (void)n;
    pl_status status = pl_get(s, &PL_SHARE_ROUNDS, pl_key_id1(id), &r, &there);
    status = status == PL_OK ? pl_get(s, &PL_LOTS, pl_key_id1(id), &lot, &there) : status;
    r.state = PL_ROUND_READY;
    memcpy(r.seed, lot.seed, PL_HASH);
    return status == PL_OK ? pl_put(s, &PL_SHARE_ROUNDS, pl_key_id1(id), &r) : status;
}

/* ---- Outcomes ---------------------------------------------------------------------------------------- */

static pl_status apply_entered(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_share_round r;
    pl_share_entry entry = {.since = s->time}, before;
    bool there = false;
    pl_status status = find_round(s, &r, PL_ROUND_READY);
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    status = pl_get(s, &PL_SHARE_ENTRIES, pl_key_id2(id, s->author), &before, &there);
    if (status != PL_OK || there) {
        return status != PL_OK ? status : pl_broken(s, PL_RULE_SHARE_ENTRY, "the signer has entered one already");
    }
    memcpy(entry.outcome, s->value[1].at, PL_HASH);
    if (r.outcomes++ == 0) {
        memcpy(r.outcome, entry.outcome, PL_HASH);
    }
    status = pl_put(s, &PL_SHARE_ENTRIES, pl_key_id2(id, s->author), &entry);
    return status == PL_OK ? pl_put(s, &PL_SHARE_ROUNDS, pl_key_id1(id), &r) : status;
}

const pl_event_kind PL_KIND_SHARE_ENTERED = {
    "share.entered", {{"round", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"outcome", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {0}}, apply_entered};

/* ---- Queues ------------------------------------------------------------------------------------------ */

static int64_t figure(const pl_value *v)
{
    return v->given ? v->x : -1;
}

static pl_status apply_reported(pl_step *s)
{
    enum { ASSEMBLY, SOURCE, SHELF, FILL, INSTEAD, DAYS, HOURS, WAITING, FIELDS };
    const uint8_t *assembly = s->value[ASSEMBLY].at;
    pl_queue_report q = {.reports = 0}, before = {.reports = 0};
    bool in, there;
    pl_status status = pl_assembly_has(s, assembly, s->author, 0, &in);
    if (status != PL_OK || !in) {
        return status != PL_OK ? status : pl_broken(s, PL_RULE_ASSEMBLY, "the signer does not belong to the assembly");
    }
    bool any = false;
    for (int i = SHELF; i < FIELDS; i++) {
        any = any || s->value[i].given;
    }
    if (!any) {
        return pl_broken(s, PL_RULE_QUEUE, "it has none");
    }
    status = pl_get(s, &PL_QUEUE_REPORTS, pl_key_id1(assembly), &before, &there);
    memcpy(q.author, s->author, PL_HASH);
    q.since = s->time;
    q.reports = (there ? before.reports : 0) + 1;
    q.shelf = figure(&s->value[SHELF]);
    q.fill = figure(&s->value[FILL]);
    q.instead = figure(&s->value[INSTEAD]);
    q.days = figure(&s->value[DAYS]);
    q.hours = figure(&s->value[HOURS]);
    q.waiting = figure(&s->value[WAITING]);
    return status == PL_OK ? pl_put(s, &PL_QUEUE_REPORTS, pl_key_id1(assembly), &q) : status;
}

const pl_event_kind PL_KIND_QUEUE_REPORTED = {"queue.reported",
                                              {{"assembly", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                               {"source", PL_FIELD_TEXT, 1, 200, false},
                                               {"shelf", PL_FIELD_INT, 0, THOUSAND, true},
                                               {"fill", PL_FIELD_INT, 0, THOUSAND, true},
                                               {"instead", PL_FIELD_INT, 0, THOUSAND, true},
                                               {"days", PL_FIELD_INT, 0, DAYS_MAX, true},
                                               {"hours", PL_FIELD_INT, 0, PL_BODY_NUMBER_MAX, true},
                                               {"waiting", PL_FIELD_INT, 0, PL_BODY_NUMBER_MAX, true},
                                               {0}},
                                              apply_reported};
