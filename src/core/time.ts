import { requireNumbers } from "./arguments.ts";
import { quote, refuse } from "./errors.ts";

/** Time as a program sees it; passed in, so that tests run on a virtual one. */
export interface Clock {
  /** Wall clock, microseconds since 1970 UTC. */
  nowUs(): number;
  /** Never goes back and is untouched by NTP or the user; milliseconds from an arbitrary start. */
  monotonicMs(): number;
  /** Calls back once, after `delayMs`, which may be years or `Infinity`; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Milliseconds and microseconds are told apart by magnitude: milliseconds reach 1e14 in the year 5138. */
export function toMicroseconds(time: number): number {
  return Math.abs(time) < 1e14 ? time * 1000 : time;
}

const UNIT_US: Readonly<Record<string, number>> = {
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
};

/** `"100ms"`, `"1s"`, `"5m"`, `"2h"`, `"1d"` → microseconds. */
export function parseDuration(text: string, where = "duration"): number {
  const match = /^([1-9]\d{0,8})(ms|s|m|h|d)$/.exec(text);
  if (!match) {
    refuse({
      code: "bad-duration",
      where,
      problem: `needs a whole number with a unit (ms, s, m, h or d); got ${quote(text)}`,
      hint: "Pass for example 1s, 5m or 1d.",
      facts: { got: text },
    });
  }
  return Number(match[1]) * UNIT_US[match[2]!]!;
}

/** Microseconds → the shortest exact text that `parseDuration` reads back: 300000000 → `"5m"`. */
export function formatDuration(us: number): string {
  requireNumbers("formatDuration", { us });

  for (const unit of ["d", "h", "m", "s", "ms"]) {
    const size = UNIT_US[unit]!;
    if (us >= size && us % size === 0) return `${us / size}${unit}`;
  }
  return `${us}us`;
}

/** ISO 8601, UTC, as many decimals as are needed (none, 3 or 6): `2024-08-08T23:54:15.342Z`. */
export function formatUtc(us: number): string {
  requireNumbers("formatUtc", { us });

  if (!Number.isFinite(us)) return "";
  const ms = Math.floor(us / 1000);
  const iso = new Date(ms).toISOString();
  const rest = us - ms * 1000;
  if (rest !== 0) return `${iso.slice(0, -1)}${String(rest).padStart(3, "0")}Z`;
  return iso.endsWith(".000Z") ? `${iso.slice(0, -5)}Z` : iso;
}
