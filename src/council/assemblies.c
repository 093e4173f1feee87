/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * assemblies.c - constituencies and councils, to any depth: who belongs to them, who elects them. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "council/elections.h"

#define SEATS_MAX 999
#define GROUPS_MAX 1000
#define LIST_MAX ((size_t)1 << 24)

const pl_table PL_ASSEMBLIES = {"assemblies",
                                sizeof(pl_assembly),
                                5,
                                {PL_INT(pl_assembly, sort), PL_TEXT(pl_assembly, name), PL_TEXT(pl_assembly, type), PL_INT(pl_assembly, since),
                                 PL_INT(pl_assembly, members)}};
const pl_table PL_BELONGS = {"belongs", sizeof(pl_belonging), 2, {PL_INT(pl_belonging, since), PL_MAYBE(pl_belonging, until)}};
const pl_table PL_PLACES = {"places", sizeof(pl_belonging), 2, {PL_INT(pl_belonging, since), PL_MAYBE(pl_belonging, until)}};
const pl_table PL_GROUPS = {
    "groups",
    sizeof(pl_seat_group),
    6,
    {PL_ID(pl_seat_group, electors), PL_INT(pl_seat_group, seats), PL_INT(pl_seat_group, elections), PL_ID(pl_seat_group, election), PL_ID(pl_seat_group, by), PL_INT(pl_seat_group, ends)}};

pl_status pl_assembly_get(pl_step *s, const uint8_t id[PL_HASH], pl_assembly *out, bool *there)
{
    return pl_get(s, &PL_ASSEMBLIES, pl_key_id1(id), out, there);
}

/* ---- Who belongs ---------------------------------------------------------------------------------- */

/* A delegate now, and at `since` too: perhaps by another mandate. */
static pl_status in_council(pl_step *s, const uint8_t council[PL_HASH], const uint8_t member[PL_HASH], int64_t since, bool *yes)
{
    pl_row_key prefix = pl_key_id1(member);
    pl_cursor at = pl_rows(&PL_HELD, &prefix);
    pl_link link;
    pl_mandate m;
    bool there, now = false, then = since == 0;
    pl_status status = PL_OK;
    while (status == PL_OK && !(now && then) && (status = pl_next(s, &PL_HELD, &at, &link, &there)) == PL_OK && there) {
        status = pl_get(s, &PL_MANDATES, pl_key_id1(at.key + PL_HASH), &m, &there);
        if (status == PL_OK && pl_id_same(m.council, council)) {
            now = now || m.ended < 0;
            then = then || (m.from <= since && (m.ended < 0 || m.ended > since));
        }
    }
    *yes = now && then;
    return status;
}

pl_status pl_assembly_has(pl_step *s, const uint8_t assembly[PL_HASH], const uint8_t member[PL_HASH], int64_t since, bool *yes)
{
    pl_assembly a;
    pl_member m;
    pl_belonging b;
    bool is;
    pl_status status = pl_assembly_get(s, assembly, &a, yes);
    status = status == PL_OK ? pl_get(s, &PL_MEMBERS, pl_key_id1(member), &m, &is) : status;
    if (status != PL_OK || !*yes || !is || m.left >= 0) {
        *yes = false;
        return status;
    }
    if (a.sort == PL_COUNCIL) {
        return in_council(s, assembly, member, since, yes);
    }
    if (a.sort == PL_EVERYONE) {
        *yes = since == 0 || m.since <= since;
        return PL_OK;
    }
    status = pl_get(s, &PL_BELONGS, pl_key_id2(assembly, member), &b, yes);
    *yes = *yes && b.until < 0 && (since == 0 || b.since <= since);
    return status;
}

pl_status pl_assembly_size(pl_step *s, const uint8_t assembly[PL_HASH], int64_t *n)
{
    pl_assembly a;
    bool there;
    pl_status status = pl_assembly_get(s, assembly, &a, &there);
    *n = a.members;
    return status;
}

typedef struct list {
    uint8_t (*ids)[PL_HASH];
    size_t n, cap;
} list;

static pl_status list_add(pl_step *s, list *l, const uint8_t id[PL_HASH])
{
    if (!pl_grow(&l->ids, &l->cap, l->n + 1, PL_HASH, LIST_MAX)) {
        return pl_fail_nomem(s->err, "listing members");
    }
    memcpy(l->ids[l->n++], id, PL_HASH);
    return PL_OK;
}

static pl_status list_everyone(pl_step *s, list *l)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_MEMBERS, &all);
    pl_member m;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_MEMBERS, &at, &m, &there)) == PL_OK && there) {
        status = m.left < 0 ? list_add(s, l, at.key) : PL_OK;
    }
    return status;
}

static pl_status list_constituency(pl_step *s, const uint8_t id[PL_HASH], list *l)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_BELONGS, &prefix);
    pl_belonging b;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_BELONGS, &at, &b, &there)) == PL_OK && there) {
        status = b.until < 0 ? list_add(s, l, at.key + PL_HASH) : PL_OK;
    }
    return status;
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, PL_HASH);
}

static pl_status list_council(pl_step *s, const uint8_t id[PL_HASH], list *l)
{
    pl_row_key prefix = pl_key_id1(id);
    pl_cursor at = pl_rows(&PL_SEATS, &prefix);
    pl_link seat;
    pl_mandate m;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_SEATS, &at, &seat, &there)) == PL_OK && there) {
        status = pl_get(s, &PL_MANDATES, pl_key_id1(at.key + PL_HASH), &m, &there);
        status = status == PL_OK && m.ended < 0 ? list_add(s, l, m.holder) : status;
    }
    if (status == PL_OK && l->n > 1) {
        qsort(l->ids, l->n, PL_HASH, by_id);
    }
    return status;
}

pl_status pl_assembly_list(pl_step *s, const uint8_t assembly[PL_HASH], uint8_t (**members)[PL_HASH], size_t *n)
{
    pl_assembly a;
    bool there;
    list l = {NULL, 0, 0};
    pl_status status = pl_assembly_get(s, assembly, &a, &there);
    if (status == PL_OK && there) {
        status = a.sort == PL_EVERYONE ? list_everyone(s, &l) : a.sort == PL_COUNCIL ? list_council(s, assembly, &l) : list_constituency(s, assembly, &l);
    }
    if (status != PL_OK) {
        pl_free(l.ids);
        return status;
    }
    *members = l.ids;
    *n = l.n;
    return PL_OK;
}

static pl_status set_belonging(pl_step *s, const uint8_t constituency[PL_HASH], const uint8_t member[PL_HASH], pl_belonging b, int64_t more)
{
    pl_assembly a;
    bool there;
    pl_status status = pl_put(s, &PL_BELONGS, pl_key_id2(constituency, member), &b);
    status = status == PL_OK ? pl_put(s, &PL_PLACES, pl_key_id2(member, constituency), &b) : status;
    status = status == PL_OK ? pl_assembly_get(s, constituency, &a, &there) : status;
    a.members += more;
    return status == PL_OK ? pl_put(s, &PL_ASSEMBLIES, pl_key_id1(constituency), &a) : status;
}

pl_status pl_belong_begin(pl_step *s, const uint8_t constituency[PL_HASH], const uint8_t member[PL_HASH])
{
    pl_belonging b;
    bool there;
    pl_status status = pl_get(s, &PL_BELONGS, pl_key_id2(constituency, member), &b, &there);
    if (status != PL_OK || (there && b.until < 0)) {
        return status;
    }
    return set_belonging(s, constituency, member, (pl_belonging){s->time, -1}, 1);
}

pl_status pl_belong_end(pl_step *s, const uint8_t constituency[PL_HASH], const uint8_t member[PL_HASH])
{
    pl_belonging b;
    bool there;
    pl_status status = pl_get(s, &PL_BELONGS, pl_key_id2(constituency, member), &b, &there);
    if (status != PL_OK || !there || b.until >= 0) {
        return status;
    }
    return set_belonging(s, constituency, member, (pl_belonging){b.since, s->time}, -1);
}

pl_status pl_belong_end_all(pl_step *s, const uint8_t member[PL_HASH])
{
    pl_row_key prefix = pl_key_id1(member);
    pl_cursor at = pl_rows(&PL_PLACES, &prefix);
    pl_belonging b;
    bool there;
    pl_status status = PL_OK;
    while (status == PL_OK && (status = pl_next(s, &PL_PLACES, &at, &b, &there)) == PL_OK && there) {
        status = pl_belong_end(s, at.key + PL_HASH, member);
    }
    return status;
}

/* ---- Creating ------------------------------------------------------------------------------------- */

static pl_assembly named(pl_step *s, pl_assembly_sort sort)
{
    pl_assembly a = {.sort = sort, .since = s->time};
    memcpy(a.name, s->value[0].at, s->value[0].n);
    if (sort == PL_CONSTITUENCY) {
        memcpy(a.type, s->value[1].at, s->value[1].n);
    }
    return a;
}

/* no two of one name. */
static pl_status check_name(pl_step *s)
{
    pl_row_key all = pl_key_none();
    pl_cursor at = pl_rows(&PL_ASSEMBLIES, &all);
    pl_assembly a;
    bool there;
    pl_status status;
    while ((status = pl_next(s, &PL_ASSEMBLIES, &at, &a, &there)) == PL_OK && there) {
        if (strlen(a.name) == s->value[0].n && memcmp(a.name, s->value[0].at, s->value[0].n) == 0) {
            return pl_broken(s, PL_RULE_ASSEMBLY_NAME, "there is '%s' already", a.name);
        }
    }
    return status;
}

static pl_status apply_constituency(pl_step *s)
{
    pl_status status = check_name(s);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = pl_privileged(s, &s->value[2]);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    pl_assembly a = named(s, PL_CONSTITUENCY);
    return pl_put(s, &PL_ASSEMBLIES, pl_key_id1(s->id), &a);
}

const pl_event_kind PL_KIND_CONSTITUENCY_CREATED = {
    "constituency.created",
    {{"name", PL_FIELD_TEXT, 1, 100, false}, {"type", PL_FIELD_TEXT, 1, 40, false}, {"grant", PL_FIELD_BYTES, PL_HASH, PL_HASH, true}, {0}},
    apply_constituency,
};

/* electors that exist, and as many numbers of seats. */
static pl_status check_groups(pl_step *s, const pl_value *electors, const pl_value *seats)
{
    int64_t n[GROUPS_MAX];
    char hex[13];
    if (seats->n != electors->n) {
        return pl_broken(s, PL_RULE_GROUPS, "%zu electorates, and numbers of seats for %zu", electors->n, seats->n);
    }
    pl_value_ints(seats, n);
    for (size_t i = 0; i < electors->n; i++) {
        pl_assembly a;
        bool there;
        pl_status status = pl_assembly_get(s, pl_value_id(electors, i), &a, &there);
        if (status != PL_OK) {
            return status;
        }
        if (!there || n[i] < 1 || n[i] > SEATS_MAX) {
            return there ? pl_broken(s, PL_RULE_GROUPS, "'%s' elects %lld; it can be 1 to %d", a.name, (long long)n[i], SEATS_MAX)
                         : pl_broken(s, PL_RULE_GROUPS, "there is no assembly %s to elect it", pl_short_id(pl_value_id(electors, i), hex));
        }
    }
    return PL_OK;
}

static pl_status apply_council(pl_step *s)
{
    const pl_value *electors = &s->value[1], *seats = &s->value[2];
    int64_t n[GROUPS_MAX];
    pl_status status = check_name(s);
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = check_groups(s, electors, seats);
    }
    if (status == PL_OK && s->broken == PL_RULE_NONE) {
        status = pl_privileged(s, &s->value[3]);
    }
    if (status != PL_OK || s->broken != PL_RULE_NONE) {
        return status;
    }
    pl_assembly a = named(s, PL_COUNCIL);
    status = pl_put(s, &PL_ASSEMBLIES, pl_key_id1(s->id), &a);
    pl_value_ints(seats, n);
    for (size_t i = 0; status == PL_OK && i < electors->n; i++) {
        pl_seat_group g = {.seats = n[i]};
        memcpy(g.electors, pl_value_id(electors, i), PL_HASH);
        status = pl_put(s, &PL_GROUPS, pl_key_then(pl_key_id1(s->id), (int64_t)i), &g);
    }
    bool in_force = false;
    status = status == PL_OK ? pl_in_force(s, &in_force) : status;
    return status == PL_OK && in_force ? pl_elections_of(s, s->id) : status;
}

const pl_event_kind PL_KIND_COUNCIL_CREATED = {
    "council.created",
    {{"name", PL_FIELD_TEXT, 1, 100, false},
     {"electors", PL_FIELD_IDS, 1, GROUPS_MAX, false},
     {"seats", PL_FIELD_INTS, 1, GROUPS_MAX, false},
     {"grant", PL_FIELD_BYTES, PL_HASH, PL_HASH, true},
     {0}},
    apply_council,
};
