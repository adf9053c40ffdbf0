/** Whole number of 1e-8 → decimal text with 8 places: 6183763000000 → `61837.63000000`. */
export function formatE8(units: number): string {
  const whole = Math.floor(units / 1e8);
  return `${whole}.${String(units - whole * 1e8).padStart(8, "0")}`;
}

/** `0.01000000` → 1000000. For the short texts of tick and step sizes. */
export function parseE8(text: string): number {
  const [whole, part = ""] = text.split(".");
  return Number(whole) * 1e8 + Number(part.padEnd(8, "0"));
}
