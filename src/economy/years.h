/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * years.h - looking up the tables of later years; private to this room. */
#ifndef PLENTY_ECONOMY_YEARS_H
#define PLENTY_ECONOMY_YEARS_H

#include <plenty/economy.h>

/* Number of the asset that is this good, or -1. */
int32_t pl_find_asset(const pl_economy *economy, int32_t good);
/* Whether the trend's table can have trends. */
bool pl_trend_has_table(const pl_trend *trend);
/* Whether its key names a row of that table; *many: it may name several. */
bool pl_trend_names_rows(const pl_economy *economy, const pl_trend *trend, bool *many);

#endif
