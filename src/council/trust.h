/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * trust.h - members who keep a key together, of whom several are needed to use it; for the files of this room and for those who show it.
 *
 * They are drawn by the public lot and make the key by messages in the record: certificates, polynomials, keys (the distributed key generation of Belenios,
 * plenty/secret.h).  Each step ends when all have done it, or by the clock: who is late is left out, and as long as enough remain it goes on without them;
 * otherwise others are drawn.  Nobody ever holds the whole key. */
#ifndef PLENTY_COUNCIL_TRUST_H
#define PLENTY_COUNCIL_TRUST_H

#include <plenty/secret.h>

#include "base/str.h"
#include "council/lot.h"

typedef enum pl_trust_stage { PL_TRUST_DRAWING, PL_TRUST_CERTIFYING, PL_TRUST_SHARING, PL_TRUST_AGREEING, PL_TRUST_READY, PL_TRUST_FAILED } pl_trust_stage;

#define PL_TRUST_MAX 40 /* trustees and reserves */
typedef struct pl_trust {
    uint8_t subject[PL_HASH];   /* for what the key is: a ballot, or the commons for its lots */
    int64_t attempt;            /* 0, 1, ...: how often others were drawn for it before */
    int64_t stage, since, until; /* pl_trust_stage; until when it lasts at most, -1 */
    int64_t wanted, needed;     /* trustees; of them to use the key */
    int64_t round;              /* of sharing: 1, 2, ... */
    int64_t drawn, in;          /* rows of PL_TRUSTEES; those of them who are in the present round */
    char group[24], then[24];   /* of the key; what becomes due for the subject when it is ready, or has failed */
    uint8_t key[PL_HASH];       /* SHA-256 of the text of all trustees, or none */
} pl_trust;
extern const pl_table PL_TRUSTS; /* key: its id, which is the id of its lot too */

typedef enum pl_trustee_left { PL_TRUSTEE_IN, PL_TRUSTEE_SPARE, PL_TRUSTEE_LATE, PL_TRUSTEE_OBJECTED, PL_TRUSTEE_OBJECTED_TO } pl_trustee_left;
/* One of them: key (trust, 1, 2, ... in the order of the lot); and the other way round (trust, member). */
typedef struct pl_trustee {
    uint8_t member[PL_HASH];
    int64_t number;                         /* in the present round and in the key: 1, 2, ...; 0 when not in it */
    int64_t certificate, polynomial, output; /* positions of the events, or -1 */
    int64_t left;                           /* pl_trustee_left */
} pl_trustee;
extern const pl_table PL_TRUSTEES, PL_TRUSTEE_SEATS;

/* SHA-256("plenty trustees v1\n" || subject || attempt). */
void pl_trust_id(const uint8_t subject[PL_HASH], int64_t attempt, uint8_t out[PL_HASH]);
/* Draws trustees among all members, but those whom pl_sealed_may does not admit (`without`: how many that are, at most). */
pl_status pl_trust_start(pl_step *step, const uint8_t subject[PL_HASH], int64_t attempt, const char *group, int64_t without, const char *then,
                         uint8_t id[PL_HASH]);
/* How many trustees there would be, 0 when there are too few members for it. */
pl_status pl_trust_size(pl_step *step, int64_t without, int64_t *wanted, int64_t *needed);

/* The trustee of that number in the key, and back: the number of a member, 0 when none. */
pl_status pl_trustee_get(pl_step *step, const uint8_t trust[PL_HASH], int64_t number, pl_trustee *out);
pl_status pl_trustee_number(pl_step *step, const uint8_t trust[PL_HASH], const uint8_t member[PL_HASH], int64_t *number);

/* What they have sent so far, those who are in the round, in their order; texts that are not there yet are {NULL, 0}. */
typedef struct pl_trust_talk {
    int n;
    pl_str text[3][PL_TRUST_MAX]; /* certificates, polynomials, outputs */
    pl_secret_view said[3][PL_TRUST_MAX];
} pl_trust_talk;
pl_status pl_trust_listen(pl_step *step, const uint8_t id[PL_HASH], const pl_trust *trust, pl_trust_talk *out);
void pl_trust_talk_clear(pl_trust_talk *talk);
/* The text of all trustees of a key that is ready, as an election holds it; pl_secret_text_free. */
pl_status pl_trust_text(pl_step *step, const uint8_t id[PL_HASH], const pl_trust *trust, pl_secret_text *out);

/* Appends the field of the event at `position`, which may be the present one. */
pl_status pl_step_field(pl_step *step, int64_t position, const pl_event_kind *kind, int field, pl_str *out);

pl_status pl_trust_drawn(pl_step *step, const uint8_t id[PL_HASH], int64_t n);
pl_status pl_trust_goes(pl_step *step, const uint8_t id[PL_HASH], int64_t when);
extern const pl_event_kind PL_KIND_TRUSTEE_CERTIFIED, PL_KIND_TRUSTEE_SHARED, PL_KIND_TRUSTEE_AGREED, PL_KIND_TRUSTEE_OBJECTED;

#endif
