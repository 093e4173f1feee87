#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# server.sh BUILD: `plenty serve` as its users and others meet it: pages, events that were signed elsewhere, TLS, a proxy in front, several hundred connections.  TAP.
set -u
b=$(cd "$1" && pwd)
d=$(mktemp -d) || exit 1
n=0 bad=0 server= proxy=
result() {
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else bad=1; tail -n 20 "$d/log" | sed 's/^/# /'; echo "not ok $n - $2"; fi
}
skip() {
    n=$((n + 1))
    echo "ok $n - $1 # SKIP $2"
}
stop() {
    [ -z "$proxy" ] || kill "$proxy" 2>/dev/null
    [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; }
    server= proxy=
}
trap 'stop; rm -rf "$d"' EXIT
if ! command -v curl >/dev/null 2>&1; then
    skip "plenty serve" "curl is not installed"
    echo "1..$n"
    exit 0
fi
serve() { # options; sets $server, $url
    : >"$d/address"
    "$b/plenty" serve "$@" --port 0 >"$d/address" 2>"$d/log" &
    server=$!
    while [ "$(wc -l <"$d/address")" -lt 3 ] && kill -0 "$server" 2>/dev/null; do sleep 0.1; done
    url=$(head -n 1 "$d/address")
}
get() { curl -s -m 20 "$@"; }
status() { curl -s -m 20 -o /dev/null -w '%{http_code}' "$@"; }

# A commons of two people, and events that they sign away from the server.
echo 'correct horse battery' >"$d/pass"
for who in alice bob; do "$b/plenty" key new "$d/$who.key" --passphrase-file "$d/pass" >"$d/log" 2>&1; done
"$b/plenty" init "$d/town" --name 'The town' --key "$d/alice.key" --founder "$d/bob.key" --passphrase-file "$d/pass" >"$d/log" 2>&1
"$b/plenty" plan examples/bakery -o "$d/plan" --quiet >"$d/log" 2>&1
sign() { "$b/plenty" record append "$d/town" note --text "$2" --key "$d/$1.key" --passphrase-file "$d/pass" --output "$3" >"$d/log" 2>&1; }
sign alice 'We begin at six.' "$d/a.event" && sign bob 'Half past six.' "$d/b.event"
result $? "events are signed without the server"

serve "$d/town" --plan "$d/plan" --economy examples/bakery
post() { curl -s -m 20 -H 'Plenty-Request: 1' -H 'Content-Type: application/cose' --data-binary "@$1" "$url/api/events"; }
post "$d/a.event" >"$d/log" && grep -q '"position":1' "$d/log"
result $? "an event that alice signed is added"
post "$d/a.event" >"$d/log" && grep -q '"rule":"R-008"' "$d/log"
result $? "the same one again is refused"
cp "$d/b.event" "$d/forged" && printf 'X' | dd of="$d/forged" bs=1 seek=$(($(wc -c <"$d/forged") - 5)) conv=notrunc 2>/dev/null
post "$d/forged" >"$d/log" && grep -q '"rule":"R-007"' "$d/log"
result $? "a forged signature is refused"
post "$d/b.event" >"$d/log" && get "$url/api/record" >"$d/log" && grep -q '"size":3' "$d/log" && grep -q 'Half past six.' "$d/log"
result $? "the record shows what both said"
get "$url/api/record/export" -o "$d/record.tar" && (cd "$d" && tar xf record.tar && "$b/plenty" audit record) >"$d/log" 2>&1 && grep -q '^verified' "$d/log"
result $? "whoever downloads the record can check it"
"$b/plenty" audit "$d/town" >"$d/log" 2>&1
result $? "and so can whoever keeps it, while it is served"
[ "$(get "$url/plain/plans/now" | grep -c '<script')" = 0 ] && get "$url/plain/plans/now" | grep -q 'raise all needs of tier 1'
result $? "the plan is a page without scripts"
get "$url/plain/plans/now/needs?lang=ar" >"$d/log" && grep -q '<html lang="ar" dir="rtl">' "$d/log" && ! grep -q '<dt>needs\|<script' "$d/log" && grep -q 'href="/plain/record?lang=ar"' "$d/log" &&
    get -H 'Accept-Language: fr-CH, en;q=0.5' "$url/plain/record" >"$d/log" && grep -q 'lang="fr"' "$d/log" && ! grep -qi 'a member\|in words' "$d/log"
result $? "pages without scripts are in the reader's language, from the right to the left where it is written so"
get "$url/api/plans" >"$d/log" && grep -q '"title":"plan"' "$d/log" && ! grep -qF "$d" "$d/log"
result $? "a plan has the name of its folder, and where that lies is nobody's business"
get "$url/start" >"$d/log" && { [ ! -f web/dist/index.html ] || cmp -s "$d/log" web/dist/index.html; }
result $? "the pages are those of web/dist"
get -H 'Accept-Language: xx, ar-EG;q=0.9, en;q=0.3' "$url/" >"$d/log" && grep -q '<html lang="ar" dir="rtl">' "$d/log" && grep -q 'as="fetch" crossorigin href="/assets/ar-' "$d/log" &&
    grep -q '<h1>The bakery: ten goods' "$d/log" && [ "$(get -H 'Accept-Language: de' "$url/plan" | grep -c '<html lang="de" dir="ltr">')" = 1 ]
result $? "the first page comes in the reader's language, with the plan in it"

# The hostile.
ok=0
for path in /../../etc/passwd /%2e%2e/%2e%2e/etc/passwd /assets/../../etc/passwd /api/blobs/..%2f..%2fetc '/api/record/1%00'; do
    case $(status --path-as-is "$url$path") in 400 | 404) ;; *) ok=1; echo "$path" >"$d/log" ;; esac
done
result $ok "no path leads out of the server"
head -c 70000 /dev/zero >"$d/big"
[ "$(status -H 'Plenty-Request: 1' -H 'Content-Type: application/cose' --data-binary "@$d/big" "$url/api/events")" = 413 ] &&
    [ "$(status --data-binary "@$d/a.event" "$url/api/events")" = 403 ] && [ "$(status -H 'Host: evil.example' "$url/api")" = 421 ] &&
    [ "$(status -H "X-Long: $(head -c 30000 /dev/zero | tr '\0' x)" "$url/api")" = 431 ] && [ "$(status -X TRACE "$url/api")" = 405 ]
result $? "what is too large, forged from another site, or under another name is refused"
i=0 pids=
while [ $i -lt 300 ]; do # each holds a connection of its own
    curl -s -m 100 -o /dev/null -w '%{http_code}\n' "$url/api/lights" >"$d/code.$i" &
    i=$((i + 1)) pids="$pids $!"
done
# shellcheck disable=SC2086
wait $pids
cat "$d"/code.* >"$d/codes"
[ "$(sort "$d/codes" | uniq -c | awk '{print $2}' | tr '\n' ' ' | sed 's/429 //')" = "200 " ]
result $? "300 requests at once: each is served, or told that there are too many"
stop

# TLS.
if command -v openssl >/dev/null 2>&1; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext 'subjectAltName=IP:127.0.0.1' -keyout "$d/tls.key" -out "$d/tls.crt" \
        >"$d/log" 2>&1
    serve "$d/town" --certificate "$d/tls.crt" --tls-key "$d/tls.key"
    curl -s -m 20 --cacert "$d/tls.crt" "$url/api" >"$d/log" 2>&1 && grep -q '"commons":"The town"' "$d/log" && ! curl -s -m 20 --tls-max 1.1 --cacert "$d/tls.crt" "$url/api" >"$d/log" 2>&1
    result $? "https with TLS 1.2 and 1.3, and no older one"
    stop
else
    skip "https" "openssl is not installed"
fi

# Behind nginx, as docs/serving.md has it.
if command -v nginx >/dev/null 2>&1; then
    serve "$d/town" --origin http://plan.example.org --behind-proxy --per-address 0
    port=$(sed -n 's/^It listens at .*, port \([0-9]*\)\.$/\1/p' "$d/address")
    # The server of docs/serving.md, without its certificate, at a socket.
    {
        echo "pid $d/nginx.pid; error_log $d/nginx.log; events {} http { access_log off; client_body_temp_path $d/t1; proxy_temp_path $d/t2; fastcgi_temp_path $d/t3; uwsgi_temp_path $d/t4; scgi_temp_path $d/t5;"
        sed -n '/^```nginx/,/^```$/p' docs/serving.md | sed "1d;\$d;s|listen 443 ssl http2|listen unix:$d/front|;/ssl_/d;/Strict-Transport/d;s/127.0.0.1:8080/127.0.0.1:$port/"
        echo "}"
    } >"$d/nginx.conf"
    nginx -c "$d/nginx.conf" -g 'daemon off;' >>"$d/log" 2>&1 &
    proxy=$!
    while [ ! -S "$d/front" ] && kill -0 "$proxy" 2>/dev/null; do sleep 0.1; done
    get --unix-socket "$d/front" http://plan.example.org/api >>"$d/log" 2>&1 && grep -q '"origin":"http://plan.example.org"' "$d/log"
    result $? "behind nginx, under its own name"
    curl -s -N -m 60 --unix-socket "$d/front" http://plan.example.org/api/live >"$d/log" 2>&1 & # it never ends
    stream=$!
    while ! grep -q 'event: hello' "$d/log" && kill -0 "$stream" 2>/dev/null; do sleep 0.1; done
    kill "$stream" 2>/dev/null
    grep -q 'event: hello' "$d/log"
    result $? "a stream goes through nginx as it comes"
    stop
else
    skip "behind nginx" "nginx is not installed"
fi
echo "1..$n"
exit $bad
