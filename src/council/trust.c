/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * trust.c - trustees are drawn and make a key, step by step, by messages in the record. */
#include "council/trust.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "council/members.h"
#include "council/sealed.h"

#define LEAST 3 /* fewer keep no secret from each other */
#define MESSAGE_MAX 58000

const pl_table PL_TRUSTS = {"trusts",
                            sizeof(pl_trust),
                            13,
                            {PL_ID(pl_trust, subject), PL_INT(pl_trust, attempt), PL_INT(pl_trust, stage), PL_INT(pl_trust, since), PL_MAYBE(pl_trust, until),
                             PL_INT(pl_trust, wanted), PL_INT(pl_trust, needed), PL_INT(pl_trust, round), PL_INT(pl_trust, drawn), PL_INT(pl_trust, in),
                             PL_TEXT(pl_trust, group), PL_TEXT(pl_trust, then), PL_ID(pl_trust, key)}};
const pl_table PL_TRUSTEES = {"trusts.members",
                              sizeof(pl_trustee),
                              6,
                              {PL_ID(pl_trustee, member), PL_INT(pl_trustee, number), PL_MAYBE(pl_trustee, certificate), PL_MAYBE(pl_trustee, polynomial),
                               PL_MAYBE(pl_trustee, output), PL_INT(pl_trustee, left)}};

typedef struct seat_of {
    int64_t seat;
} seat_of;
const pl_table PL_TRUSTEE_SEATS = {"trusts.seats", sizeof(seat_of), 1, {PL_INT(seat_of, seat)}};

static pl_row_key seat_key(const uint8_t id[PL_HASH], int64_t seat)
{
    return pl_key_then(pl_key_id1(id), seat);
}

/* ---- Who they are ---------------------------------------------------------------------------------- */

void pl_trust_id(const uint8_t subject[PL_HASH], int64_t attempt, uint8_t out[PL_HASH])
{
    static const char DOMAIN[] = "plenty trustees v1\n";
    uint8_t text[sizeof DOMAIN - 1 + PL_HASH + 8];
    pl_row_key number = pl_key_then(pl_key_none(), attempt);
    memcpy(text, DOMAIN, sizeof DOMAIN - 1);
    memcpy(text + sizeof DOMAIN - 1, subject, PL_HASH);
    memcpy(text + sizeof DOMAIN - 1 + PL_HASH, number.at, 8);
    pl_hash(text, sizeof text, out);
}

pl_status pl_trust_size(pl_step *s, int64_t without, int64_t *wanted, int64_t *needed)
{
    int64_t members = 0;
    pl_status status = pl_param(s, PL_SECRECY_TRUSTEES, wanted);
    status = status == PL_OK ? pl_param(s, PL_SECRECY_NEEDED, needed) : status;
    status = status == PL_OK ? pl_member_count(s, &members) : status;
    if (members - without < *wanted) { /* a small commons: as many as there are, and more than half of them */
        *wanted = members - without >= LEAST ? members - without : 0;
        *needed = *needed < *wanted / 2 + 1 ? *needed : *wanted / 2 + 1;
    }
    return status;
}

pl_status pl_trust_start(pl_step *s, const uint8_t subject[PL_HASH], int64_t attempt, const char *group, int64_t without, const char *then,
                         uint8_t id[PL_HASH])
{
    pl_trust t = {.attempt = attempt, .since = s->time, .until = -1};
    int64_t reserves = 0;
    snprintf(t.group, sizeof t.group, "%s", group);
    snprintf(t.then, sizeof t.then, "%s", then);
    memcpy(t.subject, subject, PL_HASH);
    pl_trust_id(subject, attempt, id);
    pl_status status = pl_trust_size(s, without, &t.wanted, &t.needed);
    status = status == PL_OK ? pl_param(s, PL_SECRECY_RESERVES, &reserves) : status;
    status = status == PL_OK ? pl_put(s, &PL_TRUSTS, pl_key_id1(id), &t) : status;
    return status == PL_OK ? pl_lot_start(s, id, "trustees", s->fold->commons_id, NULL, t.wanted + reserves + without, "trust.drawn", id) : status;
}

pl_status pl_trustee_get(pl_step *s, const uint8_t id[PL_HASH], int64_t number, pl_trustee *out)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_TRUSTEES, &prefix);
    bool there;
    pl_status status;
    while ((status = pl_next(s, &PL_TRUSTEES, &at, out, &there)) == PL_OK && there && out->number != number) {
    }
    return status;
}

static pl_status seat_of_member(pl_step *s, const uint8_t id[PL_HASH], const uint8_t member[PL_HASH], int64_t *seat, pl_trustee *out)
{
    seat_of row;
    bool there;
    pl_status status = pl_get(s, &PL_TRUSTEE_SEATS, pl_key_id2(id, member), &row, &there);
    *seat = row.seat;
    memset(out, 0, sizeof *out);
    return status == PL_OK && there ? pl_get(s, &PL_TRUSTEES, seat_key(id, row.seat), out, &there) : status;
}

pl_status pl_trustee_number(pl_step *s, const uint8_t id[PL_HASH], const uint8_t member[PL_HASH], int64_t *number)
{
    pl_trustee who;
    int64_t seat;
    pl_status status = seat_of_member(s, id, member, &seat, &who);
    *number = who.number;
    return status;
}

/* ---- What they have said ---------------------------------------------------------------------------- */

static pl_status put_field(pl_step *s, const pl_event *e, const pl_event_kind *kind, int field, pl_str *out)
{
    pl_value value[PL_FIELDS];
    char why[200];
    if (!pl_kind_is(kind, e) || !pl_body_read(kind, e->body, value, why)) {
        return pl_fail_row(kind->name, s->err);
    }
    const pl_value *v = &value[field];
    bool list = kind->field[field].type == PL_FIELD_BLOBS;
    pl_str_add_n(out, (const char *)(list ? pl_value_id(v, 0) : v->at), list ? PL_HASH : v->n);
    return out->failed ? pl_fail_nomem(s->err, "reading an event") : PL_OK;
}

pl_status pl_step_field(pl_step *s, int64_t position, const pl_event_kind *kind, int field, pl_str *out)
{
    pl_str bytes;
    pl_event event;
    pl_rule rule;
    if (s->event != NULL && position == (int64_t)s->fold->position) {
        return put_field(s, s->event, kind, field, out);
    }
    pl_str_init(&bytes, PL_EVENT_MAX);
    pl_status status = pl_store_event(s->fold->store, (uint64_t)position, &bytes, NULL, s->err);
    status = status == PL_OK ? pl_event_read((const uint8_t *)bytes.text, bytes.len, &event, &rule, s->err) : status;
    status = status == PL_OK ? put_field(s, &event, kind, field, out) : status;
    pl_str_clear(&bytes);
    return status;
}

pl_status pl_trust_listen(pl_step *s, const uint8_t id[PL_HASH], const pl_trust *t, pl_trust_talk *out)
{
    static const pl_event_kind *const KINDS[3] = {&PL_KIND_TRUSTEE_CERTIFIED, &PL_KIND_TRUSTEE_SHARED, &PL_KIND_TRUSTEE_AGREED};
    static const int FIELD[3] = {1, 2, 2};
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_TRUSTEES, &prefix);
    pl_trustee who;
    bool there;
    bool before = t->stage == PL_TRUST_CERTIFYING; /* nobody has a number yet */
    pl_status status = PL_OK;
    memset(out, 0, sizeof *out);
    while (status == PL_OK && (status = pl_next(s, &PL_TRUSTEES, &at, &who, &there)) == PL_OK && there) {
        const int64_t position[3] = {who.certificate, who.polynomial, who.output};
        if (out->n == PL_TRUST_MAX || (before ? who.certificate < 0 : who.number == 0)) {
            continue;
        }
        for (int i = 0; status == PL_OK && i < 3; i++) {
            pl_str *text = &out->text[i][out->n];
            pl_str_init(text, PL_EVENT_MAX);
            status = position[i] >= 0 ? pl_step_field(s, position[i], KINDS[i], FIELD[i], text) : PL_OK;
            out->said[i][out->n] = (pl_secret_view){text->text, text->len};
        }
        out->n++;
    }
    if (status != PL_OK) {
        pl_trust_talk_clear(out);
    }
    return status;
}

void pl_trust_talk_clear(pl_trust_talk *talk)
{
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < talk->n; k++) {
            pl_str_clear(&talk->text[i][k]);
        }
    }
    talk->n = 0;
}

pl_status pl_trust_text(pl_step *s, const uint8_t id[PL_HASH], const pl_trust *t, pl_secret_text *out)
{
    pl_trust_talk *talk = PL_NEW(pl_trust_talk, 1);
    pl_secret_text parameters = {NULL, 0};
    if (talk == NULL) {
        return pl_fail_nomem(s->err, "the trustees of a ballot");
    }
    pl_status status = pl_trust_listen(s, id, t, talk);
    if (status == PL_OK) {
        status = pl_secret_threshold(t->group, talk->said[0], talk->said[1], talk->said[2], talk->n, (int)t->needed, &parameters, NULL, s->err);
        pl_trust_talk_clear(talk);
    }
    if (status == PL_OK) {
        pl_secret_view item = {parameters.text, parameters.n};
        status = pl_secret_trustees(t->group, &item, 1, out, s->err);
        pl_secret_text_free(&parameters);
    }
    pl_free(talk);
    return status;
}

/* ---- From step to step ------------------------------------------------------------------------------ */

/* The stage begins, and ends at the latest when its hours are over. */
static pl_status begin(pl_step *s, const uint8_t id[PL_HASH], pl_trust *t, pl_trust_stage stage)
{
    int64_t hours;
    pl_status status = pl_param(s, PL_SECRECY_ROUND_HOURS, &hours);
    t->stage = stage;
    t->until = s->time + hours * PL_HOUR;
    status = status == PL_OK ? pl_put(s, &PL_TRUSTS, pl_key_id1(id), t) : status;
    return status == PL_OK ? pl_due_at(s, t->until, "trust.goes", id, stage + 8 * t->round) : status;
}

static pl_status finish(pl_step *s, const uint8_t id[PL_HASH], pl_trust *t, pl_trust_stage stage)
{
    pl_secret_text text;
    pl_status status = PL_OK;
    if (stage == PL_TRUST_READY) {
        status = pl_trust_text(s, id, t, &text);
        if (status == PL_OK) {
            pl_hash(text.text, text.n, t->key);
            pl_secret_text_free(&text);
        }
    }
    t->stage = stage;
    t->until = -1;
    status = status == PL_OK ? pl_put(s, &PL_TRUSTS, pl_key_id1(id), t) : status;
    return status == PL_OK ? pl_due_at(s, s->time, t->then, t->subject, t->attempt) : status;
}

pl_status pl_trust_drawn(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_trust t;
    pl_lot_place place;
    int64_t reserves;
    bool there, may;
    (void)n;
    pl_status status = pl_get(s, &PL_TRUSTS, pl_key_id1(id), &t, &there);
    status = status == PL_OK ? pl_param(s, PL_SECRECY_RESERVES, &reserves) : status;
    for (int64_t i = 1; status == PL_OK && t.drawn < t.wanted + reserves && t.drawn < PL_TRUST_MAX; i++) {
        pl_trustee who = {.certificate = -1, .polynomial = -1, .output = -1};
        status = pl_get(s, &PL_LOT_PLACES, pl_key_then(pl_key_id1(id), i), &place, &there);
        if (status != PL_OK || !there) {
            break;
        }
        status = pl_sealed_may(s, t.subject, place.member, &may);
        if (status == PL_OK && may) {
            seat_of row = {++t.drawn};
            memcpy(who.member, place.member, PL_HASH);
            status = pl_put(s, &PL_TRUSTEES, seat_key(id, t.drawn), &who);
            status = status == PL_OK ? pl_put(s, &PL_TRUSTEE_SEATS, pl_key_id2(id, who.member), &row) : status;
        }
    }
    if (status == PL_OK && t.drawn < t.needed) {
        return finish(s, id, &t, PL_TRUST_FAILED);
    }
    return status == PL_OK ? begin(s, id, &t, PL_TRUST_CERTIFYING) : status;
}

static bool has_done(const pl_trust *t, const pl_trustee *who)
{
    return (t->stage == PL_TRUST_CERTIFYING ? who->certificate : t->stage == PL_TRUST_SHARING ? who->polynomial : who->output) >= 0;
}

/* Whether all have done it; those who were drawn as reserves are only waited for when the clock says so. */
static pl_status all_done(pl_step *s, const uint8_t id[PL_HASH], const pl_trust *t, bool *all)
{
    pl_status status = PL_OK;
    *all = true;
    for (int64_t seat = 1; status == PL_OK && seat <= t->drawn; seat++) {
        pl_trustee who;
        bool there;
        status = pl_get(s, &PL_TRUSTEES, seat_key(id, seat), &who, &there);
        bool asked = t->stage == PL_TRUST_CERTIFYING ? seat <= t->wanted : who.number > 0;
        *all = *all && (!asked || has_done(t, &who));
    }
    return status;
}

/* Those who have not done it are left out; the others begin a round of sharing, or it has failed. */
static pl_status share_anew(pl_step *s, const uint8_t id[PL_HASH], pl_trust *t)
{
    bool first = t->stage == PL_TRUST_CERTIFYING;
    pl_status status = PL_OK;
    t->in = 0;
    for (int64_t seat = 1; status == PL_OK && seat <= t->drawn; seat++) {
        pl_trustee who;
        bool there;
        status = pl_get(s, &PL_TRUSTEES, seat_key(id, seat), &who, &there);
        bool was = who.left == PL_TRUSTEE_IN && (first || who.number > 0);
        bool stays = was && has_done(t, &who) && t->in < t->wanted;
        who.left = was && !stays ? has_done(t, &who) ? PL_TRUSTEE_SPARE : PL_TRUSTEE_LATE : who.left;
        who.number = stays ? ++t->in : 0;
        who.polynomial = who.output = -1;
        status = status == PL_OK ? pl_put(s, &PL_TRUSTEES, seat_key(id, seat), &who) : status;
    }
    if (status == PL_OK && t->in < t->needed) {
        return finish(s, id, t, PL_TRUST_FAILED);
    }
    t->round++;
    return status == PL_OK ? begin(s, id, t, PL_TRUST_SHARING) : status;
}

/* The stage is over. */
static pl_status go_on(pl_step *s, const uint8_t id[PL_HASH], pl_trust *t)
{
    bool all;
    pl_status status = all_done(s, id, t, &all);
    if (status == PL_OK && all && t->stage == PL_TRUST_SHARING) {
        return begin(s, id, t, PL_TRUST_AGREEING);
    }
    if (status == PL_OK && all && t->stage == PL_TRUST_AGREEING) {
        return finish(s, id, t, PL_TRUST_READY);
    }
    return status == PL_OK ? share_anew(s, id, t) : status;
}

pl_status pl_trust_goes(pl_step *s, const uint8_t id[PL_HASH], int64_t when)
{
    pl_trust t;
    bool there;
    pl_status status = pl_get(s, &PL_TRUSTS, pl_key_id1(id), &t, &there);
    return status != PL_OK || t.stage + 8 * t.round != when ? status : go_on(s, id, &t);
}

/* ---- Messages ---------------------------------------------------------------------------------------- */

typedef struct speaking {
    pl_trust t;
    pl_trustee who;
    int64_t seat;
    pl_trust_talk talk;
} speaking;

/* then what all have said before. */
static pl_status may_speak(pl_step *s, speaking *k, pl_trust_stage stage, int64_t round)
{
    static const char *const WHERE[] = {"are being drawn", "send certificates", "send polynomials", "send their keys", "have made their key", "have failed"};
    char hex[13];
    bool there;
    const uint8_t *id = s->value[0].at;
    pl_status status = pl_get(s, &PL_TRUSTS, pl_key_id1(id), &k->t, &there);
    if (status == PL_OK && !there) {
        return pl_broken(s, PL_RULE_TRUST, "there are no trustees %s...", pl_short_id(id, hex));
    }
    if (status == PL_OK && (k->t.stage != (int64_t)stage || k->t.round != round)) {
        return pl_broken(s, PL_RULE_TRUST, "the trustees %s... %s, round %lld", pl_short_id(id, hex), WHERE[k->t.stage], (long long)k->t.round);
    }
    status = status == PL_OK ? seat_of_member(s, id, s->author, &k->seat, &k->who) : status;
    if (status == PL_OK && (k->seat == 0 || k->who.left != PL_TRUSTEE_IN || (stage != PL_TRUST_CERTIFYING && k->who.number == 0))) {
        return pl_broken(s, PL_RULE_TRUSTEE, k->seat == 0 ? "the signer was not drawn" : "the signer is left out of it");
    }
    if (status == PL_OK && has_done(&k->t, &k->who)) {
        return pl_broken(s, PL_RULE_TRUSTEE, "the signer has done this already");
    }
    return status == PL_OK ? pl_trust_listen(s, id, &k->t, &k->talk) : status;
}

/* What the protocol refuses breaks R-142. */
static pl_status judged(pl_step *s, pl_status status, const pl_error *why)
{
    if (status == PL_NOMEM || status == PL_OK) {
        return status == PL_OK ? PL_OK : pl_fail_nomem(s->err, "a message of a trustee");
    }
    return pl_broken(s, PL_RULE_TRUST_MESSAGE, "%.190s", why->message);
}

/* The message stands; perhaps it was the last one. */
static pl_status stands(pl_step *s, speaking *k, int64_t *position)
{
    const uint8_t *id = s->value[0].at;
    bool all;
    *position = (int64_t)s->fold->position;
    pl_status status = pl_put(s, &PL_TRUSTEES, seat_key(id, k->seat), &k->who);
    status = status == PL_OK ? all_done(s, id, &k->t, &all) : status;
    return status == PL_OK && all ? go_on(s, id, &k->t) : status;
}

/* A message that `check` judges, with the position kept at `position` of the trustee's row. */
static pl_status speak(pl_step *s, pl_trust_stage stage, int64_t round, pl_status (*check)(const speaking *k, const pl_value *said, pl_error *why),
                       const pl_value *said, size_t position)
{
    speaking *k = PL_NEW0(speaking, 1);
    pl_error why = {0};
    if (k == NULL) {
        return pl_fail_nomem(s->err, "a message of a trustee");
    }
    pl_status status = may_speak(s, k, stage, round);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = judged(s, check(k, said, &why), &why);
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = stands(s, k, (int64_t *)(void *)((uint8_t *)&k->who + position));
    }
    pl_trust_talk_clear(&k->talk);
    pl_free(k);
    return status;
}

static pl_status check_certificate(const speaking *k, const pl_value *said, pl_error *why)
{
    pl_secret_view all[PL_TRUST_MAX + 1];
    memcpy(all, k->talk.said[0], (size_t)k->talk.n * sizeof *all);
    all[k->talk.n] = (pl_secret_view){(const char *)said->at, said->n};
    return pl_secret_certificates_check(k->t.group, all, k->talk.n + 1, NULL, why);
}

static pl_status apply_certified(pl_step *s)
{
    return speak(s, PL_TRUST_CERTIFYING, 0, check_certificate, &s->value[1], offsetof(pl_trustee, certificate));
}

const pl_event_kind PL_KIND_TRUSTEE_CERTIFIED = {
    "trustee.certified", {{"trust", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"certificate", PL_FIELD_BYTES, 1, 20000, false}, {0}}, apply_certified};

static pl_status check_polynomial(const speaking *k, const pl_value *said, pl_error *why)
{
    return pl_secret_polynomial_check(k->t.group, k->talk.said[0], k->talk.n, (int)k->t.needed, (int)k->who.number - 1, (const char *)said->at, said->n, why);
}

static pl_status apply_shared(pl_step *s)
{
    return speak(s, PL_TRUST_SHARING, s->value[1].x, check_polynomial, &s->value[2], offsetof(pl_trustee, polynomial));
}

const pl_event_kind PL_KIND_TRUSTEE_SHARED = {"trustee.shared",
                                              {{"trust", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                               {"round", PL_FIELD_INT, 1, 1000, false},
                                               {"polynomial", PL_FIELD_BYTES, 1, MESSAGE_MAX, false},
                                               {0}},
                                              apply_shared};

static pl_status check_output(const speaking *k, const pl_value *said, pl_error *why)
{
    return pl_secret_output_check(k->t.group, k->talk.said[0], k->talk.said[1], k->talk.n, (int)k->t.needed, (int)k->who.number - 1, (const char *)said->at, said->n,
                                  why);
}

static pl_status apply_agreed(pl_step *s)
{
    return speak(s, PL_TRUST_AGREEING, s->value[1].x, check_output, &s->value[2], offsetof(pl_trustee, output));
}

const pl_event_kind PL_KIND_TRUSTEE_AGREED = {"trustee.agreed",
                                              {{"trust", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                               {"round", PL_FIELD_INT, 1, 1000, false},
                                               {"output", PL_FIELD_BYTES, 1, MESSAGE_MAX, false},
                                               {0}},
                                              apply_agreed};

/* Both leave: nobody can tell from outside who of the two lies. */
static pl_status part_ways(pl_step *s, speaking *k, int64_t seat, pl_trustee *other)
{
    const uint8_t *id = s->value[0].at;
    other->left = PL_TRUSTEE_OBJECTED_TO;
    k->who.left = PL_TRUSTEE_OBJECTED;
    other->number = k->who.number = 0;
    pl_status status = pl_put(s, &PL_TRUSTEES, seat_key(id, seat), other);
    status = status == PL_OK ? pl_put(s, &PL_TRUSTEES, seat_key(id, k->seat), &k->who) : status;
    k->t.stage = PL_TRUST_SHARING; /* all who are left have a polynomial, and make another */
    return status == PL_OK ? share_anew(s, id, &k->t) : status;
}

static pl_status apply_objected(pl_step *s)
{
    speaking *k = PL_NEW0(speaking, 1);
    pl_trustee other;
    int64_t seat = 0;
    if (k == NULL) {
        return pl_fail_nomem(s->err, "an objection of a trustee");
    }
    pl_status status = may_speak(s, k, PL_TRUST_AGREEING, s->value[1].x);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = seat_of_member(s, s->value[0].at, s->value[2].at, &seat, &other);
        if (status == PL_OK && (seat == 0 || other.number == 0 || seat == k->seat)) {
            status = pl_broken(s, PL_RULE_TRUST_OBJECTION, seat == k->seat ? "the signer objects to himself or herself" : "that is no trustee of this round");
        }
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = part_ways(s, k, seat, &other);
    }
    pl_trust_talk_clear(&k->talk);
    pl_free(k);
    return status;
}

const pl_event_kind PL_KIND_TRUSTEE_OBJECTED = {"trustee.objected",
                                                {{"trust", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                                 {"round", PL_FIELD_INT, 1, 1000, false},
                                                 {"against", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                                 {0}},
                                                apply_objected};
