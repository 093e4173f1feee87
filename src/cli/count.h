/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * count.h - what the files of `plenty count` share. */
#ifndef PLENTY_CLI_COUNT_H
#define PLENTY_CLI_COUNT_H

#include <plenty/ballot.h>

#include "base/str.h"
#include "cli/cli.h"

#define COUNT_TEXT 48

/* "1,234,567"; votes of `decimals` decimals as "1,234.56789", whole ones without decimals; hundredths as money. */
const char *count_whole(int64_t x, char out[COUNT_TEXT]);
const char *count_votes(int64_t votes, int decimals, char out[COUNT_TEXT]);

/* What people read (count_text.c, count_other.c). */
void count_print_stages(const pl_ballots *b, const pl_count *count);
void count_print_schulze(const pl_ballots *b, const pl_schulze *s);
void count_print_tally(const pl_ballots *b, const pl_tally *t, bool majority);
void count_print_shares(const pl_ballots *b, const pl_shares *s);

/* "Title: " or "", in bold, and how many papers. */
void count_print_head(const pl_ballots *b, int64_t valid, const char *rule);
/* How a tie was broken, in a sentence that begins with a blank; nothing when there was none. */
void count_add_tie(pl_str *text, const pl_ballots *b, const pl_tie *tie, const char *seed);
/* Prints the text, wrapped, after `first` blanks, further lines after `indent`; and empties it. */
void count_say(pl_str *text, int first, int indent);

#endif
