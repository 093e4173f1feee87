/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The checker's recount with hostile files: the bytes up to a zero byte are the transcript, those behind it the ballots; where there
 * are none, a fixed election. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test/fuzz/fuzz.h"
#include "verify/verify.h"

static const char BALLOTS[] = "3 1\n4 1 2 0\n3 2 1 0\n2 3 2 0\n0\n\"Ann\"\n\"Bob\"\n\"Cat\"\n\"T\"\n";
static char top[64], transcript[100], ballots[100];

static void remove_all(void)
{
    (void)unlink(transcript);
    (void)unlink(ballots);
    (void)rmdir(top);
}

static void write_file(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static FILE *nowhere;
    if (nowhere == NULL) {
        snprintf(top, sizeof top, "%s/plenty-recount-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        nowhere = fopen("/dev/null", "w");
        if (mkdtemp(top) == NULL || nowhere == NULL) {
            abort();
        }
        snprintf(transcript, sizeof transcript, "%s/t.json", top);
        snprintf(ballots, sizeof ballots, "%s/b.blt", top);
        atexit(remove_all);
    }
    const uint8_t *zero = n > 0 ? memchr(data, 0, n) : NULL;
    size_t first = zero != NULL ? (size_t)(zero - data) : n;
    write_file(transcript, data, first);
    write_file(ballots, zero != NULL ? (const void *)(zero + 1) : BALLOTS, zero != NULL ? n - first - 1 : sizeof BALLOTS - 1);
    (void)pv_is_count(transcript);
    (void)pv_verify_count(transcript, ballots, first % 2 == 0, nowhere, nowhere);
    return 0;
}
