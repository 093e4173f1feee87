#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# readme.sh BUILD: what README.md shows is what the program prints.  Every line "$ COMMAND" of its ```console blocks is
# run, in order, in an empty folder with examples/ beside it; the lines below it must come out, "..." standing for any
# number of lines.  TAP.
set -u
source=$(pwd)
case $1 in /*) b=$1 ;; *) b=$source/$1 ;; esac
d=$(mktemp -d) || exit 1
mkdir "$d/run" && cd "$d/run" && ln -s "$source/examples" examples || exit 1
PATH=$b:$PATH

# One file for each command: 001.command, 001.wanted
awk -v d="$d" '
    /^```console$/ { inside = 1; next }
    /^```$/ { inside = 0; next }
    inside && /^\$ / { n++; name = sprintf("%s/%03d", d, n); print substr($0, 3) >(name ".command"); printf "" >(name ".wanted"); next }
    inside && n { print >(name ".wanted") }
' "$source/README.md"

n=0 bad=0
for command in "$d"/*.command; do
    [ -f "$command" ] || break
    n=$((n + 1))
    base=${command%.command}
    sh "$command" >"$base.got" 2>&1
    # The wanted lines in order; after "..." the next one may come later.
    if awk -v got="$base.got" '
        BEGIN { while ((getline line <got) > 0) text[++m] = line; at = 1 }
        $0 == "..." { loose = 1; next }
        {
            while (loose && at <= m && text[at] != $0) at++
            if (at > m || text[at] != $0) { print "wanted: " $0; print "got:    " text[at]; failed = 1; exit 1 }
            at++; loose = 0
        }
        END { if (!failed && !loose && at <= m) { print "too much: " text[at]; exit 1 } }
    ' "$base.wanted" >"$base.log"; then
        echo "ok $n - $(cat "$command")"
    else
        bad=1
        sed 's/^/# /' "$base.log"
        echo "not ok $n - $(cat "$command")"
    fi
done
[ "$n" -gt 0 ] || { n=1 bad=1; echo "not ok 1 - README.md shows no command"; }
rm -rf "$d"
echo "1..$n"
exit $bad
