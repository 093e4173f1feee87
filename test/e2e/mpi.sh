#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# mpi.sh BUILD: a build with PETSC=1 plans small economies with several processes (RANKS, "1 2 4"); each plan is verified,
# and its stages have the values of the plan of one process, within the gap.  TAP.
set -u
source=$(pwd)
case $1 in /*) b=$1 ;; *) b=$source/$1 ;; esac
ranks=${RANKS:-1 2 4}
d=$(mktemp -d) || exit 1
cd "$d" || exit 1
trap 'rm -rf "$d"' EXIT

if ! command -v mpirun >/dev/null || ! ldd "$b/plenty" | grep -q petsc; then
    echo "# skipped: not built with PETSC=1, or there is no mpirun"
    echo "ok 1 - several processes # SKIP"
    echo "1..1"
    exit 0
fi

n=0 bad=0
result() { # STATUS NAME
    n=$((n + 1))
    if [ "$1" = 0 ]; then
        echo "ok $n - $2"
    else
        bad=$((bad + 1))
        sed 's/^/# /' said | head -n 15
        echo "not ok $n - $2"
    fi
}

many() { # RANKS WORDS...: the program, started so many times, at most two minutes
    r=$1
    shift
    root=
    [ "$(id -u)" != 0 ] || root=--allow-run-as-root
    timeout 120 mpirun -q $root --oversubscribe -n "$r" "$b/plenty" "$@"
}

# The values of the stages.
values() {
    awk '/"stages": \[/ { inside = 1 } inside && /"value":/ { gsub(/[^0-9.e+-]/, "", $2); print $2 } /^  \]/ { inside = 0 }' "$1"
}

# Both plans are verified, so both are within their gaps.  The first stages have one optimum; what a later one can do depends, at a
# steep price, on how near the one before came to its own (weighted: a part in 1e9 there is one in 1e5 of the labour).
same_values() { # ONE MANY
    values "$1" >one.values
    values "$2" >many.values
    [ -s one.values ] && paste one.values many.values | awk '
        { d = $1 - $2; d = d < 0 ? -d : d; most = NR == 1 ? 5e-6 : 1e-4; if (NF != 2 || d > most * ($1 < 0 ? -$1 : $1)) { print "stage " NR ": " $1 " and " $2; bad = 1 } }
        END { exit bad }' >said
}

compare() { # NAME ECONOMY WORDS...: like one process
    name=$1 economy=$2
    shift 2
    "$b/plenty" plan "$economy" "$@" --json >one.json 2>said
    result $? "$name: one process"
    for r in $ranks; do
        many "$r" plan "$economy" "$@" --json --binary -o many.plan --replace >many.json 2>said &&
            "$b/plenty" verify many.plan "$economy" >said 2>&1 && same_values one.json many.json
        result $? "$name: $r processes"
    done
}

"$b/plenty" convert "$source/examples/bakery" bakery.economy -q
"$b/plenty" generate tiers.economy --goods 600 --seed 3 -q
"$b/plenty" generate joint.economy --goods 500 --joint 0.05 --seed 1 -q
"$b/plenty" generate large.economy --goods 4000 -q

compare "the bakery, which one process does alone" bakery.economy
compare "tiers" tiers.economy --way newton
compare "a shortage of labour" tiers.economy --way newton --set labour=-45%
compare "least labour" tiers.economy --way newton --goal "least labour"
compare "most of a tier" tiers.economy --way newton --goal "most tier:2"
compare "weighted" tiers.economy --way newton --goal weighted
compare "divided by place" tiers.economy --way newton --partition place
compare "divided as a graph" tiers.economy --way newton --partition graph
compare "joint products" joint.economy --way newton
compare "a country with trade" "$source/examples/country" --way newton
compare "large enough to be shared unasked" large.economy
"$b/plenty" plan tiers.economy --way newton --goal "least labour" -o older.plan -q
compare "from an older plan" tiers.economy --way newton --goal "least labour" --set labour=+1% --from older.plan
"$b/plenty" plan tiers.economy --way newton -o older.plan --replace -q
compare "tiers from an older plan" tiers.economy --way newton --demand tier:2=-2% --from older.plan

# Twice the same bits.
last=${ranks##* }
for how in range place graph; do
    many "$last" plan tiers.economy --way newton --partition $how -o first.plan --replace -q 2>said &&
        many "$last" plan tiers.economy --way newton --partition $how -o second.plan --replace -q 2>said &&
        mv first.plan x.plan && cp second.plan first.plan && cmp x.plan first.plan >said 2>&1
    result $? "$how: the same bits twice"
done

fails() { # NAME CODE MESSAGE WORDS...: ends with the code, and says so once
    name=$1 code=$2 message=$3
    shift 3
    many "$last" "$@" >/dev/null 2>said
    got=$?
    [ "$got" = "$code" ] && [ "$(grep -c "^plenty: .*$message" said)" = 1 ] && [ ! -e no.plan ]
    result $? "$name"
}

fails "no economy" 3 "no such" plan nowhere.economy -o no.plan
fails "no such needs" 2 "no need is called" plan tiers.economy --way newton --goal "most nonsense" -o no.plan
fails "no plan" 7 "no plan was found" plan tiers.economy --way newton --goal "least labour" --set labour=-90% -o no.plan
fails "an older plan that is none" 4 "nor a binary plan" plan tiers.economy --way newton --from tiers.economy -o no.plan
fails "no time" 6 "time limit" plan large.economy --time-limit 0.001 -o no.plan
if [ "$last" -gt 1 ]; then
    fails "more processes than places" 3 "fewer than the" plan "$source/examples/country" --way newton --partition place -o no.plan
fi
echo "1..$n"
[ "$bad" = 0 ]
