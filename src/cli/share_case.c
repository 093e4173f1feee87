/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * share_case.c - a round of sharing, from the record: its tables, its outcome, and the part of `plenty audit` that shares again. */
#include "cli/audit.h"
#include "cli/rows.h"
#include "cli/share_round.h"
#include "verify/verify.h"

/* What the record says, as texts. */
typedef struct round_look {
    const uint8_t *id;
    const pl_share_round *round;
    pl_round_texts texts;
} round_look;

static pl_status look(void *user, pl_step *s)
{
    round_look *r = user;
    return pl_round_take(s, r->id, r->round, &r->texts);
}

pl_status cli_round_case(pl_record *record, uint64_t now, const uint8_t id[PL_HASH], const pl_share_round *round, const char *folder, pl_round_read *read, pl_error *err)
{
    round_look r = {.id = id, .round = round};
    pl_status status = pl_record_look(record, now, look, &r, err);
    status = status == PL_OK ? pl_round_write(&r.texts, folder, read, err) : status;
    pl_round_clear(&r.texts);
    return status;
}

pl_status cli_round_share(pl_record *record, uint64_t now, const uint8_t id[PL_HASH], const pl_share_round *round, const char *work, uint8_t hash[PL_HASH], bool *there,
                          pl_error *err)
{
    round_look r = {.id = id, .round = round};
    pl_round_read read;
    pl_sharing *sharing = NULL;
    pl_shared *shared = NULL;
    char to[4400];
    snprintf(to, sizeof to, "%s/shared", work);
    pl_status status = pl_record_look(record, now, look, &r, err);
    status = status == PL_OK ? pl_round_share(&r.texts, round->seed, work, &read, &sharing, &shared, err) : status;
    *there = shared != NULL;
    pl_shared_free(shared);
    pl_sharing_free(sharing);
    pl_round_clear(&r.texts);
    if (status != PL_OK || !*there) {
        return status;
    }
    FILE *said = fopen("/dev/null", "w");
    if (said != NULL && pv_verify_share(to, false, said, said) != 0) {
        status = pl_fail(err, PL_BUG, to, NULL, "the independent checker shares otherwise");
    }
    if (said != NULL) {
        fclose(said);
    }
    return status == PL_OK ? pl_round_hash(to, hash, err) : status;
}

/* ---- The audit ------------------------------------------------------------------------------------------- */

static pl_status take_rounds(void *user, pl_step *s)
{
    return cli_rows_take(s, &PL_SHARE_ROUNDS, NULL, user);
}

static pl_status take_entries(void *user, pl_step *s)
{
    return cli_rows_take(s, &PL_SHARE_ENTRIES, NULL, user);
}

/* Shares a round again and tells which of the outcomes that members entered agree. */
static pl_status audit_round(pl_record *record, const uint8_t id[PL_HASH], const pl_share_round *round, const cli_rows *entries, FILE *out, pl_error *err)
{
    char work[CLI_TEMPORARY], hex[13];
    uint8_t hash[PL_HASH] = {0};
    bool there = false;
    int64_t agree = 0, other = 0;
    pl_status status = cli_temporary(work, err);
    if (status != PL_OK) {
        return status;
    }
    status = cli_round_share(record, 0, id, round, work, hash, &there, err);
    cli_temporary_remove(work);
    for (size_t i = 0; i < entries->n && status == PL_OK; i++) {
        const pl_share_entry *e = cli_row(entries, i);
        if (pl_id_same(entries->keys[i].at, id)) {
            agree += there && pl_id_same(e->outcome, hash);
            other += !there || !pl_id_same(e->outcome, hash);
        }
    }
    if (status == PL_OK) {
        fprintf(out, "  sharing      round %s %s: %lld of the outcomes that were entered agree", cli_short_id(id, hex), there ? "shared again" : "without wants", (long long)agree);
        if (other > 0) {
            fprintf(out, "; %s%lld do not%s, what counts is what the record gives", cli_red(), (long long)other, cli_plain());
        }
        fputc('\n', out);
    }
    return status;
}

pl_status cli_audit_rounds(pl_record *record, FILE *out, char wrong[400], pl_error *err)
{
    cli_rows rounds = {.table = &PL_SHARE_ROUNDS}, entries = {.table = &PL_SHARE_ENTRIES};
    pl_status status = pl_record_look(record, 0, take_rounds, &rounds, err);
    status = status == PL_OK ? pl_record_look(record, 0, take_entries, &entries, err) : status;
    for (size_t i = 0; i < rounds.n && status == PL_OK && wrong[0] == '\0'; i++) {
        const pl_share_round *round = cli_row(&rounds, i);
        if (round->state == PL_ROUND_READY) {
            pl_error why;
            pl_status shared = audit_round(record, rounds.keys[i].at, round, &entries, out, &why);
            if (shared == PL_NUMERIC || shared == PL_DATA || shared == PL_PARSE || shared == PL_BUG) { /* rules that were carried, but cannot be followed */
                char hex[13];
                fprintf(out, "  sharing      round %s cannot be shared: %.200s\n", cli_short_id(rounds.keys[i].at, hex), why.message);
                if (shared == PL_BUG) {
                    snprintf(wrong, 400, "round %s: %.200s", hex, why.message);
                }
            } else if (shared != PL_OK) {
                status = shared;
                *err = why;
            }
        }
    }
    cli_rows_clear(&rounds);
    cli_rows_clear(&entries);
    return status;
}
