/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * audit.h - the parts of `plenty audit`. */
#ifndef PLENTY_CLI_AUDIT_H
#define PLENTY_CLI_AUDIT_H

#include "cli/commons.h"

/* What the fold has judged, in numbers; and what lies beside the record: every plan that was put to a vote is verified again.  The figures go to `out`; `wrong` is "" or
 * the first thing that is wrong.  The record was found sound. */
pl_status cli_audit_commons(pl_record *record, FILE *out, char wrong[400], pl_error *err);
/* The same for ballots: each that has closed is counted again from its papers. */
pl_status cli_audit_counts(pl_record *record, FILE *out, char wrong[400], pl_error *err);
/* The same for rounds of sharing: each whose seed was drawn is shared again, and the independent checker agrees. */
pl_status cli_audit_rounds(pl_record *record, FILE *out, char wrong[400], pl_error *err);

#endif
