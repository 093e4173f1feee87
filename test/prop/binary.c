/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The binary economy: the same economy in both forms, damage found wherever it is, nothing left after a failure. */
#include <plenty/economy.h>

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/checksum.h"
#include "base/mem.h"
#include "base/rng.h"
#include "test/random_economy.h"
#include "test/test.h"

#define ROUNDS 60
#define OK(call) CHECK((call) == PL_OK)

static const char *in_tmp(const char *name)
{
    static char path[8][4096];
    static int turn;
    char *p = path[turn++ % 8];
    snprintf(p, sizeof path[0], "%s/%s", test_tmp(), name);
    return p;
}

static void load(const char *path, pl_economy **out)
{
    pl_error err = {0};
    *out = NULL;
    if (pl_economy_load(path, NULL, NULL, out, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
}

/* The bytes of a file in a fresh block. */
static unsigned char *bytes_of(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    CHECK(f != NULL && fseek(f, 0, SEEK_END) == 0);
    *n = (size_t)ftell(f);
    rewind(f);
    unsigned char *p = malloc(*n);
    CHECK(p != NULL && fread(p, 1, *n, f) == *n);
    fclose(f);
    return p;
}

static void put(const char *path, const unsigned char *p, size_t n)
{
    FILE *f = fopen(path, "wb");
    CHECK(f != NULL && fwrite(p, 1, n, f) == n && fclose(f) == 0);
}

TEST(the_checksum_is_xxh64)
{
    CHECK(pl_checksum("", 0) == UINT64_C(0xEF46DB3751D8E999));
    CHECK(pl_checksum("a", 1) == UINT64_C(0xD24EC4F1A98C6E5B));
    CHECK(pl_checksum("abc", 3) == UINT64_C(0x44BC2CF5AD770999));
    CHECK(pl_checksum("Nobody inspects the spammish repetition", 39) == UINT64_C(0xFBCEA83C8A378BF1));
}

TEST(both_forms_are_the_same_economy)
{
    const char *file = in_tmp("e.economy"), *folder = in_tmp("folder"), *again = in_tmp("again.economy");
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        char want[65], got[65];
        pl_economy *e = test_random_economy(seed, 40, seed), *read;
        OK(pl_economy_hash(e, want, NULL));
        OK(pl_economy_save_binary(e, file, NULL, NULL));
        load(file, &read);
        CHECK_STR(read->title, e->title);
        OK(pl_economy_save(read, folder, true, NULL, NULL));
        pl_economy_free(read);
        pl_economy_free(e);
        load(folder, &e);
        OK(pl_economy_hash(e, got, NULL)); /* computed from the tables, not from the header */
        CHECK_STR(got, want);
        OK(pl_economy_save_binary(e, again, NULL, NULL));
        pl_economy_free(e);
        load(again, &read);
        OK(pl_economy_hash(read, got, NULL));
        CHECK_STR(got, want);
        pl_economy_free(read);
    }
}

TEST(damage_is_found_wherever_it_is)
{
    const char *file = in_tmp("e.economy"), *bad = in_tmp("bad.economy");
    pl_rng rng;
    pl_rng_seed(&rng, 5);
    pl_economy *e = test_random_economy(3, 30, 0), *read;
    OK(pl_economy_save_binary(e, file, NULL, NULL));
    pl_economy_free(e);
    size_t n, unseen = 0;
    unsigned char *p = bytes_of(file, &n);
    for (int round = 0; round < 2000; round++) {
        pl_error err = {0};
        size_t at = pl_rng_below(&rng, n);
        unsigned char old = p[at];
        p[at] ^= (unsigned char)(1u << pl_rng_below(&rng, 8));
        put(bad, p, n);
        read = NULL;
        pl_status status = pl_economy_load(bad, NULL, NULL, &read, &err);
        if (status == PL_OK) { /* only the zero bytes between sections have no checksum */
            CHECK(old == 0);
            unseen++;
        } else {
            CHECK((status == PL_PARSE || status == PL_UNSUPPORTED || (status == PL_IO && at < 8)) && err.message[0] != '\0' && err.hint[0] != '\0');
        }
        pl_economy_free(read);
        p[at] = old;
    }
    CHECK(unseen < 1000);
    for (int round = 0; round < 200; round++) {
        size_t length = pl_rng_below(&rng, n);
        put(bad, p, length);
        read = NULL;
        CHECK_INT(pl_economy_load(bad, NULL, NULL, &read, NULL), length < 64 ? PL_IO : PL_PARSE);
        CHECK(read == NULL);
    }
    free(p);
}

static uint64_t number(const unsigned char *at, int n)
{
    uint64_t x = 0;
    for (int i = n; i-- > 0;) {
        x = x << 8 | at[i];
    }
    return x;
}

static void set_number(unsigned char *at, uint64_t x, int n)
{
    for (int i = 0; i < n; i++) {
        at[i] = (unsigned char)(x >> (8 * i));
    }
}

/* Makes all checksums right again, for files of sections below one block. */
static void seal(unsigned char *p, size_t n)
{
    uint64_t sections = number(p + 12, 4);
    for (uint64_t i = 0; i < sections && 64 + 32 * (i + 1) <= n; i++) {
        unsigned char *entry = p + 64 + 32 * i, sum[8];
        uint64_t size = number(entry + 4, 4), offset = number(entry + 8, 8), count = number(entry + 16, 8);
        if (size <= 8 && offset <= n && count <= n && size * count <= n - offset) {
            set_number(sum, pl_checksum(p + offset, size * count), 8);
            set_number(entry + 24, pl_checksum(sum, 8), 8);
        }
    }
    set_number(p + 56, 0, 8);
    if (64 + 32 * sections <= n) {
        set_number(p + 56, pl_checksum(p, 64 + 32 * sections), 8);
    }
}

TEST(a_file_with_good_checksums_is_not_trusted)
{
    const char *file = in_tmp("e.economy"), *bad = in_tmp("bad.economy"), *folder = in_tmp("folder");
    int refused = 0, read_well = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        pl_rng rng;
        pl_rng_seed(&rng, seed);
        pl_economy *e = test_random_economy(seed, 12, 0), *read;
        OK(pl_economy_save_binary(e, file, NULL, NULL));
        pl_economy_free(e);
        size_t n;
        unsigned char *good = bytes_of(file, &n), *p = malloc(n);
        for (int round = 0; round < 60; round++) {
            memcpy(p, good, n);
            for (uint64_t k = 1 + pl_rng_below(&rng, 3); k > 0; k--) {
                uint64_t part = pl_rng_below(&rng, 3) == 0 && n > 608 ? 600 : n - 8;
                size_t at = 8 + pl_rng_below(&rng, part);
                p[at] = (unsigned char)(pl_rng_below(&rng, 2) == 0 ? pl_rng_next(&rng) : p[at] + 1u);
            }
            seal(p, n);
            put(bad, p, n);
            read = NULL;
            pl_error err = {0};
            pl_status status = pl_economy_load(bad, NULL, NULL, &read, &err);
            CHECK((status == PL_OK) == (read != NULL));
            if (read != NULL) { /* what was read can be written as a folder that can be read */
                char hex[65];
                OK(pl_economy_save(read, folder, true, NULL, &err));
                pl_economy_free(read);
                load(folder, &read);
                OK(pl_economy_hash(read, hex, NULL));
                read_well++;
            } else {
                CHECK(err.message[0] != '\0');
                refused++;
            }
            pl_economy_free(read);
        }
        free(good);
        free(p);
    }
    CHECK(refused > 300 && read_well > 300);
}

static int entries(const char *path)
{
    DIR *d = opendir(path);
    CHECK(d != NULL);
    int n = -2;
    while (readdir(d) != NULL) {
        n++;
    }
    closedir(d);
    return n;
}

TEST(without_memory_or_disk_nothing_is_left)
{
    char want[65], hex[65];
    const char *file = in_tmp("e.economy");
    pl_economy *e = test_random_economy(9, 20, 0), *read = NULL;
    OK(pl_economy_hash(e, want, NULL));
    int failures = 0;
    for (uint64_t k = 1;; k++) {
        pl_error err = {0};
        read = NULL;
        pl_mem_fail_from(k);
        pl_status status = pl_economy_save_binary(e, file, NULL, &err);
        status = status == PL_OK ? pl_economy_load(file, NULL, NULL, &read, &err) : status;
        pl_mem_fail_from(0);
        if (status == PL_OK) {
            break;
        }
        CHECK_INT(status, PL_NOMEM);
        CHECK(entries(test_tmp()) <= 1);
        failures++;
    }
    CHECK(failures > 20);
    OK(pl_economy_hash(read, hex, NULL));
    CHECK_STR(hex, want);
    pl_economy_free(read);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {1000, 1000};
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    pl_error err = {0};
    CHECK_INT(pl_economy_save_binary(e, file, NULL, &err), PL_IO);
    CHECK_INT(entries(test_tmp()), 1);
    load(file, &read); /* the old one */
    pl_economy_free(read);
    pl_economy_free(e);
}
