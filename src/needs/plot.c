/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * plot.c - history, forecast and intervals as SVG: a picture that stands alone, light or dark as its reader's screen. */
#include <math.h>
#include <stdio.h>

#include <plenty/needs.h>

#include "base/number.h"
#include "base/str.h"
#include "io/file.h"

#define WIDTH 760.0
#define HEIGHT 350.0
#define LEFT 70.0
#define RIGHT 20.0
#define TOP 56.0
#define BOTTOM 44.0
#define LINES 5

static const char STYLE[] =
    "<style>text{fill:#5b5b55}.name{fill:#1c1c1a;font-size:16px;font-weight:bold}.page{fill:#fdfcf9}.grid{stroke:#dedbd2}.past{stroke:#1c1c1a;stroke-width:1.6}"
    ".ahead{stroke:#0072b2;stroke-width:2.2}.band{fill:#0072b2;fill-opacity:.22}polyline{fill:none;stroke-linejoin:round}"
    "@media(prefers-color-scheme:dark){text{fill:#a9a89f}.name{fill:#ecebe4}.page{fill:#171816}.grid{stroke:#3a3b37}.past{stroke:#ecebe4}"
    ".ahead{stroke:#4aa8e0}.band{fill:#4aa8e0}}</style>\n";

typedef struct frame {
    const pl_forecast *f;
    const pl_node *node;
    double top, step; /* of the scale; from line to line */
    pl_str *out;
} frame;

static double across(const frame *p, double t)
{
    return LEFT + (WIDTH - LEFT - RIGHT) * t / fmax(p->f->n_periods + p->f->horizon - 1, 1);
}

static double up(const frame *p, double y)
{
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * fmax(y, 0) / p->top;
}

/* 1, 2 or 5 times a power of ten, at least x. */
static double round_up(double x)
{
    double power = pow(10, floor(log10(x)));
    return x <= power ? power : x <= 2 * power ? 2 * power : x <= 5 * power ? 5 * power : 10 * power;
}

static void add_text(pl_str *out, const char *text)
{
    for (; *text != '\0'; text++) {
        char one[2] = {*text, '\0'};
        pl_str_add(out, *text == '<' ? "&lt;" : *text == '>' ? "&gt;" : *text == '&' ? "&amp;" : (unsigned char)*text < ' ' ? " " : one);
    }
}

/* The band between quantiles a and b, from the last value on. */
static void add_band(const frame *p, int a, int b)
{
    int32_t n = p->f->n_periods, h = p->f->horizon;
    double last = p->node->history[n - 1];
    pl_str_addf(p->out, "<polygon class=\"band\" points=\"%.1f,%.1f", across(p, n - 1), up(p, last));
    for (int32_t k = 0; k < h; k++) {
        pl_str_addf(p->out, " %.1f,%.1f", across(p, n + k), up(p, p->node->quantile[k * PL_QUANTILES + b]));
    }
    for (int32_t k = h - 1; k >= 0; k--) {
        pl_str_addf(p->out, " %.1f,%.1f", across(p, n + k), up(p, p->node->quantile[k * PL_QUANTILES + a]));
    }
    pl_str_add(p->out, "\"/>\n");
}

static void add_grid(const frame *p)
{
    char number[PL_NUMBER_MAX], date[PL_DATE_TEXT];
    int32_t all = p->f->n_periods + p->f->horizon;
    for (double y = 0; y <= p->top * 1.0001; y += p->step) {
        pl_number_for_people(y, number);
        pl_str_addf(p->out, "<line class=\"grid\" x1=\"%.0f\" x2=\"%.0f\" y1=\"%.1f\" y2=\"%.1f\"/>\n<text x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", LEFT,
                    WIDTH - RIGHT, up(p, y), up(p, y), LEFT - 8, up(p, y) + 4, number);
    }
    for (int32_t k = 0; k < 5; k++) {
        int32_t t = (int32_t)((double)(all - 1) * k / 4 + 0.5);
        pl_day_text(pl_period_first_day(p->f->kind, p->f->first + t), date);
        pl_str_addf(p->out, "<text x=\"%.1f\" y=\"%.0f\" text-anchor=\"%s\">%s</text>\n", across(p, t), HEIGHT - BOTTOM + 20, k == 0 ? "start" : k == 4 ? "end" : "middle",
                    date);
    }
}

/* "BEEF, Mill Street" */
static void add_name(const frame *p)
{
    const pl_node *n = p->node;
    add_text(p->out, n->level == PL_LEVEL_TOTAL ? "All together" : n->item[0] != '\0' ? n->item : n->group);
    if (n->place[0] != '\0') {
        pl_str_add(p->out, ", ");
        add_text(p->out, n->place);
    }
}

static void add_title(const frame *p)
{
    pl_str_addf(p->out, "<text class=\"name\" x=\"%.0f\" y=\"18\">", LEFT);
    add_name(p);
    pl_str_addf(p->out, "</text>\n<text x=\"%.0f\" y=\"36\">%s bought each %s, and what is expected: within the inner band 8 times in 10, the outer 19 in 20</text>\n", LEFT,
                pl_measure_id(p->f->measure), pl_period_id(p->f->kind));
}

static void draw(const frame *p)
{
    int32_t n = p->f->n_periods, h = p->f->horizon;
    pl_str_addf(p->out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" font-family=\"system-ui,sans-serif\" font-size=\"12\" role=\"img\">\n<title>", WIDTH, HEIGHT);
    add_name(p);
    pl_str_addf(p->out, "</title>\n%s<rect class=\"page\" width=\"%.0f\" height=\"%.0f\"/>\n", STYLE, WIDTH, HEIGHT);
    add_title(p);
    add_grid(p);
    add_band(p, 0, 4);
    add_band(p, 1, 3);
    pl_str_add(p->out, "<polyline class=\"past\" points=\"");
    for (int32_t t = 0; t < n; t++) {
        pl_str_addf(p->out, "%s%.1f,%.1f", t > 0 ? " " : "", across(p, t), up(p, p->node->history[t]));
    }
    pl_str_addf(p->out, "\"/>\n<polyline class=\"ahead\" points=\"%.1f,%.1f", across(p, n - 1), up(p, p->node->history[n - 1]));
    for (int32_t k = 0; k < h; k++) {
        pl_str_addf(p->out, " %.1f,%.1f", across(p, n + k), up(p, p->node->mean[k]));
    }
    pl_str_add(p->out, "\"/>\n</svg>\n");
}

pl_status pl_forecast_svg(const pl_forecast *f, int32_t node, const char *path, pl_error *err)
{
    pl_str out;
    frame p = {.f = f, .node = &f->node[node], .out = &out};
    for (int32_t t = 0; t < f->n_periods; t++) {
        p.top = fmax(p.top, p.node->history[t]);
    }
    for (int32_t k = 0; k < f->horizon; k++) {
        p.top = fmax(p.top, p.node->quantile[k * PL_QUANTILES + PL_QUANTILES - 1]);
    }
    p.step = round_up((p.top > 0 ? p.top : 1) / LINES);
    p.top = p.step * ceil(p.top / p.step * (1 - 1e-12));
    p.top = p.top > 0 ? p.top : p.step;
    pl_str_init(&out, 1u << 24);
    draw(&p);
    pl_status status = out.failed ? pl_fail_nomem(err, path) : pl_file_write(path, out.text, out.len, err);
    pl_str_clear(&out);
    return status;
}
