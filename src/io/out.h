/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * out.h - one large file, written piece by piece, that appears whole or not at all. */
#ifndef PLENTY_IO_OUT_H
#define PLENTY_IO_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <plenty/status.h>

typedef struct pl_out {
    char path[4096], temporary[4096]; /* the bytes are at `temporary` until the commit */
    int fd;
    bool open;
} pl_out;

/* Begins a file under a temporary name beside `path`; what is at `path` stays until the commit.  Refuses a folder, and
 * a device or pipe, which cannot be written in pieces. */
pl_status pl_out_begin(pl_out *out, const char *path, pl_error *err);
/* Writes n bytes at `offset`; gaps read as zero bytes.  After an error the file is gone. */
pl_status pl_out_write(pl_out *out, uint64_t offset, const void *bytes, size_t n, pl_error *err);
/* fsync, rename, fsync of the folder. */
pl_status pl_out_commit(pl_out *out, pl_error *err);
void pl_out_abort(pl_out *out); /* harmless when not open */

#endif
