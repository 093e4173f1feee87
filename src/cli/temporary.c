/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * temporary.c - folders that are gone when the command ends. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "io/file.h"

pl_status cli_temporary(char out[CLI_TEMPORARY], pl_error *err)
{
    const char *top = getenv("TMPDIR");
    snprintf(out, CLI_TEMPORARY, "%s/plenty-XXXXXX", top != NULL && top[0] != '\0' ? top : "/tmp");
    if (mkdtemp(out) == NULL) {
        return pl_fail(err, PL_IO, out, "set TMPDIR to a folder with room", "cannot make a temporary folder: %s", strerror(errno));
    }
    return PL_OK;
}

void cli_temporary_remove(const char *folder)
{
    pl_path_remove(folder);
}
