import type { AlertRule, RuleCondition, SimpleRule } from "./rule.ts";

/** The conditions of a rule: those of `all` or `any`, or its own. */
export function conditionsOf(rule: AlertRule): readonly RuleCondition[] {
  return rule.all ?? rule.any ?? [rule];
}

/** A rule with each of its conditions made another; `make` keeps the fields that it does not know. */
export function withConditions(rule: AlertRule, make: (one: RuleCondition) => RuleCondition): AlertRule {
  if (rule.all !== undefined) return { ...rule, all: rule.all.map(make) };
  if (rule.any !== undefined) return { ...rule, any: rule.any.map(make) };
  return make(rule) as SimpleRule;
}
