# SPDX-License-Identifier: AGPL-3.0-or-later
#
# bench/needs-peer.py [SERIES] - the same work with statsmodels (Debian's python3-statsmodels) on the first series of build/bench-series.csv
# (written by bench/needs series): simple, damped and additive Holt-Winters smoothing and Theta, from 6 earlier ends and from the end.
# One thread; prints milliseconds of processor time a series.
import sys, time, warnings
import numpy
from statsmodels.tsa.holtwinters import ExponentialSmoothing, SimpleExpSmoothing
from statsmodels.tsa.forecasting.theta import ThetaModel

warnings.simplefilter("ignore")
count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
rows = [numpy.array(line.split(","), dtype=float) for line in open("build/bench-series.csv")][:count]
begin = time.process_time()
for y in rows:
    for end in list(range(len(y) - 9, len(y) - 3)) + [len(y)]:
        x = y[:end]
        SimpleExpSmoothing(x, initialization_method="estimated").fit().forecast(4)
        ExponentialSmoothing(x, trend="add", damped_trend=True, initialization_method="estimated").fit().forecast(4)
        ExponentialSmoothing(x, trend="add", damped_trend=True, seasonal="add", seasonal_periods=52, initialization_method="heuristic").fit().forecast(4)
        ThetaModel(x, period=52, deseasonalize=False).fit().forecast(4)
print("statsmodels: %.0f ms of processor a series (%d series)" % (1e3 * (time.process_time() - begin) / len(rows), len(rows)))
