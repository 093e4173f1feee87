#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# serve.sh - how fast the server answers, and how many can listen:  bench/serve.sh [build/release]
# Builds what it needs and prints the table of RESULTS.md; needs wrk and curl.  The plan has 402 sectors where ../shared/data has the table of the United States in detail, else it is that of
# examples/country.  Ends with an error when a target is missed: 20,000 requests/s of the plan, 1,000 listeners with nothing lost under 64 MiB, a search of 100,000 goods under 50 ms.
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

missed=0
row() { echo "| $1 | $2 | $3 |"; }
target() { # what, whether: tells when it is missed
    if [ "$(awk "BEGIN {print ($2)}")" != 1 ]; then
        echo "missed: $1" >&2
        missed=1
    fi
}
rate() { wrk -t1 -c"$1" -d5s -H 'Accept-Encoding: gzip' "$2" | awk '/Requests\/sec/ {print int($2)}'; }
median() { sort -n | sed -n 3p; } # of five
seconds() { curl -s -o /dev/null -w '%{time_total}\n' "$@"; }

make -s -j2 "$b/plenty" "$b/bench/live"
if [ -d ../shared/data/us-io-detail-2017 ]; then
    "$b/plenty" import ../shared/data/us-io-detail-2017 -o "$tmp/economy" >/dev/null 2>&1
else
    cp -r examples/country "$tmp/economy"
fi
"$b/plenty" plan "$tmp/economy" -o "$tmp/plan" --quiet
serve --plan "$tmp/plan" --economy "$tmp/economy"
url=http://127.0.0.1:$port
row "request" "answers/s" "server's CPU each; bytes"
row "---" "---" "---"
for path in /api/plans/now /api/plans/now/tiers "/api/plans/now/goods?most=50" /; do
    bytes=$(curl -s -H 'Accept-Encoding: gzip' -o /dev/null -w '%{size_download}' "$url$path")
    before=$(ticks)
    r=$(rate 64 "$url$path")
    row "\`GET $path\`, 64 connections" "$r" "$(awk -v t=$(($(ticks) - before)) -v r="$r" 'BEGIN {printf "%.1f", t * 10000 / (5 * r)}') us; $bytes"
    [ "$path" != /api/plans/now ] || target "20,000 requests/s of the plan" "$r >= 20000"
done
row "\`GET /api/plans/now\`, 256 connections" "$(rate 256 "$url/api/plans/now")" ""
for i in 1 2 3 4 5; do
    seconds -H 'Content-Type: application/json' -H 'Plenty-Request: 1' -d "{\"changes\":[\"set labour=-$i%\"]}" "$url/api/plans/now/what-if"
done | median >"$tmp/time"
row "what if, from the prices" "" "$(cat "$tmp/time") s"
row "the server with that plan" "" "$(memory)"
stop

"$b/plenty" generate "$tmp/large" --goods 100000 --capped 0 --seed 1 >/dev/null 2>&1
"$b/plenty" plan "$tmp/large" -o "$tmp/large-plan" --quiet
serve --plan "$tmp/large-plan" --economy "$tmp/large"
for i in 1 2 3 4 5; do # each another search: none lies in memory
    seconds "http://127.0.0.1:$port/api/plans/now/goods?search=g0000$i&most=50"
done | median >"$tmp/time"
row "a search of 100,000 goods" "" "$(cat "$tmp/time") s"
target "a search of 100,000 goods under 50 ms" "$(cat "$tmp/time") < 0.05"
row "the server with that plan" "" "$(memory)"
stop

echo 'a passphrase for the bench' >"$tmp/pass"
"$b/plenty" key new "$tmp/key" --passphrase-file "$tmp/pass" >/dev/null
"$b/plenty" init "$tmp/town" --name Town --key "$tmp/key" --passphrase-file "$tmp/pass" >/dev/null
serve "$tmp/town"
"$b/bench/live" "$port" 1000 20 90 >"$tmp/live" &
live=$!
while ! grep -q ready "$tmp/live"; do sleep 0.2; done
for i in $(seq 20); do
    "$b/plenty" record append "$tmp/town" note --text "note $i" --key "$tmp/key" --passphrase-file "$tmp/pass" >/dev/null
    sleep 0.7 # so that each is noticed by itself
done
wait "$live" || missed=1
row "1,000 listen while 20 events are added" "" "$(tail -n 1 "$tmp/live")"
row "the server with its record and 1,000 listeners" "" "$(memory)"
target "1,000 listeners under 64 MiB" "$(memory | tr -dc 0-9) < 65536"
stop
exit $missed
