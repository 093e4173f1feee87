/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/locale.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/json_read.h"
#include "plan/html.h"

/* Whether a file of the pages is a catalogue: "assets/de-3f2a.json", the words of the first page, or "assets/de_more-3f2a.json", all others. */
static bool is_catalogue(const char *name, bool *first)
{
    const char *end = strrchr(name, '.');
    bool named = strncmp(name, "assets/", 7) == 0 && islower((unsigned char)name[7]) && islower((unsigned char)name[8]) && end != NULL && strcmp(end, ".json") == 0;
    *first = named && name[9] == '-';
    return *first || (named && strncmp(name + 9, "_more-", 6) == 0);
}

/* The language of that code, begun where it is new; NULL when there are too many. */
static pl_locale *of_code(pl_locales *all, const char *code)
{
    for (int i = 0; i < all->n; i++) {
        if (memcmp(all->list[i].code, code, 2) == 0) {
            return &all->list[i];
        }
    }
    if (all->n == PL_LOCALES) {
        return NULL;
    }
    memcpy(all->list[all->n].code, code, 2);
    return &all->list[all->n++];
}

static pl_status add_words(pl_locale *l, const pl_embedded *a, pl_error *err)
{
    char *text = NULL;
    json_t *words = NULL;
    pl_status status = pl_asset_text(a, &text, err);
    status = status == PL_OK ? pl_json_read(text, a->whole, a->name, &words, NULL, err) : status;
    pl_free(text);
    if (status == PL_OK && l->words == NULL) {
        l->words = words;
    } else if (status == PL_OK) {
        status = json_object_update(l->words, words) == 0 ? PL_OK : pl_fail_nomem(err, "loading the words of the pages");
        json_decref(words);
    }
    return status;
}

pl_status pl_locales_load(pl_locales *out, pl_error *err)
{
    pl_status status = PL_OK;
    bool first;
    *out = (pl_locales){0};
    for (int i = 0; i < PL_N_ASSETS && status == PL_OK; i++) {
        const char *name = PL_ASSETS[i].name;
        pl_locale *l = is_catalogue(name, &first) ? of_code(out, name + 7) : NULL;
        if (l != NULL) {
            l->file = first ? name : l->file;
            out->english = memcmp(l->code, "en", 2) == 0 ? l : out->english;
            status = add_words(l, &PL_ASSETS[i], err);
        }
    }
    return status;
}

void pl_locales_clear(pl_locales *l)
{
    for (int i = 0; i < l->n; i++) {
        json_decref(l->list[i].words);
    }
    *l = (pl_locales){0};
}

/* By the two letters that a tag such as "de-AT" begins with. */
static const pl_locale *find(const pl_locales *l, const char *tag)
{
    for (int i = 0; tag != NULL && i < l->n; i++) {
        if (tolower((unsigned char)tag[0]) == l->list[i].code[0] && tolower((unsigned char)tag[1]) == l->list[i].code[1] && !isalpha((unsigned char)tag[2])) {
            return &l->list[i];
        }
    }
    return NULL;
}

const pl_locale *pl_locale_of(const pl_locales *l, const char *chosen, const char *accepted)
{
    const pl_locale *best = find(l, chosen);
    double weight = 0;
    for (const char *at = best == NULL ? accepted : NULL; at != NULL && *at != '\0';) { /* "de-AT,de;q=0.9,en;q=0.8" */
        at += strspn(at, " ,");
        size_t n = strcspn(at, ",");
        const char *q = memchr(at, ';', n);
        const pl_locale *l_at = n > 1 ? find(l, at) : NULL;
        q = q != NULL ? q + 1 + strspn(q + 1, " ") : NULL;
        double w = q != NULL && strncmp(q, "q=", 2) == 0 ? strtod(q + 2, NULL) : 1;
        if (l_at != NULL && w > weight) {
            best = l_at;
            weight = w;
        }
        at += n;
    }
    return best != NULL ? best : l->english;
}

const char *pl_locale_word(const pl_locales *all, const pl_locale *l, const char *key)
{
    json_t *word = l != NULL ? json_object_get(l->words, key) : NULL;
    word = word == NULL && all->english != NULL ? json_object_get(all->english->words, key) : word;
    return json_string_value(json_is_object(word) ? json_object_get(word, "other") : word);
}

void pl_locale_fill(pl_str *out, const pl_locales *all, const pl_locale *l, const char *key, const char *const (*values)[2])
{
    const char *at = pl_locale_word(all, l, key);
    for (at = at != NULL ? at : key; *at != '\0';) {
        char part[400];
        size_t n = strcspn(at, "{"), named = strcspn(at + n, "}"), k = 0;
        n = n < sizeof part ? n : sizeof part - 1;
        memcpy(part, at, n);
        part[n] = '\0';
        pl_html_text(out, part, 0);
        at += n;
        if (*at != '{') {
            continue;
        }
        while (values[k][0] != NULL && (strlen(values[k][0]) != named - 1 || strncmp(values[k][0], at + 1, named - 1) != 0)) {
            k++;
        }
        pl_html_text(out, values[k][0] != NULL ? values[k][1] : "", 0);
        at += named + (at[named] == '}');
    }
}
