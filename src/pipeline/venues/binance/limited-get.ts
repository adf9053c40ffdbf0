import type { Clock } from "../../../core/time.ts";
import type { HttpGet } from "../../net/http.ts";
import type { WeightBudget } from "../../net/weight-budget.ts";
import { restVerdict } from "./answers.ts";

/**
 * A GET of an exchange for all parts of a program: what one of them is told about limits holds for all. Rejects without
 * asking while the exchange wants no requests.
 */
export function watchedGet(
  get: HttpGet,
  budget: WeightBudget,
  clock: Clock,
  told: (reason: string, ms: number) => void,
): HttpGet {
  return async (url) => {
    const hold = budget.paused(clock.monotonicMs());
    if (hold !== undefined) throw new Error(`no requests for ${Math.ceil(hold.ms / 1000)} s: ${hold.reason}`);
    const reply = await get(url);
    const nowMs = clock.monotonicMs();
    const used = Number(reply.header("x-mbx-used-weight-1m") ?? Number.NaN);
    if (used >= 0) budget.saw(used, nowMs);
    if (reply.status !== 200) {
      const verdict = restVerdict(reply, clock.nowUs());
      if (verdict.kind === "pause") {
        budget.pause(verdict.forMs, verdict.reason, nowMs);
        told(verdict.reason, verdict.forMs);
      }
    }
    return reply;
  };
}
