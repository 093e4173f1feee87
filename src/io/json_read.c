/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "io/json_read.h"

#include <stdio.h>

pl_status pl_json_read(const char *bytes, size_t n, const char *name, json_t **out, json_error_t *at, pl_error *err)
{
    json_error_t own;
    at = at != NULL ? at : &own;
    *out = json_loadb(bytes, n, JSON_REJECT_DUPLICATES, at);
    if (*out == NULL) { /* without memory jansson loses letters and blames the text: a wrong text is wrong twice */
        *out = json_loadb(bytes, n, JSON_REJECT_DUPLICATES, at);
    }
    if (*out != NULL) {
        return PL_OK;
    }
    if (at->text[0] == '\0' || json_error_code(at) == json_error_out_of_memory) { /* what is wrong with a text is said */
        return pl_fail_nomem(err, name);
    }
    char place[320];
    snprintf(place, sizeof place, "%.250s:%d:%d", name, at->line, at->column);
    return pl_fail(err, PL_PARSE, place, "correct this place, or write the file again", "this is not JSON: %s", at->text);
}
