/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"
#include "io/write.h"

#define PL_LINE_MAX (64u << 20)         /* bytes of a line of a table */
#define READ_AT_ONCE ((size_t)8 << 20)

bool pl_path_join(char *out, size_t size, const char *dir, const char *name)
{
    size_t n = strlen(dir);
    const char *slash = n == 0 || dir[n - 1] == '/' ? "" : "/";
    int length = snprintf(out, size, "%s%s%s", dir, slash, name);
    return length >= 0 && (size_t)length < size;
}

bool pl_path_exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0; /* a link to nothing is something: who goes on as if it were not there loses a table */
}

bool pl_path_is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

void pl_file_clear(pl_file *file)
{
    pl_free(file->bytes);
    *file = (pl_file){0};
}

pl_status pl_fail_errno(pl_error *err, const char *path, const char *doing, int code)
{
    char text[128];
    const char *reason = strerror_r(code, text, sizeof text);
    const char *hint = code == ENOSPC || code == EDQUOT || code == EFBIG ? "make room on the disk"
                       : code == EACCES || code == EPERM || code == EROFS
                           ? "check who may read and write there"
                           : NULL;
    return pl_fail(err, code == ENOENT ? PL_NOTFOUND : PL_IO, path, hint, "cannot %s: %s", doing, reason);
}

static pl_status too_big(pl_error *err, const char *path, size_t ceiling)
{
    return pl_fail(err, PL_TOOBIG, path, "split it, or leave out what is not needed",
                   "the file holds more than %zu bytes", ceiling);
}

/* A buffer that grows up to a ceiling. */
typedef struct sink {
    char *bytes;
    size_t n, cap, ceiling;
    bool table;          /* no line may be longer than PL_LINE_MAX */
    size_t seen, line;   /* up to where ends of lines were looked for; where the last line begins */
} sink;

/* Called as a table is read, so that gigabytes without an end of line are not read into memory before they are
 * refused. */
static pl_status check_lines(sink *s, const char *path, pl_error *err)
{
    const char *end = s->table && s->n > s->seen ? memrchr(s->bytes + s->seen, '\n', s->n - s->seen) : NULL;
    s->line = end != NULL ? (size_t)(end - s->bytes) + 1 : s->line;
    s->seen = s->n;
    if (s->table && s->n - s->line > PL_LINE_MAX) {
        return pl_fail(err, PL_TOOBIG, path, "the file may be damaged, or not a table",
                       "there is a line of more than %u MiB", PL_LINE_MAX >> 20);
    }
    return PL_OK;
}

/* Room for at least one byte more (and the zero byte at the end).  The buffer may hold one byte more than the
 * ceiling: only that byte shows that there is more than allowed. */
static pl_status sink_room(sink *s, const char *path, pl_error *err)
{
    if (s->n > s->ceiling) {
        return too_big(err, path, s->ceiling);
    }
    size_t most = s->ceiling < PTRDIFF_MAX ? s->ceiling + 2 : PTRDIFF_MAX;
    size_t need = s->n + 2 > 65536 || most < 65536 ? s->n + 2 : 65536;
    return pl_grow(&s->bytes, &s->cap, need, 1, most) ? PL_OK : pl_fail_nomem(err, path);
}

/* Reads everything from fd.  `expected` is the size that the file system tells, which may be wrong (pipes,
 * /proc, a file that grows); reading goes on to the end. */
static pl_status read_all(int fd, size_t expected, sink *s, const char *path, pl_error *err)
{
    if (expected > s->ceiling) {
        return too_big(err, path, s->ceiling);
    }
    if (expected > 0 && !pl_grow(&s->bytes, &s->cap, expected + 2, 1, SIZE_MAX)) {
        return pl_fail_nomem(err, path);
    }
    for (;;) {
        char last;
        bool full = s->n + 1 >= s->cap; /* only at the end of a file as long as expected */
        size_t room = full ? 1 : s->cap - s->n - 1;
        ssize_t got = read(fd, full ? &last : s->bytes + s->n, room < READ_AT_ONCE ? room : READ_AT_ONCE);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return pl_fail_errno(err, path, "read it", errno);
        }
        if (got == 0) {
            break;
        }
        if (full) {
            pl_status status = sink_room(s, path, err);
            if (status != PL_OK) {
                return status;
            }
            s->bytes[s->n] = last;
        }
        s->n += (size_t)got;
        pl_status status = check_lines(s, path, err);
        if (status != PL_OK) {
            return status;
        }
    }
    return s->n > s->ceiling ? too_big(err, path, s->ceiling) : PL_OK;
}

static pl_status read_plain(const char *path, sink *s, pl_error *err)
{
    /* Whoever opens a named pipe waits for its writer, perhaps for ever; /dev/stdin and the like were meant. */
    bool meant = strncmp(path, "/dev/", 5) == 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (meant ? 0 : O_NONBLOCK));
    if (fd < 0 && errno == ENOENT && pl_path_exists(path)) {
        return pl_fail(err, PL_NOTFOUND, path, "put the file there, or remove the link", "this is a link to nothing");
    }
    if (fd < 0) {
        return pl_fail_errno(err, path, "open it", errno);
    }
    struct stat st;
    pl_status status = PL_OK;
    if (fstat(fd, &st) != 0) {
        status = pl_fail_errno(err, path, "open it", errno);
    } else if (S_ISDIR(st.st_mode)) {
        status = pl_fail(err, PL_IO, path, "name a file in it", "this is a folder, not a file");
    } else if (!S_ISREG(st.st_mode) && !meant) {
        status = pl_fail(err, PL_IO, path, "save what comes out of it in a file", "this is a pipe or a device, not a file");
    } else {
        status = read_all(fd, S_ISREG(st.st_mode) ? (size_t)st.st_size : 0, s, path, err);
    }
    close(fd);
    return status;
}

/* ---- Decompression --------------------------------------------------------------------------- */

static pl_status damaged(pl_error *err, const char *path, const char *why)
{
    return pl_fail(err, PL_IO, path, "make or fetch the file again", "the compressed file is damaged (%s)", why);
}

static void *zlib_alloc(void *user, unsigned count, unsigned size)
{
    (void)user;
    return pl_alloc(count, size);
}

static void zlib_free(void *user, void *p)
{
    (void)user;
    pl_free(p);
}

/* One or several gzip members, one after the other. */
static pl_status inflate_all(z_stream *z, const sink *in, sink *out, const char *path, pl_error *err)
{
    size_t fed = 0;
    for (;;) {
        if (z->avail_in == 0 && fed < in->n) {
            size_t n = in->n - fed < (1u << 30) ? in->n - fed : 1u << 30;
            z->next_in = (unsigned char *)in->bytes + fed;
            z->avail_in = (unsigned)n;
            fed += n;
        }
        pl_status status = sink_room(out, path, err);
        if (status != PL_OK) {
            return status;
        }
        size_t room = out->cap - out->n - 1;
        room = room < (1u << 30) ? room : 1u << 30;
        z->next_out = (unsigned char *)out->bytes + out->n;
        z->avail_out = (unsigned)room;
        int end = inflate(z, Z_NO_FLUSH);
        out->n += room - z->avail_out;
        if ((status = check_lines(out, path, err)) != PL_OK) {
            return status;
        }
        if (end == Z_MEM_ERROR) {
            return pl_fail_nomem(err, path);
        }
        if (end == Z_STREAM_END) {
            if (z->avail_in == 0 && fed == in->n) {
                return PL_OK;
            }
            if (inflateReset(z) != Z_OK) {
                return damaged(err, path, "gzip");
            }
        } else if (end != Z_OK && !(end == Z_BUF_ERROR && z->avail_out == 0)) {
            return damaged(err, path, end == Z_BUF_ERROR ? "it ends too early" : z->msg != NULL ? z->msg : "gzip");
        }
    }
}

static pl_status gunzip(const sink *in, sink *out, const char *path, pl_error *err)
{
    z_stream z = {.zalloc = zlib_alloc, .zfree = zlib_free};
    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) {
        return pl_fail_nomem(err, path);
    }
    pl_status status = inflate_all(&z, in, out, path, err);
    inflateEnd(&z);
    return status == PL_OK && out->n > out->ceiling ? too_big(err, path, out->ceiling) : status;
}

static pl_status unzstd(const sink *in, sink *out, const char *path, pl_error *err)
{
    ZSTD_DStream *z = ZSTD_createDStream();
    if (z == NULL) {
        return pl_fail_nomem(err, path);
    }
    ZSTD_inBuffer from = {in->bytes, in->n, 0};
    pl_status status = PL_OK;
    size_t left = 1;
    while (status == PL_OK && (from.pos < from.size || left != 0)) {
        status = sink_room(out, path, err);
        if (status != PL_OK) {
            break;
        }
        ZSTD_outBuffer to = {out->bytes + out->n, out->cap - out->n - 1, 0};
        size_t fed = from.pos;
        left = ZSTD_decompressStream(z, &to, &from);
        out->n += to.pos;
        if (ZSTD_isError(left)) {
            status = damaged(err, path, ZSTD_getErrorName(left));
        } else if (left != 0 && from.pos == from.size && fed == from.pos && to.pos == 0) {
            status = damaged(err, path, "it ends too early");
        } else {
            status = check_lines(out, path, err);
        }
    }
    ZSTD_freeDStream(z);
    return status == PL_OK && out->n > out->ceiling ? too_big(err, path, out->ceiling) : status;
}

static bool ends_in(const char *path, const char *end)
{
    size_t n = strlen(path), m = strlen(end);
    return n >= m && strcmp(path + n - m, end) == 0;
}

static pl_status read_whole(const char *path, bool gz, bool zst, size_t ceiling, pl_file *out, pl_error *err)
{
    *out = (pl_file){0};
    sink raw = {.ceiling = ceiling, .table = ends_in(path, ".csv")};
    sink plain = {.ceiling = ceiling, .table = ends_in(path, ".csv.gz") || ends_in(path, ".csv.zst")};
    pl_status status = read_plain(path, &raw, err);
    if (status == PL_OK && (gz || zst)) {
        status = gz ? gunzip(&raw, &plain, path, err) : unzstd(&raw, &plain, path, err);
    } else {
        plain = raw;
        raw.bytes = NULL;
    }
    pl_free(raw.bytes);
    if (status == PL_OK && plain.bytes == NULL) { /* an empty file */
        plain.bytes = pl_alloc(1, 1);
        status = plain.bytes != NULL ? PL_OK : pl_fail_nomem(err, path);
    }
    if (status != PL_OK) {
        pl_free(plain.bytes);
        return status;
    }
    plain.bytes[plain.n] = '\0';
    *out = (pl_file){.bytes = plain.bytes, .n = plain.n};
    return PL_OK;
}

pl_status pl_file_read(const char *path, size_t ceiling, pl_file *out, pl_error *err)
{
    return read_whole(path, ends_in(path, ".gz"), ends_in(path, ".zst"), ceiling, out, err);
}

pl_status pl_file_read_raw(const char *path, size_t ceiling, pl_file *out, pl_error *err)
{
    return read_whole(path, false, false, ceiling, out, err);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

void pl_path_remove(const char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
