/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * estimate.c - `plenty needs rake`, `needs survey` and `needs reconcile`: estimates and what is known, brought together. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <plenty/estimate.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "cli/estimate.h"
#include "io/csv.h"
#include "io/json.h"

#define MARGINS_MAX 64
#define QUESTIONS_MAX 64
#define OUTPUT_MAX ((size_t)1 << 33)

/* ---- Shared ----------------------------------------------------------------------------------------------------------------------------- */

pl_status estimate_check_output(const cli_args *args, pl_error *err)
{
    const char *path = cli_text(args, "output");
    if (path != NULL && !cli_flag(args, "replace") && pl_path_exists(path)) {
        return pl_fail(err, PL_IO, path, "choose another name, or add --replace", "this is there already");
    }
    return PL_OK;
}

pl_status estimate_write(const cli_args *args, const pl_str *text, pl_error *err)
{
    const char *path = cli_text(args, "output");
    if (text->failed) {
        return pl_fail_nomem(err, "the output");
    }
    if (path == NULL) {
        return PL_OK;
    }
    pl_status status = pl_file_write(path, text->text, text->len, err);
    if (status == PL_OK && !cli_flag(args, "json") && !cli_flag(args, "quiet")) {
        printf("written: %s\n", path);
    }
    return status;
}

const char *estimate_given(const cli_args *args, const char *option, int k)
{
    for (int i = 0; i < args->n_given; i++) {
        if (strcmp(args->given[i].option->name, option) == 0 && k-- == 0) {
            return args->given[i].value;
        }
    }
    return NULL;
}

void estimate_add_row(pl_str *out, const pl_frame *frame, int32_t row)
{
    for (int32_t c = 0; c < frame->n_columns; c++) {
        pl_str_add(out, c > 0 ? "," : "");
        pl_csv_add(out, row < 0 ? frame->header[c] : pl_frame_cell(frame, row, c));
    }
}

pl_status estimate_numbers(int64_t n, double **out, pl_error *err)
{
    *out = PL_NEW0(double, n);
    return *out != NULL ? PL_OK : pl_fail_nomem(err, "a table");
}

/* ---- A sample and its margins ------------------------------------------------------------------------------------------------------------ */

typedef struct sample {
    const cli_args *args;
    pl_error *err;
    pl_frame units, known, all; /* the sample; --margins; --population */
    int32_t n_margins;
    pl_margin margin[MARGINS_MAX];
    pl_levels levels[MARGINS_MAX];      /* of the sample's column */
    double *total[MARGINS_MAX], *value[MARGINS_MAX];
    int32_t *row[MARGINS_MAX];          /* of each level, in --margins; NULL: from --population */
    int32_t *own[MARGINS_MAX];          /* levels of each unit, where they are not those of `levels` */
    char name[MARGINS_MAX][64];
    double *weight, *calibrated;
    pl_calibrated report;
    pl_calibrate_settings settings;
    pl_design design;
    bool with_design;
    int32_t n_questions;
    pl_estimand question[QUESTIONS_MAX];
    const char *asked[QUESTIONS_MAX];
    pl_estimate answer[QUESTIONS_MAX];
} sample;

static void sample_clear(sample *s)
{
    for (int32_t k = 0; k < MARGINS_MAX; k++) {
        pl_levels_clear(&s->levels[k]);
        pl_free(s->total[k]);
        pl_free(s->value[k]);
        pl_free(s->row[k]);
        pl_free(s->own[k]);
    }
    for (int32_t q = 0; q < s->n_questions; q++) {
        pl_free((void *)(uintptr_t)s->question[q].of);
    }
    pl_free(s->weight);
    pl_free(s->calibrated);
    pl_design_clear(&s->design);
    pl_frame_clear(&s->units);
    pl_frame_clear(&s->known);
    pl_frame_clear(&s->all);
}

static pl_status new_margin(sample *s, const char *name, int32_t *k)
{
    if (s->n_margins == MARGINS_MAX) {
        return pl_fail(s->err, PL_TOOBIG, name, NULL, "there are more than %d margins", MARGINS_MAX);
    }
    *k = s->n_margins++;
    snprintf(s->name[*k], sizeof s->name[*k], "%s", name);
    s->margin[*k].name = s->name[*k];
    return PL_OK;
}

/* A margin that counts: rows from .. to - 1 of --margins are its levels. */
static pl_status count_margin(sample *s, int32_t k, int32_t column, int32_t from, int32_t to, int32_t level_column, const double *total)
{
    pl_levels *l = &s->levels[k];
    pl_status status = pl_frame_levels(&s->units, column, l, s->err);
    if (status != PL_OK) {
        return status;
    }
    int32_t extra = l->n; /* levels of the population that the sample lacks come behind */
    s->total[k] = PL_NEW0(double, (int64_t)l->n + to - from);
    s->row[k] = PL_NEW(int32_t, (int64_t)l->n + to - from);
    const char **name = pl_realloc(l->name, (size_t)(l->n + to - from), sizeof *name);
    l->name = name != NULL ? name : l->name;
    if (s->total[k] == NULL || s->row[k] == NULL || name == NULL) {
        return pl_fail_nomem(s->err, "the margins");
    }
    for (int32_t i = 0; i < l->n; i++) {
        s->row[k][i] = -1;
    }
    for (int32_t r = from; r < to; r++) {
        const char *text = pl_frame_cell(&s->known, r, level_column);
        int32_t level = 0;
        while (level < extra && strcmp(name[level], text) != 0) {
            level++;
        }
        if (level < extra && (level >= l->n || s->row[k][level] >= 0)) {
            return pl_frame_fail(&s->known, r, s->err, NULL, "the level \"%.60s\" of \"%.60s\" is there twice", text, s->name[k]);
        }
        name[level] = text;
        s->row[k][level] = r;
        s->total[k][level] = total[r];
        extra += level == extra;
    }
    for (int32_t i = 0; i < s->units.n_rows; i++) {
        if (s->row[k][l->of[i]] < 0) {
            return pl_frame_fail(&s->units, i, s->err, "add a row with its total, or correct the sample",
                                 "the margin \"%.60s\" does not know the level \"%.60s\"", s->name[k], name[l->of[i]]);
        }
    }
    s->margin[k] = (pl_margin){s->name[k], name, extra, s->total[k], l->of, NULL};
    return PL_OK;
}

/* A margin that adds up a column of numbers: one row without a level. */
static pl_status sum_margin(sample *s, int32_t k, int32_t column, int32_t row, const double *total)
{
    pl_status status = estimate_numbers(s->units.n_rows, &s->value[k], s->err);
    status = status == PL_OK ? pl_frame_numbers(&s->units, column, false, s->value[k], s->err) : status;
    s->own[k] = PL_NEW0(int32_t, s->units.n_rows);
    s->total[k] = PL_NEW(double, 1);
    s->row[k] = PL_NEW(int32_t, 1);
    if (status == PL_OK && (s->own[k] == NULL || s->total[k] == NULL || s->row[k] == NULL)) {
        status = pl_fail_nomem(s->err, "the margins");
    }
    if (status == PL_OK) {
        s->total[k][0] = total[row];
        s->row[k][0] = row;
        s->margin[k] = (pl_margin){s->name[k], NULL, 1, s->total[k], s->own[k], s->value[k]};
    }
    return status;
}

static pl_status read_margins(sample *s)
{
    const pl_frame *f = &s->known;
    int32_t margin, level, column, k = 0;
    double *total = NULL;
    pl_status status = pl_frame_load(cli_text(s->args, "margins"), &s->known, s->err);
    status = status == PL_OK ? pl_frame_column(f, "margin", &margin, s->err) : status;
    status = status == PL_OK ? pl_frame_column(f, "level", &level, s->err) : status;
    status = status == PL_OK ? pl_frame_column(f, "total", &column, s->err) : status;
    status = status == PL_OK ? estimate_numbers(f->n_rows, &total, s->err) : status;
    status = status == PL_OK ? pl_frame_numbers(f, column, false, total, s->err) : status;
    for (int32_t from = 0, to; status == PL_OK && from < f->n_rows; from = to) {
        const char *name = pl_frame_cell(f, from, margin);
        for (to = from + 1; to < f->n_rows && strcmp(pl_frame_cell(f, to, margin), name) == 0;) {
            to++;
        }
        for (int32_t m = 0; m < s->n_margins && status == PL_OK; m++) {
            if (strcmp(s->name[m], name) == 0) {
                status = pl_frame_fail(f, from, s->err, "put its rows one after the other", "the margin \"%.60s\" was there before", name);
            }
        }
        status = status == PL_OK ? pl_frame_column(&s->units, name, &column, s->err) : status;
        status = status == PL_OK ? new_margin(s, name, &k) : status;
        if (status == PL_OK) {
            bool sum = to == from + 1 && pl_frame_cell(f, from, level)[0] == '\0';
            status = sum ? sum_margin(s, k, column, from, total) : count_margin(s, k, column, from, to, level, total);
        }
    }
    pl_free(total);
    return status;
}

/* ---- Margins counted in a list of all --------------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Units by how many of the `n` - 1 limits they reach. */
static void classes_of(const double *value, int32_t units, const double *limit, int32_t n, int32_t *level)
{
    for (int32_t i = 0; i < units; i++) {
        level[i] = 0;
        for (int32_t c = 1; c < n; c++) {
            level[i] += value[i] >= limit[c];
        }
    }
}

/* Classes without a unit of the sample are put together with the next one, and it is said. */
static void merge_empty(const sample *s, int32_t k, int32_t classes)
{
    int32_t merged = 0, last = -1;
    for (int32_t c = 0; c < classes; c++) {
        bool there = false;
        for (int32_t i = 0; i < s->units.n_rows && !there; i++) {
            there = s->own[k][i] == c;
        }
        merged += !there;
        last = there ? c : last;
        if (!there && c + 1 < classes) {
            s->total[k][c + 1] += s->total[k][c];
            s->total[k][c] = 0;
        }
    }
    if (last >= 0 && last + 1 < classes) { /* the highest ones go down */
        s->total[k][last] += s->total[k][classes - 1];
        s->total[k][classes - 1] = 0;
    }
    if (merged > 0) {
        fprintf(stderr, "note: %d of %d classes of %s have no unit in the sample: put together with their neighbours\n", merged, classes, s->name[k]);
    }
}

/* "spend/10": tenths of the population by a column of numbers. */
static pl_status quantile_margin(sample *s, int32_t k, const char *column, int32_t classes)
{
    int32_t here, there, N = s->all.n_rows, n = s->units.n_rows;
    double *all = NULL, *sorted = NULL, *limit = NULL, *mine = NULL;
    int32_t *of_all = PL_NEW(int32_t, N);
    s->own[k] = PL_NEW(int32_t, n);
    pl_status status = of_all != NULL && s->own[k] != NULL ? PL_OK : pl_fail_nomem(s->err, "the margins");
    status = status == PL_OK ? pl_frame_column(&s->all, column, &there, s->err) : status;
    status = status == PL_OK ? pl_frame_column(&s->units, column, &here, s->err) : status;
    status = status == PL_OK ? estimate_numbers(N, &all, s->err) : status;
    status = status == PL_OK ? estimate_numbers(N, &sorted, s->err) : status;
    status = status == PL_OK ? estimate_numbers(classes, &limit, s->err) : status;
    status = status == PL_OK ? estimate_numbers(n, &mine, s->err) : status;
    status = status == PL_OK ? estimate_numbers(classes, &s->total[k], s->err) : status;
    status = status == PL_OK ? pl_frame_numbers(&s->all, there, false, all, s->err) : status;
    status = status == PL_OK ? pl_frame_numbers(&s->units, here, false, mine, s->err) : status;
    if (status == PL_OK && N > 0) {
        memcpy(sorted, all, (size_t)N * sizeof *sorted);
        qsort(sorted, (size_t)N, sizeof *sorted, ascending);
        for (int32_t c = 1; c < classes; c++) {
            limit[c] = sorted[(int64_t)c * N / classes];
        }
        classes_of(all, N, limit, classes, of_all);
        classes_of(mine, n, limit, classes, s->own[k]);
        for (int32_t i = 0; i < N; i++) {
            s->total[k][of_all[i]]++;
        }
        merge_empty(s, k, classes);
        s->margin[k] = (pl_margin){s->name[k], NULL, classes, s->total[k], s->own[k], NULL};
    }
    double *mem[] = {all, sorted, limit, mine};
    for (size_t i = 0; i < 4; i++) {
        pl_free(mem[i]);
    }
    pl_free(of_all);
    return status;
}

/* The population's units by the texts of a column. */
static pl_status text_margin(sample *s, int32_t k, const char *column)
{
    int32_t here, there;
    pl_levels mine = {0};
    pl_levels *all = &s->levels[k];
    pl_status status = pl_frame_column(&s->all, column, &there, s->err);
    status = status == PL_OK ? pl_frame_column(&s->units, column, &here, s->err) : status;
    status = status == PL_OK ? pl_frame_levels(&s->all, there, all, s->err) : status;
    status = status == PL_OK ? pl_frame_levels(&s->units, here, &mine, s->err) : status;
    status = status == PL_OK ? estimate_numbers(all->n, &s->total[k], s->err) : status;
    s->own[k] = PL_NEW(int32_t, s->units.n_rows);
    if (status == PL_OK && s->own[k] == NULL) {
        status = pl_fail_nomem(s->err, "the margins");
    }
    for (int32_t i = 0; i < s->all.n_rows && status == PL_OK; i++) {
        s->total[k][all->of[i]]++;
    }
    for (int32_t i = 0; i < s->units.n_rows && status == PL_OK; i++) {
        const char *text = pl_frame_cell(&s->units, i, here);
        int32_t level = 0;
        while (level < all->n && strcmp(all->name[level], text) != 0) {
            level++;
        }
        s->own[k][i] = level;
        if (level == all->n) {
            status = pl_frame_fail(&s->units, i, s->err, "correct the sample, or the list of all", "nobody in %.60s has %.40s \"%.60s\"", s->all.name,
                                   column, text);
        }
    }
    pl_levels_clear(&mine);
    if (status == PL_OK) {
        s->margin[k] = (pl_margin){s->name[k], all->name, all->n, s->total[k], s->own[k], NULL};
    }
    return status;
}

static pl_status count_population(sample *s)
{
    pl_status status = pl_frame_load(cli_text(s->args, "population"), &s->all, s->err);
    const char *by;
    if (status == PL_OK && estimate_given(s->args, "by", 0) == NULL) {
        return pl_fail(s->err, PL_USAGE, "--by", "say for example --by region --by spending/10", "--population needs to know what to count by");
    }
    for (int i = 0; status == PL_OK && (by = estimate_given(s->args, "by", i)) != NULL; i++) {
        char column[64];
        const char *slash = strrchr(by, '/');
        int64_t classes = 0;
        int32_t k = 0;
        if (slash != NULL && (!pl_integer_parse(slash + 1, strlen(slash + 1), &classes) || classes < 2 || classes > 1000)) {
            return pl_fail(s->err, PL_USAGE, "--by", "say for example spending/10", "\"%.60s\" is not a column and a number of classes", by);
        }
        snprintf(column, sizeof column, "%.*s", (int)(slash != NULL ? slash - by : (ptrdiff_t)strlen(by)), by);
        status = new_margin(s, by, &k);
        status = status != PL_OK ? status : classes > 0 ? quantile_margin(s, k, column, (int32_t)classes) : text_margin(s, k, column);
    }
    return status;
}

/* ---- Settings, questions --------------------------------------------------------------------------------------------------------------------- */

static pl_status take_settings(sample *s)
{
    static const char *const METHODS[] = {"raking", "linear", "logit"};
    const char *method = cli_text(s->args, "method"), *bounds = cli_text(s->args, "bounds");
    s->settings.progress = NULL;
    if (method != NULL) {
        int m = 0;
        while (m < 3 && strcmp(METHODS[m], method) != 0) {
            m++;
        }
        if (m == 3) {
            return pl_fail(s->err, PL_USAGE, "--method", "say raking, linear or logit", "\"%.60s\" is no method of calibration", method);
        }
        s->settings.method = (pl_calibration)m;
    }
    if (bounds != NULL) {
        const char *comma = strchr(bounds, ',');
        if (comma == NULL || !pl_number_parse(bounds, (size_t)(comma - bounds), &s->settings.low) ||
            !pl_number_parse(comma + 1, strlen(comma + 1), &s->settings.high)) {
            return pl_fail(s->err, PL_USAGE, "--bounds", "say for example 0.3,3", "\"%.60s\" are not two numbers", bounds);
        }
        if (s->settings.method == PL_RAKING) {
            s->settings.method = PL_LOGIT_BOUNDS; /* raking that stays within bounds */
        }
    }
    return PL_OK;
}

static pl_status take_weights(sample *s)
{
    const char *column = cli_text(s->args, "weight");
    int32_t c;
    pl_status status = estimate_numbers(s->units.n_rows, &s->weight, s->err);
    status = status == PL_OK ? estimate_numbers(s->units.n_rows, &s->calibrated, s->err) : status;
    for (int32_t i = 0; i < s->units.n_rows && status == PL_OK; i++) {
        s->weight[i] = 1;
    }
    if (status != PL_OK || column == NULL) {
        return status;
    }
    status = pl_frame_column(&s->units, column, &c, s->err);
    status = status == PL_OK ? pl_frame_numbers(&s->units, c, false, s->weight, s->err) : status;
    for (int32_t i = 0; i < s->units.n_rows && status == PL_OK; i++) {
        if (!(s->weight[i] >= 0)) {
            status = pl_frame_fail(&s->units, i, s->err, "a weight is how many of the population a unit stands for", "the weight %g is below 0", s->weight[i]);
        }
    }
    return status;
}

/* Without weights of their own, all units begin with the same: so many of the population for each of the sample. */
static void level_weights(sample *s)
{
    if (cli_text(s->args, "weight") != NULL) {
        return;
    }
    for (int32_t k = 0; k < s->n_margins; k++) {
        double sum = 0;
        for (int32_t l = 0; l < s->margin[k].n_levels && s->margin[k].value == NULL; l++) {
            sum += s->margin[k].total[l];
        }
        if (sum > 0) {
            for (int32_t i = 0; i < s->units.n_rows; i++) {
                s->weight[i] = sum / s->units.n_rows;
            }
            return;
        }
    }
}

static pl_status take_questions(sample *s)
{
    static const char *const OPTION[] = {"mean", "total"};
    pl_status status = PL_OK;
    for (int o = 0; o < 2; o++) {
        const char *column;
        for (int i = 0; status == PL_OK && (column = estimate_given(s->args, OPTION[o], i)) != NULL; i++) {
            int32_t c;
            double *x = NULL;
            if (s->n_questions == QUESTIONS_MAX) {
                return pl_fail(s->err, PL_TOOBIG, OPTION[o], NULL, "there are more than %d questions", QUESTIONS_MAX);
            }
            status = pl_frame_column(&s->units, column, &c, s->err);
            status = status == PL_OK ? estimate_numbers(s->units.n_rows, &x, s->err) : status;
            status = status == PL_OK ? pl_frame_numbers(&s->units, c, true, x, s->err) : status;
            s->asked[s->n_questions] = column;
            s->question[s->n_questions++] = (pl_estimand){x, NULL, o == 1};
        }
    }
    return status;
}

static pl_status take_levels(sample *s, const char *option, pl_levels *out, bool *given)
{
    const char *column = cli_text(s->args, option);
    int32_t c;
    *given = column != NULL;
    if (column == NULL) {
        return PL_OK;
    }
    pl_status status = pl_frame_column(&s->units, column, &c, s->err);
    return status == PL_OK ? pl_frame_levels(&s->units, c, out, s->err) : status;
}

static pl_status take_design(sample *s)
{
    const char *kind = cli_text(s->args, "replicates");
    double groups = 0;
    pl_levels cluster = {0}, stratum = {0};
    bool has_cluster, has_stratum;
    if (kind != NULL && strcmp(kind, "jackknife") != 0 && strcmp(kind, "brr") != 0) {
        return pl_fail(s->err, PL_USAGE, "--replicates", "say jackknife or brr", "\"%.60s\" is no kind of replicates", kind);
    }
    bool brr = kind != NULL && strcmp(kind, "brr") == 0;
    pl_status status = cli_number(s->args, "groups", 2, 1e6, 0, &groups, s->err);
    status = status == PL_OK ? take_levels(s, "cluster", &cluster, &has_cluster) : status;
    status = status == PL_OK ? take_levels(s, "stratum", &stratum, &has_stratum) : status;
    if (status == PL_OK && groups == 0 && !has_cluster && s->units.n_rows > 500) {
        groups = 100; /* a replicate for every unit would take long, and say no more */
    }
    if (status == PL_OK) {
        status = pl_design_new(s->units.n_rows, has_stratum ? stratum.of : NULL, has_cluster ? cluster.of : NULL, brr ? PL_BRR : PL_JACKKNIFE,
                               (int32_t)groups, brr ? 0.5 : 0, &s->design, s->err);
        s->with_design = status == PL_OK;
        if (status == PL_DATA && has_stratum && strncmp(s->err->subject, "stratum ", 8) == 0) {
            int32_t h = (int32_t)strtol(s->err->subject + 8, NULL, 10);
            snprintf(s->err->subject, sizeof s->err->subject, "%.60s=%.60s", cli_text(s->args, "stratum"), stratum.name[h]);
        }
    }
    pl_levels_clear(&cluster);
    pl_levels_clear(&stratum);
    return status;
}

/* ---- What comes of it ---------------------------------------------------------------------------------------------------------------------------- */

/* Where a margin's level stands in --margins, as the subject of an error. */
static void place_error(sample *s)
{
    int32_t k = s->report.margin, l = s->report.level;
    if (s->err->status != PL_DATA || k < 0 || k >= s->n_margins || s->row[k] == NULL) {
        return;
    }
    char place[256], subject[sizeof s->err->subject];
    int32_t row = l >= 0 ? s->row[k][l] : s->row[k][0];
    if (row < 0) {
        return;
    }
    pl_frame_place(&s->known, row, place);
    snprintf(subject, sizeof subject, "%.120s: %.120s", place, s->err->subject);
    memcpy(s->err->subject, subject, sizeof subject);
}

static void print_answers(const sample *s)
{
    cli_table t;
    cli_table_start(&t, "lrrr");
    cli_table_heading(&t, "estimate\tvalue\tstandard error\t95 % interval");
    for (int32_t q = 0; q < s->n_questions && q < CLI_ROWS - 1; q++) {
        char v[PL_NUMBER_MAX], e[PL_NUMBER_MAX], lo[PL_NUMBER_MAX], hi[PL_NUMBER_MAX];
        const pl_estimate *a = &s->answer[q];
        pl_number_for_people(a->error, e);
        pl_number_for_people(a->value - 1.96 * a->error, lo);
        pl_number_for_people(a->value + 1.96 * a->error, hi);
        snprintf(v, sizeof v, "%.10g", a->value);
        cli_table_row(&t, "%s of %s\t%s\t%s\t%s to %s", s->question[q].total ? "total" : "mean", s->asked[q], v, e, lo, hi);
    }
    cli_table_print(&t, stdout);
}

static pl_status print_sample_json(const sample *s)
{
    pl_str text;
    pl_json j;
    pl_str_init(&text, 1u << 24);
    pl_json_init(&j, &text, true);
    pl_json_object(&j);
    pl_json_put_int(&j, "units", s->units.n_rows);
    pl_json_put_int(&j, "margins", s->n_margins);
    pl_json_put_int(&j, "cycles", s->report.cycles);
    pl_json_put_int(&j, "steps", s->report.steps);
    pl_json_put_number(&j, "residual", s->report.residual);
    pl_json_put_number(&j, "design_effect", s->report.design_effect);
    pl_json_put_number(&j, "least_ratio", s->report.least);
    pl_json_put_number(&j, "largest_ratio", s->report.most);
    pl_json_put_int(&j, "replicates", s->with_design ? s->design.n_replicates : 0);
    pl_json_key(&j, "estimates");
    pl_json_array(&j);
    for (int32_t q = 0; q < s->n_questions; q++) {
        pl_json_object(&j);
        pl_json_put_text(&j, "of", s->asked[q]);
        pl_json_put_text(&j, "what", s->question[q].total ? "total" : "mean");
        pl_json_put_number(&j, "value", s->answer[q].value);
        pl_json_put_number(&j, "standard_error", s->answer[q].error);
        pl_json_end(&j);
    }
    pl_json_end(&j);
    pl_json_end(&j);
    bool failed = text.failed;
    if (!failed) {
        printf("%s\n", text.text);
    }
    pl_str_clear(&text);
    return failed ? pl_fail_nomem(s->err, "the report") : PL_OK;
}

static void print_sample(const sample *s)
{
    double sum = 0, n = s->units.n_rows;
    for (int32_t i = 0; i < s->units.n_rows; i++) {
        sum += s->calibrated[i];
    }
    printf("%d units stand for %.10g; %d margins kept", s->units.n_rows, sum, s->n_margins);
    if (s->n_margins > 0) {
        printf(" to %.1e (%d cycles, %d steps)", s->report.residual, s->report.cycles, s->report.steps);
    }
    printf("\n  weights   %.4g to %.4g times what they were; design effect %.3g: worth %.0f units drawn by lot\n", s->report.least, s->report.most,
           s->report.design_effect, n / s->report.design_effect);
    if (s->with_design) {
        printf("  errors    from %d replicates, %s\n", s->design.n_replicates, s->design.kind == PL_BRR ? "balanced half samples (Fay 0.5)" : "jackknife");
    }
    if (s->n_questions > 0) {
        print_answers(s);
    }
}

static pl_status write_weights(const sample *s)
{
    pl_str text;
    if (cli_text(s->args, "output") == NULL) {
        return PL_OK;
    }
    pl_str_init(&text, OUTPUT_MAX);
    estimate_add_row(&text, &s->units, -1);
    pl_str_add(&text, ",calibrated\n");
    for (int32_t i = 0; i < s->units.n_rows; i++) {
        estimate_add_row(&text, &s->units, i);
        pl_str_add(&text, ",");
        pl_str_add_number(&text, s->calibrated[i]);
        pl_str_add(&text, "\n");
    }
    pl_status status = estimate_write(s->args, &text, s->err);
    pl_str_clear(&text);
    return status;
}

static pl_status run_sample(sample *s)
{
    pl_status status = estimate_check_output(s->args, s->err);
    status = status == PL_OK ? pl_frame_load(s->args->argument[0], &s->units, s->err) : status;
    if (status == PL_OK && s->units.n_rows == 0) {
        return pl_fail(s->err, PL_DATA, s->units.name, NULL, "this sample is empty");
    }
    status = status == PL_OK ? take_settings(s) : status;
    status = status == PL_OK ? take_weights(s) : status;
    if (status == PL_OK && cli_text(s->args, "margins") != NULL) {
        status = read_margins(s);
    }
    if (status == PL_OK && cli_text(s->args, "population") != NULL) {
        status = count_population(s);
    }
    if (status == PL_OK) {
        level_weights(s);
    }
    status = status == PL_OK ? take_questions(s) : status;
    if (status == PL_OK && s->n_questions > 0) {
        status = take_design(s);
    }
    if (status == PL_OK) {
        status = pl_calibrate(s->units.n_rows, s->weight, s->n_margins, s->margin, &s->settings, s->calibrated, &s->report, s->err);
    }
    if (status == PL_OK && s->n_questions > 0) {
        pl_calibrated again;
        status = pl_survey(s->units.n_rows, s->weight, s->n_margins, s->margin, &s->settings, s->with_design ? &s->design : NULL, s->n_questions,
                           s->question, s->answer, &again, s->err);
    }
    if (status != PL_OK) {
        place_error(s);
        return status;
    }
    if (cli_flag(s->args, "json")) {
        status = print_sample_json(s);
    } else if (!cli_flag(s->args, "quiet")) {
        print_sample(s);
    }
    return status == PL_OK ? write_weights(s) : status;
}

static int sample_command(const cli_args *args)
{
    pl_error err;
    sample *s = PL_NEW0(sample, 1);
    if (s == NULL) {
        pl_fail_nomem(&err, "a sample");
        return cli_fail(&err);
    }
    s->args = args;
    s->err = &err;
    pl_status status = run_sample(s);
    sample_clear(s);
    pl_free(s);
    return status != PL_OK ? cli_fail(&err) : 0;
}

int cli_needs_rake(const cli_args *args)
{
    if (cli_text(args, "margins") == NULL && cli_text(args, "population") == NULL) {
        return cli_usage(args, "plenty needs rake SAMPLE --margins MARGINS", "say what is known about all: --margins FILE, or --population FILE --by COLUMN");
    }
    return sample_command(args);
}

int cli_needs_survey(const cli_args *args)
{
    if (cli_text(args, "mean") == NULL && cli_text(args, "total") == NULL) {
        return cli_usage(args, "plenty needs survey SAMPLE --weight WEIGHT --mean income", "say what is asked: --mean COLUMN, --total COLUMN");
    }
    return sample_command(args);
}
