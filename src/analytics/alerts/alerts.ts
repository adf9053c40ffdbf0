import { quote, refuse } from "../../core/errors.ts";
import { formatDuration } from "../../core/time.ts";
import { MEASURES, type Measure } from "./measures.ts";
import { alertLabels, labelsKey, type Watched, watchedBy } from "./rules/identity.ts";
import type { AlertRule, Direction, RuleHedge, Severity } from "./rules/rule.ts";
import { durationUs } from "./rules/times.ts";

/** What the states of an alert depend on, times in µs. */
export interface AlertLimits {
  readonly when: Direction;
  readonly fire: number;
  readonly resolve: number;
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

/** How the value of an alert is made; alerts with equal ones share the work. */
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

/** One rule on one symbol or pair. */
export interface Alert {
  /** Its labels as one text: its identity. */
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly rule: AlertRule;
  readonly severity: Severity;
  readonly of: ValueOf;
  /** Judge the most extreme of the last so many values. */
  readonly within: number;
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
export function alertsOf(rules: readonly AlertRule[], { venue, symbols }: AlertPlace): Alert[] {
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
  const facts = MEASURES[measure];
  const before = facts.hedged && (hedge === "frozen" || hedge === "rolling") ? hedgeBars : 0;
  if (measure === "correlation" || measure === "priceMove" || measure === "amihud") return window + 1;
  // a frozen ratio brings the spreads of its own bars along
  return hedge === "rolling" ? before + window : Math.max(before, window);
}

function alertOf(rule: AlertRule, watched: Watched, venue: string): Alert {
  const labels = alertLabels(rule, watched, venue);
  const facts = MEASURES[rule.measure];
  const intervalUs = durationUs(rule.interval);
  const window = rule.window ?? facts.window ?? 1;
  const of: ValueOf = {
    measure: rule.measure,
    watched,
    intervalUs,
    window,
    hedge: rule.hedge ?? "frozen",
    hedgeBars: rule.hedgeBars ?? (rule.window === undefined ? 60 : Math.max(3, window)),
    beta: rule.beta ?? Number.NaN,
    alpha: rule.alpha ?? 0,
    prices: rule.prices ?? "log",
  };
  const us = (text: string | undefined, otherwise: number): number =>
    text === undefined ? otherwise : durationUs(text);
  return {
    key: labelsKey(labels),
    labels,
    rule,
    severity: rule.severity ?? "warning",
    of,
    within: rule.within ?? 1,
    silences: rule.silences ?? facts.ofData === true,
    limits: {
      when: rule.when,
      fire: rule.fire,
      resolve: rule.resolve ?? rule.fire,
      forUs: us(rule.for, 0),
      keepFiringForUs: us(rule.keepFiringFor, 0),
      coolDownUs: us(rule.coolDown, 0),
      remindUs: us(rule.remind, 0),
      noDataAfterUs: us(rule.noDataAfter, 15 * intervalUs),
      warmUpUs: barsBefore(of) * intervalUs,
      perHour: rule.perHour ?? 20,
    },
  };
}

/** What an alert watches, to be read: `ETHUSDT/BTCUSDT, 1s`. */
export function watchedText({ of: { watched, intervalUs } }: Pick<Alert, "of">): string {
  return `${watched.join("/")}, ${formatDuration(intervalUs)}`;
}
