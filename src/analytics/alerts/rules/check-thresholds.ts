import { MEASURES } from "../measures/measures.ts";
import type { FaultFinder } from "./check-field.ts";
import { placeAt } from "./json-places.ts";
import type { RuleCondition } from "./rule.ts";

/** What would never fire, or never be over: a threshold that no value can reach. */
export function checkReach(find: FaultFinder, place: string, condition: RuleCondition): void {
  const { measure, when, fire, resolve = fire } = condition;
  const facts = MEASURES[measure];
  if (facts.reach === undefined) return;
  const {
    least,
    most,
    why,
    hint = "Take another threshold",
  } = facts.reach(condition.window ?? facts.window ?? Number.NaN);
  const range = why ?? `${measure} ${rangeText(least, most)}`;
  const firesIn = { above: fire <= most, below: fire >= least, abs: fire <= Math.max(-least, most) }[when];
  const endsIn = { above: resolve >= least, below: resolve <= most, abs: true }[when];
  if (!firesIn) find(placeAt(place, "fire"), `${range}; got ${fire}, which never fires`, hint);
  else if (!endsIn)
    find(
      placeAt(place, "resolve"),
      `${range}; got ${resolve}, at which it is never over`,
      "Take a value that can be reached",
    );
}

function rangeText(least: number, most: number): string {
  return most === Number.POSITIVE_INFINITY ? `is never below ${least}` : `is from ${least} to ${most}`;
}

/** What would be over before it fires. */
export function checkThresholds(
  find: FaultFinder,
  place: string,
  { when, fire, resolve = fire }: RuleCondition,
): void {
  const at = placeAt(place, "resolve");
  if (when === "above" && resolve > fire)
    find(
      at,
      `lies beyond fire: ${resolve} is above ${fire}`,
      `With "above", resolve has to be ${fire} or less`,
    );
  if (when === "below" && resolve < fire)
    find(
      at,
      `lies beyond fire: ${resolve} is below ${fire}`,
      `With "below", resolve has to be ${fire} or more`,
    );
  if (when !== "abs") return;
  if (fire <= 0)
    find(placeAt(place, "fire"), `with "abs" it has to be above 0; got ${fire}`, "Write for example 2");
  else if (resolve < 0 || resolve > fire) {
    const what = resolve > fire ? `lies beyond fire: ${resolve} is above ${fire}` : `is below 0: ${resolve}`;
    find(at, what, `With "abs", resolve has to be from 0 to ${fire}`);
  }
}
