/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * target.h - what a request asks for: "/api/plans/now/goods?search=bread" taken apart.  Every byte of it is hostile. */
#ifndef PLENTY_SERVER_TARGET_H
#define PLENTY_SERVER_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#define PL_TARGET_MAX 2000 /* bytes */
#define PL_SEGMENTS 8
#define PL_PARAMETERS 16

typedef struct pl_target {
    char bytes[2 * PL_TARGET_MAX]; /* decoded; what the rest points into */
    char whole[PL_TARGET_MAX + 1]; /* as it was sent, for looking up what was answered before */
    const char *segment[PL_SEGMENTS]; /* of the path, decoded: "api", "plans", "now", "goods" */
    int n_segments;
    struct {
        const char *name, *value;
    } parameter[PL_PARAMETERS];
    int n_parameters;
} pl_target;

/* Takes a target apart.  false for anything but an absolute path of UTF-8 without control characters, with correct escapes, without the
 * segments "." and "..", and within the limits above; empty segments only at the end.  Pure. */
bool pl_target_read(const char *text, pl_target *out);
/* The value of a parameter, or NULL. */
const char *pl_target_parameter(const pl_target *target, const char *name);

#endif
