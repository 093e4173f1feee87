/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "io/out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/write.h"

static pl_status failed(pl_out *out, int code, pl_error *err)
{
    pl_out_abort(out);
    return pl_fail_errno(err, out->path, "write it", code == ENOENT ? EIO : code);
}

pl_status pl_out_begin(pl_out *out, const char *path, pl_error *err)
{
    struct stat st;
    out->open = false;
    if (!pl_real_path(path, out->path, sizeof out->path) ||
        !pl_temporary_name(out->path, out->temporary, sizeof out->temporary)) {
        return pl_fail(err, PL_IO, path, "choose a shorter one", "the path is too long");
    }
    bool exists = stat(out->path, &st) == 0;
    if (exists && !S_ISREG(st.st_mode)) {
        return pl_fail(err, PL_IO, path, "name a file", "this is no file that could be replaced");
    }
    out->fd = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0666);
    if (out->fd < 0) {
        return errno == ENOENT ? pl_fail(err, PL_IO, path, "make that folder first",
                                         "the folder it should go into does not exist")
                               : pl_fail_errno(err, path, "write it", errno);
    }
    if (exists) {
        (void)fchmod(out->fd, st.st_mode & 07777); /* as far as we may */
    }
    out->open = true;
    return PL_OK;
}

pl_status pl_out_write(pl_out *out, uint64_t offset, const void *bytes, size_t n, pl_error *err)
{
    const char *p = bytes;
    while (n > 0) {
        ssize_t put = pwrite(out->fd, p, n < (1u << 30) ? n : 1u << 30, (off_t)offset);
        if (put < 0 && errno != EINTR) {
            return failed(out, errno, err);
        }
        if (put > 0) {
            p += put;
            n -= (size_t)put;
            offset += (uint64_t)put;
        }
    }
    return PL_OK;
}

pl_status pl_out_commit(pl_out *out, pl_error *err)
{
    int code = fsync(out->fd) != 0 ? errno : 0;
    if (close(out->fd) != 0 && code == 0 && errno != EINTR) {
        code = errno;
    }
    out->fd = -1;
    if (code == 0 && rename(out->temporary, out->path) != 0) {
        code = errno;
    }
    if (code != 0) {
        return failed(out, code, err);
    }
    out->open = false;
    code = pl_sync_parent(out->path);
    return code == 0 ? PL_OK : pl_fail_errno(err, out->path, "write it", code);
}

void pl_out_abort(pl_out *out)
{
    if (out->open) {
        if (out->fd >= 0) {
            close(out->fd);
        }
        unlink(out->temporary);
        out->open = false;
    }
}
