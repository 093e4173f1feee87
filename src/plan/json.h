/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * json.h - plans, explanations and comparisons as JSON, for the command line and for the server: the members of an object that is open. */
#ifndef PLENTY_PLAN_JSON_H
#define PLENTY_PLAN_JSON_H

#include <plenty/compare.h>
#include <plenty/explain.h>

#include "io/json.h"

/* "stages": what each raised, and how far it can be. */
void pl_json_stages(pl_json *json, const pl_plan *plan, const pl_economy *economy);
/* What came of it: "needs_met", "tiers", "short" (the `most` worst at most; 0 = all), "resources", "trade", "limits"
 * (the `weightiest` of each stage at most; 0 = all); or "clashes" when nothing is possible. */
pl_status pl_json_outcome(pl_json *json, const pl_plan *plan, const pl_economy *economy, int32_t most, int32_t weightiest, pl_error *err);
/* How work, imports and stocks flow through the main goods to those who need them: "nodes" and "links", valued at the prices of the last stage. */
pl_status pl_json_flows(pl_json *json, const pl_plan *plan, const pl_economy *economy, pl_error *err);

/* A whole object: why a figure is what it is. */
void pl_json_explanation(pl_json *json, const pl_plan *plan, const pl_economy *economy, const pl_explanation *explanation);

/* A whole object: two plans side by side; `name` stands for them. */
pl_status pl_json_comparison(pl_json *json, pl_comparison *comparison, const char *const name[2], pl_error *err);

#endif
