/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * replay.c - runs a fuzz target over the files of its corpus (folders or files given), without a fuzzer, and prints
 * TAP.  A crash ends the program: tools/suites counts that as a failure. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int number;

static int run_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return 0;
    }
    size_t n = 0, room = 1 << 20;
    uint8_t *bytes = malloc(room), *exact;
    n = fread(bytes, 1, room, f);
    fclose(f);
    exact = malloc(n == 0 ? 1 : n); /* no spare bytes behind it */
    memcpy(exact, bytes, n);
    free(bytes);
    LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    printf("ok %d - %s\n", ++number, path);
    fflush(stdout);
    return 1;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        DIR *dir = opendir(argv[i]);
        if (dir == NULL && !run_file(argv[i])) {
            printf("not ok %d - cannot read %s\n", ++number, argv[i]);
        }
        for (struct dirent *e = dir == NULL ? NULL : readdir(dir); e != NULL; e = readdir(dir)) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", argv[i], e->d_name);
            if (e->d_name[0] != '.') {
                run_file(path);
            }
        }
        if (dir != NULL) {
            closedir(dir);
        }
    }
    printf("1..%d\n", number);
    return 0;
}
