/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * founding.h - where people meet to found a commons: who sits at the table, each with a key made on their own device.
 *
 * The server only passes on what they say to each other.  It signs nothing: one of them signs the founding on their device, and it is judged by the rules. */
#ifndef PLENTY_SERVER_FOUNDING_H
#define PLENTY_SERVER_FOUNDING_H

#include <pthread.h>

#include <plenty/record.h>

#define PL_FOUNDING_SEATS 64
#define PL_SEAT_NAME 60
#define PL_FOUNDING_CODE 16 /* digits */

typedef struct pl_seat {
    char name[PL_SEAT_NAME + 1]; /* how one is called at the table: never part of the record */
    uint8_t key[32];             /* the public key */
} pl_seat;

typedef struct pl_founding {
    pthread_mutex_t lock;
    char code[PL_FOUNDING_CODE + 1]; /* whoever knows it may sit down; "" when nothing is to be founded here */
    pl_seat seat[PL_FOUNDING_SEATS];
    size_t n;
} pl_founding;

void pl_founding_init(pl_founding *founding, bool open); /* open: with a new code */
void pl_founding_clear(pl_founding *founding);
/* Whether that is the code; hyphens and spaces do not count.  Takes as long for every wrong one. */
bool pl_founding_knows(const pl_founding *founding, const char *code);
/* Takes a seat, or gives the one of that key another name.  PL_BUSY when the table is full. */
pl_status pl_founding_sit(pl_founding *founding, const pl_seat *seat, pl_error *err) PL_CHECK;
void pl_founding_leave(pl_founding *founding, const uint8_t key[32]);
/* Who sits there, in the order in which they came; out has room for PL_FOUNDING_SEATS. */
size_t pl_founding_seats(pl_founding *founding, pl_seat *out);

#endif
