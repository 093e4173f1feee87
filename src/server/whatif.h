/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * whatif.h - changes and jobs, as requests say them. */
#ifndef PLENTY_SERVER_WHATIF_H
#define PLENTY_SERVER_WHATIF_H

#include <jansson.h>

#include "server/served.h"

/* Makes the changes that the object's "changes" lists, as texts of pl_variant_change. */
pl_status pl_read_changes(pl_call *call, const json_t *object, pl_variant *variant);
/* A job as it stands: an object. */
void pl_json_job(pl_json *json, const pl_job *job);

#endif
