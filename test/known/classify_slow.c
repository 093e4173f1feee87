/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Names of foods sorted into groups: 8,463 of the USDA nutrient database (25 groups, much like the classes of COICOP's division 01) and
 * 6,940 of its recipes (50 groups by the first two digits of their number).  Judged on names not seen in training. */
#include "test/test.h"

#include <plenty/estimate.h>

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
