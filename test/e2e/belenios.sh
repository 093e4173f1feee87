#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# belenios.sh - secret ballots together with belenios-tool 2.0 (Debian's package): elections of either are accepted by both with the same
# result, trustees and voters of both take part in one election, and an archive with a byte changed is refused by both.  Prints TAP.
#   test/e2e/belenios.sh build/release
set -u
. "$(dirname "$0")/belenios.inc"
n=0

ok() { # the last command's code, what it was
    n=$((n + 1))
    if [ "$1" = 0 ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        sed 's/^/# /' "$top/log" | tail -n 15
    fi
}

tool() { belenios-tool "$@" 2>>"$top/log"; }
event() { tool archive add-event --type="$1"; }
quiet() { "$@" >>"$top/log" 2>&1; }
tool_verify() { belenios-tool election verify >"$top/out" 2>&1 && grep -q 'all checks passed' "$top/out"; }
plenty_verify() { "$plenty" secret verify "$1" --quiet >"$top/out" 2>&1 && "$plenty" verify "$1" >>"$top/out" 2>&1; }
result() { tar -xOf "$1" "$(tar -tf "$1" | tail -n 2 | head -n 1)"; }

# Both accept the archive in this folder, and the result is the one that is wanted.
both() { # what, wanted
    : >"$top/log"
    tool_verify
    ok $? "$1: belenios-tool verifies it"
    plenty_verify ./*.bel
    ok $? "$1: Plenty and its checker verify it"
    if [ -n "${2:-}" ]; then
        [ "$(result ./*.bel)" = "$2" ]
        ok $? "$1: the result is as voted"
    fi
}

# A byte is changed at several places: both refuse.
changed() {
    archive=$(ls ./*.bel)
    size=$(wc -c <"$archive")
    mkdir -p changed
    bad=0
    for part in 3 29 41 53 71 89 97; do
        cp "$archive" changed/
        at=$((size * part / 100))
        old=$(dd if="$archive" bs=1 skip=$at count=1 2>/dev/null | od -An -tu1 | tr -d ' ')
        new=$(printf '\\%03o' $((old ^ 1)))
        # shellcheck disable=SC2059
        printf "$new" | dd of="changed/$archive" bs=1 seek=$at conv=notrunc 2>/dev/null
        if (cd changed && tool_verify); then
            echo "# byte $at: belenios-tool did not notice"
            bad=1
        fi
        if "$plenty" secret verify "changed/$archive" --quiet >/dev/null 2>&1; then
            echo "# byte $at: Plenty did not notice"
            bad=1
        fi
        if "$plenty" verify "changed/$archive" >/dev/null 2>&1; then
            echo "# byte $at: the checker did not notice"
            bad=1
        fi
    done
    rm -rf changed
    ok $bad "$1: with one byte changed nobody accepts it"
}

questions() { # sums only, or with rankings
    printf '{"description":"d \\u00e9 \\"q\\"","name":"n","questions":[{"answers":["A","B","C"],"blank":true,"min":1,"max":2,"question":"Q1"},'
    printf '{"answers":["X","Y"],"min":0,"max":2,"question":"Q2"}'
    [ "$1" = sums ] || printf ',{"type":"NonHomomorphic","value":{"answers":["a","b","c"],"question":"rank"}}'
    printf ']}\n'
}

# The choices of voter $1 with or without a ranking.
votes() {
    case $1 in
    1) v='[0,1,0,0],[1,0]' r='[1,2,3]' ;;
    2) v='[1,0,0,0],[1,1]' r='[3,2,1]' ;;
    3) v='[0,1,1,0],[0,0]' r='[0,2,255]' ;;
    4) v='[0,0,0,1],[0,1]' r='[2,1,3]' ;;
    *) v='[0,0,1,1],[1,1]' r='[1,1,2]' ;;
    esac
    if [ "$2" = sums ]; then echo "[$v]"; else echo "[$v,$r]"; fi
}

vote_tool() { # voter, kind: a ballot by belenios-tool
    sed -n "$1p" private_creds.txt | cut -d' ' -f2 >credential
    votes "$1" "$2" >choices
    tool election generate-ballot --privcred credential --ballot choices | event Ballot
}
vote_plenty() {
    sed -n "$1p" private_creds.txt >credential
    quiet "$plenty" secret vote ./*.bel --credential credential --choices "$(votes "$1" "$2")" --cast
}

single_tool() { tool setup generate-trustee-key --group "$1" >/dev/null; }

# The election by belenios-tool, from *.pubkey and threshold.json, with five voters.
setup_tool() { # group, kind
    uuid=$(tool setup generate-token)
    tool setup generate-credentials --uuid "$uuid" --group "$1" --count 5 >/dev/null
    mv ./*.pubcreds public_creds.json
    mv ./*.privcreds private_creds.txt
    cat ./*.pubkey >public_keys.jsons
    questions "$2" >questions.json
    quiet tool setup make-trustees
    quiet tool setup make-election --uuid "$uuid" --group "$1" --template questions.json
    quiet tool archive init
    rm -f threshold.json
}

setup_plenty() { # group, kind, trustees ...
    group=$1 kind=$2
    shift 2
    uuid=$(tool setup generate-token)
    quiet "$plenty" secret credentials --group "$group" --uuid "$uuid" --voters 5 -o voters
    cp voters.privcreds private_creds.txt
    questions "$kind" >questions.json
    quiet "$plenty" secret setup "$uuid.bel" --group "$group" --uuid "$uuid" --questions questions.json --credentials voters.pubcreds "$@"
}

begin() { # a fresh folder
    mkdir "$top/$1" && cd "$top/$1" || exit 1
    : >"$top/log"
}

wanted() { # the result of sums, then of rankings in the order of the archive
    echo '[1,2,2,2],[3,3]'
}

# ---- 1. Sums in BELENIOS-2048, all by belenios-tool --------------------------------------------------------------------
begin tool-sums
single_tool BELENIOS-2048
setup_tool BELENIOS-2048 sums
for i in 1 2 3 4 5; do vote_tool $i sums; done
both "ballots by belenios-tool" ""
event EndBallots </dev/null
tool election compute-encrypted-tally | event EncryptedTally
tool election decrypt --privkey ./*.privkey --trustee-id 1 | event PartialDecryption
tool election compute-result | event Result
both "sums by belenios-tool" "{\"result\":[$(wanted)]}"
changed "sums by belenios-tool"

# ---- 2. The same, all by Plenty -----------------------------------------------------------------------------------------
begin plenty-sums
quiet "$plenty" secret trustee --group BELENIOS-2048 -o a
quiet "$plenty" secret trustee --group BELENIOS-2048 -o b
setup_plenty BELENIOS-2048 sums --trustee a.pubkey --trustee b.pubkey
for i in 1 2 3 4 5; do vote_plenty $i sums; done
vote_plenty 2 sums
both "ballots by Plenty, one voted twice" ""
quiet "$plenty" secret close ./*.bel
quiet "$plenty" secret decrypt ./*.bel --key b.privkey
quiet "$plenty" secret decrypt ./*.bel --key a.privkey
quiet "$plenty" secret tally ./*.bel
both "sums by Plenty, two trustees" "{\"result\":[$(wanted)]}"
changed "sums by Plenty"

# ---- 3. Rankings: trustees of both, ballots of both, shuffles and decryptions of both -----------------------------------
begin mixed-rankings
single_tool RFC-3526-2048
mv ./*.privkey tool.privkey
mv ./*.pubkey tool.pubkey
quiet "$plenty" secret trustee --group RFC-3526-2048 -o ours
setup_plenty RFC-3526-2048 rankings --trustee tool.pubkey --trustee ours.pubkey
for i in 1 2 3; do vote_plenty $i rankings; done
for i in 4 5; do vote_tool $i rankings; done
event EndBallots </dev/null
tool election compute-encrypted-tally | event EncryptedTally
both "ballots of both, tally by belenios-tool" ""
tool election shuffle --trustee-id=1 | event Shuffle
quiet "$plenty" secret shuffle ./*.bel --trustee 2
both "shuffles of both" ""
quiet "$plenty" secret shuffle ./*.bel --end
tool election decrypt --privkey tool.privkey --trustee-id 1 | event PartialDecryption
quiet "$plenty" secret decrypt ./*.bel --key ours.privkey
tool election compute-result >tool.result
quiet "$plenty" secret tally ./*.bel
both "rankings of both" ""
[ "$(cat tool.result)" = "$(result ./*.bel)" ]
ok $? "rankings of both: both compute the same result"
result ./*.bel | grep -q '^{"result":\[\[1,2,2,2\],\[3,3\],\[' &&
    [ "$(result ./*.bel | sed 's/.*\],\[\[//; s/\]\]\]}//; s/\],\[/\n/g' | sort | tr '\n' ' ')" = "0,2,255 1,1,2 1,2,3 2,1,3 3,2,1 " ]
ok $? "rankings of both: the result is as voted"
changed "rankings of both"

# ---- 4. A threshold of trustees by belenios-tool and a mandatory one, decrypted by both ----------------------------------
threshold_tool() { tool setup generate-trustee-key-threshold --group "$group" "$@"; }
begin tool-threshold
group=BELENIOS-2048
for i in 1 2 3; do quiet threshold_tool --step 1; done
cat ./*.cert >certs.jsons
quiet threshold_tool --certs certs.jsons --step 2
for k in ./*.key; do threshold_tool --certs certs.jsons --key "$k" --step 3 --threshold 2; done >polynomials.jsons
quiet threshold_tool --certs certs.jsons --step 4 --polynomials polynomials.jsons
for k in ./*.key; do threshold_tool --certs certs.jsons --key "$k" --step 5 <"${k%.key}.vinput" >"${k%.key}.voutput"; done
cat ./*.voutput | threshold_tool --certs certs.jsons --step 6 --polynomials polynomials.jsons >threshold.json
single_tool $group
setup_tool $group sums
for i in 1 2 3; do vote_tool $i sums; done
for i in 4 5; do vote_plenty $i sums; done
quiet "$plenty" secret close ./*.bel
both "a threshold by belenios-tool, tally by Plenty" ""
quiet "$plenty" secret decrypt ./*.bel --key ./*.privkey
k=$(ls ./*.key | head -n 1)
quiet "$plenty" secret decrypt ./*.bel --key "$k" --part "${k%.key}.dkey"
quiet "$plenty" secret tally ./*.bel
[ "$(tar -tf ./*.bel | grep -c event)" = 10 ]
ok $? "with one of two needed trustees there is no result"
k=$(ls ./*.key | tail -n 1)
tool election decrypt-threshold --key "$k" --decryption-key "${k%.key}.dkey" --trustee-id 4 | event PartialDecryption
quiet "$plenty" secret tally ./*.bel
both "a threshold by belenios-tool" "{\"result\":[$(wanted)]}"

# ---- 5. A threshold of trustees made by both together, rankings ------------------------------------------------------------
begin mixed-threshold
group=RFC-3526-2048
quiet threshold_tool --step 1
mv ./*.cert t.cert
mv ./*.key t.key
for i in a b; do quiet "$plenty" secret trustee --group $group --round 1 -o $i; done
all="--group $group --cert a.cert --cert t.cert --cert b.cert"
cat a.cert >certs.jsons
echo >>certs.jsons
cat t.cert b.cert >>certs.jsons
quiet threshold_tool --certs certs.jsons --step 2
ok $? "certificates of both are valid to belenios-tool"
# shellcheck disable=SC2086
for i in a b; do quiet "$plenty" secret trustee $all --round 2 --key $i.key --threshold 2 -o $i; done
threshold_tool --certs certs.jsons --key t.key --step 3 --threshold 2 >t.polynomial
polynomials="--polynomial a.polynomial --polynomial t.polynomial --polynomial b.polynomial --threshold 2"
# shellcheck disable=SC2086
quiet "$plenty" secret threshold $all $polynomials -o all
# shellcheck disable=SC2086
quiet "$plenty" secret trustee $all --round 3 --key a.key --input all-1.vinput -o a
threshold_tool --certs certs.jsons --key t.key --step 5 <all-2.vinput >t.voutput
# shellcheck disable=SC2086
quiet "$plenty" secret trustee $all --round 3 --key b.key --input all-3.vinput -o b
# shellcheck disable=SC2086
quiet "$plenty" secret threshold $all $polynomials --voutput a.voutput --voutput t.voutput --voutput b.voutput -o all
setup_plenty $group rankings --trustee all.threshold
for i in 1 2; do vote_plenty $i rankings; done
for i in 3 4 5; do vote_tool $i rankings; done
quiet "$plenty" secret close ./*.bel
quiet "$plenty" secret shuffle ./*.bel --trustee 1
tool election shuffle --trustee-id=2 | event Shuffle
event EndShuffles </dev/null
quiet "$plenty" secret decrypt ./*.bel --key b.key --part all-3.dkey
tool election decrypt-threshold --key t.key --decryption-key all-2.dkey --trustee-id 2 | event PartialDecryption
tool election compute-result | event Result
both "a threshold of both together, rankings" ""
result ./*.bel | grep -q '^{"result":\[\[1,2,2,2\],\[3,3\],\['
ok $? "a threshold of both together: the sums are as voted"

# ---- 6. Weights -----------------------------------------------------------------------------------------------------------------
begin weights
uuid=$(tool setup generate-token)
printf '3\n1\n10\n2\n100\n' >weights
quiet "$plenty" secret trustee --group BELENIOS-2048 -o a
quiet "$plenty" secret credentials --group BELENIOS-2048 --uuid "$uuid" --weights weights -o voters
cp voters.privcreds private_creds.txt
questions sums >questions.json
quiet "$plenty" secret setup "$uuid.bel" --group BELENIOS-2048 --uuid "$uuid" --questions questions.json --credentials voters.pubcreds --trustee a.pubkey
for i in 1 2 3; do vote_plenty $i sums; done
for i in 4 5; do vote_tool $i sums; done
quiet "$plenty" secret close ./*.bel
quiet "$plenty" secret decrypt ./*.bel --key a.privkey
tool election compute-result | event Result
both "weights" '{"result":[[1,13,110,102],[104,103]]}'

# ---- 7. Weights by belenios-tool ---------------------------------------------------------------------------------------------
begin weights-tool
uuid=$(tool setup generate-token)
printf 'a,,3\nb,,1\nc,,10\nd,,2\ne,,100\n' >voters.txt
tool setup generate-credentials --uuid "$uuid" --group BELENIOS-2048 --file voters.txt >/dev/null
mv ./*.pubcreds public_creds.json
sort ./*.privcreds >private_creds.txt
single_tool BELENIOS-2048
cat ./*.pubkey >public_keys.jsons
questions sums >questions.json
quiet tool setup make-trustees
quiet tool setup make-election --uuid "$uuid" --group BELENIOS-2048 --template questions.json
quiet tool archive init
for i in 1 2 3; do vote_plenty $i sums; done
for i in 4 5; do vote_tool $i sums; done
quiet "$plenty" secret close ./*.bel
quiet "$plenty" secret decrypt ./*.bel --key ./*.privkey
quiet "$plenty" secret tally ./*.bel
both "weights by belenios-tool" '{"result":[[1,13,110,102],[104,103]]}'

# ---- 8. Ed25519, which belenios-tool 2.0 does not know: Plenty and its checker ------------------------------------------------
begin ed25519
for i in a b c; do quiet "$plenty" secret trustee --round 1 -o $i; done
all="--cert a.cert --cert b.cert --cert c.cert"
# shellcheck disable=SC2086
for i in a b c; do quiet "$plenty" secret trustee $all --round 2 --key $i.key --threshold 2 -o $i; done
polynomials="--polynomial a.polynomial --polynomial b.polynomial --polynomial c.polynomial --threshold 2"
# shellcheck disable=SC2086
quiet "$plenty" secret threshold $all $polynomials -o all
k=1
for i in a b c; do
    # shellcheck disable=SC2086
    quiet "$plenty" secret trustee $all --round 3 --key $i.key --input all-$k.vinput -o $i
    k=$((k + 1))
done
# shellcheck disable=SC2086
quiet "$plenty" secret threshold $all $polynomials --voutput a.voutput --voutput b.voutput --voutput c.voutput -o all
setup_plenty Ed25519 rankings --trustee all.threshold
for i in 1 2 3 4 5; do vote_plenty $i rankings; done
quiet "$plenty" secret close ./*.bel
quiet "$plenty" secret shuffle ./*.bel --trustee 1
quiet "$plenty" secret shuffle ./*.bel --trustee 3
quiet "$plenty" secret shuffle ./*.bel --end
quiet "$plenty" secret decrypt ./*.bel --key a.key --part all-1.dkey
quiet "$plenty" secret decrypt ./*.bel --key c.key --part all-3.dkey
quiet "$plenty" secret tally ./*.bel
plenty_verify ./*.bel
ok $? "Ed25519: Plenty and its checker verify it"
result ./*.bel | grep -q '^{"result":\[\[1,2,2,2\],\[3,3\],\['
ok $? "Ed25519: the sums are as voted"

echo "1..$n"
