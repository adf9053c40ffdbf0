import type { PairFrame } from "../../app/pair/pair-monitor.ts";
import { NEVER_MS, type View } from "../../render/view.ts";

/** The same calls; the views that those of `names` return know when the newest trade in them was received. */
export function dated<Calls extends object>(
  calls: Calls,
  names: readonly (keyof Calls)[],
  frame: () => Pick<PairFrame, "receivedUs">,
): Calls {
  const withTime = names.map((name) => {
    const draw = calls[name] as (...given: unknown[]) => View;
    const drawn = (...given: unknown[]): View => {
      const view = draw(...given);
      const { receivedUs } = frame();
      return { ...view, asOfMs: Number.isNaN(receivedUs) ? NEVER_MS : Math.floor(receivedUs / 1000) };
    };
    return [name, drawn];
  });
  return { ...calls, ...Object.fromEntries(withTime) };
}
