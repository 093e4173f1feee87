/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * pages.h - memory of a mapped economy. */
#ifndef PLENTY_ECONOMY_PAGES_H
#define PLENTY_ECONOMY_PAGES_H

#include <stddef.h>

#include <plenty/economy.h>

/* Gives the pages between `from` and n bytes behind it back to the system, which reads them again when they are needed.
 * Nothing happens unless all of that lies in the file that the economy has mapped.  NULL: all of the file. */
void pl_economy_forget(const pl_economy *economy, const void *from, size_t n);

#endif
