#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# town.sh PLENTY SOURCE FOLDER: makes FOLDER/town.commons, a town of five that has lived for 95 days: a council elected by
# vote, a plan chosen among two, a recall that collects signatures, a motion in debate, a rota, pay, questions; and FOLDER/forecast
# of twelve weeks of receipts, with what was not there and what was ordered.
set -eu
plenty=$1 source=$2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$3"
cd "$3"
. "$here/people.sh"
first() { sed -n "s/.*\"$1\": \"\\([0-9a-f]*\\)\".*/\\1/p" | head -n 1; }

on 0
by ada init town.commons --name 'The town' --founder ben.key --founder cleo.key --founder dan.key --founder eva.key
by ada council create town.commons 'Town council' --elect everyone:2
by ada rota class town.commons treasury --slots 1 --weight 5 --days 28 --at-once
by ada rota class town.commons cleaning --slots 1 --weight 2 --days 28
printf '2100\n2600\n3000\n2400\n' >skilled
by ada pay skilled town.commons --quarter 2026-Q3 --source 'The bakery' --grade baker --amounts skilled
"$plenty" constitution new >constitution.txt
printf 'tier.1 = bread and rolls\ntier.2 = cake and feasts\n' >>constitution.txt
for k in $people; do by $k constitution adopt town.commons constitution.txt; done

E=$("$plenty" election list town.commons --json | first election)
by ada election stand town.commons "$E" --name Ada --statement 'Shorter shifts, and a second oven.'
by ben election stand town.commons "$E" --name Ben --statement 'A report every month.'
by cleo election stand town.commons "$E" --name Cleo --statement 'Bread for the school first.'
by dan election stand town.commons "$E" --name Dan

cp -r "$source/examples/bakery" economy
"$plenty" plan economy -o as-it-is --quiet
"$plenty" plan economy --set labour=+20% -o longer-hours --quiet
by ada motion plans town.commons as-it-is longer-hours --economy economy --title 'The plan of next year' --text 'As we do, or longer for more cake.'
P=$("$plenty" motion list town.commons | awk '/next year/ { print $1 }')
by ben motion point town.commons "$P" --against 'Who sleeps then?'
by cleo motion point town.commons "$P" --for 'The festival is once a year.'

on 8
B=$("$plenty" motion show town.commons "$P" | awk '/Vote on ballot/ { print substr($4, 1, 12) }')
for k in ada cleo dan; do by $k vote town.commons "$B" longer-hours as-it-is; done
for k in ben eva; do by $k vote town.commons "$B" as-it-is longer-hours; done

on 14
for k in ada eva dan; do by $k vote town.commons "$E" Ada Dan Cleo; done
for k in ben cleo; do by $k vote town.commons "$E" Cleo Ben; done
by ada record append town.commons note --text 'The polls are open. Vote until next week.'

on 40
M=$("$plenty" mandate list town.commons --json | first mandate)
by eva question ask town.commons "$M" --text 'When does the second oven come?' || true
by dan motion table town.commons --title 'Bread for the school' --text 'From autumn on the school gets 40 loaves a day before anybody else.' --assembly everyone
by ben need missing town.commons --good cake --amount 2 2>/dev/null || true

on 93
by eva recall ask town.commons "$M" --reasons 'Two months without a report, and no word about the oven.'
R=$("$plenty" recall list town.commons --json | first recall)
by ada recall answer town.commons "$R" --text 'The oven was late; the report comes on Monday.' || true
by dan recall sign town.commons "$R"
on 94
by ben motion table town.commons --title 'A second oven' --text 'We buy a second oven from the surplus of this year.' --assembly everyone
S=$("$plenty" motion list town.commons | awk '/second oven/ { print $1 }')
by cleo motion point town.commons "$S" --for 'No queue for cake any more.'
by dan motion point town.commons "$S" --against 'Flour is short, not room.'
by ada record append town.commons note --text 'The flour has come.'

mkdir shop
printf '{"format": "plenty-receipts-1", "files": ["till.csv"], "columns": {"product": "code", "time": "when", "household": "card", "quantity": "n", "value": "paid"}}\n' >shop/mapping.json
awk 'BEGIN {
    print "when,card,code,n,paid"
    for (k = 0; k < 84; k++) {
        day = strftime("%F", 1704067200 + 86400 * k, 1)
        printf "%s,a,bread,%d,200.00\n%s,b,cake,%d,50.00\n", day, k % 7 == 6 ? 60 : 90 + 7 * (k % 4), day, 8 + k % 3
    }
}' >shop/till.csv
printf 'item,place,who,amount,period,list\nbread,Mill Street,ann,60,2024-03-04,customers\nbread,Mill Street,bob,20,2024-03-12,customers\nbread,Mill Street,eve,0,2024-03-12,staff\n' >missing.csv
printf 'item,place,who,amount,from,until\nbread,,ann,56,2024-03-25,2024-04-21\ncake,,dora,4,2024-03-25,2024-04-21\n' >orders.csv
"$plenty" needs read shop --by product -o sums
"$plenty" needs unserved --reports missing.csv --missed missed.csv
"$plenty" needs forecast sums --check 0 --missed missed.csv --orders orders.csv --reports missing.csv -o forecast
