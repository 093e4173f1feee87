#!/bin/bash
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# secret.sh - secret ballots by Plenty and by belenios-tool, on the same archives in the same run.  bench/RESULTS.md has figures.
#   bench/secret.sh [BALLOTS [RANKINGS [LARGE]]]     default 300 200 10000 (LARGE: Ed25519 only)
#   bench/secret.sh audit [VOTERS]                   default 100000: ten options, Ed25519, closed; verified by Plenty, then by its independent checker
# Prints what bench/secret prints; then, for belenios-tool and for audits, seconds on the clock and of cores.
set -eu
cd "$(dirname "$0")/.."
b=build/release
make -s -j2 "$b/bench/secret" "$b/plenty" "$b/plenty-verify"
ballots=${1:-300} rankings=${2:-200} large=${3:-10000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
TIMEFORMAT='  %R s on the clock, %U s of cores'
export BELENIOS_USE_URANDOM=1
if [ "$ballots" = audit ]; then
    voters=${2:-100000}
    echo "== $voters voters, ten options, Ed25519"
    "$b/bench/secret" Ed25519 "$voters" sums 2 "$work/11111111111111.bel"
    ls -l "$work/11111111111111.bel" | awk '{ printf "the archive: %.0f MB\n", $5 / 1e6 }'
    echo "plenty secret verify:"
    time "$b/plenty" secret verify "$work/11111111111111.bel" --threads 2 --quiet
    echo "the independent checker:"
    time OMP_NUM_THREADS=2 "$b/plenty-verify" "$work/11111111111111.bel"
    exit
fi
echo "== $ballots ballots of ten options, BELENIOS-2048"
mkdir "$work/sums" "$work/ranks"
"$b/bench/secret" BELENIOS-2048 "$ballots" sums 2 "$work/sums/11111111111111.bel"
echo "the whole archive, plenty secret verify:"
time "$b/plenty" secret verify "$work/sums/11111111111111.bel" --threads 2 --quiet >/dev/null
if command -v belenios-tool >/dev/null; then
    echo "the whole archive, belenios-tool election verify:"
    time (cd "$work/sums" && belenios-tool election verify 2>/dev/null)
fi
echo "== $rankings rankings of ten, RFC-3526-2048"
"$b/bench/secret" RFC-3526-2048 "$rankings" rankings 2 "$work/ranks/11111111111111.bel"
if command -v belenios-tool >/dev/null; then
    echo "belenios-tool election verify, before the shuffle:"
    time (cd "$work/ranks" && belenios-tool election verify 2>/dev/null)
    echo "belenios-tool election shuffle:"
    time (cd "$work/ranks" && belenios-tool election shuffle --trustee-id=1 2>/dev/null >shuffle)
    (cd "$work/ranks" && belenios-tool archive add-event --type=Shuffle <shuffle 2>/dev/null)
    echo "belenios-tool election verify, with the shuffle:"
    time (cd "$work/ranks" && belenios-tool election verify 2>/dev/null)
fi
echo "== Ed25519: $ballots ballots, $rankings rankings, then $large of each"
for n in "$ballots" "$large"; do
    "$b/bench/secret" Ed25519 "$n" sums 2
done
for n in "$rankings" "$large"; do
    "$b/bench/secret" Ed25519 "$n" rankings 2
done
