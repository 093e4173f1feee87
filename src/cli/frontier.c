/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * frontier.c - `plenty frontier`: from living now to building for later, a row of proved plans to choose from. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/cli.h"
#include "io/file.h"

#define POINTS_MAX 50
#define WIDTH 640.0 /* of the picture */
#define HEIGHT 400.0
#define MARGIN 70.0
#define FREE 1e-9 /* what leaving more may cost, as a part of the figure, to be called nothing */
#define LABELS 7 /* that fit beside each other */

typedef struct point {
    double end, value, price; /* value PL_ABSENT = not possible; price: of a whole `end` more */
} point;

typedef struct frontier {
    const cli_args *args;
    const pl_economy *economy;
    const char *folder;
    pl_plan_settings settings;
    char goal[256];
    pl_horizon horizon;
    int n;
    point at[POINTS_MAX];
} frontier;

static pl_status settings_of(frontier *f, pl_error *err)
{
    double lo = 0, hi = 1, points = 5, years = 0, seconds = 0;
    const char *goal = cli_text(f->args, "goal");
    pl_status st = pl_goal_parse(goal != NULL ? goal : "most all", &f->settings, err);
    st = st != PL_OK ? st : cli_number(f->args, "years", 1, PL_YEARS_MAX, 0, &years, err);
    st = st != PL_OK ? st : cli_part(f->args, "growth", PL_ABSENT, &f->horizon.growth, err);
    st = st != PL_OK ? st : cli_part(f->args, "from", 0, &lo, err);
    st = st != PL_OK ? st : cli_part(f->args, "to", 1, &hi, err);
    st = st != PL_OK ? st : cli_number(f->args, "points", 2, POINTS_MAX, 5, &points, err);
    st = st != PL_OK ? st : cli_number(f->args, "time-limit", 0.001, 1e9, 0, &seconds, err);
    if (st != PL_OK) {
        return st;
    }
    if (years < 1 || years != floor(years) || points != floor(points)) {
        return pl_fail(err, PL_USAGE, years < 1 || years != floor(years) ? "--years" : "--points", "for example --years 5",
                       "give a whole number");
    }
    if (f->settings.goal == PL_SATISFY) {
        return pl_fail(err, PL_USAGE, "--goal", "say \"most all\", \"most NEEDS\", \"least RESOURCE\" or weighted",
                       "a frontier is between the end and one figure; satisfy has one for each tier");
    }
    if (!(lo >= 0 && hi > lo)) {
        return pl_fail(err, PL_USAGE, "--from", "for example --from 50% --to 120%",
                       "the frontier goes from a part of the stocks to a larger one");
    }
    if (f->economy->n_assets == 0) {
        return pl_fail(err, PL_DATA, f->args->argument[0], "for national accounts 'plenty import DATA --capital'; else add the table assets (docs/methods/years.md)",
                       "nothing in this economy lasts, so nothing can be left at the end");
    }
    f->n = (int)points;
    f->horizon.years = (int32_t)years;
    f->settings.time_limit_s = seconds;
    f->settings.progress = cli_progress(cli_flag(f->args, "quiet"));
    for (int k = 0; k < f->n; k++) {
        double end = lo + (hi - lo) * k / (f->n - 1);
        f->at[k] = (point){round(end * 1e9) / 1e9, PL_ABSENT, PL_ABSENT}; /* a figure that people can repeat */
    }
    return PL_OK;
}

static pl_status plan_point(frontier *f, int k, pl_error *err)
{
    char name[16], path[4096], ignored[256];
    pl_variant *variant = NULL;
    pl_plan *plan = NULL;
    f->horizon.end = f->at[k].end;
    pl_status st = pl_variant_new(f->economy, &variant, err);
    st = st != PL_OK ? st : cli_apply_scenario(f->args, variant, ignored, sizeof ignored, err);
    st = st != PL_OK ? st : pl_variant_unroll(variant, &f->horizon, err);
    st = st != PL_OK ? st : pl_plan_make(variant, &f->settings, &plan, err);
    cli_progress_done();
    if (st == PL_OK && plan->stopped) { /* its figures are not those of the frontier */
        st = pl_fail(err, PL_STOPPED, NULL, cli_interrupted() ? NULL : "allow more with --time-limit",
                     "stopped before plan %d of %d was at its best", k + 1, f->n);
    }
    if (st == PL_OK && plan->outcome == PL_PLANNED) {
        f->at[k].value = plan->stages[0].value;
        f->at[k].price = pl_plan_end_price(plan, &variant->economy);
    }
    if (st == PL_OK) {
        snprintf(name, sizeof name, "%02d", k + 1);
        st = pl_path_join(path, sizeof path, f->folder, name)
                 ? pl_plan_save(plan, &variant->economy, path, false, err)
                 : pl_fail(err, PL_USAGE, f->folder, NULL, "the path is too long");
    }
    pl_plan_free(plan);
    pl_variant_free(variant);
    return st;
}

/* ---- What is written beside the plans -------------------------------------------------------------- */

static void add_csv(const frontier *f, pl_str *out)
{
    pl_str_add(out, "plan,end,possible,value,price\n");
    for (int k = 0; k < f->n; k++) {
        const point *p = &f->at[k];
        pl_str_addf(out, "%02d,", k + 1);
        pl_str_add_number(out, p->end);
        pl_str_add(out, pl_given(p->value) ? ",1," : ",0,");
        pl_str_add_number(out, p->value);
        pl_str_add(out, ",");
        pl_str_add_number(out, p->price);
        pl_str_add(out, "\n");
    }
}

static const char *figure(const frontier *f, double value, char out[CLI_NUMBER])
{
    return f->settings.goal == PL_MOST ? cli_percent(value, out) : cli_amount(value, out);
}

/* A picture: to the right what is left at the end, upwards the figure; each plan a dot with its number. */
static void add_svg(const frontier *f, pl_str *out)
{
    double lo = INFINITY, hi = -INFINITY, first = f->at[0].end, last = f->at[f->n - 1].end;
    char a[CLI_NUMBER], b[CLI_NUMBER];
    for (int k = 0; k < f->n; k++) {
        lo = pl_given(f->at[k].value) ? fmin(lo, f->at[k].value) : lo;
        hi = pl_given(f->at[k].value) ? fmax(hi, f->at[k].value) : hi;
    }
    double span = hi > lo ? hi - lo : 1;
    pl_str_addf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" font-family=\"sans-serif\" font-size=\"14\">\n"
                     "<title>What is left at the end, and what that costs before</title>\n"
                     "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n", WIDTH, HEIGHT);
    pl_str_addf(out, "<path d=\"M%g 20V%gH%g\" fill=\"none\" stroke=\"#555\"/>\n", MARGIN, HEIGHT - MARGIN, WIDTH - 20);
    pl_str_addf(out, "<text x=\"%g\" y=\"%g\" text-anchor=\"middle\">left at the end, of the stocks of the beginning</text>\n",
                WIDTH / 2, HEIGHT - 20);
    pl_str_addf(out, "<text x=\"20\" y=\"%g\" text-anchor=\"middle\" transform=\"rotate(-90 20 %g)\">%s</text>\n", HEIGHT / 2 - 20,
                HEIGHT / 2 - 20, f->settings.goal == PL_MOST ? "part of the needs that is met" : "the goal's figure");
    pl_str_add(out, "<polyline fill=\"none\" stroke=\"#1f5fa8\" stroke-width=\"2\" points=\"");
    for (int pass = 0; pass < 2; pass++) {
        for (int k = 0; k < f->n; k++) {
            const point *p = &f->at[k];
            double x = MARGIN + 30 + (p->end - first) / (last - first) * (WIDTH - MARGIN - 80);
            double y = HEIGHT - MARGIN - 30 - (p->value - lo) / span * (HEIGHT - MARGIN - 80);
            if (pl_given(p->value) && pass == 0) {
                pl_str_addf(out, "%.1f,%.1f ", x, y);
            } else if (pl_given(p->value)) {
                pl_str_addf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"#1f5fa8\"/>"
                                 "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%02d%s%s</text>\n",
                            x, y, x, y - 12, k + 1, f->n <= LABELS ? ": " : "",
                            f->n <= LABELS ? figure(f, p->value, b) : "");
            }
            if (pass == 1 && k % ((f->n + LABELS - 1) / LABELS) == 0) {
                pl_str_addf(out, "<text x=\"%.1f\" y=\"%g\" text-anchor=\"middle\">%s%s</text>\n", x, HEIGHT - MARGIN + 20,
                            cli_percent(p->end, a), pl_given(p->value) ? "" : " (not possible)");
            }
        }
        pl_str_add(out, pass == 0 ? "\"/>\n" : "</svg>\n");
    }
}

static pl_status write_one(const frontier *f, const char *name, void (*add)(const frontier *, pl_str *), pl_error *err)
{
    char path[4096];
    pl_str text;
    pl_str_init(&text, 1u << 20);
    add(f, &text);
    pl_status st = text.failed ? pl_fail_nomem(err, "the frontier")
                   : !pl_path_join(path, sizeof path, f->folder, name)
                       ? pl_fail(err, PL_USAGE, f->folder, NULL, "the path is too long")
                       : pl_file_write(path, text.text, text.len, err);
    pl_str_clear(&text);
    return st;
}

/* ---- What is printed ------------------------------------------------------------------------------- */

/* The last of the plans at the beginning that have all the same figure; -1 where there is no such row of them. */
static int last_free(const frontier *f)
{
    int k = 0;
    while (k + 1 < f->n && pl_given(f->at[k + 1].value) &&
           fabs(f->at[k + 1].value - f->at[0].value) <= FREE * fabs(f->at[0].value)) {
        k++;
    }
    return k > 0 && k + 1 < f->n ? k : -1;
}

static void print_table(const frontier *f)
{
    static cli_table t;
    char a[CLI_NUMBER], b[CLI_NUMBER], c[CLI_NUMBER], d[CLI_NUMBER];
    const point *before = NULL;
    bool most = f->settings.goal == PL_MOST;
    printf("%sBetween now and later%s: %d years, goal \"%s\"\n\n", cli_bold(), cli_plain(), (int)f->horizon.years, f->goal);
    cli_table_start(&t, "lrrrr");
    cli_table_heading(&t, most ? "plan\tleft at the end\tneeds met\tagainst the plan before\t1 % more at the end costs"
                               : "plan\tleft at the end\tfigure\tagainst the plan before\t1 % more at the end costs");
    for (int k = 0; k < f->n; k++) {
        const point *p = &f->at[k];
        if (!pl_given(p->value)) {
            cli_table_row(&t, "%02d\t%s\tnot possible\t\t", k + 1, cli_percent(p->end, a));
            continue;
        }
        cli_change(before == NULL ? PL_ABSENT : before->value, p->value, c);
        d[0] = '\0';
        if (pl_given(p->price)) {
            double one = fabs(p->price) < 1e-12 * fabs(p->value) ? 0 : p->price / 100;
            snprintf(d, sizeof d, most ? "%.3g points" : "%.4g", most ? 100 * one : one);
        }
        cli_table_row(&t, "%02d\t%s\t%s\t%s\t%s", k + 1, cli_percent(p->end, a), figure(f, p->value, b), c, d);
        before = p;
    }
    cli_table_print(&t, stdout);
    int last = last_free(f);
    if (last >= 0) {
        printf("\nUp to plan %02d leaving more costs nothing; for a closer look at the rest add --from %g%%.\n", last + 1, 100 * f->at[last].end);
    }
    printf("\nLeft at the end: of every asset, the part of what there was at the beginning (grown with the needs) that must still\n"
           "be there after the last year. What 1 %% more costs is the slope at that plan, from its prices: it holds as far as the\n"
           "same limits bind.\n\nEach plan is in %s with its proof; frontier.csv and frontier.svg are beside them. Next:\n"
           "  plenty verify %s/01 %s\n  plenty compare %s/01 %s/%02d\n",
           f->folder, f->folder, f->args->argument[0], f->folder, f->folder, f->n);
}

static pl_status run(frontier *f, pl_error *err)
{
    pl_status st = settings_of(f, err);
    if (st == PL_OK && mkdir(f->folder, 0777) != 0) {
        st = pl_fail(err, PL_IO, f->folder, "choose another name", "%s", strerror(errno));
    }
    for (int k = 0; k < f->n && st == PL_OK; k++) {
        st = plan_point(f, k, err);
        if (st != PL_OK && k == 0) {
            rmdir(f->folder); /* nothing is in it yet */
        }
    }
    st = st != PL_OK ? st : write_one(f, "frontier.csv", add_csv, err);
    return st != PL_OK ? st : write_one(f, "frontier.svg", add_svg, err);
}

int cli_frontier(const cli_args *args)
{
    pl_error err;
    pl_economy *economy = NULL;
    frontier f = {.args = args, .folder = cli_text(args, "output")};
    if (f.folder == NULL) {
        return cli_usage(args, "plenty frontier ECONOMY --years 5 -o FOLDER", "say where to write the plans");
    }
    snprintf(f.goal, sizeof f.goal, "%s", cli_text(args, "goal") != NULL ? cli_text(args, "goal") : "most all");
    pl_status st = cli_memory_for_plan(args, PL_ANY_WAY, f.goal, &f.settings.memory, &err);
    st = st == PL_OK ? cli_load_economy(args->argument[0], cli_flag(args, "quiet"), &economy, &err) : st;
    if (st == PL_OK) {
        f.economy = economy;
        st = run(&f, &err);
    }
    if (st == PL_STOPPED && cli_interrupted()) {
        pl_fail(&err, PL_STOPPED, NULL, NULL, "stopped on request; the plans made so far stay where they are");
    }
    if (st == PL_OK && !cli_flag(args, "quiet")) {
        print_table(&f);
    }
    pl_economy_free(economy);
    bool any = false;
    for (int k = 0; k < f.n; k++) {
        any = any || pl_given(f.at[k].value);
    }
    return st != PL_OK ? cli_fail(&err) : any ? 0 : pl_status_exit_code(PL_REFUTED);
}
