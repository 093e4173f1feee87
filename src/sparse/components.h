/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * components.h - strongly connected components: which nodes of a graph need one another (Tarjan 1972). */
#ifndef PLENTY_SPARSE_COMPONENTS_H
#define PLENTY_SPARSE_COMPONENTS_H

#include <stdint.h>

#include <plenty/status.h>

/* The next node that `node` needs, from *cursor (0 at first; the callee's to count) on; -1 after the last. */
typedef int32_t (*pl_needed)(const void *graph, int32_t node, int64_t *cursor);

/* Groups the nodes 0 .. n-1: those of group k are member[start[k]] .. member[start[k+1]-1], and what a group needs from
 * others stands before it.  member[n], start[n + 1]: the caller's.  Without recursion; linear in nodes and arrows;
 * 33 bytes a node meanwhile.  Errors: PL_NOMEM. */
pl_status pl_components(int32_t n, pl_needed needed, const void *graph, int32_t *member, int32_t *start,
                        int32_t *n_groups, pl_error *err) PL_CHECK;

#endif
