/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * members.c - who belongs to a commons. */
#include <string.h>

#include "council/council.h"

const pl_table PL_MEMBERS = {
    "members",
    sizeof(pl_member),
    6,
    {PL_INT(pl_member, since), PL_MAYBE(pl_member, left), PL_ID(pl_member, commitment), PL_INT(pl_member, founder), PL_INT(pl_member, came),
     PL_MAYBE(pl_member, went)}};

/* How many changes there were. */
typedef struct changes {
    int64_t n;
} changes;
static const pl_table CHANGES = {"members.changes", sizeof(changes), 1, {PL_INT(changes, n)}};

pl_status pl_member_changes(pl_step *s, int64_t *n)
{
    changes c;
    bool there;
    pl_status status = pl_get(s, &CHANGES, pl_key_none(), &c, &there);
    *n = c.n;
    return status;
}

/* The number of the next change. */
static pl_status next_change(pl_step *s, int64_t *n)
{
    pl_status status = pl_member_changes(s, n);
    ++*n;
    return status == PL_OK ? pl_put(s, &CHANGES, pl_key_none(), &(changes){*n}) : status;
}

static pl_status count(pl_step *s, int64_t more)
{
    pl_assembly everyone;
    bool there;
    pl_status status = pl_get(s, &PL_ASSEMBLIES, pl_key_id1(s->fold->commons_id), &everyone, &there);
    everyone.members += more;
    return status == PL_OK ? pl_put(s, &PL_ASSEMBLIES, pl_key_id1(s->fold->commons_id), &everyone) : status;
}

pl_status pl_member_add(pl_step *s, const uint8_t id[PL_HASH], const pl_member *member)
{
    pl_member m = *member;
    m.went = -1;
    pl_status status = next_change(s, &m.came);
    status = status == PL_OK ? pl_put(s, &PL_MEMBERS, pl_key_id1(id), &m) : status;
    return status == PL_OK ? count(s, 1) : status;
}

pl_status pl_member_end(pl_step *s, const uint8_t id[PL_HASH])
{
    pl_member m;
    bool there;
    pl_status status = pl_get(s, &PL_MEMBERS, pl_key_id1(id), &m, &there);
    m.left = s->time;
    status = status == PL_OK ? next_change(s, &m.went) : status;
    status = status == PL_OK ? pl_put(s, &PL_MEMBERS, pl_key_id1(id), &m) : status;
    return status == PL_OK ? count(s, -1) : status;
}

pl_status pl_member_is(pl_step *s, const uint8_t id[PL_HASH], bool *yes)
{
    pl_member m;
    pl_status status = pl_get(s, &PL_MEMBERS, pl_key_id1(id), &m, yes);
    *yes = *yes && m.left < 0;
    return status;
}

pl_status pl_member_count(pl_step *s, int64_t *n)
{
    pl_assembly everyone;
    bool there;
    pl_status status = pl_get(s, &PL_ASSEMBLIES, pl_key_id1(s->fold->commons_id), &everyone, &there);
    *n = everyone.members;
    return status;
}

pl_status pl_members_founded(pl_step *s, const pl_created *founding)
{
    pl_assembly everyone = {.sort = PL_EVERYONE, .name = "everyone", .since = s->time};
    pl_status status = pl_put(s, &PL_ASSEMBLIES, pl_key_id1(s->fold->commons_id), &everyone);
    for (size_t i = 0; status == PL_OK && i < founding->n_founders; i++) {
        pl_member m = {.since = s->time, .left = -1, .founder = 1};
        uint8_t id[PL_HASH];
        pl_key_id_of(founding->founders[i], id);
        status = pl_member_add(s, id, &m);
    }
    return status;
}
