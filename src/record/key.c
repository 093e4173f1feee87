/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * key.c - Ed25519 keys, and key files: docs/formats/record.md. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/number.h"
#include "io/file.h"
#include "io/utf8.h"
#include "io/write.h"
#include "record/bytes.h"

#define FILE_MAX 4096
#define PASSES_MAX 16
#define MEMORY_MAX ((uint64_t)1 << 30)
#define SEALED (32 + crypto_secretbox_MACBYTES)

struct pl_key {
    char name[PL_KEY_NAME_MAX + 1];
    uint8_t public_key[32], id[PL_HASH];
    uint8_t *secret; /* 64 bytes of guarded memory: seed and public key */
};

static bool name_good(const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)name[i] < ' ' || name[i] == 0x7F) {
            return false;
        }
    }
    return n >= 1 && n <= PL_KEY_NAME_MAX && pl_utf8_valid(name, n);
}

void pl_key_id_of(const uint8_t public_key[32], uint8_t id[PL_HASH])
{
    uint8_t cose[40] = {0xA3, 0x01, 0x01, 0x20, 0x06, 0x21, 0x58, 0x20};
    memcpy(cose + 8, public_key, 32);
    pl_hash(cose, sizeof cose, id);
}

pl_status pl_key_from_seed(const char *name, const uint8_t seed[32], pl_key **out, pl_error *err)
{
    if (!name_good(name)) {
        return pl_fail(err, PL_USAGE, "name", "1 to 64 bytes, no control characters", "a key cannot have this name");
    }
    if (!pl_sodium_start()) {
        return pl_fail(err, PL_IO, NULL, NULL, "the system gives no random numbers");
    }
    pl_key *key = PL_NEW0(pl_key, 1);
    if (key == NULL || (key->secret = sodium_malloc(64)) == NULL) {
        pl_free(key);
        return pl_fail_nomem(err, "making a key");
    }
    snprintf(key->name, sizeof key->name, "%s", name);
    crypto_sign_seed_keypair(key->public_key, key->secret, seed);
    pl_key_id_of(key->public_key, key->id);
    *out = key;
    return PL_OK;
}

pl_status pl_key_new(const char *name, pl_key **out, pl_error *err)
{
    if (!pl_sodium_start()) {
        return pl_fail(err, PL_IO, NULL, NULL, "the system gives no random numbers");
    }
    uint8_t seed[32];
    randombytes_buf(seed, sizeof seed);
    pl_status status = pl_key_from_seed(name, seed, out, err);
    sodium_memzero(seed, sizeof seed);
    return status;
}

void pl_key_free(pl_key *key)
{
    if (key != NULL) {
        sodium_free(key->secret); /* wipes */
        pl_free(key);
    }
}

const char *pl_key_name(const pl_key *key)
{
    return key->name;
}

const uint8_t *pl_key_public(const pl_key *key)
{
    return key->public_key;
}

const uint8_t *pl_key_id(const pl_key *key)
{
    return key->id;
}

void pl_key_sign(const pl_key *key, const void *bytes, size_t n, uint8_t signature[PL_SIGNATURE])
{
    crypto_sign_detached(signature, NULL, bytes, n, key->secret);
}

void pl_key_derive(const pl_key *key, const char *label, const void *context, size_t n, uint8_t out[32])
{
    static const char DOMAIN[] = "plenty derived v1\n";
    crypto_generichash_state state;
    crypto_generichash_init(&state, key->secret, 32, 32);
    crypto_generichash_update(&state, (const uint8_t *)DOMAIN, sizeof DOMAIN - 1);
    crypto_generichash_update(&state, (const uint8_t *)label, strlen(label) + 1);
    crypto_generichash_update(&state, context, n);
    crypto_generichash_final(&state, out, 32);
    sodium_memzero(&state, sizeof state);
}

bool pl_signature_holds(const uint8_t public_key[32], const void *bytes, size_t n, const uint8_t signature[PL_SIGNATURE])
{
    return crypto_sign_verify_detached(signature, bytes, n, public_key) == 0;
}

/* ---- Key files ------------------------------------------------------------------------------------ */

typedef struct key_file {
    char name[PL_KEY_NAME_MAX + 1];
    uint8_t public_key[32], salt[crypto_pwhash_SALTBYTES], nonce[crypto_secretbox_NONCEBYTES], sealed[SEALED];
    uint64_t passes, memory;
} key_file;

static pl_status derive(const key_file *f, const char *passphrase, size_t n, uint8_t out[32], pl_error *err)
{
    if (crypto_pwhash(out, 32, passphrase, n, f->salt, f->passes, (size_t)f->memory, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return pl_fail(err, PL_NOMEM, NULL, "close other programs", "there are no %llu MiB of memory to work on the passphrase",
                       (unsigned long long)(f->memory >> 20));
    }
    return PL_OK;
}

static void put_hex(pl_str *out, const char *word, const uint8_t *bytes, size_t n)
{
    char hex[2 * SEALED + 1];
    pl_hex_write(bytes, n, hex);
    pl_str_addf(out, "%s %s\n", word, hex);
}

/* Writes to a new file that only its owner may read; errno value, or 0. */
static int write_new(const char *path, const char *bytes, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return errno;
    }
    ssize_t put = write(fd, bytes, n);
    int code = put == (ssize_t)n ? 0 : put < 0 ? errno : ENOSPC;
    if (code == 0 && fsync(fd) != 0) {
        code = errno;
    }
    if (close(fd) != 0 && code == 0) {
        code = errno;
    }
    if (code != 0) {
        unlink(path);
    }
    return code != 0 ? code : pl_sync_parent(path);
}

pl_status pl_key_save(const pl_key *key, const char *path, const char *passphrase, size_t n, pl_error *err)
{
    key_file f = {.passes = crypto_pwhash_OPSLIMIT_INTERACTIVE, .memory = crypto_pwhash_MEMLIMIT_INTERACTIVE};
    randombytes_buf(f.salt, sizeof f.salt);
    randombytes_buf(f.nonce, sizeof f.nonce);
    uint8_t box[32];
    pl_status status = derive(&f, passphrase, n, box, err);
    if (status != PL_OK) {
        return status;
    }
    crypto_secretbox_easy(f.sealed, key->secret, 32, f.nonce, box);
    sodium_memzero(box, sizeof box);
    pl_str text;
    pl_str_init(&text, FILE_MAX);
    pl_str_addf(&text, "plenty key 1\nname %s\n", key->name);
    put_hex(&text, "public", key->public_key, 32);
    pl_str_addf(&text, "kdf argon2id %llu %llu\n", (unsigned long long)f.passes, (unsigned long long)f.memory);
    put_hex(&text, "salt", f.salt, sizeof f.salt);
    put_hex(&text, "nonce", f.nonce, sizeof f.nonce);
    put_hex(&text, "secret", f.sealed, sizeof f.sealed);
    pl_str_add(&text, "end\n");
    if (text.failed) {
        pl_str_clear(&text);
        return pl_fail_nomem(err, "writing a key file");
    }
    int code = write_new(path, text.text, text.len);
    pl_str_clear(&text);
    if (code == EEXIST) {
        return pl_fail(err, PL_IO, path, "choose another name; a key that is gone cannot be had again",
                       "there is a file of that name already");
    }
    return code == 0 ? PL_OK : pl_fail_errno(err, path, "write it", code);
}

/* Takes a line "word rest"; false when it is another. */
static bool take_word(const char **at, const char *end, const char *word, const char **rest, size_t *n)
{
    size_t k = strlen(word);
    if (!pl_line_get(at, end, rest, n) || *n < k || memcmp(*rest, word, k) != 0) {
        return false;
    }
    *rest += k;
    *n -= k;
    return true;
}

static bool take_hex(const char **at, const char *end, const char *word, uint8_t *out, size_t size)
{
    const char *rest;
    size_t n;
    char hex[2 * SEALED + 1];
    if (!take_word(at, end, word, &rest, &n) || n != 2 * size) {
        return false;
    }
    memcpy(hex, rest, n);
    hex[n] = '\0';
    return pl_hex_read(hex, size, out);
}

static bool parse(const char *at, const char *end, key_file *f)
{
    const char *rest;
    size_t n;
    if (!take_word(&at, end, "plenty key 1", &rest, &n) || n != 0 || !take_word(&at, end, "name ", &rest, &n) ||
        n > PL_KEY_NAME_MAX || memchr(rest, '\0', n) != NULL) {
        return false;
    }
    memcpy(f->name, rest, n);
    f->name[n] = '\0';
    if (!name_good(f->name) || !take_hex(&at, end, "public ", f->public_key, 32) ||
        !take_word(&at, end, "kdf argon2id ", &rest, &n)) {
        return false;
    }
    const char *space = memchr(rest, ' ', n);
    if (space == NULL || !pl_decimal_get(rest, (size_t)(space - rest), &f->passes) ||
        !pl_decimal_get(space + 1, n - (size_t)(space + 1 - rest), &f->memory)) {
        return false;
    }
    return f->passes >= crypto_pwhash_OPSLIMIT_MIN && f->passes <= PASSES_MAX && f->memory >= crypto_pwhash_MEMLIMIT_MIN &&
           f->memory <= MEMORY_MAX && take_hex(&at, end, "salt ", f->salt, sizeof f->salt) &&
           take_hex(&at, end, "nonce ", f->nonce, sizeof f->nonce) && take_hex(&at, end, "secret ", f->sealed, sizeof f->sealed) &&
           take_word(&at, end, "end", &rest, &n) && n == 0 && at == end;
}

static pl_status read_file(const char *path, key_file *f, pl_error *err)
{
    pl_file file;
    pl_status status = pl_file_read(path, FILE_MAX, &file, err);
    if (status != PL_OK) {
        return status;
    }
    bool good = parse(file.bytes, file.bytes + file.n, f);
    pl_file_clear(&file);
    return good ? PL_OK : pl_fail(err, PL_PARSE, path, "'plenty key new' makes one", "this is no key file, or it is damaged");
}

pl_status pl_key_read_public(const char *path, char name[PL_KEY_NAME_MAX + 1], uint8_t public_key[32], pl_error *err)
{
    key_file f;
    pl_status status = read_file(path, &f, err);
    if (status == PL_OK) {
        memcpy(name, f.name, sizeof f.name);
        memcpy(public_key, f.public_key, 32);
    }
    return status;
}

pl_status pl_key_load(const char *path, const char *passphrase, size_t n, pl_key **out, pl_error *err)
{
    key_file f;
    uint8_t box[32], seed[32];
    if (!pl_sodium_start()) {
        return pl_fail(err, PL_IO, NULL, NULL, "the system gives no random numbers");
    }
    pl_status status = read_file(path, &f, err);
    if (status == PL_OK) {
        status = derive(&f, passphrase, n, box, err);
    }
    if (status != PL_OK) {
        return status;
    }
    pl_key *key = NULL;
    if (crypto_secretbox_open_easy(seed, f.sealed, sizeof f.sealed, f.nonce, box) != 0) {
        status = pl_fail(err, PL_REFUTED, path, NULL, "the passphrase is wrong");
    } else {
        status = pl_key_from_seed(f.name, seed, &key, err);
    }
    sodium_memzero(box, sizeof box);
    sodium_memzero(seed, sizeof seed);
    if (status == PL_OK && memcmp(key->public_key, f.public_key, 32) != 0) {
        pl_key_free(key);
        return pl_fail(err, PL_PARSE, path, "take it from a backup", "its public key is not that of its secret key");
    }
    if (status == PL_OK) {
        *out = key;
    }
    return status;
}
