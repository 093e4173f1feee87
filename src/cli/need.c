/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * need.c - `plenty need`: members order goods over the internet, say what was not there, and see what is wanted in all. */
#include <string.h>

#include <plenty/economy.h>
#include <plenty/needs.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "cli/needs.h"
#include "cli/rows.h"
#include "commons/wants.h"

#define REPORTS_OF 91 /* days back, unless --since */

/* ---- What an order says ------------------------------------------------------------------------------ */

/* A good of --economy, when that is given: a slip of the keyboard is found before it is signed. */
static pl_status check_good(const cli_act *a, const char *good)
{
    static pl_findings findings;
    const char *path = cli_text(a->args, "economy");
    pl_economy *e = NULL;
    pl_status status = path != NULL ? pl_economy_load(path, NULL, &findings, &e, a->err) : PL_OK;
    if (status != PL_OK || e == NULL) {
        return status;
    }
    const char **ids = PL_NEW(const char *, e->n_goods + 1);
    bool found = false;
    for (int32_t k = 0; ids != NULL && k < e->n_goods; k++) {
        ids[k] = e->goods[k].id;
        found |= strcmp(ids[k], good) == 0;
    }
    if (ids == NULL) {
        status = pl_fail_nomem(a->err, path);
    } else if (!found) {
        char hint[200];
        const char *like = pl_did_you_mean(good, ids, e->n_goods);
        snprintf(hint, sizeof hint, like != NULL ? "did you mean '%.100s'?" : "goods.csv lists them", like);
        status = pl_fail(a->err, PL_NOTFOUND, good, hint, "the economy has no such good");
    }
    pl_free(ids);
    pl_economy_free(e);
    return status;
}

static pl_status put_amount(cli_act *a, pl_body *body, double otherwise)
{
    double amount;
    pl_status status = cli_number(a->args, "amount", 1e-6, 9e9, otherwise, &amount, a->err);
    if (status == PL_OK && amount < 1e-6) {
        return pl_fail(a->err, PL_USAGE, "--amount", "for example --amount 2.5", "say how much, in the unit of the good");
    }
    pl_body_int(body, "amount", (int64_t)(amount * PL_WANT_UNIT + 0.5));
    return status;
}

static pl_status put_day(cli_act *a, pl_body *body, const char *field, const char *option, int32_t otherwise)
{
    int32_t day;
    pl_status status = needs_day(a->args, option, otherwise, &day, a->err);
    if (status == PL_OK) {
        pl_body_int(body, field, day);
    }
    return status;
}

static int32_t today(void)
{
    return (int32_t)(cli_now() / PL_DAY);
}

static pl_status body_order(cli_act *a, pl_body *body)
{
    const char *good = a->args->argument[1];
    pl_status status = check_good(a, good);
    pl_body_text(body, "good", good, strlen(good));
    status = status == PL_OK ? put_amount(a, body, 0) : status;
    status = status == PL_OK ? put_day(a, body, "from", "from", today()) : status;
    if (status == PL_OK && cli_text(a->args, "until") == NULL) {
        return pl_fail(a->err, PL_USAGE, "--until", "for example --until 2027-12-31", "say for how long the order is");
    }
    return status == PL_OK ? put_day(a, body, "until", "until", 0) : status;
}

int cli_need_order(const cli_args *args)
{
    return cli_do(args, &PL_KIND_ORDER_PLACED, body_order);
}

static pl_status body_withdraw(cli_act *a, pl_body *body)
{
    uint8_t id[PL_HASH];
    pl_status status = cli_act_find(a, &PL_ORDERS, "order", a->args->argument[1], id);
    pl_body_bytes(body, "order", id, PL_HASH);
    return status;
}

int cli_need_withdraw(const cli_args *args)
{
    return cli_do(args, &PL_KIND_ORDER_WITHDRAWN, body_withdraw);
}

static pl_status body_missing(cli_act *a, pl_body *body)
{
    const char *good = a->args->argument[1], *workplace = cli_text(a->args, "workplace");
    uint8_t id[PL_HASH];
    pl_status status = check_good(a, good);
    pl_body_text(body, "good", good, strlen(good));
    status = status == PL_OK ? cli_put_text(a, body, "place", "place", "where it was looked for, for example --place 'Mill Street shop'") : status;
    status = status == PL_OK ? put_day(a, body, "day", "day", today()) : status;
    status = status == PL_OK ? put_amount(a, body, 1) : status;
    if (status == PL_OK && workplace != NULL) {
        status = cli_act_find(a, &PL_ASSEMBLIES, "workplace", workplace, id);
        pl_body_bytes(body, "workplace", id, PL_HASH);
    }
    return status;
}

int cli_need_missing(const cli_args *args)
{
    return cli_do(args, &PL_KIND_MISSING_REPORTED, body_missing);
}

/* ---- What is wanted in all ---------------------------------------------------------------------------- */

typedef struct view {
    const cli_args *args;
    const pl_key *me; /* whose orders alone are listed, or NULL */
    pl_wants *wants;
    cli_rows orders; /* of plenty need mine */
    int32_t since, from, until;
} view;

static void put_lists(pl_json *j, const char *key, const pl_two_lists *t)
{
    pl_json_key(j, key);
    pl_json_object(j);
    pl_json_put_number(j, "number", t->number);
    pl_json_put_number(j, "low", t->low);
    pl_json_put_number(j, "high", t->high);
    pl_json_end(j);
}

static pl_status print_json(const view *v, const pl_item_wants *sum, size_t n, pl_error *err)
{
    pl_str out;
    pl_json j;
    char day[PL_DATE_TEXT];
    pl_str_init(&out, (size_t)1 << 30);
    pl_json_init(&j, &out, true);
    pl_json_object(&j);
    pl_json_put_text(&j, "from", pl_day_text(v->from, day));
    pl_json_put_text(&j, "until", pl_day_text(v->until, day));
    pl_json_put_text(&j, "since", pl_day_text(v->since, day));
    pl_json_key(&j, "goods");
    pl_json_array(&j);
    for (size_t k = 0; k < n; k++) {
        const pl_item_wants *w = &sum[k];
        pl_json_object(&j);
        pl_json_put_text(&j, "good", w->item);
        pl_json_put_int(&j, "orders", w->orders);
        pl_json_put_number(&j, "ordered", w->ordered);
        pl_json_put_int(&j, "ordering", w->ordering);
        pl_json_put_int(&j, "reports", w->reports);
        pl_json_put_int(&j, "reporting", w->missing);
        pl_json_put_int(&j, "both", w->both);
        pl_json_put_number(&j, "missed", w->missed);
        put_lists(&j, "people", &w->people);
        pl_json_put_int(&j, "seen_by_buyers", w->seen[0]);
        pl_json_put_int(&j, "seen_by_staff", w->seen[1]);
        pl_json_put_int(&j, "seen_by_both", w->seen_both);
        put_lists(&j, "cases", &w->cases);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    return cli_json_print(&out, err);
}

static pl_status span(view *v, pl_error *err)
{
    pl_status status = needs_day(v->args, "from", today(), &v->from, err);
    status = status == PL_OK ? needs_day(v->args, "until", v->from + 364, &v->until, err) : status;
    status = status == PL_OK ? needs_day(v->args, "since", v->from - REPORTS_OF, &v->since, err) : status;
    return status == PL_OK && v->from > v->until ? pl_fail(err, PL_USAGE, "--until", NULL, "the last day is before the first") : status;
}

static pl_status list(void *user, pl_step *s)
{
    view *v = user;
    pl_item_wants *sum = NULL;
    size_t n;
    pl_status status = pl_wants_new(&v->wants, s->err);
    status = status == PL_OK ? span(v, s->err) : status;
    status = status == PL_OK ? pl_commons_wants(s, v->wants) : status;
    status = status == PL_OK ? pl_wants_sums(v->wants, v->since, v->from, v->until, &sum, &n, s->err) : status;
    if (status == PL_OK && cli_flag(v->args, "json")) {
        status = print_json(v, sum, n, s->err);
    } else if (status == PL_OK) {
        needs_print_wants(sum, n, v->since, v->from, v->until);
    }
    pl_wants_sums_free(sum);
    return status;
}

static pl_status export_tables(void *user, pl_step *s)
{
    view *v = user;
    const char *out = cli_text(v->args, "output");
    if (out == NULL) {
        return pl_fail(s->err, PL_USAGE, "--output", "add -o FOLDER", "say where the tables should go");
    }
    pl_status status = pl_wants_new(&v->wants, s->err);
    status = status == PL_OK ? pl_commons_wants(s, v->wants) : status;
    status = status == PL_OK ? pl_wants_save(v->wants, out, cli_flag(v->args, "replace"), s->err) : status;
    if (status == PL_OK) {
        printf("%zu order%s, %zu report%s\nwritten: %s\n", v->wants->n_orders, v->wants->n_orders == 1 ? "" : "s", v->wants->n_reports, v->wants->n_reports == 1 ? "" : "s", out);
    }
    return status;
}

static int look(const cli_args *args, pl_look_fn what)
{
    view v = {.args = args};
    int code = cli_look(args, what, &v);
    pl_wants_free(v.wants);
    return code;
}

int cli_need_list(const cli_args *args)
{
    return look(args, list);
}

int cli_need_export(const cli_args *args)
{
    return look(args, export_tables);
}

/* ---- My orders ------------------------------------------------------------------------------------------- */

static pl_status mine(void *user, pl_step *s)
{
    view *v = user;
    pl_key_row k;
    cli_table t;
    size_t shown = 0;
    bool there;
    char hex[13], amount[PL_NUMBER_MAX], from[PL_DATE_TEXT], until[PL_DATE_TEXT];
    pl_status status = pl_get(s, &PL_KEYS, pl_key_id1(pl_key_id(v->me)), &k, &there);
    status = status == PL_OK ? cli_rows_take(s, &PL_ORDERS, NULL, &v->orders) : status;
    if (status != PL_OK) {
        return status;
    }
    cli_rows_sort(&v->orders, offsetof(pl_order, since));
    for (size_t i = 0; i < v->orders.n; i++) {
        const pl_order *o = cli_row(&v->orders, i);
        if (!there || !pl_id_same(o->member, k.holder)) {
            continue;
        }
        if (shown++ % (CLI_ROWS - 2) == 0) {
            if (shown > 1) {
                cli_table_print(&t, stdout);
            }
            cli_table_start(&t, "llrlll");
            cli_table_heading(&t, "order\tgood\tamount\tfrom\tuntil\t");
        }
        pl_number_for_people((double)o->amount / PL_WANT_UNIT, amount);
        cli_table_row(&t, "%s\t%s\t%s\t%s\t%s\t%s", cli_short_id(v->orders.keys[i].at, hex), o->good, amount, pl_day_text((int32_t)o->from, from), pl_day_text((int32_t)o->until, until),
                      o->withdrawn ? "withdrawn" : o->ended >= 0 ? "over" : "open");
    }
    if (shown > 0) {
        cli_table_print(&t, stdout);
    } else {
        puts("you have ordered nothing");
    }
    return status;
}

int cli_need_mine(const cli_args *args)
{
    pl_error err;
    pl_key *key = NULL;
    view v = {.args = args, .orders = {.table = &PL_ORDERS}};
    if (cli_open_key(args, "key", "passphrase-file", &key, &err) != PL_OK) {
        return cli_fail(&err);
    }
    v.me = key;
    int code = cli_look(args, mine, &v);
    cli_rows_clear(&v.orders);
    pl_key_free(key);
    return code;
}
