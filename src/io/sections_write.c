/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Writes a file of sections piece by piece: the places of all sections follow from their sizes, so that they can be
 * written side by side and nothing has to be held in memory. */
#include <sodium.h>
#include <string.h>

#include "base/checksum.h"
#include "base/mem.h"
#include "io/out.h"
#include "io/sections.h"
#include "io/sections_int.h"

typedef struct section {
    unsigned id, size;
    uint64_t offset, bytes, done; /* done: put so far */
    unsigned char *block;         /* PL_SECTIONS_BLOCK bytes at most, in use: done % PL_SECTIONS_BLOCK */
    uint64_t *sums;               /* of the blocks that are full */
    size_t n_sums;
} section;

struct pl_sections_writer {
    const pl_sections_kind *kind;
    pl_out out;
    section section[PL_SECTIONS_MAX];
    int n;
    bool placed;
};

void pl_sections_bytes(unsigned char *at, uint64_t x, int n)
{
    for (int i = 0; i < n; i++) {
        at[i] = (unsigned char)(x >> (8 * i));
    }
}

pl_status pl_sections_writer_new(const pl_sections_kind *kind, const char *path, pl_sections_writer **out, pl_error *err)
{
    pl_sections_writer *w = PL_NEW0(pl_sections_writer, 1);
    if (w == NULL) {
        return pl_fail_nomem(err, path);
    }
    pl_status status = pl_out_begin(&w->out, path, err);
    if (status != PL_OK) {
        pl_free(w);
        return status;
    }
    w->kind = kind;
    *out = w;
    return PL_OK;
}

void pl_sections_writer_free(pl_sections_writer *w)
{
    if (w != NULL) {
        pl_out_abort(&w->out);
        for (int i = 0; i < w->n; i++) {
            pl_free(w->section[i].block);
            pl_free(w->section[i].sums);
        }
        pl_free(w);
    }
}

pl_status pl_sections_declare(pl_sections_writer *w, unsigned id, uint64_t count, pl_error *err)
{
    unsigned size = w->kind->size(id);
    if (size == 0 || count == 0 || w->n == PL_SECTIONS_MAX || w->placed || (w->n > 0 && w->section[w->n - 1].id >= id)) {
        return pl_fail(err, PL_BUG, w->out.path, NULL, "section %u of a %s is out of order", id, w->kind->name);
    }
    section *s = &w->section[w->n++];
    uint64_t blocks = count * size / PL_SECTIONS_BLOCK + 1;
    *s = (section){.id = id, .size = size, .bytes = count * size, .sums = PL_NEW(uint64_t, blocks)};
    size_t room = s->bytes < PL_SECTIONS_BLOCK ? (size_t)s->bytes : PL_SECTIONS_BLOCK;
    s->block = PL_NEW(unsigned char, room);
    return s->sums == NULL || s->block == NULL ? pl_fail_nomem(err, w->out.path) : PL_OK;
}

static void place(pl_sections_writer *w)
{
    uint64_t at = HEADER + (uint64_t)w->n * ENTRY;
    for (int i = 0; i < w->n; i++) {
        at = (at + ALIGN - 1) / ALIGN * ALIGN;
        w->section[i].offset = at;
        at += w->section[i].bytes;
    }
    w->placed = true;
}

/* Writes the block that the last put has filled, or begun. */
static pl_status flush(pl_sections_writer *w, section *s, size_t n, pl_error *err)
{
    unsigned char sum[8];
    pl_sections_bytes(sum, pl_checksum(s->block, n), 8);
    memcpy(&s->sums[s->n_sums++], sum, sizeof sum);
    return pl_out_write(&w->out, s->offset + s->done - n, s->block, n, err);
}

pl_status pl_sections_put(pl_sections_writer *w, unsigned id, const void *elements, size_t count, pl_error *err)
{
    if (!w->placed) {
        place(w);
    }
    section *s = w->section;
    while (s < w->section + w->n && s->id != id) {
        s++;
    }
    if (s == w->section + w->n || count > (s->bytes - s->done) / s->size) {
        return pl_fail(err, PL_BUG, w->out.path, NULL, "section %u of a %s was not announced so", id,
                       w->kind->name);
    }
    const unsigned char *from = elements;
    size_t n = count * s->size;
    while (n > 0) {
        size_t used = (size_t)(s->done % PL_SECTIONS_BLOCK), room = PL_SECTIONS_BLOCK - used;
        size_t part = n < room ? n : room;
        memcpy(s->block + used, from, part);
        s->done += part;
        from += part;
        n -= part;
        pl_status status = part == room ? flush(w, s, PL_SECTIONS_BLOCK, err) : PL_OK;
        if (status != PL_OK) {
            return status;
        }
    }
    return PL_OK;
}

pl_status pl_sections_checksum(const void *bytes, size_t n, uint64_t *sum, pl_error *err)
{
    int64_t blocks = (int64_t)((n + PL_SECTIONS_BLOCK - 1) / PL_SECTIONS_BLOCK);
    unsigned char *sums = PL_NEW(unsigned char, 8 * blocks);
    if (sums == NULL) {
        return pl_fail_nomem(err, "the checksums of a file");
    }
#ifdef _OPENMP
#pragma omp parallel for schedule(static) if (blocks > 1)
#endif
    for (int64_t b = 0; b < blocks; b++) {
        size_t at = (size_t)b * PL_SECTIONS_BLOCK, part = n - at < PL_SECTIONS_BLOCK ? n - at : PL_SECTIONS_BLOCK;
        pl_sections_bytes(sums + 8 * b, pl_checksum((const unsigned char *)bytes + at, part), 8);
    }
    *sum = pl_checksum(sums, (size_t)(8 * blocks));
    pl_free(sums);
    return PL_OK;
}

/* Header and directory. */
static pl_status write_head(pl_sections_writer *w, const unsigned char hash[32], pl_error *err)
{
    unsigned char head[HEADER + PL_SECTIONS_MAX * ENTRY] = {0};
    size_t n = HEADER + (size_t)w->n * ENTRY;
    const section *last = &w->section[w->n - 1];
    memcpy(head, w->kind->magic, 8);
    pl_sections_bytes(head + 8, w->kind->version, 4);
    pl_sections_bytes(head + 12, (uint64_t)w->n, 4);
    pl_sections_bytes(head + 16, last->offset + last->bytes, 8);
    memcpy(head + 24, hash, 32);
    for (int i = 0; i < w->n; i++) {
        unsigned char *entry = head + HEADER + i * ENTRY;
        const section *s = &w->section[i];
        pl_sections_bytes(entry, s->id, 4);
        pl_sections_bytes(entry + 4, s->size, 4);
        pl_sections_bytes(entry + 8, s->offset, 8);
        pl_sections_bytes(entry + 16, s->bytes / s->size, 8);
        pl_sections_bytes(entry + 24, pl_checksum(s->sums, s->n_sums * sizeof *s->sums), 8);
    }
    pl_sections_bytes(head + 56, pl_checksum(head, n), 8); /* while this field is zero */
    return pl_out_write(&w->out, 0, head, n, err);
}

pl_status pl_sections_seal(pl_sections_writer *w, pl_error *err)
{
    if (!w->placed) {
        place(w);
    }
    for (int i = 0; i < w->n; i++) {
        section *s = &w->section[i];
        if (s->done != s->bytes) {
            return pl_fail(err, PL_BUG, w->out.path, NULL, "section %u of a %s is not complete", s->id,
                           w->kind->name);
        }
        size_t rest = (size_t)(s->done % PL_SECTIONS_BLOCK);
        pl_status status = rest > 0 ? flush(w, s, rest, err) : PL_OK;
        if (status != PL_OK) {
            return status;
        }
        pl_free(s->block);
        s->block = NULL;
    }
    static const unsigned char none[32];
    return write_head(w, none, err);
}

const char *pl_sections_at(const pl_sections_writer *w)
{
    return w->out.temporary;
}

pl_status pl_sections_commit(pl_sections_writer *w, const char hex[65], pl_error *err)
{
    unsigned char hash[32];
    if (sodium_hex2bin(hash, sizeof hash, hex, 64, NULL, NULL, NULL) != 0) {
        return pl_fail(err, PL_BUG, w->out.path, NULL, "this is no hash");
    }
    pl_status status = write_head(w, hash, err);
    return status == PL_OK ? pl_out_commit(&w->out, err) : status;
}
