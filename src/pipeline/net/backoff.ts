import type { Random } from "../../core/random.ts";

export interface BackoffSettings {
  readonly firstMs: number;
  readonly capMs: number;
}

/**
 * How long to wait before attempt `failures + 1`: doubling from `firstMs` to `capMs`, each drawn from its upper half so
 * that many clients do not come back at once.
 */
export function backoffMs(failures: number, random: Random, { firstMs, capMs }: BackoffSettings): number {
  const full = Math.min(capMs, firstMs * 2 ** Math.min(failures, 30));
  return full * (0.5 + 0.5 * random.uniform());
}
