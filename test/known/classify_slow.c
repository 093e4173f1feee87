/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Names of foods sorted into groups: 8,463 of the USDA nutrient database (25 groups, much like the classes of COICOP's division 01) and
 * 6,940 of its recipes (50 groups by the first two digits of their number).  Judged on names not seen in training. */
#include "test/test.h"

#include <plenty/estimate.h>

#include "base/map.h"
#include "base/mem.h"
#include "needs/frame.h"

static pl_error err;

static pl_classify_report sort_names(const char *path, const char *name, const char *class, size_t digits)
{
    pl_frame f;
    pl_levels l;
    int32_t column, of;
    pl_classifier *m;
    pl_classify_report r;
    CHECK_INT(pl_frame_load(test_data(path), &f, &err), PL_OK);
    CHECK(pl_frame_column(&f, name, &column, &err) == PL_OK && pl_frame_column(&f, class, &of, &err) == PL_OK);
    const char **text = PL_NEW(const char *, f.n_rows);
    for (int32_t i = 0; i < f.n_rows; i++) {
        text[i] = pl_frame_cell(&f, i, column);
        if (digits > 0) {
            f.cell[(size_t)i * (size_t)f.n_columns + (size_t)of][digits] = '\0';
        }
    }
    CHECK_INT(pl_frame_levels(&f, of, &l, &err), PL_OK);
    if (pl_classify_train(f.n_rows, text, l.of, l.n, NULL, &m, &r, &err) != PL_OK) {
        FAIL("%s", err.message);
    }
    printf("# %s: %d texts, %d classes: right %.2f %%, macro F1 %.3f, surest 70 %%: %.2f %%\n", path, r.texts, r.classes, 100 * r.accuracy, r.macro_f1,
           100 * r.coverage[6].accuracy);
    pl_classifier_free(m);
    pl_levels_clear(&l);
    pl_frame_clear(&f);
    pl_free(text);
    return r;
}

TEST(names_of_foods_find_their_group)
{
    pl_classify_report r = sort_names("us-food-recipes/nutrients_per_100g.csv", "name", "group", 0);
    CHECK(r.accuracy >= 0.965 && r.macro_f1 >= 0.955 && r.coverage[6].accuracy >= 0.995 && r.calibration < 0.01);
    r = sort_names("us-food-recipes/foods.csv", "name", "food", 2);
    CHECK(r.accuracy >= 0.875 && r.macro_f1 >= 0.75 && r.coverage[6].accuracy >= 0.98 && r.calibration < 0.02);
}

/* Types of products of a supermarket to 39 classes of COICOP, by the table of its categories, whose names are seeds. */
TEST(types_of_products_find_their_class)
{
    pl_frame products, goods;
    pl_levels class;
    int32_t type, category, department, name, coicop, n = 0;
    char mapping[4500];
    snprintf(mapping, sizeof mapping, "%s", test_source("mappings/loyalty-cards-2017-goods.csv"));
    CHECK_INT(pl_frame_load(test_data("loyalty-cards-2017/products.csv.gz"), &products, &err), PL_OK);
    CHECK_INT(pl_frame_load(mapping, &goods, &err), PL_OK);
    CHECK(pl_frame_column(&products, "product_type", &type, &err) == PL_OK && pl_frame_column(&products, "product_category", &category, &err) == PL_OK &&
          pl_frame_column(&products, "department", &department, &err) == PL_OK && pl_frame_column(&goods, "category", &name, &err) == PL_OK &&
          pl_frame_column(&goods, "coicop", &coicop, &err) == PL_OK);
    CHECK_INT(pl_frame_levels(&goods, coicop, &class, &err), PL_OK);
    pl_map of;
    int32_t old;
    pl_map_init(&of);
    for (int32_t r = 0; r < goods.n_rows; r++) {
        const char *c = pl_frame_cell(&goods, r, name);
        CHECK_INT(pl_map_put(&of, c, strlen(c), class.of[r], &old), PL_OK);
    }
    const char **text = PL_NEW(const char *, products.n_rows + goods.n_rows);
    int32_t *label = PL_NEW(int32_t, products.n_rows + goods.n_rows);
    for (int32_t r = 0; r < products.n_rows; r++) {
        const char *c = pl_frame_cell(&products, r, category), *t = pl_frame_cell(&products, r, type), *d = pl_frame_cell(&products, r, department);
        int32_t k = pl_map_get(&of, c, strlen(c));
        if (k >= 0 && class.name[k][0] != '\0' && t[0] != '\0') {
            char both[400];
            snprintf(both, sizeof both, "%.190s %.190s", d, t);
            text[n] = pl_arena_text(&products.arena, both, strlen(both));
            label[n++] = k;
        }
    }
    int32_t judged = n;
    for (int32_t r = 0; r < goods.n_rows; r++) {
        if (class.name[class.of[r]][0] != '\0' && pl_frame_cell(&goods, r, name)[0] != '\0') {
            text[n] = pl_frame_cell(&goods, r, name);
            label[n++] = class.of[r];
        }
    }
    pl_classifier *m;
    pl_classify_report r;
    CHECK_INT(pl_classify_train(n, text, label, class.n, &(pl_classify_settings){.n_seeds = n - judged}, &m, &r, &err), PL_OK);
    printf("# %d texts, %d seeds, %d ambiguous, %d classes: right %.2f %%, macro F1 %.3f, surest 70 %%: %.2f %%\n", r.texts, r.seeds, r.ambiguous, r.classes, 100 * r.accuracy,
           r.macro_f1, 100 * r.coverage[6].accuracy);
    CHECK(r.classes == 39 && r.accuracy >= 0.695 && r.macro_f1 >= 0.57 && r.coverage[6].accuracy >= 0.84 && r.calibration < 0.04);
    CHECK(pl_classify_threshold(m, 0.98) < 1);
    pl_classifier_free(m);
    pl_map_clear(&of);
    pl_levels_clear(&class);
    pl_frame_clear(&products);
    pl_frame_clear(&goods);
    pl_free(text);
    pl_free(label);
}
