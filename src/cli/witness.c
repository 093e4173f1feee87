/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * witness.c - checkpoints and witnesses: `plenty record checkpoint`, `request`, `witness`. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "cli/commons.h"
#include "io/file.h"

static int failed(pl_status status, const pl_error *err)
{
    return status == PL_OK ? 0 : cli_fail(err);
}

/* ---- plenty record checkpoint --------------------------------------------------------------------- */

/* Adds the cosignatures of a file to the last checkpoint. */
static pl_status add_cosignatures(const cli_args *args, pl_record *record, const char *path, pl_error *err)
{
    pl_policy *policy = NULL;
    pl_file file = {NULL, 0};
    pl_owned note = {NULL, 0}, more = {NULL, 0};
    int added = 0;
    pl_status status = cli_policy(args, &policy, err);
    if (status == PL_OK && policy == NULL) {
        return pl_fail(err, PL_USAGE, "--policy", "a file with a line 'witness NAME KEY' for each", "say which witnesses count");
    }
    status = status == PL_OK ? pl_file_read(path, (size_t)1 << 20, &file, err) : status;
    status = status == PL_OK ? pl_record_checkpoint(record, &note, err) : status;
    status = status == PL_OK ? pl_policy_merge(policy, note.bytes, note.n, file.bytes, file.n, &more, &added, err) : status;
    if (status == PL_OK && added == 0) {
        status = pl_fail(err, PL_REFUTED, path, "is it of the last checkpoint, and in no other form?",
                         "there is no new cosignature of a witness of the policy in it");
    }
    status = status == PL_OK ? pl_record_keep_checkpoint(record, more.bytes, more.n, err) : status;
    if (status == PL_OK) {
        printf("added: %d cosignature%s\n", added, added == 1 ? "" : "s");
    }
    pl_policy_free(policy);
    pl_file_clear(&file);
    pl_owned_free(&note);
    pl_owned_free(&more);
    return status;
}

int cli_record_checkpoint(const cli_args *args)
{
    pl_error err;
    pl_key *key = NULL;
    pl_record *record = NULL;
    pl_owned note = {NULL, 0};
    const char *add = cli_text(args, "add");
    bool sign = cli_text(args, "key") != NULL;
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), sign || add != NULL ? PL_RECORD_WRITE : PL_RECORD_READ, &record, &err);
    if (status == PL_OK && sign) {
        status = cli_open_key(args, "key", "passphrase-file", &key, &err);
        status = status == PL_OK ? pl_record_sign_checkpoint(record, key, &note, &err) : status;
        pl_owned_free(&note);
    }
    if (status == PL_OK && add != NULL) {
        status = add_cosignatures(args, record, add, &err);
    } else if (status == PL_OK) {
        status = pl_record_checkpoint(record, &note, &err);
        status = status == PL_OK ? cli_give(args, note.bytes, note.n, &err) : status;
    }
    pl_owned_free(&note);
    pl_key_free(key);
    pl_record_close(record);
    return failed(status, &err);
}

/* ---- plenty record request ------------------------------------------------------------------------ */

int cli_record_request(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    pl_owned note = {NULL, 0}, request = {NULL, 0};
    pl_checkpoint c;
    pl_proof proof;
    const char *text = cli_text(args, "old");
    uint64_t old = 0;
    if (text != NULL && !cli_whole_number(text, &old)) {
        return cli_usage(args, "the size that the witness cosigned last; it says so itself", "'%.40s' is no size", text);
    }
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), PL_RECORD_READ, &record, &err);
    status = status == PL_OK ? pl_record_checkpoint(record, &note, &err) : status;
    status = status == PL_OK ? pl_checkpoint_read(note.bytes, note.n, &c, &err) : status;
    status = status == PL_OK ? pl_record_prove_growth(record, old, c.size, &proof, &err) : status;
    status = status == PL_OK ? pl_request_write(old, &proof, note.bytes, note.n, &request, &err) : status;
    status = status == PL_OK ? cli_give(args, request.bytes, request.n, &err) : status;
    pl_owned_free(&note);
    pl_owned_free(&request);
    pl_record_close(record);
    return failed(status, &err);
}

/* ---- plenty record witness ------------------------------------------------------------------------ */

/* What the witness cosigned last, from its memory file: a checkpoint, or nothing yet. */
static pl_status remember(const char *path, pl_checkpoint *last, pl_error *err)
{
    pl_file file;
    *last = (pl_checkpoint){.size = 0};
    pl_status status = pl_path_exists(path) ? pl_file_read(path, (size_t)1 << 20, &file, err) : PL_NOTFOUND;
    if (status != PL_OK) {
        return status == PL_NOTFOUND ? PL_OK : status;
    }
    status = file.n == 0 ? PL_OK : pl_checkpoint_read(file.bytes, file.n, last, err);
    pl_file_clear(&file);
    return status;
}

/* Judges, remembers, and only then cosigns: tlog-witness asks for that order. */
static pl_status answer(const cli_args *args, const pl_request *request, const pl_note_key *log, const pl_key *key, pl_owned *line,
                        pl_error *err)
{
    const char *memory = cli_text(args, "memory"), *name = cli_text(args, "name");
    pl_checkpoint last, next;
    int http;
    pl_status status = remember(memory, &last, err);
    if (status == PL_OK && last.size > 0 && strcmp(last.origin, log->name) != 0) {
        status = pl_fail(err, PL_USAGE, memory, "one file of memory for each record", "this is the memory for another record");
    }
    status = status == PL_OK ? pl_request_judge(request, log, last.size, last.root, &next, &http, err) : status;
    status = status == PL_OK ? pl_checkpoint_cosign(request->note, request->note_n, name, key, cli_now(), line, err) : status;
    if (status == PL_OK) {
        status = pl_file_write(memory, request->note, request->note_n, err);
        if (status != PL_OK) {
            pl_owned_free(line);
        }
    }
    return status;
}

/* Holds a lock beside the memory, so that two requests do not run at the same time. */
static pl_status lock(const char *memory, int *fd, pl_error *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s.lock", memory);
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*fd < 0 || flock(*fd, LOCK_EX) != 0) {
        return pl_fail(err, PL_IO, path, NULL, "cannot lock it: %s", strerror(errno));
    }
    return PL_OK;
}

int cli_record_witness(const cli_args *args)
{
    static const char *const needed[] = {"key", "name", "memory", "record-key"};
    pl_error err;
    pl_key *key = NULL;
    pl_file file = {NULL, 0};
    pl_request request;
    pl_note_key log;
    pl_owned line = {NULL, 0};
    int fd = -1;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (cli_text(args, needed[i]) == NULL) {
            return cli_usage(args, "plenty record witness REQUEST --record-key KEY --name NAME --key FILE --memory FILE", "--%s is missing", needed[i]);
        }
    }
    const char *text = cli_text(args, "record-key");
    pl_status status = pl_note_key_read(text, strlen(text), &log, &err);
    status = status == PL_OK ? pl_file_read(args->argument[0], (size_t)2 << 20, &file, &err) : status;
    status = status == PL_OK ? pl_request_read(file.bytes, file.n, &request, &err) : status;
    status = status == PL_OK ? cli_open_key(args, "key", "passphrase-file", &key, &err) : status;
    status = status == PL_OK ? lock(cli_text(args, "memory"), &fd, &err) : status;
    status = status == PL_OK ? answer(args, &request, &log, key, &line, &err) : status;
    status = status == PL_OK ? cli_give(args, line.bytes, line.n, &err) : status;
    if (fd >= 0) {
        close(fd);
    }
    pl_owned_free(&line);
    pl_file_clear(&file);
    pl_key_free(key);
    return failed(status, &err);
}
