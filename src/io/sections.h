/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * sections.h - one large file of numbered sections, each an array of little-endian numbers with a checksum: what binary
 * economies and binary plans have in common (docs/formats/economy-binary.md). */
#ifndef PLENTY_IO_SECTIONS_H
#define PLENTY_IO_SECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/status.h>

#define PL_SECTIONS_MAX 64
#define PL_SECTIONS_TEXT 256u                /* in every kind of file: texts, a zero byte behind each */
#define PL_SECTIONS_BLOCK ((size_t)1 << 24) /* bytes that have a checksum of their own */

typedef struct pl_sections_kind {
    const char *name;  /* "binary economy" */
    const char *magic; /* 8 bytes */
    unsigned version;
    unsigned (*size)(unsigned id); /* bytes of an element of that section, 0 when there is no such section */
    const char *again;             /* hint: how to get an undamaged file */
} pl_sections_kind;

/* True when the file begins with the magic of that kind. */
bool pl_sections_is(const pl_sections_kind *kind, const char *path);
/* Checksum of a section: of the checksums of its blocks. */
pl_status pl_sections_checksum(const void *bytes, size_t n, uint64_t *sum, pl_error *err);

/* ---- Writing: declare all sections, put their elements in order, seal, commit ------------------------ */

typedef struct pl_sections_writer pl_sections_writer;
pl_status pl_sections_writer_new(const pl_sections_kind *kind, const char *path, pl_sections_writer **out, pl_error *err);
void pl_sections_writer_free(pl_sections_writer *w); /* without commit nothing is left; accepts NULL */
/* Section `id` will have `count` elements, at least one.  In ascending order of id, before the first put. */
pl_status pl_sections_declare(pl_sections_writer *w, unsigned id, uint64_t count, pl_error *err);
/* The next `count` elements, little-endian. */
pl_status pl_sections_put(pl_sections_writer *w, unsigned id, const void *elements, size_t count, pl_error *err);
/* All elements are there: writes what is still buffered, and the header with checksums.  The file can be read at
 * pl_sections_at, under its temporary name. */
pl_status pl_sections_seal(pl_sections_writer *w, pl_error *err);
const char *pl_sections_at(const pl_sections_writer *w);
/* Puts the hash into the header; the file takes its name. */
pl_status pl_sections_commit(pl_sections_writer *w, const char hex[65], pl_error *err);
/* Little-endian bytes of a number of `n` bytes. */
void pl_sections_bytes(unsigned char *at, uint64_t x, int n);

/* What a file says of its sections, unchecked and unread but for its beginning: the number of elements of each, at most
 * PL_SECTIONS_MAX; returns how many.  *bytes: of the file.  0 and 0 when it is of no such kind. */
typedef struct pl_sections_rows {
    unsigned id;
    uint64_t count;
} pl_sections_rows;
int pl_sections_look(const pl_sections_kind *kind, const char *path, pl_sections_rows out[PL_SECTIONS_MAX], double *bytes);

/* ---- Reading ------------------------------------------------------------------------------------------ */

typedef struct pl_section { /* as it lies in the file */
    const void *at;
    uint64_t count; /* 0 when it is not there */
} pl_section;

typedef struct pl_sections {
    const pl_sections_kind *kind;
    const char *path; /* borrowed */
    void *map;        /* of n bytes */
    size_t n;
    int count;
    unsigned id[PL_SECTIONS_MAX];
    pl_section section[PL_SECTIONS_MAX];
    char hash[65]; /* that of the header */
} pl_sections;

/* Maps the file and checks header, directory and all checksums; what the sections hold is for the caller to doubt.  With
 * `frugal`, pages that were read are let go (pl_sections_forget).  Fails with PL_IO when the file is of no such kind. */
pl_status pl_sections_open(const pl_sections_kind *kind, const char *path, bool frugal, pl_sections *out, pl_error *err);
pl_section pl_sections_get(const pl_sections *s, unsigned id);
/* The text at that offset of the texts; NULL when none begins there.  The texts must hold (pl_sections_texts). */
const char *pl_sections_text(const pl_section *texts, uint64_t offset);
/* Texts begin behind a zero byte and end before one, the first is empty, all are UTF-8. */
pl_status pl_sections_texts(const pl_sections *s, pl_error *err);
pl_status pl_sections_damaged(const pl_sections *s, pl_error *err, const char *fmt, ...) PL_PRINTF(3, 4);
/* Gives the memory of the mapped pages back to the system, which reads them again when they are needed. */
void pl_sections_forget(void *map, size_t n);
void pl_sections_close(pl_sections *s); /* harmless when not open */
void pl_sections_unmap(void *map, size_t n);

#endif
