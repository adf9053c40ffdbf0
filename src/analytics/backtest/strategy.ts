import type { Market, Reason } from "./types.ts";

/**
 * What a rule sees at the close of a bar: that bar and those before it. There is no way from here to a later one.
 * It is one object, moved on from bar to bar. `leg` is 0 (y) unless told, `ago` is in bars, 0 for the one that has closed.
 */
export interface BarView {
  /** The bar that has closed, counted from 0. */
  readonly bar: number;
  /** Its end, µs since 1970 UTC. */
  readonly timeUs: number;
  readonly legs: number;
  open(leg?: number, ago?: number): number;
  close(leg?: number, ago?: number): number;
  /** NaN where the market has no volumes. */
  volume(leg?: number, ago?: number): number;
  /** The newest `count` closes, oldest first: a copy; fewer where fewer bars have closed. */
  closes(leg: number, count: number): Float64Array;
  /** A series of the strategy's own. */
  signal(name: string, ago?: number): number;
  /** Units held. */
  units(leg?: number): number;
  /** Units that will be held when the order that waits is filled; those held where none waits. */
  target(leg?: number): number;
  /** An order waits for a bar in which its legs trade. */
  readonly isWaiting: boolean;
  /** Bars since the position was entered, the one of the fill included; 0 while flat. */
  readonly heldBars: number;
  readonly cash: number;
  /** Cash and what is held at the last known closes. */
  readonly equity: number;
}

/** What to hold from now on. */
export type Decision =
  | { readonly units: readonly number[]; readonly reason?: Reason }
  /** Of the equity, at the closes of the bar of the decision. */
  | { readonly weights: readonly number[]; readonly reason?: Reason };

/** Decides at the close of each bar; undefined: leave everything as it is. */
export type Rule = (view: BarView) => Decision | undefined;

/** A rule that has begun on a market. */
export interface RunningRule {
  /** Series as long as the market, made by causal functions before the first bar: what `view.signal` reads. */
  readonly signals?: Readonly<Record<string, Float64Array>>;
  /** The name of the one that decides; round trips keep its value at entry and exit. */
  readonly mainSignal?: string;
  /** Bars that go by before it can decide anything: a market with fewer is refused. */
  readonly warmUpBars?: number;
  /** What it counts while it runs: mean reversion the entries that it refused for their β, and those of an unusual one. */
  readonly counts?: Readonly<Record<string, number>>;
  readonly decide: Rule;
  /**
   * The next bar at which `decide` may return something or remember something else, as long as no order waits and what is held
   * stays: the engine passes over those before it. Asked after `decide`, of the same view. Every bar where it is absent.
   */
  readonly nextLook?: (view: BarView) => number;
}

/** Keeps what a settings' key stands for, so that runs which share it make it once. */
export type Memo = <T>(key: string, make: () => T) => T;

/** A rule with a name and settings, which begins anew on every market. */
export interface Strategy {
  readonly name: string;
  /** Plain data, for reports. */
  readonly settings: Readonly<Record<string, unknown>>;
  /**
   * Called once a run, so that what a rule remembers is of this run alone. The whole market is in reach here, for series
   * functions; `assertCausal` tells when one of them looked ahead.
   */
  begin(market: Market, memo?: Memo): RunningRule;
}
