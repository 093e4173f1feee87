/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "sparse/components.h"

#include <stdbool.h>

#include "base/mem.h"

typedef struct tarjan {
    pl_needed needed;
    const void *graph;
    int32_t *index, *low; /* 0 = not seen */
    int32_t *path;        /* nodes being visited, outermost first */
    int64_t *cursor;      /* of each of them */
    int32_t *stack;       /* nodes whose group is not known yet */
    bool *stacked;
    int32_t n_path, n_stack, next;
    int32_t *member, *start;
    int32_t n_member, n_groups;
} tarjan;

static void enter(tarjan *t, int32_t node)
{
    t->index[node] = t->low[node] = ++t->next;
    t->path[t->n_path] = node;
    t->cursor[t->n_path++] = 0;
    t->stack[t->n_stack++] = node;
    t->stacked[node] = true;
}

static void leave(tarjan *t, int32_t node)
{
    t->n_path--;
    if (t->n_path > 0) {
        int32_t above = t->path[t->n_path - 1];
        t->low[above] = t->low[node] < t->low[above] ? t->low[node] : t->low[above];
    }
    if (t->low[node] != t->index[node]) {
        return;
    }
    int32_t last;
    do {
        last = t->stack[--t->n_stack];
        t->stacked[last] = false;
        t->member[t->n_member++] = last;
    } while (last != node);
    t->start[++t->n_groups] = t->n_member;
}

static void visit(tarjan *t, int32_t root)
{
    enter(t, root);
    while (t->n_path > 0) {
        int32_t node = t->path[t->n_path - 1];
        int32_t other = t->needed(t->graph, node, &t->cursor[t->n_path - 1]);
        if (other < 0) {
            leave(t, node);
        } else if (t->index[other] == 0) {
            enter(t, other);
        } else if (t->stacked[other] && t->index[other] < t->low[node]) {
            t->low[node] = t->index[other];
        }
    }
}

pl_status pl_components(int32_t n, pl_needed needed, const void *graph, int32_t *member, int32_t *start,
                        int32_t *n_groups, pl_error *err)
{
    tarjan t = {.needed = needed, .graph = graph, .member = member, .start = start,
                .index = PL_NEW0(int32_t, n), .low = PL_NEW0(int32_t, n), .path = PL_NEW(int32_t, n),
                .cursor = PL_NEW(int64_t, n), .stack = PL_NEW(int32_t, n), .stacked = PL_NEW0(bool, n)};
    bool ok = t.index != NULL && t.low != NULL && t.path != NULL && t.cursor != NULL && t.stack != NULL && t.stacked != NULL;
    start[0] = 0;
    for (int32_t node = 0; ok && node < n; node++) {
        if (t.index[node] == 0) {
            visit(&t, node);
        }
    }
    *n_groups = t.n_groups;
    pl_free(t.index);
    pl_free(t.low);
    pl_free(t.path);
    pl_free(t.cursor);
    pl_free(t.stack);
    pl_free(t.stacked);
    return ok ? PL_OK : pl_fail_nomem(err, "the groups of what needs one another");
}
