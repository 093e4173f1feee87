/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * record.c - a record in a store: opened, added to, proved, checkpointed. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "record/bytes.h"
#include "record/record_int.h"
#include "record/step.h"

#define ORIGIN "plenty/"

/* ---- Trees ---------------------------------------------------------------------------------------- */

void pl_edge_add(pl_edge *edge, const uint8_t leaf[PL_HASH], uint8_t out[64][PL_HASH])
{
    int complete = pl_tree_complete(edge->size);
    memcpy(out[0], leaf, PL_HASH);
    for (int level = 1; level < complete; level++) {
        pl_node_hash(edge->node[level - 1], out[level - 1], out[level]);
    }
    memcpy(edge->node[complete - 1], out[complete - 1], PL_HASH);
    edge->size++;
}

pl_status pl_tree_add(pl_tree *tree, const uint8_t leaf[PL_HASH], uint8_t out[64][PL_HASH], pl_error *err)
{
    int complete = pl_tree_complete(tree->edge.size);
    pl_edge_add(&tree->edge, leaf, out);
    for (int level = 0; level < complete; level++) {
        if (!pl_grow(&tree->level[level], &tree->cap[level], tree->n[level] + 1, PL_HASH, SIZE_MAX / PL_HASH)) {
            return pl_fail_nomem(err, "building the tree");
        }
        memcpy(tree->level[level][tree->n[level]++], out[level], PL_HASH);
    }
    return PL_OK;
}

static pl_status tree_get(void *user, int level, uint64_t index, uint8_t out[PL_HASH], pl_error *err)
{
    const pl_tree *tree = user;
    if (index >= tree->n[level]) {
        return pl_fail(err, PL_BUG, "tree", NULL, "a node beyond the tree");
    }
    memcpy(out, tree->level[level][index], PL_HASH);
    return PL_OK;
}

pl_nodes pl_tree_nodes(pl_tree *tree)
{
    return (pl_nodes){tree_get, tree};
}

void pl_tree_clear(pl_tree *tree)
{
    for (int level = 0; level < 64; level++) {
        pl_free(tree->level[level]);
    }
    memset(tree, 0, sizeof *tree);
}

/* Node (level, index) lies with the last event under it. */
static pl_status stored_node(void *user, int level, uint64_t index, uint8_t out[PL_HASH], pl_error *err)
{
    return pl_store_node(user, ((index + 1) << level) - 1, level, out, err);
}

pl_nodes pl_record_nodes(pl_record *record)
{
    return (pl_nodes){stored_node, record->store};
}

/* ---- Opening -------------------------------------------------------------------------------------- */

static pl_status no_record(pl_error *err, const char *where)
{
    return pl_fail(err, PL_DATA, where, NULL, "this record does not begin with the founding of a commons");
}

/* What the founding says; `event` was read. */
static pl_status learn(pl_record *r, const pl_event *event, const char *where, pl_error *err)
{
    pl_created c;
    pl_record_about *a = &r->about;
    if (!pl_kind_is(&PL_KIND_CREATED, event) || !pl_created_read(event->body, &c)) {
        return no_record(err, where);
    }
    pl_status status = pl_commons_id_of(event->body, a->commons_id, err);
    if (status != PL_OK) {
        return status;
    }
    memcpy(a->name, c.name, c.name_n);
    a->name[c.name_n] = '\0';
    memcpy(a->origin, ORIGIN, sizeof ORIGIN);
    pl_hex_write(a->commons_id, PL_HASH, a->origin + strlen(ORIGIN));
    status = pl_note_key_make(a->origin, PL_NOTE_ED25519, c.record_key, &a->founding_key, err);
    a->record_key = a->founding_key;
    return status;
}

/* The record key as it is now; within a transaction, with the state warm or not. */
static pl_status learn_key(pl_record *r, pl_error *err)
{
    pl_state *state = r->state;
    pl_status status = state != NULL ? PL_OK : pl_state_new(r->store, &state, err);
    r->about.record_key = r->about.founding_key;
    status = status == PL_OK ? pl_record_key_at(state, UINT64_MAX, &r->about.record_key, err) : status;
    if (r->state == NULL) {
        pl_state_free(state);
    }
    return status;
}

static pl_record *new_record(const pl_rulebook *rulebook, pl_error *err)
{
    pl_record *r = PL_NEW0(pl_record, 1);
    if (r == NULL) {
        pl_fail_nomem(err, "opening a record");
    } else {
        r->rulebook = rulebook;
    }
    return r;
}

static void cool(pl_record *r)
{
    pl_state_free(r->state);
    r->state = NULL;
    r->warm = false;
}

void pl_record_close(pl_record *record)
{
    if (record != NULL) {
        cool(record);
        pl_store_close(record->store);
        pl_free(record);
    }
}

pl_status pl_record_open(const char *where, const pl_rulebook *rulebook, pl_record_mode mode, pl_record **out, pl_error *err)
{
    pl_str bytes;
    pl_event event;
    pl_rule rule;
    pl_record *r = new_record(rulebook, err);
    if (r == NULL) {
        return PL_NOMEM;
    }
    pl_str_init(&bytes, PL_EVENT_MAX);
    pl_status status = pl_store_open(where, mode == PL_RECORD_WRITE, &r->store, err);
    if (status == PL_OK) {
        status = pl_store_begin(r->store, false, err);
    }
    if (status == PL_OK) {
        status = pl_store_event(r->store, 0, &bytes, NULL, err);
        status = status == PL_NOTFOUND ? no_record(err, where) : status;
    }
    if (status == PL_OK && pl_event_read((const uint8_t *)bytes.text, bytes.len, &event, &rule, NULL) != PL_OK) {
        status = no_record(err, where);
    }
    if (status == PL_OK) {
        status = learn(r, &event, where, err);
    }
    if (status == PL_OK && (status = learn_key(r, err)) == PL_DATA) {
        status = PL_OK; /* damaged tables are made anew by a replay, which must be able to open the record */
    }
    pl_str_clear(&bytes);
    if (status != PL_OK) {
        pl_record_close(r);
        return status;
    }
    pl_store_rollback(r->store);
    *out = r;
    return PL_OK;
}

const pl_record_about *pl_record_what(const pl_record *record)
{
    return &record->about;
}

/* Runs a read within a transaction of its own. */
static pl_status ended(pl_record *r, pl_status status)
{
    pl_store_rollback(r->store);
    return status;
}

pl_status pl_record_size(pl_record *record, uint64_t *size, pl_error *err)
{
    pl_status status = pl_store_begin(record->store, false, err);
    return status == PL_OK ? ended(record, pl_store_size(record->store, size, err)) : status;
}

/* ---- Adding --------------------------------------------------------------------------------------- */

/* Makes state and edge those of the store; within a transaction. */
static pl_status warm_up(pl_record *r, uint64_t *size, pl_error *err)
{
    pl_status status = pl_store_size(r->store, size, err);
    if (status != PL_OK || (r->warm && r->edge.size == *size)) {
        return status;
    }
    cool(r);
    status = pl_state_new(r->store, &r->state, err);
    r->edge.size = *size;
    for (int level = 0; status == PL_OK && level < 63; level++) {
        if ((*size >> level & 1) != 0) {
            status = stored_node(r->store, level, (*size >> level) - 1, r->edge.node[level], err);
        }
    }
    r->warm = status == PL_OK;
    return status;
}

/* Puts one accepted event at the end of the list. */
static pl_status stand(pl_record *r, const pl_bytes *event, pl_error *err)
{
    uint8_t leaf[PL_HASH], nodes[64][PL_HASH];
    uint64_t position = r->edge.size;
    pl_leaf_hash(event->at, event->n, leaf);
    pl_edge_add(&r->edge, leaf, nodes);
    return pl_store_add_event(r->store, position, (pl_slice){event->at, event->n},
                              (pl_slice){nodes, (size_t)pl_tree_complete(position) * PL_HASH}, err);
}

static pl_fold fold_of(pl_record *r, pl_store *door, uint64_t now)
{
    pl_fold fold = {.state = r->state, .rulebook = r->rulebook, .nodes = pl_record_nodes(r), .position = r->edge.size, .founded = r->edge.size > 0, .store = r->store, .door = door, .now = now};
    memcpy(fold.commons_id, r->about.commons_id, PL_HASH);
    return fold;
}

pl_status pl_record_fold(pl_record *record, pl_fold *fold, uint64_t *size, pl_error *err)
{
    pl_status status = warm_up(record, size, err);
    *fold = fold_of(record, NULL, 0);
    return status;
}

typedef struct taking {
    pl_record *record;
    pl_fold fold;
    const pl_bytes *events;
    pl_prepared *prepared;
    pl_taken *taken;
    uint64_t added;
} taking;

/* Decides about one event, and adds it if it keeps the rules. */
static pl_status take_one(void *user, size_t i, pl_error *err)
{
    taking *t = user;
    pl_taken *taken = &t->taken[i];
    taken->position = t->fold.position;
    pl_status status = pl_fold_event(&t->fold, &t->prepared[i], &taken->broken, taken->why, err);
    if (status == PL_OK && taken->broken == PL_RULE_NONE) {
        status = stand(t->record, &t->events[i], err);
        t->fold.position++;
        t->added++;
    }
    return status;
}

/* Decides about the events and adds those that keep the rules; within a writing transaction. */
static pl_status take_in(pl_record *r, const pl_bytes *events, size_t n, uint64_t now, pl_taken *taken, uint64_t *added, pl_error *err)
{
    taking t = {.record = r, .fold = fold_of(r, r->store, now), .events = events, .prepared = PL_NEW(pl_prepared, n), .taken = taken};
    if (t.prepared == NULL) {
        return pl_fail_nomem(err, "taking in events");
    }
    pl_status status = pl_fold_prepare(&t.fold, events, n, t.prepared, err);
    status = status == PL_OK ? pl_fold_each(t.prepared, n, take_one, &t, err) : status;
    pl_free(t.prepared);
    *added += t.added;
    return status == PL_OK ? pl_state_flush(r->state, r->store, err) : status;
}

pl_status pl_record_append(pl_record *record, const pl_bytes *events, size_t n, uint64_t now, pl_taken *taken, pl_error *err)
{
    uint64_t size, added = 0;
    pl_status status = pl_store_begin(record->store, true, err);
    if (status != PL_OK) {
        return status;
    }
    status = warm_up(record, &size, err);
    if (status == PL_OK) {
        status = take_in(record, events, n, now, taken, &added, err);
    }
    status = status == PL_OK ? learn_key(record, err) : status;
    if (status == PL_OK && added > 0) {
        status = pl_store_commit(record->store, err);
    }
    pl_store_rollback(record->store);
    if (status != PL_OK) {
        cool(record); /* they may hold what is not in the store */
    }
    return status;
}

pl_status pl_record_create(const char *where, const pl_rulebook *rulebook, pl_bytes founding, pl_record **out, pl_error *err)
{
    pl_event event;
    pl_taken taken;
    pl_rule rule;
    uint64_t size = 0, added = 0;
    pl_status status = pl_event_read(founding.at, founding.n, &event, &rule, err);
    pl_record *r = status == PL_OK ? new_record(rulebook, err) : NULL;
    if (r == NULL) {
        return status == PL_OK ? PL_NOMEM : status;
    }
    status = learn(r, &event, where, err);
    if (status == PL_OK) {
        status = pl_store_create(where, &r->store, err);
    }
    if (status != PL_OK) {
        pl_free(r);
        return status;
    }
    status = warm_up(r, &size, err);
    if (status == PL_OK) {
        status = take_in(r, &founding, 1, event.time, &taken, &added, err);
    }
    if (status == PL_OK && taken.broken != PL_RULE_NONE) {
        status = pl_fail(err, PL_DATA, where, NULL, "%s: %s (%s)", pl_rule_text(taken.broken), taken.why, pl_rule_id(taken.broken));
    }
    if (status == PL_OK) {
        status = pl_store_commit(r->store, err);
    }
    if (status != PL_OK) {
        pl_store_abandon(r->store);
        r->store = NULL;
        pl_record_close(r);
        return status;
    }
    *out = r;
    return PL_OK;
}

pl_status pl_record_look(pl_record *r, uint64_t now, pl_look_fn look, void *user, pl_error *err)
{
    uint64_t size;
    pl_status status = pl_store_begin(r->store, false, err);
    if (status != PL_OK) {
        return status;
    }
    status = warm_up(r, &size, err);
    if (status == PL_OK) {
        pl_fold fold = fold_of(r, NULL, now);
        pl_step step = {.fold = &fold, .err = err};
        pl_state_mark(r->state);
        status = pl_fold_until(&step, (int64_t)now);
        status = status == PL_OK ? look(user, &step) : status;
        pl_state_undo(r->state);
    }
    pl_store_rollback(r->store);
    return status;
}

pl_status pl_record_row(pl_record *r, const pl_table *table, pl_row_key key, void *row, bool *there, pl_error *err)
{
    uint64_t size;
    pl_status status = pl_store_begin(r->store, false, err);
    if (status != PL_OK) {
        return status;
    }
    status = warm_up(r, &size, err);
    status = status == PL_OK ? pl_row_get(r->state, table, &key, row, there, err) : status;
    return ended(r, status);
}

typedef struct drafting {
    pl_record *record;
    const uint8_t *key_id;
    uint64_t now;
    pl_draft draft;
} drafting;

static pl_status draft_for(void *user, pl_step *s)
{
    drafting *d = user;
    pl_key_row k;
    bool there;
    pl_status status = pl_get(s, &PL_KEYS, pl_key_id1(d->key_id), &k, &there);
    if (status == PL_OK && (!there || k.revoked >= 0)) {
        return pl_fail(s->err, PL_DATA, NULL, "a founder's key, or one that was added and not revoked", "this key is no valid key of %.100s (R-006)",
                       d->record->about.name);
    }
    d->draft.counter = (uint64_t)k.counter + 1;
    d->draft.time = d->now > (uint64_t)k.time ? d->now : (uint64_t)k.time;
    d->draft.follows_size = s->fold->position;
    return status == PL_OK ? pl_tree_root(&s->fold->nodes, 0, s->fold->position, d->draft.follows_root, s->err) : status;
}

pl_status pl_record_draft(pl_record *record, const uint8_t key_id[PL_HASH], uint64_t now, pl_draft *out, pl_error *err)
{
    drafting d = {record, key_id, now, {.follows = true}};
    memcpy(d.draft.commons_id, record->about.commons_id, PL_HASH);
    pl_status status = pl_record_look(record, now, draft_for, &d, err);
    if (status == PL_OK) {
        *out = d.draft;
    }
    return status;
}

/* ---- Reading -------------------------------------------------------------------------------------- */

pl_status pl_record_event(pl_record *record, uint64_t position, pl_owned *out, pl_error *err)
{
    pl_str s;
    pl_status status = pl_store_begin(record->store, false, err);
    if (status != PL_OK) {
        return status;
    }
    pl_str_init(&s, PL_EVENT_MAX);
    status = ended(record, pl_store_event(record->store, position, &s, NULL, err));
    if (status != PL_OK) {
        pl_str_clear(&s);
        return status;
    }
    return pl_owned_from(&s, "reading an event", out, err);
}

/* Begins to read, and checks that so many events are there. */
static pl_status begin_within(pl_record *r, uint64_t size, pl_error *err)
{
    uint64_t have;
    pl_status status = pl_store_begin(r->store, false, err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_store_size(r->store, &have, err);
    if (status == PL_OK && size > have) {
        status = pl_fail(err, PL_NOTFOUND, NULL, NULL, "there are %llu events, not %llu", (unsigned long long)have, (unsigned long long)size);
    }
    return status == PL_OK ? PL_OK : ended(r, status);
}

pl_status pl_record_root(pl_record *record, uint64_t size, uint8_t root[PL_HASH], pl_error *err)
{
    pl_nodes nodes = pl_record_nodes(record);
    pl_status status = begin_within(record, size, err);
    return status == PL_OK ? ended(record, pl_tree_root(&nodes, 0, size, root, err)) : status;
}

pl_status pl_record_prove(pl_record *record, uint64_t position, uint64_t size, pl_proof *out, pl_error *err)
{
    pl_nodes nodes = pl_record_nodes(record);
    if (position >= size) {
        return pl_fail(err, PL_NOTFOUND, NULL, "positions are counted from 0", "position %llu is not among the first %llu events",
                       (unsigned long long)position, (unsigned long long)size);
    }
    pl_status status = begin_within(record, size, err);
    return status == PL_OK ? ended(record, pl_tree_inclusion(&nodes, position, size, out, err)) : status;
}

pl_status pl_record_prove_growth(pl_record *record, uint64_t old, uint64_t size, pl_proof *out, pl_error *err)
{
    pl_nodes nodes = pl_record_nodes(record);
    if (old > size) {
        return pl_fail(err, PL_NOTFOUND, NULL, NULL, "%llu events are not more than %llu", (unsigned long long)size, (unsigned long long)old);
    }
    pl_status status = begin_within(record, size, err);
    return status == PL_OK ? ended(record, pl_tree_consistency(&nodes, old, size, out, err)) : status;
}

/* ---- Blobs ---------------------------------------------------------------------------------------- */

pl_status pl_record_put_blob(pl_record *record, pl_bytes blob, uint8_t hash[PL_HASH], pl_error *err)
{
    if (blob.n > PL_BLOB_MAX) {
        return pl_fail(err, PL_TOOBIG, NULL, NULL, "a blob of %zu MiB; 64 MiB are allowed", blob.n >> 20);
    }
    pl_hash(blob.at, blob.n, hash);
    pl_status status = pl_store_begin(record->store, true, err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_store_put_blob(record->store, hash, (pl_slice){blob.at, blob.n}, err);
    if (status == PL_OK) {
        status = pl_store_commit(record->store, err);
    }
    pl_store_rollback(record->store);
    return status;
}

pl_status pl_record_put_private(pl_record *record, const uint8_t id[PL_HASH], pl_bytes data, pl_error *err)
{
    pl_status status = pl_store_begin(record->store, true, err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_store_put_private(record->store, id, (pl_slice){data.at, data.n}, err);
    status = status == PL_OK ? pl_store_commit(record->store, err) : status;
    pl_store_rollback(record->store);
    return status;
}

pl_status pl_record_erase_private(pl_record *record, const uint8_t id[PL_HASH], pl_error *err)
{
    pl_status status = pl_store_begin(record->store, true, err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_store_erase_private(record->store, id, err);
    status = status == PL_OK ? pl_store_commit(record->store, err) : status;
    pl_store_rollback(record->store);
    return status;
}

pl_status pl_record_private(pl_record *record, const uint8_t id[PL_HASH], pl_owned *out, pl_error *err)
{
    pl_str s;
    pl_status status = pl_store_begin(record->store, false, err);
    if (status != PL_OK) {
        return status;
    }
    pl_str_init(&s, PL_BLOB_MAX);
    status = ended(record, pl_store_private(record->store, id, &s, err));
    if (status != PL_OK) {
        pl_str_clear(&s);
        return status;
    }
    return pl_owned_from(&s, "reading personal data", out, err);
}

pl_status pl_record_blob(pl_record *record, const uint8_t hash[PL_HASH], pl_owned *out, pl_error *err)
{
    pl_str s;
    pl_status status = pl_store_begin(record->store, false, err);
    if (status != PL_OK) {
        return status;
    }
    pl_str_init(&s, PL_BLOB_MAX);
    status = ended(record, pl_store_blob(record->store, hash, &s, err));
    if (status != PL_OK) {
        pl_str_clear(&s);
        return status;
    }
    return pl_owned_from(&s, "reading a blob", out, err);
}

/* ---- Checkpoints ---------------------------------------------------------------------------------- */

pl_status pl_record_last_checkpoint(pl_record *record, uint64_t size, pl_owned *note, pl_checkpoint *checkpoint, pl_error *err)
{
    pl_str s;
    uint64_t at;
    pl_str_init(&s, (size_t)1 << 20);
    pl_status status = pl_store_checkpoint(record->store, size, &at, &s, err);
    if (status == PL_OK) {
        status = pl_checkpoint_read(s.text, s.len, checkpoint, err);
    }
    if (status != PL_OK) {
        pl_str_clear(&s);
        return status;
    }
    return pl_owned_from(&s, "reading a checkpoint", note, err);
}

pl_status pl_record_checkpoint(pl_record *record, pl_owned *note, pl_error *err)
{
    pl_checkpoint c;
    pl_status status = pl_store_begin(record->store, false, err);
    if (status != PL_OK) {
        return status;
    }
    status = ended(record, pl_record_last_checkpoint(record, UINT64_MAX, note, &c, err));
    return status != PL_NOTFOUND ? status
                                 : pl_fail(err, PL_NOTFOUND, NULL, "'plenty record checkpoint' signs one", "this record has no checkpoint yet");
}

/* What only the record key may sign is not signed by another. */
static pl_status check_record_key(pl_record *r, const pl_key *key, pl_error *err)
{
    uint64_t size;
    pl_status status = warm_up(r, &size, err);
    status = status == PL_OK ? learn_key(r, err) : status;
    if (status == PL_OK && memcmp(pl_key_public(key), r->about.record_key.public_key, 32) != 0) {
        return pl_fail(err, PL_DATA, NULL, "'plenty record show COMMONS' prints it", "this is not the record key of %.100s", r->about.name);
    }
    return status;
}

/* The new checkpoint must continue the last one, or the record was changed beneath it. */
static pl_status sign_next(pl_record *r, const pl_key *key, pl_owned *note, pl_error *err)
{
    pl_checkpoint next, last;
    pl_nodes nodes = pl_record_nodes(r);
    uint8_t root[PL_HASH];
    pl_owned before = {NULL, 0};
    pl_status status = pl_store_size(r->store, &next.size, err);
    memcpy(next.origin, r->about.origin, sizeof next.origin);
    status = status == PL_OK ? pl_tree_root(&nodes, 0, next.size, next.root, err) : status;
    if (status != PL_OK) {
        return status;
    }
    status = pl_record_last_checkpoint(r, UINT64_MAX, &before, &last, err);
    if (status == PL_OK) {
        status = last.size > next.size ? PL_REFUTED : pl_tree_root(&nodes, 0, last.size, root, err);
        if (status == PL_REFUTED || (status == PL_OK && memcmp(root, last.root, PL_HASH) != 0)) {
            status = pl_fail(err, PL_REFUTED, NULL, "'plenty audit' says more; take a copy from before",
                             "the record no longer continues its checkpoint of size %llu: it was changed", (unsigned long long)last.size);
        }
        if (status == PL_OK && last.size == next.size) {
            *note = before;
            return PL_OK;
        }
        pl_owned_free(&before);
    } else if (status == PL_NOTFOUND) {
        status = PL_OK;
    }
    status = status == PL_OK ? pl_checkpoint_sign(&next, key, note, err) : status;
    if (status == PL_OK) {
        status = pl_store_put_checkpoint(r->store, next.size, (pl_slice){note->bytes, note->n}, err);
        status = status == PL_OK ? pl_store_commit(r->store, err) : status;
        if (status != PL_OK) {
            pl_owned_free(note);
        }
    }
    return status;
}

/* A checkpoint that was signed elsewhere: the record key's, of a root that this record has, and not behind the last one. */
static pl_status take(pl_record *r, const char *note, size_t n, pl_error *err)
{
    pl_checkpoint next, last;
    pl_nodes nodes = pl_record_nodes(r);
    pl_owned before = {NULL, 0};
    uint8_t root[PL_HASH];
    uint64_t size;
    size_t text_n;
    pl_status status = warm_up(r, &size, err);
    status = status == PL_OK ? learn_key(r, err) : status;
    status = status == PL_OK ? pl_note_read(note, n, &text_n, err) : status;
    status = status == PL_OK ? pl_checkpoint_read(note, n, &next, err) : status;
    if (status == PL_OK && (strcmp(next.origin, r->about.origin) != 0 || pl_note_signed_by(note, n, &r->about.record_key, NULL) != PL_SIGNED)) {
        return pl_fail(err, PL_REFUTED, NULL, "'plenty record show COMMONS' prints the record key", "this checkpoint is not signed by the record key of %.100s", r->about.name);
    }
    if (status == PL_OK && next.size <= size) {
        status = pl_tree_root(&nodes, 0, next.size, root, err);
    }
    if (status == PL_OK && (next.size > size || memcmp(root, next.root, PL_HASH) != 0)) {
        return pl_fail(err, PL_REFUTED, NULL, "keep it: it proves that another record was shown", "this checkpoint is not of this record");
    }
    status = status == PL_OK ? pl_record_last_checkpoint(r, UINT64_MAX, &before, &last, err) : status;
    pl_owned_free(&before);
    if (status == PL_OK && last.size >= next.size) {
        return PL_OK; /* it says nothing new */
    }
    status = status == PL_NOTFOUND ? PL_OK : status;
    status = status == PL_OK ? pl_store_put_checkpoint(r->store, next.size, (pl_slice){note, n}, err) : status;
    return status == PL_OK ? pl_store_commit(r->store, err) : status;
}

pl_status pl_record_take_checkpoint(pl_record *record, const char *note, size_t n, pl_error *err)
{
    pl_status status = pl_store_begin(record->store, true, err);
    return status == PL_OK ? ended(record, take(record, note, n, err)) : status;
}

pl_status pl_record_sign_checkpoint(pl_record *record, const pl_key *key, pl_owned *note, pl_error *err)
{
    pl_status status = pl_store_begin(record->store, true, err);
    if (status != PL_OK) {
        return status;
    }
    status = check_record_key(record, key, err);
    return ended(record, status == PL_OK ? sign_next(record, key, note, err) : status);
}

static pl_status keep(pl_record *r, const char *note, size_t n, pl_error *err)
{
    pl_owned last = {NULL, 0};
    pl_checkpoint c;
    size_t text_n = 0, last_n = 0;
    pl_note_key record_key = r->about.founding_key;
    uint64_t size;
    pl_status status = warm_up(r, &size, err);
    status = status == PL_OK ? pl_record_last_checkpoint(r, UINT64_MAX, &last, &c, err) : status;
    status = status == PL_OK ? pl_record_key_at(r->state, c.size, &record_key, err) : status;
    status = status == PL_OK ? pl_note_read(note, n, &text_n, err) : status;
    status = status == PL_OK ? pl_note_read(last.bytes, last.n, &last_n, err) : status;
    if (status == PL_OK && (text_n != last_n || memcmp(note, last.bytes, text_n) != 0 ||
                            pl_note_signed_by(note, n, &record_key, NULL) != PL_SIGNED)) {
        status = pl_fail(err, PL_REFUTED, NULL, NULL, "these signatures are for another checkpoint than the last one");
    }
    status = status == PL_OK ? pl_store_put_checkpoint(r->store, c.size, (pl_slice){note, n}, err) : status;
    pl_owned_free(&last);
    return status == PL_OK ? pl_store_commit(r->store, err) : status;
}

pl_status pl_record_keep_checkpoint(pl_record *record, const char *note, size_t n, pl_error *err)
{
    pl_status status = pl_store_begin(record->store, true, err);
    return status == PL_OK ? ended(record, keep(record, note, n, err)) : status;
}
