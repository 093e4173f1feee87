/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * sealed_archive.c - a secret ballot of the record as an archive (.bel), which the independent checker and belenios-tool verify. */
#include <string.h>

#include "base/mem.h"
#include "council/sealed_memo.h"

#define ARCHIVE_MAX ((size_t)1 << 34)

typedef struct building {
    pl_step *s;
    const uint8_t *id;
    pl_sealed v;
    pl_str text;
} building;

static pl_status add(building *b, pl_secret_event kind, pl_secret_view payload, int trustee, const pl_secret_box *box)
{
    pl_secret_archive *archive = NULL;
    pl_secret_text more = {NULL, 0};
    pl_status status = pl_secret_archive_open(b->text.text, b->text.len, &archive, b->s->err);
    if (status == PL_OK) {
        status = pl_secret_archive_add(archive, kind, payload, trustee, box != NULL ? box->counted : 0, box != NULL ? box->weight : 0, &more, b->s->err);
    }
    pl_secret_archive_close(archive);
    if (status == PL_OK) {
        pl_str_add_n(&b->text, more.text, more.n);
        pl_secret_text_free(&more);
    }
    return status == PL_OK && b->text.failed ? pl_fail_nomem(b->s->err, "an archive") : status;
}

static pl_status add_papers(building *b, const pl_sealed_box *box)
{
    pl_secret_archive *archive = NULL;
    pl_secret_text more = {NULL, 0};
    pl_status status = pl_secret_archive_open(b->text.text, b->text.len, &archive, b->s->err);
    status = status == PL_OK ? pl_secret_archive_ballots(archive, box->paper, box->n, &more, b->s->err) : status;
    pl_secret_archive_close(archive);
    if (status == PL_OK) {
        pl_str_add_n(&b->text, more.text, more.n);
        pl_secret_text_free(&more);
    }
    return status;
}

/* Shuffles, or parts. */
static pl_status add_work(building *b, const pl_table *table, int64_t n, pl_secret_event kind)
{
    pl_status status = PL_OK;
    for (int64_t i = 1; status == PL_OK && i <= n; i++) {
        pl_sealed_work row;
        pl_str text;
        pl_str_init(&text, PL_BLOB_MAX);
        status = pl_sealed_work_get(b->s, table, b->id, &b->v, i, &row, &text);
        status = status == PL_OK ? add(b, kind, (pl_secret_view){text.text, text.len}, (int)row.trustee, NULL) : status;
        pl_str_clear(&text);
    }
    return status;
}

/* What came after the close. */
static pl_status add_rest(building *b, const pl_sealed_box *papers, bool shuffled)
{
    const pl_secret_election *e;
    pl_secret_box box = {.tally = {NULL, 0}};
    pl_secret_text result = {NULL, 0};
    const pl_secret_view none = {NULL, 0};
    pl_status status = pl_memo_election(b->s, b->id, &b->v, true, &e);
    status = status == PL_OK ? pl_secret_tally_accepted(e, papers->paper, papers->n, 1, pl_sealed_threads(), &box, b->s->err) : status;
    status = status == PL_OK ? add(b, PL_SECRET_END_BALLOTS, none, 0, NULL) : status;
    status = status == PL_OK ? add(b, PL_SECRET_TALLY, (pl_secret_view){box.tally.text, box.tally.n}, 0, &box) : status;
    pl_secret_text_free(&box.tally);
    status = status == PL_OK ? add_work(b, &PL_SEALED_SHUFFLES, b->v.shuffles, PL_SECRET_SHUFFLED) : status;
    if (status == PL_OK && shuffled) {
        status = add(b, PL_SECRET_END_SHUFFLES, none, 0, NULL);
    }
    status = status == PL_OK ? add_work(b, &PL_SEALED_PARTS, b->v.parts, PL_SECRET_DECRYPTION) : status;
    if (status == PL_OK && b->v.stage == PL_SEALED_OPENED) {
        status = pl_sealed_result(b->s, b->id, &b->v, &result);
        status = status == PL_OK ? add(b, PL_SECRET_RESULT, (pl_secret_view){result.text, result.n}, 0, NULL) : status;
        pl_secret_text_free(&result);
    }
    return status;
}

static pl_status build(building *b, const pl_ballot *ballot)
{
    pl_sealed_texts t;
    pl_sealed_box papers = {0, NULL, NULL};
    pl_secret_text first = {NULL, 0};
    pl_step *s = b->s;
    pl_status status = pl_sealed_texts_get(s, b->id, &b->v, true, &t);
    if (status != PL_OK) {
        return status;
    }
    status = pl_secret_archive_new(t.election.text, t.election.n, t.trustees.text, t.trustees.n, t.credentials.text, t.credentials.n, ballot->opens, &first, s->err);
    pl_sealed_texts_clear(&t);
    if (status == PL_OK) {
        pl_str_add_n(&b->text, first.text, first.n);
        pl_secret_text_free(&first);
        status = pl_sealed_box_get(s, b->id, &b->v, &papers);
    }
    status = status == PL_OK ? add_papers(b, &papers) : status;
    if (status == PL_OK && b->v.stage >= PL_SEALED_SHUFFLING && b->v.stage <= PL_SEALED_OPENED) {
        bool ranked = ballot->rule != PL_VOTE_YES_NO && ballot->rule != PL_VOTE_APPROVAL;
        status = add_rest(b, &papers, ranked && b->v.stage >= PL_SEALED_OPENING);
    }
    pl_sealed_box_clear(&papers);
    return status;
}

pl_status pl_sealed_archive(pl_step *s, const uint8_t id[PL_HASH], pl_str *out)
{
    building b = {.s = s, .id = id};
    pl_ballot ballot;
    bool there = false;
    char hex[13];
    pl_status status = pl_get(s, &PL_BALLOTS, pl_key_id1(id), &ballot, &there);
    status = status == PL_OK ? pl_get(s, &PL_SEALED, pl_key_id1(id), &b.v, &there) : status;
    if (status == PL_OK && (!there || b.v.papers == 0)) {
        return pl_fail(s->err, PL_DATA, NULL, NULL, there ? "nobody has voted in the ballot %s... yet" : "%s... is no secret ballot", pl_short_id(id, hex));
    }
    pl_str_init(&b.text, ARCHIVE_MAX);
    status = status == PL_OK ? build(&b, &ballot) : status;
    if (status != PL_OK) {
        pl_str_clear(&b.text);
        return status;
    }
    *out = b.text;
    return PL_OK;
}
