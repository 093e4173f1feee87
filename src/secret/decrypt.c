/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * decrypt.c - a trustee's part of the decryption: alpha^x for each ciphertext, with the proof of Chaum and Pedersen that x is that of
 * its public key. */
#include <string.h>

#include "secret/parts.h"

/* ---- Making ------------------------------------------------------------------------------------------------------ */

/* The number in a private key file: "123", as JSON. */
static pl_status read_private(const pl_group *g, const char *text, pl_scalar *out, pl_error *err)
{
    size_t from = strspn(text, " \t\r\n\""), n = strcspn(text + from, " \t\r\n\"");
    return pl_scalar_read(g, text + from, n, out) && !pl_scalar_zero(out)
               ? PL_OK
               : pl_fail(err, PL_PARSE, "private key", NULL, "this is no private key of a trustee in %s", g->name);
}

static void hash_start(const pl_secret_election *e, pl_hash *h, const pl_element *x)
{
    pl_hash_start(h, &e->g, "decrypt|");
    pl_hash_text(h, e->fingerprint);
    pl_hash_text(h, "|");
    pl_hash_element(h, x);
    pl_hash_text(h, "|");
}

static void decrypt_one(const pl_secret_election *e, const pl_element *key, const pl_scalar *x, const pl_element *alpha, pl_draw *draw,
                        pl_element *factor, pl_proof *proof)
{
    const pl_group *g = &e->g;
    pl_hash h;
    pl_scalar w, product;
    pl_element a, b;
    pl_draw_scalar(draw, g, &w);
    pl_power_secret(g, factor, alpha, x);
    pl_table_secret(&e->slow.base, &a, &w);
    pl_power_secret(g, &b, alpha, &w);
    hash_start(e, &h, key);
    pl_hash_pair(&h, &a, &b);
    pl_hash_end(&h, &proof->challenge);
    g->times(g, &product, x, &proof->challenge);
    g->sub(g, &proof->response, &w, &product);
    sodium_memzero(&w, sizeof w);
    sodium_memzero(&product, sizeof product);
}

static void put_decryption(const pl_secret_election *e, const pl_ciphertexts *t, const pl_element *factor, const pl_proof *proof, pl_str *out)
{
    for (int part = 0; part < 2; part++) {
        pl_str_add(out, part == 0 ? "{\"decryption_factors\":[" : "],\"decryption_proofs\":[");
        for (int i = 0; i < t->n; i++) {
            pl_str_add(out, i > 0 ? ",[" : "[");
            for (int64_t k = t->start[i]; k < t->start[i + 1]; k++) {
                pl_str_add(out, k > t->start[i] ? "," : "");
                if (part == 0) {
                    pl_put_element(out, &e->g, &factor[k]);
                } else {
                    pl_put_proof(out, &e->g, &proof[k]);
                }
            }
            pl_str_add(out, "]");
        }
    }
    pl_str_add(out, "]}");
}

pl_status pl_decrypt_rows(const pl_secret_election *e, const pl_ciphertexts *t, const pl_scalar *x, const uint8_t *seed, int threads,
                          pl_secret_text *out, int *trustee, pl_error *err)
{
    const pl_group *g = &e->g;
    pl_element key;
    pl_draw draw;
    pl_str text;
    int64_t n = t->start[t->n];
    *trustee = 0;
    pl_power_secret(g, &key, &g->g, x);
    for (int i = e->n_trustees; i > 0; i--) {
        *trustee = g->equal(g, &key, &e->key[i - 1]) ? i : *trustee;
    }
    if (*trustee == 0) {
        return pl_fail(err, PL_DATA, "private key", "is it the one for this election?", "this is the key of none of the trustees");
    }
    pl_element *factor = PL_NEW(pl_element, n);
    pl_proof *proof = PL_NEW(pl_proof, n);
    pl_status status = factor != NULL && proof != NULL ? PL_OK : pl_fail_nomem(err, "a decryption");
    pl_draw_start(&draw, seed);
    (void)threads;
#pragma omp parallel for schedule(dynamic, 4) num_threads(threads) if (threads > 1)
    for (int64_t i = 0; i < n; i++) {
        if (status == PL_OK) {
            pl_draw item;
            pl_draw_item(&item, &draw, (uint64_t)i);
            decrypt_one(e, &key, x, &t->c[i].alpha, &item, &factor[i], &proof[i]);
        }
    }
    if (status == PL_OK) {
        pl_str_init(&text, PL_SECRET_TEXT_MAX);
        put_decryption(e, t, factor, proof, &text);
        status = pl_put_done(&text, out, "a decryption", err);
    }
    sodium_memzero(&draw, sizeof draw);
    pl_free(factor);
    pl_free(proof);
    return status;
}

pl_status pl_private_key(const pl_secret_election *e, const char *private_key, const char *part, size_t part_n, pl_scalar *out,
                         pl_error *err)
{
    if (!e->complete) {
        return pl_fail(err, PL_USAGE, "election", NULL, "the trustees of the election are not known");
    }
    if (part == NULL) {
        return read_private(&e->g, private_key, out, err);
    }
    char key[64];
    size_t n = strcspn(private_key, " \t\r\n");
    if (n >= sizeof key) {
        return pl_fail(err, PL_PARSE, "private key", NULL, "this is no key of a trustee in a threshold set");
    }
    memcpy(key, private_key, n);
    key[n] = '\0';
    pl_status status = pl_threshold_part(&e->g, key, part, part_n, out, err);
    sodium_memzero(key, sizeof key);
    return status;
}

pl_status pl_secret_decrypt(const pl_secret_election *e, const char *tally, size_t n, const char *private_key, const char *part,
                            size_t part_n, const uint8_t *seed, int threads, pl_secret_text *out, int *trustee, pl_error *err)
{
    pl_ciphertexts t;
    pl_scalar x;
    pl_status status = pl_private_key(e, private_key, part, part_n, &x, err);
    if (status == PL_OK) {
        status = pl_ciphertexts_read(e, tally, n, -1, &t, err);
        if (status == PL_OK) {
            status = pl_decrypt_rows(e, &t, &x, seed, threads, out, trustee, err);
            pl_ciphertexts_free(&t);
        }
    }
    sodium_memzero(&x, sizeof x);
    return status;
}

/* ---- Checking -------------------------------------------------------------------------------------------------------- */

static bool check_one(const pl_secret_election *e, const pl_table *key_table, const pl_element *key, const pl_element *alpha,
                      const pl_element *factor, const pl_proof *p)
{
    const pl_group *g = &e->g;
    const pl_tables *t = pl_election_tables(e);
    pl_hash h;
    pl_element a, b, f;
    pl_scalar challenge;
    if (!pl_powers(g, &f, factor, &p->challenge, 1, true)) {
        return false;
    }
    pl_table_power(&t->base, &a, &p->response);
    pl_table_power_on(key_table, &a, &p->challenge);
    pl_power(g, &b, alpha, &p->response, g->bits);
    g->mul(g, &b, &b, &f);
    hash_start(e, &h, key);
    pl_hash_pair(&h, &a, &b);
    pl_hash_end(&h, &challenge);
    return pl_scalar_equal(g, &challenge, &p->challenge);
}

static void read_factors(pl_scan *s, const pl_ciphertexts *t, pl_element *factor, pl_proof *proof)
{
    for (int part = 0; part < 2; part++) {
        pl_scan_literal(s, part == 0 ? "{\"decryption_factors\":[" : "],\"decryption_proofs\":[");
        for (int i = 0; i < t->n; i++) {
            pl_scan_literal(s, i > 0 ? ",[" : "[");
            for (int64_t k = t->start[i]; k < t->start[i + 1] && !s->failed; k++) {
                pl_scan_literal(s, k > t->start[i] ? "," : "");
                if (part == 0) {
                    pl_scan_element(s, &factor[k]);
                } else {
                    pl_scan_proof(s, &proof[k]);
                }
            }
            pl_scan_literal(s, "]");
        }
    }
    pl_scan_literal(s, "]}");
}

pl_status pl_decryption_read(const pl_secret_election *e, const pl_ciphertexts *t, int trustee, pl_secret_view text, int threads,
                             pl_element *factor, pl_error *err)
{
    pl_scan s;
    pl_table table;
    int64_t n = t->start[t->n];
    if (trustee < 1 || trustee > e->n_trustees) {
        return pl_fail(err, PL_DATA, "decryption", NULL, "there is no trustee number %d", trustee);
    }
    const pl_element *key = &e->key[trustee - 1];
    pl_proof *proof = PL_NEW(pl_proof, n);
    if (proof == NULL) {
        return pl_fail_nomem(err, "a decryption");
    }
    pl_scan_start(&s, &e->g, text.text, text.n);
    read_factors(&s, t, factor, proof);
    pl_status status = pl_scan_end(&s, "decryption", err);
    bool good = true;
    if (status == PL_OK) {
        status = pl_table_new(&table, &e->g, key, 4, err);
    }
    (void)threads;
    if (status == PL_OK) {
#pragma omp parallel for schedule(dynamic, 4) num_threads(threads) if (threads > 1)
        for (int64_t i = 0; i < n; i++) {
            if (!check_one(e, &table, key, &t->c[i].alpha, &factor[i], &proof[i])) {
#pragma omp atomic write
                good = false;
            }
        }
        pl_table_free(&table);
    }
    pl_free(proof);
    return status == PL_OK && !good
               ? pl_fail(err, PL_REFUTED, "decryption", "ask the trustee to decrypt again", "trustee %d does not prove to have decrypted rightly", trustee)
               : status;
}

pl_status pl_secret_decryption_check(const pl_secret_election *e, const char *tally, size_t n, int trustee, const char *decryption,
                                     size_t decryption_n, int threads, pl_error *err)
{
    pl_ciphertexts t;
    pl_status status = pl_ciphertexts_read(e, tally, n, -1, &t, err);
    if (status != PL_OK) {
        return status;
    }
    pl_element *factor = PL_NEW(pl_element, t.start[t.n]);
    status = factor == NULL ? pl_fail_nomem(err, "a decryption")
                            : pl_decryption_read(e, &t, trustee, (pl_secret_view){decryption, decryption_n}, threads, factor, err);
    pl_free(factor);
    pl_ciphertexts_free(&t);
    return status;
}
