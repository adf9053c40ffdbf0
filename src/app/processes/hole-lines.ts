import type { Clock } from "../../core/time.ts";
import type { LogEntry } from "../terminal/log.ts";

/** A hole that is filled sooner is no line of its own. */
const NEWS_AFTER_MS = 10_000;
/** So long after the last of them, those that were filled at once are counted. */
const TOLD_AFTER_MS = 1_000;

/**
 * What a person reads of holes as a collector says it: one that is filled within ten seconds, as each symbol has one where the
 * stream begins behind the stored past, is counted with its like in one line; one that stays open is told when it has been
 * for so long. The log has each.
 */
export function holeLines(line: (message: string) => void, clock: Clock): (entry: LogEntry) => boolean {
  const open = new Map<string, () => void>();
  let filled: string[] = [];
  let cancel = (): void => {};

  const tellFilled = (): void => {
    const symbols = new Set(filled.map((hole) => hole.split(":")[0]));
    const of = symbols.size === 1 ? [...symbols][0] : `${symbols.size} symbols`;
    line(
      `${filled.length === 1 ? "1 gap" : `${filled.length} gaps`} in the trades of ${of} filled in at once`,
    );
    filled = [];
  };
  return ({ event, message = "" }) => {
    const hole = message.split(/\) (?=missing|filled)/)[0]!;
    if (event === "hole") {
      const tell = (): void => {
        open.delete(hole);
        line(message);
      };
      open.set(hole, clock.after(NEWS_AFTER_MS, tell));
      return true;
    }
    const forget = event === "hole-filled" ? open.get(hole) : undefined;
    if (forget === undefined) return false;
    forget();
    open.delete(hole);
    filled.push(hole);
    cancel();
    cancel = clock.after(TOLD_AFTER_MS, tellFilled);
    return true;
  };
}
