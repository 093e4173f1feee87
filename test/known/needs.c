/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Two real sets of receipts: the totals that come with them, and forecasts scored on weeks that were held back. */
#include "test/test.h"

#include <stdlib.h>

#include <plenty/needs.h>

static pl_receipts *read_all(const char *name, pl_sum_by by, pl_receipt_counts *c)
{
    char mapping[4500], folder[4500], path[9000];
    pl_error err = {0};
    pl_receipt_settings set = {.by = by, .period = PL_WEEK};
    pl_receipts *r;
    snprintf(mapping, sizeof mapping, "%s", test_source(name)); /* mappings/NAME.json */
    const char *base = strrchr(name, '/') + 1;
    char data[200];
    snprintf(data, sizeof data, "%.*s", (int)strcspn(base, "."), base);
    snprintf(folder, sizeof folder, "%s", test_data(data));
    if (pl_receipts_new(mapping, folder, &set, &r, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    snprintf(path, sizeof path, "%s/%s.gz", folder, pl_receipts_file(r, 0));
    if (pl_receipts_read(r, path, NULL, NULL, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    CHECK_INT(pl_receipts_read(r, path, NULL, NULL, &err), PL_OK); /* a second time: not counted again */
    pl_receipts_counts(r, c);
    CHECK_INT(c->duplicate_files, 1);
    CHECK_INT(c->lines, c->used + c->unreadable + c->future + c->before + c->not_goods + c->dropped);
    return r;
}

TEST(online_retail)
{
    pl_receipt_counts c;
    pl_receipts *r = read_all("mappings/online-retail-2011.json", PL_BY_PRODUCT, &c);
    CHECK_INT(c.lines, 541909);
    CHECK_INT(c.receipts, 25900);
    CHECK_INT(c.products, 4070);
    CHECK_INT(c.households, 4372);
    CHECK_INT(c.regions, 38);
    CHECK_INT(c.cancelled, 9288);
    CHECK_INT(c.negative, 10624);
    CHECK_INT(c.no_household, 135080);
    CHECK_INT(c.no_price, 2517);
    CHECK_INT(c.duplicates, 5270); /* so many lines repeat an earlier one, byte by byte; the page of the data says 5,268 */
    CHECK_INT((c.value + 5000) / 10000, 974774793);
    CHECK_STR(c.first_time, "2010-12-01 08:26:00");
    CHECK_STR(c.last_time, "2011-12-09 12:50:00");
    pl_receipts_free(r);
}

static pl_series *cards(pl_receipt_counts *c)
{
    char sums[4500];
    pl_error err = {0};
    pl_series *s;
    pl_receipts *r = read_all("mappings/loyalty-cards-2017.json", PL_BY_CATEGORY, c);
    snprintf(sums, sizeof sums, "%s/sums", test_tmp());
    if (pl_receipts_save(r, sums, true, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    pl_receipts_free(r);
    const char *folders[1] = {sums};
    if (pl_series_load(folders, 1, PL_LINES, 1, false, &s, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    return s;
}

TEST(loyalty_cards)
{
    pl_receipt_counts c;
    pl_series *s = cards(&c);
    CHECK_INT(c.lines, 61709);
    CHECK_INT(c.used, 61709);
    CHECK_INT(c.households, 2344);
    CHECK_INT(c.receipts, 38949);
    CHECK_INT(c.products, 18677);
    CHECK_INT(c.stores, 272);
    CHECK_INT(c.unknown_products, 5);
    CHECK_INT(c.zero_quantity, 320);
    CHECK_INT(c.zero_value, 411); /* the 410 of the page, and 4.4e-16 dollars */
    CHECK_INT((c.value + 5000) / 10000, 19137518);
    CHECK(c.converted > 600 && c.quantity < 100000ll * PL_MILLIONTHS);
    CHECK_INT(s->left_out[0], 1); /* week 1 is short */
    CHECK_INT(s->n_periods, 43);
    double lines = 0;
    for (int32_t k = 0; k < s->n * s->n_periods; k++) {
        lines += s->value[k];
    }
    CHECK(lines > 61000 && lines < 61709);
    pl_series_free(s);
}

/* The last weeks, rolling: no single simple method is better over all levels by more than one part in a hundred; intervals cover what they say. */
TEST(forecast_of_the_last_weeks)
{
    pl_receipt_counts c;
    pl_error err = {0};
    pl_forecast *f, *again;
    pl_series *s = cards(&c);
    pl_forecast_settings set = {.check = 4, .threads = 1, .method = PL_AUTO};
    CHECK_INT(pl_forecast_make(s, &set, &f, &err), PL_OK);
    double best = HUGE_VAL;
    for (int m = 0; m < PL_METHODS; m++) {
        best = f->all.wrmsse[m] < best ? f->all.wrmsse[m] : best;
    }
    printf("# WRMSSE: this %.4f, best of the single methods %.4f, naive %.4f, floor %.4f; 80 %% intervals cover %.1f %%\n", f->all.wrmsse[PL_AUTO], best,
           f->all.wrmsse[PL_NAIVE], f->all.floor, 100 * f->all.coverage[0]);
    CHECK(f->all.wrmsse[PL_AUTO] <= 1.01 * best);
    CHECK(f->all.wrmsse[PL_AUTO] < 0.75 * f->all.wrmsse[PL_NAIVE]);
    CHECK(f->all.wrmsse[PL_AUTO] > f->all.floor);
    CHECK(f->all.coverage[0] >= 0.75 && f->all.coverage[0] <= 0.85);
    CHECK(f->incoherence < 1e-9 * f->node[f->n - 1].mean[0]);
    set.threads = 2; /* the same bits */
    CHECK_INT(pl_forecast_make(s, &set, &again, &err), PL_OK);
    for (int32_t i = 0; i < f->n; i++) {
        CHECK(memcmp(f->node[i].mean, again->node[i].mean, sizeof(double) * (size_t)f->horizon) == 0);
        CHECK(f->node[i].mean[0] >= 0);
    }
    pl_forecast_free(again);
    set.check = 14; /* over more ends, at least as good as the best of the single methods */
    CHECK_INT(pl_forecast_make(s, &set, &again, &err), PL_OK);
    for (int m = 0; m < PL_METHODS; m++) {
        CHECK(!(again->all.wrmsse[m] < again->all.wrmsse[PL_AUTO]));
    }
    CHECK(again->all.coverage[0] >= 0.75 && again->all.coverage[0] <= 0.85);
    pl_forecast_free(again);
    pl_forecast_free(f);
    pl_series_free(s);
}
