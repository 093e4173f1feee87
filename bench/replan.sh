#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# bench/replan.sh [FOLDER-OF-DATA] - how much sooner a plan is found from an older one: one need in a hundred changed by up
# to a fifth (seeded), planned from nothing and with --from, in pairs, RUNS (5) times each, medians of the seconds of
# solving.  National tables, and synthetic economies of GOODS (1000 10000) goods.
set -eu
cd "$(dirname "$0")/.."
data=${1:-../shared/data}
runs=${RUNS:-5}
plenty=build/release/plenty
w=build/bench-replan
make -j "$(nproc)" >build/bench-make.log 2>&1 || { tail build/bench-make.log; exit 1; }
rm -rf "$w" && mkdir -p "$w"

seconds() {
    "$plenty" plan "$@" --json | sed -n 's/.*"seconds": \([0-9.e+-]*\).*/\1/p'
}

median() {
    sort -g "$1" | awk '{ t[NR] = $1 } END { printf "%.4f", t[int((NR + 1) / 2)] }'
}

# pair NAME ECONOMY DOWN: one row; DOWN 1 when needs may only fall (tables whose limits are what was observed).
pair() {
    name=$1 economy=$2 down=$3
    "$plenty" plan "$economy" -o "$w/older" --tables --replace -q
    # the amounts are whole per cents, so that the scenario is the same everywhere
    tail -n +2 "$w/older/deliveries.csv" | cut -d, -f1 | uniq |
        awk -v down="$down" 'BEGIN { srand(1) } rand() < 0.01 {
            p = int(rand() * 20) + 1; printf "demand good:%s=%s%d%%\n", $1, down || rand() < 0.5 ? "-" : "+", p }' >"$w/scenario"
    : >"$w/whole" && : >"$w/again"
    for _ in $(seq "$runs"); do
        seconds "$economy" --scenario "$w/scenario" >>"$w/whole"
        seconds "$economy" --scenario "$w/scenario" --from "$w/older" >>"$w/again"
    done
    whole=$(median "$w/whole") again=$(median "$w/again")
    printf '| %s | %d | %s | %s | %s %% |\n' "$name" "$(wc -l <"$w/scenario")" "$whole" "$again" \
        "$(echo "$again $whole" | awk '{ printf "%.0f", 100 * $1 / $2 }')"
}

echo '| economy | needs changed | from nothing (s) | from the older plan (s) | part |'
echo '|---|---|---|---|---|'
for set in us-io-detail-2017 spain-io-2019 wiod-world-1435-2011; do
    if [ -d "$data/$set" ]; then
        "$plenty" import "$data/$set" -o "$w/$set" -q
        pair "$set" "$w/$set" 1
    fi
done
for goods in ${GOODS:-1000 10000}; do
    "$plenty" generate "$w/$goods.economy" --goods "$goods" -q
    pair "synthetic, $goods goods" "$w/$goods.economy" 0
done
