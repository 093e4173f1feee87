/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The binary plan: the same plan in both forms, damage found wherever it is, lies with good checksums found by the
 * checker, nothing left after a failure. */
#include <plenty/generate.h>
#include <plenty/plan.h>

#ifdef _OPENMP
#include <omp.h>
#endif
#include <stdlib.h>
#include <unistd.h>

#include "base/checksum.h"
#include "base/mem.h"
#include "base/rng.h"
#include "test/plan_help.h"
#include "test/random_economy.h"
#include "test/test.h"
#include "verify/verify.h"

#define ROUNDS 60
#define GOODS 12
#define OK(call) CHECK((call) == PL_OK)

static char economy[300], folder[300], file[300], again[300];
static pl_economy *e;
static pl_variant *variant;

static bool same_folders(void)
{
    char command[700];
    snprintf(command, sizeof command, "diff -r '%s' '%s'", folder, again);
    return system(command) == 0;
}

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

static int verified(const char *plan)
{
    FILE *sink = tmpfile();
    CHECK(sink != NULL);
    int code = pv_verify(plan, economy, false, sink, sink);
    fclose(sink);
    return code;
}

/* Makes, with that seed, an economy and a plan in both forms; false when there is no plan for it. */
static bool begin(uint64_t seed, const char *goal)
{
    snprintf(economy, sizeof economy, "%s/e", test_tmp());
    snprintf(folder, sizeof folder, "%s/p", test_tmp());
    snprintf(file, sizeof file, "%s/p.plan", test_tmp());
    snprintf(again, sizeof again, "%s/again", test_tmp());
    pl_economy *made = test_random_economy(seed, GOODS, 0);
    OK(pl_economy_save(made, economy, false, NULL, NULL));
    pl_economy_free(made);
    OK(pl_economy_load(economy, NULL, NULL, &e, NULL));
    pl_plan *plan = plan_made(e, goal, 1, seed);
    OK(pl_variant_new(e, &variant, NULL));
    if (plan == NULL) {
        return false;
    }
    OK(pl_plan_save(plan, e, folder, false, NULL));
    OK(pl_plan_save_binary(plan, e, file, false, NULL));
    pl_plan_free(plan);
    return true;
}

static void end(void)
{
    pl_variant_free(variant);
    pl_economy_free(e);
    char command[400];
    snprintf(command, sizeof command, "rm -rf '%.300s'/*", test_tmp());
    CHECK_INT(system(command), 0);
}

static const char *const goals[] = {"satisfy", "weighted", "most all", "least labour"};

TEST(both_forms_are_the_same_plan)
{
    int made = 0;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        if (begin(seed, goals[seed % 4])) {
            pl_plan *plan = NULL;
            OK(pl_plan_load(file, variant, &plan, NULL));
            OK(pl_plan_save(plan, e, again, false, NULL));
            pl_plan_free(plan);
            if (!same_folders() || verified(file) != 0) {
                FAIL("seed %llu: the binary plan is another plan", (unsigned long long)seed);
            }
            made++;
        }
        end();
    }
    CHECK(made > ROUNDS / 2);
}

TEST(damage_is_found)
{
    CHECK(begin(3, "satisfy"));
    size_t n;
    unsigned char *p = bytes_of(file, &n);
    int harmless = 0;
    for (size_t i = 0; i < n; i++) {
        p[i] ^= 0x10;
        put(file, p, n);
        pl_plan *plan = NULL;
        pl_error err = {0};
        if (pl_plan_load(file, variant, &plan, &err) == PL_OK) { /* a byte between two sections, which nobody reads */
            OK(pl_plan_save(plan, e, again, true, NULL));
            CHECK(same_folders());
            pl_plan_free(plan);
            harmless++;
        } else {
            CHECK(plan == NULL && err.message[0] != '\0');
        }
        p[i] ^= 0x10;
    }
    CHECK(harmless < 64 * 12);
    for (size_t cut = 0; cut < n; cut += 7) {
        pl_plan *plan = NULL;
        put(file, p, cut);
        CHECK(pl_plan_load(file, variant, &plan, NULL) != PL_OK && plan == NULL);
        CHECK(verified(file) > 1);
    }
    free(p);
    end();
}

static uint64_t number(const unsigned char *at, int n)
{
    uint64_t x = 0;
    for (int i = n; i-- > 0;) {
        x = x << 8 | at[i];
    }
    return x;
}

/* Where section `id` begins, and its number of elements. */
static unsigned char *section(unsigned char *p, unsigned id, uint64_t *count)
{
    for (uint64_t i = 0; i < number(p + 12, 4); i++) {
        const unsigned char *entry = p + 64 + 32 * i;
        if (number(entry, 4) == id) {
            *count = number(entry + 16, 8);
            return p + number(entry + 8, 8);
        }
    }
    *count = 0;
    return NULL;
}

/* Makes all checksums right. */
static void seal(unsigned char *p)
{
    uint64_t sections = number(p + 12, 4), sum;
    for (uint64_t i = 0; i < sections; i++) {
        unsigned char *entry = p + 64 + 32 * i;
        sum = pl_checksum(p + number(entry + 8, 8), number(entry + 4, 4) * number(entry + 16, 8));
        sum = pl_checksum(&sum, 8);
        memcpy(entry + 24, &sum, 8);
    }
    memset(p + 56, 0, 8);
    sum = pl_checksum(p, 64 + 32 * sections);
    memcpy(p + 56, &sum, 8);
}

/* Levels, deliveries and the stage of a need are changed under good checksums. */
TEST(lies_are_found)
{
    pl_rng rng;
    pl_rng_seed(&rng, 5);
    int told = 0, noticed = 0;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        size_t n;
        if (begin(seed, "satisfy")) {
            unsigned char *p = bytes_of(file, &n);
            static const unsigned ids[] = {1, 16 * 2 + 6};
            for (int k = 0; k < 2; k++) {
                uint64_t count;
                unsigned char *at = section(p, ids[k], &count);
                for (uint64_t i = 0; i < count; i++) {
                    double old, changed;
                    memcpy(&old, at + 8 * i, 8);
                    changed = k == 0 ? old * 1.001 : old * 0.99;
                    memcpy(at + 8 * i, &changed, 8);
                    seal(p);
                    put(file, p, n);
                    told += changed != old;
                    noticed += verified(file) == 1;
                    memcpy(at + 8 * i, &old, 8);
                }
            }
            seal(p);
            put(file, p, n);
            CHECK_INT(verified(file), 0);
            free(p);
        }
        end();
    }
    CHECK(told > 300);
    /* What is left over or given to a need that is not measured may be more or less without harm. */
    if (noticed < told * 9 / 10) {
        FAIL("only %d of %d lies were noticed", noticed, told);
    }
}

TEST(without_memory_nothing_is_left)
{
    CHECK(begin(3, "satisfy"));
    pl_plan *plan = NULL, *read = NULL;
    OK(pl_plan_load(folder, variant, &plan, NULL));
    int failures = 0;
    for (uint64_t k = 1;; k++) {
        pl_error err = {0};
        unlink(file);
        read = NULL;
        pl_mem_fail_from(k);
        pl_status status = pl_plan_save_binary(plan, e, file, false, &err);
        status = status == PL_OK ? pl_plan_load(file, variant, &read, &err) : status;
        pl_mem_fail_from(0);
        if (status == PL_OK) {
            break;
        }
        CHECK_INT(status, PL_NOMEM);
        CHECK(read == NULL);
        failures++;
    }
    CHECK(failures > 20);
    CHECK_INT(verified(file), 0);
    char command[400]; /* economy, folder and file */
    snprintf(command, sizeof command, "test `ls -A '%.300s' | wc -l` = 3", test_tmp());
    CHECK_INT(system(command), 0);
    pl_plan_free(read);
    pl_plan_free(plan);
    end();
}

static void use_threads(int n)
{
#ifdef _OPENMP
    omp_set_num_threads(n);
#else
    (void)n;
#endif
}

/* More than one block of the hash, and enough recipes for threads: the same report whatever their number. */
TEST(threads_change_nothing)
{
    char report[2][4096] = {"", ""};
    pl_generate_settings settings = pl_generate_defaults(70000);
    settings.recipes = 1;
    settings.inputs = 3;
    settings.capped = 0;
    settings.slack = -1;
    snprintf(economy, sizeof economy, "%s/e.economy", test_tmp());
    snprintf(file, sizeof file, "%s/p.plan", test_tmp());
    use_threads(2);
    OK(pl_economy_generate(&settings, economy, NULL, NULL));
    OK(pl_economy_load(economy, NULL, NULL, &e, NULL));
    OK(pl_variant_new(e, &variant, NULL));
    pl_plan *plan = plan_made(e, "satisfy", 1, 0);
    CHECK(plan != NULL);
    OK(pl_plan_save_binary(plan, e, file, false, NULL));
    pl_plan_free(plan);
    for (int i = 0; i < 2; i++) {
        FILE *out = tmpfile();
        CHECK(out != NULL);
        use_threads(i + 1);
        CHECK_INT(pv_verify(file, economy, true, out, out), 0); /* the checker's hash is the library's */
        rewind(out);
        CHECK(fread(report[i], 1, sizeof report[i] - 1, out) > 0);
        fclose(out);
    }
    CHECK_STR(report[0], report[1]);
    end();
}
