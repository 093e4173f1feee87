/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * commands_needs.c - the rows of `plenty needs`. */
#include "cli/commands.h"
#include "cli/estimate.h"

static const cli_option NEEDS_READ[] = {
    {"output", 'o', "SUMS", false, "@", "write sums.csv, periods.csv and report.json to this folder (needed)"},
    {"mapping", 'm', "FILE", false, "@", "which column is what (docs/formats/needs.md)"},
    {"by", 'b', "WHAT", false, "product|category|group", "what is added up (default: category)"},
    {"period", 'p', "LENGTH", false, "day|week|month", "per day, week from Monday, or month (default: week)"},
    {"place", 0, "PLACE", false, "none|store|region", "for each store or region (default: none)"},
    {"households", 0, NULL, false, NULL, "for each household too: such sums are personal, keep them where they are"},
    {"from", 0, "DATE", false, NULL, "leave out what is before"},
    {"until", 0, "DATE", false, NULL, "leave out what is after (default: today)"},
    {"card-lines", 0, "N", false, NULL, "a card with more lines is no household (100000)"},
    {"skip-unreadable", 0, NULL, false, NULL, "leave out lines that cannot be read, and count them"},
    {"drop-duplicates", 0, NULL, false, NULL, "leave out lines that repeat an earlier line of their receipt"},
    {"delete-receipts", 0, NULL, false, NULL, "delete the files of receipts once their sums are written: only sums are kept"},
    {"replace", 0, NULL, false, NULL, "replace SUMS if it holds sums already"},
    QUIET,
    END,
};

static const cli_option NEEDS_FORECAST[] = {
    {"output", 'o', "FORECAST", false, "@", "write forecast.csv, scores.csv, history.csv and forecast.json to this folder"},
    {"horizon", 'n', "N", false, NULL, "periods ahead (4)"},
    {"measure", 0, "WHAT", false, "lines|quantity|value", "what is forecast (default: quantity)"},
    {"method", 0, "METHOD", false,
     "auto|naive|seasonal-naive|mean|ses|damped|theta|holt-winters-additive|holt-winters-multiplicative|croston-sba|tsb|combined",
     "one method for all (default: auto, chosen for each series)"},
    {"season", 0, "N", false, NULL, "periods of a season, 0 = none (default: 7 days, 52 weeks, 12 months)"},
    {"origins", 0, "N", false, NULL, "earlier ends by which methods are chosen (6)"},
    {"check", 0, "N", false, NULL, "earlier ends from which the whole is tried, to name its error (4); 0 = none"},
    {"check-every", 0, "N", false, NULL, "periods from one of these ends to the next (1)"},
    {"scale", 0, "FACTOR", false, NULL, "multiply all sums: of a sample"},
    {"drivers", 0, "FILE", false, "@", "what is known beforehand: columns item, place, period, price, promoted, and any of a calendar"},
    {"missed", 0, "FILE", false, "@", "what was wanted and not there, from needs unserved: it counts as if it had been sold, and is told apart"},
    {"orders", 0, "FILE", false, "@", "orders, from need export: they are a need of their own"},
    {"reports", 0, "FILE", false, "@", "reports of what was not there, for how many want it"},
    {"keep-incomplete", 0, NULL, false, NULL, "keep first and last periods that are covered in part"},
    {"leaves-only", 0, NULL, false, NULL, "no groups and no total"},
    ECONOMY,
    {"economy-output", 0, "NEW", false, "@", "write a copy of ECONOMY whose needs are these forecasts, over the whole horizon"},
    {"links", 0, "FILE", false, "@", "which item is which good: columns item, good, and perhaps factor, tier, weight"},
    {"threads", 't', "N", false, NULL, "use N threads (default: 2 where there are two cores); the forecasts are the same for any number"},
    {"replace", 0, NULL, false, NULL, "replace what is there"},
    QUIET,
    END,
};

static const cli_option NEEDS_ORDERS[] = {
    {"reports", 0, "FILE", false, "@", "reports of what was not there: how many cases there were, and how many people want it"},
    {"from", 0, "DATE", false, NULL, "the first day that counts (default: today)"},
    {"until", 0, "DATE", false, NULL, "the last (default: a year later)"},
    {"since", 0, "DATE", false, NULL, "reports since then (default: 91 days before the first day)"},
    ECONOMY,
    {"economy-output", 0, "NEW", false, "@", "write a copy of ECONOMY with these needs"},
    {"links", 0, "FILE", false, "@", "which item is which good: columns item, good, and perhaps factor, tier, weight"},
    {"replace", 0, NULL, false, NULL, "replace NEW"},
    QUIET,
    END,
};

static const cli_option NEEDS_UNSERVED[] = {
    {"output", 'o', "FILE", false, "@", "write the table as CSV to FILE"},
    {"reports", 0, "FILE", false, "@", "reports of what was not there: item, place, who, amount, period (the day), list (customers or staff)"},
    {"missed", 0, "FILE", false, "@", "write what was missed, day by day, to FILE: for needs forecast --missed"},
    {"replace", 0, NULL, false, NULL, "replace what is there"},
    QUIET,
    END,
};

static const cli_option NEEDS_EXPLAIN[] = {
    {"forecast", 'f', "FOLDER", false, "@", "the forecast (needed)"},
    {"before", 0, "FOLDER", false, "@", "the forecast of last time"},
    {"unserved", 0, "FILE", false, "@", "what empty shelves hid, from needs unserved"},
    {"svg", 0, "FILE", false, "@", "draw history, forecast and intervals"},
    END,
};

const cli_command CLI_NEEDS[] = {
    {"needs read", "DATA [FILE ...]", 1, 8, NEEDS_READ, "adds up receipts by category, period and place",
     "DATA is the folder of the receipts (.csv, .gz, .zst); its mapping says which column is what. With FILEs, only these are read. Every line that is odd is counted in "
     "the report; nothing is left out silently. The sums of many shops are added when they are forecast together.",
     "plenty needs read ../shared/data/loyalty-cards-2017 -o sums", cli_needs_read},
    {"needs forecast", "SUMS ...", 1, 8, NEEDS_FORECAST, "forecasts what will be bought, says how sure that is, makes it the needs of an economy",
     "Fits simple, damped and seasonal smoothing, Theta, methods for intermittent demand and their combination, chooses by errors from earlier ends, makes items, groups and "
     "total add up. The naive forecasts and the error that chance alone gives are always shown beside it.",
     "plenty needs forecast sums -o forecast --measure lines\nplenty needs forecast sums -e bakery --economy-output next --links links.csv", cli_needs_forecast},
    {"needs unserved", "[SHELF]", 0, 1, NEEDS_UNSERVED, "says what would have been bought, had the shelf been full",
     "SHELF: columns item, place, period, sold, and on_shelf (part of the open time) or empty (1 = ran out), perhaps expected. With on_shelf, sales are divided by the time on the "
     "shelf; without, a test of whether shelves empty when much is wanted chooses between the other periods and a Tobit estimate. With --reports, cases that nobody reported are estimated from two lists.",
     "plenty needs unserved shelf.csv --reports reports.csv -o unserved.csv", cli_needs_unserved},
    {"needs orders", "ORDERS", 1, 1, NEEDS_ORDERS, "adds up orders and makes them needs of an economy, without receipts",
     "ORDERS: columns item, amount, from, until, perhaps who and place; 'plenty need export' writes them from a commons. Where there are receipts too, give the orders to 'needs forecast'. "
     "Tier and weight are those of the links, or of the need of this good before.",
     "plenty need export town.commons -o wants && plenty needs orders wants/orders.csv -e town --economy-output next && plenty plan next -o plan", cli_needs_orders},
    {"needs explain", "GOOD", 1, 1, NEEDS_EXPLAIN, "says where a forecast comes from, how sure it is, what changed, which complaints moved it",
     "GOOD is an item, a group, or total.", "plenty needs explain BEEF --forecast forecast --svg beef.svg", cli_needs_explain},
    {"needs rake", "SAMPLE", 1, 1, NEEDS_RAKE, "weighs a sample so that it stands for everybody",
     "SAMPLE is a table with a row for each unit (household, person, card). Each margin says how many there are in the population, by the "
     "texts of a column of the sample, or how much of something (total spending, visits). Put what the sample was chosen by among them: "
     "those with a loyalty card spend more than others, and only a margin of spending mends that. Raking changes weights "
     "as little as possible; with --bounds they stay within factors (docs/methods/needs-estimation.md). Levels without a unit, margins that do not "
     "add up to one number or contradict each other are named. A design effect of 4 means that the sample is worth a quarter of its size.",
     "plenty needs rake cards.csv --margins margins.csv -o weights.csv\n"
     "plenty needs rake cards.csv --population tills.csv --by spending/10 --total bread",
     cli_needs_rake},
    {"needs survey", "SAMPLE", 1, 1, NEEDS_RAKE, "estimates means and totals from a weighted sample, with their errors",
     "Errors come from replicates: the estimate is made again without a part of the sample, calibrated to the margins anew. Blank "
     "cells are left out of their mean.",
     "plenty needs survey households.csv --weight weight --cluster cluster --mean family_size --mean income_before_tax_usd", cli_needs_survey},
    {"needs reconcile", "ESTIMATES", 1, 1, NEEDS_RECONCILE, "makes estimates of parts and of wholes add up",
     "ESTIMATES is a table series,part_of,estimate[,error]: part_of names the sums that a series belongs to, separated by |. Every estimate moves "
     "the less the smaller its error; without errors, sums move like the number of their leaves. The result is the nearest one that adds up.",
     "plenty needs reconcile forecasts.csv --nonnegative -o coherent.csv", cli_needs_reconcile},
    {"needs choice", "CHOICES", 1, 1, NEEDS_CHOICE, "what a choice experiment says about tastes, of all and of each",
     "CHOICES has a row for each alternative: person,task,best[,worst] and the attributes as numbers. Multinomial logit for all together; then each "
     "person's own tastes, drawn towards those of all as far as they said little (empirical Bayes).",
     "plenty needs choice interviews.csv --keep-back 2 -o tastes.csv", cli_needs_choice},
    {"needs elasticities", "PANEL", 1, 1, NEEDS_ELASTICITIES, "what people buy when prices or incomes change",
     "PANEL is a table period,good,price,spent, in order of time. An almost ideal demand system with homogeneity and symmetry is "
     "fitted; elasticities are those at mean shares.",
     "plenty needs elasticities food.csv -o elasticities.csv", cli_needs_elasticities},
    {"needs classify", "LABELLED [TEXTS]", 1, 2, NEEDS_CLASSIFY, "sorts products into classes by their text, and asks people where it is not sure",
     "Learns from a table of labelled texts, each time anew, and says how often it is right on texts that it has not seen, by confidence. Of TEXTS it "
     "codes those for which that is often enough; the rest goes to a queue for people, whose answers are new rows of LABELLED.",
     "plenty needs classify labelled.csv --text name --class coicop\n"
     "plenty needs classify labelled.csv new.csv --text name --class coicop -o codes.csv --queue queue.csv",
     cli_needs_classify},
    {"needs bridge", "PURCHASES ECONOMY", 2, 2, NEEDS_BRIDGE, "makes purchases at the till into final demand for goods",
     "PURCHASES is a folder of sums (needs read) or of a forecast (needs forecast --measure value), or any table of categories and amounts. Categories lead to goods; what was paid is split into what the producer gets and the margins of transport and trade, "
     "which are demand for those who supply them. Needs for goods that the bridge covers are replaced, and the margins in other needs change "
     "with them. The result is a scenario, one line a need. Total spending on these goods stays as it was unless --scale is given: from a "
     "sample one learns what people buy, not how many they are.",
     "plenty needs bridge sums us --skip-unknown --goods mappings/loyalty-cards-2017-goods.csv --margins household_margins_2017.csv --suppliers "
     "mappings/us-io-detail-2017-margins.csv -o cards.scenario\n"
     "plenty plan us --scenario cards.scenario -o plan",
     cli_needs_bridge},
    {"needs noise", "AMOUNTS...", 1, 7, NEEDS_NOISE, "sums about people that may be published: clipped, with exact noise, within a budget",
     "AMOUNTS are tables household,cell,amount. What one household adds is clipped, then every sum gets noise from the discrete "
     "Laplace distribution, drawn in whole numbers from the machine's secure randomness: nobody can tell from the sums whether a household is in "
     "them (differential privacy). Every release is entered in the ledger first; what its budget does not allow is not made.",
     "plenty needs noise week.csv --epsilon 1 --clip 20 --delta 1e-9 --least 20 --ledger privacy.csv -o sums.csv", cli_needs_noise},
    {"needs budget", "LEDGER", 1, 1, NEEDS_BUDGET, "shows what was released about people, and sets how much may be",
     "The council sets a budget with --epsilon and --name; from then on releases count against it, and they add up. Everybody can read the "
     "ledger: which sums were released, when, and how much one household could add to them.",
     "plenty needs budget privacy.csv --epsilon 4 --delta 1e-6 --name 2027\nplenty needs budget privacy.csv", cli_needs_budget},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
