/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * share.h - what the files of this room share. */
#ifndef PLENTY_SHARE_SHARE_H
#define PLENTY_SHARE_SHARE_H

#include <plenty/share.h>

#include "base/arena.h"
#include "base/str.h"

struct pl_sharing_store {
    pl_arena arena;
};

struct pl_shared_store {
    pl_arena arena;
};

enum { PL_SHARE_SUPPLY, PL_SHARE_PEOPLE, PL_SHARE_WANTS, PL_SHARE_URGENCY, PL_SHARE_INPUTS };
extern const char *const PL_SHARE_FILE[PL_SHARE_INPUTS]; /* "supply.csv" ... */

/* The path of a table, as named or with .gz or .zst behind it; false: there is none. */
bool pl_share_table(const char *folder, const char *name, char *path, size_t size);

/* Is the good in the market of points?  (Not where floors take more than there is.) */
bool pl_share_has_market(const pl_sharing *sharing, const pl_shared *shared, int32_t good);
/* Shares the goods of the market. */
pl_status pl_share_points(const pl_sharing *sharing, const pl_share_settings *settings, pl_shared *out, pl_error *err);
/* First come, first served, for comparison: in this order everybody buys the best basket of what is left at fixed prices (above 0).  Caps and floors of the market
 * play no part. */
pl_status pl_market_queue(const pl_market *market, const double *price, const int32_t *order, double *got, pl_error *err);
/* PL_DATA: pieces of `what` must be drawn for. */
pl_status pl_share_no_seed(const char *what, pl_error *err);

/* An amount in the unit of the good, exactly. */
void pl_share_add_amount(pl_str *out, const pl_share_good *good, int64_t parts);
/* Reads such a text of n bytes: a number of 0 or more with no more decimals than the good has parts. */
typedef enum pl_share_fault { PL_SHARE_FINE, PL_SHARE_NO_NUMBER, PL_SHARE_NEGATIVE, PL_SHARE_TOO_FINE, PL_SHARE_TOO_LARGE } pl_share_fault;
pl_share_fault pl_share_amount(const char *text, size_t n, int64_t part, int64_t *out);

#endif
