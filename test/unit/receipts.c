/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Receipts that are odd, and series that are: each is handled as docs/formats/needs.md says, and counted. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <plenty/needs.h>

#include "test/record_help.h"
#include "test/test.h"

#define MAPPING \
    "{\"format\": \"plenty-receipts-1\", \"files\": [\"till.csv\"], \"columns\": {\"product\": \"code\", \"time\": \"when\", \"household\": \"card\", \"quantity\": \"n\"}}"

static void good(pl_status status, const pl_error *err)
{
    if (status != PL_OK) {
        FAIL("%s: %s", err->subject, err->message);
    }
}

static FILE *create(const char *name)
{
    FILE *f = fopen(test_path(name), "w");
    CHECK(f != NULL);
    return f;
}

static pl_receipts *begin(const pl_receipt_settings *set)
{
    pl_error err = {0};
    pl_receipts *r;
    FILE *f = create("mapping.json");
    fputs(MAPPING, f);
    fclose(f);
    char mapping[4500];
    snprintf(mapping, sizeof mapping, "%s", test_path("mapping.json"));
    good(pl_receipts_new(mapping, test_tmp(), set, &r, &err), &err);
    return r;
}

/* It is read in no more memory than others, counts in the sums, and is nobody's. */
TEST(a_card_with_a_million_lines)
{
    pl_receipt_settings set = {.by = PL_BY_PRODUCT, .period = PL_PERIOD_WEEK, .households = true};
    pl_receipt_counts c;
    pl_error err = {0};
    FILE *f = create("till.csv");
    fputs("when,card,code,n\n2024-01-01,ann,bread,1\n", f);
    for (int k = 0; k < 1000000; k++) {
        fprintf(f, "2024-01-%02d,till,bread,1\n", 1 + k / 50000);
    }
    fclose(f);
    pl_receipts *r = begin(&set);
    good(pl_receipts_read(r, test_path("till.csv"), NULL, NULL, &err), &err);
    good(pl_receipts_save(r, test_path("sums"), true, &err), &err);
    pl_receipts_counts(r, &c);
    CHECK(c.lines == 1000001 && c.used == c.lines && c.large_cards == 1 && c.large_card_lines == 1000000);
    pl_receipts_free(r);
    char line[300], sums[4500];
    snprintf(sums, sizeof sums, "%s/sums.csv", test_path("sums"));
    f = fopen(sums, "r");
    CHECK(f != NULL);
    int named = 0, nobody = 0;
    while (fgets(line, sizeof line, f) != NULL) {
        CHECK(strstr(line, "till") == NULL);
        named += strstr(line, ",ann,") != NULL;
        nobody += strncmp(line, "bread,", 6) == 0 && strstr(line, ",ann,") == NULL;
    }
    fclose(f);
    CHECK(named == 1 && nobody == 3); /* three weeks */
}

/* The order of lines changes no sum; what is out of order is counted. */
TEST(receipts_out_of_order)
{
    pl_receipt_settings set = {.by = PL_BY_PRODUCT, .period = PL_PERIOD_DAY, .last = 19800};
    pl_receipt_counts c;
    pl_error err = {0};
    FILE *f = create("till.csv");
    fputs("when,card,code,n\n2024-01-03,a,bread,1\n2024-01-01,a,bread,2\n2024-01-02,a,bread,-1\n2044-01-02,a,bread,7\n", f);
    fclose(f);
    pl_receipts *r = begin(&set);
    good(pl_receipts_read(r, test_path("till.csv"), NULL, NULL, &err), &err);
    pl_receipts_counts(r, &c);
    CHECK(c.out_of_order == 1 && c.future == 1 && c.negative == 1 && c.used == 3);
    CHECK_STR(c.first_time, "2024-01-01");
    pl_receipts_free(r);
}

/* A constant series is forecast as it is, zeros as zero, an empty week as nothing sold; all are counted. */
TEST(constant_zero_and_empty)
{
    pl_error err = {0};
    pl_series *s;
    pl_forecast *out;
    char folder[4500], date[PL_DATE_TEXT];
    snprintf(folder, sizeof folder, "%s/odd", test_tmp());
    FILE *f = create("odd-sums");
    fputs("item,period,lines,sold,returned,value\n", f);
    for (int t = 0; t < 20; t++) {
        if (t != 9) {
            fprintf(f, "bread,%s,5,7,0,7\nnothing,%s,1,1,1,0\n", pl_day_text(19723 + 7 * t, date), date);
        }
    }
    fclose(f);
    pl_receipt_settings set = {.by = PL_BY_PRODUCT};
    pl_receipts *r = begin(&set); /* makes a folder of sums, whose table is replaced */
    f = create("till.csv");
    fputs("when,card,code,n\n2024-01-01,a,bread,1\n", f);
    fclose(f);
    set.period = PL_PERIOD_WEEK;
    pl_receipts_free(r);
    r = begin(&set);
    good(pl_receipts_read(r, test_path("till.csv"), NULL, NULL, &err), &err);
    good(pl_receipts_save(r, folder, true, &err), &err);
    pl_receipts_free(r);
    char to[4600];
    snprintf(to, sizeof to, "%s/sums.csv", folder);
    CHECK(rename(test_path("odd-sums"), to) == 0);
    snprintf(to, sizeof to, "%s/periods.csv", folder);
    remove(to);
    const char *folders[] = {folder};
    good(pl_series_load(folders, 1, PL_QUANTITY, 1, false, &s, &err), &err);
    CHECK(s->empty_periods == 1 && s->n_periods == 20);
    for (int t = 0; t < 20; t++) {
        s->value[t] = 7; /* without the empty week */
    }
    pl_forecast_settings how = {.method = PL_AUTO, .check = -1};
    good(pl_forecast_make(s, &how, &out, &err), &err);
    CHECK(out->constant == 1 && out->zero == 1);
    for (int k = 0; k < 4; k++) {
        CHECK(fabs(out->node[0].mean[k] - 7) < 1e-9 && out->node[1].mean[k] == 0 && fabs(out->node[2].mean[k] - 7) < 1e-9);
        CHECK(out->node[0].quantile[k * PL_QUANTILES] > 6.999 && out->node[1].quantile[k * PL_QUANTILES + 4] < 1e-9);
    }
    pl_forecast_free(out);
    pl_series_free(s);
}
