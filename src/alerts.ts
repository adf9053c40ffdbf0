/** "tickbook/alerts". Rules on measures, what they tell, and how good that was. */
export {
  type Alert,
  type AlertCondition,
  type AlertLimits,
  type AlertPlace,
  alertsOf,
} from "./analytics/alerts/alerts.ts";
export {
  type CompareSettings,
  type Comparison,
  compareThresholds,
} from "./analytics/alerts/compare-thresholds.ts";
export type { Direction, Judge, Side, Threshold } from "./analytics/alerts/judge.ts";
export type { Measure, MeasureFacts } from "./analytics/alerts/measures/measure.ts";
export { MEASURES } from "./analytics/alerts/measures/measures.ts";
export { type ReplayedAlert, type ReplaySettings, replayAlerts } from "./analytics/alerts/replay.ts";
export {
  checkRules,
  parseRules,
  type RuleCheck,
  type RuleFault,
} from "./analytics/alerts/rules/check-rules.ts";
export { type DefaultRules, defaultRules } from "./analytics/alerts/rules/defaults.ts";
export type {
  AlertRule,
  PairName,
  RuleCondition,
  RuleFile,
  RuleHedge,
  Severity,
} from "./analytics/alerts/rules/rule.ts";
export {
  type AlertScore,
  type Outcome,
  type ScoreSettings,
  scoreAlerts,
  scoreTable,
} from "./analytics/alerts/score.ts";
export type {
  AlertEvent,
  AlertState,
  AlertStateName,
  Observation,
  Observed,
} from "./analytics/alerts/state.ts";
export { alertText } from "./analytics/alerts/text.ts";
export {
  type AlertEvaluator,
  type AlertStatus,
  alertEvaluator,
  type BarsOf,
  type EvaluatorMemory,
  type EvaluatorSettings,
  type HeardEvent,
} from "./analytics/alerts/values/evaluator.ts";
export type { Lane } from "./analytics/alerts/values/nodes.ts";
export { TickbookError } from "./core/errors.ts";
export { type AlertHistorySettings, alertHistory } from "./notebook/alerts/alert-history.ts";
export { type PairAlertSettings, type PairAlerts, pairAlerts } from "./notebook/alerts/pair-alerts.ts";
