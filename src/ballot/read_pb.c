/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * read_pb.c - participatory budgets in the .pb format of Pabulib (pabulib.org/format): three tables with semicolons. */
#include <stdio.h>
#include <string.h>

#include "ballot/ballots.h"
#include "base/mem.h"
#include "io/utf8.h"

#define FIELDS 128

typedef struct field {
    char *text; /* zero-terminated */
    size_t n;
    const char *at; /* where it begins in the file, and on which line */
    const char *line_start;
    int64_t line;
} field;

typedef enum section { NONE, META, PROJECTS, VOTES, SECTIONS } section;
static const char *const TITLE[SECTIONS] = {"", "META", "PROJECTS", "VOTES"};

typedef struct reader {
    const char *name;
    char *p, *end, *line_start;
    int64_t line;
    field field[FIELDS];
    int n_fields;
    int column[SECTIONS][4]; /* of the columns wanted, -1 = not there */
    section at;
    bool headed; /* the header of the section was read */
    pl_ballots *b;
    pl_error *err;
    char vote_type[16];
    uint16_t *choice;
    int64_t *score;
} reader;

/* The columns wanted of each section; the first `needed` of them must be there. */
static const struct {
    const char *name[4];
    int needed;
} COLUMNS[SECTIONS] = {
    [META] = {{"key", "value"}, 2},
    [PROJECTS] = {{"project_id", "cost", "name", "category"}, 2},
    [VOTES] = {{"vote", "points", "voter_id"}, 1},
};

static pl_status refuse_at(const reader *r, const field *f, const char *at, pl_status status, const char *hint,
                           const char *what)
{
    char place[PL_PLACE];
    pl_place(r->name, f->line_start, at, f->line, place, sizeof place);
    return pl_fail(r->err, status, place, hint, "%s", what);
}

static pl_status refuse(const reader *r, const field *f, pl_status status, const char *hint, const char *what)
{
    return refuse_at(r, f, f->at, status, hint, what);
}

/* ---- Rows ----------------------------------------------------------------------------------------------------------- */

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* A field in quotes, "" standing for one; line breaks are allowed.  r->p is behind the first quote. */
static pl_status quoted(reader *r, field *f)
{
    char *to = r->p;
    f->text = to;
    for (;; r->p++) {
        if (r->p >= r->end) {
            return refuse(r, f, PL_PARSE, "close it with a quote, or write a quote inside it twice (\"\")",
                          "this quote is never closed");
        }
        if (*r->p == '"' && r->p[1] != '"') {
            break;
        }
        r->p += *r->p == '"';
        if (*r->p == '\n') {
            r->line++;
            r->line_start = r->p + 1;
        }
        *to++ = *r->p;
    }
    r->p++;
    f->n = (size_t)(to - f->text);
    while (r->p < r->end && blank(*r->p)) {
        r->p++;
    }
    if (r->p < r->end && *r->p != ';' && *r->p != '\n') {
        field here = {.at = r->p, .line = r->line, .line_start = r->line_start};
        return refuse(r, &here, PL_PARSE, "write a quote inside a quoted field twice (\"\")",
                      "there is text after the closing quote");
    }
    return PL_OK;
}

static void plain(reader *r, field *f)
{
    f->text = r->p;
    while (r->p < r->end && *r->p != ';' && *r->p != '\n') {
        r->p++;
    }
    char *stop = r->p;
    while (stop > f->text && blank(stop[-1])) {
        stop--;
    }
    f->n = (size_t)(stop - f->text);
}

/* Reads the next line that holds anything; n_fields 0 at the end. */
static pl_status next_row(reader *r)
{
    for (r->n_fields = 0; r->p < r->end && r->n_fields == 0;) {
        bool filled = false, more = true;
        int n = 0;
        while (more) {
            while (r->p < r->end && blank(*r->p)) {
                r->p++;
            }
            field *f = &r->field[n];
            *f = (field){.at = r->p, .line = r->line, .line_start = r->line_start};
            pl_status status = PL_OK;
            if (r->p < r->end && *r->p == '"') {
                r->p++;
                status = quoted(r, f);
            } else {
                plain(r, f);
            }
            if (status == PL_OK && ++n == FIELDS) {
                status = refuse(r, f, PL_TOOBIG, NULL, "this line has more than 127 fields");
            }
            if (status != PL_OK) {
                return status;
            }
            filled |= f->n > 0;
            more = r->p < r->end && *r->p == ';';
            if (r->p < r->end && !more) {
                r->line++;
                r->line_start = r->p + 1;
            }
            char *sep = r->p;
            r->p += r->p < r->end;
            *sep = '\0'; /* at the end of the file: the zero byte that is there already */
            f->text[f->n] = '\0';
        }
        r->n_fields = filled ? n : 0;
    }
    return PL_OK;
}

static pl_status check_text(reader *r)
{
    for (char *p = r->p; p < r->end;) {
        size_t n = *p == '\0' ? 0 : pl_utf8_length(p, (size_t)(r->end - p));
        if (n == 0) {
            field f = {.at = p, .line = 1, .line_start = r->p};
            for (char *q = r->p; q < p; q++) {
                f.line += *q == '\n';
                f.line_start = *q == '\n' ? q + 1 : f.line_start;
            }
            return refuse(r, &f, PL_PARSE, "save the file as UTF-8",
                          *p == '\0' ? "there is a zero byte here" : "this is not a UTF-8 character");
        }
        p += n;
    }
    return PL_OK;
}

/* ---- META ----------------------------------------------------------------------------------------------------------- */

/* Money as hundredths: 1200, 1200.5, 1200,50.  False for anything else. */
static bool money(const field *f, int64_t *out)
{
    int64_t x = 0;
    int decimals = -1;
    for (size_t i = 0; i < f->n; i++) {
        char c = f->text[i];
        if ((c == '.' || c == ',') && decimals < 0 && i > 0) {
            decimals = 0;
        } else if (c < '0' || c > '9' || x > PL_MONEY_MAX) {
            return false;
        } else if (decimals < 2) {
            x = 10 * x + (c - '0');
            decimals += decimals >= 0;
        } else if (c != '0') {
            return false;
        }
    }
    for (int d = decimals < 0 ? 0 : decimals; d < 2; d++) {
        x *= 10;
    }
    *out = x;
    return f->n > 0 && decimals != 0 && x <= PL_MONEY_MAX;
}

static pl_status read_vote_type(reader *r, const field *f)
{
    static const struct {
        const char *name;
        pl_ballot_kind kind;
    } types[] = {{"approval", PL_APPROVED}, {"ordinal", PL_RANKED}, {"cumulative", PL_SCORED}, {"scoring", PL_SCORED}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(f->text, types[i].name) == 0) {
            r->b->kind = types[i].kind;
            memcpy(r->vote_type, types[i].name, strlen(types[i].name) + 1);
            return PL_OK;
        }
    }
    return refuse(r, f, PL_UNSUPPORTED, "approval, ordinal, cumulative or scoring", "this kind of vote is not known");
}

static pl_status read_meta(reader *r)
{
    const field *key = &r->field[r->column[META][0]], *value = &r->field[r->column[META][1]];
    if (strcmp(key->text, "vote_type") == 0) {
        return read_vote_type(r, value);
    }
    if (strcmp(key->text, "budget") == 0) {
        return money(value, &r->b->budget)
                   ? PL_OK
                   : refuse(r, value, PL_PARSE, "write it as 2500 or 2500.50, without separators of thousands",
                            "the budget is not an amount of money");
    }
    if (strcmp(key->text, "description") == 0) {
        r->b->title = pl_ballots_text(r->b, value->text, value->n);
        return r->b->title != NULL ? PL_OK : pl_fail_nomem(r->err, r->name);
    }
    return PL_OK;
}

/* ---- PROJECTS ------------------------------------------------------------------------------------------------------- */

static const char *optional(const reader *r, section s, int k)
{
    int c = r->column[s][k];
    return c >= 0 && c < r->n_fields ? r->field[c].text : NULL;
}

static pl_status read_project(reader *r)
{
    const field *id = &r->field[r->column[PROJECTS][0]], *cost = &r->field[r->column[PROJECTS][1]];
    int64_t amount;
    if (!money(cost, &amount)) {
        return refuse(r, cost, PL_PARSE, "write it as 2500 or 2500.50, without separators of thousands",
                      "the cost is not an amount of money");
    }
    if (id->n == 0) {
        return refuse(r, id, PL_DATA, "every project needs a project_id", "this project has no identifier");
    }
    pl_error why;
    pl_status status = pl_ballots_candidate(r->b, id->text, optional(r, PROJECTS, 2), optional(r, PROJECTS, 3), amount, &why);
    return status == PL_OK ? status : refuse(r, id, status, why.hint, why.message);
}

/* ---- VOTES ---------------------------------------------------------------------------------------------------------- */

/* The next of the words between commas from *at on; false at the end. */
static bool next_word(char **at, char **word, size_t *n)
{
    char *p = *at;
    if (*p == '\0') {
        return false;
    }
    while (blank(*p)) {
        p++;
    }
    *word = p;
    p += strcspn(p, ",");
    *at = *p == ',' ? p + 1 : p;
    while (p > *word && blank(p[-1])) {
        p--;
    }
    *n = (size_t)(p - *word);
    return true;
}

static bool points(const char *word, size_t n, int64_t *x)
{
    *x = 0;
    for (size_t i = 0; i < n; i++) {
        if (word[i] == '.' && i > 0 && strspn(word + i + 1, "0") >= n - i - 1) { /* 3.0 */
            return true;
        }
        if (word[i] < '0' || word[i] > '9' || *x > PL_SCORE_MAX) {
            return false;
        }
        *x = 10 * *x + (word[i] - '0');
    }
    return n > 0 && *x <= PL_SCORE_MAX;
}

static pl_status read_vote(reader *r)
{
    int32_t n = 0;
    size_t length;
    char *word, *score, *at = r->field[r->column[VOTES][0]].text;
    const field *vote = &r->field[r->column[VOTES][0]], *given = NULL;
    char *points_at = NULL;
    if (r->b->kind == PL_SCORED) {
        given = &r->field[r->column[VOTES][1]];
        points_at = given->text;
    }
    while (next_word(&at, &word, &length)) {
        const char *place = vote->at + (word - vote->text);
        int32_t c = length == 0 ? -1 : pl_map_get(&r->b->store->ids, word, length);
        if (c < 0) {
            return refuse_at(r, vote, place, PL_DATA, "projects are named by their project_id, with commas between them",
                             "there is no project of this identifier");
        }
        if (n == r->b->n_candidates) {
            return refuse_at(r, vote, place, PL_DATA, "name each project once", "this vote names a project twice");
        }
        size_t k;
        r->choice[n] = (uint16_t)c;
        r->score[n] = 1;
        if (given != NULL && (!next_word(&points_at, &score, &k) || !points(score, k, &r->score[n]))) {
            return refuse(r, given, PL_DATA, "as many whole numbers as projects in the vote, with commas between them",
                          "these points do not fit the vote");
        }
        n += r->score[n] > 0;
    }
    pl_error why;
    pl_status status = pl_ballots_add(r->b, 1, r->choice, given != NULL && n > 0 ? r->score : NULL, n, &why);
    return status == PL_OK ? status : refuse(r, vote, status, "name each project once", why.message);
}

/* ---- The whole ------------------------------------------------------------------------------------------------------ */

static pl_status read_header(reader *r)
{
    for (int k = 0; k < 4; k++) {
        const char *name = COLUMNS[r->at].name[k];
        r->column[r->at][k] = -1;
        for (int c = 0; name != NULL && c < r->n_fields; c++) {
            if (strcmp(r->field[c].text, name) == 0) {
                r->column[r->at][k] = c;
            }
        }
        bool needed = k < COLUMNS[r->at].needed || (r->at == VOTES && k == 1 && r->b->kind == PL_SCORED);
        if (needed && r->column[r->at][k] < 0) {
            char what[96];
            snprintf(what, sizeof what, "the section %s has no column '%s'", TITLE[r->at], name);
            return refuse(r, &r->field[0], PL_PARSE, "after the title of a section comes the line that names its columns", what);
        }
    }
    r->headed = true;
    return PL_OK;
}

static pl_status begin_section(reader *r, section s)
{
    if (s != r->at + 1) {
        return refuse(r, &r->field[0], PL_PARSE, "the sections are META, PROJECTS, VOTES, in this order",
                      "this section is out of order");
    }
    r->at = s;
    r->headed = false;
    if (s == PROJECTS && r->vote_type[0] == '\0') {
        return refuse(r, &r->field[0], PL_DATA, "say for example vote_type;approval", "META says no vote_type");
    }
    if (s == VOTES) {
        r->choice = PL_NEW(uint16_t, r->b->n_candidates + 1);
        r->score = PL_NEW(int64_t, r->b->n_candidates + 1);
        return r->choice != NULL && r->score != NULL ? PL_OK : pl_fail_nomem(r->err, r->name);
    }
    return PL_OK;
}

static pl_status read_row(reader *r)
{
    for (section s = META; s < SECTIONS; s++) {
        if (strcmp(r->field[0].text, TITLE[s]) == 0) {
            return begin_section(r, s);
        }
    }
    if (!r->headed) {
        return read_header(r);
    }
    for (int k = 0; k < 2; k++) {
        int c = r->column[r->at][k];
        if (c >= r->n_fields) {
            return refuse(r, &r->field[r->n_fields - 1], PL_PARSE, "a semicolon may be missing",
                          "this line has fewer fields than its section needs");
        }
    }
    return r->at == META ? read_meta(r) : r->at == PROJECTS ? read_project(r) : read_vote(r);
}

pl_status pl_read_pb(const char *name, pl_file *file, pl_ballots **out, pl_error *err)
{
    reader *r = PL_NEW0(reader, 1);
    *out = NULL;
    if (r == NULL) {
        return pl_fail_nomem(err, name);
    }
    *r = (reader){.name = name, .p = file->bytes, .end = file->bytes + file->n, .line = 1, .err = err};
    if (file->n >= 3 && memcmp(r->p, "\xef\xbb\xbf", 3) == 0) {
        r->p += 3;
    }
    r->line_start = r->p;
    pl_status status = pl_ballots_new(PL_APPROVED, &r->b, err);
    if (status == PL_OK) {
        r->b->format = "pb";
        status = check_text(r);
    }
    while (status == PL_OK && (status = next_row(r)) == PL_OK && r->n_fields > 0) {
        status = read_row(r);
    }
    if (status == PL_OK && r->at != VOTES) {
        status = pl_fail(err, PL_PARSE, name, "the sections are META, PROJECTS, VOTES, in this order", "there is no section %s",
                         TITLE[r->at + 1]);
    }
    if (status == PL_OK) {
        *out = r->b;
        r->b = NULL;
    }
    pl_ballots_free(r->b);
    pl_free(r->choice);
    pl_free(r->score);
    pl_free(r);
    return status;
}
