/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * audit_sealed.c - the second opinion of `plenty audit` on secret ballots: each is written as an archive, which the independent checker verifies: every vote, shuffle, part, and the
 * result.  The library's own check was made when the fold judged the events. */
#include <string.h>

#include "cli/audit.h"
#include "cli/rows.h"
#include "council/sealed.h"
#include "io/file.h"
#include "verify/verify.h"

typedef struct archives {
    int64_t verified, opened;
    char folder[CLI_TEMPORARY];
    char *wrong; /* 400 bytes */
} archives;

static pl_status audit_one(pl_step *s, const uint8_t id[PL_HASH], const pl_sealed *v, archives *all)
{
    char path[CLI_TEMPORARY + 32], hex[13];
    pl_str archive;
    pl_status status = pl_sealed_archive(s, id, &archive);
    if (status != PL_OK) {
        return status;
    }
    snprintf(path, sizeof path, "%s/ballot.bel", all->folder);
    status = pl_file_write(path, archive.text, archive.len, s->err);
    pl_str_clear(&archive);
    FILE *said = status == PL_OK ? fopen("/dev/null", "w") : NULL;
    if (status == PL_OK && said == NULL) {
        return pl_fail(s->err, PL_IO, "/dev/null", NULL, "cannot open it");
    }
    if (status == PL_OK && pv_verify_secret(path, false, said, said) != 0) {
        snprintf(all->wrong, 400, "secret ballot %s: the independent checker refutes it", pl_short_id(id, hex));
    }
    if (said != NULL) {
        fclose(said);
    }
    all->verified++;
    all->opened += v->stage == PL_SEALED_OPENED;
    return status;
}

static pl_status look(void *user, pl_step *s)
{
    archives *all = user;
    cli_rows ballots;
    pl_status status = cli_rows_take(s, &PL_SEALED, NULL, &ballots);
    for (size_t i = 0; status == PL_OK && i < ballots.n && all->wrong[0] == '\0'; i++) {
        const pl_sealed *v = cli_row(&ballots, i);
        status = v->papers > 0 ? audit_one(s, ballots.keys[i].at, v, all) : PL_OK;
    }
    cli_rows_clear(&ballots);
    return status;
}

pl_status cli_audit_sealed(pl_record *record, char wrong[400], pl_error *err)
{
    archives all = {.wrong = wrong};
    pl_status status = cli_temporary(all.folder, err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_record_look(record, 0, look, &all, err); /* as the record stands, whatever the time */
    cli_temporary_remove(all.folder);
    if (status == PL_OK && all.verified > 0 && wrong[0] == '\0') {
        printf("  secret       %lld secret ballot%s, %lld opened: every proof verified twice, by the independent checker too\n", (long long)all.verified,
               all.verified == 1 ? "" : "s", (long long)all.opened);
    }
    return status;
}
