/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * generate.h - synthetic economies of any size, for tests and measurements (docs/methods/generate.md). */
#ifndef PLENTY_GENERATE_H
#define PLENTY_GENERATE_H

#include <stdint.h>

#include <plenty/progress.h>
#include <plenty/status.h>

typedef struct pl_generate_settings {
    uint64_t seed;
    int32_t goods;     /* 1 to 200,000,000 */
    int32_t recipes;   /* for each good, 1 to 9 */
    int32_t inputs;    /* on average, 0 to 100 */
    int32_t resources; /* 1 to 99; the first is labour */
    int32_t sectors, places;
    double capped;     /* part of all recipes that have a capacity, 0 to 1 - 1/recipes */
    double decades;    /* over which the units of goods are spread */
    double slack;      /* limits of resources: what the witness uses, times 1 + slack; negative: no limits */
    double joint;      /* part of all recipes that have a by-product, 0 to 1 */
    double capital;    /* part of all recipes that have machines at work, 0 to 1: for plans of several years */
} pl_generate_settings;

/* 3 recipes for each good with 15 inputs, 10 resources, a fifth of the recipes capped, 30 sectors, 20 places, 6
 * decades, slack 0.02, no by-products, no capital. */
PL_API pl_generate_settings pl_generate_defaults(int32_t goods);

/* Writes an economy to the binary file `path` (docs/formats/economy-binary.md), at once or not at all.  The same settings
 * give the same bytes.  It is productive, and all its needs can be met within all limits: the file holds the levels.
 * Memory: 12 bytes for each input of a third or so of the recipes (the first of each good), 100 for each good.
 * Errors: PL_USAGE (settings), PL_IO, PL_NOMEM, PL_TOOBIG, PL_STOPPED. */
PL_API pl_status pl_economy_generate(const pl_generate_settings *settings, const char *path, const pl_progress *progress,
                                     pl_error *err) PL_CHECK;

#endif
