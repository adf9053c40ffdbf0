import type { Flag } from "../../terminal/flags.ts";
import { READ_FLAGS } from "../../terminal/read-flags.ts";

export type RunFlag =
  | "source"
  | "venue"
  | "y"
  | "x"
  | "interval"
  | "from"
  | "to"
  | "bars"
  | "tz"
  | "dates"
  | "decimal"
  | "separator"
  | "columns"
  | "table"
  | "query"
  | "sessions"
  | "hedge"
  | "prices"
  | "window"
  | "z-score"
  | "entry"
  | "exit"
  | "stop"
  | "max-bars"
  | "cool-down"
  | "side"
  | "size"
  | "neutral"
  | "rehedge"
  | "min-trades"
  | "min-volume"
  | "fee"
  | "half-spread"
  | "slippage"
  | "financing"
  | "maker-fee"
  | "maker-share"
  | "borrow"
  | "lot-step"
  | "min-order"
  | "funding"
  | "funding-every"
  | "benchmark"
  | "cash"
  | "returns"
  | "risk-free"
  | "rolling-days"
  | "title";

/** The flags that say which run: each a place in a description. */
export const RUN_FLAGS: Readonly<Record<RunFlag, Flag>> = {
  source: {
    value: "S",
    help: "a database, a file of bars or trades (.csv, .parquet, …), or sim:7; two with a comma, one a leg; the newest in data/",
  },
  venue: { value: "NAME", help: "of a database with several venues" },
  y: { value: "S", help: "the symbol that is traded against x (ETHUSDT)" },
  x: { value: "S", help: "the other leg (BTCUSDT); none: one leg alone" },
  interval: { value: "1m", help: "length of a bar (1m; of sim:7 5s; of a file its own, or longer)" },
  from: { value: "TIME", help: "from here on (UTC), for example 2026-01-31 or 2026-01-31T12:00" },
  to: { value: "TIME", help: "up to here, not included" },
  bars: { value: "N", help: "the newest so many bars" },
  ...READ_FLAGS,
  hedge: {
    value: "H",
    help: "ols:1000 or tls:1000 (fitted on the first bars, then frozen), rolling:1000 (at each entry), kalman:1000, beta:0.8 (ols on the first quarter, at most 5,000 bars)",
  },
  prices: { value: "P", help: "scale of spread and β: log or raw (log)" },
  window: {
    value: "N",
    help: "bars in the window of the z-score (2 to 4 half-lives of the first quarter, at least 60)",
  },
  "z-score": { value: "Z", help: "rolling; of a Kalman hedge innovation (what the hedge has)" },
  entry: { value: "Z", help: "enter where |z| is this or more (2)" },
  exit: { value: "Z", help: "leave where |z| has come back to this (0)" },
  stop: { value: "Z", help: "leave where |z| is this or more; none (never)" },
  "max-bars": { value: "N", help: "leave after so many bars (never)" },
  "cool-down": { value: "N", help: "bars after an exit in which nothing is entered (0)" },
  side: { value: "S", help: "both, long or short (both)" },
  size: {
    value: "Q",
    help: "equity:1 (share of the equity), notional:10000, units:2, or risk:0.01 (of the equity, a deviation) (equity:1)",
  },
  neutral: { value: "N", help: "beta, money or none (beta)" },
  rehedge: { value: "S", help: "follow β where it moved by this share (never)" },
  "min-trades": { value: "N", help: "enter only at bars with so many trades (any)" },
  "min-volume": { value: "N", help: "enter only at bars with this volume, base units (any)" },
  fee: {
    value: "BPS",
    help: "a taker's, of each leg's turnover, 1 is 0.01 %; 2,5 is 2 for y and 5 for x (2)",
  },
  "maker-fee": { value: "BPS", help: "a maker's, with --maker-share; a rebate is below 0; by leg as --fee" },
  "maker-share": {
    value: "S",
    help: "share of the turnover that is filled as a maker, without half-spread (0)",
  },
  "half-spread": { value: "BPS", help: "half the distance between bid and ask; by leg as --fee (0.5)" },
  slippage: { value: "BPS", help: "beyond that; by leg as --fee (0.5)" },
  financing: { value: "BPS", help: "a year, on short legs and on cash below 0 (0)" },
  borrow: { value: "BPS", help: "a year, on the value of a leg while it is short; by leg as --fee (0)" },
  "lot-step": { value: "UNITS", help: "what is held is whole lots of so many units; by leg as --fee (any)" },
  "min-order": { value: "MONEY", help: "no order of less, but to close a leg; by leg as --fee (any)" },
  funding: {
    value: "FILE",
    help: "rates of perpetuals, a column a symbol; column: those of the file of the bars (none are charged)",
  },
  "funding-every": { value: "8h", help: "settlements from 00:00 UTC on, where a column repeats its rate" },
  benchmark: {
    value: "B",
    help: "beside the legs held: cash, mix (the legs at equal volatility), or a symbol of the source (none)",
  },
  cash: { value: "MONEY", help: "to start with, quote units (100000)" },
  returns: {
    value: "R",
    help: "of the ratios: day, or bar (day where there are 60 days or more)",
  },
  "risk-free": { value: "RATE", help: "a year: 0.04 is 4 % (0)" },
  "rolling-days": { value: "D", help: "window of the rolling figures (90, a sixth of a shorter run)" },
  title: { value: "TEXT", help: "of the report" },
};
