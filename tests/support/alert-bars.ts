import { type Bars, barColumn, makeBars } from "../../src/core/bars.ts";
import { random } from "../../src/core/random.ts";
import { simulated } from "./bars.ts";

export const SECOND = 1_000_000;
export const START: number = Date.UTC(2026, 0, 5, 12) * 1000;

export interface BarRow {
  /** Steps after `START`. */
  readonly step: number;
  readonly close: number;
  readonly volume?: number;
  readonly complete?: boolean;
}

/** Time bars of one symbol from rows; steps that are left out have no bar. */
export function barsOf(symbol: string, rows: readonly BarRow[], intervalUs: number = SECOND): Bars {
  const rule = { by: "time", intervalUs } as const;
  const bars = makeBars({ venue: simulated, symbol, rule }, rows.length, (name) =>
    barColumn(name, rows.length),
  );
  let id = 1;
  rows.forEach(({ step, close, volume = 1, complete = true }, i) => {
    // what is not complete has a hole before it
    if (!complete) id += 5;
    id += 2;
    const values = {
      startUs: START + step * intervalUs,
      endUs: START + (step + 1) * intervalUs,
      open: close,
      high: close,
      low: close,
      close,
      volume,
      quoteVolume: volume * close,
      vwap: close,
      tradeCount: 2,
      takerBuyVolume: volume / 2,
      firstId: id - 2,
      lastId: id - 1,
      complete: complete ? 1 : 0,
    };
    for (const [name, value] of Object.entries(values)) bars[name as "close"][i] = value;
  });
  return bars;
}

/** Two symbols whose log prices move together, each with bars that are missing here and there. */
export function pairOfBars(steps: number, seed: number, missing = 0.1): { y: Bars; x: Bars } {
  const { normal, uniform } = random(seed);
  let [level, s] = [Math.log(100), 0];
  const rows: { y: BarRow[]; x: BarRow[] } = { y: [], x: [] };
  for (let step = 0; step < steps; step++) {
    level += 1e-3 * normal();
    s = 0.9 * s + 2e-4 * normal();
    const volume = 3 * uniform();
    const complete = uniform() > 0.02;
    if (uniform() > missing) rows.x.push({ step, close: Math.exp(level), volume, complete });
    if (uniform() > missing) rows.y.push({ step, close: Math.exp(0.5 + 1.2 * level + s), volume });
  }
  return { y: barsOf("ETHUSDT", rows.y), x: barsOf("BTCUSDT", rows.x) };
}
