/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "economy/package.h"

#include <jansson.h>
#include <string.h>

#include "base/mem.h"
#include "io/json_read.h"

/* The old description as a JSON object, or NULL where there is none that can be read. */
static json_t *read_old(const char *source, pl_status *status, pl_error *err)
{
    char full[4096];
    pl_file file;
    *status = PL_OK;
    if (source == NULL || !pl_path_join(full, sizeof full, source, "datapackage.json") || !pl_path_exists(full)) {
        return NULL;
    }
    *status = pl_file_read(full, PL_PACKAGE_FILE_MAX, &file, err);
    if (*status != PL_OK) {
        return NULL;
    }
    json_t *old;
    pl_status read = pl_json_read(file.bytes, file.n, "datapackage.json", &old, NULL, err);
    pl_file_clear(&file);
    *status = read == PL_NOMEM ? read : PL_OK; /* what is no JSON is not kept */
    if (!json_is_object(old)) {
        json_decref(old);
        return NULL;
    }
    return old;
}

static int append(const char *bytes, size_t n, void *text)
{
    pl_str_add_n(text, bytes, n);
    return 0;
}

/* A property that is not ours, as it was. */
static void put_old(pl_package_writer *w, const char *key, const json_t *value)
{
    pl_json_key(&w->json, key);
    pl_json_raw(&w->json, "");
    if (json_dump_callback(value, append, &w->text, JSON_ENCODE_ANY | JSON_COMPACT) != 0) {
        w->text.failed = true;
    }
}

/* The text if it is given, else the old property, else `otherwise`, else nothing. */
static void put_property(pl_package_writer *w, const json_t *old, const char *key, const char *text, const char *otherwise)
{
    const json_t *value = json_object_get(old, key);
    if (text != NULL) {
        pl_json_put_text(&w->json, key, text);
    } else if (value != NULL) {
        put_old(w, key, value);
    } else if (otherwise != NULL && otherwise[0] != '\0') {
        pl_json_put_text(&w->json, key, otherwise);
    }
}

static void put_list(pl_package_writer *w, const json_t *old, const char *key, const char *const property[2],
                     const char *const text[2])
{
    if (text[0] == NULL && text[1] == NULL) {
        put_property(w, old, key, NULL, NULL);
        return;
    }
    pl_json *j = &w->json;
    pl_json_key(j, key);
    pl_json_array(j);
    pl_json_object(j);
    for (int i = 0; i < 2; i++) {
        if (text[i] != NULL) {
            pl_json_put_text(j, property[i], text[i]);
        }
    }
    pl_json_end(j);
    pl_json_end(j);
}

pl_status pl_package_begin(pl_package_writer *w, const pl_economy *economy, const pl_package *package,
                           const char *source, pl_error *err)
{
    static const char *const ours[] = {"profile", "name", "title", "description", "licenses", "sources", "plenty", "resources"};
    static const pl_package nothing = {0};
    pl_status status;
    pl_str_init(&w->text, PL_PACKAGE_FILE_MAX);
    pl_json_init(&w->json, &w->text, true);
    json_t *old = read_old(source, &status, err), *value;
    if (status != PL_OK) {
        return status;
    }
    const pl_package *p = package != NULL ? package : &nothing;
    pl_json *j = &w->json;
    pl_json_object(j);
    pl_json_put_text(j, "profile", "tabular-data-package");
    put_property(w, old, "name", p->name, "economy");
    put_property(w, old, "title", p->title, economy->title);
    put_property(w, old, "description", p->description, NULL);
    put_list(w, old, "licenses", (const char *const[]){"name", ""}, (const char *const[]){p->licence, NULL});
    put_list(w, old, "sources", (const char *const[]){"title", "path"},
             (const char *const[]){p->source_title, p->source_path});
    const char *key;
    json_object_foreach(old, key, value) {
        bool known = false;
        for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
            known |= strcmp(ours[i], key) == 0;
        }
        if (!known) {
            put_old(w, key, value);
        }
    }
    json_decref(old);
    pl_json_key(j, "plenty");
    pl_json_object(j);
    pl_json_put_int(j, "economy", PL_ECONOMY_VERSION);
    pl_json_end(j);
    pl_json_key(j, "resources");
    pl_json_array(j);
    return PL_OK;
}

static void put_field(pl_json *j, const char *name, const char *type)
{
    pl_json_object(j);
    pl_json_put_text(j, "name", name);
    pl_json_put_text(j, "type", type);
    pl_json_end(j);
}

/* Columns that name a row of another table. */
static void put_foreign_keys(pl_json *j, pl_economy_table table)
{
    pl_json_key(j, "foreignKeys");
    pl_json_array(j);
    for (int k = 0; k < 2 && PL_TABLE[table].column[k].name != NULL; k++) {
        const char *column = PL_TABLE[table].column[k].name;
        for (pl_economy_table t = PL_GOODS; t < PL_TABLES; t++) {
            bool defines = t == PL_GOODS || t == PL_RECIPES || t == PL_RESOURCES;
            if (t == table || !defines || strcmp(PL_TABLE[t].column[0].name, column) != 0) {
                continue;
            }
            pl_json_object(j);
            pl_json_put_text(j, "fields", column);
            pl_json_key(j, "reference");
            pl_json_object(j);
            pl_json_put_text(j, "resource", PL_TABLE[t].name);
            pl_json_put_text(j, "fields", column);
            pl_json_end(j);
            pl_json_end(j);
        }
    }
    pl_json_end(j);
}

static void put_schema(pl_json *j, pl_economy_table table, const bool *written, const pl_kept *kept)
{
    const pl_column_info *c = PL_TABLE[table].column;
    pl_json_key(j, "fields");
    pl_json_array(j);
    for (int k = 0; c[k].name != NULL; k++) {
        if (written[k]) {
            put_field(j, c[k].name, c[k].type);
        }
    }
    for (int32_t k = 0; k < kept->n; k++) {
        put_field(j, kept->header[k], "any");
    }
    pl_json_end(j);
    pl_json_key(j, "primaryKey");
    pl_json_array(j);
    for (int k = 0; c[k].name != NULL; k++) {
        if (written[k] && c[k].key) {
            pl_json_text(j, c[k].name);
        }
    }
    pl_json_end(j);
    if (table == PL_FLOWS || table == PL_USES || (table >= PL_NEEDS && table <= PL_STOCKS) ||
        (table >= PL_ASSETS && table <= PL_LAGS)) {
        put_foreign_keys(j, table);
    }
}

void pl_package_table(pl_package_writer *w, pl_economy_table table, const bool *written, const pl_kept *kept)
{
    pl_json *j = &w->json;
    pl_json_object(j);
    pl_json_put_text(j, "name", PL_TABLE[table].name);
    pl_json_put_text(j, "path", PL_TABLE[table].file);
    pl_json_put_text(j, "profile", "tabular-data-resource");
    pl_json_put_text(j, "format", "csv");
    pl_json_put_text(j, "mediatype", "text/csv");
    pl_json_put_text(j, "encoding", "utf-8");
    pl_json_key(j, "schema");
    pl_json_object(j);
    put_schema(j, table, written, kept);
    pl_json_end(j);
    pl_json_end(j);
}

void pl_package_end(pl_package_writer *w)
{
    pl_json_end(&w->json);
    pl_json_end(&w->json);
}

void pl_package_clear(pl_package_writer *w)
{
    pl_str_clear(&w->text);
}
