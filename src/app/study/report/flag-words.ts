import { quote, refuse } from "../../../core/errors.ts";

export type Json = Record<string, unknown>;

/** `rolling:1000` → the setting `hedge`; undefined: none. */
export function hedgeOf(text: string): Json | undefined {
  if (text === "none") return undefined;
  const { name, numbers } = words("hedge", text);
  const [first, second] = numbers as [number, number?];
  const one = numbers.length === 1;
  if (name === "beta" && one) return { method: "fixed", beta: first };
  if (name === "rolling" && one) return { method: "rolling", window: first };
  if (name === "kalman" || name === "kalman-ratio") {
    const model = name === "kalman" ? {} : { model: "ratio" };
    if (one) return { method: "kalman", ...model, calibrationBars: first };
    if (numbers.length === 2) return { method: "kalman", ...model, stateNoise: first, noise: second };
  }
  if (FITS.includes(name) && one)
    return { method: "fixed", ...(name !== "ols" && { fit: name }), calibrationBars: first };
  return badFlag("hedge", "rolling:BARS, ols:BARS, tls:BARS, kalman:BARS or beta:NUMBER", text);
}

const FITS = ["ols", "tls", "huber", "theil-sen"];

export function hedgeText(hedge: Json): string {
  const { method, beta, calibrationBars, fit = "ols", window, model, stateNoise, noise } = hedge;
  if (method === "rolling") return `rolling:${window}`;
  if (method === "fixed") return calibrationBars === undefined ? `beta:${beta}` : `${fit}:${calibrationBars}`;
  return `kalman${model === "ratio" ? "-ratio" : ""}:${calibrationBars ?? `${stateNoise},${noise}`}`;
}

/** `equity:1` → the setting `size`. */
export function sizeOf(text: string): Json {
  const { name, numbers } = words("size", text);
  const [first, second] = numbers as [number, number?];
  const one = numbers.length === 1;
  if (name === "units" && one) return { by: "units", units: first };
  if (name === "notional" && one) return { by: "notional", notional: first };
  if (name === "equity" && one) return { by: "equity", share: first };
  if (name === "risk" && numbers.length <= 2)
    return { by: "risk", share: first, ...(second !== undefined && { most: second }) };
  return badFlag("size", "equity:SHARE, notional:MONEY, units:UNITS or risk:SHARE", text);
}

export function sizeText({ by, units, notional, share, most }: Json): string {
  return `${by}:${units ?? notional ?? share}${most === undefined ? "" : `,${most}`}`;
}

/** `name:1,2` */
function words(flag: string, text: string): { name: string; numbers: number[] } {
  const [name = "", rest = ""] = text.split(":", 2);
  const numbers = rest.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (!numbers.every(Number.isFinite)) badFlag(flag, "a name and a number, as in rolling:1000", text);
  return { name, numbers };
}

export function badFlag(flag: string, what: string, got: string): never {
  return refuse({
    code: "bad-flag",
    where: `--${flag}`,
    problem: `needs ${what}; got ${quote(got, 60)}`,
    hint: "See --help.",
  });
}
