/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * device_proof_kernels.h - the kernels of proofs (newton_device_proof.c); a part of device_kernels.h. */
#ifndef PLENTY_SOLVE_DEVICE_PROOF_KERNELS_H
#define PLENTY_SOLVE_DEVICE_PROOF_KERNELS_H

/* ---- Proof: levels -------------------------------------------------------------------------------------------------- */

ND_FUNCTION(col_natural)
{
    double x = (double)a->level[i] / (double)a->unit[i], most = a->most_natural[i];
    a->x[i] = x <= 0 ? 0 : x >= most * (1 - a->factor) ? most : x;
}

ND_FUNCTION(col_scaled)
{
    a->scaled[i] = a->x[i] * (double)a->unit[i];
}

ND_FUNCTION(row_flow)
{
    a->flow[i] = nd_row(a, i);
}

ND_FUNCTION(row_lacks)
{
    double lo = a->asked[i], hi = a->allowed[i], flow = nd_row(a, i);
    double gross = i < a->goods ? nd_sum(&a->rg, a->arg, i) : nd_sum(&a->rl, a->arl, i - a->goods);
    a->gross[i] = gross + fmax(fabs(isfinite(lo) ? lo : 0), fabs(isfinite(hi) ? hi : 0));
    a->lacks[i] = i < a->goods ? lo - flow : flow > hi ? flow - hi : flow < lo ? lo - flow : 0;
}

#define ND_TRIES 32

/* newton_proof.c: balance.  `scaled` is how the levels change. */
ND_FUNCTION(good_balance)
{
    double enough = 0.01 * a->tolerance * a->gross[i], lack = a->lacks[i];
    int32_t from = a->of[i], to = a->of[i + 1];
    for (int32_t c = from; c < to; c++) {
        a->scaled[c] = 0;
    }
    bool off = lack > enough || lack < -fmax(enough, 1e-12 * a->gross[i]);
    for (int32_t k = 0; off && k < ND_TRIES && k < to - from && lack != 0; k++) {
        int32_t best = -1;
        double best_profit = 0;
        for (int32_t c = from; c < to; c++) {
            double profit = lack > 0 ? a->profit[c] : -a->profit[c];
            bool room = lack > 0 ? a->x[c] < a->most_natural[c] : a->x[c] > 0;
            if (room && (best < 0 || profit > best_profit)) {
                best = c;
                best_profit = profit;
            }
        }
        if (best < 0) {
            break;
        }
        double unit = (double)a->unit[best], output = a->output[best] * unit, x = a->x[best];
        double wish = x + lack / output, then = nd_clip(wish, 0, a->most_natural[best]);
        lack = then == wish ? 0 : lack - (then - x) * output;
        a->scaled[best] += (then - x) * unit;
        a->x[best] = then;
    }
}

ND_FUNCTION(row_lack_less)
{
    a->lacks[i] -= nd_row(a, i);
}

ND_FUNCTION(lane_moved)
{
    double any = 0;
    ND_EACH(i, a->owned)
    {
        any = a->scaled[k] != 0 ? 1 : any;
    }
    a->lane[i] = any;
}

ND_FUNCTION(lane_violation)
{
    double worst = 0;
    ND_EACH(i, a->m)
    {
        bool exact = k < a->goods && isfinite(a->allowed[k]);
        double lack = exact ? fabs(a->lacks[k]) : fmax(a->lacks[k], 0.0);
        worst = isnan(a->lacks[k]) ? (double)INFINITY : lack > 0 ? fmax(worst, lack / a->gross[k]) : worst;
    }
    a->lane[i] = worst;
}

ND_FUNCTION(lane_cost)
{
    double sum = 0;
    ND_EACH(i, a->n)
    {
        sum += a->x[k] == 0 ? 0 : a->x[k] * (double)a->unit[k] * a->cost[k];
    }
    a->lane[i] = sum;
}

ND_FUNCTION(col_mix)
{
    a->x[i] += a->factor * (a->roomy[i] - a->x[i]);
}

/* ---- Proof: prices -------------------------------------------------------------------------------------------------- */

ND_FUNCTION(row_prices)
{
    bool free = i < a->goods && isfinite(a->hi[i]);
    a->prices[i] = free ? a->price[i] : fmax(a->price[i], 0.0);
}

/* newton_proof.c: lower_half, from the prices of the sweep before. */
ND_FUNCTION(good_lower)
{
    double price = a->prices[i], least = price;
    for (int32_t c = a->of[i]; c < a->of[i + 1]; c++) {
        double profit = nd_column(a, c) - a->cost[c];
        if (!isfinite(a->most_natural[c]) && profit > 0) {
            least = fmin(least, price - profit / a->output[c]);
        }
    }
    least = a->allowed[i] == (double)INFINITY ? fmax(least, 0.0) : least;
    a->flow[i] = price - least;
}

ND_FUNCTION(good_lowered)
{
    a->prices[i] -= a->flow[i];
}

ND_FUNCTION(lane_most_flow)
{
    double most = 0;
    ND_EACH(i, a->goods)
    {
        most = a->flow[k] > most || isnan(a->flow[k]) ? a->flow[k] : most;
    }
    a->lane[i] = most;
}

#define ND_NO_GAIN 1e-10

ND_HELPER(double) nd_terms(const nd_args *a, int64_t c)
{
    return fabs(a->cost[c]) + nd_sum(&a->cg, a->acg, c) + nd_sum(&a->cl, a->acl, c);
}

ND_FUNCTION(lane_excess)
{
    double worst = 0;
    ND_EACH(i, a->owned)
    {
        double flow = nd_sum(&a->cg, a->pcg, k), profit = nd_column(a, k) - a->cost[k];
        if (!isfinite(a->most_natural[k]) && profit > ND_NO_GAIN * nd_terms(a, k)) {
            worst = fmax(worst, flow > 0 ? profit / flow : (double)INFINITY);
        }
    }
    a->lane[i] = worst;
}

/* By how much prices must rise for columns of nobody that pay, from a->factor on. */
ND_FUNCTION(lane_raise)
{
    double most = 1;
    for (int64_t k = (int64_t)a->factor + i % a->lanes; k < a->n; k += a->lanes) {
        double flow = nd_sum(&a->cg, a->pcg, k);
        if (!isfinite(a->most_natural[k]) && a->cost[k] < 0 && flow < 0) {
            most = fmax(most, a->cost[k] / flow);
        }
    }
    a->lane[i] = most;
}

ND_FUNCTION(lane_rent)
{
    double sum = 0;
    ND_EACH(i, a->n)
    {
        double profit = nd_column(a, k) - a->cost[k], most = a->most_natural[k];
        sum += profit > 0 && isfinite(most)                 ? profit * most * (double)a->unit[k]
               : profit > 2 * ND_NO_GAIN * nd_terms(a, k) ? (double)INFINITY
                                                            : 0;
    }
    a->lane[i] = sum;
}

ND_FUNCTION(lane_worth)
{
    double sum = 0;
    ND_EACH(i, a->m)
    {
        double y = a->prices[k];
        sum += y == 0 ? 0 : y * (y > 0 ? a->asked[k] : a->allowed[k]);
    }
    a->lane[i] = sum;
}

ND_FUNCTION(row_less) /* prices of goods, by a part of themselves */
{
    a->prices[i] -= fabs(a->prices[i]) * a->factor;
}

ND_FUNCTION(row_more)
{
    a->prices[i] *= a->factor;
}

#endif
