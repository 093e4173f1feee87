/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret_tally.c - shuffles, decryptions and the result of a secret ballot, equation by equation. */
#include <stdlib.h>
#include <string.h>

#include "verify/secret.h"

void pv_hash_text(crypto_hash_sha256_state *h, const char *text)
{
    crypto_hash_sha256_update(h, (const unsigned char *)text, strlen(text));
}

void pv_hash_element(const pv_group *g, crypto_hash_sha256_state *h, const pv_big *a)
{
    char text[PV_NUMBER_TEXT];
    crypto_hash_sha256_update(h, (const unsigned char *)text, pv_element_text(g, a, text));
}

pv_big pv_hash_end(const pv_group *g, crypto_hash_sha256_state *h)
{
    uint8_t hash[32];
    crypto_hash_sha256_final(h, hash);
    return pv_reduced(g, hash);
}

pv_pair pv_node_pair(const pv_tree *t, const pv_group *g, const pv_node *value)
{
    pv_fields(t, value, 2);
    pv_pair p = {pv_node_element(t, g, pv_at(t, value, 0, "alpha")), pv_node_element(t, g, pv_at(t, value, 1, "beta"))};
    return p;
}

/* ---- Shuffles ---------------------------------------------------------------------------------------------------------- */

typedef struct mix { /* in the letters of the specification */
    pv_ballotbox *b;
    int32_t n;
    pv_pair *e, *e2;
    pv_big t1, t2, t3, t41, t42, *t_hat, s1, s2, s3, s4, *s_hat, *s2_, *c, *c_hat, *h, h0, *u;
} mix;

static void put(mix *m, crypto_hash_sha256_state *h, const pv_big *a)
{
    pv_hash_element(&m->b->g, h, a);
    pv_hash_text(h, ",");
}

static void put_statement(mix *m, crypto_hash_sha256_state *h)
{
    for (int side = 0; side < 2; side++) {
        for (int32_t i = 0; i < m->n; i++) {
            put(m, h, side == 0 ? &m->e[i].a : &m->e2[i].a);
            put(m, h, side == 0 ? &m->e[i].b : &m->e2[i].b);
        }
    }
    for (int32_t i = 0; i < m->n; i++) {
        put(m, h, &m->c[i]);
    }
}

static void challenges(mix *m)
{
    crypto_hash_sha256_state h;
    uint8_t hash[32];
    char text[129], number[24];
    crypto_hash_sha256_init(&h);
    pv_hash_text(&h, "shuffle-challenges|");
    pv_hash_text(&h, m->b->hash);
    pv_hash_text(&h, "|");
    put_statement(m, &h);
    crypto_hash_sha256_final(&h, hash);
    sodium_bin2hex(text, 65, hash, 32);
    for (int32_t i = 0; i < m->n; i++) {
        snprintf(number, sizeof number, "%d", i);
        crypto_hash_sha256(hash, (const unsigned char *)number, strlen(number));
        sodium_bin2hex(text + 64, 65, hash, 32);
        crypto_hash_sha256(hash, (const unsigned char *)text, 128);
        m->u[i] = pv_reduced(&m->b->g, hash);
    }
}

static pv_big challenge(mix *m)
{
    crypto_hash_sha256_state h;
    const pv_big *t[] = {&m->t1, &m->t2, &m->t3, &m->t41, &m->t42};
    crypto_hash_sha256_init(&h);
    pv_hash_text(&h, "shuffle-challenge|");
    pv_hash_text(&h, m->b->hash);
    pv_hash_text(&h, "|");
    for (int i = 0; i < 5; i++) {
        put(m, &h, t[i]);
    }
    for (int32_t i = 0; i < m->n; i++) {
        put(m, &h, &m->t_hat[i]);
    }
    put_statement(m, &h);
    for (int32_t i = 0; i < m->n; i++) {
        put(m, &h, &m->c_hat[i]);
    }
    pv_hash_element(&m->b->g, &h, &m->b->y);
    return pv_hash_end(&m->b->g, &h);
}

/* product of base_i^(e_i) */
static pv_big powers(mix *m, const pv_big *base, size_t step, const pv_big *e)
{
    pv_big r = m->b->g.one;
    for (int32_t i = 0; i < m->n; i++) {
        pv_big x = pv_power(&m->b->g, (const pv_big *)((const char *)base + (size_t)i * step), &e[i]);
        r = pv_times(&m->b->g, &r, &x);
    }
    return r;
}

/* Does t = base^(-c) g^s more? */
static bool holds(mix *m, const pv_big *t, const pv_big *base, const pv_big *c, const pv_big *s, const pv_big *more)
{
    const pv_group *g = &m->b->g;
    pv_big zero = pv_small(0), minus = pv_difference(g, &zero, c), x = pv_powers(g, &g->g, s, base, &minus);
    x = more != NULL ? pv_times(g, &x, more) : x;
    return pv_same(t, &x);
}

static bool check(mix *m)
{
    const pv_group *g = &m->b->g;
    challenges(m);
    pv_big c = challenge(m), all_c = g->one, all_h = g->one, u = pv_small(1), zero = pv_small(0);
    for (int32_t i = 0; i < m->n; i++) {
        all_c = pv_times(g, &all_c, &m->c[i]);
        all_h = pv_times(g, &all_h, &m->h[i]);
        u = pv_product(g, &u, &m->u[i]);
    }
    all_c = pv_over(g, &all_c, &all_h);
    pv_big hu = pv_power(g, &m->h0, &u), last = pv_over(g, &m->c_hat[m->n - 1], &hu);
    pv_big tilde = powers(m, m->c, sizeof *m->c, m->u), more = powers(m, m->h, sizeof *m->h, m->s2_);
    bool good = holds(m, &m->t1, &all_c, &c, &m->s1, NULL) && holds(m, &m->t2, &last, &c, &m->s2, NULL) &&
                holds(m, &m->t3, &tilde, &c, &m->s3, &more);
    pv_big a = powers(m, &m->e->a, sizeof *m->e, m->u), b = powers(m, &m->e->b, sizeof *m->e, m->u);
    pv_big a2 = powers(m, &m->e2->a, sizeof *m->e2, m->s2_), b2 = powers(m, &m->e2->b, sizeof *m->e2, m->s2_);
    pv_big minus = pv_difference(g, &zero, &m->s4), y4 = pv_power(g, &m->b->y, &minus);
    b2 = pv_times(g, &b2, &y4);
    good = good && holds(m, &m->t41, &b, &c, &zero, &b2) && holds(m, &m->t42, &a, &c, &minus, &a2);
    for (int32_t i = 0; i < m->n; i++) {
        more = pv_power(g, i == 0 ? &m->h0 : &m->c_hat[i - 1], &m->s2_[i]);
        good = good && holds(m, &m->t_hat[i], &m->c_hat[i], &c, &m->s_hat[i], &more);
    }
    return good;
}

static pv_big *elements(const pv_tree *t, const pv_group *g, const pv_node *list, int32_t n, bool exponents)
{
    pv_big *out = pv_alloc(t->run, (size_t)n, sizeof *out);
    pv_list(t, list, n);
    int32_t i = 0;
    for (int32_t at = list->first; at >= 0; at = t->node[at].next) {
        out[i++] = exponents ? pv_node_exponent(t, g, &t->node[at]) : pv_node_element(t, g, &t->node[at]);
    }
    return out;
}

static void read_proof(mix *m, const pv_tree *t, const pv_node *proof)
{
    const pv_group *g = &m->b->g;
    pv_list(t, proof, 4);
    const pv_node *ct = pv_child(t, proof, 0), *cs = pv_child(t, proof, 1), *t4;
    pv_list(t, ct, 5);
    pv_list(t, cs, 6);
    m->t1 = pv_node_element(t, g, pv_child(t, ct, 0));
    m->t2 = pv_node_element(t, g, pv_child(t, ct, 1));
    m->t3 = pv_node_element(t, g, pv_child(t, ct, 2));
    t4 = pv_child(t, ct, 3);
    pv_list(t, t4, 2);
    m->t41 = pv_node_element(t, g, pv_child(t, t4, 0));
    m->t42 = pv_node_element(t, g, pv_child(t, t4, 1));
    m->t_hat = elements(t, g, pv_child(t, ct, 4), m->n, false);
    m->s1 = pv_node_exponent(t, g, pv_child(t, cs, 0));
    m->s2 = pv_node_exponent(t, g, pv_child(t, cs, 1));
    m->s3 = pv_node_exponent(t, g, pv_child(t, cs, 2));
    m->s4 = pv_node_exponent(t, g, pv_child(t, cs, 3));
    m->s_hat = elements(t, g, pv_child(t, cs, 4), m->n, true);
    m->s2_ = elements(t, g, pv_child(t, cs, 5), m->n, true);
    m->c = elements(t, g, pv_child(t, proof, 2), m->n, false);
    m->c_hat = elements(t, g, pv_child(t, proof, 3), m->n, false);
}

void pv_check_shuffle(pv_ballotbox *b, const char *text, size_t n)
{
    pv_tree t;
    int ranked = 0;
    pv_tree_read(&b->run, "shuffle", text, n, &t);
    pv_fields(&t, t.node, 2);
    const pv_node *lists = pv_at(&t, t.node, 0, "ciphertexts"), *proofs = pv_at(&t, t.node, 1, "proofs");
    pv_list(&t, lists, b->n_ranked);
    pv_list(&t, proofs, b->n_ranked);
    for (int q = 0; q < b->n_questions; q++) {
        if (!b->question[q].ranked) {
            continue;
        }
        const pv_node *list = pv_child(&t, lists, ranked);
        mix m = {.b = b, .n = (int32_t)b->length[q], .e = b->row[q]};
        pv_list(&t, list, m.n);
        m.e2 = pv_alloc(&b->run, (size_t)m.n, sizeof *m.e2);
        m.u = pv_alloc(&b->run, (size_t)m.n, sizeof *m.u);
        m.h = pv_alloc(&b->run, (size_t)m.n, sizeof *m.h);
        int32_t i = 0;
        for (int32_t at = list->first; at >= 0; at = t.node[at].next) {
            m.h[i] = pv_generator(&b->g, i);
            m.e2[i++] = pv_node_pair(&t, &b->g, &t.node[at]);
        }
        m.h0 = pv_generator(&b->g, -1);
        read_proof(&m, &t, pv_child(&t, proofs, ranked++));
        if (m.n > 0 && !check(&m)) {
            pv_refute(&b->run, b->file, 0, "shuffle %d, question %d: the proof does not hold", b->shuffles + 1, q + 1);
        }
        b->row[q] = m.e2;
    }
    b->shuffles++;
    pv_tree_free(&t);
}

/* ---- Decryptions ------------------------------------------------------------------------------------------------------------ */

static void check_factor(pv_ballotbox *b, const pv_tree *t, const pv_node *proof, const pv_big *key, const pv_big *alpha, const pv_big *factor,
                         int trustee)
{
    const pv_group *g = &b->g;
    crypto_hash_sha256_state h;
    pv_fields(t, proof, 2);
    pv_big c = pv_node_exponent(t, g, pv_at(t, proof, 0, "challenge")), r = pv_node_exponent(t, g, pv_at(t, proof, 1, "response"));
    pv_big first = pv_powers(g, &g->g, &r, key, &c), second = pv_powers(g, alpha, &r, factor, &c);
    crypto_hash_sha256_init(&h);
    pv_hash_text(&h, "decrypt|");
    pv_hash_text(&h, b->hash);
    pv_hash_text(&h, "|");
    pv_hash_element(g, &h, key);
    pv_hash_text(&h, "|");
    pv_hash_element(g, &h, &first);
    pv_hash_text(&h, ",");
    pv_hash_element(g, &h, &second);
    pv_big hash = pv_hash_end(g, &h);
    if (!pv_same(&hash, &c)) {
        pv_refute(&b->run, b->file, 0, "trustee %d has not decrypted rightly", trustee);
    }
}

void pv_check_part(pv_ballotbox *b, int trustee, const char *text, size_t n)
{
    pv_tree t;
    if (trustee < 1 || trustee > b->n_trustees || (b->n_ranked > 0 && b->shuffles == 0)) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "a decryption by trustee %d cannot be here", trustee);
    }
    for (int i = 0; i < b->parts; i++) {
        if (b->part_of[i] == trustee) {
            pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "trustee %d decrypted twice", trustee);
        }
    }
    pv_tree_read(&b->run, "decryption", text, n, &t);
    pv_fields(&t, t.node, 2);
    const pv_node *factors = pv_at(&t, t.node, 0, "decryption_factors"), *proofs = pv_at(&t, t.node, 1, "decryption_proofs");
    pv_list(&t, factors, b->n_questions);
    pv_list(&t, proofs, b->n_questions);
    pv_big **own = pv_alloc(&b->run, (size_t)b->n_questions, sizeof *own);
    for (int q = 0; q < b->n_questions; q++) {
        const pv_node *list = pv_child(&t, factors, q), *proof = pv_child(&t, proofs, q);
        own[q] = elements(&t, &b->g, list, (int32_t)b->length[q], false);
        pv_list(&t, proof, (int32_t)b->length[q]);
        int32_t at = proof->first;
        for (int64_t i = 0; i < b->length[q]; i++, at = t.node[at].next) {
            check_factor(b, &t, &t.node[at], &b->key[trustee - 1], &b->row[q][i].a, &own[q][i], trustee);
        }
    }
    b->part_of[b->parts] = trustee;
    b->factor[b->parts++] = own;
    pv_tree_free(&t);
}

/* ---- The result ------------------------------------------------------------------------------------------------------------------ */

/* Product over all sets of the factors, with Lagrange's coefficients where a threshold is enough. */
static pv_big joint_factor(pv_ballotbox *b, int q, int64_t i)
{
    const pv_group *g = &b->g;
    pv_big all = g->one;
    for (int s = 0; s < b->n_sets; s++) {
        int chosen[PV_TRUSTEES], part[PV_TRUSTEES], n = 0;
        for (int k = 0; k < b->parts && n < b->set[s].needed; k++) {
            int member = b->part_of[k] - 1 - b->set[s].first;
            if (member >= 0 && member < b->set[s].n) {
                chosen[n] = member + 1;
                part[n++] = k;
            }
        }
        if (n < b->set[s].needed) {
            pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "a result, but %d of %d trustees have decrypted", n, b->set[s].needed);
        }
        for (int k = 0; k < n; k++) {
            pv_big lambda = pv_small(1);
            for (int j = 0; j < n; j++) {
                if (j != k) {
                    pv_big other = pv_small(chosen[j]), own = pv_small(chosen[k]), below = pv_difference(g, &other, &own);
                    below = pv_reciprocal(g, &below);
                    lambda = pv_product(g, &lambda, &other);
                    lambda = pv_product(g, &lambda, &below);
                }
            }
            pv_big x = pv_power(g, &b->factor[part[k]][q][i], &lambda);
            all = pv_times(g, &all, &x);
        }
    }
    return all;
}

pv_big pv_opened(pv_ballotbox *b, int q, int64_t i)
{
    pv_big f = joint_factor(b, q, i);
    return pv_over(&b->g, &b->row[q][i].b, &f);
}

void pv_check_result(pv_ballotbox *b, const char *text, size_t n)
{
    pv_tree t;
    pv_tree_read(&b->run, "result", text, n, &t);
    pv_fields(&t, t.node, 1);
    const pv_node *all = pv_at(&t, t.node, 0, "result");
    pv_list(&t, all, b->n_questions);
    for (int q = 0; q < b->n_questions; q++) {
        const pv_node *list = pv_child(&t, all, q);
        pv_list(&t, list, (int32_t)b->length[q]);
        int32_t at = list->first;
        for (int64_t i = 0; i < b->length[q]; i++, at = t.node[at].next) {
            pv_big plain = pv_opened(b, q, i);
            bool good = true;
            if (b->question[q].ranked) {
                pv_list(&t, &t.node[at], b->question[q].answers);
                for (int k = 0; k < b->question[q].answers; k++) {
                    good &= pv_whole(&t, pv_child(&t, &t.node[at], k), 255) == pv_decoded(&b->g, &plain, b->question[q].answers, k);
                }
            } else {
                pv_big sum = pv_small(pv_whole(&t, &t.node[at], b->total)), x = pv_power(&b->g, &b->g.g, &sum);
                good = pv_same(&x, &plain);
            }
            if (!good) {
                pv_refute(&b->run, b->file, 0, "question %d, number %lld of the result is not what was decrypted", q + 1, (long long)i + 1);
            }
        }
    }
    b->decided = true;
    pv_tree_free(&t);
}
