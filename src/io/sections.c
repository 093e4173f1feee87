/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Reads a file of sections.  Nothing in it is trusted: a file with good checksums may still have been made to harm. */
#include "io/sections.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/checksum.h"
#include "io/sections_int.h"
#include "io/utf8.h"

pl_status pl_sections_damaged(const pl_sections *s, pl_error *err, const char *fmt, ...)
{
    char text[300];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return pl_fail(err, PL_PARSE, s->path, s->kind->again, "%s", text);
}

static uint64_t number_at(const unsigned char *at, int n)
{
    uint64_t x = 0;
    for (int i = n; i-- > 0;) {
        x = x << 8 | at[i];
    }
    return x;
}

bool pl_sections_is(const pl_sections_kind *kind, const char *path)
{
    char begin[8];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    bool is = fd >= 0 && read(fd, begin, sizeof begin) == (ssize_t)sizeof begin &&
              memcmp(begin, kind->magic, sizeof begin) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return is;
}

/* ---- Header and directory -------------------------------------------------------------------------------- */

/* One entry of the directory; *end is where the section before it ends. */
static pl_status read_entry(pl_sections *s, const unsigned char *entry, bool frugal, uint64_t *end, pl_error *err)
{
    unsigned id = (unsigned)number_at(entry, 4), size = (unsigned)number_at(entry + 4, 4);
    uint64_t offset = number_at(entry + 8, 8), count = number_at(entry + 16, 8), sum;
    if (s->kind->size(id) == 0 || (s->count > 0 && id <= s->id[s->count - 1])) {
        return pl_sections_damaged(s, err, "section %u is unknown or out of order", id);
    }
    if (size != s->kind->size(id) || count == 0 || offset % ALIGN != 0 || offset < *end || offset > s->n ||
        count > (s->n - offset) / size) {
        return pl_sections_damaged(s, err, "section %u does not fit into the file", id);
    }
    const unsigned char *at = (const unsigned char *)s->map + offset;
    pl_status status = pl_sections_checksum(at, (size_t)(count * size), &sum, err);
    if (status == PL_OK && sum != number_at(entry + 24, 8)) {
        return pl_sections_damaged(s, err, "the checksum of section %u is wrong: the file is damaged", id);
    }
    if (frugal) {
        pl_sections_forget(s->map, s->n);
    }
    s->id[s->count] = id;
    s->section[s->count++] = (pl_section){at, count};
    *end = offset + count * size;
    return status;
}

static pl_status read_head(pl_sections *s, bool frugal, pl_error *err)
{
    const unsigned char *map = s->map;
    if (s->n < HEADER || memcmp(map, s->kind->magic, 8) != 0) {
        return pl_fail(err, PL_IO, s->path, "name the folder, or a file that 'plenty convert' has made",
                       "this is neither a folder of tables nor a %s", s->kind->name);
    }
    uint64_t version = number_at(map + 8, 4), sections = number_at(map + 12, 4);
    if (version != s->kind->version) {
        return pl_fail(err, PL_UNSUPPORTED, s->path,
                       version > s->kind->version ? "use a newer Plenty" : "make it again, with this program",
                       "this is version %llu of the format; this program reads version %u",
                       (unsigned long long)version, s->kind->version);
    }
    size_t size = HEADER + (size_t)sections * ENTRY;
    if (number_at(map + 16, 8) != s->n || sections > PL_SECTIONS_MAX || size > s->n) {
        return pl_sections_damaged(s, err, "the file has %zu bytes, not the %llu it should have: it was cut", s->n,
                                   (unsigned long long)number_at(map + 16, 8));
    }
    unsigned char head[HEADER + PL_SECTIONS_MAX * ENTRY];
    memcpy(head, map, size);
    memset(head + 56, 0, 8);
    if (pl_checksum(head, size) != number_at(map + 56, 8)) {
        return pl_sections_damaged(s, err, "the checksum of the header is wrong: the file is damaged");
    }
    sodium_bin2hex(s->hash, sizeof s->hash, map + 24, 32);
    uint64_t end = size;
    pl_status status = PL_OK;
    for (uint64_t i = 0; i < sections && status == PL_OK; i++) {
        status = read_entry(s, map + HEADER + i * ENTRY, frugal, &end, err);
    }
    return status;
}

int pl_sections_look(const pl_sections_kind *kind, const char *path, pl_sections_rows out[PL_SECTIONS_MAX], double *bytes)
{
    unsigned char head[HEADER + PL_SECTIONS_MAX * ENTRY];
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), n = 0;
    *bytes = 0;
    if (fd < 0) {
        return 0;
    }
    ssize_t got = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? read(fd, head, sizeof head) : 0;
    close(fd);
    if (got < HEADER || memcmp(head, kind->magic, 8) != 0 || number_at(head + 8, 4) != kind->version) {
        return 0;
    }
    *bytes = (double)st.st_size;
    while (n < PL_SECTIONS_MAX && (uint64_t)n < number_at(head + 12, 4) && HEADER + (n + 1) * ENTRY <= got) {
        const unsigned char *entry = head + HEADER + n * ENTRY;
        uint64_t count = number_at(entry + 16, 8), most = (uint64_t)st.st_size; /* a lie is not believed */
        out[n++] = (pl_sections_rows){(unsigned)number_at(entry, 4), count < most ? count : most};
    }
    return n;
}

/* ---- The file ------------------------------------------------------------------------------------------- */

static pl_status map_file(pl_sections *s, pl_error *err)
{
    struct stat st;
    int fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        int code = fd < 0 ? errno : EINVAL;
        if (fd >= 0) {
            close(fd);
        }
        return pl_fail(err, PL_IO, s->path, NULL, "cannot open it: %s", strerror(code));
    }
    s->n = (size_t)st.st_size;
    void *map = s->n > 0 ? mmap(NULL, s->n, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    int code = map == MAP_FAILED ? errno : 0;
    close(fd);
    if (code != 0) {
        return pl_fail(err, PL_IO, s->path, NULL, "cannot map it: %s", strerror(code));
    }
    s->map = map;
    return PL_OK;
}

pl_status pl_sections_open(const pl_sections_kind *kind, const char *path, bool frugal, pl_sections *out, pl_error *err)
{
    *out = (pl_sections){.kind = kind, .path = path};
    if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__) {
        return pl_fail(err, PL_UNSUPPORTED, path, "use the folder of tables", "this machine is big-endian");
    }
    pl_status status = map_file(out, err);
    if (status == PL_OK) {
        status = read_head(out, frugal, err);
    }
    if (status != PL_OK) {
        pl_sections_close(out);
    }
    return status;
}

void pl_sections_forget(void *map, size_t n)
{
    if (map != NULL) {
        (void)madvise(map, n, MADV_DONTNEED);
    }
}

void pl_sections_unmap(void *map, size_t n)
{
    if (map != NULL) {
        munmap(map, n);
    }
}

void pl_sections_close(pl_sections *s)
{
    pl_sections_unmap(s->map, s->n);
    s->map = NULL;
    s->count = 0;
}

/* ---- Sections -------------------------------------------------------------------------------------------- */

pl_section pl_sections_get(const pl_sections *s, unsigned id)
{
    for (int i = 0; i < s->count; i++) {
        if (s->id[i] == id) {
            return s->section[i];
        }
    }
    return (pl_section){NULL, 0};
}

pl_status pl_sections_texts(const pl_sections *s, pl_error *err)
{
    pl_section texts = pl_sections_get(s, PL_SECTIONS_TEXT);
    const char *text = texts.at;
    size_t n = (size_t)texts.count;
    if (n == 0 || text[0] != '\0' || text[n - 1] != '\0') {
        return pl_sections_damaged(s, err, "the texts do not begin and end as they should");
    }
    return pl_utf8_valid(text, n) ? PL_OK : pl_sections_damaged(s, err, "the texts are not UTF-8");
}

const char *pl_sections_text(const pl_section *texts, uint64_t offset)
{
    const char *text = texts->at;
    return offset < texts->count && (offset == 0 || text[offset - 1] == '\0') ? text + offset : NULL;
}
