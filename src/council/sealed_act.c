/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "council/sealed_act.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "council/sealed_memo.h"
#include "io/json_read.h"

#define CODE_MAX 8192   /* bytes of a code's JSON */
#define CODE_DIGITS 77  /* of a scalar */

/* ---- Voting ------------------------------------------------------------------------------------------- */

static pl_status get_ballot(pl_step *s, const uint8_t id[PL_HASH], pl_ballot *b, pl_sealed *v, pl_trust *t)
{
    bool there = false, keyed = false;
    char hex[13];
    pl_status status = pl_get(s, &PL_BALLOTS, pl_key_id1(id), b, &there);
    status = status == PL_OK ? pl_get(s, &PL_SEALED, pl_key_id1(id), v, &keyed) : status;
    status = status == PL_OK ? pl_get(s, &PL_TRUSTS, pl_key_id1(v->trust), t, &there) : status;
    return status == PL_OK && !keyed ? pl_fail(s->err, PL_NOTFOUND, NULL, NULL, "%s is no secret ballot", pl_short_id(id, hex)) : status;
}

pl_status pl_sealed_credential(pl_step *s, const pl_key *key, const uint8_t id[PL_HASH], char out[PL_SECRET_CREDENTIAL])
{
    pl_ballot b;
    pl_sealed v;
    pl_trust t;
    char uuid[PL_SECRET_UUID];
    uint8_t seed[32];
    pl_secret_text public_key = {NULL, 0};
    pl_status status = get_ballot(s, id, &b, &v, &t);
    if (status == PL_OK) {
        pl_sealed_uuid(id, v.attempt, uuid);
        pl_key_derive(key, "credential", uuid, strlen(uuid), seed);
        status = pl_secret_credential(t.group, uuid, seed, out, &public_key, s->err);
        pl_secret_text_free(&public_key);
        sodium_memzero(seed, sizeof seed);
    }
    return status;
}

/* The marks as the protocol has choices: 0 or 1 for each option, or a rank. */
static pl_status to_choices(pl_step *s, const pl_ballot *b, const int64_t *marks, size_t n, int32_t choice[PL_OPTIONS_MAX])
{
    bool ranked = b->rule != PL_VOTE_YES_NO && b->rule != PL_VOTE_APPROVAL;
    memset(choice, 0, PL_OPTIONS_MAX * sizeof *choice);
    if (b->rule == PL_VOTE_YES_NO && n > 1) {
        return pl_fail(s->err, PL_DATA, NULL, NULL, "yes or no, not both");
    }
    for (size_t i = 0; i < n; i++) {
        if (marks[i] < 0 || marks[i] >= b->options || choice[marks[i]] != 0) {
            return pl_fail(s->err, PL_DATA, NULL, NULL, "option %lld is none of the %lld of the ballot, or is marked twice", (long long)marks[i], (long long)b->options);
        }
        choice[marks[i]] = ranked && b->rule != PL_VOTE_SHARES ? (int32_t)i + 1 : 1; /* who wants these projects: in what order tells nothing but who voted */
    }
    return PL_OK;
}

pl_status pl_sealed_vote_make(pl_step *s, const pl_key *key, const uint8_t id[PL_HASH], const int64_t *marks, size_t n, pl_secret_text *paper)
{
    pl_ballot b;
    pl_sealed v;
    pl_trust t;
    int32_t choice[PL_OPTIONS_MAX];
    char credential[PL_SECRET_CREDENTIAL];
    const pl_secret_election *e;
    pl_status status = get_ballot(s, id, &b, &v, &t);
    if (status == PL_OK && v.stage != PL_SEALED_VOTING) {
        return pl_fail(s->err, PL_DATA, NULL, "'plenty ballot show' says when", "the ballot is not open");
    }
    status = status == PL_OK ? to_choices(s, &b, marks, n, choice) : status;
    status = status == PL_OK ? pl_sealed_credential(s, key, id, credential) : status;
    status = status == PL_OK ? pl_memo_election(s, id, &v, false, &e) : status;
    status = status == PL_OK ? pl_secret_vote(e, credential, choice, (int)b.options, NULL, paper, s->err) : status;
    sodium_memzero(credential, sizeof credential);
    sodium_memzero(choice, sizeof choice);
    return status;
}

/* ---- A vote that another device opened ---------------------------------------------------------------------- */

static pl_status no_code(pl_error *err)
{
    return pl_fail(err, PL_PARSE, "code", "copy all of what the other device shows, or its whole address", "this is no code of a vote that was opened");
}

static bool is_digits(const json_t *x, const char *digits, size_t least, size_t most)
{
    const char *text = json_string_value(x);
    return text != NULL && strlen(text) >= least && strlen(text) <= most && strspn(text, digits) == strlen(text);
}

/* The code is [1, ballot, public credential, [choices], seed, challenge, response] in base64url. */
static pl_status read_code(const char *code, json_t **out, pl_error *err)
{
    char text[CODE_MAX];
    size_t n;
    pl_error none;
    const char *at = strchr(code, '#') != NULL ? strchr(code, '#') + 1 : code;
    *out = NULL;
    if (sodium_base642bin((unsigned char *)text, sizeof text, at, strlen(at), " \t\r\n", &n, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        pl_json_read(text, n, "code", out, NULL, &none) != PL_OK) {
        return no_code(err);
    }
    bool good = json_is_array(*out) && json_array_size(*out) == 7 && json_integer_value(json_array_get(*out, 0)) == 1 && json_is_array(json_array_get(*out, 3)) &&
                json_array_size(json_array_get(*out, 3)) <= PL_OPTIONS_MAX;
    for (size_t i = 1; good && i < 7; i++) {
        bool hex = i < 5;
        good = i == 3 || is_digits(json_array_get(*out, i), hex ? "0123456789abcdef" : "0123456789", hex ? 2 * PL_HASH : 1, hex ? 2 * PL_HASH : CODE_DIGITS);
    }
    return good ? PL_OK : no_code(err);
}

/* The choices of the protocol as marks, the best first; the reverse of to_choices. */
static pl_status to_marks(const json_t *list, int32_t choice[PL_OPTIONS_MAX], pl_checked *out, pl_error *err)
{
    size_t n = json_array_size(list);
    for (size_t i = 0; i < n; i++) {
        const json_t *x = json_array_get(list, i);
        if (!json_is_integer(x) || json_integer_value(x) < 0 || json_integer_value(x) > (json_int_t)n) {
            return no_code(err);
        }
        choice[i] = (int32_t)json_integer_value(x);
    }
    for (int32_t rank = 1; rank <= (int32_t)n; rank++) {
        for (size_t i = 0; i < n; i++) {
            if (choice[i] == rank) {
                out->marks[out->n++] = (int64_t)i;
            }
        }
    }
    return PL_OK;
}

pl_status pl_sealed_recheck(pl_step *s, const char *code, pl_checked *out)
{
    pl_ballot b;
    pl_sealed v;
    pl_trust t;
    int32_t choice[PL_OPTIONS_MAX];
    json_t *list;
    const pl_secret_election *e;
    *out = (pl_checked){.n = 0};
    pl_status status = read_code(code, &list, s->err);
    if (status == PL_OK) {
        pl_secret_opened opened = {json_string_value(json_array_get(list, 2)), {0}, json_string_value(json_array_get(list, 5)), json_string_value(json_array_get(list, 6))};
        (void)pl_hex_read(json_string_value(json_array_get(list, 1)), PL_HASH, out->ballot);
        (void)pl_hex_read(json_string_value(json_array_get(list, 4)), sizeof opened.seed, opened.seed);
        status = to_marks(json_array_get(list, 3), choice, out, s->err);
        status = status == PL_OK ? get_ballot(s, out->ballot, &b, &v, &t) : status;
        if (status == PL_OK && v.stage == PL_SEALED_KEYING) {
            status = pl_fail(s->err, PL_DATA, "code", NULL, "the key of this ballot is not made yet");
        }
        status = status == PL_OK ? pl_memo_election(s, out->ballot, &v, false, &e) : status;
        status = status == PL_OK ? pl_secret_reopen(e, &opened, choice, (int)json_array_size(json_array_get(list, 3)), out->tracker, s->err) : status;
    }
    json_decref(list);
    return status;
}

/* ---- Checking before anything is touched -------------------------------------------------------------------- */

/* Every paper, then every shuffle. */
static pl_status check_shuffles(pl_step *s, const uint8_t id[PL_HASH], const pl_sealed *v, const pl_secret_election *e, pl_secret_text *tally)
{
    pl_status status = PL_OK;
    for (int64_t i = 1; status == PL_OK && i <= v->shuffles; i++) {
        pl_sealed_work row;
        pl_str text;
        pl_secret_text after = {NULL, 0};
        pl_str_init(&text, PL_BLOB_MAX);
        status = pl_sealed_work_get(s, &PL_SEALED_SHUFFLES, id, v, i, &row, &text);
        status = status == PL_OK ? pl_secret_shuffle_check(e, tally->text, tally->n, text.text, text.len, pl_sealed_threads(), &after, s->err) : status;
        pl_str_clear(&text);
        pl_secret_text_free(tally);
        *tally = after;
    }
    return status;
}

pl_status pl_sealed_check(pl_step *s, const uint8_t id[PL_HASH], const pl_sealed *v, pl_secret_text *tally)
{
    const pl_secret_election *e;
    pl_sealed_box box;
    pl_secret_box made = {.tally = {NULL, 0}};
    uint8_t hash[PL_HASH];
    pl_status status = pl_memo_election(s, id, v, true, &e);
    status = status == PL_OK ? pl_sealed_box_get(s, id, v, &box) : status;
    if (status == PL_OK) {
        status = pl_secret_tally(e, box.paper, box.n, PL_SECRET_LEAST_BALLOTS, pl_sealed_threads(), &made, s->err);
        pl_sealed_box_clear(&box);
    }
    status = status == PL_OK ? check_shuffles(s, id, v, e, &made.tally) : status;
    if (status == PL_OK) {
        pl_hash(made.tally.text, made.tally.n, hash);
        if (!pl_id_same(hash, v->tally) || made.counted != v->voters) {
            status = pl_fail(s->err, PL_REFUTED, "tally", "open nothing; 'plenty audit' says more", "the tally is not that of the votes in this record");
        }
    }
    if (status != PL_OK) {
        pl_secret_text_free(&made.tally);
        return status;
    }
    *tally = made.tally;
    return PL_OK;
}

/* ---- Tasks of a trustee ------------------------------------------------------------------------------------ */

typedef struct place {
    pl_trust t;
    pl_ballot b;
    pl_sealed v;
    bool ballot; /* the subject is a ballot, of this attempt */
    pl_trustee who;
    int64_t seat;
} place;

static pl_status find_place(pl_step *s, const uint8_t member[PL_HASH], const uint8_t id[PL_HASH], place *p)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_TRUSTEES, &prefix);
    pl_trustee who;
    bool there;
    memset(p, 0, sizeof *p);
    pl_status status = pl_get(s, &PL_TRUSTS, pl_key_id1(id), &p->t, &there);
    status = status == PL_OK ? pl_get(s, &PL_BALLOTS, pl_key_id1(p->t.subject), &p->b, &p->ballot) : status;
    status = status == PL_OK && p->ballot ? pl_get(s, &PL_SEALED, pl_key_id1(p->t.subject), &p->v, &p->ballot) : status;
    p->ballot = p->ballot && p->v.attempt == p->t.attempt;
    for (int64_t seat = 1; status == PL_OK && (status = pl_next(s, &PL_TRUSTEES, &at, &who, &there)) == PL_OK && there; seat++) {
        if (pl_id_same(who.member, member)) {
            p->who = who;
            p->seat = seat;
        }
    }
    return status;
}

/* What waits, or NULL and why nothing does; *lot: whose shares are to be opened. */
static pl_status waits(pl_step *s, const uint8_t id[PL_HASH], const place *p, const pl_event_kind **kind, uint8_t lot[PL_HASH], const char **why)
{
    bool in = p->seat > 0 && p->who.left == PL_TRUSTEE_IN, done = false;
    pl_status status = PL_OK;
    *kind = NULL;
    *why = p->seat == 0 ? "you were not drawn" : "you are left out of it";
    if (!in) {
        return PL_OK;
    }
    *why = "you have done what there is to do now";
    if (p->t.stage == PL_TRUST_CERTIFYING) {
        *kind = p->who.certificate < 0 ? &PL_KIND_TRUSTEE_CERTIFIED : NULL;
    } else if (p->t.stage == PL_TRUST_SHARING) {
        *kind = p->who.polynomial < 0 ? &PL_KIND_TRUSTEE_SHARED : NULL;
    } else if (p->t.stage == PL_TRUST_AGREEING) {
        *kind = p->who.output < 0 ? &PL_KIND_TRUSTEE_AGREED : NULL;
    } else if (p->ballot && p->v.stage == PL_SEALED_SHUFFLING) {
        status = pl_sealed_has_worked(s, &PL_SEALED_SHUFFLES, p->t.subject, p->v.attempt, p->who.number, &done);
        *kind = done ? NULL : &PL_KIND_BALLOT_SHUFFLED;
    } else if (p->ballot && p->v.stage == PL_SEALED_OPENING) {
        status = pl_sealed_has_worked(s, &PL_SEALED_PARTS, p->t.subject, p->v.attempt, p->who.number, &done);
        *kind = done ? NULL : &PL_KIND_BALLOT_OPENED;
    } else if (p->t.stage == PL_TRUST_READY) {
        bool there;
        status = pl_lot_waits(s, id, p->who.number, lot, &there);
        *kind = there ? &PL_KIND_LOT_UNSEALED : NULL;
    }
    return status;
}

pl_status pl_task_waits(pl_step *s, const uint8_t member[PL_HASH], const uint8_t id[PL_HASH], const pl_event_kind **kind)
{
    place p;
    const char *why;
    uint8_t lot[PL_HASH];
    pl_status status = find_place(s, member, id, &p);
    return status == PL_OK ? waits(s, id, &p, kind, lot, &why) : status;
}

/* The trustee's own key for these trustees, 22 characters; and its certificate, which is always the same. */
static pl_status own_key(pl_step *s, const pl_key *key, const uint8_t id[PL_HASH], const place *p, pl_secret_text *own, pl_secret_text *certificate)
{
    uint8_t seed[32];
    pl_key_derive(key, "trustee", id, PL_HASH, seed);
    pl_status status = pl_secret_certificate(p->t.group, seed, own, certificate, s->err);
    sodium_memzero(seed, sizeof seed);
    return status;
}

/* The key as it is; somebody whose values do not fit is objected to. */
static pl_status make_output(pl_step *s, const place *p, const pl_trust_talk *talk, const char *own, pl_task *out)
{
    pl_secret_text input = {NULL, 0};
    pl_trustee other;
    pl_error why = {0};
    int liar = 0;
    pl_status status = pl_secret_input(p->t.group, talk->said[0], talk->said[1], talk->n, (int)p->t.needed, (int)p->who.number - 1, &input, s->err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_secret_output(p->t.group, talk->said[0], talk->n, own, input.text, input.n, NULL, &out->text, &liar, &why);
    pl_secret_text_free(&input);
    if (status != PL_OK && liar == 0) {
        return pl_fail(s->err, status, why.subject, NULL, "%s", why.message);
    }
    if (status != PL_OK) {
        out->kind = &PL_KIND_TRUSTEE_OBJECTED;
        snprintf(out->why, sizeof out->why, "%.190s", why.message);
        status = pl_trustee_get(s, out->id, liar, &other);
        memcpy(out->against, other.member, PL_HASH);
    }
    return status;
}

static pl_status make_message(pl_step *s, const place *p, const char *own, pl_task *out)
{
    pl_trust_talk *talk = PL_NEW(pl_trust_talk, 1);
    if (talk == NULL) {
        return pl_fail_nomem(s->err, "a message of a trustee");
    }
    pl_status status = pl_trust_listen(s, out->id, &p->t, talk);
    out->round = p->t.round;
    if (status == PL_OK && out->kind == &PL_KIND_TRUSTEE_SHARED) {
        status = pl_secret_polynomial(p->t.group, talk->said[0], talk->n, own, (int)p->t.needed, NULL, &out->text, s->err);
    } else if (status == PL_OK) {
        status = make_output(s, p, talk, own, out);
    }
    pl_trust_talk_clear(talk);
    pl_free(talk);
    return status;
}

/* The encrypted part of the key of that trustee, out of what they all have said. */
static pl_status own_part(pl_step *s, const uint8_t id[PL_HASH], const place *p, pl_secret_text *out)
{
    pl_trust_talk *talk = PL_NEW(pl_trust_talk, 1);
    pl_secret_text parameters = {NULL, 0}, part[PL_TRUST_MAX];
    memset(part, 0, sizeof part);
    if (talk == NULL) {
        return pl_fail_nomem(s->err, "a part of a key");
    }
    pl_status status = pl_trust_listen(s, id, &p->t, talk);
    if (status == PL_OK) {
        status = pl_secret_threshold(p->t.group, talk->said[0], talk->said[1], talk->said[2], talk->n, (int)p->t.needed, &parameters, part, s->err);
        pl_trust_talk_clear(talk);
    }
    pl_free(talk);
    pl_secret_text_free(&parameters);
    for (int i = 0; i < PL_TRUST_MAX; i++) {
        if (i + 1 == p->who.number && status == PL_OK) {
            *out = part[i];
        } else {
            pl_secret_text_free(&part[i]);
        }
    }
    return status;
}

static pl_status make_work(pl_step *s, const place *p, const uint8_t trust[PL_HASH], const char *own, pl_task *out)
{
    const pl_secret_election *e;
    pl_secret_text tally = {NULL, 0}, part = {NULL, 0};
    int trustee;
    pl_status status = pl_memo_election(s, p->t.subject, &p->v, true, &e);
    status = status == PL_OK ? pl_sealed_check(s, p->t.subject, &p->v, &tally) : status;
    memcpy(out->id, p->t.subject, PL_HASH);
    if (status == PL_OK && out->kind == &PL_KIND_BALLOT_SHUFFLED) {
        status = pl_secret_shuffle(e, tally.text, tally.n, NULL, pl_sealed_threads(), &out->text, s->err);
    } else if (status == PL_OK) {
        status = own_part(s, trust, p, &part);
        status = status == PL_OK ? pl_secret_decrypt(e, tally.text, tally.n, own, part.text, part.n, NULL, pl_sealed_threads(), &out->text, &trustee, s->err) : status;
    }
    pl_secret_text_free(&tally);
    pl_secret_text_free(&part);
    return status;
}

pl_status pl_task_next(pl_step *s, const pl_key *key, const uint8_t id[PL_HASH], pl_task *out)
{
    place p;
    pl_key_row row;
    bool there;
    const char *why;
    pl_secret_text own = {NULL, 0}, certificate = {NULL, 0};
    memset(out, 0, sizeof *out);
    pl_status status = pl_get(s, &PL_KEYS, pl_key_id1(pl_key_id(key)), &row, &there);
    status = status == PL_OK ? find_place(s, row.holder, id, &p) : status;
    status = status == PL_OK ? waits(s, id, &p, &out->kind, out->id, &why) : status;
    if (status != PL_OK || out->kind == NULL) {
        snprintf(out->why, sizeof out->why, "%s", status == PL_OK ? why : "");
        return status;
    }
    status = own_key(s, key, id, &p, &own, &certificate);
    if (status == PL_OK && out->kind == &PL_KIND_LOT_UNSEALED) {
        pl_secret_text part = {NULL, 0};
        status = own_part(s, id, &p, &part);
        status = status == PL_OK ? pl_lot_part_make(s, out->id, own.text, &part, &out->text) : status;
        pl_secret_text_free(&part);
        pl_secret_text_free(&own);
        pl_secret_text_free(&certificate);
        return status;
    }
    memcpy(out->id, id, PL_HASH);
    if (status == PL_OK && out->kind == &PL_KIND_TRUSTEE_CERTIFIED) {
        out->text = certificate;
        certificate = (pl_secret_text){NULL, 0};
    } else if (status == PL_OK && p.t.stage != PL_TRUST_READY) {
        status = make_message(s, &p, own.text, out);
    } else if (status == PL_OK) {
        status = make_work(s, &p, id, own.text, out);
    }
    pl_secret_text_free(&own);
    pl_secret_text_free(&certificate);
    return status;
}

void pl_task_clear(pl_task *task)
{
    pl_secret_text_free(&task->text);
}
