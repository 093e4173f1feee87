/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "council/sealed_memo.h"

#include <string.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#include "base/mem.h"

#define ELECTIONS 8

typedef struct kept {
    uint8_t text[PL_HASH]; /* SHA-256 of the election's text */
    int64_t papers;        /* with the credentials of so many papers; -1 without the list */
    pl_secret_election *election;
} kept;

typedef struct memo {
    kept election[ELECTIONS];
    int next;
    pl_secret_text tally;
    uint8_t hash[PL_HASH]; /* of the tally */
} memo;

static void clear(void *at)
{
    memo *m = at;
    for (int i = 0; m != NULL && i < ELECTIONS; i++) {
        pl_secret_close(m->election[i].election);
    }
    if (m != NULL) {
        pl_secret_text_free(&m->tally);
    }
    pl_free(m);
}

static pl_status memo_of(pl_step *s, memo **out)
{
    void **at = pl_state_memo(s->fold->state, clear);
    if (*at == NULL) {
        *at = PL_NEW0(memo, 1);
    }
    *out = *at;
    return *at != NULL ? PL_OK : pl_fail_nomem(s->err, "secret ballots");
}

int pl_sealed_threads(void)
{
#ifdef _OPENMP
    return omp_get_max_threads();
#else
    return 1;
#endif
}

pl_status pl_memo_election(pl_step *s, const uint8_t id[PL_HASH], const pl_sealed *v, bool list, const pl_secret_election **out)
{
    memo *m;
    pl_sealed_texts t;
    int64_t papers = list ? v->papers : -1;
    pl_status status = memo_of(s, &m);
    for (int i = 0; status == PL_OK && i < ELECTIONS; i++) {
        const kept *k = &m->election[i];
        if (k->election != NULL && k->papers == papers && pl_id_same(k->text, v->election)) {
            *out = k->election;
            return PL_OK;
        }
    }
    status = status == PL_OK ? pl_sealed_texts_get(s, id, v, list, &t) : status;
    if (status != PL_OK) {
        return status;
    }
    kept *k = &m->election[m->next++ % ELECTIONS];
    pl_secret_close(k->election);
    memcpy(k->text, v->election, PL_HASH);
    k->papers = papers;
    status = pl_secret_open(t.election.text, t.election.n, list ? t.trustees.text : NULL, t.trustees.n, list ? t.credentials.text : NULL, t.credentials.n, &k->election,
                            s->err);
    pl_sealed_texts_clear(&t);
    *out = k->election;
    return status;
}

pl_status pl_memo_keep_tally(pl_step *s, pl_secret_text *tally)
{
    memo *m;
    pl_status status = memo_of(s, &m);
    if (status != PL_OK) {
        pl_secret_text_free(tally);
        return status;
    }
    pl_secret_text_free(&m->tally);
    m->tally = *tally;
    pl_hash(tally->text, tally->n, m->hash);
    *tally = (pl_secret_text){NULL, 0};
    return PL_OK;
}

/* Of the papers, whose proofs were looked at when they came. */
static pl_status from_papers(pl_step *s, const uint8_t id[PL_HASH], const pl_sealed *v, pl_secret_text *out)
{
    const pl_secret_election *e;
    pl_sealed_box box;
    pl_secret_box result;
    pl_status status = pl_memo_election(s, id, v, true, &e);
    status = status == PL_OK ? pl_sealed_box_get(s, id, v, &box) : status;
    if (status == PL_OK) {
        status = pl_secret_tally_accepted(e, box.paper, box.n, PL_SECRET_LEAST_BALLOTS, pl_sealed_threads(), &result, s->err);
        pl_sealed_box_clear(&box);
        *out = result.tally;
    }
    return status;
}

/* Of the last shuffle, whose proof was looked at when it came. */
static pl_status from_shuffle(pl_step *s, const uint8_t id[PL_HASH], const pl_sealed *v, pl_secret_text *out)
{
    pl_sealed_work row;
    pl_str text;
    pl_secret_view after = {NULL, 0};
    pl_str_init(&text, PL_BLOB_MAX);
    pl_status status = pl_sealed_work_get(s, &PL_SEALED_SHUFFLES, id, v, v->shuffles, &row, &text);
    status = status == PL_OK ? pl_secret_shuffle_after(text.text, text.len, &after, s->err) : status;
    char *copy = status == PL_OK ? PL_NEW(char, after.n + 1) : NULL;
    if (copy != NULL) {
        memcpy(copy, after.text, after.n);
        copy[after.n] = '\0';
        *out = (pl_secret_text){copy, after.n};
    } else if (status == PL_OK) {
        status = pl_fail_nomem(s->err, "a shuffle");
    }
    pl_str_clear(&text);
    return status;
}

pl_status pl_memo_tally(pl_step *s, const uint8_t id[PL_HASH], const pl_sealed *v, pl_secret_view *out)
{
    memo *m;
    pl_secret_text text = {NULL, 0};
    pl_status status = memo_of(s, &m);
    if (status == PL_OK && (m->tally.text == NULL || pl_id_none(v->tally) || !pl_id_same(m->hash, v->tally))) {
        status = v->shuffles > 0 ? from_shuffle(s, id, v, &text) : from_papers(s, id, v, &text);
        status = status == PL_OK ? pl_memo_keep_tally(s, &text) : status;
    }
    if (status == PL_OK) {
        *out = (pl_secret_view){m->tally.text, m->tally.n};
    }
    return status;
}
