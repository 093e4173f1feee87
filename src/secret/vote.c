/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * vote.c - a ballot is made: answers encrypted, proved to keep the rules, signed with the credential.  No files, no
 * threads: this is what a voter's device runs. */
#include <string.h>

#include "secret/credential.h"

#define BALLOT_MAX ((size_t)1 << 26)

typedef struct voting {
    const pl_secret_election *e;
    const pl_group *g;
    pl_draw draw;
    pl_str *out;
    char credential[PL_ELEMENT_TEXT]; /* the public one, as text */
    pl_error *err;
} voting;

static void encrypt(voting *v, pl_cipher *c, pl_scalar *r)
{
    pl_draw_scalar(&v->draw, v->g, r);
    pl_table_secret(&v->e->slow.base, &c->alpha, r);
    pl_table_secret(&v->e->slow.key, &c->beta, r);
}

static void put_proofs(const voting *v, const pl_zk_proof *p, int n)
{
    for (int i = 0; i < n; i++) {
        pl_str_add(v->out, i > 0 ? "," : "[");
        pl_put_proof(v->out, v->g, &p[i]);
    }
    pl_str_add(v->out, "]");
}

/* ---- Sums ---------------------------------------------------------------------------------------------------------- */

typedef struct answer { /* to one question */
    const pl_secret_question *q;
    int values, first; /* first: of the choices proper, behind `blank` */
    const int32_t *m;
    pl_cipher c[PL_SECRET_ANSWERS_MAX + 1], sum; /* sum: of the choices proper */
    pl_scalar r[PL_SECRET_ANSWERS_MAX + 1], sum_r;
    int64_t holds;
    pl_zk_proof proof[PL_BRANCHES_MOST];
} answer;

static pl_status prove_each(voting *v, answer *a)
{
    pl_status status = PL_OK;
    pl_str_add(v->out, "],\"individual_proofs\":[");
    for (int i = 0; i < a->values && status == PL_OK; i++) {
        pl_hash h;
        pl_branch branch[2] = {{&a->c[i], 0, &a->r[i], a->m[i]}, {&a->c[i], 1, &a->r[i], a->m[i]}};
        pl_hash_ballot(&h, v->e, v->credential, strlen(v->credential), "prove|");
        pl_hash_pair(&h, &a->c[i].alpha, &a->c[i].beta);
        pl_hash_text(&h, "|");
        status = pl_branches_prove(&v->e->slow, &h, branch, 2, a->m[i], &v->draw, a->proof, v->err);
        pl_str_add(v->out, i > 0 ? "," : "");
        if (status == PL_OK) {
            put_proofs(v, a->proof, 2);
        }
    }
    pl_str_add(v->out, "]");
    return status;
}

/* "overall_proof": the sum is within min .. max (or the vote is blank); "blank_proof": not blank, or the sum is 0. */
static pl_status prove_whole(voting *v, answer *a)
{
    pl_branch branch[PL_BRANCHES_MOST];
    pl_hash h;
    int n = 0, real;
    bool blank = a->q->blank;
    pl_hash_ballot(&h, v->e, v->credential, strlen(v->credential), blank ? "bproof1|" : "prove|");
    pl_hash_choices(&h, a->c, a->values);
    if (blank) {
        branch[n++] = (pl_branch){&a->c[0], 1, &a->r[0], a->m[0]};
    } else {
        pl_hash_pair(&h, &a->sum.alpha, &a->sum.beta);
        pl_hash_text(&h, "|");
    }
    for (int m = a->q->least; m <= a->q->most; m++) {
        branch[n++] = (pl_branch){&a->sum, m, &a->sum_r, a->holds};
    }
    real = blank && a->m[0] == 1 ? 0 : blank + (int)a->holds - a->q->least;
    pl_status status = pl_branches_prove(&v->e->slow, &h, branch, n, real, &v->draw, a->proof, v->err);
    if (status != PL_OK) {
        return status;
    }
    pl_str_add(v->out, ",\"overall_proof\":");
    put_proofs(v, a->proof, n);
    if (blank) {
        pl_branch either[2] = {{&a->c[0], 0, &a->r[0], a->m[0]}, {&a->sum, 0, &a->sum_r, a->holds}};
        pl_hash_ballot(&h, v->e, v->credential, strlen(v->credential), "bproof0|");
        pl_hash_choices(&h, a->c, a->values);
        status = pl_branches_prove(&v->e->slow, &h, either, 2, a->m[0] == 0 ? 0 : 1, &v->draw, a->proof, v->err);
        if (status == PL_OK) {
            pl_str_add(v->out, ",\"blank_proof\":");
            put_proofs(v, a->proof, 2);
        }
    }
    return status;
}

static pl_status answer_sums(voting *v, answer *a)
{
    const pl_group *g = v->g;
    pl_element with;
    pl_str_add(v->out, "{\"choices\":[");
    a->sum = (pl_cipher){g->one, g->one};
    pl_scalar_set(&a->sum_r, 0);
    for (int i = 0; i < a->values; i++) {
        if (a->m[i] != 0 && a->m[i] != 1) {
            return pl_fail(v->err, PL_DATA, "the vote", NULL, "a choice is 0 or 1, not %d", a->m[i]);
        }
        encrypt(v, &a->c[i], &a->r[i]);
        g->mul(g, &with, &a->c[i].beta, &g->g);
        for (int w = 0; w < PL_GROUP_WORDS; w++) { /* beta g when it is chosen, without a branch */
            uint64_t mask = 0 - (uint64_t)a->m[i];
            a->c[i].beta.v[w] = (with.v[w] & mask) | (a->c[i].beta.v[w] & ~mask);
        }
        if (i >= a->first) {
            a->holds += a->m[i];
            g->mul(g, &a->sum.alpha, &a->sum.alpha, &a->c[i].alpha);
            g->mul(g, &a->sum.beta, &a->sum.beta, &a->c[i].beta);
            g->add(g, &a->sum_r, &a->sum_r, &a->r[i]);
        }
        pl_str_add(v->out, i > 0 ? "," : "");
        pl_put_cipher(v->out, g, &a->c[i]);
    }
    bool is_blank = a->q->blank && a->m[0] == 1;
    if (is_blank ? a->holds != 0 : a->holds < a->q->least || a->holds > a->q->most) {
        return pl_fail(v->err, PL_DATA, "the vote", a->q->blank ? "or vote blank: 1 in front, then zeros" : NULL,
                       "%lld answers are chosen; the question '%.80s' allows %d to %d", (long long)a->holds, a->q->text, a->q->least, a->q->most);
    }
    pl_status status = prove_each(v, a);
    status = status == PL_OK ? prove_whole(v, a) : status;
    pl_str_add(v->out, "}");
    return status;
}

/* ---- Rankings ------------------------------------------------------------------------------------------------------- */

static pl_status answer_ranked(voting *v, answer *a)
{
    pl_element plain;
    pl_hash h;
    const pl_group *g = v->g;
    if (!g->encode(g, a->m, a->values, &plain)) {
        return pl_fail(v->err, PL_DATA, "the vote", NULL, "the numbers of a ranking are between 0 and 255");
    }
    encrypt(v, &a->c[0], &a->r[0]);
    g->mul(g, &a->c[0].beta, &a->c[0].beta, &plain);
    pl_hash_ballot(&h, v->e, v->credential, strlen(v->credential), "raweg|");
    pl_hash_element(&h, &v->e->y);
    pl_hash_text(&h, ",");
    pl_hash_pair(&h, &a->c[0].alpha, &a->c[0].beta);
    pl_hash_text(&h, "|");
    pl_schnorr_prove(&h, &a->r[0], &v->draw, &a->proof[0]);
    pl_str_add(v->out, "{\"choices\":");
    pl_put_cipher(v->out, g, &a->c[0]);
    pl_str_add(v->out, ",\"proof\":");
    pl_put_proof(v->out, g, &a->proof[0]);
    pl_str_add(v->out, "}");
    return PL_OK;
}

/* ---- The ballot -------------------------------------------------------------------------------------------------------- */

int pl_question_values(const pl_secret_question *q)
{
    return q->ranked ? 1 : q->answers + q->blank;
}

static pl_status answer_all(voting *v, const int32_t *choice, int n)
{
    answer *a = PL_NEW(answer, 1);
    pl_status status = a != NULL ? PL_OK : pl_fail_nomem(v->err, "a ballot");
    int at = 0;
    for (int i = 0; i < v->e->n_questions && status == PL_OK; i++) {
        const pl_secret_question *q = &v->e->question[i];
        int values = q->answers + (q->ranked ? 0 : q->blank);
        if (at + values > n) {
            status = pl_fail(v->err, PL_DATA, "the vote", NULL, "there are not enough numbers for question %d", i + 1);
            break;
        }
        memset(a, 0, sizeof *a);
        a->q = q;
        a->values = values;
        a->first = q->blank;
        a->m = choice + at;
        pl_str_add(v->out, i > 0 ? "," : "");
        status = q->ranked ? answer_ranked(v, a) : answer_sums(v, a);
        at += values;
    }
    if (status == PL_OK && at != n) {
        status = pl_fail(v->err, PL_DATA, "the vote", NULL, "%d numbers are too many: the questions take %d", n, at);
    }
    if (a != NULL) {
        sodium_memzero(a, sizeof *a);
    }
    pl_free(a);
    return status;
}

/* Everything but the signature and the last brace. */
static pl_status seal(voting *v, const uint8_t *seed, const int32_t *choice, int n)
{
    pl_draw_start(&v->draw, seed);
    pl_str_addf(v->out, "{\"election_uuid\":\"%s\",\"election_hash\":\"%s\",\"credential\":\"%s\",\"answers\":[", v->e->uuid, v->e->fingerprint, v->credential);
    pl_status status = answer_all(v, choice, n);
    pl_str_add(v->out, "]");
    return status;
}

/* The hash of the ballot without signature, which is what is signed. */
static void hash_of(voting *v, char hash[PL_BASE64])
{
    hash[0] = '\0';
    pl_str_add(v->out, "}");
    if (!v->out->failed) {
        pl_sha256_base64(v->out->text, v->out->len, hash);
        v->out->len--;
    }
}

static void sign(voting *v, const pl_scalar *secret)
{
    pl_hash h;
    pl_zk_proof proof;
    char hash[PL_BASE64];
    hash_of(v, hash);
    pl_hash_start(&h, v->g, "sig|");
    pl_hash_text(&h, hash);
    pl_hash_text(&h, "|");
    pl_schnorr_prove(&h, secret, &v->draw, &proof);
    pl_str_addf(v->out, ",\"signature\":{\"hash\":\"%s\",\"proof\":", hash);
    pl_put_proof(v->out, v->g, &proof);
    pl_str_add(v->out, "}}");
}

pl_status pl_secret_vote(const pl_secret_election *e, const char *credential, const int32_t *choice, int n, const uint8_t *seed,
                         pl_secret_text *ballot, pl_error *err)
{
    pl_str out;
    pl_scalar secret;
    pl_element x;
    voting v = {.e = e, .g = &e->g, .out = &out, .err = err};
    pl_status status = pl_credential_secret(&e->g, e->uuid, credential, &secret, err);
    if (status != PL_OK) {
        return status;
    }
    pl_str_init(&out, BALLOT_MAX);
    pl_power_secret(&e->g, &x, &e->g.g, &secret);
    (void)e->g.write(&e->g, &x, v.credential);
    if (e->complete && pl_map_get(&e->credentials, v.credential, strlen(v.credential)) < 0) {
        status = pl_fail(err, PL_DATA, "credential", "is it the one for this election?", "this credential is not on the list");
    }
    status = status == PL_OK ? seal(&v, seed, choice, n) : status;
    if (status == PL_OK) {
        sign(&v, &secret);
    }
    sodium_memzero(&secret, sizeof secret);
    sodium_memzero(&v.draw, sizeof v.draw);
    if (status == PL_OK) {
        return pl_put_done(&out, ballot, "a ballot", err);
    }
    pl_str_clear(&out);
    return status;
}

pl_status pl_secret_reopen(const pl_secret_election *e, const pl_secret_opened *opened, const int32_t *choice, int n,
                           char tracker[PL_SECRET_TRACKER], pl_error *err)
{
    pl_str out;
    char hash[PL_BASE64];
    voting v = {.e = e, .g = &e->g, .out = &out, .err = err};
    if (strlen(opened->credential) >= sizeof v.credential) {
        return pl_fail(err, PL_DATA, "credential", NULL, "this is no public credential");
    }
    memcpy(v.credential, opened->credential, strlen(opened->credential) + 1);
    pl_str_init(&out, BALLOT_MAX);
    pl_status status = seal(&v, opened->seed, choice, n);
    hash_of(&v, hash);
    pl_str_addf(&out, ",\"signature\":{\"hash\":\"%s\",\"proof\":{\"challenge\":\"%s\",\"response\":\"%s\"}}}", hash, opened->challenge, opened->response);
    if (status == PL_OK && out.failed) {
        status = pl_fail_nomem(err, "a ballot");
    }
    if (status == PL_OK) {
        pl_secret_tracker(out.text, out.len, tracker);
    }
    pl_str_clear(&out);
    return status;
}

/* ---- Choices from JSON ---------------------------------------------------------------------------------------------------- */

pl_status pl_secret_choices(const pl_secret_election *e, const char *text, size_t n, int32_t **choice, int *n_choices, pl_error *err)
{
    json_t *list = NULL;
    pl_status status = pl_secret_json(text, n, 1 << 20, "choices", &list, err);
    int32_t *out = PL_NEW(int32_t, PL_SECRET_QUESTIONS_MAX * (PL_SECRET_ANSWERS_MAX + 8));
    int at = 0;
    *choice = NULL;
    if (status == PL_OK && out == NULL) {
        status = pl_fail_nomem(err, "choices");
    }
    if (status == PL_OK && json_array_size(list) != (size_t)e->n_questions) {
        status = pl_fail(err, PL_DATA, "choices", "for example [[1,0],[0,1,0]]", "there must be a list of numbers for each of the %d questions",
                         e->n_questions);
    }
    for (int i = 0; status == PL_OK && i < e->n_questions; i++) {
        const pl_secret_question *q = &e->question[i];
        json_t *one = json_array_get(list, (size_t)i);
        int values = q->answers + (q->ranked ? 0 : q->blank);
        if (json_array_size(one) != (size_t)values) {
            status = pl_fail(err, PL_DATA, "choices", q->blank ? "the first number says whether the vote is blank" : NULL,
                             "question %d takes %d numbers, not %zu", i + 1, values, json_array_size(one));
        }
        for (int k = 0; status == PL_OK && k < values; k++) {
            json_t *x = json_array_get(one, (size_t)k);
            if (!json_is_integer(x) || json_integer_value(x) < 0 || json_integer_value(x) > 255) {
                status = pl_fail(err, PL_DATA, "choices", NULL, "question %d, number %d is not between 0 and 255", i + 1, k + 1);
            } else {
                out[at++] = (int32_t)json_integer_value(x);
            }
        }
    }
    json_decref(list);
    if (status != PL_OK) {
        pl_free(out);
        return status;
    }
    *choice = out;
    *n_choices = at;
    return PL_OK;
}

void pl_secret_choices_free(int32_t *choice)
{
    if (choice != NULL) {
        sodium_memzero(choice, sizeof *choice * PL_SECRET_QUESTIONS_MAX * (PL_SECRET_ANSWERS_MAX + 8));
        pl_free(choice);
    }
}
