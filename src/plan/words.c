/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * words.c - a plan in words for people: numbers, limits, stages. */
#include "plan/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

const char *pl_words_amount(double x, char out[PL_WORDS_NUMBER])
{
    static const struct {
        double from;
        const char *name;
    } words[] = {{1e12, "trillion"}, {1e9, "billion"}};
    char digits[PL_NUMBER_MAX];
    if (!pl_given(x)) {
        snprintf(out, PL_WORDS_NUMBER, "none");
        return out;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (fabs(x) >= words[i].from && fabs(x) < 1e15) {
            pl_number_for_people(x / words[i].from, digits);
            snprintf(out, PL_WORDS_NUMBER, "%s %s", digits, words[i].name);
            return out;
        }
    }
    pl_number_for_people(x, digits);
    snprintf(out, PL_WORDS_NUMBER, "%s", digits);
    return out;
}

const char *pl_words_percent(double share, char out[PL_WORDS_NUMBER])
{
    if (!pl_given(share)) {
        out[0] = '\0';
        return out;
    }
    double percent = 100 * share;
    if (fabs(percent - round(percent)) < 1e-7 || fabs(percent) >= 1000) {
        snprintf(out, PL_WORDS_NUMBER, "%.0f %%", percent);
    } else if (percent > 99.9 && percent < 100) {
        snprintf(out, PL_WORDS_NUMBER, "99.9 %%"); /* never rounds up to all */
    } else {
        snprintf(out, PL_WORDS_NUMBER, fabs(percent) < 0.1 ? "%.2g %%" : "%.1f %%", percent);
    }
    return out;
}

const char *pl_words_good(const pl_economy *e, int32_t good)
{
    const pl_good *g = &e->goods[good];
    return g->name[0] != '\0' ? g->name : g->id;
}

static const char *either(const char *name, const char *id)
{
    return name[0] != '\0' ? name : id;
}

const char *pl_words_limit_of(const pl_economy *e, pl_limit_kind kind, int32_t index)
{
    switch (kind) {
    case PL_LIMIT_RESOURCE:
        return either(e->resources[index].name, e->resources[index].id);
    case PL_LIMIT_CAPACITY:
        return either(e->recipes[index].name, e->recipes[index].id);
    case PL_LIMIT_FLOOR:
        return pl_words_good(e, e->needs[index].good);
    default:
        return pl_words_good(e, index);
    }
}

void pl_words_limit(const pl_economy *e, pl_limit_kind kind, int32_t index, char *out, size_t size)
{
    switch (kind) {
    case PL_LIMIT_RESOURCE:
        snprintf(out, size, "%s", pl_words_limit_of(e, kind, index));
        break;
    case PL_LIMIT_CAPACITY:
        snprintf(out, size, "capacity of %s", pl_words_limit_of(e, kind, index));
        break;
    case PL_LIMIT_IMPORT:
        snprintf(out, size, "imports of %s", pl_words_limit_of(e, kind, index));
        break;
    case PL_LIMIT_EXPORT:
        snprintf(out, size, "exports of %s", pl_words_limit_of(e, kind, index));
        break;
    case PL_LIMIT_STOCK:
        snprintf(out, size, "stock of %s", pl_words_limit_of(e, kind, index));
        break;
    case PL_LIMIT_FLOOR:
        snprintf(out, size, "floor of %s%s%s%s", pl_words_limit_of(e, kind, index),
                 e->needs[index].group[0] != '\0' ? " (" : "", e->needs[index].group,
                 e->needs[index].group[0] != '\0' ? ")" : "");
        break;
    default:
        snprintf(out, size, "?");
    }
}

const char *pl_words_limit_unit(const pl_economy *e, pl_limit_kind kind, int32_t index)
{
    switch (kind) {
    case PL_LIMIT_RESOURCE:
        return e->resources[index].unit;
    case PL_LIMIT_CAPACITY:
        return "";
    case PL_LIMIT_FLOOR:
        return e->goods[e->needs[index].good].unit;
    default:
        return e->goods[index].unit;
    }
}

const char *pl_words_common_unit(const pl_economy *e)
{
    for (int32_t g = 1; g < e->n_goods; g++) {
        if (strcmp(e->goods[g].unit, e->goods[0].unit) != 0) {
            return "";
        }
    }
    return e->n_goods > 0 ? e->goods[0].unit : "";
}

static const char *list_ids(const pl_stage *s, char *out, size_t size)
{
    size_t k = 0;
    out[0] = '\0';
    for (int32_t i = 0; i < s->n_objective && k < size; i++) {
        k += (size_t)snprintf(out + k, size - k, "%s%s", i > 0 ? ", " : "", s->objective[i]);
        if (i == 3 && s->n_objective > 5) {
            snprintf(out + (k < size ? k : size - 1), k < size ? size - k : 1, " and %d more",
                     s->n_objective - 4);
            break;
        }
    }
    return out;
}

bool pl_words_same_tier(const pl_plan *p, int32_t k)
{
    return k > 1 && p->stages[k - 1].goal == PL_RAISE && p->stages[k - 2].goal == PL_RAISE &&
           p->stages[k - 1].tier == p->stages[k - 2].tier;
}

const char *pl_words_objective_unit(const pl_economy *e, const pl_stage *s)
{
    int32_t k = s->n_objective > 0 ? pl_find_resource(e, s->objective[0]) : -1;
    return k >= 0 ? e->resources[k].unit : "";
}

const char *pl_words_stage(const pl_plan *p, const pl_economy *e, int32_t k, char *out, size_t size)
{
    const pl_stage *s = &p->stages[k - 1];
    char value[PL_WORDS_NUMBER], ids[160];
    switch (s->goal) {
    case PL_RAISE:
        if (pl_words_same_tier(p, k)) {
            snprintf(out, size, "raise those of tier %d that nothing holds back yet: to %s", s->tier,
                     pl_words_percent(fmin(1, s->value), value));
        } else if (s->value >= 1 - 1e-9) {
            snprintf(out, size, "raise all needs of tier %d together: all of it can be met", s->tier);
        } else {
            snprintf(out, size, "raise all needs of tier %d together: to %s", s->tier, pl_words_percent(s->value, value));
        }
        break;
    case PL_RAISE_MOST:
        snprintf(out, size, "as much as possible of %s: %s of what is asked", s->needs,
                 pl_words_percent(s->value, value));
        break;
    case PL_MAX_WEIGHTED:
        snprintf(out, size, "the largest weighted sum of deliveries: %s", pl_words_amount(s->value, value));
        break;
    case PL_USE_LEAST:
        if (strcmp(s->objective[0], "levels") == 0) {
            snprintf(out, size, "with that, produce as little as possible (no work is counted here)");
            break;
        }
        snprintf(out, size, "with that, use as little as possible of %s: %s%s%s", list_ids(s, ids, sizeof ids),
                 pl_words_amount(s->value, value), pl_words_objective_unit(e, s)[0] != '\0' ? " " : "",
                 pl_words_objective_unit(e, s));
        break;
    default:
        snprintf(out, size, "meet what must be met whatever it costs");
    }
    return out;
}

const char *pl_words_goal(const pl_plan *p, char *out, size_t size)
{
    const char *argument = p->argument != NULL ? p->argument : "";
    switch (p->goal) {
    case PL_SATISFY:
        snprintf(out, size, "satisfy needs tier by tier, each as evenly as possible");
        break;
    case PL_LEAST:
        snprintf(out, size, "meet all needs with the least %s", argument);
        break;
    case PL_MOST:
        snprintf(out, size, "as much as possible of %s", argument);
        break;
    default:
        snprintf(out, size, "the largest weighted sum of deliveries");
    }
    return out;
}
