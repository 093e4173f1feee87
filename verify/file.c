/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * file.c - files into memory: plain, gzip, zstd; what they hold must be UTF-8 without zero bytes. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "verify/check.h"

#define FILE_MAX ((size_t)1 << 33) /* bytes, after decompression */
#define LINE_MAX_BYTES ((size_t)64 << 20)
#define READ_AT_ONCE ((size_t)8 << 20)

static const char *const ending[3] = {"", ".gz", ".zst"};

static int open_one(pv_run *run, const char *dir, const char *name, char *path, size_t size, int *which)
{
    int fd = -1;
    for (int i = 0; i < 3; i++) {
        if ((size_t)snprintf(path, size, "%s/%s%s", dir, name, ending[i]) >= size) {
            pv_stop(run, PV_IO, name, 0, 0, "the path of its folder is too long");
        }
        int next = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        int why = errno;
        if (next < 0 && why == ENOENT) {
            continue;
        }
        if (fd >= 0) {
            close(fd);
            if (next >= 0) {
                close(next);
            }
            pv_stop(run, PV_UNREADABLE, name, 0, 0, "is there twice, %s and %s: which one counts?",
                    *which == 0 ? "plain" : ending[*which], ending[i]);
        }
        if (next < 0) {
            pv_stop(run, PV_IO, name, 0, 0, "cannot be opened: %s", strerror(why));
        }
        fd = next;
        *which = i;
    }
    return fd;
}

/* Reads all of fd, and closes it. */
static char *read_all(pv_run *run, const char *name, int fd, size_t *n)
{
    struct stat st;
    const char *fault = NULL;
    char *at = NULL;
    int code = PV_IO;
    size_t line = 0; /* where the last line begins, so that no gigabytes of nothing are read */
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        fault = "is not a file";
    } else if (st.st_size < 0 || (uint64_t)st.st_size > FILE_MAX) {
        fault = "is too large";
    } else if ((at = pv_try_alloc(run, (size_t)st.st_size + 1, 1)) == NULL) {
        fault = "out of memory";
        code = PV_MEMORY;
    }
    *n = 0;
    while (fault == NULL && *n < (size_t)st.st_size) {
        size_t left = (size_t)st.st_size - *n, before = *n;
        ssize_t got = read(fd, at + *n, left < READ_AT_ONCE ? left : READ_AT_ONCE);
        if (got > 0) {
            *n += (size_t)got;
            const char *end = memrchr(at + before, '\n', (size_t)got);
            line = end != NULL ? (size_t)(end - at) : line;
            fault = *n - line > LINE_MAX_BYTES ? "has a line of more than 64 MiB" : NULL;
            code = fault != NULL ? PV_UNREADABLE : code;
        } else if (got == 0) {
            break;
        } else if (errno != EINTR) {
            fault = "cannot be read";
        }
    }
    close(fd);
    if (fault != NULL) {
        pv_stop(run, code, name, 0, 0, "%s", fault);
    }
    at[*n] = '\0';
    return at;
}

/* Makes room for twice as much. */
static char *grow(pv_run *run, const char *name, char *at, size_t n, size_t *room)
{
    if (*room >= FILE_MAX) {
        pv_stop(run, PV_UNREADABLE, name, 0, 0, "is too large when decompressed");
    }
    if (n > LINE_MAX_BYTES && memrchr(at + n - LINE_MAX_BYTES, '\n', LINE_MAX_BYTES) == NULL) {
        pv_stop(run, PV_UNREADABLE, name, 0, 0, "has a line of more than 64 MiB");
    }
    char *more = pv_try_alloc(run, 2 * *room + 1, 1);
    if (more == NULL) {
        pv_stop(run, PV_MEMORY, name, 0, 0, "out of memory");
    }
    memcpy(more, at, n);
    pv_free(run, at);
    *room *= 2;
    return more;
}

static void *zlib_alloc(void *run, unsigned n, unsigned size)
{
    return pv_try_alloc(run, n, size);
}

static void zlib_free(void *run, void *p)
{
    pv_free(run, p);
}

static char *gunzip(pv_run *run, const char *name, char *in, size_t n_in, size_t *n)
{
    size_t room = 4 * n_in + 1024, taken = 0;
    char *at = pv_alloc(run, room + 1, 1);
    z_stream z = {.zalloc = zlib_alloc, .zfree = zlib_free, .opaque = run};
    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) {
        pv_stop(run, PV_MEMORY, name, 0, 0, "out of memory");
    }
    *n = 0;
    for (int got = Z_OK; got != Z_STREAM_END || taken < n_in;) {
        if (got == Z_STREAM_END && inflateReset(&z) != Z_OK) { /* another member follows */
            pv_stop(run, PV_UNREADABLE, name, 0, 0, "the gzip file is damaged");
        }
        if (*n == room) {
            at = grow(run, name, at, *n, &room);
        }
        size_t in_now = n_in - taken, out_now = room - *n;
        in_now = in_now < 1u << 30 ? in_now : 1u << 30;
        out_now = out_now < 1u << 30 ? out_now : 1u << 30;
        z.next_in = (unsigned char *)in + taken;
        z.avail_in = (unsigned)in_now;
        z.next_out = (unsigned char *)at + *n;
        z.avail_out = (unsigned)out_now;
        got = inflate(&z, Z_NO_FLUSH);
        taken += in_now - z.avail_in;
        *n += out_now - z.avail_out;
        if (got == Z_MEM_ERROR) {
            pv_stop(run, PV_MEMORY, name, 0, 0, "out of memory");
        }
        bool stuck = z.avail_in == in_now && z.avail_out == out_now && got != Z_STREAM_END;
        if ((got != Z_OK && got != Z_STREAM_END && got != Z_BUF_ERROR) || stuck) {
            pv_stop(run, PV_UNREADABLE, name, 0, 0, "the gzip file is damaged or cut off");
        }
    }
    inflateEnd(&z);
    return at;
}

static char *unzstd(pv_run *run, const char *name, const char *in, size_t n_in, size_t *n)
{
    size_t room = 4 * n_in + 1024, rest = 1;
    char *at = pv_alloc(run, room + 1, 1);
    if (run->zstd == NULL) {
        run->zstd = ZSTD_createDCtx();
    }
    if (run->zstd == NULL) {
        pv_stop(run, PV_MEMORY, name, 0, 0, "out of memory");
    }
    ZSTD_DCtx_reset(run->zstd, ZSTD_reset_session_only);
    ZSTD_inBuffer source = {in, n_in, 0};
    ZSTD_outBuffer target = {at, room, 0};
    for (;;) {
        if (target.pos == room) {
            at = grow(run, name, at, room, &room);
            target.dst = at;
            target.size = room;
        }
        size_t before = source.pos + target.pos;
        if (rest == 0 && source.pos == n_in) {
            break;
        }
        rest = ZSTD_decompressStream(run->zstd, &target, &source);
        if (ZSTD_isError(rest) || (rest != 0 && source.pos + target.pos == before)) {
            pv_stop(run, PV_UNREADABLE, name, 0, 0, "the zstd file is damaged or cut off");
        }
    }
    *n = target.pos;
    return at;
}

/* The number of bytes of the character at p, 0 = no UTF-8 (Unicode 15, table 3-7). */
static size_t character(const unsigned char *p, size_t n)
{
    if (p[0] < 0x80) {
        return p[0] != 0;
    }
    size_t length = p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 0;
    if (length == 0 || length > n || (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
        (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F)) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return length;
}

void pv_text_check(pv_run *run, const pv_file *file)
{
    const unsigned char *p = (const unsigned char *)file->at;
    for (size_t i = 0; i < file->n;) {
        uint64_t word = 0;
        if (i + 8 <= file->n) { /* eight bytes at once, none of them 0 and none above 127 */
            memcpy(&word, p + i, 8);
            if (((word | (word - 0x0101010101010101u)) & 0x8080808080808080u) == 0) {
                i += 8;
                continue;
            }
        }
        size_t length = character(p + i, file->n - i);
        if (length == 0) {
            int64_t line = 1, column = 1;
            for (size_t k = 0; k < i; k++) {
                line += p[k] == '\n';
                column = p[k] == '\n' ? 1 : column + 1;
            }
            pv_stop(run, PV_UNREADABLE, file->name, line, column, "the byte %02x is not UTF-8 text", p[i]);
        }
        i += length;
    }
}

bool pv_file_read(pv_run *run, const char *dir, const char *name, pv_file *file)
{
    char path[4096];
    int which = 0;
    int fd = open_one(run, dir, name, path, sizeof path, &which);
    *file = (pv_file){.name = name};
    if (fd < 0) {
        return false;
    }
    char *at = read_all(run, name, fd, &file->n);
    file->at = at;
    if (which > 0) {
        size_t n = file->n;
        file->at = which == 1 ? gunzip(run, name, at, n, &file->n) : unzstd(run, name, at, n, &file->n);
        pv_free(run, at);
        file->at[file->n] = '\0';
    }
    pv_text_check(run, file);
    return true;
}

bool pv_bytes_read(pv_run *run, const char *dir, const char *name, pv_file *file)
{
    char path[4096];
    *file = (pv_file){.name = name};
    if ((size_t)snprintf(path, sizeof path, "%s/%s", dir, name) >= sizeof path) {
        pv_stop(run, PV_IO, name, 0, 0, "the path of its folder is too long");
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT) {
        return false;
    }
    if (fd < 0) {
        pv_stop(run, PV_IO, name, 0, 0, "cannot be opened: %s", strerror(errno));
    }
    file->at = read_all(run, name, fd, &file->n);
    return true;
}
