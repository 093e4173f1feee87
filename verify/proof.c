/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * proof.c - what the prices of a stage prove (docs/formats/plan.md, "What the proof proves").
 *
 * Whatever prices y of goods and rho of resources are given, every feasible plan obeys
 *     sum of y * demand  <=  sum of rho * available + sum over columns of max(0, profit) * limit
 * because each balance and each limit was multiplied by a price of the right sign.  The right side less the
 * part of the left that is settled is called `room` here, and is summed upwards: pv_high(&room) is no less
 * than the exact value.  Each kind of stage turns it into a bound of its own. */
#include <stdlib.h>
#include <string.h>

#include "verify/check.h"

#define AHEAD 32 /* coefficients whose prices are fetched from memory before they are used */

typedef struct pv_proof {
    pv_run *run;
    const pv_economy *economy;
    const pv_plan *plan;
    int32_t number; /* of the stage */
    pv_stage *stage;
    double *y, *rho;   /* the stage's prices */
    bool priced;       /* one of them is not 0 */
    double *demand;    /* by need: its settled part */
    bool *shared;      /* by resource: limited, and no column gives any of it back */
    pv_real *ratio;    /* by such a resource: largest profit per use among columns without a limit */
    pv_real *ratio_size; /* and the size of its terms */
    const double *turnover;
    pv_figure *profit; /* NULL for a binary plan, which claims no rents */
    pv_sum (*batch)[2]; /* profit and cost of some recipes */
    bool scalable;  /* a least stage in which nothing costs less than 0 */
    pv_real shrink; /* part by which all prices are made smaller, see shrink() */
    pv_sum room;
    pv_real unlimited; /* the part of it that columns without limit took by rounding, which the plan may have left out */
    bool gains;        /* one of them took more than rounding */
    pv_real size;  /* of all terms that went into room, also within profits */
    pv_real raised; /* worth at the stage's prices of what the stage raises */
    pv_real worth;  /* the same, and of the settled demand */
} pv_proof;

/* ---- prices ------------------------------------------------------------------------------------------ */

/* The prices from *row on that belong to the stage. */
static void read_prices(pv_proof *q, int32_t *row)
{
    const pv_economy *e = q->economy;
    const char *file = "certificate.csv";
    memset(q->y, 0, (size_t)e->n_goods * sizeof *q->y);
    memset(q->rho, 0, (size_t)e->n_resources * sizeof *q->rho);
    q->priced = false;
    for (; *row < q->plan->n_prices && q->plan->price[*row].stage == q->number; ++*row) {
        const pv_price *p = &q->plan->price[*row];
        const char *id = p->resource ? e->resource[p->index] : e->good[p->index];
        double price = p->price;
        if (price < 0 && (p->resource || !e->no_disposal[p->index])) {
            pv_refute(q->run, file, p->line, "the price of \"%.100s\" is below 0", id);
            price = 0;
        }
        if (p->resource && isnan(e->available[p->index]) && price != 0) {
            pv_refute(q->run, file, p->line, "\"%.100s\" has no limit, so that its price must be 0", id);
            price = 0;
        }
        if (price == 0) {
            pv_refute(q->run, file, p->line, "a price of 0 does not belong here");
        }
        *(p->resource ? &q->rho[p->index] : &q->y[p->index]) = price;
        q->priced = q->priced || price != 0;
    }
}

/* ---- columns ----------------------------------------------------------------------------------------- */

/* Resources whose limit bounds every column that uses them: nothing gives any of them back. */
static void find_shared(pv_proof *q)
{
    const pv_economy *e = q->economy;
    for (int32_t k = 0; k < e->n_resources; k++) {
        q->shared[k] = !isnan(e->available[k]);
    }
    for (int64_t i = 0; i < e->uses.start[e->n_recipes]; i++) {
        if (e->uses.amount[i] < 0) {
            q->shared[e->uses.index[i]] = false;
        }
    }
    for (int32_t g = 0; g < e->n_goods && e->fx >= 0; g++) {
        if (e->import_price[g] < 0 || e->export_price[g] > 0) {
            q->shared[e->fx] = false;
        }
    }
}

static void refuse_profit(pv_proof *q, const char *what, const char *id, pv_real high)
{
    pv_refute(q->run, "certificate.csv", 0,
              "stage %d: %s \"%.100s\" has no limit and a profit of %.3Lg: these prices prove nothing", q->number,
              what, id, high);
}

/* Adds max(0, profit) * limit; false when the column has no limit and its profit is not surely <= 0. */
static bool add_limited(pv_proof *q, const pv_sum *profit, double limit, int32_t column)
{
    pv_real high = pv_high(profit);
    if (q->profit != NULL) {
        q->profit[column] = (pv_figure){(double)profit->sum, pv_honest(profit)};
    }
    if (high <= 0) {
        return true;
    }
    if (isnan(limit)) {
        return false;
    }
    pv_add(&q->room, high * limit);
    q->size += profit->size * limit;
    return true;
}

/* A column without limit and with a profit that rounding may have left above 0: limited by 1,000 times the turnover
 * of what it makes (or uses, when it makes nothing), or else of the demand. */
static void add_ranged(pv_proof *q, const pv_sum *profit, double turnover, const char *what, const char *id)
{
    pv_real high = pv_high(profit);
    if (!(high <= PV_PROFIT * profit->size)) {
        refuse_profit(q, what, id, high);
        return;
    }
    pv_real limit = PV_RANGE * (turnover > 0 ? turnover : q->worth / profit->size);
    pv_add(&q->room, high * limit);
    q->unlimited += high * limit;
    q->size += profit->size * limit / (pv_real)PV_RANGE;
    q->stage->ranged++;
}

/* A column without limit that uses a shared resource k: all such columns together gain at most the largest
 * profit per use, times what there is of k. */
static void share(pv_proof *q, int32_t k, const pv_sum *profit, double use)
{
    pv_real ratio = pv_high(profit) / use * (1 + 2 * LDBL_EPSILON);
    q->gains = q->gains || !(pv_high(profit) <= PV_PROFIT * profit->size); /* that is no rounding */
    if (!(ratio <= q->ratio[k])) {
        q->ratio[k] = ratio;
        q->ratio_size[k] = profit->size / use;
    }
}

/* A column without limit that costs c > 0 in the objective.  When all prices are made smaller by a part s, its
 * profit + c shrinks by that part, so that no profit is left if s >= profit / (profit + c); no other profit grows
 * as long as no cost is below 0; and the bound loses the part s of what it had from demand and resources. */
static bool shrink(pv_proof *q, const pv_sum *profit, const pv_sum *cost)
{
    pv_real high = pv_high(profit), low = pv_low(cost);
    if (!q->scalable || !(low > 0) || !(high <= PV_PROFIT * low)) {
        return false;
    }
    pv_real part = high / low * (1 + 2 * LDBL_EPSILON);
    q->shrink = part > q->shrink ? part : q->shrink;
    return true;
}

/* The largest level at which the recipe makes as much of a good as the plan turns over. */
static double recipe_turnover(const pv_proof *q, int32_t r)
{
    const pv_columns *f = &q->economy->flows;
    double most[2] = {0, 0};
    for (int64_t i = f->start[r]; i < f->start[r + 1] && q->turnover != NULL; i++) {
        if (f->amount[i] != 0) {
            double *m = &most[f->amount[i] > 0];
            *m = fmax(*m, q->turnover[f->index[i]] / fabs(f->amount[i]));
        }
    }
    return most[1] > 0 ? most[1] : most[0];
}

/* Profit of a recipe at the stage's prices, and what it costs in the objective. */
static void value_recipe(const pv_proof *q, int32_t r, pv_sum *profit, pv_sum *cost)
{
    const pv_economy *e = q->economy;
    const pv_stage *s = q->stage;
    pv_real sum = 0, size = 0;
    int64_t last = e->flows.start[e->n_recipes] - 1;
    for (int64_t i = e->flows.start[r]; i < e->flows.start[r + 1]; i++) {
        __builtin_prefetch(&q->y[e->flows.index[i + AHEAD < last ? i + AHEAD : last]]);
        pv_real worth = (pv_real)q->y[e->flows.index[i]] * e->flows.amount[i];
        sum += worth;
        size += fabsl(worth);
    }
    *profit = (pv_sum){sum, size, (pv_real)(e->flows.start[r + 1] - e->flows.start[r])};
    *cost = (pv_sum){0, 0, 0};
    for (int64_t i = e->uses.start[r]; i < e->uses.start[r + 1]; i++) {
        int32_t k = e->uses.index[i];
        pv_real price = (pv_real)q->rho[k] + (s->cost != NULL ? s->cost[k] : 0);
        if (price != 0) {
            pv_add(profit, -price * e->uses.amount[i]);
            pv_add(cost, s->cost != NULL ? (pv_real)s->cost[k] * e->uses.amount[i] : 0);
        }
    }
    if (s->levels != 0) {
        pv_add(profit, -1);
        pv_add(cost, 1);
    }
}

static void add_recipe(pv_proof *q, int32_t r, const pv_sum *profit, const pv_sum *cost)
{
    const pv_economy *e = q->economy;
    if (add_limited(q, profit, e->capacity[r], r) || shrink(q, profit, cost)) {
        return;
    }
    pv_real high = pv_high(profit), best = INFINITY;
    int64_t resource = -1;
    for (int64_t i = e->uses.start[r]; i < e->uses.start[r + 1]; i++) {
        int32_t k = e->uses.index[i];
        if (q->shared[k] && e->uses.amount[i] > 0 && high / e->uses.amount[i] * e->available[k] < best) {
            best = high / e->uses.amount[i] * e->available[k];
            resource = i;
        }
    }
    if (resource >= 0) {
        share(q, e->uses.index[resource], profit, e->uses.amount[resource]);
    } else {
        add_ranged(q, profit, recipe_turnover(q, r), "recipe", e->recipe[r]);
    }
}

#define BATCH 32768

/* All recipes, by as many threads as there are; what they add is added in their order.  Where nothing has a price
 * and nothing costs, no profit is anything but 0. */
static void add_recipes(pv_proof *q)
{
    int32_t n = q->economy->n_recipes;
    if (!q->priced && q->stage->goal != PV_LEAST) {
        if (q->profit != NULL) {
            memset(q->profit, 0, (size_t)n * sizeof *q->profit);
        }
        return;
    }
    for (int32_t first = 0; first < n; first += BATCH) {
        int32_t end = n - first < BATCH ? n : first + BATCH;
#ifdef _OPENMP
#pragma omp parallel for schedule(static) if (n > 10000)
#endif
        for (int32_t r = first; r < end; r++) {
            value_recipe(q, r, &q->batch[r - first][0], &q->batch[r - first][1]);
        }
        for (int32_t r = first; r < end; r++) {
            add_recipe(q, r, &q->batch[r - first][0], &q->batch[r - first][1]);
        }
    }
}

/* Imports (y - rho_fx * price), exports (rho_fx * price - y) and draws (y) of good g. */
static void add_trade(pv_proof *q, int32_t g)
{
    const pv_economy *e = q->economy;
    const pv_stage *s = q->stage;
    double turnover = q->turnover != NULL ? q->turnover[g] : 0;
    pv_real fx = e->fx < 0 ? 0 : (pv_real)q->rho[e->fx] + (s->cost != NULL ? s->cost[e->fx] : 0);
    int32_t at = e->n_recipes + g;
    if (!isnan(e->import_price[g])) {
        pv_sum profit = {0, 0, 0};
        pv_add(&profit, q->y[g]);
        pv_add(&profit, -fx * e->import_price[g]);
        if (s->imports != 0) {
            pv_add(&profit, -e->import_price[g]);
        }
        pv_sum cost = {0, 0, 0};
        pv_add(&cost, s->imports != 0 ? e->import_price[g] : 0);
        bool done = add_limited(q, &profit, e->import_limit[g], at) || shrink(q, &profit, &cost);
        if (!done && e->fx >= 0 && q->shared[e->fx] && e->import_price[g] > 0) {
            share(q, e->fx, &profit, e->import_price[g]);
        } else if (!done) {
            add_ranged(q, &profit, turnover, "import", e->good[g]);
        }
    }
    if (!isnan(e->export_price[g])) {
        pv_sum profit = {0, 0, 0};
        pv_add(&profit, fx * e->export_price[g]);
        pv_add(&profit, -q->y[g]);
        if (!add_limited(q, &profit, e->export_limit[g], at + e->n_goods)) {
            add_ranged(q, &profit, turnover, "export", e->good[g]);
        }
    }
    if (!isnan(e->stock[g])) {
        pv_sum profit = {0, 0, 0};
        pv_add(&profit, q->y[g]);
        (void)add_limited(q, &profit, e->stock[g], at + 2 * e->n_goods);
    }
}

/* A least stage in which no column costs less than 0. */
static bool never_gains(const pv_proof *q)
{
    const pv_economy *e = q->economy;
    const pv_stage *s = q->stage;
    if (s->goal != PV_LEAST || (e->fx >= 0 && s->cost[e->fx] != 0)) {
        return false;
    }
    for (int64_t i = 0; i < e->uses.start[e->n_recipes]; i++) {
        if (e->uses.amount[i] < 0 && s->cost[e->uses.index[i]] != 0) {
            return false;
        }
    }
    for (int32_t g = 0; g < e->n_goods; g++) {
        if (e->import_price[g] < 0 && s->imports != 0) {
            return false;
        }
    }
    return true;
}

/* ---- the room that the limits leave -------------------------------------------------------------------- */

static void add_room(pv_proof *q)
{
    const pv_economy *e = q->economy;
    q->room = (pv_sum){0, 0, 0};
    q->worth = q->raised;
    memset(q->ratio, 0, (size_t)e->n_resources * sizeof *q->ratio);
    for (int32_t i = 0; i < e->n_needs; i++) {
        pv_real worth = (pv_real)q->y[e->need[i].good] * q->demand[i];
        if (worth != 0) {
            pv_add(&q->room, -worth);
            q->worth += fabsl(worth);
        }
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        if (q->rho[k] != 0) {
            pv_add(&q->room, (pv_real)q->rho[k] * e->available[k]);
        }
    }
    pv_sum before = q->room;
    q->size = before.size;
    q->shrink = q->unlimited = 0;
    q->gains = false;
    q->scalable = never_gains(q);
    add_recipes(q);
    for (int32_t g = 0; g < e->n_goods; g++) {
        add_trade(q, g);
    }
    for (int32_t k = 0; k < e->n_resources; k++) {
        if (q->ratio[k] != 0 && e->available[k] > 0) {
            pv_add(&q->room, q->ratio[k] * e->available[k]);
            q->unlimited += q->ratio[k] * e->available[k];
            q->size += q->ratio_size[k] * e->available[k];
        }
    }
    if (q->shrink > 0 && pv_low(&before) < 0) {
        pv_add(&q->room, q->shrink * -pv_low(&before));
        q->unlimited += q->shrink * -pv_low(&before);
    }
    if (q->gains) {
        q->unlimited = 0;
    }
}

/* ---- stages ---------------------------------------------------------------------------------------------- */

/* value, proven bound and claimed bound of a stage.  Apart from the relative accuracy asked for, `noise` is
 * allowed: what rounding may do to terms that cancel. */
static void judge(pv_proof *q, double proven, double noise, double unlimited)
{
    pv_stage *s = q->stage;
    const char *file = q->plan->json.name;
    s->proven = proven;
    s->gap = s->goal == PV_LEAST ? s->value - proven : proven - s->value;
    s->scale = fmax(fabs(s->value), fabs(proven));
    if (!(s->gap >= -PV_FIGURE * s->scale) && !(s->gap >= -noise)) {
        pv_refute(q->run, file, 0, "stage %d: the value %.17g is better than its prices allow, %.17g", q->number,
                  s->value, proven);
    }
    char what[40];
    snprintf(what, sizeof what, "stage %d: bound", q->number);
    pv_compare(q->run, file, 0, what, s->bound, proven, fmax(noise, 1e-12 * s->scale) + unlimited);
}

static bool active(const pv_proof *q, int32_t i)
{
    return q->stage->goal == PV_RAISE
               ? q->economy->need[i].tier == q->stage->tier && q->plan->settled[i] >= q->number
               : q->plan->chosen[i];
}

/* Each need that the stage settled must be full, or its price so high that the proof leaves it no room. */
static void check_held(pv_proof *q, pv_real weight)
{
    pv_stage *s = q->stage;
    const pv_economy *e = q->economy;
    const pv_table *t = &q->plan->table[PV_P_DELIVERIES];
    pv_real room = pv_high(&q->room) - s->value * weight;
    room = room < 0 ? 0 : room;
    for (int32_t i = 0; i < e->n_needs; i++) {
        const pv_need *n = &e->need[i];
        if (q->plan->settled[i] != q->number || fabs(s->value * n->weight - 1) <= PV_FIGURE) {
            continue;
        }
        double more = q->y[n->good] > 0 ? (double)(room / q->y[n->good] / (n->amount - n->floor)) : INFINITY;
        s->raisable = more > s->raisable ? more : s->raisable;
        bool by_gap = (q->y[n->good] > 0 || !q->priced) && s->gap > PV_ACCEPT * s->scale; /* the report tells of the gap */
        if (!(more <= PV_HELD) && !by_gap) {
            pv_refute(q->run, t->schema->file, pv_line(t, i),
                      "\"%.100s\" is neither full nor held: the prices of stage %d let it rise by %.3g of its amount",
                      e->good[n->good], q->number, more);
        }
    }
}

/* theta * weight <= room */
static void prove_theta(pv_proof *q)
{
    pv_stage *s = q->stage;
    const pv_economy *e = q->economy;
    pv_sum weight = {0, 0, 0};
    pv_real cap = INFINITY;
    for (int32_t i = 0; i < e->n_needs; i++) {
        const pv_need *n = &e->need[i];
        bool in = active(q, i), later = s->goal == PV_RAISE && q->plan->settled[i] >= q->number;
        q->demand[i] = in && s->goal == PV_MOST ? 0 : in || later ? n->floor : q->plan->delivered[i];
        if (in && s->goal == PV_RAISE) {
            pv_real step = ((pv_real)n->amount - n->floor) * n->weight;
            pv_add(&weight, step * q->y[n->good]);
            cap = fminl(cap, 1 / (pv_real)n->weight);
        } else if (in) {
            pv_add(&weight, (pv_real)n->amount * q->y[n->good]);
        }
    }
    q->raised = fabsl(s->value * weight.sum);
    add_room(q);
    pv_real high = pv_high(&q->room), low_weight = pv_low(&weight);
    pv_real bound = low_weight > 0 ? high / (high > 0 ? low_weight : pv_high(&weight)) : INFINITY;
    bound = fminl(bound + fabsl(bound) * LDBL_EPSILON, cap * (1 + LDBL_EPSILON));
    /* A stage whose value is 0 has no size of its own: then a part of the needs' amounts is the measure. */
    pv_real noise = bound < cap ? PV_NOISE * q->size / low_weight : 0;
    judge(q, pv_up(bound), (double)(s->goal == PV_RAISE ? fmaxl(noise, PV_FIGURE * cap) : noise),
          (double)(bound < cap ? q->unlimited / low_weight : 0));
    if (s->goal == PV_RAISE) {
        check_held(q, low_weight);
    }
}

/* The deliveries are columns: profit weight - y on f - floor, at most amount - floor of it. */
static void prove_weighted(pv_proof *q)
{
    const pv_economy *e = q->economy;
    pv_sum value = {0, 0, 0};
    for (int32_t i = 0; i < e->n_needs; i++) {
        q->demand[i] = e->need[i].floor;
        pv_add(&value, (pv_real)e->need[i].weight * q->plan->delivered[i]);
    }
    pv_compare(q->run, q->plan->json.name, 0, "stages[0].value", q->stage->value, (double)value.sum,
               pv_honest(&value));
    add_room(q);
    for (int32_t i = 0; i < e->n_needs; i++) {
        const pv_need *n = &e->need[i];
        pv_sum profit = {0, 0, 0};
        pv_add(&profit, n->weight);
        pv_add(&profit, -(pv_real)q->y[n->good]);
        pv_add(&q->room, (pv_real)n->weight * n->floor);
        q->size += profit.size * n->amount;
        if (pv_high(&profit) > 0) {
            pv_add(&q->room, pv_high(&profit) * ((pv_real)n->amount - n->floor));
        }
    }
    judge(q, pv_up(pv_high(&q->room)), (double)(PV_NOISE * q->size),
          (double)q->unlimited);
}

static void prove_least(pv_proof *q, const pv_found *found)
{
    const pv_economy *e = q->economy;
    pv_stage *s = q->stage;
    pv_sum value = {0, 0, 0};
    for (int32_t k = 0; k < e->n_resources; k++) {
        if (s->cost[k] != 0) {
            value.sum += found->resource[k].sum;
            value.size += found->resource[k].size;
            value.terms += found->resource[k].terms + 1;
        }
    }
    for (int32_t r = 0; r < e->n_recipes && s->levels != 0; r++) {
        pv_add(&value, q->plan->level[r]);
    }
    for (int32_t g = 0; g < e->n_goods && s->imports != 0; g++) {
        if (!isnan(e->import_price[g])) {
            pv_add(&value, (pv_real)e->import_price[g] * q->plan->imported[g]);
        }
    }
    char what[40];
    snprintf(what, sizeof what, "stage %d: value", q->number);
    pv_compare(q->run, q->plan->json.name, 0, what, s->value, (double)value.sum, pv_honest(&value));
    memcpy(q->demand, q->plan->delivered, (size_t)e->n_needs * sizeof *q->demand);
    add_room(q);
    judge(q, pv_down(-pv_high(&q->room)), (double)(PV_NOISE * (q->size + value.size)),
          (double)q->unlimited);
}

/* Infeasible: the demand that must be met, at these prices, exceeds all that the limits allow. */
static void prove_floors(pv_proof *q, pv_found *found)
{
    const pv_economy *e = q->economy;
    for (int32_t i = 0; i < e->n_needs; i++) {
        q->demand[i] = pv_required(q->plan, &e->need[i], q->plan->chosen[i]);
    }
    add_room(q);
    found->farkas = (double)(-pv_high(&q->room) / q->worth);
    if (!(pv_high(&q->room) < 0)) {
        pv_refute(q->run, "certificate.csv", 0, "the prices do not prove that the plan is infeasible");
    }
}

static void *zeros(pv_run *run, int32_t n, size_t size)
{
    return pv_alloc(run, (size_t)n + 1, size);
}

void pv_prove(pv_run *run, const pv_economy *e, pv_plan *plan, pv_found *found)
{
    pv_proof q = {.run = run, .economy = e, .plan = plan, .turnover = found->turnover};
    q.y = zeros(run, e->n_goods, sizeof *q.y);
    q.rho = zeros(run, e->n_resources, sizeof *q.rho);
    q.demand = zeros(run, e->n_needs, sizeof *q.demand);
    q.shared = zeros(run, e->n_resources, sizeof *q.shared);
    q.ratio = zeros(run, e->n_resources, sizeof *q.ratio);
    q.ratio_size = zeros(run, e->n_resources, sizeof *q.ratio_size);
    q.batch = pv_alloc(run, e->n_recipes < BATCH ? (size_t)e->n_recipes : BATCH, sizeof *q.batch);
    if (!plan->binary) {
        q.profit = pv_alloc(run, (size_t)e->n_recipes + 3 * (size_t)e->n_goods, sizeof *q.profit);
    }
    found->profit = q.profit;
    find_shared(&q);
    int32_t row = 0;
    for (q.number = 1; q.number <= plan->n_stages; q.number++) {
        q.stage = &plan->stage[q.number - 1];
        q.raised = 0;
        read_prices(&q, &row);
        switch (q.stage->goal) {
        case PV_RAISE:
        case PV_MOST: prove_theta(&q); break;
        case PV_WEIGHTED: prove_weighted(&q); break;
        case PV_LEAST: prove_least(&q, found); break;
        case PV_FLOORS: prove_floors(&q, found); break;
        }
    }
    found->y = q.y;
    found->rho = q.rho;
}
