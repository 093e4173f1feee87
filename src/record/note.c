/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * note.c - signed notes, checkpoints and cosignatures: C2SP signed-note, tlog-checkpoint, tlog-cosignature. */
#include "record/note.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "io/utf8.h"

#define NOTE_MAX ((size_t)1 << 20)
#define LINES_MAX 256      /* signatures */
#define SIGNATURE_MAX 6144 /* bytes of one, its key id included: room for those of other kinds */
#define DASH "\xE2\x80\x94 "

/* ---- Names and keys ------------------------------------------------------------------------------- */

/* Bytes of the Unicode space at the beginning of the text, or 0. */
static size_t space_at(const unsigned char *p, size_t n)
{
    static const char *const spaces[] = {" ", "\xC2\x85", "\xC2\xA0", "\xE1\x9A\x80", "\xE2\x80\xA8", "\xE2\x80\xA9",
                                         "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
        size_t k = strlen(spaces[i]);
        if (n >= k && memcmp(p, spaces[i], k) == 0) {
            return k;
        }
    }
    return n >= 3 && p[0] == 0xE2 && p[1] == 0x80 && p[2] >= 0x80 && p[2] <= 0x8A ? 3 : 0; /* U+2000 .. U+200A */
}

static bool name_good(const char *name, size_t n)
{
    const unsigned char *p = (const unsigned char *)name;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < ' ' || p[i] == 0x7F || p[i] == '+' || space_at(p + i, n - i) != 0) {
            return false;
        }
    }
    return n >= 1 && n <= PL_ORIGIN_MAX && pl_utf8_valid(name, n);
}

static void make_id(pl_note_key *key)
{
    uint8_t text[PL_ORIGIN_MAX + 2 + 32], hash[PL_HASH];
    size_t n = strlen(key->name);
    memcpy(text, key->name, n);
    text[n] = '\n';
    text[n + 1] = key->type;
    memcpy(text + n + 2, key->public_key, 32);
    pl_hash(text, n + 2 + 32, hash);
    memcpy(key->id, hash, 4);
}

pl_status pl_note_key_make(const char *name, uint8_t type, const uint8_t public_key[32], pl_note_key *out, pl_error *err)
{
    size_t n = strlen(name);
    if (!name_good(name, n)) {
        return pl_fail(err, PL_DATA, "name", "1 to 255 bytes, without spaces and plus: best an address, as example.org/witness",
                       "'%.60s' cannot name a key of notes", name);
    }
    memcpy(out->name, name, n + 1);
    out->type = type;
    memcpy(out->public_key, public_key, 32);
    make_id(out);
    return PL_OK;
}

void pl_note_key_write(const pl_note_key *key, char out[PL_NOTE_KEY_TEXT])
{
    uint8_t bytes[33];
    char hex[9];
    pl_str s;
    bytes[0] = key->type;
    memcpy(bytes + 1, key->public_key, 32);
    pl_hex_write(key->id, 4, hex);
    pl_str_init(&s, 128);
    pl_base64_put(&s, bytes, sizeof bytes);
    snprintf(out, PL_NOTE_KEY_TEXT, "%s+%s+%s", key->name, hex, s.text);
    pl_str_clear(&s);
}

pl_status pl_note_key_read(const char *text, size_t n, pl_note_key *out, pl_error *err)
{
    const char *end = text + n, *first = memchr(text, '+', n);
    uint8_t bytes[64], id[4];
    char hex[9] = "";
    size_t got = 0;
    pl_note_key key;
    bool good = first != NULL && name_good(text, (size_t)(first - text)) && end - first > 10 && first[9] == '+';
    if (good) {
        memcpy(hex, first + 1, 8);
        good = pl_hex_read(hex, 4, id) && pl_base64_get(first + 10, (size_t)(end - first - 10), bytes, sizeof bytes, &got);
    }
    if (!good) {
        return pl_fail(err, PL_PARSE, NULL, "it looks like example.org/log+530d903a+AekyeRrm...", "this is no key of notes");
    }
    if (got != 33 || (bytes[0] != PL_NOTE_ED25519 && bytes[0] != PL_NOTE_COSIGNATURE)) {
        return pl_fail(err, PL_UNSUPPORTED, NULL, "of type 01 for a log, of type 04 for a witness", "this is no Ed25519 key");
    }
    memcpy(key.name, text, (size_t)(first - text));
    key.name[first - text] = '\0';
    key.type = bytes[0];
    memcpy(key.public_key, bytes + 1, 32);
    make_id(&key);
    if (memcmp(key.id, id, 4) != 0) {
        return pl_fail(err, PL_PARSE, NULL, "was a letter lost in copying?", "the key id does not fit name and key");
    }
    *out = key;
    return PL_OK;
}

/* ---- The form of a note --------------------------------------------------------------------------- */

bool pl_note_line(const char **at, const char *end, pl_note_line_parts *out)
{
    const char *line;
    size_t n, dash = strlen(DASH);
    *out = (pl_note_line_parts){0};
    if (!pl_line_get(at, end, &line, &n) || n <= dash || memcmp(line, DASH, dash) != 0) {
        return false;
    }
    out->line = line;
    out->line_n = n + 1;
    out->name = line + dash;
    const char *space = memchr(out->name, ' ', n - dash);
    if (space == NULL) {
        return false;
    }
    out->name_n = (size_t)(space - out->name);
    out->base64 = space + 1;
    out->base64_n = (size_t)(line + n - out->base64);
    return name_good(out->name, out->name_n);
}

static bool signature_get(const pl_note_line_parts *line, uint8_t out[SIGNATURE_MAX], size_t *n)
{
    return pl_base64_get(line->base64, line->base64_n, out, SIGNATURE_MAX, n) && *n > 4;
}

pl_status pl_note_read(const char *note, size_t n, size_t *text_n, pl_error *err)
{
    const char *fault = NULL, *end = note + n;
    if (n > NOTE_MAX) {
        return pl_fail(err, PL_TOOBIG, NULL, NULL, "a note of more than 1 MiB");
    }
    for (size_t i = 0; i < n && fault == NULL; i++) {
        fault = (unsigned char)note[i] < ' ' && note[i] != '\n' ? "there is a control character in it" : NULL;
    }
    if (fault == NULL && !pl_utf8_valid(note, n)) {
        fault = "it is not UTF-8";
    }
    const char *at = NULL;
    for (size_t i = n; fault == NULL && i >= 2 && at == NULL; i--) {
        at = note[i - 1] == '\n' && note[i - 2] == '\n' ? note + i : NULL;
    }
    if (fault == NULL && (at == NULL || at == end)) {
        fault = "there are no signatures behind an empty line";
    }
    size_t length = at != NULL ? (size_t)(at - note) - 1 : 0;
    for (int lines = 0; fault == NULL && at < end; lines++) {
        pl_note_line_parts line;
        uint8_t signature[SIGNATURE_MAX];
        size_t got;
        if (!pl_note_line(&at, end, &line) || !signature_get(&line, signature, &got)) {
            fault = "a line behind the empty line is no signature";
        } else if (lines == LINES_MAX) {
            fault = "it has too many signatures";
        }
    }
    if (fault != NULL) {
        return pl_fail(err, PL_PARSE, NULL, NULL, "this is no signed note: %s", fault);
    }
    *text_n = length;
    return PL_OK;
}

static uint64_t big_endian(const uint8_t *bytes)
{
    uint64_t x = 0;
    for (int i = 0; i < 8; i++) {
        x = x << 8 | bytes[i];
    }
    return x;
}

/* The text that a cosignature covers; false when there is no memory. */
static bool cosigned_text(const char *text, size_t n, uint64_t time, pl_str *out)
{
    pl_str_init(out, NOTE_MAX + 128);
    pl_str_addf(out, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
    pl_str_add_n(out, text, n);
    return !out->failed;
}

static bool line_holds(const char *text, size_t n, const pl_note_key *key, const uint8_t *signature, size_t got, uint64_t *time)
{
    if (key->type == PL_NOTE_ED25519) {
        return got == 4 + 64 && pl_signature_holds(key->public_key, text, n, signature + 4);
    }
    if (got != 4 + 8 + 64) {
        return false;
    }
    *time = big_endian(signature + 4);
    pl_str s;
    bool holds = *time <= INT64_MAX && cosigned_text(text, n, *time, &s);
    holds = holds && pl_signature_holds(key->public_key, s.text, s.len, signature + 12);
    if (*time <= INT64_MAX) {
        pl_str_clear(&s);
    }
    return holds;
}

pl_signed pl_note_signed_by(const char *note, size_t n, const pl_note_key *key, uint64_t *time)
{
    size_t text_n, name_n = strlen(key->name);
    if (pl_note_read(note, n, &text_n, NULL) != PL_OK) {
        return PL_SIGNED_NOT;
    }
    pl_signed result = PL_SIGNED_NOT;
    const char *at = note + text_n + 1, *end = note + n;
    pl_note_line_parts line;
    while (at < end && pl_note_line(&at, end, &line)) {
        uint8_t signature[SIGNATURE_MAX];
        size_t got;
        uint64_t when = 0;
        if (line.name_n != name_n || memcmp(line.name, key->name, name_n) != 0 || !signature_get(&line, signature, &got) ||
            memcmp(signature, key->id, 4) != 0) {
            continue;
        }
        if (!line_holds(note, text_n, key, signature, got, &when)) {
            return PL_SIGNED_WRONGLY;
        }
        result = PL_SIGNED;
        if (time != NULL) {
            *time = when;
        }
    }
    return result;
}

/* ---- Checkpoints ---------------------------------------------------------------------------------- */

pl_status pl_checkpoint_read(const char *note, size_t n, pl_checkpoint *out, pl_error *err)
{
    size_t text_n, origin_n, size_n, root_n, got = 0;
    const char *origin, *size, *root, *extension;
    pl_status status = pl_note_read(note, n, &text_n, err);
    if (status != PL_OK) {
        return status;
    }
    const char *at = note, *end = note + text_n;
    pl_checkpoint c;
    uint8_t bytes[64];
    bool good = pl_line_get(&at, end, &origin, &origin_n) && origin_n >= 1 && origin_n <= PL_ORIGIN_MAX &&
                pl_line_get(&at, end, &size, &size_n) && pl_decimal_get(size, size_n, &c.size) && c.size <= INT64_MAX &&
                pl_line_get(&at, end, &root, &root_n) && pl_base64_get(root, root_n, bytes, sizeof bytes, &got) && got == PL_HASH;
    while (good && at < end) {
        size_t k;
        good = pl_line_get(&at, end, &extension, &k) && k > 0;
    }
    if (!good) {
        return pl_fail(err, PL_PARSE, NULL, "its lines are origin, size, root hash in base64", "this note is no checkpoint");
    }
    memcpy(c.origin, origin, origin_n);
    c.origin[origin_n] = '\0';
    memcpy(c.root, bytes, PL_HASH);
    *out = c;
    return PL_OK;
}

static void put_line(pl_str *out, const pl_note_key *key, const uint8_t *signature, size_t n)
{
    uint8_t all[4 + 8 + 64];
    memcpy(all, key->id, 4);
    memcpy(all + 4, signature, n);
    pl_str_add(out, DASH);
    pl_str_add(out, key->name);
    pl_str_add(out, " ");
    pl_base64_put(out, all, 4 + n);
    pl_str_add(out, "\n");
}

pl_status pl_checkpoint_sign(const pl_checkpoint *checkpoint, const pl_key *key, pl_owned *note, pl_error *err)
{
    pl_note_key signer;
    uint8_t signature[64];
    pl_status status = pl_note_key_make(checkpoint->origin, PL_NOTE_ED25519, pl_key_public(key), &signer, err);
    if (status != PL_OK) {
        return status;
    }
    pl_str s;
    pl_str_init(&s, NOTE_MAX);
    pl_str_addf(&s, "%s\n%llu\n", checkpoint->origin, (unsigned long long)checkpoint->size);
    pl_base64_put(&s, checkpoint->root, PL_HASH);
    pl_str_add(&s, "\n");
    pl_key_sign(key, s.text, s.len, signature);
    pl_str_add(&s, "\n");
    put_line(&s, &signer, signature, sizeof signature);
    return pl_owned_from(&s, "signing a checkpoint", note, err);
}

pl_status pl_checkpoint_cosign(const char *note, size_t n, const char *name, const pl_key *key, uint64_t time, pl_owned *line,
                               pl_error *err)
{
    pl_checkpoint c;
    pl_note_key signer;
    size_t text_n = 0;
    pl_status status = pl_checkpoint_read(note, n, &c, err);
    if (status == PL_OK) {
        status = pl_note_key_make(name, PL_NOTE_COSIGNATURE, pl_key_public(key), &signer, err);
    }
    if (status == PL_OK) {
        status = pl_note_read(note, n, &text_n, err);
    }
    if (status != PL_OK) {
        return status;
    }
    pl_str s;
    uint8_t stamped[8 + 64];
    bool made = cosigned_text(note, text_n, time, &s);
    for (int i = 0; i < 8; i++) {
        stamped[i] = (uint8_t)(time >> (56 - 8 * i));
    }
    if (made) {
        pl_key_sign(key, s.text, s.len, stamped + 8);
    }
    pl_str_clear(&s);
    if (!made) {
        return pl_fail_nomem(err, "cosigning a checkpoint");
    }
    put_line(&s, &signer, stamped, sizeof stamped);
    return pl_owned_from(&s, "cosigning a checkpoint", line, err);
}
