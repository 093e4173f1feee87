/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * result.c - the parts of enough trustees together open the tally; results as ballots for counting. */
#include <stdio.h>
#include <string.h>

#include "secret/parts.h"

/* ---- Joining parts -------------------------------------------------------------------------------------------------- */

typedef struct joining {
    const pl_secret_election *e;
    const pl_ciphertexts *t;
    const pl_secret_part *part;
    int n_parts, threads;
    int *of; /* by trustee: which part, or -1 */
    pl_element *factor; /* of all parts, one after the other */
    pl_error *err;
} joining;

/* Which parts hold.  A part that does not is left out. */
static pl_status judge_parts(joining *j, uint64_t *bad)
{
    int64_t n = j->t->start[j->t->n];
    for (int i = 0; i < j->e->n_trustees; i++) {
        j->of[i] = -1;
    }
    for (int i = 0; i < j->n_parts; i++) {
        int trustee = j->part[i].trustee;
        pl_error here;
        pl_status status = pl_decryption_read(j->e, j->t, trustee, j->part[i].decryption, j->threads, j->factor + i * n, &here);
        if (status == PL_NOMEM) {
            return pl_fail_nomem(j->err, "a result");
        }
        if (status != PL_OK || j->of[trustee - 1] >= 0) {
            *bad |= 1ull << i;
        } else {
            j->of[trustee - 1] = i;
        }
    }
    return PL_OK;
}

/* Lagrange's coefficient at 0 of member i (from 1) among those in `in`. */
static void coefficient(const pl_group *g, const bool *in, int n, int i, pl_scalar *out)
{
    pl_scalar below, a, b;
    pl_scalar_set(out, 1);
    pl_scalar_set(&below, 1);
    for (int k = 1; k <= n; k++) {
        if (k != i && in[k - 1]) {
            pl_scalar_set(&a, (uint64_t)k);
            pl_scalar_set(&b, (uint64_t)i);
            g->times(g, out, out, &a);
            g->sub(g, &a, &a, &b);
            g->times(g, &below, &below, &a);
        }
    }
    g->reciprocal(g, &below, &below);
    g->times(g, out, out, &below);
}

/* Multiplies the factors of one set into f. */
static pl_status join_set(joining *j, const pl_trustee_set *set, pl_element *f)
{
    const pl_group *g = &j->e->g;
    int64_t n = j->t->start[j->t->n];
    bool in[PL_SECRET_TRUSTEES_MAX] = {false};
    int have = 0;
    for (int i = 0; i < set->n && have < set->threshold; i++) {
        in[i] = j->of[set->first + i] >= 0;
        have += in[i];
    }
    if (have < set->threshold) {
        return pl_fail(j->err, PL_DATA, "decryptions", "wait for another trustee", "%d of the %d trustees that are needed of %d..%d have decrypted",
                       have, set->threshold, set->first + 1, set->first + set->n);
    }
    for (int i = 0; i < set->n; i++) {
        if (!in[i]) {
            continue;
        }
        const pl_element *part = j->factor + j->of[set->first + i] * n;
        pl_scalar lambda;
        coefficient(g, in, set->n, i + 1, &lambda);
#pragma omp parallel for schedule(static) num_threads(j->threads) if (j->threads > 1)
        for (int64_t k = 0; k < n; k++) {
            pl_element x = part[k];
            if (set->threshold > 1) {
                pl_power(g, &x, &part[k], &lambda, g->bits);
            }
            g->mul(g, &f[k], &f[k], &x);
        }
    }
    return PL_OK;
}

/* plain[i] = beta / F, for all ciphertexts. */
pl_status pl_open_rows(const pl_secret_election *e, const pl_ciphertexts *t, const pl_secret_part *part, int n_parts, int threads,
                       pl_element *plain, uint64_t *bad, pl_error *err)
{
    int64_t n = t->start[t->n];
    uint64_t ignored = 0;
    joining j = {.e = e, .t = t, .part = part, .n_parts = n_parts, .threads = threads, .err = err};
    if (n_parts < 0 || n_parts > PL_SECRET_TRUSTEES_MAX) {
        return pl_fail(err, PL_TOOBIG, "decryptions", NULL, "more than %d decryptions", PL_SECRET_TRUSTEES_MAX);
    }
    j.of = PL_NEW(int, e->n_trustees);
    j.factor = PL_NEW(pl_element, n * n_parts);
    pl_status status = j.of != NULL && j.factor != NULL ? PL_OK : pl_fail_nomem(err, "a result");
    bad = bad != NULL ? bad : &ignored;
    *bad = 0;
    status = status == PL_OK ? judge_parts(&j, bad) : status;
    for (int64_t k = 0; k < n; k++) {
        plain[k] = e->g.one;
    }
    for (int i = 0; i < e->n_sets && status == PL_OK; i++) {
        status = join_set(&j, &e->set[i], plain);
    }
    status = status == PL_OK ? pl_inverses(&e->g, plain, n, err) : status;
    for (int64_t k = 0; k < n && status == PL_OK; k++) {
        e->g.mul(&e->g, &plain[k], &plain[k], &t->c[k].beta);
    }
    pl_free(j.of);
    pl_free(j.factor);
    return status;
}

/* ---- Small logarithms: baby steps, giant steps --------------------------------------------------------------------------- */

typedef struct steps {
    const pl_group *g;
    pl_map map;
    pl_arena arena;
    int64_t small, most;
    pl_element giant; /* g^-small */
} steps;

static bool start_steps(steps *s, const pl_group *g, int64_t most)
{
    *s = (steps){.g = g, .small = 1, .most = most};
    while (s->small * s->small <= most) {
        s->small++;
    }
    pl_map_init(&s->map);
    pl_arena_init(&s->arena, 0);
    pl_element x = g->one;
    for (int64_t i = 0; i < s->small; i++) {
        char text[PL_ELEMENT_TEXT];
        size_t n = g->write(g, &x, text);
        int32_t old;
        char *kept = pl_arena_text(&s->arena, text, n);
        if (kept == NULL || pl_map_put(&s->map, kept, n, (int32_t)i, &old) != PL_OK) {
            return false;
        }
        g->mul(g, &x, &x, &g->g);
    }
    g->inv(g, &s->giant, &x);
    return true;
}

static int64_t logarithm(const steps *s, const pl_element *of)
{
    pl_element x = *of;
    for (int64_t k = 0; k * s->small <= s->most; k++) {
        char text[PL_ELEMENT_TEXT];
        int32_t i = pl_map_get(&s->map, text, s->g->write(s->g, &x, text));
        if (i >= 0) {
            return k * s->small + i;
        }
        s->g->mul(s->g, &x, &x, &s->giant);
    }
    return -1;
}

static pl_status write_sums(const pl_secret_election *e, const pl_ciphertexts *t, const pl_element *plain, int q, const steps *s, pl_str *out,
                            pl_error *err)
{
    (void)e;
    for (int64_t k = 0; k < t->length[q]; k++) {
        int64_t sum = logarithm(s, &plain[t->start[q] + k]);
        if (sum < 0 || sum > s->most) {
            return pl_fail(err, PL_REFUTED, "result", NULL, "question %d: the sum of choice %lld is more than all ballots together", q + 1,
                           (long long)k + 1);
        }
        pl_str_addf(out, "%s%lld", k > 0 ? "," : "", (long long)sum);
    }
    return PL_OK;
}

static void write_rankings(const pl_secret_election *e, const pl_ciphertexts *t, const pl_element *plain, int q, pl_str *out)
{
    int32_t v[PL_SECRET_ANSWERS_MAX + 8];
    for (int64_t k = 0; k < t->length[q]; k++) {
        e->g.decode(&e->g, &plain[t->start[q] + k], v, e->question[q].answers);
        for (int i = 0; i < e->question[q].answers; i++) {
            pl_str_addf(out, "%s%d", i > 0 ? "," : k > 0 ? ",[" : "[", v[i]);
        }
        pl_str_add(out, "]");
    }
}

pl_status pl_secret_result(const pl_secret_election *e, const char *tally, size_t n, int64_t weight, const pl_secret_part *part,
                           int n_parts, int threads, pl_secret_text *result, uint64_t *bad, pl_error *err)
{
    pl_ciphertexts t;
    steps s;
    pl_str text;
    if (!e->complete || weight < 0 || weight > PL_SECRET_WEIGHT_MAX) {
        return pl_fail(err, PL_USAGE, "election", NULL, "the trustees of the election are not known");
    }
    pl_status status = pl_ciphertexts_read(e, tally, n, -1, &t, err);
    if (status != PL_OK) {
        return status;
    }
    pl_element *plain = PL_NEW(pl_element, t.start[t.n]);
    pl_str_init(&text, PL_SECRET_TEXT_MAX);
    status = plain != NULL ? pl_open_rows(e, &t, part, n_parts, threads, plain, bad, err) : pl_fail_nomem(err, "a result");
    bool stepped = status == PL_OK && start_steps(&s, &e->g, weight);
    if (status == PL_OK && !stepped) {
        status = pl_fail_nomem(err, "a result");
        pl_map_clear(&s.map);
        pl_arena_clear(&s.arena);
    }
    pl_str_add(&text, "{\"result\":[");
    for (int q = 0; q < t.n && status == PL_OK; q++) {
        pl_str_add(&text, q > 0 ? ",[" : "[");
        if (e->question[q].ranked) {
            write_rankings(e, &t, plain, q, &text);
        } else {
            status = write_sums(e, &t, plain, q, &s, &text, err);
        }
        pl_str_add(&text, "]");
    }
    pl_str_add(&text, "]}");
    if (stepped) {
        pl_map_clear(&s.map);
        pl_arena_clear(&s.arena);
    }
    pl_free(plain);
    pl_ciphertexts_free(&t);
    if (status == PL_OK) {
        return pl_put_done(&text, result, "a result", err);
    }
    pl_str_clear(&text);
    return status;
}

/* ---- As ballots -------------------------------------------------------------------------------------------------------------- */

/* Numbers of one ranked ballot: 1 is the best, equal ones share the rank, 0 is none. */
static pl_status add_ranking(pl_ballots *out, const int32_t *v, int n, pl_error *err)
{
    uint16_t choice[PL_SECRET_ANSWERS_MAX];
    int k = 0;
    for (int rank = 1; rank <= 255; rank++) {
        bool first = true;
        for (int i = 0; i < n; i++) {
            if (v[i] == rank) {
                choice[k++] = (uint16_t)((unsigned)i | (first ? 0 : PL_EQUAL_RANK));
                first = false;
            }
        }
    }
    return pl_ballots_add(out, 1, choice, NULL, k, err);
}

static pl_status add_sums(pl_ballots *out, const pl_secret_question *q, pl_scan *s, pl_error *err)
{
    pl_status status = PL_OK;
    for (int i = 0; i < q->answers + q->blank && status == PL_OK; i++) {
        pl_scan_literal(s, i > 0 ? "," : "");
        int64_t sum = pl_scan_int(s, PL_SECRET_WEIGHT_MAX);
        uint16_t choice = (uint16_t)(i - q->blank);
        bool blank = q->blank && i == 0;
        if (sum > 0 && !s->failed) {
            status = pl_ballots_add(out, sum, blank ? NULL : &choice, NULL, blank ? 0 : 1, err);
        }
    }
    return status;
}

static pl_status add_rankings(pl_ballots *out, const pl_secret_question *q, pl_scan *s, pl_error *err)
{
    int32_t v[PL_SECRET_ANSWERS_MAX];
    pl_status status = PL_OK;
    for (const char *comma = ""; status == PL_OK && !s->failed && s->at < s->end && *s->at != ']'; comma = ",") {
        pl_scan_literal(s, comma);
        for (int i = 0; i < q->answers; i++) {
            pl_scan_literal(s, i > 0 ? "," : "[");
            v[i] = (int32_t)pl_scan_int(s, 255);
        }
        pl_scan_literal(s, "]");
        if (!s->failed && out != NULL) {
            status = add_ranking(out, v, q->answers, err);
        }
    }
    return status;
}

/* Goes over the questions to the one that is asked for. */
static pl_status fill(const pl_secret_election *e, pl_scan *s, int question, pl_ballots *out, pl_error *err)
{
    pl_status status = PL_OK;
    pl_scan_literal(s, "{\"result\":[");
    for (int q = 0; q < e->n_questions && status == PL_OK; q++) {
        pl_scan_literal(s, q > 0 ? ",[" : "[");
        if (e->question[q].ranked) {
            status = add_rankings(q == question ? out : NULL, &e->question[q], s, err);
        } else if (q == question) {
            status = add_sums(out, &e->question[q], s, err);
        } else {
            for (int i = 0; i < pl_question_values(&e->question[q]); i++) {
                pl_scan_literal(s, i > 0 ? "," : "");
                (void)pl_scan_int(s, PL_SECRET_WEIGHT_MAX);
            }
        }
        pl_scan_literal(s, "]");
    }
    pl_scan_literal(s, "]}");
    return status == PL_OK ? pl_scan_end(s, "result", err) : status;
}

pl_status pl_secret_result_ballots(const pl_secret_election *e, const char *result, size_t n, int question, pl_ballots **out,
                                   pl_error *err)
{
    pl_scan s;
    *out = NULL;
    if (question < 0 || question >= e->n_questions) {
        return pl_fail(err, PL_NOTFOUND, "question", NULL, "the election has %d questions", e->n_questions);
    }
    const pl_secret_question *q = &e->question[question];
    pl_status status = pl_ballots_new(q->ranked ? PL_RANKED : PL_APPROVED, out, err);
    for (int i = 0; i < q->answers && status == PL_OK; i++) {
        char id[16];
        snprintf(id, sizeof id, "%d", i + 1);
        status = pl_ballots_candidate(*out, id, q->answer[i], NULL, -1, err);
    }
    pl_scan_start(&s, &e->g, result, n);
    status = status == PL_OK ? fill(e, &s, question, *out, err) : status;
    if (status != PL_OK) {
        pl_ballots_free(*out);
        *out = NULL;
    }
    return status;
}
