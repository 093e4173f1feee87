/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Replanning: after a change the plan that starts from the older one is as good as one from nothing, and the checker
 * finds nothing wrong with it. */

#include <plenty/generate.h>

#include <string.h>

#include "test/plan_help.h"
#include "test/random_economy.h"
#include "test/test.h"

#define ECONOMIES 200
#define GOODS 40

static const char *const GOALS[] = {"satisfy", "least labour", "satisfy", "weighted", "most households"};
static const char *const CHANGES[] = {"a need grew", "needs fell", "a recipe is gone", "a limit was cut", "a good is new"};

static void path_of(const char *folder, const char *table, char out[600])
{
    snprintf(out, 600, "%s/%s", folder, table);
}

/* Copies a table without the rows whose first cell is `id` (NULL: none), and with one more row (NULL: none). */
static void rewrite(const char *folder, const char *table, const char *id, const char *more)
{
    char path[600], line[20000];
    path_of(folder, table, path);
    FILE *old = fopen(path, "r");
    if (old == NULL) {
        return; /* a table without rows */
    }
    FILE *made = tmpfile();
    CHECK(made != NULL);
    size_t n = id != NULL ? strlen(id) : 0;
    while (fgets(line, sizeof line, old) != NULL) {
        if (id == NULL || strncmp(line, id, n) != 0 || line[n] != ',') {
            fputs(line, made);
        }
    }
    fputs(more != NULL ? more : "", made);
    fclose(old);
    rewind(made);
    FILE *out = fopen(path, "w");
    CHECK(out != NULL);
    while (fgets(line, sizeof line, made) != NULL) {
        fputs(line, out);
    }
    CHECK_INT(fclose(out), 0);
    fclose(made);
}

/* A row for a table whose header says which columns it has: the first cell, and that of `column`. */
static void add_row(const char *folder, const char *table, const char *first, const char *column, const char *value)
{
    char path[600], line[2000], row[2000];
    path_of(folder, table, path);
    FILE *f = fopen(path, "r");
    CHECK(f != NULL && fgets(line, sizeof line, f) != NULL);
    fclose(f);
    line[strcspn(line, "\r\n")] = '\0';
    int at = snprintf(row, sizeof row, "%s", first);
    for (char *word = strchr(line, ','); word != NULL; word = strchr(word + 1, ',')) {
        size_t n = strcspn(word + 1, ",");
        bool this = strlen(column) == n && strncmp(word + 1, column, n) == 0;
        at += snprintf(row + at, sizeof row - (size_t)at, ",%s", this ? value : "");
    }
    snprintf(row + at, sizeof row - (size_t)at, "\n");
    rewrite(folder, table, NULL, row);
}

static int32_t first_limited(const pl_economy *e)
{
    for (int32_t k = 0; k < e->n_resources; k++) {
        if (pl_given(e->resources[k].available)) {
            return k;
        }
    }
    return -1;
}

/* The changed economy, and the changes of the scenario on top of it. */
static void change(const pl_economy *e, int kind, const char *folder, pl_economy **other, pl_variant **v)
{
    char text[300] = "";
    const char *verb = "demand";
    const pl_need *need = &e->needs[e->n_needs / 2];
    pl_error err = {0};
    pl_findings none = {0};
    CHECK(pl_economy_save(e, folder, true, NULL, &err) == PL_OK);
    if (kind == 0) {
        snprintf(text, sizeof text, "good:%.200s=+10%%", e->goods[need->good].id);
    } else if (kind == 1) {
        snprintf(text, sizeof text, "all=-1%%");
    } else if (kind == 2) {
        const char *id = e->recipes[e->n_recipes / 3].id;
        rewrite(folder, "recipes.csv", id, NULL);
        rewrite(folder, "flows.csv", id, NULL);
        rewrite(folder, "uses.csv", id, NULL);
    } else if (kind == 3 && first_limited(e) >= 0) {
        verb = "set";
        snprintf(text, sizeof text, "resource:%.200s=-2%%", e->resources[first_limited(e)].id);
    } else if (kind == 4) {
        add_row(folder, "goods.csv", "a-new-good", "unit", "pieces");
        add_row(folder, "recipes.csv", "a-new-recipe", "name", "a new one");
        rewrite(folder, "flows.csv", NULL, "a-new-recipe,a-new-good,1\n");
        add_row(folder, "needs.csv", "a-new-good", "amount", "5");
    }
    if (pl_economy_load(folder, NULL, &none, other, &err) != PL_OK || pl_variant_new(*other, v, &err) != PL_OK ||
        (text[0] != '\0' && pl_variant_change(*v, verb, text, &err) != PL_OK)) {
        FAIL("%s: %s %s: %s", CHANGES[kind], err.subject, err.message, none.count[PL_ERROR] > 0 ? "tables" : text);
    }
}

static pl_status planned(const pl_variant *v, const char *goal, const pl_plan *from, pl_plan **plan)
{
    pl_plan_settings settings = {0};
    pl_error err = {0};
    *plan = NULL;
    CHECK(pl_goal_parse(goal, &settings, &err) == PL_OK);
    settings.from = from;
    pl_status status = pl_plan_make(v, &settings, plan, &err);
    if (status != PL_OK && status != PL_DATA && status != PL_USAGE) {
        FAIL("%s%s: %s", goal, from != NULL ? ", from an older plan" : "", err.message);
    }
    return status;
}

/* The first stage, and the mean part of needs that is met; the whole plan where all is met. */
static void agree(const pl_plan *a, const pl_plan *b, const pl_economy *e, int kind, const char *goal, uint64_t seed)
{
    CHECK_INT(a->outcome, b->outcome);
    if (a->outcome != PL_PLANNED) {
        return;
    }
    const pl_stage *s = &a->stages[0], *t = &b->stages[0], *x = &a->stages[a->n_stages - 1], *y = &b->stages[b->n_stages - 1];
    double met[2] = {pl_plan_needs_met(a, e, 0), pl_plan_needs_met(b, e, 0)};
    bool weighted = strcmp(goal, "weighted") == 0; /* deliveries of equal weight may be exchanged */
    if (!(fabs(s->value - t->value) <= 1e-8 * fabs(t->value)) || (!weighted && !(fabs(met[0] - met[1]) <= 1e-7)) ||
        (!weighted && !(fabs(x->value - y->value) <= 1e-6 * fmax(fabs(y->value), 1)))) {
        FAIL("economy %d, %s, %s: %.12g %.12g %.12g, from nothing %.12g %.12g %.12g", (int)seed, CHANGES[kind], goal, s->value,
             met[0], x->value, t->value, met[1], y->value);
    }
}

TEST(a_plan_that_starts_from_an_older_one_is_as_good)
{
    int64_t steps[2] = {0, 0};
    int planned_again = 0;
    for (uint64_t seed = 1; seed <= ECONOMIES; seed++) {
        int kind = (int)(seed % 5);
        const char *goal = GOALS[seed / 5 % 5];
        char folder[300], older[300];
        pl_economy *e = test_random_economy(seed, GOODS, seed), *other;
        pl_variant *v;
        pl_plan *old = plan_made(e, goal, 1, seed), *start, *again, *whole;
        pl_error err = {0};
        snprintf(folder, sizeof folder, "%.200s/changed", test_tmp());
        snprintf(older, sizeof older, "%.200s/older", test_tmp());
        change(e, kind, folder, &other, &v);
        if (old != NULL && old->outcome == PL_PLANNED) {
            CHECK(pl_plan_save(old, e, older, true, &err) == PL_OK);
            if (pl_plan_load_start(older, v, &start, &err) != PL_OK) {
                FAIL("economy %d: %s", (int)seed, err.message);
            }
            pl_status status = planned(v, goal, start, &again);
            CHECK_INT(status, planned(v, goal, NULL, &whole));
            if (status == PL_OK) {
                agree(again, whole, &v->economy, kind, goal, seed);
                years_verified(other, v, again, goal, seed);
                steps[0] += again->iterations;
                steps[1] += whole->iterations;
                planned_again += again->outcome == PL_PLANNED;
            }
            pl_plan_free(again);
            pl_plan_free(whole);
            pl_plan_free(start);
        }
        pl_plan_free(old);
        pl_variant_free(v);
        pl_economy_free(other);
        pl_economy_free(e);
    }
    printf("# %d planned again in %lld steps instead of %lld\n", planned_again, (long long)steps[0], (long long)steps[1]);
    CHECK(planned_again >= ECONOMIES / 2);
    CHECK(3 * steps[0] < 2 * steps[1]);
}

/* The same by Newton steps: within what both prove; threads make no difference to the bits. */
TEST(newton_steps_that_start_from_an_older_plan_prove_as_much)
{
    static const char *const changes[] = {"all=-2%", "all=+1%", "tier:3=-5%", "tier:1=+3%"};
    int64_t steps[2] = {0, 0};
    for (uint64_t seed = 1; seed <= 8; seed++) {
        char at[300];
        pl_economy *e;
        pl_variant *v, *changed;
        pl_plan *old, *plan[3];
        pl_findings none = {0};
        pl_error err = {0};
        pl_generate_settings synthetic = pl_generate_defaults(300);
        pl_plan_settings settings = {.goal = seed % 2 == 0 ? PL_LEAST : PL_SATISFY, .argument = seed % 2 == 0 ? "labour" : NULL,
                                     .way = PL_BY_NEWTON};
        synthetic.seed = seed;
        snprintf(at, sizeof at, "%.200s/synthetic", test_tmp());
        CHECK(pl_economy_generate(&synthetic, at, NULL, &err) == PL_OK);
        CHECK(pl_economy_load(at, NULL, &none, &e, &err) == PL_OK);
        CHECK(pl_variant_new(e, &v, &err) == PL_OK && pl_variant_new(e, &changed, &err) == PL_OK);
        CHECK(pl_variant_change(changed, "demand", changes[seed / 2 % 4], &err) == PL_OK);
        CHECK(pl_plan_make(v, &settings, &old, &err) == PL_OK);
        CHECK(pl_plan_make(changed, &settings, &plan[0], &err) == PL_OK);
        settings.from = old;
        CHECK(pl_plan_make(changed, &settings, &plan[1], &err) == PL_OK);
        settings.threads = 2;
        CHECK(pl_plan_make(changed, &settings, &plan[2], &err) == PL_OK);
        CHECK(memcmp(plan[1]->level, plan[2]->level, sizeof(double) * (size_t)e->n_recipes) == 0);
        const pl_stage *s = &plan[0]->stages[plan[0]->n_stages - 1], *t = &plan[1]->stages[plan[1]->n_stages - 1];
        CHECK_INT(plan[0]->n_stages, plan[1]->n_stages);
        if (!(fabs(s->value - t->value) <= fabs(s->value - s->bound) + fabs(t->value - t->bound) + 1e-9 * fabs(s->value)) ||
            !(fabs(t->value - t->bound) <= 1e-6 * fabs(t->value))) {
            FAIL("economy %d: %.9g (bound %.9g), from nothing %.9g (bound %.9g)", (int)seed, t->value, t->bound, s->value, s->bound);
        }
        years_verified(e, changed, plan[1], "an older plan", seed);
        steps[0] += plan[1]->iterations;
        steps[1] += plan[0]->iterations;
        for (int k = 0; k < 3; k++) {
            pl_plan_free(plan[k]);
        }
        pl_plan_free(old);
        pl_variant_free(v);
        pl_variant_free(changed);
        pl_economy_free(e);
    }
    printf("# %lld Newton steps instead of %lld\n", (long long)steps[0], (long long)steps[1]);
    CHECK(steps[0] < steps[1]);
}
