import type { Direction } from "../judge.ts";
import type { Measure } from "../measures/measure.ts";

export type Severity = "info" | "warning" | "critical";

/** How a rule gets its hedge ratio: fitted once on the first bars, on the last bars, filtered, or told. */
export type RuleHedge = "frozen" | "rolling" | "kalman" | "fixed";

/** Two symbols: the one that is explained, and the one that explains it. */
export type PairName = readonly [y: string, x: string];

/** What is looked at, and when it is out. */
export interface RuleCondition {
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
  /** Among several of a pair, of a measure of one symbol: which of the two. */
  readonly leg?: "y" | "x";
}

interface RuleFrame {
  readonly name: string;
  readonly symbol?: string | readonly string[];
  readonly pair?: PairName | readonly PairName[];
  readonly interval: string;
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

/** That one condition is left out where there are several. */
type NoCondition = { readonly [Name in keyof RuleCondition]?: undefined };

/** A rule with one condition: its fields are the rule's own. */
export type SimpleRule = RuleFrame & RuleCondition & { readonly all?: undefined; readonly any?: undefined };
/** A rule with several: out when all are, back as soon as one is. */
export type AllRule = RuleFrame &
  NoCondition & { readonly all: readonly RuleCondition[]; readonly any?: undefined };
/** A rule with several: out when one is, back when all are. */
export type AnyRule = RuleFrame &
  NoCondition & { readonly any: readonly RuleCondition[]; readonly all?: undefined };

/**
 * An alert rule, as it is written in TypeScript and in a rule file alike. The fields are explained in `RULE_FIELDS`;
 * times are texts such as `"30s"`.
 */
export type AlertRule = SimpleRule | AllRule | AnyRule;

/** What a rule file holds. */
export interface RuleFile {
  readonly rules: readonly AlertRule[];
  /** Messages of all rules together within an hour; 200 unless told. */
  readonly perHour?: number;
}
