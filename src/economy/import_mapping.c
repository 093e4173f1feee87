/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * The mapping: JSON to pl_im_mapping, strictly.  Every message names the file and the path of the key. */
#include "economy/import_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "io/json_read.h"

const char *const pl_im_kind_id[PL_IM_KINDS] = {"supply-use", "input-output", "regional-input-output", "processes",
                                                "food-recipes"};
const char *const pl_im_model_id[PL_IM_MODELS] = {"product-technology", "industry-technology", "industry-sales",
                                                  "product-sales", "activities"};
const char *const pl_im_column_id[PL_IM_COLUMNS] = {
    "product", "industry", "user",    "category", "item",      "value",   "place",  "code",       "name",     "unit", "group",
    "output",  "kind",     "process", "flow",     "direction", "avoided", "food",   "ingredient", "weight", "moisture", "fat"};

#define C(column) (1u << PL_IM_##column)
static const struct {
    const char *id;
    unsigned need, may;
    unsigned kinds; /* bit of each kind that reads it */
} roles[PL_IM_ROLES + 1] = {
    [PL_IM_PRODUCTS] = {"products", C(CODE), C(NAME) | C(UNIT) | C(GROUP) | C(PLACE) | C(OUTPUT), 7},
    [PL_IM_INDUSTRIES] = {"industries", C(CODE), C(NAME) | C(GROUP) | C(PLACE) | C(OUTPUT), 1},
    [PL_IM_NAMES] = {"names", C(CODE) | C(NAME), 0, 7},
    [PL_IM_USE] = {"use", C(PRODUCT) | C(INDUSTRY), C(VALUE) | C(PLACE), 7},
    [PL_IM_MAKE] = {"make", C(PRODUCT) | C(INDUSTRY), C(VALUE) | C(PLACE), 1},
    [PL_IM_FINAL] = {"final", C(PRODUCT) | C(CATEGORY), C(VALUE) | C(PLACE), 7},
    [PL_IM_IMPORTS] = {"imports", C(PRODUCT), C(USER) | C(VALUE) | C(PLACE), 7},
    [PL_IM_POOL] = {"pool", C(PRODUCT) | C(USER), C(VALUE) | C(PLACE), 4},
    [PL_IM_FACTORS] = {"factors", C(PRODUCT) | C(VALUE), 0, 7},
    [PL_IM_FLOWS] = {"flows", C(FLOW), C(NAME) | C(UNIT) | C(GROUP) | C(KIND), 8},
    [PL_IM_PROCESS_LIST] = {"processes", C(PROCESS), C(NAME) | C(PLACE), 8},
    [PL_IM_RECIPES] = {"recipes", C(PROCESS) | C(FLOW) | C(DIRECTION) | C(VALUE), C(AVOIDED), 8},
    [PL_IM_EMISSIONS] = {"emissions", C(PROCESS) | C(ITEM) | C(VALUE), C(UNIT), 8},
    [PL_IM_FOOD_LIST] = {"foods", C(FOOD), C(NAME) | C(MOISTURE) | C(FAT), 16},
    [PL_IM_INGREDIENTS] = {"ingredients", C(FOOD) | C(INGREDIENT) | C(WEIGHT), C(KIND) | C(NAME), 16},
    [PL_IM_ITEMS] = {"items", C(CODE), C(NAME) | C(GROUP), 16},
    [PL_IM_ACCOUNT] = {"accounts", C(INDUSTRY) | C(ITEM), C(VALUE) | C(PLACE), 7},
};

typedef struct parser {
    pl_im_mapping *m;
    pl_error *err;
} parser;

static pl_status bad(const parser *p, const char *path, const char *hint, const char *fmt, ...) PL_PRINTF(4, 5);
static pl_status bad(const parser *p, const char *path, const char *hint, const char *fmt, ...)
{
    char subject[256], message[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    snprintf(subject, sizeof subject, "%.100s%s%.140s", p->m->file, path[0] != '\0' ? ": " : "", path);
    return pl_fail(p->err, PL_PARSE, subject, hint, "%s", message);
}

/* `words` separated by spaces into list; returns how many. */
static int32_t split(const char *words, char *store, size_t size, const char **list, int32_t max)
{
    int32_t n = 0;
    snprintf(store, size, "%s", words);
    for (char *save = NULL, *w = strtok_r(store, " ", &save); w != NULL && n < max; w = strtok_r(NULL, " ", &save)) {
        list[n++] = w;
    }
    return n;
}

/* `json` must be an object with no other keys than `words` (and "note"). */
static pl_status check_keys(const parser *p, json_t *json, const char *path, const char *words)
{
    char store[1024], hint[512];
    const char *list[64], *key;
    int32_t n = split(words, store, sizeof store, list, 63);
    list[n++] = "note";
    if (!json_is_object(json)) {
        return bad(p, path, NULL, "this must be an object, { ... }");
    }
    json_t *value;
    json_object_foreach(json, key, value)
    {
        bool known = false;
        for (int32_t k = 0; k < n && !known; k++) {
            known = strcmp(key, list[k]) == 0;
        }
        if (!known) {
            const char *like = pl_did_you_mean(key, list, n);
            snprintf(hint, sizeof hint, like != NULL ? "did you mean \"%s\"?" : "known here: %s",
                     like != NULL ? like : words);
            return bad(p, path, hint, "unknown key \"%.80s\"", key);
        }
    }
    return PL_OK;
}

static void join(char *out, size_t size, const char *path, const char *key)
{
    snprintf(out, size, path[0] != '\0' ? "%s.%s" : "%s%s", path, key);
}

static pl_status get_text(const parser *p, json_t *o, const char *path, const char *key, bool required, const char **out)
{
    json_t *v = json_object_get(o, key);
    char full[256];
    join(full, sizeof full, path, key);
    if (v == NULL) {
        return required ? bad(p, path, NULL, "the key \"%s\" is missing", key) : PL_OK;
    }
    if (!json_is_string(v) || json_string_length(v) == 0 || json_string_length(v) > 1000) {
        return bad(p, full, NULL, "this must be a text of at most 1000 bytes");
    }
    *out = json_string_value(v);
    return PL_OK;
}

/* A number between low and high, or null = PL_ABSENT; *out is unchanged when the key is missing. */
static pl_status get_number(const parser *p, json_t *o, const char *path, const char *key, double low, double high,
                            double *out)
{
    json_t *v = json_object_get(o, key);
    char full[256];
    join(full, sizeof full, path, key);
    if (v == NULL) {
        return PL_OK;
    }
    if (json_is_null(v)) {
        *out = PL_ABSENT;
        return PL_OK;
    }
    double x = json_number_value(v);
    if (!json_is_number(v) || !(x >= low && x <= high)) {
        return bad(p, full, NULL, "this must be a number from %g to %g, or null", low, high);
    }
    *out = x;
    return PL_OK;
}

static pl_status get_choice(const parser *p, json_t *o, const char *path, const char *key, const char *words, int *out)
{
    const char *text = NULL, *list[16];
    char store[256], full[256], hint[320];
    PL_IM_TRY(get_text(p, o, path, key, false, &text));
    if (text == NULL) {
        return PL_OK;
    }
    int32_t n = split(words, store, sizeof store, list, 16);
    for (int32_t k = 0; k < n; k++) {
        if (strcmp(text, list[k]) == 0) {
            *out = k;
            return PL_OK;
        }
    }
    join(full, sizeof full, path, key);
    snprintf(hint, sizeof hint, "one of: %s", words);
    return bad(p, full, hint, "\"%.80s\" is not known here", text);
}

/* A text (when `one`) or a list of texts. */
static pl_status get_list(const parser *p, json_t *o, const char *path, const char *key, bool one, json_t **out)
{
    json_t *v = json_object_get(o, key), *item;
    char full[256];
    size_t k;
    join(full, sizeof full, path, key);
    *out = v;
    if (v == NULL || (one && json_is_string(v))) {
        return PL_OK;
    }
    if (!json_is_array(v)) {
        return bad(p, full, NULL, "this must be a list of texts, [ ... ]");
    }
    json_array_foreach(v, k, item)
    {
        if (!json_is_string(item)) {
            return bad(p, full, "codes are texts: write \"01\", not 1", "item %zu of the list is no text", k + 1);
        }
    }
    return PL_OK;
}

/* ---- Tables ----------------------------------------------------------------------------------- */

static pl_status check_columns(const parser *p, const pl_im_table *t, const char *path, pl_im_role role)
{
    int stars = 0;
    for (int32_t c = 0; c < PL_IM_COLUMNS; c++) {
        bool need = (roles[role].need & 1u << c) != 0;
        if (need && t->column[c] == NULL) {
            return bad(p, path, "name the column of the file; \"*\" means: its headings", "the key \"%s\" is missing",
                       pl_im_column_id[c]);
        }
        stars += t->column[c] != NULL && strcmp(t->column[c], "*") == 0;
    }
    bool takes_value = ((roles[role].need | roles[role].may) & C(VALUE)) != 0;
    if (stars > 1 || (stars == 1 && (!takes_value || t->column[PL_IM_VALUE] != NULL))) {
        return bad(p, path, "a wide table has one \"*\" and no \"value\"", "the headings can only stand for one thing");
    }
    if (stars == 0 && takes_value && t->column[PL_IM_VALUE] == NULL) {
        return bad(p, path, "or, when the table is wide, \"*\" for what the headings are", "the key \"value\" is missing");
    }
    return PL_OK;
}

static pl_status get_table(const parser *p, json_t *o, const char *path, pl_im_role role, pl_im_table *t)
{
    char words[512] = "file where skip optional";
    for (int32_t c = 0; c < PL_IM_COLUMNS; c++) {
        if (((roles[role].need | roles[role].may) & 1u << c) != 0) {
            size_t n = strlen(words);
            snprintf(words + n, sizeof words - n, " %s", pl_im_column_id[c]);
        }
    }
    PL_IM_TRY(check_keys(p, o, path, words));
    PL_IM_TRY(get_text(p, o, path, "file", true, &t->file));
    for (int32_t c = 0; c < PL_IM_COLUMNS; c++) {
        if (((roles[role].need | roles[role].may) & 1u << c) != 0) {
            PL_IM_TRY(get_text(p, o, path, pl_im_column_id[c], false, &t->column[c]));
        }
    }
    PL_IM_TRY(get_list(p, o, path, "skip", true, &t->skip));
    t->where = json_object_get(o, "where");
    const char *key;
    json_t *v;
    if (t->where != NULL && (!json_is_object(t->where) || json_object_size(t->where) > 8)) {
        return bad(p, path, NULL, "\"where\" must be an object of at most 8 columns");
    }
    json_object_foreach(t->where, key, v)
    {
        if (!json_is_string(v)) {
            return bad(p, path, NULL, "\"where\": the value of \"%.80s\" must be a text", key);
        }
    }
    t->optional = json_is_true(json_object_get(o, "optional"));
    return check_columns(p, t, path, role);
}

static pl_status get_tables(const parser *p, json_t *tables)
{
    char words[512] = "";
    unsigned kind = 1u << p->m->kind;
    for (int32_t r = 0; r < PL_IM_ROLES; r++) {
        if ((roles[r].kinds & kind) != 0) {
            size_t n = strlen(words);
            snprintf(words + n, sizeof words - n, "%s%s", n > 0 ? " " : "", roles[r].id);
        }
    }
    PL_IM_TRY(check_keys(p, tables, "tables", words));
    for (int32_t r = 0; r < PL_IM_ROLES; r++) {
        json_t *t = json_object_get(tables, roles[r].id);
        char path[64];
        snprintf(path, sizeof path, "tables.%s", roles[r].id);
        p->m->table[r].name = roles[r].id;
        if (t != NULL) {
            PL_IM_TRY(get_table(p, t, path, (pl_im_role)r, &p->m->table[r]));
        }
    }
    static const struct {
        unsigned kinds;
        pl_im_role role;
    } needed[] = {{7, PL_IM_USE},    {7, PL_IM_FINAL},     {1, PL_IM_MAKE},         {4, PL_IM_PRODUCTS},
                  {8, PL_IM_RECIPES}, {16, PL_IM_FOOD_LIST}, {16, PL_IM_INGREDIENTS}};
    for (size_t k = 0; k < sizeof needed / sizeof needed[0]; k++) {
        if ((needed[k].kinds & kind) != 0 && p->m->table[needed[k].role].file == NULL) {
            return bad(p, "tables", NULL, "the table \"%s\" is missing", roles[needed[k].role].id);
        }
    }
    return PL_OK;
}

static pl_status get_accounts(const parser *p, json_t *accounts)
{
    const char *key;
    json_t *o;
    if (accounts != NULL && !json_is_object(accounts)) {
        return bad(p, "accounts", NULL, "this must be an object, { ... }");
    }
    json_object_foreach(accounts, key, o)
    {
        char path[256];
        join(path, sizeof path, "accounts", key);
        if (strcmp(key, "note") == 0) {
            continue;
        }
        if (p->m->n_accounts == PL_IM_ACCOUNTS_MAX) {
            return bad(p, "accounts", NULL, "more than %d tables", PL_IM_ACCOUNTS_MAX);
        }
        pl_im_table *t = &p->m->account[p->m->n_accounts++];
        t->name = key;
        PL_IM_TRY(get_table(p, o, path, PL_IM_ACCOUNT, t));
    }
    return PL_OK;
}

static pl_status get_account(const parser *p, json_t *o, const char *path, const char *key, const pl_im_table **out)
{
    const char *name = NULL, *list[PL_IM_ACCOUNTS_MAX];
    char full[256], hint[512];
    PL_IM_TRY(get_text(p, o, path, key, false, &name));
    if (name == NULL) {
        return PL_OK;
    }
    for (int32_t k = 0; k < p->m->n_accounts; k++) {
        list[k] = p->m->account[k].name;
        if (strcmp(name, list[k]) == 0) {
            *out = &p->m->account[k];
            return PL_OK;
        }
    }
    join(full, sizeof full, path, key);
    const char *like = pl_did_you_mean(name, list, p->m->n_accounts);
    snprintf(hint, sizeof hint, "did you mean \"%s\"?", like != NULL ? like : "");
    return bad(p, full, like != NULL ? hint : NULL, "there is no \"%.80s\" under \"accounts\"", name);
}

/* ---- Resources -------------------------------------------------------------------------------- */

static pl_status get_spread(const parser *p, json_t *o, const char *path, pl_im_resource *r)
{
    json_t *spread = json_object_get(o, "spread"), *chain = json_object_get(o, "supply_chain"), *v;
    const char *key;
    if (spread != NULL) {
        PL_IM_TRY(check_keys(p, spread, path, "account item"));
        PL_IM_TRY(get_account(p, spread, path, "account", &r->spread_account));
        PL_IM_TRY(get_text(p, spread, path, "item", true, &r->spread_item));
    }
    if (chain == NULL) {
        return PL_OK;
    }
    r->supply_chain = true;
    PL_IM_TRY(check_keys(p, chain, path, "price direct aliases"));
    json_t *price = json_object_get(chain, "price");
    if (price != NULL) {
        PL_IM_TRY(check_keys(p, price, path, "account item"));
        PL_IM_TRY(get_account(p, price, path, "account", &r->price_account));
        PL_IM_TRY(get_text(p, price, path, "item", true, &r->price_item));
    }
    r->direct = json_object_get(chain, "direct");
    r->aliases = json_object_get(chain, "aliases");
    json_object_foreach(r->direct, key, v)
    {
        if (!json_is_number(v)) {
            return bad(p, path, NULL, "supply_chain.direct: \"%.80s\" must be a number", key);
        }
    }
    json_object_foreach(r->aliases, key, v)
    {
        if (!json_is_string(v)) {
            return bad(p, path, NULL, "supply_chain.aliases: \"%.80s\" must be a code", key);
        }
    }
    return p->m->table[PL_IM_FACTORS].file != NULL
               ? PL_OK
               : bad(p, path, NULL, "\"supply_chain\" needs the table \"factors\"");
}

static pl_status get_resource(const parser *p, json_t *o, const char *path, pl_im_resource *r)
{
    int kind = PL_OTHER;
    *r = (pl_im_resource){.name = "", .unit = "", .factor = 1, .hours_per_job = PL_ABSENT, .available = PL_ABSENT};
    PL_IM_TRY(check_keys(p, o, path,
                         "resource name unit kind account item times over factor hours_per_job available spread "
                         "supply_chain"));
    PL_IM_TRY(get_text(p, o, path, "resource", true, &r->id));
    PL_IM_TRY(get_text(p, o, path, "name", false, &r->name));
    PL_IM_TRY(get_text(p, o, path, "unit", false, &r->unit));
    PL_IM_TRY(get_choice(p, o, path, "kind", "labour nature emission equipment money other", &kind));
    r->kind = (pl_kind)kind;
    PL_IM_TRY(get_account(p, o, path, "account", &r->account));
    PL_IM_TRY(get_list(p, o, path, "item", true, &r->items));
    PL_IM_TRY(get_text(p, o, path, "times", false, &r->times));
    PL_IM_TRY(get_text(p, o, path, "over", false, &r->over));
    PL_IM_TRY(get_number(p, o, path, "factor", -1e15, 1e15, &r->factor));
    PL_IM_TRY(get_number(p, o, path, "hours_per_job", 1, 8784, &r->hours_per_job));
    r->available = kind == PL_LABOUR || kind == PL_EQUIPMENT ? 1 : PL_ABSENT;
    PL_IM_TRY(get_number(p, o, path, "available", 0, 1e6, &r->available));
    PL_IM_TRY(get_spread(p, o, path, r));
    if (!pl_given(r->factor)) {
        return bad(p, path, NULL, "\"factor\" must be a number");
    }
    if (!r->supply_chain && (r->account == NULL || r->items == NULL)) {
        return bad(p, path, NULL, "say where the amounts are: \"account\" and \"item\"");
    }
    return PL_OK;
}

static pl_status get_resources(const parser *p, json_t *list)
{
    size_t k;
    json_t *o;
    if (list != NULL && !json_is_array(list)) {
        return bad(p, "resources", NULL, "this must be a list, [ ... ]");
    }
    if (json_array_size(list) > PL_IM_RESOURCES_MAX) {
        return bad(p, "resources", NULL, "more than %d resources", PL_IM_RESOURCES_MAX);
    }
    json_array_foreach(list, k, o)
    {
        char path[64];
        snprintf(path, sizeof path, "resources[%zu]", k);
        PL_IM_TRY(get_resource(p, o, path, &p->m->resource[p->m->n_resources++]));
    }
    return PL_OK;
}

/* ---- Demand and trade -------------------------------------------------------------------------- */

static pl_status check_groups(const parser *p, const char *path, json_t *groups)
{
    size_t k;
    json_t *group, *v;
    const char *key, *list[256];
    json_array_foreach(groups, k, group)
    {
        bool known = false;
        int32_t n = 0;
        json_object_foreach(p->m->categories, key, v)
        {
            known = known || json_equal(v, group);
            if (n < 256) {
                list[n++] = json_string_value(v);
            }
        }
        if (!known) {
            char hint[256];
            const char *like = pl_did_you_mean(json_string_value(group), list, n);
            snprintf(hint, sizeof hint, "did you mean \"%.200s\"?", like != NULL ? like : "");
            return bad(p, path, like != NULL ? hint : NULL, "\"%.80s\" is no group of demand.categories",
                       json_string_value(group));
        }
    }
    return PL_OK;
}

static pl_status get_tiers(const parser *p)
{
    size_t k;
    json_t *o;
    if (p->m->tier_list != NULL && (!json_is_array(p->m->tier_list) || json_array_size(p->m->tier_list) > 64)) {
        return bad(p, "demand.tiers", NULL, "this must be a list of at most 64 rules, [ ... ]");
    }
    json_array_foreach(p->m->tier_list, k, o)
    {
        char path[64];
        double tier = PL_ABSENT;
        pl_im_tier *t = &p->m->tier[p->m->n_tiers++];
        snprintf(path, sizeof path, "demand.tiers[%zu]", k);
        PL_IM_TRY(check_keys(p, o, path, "tier groups products factor"));
        PL_IM_TRY(get_number(p, o, path, "tier", 1, 1000, &tier));
        if (!pl_given(tier) || tier != (double)(int32_t)tier) {
            return bad(p, path, NULL, "\"tier\" must be a whole number from 1 on");
        }
        t->tier = (int32_t)tier;
        t->factor = 1;
        PL_IM_TRY(get_number(p, o, path, "factor", 0, 1000, &t->factor));
        if (!pl_given(t->factor)) {
            return bad(p, path, NULL, "\"factor\" must be a number");
        }
        PL_IM_TRY(get_list(p, o, path, "groups", false, &t->groups));
        PL_IM_TRY(get_list(p, o, path, "products", false, &t->products));
        PL_IM_TRY(check_groups(p, path, t->groups));
    }
    return PL_OK;
}

static pl_status get_demand(const parser *p, json_t *demand)
{
    const char *key;
    json_t *v;
    if (demand == NULL) {
        return p->m->kind <= PL_IM_REGIONAL ? bad(p, "", NULL, "the key \"demand\" is missing") : PL_OK;
    }
    PL_IM_TRY(check_keys(p, demand, "demand", "categories tiers"));
    p->m->categories = json_object_get(demand, "categories");
    if (!json_is_object(p->m->categories)) {
        return bad(p, "demand.categories", NULL, "this must be an object: code of a category -> group");
    }
    json_object_foreach(p->m->categories, key, v)
    {
        if (!json_is_string(v)) {
            return bad(p, "demand.categories", NULL, "the group of \"%.80s\" must be a text", key);
        }
    }
    p->m->tier_list = json_object_get(demand, "tiers");
    return get_tiers(p);
}

static pl_status get_trade(const parser *p, json_t *root)
{
    pl_im_mapping *m = p->m;
    json_t *imports = json_object_get(root, "imports"), *exports = json_object_get(root, "exports"),
           *fx = json_object_get(root, "foreign_exchange"), *pool = json_object_get(root, "pool");
    int choice = PL_IM_NO_IMPORTS, as = 0;
    m->import_price = m->export_limit = m->pool_limit = 1;
    m->import_limit = m->foreign_exchange = PL_ABSENT;
    if (imports != NULL) {
        PL_IM_TRY(check_keys(p, imports, "imports", "treatment limit price account item inside"));
        PL_IM_TRY(get_choice(p, imports, "imports", "treatment", "none column table list row", &choice));
        m->imports = (pl_im_trade)choice;
        m->imports_inside = json_is_true(json_object_get(imports, "inside"));
        if (m->imports_inside && m->imports != PL_IM_TABLE) {
            return bad(p, "imports", NULL, "\"inside\" belongs to the treatment \"table\"");
        }
        m->import_limit = m->imports == PL_IM_TABLE ? PL_ABSENT : 1;
        PL_IM_TRY(get_number(p, imports, "imports", "limit", 0, 1e6, &m->import_limit));
        PL_IM_TRY(get_number(p, imports, "imports", "price", 0, 1e6, &m->import_price));
        PL_IM_TRY(get_account(p, imports, "imports", "account", &m->import_account));
        PL_IM_TRY(get_list(p, imports, "imports", "item", true, &m->import_items));
    }
    if ((m->imports == PL_IM_TABLE || m->imports == PL_IM_LIST) && m->table[PL_IM_IMPORTS].file == NULL) {
        return bad(p, "imports", NULL, "this treatment needs the table \"imports\"");
    }
    if (m->imports == PL_IM_TABLE && m->table[PL_IM_IMPORTS].column[PL_IM_USER] == NULL) {
        return bad(p, "tables.imports", NULL, "the key \"user\" is missing (who uses the imported product)");
    }
    if (m->imports == PL_IM_ROW && (m->import_account == NULL || m->import_items == NULL)) {
        return bad(p, "imports", NULL, "the treatment \"row\" needs \"account\" and \"item\"");
    }
    if (exports != NULL) {
        PL_IM_TRY(check_keys(p, exports, "exports", "as limit"));
        PL_IM_TRY(get_choice(p, exports, "exports", "as", "needs trade", &as));
        PL_IM_TRY(get_number(p, exports, "exports", "limit", 0, 1e6, &m->export_limit));
        m->exports_as_trade = as == 1;
    }
    bool unlimited = m->imports == PL_IM_ROW || (m->imports != PL_IM_NO_IMPORTS && !pl_given(m->import_limit));
    m->foreign_exchange = unlimited ? 1 : PL_ABSENT; /* else the limits of the products are enough */
    if (fx != NULL) {
        PL_IM_TRY(check_keys(p, fx, "foreign_exchange", "available"));
        PL_IM_TRY(get_number(p, fx, "foreign_exchange", "available", 0, 1e6, &m->foreign_exchange));
    }
    if (pool != NULL) {
        PL_IM_TRY(check_keys(p, pool, "pool", "place limit"));
        PL_IM_TRY(get_text(p, pool, "pool", "place", true, &m->pool));
        PL_IM_TRY(get_number(p, pool, "pool", "limit", 0, 1e6, &m->pool_limit));
    }
    if ((m->table[PL_IM_POOL].file != NULL) != (m->pool != NULL)) {
        return bad(p, "pool", NULL, "the table \"pool\" and the key \"pool\" (with its place) belong together");
    }
    return PL_OK;
}

static pl_status get_capital(const parser *p, json_t *o)
{
    pl_im_capital *c = &p->m->capital;
    int as = 0;
    double lag = 1;
    c->loss = PL_ABSENT;
    if (o == NULL) {
        return PL_OK;
    }
    if (p->m->kind > PL_IM_REGIONAL) {
        return bad(p, "capital", NULL, "only national accounts have capital");
    }
    PL_IM_TRY(check_keys(p, o, "capital", "account item group loss lag as"));
    PL_IM_TRY(get_account(p, o, "capital", "account", &c->account));
    PL_IM_TRY(get_list(p, o, "capital", "item", true, &c->items));
    PL_IM_TRY(get_text(p, o, "capital", "group", true, &c->group));
    PL_IM_TRY(get_number(p, o, "capital", "loss", 0, 1, &c->loss));
    PL_IM_TRY(get_number(p, o, "capital", "lag", 0, 100, &lag));
    PL_IM_TRY(get_choice(p, o, "capital", "as", "stocks shares", &as));
    c->as_shares = as == 1;
    c->lag = (int32_t)lag;
    if (c->account == NULL || c->items == NULL) {
        return bad(p, "capital", NULL, "say where capital stands: \"account\" and \"item\"");
    }
    if (!pl_given(lag) || lag != (double)c->lag) {
        return bad(p, "capital", NULL, "\"lag\" must be a whole number of years");
    }
    if (c->as_shares && !(pl_given(c->loss) && c->loss > 0)) {
        return bad(p, "capital", NULL, "shares need a \"loss\" above 0: the stock is what the investment keeps up");
    }
    json_t *one = json_pack("[s]", c->group);
    pl_status st = one == NULL ? pl_fail_nomem(p->err, "the mapping") : check_groups(p, "capital", one);
    json_decref(one);
    return st;
}

/* ---- The whole --------------------------------------------------------------------------------- */

static pl_status get_years(const parser *p, json_t *root)
{
    pl_im_mapping *m = p->m;
    double year = 0;
    m->years = json_object_get(root, "years");
    size_t k;
    json_t *v;
    if (m->years != NULL && !json_is_array(m->years)) {
        return bad(p, "years", NULL, "this must be a list of years");
    }
    json_array_foreach(m->years, k, v)
    {
        if (!json_is_integer(v) || json_integer_value(v) < 1 || json_integer_value(v) > 9999) {
            return bad(p, "years", NULL, "year %zu of the list is no year", k + 1);
        }
    }
    PL_IM_TRY(get_number(p, root, "", "year", 1, 9999, &year));
    m->year = pl_given(year) ? (int32_t)year : 0;
    return m->years != NULL && m->year == 0 ? bad(p, "year", NULL, "say which of the years is the default") : PL_OK;
}

static pl_status get_rest(const parser *p, json_t *root)
{
    pl_im_mapping *m = p->m;
    json_t *source = json_object_get(root, "source"), *balance = json_object_get(root, "balance"),
           *words = json_object_get(root, "words");
    int zero = 0, rounding = 0;
    if (source != NULL) {
        PL_IM_TRY(check_keys(p, source, "source", "title path"));
        PL_IM_TRY(get_text(p, source, "source", "title", false, &m->source_title));
        PL_IM_TRY(get_text(p, source, "source", "path", false, &m->source_path));
    }
    if (balance != NULL) {
        PL_IM_TRY(check_keys(p, balance, "balance", "account item imports"));
        PL_IM_TRY(get_account(p, balance, "balance", "account", &m->balance_account));
        PL_IM_TRY(get_list(p, balance, "balance", "item", true, &m->balance_items));
        m->balance_imports = json_is_true(json_object_get(balance, "imports"));
    }
    m->in = "in";
    m->waste = "waste";
    m->food_kind = "food";
    if (words != NULL) {
        PL_IM_TRY(check_keys(p, words, "words", "input waste food"));
        PL_IM_TRY(get_text(p, words, "words", "input", false, &m->in));
        PL_IM_TRY(get_text(p, words, "words", "waste", false, &m->waste));
        PL_IM_TRY(get_text(p, words, "words", "food", false, &m->food_kind));
    }
    PL_IM_TRY(get_choice(p, root, "", "negative_coefficients", "keep zero", &zero));
    m->zero_negatives = zero == 1;
    PL_IM_TRY(get_choice(p, root, "", "rounding", "stocks keep", &rounding));
    m->rounding_stays = rounding == 1;
    m->needs = json_object_get(root, "needs");
    if (m->needs != NULL && !json_is_array(m->needs)) {
        return bad(p, "needs", NULL, "this must be a list, [ ... ]");
    }
    return PL_OK;
}

static pl_status get_all(const parser *p, json_t *root)
{
    pl_im_mapping *m = p->m;
    int kind = -1, model = PL_IM_INDUSTRY_TECHNOLOGY, format = -1;
    PL_IM_TRY(check_keys(p, root, "",
                         "format kind name title description licence source unit model years year capacity tables "
                         "accounts resources demand imports exports foreign_exchange negative_coefficients rounding "
                         "pool balance needs words capital"));
    PL_IM_TRY(get_choice(p, root, "", "format", "plenty-mapping-1", &format));
    PL_IM_TRY(get_choice(p, root, "", "kind", "supply-use input-output regional-input-output processes food-recipes",
                         &kind));
    if (format < 0 || kind < 0) {
        return bad(p, "", NULL, "the key \"%s\" is missing", format < 0 ? "format" : "kind");
    }
    m->kind = (pl_im_kind)kind;
    PL_IM_TRY(get_choice(p, root, "", "model",
                         "product-technology industry-technology industry-sales product-sales activities", &model));
    m->model = (pl_im_model)model;
    PL_IM_TRY(get_text(p, root, "", "name", false, &m->name));
    PL_IM_TRY(get_text(p, root, "", "title", true, &m->title));
    PL_IM_TRY(get_text(p, root, "", "description", false, &m->description));
    PL_IM_TRY(get_text(p, root, "", "licence", false, &m->licence));
    PL_IM_TRY(get_text(p, root, "", "unit", false, &m->unit));
    PL_IM_TRY(get_years(p, root));
    m->capacity = 1.1;
    PL_IM_TRY(get_number(p, root, "", "capacity", 0, 1e6, &m->capacity));
    PL_IM_TRY(get_tables(p, json_object_get(root, "tables")));
    PL_IM_TRY(get_accounts(p, json_object_get(root, "accounts")));
    PL_IM_TRY(get_resources(p, json_object_get(root, "resources")));
    PL_IM_TRY(get_demand(p, json_object_get(root, "demand")));
    PL_IM_TRY(get_trade(p, root));
    PL_IM_TRY(get_capital(p, json_object_get(root, "capital")));
    return get_rest(p, root);
}

pl_status pl_im_mapping_parse(const char *text, size_t n, const char *file, pl_im_mapping *m, pl_error *err)
{
    *m = (pl_im_mapping){.file = file,
                         .name = "",
                         .title = "",
                         .description = "",
                         .licence = "",
                         .source_title = "",
                         .source_path = "",
                         .unit = ""};
    parser p = {m, err};
    pl_status status = pl_json_read(text, n, file, &m->root, NULL, err);
    return status == PL_OK ? get_all(&p, m->root) : status;
}

void pl_im_mapping_clear(pl_im_mapping *m)
{
    json_decref(m->root);
    m->root = NULL;
}
