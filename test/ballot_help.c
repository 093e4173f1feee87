/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "test/ballot_help.h"

#include <stdlib.h>

#include "test/test.h"

pl_ballots *random_ballots(pl_rng *rng, pl_ballot_kind kind, int32_t most_candidates, int32_t most_rows)
{
    pl_ballots *b = NULL;
    int32_t n = 2 + (int32_t)pl_rng_below(rng, (uint64_t)most_candidates - 1), rows = 1 + (int32_t)pl_rng_below(rng, (uint64_t)most_rows);
    bool alike = pl_rng_below(rng, 2) == 0; /* many equal papers, so many ties */
    CHECK_INT(pl_ballots_new(kind, &b, NULL), PL_OK);
    for (int32_t c = 0; c < n; c++) {
        char name[32];
        snprintf(name, sizeof name, "N%c%d", (char)('a' + (c * 7) % 26), c);
        CHECK_INT(pl_ballots_candidate(b, NULL, name, NULL, 100 * (1 + (int64_t)pl_rng_below(rng, 20)), NULL), PL_OK);
    }
    for (int32_t r = 0; r < rows; r++) {
        uint16_t choice[64];
        int64_t score[64];
        int32_t length = 1 + (int32_t)pl_rng_below(rng, (uint64_t)n);
        for (int32_t k = 0; k < n; k++) {
            choice[k] = (uint16_t)k;
            score[k] = 1 + (int64_t)pl_rng_below(rng, 5);
        }
        for (int32_t k = 0; k < length; k++) {
            int32_t other = k + (int32_t)pl_rng_below(rng, (uint64_t)(n - k));
            uint16_t kept = choice[k];
            choice[k] = choice[other];
            choice[other] = kept;
        }
        CHECK_INT(pl_ballots_add(b, 1 + (int64_t)pl_rng_below(rng, alike ? 3 : 100), choice, kind == PL_SCORED ? score : NULL, length, NULL),
                  PL_OK);
    }
    b->seats = 1 + (int32_t)pl_rng_below(rng, (uint64_t)n - 1);
    if (pl_rng_below(rng, 4) == 0 && n > b->seats + 1) {
        b->candidate[pl_rng_below(rng, (uint64_t)n)].withdrawn = true;
    }
    b->budget = 100 * (5 + (int64_t)pl_rng_below(rng, 60));
    return b;
}

pl_ballots *changed_ballots(const pl_ballots *b, pl_rng *rng, const int32_t *to)
{
    pl_ballots *out = NULL;
    int32_t *from = calloc((size_t)b->n_candidates, sizeof *from);
    int64_t *order = calloc((size_t)b->n_rows, sizeof *order);
    CHECK(from != NULL && order != NULL);
    CHECK_INT(pl_ballots_new(b->kind, &out, NULL), PL_OK);
    for (int32_t c = 0; c < b->n_candidates; c++) {
        from[to != NULL ? to[c] : c] = c;
    }
    for (int32_t c = 0; c < b->n_candidates; c++) {
        const pl_candidate *who = &b->candidate[from[c]];
        CHECK_INT(pl_ballots_candidate(out, NULL, who->name, who->group, who->cost, NULL), PL_OK);
        out->candidate[c].withdrawn = who->withdrawn;
    }
    for (int64_t r = 0; r < b->n_rows; r++) {
        order[r] = r;
    }
    for (int64_t r = 0; r < b->n_rows; r++) {
        int64_t other = r + (int64_t)pl_rng_below(rng, (uint64_t)(b->n_rows - r)), row = order[other], count = b->count[row];
        int64_t part = count > 1 ? (int64_t)pl_rng_below(rng, (uint64_t)count) : 0;
        uint16_t choice[64];
        int32_t length = (int32_t)(b->start[row + 1] - b->start[row]);
        order[other] = order[r];
        for (int32_t k = 0; k < length; k++) {
            uint16_t c = b->choice[b->start[row] + k];
            choice[k] = to != NULL ? (uint16_t)(to[c & 0x7fff] | (c & 0x8000)) : c;
        }
        for (int half = 0; half < 2; half++) { /* a row may be two */
            int64_t now = half == 0 ? part : count - part;
            if (now > 0) {
                CHECK_INT(pl_ballots_add(out, now, choice, b->score != NULL ? b->score + b->start[row] : NULL, length, NULL), PL_OK);
            }
        }
    }
    out->seats = b->seats;
    out->budget = b->budget;
    free(from);
    free(order);
    return out;
}
