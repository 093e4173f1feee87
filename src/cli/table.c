/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * table.c - numbers and aligned tables for people. */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/number.h"
#include "cli/cli.h"

const char *cli_change(double from, double to, char out[CLI_NUMBER])
{
    if (!pl_given(from) || !pl_given(to) || from == 0) {
        out[0] = '\0';
        return out;
    }
    double percent = 100 * (to - from) / fabs(from);
    if (fabs(percent) < 1e-9) {
        snprintf(out, CLI_NUMBER, "same");
    } else {
        snprintf(out, CLI_NUMBER, fabs(percent) >= 100 ? "%+.0f %%" : "%+.3g %%", percent);
    }
    return out;
}

/* Characters, not bytes: bytes that continue a character are not counted. */
static int width(const char *text)
{
    int n = 0;
    for (; *text != '\0'; text++) {
        n += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return n;
}

/* Copies n bytes of text, at most CLI_CELL characters, control characters as spaces. */
static void set_cell(char *out, const char *text, size_t n)
{
    size_t k = 0;
    int characters = 0;
    for (size_t i = 0; i < n && text[i] != '\0'; i++) {
        bool begins = ((unsigned char)text[i] & 0xC0) != 0x80;
        if (begins && ++characters > CLI_CELL) {
            memcpy(out + k, "…", sizeof "…");
            return;
        }
        if (k + 1 >= CLI_CELL * 4) {
            break;
        }
        out[k++] = (unsigned char)text[i] < ' ' ? ' ' : text[i];
    }
    out[k] = '\0';
}

void cli_table_start(cli_table *t, const char *align)
{
    t->align = align;
    t->rows = 0;
    t->heading = false;
}

static void add_row(cli_table *t, const char *line)
{
    if (t->rows == CLI_ROWS) {
        return;
    }
    size_t columns = strlen(t->align);
    for (size_t c = 0; c < columns; c++) {
        size_t n = strcspn(line, "\t");
        set_cell(t->cell[t->rows][c], line, n);
        line += n + (line[n] == '\t');
    }
    t->rows++;
}

void cli_table_row(cli_table *t, const char *fmt, ...)
{
    char line[4096];
    va_list args;
    va_start(args, fmt);
    vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    add_row(t, line);
}

void cli_table_heading(cli_table *t, const char *tabbed)
{
    t->heading = true;
    add_row(t, tabbed);
}

void cli_table_print(const cli_table *t, FILE *out)
{
    int columns = (int)strlen(t->align), widest[CLI_COLUMNS] = {0};
    for (int r = 0; r < t->rows; r++) {
        for (int c = 0; c < columns; c++) {
            int w = width(t->cell[r][c]);
            widest[c] = w > widest[c] ? w : widest[c];
        }
    }
    for (int r = 0; r < t->rows; r++) {
        bool faint = r == 0 && t->heading;
        int last = columns - 1;
        while (last > 0 && t->cell[r][last][0] == '\0') {
            last--;
        }
        fprintf(out, "  %s", faint ? cli_faint() : "");
        for (int c = 0; c <= last; c++) {
            const char *cell = t->cell[r][c];
            int pad = widest[c] - width(cell);
            bool right = t->align[c] == 'r';
            fprintf(out, "%s%*s%s%*s", c > 0 ? "  " : "", right ? pad : 0, "", cell,
                    right || c == last ? 0 : pad, "");
        }
        fprintf(out, "%s\n", faint ? cli_plain() : "");
    }
}
