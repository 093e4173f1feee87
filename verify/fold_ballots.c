/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_ballots.c - ballots that open, take votes, close and are counted. */
#include <stdio.h>
#include <string.h>

#include "verify/fold.h"

/* The seed of lots, before anybody votes. */
static void opens(pv_fold *c, void *subject, int64_t n)
{
    pv_ballot *b = subject;
    uint8_t text[21 + 3 * 32];
    (void)n;
    b->roll = b->electors->size;
    b->state = 1;
    memcpy(text, "plenty ballot lot v1\n", 21);
    pv_tree_root(c->tree, c->tree->size, text + 21);
    memcpy(text + 53, c->lot_seed, 32);
    memcpy(text + 85, b->id, 32);
    pv_hash(text, sizeof text, b->seed);
}

/* Marks that stand at the top of a paper, whoever stands; places of those who won. */
static void count(pv_fold *c, pv_ballot *b)
{
    int32_t winners[PV_OPTIONS], n = 0, standing = 0;
    bool any = false;
    for (size_t i = 0; i < b->papers.n; i++) {
        const pv_paper *p = b->papers.at[i];
        b->option[p->n > 0 ? p->marks[0] : 0].first += p->n > 0;
        for (int k = 0; k < p->n; k++) {
            any = any || !b->option[p->marks[k]].out;
        }
    }
    for (int32_t i = 0; i < b->n_options; i++) {
        if (!b->option[i].out) {
            winners[standing++] = i;
        }
    }
    bool contested = b->rule == PV_YES_NO || standing > b->seats;
    b->counted = contested && any;
    if (!contested) {
        n = standing;
    } else if (b->counted && b->rule == PV_STV) {
        n = pv_count_stv(c, b, winners);
    } else if (b->counted && b->rule == PV_SCHULZE) {
        winners[0] = pv_count_schulze(c, b);
        n = 1;
    }
    for (int32_t i = 0; i < n; i++) {
        b->option[winners[i]].place = i + 1;
    }
    c->counted += b->counted;
}

static void closes(pv_fold *c, void *subject, int64_t n)
{
    pv_ballot *b = subject;
    (void)n;
    if (b->about == PV_ABOUT_ELECTION) {
        pv_election_prepare(c, b);
    }
    count(c, b);
    b->state = 2;
    switch (b->about) {
    case PV_ABOUT_ELECTION:
        pv_election_decided(c, b);
        break;
    case PV_ABOUT_RECALL:
        pv_recall_decided(c, b);
        break;
    default:
        pv_motion_decided(c, b);
    }
}

/* Whether it may be secret; then nothing that follows from it can be known here. */
static bool may_be_secret(const pv_fold *c, int64_t about, const pv_assembly *electors)
{
    int param = about == PV_ABOUT_ELECTION ? PV_SECRET_ELECTIONS : about == PV_ABOUT_RECALL ? PV_SECRET_RECALLS : PV_SECRET_MOTIONS;
    return c->param[param] != 0 && electors->sort != PV_COUNCIL && electors->size >= PV_SECRET_LEAST;
}

pv_ballot *pv_ballot_plan(pv_fold *c, int64_t about, void *subject, const uint8_t subject_id[32], pv_assembly *electors, int64_t rule, int64_t options, int64_t seats,
                          int64_t opening, int64_t closing)
{
    pv_ballot *b = pv_new(c, sizeof *b);
    uint8_t text[17 + 32 + 16];
    *b = (pv_ballot){.about = about, .subject = subject, .electors = electors, .rule = rule, .n_options = options, .seats = seats, .opens = opening, .closes = closing};
    b->option = pv_alloc(c->run, (size_t)options, sizeof *b->option);
    memcpy(text, "plenty ballot v1\n", 17);
    memcpy(text + 17, subject_id, 32);
    pv_big_endian(about, text + 49);
    pv_big_endian(0, text + 57);
    pv_hash(text, sizeof text, b->id);
    if (c->lost == 0 && may_be_secret(c, about, electors)) {
        c->lost = c->tree->size;
    }
    pv_put_id(c, 'B', b->id, b);
    pv_push(c, &c->ballots, b);
    pv_due_at(c, opening, opens, b, 0);
    pv_due_at(c, closing, closes, b, 0);
    return b;
}

int pv_apply_vote(pv_fold *c)
{
    pv_ballot *b = pv_get_id(c, 'B', c->value[0].at);
    const pv_value *list = &c->value[1];
    int64_t marks[PV_MARKS];
    bool seen[PV_OPTIONS] = {false};
    if (b == NULL || b->state != 1) {
        return 50;
    }
    if (!pv_has(c, b->electors, c->author, b->opens - 1)) {
        return 51;
    }
    pv_numbers(list, marks);
    for (size_t i = 0; i < list->n; i++) {
        if (marks[i] < 0 || marks[i] >= b->n_options || seen[marks[i]] || (b->rule == PV_YES_NO && list->n > 1)) {
            return 52;
        }
        seen[marks[i]] = true;
    }
    pv_paper *p = pv_get(c, 'V', b->id, 32, c->author->id, 32);
    if (p == NULL) {
        p = pv_new(c, sizeof *p);
        memcpy(p->member, c->author->id, 32);
        pv_put(c, 'V', b->id, 32, c->author->id, 32, p);
        pv_push(c, &b->papers, p);
    }
    pv_free(c->run, p->marks); /* the last vote counts */
    p->marks = list->n > 0 ? pv_alloc(c->run, list->n, sizeof *p->marks) : NULL;
    p->n = (uint16_t)list->n;
    for (size_t i = 0; i < list->n; i++) {
        p->marks[i] = (uint16_t)marks[i];
    }
    return 0;
}
