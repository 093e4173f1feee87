/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * tiles.c - a record as files: C2SP tlog-tiles. */
#include "record/tiles.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"
#include "io/write.h"
#include "record/bytes.h"
#include "record/event.h"
#include "record/record_int.h"
#include "record/step.h"

/* ---- Paths ---------------------------------------------------------------------------------------- */

void pl_tile_path(int level, uint64_t index, int width, char out[PL_TILE_PATH])
{
    char number[64] = "";
    size_t n = 0;
    uint64_t unit = 1;
    while (index / unit >= 1000) {
        unit *= 1000;
    }
    for (; unit > 0; unit /= 1000) {
        n += (size_t)snprintf(number + n, sizeof number - n, "/%s%03u", unit > 1 ? "x" : "", (unsigned)(index / unit % 1000));
    }
    char name[24] = "entries";
    if (level != PL_TILE_ENTRIES) {
        snprintf(name, sizeof name, "%d", level);
    }
    int k = snprintf(out, PL_TILE_PATH, "tile/%s%s", name, number);
    if (width < PL_TILE) {
        snprintf(out + k, PL_TILE_PATH - (size_t)k, ".p/%d", width);
    }
}

bool pl_tile_path_read(const char *path, int *level, uint64_t *index, int *width)
{
    char again[PL_TILE_PATH];
    uint64_t l, w = PL_TILE, x = 0;
    if (strncmp(path, "tile/", 5) != 0) {
        return false;
    }
    const char *p = path + 5;
    size_t n = strcspn(p, "/");
    if (n == 7 && memcmp(p, "entries", 7) == 0) {
        *level = PL_TILE_ENTRIES;
    } else if (pl_decimal_get(p, n, &l) && l <= 63) {
        *level = (int)l;
    } else {
        return false;
    }
    for (p += n; *p == '/'; p += n) {
        p += 1 + (p[1] == 'x');
        n = strspn(p, "0123456789");
        if (n != 3 || x > UINT64_MAX / 1000 - 1) {
            return false;
        }
        x = 1000 * x + 100 * (uint64_t)(p[0] - '0') + 10 * (uint64_t)(p[1] - '0') + (uint64_t)(p[2] - '0');
    }
    if (*p != '\0' && (strncmp(p, ".p/", 3) != 0 || !pl_decimal_get(p + 3, strlen(p + 3), &w) || w < 1 || w > 255)) {
        return false;
    }
    *index = x;
    *width = (int)w;
    pl_tile_path(*level, x, *width, again); /* one form only: no needless x000 */
    return strcmp(path, again) == 0;
}

int pl_tile_width(int level, uint64_t index, uint64_t size)
{
    int shift = level == PL_TILE_ENTRIES ? 0 : 8 * level;
    uint64_t n = shift < 64 ? size >> shift : 0; /* hashes of that level */
    if (index > n / PL_TILE || (index == n / PL_TILE && n % PL_TILE == 0)) {
        return 0;
    }
    return index < n / PL_TILE ? PL_TILE : (int)(n % PL_TILE);
}

bool pl_bundle_next(const uint8_t **at, const uint8_t *end, pl_bytes *entry)
{
    if (end - *at < 2) {
        return false;
    }
    size_t n = (size_t)(*at)[0] << 8 | (*at)[1];
    if ((size_t)(end - *at) - 2 < n) {
        return false;
    }
    *entry = (pl_bytes){*at + 2, n};
    *at += 2 + n;
    return true;
}

/* ---- Writing a folder ----------------------------------------------------------------------------- */

typedef struct folder {
    char path[3600], temporary[3700];
    pl_error *err;
} folder;

/* Writes one file; the folders on the way are made. */
static pl_status put_file(folder *f, const char *name, const char *bytes, size_t n)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", f->temporary, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno == ENOENT) {
        for (char *p = path + strlen(f->temporary) + 1; (p = strchr(p, '/')) != NULL; p++) {
            *p = '\0';
            (void)mkdir(path, 0777);
            *p = '/';
        }
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
    if (fd < 0) {
        return pl_fail_errno(f->err, f->path, "write there", errno == ENOENT ? EIO : errno);
    }
    int code = 0;
    while (n > 0 && code == 0) {
        ssize_t put = write(fd, bytes, n);
        if (put > 0) {
            bytes += put;
            n -= (size_t)put;
        } else if (put < 0 && errno != EINTR) {
            code = errno;
        }
    }
    if (close(fd) != 0 && code == 0) {
        code = errno;
    }
    return code == 0 ? PL_OK : pl_fail_errno(f->err, f->path, "write there", code == ENOENT ? EIO : code);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

static pl_status begin(folder *f, const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/') {
        n--;
    }
    if (n == 0 || n >= sizeof f->path) {
        return pl_fail(f->err, PL_IO, path, NULL, "this cannot be the name of a folder");
    }
    snprintf(f->path, sizeof f->path, "%.*s", (int)n, path);
    if (pl_path_exists(f->path)) {
        return pl_fail(f->err, PL_IO, f->path, "choose another name", "there is something of that name already");
    }
    if (!pl_temporary_name(f->path, f->temporary, sizeof f->temporary)) {
        return pl_fail(f->err, PL_IO, path, NULL, "this cannot be the name of a folder");
    }
    return mkdir(f->temporary, 0777) == 0 ? PL_OK
           : errno == ENOENT              ? pl_fail(f->err, PL_IO, f->path, "make that folder first", "the folder it should go into does not exist")
                                          : pl_fail_errno(f->err, f->path, "write there", errno);
}

static int sync_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)where;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno;
    }
    int code = fsync(fd) != 0 && (type != FTW_DP || errno != EINVAL) ? errno : 0; /* some file systems do not know how to sync a folder */
    close(fd);
    return code;
}

/* Everything to the disk, then the folder takes its name.  File by file: what others have written to the same disk is not waited for. */
static pl_status commit(folder *f)
{
    int code = nftw(f->temporary, sync_one, 16, FTW_DEPTH | FTW_PHYS);
    code = code < 0 ? errno : code;
    if (code == 0 && rename(f->temporary, f->path) != 0) {
        code = errno;
    }
    code = code == 0 ? pl_sync_parent(f->path) : code;
    return code == 0 ? PL_OK : pl_fail_errno(f->err, f->path, "write the folder", code == ENOENT ? EIO : code);
}

/* ---- The record as files -------------------------------------------------------------------------- */

typedef struct bundler {
    folder *folder;
    pl_record *record;
    uint64_t size, from;
    pl_str entries, leaves;
} bundler;

static pl_status put_tile(folder *f, int level, uint64_t index, int width, const char *bytes, size_t n)
{
    char path[PL_TILE_PATH];
    pl_tile_path(level, index, width, path);
    return put_file(f, path, bytes, n);
}

static pl_status put_blob(void *user, const uint8_t *hash, pl_error *err)
{
    bundler *b = user;
    char name[7 + 2 * PL_HASH + 1] = "blobs/", path[4096];
    pl_str s;
    pl_hex_write(hash, PL_HASH, name + 6);
    snprintf(path, sizeof path, "%s/%s", b->folder->temporary, name);
    if (pl_path_exists(path)) {
        return PL_OK;
    }
    pl_str_init(&s, PL_BLOB_MAX);
    pl_status status = pl_store_blob(b->record->store, hash, &s, err);
    status = status == PL_OK ? put_file(b->folder, name, s.text, s.len) : status == PL_NOTFOUND ? PL_OK : status;
    pl_str_clear(&s);
    return status;
}

static pl_status put_blobs(bundler *b, pl_slice bytes, pl_error *err)
{
    pl_event e;
    pl_rule rule;
    bool read = pl_event_read(bytes.at, bytes.n, &e, &rule, NULL) == PL_OK;
    return read ? pl_each_blob(&e, b->record->rulebook, put_blob, b, err) : PL_OK;
}

static pl_status bundle_one(void *user, uint64_t position, pl_slice bytes, pl_slice nodes, pl_error *err)
{
    bundler *b = user;
    if (position != b->from || bytes.n > UINT16_MAX || nodes.n < PL_HASH) {
        return pl_fail(err, PL_DATA, NULL, "'plenty audit' says more", "the record is damaged at position %llu", (unsigned long long)b->from);
    }
    char length[2] = {(char)(bytes.n >> 8), (char)bytes.n};
    pl_str_add_n(&b->entries, length, 2);
    pl_str_add_n(&b->entries, bytes.at, bytes.n);
    pl_str_add_n(&b->leaves, nodes.at, PL_HASH);
    if (b->entries.failed || b->leaves.failed) {
        return pl_fail_nomem(err, "writing tiles");
    }
    pl_status status = put_blobs(b, bytes, err);
    b->from++;
    if (status == PL_OK && (b->from % PL_TILE == 0 || b->from == b->size)) {
        uint64_t index = position / PL_TILE;
        int width = (int)(position % PL_TILE) + 1;
        status = put_tile(b->folder, PL_TILE_ENTRIES, index, width, b->entries.text, b->entries.len);
        status = status == PL_OK ? put_tile(b->folder, 0, index, width, b->leaves.text, b->leaves.len) : status;
        b->entries.len = b->leaves.len = 0;
    }
    return status;
}

static pl_status put_events(folder *f, pl_record *r, uint64_t size, pl_error *err)
{
    bundler b = {.folder = f, .record = r, .size = size};
    pl_str_init(&b.entries, (size_t)PL_TILE * (UINT16_MAX + 2));
    pl_str_init(&b.leaves, PL_TILE * PL_HASH);
    pl_status status = pl_store_each_event(r->store, 0, size, bundle_one, &b, err);
    if (status == PL_OK && b.from != size) {
        status = pl_fail(err, PL_DATA, NULL, "'plenty audit' says more", "events are missing");
    }
    pl_str_clear(&b.entries);
    pl_str_clear(&b.leaves);
    return status;
}

/* Tiles above level 0. */
static pl_status put_upper(folder *f, pl_record *r, uint64_t size, pl_error *err)
{
    pl_nodes nodes = pl_record_nodes(r);
    uint8_t tile[PL_TILE][PL_HASH];
    for (int level = 1; level < 8; level++) {
        int width;
        for (uint64_t index = 0; (width = pl_tile_width(level, index, size)) > 0; index++) {
            for (int i = 0; i < width; i++) {
                pl_status status = nodes.get(nodes.user, 8 * level, index * PL_TILE + (uint64_t)i, tile[i], err);
                if (status != PL_OK) {
                    return status;
                }
            }
            pl_status status = put_tile(f, level, index, width, (const char *)tile, (size_t)width * PL_HASH);
            if (status != PL_OK) {
                return status;
            }
        }
    }
    return PL_OK;
}

static pl_status put_checkpoints(folder *f, pl_record *r, uint64_t size, pl_error *err)
{
    uint64_t limit = size, at = 0;
    for (bool last = true;; last = false) {
        pl_str s;
        char name[64];
        pl_str_init(&s, (size_t)1 << 20);
        pl_status status = pl_store_checkpoint(r->store, limit, &at, &s, err);
        if (status == PL_OK) {
            snprintf(name, sizeof name, "checkpoints/%llu", (unsigned long long)at);
            status = put_file(f, name, s.text, s.len);
            status = status == PL_OK && last ? put_file(f, "checkpoint", s.text, s.len) : status;
        }
        pl_str_clear(&s);
        if (status == PL_NOTFOUND && !last) {
            return PL_OK;
        }
        if (status != PL_OK || at == 0) {
            return status;
        }
        limit = at - 1;
    }
}

/* ---- What the commons has come to ------------------------------------------------------------------- */

static pl_status add_void(void *user, uint64_t position, const pl_event *event, pl_rule rule, pl_error *err)
{
    pl_str *out = user;
    (void)event;
    (void)err;
    if (rule != PL_RULE_NONE) {
        pl_str_addf(out, "void %llu %s\n", (unsigned long long)position, pl_rule_id(rule));
    }
    return PL_OK;
}

/* From the tables, where they were found to be those of these events; otherwise from the events, one after the other. */
static pl_status say_results(pl_record *r, uint64_t size, pl_str *out, pl_error *err)
{
    pl_walk *w = PL_NEW0(pl_walk, 1);
    pl_replay replay = {0};
    pl_fold fold;
    uint64_t events;
    pl_status status = w != NULL ? PL_OK : pl_fail_nomem(err, "exporting a record");
    if (status == PL_OK && r->sound == size) {
        status = pl_record_fold(r, &fold, &events, err);
    } else if (status == PL_OK) {
        w->record = r;
        w->replay = &replay;
        w->each = add_void;
        w->user = out;
        status = pl_walk_all(w, size, err);
        fold = w->fold;
    }
    if (status == PL_OK) {
        pl_step step = {.fold = &fold, .err = err};
        status = pl_fold_until(&step, 0); /* learns the clock, and moves nothing */
        status = status == PL_OK ? r->rulebook->results(&step, out) : status;
    }
    if (w != NULL) {
        pl_walk_clear(w);
    }
    pl_free(w);
    return status;
}

static pl_status put_results(folder *f, pl_record *r, uint64_t size, pl_error *err)
{
    pl_str s;
    if (r->rulebook == NULL || r->rulebook->results == NULL) {
        return PL_OK;
    }
    pl_str_init(&s, (size_t)1 << 32);
    pl_str_add(&s, "plenty results 2\n");
    pl_status status = say_results(r, size, &s, err);
    status = status == PL_OK && s.failed ? pl_fail_nomem(err, "exporting a record") : status;
    status = status == PL_OK ? put_file(f, "results", s.text, s.len) : status;
    pl_str_clear(&s);
    return status;
}

/* How many events are written, and whether a checkpoint is among what is. */
static pl_status find_size(pl_record *r, bool whole, uint64_t *size, bool *covered, pl_error *err)
{
    pl_owned note = {NULL, 0};
    pl_checkpoint c;
    pl_status status = pl_record_last_checkpoint(r, UINT64_MAX, &note, &c, err);
    pl_owned_free(&note);
    *covered = status == PL_OK;
    if (status == PL_NOTFOUND && !whole) {
        return pl_fail(err, PL_NOTFOUND, NULL, "'plenty record checkpoint' signs one", "this record has no checkpoint yet");
    }
    if (whole && (status == PL_OK || status == PL_NOTFOUND)) {
        return pl_store_size(r->store, size, err);
    }
    *size = c.size;
    return status;
}

static pl_status put_size(folder *f, uint64_t size)
{
    char line[32];
    int n = snprintf(line, sizeof line, "%llu\n", (unsigned long long)size);
    return put_file(f, "size", line, (size_t)n);
}

static pl_status export_all(folder *f, pl_record *r, const char *path, bool whole, uint64_t *events, pl_error *err)
{
    uint64_t size;
    bool covered;
    pl_status status = find_size(r, whole, &size, &covered, err);
    status = status == PL_OK ? begin(f, path) : status;
    if (status != PL_OK) {
        return status;
    }
    status = put_events(f, r, size, err);
    status = status == PL_OK ? put_upper(f, r, size, err) : status;
    status = status == PL_OK && covered ? put_checkpoints(f, r, size, err) : status;
    status = status == PL_OK ? put_results(f, r, size, err) : status;
    status = status == PL_OK && whole ? put_size(f, size) : status;
    status = status == PL_OK ? commit(f) : status;
    if (status != PL_OK) {
        (void)nftw(f->temporary, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    }
    *events = size;
    return status;
}

pl_status pl_record_export(pl_record *record, const char *path, bool whole, uint64_t *events, pl_error *err)
{
    folder f = {.err = err};
    pl_status status = pl_store_begin(record->store, false, err);
    if (status != PL_OK) {
        return status;
    }
    status = export_all(&f, record, path, whole, events, err);
    pl_store_rollback(record->store);
    return status;
}
