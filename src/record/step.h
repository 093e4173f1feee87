/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * step.h - one step of the fold, for those who write what a kind of event does: its fields, its author, the clock, the rows.
 *
 * A kind's function looks at all its rules first: `return pl_broken(step, RULE, "why")` ends it.  Then it changes rows.  Should a rule turn
 * out broken after that, everything the step has changed is taken back. */
#ifndef PLENTY_RECORD_STEP_H
#define PLENTY_RECORD_STEP_H

#include "record/event.h"
#include "record/fold.h"
#include "record/row.h"

struct pl_step {
    pl_fold *fold;
    const pl_event *event;     /* NULL when something becomes due */
    pl_value value[PL_FIELDS]; /* of the body, as pl_body_read gives it */
    int64_t time;              /* the clock of the record: the latest time of any event so far, this one included */
    uint8_t id[PL_HASH];       /* of what the event makes: its leaf hash */
    uint8_t author[PL_HASH];   /* the holder of the key that signed */
    pl_rule broken;
    char *why; /* 200 bytes */
    pl_error *err;
};

/* Notes the broken rule; the event is settled, so PL_OK. */
pl_status pl_broken(pl_step *step, pl_rule rule, const char *fmt, ...) PL_PRINTF(3, 4);

/* Rows: as in row.h. */
pl_status pl_get(pl_step *step, const pl_table *table, pl_row_key key, void *row, bool *there);
pl_status pl_put(pl_step *step, const pl_table *table, pl_row_key key, const void *row);
pl_status pl_next(pl_step *step, const pl_table *table, pl_cursor *cursor, void *row, bool *there);
/* A cursor over the rows whose keys begin with that one. */
pl_cursor pl_rows(const pl_table *table, const pl_row_key *prefix);

/* Lets `name`, a row of the rulebook's dues, happen with these values once the clock has come to `time`; at once, before the next thing, when it
 * is not ahead.  What is due at the same time happens in the order in which it was asked for. */
pl_status pl_due_at(pl_step *step, int64_t time, const char *name, const uint8_t id[PL_HASH], int64_t n);

/* Keys: "keys" has a row for each, "holders" one for each person who holds some. */
typedef struct pl_key_row {
    uint8_t holder[PL_HASH], public_key[PL_HASH];
    int64_t added;   /* position of the event */
    int64_t revoked; /* the same, or -1 */
    int64_t counter, time;
} pl_key_row;
extern const pl_table PL_KEYS;
/* A key becomes one of the holder, who may be new; the caller has seen that it is no key here. */
pl_status pl_key_add(pl_step *step, const uint8_t holder[PL_HASH], const uint8_t public_key[32]);
/* All keys of a holder end. */
pl_status pl_keys_end(pl_step *step, const uint8_t holder[PL_HASH]);

/* The key that signs checkpoints: the founding names the first one; "record.keys" has a row for each later one, by the position of the event that
 * brought it: it signs checkpoints of more events than that, and the one before it no longer does. */
typedef struct pl_record_key_row {
    uint8_t public_key[PL_HASH];
} pl_record_key_row;
extern const pl_table PL_RECORD_KEYS;
/* From now on this is the record key. */
pl_status pl_record_key_change(pl_step *step, const uint8_t public_key[32]);
/* Changes `key`, the one that the founding names, to the one for a checkpoint of `size` events. */
pl_status pl_record_key_at(pl_state *state, uint64_t size, pl_note_key *key, pl_error *err);

/* Looks at the state of a record as it is at `now`, with everything due until then; what `look` changes is taken back.  Its status is returned. */
typedef pl_status (*pl_look_fn)(void *user, pl_step *step);
pl_status pl_record_look(pl_record *record, uint64_t now, pl_look_fn look, void *user, pl_error *err);

/* One row as it is after the last event, without what has become due since. */
pl_status pl_record_row(pl_record *record, const pl_table *table, pl_row_key key, void *row, bool *there, pl_error *err);

/* Within such a look: the event at a position; the text or bytes of one of its fields, empty when the event has none of that name.  *out is freed by the
 * caller.  PL_NOTFOUND. */
pl_status pl_look_event(pl_step *step, uint64_t position, pl_owned *out);
pl_status pl_look_field(pl_step *step, uint64_t position, const char *field, pl_owned *out);

/* The first six bytes in hexadecimal, for messages. */
const char *pl_short_id(const uint8_t id[PL_HASH], char out[13]);

/* What the kinds of the record itself do. */
pl_status pl_apply_created(pl_step *step);
pl_status pl_apply_key_added(pl_step *step);
pl_status pl_apply_key_revoked(pl_step *step);
pl_status pl_apply_note(pl_step *step);

#endif
