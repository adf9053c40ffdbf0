"""Reference values for src/analytics/performance, from outside packages.

    python make_metrics_reference.py            writes metrics.reference.json beside this file
    python make_metrics_reference.py --check    computes them anew and compares with what is stored (1e-9 relative)

Needs numpy, pandas, scipy, empyrical-reloaded, quantstats and backtesting, in an environment of their own; nothing else
in the project needs Python. Inputs are not stored: both sides compute them with the generator below, whose every step is
exact in double precision. Days are annualised by 365, in markets that never close.

Where the packages mean something else than we do, their value is stored all the same, and the test says how it follows
from ours:

    figure               ours                               theirs
    VaR, CVaR            historical (empyrical as well)     quantstats: those of a normal law with mean and deviation
    skew                 m3 / m2^1.5, divisor n             quantstats: corrected for bias
    kurtosis             m4 / m2^2, 3 for the normal        quantstats: excess over 3, corrected for bias
    ulcer index          divisor n (Martin)                 quantstats: n - 1
    information ratio    a year                             quantstats: a day
    alpha                a year, not compounded             empyrical: (1 + a)^365 - 1; quantstats as ours
    Omega, Sortino       a rate above 0 is the threshold    the same; at a rate of 0 all three are one
    drawdown's length    from the last close at the peak    quantstats: days under water, without that of the recovery
    win rate, Kelly, …   of round trips, in money           quantstats: of days. backtesting.py: of trades, as ours
    profit factor        of money                           backtesting.py: of returns on each trade; quantstats: of days
    exposure             bars with a position               quantstats: days with a return, rounded up to 1 %
    Sharpe, volatility   of simple daily returns            backtesting.py: of compounded ones
"""

import json
import math
import pathlib
import sys
import warnings

import backtesting
import empyrical as ep
import numpy as np
import pandas as pd
import quantstats as qs
import scipy
import scipy.stats as st
from backtesting._stats import compute_stats

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
YEAR = 365


def uniforms(seed, n):
    """A 32-bit linear congruential generator, as fractions of 2**32."""
    state, out = seed, []
    for _ in range(n):
        state = (1664525 * state + 1013904223) % 2**32
        out.append(state / 2**32)
    return out


def noise(seed, n):
    """Roughly standard normal: twelve uniforms less six, kept to multiples of 2**-32."""
    u = uniforms(seed, 12 * n)
    return np.array([sum(u[12 * i:12 * i + 12]) - 6 for i in range(n)])


def daily(values):
    return pd.Series(values, index=pd.date_range("2021-02-15", periods=len(values), freq="D"))


def cases():
    calm = noise(1, 700) / 64 + 2**-10
    wild = noise(2, 400)
    falling = noise(3, 90) / 128 - 2**-6
    falling[0] = -0.125
    return {
        "calm": calm,
        # heavy tails: the sign kept, the size squared
        "wild": wild * np.abs(wild) / 64,
        # begins with a loss, and never recovers
        "falling": falling,
        "idle": np.where(np.arange(300) % 5 == 0, noise(4, 300) / 64, 0.0),
    }


MARKET_SEED = 9


def metrics(values, rate):
    r = daily(values)
    market = daily(noise(MARKET_SEED, len(r)) / 32 + 0.5 * values)
    period = (1 + rate) ** (1 / YEAR) - 1
    by = dict(annualization=YEAR)
    quant = dict(periods=YEAR)
    greeks = qs.stats.greeks(r, market, periods=YEAR)
    return {
        "empyrical": {
            "totalReturn": ep.cum_returns_final(r),
            "cagr": ep.cagr(r, **by),
            "volatility": ep.annual_volatility(r, **by),
            "sharpe": ep.sharpe_ratio(r, period, **by),
            "sortino": ep.sortino_ratio(r, period, **by),
            "calmar": ep.calmar_ratio(r, **by),
            "omega": ep.omega_ratio(r, period, **by),
            "maxDrawdown": ep.max_drawdown(r),
            "tailRatio": ep.tail_ratio(r),
            "valueAtRisk": ep.value_at_risk(r),
            "expectedShortfall": ep.conditional_value_at_risk(r),
            "beta": ep.beta(r, market, period),
            "alphaCompounded": ep.alpha(r, market, period, **by),
        },
        "quantstats": {
            "totalReturn": qs.stats.comp(r),
            "cagr": qs.stats.cagr(r, **quant),
            "volatility": qs.stats.volatility(r, periods=YEAR),
            "sharpe": qs.stats.sharpe(r, rf=rate, **quant),
            "sortino": qs.stats.sortino(r, rf=rate, **quant),
            "calmar": qs.stats.calmar(r, **quant),
            "omega": qs.stats.omega(r, rf=rate, **quant),
            "maxDrawdown": qs.stats.max_drawdown(r),
            "tailRatio": qs.stats.tail_ratio(r),
            "beta": greeks["beta"],
            "alphaWithoutRate": greeks["alpha"],
            "normalVar": qs.stats.value_at_risk(r),
            "normalCvar": qs.stats.conditional_value_at_risk(r),
            "ulcerIndexN1": qs.stats.ulcer_index(r),
            "informationRatioDaily": qs.stats.information_ratio(r, market, prepare_returns=False),
            "historicalCvar": qs.stats.conditional_value_at_risk(r, method="historical"),
            "skewCorrected": qs.stats.skew(r),
            "excessKurtosisCorrected": qs.stats.kurtosis(r),
        },
        "scipy": {
            "skewness": st.skew(values),
            "kurtosis": st.kurtosis(values, fisher=False),
            "correlation": st.pearsonr(values, market).statistic,
        },
    }


def calendar(values):
    r = daily(values)
    months = ep.aggregate_returns(r, "monthly")
    return {
        "months": [[int(year), int(month), value] for (year, month), value in months.items()],
        "years": [[int(year), value] for year, value in ep.aggregate_returns(r, "yearly").items()],
    }


def rolling(values, window):
    r = daily(values)
    return {
        "window": window,
        "sharpe": ep.roll_sharpe_ratio(r, window=window, annualization=YEAR),
        "volatility": ep.roll_annual_volatility(r, window=window, annualization=YEAR),
        "drawdown": ep.roll_max_drawdown(r, window=window),
    }


def falls(values):
    """quantstats' drawdowns, the five deepest: dates and days under water."""
    details = qs.stats.drawdown_details(qs.stats.to_drawdown_series(daily(values)))
    worst = details.sort_values("max drawdown").head(5)
    return [
        {"start": d["start"], "valley": d["valley"], "end": d["end"], "days": int(d["days"]), "percent": d["max drawdown"]}
        for _, d in worst.iterrows()
    ]


def trades(count):
    """Trades of whole money: profits of noise, on notionals that differ."""
    profit = np.round(noise(11, count) * 64) + 8
    notional = 1000 + 100.0 * (np.arange(count) % 7)
    start = pd.Timestamp("2021-02-15") + pd.to_timedelta(3 * np.arange(count), unit="D")
    frame = pd.DataFrame({
        "EntryBar": 3 * np.arange(count),
        "ExitBar": 3 * np.arange(count) + 1 + np.arange(count) % 2,
        "PnL": profit,
        "ReturnPct": profit / notional,
        "Duration": pd.to_timedelta(1 + np.arange(count) % 2, unit="D"),
    })
    n = 3 * count
    index = pd.date_range(start[0], periods=n, freq="D")
    ohlc = pd.DataFrame({c: np.linspace(100, 120, n) for c in ("Open", "High", "Low", "Close")}, index=index)
    stats = compute_stats(frame, np.linspace(1e4, 2e4, n), ohlc, None)
    return {
        "count": count,
        "winRatePercent": stats["Win Rate [%]"],
        "expectancyReturnPercent": stats["Expectancy [%]"],
        "profitFactorOfReturns": stats["Profit Factor"],
        "sqn": stats["SQN"],
        "kelly": stats["Kelly Criterion"],
        "averageDays": stats["Avg. Trade Duration"] / pd.Timedelta(days=1),
        "longestDays": stats["Max. Trade Duration"] / pd.Timedelta(days=1),
    }


def values():
    of = cases()
    return {
        "metrics": {f"{name}, rate {rate}": metrics(v, rate) for name, v in of.items() for rate in (0.0, 0.05)},
        "calendar": calendar(of["calm"]),
        "rolling": rolling(of["calm"][:200], 30),
        "drawdowns": {"calm": falls(of["calm"]), "falling": falls(of["falling"])},
        "trades": trades(60),
    }


def plain(value):
    if isinstance(value, dict):
        return {key: plain(v) for key, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray, pd.Series)):
        return [plain(v) for v in value]
    if isinstance(value, (float, np.floating)):
        return None if math.isnan(value) else float(value)
    return int(value) if isinstance(value, np.integer) else value


def differences(path, new, old):
    if isinstance(new, dict):
        return [d for key in new for d in differences(f"{path}.{key}", new[key], old.get(key))]
    if isinstance(new, list):
        return [d for i, v in enumerate(new) for d in differences(f"{path}[{i}]", v, old[i])]
    if isinstance(new, float) and isinstance(old, (int, float)):
        return [] if abs(new - old) <= 1e-9 * max(abs(old), 1e-6) else [f"{path}: {new} now, {old} stored"]
    return [] if new == old else [f"{path}: {new} now, {old} stored"]


def main():
    file = HERE / "metrics.reference.json"
    made_with = {"python": sys.version.split()[0], "empyrical-reloaded": ep.__version__, "quantstats": qs.__version__}
    made_with |= {m.__name__: m.__version__ for m in (backtesting, np, pd, scipy)}
    new = plain(values())
    if "--check" not in sys.argv:
        file.write_text(json.dumps({"madeWith": made_with, "values": new}, separators=(",", ":")) + "\n")
        return print("written")
    wrong = differences("metrics", new, json.loads(file.read_text())["values"])
    print("\n".join(wrong) or "the stored values stand")
    sys.exit(1 if wrong else 0)


main()
