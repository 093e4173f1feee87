/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * ballots.c - the papers of an election: BLT, or a table (docs/formats/ballots.md). */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "verify/count.h"

#define PAPERS_MAX 2000000000

typedef struct pv_words {
    pv_run *run;
    pv_papers *papers;
    char *at, *end, *line_start;
    int64_t line;
    size_t room_count, room_start, room_choices, room_equal;
    int64_t choices;
    int64_t *seen; /* by candidate: the last row that ranked it, + 1 */
} pv_words;

_Noreturn static void fault(const pv_words *w, const char *what)
{
    pv_stop(w->run, PV_UNREADABLE, w->papers->file, w->line, w->at - w->line_start + 1, "%s", what);
}

static void *grown(pv_run *run, void *old, size_t n, size_t *room, size_t size)
{
    if (n < *room) {
        return old;
    }
    void *more = pv_alloc(run, 2 * *room + 64, size);
    if (old != NULL) {
        memcpy(more, old, n * size);
        pv_free(run, old);
    }
    *room = 2 * *room + 64;
    return more;
}

/* A choice of the row that is being read; as good as the one before. */
static void add_choice(pv_words *w, int64_t c, bool equal)
{
    pv_papers *p = w->papers;
    if (c < 1 || c > PV_CANDIDATES || (p->blt && c > p->candidates)) {
        fault(w, "there is no candidate of this number");
    }
    if (w->seen[c - 1] == p->rows + 1) {
        fault(w, "this candidate is ranked twice");
    }
    w->seen[c - 1] = p->rows + 1;
    p->choice = grown(w->run, p->choice, (size_t)w->choices, &w->room_choices, sizeof *p->choice);
    p->equal = grown(w->run, p->equal, (size_t)w->choices, &w->room_equal, sizeof *p->equal);
    p->equal[w->choices] = equal;
    p->choice[w->choices++] = (int16_t)(c - 1);
    p->highest = c > p->highest ? (int32_t)c : p->highest;
}

static void end_row(pv_words *w, int64_t count)
{
    pv_papers *p = w->papers;
    if (count < 1 || count > PAPERS_MAX - p->papers) {
        fault(w, "this is no number of papers");
    }
    if (w->choices == p->start[p->rows]) {
        w->papers->blank += count;
        return;
    }
    p->count = grown(w->run, p->count, (size_t)p->rows, &w->room_count, sizeof *p->count);
    p->start = grown(w->run, p->start, (size_t)p->rows + 1, &w->room_start, sizeof *p->start);
    p->count[p->rows++] = count;
    p->start[p->rows] = w->choices;
    p->papers += count;
}

/* ---- BLT ------------------------------------------------------------------------------------------------------------------- */

static void step(pv_words *w)
{
    if (*w->at++ == '\n') {
        w->line++;
        w->line_start = w->at;
    }
}

static bool skip(pv_words *w)
{
    while (w->at < w->end) {
        char c = *w->at;
        if (c == '#' || (c == '/' && w->at[1] == '/')) {
            while (w->at < w->end && *w->at != '\n') {
                w->at++;
            }
        } else if (c == '/' && w->at[1] == '*') {
            while (w->at < w->end && strncmp(w->at, "*/", 2) != 0) {
                step(w);
            }
            w->at += w->at < w->end ? 2 : 0;
        } else if (strchr(" \t\r\n,", c) != NULL && c != '\0') {
            step(w);
        } else {
            return true;
        }
    }
    return false;
}

static int64_t whole(pv_words *w)
{
    int64_t x = 0;
    if (!skip(w) || *w->at < '0' || *w->at > '9') {
        fault(w, "a whole number is missing");
    }
    for (; *w->at >= '0' && *w->at <= '9'; w->at++) {
        x = 10 * x + (*w->at - '0');
        if (x > PAPERS_MAX) {
            fault(w, "this number is too large");
        }
    }
    return x;
}

static void read_row(pv_words *w, int64_t count)
{
    for (;;) {
        bool equal = skip(w) && *w->at == '=';
        if (equal && !w->papers->shared) {
            fault(w, "candidates share a rank here, which this rule does not know");
        }
        if (equal && w->choices == w->papers->start[w->papers->rows]) {
            fault(w, "there is no candidate before this to share a rank with");
        }
        w->at += equal;
        if (w->at < w->end && *w->at == '-') {
            w->at++; /* a rank left out */
            continue;
        }
        int64_t c = whole(w);
        if (c == 0) {
            break;
        }
        add_choice(w, c, equal);
    }
    end_row(w, count);
}

/* A text in quotes at w->at, or NULL; the quotes are taken off. */
static char *quoted(pv_words *w, const char *stop)
{
    char *to = w->at + 1, *text = to;
    if (*w->at != '"') {
        return NULL;
    }
    for (w->at++;; w->at++) {
        if (w->at >= stop) {
            fault(w, "a quote is not closed");
        }
        bool two = w->at + 1 < stop && ((*w->at == '"' && w->at[1] == '"') || (*w->at == '\\' && strchr("\"\\", w->at[1]) != NULL));
        if (*w->at == '"' && !two) {
            break;
        }
        w->at += two;
        *to++ = *w->at;
    }
    w->at++;
    *to = '\0';
    return text;
}

/* The name at the beginning of a line that ends at `stop`; NULL when there is none. */
static char *name_of(pv_words *w, char *stop)
{
    while (w->at < stop && strchr(" \t\r,", *w->at) != NULL) {
        w->at++;
    }
    if (w->at >= stop || *w->at == '#') {
        return NULL;
    }
    char *text = quoted(w, stop);
    if (text == NULL) {
        text = w->at;
        char *end = stop;
        while (end > text && strchr(" \t\r", end[-1]) != NULL) {
            end--;
        }
        *end = '\0'; /* a blank, or the end of the line */
        w->at = stop;
    }
    return text;
}

static int64_t lines_with_text(const pv_words *w)
{
    int64_t n = 0;
    bool text = false;
    for (const char *p = w->at; p <= w->end; p++) {
        if (p == w->end || *p == '\n') {
            n += text;
            text = false;
        } else {
            text |= strchr(" \t\r", *p) == NULL;
        }
    }
    return n;
}

static void read_names(pv_words *w)
{
    pv_papers *p = w->papers;
    bool one_a_line = lines_with_text(w) >= p->candidates;
    int32_t k = 0;
    while (w->at < w->end) {
        char *stop = memchr(w->at, '\n', (size_t)(w->end - w->at));
        stop = stop != NULL ? stop : w->end;
        for (char *name; k < p->candidates && (name = name_of(w, stop)) != NULL;) {
            p->name[k++] = name;
            if (one_a_line) {
                break;
            }
        }
        w->at = stop < w->end ? stop + 1 : w->end;
        w->line++;
        w->line_start = w->at;
    }
}

static void read_blt(pv_words *w)
{
    pv_papers *p = w->papers;
    int64_t n = whole(w), seats = whole(w);
    if (n < 1 || n > PV_CANDIDATES || seats < 1 || seats > n) {
        fault(w, "candidates and seats are out of range");
    }
    p->candidates = (int32_t)n;
    p->seats = (int32_t)seats;
    p->withdrawn = pv_alloc(w->run, (size_t)n, sizeof *p->withdrawn);
    p->name = pv_alloc(w->run, (size_t)n, sizeof *p->name);
    while (skip(w) && *w->at == '-') {
        w->at++;
        int64_t c = whole(w);
        if (c < 1 || c > n) {
            fault(w, "there is no candidate of this number");
        }
        p->withdrawn[c - 1] = true;
    }
    for (;;) {
        while (skip(w) && *w->at == '(') {
            while (w->at < w->end && *w->at != ')') {
                step(w);
            }
            w->at += w->at < w->end;
        }
        int64_t count = whole(w);
        if (count == 0) {
            break;
        }
        read_row(w, count);
    }
    read_names(w);
}

/* ---- The table --------------------------------------------------------------------------------------------------------------- */

static void read_table(pv_words *w)
{
    static const char with[] = "count,preferences", without[] = "preferences";
    size_t line = strcspn(w->at, "\r\n");
    bool counts = line == sizeof with - 1 && memcmp(w->at, with, line) == 0;
    if (!counts && !(line == sizeof without - 1 && memcmp(w->at, without, line) == 0)) {
        fault(w, "the table must have the columns count,preferences");
    }
    w->at += line;
    while (w->at < w->end) {
        while (w->at < w->end && (*w->at == '\r' || *w->at == '\n')) {
            step(w);
        }
        if (w->at == w->end) {
            break;
        }
        int64_t count = counts ? whole(w) : 1;
        if (counts && *w->at++ != ',') {
            fault(w, "a comma is missing");
        }
        bool quote = *w->at == '"';
        w->at += quote;
        while (w->at < w->end && *w->at != '\n' && *w->at != '\r' && *w->at != '"') {
            if (*w->at == ' ') {
                w->at++;
            } else {
                add_choice(w, whole(w), false);
            }
        }
        if (quote && *w->at++ != '"') {
            fault(w, "a quote is not closed");
        }
        end_row(w, count);
    }
}

void pv_papers_read(pv_run *run, const char *path, pv_papers *papers)
{
    char dir[4096], digest[crypto_hash_sha256_BYTES];
    const char *slash = strrchr(path, '/');
    size_t n = slash != NULL ? (size_t)(slash - path) : 1;
    if (n >= sizeof dir) {
        pv_stop(run, PV_IO, NULL, 0, 0, "the path of the ballots is too long");
    }
    memcpy(dir, slash != NULL ? path : ".", n);
    dir[n] = '\0';
    size_t length = strlen(slash != NULL ? slash + 1 : path);
    char *name = pv_alloc(run, length + 1, 1);
    memcpy(name, slash != NULL ? slash + 1 : path, length);
    for (int i = 0; i < 2; i++) { /* the reader of files looks for these endings itself */
        size_t k = i == 0 ? 3 : 4;
        if (length > k && strcmp(name + length - k, i == 0 ? ".gz" : ".zst") == 0) {
            name[length - k] = '\0';
        }
    }
    pv_file file;
    if (!pv_file_read(run, n == 0 ? "/" : dir, name, &file)) {
        pv_stop(run, PV_IO, path, 0, 0, "there is no such file");
    }
    crypto_hash_sha256((unsigned char *)digest, (const unsigned char *)file.at, file.n);
    sodium_bin2hex(papers->sha256, sizeof papers->sha256, (unsigned char *)digest, sizeof digest);
    papers->file = name;
    papers->start = pv_alloc(run, 1, sizeof *papers->start);
    size_t mark = strncmp(file.at, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    pv_words w = {.run = run, .papers = papers, .at = file.at + mark, .end = file.at + file.n, .line_start = file.at + mark, .line = 1};
    w.seen = pv_alloc(run, PV_CANDIDATES, sizeof *w.seen);
    if (pv_is_projects(w.at)) {
        pv_projects_read(run, w.at, w.end, papers);
        return;
    }
    papers->blt = skip(&w) && *w.at >= '0' && *w.at <= '9';
    if (papers->blt) {
        read_blt(&w);
    } else {
        read_table(&w);
    }
}
