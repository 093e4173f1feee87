/* SPDX-License-Identifier: LGPL-3.0-or-later
 *
 * html.c - pieces of an HTML page. */
#include "plan/html.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "io/utf8.h"
#include "plan/words.h"

/* The code point of a character of n bytes (valid UTF-8). */
static uint32_t code_point(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;
    uint32_t c = n == 1 ? s[0] : s[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        c = c << 6 | (s[i] & 0x3Fu);
    }
    return c;
}

/* Control characters (tab and line break are written as spaces), and those that turn the direction of writing. */
static bool is_hidden(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x200E || c == 0x200F || c == 0x061C ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || (c & 0xFFFE) == 0xFFFE;
}

static void add_character(pl_str *out, const char *text, size_t n)
{
    switch (*text) {
    case '&':
        pl_str_add(out, "&amp;");
        return;
    case '<':
        pl_str_add(out, "&lt;");
        return;
    case '>':
        pl_str_add(out, "&gt;");
        return;
    case '"':
        pl_str_add(out, "&quot;");
        return;
    case '\'':
        pl_str_add(out, "&#39;");
        return;
    case '\t':
    case '\n':
    case '\r':
        pl_str_add(out, " ");
        return;
    default:
        break;
    }
    if (n == 0 || is_hidden(code_point(text, n))) {
        pl_str_add(out, "\xEF\xBF\xBD");
    } else {
        pl_str_add_n(out, text, n);
    }
}

void pl_html_text(pl_str *out, const char *text, int most)
{
    size_t left = strlen(text);
    for (int k = 0; left > 0; k++) {
        if (most > 0 && k == most) {
            pl_str_add(out, "…");
            return;
        }
        size_t n = pl_utf8_length(text, left);
        add_character(out, text, n);
        n = n > 0 ? n : 1;
        text += n;
        left -= n;
    }
}

void pl_html_name(pl_str *out, const char *name)
{
    pl_str_add(out, "<bdi>");
    pl_html_text(out, name, 100);
    pl_str_add(out, "</bdi>");
}

void pl_html_amount(pl_str *out, double x)
{
    char text[PL_WORDS_NUMBER];
    pl_str_add(out, pl_words_amount(x, text));
}

void pl_html_percent(pl_str *out, double share)
{
    char text[PL_WORDS_NUMBER];
    pl_str_add(out, pl_words_percent(share, text));
}

void pl_html_coordinate(pl_str *out, double x)
{
    if (!isfinite(x) || fabs(x) > 1e6) {
        x = 0;
    }
    double rounded = round(x * 100) / 100;
    pl_str_add_number(out, rounded);
}

void pl_html_table_begin(pl_html_table *t, pl_str *out, const char *caption, const char *columns,
                         const char *const *heading)
{
    *t = (pl_html_table){out, columns, heading, -1, false};
    pl_str_addf(out, "<table role=\"table\"><caption>%s</caption><thead role=\"rowgroup\"><tr role=\"row\">", caption);
    for (int k = 0; columns[k] != '\0'; k++) {
        pl_str_addf(out, "<th role=\"columnheader\" scope=\"col\" class=\"%c\">%s</th>", columns[k], heading[k]);
    }
    pl_str_add(out, "</tr></thead><tbody role=\"rowgroup\">\n");
}

static void end_row(pl_html_table *t)
{
    if (t->in_row) {
        if (t->at >= 0) {
            pl_str_add(t->out, t->columns[t->at] == 'h' ? "</th>" : "</td>");
        }
        pl_str_add(t->out, "</tr>\n");
    }
    t->in_row = false;
}

void pl_html_row(pl_html_table *t, const char *class_name)
{
    end_row(t);
    if (class_name != NULL) {
        pl_str_addf(t->out, "<tr role=\"row\" class=\"%s\">", class_name);
    } else {
        pl_str_add(t->out, "<tr role=\"row\">");
    }
    t->in_row = true;
    t->at = -1;
}

void pl_html_cell(pl_html_table *t)
{
    if (t->at >= 0) {
        pl_str_add(t->out, t->columns[t->at] == 'h' ? "</th>" : "</td>");
    }
    char kind = t->columns[++t->at];
    if (kind == 'h') {
        pl_str_add(t->out, "<th role=\"rowheader\" scope=\"row\">");
    } else {
        pl_str_addf(t->out, "<td role=\"cell\" class=\"%c\" data-l=\"%s\">", kind, t->heading[t->at]);
    }
}

void pl_html_table_end(pl_html_table *t)
{
    end_row(t);
    pl_str_add(t->out, "</tbody></table>\n");
}

void pl_html_bar(pl_str *out, const pl_html_part *parts, int n, double full)
{
    double at = 0;
    pl_str_add(out, "<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
                    "<rect class=\"rest\" width=\"100\" height=\"10\"/>");
    for (int k = 0; k < n; k++) {
        double width = full > 0 ? fmin(100 * parts[k].size / full, 100 - at) : 0;
        if (!(width > 0)) {
            continue;
        }
        pl_str_addf(out, "<rect class=\"c%d\" x=\"", parts[k].colour);
        pl_html_coordinate(out, at);
        pl_str_add(out, "\" width=\"");
        pl_html_coordinate(out, fmax(width, 0.3)); /* what is there can be seen */
        pl_str_add(out, "\" height=\"10\"/>");
        at += width;
    }
    pl_str_add(out, "</svg>");
}

/* Colours after Okabe and Ito (2008), lighter on a dark page. */
const char pl_html_style[] =
    ":root{color-scheme:light dark;--page:#fdfcf9;--ink:#1c1c1a;--soft:#5b5b55;--line:#dedbd2;--card:#f4f2eb;--rest:#e4e1d8;"
    "--c1:#0072b2;--c2:#d55e00;--c3:#009e73;--c4:#e69f00;--c5:#56b4e9;--c6:#cc79a7;--c7:#7a7a72;--c8:#8c6d31}"
    "@media(prefers-color-scheme:dark){:root{--page:#171816;--ink:#ecebe4;--soft:#a9a89f;--line:#3a3b37;--card:#21221f;"
    "--rest:#34352f;--c1:#4aa8e0;--c2:#f0803c;--c3:#2cc295;--c4:#f0b83c;--c5:#8fd0f5;--c6:#e3a3c6;--c7:#9d9d94;--c8:#c4a467}}"
    "*{box-sizing:border-box}html{-webkit-text-size-adjust:100%}"
    "body{margin:0 auto;padding:2.2rem 1.25rem 4rem;max-width:66rem;background:var(--page);color:var(--ink);"
    "font:1rem/1.5 system-ui,-apple-system,'Segoe UI','Noto Sans','DejaVu Sans',sans-serif;overflow-wrap:anywhere}"
    "h1{font-size:2rem;line-height:1.15;margin:.1em 0 .3em}h2{font-size:1.3rem;line-height:1.25;margin:2.8rem 0 .3rem;"
    "padding-top:1rem;border-top:2px solid var(--ink)}p{margin:.5rem 0;max-width:44rem}.soft,caption,figcaption{color:var(--soft)}"
    "small,.soft{font-size:.9rem}.lead{font-size:1.1rem}a{color:var(--c1)}"
    "nav ul{list-style:none;margin:1.2rem 0 0;padding:0;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;font-size:.9rem}"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(11.5rem,1fr));gap:.8rem;margin:1.5rem 0}"
    ".tiles div{background:var(--card);border-left:.3rem solid var(--c1);border-radius:.2rem;padding:.7rem .9rem}"
    ".tiles .bad{border-color:var(--c2)}.tiles .good{border-color:var(--c3)}"
    ".tiles dt{color:var(--soft);font-size:.85rem}.tiles dd{margin:0;font-size:1.45rem;font-weight:650;line-height:1.25}"
    ".tiles dd small{display:block;font-weight:400;line-height:1.35;color:var(--soft);margin-top:.15rem}"
    "table{border-collapse:collapse;width:100%;margin:.9rem 0;font-size:.95rem}caption{text-align:left;padding-bottom:.4rem;font-size:.9rem}"
    "th,td{padding:.28rem .6rem .28rem 0;text-align:left;vertical-align:middle;border-bottom:1px solid var(--line)}"
    "thead th{color:var(--soft);font-weight:500;font-size:.82rem;vertical-align:bottom}tbody th{font-weight:500}"
    ".n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}th.n{white-space:normal}td.b{width:34%;min-width:8rem}"
    "tr.tier th,tr.tier td{font-weight:650}tr.in th{padding-left:1.2rem;font-weight:400}"
    ".bar{display:block;width:100%;height:.95rem;border-radius:.15rem}.bar+.bar{margin-top:.16rem}.rest{fill:var(--rest)}"
    ".c1{fill:var(--c1)}.c2{fill:var(--c2)}.c3{fill:var(--c3)}.c4{fill:var(--c4)}.c5{fill:var(--c5)}.c6{fill:var(--c6)}.c7{fill:var(--c7)}.c8{fill:var(--c8)}"
    ".l1{stroke:var(--c1)}.l2{stroke:var(--c2)}.l3{stroke:var(--c3)}.l4{stroke:var(--c4)}.l5{stroke:var(--c5)}.l6{stroke:var(--c6)}.l7{stroke:var(--c7)}.l8{stroke:var(--c8)}"
    ".key{list-style:none;padding:0;margin:.6rem 0;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;font-size:.88rem}"
    ".key svg{width:.85rem;height:.85rem;margin-right:.35rem;vertical-align:-.08rem}"
    "figure{margin:1rem 0}.wide{overflow-x:auto}.wide>svg{display:block;width:100%;min-width:46rem;height:auto}"
    ".link{fill:none;stroke-opacity:.38}.link:hover{stroke-opacity:.75}"
    ".label{font-size:13px;fill:var(--ink);stroke:var(--page);stroke-width:3.5px;stroke-linejoin:round;paint-order:stroke}"
    ".label .v{fill:var(--soft);font-size:11px}"
    "pre{background:var(--card);padding:.7rem .9rem;overflow-x:auto;border-radius:.2rem;white-space:pre-wrap}code{font-family:ui-monospace,'DejaVu Sans Mono',monospace;font-size:.9em}"
    "details{margin:.6rem 0}summary{cursor:pointer;color:var(--soft)}.two{display:grid;grid-template-columns:1fr 1fr;gap:0 2rem}"
    "footer{margin-top:3rem;padding-top:.8rem;border-top:1px solid var(--line)}"
    "@media screen and (max-width:44rem){body{padding:1.2rem .9rem 3rem}h1{font-size:1.55rem}.two{display:block}"
    ".tiles{grid-template-columns:1fr 1fr;gap:.5rem}.tiles dd{font-size:1.15rem}"
    "table,tbody{display:block}caption{display:block}thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}"
    "tbody tr{display:flex;flex-wrap:wrap;gap:0 .9rem;padding:.35rem 0;border-bottom:1px solid var(--line)}"
    "tbody th,tbody td{border:0;padding:.08rem 0}tbody th,td.b{flex:1 0 100%;width:auto}tr.in{padding-left:.9rem}tr.in th{padding-left:0}"
    "td.n,td.t{font-size:.86rem}td:empty{display:none}td.n::before,td.t::before{content:attr(data-l) ' ';color:var(--soft);font-weight:400}}"
    "@media print{@page{size:A4;margin:16mm 14mm}:root{--page:#fff;--ink:#000;--soft:#444;--line:#bbb;--card:#f3f3f3;--rest:#e2e2e2;"
    "--c1:#0072b2;--c2:#d55e00;--c3:#009e73;--c4:#e69f00;--c5:#56b4e9;--c6:#cc79a7;--c7:#7a7a72;--c8:#8c6d31}"
    "body{padding:0;max-width:none;font-size:10pt}nav,summary{display:none}.wide>svg{min-width:0}"
    "*{-webkit-print-color-adjust:exact;print-color-adjust:exact}tr,figure,.tiles div{break-inside:avoid}h2{break-after:avoid;margin-top:1.6rem}"
    "table{font-size:9pt}}";
