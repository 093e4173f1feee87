/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * check.c - `plenty check`: what is wrong, or likely to be wrong, with the tables of an economy. */
#include <math.h>

#include "cli/summary.h"
#include "io/json.h"

typedef struct report {
    const char *path;
    const pl_economy *economy; /* NULL: it could not be loaded */
    pl_summary summary;
    const pl_findings *findings;
} report;

/* ---- Totals ------------------------------------------------------------------------------------------ */

/* What the needs of a tier ask for together, where all goods have one unit; the last tier shown stands for all after it. */
static double asked(const pl_economy *e, int tier)
{
    double sum = 0;
    for (int32_t k = 0; k < e->n_needs; k++) {
        int32_t t = e->needs[k].tier;
        sum += t == tier || (tier == PL_SUMMARY_TIERS && t > tier) ? e->needs[k].amount : 0;
    }
    return sum;
}

/* The most that can be imported (exported), at its price; infinite where one has no limit, 0 where there is none. */
static double most_traded(const pl_economy *e, bool imports)
{
    double sum = 0;
    for (int32_t k = 0; k < e->n_trade; k++) {
        const pl_trade *t = &e->trade[k];
        double price = imports ? t->import_price : t->export_price, limit = imports ? t->import_limit : t->export_limit;
        if (pl_given(price)) {
            sum += pl_given(limit) ? price * limit : (double)INFINITY;
        }
    }
    return sum;
}

static int32_t capped(const pl_economy *e)
{
    int32_t n = 0;
    for (int32_t r = 0; r < e->n_recipes; r++) {
        n += pl_given(e->recipes[r].capacity);
    }
    return n;
}

static void print_needs(const report *r)
{
    const pl_economy *e = r->economy;
    const char *unit = pl_words_common_unit(e);
    printf("  needs      ");
    for (int tier = 1, shown = 0; tier <= PL_SUMMARY_TIERS; tier++) {
        char sum[CLI_NUMBER];
        if (r->summary.needs_of_tier[tier - 1] == 0) {
            continue;
        }
        printf("%stier %d%s: %lld", shown++ > 0 ? "; " : "", tier,
               tier == PL_SUMMARY_TIERS && r->summary.n_tiers > tier ? " and after" : "",
               (long long)r->summary.needs_of_tier[tier - 1]);
        if (unit[0] != '\0') {
            printf(" (%s)", cli_amount(asked(e, tier), sum));
        }
    }
    printf("%s%s%s\n", unit[0] != '\0' ? ", in " : "", unit, e->n_needs == 0 ? "none" : "");
}

static void print_trade(const pl_economy *e)
{
    static const char *const words[] = {"exports", "imports"};
    printf("  trade      %d good%s", e->n_trade, e->n_trade == 1 ? "" : "s");
    for (int imports = 1; imports >= 0; imports--) {
        double most = most_traded(e, imports);
        char sum[CLI_NUMBER];
        if (most > 0) {
            printf("; %s %s%s%s%s", words[imports], isfinite(most) ? "up to " : "without limit",
                   isfinite(most) ? cli_amount(most, sum) : "", isfinite(most) && e->foreign_exchange >= 0 ? " " : "",
                   isfinite(most) && e->foreign_exchange >= 0 ? e->resources[e->foreign_exchange].unit : "");
        }
    }
    printf("\n");
}

/* Goods that need one another can only be made if the whole of them gives more than it takes (Hawkins and Simon). */
static void print_cycles(const pl_summary *s)
{
    char low[CLI_NUMBER], high[CLI_NUMBER];
    if (s->n_cycles == 0) {
        printf("  cycles     none: no good needs itself, by whatever detour, unless it can be imported\n");
        return;
    }
    printf("  cycles     %d group%s of goods that need one another and cannot be imported, %d in the largest",
           s->n_cycles, s->n_cycles == 1 ? "" : "s", s->largest_cycle);
    if (isfinite(s->radius_high)) {
        printf("; %s to %s of what is made is used up on the way", cli_percent(s->radius_low, low),
               cli_percent(s->radius_high, high));
    }
    printf("\n");
}

static void print_totals(const report *r)
{
    const pl_economy *e = r->economy;
    const pl_summary *s = &r->summary;
    char a[CLI_NUMBER], b[CLI_NUMBER];
    print_needs(r);
    printf("  recipes    %d, %d of them with a capacity; %lld flows (%s of all that could be), %lld uses of resources\n",
           e->n_recipes, capped(e), (long long)s->n_flows, cli_percent(s->density, a), (long long)s->n_uses);
    if (s->n_labour > 0) {
        printf("  labour     %d kind%s; %s%s\n", s->n_labour, s->n_labour == 1 ? "" : "s",
               s->labour_available > 0 ? cli_amount(s->labour_available, b) : "no limit",
               s->labour_available > 0 && !s->labour_limited ? " available, and some without limit"
               : s->labour_available > 0                     ? " available"
                                                             : "");
    }
    if (e->n_trade > 0) {
        print_trade(e);
    }
    print_cycles(s);
}

static void json_totals(pl_json *j, const report *r)
{
    const pl_summary *s = &r->summary;
    const struct {
        const char *key;
        double value;
    } figures[] = {
        {"goods", r->economy->n_goods},
        {"recipes", r->economy->n_recipes},
        {"recipes_with_capacity", capped(r->economy)},
        {"resources", r->economy->n_resources},
        {"needs", r->economy->n_needs},
        {"flows", (double)s->n_flows},
        {"uses", (double)s->n_uses},
        {"density", s->density},
        {"labour_available", s->labour_limited ? s->labour_available : PL_ABSENT},
        {"imports_at_most", most_traded(r->economy, true)},
        {"exports_at_most", most_traded(r->economy, false)},
        {"cycles", s->n_cycles},
        {"goods_in_largest_cycle", s->largest_cycle},
        {"spectral_radius_low", s->radius_low},
        {"spectral_radius_high", s->radius_high},
    };
    pl_json_key(j, "totals");
    pl_json_object(j);
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        pl_json_put_number(j, figures[i].key, figures[i].value);
    }
    pl_json_end(j);
}

/* ---- The report ---------------------------------------------------------------------------------------- */

static pl_status print_json(const report *r, pl_error *err)
{
    pl_str text;
    pl_json j;
    pl_str_init(&text, 1u << 24);
    pl_json_init(&j, &text, true);
    pl_json_object(&j);
    pl_json_put_text(&j, "economy", r->path);
    pl_json_put_bool(&j, "loaded", r->economy != NULL);
    if (r->economy != NULL) {
        json_totals(&j, r);
    }
    pl_json_findings(&j, r->findings);
    pl_json_end(&j);
    bool failed = text.failed;
    if (!failed) {
        printf("%s\n", text.text);
    }
    pl_str_clear(&text);
    return failed ? pl_fail_nomem(err, "the report") : PL_OK;
}

/* "10 goods, 1 recipe, ..." */
static void print_counts(const pl_economy *e)
{
    const struct {
        int32_t n;
        const char *one, *many;
    } counts[] = {{e->n_goods, "good", "goods"},
                  {e->n_recipes, "recipe", "recipes"},
                  {e->n_resources, "resource", "resources"},
                  {e->n_needs, "need", "needs"},
                  {e->n_trade, "good in trade", "goods in trade"},
                  {e->n_stocks, "stock", "stocks"}};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        printf("%s%d %s", i > 0 ? ", " : "", counts[i].n, counts[i].n == 1 ? counts[i].one : counts[i].many);
    }
    printf("\n");
}

static void print_text(const report *r)
{
    const pl_economy *e = r->economy;
    const pl_findings *f = r->findings;
    cli_print_findings(f, PL_NOTE, r->path, stdout);
    if (e != NULL) {
        printf("%s: %s%s", r->path, e->title, e->title[0] != '\0' ? ": " : "");
        print_counts(e);
        print_totals(r);
    }
    long long errors = f->count[PL_ERROR], warnings = f->count[PL_WARNING];
    if (errors > 0) {
        printf("%s%lld error%s%s, ", cli_red(), errors, errors == 1 ? "" : "s", cli_plain());
    } else {
        printf("%sno errors%s, ", cli_green(), cli_plain());
    }
    printf("%lld warning%s\n", warnings, warnings == 1 ? "" : "s");
}

int cli_check(const cli_args *args)
{
    pl_error err, printing;
    pl_findings findings = {0};
    pl_economy *economy = NULL;
    report r = {.path = args->argument[0], .findings = &findings};
    pl_progress progress = cli_progress(cli_flag(args, "quiet"));
    pl_status status = cli_memory_for(args, PL_WORK_CHECK, r.path, "checking this", &err);
    status = status == PL_OK ? pl_economy_load(r.path, &progress, &findings, &economy, &err) : status;
    if (status == PL_OK) {
        status = pl_economy_check(economy, &progress, &findings, &err);
    }
    if (status == PL_OK) {
        status = pl_economy_summary(economy, &progress, &r.summary, &err);
    }
    cli_progress_done();
    r.economy = status == PL_OK ? economy : NULL;
    int code = 0;
    bool found = findings.count[PL_ERROR] > 0;
    if (status == PL_OK || found) {
        pl_status printed = PL_OK;
        if (cli_flag(args, "json")) {
            printed = print_json(&r, &printing);
        } else if (!cli_flag(args, "quiet") || found) {
            print_text(&r);
        }
        code = printed != PL_OK ? cli_fail(&printing) : 0;
    }
    if (status != PL_OK) {
        code = found ? pl_status_exit_code(status) : cli_fail(&err);
    } else if (found && code == 0) {
        code = pl_status_exit_code(PL_REFUTED);
    }
    pl_economy_free(economy);
    return code;
}
