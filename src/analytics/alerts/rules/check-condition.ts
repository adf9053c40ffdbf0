import type { MeasureFacts } from "../measures/measure.ts";
import { MEASURES } from "../measures/measures.ts";
import type { FaultFinder } from "./check-field.ts";
import { checkReach, checkThresholds } from "./check-thresholds.ts";
import { RULE_FIELDS } from "./fields.ts";
import { placeAt } from "./json-places.ts";
import type { AlertRule, RuleCondition } from "./rule.ts";

/** Where a condition stands. */
export interface ConditionPlace {
  readonly rule: AlertRule;
  /** The fields that are as they have to be by themselves. */
  readonly isSound: Readonly<Record<string, boolean>>;
  /** Whether its fields are the rule's own. */
  readonly isOne: boolean;
}

/** What does not go together in a condition whose fields were checked by themselves. */
export function checkCondition(
  find: FaultFinder,
  place: string,
  given: Readonly<Record<string, unknown>>,
  { rule, isSound, isOne }: ConditionPlace,
): void {
  const sound = (...names: string[]): boolean => names.every((name) => isSound[name] === true);
  const one = given as unknown as RuleCondition;
  if (sound("measure")) {
    const facts = MEASURES[one.measure];
    if (isOne) checkWatched(find, place, one, rule, facts);
    else checkLeg(find, place, one, rule, facts);
    checkWindow(find, place, one, facts, isSound.window === true);
    checkHedge(find, place, one, facts);
  }
  if (!sound("fire", "when") || isSound.resolve === false) return;
  checkThresholds(find, place, one);
  if (sound("measure") && isSound.window !== false) checkReach(find, place, one);
}

function checkWatched(
  find: FaultFinder,
  place: string,
  { measure, leg }: RuleCondition,
  rule: AlertRule,
  { of }: MeasureFacts,
): void {
  const [needed, other] = of === "pair" ? (["pair", "symbol"] as const) : (["symbol", "pair"] as const);
  if (rule[needed] === undefined)
    find(
      placeAt(place, needed),
      `is missing: ${measure} is a measure of a ${needed}`,
      RULE_FIELDS[needed].about,
    );
  if (rule[other] !== undefined)
    find(
      placeAt(place, other),
      `does not go with ${measure}, a measure of a ${needed}`,
      `Leave it out, and say "${needed}"`,
    );
  if (leg !== undefined)
    find(placeAt(place, "leg"), 'goes with a condition in "all" or "any" only', "Leave it out");
  if (rule.silences === true && of === "pair") noSilence(find, place, measure);
}

/** What a condition looks at, of what its rule watches. */
function checkLeg(
  find: FaultFinder,
  place: string,
  { measure, leg }: RuleCondition,
  rule: AlertRule,
  { of }: MeasureFacts,
): void {
  const at = placeAt(place, "leg");
  if (rule.pair === undefined && of === "pair")
    find(
      placeAt(place, "measure"),
      `${measure} is a measure of a pair, and the rule watches none`,
      'Give the rule a "pair", or take a measure of a symbol',
    );
  else if (rule.pair !== undefined && of === "symbol" && leg === undefined)
    find(
      at,
      `is missing: ${measure} is a measure of a symbol, and the rule watches two`,
      'Say "y" or "x", or write a condition for each',
    );
  else if (leg !== undefined && (of === "pair" || rule.pair === undefined))
    find(
      at,
      `does not go with ${measure}${of === "pair" ? ", a measure of both" : " where one symbol is watched"}`,
      "Leave it out",
    );
}

function checkWindow(
  find: FaultFinder,
  place: string,
  { measure, window }: RuleCondition,
  facts: MeasureFacts,
  isSound: boolean,
): void {
  const at = placeAt(place, "window");
  if (facts.leastWindow === undefined) {
    if (window !== undefined) find(at, `does not go with ${measure}, which has none`, "Leave it out");
  } else if (window === undefined) {
    if (facts.window === undefined)
      find(at, "is missing", `${measure} needs a whole number of bars, at least ${facts.leastWindow}`);
  } else if (isSound && window < facts.leastWindow) {
    find(at, `${measure} needs at least ${facts.leastWindow} bars; got ${window}`, "Take more bars");
  }
}

function checkHedge(find: FaultFinder, place: string, given: RuleCondition, { from }: MeasureFacts): void {
  const { measure, hedge } = given;
  for (const name of ["hedge", "hedgeBars", "prices", "beta", "alpha"] as const) {
    if (given[name] === undefined) continue;
    const at = placeAt(place, name);
    if (from !== "spread") find(at, `does not go with ${measure}, which has no spread`, "Leave it out");
    else if ((name === "beta" || name === "alpha") && hedge !== "fixed")
      find(at, "goes with a fixed hedge only", 'Add "hedge": "fixed", or leave it out');
    else if (name === "hedgeBars" && (hedge === "kalman" || hedge === "fixed"))
      find(at, `does not go with a ${hedge} hedge`, "Leave it out");
  }
  if (hedge === "fixed" && given.beta === undefined)
    find(placeAt(place, "beta"), "is missing", "A fixed hedge needs its β");
}

/** A rule that silences others has to watch one symbol. */
export function noSilence(find: FaultFinder, place: string, what: string): void {
  find(
    placeAt(place, "silences"),
    `does not go with ${what}: only what watches one symbol can silence others`,
    "Leave it out",
  );
}
