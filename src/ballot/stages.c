/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "ballot/stages.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

pl_count_store *pl_count_store_new(void)
{
    pl_count_store *store = PL_NEW0(pl_count_store, 1);
    if (store != NULL) {
        pl_arena_init(&store->arena, 0);
    }
    return store;
}

void pl_count_store_free(pl_count_store *store)
{
    if (store != NULL) {
        pl_arena_clear(&store->arena);
        pl_free(store);
    }
}

/* ---- Ties and lots ------------------------------------------------------------------------------------------------- */

/* "A, B and 3 others" */
static void list_names(const pl_ballots *b, const int32_t *who, int32_t n, char *out, size_t size)
{
    size_t at = 0;
    out[0] = '\0';
    for (int32_t i = 0; i < n && i < 4 && at < size; i++) {
        const char *between = i == 0 ? "" : i + 1 == n ? " and " : ", ";
        at += (size_t)snprintf(out + at, size - at, "%s%.60s", between, pl_candidate_name(b, who[i]));
    }
    if (n > 4 && at < size) {
        snprintf(out + at, size - at, " and %d more", n - 4);
    }
}

/* SHA-256 of "seed,draw,name". */
static void key_of(const char *seed, int32_t draw, const char *name, unsigned char key[crypto_hash_sha256_BYTES])
{
    crypto_hash_sha256_state state;
    char middle[32];
    snprintf(middle, sizeof middle, ",%d,", draw);
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)seed, strlen(seed));
    crypto_hash_sha256_update(&state, (const unsigned char *)middle, strlen(middle));
    crypto_hash_sha256_update(&state, (const unsigned char *)name, strlen(name));
    crypto_hash_sha256_final(&state, key);
}

static bool keep_tied(pl_arena *arena, const int32_t *tied, int32_t n, pl_tie *tie)
{
    tie->tied = PL_ARENA_NEW(arena, int32_t, n);
    if (tie->tied == NULL) {
        return false;
    }
    memcpy(tie->tied, tied, (size_t)n * sizeof *tied);
    tie->n_tied = n;
    return true;
}

pl_status pl_lot_draw(pl_lots *lots, pl_arena *arena, const int32_t *tied, int32_t n, const char *for_what, pl_tie *tie,
                      int32_t *chosen, pl_error *err)
{
    unsigned char key[crypto_hash_sha256_BYTES], least[crypto_hash_sha256_BYTES];
    if (lots->seed == NULL) {
        char names[300];
        list_names(lots->ballots, tied, n, names, sizeof names);
        return pl_fail(err, PL_DATA, "lot", "agree in public how a seed will arise, make it (dice), and give it: --seed TEXT",
                       "a lot must decide %s: %s are equal at every stage", for_what, names);
    }
    tie->how = PL_TIE_LOT;
    tie->draw = ++lots->draws;
    if (!keep_tied(arena, tied, n, tie)) {
        return pl_fail_nomem(err, "a lot");
    }
    for (int32_t i = 0; i < n; i++) {
        key_of(lots->seed, tie->draw, pl_candidate_name(lots->ballots, tied[i]), key);
        if (i == 0 || memcmp(key, least, sizeof key) < 0) {
            memcpy(least, key, sizeof key);
            *chosen = tied[i];
        }
    }
    return PL_OK;
}

pl_status pl_lot_seats(pl_lots *lots, pl_arena *arena, int32_t *equal, int32_t n, int32_t wanted, pl_tie *tie, pl_error *err)
{
    for (int32_t i = 0; i < wanted && wanted < n; i++) {
        int32_t chosen = equal[i], at = i;
        pl_tie draw;
        pl_status status = pl_lot_draw(lots, arena, equal + i, n - i, "who is elected", &draw, &chosen, err);
        if (status != PL_OK) {
            return status;
        }
        *tie = i == 0 ? draw : *tie;
        while (equal[at] != chosen) {
            at++;
        }
        memmove(equal + i + 1, equal + i, (size_t)(at - i) * sizeof *equal);
        equal[i] = chosen;
    }
    return PL_OK;
}

pl_status pl_tie_break(pl_lots *lots, pl_arena *arena, const pl_count_stage *stages, int32_t n_stages, int32_t *tied, int32_t n,
                       bool highest, const char *for_what, pl_tie *tie, int32_t *chosen, pl_error *err)
{
    *tie = (pl_tie){.how = PL_TIE_NONE};
    *chosen = tied[0];
    if (n == 1) {
        return PL_OK;
    }
    if (!keep_tied(arena, tied, n, tie)) {
        return pl_fail_nomem(err, "a tie");
    }
    for (int32_t s = n_stages - 1; s >= 0 && n > 1; s--) {
        const int64_t *votes = stages[s].votes;
        int64_t best = votes[tied[0]];
        int32_t left = 0;
        for (int32_t i = 1; i < n; i++) {
            int64_t v = votes[tied[i]];
            best = (highest ? v > best : v < best) ? v : best;
        }
        for (int32_t i = 0; i < n; i++) {
            if (votes[tied[i]] == best) {
                tied[left++] = tied[i];
            }
        }
        if (left < n) {
            tie->how = PL_TIE_EARLIER;
            tie->stage = s + 1;
        }
        n = left;
    }
    *chosen = tied[0];
    return n == 1 ? PL_OK : pl_lot_draw(lots, arena, tied, n, for_what, tie, chosen, err);
}

/* ---- What can be counted ---------------------------------------------------------------------------------------------- */

pl_status pl_check_ranked(const pl_ballots *b, const char *rule, bool shared_ranks, pl_error *err)
{
    if (b->kind != PL_RANKED) {
        return pl_fail(err, PL_DATA, NULL, "use the rule approval or equal-shares",
                       "the rule %s needs ranks, these ballots are %s", rule, b->kind == PL_APPROVED ? "approvals" : "points");
    }
    if (!shared_ranks && b->equal_line > 0) {
        char place[PL_PLACE];
        snprintf(place, sizeof place, "%.120s:%lld:%lld", b->file[0] != '\0' ? b->file : "row", (long long)b->equal_line,
                 (long long)b->equal_column);
        return pl_fail(err, PL_DATA, place, "the rule schulze counts shared ranks",
                       "two candidates share a rank, which the rule %s does not know", rule);
    }
    if (b->n_rows >= INT32_MAX) {
        return pl_fail(err, PL_TOOBIG, NULL, NULL, "more than %d kinds of papers", INT32_MAX);
    }
    if (b->papers == 0) {
        return pl_fail(err, PL_DATA, NULL, NULL, "there is no paper with a preference");
    }
    return PL_OK;
}

pl_status pl_check_seats(const pl_ballots *b, const pl_count_settings *settings, int32_t otherwise, int32_t *seats, pl_error *err)
{
    int32_t standing = 0;
    for (int32_t c = 0; c < b->n_candidates; c++) {
        standing += !b->candidate[c].withdrawn;
    }
    *seats = settings->seats > 0 ? settings->seats : otherwise;
    if (*seats < 1) {
        return pl_fail(err, PL_DATA, "seats", "say how many are to be elected: --seats N", "the ballots do not say how many seats there are");
    }
    if (standing == 0) {
        return pl_fail(err, PL_DATA, "seats", NULL, "no candidate is standing");
    }
    if (*seats > standing) {
        return pl_fail(err, PL_DATA, "seats", "no vote is needed where there are no more candidates than seats",
                       "%d seats, but only %d candidate%s standing", *seats, standing, standing == 1 ? " is" : "s are");
    }
    return PL_OK;
}

/* ---- The result in the making ------------------------------------------------------------------------------------------ */

pl_count *pl_count_begin(pl_count_rule rule, const pl_ballots *b, const pl_count_settings *settings, int32_t seats, int32_t n_stages)
{
    pl_count_store *store = pl_count_store_new();
    if (store == NULL) {
        return NULL;
    }
    pl_arena *arena = &store->arena;
    pl_count *count = PL_ARENA_NEW(arena, pl_count, 1);
    pl_count_stage *stage = PL_ARENA_NEW(arena, pl_count_stage, n_stages);
    int32_t *winner = PL_ARENA_NEW(arena, int32_t, seats);
    const char *seed = settings->seed != NULL ? pl_arena_text(arena, settings->seed, strlen(settings->seed)) : "";
    if (count == NULL || stage == NULL || winner == NULL || seed == NULL) {
        pl_count_store_free(store);
        return NULL;
    }
    *count = (pl_count){.rule = rule, .decimals = rule == PL_MEEK ? 9 : 5, .seats = seats, .n_candidates = b->n_candidates,
                        .left = -1, .stage = stage, .winner = winner, .seed = seed, .store = store};
    return count;
}

void pl_count_free(pl_count *count)
{
    if (count != NULL) {
        pl_count_store_free(count->store);
    }
}

pl_count_stage *pl_count_add_stage(pl_count *count, pl_count_step kind, int32_t candidate, bool keep)
{
    pl_arena *arena = &count->store->arena;
    size_t n = (size_t)count->n_candidates;
    int64_t *votes = PL_ARENA_NEW(arena, int64_t, n), *factors = keep ? PL_ARENA_NEW(arena, int64_t, n) : NULL;
    if (votes == NULL || (keep && factors == NULL)) {
        return NULL;
    }
    memset(votes, 0, n * sizeof *votes);
    pl_count_stage *stage = &count->stage[count->n_stages++];
    *stage = (pl_count_stage){.kind = kind, .candidate = candidate, .votes = votes, .keep = factors, .quota = count->quota};
    return stage;
}

bool pl_count_elect(pl_count *count, pl_count_stage *stage, int32_t *who, int32_t n, bool last)
{
    for (int32_t i = 1; i < n; i++) { /* few: insertion */
        for (int32_t k = i; k > 0 && stage->votes[who[k]] > stage->votes[who[k - 1]]; k--) {
            int32_t other = who[k];
            who[k] = who[k - 1];
            who[k - 1] = other;
        }
    }
    if (n == 0) {
        return true;
    }
    int32_t *elected = PL_ARENA_NEW(&count->store->arena, int32_t, stage->n_elected + n);
    if (elected == NULL) {
        return false;
    }
    if (stage->n_elected > 0) {
        memcpy(elected, stage->elected, (size_t)stage->n_elected * sizeof *elected);
    }
    for (int32_t i = 0; i < n; i++) {
        elected[stage->n_elected + i] = who[i];
        count->winner[count->n_winners++] = who[i];
    }
    stage->elected = elected;
    stage->n_elected += n;
    stage->last = last;
    return true;
}
