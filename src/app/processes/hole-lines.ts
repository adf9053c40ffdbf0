import type { Clock } from "../../core/time.ts";
import type { LogEntry } from "../terminal/log.ts";

/** A hole that is filled sooner is no line of its own. */
const NEWS_AFTER_MS = 10_000;
/** So long after the last of them, those that were filled at once are counted. */
const TOLD_AFTER_MS = 1_000;

/** Told of each entry of a log; whether it was one of these. */
export interface HoleLines {
  hear(entry: LogEntry): boolean;
  /** Nothing more is told. */
  close(): void;
}

/**
 * What a person reads of holes as a collector says it: one that is filled within ten seconds, as each symbol has one where the
 * stream begins behind the stored past, is counted with its like in one line; one that stays open is told when it has been
 * for so long. What else becomes of one stands for itself. The log has each.
 */
export function holeLines(line: (message: string) => void, clock: Clock): HoleLines {
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
  const hear = ({ event = "", message = "" }: LogEntry): boolean => {
    if (!event.startsWith("hole")) return false;
    const hole = message.split(/\) (?=missing|filled|given up)/)[0]!;
    if (event === "hole") {
      // a collector that was killed tells of it once more: it is open since then
      if (open.has(hole)) return true;
      const tell = (): void => {
        open.delete(hole);
        line(message);
      };
      open.set(hole, clock.after(NEWS_AFTER_MS, tell));
      return true;
    }
    const forget = open.get(hole);
    forget?.();
    open.delete(hole);
    if (forget === undefined || event !== "hole-filled") return false;
    filled.push(hole);
    cancel();
    cancel = clock.after(TOLD_AFTER_MS, tellFilled);
    return true;
  };
  const close = (): void => {
    for (const forget of open.values()) forget();
    open.clear();
    cancel();
  };
  return { hear, close };
}
