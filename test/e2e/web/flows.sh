#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# flows.sh PLENTY SOURCE FOLDER: makes FOLDER/flows.commons, a town of five in which bread and an oven were shared by a voted rule, a second round is being
# wished for (day 44 on), and the lines of two workplaces are watched: one is behind, its alarm was answered and has risen.  FOLDER/found: findings in tables.
set -eu
plenty=$1 source=$2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$3"
cd "$3"
. "$here/people.sh"
id() { # id LINE: the short id in the row of a list that has it
    awk -v what="$1" 'index($0, what) { print $1 }' | head -n 1
}

on 0
by ada init flows.commons --name 'The town' --founder ben.key --founder cleo.key --founder dan.key --founder eva.key
by ada constituency create flows.commons Bakers --type workplace
by ada constituency create flows.commons Mill --type workplace
by ada council create flows.commons 'Town council' --elect Bakers:1 --elect Mill:1
begins=$(date -u +%Y-%m-%d)
by ada line watch flows.commons bread --workplace Bakers --planned 800 --spread 40 --price 0.1 --begins "$begins" --days 7 --periods 12
by ada line watch flows.commons flour --workplace Mill --planned 500 --spread 20 --price 0.3 --begins "$begins" --days 7 --periods 12
"$plenty" constitution new >constitution.txt
for k in $people; do by $k constitution adopt flows.commons constitution.txt; done
for k in ada ben; do by $k member move flows.commons Bakers; done
for k in cleo dan; do by $k member move flows.commons Mill; done
week() { # week LINE WHO N QUANTITY CAPABILITY POTENTIALITY
    by "$2" line report flows.commons "$1" --period "$3" --quantity "$4" --capability "$5" --potentiality "$6"
}

mkdir -p case
printf 'good,rule,floor,lot\nbread,uniform,1,\ncake,points,,\nfruit,points,,\noven,lottery,,\n' >case/rules.csv
printf 'good,quantity,unit,whole\nbread,12,kg,no\ncake,4,kg,no\nfruit,5,kg,no\noven,2,,yes\n' >case/supply.csv
by ada motion table flows.commons --title 'How we share' --text-file case/rules.csv
M=$("$plenty" motion list flows.commons | id 'How we share')
on 8
B=$("$plenty" motion show flows.commons "$M" | awk '/Vote on ballot/ { print substr($4, 1, 12) }')
for k in $people; do by $k vote flows.commons "$B" yes; done
on 12
by ada share announce flows.commons case --motion "$M" --title 'Bread and an oven'
R=$("$plenty" share show flows.commons | id 'Bread and an oven')
printf 'good,amount,taste\nbread,9,\ncake,2,\nfruit,1,\noven,1,\n' >ada.csv
printf 'good,amount,taste\nbread,2,\ncake,1,\nfruit,4,\noven,1,\n' >ben.csv
printf 'good,amount,taste\nbread,3.5,\ncake,3,\nfruit,2,\noven,1,\n' >cleo.csv
printf 'good,amount,taste\nbread,1,\ncake,0.5,\nfruit,2,\n' >dan.csv
on 13
for k in ada ben cleo dan; do by $k share seal flows.commons "$R" --wants $k.csv --sealed $k.sealed; done
on 18
week bread ada 1 810 850 1000
week flour cleo 1 505 540 600
on 20
week bread ben 2 790 850 1000
week flour dan 2 480 540 600
for k in ada ben cleo dan; do by $k share open flows.commons "$R" --sealed $k.sealed; done
on 26
week bread ada 3 700 720 1000
week flour cleo 3 510 540 600
on 33
week bread ben 4 640 720 1000
week flour dan 4 500 540 600
by dan delivery send flows.commons flour --to Bakers --amount 480
D=$("$plenty" delivery list flows.commons | id flour)
on 34
by ben delivery receive flows.commons "$D" --amount 470
by cleo delivery send flows.commons flour --to Bakers --amount 100
A=$("$plenty" alarm list flows.commons | id bread)
by ben alarm answer flows.commons "$A" --days 5 --text 'The second oven is broken; the part comes on Monday.'
on 37
week bread ada 5 650 700 1000
week flour cleo 5 495 540 600
on 41
week bread ben 6 670 700 1000
week flour dan 6 505 540 600
on 44
by cleo alarm raise flows.commons flour --text 'The <b>mill stone</b> is cracked.'
by ben share announce flows.commons case --motion "$M" --title 'Bread of the next month'
mkdir -p queue
printf 'good,open_minutes,stock_minutes\nbread,600,480\n' >queue/shelf.csv
printf 'good,wanted,filled,hours,instead\nbread,100,90,14,4\n' >queue/orders.csv
printf 'good,days\nflat,12\nflat,40\nflat,200\n' >queue/lists.csv
by eva share report flows.commons queue --source 'The shop'


# What was found in tables beside the record.
mkdir -p found
printf 'unit,quantity\nmill,130\nbakery,100\nfarm,200\n' >claims.csv
printf 'from,to,quantity\nfarm,mill,150\nfarm,households,50\nmill,bakery,100\nbakery,households,100\nlabour,bakery,300\n' >deliveries.csv
printf 'unit,input,amount\nmill,farm,1.5\nbakery,mill,1\nbakery,labour,3\n' >techniques.csv
"$plenty" watch check claims.csv deliveries.csv --techniques techniques.csv -o found/books >checked.txt || true # it finds something
awk 'BEGIN { print "unit,week,target,probability,result"
    for (w = 1; w <= 40; w++) { printf "mill,%d,100,,%d\n", w, 101 + w % 7 - (w % 20 == 0 ? 9 : 0); printf "bakery,%d,100,0.5,%d\n", w, 100 + (w % 2 ? 7 : -7) } }' >targets.csv
"$plenty" watch targets targets.csv -o found/targets.csv >targets.txt || true
"$plenty" plan "$source/examples/bakery" -o plan --tables --quiet
printf 'line,period,quantity,capability\nrecipe:bread_machine,2026-01,0.5,\nrecipe:bread_machine,2026-02,0.5,\nrecipe:bread_machine,2026-03,0.1,0.2\n' >reports.csv
"$plenty" watch replan reports.csv --plan plan --changes found/changes.csv >replan.txt
