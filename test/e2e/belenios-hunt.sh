#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# belenios-hunt.sh - random elections held by Plenty and belenios-tool 2.0 (Debian's package) together: questions with odd numbers and texts, weights, several votes of one voter, nobody's
# votes, one to five trustees, each needed or a threshold.  Each step is done by one of the two, at random; what the protocol fixes must be the same bytes whoever makes it, both must accept
# everything, and the result must be as voted.  The seed decides the plan, not the keys.  Prints TAP.
#   test/e2e/belenios-hunt.sh BUILD [ROUNDS [SEED]]     default 6 rounds, seed 1; a failed round is run again with its seed and ROUNDS 1
# shellcheck disable=SC2154 # group, voters, by_... come from the plan
set -u
. "$(dirname "$0")/belenios.inc"
rounds=${2:-6} first=${3:-1}
plan=$(cd "$(dirname "$0")" && pwd)/belenios-hunt.awk

tool() { belenios-tool "$@" 2>>log; }
event() { tool archive add-event --type="$1"; }
quiet() { "$@" >>log 2>&1; }
# Stops the round: what was wrong.
wrong() { echo "$*" >>log && exit 1; }
same() { [ "$1" = "$2" ] || wrong "$3: '$1' and '$2'"; }
verified() { # when
    belenios-tool election verify >out 2>&1 && grep -q 'all checks passed' out || wrong "$1: belenios-tool: $(cat out)"
    "$plenty" secret verify "$uuid.bel" --quiet >out 2>&1 || wrong "$1: Plenty: $(cat out)"
    "$plenty" verify "$uuid.bel" >out 2>&1 || wrong "$1: the checker: $(cat out)"
}
data() { tar -xOf "$uuid.bel" "$(tar -tf "$uuid.bel" | tail -n "$1" | head -n 1)"; } # the entry that far from the end

# Credentials, made by either; the public key of each private one is worked out by the other.
credentials() {
    if [ "$by_credentials" = tool ]; then
        if [ -s weights ]; then set -- --file voters; else set -- --count "$voters"; fi
        tool setup generate-credentials --uuid "$uuid" --group "$group" "$@" >/dev/null
        mv ./*.pubcreds public_creds.json && sort -n ./*.privcreds >list
    else
        if [ -s weights ]; then set -- --weights weights; else set -- --voters "$voters"; fi
        quiet "$plenty" secret credentials --group "$group" --uuid "$uuid" "$@" -o credentials || wrong "no credentials"
        mv credentials.pubcreds public_creds.json && mv credentials.privcreds list
        while read -r _ private; do
            tool setup generate-credentials --uuid "$uuid" --group "$group" --derive "$private"
        done <list | sort >derived
        tr -d '[]"' <public_creds.json | tr , '\n' | awk 'length($1) > 20' | sort >listed
        cmp -s derived listed || wrong "the credentials are others to belenios-tool"
    fi
    sed 's/.* //' list >private
}

# Trustee $1 of those that are each needed, by program $2: $1.privkey, $1.pubkey.
single() {
    if [ "$2" = tool ]; then
        mkdir one && (cd one && tool setup generate-trustee-key --group "$group" >/dev/null && mv ./*.privkey "../$1.privkey" && mv ./*.pubkey "../$1.pubkey")
        rm -rf one
    else
        quiet "$plenty" secret trustee --group "$group" -o "$1"
    fi
}

# All of a set of whom $1 are needed, by the programs $2 ...: t1.key, all-1.dkey ..., threshold.json
threshold() {
    t=$1 n=0 certs='' polynomials='' outputs=''
    shift
    for by in "$@"; do
        n=$((n + 1))
        if [ "$by" = tool ]; then
            mkdir one && (cd one && quiet tool setup generate-trustee-key-threshold --group "$group" --step 1 && mv ./*.cert "../t$n.cert" && mv ./*.key "../t$n.key")
            rm -rf one
        else
            quiet "$plenty" secret trustee --group "$group" --round 1 -o t$n
        fi
        certs="$certs --cert t$n.cert" polynomials="$polynomials --polynomial t$n.polynomial" outputs="$outputs --voutput t$n.voutput"
    done
    for i in $(seq $n); do cat t"$i".cert && echo; done | sed '/^$/d' >certs.jsons
    quiet tool setup generate-trustee-key-threshold --group "$group" --certs certs.jsons --step 2 || wrong "belenios-tool refuses the certificates"
    i=0
    for by in "$@"; do
        i=$((i + 1))
        if [ "$by" = tool ]; then
            tool setup generate-trustee-key-threshold --group "$group" --certs certs.jsons --key t$i.key --step 3 --threshold "$t" >t$i.polynomial
        else
            # shellcheck disable=SC2086
            quiet "$plenty" secret trustee --group "$group" $certs --round 2 --key t$i.key --threshold "$t" -o t$i || wrong "no polynomial $i"
        fi
    done
    # shellcheck disable=SC2086
    quiet "$plenty" secret threshold --group "$group" $certs $polynomials --threshold "$t" -o all || wrong "no values for the trustees"
    i=0
    for by in "$@"; do
        i=$((i + 1))
        if [ "$by" = tool ]; then
            tool setup generate-trustee-key-threshold --group "$group" --certs certs.jsons --key t$i.key --step 5 <all-$i.vinput >t$i.voutput
        else
            # shellcheck disable=SC2086
            quiet "$plenty" secret trustee --group "$group" $certs --round 3 --key t$i.key --input all-$i.vinput -o t$i || wrong "no output $i"
        fi
    done
    # shellcheck disable=SC2086
    quiet "$plenty" secret threshold --group "$group" $certs $polynomials $outputs --threshold "$t" -o all || wrong "no common key"
    for i in $(seq $n); do cat t"$i".polynomial && echo; done | sed '/^$/d' >polynomials.jsons
    for i in $(seq $n); do cat t"$i".voutput && echo; done | sed '/^$/d' |
        tool setup generate-trustee-key-threshold --group "$group" --certs certs.jsons --step 6 --polynomials polynomials.jsons >threshold.json
    same "$(cat threshold.json)" "$(cat all.threshold)" "the common key"
}

# Both begin the same election: the same bytes but for the time.
setup() {
    files='' n_single=0
    for by in $by_single; do
        n_single=$((n_single + 1))
        single s$n_single "$by"
        files="$files --trustee s$n_single.pubkey"
    done
    for i in $(seq $n_single); do cat s"$i".pubkey && echo; done | sed '/^$/d' >public_keys.jsons
    # shellcheck disable=SC2086
    [ "$needed" = 0 ] || { threshold "$needed" $by_threshold && files="$files --trustee all.threshold"; }
    quiet tool setup make-trustees
    quiet tool setup make-election --uuid "$uuid" --group "$group" --template questions.json || wrong "belenios-tool makes no election"
    # shellcheck disable=SC2086
    quiet "$plenty" secret setup ours.bel --group "$group" --uuid "$uuid" --questions questions.json --credentials public_creds.json $files || wrong "Plenty makes no election"
    rm -f threshold.json
    same "$(cat election.json)" "$(tar -xOf ours.bel "$(tar -tf ours.bel | sed -n 2p)")" "the election"
    quiet tool archive init
    same "$(tar -tf "$uuid.bel" | tr '\n' ' ')" "$(tar -tf ours.bel | tr '\n' ' ')" "the begin of the archive"
    if [ "$by_setup" = plenty ]; then mv -f ours.bel "$uuid.bel"; else rm ours.bel; fi
}

vote() { # voter, who encrypts, who casts, choices
    sed -n "$1p" private >credential
    echo "$4" >choices
    if [ "$2" = tool ]; then
        tool election generate-ballot --privcred credential --ballot choices >ballot || wrong "belenios-tool makes no ballot of $4"
    else
        quiet "$plenty" secret vote "$uuid.bel" --credential credential --choices "$4" -o ballot || wrong "Plenty makes no ballot of $4"
    fi
    if [ "$3" = tool ]; then
        event Ballot <ballot || wrong "belenios-tool does not cast a ballot"
    else
        quiet "$plenty" secret cast "$uuid.bel" ballot || wrong "Plenty does not cast a ballot"
    fi
}

close() {
    if [ "$by_close" = tool ]; then
        event EndBallots </dev/null
        tool election compute-encrypted-tally | event EncryptedTally
    else
        cp "$uuid.bel" before
        quiet "$plenty" secret close "$uuid.bel" --least 1 || wrong "Plenty does not close the election"
        mkdir tool && mv before "tool/$uuid.bel"
        (cd tool && event EndBallots </dev/null && tool election compute-encrypted-tally | event EncryptedTally)
        same "$(tar -tf "$uuid.bel" | tail -n 2)" "$(tar -tf "tool/$uuid.bel" | tail -n 2)" "the tally"
        rm -r tool
    fi
}

mix() { # who shuffles, one after the other
    [ "$rankings" = 1 ] || return 0
    i=0
    for by in $by_shuffle; do
        i=$((i + 1))
        if [ "$by" = tool ]; then
            tool election shuffle --trustee-id=$i | event Shuffle || wrong "shuffle $i"
        else
            quiet "$plenty" secret shuffle "$uuid.bel" --trustee $i || wrong "shuffle $i"
        fi
    done
    if [ "$by_close" = tool ]; then event EndShuffles </dev/null; else quiet "$plenty" secret shuffle "$uuid.bel" --end; fi
}

open_part() { # trustee's place, who decrypts, key, part
    if [ "$2" = plenty ]; then
        quiet "$plenty" secret decrypt "$uuid.bel" --key "$3" --least 1 ${4:+--part "$4"} || wrong "Plenty does not decrypt"
    elif [ -n "$4" ]; then
        tool election decrypt-threshold --key "$3" --decryption-key "$4" --trustee-id "$1" | event PartialDecryption || wrong "belenios-tool does not decrypt"
    else
        tool election decrypt --privkey "$3" --trustee-id "$1" | event PartialDecryption || wrong "belenios-tool does not decrypt"
    fi
}

open_all() {
    i=0
    for by in $by_open_single; do
        i=$((i + 1))
        open_part $i "$by" s$i.privkey ''
    done
    for who in $open_threshold; do # 3:tool and so on
        open_part $((i + ${who%:*})) "${who#*:}" "t${who%:*}.key" "all-${who%:*}.dkey"
    done
    tool election compute-result >result
    quiet "$plenty" secret tally "$uuid.bel" || wrong "Plenty makes no result"
    same "$(cat result)" "$(data 2)" "the result"
}

# The lists of a result, whatever the order of rankings.
lists() { awk -f "$plan" -v lists=1 | sort; }

round() {
    awk -f "$plan" -v seed="$1" -v folder=. </dev/null || wrong "no plan"
    . ./plan
    uuid=$(tool setup generate-token)
    credentials
    setup
    while read -r voter makes casts choices; do vote "$voter" "$makes" "$casts" "$choices"; done <votes
    verified "the ballots"
    close
    verified "the tally"
    mix
    open_all
    verified "the result"
    same "$(lists <result)" "$(lists <wanted)" "the result as voted"
}

echo "1..$rounds"
for k in $(seq "$first" $((first + rounds - 1))); do
    mkdir "$top/$k" && cd "$top/$k" || exit 1
    : >log
    if (round "$k"); then
        echo "ok $((k - first + 1)) - $(sed -n 's/^what=//p' plan | tr -d "'")"
    else
        echo "not ok $((k - first + 1)) - seed $k: $(sed -n 's/^what=//p' plan | tr -d "'")"
        tail -n 8 log | cut -c 1-600 | sed 's/^/# /'
    fi
    cd "$top" && rm -rf "${top:?}/$k"
done
