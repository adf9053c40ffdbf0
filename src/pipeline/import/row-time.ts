import { toMicroseconds } from "../../core/time.ts";
import type { TimeUnit } from "./layout.ts";
import { parseUtcText } from "./time-text.ts";

/** How a field writes a time, where its unit is not told. */
export function timeForm(field: string): string {
  if (!/^\d+$/.test(field)) return "ISO text";
  return Number(field) < 1e14 ? "milliseconds" : "microseconds";
}

const PER_UNIT: Readonly<Record<TimeUnit, number>> = { s: 1e6, ms: 1e3, us: 1, ns: 1e-3 };

/** A field as µs since 1970 UTC: a whole number, in `unit` or told apart by magnitude, or ISO text; undefined: neither. */
export function microseconds(field: string, unit: TimeUnit | undefined): number | undefined {
  if (!/^\d{1,19}$/.test(field)) return parseUtcText(field);
  if (unit === "ns") return Number(BigInt(field) / 1000n);
  const value = Number(field);
  if (!Number.isSafeInteger(value)) return undefined;
  return unit === undefined ? toMicroseconds(value) : value * PER_UNIT[unit];
}
