/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How fast ballots are read and counted.
 *
 *   build/release/bench/count [PAPERS [CANDIDATES [SEATS [FILE]]]]      (1000000 20 5 build/bench-ballots.blt)
 *
 * Makes that many ranked papers, every paper a row of its own, writes them as BLT, and times, best of RUNS: reading the file;
 * each rule; and Scottish STV with the reading.  Voters differ: each paper ranks 1 to all candidates, candidates near the voter on
 * a line being likelier to come early, so that papers resemble one another as they do in elections, and most are different. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <plenty/ballot.h>

#include "base/rng.h"

#define RUNS 5
#define SEED_TEXT "bench"

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void must(pl_status status, const pl_error *err)
{
    if (status != PL_OK) {
        fprintf(stderr, "%s: %s\n", err->subject, err->message);
        exit(3);
    }
}

/* One paper: draws candidates with weights that fall with their distance from the voter. */
static int32_t paper(pl_rng *rng, int32_t n, uint16_t *choice)
{
    double weight[256], sum = 0, voter = pl_rng_unit(rng) * n;
    int32_t length = 1 + (int32_t)pl_rng_below(rng, (uint64_t)n);
    for (int32_t c = 0; c < n; c++) {
        double d = voter - c;
        weight[c] = 1 / (1 + d * d);
        sum += weight[c];
    }
    for (int32_t k = 0; k < length; k++) {
        double x = pl_rng_unit(rng) * sum;
        int32_t c = -1, last = 0;
        for (int32_t i = 0; i < n && c < 0; i++) {
            last = weight[i] > 0 ? i : last;
            x -= weight[i];
            c = x < 0 && weight[i] > 0 ? i : -1;
        }
        c = c < 0 ? last : c;
        sum -= weight[c];
        weight[c] = 0;
        choice[k] = (uint16_t)c;
    }
    return length;
}

static pl_ballots *make(int64_t papers, int32_t n, int32_t seats)
{
    pl_ballots *b;
    pl_error err;
    pl_rng rng;
    uint16_t choice[256];
    pl_rng_seed(&rng, 1);
    must(pl_ballots_new(PL_RANKED, &b, &err), &err);
    for (int32_t c = 0; c < n; c++) {
        char name[32];
        snprintf(name, sizeof name, "Candidate %d", c + 1);
        must(pl_ballots_candidate(b, NULL, name, NULL, -1, &err), &err);
    }
    for (int64_t i = 0; i < papers; i++) {
        must(pl_ballots_add(b, 1, choice, NULL, paper(&rng, n, choice), &err), &err);
    }
    b->seats = seats;
    return b;
}

static pl_status scottish(const pl_ballots *b, pl_error *err)
{
    pl_count *count = NULL;
    pl_count_settings settings = {.seed = SEED_TEXT};
    pl_status status = pl_count_scottish(b, &settings, &count, err);
    pl_count_free(count);
    return status;
}

static pl_status meek(const pl_ballots *b, pl_error *err)
{
    pl_count *count = NULL;
    pl_count_settings settings = {.seed = SEED_TEXT};
    pl_status status = pl_count_meek(b, &settings, &count, err);
    pl_count_free(count);
    return status;
}

static pl_status schulze(const pl_ballots *b, pl_error *err)
{
    pl_schulze *s = NULL;
    pl_count_settings settings = {.seed = SEED_TEXT};
    pl_status status = pl_schulze_find(b, &settings, &s, err);
    pl_schulze_free(s);
    return status;
}

static void time_rule(const char *name, pl_status (*rule)(const pl_ballots *, pl_error *), const pl_ballots *b, const char *file)
{
    double best = 1e9;
    pl_error err;
    for (int run = 0; run < RUNS; run++) {
        double begin = now_s();
        pl_ballots *read = NULL;
        if (file != NULL) {
            must(pl_ballots_load(file, &read, &err), &err);
        }
        must(rule(read != NULL ? read : b, &err), &err);
        double seconds = now_s() - begin;
        pl_ballots_free(read);
        best = seconds < best ? seconds : best;
    }
    printf("%-40s %8.3f s  %6.2f M papers/s\n", name, best, (double)b->papers / best / 1e6);
}

static pl_status nothing(const pl_ballots *b, pl_error *err)
{
    (void)b;
    (void)err;
    return PL_OK;
}

int main(int argc, char **argv)
{
    int64_t papers = argc > 1 ? atoll(argv[1]) : 1000000;
    int32_t n = argc > 2 ? (int32_t)atoll(argv[2]) : 20, seats = argc > 3 ? (int32_t)atoll(argv[3]) : 5;
    const char *file = argc > 4 ? argv[4] : "build/bench-ballots.blt";
    pl_error err;
    if (papers < 1 || n < 2 || n > 256 || seats < 1 || seats > n) {
        fprintf(stderr, "usage: count [PAPERS [CANDIDATES (2 to 256) [SEATS [FILE]]]]\n");
        return 2;
    }
    pl_ballots *b = make(papers, n, seats);
    double begin = now_s();
    must(pl_ballots_save_blt(b, file, &err), &err);
    printf("%lld papers, %d candidates, %d seats, %lld choices; written in %.3f s\n", (long long)papers, n, seats,
           (long long)b->start[b->n_rows], now_s() - begin);
    time_rule("read the BLT file", nothing, b, file);
    time_rule("Scottish STV", scottish, b, NULL);
    time_rule("Meek", meek, b, NULL);
    time_rule("Schulze", schulze, b, NULL);
    time_rule("read, and Scottish STV", scottish, b, file);
    pl_ballots_free(b);
    return 0;
}
