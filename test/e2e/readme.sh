#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# readme.sh BUILD: what README.md and docs/guide/*.md show is what the program prints.  Every line "$ COMMAND" of their
# ```console blocks is run, in order, each page in an empty folder with examples/ beside it; the lines below it must come
# out, "..." standing for any number of lines.  What a line "$ export ..." sets holds for the rest of the page.  TAP.
set -u
source=$(pwd)
case $1 in /*) b=$1 ;; *) b=$source/$1 ;; esac
d=$(mktemp -d) || exit 1
PATH=$b:$PATH
n=0 bad=0

# The commands of a page: $d/001.command, $d/001.wanted.
take_apart() {
    awk -v d="$d" '
        /^```console$/ { inside = 1; next }
        /^```$/ { inside = 0; next }
        inside && /^\$ / { n++; name = sprintf("%s/%03d", d, n); print substr($0, 3) >(name ".command"); printf "" >(name ".wanted"); next }
        inside && n { print >(name ".wanted") }
    ' "$1"
}

# The wanted lines in order; after "..." the next one may come later.
compare() {
    awk -v got="$1" '
        BEGIN { while ((getline line <got) > 0) text[++m] = line; at = 1 }
        $0 == "..." { loose = 1; next }
        {
            while (loose && at <= m && text[at] != $0) at++
            if (at > m || text[at] != $0) { print "wanted: " $0; print "got:    " text[at]; failed = 1; exit 1 }
            at++; loose = 0
        }
        END { if (!failed && !loose && at <= m) { print "too much: " text[at]; exit 1 } }
    ' "$2"
}

for page in README.md docs/guide/*.md; do
    rm -rf "$d"/* && mkdir "$d/run" && cd "$d/run" && ln -s "$source/examples" examples && : >"$d/exports" || exit 1
    take_apart "$source/$page"
    before=$n
    for command in "$d"/*.command; do
        [ -f "$command" ] || break
        n=$((n + 1))
        base=${command%.command}
        (. "$d/exports" && . "$command") >"$base.got" 2>&1 </dev/null
        case $(cat "$command") in export\ *) cat "$command" >>"$d/exports" ;; esac
        if compare "$base.got" "$base.wanted" >"$base.log"; then
            echo "ok $n - $page: $(cat "$command")"
        else
            bad=1
            sed 's/^/# /' "$base.log"
            echo "not ok $n - $page: $(cat "$command")"
        fi
    done
    [ "$n" -gt "$before" ] || { n=$((n + 1)) bad=1; echo "not ok $n - $page shows no command"; }
done
cd / && rm -rf "$d"
echo "1..$n"
exit $bad
