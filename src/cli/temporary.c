/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * temporary.c - folders that are gone when the command ends. */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"

pl_status cli_temporary(char out[CLI_TEMPORARY], pl_error *err)
{
    const char *top = getenv("TMPDIR");
    snprintf(out, CLI_TEMPORARY, "%s/plenty-XXXXXX", top != NULL && top[0] != '\0' ? top : "/tmp");
    if (mkdtemp(out) == NULL) {
        return pl_fail(err, PL_IO, out, "set TMPDIR to a folder with room", "cannot make a temporary folder: %s", strerror(errno));
    }
    return PL_OK;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

void cli_temporary_remove(const char *folder)
{
    (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
