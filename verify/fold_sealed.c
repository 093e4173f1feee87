/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_sealed.c - secret ballots: who keeps the key, who votes, what is shuffled and opened, and the papers that come out (docs/formats/commons.md, "Secret ballots"). */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "verify/fold.h"

#define HOUR ((int64_t)3600)
#define RANKED_MOST 250 /* options; as papers fit into an event */
#define MARKED_MOST 30
#define CURVE_MOST 30   /* options that a point can encode the ranks of */

static bool ranked(const pv_ballot *b)
{
    return b->rule != PV_YES_NO;
}

/* ---- Which ballots ---------------------------------------------------------------------------------- */

/* How many members a ballot is about, at most: they keep no key. */
static int64_t concerned(const pv_ballot *b)
{
    return b->about == PV_ABOUT_ELECTION ? b->n_options : 1;
}

bool pv_sealed_wanted(const pv_fold *c, const pv_ballot *b)
{
    static const int param[] = {[PV_ABOUT_ELECTION] = PV_SECRET_ELECTIONS,
                                [PV_ABOUT_RECALL] = PV_SECRET_RECALLS,
                                [PV_ABOUT_MOTION] = PV_SECRET_MOTIONS,
                                [PV_ABOUT_CONSTITUTION] = PV_SECRET_MOTIONS,
                                [PV_ABOUT_SIGNATURES] = PV_SECRET_SIGNATURES};
    int64_t needed;
    return c->param[param[b->about]] != 0 && c->everyone->size >= c->param[PV_SECRET_MEMBERS] && b->electors->sort != PV_COUNCIL &&
           b->electors->size >= PV_SECRET_LEAST && pv_trust_size(c, concerned(b), &needed) > 0 && b->n_options <= (ranked(b) ? RANKED_MOST : MARKED_MOST);
}

int64_t pv_sealed_time(const pv_fold *c, const pv_ballot *b)
{
    return pv_sealed_wanted(c, b) ? (c->param[PV_COMMIT_HOURS] + c->param[PV_REVEAL_HOURS] + 3 * c->param[PV_ROUND_HOURS] + c->param[PV_OPEN_HOURS]) * HOUR : 0;
}

bool pv_sealed_may(const pv_ballot *b, const pv_member *m)
{
    for (int64_t i = 0; b->about == PV_ABOUT_ELECTION && i < b->n_options; i++) {
        if (b->option[i].member == m) {
            return false;
        }
    }
    bool recall = b->about == PV_ABOUT_RECALL || b->about == PV_ABOUT_SIGNATURES;
    return !recall || ((const pv_recall *)b->subject)->mandate->holder != m;
}

/* ---- The key ---------------------------------------------------------------------------------------- */

static void draw_trustees(pv_fold *c, pv_ballot *b)
{
    pv_sealed *v = b->sealed;
    bool belenios = c->param[PV_SECRET_BELENIOS] != 0;
    const char *group = ranked(b) ? belenios || b->n_options > CURVE_MOST ? "RFC-3526-2048" : "Ed25519" : belenios ? "BELENIOS-2048" : "Ed25519";
    *v = (pv_sealed){.attempt = v->attempt, .lasts = v->lasts};
    v->trust = pv_trust_start(c, b->id, v->attempt, group, concerned(b), b);
}

void pv_sealed_plan(pv_fold *c, pv_ballot *b)
{
    b->sealed = pv_new(c, sizeof *b->sealed);
    b->sealed->lasts = b->closes - b->opens;
    draw_trustees(c, b);
}

static void hold_again(pv_fold *c, pv_ballot *b)
{
    b->sealed->attempt++;
    draw_trustees(c, b);
}

void pv_sealed_uuid(const uint8_t id[32], int64_t attempt, char out[15])
{
    static const char letters[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    uint8_t text[24 + 32 + 8], hash[32];
    memcpy(text, "plenty secret ballot v1\n", 24);
    memcpy(text + 24, id, 32);
    pv_big_endian(attempt, text + 56);
    pv_hash(text, sizeof text, hash);
    for (int i = 0; i < 14; i++) {
        out[i] = letters[hash[i] % 58];
    }
    out[14] = '\0';
}

static void open_box(pv_fold *c, pv_ballot *b)
{
    pv_sealed *v = b->sealed;
    const char *name[PV_OPTIONS];
    char uuid[15], digits[65];
    pv_sealed_uuid(b->id, v->attempt, uuid);
    sodium_bin2hex(digits, sizeof digits, b->id, 32);
    for (int64_t i = 0; i < b->n_options; i++) {
        name[i] = b->option[i].name;
    }
    pv_asked asked = {.uuid = uuid,
                      .name = digits,
                      .question = v->attempt > 0 ? "Held again" : "",
                      .answer = name,
                      .answers = (int)b->n_options,
                      .ranked = ranked(b)};
    v->box = pv_trust_box(c, v->trust, &asked, v->election);
}

void pv_sealed_keyed(pv_fold *c, pv_ballot *b, int64_t attempt)
{
    pv_sealed *v = b->sealed;
    if (v->attempt != attempt) {
        return;
    }
    if (v->trust->stage == PV_TRUST_FAILED) {
        hold_again(c, b);
        return;
    }
    open_box(c, b);
    v->stage = PV_SEALED_VOTING;
    b->opens = b->opens > c->time ? b->opens : c->time; /* when it was to open, or now */
    b->closes = b->opens + v->lasts;
    if (b->about == PV_ABOUT_ELECTION) {
        ((pv_election *)b->subject)->closes = b->closes;
    } else if (b->about == PV_ABOUT_SIGNATURES) {
        ((pv_recall *)b->subject)->closes = b->closes;
    }
    pv_due_at(c, b->opens, pv_ballot_opens, b, 0);
    pv_due_at(c, b->closes, pv_ballot_closes, b, 0);
}

/* ---- Voting ----------------------------------------------------------------------------------------- */

static void forget_ahead(pv_fold *c)
{
    for (size_t i = 0; i < c->n_ahead; i++) {
        pv_free(c->run, c->ahead[i].ciphertexts);
    }
    pv_free(c->run, c->ahead);
    c->ahead = NULL;
    c->n_ahead = c->next_ahead = 0;
}

void pv_sealed_ahead(pv_fold *c, const pv_said *event, size_t n)
{
    const pv_kind *kind = pv_kind_of("vote.sealed", 11);
    pv_value v[PV_BODY_FIELDS];
    forget_ahead(c);
    if (c->trusts.n == 0) { /* nothing is secret here */
        return;
    }
    pv_cast *all = pv_alloc(c->run, n + 1, sizeof *all);
    for (size_t i = 0; i < n; i++) {
        size_t body_n;
        const uint8_t *body = pv_event_body((const uint8_t *)event[i].at, event[i].n, kind->name, &body_n);
        const pv_ballot *b = body != NULL && pv_body(kind, body, body_n, v) == 0 ? pv_get_id(c, 'B', v[0].at) : NULL;
        if (b != NULL && b->sealed != NULL && b->sealed->stage == PV_SEALED_VOTING) {
            pv_cast *cast = &all[c->n_ahead++];
            *cast = (pv_cast){.box = b->sealed->box, .paper = {(const char *)v[1].at, v[1].n}};
            pv_hash(v[1].at, v[1].n, cast->hash);
        }
    }
    c->ahead = all;
    pv_box_papers(c->run, all, (int64_t)c->n_ahead);
}

/* as it was found ahead, or now. */
static bool holds(pv_fold *c, struct pv_ballotbox *box, const pv_value *paper, const uint8_t hash[32], uint8_t credential[32], void **ciphertexts)
{
    for (size_t i = c->next_ahead; i < c->n_ahead; i++) {
        pv_cast *cast = &c->ahead[i];
        if (cast->good && cast->box == box && pv_id_same(cast->hash, hash)) {
            memcpy(credential, cast->credential, 32);
            *ciphertexts = cast->ciphertexts;
            cast->ciphertexts = NULL;
            c->next_ahead = i + 1; /* they come in this order */
            return true;
        }
    }
    return pv_box_paper(c->run, box, (pv_said){(const char *)paper->at, paper->n}, credential, ciphertexts);
}

int pv_apply_vote_sealed(pv_fold *c)
{
    const pv_value *paper = &c->value[1];
    uint8_t credential[32], hash[32];
    void *ciphertexts;
    pv_ballot *b;
    int rule = pv_ballot_voter(c, true, &b);
    if (rule != 0) {
        return rule;
    }
    pv_sealed *v = b->sealed;
    pv_hash(paper->at, paper->n, hash);
    if (!holds(c, v->box, paper, hash, credential, &ciphertexts)) {
        return 145;
    }
    pv_sealed_vote *before = pv_get(c, 'Z', b->id, 32, c->author->id, 32);
    const pv_member *owner = pv_get(c, 'C', b->id, 32, credential, 32);
    bool again = before != NULL && before->attempt == v->attempt;
    if ((owner != NULL && owner != c->author) || (again && !pv_id_same(before->credential, credential))) {
        return 146;
    }
    if (pv_get(c, 'H', b->id, 32, hash, 32) != NULL) {
        return 147;
    }
    if (!again) {
        before = pv_new(c, sizeof *before);
        pv_put(c, 'Z', b->id, 32, c->author->id, 32, before);
        pv_push(c, &v->votes, before);
        b->votes = ++v->voters;
    }
    pv_put(c, 'C', b->id, 32, credential, 32, c->author);
    pv_put(c, 'H', b->id, 32, hash, 32, c->author);
    pv_free(c->run, before->ciphertexts); /* the last vote counts */
    before->attempt = v->attempt;
    before->ciphertexts = ciphertexts;
    memcpy(before->credential, credential, 32);
    v->papers++;
    return 0;
}

/* ---- The close -------------------------------------------------------------------------------------- */

/* Too few trustees came: others are drawn, and all vote again. */
static void sealed_lapses(pv_fold *c, void *subject, int64_t attempt)
{
    pv_ballot *b = subject;
    if (b->sealed->attempt == attempt && b->state == PV_BALLOT_OPENING) {
        b->state = PV_BALLOT_COMING;
        b->votes = 0;
        hold_again(c, b);
    }
}

void pv_sealed_closes(pv_fold *c, pv_ballot *b)
{
    pv_sealed *v = b->sealed;
    if (v->voters < PV_SECRET_LEAST) { /* the sum would tell who voted how: it decides nothing */
        v->stage = PV_SEALED_FEW;
        pv_ballot_count(c, b);
        return;
    }
    void **all = pv_alloc(c->run, v->votes.n, sizeof *all);
    for (size_t i = 0; i < v->votes.n; i++) {
        all[i] = ((const pv_sealed_vote *)v->votes.at[i])->ciphertexts;
    }
    pv_box_close(c->run, v->box, all, (int64_t)v->votes.n, v->tally);
    pv_free(c->run, all);
    v->stage = ranked(b) ? PV_SEALED_SHUFFLING : PV_SEALED_OPENING;
    b->state = PV_BALLOT_OPENING;
    pv_due_at(c, c->time + c->param[PV_OPEN_HOURS] * HOUR, sealed_lapses, b, v->attempt);
}

/* ---- Work of the trustees --------------------------------------------------------------------------- */

/* then the blob. */
static int may_work(pv_fold *c, int64_t stage, pv_ballot **out, int64_t *number, pv_said *blob)
{
    char name[6 + 65] = "blobs/";
    uint8_t hash[32];
    pv_file file;
    pv_ballot *b = *out = pv_get_id(c, 'B', c->value[0].at);
    if (b == NULL || b->sealed == NULL || b->sealed->stage != stage) {
        return 148;
    }
    *number = pv_trustee_number(b->sealed->trust, c->author);
    const bool *done = stage == PV_SEALED_SHUFFLING ? b->sealed->shuffled : b->sealed->opened;
    if (*number == 0 || done[*number]) {
        return 141;
    }
    sodium_bin2hex(name + 6, 65, pv_item(&c->value[1], 0), 32);
    if (!pv_bytes_read(c->run, c->folder, name, &file)) {
        pv_stop(c->run, PV_REFUTED, "blobs", 0, 0, "%s, which event %llu refers to, is missing", name + 6, (unsigned long long)c->tree->size);
    }
    pv_hash(file.at, file.n, hash);
    if (!pv_id_same(hash, pv_item(&c->value[1], 0))) {
        pv_stop(c->run, PV_REFUTED, "blobs", 0, 0, "%s holds something else than its name says", name + 6);
    }
    *blob = (pv_said){file.at, file.n};
    return 0;
}

int pv_apply_shuffled(pv_fold *c)
{
    pv_ballot *b;
    int64_t number;
    pv_said blob;
    int rule = may_work(c, PV_SEALED_SHUFFLING, &b, &number, &blob);
    if (rule != 0) {
        return rule;
    }
    pv_sealed *v = b->sealed;
    if (!pv_box_shuffle(c->run, v->box, blob, v->tally)) {
        return 149;
    }
    v->shuffled[number] = true;
    if (++v->shuffles == v->trust->needed) {
        v->stage = PV_SEALED_OPENING;
    }
    return 0;
}

/* ---- The papers ------------------------------------------------------------------------------------- */

static pv_paper *add_paper(pv_fold *c, pv_ballot *b, size_t marks)
{
    pv_paper *p = pv_new(c, sizeof *p);
    p->marks = marks > 0 ? pv_alloc(c->run, marks, sizeof *p->marks) : NULL;
    p->equal = marks > 0 ? pv_alloc(c->run, marks, sizeof *p->equal) : NULL;
    pv_push(c, &b->papers, p);
    return p;
}

/* Of ranks (1 is the best, 0 none).  A count by stages takes a paper until it puts two equally. */
static void add_ranking(pv_fold *c, pv_ballot *b, const uint8_t *rank)
{
    pv_paper *p = add_paper(c, b, (size_t)b->n_options);
    for (int best = 1; best <= 255; best++) {
        int from = p->n;
        for (int64_t i = 0; i < b->n_options; i++) {
            if (rank[i] == best) {
                p->equal[p->n] = p->n > from;
                p->marks[p->n++] = (uint16_t)i;
            }
        }
        if (b->rule == PV_STV && p->n > from + 1) {
            p->n = (uint16_t)from;
            return;
        }
    }
}

static void add_sums(pv_fold *c, pv_ballot *b)
{
    int64_t left = b->sealed->voters; /* who are in no sum left the paper blank */
    for (int64_t i = 0; i < b->n_options; i++) {
        int64_t sum = pv_box_sum(c->run, b->sealed->box, (int)i, left);
        for (int64_t k = 0; k < sum; k++) {
            pv_paper *p = add_paper(c, b, 1);
            p->marks[0] = (uint16_t)i;
            p->n = 1;
        }
        left -= sum;
    }
    for (; left > 0; left--) {
        (void)add_paper(c, b, 0);
    }
}

static void add_papers(pv_fold *c, pv_ballot *b)
{
    uint8_t rank[PV_OPTIONS];
    if (!ranked(b)) {
        add_sums(c, b);
        return;
    }
    for (int64_t i = 0; i < b->sealed->voters; i++) {
        pv_box_ranks(c->run, b->sealed->box, i, rank);
        add_ranking(c, b, rank);
    }
}

int pv_apply_ballot_opened(pv_fold *c)
{
    pv_ballot *b;
    int64_t number;
    pv_said blob;
    int rule = may_work(c, PV_SEALED_OPENING, &b, &number, &blob);
    if (rule != 0) {
        return rule;
    }
    pv_sealed *v = b->sealed;
    if (!pv_box_part(c->run, v->box, (int)number, blob)) {
        return 150;
    }
    v->opened[number] = true;
    if (++v->parts == v->trust->needed) {
        v->stage = PV_SEALED_OPENED;
        add_papers(c, b);
        pv_ballot_count(c, b);
    }
    return 0;
}
