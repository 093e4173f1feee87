/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * council.h - a commons: its constitution, members, councils, ballots; as kinds of events and what they change.
 *
 * What an event may do is decided by the rules of docs/rules.md, what it changes is written in docs/formats/commons.md.  A record that is opened
 * with pl_council_rules() knows all of it. */
#ifndef PLENTY_COUNCIL_H
#define PLENTY_COUNCIL_H

#include <plenty/record.h>

/* The kinds of events of a commons; static. */
PL_API const pl_rulebook *pl_council_rules(void);

/* ---- The constitution ----------------------------------------------------------------------------- */

typedef enum pl_param_name {
#define PL_PARAM(name, key, value, least, most, unit, says) name,
#include <plenty/constitution.def>
#undef PL_PARAM
    PL_PARAMS
} pl_param_name;

typedef struct pl_param_about {
    const char *key, *unit, *says; /* static */
    int64_t value, least, most;    /* value: the default */
} pl_param_about;
PL_API const pl_param_about *pl_param_what(pl_param_name name);

#define PL_TIERS 9
typedef struct pl_constitution {
    int64_t value[PL_PARAMS];
    char tier[PL_TIERS][101]; /* names of the tiers of needs, "" behind the last */
} pl_constitution;

/* Reads the text of a constitution (docs/formats/constitution.md): lines "key = value"; what is not said has its default.  PL_PARSE or
 * PL_DATA with file:line:column. */
PL_API pl_status pl_constitution_read(const char *text, size_t n, const char *file, pl_constitution *out, pl_error *err) PL_CHECK;
/* Writes it with every parameter, its bounds and what it says. */
PL_API pl_status pl_constitution_write(const pl_constitution *constitution, pl_owned *out, pl_error *err) PL_CHECK;

#endif
