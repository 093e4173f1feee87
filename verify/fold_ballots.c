/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_ballots.c - ballots that open, take votes, close and are counted. */
#include <stdio.h>
#include <string.h>

#include "verify/fold.h"

/* The seed of lots, before anybody votes. */
void pv_ballot_opens(pv_fold *c, void *subject, int64_t n)
{
    pv_ballot *b = subject;
    uint8_t text[21 + 3 * 32];
    (void)n;
    b->roll = b->electors->size;
    b->state = PV_BALLOT_OPEN;
    memcpy(text, "plenty ballot lot v1\n", 21);
    pv_tree_root(c->tree, c->tree->size, text + 21);
    memcpy(text + 53, c->lot_seed, 32);
    memcpy(text + 85, b->id, 32);
    pv_hash(text, sizeof text, b->seed);
}

/* Marks that stand at the top of a paper (of projects all of them), whoever stands; places of those who won. */
static void count(pv_fold *c, pv_ballot *b)
{
    int32_t winners[PV_OPTIONS], n = 0, standing = 0;
    bool any = false;
    for (size_t i = 0; i < b->papers.n; i++) {
        const pv_paper *p = b->papers.at[i];
        for (int k = 0; k < p->n; k++) {
            b->option[p->marks[k]].first += k == 0 || b->rule == PV_SHARES;
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
    } else if (b->counted && b->rule != PV_YES_NO) {
        n = pv_count(c, b, winners);
    }
    for (int32_t i = 0; i < n; i++) {
        b->option[winners[i]].place = i + 1;
    }
    c->counted += b->counted;
}

void pv_ballot_count(pv_fold *c, pv_ballot *b)
{
    if (b->about == PV_ABOUT_ELECTION) {
        pv_election_prepare(c, b);
    }
    count(c, b);
    b->state = PV_BALLOT_CLOSED;
    switch (b->about) {
    case PV_ABOUT_ELECTION:
        pv_election_decided(c, b);
        break;
    case PV_ABOUT_RECALL:
        pv_recall_decided(c, b);
        break;
    case PV_ABOUT_SIGNATURES:
        pv_signatures_decided(c, b);
        break;
    default:
        pv_motion_decided(c, b);
    }
}

void pv_ballot_closes(pv_fold *c, void *subject, int64_t n)
{
    pv_ballot *b = subject;
    (void)n;
    if (b->sealed != NULL) {
        pv_sealed_closes(c, b);
    } else {
        pv_ballot_count(c, b);
    }
}

static void name_options(pv_ballot *b)
{
    for (int64_t i = 0; i < b->n_options; i++) {
        if (b->rule == PV_YES_NO) {
            snprintf(b->option[i].name, sizeof b->option[i].name, "%s", i == 0 ? "yes" : "no");
        } else {
            snprintf(b->option[i].name, sizeof b->option[i].name, "%lld", (long long)i + 1);
        }
    }
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
    name_options(b);
    pv_put_id(c, 'B', b->id, b);
    pv_push(c, &c->ballots, b);
    if (pv_sealed_wanted(c, b)) {
        pv_sealed_plan(c, b);
        return b;
    }
    pv_due_at(c, opening, pv_ballot_opens, b, 0);
    pv_due_at(c, closing, pv_ballot_closes, b, 0);
    return b;
}

int pv_ballot_voter(const pv_fold *c, bool sealed, pv_ballot **out)
{
    pv_ballot *b = *out = pv_get_id(c, 'B', c->value[0].at);
    if (b == NULL || b->state != PV_BALLOT_OPEN) {
        return 50;
    }
    if ((b->sealed != NULL) != sealed) {
        return 144;
    }
    return pv_has(c, b->electors, c->author, b->opens - 1) ? 0 : 51;
}

int pv_apply_vote(pv_fold *c)
{
    pv_ballot *b;
    const pv_value *list = &c->value[1];
    int64_t marks[PV_MARKS];
    bool seen[PV_OPTIONS] = {false};
    int rule = pv_ballot_voter(c, false, &b);
    if (rule != 0) {
        return rule;
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
        b->votes++;
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
