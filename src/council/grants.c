/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * grants.c - privileged acts: no member may do them alone. */
#include "council/council.h"

pl_status pl_privileged(pl_step *s, const pl_value *grant)
{
    pl_member author;
    bool in_force, there;
    pl_status status = pl_in_force(s, &in_force);
    status = status == PL_OK ? pl_get(s, &PL_MEMBERS, pl_key_id1(s->author), &author, &there) : status;
    if (status != PL_OK || (!in_force && there && author.founder)) {
        return status;
    }
    return pl_broken(s, PL_RULE_GRANT, grant->given ? "there is no such grant" : "this needs a grant");
}
