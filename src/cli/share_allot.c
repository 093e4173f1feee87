/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * share_allot.c - plenty share allot: who gets what. */
#include <math.h>
#include <string.h>

#include <plenty/share.h>

#include "cli/cli.h"
#include "io/json.h"

static pl_status choose_rule(const cli_args *args, pl_share_rule *rule, pl_error *err)
{
    const char *text = cli_text(args, "rule");
    *rule = PL_RULE_UNIFORM;
    for (int k = 0; text != NULL && k < PL_SHARE_RULES; k++) {
        if (strcmp(text, pl_share_rule_id((pl_share_rule)k)) == 0) {
            *rule = (pl_share_rule)k;
            return PL_OK;
        }
    }
    return text == NULL ? PL_OK : pl_fail(err, PL_USAGE, "--rule", "uniform, points, lottery, urgency", "there is no rule '%.60s'", text);
}

static const char *amount(const pl_share_good *g, int64_t parts, char out[CLI_NUMBER])
{
    return cli_amount((double)parts / (double)g->part, out);
}

static void print_goods(const pl_sharing *s, const pl_shared *shared)
{
    static cli_table table;
    cli_table *t = &table;
    cli_table_start(t, "llrrrrl");
    cli_table_heading(t, "good\trule\tsupply\tclaimed\tshort\tnothing\tlevel, price");
    int32_t shown = 0;
    for (int32_t g = 0; g < s->n_goods && shown < CLI_ROWS - 2; g++, shown++) {
        const pl_share_good *good = &s->good[g];
        const pl_share_outcome *o = &shared->outcome[g];
        char a[CLI_NUMBER], b[CLI_NUMBER], c[CLI_NUMBER], level[CLI_NUMBER + 80] = "";
        if (!isnan(o->level)) {
            snprintf(level, sizeof level, "%s%.40s%s", cli_amount(o->level, c), good->unit[0] != '\0' ? " " : "", good->unit);
        } else if (o->price > 0) {
            snprintf(level, sizeof level, "%s points", cli_amount(o->price, c));
        } else if (o->capped == 0) {
            snprintf(level, sizeof level, "all claims are met");
        }
        cli_table_row(t, "%s\t%s\t%s\t%s\t%lld\t%lld\t%s", good->id, pl_share_rule_id(good->rule), amount(good, good->supply, a), amount(good, o->claimed, b),
                      (long long)o->capped, (long long)o->nothing, level);
    }
    cli_table_print(t, stdout);
    if (shown < s->n_goods) {
        printf("and %d more in prices.csv\n", s->n_goods - shown);
    }
}

static void print_words(const pl_sharing *s, const pl_shared *shared, const char *folder)
{
    printf("%s%d people, %d goods, %lld claims%s\n\n", cli_bold(), s->n_people, s->n_goods, (long long)s->n_wants, cli_plain());
    print_goods(s, shared);
    putchar('\n');
    for (int32_t g = 0; g < s->n_goods; g++) {
        if (shared->outcome[g].floors_short) {
            cli_print_safely(s->good[g].id, stdout);
            printf(": the floors alone are more than there is; they are shared by the uniform rule, nobody gets more than the level\n");
        }
        if (shared->outcome[g].drawn > 0 && s->good[g].part == 1) {
            cli_print_safely(s->good[g].id, stdout);
            printf(": %lld by lot\n", (long long)shared->outcome[g].drawn);
        }
    }
    if (shared->market.goods > 0) {
        char a[CLI_NUMBER];
        printf("the market clears to %.0e; with the baskets of others nobody would be better off by more than %.0e; unspent: %s of all points\n",
               fmax(shared->market.excess, shared->market.slack), shared->market.envy, cli_percent(shared->market.unspent, a));
    }
    printf("written: %s (who gets what: allotments.csv)\n", folder);
}

static void print_json(const pl_sharing *s, const pl_shared *shared)
{
    pl_str out;
    pl_json j;
    pl_str_init(&out, (size_t)1 << 30);
    pl_json_init(&j, &out, true);
    pl_json_object(&j);
    pl_json_put_int(&j, "people", s->n_people);
    pl_json_put_int(&j, "claims", s->n_wants);
    pl_json_key(&j, "goods");
    pl_json_array(&j);
    for (int32_t g = 0; g < s->n_goods; g++) {
        const pl_share_good *good = &s->good[g];
        const pl_share_outcome *o = &shared->outcome[g];
        pl_json_object(&j);
        pl_json_put_text(&j, "good", good->id);
        pl_json_put_text(&j, "rule", pl_share_rule_id(good->rule));
        pl_json_put_number(&j, "supply", (double)good->supply / (double)good->part);
        pl_json_put_number(&j, "allotted", (double)o->given / (double)good->part);
        pl_json_put_int(&j, "short", o->capped);
        pl_json_put_int(&j, "nothing", o->nothing);
        pl_json_put_bool(&j, "floors_short", o->floors_short);
        pl_json_put_number(&j, "level", o->level);
        pl_json_put_number(&j, "price", o->price);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    fputs(out.text, stdout);
    putchar('\n');
    pl_str_clear(&out);
}

int cli_share_allot(const cli_args *args)
{
    pl_error err;
    pl_share_rule rule;
    pl_sharing *s = NULL;
    pl_shared *shared = NULL;
    pl_share_settings set = {.seed = cli_text(args, "seed"), .threads = 1, .progress = cli_progress(cli_flag(args, "quiet"))};
    const char *folder = cli_text(args, "output"), *from = args->argument[0];
    if (folder == NULL) {
        return cli_usage(args, "plenty share allot CASE -o SHARED", "where should the outcome be written?");
    }
    pl_status status = choose_rule(args, &rule, &err);
    if (status == PL_OK && set.seed != NULL && set.seed[0] == '\0') {
        status = pl_fail(&err, PL_USAGE, "--seed", "say what the dice showed, for example \"4 1 6\"", "the seed is empty");
    }
    status = status == PL_OK ? cli_threads(args, true, &set.threads, &err) : status;
    status = status == PL_OK ? pl_sharing_load(from, rule, &s, &err) : status;
    status = status == PL_OK ? pl_share(s, &set, &shared, &err) : status;
    cli_progress_done();
    status = status == PL_OK ? pl_shared_save(s, shared, from, folder, cli_flag(args, "replace"), &err) : status;
    if (status == PL_OK && cli_flag(args, "json")) {
        print_json(s, shared);
    } else if (status == PL_OK && !cli_flag(args, "quiet")) {
        print_words(s, shared, folder);
    }
    pl_shared_free(shared);
    pl_sharing_free(s);
    return status != PL_OK ? cli_fail(&err) : 0;
}
