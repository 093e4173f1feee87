/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * rulebook.c - every kind of event of a commons, and everything that becomes due in it. */
#include "council/pay.h"
#include "council/rota.h"
#include "council/motions.h"
#include "council/ballots.h"

static pl_status mandate_ends(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    (void)n;
    return pl_mandate_finish(s, id, PL_END_TERM);
}

static const pl_event_kind *const KINDS[] = {
    &PL_KIND_CONSTITUTION_ADOPTED,
    &PL_KIND_CONSTITUENCY_CREATED,
    &PL_KIND_COUNCIL_CREATED,
    &PL_KIND_PAY_SKILLED,
    &PL_KIND_PAY_ENTERED,
    &PL_KIND_ROTA_CLASS,
    &PL_KIND_ROTA_ABSENT,
    &PL_KIND_ROTA_REFUSED,
    &PL_KIND_ROTA_OFFERED,
    &PL_KIND_ROTA_SWAPPED,
    &PL_KIND_ROTA_SERVED,
    &PL_KIND_MOTION_TABLED,
    &PL_KIND_MOTION_AMENDED,
    &PL_KIND_MOTION_URGENT,
    &PL_KIND_MOTION_POINT,
    &PL_KIND_AMENDMENT_PROPOSED,
    &PL_KIND_AMENDMENT_SUPPORTED,
    &PL_KIND_DECISION_TAKEN,
    &PL_KIND_DECISION_REPORTED,
    &PL_KIND_QUESTION_ASKED,
    &PL_KIND_QUESTION_ANSWERED,
    &PL_KIND_VOTE_CAST,
    NULL,
};

static const pl_due DUES[] = {
    {"mandate.ends", mandate_ends},
    {"pay.closes", pl_pay_closes},
    {"rota.fills", pl_rota_fills},
    {"motion.freezes", pl_motion_freezes},
    {"ballot.opens", pl_ballot_opens},
    {"ballot.closes", pl_ballot_closes},
    {NULL, NULL},
};

static const pl_rulebook RULES = {KINDS, DUES, pl_members_founded};

const pl_rulebook *pl_council_rules(void)
{
    return &RULES;
}
