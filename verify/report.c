/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * report.c - what was found out, in plain words or as JSON. */
#include <string.h>

#include "verify/check.h"

/* Texts of the files that are checked go to terminals: control characters become '?'. */
static void put(FILE *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        fputc((unsigned char)*c < 0x20 || *c == 0x7F ? '?' : *c, out);
    }
}

static void put_json(FILE *out, const char *text)
{
    fputc('"', out);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\') {
            fputc('\\', out);
        }
        if ((unsigned char)*c < 0x20 || *c == 0x7F) {
            fprintf(out, "\\u%04x", (unsigned char)*c);
        } else {
            fputc(*c, out);
        }
    }
    fputc('"', out);
}

/* A number that JSON can hold. */
static void put_number(FILE *out, const char *name, double x)
{
    if (isfinite(x)) {
        fprintf(out, ", \"%s\": %.17g", name, x);
    } else {
        fprintf(out, ", \"%s\": null", name);
    }
}

static const char *const goal_name[] = {"raise", "most", "weighted", "least", "floors"};

/* 12345678.9 as 12,345,678.9 with 10 digits. */
static void people(double x, char out[64])
{
    char digits[40];
    snprintf(digits, sizeof digits, "%.10g", x != 0 ? x : 0); /* no -0 */
    size_t n = 0, whole = strspn(digits, "-0123456789");
    bool group = strchr(digits, 'e') == NULL;
    for (size_t i = 0; digits[i] != '\0' && n < 60; i++) {
        if (group && i > 0 && i < whole && (whole - i) % 3 == 0 && digits[i - 1] != '-') {
            out[n++] = ',';
        }
        out[n++] = digits[i];
    }
    out[n] = '\0';
}

/* The gap in per cent: of the value, or, where shares of needs are raised, of the needs. */
static double percent(const pv_stage *s)
{
    if (s->goal == PV_RAISE) {
        return 100 * fmax(0, s->gap);
    }
    return s->scale > 0 ? 100 * fmax(0, s->gap) / s->scale : 0;
}

static void stage_words(FILE *out, const pv_economy *e, const pv_plan *p, const pv_stage *s, int number)
{
    char value[64], bound[64];
    people(s->value, value);
    people(s->proven, bound);
    fprintf(out, "stage %d %s", number, goal_name[s->goal]);
    if (s->goal == PV_RAISE) {
        double most = 100 * s->value;
        fprintf(out, " tier %d: ", s->tier);
        if (s->settled == s->active && s->value >= 1 - PV_FIGURE && s->value <= 1 + PV_FIGURE) {
            fprintf(out, "100 %% of every need, cannot be more");
        } else {
            fprintf(out, "%.6g %% of each of %d open needs (times its weight), %d settled; no plan gives all of them "
                         "more than %.10g %%", most, s->active, s->settled, 100 * s->proven);
        }
    } else if (s->goal == PV_MOST) {
        fprintf(out, " ");
        put(out, p->argument);
        fprintf(out, ": %s times what was asked; no plan gives more than %s times", value, bound);
    } else if (s->goal == PV_WEIGHTED) {
        fprintf(out, ": %s; no plan gives more than %s", value, bound);
    } else if (s->goal == PV_LEAST) {
        int32_t k = 0;
        while (k < e->n_resources && s->cost[k] == 0) {
            k++;
        }
        fprintf(out, " ");
        put(out, s->objective);
        fprintf(out, ": %s ", value);
        put(out, k < e->n_resources ? e->resource_unit[k] : "");
        fprintf(out, "; no plan does with less than %s", bound);
    }
    fprintf(out, percent(s) < 99.5 ? " (gap %.2g %%)\n" : " (gap %.3g %%)\n", percent(s));
    if (s->raisable > PV_ACCEPT && isfinite(s->raisable)) {
        fprintf(out, "  (what is left open would raise a held need, alone, by %.2g of its amount)\n", s->raisable);
    }
    if (s->ranged > 0) {
        fprintf(out, "  (%lld recipes or trades have no limit and a profit within rounding: this speaks of plans "
                     "with up to %g times the turnover of this one)\n", (long long)s->ranged, PV_RANGE);
    }
}

/* The largest gap of all stages, in per cent; *number is its stage. */
static double largest_gap(const pv_plan *p, int *number)
{
    double most = 0;
    *number = 0;
    for (int32_t i = 0; i < p->n_stages; i++) {
        if (percent(&p->stage[i]) > most) {
            most = percent(&p->stage[i]);
            *number = i + 1;
        }
    }
    return most;
}

static void words(const pv_run *run, const pv_economy *e, const pv_plan *p, const pv_found *found, int code,
                  FILE *out)
{
    bool agrees = p->hash != NULL && strcmp(p->hash, e->hash) == 0;
    fprintf(out, "economy: hash %s (%d recipes, %d goods)\n", agrees ? "agrees" : "DIFFERS", e->n_recipes,
            e->n_goods);
    if (code == PV_VERIFIED && p->infeasible) {
        fprintf(out, "infeasible: at the certificate's prices, what must be met exceeds all that the limits allow "
                     "by %.4g %% of its value\n", 100 * found->farkas);
        fprintf(out, "  (what clashes.csv advises is not proven)\n");
    } else if (code == PV_VERIFIED) {
        fprintf(out, "feasible: ");
        if (found->worst >= 0) {
            fprintf(out, "largest shortfall %.3g ", found->shortfall);
            put(out, e->unit[found->worst]);
            fprintf(out, " of good ");
            put(out, e->good[found->worst]);
            fprintf(out, ", %.3g of its turnover\n", found->relative);
        } else {
            fprintf(out, "no shortfall of any good\n");
        }
        for (int32_t i = 0; i < p->n_stages; i++) {
            stage_words(out, e, p, &p->stage[i], i + 1);
        }
    }
    for (const pv_failure *f = run->failures; f != NULL; f = f->next) {
        fprintf(out, "REFUTED: %s", f->file);
        if (f->line > 0) {
            fprintf(out, ":%lld", (long long)f->line);
        }
        fprintf(out, ": ");
        put(out, f->text);
        fprintf(out, "\n");
    }
    if (run->n_failures > 100) {
        fprintf(out, "REFUTED: and %lld more\n", (long long)(run->n_failures - 100));
    }
    int number;
    double gap = largest_gap(p, &number);
    fprintf(out, code == PV_VERIFIED ? "verified" : "not verified");
    if (code == PV_VERIFIED && gap > 100 * PV_ACCEPT) {
        fprintf(out, gap < 99.5 ? "; what is proven leaves room for a plan that is %.2g %% better (stage %d)"
                                : "; what is proven leaves room for a plan that is %.3g %% better (stage %d)", gap, number);
    }
    fprintf(out, "\n");
}

static void json_report(const pv_run *run, const pv_economy *e, const pv_plan *p, const pv_found *found, int code,
                        FILE *out)
{
    fprintf(out, "{\"verified\": %s, \"outcome\": \"%s\"", code == PV_VERIFIED ? "true" : "false",
            p->infeasible ? "infeasible" : "planned");
    fprintf(out, ", \"hash\": \"%s\", \"recipes\": %d, \"goods\": %d", e->hash, e->n_recipes, e->n_goods);
    if (code == PV_VERIFIED && p->infeasible) {
        put_number(out, "exceeds_relative", found->farkas);
    } else if (code == PV_VERIFIED) {
        put_number(out, "shortfall", found->shortfall);
        put_number(out, "shortfall_relative", found->relative);
        fprintf(out, ", \"shortfall_good\": ");
        put_json(out, found->worst >= 0 ? e->good[found->worst] : "");
        fprintf(out, ", \"stages\": [");
        for (int32_t i = 0; i < p->n_stages; i++) {
            const pv_stage *s = &p->stage[i];
            fprintf(out, "%s{\"stage\": %d, \"goal\": \"%s\"", i > 0 ? ", " : "", i + 1, goal_name[s->goal]);
            put_number(out, "value", s->value);
            put_number(out, "proven", s->proven);
            put_number(out, "gap", s->gap);
            put_number(out, "gap_percent", percent(s));
            put_number(out, "raisable", s->raisable);
            fprintf(out, ", \"columns_ranged\": %lld}", (long long)s->ranged);
        }
        int number;
        fprintf(out, "]");
        put_number(out, "gap_percent", largest_gap(p, &number));
    }
    fprintf(out, ", \"failures\": %lld, \"failed\": [", (long long)run->n_failures);
    for (const pv_failure *f = run->failures; f != NULL; f = f->next) {
        fprintf(out, "%s{\"file\": \"%s\", \"line\": %lld, \"message\": ", f == run->failures ? "" : ", ", f->file,
                (long long)f->line);
        put_json(out, f->text);
        fprintf(out, "}");
    }
    fprintf(out, "]}\n");
}

int pv_report(pv_run *run, const pv_economy *e, const pv_plan *plan, const pv_found *found, bool json, FILE *out,
              FILE *err)
{
    int code = run->code != 0 ? run->code : run->n_failures > 0 ? PV_REFUTED : PV_VERIFIED;
    if (code > PV_REFUTED) {
        put(err, run->why);
        fputc('\n', err);
        if (json) {
            fprintf(out, "{\"verified\": false, \"code\": %d, \"error\": ", code);
            put_json(out, run->why);
            fprintf(out, "}\n");
        }
        return code;
    }
    if (json) {
        json_report(run, e, plan, found, code, out);
    } else {
        words(run, e, plan, found, code, out);
    }
    return code;
}
