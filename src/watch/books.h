/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * books.h - what reading and checking of books share; private to this room. */
#ifndef PLENTY_WATCH_BOOKS_H
#define PLENTY_WATCH_BOOKS_H

#include <plenty/watch.h>

extern const pl_books_settings pl_books_defaults;
/* With defaults filled in. */
pl_books_settings pl_books_filled(const pl_books_settings *settings);

#endif
