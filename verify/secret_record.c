/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret_record.c - secret ballots whose texts stand in a record: each message, ballot, shuffle and part is judged alone, when it comes. */
#include "verify/sealed.h"

#include <stdlib.h>
#include <string.h>

#include "verify/secret.h"

#define FILE_NAME "secret ballot"

/* Lets the protocol judge, with the memory of the run: whether it refuses nothing.  What was taken for something that is refused is given back. */
typedef void (*judge_fn)(pv_ballotbox *b, void *user);
static bool apart(pv_run *run, pv_ballotbox *b, judge_fn judge, void *user)
{
    const struct pv_block *mark = run->blocks;
    memset(&b->run, 0, sizeof b->run);
    b->run.last_failure = &b->run.failures;
    b->run.blocks = run->blocks;
    if (setjmp(b->run.stop) == 0) {
        judge(b, user);
    }
    run->blocks = b->run.blocks;
    if (b->run.code == PV_MEMORY) {
        pv_stop(run, PV_MEMORY, NULL, 0, 0, "%s", b->run.why);
    }
    bool good = b->run.code == 0 && b->run.n_failures == 0;
    if (!good) {
        pv_run_release(run, mark);
    }
    return good;
}

/* For what cannot be refused any more. */
static void surely(pv_run *run, pv_ballotbox *b, judge_fn judge, void *user)
{
    if (!apart(run, b, judge, user)) {
        pv_stop(run, PV_REFUTED, FILE_NAME, 0, 0, "what was accepted of it does not fit together");
    }
}

static pv_ballotbox *new_box(pv_run *run, const char *group)
{
    pv_ballotbox *b = pv_alloc(run, 1, sizeof *b);
    b->file = FILE_NAME;
    if (!pv_group_set(&b->g, group, strlen(group))) {
        pv_stop(run, PV_REFUTED, FILE_NAME, 0, 0, "a group that is not known");
    }
    return b;
}

static void read(pv_ballotbox *b, const char *what, pv_said text, pv_tree *t)
{
    pv_tree_read(&b->run, what, text.at, text.n, t);
}

static void refuse(pv_ballotbox *b, const char *what)
{
    pv_refute(&b->run, FILE_NAME, 0, "%s", what);
}

/* ---- Texts ------------------------------------------------------------------------------------------ */

typedef struct writer {
    pv_run *run;
    char *at;
    size_t n, room;
} writer;

static void put_n(writer *w, const char *text, size_t n)
{
    if (w->n + n + 1 > w->room) {
        size_t room = 2 * (w->n + n + 1);
        char *more = pv_alloc(w->run, room, 1);
        if (w->n > 0) {
            memcpy(more, w->at, w->n);
        }
        pv_free(w->run, w->at);
        w->at = more;
        w->room = room;
    }
    memcpy(w->at + w->n, text, n);
    w->n += n;
}

static void put(writer *w, const char *text)
{
    put_n(w, text, strlen(text));
}

/* In quotes. */
static void put_text(writer *w, const char *text)
{
    put(w, "\"");
    for (const char *c = text; *c != '\0'; c++) {
        put_n(w, "\\", *c == '"' || *c == '\\');
        put_n(w, c, 1);
    }
    put(w, "\"");
}

static void put_element(writer *w, const pv_group *g, const pv_big *x)
{
    char text[PV_NUMBER_TEXT];
    size_t n = pv_element_text(g, x, text);
    put(w, "\"");
    put_n(w, text, n);
    put(w, "\"");
}

/* ---- Making a key ----------------------------------------------------------------------------------- */

typedef struct message {
    const pv_ceremony *k;
    int number;
    pv_said text;
} message;

typedef struct keys {
    pv_big verification, encryption;
} keys;

/* The two keys of a certificate; it is signed with the first. */
static keys read_certificate(pv_ballotbox *b, pv_said text, bool judge)
{
    pv_tree t, inner;
    size_t n;
    keys k;
    read(b, "certificate", text, &t);
    const char *said = pv_read_signed(b, &t, t.node, NULL, &n);
    pv_tree_read(&b->run, "certificate", said, n, &inner);
    pv_fields(&inner, inner.node, 2);
    k.verification = pv_node_element(&inner, &b->g, pv_at(&inner, inner.node, 0, "verification"));
    k.encryption = pv_node_element(&inner, &b->g, pv_at(&inner, inner.node, 1, "encryption"));
    if (judge && (pv_same(&k.verification, &b->g.one) || pv_same(&k.encryption, &b->g.one))) {
        refuse(b, "a key is one");
    }
    if (judge) {
        (void)pv_read_signed(b, &t, t.node, &k.verification, &n);
    }
    pv_tree_free(&inner);
    pv_tree_free(&t);
    return k;
}

static void judge_certificate(pv_ballotbox *b, void *user)
{
    const message *m = user;
    keys own = read_certificate(b, m->text, true);
    for (int i = 0; i < m->k->n; i++) {
        keys other = read_certificate(b, m->k->said[PV_CERTIFICATE][i], false);
        if (pv_same(&own.verification, &other.verification) || pv_same(&own.encryption, &other.encryption)) {
            refuse(b, "two certificates have the same key");
        }
    }
}

bool pv_certificate_holds(pv_run *run, const pv_ceremony *k, pv_said certificate)
{
    pv_ballotbox *b = new_box(run, k->group);
    bool good = apart(run, b, judge_certificate, &(message){k, 0, certificate});
    pv_free(run, b);
    return good;
}

/* The commitments of a polynomial, which `key` must have signed, unless NULL. */
static pv_big *read_commitments(pv_ballotbox *b, const pv_ceremony *k, const pv_tree *t, const pv_big *key)
{
    pv_tree inner;
    size_t n;
    pv_big *a = pv_alloc(&b->run, (size_t)k->needed, sizeof *a);
    const char *said = pv_read_signed(b, t, pv_at(t, t->node, 2, "coefexps"), key, &n);
    pv_tree_read(&b->run, "commitments", said, n, &inner);
    pv_fields(&inner, inner.node, 1);
    const pv_node *list = pv_at(&inner, inner.node, 0, "coefexps");
    pv_list(&inner, list, k->needed);
    for (int i = 0; i < k->needed; i++) {
        a[i] = pv_node_element(&inner, &b->g, pv_child(&inner, list, i));
        if (pv_same(&a[i], &b->g.one)) {
            refuse(b, "a commitment is one");
        }
    }
    pv_tree_free(&inner);
    return a;
}

static void must_be_text(pv_ballotbox *b, const pv_node *value)
{
    if (value->type != 's') {
        refuse(b, "a message must be a text");
    }
}

static void judge_polynomial(pv_ballotbox *b, void *user)
{
    const message *m = user;
    pv_tree t;
    keys own = read_certificate(b, m->k->said[PV_CERTIFICATE][m->number], false);
    read(b, "polynomial", m->text, &t);
    pv_fields(&t, t.node, 3);
    must_be_text(b, pv_at(&t, t.node, 0, "polynomial"));
    const pv_node *secrets = pv_at(&t, t.node, 1, "secrets");
    pv_list(&t, secrets, m->k->n);
    for (int i = 0; i < m->k->n; i++) {
        must_be_text(b, pv_child(&t, secrets, i));
    }
    (void)read_commitments(b, m->k, &t, &own.verification);
    pv_tree_free(&t);
}

bool pv_polynomial_holds(pv_run *run, const pv_ceremony *k, int from, pv_said polynomial)
{
    pv_ballotbox *b = new_box(run, k->group);
    bool good = apart(run, b, judge_polynomial, &(message){k, from, polynomial});
    pv_free(run, b);
    return good;
}

/* The key of number `of` as all polynomials give it; the joint one with of = -1. */
static pv_big expected(pv_ballotbox *b, const pv_ceremony *k, int of)
{
    pv_big all = b->g.one;
    for (int i = 0; i < k->n; i++) {
        pv_tree t;
        pv_big e = pv_small(1), x = pv_small(of + 1);
        read(b, "polynomial", k->said[PV_POLYNOMIAL][i], &t);
        pv_big *a = read_commitments(b, k, &t, NULL);
        for (int j = 0; j < k->needed && (j == 0 || of >= 0); j++) {
            pv_big power = pv_power(&b->g, &a[j], &e);
            all = pv_times(&b->g, &all, &power);
            e = pv_product(&b->g, &e, &x);
        }
        pv_tree_free(&t);
    }
    return all;
}

static void judge_output(pv_ballotbox *b, void *user)
{
    const message *m = user;
    pv_tree t;
    read(b, "output", m->text, &t);
    pv_fields(&t, t.node, 2);
    must_be_text(b, pv_at(&t, t.node, 0, "private_key"));
    pv_big key = pv_read_key(b, &t, pv_at(&t, t.node, 1, "public_key")), should = expected(b, m->k, m->number);
    if (!pv_same(&key, &should)) {
        refuse(b, "the key is not what all polynomials give");
    }
    pv_tree_free(&t);
}

bool pv_output_holds(pv_run *run, const pv_ceremony *k, int of, pv_said output)
{
    pv_ballotbox *b = new_box(run, k->group);
    bool good = apart(run, b, judge_output, &(message){k, of, output});
    pv_free(run, b);
    return good;
}

/* ---- What is published of it ------------------------------------------------------------------------ */

typedef struct publishing {
    const pv_ceremony *k;
    writer w;
} publishing;

/* One list; of a field of each message, unless NULL. */
static void put_list(pv_ballotbox *b, publishing *p, const char *name, int which, const char *field, int place)
{
    put(&p->w, ",\"");
    put(&p->w, name);
    put(&p->w, "\":[");
    for (int i = 0; i < p->k->n; i++) {
        pv_tree t;
        read(b, name, p->k->said[which][i], &t);
        const pv_node *part = field != NULL ? pv_at(&t, t.node, place, field) : t.node;
        put(&p->w, i > 0 ? "," : "");
        put_n(&p->w, part->at, (size_t)(part->end - part->at));
        pv_tree_free(&t);
    }
    put(&p->w, "]");
}

static void publish(pv_ballotbox *b, void *user)
{
    publishing *p = user;
    char head[60];
    p->w.run = &b->run;
    snprintf(head, sizeof head, "[[\"Pedersen\",{\"threshold\":%d", p->k->needed);
    put(&p->w, head);
    put_list(b, p, "certs", PV_CERTIFICATE, NULL, 0);
    put_list(b, p, "coefexps", PV_POLYNOMIAL, "coefexps", 2);
    put_list(b, p, "verification_keys", PV_OUTPUT, "public_key", 1);
    put(&p->w, "}]]");
}

pv_said pv_trustees_text(pv_run *run, const pv_ceremony *k)
{
    pv_ballotbox *b = new_box(run, k->group);
    publishing p = {.k = k};
    surely(run, b, publish, &p);
    return (pv_said){p.w.at, p.w.n};
}

/* ---- Elections -------------------------------------------------------------------------------------- */

typedef struct opening {
    const pv_ceremony *k;
    const pv_asked *asked;
    uint8_t *hash;
} opening;

static void put_question(writer *w, const pv_asked *q)
{
    put(w, q->ranked ? "{\"type\":\"NonHomomorphic\",\"value\":{\"answers\":[" : "{\"answers\":[");
    for (int i = 0; i < q->answers; i++) {
        put(w, i > 0 ? "," : "");
        put_text(w, q->answer[i]);
    }
    put(w, q->ranked ? "],\"question\":" : "],\"min\":0,\"max\":1,\"question\":");
    put_text(w, q->question);
    put(w, q->ranked ? "}}" : "}");
}

static void open_box(pv_ballotbox *b, void *user)
{
    const opening *o = user;
    writer w = {.run = &b->run};
    pv_big joint = expected(b, o->k, -1);
    put(&w, "{\"version\":1,\"description\":\"\",\"name\":");
    put_text(&w, o->asked->name);
    put(&w, ",\"group\":");
    put_text(&w, o->k->group);
    put(&w, ",\"public_key\":");
    put_element(&w, &b->g, &joint);
    put(&w, ",\"questions\":[");
    put_question(&w, o->asked);
    put(&w, "],\"uuid\":");
    put_text(&w, o->asked->uuid);
    put(&w, "}");
    crypto_hash_sha256(o->hash, (const unsigned char *)w.at, w.n);
    pv_read_election(b, &(pv_piece){.at = w.at, .n = w.n});
    for (int i = 0; i < o->k->n; i++) {
        pv_tree t;
        read(b, "output", o->k->said[PV_OUTPUT][i], &t);
        b->key[i] = pv_node_element(&t, &b->g, pv_at(&t, pv_at(&t, t.node, 1, "public_key"), 1, "public_key"));
        pv_tree_free(&t);
    }
    b->n_sets = 1;
    b->n_trustees = o->k->n;
    b->set[0].n = o->k->n;
    b->set[0].needed = o->k->needed;
    pv_rows_begin(b, 0);
}

struct pv_ballotbox *pv_box_open(pv_run *run, const pv_ceremony *k, const pv_asked *asked, uint8_t hash[32])
{
    pv_ballotbox *b = new_box(run, k->group);
    surely(run, b, open_box, &(opening){k, asked, hash});
    return b;
}

/* ---- Ballots ---------------------------------------------------------------------------------------- */

typedef struct casting {
    pv_said paper;
    pv_pair *e;
    char credential[PV_NUMBER_TEXT];
} casting;

static pv_pair *new_ciphertexts(pv_run *run, const pv_ballotbox *b)
{
    return pv_alloc(run, b->question[0].ranked ? 1 : (size_t)b->question[0].answers, sizeof(pv_pair));
}

static void judge_paper(pv_ballotbox *b, void *user)
{
    casting *c = user;
    c->e = new_ciphertexts(&b->run, b);
    pv_check_ballot(b, &(pv_piece){.at = c->paper.at, .n = c->paper.n}, 0, &c->e, c->credential);
}

bool pv_box_paper(pv_run *run, pv_ballotbox *b, pv_said paper, uint8_t credential[32], void **ciphertexts)
{
    casting c = {.paper = paper};
    bool good = apart(run, b, judge_paper, &c);
    if (good) {
        crypto_hash_sha256(credential, (const unsigned char *)c.credential, strlen(c.credential));
        *ciphertexts = c.e;
    }
    return good;
}

/* In a run of its own, with the ciphertexts where they are. */
static bool holds_alone(pv_ballotbox *b, pv_cast *cast)
{
    char credential[PV_NUMBER_TEXT];
    pv_pair *e = cast->ciphertexts;
    memset(&b->run, 0, sizeof b->run);
    b->run.last_failure = &b->run.failures;
    if (setjmp(b->run.stop) == 0) {
        pv_check_ballot(b, &(pv_piece){.at = cast->paper.at, .n = cast->paper.n}, 0, &e, credential);
    }
    bool good = b->run.code == 0 && b->run.n_failures == 0;
    pv_run_end(&b->run);
    if (good) {
        crypto_hash_sha256(cast->credential, (const unsigned char *)credential, strlen(credential));
    }
    return good;
}

void pv_box_papers(pv_run *run, pv_cast *cast, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        cast[i].ciphertexts = new_ciphertexts(run, cast[i].box);
    }
#pragma omp parallel
    {
        pv_ballotbox *own = pv_malloc(sizeof *own);
#pragma omp for schedule(dynamic, 4)
        for (int64_t i = 0; i < n; i++) {
            if (own != NULL) {
                memcpy(own, cast[i].box, sizeof *own);
            }
            cast[i].good = own != NULL && holds_alone(own, &cast[i]);
        }
        free(own);
    }
}

static void hash_tally(pv_ballotbox *b, uint8_t out[32])
{
    writer w = {.run = &b->run};
    put(&w, "[[");
    for (int64_t i = 0; i < b->length[0]; i++) {
        put(&w, i > 0 ? ",{\"alpha\":" : "{\"alpha\":");
        put_element(&w, &b->g, &b->row[0][i].a);
        put(&w, ",\"beta\":");
        put_element(&w, &b->g, &b->row[0][i].b);
        put(&w, "}");
    }
    put(&w, "]]");
    crypto_hash_sha256(out, (const unsigned char *)w.at, w.n);
    pv_free(&b->run, w.at);
}

typedef struct closing {
    void *const *ciphertexts;
    int64_t n;
    uint8_t *tally;
} closing;

static void close_box(pv_ballotbox *b, void *user)
{
    const closing *c = user;
    pv_rows_begin(b, c->n);
    for (int64_t i = 0; i < c->n; i++) {
        pv_pair *e = c->ciphertexts[i];
        pv_rows_add(b, &e, 1);
    }
    pv_rows_sort(b);
    hash_tally(b, c->tally);
}

void pv_box_close(pv_run *run, pv_ballotbox *b, void *const *ciphertexts, int64_t n, uint8_t tally[32])
{
    surely(run, b, close_box, &(closing){ciphertexts, n, tally});
}

/* ---- Shuffles and parts ----------------------------------------------------------------------------- */

static void judge_shuffle(pv_ballotbox *b, void *user)
{
    const pv_said *s = user;
    pv_check_shuffle(b, s->at, s->n);
}

static void take_hash(pv_ballotbox *b, void *user)
{
    hash_tally(b, user);
}

bool pv_box_shuffle(pv_run *run, pv_ballotbox *b, pv_said shuffle, uint8_t tally[32])
{
    pv_pair *before = b->row[0];
    int shuffles = b->shuffles;
    if (!apart(run, b, judge_shuffle, &shuffle)) {
        b->row[0] = before;
        b->shuffles = shuffles;
        return false;
    }
    surely(run, b, take_hash, tally);
    return true;
}

typedef struct partial {
    int trustee;
    pv_said text;
} partial;

static void judge_part(pv_ballotbox *b, void *user)
{
    const partial *p = user;
    pv_check_part(b, p->trustee, p->text.at, p->text.n);
}

bool pv_box_part(pv_run *run, pv_ballotbox *b, int trustee, pv_said part)
{
    int parts = b->parts;
    bool good = apart(run, b, judge_part, &(partial){trustee, part});
    b->parts = good ? b->parts : parts;
    return good;
}

/* ---- What comes out --------------------------------------------------------------------------------- */

typedef struct result {
    int64_t i, most, sum;
    uint8_t *rank;
} result;

static void find_sum(pv_ballotbox *b, void *user)
{
    result *r = user;
    pv_big plain = pv_opened(b, 0, r->i), power = b->g.one;
    for (r->sum = 0; !pv_same(&power, &plain); r->sum++) {
        if (r->sum == r->most) {
            pv_stop(&b->run, PV_REFUTED, FILE_NAME, 0, 0, "more marks than votes");
        }
        power = pv_times(&b->g, &power, &b->g.g);
    }
}

int64_t pv_box_sum(pv_run *run, pv_ballotbox *b, int k, int64_t most)
{
    result r = {.i = k, .most = most};
    surely(run, b, find_sum, &r);
    return r.sum;
}

static void find_ranks(pv_ballotbox *b, void *user)
{
    const result *r = user;
    pv_big plain = pv_opened(b, 0, r->i);
    for (int k = 0; k < b->question[0].answers; k++) {
        r->rank[k] = (uint8_t)pv_decoded(&b->g, &plain, b->question[0].answers, k);
    }
}

void pv_box_ranks(pv_run *run, pv_ballotbox *b, int64_t i, uint8_t *rank)
{
    surely(run, b, find_ranks, &(result){.i = i, .rank = rank});
}

/* ---- Lots ------------------------------------------------------------------------------------------- */

typedef struct sharing {
    const char *member;
    pv_said text;
    pv_pair share;
} sharing;

static void judge_share(pv_ballotbox *b, void *user)
{
    sharing *s = user;
    const pv_group *g = &b->g;
    crypto_hash_sha256_state h;
    pv_tree t;
    read(b, "share", s->text, &t);
    pv_fields(&t, t.node, 2);
    s->share = pv_node_pair(&t, g, pv_at(&t, t.node, 0, "choices"));
    crypto_hash_sha256_init(&h);
    pv_hash_text(&h, "lotshare|");
    pv_hash_text(&h, b->hash);
    pv_hash_text(&h, "|");
    pv_hash_text(&h, s->member);
    pv_hash_text(&h, "|");
    pv_hash_element(g, &h, &b->y);
    pv_hash_text(&h, ",");
    pv_hash_element(g, &h, &s->share.a);
    pv_hash_text(&h, ",");
    pv_hash_element(g, &h, &s->share.b);
    pv_hash_text(&h, "|");
    if (pv_same(&s->share.a, &g->one) || !pv_proof_holds(&t, g, &h, &s->share.a, pv_at(&t, t.node, 1, "proof"))) {
        refuse(b, "a share is not proved to be its own");
    }
    pv_tree_free(&t);
}

bool pv_box_share(pv_run *run, pv_ballotbox *b, const char *member, pv_said share)
{
    sharing s = {.member = member, .text = share};
    pv_pair *sum = &b->row[0][0];
    if (!apart(run, b, judge_share, &s)) {
        return false;
    }
    sum->a = pv_times(&b->g, &sum->a, &s.share.a);
    sum->b = pv_times(&b->g, &sum->b, &s.share.b);
    return true;
}

typedef struct seeding {
    const char *origin;
    const uint8_t *root;
    uint8_t *seed;
} seeding;

static void make_seed(pv_ballotbox *b, void *user)
{
    const seeding *s = user;
    crypto_hash_sha256_state h;
    pv_big plain = pv_opened(b, 0, 0);
    crypto_hash_sha256_init(&h);
    crypto_hash_sha256_update(&h, (const unsigned char *)"lot/v1", 7); /* with the zero byte */
    crypto_hash_sha256_update(&h, (const unsigned char *)s->origin, strlen(s->origin) + 1);
    crypto_hash_sha256_update(&h, s->root, 32);
    pv_hash_element(&b->g, &h, &plain);
    crypto_hash_sha256_final(&h, s->seed);
}

void pv_box_seed(pv_run *run, pv_ballotbox *b, const char *origin, const uint8_t root[32], uint8_t seed[32])
{
    surely(run, b, make_seed, &(seeding){origin, root, seed});
}
