/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * audit_counts.c - the second opinion of `plenty audit` on counts: the papers of every closed ballot are written as BLT, and those ranked for seats are
 * counted again by the independent checker, which shares no code with the count that the record tells of. */
#include <string.h>

#include "ballot/transcript.h"
#include "base/mem.h"
#include "cli/audit.h"
#include "cli/rows.h"
#include "council/elections.h"
#include "io/file.h"
#include "verify/verify.h"

typedef struct counts {
    int64_t counted, again; /* ballots; those that the checker counted too */
    char folder[CLI_TEMPORARY];
    char *wrong;            /* 400 bytes */
} counts;

/* Counts the papers of a BLT file and lets the checker count them too. */
static pl_status second_opinion(const counts *all, const pl_ballot *b, const char *blt, bool *same, pl_error *err)
{
    char path[CLI_TEMPORARY + 32];
    pl_ballots *papers = NULL;
    pl_ballot_count count = {.n_winners = 0};
    FILE *said = fopen("/dev/null", "w");
    pl_status status = said != NULL ? pl_ballots_load(blt, &papers, err) : pl_fail(err, PL_IO, "/dev/null", NULL, "cannot open it");
    status = status == PL_OK ? pl_ballot_count_papers(b, papers, &count, err) : status;
    snprintf(path, sizeof path, "%s/count.json", all->folder);
    status = status == PL_OK ? pl_file_write(path, count.transcript.text, count.transcript.len, err) : status;
    *same = status == PL_OK && pv_verify_count(path, blt, false, said, said) == 0;
    pl_ballot_count_clear(&count);
    pl_ballots_free(papers);
    if (said != NULL) {
        fclose(said);
    }
    return status;
}

static pl_status audit_ballot(pl_step *s, const uint8_t id[PL_HASH], const pl_ballot *b, counts *all)
{
    char path[CLI_TEMPORARY + 32], hex[13];
    pl_ballots *papers = NULL;
    pl_ballot_count count = {.n_winners = 0};
    uint8_t hash[PL_HASH] = {0};
    bool same = true;
    pl_status status = pl_ballot_papers(s, id, b, &papers);
    status = status == PL_OK ? pl_ballot_count_papers(b, papers, &count, s->err) : status;
    if (status == PL_OK && count.transcript.len > 0) {
        pl_hash(count.transcript.text, count.transcript.len, hash);
    }
    if (status == PL_OK && (!pl_id_same(hash, b->transcript) || count.n_winners != b->winners)) {
        snprintf(all->wrong, 400, "ballot %s: counting it again gives another result than the record tells of", pl_short_id(id, hex));
    } else if (status == PL_OK && count.stages != NULL && b->rule == PL_VOTE_STV) {
        snprintf(path, sizeof path, "%s/papers.blt", all->folder);
        status = pl_ballots_save_blt(papers, path, s->err);
        status = status == PL_OK ? second_opinion(all, b, path, &same, s->err) : status;
        all->again++;
        if (status == PL_OK && !same) {
            snprintf(all->wrong, 400, "ballot %s: the independent checker counts otherwise", pl_short_id(id, hex));
        }
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

pl_status cli_audit_counts(pl_record *record, char wrong[400], pl_error *err)
{
    counts all = {.wrong = wrong};
    pl_status status = cli_temporary(all.folder, err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_record_look(record, 0, look, &all, err); /* as the record stands, whatever the time */
    cli_temporary_remove(all.folder);
    if (status == PL_OK && all.counted > 0) {
        printf("  counts       %lld counted again, %lld of them by the independent checker too\n", (long long)all.counted, (long long)all.again);
    }
    return status;
}
