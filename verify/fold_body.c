/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * fold_body.c - the kinds of events of a commons and their bodies; the text of a constitution. */
#include <string.h>

#include "verify/fold.h"

#define NUMBER ((int64_t)1 << 53)
#define ID {'b', 32, 32}
#define NUM(least, most) {'i', least, most}
#define LINES(most) {'l', 1, most}
#define TEXT(most) {'t', 1, most}
#define PUBLIC_KEY {'b', 32, 32}
#define SIGNATURE {'b', 64, 64}
#define DUTY ID, NUM(0, NUMBER), NUM(0, 998)
#define DAY {'i', 0, 2000000}
#define QUARTER {'i', 1970 * 4, 9999 * 4 + 3}

const pv_kind pv_kinds[] = {
    {"alarm.answered", {ID, NUM(1, 366), LINES(10000)}, 3, pv_apply_alarm_answered, false},
    {"alarm.raised", {ID, LINES(10000)}, 2, pv_apply_raised, false},
    {"alarm.silenced", {ID, NUM(0, NUMBER), LINES(2000)}, 3, pv_apply_silenced, false},
    {"amendment.proposed", {ID, LINES(40000)}, 2, pv_apply_amendment, false},
    {"amendment.supported", {ID, ID}, 2, pv_apply_supported, false},
    {"archive.opened", {ID, LINES(2000), ID}, 2, pv_apply_archive, true},
    {"ballot.opened", {ID, {'B', 1, 1}}, 2, pv_apply_ballot_opened, false},
    {"ballot.shuffled", {ID, {'B', 1, 1}}, 2, pv_apply_shuffled, false},
    {"candidate.stood", {ID, {'l', 0, 2000}, TEXT(60)}, 2, pv_apply_stood, false},
    {"candidate.withdrew", {ID}, 1, pv_apply_withdrew, false},
    {"constituency.created", {TEXT(100), TEXT(40), ID}, 2, pv_apply_constituency, true},
    {"constitution.adopted", {LINES(40000)}, 1, pv_apply_adopted, false},
    {"content.hidden", {NUM(1, NUMBER), LINES(2000), ID}, 2, pv_apply_hidden, true},
    {"council.created", {TEXT(100), {'I', 1, 1000}, {'N', 1, 1000}, ID}, 3, pv_apply_council, true},
    {"decision.reported", {ID, LINES(20000), {'B', 1, 16}}, 2, pv_apply_reported, false},
    {"decision.taken", {ID, NUM(1, 3660)}, 2, pv_apply_taken, false},
    {"delivery.received", {ID, NUM(0, NUMBER)}, 2, pv_apply_received, false},
    {"delivery.sent", {ID, ID, NUM(1, NUMBER)}, 3, pv_apply_sent, false},
    {"grant.approved", {ID, LINES(2000)}, 1, pv_apply_approved, false},
    {"grant.asked", {TEXT(64), ID, LINES(2000)}, 3, pv_apply_asked, false},
    {"grant.refused", {ID, LINES(2000)}, 2, pv_apply_refused, false},
    {"handover.confirmed", {ID, LINES(2000)}, 1, pv_apply_handover, false},
    {"line.ended", {ID, ID}, 1, pv_apply_line_ended, true},
    {"line.reported", {ID, NUM(0, 399), NUM(0, NUMBER), NUM(0, NUMBER), NUM(0, NUMBER)}, 3, pv_apply_line_reported, false},
    {"line.watched",
     {TEXT(100), ID, NUM(1, NUMBER), NUM(1, NUMBER), NUM(0, (int64_t)1 << 40), NUM(0, NUMBER), NUM(1, 366), NUM(1, 400), ID},
     8,
     pv_apply_watched,
     true},
    {"lot.announced", {TEXT(100), ID, NUM(1, 1000)}, 3, pv_apply_announced, false},
    {"lot.opened", {ID, ID}, 2, pv_apply_opened, false},
    {"lot.sealed", {ID, ID}, 2, pv_apply_sealed, false},
    {"lot.shared", {ID, {'b', 1, 4000}}, 2, pv_apply_lot_shared, false},
    {"lot.unsealed", {ID, {'b', 1, 4000}}, 2, pv_apply_lot_unsealed, false},
    {"mandate.resigned", {ID}, 1, pv_apply_resigned, false},
    {"member.admitted", {ID, ID}, 1, pv_apply_admitted, true},
    {"member.left", {{0}}, 0, pv_apply_left, false},
    {"member.moved", {ID, NUM(0, 1)}, 2, pv_apply_moved, false},
    {"member.objected", {ID, LINES(2000)}, 2, pv_apply_objected, false},
    {"member.proposed", {PUBLIC_KEY, SIGNATURE, {'S', 1, 16}, ID}, 2, pv_apply_proposed, false},
    {"member.recovered", {ID, PUBLIC_KEY, SIGNATURE, ID}, 3, pv_apply_recovered, true},
    {"member.vouched", {ID}, 1, pv_apply_vouched, false},
    {"missing.reported", {TEXT(100), TEXT(100), DAY, NUM(1, NUMBER), ID}, 4, pv_apply_missing, false},
    {"motion.amended", {ID, LINES(40000)}, 2, pv_apply_amended, false},
    {"motion.point", {ID, NUM(0, 1), LINES(2000), NUM(1, NUMBER)}, 3, pv_apply_point, false},
    {"motion.tabled",
     {ID, NUM(0, 4), TEXT(200), LINES(40000), LINES(10000), {'T', 2, 20}, {'B', 2, 20}, {'B', 1, 1}, ID, ID, NUM(1, 3660), {'N', 2, 20}, NUM(1, PV_BUDGET_MOST)},
     4,
     pv_apply_tabled,
     false},
    {"motion.urgent", {ID, ID}, 1, pv_apply_urgent, true},
    {"move.objected", {ID, LINES(2000)}, 2, pv_apply_move_objected, false},
    {"order.placed", {TEXT(100), NUM(1, NUMBER), DAY, DAY}, 4, pv_apply_order, false},
    {"order.withdrawn", {ID}, 1, pv_apply_order_withdrawn, false},
    {"passkey.added", {{'b', 16, 1023}, NUM(-8, -7), {'b', 32, 64}, TEXT(253)}, 4, pv_apply_passkey, false},
    {"passkey.removed", {ID}, 1, pv_apply_passkey_removed, false},
    {"pay.corrected", {QUARTER, TEXT(100), TEXT(100), NUM(1, NUMBER), LINES(2000), NUM(1, NUMBER), ID}, 5, pv_apply_corrected, true},
    {"pay.entered", {ID, QUARTER, NUM(1, NUMBER), TEXT(100), NUM(0, 2), ID}, 5, pv_apply_paid, true},
    {"pay.skilled", {QUARTER, TEXT(100), TEXT(100), {'N', 1, 4000}, ID}, 4, pv_apply_skilled, true},
    {"question.answered", {ID, LINES(10000)}, 2, pv_apply_reply, false},
    {"question.asked", {ID, LINES(2000)}, 2, pv_apply_question, false},
    {"queue.reported", {ID, TEXT(200), NUM(0, 1000), NUM(0, 1000), NUM(0, 1000), NUM(0, 36600), NUM(0, NUMBER), NUM(0, NUMBER)}, 2, pv_apply_queue, false},
    {"recall.answered", {ID, LINES(2000)}, 2, pv_apply_answered, false},
    {"recall.asked", {ID, LINES(2000)}, 2, pv_apply_recall, false},
    {"recall.signed", {ID}, 1, pv_apply_signed, false},
    {"recall.withdrawn", {ID}, 1, pv_apply_unsigned, false},
    {"record.rekeyed", {PUBLIC_KEY, SIGNATURE, ID}, 2, pv_apply_rekeyed, true},
    {"record.restored", {NUM(1, NUMBER), NUM(1, NUMBER), ID, LINES(2000), ID}, 4, pv_apply_restored, true},
    {"release.published", {ID, TEXT(200), ID}, 2, pv_apply_release, true},
    {"roll.corrected", {ID, NUM(0, 1), LINES(2000), ID, ID}, 3, pv_apply_roll, true},
    {"rota.absent", {NUM(0, 99), NUM(0, NUMBER), NUM(0, NUMBER), ID}, 3, pv_apply_absent, false},
    {"rota.class", {ID, TEXT(100), NUM(1, 1000), NUM(0, 999), NUM(1, 366), NUM(0, 9), NUM(0, NUMBER), ID}, 6, pv_apply_class, true},
    {"rota.offered", {DUTY, ID, NUM(0, 998)}, 5, pv_apply_offered, false},
    {"rota.refused", {DUTY}, 3, pv_apply_duty_refused, false},
    {"rota.served", {DUTY}, 3, pv_apply_served, false},
    {"rota.swapped", {ID}, 1, pv_apply_swapped, false},
    {"share.announced", {ID, ID, TEXT(200), LINES(100000), LINES(100000), LINES(100000), LINES(100000)}, 5, pv_apply_share, false},
    {"share.entered", {ID, ID}, 2, pv_apply_share_entered, false},
    {"share.opened", {ID, ID, LINES(100000)}, 3, pv_apply_share_opened, false},
    {"share.sealed", {ID, ID}, 2, pv_apply_share_sealed, false},
    {"trustee.agreed", {ID, NUM(1, 1000), {'b', 1, 58000}}, 3, pv_apply_agreed, false},
    {"trustee.certified", {ID, {'b', 1, 20000}}, 2, pv_apply_certified, false},
    {"trustee.objected", {ID, NUM(1, 1000), ID}, 3, pv_apply_trustee_objected, false},
    {"trustee.shared", {ID, NUM(1, 1000), {'b', 1, 58000}}, 3, pv_apply_shared, false},
    {"vote.cast", {ID, {'N', 0, PV_MARKS}}, 2, pv_apply_vote, false},
    {"vote.sealed", {ID, {'b', 1, 59000}}, 2, pv_apply_vote_sealed, false},
    {"witness.added", {TEXT(400), ID}, 1, pv_apply_witness, true},
    {NULL, {{0}}, 0, NULL, false},
};

static bool named(const char *name, size_t n, const char *other)
{
    return strlen(other) == n && memcmp(name, other, n) == 0;
}

const pv_kind *pv_kind_of(const char *name, size_t n)
{
    for (const pv_kind *k = pv_kinds; k->name != NULL; k++) {
        if (named(name, n, k->name)) {
            return k;
        }
    }
    return NULL;
}

/* ---- Bodies ----------------------------------------------------------------------------------------- */

static bool text_good(const uint8_t *p, size_t n, bool feeds)
{
    for (size_t i = 0; i < n; i++) {
        if ((p[i] < 32 && !(feeds && p[i] == 10)) || p[i] == 127) {
            return false;
        }
    }
    return true; /* UTF-8 was checked with the CBOR */
}

static int64_t number(pv_bytes *b)
{
    pv_bytes other = *b;
    uint64_t x = pv_head(b, PV_UINT);
    if (b->bad) {
        *b = other;
        x = pv_head(b, PV_NEGATIVE);
        b->bad |= x >= (uint64_t)INT64_MAX;
        return b->bad ? 0 : -1 - (int64_t)x;
    }
    b->bad |= x > (uint64_t)INT64_MAX;
    return b->bad ? 0 : (int64_t)x;
}

static void read_item(pv_bytes *b, char type, const uint8_t **last)
{
    size_t n;
    if (type == 'I' || type == 'S' || type == 'B') {
        const uint8_t *id = pv_exactly(b, 32);
        b->bad |= type == 'S' && !b->bad && *last != NULL && memcmp(*last, id, 32) >= 0;
        *last = id;
    } else if (type == 'N') {
        int64_t x = number(b);
        b->bad |= x < -NUMBER || x > NUMBER;
    } else {
        const uint8_t *text = pv_string(b, PV_TSTR, &n);
        b->bad |= b->bad || n < 1 || n > 1000 || !text_good(text, n, false);
    }
}

static void read_field(pv_bytes *b, char type, int64_t least, int64_t most, pv_value *v)
{
    const uint8_t *last = NULL;
    v->given = true;
    if (type == 'i') {
        v->x = number(b);
        b->bad |= v->x < least || v->x > most;
        return;
    }
    if (type == 'b' || type == 't' || type == 'l') {
        v->at = pv_string(b, type == 'b' ? PV_BSTR : PV_TSTR, &v->n);
        b->bad |= b->bad || (type != 'b' && !text_good(v->at, v->n, type == 'l'));
    } else {
        v->n = (size_t)pv_head(b, PV_LIST);
        v->at = b->p;
    }
    b->bad |= (int64_t)v->n < least || (int64_t)v->n > most;
    for (size_t i = 0; !b->bad && type < 'a' && i < v->n; i++) {
        read_item(b, type, &last);
    }
}

int pv_body(const pv_kind *kind, const uint8_t *body, size_t n, pv_value value[PV_BODY_FIELDS])
{
    pv_bytes b = {body, body + n, false};
    uint64_t pairs = pv_head(&b, PV_MAP);
    uint64_t label = 0;
    memset(value, 0, PV_BODY_FIELDS * sizeof *value);
    for (uint64_t i = 0; i < pairs && !b.bad; i++) {
        uint64_t next = pv_head(&b, PV_UINT);
        b.bad |= next <= label || next > PV_BODY_FIELDS || kind->field[next - 1].type == 0;
        if (!b.bad) {
            label = next;
            read_field(&b, kind->field[next - 1].type, kind->field[next - 1].least, kind->field[next - 1].most, &value[next - 1]);
        }
    }
    b.bad |= b.p != b.end;
    for (int i = 0; i < kind->needed && !b.bad; i++) {
        b.bad |= !value[i].given;
    }
    for (int f = 0; f < PV_BODY_FIELDS && !b.bad; f++) {
        for (size_t i = 1; kind->field[f].type == 'B' && value[f].given && i < value[f].n; i++) {
            if (memcmp(pv_item(&value[f], i - 1), pv_item(&value[f], i), 32) >= 0) {
                return 18;
            }
        }
    }
    return b.bad ? 13 : 0;
}

const uint8_t *pv_item(const pv_value *ids, size_t i)
{
    return ids->at + 34 * i + 2; /* each behind its head 58 20 */
}

void pv_numbers(const pv_value *list, int64_t *out)
{
    pv_bytes b = {list->at, list->at + 9 * list->n, false};
    for (size_t i = 0; i < list->n; i++) {
        out[i] = number(&b);
    }
}

const uint8_t *pv_text_item(const pv_value *list, size_t i, size_t *n)
{
    pv_bytes b = {list->at, list->at + 1003 * list->n, false};
    const uint8_t *text = list->at;
    for (size_t k = 0; k <= i; k++) {
        text = pv_string(&b, PV_TSTR, n);
    }
    return text;
}

/* ---- The constitution ------------------------------------------------------------------------------- */

const pv_param pv_params[] = {
    [PV_VOUCHERS] = {"admission.vouchers", 2, 1, 10},
    [PV_OBJECTION_DAYS] = {"admission.objection_days", 7, 1, 30},
    [PV_OBJECTORS] = {"admission.objectors", 2, 1, 20},
    [PV_TERM_DAYS] = {"mandate.term_days", 365, 30, 1461},
    [PV_TERMS_IN_ROW] = {"mandate.terms_in_row", 3, 1, 10},
    [PV_HANDOVER_DAYS] = {"mandate.handover_days", 14, 1, 60},
    [PV_NOMINATION_DAYS] = {"election.nomination_days", 14, 2, 60},
    [PV_VOTING_DAYS] = {"election.voting_days", 7, 1, 30},
    [PV_DELEGATES_NOMINATION] = {"election.delegates_nomination_days", 2, 1, 14},
    [PV_DELEGATES_VOTING] = {"election.delegates_voting_days", 1, 1, 7},
    [PV_RECALL_PERCENT] = {"recall.signatures_percent", 15, 5, 25},
    [PV_RECALL_LEAST] = {"recall.signatures_least", 3, 2, 10},
    [PV_RECALL_WINDOW] = {"recall.window_days", 30, 14, 90},
    [PV_RECALL_WITHIN] = {"recall.ballot_within_days", 7, 0, 7},
    [PV_RECALL_VOTE] = {"recall.voting_days", 7, 1, 14},
    [PV_RECALL_ELECTION] = {"recall.election_within_days", 21, 3, 42},
    [PV_RECALL_IMMUNITY] = {"recall.immunity_days", 0, 0, 30},
    [PV_RECALL_COOLING] = {"recall.cooling_days", 60, 0, 180},
    [PV_RECALL_END] = {"recall.term_end_days", 30, 0, 30},
    [PV_APPROVERS] = {"grant.approvers", 5, 3, 15},
    [PV_NEEDED] = {"grant.needed", 3, 2, 15},
    [PV_APPROVE_HOURS] = {"grant.approve_hours", 72, 1, 336},
    [PV_EXECUTE_HOURS] = {"grant.execute_hours", 24, 1, 168},
    [PV_COMMIT_HOURS] = {"lot.commit_hours", 24, 1, 168},
    [PV_REVEAL_HOURS] = {"lot.reveal_hours", 24, 1, 168},
    [PV_PAY_PERCENT] = {"pay.reference_percent", 100, 50, 100},
    [PV_PAY_CLOSE] = {"pay.close_days", 30, 1, 90},
    [PV_DEBATE_DAYS] = {"motion.debate_days", 7, 1, 60},
    [PV_URGENT_HOURS] = {"motion.urgent_hours", 48, 12, 168},
    [PV_MOTION_VOTE] = {"motion.voting_days", 3, 1, 30},
    [PV_QUORUM] = {"motion.quorum_percent", 10, 0, 50},
    [PV_SUPPORT] = {"motion.amendment_support", 3, 1, 100},
    [PV_CHANGE] = {"constitution.change_percent", 67, 51, 100},
    [PV_SECRET_ELECTIONS] = {"secret.elections", 1, 0, 1},
    [PV_SECRET_RECALLS] = {"secret.recalls", 1, 0, 1},
    [PV_SECRET_SIGNATURES] = {"secret.signatures", 0, 0, 1},
    [PV_SECRET_MOTIONS] = {"secret.motions", 0, 0, 1},
    [PV_SECRET_MEMBERS] = {"secret.members_least", 15, 5, 1000},
    [PV_SECRET_TRUSTEES] = {"secret.trustees", 7, 3, 20},
    [PV_SECRET_NEEDED] = {"secret.needed", 4, 2, 20},
    [PV_LOT_KEY] = {"lot.key", 0, 0, 1},
    [PV_SECRET_RESERVES] = {"secret.reserves", 3, 0, 20},
    [PV_ROUND_HOURS] = {"secret.round_hours", 24, 1, 168},
    [PV_OPEN_HOURS] = {"secret.open_hours", 72, 1, 336},
    [PV_SECRET_BELENIOS] = {"secret.belenios", 0, 0, 1},
    [PV_LOT_KEY_DAYS] = {"lot.key_days", 180, 30, 731},
    [PV_SHARE_SEAL_HOURS] = {"share.seal_hours", 168, 1, 720},
    [PV_SHARE_OPEN_HOURS] = {"share.open_hours", 72, 1, 336},
    [PV_OPEN_ORDERS] = {"need.open_orders", 200, 10, 5000},
    [PV_MISSING_DAYS] = {"need.report_days", 14, 1, 60},
    [PV_WATCH_REPORT_DAYS] = {"watch.report_days", 3, 1, 30},
    [PV_DELIVERY_DAYS] = {"watch.delivery_days", 7, 1, 60},
    [PV_ALARM_FIRST] = {"alarm.first_hours", 24, 1, 168},
    [PV_ALARM_COUNCIL] = {"alarm.council_hours", 72, 12, 336},
    [PV_ALARM_UPPER] = {"alarm.upper_hours", 168, 24, 672},
    [PV_MEND_DAYS] = {"alarm.mend_days", 30, 1, 90},
    [PV_SILENCE_DAYS] = {"alarm.silence_days", 14, 1, 60},
    [PV_FOLLOWED] = {"question.answer_days", 14, 1, 60},
    {"alarm.attention", 7, 1, 100},
    {"lights.alarms_risen", 5, 0, 1000},
    {"lights.shelf_percent", 90, 0, 100},
    {"lights.fill_percent", 90, 0, 100},
    {"lights.list_days", 90, 0, 3660},
    {"lights.pay_percent", 100, 50, 100},
    {"lights.office_days", 1461, 30, 3660},
    {"lights.terms", 2, 1, 10},
    {"lights.contested_percent", 50, 0, 100},
    {"lights.recall_days", 45, 7, 100},
    {"lights.turns_gini_percent", 30, 0, 100},
    {"lights.wait_rounds", 2, 1, 10},
    {"lights.acts_percent", 25, 1, 100},
    {"lights.overdue_reports", 0, 0, 100},
    {"lights.unanswered_questions", 0, 0, 100},
    {NULL, 0, 0, 0},
};

typedef struct part {
    const char *at;
    size_t n;
} part;

static part trimmed(const char *from, const char *to)
{
    while (from < to && *from == ' ') {
        from++;
    }
    while (to > from && to[-1] == ' ') {
        to--;
    }
    return (part){from, (size_t)(to - from)};
}

static bool whole(part p, int64_t *x)
{
    bool negative = p.n > 0 && p.at[0] == '-';
    size_t i = p.n > 0 && (negative || p.at[0] == '+');
    if (i == p.n) {
        return false;
    }
    for (*x = 0; i < p.n; i++) {
        if (p.at[i] < '0' || p.at[i] > '9' || *x > (INT64_MAX - 9) / 10) {
            return false;
        }
        *x = 10 * *x + (p.at[i] - '0');
    }
    *x = negative ? -*x : *x;
    return true;
}

/* One line; said: which parameters and tiers were said before. */
static bool read_line(const char *line, size_t n, bool said[PV_PARAMS_MOST], bool tiers[9], int64_t value[PV_PARAMS_MOST])
{
    const char *comment = memchr(line, '#', n), *end = comment != NULL ? comment : line + n;
    int i = 0;
    if (!text_good((const uint8_t *)line, n, false)) {
        return false;
    }
    if (trimmed(line, end).n == 0) {
        return true;
    }
    const char *equals = memchr(line, '=', (size_t)(end - line));
    if (equals == NULL) {
        return false;
    }
    part key = trimmed(line, equals), says = trimmed(equals + 1, end);
    if (key.n > 5 && memcmp(key.at, "tier.", 5) == 0) {
        int tier = key.n == 6 ? key.at[5] - '1' : -1;
        if (tier < 0 || tier > 8 || says.n < 1 || says.n > 100 || tiers[tier] || (tier > 0 && !tiers[tier - 1])) {
            return false;
        }
        return tiers[tier] = true;
    }
    while (pv_params[i].key != NULL && !named(key.at, key.n, pv_params[i].key)) {
        i++;
    }
    if (pv_params[i].key == NULL || said[i] || !whole(says, &value[i])) {
        return false;
    }
    said[i] = true;
    return value[i] >= pv_params[i].least && value[i] <= pv_params[i].most;
}

bool pv_constitution(const uint8_t *text, size_t n, int64_t value[PV_PARAMS_MOST])
{
    bool said[PV_PARAMS_MOST] = {false}, tiers[9] = {false};
    const char *at = (const char *)text, *end = at + n;
    for (int i = 0; pv_params[i].key != NULL; i++) {
        value[i] = pv_params[i].value;
    }
    while (at < end) {
        const char *feed = memchr(at, '\n', (size_t)(end - at)), *stop = feed != NULL ? feed : end;
        if (!read_line(at, (size_t)(stop - at), said, tiers, value)) {
            return false;
        }
        at = stop + 1;
    }
    return n <= 40000 && value[PV_NEEDED] <= value[PV_APPROVERS] && value[PV_SECRET_NEEDED] <= value[PV_SECRET_TRUSTEES];
}
