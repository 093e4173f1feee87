#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# gpu.sh BUILD: plans by the kernels of the GPU, run by the CPU, are verified; a build without a GPU says so; with one
# (CUDA=1, and a device), its plans are verified and have the same bits every time, and those of the CPU's run.  TAP.
set -u
source=$(pwd)
case $1 in /*) b=$1 ;; *) b=$source/$1 ;; esac
d=$(mktemp -d) || exit 1
cd "$d" || exit 1
trap 'rm -rf "$d"' EXIT
n=0

result() { # STATUS NAME
    n=$((n + 1))
    if [ "$1" = 0 ]; then
        echo "ok $n - $2"
    else
        sed 's/^/# /' said | head -n 15
        echo "not ok $n - $2"
    fi
}

made() { # DEVICE PLAN
    timeout 300 "$b/plenty" plan e.economy --goal 'least labour' --way newton --device "$1" -o "$2" --binary >said 2>&1
}

"$b/plenty" generate e.economy --goods 1000 --recipes 3 --inputs 8 --resources 4 --capped 0.2 --quiet >said 2>&1
result $? "an economy"
made host host.plan && grep -q 'taken by the kernels of the GPU' said
result $? "the kernels of the GPU, run by the CPU"
"$b/plenty" verify host.plan e.economy >said 2>&1
result $? "their plan is verified"

made gpu gpu.plan
code=$?
if [ "$code" = 3 ] && grep -q 'built without the GPU\|no GPU that can be used' said; then
    echo "# skipped: $(sed -n 's/^plenty: --device gpu: //p' said)"
    grep -q 'hint' said && [ ! -e gpu.plan ]
    result $? "what is missing is said, and nothing is written"
    n=$((n + 1))
    echo "ok $n - plans by a GPU # SKIP"
else
    result "$code" "a plan by a GPU"
    "$b/plenty" verify gpu.plan e.economy >said 2>&1
    result $? "it is verified"
    made gpu again.plan && cmp gpu.plan again.plan >said 2>&1
    result $? "the same bits every time"
    cmp gpu.plan host.plan >said 2>&1
    result $? "the same bits as by the CPU"
fi
"$b/plenty" plan e.economy --device abacus >said 2>&1
[ $? = 2 ] && grep -q "say cpu, gpu or host" said
result $? "there is no such device"
echo "1..$n"
