/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * audit.c - the whole record from its beginning: replay, and everything that can be checked. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "record/bytes.h"
#include "record/record_int.h"
#include "record/step.h"

#define BATCH 2048
#define BATCH_BYTES ((size_t)BATCH * (PL_EVENT_MAX + 64 * PL_HASH))

/* ---- Walking over all events ---------------------------------------------------------------------- */

typedef struct batch {
    uint64_t from;
    size_t n;
    bool gap;
    pl_str bytes; /* of all its events and their nodes, one behind the other */
    size_t at[BATCH], event_n[BATCH], nodes_n[BATCH];
    pl_bytes event[BATCH];
    pl_prepared prepared[BATCH];
} batch;

static pl_status collect(void *user, uint64_t position, pl_slice bytes, pl_slice nodes, pl_error *err)
{
    batch *b = user;
    if (position != b->from + b->n) {
        b->gap = true;
        return PL_OK;
    }
    b->at[b->n] = b->bytes.len;
    b->event_n[b->n] = bytes.n;
    b->nodes_n[b->n] = nodes.n;
    pl_str_add_n(&b->bytes, bytes.n > 0 ? bytes.at : "", bytes.n);
    pl_str_add_n(&b->bytes, nodes.n > 0 ? nodes.at : "", nodes.n);
    b->n++;
    return b->bytes.failed ? pl_fail_nomem(err, "reading the record") : PL_OK;
}

static void wrong(char out[400], const char *fmt, ...) PL_PRINTF(2, 3);
static void wrong(char out[400], const char *fmt, ...)
{
    if (out[0] == '\0') { /* the first thing only */
        va_list args;
        va_start(args, fmt);
        vsnprintf(out, 400, fmt, args);
        va_end(args);
    }
}

typedef struct walking {
    pl_walk *walk;
    const batch *batch;
} walking;

static pl_status walk_one(void *user, size_t i, pl_error *err)
{
    const walking *all = user;
    pl_walk *w = all->walk;
    const batch *b = all->batch;
    uint8_t leaf[PL_HASH], nodes[64][PL_HASH];
    uint64_t position = w->fold.position;
    size_t complete = (size_t)pl_tree_complete(position) * PL_HASH;
    pl_rule rule;
    char why[200];
    pl_leaf_hash(b->event[i].at, b->event[i].n, leaf);
    pl_status status = pl_fold_event(&w->fold, &b->prepared[i], &rule, why, err); /* sees the tree before it */
    if (status == PL_OK) {
        status = pl_tree_add(&w->tree, leaf, nodes, err);
    }
    if (status != PL_OK) {
        return status;
    }
    if (b->nodes_n[i] != complete || memcmp(b->event[i].at + b->event[i].n, nodes, complete) != 0) {
        wrong(w->wrong, "position %llu: the hashes kept with the event are not its own: event or hashes were changed",
              (unsigned long long)position);
    }
    if (rule != PL_RULE_NONE && w->replay->voids++ == 0) {
        w->replay->void_position = position;
        w->replay->void_rule = rule;
        memcpy(w->replay->void_why, why, sizeof w->replay->void_why);
    }
    w->replay->events++;
    w->fold.position++;
    return w->each != NULL ? w->each(w->user, position, &b->prepared[i].event, rule, err) : PL_OK;
}

static pl_status walk_batch(pl_walk *w, batch *b, uint64_t size, pl_error *err)
{
    b->n = 0;
    b->bytes.len = 0;
    b->from = w->fold.position;
    uint64_t to = size - b->from > BATCH ? b->from + BATCH : size;
    pl_status status = pl_store_each_event(w->record->store, b->from, to, collect, b, err);
    if (status == PL_OK && (b->gap || b->n != to - b->from)) {
        wrong(w->wrong, "position %llu: an event is missing", (unsigned long long)(b->from + b->n));
        return PL_REFUTED;
    }
    for (size_t i = 0; i < b->n; i++) {
        b->event[i] = (pl_bytes){(const uint8_t *)b->bytes.text + b->at[i], b->event_n[i]};
    }
    status = status == PL_OK ? pl_fold_prepare(&w->fold, b->event, b->n, b->prepared, err) : status;
    return status == PL_OK ? pl_fold_each(b->prepared, b->n, walk_one, &(walking){w, b}, err) : status;
}

pl_status pl_walk_all(pl_walk *walk, uint64_t size, pl_error *err)
{
    batch *b = PL_NEW0(batch, 1);
    if (b == NULL) {
        return pl_fail_nomem(err, "reading the record");
    }
    pl_str_init(&b->bytes, BATCH_BYTES);
    pl_status status = pl_state_new(NULL, &walk->fold.state, err);
    walk->fold.nodes = pl_tree_nodes(&walk->tree);
    walk->fold.rulebook = walk->record->rulebook;
    walk->fold.store = walk->record->store;
    while (status == PL_OK && walk->fold.position < size) {
        status = walk_batch(walk, b, size, err);
        if (status == PL_OK && !pl_tick(walk->progress, "replaying the record", (double)walk->fold.position / (double)size)) {
            status = pl_fail(err, PL_STOPPED, NULL, NULL, "stopped on request");
        }
    }
    pl_str_clear(&b->bytes);
    pl_free(b);
    if (status == PL_REFUTED) { /* an event is missing: what comes after it cannot be judged */
        status = PL_OK;
    }
    if (status == PL_OK) {
        pl_state_hash(walk->fold.state, walk->replay->state, &walk->replay->rows);
    }
    return status;
}

void pl_walk_clear(pl_walk *walk)
{
    pl_state_free(walk->fold.state);
    walk->fold.state = NULL;
    pl_tree_clear(&walk->tree);
}

/* ---- Replay --------------------------------------------------------------------------------------- */

static pl_status replay(pl_walk *w, bool write, pl_error *err)
{
    uint64_t size, rows;
    pl_store *store = w->record->store;
    pl_status status = pl_store_size(store, &size, err);
    status = status == PL_OK ? pl_walk_all(w, size, err) : status;
    status = status == PL_OK ? pl_state_hash_stored(store, w->replay->stored, &rows, err) : status;
    if (status == PL_OK && w->wrong[0] != '\0') {
        return pl_fail(err, PL_REFUTED, NULL, "'plenty audit' says more; take a copy from before", "%s", w->wrong);
    }
    if (status == PL_OK && write) {
        status = pl_state_replace(w->fold.state, store, err);
        status = status == PL_OK ? pl_store_commit(store, err) : status;
    }
    return status;
}

pl_status pl_record_replay(pl_record *record, bool write, const pl_progress *progress, pl_replay *out, pl_error *err)
{
    pl_walk *w = PL_NEW0(pl_walk, 1);
    if (w == NULL) {
        return pl_fail_nomem(err, "replaying a record");
    }
    memset(out, 0, sizeof *out);
    w->record = record;
    w->progress = progress;
    w->replay = out;
    pl_status status = pl_store_begin(record->store, write, err);
    if (status == PL_OK) {
        status = replay(w, write, err);
        pl_store_rollback(record->store);
    }
    pl_state_free(record->state); /* the tables may be new */
    record->state = NULL;
    record->warm = false;
    pl_walk_clear(w);
    pl_free(w);
    return status;
}

/* ---- Audit ---------------------------------------------------------------------------------------- */

typedef struct auditor {
    pl_walk walk;
    pl_audit *out;
} auditor;

static pl_status audit_blob(auditor *a, uint64_t position, const uint8_t *wanted, pl_error *err)
{
    pl_str s;
    uint8_t hash[PL_HASH];
    pl_str_init(&s, PL_BLOB_MAX);
    pl_status status = pl_store_blob(a->walk.record->store, wanted, &s, err);
    if (status == PL_OK) {
        pl_hash(s.text, s.len, hash);
        if (memcmp(hash, wanted, PL_HASH) != 0) {
            wrong(a->walk.wrong, "position %llu: the blob kept for it is another one: it was changed", (unsigned long long)position);
        }
    }
    pl_str_clear(&s);
    a->out->blobs++;
    a->out->blobs_missing += status == PL_NOTFOUND;
    return status == PL_NOTFOUND ? PL_OK : status;
}

typedef struct blob_place {
    auditor *auditor;
    uint64_t position;
} blob_place;

static pl_status audit_named(void *user, const uint8_t *hash, pl_error *err)
{
    const blob_place *p = user;
    return audit_blob(p->auditor, p->position, hash, err);
}

static pl_status audit_event(void *user, uint64_t position, const pl_event *event, pl_rule rule, pl_error *err)
{
    auditor *a = user;
    if (position == 0 && rule != PL_RULE_NONE) {
        wrong(a->walk.wrong, "position 0: the founding is void: %s (%s)", a->walk.replay->void_why, pl_rule_id(rule));
    }
    blob_place place = {a, position};
    return rule == PL_RULE_NONE ? pl_each_blob(event, a->walk.record->rulebook, audit_named, &place, err) : PL_OK;
}

/* Counts the keys of the state. */
static pl_status audit_keys(auditor *a, pl_error *err)
{
    pl_cursor at = pl_cursor_over(PL_KEYS.name, (pl_bytes){NULL, 0});
    pl_key_row k;
    bool there;
    pl_status status;
    while ((status = pl_row_next(a->walk.fold.state, &PL_KEYS, &at, &k, &there, err)) == PL_OK && there) {
        a->out->keys++;
        a->out->keys_valid += k.revoked < 0;
    }
    return status;
}

/* One checkpoint of the store, kept under the size `at`. */
static pl_status audit_checkpoint(auditor *a, const char *note, size_t n, uint64_t at, pl_error *err)
{
    pl_checkpoint c;
    pl_error why;
    uint8_t root[PL_HASH];
    const pl_record_about *about = &a->walk.record->about;
    pl_note_key record_key = about->founding_key;
    unsigned long long size = at;
    pl_status status = pl_record_key_at(a->walk.fold.state, at, &record_key, err);
    if (status != PL_OK) {
        return status;
    }
    if (pl_checkpoint_read(note, n, &c, &why) != PL_OK) {
        wrong(a->walk.wrong, "checkpoint %llu: %.200s", size, why.message);
        return PL_OK;
    }
    if (c.size != at || strcmp(c.origin, about->origin) != 0) {
        wrong(a->walk.wrong, "checkpoint %llu: it is one of another record or size", size);
    } else if (pl_note_signed_by(note, n, &record_key, NULL) != PL_SIGNED) {
        wrong(a->walk.wrong, "checkpoint %llu: the record key has not signed it", size);
    } else if (c.size > a->walk.tree.edge.size) {
        wrong(a->walk.wrong, "checkpoint %llu: there are only %llu events: some were cut off", size, (unsigned long long)a->walk.tree.edge.size);
    } else {
        pl_nodes nodes = pl_tree_nodes(&a->walk.tree);
        status = pl_tree_root(&nodes, 0, c.size, root, err);
        if (status != PL_OK) {
            return status;
        }
        if (memcmp(root, c.root, PL_HASH) != 0) {
            wrong(a->walk.wrong, "checkpoint %llu: the first %llu events have another root hash: one of them was changed, or the record is forked", size, size);
        }
    }
    a->out->checkpoints++;
    return PL_OK;
}

/* All of them, the last one first; the policy judges the last. */
static pl_status audit_checkpoints(auditor *a, const pl_policy *policy, pl_error *err)
{
    uint64_t limit = UINT64_MAX, at = 0;
    pl_status status = PL_OK;
    while (status == PL_OK) {
        pl_str s;
        pl_str_init(&s, (size_t)1 << 20);
        status = pl_store_checkpoint(a->walk.record->store, limit, &at, &s, err);
        if (status == PL_OK) {
            bool last = a->out->checkpoints == 0;
            status = audit_checkpoint(a, s.text, s.len, at, err);
            if (status == PL_OK && last) {
                a->out->last_size = at;
                if (policy != NULL && pl_policy_judge(policy, s.text, s.len, &a->out->verdict, NULL) != PL_OK) {
                    a->out->verdict.wrong = true;
                }
            }
        }
        pl_str_clear(&s);
        limit = at - 1;
        if (status == PL_OK && at == 0) {
            return PL_OK;
        }
    }
    return status == PL_NOTFOUND ? PL_OK : status;
}

static void judge(auditor *a, const pl_policy *policy)
{
    const pl_verdict *v = &a->out->verdict;
    if (memcmp(a->out->replay.state, a->out->replay.stored, PL_HASH) != 0) {
        wrong(a->walk.wrong, "the tables in the store are not what the record gives: 'plenty replay --write' makes them anew");
    }
    if (policy != NULL && a->out->checkpoints == 0) {
        wrong(a->walk.wrong, "there is no checkpoint for the policy to judge");
    } else if (policy != NULL && (v->wrong || !v->log)) {
        wrong(a->walk.wrong, "checkpoint %llu: %s", (unsigned long long)a->out->last_size,
              v->wrong ? "a key of the policy has signed wrongly" : "no log of the policy has signed it");
    } else if (policy != NULL && !v->quorum) {
        wrong(a->walk.wrong, "checkpoint %llu: too few witnesses: %d of %d have cosigned it", (unsigned long long)a->out->last_size, v->witnesses, v->of);
    }
}

static pl_status audit(auditor *a, const pl_policy *policy, pl_error *err)
{
    uint64_t size, rows;
    pl_store *store = a->walk.record->store;
    pl_status status = pl_store_size(store, &size, err);
    status = status == PL_OK ? pl_walk_all(&a->walk, size, err) : status;
    status = status == PL_OK ? pl_state_hash_stored(store, a->out->replay.stored, &rows, err) : status;
    status = status == PL_OK ? audit_keys(a, err) : status;
    status = status == PL_OK ? audit_checkpoints(a, policy, err) : status;
    if (status == PL_OK) {
        judge(a, policy);
        a->out->sound = a->walk.wrong[0] == '\0';
        memcpy(a->out->wrong, a->walk.wrong, sizeof a->out->wrong);
        a->walk.record->sound = a->out->sound && a->out->replay.voids == 0 ? size : 0;
    }
    return status;
}

pl_status pl_record_audit(pl_record *record, const pl_policy *policy, const pl_progress *progress, pl_audit *out, pl_error *err)
{
    auditor *a = PL_NEW0(auditor, 1);
    if (a == NULL) {
        return pl_fail_nomem(err, "auditing a record");
    }
    memset(out, 0, sizeof *out);
    a->out = out;
    a->walk.record = record;
    a->walk.progress = progress;
    a->walk.replay = &out->replay;
    a->walk.each = audit_event;
    a->walk.user = a;
    pl_status status = pl_store_begin(record->store, false, err);
    if (status == PL_OK) {
        status = audit(a, policy, err);
        pl_store_rollback(record->store);
    }
    pl_walk_clear(&a->walk);
    pl_free(a);
    return status;
}
