import { parseDuration } from "../../../core/time.ts";

/** A time of a rule in microseconds; unlike the length of a bar it may be 0. */
export function durationUs(text: string): number {
  return /^0(ms|s|m|h|d)$/.test(text) ? 0 : parseDuration(text, "alert rule");
}
