/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * count.h - what the recount of an election consists of: papers as they are in the file, and the transcript. */
#ifndef PLENTY_VERIFY_COUNT_H
#define PLENTY_VERIFY_COUNT_H

#include "verify/check.h"

#define PV_CANDIDATES 4000

typedef struct pv_papers {
    const char *file;
    int64_t rows, papers;      /* kinds of papers with a preference, papers in them */
    int64_t *count, *start;    /* by row; choices start[r] .. start[r + 1] - 1 */
    int16_t *choice;           /* 0 = the first candidate */
    int32_t highest;           /* number of candidates that the papers show */
    bool blt;                  /* then also: */
    int32_t candidates, seats;
    bool *withdrawn;
    const char **name;         /* NULL where the file has none */
    char sha256[65];
} pv_papers;

/* Reads BLT, or a table with the columns count and preferences. */
void pv_papers_read(pv_run *run, const char *path, pv_papers *papers);

#endif
