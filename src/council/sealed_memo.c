/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "council/sealed_memo.h"

#include <string.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#include "base/mem.h"

#define ELECTIONS 8
#define MANY 500 /* votes at once, for which larger tables are worth their time */

typedef struct kept {
    uint8_t text[PL_HASH]; /* SHA-256 of the election's text */
    int64_t papers;        /* with the credentials of so many papers; -1 without the list */
    pl_secret_election *election;
} kept;

typedef struct judged { /* a paper that holds */
    uint8_t election[PL_HASH], paper[PL_HASH], credential[PL_HASH];
} judged;

typedef struct memo {
    judged *papers; /* of the events that were last seen ahead, in their order */
    size_t n_papers, next_paper;
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
        pl_free(m->papers);
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

/* The election that is kept under that hash, or NULL. */
static const pl_secret_election *find(const memo *m, const uint8_t hash[PL_HASH], int64_t papers)
{
    for (int i = 0; i < ELECTIONS; i++) {
        const kept *k = &m->election[i];
        if (k->election != NULL && k->papers == papers && pl_id_same(k->text, hash)) {
            return k->election;
        }
    }
    return NULL;
}

static void keep(memo *m, const uint8_t hash[PL_HASH], int64_t papers, pl_secret_election *election)
{
    kept *k = &m->election[m->next++ % ELECTIONS];
    pl_secret_close(k->election);
    memcpy(k->text, hash, PL_HASH);
    k->papers = papers;
    k->election = election;
}

pl_status pl_memo_election(pl_step *s, const uint8_t id[PL_HASH], const pl_sealed *v, bool list, const pl_secret_election **out)
{
    memo *m;
    pl_sealed_texts t;
    pl_secret_election *e = NULL;
    int64_t papers = list ? v->papers : -1;
    pl_status status = memo_of(s, &m);
    if (status != PL_OK || (*out = find(m, v->election, papers)) != NULL) {
        return status;
    }
    status = pl_sealed_texts_get(s, id, v, list, &t);
    if (status == PL_OK) {
        status = pl_secret_open(t.election.text, t.election.n, list ? t.trustees.text : NULL, t.trustees.n, list ? t.credentials.text : NULL, t.credentials.n, &e, s->err);
        pl_sealed_texts_clear(&t);
    }
    if (status == PL_OK) {
        keep(m, v->election, papers, e);
        *out = e;
    }
    return status;
}

pl_status pl_memo_lot(pl_step *s, const uint8_t id[PL_HASH], const pl_lot *lot, const pl_secret_election **out)
{
    static const char QUESTION[] = "{\"description\":\"\",\"name\":\"lot\",\"questions\":[{\"answers\":[\"share\"],\"min\":0,\"max\":1,\"question\":\"\"}]}";
    static const char NOBODY[] = "[\"6666666666666666666666666666666666666666666666666666666666666658\"]"; /* the protocol wants a credential: the generator, which is nobody's */
    memo *m;
    pl_trust t;
    bool there;
    char uuid[PL_SECRET_UUID];
    pl_secret_text trustees = {NULL, 0}, election = {NULL, 0};
    pl_secret_election *e = NULL;
    pl_status status = memo_of(s, &m);
    if (status != PL_OK || (*out = find(m, id, 0)) != NULL) {
        return status;
    }
    pl_sealed_uuid(id, 0, uuid);
    status = pl_get(s, &PL_TRUSTS, pl_key_id1(lot->key), &t, &there);
    status = status == PL_OK ? pl_trust_text(s, lot->key, &t, &trustees) : status;
    status = status == PL_OK ? pl_secret_election_new(t.group, uuid, QUESTION, sizeof QUESTION - 1, trustees.text, trustees.n, &election, s->err) : status;
    status = status == PL_OK ? pl_secret_open(election.text, election.n, trustees.text, trustees.n, NOBODY, sizeof NOBODY - 1, &e, s->err) : status;
    pl_secret_text_free(&trustees);
    pl_secret_text_free(&election);
    if (status == PL_OK) {
        keep(m, id, 0, e);
        *out = e;
    }
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

/* ---- Ahead ------------------------------------------------------------------------------------------------------- */

bool pl_memo_judged(pl_step *s, const uint8_t election[PL_HASH], const uint8_t paper[PL_HASH], uint8_t credential[PL_HASH])
{
    memo *m = *pl_state_memo(s->fold->state, clear);
    for (size_t i = m != NULL ? m->next_paper : 0; m != NULL && i < m->n_papers; i++) {
        if (pl_id_same(m->papers[i].paper, paper) && pl_id_same(m->papers[i].election, election)) {
            memcpy(credential, m->papers[i].credential, PL_HASH);
            m->next_paper = i + 1; /* they come in this order */
            return true;
        }
    }
    return false;
}

typedef struct candidate {
    const pl_secret_election *election;
    pl_value paper;
    judged result;
    bool good;
} candidate;

/* The election in which the event is a vote, if it is one in a ballot that is open already; otherwise NULL: it is judged in its turn. */
static pl_status vote_in(pl_step *s, const pl_event *event, candidate *c)
{
    pl_value value[PL_FIELDS];
    char why[200];
    pl_sealed v;
    bool there;
    c->election = NULL;
    if (!pl_kind_is(&PL_KIND_VOTE_SEALED, event) || !pl_body_read(&PL_KIND_VOTE_SEALED, event->body, value, why)) {
        return PL_OK;
    }
    pl_status status = pl_get(s, &PL_SEALED, pl_key_id1(value[0].at), &v, &there);
    if (status != PL_OK || !there || v.stage != PL_SEALED_VOTING) {
        return status;
    }
    c->paper = value[1];
    memcpy(c->result.election, v.election, PL_HASH);
    return pl_memo_election(s, value[0].at, &v, false, &c->election);
}

static void judge_one(candidate *c)
{
    pl_secret_seen seen;
    c->good = pl_secret_ballot(c->election, (const char *)c->paper.at, c->paper.n, &seen, NULL) == PL_OK;
    if (c->good) {
        pl_hash(seen.key.text, seen.key.n, c->result.credential);
        pl_hash(c->paper.at, c->paper.n, c->result.paper);
    }
}

/* Leaves out those whose election had to make room for others; elections with many votes get larger tables. */
static pl_status make_ready(memo *m, candidate *all, int64_t *votes, pl_error *err)
{
    int64_t left = 0, of[ELECTIONS] = {0};
    pl_status status = PL_OK;
    for (int64_t i = 0; i < *votes; i++) {
        for (int k = 0; k < ELECTIONS; k++) {
            if (m->election[k].election == all[i].election && pl_id_same(m->election[k].text, all[i].result.election)) {
                of[k]++;
                all[left++] = all[i];
                break;
            }
        }
    }
    for (int k = 0; status == PL_OK && k < ELECTIONS; k++) {
        status = of[k] >= MANY ? pl_secret_quicken(m->election[k].election, err) : PL_OK;
    }
    *votes = left;
    return status;
}

pl_status pl_sealed_prepare(pl_fold *fold, const pl_prepared *events, size_t n, pl_error *err)
{
    pl_step s = {.fold = fold, .err = err};
    memo *m;
    pl_status status = memo_of(&s, &m);
    candidate *all = status == PL_OK ? PL_NEW(candidate, n + 1) : NULL;
    int64_t votes = 0;
    if (all == NULL) {
        return status == PL_OK ? pl_fail_nomem(err, "secret ballots") : status;
    }
    m->n_papers = m->next_paper = 0;
    for (size_t i = 0; status == PL_OK && i < n; i++) {
        status = events[i].broken == PL_RULE_NONE ? vote_in(&s, &events[i].event, &all[votes]) : PL_OK;
        votes += events[i].broken == PL_RULE_NONE && all[votes].election != NULL;
    }
    if (status == PL_OK) {
        status = make_ready(m, all, &votes, err);
    }
    bool worth = status == PL_OK && votes > 1; /* one alone is judged in its turn */
    judged *papers = worth ? pl_realloc(m->papers, (size_t)votes, sizeof *papers) : NULL;
    if (papers != NULL) {
        m->papers = papers;
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 4)
#endif
        for (int64_t i = 0; i < votes; i++) {
            judge_one(&all[i]);
        }
        for (int64_t i = 0; i < votes; i++) {
            if (all[i].good) {
                papers[m->n_papers++] = all[i].result;
            }
        }
    }
    pl_free(all);
    return status;
}
