/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "io/csv.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "io/utf8.h"

/* What a byte means to the scanner.  Everything that is plain in both tables is passed over. */
enum { PLAIN, COMMA, LINE, RETURN, QUOTE, HIGH, ZERO };
#define HIGH_HALF                                                                                 \
    [0x80 ... 0xff] = HIGH
static const unsigned char OUTSIDE[256] = {
    [0] = ZERO, ['\n'] = LINE, ['\r'] = RETURN, [','] = COMMA, HIGH_HALF};
static const unsigned char INSIDE[256] = {[0] = ZERO, ['\n'] = LINE, ['"'] = QUOTE, HIGH_HALF};

/* One field being read. */
typedef struct scan {
    char *p;        /* where the scanner stands */
    int64_t line;   /* of p */
    int64_t column; /* of the character at p, when no multi-byte character came since ... */
    char *origin;   /* ... this byte, which has that column */
} scan;

static int64_t column_at(const scan *s, const char *p)
{
    return s->column + (p - s->origin);
}

/* Called after a character of `length` bytes at p: it counts as one column. */
static void count_wide(scan *s, char *p, size_t length)
{
    s->column = column_at(s, p) + 1;
    s->origin = p + length;
}

static pl_status refuse(pl_csv *csv, const scan *s, const char *hint, const char *what,
                        pl_error *err)
{
    char place[192];
    csv->error_line = s->line;
    csv->error_column = column_at(s, s->p);
    snprintf(place, sizeof place, "%.120s:%lld:%lld", csv->name, (long long)csv->error_line,
             (long long)csv->error_column);
    return pl_fail(err, PL_PARSE, place, hint, "%s", what);
}

static pl_status refuse_byte(pl_csv *csv, const scan *s, pl_error *err)
{
    if (*s->p == '\0') {
        return refuse(csv, s, "the file may be damaged, or not a text file", "there is a zero byte here",
                      err);
    }
    return refuse(csv, s, "save the file as UTF-8", "this is not a UTF-8 character", err);
}

static pl_status refuse_length(pl_csv *csv, scan *s, char *start, pl_error *err)
{
    s->p = start;
    return refuse(csv, s, "a closing quote or a line end may be missing",
                  "this field is longer than a mebibyte", err);
}

/* Reads a field without quotes from s->p on; leaves s->p on the byte that ends it. */
static pl_status read_plain(pl_csv *csv, scan *s, pl_csv_field *field, pl_error *err)
{
    char *start = s->p, *p = start;
    char *stop = csv->end - p > (ptrdiff_t)PL_CSV_FIELD_MAX ? p + PL_CSV_FIELD_MAX : csv->end;
    scan begin = *s;
    for (;;) {
        while (p < stop && OUTSIDE[(unsigned char)*p] == PLAIN) {
            p++;
        }
        s->p = p;
        int class = OUTSIDE[(unsigned char)*p];
        if (class == COMMA || class == LINE || p == csv->end) {
            break;
        }
        if (p >= stop) {
            return refuse_length(csv, &begin, start, err);
        }
        if (class == RETURN) {
            if (p[1] == '\n') {
                break;
            }
            return refuse(csv, s, "end lines with a newline", "a carriage return stands alone here", err);
        }
        size_t length = class == HIGH ? pl_utf8_length(p, (size_t)(csv->end - p)) : 0;
        if (length == 0) {
            return refuse_byte(csv, s, err);
        }
        count_wide(s, p, length);
        p += length;
    }
    field->text = start;
    field->n = (uint32_t)(p - start);
    return PL_OK;
}

/* What follows a closing quote must end the field; s->p is there. */
static pl_status check_after_quote(pl_csv *csv, const scan *s, pl_error *err)
{
    int class = OUTSIDE[(unsigned char)*s->p];
    if (class == COMMA || class == LINE || s->p == csv->end || (class == RETURN && s->p[1] == '\n')) {
        return PL_OK;
    }
    return refuse(csv, s, "write a quote inside a quoted field twice (\"\")",
                  "there is text after the closing quote", err);
}

/* Likewise for a field that begins with a quote.  Doubled quotes are made single in place. */
static pl_status read_quoted(pl_csv *csv, scan *s, pl_csv_field *field, pl_error *err)
{
    scan begin = *s;
    char *start = s->p + 1, *p = start, *to = start, *from = start; /* from..p is not yet moved to `to` */
    char *stop = csv->end - p > (ptrdiff_t)PL_CSV_FIELD_MAX ? p + PL_CSV_FIELD_MAX : csv->end;
    for (;;) {
        while (p < stop && INSIDE[(unsigned char)*p] == PLAIN) {
            p++;
        }
        s->p = p;
        int class = INSIDE[(unsigned char)*p];
        if (p == csv->end) {
            return refuse(csv, &begin, "close it with a quote, or write a quote inside it twice (\"\")",
                          "this quote is never closed", err);
        }
        if (p >= stop && class != QUOTE) {
            return refuse_length(csv, &begin, start - 1, err);
        }
        if (class == QUOTE) {
            bool twice = p[1] == '"';
            memmove(to, from, (size_t)(p - from) + twice);
            to += p - from + twice;
            p += 1 + twice;
            from = p;
            if (!twice) {
                break;
            }
        } else if (class == LINE) {
            p++;
            s->line++;
            s->column = 1;
            s->origin = p;
        } else {
            size_t length = class == HIGH ? pl_utf8_length(p, (size_t)(csv->end - p)) : 0;
            if (length == 0) {
                return refuse_byte(csv, s, err);
            }
            count_wide(s, p, length);
            p += length;
        }
    }
    s->p = p;
    field->text = start;
    field->n = (uint32_t)(to - start);
    pl_status status = check_after_quote(csv, s, err);
    *to = '\0';
    return status;
}

/* Ends the field at s->p, which is a comma, a line end or the end of the file; true when another one follows. */
static bool end_field(const pl_csv *csv, scan *s, pl_csv_field *field)
{
    char *p = s->p;
    int class = p == csv->end ? LINE : OUTSIDE[(unsigned char)*p];
    bool more = class == COMMA;
    s->p = p == csv->end ? p : p + 1 + (class == RETURN);
    if (p < csv->end) {
        *p = '\0';
    }
    field->text[field->n] = '\0';
    if (!more) {
        s->line++;
    }
    return more;
}

static pl_status read_field(pl_csv *csv, scan *s, pl_csv_field *field, pl_error *err)
{
    field->column = (int32_t)column_at(s, s->p); /* a line of 2^31 characters is refused by its fields */
    field->below = (int32_t)(s->line - csv->line);
    return *s->p == '"' ? read_quoted(csv, s, field, err) : read_plain(csv, s, field, err);
}

static bool skip_blank_lines(pl_csv *csv)
{
    while (csv->at < csv->end && (*csv->at == '\n' || (*csv->at == '\r' && csv->at[1] == '\n'))) {
        csv->at += *csv->at == '\n' ? 1 : 2;
        csv->next_line++;
    }
    return csv->at < csv->end;
}

static pl_status refuse_count(pl_csv *csv, const scan *s, bool more, int32_t k, pl_error *err)
{
    char what[160];
    if (more) {
        snprintf(what, sizeof what, "this row has more fields than the header (%d)", csv->n_columns);
    } else {
        snprintf(what, sizeof what, "this row has %d field%s, the header has %d", k, k == 1 ? "" : "s",
                 csv->n_columns);
    }
    return refuse(csv, s, more ? "put a field with commas in quotes" : "a comma may be missing", what, err);
}

pl_status pl_csv_next(pl_csv *csv, bool *more, pl_error *err)
{
    *more = skip_blank_lines(csv);
    if (!*more) {
        return PL_OK;
    }
    csv->line = csv->next_line;
    scan s = {.p = csv->at, .line = csv->line, .column = 1, .origin = csv->at};
    for (int32_t k = 0;; k++) {
        pl_csv_field *field = &csv->field[k];
        pl_status status = read_field(csv, &s, field, err);
        if (status != PL_OK) {
            return status;
        }
        scan here = s;
        bool another = end_field(csv, &s, field);
        if (another == (k + 1 == csv->n_columns)) {
            here.p += another;
            return refuse_count(csv, &here, another, k + 1, err);
        }
        if (!another) {
            break;
        }
    }
    csv->at = s.p;
    csv->next_line = s.line;
    return PL_OK;
}

/* ---- The header ------------------------------------------------------------------------------ */

static pl_status check_kind(const pl_csv *csv, const pl_file *file, pl_error *err)
{
    const char *b = file->bytes;
    if (file->n >= 4 && memcmp(b, "PK\3\4", 4) == 0) {
        return pl_fail(err, PL_PARSE, csv->name, "save it as CSV (UTF-8)",
                       "this is a spreadsheet or a zip file, not CSV");
    }
    if (file->n >= 2 && (memcmp(b, "\xff\xfe", 2) == 0 || memcmp(b, "\xfe\xff", 2) == 0)) {
        return pl_fail(err, PL_PARSE, csv->name, "save it as CSV in UTF-8", "this text is UTF-16, not UTF-8");
    }
    return PL_OK;
}

/* Refuses column k of the header. */
static pl_status refuse_column(pl_csv *csv, int32_t k, const char *hint, const char *what, pl_error *err)
{
    char place[192];
    pl_csv_place(csv, k, place, sizeof place);
    csv->error_line = csv->line + csv->field[k].below;
    csv->error_column = csv->field[k].column;
    return pl_fail(err, PL_PARSE, place, hint, "%s", what);
}

static pl_status check_header(pl_csv *csv, pl_error *err)
{
    if (csv->n_columns == 1 && strpbrk(csv->header[0], ";\t") != NULL) {
        return refuse_column(csv, 0, "save the table with commas between the fields",
                             strchr(csv->header[0], ';') != NULL ? "the header has semicolons instead of commas"
                                                                 : "the header has tabs instead of commas",
                             err);
    }
    for (int32_t k = 1; k < csv->n_columns; k++) {
        for (int32_t i = 0; i < k && csv->header[k][0] != '\0'; i++) {
            if (strcmp(csv->header[i], csv->header[k]) == 0) {
                char what[128];
                snprintf(what, sizeof what, "there are two columns '%.60s'", csv->header[k]);
                return refuse_column(csv, k, "rename or remove one of them", what, err);
            }
        }
    }
    return PL_OK;
}

static pl_status read_header(pl_csv *csv, pl_error *err)
{
    size_t cap = 0;
    scan s = {.p = csv->at, .line = csv->line, .column = 1, .origin = csv->at};
    for (bool more = true; more;) {
        if (!pl_grow(&csv->field, &cap, (size_t)csv->n_columns + 1, sizeof *csv->field, PL_CSV_COLUMNS_MAX)) {
            return csv->n_columns == PL_CSV_COLUMNS_MAX
                       ? refuse(csv, &s, "turn the table: rows may be many", "the header has too many columns", err)
                       : pl_fail_nomem(err, csv->name);
        }
        pl_csv_field *field = &csv->field[csv->n_columns];
        pl_status status = read_field(csv, &s, field, err);
        if (status != PL_OK) {
            return status;
        }
        more = end_field(csv, &s, field);
        csv->n_columns++;
    }
    csv->at = s.p;
    csv->next_line = s.line;
    csv->header = PL_NEW(char *, csv->n_columns);
    if (csv->header == NULL) {
        return pl_fail_nomem(err, csv->name);
    }
    for (int32_t k = 0; k < csv->n_columns; k++) {
        csv->header[k] = csv->field[k].text;
    }
    return check_header(csv, err);
}

pl_status pl_csv_open(pl_csv *csv, const char *name, pl_file *file, pl_error *err)
{
    *csv = (pl_csv){.name = name, .at = file->bytes, .end = file->bytes + file->n, .next_line = 1};
    pl_status status = check_kind(csv, file, err);
    if (status != PL_OK) {
        return status;
    }
    if (file->n >= 3 && memcmp(csv->at, "\xef\xbb\xbf", 3) == 0) {
        csv->at += 3;
    }
    if (!skip_blank_lines(csv)) {
        return pl_fail(err, PL_PARSE, name, "the first line must name the columns", "this table is empty");
    }
    csv->line = csv->next_line;
    status = read_header(csv, err);
    if (status != PL_OK) {
        pl_csv_close(csv);
    }
    return status;
}

void pl_csv_close(pl_csv *csv)
{
    pl_free(csv->header);
    pl_free(csv->field);
    csv->header = NULL;
    csv->field = NULL;
    csv->n_columns = 0;
}

int32_t pl_csv_column(const pl_csv *csv, const char *name)
{
    for (int32_t k = 0; k < csv->n_columns; k++) {
        if (strcmp(csv->header[k], name) == 0) {
            return k;
        }
    }
    return -1;
}

/* ---- Places and numbers ---------------------------------------------------------------------- */

void pl_csv_place(const pl_csv *csv, int32_t k, char *out, size_t size)
{
    if (k < 0 || k >= csv->n_columns) {
        snprintf(out, size, "%.120s:%lld", csv->name, (long long)csv->line);
    } else {
        snprintf(out, size, "%.120s:%lld:%d", csv->name, (long long)csv->line + csv->field[k].below,
                 csv->field[k].column);
    }
}

static const char *hint_for_number(const pl_csv_field *field)
{
    size_t digits = 0, commas = 0, spaces = 0, others = 0;
    for (uint32_t i = 0; i < field->n; i++) {
        char c = field->text[i];
        bool sign = c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
        digits += c >= '0' && c <= '9';
        commas += c == ',';
        spaces += c == ' ';
        others += !sign && c != ',' && c != ' ' && !(c >= '0' && c <= '9');
    }
    if (digits > 0 && others == 0) {
        return commas > 0   ? "write a decimal point, and no separators of thousands"
               : spaces > 0 ? "remove the spaces"
                            : "write a number up to 1.7e308, for example 12.5 or 1.25e6";
    }
    return "write a number, for example 12.5, or leave the cell empty if it is not known";
}

bool pl_csv_number(const pl_csv *csv, int32_t k, double *x, pl_findings *findings)
{
    const pl_csv_field *field = &csv->field[k];
    *x = __builtin_nan("");
    if (field->n == 0 || pl_number_parse(field->text, field->n, x)) {
        return true;
    }
    pl_found(findings, PL_ERROR, csv->name, csv->line + field->below, field->column, hint_for_number(field),
             "%.60s '%.60s' is not a finite decimal number", csv->header[k], field->text);
    return false;
}

void pl_csv_add(pl_str *out, const char *text)
{
    /* At the beginning of a file, a byte order mark would be taken off, and control characters mean other formats. */
    static const char special[] = ",\"\x7f\1\2\3\4\5\6\7\b\t\n\v\f\r\16\17\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36\37";
    size_t n = strlen(text), plain = strcspn(text, special);
    if (plain == n && strncmp(text, "\xef\xbb\xbf", 3) != 0) {
        pl_str_add_n(out, text, n);
        return;
    }
    pl_str_add_n(out, "\"", 1);
    for (const char *p = text, *end = text + n; p < end;) {
        const char *quote = memchr(p, '"', (size_t)(end - p));
        const char *next = quote != NULL ? quote + 1 : end;
        pl_str_add_n(out, p, (size_t)(next - p));
        if (quote != NULL) {
            pl_str_add_n(out, "\"", 1);
        }
        p = next;
    }
    pl_str_add_n(out, "\"", 1);
}
