#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# serve.sh - how fast the server answers, and how many can listen:  bench/serve.sh [build/release]
# Needs wrk and curl; a plan of 402 sectors where ../shared/data has the table of the United States in detail, else of examples/country.
set -eu
cd "$(dirname "$0")/.."
b=${1:-build/release}
tmp=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$tmp"' EXIT
command -v wrk >/dev/null || { echo "wrk is not installed"; exit 1; }

serve() { # options; sets $server and $port
    "$b/plenty" serve "$@" --port 0 --rate 0 --per-address 0 --quiet >"$tmp/address" 2>"$tmp/err" &
    server=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        sleep 0.3
        [ ! -s "$tmp/address" ] || break
    done
    port=$(sed 's/.*://' "$tmp/address")
}
ticks() { awk '{print $14 + $15}' "/proc/$server/stat"; }
memory() { awk '/VmRSS/ {print $2 " kB"}' "/proc/$server/status"; }
stop() { kill "$server" && wait "$server" 2>/dev/null || true; server=; }

if [ -d ../shared/data/us-io-detail-2017 ]; then
    "$b/plenty" import ../shared/data/us-io-detail-2017 -o "$tmp/economy" >/dev/null 2>&1
else
    cp -r examples/country "$tmp/economy"
fi
"$b/plenty" plan "$tmp/economy" -o "$tmp/plan" --quiet
serve --plan "$tmp/plan" --economy "$tmp/economy"
url=http://127.0.0.1:$port/api/plans/now
for path in "" /tiers "/goods?most=50"; do
    bytes=$(curl -s -H 'Accept-Encoding: gzip' -o /dev/null -w '%{size_download}' "$url$path")
    before=$(ticks)
    rate=$(wrk -t1 -c64 -d5s -H 'Accept-Encoding: gzip' "$url$path" | awk '/Requests\/sec/ {print $2}')
    echo "GET /api/plans/now$path: $bytes bytes compressed, $rate requests/s; $(awk -v t=$(($(ticks) - before)) -v r="$rate" 'BEGIN {printf "%.1f", t * 10000 / (5 * r)}') microseconds of the server's CPU each"
done
echo "256 connections: $(wrk -t1 -c256 -d5s -H 'Accept-Encoding: gzip' "$url" | awk '/Requests\/sec/ {print $2}') requests/s"
for i in 1 2 3 4 5; do
    curl -s -o /dev/null -w '%{time_total}\n' -H 'Content-Type: application/json' -H 'Plenty-Request: 1' -d "{\"changes\":[\"set labour=-$i%\"]}" "$url/what-if"
done | sort | sed -n 3p | sed 's/^/what if: /; s/$/ s/'
echo "memory: $(memory)"
stop

"$b/plenty" generate "$tmp/large" --goods 100000 --seed 1 >/dev/null 2>&1
"$b/plenty" plan "$tmp/large" -o "$tmp/large-plan" --quiet
serve --plan "$tmp/large-plan" --economy "$tmp/large"
url=http://127.0.0.1:$port/api/plans/now
for i in 1 2 3 4 5; do # each another search: none lies in memory
    curl -s -o /dev/null -w '%{time_total}\n' "$url/goods?search=g0000$i&most=50"
done | sort | sed -n 3p | sed 's/^/search of 100,000 goods: /; s/$/ s/'
stop

echo 'a passphrase for the bench' >"$tmp/pass"
"$b/plenty" key new "$tmp/key" --passphrase-file "$tmp/pass" >/dev/null
"$b/plenty" init "$tmp/town" --name Town --key "$tmp/key" --passphrase-file "$tmp/pass" >/dev/null
serve "$tmp/town"
"$b/bench/live" "$port" 1000 20 60 >"$tmp/live" &
live=$!
while ! grep -q ready "$tmp/live"; do sleep 0.2; done
echo "1,000 listen: memory $(memory)"
for i in $(seq 20); do
    "$b/plenty" record append "$tmp/town" note --text "note $i" --key "$tmp/key" --passphrase-file "$tmp/pass" >/dev/null
    sleep 0.7 # so that each is noticed by itself
done
wait "$live" || true
tail -n 1 "$tmp/live"
echo "memory $(memory)"
stop
