/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * privileged.c - acts that drawn members must allow, about the record and what lies beside it: hiding content, another record key, a record that went on
 * from a copy, witnesses, releases, corrections of the roll. */
#include <string.h>

#include "cli/rows.h"
#include "council/acts.h"
#include "io/file.h"

#define RELEASE_MAX ((size_t)1 << 31)

static pl_status put_reason(cli_act *a, pl_body *body)
{
    return cli_put_text(a, body, "reason", "reason", "why, for the drawn members and for everybody");
}

/* ---- plenty record hide, rekey, restored ------------------------------------------------------------ */

static pl_status body_hide(cli_act *a, pl_body *body)
{
    uint64_t position;
    const char *text = a->args->argument[1];
    if (!cli_whole_number(text, &position) || position < 1 || position > (uint64_t)PL_BODY_NUMBER_MAX) {
        return pl_fail(a->err, PL_USAGE, text, "'plenty record show' numbers the events; the founding stays visible", "this is no position of an event to hide");
    }
    pl_body_int(body, "position", (int64_t)position);
    pl_status status = put_reason(a, body);
    return status == PL_OK ? cli_put_grant(a, body) : status;
}

int cli_record_hide(const cli_args *args)
{
    return cli_do(args, &PL_KIND_CONTENT_HIDDEN, body_hide);
}

static pl_status body_rekey(cli_act *a, pl_body *body)
{
    uint8_t text[PL_RECORD_KEY_SIGNED], proof[PL_SIGNATURE];
    pl_key *key = NULL;
    pl_status status = cli_open_key(a->args, "new-key", "new-passphrase-file", &key, a->err);
    if (status != PL_OK) {
        return status;
    }
    pl_record_key_text(a->draft.commons_id, pl_key_id(a->key), text);
    pl_key_sign(key, text, sizeof text, proof);
    pl_body_bytes(body, "key", pl_key_public(key), 32);
    pl_body_bytes(body, "proof", proof, sizeof proof);
    pl_key_free(key);
    return cli_put_grant(a, body);
}

int cli_record_rekey(const cli_args *args)
{
    return cli_do(args, &PL_KIND_RECORD_REKEYED, body_rekey);
}

/* The checkpoint of the record that was lost: what is known of it, signed by its record key. */
static pl_status read_lost(cli_act *a, pl_checkpoint *c)
{
    const char *path = cli_text(a->args, "lost");
    const pl_record_about *about = pl_record_what(a->record);
    pl_file file;
    size_t n;
    if (path == NULL) {
        return pl_fail(a->err, PL_USAGE, "--lost", "a file with a checkpoint of it; witnesses and readers have kept some", "say what was lost");
    }
    pl_status status = pl_file_read(path, (size_t)1 << 20, &file, a->err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_note_read(file.bytes, file.n, &n, a->err);
    status = status == PL_OK ? pl_checkpoint_read(file.bytes, file.n, c, a->err) : status;
    if (status == PL_OK && (strcmp(c->origin, about->origin) != 0 || (pl_note_signed_by(file.bytes, file.n, &about->record_key, NULL) != PL_SIGNED &&
                                                                       pl_note_signed_by(file.bytes, file.n, &about->founding_key, NULL) != PL_SIGNED))) {
        status = pl_fail(a->err, PL_REFUTED, path, NULL, "this is no checkpoint that this record's key has signed");
    }
    pl_file_clear(&file);
    return status;
}

static pl_status body_restored(cli_act *a, pl_body *body)
{
    const char *text = cli_text(a->args, "kept");
    pl_checkpoint lost;
    uint64_t kept = 0;
    if (text == NULL || !cli_whole_number(text, &kept)) {
        return pl_fail(a->err, PL_USAGE, "--kept", "a whole number: how long the record was when it was copied", "say how many events the copy had");
    }
    pl_status status = read_lost(a, &lost);
    if (status != PL_OK) {
        return status;
    }
    pl_body_int(body, "kept", (int64_t)kept);
    pl_body_int(body, "lost", (int64_t)lost.size);
    pl_body_bytes(body, "root", lost.root, PL_HASH);
    status = put_reason(a, body);
    return status == PL_OK ? cli_put_grant(a, body) : status;
}

int cli_record_restored(const cli_args *args)
{
    return cli_do(args, &PL_KIND_RECORD_RESTORED, body_restored);
}

/* ---- plenty witness --------------------------------------------------------------------------------- */

static pl_status body_witness(cli_act *a, pl_body *body)
{
    pl_body_text(body, "key", a->args->argument[1], strlen(a->args->argument[1]));
    return cli_put_grant(a, body);
}

int cli_witness_add(const cli_args *args)
{
    return cli_do(args, &PL_KIND_WITNESS_ADDED, body_witness);
}

/* Calls for each mark of that table, oldest first, with the text of one field of its event. */
static int each_mark(const cli_args *args, const pl_table *table, const char *field, void (*print)(size_t i, const pl_act_mark *m, const char *text))
{
    pl_error err;
    pl_record *record = NULL;
    cli_rows rows = {.table = table};
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, &err);
    status = status == PL_OK ? cli_rows_of(record, table, offsetof(pl_act_mark, position), &rows, &err) : status;
    for (size_t i = 0; status == PL_OK && i < rows.n; i++) {
        const pl_act_mark *m = cli_row(&rows, i);
        pl_owned text;
        status = cli_event_text(record, m->position, field, &text, &err);
        if (status == PL_OK) {
            print(i, m, text.bytes != NULL ? text.bytes : "");
        }
        pl_owned_free(&text);
    }
    cli_rows_clear(&rows);
    pl_record_close(record);
    return status == PL_OK ? 0 : cli_fail(&err);
}

/* A line of a policy (C2SP tlog-policy). */
static void print_witness(size_t i, const pl_act_mark *m, const char *line)
{
    char time[32], author[13];
    printf("# added %s by %s\nwitness w%zu %s\n", cli_time((uint64_t)m->since, time), cli_short_id(m->author, author), i + 1, line);
}

int cli_witness_list(const cli_args *args)
{
    return each_mark(args, &PL_WITNESSES, "key", print_witness);
}

/* ---- plenty release --------------------------------------------------------------------------------- */

static pl_status hash_file(const char *path, uint8_t hash[PL_HASH], pl_error *err)
{
    pl_file file;
    pl_status status = pl_file_read_raw(path, RELEASE_MAX, &file, err);
    if (status == PL_OK) {
        pl_hash(file.bytes, file.n, hash);
        pl_file_clear(&file);
    }
    return status;
}

static pl_status body_release(cli_act *a, pl_body *body)
{
    uint8_t hash[PL_HASH];
    pl_status status = hash_file(a->args->argument[1], hash, a->err);
    pl_body_bytes(body, "hash", hash, PL_HASH);
    status = status == PL_OK ? cli_put_text(a, body, "name", "name", "for example --name \"plenty 1.2\"") : status;
    return status == PL_OK ? cli_put_grant(a, body) : status;
}

int cli_release_publish(const cli_args *args)
{
    return cli_do(args, &PL_KIND_RELEASE_PUBLISHED, body_release);
}

static void print_release(size_t i, const pl_act_mark *m, const char *name)
{
    char hex[2 * PL_HASH + 1], time[32];
    (void)i;
    pl_hex_write(m->subject, PL_HASH, hex);
    printf("%s  %s  %s\n", hex, cli_time((uint64_t)m->since, time), name);
}

int cli_release_list(const cli_args *args)
{
    return each_mark(args, &PL_RELEASES, "name", print_release);
}

int cli_release_check(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    cli_rows rows = {.table = &PL_RELEASES};
    uint8_t hash[PL_HASH];
    char time[32];
    size_t i = 0;
    pl_status status = hash_file(args->argument[1], hash, &err);
    status = status == PL_OK ? pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, &err) : status;
    status = status == PL_OK ? cli_rows_of(record, &PL_RELEASES, offsetof(pl_act_mark, position), &rows, &err) : status;
    while (status == PL_OK && i < rows.n && !pl_id_same(((const pl_act_mark *)cli_row(&rows, i))->subject, hash)) {
        i++;
    }
    if (status == PL_OK && i == rows.n) {
        status = pl_fail(&err, PL_REFUTED, args->argument[1], "'plenty release list' shows what was published", "drawn members have allowed no release of these bytes");
    }
    if (status == PL_OK) {
        printf("verified: published %s\n", cli_time((uint64_t)((const pl_act_mark *)cli_row(&rows, i))->since, time));
    }
    cli_rows_clear(&rows);
    pl_record_close(record);
    return status == PL_OK ? 0 : cli_fail(&err);
}

/* ---- plenty member correct -------------------------------------------------------------------------- */

static pl_status body_correct(cli_act *a, pl_body *body)
{
    const char *place = cli_text(a->args, "constituency");
    uint8_t id[PL_HASH];
    bool off = cli_flag(a->args, "off");
    if (place == NULL && !off) {
        return pl_fail(a->err, PL_USAGE, "--constituency", "--off strikes the member off the whole roll", "say where the roll is wrong");
    }
    pl_status status = cli_act_find(a, &PL_MEMBERS, "member", a->args->argument[1], id);
    pl_body_bytes(body, "member", id, PL_HASH);
    pl_body_int(body, "belongs", off ? 0 : 1);
    status = status == PL_OK ? put_reason(a, body) : status;
    if (status == PL_OK && place != NULL) {
        status = cli_act_find(a, &PL_ASSEMBLIES, "assembly", place, id);
        pl_body_bytes(body, "constituency", id, PL_HASH);
    }
    return status == PL_OK ? cli_put_grant(a, body) : status;
}

int cli_member_correct(const cli_args *args)
{
    return cli_do(args, &PL_KIND_ROLL_CORRECTED, body_correct);
}
