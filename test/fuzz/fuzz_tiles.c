/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as a bundle of events and as the path of a tile; and as a file of an exported record, which the independent checker reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/tiles.h"
#include "test/fuzz/fuzz.h"
#include "verify/verify.h"

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static char top[64];
static const char *const FILES[] = {"checkpoint", "tile/entries/000.p/1", "tile/0/000.p/1"};

static void remove_all(void)
{
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", top);
    require(system(command) == 0);
}

/* A folder with the checkpoint of one event. */
static void begin(void)
{
    static const char *const folders[] = {"", "/tile", "/tile/0", "/tile/0/000.p", "/tile/entries", "/tile/entries/000.p"};
    snprintf(top, sizeof top, "%s/plenty-tiles-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    require(mkdtemp(top) != NULL);
    atexit(remove_all);
    for (size_t i = 1; i < sizeof folders / sizeof folders[0]; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s%s", top, folders[i]);
        require(mkdir(path, 0777) == 0);
    }
}

static void put(const char *name, const void *bytes, size_t n)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", top, name);
    FILE *f = fopen(path, "w");
    require(f != NULL && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const uint8_t *at = data;
    pl_bytes entry;
    size_t sum = 0;
    char path[PL_TILE_PATH], again[PL_TILE_PATH];
    while (pl_bundle_next(&at, data + n, &entry)) {
        sum += 2 + entry.n;
    }
    require(sum == (size_t)(at - data) && sum <= n);
    if (n < sizeof path) {
        int level, width;
        uint64_t index;
        memcpy(path, data, n);
        path[n] = '\0';
        if (pl_tile_path_read(path, &level, &index, &width)) {
            pl_tile_path(level, index, width, again);
            require(strcmp(path, again) == 0);
        }
    }
    if (top[0] == '\0') {
        begin();
    }
    static const char checkpoint[] = "plenty/x\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\xE2\x80\x94 plenty/x AAAAAAAA\n";
    FILE *nowhere = fopen("/dev/null", "w");
    require(nowhere != NULL);
    for (size_t i = 0; i < 3; i++) {
        put(FILES[0], checkpoint, strlen(checkpoint));
        put(FILES[1], "\0\1x", 3);
        put(FILES[2], checkpoint, 32);
        put(FILES[i], data, n);
        int code = pv_verify_record(top, false, nowhere, nowhere);
        require(code == 1 || code == 3 || code == 4);
    }
    fclose(nowhere);
    return 0;
}
