/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * rulebook.c - every kind of event of a commons, and everything that becomes due in it. */
#include "council/alarms.h"
#include "council/pay.h"
#include "council/rota.h"
#include "council/acts.h"
#include "council/members.h"
#include "council/motions.h"
#include "council/recall.h"
#include "council/sharing.h"
#include "council/sealed.h"
#include "council/passkeys.h"
#include "council/wants.h"

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
    &PL_KIND_MEMBER_PROPOSED,
    &PL_KIND_MEMBER_VOUCHED,
    &PL_KIND_MEMBER_OBJECTED,
    &PL_KIND_MEMBER_ADMITTED,
    &PL_KIND_MEMBER_LEFT,
    &PL_KIND_MEMBER_MOVED,
    &PL_KIND_MOVE_OBJECTED,
    &PL_KIND_MEMBER_RECOVERED,
    &PL_KIND_SHARE_ANNOUNCED,
    &PL_KIND_SHARE_SEALED,
    &PL_KIND_SHARE_OPENED,
    &PL_KIND_SHARE_ENTERED,
    &PL_KIND_QUEUE_REPORTED,
    &PL_KIND_LOT_ANNOUNCED,
    &PL_KIND_LOT_SEALED,
    &PL_KIND_LOT_OPENED,
    &PL_KIND_LOT_SHARED,
    &PL_KIND_LOT_UNSEALED,
    &PL_KIND_GRANT_ASKED,
    &PL_KIND_GRANT_APPROVED,
    &PL_KIND_GRANT_REFUSED,
    &PL_KIND_CONTENT_HIDDEN,
    &PL_KIND_WITNESS_ADDED,
    &PL_KIND_RELEASE_PUBLISHED,
    &PL_KIND_ARCHIVE_OPENED,
    &PL_KIND_RECORD_REKEYED,
    &PL_KIND_RECORD_RESTORED,
    &PL_KIND_ROLL_CORRECTED,
    &PL_KIND_HANDOVER_CONFIRMED,
    &PL_KIND_PAY_CORRECTED,
    &PL_KIND_VOTE_CAST,
    &PL_KIND_TRUSTEE_CERTIFIED,
    &PL_KIND_TRUSTEE_SHARED,
    &PL_KIND_TRUSTEE_AGREED,
    &PL_KIND_TRUSTEE_OBJECTED,
    &PL_KIND_VOTE_SEALED,
    &PL_KIND_BALLOT_SHUFFLED,
    &PL_KIND_BALLOT_OPENED,
    &PL_KIND_CANDIDATE_STOOD,
    &PL_KIND_CANDIDATE_WITHDREW,
    &PL_KIND_MANDATE_RESIGNED,
    &PL_KIND_RECALL_ASKED,
    &PL_KIND_RECALL_SIGNED,
    &PL_KIND_RECALL_WITHDRAWN,
    &PL_KIND_RECALL_ANSWERED,
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
    &PL_KIND_LINE_WATCHED,
    &PL_KIND_LINE_ENDED,
    &PL_KIND_LINE_REPORTED,
    &PL_KIND_DELIVERY_SENT,
    &PL_KIND_DELIVERY_RECEIVED,
    &PL_KIND_ALARM_RAISED,
    &PL_KIND_ALARM_ANSWERED,
    &PL_KIND_ALARM_SILENCED,
    &PL_KIND_PASSKEY_ADDED,
    &PL_KIND_PASSKEY_REMOVED,
    &PL_KIND_ORDER_PLACED,
    &PL_KIND_ORDER_WITHDRAWN,
    &PL_KIND_MISSING_REPORTED,
    NULL,
};

static const pl_due DUES[] = {
    {"mandate.ends", mandate_ends},
    {"mandate.hands_over", pl_mandate_hands_over},
    {"pay.closes", pl_pay_closes},
    {"rota.fills", pl_rota_fills},
    {"member.admits", pl_member_admits},
    {"member.moves", pl_member_moves},
    {"share.seals", pl_share_seals},
    {"share.opens", pl_share_opens},
    {"share.drawn", pl_share_drawn},
    {"lot.seals", pl_lot_seals},
    {"lot.draws", pl_lot_draws},
    {"lot.keyed", pl_lot_keyed},
    {"lot.renews", pl_lot_renews},
    {"grant.drawn", pl_grant_drawn},
    {"grant.lapses", pl_grant_lapses},
    {"motion.freezes", pl_motion_freezes},
    {"trust.drawn", pl_trust_drawn},
    {"trust.goes", pl_trust_goes},
    {"sealed.keyed", pl_sealed_keyed},
    {"sealed.lapses", pl_sealed_lapses},
    {"ballot.opens", pl_ballot_opens},
    {"ballot.closes", pl_ballot_closes},
    {"election.opens", pl_election_opens},
    {"election.nominated", pl_election_nominated},
    {"election.alone", pl_election_alone},
    {"seat.vacant", pl_seat_vacant},
    {"recall.closes", pl_recall_closes},
    {"report.due", pl_report_due},
    {"delivery.due", pl_delivery_due},
    {"alarm.due", pl_alarm_due},
    {"order.ends", pl_order_ends},
    {NULL, NULL},
};

static const pl_rulebook RULES = {KINDS, DUES, pl_members_founded, pl_results, pl_sealed_prepare};

const pl_rulebook *pl_council_rules(void)
{
    return &RULES;
}
