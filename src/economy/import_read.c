/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * Reads the tables of national accounts (make, use, final demand, imports) and checks their identities. */
#include <math.h>
#include <string.h>

#include "economy/import_parts.h"

pl_im_set *pl_im_users(pl_im *im)
{
    return im->map.kind == PL_IM_SUPPLY_USE ? &im->industries : &im->products;
}

/* ---- Labels ----------------------------------------------------------------------------------- */

static pl_status keep(pl_im *im, const char *text, const char **out)
{
    if (text[0] != '\0') {
        *out = pl_arena_text(&im->arena, text, strlen(text));
    }
    return *out == NULL ? pl_im_nomem(im) : PL_OK;
}

static pl_status one_label(pl_im *im, const pl_im_row *row, void *user)
{
    pl_im_set *set = user;
    int32_t k, before = set->n;
    if (row->text[PL_IM_CODE][0] == '\0') {
        return pl_im_row_fail(im, row, NULL, "the code of the %s is empty", set->what);
    }
    PL_IM_TRY(pl_im_intern(im, set, row->text[PL_IM_CODE], row->text[PL_IM_PLACE], &k));
    if (set->n == before) {
        return pl_im_row_fail(im, row, NULL, "the %s \"%s\" is listed twice", set->what, set->code[k].id);
    }
    pl_im_code *code = &set->code[k];
    PL_IM_TRY(keep(im, row->text[PL_IM_NAME], &code->name));
    PL_IM_TRY(keep(im, row->text[PL_IM_UNIT], &code->unit));
    PL_IM_TRY(keep(im, row->text[PL_IM_GROUP], &code->group));
    return pl_im_number_of(im, row, PL_IM_OUTPUT, &code->output);
}

static pl_status read_labels(pl_im *im, pl_im_role role, pl_im_set *set)
{
    const pl_im_table *t = &im->map.table[role];
    if (t->file == NULL) {
        return PL_OK;
    }
    PL_IM_TRY(pl_im_rows(im, t, one_label, set));
    set->listed_in = pl_im_fill(im, t->file);
    return set->listed_in == NULL ? pl_im_nomem(im) : PL_OK;
}

static void take_names(pl_im *im, pl_im_set *set)
{
    for (int32_t k = 0; k < set->n; k++) {
        int32_t at = pl_im_find(&im->names, set->code[k].bare, "");
        if (at >= 0 && set->code[k].name[0] == '\0') {
            set->code[k].name = im->names.code[at].name;
        }
    }
}

/* ---- Cells ------------------------------------------------------------------------------------ */

static pl_status one_cell(pl_im *im, const pl_im_row *row, void *user)
{
    double value;
    int32_t p, j;
    PL_IM_TRY(pl_im_number(im, row, &value));
    if (!pl_given(value) || value == 0) {
        return PL_OK;
    }
    PL_IM_TRY(pl_im_lookup(im, &im->products, row, row->text[PL_IM_PRODUCT], &p));
    PL_IM_TRY(pl_im_lookup(im, pl_im_users(im), row, row->text[PL_IM_INDUSTRY], &j));
    return pl_im_push(im, user, p, j, value);
}

/* The group of a category: its own row of demand.categories, or the row "*ending". */
static pl_status group_of(pl_im *im, const pl_im_row *row, const char *category, int32_t *group)
{
    const char *key, *text = json_string_value(json_object_get(im->map.categories, category));
    json_t *v;
    size_t n = strlen(category);
    if (text == NULL) {
        json_object_foreach(im->map.categories, key, v)
        {
            size_t m = strlen(key);
            const char *to = json_string_value(v), *star = strchr(to, '*');
            if (key[0] != '*' || m > n + 1 || strcmp(category + n - (m - 1), key + 1) != 0) {
                continue;
            }
            text = star == NULL ? to
                                : pl_im_text(im, "%.*s%.*s%s", (int)(star - to), to, (int)(n - (m - 1)), category, star + 1);
            if (text == NULL) {
                return pl_im_nomem(im);
            }
            break;
        }
    }
    return text == NULL ? pl_im_row_fail(im, row, "add it to demand.categories of the mapping",
                                         "the category \"%.80s\" has no group", category)
                        : pl_im_intern(im, &im->groups, text, "", group);
}

static pl_status find_category(pl_im *im, const pl_im_row *row, const char *category, int32_t *c)
{
    int32_t before = im->categories.n;
    *c = pl_im_find(&im->categories, category, "");
    if (*c >= 0) {
        return PL_OK;
    }
    int32_t group;
    PL_IM_TRY(group_of(im, row, category, &group));
    PL_IM_TRY(pl_im_intern(im, &im->categories, category, "", c));
    if ((before & (before - 1)) == 0) { /* doubles at powers of two */
        int32_t *all = pl_im_zero(im, 2 * (size_t)before + 1, sizeof *all);
        if (all == NULL) {
            return pl_im_nomem(im);
        }
        if (before > 0) {
            memcpy(all, im->group_of, (size_t)before * sizeof *all);
        }
        im->group_of = all;
    }
    im->group_of[before] = group;
    return PL_OK;
}

static pl_status one_final(pl_im *im, const pl_im_row *row, void *user)
{
    double value;
    int32_t p, c;
    (void)user;
    PL_IM_TRY(pl_im_number(im, row, &value));
    PL_IM_TRY(find_category(im, row, row->text[PL_IM_CATEGORY], &c));
    if (!pl_given(value) || value == 0) {
        return PL_OK;
    }
    PL_IM_TRY(pl_im_lookup(im, &im->products, row, row->text[PL_IM_PRODUCT], &p));
    return pl_im_push(im, &im->final, p, c, value);
}

/* A cell of imports or of the pool: the user is an industry or a category of final demand. */
static pl_status one_import(pl_im *im, const pl_im_row *row, void *user)
{
    bool pool = user == &im->pool;
    double value;
    int32_t p, u;
    PL_IM_TRY(pl_im_number(im, row, &value));
    if (!pl_given(value) || value == 0) {
        return PL_OK;
    }
    PL_IM_TRY(pl_im_lookup(im, &im->products, row, row->text[PL_IM_PRODUCT], &p));
    if (im->map.imports == PL_IM_LIST && !pool) {
        return pl_im_push(im, &im->imports, p, 0, value);
    }
    const char *who = row->text[PL_IM_USER];
    u = pl_im_find(pl_im_users(im), who, row->text[PL_IM_PLACE]);
    if (u >= 0) {
        return pl_im_push(im, pool ? &im->pool : &im->imports, p, u, value);
    }
    PL_IM_TRY(find_category(im, row, who, &u));
    return pl_im_push(im, pool ? &im->pool_final : &im->imports_final, p, u, value);
}

/* ---- Totals and identities --------------------------------------------------------------------- */

static double sum_of(const pl_im_cells *cells)
{
    double sum = 0;
    for (size_t k = 0; k < cells->n; k++) {
        sum += cells->at[k].value;
    }
    return sum;
}

static pl_status outputs(pl_im *im)
{
    pl_im_set *users = pl_im_users(im);
    int32_t n = im->products.n, m = users->n;
    im->q = pl_im_zero(im, (size_t)n, sizeof *im->q);
    im->g = pl_im_zero(im, (size_t)m, sizeof *im->g);
    im->imported = pl_im_zero(im, (size_t)n, sizeof *im->imported);
    double *rows = pl_im_zero(im, (size_t)n, sizeof *rows);
    if (im->q == NULL || im->g == NULL || im->imported == NULL || rows == NULL) {
        return pl_im_nomem(im);
    }
    for (size_t k = 0; k < im->make.n; k++) {
        im->q[im->make.at[k].row] += im->make.at[k].value;
        im->g[im->make.at[k].column] += im->make.at[k].value;
    }
    if (im->map.kind == PL_IM_SUPPLY_USE) {
        return PL_OK;
    }
    for (size_t k = 0; k < im->use.n; k++) {
        rows[im->use.at[k].row] += im->use.at[k].value;
    }
    for (size_t k = 0; k < im->final.n; k++) {
        rows[im->final.at[k].row] += im->final.at[k].value;
    }
    bool labelled = im->map.table[PL_IM_PRODUCTS].column[PL_IM_OUTPUT] != NULL;
    for (int32_t p = 0; p < n; p++) {
        double x = labelled ? im->products.code[p].output : rows[p];
        im->q[p] = im->g[p] = pl_given(x) ? x : 0;
    }
    return PL_OK;
}

/* Output in the labels against the sums of the make table. */
static void check_labels(pl_im *im, const pl_im_set *set, const double *output)
{
    double worst = 0;
    int32_t where = -1;
    for (int32_t k = 0; k < set->n; k++) {
        double gap = pl_given(set->code[k].output) ? fabs(set->code[k].output - output[k]) : 0;
        if (gap > worst) {
            worst = gap;
            where = k;
        }
    }
    if (where >= 0 && worst > 1e-6 * fabs(output[where])) {
        pl_im_note(im, worst > 1e-3 * fabs(output[where]) ? PL_WARNING : PL_NOTE, set->listed_in,
                   "the sums of the make table are taken",
                   "output in the labels and in the make table differ by up to %.10g (%s %s)", worst, set->what,
                   set->code[where].id);
    }
}

static pl_status check_rows(pl_im *im)
{
    int32_t n = im->products.n;
    double *gap = pl_im_zero(im, (size_t)n, sizeof *gap);
    if (gap == NULL) {
        return pl_im_nomem(im);
    }
    for (int32_t p = 0; p < n; p++) {
        gap[p] = im->q[p] + (im->map.imports == PL_IM_LIST ? im->imported[p] : 0);
    }
    for (size_t k = 0; k < im->use.n; k++) {
        gap[im->use.at[k].row] -= im->use.at[k].value;
    }
    for (size_t k = 0; k < im->final.n; k++) {
        gap[im->final.at[k].row] -= im->final.at[k].value;
    }
    int32_t worst = 0;
    for (int32_t p = 0; p < n; p++) {
        worst = fabs(gap[p]) > fabs(gap[worst]) ? p : worst;
    }
    im->report->row_gap = n > 0 ? fabs(gap[worst]) : 0;
    if (im->report->row_gap > 1e-6) {
        double q = fabs(im->q[worst]);
        pl_im_note(im, im->report->row_gap > fmax(1e-3 * q, 1e-6 * im->report->output) ? PL_WARNING : PL_NOTE, "",
                   "a plan of the observed demand differs from the observed output by as much",
                   "the largest gap of a row (output - uses - final demand) is %.6g, of %s", gap[worst],
                   im->products.code[worst].id);
    }
    return PL_OK;
}

static void take(double *gap, const pl_im_cells *cells)
{
    for (size_t k = 0; k < cells->n; k++) {
        gap[cells->at[k].column] -= cells->at[k].value;
    }
}

static pl_status check_columns(pl_im *im)
{
    pl_im_set *users = pl_im_users(im);
    if (im->map.balance_account == NULL || users->n == 0) {
        return PL_OK;
    }
    double *gap = pl_im_zero(im, (size_t)users->n, sizeof *gap);
    double *primary = pl_im_zero(im, (size_t)users->n, sizeof *primary);
    if (gap == NULL || primary == NULL) {
        return pl_im_nomem(im);
    }
    PL_IM_TRY(pl_im_sum_items(im, im->map.balance_account, im->map.balance_items, users, primary));
    for (int32_t j = 0; j < users->n; j++) {
        gap[j] = im->g[j] - primary[j];
    }
    take(gap, &im->use);
    if (im->map.balance_imports && im->map.imports == PL_IM_TABLE) {
        take(gap, &im->imports);
    }
    if (im->map.balance_imports) {
        take(gap, &im->pool);
    }
    int32_t worst = 0;
    for (int32_t j = 0; j < users->n; j++) {
        worst = fabs(gap[j]) > fabs(gap[worst]) ? j : worst;
    }
    im->report->column_gap = fabs(gap[worst]);
    if (im->report->column_gap > 1e-6) {
        pl_im_note(im, im->report->column_gap > fmax(1e-3 * im->g[worst], 1e-6 * im->report->output) ? PL_WARNING : PL_NOTE,
                   "", NULL, "the largest gap of a column (output - inputs - primary inputs) is %.6g, of %s", gap[worst],
                   users->code[worst].id);
    }
    return PL_OK;
}

static void take_imports(pl_im *im)
{
    int32_t group = pl_im_find(&im->groups, "imports", "");
    if (im->map.imports == PL_IM_COLUMN || im->map.imports_inside) {
        for (size_t k = 0; k < im->final.n; k++) {
            if (im->group_of[im->final.at[k].column] == group) {
                im->imported[im->final.at[k].row] -= im->final.at[k].value;
            }
        }
    } else if (im->map.imports == PL_IM_LIST) {
        for (size_t k = 0; k < im->imports.n; k++) {
            im->imported[im->imports.at[k].row] += im->imports.at[k].value;
        }
    }
}

static void totals(pl_im *im)
{
    pl_import_report *r = im->report;
    int32_t imports = pl_im_find(&im->groups, "imports", ""), exports = pl_im_find(&im->groups, "exports", ""),
            pool = pl_im_find(&im->groups, "pool", "");
    r->products = im->products.n;
    r->industries = pl_im_users(im)->n;
    r->use_cells = im->U.start[im->U.n_columns];
    for (int32_t p = 0; p < im->products.n; p++) {
        r->output += im->q[p];
        r->imports += im->imported[p];
    }
    for (int64_t k = 0; k < im->U.start[im->U.n_columns]; k++) {
        if (im->U.value[k] < 0) {
            r->negative_use_cells++;
            r->negative_use += im->U.value[k];
        }
    }
    for (size_t k = 0; k < im->final.n; k++) {
        int32_t group = im->group_of[im->final.at[k].column];
        if (group != imports && group != pool) {
            r->final_demand += im->final.at[k].value;
        }
        r->exports += group == exports ? im->final.at[k].value : 0;
    }
    if (im->map.imports == PL_IM_TABLE) {
        r->imports = sum_of(&im->imports) + sum_of(&im->imports_final);
        r->final_demand += sum_of(&im->imports_final) + sum_of(&im->pool_final);
    }
    if (r->negative_use_cells > 0) {
        pl_im_note(im, PL_NOTE, "", NULL, "%lld negative cells of the use table (%.10g in all) stay outputs of their recipes",
                   (long long)r->negative_use_cells, r->negative_use);
    }
}

/* Where use and final demand include imports that a table lists: what is left is domestic.  The column of imports
 * keeps what the table does not list (margins and duties). */
static pl_status take_off(pl_im *im, const pl_im_cells *imports, pl_im_cells *from, int32_t column)
{
    for (size_t k = 0; k < imports->n; k++) {
        pl_im_cell c = imports->at[k];
        PL_IM_TRY(pl_im_push(im, from, c.row, c.column, -c.value));
        if (column >= 0) {
            PL_IM_TRY(pl_im_push(im, &im->final, c.row, column, c.value));
        }
    }
    return PL_OK;
}

static pl_status take_off_imports(pl_im *im)
{
    int32_t group = pl_im_find(&im->groups, "imports", ""), column = im->categories.n - 1;
    while (column >= 0 && im->group_of[column] != group) {
        column--;
    }
    PL_IM_TRY(take_off(im, &im->imports, &im->use, column));
    return take_off(im, &im->imports_final, &im->final, column);
}

pl_status pl_im_read_accounts(pl_im *im)
{
    const pl_im_mapping *m = &im->map;
    PL_IM_TRY(read_labels(im, PL_IM_PRODUCTS, &im->products));
    PL_IM_TRY(read_labels(im, PL_IM_INDUSTRIES, &im->industries));
    PL_IM_TRY(read_labels(im, PL_IM_NAMES, &im->names));
    if (m->kind == PL_IM_SUPPLY_USE) {
        PL_IM_TRY(pl_im_rows(im, &m->table[PL_IM_MAKE], one_cell, &im->make));
    }
    PL_IM_TRY(pl_im_rows(im, &m->table[PL_IM_USE], one_cell, &im->use));
    PL_IM_TRY(pl_im_rows(im, &m->table[PL_IM_FINAL], one_final, NULL));
    if (m->imports == PL_IM_TABLE || m->imports == PL_IM_LIST) {
        PL_IM_TRY(pl_im_rows(im, &m->table[PL_IM_IMPORTS], one_import, &im->imports));
    }
    PL_IM_TRY(m->imports_inside ? take_off_imports(im) : PL_OK);
    if (m->table[PL_IM_POOL].file != NULL) {
        PL_IM_TRY(pl_im_rows(im, &m->table[PL_IM_POOL], one_import, &im->pool));
    }
    take_names(im, &im->products);
    take_names(im, &im->industries);
    if (im->products.n == 0) {
        return pl_fail(im->err, PL_DATA, im->map.file, NULL, "the tables are empty");
    }
    PL_IM_TRY(outputs(im));
    take_imports(im);
    PL_IM_TRY(pl_im_compress(im, &im->use, im->products.n, pl_im_users(im)->n, &im->U));
    PL_IM_TRY(pl_im_compress(im, &im->make, im->products.n, pl_im_users(im)->n, &im->V));
    totals(im);
    if (m->kind == PL_IM_SUPPLY_USE) {
        check_labels(im, &im->products, im->q);
        check_labels(im, &im->industries, im->g);
    }
    PL_IM_TRY(check_rows(im));
    PL_IM_TRY(check_columns(im));
    if (im->balance == NULL) {
        return PL_OK;
    }
    PL_IM_TRY(pl_im_balance(im));
    memset(im->imported, 0, (size_t)im->products.n * sizeof *im->imported);
    take_imports(im); /* their column of final demand has moved with the others */
    return pl_im_compress(im, &im->use, im->products.n, pl_im_users(im)->n, &im->U);
}
