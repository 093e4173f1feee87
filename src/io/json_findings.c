/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdio.h>

#include "io/json.h"

void pl_json_findings(pl_json *j, const pl_findings *f)
{
    for (int s = PL_SEVERITIES - 1; s >= 0; s--) {
        char key[16];
        snprintf(key, sizeof key, "%ss", pl_severity_id((pl_severity)s));
        pl_json_put_int(j, key, f->count[s]);
    }
    pl_json_key(j, "findings");
    pl_json_array(j);
    for (int s = PL_SEVERITIES - 1; s >= 0; s--) {
        for (int32_t i = 0; i < pl_findings_kept(f, (pl_severity)s); i++) {
            const pl_finding *x = &f->kept[s][i];
            pl_json_object(j);
            pl_json_put_text(j, "severity", pl_severity_id(x->severity));
            pl_json_put_text(j, "file", x->file);
            pl_json_put_int(j, "line", x->line);
            pl_json_put_int(j, "column", x->column);
            pl_json_put_text(j, "message", x->message);
            pl_json_put_text(j, "hint", x->hint);
            pl_json_end(j);
        }
    }
    pl_json_end(j);
}
