/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * sealed.h - secret ballots whose texts stand in a record: what the fold of a commons asks the files that know the protocol (secret.h).
 *
 * Whatever the protocol refuses gives false, and then nothing has changed. */
#ifndef PLENTY_VERIFY_SEALED_H
#define PLENTY_VERIFY_SEALED_H

#include "verify/check.h"

typedef struct pv_said { /* a text of the protocol; at is NULL: nothing was said yet */
    const char *at;
    size_t n;
} pv_said;

/* ---- A key that several make ------------------------------------------------------------------------ */

enum { PV_CERTIFICATE, PV_POLYNOMIAL, PV_OUTPUT, PV_MESSAGES };

typedef struct pv_ceremony { /* what those who make it have said, in their order: n of each */
    const char *group;
    int n, needed;
    const pv_said *said[PV_MESSAGES];
} pv_ceremony;

/* Whether it is signed, and unlike the n others. */
bool pv_certificate_holds(pv_run *run, const pv_ceremony *k, pv_said certificate);
/* Whether it has a message for each and as many commitments as are needed, signed by number `from` (0, 1, ...). */
bool pv_polynomial_holds(pv_run *run, const pv_ceremony *k, int from, pv_said polynomial);
/* Whether its key is what all polynomials give for number `of`, who proves to know the other half. */
bool pv_output_holds(pv_run *run, const pv_ceremony *k, int of, pv_said output);
/* The text of all trustees, of the run. */
pv_said pv_trustees_text(pv_run *run, const pv_ceremony *k);

/* ---- An election of the protocol with one question -------------------------------------------------- */

struct pv_ballotbox;
typedef struct pv_asked {
    const char *uuid, *name, *question;
    const char *const *answer;
    int answers;
    bool ranked; /* else 0 or 1 of them is marked */
} pv_asked;

/* With the key that this ceremony has made; *hash gets the SHA-256 of its text. */
struct pv_ballotbox *pv_box_open(pv_run *run, const pv_ceremony *k, const pv_asked *asked, uint8_t hash[32]);
/* A ballot: the SHA-256 of its credential, and its ciphertexts, of the run. */
bool pv_box_paper(pv_run *run, struct pv_ballotbox *b, pv_said paper, uint8_t credential[32], void **ciphertexts);
/* The same of many, on all cores: `good` where it holds.  Those that do not, and all where memory is short, are to be judged once more by pv_box_paper. */
typedef struct pv_cast {
    struct pv_ballotbox *box;
    pv_said paper;
    uint8_t hash[32], credential[32]; /* hash: of the paper, for the caller */
    void *ciphertexts;
    bool good;
} pv_cast;
void pv_box_papers(pv_run *run, pv_cast *cast, int64_t n);
/* These are all that count; *tally gets the SHA-256 of the encrypted tally. */
void pv_box_close(pv_run *run, struct pv_ballotbox *b, void *const *ciphertexts, int64_t n, uint8_t tally[32]);
/* A shuffle of the tally as it stands, which it replaces; *tally as above. */
bool pv_box_shuffle(pv_run *run, struct pv_ballotbox *b, pv_said shuffle, uint8_t tally[32]);
/* What the trustee of that number (1, 2, ...) has made of the tally. */
bool pv_box_part(pv_run *run, struct pv_ballotbox *b, int trustee, pv_said part);
/* With enough parts: how often answer k was marked, at most `most`; or the ranks in ballot i, one for each answer. */
int64_t pv_box_sum(pv_run *run, struct pv_ballotbox *b, int k, int64_t most);
void pv_box_ranks(pv_run *run, struct pv_ballotbox *b, int64_t i, uint8_t *rank);

/* ---- A lot with a key: one question with one answer -------------------------------------------------- */

/* A share by that member, which goes into the sum. */
bool pv_box_share(pv_run *run, struct pv_ballotbox *b, const char *member, pv_said share);
/* With enough parts. */
void pv_box_seed(pv_run *run, struct pv_ballotbox *b, const char *origin, const uint8_t root[32], uint8_t seed[32]);

#endif
