# SPDX-License-Identifier: AGPL-3.0-or-later
#
# people.sh - what the scripts that make towns share: `plenty` names the program, the folder is that of the town.
echo 'correct horse battery' >pass
by() { # by WHO COMMAND ...: as that member
    who=$1
    shift
    "$plenty" "$@" --key "$who.key" --passphrase-file pass
}
on() { PLENTY_DAYS=$1 && export PLENTY_DAYS; }
people='ada ben cleo dan eva'
for k in $people; do "$plenty" key new $k.key --name $k --passphrase-file pass; done
