/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * frontier.c - what more at the end costs now: the slope of the frontier between the two, read off the prices of a plan. */
#include <plenty/plan.h>

double pl_plan_end_price(const pl_plan *plan, const pl_economy *economy)
{
    double sum = 0;
    if (plan->outcome != PL_PLANNED || plan->horizon.years == 0 || !(plan->horizon.end > 0)) {
        return PL_ABSENT;
    }
    const pl_stage *s = &plan->stages[0];
    for (int32_t k = 0; k < economy->n_needs; k++) {
        const pl_need *need = &economy->needs[k];
        if (pl_date(economy, economy->goods[need->good].id).mark == PL_MARK_KEEP) {
            sum += s->good_price[need->good] * need->amount; /* amounts grow in proportion to the end */
        }
    }
    return sum / plan->horizon.end;
}
