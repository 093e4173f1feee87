/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * look.c - events as one sees them who looks at the state (pl_record_look): rows say at which position a text is. */
#include <string.h>

#include "base/mem.h"
#include "record/bytes.h"
#include "record/step.h"

pl_status pl_look_event(pl_step *s, uint64_t position, pl_owned *out)
{
    pl_str bytes;
    pl_str_init(&bytes, PL_EVENT_MAX);
    pl_status status = pl_store_event(s->fold->store, position, &bytes, NULL, s->err);
    if (status != PL_OK) {
        pl_str_clear(&bytes);
        return status;
    }
    return pl_owned_from(&bytes, "reading an event", out, s->err);
}

pl_status pl_event_field(const pl_event *e, const pl_rulebook *rulebook, const char *field, pl_owned *out, pl_error *err)
{
    const pl_event_kind *kind = pl_kind_of(rulebook, e->kind, e->kind_n);
    pl_value value[PL_FIELDS];
    char why[200];
    *out = (pl_owned){NULL, 0};
    if (kind == NULL || !pl_body_read(kind, e->body, value, why)) {
        return PL_OK;
    }
    for (size_t f = 0; kind->field[f].name != NULL; f++) {
        if (strcmp(kind->field[f].name, field) == 0 && value[f].given) {
            if ((out->bytes = pl_alloc(value[f].n + 1, 1)) == NULL) {
                return pl_fail_nomem(err, "reading an event");
            }
            memcpy(out->bytes, value[f].at, value[f].n);
            out->bytes[out->n = value[f].n] = '\0';
        }
    }
    return PL_OK;
}

pl_status pl_look_field(pl_step *s, uint64_t position, const char *field, pl_owned *out)
{
    pl_owned event;
    pl_event e;
    pl_rule rule;
    *out = (pl_owned){NULL, 0};
    pl_status status = pl_look_event(s, position, &event);
    if (status == PL_OK) {
        status = pl_event_read((const uint8_t *)event.bytes, event.n, &e, &rule, s->err);
        status = status == PL_OK ? pl_event_field(&e, s->fold->rulebook, field, out, s->err) : status;
        pl_owned_free(&event);
    }
    return status;
}
