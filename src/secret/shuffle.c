/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * shuffle.c - a trustee re-encrypts and permutes the rankings, and proves it.
 *
 * The letters are those of the protocol (docs/formats/secret-ballots.md).  Its prover raises c_hat_(i-1) to a secret power for
 * each ballot; here c_hat_i = g^(R_i) h^(U_i) with R_i, U_i known to the prover, so that all powers but three products are of g, h or the key, for
 * which there are tables (CHVote 2017, section on performance). */
#include <string.h>

#include "secret/parts.h"

typedef struct mixing {
    const pl_secret_election *e;
    const pl_group *g;
    const pl_cipher *before;
    pl_cipher *after;
    int64_t n;
    int threads;
    pl_draw draw;      /* item 0: the permutation; 1 and on: the ballots; n + 1: the rest */
    pl_table h_table;  /* of the secondary generator */
    uint32_t *psi;     /* after[i] is before[psi[i]] re-encrypted */
    pl_element *h;
    pl_scalar *r_again, *r_commit, *r_chain; /* by ballot before; by ballot before; by place in the chain */
    pl_scalar *w_hat, *w_prime, *u, *u_after, *sum_r, *product_u; /* the last two: R_i and U_i */
    pl_scalar w[4], c;
    pl_shuffle *out;
    pl_error *err;
} mixing;

static pl_status new_mixing(mixing *m)
{
    pl_scalar **list[] = {&m->r_again, &m->r_commit, &m->r_chain, &m->w_hat, &m->w_prime, &m->u, &m->u_after, &m->sum_r, &m->product_u};
    bool good = (m->psi = PL_NEW(uint32_t, m->n)) != NULL && (m->h = PL_NEW(pl_element, m->n + 1)) != NULL;
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        good = (*list[i] = PL_NEW0(pl_scalar, m->n + 1)) != NULL && good;
    }
    pl_status status = good ? pl_generators(m->g, m->n, m->threads, m->h, m->err) : pl_fail_nomem(m->err, "a shuffle");
    return status == PL_OK ? pl_table_new(&m->h_table, m->g, &m->h[0], 5, m->err) : status;
}

static void end_mixing(mixing *m)
{
    pl_scalar *list[] = {m->r_again, m->r_commit, m->r_chain, m->w_hat, m->w_prime, m->u, m->u_after, m->sum_r, m->product_u};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        if (list[i] != NULL) {
            sodium_memzero(list[i], (size_t)(m->n + 1) * sizeof *list[i]);
        }
        pl_free(list[i]);
    }
    if (m->psi != NULL) {
        sodium_memzero(m->psi, (size_t)m->n * sizeof *m->psi);
    }
    pl_free(m->psi);
    pl_free(m->h);
    pl_table_free(&m->h_table);
}

/* Fisher and Yates; the entries that are exchanged tell a local observer of the cache something, as in every implementation known. */
static void permute(mixing *m)
{
    pl_draw draw;
    pl_draw_item(&draw, &m->draw, 0);
    for (int64_t i = 0; i < m->n; i++) {
        m->psi[i] = (uint32_t)i;
    }
    for (int64_t i = 0; i + 1 < m->n; i++) {
        int64_t k = i + pl_draw_below(&draw, (uint32_t)(m->n - i));
        uint32_t x = m->psi[i];
        m->psi[i] = m->psi[k];
        m->psi[k] = x;
    }
}

static void re_encrypt(mixing *m)
{
    const pl_group *g = m->g;
    const pl_tables *t = &m->e->slow;
#pragma omp parallel for schedule(dynamic, 8) num_threads(m->threads) if (m->threads > 1)
    for (int64_t i = 0; i < m->n; i++) {
        int64_t j = m->psi[i];
        pl_draw draw;
        pl_draw_item(&draw, &m->draw, (uint64_t)i + 1);
        pl_draw_scalar(&draw, g, &m->r_again[j]);
        pl_draw_scalar(&draw, g, &m->r_commit[j]);
        pl_draw_scalar(&draw, g, &m->r_chain[i]);
        pl_draw_scalar(&draw, g, &m->w_hat[i]);
        pl_draw_scalar(&draw, g, &m->w_prime[i]);
        m->after[i] = m->before[j];
        pl_table_secret_on(&t->base, &m->after[i].alpha, &m->r_again[j]);
        pl_table_secret_on(&t->key, &m->after[i].beta, &m->r_again[j]);
        m->out->c[j] = m->h[i + 1];
        pl_table_secret_on(&t->base, &m->out->c[j], &m->r_commit[j]);
    }
}

/* R_i = r_hat_i + u'_i R_(i-1), U_i = u'_i U_(i-1); c_hat_i and t_hat_i from them. */
static void make_chain(mixing *m)
{
    const pl_group *g = m->g;
    pl_scalar r, u, x;
    pl_scalar_set(&r, 0);
    pl_scalar_set(&u, 1);
    for (int64_t i = 0; i < m->n; i++) {
        m->sum_r[i] = r;
        m->product_u[i] = u;
        m->u_after[i] = m->u[m->psi[i]];
        g->times(g, &x, &m->u_after[i], &r);
        g->add(g, &r, &x, &m->r_chain[i]);
        g->times(g, &u, &u, &m->u_after[i]);
    }
    m->sum_r[m->n] = r;
    m->product_u[m->n] = u;
#pragma omp parallel for schedule(dynamic, 8) num_threads(m->threads) if (m->threads > 1)
    for (int64_t i = 0; i < m->n; i++) {
        pl_scalar e;
        pl_table_secret(&m->e->slow.base, &m->out->c_hat[i], &m->sum_r[i + 1]);
        pl_table_secret_on(&m->h_table, &m->out->c_hat[i], &m->product_u[i + 1]);
        g->times(g, &e, &m->sum_r[i], &m->w_prime[i]);
        g->add(g, &e, &e, &m->w_hat[i]);
        pl_table_secret(&m->e->slow.base, &m->out->t_hat[i], &e);
        g->times(g, &e, &m->product_u[i], &m->w_prime[i]);
        pl_table_secret_on(&m->h_table, &m->out->t_hat[i], &e);
    }
}

static pl_status commit(mixing *m)
{
    const pl_group *g = m->g;
    const pl_tables *t = &m->e->slow;
    pl_draw draw;
    pl_scalar zero, minus;
    pl_element *list = PL_NEW(pl_element, m->n);
    pl_draw_item(&draw, &m->draw, (uint64_t)m->n + 1);
    for (int i = 0; i < 4; i++) {
        pl_draw_scalar(&draw, g, &m->w[i]);
    }
    pl_scalar_set(&zero, 0);
    g->sub(g, &minus, &zero, &m->w[3]);
    pl_table_secret(&t->base, &m->out->t[0], &m->w[0]);
    pl_table_secret(&t->base, &m->out->t[1], &m->w[1]);
    pl_status status = list != NULL ? pl_product_secret(g, &m->out->t[2], m->h + 1, m->w_prime, m->n, m->threads, m->err)
                                    : pl_fail_nomem(m->err, "a shuffle");
    pl_table_secret_on(&t->base, &m->out->t[2], &m->w[2]);
    for (int side = 0; side < 2 && status == PL_OK; side++) {
        for (int64_t i = 0; i < m->n; i++) {
            list[i] = side == 0 ? m->after[i].beta : m->after[i].alpha;
        }
        status = pl_product_secret(g, &m->out->t[3 + side], list, m->w_prime, m->n, m->threads, m->err);
        pl_table_secret_on(side == 0 ? &t->key : &t->base, &m->out->t[3 + side], &minus);
    }
    pl_free(list);
    return status;
}

/* response = mask + c secret */
static void respond(const mixing *m, pl_scalar *out, const pl_scalar *mask, const pl_scalar *secret)
{
    pl_scalar x;
    m->g->times(m->g, &x, &m->c, secret);
    m->g->add(m->g, out, mask, &x);
}

static void respond_all(mixing *m)
{
    const pl_group *g = m->g;
    pl_scalar x, sum[3]; /* of r, of r u, of r' u */
    memset(sum, 0, sizeof sum);
    for (int64_t i = 0; i < m->n; i++) {
        g->add(g, &sum[0], &sum[0], &m->r_commit[i]);
        g->times(g, &x, &m->r_commit[i], &m->u[i]);
        g->add(g, &sum[1], &sum[1], &x);
        g->times(g, &x, &m->r_again[i], &m->u[i]);
        g->add(g, &sum[2], &sum[2], &x);
        respond(m, &m->out->s_hat[i], &m->w_hat[i], &m->r_chain[i]);
        respond(m, &m->out->s_prime[i], &m->w_prime[i], &m->u_after[i]);
    }
    respond(m, &m->out->s[0], &m->w[0], &sum[0]);
    respond(m, &m->out->s[1], &m->w[1], &m->sum_r[m->n]);
    respond(m, &m->out->s[2], &m->w[2], &sum[1]);
    respond(m, &m->out->s[3], &m->w[3], &sum[2]);
}

static pl_status mix(mixing *m)
{
    pl_status status = new_mixing(m);
    if (status == PL_OK) {
        permute(m);
        re_encrypt(m);
        status = pl_shuffle_challenges(m->e, m->before, m->after, m->out, m->threads, m->u, m->err);
    }
    if (status == PL_OK) {
        make_chain(m);
        status = commit(m);
    }
    status = status == PL_OK ? pl_shuffle_challenge(m->e, m->before, m->after, m->out, m->threads, &m->c, m->err) : status;
    if (status == PL_OK) {
        respond_all(m);
    }
    end_mixing(m);
    return status;
}

/* ---- As text -------------------------------------------------------------------------------------------------------------- */

static void put_elements(pl_str *out, const pl_group *g, const pl_element *a, int64_t n)
{
    pl_str_add(out, "[");
    for (int64_t i = 0; i < n; i++) {
        pl_str_add(out, i > 0 ? "," : "");
        pl_put_element(out, g, &a[i]);
    }
    pl_str_add(out, "]");
}

static void put_scalars(pl_str *out, const pl_group *g, const pl_scalar *a, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        pl_str_add(out, i > 0 ? "," : "");
        pl_put_scalar(out, g, &a[i]);
    }
}

static void put_proof(pl_str *out, const pl_group *g, const pl_shuffle *s)
{
    pl_str_add(out, "[[");
    for (int i = 0; i < 3; i++) {
        pl_put_element(out, g, &s->t[i]);
        pl_str_add(out, ",");
    }
    put_elements(out, g, &s->t[3], 2);
    pl_str_add(out, ",");
    put_elements(out, g, s->t_hat, s->n);
    pl_str_add(out, "],[");
    put_scalars(out, g, s->s, 4);
    pl_str_add(out, ",[");
    put_scalars(out, g, s->s_hat, s->n);
    pl_str_add(out, "],[");
    put_scalars(out, g, s->s_prime, s->n);
    pl_str_add(out, "]],");
    put_elements(out, g, s->c, s->n);
    pl_str_add(out, ",");
    put_elements(out, g, s->c_hat, s->n);
    pl_str_add(out, "]");
}

static void put_shuffle(pl_str *out, const pl_secret_election *e, const pl_ciphertexts *after, const pl_shuffle *proof)
{
    const char *comma = "";
    pl_str_add(out, "{\"ciphertexts\":[");
    for (int q = 0; q < e->n_questions; q++) {
        if (!e->question[q].ranked) {
            continue;
        }
        pl_str_addf(out, "%s[", comma);
        for (int64_t i = 0; i < after->length[q]; i++) {
            pl_str_add(out, i > 0 ? "," : "");
            pl_put_cipher(out, &e->g, &after->c[after->start[q] + i]);
        }
        pl_str_add(out, "]");
        comma = ",";
    }
    pl_str_add(out, "],\"proofs\":[");
    comma = "";
    for (int q = 0; q < e->n_questions; q++) {
        if (e->question[q].ranked) {
            pl_str_add(out, comma);
            put_proof(out, &e->g, &proof[q]);
            comma = ",";
        }
    }
    pl_str_add(out, "]}");
}

pl_status pl_secret_shuffle(const pl_secret_election *e, const char *tally, size_t n, const uint8_t *seed, int threads,
                            pl_secret_text *shuffle, pl_error *err)
{
    pl_ciphertexts old = {.n = 0}, new = {.n = 0};
    pl_str text;
    if (e->n_ranked == 0) {
        return pl_fail(err, PL_DATA, "election", NULL, "there are no rankings to shuffle: sums are decrypted at once");
    }
    pl_shuffle *proof = PL_NEW0(pl_shuffle, e->n_questions);
    pl_draw draw;
    pl_draw_start(&draw, seed);
    pl_status status = proof != NULL ? pl_ciphertexts_read(e, tally, n, -1, &old, err) : pl_fail_nomem(err, "a shuffle");
    status = status == PL_OK ? pl_ciphertexts_read(e, tally, n, -1, &new, err) : status;
    for (int q = 0; q < e->n_questions && status == PL_OK; q++) {
        if (!e->question[q].ranked) {
            continue;
        }
        mixing m = {.e = e, .g = &e->g, .before = old.c + old.start[q], .after = new.c + new.start[q], .n = old.length[q],
                    .threads = threads, .draw = draw, .out = &proof[q], .err = err};
        m.draw.key[31] ^= (uint8_t)q; /* another stream for each question */
        status = pl_shuffle_new(m.n, &proof[q], err);
        status = status == PL_OK ? mix(&m) : status;
    }
    if (status == PL_OK) {
        pl_str_init(&text, PL_SECRET_TEXT_MAX);
        put_shuffle(&text, e, &new, proof);
        status = pl_put_done(&text, shuffle, "a shuffle", err);
    }
    for (int q = 0; proof != NULL && q < e->n_questions; q++) {
        pl_shuffle_free(&proof[q]);
    }
    pl_free(proof);
    pl_ciphertexts_free(&old);
    pl_ciphertexts_free(&new);
    sodium_memzero(&draw, sizeof draw);
    return status;
}
