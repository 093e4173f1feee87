/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * ballot.c - a ballot is read and judged: form, election, credential, every element, every proof, the signature. */
#include <string.h>

#include "secret/credential.h"

typedef struct judging {
    const pl_secret_election *e;
    const pl_group *g;
    const pl_tables *t;
    pl_scan s;
    bool members, proofs; /* are they to be looked at? */
    const char *credential; /* as text */
    size_t credential_n;
    pl_zk_proof proof[PL_BRANCHES_MOST];
    pl_zk_proof each[PL_SECRET_ANSWERS_MAX + 1][2];
    pl_error *err;
} judging;

static pl_status refuse(judging *j, const char *what)
{
    return pl_fail(j->err, PL_REFUTED, "ballot", "it was not made for this election by an honest program", "%s", what);
}

/* [p, p, ...], exactly n */
static void read_proofs(judging *j, pl_zk_proof *out, int n)
{
    for (int i = 0; i < n; i++) {
        pl_scan_literal(&j->s, i > 0 ? "," : "[");
        pl_scan_proof(&j->s, &out[i]);
    }
    pl_scan_literal(&j->s, "]");
}

/* ---- Sums ------------------------------------------------------------------------------------------------------------ */

#define SOME 8 /* choices whose powers are computed together */

/* alpha^challenge and beta^challenge of both branches of so many choices; false when a choice is no member. */
static bool powers_of_some(const judging *j, const pl_cipher *c, const pl_zk_proof each[][2], int n, pl_cipher ready[][2])
{
    pl_element base[2 * SOME], power[4 * SOME];
    pl_scalar e[4 * SOME];
    int bad;
    for (int i = 0; i < n; i++) {
        base[2 * i] = c[i].alpha;
        base[2 * i + 1] = c[i].beta;
        for (int k = 0; k < 2; k++) {
            e[4 * i + k] = e[4 * i + 2 + k] = each[i][k].challenge;
        }
    }
    pl_powers_of_each(j->g, power, base, e, 2 * n, 2, j->members, &bad);
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < 2; k++) {
            ready[i][k] = (pl_cipher){power[4 * i + k], power[4 * i + 2 + k]};
        }
    }
    return bad < 0;
}

static pl_status check_one(judging *j, const pl_cipher *c, const pl_zk_proof proof[2], const pl_cipher ready[2])
{
    pl_hash h;
    pl_branch branch[2] = {{.c = c, .value = 0}, {.c = c, .value = 1}};
    pl_hash_ballot(&h, j->e, j->credential, j->credential_n, "prove|");
    pl_hash_pair(&h, &c->alpha, &c->beta);
    pl_hash_text(&h, "|");
    return pl_branches_check(j->t, &h, branch, 2, proof, ready, NULL) ? PL_OK : refuse(j, "a choice is not proved to be 0 or 1");
}

static pl_status check_each(judging *j, const pl_cipher *c, int values)
{
    pl_cipher ready[SOME][2];
    pl_status status = PL_OK;
    for (int i = 0; i < values; i++) {
        if (j->g->equal(j->g, &c[i].alpha, &j->g->one)) {
            return refuse(j, "a choice is not encrypted");
        }
    }
    for (int from = 0; status == PL_OK && from < values; from += SOME) {
        int n = values - from < SOME ? values - from : SOME;
        if (!powers_of_some(j, c + from, j->each + from, n, ready)) {
            return refuse(j, PL_BALLOT_NO_ELEMENT);
        }
        for (int i = 0; status == PL_OK && i < n; i++) {
            status = check_one(j, &c[from + i], j->each[from + i], ready[i]);
        }
    }
    return status;
}

static pl_status check_whole(judging *j, const pl_secret_question *q, const pl_cipher *c, int values, const pl_zk_proof *blank_proof)
{
    const pl_group *g = j->g;
    pl_branch branch[PL_BRANCHES_MOST];
    pl_cipher sum = {g->one, g->one};
    pl_hash h;
    int n = 0;
    for (int i = q->blank; i < values; i++) {
        g->mul(g, &sum.alpha, &sum.alpha, &c[i].alpha);
        g->mul(g, &sum.beta, &sum.beta, &c[i].beta);
    }
    pl_hash_ballot(&h, j->e, j->credential, j->credential_n, q->blank ? "bproof1|" : "prove|");
    pl_hash_choices(&h, c, values);
    if (q->blank) {
        branch[n++] = (pl_branch){.c = &c[0], .value = 1};
    } else {
        pl_hash_pair(&h, &sum.alpha, &sum.beta);
        pl_hash_text(&h, "|");
    }
    for (int m = q->least; m <= q->most; m++) {
        branch[n++] = (pl_branch){.c = &sum, .value = m};
    }
    if (!pl_branches_check(j->t, &h, branch, n, j->proof, NULL, NULL)) {
        return refuse(j, "the number of choices is not proved to be allowed");
    }
    if (q->blank) {
        pl_branch either[2] = {{.c = &c[0], .value = 0}, {.c = &sum, .value = 0}};
        pl_hash_ballot(&h, j->e, j->credential, j->credential_n, "bproof0|");
        pl_hash_choices(&h, c, values);
        if (!pl_branches_check(j->t, &h, either, 2, blank_proof, NULL, NULL)) {
            return refuse(j, "a blank vote is not proved to be without choices");
        }
    }
    return PL_OK;
}

static pl_status judge_sums(judging *j, const pl_secret_question *q, pl_cipher *c)
{
    int values = pl_question_values(q);
    pl_zk_proof blank_proof[2];
    pl_scan_literal(&j->s, "{\"choices\":[");
    for (int i = 0; i < values; i++) {
        pl_scan_literal(&j->s, i > 0 ? "," : "");
        pl_scan_cipher(&j->s, &c[i]);
    }
    pl_scan_literal(&j->s, "],\"individual_proofs\":[");
    for (int i = 0; i < values; i++) {
        pl_scan_literal(&j->s, i > 0 ? "," : "");
        read_proofs(j, j->each[i], 2);
    }
    pl_scan_literal(&j->s, "],\"overall_proof\":");
    read_proofs(j, j->proof, q->blank + q->most - q->least + 1);
    if (q->blank) {
        pl_scan_literal(&j->s, ",\"blank_proof\":");
        read_proofs(j, blank_proof, 2);
    }
    pl_scan_literal(&j->s, "}");
    if (j->s.failed || !j->proofs) {
        return PL_OK; /* the end of the ballot says it */
    }
    pl_status status = check_each(j, c, values);
    return status == PL_OK ? check_whole(j, q, c, values, blank_proof) : status;
}

/* ---- Rankings ---------------------------------------------------------------------------------------------------------- */

static pl_status judge_ranked(judging *j, pl_cipher *c)
{
    const pl_group *g = j->g;
    pl_zk_proof proof;
    pl_hash h;
    pl_scan_literal(&j->s, "{\"choices\":");
    pl_scan_cipher(&j->s, c);
    pl_scan_literal(&j->s, ",\"proof\":");
    pl_scan_proof(&j->s, &proof);
    pl_scan_literal(&j->s, "}");
    if (j->s.failed || !j->proofs) {
        return PL_OK;
    }
    pl_element a;
    pl_scalar challenge;
    if (g->equal(g, &c->alpha, &g->one) || !pl_powers(g, &a, &c->alpha, &proof.challenge, 1, j->members) ||
        (j->members && !pl_member(g, &c->beta))) {
        return refuse(j, "a ranking is no element of the group, or not encrypted");
    }
    pl_table_power_on(&j->t->base, &a, &proof.response);
    pl_hash_ballot(&h, j->e, j->credential, j->credential_n, "raweg|");
    pl_hash_element(&h, &j->e->y);
    pl_hash_text(&h, ",");
    pl_hash_pair(&h, &c->alpha, &c->beta);
    pl_hash_text(&h, "|");
    pl_hash_element(&h, &a);
    pl_hash_end(&h, &challenge);
    return pl_scalar_equal(g, &challenge, &proof.challenge) ? PL_OK : refuse(j, "the proof of a ranking does not hold");
}

/* ---- The ballot ----------------------------------------------------------------------------------------------------------- */

/* The credential, as text and by its number on the list. */
static pl_status read_head(const pl_secret_election *e, pl_scan *s, const char **text, size_t *n, int64_t *credential, pl_error *err)
{
    pl_scan_literal(s, "{\"election_uuid\":\"");
    pl_scan_literal(s, e->uuid);
    pl_scan_literal(s, "\",\"election_hash\":\"");
    pl_scan_literal(s, e->fingerprint);
    pl_scan_literal(s, "\",\"credential\":\"");
    if (s->failed) {
        return pl_fail(err, PL_DATA, "ballot", NULL, "this is no ballot of this election");
    }
    *text = s->at;
    const char *quote = memchr(s->at, '"', (size_t)(s->end - s->at));
    if (quote == NULL || quote - s->at >= PL_ELEMENT_TEXT) {
        return pl_fail(err, PL_PARSE, "ballot", NULL, "a ballot needs a credential");
    }
    *n = (size_t)(quote - s->at);
    s->at = quote;
    pl_scan_literal(s, "\",\"answers\":[");
    *credential = e->complete ? pl_map_get(&e->credentials, *text, *n) : -1;
    return *credential >= 0 || !e->complete ? PL_OK : pl_fail(err, PL_DATA, "ballot", NULL, "its credential is not on the list of this election");
}

static pl_status judge_signature(judging *j)
{
    char hash[PL_BASE64];
    uint8_t sum[32];
    pl_zk_proof proof;
    pl_hash h;
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)j->s.begin, (size_t)(j->s.at - j->s.begin));
    crypto_hash_sha256_update(&state, (const unsigned char *)"}", 1);
    crypto_hash_sha256_final(&state, sum);
    sodium_bin2base64(hash, sizeof hash, sum, sizeof sum, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    pl_scan_literal(&j->s, ",\"signature\":{\"hash\":\"");
    if (!j->s.failed && !pl_scan_try(&j->s, hash)) {
        return refuse(j, "what is signed is not this ballot");
    }
    pl_scan_literal(&j->s, "\",\"proof\":");
    pl_scan_proof(&j->s, &proof);
    pl_scan_literal(&j->s, "}}");
    pl_status status = pl_scan_end(&j->s, "ballot", j->err);
    if (status != PL_OK || !j->proofs) {
        return status;
    }
    pl_element x;
    pl_hash_start(&h, j->g, "sig|");
    pl_hash_text(&h, hash);
    pl_hash_text(&h, "|");
    bool read = j->g->read(j->g, j->credential, j->credential_n, &x); /* those on a list are members */
    bool member = read && (j->e->complete || (pl_member(j->g, &x) && !j->g->equal(j->g, &x, &j->g->one)));
    return member && pl_schnorr_check(&h, &x, &proof) ? PL_OK : refuse(j, "the signature does not hold");
}

int64_t pl_ballot_ciphers(const pl_secret_election *e)
{
    int64_t n = 0;
    for (int i = 0; i < e->n_questions; i++) {
        n += pl_question_values(&e->question[i]);
    }
    return n;
}

pl_status pl_ballot_read(const pl_secret_election *e, const char *text, size_t n, bool members, bool proofs, pl_cipher *ciphers,
                         int64_t *credential, pl_error *err)
{
    judging *j = PL_NEW(judging, 1);
    if (j == NULL) {
        return pl_fail_nomem(err, "a ballot");
    }
    j->e = e;
    j->g = &e->g;
    j->t = pl_election_tables(e);
    j->err = err;
    j->members = members;
    j->proofs = proofs;
    pl_scan_start(&j->s, &e->g, text, n);
    pl_status status = read_head(e, &j->s, &j->credential, &j->credential_n, credential, err);
    pl_cipher *at = ciphers;
    for (int i = 0; i < e->n_questions && status == PL_OK; i++) {
        pl_scan_literal(&j->s, i > 0 ? "," : "");
        status = e->question[i].ranked ? judge_ranked(j, at) : judge_sums(j, &e->question[i], at);
        at += pl_question_values(&e->question[i]);
    }
    pl_scan_literal(&j->s, "]");
    status = status == PL_OK && j->s.failed ? pl_scan_end(&j->s, "ballot", err) : status;
    status = status == PL_OK ? judge_signature(j) : status;
    pl_free(j);
    return status;
}

pl_status pl_ballot_credential(const pl_secret_election *e, const char *text, size_t n, int64_t *credential, pl_error *err)
{
    pl_scan s;
    const char *who;
    size_t who_n;
    pl_scan_start(&s, &e->g, text, n);
    return read_head(e, &s, &who, &who_n, credential, err);
}

void pl_secret_tracker(const char *ballot, size_t n, char out[PL_SECRET_TRACKER])
{
    pl_sha256_base64(ballot, n, out);
}

pl_status pl_secret_ballot(const pl_secret_election *e, const char *ballot, size_t n, pl_secret_seen *out, pl_error *err)
{
    pl_scan s;
    pl_cipher *c = PL_NEW(pl_cipher, pl_ballot_ciphers(e));
    if (c == NULL) {
        return pl_fail_nomem(err, "a ballot");
    }
    *out = (pl_secret_seen){.weight = 1};
    pl_status status = pl_ballot_read(e, ballot, n, true, true, c, &out->credential, err);
    pl_free(c);
    if (status == PL_OK) {
        pl_scan_start(&s, &e->g, ballot, n);
        status = read_head(e, &s, &out->key.text, &out->key.n, &out->credential, err);
        out->weight = e->complete ? e->weight[out->credential] : 1;
        pl_secret_tracker(ballot, n, out->tracker);
    }
    return status;
}
