/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * read_csv.c - ballots as a table: count,preferences; names and seats in candidates.csv and wards.csv, beside the table or in
 * the folder above it. */
#include <stdio.h>
#include <string.h>

#include "ballot/ballots.h"
#include "base/mem.h"
#include "base/number.h"
#include "io/csv.h"
#include "io/utf8.h"

typedef struct reader {
    pl_csv csv;
    pl_ballots *b;
    int32_t column_count, column_preferences;
    uint16_t *choice;
    size_t cap;
    bool named; /* the candidates came from candidates.csv */
    pl_error *err;
} reader;

static pl_status refuse(const pl_csv *csv, int32_t k, size_t character, pl_status status, const char *hint, const char *what,
                        pl_error *err)
{
    char place[PL_PLACE];
    int64_t column = csv->field[k].column + (int64_t)character;
    snprintf(place, sizeof place, "%.120s:%lld:%lld", csv->name, (long long)(csv->line + csv->field[k].below),
             (long long)column);
    return pl_fail(err, status, place, hint, "%s", what);
}

/* ---- The tables beside it --------------------------------------------------------------------------------------------- */

/* Opens DIR/name, DIR the folder of `path` or the one above it.  *found is false when it is in neither. */
static pl_status open_beside(const char *path, const char *name, pl_file *file, bool *found, pl_error *err)
{
    char at[4096];
    const char *slash = strrchr(path, '/');
    int n = slash != NULL ? (int)(slash - path + 1) : 0;
    static const char *const up[] = {"", "../"};
    *found = false;
    for (int i = 0; i < 2 && !*found; i++) {
        if ((size_t)snprintf(at, sizeof at, "%.*s%s%s", n, path, up[i], name) < sizeof at && pl_path_is_file(at)) {
            pl_status status = pl_file_read(at, (size_t)1 << 28, file, err);
            if (status != PL_OK) {
                return status;
            }
            *found = true;
        }
    }
    return PL_OK;
}

/* The name of the file without folder and ending: the ward. */
static void ward_of(const char *path, char *out, size_t size)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    snprintf(out, size, "%.*s", (int)strcspn(name, "."), name);
}

static pl_status read_candidate(reader *r, const pl_csv *csv, const int32_t column[4])
{
    int64_t number;
    const pl_csv_field *f = &csv->field[column[1]];
    if (!pl_integer_parse(f->text, f->n, &number) || number != r->b->n_candidates + 1) {
        return refuse(csv, column[1], 0, PL_DATA, "number the candidates of a ward 1, 2, 3 ... in this order",
                      "this is not the next number of a candidate", r->err);
    }
    const char *party = column[3] >= 0 ? csv->field[column[3]].text : NULL;
    return pl_ballots_candidate(r->b, NULL, csv->field[column[2]].text, party, -1, r->err);
}

/* Rows of `name` whose ward_id is `ward`: candidates, or the ward itself. */
static pl_status read_beside(reader *r, const char *path, const char *ward, const char *name,
                             const char *const wanted[4], bool candidates)
{
    pl_file file;
    pl_csv csv;
    bool found, more = true;
    int32_t column[4];
    pl_status status = open_beside(path, name, &file, &found, r->err);
    if (status != PL_OK || !found) {
        return status;
    }
    status = pl_csv_open(&csv, name, &file, r->err);
    if (status != PL_OK) {
        pl_file_clear(&file);
        return status;
    }
    for (int k = 0; k < 4; k++) {
        column[k] = pl_csv_column(&csv, wanted[k]);
        if (column[k] < 0 && k < 3 && status == PL_OK) {
            status = pl_fail(r->err, PL_PARSE, name, NULL, "there is no column '%s'", wanted[k]);
        }
    }
    while (status == PL_OK && (status = pl_csv_next(&csv, &more, r->err)) == PL_OK && more) {
        if (strcmp(csv.field[column[0]].text, ward) != 0) {
            continue;
        }
        if (candidates) {
            status = read_candidate(r, &csv, column);
        } else {
            int64_t seats;
            const pl_csv_field *f = &csv.field[column[1]];
            if (!pl_integer_parse(f->text, f->n, &seats) || seats < 1 || seats > PL_CANDIDATES_MAX) {
                status = refuse(&csv, column[1], 0, PL_DATA, "write a whole number", "this is no number of seats", r->err);
                break;
            }
            r->b->seats = (int32_t)seats;
            const char *council = column[3] >= 0 ? csv.field[column[3]].text : "";
            char title[512];
            snprintf(title, sizeof title, "%.200s%s%.200s", council, council[0] != '\0' ? ", " : "", csv.field[column[2]].text);
            r->b->title = pl_ballots_text(r->b, title, strlen(title));
            status = r->b->title != NULL ? PL_OK : pl_fail_nomem(r->err, name);
        }
    }
    pl_csv_close(&csv);
    pl_file_clear(&file);
    return status;
}

/* ---- The ballots -------------------------------------------------------------------------------------------------------- */

/* More candidates, without names, up to that number. */
static pl_status unnamed(reader *r, int64_t number)
{
    pl_status status = PL_OK;
    while (status == PL_OK && r->b->n_candidates < number) {
        status = pl_ballots_candidate(r->b, NULL, NULL, NULL, -1, r->err);
    }
    return status;
}

static pl_status read_row(reader *r)
{
    const pl_csv_field *f = &r->csv.field[r->column_preferences];
    int64_t count = 1;
    int32_t n = 0;
    if (r->column_count >= 0) {
        const pl_csv_field *k = &r->csv.field[r->column_count];
        if (!pl_integer_parse(k->text, k->n, &count) || count < 1 || count > PL_PAPERS_MAX) {
            return refuse(&r->csv, r->column_count, 0, PL_DATA, "write a whole number, 1 or more",
                          "this is no number of papers", r->err);
        }
    }
    for (size_t i = 0; i < f->n;) {
        size_t length = strcspn(f->text + i, " ");
        int64_t c;
        if (length == 0) {
            i++;
            continue;
        }
        if (!pl_integer_parse(f->text + i, length, &c) || c < 1 || c > PL_CANDIDATES_MAX ||
            (r->named && c > r->b->n_candidates)) {
            return refuse(&r->csv, r->column_preferences, i, PL_DATA,
                          "numbers of candidates in order of preference, with spaces between them",
                          "this is no number of a candidate", r->err);
        }
        pl_status status = unnamed(r, c);
        if (status != PL_OK) {
            return status;
        }
        if (n == r->b->n_candidates) { /* one of them is there twice */
            return refuse(&r->csv, r->column_preferences, i, PL_DATA, "rank each candidate once",
                          "this paper has more preferences than there are candidates", r->err);
        }
        if (!pl_grow(&r->choice, &r->cap, (size_t)n + 1, sizeof *r->choice, PL_CANDIDATES_MAX)) {
            return pl_fail_nomem(r->err, r->csv.name);
        }
        r->choice[n++] = (uint16_t)(c - 1);
        i += length;
    }
    pl_error why;
    pl_status status = pl_ballots_add(r->b, count, r->choice, NULL, n, &why);
    if (status == PL_DATA) {
        return refuse(&r->csv, r->column_preferences, 0, status, "rank each candidate once", "this paper ranks a candidate twice",
                      r->err);
    }
    return status == PL_OK ? status : pl_fail(r->err, status, r->csv.name, NULL, "%s", why.message);
}

static pl_status read_table(reader *r, const char *name, pl_file *file)
{
    bool more = true;
    pl_status status = pl_csv_open(&r->csv, name, file, r->err);
    if (status != PL_OK) {
        return status;
    }
    r->column_count = pl_csv_column(&r->csv, "count");
    r->column_preferences = pl_csv_column(&r->csv, "preferences");
    if (r->column_preferences < 0) {
        status = pl_fail(r->err, PL_PARSE, name, "the columns are count and preferences", "there is no column 'preferences'");
    }
    while (status == PL_OK && (status = pl_csv_next(&r->csv, &more, r->err)) == PL_OK && more) {
        status = read_row(r);
    }
    pl_csv_close(&r->csv);
    return status;
}

pl_status pl_read_ballot_csv(const char *name, const char *path, pl_file *file, pl_ballots **out, pl_error *err)
{
    static const char *const candidate[] = {"ward_id", "number", "name", "party"}, *const ward[] = {"ward_id", "seats", "ward", "council"};
    reader r = {.err = err};
    char id[256];
    *out = NULL;
    pl_status status = pl_ballots_new(PL_RANKED, &r.b, err);
    if (status == PL_OK && path != NULL) {
        ward_of(path, id, sizeof id);
        status = read_beside(&r, path, id, "candidates.csv", candidate, true);
        r.named = r.b->n_candidates > 0;
        status = status == PL_OK ? read_beside(&r, path, id, "wards.csv", ward, false) : status;
    }
    if (status == PL_OK) {
        r.b->format = "csv";
        status = read_table(&r, name, file);
    }
    pl_free(r.choice);
    if (status != PL_OK) {
        pl_ballots_free(r.b);
        return status;
    }
    *out = r.b;
    return PL_OK;
}
