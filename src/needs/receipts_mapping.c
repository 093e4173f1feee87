/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * receipts_mapping.c - which column plays which role: JSON to pl_rc_mapping, strictly. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "io/json_read.h"
#include "needs/receipts.h"

typedef struct parser {
    pl_rc_mapping *m;
    pl_arena *arena;
    pl_error *err;
} parser;

static pl_status bad(const parser *p, const char *path, const char *hint, const char *fmt, ...) PL_PRINTF(4, 5);
static pl_status bad(const parser *p, const char *path, const char *hint, const char *fmt, ...)
{
    char subject[256], message[300];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    snprintf(subject, sizeof subject, "%.120s%s%.100s", p->m->file, path[0] != '\0' ? ": " : "", path);
    return pl_fail(p->err, PL_PARSE, subject, hint, "%s", message);
}

static pl_status check_keys(const parser *p, json_t *o, const char *path, const char *const *known, int32_t n)
{
    const char *key;
    json_t *value;
    if (!json_is_object(o)) {
        return bad(p, path, NULL, "this must be an object, { ... }");
    }
    json_object_foreach(o, key, value)
    {
        bool found = strcmp(key, "note") == 0;
        for (int32_t i = 0; i < n && !found; i++) {
            found = strcmp(key, known[i]) == 0;
        }
        if (!found) {
            char hint[200];
            const char *like = pl_did_you_mean(key, known, n);
            snprintf(hint, sizeof hint, like != NULL ? "did you mean \"%s\"?" : "docs/formats/needs.md lists the keys", like);
            return bad(p, path, hint, "unknown key \"%.80s\"", key);
        }
    }
    return PL_OK;
}

static pl_status text_of(const parser *p, json_t *v, const char *path, const char **out)
{
    if (!json_is_string(v) || json_string_length(v) == 0 || json_string_length(v) > 1000) {
        return bad(p, path, NULL, "this must be a text of at most 1000 bytes");
    }
    *out = pl_arena_text(p->arena, json_string_value(v), json_string_length(v));
    return *out != NULL ? PL_OK : pl_fail_nomem(p->err, p->m->file);
}

static pl_status get_text(const parser *p, json_t *o, const char *path, const char *key, bool needed, const char **out)
{
    json_t *v = json_object_get(o, key);
    char full[128];
    snprintf(full, sizeof full, "%.60s%s%.60s", path, path[0] != '\0' ? "." : "", key);
    if (v == NULL) {
        return needed ? bad(p, path, NULL, "the key \"%s\" is missing", key) : PL_OK;
    }
    return text_of(p, v, full, out);
}

static pl_status get_list(const parser *p, json_t *o, const char *key, const char **list, int32_t most, int32_t *n)
{
    json_t *v = json_object_get(o, key);
    if (v == NULL) {
        return PL_OK;
    }
    if (!json_is_array(v) || json_array_size(v) > (size_t)most) {
        return bad(p, key, NULL, "this must be a list of at most %d texts, [ ... ]", most);
    }
    pl_status status = PL_OK;
    for (*n = 0; *n < (int32_t)json_array_size(v) && status == PL_OK; (*n)++) {
        status = text_of(p, json_array_get(v, (size_t)*n), key, &list[*n]);
    }
    return status;
}

static pl_status read_columns(const parser *p, json_t *top)
{
    static const char *const id[RC_COLUMNS] = {"product", "time", "receipt", "household", "store", "region", "quantity", "value", "price", "promoted"};
    json_t *o = json_object_get(top, "columns");
    if (o == NULL) {
        return bad(p, "", NULL, "the key \"columns\" is missing");
    }
    pl_status status = check_keys(p, o, "columns", id, RC_COLUMNS);
    for (int k = 0; k < RC_COLUMNS && status == PL_OK; k++) {
        status = get_text(p, o, "columns", id[k], k <= RC_TIME, &p->m->column[k]);
    }
    if (status == PL_OK && p->m->column[RC_VALUE] != NULL && p->m->column[RC_PRICE] != NULL) {
        return bad(p, "columns", "the value of a line is either there, or quantity times price", "both \"value\" and \"price\" are given");
    }
    return status;
}

static pl_status read_products(const parser *p, json_t *top)
{
    static const char *const id[] = {"product", "category", "group", "pack", "file"};
    json_t *o = json_object_get(top, "products");
    if (o == NULL) {
        return PL_OK;
    }
    pl_status status = check_keys(p, o, "products", id, RP_COLUMNS + 1);
    status = status == PL_OK ? get_text(p, o, "products", "file", true, &p->m->products) : status;
    for (int k = 0; k < RP_COLUMNS && status == PL_OK; k++) {
        status = get_text(p, o, "products", id[k], k == RP_PRODUCT, &p->m->product_column[k]);
    }
    return status;
}

static pl_status read_units(const parser *p, json_t *top)
{
    static const char *const id[] = {"column", "begins", "factor"};
    json_t *list = json_object_get(top, "units"), *o;
    size_t k;
    if (list == NULL) {
        return PL_OK;
    }
    if (!json_is_array(list) || json_array_size(list) > PL_RC_UNITS) {
        return bad(p, "units", NULL, "this must be a list of at most %d objects", PL_RC_UNITS);
    }
    json_array_foreach(list, k, o)
    {
        pl_rc_unit *u = &p->m->unit[p->m->n_units++];
        pl_status status = check_keys(p, o, "units", id, 3);
        status = status == PL_OK ? get_text(p, o, "units", "column", false, &u->column) : status;
        status = status == PL_OK ? get_text(p, o, "units", "begins", true, &u->begins) : status;
        double factor = status == PL_OK ? json_number_value(json_object_get(o, "factor")) : 1;
        if (status == PL_OK && !(factor >= 1e-6 && factor <= 1e6)) {
            return bad(p, "units.factor", "for thousandths write 0.001", "the factor must be between 0.000001 and 1000000");
        }
        u->factor = (int64_t)(factor * PL_MILLIONTHS + 0.5);
        if (status != PL_OK) {
            return status;
        }
    }
    return PL_OK;
}

static pl_status read_top(const parser *p, json_t *top)
{
    static const char *const id[] = {"format", "title", "files", "columns", "cancelled", "not_goods", "products", "units"};
    static const char *const cancelled[] = {"column", "begins"};
    const char *format = NULL;
    pl_status status = check_keys(p, top, "", id, (int32_t)(sizeof id / sizeof *id));
    status = status == PL_OK ? get_text(p, top, "", "format", true, &format) : status;
    if (status == PL_OK && strcmp(format, "plenty-receipts-1") != 0) {
        return bad(p, "format", "write \"plenty-receipts-1\"", "'%.40s' is no format of receipts", format);
    }
    status = status == PL_OK ? get_text(p, top, "", "title", false, &p->m->title) : status;
    status = status == PL_OK ? get_list(p, top, "files", p->m->path, PL_RC_FILES, &p->m->n_files) : status;
    status = status == PL_OK ? get_list(p, top, "not_goods", p->m->not_goods, PL_RC_CODES, &p->m->n_not_goods) : status;
    status = status == PL_OK ? read_columns(p, top) : status;
    status = status == PL_OK ? read_products(p, top) : status;
    status = status == PL_OK ? read_units(p, top) : status;
    json_t *o = json_object_get(top, "cancelled");
    if (status == PL_OK && o != NULL) {
        status = check_keys(p, o, "cancelled", cancelled, 2);
        status = status == PL_OK ? get_text(p, o, "cancelled", "column", true, &p->m->cancelled_column) : status;
        status = status == PL_OK ? get_text(p, o, "cancelled", "begins", true, &p->m->cancelled_begins) : status;
    }
    return status;
}

pl_status pl_rc_mapping_read(const char *path, pl_arena *arena, pl_rc_mapping *out, pl_error *err)
{
    pl_file file;
    json_t *top = NULL;
    *out = (pl_rc_mapping){0};
    const char *slash = strrchr(path, '/');
    snprintf(out->file, sizeof out->file, "%.250s", slash != NULL ? slash + 1 : path);
    pl_status status = pl_file_read(path, (size_t)1 << 24, &file, err);
    if (status != PL_OK) {
        return status;
    }
    status = pl_json_read(file.bytes, file.n, out->file, &top, NULL, err);
    pl_file_clear(&file);
    parser p = {out, arena, err};
    status = status == PL_OK ? read_top(&p, top) : status;
    json_decref(top);
    return status;
}
