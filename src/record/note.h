/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * note.h - lines of signed notes, for the files of this room. */
#ifndef PLENTY_RECORD_NOTE_H
#define PLENTY_RECORD_NOTE_H

#include "record/bytes.h"

typedef struct pl_note_line_parts {
    const char *line; /* line_n bytes, the line feed included */
    size_t line_n;
    const char *name;
    size_t name_n;
    const char *base64;
    size_t base64_n;
} pl_note_line_parts;
/* Takes one signature line from *at; false when it is none.  The base64 is not looked at. */
bool pl_note_line(const char **at, const char *end, pl_note_line_parts *out);

#endif
