/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * share_simulate.c - plenty share simulate: who would have lost under each rule. */
#include <plenty/share.h>

#include "cli/cli.h"
#include "io/json.h"

static void print_words(const pl_sharing *s, const pl_compare_settings *set, const pl_compared_loss *loss)
{
    static cli_table t;
    printf("%s%d people, %d goods%s; use relative to having all that is wanted\n\n", cli_bold(), s->n_people, s->n_goods, cli_plain());
    cli_table_start(&t, "lrrrrrr");
    cli_table_heading(&t, "rule\tmean\tworst 5 %\tleast\tlose > 15 %\tnothing of a good\tstock used");
    for (int r = 0; r < PL_COMPARED; r++) {
        const pl_compared_loss *l = &loss[r];
        cli_table_row(&t, "%s\t%.3f\t%.3f\t%.3f\t%.1f %%\t%.1f %%\t%.0f %%", pl_compared_id((pl_compared)r), l->mean, l->worst, l->least, 100 * l->losing, 100 * l->nothing,
                      100 * l->used);
    }
    cli_table_print(&t, stdout);
    printf("\npoints          everybody spends their points at prices at which all is taken\n"
           "proportional    the same part of every claim; asking for double gets double\n"
           "uniform         nobody more than one level; what is saved is not spent otherwise\n"
           "coupon          the same to everybody; what is not wanted is wasted\n"
           "queue           who comes first buys what is left\n");
    if (set->shock > 0) {
        printf("%d goods lose %.0f %%, drawn %d times; ", set->shock, 100 * set->cut, set->draws);
    }
    printf("claims are taken as honest.\n");
}

static void print_json(const pl_sharing *s, const pl_compared_loss *loss)
{
    pl_str out;
    pl_json j;
    pl_str_init(&out, (size_t)1 << 20);
    pl_json_init(&j, &out, true);
    pl_json_object(&j);
    pl_json_put_int(&j, "people", s->n_people);
    pl_json_put_int(&j, "goods", s->n_goods);
    pl_json_key(&j, "rules");
    pl_json_object(&j);
    for (int r = 0; r < PL_COMPARED; r++) {
        pl_json_key(&j, pl_compared_id((pl_compared)r));
        pl_json_object(&j);
        pl_json_put_number(&j, "mean", loss[r].mean);
        pl_json_put_number(&j, "worst_5_percent", loss[r].worst);
        pl_json_put_number(&j, "least", loss[r].least);
        pl_json_put_number(&j, "losing_15_percent", loss[r].losing);
        pl_json_put_number(&j, "nothing", loss[r].nothing);
        pl_json_put_number(&j, "used", loss[r].used);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    fputs(out.text, stdout);
    putchar('\n');
    pl_str_clear(&out);
}

int cli_share_simulate(const cli_args *args)
{
    pl_error err;
    pl_sharing *s = NULL;
    double shock = 0, draws = 0;
    pl_compared_loss loss[PL_COMPARED];
    pl_compare_settings set = {.seed = cli_text(args, "seed"), .progress = cli_progress(cli_flag(args, "quiet") || cli_flag(args, "json"))};
    pl_status status = cli_number(args, "shock", 1, 1e9, 0, &shock, &err);
    status = status == PL_OK ? cli_part(args, "cut", 0.4, &set.cut, &err) : status;
    if (status == PL_OK && !(set.cut > 0 && set.cut <= 1)) {
        status = pl_fail(&err, PL_USAGE, "--cut", "say for example 40%", "a good cannot lose %g of itself", set.cut);
    }
    status = status == PL_OK ? cli_number(args, "draws", 1, 10000, 10, &draws, &err) : status;
    status = status == PL_OK ? cli_number(args, "substitution", PL_SUBSTITUTION_LEAST, PL_SUBSTITUTION_MOST, 0, &set.substitution, &err) : status;
    status = status == PL_OK ? cli_threads(args, true, &set.threads, &err) : status;
    set.shock = (int32_t)shock;
    set.draws = (int)draws;
    status = status == PL_OK ? pl_sharing_load(args->argument[0], PL_RULE_UNIFORM, &s, &err) : status;
    status = status == PL_OK ? pl_share_compare(s, &set, loss, &err) : status;
    cli_progress_done();
    if (status == PL_OK && cli_flag(args, "json")) {
        print_json(s, loss);
    } else if (status == PL_OK) {
        print_words(s, &set, loss);
    }
    pl_sharing_free(s);
    return status != PL_OK ? cli_fail(&err) : 0;
}
