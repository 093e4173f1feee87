/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as ballots, whatever their format: read or refused with a place; what was read is counted by every rule, written as
 * BLT, and read again as the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ballot/ballots.h"
#include "ballot/transcript.h"
#include "base/mem.h"
#include "test/fuzz/fuzz.h"

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static pl_status read(const void *bytes, size_t n, pl_ballots **b, pl_error *err)
{
    pl_file file = {.bytes = pl_alloc(n + 1, 1), .n = n};
    require(file.bytes != NULL);
    memcpy(file.bytes, bytes, n);
    file.bytes[n] = '\0';
    pl_status status = pl_read_ballots("f", NULL, &file, b, err);
    pl_free(file.bytes);
    require((status == PL_OK) == (*b != NULL));
    require(status == PL_OK || (err->message[0] != '\0' && err->subject[0] == 'f'));
    return status;
}

static void answered(pl_status status, const pl_error *err)
{
    require(status == PL_OK || (err->status == status && err->message[0] != '\0'));
}

static void count_all(const pl_ballots *b)
{
    pl_error err;
    pl_count_settings settings = {.seats = b->seats > 0 ? 0 : 1, .seed = "fuzz"};
    pl_shares_settings shares = {.common = {.seed = "fuzz"}, .budget = b->budget >= 0 ? -1 : 0, .completion = PL_COMPLETE_NONE};
    pl_count *count = NULL;
    pl_schulze *schulze = NULL;
    pl_tally *tally = NULL;
    pl_shares *bought = NULL;
    answered(pl_count_scottish(b, &settings, &count, &err), &err);
    pl_count_free(count);
    answered(pl_count_meek(b, &settings, &count, &err), &err);
    pl_count_free(count);
    answered(pl_tally_approval(b, &settings, &tally, &err), &err);
    pl_tally_free(tally);
    answered(pl_tally_majority(b, 1, 2, 3, &tally, &err), &err);
    pl_tally_free(tally);
    if (b->n_candidates <= 60) {
        answered(pl_schulze_find(b, &settings, &schulze, &err), &err);
        pl_schulze_free(schulze);
        answered(pl_shares_find(b, &shares, &bought, &err), &err);
        pl_shares_free(bought);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    pl_ballots *b = NULL, *again = NULL;
    pl_error err = {0};
    if (read(data, n, &b, &err) == PL_OK) {
        if (b->n_candidates <= 200) {
            count_all(b);
        }
        if (b->kind != PL_SCORED && b->n_candidates > 0) {
            pl_str once, twice;
            pl_str_init(&once, (size_t)1 << 28);
            pl_str_init(&twice, (size_t)1 << 28);
            int32_t seats = b->seats > 0 ? b->seats : 1;
            pl_ballots_blt(b, seats < b->n_candidates ? seats : b->n_candidates, &once);
            require(!once.failed && read(once.text, once.len, &again, &err) == PL_OK);
            require(again->papers == b->papers && again->blank == b->blank && again->n_candidates == b->n_candidates);
            pl_ballots_blt(again, again->seats, &twice);
            require(once.len == twice.len && memcmp(once.text, twice.text, once.len) == 0);
            pl_str_clear(&once);
            pl_str_clear(&twice);
        }
    }
    pl_ballots_free(b);
    pl_ballots_free(again);
    return 0;
}
