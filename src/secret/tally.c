/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * tally.c - the encrypted tally: of each credential the last ballot; sums of choices by weight, rankings sorted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secret/parts.h"

void pl_ciphertexts_free(pl_ciphertexts *t)
{
    pl_free(t->length);
    pl_free(t->start);
    pl_free(t->c);
    *t = (pl_ciphertexts){.n = 0};
}

pl_status pl_ciphertexts_shape(const pl_secret_election *e, int64_t ballots, pl_ciphertexts *out, pl_error *err)
{
    *out = (pl_ciphertexts){.n = e->n_questions};
    out->length = PL_NEW0(int64_t, out->n);
    out->start = PL_NEW0(int64_t, out->n + 1);
    if (out->length == NULL || out->start == NULL) {
        pl_ciphertexts_free(out);
        return pl_fail_nomem(err, "a tally");
    }
    for (int i = 0; i < out->n; i++) {
        out->length[i] = e->question[i].ranked ? ballots : pl_question_values(&e->question[i]);
        out->start[i + 1] = out->start[i] + out->length[i];
    }
    out->c = PL_NEW(pl_cipher, out->start[out->n]);
    if (out->c == NULL) {
        pl_ciphertexts_free(out);
        return pl_fail_nomem(err, "a tally");
    }
    for (int64_t i = 0; i < out->start[out->n]; i++) {
        out->c[i] = (pl_cipher){e->g.one, e->g.one};
    }
    return PL_OK;
}

void pl_ciphertexts_write(const pl_group *g, const pl_ciphertexts *t, pl_str *out)
{
    for (int i = 0; i < t->n; i++) {
        pl_str_add(out, i > 0 ? ",[" : "[[");
        for (int64_t k = 0; k < t->length[i]; k++) {
            pl_str_add(out, k > 0 ? "," : "");
            pl_put_cipher(out, g, &t->c[t->start[i] + k]);
        }
        pl_str_add(out, "]");
    }
    pl_str_add(out, "]");
}

/* Numbers of ciphertexts in the text, before anything of their size is allocated. */
static int64_t count_ciphers(const char *text, size_t n)
{
    int64_t count = 0;
    for (const char *at = text; (at = memchr(at, '{', (size_t)(text + n - at))) != NULL; at++) {
        count++;
    }
    return count;
}

pl_status pl_ciphertexts_read(const pl_secret_election *e, const char *text, size_t n, int64_t ballots, pl_ciphertexts *out, pl_error *err)
{
    pl_scan s;
    int64_t sums = 0, all = count_ciphers(text, n);
    *out = (pl_ciphertexts){.n = 0};
    for (int i = 0; i < e->n_questions; i++) {
        sums += e->question[i].ranked ? 0 : pl_question_values(&e->question[i]);
    }
    if (ballots < 0) { /* not known: all rankings have the same number */
        ballots = e->n_ranked > 0 ? (all - sums) / e->n_ranked : 0;
    }
    if (ballots < 0 || all != sums + ballots * e->n_ranked) {
        return pl_fail(err, PL_PARSE, "tally", NULL, "this is no encrypted tally of this election");
    }
    pl_status status = pl_ciphertexts_shape(e, ballots, out, err);
    if (status != PL_OK) {
        return status;
    }
    pl_scan_start(&s, &e->g, text, n);
    for (int i = 0; i < out->n; i++) {
        pl_scan_literal(&s, i > 0 ? ",[" : "[[");
        for (int64_t k = 0; k < out->length[i] && !s.failed; k++) {
            pl_scan_literal(&s, k > 0 ? "," : "");
            pl_scan_cipher(&s, &out->c[out->start[i] + k]);
        }
        pl_scan_literal(&s, "]");
    }
    pl_scan_literal(&s, "]");
    status = pl_scan_end(&s, "tally", err);
    if (status != PL_OK) {
        pl_ciphertexts_free(out);
    }
    return status;
}

/* ---- Adding up ----------------------------------------------------------------------------------------------------- */

typedef char tracker_text[PL_SECRET_TRACKER];

typedef struct adding {
    const pl_secret_election *e;
    const pl_secret_view *ballot;
    int64_t n;
    int64_t *credential; /* of each ballot */
    int64_t *place;      /* among those that count, or -1 */
    pl_ciphertexts *tally;
    bool accepted; /* their proofs were looked at before */
    pl_status status;
    int64_t bad; /* the first ballot that was refused, for the same message whatever the threads */
    pl_error *err;
} adding;

static void note(adding *a, int64_t i, pl_status status, const pl_error *err)
{
#pragma omp critical(secret_tally)
    if (a->status == PL_OK || i < a->bad) {
        a->status = status;
        a->bad = i;
        if (a->err != NULL) {
            *a->err = *err;
            if (status != PL_NOMEM) {
                snprintf(a->err->subject, sizeof a->err->subject, "ballot %lld", (long long)i + 1);
            }
        }
    }
}

/* The ciphertexts of a ballot go where they belong: rankings to their place, choices to `sum`. */
static void add_ballot(const adding *a, int64_t i, const pl_cipher *c, pl_cipher *sum)
{
    const pl_group *g = &a->e->g;
    pl_scalar weight;
    int64_t w = a->e->weight[a->credential[i]];
    pl_scalar_set(&weight, (uint64_t)w);
    for (int q = 0, k = 0; q < a->e->n_questions; q++) {
        int values = pl_question_values(&a->e->question[q]);
        for (int j = 0; j < values; j++, k++) {
            pl_cipher x = c[k];
            if (a->e->question[q].ranked) {
                a->tally->c[a->tally->start[q] + a->place[i]] = x;
                continue;
            }
            if (w != 1) {
                pl_power(g, &x.alpha, &c[k].alpha, &weight, 27);
                pl_power(g, &x.beta, &c[k].beta, &weight, 27);
            }
            g->mul(g, &sum[k].alpha, &sum[k].alpha, &x.alpha);
            g->mul(g, &sum[k].beta, &sum[k].beta, &x.beta);
        }
    }
}

static void join(const adding *a, const pl_cipher *sum)
{
    const pl_group *g = &a->e->g;
    for (int q = 0, k = 0; q < a->e->n_questions; q++) {
        for (int j = 0; j < pl_question_values(&a->e->question[q]); j++, k++) {
            if (!a->e->question[q].ranked) {
                pl_cipher *to = &a->tally->c[a->tally->start[q] + j];
                g->mul(g, &to->alpha, &to->alpha, &sum[k].alpha);
                g->mul(g, &to->beta, &to->beta, &sum[k].beta);
            }
        }
    }
}

typedef struct sorted {
    uint8_t key[2 * PL_ELEMENT_KEY];
    pl_cipher c;
} sorted;

static int by_key(const void *a, const void *b)
{
    return memcmp(((const sorted *)a)->key, ((const sorted *)b)->key, 2 * PL_ELEMENT_KEY);
}

/* Rankings go by their ciphertexts, so that their order tells nothing of when they came. */
static pl_status sort_rankings(adding *a)
{
    const pl_group *g = &a->e->g;
    for (int q = 0; q < a->e->n_questions; q++) {
        int64_t n = a->e->question[q].ranked ? a->tally->length[q] : 0;
        pl_cipher *c = a->tally->c + a->tally->start[q];
        sorted *list = PL_NEW(sorted, n);
        if (list == NULL) {
            return pl_fail_nomem(a->err, "a tally");
        }
        for (int64_t i = 0; i < n; i++) {
            list[i].c = c[i];
            g->key(g, &c[i].alpha, list[i].key);
            g->key(g, &c[i].beta, list[i].key + PL_ELEMENT_KEY);
        }
        qsort(list, (size_t)n, sizeof *list, by_key);
        for (int64_t i = 0; i < n; i++) {
            c[i] = list[i].c;
        }
        pl_free(list);
    }
    return PL_OK;
}

/* Ballots from .. from + n - 1; their ciphertexts to c. */
static void judge_some(adding *a, int64_t from, int64_t n, pl_cipher *c, int threads)
{
    int64_t values = pl_ballot_ciphers(a->e);
    (void)threads;
#pragma omp parallel for schedule(dynamic, 4) num_threads(threads) if (threads > 1)
    for (int64_t i = from; i < from + n; i++) {
        pl_error here;
        int64_t credential;
        pl_status status = pl_ballot_read(a->e, a->ballot[i].text, a->ballot[i].n, false, !a->accepted, c + (i - from) * values, &credential, &here);
        if (status != PL_OK) {
            note(a, i, status, &here);
        }
    }
    if (a->status != PL_OK || a->accepted || pl_members(&a->e->g, &c->alpha, 2 * n * values, threads)) {
        return;
    }
    for (int64_t i = 0; i < n; i++) { /* whose is it? */
        if (!pl_members(&a->e->g, &c[i * values].alpha, 2 * values, threads)) {
            pl_error here;
            note(a, from + i, pl_fail(&here, PL_REFUTED, "ballot", NULL, PL_BALLOT_NO_ELEMENT), &here);
            return;
        }
    }
}

static void add_some(const adding *a, int64_t from, int64_t n, const pl_cipher *c, pl_cipher *sum)
{
    int64_t values = pl_ballot_ciphers(a->e);
    for (int64_t i = from; i < from + n; i++) {
        if (a->place[i] >= 0) {
            add_ballot(a, i, c + (i - from) * values, sum);
        }
    }
}

#define TOGETHER 512 /* ballots */

static pl_status judge_all(adding *a, int threads)
{
    int64_t values = pl_ballot_ciphers(a->e), most = a->n < TOGETHER ? a->n : TOGETHER;
    pl_cipher *c = PL_NEW(pl_cipher, (most + 1) * values), *sum = c + most * values;
    if (c == NULL) {
        return pl_fail_nomem(a->err, "a tally");
    }
    for (int64_t k = 0; k < values; k++) {
        sum[k] = (pl_cipher){a->e->g.one, a->e->g.one};
    }
    for (int64_t from = 0; from < a->n && a->status == PL_OK; from += TOGETHER) {
        int64_t n = a->n - from < TOGETHER ? a->n - from : TOGETHER;
        judge_some(a, from, n, c, threads);
        if (a->status == PL_OK) {
            add_some(a, from, n, c, sum);
        }
    }
    if (a->status == PL_OK) {
        join(a, sum);
    }
    pl_free(c);
    return a->status;
}

/* Whose ballots they are, and their trackers. */
static void read_heads(adding *a, tracker_text *tracker, int threads)
{
    (void)threads;
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
    for (int64_t i = 0; i < a->n; i++) {
        pl_error here;
        pl_status status = pl_ballot_credential(a->e, a->ballot[i].text, a->ballot[i].n, &a->credential[i], &here);
        pl_secret_tracker(a->ballot[i].text, a->ballot[i].n, tracker[i]);
        if (status != PL_OK) {
            note(a, i, status, &here);
        }
    }
}

/* Which ballots count: the last of each credential.  None may be there twice. */
static pl_status choose_last(adding *a, pl_secret_box *out, int threads)
{
    pl_map seen;
    pl_map_init(&seen);
    pl_status status = PL_OK;
    int64_t *last = PL_NEW(int64_t, a->e->n_credentials);
    tracker_text *tracker = PL_NEW(tracker_text, a->n);
    if (last == NULL || tracker == NULL) {
        status = pl_fail_nomem(a->err, "a tally");
    }
    for (int64_t i = 0; status == PL_OK && i < a->e->n_credentials; i++) {
        last[i] = -1;
    }
    if (status == PL_OK) {
        read_heads(a, tracker, threads);
        status = a->status;
    }
    for (int64_t i = 0; status == PL_OK && i < a->n; i++) {
        int32_t old;
        last[a->credential[i]] = i;
        if (pl_map_put(&seen, tracker[i], PL_SECRET_TRACKER - 1, (int32_t)i, &old) != PL_OK) {
            status = pl_fail_nomem(a->err, "a tally");
        } else if (old >= 0) {
            status = pl_fail(a->err, PL_REFUTED, NULL, NULL, "ballots %d and %lld are the same", old + 1, (long long)i + 1);
        }
    }
    for (int64_t i = 0; status == PL_OK && i < a->n; i++) {
        bool counts = last[a->credential[i]] == i;
        int64_t weight = a->e->weight[a->credential[i]];
        a->place[i] = counts ? out->counted++ : -1;
        out->weight += counts ? weight : 0;
        if (a->e->n_ranked > 0 && weight != 1) {
            status = pl_fail(a->err, PL_DATA, "election", NULL, "rankings cannot be weighted, but ballot %lld has the weight %lld",
                             (long long)i + 1, (long long)weight);
        }
    }
    pl_map_clear(&seen);
    pl_free(last);
    pl_free(tracker);
    return status;
}

static pl_status make_tally(const pl_secret_election *e, const pl_secret_view *ballot, int64_t n, int64_t least, bool accepted, int threads,
                            pl_secret_box *out, pl_error *err)
{
    pl_ciphertexts tally = {.n = 0};
    *out = (pl_secret_box){.counted = 0};
    if (!e->complete || n < 0 || n >= INT32_MAX) {
        return pl_fail(err, PL_USAGE, "election", NULL, "ballots can only be counted with the list of credentials");
    }
    adding a = {.e = e, .ballot = ballot, .n = n, .tally = &tally, .accepted = accepted, .err = err};
    a.credential = PL_NEW(int64_t, n);
    a.place = PL_NEW(int64_t, n);
    pl_status status = a.credential != NULL && a.place != NULL ? PL_OK : pl_fail_nomem(err, "a tally");
    status = status == PL_OK ? choose_last(&a, out, threads) : status;
    if (status == PL_OK && out->counted < least) {
        status = pl_fail(err, PL_DATA, "tally", "vote openly, or together with others",
                         "only %lld ballots: fewer than %lld are not counted, since the result would tell who voted how",
                         (long long)out->counted, (long long)least);
    }
    status = status == PL_OK ? pl_ciphertexts_shape(e, out->counted, &tally, err) : status;
    if (status == PL_OK) {
        status = judge_all(&a, threads);
    }
    status = status == PL_OK ? sort_rankings(&a) : status;
    if (status == PL_OK) {
        pl_str text;
        pl_str_init(&text, PL_SECRET_TEXT_MAX);
        pl_ciphertexts_write(&e->g, &tally, &text);
        status = pl_put_done(&text, &out->tally, "a tally", err);
    }
    pl_ciphertexts_free(&tally);
    pl_free(a.credential);
    pl_free(a.place);
    return status;
}

pl_status pl_secret_tally(const pl_secret_election *e, const pl_secret_view *ballot, int64_t n, int64_t least, int threads,
                          pl_secret_box *out, pl_error *err)
{
    return make_tally(e, ballot, n, least, false, threads, out, err);
}

pl_status pl_secret_tally_accepted(const pl_secret_election *e, const pl_secret_view *ballot, int64_t n, int64_t least, int threads,
                                   pl_secret_box *out, pl_error *err)
{
    return make_tally(e, ballot, n, least, true, threads, out, err);
}
