import { random } from "../../../core/random.ts";

/** How many trades each aggregate has: a fixed pattern that repeats, so that ids of both kinds convert either way at once. */
export interface Fills {
  readonly mean: number;
  count(aggregateId: number): number;
  firstId(aggregateId: number): number;
  aggregateOf(id: number): number;
}

const PERIOD = 1024;

/** Half of the taker orders fill once; each further fill has probability one half, up to 24. */
export function fillsPattern(seed: number, symbolKey: number): Fills {
  const draw = random(seed, 21, symbolKey);
  const before = new Float64Array(PERIOD + 1);
  for (let i = 0; i < PERIOD; i++) {
    let count = 1;
    while (count < 24 && draw.uniform() < 0.5) count++;
    before[i + 1] = before[i]! + count;
  }
  const perPeriod = before[PERIOD]!;
  return {
    mean: perPeriod / PERIOD,
    count: (aggregateId) => before[(aggregateId % PERIOD) + 1]! - before[aggregateId % PERIOD]!,
    firstId: (aggregateId) => Math.floor(aggregateId / PERIOD) * perPeriod + before[aggregateId % PERIOD]!,
    aggregateOf(id) {
      const period = Math.floor(id / perPeriod);
      const rest = id - period * perPeriod;
      let low = 0;
      let high = PERIOD - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (before[middle]! <= rest) low = middle;
        else high = middle - 1;
      }
      return period * PERIOD + low;
    },
  };
}
