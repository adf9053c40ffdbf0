import { refuse } from "../../core/errors.ts";

/** Refuses a pair of which a price stands still: it has no line, and nothing returns. */
export function requireMoving(where: string, prices: Readonly<Record<string, Float64Array>>): void {
  for (const [name, values] of Object.entries(prices)) {
    const known = values.filter((value) => !Number.isNaN(value));
    if (known.length === 0 || known.some((value) => value !== known[0])) continue;
    refuse({
      code: "no-variation",
      where,
      problem: `needs two prices that move; ${name} stands still through all ${known.length} bars`,
      hint: "Check that its feed is alive, or take a longer stretch.",
      facts: { name, bars: known.length },
    });
  }
}
