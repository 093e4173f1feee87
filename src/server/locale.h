/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * locale.h - words of pages in the reader's language: the catalogues of web/locales, which are among the files of the pages. */
#ifndef PLENTY_SERVER_LOCALE_H
#define PLENTY_SERVER_LOCALE_H

#include <jansson.h>

#include "server/assets.h"

#define PL_LOCALES 32
typedef struct pl_locale {
    char code[4];     /* "de" */
    const char *file; /* with the words of the first page: "assets/de-3f2a.json" */
    json_t *words;
} pl_locale;

typedef struct pl_locales {
    pl_locale list[PL_LOCALES];
    int n;
    const pl_locale *english;
} pl_locales;

/* All languages that the pages have.  PL_NOMEM, PL_BUG. */
pl_status pl_locales_load(pl_locales *out, pl_error *err);
void pl_locales_clear(pl_locales *locales);
/* The one that was chosen by its code (or NULL), else the first of an Accept-Language (or NULL) that there is, else English; NULL when the program holds no pages. */
const pl_locale *pl_locale_of(const pl_locales *locales, const char *chosen, const char *accepted);
/* The text of a key (of a plural the form for many), in English where the language has none; NULL when there is no such key. */
const char *pl_locale_word(const pl_locales *locales, const pl_locale *locale, const char *key);
/* The text of a key for HTML, with values in place: {"met", "98 %"}; the last pair is {NULL, NULL}. */
void pl_locale_fill(pl_str *out, const pl_locales *locales, const pl_locale *locale, const char *key, const char *const (*values)[2]);

#endif
