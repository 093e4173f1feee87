/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * passkeys.c - members say which passkeys sign in for them, and take them back. */
#include "council/passkeys.h"

#include <string.h>

const pl_table PL_PASSKEYS = {"passkeys",
                              sizeof(pl_passkey),
                              8,
                              {PL_ID(pl_passkey, member), PL_ID(pl_passkey, x), PL_ID(pl_passkey, y), PL_INT(pl_passkey, algorithm), PL_INT(pl_passkey, since),
                               PL_MAYBE(pl_passkey, removed), PL_INT(pl_passkey, position), PL_TEXT(pl_passkey, party)}};
const pl_table PL_PASSKEYS_OF = {"passkeys.of", sizeof(pl_link), 1, {PL_INT(pl_link, since)}};

enum { ADDED_CREDENTIAL, ADDED_ALGORITHM, ADDED_KEY, ADDED_PARTY };

static pl_status apply_added(pl_step *s)
{
    const pl_value *credential = &s->value[ADDED_CREDENTIAL], *key = &s->value[ADDED_KEY], *party = &s->value[ADDED_PARTY];
    pl_passkey p = {.algorithm = s->value[ADDED_ALGORITHM].x, .since = s->time, .removed = -1, .position = (int64_t)s->fold->position};
    uint8_t id[PL_HASH];
    bool is, there = false;
    pl_hash(credential->at, credential->n, id);
    pl_status status = pl_member_is(s, s->author, &is);
    if (status == PL_OK && !is) {
        return pl_broken(s, PL_RULE_MEMBER, "the signer is no member");
    }
    status = status == PL_OK ? pl_get(s, &PL_PASSKEYS, pl_key_id1(id), &(pl_passkey){0}, &there) : status;
    if (status != PL_OK) {
        return status;
    }
    if (there) {
        return pl_broken(s, PL_RULE_PASSKEY_NEW, "this credential was added before");
    }
    if (key->n != (p.algorithm == PL_PASSKEY_ES256 ? 2 * PL_HASH : PL_HASH)) {
        return pl_broken(s, PL_RULE_PASSKEY_KEY, "%zu bytes are no key of the algorithm %lld", key->n, (long long)p.algorithm);
    }
    memcpy(p.member, s->author, PL_HASH);
    memcpy(p.x, key->at, PL_HASH);
    memcpy(p.y, key->at + (p.algorithm == PL_PASSKEY_ES256 ? PL_HASH : 0), p.algorithm == PL_PASSKEY_ES256 ? PL_HASH : 0);
    memcpy(p.party, party->at, party->n);
    status = pl_put(s, &PL_PASSKEYS, pl_key_id1(id), &p);
    return status == PL_OK ? pl_put(s, &PL_PASSKEYS_OF, pl_key_id2(s->author, id), &(pl_link){s->time}) : status;
}

const pl_event_kind PL_KIND_PASSKEY_ADDED = {
    "passkey.added",
    {[ADDED_CREDENTIAL] = {"credential", PL_FIELD_BYTES, 16, 1023, false},
     [ADDED_ALGORITHM] = {"algorithm", PL_FIELD_INT, PL_PASSKEY_EDDSA, PL_PASSKEY_ES256, false},
     [ADDED_KEY] = {"key", PL_FIELD_BYTES, PL_HASH, 2 * PL_HASH, false},
     [ADDED_PARTY] = {"party", PL_FIELD_TEXT, 1, 253, false},
     {0}},
    apply_added,
};

static pl_status apply_removed(pl_step *s)
{
    pl_row_key key = pl_key_id1(s->value[0].at);
    pl_passkey p;
    bool there;
    pl_status status = pl_get(s, &PL_PASSKEYS, key, &p, &there);
    if (status != PL_OK) {
        return status;
    }
    if (!there || !pl_id_same(p.member, s->author) || p.removed >= 0) {
        return pl_broken(s, PL_RULE_PASSKEY_OWN, there ? "it is another member's, or was taken back before" : "there is no such passkey");
    }
    p.removed = s->time;
    return pl_put(s, &PL_PASSKEYS, key, &p);
}

const pl_event_kind PL_KIND_PASSKEY_REMOVED = {"passkey.removed", {{"passkey", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {0}}, apply_removed};
