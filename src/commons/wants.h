/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * wants.h - what the members of a commons ordered and did not find, as wants that needs are made from. */
#ifndef PLENTY_COMMONS_WANTS_H
#define PLENTY_COMMONS_WANTS_H

#include <plenty/needs.h>

#include "council/wants.h"

/* Adds all orders that were not withdrawn and all reports, of those who are members now; who: the member id in hexadecimal. */
pl_status pl_commons_wants(pl_step *step, pl_wants *wants);

#endif
