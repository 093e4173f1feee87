/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "ballot/transcript.h"

#include <stdio.h>

#include "io/json.h"

const char *pl_votes_text(int64_t votes, int decimals, char out[PL_VOTES_MAX])
{
    static const int64_t power[10] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};
    int64_t one = power[decimals];
    if (decimals == 0) {
        snprintf(out, PL_VOTES_MAX, "%lld", (long long)votes);
    } else {
        snprintf(out, PL_VOTES_MAX, "%s%lld.%0*lld", votes < 0 ? "-" : "", (long long)((votes < 0 ? -votes : votes) / one),
                 decimals, (long long)((votes < 0 ? -votes : votes) % one));
    }
    return out;
}

/* ---- What all have --------------------------------------------------------------------------------------------------- */

static void put_votes(pl_json *j, const char *key, int64_t votes, int decimals)
{
    char text[PL_VOTES_MAX];
    if (key != NULL) {
        pl_json_key(j, key);
    }
    pl_json_raw(j, pl_votes_text(votes, decimals, text));
}

/* Candidates as their numbers, 1 = first. */
static void put_numbers(pl_json *j, const char *key, const int32_t *who, int32_t n)
{
    pl_json_key(j, key);
    pl_json_array(j);
    for (int32_t i = 0; i < n; i++) {
        pl_json_int(j, who[i] + 1);
    }
    pl_json_end(j);
}

static void begin(pl_json *j, const pl_ballots *b, const char *rule, int64_t valid, const char *seed, pl_str *out)
{
    pl_json_init(j, out, true);
    pl_json_object(j);
    pl_json_put_text(j, "format", "plenty-count-1");
    pl_json_put_text(j, "rule", rule);
    pl_json_put_text(j, "title", b->title);
    pl_json_key(j, "ballots");
    pl_json_object(j);
    pl_json_put_text(j, "sha256", b->sha256[0] != '\0' ? b->sha256 : NULL);
    pl_json_put_int(j, "papers", b->papers);
    pl_json_put_int(j, "blank", b->blank);
    pl_json_put_int(j, "valid", valid);
    pl_json_end(j);
    pl_json_put_text(j, "seed", seed[0] != '\0' ? seed : NULL);
    pl_json_key(j, "candidates");
    pl_json_array(j);
    for (int32_t c = 0; c < b->n_candidates; c++) {
        const pl_candidate *who = &b->candidate[c];
        pl_json_object(j);
        pl_json_put_int(j, "number", c + 1);
        pl_json_put_text(j, "id", who->id);
        pl_json_put_text(j, "name", pl_candidate_name(b, c));
        pl_json_put_text(j, "group", who->group);
        if (who->cost >= 0) {
            put_votes(j, "cost", who->cost, 2);
        }
        pl_json_put_bool(j, "withdrawn", who->withdrawn);
        pl_json_end(j);
    }
    pl_json_end(j);
}

static void end(pl_json *j, pl_str *out)
{
    pl_json_end(j);
    pl_str_add(out, "\n");
}

static void put_tie(pl_json *j, const pl_tie *tie)
{
    if (tie->how == PL_TIE_NONE) {
        return;
    }
    pl_json_key(j, "tie");
    pl_json_object(j);
    put_numbers(j, "tied", tie->tied, tie->n_tied);
    if (tie->how == PL_TIE_EARLIER) {
        pl_json_put_int(j, "decided_by_stage", tie->stage);
    } else {
        pl_json_put_int(j, "decided_by_draw", tie->draw);
    }
    pl_json_end(j);
}

/* ---- By stages ---------------------------------------------------------------------------------------------------------- */

static void put_stage(pl_json *j, const pl_count *count, int32_t s)
{
    static const char *const action[] = {"first", "surplus", "exclude", "round"};
    const pl_count_stage *stage = &count->stage[s];
    int d = count->decimals;
    pl_json_object(j);
    pl_json_put_int(j, "stage", s + 1);
    pl_json_put_text(j, "action", action[stage->kind]);
    if (stage->candidate >= 0) {
        pl_json_put_int(j, stage->kind == PL_STEP_ROUND ? "excluded" : "candidate", stage->candidate + 1);
    }
    put_tie(j, &stage->tie);
    put_votes(j, "quota", stage->quota, d);
    if (stage->kind == PL_STEP_SURPLUS || stage->kind == PL_STEP_ROUND) {
        put_votes(j, "surplus", stage->surplus, d);
    }
    if (stage->kind == PL_STEP_ROUND) {
        pl_json_put_int(j, "iterations", stage->iterations);
    } else {
        pl_json_put_int(j, "papers_moved", stage->moved);
        pl_json_put_int(j, "papers_stuck", stage->stuck);
    }
    pl_json_key(j, "votes");
    pl_json_array(j);
    for (int32_t c = 0; c < count->n_candidates; c++) {
        put_votes(j, NULL, stage->votes[c], d);
    }
    pl_json_end(j);
    if (stage->keep != NULL) {
        pl_json_key(j, "keep");
        pl_json_array(j);
        for (int32_t c = 0; c < count->n_candidates; c++) {
            put_votes(j, NULL, stage->keep[c], d);
        }
        pl_json_end(j);
    }
    put_votes(j, "lost", stage->lost, d);
    put_numbers(j, "elected", stage->elected, stage->n_elected);
    pl_json_put_bool(j, "last_seats", stage->last);
    pl_json_end(j);
}

void pl_count_json(const pl_ballots *b, const pl_count *count, pl_str *out)
{
    static const char *const rule[] = {"scottish", "meek", "countback"};
    pl_json j;
    begin(&j, b, rule[count->rule], count->valid, count->seed, out);
    pl_json_put_int(&j, "seats", count->seats);
    pl_json_put_int(&j, "decimals", count->decimals);
    pl_json_put_int(&j, "draws", count->draws);
    if (count->left >= 0) {
        pl_json_put_int(&j, "left", count->left + 1);
        pl_json_put_int(&j, "of_seats", count->of_seats);
        put_numbers(&j, "stands", count->stands, count->n_stands);
    }
    put_votes(&j, "quota", count->quota, count->decimals);
    put_votes(&j, "total", count->total, count->decimals);
    put_numbers(&j, "winners", count->winner, count->n_winners);
    pl_json_key(&j, "stages");
    pl_json_array(&j);
    for (int32_t s = 0; s < count->n_stages; s++) {
        put_stage(&j, count, s);
    }
    pl_json_end(&j);
    end(&j, out);
}

/* ---- Schulze -------------------------------------------------------------------------------------------------------------- */

static void put_matrix(pl_json *j, const char *key, const int64_t *cell, int32_t n)
{
    pl_json_key(j, key);
    pl_json_array(j);
    for (int32_t i = 0; i < n; i++) {
        pl_json_array(j);
        for (int32_t k = 0; k < n; k++) {
            pl_json_int(j, cell[(size_t)i * (size_t)n + (size_t)k]);
        }
        pl_json_end(j);
    }
    pl_json_end(j);
}

void pl_schulze_json(const pl_ballots *b, const pl_schulze *s, pl_str *out)
{
    pl_json j;
    begin(&j, b, "schulze", s->valid, s->seed, out);
    pl_json_put_int(&j, "seats", s->seats);
    put_numbers(&j, "winners", s->order, s->n_winners);
    put_numbers(&j, "order", s->order, s->n_order);
    pl_json_key(&j, "places");
    pl_json_array(&j);
    for (int32_t c = 0; c < s->n; c++) {
        pl_json_int(&j, s->place[c]);
    }
    pl_json_end(&j);
    put_tie(&j, &s->tie);
    pl_json_key(&j, "beats_all");
    if (s->condorcet >= 0) {
        pl_json_int(&j, s->condorcet + 1);
    } else {
        pl_json_null(&j);
    }
    put_matrix(&j, "preferred", s->prefer, s->n);
    put_matrix(&j, "paths", s->path, s->n);
    end(&j, out);
}

/* ---- Approval, majority --------------------------------------------------------------------------------------------------- */

void pl_tally_json(const pl_ballots *b, const pl_tally *t, bool majority, pl_str *out)
{
    pl_json j;
    begin(&j, b, majority ? "majority" : "approval", t->valid, t->seed, out);
    pl_json_put_int(&j, "seats", t->seats);
    put_numbers(&j, "winners", t->order, t->n_winners);
    put_numbers(&j, "order", t->order, t->n_order);
    put_tie(&j, &t->tie);
    if (majority) {
        char part[32];
        snprintf(part, sizeof part, "%d/%d", t->part, t->part_of);
        pl_json_put_text(&j, "more_than", part);
        pl_json_put_int(&j, "quorum", t->quorum);
        pl_json_put_int(&j, "cast", t->cast);
        pl_json_put_int(&j, "not_abstaining", t->base);
        pl_json_put_bool(&j, "has_quorum", t->has_quorum);
        pl_json_put_bool(&j, "has_majority", t->has_majority);
    }
    pl_json_key(&j, "votes");
    pl_json_array(&j);
    for (int32_t c = 0; c < t->n; c++) {
        pl_json_int(&j, t->votes[c]);
    }
    pl_json_end(&j);
    end(&j, out);
}

/* ---- Equal Shares ---------------------------------------------------------------------------------------------------------- */

/* An exact fraction as text: "100/33". */
static void put_fraction(pl_json *j, const char *key, const pl_fraction *f, pl_str *scratch)
{
    pl_str_clear(scratch);
    pl_str_add(scratch, f->numerator);
    pl_str_add(scratch, "/");
    pl_str_add(scratch, f->denominator);
    pl_json_put_text(j, key, scratch->text);
}

void pl_shares_json(const pl_ballots *b, const pl_shares *s, pl_str *out)
{
    pl_json j;
    pl_str scratch;
    pl_str_init(&scratch, (size_t)1 << 20);
    begin(&j, b, "equal-shares", b->papers, s->seed, out);
    pl_json_put_int(&j, "voters", s->voters);
    pl_json_put_text(&j, "unit", s->seats ? "seat" : "hundredth");
    pl_json_put_int(&j, "budget", s->seats ? s->budget / s->voters : s->budget);
    pl_json_put_int(&j, "spent", s->seats ? s->spent / s->voters : s->spent);
    pl_json_put_text(&j, "use", s->by_number ? "number" : "cost");
    pl_json_put_int(&j, "raises", s->raises);
    pl_json_put_bool(&j, "one_more_raise_would_cost_too_much", s->stopped_by_money);
    pl_json_key(&j, "votes");
    pl_json_array(&j);
    for (int32_t c = 0; c < s->n; c++) {
        pl_json_int(&j, s->votes[c]);
    }
    pl_json_end(&j);
    pl_json_key(&j, "chosen");
    pl_json_array(&j);
    for (int32_t i = 0; i < s->n_bought; i++) {
        const pl_purchase *p = &s->bought[i];
        pl_json_object(&j);
        pl_json_put_int(&j, "project", p->project + 1);
        pl_json_put_int(&j, "supporters", p->supporters);
        pl_json_put_int(&j, "paying_alike", p->paying);
        pl_json_put_int(&j, "paying_all_they_have", p->empty);
        put_fraction(&j, "most_paid", &p->most, &scratch);
        put_fraction(&j, "rate", &p->rate, &scratch);
        put_tie(&j, &p->tie);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    put_fraction(&j, "left", &s->left, &scratch);
    out->failed = out->failed || scratch.failed;
    pl_str_clear(&scratch);
    end(&j, out);
}
