/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * share_case.c - a round of sharing, from the record: its tables, its outcome, and the part of `plenty audit` that shares again. */
#include <string.h>

#include <plenty/share.h>

#include "cli/audit.h"
#include "cli/rows.h"
#include "cli/share_round.h"
#include "io/file.h"
#include "verify/verify.h"

#define TEXT_CEILING ((size_t)1 << 32)
static const char HEAD[] = "person,good,amount,taste\n", FULL[] = "good,amount,taste\n", SHORT[] = "good,amount\n";

typedef struct round_look {
    const uint8_t *id;
    cli_rows wants;
} round_look;

static pl_status look(void *user, pl_step *s)
{
    round_look *r = user;
    pl_row_key prefix = pl_key_id1(r->id);
    return cli_rows_take(s, &PL_SHARE_WANTS, &prefix, &r->wants);
}

/* ---- Tables -------------------------------------------------------------------------------------------- */

/* The rows of a member's wants, the member before each. */
static void add_wants(pl_str *out, const uint8_t member[PL_HASH], const pl_owned *text)
{
    char hex[2 * PL_HASH + 1];
    const char *at = text->bytes != NULL ? text->bytes : "";
    bool full = strncmp(at, FULL, sizeof FULL - 1) == 0, brief = strncmp(at, SHORT, sizeof SHORT - 1) == 0;
    pl_hex_write(member, PL_HASH, hex);
    at += full ? sizeof FULL - 1 : brief ? sizeof SHORT - 1 : 0;
    while (*at != '\0') {
        size_t n = strcspn(at, "\n");
        if (n > 0) {
            pl_str_addf(out, "%s,%.*s%s\n", hex, (int)n, at, brief ? "," : "");
        }
        at += n + (at[n] == '\n');
    }
}

/* The folder with these wants. */
static pl_status write_folder(pl_record *record, const pl_share_round *round, const char *path, const pl_str *wants, pl_error *err)
{
    static const char *const field[] = {"rules", "supply", "people", "urgency"};
    pl_folder folder;
    pl_status status = pl_folder_begin(&folder, path, "wants.csv", true, err);
    for (size_t k = 0; k < sizeof field / sizeof *field && status == PL_OK; k++) {
        pl_owned text;
        char name[32];
        snprintf(name, sizeof name, "%s.csv", field[k]);
        status = cli_event_text(record, round->position, field[k], &text, err);
        if (status == PL_OK && text.n > 0) {
            status = pl_folder_add(&folder, name, text.bytes, text.n, err);
        }
        pl_owned_free(&text);
    }
    status = status == PL_OK ? pl_folder_add(&folder, "wants.csv", wants->text, wants->len, err) : status;
    if (status == PL_OK) {
        return pl_folder_commit(&folder, err);
    }
    pl_folder_abort(&folder);
    return status;
}

static bool can_be_read(const char *folder)
{
    pl_sharing *s = NULL;
    pl_error why;
    bool fine = pl_sharing_load(folder, PL_RULE_UNIFORM, &s, &why) == PL_OK;
    pl_sharing_free(s);
    return fine;
}

/* All wants that were opened; `alone`: those that cannot be read by themselves are left out. */
static pl_status collect(pl_record *record, const round_look *r, const pl_share_round *round, const char *folder, bool alone, pl_str *all, int64_t *n, int64_t *out_of,
                         pl_error *err)
{
    pl_status status = PL_OK;
    *n = *out_of = 0;
    pl_str_add(all, HEAD);
    for (size_t i = 0; i < r->wants.n && status == PL_OK; i++) {
        const pl_share_want *w = cli_row(&r->wants, i);
        pl_owned text = {NULL, 0};
        pl_str one;
        bool fine = true;
        if (w->position < 0) {
            continue;
        }
        pl_str_init(&one, TEXT_CEILING);
        pl_str_add(&one, HEAD);
        status = cli_event_text(record, w->position, "wants", &text, err);
        add_wants(&one, r->wants.keys[i].at + PL_HASH, &text);
        if (status == PL_OK && alone) {
            status = write_folder(record, round, folder, &one, err);
            fine = status == PL_OK && can_be_read(folder);
        }
        if (fine) {
            pl_str_add_n(all, one.text + sizeof HEAD - 1, one.len - (sizeof HEAD - 1));
        }
        *n += fine;
        *out_of += !fine;
        pl_owned_free(&text);
        pl_str_clear(&one);
    }
    return status == PL_OK && all->failed ? pl_fail_nomem(err, "the wants of a round") : status;
}

pl_status cli_round_case(pl_record *record, uint64_t now, const uint8_t id[PL_HASH], const pl_share_round *round, const char *folder, int64_t *n, int64_t *out_of,
                         pl_error *err)
{
    round_look r = {.id = id};
    pl_str all;
    pl_str_init(&all, TEXT_CEILING);
    pl_status status = pl_record_look(record, now, look, &r, err);
    status = status == PL_OK ? collect(record, &r, round, folder, false, &all, n, out_of, err) : status;
    status = status == PL_OK ? write_folder(record, round, folder, &all, err) : status;
    if (status == PL_OK && *n > 0 && !can_be_read(folder)) { /* somebody's wants: whose? */
        all.len = 0;
        status = collect(record, &r, round, folder, true, &all, n, out_of, err);
        status = status == PL_OK ? write_folder(record, round, folder, &all, err) : status;
    }
    cli_rows_clear(&r.wants);
    pl_str_clear(&all);
    return status;
}

/* ---- Outcomes ------------------------------------------------------------------------------------------- */

pl_status cli_round_outcome(const char *shared, uint8_t hash[PL_HASH], pl_error *err)
{
    char path[4400];
    pl_file file;
    if (!pl_path_join(path, sizeof path, shared, "allotments.csv")) {
        return pl_fail(err, PL_IO, shared, NULL, "the path is too long");
    }
    pl_status status = pl_file_read(path, (size_t)1 << 36, &file, err);
    if (status == PL_OK) {
        pl_hash(file.bytes, file.n, hash);
        pl_file_clear(&file);
    }
    return status;
}

pl_status cli_round_share(pl_record *record, uint64_t now, const uint8_t id[PL_HASH], const pl_share_round *round, const char *work, uint8_t hash[PL_HASH], bool *there,
                          pl_error *err)
{
    char from[4400], to[4400], seed[2 * PL_HASH + 1];
    int64_t n, out_of;
    pl_sharing *s = NULL;
    pl_shared *shared = NULL;
    pl_hex_write(round->seed, PL_HASH, seed);
    snprintf(from, sizeof from, "%s/case", work);
    snprintf(to, sizeof to, "%s/shared", work);
    pl_status status = cli_round_case(record, now, id, round, from, &n, &out_of, err);
    *there = status == PL_OK && n > 0;
    if (status != PL_OK || !*there) {
        return status;
    }
    status = pl_sharing_load(from, PL_RULE_UNIFORM, &s, err);
    status = status == PL_OK ? pl_share(s, &(pl_share_settings){.seed = seed, .threads = 1}, &shared, err) : status;
    status = status == PL_OK ? pl_shared_save(s, shared, from, to, true, err) : status;
    FILE *said = status == PL_OK ? fopen("/dev/null", "w") : NULL;
    if (said != NULL && pv_verify_share(to, false, said, said) != 0) {
        status = pl_fail(err, PL_BUG, to, NULL, "the independent checker shares otherwise");
    }
    if (said != NULL) {
        fclose(said);
    }
    pl_shared_free(shared);
    pl_sharing_free(s);
    return status == PL_OK ? cli_round_outcome(to, hash, err) : status;
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
static pl_status audit_round(pl_record *record, const uint8_t id[PL_HASH], const pl_share_round *round, const cli_rows *entries, pl_error *err)
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
        printf("  sharing      round %s %s: %lld of the outcomes that were entered agree", cli_short_id(id, hex), there ? "shared again" : "without wants", (long long)agree);
        if (other > 0) {
            printf("; %s%lld do not%s, what counts is what the record gives", cli_red(), (long long)other, cli_plain());
        }
        putchar('\n');
    }
    return status;
}

pl_status cli_audit_rounds(pl_record *record, char wrong[400], pl_error *err)
{
    cli_rows rounds = {.table = &PL_SHARE_ROUNDS}, entries = {.table = &PL_SHARE_ENTRIES};
    pl_status status = pl_record_look(record, 0, take_rounds, &rounds, err);
    status = status == PL_OK ? pl_record_look(record, 0, take_entries, &entries, err) : status;
    for (size_t i = 0; i < rounds.n && status == PL_OK && wrong[0] == '\0'; i++) {
        const pl_share_round *round = cli_row(&rounds, i);
        if (round->state == PL_ROUND_READY) {
            pl_error why;
            pl_status shared = audit_round(record, rounds.keys[i].at, round, &entries, &why);
            if (shared == PL_NUMERIC || shared == PL_DATA || shared == PL_PARSE || shared == PL_BUG) { /* rules that were carried, but cannot be followed */
                char hex[13];
                printf("  sharing      round %s cannot be shared: %.200s\n", cli_short_id(rounds.keys[i].at, hex), why.message);
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
