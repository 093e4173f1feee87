/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * economies.h - linear programmes for tests and benchmarks of the solver: built by hand, drawn at
 * random (seeded), or read from real tables. */
#ifndef PLENTY_TEST_ECONOMIES_H
#define PLENTY_TEST_ECONOMIES_H

#include "base/rng.h"
#include "solve/lp.h"

/* A linear programme under construction; rows first, then column by column. */
typedef struct builder {
    int32_t m, n;
    int64_t nnz;
    size_t n_cap, nnz_cap;
    int64_t *start;
    int32_t *row, *crash;
    double *val, *cost, *lo, *hi, *expected, *row_lo, *row_hi;
} builder;

void builder_init(builder *b, int32_t rows); /* all rows >= 0 */
void builder_free(builder *b);
int32_t builder_column(builder *b, double cost, double lo, double hi); /* returns its number */
void builder_entry(builder *b, int32_t row, double value); /* of the last column; adds to old ones */
pl_lp builder_lp(const builder *b, bool hints);            /* borrows from b */

typedef struct network {
    int32_t goods, recipes, inputs, resources;
    double capped;  /* share of recipes with a capacity */
    bool scale;     /* largest scale of the needs (else: meet them with least labour) */
    double decades; /* spread of physical units */
} network;

/* Goods in sectors of fifty, some inputs from universal goods, hubs, the own sector and anywhere;
 * every good's last recipe is uncapped.  Resource 0 is labour. */
void economy_network(builder *b, const network *net, uint64_t seed);

/* Real tables; skips the test when the data is not there. */
void economy_us_2017(builder *b);
void economy_world_2011(builder *b);
void economy_life_cycle(builder *b); /* 1,663 flows, 762 processes, physical units */
void economy_food(builder *b);       /* recipes within recipes */

#endif
