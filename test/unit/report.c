/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reports and tables of a plan when memory runs out at any point; the same plan gives the same bytes. */
#include "test/test.h"

#include <plenty/export.h>
#include <plenty/report.h>

#include "base/mem.h"
#include "io/file.h"

static pl_economy *economy;
static pl_variant *variant;
static pl_plan *plan;
static char path[4096];

static void prepare(const char *name)
{
    pl_findings findings = {0};
    pl_plan_settings settings = {0};
    pl_error err;
    CHECK(pl_economy_load(test_source("examples/bakery"), NULL, &findings, &economy, &err) == PL_OK);
    CHECK(pl_variant_new(economy, &variant, &err) == PL_OK);
    CHECK(pl_plan_make(variant, &settings, &plan, &err) == PL_OK);
    CHECK(pl_path_join(path, sizeof path, test_tmp(), name));
}

static void finish(void)
{
    pl_plan_free(plan);
    pl_variant_free(variant);
    pl_economy_free(economy);
}

static pl_status html(pl_error *err)
{
    return pl_report_html(plan, &variant->economy, NULL, path, err);
}

static pl_status csv(pl_error *err)
{
    return pl_export_csv(plan, &variant->economy, path, false, err);
}

static pl_status xlsx(pl_error *err)
{
    return pl_export_xlsx(plan, &variant->economy, path, err);
}

/* Fails the k-th allocation for all k: each time an error and no file, until it works. */
static int failures_of(pl_status (*write)(pl_error *err))
{
    pl_error err;
    for (int k = 1;; k++) {
        pl_mem_fail_from((uint64_t)k);
        pl_status status = write(&err);
        pl_mem_fail_from(0);
        if (status == PL_OK) {
            CHECK(pl_path_exists(path));
            return k - 1;
        }
        CHECK(status == PL_NOMEM);
        CHECK(!pl_path_exists(path));
        CHECK(k < 10000);
    }
}

TEST(a_report_without_memory_is_an_error)
{
    prepare("report.html");
    CHECK(failures_of(html) > 10);
    finish();
}

TEST(tables_without_memory_are_an_error)
{
    prepare("tables");
    CHECK(failures_of(csv) > 5);
    finish();
}

TEST(a_workbook_without_memory_is_an_error)
{
    prepare("book.xlsx");
    CHECK(failures_of(xlsx) > 3);
    finish();
}

TEST(the_same_plan_gives_the_same_page)
{
    pl_error err;
    pl_file a, b;
    prepare("page.html");
    CHECK(html(&err) == PL_OK && pl_file_read(path, 1 << 24, &a, &err) == PL_OK);
    CHECK(html(&err) == PL_OK && pl_file_read(path, 1 << 24, &b, &err) == PL_OK);
    CHECK(a.n == b.n && memcmp(a.bytes, b.bytes, a.n) == 0);
    CHECK(strstr(a.bytes, "</html>") != NULL);
    CHECK(strstr(a.bytes, "nan") == NULL && strstr(a.bytes, "inf\"") == NULL);
    pl_file_clear(&a);
    pl_file_clear(&b);
    finish();
}
