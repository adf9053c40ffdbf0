import { quote, refuse } from "../../../core/errors.ts";

/** The clock of a place: which instants a wall clock's reading can be. */
export interface Zone {
  readonly name: string;
  /** Instants at which the wall clock shows `wallUs` (counted as if it were UTC), ascending: none, one or two. */
  instants(wallUs: number): readonly number[];
  /** What the clock shows at an instant. */
  wall(us: number): number;
}

export const UTC: Zone = { name: "UTC", instants: (wallUs) => [wallUs], wall: (us) => us };

const DAY_MS = 86_400_000;

/** By an IANA name or an offset such as `+05:30`. Uses the platform's table of zones, never its own zone. */
export function zoneOf(name: string, where: string): Zone {
  if (/^(utc|gmt|z)$/i.test(name)) return UTC;
  const offset = offsetOf(name);
  if (offset !== undefined)
    return { name, instants: (wallUs) => [wallUs - offset], wall: (us) => us + offset };
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
      era: "short",
    });
  } catch {
    return unknownZone(name, where);
  }
  // EST, CET and the like are names of the table as well, and of more than one place
  if (!name.includes("/")) return unknownZone(name, where);
  return {
    name,
    instants: wallClock((ms) => offsetAt(format, ms)),
    wall: (us) => us + offsetAt(format, us / 1000) * 1000,
  };
}

function unknownZone(name: string, where: string): never {
  return refuse({
    code: "bad-zone",
    where,
    problem: `needs UTC, a place of the zone table, or an offset; got ${quote(name, 60)}`,
    hint: "Pass for example America/New_York, Europe/Berlin, or +05:30.",
  });
}

/** `+05:30`, `-0500`, `+1` → microseconds. */
export function offsetOf(text: string): number | undefined {
  const match = /^([+-])(\d{1,2})(?::?(\d\d))?$/.exec(text);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  if (minutes > 18 * 60 || Number(match[3] ?? 0) > 59) return undefined;
  return (match[1] === "-" ? -1 : 1) * minutes * 60_000_000;
}

function wallClock(offset: (ms: number) => number): Zone["instants"] {
  /** The offsets around a day of the wall clock; one where the day has no change near. */
  const days = new Map<number, readonly number[]>();
  return (wallUs) => {
    const wallMs = Math.floor(wallUs / 1000);
    const day = Math.floor(wallMs / DAY_MS);
    let near = days.get(day);
    if (near === undefined) {
      near = [...new Set([offset((day - 1) * DAY_MS), offset((day + 2) * DAY_MS)])];
      days.set(day, near);
    }
    if (near.length === 1) return [wallUs - near[0]! * 1000];
    return near
      .filter((ms) => offset(wallMs - ms) === ms)
      .map((ms) => wallUs - ms * 1000)
      .sort((a, b) => a - b);
  };
}

/** What a zone's clock shows beyond UTC at an instant, in milliseconds. */
function offsetAt(format: Intl.DateTimeFormat, ms: number): number {
  const part: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(ms)) part[type] = value;
  const year = part.era === "BC" ? 1 - Number(part.year) : Number(part.year);
  const shown = Date.UTC(
    year,
    Number(part.month) - 1,
    Number(part.day),
    Number(part.hour),
    Number(part.minute),
    Number(part.second),
  );
  return shown - Math.floor(ms / 1000) * 1000;
}
