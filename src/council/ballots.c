/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * ballots.c - ballots that open, take votes, close and are counted by the clock of the record. */
#include "council/ballots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ballot/ballots.h"
#include "ballot/transcript.h"
#include "council/sealed.h"
#include "record/bytes.h"

#define TRANSCRIPT_MAX ((size_t)1 << 30)

const pl_table PL_BALLOTS = {"ballots",
                             sizeof(pl_ballot),
                             16,
                             {PL_INT(pl_ballot, about), PL_ID(pl_ballot, subject), PL_ID(pl_ballot, electors), PL_INT(pl_ballot, rule),
                              PL_INT(pl_ballot, options), PL_INT(pl_ballot, seats), PL_INT(pl_ballot, opens), PL_INT(pl_ballot, closes),
                              PL_INT(pl_ballot, state), PL_INT(pl_ballot, roll), PL_INT(pl_ballot, votes), PL_INT(pl_ballot, winners),
                              PL_ID(pl_ballot, transcript), PL_INT(pl_ballot, sealed), PL_ID(pl_ballot, seed), PL_INT(pl_ballot, secret)}};
const pl_table PL_CHOICES = {"choices",
                             sizeof(pl_choice),
                             5,
                             {PL_ID(pl_choice, id), PL_TEXT(pl_choice, name), PL_INT(pl_choice, out), PL_INT(pl_choice, first), PL_INT(pl_choice, place)}};
const pl_table PL_VOTES = {"votes", sizeof(pl_vote), 2, {PL_INT(pl_vote, position), PL_TEXT(pl_vote, marks)}};

/* Whom a ballot concerns: asked before the count, told after it. */
typedef struct subject {
    pl_status (*prepare)(pl_step *step, const uint8_t id[PL_HASH], const pl_ballot *ballot);
    pl_status (*decided)(pl_step *step, const uint8_t id[PL_HASH], const pl_ballot *ballot);
    pl_status (*opening)(pl_step *step, const uint8_t id[PL_HASH], const pl_ballot *ballot); /* when the times of a secret one are known */
} subject;
static const subject SUBJECTS[] = {
    [PL_ABOUT_ELECTION] = {pl_election_prepare, pl_election_decided, pl_election_opening},
    [PL_ABOUT_RECALL] = {NULL, pl_recall_decided, NULL},
    [PL_ABOUT_MOTION] = {NULL, pl_motion_decided, NULL},
    [PL_ABOUT_CONSTITUTION] = {NULL, pl_motion_decided, NULL},
    [PL_ABOUT_SIGNATURES] = {NULL, pl_signatures_decided, pl_signatures_opening},
};

/* ---- Planning ------------------------------------------------------------------------------------- */

static void ballot_id(const pl_ballot *b, int64_t serial, uint8_t id[PL_HASH])
{
    static const char DOMAIN[] = "plenty ballot v1\n";
    uint8_t text[sizeof DOMAIN - 1 + PL_HASH + 16];
    pl_row_key numbers = pl_key_then(pl_key_then(pl_key_none(), b->about), serial);
    memcpy(text, DOMAIN, sizeof DOMAIN - 1);
    memcpy(text + sizeof DOMAIN - 1, b->subject, PL_HASH);
    memcpy(text + sizeof DOMAIN - 1 + PL_HASH, numbers.at, 16);
    pl_hash(text, sizeof text, id);
}

pl_status pl_ballot_plan(pl_step *s, const pl_ballot *ballot, int64_t serial, uint8_t id[PL_HASH])
{
    pl_ballot b = *ballot;
    bool secret;
    pl_status status = pl_sealed_wanted(s, &b, &secret);
    b.state = PL_BALLOT_COMING;
    b.secret = secret;
    ballot_id(&b, serial, id);
    status = status == PL_OK ? pl_put(s, &PL_BALLOTS, pl_key_id1(id), &b) : status;
    for (int64_t i = 0; status == PL_OK && i < b.options; i++) {
        pl_choice o = {.out = 0};
        if (b.rule == PL_VOTE_YES_NO) {
            snprintf(o.name, sizeof o.name, "%s", i == 0 ? "yes" : "no");
        } else {
            snprintf(o.name, sizeof o.name, "%lld", (long long)i + 1);
        }
        status = pl_put(s, &PL_CHOICES, pl_key_then(pl_key_id1(id), i), &o);
    }
    if (status == PL_OK && secret) {
        return pl_sealed_plan(s, id, &b);
    }
    status = status == PL_OK ? pl_due_at(s, b.opens, "ballot.opens", id, 0) : status;
    return status == PL_OK ? pl_due_at(s, b.closes, "ballot.closes", id, 0) : status;
}

pl_status pl_ballot_opening(pl_step *s, const uint8_t id[PL_HASH], const pl_ballot *b)
{
    return SUBJECTS[b->about].opening != NULL ? SUBJECTS[b->about].opening(s, id, b) : PL_OK;
}

pl_status pl_ballot_option(pl_step *s, const uint8_t id[PL_HASH], int64_t option, const uint8_t stands_for[PL_HASH], const char *name)
{
    pl_choice o;
    bool there;
    pl_status status = pl_get(s, &PL_CHOICES, pl_key_then(pl_key_id1(id), option), &o, &there);
    memcpy(o.id, stands_for, PL_HASH);
    snprintf(o.name, sizeof o.name, "%s", name);
    return status == PL_OK ? pl_put(s, &PL_CHOICES, pl_key_then(pl_key_id1(id), option), &o) : status;
}

/* The seed of lots, before anybody votes: whoever knows the votes can no longer choose it. */
static pl_status seal(pl_step *s, const uint8_t id[PL_HASH], pl_ballot *b)
{
    static const char DOMAIN[] = "plenty ballot lot v1\n";
    uint8_t text[sizeof DOMAIN - 1 + 3 * PL_HASH] = {0}, *at = text + sizeof DOMAIN - 1;
    bool there;
    memcpy(text, DOMAIN, sizeof DOMAIN - 1);
    pl_status status = pl_tree_root(&s->fold->nodes, 0, s->fold->position, at, s->err);
    status = status == PL_OK ? pl_lot_seed(s, at + PL_HASH, &there) : status; /* zeros before the first lot */
    memcpy(at + 2 * PL_HASH, id, PL_HASH);
    pl_hash(text, sizeof text, b->seed);
    b->sealed = (int64_t)s->fold->position;
    return status;
}

pl_status pl_ballot_opens(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_ballot b;
    bool there;
    (void)n;
    pl_status status = pl_get(s, &PL_BALLOTS, pl_key_id1(id), &b, &there);
    status = status == PL_OK ? pl_assembly_size(s, b.electors, &b.roll) : status;
    status = status == PL_OK ? seal(s, id, &b) : status;
    b.state = PL_BALLOT_OPEN;
    return status == PL_OK ? pl_put(s, &PL_BALLOTS, pl_key_id1(id), &b) : status;
}

/* ---- Voting --------------------------------------------------------------------------------------- */

pl_status pl_ballot_voter(pl_step *s, const uint8_t *id, bool secret, pl_ballot *b)
{
    static const char *const WHEN[] = {"has not opened yet", "is open", "has closed", "has closed"};
    bool there, may;
    char hex[13];
    pl_status status = pl_get(s, &PL_BALLOTS, pl_key_id1(id), b, &there);
    if (status != PL_OK) {
        return status;
    }
    if (!there || b->state != PL_BALLOT_OPEN) {
        return there ? pl_broken(s, PL_RULE_BALLOT_OPEN, "the ballot %s... %s", pl_short_id(id, hex), WHEN[b->state])
                     : pl_broken(s, PL_RULE_BALLOT_OPEN, "there is no ballot %s...", pl_short_id(id, hex));
    }
    if (s->fold->door != NULL && (int64_t)s->fold->now >= b->closes) {
        return pl_broken(s, PL_RULE_BALLOT_LATE, "it says an earlier time, and comes %lld s after the close", (long long)s->fold->now - (long long)b->closes);
    }
    if ((b->secret != 0) != secret) {
        return pl_broken(s, PL_RULE_SEALED, "the ballot %s... is %s", pl_short_id(id, hex), secret ? "open: a vote names what it marks" : "secret: a vote is encrypted");
    }
    status = pl_assembly_has(s, b->electors, s->author, b->opens - 1, &may);
    return status != PL_OK || may ? status : pl_broken(s, PL_RULE_BALLOT_ROLL, "the signer is not among the %lld on the roll", (long long)b->roll);
}

/* R-052; the marks as text. */
static pl_status check_marks(pl_step *s, const pl_ballot *b, const pl_value *marks, pl_vote *v)
{
    int64_t x[PL_MARKS_MAX];
    bool seen[PL_OPTIONS_MAX] = {false};
    size_t at = 0;
    pl_value_ints(marks, x);
    if (b->rule == PL_VOTE_YES_NO && marks->n > 1) {
        return pl_broken(s, PL_RULE_BALLOT_MARKS, "yes or no, not both");
    }
    for (size_t i = 0; i < marks->n; i++) {
        if (x[i] < 0 || x[i] >= b->options) {
            return pl_broken(s, PL_RULE_BALLOT_MARKS, "there is no option %lld; they are 0 to %lld", (long long)x[i], (long long)b->options - 1);
        }
        if (seen[x[i]]) {
            return pl_broken(s, PL_RULE_BALLOT_MARKS, "option %lld is marked twice", (long long)x[i]);
        }
        seen[x[i]] = true;
        at += (size_t)snprintf(v->marks + at, sizeof v->marks - at, "%s%lld", i > 0 ? " " : "", (long long)x[i]);
    }
    return PL_OK;
}

static pl_status apply_vote(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_ballot b;
    pl_vote v = {.position = (int64_t)s->fold->position}, before;
    bool voted;
    pl_status status = pl_ballot_voter(s, id, false, &b);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_marks(s, &b, &s->value[1], &v);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    status = pl_get(s, &PL_VOTES, pl_key_id2(id, s->author), &before, &voted);
    status = status == PL_OK ? pl_put(s, &PL_VOTES, pl_key_id2(id, s->author), &v) : status;
    if (status != PL_OK || voted) {
        return status;
    }
    b.votes++;
    return pl_put(s, &PL_BALLOTS, pl_key_id1(id), &b);
}

const pl_event_kind PL_KIND_VOTE_CAST = {
    "vote.cast",
    {{"ballot", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"marks", PL_FIELD_INTS, 0, PL_MARKS_MAX, false}, {0}},
    apply_vote,
};

/* ---- Papers --------------------------------------------------------------------------------------- */

static pl_status add_options(pl_step *s, const uint8_t id[PL_HASH], pl_ballots *papers)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_CHOICES, &prefix);
    pl_choice o;
    bool there;
    char hex[2 * PL_HASH + 1];
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_CHOICES, &at, &o, &there)) == PL_OK && there) {
        pl_hex_write(o.id, PL_HASH, hex);
        status = pl_ballots_candidate(papers, pl_id_none(o.id) ? NULL : hex, o.name, NULL, -1, s->err);
        if (status == PL_OK) {
            papers->candidate[papers->n_candidates - 1].withdrawn = o.out != 0;
        }
    }
    return status;
}

static pl_status add_votes(pl_step *s, const uint8_t id[PL_HASH], pl_ballots *papers)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_VOTES, &prefix);
    pl_vote v;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_VOTES, &at, &v, &there)) == PL_OK && there) {
        uint16_t choice[PL_MARKS_MAX];
        int32_t n = 0;
        for (char *p = v.marks; *p != '\0' && n < PL_MARKS_MAX;) {
            choice[n++] = (uint16_t)strtol(p, &p, 10);
        }
        status = pl_ballots_add(papers, 1, choice, NULL, n, s->err);
    }
    return status;
}

pl_status pl_ballot_papers(pl_step *s, const uint8_t id[PL_HASH], const pl_ballot *b, pl_ballots **out)
{
    pl_ballots *papers;
    char title[32], hex[13];
    pl_status status = pl_ballots_new(b->rule == PL_VOTE_APPROVAL ? PL_APPROVED : PL_RANKED, &papers, s->err);
    if (status != PL_OK) {
        return status;
    }
    int n = snprintf(title, sizeof title, "Ballot %s", pl_short_id(id, hex));
    papers->title = pl_ballots_text(papers, title, (size_t)n);
    papers->seats = (int32_t)b->seats;
    status = papers->title != NULL ? add_options(s, id, papers) : pl_fail_nomem(s->err, "the papers of a ballot");
    status = status == PL_OK && b->rule == PL_VOTE_SHARES ? pl_motion_money(s, b->subject, papers) : status;
    status = status != PL_OK ? status : b->secret != 0 ? pl_sealed_add(s, id, papers) : add_votes(s, id, papers);
    if (status != PL_OK) {
        pl_ballots_free(papers);
        return status;
    }
    *out = papers;
    return PL_OK;
}

/* ---- Counting ------------------------------------------------------------------------------------- */

static void take_winners(pl_ballot_count *out, const int32_t *winner, int32_t n)
{
    out->n_winners = n;
    memcpy(out->winner, winner, (size_t)n * sizeof *winner);
}

static pl_status by_stages(const pl_ballot *b, const pl_ballots *papers, const pl_count_settings *set, pl_ballot_count *out, pl_error *err)
{
    pl_status status = b->rule == PL_VOTE_MEEK ? pl_count_meek(papers, set, &out->stages, err) : pl_count_scottish(papers, set, &out->stages, err);
    if (status == PL_OK) {
        pl_count_json(papers, out->stages, &out->transcript);
        take_winners(out, out->stages->winner, out->stages->n_winners);
    }
    return status;
}

static pl_status by_pairs(const pl_ballots *papers, const pl_count_settings *set, pl_ballot_count *out, pl_error *err)
{
    pl_status status = pl_schulze_find(papers, set, &out->schulze, err);
    if (status == PL_OK) {
        pl_schulze_json(papers, out->schulze, &out->transcript);
        take_winners(out, out->schulze->order, out->schulze->n_winners);
    }
    return status;
}

static pl_status by_tally(const pl_ballot *b, const pl_ballots *papers, const pl_count_settings *set, pl_ballot_count *out, pl_error *err)
{
    bool majority = b->rule == PL_VOTE_YES_NO;
    pl_status status = majority ? pl_tally_majority(papers, 1, 2, 0, &out->tally, err) : pl_tally_approval(papers, set, &out->tally, err);
    if (status == PL_OK) {
        pl_tally_json(papers, out->tally, majority, &out->transcript);
        take_winners(out, out->tally->order, out->tally->n_winners);
    }
    return status;
}

static pl_status by_shares(const pl_ballots *papers, const pl_count_settings *set, pl_ballot_count *out, pl_error *err)
{
    pl_shares_settings shares = {.common = *set, .budget = -1};
    pl_status status = pl_shares_find(papers, &shares, &out->shares, err);
    if (status == PL_OK) {
        pl_shares_json(papers, out->shares, &out->transcript);
        for (int32_t i = 0; i < out->shares->n_bought; i++) {
            out->winner[out->n_winners++] = out->shares->bought[i].project;
        }
    }
    return status;
}

/* Whether a paper marks anybody who stands. */
static bool any_mark(const pl_ballots *papers)
{
    for (int64_t i = 0; i < papers->start[papers->n_rows]; i++) {
        if (!papers->candidate[papers->choice[i] & (PL_EQUAL_RANK - 1)].withdrawn) {
            return true;
        }
    }
    return false;
}

/* No more stand than there are seats: all of them. */
static bool uncontested(const pl_ballot *b, const pl_ballots *papers, pl_ballot_count *out)
{
    int32_t n = 0;
    for (int32_t c = 0; c < papers->n_candidates; c++) {
        if (!papers->candidate[c].withdrawn) {
            out->winner[n++] = c;
        }
    }
    bool yes = b->rule != PL_VOTE_YES_NO && n <= b->seats;
    out->n_winners = yes ? n : 0;
    return yes;
}

pl_status pl_ballot_count_papers(const pl_ballot *b, const pl_ballots *papers, pl_ballot_count *out, pl_error *err)
{
    char seed[2 * PL_HASH + 1];
    pl_count_settings set = {.seats = (int32_t)b->seats, .seed = pl_seed_text(b->seed, seed)};
    memset(out, 0, sizeof *out);
    pl_str_init(&out->transcript, TRANSCRIPT_MAX);
    if (uncontested(b, papers, out) || !any_mark(papers)) {
        return PL_OK;
    }
    pl_status status = b->rule == PL_VOTE_STV || b->rule == PL_VOTE_MEEK ? by_stages(b, papers, &set, out, err)
                       : b->rule == PL_VOTE_SCHULZE                     ? by_pairs(papers, &set, out, err)
                       : b->rule == PL_VOTE_SHARES                      ? by_shares(papers, &set, out, err)
                                                                        : by_tally(b, papers, &set, out, err);
    if (status == PL_OK && out->transcript.failed) {
        status = pl_fail_nomem(err, "the transcript of a count");
    }
    if (status != PL_OK) {
        pl_ballot_count_clear(out);
    }
    return status;
}

void pl_ballot_count_clear(pl_ballot_count *count)
{
    pl_count_free(count->stages);
    pl_schulze_free(count->schulze);
    pl_tally_free(count->tally);
    pl_shares_free(count->shares);
    pl_str_clear(&count->transcript);
    memset(count, 0, sizeof *count);
}

const char *pl_seed_text(const uint8_t seed[PL_HASH], char out[2 * PL_HASH + 1])
{
    pl_hex_write(seed, PL_HASH, out);
    return out;
}

/* Writes what became of each option. */
static pl_status put_results(pl_step *s, const uint8_t id[PL_HASH], const pl_ballot *b, const pl_ballots *papers, const pl_ballot_count *count)
{
    int64_t first[PL_OPTIONS_MAX] = {0}, place[PL_OPTIONS_MAX] = {0};
    pl_status status = PL_OK;
    for (int64_t row = 0; row < papers->n_rows; row++) {
        int64_t end = b->rule == PL_VOTE_APPROVAL || b->rule == PL_VOTE_SHARES ? papers->start[row + 1] : papers->start[row] + 1;
        for (int64_t i = papers->start[row]; i < end; i++) {
            first[papers->choice[i] & (PL_EQUAL_RANK - 1)] += papers->count[row];
        }
    }
    for (int32_t i = 0; i < count->n_winners; i++) {
        place[count->winner[i]] = i + 1;
    }
    for (int64_t i = 0; status == PL_OK && i < b->options; i++) {
        pl_choice o;
        bool there;
        status = pl_get(s, &PL_CHOICES, pl_key_then(pl_key_id1(id), i), &o, &there);
        o.first = first[i];
        o.place = place[i];
        status = status == PL_OK ? pl_put(s, &PL_CHOICES, pl_key_then(pl_key_id1(id), i), &o) : status;
    }
    return status;
}

static pl_status count_votes(pl_step *s, const uint8_t id[PL_HASH], pl_ballot *b)
{
    pl_ballots *papers = NULL;
    pl_ballot_count count;
    pl_status status = pl_ballot_papers(s, id, b, &papers);
    status = status == PL_OK ? pl_ballot_count_papers(b, papers, &count, s->err) : status;
    if (status == PL_OK) {
        b->state = PL_BALLOT_CLOSED;
        b->winners = count.n_winners;
        if (count.transcript.len > 0) {
            pl_hash(count.transcript.text, count.transcript.len, b->transcript);
        }
        status = put_results(s, id, b, papers, &count);
        pl_ballot_count_clear(&count);
    }
    pl_ballots_free(papers);
    return status == PL_OK ? pl_put(s, &PL_BALLOTS, pl_key_id1(id), b) : status;
}

pl_status pl_ballot_count_now(pl_step *s, const uint8_t id[PL_HASH], pl_ballot *b)
{
    const subject *about = &SUBJECTS[b->about];
    pl_status status = about->prepare != NULL ? about->prepare(s, id, b) : PL_OK;
    status = status == PL_OK ? count_votes(s, id, b) : status;
    return status == PL_OK && about->decided != NULL ? about->decided(s, id, b) : status;
}

pl_status pl_ballot_closes(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_ballot b;
    bool there;
    (void)n;
    pl_status status = pl_get(s, &PL_BALLOTS, pl_key_id1(id), &b, &there);
    if (status == PL_OK && b.secret != 0) {
        return pl_sealed_closes(s, id, &b);
    }
    return status == PL_OK ? pl_ballot_count_now(s, id, &b) : status;
}

pl_status pl_ballot_result(pl_step *s, const uint8_t id[PL_HASH], int64_t option, int64_t *first, int64_t *place)
{
    pl_choice o;
    bool there;
    pl_status status = pl_get(s, &PL_CHOICES, pl_key_then(pl_key_id1(id), option), &o, &there);
    *first = o.first;
    *place = o.place;
    return status;
}
