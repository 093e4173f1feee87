#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# web.sh BUILD: the pages in a browser: every page on telephone and desktop, the story of a commons by five browsers, a secret election.  TAP.
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
b=$(cd "$1" && pwd)
skip() {
    echo "# skipped: $1"
    echo "ok 1 - the pages in a browser # SKIP $1"
    echo "1..1"
    exit 0
}
command -v node >/dev/null 2>&1 || skip "there is no node"
command -v chromium >/dev/null 2>&1 || skip "chromium is not installed"
[ -d "$here/web/node_modules/playwright-core" ] || skip "web/node_modules is not there: tools/web"
d=$(mktemp -d) || exit 1
trap 'rm -rf "$d"' EXIT
n=0 bad=0
# Adds the tests of one script: its lines are numbered on.
add() {
    "$@" >"$d/tap" 2>"$d/err"
    code=$?
    while IFS= read -r line; do
        case $line in
        ok\ *) n=$((n + 1)); echo "ok $n - ${line#*- }" ;;
        not\ ok\ *) n=$((n + 1)); bad=1; echo "not ok $n - ${line#*- }" ;;
        '#'*) echo "$line" ;;
        esac
    done <"$d/tap"
    if [ $code -ne 0 ]; then
        tail -n 20 "$d/err" | sed 's/^/# /'
        if ! grep -q '^1\.\.' "$d/tap"; then
            n=$((n + 1)); bad=1; echo "not ok $n - $2 ends"
        fi
    fi
}
cd "$here/test/e2e/web" || exit 1
if ! sh ./town.sh "$b/plenty" "$here" "$d/town" >"$d/log" 2>&1; then
    tail -n 20 "$d/log" | sed 's/^/# /'
    echo "not ok 1 - a town to show"
    echo "1..1"
    exit 1
fi
add node pages.mjs "$b/plenty" "$d/town"
add node upload.mjs "$b/plenty" "$here" "$d/town"
add node story.mjs "$b/plenty" "$d/story"
if sh ./flows.sh "$b/plenty" "$here" "$d/flows" >"$d/log" 2>&1; then
    add node flows.mjs "$b/plenty" "$d/flows"
else
    tail -n 20 "$d/log" | sed 's/^/# /'
    n=$((n + 1)); bad=1; echo "not ok $n - a town that shares and watches"
fi
add node secret.mjs "$b/plenty" "$d/secret"
echo "1..$n"
exit $bad
