/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * audit.c - `plenty replay` and `plenty audit`: the record from its beginning, by Plenty and by the independent checker. */
#include <string.h>
#include <sys/stat.h>

#include "cli/audit.h"
#include "io/file.h"
#include "io/json.h"
#include "verify/verify.h"

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

#define N(x) ((unsigned long long)(x))

static void tell_voids(const pl_replay *r)
{
    if (r->voids > 0) {
        printf("  void         %llu event%s without effect; the first at position %llu: %s: %s (%s)\n", N(r->voids), plural(r->voids),
               N(r->void_position), pl_rule_text(r->void_rule), r->void_why, pl_rule_id(r->void_rule));
    }
}

/* ---- plenty replay -------------------------------------------------------------------------------- */

int cli_replay(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    pl_replay r = {0};
    bool write = cli_flag(args, "write");
    char state[2 * PL_HASH + 1], stored[2 * PL_HASH + 1];
    pl_progress progress = cli_progress(cli_flag(args, "json"));
    pl_status status = pl_record_open(args->argument[0], pl_council_rules(), write ? PL_RECORD_WRITE : PL_RECORD_READ, &record, &err);
    status = status == PL_OK ? pl_record_replay(record, write, &progress, &r, &err) : status;
    cli_progress_done();
    if (status != PL_OK) {
        pl_record_close(record);
        return cli_fail(&err);
    }
    bool same = memcmp(r.state, r.stored, PL_HASH) == 0;
    pl_hex_write(r.state, PL_HASH, state);
    pl_hex_write(r.stored, PL_HASH, stored);
    if (cli_flag(args, "json")) {
        printf("{\"events\": %llu, \"void\": %llu, \"rows\": %llu, \"state\": \"%s\", \"stored\": \"%s\", \"same\": %s, \"written\": %s}\n",
               N(r.events), N(r.voids), N(r.rows), state, stored, same ? "true" : "false", write ? "true" : "false");
    } else {
        printf("%s: %llu event%s replayed\n", pl_record_what(record)->name, N(r.events), plural(r.events));
        tell_voids(&r);
        printf("  state hash   %s (%llu rows)\n", state, N(r.rows));
        if (!same) {
            printf("  in the store %s\n", stored);
        }
        puts(same ? "the tables are what the record gives" : write ? "the tables were something else; they are made anew" : "THE TABLES ARE NOT WHAT THE RECORD GIVES");
    }
    pl_record_close(record);
    return same || write ? 0 : pl_status_exit_code(PL_REFUTED);
}

/* ---- plenty audit --------------------------------------------------------------------------------- */

/* Hands the record, as files, to the checker that shares nothing with it.  Exit code, -1 with an error. */
static int check_independently(pl_record *record, FILE *out, FILE *complaints, pl_error *err)
{
    char folder[CLI_TEMPORARY], files[4096];
    uint64_t events;
    if (cli_temporary(folder, err) != PL_OK) {
        return -1;
    }
    snprintf(files, sizeof files, "%s/record", folder);
    int code = pl_record_export(record, files, true, &events, err) == PL_OK ? pv_verify_record(files, false, out, complaints) : -1;
    cli_temporary_remove(folder);
    return code;
}

static void tell_audit(const pl_record_about *about, const pl_audit *a, bool policy)
{
    char state[2 * PL_HASH + 1];
    const pl_replay *r = &a->replay;
    pl_hex_write(r->state, PL_HASH, state);
    printf("%s: %llu event%s\n", about->name, N(r->events), plural(r->events));
    printf("  origin       %s\n", about->origin);
    printf("  events       %llu keep all rules, signatures included\n", N(r->events - r->voids));
    tell_voids(r);
    printf("  keys         %llu, of which %llu valid\n", N(a->keys), N(a->keys_valid));
    if (a->checkpoints == 0) {
        printf("  checkpoints  none: whoever keeps the file could exchange it for another\n");
    } else {
        printf("  checkpoints  %llu, the last of %llu event%s", N(a->checkpoints), N(a->last_size), plural(a->last_size));
        if (a->last_size < r->events) {
            printf("; %llu event%s came after it", N(r->events - a->last_size), plural(r->events - a->last_size));
        }
        putchar('\n');
    }
    if (policy) {
        printf("  witnesses    %d of %d have cosigned the last checkpoint%s\n", a->verdict.witnesses, a->verdict.of,
               a->verdict.quorum ? ", which is enough" : "");
    } else {
        printf("  witnesses    not asked for (--policy FILE)\n");
    }
    if (a->blobs > 0) {
        printf("  blobs        %llu referred to, of which %llu are not here\n", N(a->blobs), N(a->blobs_missing));
    }
    printf("  tables       %llu rows, state hash %s\n", N(r->rows), state);
}

static void tell_json(const pl_record_about *about, const pl_audit *a, bool policy)
{
    char state[2 * PL_HASH + 1];
    pl_str s;
    pl_json j;
    pl_hex_write(a->replay.state, PL_HASH, state);
    pl_str_init(&s, 1 << 16);
    pl_json_init(&j, &s, true);
    pl_json_object(&j);
    pl_json_put_text(&j, "name", about->name);
    pl_json_put_text(&j, "origin", about->origin);
    pl_json_put_int(&j, "events", (int64_t)a->replay.events);
    pl_json_put_int(&j, "void", (int64_t)a->replay.voids);
    if (a->replay.voids > 0) {
        pl_json_put_int(&j, "void_position", (int64_t)a->replay.void_position);
        pl_json_put_text(&j, "void_rule", pl_rule_id(a->replay.void_rule));
    }
    pl_json_put_int(&j, "keys", (int64_t)a->keys);
    pl_json_put_int(&j, "keys_valid", (int64_t)a->keys_valid);
    pl_json_put_int(&j, "checkpoints", (int64_t)a->checkpoints);
    pl_json_put_int(&j, "checkpoint_size", (int64_t)a->last_size);
    pl_json_put_int(&j, "blobs", (int64_t)a->blobs);
    pl_json_put_int(&j, "blobs_missing", (int64_t)a->blobs_missing);
    if (policy) {
        pl_json_put_int(&j, "witnesses", a->verdict.witnesses);
        pl_json_put_bool(&j, "quorum", a->verdict.quorum);
    }
    pl_json_put_text(&j, "state", state);
    pl_json_put_bool(&j, "sound", a->sound);
    pl_json_put_text(&j, "wrong", a->sound ? NULL : a->wrong);
    pl_json_end(&j);
    puts(s.text);
    pl_str_clear(&s);
}

/* What follows where the record itself is sound: its commons, then the independent checker.  Exit code, -1 with an error. */
static int audit_further(pl_record *record, pl_audit *a, FILE *out, FILE *complaints, pl_error *err)
{
    if (cli_audit_commons(record, out, a->wrong, err) != PL_OK) {
        return -1;
    }
    a->sound = a->wrong[0] == '\0';
    if (!a->sound) {
        return pl_status_exit_code(PL_REFUTED);
    }
    fprintf(out, "  and again, by the independent checker:\n");
    fflush(out);
    return check_independently(record, out, complaints, err);
}

static int audit_record(const cli_args *args, pl_record *record, const pl_policy *policy)
{
    pl_error err;
    pl_audit a;
    bool json = cli_flag(args, "json");
    pl_progress progress = cli_progress(json);
    pl_status status = pl_record_audit(record, policy, &progress, &a, &err);
    cli_progress_done();
    FILE *quiet = status == PL_OK && json ? fopen("/dev/null", "w") : NULL;
    if (status == PL_OK && json && quiet == NULL) {
        status = pl_fail(&err, PL_IO, "/dev/null", NULL, "cannot open it");
    }
    if (status != PL_OK) {
        return cli_fail(&err);
    }
    if (!json) {
        tell_audit(pl_record_what(record), &a, policy != NULL);
    }
    int code = a.sound ? audit_further(record, &a, json ? quiet : stdout, json ? quiet : stderr, &err) : pl_status_exit_code(PL_REFUTED);
    if (quiet != NULL) {
        fclose(quiet);
    }
    if (code < 0) {
        return cli_fail(&err);
    }
    if (json && a.sound && code > 0) {
        a.sound = false;
        snprintf(a.wrong, sizeof a.wrong, "the independent checker does not agree; without --json it says where");
    }
    if (json) {
        tell_json(pl_record_what(record), &a, policy != NULL);
    } else if (!a.sound) {
        printf("%sWRONG:%s %s\nnot verified\n", cli_red(), cli_plain(), a.wrong);
    }
    return code;
}

/* ---- plenty audit FOLDER ---------------------------------------------------------------------------- */

/* What the files are a copy of, in a store of its own: its counts, sharings and plans again, as those of the record itself. */
static pl_status audit_copy(const char *files, FILE *out, char wrong[400], pl_error *err)
{
    char folder[CLI_TEMPORARY], copy[4096];
    pl_record *record = NULL;
    pl_status status = cli_temporary(folder, err);
    if (status != PL_OK) {
        return status;
    }
    snprintf(copy, sizeof copy, "%s/record", folder);
    status = pl_record_import(files, copy, pl_council_rules(), &record, err);
    if (status == PL_OK) {
        fprintf(out, "and again, by Plenty:\n");
        status = cli_audit_commons(record, out, wrong, err);
    }
    pl_record_close(record);
    cli_temporary_remove(folder);
    return status;
}

/* What the checker said, unless Plenty finds something that is wrong. */
static void tell_copy_json(const char *said, const char *wrong)
{
    pl_str s;
    pl_json j;
    if (wrong[0] == '\0') {
        fputs(said, stdout);
        return;
    }
    pl_str_init(&s, 1 << 16);
    pl_json_init(&j, &s, false);
    pl_json_object(&j);
    pl_json_put_bool(&j, "verified", false);
    pl_json_put_text(&j, "wrong", wrong);
    pl_json_end(&j);
    puts(s.text);
    pl_str_clear(&s);
}

/* Exported files: by the independent checker, then by Plenty. */
static int audit_folder(const cli_args *args, const char *folder)
{
    pl_error err;
    char said[2000] = "", wrong[400] = ""; /* the checker's JSON is some hundred bytes */
    bool json = cli_flag(args, "json");
    if (cli_text(args, "policy") != NULL) {
        return cli_usage(args, "'plenty record check' applies a policy to a proof", "a folder of files is checked without a policy");
    }
    FILE *text = json ? fmemopen(said, sizeof said, "w") : NULL, *quiet = json ? fopen("/dev/null", "w") : NULL;
    pl_status status = !json || (text != NULL && quiet != NULL) ? PL_OK : pl_fail_nomem(&err, "auditing files");
    int code = status == PL_OK ? pv_verify_record(folder, json, json ? text : stdout, stderr) : 0;
    if (status == PL_OK && code == 0) {
        status = audit_copy(folder, json ? quiet : stdout, wrong, &err);
        code = wrong[0] != '\0' ? pl_status_exit_code(PL_REFUTED) : 0;
    }
    if (text != NULL) {
        fclose(text);
    }
    if (quiet != NULL) {
        fclose(quiet);
    }
    if (status == PL_OK && json) {
        tell_copy_json(said, wrong);
    } else if (status == PL_OK && code == 0) {
        puts("verified");
    } else if (status == PL_OK && wrong[0] != '\0') {
        printf("%sWRONG:%s %s\nnot verified\n", cli_red(), cli_plain(), wrong);
    }
    return status == PL_OK ? code : cli_fail(&err);
}

int cli_audit(const cli_args *args)
{
    pl_error err;
    pl_record *record = NULL;
    pl_policy *policy = NULL;
    struct stat st;
    const char *where = args->argument[0];
    if (stat(where, &st) == 0 && S_ISDIR(st.st_mode)) {
        return audit_folder(args, where);
    }
    pl_status status = cli_policy(args, &policy, &err);
    status = status == PL_OK ? pl_record_open(where, pl_council_rules(), PL_RECORD_READ, &record, &err) : status;
    int code = status == PL_OK ? audit_record(args, record, policy) : cli_fail(&err);
    pl_record_close(record);
    pl_policy_free(policy);
    return code;
}
