/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * save.c - an outcome as a folder: what was shared, who gets what, and the certificate. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "io/csv.h"
#include "io/file.h"
#include "io/json.h"
#include "share/share.h"

#define PIECE ((size_t)32 << 20)
#define TABLE_MAX ((size_t)1 << 32)

static void add_number(pl_str *out, double x)
{
    pl_str_add(out, ",");
    pl_str_add_number(out, x);
}

static void add_amount(pl_str *out, const pl_share_good *good, int64_t parts)
{
    pl_str_add(out, ",");
    pl_share_add_amount(out, good, parts);
}

static void add_rules(const pl_sharing *s, pl_str *out)
{
    pl_str_add(out, "good,rule,floor,substitution,lot\n");
    for (int32_t g = 0; g < s->n_goods; g++) {
        const pl_share_good *good = &s->good[g];
        pl_csv_add(out, good->id);
        pl_str_addf(out, ",%s", pl_share_rule_id(good->rule));
        add_amount(out, good, good->floor);
        add_number(out, good->rule == PL_RULE_POINTS ? s->substitution : NAN);
        pl_str_add(out, ",");
        pl_csv_add(out, good->lot);
        pl_str_add(out, "\n");
    }
}

static void add_prices(const pl_sharing *s, const pl_shared *shared, pl_str *out)
{
    pl_str_add(out, "good,unit,rule,supply,claimed,allotted,claimants,short,nothing,drawn,level,price\n");
    for (int32_t g = 0; g < s->n_goods; g++) {
        const pl_share_good *good = &s->good[g];
        const pl_share_outcome *o = &shared->outcome[g];
        pl_csv_add(out, good->id);
        pl_str_add(out, ",");
        pl_csv_add(out, good->unit);
        pl_str_addf(out, ",%s", pl_share_rule_id(good->rule));
        add_amount(out, good, good->supply);
        add_amount(out, good, o->claimed);
        add_amount(out, good, o->given);
        pl_str_addf(out, ",%lld,%lld,%lld", (long long)good->claimants, (long long)o->capped, (long long)o->nothing);
        add_amount(out, good, o->drawn);
        add_number(out, o->level);
        add_number(out, o->price);
        pl_str_add(out, "\n");
    }
}

/* The table of allotments, piece by piece: it may be long. */
static pl_status add_allotments(const pl_sharing *s, const pl_shared *shared, pl_folder *folder, pl_str *out, pl_error *err)
{
    static const char name[] = "allotments.csv", head[] = "person,good,amount\n";
    pl_status status = pl_folder_add(folder, name, head, sizeof head - 1, err);
    for (int32_t i = 0; i < s->n_people && status == PL_OK; i++) {
        for (int64_t k = s->start[i]; k < s->start[i + 1]; k++) {
            pl_csv_add(out, s->person[i]);
            pl_str_add(out, ",");
            pl_csv_add(out, s->good[s->want[k]].id);
            add_amount(out, &s->good[s->want[k]], shared->got[k]);
            pl_str_add(out, "\n");
        }
        if (out->len > PIECE || i + 1 == s->n_people) {
            status = out->failed ? pl_fail_nomem(err, name) : pl_folder_append(folder, name, out->text, out->len, err);
            out->len = 0;
        }
    }
    return status;
}

static void add_certificate(const pl_sharing *s, const pl_shared *shared, pl_str *out)
{
    int64_t short_of = 0, nothing = 0, floors = 0, drawn = 0;
    pl_json j;
    for (int32_t g = 0; g < s->n_goods; g++) {
        const pl_share_outcome *o = &shared->outcome[g];
        short_of += o->capped > 0;
        nothing += o->nothing;
        floors += o->floors_short;
        drawn += o->drawn > 0;
    }
    pl_json_init(&j, out, true);
    pl_json_object(&j);
    pl_json_put_text(&j, "format", "plenty-share-1");
    pl_json_key(&j, "inputs");
    pl_json_object(&j);
    for (int k = 0; k < PL_SHARE_INPUTS; k++) {
        if (s->sha256[k][0] != '\0') {
            pl_json_put_text(&j, PL_SHARE_FILE[k], s->sha256[k]);
        }
    }
    pl_json_end(&j);
    pl_json_put_text(&j, "seed", shared->seed);
    pl_json_put_int(&j, "people", s->n_people);
    pl_json_put_int(&j, "goods", s->n_goods);
    pl_json_put_int(&j, "wants", s->n_wants);
    pl_json_put_int(&j, "goods_short", short_of);
    pl_json_put_int(&j, "floors_short", floors);
    pl_json_put_int(&j, "goods_drawn_for", drawn);
    pl_json_put_int(&j, "claims_with_nothing", nothing);
    if (shared->market.goods > 0) {
        pl_json_key(&j, "market");
        pl_json_object(&j);
        pl_json_put_int(&j, "goods", shared->market.goods);
        pl_json_put_number(&j, "substitution", s->substitution);
        pl_json_put_int(&j, "sweeps", shared->market.sweeps);
        pl_json_put_number(&j, "excess", shared->market.excess);
        pl_json_put_number(&j, "slack", shared->market.slack);
        pl_json_put_number(&j, "envy", shared->market.envy);
        pl_json_put_number(&j, "unspent", shared->market.unspent);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_str_add(out, "\n");
}

static pl_status add_text(pl_folder *folder, const char *name, pl_str *out, pl_error *err)
{
    pl_status status = out->failed ? pl_fail_nomem(err, name) : pl_folder_add(folder, name, out->text, out->len, err);
    out->len = 0;
    return status;
}

pl_status pl_shared_save(const pl_sharing *s, const pl_shared *shared, const char *from, const char *path, bool replace, pl_error *err)
{
    pl_folder folder;
    pl_str out;
    pl_str_init(&out, TABLE_MAX);
    pl_status status = pl_folder_begin(&folder, path, "share.json", replace, err);
    for (int k = 0; k < PL_SHARE_INPUTS && status == PL_OK; k++) {
        char table[4500];
        if (pl_share_table(from, PL_SHARE_FILE[k], table, sizeof table)) {
            status = pl_folder_copy(&folder, strrchr(table, '/') + 1, table, err);
        }
    }
    if (status == PL_OK) {
        add_rules(s, &out);
        status = add_text(&folder, "rules.csv", &out, err);
    }
    if (status == PL_OK) {
        add_prices(s, shared, &out);
        status = add_text(&folder, "prices.csv", &out, err);
    }
    status = status == PL_OK ? add_allotments(s, shared, &folder, &out, err) : status;
    if (status == PL_OK) {
        add_certificate(s, shared, &out);
        status = add_text(&folder, "share.json", &out, err);
    }
    pl_str_clear(&out);
    if (status == PL_OK) {
        return pl_folder_commit(&folder, err);
    }
    pl_folder_abort(&folder);
    return status;
}
