# SPDX-License-Identifier: AGPL-3.0-or-later
#
# bench/needs-cards.py [FOLDER [WEEKS]] - the naive forecast and the mean of loyalty-cards-2017, counted from the raw tables by other code
# (Debian's python3-numpy): lines a week of categories bought often, of their departments and of the whole; 4 weeks ahead; RMSSE by the changes
# up to each end; weights by the last week; three levels weigh the same.  Week 1 is one day and is left out.
#
# Prints the score of the protocol of docs/methods/needs.md (5 ends, 4 weeks apart), of its four other phases, of each end, and of other readings.
# With the whole year in FOLDER, `bench/needs-cards.py FOLDER 53` counts the score that was published for it (naive 0.980).
import collections, csv, gzip, os, sys
import numpy

folder = sys.argv[1] if len(sys.argv) > 1 else "../shared/data/loyalty-cards-2017"
last = int(sys.argv[2]) if len(sys.argv) > 2 else 44
OFTEN, AHEAD = 127 / 43, 4  # lines a week: 121 categories


def rows(name):
    return csv.DictReader(gzip.open(os.path.join(folder, name), "rt", newline=""))


product = {row["product_id"]: (row["department"], row["product_category"]) for row in rows("products.csv.gz")}
count = collections.defaultdict(lambda: numpy.zeros(last - 1))
home = collections.Counter()
for row in rows("transactions.csv.gz"):
    department, category = product.get(row["product_id"], ("", ""))
    if category and 2 <= int(row["week"]) <= last:
        count[category][int(row["week"]) - 2] += 1
        home[category, department] += 1
often = sorted(c for c in count if count[c].sum() >= OFTEN * (last - 1))
of = {c: max((d for k, d in home if k == c), key=lambda d: home[c, d]) for c in often}
item = numpy.array([count[c] for c in often])
group = numpy.array([sum(count[c] for c in often if of[c] == d) for d in sorted(set(of.values()))])
levels = [item, group, item.sum(axis=0, keepdims=True)]


def score(forecast, end, weigh, levels=levels):
    means = []
    for y in levels:
        past, came = y[:, :end], y[:, end:end + AHEAD]
        rmsse = numpy.sqrt(((came - forecast(past)) ** 2).mean(axis=1) / (numpy.diff(past) ** 2).mean(axis=1))
        means.append((weigh(past) * rmsse).sum() / weigh(past).sum())
    return numpy.mean(means)


def show(name, ends, weigh=lambda y: y[:, -1], levels=levels):
    naive, mean = ([score(f, end, weigh, levels) for end in ends] for f in (lambda y: y[:, -1:], lambda y: y.mean(axis=1, keepdims=True)))
    print("%-56s naive %.4f  mean %.4f" % (name, numpy.mean(naive), numpy.mean(mean)))
    return naive


print("%d categories, %d departments, weeks 2 to %d" % (len(item), len(group), last))
n = last - 1
apart = numpy.array([n - AHEAD - 4 * k for k in range(5)])
show("the protocol: 5 ends, 4 weeks apart", apart)
show("  the categories alone", apart, levels=[item])
show("  weights by the last four weeks", apart, lambda y: y[:, -4:].sum(axis=1))
show("  weights by all weeks before", apart, lambda y: y.sum(axis=1))
show("  all series of a level weigh the same", apart, lambda y: numpy.ones(len(y)))
for k in (1, 2, 3):
    show("  all ends %d week%s earlier" % (k, "s" if k > 1 else ""), apart - k)
show("  the last 5 ends", [n - AHEAD - k for k in range(5)])
each = show("the last 20 ends, one by one", [n - AHEAD - k for k in range(20)])
print("  naive: from %.3f to %.3f, standard deviation %.3f" % (min(each), max(each), numpy.std(each, ddof=1)))
