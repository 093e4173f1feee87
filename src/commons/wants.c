/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * wants.c - orders and reports of members, as the room `needs` takes them. */
#include "commons/wants.h"

#include "record/bytes.h"

/* Members who have left want nothing of this commons any more. */
static pl_status add(pl_step *s, pl_wants *w, bool report, const uint8_t member[PL_HASH], pl_want *want)
{
    char who[2 * PL_HASH + 1];
    bool is = false;
    pl_status status = pl_member_is(s, member, &is);
    pl_hex_write(member, PL_HASH, who);
    want->who = who;
    return status == PL_OK && is ? pl_wants_add(w, report, want, s->err) : status;
}

pl_status pl_commons_wants(pl_step *s, pl_wants *w)
{
    pl_row_key all = pl_key_none();
    pl_cursor orders = pl_rows(&PL_ORDERS, &all), missing = pl_rows(&PL_MISSING, &all);
    pl_order o;
    pl_missing m;
    bool there;
    pl_status status;
    while ((status = pl_next(s, &PL_ORDERS, &orders, &o, &there)) == PL_OK && there) {
        pl_want want = {.item = o.good, .place = "", .amount = o.amount, .from = (int32_t)o.from, .until = (int32_t)o.until};
        status = o.withdrawn ? PL_OK : add(s, w, false, o.member, &want);
        if (status != PL_OK) {
            return status;
        }
    }
    while (status == PL_OK && (status = pl_next(s, &PL_MISSING, &missing, &m, &there)) == PL_OK && there) {
        pl_want want = {.item = m.good, .place = m.place, .amount = m.amount, .from = (int32_t)m.day, .until = (int32_t)m.day, .staff = !pl_id_none(m.workplace)};
        status = add(s, w, true, missing.key + PL_HASH + sizeof(int64_t), &want); /* behind hash and day */
    }
    return status;
}
