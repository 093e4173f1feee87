/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The kernels of the GPU: products as plain loops have them; plans with the same bits for any number of threads, and on a
 * GPU where there is one. */
#include <math.h>
#include <stdlib.h>

#include <plenty/generate.h>
#include <plenty/plan.h>

#include "solve/device.h"
#include "test/test.h"
#include "verify/verify.h"
#define ND_TYPES_ONLY
#include "solve/device_kernels.h"

#define NUMBER(name) ND_##name,
enum { ND_KERNELS(NUMBER) KERNELS_N };

#define PIECES 70 /* of one line: long enough for both ways of adding up */
#define ENTRIES 3 /* of a piece */
#define SLOTS 96
#define COUNT (SLOTS / ND_WIDTH * ND_WIDTH * ENTRIES)

static void *sent(pl_device *d, const void *from, size_t bytes)
{
    void *to = d->calls->alloc(d, bytes);
    CHECK(to != NULL);
    d->calls->up(d, to, from, bytes);
    return to;
}

/* A line of PIECES pieces times a vector: what each piece gives, and the sum, which the first piece holds in the end. */
static void multiply(pl_device *d, double out[PIECES], double *whole)
{
    static int32_t index[COUNT], piece[SLOTS], first[2] = {0, PIECES}, line = 0;
    static float share[COUNT];
    static int64_t slice[SLOTS / ND_WIDTH + 1];
    double v[50];
    for (int k = 0; k < COUNT; k++) {
        bool used = k / (ND_WIDTH * ENTRIES) * ND_WIDTH + k % ND_WIDTH < PIECES;
        index[k] = used ? k * 7 % 50 : 0;
        share[k] = used ? (float)(k % 11) - 4.5f : 0;
    }
    for (int q = 0; q < SLOTS; q++) {
        piece[q] = q < PIECES ? q : -1;
    }
    for (int k = 0; k <= SLOTS / ND_WIDTH; k++) {
        slice[k] = (int64_t)k * ND_WIDTH * ENTRIES;
    }
    for (int k = 0; k < 50; k++) {
        v[k] = 1 / (k + 1.5);
    }
    double *to = d->calls->alloc(d, SLOTS * sizeof *to), *side = d->calls->alloc(d, ND_SIDE * sizeof *side);
    CHECK(to != NULL && side != NULL);
    nd_args a = {.l = {.n = 1, .slots = SLOTS, .n_long = 1}, .to = to, .side = side};
    void *all[] = {sent(d, slice, sizeof slice), sent(d, index, sizeof index), sent(d, share, sizeof share), sent(d, piece, sizeof piece),
                   sent(d, first, sizeof first), sent(d, &line, sizeof line), sent(d, v, sizeof v)};
    a.l.slice = all[0];
    a.l.index = all[1];
    a.l.share = all[2];
    a.l.piece = all[3];
    a.l.first = all[4];
    a.l.long_line = all[5];
    a.from = all[6];
    d->calls->run(d, ND_piece_d, &a, SLOTS);
    d->calls->down(d, out, to, PIECES * sizeof *out);
    d->calls->run(d, ND_side, &a, ND_SIDE);
    d->calls->run(d, ND_side_end, &a, 1);
    d->calls->down(d, whole, to, sizeof *whole);
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        d->calls->release(d, all[k]);
    }
    d->calls->release(d, to);
    d->calls->release(d, side);
    CHECK(pl_device_state(d, NULL) == PL_OK);
    double sum = 0;
    for (int q = 0; q < PIECES; q++) {
        double want = 0;
        for (int k = 0; k < ENTRIES; k++) {
            int at = q / ND_WIDTH * ND_WIDTH * ENTRIES + k * ND_WIDTH + q % ND_WIDTH;
            want += (double)share[at] * v[index[at]];
        }
        CHECK(out[q] == want);
        sum += want;
    }
    CHECK_NEAR(*whole, sum, 1e-12);
}

TEST(products_are_those_of_plain_loops)
{
    pl_device *d;
    double out[PIECES], whole;
    CHECK(pl_device_open(PL_DEVICE_HOST, 2, &d, NULL) == PL_OK);
    multiply(d, out, &whole);
    pl_device_close(d);
}

TEST(the_gpu_multiplies_bit_for_bit_like_the_cpu)
{
    pl_device *host, *gpu;
    double out[2][PIECES], whole[2];
    pl_error err = {0};
    if (pl_device_open(PL_DEVICE_GPU, 1, &gpu, &err) != PL_OK) {
        SKIP("%s", err.message);
        return;
    }
    CHECK(pl_device_open(PL_DEVICE_HOST, 1, &host, NULL) == PL_OK);
    multiply(host, out[0], &whole[0]);
    multiply(gpu, out[1], &whole[1]);
    CHECK(memcmp(out[0], out[1], sizeof out[0]) == 0);
    CHECK(whole[0] == whole[1]);
    pl_device_close(gpu);
    pl_device_close(host);
}

static pl_economy *generated(int32_t goods, int32_t resources, double joint, uint64_t seed, char path[4096])
{
    pl_error err = {0};
    pl_economy *e;
    pl_findings none = {0};
    pl_generate_settings settings = pl_generate_defaults(goods);
    settings.seed = seed;
    settings.joint = joint;
    settings.resources = resources;
    snprintf(path, 4096, "%s/generated", test_tmp());
    CHECK(pl_economy_generate(&settings, path, NULL, &err) == PL_OK);
    CHECK(pl_economy_load(path, NULL, &none, &e, &err) == PL_OK);
    return e;
}

static pl_plan *made(const pl_economy *e, pl_goal goal, pl_device_kind device, int threads)
{
    pl_variant *v = NULL;
    pl_error err = {0};
    pl_plan *plan = NULL;
    pl_plan_settings settings = {.goal = goal, .argument = goal == PL_LEAST ? "labour" : goal == PL_MOST ? "all" : NULL,
                                 .way = PL_BY_NEWTON, .device = device, .threads = threads};
    CHECK(pl_variant_new(e, &v, &err) == PL_OK);
    pl_status status = pl_plan_make(v, &settings, &plan, &err);
    if (status != PL_OK) {
        FAIL("no plan: %s", err.message);
    }
    CHECK_STR(plan->way, "newton");
    pl_variant_free(v);
    return plan;
}

static void verify(const pl_plan *plan, const pl_economy *e, const char *path)
{
    char folder[4200];
    snprintf(folder, sizeof folder, "%s/plan", test_tmp());
    CHECK(pl_plan_save(plan, e, folder, true, NULL) == PL_OK);
    FILE *none = fopen("/dev/null", "w");
    CHECK(none != NULL);
    CHECK(pv_verify(folder, path, false, none, none) == 0);
    fclose(none);
}

static void same_bits(const pl_plan *a, const pl_plan *b)
{
    CHECK(memcmp(a->level, b->level, sizeof *a->level * (size_t)a->n_recipes) == 0);
    CHECK_INT(a->n_stages, b->n_stages);
    for (int32_t k = 0; k < a->n_stages; k++) {
        CHECK(a->stages[k].value == b->stages[k].value && a->stages[k].bound == b->stages[k].bound);
        CHECK(memcmp(a->stages[k].good_price, b->stages[k].good_price, sizeof(double) * (size_t)a->n_goods) == 0);
    }
}

/* Both plans are proved to within their gaps, so their values are no further apart than these. */
TEST(plans_by_these_kernels_are_as_good_as_those_of_the_cpu)
{
    static const struct { pl_goal goal; int32_t goods, resources; double joint; } cases[] = {
        {PL_LEAST, 400, 4, 0}, {PL_SATISFY, 400, 10, 0}, {PL_WEIGHTED, 300, 4, 0}, {PL_MOST, 300, 1, 0}, {PL_LEAST, 300, 4, 0.05}};
    for (uint64_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char path[4096];
        pl_economy *e = generated(cases[k].goods, cases[k].resources, cases[k].joint, k + 1, path);
        pl_plan *host = made(e, cases[k].goal, PL_DEVICE_HOST, 2), *cpu = made(e, cases[k].goal, PL_DEVICE_CPU, 2);
        const pl_stage *s = &host->stages[0], *t = &cpu->stages[0];
        CHECK(fabs(s->value - s->bound) <= (cases[k].joint > 0 ? 1e-4 : 1e-6) * fabs(s->value));
        CHECK(fabs(s->value - t->value) <= fabs(s->value - s->bound) + fabs(t->value - t->bound) + 5e-9 * fabs(t->value));
        verify(host, e, path);
        pl_plan_free(host);
        pl_plan_free(cpu);
        pl_economy_free(e);
    }
}

TEST(any_number_of_threads_gives_the_same_bits)
{
    char path[4096];
    pl_economy *e = generated(500, 4, 0, 7, path);
    pl_plan *one = made(e, PL_LEAST, PL_DEVICE_HOST, 1), *three = made(e, PL_LEAST, PL_DEVICE_HOST, 3);
    same_bits(one, three);
    pl_plan_free(one);
    pl_plan_free(three);
    pl_economy_free(e);
}

TEST(the_gpu_gives_the_same_bits_as_its_kernels_on_the_cpu)
{
    char path[4096], name[128];
    pl_error err = {0};
    if (pl_device_find(PL_DEVICE_GPU, name, sizeof name, &err) != PL_OK) {
        SKIP("%s", err.message);
        return;
    }
    pl_economy *e = generated(500, 4, 0, 7, path);
    pl_plan *gpu = made(e, PL_LEAST, PL_DEVICE_GPU, 1), *again = made(e, PL_LEAST, PL_DEVICE_GPU, 1), *host = made(e, PL_LEAST, PL_DEVICE_HOST, 2);
    same_bits(gpu, again);
    same_bits(gpu, host);
    verify(gpu, e, path);
    pl_plan_free(gpu);
    pl_plan_free(again);
    pl_plan_free(host);
    pl_economy_free(e);
}
