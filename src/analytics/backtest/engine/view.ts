import { quote, refuse } from "../../../core/errors.ts";
import type { BarView } from "../strategy.ts";
import type { Leg, Market } from "../types.ts";
import type { Waiting } from "./book.ts";

/** Where a run stands; the engine moves it on. */
export interface Standing {
  bar: number;
  cash: number;
  equity: number;
  /** The bar in which the position was entered; −1 while flat. */
  entryBar: number;
  waiting: Waiting | undefined;
  /** Decisions that lots and least orders did not let through. */
  tooSmall: number;
  readonly units: Float64Array;
}

/** The engine moves it on. */
type Moving = Omit<BarView, "bar"> & { bar: number };

/** The market up to where the run stands. */
export function viewOf(
  market: Market,
  signals: Readonly<Record<string, Float64Array>>,
  standing: Standing,
): Moving {
  const { legs, startUs, intervalUs } = market;
  const legAt = (leg: number): Leg => legs[leg] ?? noLeg(leg, legs.length);
  // by the engine's own count of bars: what a rule writes into its view moves nothing
  const at = (column: Float64Array | undefined, ago: number): number =>
    column?.[standing.bar - (ago >= 0 ? ago : lookAhead(ago))] ?? Number.NaN;
  return {
    bar: 0,
    get timeUs() {
      return startUs[standing.bar]! + intervalUs;
    },
    get isWaiting() {
      return standing.waiting !== undefined;
    },
    get heldBars() {
      return standing.entryBar < 0 ? 0 : standing.bar - standing.entryBar + 1;
    },
    get cash() {
      return standing.cash;
    },
    get equity() {
      return standing.equity;
    },
    legs: legs.length,
    open: (leg = 0, ago = 0) => at(legAt(leg).open, ago),
    close: (leg = 0, ago = 0) => at(legAt(leg).close, ago),
    volume: (leg = 0, ago = 0) => at(legAt(leg).volume, ago),
    closes: (leg, count) => legAt(leg).close.slice(Math.max(0, standing.bar + 1 - count), standing.bar + 1),
    signal: (name, ago = 0) => at(signals[name] ?? noSignal(name, signals), ago),
    units: (leg = 0) => standing.units[leg] ?? noLeg(leg, legs.length),
    target: (leg = 0) => (standing.waiting?.target ?? standing.units)[leg] ?? noLeg(leg, legs.length),
  };
}

function lookAhead(ago: number): never {
  return refuse({
    code: "look-ahead",
    where: "view",
    problem: `ago counts bars into the past, from 0 on; got ${quote(ago)}`,
    hint: "A decision knows nothing of the bars after it.",
    facts: { ago },
  });
}

function noLeg(got: number, legs: number): never {
  return refuse({
    code: "bad-setting",
    where: "view",
    problem: `leg must be ${legs === 1 ? "0" : "0 or 1"} in a market of ${legs}; got ${quote(got)}`,
    hint: "0 is y, 1 is x.",
    facts: { got, legs },
  });
}

function noSignal(name: string, signals: Readonly<Record<string, Float64Array>>): never {
  const known = Object.keys(signals);
  return refuse({
    code: "unknown-signal",
    where: "view",
    problem: `has ${known.length === 0 ? "no signals" : `the signals ${known.join(", ")}`}; got ${quote(name)}`,
    hint: "Signals are what the strategy's begin returns.",
    facts: { name, known },
  });
}
