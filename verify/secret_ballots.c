/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret_ballots.c - every ballot of a secret ballot, with all its proofs, and the encrypted tally that they make. */
#include <stdlib.h>
#include <string.h>

#include "verify/secret.h"

/* ---- Ballots ------------------------------------------------------------------------------------------------------------------- */

typedef struct choice { /* one ballot while it is checked */
    pv_ballotbox *b;
    const pv_tree *t;
    const char *credential;
    int64_t number;
} choice;

static void about_ballot(const choice *c, crypto_hash_sha256_state *h, const char *prefix)
{
    crypto_hash_sha256_init(h);
    pv_hash_text(h, prefix);
    pv_hash_text(h, c->b->hash);
    pv_hash_text(h, "|");
    pv_hash_text(h, c->credential);
    pv_hash_text(h, "|");
}

static void put_pair(const pv_group *g, crypto_hash_sha256_state *h, const pv_big *a, const pv_big *b)
{
    pv_hash_element(g, h, a);
    pv_hash_text(h, ",");
    pv_hash_element(g, h, b);
}

/* One branch: A = g^r alpha^c, B = y^r (beta / g^m)^c go into the hash, c into the sum. */
static void branch(const choice *c, crypto_hash_sha256_state *h, const pv_node *proof, const pv_pair *e, int64_t m, bool first, pv_big *sum)
{
    const pv_group *g = &c->b->g;
    pv_fields(c->t, proof, 2);
    pv_big ch = pv_node_exponent(c->t, g, pv_at(c->t, proof, 0, "challenge"));
    pv_big r = pv_node_exponent(c->t, g, pv_at(c->t, proof, 1, "response")), em = pv_small(m), gm = pv_power(g, &g->g, &em);
    pv_big rest = m > 0 ? pv_over(g, &e->b, &gm) : e->b, a = pv_powers(g, &g->g, &r, &e->a, &ch), b = pv_powers(g, &c->b->y, &r, &rest, &ch);
    pv_hash_text(h, first ? "" : ",");
    put_pair(g, h, &a, &b);
    *sum = pv_total(g, sum, &ch);
}

static void must(const choice *c, bool good, const char *what)
{
    if (!good) {
        pv_refute(&c->b->run, c->b->file, 0, "ballot %lld: %s", (long long)c->number, what);
    }
}

static void check_sums(const choice *c, const pv_query *q, const pv_node *from, pv_pair *e)
{
    const pv_group *g = &c->b->g;
    int values = q->answers + q->blank;
    crypto_hash_sha256_state h;
    pv_pair sum = {g->one, g->one};
    pv_fields(c->t, from, 3 + q->blank);
    const pv_node *choices = pv_at(c->t, from, 0, "choices"), *each = pv_at(c->t, from, 1, "individual_proofs");
    const pv_node *whole = pv_at(c->t, from, 2, "overall_proof");
    pv_list(c->t, choices, values);
    pv_list(c->t, each, values);
    pv_list(c->t, whole, q->blank + q->most - q->least + 1);
    for (int i = 0; i < values; i++) {
        pv_big total = pv_small(0);
        e[i] = pv_node_pair(c->t, g, pv_child(c->t, choices, i));
        must(c, !pv_same(&e[i].a, &g->one), "a choice is not encrypted");
        if (i >= q->blank) {
            sum.a = pv_times(g, &sum.a, &e[i].a);
            sum.b = pv_times(g, &sum.b, &e[i].b);
        }
        const pv_node *pair = pv_child(c->t, each, i);
        pv_list(c->t, pair, 2);
        about_ballot(c, &h, "prove|");
        put_pair(g, &h, &e[i].a, &e[i].b);
        pv_hash_text(&h, "|");
        branch(c, &h, pv_child(c->t, pair, 0), &e[i], 0, true, &total);
        branch(c, &h, pv_child(c->t, pair, 1), &e[i], 1, false, &total);
        pv_big hash = pv_hash_end(g, &h);
        must(c, pv_same(&hash, &total), "a choice is not proved to be 0 or 1");
    }
    for (int part = 0; part < 1 + q->blank; part++) { /* the overall proof; the blank proof */
        pv_big total = pv_small(0);
        about_ballot(c, &h, part == 1 ? "bproof0|" : q->blank ? "bproof1|" : "prove|");
        for (int i = 0; i < values; i++) {
            pv_hash_text(&h, i > 0 ? "," : "");
            put_pair(g, &h, &e[i].a, &e[i].b);
        }
        pv_hash_text(&h, "|");
        if (part == 1) {
            const pv_node *pair = pv_at(c->t, from, 3, "blank_proof");
            pv_list(c->t, pair, 2);
            branch(c, &h, pv_child(c->t, pair, 0), &e[0], 0, true, &total);
            branch(c, &h, pv_child(c->t, pair, 1), &sum, 0, false, &total);
        } else {
            if (q->blank) {
                branch(c, &h, pv_child(c->t, whole, 0), &e[0], 1, true, &total);
            } else {
                put_pair(g, &h, &sum.a, &sum.b);
                pv_hash_text(&h, "|");
            }
            for (int m = q->least; m <= q->most; m++) {
                int k = q->blank + m - q->least;
                branch(c, &h, pv_child(c->t, whole, k), &sum, m, k == 0, &total);
            }
        }
        pv_big hash = pv_hash_end(g, &h);
        must(c, pv_same(&hash, &total), part == 1 ? "the blank proof does not hold" : "the number of choices is not proved to be allowed");
    }
}

static void check_ranked(const choice *c, const pv_node *from, pv_pair *e)
{
    const pv_group *g = &c->b->g;
    crypto_hash_sha256_state h;
    pv_fields(c->t, from, 2);
    *e = pv_node_pair(c->t, g, pv_at(c->t, from, 0, "choices"));
    about_ballot(c, &h, "raweg|");
    pv_hash_element(g, &h, &c->b->y);
    pv_hash_text(&h, ",");
    put_pair(g, &h, &e->a, &e->b);
    pv_hash_text(&h, "|");
    must(c, !pv_same(&e->a, &g->one), "a ranking is not encrypted");
    must(c, pv_proof_holds(c->t, g, &h, &e->a, pv_at(c->t, from, 1, "proof")), "the proof of a ranking does not hold");
}

void pv_check_ballot(pv_ballotbox *b, const pv_piece *p, int64_t number, pv_pair **e, char credential[PV_NUMBER_TEXT])
{
    pv_tree t;
    choice c = {.b = b, .t = &t, .credential = credential, .number = number};
    pv_tree_read(&b->run, "ballot", p->at, p->n, &t);
    pv_fields(&t, t.node, 5);
    if (!pv_text_is(pv_at(&t, t.node, 0, "election_uuid"), b->uuid) || !pv_text_is(pv_at(&t, t.node, 1, "election_hash"), b->hash)) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "ballot %lld is of another election", (long long)number);
    }
    pv_big x = pv_node_element(&t, &b->g, pv_at(&t, t.node, 2, "credential"));
    must(&c, !pv_same(&x, &b->g.one), "its credential is one");
    (void)pv_element_text(&b->g, &x, credential);
    const pv_node *answers = pv_at(&t, t.node, 3, "answers"), *signature = pv_at(&t, t.node, 4, "signature");
    pv_list(&t, answers, b->n_questions);
    for (int q = 0; q < b->n_questions; q++) {
        const pv_node *from = pv_child(&t, answers, q);
        if (b->question[q].ranked) {
            check_ranked(&c, from, e[q]);
        } else {
            check_sums(&c, &b->question[q], from, e[q]);
        }
    }
    crypto_hash_sha256_state h;
    uint8_t hash[32];
    char text[64];
    crypto_hash_sha256_init(&h);
    crypto_hash_sha256_update(&h, (const unsigned char *)p->at, (size_t)(answers->end - p->at));
    pv_hash_text(&h, "}");
    crypto_hash_sha256_final(&h, hash);
    sodium_bin2base64(text, sizeof text, hash, 32, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    pv_fields(&t, signature, 2);
    must(&c, pv_text_is(pv_at(&t, signature, 0, "hash"), text), "something else is signed");
    crypto_hash_sha256_init(&h);
    pv_hash_text(&h, "sig|");
    pv_hash_text(&h, text);
    pv_hash_text(&h, "|");
    must(&c, pv_proof_holds(&t, &b->g, &h, &x, pv_at(&t, signature, 1, "proof")), "the signature does not hold");
    pv_tree_free(&t);
}

/* ---- The tally --------------------------------------------------------------------------------------------------------------------- */

static int by_cipher(const void *a, const void *b, void *group)
{
    const pv_pair *x = a, *y = b;
    int order = pv_element_order(group, &x->a, &y->a);
    return order != 0 ? order : pv_element_order(group, &x->b, &y->b);
}

void pv_rows_begin(pv_ballotbox *b, int64_t n)
{
    for (int q = 0; q < b->n_questions; q++) {
        b->length[q] = b->question[q].ranked ? 0 : b->question[q].answers + b->question[q].blank;
        b->row[q] = pv_alloc(&b->run, (size_t)(b->question[q].ranked ? n : b->length[q]) + 1, sizeof *b->row[q]);
        for (int64_t i = 0; i < b->length[q]; i++) {
            b->row[q][i] = (pv_pair){b->g.one, b->g.one};
        }
    }
}

void pv_rows_add(pv_ballotbox *b, pv_pair *const *e, int64_t weight)
{
    pv_big times = pv_small(weight);
    b->counted++;
    b->total += weight;
    for (int q = 0; q < b->n_questions; q++) {
        if (b->question[q].ranked) {
            b->row[q][b->length[q]++] = e[q][0];
            continue;
        }
        for (int64_t k = 0; k < b->length[q]; k++) {
            pv_big x = pv_power(&b->g, &e[q][k].a, &times), y = pv_power(&b->g, &e[q][k].b, &times);
            b->row[q][k].a = pv_times(&b->g, &b->row[q][k].a, &x);
            b->row[q][k].b = pv_times(&b->g, &b->row[q][k].b, &y);
        }
    }
    if (b->n_ranked > 0 && weight != 1) {
        pv_refute(&b->run, b->file, 0, "a ranking with a weight");
    }
}

void pv_rows_sort(pv_ballotbox *b)
{
    for (int q = 0; q < b->n_questions; q++) {
        if (b->question[q].ranked) {
            qsort_r(b->row[q], (size_t)b->length[q], sizeof *b->row[q], by_cipher, &b->g);
        }
    }
}

/* The rows as the ballots give them, against those in the archive. */
void pv_check_tally(pv_ballotbox *b, const pv_piece *p)
{
    pv_tree t;
    pv_tree_read(&b->run, "tally", p->at, p->n, &t);
    pv_list(&t, t.node, b->n_questions);
    pv_rows_sort(b);
    for (int q = 0; q < b->n_questions; q++) {
        const pv_node *list = pv_child(&t, t.node, q);
        pv_list(&t, list, (int32_t)b->length[q]);
        int32_t at = list->first;
        for (int64_t i = 0; i < b->length[q]; i++, at = t.node[at].next) {
            pv_pair said = pv_node_pair(&t, &b->g, &t.node[at]);
            if (!pv_same(&said.a, &b->row[q][i].a) || !pv_same(&said.b, &b->row[q][i].b)) {
                pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "question %d: the encrypted tally is not that of the last ballots", q + 1);
            }
        }
    }
    pv_tree_free(&t);
}

/* The same; the number of its credential, which must be on the list. */
static int64_t check_listed(pv_ballotbox *b, const pv_piece *p, int64_t number, pv_pair **e)
{
    char credential[PV_NUMBER_TEXT];
    pv_check_ballot(b, p, number, e, credential);
    int64_t of = pv_credential_find(b, credential);
    if (of < 0) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "ballot %lld: its credential is not on the list", (long long)number);
    }
    return of;
}

/* Checks a ballot in a run of its own: its credential, or -1 when anything was wrong. */
static int64_t check_apart(pv_ballotbox *apart, const pv_piece *p, int64_t number, pv_pair **e)
{
    volatile int64_t of = -1;
    memset(&apart->run, 0, sizeof apart->run);
    apart->run.last_failure = &apart->run.failures;
    if (setjmp(apart->run.stop) == 0) {
        of = check_listed(apart, p, number, e);
    }
    of = apart->run.n_failures > 0 ? -1 : of;
    pv_run_end(&apart->run);
    return of;
}

/* All ballots on all cores.  Those that are not good, and all when there is no memory, are left (-1) to be checked once more one after the other, which tells what is wrong. */
static void check_ahead(const pv_ballotbox *b, const pv_piece *ballot, int64_t n, pv_pair ***all, int64_t *of)
{
#pragma omp parallel
    {
        pv_ballotbox *apart = pv_malloc(sizeof *apart);
        if (apart != NULL) {
            memcpy(apart, b, sizeof *apart);
        }
#pragma omp for schedule(dynamic, 4)
        for (int64_t i = 0; i < n; i++) {
            of[i] = apart != NULL ? check_apart(apart, &ballot[i], i + 1, all[i]) : -1;
        }
        free(apart);
    }
}

static int by_hash(const void *a, const void *b)
{
    const pv_piece *x = *(const pv_piece *const *)a, *y = *(const pv_piece *const *)b;
    int order = strcmp(x->hash, y->hash);
    return order != 0 ? order : (x > y) - (x < y);
}

/* No ballot is there twice. */
static void refute_copies(pv_ballotbox *b, const pv_piece *ballot, int64_t n)
{
    const pv_piece **sorted = pv_alloc(&b->run, (size_t)n + 1, sizeof *sorted);
    for (int64_t i = 0; i < n; i++) {
        sorted[i] = &ballot[i];
    }
    qsort(sorted, (size_t)n, sizeof *sorted, by_hash);
    for (int64_t i = 1; i < n; i++) {
        if (strcmp(sorted[i - 1]->hash, sorted[i]->hash) == 0) {
            pv_refute(&b->run, b->file, 0, "ballots %lld and %lld are the same", (long long)(sorted[i - 1] - ballot) + 1, (long long)(sorted[i] - ballot) + 1);
        }
    }
}

/* All ballots; `last` by credential. */
void pv_check_ballots(pv_ballotbox *b, const pv_piece *ballot, int64_t n)
{
    int64_t *of = pv_alloc(&b->run, (size_t)n + 1, sizeof *of), *last = pv_alloc(&b->run, (size_t)b->n_credentials + 1, sizeof *last);
    pv_pair ***all = pv_alloc(&b->run, (size_t)n + 1, sizeof *all);
    for (int64_t i = 0; i < n; i++) {
        all[i] = pv_alloc(&b->run, (size_t)b->n_questions, sizeof **all);
        for (int q = 0; q < b->n_questions; q++) {
            all[i][q] = pv_alloc(&b->run, (size_t)(b->question[q].ranked ? 1 : b->question[q].answers + 1), sizeof ***all);
        }
    }
    check_ahead(b, ballot, n, all, of);
    for (int64_t i = 0; i < n; i++) {
        of[i] = of[i] < 0 ? check_listed(b, &ballot[i], i + 1, all[i]) : of[i];
        last[of[i]] = i;
    }
    refute_copies(b, ballot, n);
    b->ballots = n;
    pv_rows_begin(b, n);
    for (int64_t i = 0; i < n; i++) {
        if (last[of[i]] == i) {
            pv_rows_add(b, all[i], b->weight[of[i]]);
        }
    }
}
