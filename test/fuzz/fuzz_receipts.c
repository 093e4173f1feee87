/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Arbitrary bytes, the first of which says as what: receipts, their mapping, their products, orders, reports, shelves, sums, what was missed, drivers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <plenty/needs.h>

#include "test/fuzz/fuzz.h"

enum { MAPPING, PRODUCTS, TILL, ORDERS, REPORTS, SHELF, MISSED, DRIVERS, SUMS, FILES };
static const char *const NAME[FILES] = {"mapping.json", "products.csv", "till.csv", "orders.csv", "missing.csv", "shelf.csv", "missed.csv", "drivers.csv", "sums.csv"};
static const char *const GOOD[FILES] = {
    "{\"format\": \"plenty-receipts-1\", \"files\": [\"till.csv\"], \"columns\": {\"product\": \"code\", \"time\": \"when\", \"receipt\": \"slip\", \"household\": \"card\", "
    "\"quantity\": \"n\", \"value\": \"paid\", \"store\": \"shop\", \"promoted\": \"off\"}, \"not_goods\": [\"POST\"], \"cancelled\": {\"column\": \"slip\", \"begins\": \"C\"}, "
    "\"products\": {\"file\": \"products.csv\", \"product\": \"code\", \"category\": \"kind\", \"pack\": \"pack\"}, \"units\": [{\"begins\": \"GAS\", \"factor\": 0.001}]}",
    "code,kind,pack\nbread,food,16 OZ\nGAS,fuel,\n",
    "slip,when,card,code,n,paid,shop,off\n1,2024-01-01 09:00:00,a,bread,2,4.00,x,0\nC2,2024-01-09,b,GAS,-1000,-2,x,1\n",
    "item,place,who,amount,from,until\nbread,,ann,2,2024-01-01,2024-02-01\n",
    "item,place,who,amount,period,list\nbread,x,ann,2,2024-01-01,customers\nbread,x,bob,,2024-01-01,staff\n",
    "item,place,period,sold,on_shelf,empty,expected\nbread,x,2024-01-01,10,0.5,,\nbread,x,2024-01-08,7,,1,8\n",
    "item,place,period,missed,reports\nbread,x,2024-01-08,3,1\n",
    "item,place,period,price,feast\nbread,,2024-01-29,2,1\n,,2024-01-08,,1\n",
    "item,group,place,period,lines,promoted,sold,returned,value\nbread,food,x,2024-01-01,2,0,4,0,8\nbread,food,x,2024-01-29,3,1,6,0,9\nmilk,food,x,2024-01-15,1,0,1,0,1\n",
};
static char dir[64], path[FILES][96], saved[96];

static void put(const char *file, const void *bytes, size_t n)
{
    FILE *f = fopen(file, "wb");
    if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0) {
        abort();
    }
}

static void remove_saved(void)
{
    static const char *const file[] = {"sums.csv", "periods.csv", "report.json", "orders.csv", "missing.csv"};
    char name[200];
    for (size_t k = 0; k < sizeof file / sizeof *file; k++) {
        snprintf(name, sizeof name, "%s/%s", saved, file[k]);
        unlink(name);
    }
    rmdir(saved);
}

static void remove_all(void)
{
    remove_saved();
    for (int k = 0; k < FILES; k++) {
        unlink(path[k]);
    }
    rmdir(dir);
}

static void begin(void)
{
    snprintf(dir, sizeof dir, "%s/fuzz-receipts-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(dir) == NULL) {
        abort();
    }
    snprintf(saved, sizeof saved, "%s/saved", dir);
    for (int k = 0; k < FILES; k++) {
        snprintf(path[k], sizeof path[k], "%s/%s", dir, NAME[k]);
    }
    atexit(remove_all);
}

/* Every line is in exactly one of these. */
static void check_counts(const pl_receipt_counts *c)
{
    if (c->lines != c->used + c->unreadable + c->future + c->before + c->not_goods + c->dropped || c->used < 0 || c->duplicates > c->lines) {
        abort();
    }
}

static void try_receipts(void)
{
    pl_error err = {0};
    pl_receipts *r;
    pl_receipt_counts c;
    static pl_findings findings;
    pl_receipt_settings set = {.by = PL_BY_CATEGORY, .place = PL_PLACE_STORE, .period = PL_PERIOD_WEEK, .first = -10000, .last = 30000, .households = true, .card_lines = 3, .skip_unreadable = true};
    if (pl_receipts_new(path[MAPPING], dir, &set, &r, &err) != PL_OK) {
        return;
    }
    pl_status status = pl_receipts_read(r, path[TILL], NULL, &findings, &err);
    pl_receipts_counts(r, &c);
    if (status == PL_OK) {
        check_counts(&c);
        if (pl_receipts_save(r, saved, true, &err) != PL_OK) {
            abort();
        }
        remove_saved();
    }
    memset(&findings, 0, sizeof findings);
    pl_receipts_free(r);
}

static void try_wants(void)
{
    pl_error err = {0};
    pl_wants *w;
    pl_item_wants *sums;
    pl_shelf *shelf;
    size_t n;
    if (pl_wants_new(&w, &err) != PL_OK) {
        abort();
    }
    pl_status orders = pl_wants_load(w, false, path[ORDERS], &err), reports = pl_wants_load(w, true, path[REPORTS], &err);
    if (pl_wants_sums(w, 0, 19000, 20000, &sums, &n, &err) == PL_OK) {
        for (size_t k = 0; k < n; k++) {
            if (!(sums[k].ordered >= 0) || !(sums[k].missed >= 0) || sums[k].both > sums[k].ordering || sums[k].both > sums[k].missing) {
                abort();
            }
        }
        pl_wants_sums_free(sums);
    }
    if (orders == PL_OK && reports == PL_OK && pl_wants_save(w, saved, true, &err) != PL_OK) {
        abort();
    }
    remove_saved();
    if (pl_shelf_make(path[SHELF], w, &shelf, &err) == PL_OK) {
        for (size_t k = 0; k < shelf->n_missed; k++) {
            if (!(shelf->missed[k].amount >= 0)) {
                abort();
            }
        }
        pl_shelf_free(shelf);
    }
    pl_wants_free(w);
}

static void try_series(void)
{
    pl_error err = {0};
    pl_series *s;
    pl_drivers *d = NULL;
    pl_forecast *f;
    const char *folders[] = {dir};
    if (pl_series_load(folders, 1, PL_QUANTITY, 1, true, &s, &err) != PL_OK) {
        return;
    }
    if (s->n_periods <= 60 && s->n <= 20) {
        pl_status missed = pl_series_add_missed(s, path[MISSED], &err);
        pl_status drivers = pl_drivers_load(s, path[DRIVERS], 2, &d, &err);
        pl_forecast_settings set = {.method = PL_AUTO, .horizon = 2, .check = -1, .origins = 3, .drivers = d};
        if (missed == PL_OK && drivers == PL_OK && pl_forecast_make(s, &set, &f, &err) == PL_OK) {
            for (int32_t i = 0; i < f->n; i++) {
                if (!(f->node[i].mean[0] >= 0)) {
                    abort();
                }
            }
            pl_forecast_free(f);
        }
        pl_drivers_free(d);
    }
    pl_series_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 20000) {
        return 0;
    }
    if (dir[0] == '\0') {
        begin();
    }
    int which = data[0] % FILES;
    for (int k = 0; k < FILES; k++) {
        put(path[k], k == which ? (const char *)data + 1 : GOOD[k], k == which ? size - 1 : strlen(GOOD[k]));
    }
    if (which <= TILL) {
        try_receipts();
    } else if (which <= SHELF) {
        try_wants();
    } else {
        try_series();
    }
    return 0;
}
