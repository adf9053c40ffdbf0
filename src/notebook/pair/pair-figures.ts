import type { PairFrame, pairMonitor } from "../../app/pair-monitor.ts";
import { assetsOf } from "../../core/assets.ts";
import { type Bars, sliceBars } from "../../core/bars.ts";
import { formatUtc } from "../../core/time.ts";
import { barsTable } from "../../render/bars-table.ts";
import type { TableColumn, TableData } from "../../render/table-data.ts";
import type { Tile } from "../../render/tiles.ts";

/** The verdict on a pair, and its latest numbers. */
export function pairTiles(
  now: PairFrame,
  { y, x, window, calibrationBars, intervalUs }: ReturnType<typeof pairMonitor>["settings"],
  threshold: number,
): Tile[] {
  const n = now.timeUs.length;
  const last = (values: Float64Array): number => (n === 0 ? Number.NaN : values[n - 1]!);
  const waits = (need: number): string => (n < need ? `waits for ${need - n} more bars` : "");
  const price = (symbol: string, closed: Bars, forming: Bars, newestUs: number): Tile => {
    const bars = forming.length > 0 ? forming : closed;
    const { quote } = assetsOf(symbol);
    return {
      label: symbol,
      value: bars.length === 0 ? Number.NaN : exact(bars.close[bars.length - 1]!),
      unit: quote,
      note: bars.length === 0 ? "waits for a trade" : `at ${clockTime(newestUs)} UTC`,
    };
  };
  const z = last(now.zScore);
  const far = Math.abs(z) >= threshold;
  const rate = (bars: Bars): number => {
    const recent = sliceBars(bars, -Math.max(1, Math.ceil(10_000_000 / intervalUs)));
    if (recent.length === 0) return Number.NaN;
    const spanUs = recent.startUs[recent.length - 1]! - recent.startUs[0]! + intervalUs;
    return (recent.tradeCount.reduce((sum, count) => sum + count, 0) / spanUs) * 1e6;
  };
  const zNeed = Math.max(calibrationBars, window);
  return [
    verdictTile(now, calibrationBars),
    price(y, now.closed.y, now.forming.y, now.newestUs.y),
    price(x, now.closed.x, now.forming.x, now.newestUs.x),
    {
      label: "z-score",
      value: Number.isNaN(z) ? z : z.toFixed(2).replace("-", "−"),
      tone: Number.isNaN(z) ? "none" : far ? "bad" : "good",
      note: waits(zNeed) || (far ? `beyond ±${threshold}` : `within ±${threshold}`),
    },
    {
      label: "correlation",
      value: Number.isNaN(last(now.correlation))
        ? Number.NaN
        : last(now.correlation).toFixed(2).replace("-", "−"),
      note: waits(window + 1) || `log returns, ${window} bars`,
    },
    {
      label: "trades",
      value: (rate(now.closed.y) + rate(now.closed.x)).toFixed(1).replace("NaN", "–"),
      unit: "a second",
      note: `${y} ${rate(now.closed.y).toFixed(1)}, ${x} ${rate(now.closed.x).toFixed(1)}`.replaceAll(
        "NaN",
        "–",
      ),
    },
  ];
}

const TONES = { yes: "good", no: "bad", "too short to say": "warn" } as const;

/** Whether it is a pair at all, by the stretch that the line is fitted on. */
function verdictTile({ hedge, timeUs }: PairFrame, calibrationBars: number): Tile {
  const label = "a pair?";
  if (hedge === undefined) {
    const have = Math.min(timeUs.length, calibrationBars);
    return { label, value: "measuring", note: `${have} of ${calibrationBars} bars` };
  }
  const verdict = hedge.verdict?.verdict ?? "too short to say";
  return {
    label,
    value: verdict,
    tone: TONES[verdict],
    note: `${hedge.bars} bars, ${clockSpan(hedge.fromUs, hedge.toUs)}`,
  };
}

/** All digits that a price has, with thin thousands. */
function exact(price: number): string {
  return price.toLocaleString("en-US", { maximumFractionDigits: 8, minimumFractionDigits: 2 });
}

export function clockSpan(fromUs: number, toUs: number): string {
  return `${clockTime(fromUs)}–${clockTime(toUs)} UTC`;
}

const clockTime = (us: number): string => formatUtc(us).slice(11, 19);

/** All bars that both symbols have, with their statistics. */
export function pairTable(now: PairFrame, y: string, x: string): TableData {
  const times = new Set(now.timeUs);
  const of = (symbol: string, bars: Bars): TableColumn[] => {
    const rows = [...bars.startUs.keys()].filter((i) => times.has(bars.startUs[i]!));
    return barsTable(bars, ["open", "high", "low", "close", "volume", "tradeCount", "complete"]).columns.map(
      (column) => ({
        ...column,
        name: `${symbol} ${column.name}`,
        values: rows.map((i) => column.values[i]),
      }),
    );
  };
  return {
    length: now.timeUs.length,
    columns: [
      { name: "start", values: now.timeUs, kind: "time" },
      ...of(y, now.closed.y),
      ...of(x, now.closed.x),
      { name: "spread", values: now.spread, kind: "number", unit: "log price" },
      { name: "z-score", values: now.zScore, kind: "number" },
      { name: "correlation", values: now.correlation, kind: "number" },
    ],
  };
}
