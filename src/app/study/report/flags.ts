import { isDeepStrictEqual } from "node:util";
import { sourceWords } from "../../data/data-source.ts";
import type { Flags } from "../../terminal/flags.ts";
import type { RunDescription } from "../run.ts";
import { badFlag, hedgeOf, hedgeText, type Json, sizeOf, sizeText } from "./flag-words.ts";
import type { RunFlag } from "./run-flags.ts";

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
  ["benchmark", "text", ["benchmark"]],
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
  ["lot-step", "lotStep"],
  ["min-order", "minOrder"],
];

/** A description with what flags say put into it; `none` takes a setting out. */
export function withFlags(base: RunDescription, flags: Flags<RunFlag>): RunDescription {
  const whole = structuredClone(base) as unknown as Json;
  const { "risk-free": riskFree } = flags;
  if (riskFree !== undefined && Math.abs(Number(riskFree)) >= 1)
    badFlag("risk-free", "a share a year: 0.04 is 4 %", riskFree);
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

/** `2`, or `2,5`: 2 for y and 5 for x. */
function putCost(costs: Json, flag: string, name: string, text: string | undefined): void {
  if (text === undefined) return;
  const values = text === "none" ? [0] : text.split(",").map((part) => readValue(flag, "number", part));
  if (values.length > 2) badFlag(flag, "a number, or two: of y, and of x", text);
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
    if (every !== undefined) badFlag("funding-every", "no --funding none beside it", every);
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
  return text.trim() !== "" && Number.isFinite(value) ? value : badFlag(flag, "a number", text);
}
