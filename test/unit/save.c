/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <plenty/economy.h>

#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"
#include "test/test.h"

#define OK(call) CHECK((call) == PL_OK)

static const char *in_tmp(const char *name)
{
    static char path[8][4200];
    static int turn;
    char *p = path[turn++ % 8];
    snprintf(p, sizeof path[0], "%s/%s", test_tmp(), name);
    return p;
}

static void put(const char *name, const char *text)
{
    FILE *f = fopen(in_tmp(name), "wb");
    CHECK(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

static const char *content(const char *name)
{
    static char text[8192];
    pl_file file;
    pl_error err = {0};
    if (pl_file_read(in_tmp(name), sizeof text - 1, &file, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    memcpy(text, file.bytes, file.n + 1);
    pl_file_clear(&file);
    return text;
}

static void put_bakery(void)
{
    mkdir(in_tmp("e"), 0777);
    put("e/goods.csv", "colour,good,unit\n\"white, or so\",flour,kg\nbrown,bread,loaf\n");
    put("e/recipes.csv", "recipe\nbake\n");
    put("e/flows.csv", "recipe,good,amount,remark\nbake,flour,-0.50,\"say \"\"hm\"\"\"\nbake,bread,1.0,\n");
    put("e/needs.csv", "good,amount,tier,who\nbread,3,2,b\nbread,4,,a\n");
    put("e/stocks.csv", "good,amount,period\nflour,3,2027\n");
    put("e/notes.txt", "mine");
    put("e/prices.csv.gz", "not even gzip");
    put("e/datapackage.json",
        "{\"title\": \"Bäckerei\", \"sources\": [{\"title\": \"me\"}], \"x\": {\"b\": [1, null]}, \"resources\": []}");
}

static pl_economy *loaded(const char *name)
{
    pl_economy *e = NULL;
    pl_error err = {0};
    if (pl_economy_load(in_tmp(name), NULL, NULL, &e, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    return e;
}

static void save(const pl_economy *e, const char *name, bool replace, const pl_package *package)
{
    pl_error err = {0};
    if (pl_economy_save(e, in_tmp(name), replace, package, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
}

static void check_content(const char *folder, const char *file, const char *want)
{
    char name[64];
    snprintf(name, sizeof name, "%s/%s", folder, file);
    if (strcmp(content(name), want) != 0) {
        FAIL("%s is \"%s\"", name, content(name));
    }
}

static void check_saved(const char *folder)
{
    char name[64];
    check_content(folder, "goods.csv", "good,unit,colour\nbread,loaf,brown\nflour,kg,\"white, or so\"\n");
    check_content(folder, "recipes.csv", "recipe\nbake\n");
    check_content(folder, "flows.csv", "recipe,good,amount,remark\nbake,bread,1,\nbake,flour,-0.5,\"say \"\"hm\"\"\"\n");
    check_content(folder, "needs.csv", "good,tier,amount,who\nbread,1,4,a\nbread,2,3,b\n");
    check_content(folder, "stocks.csv", "good,amount,period\nflour,3,2027\n");
    check_content(folder, "notes.txt", "mine");
    snprintf(name, sizeof name, "%s/uses.csv", folder);
    CHECK(!pl_path_exists(in_tmp(name)));
    snprintf(name, sizeof name, "%s/prices.csv.gz", folder);
    CHECK(pl_path_exists(in_tmp(name)));
}

TEST(what_plenty_does_not_know_is_kept)
{
    put_bakery();
    pl_economy *e = loaded("e");
    save(e, "copy", false, NULL);
    check_saved("copy");
    save(e, "e", true, NULL); /* over itself */
    check_saved("e");
    pl_economy_free(e);
    e = loaded("copy");
    CHECK_STR(e->title, "Bäckerei");
    pl_economy_free(e);
}

TEST(the_package_describes_the_tables)
{
    put_bakery();
    pl_economy *e = loaded("e");
    save(e, "copy", false, &(pl_package){.name = "bakery", .licence = "CC0-1.0", .source_path = "https://example.org"});
    pl_economy_free(e);
    json_t *p = json_loads(content("copy/datapackage.json"), JSON_REJECT_DUPLICATES, NULL);
    CHECK(json_is_object(p));
#define TEXT(object, key) json_string_value(json_object_get(object, key))
    CHECK_STR(TEXT(p, "name"), "bakery");
    CHECK_STR(TEXT(p, "title"), "Bäckerei");
    CHECK_STR(TEXT(json_array_get(json_object_get(p, "licenses"), 0), "name"), "CC0-1.0");
    CHECK_STR(TEXT(json_array_get(json_object_get(p, "sources"), 0), "path"), "https://example.org");
    CHECK_INT(json_array_size(json_object_get(json_object_get(p, "x"), "b")), 2);
    CHECK_INT(json_integer_value(json_object_get(json_object_get(p, "plenty"), "economy")), 1);
    const json_t *resources = json_object_get(p, "resources");
    CHECK_INT(json_array_size(resources), 5);
    const json_t *flows = json_array_get(resources, 2), *schema = json_object_get(flows, "schema");
    CHECK_STR(TEXT(flows, "path"), "flows.csv");
    CHECK_INT(json_array_size(json_object_get(schema, "fields")), 4);
    CHECK_INT(json_array_size(json_object_get(schema, "primaryKey")), 2);
    CHECK_INT(json_array_size(json_object_get(schema, "foreignKeys")), 2);
    json_decref(p);
}

TEST(rows_that_are_new_have_empty_cells)
{
    put_bakery();
    pl_builder *b;
    pl_economy *e;
    OK(pl_builder_new(&b, NULL));
    OK(pl_add_good(b, 0, "bread", NULL, NULL, NULL, NULL, true));
    OK(pl_add_good(b, 0, "cake", "Cake, sweet", NULL, NULL, NULL, false));
    OK(pl_add_stock(b, 0, "cake", 1));
    OK(pl_builder_set_title(b, "", in_tmp("e")));
    OK(pl_builder_freeze(b, NULL, &e, NULL));
    pl_builder_free(b);
    save(e, "copy", false, NULL);
    pl_economy_free(e);
    CHECK_STR(content("copy/goods.csv"), "good,name,disposal,colour\nbread,,none,brown\ncake,\"Cake, sweet\",free,\n");
    CHECK_STR(content("copy/stocks.csv"), "good,amount,period\ncake,1,\n");
    CHECK(!pl_path_exists(in_tmp("copy/flows.csv")));
    pl_economy_free(loaded("copy"));
}

TEST(an_old_folder_that_is_gone_is_no_hindrance)
{
    put_bakery();
    pl_economy *e = loaded("e");
    CHECK(rename(in_tmp("e"), in_tmp("moved")) == 0);
    save(e, "copy", false, NULL);
    CHECK_STR(content("copy/goods.csv"), "good,unit\nbread,loaf\nflour,kg\n");
    pl_economy_free(e);
}

TEST(an_old_folder_that_was_spoiled_is_an_error)
{
    put_bakery();
    pl_economy *e = loaded("e");
    pl_error err = {0};
    put("e/flows.csv", "recipe,good,amount,remark\nbake\n");
    CHECK_INT(pl_economy_save(e, in_tmp("copy"), false, NULL, &err), PL_PARSE);
    CHECK_STR(err.subject, "flows.csv:2:5");
    CHECK(!pl_path_exists(in_tmp("copy")));
    pl_economy_free(e);
}

TEST(other_places_are_refused)
{
    put_bakery();
    pl_economy *e = loaded("e");
    pl_error err = {0};
    CHECK_INT(pl_economy_save(e, in_tmp("e"), false, NULL, &err), PL_IO);
    CHECK(strstr(err.message, "already") != NULL);
    CHECK(mkdir(in_tmp("home"), 0777) == 0);
    put("home/letter", "x");
    CHECK_INT(pl_economy_save(e, in_tmp("home"), true, NULL, &err), PL_IO);
    CHECK_INT(pl_economy_save(e, in_tmp("no/such/folder"), true, NULL, &err), PL_IO);
    CHECK_INT(pl_economy_save(e, in_tmp("e/notes.txt"), true, NULL, &err), PL_IO);
    pl_economy_free(e);
}
