#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# gpu.sh BUILD [GOODS...]: a build with CUDA=1 plans synthetic economies on the GPU, beside the same machine's CPU up to
# CPU_MOST goods (100000); every plan is verified.  First the bits of the GPU are compared with those of its kernels on the CPU.
# Reading, planning and writing are in the seconds of the whole; those of planning alone are the program's own.
set -u
b=${1:?BUILD}
shift
d=$(mktemp -d) || exit 1
trap 'rm -rf "$d"' EXIT
threads=$(nproc)
most=${CPU_MOST:-100000}
generate() { "$b/plenty" generate "$d/economy" --goods "$1" --recipes 3 --inputs 15 --resources 10 --capped 0.2 -q --replace; }
# DEVICE PLAN: a line of figures into $line.
plan() {
    local TIMEFORMAT='%R %U'
    rm -f "$2"
    { time "$b/plenty" plan "$d/economy" --goal "least labour" --way newton --device "$1" -t "$threads" --json -o "$2" --binary >"$d/json" 2>"$d/said"; } 2>"$d/time"
    [ -e "$2" ] || { sed 's/^/# /' "$d/said" | tail -n 3 >&2; line="| | | $(tr ' ' '|' <"$d/time") | | |"; return 1; }
    figure() { sed -n "s/^  \"$1\": *\"\{0,1\}\([^\",]*\).*/\1/p" "$d/json" | head -n 1; }
    line="| $(figure device) | $(figure seconds) | $(sed 's/ / | /' "$d/time") | $(figure iterations) | $(figure gap) |"
}

command -v nvidia-smi >/dev/null && nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader
echo "$threads processors"
generate 3000 || exit 1
if plan gpu "$d/gpu" && cp "$d/gpu" "$d/first" && plan gpu "$d/gpu" && plan host "$d/host"; then
    cmp "$d/first" "$d/gpu" && echo "3000 goods: the GPU gives the same bits twice"
    cmp "$d/gpu" "$d/host" && echo "3000 goods: the GPU gives the bits of its kernels on the CPU"
else
    echo "skipped: there is no GPU for this build" # the reason stands above
    exit 0
fi
echo "| goods | by | planning (s) | whole (s) | CPU (s) | steps | gap | verified |"
echo "|---|---|---|---|---|---|---|---|"
for goods in "${@:-10000 100000 1000000}"; do
    for n in $goods; do
        rm -f "$d/economy"
        generate "$n" || exit 1
        for device in gpu cpu; do
            [ "$device" = gpu ] || [ "$n" -le "$most" ] || continue
            plan "$device" "$d/plan"
            verdict=$("$b/plenty" verify "$d/plan" "$d/economy" 2>&1 | tail -n 1)
            echo "| $n $line ${verdict%%;*} |"
        done
    done
done
