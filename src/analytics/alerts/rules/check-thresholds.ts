import { MEASURES } from "../measures.ts";
import type { FaultFinder } from "./check-field.ts";
import { placeAt } from "./json-places.ts";
import type { AlertRule } from "./rule.ts";

/** What would never fire, or never be over: a threshold that no value can reach. */
export function checkReach(find: FaultFinder, place: string, rule: AlertRule): void {
  const { measure, window, when, fire, resolve = fire } = rule;
  const [least, most] = reachOf(rule);
  const bound =
    measure === "zScore"
      ? `a z-score of ${window} bars never goes beyond ±${most.toFixed(2)}, (window − 1) / √window`
      : `${measure} ${most === Number.POSITIVE_INFINITY ? `is never below ${least}` : `is from ${least} to ${most}`}`;
  const firesIn = { above: fire <= most, below: fire >= least, abs: fire <= Math.max(-least, most) }[when];
  const endsIn = { above: resolve >= least, below: resolve <= most, abs: true }[when];
  if (!firesIn)
    find(
      placeAt(place, "fire"),
      `${bound}; got ${fire}, which never fires`,
      measure === "zScore" ? "Take a longer window, or fire earlier" : "Take another threshold",
    );
  else if (!endsIn)
    find(
      placeAt(place, "resolve"),
      `${bound}; got ${resolve}, at which it is never over`,
      "Take a value that can be reached",
    );
}

function reachOf({ measure, window }: AlertRule): readonly [least: number, most: number] {
  const everything = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
  if (measure !== "zScore" || window === undefined) return MEASURES[measure].range ?? everything;
  const most = (window - 1) / Math.sqrt(window);
  return [-most, most];
}

/** What would be over before it fires. */
export function checkThresholds(
  find: FaultFinder,
  place: string,
  { when, fire, resolve = fire }: AlertRule,
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
