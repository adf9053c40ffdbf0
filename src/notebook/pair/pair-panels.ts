import type { Uncollected } from "../../app/pair/holes.ts";
import type { PairPast } from "../../app/pair/pair-history.ts";
import type { PairFrame, PairMonitor } from "../../app/pair/pair-monitor.ts";
import type { FrozenHedge } from "../../app/pair/stored-line.ts";
import { type Bars, makeBars, sliceBars } from "../../core/bars.ts";
import { quote, refuse } from "../../core/errors.ts";
import { barsTable } from "../../render/bars-table.ts";
import { waitingView } from "../../render/chart/base/waiting.ts";
import type { LinesOptions } from "../../render/chart/lines.ts";
import type { AlertSpan } from "../../render/chart/pair/alert-marks.ts";
import { candleChart } from "../../render/chart/pair/candles.ts";
import { correlationChart } from "../../render/chart/pair/correlation.ts";
import { inSampleLayer } from "../../render/chart/pair/in-sample.ts";
import { type PairChartOptions, pairChart } from "../../render/chart/pair/pair-chart.ts";
import { spreadChart } from "../../render/chart/pair/spread.ts";
import { zScoreChart } from "../../render/chart/pair/z-score.ts";
import { tableView } from "../../render/table.ts";
import type { View } from "../../render/view.ts";
import type { TimeStretch } from "../page/places.ts";
import { clockSpan, measuringText } from "./pair-figures.ts";

/** What is watched, complete. */
export type Watched = PairMonitor["settings"] & { readonly threshold: number };

/** Layers over a chart of lines. */
export type Overlay = Pick<LinesOptions, "layers">;

/** What is drawn into the chart of a pair besides its numbers. */
interface ChartMore {
  readonly decimals: number;
  readonly alerts: readonly AlertSpan[];
  readonly holes: readonly Uncollected[];
}

export function candlePanel(watched: Watched, now: PairFrame, symbol: string): View {
  const forming = sideOf(watched, symbol, now.forming);
  return candleChart(sideOf(watched, symbol, now.closed), { ...common(watched, now), forming });
}

export function pairPanel(watched: Watched, now: PairFrame, more: ChartMore): View {
  const { venue, closed, forming, timeUs, spread, zScore } = now;
  const rows = { venue, closed: closed.y, forming: forming.y, timeUs, spread, zScore };
  return pairChart(rows, { ...chartOptions(watched, now, more), ...common(watched, now) });
}

/** A stretch of the past in the place of the newest bars. */
export function pastPanel(
  watched: Watched,
  now: PairFrame,
  { bars, spread, zScore, oldestUs, readFromUs }: PairPast,
  { fromUs, toUs }: TimeStretch,
  more: ChartMore,
): View {
  const { closed, forming } = now;
  const newest = [closed.y, forming.y].filter(({ length }) => length > 0);
  const newestUs = Math.max(...newest.map(({ startUs, length }) => startUs[length - 1]!));
  const endUs = bars.length === 0 ? toUs : bars.endUs[bars.length - 1]!;
  return pairChart(
    {
      venue: now.venue,
      closed: bars,
      forming: sliceBars(bars, bars.length),
      timeUs: bars.startUs,
      spread: spread.last,
      zScore: zScore.last,
      within: { spread, zScore },
    },
    {
      ...chartOptions(watched, now, more),
      ...{ oldestUs, readFromUs },
      domainUs: [Math.max(fromUs, Math.min(oldestUs, toUs - watched.intervalUs)), toUs],
      isPast: endUs + 2 * watched.intervalUs < newestUs,
    },
  );
}

function chartOptions(watched: Watched, now: PairFrame, more: ChartMore): PairChartOptions {
  const { y, x, threshold, intervalUs } = watched;
  const { hedge, timeUs, window, newestUs } = now;
  const nowUs = Math.max(...[newestUs.y, newestUs.x].filter((us) => !Number.isNaN(us)));
  return {
    ...{ y, x, threshold, intervalUs, nowUs, ...more },
    calibratedUs: hedge?.toUs ?? Number.POSITIVE_INFINITY,
    waits: measuringText(now) || (timeUs.length < window ? `${timeUs.length} of ${window} bars` : ""),
  };
}

export function spreadPanel(watched: Watched, now: PairFrame, more: Overlay): View {
  const { y, x } = watched;
  const { hedge } = now;
  if (hedge === undefined) return measuring(`Spread ${y} against ${x}`, now);
  const { alpha, beta } = hedge;
  const line = { alpha, beta, prices: "log", names: { y, x } } as const;
  const on = hedge.standIn === undefined ? "" : `${hedge.standIn} of `;
  const note = `fitted on ${on}${clockSpan(hedge.fromUs, hedge.toUs)}, frozen since`;
  const spread = { timeUs: now.timeUs, values: now.spread, ...line };
  return spreadChart(spread, { ...common(watched, now), note, layers: withInSample(hedge, more) });
}

export function zScorePanel(watched: Watched, now: PairFrame, more: Overlay): View {
  const { y, x, threshold } = watched;
  const { window, hedge } = now;
  if (hedge === undefined) return measuring("z-score of the spread", now);
  if (now.timeUs.length < window) return waiting("z-score of the spread", window, now);
  const z = { timeUs: now.timeUs, values: now.zScore, window, names: { y, x } };
  return zScoreChart(z, { ...common(watched, now), threshold, layers: withInSample(hedge, more) });
}

/** The ground of the stretch that the line was fitted on, under what else is drawn in. */
function withInSample({ fromUs, toUs }: FrozenHedge, { layers }: Overlay): NonNullable<Overlay["layers"]> {
  return (x, y) => [...inSampleLayer(fromUs, toUs)(x), ...(layers?.(x, y) ?? [])];
}

export function correlationPanel(watched: Watched, now: PairFrame, more: Overlay): View {
  const { y, x } = watched;
  const { window } = now;
  if (now.timeUs.length <= window) return waiting("Rolling correlation", window + 1, now);
  const correlation = { timeUs: now.timeUs, values: now.correlation, window, names: { y, x } };
  return correlationChart(correlation, { ...common(watched, now), ...more });
}

export function latestPanel(watched: Watched, now: PairFrame, symbol: string, rows: number): View {
  const newest = newestFirst(sliceBars(sideOf(watched, symbol, now.closed), -rows));
  const title = `${symbol}: the latest closed bars`;
  if (newest.length === 0) return waitingView(title, 1, 0, { venue: now.venue, height: 60 });
  return tableView({ ...barsTable(newest, LATEST), caption: `${title}, newest first` }, { maxRows: rows });
}

const LATEST = ["start", "open", "high", "low", "close", "vwap", "volume", "tradeCount", "complete"] as const;

function sideOf<Value>(
  { y, x }: Watched,
  symbol: string,
  of: { readonly y: Value; readonly x: Value },
): Value {
  if (symbol === y) return of.y;
  if (symbol === x) return of.x;
  return refuse({
    code: "unknown-symbol",
    where: "watchPair",
    problem: `needs one of its symbols, ${y} or ${x}; got ${quote(symbol)}`,
    hint: "Run the cell with watchPair again after a change of the parameters.",
    facts: { symbol },
  });
}

/** The same time axis under every panel. */
function common({ intervalUs }: Watched, { venue, closed, forming }: PairFrame) {
  const starts = [closed.y, closed.x, forming.y, forming.x].filter((bars) => bars.length > 0);
  if (starts.length === 0) return { venue };
  const from = Math.min(...starts.map((bars) => bars.startUs[0]!));
  const to = Math.max(...starts.map((bars) => bars.startUs[bars.length - 1]!)) + intervalUs;
  return { venue, domainUs: [from, to] as const };
}

/** Until the stretch is whole; what it can't tell is said. */
function measuring(title: string, { measured, fault, venue }: PairFrame): View {
  const says = fault === undefined ? title : `${title}: ${fault}`;
  return waitingView(says, measured.of, measured.bars, { venue, height: 170 });
}

function waiting(title: string, need: number, { timeUs, venue }: PairFrame): View {
  return waitingView(title, need, timeUs.length, { venue, height: 170 });
}

function newestFirst(bars: Bars): Bars {
  return makeBars(bars, bars.length, (name) => bars[name].slice().reverse());
}
