/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * binary.h - the binary economy (docs/formats/economy-binary.md): its sections and its reader; private to
 * this room. */
#ifndef PLENTY_ECONOMY_BINARY_H
#define PLENTY_ECONOMY_BINARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/economy.h>

#include "economy/table.h"
#include "io/sections.h"

/* Number of a section: of a column of a table as they stand in PL_TABLE.  Column 0 of flows and uses is where each
 * recipe begins. */
#define PL_BINARY_ID(table, column) (16u * (unsigned)(table) + (unsigned)(column))
#define PL_BINARY_TEXT PL_SECTIONS_TEXT
#define PL_BINARY_TITLE 257u
#define PL_BINARY_WITNESS 258u

/* Bytes of an element of the section, 0 when there is no such section. */
unsigned pl_binary_size(unsigned id);
extern const pl_sections_kind PL_BINARY_ECONOMY;

/* ---- Reading ------------------------------------------------------------------------------------------ */

/* With `hashed`, the hash in the header is taken for the economy's (pl_economy_hash).  Without, as for a file that was just
 * written, the hash is still to be computed, and pages that were read are let go now and then (pl_sections_forget). */
pl_status pl_binary_load(const char *path, bool hashed, const pl_progress *progress, pl_economy **out, pl_error *err);
/* What the file says about a feasible plan: levels by recipe, or NULL. */
const double *pl_binary_witness(const pl_economy *economy);

#endif
