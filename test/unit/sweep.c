/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sweeps against closed forms: chains, stars, loops; rivals; what is not productive. */
#include "sparse/sift.h"
#include "sparse/sweep.h"

#include <stdlib.h>

#include "test/test.h"

#define N 1000

typedef struct made {
    pl_sparse flows;
    pl_makers makers;
    int64_t start[2 * N + 1];
    int32_t index[8 * N];
    double amount[8 * N], cost[2 * N];
    int32_t n;
} made;

static void begin(made *m, int32_t goods)
{
    *m = (made){0};
    m->flows = (pl_sparse){goods, 0, m->start, m->index, m->amount};
}

static void put(made *m, int32_t good, double amount)
{
    m->index[m->n] = good;
    m->amount[m->n++] = amount;
    m->start[m->flows.n_columns + 1] = m->n;
}

static void end_column(made *m, double cost)
{
    m->start[m->flows.n_columns + 1] = m->n;
    m->cost[m->flows.n_columns++] = cost;
}

static void finish(made *m)
{
    bool single;
    CHECK(pl_makers_new(&m->flows, 1, &m->makers, &single, NULL) == PL_OK && single);
}

static const pl_sweep_settings EXACT = {.tolerance = 1e-15, .most = 100000, .markup = 1};

static pl_sweep_result values(const made *m, const pl_sweep_settings *s, double *v, int32_t *chosen)
{
    pl_sweep_result r;
    for (int32_t g = 0; g < m->flows.n_rows; g++) {
        v[g] = 0;
    }
    CHECK(pl_sweep_values(&m->flows, &m->makers, m->cost, s, v, chosen, &r, NULL) == PL_OK);
    return r;
}

static double v[N], x[N], need[N], demand[N];
static int32_t chosen[N];
static made m;

TEST(a_chain_is_a_geometric_series)
{
    begin(&m, N); /* good g takes half of good g + 1: v(g) = 1 + v(g+1)/2, v = 2 - 2^-k */
    for (int32_t g = 0; g < N; g++) {
        put(&m, g, 1);
        if (g + 1 < N) {
            put(&m, g + 1, -0.5);
        }
        end_column(&m, 1);
    }
    finish(&m);
    CHECK(values(&m, &EXACT, v, chosen).settled);
    for (int32_t g = 0; g < N; g++) {
        CHECK_NEAR(v[g], 2 - ldexp(1, -(N - 1 - g)), 1e-14);
    }
    pl_sweep_result r;
    memset(demand, 0, sizeof demand);
    demand[0] = 1;
    CHECK(pl_sweep_outputs(&m.flows, &m.makers, &(pl_output_task){.chosen = chosen, .demand = demand}, &EXACT, x, need, &r, NULL) == PL_OK);
    CHECK(r.settled && r.sweeps <= 2); /* inputs come after: one sweep, and one that finds nothing */
    for (int32_t g = 0; g < N; g++) {
        CHECK(x[g] == ldexp(1, -g));
    }
    pl_makers_clear(&m.makers);
}

TEST(a_loop_and_its_bounds)
{
    begin(&m, N); /* each takes a of the next, the last of the first: v = c / (1 - a) */
    const double a = 0.9;
    for (int32_t g = 0; g < N; g++) {
        put(&m, g, 2); /* two are made at a time */
        put(&m, (g + 1) % N, -2 * a);
        end_column(&m, 2 * 3);
    }
    finish(&m);
    for (int most = 1; most <= 60; most += 7) { /* wherever it stops, the truth lies between */
        pl_sweep_settings s = EXACT;
        s.most = most;
        values(&m, &s, v, chosen);
        double above = pl_sweep_above(&m.flows, &m.makers, chosen, m.cost, 1, v, 2);
        for (int32_t g = 0; g < N; g++) {
            CHECK(v[g] <= 30 * (1 + 1e-13) && v[g] * (1 + above) >= 30 * (1 - 1e-13));
        }
    }
    CHECK(values(&m, &EXACT, v, chosen).settled);
    CHECK_NEAR(v[17], 30, 1e-12);
    CHECK(pl_sweep_above(&m.flows, &m.makers, chosen, m.cost, 1, v, 2) < 1e-12);
    pl_sweep_settings profit = EXACT; /* prices of production at 10 %: 3 / (1 - 0.99) */
    profit.markup = 1.1;
    CHECK(values(&m, &profit, v, chosen).settled);
    CHECK_NEAR(v[17], 300, 1e-10);
    profit.markup = 1.2; /* beyond the largest rate there is none */
    profit.most = 500;
    CHECK(!values(&m, &profit, v, chosen).settled);
    pl_makers_clear(&m.makers);
}

TEST(a_star_takes_from_the_middle)
{
    begin(&m, N); /* the middle takes nothing, all others take 4 of it */
    for (int32_t g = 0; g < N; g++) {
        put(&m, g, 1);
        if (g != 500) {
            put(&m, 500, -4);
        }
        end_column(&m, 0.25);
    }
    finish(&m);
    CHECK(values(&m, &EXACT, v, chosen).settled);
    pl_sweep_result r;
    for (int32_t g = 0; g < N; g++) {
        CHECK(v[g] == (g == 500 ? 0.25 : 1.25));
        demand[g] = 1;
    }
    CHECK(pl_sweep_outputs(&m.flows, &m.makers, &(pl_output_task){.chosen = chosen, .demand = demand}, &EXACT, x, need, &r, NULL) == PL_OK && r.settled);
    CHECK(x[500] == 1 + 4.0 * (N - 1));
    pl_makers_clear(&m.makers);
}

TEST(the_cheapest_of_rivals_is_chosen)
{
    begin(&m, 3);
    put(&m, 0, 1), put(&m, 1, -1), end_column(&m, 1); /* 1 + v1 */
    put(&m, 0, 1), put(&m, 2, -1), end_column(&m, 1); /* 1 + v2: the cheaper one */
    put(&m, 0, 1), put(&m, 2, -1), end_column(&m, 1); /* its copy: the first wins */
    put(&m, 1, 4), end_column(&m, 8);                 /* v1 = 2 */
    put(&m, 0, -0.5), put(&m, 2, 1), end_column(&m, 0.1); /* v2 = 0.1 + v0 / 2: a loop */
    finish(&m);
    CHECK(values(&m, &EXACT, v, chosen).settled);
    CHECK_NEAR(v[0], 2.2, 1e-14); /* v0 = 1 + 0.1 + v0 / 2 */
    CHECK_NEAR(v[2], 1.2, 1e-14);
    CHECK_INT(chosen[0], 1);
    pl_makers_clear(&m.makers);
}

TEST(from_an_earlier_answer_either_way)
{
    begin(&m, N); /* a loop as above; every good has a second column that costs a third more, but takes less */
    for (int32_t g = 0; g < N; g++) {
        put(&m, g, 1);
        put(&m, (g + 1) % N, -0.5);
        end_column(&m, 3);
        put(&m, g, 1);
        put(&m, (g + 1) % N, -0.25);
        end_column(&m, 4);
    }
    finish(&m);
    CHECK(values(&m, &EXACT, v, chosen).settled);
    CHECK_NEAR(v[0], 16.0 / 3, 1e-13); /* 4 / (1 - 1/4), not 3 / (1 - 1/2) = 6 */
    pl_sweep_settings again = EXACT;
    again.again = true;
    again.tolerance = 1e-13;
    for (int way = -1; way <= 1; way += 2) {
        pl_sweep_result r;
        for (int32_t g = 0; g < N; g++) {
            m.cost[2 * g + 1] = 4 + 0.1 * way; /* dearer or cheaper than when it was swept */
        }
        CHECK(pl_sweep_values(&m.flows, &m.makers, m.cost, &again, v, chosen, &r, NULL) == PL_OK && r.settled);
        CHECK_NEAR(v[N / 2], (4 + 0.1 * way) * 4 / 3, 1e-11);
        CHECK(pl_sweep_too_high(&m.flows, &m.makers, m.cost, v, 2) < 1e-11);
    }
    for (int32_t g = 0; g < N; g++) {
        v[g] *= 1.01;
    }
    double high = pl_sweep_too_high(&m.flows, &m.makers, m.cost, v, 1);
    for (int32_t g = 0; g < N; g++) {
        v[g] *= 1 - high;
    }
    CHECK(high > 0.009 && pl_sweep_too_high(&m.flows, &m.makers, m.cost, v, 1) < 1e-14);
    pl_makers_clear(&m.makers);
}

TEST(leaps_lead_to_the_same_answer_in_fewer_sweeps)
{
    begin(&m, N); /* each takes 0.2 of the next but six, and 0.7 of the middle, which takes nothing of it */
    for (int32_t g = 0; g < N; g++) {
        put(&m, g, 2);
        put(&m, (g + 7) % N, -0.4);
        if (g != N / 2) {
            put(&m, N / 2, -1.4);
        }
        end_column(&m, 2 + g % 3);
    }
    finish(&m);
    static double plain_v[N], plain_x[N];
    pl_sweep_settings leaping = EXACT;
    pl_sweep_result r, leapt;
    leaping.leap = true;
    leaping.tolerance = 1e-13;
    for (int32_t g = 0; g < N; g++) {
        demand[g] = g % 5;
    }
    pl_output_task task = {.chosen = chosen, .demand = demand};
    r = values(&m, &EXACT, plain_v, chosen);
    leapt = values(&m, &leaping, v, chosen);
    CHECK(r.settled && leapt.settled && leapt.sweeps < r.sweeps);
    CHECK(pl_sweep_outputs(&m.flows, &m.makers, &task, &EXACT, plain_x, need, &r, NULL) == PL_OK && r.settled);
    CHECK(pl_sweep_outputs(&m.flows, &m.makers, &task, &leaping, x, need, &leapt, NULL) == PL_OK && leapt.settled && leapt.sweeps < r.sweeps);
    for (int32_t g = 0; g < N; g++) {
        CHECK_NEAR(v[g] / plain_v[g], 1, 1e-12);
        CHECK_NEAR(x[g] / plain_x[g], 1, 1e-12);
        CHECK_NEAR(need[g] / (2 * x[g]), 1, 1e-12);
    }
    pl_makers_clear(&m.makers);
}

TEST(leaps_stop_where_there_is_no_answer)
{
    begin(&m, 3); /* two that take more of each other than they make; good 2 is made of what nobody makes */
    put(&m, 0, 1), put(&m, 1, -2), end_column(&m, 1);
    put(&m, 0, -1), put(&m, 1, 1), end_column(&m, 1);
    finish(&m);
    pl_sweep_settings leaping = EXACT;
    pl_sweep_result r;
    leaping.leap = true;
    leaping.most = 500;
    CHECK(!values(&m, &leaping, v, chosen).settled && isinf(v[2]));
    demand[0] = 0, demand[1] = 1, demand[2] = 0;
    CHECK(pl_sweep_outputs(&m.flows, &m.makers, &(pl_output_task){.chosen = chosen, .demand = demand}, &leaping, x, need, &r, NULL) == PL_OK && !r.settled);
    pl_makers_clear(&m.makers);
}

TEST(sifting_keeps_what_costs_nearly_the_least)
{
    begin(&m, 3); /* good 0: three recipes of 2, 2.1 and 4; good 1 of good 0; good 2 of what nobody makes */
    put(&m, 0, 1), end_column(&m, 4);
    put(&m, 0, 1), end_column(&m, 2);
    put(&m, 0, -0.5), put(&m, 1, 1), end_column(&m, 1);
    put(&m, 0, 2), end_column(&m, 4.2);
    finish(&m);
    CHECK(values(&m, &EXACT, v, chosen).settled && chosen[0] == 1 && v[1] == 2);
    for (int threads = 1; threads <= 2; threads++) {
        pl_sift sift;
        CHECK(pl_sift_new(&m.flows, &m.makers, m.cost, v, 0.1, threads, &sift, NULL) == PL_OK);
        CHECK(sift.flows.n_rows == 3 && sift.flows.n_columns == 3);
        const int32_t column[] = {1, 3, 2};
        const double cost[] = {2, 4.2, 1}, output[] = {1, 2, 1};
        for (int i = 0; i < 3; i++) {
            CHECK(sift.column[i] == column[i] && sift.cost[i] == cost[i] && sift.makers.output[i] == output[i] && sift.makers.column[i] == i);
        }
        CHECK(sift.makers.start[0] == 0 && sift.makers.start[1] == 2 && sift.makers.start[2] == 3 && sift.makers.start[3] == 3);
        CHECK(sift.flows.start[2] == 2 && sift.flows.start[3] == 4 && sift.flows.index[2] == 0 && sift.flows.amount[2] == -0.5);
        pl_sift_clear(&sift);
    }
    pl_makers_clear(&m.makers);
}

TEST(shares_of_several_columns)
{
    begin(&m, 2); /* good 0 is made in two ways, from 0.5 or 0.25 of good 1, which is made two at a time */
    put(&m, 0, 1);
    put(&m, 1, -0.5);
    end_column(&m, 1);
    put(&m, 0, 1);
    put(&m, 1, -0.25);
    end_column(&m, 1);
    put(&m, 1, 2);
    end_column(&m, 1);
    finish(&m);
    const double wanted[] = {8, 1}, share[] = {0.75, 0.25, 1}, worth[] = {1, 1};
    pl_output_task task = {.share = share, .demand = wanted};
    pl_sweep_result r;
    CHECK(pl_sweep_outputs(&m.flows, &m.makers, &task, &EXACT, x, need, &r, NULL) == PL_OK && r.settled);
    CHECK_NEAR(x[0], 8, 1e-15);
    CHECK_NEAR(x[1], 1 + 8 * (0.75 * 0.5 + 0.25 * 0.25), 1e-15);
    x[0] = 100; /* from an answer that is far too high, down again */
    x[1] = 0.1;
    task.value = worth;
    CHECK(pl_sweep_outputs(&m.flows, &m.makers, &task, &EXACT, x, need, &r, NULL) == PL_OK && r.settled);
    CHECK_NEAR(x[0], 8, 1e-14);
    CHECK_NEAR(x[1], 4.5, 1e-14);
    pl_makers_clear(&m.makers);
}

TEST(what_nobody_makes_and_what_eats_itself)
{
    begin(&m, 3);
    put(&m, 0, 1), put(&m, 1, -1), end_column(&m, 1); /* good 1 is made by nobody */
    put(&m, 2, 1), end_column(&m, 1);
    finish(&m);
    values(&m, &EXACT, v, chosen);
    CHECK(isinf(v[0]) && isinf(v[1]) && v[2] == 1 && chosen[1] == -1);
    pl_sweep_result r;
    demand[0] = 1, demand[1] = demand[2] = 0;
    CHECK(pl_sweep_outputs(&m.flows, &m.makers, &(pl_output_task){.chosen = chosen, .demand = demand}, &EXACT, x, need, &r, NULL) == PL_OK && !r.settled);
    pl_makers_clear(&m.makers);
    begin(&m, 2); /* a cycle that takes more than it makes */
    put(&m, 0, 1), put(&m, 1, -2), end_column(&m, 1);
    put(&m, 0, -1), put(&m, 1, 1), end_column(&m, 1);
    finish(&m);
    pl_sweep_settings s = EXACT;
    s.most = 3000;
    values(&m, &s, v, chosen);
    demand[1] = 1;
    CHECK(pl_sweep_outputs(&m.flows, &m.makers, &(pl_output_task){.chosen = chosen, .demand = demand}, &s, x, need, &r, NULL) == PL_OK && !r.settled);
    pl_makers_clear(&m.makers);
    begin(&m, 2); /* joint products are refused */
    put(&m, 0, 1), put(&m, 1, 1), end_column(&m, 1);
    bool single = true;
    CHECK(pl_makers_new(&m.flows, 2, &m.makers, &single, NULL) == PL_OK && !single);
}
