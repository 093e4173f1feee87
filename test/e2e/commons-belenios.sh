#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# commons-belenios.sh - a secret election and a secret recall of a commons whose constitution says secret.belenios = 1: trustees drawn by lot, votes and shuffles in the record; both archives
# are accepted by belenios-tool 2.0 (Debian's package), which this project did not write.  Prints TAP.
#   test/e2e/commons-belenios.sh build/release
set -u
. "$(dirname "$0")/belenios.inc"
cd "$top" || exit 1
n=0
ok() { # the last command's code, what it was
    n=$((n + 1))
    if [ "$1" = 0 ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        sed 's/^/# /' log | tail -n 15
    fi
}
people="ada ben cleo dan eva fay gus hal"
as() { # who, command, ...: what that member does in the commons
    who=$1 verb=$2
    shift 2
    # shellcheck disable=SC2086
    "$plenty" $verb b.commons "$@" --key "$who.key" --passphrase-file pass >>log 2>&1
}
all_act() { # for this ballot, so many times
    for _ in $(seq "$2"); do
        for k in $people; do as "$k" "trustee act" "$1"; done
    done
}
id() { # the first word of the last line that a list prints
    "$plenty" "$1" list b.commons | awk 'NR > 1 { id = $1 } END { print id }'
}
verified() { # archive, what
    mkdir -p "$2"
    cp "$1" "$2/11111111111111.bel"
    (cd "$2" && belenios-tool election verify >out 2>&1 && grep -q 'all checks passed' out)
    code=$?
    cat "$2/out" >>log
    return $code
}

echo "correct horse battery" >pass
for k in $people; do "$plenty" key new "$k.key" --name "$k" --passphrase-file pass >/dev/null; done
founders=$(for k in ben cleo dan eva fay gus hal; do echo "--founder $k.key"; done)
# shellcheck disable=SC2086
"$plenty" init b.commons --name Bakery --key ada.key $founders --passphrase-file pass >/dev/null
as ada "council create" Bakers --elect everyone:1
"$plenty" constitution new | sed -e 's/^secret.members_least = 15/secret.members_least = 8/' -e 's/^secret.belenios = 0/secret.belenios = 1/' \
    -e 's/^secret.trustees = 7/secret.trustees = 3/' -e 's/^secret.needed = 4/secret.needed = 2/' -e 's/^secret.reserves = 3/secret.reserves = 0/' >c.txt
for k in $people; do as "$k" "constitution adopt" c.txt; done
election=$("$plenty" election list b.commons | awk '/Bakers/ { print $1 }')
as ada "election stand" "$election" --name Ada
as ben "election stand" "$election" --name Ben
export PLENTY_DAYS=16
all_act "$election" 3
export PLENTY_DAYS=17
for k in ada cleo dan; do as "$k" vote "$election" Ada Ben; done
for k in ben eva fay; do as "$k" vote "$election" Ben; done
as fay vote "$election" Ada
export PLENTY_DAYS=24
all_act "$election" 2
"$plenty" ballot export b.commons "$election" -o election.bel >>log 2>&1
ok $? "the archive of an election by rankings"
verified election.bel ranked
ok $? "belenios-tool verifies it"
"$plenty" verify election.bel >>log 2>&1
ok $? "the independent checker verifies it"
"$plenty" mandate list b.commons >mandates && cat mandates >>log && grep -q Bakers mandates
ok $? "the seat is filled"
mandate=$(awk '/Bakers/ { print $1 }' mandates)
as cleo "recall ask" "$mandate" --reasons "No bread for a month."
recall=$(id recall)
for k in dan eva; do as "$k" "recall sign" "$recall"; done
export PLENTY_DAYS=26
all_act "$recall" 3
export PLENTY_DAYS=32
for k in ben cleo dan eva; do as "$k" vote "$recall" yes; done
for k in ada fay; do as "$k" vote "$recall" no; done
export PLENTY_DAYS=39
all_act "$recall" 1
"$plenty" ballot export b.commons "$recall" -o recall.bel >>log 2>&1
ok $? "the archive of a recall by sums"
verified recall.bel sums
ok $? "belenios-tool verifies it"
"$plenty" recall show b.commons "$recall" >>log && "$plenty" recall show b.commons "$recall" | grep -q 'state *carried'
ok $? "the mandate is recalled"
"$plenty" record checkpoint b.commons --key ada.key --passphrase-file pass >>log 2>&1
"$plenty" audit b.commons >audit 2>&1 && cat audit >>log && grep -q '2 secret ballots with every proof in them' audit
ok $? "plenty audit verifies both"
echo "1..$n"
