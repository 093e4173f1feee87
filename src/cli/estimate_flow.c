/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * estimate_flow.c - `plenty needs classify` and `needs bridge`: from the text of a product to its class, from purchases to final demand. */
#include <math.h>
#include <string.h>

#include <plenty/economy.h>
#include <plenty/estimate.h>
#include <plenty/needs.h>

#include "base/map.h"
#include "base/mem.h"
#include "cli/estimate.h"
#include "io/csv.h"
#include "io/json.h"

/* ---- Classes ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct sorting {
    const cli_args *args;
    pl_error *err;
    pl_frame labelled, seeds, texts;
    pl_levels class;
    const char **text;
    int32_t *label;
    size_t cap_text, cap_label;
    pl_classifier *model;
    pl_classify_report report;
    double threshold;
    int64_t sure, asked;
} sorting;

static void sorting_clear(sorting *s)
{
    pl_free(s->text);
    pl_free(s->label);
    pl_classifier_free(s->model);
    pl_levels_clear(&s->class);
    pl_frame_clear(&s->labelled);
    pl_frame_clear(&s->seeds);
    pl_frame_clear(&s->texts);
}

#define TEXT_COLUMNS 8

/* The columns whose texts count, one behind the other: --text, which may be given several times. */
static pl_status text_columns(const sorting *s, const pl_frame *f, int32_t column[TEXT_COLUMNS], int32_t *n)
{
    *n = 0;
    pl_status status = PL_OK;
    for (int i = 0; status == PL_OK && i < s->args->n_given; i++) {
        if (strcmp(s->args->given[i].option->name, "text") != 0) {
            continue;
        }
        if (*n == TEXT_COLUMNS) {
            return pl_fail(s->err, PL_USAGE, "--text", NULL, "there are more than %d columns", TEXT_COLUMNS);
        }
        status = pl_frame_column(f, s->args->given[i].value, &column[(*n)++], s->err);
    }
    return status == PL_OK && *n == 0 ? pl_frame_column(f, "text", &column[(*n)++], s->err) : status;
}

/* Into the arena of the frame, unless it is one column; NULL: no memory. */
static const char *text_of(pl_frame *f, int32_t r, const int32_t *column, int32_t n)
{
    size_t size = 0;
    for (int32_t k = 0; k < n; k++) {
        size += strlen(pl_frame_cell(f, r, column[k])) + 1;
    }
    char *all = n > 1 ? pl_arena_alloc(&f->arena, size, 1) : NULL, *to = all;
    for (int32_t k = 0; k < n && all != NULL; k++) {
        size_t m = strlen(pl_frame_cell(f, r, column[k]));
        memcpy(to, pl_frame_cell(f, r, column[k]), m);
        to += m;
        *to++ = k + 1 < n ? ' ' : '\0';
    }
    return n > 1 ? all : pl_frame_cell(f, r, column[0]);
}

/* The labelled texts of a table, behind those that there are; of seeds, only those of known classes.  `n` grows. */
static pl_status add_labelled(sorting *s, pl_frame *f, bool seeds, int32_t *n)
{
    const char *class = cli_text(s->args, "class");
    int32_t column[TEXT_COLUMNS], texts, of;
    pl_status status = text_columns(s, f, column, &texts);
    status = status == PL_OK ? pl_frame_column(f, class != NULL ? class : "class", &of, s->err) : status;
    status = status == PL_OK && !seeds ? pl_frame_levels(f, of, &s->class, s->err) : status;
    if (status == PL_OK && (!pl_grow(&s->text, &s->cap_text, (size_t)*n + (size_t)f->n_rows + 1, sizeof *s->text, SIZE_MAX / 64) ||
                            !pl_grow(&s->label, &s->cap_label, (size_t)*n + (size_t)f->n_rows + 1, sizeof *s->label, SIZE_MAX / 64))) {
        status = pl_fail_nomem(s->err, "the classes");
    }
    for (int32_t r = 0; status == PL_OK && r < f->n_rows; r++) {
        const char *one = text_of(f, r, column, texts), *label = pl_frame_cell(f, r, of);
        int32_t k = seeds ? 0 : s->class.of[r];
        while (seeds && k < s->class.n && strcmp(s->class.name[k], label) != 0) {
            k++;
        }
        if (one == NULL) {
            status = pl_fail_nomem(s->err, "the texts");
        } else if (one[0] != '\0' && label[0] != '\0' && k < s->class.n) { /* a blank class: not labelled */
            s->text[*n] = one;
            s->label[(*n)++] = k;
        }
    }
    return status;
}

static pl_status learn(sorting *s)
{
    const char *seeds = cli_text(s->args, "seeds");
    int32_t n = 0;
    pl_progress progress = cli_progress(cli_flag(s->args, "quiet"));
    pl_status status = pl_frame_load(s->args->argument[0], &s->labelled, s->err);
    status = status == PL_OK ? add_labelled(s, &s->labelled, false, &n) : status;
    int32_t labelled = n;
    if (status == PL_OK && seeds != NULL) {
        status = pl_frame_load(seeds, &s->seeds, s->err);
        status = status == PL_OK ? add_labelled(s, &s->seeds, true, &n) : status;
    }
    if (status == PL_OK) {
        status = pl_classify_train(n, s->text, s->label, s->class.n, &(pl_classify_settings){.n_seeds = n - labelled, .progress = &progress}, &s->model, &s->report, s->err);
    }
    cli_progress_done();
    return status;
}

static void print_model(const sorting *s, double accuracy)
{
    const pl_classify_report *r = &s->report;
    cli_table t;
    printf("Learnt from %d different texts in %d classes (%d features); judged on texts not seen before:\n", r->texts, r->classes, r->features);
    if (r->seeds > 0 || r->ambiguous > 0) {
        printf("  %d more were only learnt from (--seeds); %d came with several classes: the most frequent holds\n", r->seeds, r->ambiguous);
    }
    printf("  right      %.2f %%; mean of the classes' F1 %.3f; confidence off by %.2g %% on average (temperature %.3g)\n", 100 * r->accuracy, r->macro_f1,
           100 * r->calibration, r->temperature);
    cli_table_start(&t, "rrr");
    cli_table_heading(&t, "the surest\tconfidence at least\tright");
    for (int i = 4; i < PL_COVERAGE_ROWS; i++) {
        cli_table_row(&t, "%.0f %%\t%.3f\t%.2f %%", 100 * r->coverage[i].part, r->coverage[i].confidence, 100 * r->coverage[i].accuracy);
    }
    cli_table_print(&t, stdout);
    if (s->threshold <= 1) {
        printf("  from a confidence of %.3f on, %.4g %% are right\n", s->threshold, 100 * accuracy);
    } else {
        printf("  no confidence is enough for %.4g %%: everything goes to people\n", 100 * accuracy);
    }
}

/* A text with its class into `codes`, or with two suggestions into `queue`. */
static pl_status sort_row(sorting *s, int32_t r, const int32_t *column, int32_t columns, pl_str *codes, pl_str *queue)
{
    int32_t first, second;
    double confidence;
    const char *text = text_of(&s->texts, r, column, columns);
    pl_status status = text != NULL ? PL_OK : pl_fail_nomem(s->err, "the texts");
    status = status == PL_OK ? pl_classify(s->model, text, &first, &second, &confidence, s->err) : status;
    if (status != PL_OK) {
        return status;
    }
    bool sure = confidence >= s->threshold;
    pl_str *out = sure ? codes : queue;
    *(sure ? &s->sure : &s->asked) += 1;
    estimate_add_row(out, &s->texts, r);
    pl_str_add(out, ",");
    pl_csv_add(out, s->class.name[first]);
    if (!sure) {
        pl_str_add(out, ",");
        pl_csv_add(out, s->class.name[second]);
    }
    pl_str_addf(out, ",%.4f\n", confidence);
    return PL_OK;
}

static pl_status sort_texts(sorting *s)
{
    const char *to = cli_text(s->args, "queue");
    pl_str codes, queue;
    int32_t column[TEXT_COLUMNS], columns;
    pl_status status = pl_frame_load(s->args->argument[1], &s->texts, s->err);
    status = status == PL_OK ? text_columns(s, &s->texts, column, &columns) : status;
    if (status != PL_OK) {
        return status;
    }
    pl_str_init(&codes, (size_t)1 << 33);
    pl_str_init(&queue, (size_t)1 << 33);
    estimate_add_row(&codes, &s->texts, -1);
    pl_str_add(&codes, ",class,confidence\n");
    estimate_add_row(&queue, &s->texts, -1);
    pl_str_add(&queue, ",class,or,confidence\n");
    for (int32_t r = 0; r < s->texts.n_rows && status == PL_OK; r++) {
        status = sort_row(s, r, column, columns, &codes, &queue);
    }
    if (status == PL_OK && !cli_flag(s->args, "quiet")) {
        printf("%lld coded, %lld in the queue for people\n", (long long)s->sure, (long long)s->asked);
    }
    status = status == PL_OK ? estimate_write(s->args, &codes, s->err) : status;
    if (status == PL_OK && to != NULL) {
        status = queue.failed ? pl_fail_nomem(s->err, "the queue") : pl_file_write(to, queue.text, queue.len, s->err);
    }
    pl_str_clear(&codes);
    pl_str_clear(&queue);
    return status;
}

int cli_needs_classify(const cli_args *args)
{
    if (args->n_arguments == 2 && (cli_text(args, "output") == NULL || cli_text(args, "queue") == NULL)) {
        return cli_usage(args, "plenty needs classify LABELLED TEXTS -o CODES --queue QUEUE", "say where codes go, and where the texts that people should look at");
    }
    pl_error err;
    sorting s = {.args = args, .err = &err};
    double accuracy;
    const char *queue = cli_text(args, "queue");
    pl_status status = estimate_check_output(args, &err);
    if (status == PL_OK && queue != NULL && !cli_flag(args, "replace") && pl_path_exists(queue)) {
        status = pl_fail(&err, PL_IO, queue, "choose another name, or add --replace", "this is there already");
    }
    status = status == PL_OK ? cli_part(args, "accuracy", 0.98, &accuracy, &err) : status;
    status = status == PL_OK ? learn(&s) : status;
    if (status == PL_OK) {
        s.threshold = pl_classify_threshold(s.model, accuracy);
    }
    if (status == PL_OK && !cli_flag(args, "quiet")) {
        print_model(&s, accuracy);
    }
    if (status == PL_OK && args->n_arguments == 2) {
        status = sort_texts(&s);
    }
    sorting_clear(&s);
    return status != PL_OK ? cli_fail(&err) : 0;
}

/* ---- The bridge -------------------------------------------------------------------------------------------------------------------------------- */

typedef struct crossing {
    const cli_args *args;
    pl_error *err;
    pl_bridge *bridge;
    pl_economy *economy;
    char path[4500]; /* of the purchases */
    pl_frame purchases, products;
    pl_map product;
    double *spending, *own, *margins;      /* by category; by good of the bridge */
    double *own_before, *margins_before;   /* what the needs of now imply */
    bool *covered;
    double all, crossed, unknown, scale;
    int64_t rows_unknown;
} crossing;

static void crossing_clear(crossing *c)
{
    double *own[] = {c->spending, c->own, c->margins, c->own_before, c->margins_before};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        pl_free(own[i]);
    }
    pl_free(c->covered);
    pl_map_clear(&c->product);
    pl_frame_clear(&c->purchases);
    pl_frame_clear(&c->products);
    pl_bridge_free(c->bridge);
    pl_economy_free(c->economy);
}

static const char *name_of(const crossing *c, const char *option, const char *otherwise)
{
    const char *given = cli_text(c->args, option);
    return given != NULL ? given : otherwise;
}

/* --products: which category each product is of. */
static pl_status read_products(crossing *c, int32_t *category)
{
    int32_t key, old;
    const char *path = cli_text(c->args, "products");
    pl_frame *f = &c->products;
    if (path == NULL) {
        return PL_OK;
    }
    pl_status status = pl_frame_load(path, f, c->err);
    status = status == PL_OK ? pl_frame_column(f, name_of(c, "product", "product_id"), &key, c->err) : status;
    status = status == PL_OK ? pl_frame_column(f, name_of(c, "category", "category"), category, c->err) : status;
    for (int32_t r = 0; r < f->n_rows && status == PL_OK; r++) {
        const char *id = pl_frame_cell(f, r, key);
        status = pl_map_put(&c->product, id, strlen(id), r, &old) == PL_OK ? PL_OK : pl_fail_nomem(c->err, "the products");
        if (status == PL_OK && old >= 0) {
            status = pl_frame_fail(f, r, c->err, NULL, "the product \"%.60s\" is there twice", id);
        }
    }
    return status;
}

static pl_status add_purchase(crossing *c, int32_t r, int32_t key, int32_t category, double amount)
{
    const char *text = pl_frame_cell(&c->purchases, r, key);
    int32_t product = c->products.n_rows > 0 ? pl_map_get(&c->product, text, strlen(text)) : -1;
    const char *name = product >= 0 ? pl_frame_cell(&c->products, product, category) : text;
    bool join = c->products.n_rows > 0 && product < 0;
    int32_t k = join ? -1 : pl_bridge_category(c->bridge, name);
    c->all += amount;
    if (k >= 0) {
        c->spending[k] += amount;
        return PL_OK;
    }
    c->unknown += amount;
    c->rows_unknown++;
    if (cli_flag(c->args, "skip-unknown")) {
        return PL_OK;
    }
    return pl_frame_fail(&c->purchases, r, c->err, join ? "add it to the table of products, or leave such rows out with --skip-unknown" : "add it to the bridge, or leave such rows out with --skip-unknown",
                         join ? "there is no product \"%.60s\"" : "the bridge knows no category \"%.60s\"", name);
}

/* The tables that purchases may be: any, or in a folder the forecast or the sums of receipts. */
typedef struct purchases {
    const char *file, *category, *amount;
} purchases;

static const purchases *find_purchases(crossing *c)
{
    static const purchases kind[] = {{"forecast.csv", "item", "mean"}, {"sums.csv", "item", "value"}, {"", "category", "amount"}};
    size_t k = 0;
    while (kind[k].file[0] != '\0' && !(pl_path_join(c->path, sizeof c->path, c->args->argument[0], kind[k].file) && pl_path_exists(c->path))) {
        k++;
    }
    if (kind[k].file[0] == '\0') {
        snprintf(c->path, sizeof c->path, "%s", c->args->argument[0]);
    }
    return &kind[k];
}

/* Shares of spending are wanted: a forecast of lines or quantities says nothing of them. */
static pl_status check_measure(const crossing *c)
{
    pl_forecast *f;
    pl_status status = pl_forecast_load(c->args->argument[0], &f, c->err);
    if (status == PL_OK && f->measure != PL_VALUE) {
        status = pl_fail(c->err, PL_DATA, c->args->argument[0], "make it with --measure value", "this is a forecast of %s, not of what is spent", pl_measure_id(f->measure));
    }
    if (f != NULL) {
        pl_forecast_free(f);
    }
    return status;
}

static pl_status read_purchases(crossing *c)
{
    int32_t category = 0, key, amount;
    double *x = NULL;
    pl_frame *f = &c->purchases;
    const purchases *kind = find_purchases(c);
    bool forecast = strcmp(kind->file, "forecast.csv") == 0;
    pl_status status = forecast ? check_measure(c) : PL_OK;
    status = status == PL_OK ? read_products(c, &category) : status;
    bool join = cli_text(c->args, "products") != NULL;
    status = status == PL_OK ? pl_frame_load(c->path, f, c->err) : status;
    status = status == PL_OK ? pl_frame_column(f, join ? name_of(c, "product", "product_id") : name_of(c, "category", kind->category), &key, c->err) : status;
    status = status == PL_OK ? pl_frame_column(f, name_of(c, "amount", kind->amount), &amount, c->err) : status;
    status = status == PL_OK ? estimate_numbers(f->n_rows, &x, c->err) : status;
    status = status == PL_OK ? pl_frame_numbers(f, amount, false, x, c->err) : status;
    status = status == PL_OK ? estimate_numbers(c->bridge->n_categories, &c->spending, c->err) : status;
    int32_t level = status == PL_OK && forecast ? pl_frame_find(f, "level") : -1; /* of forecasts the leaves, which stand first; not their sums */
    for (int32_t r = 0; r < f->n_rows && status == PL_OK; r++) {
        if (level < 0 || strcmp(pl_frame_cell(f, r, level), pl_frame_cell(f, 0, level)) == 0) {
            status = add_purchase(c, r, key, category, x[r]);
        }
    }
    pl_free(x);
    for (int32_t k = 0; k < c->bridge->n_categories && status == PL_OK; k++) {
        if (c->spending[k] < 0) {
            status = pl_fail(c->err, PL_DATA, f->name, "more came back than was sold: take a longer time", "the purchases of \"%.60s\" add up to %g",
                             c->bridge->category[k], c->spending[k]);
        }
    }
    return status;
}

/* From purchases to goods, before and after, at producers' prices. */
static pl_status cross(crossing *c)
{
    const pl_bridge *b = c->bridge;
    pl_status status = estimate_numbers(b->n_goods, &c->own, c->err);
    status = status == PL_OK ? estimate_numbers(b->n_goods, &c->margins, c->err) : status;
    status = status == PL_OK ? estimate_numbers(b->n_goods, &c->own_before, c->err) : status;
    status = status == PL_OK ? estimate_numbers(b->n_goods, &c->margins_before, c->err) : status;
    c->covered = PL_NEW0(bool, b->n_goods);
    if (status == PL_OK && c->covered == NULL) {
        status = pl_fail_nomem(c->err, "the demand");
    }
    double scale;
    status = status == PL_OK ? cli_number(c->args, "scale", 1e-12, 1e12, 0, &scale, c->err) : status;
    if (status != PL_OK) {
        return status;
    }
    pl_bridge_apply(b, c->spending, c->own, c->margins, c->covered);
    for (int32_t g = 0; g < b->n_goods; g++) {
        c->crossed += c->own[g] + c->margins[g];
    }
    if (!(c->crossed > 0)) {
        return pl_fail(c->err, PL_DATA, c->purchases.name, NULL, "nothing was bought that the bridge leads to a good");
    }
    c->scale = scale > 0 ? scale : pl_bridge_observed(b) / c->crossed;
    for (int32_t g = 0; g < b->n_goods; g++) {
        c->own[g] *= c->scale;
        c->margins[g] *= c->scale;
    }
    return PL_OK;
}

static int32_t need_of(const crossing *c, const char *good)
{
    const char *group = name_of(c, "group", "households");
    int32_t g = pl_find_good(c->economy, good);
    for (int32_t k = 0; k < c->economy->n_needs && g >= 0; k++) {
        if (c->economy->needs[k].good == g && strcmp(c->economy->needs[k].group, group) == 0) {
            return k;
        }
    }
    return -1;
}

/* What the needs of now, for goods that the bridge covers, book as margins on their suppliers. */
static pl_status before(crossing *c)
{
    const pl_bridge *b = c->bridge;
    double sum[PL_BRIDGE_MARGINS] = {0};
    for (int32_t g = 0; g < b->n_goods; g++) {
        if (!c->covered[g]) {
            continue;
        }
        int32_t k = need_of(c, b->goods[g].id);
        if (k < 0) {
            return pl_fail(c->err, PL_DATA, b->goods[g].id, "name the group with --group, or lead to goods that it needs",
                           "the economy has no need of the group \"%.60s\" for this good", name_of(c, "group", "households"));
        }
        c->own_before[g] = c->economy->needs[k].amount;
        for (int32_t m = 0; m < b->n_margins && b->goods[g].producers > 0; m++) {
            sum[m] += c->own_before[g] * b->goods[g].margin[m] / b->goods[g].producers;
        }
    }
    for (int32_t s = 0; s < b->n_suppliers; s++) {
        c->margins_before[b->suppliers[s].good] += sum[b->suppliers[s].margin] * b->suppliers[s].share;
    }
    return PL_OK;
}

/* The scenario: a line for every need that changes. */
static pl_status write_scenario(const crossing *c)
{
    const pl_bridge *b = c->bridge;
    pl_str text;
    pl_status status = PL_OK;
    pl_str_init(&text, 1u << 26);
    pl_str_addf(&text, "# final demand from purchases: %.10g spent, %.10g of it led to goods, times %.10g\n", c->all, c->crossed, c->scale);
    for (int32_t g = 0; g < b->n_goods && status == PL_OK; g++) {
        double was = c->own_before[g] + c->margins_before[g], is = c->own[g] + c->margins[g];
        if (was == 0 && is == 0) {
            continue;
        }
        int32_t k = need_of(c, b->goods[g].id);
        if (k < 0) {
            status = pl_fail(c->err, PL_DATA, b->goods[g].id, "lead the margin to another good", "the economy has no need of the group for this supplier of a margin");
            break;
        }
        const pl_need *need = &c->economy->needs[k];
        double amount = need->amount + (is - was);
        if (amount < 0) {
            status = pl_fail(c->err, PL_DATA, b->goods[g].id, "give the supplier a smaller share of the margin", "the need for it would become %g", amount);
            break;
        }
        pl_str_addf(&text, "demand %s|%d|%s = ", b->goods[g].id, need->tier, need->group);
        pl_str_add_number(&text, amount);
        pl_str_add(&text, "\n");
    }
    status = status == PL_OK ? estimate_write(c->args, &text, c->err) : status;
    pl_str_clear(&text);
    return status;
}

static void print_crossing(const crossing *c)
{
    const pl_bridge *b = c->bridge;
    cli_table t;
    double margins = 0, own = 0;
    int32_t goods = 0;
    for (int32_t g = 0; g < b->n_goods; g++) {
        own += c->own[g];
        margins += c->margins[g];
        goods += c->own[g] > 0;
    }
    printf("%.10g spent: %.10g (%.3g %%) on %d goods, the rest is left out", c->all, c->crossed, 100 * c->crossed / c->all, goods);
    if (c->rows_unknown > 0) {
        printf(" (%.10g in %lld rows of unknown kind)", c->unknown, (long long)c->rows_unknown);
    }
    printf("\n  times %.6g: %.10g, of which %.10g (%.3g %%) at producers' prices and %.10g for transport and trade\n", c->scale, own + margins, own,
           100 * own / (own + margins), margins);
    cli_table_start(&t, "lrrr");
    cli_table_heading(&t, "good\tneeded now\tby purchases\tchange");
    for (int row = 0; row < 12; row++) {
        int32_t top = -1;
        for (int32_t g = 0; g < b->n_goods; g++) { /* largest first; those shown are marked by `covered` */
            top = c->covered[g] && (top < 0 || c->own[g] > c->own[top]) ? g : top;
        }
        if (top < 0) {
            break;
        }
        char was[CLI_NUMBER], is[CLI_NUMBER], change[CLI_NUMBER];
        int32_t good = pl_find_good(c->economy, b->goods[top].id);
        cli_table_row(&t, "%s\t%s\t%s\t%s", good >= 0 ? c->economy->goods[good].name : b->goods[top].id, cli_amount(c->own_before[top], was),
                      cli_amount(c->own[top], is), cli_change(c->own_before[top], c->own[top], change));
        c->covered[top] = false;
    }
    cli_table_print(&t, stdout);
}

int cli_needs_bridge(const cli_args *args)
{
    const char *goods = cli_text(args, "goods"), *margins = cli_text(args, "margins"), *suppliers = cli_text(args, "suppliers");
    if (goods == NULL || margins == NULL || suppliers == NULL || cli_text(args, "output") == NULL) {
        return cli_usage(args, "plenty needs bridge PURCHASES ECONOMY --goods FILE --margins FILE --suppliers FILE -o SCENARIO", "the three tables of the bridge and the output are needed");
    }
    pl_error err;
    crossing c = {.args = args, .err = &err};
    pl_map_init(&c.product);
    pl_status status = estimate_check_output(args, &err);
    status = status == PL_OK ? pl_bridge_load(goods, margins, suppliers, &c.bridge, &err) : status;
    status = status == PL_OK ? cli_load_economy(args->argument[1], cli_flag(args, "quiet"), &c.economy, &err) : status;
    status = status == PL_OK ? read_purchases(&c) : status;
    status = status == PL_OK ? cross(&c) : status;
    status = status == PL_OK ? before(&c) : status;
    status = status == PL_OK ? write_scenario(&c) : status;
    if (status == PL_OK && !cli_flag(args, "quiet")) {
        print_crossing(&c);
    }
    crossing_clear(&c);
    return status != PL_OK ? cli_fail(&err) : 0;
}
