/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * needs.c - plenty needs read, plenty needs forecast: from receipts to sums to what will be needed. */
#include <math.h>
#include <string.h>
#include <time.h>

#include <plenty/needs.h>

#include "base/number.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/needs.h"
#include "io/file.h"

pl_status needs_word(const cli_args *args, const char *option, const char *const *words, int n, int otherwise, int *out, pl_error *err)
{
    const char *text = cli_text(args, option);
    *out = otherwise;
    if (text == NULL) {
        return PL_OK;
    }
    for (int k = 0; k < n; k++) {
        if (strcmp(text, words[k]) == 0) {
            *out = k;
            return PL_OK;
        }
    }
    char subject[64], hint[200];
    size_t at = 0;
    for (int k = 0; k < n && at < sizeof hint - 40; k++) {
        at += (size_t)snprintf(hint + at, sizeof hint - at, "%s%.30s", k > 0 ? ", " : "", words[k]);
    }
    snprintf(subject, sizeof subject, "--%.40s", option);
    return pl_fail(err, PL_USAGE, subject, hint, "what is '%.60s'?", text);
}

pl_status needs_day(const cli_args *args, const char *option, int32_t otherwise, int32_t *out, pl_error *err)
{
    char subject[64];
    const char *text = cli_text(args, option);
    *out = otherwise;
    if (text == NULL || (strlen(text) == 10 && pl_day_parse(text, 10, out))) {
        return PL_OK;
    }
    snprintf(subject, sizeof subject, "--%.40s", option);
    return pl_fail(err, PL_USAGE, subject, "write for example 2017-01-30", "'%.60s' is no date", text);
}

/* ---- needs read ------------------------------------------------------------------------------------------------------------- */

/* --mapping; mapping.json in the folder; mappings/NAME.json of Plenty. */
static pl_status find_mapping(const cli_args *args, const char *folder, char *out, size_t size, pl_error *err)
{
    const char *given = cli_text(args, "mapping");
    char real[4096], name[300];
    if (given != NULL) {
        snprintf(out, size, "%s", given);
        return PL_OK;
    }
    if (pl_path_join(out, size, folder, "mapping.json") && pl_path_exists(out)) {
        return PL_OK;
    }
    snprintf(real, sizeof real, "%s", folder);
    for (size_t n = strlen(real); n > 1 && real[n - 1] == '/'; n--) {
        real[n - 1] = '\0';
    }
    const char *slash = strrchr(real, '/');
    snprintf(name, sizeof name, "mappings/%.250s.json", slash != NULL ? slash + 1 : real);
    if (cli_find_shared(name, out, size) && pl_path_exists(out)) {
        return PL_OK;
    }
    return pl_fail(err, PL_NOTFOUND, folder, "write one: docs/formats/needs.md; then --mapping FILE", "there is no mapping for these receipts");
}

static pl_status read_settings(const cli_args *args, pl_receipt_settings *set, pl_error *err)
{
    static const char *const by[] = {"product", "category", "group"}, *const place[] = {"none", "store", "region"}, *const period[] = {"day", "week", "month"};
    int k[3] = {0};
    double card = 0;
    int32_t today = (int32_t)(time(NULL) / 86400);
    pl_status status = needs_word(args, "by", by, 3, PL_BY_CATEGORY, &k[0], err);
    status = status == PL_OK ? needs_word(args, "place", place, 3, PL_PLACE_NONE, &k[1], err) : status;
    status = status == PL_OK ? needs_word(args, "period", period, 3, PL_PERIOD_WEEK, &k[2], err) : status;
    status = status == PL_OK ? needs_day(args, "from", INT32_MIN, &set->first, err) : status;
    status = status == PL_OK ? needs_day(args, "until", today, &set->last, err) : status;
    status = status == PL_OK ? cli_number(args, "card-lines", 1, 1e12, 0, &card, err) : status;
    set->by = (pl_sum_by)k[0];
    set->place = (pl_sum_place)k[1];
    set->period = (pl_period_kind)k[2];
    set->households = cli_flag(args, "households");
    set->skip_unreadable = cli_flag(args, "skip-unreadable");
    set->drop_duplicates = cli_flag(args, "drop-duplicates");
    set->card_lines = (int64_t)card;
    return status;
}

/* A row of the report where there is something to say. */
static void tell(int64_t n, const char *what)
{
    if (n > 0) {
        char text[CLI_NUMBER];
        printf("  %12s  %s\n", cli_amount((double)n, text), what);
    }
}

static void print_counts(const pl_receipt_counts *c)
{
    printf("%lld lines from %s to %s: value %.2f, quantity %.6g\n", (long long)c->lines, c->first_time, c->last_time, (double)c->value / PL_MILLIONTHS,
           (double)c->quantity / PL_MILLIONTHS);
    const struct {
        int64_t n;
        const char *what;
    } rows[] = {
        {c->receipts, "receipts"}, {c->households, "households"}, {c->stores, "stores"}, {c->regions, "regions"}, {c->products, "products"},
        {c->used, "lines went into the sums"}, {c->unreadable, "lines left out: they cannot be read"},
        {c->future, "lines left out: after the last day (--until)"}, {c->before, "lines left out: before the first day (--from)"},
        {c->not_goods, "lines left out: no goods (not_goods of the mapping)"}, {c->dropped, "lines left out: repeated (--drop-duplicates)"},
        {c->duplicates, "lines repeat an earlier line of their receipt (counted, unless --drop-duplicates)"},
        {c->negative, "lines with a negative quantity: returns, taken off"}, {c->cancelled, "lines of cancelled receipts"},
        {c->zero_quantity, "lines with quantity 0"}, {c->zero_value, "lines with value 0"}, {c->negative_value, "lines with a negative value"},
        {c->no_price, "lines with a price of 0 or less"}, {c->no_household, "lines without a household"},
        {c->unknown_product, "lines of products without a record: item 'unknown'"}, {c->unknown_products, "such products"},
        {c->converted, "lines counted in an odd unit, converted"}, {c->rounded, "numbers rounded to millionths"},
        {c->out_of_order, "lines earlier than the line above (no harm)"}, {c->pack_read, "lines with a pack size that was understood"},
        {c->pack_unread, "lines with a pack size that was not"}, {c->pack_blank, "lines without a pack size"},
        {c->large_cards, "cards with too many lines to be a household (--card-lines)"}, {c->large_card_lines, "lines of these cards: counted, as nobody's"},
        {c->empty_periods, "periods without any line"}, {c->duplicate_files, "files left out: read before"},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        tell(rows[k].n, rows[k].what);
    }
}

/* Calls `with` for every file of receipts: those of the arguments, else those that the mapping names. */
typedef pl_status (*file_fn)(void *user, const char *path, pl_error *err);
static pl_status each_file(const cli_args *args, const pl_receipts *r, file_fn with, void *user, pl_error *err)
{
    pl_status status = PL_OK;
    char path[4500];
    const char *file;
    for (int k = 1; k < args->n_arguments && status == PL_OK; k++) {
        bool inside = false;
        if (!pl_path_exists(args->argument[k])) {
            snprintf(path, sizeof path, "name it from this folder: %.2000s/%.2000s", args->argument[0], args->argument[k]);
            inside = pl_path_exists(strchr(path, ':') + 2);
        }
        status = inside ? pl_fail(err, PL_NOTFOUND, args->argument[k], path, "there is no such file") : with(user, args->argument[k], err);
    }
    for (int32_t k = 0; args->n_arguments == 1 && status == PL_OK && (file = pl_receipts_file(r, k)) != NULL; k++) {
        static const char *const ends[] = {"", ".gz", ".zst"};
        bool found = false;
        for (size_t e = 0; e < 3 && !found; e++) {
            snprintf(path, sizeof path, "%.4000s/%.400s%s", args->argument[0], file, ends[e]);
            found = pl_path_exists(path);
        }
        status = found ? with(user, path, err)
                       : pl_fail(err, PL_NOTFOUND, file, "put it there, or correct \"files\" in the mapping", "there is no such file in %.200s", args->argument[0]);
    }
    return status;
}

typedef struct reading {
    pl_receipts *r;
    pl_findings *findings;
    pl_progress progress;
} reading;

static pl_status read_file(void *user, const char *path, pl_error *err)
{
    reading *q = user;
    return pl_receipts_read(q->r, path, &q->progress, q->findings, err);
}

/* --delete-receipts, once the sums are written: nobody needs the purchases of single people any more. */
static pl_status delete_file(void *user, const char *path, pl_error *err)
{
    int *deleted = user;
    if (remove(path) != 0) {
        return pl_fail(err, PL_IO, path, "the sums are written; delete the receipts yourself", "it cannot be deleted");
    }
    ++*deleted;
    return PL_OK;
}

int cli_needs_read(const cli_args *args)
{
    pl_error err;
    char mapping[4500];
    pl_receipt_settings set = {0};
    pl_receipts *r = NULL;
    pl_receipt_counts counts;
    int deleted = 0;
    static pl_findings findings;
    const char *out = cli_text(args, "output");
    pl_status status = out != NULL ? read_settings(args, &set, &err) : pl_fail(&err, PL_USAGE, "--output", "add -o SUMS", "say where the sums should go");
    status = status == PL_OK ? find_mapping(args, args->argument[0], mapping, sizeof mapping, &err) : status;
    status = status == PL_OK ? pl_receipts_new(mapping, args->argument[0], &set, &r, &err) : status;
    reading q = {r, &findings, cli_progress(cli_flag(args, "quiet"))};
    status = status == PL_OK ? each_file(args, r, read_file, &q, &err) : status;
    cli_progress_done();
    cli_print_findings(&findings, cli_flag(args, "quiet") ? PL_ERROR : PL_WARNING, args->argument[0], stderr);
    status = status == PL_OK ? pl_receipts_save(r, out, cli_flag(args, "replace"), &err) : status;
    if (status == PL_OK && !cli_flag(args, "quiet")) {
        pl_receipts_counts(r, &counts);
        print_counts(&counts);
        printf("written: %s\n", out);
    }
    if (status == PL_OK && cli_flag(args, "delete-receipts")) {
        status = each_file(args, r, delete_file, &deleted, &err);
        printf("deleted: %d file%s of receipts\n", deleted, deleted == 1 ? "" : "s");
    }
    pl_receipts_free(r);
    return status != PL_OK ? cli_fail(&err) : 0;
}

/* ---- needs forecast ------------------------------------------------------------------------------------------------------------ */

static pl_status forecast_settings(const cli_args *args, pl_forecast_settings *set, pl_error *err)
{
    double horizon, season, origins, check, every;
    const char *method = cli_text(args, "method");
    pl_status status = cli_number(args, "horizon", 1, 1000, 4, &horizon, err);
    status = status == PL_OK ? cli_number(args, "season", 0, 1000, -1, &season, err) : status;
    status = status == PL_OK ? cli_number(args, "origins", 1, 100, 6, &origins, err) : status;
    status = status == PL_OK ? cli_number(args, "check", 0, 100, 4, &check, err) : status;
    status = status == PL_OK ? cli_number(args, "check-every", 1, 1000, 1, &every, err) : status;
    status = status == PL_OK ? cli_threads(args, true, &set->threads, err) : status;
    set->method = method != NULL ? pl_method_find(method) : PL_AUTO;
    if (status == PL_OK && method != NULL && set->method == PL_METHODS && strcmp(method, "auto") != 0) {
        return pl_fail(err, PL_USAGE, "--method", "say auto, naive, mean, ses, damped, theta, combined, tsb ...: plenty needs forecast --help", "what is '%.60s'?", method);
    }
    if (status == PL_OK) {
        set->horizon = (int32_t)horizon;
        set->season = season < 0 ? 0 : season < 2 ? -1 : (int32_t)season;
        set->origins = (int32_t)origins;
        set->check = check < 1 ? -1 : (int32_t)check;
        set->check_every = (int32_t)every;
        set->leaves_only = cli_flag(args, "leaves-only");
    }
    return status;
}

static void print_scores(const pl_forecast *f)
{
    static const char *const level[] = {"total", "group", "item", "place"};
    cli_table t;
    char naive[32], seasonal[32], best[32];
    cli_table_start(&t, "lrrrrrrr");
    cli_table_heading(&t, "level\tseries\tnaive\tseasonal\tbest method\tthis\tfloor\t80 % cover");
    for (int l = 0; l <= PL_LEVELS; l++) {
        const pl_score *s = l == PL_LEVELS ? &f->all : &f->level[l];
        double least = HUGE_VAL;
        for (int m = 0; m < PL_METHODS; m++) {
            least = s->wrmsse[m] < least ? s->wrmsse[m] : least;
        }
        if (s->series > 0) {
            snprintf(naive, sizeof naive, "%.3f", s->wrmsse[PL_NAIVE]);
            snprintf(seasonal, sizeof seasonal, isnan(s->wrmsse[PL_SNAIVE]) ? "-" : "%.3f", s->wrmsse[PL_SNAIVE]);
            snprintf(best, sizeof best, "%.3f", least);
            cli_table_row(&t, "%s\t%d\t%s\t%s\t%s\t%.3f\t%.3f\t%.0f %%", l == PL_LEVELS ? "all" : level[l], s->series, naive, seasonal, best, s->wrmsse[PL_AUTO],
                          s->floor, 100 * s->coverage[0]);
        }
    }
    printf("\nExpected error, from %d earlier ends (WRMSSE; 'floor' is what chance alone gives, no method gets below it):\n", f->checked);
    cli_table_print(&t, stdout);
    printf("Expected WAPE: %.1f %% of an item's period", 100 * f->level[f->level[PL_LEVEL_PLACE].series > 0 ? PL_LEVEL_PLACE : PL_LEVEL_ITEM].wape);
    if (f->level[PL_LEVEL_TOTAL].series > 0) {
        printf(", %.1f %% of all together", 100 * f->level[PL_LEVEL_TOTAL].wape);
    }
    printf(".\n");
}

static void print_drivers(const pl_forecast *f)
{
    cli_table t;
    char effect[PL_NUMBER_MAX];
    printf("Drivers explain %.0f %% of the changes within series (logarithms):\n", 100 * f->r2);
    cli_table_start(&t, "lrl");
    cli_table_heading(&t, "driver\teffect\twhat it means");
    for (int32_t k = 0; k < f->n_drivers; k++) {
        char means[80] = "never varied: left out";
        pl_number_for_people(f->effect[k], effect);
        if (!isnan(f->effect[k]) && strcmp(f->driver[k], "price") == 0) {
            snprintf(means, sizeof means, "1 %% dearer: %+.2f %%", f->effect[k]);
        } else if (!isnan(f->effect[k])) {
            snprintf(means, sizeof means, "1 more: %+.0f %%", 100 * expm1(f->effect[k]));
        }
        cli_table_row(&t, "%s\t%s\t%s", f->driver[k], isnan(f->effect[k]) ? "" : effect, means);
    }
    cli_table_print(&t, stdout);
}

static void print_forecast(const pl_series *s, const pl_forecast *f)
{
    char from[PL_DATE_TEXT], to[PL_DATE_TEXT], ahead[PL_DATE_TEXT];
    printf("%d series of %d %ss (%s to %s), %s, forecasts of %d from %s\n", f->n_leaves, f->n_periods, pl_period_id(f->kind), pl_day_text(pl_period_first_day(f->kind, f->first), from),
           pl_day_text(pl_period_first_day(f->kind, f->first + f->n_periods) - 1, to), pl_measure_id(f->measure), f->horizon, pl_day_text(pl_period_first_day(f->kind, f->first + f->n_periods), ahead));
    tell(s->left_out[0] + s->left_out[1], "incomplete periods left out at the ends (--keep-incomplete)");
    tell(s->empty_periods, "periods without any line: taken as they are, nothing sold");
    tell(s->missed_elsewhere, "rows of --missed left out: of other items, places or periods");
    tell(f->constant, "series are constant");
    tell(f->zero, "series are zero throughout");
    tell(f->intermittent, "series are intermittent");
    int64_t count[PL_METHODS] = {0};
    for (int32_t i = 0; i < f->n; i++) {
        count[f->node[i].method]++;
    }
    printf("Chosen:");
    for (int m = 0; m < PL_METHODS; m++) {
        if (count[m] > 0) {
            printf(" %s %lld", pl_method_id((pl_method)m), (long long)count[m]);
        }
    }
    printf("\n");
    if (f->n_drivers > 0) {
        print_drivers(f);
    }
    if (f->checked > 0) {
        print_scores(f);
    }
}

/* --missed, in the units of the sums. */
static pl_status add_missed(const cli_args *args, int measure, pl_series *series, pl_error *err)
{
    const char *path = cli_text(args, "missed");
    if (path != NULL && measure != PL_QUANTITY) {
        return pl_fail(err, PL_USAGE, "--missed", "leave --measure away", "what was missed is a quantity");
    }
    return path != NULL ? pl_series_add_missed(series, path, err) : PL_OK;
}

static pl_status add_orders(const cli_args *args, pl_forecast *f, pl_error *err)
{
    const char *orders = cli_text(args, "orders"), *reports = cli_text(args, "reports");
    pl_wants *wants = NULL;
    if (orders == NULL && reports == NULL) {
        return PL_OK;
    }
    pl_status status = pl_wants_new(&wants, err);
    status = status == PL_OK && orders != NULL ? pl_wants_load(wants, false, orders, err) : status;
    status = status == PL_OK && reports != NULL ? pl_wants_load(wants, true, reports, err) : status;
    status = status == PL_OK ? pl_forecast_add_wants(f, wants, err) : status;
    pl_wants_free(wants);
    return status;
}

pl_status needs_write_economy(const cli_args *args, const pl_forecast *f, pl_error *err)
{
    const char *from = cli_text(args, "economy"), *to = cli_text(args, "economy-output");
    pl_needs_written w;
    if (from == NULL && to == NULL) {
        return PL_OK;
    }
    if (from == NULL || to == NULL) {
        return pl_fail(err, PL_USAGE, from == NULL ? "--economy" : "--economy-output", "--economy ECONOMY --economy-output NEW", "one of them is missing");
    }
    pl_status status = pl_needs_write(f, from, to, cli_text(args, "links"), cli_flag(args, "replace"), &w, err);
    if (status == PL_OK && !cli_flag(args, "quiet")) {
        printf("written: %s, with needs of %d good%s\n", to, w.goods, w.goods == 1 ? "" : "s");
        for (int s = 0; s < PL_SOURCES; s++) {
            char amount[PL_NUMBER_MAX];
            pl_number_for_people(w.amount[s], amount);
            if (w.of[s] > 0) {
                printf("  %-13s  %d good%s, %s in all\n", pl_source_id((pl_source)s), w.of[s], w.of[s] == 1 ? "" : "s", amount);
            }
        }
    }
    return status;
}

int cli_needs_forecast(const cli_args *args)
{
    const char *const measures[] = {pl_measure_id(PL_LINES), pl_measure_id(PL_QUANTITY), pl_measure_id(PL_VALUE)};
    pl_error err;
    pl_forecast_settings set = {0};
    pl_series *series = NULL;
    pl_drivers *drivers = NULL;
    pl_forecast *f = NULL;
    pl_progress progress = cli_progress(cli_flag(args, "quiet"));
    const char *out = cli_text(args, "output");
    int measure;
    double scale = 1;
    set.progress = &progress;
    pl_status status = forecast_settings(args, &set, &err);
    status = status == PL_OK ? needs_word(args, "measure", measures, 3, PL_QUANTITY, &measure, &err) : status;
    status = status == PL_OK ? cli_number(args, "scale", 1e-12, 1e12, 1, &scale, &err) : status;
    status = status == PL_OK ? pl_series_load(args->argument, args->n_arguments, (pl_measure)measure, scale, cli_flag(args, "keep-incomplete"), &series, &err) : status;
    status = status == PL_OK ? add_missed(args, measure, series, &err) : status;
    status = status == PL_OK && cli_text(args, "drivers") != NULL ? pl_drivers_load(series, cli_text(args, "drivers"), set.horizon, &drivers, &err) : status;
    set.drivers = drivers;
    status = status == PL_OK ? pl_forecast_make(series, &set, &f, &err) : status;
    status = status == PL_OK ? add_orders(args, f, &err) : status;
    cli_progress_done();
    if (status == PL_OK && out != NULL) {
        status = pl_forecast_save(f, out, cli_flag(args, "replace"), &err);
    }
    status = status == PL_OK ? needs_write_economy(args, f, &err) : status;
    if (status == PL_OK && !cli_flag(args, "quiet")) {
        print_forecast(series, f);
        tell(drivers != NULL ? drivers->elsewhere : 0, "rows of --drivers left out: of other items, places or periods");
        tell(drivers != NULL ? drivers->assumed : 0, "prices ahead that --drivers does not say: taken as last");
        if (out != NULL) {
            printf("written: %s\n", out);
        }
    }
    pl_forecast_free(f);
    pl_drivers_free(drivers);
    pl_series_free(series);
    return status != PL_OK ? cli_fail(&err) : 0;
}
