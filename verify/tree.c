/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * tree.c - Merkle trees of RFC 6962 and the checkpoints over them. */
#include <sodium.h>
#include <string.h>

#include "verify/record.h"

static void join(const uint8_t left[32], const uint8_t right[32], uint8_t out[32])
{
    uint8_t both[65] = {1};
    memcpy(both + 1, left, 32);
    memcpy(both + 33, right, 32);
    crypto_hash_sha256(out, both, sizeof both);
}

static void push(pv_run *run, pv_tree *tree, int level, const uint8_t hash[32])
{
    if (tree->n[level] == tree->room[level]) {
        size_t room = tree->room[level] == 0 ? 64 : 2 * tree->room[level];
        uint8_t(*more)[32] = pv_alloc(run, room, 32);
        if (tree->n[level] > 0) {
            memcpy(more, tree->level[level], tree->n[level] * 32);
        }
        pv_free(run, tree->level[level]);
        tree->level[level] = more;
        tree->room[level] = room;
    }
    memcpy(tree->level[level][tree->n[level]++], hash, 32);
}

void pv_tree_add(pv_run *run, pv_tree *tree, const uint8_t *leaf, size_t n)
{
    static const uint8_t zero;
    uint8_t hash[32];
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, &zero, 1);
    crypto_hash_sha256_update(&state, leaf, n);
    crypto_hash_sha256_final(&state, hash);
    push(run, tree, 0, hash);
    tree->size++;
    for (int level = 0; level < 62 && tree->n[level] % 2 == 0; level++) {
        size_t k = tree->n[level];
        join(tree->level[level][k - 2], tree->level[level][k - 1], hash);
        push(run, tree, level + 1, hash);
    }
}

void pv_tree_root(const pv_tree *tree, uint64_t size, uint8_t root[32])
{
    bool some = false;
    crypto_hash_sha256(root, (const uint8_t *)"", 0);
    for (int level = 0; level < 63; level++) { /* the smallest subtree stands on the right */
        if ((size >> level & 1) == 0) {
            continue;
        }
        const uint8_t *left = tree->level[level][(size >> level) - 1];
        if (some) {
            join(left, root, root);
        } else {
            memcpy(root, left, 32);
        }
        some = true;
    }
}

/* ---- Checkpoints ------------------------------------------------------------------------------------ */

/* The next line, without its line feed; NULL when there is none. */
static const char *line(const char **at, const char *end, size_t *n)
{
    const char *begin = *at, *feed = begin < end ? memchr(begin, '\n', (size_t)(end - begin)) : NULL;
    if (feed == NULL) {
        return NULL;
    }
    *n = (size_t)(feed - begin);
    *at = feed + 1;
    return begin;
}

bool pv_name_good(const uint8_t *name, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (name[i] <= ' ' || name[i] == 0x7F || name[i] == '+') {
            return false;
        }
    }
    return n > 0;
}

bool pv_base64(const char *text, size_t n, uint8_t *out, size_t size)
{
    size_t got;
    const char *end;
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)text[i] > 127) { /* some of which libsodium 1.0.18 takes for letters */
            return false;
        }
    }
    return n % 4 == 0 && sodium_base642bin(out, size, text, n, NULL, &got, &end, sodium_base64_VARIANT_ORIGINAL) == 0 && got == size &&
           end == text + n;
}

void pv_checkpoint_read(pv_run *run, const pv_file *file, pv_checkpoint *out)
{
    const char *at = file->at, *end = file->at + file->n, *l;
    size_t n = 0;
    memset(out, 0, sizeof *out);
    l = line(&at, end, &n);
    if (l == NULL || n == 0 || n >= sizeof out->origin) {
        pv_stop(run, PV_REFUTED, file->name, 1, 0, "this is no checkpoint: it has no origin");
    }
    memcpy(out->origin, l, n);
    l = line(&at, end, &n);
    bool good = l != NULL && n >= 1 && n <= 18 && (l[0] != '0' || n == 1);
    for (size_t i = 0; good && i < n; i++) {
        good = l[i] >= '0' && l[i] <= '9';
        out->size = 10 * out->size + (uint64_t)(l[i] - '0');
    }
    if (!good) {
        pv_stop(run, PV_REFUTED, file->name, 2, 0, "this is no checkpoint: it has no size");
    }
    l = line(&at, end, &n);
    if (l == NULL || n != 44 || !pv_base64(l, n, out->root, 32)) {
        pv_stop(run, PV_REFUTED, file->name, 3, 0, "this is no checkpoint: it has no root hash");
    }
    out->text = file->at;
    out->text_n = (size_t)(at - file->at);
    l = line(&at, end, &n);
    if (l == NULL || n != 0) {
        pv_stop(run, PV_REFUTED, file->name, 4, 0, "this is no checkpoint of a commons: it has more than three lines");
    }
    out->end = end;
}

bool pv_checkpoint_signed(const pv_checkpoint *c, const uint8_t key[32])
{
    char first[400];
    uint8_t named[400], id[32], signature[68];
    size_t name_n = strlen(c->origin), first_n = (size_t)snprintf(first, sizeof first, "\xE2\x80\x94 %s ", c->origin), n;
    memcpy(named, c->origin, name_n);
    named[name_n] = '\n';
    named[name_n + 1] = 1;
    memcpy(named + name_n + 2, key, 32);
    crypto_hash_sha256(id, named, name_n + 34);
    bool is_signed = false;
    const char *at = c->text + c->text_n + 1, *l;
    while ((l = line(&at, c->end, &n)) != NULL) {
        if (n == first_n + 92 && memcmp(l, first, first_n) == 0 && pv_base64(l + first_n, 92, signature, 68) && memcmp(signature, id, 4) == 0) {
            if (crypto_sign_verify_detached(signature + 4, (const uint8_t *)c->text, c->text_n, key) != 0) {
                return false;
            }
            is_signed = true;
        }
    }
    return is_signed;
}
