/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * json.h - writes JSON to a pl_str, piece by piece; the writer sets commas, colons and line breaks.
 *
 *   pl_json j;
 *   pl_json_init(&j, &out, true);
 *   pl_json_object(&j);
 *   pl_json_key(&j, "goods");
 *   pl_json_int(&j, 12);
 *   pl_json_end(&j);
 *
 * Numbers are written with pl_number_format (NaN and infinities become null), texts escaped; bytes that are
 * not UTF-8 become U+FFFD, so that the result can always be read.  Failure (no memory, ceiling) shows in
 * out->failed at the end; wrong use (a value without its key, too many ends) sets it as well. */
#ifndef PLENTY_IO_JSON_H
#define PLENTY_IO_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include <plenty/findings.h>

#include "base/str.h"

#define PL_JSON_DEPTH 32

typedef struct pl_json {
    pl_str *out;                 /* borrowed */
    char open[PL_JSON_DEPTH];    /* '}' or ']' for each level */
    bool filled[PL_JSON_DEPTH];  /* something was written at that level */
    int depth;
    bool pretty, keyed;          /* keyed: a key waits for its value */
} pl_json;

void pl_json_init(pl_json *j, pl_str *out, bool pretty);
void pl_json_object(pl_json *j); /* { */
void pl_json_array(pl_json *j);  /* [ */
void pl_json_end(pl_json *j);    /* closes the innermost of them */
void pl_json_key(pl_json *j, const char *key);
void pl_json_text(pl_json *j, const char *text); /* NULL = null */
void pl_json_text_n(pl_json *j, const char *text, size_t n);
void pl_json_number(pl_json *j, double x);
void pl_json_int(pl_json *j, int64_t x);
void pl_json_bool(pl_json *j, bool x);
void pl_json_null(pl_json *j);
void pl_json_raw(pl_json *j, const char *json); /* a value that is JSON already */

/* A key with its value. */
void pl_json_put_text(pl_json *j, const char *key, const char *text); /* NULL = null */
void pl_json_put_number(pl_json *j, const char *key, double x);
void pl_json_put_int(pl_json *j, const char *key, int64_t x);
void pl_json_put_bool(pl_json *j, const char *key, bool x);
/* Members of an object: "errors", "warnings", "notes" (how many), "findings". */
void pl_json_findings(pl_json *j, const pl_findings *findings);

#endif
