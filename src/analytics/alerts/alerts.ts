import { requireFields, requireList } from "../../core/arguments.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatDuration } from "../../core/time.ts";
import type { Judge } from "./judge.ts";
import type { Measure } from "./measures/measure.ts";
import { MEASURES } from "./measures/measures.ts";
import { conditionsOf } from "./rules/conditions.ts";
import { alertLabels, labelsKey, type Watched, watchedBy } from "./rules/identity.ts";
import type { AlertRule, RuleCondition, RuleHedge, Severity } from "./rules/rule.ts";
import { durationUs } from "./rules/times.ts";

/** What the states of an alert depend on, times in µs. */
export interface AlertLimits {
  readonly judge: Judge;
  readonly forUs: number;
  readonly keepFiringForUs: number;
  readonly coolDownUs: number;
  /** 0: never. */
  readonly remindUs: number;
  readonly noDataAfterUs: number;
  /** How much longer a value may be missing before there ever was one: windows have to fill. */
  readonly warmUpUs: number;
  readonly perHour: number;
}

/** How a value is made; alerts with equal ones share the work. */
export interface ValueOf {
  readonly measure: Measure;
  readonly watched: Watched;
  readonly intervalUs: number;
  readonly window: number;
  readonly hedge: RuleHedge;
  readonly hedgeBars: number;
  readonly beta: number;
  readonly alpha: number;
  readonly prices: "log" | "raw";
}

/** One of the values that an alert is judged by. */
export interface AlertCondition {
  readonly of: ValueOf;
  /** Judge the most extreme of the last so many values. */
  readonly within: number;
}

/** One rule on one symbol or pair. */
export interface Alert {
  /** Its labels as one text: its identity. */
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly rule: AlertRule;
  readonly severity: Severity;
  readonly watched: Watched;
  readonly intervalUs: number;
  /** One for each threshold of its judge, in the same order. */
  readonly conditions: readonly AlertCondition[];
  readonly limits: AlertLimits;
  /** While it fires, the alerts that depend on its symbol are silent. */
  readonly silences: boolean;
}

export interface AlertPlace {
  readonly venue: string;
  /** What `"*"` stands for. */
  readonly symbols: readonly string[];
}

/** The alerts of rules that were checked: one for each symbol or pair that a rule watches. */
export function alertsOf(rules: readonly AlertRule[], place: AlertPlace): Alert[] {
  requireList("alertsOf", "rules", rules);
  requireFields("alertsOf", "place", place, ["venue", "symbols"]);
  const { venue, symbols } = place;

  const alerts = new Map<string, Alert>();
  for (const rule of rules) {
    for (const watched of watchedBy(rule, symbols)) {
      const alert = alertOf(rule, watched, venue);
      if (alerts.has(alert.key)) {
        refuse({
          code: "same-alert",
          where: "alert rules",
          problem: `need alerts that differ in name, symbols, interval or labels; ${quote(rule.name)} on ${watched.join(" and ")} comes twice`,
          hint: "Take another name, or add a label.",
        });
      }
      alerts.set(alert.key, alert);
    }
  }
  return [...alerts.values()];
}

/** Bars that a value needs before it is first defined. */
export function barsBefore({ measure, window, hedge, hedgeBars }: ValueOf): number {
  const { from, looksBack = (bars: number) => bars } = MEASURES[measure];
  if (from !== "spread") return looksBack(window);
  if (hedge === "rolling") return hedgeBars + looksBack(window);
  // a frozen ratio brings the spreads of its own bars along
  return Math.max(hedge === "frozen" ? hedgeBars : 0, looksBack(window));
}

function alertOf(rule: AlertRule, watched: Watched, venue: string): Alert {
  const labels = alertLabels(rule, watched, venue);
  const intervalUs = durationUs(rule.interval);
  const given = conditionsOf(rule);
  const conditions = given.map((one): AlertCondition => {
    const { leg, within = 1 } = one;
    const symbols = leg === undefined ? watched : ([watched[leg === "y" ? 0 : 1]!] as const);
    return { of: valueMade(one, symbols, intervalUs), within };
  });
  const us = (text: string | undefined, otherwise: number): number =>
    text === undefined ? otherwise : durationUs(text);
  return {
    key: labelsKey(labels),
    labels,
    rule,
    severity: rule.severity ?? "warning",
    ...{ watched, intervalUs, conditions },
    silences: rule.silences ?? given.every(({ measure }) => MEASURES[measure].ofData === true),
    limits: {
      judge: {
        by: rule.any === undefined ? "all" : "any",
        of: given.map(({ when, fire, resolve = fire }) => ({ when, fire, resolve })),
      },
      forUs: us(rule.for, 0),
      keepFiringForUs: us(rule.keepFiringFor, 0),
      coolDownUs: us(rule.coolDown, 0),
      remindUs: us(rule.remind, 0),
      noDataAfterUs: us(rule.noDataAfter, 15 * intervalUs),
      warmUpUs: Math.max(...conditions.map(({ of }) => barsBefore(of))) * intervalUs,
      perHour: rule.perHour ?? 20,
    },
  };
}

function valueMade(condition: RuleCondition, watched: Watched, intervalUs: number): ValueOf {
  const { measure, hedge = "frozen", beta = Number.NaN, alpha = 0, prices = "log" } = condition;
  const window = condition.window ?? MEASURES[measure].window ?? 1;
  const hedgeBars = condition.hedgeBars ?? (condition.window === undefined ? 60 : Math.max(3, window));
  return { measure, watched, intervalUs, window, hedge, hedgeBars, beta, alpha, prices };
}

/** What an alert watches, to be read: `ETHUSDT/BTCUSDT, 1s`. */
export function watchedText({ watched, intervalUs }: Pick<Alert, "watched" | "intervalUs">): string {
  return `${watched.join("/")}, ${formatDuration(intervalUs)}`;
}
