/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * us_2017.h - the United States of 2017 as an economy whose households are to get as much as possible. */
#ifndef PLENTY_TEST_US_2017_H
#define PLENTY_TEST_US_2017_H

#include <plenty/economy.h>

/* 402 industries as activities up to 1.1 times their output, in millions of dollars; imports of each product up to 1.2
 * times and in all as observed; compensation in all as observed; all demand but the households' fixed.  What households
 * take (and sell: used goods) is one basket, a need of the group "households", so that all of it grows in proportion.
 * Imported from us-io-detail-2017 by its mapping, with these settings.  Skips the test when the data is not there.
 * Owned by the caller. */
pl_economy *us_2017_economy(void);

#endif
