/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * lot.c - the public lot: sealed parts, opened parts, the seed, the draw. */
#include "council/lot.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "record/tree.h"

#define WANTED_MAX 1000
#define ORIGIN "plenty/"

const pl_table PL_LOTS = {"lots",
                          sizeof(pl_lot),
                          20,
                          {PL_TEXT(pl_lot, purpose), PL_ID(pl_lot, pool), PL_ID(pl_lot, without), PL_ID(pl_lot, root), PL_INT(pl_lot, size),
                           PL_INT(pl_lot, wanted), PL_INT(pl_lot, changes), PL_INT(pl_lot, since), PL_INT(pl_lot, seals), PL_INT(pl_lot, opens), PL_INT(pl_lot, state),
                           PL_INT(pl_lot, sealed), PL_INT(pl_lot, opened), PL_ID(pl_lot, events), PL_ID(pl_lot, seed), PL_TEXT(pl_lot, then),
                           PL_ID(pl_lot, subject), PL_ID(pl_lot, key), PL_INT(pl_lot, shares), PL_INT(pl_lot, unsealed)}};
const pl_table PL_LOT_PARTS = {
    "lots.parts", sizeof(pl_lot_part), 3, {PL_ID(pl_lot_part, member), PL_ID(pl_lot_part, seal), PL_ID(pl_lot_part, part)}};
const pl_table PL_LOT_PLACES = {"lots.places", sizeof(pl_lot_place), 2, {PL_ID(pl_lot_place, member), PL_INT(pl_lot_place, place)}};
const pl_table PL_LOT_DRAWN_MEMBERS = {"lots.drawn", sizeof(pl_lot_place), 2, {PL_ID(pl_lot_place, member), PL_INT(pl_lot_place, place)}};

/* Which part a member has sealed: (lot, member). */
typedef struct part_of {
    int64_t number;
} part_of;
static const pl_table PART_OF = {"lots.sealers", sizeof(part_of), 1, {PL_INT(part_of, number)}};

/* The pool of a lot among an assembly other than everyone: (lot, member). */
static const pl_table POOL = {"lots.pool", sizeof(pl_link), 1, {PL_INT(pl_link, since)}};

/* The lot that was drawn last. */
typedef struct last_lot {
    uint8_t lot[PL_HASH], seed[PL_HASH];
} last_lot;
static const pl_table LAST = {"lots.last", sizeof(last_lot), 2, {PL_ID(last_lot, lot), PL_ID(last_lot, seed)}};

/* ---- The pool -------------------------------------------------------------------------------------- */

typedef struct pool {
    uint8_t (*ids)[PL_HASH];
    size_t n, cap;
} pool;

static pl_status pool_add(pl_step *s, pool *p, const pl_lot *l, const uint8_t id[PL_HASH])
{
    if (pl_id_same(id, l->without)) {
        return PL_OK;
    }
    if (!pl_grow(&p->ids, &p->cap, p->n + 1, PL_HASH, SIZE_MAX / PL_HASH)) {
        return pl_fail_nomem(s->err, "drawing lots");
    }
    memcpy(p->ids[p->n++], id, PL_HASH);
    return PL_OK;
}

/* Who was a member when the lot was announced. */
static pl_status pool_of_everyone(pl_step *s, const pl_lot *l, pool *p)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_MEMBERS, &all);
    pl_member m;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_MEMBERS, &at, &m, &there)) == PL_OK && there) {
        status = m.came <= l->changes && (m.went < 0 || m.went > l->changes) ? pool_add(s, p, l, at.key) : PL_OK;
    }
    return status;
}

static pl_status pool_of_rows(pl_step *s, const uint8_t id[PL_HASH], const pl_lot *l, pool *p)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&POOL, &prefix);
    pl_link link;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &POOL, &at, &link, &there)) == PL_OK && there) {
        status = pool_add(s, p, l, at.key + PL_HASH);
    }
    return status;
}

static pl_status pool_get(pl_step *s, const uint8_t id[PL_HASH], const pl_lot *l, pool *p)
{
    return pl_id_same(l->pool, s->fold->commons_id) ? pool_of_everyone(s, l, p) : pool_of_rows(s, id, l, p);
}

pl_status pl_lot_pool(pl_step *s, const uint8_t id[PL_HASH], const pl_lot *l, uint8_t (**members)[PL_HASH], size_t *n)
{
    pool p = {NULL, 0, 0};
    pl_status status = pool_get(s, id, l, &p);
    if (status != PL_OK) {
        pl_free(p.ids);
        return status;
    }
    *members = p.ids;
    *n = p.n;
    return PL_OK;
}

static pl_status pool_freeze(pl_step *s, const uint8_t id[PL_HASH], const pl_lot *l)
{
    uint8_t(*members)[PL_HASH] = NULL;
    size_t n = 0;
    if (pl_id_same(l->pool, s->fold->commons_id)) {
        return PL_OK;
    }
    pl_status status = pl_assembly_list(s, l->pool, &members, &n);
    for (size_t i = 0; status == PL_OK && i < n; i++) {
        status = pl_put(s, &POOL, pl_key_id2(id, members[i]), &(pl_link){s->time});
    }
    pl_free(members);
    return status;
}

pl_status pl_lot_start(pl_step *s, const uint8_t id[PL_HASH], const char *purpose, const uint8_t assembly[PL_HASH], const uint8_t *without, int64_t wanted,
                       const char *then, const uint8_t subject[PL_HASH])
{
    pl_lot l = {.wanted = wanted, .since = s->time};
    pool p = {NULL, 0, 0};
    int64_t seal = 0, open = 0;
    snprintf(l.purpose, sizeof l.purpose, "%s", purpose);
    snprintf(l.then, sizeof l.then, "%s", then);
    memcpy(l.pool, assembly, PL_HASH);
    memcpy(l.subject, subject, PL_HASH);
    if (without != NULL) {
        memcpy(l.without, without, PL_HASH);
    }
    pl_status status = pl_param(s, PL_LOT_COMMIT_HOURS, &seal);
    status = status == PL_OK ? pl_param(s, PL_LOT_REVEAL_HOURS, &open) : status;
    status = status == PL_OK ? pl_member_changes(s, &l.changes) : status;
    status = status == PL_OK ? pl_lot_key_now(s, l.key) : status;
    l.seals = s->time + seal * PL_HOUR;
    l.opens = l.seals + open * PL_HOUR;
    status = status == PL_OK ? pool_freeze(s, id, &l) : status;
    status = status == PL_OK ? pool_get(s, id, &l, &p) : status;
    if (status == PL_OK) {
        pl_hash(p.ids != NULL ? (const void *)p.ids : "", p.n * PL_HASH, l.root);
        l.size = (int64_t)p.n;
        status = pl_put(s, &PL_LOTS, pl_key_id1(id), &l);
    }
    pl_free(p.ids);
    status = status == PL_OK ? pl_due_at(s, l.seals, "lot.seals", id, 0) : status;
    return status == PL_OK ? pl_due_at(s, l.opens, "lot.draws", id, 0) : status;
}

/* ---- Parts ----------------------------------------------------------------------------------------- */

static pl_status apply_announced(pl_step *s)
{
    const pl_value *purpose = &s->value[0];
    char text[101] = "";
    bool in;
    pl_status status = pl_assembly_has(s, s->value[1].at, s->author, 0, &in);
    if (status != PL_OK || !in) {
        return status != PL_OK ? status : pl_broken(s, PL_RULE_ASSEMBLY, "the signer does not belong to the pool");
    }
    memcpy(text, purpose->at, purpose->n);
    return pl_lot_start(s, s->id, text, s->value[1].at, NULL, s->value[2].x, "", s->id);
}

const pl_event_kind PL_KIND_LOT_ANNOUNCED = {"lot.announced",
                                             {{"purpose", PL_FIELD_TEXT, 1, 100, false},
                                              {"pool", PL_FIELD_BYTES, PL_HASH, PL_HASH, false},
                                              {"wanted", PL_FIELD_INT, 1, WANTED_MAX, false},
                                              {0}},
                                             apply_announced};

pl_status pl_lot_find(pl_step *s, pl_lot *l, pl_lot_state state)
{
    static const char *const STATES[] = {"parts are being sealed", "parts are being opened", "it was drawn"};
    char hex[13];
    bool there, is = false;
    pl_status status = pl_get(s, &PL_LOTS, pl_key_id1(s->value[0].at), l, &there);
    if (status == PL_OK && !there) {
        return pl_broken(s, PL_RULE_LOT, "there is no lot %s", pl_short_id(s->value[0].at, hex));
    }
    if (status == PL_OK && l->state != (int64_t)state) {
        return pl_broken(s, PL_RULE_LOT, "%s", STATES[l->state]);
    }
    status = status == PL_OK ? pl_member_is(s, s->author, &is) : status;
    return status == PL_OK && !is ? pl_broken(s, PL_RULE_MEMBER, "the signer is no member") : status;
}

static pl_status apply_sealed(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_lot l;
    part_of mine;
    pl_lot_part part = {.member = {0}};
    bool there = false;
    pl_status status = pl_lot_find(s, &l, PL_LOT_SEALING);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = pl_get(s, &PART_OF, pl_key_id2(id, s->author), &mine, &there);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE || there) {
        return there ? pl_broken(s, PL_RULE_LOT_PART, "the signer has sealed a part already") : status;
    }
    memcpy(part.member, s->author, PL_HASH);
    memcpy(part.seal, s->value[1].at, PL_HASH);
    mine.number = ++l.sealed;
    status = pl_put(s, &PL_LOT_PARTS, pl_key_then(pl_key_id1(id), mine.number), &part);
    status = status == PL_OK ? pl_put(s, &PART_OF, pl_key_id2(id, s->author), &mine) : status;
    return status == PL_OK ? pl_put(s, &PL_LOTS, pl_key_id1(id), &l) : status;
}

const pl_event_kind PL_KIND_LOT_SEALED = {
    "lot.sealed", {{"lot", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"seal", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {0}}, apply_sealed};

static pl_status apply_opened(pl_step *s)
{
    const uint8_t *id = s->value[0].at, *opened = s->value[1].at;
    pl_lot l;
    part_of mine;
    pl_lot_part part;
    uint8_t seal[PL_HASH];
    bool there = false;
    pl_status status = pl_lot_find(s, &l, PL_LOT_OPENING);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = pl_get(s, &PART_OF, pl_key_id2(id, s->author), &mine, &there);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE || !there) {
        return status != PL_OK || s->broken != PL_RULE_NONE ? status : pl_broken(s, PL_RULE_LOT_PART, "the signer has sealed none");
    }
    status = pl_get(s, &PL_LOT_PARTS, pl_key_then(pl_key_id1(id), mine.number), &part, &there);
    pl_hash(opened, PL_HASH, seal);
    if (status == PL_OK && (!pl_id_same(seal, part.seal) || !pl_id_none(part.part))) {
        return pl_broken(s, PL_RULE_LOT_PART, pl_id_none(part.part) ? "this is not the part that was sealed" : "it was opened already");
    }
    memcpy(part.part, opened, PL_HASH);
    l.opened++;
    status = status == PL_OK ? pl_put(s, &PL_LOT_PARTS, pl_key_then(pl_key_id1(id), mine.number), &part) : status;
    return status == PL_OK ? pl_put(s, &PL_LOTS, pl_key_id1(id), &l) : status;
}

const pl_event_kind PL_KIND_LOT_OPENED = {
    "lot.opened", {{"lot", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"part", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {0}}, apply_opened};

/* ---- The draw -------------------------------------------------------------------------------------- */

pl_status pl_lot_seals(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_lot l;
    bool there;
    (void)n;
    pl_status status = pl_get(s, &PL_LOTS, pl_key_id1(id), &l, &there);
    status = status == PL_OK ? pl_tree_root(&s->fold->nodes, 0, s->fold->position, l.events, s->err) : status;
    l.state = PL_LOT_OPENING;
    return status == PL_OK ? pl_put(s, &PL_LOTS, pl_key_id1(id), &l) : status;
}

/* SHA-256("lot/v1" || origin || root of the pool || root of the record || the opened parts in the order of sealing). */
static pl_status make_seed(pl_step *s, const uint8_t id[PL_HASH], pl_lot *l)
{
    char origin[sizeof ORIGIN + 2 * PL_HASH] = ORIGIN;
    crypto_hash_sha256_state hash;
    pl_status status = PL_OK;
    pl_hex_write(s->fold->commons_id, PL_HASH, origin + sizeof ORIGIN - 1);
    crypto_hash_sha256_init(&hash);
    crypto_hash_sha256_update(&hash, (const uint8_t *)"lot/v1", 6);
    crypto_hash_sha256_update(&hash, (const uint8_t *)origin, strlen(origin));
    crypto_hash_sha256_update(&hash, l->root, PL_HASH);
    crypto_hash_sha256_update(&hash, l->events, PL_HASH);
    for (int64_t i = 1; status == PL_OK && i <= l->sealed; i++) {
        pl_lot_part part;
        bool there;
        status = pl_get(s, &PL_LOT_PARTS, pl_key_then(pl_key_id1(id), i), &part, &there);
        if (!pl_id_none(part.part)) {
            crypto_hash_sha256_update(&hash, part.part, PL_HASH);
        }
    }
    crypto_hash_sha256_final(&hash, l->seed);
    return status;
}

void pl_lot_rank(const uint8_t seed[PL_HASH], const char *purpose, const uint8_t member[PL_HASH], uint8_t out[PL_HASH])
{
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    crypto_hash_sha256_update(&hash, seed, PL_HASH);
    crypto_hash_sha256_update(&hash, (const uint8_t *)purpose, strlen(purpose));
    crypto_hash_sha256_update(&hash, member, PL_HASH);
    crypto_hash_sha256_final(&hash, out);
}

typedef struct ranked {
    uint8_t rank[PL_HASH], member[PL_HASH];
} ranked;

static int by_rank(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(ranked));
}

/* Those who are still members, in the order of the lot, until all places are taken. */
static pl_status take_places(pl_step *s, const uint8_t id[PL_HASH], const pl_lot *l, const ranked *order, size_t n)
{
    pl_status status = PL_OK;
    int64_t place = 0;
    for (size_t i = 0; status == PL_OK && i < n && place < l->wanted; i++) {
        pl_lot_place p;
        bool is;
        status = pl_member_is(s, order[i].member, &is);
        if (status != PL_OK || !is) {
            continue;
        }
        p.place = ++place;
        memcpy(p.member, order[i].member, PL_HASH);
        status = pl_put(s, &PL_LOT_PLACES, pl_key_then(pl_key_id1(id), place), &p);
        status = status == PL_OK ? pl_put(s, &PL_LOT_DRAWN_MEMBERS, pl_key_id2(id, p.member), &p) : status;
    }
    return status;
}

static pl_status draw(pl_step *s, const uint8_t id[PL_HASH], const pl_lot *l)
{
    pool p = {NULL, 0, 0};
    pl_status status = pool_get(s, id, l, &p);
    ranked *order = status == PL_OK ? PL_NEW(ranked, p.n + 1) : NULL;
    if (status == PL_OK && order == NULL) {
        status = pl_fail_nomem(s->err, "drawing lots");
    }
    for (size_t i = 0; status == PL_OK && i < p.n; i++) {
        pl_lot_rank(l->seed, l->purpose, p.ids[i], order[i].rank);
        memcpy(order[i].member, p.ids[i], PL_HASH);
    }
    if (status == PL_OK) {
        qsort(order, p.n, sizeof *order, by_rank);
        status = take_places(s, id, l, order, p.n);
    }
    pl_free(order);
    pl_free(p.ids);
    return status;
}

pl_status pl_lot_draws(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_lot l;
    last_lot last;
    bool there;
    (void)n;
    pl_status status = pl_get(s, &PL_LOTS, pl_key_id1(id), &l, &there);
    if (status != PL_OK || l.state == PL_LOT_DRAWN) {
        return status;
    }
    status = pl_id_none(l.seed) ? make_seed(s, id, &l) : PL_OK;
    status = status == PL_OK ? draw(s, id, &l) : status;
    l.state = PL_LOT_DRAWN;
    memcpy(last.lot, id, PL_HASH);
    memcpy(last.seed, l.seed, PL_HASH);
    status = status == PL_OK ? pl_put(s, &PL_LOTS, pl_key_id1(id), &l) : status;
    status = status == PL_OK ? pl_put(s, &LAST, pl_key_none(), &last) : status;
    return status == PL_OK && l.then[0] != '\0' ? pl_due_at(s, s->time, l.then, l.subject, 0) : status;
}

pl_status pl_lot_place_of(pl_step *s, const uint8_t id[PL_HASH], const uint8_t member[PL_HASH], int64_t *place)
{
    pl_lot_place p;
    bool there;
    pl_status status = pl_get(s, &PL_LOT_DRAWN_MEMBERS, pl_key_id2(id, member), &p, &there);
    *place = p.place;
    return status;
}

pl_status pl_lot_seed(pl_step *s, uint8_t seed[PL_HASH], bool *there)
{
    last_lot last;
    pl_status status = pl_get(s, &LAST, pl_key_none(), &last, there);
    memcpy(seed, last.seed, PL_HASH);
    return status;
}

pl_status pl_lot_filled(pl_step *s, const uint8_t id[PL_HASH], int64_t *n)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_LOT_PLACES, &prefix);
    pl_lot_place p;
    bool there;
    pl_status status;
    for (*n = 0; (status = pl_next(s, &PL_LOT_PLACES, &at, &p, &there)) == PL_OK && there;) {
        ++*n;
    }
    return status;
}
