/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * binary.h - the binary economy (docs/formats/economy-binary.md): its layout, its writer, its reader; private to this
 * room. */
#ifndef PLENTY_ECONOMY_BINARY_H
#define PLENTY_ECONOMY_BINARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/economy.h>

#include "economy/table.h"
#include "io/out.h"

#define PL_BINARY_MAGIC "\x89PLECON\n"
#define PL_BINARY_VERSION 2
#define PL_BINARY_HEADER 64
#define PL_BINARY_ENTRY 32
#define PL_BINARY_ALIGN 64
#define PL_BINARY_BLOCK ((size_t)1 << 24) /* bytes that have a checksum of their own */
#define PL_BINARY_SECTIONS 64

/* Number of a section: of a column of a table as they stand in PL_TABLE.  Column 0 of flows and uses is where each
 * recipe begins. */
#define PL_BINARY_ID(table, column) (16u * (unsigned)(table) + (unsigned)(column))
#define PL_BINARY_TEXT 256u
#define PL_BINARY_TITLE 257u
#define PL_BINARY_WITNESS 258u

/* Bytes of an element of the section, 0 when there is no such section. */
unsigned pl_binary_size(unsigned id);
/* Checksum of a section: of the checksums of its blocks. */
pl_status pl_binary_checksum(const void *bytes, size_t n, uint64_t *sum, pl_error *err);

/* ---- Writing: declare all sections, put their elements in order, seal, commit ------------------------ */

typedef struct pl_binary_writer pl_binary_writer;
pl_status pl_binary_writer_new(const char *path, pl_binary_writer **out, pl_error *err);
void pl_binary_writer_free(pl_binary_writer *w); /* without commit nothing is left; accepts NULL */
/* Section `id` will have `count` elements.  In ascending order of id, before the first put. */
pl_status pl_binary_declare(pl_binary_writer *w, unsigned id, uint64_t count, pl_error *err);
/* The next `count` elements, little-endian. */
pl_status pl_binary_put(pl_binary_writer *w, unsigned id, const void *elements, size_t count, pl_error *err);
/* All elements are there: writes what is still buffered, and the header with checksums.  The file can be read at
 * pl_binary_at, under its temporary name. */
pl_status pl_binary_seal(pl_binary_writer *w, pl_error *err);
const char *pl_binary_at(const pl_binary_writer *w);
/* Puts the hash into the header; the file takes its name. */
pl_status pl_binary_commit(pl_binary_writer *w, const char hex[65], pl_error *err);

/* ---- Reading ------------------------------------------------------------------------------------------ */

/* True when `path` is a regular file: then it is no folder of tables. */
bool pl_binary_is_file(const char *path);
/* With `hashed`, the hash in the header is taken for the economy's (pl_economy_hash).  Without, as for a file that was just
 * written, the hash is still to be computed, and pages that were read are let go now and then (pl_binary_forget). */
pl_status pl_binary_load(const char *path, bool hashed, const pl_progress *progress, pl_economy **out, pl_error *err);
/* What the file says about a feasible plan: levels by recipe, or NULL. */
const double *pl_binary_witness(const pl_economy *economy);
/* Gives the memory of the mapped pages back to the system, which reads them again when they are needed. */
void pl_binary_forget(void *map, size_t n);
/* Unmaps the file behind a storage; used by pl_economy_free. */
void pl_binary_unmap(void *map, size_t n);

#endif
