/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as the files of an economy, each after a line "== NAME": it is read or refused, never a crash; what
 * was read is checked, saved, and read again with the same hash. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <plenty/economy.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char folder[64], copy[80];

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void remove_files(const char *path)
{
    DIR *d = opendir(path);
    const struct dirent *entry;
    while (d != NULL && (entry = readdir(d)) != NULL) {
        char file[400];
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        unlink(file);
    }
    if (d != NULL) {
        closedir(d);
    }
}

static void remove_all(void)
{
    remove_files(folder);
    remove_files(copy);
    rmdir(copy);
    rmdir(folder);
}

static void begin(void)
{
    if (folder[0] == '\0') {
        snprintf(folder, sizeof folder, "/tmp/fuzz-economy-XXXXXX");
        require(mkdtemp(folder) != NULL);
        snprintf(copy, sizeof copy, "%s-copy", folder);
        atexit(remove_all);
    }
    remove_files(folder);
    remove_files(copy);
}

static bool harmless(const char *name, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!((name[i] >= 'a' && name[i] <= 'z') || (name[i] == '.' && i > 0))) {
            return false;
        }
    }
    return n > 0 && n < 32;
}

static void write_files(const char *at, const char *end)
{
    while (at < end) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        line = line != NULL ? line : end;
        const char *body = line < end ? line + 1 : end, *next = body;
        while (next < end && !(end - next > 3 && memcmp(next, "== ", 3) == 0 && next[-1] == '\n')) {
            next++;
        }
        if (line - at > 3 && memcmp(at, "== ", 3) == 0 && harmless(at + 3, (size_t)(line - at - 3))) {
            char path[160];
            snprintf(path, sizeof path, "%s/%.*s", folder, (int)(line - at - 3), at + 3);
            FILE *f = fopen(path, "wb");
            require(f != NULL && fwrite(body, 1, (size_t)(next - body), f) == (size_t)(next - body));
            fclose(f);
        }
        at = next;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    pl_economy *e = NULL, *again = NULL;
    pl_error err = {0};
    char first[65], second[65];
    static pl_findings findings;
    pl_summary summary;
    begin();
    write_files((const char *)data, (const char *)data + n);
    memset(&findings, 0, sizeof findings);
    pl_status status = pl_economy_load(folder, NULL, &findings, &e, &err);
    require((status == PL_OK) == (e != NULL));
    require(status == PL_OK || (err.status == status && err.message[0] != '\0' && status != PL_BUG));
    require(status != PL_OK || findings.count[PL_ERROR] == 0);
    if (e == NULL) {
        return 0;
    }
    require(pl_economy_check(e, NULL, &findings, &err) == PL_OK);
    require(pl_economy_summary(e, NULL, &summary, &err) == PL_OK);
    require(pl_economy_hash(e, first, &err) == PL_OK);
    require(pl_economy_save(e, copy, true, NULL, &err) == PL_OK);
    require(pl_economy_load(copy, NULL, NULL, &again, &err) == PL_OK);
    require(pl_economy_hash(again, second, &err) == PL_OK && strcmp(first, second) == 0);
    pl_economy_free(e);
    pl_economy_free(again);
    return 0;
}
