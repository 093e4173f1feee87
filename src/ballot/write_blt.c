/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * write_blt.c - ballots as strict BLT: numbers, one row a line, every name in quotes. */
#include <string.h>

#include "ballot/transcript.h"
#include "base/mem.h"
#include "io/file.h"

/* In quotes; quotes and backslashes inside are written twice, line breaks become blanks. */
static void add_quoted(pl_str *out, const char *text)
{
    pl_str_add(out, "\"");
    for (const char *p = text; *p != '\0';) {
        size_t n = strcspn(p, "\"\\\r\n");
        pl_str_add_n(out, p, n);
        p += n;
        if (*p != '\0') {
            pl_str_add(out, *p == '"' ? "\"\"" : *p == '\\' ? "\\\\" : " ");
            p++;
        }
    }
    pl_str_add(out, "\"");
}

/* A number without the cost of a format. */
static char *put_number(char *to, uint64_t x)
{
    char digit[24];
    int n = 0;
    do {
        digit[n++] = (char)('0' + x % 10);
        x /= 10;
    } while (x > 0);
    while (n > 0) {
        *to++ = digit[--n];
    }
    return to;
}

void pl_ballots_blt(const pl_ballots *b, int32_t seats, pl_str *out)
{
    pl_str_addf(out, "%d %d\n", b->n_candidates, seats);
    for (int32_t c = 0; c < b->n_candidates; c++) {
        if (b->candidate[c].withdrawn) {
            pl_str_addf(out, "-%d\n", c + 1);
        }
    }
    if (b->blank > 0) {
        pl_str_addf(out, "%lld 0\n", (long long)b->blank);
    }
    for (int64_t r = 0; r < b->n_rows; r++) {
        char number[32], *end = put_number(number, (uint64_t)b->count[r]);
        pl_str_add_n(out, number, (size_t)(end - number));
        for (int64_t i = b->start[r]; i < b->start[r + 1]; i++) {
            number[0] = (b->choice[i] & PL_EQUAL_RANK) != 0 ? '=' : ' ';
            end = put_number(number + 1, (b->choice[i] & (PL_EQUAL_RANK - 1)) + 1u);
            pl_str_add_n(out, number, (size_t)(end - number));
        }
        pl_str_add_n(out, " 0\n", 3);
    }
    pl_str_add(out, "0\n");
    for (int32_t c = 0; c < b->n_candidates; c++) {
        add_quoted(out, pl_candidate_name(b, c));
        if (b->candidate[c].group[0] != '\0') {
            pl_str_add(out, " ");
            add_quoted(out, b->candidate[c].group);
        }
        pl_str_add(out, "\n");
    }
    add_quoted(out, b->title);
    pl_str_add(out, "\n");
}

pl_status pl_ballots_save_blt(const pl_ballots *b, const char *path, pl_error *err)
{
    pl_str text;
    if (b->kind == PL_SCORED) {
        return pl_fail(err, PL_UNSUPPORTED, path, NULL, "points cannot be written as BLT, which knows only ranks");
    }
    if (b->seats < 1 || b->n_candidates < 1) {
        return pl_fail(err, PL_DATA, path, "say how many: --seats N", "a BLT file says how many seats there are");
    }
    pl_str_init(&text, (size_t)1 << 33);
    pl_ballots_blt(b, b->seats, &text);
    pl_status status = text.failed ? pl_fail_nomem(err, path) : pl_file_write(path, text.text, text.len, err);
    pl_str_clear(&text);
    return status;
}
