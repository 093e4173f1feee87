/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * verify.h - the independent checker of plans and records.
 *
 * Shares no code with the rest of Plenty: its own reader of files, its own arithmetic.  It can be read
 * in an hour; start with README.md in this folder. */
#ifndef PLENTY_VERIFY_VERIFY_H
#define PLENTY_VERIFY_VERIFY_H

#include <stdbool.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Checks the folder `plan_dir` against the folder `economy_dir` (docs/formats/plan.md and economy.md).
 * The report goes to `out`, in words or as one JSON object; what keeps the checker from reading goes to
 * `err`.  Returns the exit code:
 *   0 verified   1 refuted (every failed check is in the report)
 *   3 a file cannot be understood   4 a file cannot be read   5 out of memory
 * No global state: calls may run at the same time in several threads. */
int pv_verify(const char *plan_dir, const char *economy_dir, bool json, FILE *out, FILE *err);

/* Is the file a transcript of a count (docs/formats/ballots.md)? */
bool pv_is_count(const char *path);
/* Counts the ballots again and compares every figure of the transcript; codes as above. */
int pv_verify_count(const char *transcript, const char *ballots, bool json, FILE *out, FILE *err);
/* Checks the folder of files of a record (docs/formats/record.md, "The record as files"): every event, signature and rule, the tree,
 * every checkpoint.  Exit codes and streams as above. */
int pv_verify_record(const char *folder, bool json, FILE *out, FILE *err);
/* Is the file an archive of a secret ballot (docs/formats/secret-ballots.md)? */
bool pv_is_secret(const char *path);
/* Checks every ballot, the tally, every shuffle and decryption, the result; codes as above. */
int pv_verify_secret(const char *archive, bool json, FILE *out, FILE *err);
/* Is the folder an outcome of sharing (docs/formats/share.md)? */
bool pv_is_share(const char *folder);
/* Shares again what was to be shared and compares every allotment; codes as above. */
int pv_verify_share(const char *folder, bool json, FILE *out, FILE *err);

#ifdef __cplusplus
}
#endif
#endif
