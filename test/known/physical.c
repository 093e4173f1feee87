/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Recipes in physical units, planned: fossil carbon dioxide of electricity and of corn in the United States. */
#include "test/import_help.h"
#include "test/plan_help.h"

#include <stdlib.h>

#include <plenty/plan.h>

#include "base/str.h"
#include "io/csv.h"
#include "io/file.h"

#define FLOWS 4096

static void read_whole(const char *path, pl_file *file)
{
    pl_error err = {0};
    if (pl_file_read(path, 1 << 24, file, &err) != PL_OK) {
        FAIL("%s: %s", path, err.message);
    }
}

/* A copy of a file, with `word` replaced by `other` where it comes first (NULL: as it is). */
static void copy(const char *from, const char *dir, const char *name, const char *word, const char *other)
{
    pl_file file;
    pl_str text;
    read_whole(from, &file);
    pl_str_init(&text, 1 << 24);
    const char *hit = word == NULL ? NULL : strstr(file.bytes, word);
    CHECK((hit == NULL) == (word == NULL));
    if (hit != NULL) {
        pl_str_add_n(&text, file.bytes, (size_t)(hit - file.bytes));
        pl_str_add(&text, other);
    }
    pl_str_add(&text, hit != NULL ? hit + strlen(word) : file.bytes);
    CHECK(!text.failed);
    import_put(dir, name, text.text);
    pl_str_clear(&text);
    pl_file_clear(&file);
}

/* The recipes as inventories are commonly summed up: of each process only the product it is for, of rival processes the
 * first (the others make nothing).  What is made beside it carries no burden: it is bought, for nothing. */
static void copy_cut_off(const char *from, const char *dir)
{
    pl_file file;
    pl_csv csv;
    pl_str text;
    pl_error err = {0};
    bool more, made[FLOWS] = {false};
    read_whole(from, &file);
    CHECK_INT(pl_csv_open(&csv, "recipes.csv", &file, &err), PL_OK);
    pl_str_init(&text, 1 << 24);
    pl_str_add(&text, "process,flow,direction,amount,is_avoided\n");
    int32_t main_product = pl_csv_column(&csv, "is_reference");
    CHECK(main_product >= 0);
    for (;;) {
        CHECK_INT(pl_csv_next(&csv, &more, &err), PL_OK);
        if (!more) {
            break;
        }
        long flow = strtol(csv.field[1].text + 1, NULL, 10); /* F0914 */
        CHECK(flow > 0 && flow < FLOWS);
        if (strcmp(csv.field[2].text, "out") == 0) {
            if (strcmp(csv.field[main_product].text, "1") != 0 || made[flow]) {
                continue;
            }
            made[flow] = true;
        }
        pl_str_addf(&text, "%s,%s,%s,%s,0\n", csv.field[0].text, csv.field[1].text, csv.field[2].text, csv.field[3].text);
    }
    CHECK(!text.failed);
    import_put(dir, "recipes.csv", text.text);
    pl_str_clear(&text);
    pl_csv_close(&csv);
    pl_file_clear(&file);
}

static pl_economy *imported(const char *data, const char *mapping)
{
    pl_error err = {0};
    pl_economy *e;
    if (pl_import(data, mapping, NULL, NULL, NULL, NULL, &e, &err) != PL_OK) {
        FAIL("%s: %s (%s)", err.subject, err.message, err.hint);
    }
    return e;
}

/* Kilograms for one unit of the good, of which the mapping asks for 1,000, with the least there is; and how many processes
 * that takes. */
static double least_carbon(const pl_economy *e, int *processes)
{
    pl_plan *plan = plan_made(e, "least CO2_fossil", 1, 0);
    CHECK(plan != NULL && plan->outcome == PL_PLANNED);
    double carbon = plan->stages[0].value / 1000;
    *processes = 0;
    for (int32_t r = 0; r < e->n_recipes; r++) {
        *processes += plan->level[r] > 0;
    }
    plan_verified(e, plan, "least CO2_fossil", 0);
    pl_plan_free(plan);
    return carbon;
}

/* From the published figures: one unit of the good, one producer of each product, joint products for nothing. */
static void cut_off(const char *good, double kilograms, double room, int want)
{
    int processes;
    const char *dir = import_folder(good);
    copy(test_data("uslci-recipes/flows.csv"), dir, "flows.csv", NULL, NULL);
    copy(test_data("uslci-recipes/processes.csv"), dir, "processes.csv", NULL, NULL);
    copy(test_data("uslci-recipes/emissions.csv"), dir, "emissions.csv", NULL, NULL);
    copy(test_source("mappings/uslci-recipes.json"), dir, "mapping.json", "F0914", good);
    copy_cut_off(test_data("uslci-recipes/recipes.csv"), dir);
    pl_economy *e = imported(dir, import_in(dir, "mapping.json"));
    double carbon = least_carbon(e, &processes);
    printf("# %s: %.6g kg of fossil CO2, %d processes\n", good, carbon, processes);
    CHECK(fabs(carbon - kilograms) <= room);
    CHECK_INT(processes, want);
    pl_economy_free(e);
}

TEST(electricity)
{
    cut_off("F0914", 0.655, 0.0005, 34);
}

TEST(corn)
{
    cut_off("F0775", 0.0738, 0.00005, 52);
}

/* Joint products as they are: whoever wants fuel oil must run the refinery, and the rest of the barrel is left over.  So it
 * takes a little more.  Hydropower, which no process makes, but which one is credited with (a negative input), is bought:
 * when it was made by running that process, a kilowatt hour took 23 kg. */
TEST(electricity_with_joint_products)
{
    char mapping[4300];
    int processes;
    snprintf(mapping, sizeof mapping, "%s", test_source("mappings/uslci-recipes.json"));
    pl_economy *e = imported(test_data("uslci-recipes"), mapping);
    double carbon = least_carbon(e, &processes);
    printf("# %.6g kg of fossil CO2, %d processes\n", carbon, processes);
    CHECK(carbon > 0.655 && carbon < 0.7);
    int32_t good = pl_find_good(e, "F0334"), bought = -1;
    for (int32_t k = 0; k < e->n_trade; k++) {
        bought = e->trade[k].good == good ? k : bought;
    }
    CHECK(good >= 0 && bought >= 0 && pl_given(e->trade[bought].import_price));
    pl_economy_free(e);
}
