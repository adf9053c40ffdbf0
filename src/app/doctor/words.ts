/** Bytes as people read them, three significant digits: `1.24 GiB`. */
export function bytesText(bytes: number): string {
  if (!Number.isFinite(bytes)) return "unknown";
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  const step = Math.max(0, Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 1024 ** step;
  return `${step === 0 ? Math.round(value) : Number(value.toPrecision(3))} ${units[step]}`;
}

/** A length of time in its largest unit: `3.2 h`. */
export function spanText(us: number): string {
  if (!Number.isFinite(us)) return "unknown";
  const units = [
    ["days", 86_400e6],
    ["h", 3600e6],
    ["min", 60e6],
    ["s", 1e6],
  ] as const;
  for (const [name, size] of units)
    if (us >= (name === "days" ? 2 * size : size))
      return `${Number((us / size).toPrecision(us >= 100 * size ? 3 : 2))} ${name}`;
  return `${Number((us / 1000).toPrecision(3))} ms`;
}

/** `1 hole`, `1,204 ids` */
export function countText(count: number, name: string): string {
  return `${count.toLocaleString("en")} ${name}${count === 1 ? "" : "s"}`;
}

/** A share that says 100 only where nothing is missing: cut off after four decimals, never rounded up. */
export function percentText(percent: number): string {
  return String(Math.floor(percent * 10_000 + 1e-6) / 10_000);
}
