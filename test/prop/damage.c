/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Binary economies and binary plans, damaged in every section and cut at every boundary: refused, by the planner and by the
 * checker, with words. */
#include <plenty/plan.h>

#include <stdlib.h>

#include "test/plan_help.h"
#include "test/random_economy.h"
#include "test/test.h"
#include "verify/verify.h"

#define HEADER 64 /* docs/formats/economy-binary.md */
#define ENTRY 32

static char at[3][4200]; /* economy, plan, damaged */
static unsigned char *bytes[2];
static size_t size[2];
static pl_variant *variant;

static void read_all(int which)
{
    FILE *f = fopen(at[which], "rb");
    CHECK(f != NULL && fseek(f, 0, SEEK_END) == 0);
    size[which] = (size_t)ftell(f);
    rewind(f);
    bytes[which] = malloc(size[which]);
    CHECK(bytes[which] != NULL && fread(bytes[which], 1, size[which], f) == size[which]);
    fclose(f);
}

static void begin(void)
{
    pl_economy *e = test_random_years(5, 20, 5);
    static const char *const names[] = {"e.economy", "p.plan", "damaged"};
    pl_error err = {0};
    for (int k = 0; k < 3; k++) {
        snprintf(at[k], sizeof at[k], "%s/%s", test_tmp(), names[k]);
    }
    pl_plan *plan = plan_made(e, "weighted", 1, 5);
    CHECK(plan != NULL && plan->outcome == PL_PLANNED);
    CHECK(pl_economy_save_binary(e, at[0], NULL, &err) == PL_OK && pl_plan_save_binary(plan, e, at[1], false, &err) == PL_OK);
    CHECK(pl_variant_new(e, &variant, &err) == PL_OK);
    read_all(0);
    read_all(1);
    pl_plan_free(plan);
}

static uint64_t number(const unsigned char *p, int n)
{
    uint64_t x = 0;
    for (int i = n; i-- > 0;) {
        x = x << 8 | p[i];
    }
    return x;
}

/* Writes the first n bytes, and looks what planner and checker say. */
static void refused(int which, size_t n, const char *what, int section)
{
    pl_error err = {0};
    pl_status status;
    FILE *f = fopen(at[2], "wb"), *none = fopen("/dev/null", "w");
    CHECK(f != NULL && none != NULL && fwrite(bytes[which], 1, n, f) == n && fclose(f) == 0);
    if (which == 0) {
        pl_economy *e = NULL;
        status = pl_economy_load(at[2], NULL, NULL, &e, &err);
        pl_economy_free(e);
    } else {
        pl_plan *plan = NULL;
        status = pl_plan_load(at[2], variant, &plan, &err);
        pl_plan_free(plan);
    }
    int code = which == 0 ? pv_verify(at[1], at[2], false, none, none) : pv_verify(at[2], at[0], false, none, none);
    fclose(none);
    if (status == PL_OK || err.message[0] == '\0' || code == 0) {
        FAIL("%s, %s (section %d, %zu bytes): the planner says %s, the checker %d", which == 0 ? "economy" : "plan", what, section, n,
             pl_status_id(status), code);
    }
}

static int sections(int which)
{
    return (int)number(bytes[which] + 12, 4);
}

static void where(int which, int section, size_t *from, size_t *n)
{
    const unsigned char *entry = bytes[which] + HEADER + ENTRY * section;
    *from = (size_t)number(entry + 8, 8);
    *n = (size_t)(number(entry + 4, 4) * number(entry + 16, 8));
}

static void flip(int which, size_t byte, const char *what, int section)
{
    bytes[which][byte] ^= 0x10;
    refused(which, size[which], what, section);
    bytes[which][byte] ^= 0x10;
}

TEST(a_byte_in_every_section)
{
    begin();
    for (int which = 0; which < 2; which++) {
        for (int k = 0; k < sections(which); k++) {
            size_t from, n;
            where(which, k, &from, &n);
            CHECK(n > 0 && from + n <= size[which]);
            flip(which, from, "its first byte", k);
            flip(which, from + n / 2, "a byte in its middle", k);
            flip(which, from + n - 1, "its last byte", k);
        }
        for (size_t byte = 0; byte < HEADER + ENTRY * (size_t)sections(which); byte++) {
            flip(which, byte, "a byte of the header", -1);
        }
        printf("# %s: %d sections, %zu bytes\n", which == 0 ? "economy" : "plan", sections(which), size[which]);
    }
}

TEST(cut_at_every_boundary)
{
    begin();
    for (int which = 0; which < 2; which++) {
        for (size_t n = 0; n <= HEADER + ENTRY; n++) {
            refused(which, n, "cut within the header", -1);
        }
        for (int k = 0; k < sections(which); k++) {
            size_t from, n;
            where(which, k, &from, &n);
            const size_t cuts[] = {from - 1, from, from + 1, from + n / 2, from + n - 1};
            for (int c = 0; c < 5; c++) {
                refused(which, cuts[c], "cut", k);
            }
            refused(which, HEADER + ENTRY * (size_t)k, "cut within the directory", k);
        }
        refused(which, size[which] - 1, "cut by a byte", -1);
        unsigned char *longer = realloc(bytes[which], size[which] + 1);
        CHECK(longer != NULL);
        longer[size[which]] = 0;
        bytes[which] = longer;
        refused(which, size[which] + 1, "a byte longer", -1);
    }
}
