import { ENOUGH_HALF_LIVES } from "../../analytics/pair/pair-verdict.ts";
import type { PairFrame, pairMonitor } from "../../app/pair/pair-monitor.ts";
import { assetsOf } from "../../core/assets.ts";
import { type Bars, sliceBars } from "../../core/bars.ts";
import { formatUtc } from "../../core/time.ts";
import { barsTable } from "../../render/bars-table.ts";
import { decimalsOf, decimalText } from "../../render/chart/base/formats.ts";
import type { TableColumn, TableData } from "../../render/table-data.ts";
import type { Tile } from "../../render/tiles.ts";

/** The verdict on a pair, and its latest numbers. */
export function pairTiles(
  now: PairFrame,
  { y, x, intervalUs }: ReturnType<typeof pairMonitor>["settings"],
  threshold: number,
): Tile[] {
  const { window } = now;
  const n = now.timeUs.length;
  const last = (values: Float64Array): number => (n === 0 ? Number.NaN : values[n - 1]!);
  const waits = (need: number): string => (n < need ? `waits for ${need - n} more bars` : "");
  const price = (symbol: string, leg: "y" | "x", newestUs: number): Tile => {
    const { quote } = assetsOf(symbol);
    return {
      label: symbol,
      value: lastPrice(now, leg),
      unit: quote,
      note: Number.isNaN(newestUs) ? "waits for a trade" : `at ${clockTime(newestUs)} UTC`,
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
  return [
    verdictTile(now),
    price(y, "y", now.newestUs.y),
    price(x, "x", now.newestUs.x),
    {
      label: "z-score",
      value: decimalText(z, 2),
      tone: Number.isNaN(z) ? "none" : far ? "bad" : "good",
      note:
        (now.hedge === undefined ? measuringText(now) : waits(window)) ||
        (far ? `beyond ±${threshold}` : `within ±${threshold}`),
    },
    {
      label: "correlation",
      value: decimalText(last(now.correlation), 2),
      note: waits(window + 1) || `log returns, ${window} bars`,
    },
    {
      label: "trades",
      value: decimalText(rate(now.closed.y) + rate(now.closed.x), 1),
      unit: "a second",
      note: `${y} ${decimalText(rate(now.closed.y), 1)}, ${x} ${decimalText(rate(now.closed.x), 1)}`,
    },
  ];
}

const TONES = { yes: "good", no: "bad", "too short to say": "warn" } as const;

const count = (bars: number): string => decimalText(bars, 0);

/** Whether it is a pair at all, by the stretch that the line is fitted on. */
function verdictTile(now: PairFrame): Tile {
  const label = "a pair?";
  const { hedge, measured } = now;
  if (hedge === undefined) {
    return now.fault === undefined
      ? { label, value: "measuring", note: `${count(measured.bars)} of ${count(measured.of)} bars` }
      : { label, value: "no line", tone: "bad", note: now.fault };
  }
  const verdict = hedge.calibration?.verdict;
  const says = verdict?.verdict ?? "too short to say";
  const held =
    verdict !== undefined && says === "too short to say"
      ? `, ${verdict.halfLives.toFixed(0)} of ${ENOUGH_HALF_LIVES} half-lives`
      : "";
  const bars = hedge.standIn === undefined ? "bars" : hedge.standIn;
  const stored =
    hedge.standIn === undefined
      ? ""
      : `, until stored bars suffice: ${count(measured.bars)} of ${count(measured.of)} so far`;
  return {
    label,
    value: says,
    tone: TONES[says],
    note: `${count(hedge.bars)} ${bars}${held}, ${clockSpan(hedge.fromUs, hedge.toUs)}${stored}`,
  };
}

/** What a pair still waits for; empty where it has its line. */
export function measuringText({ hedge, measured, fault }: PairFrame): string {
  if (hedge !== undefined) return "";
  return fault === undefined ? `measuring: ${count(measured.bars)} of ${count(measured.of)} bars` : "no line";
}

/** The price of the newest trade, with the decimals of the prices in view. */
function lastPrice(now: PairFrame, leg: "y" | "x"): string {
  return decimalText(
    newestPrice(now, leg),
    decimalsOf([...now.closed[leg].close, ...now.forming[leg].close]),
  );
}

export function newestPrice({ forming, closed }: PairFrame, leg: "y" | "x"): number | undefined {
  return forming[leg].close.at(-1) ?? closed[leg].close.at(-1);
}

/** Times of day, with the days where they are two. */
export function clockSpan(fromUs: number, toUs: number): string {
  const isOneDay = Math.floor(fromUs / 86_400e6) === Math.floor(toUs / 86_400e6);
  if (isOneDay) return `${clockTime(fromUs)}–${clockTime(toUs)} UTC`;
  return `${dayTime(fromUs)}–${dayTime(toUs)} UTC`;
}

/** Without the year, which the axis of a chart has. */
const dayTime = (us: number): string => formatUtc(us).slice(5, 16).replace("T", " ");
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
