/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * write.h - what reading and writing of files share; private to this room. */
#ifndef PLENTY_IO_WRITE_H
#define PLENTY_IO_WRITE_H

#include <stdbool.h>
#include <stddef.h>

#include <plenty/status.h>

/* "cannot <doing>: <reason>" for the errno value `code`; PL_NOTFOUND for ENOENT, else PL_IO. */
pl_status pl_fail_errno(pl_error *err, const char *path, const char *doing, int code);

/* A name beside `path` that no other run uses: "path.plenty-<process>-<number>"; false when it is too long. */
bool pl_temporary_name(const char *path, char *out, size_t size);
/* Follows links, so that a link to the target stays one: the path of what is there, or path itself. */
bool pl_real_path(const char *path, char *out, size_t size);
/* fsync of the folder that `path` is in; an errno value, or 0. */
int pl_sync_parent(const char *path);

#endif
