/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"
#include "io/rows.h"
#include "io/write.h"

#define INPUT ((size_t)1 << 18)

struct pl_stream {
    int fd;
    enum { PLAIN, GZIP, ZSTD } kind;
    bool ended, between; /* the file ends here; no member or frame is open */
    z_stream gz;
    bool gz_open;
    ZSTD_DStream *zst;
    ZSTD_inBuffer from;
    char path[4096];
    char input[INPUT];
};

static pl_status damaged(const pl_stream *s, const char *why, pl_error *err)
{
    return pl_fail(err, PL_IO, s->path, "make or fetch the file again", "the compressed file is damaged (%s)", why);
}

static pl_status read_some(pl_stream *s, char *bytes, size_t n, size_t *got, pl_error *err)
{
    for (;;) {
        ssize_t k = read(s->fd, bytes, n);
        if (k >= 0) {
            *got = (size_t)k;
            s->ended = k == 0;
            return PL_OK;
        }
        if (errno != EINTR) {
            return pl_fail_errno(err, s->path, "read it", errno);
        }
    }
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

static pl_status start(pl_stream *s, pl_error *err)
{
    size_t n = strlen(s->path);
    s->between = true;
    if (n > 3 && strcmp(s->path + n - 3, ".gz") == 0) {
        s->kind = GZIP;
        s->gz = (z_stream){.zalloc = zlib_alloc, .zfree = zlib_free};
        s->gz_open = inflateInit2(&s->gz, 16 + MAX_WBITS) == Z_OK;
        return s->gz_open ? PL_OK : pl_fail_nomem(err, s->path);
    }
    if (n > 4 && strcmp(s->path + n - 4, ".zst") == 0) {
        s->kind = ZSTD;
        s->zst = ZSTD_createDStream();
        return s->zst != NULL ? PL_OK : pl_fail_nomem(err, s->path);
    }
    return PL_OK;
}

pl_status pl_stream_open(const char *path, pl_stream **out, pl_error *err)
{
    struct stat st;
    *out = NULL;
    if (strlen(path) >= sizeof((pl_stream *)0)->path) {
        return pl_fail(err, PL_IO, path, "choose a shorter one", "the path is too long");
    }
    bool meant = strncmp(path, "/dev/", 5) == 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (meant ? 0 : O_NONBLOCK));
    if (fd < 0) {
        return pl_fail_errno(err, path, "open it", errno);
    }
    pl_status status = PL_OK;
    pl_stream *s = NULL;
    if (fstat(fd, &st) != 0) {
        status = pl_fail_errno(err, path, "open it", errno);
    } else if (S_ISDIR(st.st_mode)) {
        status = pl_fail(err, PL_IO, path, "name a file in it", "this is a folder, not a file");
    } else if (!S_ISREG(st.st_mode) && !meant) {
        status = pl_fail(err, PL_IO, path, "save what comes out of it in a file", "this is a pipe or a device, not a file");
    } else if ((s = PL_NEW0(pl_stream, 1)) == NULL) {
        status = pl_fail_nomem(err, path);
    }
    if (status != PL_OK) {
        close(fd);
        return status;
    }
    s->fd = fd;
    memcpy(s->path, path, strlen(path) + 1);
    status = start(s, err);
    if (status != PL_OK) {
        pl_stream_close(s);
        return status;
    }
    *out = s;
    return PL_OK;
}

static pl_status read_gzip(pl_stream *s, char *bytes, size_t n, size_t *got, pl_error *err)
{
    s->gz.next_out = (unsigned char *)bytes;
    s->gz.avail_out = (unsigned)n;
    while (s->gz.avail_out == n) {
        if (s->gz.avail_in == 0 && !s->ended) {
            size_t k;
            pl_status status = read_some(s, s->input, INPUT, &k, err);
            if (status != PL_OK) {
                return status;
            }
            s->gz.next_in = (unsigned char *)s->input;
            s->gz.avail_in = (unsigned)k;
        }
        if (s->gz.avail_in == 0 && s->ended) {
            return s->between && s->gz.total_in > 0 ? PL_OK : damaged(s, "it ends too early", err);
        }
        int end = inflate(&s->gz, Z_NO_FLUSH);
        s->between = end == Z_STREAM_END;
        if (end == Z_MEM_ERROR) {
            return pl_fail_nomem(err, s->path);
        }
        if (end != Z_OK && end != Z_STREAM_END && end != Z_BUF_ERROR) {
            return damaged(s, s->gz.msg != NULL ? s->gz.msg : "gzip", err);
        }
        if (end == Z_STREAM_END) {
            uLong total = s->gz.total_in;
            (void)inflateReset(&s->gz); /* another member may follow */
            s->gz.total_in = total;
        }
        *got = n - s->gz.avail_out;
    }
    return PL_OK;
}

static pl_status read_zstd(pl_stream *s, char *bytes, size_t n, size_t *got, pl_error *err)
{
    ZSTD_outBuffer to = {bytes, n, 0};
    bool began = s->from.src != NULL;
    while (to.pos == 0) {
        if (s->from.pos == s->from.size && !s->ended) {
            size_t k;
            pl_status status = read_some(s, s->input, INPUT, &k, err);
            if (status != PL_OK) {
                return status;
            }
            s->from = (ZSTD_inBuffer){s->input, k, 0};
        }
        size_t before = s->from.pos;
        size_t left = ZSTD_decompressStream(s->zst, &to, &s->from);
        if (ZSTD_isError(left)) {
            return damaged(s, ZSTD_getErrorName(left), err);
        }
        if (to.pos == 0 && s->ended && s->from.pos == before) {
            return s->between && began ? PL_OK : damaged(s, "it ends too early", err);
        }
        s->between = left == 0;
        began = true;
    }
    *got = to.pos;
    return PL_OK;
}

pl_status pl_stream_read(pl_stream *s, char *bytes, size_t n, size_t *got, pl_error *err)
{
    *got = 0;
    n = n < ((size_t)1 << 30) ? n : (size_t)1 << 30;
    return s->kind == PLAIN  ? read_some(s, bytes, n, got, err)
           : s->kind == GZIP ? read_gzip(s, bytes, n, got, err)
                             : read_zstd(s, bytes, n, got, err);
}

void pl_stream_close(pl_stream *s)
{
    if (s == NULL) {
        return;
    }
    if (s->gz_open) {
        inflateEnd(&s->gz);
    }
    ZSTD_freeDStream(s->zst);
    close(s->fd);
    pl_free(s);
}
