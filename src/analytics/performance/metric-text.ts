import { DAY_US } from "./sampling.ts";

/** What a metric is counted in. `×` is a multiple: of equity, or of another figure. */
export type MetricUnit = "%" | "ratio" | "×" | "money" | "bps" | "days" | "count";

/** What `RunMetrics` holds, in the unit it is shown in: shares as per cent, microseconds as days. */
export function inUnit(value: number, unit: MetricUnit): number {
  return unit === "%" ? 100 * value : unit === "days" ? value / DAY_US : value;
}

/** A value in its unit as people read it; `–` where it is not defined. */
export function metricText(value: number, unit: MetricUnit): string {
  return Number.isFinite(value) ? inWords(value, unit).replace("-", "−") : "–";
}

function inWords(value: number, unit: MetricUnit): string {
  if (unit === "days") return spanText(value * DAY_US);
  if (unit === "count") return grouped(String(value));
  if (unit === "%") return `${fixed(value, 2)} %`;
  if (unit === "×") return `${fixed(value, 2)} ×`;
  if (unit === "bps") return `${fixed(value, 2)} bps`;
  return fixed(value, 2);
}

/** A length of time in its two largest units: `3 d 4 h`, `1.5 s`. */
export function spanText(us: number): string {
  if (us < 60e6) return `${Number((us / 1e6).toFixed(3))} s`;
  const minutes = Math.round(us / 60e6);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  const parts =
    days > 0
      ? [`${days} d`, hours > 0 ? `${hours} h` : ""]
      : [hours > 0 ? `${hours} h` : "", rest > 0 ? `${rest} min` : ""];
  return parts.filter(Boolean).join(" ");
}

/** Decimals, or an exponent where there would be too many figures to read; what only rounding has left is 0. */
function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  if (Math.abs(value) >= 1e9) return value.toExponential(2);
  if (Math.abs(value) < 1e-6) return (0).toFixed(digits);
  if (Number(text) === 0) return value.toPrecision(2);
  return grouped(text);
}

/** Thousands set apart where numbers reach 10,000, as in tables. */
function grouped(text: string): string {
  return /^-?\d{5}/.test(text) ? text.replace(/\B(?=(?:\d{3})+(?:\.|$))/g, ",") : text;
}
