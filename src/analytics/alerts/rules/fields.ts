import { MEASURE_NAMES } from "../measures/measures.ts";
import type { AlertRule, RuleCondition } from "./rule.ts";

/** What a field may hold. */
export type FieldKind =
  | { readonly kind: "text"; readonly most: number }
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "number" }
  | { readonly kind: "whole"; readonly least: number; readonly most: number }
  | { readonly kind: "boolean" }
  | { readonly kind: "interval" }
  | { readonly kind: "duration" }
  | { readonly kind: "symbols" }
  | { readonly kind: "pairs" }
  | { readonly kind: "labels" }
  | { readonly kind: "conditions" };

export type Field = FieldKind & {
  readonly about: string;
  readonly required?: true;
  /** What holds where the field is left out, in words. */
  readonly otherwise?: string;
};

const MOST_BARS = 100_000;

/** Every field of a rule: the one table behind the checks, the JSON Schema and the documentation. */
export const RULE_FIELDS: Readonly<Record<keyof AlertRule, Field>> = {
  name: { kind: "text", most: 100, required: true, about: "what the alert is called" },
  symbol: {
    kind: "symbols",
    about: 'the symbol that is watched, a list of them, or "*" for each one in the database',
    otherwise: "a measure of a symbol needs it",
  },
  pair: {
    kind: "pairs",
    about: 'the two symbols that are watched, `["ETHUSDT", "BTCUSDT"]` (y, then x), or a list of such pairs',
    otherwise: "a measure of a pair needs it",
  },
  interval: { kind: "interval", required: true, about: "length of the bars, 100ms to 1d" },
  measure: { kind: "words", words: MEASURE_NAMES, required: true, about: "what is looked at" },
  window: {
    kind: "whole",
    least: 1,
    most: MOST_BARS,
    about: "bars that the measure looks at",
    otherwise: "by measure",
  },
  within: {
    kind: "whole",
    least: 1,
    most: MOST_BARS,
    about: "judge the most extreme value of the last so many bars",
    otherwise: "1: the current one",
  },
  hedge: {
    kind: "words",
    words: ["frozen", "rolling", "kalman", "fixed"],
    about:
      "where β comes from: fitted once on the first `hedgeBars` bars and frozen, on the last `hedgeBars` bars, filtered by Kalman's recursion, or given by `beta` and `alpha`",
    otherwise: "frozen",
  },
  hedgeBars: {
    kind: "whole",
    least: 3,
    most: MOST_BARS,
    about: "bars that the hedge ratio is fitted on",
    otherwise: "`window`, or 60",
  },
  beta: { kind: "number", about: "β of a fixed hedge" },
  alpha: { kind: "number", about: "α of a fixed hedge", otherwise: "0" },
  prices: {
    kind: "words",
    words: ["log", "raw"],
    about: "the scale of prices in the spread",
    otherwise: "log",
  },
  when: {
    kind: "words",
    words: ["above", "below", "abs"],
    required: true,
    about: "which way out: at or above `fire`, at or below it, or at or beyond it on either side of 0",
  },
  fire: { kind: "number", required: true, about: "the value from which it fires" },
  resolve: {
    kind: "number",
    about: "the value at which it is over; never beyond `fire`. With `abs`, crossing 0 is over, too",
    otherwise: "`fire`",
  },
  leg: {
    kind: "words",
    words: ["y", "x"],
    about: "in a condition of a rule on a pair: the symbol of the two that a measure of a symbol looks at",
  },
  all: {
    kind: "conditions",
    about: "conditions instead of one: out when all are, back as soon as one is, missing if one is",
  },
  any: {
    kind: "conditions",
    about: "conditions instead of one: out when one is, back when all are, missing if one is and none is out",
  },
  for: {
    kind: "duration",
    about:
      "how long the value has to be out before it fires: pending until then; bars without a value do not count",
    otherwise: "0s",
  },
  keepFiringFor: {
    kind: "duration",
    about: "how long the value has to be back before it is resolved; bars without a value do not count",
    otherwise: "0s",
  },
  coolDown: { kind: "duration", about: "how long it stays quiet once it is resolved", otherwise: "0s" },
  remind: { kind: "duration", about: "tell again after so long, while it fires; 0s: never", otherwise: "0s" },
  noDataAfter: {
    kind: "duration",
    about: "how long a value may be missing before the alert says so",
    otherwise: "15 bars",
  },
  perHour: {
    kind: "whole",
    least: 1,
    most: 3600,
    about: "messages of one alert within an hour; more are held back and counted",
    otherwise: "20",
  },
  silences: {
    kind: "boolean",
    about: "whether, while it fires, the alerts that depend on its symbol are not reported",
    otherwise: "true for feedAge and holeOpen, else false",
  },
  severity: {
    kind: "words",
    words: ["info", "warning", "critical"],
    about: "how bad it is",
    otherwise: "warning",
  },
  labels: {
    kind: "labels",
    about:
      "names and texts of your own; with rule, venue, symbols and interval they are the alert's identity",
    otherwise: "none",
  },
  text: {
    kind: "text",
    most: 500,
    about: "what is said when it fires, with values filled in: {value}, {fire}, {symbol} …",
    otherwise: "a sentence of its own",
  },
};

export const FIELD_NAMES: readonly (keyof AlertRule)[] = Object.keys(RULE_FIELDS) as (keyof AlertRule)[];

/** The fields of a condition. A rule with one condition has them itself. */
export const CONDITION_FIELDS: readonly (keyof RuleCondition)[] = [
  "measure",
  "window",
  "within",
  "hedge",
  "hedgeBars",
  "beta",
  "alpha",
  "prices",
  "when",
  "fire",
  "resolve",
  "leg",
];

/** What a text can have filled in of a condition; of several, with the number of the condition: `{value.2}`. */
export const CONDITION_TEXT_NAMES: readonly string[] = [
  "measure",
  "window",
  "value",
  "unit",
  "fire",
  "resolve",
  "when",
];

/** The other names that a text can have filled in, `label.NAME` aside. */
export const TEXT_NAMES: readonly string[] = [
  "name",
  "symbol",
  "y",
  "x",
  "pair",
  "watched",
  "venue",
  "interval",
  "values",
  "state",
  "severity",
  "time",
  "since",
];

/** Labels that an alert has by itself. */
export const OWN_LABELS: readonly string[] = ["rule", "venue", "symbol", "y", "x", "interval"];

export const LABEL_NAME: RegExp = /^[A-Za-z_][A-Za-z0-9_.-]{0,49}$/;
/** As exchanges write symbols. */
export const SYMBOL: RegExp = /^[^\s"'\\/@?&#%<>*\p{Ll}\p{C}]{1,50}$/u;
export const DURATION: RegExp = /^(0|[1-9]\d{0,8})(ms|s|m|h|d)$/;
export const LONGEST_TIME_US: number = 365 * 86_400_000_000;
export const MOST_LABELS = 20;
export const LONGEST_LABEL = 200;
export const MOST_RULES = 10_000;
export const MOST_CONDITIONS = 20;
