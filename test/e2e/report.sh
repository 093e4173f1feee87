#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# report.sh BUILD: the HTML report shows itself in a browser without scripts, without loading anything, without
# errors.  TAP.
set -u
b=$1
d=$(mktemp -d) || exit 1
n=0 bad=0
result() {
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else bad=1; tail -n 20 "$d/log" | sed 's/^/# /'; echo "not ok $n - $2"; fi
}
for economy in bakery country; do
    r=$d/$economy.html
    { "$b/plenty" plan "examples/$economy" -o "$d/$economy" --quiet && "$b/plenty" export "$d/$economy" --html "$r"; } >"$d/log" 2>&1
    result $? "a report of examples/$economy"
    ! grep -niE '<script|javascript:|src="?https?:|href="?https?:.*stylesheet|@import|url\(https?:| on(click|load)=' "$r" >"$d/log"
    result $? "without scripts and without anything to load"
    names=$(tr '<' '\n' <"$r" | grep -cE '^(svg|title|desc|table|caption)')
    [ "$names" -gt 20 ] && grep -q 'default-src .none.' "$r" && grep -q 'prefers-color-scheme:dark' "$r" && grep -q '@media print' "$r" &&
        grep -q 'role="img" aria-labelledby' "$r" && ! grep -q ' style=' "$r"
    result $? "with its own policy, text beside every chart, dark and printed pages"
    if command -v chromium >/dev/null 2>&1; then
        timeout 90 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1200,1600 --enable-logging=stderr \
            --user-data-dir="$d/browser" --screenshot="$d/$economy.png" "file://$r" >"$d/log" 2>&1 &&
            [ "$(wc -c <"$d/$economy.png")" -gt 10000 ] && ! grep -q 'CONSOLE' "$d/log"
        result $? "shown by a browser without errors"
    else
        n=$((n + 1))
        echo "# skipped: chromium is not installed"
        echo "ok $n - shown by a browser # SKIP"
    fi
done
rm -rf "$d"
echo "1..$n"
exit $bad
