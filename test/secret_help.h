/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * secret_help.h - small secret ballots for tests, in memory. */
#ifndef PLENTY_TEST_SECRET_HELP_H
#define PLENTY_TEST_SECRET_HELP_H

#include <plenty/secret.h>

#define SECRET_VOTERS 6

typedef struct secret_case {
    const char *group;
    char uuid[PL_SECRET_UUID];
    pl_secret_text trustees, election_text, credentials;
    char credential[SECRET_VOTERS][PL_SECRET_CREDENTIAL];
    pl_secret_election *election;
    int n_keys; /* trustees: [0] alone, the others any two of three */
    pl_secret_text key[4], part[4];
    pl_secret_text ballot[SECRET_VOTERS];
    pl_secret_view view[SECRET_VOTERS];
} secret_case;

/* Questions: two of three or blank; with `rankings`, also three to be ranked.  With `threshold`, three more trustees. */
void secret_case_make(secret_case *c, const char *group, bool rankings, bool threshold);
/* Three trustees of whom `needed` are enough. */
void secret_threshold_make(const char *group, int needed, pl_secret_text key[3], pl_secret_text part[3], pl_secret_text *parameters);
void secret_case_free(secret_case *c);
/* The numbers voter i fills in; returns how many. */
int secret_case_choice(const secret_case *c, int i, int32_t out[8]);
/* The ballot, changed, signed again by voter i's credential, so that only the change is wrong.  Frees nothing. */
pl_secret_text secret_sign_again(const secret_case *c, int i, const char *ballot, size_t n);
/* A copy with the text `from` (the k-th of its kind, from 0) replaced. */
pl_secret_text secret_replace(const char *text, size_t n, const char *from, int k, const char *to);

#endif
