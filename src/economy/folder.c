/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "economy/folder.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "economy/builder.h"
#include "io/file.h"
#include "io/json_read.h"

#define UNKNOWN_MAX 32 /* files that are no tables, named at most */

static const char *const ENDS[] = {".csv", ".csv.gz", ".csv.zst"};
#define N_ENDS (sizeof ENDS / sizeof ENDS[0])

bool pl_folder_stem(const char *file, char *out, size_t size)
{
    size_t n = strlen(file);
    for (size_t i = 0; i < N_ENDS; i++) {
        size_t m = strlen(ENDS[i]);
        if (n > m && n - m < size && strcmp(file + n - m, ENDS[i]) == 0) {
            memcpy(out, file, n - m);
            out[n - m] = '\0';
            return true;
        }
    }
    return false;
}

bool pl_folder_is_known(const char *file)
{
    char stem[256];
    return strcmp(file, "datapackage.json") == 0 ||
           (pl_folder_stem(file, stem, sizeof stem) && pl_table_named(stem) < PL_TABLES);
}

static void find_table(const char *path, pl_economy_table table, pl_folder_list *list, pl_findings *findings)
{
    for (size_t i = 0; i < N_ENDS; i++) {
        char name[32], full[4096];
        snprintf(name, sizeof name, "%s%s", PL_TABLE[table].name, ENDS[i]);
        if (!pl_path_join(full, sizeof full, path, name) || !pl_path_exists(full)) {
            continue;
        }
        if (list->file[table][0] == '\0') {
            memcpy(list->file[table], name, sizeof name);
        } else {
            pl_found(findings, PL_ERROR, name, 0, 0, "remove the one that is out of date",
                     "there are both %s and %s", list->file[table], name);
        }
    }
}

/* Names in order, so that the findings do not depend on the file system. */
static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void note_unknown(DIR *dir, const pl_folder_list *list, pl_findings *findings)
{
    char unknown[UNKNOWN_MAX][256];
    size_t n = 0;
    const struct dirent *entry;
    while (n < UNKNOWN_MAX && (entry = readdir(dir)) != NULL) {
        char stem[256];
        if (pl_folder_stem(entry->d_name, stem, sizeof stem) && !pl_folder_is_known(entry->d_name)) {
            memcpy(unknown[n++], entry->d_name, strlen(entry->d_name) + 1);
        }
    }
    qsort(unknown, n, sizeof unknown[0], by_name);
    for (size_t i = 0; i < n; i++) {
        char stem[256], hint[160] = "it is kept when the economy is saved again";
        const char *missing[PL_TABLES];
        int32_t m = 0;
        for (int t = 0; t < PL_TABLES; t++) {
            if (list->file[t][0] == '\0') {
                missing[m++] = PL_TABLE[t].name;
            }
        }
        (void)pl_folder_stem(unknown[i], stem, sizeof stem);
        const char *alike = pl_did_you_mean(stem, missing, m);
        if (alike != NULL) {
            snprintf(hint, sizeof hint, "did you mean %s.csv?", alike);
        }
        pl_found(findings, alike != NULL ? PL_WARNING : PL_NOTE, unknown[i], 0, 0, hint,
                 "this is no table of an economy and is not read");
    }
}

pl_status pl_folder_find_tables(const char *path, pl_folder_list *list, pl_findings *findings, pl_error *err)
{
    static const char what[] = "an economy is a folder with at least goods.csv";
    memset(list, 0, sizeof *list);
    DIR *dir = opendir(path);
    if (dir == NULL) {
        int code = errno;
        return code == ENOENT    ? pl_fail(err, PL_NOTFOUND, path, what, "there is no such folder")
               : code == ENOTDIR ? pl_fail(err, PL_IO, path, what, "this is a file, not a folder of tables")
                                 : pl_fail(err, PL_IO, path, "check who may read there", "cannot open the folder: %s",
                                           strerror(code));
    }
    int64_t errors = findings->count[PL_ERROR];
    for (pl_economy_table t = PL_GOODS; t < PL_TABLES; t++) {
        find_table(path, t, list, findings);
    }
    note_unknown(dir, list, findings);
    closedir(dir);
    if (findings->count[PL_ERROR] > errors) {
        return pl_fail_findings(findings, PL_DATA, path, err);
    }
    if (list->file[PL_GOODS][0] == '\0') {
        char plan[4096];
        bool is_plan = pl_path_join(plan, sizeof plan, path, "plan.json") && pl_path_exists(plan);
        const char *hint = is_plan ? "this is a plan: name the economy that it was made for" : what;
        pl_found(findings, PL_ERROR, "goods.csv", 0, 0, hint, "there is no goods.csv in this folder");
        return pl_fail(err, PL_DATA, path, hint, "there is no goods.csv in this folder");
    }
    return PL_OK;
}

pl_status pl_folder_title(const char *path, char *out, size_t size, pl_findings *findings, pl_error *err)
{
    static const char name[] = "datapackage.json";
    char full[4096];
    pl_file file;
    pl_error own;
    json_error_t at = {.line = 0};
    out[0] = '\0';
    if (!pl_path_join(full, sizeof full, path, name) || !pl_path_exists(full)) {
        return PL_OK;
    }
    pl_status status = pl_file_read(full, PL_PACKAGE_FILE_MAX, &file, &own);
    if (status != PL_OK && status != PL_NOMEM) {
        pl_found(findings, PL_WARNING, name, 0, 0, own.hint, "%s", own.message);
        return PL_OK;
    }
    json_t *package = NULL;
    status = status == PL_OK ? pl_json_read(file.bytes, file.n, name, &package, &at, err) : status;
    pl_file_clear(&file);
    if (status == PL_NOMEM) {
        return pl_fail_nomem(err, name);
    }
    if (!json_is_object(package)) {
        pl_found(findings, PL_WARNING, name, package == NULL ? at.line : 1, package == NULL ? at.column : 0,
                 "the tables are read all the same", "%s", package == NULL ? at.text : "this is not a JSON object");
    } else {
        json_int_t version = json_integer_value(json_object_get(json_object_get(package, "plenty"), "economy"));
        if (version > PL_ECONOMY_VERSION) {
            pl_found(findings, PL_ERROR, name, 0, 0, "use a newer version of Plenty",
                     "this economy is of format %lld, this version reads format %d", (long long)version, PL_ECONOMY_VERSION);
        }
        const char *title = json_string_value(json_object_get(package, "title"));
        title = title != NULL ? title : json_string_value(json_object_get(package, "name"));
        int n = snprintf(out, size, "%s", title != NULL ? title : "");
        if ((size_t)n >= size) { /* cut, but not within a character */
            size_t last = size - 1;
            while (last > 0 && ((unsigned char)title[last] & 0xc0) == 0x80) {
                last--;
            }
            out[last] = '\0';
        }
    }
    json_decref(package);
    return PL_OK;
}
