/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * tree.c - the Merkle tree of RFC 6962: hashes, and checking proofs as in RFC 9162, 2.1.3.2 and 2.1.4.2; and making them, from
 * a source of nodes. */
#include "record/tree.h"

#include <sodium.h>
#include <string.h>

void pl_leaf_hash(const void *event, size_t n, uint8_t out[PL_HASH])
{
    static const uint8_t zero = 0;
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, &zero, 1);
    crypto_hash_sha256_update(&state, event, n);
    crypto_hash_sha256_final(&state, out);
}

void pl_node_hash(const uint8_t left[PL_HASH], const uint8_t right[PL_HASH], uint8_t out[PL_HASH])
{
    uint8_t both[1 + 2 * PL_HASH];
    both[0] = 1;
    memcpy(both + 1, left, PL_HASH);
    memcpy(both + 1 + PL_HASH, right, PL_HASH);
    crypto_hash_sha256(out, both, sizeof both);
}

static bool same(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, PL_HASH) == 0;
}

bool pl_inclusion_holds(uint64_t position, uint64_t size, const uint8_t leaf[PL_HASH], const pl_proof *proof,
                        const uint8_t root[PL_HASH])
{
    if (position >= size) {
        return false;
    }
    uint64_t fn = position, sn = size - 1; /* the names of RFC 9162 */
    uint8_t r[PL_HASH];
    memcpy(r, leaf, PL_HASH);
    for (int i = 0; i < proof->n; i++) {
        if (sn == 0) {
            return false;
        }
        if ((fn & 1) != 0 || fn == sn) {
            pl_node_hash(proof->hash[i], r, r);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            pl_node_hash(r, proof->hash[i], r);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && same(r, root);
}

bool pl_consistency_holds(uint64_t old, uint64_t size, const uint8_t old_root[PL_HASH], const uint8_t root[PL_HASH],
                          const pl_proof *proof)
{
    if (old > size) {
        return false;
    }
    if (old == 0 || old == size) {
        return proof->n == 0 && (old == 0 || same(old_root, root));
    }
    bool whole = (old & (old - 1)) == 0; /* the old tree is a node of the new one */
    if (proof->n == 0 && !whole) {
        return false;
    }
    uint64_t fn = old - 1, sn = size - 1;
    while ((fn & 1) != 0) {
        fn >>= 1;
        sn >>= 1;
    }
    uint8_t fr[PL_HASH], sr[PL_HASH];
    const uint8_t *first = whole ? old_root : proof->hash[0];
    memcpy(fr, first, PL_HASH);
    memcpy(sr, first, PL_HASH);
    for (int i = whole ? 0 : 1; i < proof->n; i++) {
        if (sn == 0) {
            return false;
        }
        if ((fn & 1) != 0 || fn == sn) {
            pl_node_hash(proof->hash[i], fr, fr);
            pl_node_hash(proof->hash[i], sr, sr);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            pl_node_hash(sr, proof->hash[i], sr);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && same(fr, old_root) && same(sr, root);
}

/* ---- Making proofs -------------------------------------------------------------------------------- */

int pl_tree_complete(uint64_t position)
{
    return __builtin_ctzll(position + 1) + 1;
}

pl_status pl_tree_root(const pl_nodes *nodes, uint64_t begin, uint64_t end, uint8_t out[PL_HASH], pl_error *err)
{
    if (begin == end) {
        pl_hash("", 0, out);
        return PL_OK;
    }
    /* From the right: the smallest complete subtree first, each joined to the one on its left. */
    uint64_t at = end;
    bool some = false;
    while (at > begin) {
        /* The subtrees of [begin, at) are aligned, because begin is a multiple of a power of two not below end - begin. */
        int level = __builtin_ctzll(at - begin);
        uint8_t node[PL_HASH];
        pl_status status = nodes->get(nodes->user, level, (at >> level) - 1, node, err);
        if (status != PL_OK) {
            return status;
        }
        if (some) {
            pl_node_hash(node, out, out);
        } else {
            memcpy(out, node, PL_HASH);
        }
        some = true;
        at -= (uint64_t)1 << level;
    }
    return PL_OK;
}

/* The largest power of two below n; n > 1. */
static uint64_t split(uint64_t n)
{
    return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

static pl_status put(const pl_nodes *nodes, uint64_t begin, uint64_t end, pl_proof *out, pl_error *err)
{
    return pl_tree_root(nodes, begin, end, out->hash[out->n++], err);
}

static void turn(pl_proof *proof)
{
    for (int i = 0, j = proof->n - 1; i < j; i++, j--) {
        uint8_t hash[PL_HASH];
        memcpy(hash, proof->hash[i], PL_HASH);
        memcpy(proof->hash[i], proof->hash[j], PL_HASH);
        memcpy(proof->hash[j], hash, PL_HASH);
    }
}

pl_status pl_tree_inclusion(const pl_nodes *nodes, uint64_t position, uint64_t size, pl_proof *out, pl_error *err)
{
    /* PATH of RFC 6962, 2.1.1, from the root down; then turned round. */
    uint64_t begin = 0, end = size;
    out->n = 0;
    while (end - begin > 1) {
        uint64_t middle = begin + split(end - begin);
        bool left = position < middle;
        pl_status status = left ? put(nodes, middle, end, out, err) : put(nodes, begin, middle, out, err);
        if (status != PL_OK) {
            return status;
        }
        end = left ? middle : end;
        begin = left ? begin : middle;
    }
    turn(out);
    return PL_OK;
}

pl_status pl_tree_consistency(const pl_nodes *nodes, uint64_t old, uint64_t size, pl_proof *out, pl_error *err)
{
    /* SUBPROOF of RFC 6962, 2.1.2, from the root down; then turned round. */
    uint64_t begin = 0, end = size;
    bool known = true; /* the old root itself is what remains */
    out->n = 0;
    if (old == 0 || old == size) {
        return PL_OK;
    }
    while (old < end) {
        uint64_t middle = begin + split(end - begin);
        bool left = old <= middle;
        pl_status status = left ? put(nodes, middle, end, out, err) : put(nodes, begin, middle, out, err);
        if (status != PL_OK) {
            return status;
        }
        end = left ? middle : end;
        begin = left ? begin : middle;
        known = known && left;
    }
    pl_status status = known ? PL_OK : put(nodes, begin, end, out, err);
    turn(out);
    return status;
}
