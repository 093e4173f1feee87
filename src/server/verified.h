/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * verified.h - plans that may be put to the vote: the independent checker has found them right.  For the server and for the command line. */
#ifndef PLENTY_SERVER_VERIFIED_H
#define PLENTY_SERVER_VERIFIED_H

#include <plenty/record.h>

/* Has the checker verify the plan at that path against the economy at the other.  PL_REFUTED with what it says, PL_IO. */
pl_status pl_plan_verified(const char *plan, const char *economy, pl_error *err);
/* Keeps a folder or file beside the record, as an archive.  PL_TOOBIG beyond PL_BLOB_MAX, PL_IO, PL_NOMEM. */
pl_status pl_archive_keep(pl_record *record, const char *path, uint8_t hash[PL_HASH], pl_error *err);

#endif
