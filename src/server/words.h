/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * words.h - what an event is, in plain words. */
#ifndef PLENTY_SERVER_WORDS_H
#define PLENTY_SERVER_WORDS_H

/* "A member voted"; for a kind that it does not know, the kind itself.  Static, or borrowed from the caller. */
const char *pl_words_event(const char *kind);

#endif
