/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "io/csv.h"

#include "base/mem.h"
#include "test/test.h"

static pl_file file_of(const char *text, size_t n)
{
    pl_file file = {.bytes = pl_alloc(n + 1, 1), .n = n};
    CHECK(file.bytes != NULL);
    memcpy(file.bytes, text, n);
    file.bytes[n] = '\0';
    return file;
}

/* Reads a whole table; the rows as "a|b;c|d;", or "place: message" of the error. */
static const char *read_n(const char *text, size_t n)
{
    static char out[4096];
    size_t at = 0;
    pl_file file = file_of(text, n);
    pl_csv csv;
    pl_error err = {0};
    pl_status status = pl_csv_open(&csv, "t.csv", &file, &err);
    bool opened = status == PL_OK, more = opened;
    out[0] = '\0';
    while (more && (status = pl_csv_next(&csv, &more, &err)) == PL_OK && more) {
        for (int32_t k = 0; k < csv.n_columns; k++) {
            CHECK_INT(csv.field[k].n, strlen(csv.field[k].text));
            at += (size_t)snprintf(out + at, sizeof out - at, "%s%s", k > 0 ? "|" : "", csv.field[k].text);
        }
        at += (size_t)snprintf(out + at, sizeof out - at, ";");
    }
    if (status != PL_OK) {
        CHECK_INT(status, PL_PARSE);
        snprintf(out, sizeof out, "%s: %s", err.subject, err.message);
    }
    if (opened) {
        pl_csv_close(&csv);
    }
    pl_file_clear(&file);
    return out;
}

static const char *read(const char *text)
{
    return read_n(text, strlen(text));
}

TEST(tables_are_read)
{
    CHECK_STR(read("a,b\n1,2\n3,4\n"), "1|2;3|4;");
    CHECK_STR(read("a,b\n1,2\n3,4"), "1|2;3|4;");
    CHECK_STR(read("a,b\r\n1,2\r\n3,4\r\n"), "1|2;3|4;");
    CHECK_STR(read("\xef\xbb\xbf" "a,b\n1,2\n"), "1|2;");
    CHECK_STR(read("\n\na,b\n\n1,2\n\r\n\n"), "1|2;");
    CHECK_STR(read("a,b\n,\n"), "|;");
    CHECK_STR(read("a,b\n1,"), "1|;");
    CHECK_STR(read("a\n1\n2"), "1;2;");
    CHECK_STR(read("a,b\n"), "");
    CHECK_STR(read("a,b"), "");
    CHECK_STR(read("a,b\nörtlich,日本\n"), "örtlich|日本;");
    CHECK_STR(read("a,b\n5\" pipe,x\n"), "5\" pipe|x;");
}

TEST(quotes_are_read)
{
    CHECK_STR(read("a,b\n\"1,5\",\"\"\n"), "1,5|;");
    CHECK_STR(read("a,b\n\"say \"\"hi\"\"\",\"x\ny\"\r\n"), "say \"hi\"|x\ny;");
    CHECK_STR(read("\"a\",\"b\"\n\"\"\"\",\"\"\"\"\"\"\n"), "\"|\"\";");
    CHECK_STR(read("a\n\"1\""), "1;");
    CHECK_STR(read("a\n\"x\r\ny\"\n"), "x\r\ny;");
}

TEST(wrong_tables_are_refused_with_their_place)
{
    CHECK_STR(read(""), "t.csv: this table is empty");
    CHECK_STR(read("\n\n"), "t.csv: this table is empty");
    CHECK_STR(read("a,b\n1\n"), "t.csv:2:2: this row has 1 field, the header has 2");
    CHECK_STR(read("a,b\n1,2,3\n"), "t.csv:2:5: this row has more fields than the header (2)");
    CHECK_STR(read("a,b\n1,\"2\n"), "t.csv:2:3: this quote is never closed");
    CHECK_STR(read("a,b\n1,\"2\"x\n"), "t.csv:2:6: there is text after the closing quote");
    CHECK_STR(read("a,b\n\"x\ny\",\"2\"x\n"), "t.csv:3:7: there is text after the closing quote");
    CHECK_STR(read("a,b\nö,\xff\n"), "t.csv:2:3: this is not a UTF-8 character");
    CHECK_STR(read("a,b\n\"ö\xc0\xaf\",1\n"), "t.csv:2:3: this is not a UTF-8 character");
    CHECK_STR(read("a,b\n\xed\xa0\x80,1\n"), "t.csv:2:1: this is not a UTF-8 character");
    CHECK_STR(read("a,b\n1,\xe6\x97"), "t.csv:2:3: this is not a UTF-8 character");
    CHECK_STR(read("a,b\r1,2\r"), "t.csv:1:4: a carriage return stands alone here");
    CHECK_STR(read_n("a,b\n1,2\0003\n", 10), "t.csv:2:4: there is a zero byte here");
    CHECK_STR(read_n("a,b\n1,\"2\0003\"\n", 12), "t.csv:2:5: there is a zero byte here");
    CHECK_STR(read("a;b\n1;2\n"), "t.csv:1:1: the header has semicolons instead of commas");
    CHECK_STR(read("a\tb\n1\t2\n"), "t.csv:1:1: the header has tabs instead of commas");
    CHECK_STR(read("a,b,a\n1,2,3\n"), "t.csv:1:5: there are two columns 'a'");
    CHECK_STR(read("PK\003\004xxxx"), "t.csv: this is a spreadsheet or a zip file, not CSV");
    CHECK_STR(read("\xff\xfe" "a,b"), "t.csv: this text is UTF-16, not UTF-8");
}

TEST(a_line_without_end_is_refused)
{
    size_t n = 3u << 20;
    pl_file file = {.bytes = pl_alloc(n + 1, 1), .n = n};
    CHECK(file.bytes != NULL);
    memset(file.bytes, 'x', n);
    memcpy(file.bytes, "a,b\n1,", 6);
    file.bytes[n] = '\0';
    pl_csv csv;
    pl_error err = {0};
    bool more;
    CHECK(pl_csv_open(&csv, "t.csv", &file, &err) == PL_OK);
    CHECK_INT(pl_csv_next(&csv, &more, &err), PL_PARSE);
    CHECK_STR(err.subject, "t.csv:2:3");
    CHECK_STR(err.message, "this field is longer than a mebibyte");
    pl_csv_close(&csv);
    file.bytes[4] = '"';
    CHECK(pl_csv_open(&csv, "t.csv", &file, &err) == PL_PARSE || pl_csv_next(&csv, &more, &err) == PL_PARSE);
    pl_csv_close(&csv);
    pl_file_clear(&file);
}

TEST(too_many_columns_are_refused)
{
    static char text[2 * (PL_CSV_COLUMNS_MAX + 1)];
    memset(text, ',', sizeof text - 1);
    CHECK_STR(read_n(text, PL_CSV_COLUMNS_MAX - 1), "");
    CHECK_STR(read_n(text, PL_CSV_COLUMNS_MAX), "t.csv:1:4097: the header has too many columns");
}

TEST(places_and_numbers)
{
    static const char text[] = "a,ö,c\n1,,\"x\n\n\"\n1e400,\"1,5\",abc\n\"\n\",7 5,nan\n";
    pl_file file = file_of(text, sizeof text - 1);
    pl_csv csv;
    pl_findings *found = pl_calloc(1, sizeof *found);
    bool more;
    double x;
    char place[64];
    CHECK(found != NULL && pl_csv_open(&csv, "t.csv", &file, NULL) == PL_OK);
    CHECK_INT(pl_csv_column(&csv, "ö"), 1);
    CHECK_INT(pl_csv_column(&csv, "d"), -1);
    CHECK(pl_csv_next(&csv, &more, NULL) == PL_OK && more);
    CHECK(pl_csv_number(&csv, 0, &x, found) && x == 1);
    CHECK(pl_csv_number(&csv, 1, &x, found) && x != x);
    pl_csv_place(&csv, 2, place, sizeof place);
    CHECK_STR(place, "t.csv:2:4");
    CHECK(pl_csv_next(&csv, &more, NULL) == PL_OK && more);
    for (int32_t k = 0; k < 3; k++) {
        CHECK(!pl_csv_number(&csv, k, &x, found) && x != x);
    }
    CHECK(pl_csv_next(&csv, &more, NULL) == PL_OK && more);
    pl_csv_place(&csv, 1, place, sizeof place);
    CHECK_STR(place, "t.csv:7:3");
    CHECK(!pl_csv_number(&csv, 1, &x, found));
    CHECK(!pl_csv_number(&csv, 2, &x, found));
    CHECK(pl_csv_next(&csv, &more, NULL) == PL_OK && !more);
    const pl_finding *f = found->kept[PL_ERROR];
    CHECK_INT(found->count[PL_ERROR], 5);
    CHECK_STR(f[0].message, "a '1e400' is not a finite decimal number");
    CHECK(f[0].line == 5 && f[0].column == 1 && strstr(f[0].hint, "1.7e308") != NULL);
    CHECK(f[1].line == 5 && f[1].column == 7 && strstr(f[1].hint, "decimal point") != NULL);
    CHECK(strstr(f[2].hint, "for example 12.5") != NULL);
    CHECK(strstr(f[3].hint, "spaces") != NULL);
    CHECK(f[4].line == 7 && f[4].column == 7);
    pl_csv_close(&csv);
    pl_file_clear(&file);
    pl_free(found);
}

TEST(fields_are_quoted_when_they_must_be)
{
    pl_str out;
    pl_str_init(&out, 1000);
    pl_csv_add(&out, "plain ö");
    pl_csv_add(&out, "a,b");
    pl_csv_add(&out, "say \"hi\"\n");
    CHECK_STR(out.text, "plain ö\"a,b\"\"say \"\"hi\"\"\n\"");
    pl_str_clear(&out);
}
