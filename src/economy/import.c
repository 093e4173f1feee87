/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * pl_import: mapping, tables, model, economy - in this order; and where mappings are found. */
#include <plenty/import.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "economy/import_parts.h"
#include "io/file.h"

#define ARENA_MAX ((size_t)4 << 30)

/* A year that the mapping does not list, but whose table of use is there. */
static bool has_files_of(pl_im *im, int32_t year)
{
    char path[4096];
    int32_t before = im->year;
    const pl_im_table *use = &im->map.table[PL_IM_USE];
    if (use->file == NULL || strstr(use->file, "{year}") == NULL) {
        return false;
    }
    im->year = year;
    const char *file = pl_im_fill(im, use->file);
    bool there = file != NULL && pl_path_join(path, sizeof path, im->dir, file) && pl_path_exists(path);
    im->year = before;
    if (there) {
        pl_im_note(im, PL_WARNING, im->map.file, "check the tables, then add the year to \"years\"",
                   "the mapping does not list the year %d, but its tables are there", (int)year);
    }
    return there;
}

static pl_status take_settings(pl_im *im, const pl_import_settings *s)
{
    const pl_import_settings none = {0};
    s = s == NULL ? &none : s;
    im->model = im->map.model;
    im->year = im->map.year;
    if (s->model != NULL) {
        int32_t k = 0;
        while (k < PL_IM_MODELS && strcmp(s->model, pl_im_model_id[k]) != 0) {
            k++;
        }
        const char *like = pl_did_you_mean(s->model, pl_im_model_id, PL_IM_MODELS);
        if (k == PL_IM_MODELS) {
            return pl_fail(im->err, PL_USAGE, "model", like, "there is no model \"%.80s\"; there are product-technology, "
                           "industry-technology, industry-sales, product-sales and activities", s->model);
        }
        if (im->map.kind != PL_IM_SUPPLY_USE) {
            return pl_fail(im->err, PL_USAGE, "model", "leave the model away",
                           "a model of transformation is for supply and use tables; this data set is %s",
                           pl_im_kind_id[im->map.kind]);
        }
        im->model = (pl_im_model)k;
    }
    if (s->year != 0) {
        bool known = false;
        char all[200] = "";
        for (size_t k = 0; k < json_array_size(im->map.years); k++) {
            int year = (int)json_integer_value(json_array_get(im->map.years, k));
            size_t n = strlen(all);
            snprintf(all + n, sizeof all - n, "%s%d", k > 0 ? ", " : "", year);
            known = known || year == s->year;
        }
        known = known || has_files_of(im, s->year);
        if (!known) {
            return pl_fail(im->err, PL_USAGE, "year", all[0] != '\0' ? all : "leave the year away",
                           "the mapping knows no year %d", (int)s->year);
        }
        im->year = s->year;
    }
    bool capacity_fits = (s->capacity >= 0 && s->capacity <= 1e6) || s->capacity == INFINITY;
    bool available_fits = (s->available >= 0 && s->available <= 1e6) || s->available == INFINITY;
    if (!capacity_fits || !available_fits) {
        return pl_fail(im->err, PL_USAGE, capacity_fits ? "available" : "capacity", NULL,
                       "a factor is a number from 0 to 1000000, or infinite for no limit");
    }
    im->capacity = s->capacity;
    im->available = s->available;
    im->with_capital = s->capital;
    im->balance = s->balance;
    return PL_OK;
}

static void copy(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text == NULL ? "" : text);
}

static pl_status describe(pl_im *im)
{
    pl_import_report *r = im->report;
    const char *title = pl_im_fill(im, im->map.title);
    if (title == NULL) {
        return pl_im_nomem(im);
    }
    copy(r->name, sizeof r->name, im->map.name);
    copy(r->kind, sizeof r->kind, pl_im_kind_id[im->map.kind]);
    copy(r->model, sizeof r->model, im->map.kind == PL_IM_SUPPLY_USE ? pl_im_model_id[im->model] : "");
    copy(r->title, sizeof r->title, title);
    copy(r->description, sizeof r->description, im->map.description);
    copy(r->licence, sizeof r->licence, im->map.licence);
    copy(r->source_title, sizeof r->source_title, im->map.source_title);
    copy(r->source_path, sizeof r->source_path, im->map.source_path);
    r->year = im->year;
    return pl_builder_set_title(im->builder, title, "");
}

static pl_status make(pl_im *im, pl_economy **out)
{
    PL_IM_TRY(pl_builder_new(&im->builder, im->err));
    PL_IM_TRY(describe(im));
    switch (im->map.kind) {
    case PL_IM_PROCESSES:
    case PL_IM_FOODS:
        if (im->capacity != 0 || im->available != 0) {
            pl_im_note(im, PL_WARNING, "", NULL, "these data say nothing about observed levels: no capacity is set");
        }
        if (im->with_capital) {
            return pl_fail(im->err, PL_USAGE, "capital", "leave it away", "these data say nothing about capital");
        }
        if (im->balance != NULL) {
            return pl_fail(im->err, PL_USAGE, "balance", "leave it away", "these data have no totals to be balanced to");
        }
        PL_IM_TRY(im->map.kind == PL_IM_FOODS ? pl_im_foods(im) : pl_im_processes(im));
        break;
    default:
        PL_IM_TRY(pl_im_read_accounts(im));
        PL_IM_TRY(pl_im_read_resources(im));
        PL_IM_TRY(pl_im_transform(im));
        PL_IM_TRY(pl_im_read_capital(im));
        PL_IM_TRY(pl_im_emit(im));
        break;
    }
    PL_IM_TRY(pl_builder_freeze(im->builder, im->findings, out, im->err));
    im->report->goods = (*out)->n_goods;
    im->report->recipes = (*out)->n_recipes;
    im->report->resources = (*out)->n_resources;
    im->report->needs = (*out)->n_needs;
    im->report->stocks = (*out)->n_stocks;
    return PL_OK;
}

static void clear(pl_im *im)
{
    pl_im_set *sets[] = {&im->products, &im->industries, &im->categories, &im->groups, &im->places, &im->names};
    pl_im_cells *cells[] = {&im->use, &im->make, &im->final, &im->imports, &im->imports_final, &im->pool, &im->pool_final};
    for (size_t k = 0; k < sizeof sets / sizeof sets[0]; k++) {
        pl_map_clear(&sets[k]->map);
        pl_free(sets[k]->code);
    }
    for (size_t k = 0; k < sizeof cells / sizeof cells[0]; k++) {
        pl_free(cells[k]->at);
    }
    pl_builder_free(im->builder);
    pl_im_mapping_clear(&im->map);
    pl_arena_clear(&im->arena);
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

pl_status pl_import(const char *data_dir, const char *mapping_path, const pl_import_settings *settings,
                    const pl_progress *progress, pl_findings *findings, pl_import_report *report, pl_economy **out,
                    pl_error *err)
{
    pl_import_report ours;
    pl_file file;
    *out = NULL;
    report = report == NULL ? &ours : report;
    memset(report, 0, sizeof *report);
    PL_IM_TRY(pl_file_read(mapping_path, PL_IM_MAPPING_MAX, &file, err));
    pl_im *im = PL_NEW0(pl_im, 1);
    if (im == NULL) {
        pl_file_clear(&file);
        return pl_fail_nomem(err, "importing");
    }
    im->dir = data_dir;
    im->progress = progress;
    im->findings = findings;
    im->report = report;
    im->err = err;
    im->products.what = "product";
    im->industries.what = "industry";
    im->categories.what = "category";
    im->groups.what = "group";
    im->places.what = "place";
    im->names.what = "code";
    pl_arena_init(&im->arena, ARENA_MAX);
    pl_status st = pl_im_mapping_parse(file.bytes, file.n, last_part(mapping_path), &im->map, err);
    pl_file_clear(&file);
    if (st == PL_OK) {
        st = take_settings(im, settings);
    }
    if (st == PL_OK) {
        st = make(im, out);
    }
    clear(im);
    pl_free(im);
    return st;
}

void pl_import_package(const pl_import_report *report, pl_package *out)
{
    *out = (pl_package){.name = report->name[0] != '\0' ? report->name : NULL,
                        .title = report->title,
                        .description = report->description[0] != '\0' ? report->description : NULL,
                        .licence = report->licence[0] != '\0' ? report->licence : NULL,
                        .source_title = report->source_title[0] != '\0' ? report->source_title : NULL,
                        .source_path = report->source_path[0] != '\0' ? report->source_path : NULL};
}

/* Names of the mappings in a folder that are most like `name`, as a hint. */
static void hint_mappings(const char *mappings_dir, const char *name, char *hint, size_t size)
{
    const char *list[256];
    int32_t n = 0;
    DIR *dir = opendir(mappings_dir);
    snprintf(hint, size, "write a mapping (docs/formats/mapping.md) and give it with --mapping");
    for (struct dirent *e = dir == NULL ? NULL : readdir(dir); e != NULL && n < 256; e = readdir(dir)) {
        size_t len = strlen(e->d_name);
        char *copied = len > 5 && strcmp(e->d_name + len - 5, ".json") == 0 ? PL_NEW(char, len + 1) : NULL;
        if (copied != NULL) {
            memcpy(copied, e->d_name, len - 5);
            copied[len - 5] = '\0';
            list[n++] = copied;
        }
    }
    const char *like = pl_did_you_mean(name, list, n);
    if (like != NULL) {
        snprintf(hint, size, "there is a mapping %s.json: give it with --mapping if the tables are the same", like);
    }
    for (int32_t k = 0; k < n; k++) {
        pl_free((void *)(uintptr_t)list[k]);
    }
    if (dir != NULL) {
        closedir(dir);
    }
}

pl_status pl_import_find_mapping(const char *data_dir, const char *mappings_dir, char *out, size_t size, pl_error *err)
{
    char resolved[4096], file[300], hint[256];
    if (!pl_path_exists(data_dir) || realpath(data_dir, resolved) == NULL) {
        return pl_fail(err, PL_NOTFOUND, data_dir, "name the folder of the data set", "there is no such folder");
    }
    if (pl_path_join(out, size, resolved, "mapping.json") && pl_path_exists(out)) {
        return PL_OK;
    }
    const char *name = last_part(resolved);
    int n = snprintf(file, sizeof file, "%s.json", name);
    if (n > 0 && (size_t)n < sizeof file && pl_path_join(out, size, mappings_dir, file) && pl_path_exists(out)) {
        return PL_OK;
    }
    hint_mappings(mappings_dir, name, hint, sizeof hint);
    return pl_fail(err, PL_NOTFOUND, data_dir, hint, "there is no mapping for the folder %.200s", name);
}
