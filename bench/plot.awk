# SPDX-License-Identifier: AGPL-3.0-or-later
#
# plot.awk - draws lines on doubly logarithmic paper as SVG: awk -f plot.awk -v title=T -v column=2 FILE...
# Each file is one line, named after it; a row is "goods figure figure ...".
function log10(x) { return log(x) / log(10) }
function px(x) { return 70 + (log10(x) - x0) / (x1 - x0) * 500 }
function py(y) { return 330 - (log10(y) - y0) / (y1 - y0) * 280 }
function tick(k) { return k >= 0 && k <= 4 ? 10 ^ k : sprintf("10<tspan dy=\"-5\" font-size=\"9\">%d</tspan>", k) }
function floor10(x, k) { x = log10(x) + 1e-9; k = int(x); return k > x ? k - 1 : k }
FNR == 1 { files++; name[files] = FILENAME; sub(/.*\//, "", name[files]); sub(/\.points$/, "", name[files]) }
$column > 0 {
    n[files]++
    gx[files, n[files]] = $1
    gy[files, n[files]] = $column
    if (!seen++) { lowx = highx = $1; lowy = highy = $column }
    lowx = $1 < lowx ? $1 : lowx; highx = $1 > highx ? $1 : highx
    lowy = $column < lowy ? $column : lowy; highy = $column > highy ? $column : highy
}
END {
    x0 = floor10(lowx); x1 = -floor10(1 / highx); y0 = floor10(lowy); y1 = -floor10(1 / highy)
    x1 += x1 == x0; y1 += y1 == y0
    split("#1b6ca8 #c0392b #2e7d32 #8e44ad", colour, " ")
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 390\" font-family=\"sans-serif\" font-size=\"13\">"
    print "<rect width=\"640\" height=\"390\" fill=\"white\"/>"
    printf "<text x=\"70\" y=\"30\" font-size=\"16\">%s</text>\n", title
    for (k = x0; k <= x1; k++) {
        printf "<line x1=\"%.1f\" y1=\"50\" x2=\"%.1f\" y2=\"330\" stroke=\"#ddd\"/><text x=\"%.1f\" y=\"350\" text-anchor=\"middle\">%s</text>\n", px(10 ^ k), px(10 ^ k), px(10 ^ k), tick(k)
    }
    for (k = y0; k <= y1; k++) {
        printf "<line x1=\"70\" y1=\"%.1f\" x2=\"570\" y2=\"%.1f\" stroke=\"#ddd\"/><text x=\"62\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", py(10 ^ k), py(10 ^ k), py(10 ^ k) + 4, tick(k)
    }
    print "<text x=\"320\" y=\"378\" text-anchor=\"middle\">goods</text>"
    for (f = 1; f <= files; f++) {
        points = ""
        for (i = 1; i <= n[f]; i++) {
            points = points sprintf("%.1f,%.1f ", px(gx[f, i]), py(gy[f, i]))
            printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n", px(gx[f, i]), py(gy[f, i]), colour[f]
        }
        printf "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n", points, colour[f]
        printf "<text x=\"84\" y=\"%d\" fill=\"%s\">%s</text>\n", 50 + 20 * f, colour[f], name[f]
    }
    print "</svg>"
}
