import { isDeepStrictEqual } from "node:util";
import { quote, refuse } from "../../../core/errors.ts";
import { sourceWords } from "../../data/data-source.ts";
import type { Flag, Flags } from "../../terminal/flags.ts";
import { READ_FLAGS } from "../../terminal/read-flags.ts";
import type { RunDescription } from "../run.ts";

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
  | "funding"
  | "funding-every"
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
  funding: {
    value: "FILE",
    help: "rates of perpetuals, a column a symbol; column: those of the file of the bars (none are charged)",
  },
  "funding-every": { value: "8h", help: "settlements from 00:00 UTC on, where a column repeats its rate" },
  cash: { value: "MONEY", help: "to start with, quote units (100000)" },
  returns: {
    value: "R",
    help: "of the ratios: day, or bar (day where there are 60 days or more)",
  },
  "risk-free": { value: "RATE", help: "a year: 0.04 is 4 % (0)" },
  "rolling-days": { value: "D", help: "window of the rolling figures (90, a sixth of a shorter run)" },
  title: { value: "TEXT", help: "of the report" },
};

/** What is run where nothing else is said: hedge and window are those of the calibration stretch. */
export const DEFAULT_RUN: RunDescription = {
  data: { y: "ETHUSDT", x: "BTCUSDT" },
  strategy: {
    name: "mean reversion",
    settings: {
      entry: 2,
      size: { by: "equity", share: 1 },
    },
  },
  costs: { feeBps: 2, halfSpreadBps: 0.5, slippageBps: 0.5, financingBpsPerYear: 0 },
  startCash: 100_000,
};

type Json = Record<string, unknown>;
type Place = readonly [...path: string[]];

type ValueKind = "text" | "number" | "switch" | "source";

const PLACES: readonly (readonly [RunFlag, ValueKind, Place])[] = [
  ["source", "source", ["data", "source"]],
  ["venue", "text", ["data", "venue"]],
  ["y", "text", ["data", "y"]],
  ["x", "text", ["data", "x"]],
  ["interval", "text", ["data", "interval"]],
  ["from", "text", ["data", "from"]],
  ["to", "text", ["data", "to"]],
  ["bars", "number", ["data", "bars"]],
  ["tz", "text", ["data", "tz"]],
  ["dates", "text", ["data", "dates"]],
  ["decimal", "text", ["data", "decimal"]],
  ["separator", "text", ["data", "separator"]],
  ["columns", "text", ["data", "columns"]],
  ["table", "text", ["data", "table"]],
  ["query", "text", ["data", "query"]],
  ["sessions", "switch", ["data", "sessions"]],
  ["prices", "text", ["strategy", "settings", "prices"]],
  ["window", "number", ["strategy", "settings", "window"]],
  ["z-score", "text", ["strategy", "settings", "zScore"]],
  ["entry", "number", ["strategy", "settings", "entry"]],
  ["exit", "number", ["strategy", "settings", "exit"]],
  ["stop", "number", ["strategy", "settings", "stop"]],
  ["max-bars", "number", ["strategy", "settings", "maxBars"]],
  ["cool-down", "number", ["strategy", "settings", "coolDownBars"]],
  ["side", "text", ["strategy", "settings", "side"]],
  ["neutral", "text", ["strategy", "settings", "neutral"]],
  ["rehedge", "number", ["strategy", "settings", "rehedge"]],
  ["min-trades", "number", ["strategy", "settings", "liquidity", "minTrades"]],
  ["min-volume", "number", ["strategy", "settings", "liquidity", "minVolume"]],
  ["financing", "number", ["costs", "financingBpsPerYear"]],
  ["cash", "number", ["startCash"]],
  ["returns", "text", ["performance", "returns"]],
  ["risk-free", "number", ["performance", "riskFree"]],
  ["rolling-days", "number", ["performance", "rollingDays"]],
  ["title", "text", ["title"]],
];

/** Costs that each leg may have of its own. */
const LEG_PLACES: readonly (readonly [RunFlag, string])[] = [
  ["fee", "feeBps"],
  ["maker-fee", "makerFeeBps"],
  ["maker-share", "makerShare"],
  ["half-spread", "halfSpreadBps"],
  ["slippage", "slippageBps"],
  ["borrow", "borrowBpsPerYear"],
];

/** A description with what flags say put into it; `none` takes a setting out. */
export function withFlags(base: RunDescription, flags: Flags<RunFlag>): RunDescription {
  const whole = structuredClone(base) as unknown as Json;
  const { "risk-free": riskFree } = flags;
  if (riskFree !== undefined && Math.abs(Number(riskFree)) >= 1)
    bad("risk-free", "a share a year: 0.04 is 4 %", riskFree);
  for (const [flag, kind, place] of PLACES) {
    const text = flags[flag];
    if (text !== undefined) put(whole, place, text === "none" ? undefined : readValue(flag, kind, text));
  }
  for (const [flag, name] of LEG_PLACES) putCost(whole.costs as Json, flag, name, flags[flag]);
  putFunding(whole, flags);
  const { hedge, size } = flags;
  if (hedge !== undefined) put(whole, ["strategy", "settings", "hedge"], hedgeOf(hedge));
  if (size !== undefined) put(whole, ["strategy", "settings", "size"], sizeOf(size));
  const settings = (whole.strategy as Json).settings as Json;
  // one leg has nothing to be hedged with
  if ((whole.data as Json).x === undefined && hedge === undefined) delete settings.hedge;
  return whole as unknown as RunDescription;
}

/** The flags of a description; undefined where flags can't say it. */
export function flagsOf(description: RunDescription): Flags<RunFlag> | undefined {
  const whole = description as unknown as Json;
  const flags: Partial<Record<RunFlag, string>> = {};
  for (const [flag, , place] of PLACES) {
    const value = place.reduce<unknown>((at, name) => (at as Json | undefined)?.[name], whole);
    if (value !== undefined) flags[flag] = String(value);
  }
  for (const [flag, name] of LEG_PLACES) {
    const text = costText(whole.costs as Json, name);
    if (text !== undefined) flags[flag] = text;
  }
  const { funding } = description;
  if (funding !== undefined) {
    if (funding.every !== undefined) flags["funding-every"] = funding.every;
    if (funding.source !== undefined || funding.every === undefined)
      flags.funding = funding.source ?? "column";
  }
  const { hedge, size } = description.strategy.settings as { hedge?: Json; size?: Json };
  if (hedge !== undefined) flags.hedge = hedgeText(hedge);
  if (size !== undefined) flags.size = sizeText(size);
  if (description.data.x === undefined) flags.x = "none";
  try {
    return isDeepStrictEqual(plain(withFlags(DEFAULT_RUN, flags)), plain(description)) ? flags : undefined;
  } catch {
    return undefined;
  }
}

/** Flags as they are typed. */
export function flagText(flags: Flags<string>): string {
  return Object.entries(flags)
    .map(([name, value]) =>
      value === "true" ? `--${name}` : `--${name}${value!.startsWith("-") ? "=" : " "}${shellText(value!)}`,
    )
    .join(" ");
}

/** A word for a POSIX shell. */
export function shellText(text: string): string {
  return /^[\w./:,=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** `2`, or `2,5`: 2 for y and 5 for x. */
function putCost(costs: Json, flag: string, name: string, text: string | undefined): void {
  if (text === undefined) return;
  const values = text === "none" ? [0] : text.split(",").map((part) => readValue(flag, "number", part));
  if (values.length > 2) bad(flag, "a number, or two: of y, and of x", text);
  // beside costs by leg, one number is for both
  const legs = (costs.legs as Json[] | undefined)?.map(({ [name]: _, ...rest }) => rest);
  if (values.length === 1) {
    costs[name] = values[0];
    if (legs !== undefined) costs.legs = legs;
    return;
  }
  costs.legs = values.map((value, k) => ({ ...legs?.[k], [name]: value }));
}

function costText(costs: Json, name: string): string | undefined {
  const legs = costs.legs as Json[] | undefined;
  const whole = costs[name];
  if (!legs?.some((leg) => leg[name] !== undefined)) return whole === undefined ? undefined : String(whole);
  return [0, 1].map((k) => String(legs[k]?.[name] ?? whole ?? 0)).join(",");
}

function putFunding(whole: Json, { funding, "funding-every": every }: Flags<RunFlag>): void {
  if (funding === "none") {
    if (every !== undefined) bad("funding-every", "no --funding none beside it", every);
    delete whole.funding;
  } else if (funding !== undefined || every !== undefined) {
    const { source, every: was } = (whole.funding ?? {}) as { source?: string; every?: string };
    const from = funding === "column" ? undefined : (funding ?? source);
    const step = every === "none" ? undefined : (every ?? was);
    whole.funding = {
      ...(from !== undefined && { source: from }),
      ...(step !== undefined && { every: step }),
    };
  }
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function put(whole: Json, place: Place, value: unknown): void {
  const name = place.at(-1)!;
  let at = whole;
  for (const step of place.slice(0, -1)) {
    at[step] ??= {};
    at = at[step] as Json;
  }
  if (value === undefined) delete at[name];
  else at[name] = value;
}

function readValue(flag: string, kind: ValueKind, text: string): unknown {
  if (kind === "text") return text;
  if (kind === "switch") return text === "true";
  if (kind === "source") return sourceWords(text);
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) ? value : bad(flag, "a number", text);
}

function hedgeOf(text: string): Json | undefined {
  if (text === "none") return undefined;
  const { name, numbers } = words("hedge", text);
  const [first, second] = numbers as [number, number?];
  const one = numbers.length === 1;
  if (name === "beta" && one) return { method: "fixed", beta: first };
  if (name === "rolling" && one) return { method: "rolling", window: first };
  if (name === "kalman" || name === "kalman-ratio") {
    const model = name === "kalman" ? {} : { model: "ratio" };
    if (one) return { method: "kalman", ...model, calibrationBars: first };
    if (numbers.length === 2) return { method: "kalman", ...model, stateNoise: first, noise: second };
  }
  if (FITS.includes(name) && one)
    return { method: "fixed", ...(name !== "ols" && { fit: name }), calibrationBars: first };
  return bad("hedge", "rolling:BARS, ols:BARS, tls:BARS, kalman:BARS or beta:NUMBER", text);
}

const FITS = ["ols", "tls", "huber", "theil-sen"];

function hedgeText(hedge: Json): string {
  const { method, beta, calibrationBars, fit = "ols", window, model, stateNoise, noise } = hedge;
  if (method === "rolling") return `rolling:${window}`;
  if (method === "fixed") return calibrationBars === undefined ? `beta:${beta}` : `${fit}:${calibrationBars}`;
  return `kalman${model === "ratio" ? "-ratio" : ""}:${calibrationBars ?? `${stateNoise},${noise}`}`;
}

function sizeOf(text: string): Json {
  const { name, numbers } = words("size", text);
  const [first, second] = numbers as [number, number?];
  const one = numbers.length === 1;
  if (name === "units" && one) return { by: "units", units: first };
  if (name === "notional" && one) return { by: "notional", notional: first };
  if (name === "equity" && one) return { by: "equity", share: first };
  if (name === "risk" && numbers.length <= 2)
    return { by: "risk", share: first, ...(second !== undefined && { most: second }) };
  return bad("size", "equity:SHARE, notional:MONEY, units:UNITS or risk:SHARE", text);
}

function sizeText({ by, units, notional, share, most }: Json): string {
  return `${by}:${units ?? notional ?? share}${most === undefined ? "" : `,${most}`}`;
}

/** `name:1,2` */
function words(flag: string, text: string): { name: string; numbers: number[] } {
  const [name = "", rest = ""] = text.split(":", 2);
  const numbers = rest.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (!numbers.every(Number.isFinite)) bad(flag, "a name and a number, as in rolling:1000", text);
  return { name, numbers };
}

function bad(flag: string, what: string, got: string): never {
  return refuse({
    code: "bad-flag",
    where: `--${flag}`,
    problem: `needs ${what}; got ${quote(got, 60)}`,
    hint: "See --help.",
  });
}
