/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * tree.h - roots and proofs from a source of nodes.
 *
 * Node (level, index) is the hash of the complete subtree over the leaves index * 2^level to (index + 1) * 2^level - 1; it becomes
 * known with the last of these leaves.  So the event at position p brings pl_tree_complete(p) nodes, of the levels 0, 1, ...; a
 * store keeps them with the event, and nothing is ever written twice. */
#ifndef PLENTY_RECORD_TREE_H
#define PLENTY_RECORD_TREE_H

#include <plenty/record.h>

typedef struct pl_nodes {
    pl_status (*get)(void *user, int level, uint64_t index, uint8_t out[PL_HASH], pl_error *err);
    void *user;
} pl_nodes;

/* How many nodes the leaf at that position completes, itself included: 1 to 64. */
int pl_tree_complete(uint64_t position);

/* Hash of the leaves begin .. end - 1; begin is 0 or a multiple of a power of two not below end - begin. */
pl_status pl_tree_root(const pl_nodes *nodes, uint64_t begin, uint64_t end, uint8_t out[PL_HASH], pl_error *err);
/* position < size; old <= size.  Errors are those of `get`. */
pl_status pl_tree_inclusion(const pl_nodes *nodes, uint64_t position, uint64_t size, pl_proof *out, pl_error *err);
pl_status pl_tree_consistency(const pl_nodes *nodes, uint64_t old, uint64_t size, pl_proof *out, pl_error *err);

#endif
