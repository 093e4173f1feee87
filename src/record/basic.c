/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * basic.c - what the kinds of the record itself do: founding, keys, notes. */
#include <string.h>

#include "record/bytes.h"
#include "record/step.h"

const pl_table PL_KEYS = {"keys",
                          sizeof(pl_key_row),
                          6,
                          {PL_ID(pl_key_row, holder), PL_ID(pl_key_row, public_key), PL_INT(pl_key_row, added), PL_MAYBE(pl_key_row, revoked),
                           PL_INT(pl_key_row, counter), PL_INT(pl_key_row, time)}};

typedef struct holder_row {
    int64_t keys; /* valid ones */
} holder_row;
static const pl_table HOLDERS = {"holders", sizeof(holder_row), 1, {PL_INT(holder_row, keys)}};

/* Which keys a holder has: key (holder, key id), nothing in the row. */
typedef struct held_row {
    int64_t added;
} held_row;
static const pl_table HELD = {"holders.keys", sizeof(held_row), 1, {PL_INT(held_row, added)}};

typedef struct commons_row {
    char name[201];
    uint8_t id[PL_HASH], record_key[PL_HASH];
    int64_t founders;
} commons_row;
static const pl_table COMMONS = {
    "commons",
    sizeof(commons_row),
    4,
    {PL_TEXT(commons_row, name), PL_ID(commons_row, id), PL_ID(commons_row, record_key), PL_INT(commons_row, founders)}};

const pl_table PL_RECORD_KEYS = {"record.keys", sizeof(pl_record_key_row), 1, {PL_ID(pl_record_key_row, public_key)}};

pl_status pl_record_key_change(pl_step *s, const uint8_t public_key[32])
{
    pl_record_key_row row;
    memcpy(row.public_key, public_key, 32);
    return pl_put(s, &PL_RECORD_KEYS, pl_key_then(pl_key_none(), (int64_t)s->fold->position), &row);
}

pl_status pl_record_key_at(pl_state *state, uint64_t size, pl_note_key *key, pl_error *err)
{
    pl_cursor at = pl_cursor_over(PL_RECORD_KEYS.name, (pl_bytes){NULL, 0});
    pl_record_key_row row;
    pl_note_key founding = *key;
    bool there;
    pl_status status;
    while ((status = pl_row_next(state, &PL_RECORD_KEYS, &at, &row, &there, err)) == PL_OK && there && (uint64_t)pl_key_number(at.key) < size) {
        status = pl_note_key_make(founding.name, founding.type, row.public_key, key, err);
        if (status != PL_OK) {
            return status;
        }
    }
    return status;
}

pl_status pl_key_add(pl_step *s, const uint8_t holder[PL_HASH], const uint8_t public_key[32])
{
    uint8_t id[PL_HASH];
    holder_row h;
    held_row held = {.added = (int64_t)s->fold->position};
    bool there;
    pl_key_row k = {.added = held.added, .revoked = -1};
    pl_key_id_of(public_key, id);
    memcpy(k.holder, holder, PL_HASH);
    memcpy(k.public_key, public_key, 32);
    pl_status status = pl_put(s, &PL_KEYS, pl_key_id1(id), &k);
    status = status == PL_OK ? pl_put(s, &HELD, pl_key_id2(holder, id), &held) : status;
    status = status == PL_OK ? pl_get(s, &HOLDERS, pl_key_id1(holder), &h, &there) : status;
    h.keys++;
    return status == PL_OK ? pl_put(s, &HOLDERS, pl_key_id1(holder), &h) : status;
}

static pl_status revoke(pl_step *s, const uint8_t id[PL_HASH], pl_key_row *k)
{
    holder_row h;
    bool there;
    k->revoked = (int64_t)s->fold->position;
    pl_status status = pl_put(s, &PL_KEYS, pl_key_id1(id), k);
    status = status == PL_OK ? pl_get(s, &HOLDERS, pl_key_id1(k->holder), &h, &there) : status;
    h.keys--;
    return status == PL_OK ? pl_put(s, &HOLDERS, pl_key_id1(k->holder), &h) : status;
}

pl_status pl_keys_end(pl_step *s, const uint8_t holder[PL_HASH])
{
    pl_row_key prefix = pl_key_id1(holder);
    pl_cursor at = pl_rows(&HELD, &prefix);
    held_row held;
    bool there;
    pl_status status;
    while ((status = pl_next(s, &HELD, &at, &held, &there)) == PL_OK && there) {
        const uint8_t *id = at.key + PL_HASH;
        pl_key_row k;
        status = pl_get(s, &PL_KEYS, pl_key_id1(id), &k, &there);
        if (status == PL_OK && there && k.revoked < 0) {
            status = revoke(s, id, &k);
        }
        if (status != PL_OK) {
            return status;
        }
    }
    return status;
}

pl_status pl_apply_created(pl_step *s)
{
    pl_created c;
    commons_row row = {.founders = 0};
    if (!pl_created_read(s->event->body, &c)) {
        return pl_broken(s, PL_RULE_BODY, "the founding is not as it must be");
    }
    memcpy(row.name, c.name, c.name_n);
    memcpy(row.id, s->event->commons_id, PL_HASH);
    memcpy(row.record_key, c.record_key, PL_HASH);
    row.founders = (int64_t)c.n_founders;
    memcpy(s->fold->commons_id, s->event->commons_id, PL_HASH);
    pl_status status = pl_put(s, &COMMONS, pl_key_none(), &row);
    for (size_t i = 0; status == PL_OK && i < c.n_founders; i++) {
        uint8_t id[PL_HASH];
        pl_key_id_of(c.founders[i], id);
        status = pl_key_add(s, id, c.founders[i]);
    }
    if (status == PL_OK && s->fold->rulebook != NULL && s->fold->rulebook->founded != NULL) {
        status = s->fold->rulebook->founded(s, &c);
    }
    s->fold->founded = status == PL_OK;
    return status;
}

pl_status pl_apply_key_added(pl_step *s)
{
    const pl_event *e = s->event;
    const uint8_t *public_key = s->value[0].at, *proof = s->value[1].at;
    pl_key_row before;
    bool there;
    uint8_t id[PL_HASH], text[PL_KEY_ADDED_SIGNED];
    char hex[13];
    pl_key_id_of(public_key, id);
    pl_status status = pl_get(s, &PL_KEYS, pl_key_id1(id), &before, &there);
    if (status != PL_OK) {
        return status;
    }
    if (there) {
        return pl_broken(s, PL_RULE_KEY_NEW, "the key %s was added at position %lld", pl_short_id(id, hex), (long long)before.added);
    }
    pl_key_added_text(e->commons_id, e->key_id, text);
    if (!pl_signature_holds(public_key, text, sizeof text, proof)) {
        return pl_broken(s, PL_RULE_KEY_PROOF, "the proof of the key %s does not hold", pl_short_id(id, hex));
    }
    return pl_key_add(s, s->author, public_key);
}

pl_status pl_apply_key_revoked(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_key_row k;
    holder_row h;
    bool there;
    char hex[13];
    pl_status status = pl_get(s, &PL_KEYS, pl_key_id1(id), &k, &there);
    if (status != PL_OK) {
        return status;
    }
    if (!there || !pl_id_same(k.holder, s->author)) {
        return pl_broken(s, PL_RULE_KEY_HOLDER, "the key %s is none of the signer's", pl_short_id(id, hex));
    }
    if (k.revoked >= 0) {
        return pl_broken(s, PL_RULE_KEY_HOLDER, "the key %s was revoked at position %lld", pl_short_id(id, hex), (long long)k.revoked);
    }
    status = pl_get(s, &HOLDERS, pl_key_id1(k.holder), &h, &there);
    if (status == PL_OK && h.keys < 2) {
        return pl_broken(s, PL_RULE_KEY_LAST, "the key %s is the only one of its holder: add another first", pl_short_id(id, hex));
    }
    return status == PL_OK ? revoke(s, id, &k) : status;
}

pl_status pl_apply_note(pl_step *s)
{
    uint8_t hash[PL_HASH];
    const pl_value *text = &s->value[0], *blobs = &s->value[1];
    pl_row_key key = pl_key_then(pl_key_none(), (int64_t)s->fold->position);
    pl_hash(text->at, text->n, hash);
    pl_str v;
    pl_str_init(&v, 1024);
    pl_cbor_put_array(&v, 4);
    pl_cbor_put_bytes(&v, s->event->key_id, PL_HASH);
    pl_cbor_put_uint(&v, s->event->time);
    pl_cbor_put_bytes(&v, hash, PL_HASH);
    pl_cbor_put_array(&v, blobs->n);
    for (size_t i = 0; i < blobs->n; i++) {
        pl_cbor_put_bytes(&v, pl_value_id(blobs, i), PL_HASH);
    }
    pl_status status = v.failed ? pl_fail_nomem(s->err, "keeping the state of a record")
                                : pl_state_put(s->fold->state, "notes", (pl_bytes){key.at, key.n}, (pl_bytes){(const uint8_t *)v.text, v.len}, s->err);
    pl_str_clear(&v);
    return status;
}
