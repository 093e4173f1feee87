/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * record_int.h - what the files that work on a record in a store share. */
#ifndef PLENTY_RECORD_RECORD_INT_H
#define PLENTY_RECORD_RECORD_INT_H

#include "record/fold.h"

/* The right edge of a tree: for each level the last node that waits for its neighbour on the right. */
typedef struct pl_edge {
    uint64_t size;
    uint8_t node[64][PL_HASH];
} pl_edge;
/* Adds a leaf; the nodes that it completes go to `out`, from the leaf up: pl_tree_complete(size before) of them. */
void pl_edge_add(pl_edge *edge, const uint8_t leaf[PL_HASH], uint8_t out[64][PL_HASH]);

/* A whole tree in memory: 64 bytes for an event. */
typedef struct pl_tree {
    pl_edge edge;
    uint8_t (*level[64])[PL_HASH];
    size_t n[64], cap[64];
} pl_tree;
pl_status pl_tree_add(pl_tree *tree, const uint8_t leaf[PL_HASH], uint8_t out[64][PL_HASH], pl_error *err);
pl_nodes pl_tree_nodes(pl_tree *tree);
void pl_tree_clear(pl_tree *tree);

struct pl_record {
    pl_store *store;
    const pl_rulebook *rulebook; /* or NULL */
    pl_record_about about;
    bool warm; /* state and edge are those of the first edge.size events of the store */
    pl_state *state;
    pl_edge edge;
    uint64_t sound; /* so many events were audited, none of them void, and the tables were what they give; 0: not known */
};

/* The fold of the events in the store, with its state, within a transaction; *size is their number. */
pl_status pl_record_fold(pl_record *record, pl_fold *fold, uint64_t *size, pl_error *err);

/* Nodes of the tree as they lie in the store; within a transaction. */
pl_nodes pl_record_nodes(pl_record *record);
/* The last checkpoint of at most that size, within a transaction. */
pl_status pl_record_last_checkpoint(pl_record *record, uint64_t size, pl_owned *note, pl_checkpoint *checkpoint, pl_error *err);

/* Folds the events 0 .. size - 1 of the store, within a transaction.  `each` (or NULL) sees every event with what became of it. */
typedef struct pl_walk {
    pl_record *record;
    const pl_progress *progress;
    pl_tree tree;
    pl_fold fold; /* owns its state */
    pl_replay *replay;
    /* Something that is wrong with the events themselves; "" while nothing is. */
    char wrong[400];
    pl_status (*each)(void *user, uint64_t position, const pl_event *event, pl_rule broken, pl_error *err);
    void *user;
} pl_walk;
pl_status pl_walk_all(pl_walk *walk, uint64_t size, pl_error *err);
void pl_walk_clear(pl_walk *walk);

#endif
