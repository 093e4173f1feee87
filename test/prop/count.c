/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What must hold for every election: random ones, many of them full of ties. */
#include "test/test.h"

#include <stdlib.h>

#include "ballot/ballots.h"
#include "ballot/transcript.h"
#include "base/mem.h"
#include "test/ballot_help.h"

#define ELECTIONS 1500

static pl_count *count_by(pl_count_rule rule, const pl_ballots *b)
{
    pl_count_settings settings = {.seed = "dice 3 1 6"};
    pl_count *count = NULL;
    pl_error err = {0};
    pl_status status = rule == PL_SCOTTISH ? pl_count_scottish(b, &settings, &count, &err) : pl_count_meek(b, &settings, &count, &err);
    if (status != PL_OK && strcmp(err.message, "no paper names a candidate who is standing") != 0) {
        FAIL("%s: %s", err.subject, err.message);
    }
    return count;
}

TEST(no_vote_is_made_or_forgotten)
{
    for (uint64_t seed = 1; seed <= ELECTIONS; seed++) {
        pl_rng rng;
        pl_rng_seed(&rng, seed);
        pl_ballots *b = random_ballots(&rng, PL_RANKED, 8, 30);
        for (int rule = PL_SCOTTISH; rule <= PL_MEEK; rule++) {
            pl_count *count = count_by((pl_count_rule)rule, b);
            if (count == NULL) {
                continue;
            }
            bool won[64] = {false};
            CHECK_INT(count->n_winners, b->seats);
            for (int32_t i = 0; i < count->n_winners; i++) {
                CHECK(!won[count->winner[i]] && !b->candidate[count->winner[i]].withdrawn);
                won[count->winner[i]] = true;
            }
            for (int32_t s = 0; s < count->n_stages; s++) {
                const pl_count_stage *stage = &count->stage[s];
                int64_t sum = stage->lost;
                for (int32_t c = 0; c < b->n_candidates; c++) {
                    CHECK(stage->votes[c] >= 0);
                    sum += stage->votes[c];
                }
                if (sum != count->total || stage->lost < 0) {
                    FAIL("seed %llu, rule %d, stage %d: %lld of %lld votes", (unsigned long long)seed, rule, s + 1, (long long)sum,
                         (long long)count->total);
                }
            }
            pl_count_free(count);
        }
        pl_ballots_free(b);
    }
}

static void transcript(int rule, const pl_ballots *b, pl_str *out)
{
    pl_count_settings settings = {.seed = "dice 3 1 6"};
    pl_shares_settings shares = {.common = settings, .budget = -1};
    pl_error err = {0};
    if (rule <= PL_MEEK) {
        pl_count *count = count_by((pl_count_rule)rule, b);
        if (count != NULL) {
            pl_count_json(b, count, out);
        }
        pl_count_free(count);
    } else if (rule == 2) {
        pl_schulze *s = NULL;
        CHECK_INT(pl_schulze_find(b, &settings, &s, &err), PL_OK);
        pl_schulze_json(b, s, out);
        pl_schulze_free(s);
    } else {
        pl_shares *s = NULL;
        if (pl_shares_find(b, &shares, &s, &err) != PL_OK) {
            FAIL("%s: %s", err.subject, err.message);
        }
        pl_shares_json(b, s, out);
        pl_shares_free(s);
    }
}

TEST(the_order_of_papers_is_nothing)
{
    for (uint64_t seed = 1; seed <= ELECTIONS; seed++) {
        for (int rule = 0; rule < 5; rule++) {
            pl_rng rng;
            pl_str one, other;
            pl_rng_seed(&rng, seed);
            pl_ballots *b = random_ballots(&rng, rule < 3 ? PL_RANKED : rule == 3 ? PL_APPROVED : PL_SCORED, 7, 25);
            pl_ballots *turned = changed_ballots(b, &rng, NULL);
            pl_str_init(&one, 1 << 22);
            pl_str_init(&other, 1 << 22);
            transcript(rule, b, &one);
            transcript(rule, turned, &other);
            if (strcmp(one.text, other.text) != 0) {
                FAIL("seed %llu, rule %d: another transcript", (unsigned long long)seed, rule);
            }
            pl_str_clear(&one);
            pl_str_clear(&other);
            pl_ballots_free(b);
            pl_ballots_free(turned);
        }
    }
}

/* Candidates under other numbers: the same people are elected, with the same votes at every stage. */
TEST(the_order_of_candidates_is_nothing)
{
    for (uint64_t seed = 1; seed <= ELECTIONS; seed++) {
        pl_rng rng;
        int32_t to[64];
        pl_rng_seed(&rng, seed);
        pl_ballots *b = random_ballots(&rng, PL_RANKED, 7, 25);
        for (int32_t c = 0; c < b->n_candidates; c++) {
            to[c] = c;
        }
        for (int32_t c = b->n_candidates - 1; c > 0; c--) {
            int32_t other = (int32_t)pl_rng_below(&rng, (uint64_t)c + 1), kept = to[c];
            to[c] = to[other];
            to[other] = kept;
        }
        pl_ballots *turned = changed_ballots(b, &rng, to);
        for (int rule = PL_SCOTTISH; rule <= PL_MEEK; rule++) {
            pl_count *x = count_by((pl_count_rule)rule, b), *y = count_by((pl_count_rule)rule, turned);
            CHECK((x == NULL) == (y == NULL));
            if (x == NULL) {
                continue;
            }
            CHECK_INT(x->n_stages, y->n_stages);
            for (int32_t s = 0; s < x->n_stages; s++) {
                CHECK((x->stage[s].candidate < 0 && y->stage[s].candidate < 0) || to[x->stage[s].candidate] == y->stage[s].candidate);
                for (int32_t c = 0; c < b->n_candidates; c++) {
                    CHECK(x->stage[s].votes[c] == y->stage[s].votes[to[c]]);
                }
            }
            bool won[64] = {false};
            for (int32_t i = 0; i < y->n_winners; i++) {
                won[y->winner[i]] = true;
            }
            for (int32_t i = 0; i < x->n_winners; i++) {
                CHECK(won[to[x->winner[i]]]);
            }
            pl_count_free(x);
            pl_count_free(y);
        }
        pl_ballots_free(b);
        pl_ballots_free(turned);
    }
}

/* Papers whose first |S| choices are the candidates of S, who all stand. */
static int64_t solid(const pl_ballots *b, unsigned set)
{
    int64_t papers = 0;
    for (int64_t r = 0; r < b->n_rows; r++) {
        int k = 0, size = __builtin_popcount(set);
        int64_t i = b->start[r];
        for (; i < b->start[r + 1] && k < size; i++) {
            if (b->candidate[b->choice[i]].withdrawn) {
                continue;
            }
            if ((set >> b->choice[i] & 1) == 0) {
                break;
            }
            k++;
        }
        papers += k == size ? b->count[r] : 0;
    }
    return papers;
}

/* Dummett and Woodall: k quotas of voters who put the candidates of a set first, in whatever order, elect k of them (or all).  A
 * vote is left for what is cut in rounding. */
TEST(solid_coalitions_get_their_seats)
{
    int64_t coalitions = 0;
    for (uint64_t seed = 1; seed <= ELECTIONS; seed++) {
        pl_rng rng;
        pl_rng_seed(&rng, seed);
        pl_ballots *b = random_ballots(&rng, PL_RANKED, 7, 8);
        for (int rule = PL_SCOTTISH; rule <= PL_MEEK; rule++) {
            pl_count *count = count_by((pl_count_rule)rule, b);
            unsigned elected = 0, out = 0;
            for (int32_t i = 0; count != NULL && i < count->n_winners; i++) {
                elected |= 1u << count->winner[i];
            }
            for (int32_t c = 0; c < b->n_candidates; c++) {
                out |= (unsigned)b->candidate[c].withdrawn << c;
            }
            for (unsigned set = 1; count != NULL && set < 1u << b->n_candidates; set++) {
                int64_t one = rule == PL_SCOTTISH ? 100000 : 1000000000;
                int64_t k = (set & out) != 0 ? 0 : (solid(b, set) - 1) * one / count->quota;
                k = k > __builtin_popcount(set) ? __builtin_popcount(set) : k;
                coalitions += k > 0;
                if (__builtin_popcount(set & elected) < k) {
                    FAIL("seed %llu, rule %d: set %x deserves %lld seats", (unsigned long long)seed, rule, set, (long long)k);
                }
            }
            pl_count_free(count);
        }
        pl_ballots_free(b);
    }
    printf("# %lld solid coalitions of a quota and more\n", (long long)coalitions);
}

/* ---- Meek again, paper by paper ------------------------------------------------------------------------------------------ */

typedef struct plain_meek {
    int64_t votes[64], keep[64], quota, surplus;
} plain_meek;

static void distribute(const pl_ballots *b, int32_t seats, plain_meek *m)
{
    int64_t sum = 0;
    memset(m->votes, 0, sizeof m->votes);
    for (int64_t r = 0; r < b->n_rows; r++) {
        for (int64_t paper = 0; paper < b->count[r]; paper++) {
            int64_t w = 1000000000;
            for (int64_t i = b->start[r]; i < b->start[r + 1] && w > 0; i++) {
                __int128 product = (__int128)w * m->keep[b->choice[i]];
                int64_t kept = (int64_t)(product / 1000000000) + (product % 1000000000 != 0);
                m->votes[b->choice[i]] += kept;
                w -= kept;
            }
        }
    }
    for (int32_t c = 0; c < b->n_candidates; c++) {
        sum += m->votes[c];
    }
    m->quota = sum / (seats + 1) + 1;
}

/* Follows the transcript round by round: the same votes, keep factors and iterations. */
static void follow(const pl_ballots *b, const pl_count *count, uint64_t seed)
{
    plain_meek m = {.quota = 0};
    bool elected[64] = {false};
    for (int32_t c = 0; c < b->n_candidates; c++) {
        m.keep[c] = b->candidate[c].withdrawn ? 0 : 1000000000;
    }
    for (int32_t s = 0; s < count->n_stages; s++) {
        const pl_count_stage *stage = &count->stage[s];
        for (int32_t k = 1;; k++) {
            distribute(b, count->seats, &m);
            if (k == stage->iterations) {
                break;
            }
            for (int32_t c = 0; c < b->n_candidates; c++) {
                if (elected[c]) {
                    __int128 kq = ((__int128)m.keep[c] * m.quota + 999999999) / 1000000000;
                    m.keep[c] = (int64_t)((kq * 1000000000 + m.votes[c] - 1) / m.votes[c]);
                }
            }
            CHECK(k < 100000);
        }
        CHECK(stage->quota == m.quota);
        for (int32_t c = 0; c < b->n_candidates; c++) {
            if (stage->votes[c] != m.votes[c] || stage->keep[c] != m.keep[c]) {
                FAIL("seed %llu, round %d, candidate %d: %lld, by paper %lld", (unsigned long long)seed, s + 1, c + 1,
                     (long long)stage->votes[c], (long long)m.votes[c]);
            }
        }
        for (int32_t i = 0; i < stage->n_elected; i++) {
            CHECK(stage->last || m.votes[stage->elected[i]] >= m.quota);
            elected[stage->elected[i]] = true;
        }
        if (stage->candidate >= 0) {
            m.keep[stage->candidate] = 0;
        }
    }
}

TEST(meek_is_the_same_paper_by_paper)
{
    for (uint64_t seed = 1; seed <= ELECTIONS / 5; seed++) {
        pl_rng rng;
        pl_rng_seed(&rng, seed);
        pl_ballots *b = random_ballots(&rng, PL_RANKED, 8, 25);
        pl_count *count = count_by(PL_MEEK, b);
        if (count != NULL && count->stage[0].iterations > 0) {
            follow(b, count, seed);
        }
        pl_count_free(count);
        pl_ballots_free(b);
    }
}

/* ---- Schulze -------------------------------------------------------------------------------------------------------------------- */

static int rank_of(const pl_ballots *b, int64_t r, int32_t c)
{
    int rank = 0;
    for (int64_t i = b->start[r]; i < b->start[r + 1]; i++) {
        rank += (b->choice[i] & PL_EQUAL_RANK) == 0;
        if ((b->choice[i] & 0x7fff) == c) {
            return rank;
        }
    }
    return 1000;
}

TEST(schulze_by_its_definition)
{
    int condorcet = 0;
    for (uint64_t seed = 1; seed <= ELECTIONS; seed++) {
        pl_rng rng;
        pl_rng_seed(&rng, seed);
        pl_ballots *b = random_ballots(&rng, PL_RANKED, 7, 12);
        for (int64_t i = 1; i < b->start[b->n_rows] && seed % 2 == 0; i++) { /* every other one with shared ranks */
            bool first = false;
            for (int64_t r = 0; r < b->n_rows; r++) {
                first |= b->start[r] == i;
            }
            if (!first && pl_rng_below(&rng, 3) == 0) {
                b->choice[i] |= (uint16_t)PL_EQUAL_RANK;
                b->equal_line = 1;
            }
        }
        pl_schulze *s = NULL;
        pl_count_settings settings = {.seed = "s"};
        CHECK_INT(pl_schulze_find(b, &settings, &s, NULL), PL_OK);
        int32_t n = b->n_candidates;
        for (int32_t i = 0; i < n; i++) {
            for (int32_t j = 0; j < n; j++) {
                int64_t d = 0, p;
                for (int64_t r = 0; r < b->n_rows && i != j && !b->candidate[i].withdrawn && !b->candidate[j].withdrawn; r++) {
                    d += rank_of(b, r, i) < rank_of(b, r, j) ? b->count[r] : 0;
                }
                CHECK_INT(s->prefer[i * n + j], d);
                /* No path is stronger than the best of its first step and what follows, and that one is there. */
                p = s->prefer[i * n + j] > s->prefer[j * n + i] ? s->prefer[i * n + j] : 0;
                for (int32_t k = 0; k < n && i != j; k++) {
                    int64_t step = k != i && k != j && s->prefer[i * n + k] > s->prefer[k * n + i] ? s->prefer[i * n + k] : 0;
                    int64_t rest = s->path[k * n + j], weakest = step < rest ? step : rest;
                    p = weakest > p ? weakest : p;
                }
                CHECK(i == j || s->path[i * n + j] == p);
            }
        }
        if (s->condorcet >= 0) {
            condorcet++;
            CHECK_INT(s->order[0], s->condorcet);
        }
        for (int32_t i = 0; i < s->n_order; i++) {
            for (int32_t j = i + 1; j < s->n_order; j++) {
                CHECK(s->path[s->order[j] * n + s->order[i]] <= s->path[s->order[i] * n + s->order[j]]);
            }
        }
        pl_schulze_free(s);
        pl_ballots_free(b);
    }
    printf("# %d with a candidate who beats everyone\n", condorcet);
    CHECK(condorcet > ELECTIONS / 4 && condorcet < ELECTIONS);
}

/* ---- Thousands of files ----------------------------------------------------------------------------------------------------------- */

TEST(thousands_of_files)
{
    for (uint64_t seed = 1; seed <= 4000; seed++) {
        pl_rng rng;
        pl_str text, again;
        pl_ballots *read = NULL;
        pl_rng_seed(&rng, seed);
        pl_ballots *b = random_ballots(&rng, PL_RANKED, 12, 30);
        pl_str_init(&text, 1 << 24);
        pl_str_init(&again, 1 << 24);
        pl_ballots_blt(b, b->seats, &text);
        pl_file file = {.bytes = pl_alloc(text.len + 1, 1), .n = text.len};
        CHECK(file.bytes != NULL);
        memcpy(file.bytes, text.text, text.len + 1);
        CHECK_INT(pl_read_blt("b", &file, &read, NULL), PL_OK);
        pl_ballots_blt(read, read->seats, &again);
        CHECK_STR(again.text, text.text);
        pl_free(file.bytes);
        pl_str_clear(&text);
        pl_str_clear(&again);
        pl_ballots_free(b);
        pl_ballots_free(read);
    }
}
