export { type Alert, type AlertCondition, type AlertLimits, type AlertPlace, alertsOf } from "./alerts.ts";
export { type CompareSettings, type Comparison, compareThresholds } from "./compare-thresholds.ts";
export type { Direction, Judge, Side, Threshold } from "./judge.ts";
export type { Measure, MeasureFacts } from "./measures/measure.ts";
export { MEASURES } from "./measures/measures.ts";
export { type ReplayedAlert, type ReplaySettings, replayAlerts } from "./replay.ts";
export {
  checkRules,
  parseRules,
  type RuleCheck,
  type RuleFault,
  ruleFaults,
} from "./rules/check-rules.ts";
export { type DefaultRules, defaultRules } from "./rules/defaults.ts";
export type { AlertRule, PairName, RuleCondition, RuleFile, RuleHedge, Severity } from "./rules/rule.ts";
export { type AlertScore, type Outcome, type ScoreSettings, scoreAlerts, scoreTable } from "./score.ts";
export {
  type AlertEvent,
  type AlertState,
  type AlertStateName,
  FIRST_STATE,
  type Observation,
  type Observed,
  observe as observeAlert,
} from "./state.ts";
export { alertText } from "./text.ts";
export {
  type AlertEvaluator,
  type AlertStatus,
  alertEvaluator,
  type BarsOf,
  type EvaluatorMemory,
  type EvaluatorSettings,
  type HeardEvent,
} from "./values/evaluator.ts";
export type { Lane } from "./values/nodes.ts";
