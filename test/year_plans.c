/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * year_plans.c - choices between plans in the scripted year: real plans of a small economy, verified by everybody who audits the record. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <plenty/plan.h>

#include "council/motions.h"
#include "io/tar.h"
#include "test/year_int.h"

/* Keeps a folder beside the record, as an archive. */
static void keep(year *y, const char *path, uint8_t hash[PL_HASH])
{
    pl_str archive;
    pl_str_init(&archive, PL_BLOB_MAX);
    year_good(y, pl_tar_pack(path, &archive, NULL));
    year_good(y, pl_record_put_blob(y->record, (pl_bytes){(const uint8_t *)archive.text, archive.len}, hash, NULL));
    pl_str_clear(&archive);
}

static int by_hash(const void *a, const void *b)
{
    return memcmp(((const year_named *)a)->hash, ((const year_named *)b)->hash, PL_HASH);
}

void year_make_plans(year *y, const char *record)
{
    static const char *const name[YEAR_PLANS] = {"as it is", "longer hours", "shorter hours"}, *const labour[YEAR_PLANS] = {NULL, "labour=+20%", "labour=-10%"};
    const pl_plan_settings settings = {.goal = PL_SATISFY};
    pl_findings findings = {0};
    pl_economy *economy = NULL;
    year_good(y, pl_economy_load(y->plan->economy, NULL, &findings, &economy, NULL));
    for (size_t i = 0; i < YEAR_PLANS; i++) {
        pl_variant *variant = NULL;
        pl_plan *plan = NULL;
        char path[4200];
        snprintf(path, sizeof path, "%.4100s-plan-%zu", record, i);
        year_good(y, pl_variant_new(economy, &variant, NULL));
        year_good(y, labour[i] != NULL ? pl_variant_change(variant, "set", labour[i], NULL) : PL_OK);
        year_good(y, pl_plan_make(variant, &settings, &plan, NULL));
        year_good(y, pl_plan_save(plan, &variant->economy, path, true, NULL));
        y->choice[i].name = name[i];
        keep(y, path, y->choice[i].hash);
        pl_plan_free(plan);
        pl_variant_free(variant);
    }
    keep(y, y->plan->economy, y->economy.at);
    qsort(y->choice, YEAR_PLANS, sizeof *y->choice, by_hash);
    pl_economy_free(economy);
}

void year_plans(year *y)
{
    pl_body b;
    const char *names[YEAR_PLANS];
    uint8_t plans[YEAR_PLANS][PL_HASH];
    size_t n = y->day % 90 == 45 ? YEAR_PLANS : 2;
    if (y->day % 45 != 0 || y->day == 0) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        names[i] = y->choice[i].name;
        memcpy(plans[i], y->choice[i].hash, PL_HASH);
    }
    pl_body_begin(&b, &PL_KIND_MOTION_TABLED);
    pl_body_bytes(&b, "assembly", y->everyone.at, PL_HASH);
    pl_body_int(&b, "sort", PL_MOTION_PLANS);
    year_text(&b, "title", "The plan of the next months");
    year_text(&b, "text", "As we do, or longer, or shorter.");
    year_text(&b, "explanation", "Longer hours make more cake; shorter ones leave more evenings.");
    pl_body_texts(&b, "options", names, n);
    pl_body_ids(&b, "plans", (const uint8_t(*)[PL_HASH])plans, n);
    pl_body_ids(&b, "economy", (const uint8_t(*)[PL_HASH])y->economy.at, 1);
    (void)year_sign(y, &b, year_anybody(y));
}
