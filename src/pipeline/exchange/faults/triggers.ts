import { type Random, random } from "../../../core/random.ts";
import type { FaultPlace } from "./fault-table.ts";
import type { FaultPlan, PlannedFault } from "./plan.ts";

/** A fault of a plan with the memory of how often it could have happened, and did. */
export interface Rule {
  readonly planned: PlannedFault;
  /** Counts one more occasion; true: it happens now. */
  fires(nowMs: number): boolean;
}

/** The faults of one place, each with its own stream of chance, so that adding one leaves the others as they were. */
export function rulesOf(plan: FaultPlan, place: FaultPlace): readonly Rule[] {
  return plan.faults.flatMap((planned, index) =>
    planned.at === place ? [ruleOf(planned, random(plan.seed, 71, index))] : [],
  );
}

function ruleOf(planned: PlannedFault, chance: Random): Rule {
  const { after = 0, every, probability, fromMs = 0, untilMs = Number.POSITIVE_INFINITY } = planned;
  const isOnce = every === undefined && probability === undefined && planned.afterMs === undefined;
  const times = planned.times ?? (isOnce ? 1 : Number.POSITIVE_INFINITY);
  let seen = 0;
  let fired = 0;
  return {
    planned,
    fires(nowMs) {
      if (fired >= times || nowMs < fromMs || nowMs >= untilMs) return false;
      seen++;
      if (seen <= after) return false;
      if (every !== undefined && (seen - after) % every !== 0) return false;
      if (probability !== undefined && chance.uniform() >= probability) return false;
      fired++;
      return true;
    },
  };
}
