/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Market research on data made with known tastes: what is estimated lies as near the truth as its standard errors say. */
#include "test/test.h"

#include <stdlib.h>

#include <plenty/estimate.h>

#include "base/mem.h"
#include "base/rng.h"

enum { PEOPLE = 200, TASKS = 12, ALTERNATIVES = 4, ATTRIBUTES = 4, ALL = PEOPLE * TASKS };

static pl_rng rng;
static pl_error err;
static struct {
    int64_t start[ALL + 1];
    double x[ALL * ALTERNATIVES * ATTRIBUTES], taste[PEOPLE][ATTRIBUTES];
    int32_t best[ALL], worst[ALL], person[ALL];
    pl_choices c;
} made;

#define OK(call)                                                                                  \
    do {                                                                                          \
        if ((call) != PL_OK) {                                                                    \
            FAIL("%s: %s: %s", #call, err.subject, err.message);                                  \
        }                                                                                         \
    } while (0)

static double normal(void)
{
    double u = 1 - pl_rng_unit(&rng), v = pl_rng_unit(&rng);
    return sqrt(-2 * log(u)) * cos(2 * 3.14159265358979323846 * v);
}

/* Standard extreme value: with it, the best of utilities plus noise is chosen with the probabilities of the logit. */
static double gumbel(void)
{
    return -log(-log(1 - pl_rng_unit(&rng)));
}

static const double MEAN[ATTRIBUTES] = {1.0, -0.5, 0.3, -1.5};

static void make_tasks(double spread, bool worst, int32_t tasks)
{
    int64_t row = 0;
    int32_t t = 0;
    for (int32_t p = 0; p < PEOPLE; p++) {
        for (int k = 0; k < ATTRIBUTES && spread >= 0; k++) {
            made.taste[p][k] = MEAN[k] + spread * normal();
        }
        for (int32_t i = 0; i < tasks; i++, t++) {
            double most = -INFINITY, least = INFINITY, u[ALTERNATIVES];
            made.start[t] = row;
            for (int32_t a = 0; a < ALTERNATIVES; a++, row++) {
                u[a] = 0;
                for (int k = 0; k < ATTRIBUTES; k++) {
                    double x = k < 2 ? (double)pl_rng_below(&rng, 2) : pl_rng_range(&rng, 0, 2);
                    made.x[row * ATTRIBUTES + k] = x;
                    u[a] += made.taste[p][k] * x;
                }
                double with = u[a] + gumbel();
                made.best[t] = with > most ? a : made.best[t];
                most = fmax(most, with);
            }
            made.worst[t] = -1;
            for (int32_t a = 0; a < ALTERNATIVES && worst; a++) {
                double with = u[a] - gumbel();
                if (a != made.best[t] && with < least) {
                    least = with;
                    made.worst[t] = a;
                }
            }
            made.person[t] = p;
            made.start[t + 1] = row;
        }
    }
    made.c = (pl_choices){t, PEOPLE, ATTRIBUTES, made.start, made.x, made.best, made.worst, made.person};
}

/* The mean of squared errors in units of standard errors must be one. */
TEST(the_logit_is_as_near_as_its_errors_say)
{
    for (int worst = 0; worst < 2; worst++) {
        double squares = 0, error_sum = 0;
        int n = 0;
        for (int round = 0; round < 25; round++) {
            pl_rng_seed(&rng, (uint64_t)(100 * worst + round) + 1);
            make_tasks(0, worst == 1, 4);
            double b[ATTRIBUTES], error[ATTRIBUTES];
            pl_choice_fit fit;
            OK(pl_choice_pooled(&made.c, b, error, &fit, &err));
            CHECK(fit.log_likelihood > fit.null);
            for (int k = 0; k < ATTRIBUTES; k++, n++) {
                double z = (b[k] - MEAN[k]) / error[k];
                CHECK(fabs(z) < 4.5);
                squares += z * z;
                error_sum += error[k];
            }
        }
        double mean = squares / n;
        if (!(mean > 0.65 && mean < 1.45)) { /* 100 of them: 1 +- 0.14 */
            FAIL("%s: mean square %g", worst ? "best and worst" : "best", mean);
        }
        static double best_only;
        best_only = worst == 0 ? error_sum : best_only;
        CHECK(worst == 0 || error_sum < 0.85 * best_only); /* the worst is worth something */
    }
}

TEST(people_are_told_apart_and_shrunk)
{
    pl_rng_seed(&rng, 9);
    make_tasks(0.8, false, TASKS);
    double mean[ATTRIBUTES], covariance[ATTRIBUTES * ATTRIBUTES], b[ATTRIBUTES], error[ATTRIBUTES];
    static double people[PEOPLE * ATTRIBUTES], truth[PEOPLE * ATTRIBUTES];
    pl_choice_fit fit, pooled;
    OK(pl_choice_people(&made.c, mean, covariance, people, &fit, NULL, &err));
    OK(pl_choice_pooled(&made.c, b, error, &pooled, &err));
    double off = 0, common = 0;
    for (int k = 0; k < ATTRIBUTES; k++) {
        double own = sqrt(covariance[k * ATTRIBUTES + k]);
        if (fabs(mean[k] - MEAN[k]) > 0.2 || own < 0.5 || own > 1.1) {
            FAIL("attribute %d: mean %g of %g, spread %g of 0.8", k, mean[k], MEAN[k], own);
        }
        for (int p = 0; p < PEOPLE; p++) {
            double t = made.taste[p][k], mine = people[p * ATTRIBUTES + k];
            truth[p * ATTRIBUTES + k] = t;
            off += (mine - t) * (mine - t);
            common += (mean[k] - t) * (mean[k] - t);
        }
    }
    CHECK(off < 0.65 * common); /* the tastes of each are nearer than the mean of all */
    make_tasks(-1, false, 6); /* new tasks for the same people */
    pl_choice_score own, all, best;
    pl_choice_judge(&made.c, NULL, people, &own);
    pl_choice_judge(&made.c, b, NULL, &all);
    pl_choice_judge(&made.c, NULL, truth, &best);
    printf("# foreseen: %.3f by own tastes, %.3f by common ones, %.3f by the true ones\n", own.hits, all.hits, best.hits);
    CHECK(own.hits > all.hits + 0.02 && own.log_score > all.log_score + 0.05 && best.log_score > own.log_score && all.chance == 0.25);
}

TEST(choices_that_say_nothing_are_refused)
{
    double b[ATTRIBUTES], error[ATTRIBUTES];
    pl_choice_fit fit;
    pl_rng_seed(&rng, 3);
    make_tasks(0, false, 2);
    for (int64_t r = 0; r < made.start[made.c.n_tasks]; r++) {
        made.x[r * ATTRIBUTES + 2] = 7; /* never differs */
    }
    CHECK_INT(pl_choice_pooled(&made.c, b, error, &fit, &err), PL_NUMERIC);
    for (int32_t t = 0; t < made.c.n_tasks; t++) { /* predicts every choice */
        for (int32_t a = 0; a < ALTERNATIVES; a++) {
            made.x[(made.start[t] + a) * ATTRIBUTES + 2] = a == made.best[t];
        }
    }
    CHECK_INT(pl_choice_pooled(&made.c, b, error, &fit, &err), PL_NUMERIC);
    made.best[5] = ALTERNATIVES;
    CHECK_INT(pl_choice_pooled(&made.c, b, error, &fit, &err), PL_DATA);
    made.c.n_tasks = 0;
    CHECK_INT(pl_choice_pooled(&made.c, b, error, &fit, &err), PL_DATA);
}

TEST(missing_memory_is_told)
{
    double mean[ATTRIBUTES], covariance[ATTRIBUTES * ATTRIBUTES];
    static double people[PEOPLE * ATTRIBUTES];
    pl_choice_fit fit;
    for (uint64_t k = 1;; k++) {
        pl_rng_seed(&rng, 9);
        make_tasks(0.8, false, 6);
        pl_mem_fail_from(k);
        pl_status status = pl_choice_people(&made.c, mean, covariance, people, &fit, NULL, &err);
        pl_mem_fail_from(0);
        if (status == PL_OK) {
            break;
        }
        CHECK(status == PL_NOMEM && k < 100);
    }
}

/* ---- A demand system ------------------------------------------------------------------------------------------------------------------------ */

enum { GOODS = 4, PERIODS = 120 };
static const double ALPHA[GOODS] = {0.1, 0.3, 0.4, 0.2}, BETA[GOODS] = {0.04, -0.02, 0.01, -0.03};
static const double GAMMA[GOODS][GOODS] = {{0.05, -0.02, -0.01, -0.02}, {-0.02, 0.08, -0.04, -0.02}, {-0.01, -0.04, 0.06, -0.01}, {-0.02, -0.02, -0.01, 0.05}};
static double share[PERIODS * GOODS], price[PERIODS * GOODS], total[PERIODS];

static void make_panel(void)
{
    double log_price[GOODS] = {0}, income = 3, w[GOODS] = {0.25, 0.25, 0.25, 0.25};
    for (int t = 0; t < PERIODS; t++) {
        double index = 0, sum = 0;
        income += 0.02 * normal();
        for (int i = 0; i < GOODS; i++) {
            log_price[i] += 0.08 * normal();
            index += w[i] * log_price[i]; /* with the shares of the period before */
        }
        double next[GOODS];
        for (int i = 0; i < GOODS; i++) {
            next[i] = ALPHA[i] + BETA[i] * (income - index) + (i < GOODS - 1 ? 0.004 * normal() : 0);
            for (int j = 0; j < GOODS; j++) {
                next[i] += GAMMA[i][j] * log_price[j];
            }
            sum += i < GOODS - 1 ? next[i] : 0;
        }
        next[GOODS - 1] = 1 - sum;
        for (int i = 0; i < GOODS; i++) {
            w[i] = next[i];
            share[t * GOODS + i] = w[i];
            price[t * GOODS + i] = exp(log_price[i]);
        }
        total[t] = exp(income);
    }
}

TEST(the_demand_system_is_as_near_as_its_errors_say)
{
    double squares = 0;
    int n = 0;
    for (int round = 0; round < 25; round++) {
        pl_demand d;
        pl_rng_seed(&rng, (uint64_t)round + 40);
        make_panel();
        OK(pl_demand_fit(PERIODS, GOODS, share, price, total, PL_STONE_LAGGED, &d, &err));
        double adding = 0;
        for (int i = 0; i < GOODS; i++) {
            double homogeneous = 0, z = (d.beta[i] - BETA[i]) / d.beta_error[i];
            adding += d.alpha[i];
            squares += z * z;
            n++;
            CHECK_NEAR(d.income[i], 1 + d.beta[i] / d.share[i], 1e-12);
            for (int j = 0; j < GOODS; j++) {
                z = (d.gamma[i * GOODS + j] - GAMMA[i][j]) / d.gamma_error[i * GOODS + j];
                CHECK(fabs(z) < 5);
                squares += i <= j ? z * z : 0;
                n += i <= j;
                homogeneous += d.gamma[i * GOODS + j];
                CHECK_NEAR(d.gamma[i * GOODS + j], d.gamma[j * GOODS + i], 1e-12);
            }
            CHECK(fabs(homogeneous) < 1e-12);
        }
        CHECK_NEAR(adding, 1, 1e-12);
        CHECK(d.negative);
        pl_demand_clear(&d);
    }
    double mean = squares / n;
    if (!(mean > 0.7 && mean < 1.4)) {
        FAIL("mean square %g", mean);
    }
}

TEST(panels_that_cannot_be_used_are_refused)
{
    pl_demand d;
    pl_rng_seed(&rng, 1);
    make_panel();
    CHECK_INT(pl_demand_fit(6, GOODS, share, price, total, PL_STONE_LAGGED, &d, &err), PL_DATA);
    CHECK_INT(pl_demand_fit(PERIODS, 1, share, price, total, PL_STONE, &d, &err), PL_DATA);
    double old = price[9];
    price[9] = 0;
    CHECK_INT(pl_demand_fit(PERIODS, GOODS, share, price, total, PL_STONE, &d, &err), PL_DATA);
    CHECK_STR(err.subject, "period 2");
    price[9] = old;
    old = share[13];
    share[13] = NAN;
    CHECK_INT(pl_demand_fit(PERIODS, GOODS, share, price, total, PL_STONE, &d, &err), PL_DATA);
    CHECK_STR(err.subject, "period 3");
    share[13] = old;
    for (int t = 0; t < PERIODS; t++) {
        price[t * GOODS + 1] = 2 * price[t * GOODS];
    }
    CHECK_INT(pl_demand_fit(PERIODS, GOODS, share, price, total, PL_STONE, &d, &err), PL_NUMERIC);
    for (uint64_t k = 1;; k++) {
        make_panel();
        pl_mem_fail_from(k);
        pl_status status = pl_demand_fit(PERIODS, GOODS, share, price, total, PL_STONE, &d, &err);
        pl_mem_fail_from(0);
        if (status == PL_OK) {
            break;
        }
        CHECK_INT(status, PL_NOMEM);
    }
    pl_demand_clear(&d);
}
