/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * api_wants.c - what members order, and what was wanted and not there. */
#include "council/wants.h"

#include "server/view.h"

static const pl_shown ORDER[] = {PL_S_ID(pl_order, member), PL_S_TEXT(pl_order, good), PL_S_INT(pl_order, amount), PL_S_INT(pl_order, from), PL_S_INT(pl_order, until),
                                 PL_S_TIME(pl_order, since), PL_S_TIME(pl_order, ended), PL_S_BOOL(pl_order, withdrawn), PL_S_END};
static const pl_view ORDERS = {&PL_ORDERS, "order", ORDER};
static const pl_shown MISSED[] = {PL_S_TEXT(pl_missing, good), PL_S_TEXT(pl_missing, place), PL_S_INT(pl_missing, amount), PL_S_TIME(pl_missing, since),
                                  PL_S_ID(pl_missing, workplace), PL_S_END};
static const pl_view MISSING = {&PL_MISSING, "case #day member", MISSED};

static pl_status look_orders(void *user, pl_step *s)
{
    return pl_view_window(user, s, &ORDERS, "orders", 100);
}

static pl_status answer_orders(pl_call *c)
{
    return pl_view_look(c, look_orders);
}

static pl_status look_missing(void *user, pl_step *s)
{
    return pl_view_window(user, s, &MISSING, "missing", 100);
}

static pl_status answer_missing(pl_call *c)
{
    return pl_view_look(c, look_missing);
}

const pl_route PL_ROUTES_WANTS[] = {
    {"GET", "/api/needs/orders", "from number how many to skip; most number how many to give (100)", "Orders of members", "orders", NULL, 0, PL_FRESH_NOW, PL_WANTS_COMMONS,
     answer_orders},
    {"GET", "/api/needs/missing", "from number how many to skip; most number how many to give (100)", "What was wanted and not there", "missing", NULL, 0, PL_FRESH_NOW,
     PL_WANTS_COMMONS, answer_missing},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
