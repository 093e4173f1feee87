/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * proofs.c - Schnorr's proof of knowing a logarithm, and Cramer, Damgard and Schoenmakers's proof that one of several
 * statements about ElGamal ciphertexts holds.  Challenges are SHA-256 over the whole statement (strong Fiat-Shamir). */
#include <string.h>

#include "secret/parts.h"

void pl_hash_ballot(pl_hash *h, const pl_secret_election *e, const char *credential, size_t n, const char *prefix)
{
    pl_hash_start(h, &e->g, prefix);
    pl_hash_text(h, e->fingerprint);
    pl_hash_text(h, "|");
    pl_hash_text_n(h, credential, n);
    pl_hash_text(h, "|");
}

void pl_hash_choices(pl_hash *h, const pl_cipher *c, int n)
{
    for (int i = 0; i < n; i++) {
        pl_hash_text(h, i > 0 ? "," : "");
        pl_hash_pair(h, &c[i].alpha, &c[i].beta);
    }
    pl_hash_text(h, "|");
}

bool pl_schnorr_check(pl_hash *h, const pl_element *x, const pl_zk_proof *p)
{
    const pl_group *g = h->g;
    pl_element a, b;
    pl_scalar challenge;
    pl_power(g, &a, &g->g, &p->response, g->bits);
    pl_power(g, &b, x, &p->challenge, g->bits);
    g->mul(g, &a, &a, &b);
    pl_hash_element(h, &a);
    pl_hash_end(h, &challenge);
    return pl_scalar_equal(g, &challenge, &p->challenge);
}

void pl_schnorr_prove(pl_hash *h, const pl_scalar *secret, pl_draw *draw, pl_zk_proof *out)
{
    const pl_group *g = h->g;
    pl_scalar w, product;
    pl_element a;
    pl_draw_scalar(draw, g, &w);
    pl_power_secret(g, &a, &g->g, &w);
    pl_hash_element(h, &a);
    pl_hash_end(h, &out->challenge);
    g->times(g, &product, secret, &out->challenge);
    g->sub(g, &out->response, &w, &product);
    sodium_memzero(&w, sizeof w);
    sodium_memzero(&product, sizeof product);
}

pl_status pl_tables_new(pl_tables *out, const pl_group *g, const pl_element *key, int window, pl_error *err)
{
    *out = (pl_tables){.g = g};
    pl_status status = pl_table_new(&out->base, g, &g->g, window, err);
    return status == PL_OK ? pl_table_new(&out->key, g, key, window, err) : status;
}

void pl_tables_free(pl_tables *t)
{
    pl_table_free(&t->base);
    pl_table_free(&t->key);
}

/* x mod q of a small number that may be negative. */
static void small(const pl_group *g, pl_scalar *out, int64_t x)
{
    pl_scalar zero, size;
    pl_scalar_set(&zero, 0);
    pl_scalar_set(&size, (uint64_t)(x < 0 ? -x : x));
    if (x < 0) {
        g->sub(g, &size, &zero, &size);
    }
    *out = size;
}

/* *out = on ? a : b, without a branch. */
static void pick(pl_scalar *out, const pl_scalar *a, const pl_scalar *b, bool on)
{
    uint64_t mask = 0 - (uint64_t)on;
    for (int i = 0; i < PL_GROUP_WORDS; i++) {
        out->v[i] = (a->v[i] & mask) | (b->v[i] & ~mask);
    }
}

/* Every branch is computed alike; the real one has challenge 0 until the hash is known.  With alpha = g^r and beta = y^r g^m,
 *   A = g^response alpha^challenge            = g^(response + r challenge)
 *   B = y^response (beta / g^M)^challenge     = y^(response + r challenge) g^((m - M) challenge) */
pl_status pl_branches_prove(const pl_tables *t, pl_hash *h, const pl_branch *branch, int n, int real, pl_draw *draw, pl_zk_proof *out,
                            pl_error *err)
{
    const pl_group *g = t->g;
    pl_scalar zero, rest, e, product;
    pl_element a, b;
    pl_scalar_set(&zero, 0);
    if (real < 0 || real >= n || branch[real].holds != branch[real].value) {
        return pl_fail(err, PL_DATA, "the vote", NULL, "it does not keep the rules of the question");
    }
    for (int j = 0; j < n; j++) {
        pl_draw_scalar(draw, g, &out[j].challenge);
        pl_draw_scalar(draw, g, &out[j].response);
        pick(&out[j].challenge, &zero, &out[j].challenge, j == real);
        g->times(g, &product, branch[j].r, &out[j].challenge);
        g->add(g, &e, &out[j].response, &product);
        pl_table_secret(&t->base, &a, &e);
        pl_table_secret(&t->key, &b, &e);
        small(g, &e, branch[j].holds - branch[j].value);
        g->times(g, &e, &e, &out[j].challenge);
        pl_table_secret_on(&t->base, &b, &e);
        pl_hash_text(h, j > 0 ? "," : "");
        pl_hash_pair(h, &a, &b);
    }
    pl_hash_end(h, &rest);
    for (int j = 0; j < n; j++) {
        g->sub(g, &rest, &rest, &out[j].challenge);
    }
    for (int j = 0; j < n; j++) {
        pick(&out[j].challenge, &rest, &out[j].challenge, j == real);
        g->times(g, &product, branch[j].r, &rest);
        g->sub(g, &e, &out[j].response, &product);
        pick(&out[j].response, &e, &out[j].response, j == real);
    }
    sodium_memzero(&e, sizeof e);
    sodium_memzero(&product, sizeof product);
    return PL_OK;
}

bool pl_branches_check(const pl_tables *t, pl_hash *h, const pl_branch *branch, int n, const pl_zk_proof *proof, const pl_cipher *ready, bool *member)
{
    const pl_group *g = t->g;
    pl_scalar sum, hash, e, value, challenge[PL_POWERS_MOST];
    pl_element alpha[PL_POWERS_MOST], beta[PL_POWERS_MOST], a;
    pl_scalar_set(&sum, 0);
    for (int j = 0; j < n;) {
        int k = 0;
        while (k < PL_POWERS_MOST && j + k < n && branch[j + k].c == branch[j].c) {
            challenge[k] = proof[j + k].challenge;
            k++;
        }
        for (int i = 0; ready != NULL && i < k; i++) {
            alpha[i] = ready[j + i].alpha;
            beta[i] = ready[j + i].beta;
        }
        if (ready == NULL) {
            bool in = pl_powers(g, alpha, &branch[j].c->alpha, challenge, k, member != NULL);
            in &= pl_powers(g, beta, &branch[j].c->beta, challenge, k, member != NULL);
            if (!in) {
                *member = false;
                return false;
            }
        }
        for (int i = 0; i < k; i++, j++) {
            a = alpha[i];
            pl_table_power_on(&t->base, &a, &proof[j].response);
            pl_table_power_on(&t->key, &beta[i], &proof[j].response);
            if (branch[j].value != 0) {
                small(g, &value, -branch[j].value);
                g->times(g, &e, &value, &proof[j].challenge);
                pl_table_power_on(&t->base, &beta[i], &e);
            }
            pl_hash_text(h, j > 0 ? "," : "");
            pl_hash_pair(h, &a, &beta[i]);
            g->add(g, &sum, &sum, &proof[j].challenge);
        }
    }
    pl_hash_end(h, &hash);
    return pl_scalar_equal(g, &hash, &sum);
}
