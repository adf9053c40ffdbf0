const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s?(Z|UTC|[+-]\d\d:?\d\d)?)?$/;

/** ISO 8601 text → microseconds since 1970; UTC where it names no offset. Undefined for anything else. */
export function parseUtcText(text: string): number | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = match;
  const ms = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const date = new Date(ms);
  const isReal =
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    date.getUTCHours() === Number(hour) &&
    date.getUTCMinutes() === Number(minute) &&
    date.getUTCSeconds() === Number(second);
  if (!isReal || /[1-9]/.test(fraction.slice(6))) return undefined;
  const us = ms * 1000 + Number(fraction.slice(0, 6).padEnd(6, "0"));
  if (zone === "Z" || zone === "UTC") return us;
  const offset = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return us - (zone.startsWith("-") ? -1 : 1) * offset * 60_000_000;
}
