/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Out of memory where base/mem.h does not see it: in the independent checker, and in the library that reads JSON.
 * Whichever allocation fails, the outcome is that error or success; nothing crashes, leaks (BUILD=asan) or is left
 * behind.  The library's own allocations are failed one by one in the tests of its modules. */
#include "test/test.h"

#include <jansson.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <plenty/economy.h>
#include <plenty/import.h>
#include <plenty/plan.h>

#include "verify/check.h"

static int64_t made, fails_from; /* 0: never */

static void *may_fail(size_t n)
{
    made++;
    return fails_from != 0 && made >= fails_from ? NULL : malloc(n);
}

static void fail_from(int64_t k)
{
    made = 0;
    fails_from = k;
}

/* A command of sh in the test's folder. */
static void run(const char *command)
{
    char whole[9000];
    snprintf(whole, sizeof whole, "cd '%s' && %s", test_tmp(), command);
    CHECK_INT(system(whole), 0);
}

static const char *at(const char *name)
{
    static char path[4][4400];
    static int turn;
    char *p = path[turn++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", test_tmp(), name);
    return p;
}

/* Loads the economy, plans it by the goal, saves both; the economy as compressed files as well. */
static void prepare(const char *economy, const char *change)
{
    pl_economy *e = NULL;
    pl_variant *v = NULL;
    pl_plan *plan = NULL;
    pl_plan_settings settings = {0};
    char command[9000];
    snprintf(command, sizeof command, "cp -r '%s' '%s'", economy, at("e"));
    CHECK_INT(system(command), 0);
    CHECK_INT(pl_economy_load(at("e"), NULL, NULL, &e, NULL), PL_OK);
    CHECK_INT(pl_variant_new(e, &v, NULL), PL_OK);
    CHECK(change == NULL || pl_variant_change(v, "set", change, NULL) == PL_OK);
    CHECK_INT(pl_plan_make(v, &settings, &plan, NULL), PL_OK);
    CHECK_INT(pl_plan_save(plan, &v->economy, at("p"), false, NULL), PL_OK);
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
}

/* The checker with its k-th allocation and all later ones failing, for all k; `last` is what it says in the end. */
static void starve_the_checker(const char *plan, const char *economy, int last)
{
    char report[1 << 16];
    int64_t starved = 0;
    for (int64_t k = 1;; k++) {
        memset(report, 0, sizeof report);
        FILE *out = fmemopen(report, sizeof report - 1, "w");
        CHECK(out != NULL);
        fail_from(k);
        pv_malloc = may_fail;
        int code = pv_verify(plan, economy, k % 2 == 0, out, out);
        pv_malloc = malloc;
        fclose(out);
        if (code != PV_MEMORY) {
            if (code != last) {
                FAIL("allocation %lld: %d, %s", (long long)k, code, report);
            }
            CHECK(made < k); /* success only when nothing was refused */
            break;
        }
        starved++;
        CHECK(strstr(report, "memory") != NULL && strstr(report, "verified:") == NULL);
    }
    CHECK(starved > 50);
}

TEST(the_checker_without_memory)
{
    prepare(test_source("examples/bakery"), "oven=+1");
    starve_the_checker(at("p"), at("e"), PV_VERIFIED);
    run("gzip e/flows.csv");
    starve_the_checker(at("p"), at("e"), PV_VERIFIED);
    run("sed -i 's/bread_hand,[0-9.e-]*/bread_hand,3/' p/levels.csv");
    starve_the_checker(at("p"), at("e"), PV_REFUTED);
}

/* What reads JSON: the package of an economy, the heads of plans, mappings. */
static pl_status read_all_json(const char *out, pl_error *err)
{
    pl_economy *e = NULL, *imported = NULL;
    pl_variant *v = NULL;
    pl_plan *plan = NULL;
    pl_status status = pl_economy_load(at("e"), NULL, NULL, &e, err);
    status = status == PL_OK ? pl_economy_save(e, out, true, NULL, err) : status;
    status = status == PL_OK ? pl_variant_new(e, &v, err) : status;
    status = status == PL_OK ? pl_variant_change(v, "set", "oven=+1", err) : status;
    status = status == PL_OK ? pl_plan_load(at("p"), v, &plan, err) : status;
    status = status == PL_OK ? pl_import(at("data"), at("data/mapping.json"), NULL, NULL, NULL, NULL, &imported, err) : status;
    pl_plan_free(plan);
    pl_variant_free(v);
    pl_economy_free(e);
    pl_economy_free(imported);
    return status;
}

static const char mapping[] =
    "{\"format\": \"plenty-mapping-1\", \"kind\": \"supply-use\", \"title\": \"Small\", \"unit\": \"crowns\","
    " \"tables\": {\"make\": {\"file\": \"make.csv\", \"industry\": \"industry\", \"product\": \"*\"},"
    " \"use\": {\"file\": \"use.csv\", \"product\": \"product\", \"industry\": \"*\"},"
    " \"final\": {\"file\": \"final.csv\", \"product\": \"product\", \"category\": \"*\"}},"
    " \"demand\": {\"categories\": {\"people\": \"households\"}, \"tiers\": [{\"tier\": 1}]}}\n";

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    CHECK(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

TEST(json_without_memory)
{
    pl_error err = {0};
    prepare(test_source("examples/bakery"), "oven=+1");
    CHECK_INT(mkdir(at("data"), 0777), 0);
    put(at("data/mapping.json"), mapping);
    put(at("data/make.csv"), "industry,bread\nbakery,10\n");
    put(at("data/use.csv"), "product,bakery\nbread,1\n");
    put(at("data/final.csv"), "product,people\nbread,9\n");
    json_set_alloc_funcs(may_fail, free);
    int64_t starved = 0;
    for (int64_t k = 1;; k++) {
        fail_from(k);
        pl_status status = read_all_json(at("out"), &err);
        int64_t asked = made;
        fail_from(0);
        if (status == PL_OK) {
            CHECK(asked < k);
            break;
        }
        if (status != PL_NOMEM) {
            FAIL("allocation %lld: %s: %s", (long long)k, err.subject, err.message);
        }
        starved++;
    }
    CHECK(starved > 50);
    run("test \"$(ls | tr '\\n' ' ')\" = 'data e out p ' -a -e out/goods.csv");
}
