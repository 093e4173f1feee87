/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Files and folders appear whole or not at all: everything is written and synced under a temporary name
 * beside the target, which takes the target's name in one step. */
#include "io/write.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"

bool pl_temporary_name(const char *path, char *out, size_t size)
{
    static _Atomic unsigned number;
    int n = snprintf(out, size, "%s.plenty-%ld-%u", path, (long)getpid(), atomic_fetch_add(&number, 1));
    return n >= 0 && (size_t)n < size;
}

static pl_status too_long(pl_error *err, const char *path)
{
    return path[0] == '\0' ? pl_fail(err, PL_IO, NULL, "name what to write", "the name of the output is empty")
                           : pl_fail(err, PL_IO, path, "choose a shorter one", "the path is too long");
}

int pl_sync_parent(const char *path)
{
    char dir[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int n = slash == NULL   ? snprintf(dir, sizeof dir, ".")
            : slash == path ? snprintf(dir, sizeof dir, "/")
                            : snprintf(dir, sizeof dir, "%.*s", (int)(slash - path), path);
    if (n < 0 || (size_t)n >= sizeof dir) {
        return ENAMETOOLONG;
    }
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return errno == EACCES ? 0 : errno; /* a folder that may be written to but not read */
    }
    /* Some file systems do not know how to sync a folder; that is no failure of ours. */
    int code = fsync(fd) != 0 && errno != EINVAL && errno != EROFS ? errno : 0;
    close(fd);
    return code;
}

/* Writes everything to a new or existing file; errno value, or 0. */
static int write_all(const char *path, int flags, const char *bytes, size_t n)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | flags, 0666);
    if (fd < 0) {
        return errno;
    }
    int code = 0;
    while (n > 0 && code == 0) {
        ssize_t put = write(fd, bytes, n < (1u << 30) ? n : 1u << 30);
        if (put >= 0) {
            bytes += put;
            n -= (size_t)put;
        } else if (errno != EINTR) {
            code = errno;
        }
    }
    if (code == 0 && (flags & (O_CREAT | O_APPEND)) != 0 && fsync(fd) != 0) {
        code = errno;
    }
    if (close(fd) != 0 && code == 0 && errno != EINTR) {
        code = errno;
    }
    return code;
}

bool pl_real_path(const char *path, char *out, size_t size)
{
    char *real = realpath(path, NULL);
    int n = snprintf(out, size, "%s", real != NULL ? real : path);
    free(real); /* realpath's own, not from base/mem.h */
    while (n > 1 && (size_t)n < size && out[n - 1] == '/') {
        out[--n] = '\0';
    }
    return n > 0 && (size_t)n < size;
}

static pl_status missing_parent(pl_error *err, const char *path)
{
    return pl_fail(err, PL_IO, path, "make that folder first", "the folder it should go into does not exist");
}

pl_status pl_path_place(const char *path, pl_error *err)
{
    char parent[4096];
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/') {
        n--;
    }
    while (n > 0 && path[n - 1] != '/') {
        n--;
    }
    if (n >= sizeof parent) {
        return PL_OK; /* whoever writes it says so */
    }
    snprintf(parent, sizeof parent, "%.*s", n > 0 ? (int)n : 1, n > 0 ? path : ".");
    if (access(parent, W_OK | X_OK) == 0) {
        return PL_OK;
    }
    return errno == ENOENT || errno == ENOTDIR ? missing_parent(err, path) : pl_fail_errno(err, path, "write it", errno);
}

pl_status pl_file_write(const char *path, const char *bytes, size_t n, pl_error *err)
{
    char target[PATH_MAX], temporary[PATH_MAX];
    struct stat st;
    if (!pl_real_path(path, target, sizeof target) || !pl_temporary_name(target, temporary, sizeof temporary)) {
        return too_long(err, path);
    }
    bool exists = stat(target, &st) == 0;
    if (exists && S_ISDIR(st.st_mode)) {
        return pl_fail(err, PL_IO, path, "name a file in it", "this is a folder, not a file");
    }
    if (exists && !S_ISREG(st.st_mode)) {
        int code = write_all(target, 0, bytes, n);
        return code == 0 ? PL_OK : pl_fail_errno(err, path, "write it", code);
    }
    int code = write_all(temporary, O_CREAT | O_EXCL, bytes, n);
    if (code == ENOENT) {
        return missing_parent(err, path);
    }
    if (code == 0 && exists) {
        (void)chmod(temporary, st.st_mode & 07777); /* as far as we may */
    }
    if (code == 0 && rename(temporary, target) != 0) {
        code = errno;
    }
    if (code != 0) {
        unlink(temporary);
        return pl_fail_errno(err, path, "write it", code);
    }
    code = pl_sync_parent(target);
    return code == 0 ? PL_OK : pl_fail_errno(err, path, "write it", code);
}

/* ---- Folders --------------------------------------------------------------------------------- */

static bool ends_in(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n > m && strcmp(name + n - m, end) == 0;
}

/* Files that a replaced folder loses. */
static bool is_ours(const char *name)
{
    return ends_in(name, ".csv") || ends_in(name, ".csv.gz") || ends_in(name, ".csv.zst") ||
           ends_in(name, ".json");
}

static bool has_marker(const char *dir, const char *marker)
{
    static const char *const ends[] = {"", ".gz", ".zst"};
    for (size_t i = 0; marker != NULL && i < sizeof ends / sizeof ends[0]; i++) {
        char path[PATH_MAX];
        int n = snprintf(path, sizeof path, "%s/%s%s", dir, marker, ends[i]);
        if (n > 0 && (size_t)n < sizeof path && pl_path_exists(path)) {
            return true;
        }
    }
    return false;
}

/* Calls `act` for each entry but "." and ".."; stops at its first value other than 0, which it returns. */
static int each_entry(const char *dir, int (*act)(const char *dir, const char *name, void *user), void *user)
{
    DIR *d = opendir(dir);
    if (d == NULL) {
        return errno;
    }
    int code = 0;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(d);
        if (entry == NULL) {
            code = errno;
            break;
        }
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            code = act(dir, entry->d_name, user);
            if (code != 0) {
                break;
            }
        }
    }
    closedir(d);
    return code;
}

static int found_one(const char *dir, const char *name, void *user)
{
    (void)dir;
    (void)name;
    (void)user;
    return ENOTEMPTY;
}

static pl_status refuse_folder(pl_folder *f, bool replace, pl_error *err)
{
    struct stat st;
    if (lstat(f->path, &st) != 0) {
        return PL_OK;
    }
    if (!S_ISDIR(st.st_mode)) {
        return pl_fail(err, PL_IO, f->path, "choose another name", "there is a file of that name already");
    }
    f->exists = true;
    int code = each_entry(f->path, found_one, NULL);
    if (code == 0) {
        return PL_OK;
    }
    if (code != ENOTEMPTY) {
        return pl_fail_errno(err, f->path, "look into the folder", code);
    }
    if (!replace) {
        return pl_fail(err, PL_IO, f->path, "choose another name, or ask for the folder to be replaced",
                       "there is a folder of that name already");
    }
    if (!has_marker(f->path, f->marker)) {
        return pl_fail(err, PL_IO, f->path, "choose another name, or remove the folder yourself",
                       "this folder is not replaced: it holds other things and no %s",
                       f->marker != NULL ? f->marker : "mark of ours");
    }
    return PL_OK;
}

pl_status pl_folder_begin(pl_folder *folder, const char *path, const char *marker, bool replace, pl_error *err)
{
    memset(folder, 0, sizeof *folder);
    folder->marker = marker;
    if (!pl_real_path(path, folder->path, sizeof folder->path) ||
        !pl_temporary_name(folder->path, folder->temporary, sizeof folder->temporary)) {
        return too_long(err, path);
    }
    pl_status status = refuse_folder(folder, replace, err);
    if (status != PL_OK) {
        return status;
    }
    if (mkdir(folder->temporary, 0777) != 0) {
        return errno == ENOENT ? missing_parent(err, path) : pl_fail_errno(err, path, "write there", errno);
    }
    folder->open = true;
    return PL_OK;
}

/* The paths of a new file of the folder, the real one and the one for messages. */
static pl_status new_file(pl_folder *folder, const char *name, char *path, char *shown, size_t size, pl_error *err)
{
    if (!folder->open) {
        return pl_fail(err, PL_BUG, name, NULL, "the folder is not open");
    }
    if (strchr(name, '/') != NULL || !pl_path_join(path, size, folder->temporary, name) ||
        !pl_path_join(shown, size, folder->path, name)) {
        pl_folder_abort(folder);
        return too_long(err, name);
    }
    return PL_OK;
}

pl_status pl_folder_add(pl_folder *folder, const char *name, const char *bytes, size_t n, pl_error *err)
{
    char path[PATH_MAX], shown[PATH_MAX];
    pl_status status = new_file(folder, name, path, shown, PATH_MAX, err);
    if (status != PL_OK) {
        return status;
    }
    int code = write_all(path, O_CREAT | O_EXCL, bytes, n);
    if (code != 0) {
        pl_folder_abort(folder);
        return pl_fail_errno(err, shown, "write it", code == ENOENT ? EIO : code);
    }
    return PL_OK;
}

pl_status pl_folder_append(pl_folder *folder, const char *name, const char *bytes, size_t n, pl_error *err)
{
    char path[PATH_MAX], shown[PATH_MAX];
    pl_status status = new_file(folder, name, path, shown, PATH_MAX, err);
    if (status != PL_OK) {
        return status;
    }
    int code = write_all(path, O_APPEND, bytes, n);
    if (code != 0) {
        pl_folder_abort(folder);
        return pl_fail_errno(err, shown, "write it", code == ENOENT ? EIO : code);
    }
    return PL_OK;
}

/* Everything from one open file to another; errno value, or 0. */
static int copy_all(int from, int to)
{
    char buffer[65536];
    for (;;) {
        ssize_t got = read(from, buffer, sizeof buffer);
        if (got <= 0) {
            if (got < 0 && errno == EINTR) {
                continue;
            }
            return got < 0 ? errno : fsync(to) != 0 ? errno : 0;
        }
        for (ssize_t at = 0; at < got;) {
            ssize_t put = write(to, buffer + at, (size_t)(got - at));
            if (put < 0 && errno != EINTR) {
                return errno;
            }
            at += put > 0 ? put : 0;
        }
    }
}

pl_status pl_folder_copy(pl_folder *folder, const char *name, const char *from, pl_error *err)
{
    char path[PATH_MAX], shown[PATH_MAX];
    pl_status status = new_file(folder, name, path, shown, PATH_MAX, err);
    if (status != PL_OK) {
        return status;
    }
    int in = open(from, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int out = in >= 0 ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666) : -1;
    int code = out >= 0 ? copy_all(in, out) : errno;
    if (in >= 0) {
        close(in);
    }
    if (out >= 0 && close(out) != 0 && code == 0 && errno != EINTR) {
        code = errno;
    }
    if (code != 0) {
        pl_folder_abort(folder);
        return pl_fail_errno(err, in < 0 ? from : shown, in < 0 ? "open it" : "copy it", code == ENOENT ? EIO : code);
    }
    return PL_OK;
}

static int remove_entry(const char *dir, const char *name, void *user)
{
    (void)user;
    char path[PATH_MAX + 256];
    if (pl_path_join(path, sizeof path, dir, name)) {
        unlink(path);
    }
    return 0;
}

/* Moves what is not ours from the replaced folder (`dir`) into the new one (`user`), removes the rest. */
static int settle_entry(const char *dir, const char *name, void *user)
{
    char from[PATH_MAX + 256], to[PATH_MAX + 256];
    struct stat st;
    if (!pl_path_join(from, sizeof from, dir, name) || !pl_path_join(to, sizeof to, user, name) ||
        lstat(from, &st) != 0) {
        return 0;
    }
    bool file = !S_ISDIR(st.st_mode);
    if (file && (is_ours(name) || pl_path_exists(to))) {
        unlink(from);
    } else {
        (void)renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
    }
    return 0;
}

void pl_folder_abort(pl_folder *folder)
{
    if (folder->open) {
        (void)each_entry(folder->temporary, remove_entry, NULL);
        rmdir(folder->temporary);
        folder->open = false;
    }
}

/* Exchanges the two folders; where the file system cannot do that in one step, in two. */
static int exchange(const char *fresh, const char *old)
{
    if (renameat2(AT_FDCWD, fresh, AT_FDCWD, old, RENAME_EXCHANGE) == 0) {
        return 0;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return errno;
    }
    char aside[PATH_MAX];
    if (!pl_temporary_name(old, aside, sizeof aside)) {
        return ENAMETOOLONG;
    }
    if (rename(old, aside) != 0) {
        return errno;
    }
    if (rename(fresh, old) != 0) {
        int code = errno;
        (void)rename(aside, old);
        return code;
    }
    return rename(aside, fresh) == 0 ? 0 : errno;
}

static int sync_folder(const char *path)
{
    char inside[PATH_MAX + 4];
    snprintf(inside, sizeof inside, "%s/x", path); /* its parent is path */
    return pl_sync_parent(inside);
}

pl_status pl_folder_commit(pl_folder *folder, pl_error *err)
{
    if (!folder->open) {
        return pl_fail(err, PL_BUG, folder->path, NULL, "the folder is not open");
    }
    int code = sync_folder(folder->temporary);
    if (code == 0 && folder->exists) {
        code = exchange(folder->temporary, folder->path);
    } else if (code == 0 && renameat2(AT_FDCWD, folder->temporary, AT_FDCWD, folder->path, RENAME_NOREPLACE) != 0) {
        code = errno;
        if (code == EINVAL || code == ENOSYS) {
            code = rename(folder->temporary, folder->path) == 0 ? 0 : errno;
        }
    }
    if (code != 0) {
        pl_folder_abort(folder);
        return pl_fail_errno(err, folder->path, "write the folder", code == ENOENT ? EIO : code);
    }
    folder->open = false;
    if (folder->exists) {
        (void)each_entry(folder->temporary, settle_entry, folder->path);
        rmdir(folder->temporary);
    }
    code = pl_sync_parent(folder->path);
    return code == 0 ? PL_OK : pl_fail_errno(err, folder->path, "write the folder", code);
}
