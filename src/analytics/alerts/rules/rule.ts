import type { Measure } from "../measures.ts";

/** Which way a value has to leave: at or above `fire`, at or below it, or at or beyond it on either side of 0. */
export type Direction = "above" | "below" | "abs";

export type Severity = "info" | "warning" | "critical";

/** How a rule gets its hedge ratio: fitted once on the first bars, on the last bars, filtered, or told. */
export type RuleHedge = "frozen" | "rolling" | "kalman" | "fixed";

/** Two symbols: the one that is explained, and the one that explains it. */
export type PairName = readonly [y: string, x: string];

/**
 * An alert rule, as it is written in TypeScript and in a rule file alike. The fields are explained in `RULE_FIELDS`;
 * times are texts such as `"30s"`.
 */
export interface AlertRule {
  readonly name: string;
  readonly symbol?: string | readonly string[];
  readonly pair?: PairName | readonly PairName[];
  readonly interval: string;
  readonly measure: Measure;
  readonly window?: number;
  readonly within?: number;
  readonly hedge?: RuleHedge;
  readonly hedgeBars?: number;
  readonly beta?: number;
  readonly alpha?: number;
  readonly prices?: "log" | "raw";
  readonly when: Direction;
  readonly fire: number;
  readonly resolve?: number;
  readonly for?: string;
  readonly keepFiringFor?: string;
  readonly coolDown?: string;
  readonly remind?: string;
  readonly noDataAfter?: string;
  readonly perHour?: number;
  readonly silences?: boolean;
  readonly severity?: Severity;
  readonly labels?: Readonly<Record<string, string>>;
  readonly text?: string;
}

/** What a rule file holds. */
export interface RuleFile {
  readonly rules: readonly AlertRule[];
  /** Messages of all rules together within an hour; 200 unless told. */
  readonly perHour?: number;
}
