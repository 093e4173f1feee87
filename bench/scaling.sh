#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# scaling.sh BUILD [GOODS...]: one economy planned by 1, 2 and 4 processes (a build with PETSC=1); for docs/methods/scaling.md.
# For each: private memory of the largest process, and of the largest of the others (RssAnon, looked at 30 times a second);
# the most that one sends; seconds.  More processes than processors only wait for one another: their seconds say nothing.
set -u
b=${1:?BUILD}
shift
d=$(mktemp -d) || exit 1
trap 'rm -rf "$d"' EXIT
flags=(-q --oversubscribe)
[ "$(id -u)" != 0 ] || flags+=(--allow-run-as-root)

# Largest RssAnon in KiB of the processes that plan the economy in $d, while process $1 runs: the two largest.
watch_memory() {
    local p a
    local -A most
    while kill -0 "$1" 2>/dev/null; do
        for p in $(pgrep -f "plan $d/economy"); do
            case $(cat "/proc/$p/comm" 2>/dev/null) in plenty | exe) ;; *) continue ;; esac
            a=$(awk '/^RssAnon/ { print $2 }' "/proc/$p/status" 2>/dev/null)
            [ "${a:-0}" -le "${most[$p]:-0}" ] || most[$p]=$a
        done
        sleep 0.03
    done
    printf '%s\n' "${most[@]}" 0 | sort -rn | head -n 2 | tr '\n' ' '
}

echo "| goods | processes | divided | goods of others, most | private memory, most | next (MiB) | exchanges | MB sent, most | KB an exchange | sums | KB of sums | Newton steps | gap | seconds |"
echo "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
for goods in "${@:-10000}"; do
    rm -f "$d/economy" "$d/plan"
    "$b/plenty" generate "$d/economy" --goods "$goods" -q || exit 1
    for n in 1 2 4; do
        for how in range place graph; do
            [ "$n" = 4 ] || [ "$how" = range ] || continue
            run=()
            [ "$n" = 1 ] || run=(mpirun "${flags[@]}" -n "$n")
            "${run[@]}" "$b/plenty" plan "$d/economy" --way newton --partition "$how" --json -o "$d/plan" --replace >"$d/json" 2>"$d/said" &
            memory=$(watch_memory $!)
            wait $! || { cat "$d/said"; exit 1; }
            "$b/plenty" verify "$d/plan" "$d/economy" >"$d/said" || { cat "$d/said"; exit 1; }
            python3 - "$d/json" "$goods" "$n" "$how" $memory <<'PY'
import json, sys
j = json.load(open(sys.argv[1]))
goods, n, how, memory, next_memory = sys.argv[2:]
p = j.get("processes", [])
most = lambda key: max((x[key] for x in p), default=0)
exchanges = most("shown") + most("collected")
print("| %s | %s | %s | %d | %d | %d | %d | %.1f | %.1f | %d | %.0f | %d | %.1e | %.1f |" % (
    goods, n, how if p else "", most("goods_of_others"), int(memory) / 1024, int(next_memory) / 1024, exchanges, most("bytes") / 1e6,
    most("bytes") / 1e3 / max(exchanges, 1), most("sums"), most("sum_bytes") / 1e3, j["iterations"], j["gap"], j["seconds"]))
PY
        done
    done
done
