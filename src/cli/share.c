/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * share.c - finds the files that come with Plenty: examples/ and mappings/, in the source tree that the
 * program was built in, or in PREFIX/share/plenty beside PREFIX/bin. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "io/file.h"

bool cli_find_shared(const char *name, char *out, size_t size)
{
    static const char *const places[] = {"../share/plenty", "../.."};
    char program[4096], folder[4096];
    const char *given = getenv("PLENTY_SHARE");
    if (given != NULL && given[0] != '\0') {
        return pl_path_join(out, size, given, name) && pl_path_exists(out);
    }
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n <= 0) {
        return false;
    }
    program[n] = '\0';
    char *slash = strrchr(program, '/');
    if (slash == NULL) {
        return false;
    }
    *slash = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char joined[4096];
        if (pl_path_join(folder, sizeof folder, program, places[i]) &&
            pl_path_join(joined, sizeof joined, folder, name)) {
            char *real = realpath(joined, NULL);
            bool fits = real != NULL && (size_t)snprintf(out, size, "%s", real) < size;
            free(real); /* realpath's own */
            if (fits) {
                return true;
            }
        }
    }
    return false;
}
