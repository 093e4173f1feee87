/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret.c - checks the archive of a secret ballot (.bel): its chain, the trustees, every ballot, the encrypted tally; the rest is in
 * secret_tally.c. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "verify/secret.h"

#define BLOCK 512

typedef struct piece {
    const char *at;
    size_t n;
    char hash[65];
} piece;

/* ---- Election and trustees ---------------------------------------------------------------------------------------------- */

static void read_question(pv_ballotbox *b, const pv_tree *t, const pv_node *from, pv_query *q)
{
    const pv_node *value = pv_named(t, from, "value"), *blank = pv_named(t, from, "blank"), *answers;
    q->ranked = value != NULL;
    if (q->ranked && (!pv_text_is(pv_at(t, from, 0, "type"), "NonHomomorphic") || !b->g.answers)) {
        pv_stop(&b->run, PV_UNREADABLE, b->file, 0, 0, "a question of an unknown kind");
    }
    answers = pv_named(t, q->ranked ? value : from, "answers");
    if (answers == NULL || answers->type != '[' || answers->n < 1 || answers->n > PV_ANSWERS) {
        pv_stop(&b->run, PV_UNREADABLE, b->file, 0, 0, "a question needs answers");
    }
    q->answers = answers->n;
    if (!q->ranked) {
        const pv_node *least = pv_named(t, from, "min"), *most = pv_named(t, from, "max");
        if (least == NULL || most == NULL) {
            pv_stop(&b->run, PV_UNREADABLE, b->file, 0, 0, "a question needs min and max");
        }
        q->least = (int)pv_whole(t, least, q->answers);
        q->most = (int)pv_whole(t, most, q->answers);
        q->blank = blank != NULL && blank->type == 't';
        if (q->most < q->least) {
            pv_stop(&b->run, PV_UNREADABLE, b->file, 0, 0, "a question with max below min");
        }
    }
}

static void read_election(pv_ballotbox *b, const piece *p)
{
    pv_tree t;
    uint8_t hash[32];
    pv_tree_read(&b->run, "election", p->at, p->n, &t);
    const pv_node *group = pv_named(&t, t.node, "group"), *uuid = pv_named(&t, t.node, "uuid"), *key = pv_named(&t, t.node, "public_key");
    const pv_node *questions = pv_named(&t, t.node, "questions"), *version = pv_named(&t, t.node, "version");
    if (group == NULL || uuid == NULL || key == NULL || questions == NULL || questions->type != '[' || version == NULL ||
        pv_whole(&t, version, 1) != 1 || group->type != 's' || uuid->type != 's') {
        pv_stop(&b->run, PV_UNREADABLE, b->file, 0, 0, "this is no election of version 1");
    }
    if (!pv_group_set(&b->g, group->at + 1, (size_t)(group->end - group->at) - 2)) {
        pv_stop(&b->run, PV_UNREADABLE, b->file, 0, 0, "a group that is not known");
    }
    size_t n;
    b->uuid = pv_decoded_text(&t, uuid, &n);
    b->y = pv_node_element(&t, &b->g, key);
    b->n_questions = questions->n;
    b->question = pv_alloc(&b->run, (size_t)questions->n + 1, sizeof *b->question);
    b->length = pv_alloc(&b->run, (size_t)questions->n + 1, sizeof *b->length);
    b->row = pv_alloc(&b->run, (size_t)questions->n + 1, sizeof *b->row);
    for (int i = 0; i < b->n_questions; i++) {
        read_question(b, &t, pv_child(&t, questions, i), &b->question[i]);
        b->n_ranked += b->question[i].ranked;
    }
    crypto_hash_sha256(hash, (const unsigned char *)p->at, p->n);
    sodium_bin2base64(b->hash, sizeof b->hash, hash, 32, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    pv_tree_free(&t);
}

/* Schnorr: is SHA-256(prefix, g^r x^c) the challenge? */
static bool schnorr(const pv_group *g, crypto_hash_sha256_state *h, const pv_big *x, const pv_big *c, const pv_big *r)
{
    pv_big a = pv_power(g, &g->g, r), y = pv_power(g, x, c);
    a = pv_times(g, &a, &y);
    pv_hash_element(g, h, &a);
    y = pv_hash_end(g, h);
    return pv_same(&y, c);
}

static bool proof_holds(const pv_tree *t, const pv_group *g, crypto_hash_sha256_state *h, const pv_big *x, const pv_node *proof)
{
    pv_fields(t, proof, 2);
    pv_big c = pv_node_exponent(t, g, pv_at(t, proof, 0, "challenge")), r = pv_node_exponent(t, g, pv_at(t, proof, 1, "response"));
    return schnorr(g, h, x, &c, &r);
}

static pv_big read_key(pv_ballotbox *b, const pv_tree *t, const pv_node *from)
{
    crypto_hash_sha256_state h;
    pv_fields(t, from, 2);
    pv_big x = pv_node_element(t, &b->g, pv_at(t, from, 1, "public_key"));
    crypto_hash_sha256_init(&h);
    pv_hash_text(&h, "pok|");
    pv_hash_text(&h, b->g.name);
    pv_hash_text(&h, "|");
    pv_hash_element(&b->g, &h, &x);
    pv_hash_text(&h, "|");
    if (pv_same(&x, &b->g.one) || !proof_holds(t, &b->g, &h, &x, pv_at(t, from, 0, "pok"))) {
        pv_refute(&b->run, b->file, 0, "a trustee does not prove to know its key");
    }
    return x;
}

/* The message, when `key` signed it. */
static const char *read_signed(pv_ballotbox *b, const pv_tree *t, const pv_node *from, const pv_big *key, size_t *n)
{
    crypto_hash_sha256_state h;
    pv_fields(t, from, 2);
    const char *message = pv_decoded_text(t, pv_at(t, from, 0, "message"), n);
    crypto_hash_sha256_init(&h);
    pv_hash_text(&h, "sigmsg|");
    crypto_hash_sha256_update(&h, (const unsigned char *)message, *n);
    pv_hash_text(&h, "|");
    if (key != NULL && !proof_holds(t, &b->g, &h, key, pv_at(t, from, 1, "signature"))) {
        pv_refute(&b->run, b->file, 0, "a message of a trustee is not signed by it");
    }
    return message;
}

static void read_threshold(pv_ballotbox *b, const pv_tree *t, const pv_node *from, pv_big *joint)
{
    int s = b->n_sets;
    pv_fields(t, from, 4);
    const pv_node *keys = pv_at(t, from, 3, "verification_keys"), *certs = pv_at(t, from, 1, "certs");
    const pv_node *commitments = pv_at(t, from, 2, "coefexps");
    int needed = (int)pv_whole(t, pv_at(t, from, 0, "threshold"), PV_TRUSTEES), n = keys->n;
    if (n < 1 || needed < 1 || needed > n || b->n_trustees + n > PV_TRUSTEES) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "a threshold of %d among %d trustees", needed, n);
    }
    pv_list(t, certs, n);
    pv_list(t, commitments, n);
    pv_big expected[PV_TRUSTEES];
    for (int j = 0; j < n; j++) {
        expected[j] = b->g.one;
    }
    for (int i = 0; i < n; i++) {
        pv_tree inner;
        size_t size;
        const char *message = read_signed(b, t, pv_child(t, certs, i), NULL, &size);
        pv_tree_read(&b->run, "certificate", message, size, &inner);
        pv_big key = pv_node_element(&inner, &b->g, pv_at(&inner, inner.node, 0, "verification"));
        (void)pv_node_element(&inner, &b->g, pv_at(&inner, inner.node, 1, "encryption"));
        (void)read_signed(b, t, pv_child(t, certs, i), &key, &size);
        message = read_signed(b, t, pv_child(t, commitments, i), &key, &size);
        pv_tree_read(&b->run, "commitments", message, size, &inner);
        const pv_node *list = pv_at(&inner, inner.node, 0, "coefexps");
        pv_list(&inner, list, needed);
        for (int k = 0; k < needed; k++) {
            pv_big a = pv_node_element(&inner, &b->g, pv_child(&inner, list, k));
            *joint = k == 0 ? pv_times(&b->g, joint, &a) : *joint;
            for (int j = 0; j < n; j++) {
                pv_big e = pv_small(1), x = pv_small(j + 1);
                for (int times = 0; times < k; times++) {
                    e = pv_product(&b->g, &e, &x);
                }
                x = pv_power(&b->g, &a, &e);
                expected[j] = pv_times(&b->g, &expected[j], &x);
            }
        }
    }
    for (int j = 0; j < n; j++) {
        b->key[b->n_trustees + j] = read_key(b, t, pv_child(t, keys, j));
        if (!pv_same(&expected[j], &b->key[b->n_trustees + j])) {
            pv_refute(&b->run, b->file, 0, "the key of trustee %d is not what the polynomials give", b->n_trustees + j + 1);
        }
    }
    b->set[s].needed = needed;
    b->set[s].n = n;
    b->n_trustees += n;
}

static void read_trustees(pv_ballotbox *b, const piece *p)
{
    pv_tree t;
    pv_big joint = b->g.one;
    pv_tree_read(&b->run, "trustees", p->at, p->n, &t);
    pv_list(&t, t.node, -1);
    for (int i = 0; i < t.node->n; i++) {
        const pv_node *item = pv_child(&t, t.node, i);
        pv_list(&t, item, 2);
        if (b->n_trustees == PV_TRUSTEES) {
            pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "more than %d trustees", PV_TRUSTEES);
        }
        b->set[b->n_sets].first = b->n_trustees;
        if (pv_text_is(pv_child(&t, item, 0), "Single")) {
            pv_big x = read_key(b, &t, pv_child(&t, item, 1));
            joint = pv_times(&b->g, &joint, &x);
            b->key[b->n_trustees++] = x;
            b->set[b->n_sets].n = b->set[b->n_sets].needed = 1;
        } else if (pv_text_is(pv_child(&t, item, 0), "Pedersen")) {
            read_threshold(b, &t, pv_child(&t, item, 1), &joint);
        } else {
            pv_stop(&b->run, PV_UNREADABLE, b->file, 0, 0, "trustees of an unknown kind");
        }
        b->n_sets++;
    }
    if (!pv_same(&joint, &b->y)) {
        pv_refute(&b->run, b->file, 0, "the key of the election is not that of its trustees");
    }
    pv_tree_free(&t);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, each followed (behind its zero byte) by its weight as text. */
static void read_credentials(pv_ballotbox *b, const piece *p)
{
    pv_tree t;
    pv_tree_read(&b->run, "credentials", p->at, p->n, &t);
    pv_list(&t, t.node, -1);
    b->credential = pv_alloc(&b->run, (size_t)t.node->n + 1, sizeof *b->credential);
    b->weight = pv_alloc(&b->run, (size_t)t.node->n + 1, sizeof *b->weight);
    int64_t sum = 0;
    for (int32_t at = t.node->first; at >= 0; at = t.node[at].next) {
        size_t n;
        char *text = pv_decoded_text(&t, &t.node[at], &n), *comma = strchr(text, ',');
        if (comma != NULL) {
            *comma = '\0';
        }
        pv_big x;
        if (!pv_element(&b->g, text, strlen(text), &x) || pv_same(&x, &b->g.one)) {
            pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "credential %lld is no element of the group", (long long)b->n_credentials + 1);
        }
        b->credential[b->n_credentials++] = text;
    }
    qsort(b->credential, (size_t)b->n_credentials, sizeof *b->credential, by_text);
    for (int64_t i = 0; i < b->n_credentials; i++) {
        const char *rest = b->credential[i] + strlen(b->credential[i]) + 1;
        if (i > 0 && strcmp(b->credential[i - 1], b->credential[i]) == 0) {
            pv_refute(&b->run, b->file, 0, "a credential is there twice");
        }
        char *end = NULL;
        errno = 0;
        b->weight[i] = *rest >= '1' && *rest <= '9' ? strtoll(rest, &end, 10) : *rest == '\0' ? 1 : 0;
        sum += b->weight[i];
        if (b->weight[i] < 1 || errno != 0 || (end != NULL && *end != '\0') || sum > 100000000) {
            pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "the weight of a credential is wrong");
        }
    }
    pv_tree_free(&t);
}

/* ---- Ballots ------------------------------------------------------------------------------------------------------------------- */

typedef struct choice { /* one ballot while it is checked */
    pv_ballotbox *b;
    const pv_tree *t;
    char credential[PV_NUMBER_TEXT];
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
    pv_big a = pv_power(g, &g->g, &r), b = pv_power(g, &c->b->y, &r), x = pv_power(g, &e->a, &ch), y = pv_over(g, &e->b, &gm);
    y = pv_power(g, &y, &ch);
    a = pv_times(g, &a, &x);
    b = pv_times(g, &b, &y);
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
    must(c, proof_holds(c->t, g, &h, &e->a, pv_at(c->t, from, 1, "proof")), "the proof of a ranking does not hold");
}

/* Reads and checks a ballot; the ciphertexts of question q go to e[q].  Returns the number of its credential. */
static int64_t check_ballot(pv_ballotbox *b, const piece *p, int64_t number, pv_pair **e)
{
    pv_tree t;
    choice c = {.b = b, .t = &t, .number = number};
    pv_tree_read(&b->run, "ballot", p->at, p->n, &t);
    pv_fields(&t, t.node, 5);
    if (!pv_text_is(pv_at(&t, t.node, 0, "election_uuid"), b->uuid) || !pv_text_is(pv_at(&t, t.node, 1, "election_hash"), b->hash)) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "ballot %lld is of another election", (long long)number);
    }
    pv_big x = pv_node_element(&t, &b->g, pv_at(&t, t.node, 2, "credential"));
    (void)pv_element_text(&b->g, &x, c.credential);
    const char *key = c.credential, **found = bsearch(&key, b->credential, (size_t)b->n_credentials, sizeof key, by_text);
    if (found == NULL) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "ballot %lld: its credential is not on the list", (long long)number);
    }
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
    must(&c, proof_holds(&t, &b->g, &h, &x, pv_at(&t, signature, 1, "proof")), "the signature does not hold");
    pv_tree_free(&t);
    return found - b->credential;
}

/* ---- The tally --------------------------------------------------------------------------------------------------------------------- */

static int by_cipher(const void *a, const void *b, void *group)
{
    const pv_pair *x = a, *y = b;
    int order = pv_element_order(group, &x->a, &y->a);
    return order != 0 ? order : pv_element_order(group, &x->b, &y->b);
}

/* The rows as the ballots give them, against those in the archive. */
static void check_tally(pv_ballotbox *b, const piece *p)
{
    pv_tree t;
    pv_tree_read(&b->run, "tally", p->at, p->n, &t);
    pv_list(&t, t.node, b->n_questions);
    for (int q = 0; q < b->n_questions; q++) {
        const pv_node *list = pv_child(&t, t.node, q);
        if (b->question[q].ranked) {
            qsort_r(b->row[q], (size_t)b->length[q], sizeof *b->row[q], by_cipher, &b->g);
        }
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

/* Checks a ballot in a run of its own: its credential, or -1 when anything was wrong. */
static int64_t check_apart(pv_ballotbox *apart, const piece *p, int64_t number, pv_pair **e)
{
    volatile int64_t of = -1;
    memset(&apart->run, 0, sizeof apart->run);
    apart->run.last_failure = &apart->run.failures;
    if (setjmp(apart->run.stop) == 0) {
        of = check_ballot(apart, p, number, e);
    }
    of = apart->run.n_failures > 0 ? -1 : of;
    pv_run_end(&apart->run);
    return of;
}

/* All ballots on all cores.  Those that are not good, and all when there is no memory, are left (-1) to be checked once more one after the other, which tells what is wrong. */
static void check_ahead(const pv_ballotbox *b, const piece *ballot, int64_t n, pv_pair ***all, int64_t *of)
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

/* All ballots; `last` by credential. */
static void check_ballots(pv_ballotbox *b, const piece *ballot, int64_t n)
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
        of[i] = of[i] < 0 ? check_ballot(b, &ballot[i], i + 1, all[i]) : of[i];
        last[of[i]] = i;
        for (int64_t k = 0; k < i; k++) {
            if (of[k] == of[i] && strcmp(ballot[k].hash, ballot[i].hash) == 0) {
                pv_refute(&b->run, b->file, 0, "ballots %lld and %lld are the same", (long long)k + 1, (long long)i + 1);
            }
        }
    }
    b->ballots = n;
    for (int q = 0; q < b->n_questions; q++) {
        b->length[q] = b->question[q].ranked ? 0 : b->question[q].answers + b->question[q].blank;
        b->row[q] = pv_alloc(&b->run, (size_t)(b->question[q].ranked ? n : b->length[q]) + 1, sizeof *b->row[q]);
        for (int64_t i = 0; i < b->length[q]; i++) {
            b->row[q][i] = (pv_pair){b->g.one, b->g.one};
        }
    }
    for (int64_t i = 0; i < n; i++) {
        if (last[of[i]] != i) {
            continue;
        }
        pv_big weight = pv_small(b->weight[of[i]]);
        b->counted++;
        b->total += b->weight[of[i]];
        for (int q = 0; q < b->n_questions; q++) {
            if (b->question[q].ranked) {
                b->row[q][b->length[q]++] = all[i][q][0];
                continue;
            }
            for (int64_t k = 0; k < b->length[q]; k++) {
                pv_big x = pv_power(&b->g, &all[i][q][k].a, &weight), y = pv_power(&b->g, &all[i][q][k].b, &weight);
                b->row[q][k].a = pv_times(&b->g, &b->row[q][k].a, &x);
                b->row[q][k].b = pv_times(&b->g, &b->row[q][k].b, &y);
            }
        }
        if (b->n_ranked > 0 && b->weight[of[i]] != 1) {
            pv_refute(&b->run, b->file, 0, "a ranking with a weight");
        }
    }
}

/* ---- The archive --------------------------------------------------------------------------------------------------------------------- */

/* The next entry; its header must be the one that belongs to its name, size and time. */
static bool next_entry(pv_ballotbox *b, size_t *at, const char *name, const char *time, piece *out, bool *event)
{
    char head[BLOCK] = {0}, built[128];
    unsigned sum = 0;
    if (b->n - *at < BLOCK) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "byte %zu: the archive ends in the middle", *at + 1);
    }
    const char *old = b->bytes + *at;
    size_t n = 0;
    for (int i = 124; i < 135; i++) {
        if (old[i] < '0' || old[i] > '7') {
            pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "byte %zu: not the size of an entry", *at + (size_t)i + 1);
        }
        n = 8 * n + (size_t)(old[i] - '0');
    }
    size_t blocks = (n + BLOCK - 1) / BLOCK * BLOCK;
    if (blocks > b->n - *at - BLOCK) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "byte %zu: the archive ends in the middle", *at + 1);
    }
    *out = (piece){.at = old + BLOCK, .n = n};
    uint8_t hash[32];
    crypto_hash_sha256(hash, (const unsigned char *)out->at, n);
    sodium_bin2hex(out->hash, sizeof out->hash, hash, 32);
    *event = memcmp(old + 64, ".event", 6) == 0;
    snprintf(built, sizeof built, "%s.%s.json", out->hash, *event ? "event" : "data");
    memcpy(head, name != NULL ? name : built, strlen(name != NULL ? name : built));
    memcpy(head + 100, "0000644\0" "0000000\0" "0000000", 23);
    memcpy(head + 124, old + 124, 11);
    memcpy(head + 136, time != NULL ? time : old + 136, 11);
    memset(head + 148, ' ', 8);
    head[156] = '0';
    for (int i = 0; i < BLOCK; i++) {
        sum += (unsigned char)head[i];
    }
    snprintf(head + 148, 7, "%06o", sum);
    head[154] = '\0';
    if (memcmp(head, old, BLOCK) != 0) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "byte %zu: the header of an entry, or its hash, is not right", *at + 1);
    }
    for (size_t i = n; i < blocks; i++) {
        if (out->at[i] != '\0') {
            pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "byte %zu: something between two entries", *at + BLOCK + i + 1);
        }
    }
    *at += BLOCK + blocks;
    return *at < b->n;
}

/* {"owner":n,"payload":hash of data[0]} */
static int read_owner(pv_ballotbox *b, const piece *data)
{
    pv_tree t;
    pv_tree_read(&b->run, "owner", data[1].at, data[1].n, &t);
    pv_fields(&t, t.node, 2);
    int owner = (int)pv_whole(&t, pv_at(&t, t.node, 0, "owner"), PV_TRUSTEES);
    if (!pv_text_is(pv_at(&t, t.node, 1, "payload"), data[0].hash)) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "a hash does not name the data before it");
    }
    pv_tree_free(&t);
    return owner;
}

static void setup(pv_ballotbox *b, const piece *data)
{
    static const char *const field[] = {"election", "trustees", "credentials"};
    pv_tree t;
    pv_tree_read(&b->run, "setup", data[3].at, data[3].n, &t);
    pv_fields(&t, t.node, 3);
    for (int i = 0; i < 3; i++) {
        if (!pv_text_is(pv_at(&t, t.node, i, field[i]), data[i].hash)) {
            pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "a hash does not name the data before it");
        }
    }
    pv_tree_free(&t);
    read_election(b, &data[0]);
    read_trustees(b, &data[1]);
    read_credentials(b, &data[2]);
}

static void tally(pv_ballotbox *b, const piece *data)
{
    pv_tree t;
    pv_tree_read(&b->run, "tally", data[1].at, data[1].n, &t);
    pv_fields(&t, t.node, 3);
    if (pv_whole(&t, pv_at(&t, t.node, 0, "num_tallied"), INT32_MAX) != b->counted ||
        pv_whole(&t, pv_at(&t, t.node, 1, "total_weight"), INT32_MAX) != b->total ||
        !pv_text_is(pv_at(&t, t.node, 2, "encrypted_tally"), data[0].hash)) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "the tally does not say how many ballots there are");
    }
    pv_tree_free(&t);
    check_tally(b, &data[0]);
}

static const struct {
    const char *name, *before; /* the letters of the kinds that may stand before */
    char letter;
    int data;
} KINDS[] = {{"Setup", "", 'S', 4},           {"Ballot", "SB", 'B', 1},  {"EndBallots", "SB", 'E', 0},          {"EncryptedTally", "E", 'T', 2},
             {"Shuffle", "TX", 'X', 2},       {"EndShuffles", "X", 'Y', 0}, {"PartialDecryption", "TYP", 'P', 2}, {"Result", "P", 'R', 1}};

static int event_kind(pv_ballotbox *b, const piece *e, const piece *data, int n, const char *parent, int64_t height, char before)
{
    char text[400], link[100] = "", payload[100] = "";
    for (int k = 0; k < 8; k++) {
        if (height > 0) {
            snprintf(link, sizeof link, "\"parent\":\"%s\",", parent);
        }
        if (KINDS[k].data > 0 && n > 0) {
            snprintf(payload, sizeof payload, ",\"payload\":\"%s\"", data[n - 1].hash);
        } else {
            payload[0] = '\0';
        }
        int size = snprintf(text, sizeof text, "{%s\"height\":%lld,\"type\":\"%s\"%s}", link, (long long)height, KINDS[k].name, payload);
        if ((size_t)size == e->n && memcmp(text, e->at, e->n) == 0) {
            bool follows = height == 0 ? k == 0 : before != '\0' && strchr(KINDS[k].before, before) != NULL;
            if (follows && KINDS[k].data == n) {
                return k;
            }
        }
    }
    pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "event %lld does not follow the one before, or not with these data", (long long)height);
}

static void walk(pv_ballotbox *b)
{
    size_t at = 0;
    piece data[4], e, *ballot = pv_alloc(&b->run, b->n / BLOCK + 1, sizeof *ballot);
    char parent[65] = "", before = '\0', time[12] = {0};
    int n = 0;
    int64_t height = 0, ballots = 0;
    bool event, more = next_entry(b, &at, "BELENIOS", NULL, &e, &event), judged = false;
    char head[80];
    memcpy(time, b->bytes + 136, 11);
    int size = snprintf(head, sizeof head, "{\"version\":1,\"timestamp\":\"%lld\"}", strtoll(time, NULL, 8));
    if ((size_t)size != e.n || memcmp(head, e.at, e.n) != 0) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "the head of the archive is not right");
    }
    while (more) {
        more = next_entry(b, &at, NULL, time, &e, &event);
        if (!event) {
            if (n == 4) {
                pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "too many data before an event");
            }
            data[n++] = e;
            continue;
        }
        int k = event_kind(b, &e, data, n, parent, height++, before);
        before = KINDS[k].letter;
        if (before == 'B') {
            ballot[ballots++] = data[0];
        } else if (before == 'E') {
            check_ballots(b, ballot, ballots);
            b->closed = judged = true;
        } else if (before == 'S') {
            setup(b, data);
        } else if (before == 'T') {
            tally(b, data);
        } else if (before == 'X') {
            int owner = read_owner(b, data);
            if (owner < 1 || owner > b->n_trustees || b->shuffled[owner] || b->n_ranked == 0) {
                pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "a shuffle by trustee %d cannot be here", owner);
            }
            b->shuffled[owner] = true;
            pv_check_shuffle(b, data[0].at, data[0].n);
        } else if (before == 'P') {
            pv_check_part(b, read_owner(b, data), data[0].at, data[0].n);
        } else if (before == 'R') {
            pv_check_result(b, data[0].at, data[0].n);
        }
        memcpy(parent, e.hash, sizeof parent);
        n = 0;
    }
    if (n > 0 || height == 0) {
        pv_stop(&b->run, PV_REFUTED, b->file, 0, 0, "the last event is missing");
    }
    if (!judged) {
        check_ballots(b, ballot, ballots);
    }
}

static void read_file(pv_ballotbox *b, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        pv_stop(&b->run, PV_IO, path, 0, 0, "cannot be opened: %s", strerror(errno));
    }
    char *bytes = NULL;
    long n = fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    if (n >= 0 && fseek(f, 0, SEEK_SET) == 0) {
        bytes = pv_try_alloc(&b->run, (size_t)n + 1, 1);
    }
    bool good = bytes != NULL && fread(bytes, 1, (size_t)n, f) == (size_t)n;
    fclose(f);
    if (!good) {
        pv_stop(&b->run, bytes == NULL && n >= 0 ? PV_MEMORY : PV_IO, path, 0, 0, "cannot be read");
    }
    b->bytes = bytes;
    b->n = (size_t)n;
}

bool pv_is_secret(const char *path)
{
    char head[9] = "";
    FILE *f = fopen(path, "rb");
    size_t n = f != NULL ? fread(head, 1, sizeof head, f) : 0;
    if (f != NULL) {
        fclose(f);
    }
    return n == sizeof head && memcmp(head, "BELENIOS", sizeof head) == 0;
}

static void report(const pv_ballotbox *b, int code, bool json, FILE *out)
{
    if (json) {
        fprintf(out, "{\"verified\":%s,\"ballots\":%lld,\"counted\":%lld,\"weight\":%lld,\"shuffles\":%d,\"decryptions\":%d,\"result\":%s}\n",
                code == 0 ? "true" : "false", (long long)b->ballots, (long long)b->counted, (long long)b->total, b->shuffles, b->parts,
                b->decided ? "true" : "false");
        return;
    }
    fprintf(out, "election: %s, %d questions, %lld credentials, %d trustees\n", b->g.name != NULL ? b->g.name : "?", b->n_questions,
            (long long)b->n_credentials, b->n_trustees);
    fprintf(out, "ballots: %lld, of which %lld count (weight %lld)\n", (long long)b->ballots, (long long)b->counted, (long long)b->total);
    fprintf(out, "shuffles: %d; decryptions: %d; %s\n", b->shuffles, b->parts, b->decided ? "result: as decrypted" : "no result yet");
    for (const pv_failure *f = b->run.failures; f != NULL; f = f->next) {
        fputs("REFUTED: ", out);
        for (const char *c = f->text; *c != '\0'; c++) {
            fputc((unsigned char)*c < 0x20 ? '?' : *c, out);
        }
        fputc('\n', out);
    }
    fputs(code == 0 ? "verified\n" : "not verified\n", out);
}

int pv_verify_secret(const char *path, bool json, FILE *out, FILE *err)
{
    pv_ballotbox *b = sodium_init() < 0 ? NULL : pv_malloc(sizeof *b);
    if (b == NULL) {
        fputs("out of memory\n", err);
        return PV_MEMORY;
    }
    memset(b, 0, sizeof *b);
    b->run.last_failure = &b->run.failures;
    b->file = path;
    if (setjmp(b->run.stop) == 0) {
        read_file(b, path);
        walk(b);
    }
    int code = b->run.code == 0 && b->run.n_failures > 0 ? PV_REFUTED : b->run.code;
    if (code > PV_REFUTED) {
        fprintf(err, "plenty-verify: %s\n", b->run.why);
    } else {
        report(b, code, json, out);
    }
    pv_run_end(&b->run);
    free(b);
    return code;
}
