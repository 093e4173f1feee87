/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * audit.c - all of an archive is verified: ballots, tally, shuffles, decryptions, result. */
#include <stdio.h>
#include <string.h>

#include "secret/parts.h"

#define MANY 200 /* ballots for which large tables are worth their making */

typedef struct auditing {
    const pl_secret_archive *a;
    pl_secret_election *e;
    pl_secret_audit *out;
    int threads;
    const pl_progress *progress;
    pl_secret_part part[PL_SECRET_TRUSTEES_MAX];
    bool shuffled_by[PL_SECRET_TRUSTEES_MAX + 1];
    pl_error *err;
} auditing;

static pl_status stopped(auditing *k)
{
    return pl_fail(k->err, PL_STOPPED, NULL, NULL, "stopped");
}

static pl_status judge_ballots(auditing *k, pl_secret_box *box)
{
    int64_t n = pl_secret_archive_events(k->a), count = 0;
    pl_secret_view *ballot = PL_NEW(pl_secret_view, n);
    if (ballot == NULL) {
        return pl_fail_nomem(k->err, "an audit");
    }
    for (int64_t i = 0; i < n; i++) {
        pl_secret_view payload;
        pl_secret_event kind = pl_secret_archive_event(k->a, i, &payload, NULL);
        if (kind == PL_SECRET_BALLOT) {
            ballot[count++] = payload;
        }
        k->out->closed |= kind == PL_SECRET_END_BALLOTS;
    }
    pl_status status = count >= MANY ? pl_secret_quicken(k->e, k->err) : PL_OK;
    status = status == PL_OK && !pl_tick(k->progress, "verifying ballots", -1) ? stopped(k) : status;
    status = status == PL_OK ? pl_secret_tally(k->e, ballot, count, 0, k->threads, box, k->err) : status;
    k->out->ballots = count;
    k->out->counted = box->counted;
    k->out->weight = box->weight;
    pl_free(ballot);
    return status;
}

static pl_status check_tally(auditing *k, pl_secret_view said, pl_secret_box *box)
{
    int64_t counted, weight;
    pl_secret_archive_tally(k->a, &counted, &weight);
    if (counted != box->counted || weight != box->weight || said.n != box->tally.n || memcmp(said.text, box->tally.text, said.n) != 0) {
        return pl_fail(k->err, PL_REFUTED, "tally", NULL, "the encrypted tally is not that of the last ballots of all voters");
    }
    k->out->tally = box->tally;
    box->tally = (pl_secret_text){NULL, 0};
    k->out->tallied = true;
    return PL_OK;
}

static pl_status check_shuffle(auditing *k, pl_secret_view shuffle, int trustee)
{
    pl_secret_text after;
    char what[40];
    if (trustee < 1 || trustee > k->e->n_trustees || k->shuffled_by[trustee]) {
        return pl_fail(k->err, PL_REFUTED, "shuffle", NULL, "a shuffle by trustee %d, who is none or has shuffled already", trustee);
    }
    snprintf(what, sizeof what, "verifying shuffle %d", k->out->shuffles + 1);
    if (!pl_tick(k->progress, what, -1)) {
        return stopped(k);
    }
    k->shuffled_by[trustee] = true;
    k->out->shuffles++;
    pl_status status = pl_secret_shuffle_check(k->e, k->out->tally.text, k->out->tally.n, shuffle.text, shuffle.n, k->threads, &after, k->err);
    if (status == PL_OK) {
        pl_secret_text_free(&k->out->tally);
        k->out->tally = after;
    }
    return status;
}

static pl_status check_decryption(auditing *k, pl_secret_view decryption, int trustee)
{
    pl_secret_audit *out = k->out;
    if (k->e->n_ranked > 0 && !out->shuffled) {
        return pl_fail(k->err, PL_REFUTED, "decryption", NULL, "rankings are decrypted before they were shuffled");
    }
    for (int i = 0; i < out->decryptions; i++) {
        if (k->part[i].trustee == trustee) {
            return pl_fail(k->err, PL_REFUTED, "decryption", NULL, "trustee %d decrypted twice", trustee);
        }
    }
    if (!pl_tick(k->progress, "verifying decryptions", -1)) {
        return stopped(k);
    }
    if (out->decryptions == PL_SECRET_TRUSTEES_MAX) {
        return pl_fail(k->err, PL_REFUTED, "decryption", NULL, "more decryptions than trustees");
    }
    k->part[out->decryptions++] = (pl_secret_part){trustee, decryption};
    return pl_secret_decryption_check(k->e, out->tally.text, out->tally.n, trustee, decryption.text, decryption.n, k->threads, k->err);
}

static pl_status check_result(auditing *k, pl_secret_view said)
{
    pl_secret_text result;
    pl_secret_audit *out = k->out;
    pl_status status = pl_secret_result(k->e, out->tally.text, out->tally.n, out->weight, k->part, out->decryptions, k->threads, &result,
                                        NULL, k->err);
    if (status != PL_OK) {
        return status;
    }
    if (result.n != said.n || memcmp(result.text, said.text, said.n) != 0) {
        status = pl_fail(k->err, PL_REFUTED, "result", NULL, "the result is not what the decryptions give");
    }
    pl_secret_text_free(&result);
    out->result = said;
    out->decided = true;
    return status;
}

static pl_status check_event(auditing *k, int64_t i, pl_secret_box *box)
{
    pl_secret_view payload;
    int trustee;
    switch (pl_secret_archive_event(k->a, i, &payload, &trustee)) {
    case PL_SECRET_TALLY:
        return check_tally(k, payload, box);
    case PL_SECRET_SHUFFLED:
        return check_shuffle(k, payload, trustee);
    case PL_SECRET_END_SHUFFLES:
        k->out->shuffled = true;
        return PL_OK;
    case PL_SECRET_DECRYPTION:
        return check_decryption(k, payload, trustee);
    case PL_SECRET_RESULT:
        return check_result(k, payload);
    default:
        return PL_OK;
    }
}

pl_status pl_secret_audit_run(const pl_secret_archive *a, int threads, const pl_progress *progress, pl_secret_audit *out, pl_error *err)
{
    pl_secret_box box = {.counted = 0};
    *out = (pl_secret_audit){.ballots = 0};
    auditing *k = PL_NEW0(auditing, 1);
    if (k == NULL) {
        return pl_fail_nomem(err, "an audit");
    }
    *k = (auditing){.a = a, .out = out, .threads = threads, .progress = progress, .err = err};
    pl_status status = pl_secret_archive_election(a, &k->e, err);
    status = status == PL_OK ? judge_ballots(k, &box) : status;
    for (int64_t i = 0; i < pl_secret_archive_events(a) && status == PL_OK; i++) {
        status = check_event(k, i, &box);
    }
    pl_secret_text_free(&box.tally);
    pl_secret_close(k->e);
    pl_free(k);
    if (status != PL_OK) {
        pl_secret_audit_free(out);
    }
    return status;
}

void pl_secret_audit_free(pl_secret_audit *out)
{
    pl_secret_text_free(&out->tally);
}
