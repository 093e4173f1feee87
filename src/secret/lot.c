/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * lot.c - a seed for the public lot that nobody can steer: everybody encrypts a random element, the trustees open only the
 * product of all.  A share is {"choices":ciphertext,"proof":proof} like the answer to a ranked question; its proof is bound to the member's
 * name. */
#include <string.h>

#include "secret/parts.h"

#define MEMBER_MOST 256

static void hash_share(const pl_secret_election *e, const char *member, const pl_cipher *c, pl_hash *h)
{
    pl_hash_start(h, &e->g, "lotshare|");
    pl_hash_text(h, e->fingerprint);
    pl_hash_text(h, "|");
    pl_hash_text(h, member);
    pl_hash_text(h, "|");
    pl_hash_element(h, &e->y);
    pl_hash_text(h, ",");
    pl_hash_pair(h, &c->alpha, &c->beta);
    pl_hash_text(h, "|");
}

static pl_status check_member(const char *member, pl_error *err)
{
    size_t n = strlen(member);
    return n > 0 && n <= MEMBER_MOST && strchr(member, '|') == NULL
               ? PL_OK
               : pl_fail(err, PL_DATA, "member", NULL, "a member's name has 1 to %d bytes and no '|'", MEMBER_MOST);
}

pl_status pl_secret_lot_share(const pl_secret_election *e, const char *member, const uint8_t *seed, pl_secret_text *out, pl_error *err)
{
    const pl_group *g = &e->g;
    pl_draw draw;
    pl_scalar r, x;
    pl_element plain;
    pl_cipher c;
    pl_proof proof;
    pl_hash h;
    pl_str text;
    pl_status status = check_member(member, err);
    if (status != PL_OK) {
        return status;
    }
    pl_draw_start(&draw, seed);
    pl_draw_scalar(&draw, g, &r);
    pl_draw_scalar(&draw, g, &x);
    pl_table_secret(&e->slow.base, &c.alpha, &r);
    pl_table_secret(&e->slow.key, &c.beta, &r);
    pl_table_secret(&e->slow.base, &plain, &x);
    g->mul(g, &c.beta, &c.beta, &plain);
    hash_share(e, member, &c, &h);
    pl_schnorr_prove(&h, &r, &draw, &proof);
    pl_str_init(&text, 16384);
    pl_str_add(&text, "{\"choices\":");
    pl_put_cipher(&text, g, &c);
    pl_str_add(&text, ",\"proof\":");
    pl_put_proof(&text, g, &proof);
    pl_str_add(&text, "}");
    sodium_memzero(&draw, sizeof draw);
    sodium_memzero(&r, sizeof r);
    sodium_memzero(&x, sizeof x);
    return pl_put_done(&text, out, "a share", err);
}

static pl_status read_share(const pl_secret_election *e, const char *member, pl_secret_view share, pl_cipher *c, pl_error *err)
{
    pl_scan s;
    pl_proof proof;
    pl_hash h;
    pl_scan_start(&s, &e->g, share.text, share.n);
    pl_scan_literal(&s, "{\"choices\":");
    pl_scan_cipher(&s, c);
    pl_scan_literal(&s, ",\"proof\":");
    pl_scan_proof(&s, &proof);
    pl_scan_literal(&s, "}");
    pl_status status = pl_scan_end(&s, "share", err);
    status = status == PL_OK ? check_member(member, err) : status;
    if (status != PL_OK) {
        return status;
    }
    hash_share(e, member, c, &h);
    bool good = pl_member(&e->g, &c->alpha) && pl_member(&e->g, &c->beta) && !e->g.equal(&e->g, &c->alpha, &e->g.one) &&
                pl_schnorr_check(&h, &c->alpha, &proof);
    return good ? PL_OK : pl_fail(err, PL_REFUTED, "share", NULL, "the share of %.80s is not proved to be its own", member);
}

pl_status pl_secret_lot_sum(const pl_secret_election *e, const char *const *member, const pl_secret_view *share, int64_t n,
                            pl_secret_text *sum, pl_error *err)
{
    const pl_group *g = &e->g;
    pl_cipher all = {g->one, g->one}, c;
    pl_map seen;
    pl_str text;
    pl_map_init(&seen);
    pl_status status = n > 0 && n < INT32_MAX ? PL_OK : pl_fail(err, PL_DATA, "shares", NULL, "nobody gave a share");
    for (int64_t i = 0; i < n && status == PL_OK; i++) {
        int32_t old;
        status = read_share(e, member[i], share[i], &c, err);
        if (status == PL_OK && pl_map_put(&seen, member[i], strlen(member[i]), (int32_t)i, &old) != PL_OK) {
            status = pl_fail_nomem(err, "shares");
        } else if (status == PL_OK && old >= 0) {
            status = pl_fail(err, PL_DATA, "shares", NULL, "%.80s gave two shares", member[i]);
        }
        if (status == PL_OK) {
            g->mul(g, &all.alpha, &all.alpha, &c.alpha);
            g->mul(g, &all.beta, &all.beta, &c.beta);
        }
    }
    pl_map_clear(&seen);
    if (status != PL_OK) {
        return status;
    }
    pl_str_init(&text, 16384);
    pl_str_add(&text, "[[");
    pl_put_cipher(&text, g, &all);
    pl_str_add(&text, "]]");
    return pl_put_done(&text, sum, "a sum", err);
}

/* A tally of one ciphertext, whatever the questions of the election are. */
static pl_status read_sum(const pl_secret_election *e, const char *text, size_t n, pl_cipher *c, pl_error *err)
{
    pl_scan s;
    pl_scan_start(&s, &e->g, text, n);
    pl_scan_literal(&s, "[[");
    pl_scan_cipher(&s, c);
    pl_scan_literal(&s, "]]");
    return pl_scan_end(&s, "sum", err);
}

pl_status pl_secret_lot_open(const pl_secret_election *e, const char *sum, size_t n, const char *private_key, const char *part,
                             size_t part_n, pl_secret_text *out, int *trustee, pl_error *err)
{
    pl_cipher c;
    int64_t start[2] = {0, 1}, length = 1;
    pl_ciphertexts rows = {.n = 1, .length = &length, .start = start, .c = &c};
    pl_scalar x;
    pl_status status = read_sum(e, sum, n, &c, err);
    status = status == PL_OK ? pl_private_key(e, private_key, part, part_n, &x, err) : status;
    status = status == PL_OK ? pl_decrypt_rows(e, &rows, &x, NULL, 1, out, trustee, err) : status;
    sodium_memzero(&x, sizeof x);
    return status;
}

pl_status pl_secret_lot_seed(const pl_secret_election *e, const char *sum, size_t n, const pl_secret_part *part, int n_parts,
                             const char *origin, const uint8_t root[32], uint8_t seed[32], pl_error *err)
{
    pl_cipher c;
    pl_element plain;
    int64_t start[2] = {0, 1}, length = 1;
    pl_ciphertexts rows = {.n = 1, .length = &length, .start = start, .c = &c};
    crypto_hash_sha256_state state;
    char text[PL_ELEMENT_TEXT];
    pl_status status = read_sum(e, sum, n, &c, err);
    status = status == PL_OK ? pl_open_rows(e, &rows, part, n_parts, 1, &plain, NULL, err) : status;
    if (status == PL_OK) {
        size_t k = e->g.write(&e->g, &plain, text);
        crypto_hash_sha256_init(&state);
        crypto_hash_sha256_update(&state, (const unsigned char *)"lot/v1", 7); /* the zero byte ends it */
        crypto_hash_sha256_update(&state, (const unsigned char *)origin, strlen(origin) + 1);
        crypto_hash_sha256_update(&state, root, 32);
        crypto_hash_sha256_update(&state, (const unsigned char *)text, k);
        crypto_hash_sha256_final(&state, seed);
    }
    return status;
}
