/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * mandates.c - one person's commission in a council: limited, recallable, and gone with the one that it rests on. */
#include <string.h>

#include "council/elections.h"

const pl_table PL_MANDATES = {"mandates",
                              sizeof(pl_mandate),
                              11,
                              {PL_ID(pl_mandate, council), PL_ID(pl_mandate, holder), PL_ID(pl_mandate, election), PL_ID(pl_mandate, rests_on),
                               PL_ID(pl_mandate, instruction), PL_INT(pl_mandate, group), PL_INT(pl_mandate, seat), PL_INT(pl_mandate, from),
                               PL_INT(pl_mandate, until), PL_MAYBE(pl_mandate, ended), PL_INT(pl_mandate, why)}};
const pl_table PL_SEATS = {"seats", sizeof(pl_link), 1, {PL_INT(pl_link, since)}};
const pl_table PL_HELD = {"holds", sizeof(pl_link), 1, {PL_INT(pl_link, since)}};
const pl_table PL_RESTS = {"rests", sizeof(pl_link), 1, {PL_INT(pl_link, since)}};

const pl_table PL_HANDOVERS = {"handovers",
                               sizeof(pl_handover),
                               6,
                               {PL_ID(pl_handover, council), PL_ID(pl_handover, holder), PL_INT(pl_handover, since), PL_INT(pl_handover, due),
                                PL_MAYBE(pl_handover, confirmed), PL_ID(pl_handover, by)}};

static pl_status count(pl_step *s, const uint8_t council[PL_HASH], int64_t more)
{
    pl_assembly a;
    bool there;
    pl_status status = pl_assembly_get(s, council, &a, &there);
    a.members += more;
    return status == PL_OK ? pl_put(s, &PL_ASSEMBLIES, pl_key_id1(council), &a) : status;
}

/* What rested on a mandate in this council whose term is over, of the same holder, rests on the new one; and lasts as long as others of its group again. */
static pl_status carry(pl_step *s, const pl_mandate *m, const uint8_t id[PL_HASH])
{
    pl_row_key prefix = pl_key_id1(m->holder);
    pl_cursor at = pl_rows(&PL_HELD, &prefix);
    pl_link link;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_HELD, &at, &link, &there)) == PL_OK && there) {
        pl_mandate higher, base;
        pl_seat_group g;
        bool rests;
        const uint8_t *key = at.key + PL_HASH;
        status = pl_get(s, &PL_MANDATES, pl_key_id1(key), &higher, &there);
        status = status == PL_OK ? pl_get(s, &PL_MANDATES, pl_key_id1(higher.rests_on), &base, &rests) : status;
        if (status != PL_OK || higher.ended >= 0 || !rests || !pl_id_same(base.council, m->council)) {
            continue;
        }
        status = pl_get(s, &PL_GROUPS, pl_key_then(pl_key_id1(higher.council), higher.group), &g, &there);
        higher.until = g.ends;
        memcpy(higher.rests_on, id, PL_HASH);
        status = status == PL_OK ? pl_put(s, &PL_MANDATES, pl_key_id1(key), &higher) : status;
        status = status == PL_OK ? pl_put(s, &PL_RESTS, pl_key_id2(id, key), &(pl_link){s->time}) : status;
        status = status == PL_OK ? pl_due_at(s, higher.until, "mandate.ends", key, 0) : status;
    }
    return status;
}

pl_status pl_mandate_begin(pl_step *s, const pl_mandate *m, uint8_t id[PL_HASH])
{
    static const char DOMAIN[] = "plenty mandate v1\n";
    uint8_t text[sizeof DOMAIN - 1 + 2 * PL_HASH + 16];
    pl_row_key numbers = pl_key_then(pl_key_then(pl_key_none(), m->seat), m->from);
    pl_link link = {m->from};
    memcpy(text, DOMAIN, sizeof DOMAIN - 1);
    memcpy(text + sizeof DOMAIN - 1, m->election, PL_HASH);
    memcpy(text + sizeof DOMAIN - 1 + PL_HASH, m->holder, PL_HASH);
    memcpy(text + sizeof DOMAIN - 1 + 2 * PL_HASH, numbers.at, 16);
    pl_hash(text, sizeof text, id);
    pl_status status = pl_put(s, &PL_MANDATES, pl_key_id1(id), m);
    status = status == PL_OK ? pl_put(s, &PL_SEATS, pl_key_id2(m->council, id), &link) : status;
    status = status == PL_OK ? pl_put(s, &PL_HELD, pl_key_id2(m->holder, id), &link) : status;
    if (status == PL_OK && !pl_id_none(m->rests_on)) {
        status = pl_put(s, &PL_RESTS, pl_key_id2(m->rests_on, id), &link);
    }
    pl_filled filled;
    memcpy(filled.mandate, id, PL_HASH);
    status = status == PL_OK ? pl_put(s, &PL_FILLED, pl_key_then(pl_key_then(pl_key_id1(m->council), m->group), m->seat), &filled) : status;
    status = status == PL_OK ? count(s, m->council, 1) : status;
    status = status == PL_OK ? carry(s, m, id) : status;
    return status == PL_OK ? pl_due_at(s, m->until, "mandate.ends", id, 0) : status;
}

pl_status pl_mandate_finish(pl_step *s, const uint8_t id[PL_HASH], pl_mandate_end why)
{
    pl_mandate m;
    pl_link link;
    bool there;
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_RESTS, &prefix);
    pl_status status = pl_get(s, &PL_MANDATES, pl_key_id1(id), &m, &there);
    if (status != PL_OK || !there || m.ended >= 0) {
        return status;
    }
    m.ended = s->time;
    m.why = why;
    status = pl_put(s, &PL_MANDATES, pl_key_id1(id), &m);
    status = status == PL_OK ? count(s, m.council, -1) : status;
    status = status == PL_OK ? pl_due_at(s, s->time, "mandate.hands_over", id, 0) : status;
    while (status == PL_OK && (status = pl_next(s, &PL_RESTS, &at, &link, &there)) == PL_OK && there) {
        uint8_t higher[PL_HASH];
        memcpy(higher, at.key + PL_HASH, PL_HASH);
        status = why == PL_END_TERM ? pl_due_at(s, s->time, "mandate.outlives", higher, 0)
                                      : pl_mandate_finish(s, higher, PL_END_BASE); /* at most as deep as there are levels of councils */
    }
    bool elected_anew = why == PL_END_REPLACED || why == PL_END_RECALLED;
    return status == PL_OK && !elected_anew ? pl_due_at(s, s->time, "seat.vacant", id, 0) : status;
}

pl_status pl_mandate_ends(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_mandate m;
    bool there;
    (void)n;
    pl_status status = pl_get(s, &PL_MANDATES, pl_key_id1(id), &m, &there);
    return status == PL_OK && m.until <= s->time ? pl_mandate_finish(s, id, PL_END_TERM) : status;
}

pl_status pl_mandates_leave(pl_step *s, const uint8_t member[PL_HASH])
{
    pl_row_key prefix = pl_key_id1(member);
    pl_cursor at = pl_rows(&PL_HELD, &prefix);
    pl_link link;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_HELD, &at, &link, &there)) == PL_OK && there) {
        status = pl_mandate_finish(s, at.key + PL_HASH, PL_END_LEFT);
    }
    return status;
}

pl_status pl_mandate_of(pl_step *s, const uint8_t council[PL_HASH], const uint8_t member[PL_HASH], bool *yes, uint8_t id[PL_HASH], pl_mandate *out)
{
    pl_row_key prefix = pl_key_id1(member);
    pl_cursor at = pl_rows(&PL_HELD, &prefix);
    pl_link link;
    pl_mandate m;
    bool there;
    pl_status status = PL_OK;
    *yes = false;
    while (!*yes && status == PL_OK && (status = pl_next(s, &PL_HELD, &at, &link, &there)) == PL_OK && there) {
        status = pl_get(s, &PL_MANDATES, pl_key_id1(at.key + PL_HASH), &m, &there);
        *yes = status == PL_OK && m.ended < 0 && (pl_id_none(council) || pl_id_same(m.council, council));
    }
    if (*yes && id != NULL) {
        memcpy(id, at.key + PL_HASH, PL_HASH);
    }
    if (*yes && out != NULL) {
        *out = m;
    }
    return status;
}

static pl_status apply_resigned(pl_step *s)
{
    pl_mandate m;
    bool there;
    char hex[13];
    const uint8_t *id = s->value[0].at;
    pl_status status = pl_get(s, &PL_MANDATES, pl_key_id1(id), &m, &there);
    if (status == PL_OK && (!there || m.ended >= 0 || !pl_id_same(m.holder, s->author))) {
        return pl_broken(s, PL_RULE_MANDATE, there && m.ended >= 0 ? "the mandate %s... has ended" : "the signer holds no mandate %s...", pl_short_id(id, hex));
    }
    return status == PL_OK ? pl_mandate_finish(s, id, PL_END_RESIGNED) : status;
}

const pl_event_kind PL_KIND_MANDATE_RESIGNED = {
    "mandate.resigned",
    {{"mandate", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {0}},
    apply_resigned,
};

/* ---- Terms in a row ------------------------------------------------------------------------------- */

/* The mandate of that council that began last before `before`, of those that count. */
static pl_status term_before(pl_step *s, const uint8_t council[PL_HASH], const uint8_t member[PL_HASH], bool over, int64_t half, int64_t before, pl_mandate *out,
                             bool *found)
{
    pl_row_key prefix = pl_key_id1(member);
    pl_cursor at = pl_rows(&PL_HELD, &prefix);
    pl_link link;
    pl_mandate m;
    bool there;
    pl_status status = PL_OK;
    *found = false;
    while (status == PL_OK && (status = pl_next(s, &PL_HELD, &at, &link, &there)) == PL_OK && there) {
        status = pl_get(s, &PL_MANDATES, pl_key_id1(at.key + PL_HASH), &m, &there);
        int64_t end = m.ended >= 0 ? m.ended : m.until;
        bool counts = pl_id_same(m.council, council) && end - m.from >= half && !(over && m.until > s->time);
        if (status == PL_OK && counts && m.from < before && (!*found || m.from > out->from)) {
            *out = m;
            *found = true;
        }
    }
    return status;
}

pl_status pl_terms_in_row(pl_step *s, const uint8_t council[PL_HASH], const uint8_t member[PL_HASH], bool over, int64_t *n)
{
    int64_t half, since = s->time + 1;
    pl_mandate m = {.ended = -1};
    bool found = true;
    pl_status status = pl_param(s, PL_TERM_DAYS, &half);
    half = half * PL_DAY / 2;
    *n = 0;
    while (status == PL_OK && found) {
        status = term_before(s, council, member, over, half, since, &m, &found);
        found = found && (m.ended < 0 || m.ended + half > since);
        since = found ? m.from : since;
        *n += status == PL_OK && found;
    }
    return status;
}

/* ---- Handing over --------------------------------------------------------------------------------- */

pl_status pl_mandate_hands_over(pl_step *s, const uint8_t id[PL_HASH], int64_t n)
{
    pl_handover h = {.since = s->time, .confirmed = -1};
    pl_mandate m;
    bool there, sits;
    int64_t days = 0;
    (void)n;
    pl_status status = pl_get(s, &PL_MANDATES, pl_key_id1(id), &m, &there);
    status = status == PL_OK ? pl_mandate_of(s, m.council, m.holder, &sits, NULL, NULL) : status;
    if (status != PL_OK || sits) {
        return status; /* elected again */
    }
    memcpy(h.council, m.council, PL_HASH);
    memcpy(h.holder, m.holder, PL_HASH);
    status = pl_param(s, PL_HANDOVER_DAYS, &days);
    h.due = s->time + days * PL_DAY;
    return status == PL_OK ? pl_put(s, &PL_HANDOVERS, pl_key_id1(id), &h) : status;
}

/* */
static pl_status apply_handover(pl_step *s)
{
    const uint8_t *id = s->value[0].at;
    pl_handover h;
    bool there, sits = false;
    char hex[13];
    pl_status status = pl_get(s, &PL_HANDOVERS, pl_key_id1(id), &h, &there);
    if (status == PL_OK && (!there || h.confirmed >= 0)) {
        return pl_broken(s, PL_RULE_HANDOVER, there ? "the hand-over of the mandate %s... was confirmed" : "nothing is to be handed over of a mandate %s...",
                         pl_short_id(id, hex));
    }
    status = status == PL_OK ? pl_mandate_of(s, h.council, s->author, &sits, NULL, NULL) : status;
    if (status == PL_OK && (!sits || pl_id_same(h.holder, s->author))) {
        return pl_broken(s, PL_RULE_HANDOVER, sits ? "nobody confirms to himself or herself" : "the signer does not sit in that council");
    }
    h.confirmed = s->time;
    memcpy(h.by, s->author, PL_HASH);
    return status == PL_OK ? pl_put(s, &PL_HANDOVERS, pl_key_id1(id), &h) : status;
}

const pl_event_kind PL_KIND_HANDOVER_CONFIRMED = {
    "handover.confirmed",
    {{"mandate", PL_FIELD_BYTES, PL_HASH, PL_HASH, false}, {"text", PL_FIELD_LINES, 1, 2000, true}, {0}},
    apply_handover,
};
