/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * binary.h - the binary plan (docs/formats/plan-binary.md); private to this room. */
#ifndef PLENTY_PLAN_BINARY_H
#define PLENTY_PLAN_BINARY_H

#include <plenty/plan.h>

#include "base/arena.h"
#include "base/str.h"
#include "io/sections.h"

extern const pl_sections_kind PL_BINARY_PLAN;

/* Tables and columns as docs/formats/plan.md counts them, from 0 on; the section of one is 16 * table + column. */
enum { PL_PLAN_LEVELS, PL_PLAN_BALANCES, PL_PLAN_DELIVERIES, PL_PLAN_LIMITS, PL_PLAN_PRICES, PL_PLAN_CERTIFICATE,
       PL_PLAN_CHANGES, PL_PLAN_CLASHES };
#define PL_PLAN_ID(table, column) (16u * (unsigned)(table) + (unsigned)(column))
#define PL_PLAN_JSON 257u

/* The text of plan.json, for a plan that will be at `path`. */
pl_status pl_plan_json(const pl_plan *plan, const pl_economy *economy, const char *path, pl_str *out, pl_error *err);

/* What an open file says of a plan whose numbers of goods, recipes ... and stages are known; each puts its part into the
 * plan, in memory of the arena.  Prices go into the arrays of the stages, which are all 0. */
pl_status pl_binary_plan_changes(const pl_sections *file, pl_arena *arena, pl_plan *plan, pl_error *err);
pl_status pl_binary_plan_prices(const pl_sections *file, pl_plan *plan, pl_error *err);
pl_status pl_binary_plan_vectors(const pl_sections *file, pl_arena *arena, pl_plan *plan, pl_error *err);
pl_status pl_binary_plan_clashes(const pl_sections *file, pl_arena *arena, pl_plan *plan, pl_error *err);

#endif
