/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * read_blt.c - BLT files (Hill, Wichmann and Woodall 1987) as they are met: docs/formats/ballots.md. */
#include <stdio.h>
#include <string.h>

#include "ballot/ballots.h"
#include "base/mem.h"
#include "io/utf8.h"

typedef struct reader {
    const char *name;
    char *p, *end;
    char *line_start;
    int64_t line;
    pl_ballots *b;
    int32_t n; /* candidates */
    pl_error *err;
} reader;

static pl_status refuse(const reader *r, const char *at, pl_status status, const char *hint, const char *what)
{
    char place[PL_PLACE];
    pl_place(r->name, r->line_start, at, r->line, place, sizeof place);
    return pl_fail(r->err, status, place, hint, "%s", what);
}

static void new_line(reader *r)
{
    r->line++;
    r->line_start = r->p;
}

/* Passes over blanks, line ends and comments; false at the end of the file. */
static bool skip(reader *r)
{
    while (r->p < r->end) {
        char c = *r->p;
        if (c == '\n') {
            r->p++;
            new_line(r);
        } else if (c == ' ' || c == '\t' || c == '\r' || c == ',') {
            r->p++;
        } else if (c == '#' || (c == '/' && r->p[1] == '/')) {
            char *stop = memchr(r->p, '\n', (size_t)(r->end - r->p));
            r->p = stop != NULL ? stop : r->end;
        } else if (c == '/' && r->p[1] == '*') {
            for (r->p += 2; r->p < r->end && !(r->p[0] == '*' && r->p[1] == '/'); r->p++) {
                if (*r->p == '\n') {
                    r->line++;
                    r->line_start = r->p + 1;
                }
            }
            r->p = r->p < r->end ? r->p + 2 : r->end;
        } else {
            return true;
        }
    }
    return false;
}

/* Digits at r->p as a number of at most 18 digits; false when there are none, or too many. */
static bool digits(reader *r, int64_t *x)
{
    char *begin = r->p;
    int64_t value = 0;
    while ((unsigned char)(*r->p - '0') < 10 && r->p - begin < 18) {
        value = 10 * value + (*r->p++ - '0');
    }
    *x = value;
    return r->p > begin && (unsigned char)(*r->p - '0') >= 10;
}

/* What may follow a number. */
static bool ends_number(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ',' || c == '\0' || c == '=' || c == '#' || c == '/';
}

static pl_status refuse_number(const reader *r, const char *at)
{
    if (at == r->end) {
        return refuse(r, at, PL_PARSE, "the ballots end with a 0 on a line of its own, then come the names",
                      "the file ends in the middle of the ballots");
    }
    if (*at == '"') {
        return refuse(r, at, PL_PARSE, "the ballots end with a 0 on a line of its own; then come the names",
                      "a name stands where a number is expected");
    }
    if (*at == '[') {
        return refuse(r, at, PL_UNSUPPORTED, "write candidates as numbers, and give options to plenty count",
                      "options in brackets are not read");
    }
    for (const char *q = at; q < r->end && !ends_number(*q); q++) {
        if (*q == '.') {
            return refuse(r, at, PL_UNSUPPORTED, "write whole papers: 3 for three papers alike",
                          "weights with a decimal point are not counted");
        }
    }
    return refuse(r, at, PL_PARSE, "write a whole number", "this is not a whole number");
}

/* A whole number, after blanks; the place of its first digit goes to *at. */
static pl_status number(reader *r, int64_t *x, char **at)
{
    bool more = skip(r);
    *at = r->p;
    if (!more || !digits(r, x) || !ends_number(*r->p)) {
        return refuse_number(r, *at);
    }
    return PL_OK;
}

/* ---- The head ------------------------------------------------------------------------------------------------------- */

static pl_status read_head(reader *r)
{
    int64_t n, seats;
    char *at;
    pl_status status = number(r, &n, &at);
    if (status != PL_OK && at < r->end) {
        return refuse(r, at, PL_PARSE, "BLT begins with the numbers of candidates and seats, Pabulib (.pb) with META",
                      "this is no file of ballots");
    }
    if (status != PL_OK) {
        return status;
    }
    if (n < 1 || n > PL_CANDIDATES_MAX) {
        return refuse(r, at, n < 1 ? PL_DATA : PL_TOOBIG, "the first two numbers are candidates and seats",
                      n < 1 ? "there must be at least one candidate" : "there are more than 4000 candidates");
    }
    status = number(r, &seats, &at);
    if (status != PL_OK) {
        return status;
    }
    if (seats < 1 || seats > n) {
        return refuse(r, at, PL_DATA, "the first two numbers are candidates and seats",
                      seats < 1 ? "there must be at least one seat" : "there are more seats than candidates");
    }
    r->n = (int32_t)n;
    r->b->seats = (int32_t)seats;
    for (int32_t c = 0; c < r->n && status == PL_OK; c++) {
        status = pl_ballots_candidate(r->b, NULL, NULL, NULL, -1, r->err);
    }
    return status;
}

static pl_status read_withdrawn(reader *r)
{
    int64_t c;
    while (skip(r) && *r->p == '-') {
        char *at = r->p++;
        if (!digits(r, &c) || !ends_number(*r->p)) {
            return refuse(r, at, PL_PARSE, "-3 means that candidate 3 withdrew", "a number must follow the minus sign");
        }
        if (c < 1 || c > r->n) {
            return refuse(r, at, PL_DATA, "candidates are numbered from 1", "there is no candidate of that number");
        }
        r->b->candidate[c - 1].withdrawn = true;
    }
    return PL_OK;
}

/* ---- Ballots -------------------------------------------------------------------------------------------------------- */

/* An identifier of the paper, (like this): passed over. */
static pl_status skip_id(reader *r)
{
    char *at = r->p, *stop = r->p;
    while (stop < r->end && *stop != ')' && *stop != '\n') {
        stop++;
    }
    if (stop == r->end || *stop == '\n') {
        return refuse(r, at, PL_PARSE, "close it with )", "the identifier of this paper is not closed");
    }
    r->p = stop + 1;
    return PL_OK;
}

static pl_status refuse_choice(const reader *r, const char *at, int64_t c)
{
    if (c > r->n) {
        return refuse(r, at, PL_DATA, "candidates are numbered from 1, and each paper ends with 0",
                      "there is no candidate of that number");
    }
    return refuse(r, at, PL_DATA, "rank each candidate once; does the line before end with 0?",
                  "this candidate is on the paper already");
}

/* The choices of one paper up to its 0; the count was read. */
static pl_status read_choices(reader *r, int64_t count, const char *count_at)
{
    pl_ballots *b = r->b;
    pl_ballot_store *store = b->store;
    int32_t n = 0;
    bool equal = false;
    if (!pl_ballots_room(b, (size_t)r->n)) {
        return pl_fail_nomem(r->err, r->name);
    }
    uint16_t *choice = b->choice + store->n_choices;
    for (;;) {
        int64_t c;
        char *at = r->p;
        if (*at == ' ' && (unsigned char)(at[1] - '0') < 10) { /* the usual case */
            at = ++r->p;
        } else if (skip(r) && *r->p == '=' && n > 0 && !equal) {
            r->p++;
            equal = true;
            continue;
        } else if (r->p < r->end && *r->p == '-' && !((unsigned char)(r->p[1] - '0') < 10)) {
            r->p++; /* a rank left out */
            continue;
        } else {
            at = r->p;
        }
        if (r->p == r->end || !digits(r, &c) || !ends_number(*r->p)) {
            return refuse_number(r, at);
        }
        if (c == 0 && !equal) {
            break;
        }
        if (c < 1 || c > r->n || store->seen[c - 1] == store->row + 1) {
            return refuse_choice(r, at, c < 1 ? r->n + 1 : c);
        }
        store->seen[c - 1] = store->row + 1;
        if (equal && b->equal_line == 0) {
            b->equal_line = r->line;
            b->equal_column = at - r->line_start + 1;
        }
        choice[n++] = (uint16_t)((c - 1) | (equal ? (int64_t)PL_EQUAL_RANK : 0));
        equal = false;
    }
    pl_status status = pl_ballots_end_row(b, count, n, r->err);
    return status == PL_TOOBIG ? refuse(r, count_at, status, NULL, "there are more than two thousand million papers") : status;
}

static pl_status read_papers(reader *r)
{
    for (;;) {
        int64_t count = 0;
        char *at = r->p;
        pl_status status = PL_OK;
        if (skip(r) && *r->p == '(') {
            status = skip_id(r);
        }
        if (status == PL_OK && skip(r) && *r->p == '-') {
            return refuse(r, r->p, PL_DATA, "withdrawn candidates (-3) come before the first paper",
                          "a number of papers cannot be negative");
        }
        status = status == PL_OK ? number(r, &count, &at) : status;
        if (status != PL_OK || count == 0) {
            return status;
        }
        status = read_choices(r, count, at);
        if (status != PL_OK) {
            return status;
        }
    }
}

/* ---- Names ---------------------------------------------------------------------------------------------------------- */

static pl_status check_text(reader *r)
{
    for (char *p = r->p, *start = r->line_start; p < r->end;) {
        size_t n = *p == '\0' ? 0 : pl_utf8_length(p, (size_t)(r->end - p));
        if (n == 0) {
            int64_t line = r->line;
            for (char *q = r->p; q < p; q++) {
                if (*q == '\n') {
                    line++;
                    start = q + 1;
                }
            }
            reader at = *r;
            at.line = line;
            at.line_start = start;
            return *p == '\0' ? refuse(&at, p, PL_PARSE, "the file may be damaged", "there is a zero byte here")
                              : refuse(&at, p, PL_PARSE, "save the file as UTF-8", "this is not a UTF-8 character");
        }
        p += n;
    }
    return PL_OK;
}

/* Text within a line. */
typedef struct part {
    char *text;
    size_t n;
    bool quoted;
} part;

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next text of the line (which ends at `stop`): in quotes, with "" or \" for a quote and \\ for a backslash, or as it is, to the end of the line.
 * False when there is none left. */
static bool next_part(reader *r, char *stop, part *out, pl_status *status)
{
    while (r->p < stop && (blank(*r->p) || *r->p == ',')) {
        r->p++;
    }
    if (r->p >= stop || *r->p == '#') {
        return false;
    }
    out->quoted = *r->p == '"';
    if (!out->quoted) {
        out->text = r->p;
        while (stop > out->text && blank(stop[-1])) {
            stop--;
        }
        out->n = (size_t)(stop - out->text);
        r->p = stop;
        return true;
    }
    char *at = r->p++, *to = r->p;
    out->text = to;
    for (;; r->p++) {
        if (r->p >= stop) {
            *status = refuse(r, at, PL_PARSE, "write the name and a closing quote on one line", "this quote is never closed");
            return false;
        }
        bool twice = r->p + 1 < stop && ((r->p[0] == '"' && r->p[1] == '"') || (r->p[0] == '\\' && (r->p[1] == '"' || r->p[1] == '\\')));
        if (*r->p == '"' && !twice) {
            break;
        }
        r->p += twice;
        *to++ = *r->p;
    }
    r->p++;
    out->n = (size_t)(to - out->text);
    return true;
}

/* Name k (the n-th is the title), and the party behind it. */
static pl_status set_name(reader *r, int32_t k, const part *name, const part *group)
{
    const char *text = pl_ballots_text(r->b, name->text, name->n);
    const char *party = group != NULL ? pl_ballots_text(r->b, group->text, group->n) : "";
    if (text == NULL || party == NULL) {
        return pl_fail_nomem(r->err, r->name);
    }
    if (k < r->n) {
        r->b->candidate[k].name = text;
        r->b->candidate[k].group = party;
    } else if (k == r->n) {
        r->b->title = text;
    }
    return PL_OK;
}

/* Lines that hold anything. */
static int64_t lines_left(const reader *r)
{
    int64_t n = 0;
    bool filled = false;
    for (const char *p = r->p; p < r->end; p++) {
        n += *p == '\n' && filled;
        filled = *p == '\n' ? false : filled || !blank(*p);
    }
    return n + filled;
}

/* One name a line, with a party behind it in quotes; where there are fewer lines than candidates, one after the other. */
static pl_status read_names(reader *r)
{
    bool by_line = lines_left(r) >= r->n;
    int32_t k = 0;
    pl_status status = check_text(r);
    while (status == PL_OK && r->p < r->end) {
        char *stop = memchr(r->p, '\n', (size_t)(r->end - r->p));
        stop = stop != NULL ? stop : r->end;
        part name, group, *party = NULL;
        while (status == PL_OK && next_part(r, stop, &name, &status)) {
            if (by_line) {
                party = next_part(r, stop, &group, &status) ? &group : NULL;
                r->p = stop;
            }
            status = status == PL_OK ? set_name(r, k++, &name, party) : status;
            party = NULL;
        }
        r->p = stop < r->end ? stop + 1 : r->end;
        if (stop < r->end) {
            new_line(r);
        }
    }
    if (status == PL_OK && k > 0 && k < r->n) {
        char what[96];
        snprintf(what, sizeof what, "there are names for %d of %d candidates", k, r->n);
        return refuse(r, r->p, PL_PARSE, "after the 0 that ends the ballots: one name a line, in the order of numbers, then the title",
                      what);
    }
    return status;
}

pl_status pl_read_blt(const char *name, pl_file *file, pl_ballots **out, pl_error *err)
{
    reader r = {.name = name, .p = file->bytes, .end = file->bytes + file->n, .line = 1, .err = err};
    *out = NULL;
    if (file->n >= 3 && memcmp(r.p, "\xef\xbb\xbf", 3) == 0) {
        r.p += 3;
    }
    r.line_start = r.p;
    pl_status status = pl_ballots_new(PL_RANKED, &r.b, err);
    if (status != PL_OK) {
        return status;
    }
    r.b->format = "blt";
    status = read_head(&r);
    status = status == PL_OK ? read_withdrawn(&r) : status;
    status = status == PL_OK ? read_papers(&r) : status;
    status = status == PL_OK ? read_names(&r) : status;
    if (status != PL_OK) {
        pl_ballots_free(r.b);
        return status;
    }
    *out = r.b;
    return PL_OK;
}
