#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# bench/replan.sh [FOLDER-OF-DATA] - how much sooner a plan is found from an older one: planned from nothing and with --from, in
# pairs, RUNS (5) times each, medians of the seconds of solving.  What changes (CHANGES): one need in a hundred, one capacity in a hundred,
# by up to a fifth (seeded); a workshop that is lost; a recipe that comes.  National tables, and synthetic economies of GOODS
# (1000 10000) goods.  THREADS (2).
set -eu
cd "$(dirname "$0")/.."
data=${1:-../shared/data}
runs=${RUNS:-5}
plenty=build/release/plenty
w=build/bench-replan
make -j "$(nproc)" >build/bench-make.log 2>&1 || { tail build/bench-make.log; exit 1; }
rm -rf "$w" && mkdir -p "$w"

seconds() {
    "$plenty" plan "$@" --threads "${THREADS:-2}" --json | sed -n 's/.*"seconds": \([0-9.e+-]*\).*/\1/p'
}

median() {
    sort -g "$1" | awk '{ t[NR] = $1 } END { printf "%.4f", t[int((NR + 1) / 2)] }'
}

# Amounts are whole per cents, so that the scenario is the same everywhere: for each word on standard input, one in a hundred, a line
# "VERB WORD=+N%"; of tables whose limits are what was observed (down 1) needs only fall, and limits only rise.
some() {
    awk -v verb="$1" -v down="$2" 'BEGIN { srand(1) } rand() < 0.01 {
        p = int(rand() * 20) + 1; up = verb != "demand good"
        printf "%s:%s=%s%d%%\n", verb, $1, (down ? up : rand() < 0.5) ? "+" : "-", p }'
}

# Recipes with a capacity; the capacity is the last column.
capped() {
    tail -n +2 "$1/recipes.csv" | awk -F, '$NF != "" { print $1 }'
}

# The capped recipe in the middle of those that run: in tables, which have one recipe for each good, a twentieth of it is lost.
lose() {
    capped "$1" >"$w/capped"
    awk -F, 'NR == FNR { capped[$1] = 1; next } $2 > 0 && $1 in capped { print $1 }' "$w/capped" "$w/older/levels.csv" >"$w/runs"
    sed -n "$(($(wc -l <"$w/runs") / 2 + 1))p" "$w/runs" | sed "s/.*/set recipe:&=$2/"
}

# A copy of the economy, in which a recipe that is in use has a rival that takes a tenth less of everything.
invent() {
    rm -rf "$w/changed" && cp -r "$1" "$w/changed"
    old=$(awk -F, '$2 > 0 { print $1 }' "$w/older/levels.csv" | sed -n 8p)
    awk -F, -v OFS=, -v old="$old" '$1 == old { $1 = "invented"; $NF = ""; print }' "$1/recipes.csv" >>"$w/changed/recipes.csv"
    awk -F, -v OFS=, -v old="$old" '$1 == old { $1 = "invented"; if ($3 < 0) $3 *= 0.9; print }' "$1/flows.csv" >>"$w/changed/flows.csv"
    awk -F, -v OFS=, -v old="$old" '$1 == old { $1 = "invented"; $3 *= 0.9; print }' "$1/uses.csv" >>"$w/changed/uses.csv"
}

# pair NAME CHANGE ECONOMY: one row; the scenario is in $w/scenario.
pair() {
    : >"$w/whole" && : >"$w/again"
    for _ in $(seq "$runs"); do
        seconds "$3" --scenario "$w/scenario" >>"$w/whole"
        seconds "$3" --scenario "$w/scenario" --from "$w/older" >>"$w/again"
    done
    whole=$(median "$w/whole") again=$(median "$w/again")
    printf '| %s | %s | %s | %s | %s %% |\n' "$1" "$2" "$whole" "$again" \
        "$(echo "$again $whole" | awk '{ printf "%.0f", 100 * $1 / $2 }')"
}

# rows NAME FOLDER DOWN
rows() {
    "$plenty" plan "$2" -o "$w/older" --tables --replace -q
    for change in ${CHANGES:-needs limits workshop recipe}; do
        economy=$2
        case $change in
        needs) tail -n +2 "$w/older/deliveries.csv" | cut -d, -f1 | uniq | some "demand good" "$3" >"$w/scenario" ;;
        limits) capped "$2" | some "set recipe" "$3" >"$w/scenario" ;;
        workshop) lose "$2" "$([ "$3" = 1 ] && echo -5% || echo 0)" >"$w/scenario" ;;
        recipe) invent "$2" && : >"$w/scenario" && economy=$w/changed ;;
        esac
        pair "$1" "$change" "$economy"
    done
}

echo '| economy | what changed | from nothing (s) | from the older plan (s) | part |'
echo '|---|---|---|---|---|'
for set in us-io-detail-2017 spain-io-2019 wiod-world-1435-2011; do
    if [ -d "$data/$set" ]; then
        "$plenty" import "$data/$set" -o "$w/$set" -q
        rows "$set" "$w/$set" 1
    fi
done
for goods in ${GOODS:-1000 10000}; do
    "$plenty" generate "$w/$goods.economy" --goods "$goods" -q
    "$plenty" convert "$w/$goods.economy" "$w/$goods" -q
    rows "synthetic, $goods goods" "$w/$goods" 0
done
