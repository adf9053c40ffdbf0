"""The same rule on the same bars in vectorbt and backtesting.py: what src/analytics/backtest is compared with.

    python make_backtest_reference.py            writes backtest.reference.json beside this file
    python make_backtest_reference.py --check    computes it anew and compares with what is stored (1e-9 relative)

Needs numpy, pandas, vectorbt and backtesting, in an environment of their own. Inputs are not stored: both sides compute
them with the generators of ../../reference/make_reference.py, whose every step is exact in double precision.

The rule: z-score of the last 20 closes (n - 1); against z where |z| >= 1.5, out where z has come back to 0; 10 units,
decided at a close, filled at the next open. vectorbt takes signals and prices of the same bar, so its signals are moved
one bar on and its price is that bar's open; backtesting.py fills at the next open by itself.
"""

import importlib.metadata
import json
import math
import pathlib
import sys
import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
import vectorbt as vbt  # noqa: E402
from backtesting import Backtest, Strategy  # noqa: E402

HERE = pathlib.Path(__file__).parent
CASH, UNITS, WINDOW, ENTRY, FEE, SLIPPAGE = 100_000, 10, 20, 1.5, 0.001, 0.0004


def noise(seed, length):
    state, out = seed, []
    for _ in range(length):
        total = 0.0
        for _ in range(12):
            state = (1664525 * state + 1013904223) % 2**32
            total += state / 2**32
        out.append(total - 6)
    return np.array(out)


def pair(seed, length):
    level, x = 100.0, []
    for step in noise(seed, length):
        level += step
        x.append(level)
    s, y = 0.0, []
    for value, step in zip(x, noise(seed + 1, length)):
        s = 0.875 * s + step
        y.append(2 + 0.75 * value + s)
    return np.array(y), np.array(x)


def opens(close, seed):
    before = np.r_[close[0], close[:-1]]
    return before + 0.03125 * noise(seed, len(close))


def zscore(values):
    series = pd.Series(values)
    return ((series - series.rolling(WINDOW).mean()) / series.rolling(WINDOW).std()).to_numpy()


def bars():
    y, x = pair(77, 600)
    index = pd.date_range("2024-01-01", periods=len(y), freq="h")
    return y, x, opens(y, 5), opens(x, 6), index


def positions(z):
    """The side decided at each close; a turn within one bar would be read differently by the packages."""
    side, out = 0, []
    for now in z:
        if side and -now * side <= 0:
            assert not abs(now) >= ENTRY, "no turn within one bar"
            side = 0
        elif not side and abs(now) >= ENTRY:
            side = -int(math.copysign(1, now))
        out.append(side)
    return np.array(out)


def vectorbt_one_leg():
    y, _, open_y, _, index = bars()
    z = zscore(y)
    later = lambda mask: np.r_[False, mask[:-1]]
    portfolio = vbt.Portfolio.from_signals(
        pd.Series(y, index),
        entries=later(z <= -ENTRY),
        exits=later(z >= 0),
        short_entries=later(z >= ENTRY),
        short_exits=later(z <= 0),
        price=pd.Series(open_y, index),
        size=UNITS,
        fees=FEE,
        slippage=SLIPPAGE,
        init_cash=CASH,
        freq="h",
    )
    positions(z)
    records = portfolio.trades.records
    return {
        "equity": portfolio.value().to_numpy(),
        "cash": portfolio.cash().to_numpy(),
        "maxDrawdown": float(portfolio.max_drawdown()),
        "trades": [
            [int(r.entry_idx), int(r.exit_idx), 1 if r.direction == 0 else -1, r.entry_price, r.exit_price, r.pnl]
            for r in records[records.status == 1].itertuples()
        ],
    }


def vectorbt_two_legs():
    y, x, open_y, open_x, index = bars()
    side = positions(zscore(y - 0.75 * x))
    target = np.r_[0, side[:-1]]
    changes = np.r_[True, np.diff(target) != 0]
    size = pd.DataFrame({"y": UNITS * target, "x": -0.75 * UNITS * target}, index).where(pd.Series(changes, index), axis=0)
    portfolio = vbt.Portfolio.from_orders(
        pd.DataFrame({"y": y, "x": x}, index),
        size=size,
        size_type="targetamount",
        price=pd.DataFrame({"y": open_y, "x": open_x}, index),
        fees=FEE,
        slippage=SLIPPAGE,
        init_cash=CASH,
        group_by=True,
        cash_sharing=True,
        freq="h",
    )
    orders = portfolio.orders.records
    return {
        "equity": portfolio.value().to_numpy(),
        "cash": portfolio.cash().to_numpy(),
        "orders": [
            [int(r.idx), int(r.col), float(r.size) * (1 if r.side == 0 else -1), r.price, r.fees]
            for r in orders.sort_values(["idx", "col"]).itertuples()
        ],
    }


def backtesting_one_leg():
    y, _, open_y, _, index = bars()
    z = zscore(y)
    data = pd.DataFrame(
        {"Open": open_y, "High": np.maximum(open_y, y), "Low": np.minimum(open_y, y), "Close": y, "Volume": 1.0}, index
    )

    class Reversion(Strategy):
        def init(self):
            self.z = self.I(lambda: z)

        def next(self):
            now = self.z[-1]
            if self.position.is_long and now >= 0 or self.position.is_short and now <= 0:
                self.position.close()
            elif not self.position and now <= -ENTRY:
                self.buy(size=UNITS)
            elif not self.position and now >= ENTRY:
                self.sell(size=UNITS)

    result = Backtest(data, Reversion, cash=CASH, commission=FEE).run()
    trades = result._trades.sort_values("EntryBar")
    return {
        "equity": result._equity_curve["Equity"].to_numpy(),
        "trades": [
            [int(r.EntryBar), int(r.ExitBar), int(math.copysign(1, r.Size)), r.EntryPrice, r.ExitPrice, r.PnL]
            for r in trades.itertuples()
        ],
    }


FAMILIES = (vectorbt_one_leg, vectorbt_two_legs, backtesting_one_leg)


def plain(value):
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(one) for one in value]
    return float(value) if isinstance(value, (float, np.floating)) else value


def differences(path, new, old):
    if isinstance(new, dict):
        return [d for key in new for d in differences(f"{path}.{key}", new[key], old.get(key))]
    if isinstance(new, list):
        return [d for i, v in enumerate(new) for d in differences(f"{path}[{i}]", v, old[i])]
    if isinstance(new, float) and isinstance(old, (int, float)):
        return [] if abs(new - old) <= 1e-9 * max(abs(old), 1e-6) else [f"{path}: {new} now, {old} stored"]
    return [] if new == old else [f"{path}: {new} now, {old} stored"]


def main():
    packages = ("numpy", "pandas", "vectorbt", "backtesting")
    made_with = {"python": sys.version.split()[0], **{name: importlib.metadata.version(name) for name in packages}}
    values = {family.__name__: plain(family()) for family in FAMILIES}
    file = HERE / "backtest.reference.json"
    if "--check" in sys.argv:
        wrong = differences("values", values, json.loads(file.read_text())["values"])
        print("\n".join(wrong) or "the stored values stand")
        sys.exit(1 if wrong else 0)
    file.write_text(json.dumps({"madeWith": made_with, "values": values}, separators=(",", ":")) + "\n")
    print("written")


main()
