/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * tar.h - a folder as one file that names nothing but its contents: POSIX ustar, files in ascending order of their names, no times, no owners. */
#ifndef PLENTY_IO_TAR_H
#define PLENTY_IO_TAR_H

#include <plenty/status.h>

#include "base/str.h"

/* Appends the archive of a folder's files (names of up to 100 bytes; a folder in it is an error), or of one file.  The same contents
 * give the same bytes.  PL_NOTFOUND, PL_IO, PL_TOOBIG beyond the ceiling of `out`, PL_NOMEM. */
pl_status pl_tar_pack(const char *path, pl_str *out, pl_error *err);
/* The same of all files below a folder, those of folders in it too, their names (of at most 100 bytes) beginning with `top`: for a download; pl_tar_unpack does not take it. */
pl_status pl_tar_pack_tree(const char *path, const char *top, pl_str *out, pl_error *err);
/* Writes the files of such an archive into the new folder `path`, all or none; anything that pl_tar_pack would not write is PL_DATA. */
pl_status pl_tar_unpack(const char *bytes, size_t n, const char *path, pl_error *err);
/* The name of the first file; false when the archive holds more than one, or none. */
bool pl_tar_single(const char *bytes, size_t n, char name[101]);

#endif
