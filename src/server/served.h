/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * served.h - which plan a request means. */
#ifndef PLENTY_SERVER_SERVED_H
#define PLENTY_SERVER_SERVED_H

#include "server/call.h"

/* The plan of that id, kept for the caller: "given"; "now", the one in force in the commons, else the given one; 64 digits, the hash of a plan that a
 * motion of the commons names; "job-N", one that was planned here.  Loads it when it is not in memory.  PL_NOTFOUND. */
pl_status pl_served_of(pl_call *call, const char *id, pl_served **out);
/* The same; PL_DATA when nothing was possible, so that there are no figures. */
pl_status pl_served_planned(pl_call *call, const char *id, pl_served **out);
/* The plan that the commons has put in force, since when and by which motion, as a member of the answer; null when there is none. */
pl_status pl_served_put_in_force(pl_call *call, const char *name);
/* Loads the plans that the commons chose the one in force from, and those that are debated or voted on, where their archives are here: a few. */
pl_status pl_served_load_choices(pl_call *call);
/* Whether the id is that of a plan in a motion of the commons, and the archives beside the record that hold it and its economy. */
pl_status pl_served_archives(pl_call *call, const char *id, uint8_t plan[PL_HASH], uint8_t economy[PL_HASH], bool *there);
/* Writes the archive of that hash, which lies beside the record, as the folder or file that it is of. */
pl_status pl_served_unpack(pl_call *call, const uint8_t hash[PL_HASH], const char *path);
/* datapackage.json of the economy at that path, when it is one and can be read; owned, or NULL. */
char *pl_served_package(const char *economy);
/* All that are in memory, each kept for the caller, the given one first; out has room for PL_PLANS_MOST + 1. */
int pl_plans_list(pl_plans *plans, pl_served **out);

#endif
