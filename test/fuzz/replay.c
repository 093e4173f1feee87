/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * replay.c - stands in for a fuzzer: gives a fuzz target every file of its corpus (folders or files given), and some
 * seeded changes of each, so that what was found once stays found.  Prints TAP.  A crash ends the program: tools/suites
 * counts that as a failure. */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rng.h"

#define CHANGES 100 /* of each file */
#define FILE_MAX (1 << 20)
#define TIME_LIMIT_S 60

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int number;

/* Gives the target a copy of exactly n bytes, so that reading beyond them shows. */
static void give(const uint8_t *bytes, size_t n)
{
    uint8_t *copy = malloc(n != 0 ? n : 1);
    if (copy == NULL) {
        exit(5);
    }
    memcpy(copy, bytes, n);
    (void)LLVMFuzzerTestOneInput(copy, n);
    free(copy);
}

/* Changes a byte, cuts a piece out, doubles one, or cuts the end off. */
static size_t change(pl_rng *rng, uint8_t *bytes, size_t n)
{
    static const uint8_t likely[] = "\",\n\r\0;-+.eE019\xff\xc3{}[]:=@ ";
    if (n == 0) {
        return 0;
    }
    size_t at = pl_rng_below(rng, n), length = 1 + pl_rng_below(rng, n - at < 16 ? n - at : 16);
    switch (pl_rng_below(rng, 5)) {
    case 0: bytes[at] = (uint8_t)pl_rng_next(rng); return n;
    case 1: bytes[at] = likely[pl_rng_below(rng, sizeof likely)]; return n;
    case 2: memmove(bytes + at, bytes + at + length, n - at - length); return n - length;
    case 3:
        memmove(bytes + at + length, bytes + at, n - at);
        return n + length;
    default: return at;
    }
}

static void replay(const char *path)
{
    static uint8_t bytes[2 * FILE_MAX], changed[2 * FILE_MAX];
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        printf("not ok %d - cannot read %s\n", ++number, path);
        return;
    }
    size_t n = fread(bytes, 1, FILE_MAX, f);
    fclose(f);
    alarm(TIME_LIMIT_S);
    give(bytes, n);
    for (uint64_t i = 0; i < CHANGES; i++) {
        pl_rng rng;
        pl_rng_seed(&rng, i + 1);
        memcpy(changed, bytes, n);
        size_t m = n;
        for (uint64_t k = 1 + pl_rng_below(&rng, 4); k > 0; k--) {
            m = change(&rng, changed, m);
        }
        give(changed, m);
    }
    alarm(0);
    printf("ok %d - %s\n", ++number, path);
    fflush(stdout);
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct dirent **entry = NULL; /* stays NULL for a file */
        int n = scandir(argv[i], &entry, visible, alphasort);
        if (n < 0) {
            replay(argv[i]);
        }
        for (int k = 0; k < n; k++) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", argv[i], entry[k]->d_name);
            replay(path);
            free(entry[k]);
        }
        free(entry);
    }
    printf("1..%d\n", number);
    return number == 0; /* an empty corpus tests nothing */
}
