/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * file.h - whole files in, whole files and folders out: read at once, written at once or not at all. */
#ifndef PLENTY_IO_FILE_H
#define PLENTY_IO_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <plenty/status.h>

/* The bytes of a file (read, not mapped: another program may cut it short meanwhile), decompressed when its name ends in .gz or .zst; followed by one zero byte. */
typedef struct pl_file {
    char *bytes;
    size_t n;
} pl_file;

/* Reads `path` (at most `ceiling` bytes after decompression).  Errors: PL_NOTFOUND (no such file), PL_IO
 * (a folder, no permission, damaged compression ...), PL_TOOBIG, PL_NOMEM. */
pl_status pl_file_read(const char *path, size_t ceiling, pl_file *out, pl_error *err);
/* The same without decompression. */
pl_status pl_file_read_raw(const char *path, size_t ceiling, pl_file *out, pl_error *err);
void pl_file_clear(pl_file *file);

/* "dir/name" into out; false when it does not fit. */
bool pl_path_join(char *out, size_t size, const char *dir, const char *name);
bool pl_path_exists(const char *path);
void pl_path_remove(const char *path); /* a file, or a folder with all that is in it; as much as can be removed */
bool pl_path_is_file(const char *path); /* a regular one: no folder, no device */
/* Whether something can be put there, before the work is done: PL_IO when the folder that it should go into is not there, or not to be written to. */
pl_status pl_path_place(const char *path, pl_error *err);

/* Writes a file: to a temporary name beside it, fsync, rename, fsync of the folder; after an error nothing is
 * left behind and an old file is as it was.  A device or pipe is written to directly. */
pl_status pl_file_write(const char *path, const char *bytes, size_t n, pl_error *err);

/* Writes a folder of files at once: everything goes into a temporary folder beside `path`, which takes
 * its name at commit.  An existing folder is only replaced when it is empty, or when `replace` is set and
 * `marker` (a file name, also with .gz or .zst) is in it, so that a slip of the keyboard replaces no other
 * folder.  Of a replaced folder only tables and JSON (.csv, .csv.gz, .csv.zst, .json) are removed; anything else
 * in it moves into the new one.  After an error or pl_folder_abort nothing is left. */
typedef struct pl_folder {
    char path[4096], temporary[4096];
    const char *marker;
    bool open, exists; /* exists: there is a folder to replace */
} pl_folder;
pl_status pl_folder_begin(pl_folder *folder, const char *path, const char *marker, bool replace,
                          pl_error *err);
pl_status pl_folder_add(pl_folder *folder, const char *name, const char *bytes, size_t n, pl_error *err);
/* More bytes at the end of a file that was added. */
pl_status pl_folder_append(pl_folder *folder, const char *name, const char *bytes, size_t n, pl_error *err);
/* A copy of the file `from`, byte by byte. */
pl_status pl_folder_copy(pl_folder *folder, const char *name, const char *from, pl_error *err);
pl_status pl_folder_commit(pl_folder *folder, pl_error *err);
void pl_folder_abort(pl_folder *folder); /* harmless when not open */

#endif
