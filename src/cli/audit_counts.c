/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * audit_counts.c - `plenty audit` on counts: the papers of every closed ballot are counted again, and the transcript must be the one whose hash the record
 * has.  The independent checker counts once more when it follows the commons. */
#include <string.h>

#include "ballot/transcript.h"
#include "cli/audit.h"
#include "cli/rows.h"
#include "council/elections.h"

typedef struct counts {
    int64_t counted;
    char *wrong; /* 400 bytes */
} counts;

static pl_status audit_ballot(pl_step *s, const uint8_t id[PL_HASH], const pl_ballot *b, counts *all)
{
    char hex[13];
    pl_ballots *papers = NULL;
    pl_ballot_count count = {.n_winners = 0};
    uint8_t hash[PL_HASH] = {0};
    pl_status status = pl_ballot_papers(s, id, b, &papers);
    status = status == PL_OK ? pl_ballot_count_papers(b, papers, &count, s->err) : status;
    if (status == PL_OK && count.transcript.len > 0) {
        pl_hash(count.transcript.text, count.transcript.len, hash);
    }
    if (status == PL_OK && (!pl_id_same(hash, b->transcript) || count.n_winners != b->winners)) {
        snprintf(all->wrong, 400, "ballot %s: counting it again gives another result than the record tells of", pl_short_id(id, hex));
    }
    all->counted++;
    pl_ballot_count_clear(&count);
    pl_ballots_free(papers);
    return status;
}

static pl_status look(void *user, pl_step *s)
{
    counts *all = user;
    cli_rows ballots;
    pl_status status = cli_rows_take(s, &PL_BALLOTS, NULL, &ballots);
    for (size_t i = 0; status == PL_OK && i < ballots.n && all->wrong[0] == '\0'; i++) {
        const pl_ballot *b = cli_row(&ballots, i);
        status = b->state == PL_BALLOT_CLOSED ? audit_ballot(s, ballots.keys[i].at, b, all) : PL_OK;
    }
    cli_rows_clear(&ballots);
    return status;
}

pl_status cli_audit_counts(pl_record *record, FILE *out, char wrong[400], pl_error *err)
{
    counts all = {.wrong = wrong};
    pl_status status = pl_record_look(record, 0, look, &all, err); /* as the record stands, whatever the time */
    if (status == PL_OK && all.counted > 0) {
        fprintf(out, "  counts       %lld counted again\n", (long long)all.counted);
    }
    return status;
}
