"""The peers' side of `npm run bench`: a line of JSON {job, folder, n} in, one {s} out, the seconds of a run.

Inputs are files of little-endian float64 that the other side has written. The first run of a job is not counted (imports,
compilation); a time is the median of as many runs as fit into 0.2 s.
"""

import json
import math
import sqlite3
import statistics
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np

warnings.filterwarnings("ignore")
WINDOW = 120


def column(folder, name):
    return np.fromfile(Path(folder) / f"{name}.f64", dtype="<f8")


def pair(folder, n):
    return column(folder, f"y-{n}"), column(folder, f"x-{n}")


def spread(folder, n):
    y, x = pair(folder, n)
    return y - 0.8 * x


def adf(folder, n):
    from statsmodels.tsa.stattools import adfuller

    s = spread(folder, n)
    return lambda: adfuller(s, autolag="AIC")


def engle_granger(folder, n):
    from statsmodels.tsa.stattools import coint

    y, x = pair(folder, n)
    return lambda: coint(y, x)


def ols(folder, n):
    import statsmodels.api as sm

    y, x = pair(folder, n)

    def run():
        fit = sm.OLS(y, sm.add_constant(x)).fit()
        return fit.params, fit.bse

    return run


def rolling_ols(folder, n):
    import statsmodels.api as sm
    from statsmodels.regression.rolling import RollingOLS

    y, x = pair(folder, n)
    return lambda: RollingOLS(y, sm.add_constant(x), WINDOW).fit(params_only=True).params


def rolling_z_polars(folder, n):
    import polars as pl

    frame = pl.DataFrame({"s": spread(folder, n)})
    s = pl.col("s")
    z = (s - s.rolling_mean(WINDOW)) / s.rolling_std(WINDOW)
    return lambda: frame.select(z)


def rolling_z_pandas(folder, n):
    import pandas as pd

    s = pd.Series(spread(folder, n))
    return lambda: (s - s.rolling(WINDOW).mean()) / s.rolling(WINDOW).std()


def rolling_correlation_pandas(folder, n):
    import pandas as pd

    y, x = (pd.Series(values) for values in pair(folder, n))
    return lambda: x.rolling(WINDOW).corr(y)


def rolling_correlation_polars(folder, n):
    import polars as pl

    y, x = pair(folder, n)
    frame = pl.DataFrame({"x": x, "y": y})
    return lambda: frame.select(pl.rolling_corr("x", "y", window_size=WINDOW))


def kalman_numba(folder, n):
    import numba

    @numba.njit
    def betas(y, x, drift, noise):
        out = np.empty(len(y))
        alpha, beta = 0.0, 0.0
        var_alpha, cov, var_beta = 1.0, 0.0, 1.0
        for t in range(len(y)):
            var_alpha += drift
            var_beta += drift
            to_alpha = var_alpha + cov * x[t]
            to_beta = cov + var_beta * x[t]
            scale = 1 / (to_alpha + to_beta * x[t] + noise)
            error = (y[t] - alpha - beta * x[t]) * scale
            alpha += to_alpha * error
            beta += to_beta * error
            var_alpha -= to_alpha * to_alpha * scale
            cov -= to_alpha * to_beta * scale
            var_beta -= to_beta * to_beta * scale
            out[t] = beta
        return out

    y, x = pair(folder, n)
    return lambda: betas(y, x, 1e-5, 1e-3)


def backtest(folder, n):
    import pandas as pd
    from backtesting import Backtest, Strategy

    y, _ = pair(folder, n)
    index = pd.date_range("2024-01-01", periods=n, freq="min")
    prices = pd.DataFrame({name: y for name in ("Open", "High", "Low", "Close")}, index=index).assign(Volume=1.0)
    s = pd.Series(spread(folder, n))
    z = ((s - s.rolling(WINDOW).mean()) / s.rolling(WINDOW).std()).to_numpy()

    class Reversion(Strategy):
        def init(self):
            self.z = self.I(lambda: z)

        def next(self):
            now = self.z[-1]
            if self.position:
                if now >= 0:
                    self.position.close()
            elif now <= -2:
                self.buy()

    return lambda: Backtest(prices, Reversion, commission=1e-4, cash=1_000_000).run()


def sweep(folder, n):
    import pandas as pd
    import vectorbt as vbt

    y, _ = pair(folder, n)
    s = pd.Series(spread(folder, n))
    close = pd.Series(y, index=pd.date_range("2024-01-01", periods=n, freq="min"))
    entries = [1 + 2 * k / 19 for k in range(20)]

    def run():
        into, out = [], []
        for window in range(20, 220, 10):
            z = ((s - s.rolling(window).mean()) / s.rolling(window).std()).to_numpy()
            for entry in entries:
                into.append(z <= -entry)
                out.append(z >= 0)
        runs = vbt.Portfolio.from_signals(close, np.column_stack(into), np.column_stack(out), fees=1e-4, freq="1min")
        return runs.sharpe_ratio(), runs.max_drawdown(), runs.trades.count()

    return run


def metrics(folder, n):
    import pandas as pd
    import quantstats

    dates = pd.date_range("2004-01-01", periods=n, freq="D")
    returns = pd.Series(column(folder, f"returns-{n}"), index=dates)
    return lambda: quantstats.reports.metrics(returns, mode="full", display=False)


STORED = "SELECT trade_id, trade_time_us, price_e8, qty_e8, is_buyer_maker FROM trades"


def sqlite_rows(folder, n):
    connection = sqlite3.connect(Path(folder) / f"trades-{n}.db")
    return lambda: connection.execute(STORED).fetchall()


def sqlite_polars(folder, n):
    import polars as pl

    connection = sqlite3.connect(Path(folder) / f"trades-{n}.db")
    return lambda: pl.read_database(STORED, connection)


def bars(folder, n):
    import polars as pl

    names = ("id", "tradeTimeUs", "price", "qty", "isBuyerMaker")
    columns = {name: column(folder, f"{name}-{n}") for name in names}
    frame = pl.DataFrame(columns).with_columns(
        pl.col("id").cast(pl.Int64),
        pl.col("tradeTimeUs").cast(pl.Int64).cast(pl.Datetime("us")),
        pl.col("isBuyerMaker").cast(pl.Boolean),
    )
    price, qty, number = pl.col("price"), pl.col("qty"), pl.col("id")

    def run():
        made = frame.group_by_dynamic("tradeTimeUs", every="1s").agg(
            price.first().alias("open"),
            price.max().alias("high"),
            price.min().alias("low"),
            price.last().alias("close"),
            qty.sum().alias("volume"),
            (price * qty).sum().alias("quoteVolume"),
            pl.len().alias("count"),
            qty.filter(~pl.col("isBuyerMaker")).sum().alias("takerBuyVolume"),
            number.first().alias("firstId"),
            number.last().alias("lastId"),
        )
        return made.with_columns((pl.col("quoteVolume") / pl.col("volume")).alias("vwap"))

    return run


JOBS = {
    job.__name__: job
    for job in (
        adf, engle_granger, ols, rolling_ols, rolling_z_polars, rolling_z_pandas, rolling_correlation_pandas,
        rolling_correlation_polars, kalman_numba, backtest, sweep, metrics, sqlite_rows, sqlite_polars, bars,
    )
}  # fmt: skip
PACKAGES = ("numpy", "pandas", "polars", "statsmodels", "numba", "vectorbt", "backtesting", "quantstats")


def seconds_of(run):
    taken = []
    end = time.perf_counter() + 0.2
    while True:
        begin = time.perf_counter()
        run()
        now = time.perf_counter()
        taken.append(now - begin)
        if now > end:
            return statistics.median(taken)


def main():
    answers = sys.stdout
    sys.stdout = sys.stderr  # what a peer prints is no answer
    versions = {"python": sys.version.split()[0]} | {name: version(name) for name in PACKAGES}
    print(json.dumps({"versions": versions}), file=answers, flush=True)
    ready = {}
    for line in sys.stdin:
        asked = json.loads(line)
        key = (asked["job"], asked["n"])
        try:
            if key not in ready:
                ready[key] = JOBS[asked["job"]](asked["folder"], asked["n"])
                ready[key]()
            s = seconds_of(ready[key])
            answer = {"s": s} if math.isfinite(s) else {"error": "no time"}
        except Exception as problem:
            answer = {"error": f"{type(problem).__name__}: {problem}"}
        print(json.dumps(answer), file=answers, flush=True)


main()
