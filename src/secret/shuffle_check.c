/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * shuffle_check.c - the proof of a shuffle (Terelius and Wikstroem 2010, as CHVote 1.3.2 and Belenios write it): its
 * challenges, and checking it.
 *
 * The proof is five equations and one for each ballot.  All elements are first checked to be members of the group; then all
 * equations are raised to powers of 128 bits, which are a hash of everything, and multiplied: were one equation wrong, the product
 * would be right with probability 2^-128 (Bellare, Garay, Rabin 1998).  The product is one large multi-exponentiation. */
#include <stdio.h>
#include <string.h>

#include "secret/parts.h"

#define CHUNK 512 /* elements whose texts are made at once */

/* ---- Challenges ------------------------------------------------------------------------------------------------------ */

typedef char element_text[PL_ELEMENT_TEXT];

typedef struct listing {
    pl_hash h;
    element_text *text;
    size_t length[CHUNK];
    int threads;
} listing;

/* Each element and a comma.  `step` elements apart. */
static void hash_list(listing *l, const pl_element *a, int64_t n)
{
    const pl_group *g = l->h.g;
    for (int64_t from = 0; from < n; from += CHUNK) {
        int k = (int)(n - from < CHUNK ? n - from : CHUNK);
#pragma omp parallel for schedule(static) num_threads(l->threads) if (l->threads > 1 && k > 16)
        for (int i = 0; i < k; i++) {
            l->length[i] = g->write(g, &a[from + i], l->text[i]);
            l->text[i][l->length[i]++] = ',';
        }
        for (int i = 0; i < k; i++) {
            pl_hash_text_n(&l->h, l->text[i], l->length[i]);
        }
    }
}

/* Ciphertexts are pairs of elements without anything between. */
_Static_assert(sizeof(pl_cipher) == 2 * sizeof(pl_element), "a ciphertext is two elements");

static void hash_statement(listing *l, const pl_cipher *before, const pl_cipher *after, const pl_element *c, int64_t n)
{
    hash_list(l, &before->alpha, 2 * n);
    hash_list(l, &after->alpha, 2 * n);
    hash_list(l, c, n);
}

static pl_status start_listing(listing **out, const pl_secret_election *e, const char *prefix, int threads, pl_error *err)
{
    listing *l = PL_NEW(listing, 1);
    *out = l;
    if (l == NULL || (l->text = PL_NEW(element_text, CHUNK)) == NULL) {
        pl_free(l);
        return pl_fail_nomem(err, "a shuffle");
    }
    l->threads = threads;
    pl_hash_start(&l->h, &e->g, prefix);
    pl_hash_text(&l->h, e->fingerprint);
    pl_hash_text(&l->h, "|");
    return PL_OK;
}

static void end_listing(listing *l)
{
    pl_free(l->text);
    pl_free(l);
}

pl_status pl_shuffle_challenges(const pl_secret_election *e, const pl_cipher *before, const pl_cipher *after, const pl_shuffle *s,
                                int threads, pl_scalar *u, pl_error *err)
{
    listing *l;
    uint8_t hash[32];
    char text[2 * PL_HEX], number[24];
    pl_status status = start_listing(&l, e, "shuffle-challenges|", threads, err);
    if (status != PL_OK) {
        return status;
    }
    hash_statement(l, before, after, s->c, s->n);
    crypto_hash_sha256_final(&l->h.state, hash);
    sodium_bin2hex(text, PL_HEX, hash, 32);
    for (int64_t i = 0; i < s->n; i++) {
        int n = snprintf(number, sizeof number, "%lld", (long long)i);
        pl_sha256_hex(number, (size_t)n, text + PL_HEX - 1);
        crypto_hash_sha256(hash, (const unsigned char *)text, 2 * (PL_HEX - 1));
        e->g.reduce(&e->g, &u[i], hash, sizeof hash);
    }
    end_listing(l);
    return PL_OK;
}

pl_status pl_shuffle_challenge(const pl_secret_election *e, const pl_cipher *before, const pl_cipher *after, const pl_shuffle *s,
                               int threads, pl_scalar *c, pl_error *err)
{
    listing *l;
    pl_status status = start_listing(&l, e, "shuffle-challenge|", threads, err);
    if (status != PL_OK) {
        return status;
    }
    hash_list(l, s->t, 5);
    hash_list(l, s->t_hat, s->n);
    hash_statement(l, before, after, s->c, s->n);
    hash_list(l, s->c_hat, s->n);
    pl_hash_element(&l->h, &e->y);
    pl_hash_end(&l->h, c);
    end_listing(l);
    return PL_OK;
}

pl_status pl_generators(const pl_group *g, int64_t n, int threads, pl_element *h, pl_error *err)
{
    bool good = true;
    (void)threads;
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads) if (threads > 1)
    for (int64_t i = 0; i <= n; i++) {
        if (!g->generator(g, i - 1, &h[i])) {
#pragma omp atomic write
            good = false;
        }
    }
    return good ? PL_OK : pl_fail(err, PL_BUG, NULL, NULL, "a generator is one or the first generator");
}

/* ---- The proof as data -------------------------------------------------------------------------------------------------- */

pl_status pl_shuffle_new(int64_t n, pl_shuffle *out, pl_error *err)
{
    *out = (pl_shuffle){.n = n};
    out->t_hat = PL_NEW(pl_element, n);
    out->s_hat = PL_NEW(pl_scalar, n);
    out->s_prime = PL_NEW(pl_scalar, n);
    out->c = PL_NEW(pl_element, n);
    out->c_hat = PL_NEW(pl_element, n);
    if (out->t_hat != NULL && out->s_hat != NULL && out->s_prime != NULL && out->c != NULL && out->c_hat != NULL) {
        return PL_OK;
    }
    pl_shuffle_free(out);
    return pl_fail_nomem(err, "a shuffle");
}

void pl_shuffle_free(pl_shuffle *s)
{
    pl_free(s->t_hat);
    pl_free(s->s_hat);
    pl_free(s->s_prime);
    pl_free(s->c);
    pl_free(s->c_hat);
    *s = (pl_shuffle){.n = 0};
}

static void read_elements(pl_scan *s, pl_element *a, int64_t n)
{
    pl_scan_literal(s, "[");
    for (int64_t i = 0; i < n && !s->failed; i++) {
        pl_scan_literal(s, i > 0 ? "," : "");
        pl_scan_element(s, &a[i]);
    }
    pl_scan_literal(s, "]");
}

static void read_scalars(pl_scan *s, pl_scalar *a, int64_t n)
{
    pl_scan_literal(s, "[");
    for (int64_t i = 0; i < n && !s->failed; i++) {
        pl_scan_literal(s, i > 0 ? "," : "");
        pl_scan_scalar(s, &a[i]);
    }
    pl_scan_literal(s, "]");
}

static void read_proof(pl_scan *s, pl_shuffle *out)
{
    pl_scan_literal(s, "[[");
    for (int i = 0; i < 3; i++) {
        pl_scan_element(s, &out->t[i]);
        pl_scan_literal(s, ",");
    }
    read_elements(s, &out->t[3], 2);
    pl_scan_literal(s, ",");
    read_elements(s, out->t_hat, out->n);
    pl_scan_literal(s, "],[");
    for (int i = 0; i < 4; i++) {
        pl_scan_scalar(s, &out->s[i]);
        pl_scan_literal(s, ",");
    }
    read_scalars(s, out->s_hat, out->n);
    pl_scan_literal(s, ",");
    read_scalars(s, out->s_prime, out->n);
    pl_scan_literal(s, "],");
    read_elements(s, out->c, out->n);
    pl_scan_literal(s, ",");
    read_elements(s, out->c_hat, out->n);
    pl_scan_literal(s, "]");
}

/* ---- Checking -------------------------------------------------------------------------------------------------------------- */

typedef struct checking {
    const pl_secret_election *e;
    const pl_group *g;
    const pl_cipher *before, *after;
    const pl_shuffle *s;
    int threads;
    pl_element *h;   /* n + 1 */
    pl_scalar *u, *sigma, c;
    pl_scalar rho[5];
    pl_element *base; /* 4 n + 1: h_i, beta'_i, alpha'_i, c_hat_i, h */
    pl_scalar *power;
    pl_error *err;
} checking;

/* Powers for the equations: from a hash of the challenge, which covers all elements, and of all responses. */
static void draw_powers(checking *k)
{
    uint8_t seed[32];
    crypto_hash_sha256_state state;
    pl_draw draw;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)&k->c, sizeof k->c);
    crypto_hash_sha256_update(&state, (const unsigned char *)k->s->s, sizeof k->s->s);
    crypto_hash_sha256_update(&state, (const unsigned char *)k->s->s_hat, (size_t)k->s->n * sizeof *k->s->s_hat);
    crypto_hash_sha256_update(&state, (const unsigned char *)k->s->s_prime, (size_t)k->s->n * sizeof *k->s->s_prime);
    crypto_hash_sha256_final(&state, seed);
    pl_draw_start(&draw, seed);
    for (int64_t i = 0; i < 5 + k->s->n; i++) {
        pl_scalar *x = i < 5 ? &k->rho[i] : &k->sigma[i - 5];
        pl_scalar_set(x, 0);
        pl_draw_bytes(&draw, (uint8_t *)x->v, 16);
    }
}

static void subtract_times(const pl_group *g, pl_scalar *sum, const pl_scalar *a, const pl_scalar *b)
{
    pl_scalar x;
    g->times(g, &x, a, b);
    g->sub(g, sum, sum, &x);
}

static void add_times(const pl_group *g, pl_scalar *sum, const pl_scalar *a, const pl_scalar *b)
{
    pl_scalar x;
    g->times(g, &x, a, b);
    g->add(g, sum, sum, &x);
}

/* The terms whose powers have the length of q:  h_i^(rho3 s'_i)  beta'_i^(rho4 s'_i)  alpha'_i^(rho5 s'_i)
 * c_hat_i^(sigma_(i+1) s'_(i+1) - c sigma_i)  h^(...). */
static void long_terms(checking *k, const pl_scalar *u_product)
{
    const pl_group *g = k->g;
    int64_t n = k->s->n;
    pl_scalar *last = &k->power[4 * n];
#pragma omp parallel for schedule(static) num_threads(k->threads) if (k->threads > 1)
    for (int64_t i = 0; i < n; i++) {
        const pl_scalar *s = &k->s->s_prime[i];
        k->base[i] = k->h[i + 1];
        g->times(g, &k->power[i], &k->rho[2], s);
        k->base[n + i] = k->after[i].beta;
        g->times(g, &k->power[n + i], &k->rho[3], s);
        k->base[2 * n + i] = k->after[i].alpha;
        g->times(g, &k->power[2 * n + i], &k->rho[4], s);
        pl_scalar *chain = &k->power[3 * n + i];
        k->base[3 * n + i] = k->s->c_hat[i];
        pl_scalar_set(chain, 0);
        if (i + 1 < n) {
            add_times(g, chain, &k->sigma[i + 1], &k->s->s_prime[i + 1]);
        } else {
            subtract_times(g, chain, &k->c, &k->rho[1]);
        }
        subtract_times(g, chain, &k->c, &k->sigma[i]);
    }
    pl_scalar x;
    k->base[4 * n] = k->h[0];
    g->times(g, last, &k->sigma[0], &k->s->s_prime[0]);
    g->times(g, &x, u_product, &k->rho[1]);
    add_times(g, last, &x, &k->c);
}

/* r *= base^(sign power), for a few. */
static void times_power(const pl_group *g, pl_element *r, const pl_element *base, const pl_scalar *e, bool negative)
{
    pl_scalar zero, x = *e;
    pl_element y;
    pl_scalar_set(&zero, 0);
    if (negative) {
        g->sub(g, &x, &zero, e);
    }
    pl_power(g, &y, base, &x, g->bits);
    g->mul(g, r, r, &y);
}

/* product of c_i^(u_i), alpha_i^(u_i), beta_i^(u_i), and of c_i and h_i; each to its power. */
static pl_status short_terms(checking *k, pl_element *r)
{
    const pl_group *g = k->g;
    int64_t n = k->s->n;
    int bits = g->bits < 256 ? g->bits : 256;
    pl_element x, *list = k->base; /* not yet in use */
    pl_scalar e;
    pl_status status = pl_product(g, &x, k->s->c, k->u, bits, n, k->threads, k->err);
    g->times(g, &e, &k->c, &k->rho[2]);
    times_power(g, r, &x, &e, true);
    for (int side = 0; side < 2 && status == PL_OK; side++) {
        for (int64_t i = 0; i < n; i++) {
            list[i] = side == 0 ? k->before[i].beta : k->before[i].alpha;
        }
        status = pl_product(g, &x, list, k->u, bits, n, k->threads, k->err);
        g->times(g, &e, &k->c, &k->rho[3 + side]);
        times_power(g, r, &x, &e, true);
    }
    pl_element c = g->one, h = g->one;
    for (int64_t i = 0; i < n; i++) {
        g->mul(g, &c, &c, &k->s->c[i]);
        g->mul(g, &h, &h, &k->h[i + 1]);
    }
    g->times(g, &e, &k->c, &k->rho[0]);
    times_power(g, r, &c, &e, true);
    times_power(g, r, &h, &e, false);
    return status;
}

static pl_status multiply(checking *k, bool *holds)
{
    const pl_group *g = k->g;
    int64_t n = k->s->n;
    pl_scalar power, product;
    pl_element left = g->one, right = g->one, x;
    pl_scalar_set(&power, 0); /* of g: rho1 s1 + rho2 s2 + rho3 s3 - rho5 s4 + sum sigma_i s_hat_i */
    for (int i = 0; i < 3; i++) {
        add_times(g, &power, &k->rho[i], &k->s->s[i]);
    }
    subtract_times(g, &power, &k->rho[4], &k->s->s[3]);
    pl_scalar_set(&product, 1);
    for (int64_t i = 0; i < n; i++) {
        add_times(g, &power, &k->sigma[i], &k->s->s_hat[i]);
        g->times(g, &product, &product, &k->u[i]);
    }
    times_power(g, &right, &g->g, &power, false);
    g->times(g, &power, &k->rho[3], &k->s->s[3]);
    times_power(g, &right, &k->e->y, &power, true);
    pl_status status = short_terms(k, &right);
    long_terms(k, &product);
    status = status == PL_OK ? pl_product(g, &x, k->base, k->power, g->bits, 4 * n + 1, k->threads, k->err) : status;
    g->mul(g, &right, &right, &x);
    status = status == PL_OK ? pl_product(g, &left, k->s->t_hat, k->sigma, 128, n, k->threads, k->err) : status;
    for (int i = 0; i < 5; i++) {
        times_power(g, &left, &k->s->t[i], &k->rho[i], false);
    }
    *holds = status == PL_OK && g->equal(g, &left, &right);
    return status;
}

static pl_status check_question(checking *k)
{
    const pl_group *g = k->g;
    int64_t n = k->s->n;
    bool holds;
    if (!pl_members(g, &k->after->alpha, 2 * n, k->threads) || !pl_members(g, k->s->c, n, k->threads) ||
        !pl_members(g, k->s->c_hat, n, k->threads) || !pl_members(g, k->s->t_hat, n, k->threads) || !pl_members(g, k->s->t, 5, 1)) {
        return pl_fail(k->err, PL_REFUTED, "shuffle", NULL, "a number in a shuffle is no element of the group");
    }
    k->h = PL_NEW(pl_element, n + 1);
    k->u = PL_NEW(pl_scalar, n);
    k->sigma = PL_NEW(pl_scalar, n);
    k->base = PL_NEW(pl_element, 4 * n + 1);
    k->power = PL_NEW(pl_scalar, 4 * n + 1);
    pl_status status = k->h != NULL && k->u != NULL && k->sigma != NULL && k->base != NULL && k->power != NULL
                           ? PL_OK
                           : pl_fail_nomem(k->err, "a shuffle");
    status = status == PL_OK ? pl_generators(g, n, k->threads, k->h, k->err) : status;
    status = status == PL_OK ? pl_shuffle_challenges(k->e, k->before, k->after, k->s, k->threads, k->u, k->err) : status;
    status = status == PL_OK ? pl_shuffle_challenge(k->e, k->before, k->after, k->s, k->threads, &k->c, k->err) : status;
    if (status == PL_OK) {
        draw_powers(k);
        status = multiply(k, &holds);
        if (status == PL_OK && !holds) {
            status = pl_fail(k->err, PL_REFUTED, "shuffle", "let another trustee shuffle",
                             "the proof of a shuffle does not hold: ballots may have been dropped, repeated or changed");
        }
    }
    pl_free(k->h);
    pl_free(k->u);
    pl_free(k->sigma);
    pl_free(k->base);
    pl_free(k->power);
    return status;
}

static pl_status read_shuffle(const pl_secret_election *e, const char *text, size_t n, pl_ciphertexts *tally, pl_shuffle *proof, pl_error *err)
{
    pl_scan s;
    const char *comma = "";
    pl_scan_start(&s, &e->g, text, n);
    pl_scan_literal(&s, "{\"ciphertexts\":[");
    for (int q = 0; q < e->n_questions; q++) {
        if (e->question[q].ranked) {
            pl_scan_literal(&s, comma);
            pl_scan_literal(&s, "[");
            for (int64_t i = 0; i < tally->length[q] && !s.failed; i++) {
                pl_scan_literal(&s, i > 0 ? "," : "");
                pl_scan_cipher(&s, &tally->c[tally->start[q] + i]);
            }
            pl_scan_literal(&s, "]");
            comma = ",";
        }
    }
    pl_scan_literal(&s, "],\"proofs\":[");
    comma = "";
    for (int q = 0; q < e->n_questions; q++) {
        if (e->question[q].ranked) {
            pl_scan_literal(&s, comma);
            read_proof(&s, &proof[q]);
            comma = ",";
        }
    }
    pl_scan_literal(&s, "]}");
    return pl_scan_end(&s, "shuffle", err);
}

static pl_status check_all(const pl_secret_election *e, const pl_ciphertexts *before, pl_ciphertexts *after, const char *shuffle, size_t n,
                           pl_shuffle *proof, int threads, pl_error *err)
{
    pl_status status = PL_OK;
    for (int q = 0; q < e->n_questions && status == PL_OK; q++) {
        if (e->question[q].ranked) {
            status = pl_shuffle_new(before->length[q], &proof[q], err);
        }
    }
    status = status == PL_OK ? read_shuffle(e, shuffle, n, after, proof, err) : status;
    for (int q = 0; q < e->n_questions && status == PL_OK; q++) {
        if (e->question[q].ranked && before->length[q] > 0) {
            checking k = {.e = e, .g = &e->g, .before = before->c + before->start[q], .after = after->c + after->start[q],
                          .s = &proof[q], .threads = threads, .err = err};
            status = check_question(&k);
        }
    }
    return status;
}

pl_status pl_secret_shuffle_check(const pl_secret_election *e, const char *tally, size_t n, const char *shuffle, size_t shuffle_n,
                                  int threads, pl_secret_text *after, pl_error *err)
{
    pl_ciphertexts old = {.n = 0}, new = {.n = 0};
    pl_str text;
    pl_shuffle *proof = PL_NEW0(pl_shuffle, e->n_questions);
    *after = (pl_secret_text){NULL, 0};
    if (proof == NULL) {
        return pl_fail_nomem(err, "a shuffle");
    }
    pl_status status = pl_ciphertexts_read(e, tally, n, -1, &old, err);
    status = status == PL_OK ? pl_ciphertexts_read(e, tally, n, -1, &new, err) : status;
    status = status == PL_OK ? check_all(e, &old, &new, shuffle, shuffle_n, proof, threads, err) : status;
    if (status == PL_OK) {
        pl_str_init(&text, PL_SECRET_TEXT_MAX);
        pl_ciphertexts_write(&e->g, &new, &text);
        status = pl_put_done(&text, after, "a shuffle", err);
    }
    for (int q = 0; q < e->n_questions; q++) {
        pl_shuffle_free(&proof[q]);
    }
    pl_free(proof);
    pl_ciphertexts_free(&old);
    pl_ciphertexts_free(&new);
    return status;
}

pl_status pl_secret_shuffle_after(const char *shuffle, size_t n, pl_secret_view *after, pl_error *err)
{
    static const char BEFORE[] = "{\"ciphertexts\":", BEHIND[] = ",\"proofs\":";
    const char *from = shuffle + sizeof BEFORE - 1, *end = from;
    while (n >= sizeof BEFORE && (end = memchr(end, ',', (size_t)(shuffle + n - end))) != NULL &&
           ((size_t)(shuffle + n - end) < sizeof BEHIND || memcmp(end, BEHIND, sizeof BEHIND - 1) != 0)) {
        end++;
    }
    if (n < sizeof BEFORE || memcmp(shuffle, BEFORE, sizeof BEFORE - 1) != 0 || end == NULL) {
        return pl_fail(err, PL_PARSE, "shuffle", NULL, "this is no shuffle");
    }
    *after = (pl_secret_view){from, (size_t)(end - from)};
    return PL_OK;
}
