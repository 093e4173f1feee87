/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Padded claims in the input-output table of the United States (WIOD 2016, 56 sectors, 2014).  Everything is reported with an error of 2 %, coefficients are
 * off by 10 %, one sector claims more than it made, alone or together with those who signed for it.  How often is it found, when all sectors together are accused
 * wrongly in one check of a hundred? */
#include <stdlib.h>

#include <plenty/watch.h>

#include "base/rng.h"
#include "test/test.h"

enum { UNITS = 56 };
static char name[UNITS][16];
static int n_units;
static double use[UNITS][UNITS], final[UNITS], home[UNITS], made[UNITS];

static pl_rng rng;

static double normal(void)
{
    double u, v, s;
    do {
        u = 2 * pl_rng_unit(&rng) - 1;
        v = 2 * pl_rng_unit(&rng) - 1;
        s = u * u + v * v;
    } while (s >= 1 || s == 0);
    return u * sqrt(-2 * log(s) / s);
}

static int unit(const char *text)
{
    for (int i = 0; i < n_units; i++) {
        if (strcmp(name[i], text) == 0) {
            return i;
        }
    }
    CHECK(n_units < UNITS && strlen(text) < sizeof name[0]);
    snprintf(name[n_units], sizeof name[0], "%s", text);
    return n_units++;
}

static void load(void)
{
    char a[64], b[64];
    double x;
    FILE *f = fopen(test_data("wiod-usa-56-2014/use_domestic_2014.csv"), "r");
    CHECK(f != NULL && fscanf(f, "%*[^\n]\n") == 0);
    while (fscanf(f, "%63[^,],%63[^,],%lf\n", a, b, &x) == 3) {
        int i = unit(a), j = unit(b);
        use[i][j] = x;
        made[i] += x;
    }
    fclose(f);
    f = fopen(test_data("wiod-usa-56-2014/final_domestic_2014.csv"), "r");
    CHECK(f != NULL && fscanf(f, "%*[^\n]\n") == 0);
    while (fscanf(f, "%63[^,],%63[^,],%lf\n", a, b, &x) == 3) {
        int i = unit(a);
        final[i] += x;
        home[i] += strcmp(b, "CONS_h") == 0 ? x : 0;
        made[i] += x;
    }
    fclose(f);
    CHECK(n_units >= 54);
}

typedef struct trial {
    pl_books books;
    pl_flow flow[UNITS * (UNITS + 1)];
    double claim[UNITS], variance[UNITS], till[UNITS], till_variance[UNITS], households[UNITS];
    pl_book book[UNITS];
} trial;

/* Reports of everybody; `who` claims `padding` more than it made; `together`: those who signed for it do as well; `tills`: they are asked. */
static void fill(trial *t, int who, double padding, bool together, bool tills, double noise)
{
    t->books = (pl_books){.n = n_units, .claim = t->claim, .claim_variance = t->variance, .till = t->till, .till_variance = t->till_variance, .households = t->households, .flow = t->flow};
    for (int i = 0; i < n_units; i++) {
        double pad = i == who ? 1 + padding : 1, signs = together ? pad : 1;
        t->claim[i] = made[i] * pad * (1 + noise * normal());
        t->variance[i] = noise * noise * t->claim[i] * t->claim[i];
        for (int j = 0; j < n_units; j++) {
            if (use[i][j] > 0) {
                double q = use[i][j] * signs * (1 + noise * normal());
                t->flow[t->books.n_flows++] = (pl_flow){i, j, q, noise * noise * q * q, use[i][j] / made[j] / (1 + 0.1 * normal()), 0.1};
            }
        }
        double q = fmax(0, final[i]) * signs * (1 + noise * normal());
        t->flow[t->books.n_flows++] = (pl_flow){i, -1, q, noise * noise * q * q, NAN, NAN};
        t->households[i] = final[i] > 0 ? q * home[i] / final[i] : 0;
        t->till[i] = tills && home[i] > 0 ? home[i] * (1 + 0.01 * normal()) : NAN;
        t->till_variance[i] = tills && home[i] > 0 ? home[i] * home[i] * 1e-4 : 0;
    }
}

/* Part of the trials in which the sector that pads is accused. */
static double power(trial *t, double padding, bool together, bool tills, double noise, int times)
{
    pl_books_report report;
    pl_error err;
    int found = 0, tried = 0;
    for (int i = 0; i < n_units; i++) {
        for (int k = 0; k < times && made[i] > 0; k++, tried++) {
            fill(t, i, padding, together, tills, noise);
            CHECK(pl_books_check(&t->books, NULL, t->book, NULL, &report, &err) == PL_OK);
            found += t->book[i].suspicion != PL_NOT_SUSPECT;
        }
    }
    return (double)found / tried;
}

TEST(padded_claims_are_found)
{
    trial *t = calloc(1, sizeof *t);
    load();
    pl_rng_seed(&rng, 1);
    const struct {
        double padding, noise;
        bool together, tills;
        double least;
    } bar[] = {{0.05, 0.02, false, false, 0.03}, {0.10, 0.02, false, false, 0.70}, {0.20, 0.02, false, false, 0.98}, {0.20, 0.05, false, false, 0.40},
               {0.20, 0.02, true, false, 0.75},     {0.10, 0.02, true, true, 0.80}}; /* of 10 % by all who signed, without tills, next to nothing is seen */
    for (size_t k = 0; k < sizeof bar / sizeof bar[0]; k++) {
        double p = power(t, bar[k].padding, bar[k].together, bar[k].tills, bar[k].noise, 6);
        printf("# errors of %g %%, padding of %g %%, %s%s: found in %.1f %%\n", 100 * bar[k].noise, 100 * bar[k].padding, bar[k].together ? "with those who signed" : "alone",
               bar[k].tills ? ", tills asked" : "", 100 * p);
        CHECK(p >= bar[k].least);
    }
    free(t);
}

TEST(the_honest_are_left_alone)
{
    trial *t = calloc(1, sizeof *t);
    pl_books_report report;
    pl_error err;
    int wrong = 0, alarmed = 0, trials = 1500;
    load();
    pl_rng_seed(&rng, 2);
    for (int k = 0; k < trials; k++) {
        fill(t, -1, 0, false, k % 2 == 0, 0.02);
        CHECK(pl_books_check(&t->books, NULL, t->book, NULL, &report, &err) == PL_OK);
        wrong += report.suspects > 0;
        alarmed += report.p < 0.01;
    }
    printf("# somebody is accused wrongly in %.2f %% of checks; all residuals together look wrong in %.2f %%\n", 100.0 * wrong / trials, 100.0 * alarmed / trials);
    CHECK(wrong <= trials * 17 / 1000); /* 1 %, and three times what chance makes of it in so many */
    free(t);
}
