/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "io/tar.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/file.h"

#define BLOCK 512
#define NAME_MAX_BYTES 100
#define FILES_MAX 1000
#define MODE "0000644"

/* Where the fields of a header are. */
enum { NAME = 0, MODE_AT = 100, UID = 108, GID = 116, SIZE = 124, TIME = 136, SUM = 148, TYPE = 156, MAGIC = 257, DEVICE = 329 };

static void header_of(const char *name, size_t size, char out[BLOCK])
{
    unsigned sum = 0;
    memset(out, 0, BLOCK);
    memcpy(out + NAME, name, strlen(name));
    memcpy(out + MODE_AT, MODE, 8);
    memcpy(out + UID, "0000000", 8);
    memcpy(out + GID, "0000000", 8);
    snprintf(out + SIZE, 12, "%011llo", (unsigned long long)size);
    memcpy(out + TIME, "00000000000", 12);
    memset(out + SUM, ' ', 8);
    out[TYPE] = '0';
    memcpy(out + MAGIC, "ustar\00000", 8);
    memcpy(out + DEVICE, "0000000\0000000000", 16);
    for (int i = 0; i < BLOCK; i++) {
        sum += (unsigned char)out[i];
    }
    snprintf(out + SUM, 8, "%06o", sum);
    out[SUM + 7] = ' ';
}

static void pad(pl_str *out, size_t n)
{
    static const char zeros[BLOCK];
    pl_str_add_n(out, zeros, (BLOCK - n % BLOCK) % BLOCK);
}

static pl_status pack_file(const char *path, const char *name, pl_str *out, pl_error *err)
{
    pl_file file;
    char header[BLOCK];
    pl_status status = pl_file_read_raw(path, out->ceiling, &file, err);
    if (status != PL_OK) {
        return status;
    }
    header_of(name, file.n, header);
    pl_str_add_n(out, header, BLOCK);
    pl_str_add_n(out, file.bytes, file.n);
    pad(out, file.n);
    pl_file_clear(&file);
    return out->failed ? pl_fail(err, PL_TOOBIG, path, NULL, "with it the archive would have more than %zu bytes", out->ceiling) : PL_OK;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static pl_status list_folder(const char *path, char **names, size_t *n, pl_error *err)
{
    DIR *dir = opendir(path);
    pl_status status = dir != NULL ? PL_OK : pl_fail(err, PL_NOTFOUND, path, NULL, "there is no such file or folder");
    *n = 0;
    for (struct dirent *d; status == PL_OK && (d = readdir(dir)) != NULL;) {
        size_t size = strlen(d->d_name);
        if (d->d_name[0] == '.') {
            continue;
        }
        if (size > NAME_MAX_BYTES || *n == FILES_MAX) {
            status = pl_fail(err, PL_TOOBIG, path, NULL, "more than %d files, or a name of more than %d bytes", FILES_MAX, NAME_MAX_BYTES);
        } else if ((names[*n] = pl_alloc(size + 1, 1)) == NULL) {
            status = pl_fail_nomem(err, "packing a folder");
        } else {
            memcpy(names[(*n)++], d->d_name, size + 1);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    return status;
}

static pl_status pack_entry(const char *path, const char *name, int depth, pl_str *out, pl_error *err);

/* Whatever lies in a folder, by name. */
static pl_status pack_entries(const char *path, const char *top, int depth, pl_str *out, pl_error *err)
{
    char at[4096], below[NAME_MAX_BYTES + 2], **names = PL_NEW(char *, FILES_MAX);
    size_t n = 0;
    if (names == NULL) {
        return pl_fail_nomem(err, "packing a folder");
    }
    pl_status status = list_folder(path, names, &n, err);
    qsort(names, n, sizeof *names, by_text);
    for (size_t i = 0; i < n; i++) {
        bool fits = pl_path_join(at, sizeof at, path, names[i]) && (size_t)snprintf(below, sizeof below, "%s%s%s", top, top[0] != '\0' ? "/" : "", names[i]) <= NAME_MAX_BYTES;
        if (status == PL_OK && !fits) {
            status = pl_fail(err, PL_TOOBIG, path, NULL, "a path that is too long, or a name of more than %d bytes", NAME_MAX_BYTES);
        }
        status = status == PL_OK ? pack_entry(at, below, depth, out, err) : status;
        pl_free(names[i]);
    }
    pl_free(names);
    return status;
}

static pl_status pack_entry(const char *path, const char *name, int depth, pl_str *out, pl_error *err)
{
    return depth == 0 || pl_path_is_file(path) ? pack_file(path, name, out, err) : pack_entries(path, name, depth - 1, out, err);
}

pl_status pl_tar_pack_tree(const char *path, const char *top, pl_str *out, pl_error *err)
{
    static const char end[2 * BLOCK];
    pl_status status = pack_entries(path, top, 16, out, err);
    pl_str_add_n(out, end, sizeof end);
    return status == PL_OK && out->failed ? pl_fail_nomem(err, "packing a folder") : status;
}

static pl_status pack_folder(const char *path, pl_str *out, pl_error *err)
{
    static const char end[2 * BLOCK];
    pl_status status = pack_entries(path, "", 0, out, err);
    pl_str_add_n(out, end, sizeof end);
    return status;
}

pl_status pl_tar_pack(const char *path, pl_str *out, pl_error *err)
{
    static const char end[2 * BLOCK];
    if (!pl_path_is_file(path)) {
        return pack_folder(path, out, err);
    }
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    if (strlen(name) > NAME_MAX_BYTES) {
        return pl_fail(err, PL_TOOBIG, path, NULL, "a name of more than %d bytes", NAME_MAX_BYTES);
    }
    pl_status status = pack_file(path, name, out, err);
    pl_str_add_n(out, end, sizeof end);
    return status == PL_OK && out->failed ? pl_fail_nomem(err, "packing a file") : status;
}

/* ---- Unpacking ------------------------------------------------------------------------------------- */

static bool name_good(const char *name)
{
    size_t n = strnlen(name, NAME_MAX_BYTES + 1);
    return n >= 1 && n <= NAME_MAX_BYTES && name[0] != '.' && memchr(name, '/', n) == NULL;
}

/* The next file of an archive: 1, 0 at its end, -1 when it is not as pl_tar_pack writes it. */
static int next_file(const char **at, const char *end, char name[NAME_MAX_BYTES + 1], const char **bytes, size_t *n)
{
    static const char zeros[2 * BLOCK];
    char header[BLOCK], digits[12] = "";
    if (end - *at == 2 * BLOCK && memcmp(*at, zeros, sizeof zeros) == 0) {
        return 0;
    }
    if (end - *at < BLOCK) {
        return -1;
    }
    memcpy(name, *at + NAME, NAME_MAX_BYTES);
    name[NAME_MAX_BYTES] = '\0';
    memcpy(digits, *at + SIZE, 11);
    *n = strspn(digits, "01234567") == 11 ? (size_t)strtoull(digits, NULL, 8) : SIZE_MAX;
    if (!name_good(name) || *n > (size_t)(end - *at)) {
        return -1;
    }
    header_of(name, *n, header);
    size_t padded = (*n + BLOCK - 1) / BLOCK * BLOCK;
    if (memcmp(header, *at, BLOCK) != 0 || padded > (size_t)(end - *at) - BLOCK) {
        return -1;
    }
    *bytes = *at + BLOCK;
    *at += BLOCK + padded;
    return 1;
}

bool pl_tar_single(const char *bytes, size_t n, char name[101])
{
    const char *at = bytes, *file;
    char other[NAME_MAX_BYTES + 1];
    size_t size;
    return next_file(&at, bytes + n, name, &file, &size) == 1 && next_file(&at, bytes + n, other, &file, &size) == 0;
}

pl_status pl_tar_unpack(const char *bytes, size_t n, const char *path, pl_error *err)
{
    pl_folder folder;
    const char *at = bytes, *file;
    char name[NAME_MAX_BYTES + 1], last[NAME_MAX_BYTES + 1] = "";
    size_t size;
    int found;
    pl_status status = pl_folder_begin(&folder, path, NULL, false, err);
    while (status == PL_OK && (found = next_file(&at, bytes + n, name, &file, &size)) != 0) {
        if (found < 0 || strcmp(last, name) >= 0) {
            status = pl_fail(err, PL_DATA, path, NULL, "this is no archive as Plenty writes them");
        } else {
            status = pl_folder_add(&folder, name, file, size, err);
            memcpy(last, name, sizeof last);
        }
    }
    if (status == PL_OK) {
        return pl_folder_commit(&folder, err);
    }
    pl_folder_abort(&folder);
    return status;
}
