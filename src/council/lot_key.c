/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * lot_key.c - lots with a key: drawn trustees keep it; members encrypt random shares with it, and when no more come in the trustees open the sum of all.  Nobody sees a share, so
 * nobody can choose one, and nobody can withhold one. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "council/sealed_memo.h"
#include "record/bytes.h"

#define ORIGIN "plenty/"

/* Who keeps it: {now, those who are making the next one, how often trustees were drawn}. */
typedef struct keepers {
    uint8_t now[PL_HASH], coming[PL_HASH];
    int64_t drawn;
} keepers;
static const pl_table KEEPERS = {"lots.key", sizeof(keepers), 3, {PL_ID(keepers, now), PL_ID(keepers, coming), PL_INT(keepers, drawn)}};

/* Shares: (lot, member); parts: (lot, number of the trustee). */
typedef struct said {
    int64_t position;
} said;
static const pl_table SHARES = {"lots.shares", sizeof(said), 1, {PL_INT(said, position)}};
static const pl_table UNSEALED = {"lots.unsealed", sizeof(said), 1, {PL_INT(said, position)}};

/* ---- The key ---------------------------------------------------------------------------------------------- */

pl_status pl_lot_key_start(pl_step *s)
{
    keepers k;
    int64_t wanted = 0, trustees = 0, needed;
    bool there;
    pl_status status = pl_param(s, PL_LOT_KEY, &wanted);
    status = status == PL_OK ? pl_get(s, &KEEPERS, pl_key_none(), &k, &there) : status;
    status = status == PL_OK ? pl_trust_size(s, 0, &trustees, &needed) : status;
    if (status != PL_OK || wanted == 0 || trustees == 0 || !pl_id_none(k.coming)) {
        return status;
    }
    status = pl_trust_start(s, s->fold->commons_id, k.drawn++, "Ed25519", 0, "lot.keyed", k.coming);
    return status == PL_OK ? pl_put(s, &KEEPERS, pl_key_none(), &k) : status;
}

pl_status pl_lot_keyed(pl_step *s, const uint8_t id[PL_HASH], int64_t attempt)
{
    keepers k;
    pl_trust t;
    int64_t days = 0;
    bool there;
    pl_status status = pl_get(s, &KEEPERS, pl_key_none(), &k, &there);
    status = status == PL_OK ? pl_get(s, &PL_TRUSTS, pl_key_id1(k.coming), &t, &there) : status;
    if (status != PL_OK || !there || t.attempt != attempt) {
        return status;
    }
    if (t.stage == PL_TRUST_READY) {
        memcpy(k.now, k.coming, PL_HASH);
    }
    memset(k.coming, 0, PL_HASH);
    status = pl_put(s, &KEEPERS, pl_key_none(), &k);
    if (status == PL_OK && t.stage == PL_TRUST_FAILED) {
        return pl_lot_key_start(s);
    }
    status = status == PL_OK ? pl_param(s, PL_LOT_KEY_DAYS, &days) : status;
    return status == PL_OK ? pl_due_at(s, s->time + days * PL_DAY, "lot.renews", id, attempt) : status;
}

pl_status pl_lot_renews(pl_step *s, const uint8_t id[PL_HASH], int64_t attempt)
{
    (void)id;
    (void)attempt;
    return pl_lot_key_start(s);
}

pl_status pl_lot_key_now(pl_step *s, uint8_t trust[PL_HASH])
{
    keepers k;
    int64_t wanted = 0;
    bool there;
    pl_status status = pl_param(s, PL_LOT_KEY, &wanted);
    status = status == PL_OK ? pl_get(s, &KEEPERS, pl_key_none(), &k, &there) : status;
    memset(trust, 0, PL_HASH);
    if (status == PL_OK && wanted != 0) {
        memcpy(trust, k.now, PL_HASH);
    }
    return status;
}

/* ---- Shares ------------------------------------------------------------------------------------------------ */

typedef char member_name[2 * PL_HASH + 1];

static pl_status judged(pl_step *s, pl_rule rule, pl_status status, const pl_error *why)
{
    if (status == PL_NOMEM) {
        return pl_fail_nomem(s->err, "a lot");
    }
    return status == PL_OK ? PL_OK : pl_broken(s, rule, "%.190s", why->message);
}

/* */
static pl_status check_share(pl_step *s, const uint8_t *id, const pl_lot *l)
{
    const pl_secret_election *e;
    said before;
    bool there;
    member_name name;
    const char *names[1] = {name};
    pl_secret_view share = {(const char *)s->value[1].at, s->value[1].n};
    pl_secret_text sum = {NULL, 0};
    pl_error why = {0};
    if (pl_id_none(l->key)) {
        return pl_broken(s, PL_RULE_LOT_SHARE, "this lot has no key: commit to a part of its seed instead");
    }
    pl_status status = pl_get(s, &SHARES, pl_key_id2(id, s->author), &before, &there);
    if (status == PL_OK && there) {
        return pl_broken(s, PL_RULE_LOT_SHARE, "the signer has given a share already");
    }
    status = status == PL_OK ? pl_memo_lot(s, id, l, &e) : status;
    if (status == PL_OK) {
        pl_hex_write(s->author, PL_HASH, name);
        status = judged(s, PL_RULE_LOT_SHARE, pl_secret_lot_sum(e, names, &share, 1, &sum, &why), &why);
        pl_secret_text_free(&sum);
    }
    return status;
}

static pl_status apply_shared(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_lot l;
    pl_status status = pl_lot_find(s, &l, PL_LOT_SEALING);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_share(s, id, &l);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    l.shares++;
    status = pl_put(s, &SHARES, pl_key_id2(id, s->author), &(said){(int64_t)s->fold->position});
    return status == PL_OK ? pl_put(s, &PL_LOTS, pl_key_id1(id), &l) : status;
}

const pl_event_kind PL_KIND_LOT_SHARED = {
    "lot.shared", {{"lot", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"share", PL_FIELD_BYTES, 1, 4000, false}, {0}}, apply_shared};

pl_status pl_lot_share_make(pl_step *s, const uint8_t id[PL_HASH], const uint8_t member[PL_HASH], pl_secret_text *out)
{
    const pl_secret_election *e;
    pl_lot l;
    bool there;
    member_name name;
    pl_status status = pl_get(s, &PL_LOTS, pl_key_id1(id), &l, &there);
    if (status == PL_OK && pl_id_none(l.key)) {
        return pl_fail(s->err, PL_DATA, NULL, "'plenty lot commit' makes a part of its seed", "this lot has no key");
    }
    pl_hex_write(member, PL_HASH, name);
    status = status == PL_OK ? pl_memo_lot(s, id, &l, &e) : status;
    return status == PL_OK ? pl_secret_lot_share(e, name, NULL, out, s->err) : status;
}

/* The sum of all shares, which are checked again, in the order of the members' ids. */
static pl_status sum_up(pl_step *s, const uint8_t id[PL_HASH], const pl_lot *l, const pl_secret_election *e, pl_secret_text *out)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&SHARES, &prefix);
    said row;
    bool there;
    size_t n = (size_t)l->shares, k = 0;
    member_name *name = PL_NEW0(member_name, n + 1);
    const char **names = PL_NEW0(const char *, n + 1);
    pl_str *text = PL_NEW0(pl_str, n + 1);
    pl_secret_view *share = PL_NEW0(pl_secret_view, n + 1);
    bool room = name != NULL && names != NULL && text != NULL && share != NULL;
    pl_status status = room ? PL_OK : pl_fail_nomem(s->err, "a lot");
    while (status == PL_OK && k < n && (status = pl_next(s, &SHARES, &at, &row, &there)) == PL_OK && there) {
        pl_str_init(&text[k], PL_EVENT_MAX);
        pl_hex_write(at.key + PL_HASH, PL_HASH, name[k]);
        names[k] = name[k];
        status = pl_step_field(s, row.position, &PL_KIND_LOT_SHARED, 1, &text[k]);
        share[k] = (pl_secret_view){text[k].text, text[k].len};
        k++;
    }
    status = status == PL_OK ? pl_secret_lot_sum(e, names, share, (int64_t)k, out, s->err) : status;
    for (size_t i = 0; text != NULL && i < k; i++) {
        pl_str_clear(&text[i]);
    }
    pl_free(name);
    pl_free(names);
    pl_free(text);
    pl_free(share);
    return status;
}

/* ---- Opening ------------------------------------------------------------------------------------------------ */

pl_status pl_lot_part_make(pl_step *s, const uint8_t id[PL_HASH], const char *own, const pl_secret_text *part, pl_secret_text *out)
{
    const pl_secret_election *e;
    pl_lot l;
    bool there;
    int trustee;
    pl_secret_text sum = {NULL, 0};
    pl_status status = pl_get(s, &PL_LOTS, pl_key_id1(id), &l, &there);
    status = status == PL_OK ? pl_memo_lot(s, id, &l, &e) : status;
    status = status == PL_OK ? sum_up(s, id, &l, e, &sum) : status;
    status = status == PL_OK ? pl_secret_lot_open(e, sum.text, sum.n, own, part->text, part->n, out, &trustee, s->err) : status;
    pl_secret_text_free(&sum);
    return status;
}

pl_status pl_lot_waits(pl_step *s, const uint8_t trust[PL_HASH], int64_t number, uint8_t lot[PL_HASH], bool *there)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_LOTS, &all);
    pl_lot l;
    bool row, done;
    said mine;
    pl_status status = PL_OK;
    *there = false;
    while (status == PL_OK && !*there && (status = pl_next(s, &PL_LOTS, &at, &l, &row)) == PL_OK && row) {
        if (l.state == PL_LOT_OPENING && l.shares > 0 && pl_id_same(l.key, trust)) {
            status = pl_get(s, &UNSEALED, pl_key_then(pl_key_id1(at.key), number), &mine, &done);
            *there = !done;
            memcpy(lot, at.key, PL_HASH);
        }
    }
    return status;
}

/* With the last part that is needed there is a seed, and the lot is drawn. */
static pl_status make_seed(pl_step *s, const uint8_t *id, pl_lot *l, const pl_secret_election *e, const pl_secret_text *sum)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&UNSEALED, &prefix);
    said row;
    bool there;
    int n = 0;
    pl_str text[PL_TRUST_MAX];
    pl_secret_part part[PL_TRUST_MAX];
    char origin[sizeof ORIGIN + 2 * PL_HASH] = ORIGIN;
    pl_status status = PL_OK;
    pl_hex_write(s->fold->commons_id, PL_HASH, origin + sizeof ORIGIN - 1);
    while (status == PL_OK && n < PL_TRUST_MAX && (status = pl_next(s, &UNSEALED, &at, &row, &there)) == PL_OK && there) {
        pl_str_init(&text[n], PL_EVENT_MAX);
        status = pl_step_field(s, row.position, &PL_KIND_LOT_UNSEALED, 1, &text[n]);
        part[n] = (pl_secret_part){(int)pl_key_number(at.key + PL_HASH), {text[n].text, text[n].len}};
        n++;
    }
    status = status == PL_OK ? pl_secret_lot_seed(e, sum->text, sum->n, part, n, origin, l->events, l->seed, s->err) : status;
    for (int i = 0; i < n; i++) {
        pl_str_clear(&text[i]);
    }
    status = status == PL_OK ? pl_put(s, &PL_LOTS, pl_key_id1(id), l) : status;
    return status == PL_OK ? pl_due_at(s, s->time, "lot.draws", id, 0) : status;
}

/* then the part stands. */
static pl_status take_part(pl_step *s, const uint8_t *id, pl_lot *l)
{
    const pl_secret_election *e;
    pl_trust t;
    said before;
    bool there;
    int64_t number = 0;
    pl_secret_text sum = {NULL, 0};
    pl_error why = {0};
    pl_status status = pl_trustee_number(s, l->key, s->author, &number);
    status = status == PL_OK ? pl_get(s, &UNSEALED, pl_key_then(pl_key_id1(id), number), &before, &there) : status;
    if (status == PL_OK && (number == 0 || there)) {
        return pl_broken(s, PL_RULE_TRUSTEE, number == 0 ? "the signer keeps no part of this key" : "the signer has done this already");
    }
    if (status == PL_OK && l->shares == 0) {
        return pl_broken(s, PL_RULE_LOT_UNSEALED, "nobody has given a share");
    }
    status = status == PL_OK ? pl_get(s, &PL_TRUSTS, pl_key_id1(l->key), &t, &there) : status;
    status = status == PL_OK ? pl_memo_lot(s, id, l, &e) : status;
    status = status == PL_OK ? sum_up(s, id, l, e, &sum) : status;
    if (status == PL_OK) {
        status = judged(s, PL_RULE_LOT_UNSEALED,
                        pl_secret_decryption_check(e, sum.text, sum.n, (int)number, (const char *)s->value[1].at, s->value[1].n, 1, &why), &why);
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        l->unsealed++;
        status = pl_put(s, &UNSEALED, pl_key_then(pl_key_id1(id), number), &(said){(int64_t)s->fold->position});
        status = status == PL_OK ? pl_put(s, &PL_LOTS, pl_key_id1(id), l) : status;
        status = status == PL_OK && l->unsealed == t.needed ? make_seed(s, id, l, e, &sum) : status;
    }
    pl_secret_text_free(&sum);
    return status;
}

static pl_status apply_unsealed(pl_step *s)
{
    pl_lot l;
    pl_status status = pl_lot_find(s, &l, PL_LOT_OPENING);
    return status == PL_OK && s->broken == PL_RULE_NONE ? take_part(s, s->value[0].at, &l) : status;
}

const pl_event_kind PL_KIND_LOT_UNSEALED = {
    "lot.unsealed", {{"lot", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"part", PL_FIELD_BYTES, 1, 4000, false}, {0}}, apply_unsealed};
