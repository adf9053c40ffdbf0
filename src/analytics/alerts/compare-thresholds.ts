import { requireList, requireSettings } from "../../core/arguments.ts";
import type { Bars } from "../../core/bars.ts";
import { refuse } from "../../core/errors.ts";
import type { ResultTable } from "../unit-root/test-result.ts";
import { alertsOf } from "./alerts.ts";
import { checkRules } from "./rules/check-rules.ts";
import type { AlertRule, SimpleRule } from "./rules/rule.ts";
import { type AlertScore, type ScoreSettings, scoreAlerts, scoreTable } from "./score.ts";
import { valueText } from "./text.ts";

export interface CompareSettings extends ScoreSettings {
  /** The thresholds to compare. */
  readonly fire: readonly number[];
  /** With each of them: a value at which it is over, or a share of the threshold below 1 (`{ share: 0.5 }`). The rule's own unless told. */
  readonly resolve?: number | { readonly share: number };
}

export interface Comparison {
  /** One for each threshold. */
  readonly scores: readonly AlertScore[];
  readonly table: ResultTable;
}

/** One rule with several thresholds over the same bars, in one pass. The rule has to watch one symbol or pair, by one condition. */
export function compareThresholds(
  rule: AlertRule,
  bars: readonly Bars[],
  settings: CompareSettings,
): Comparison {
  const where = "compareThresholds";
  requireList(where, "bars", bars);
  requireSettings(where, settings, ["fire", "resolve", "horizonBars", "fromUs", "toUs", "perHour"]);

  const { fire, resolve, ...rest } = settings;
  if (fire.length === 0) {
    refuse({
      code: "no-thresholds",
      where,
      problem: "needs thresholds to compare; got none",
      hint: "Pass for example fire: [1.5, 2, 2.5].",
    });
  }
  if (rule.measure === undefined) {
    refuse({
      code: "several-thresholds",
      where,
      problem: `needs a rule with one threshold; ${rule.name} has those of its ${(rule.all ?? rule.any).length} conditions`,
      hint: "Compare each condition as a rule of its own, or score the rule as it is with scoreAlerts.",
    });
  }
  const one: SimpleRule = rule;
  const rules = fire.map((threshold): SimpleRule => {
    const end =
      resolve === undefined ? one.resolve : typeof resolve === "number" ? resolve : resolve.share * threshold;
    const inner = one.when === "below" ? Math.max : Math.min;
    return {
      ...one,
      fire: threshold,
      ...(end !== undefined && { resolve: inner(end, threshold) }),
      labels: { ...one.labels, threshold: String(threshold) },
    };
  });
  const symbols = [...new Set(bars.map(({ symbol }) => symbol))];
  const alerts = alertsOf(checkRules(rules, { symbols, where }).rules, {
    venue: bars[0]?.venue.name ?? "",
    symbols,
  });
  if (alerts.length !== fire.length) {
    refuse({
      code: "several-alerts",
      where,
      problem: `needs a rule that watches one symbol or pair; ${rule.name} watches ${alerts.length / fire.length}`,
      hint: "Name one of them.",
    });
  }
  const scores = scoreAlerts(alerts, bars, rest);
  const table = scoreTable(scores, ({ alert }) => {
    const { fire: out, resolve: back } = alert.limits.judge.of[0]!;
    return `${valueText(out)}, over at ${valueText(back)}`;
  });
  const [first, ...others] = table.columns;
  return {
    scores,
    table: {
      ...table,
      columns: [{ ...first!, name: "fires at" }, ...others],
      caption: `${rule.name}: ${table.caption}`,
    },
  };
}
