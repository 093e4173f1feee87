/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * json_read.h - JSON documents in memory, as values of the jansson library. */
#ifndef PLENTY_IO_JSON_READ_H
#define PLENTY_IO_JSON_READ_H

#include <jansson.h>

#include <plenty/status.h>

/* The value of the n bytes, owned by the caller (json_decref), or *out = NULL: PL_PARSE with the subject
 * "name:line:column" (also in *at unless that is NULL), also when an object has a key twice; PL_NOMEM. */
pl_status pl_json_read(const char *bytes, size_t n, const char *name, json_t **out, json_error_t *at, pl_error *err);

#endif
