import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runBacktest } from "../../src/analytics/backtest/run-backtest.ts";
import { meanReversion } from "../../src/analytics/backtest/strategies/mean-reversion.ts";
import { sweepGrid } from "../../src/analytics/backtest/sweep/sweep-grid.ts";
import type { Market } from "../../src/analytics/backtest/types.ts";
import { pairTable } from "../../src/analytics/pair/pair-table.ts";
import { pairVerdict } from "../../src/analytics/pair/pair-verdict.ts";
import { engleGranger } from "../../src/analytics/unit-root/engle-granger.ts";
import { backtestData } from "../../src/app/study/data.ts";
import { codeFingerprint } from "../../src/app/study/report/code-fingerprint.ts";
import { reportHtml } from "../../src/app/study/report/page.ts";
import { backtestReport } from "../../src/app/study/report/report.ts";
import { runOn } from "../../src/app/study/run.ts";
import { random } from "../../src/core/random.ts";
import type { Growth, Run } from "./growth.ts";

const SIZES = [1e2, 1e3, 1e4, 1e5];
const each = { unit: "bars", sizes: SIZES, amount: (n: number) => n, grows: "the bars" } as const;
/** Lags to choose from grow with the fourth root, and each costs a column. */
const withLags = {
  amount: (n: number) => n * (12 * (n / 100) ** 0.25) ** 2,
  grows: "the bars × lags²",
} as const;
const MINUTE_US = 60e6;
const rule = {
  hedge: { method: "fixed", beta: 0.8 },
  prices: "raw",
  window: 60,
  entry: 2,
  size: { by: "equity", share: 0.9 },
} as const;

/** A pair whose spread comes back by 5 % a bar. */
function marketOf(length: number): Market & { readonly y: Float64Array; readonly x: Float64Array } {
  const { normal } = random(9);
  let [level, apart] = [0, 0];
  const x = Float64Array.from({ length }, () => {
    level += 2e-4 * normal();
    return 100 * Math.exp(level);
  });
  const y = x.map((price) => {
    apart = 0.95 * apart + 0.02 * normal();
    return 5 + 0.8 * price + apart;
  });
  const startUs = x.map((_, t) => Date.UTC(2026, 0, 1) * 1000 + t * MINUTE_US);
  const legs = [
    { symbol: "Y", open: y, close: y },
    { symbol: "X", open: x, close: x },
  ];
  return { length, intervalUs: MINUTE_US, startUs, legs, y, x };
}

const onMarket =
  (run: (market: ReturnType<typeof marketOf>) => unknown): ((folder: string, n: number) => Run) =>
  (_, n) => {
    const market = marketOf(n);
    return () => run(market);
  };

export const bars: readonly Growth[] = [
  {
    ...each,
    what: "table of a pair",
    prepare: onMarket(({ startUs, y, x }) =>
      pairTable(startUs, y, x, { hedge: { alpha: 5, beta: 0.8 }, window: 60 }),
    ),
  },
  {
    ...each,
    ...withLags,
    what: "Engle-Granger",
    prepare: onMarket(({ y, x }) => engleGranger(y, x)),
  },
  { ...each, ...withLags, what: "is it a pair?", prepare: onMarket(({ y, x }) => pairVerdict(y, x)) },
  {
    ...each,
    what: "backtest",
    prepare: onMarket((market) => runBacktest(market, meanReversion(rule), { costs: { feeBps: 1 } })),
  },
  {
    ...each,
    what: "100 backtests, one thread",
    prepare: onMarket((market) =>
      sweepGrid(market, (window, entry) => meanReversion({ ...rule, window, entry }), {
        rows: { name: "window", values: Array.from({ length: 10 }, (_, k) => 20 + 5 * k) },
        columns: { name: "entry", values: Array.from({ length: 10 }, (_, k) => 1 + k / 10) },
        costs: { feeBps: 1 },
        returns: "bar",
      }),
    ),
  },
  {
    ...each,
    what: "report of a backtest",
    prepare: (folder, n) => {
      const { startUs, y, x } = marketOf(n);
      const rows = Array.from(startUs, (us, t) => `${new Date(us / 1000).toISOString()},${y[t]},${x[t]}`);
      const source = join(folder, `closes-${n}.csv`);
      writeFileSync(source, ["time,Y,X", ...rows, ""].join("\n"));
      const data = backtestData({ source, y: "Y", x: "X" });
      return () => {
        const run = runOn(data, meanReversion(rule), { costs: { feeBps: 1 } }, true);
        const settings = { madeUs: 0, code: codeFingerprint(), command: "npm run report" };
        return reportHtml(backtestReport(run, settings));
      };
    },
  },
];
