/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * sealed_open.c - a secret ballot has closed: it is shuffled, opened, counted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "council/sealed_memo.h"

const pl_table PL_SEALED_SHUFFLES = {
    "sealed.shuffles", sizeof(pl_sealed_work), 3, {PL_INT(pl_sealed_work, trustee), PL_INT(pl_sealed_work, position), PL_ID(pl_sealed_work, blob)}};
const pl_table PL_SEALED_PARTS = {
    "sealed.parts", sizeof(pl_sealed_work), 3, {PL_INT(pl_sealed_work, trustee), PL_INT(pl_sealed_work, position), PL_ID(pl_sealed_work, blob)}};
const pl_table PL_OPENED_PAPERS = {"opened.papers", sizeof(pl_opened_paper), 2, {PL_INT(pl_opened_paper, count), PL_TEXT(pl_opened_paper, marks)}};

static pl_row_key work_key(const uint8_t id[PL_HASH], int64_t attempt, int64_t number)
{
    return pl_key_then(pl_key_then(pl_key_id1(id), attempt), number);
}

static pl_status put_both(pl_step *s, const uint8_t id[PL_HASH], const pl_sealed *v, const pl_ballot *b)
{
    pl_status status = pl_put(s, &PL_SEALED, pl_key_id1(id), v);
    return status == PL_OK ? pl_put(s, &PL_BALLOTS, pl_key_id1(id), b) : status;
}

/* ---- The close ------------------------------------------------------------------------------------------ */

pl_status pl_sealed_closes(pl_step *s, const uint8_t id[PL_HASH], pl_ballot *b)
{
    pl_sealed v;
    pl_secret_view tally;
    int64_t hours = 0;
    bool there;
    pl_status status = pl_get(s, &PL_SEALED, pl_key_id1(id), &v, &there);
    if (status == PL_OK && v.voters < PL_SECRET_LEAST_BALLOTS) {
        v.stage = PL_SEALED_FEW; /* the sum would tell who voted how: nobody opens it, and it decides nothing */
        status = put_both(s, id, &v, b);
        return status == PL_OK ? pl_ballot_count_now(s, id, b) : status;
    }
    status = status == PL_OK ? pl_memo_tally(s, id, &v, &tally) : status;
    status = status == PL_OK ? pl_param(s, PL_SECRECY_OPEN_HOURS, &hours) : status;
    if (status == PL_OK) {
        pl_hash(tally.text, tally.n, v.tally);
        v.stage = b->rule == PL_VOTE_YES_NO || b->rule == PL_VOTE_APPROVAL ? PL_SEALED_OPENING : PL_SEALED_SHUFFLING;
        v.until = s->time + hours * PL_HOUR;
        b->state = PL_BALLOT_COUNTING;
        status = put_both(s, id, &v, b);
    }
    return status == PL_OK ? pl_due_at(s, v.until, "sealed.lapses", id, v.attempt) : status;
}

pl_status pl_sealed_lapses(pl_step *s, const uint8_t id[PL_HASH], int64_t attempt)
{
    pl_sealed v;
    pl_ballot b;
    bool there;
    pl_status status = pl_get(s, &PL_SEALED, pl_key_id1(id), &v, &there);
    status = status == PL_OK ? pl_get(s, &PL_BALLOTS, pl_key_id1(id), &b, &there) : status;
    if (status != PL_OK || v.attempt != attempt || b.state != PL_BALLOT_COUNTING) {
        return status;
    }
    b.state = PL_BALLOT_COMING; /* too few trustees came: others are drawn, and all vote again */
    b.votes = 0;
    status = pl_put(s, &PL_BALLOTS, pl_key_id1(id), &b);
    return status == PL_OK ? pl_sealed_again(s, id, &b, &v) : status;
}

/* ---- Work of the trustees --------------------------------------------------------------------------------- */

typedef struct working {
    pl_sealed v;
    pl_ballot b;
    pl_trust t;
    int64_t trustee; /* number of the signer in the key */
    pl_str blob;
} working;

pl_status pl_sealed_has_worked(pl_step *s, const pl_table *table, const uint8_t id[PL_HASH], int64_t attempt, int64_t trustee, bool *yes)
{
    pl_row_key prefix = pl_key_then(pl_key_id1(id), attempt);
    pl_cursor at = pl_rows(table, &prefix);
    pl_sealed_work row;
    bool there;
    pl_status status;
    *yes = false;
    while ((status = pl_next(s, table, &at, &row, &there)) == PL_OK && there && !*yes) {
        *yes = row.trustee == trustee;
    }
    return status;
}

/* then the blob is read. */
static pl_status may_work(pl_step *s, const pl_table *table, pl_sealed_stage stage, working *w)
{
    static const char *const WHERE[] = {"has no key yet", "is open", "is being shuffled", "is being opened", "is opened", "had too few votes to be opened"};
    const uint8_t *id = s->value[0].at;
    char hex[13];
    bool there, done = false;
    pl_status status = pl_get(s, &PL_SEALED, pl_key_id1(id), &w->v, &there);
    if (status == PL_OK && (!there || w->v.stage != (int64_t)stage)) {
        return there ? pl_broken(s, PL_RULE_SEALED_STAGE, "the ballot %s... %s", pl_short_id(id, hex), WHERE[w->v.stage])
                     : pl_broken(s, PL_RULE_SEALED_STAGE, "there is no secret ballot %s...", pl_short_id(id, hex));
    }
    status = status == PL_OK ? pl_get(s, &PL_BALLOTS, pl_key_id1(id), &w->b, &there) : status;
    status = status == PL_OK ? pl_get(s, &PL_TRUSTS, pl_key_id1(w->v.trust), &w->t, &there) : status;
    status = status == PL_OK ? pl_trustee_number(s, w->v.trust, s->author, &w->trustee) : status;
    if (status == PL_OK && w->trustee == 0) {
        return pl_broken(s, PL_RULE_TRUSTEE, "the signer keeps no part of this key");
    }
    status = status == PL_OK ? pl_sealed_has_worked(s, table, id, w->v.attempt, w->trustee, &done) : status;
    if (status == PL_OK && done) {
        return pl_broken(s, PL_RULE_TRUSTEE, "the signer has done this already");
    }
    return status == PL_OK ? pl_store_blob(s->fold->store, pl_value_id(&s->value[1], 0), &w->blob, s->err) : status;
}

static pl_status put_work(pl_step *s, const pl_table *table, const working *w, int64_t number)
{
    const uint8_t *id = s->value[0].at;
    pl_sealed_work row = {.trustee = w->trustee, .position = (int64_t)s->fold->position};
    memcpy(row.blob, pl_value_id(&s->value[1], 0), PL_HASH);
    return pl_put(s, table, work_key(id, w->v.attempt, number), &row);
}

pl_status pl_sealed_work_get(pl_step *s, const pl_table *table, const uint8_t id[PL_HASH], const pl_sealed *v, int64_t number, pl_sealed_work *row, pl_str *out)
{
    bool there;
    pl_status status = pl_get(s, table, work_key(id, v->attempt, number), row, &there);
    return status == PL_OK ? pl_store_blob(s->fold->store, row->blob, out, s->err) : status;
}

/* What the protocol refuses breaks the rule. */
static pl_status judged(pl_step *s, pl_rule rule, pl_status status, const pl_error *why)
{
    if (status == PL_NOMEM) {
        return pl_fail_nomem(s->err, "a secret ballot");
    }
    return status == PL_OK ? PL_OK : pl_broken(s, rule, "%.190s", why->message);
}

static pl_status take_shuffle(pl_step *s, working *w)
{
    const uint8_t *id = s->value[0].at;
    const pl_secret_election *e;
    pl_secret_view tally;
    pl_secret_text after = {NULL, 0};
    pl_error why = {0};
    pl_status status = pl_memo_election(s, id, &w->v, true, &e);
    status = status == PL_OK ? pl_memo_tally(s, id, &w->v, &tally) : status;
    if (status == PL_OK) {
        status = judged(s, PL_RULE_SHUFFLE, pl_secret_shuffle_check(e, tally.text, tally.n, w->blob.text, w->blob.len, pl_sealed_threads(), &after, &why), &why);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    pl_hash(after.text, after.n, w->v.tally);
    status = pl_memo_keep_tally(s, &after);
    status = status == PL_OK ? put_work(s, &PL_SEALED_SHUFFLES, w, ++w->v.shuffles) : status;
    w->v.stage = w->v.shuffles == w->t.needed ? PL_SEALED_OPENING : PL_SEALED_SHUFFLING;
    return status == PL_OK ? pl_put(s, &PL_SEALED, pl_key_id1(id), &w->v) : status;
}

static pl_status apply_shuffled(pl_step *s)
{
    working w;
    pl_str_init(&w.blob, PL_BLOB_MAX);
    pl_status status = may_work(s, &PL_SEALED_SHUFFLES, PL_SEALED_SHUFFLING, &w);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = take_shuffle(s, &w);
    }
    pl_str_clear(&w.blob);
    return status;
}

const pl_event_kind PL_KIND_BALLOT_SHUFFLED = {
    "ballot.shuffled", {{"ballot", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"shuffle", PL_FIELD_BLOBS, 1, 1, false}, {0}}, apply_shuffled};

/* ---- The result -------------------------------------------------------------------------------------------- */

static int by_marks(const void *a, const void *b)
{
    return strcmp(((const pl_opened_paper *)a)->marks, ((const pl_opened_paper *)b)->marks);
}

/* A row of the result as marks.  Counts by stages take a paper until it puts two equally. */
static void write_marks(const pl_ballots *from, int64_t row, bool stages, char out[5 * PL_MARKS_MAX + 1])
{
    size_t at = 0;
    int64_t end = from->start[row + 1];
    out[0] = '\0';
    for (int64_t i = from->start[row]; i < end; i++) {
        bool equal = (from->choice[i] & PL_EQUAL_RANK) != 0, next_equal = i + 1 < end && (from->choice[i + 1] & PL_EQUAL_RANK) != 0;
        if (stages && (equal || next_equal)) {
            return;
        }
        at += (size_t)snprintf(out + at, 5 * PL_MARKS_MAX + 1 - at, "%s%s%d", at > 0 ? " " : "", equal ? "=" : "", from->choice[i] & ~PL_EQUAL_RANK);
    }
}

static pl_status put_papers(pl_step *s, const uint8_t *id, const pl_ballot *b, const pl_ballots *from)
{
    bool stages = b->rule == PL_VOTE_STV || b->rule == PL_VOTE_MEEK;
    int64_t number = 0;
    pl_status status = PL_OK;
    pl_opened_paper *all = PL_NEW(pl_opened_paper, from->n_rows + 1);
    if (all == NULL) {
        return pl_fail_nomem(s->err, "the papers of a secret ballot");
    }
    for (int64_t i = 0; i < from->n_rows; i++) {
        all[i].count = from->count[i];
        write_marks(from, i, stages, all[i].marks);
    }
    qsort(all, (size_t)from->n_rows, sizeof *all, by_marks);
    for (int64_t i = 0, k; status == PL_OK && i < from->n_rows; i = k) {
        pl_opened_paper one = all[i];
        for (k = i + 1; k < from->n_rows && strcmp(all[k].marks, one.marks) == 0; k++) {
            one.count += all[k].count;
        }
        status = pl_put(s, &PL_OPENED_PAPERS, pl_key_then(pl_key_id1(id), ++number), &one);
    }
    pl_free(all);
    return status;
}

pl_status pl_sealed_add(pl_step *s, const uint8_t id[PL_HASH], pl_ballots *papers)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_OPENED_PAPERS, &prefix);
    pl_opened_paper p;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_OPENED_PAPERS, &at, &p, &there)) == PL_OK && there) {
        uint16_t choice[PL_MARKS_MAX];
        int32_t n = 0;
        for (char *mark = p.marks; *mark != '\0' && n < PL_MARKS_MAX;) {
            mark += *mark == ' ';
            bool equal = *mark == '=';
            choice[n++] = (uint16_t)((unsigned)strtol(mark + equal, &mark, 10) | (equal ? PL_EQUAL_RANK : 0));
        }
        status = pl_ballots_add(papers, p.count, choice, NULL, n, s->err);
    }
    return status;
}

/* The blank papers of a ballot whose choices are sums: those of the voters who are in no sum.  Only where each marks one choice at most. */
static pl_status add_blanks(pl_step *s, const working *w, pl_ballots *result)
{
    int64_t marked = 0;
    for (int64_t i = 0; i < result->n_rows; i++) {
        marked += result->count[i];
    }
    return w->b.rule == PL_VOTE_YES_NO && marked < w->v.voters ? pl_ballots_add(result, w->v.voters - marked, NULL, NULL, 0, s->err) : PL_OK;
}

/* Parts that the rules have let in, as text. */
static pl_status read_parts(pl_step *s, const uint8_t *id, const pl_sealed *v, pl_str text[PL_TRUST_MAX], pl_secret_part part[PL_TRUST_MAX])
{
    pl_status status = PL_OK;
    for (int64_t i = 0; status == PL_OK && i < v->parts; i++) {
        pl_sealed_work row;
        status = pl_sealed_work_get(s, &PL_SEALED_PARTS, id, v, i + 1, &row, &text[i]);
        part[i] = (pl_secret_part){(int)row.trustee, {text[i].text, text[i].len}};
    }
    return status;
}

pl_status pl_sealed_result(pl_step *s, const uint8_t id[PL_HASH], const pl_sealed *v, pl_secret_text *out)
{
    const pl_secret_election *e;
    pl_secret_view tally;
    pl_str text[PL_TRUST_MAX];
    pl_secret_part part[PL_TRUST_MAX];
    for (int i = 0; i < PL_TRUST_MAX; i++) {
        pl_str_init(&text[i], PL_BLOB_MAX);
    }
    pl_status status = pl_memo_election(s, id, v, true, &e);
    status = status == PL_OK ? pl_memo_tally(s, id, v, &tally) : status;
    status = status == PL_OK ? read_parts(s, id, v, text, part) : status;
    status = status == PL_OK ? pl_secret_result(e, tally.text, tally.n, v->voters, part, (int)v->parts, pl_sealed_threads(), out, NULL, s->err) : status;
    for (int i = 0; i < PL_TRUST_MAX; i++) {
        pl_str_clear(&text[i]);
    }
    return status;
}

/* The last part that was needed: the ballot is opened and counted. */
static pl_status open_ballot(pl_step *s, working *w)
{
    const uint8_t *id = s->value[0].at;
    const pl_secret_election *e;
    pl_secret_text result = {NULL, 0};
    pl_ballots *papers = NULL;
    pl_status status = pl_memo_election(s, id, &w->v, true, &e);
    status = status == PL_OK ? pl_sealed_result(s, id, &w->v, &result) : status;
    status = status == PL_OK ? pl_secret_result_ballots(e, result.text, result.n, 0, &papers, s->err) : status;
    status = status == PL_OK ? add_blanks(s, w, papers) : status;
    status = status == PL_OK ? put_papers(s, id, &w->b, papers) : status;
    pl_ballots_free(papers);
    pl_secret_text_free(&result);
    w->v.stage = PL_SEALED_OPENED;
    w->v.until = -1;
    status = status == PL_OK ? pl_put(s, &PL_SEALED, pl_key_id1(id), &w->v) : status;
    return status == PL_OK ? pl_ballot_count_now(s, id, &w->b) : status;
}

static pl_status take_part(pl_step *s, working *w)
{
    const uint8_t *id = s->value[0].at;
    const pl_secret_election *e;
    pl_secret_view tally;
    pl_error why = {0};
    pl_status status = pl_memo_election(s, id, &w->v, true, &e);
    status = status == PL_OK ? pl_memo_tally(s, id, &w->v, &tally) : status;
    if (status == PL_OK) {
        status = judged(s, PL_RULE_PART,
                        pl_secret_decryption_check(e, tally.text, tally.n, (int)w->trustee, w->blob.text, w->blob.len, pl_sealed_threads(), &why), &why);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    status = put_work(s, &PL_SEALED_PARTS, w, ++w->v.parts);
    if (status == PL_OK && w->v.parts == w->t.needed) {
        return open_ballot(s, w);
    }
    return status == PL_OK ? pl_put(s, &PL_SEALED, pl_key_id1(id), &w->v) : status;
}

static pl_status apply_opened(pl_step *s)
{
    working w;
    pl_str_init(&w.blob, PL_BLOB_MAX);
    pl_status status = may_work(s, &PL_SEALED_PARTS, PL_SEALED_OPENING, &w);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = take_part(s, &w);
    }
    pl_str_clear(&w.blob);
    return status;
}

const pl_event_kind PL_KIND_BALLOT_OPENED = {
    "ballot.opened", {{"ballot", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"part", PL_FIELD_BLOBS, 1, 1, false}, {0}}, apply_opened};
