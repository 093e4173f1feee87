/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * key.c - `plenty key`: key files and their passphrases; and small things for the commands of a record. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/number.h"
#include "cli/commons.h"
#include "io/file.h"

#define PASSPHRASE_LEAST 8

/* ---- Passphrases ---------------------------------------------------------------------------------- */

void cli_forget(char passphrase[CLI_PASSPHRASE])
{
    sodium_memzero(passphrase, CLI_PASSPHRASE);
}

static pl_status from_file(const char *path, char out[CLI_PASSPHRASE], size_t *n, pl_error *err)
{
    pl_file file;
    pl_status status = pl_file_read(path, CLI_PASSPHRASE - 1, &file, err);
    if (status != PL_OK) {
        return status;
    }
    *n = strcspn(file.bytes, "\n");
    memcpy(out, file.bytes, *n);
    out[*n] = '\0';
    sodium_memzero(file.bytes, file.n);
    pl_file_clear(&file);
    return PL_OK;
}

/* Asks on the terminal without showing what is typed. */
static pl_status ask(const char *question, char out[CLI_PASSPHRASE], size_t *n, pl_error *err)
{
    struct termios before, quiet;
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before) != 0) {
        return pl_fail(err, PL_USAGE, NULL, "write it into a file that only you can read, and name that: --passphrase-file FILE",
                       "there is no terminal to ask for the passphrase");
    }
    fprintf(stderr, "%s: ", question);
    fflush(stderr);
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    bool got = fgets(out, CLI_PASSPHRASE, stdin) != NULL;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputc('\n', stderr);
    if (!got) {
        return pl_fail(err, PL_STOPPED, NULL, NULL, "no passphrase was given");
    }
    *n = strcspn(out, "\n");
    out[*n] = '\0';
    return PL_OK;
}

/* What an option says or, where it is not given, the environment, so that whoever acts often need not say it each time. */
static const char *said(const cli_args *args, const char *option)
{
    static const char *const VARIABLES[][2] = {{"key", "PLENTY_KEY"}, {"passphrase-file", "PLENTY_PASSPHRASE_FILE"}};
    const char *text = cli_text(args, option);
    for (size_t i = 0; text == NULL && i < sizeof VARIABLES / sizeof VARIABLES[0]; i++) {
        text = strcmp(option, VARIABLES[i][0]) == 0 ? getenv(VARIABLES[i][1]) : NULL;
    }
    return text;
}

pl_status cli_new_passphrase(const cli_args *args, const char *pass_option, char out[CLI_PASSPHRASE], size_t *n, pl_error *err)
{
    const char *path = said(args, pass_option);
    char again[CLI_PASSPHRASE];
    size_t n_again;
    pl_status status = path != NULL ? from_file(path, out, n, err) : ask("passphrase for the new key", out, n, err);
    if (status == PL_OK && *n < PASSPHRASE_LEAST) {
        return pl_fail(err, PL_USAGE, path, "some words that only you put together are good", "a passphrase has at least %d characters", PASSPHRASE_LEAST);
    }
    if (status == PL_OK && path == NULL) {
        status = ask("once more", again, &n_again, err);
        if (status == PL_OK && strcmp(out, again) != 0) {
            status = pl_fail(err, PL_USAGE, NULL, NULL, "the two are not the same");
        }
        cli_forget(again);
    }
    return status;
}

pl_status cli_open_key(const cli_args *args, const char *option, const char *pass_option, pl_key **out, pl_error *err)
{
    const char *path = said(args, option), *file = said(args, pass_option);
    char passphrase[CLI_PASSPHRASE], name[PL_KEY_NAME_MAX + 1], question[PL_KEY_NAME_MAX + 64];
    uint8_t public_key[32];
    size_t n = 0;
    if (path == NULL) {
        char message[80];
        snprintf(message, sizeof message, "--%s", option);
        return pl_fail(err, PL_USAGE, message, "'plenty key new FILE' makes one; PLENTY_KEY=FILE in the environment says it once for all", "say which key signs");
    }
    pl_status status = pl_key_read_public(path, name, public_key, err); /* before anybody types for nothing */
    if (status == PL_OK) {
        snprintf(question, sizeof question, "passphrase of the key of %s", name);
        status = file != NULL ? from_file(file, passphrase, &n, err) : ask(question, passphrase, &n, err);
    }
    if (status == PL_OK) {
        status = pl_key_load(path, passphrase, n, out, err);
    }
    cli_forget(passphrase);
    return status;
}

/* ---- Small things --------------------------------------------------------------------------------- */

#define REHEARSED_MOST 36525 /* days */

/* The days of PLENTY_DAYS, 0 when it is not set; false when it is no such number. */
static bool rehearsed(uint64_t *days)
{
    const char *text = getenv("PLENTY_DAYS");
    *days = 0;
    return text == NULL || (cli_whole_number(text, days) && *days <= REHEARSED_MOST);
}

pl_status cli_rehearsal(pl_error *err)
{
    uint64_t days;
    if (!rehearsed(&days)) {
        return pl_fail(err, PL_USAGE, "PLENTY_DAYS", "a whole number of days, for example PLENTY_DAYS=21", "the environment says '%.40s'", getenv("PLENTY_DAYS"));
    }
    if (days > 0 && isatty(STDERR_FILENO)) {
        fprintf(stderr, "a rehearsal: as if it were %llu days later (PLENTY_DAYS)\n", (unsigned long long)days);
    }
    return PL_OK;
}

uint64_t cli_now(void)
{
    uint64_t days;
    return (uint64_t)time(NULL) + (rehearsed(&days) ? 86400 * days : 0);
}

const char *cli_time(uint64_t when, char out[32])
{
    time_t t = (time_t)when;
    struct tm tm;
    if (gmtime_r(&t, &tm) == NULL || strftime(out, 32, "%Y-%m-%d %H:%M:%S", &tm) == 0) {
        snprintf(out, 32, "?");
    }
    return out;
}

const char *cli_short_id(const uint8_t *id, char out[13])
{
    pl_hex_write(id, 6, out);
    return out;
}

bool cli_whole_number(const char *text, uint64_t *x)
{
    int64_t n;
    if (!pl_integer_parse(text, strlen(text), &n) || n < 0) {
        return false;
    }
    *x = (uint64_t)n;
    return true;
}

pl_status cli_give(const cli_args *args, const char *bytes, size_t n, pl_error *err)
{
    const char *path = cli_text(args, "output");
    if (path != NULL) {
        return pl_file_write(path, bytes, n, err);
    }
    fwrite(bytes, 1, n, stdout);
    return PL_OK;
}

pl_status cli_policy(const cli_args *args, pl_policy **out, pl_error *err)
{
    const char *path = cli_text(args, "policy");
    pl_file file;
    *out = NULL;
    if (path == NULL) {
        return PL_OK;
    }
    pl_status status = pl_file_read(path, (size_t)1 << 20, &file, err);
    if (status == PL_OK) {
        status = pl_policy_read(file.bytes, file.n, path, out, err);
        pl_file_clear(&file);
    }
    return status;
}

/* ---- plenty key new, plenty key show -------------------------------------------------------------- */

static void tell_key(const char *path, const char *name, const uint8_t public_key[32], bool json)
{
    uint8_t id[PL_HASH];
    char id_hex[2 * PL_HASH + 1], public_hex[65];
    pl_key_id_of(public_key, id);
    pl_hex_write(id, PL_HASH, id_hex);
    pl_hex_write(public_key, 32, public_hex);
    if (json) {
        printf("{\"file\": \"");
        for (const char *p = path; *p != '\0'; p++) {
            printf(*p == '"' || *p == '\\' ? "\\%c" : (unsigned char)*p < ' ' ? "?" : "%c", *p);
        }
        printf("\", \"key_id\": \"%s\", \"public_key\": \"%s\"}\n", id_hex, public_hex);
        return;
    }
    printf("%s: the key of %s\n  key id      %s\n  public key  %s\n", path, name, id_hex, public_hex);
}

int cli_key_new(const cli_args *args)
{
    const char *path = args->argument[0], *name = cli_text(args, "name");
    char passphrase[CLI_PASSPHRASE];
    size_t n = 0;
    pl_error err;
    pl_key *key = NULL;
    if (pl_path_exists(path)) {
        pl_fail(&err, PL_IO, path, "choose another name; a key that is gone cannot be had again", "there is a file of that name already");
        return cli_fail(&err);
    }
    if (name == NULL) {
        const char *slash = strrchr(path, '/');
        name = slash != NULL ? slash + 1 : path;
    }
    pl_status status = cli_new_passphrase(args, "passphrase-file", passphrase, &n, &err);
    status = status == PL_OK ? pl_key_new(name, &key, &err) : status;
    status = status == PL_OK ? pl_key_save(key, path, passphrase, n, &err) : status;
    cli_forget(passphrase);
    if (status == PL_OK) {
        tell_key(path, pl_key_name(key), pl_key_public(key), cli_flag(args, "json"));
    }
    pl_key_free(key);
    return status == PL_OK ? 0 : cli_fail(&err);
}

int cli_key_show(const cli_args *args)
{
    char name[PL_KEY_NAME_MAX + 1];
    uint8_t public_key[32];
    pl_error err;
    if (pl_key_read_public(args->argument[0], name, public_key, &err) != PL_OK) {
        return cli_fail(&err);
    }
    tell_key(args->argument[0], name, public_key, cli_flag(args, "json"));
    const char *as = cli_text(args, "as");
    if (as != NULL) {
        pl_note_key witness;
        char text[PL_NOTE_KEY_TEXT];
        if (pl_note_key_make(as, PL_NOTE_COSIGNATURE, public_key, &witness, &err) != PL_OK) {
            return cli_fail(&err);
        }
        pl_note_key_write(&witness, text);
        printf("  as a witness, for policies:\nwitness %s %s\n", as, text);
    }
    return 0;
}
