/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * vacancies.c - a seat that falls vacant within a term: countback from the kept ballots of the election that filled it, or a by-election. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ballot/transcript.h"
#include "council/elections.h"

const pl_table PL_BACKS = {"countbacks",
                           sizeof(pl_back),
                           7,
                           {PL_ID(pl_back, left), PL_ID(pl_back, winner), PL_ID(pl_back, transcript), PL_INT(pl_back, time), PL_INT(pl_back, option),
                            PL_INT(pl_back, won), PL_TEXT(pl_back, stands)}};
const pl_table PL_FILLED = {"filled", sizeof(pl_filled), 1, {PL_ID(pl_filled, mandate)}};

pl_status pl_countback(pl_step *s, const uint8_t ballot[PL_HASH], const pl_back *back, pl_ballots **papers, pl_count **out)
{
    bool stands[PL_OPTIONS_MAX] = {false};
    char seed[2 * PL_HASH + 1];
    pl_ballot b;
    bool there;
    *papers = NULL;
    *out = NULL;
    for (const char *p = back->stands; *p != '\0';) {
        char *end;
        stands[strtol(p, &end, 10)] = true;
        p = end;
    }
    pl_status status = pl_get(s, &PL_BALLOTS, pl_key_id1(ballot), &b, &there);
    status = status == PL_OK ? pl_ballot_papers(s, ballot, &b, papers) : status;
    pl_count_settings set = {.seats = (int32_t)b.seats, .seed = pl_seed_text(b.seed, seed)};
    return status == PL_OK ? pl_count_countback(*papers, &set, (int32_t)back->option, stands, out, s->err) : status;
}

/* Who may take the seat: whoever stood, was not elected, and could be now; and whose papers filled it. */
static pl_status who_stands(pl_step *s, const pl_mandate *m, const pl_election *e, pl_back *back, int64_t *n)
{
    pl_row_key prefix = pl_key_id1(m->election);
    pl_cursor at = pl_rows(&PL_STANDS, &prefix);
    pl_stand c;
    pl_election now = *e;
    bool there, may;
    size_t used = 0;
    pl_status status = PL_OK;
    now.sort = PL_ELECTION_VACANCY; /* holders of other seats are not among them */
    *n = 0;
    back->option = -1;
    while (status == PL_OK && (status = pl_next(s, &PL_STANDS, &at, &c, &there)) == PL_OK && there) {
        back->option = c.how == PL_ELECTED && c.seat == m->seat ? c.option : back->option;
        status = pl_election_may(s, &now, at.key + PL_HASH, &may);
        if (status == PL_OK && may && c.how == PL_NOT_ELECTED && c.option >= 0) {
            used += (size_t)snprintf(back->stands + used, sizeof back->stands - used, "%s%lld", *n > 0 ? " " : "", (long long)c.option);
            ++*n;
        }
    }
    return status;
}

/* Whom the papers elect; *there is false when nobody. */
static pl_status count_back(pl_step *s, const pl_election *e, pl_back *back, bool *there)
{
    pl_ballots *papers = NULL;
    pl_count *count = NULL;
    pl_str transcript;
    pl_error none;
    pl_step quiet = *s;
    quiet.err = &none;
    pl_status status = pl_countback(&quiet, e->ballot, back, &papers, &count);
    *there = status == PL_OK && count->n_winners == 1;
    if (*there) {
        pl_str_init(&transcript, (size_t)1 << 30);
        pl_count_json(papers, count, &transcript);
        status = transcript.failed ? PL_NOMEM : PL_OK;
        pl_hash(transcript.text, transcript.len, back->transcript);
        pl_str_clear(&transcript);
        back->won = count->winner[0];
    }
    pl_count_free(count);
    pl_ballots_free(papers);
    if (status == PL_DATA) {
        return PL_OK; /* no paper names anybody who stands */
    }
    return status == PL_NOMEM ? pl_fail_nomem(s->err, "a countback") : status;
}

static pl_status take_seat(pl_step *s, const pl_mandate *m, pl_election *e, const pl_seat_group *g, pl_back *back)
{
    pl_choice won;
    bool there;
    pl_status status = pl_get(s, &PL_CHOICES, pl_key_then(pl_key_id1(e->ballot), back->won), &won, &there);
    memcpy(back->winner, won.id, PL_HASH);
    back->time = s->time;
    e->countbacks++;
    status = status == PL_OK ? pl_put(s, &PL_BACKS, pl_key_then(pl_key_id1(m->election), e->countbacks), back) : status;
    status = status == PL_OK ? pl_put(s, &PL_ELECTIONS, pl_key_id1(m->election), e) : status;
    return status == PL_OK ? pl_election_seat(s, m->election, e, won.id, m->seat, PL_ELECTED_BACK, g->ends) : status;
}

/* Somebody takes the seat by countback; otherwise there is a by-election, unless all seats are being filled. */
static pl_status refill(pl_step *s, const uint8_t mandate[PL_HASH], const pl_mandate *m, const pl_seat_group *g)
{
    pl_election e, by;
    pl_back back = {.time = 0};
    bool there, elected = false;
    int64_t standing = 0;
    pl_status status = pl_get(s, &PL_ELECTIONS, pl_key_id1(g->by), &by, &there);
    if (status != PL_OK || (there && by.sort == PL_ELECTION_AGAIN && by.state <= PL_ELECTION_VOTING)) {
        return status;
    }
    memcpy(back.left, mandate, PL_HASH);
    status = pl_get(s, &PL_ELECTIONS, pl_key_id1(m->election), &e, &there);
    status = status == PL_OK ? who_stands(s, m, &e, &back, &standing) : status;
    if (status == PL_OK && standing > 0 && back.option >= 0) {
        status = count_back(s, &e, &back, &elected);
    }
    if (status == PL_OK && elected) {
        return take_seat(s, m, &e, g, &back);
    }
    return status == PL_OK ? pl_election_fill(s, m->council, m->group, 0) : status;
}

pl_status pl_seat_vacant(pl_step *s, const uint8_t mandate[PL_HASH], int64_t n)
{
    pl_mandate m;
    pl_seat_group g;
    pl_filled f;
    bool there;
    (void)n;
    pl_status status = pl_get(s, &PL_MANDATES, pl_key_id1(mandate), &m, &there);
    pl_row_key group = pl_key_then(pl_key_id1(m.council), m.group);
    status = status == PL_OK ? pl_get(s, &PL_GROUPS, group, &g, &there) : status;
    status = status == PL_OK ? pl_get(s, &PL_FILLED, pl_key_then(group, m.seat), &f, &there) : status;
    if (status != PL_OK || g.ends <= s->time || m.until <= s->time || !pl_id_same(f.mandate, mandate)) {
        return status; /* the term is over, was over, or somebody sits there */
    }
    return refill(s, mandate, &m, &g);
}

pl_status pl_mandate_outlives(pl_step *s, const uint8_t mandate[PL_HASH], int64_t n)
{
    pl_mandate m, base;
    pl_seat_group g;
    pl_election next;
    bool there;
    (void)n;
    pl_status status = pl_get(s, &PL_MANDATES, pl_key_id1(mandate), &m, &there);
    status = status == PL_OK ? pl_get(s, &PL_MANDATES, pl_key_id1(m.rests_on), &base, &there) : status;
    status = status == PL_OK ? pl_get(s, &PL_GROUPS, pl_key_then(pl_key_id1(m.council), m.group), &g, &there) : status;
    status = status == PL_OK ? pl_get(s, &PL_ELECTIONS, pl_key_id1(g.election), &next, &there) : status;
    int64_t elected = s->time + next.standing_time + next.voting_time;
    if (status != PL_OK || m.ended >= 0 || base.ended < 0 || next.opens <= elected) {
        return status; /* it is over, rests on another, or is so until the next term, whose election begins before another could be elected */
    }
    m.until = elected;
    status = pl_put(s, &PL_MANDATES, pl_key_id1(mandate), &m);
    status = status == PL_OK ? pl_due_at(s, m.until, "mandate.ends", mandate, 0) : status;
    return status == PL_OK ? refill(s, mandate, &m, &g) : status;
}
