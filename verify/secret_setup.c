/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret_setup.c - what a secret ballot begins with: the election, its trustees and their keys, the list of credentials. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "verify/secret.h"

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

void pv_read_election(pv_ballotbox *b, const pv_piece *p)
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
    pv_big a = pv_powers(g, &g->g, r, x, c);
    pv_hash_element(g, h, &a);
    a = pv_hash_end(g, h);
    return pv_same(&a, c);
}

bool pv_proof_holds(const pv_tree *t, const pv_group *g, crypto_hash_sha256_state *h, const pv_big *x, const pv_node *proof)
{
    pv_fields(t, proof, 2);
    pv_big c = pv_node_exponent(t, g, pv_at(t, proof, 0, "challenge")), r = pv_node_exponent(t, g, pv_at(t, proof, 1, "response"));
    return schnorr(g, h, x, &c, &r);
}

pv_big pv_read_key(pv_ballotbox *b, const pv_tree *t, const pv_node *from)
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
    if (pv_same(&x, &b->g.one) || !pv_proof_holds(t, &b->g, &h, &x, pv_at(t, from, 0, "pok"))) {
        pv_refute(&b->run, b->file, 0, "a trustee does not prove to know its key");
    }
    return x;
}

/* The message, when `key` signed it. */
const char *pv_read_signed(pv_ballotbox *b, const pv_tree *t, const pv_node *from, const pv_big *key, size_t *n)
{
    crypto_hash_sha256_state h;
    pv_fields(t, from, 2);
    const char *message = pv_decoded_text(t, pv_at(t, from, 0, "message"), n);
    crypto_hash_sha256_init(&h);
    pv_hash_text(&h, "sigmsg|");
    crypto_hash_sha256_update(&h, (const unsigned char *)message, *n);
    pv_hash_text(&h, "|");
    if (key != NULL && !pv_proof_holds(t, &b->g, &h, key, pv_at(t, from, 1, "signature"))) {
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
        const char *message = pv_read_signed(b, t, pv_child(t, certs, i), NULL, &size);
        pv_tree_read(&b->run, "certificate", message, size, &inner);
        pv_big key = pv_node_element(&inner, &b->g, pv_at(&inner, inner.node, 0, "verification"));
        (void)pv_node_element(&inner, &b->g, pv_at(&inner, inner.node, 1, "encryption"));
        (void)pv_read_signed(b, t, pv_child(t, certs, i), &key, &size);
        message = pv_read_signed(b, t, pv_child(t, commitments, i), &key, &size);
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
        b->key[b->n_trustees + j] = pv_read_key(b, t, pv_child(t, keys, j));
        if (!pv_same(&expected[j], &b->key[b->n_trustees + j])) {
            pv_refute(&b->run, b->file, 0, "the key of trustee %d is not what the polynomials give", b->n_trustees + j + 1);
        }
    }
    b->set[s].needed = needed;
    b->set[s].n = n;
    b->n_trustees += n;
}

void pv_read_trustees(pv_ballotbox *b, const pv_piece *p)
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
            pv_big x = pv_read_key(b, &t, pv_child(&t, item, 1));
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
void pv_read_credentials(pv_ballotbox *b, const pv_piece *p)
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

int64_t pv_credential_find(const pv_ballotbox *b, const char *credential)
{
    const char *const *found = b->n_credentials > 0 ? bsearch(&credential, b->credential, (size_t)b->n_credentials, sizeof credential, by_text) : NULL;
    return found != NULL ? found - (const char *const *)b->credential : -1;
}
