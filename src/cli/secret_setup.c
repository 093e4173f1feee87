/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret_setup.c - a secret ballot is prepared: credentials, keys of trustees, the election. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/secret.h"
#include "base/mem.h"

static int failed(pl_status status, const pl_error *err)
{
    return status == PL_OK ? 0 : cli_fail(err);
}

static const char *group_of(const cli_args *args)
{
    const char *group = cli_text(args, "group");
    return group != NULL ? group : "Ed25519";
}

/* ---- Files --------------------------------------------------------------------------------------------------------- */

pl_status cli_read(const char *path, pl_file *out, pl_error *err)
{
    pl_status status = pl_file_read(path, (size_t)1 << 30, out, err);
    while (status == PL_OK && out->n > 0 && (out->bytes[out->n - 1] == '\n' || out->bytes[out->n - 1] == '\r')) {
        out->bytes[--out->n] = '\0';
    }
    return status;
}

pl_status cli_read_option(const cli_args *args, const char *name, pl_file *out, pl_error *err)
{
    const char *path = cli_text(args, name);
    if (path == NULL) {
        char subject[40];
        snprintf(subject, sizeof subject, "--%s", name);
        return pl_fail(err, PL_USAGE, subject, "see plenty help secret", "this option is needed");
    }
    return cli_read(path, out, err);
}

pl_status cli_give_line(const cli_args *args, const pl_secret_text *text, pl_error *err)
{
    const char *path = cli_text(args, "output");
    if (path == NULL) {
        fwrite(text->text, 1, text->n, stdout);
        putchar('\n');
        return PL_OK;
    }
    char *line = PL_NEW(char, text->n + 1);
    if (line == NULL) {
        return pl_fail_nomem(err, "a file");
    }
    memcpy(line, text->text, text->n);
    line[text->n] = '\n';
    pl_status status = pl_file_write(path, line, text->n + 1, err);
    pl_free(line);
    return status;
}

pl_status cli_write_part(const char *prefix, const char *ending, const pl_secret_text *text, bool secret, pl_error *err)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s%s", prefix, ending) >= (int)sizeof path) {
        return pl_fail(err, PL_USAGE, "--output", NULL, "the name is too long");
    }
    if (pl_path_exists(path)) {
        return pl_fail(err, PL_IO, path, "choose another name; keys are never replaced", "there is something of that name already");
    }
    mode_t old = umask(secret ? 077 : 022);
    pl_status status = pl_file_write(path, text->text, text->n, err);
    umask(old);
    if (status == PL_OK) {
        printf("%s: %s\n", path, secret ? "keep this secret" : "public");
    }
    return status;
}

pl_status cli_read_files(const cli_args *args, const char *name, cli_files *out, pl_error *err)
{
    out->n = 0;
    for (int i = 0; i < args->n_given; i++) {
        if (strcmp(args->given[i].option->name, name) != 0) {
            continue;
        }
        if (out->n == CLI_FILES) {
            return pl_fail(err, PL_TOOBIG, args->given[i].value, NULL, "more than %d files", CLI_FILES);
        }
        pl_status status = cli_read(args->given[i].value, &out->file[out->n], err);
        if (status != PL_OK) {
            return status;
        }
        out->view[out->n] = (pl_secret_view){out->file[out->n].bytes, out->file[out->n].n};
        out->n++;
    }
    return PL_OK;
}

void cli_files_clear(cli_files *files)
{
    for (int i = 0; i < files->n; i++) {
        pl_file_clear(&files->file[i]);
    }
    files->n = 0;
}

/* ---- plenty secret credentials -------------------------------------------------------------------------------------- */

/* One whole number a line. */
static pl_status read_weights(const char *path, int32_t **out, int64_t *n, pl_error *err)
{
    pl_file file;
    pl_status status = cli_read(path, &file, err);
    *out = NULL;
    *n = 0;
    if (status != PL_OK) {
        return status;
    }
    int64_t lines = 1;
    for (size_t i = 0; i < file.n; i++) {
        lines += file.bytes[i] == '\n';
    }
    *out = PL_NEW(int32_t, lines);
    status = *out != NULL ? PL_OK : pl_fail_nomem(err, "weights");
    const char *at = file.bytes;
    while (status == PL_OK && *n < lines) {
        char *end;
        long weight = strtol(at, &end, 10);
        if (end == at || (*end != '\n' && *end != '\0') || weight < 1 || weight > PL_SECRET_WEIGHT_MAX) {
            char where[300];
            snprintf(where, sizeof where, "%.250s:%lld", path, (long long)*n + 1);
            status = pl_fail(err, PL_PARSE, where, "a whole number from 1, for each voter a line", "this is no weight");
            break;
        }
        (*out)[(*n)++] = (int32_t)weight;
        at = end + 1;
    }
    pl_file_clear(&file);
    return status;
}

int cli_secret_credentials(const cli_args *args)
{
    pl_error err;
    char uuid[80];
    double voters;
    int threads;
    int64_t n = 0;
    int32_t *weight = NULL;
    pl_secret_text private_list = {NULL, 0}, public_list = {NULL, 0};
    const char *prefix = cli_text(args, "output"), *weights = cli_text(args, "weights"), *given = cli_text(args, "uuid");
    if (prefix == NULL) {
        return cli_usage(args, "for example --output voters, for voters.privcreds and voters.pubcreds", "say where to write the credentials");
    }
    pl_status status = cli_number(args, "voters", 1, PL_SECRET_CREDENTIALS_MAX, 0, &voters, &err);
    status = status == PL_OK ? cli_threads(args, true, &threads, &err) : status;
    if (status == PL_OK && given != NULL) {
        snprintf(uuid, sizeof uuid, "%s", given);
    } else if (status == PL_OK) {
        status = pl_secret_uuid(uuid, &err);
    }
    n = status == PL_OK ? (int64_t)voters : 0;
    if (status == PL_OK && weights != NULL) {
        status = read_weights(weights, &weight, &n, &err);
    }
    if (status == PL_OK && n < 1) {
        status = pl_fail(&err, PL_USAGE, "--voters", "or --weights FILE, with a line for each", "say how many voters there are");
    }
    status = status == PL_OK ? pl_secret_credentials(group_of(args), uuid, n, weight, threads, &private_list, &public_list, &err) : status;
    status = status == PL_OK ? cli_write_part(prefix, ".privcreds", &private_list, true, &err) : status;
    status = status == PL_OK ? cli_write_part(prefix, ".pubcreds", &public_list, false, &err) : status;
    if (status == PL_OK) {
        printf("uuid: %s\n", uuid);
    }
    pl_free(weight);
    pl_secret_text_free(&private_list);
    pl_secret_text_free(&public_list);
    return failed(status, &err);
}

/* ---- plenty secret trustee -------------------------------------------------------------------------------------------- */

static pl_status write_pair(const char *prefix, const char *secret_ending, pl_secret_text *secret, const char *public_ending,
                            pl_secret_text *open, pl_error *err)
{
    pl_status status = cli_write_part(prefix, secret_ending, secret, true, err);
    status = status == PL_OK ? cli_write_part(prefix, public_ending, open, false, err) : status;
    pl_secret_text_free(secret);
    pl_secret_text_free(open);
    return status;
}

static pl_status whole(const cli_args *args, const char *name, int *out, pl_error *err)
{
    double x;
    pl_status status = cli_number(args, name, 1, PL_SECRET_TRUSTEES_MAX, 0, &x, err);
    *out = status == PL_OK ? (int)x : 0;
    return status;
}

/* Rounds of the key that a threshold of trustees holds. */
static pl_status threshold_round(const cli_args *args, const char *prefix, int round, pl_error *err)
{
    cli_files certs = {.n = 0};
    pl_file key = {NULL, 0}, input = {NULL, 0};
    pl_secret_text out = {NULL, 0};
    int threshold;
    pl_status status = cli_read_files(args, "cert", &certs, err);
    status = status == PL_OK ? cli_read_option(args, "key", &key, err) : status;
    if (status == PL_OK && round == 2) {
        status = whole(args, "threshold", &threshold, err);
        status = status == PL_OK ? pl_secret_polynomial(group_of(args), certs.view, certs.n, key.bytes, threshold, NULL, &out, err) : status;
        status = status == PL_OK ? cli_write_part(prefix, ".polynomial", &out, false, err) : status;
    } else if (status == PL_OK) {
        status = cli_read_option(args, "input", &input, err);
        status = status == PL_OK ? pl_secret_output(group_of(args), certs.view, certs.n, key.bytes, input.bytes, input.n, NULL, &out, NULL, err) : status;
        status = status == PL_OK ? cli_write_part(prefix, ".voutput", &out, false, err) : status;
    }
    pl_secret_text_free(&out);
    cli_files_clear(&certs);
    pl_file_clear(&key);
    pl_file_clear(&input);
    return status;
}

int cli_secret_trustee(const cli_args *args)
{
    pl_error err;
    int round;
    pl_secret_text a = {NULL, 0}, b = {NULL, 0};
    const char *prefix = cli_text(args, "output");
    if (prefix == NULL) {
        return cli_usage(args, "for example --output amina", "say where to write the key");
    }
    pl_status status = whole(args, "round", &round, &err);
    if (status == PL_OK && round > 3) {
        return cli_usage(args, "1: a certificate, 2: a polynomial, 3: the part of the key", "there are three rounds");
    }
    if (status == PL_OK && round == 0) {
        status = pl_secret_trustee(group_of(args), NULL, &a, &b, &err);
        status = status == PL_OK ? write_pair(prefix, ".privkey", &a, ".pubkey", &b, &err) : status;
    } else if (status == PL_OK && round == 1) {
        status = pl_secret_certificate(group_of(args), NULL, &a, &b, &err);
        status = status == PL_OK ? write_pair(prefix, ".key", &a, ".cert", &b, &err) : status;
    } else if (status == PL_OK) {
        status = threshold_round(args, prefix, round, &err);
    }
    return failed(status, &err);
}

/* ---- plenty secret threshold -------------------------------------------------------------------------------------------- */

static pl_status write_inputs(const cli_args *args, const cli_files *certs, const cli_files *polynomials, int threshold, const char *prefix,
                              pl_error *err)
{
    pl_status status = PL_OK;
    for (int i = 0; i < certs->n && status == PL_OK; i++) {
        pl_secret_text out;
        char ending[32];
        snprintf(ending, sizeof ending, "-%d.vinput", i + 1);
        status = pl_secret_input(group_of(args), certs->view, polynomials->view, certs->n, threshold, i, &out, err);
        if (status == PL_OK) {
            status = cli_write_part(prefix, ending, &out, false, err);
            pl_secret_text_free(&out);
        }
    }
    return status;
}

static pl_status write_parameters(const cli_args *args, const cli_files *certs, const cli_files *polynomials, const cli_files *outputs,
                                  int threshold, const char *prefix, pl_error *err)
{
    pl_secret_text all = {NULL, 0}, part[CLI_FILES] = {{NULL, 0}};
    pl_status status = pl_secret_threshold(group_of(args), certs->view, polynomials->view, outputs->view, certs->n, threshold, &all, part, err);
    status = status == PL_OK ? cli_write_part(prefix, ".threshold", &all, false, err) : status;
    for (int i = 0; i < certs->n; i++) {
        char ending[32];
        snprintf(ending, sizeof ending, "-%d.dkey", i + 1);
        status = status == PL_OK ? cli_write_part(prefix, ending, &part[i], false, err) : status;
        pl_secret_text_free(&part[i]);
    }
    pl_secret_text_free(&all);
    return status;
}

int cli_secret_threshold(const cli_args *args)
{
    pl_error err;
    cli_files certs = {.n = 0}, polynomials = {.n = 0}, outputs = {.n = 0};
    int threshold;
    const char *prefix = cli_text(args, "output");
    if (prefix == NULL) {
        return cli_usage(args, "for example --output council", "say where to write");
    }
    pl_status status = whole(args, "threshold", &threshold, &err);
    status = status == PL_OK ? cli_read_files(args, "cert", &certs, &err) : status;
    status = status == PL_OK ? cli_read_files(args, "polynomial", &polynomials, &err) : status;
    status = status == PL_OK ? cli_read_files(args, "voutput", &outputs, &err) : status;
    if (status == PL_OK && (certs.n == 0 || polynomials.n != certs.n || (outputs.n != 0 && outputs.n != certs.n))) {
        status = pl_fail(&err, PL_USAGE, NULL, "in the same order: --cert A --cert B --polynomial A --polynomial B",
                         "%d certificates, %d polynomials, %d outputs: there must be one of each trustee", certs.n, polynomials.n, outputs.n);
    }
    if (status == PL_OK) {
        status = outputs.n == 0 ? write_inputs(args, &certs, &polynomials, threshold, prefix, &err)
                                : write_parameters(args, &certs, &polynomials, &outputs, threshold, prefix, &err);
    }
    cli_files_clear(&certs);
    cli_files_clear(&polynomials);
    cli_files_clear(&outputs);
    return failed(status, &err);
}

/* ---- plenty secret setup ------------------------------------------------------------------------------------------------- */

int cli_secret_setup(const cli_args *args)
{
    pl_error err;
    pl_file questions = {NULL, 0}, credentials = {NULL, 0};
    cli_files keys = {.n = 0};
    pl_secret_text trustees = {NULL, 0}, election = {NULL, 0}, listed = {NULL, 0}, archive = {NULL, 0};
    const char *uuid = cli_text(args, "uuid"), *path = args->argument[0];
    if (uuid == NULL) {
        return cli_usage(args, "plenty secret credentials has printed it", "say --uuid: the name for which the credentials were made");
    }
    if (pl_path_exists(path)) {
        pl_fail(&err, PL_IO, path, "choose another name; an election is never replaced", "there is something of that name already");
        return cli_fail(&err);
    }
    pl_status status = cli_read_option(args, "questions", &questions, &err);
    status = status == PL_OK ? cli_read_option(args, "credentials", &credentials, &err) : status;
    status = status == PL_OK ? cli_read_files(args, "trustee", &keys, &err) : status;
    status = status == PL_OK ? pl_secret_trustees(group_of(args), keys.view, keys.n, &trustees, &err) : status;
    status = status == PL_OK ? pl_secret_election_new(group_of(args), uuid, questions.bytes, questions.n, trustees.text, trustees.n, &election, &err)
                             : status;
    status = status == PL_OK ? pl_secret_credentials_public(credentials.bytes, credentials.n, &listed, &err) : status;
    status = status == PL_OK ? pl_secret_archive_new(election.text, election.n, trustees.text, trustees.n, listed.text, listed.n,
                                                     (int64_t)time(NULL), &archive, &err)
                             : status;
    status = status == PL_OK ? pl_file_write(path, archive.text, archive.n, &err) : status;
    if (status == PL_OK) {
        char fingerprint[PL_SECRET_TRACKER];
        pl_secret_tracker(election.text, election.n, fingerprint);
        printf("%s: the election %s in %s\nfingerprint: %s\n", path, uuid, group_of(args), fingerprint);
    }
    pl_file_clear(&questions);
    pl_file_clear(&credentials);
    cli_files_clear(&keys);
    pl_secret_text_free(&trustees);
    pl_secret_text_free(&election);
    pl_secret_text_free(&listed);
    pl_secret_text_free(&archive);
    return failed(status, &err);
}
