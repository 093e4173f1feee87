/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * kind.h - kinds of events as tables: the fields of a body, in the order of their labels 1, 2, 3 ...
 *
 * One row for a field gives reading, checking, writing and JSON. */
#ifndef PLENTY_RECORD_KIND_H
#define PLENTY_RECORD_KIND_H

#include <plenty/record.h>

#include "record/cbor.h"

typedef enum pl_field_type {
    PL_FIELD_BYTES, /* min to max bytes */
    PL_FIELD_TEXT,  /* UTF-8 of min to max bytes, without control characters */
    PL_FIELD_LINES, /* the same, and line feeds */
    PL_FIELD_INT,   /* a number from min to max */
    PL_FIELD_IDS,   /* a list of min to max times 32 bytes */
    PL_FIELD_SET,   /* the same, in ascending order, none twice */
    PL_FIELD_BLOBS, /* the same: hashes of blobs that the event refers to */
    PL_FIELD_INTS,  /* a list of min to max numbers, each from -2^53 to 2^53 */
    PL_FIELD_TEXTS  /* a list of min to max texts of 1 to 1,000 bytes, without control characters */
} pl_field_type;

typedef struct pl_field {
    const char *name;
    pl_field_type type;
    int64_t min, max;
    bool optional;
} pl_field;

#define PL_FIELDS 14 /* of a body at most */
#define PL_BODY_NUMBER_MAX ((int64_t)1 << 53)

typedef struct pl_step pl_step;       /* step.h */
typedef struct pl_created pl_created; /* event.h */
typedef struct pl_event_kind {
    const char *name;
    pl_field field[PL_FIELDS + 1]; /* a field without name is the end */
    /* Checks all rules of the kind, then changes the state (step.h). */
    pl_status (*apply)(pl_step *step);
} pl_event_kind;

/* A field of a body that was read. */
typedef struct pl_value {
    bool given;
    int64_t x;         /* INT */
    const uint8_t *at; /* BYTES, TEXT, LINES: n bytes; lists: n items of CBOR */
    size_t n;
} pl_value;

/* Takes a body apart into value[0 .. fields - 1].  false, with what is wrong in `why`, when it is not as its kind says. */
bool pl_body_read(const pl_event_kind *kind, pl_bytes body, pl_value *value, char why[200]);
/* The i-th item of IDS or SET. */
const uint8_t *pl_value_id(const pl_value *list, size_t i);
/* The items of INTS, list->n of them; of TEXTS, borrowed. */
void pl_value_ints(const pl_value *list, int64_t *out);
void pl_value_texts(const pl_value *list, pl_bytes *out);

/* Writing: begin, the fields in the order of the table, end.  Whatever is wrong is told by pl_body_end: PL_DATA with the name of the
 * field, PL_NOMEM. */
typedef struct pl_body {
    const pl_event_kind *kind;
    pl_str fields;
    size_t n, next; /* fields written; the label that may come next */
    bool misused;
} pl_body;
void pl_body_begin(pl_body *body, const pl_event_kind *kind);
void pl_body_bytes(pl_body *body, const char *field, const void *bytes, size_t n);
void pl_body_text(pl_body *body, const char *field, const char *text, size_t n);
void pl_body_int(pl_body *body, const char *field, int64_t x);
void pl_body_ids(pl_body *body, const char *field, const uint8_t (*ids)[PL_HASH], size_t n);
void pl_body_ints(pl_body *body, const char *field, const int64_t *x, size_t n);
void pl_body_texts(pl_body *body, const char *field, const char *const *texts, size_t n);
pl_status pl_body_end(pl_body *body, pl_owned *out, pl_error *err);

/* The kinds that a commons knows besides those of the record itself, and what becomes due in it; a pl_rulebook is static. */
typedef pl_status (*pl_due_fn)(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
typedef struct pl_due {
    const char *name;
    pl_due_fn happen; /* changes the state when its time has come; breaks no rule */
} pl_due;
typedef struct pl_fold pl_fold;
typedef struct pl_prepared pl_prepared; /* fold.h */
struct pl_rulebook {
    const pl_event_kind *const *kinds; /* the last one is NULL */
    const pl_due *dues;          /* the last one has no name */
    pl_status (*founded)(pl_step *step, const pl_created *founding); /* what the founding changes besides; or NULL */
    /* Adds lines that say what the commons has come to (docs/formats/commons.md, "Results"), for an export; or NULL. */
    pl_status (*results)(pl_step *step, pl_str *out);
    /* Sees events before they are applied one by one, to work out ahead, on all cores, what is costly and asked for then (pl_state_memo); or NULL. */
    pl_status (*prepare)(pl_fold *fold, const pl_prepared *events, size_t n, pl_error *err);
};
extern const pl_rulebook PL_RECORD_RULES; /* those of the record itself: they hold with every rulebook */

/* The kind of an event, or NULL.  `rulebook` may be NULL. */
const pl_event_kind *pl_kind_of(const pl_rulebook *rulebook, const char *name, size_t n);
/* The text or bytes of a field of the event, empty when it has none of that name; *out is freed by the caller. */
pl_status pl_event_field(const pl_event *event, const pl_rulebook *rulebook, const char *field, pl_owned *out, pl_error *err);
/* Calls `each` for every blob that the event refers to, when its body is as its kind says. */
typedef pl_status (*pl_each_blob_fn)(void *user, const uint8_t hash[PL_HASH], pl_error *err);
pl_status pl_each_blob(const pl_event *event, const pl_rulebook *rulebook, pl_each_blob_fn each, void *user, pl_error *err);
/* Whether the event is of that kind. */
bool pl_kind_is(const pl_event_kind *kind, const pl_event *event);

#endif
