import { requireSettings } from "../../app/data/data-source.ts";
import type { Diagnosis } from "../../app/doctor/diagnosis.ts";
import { type DoctorSettings, diagnose, readable } from "../../app/doctor/doctor.ts";
import { doctorTables, doctorText } from "../../app/doctor/text.ts";
import { percentText, spanText } from "../../app/doctor/words.ts";
import { requireFields } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import { keepsWorldClock, type Venue } from "../../core/trade.ts";
import type {
  Coverage,
  HoleSpan,
  SeriesQuality,
  TradeFacts,
} from "../../pipeline/store/quality/quality-types.ts";
import type { TradeStore } from "../../pipeline/store/trade-store.ts";
import { whichVenue } from "../../pipeline/store/which-series.ts";
import { waitingView } from "../../render/chart/base/waiting.ts";
import { coverageChart } from "../../render/chart/coverage.ts";
import { histogramChart } from "../../render/chart/histogram.ts";
import type { Line } from "../../render/chart/line-layers.ts";
import { linesChart } from "../../render/chart/lines.ts";
import type { TableData } from "../../render/table-data.ts";
import { tiles } from "../../render/tiles.ts";
import type { View } from "../../render/view.ts";
import type { Viewable } from "../view/views.ts";
import type { SymbolHole } from "./facts.ts";
import { diskTable, findingsView, holesTable, qualityTiles } from "./panels.ts";

export type QualityTable = "coverage" | "holes" | "each hole" | "times" | "pace" | "disk";

export interface QualitySettings extends DoctorSettings {
  /** Whether the charts over time show the window since `since` only; no unless told. */
  readonly windowOnly?: boolean;
}

/** The quality of a store at one moment, as numbers, tables and charts. The charts show one venue: the one asked for, else the one that was written to last. */
export interface DataQuality extends Viewable {
  readonly diagnosis: Diagnosis;
  /** The venue of the charts; undefined without a trade. */
  readonly venue: Venue | undefined;
  /** Those of the diagnosis' series that have trades. */
  readonly series: readonly (SeriesQuality & { readonly trades: TradeFacts })[];
  /** The symbols of the charts' venue. */
  readonly symbols: readonly string[];
  /** The holes of the charts' venue by ascending id, the newest 1,000 of each symbol. */
  readonly holes: readonly SymbolHole[];
  /** The verdict in a row of tiles. */
  tiles(): View;
  /** What the doctor found, in sentences: what is the matter, and what to do. */
  findings(): View;
  /** What is stored, the holes by state, each hole, when trades came, how fast, and the room they take. */
  table(which: QualityTable): TableData;
  /** What is stored on a time line, and the holes in it. */
  coverage(): View;
  /** Receipt minus event time of a symbol's newest trades; of the first symbol unless told. */
  latency(symbol?: string): View;
  /** Trades stored a second over time. */
  rates(): View;
}

const MOST_HOLES = 1000;
const RATE_POINTS = 240;

interface Read extends SeriesQuality {
  readonly trades: TradeFacts;
  readonly holes: readonly HoleSpan[];
  readonly latencyMs: Float64Array;
  readonly perSecond: Float64Array;
}

/** Examines a store now; its cost does not grow with the number of trades unless `full` is asked for. */
export function dataQuality(store: TradeStore, settings: QualitySettings = {}): DataQuality {
  requireFields("dataQuality", "store", store, ["series"]);
  requireSettings("dataQuality", settings, [
    ...["since", "venue", "symbols", "full", "sampleTrades", "walAlarmBytes", "windowOnly"],
  ]);
  const diagnosis = diagnose(store, settings, Date.now() * 1000);
  const { venue: asked, symbols } = settings;
  const chosen = whichVenue(store, {
    ...(asked !== undefined && { venue: asked }),
    ...(symbols !== undefined && { symbols }),
  });
  const series = diagnosis.series.flatMap((one) =>
    one.trades === undefined ? [] : [{ ...one, trades: one.trades }],
  );
  const venue = series.find((one) => one.venue.name === chosen)?.venue;
  const there = series.filter((one) => one.venue.name === venue?.name);
  const { windowOnly = false } = settings;
  const beginOf = ({ firstTimeUs, lastTimeUs, window }: TradeFacts): number =>
    windowOnly ? Math.max(firstTimeUs, window?.fromUs ?? lastTimeUs) : firstTimeUs;
  const fromUs = Math.min(...there.map(({ trades }) => beginOf(trades)));
  const toUs = Math.max(...there.map(({ trades }) => trades.lastTimeUs));
  const domainUs = toUs > fromUs ? ([fromUs, toUs] as const) : undefined;
  const read = readable(store.label, () =>
    readParts(store, there, domainUs ?? [fromUs, fromUs + 1e6], diagnosis.sampleTrades),
  );
  const holes = read.flatMap((one) => one.holes.map((hole) => ({ symbol: one.symbol, ...hole })));
  const common = { ...(venue && { venue }), ...(domainUs && { domainUs }) };

  return {
    diagnosis,
    venue,
    series,
    symbols: there.map(({ symbol }) => symbol),
    holes,
    toView: () => ({ ...findingsView(diagnosis), text: doctorText(diagnosis) }),
    tiles: () => tiles(qualityTiles(diagnosis), venue === undefined ? {} : { venue }),
    findings: () => findingsView(diagnosis),
    table: (which) => tableOf(which, diagnosis, holes),
    coverage: () => {
      const cut = read.reduce((sum, { trades, holes }) => sum + holesOf(trades) - holes.length, 0);
      const lines = read.map(({ symbol, trades, holes }) => ({
        name: symbol,
        fromUs: trades.firstTimeUs,
        toUs: trades.lastTimeUs,
        holes,
        share: shareText(windowOnly ? trades.window : trades.coverage),
      }));
      const note = cut > 0 ? `${cut.toLocaleString("en")} older holes are not drawn` : "";
      return coverageChart(lines, { title: "Ids that are stored", ...common, note });
    },
    latency: (symbol) => latencyChart(pick(read, symbol), diagnosis.sampleTrades),
    rates: () => {
      const title = "Trades stored a second";
      const first = read[0];
      if (first === undefined || domainUs === undefined)
        return waitingView(title, 1, 0, { ...common, what: "trade" });
      const stepUs = (toUs - fromUs) / RATE_POINTS;
      const times = Float64Array.from({ length: RATE_POINTS }, (_, i) =>
        Math.round(fromUs + (i + 0.5) * stepUs),
      );
      const lines: Line[] = read.map(({ symbol, perSecond }) => ({ name: symbol, values: perSecond }));
      const note = `means over ${spanText(stepUs)} of trade time`;
      return linesChart(times, lines, { title, ...common, yName: "trades", unit: "1/s", note });
    },
  };
}

function readParts(
  store: TradeStore,
  there: readonly (SeriesQuality & { trades: TradeFacts })[],
  [fromUs, toUs]: readonly [number, number],
  sampleTrades: number,
): Read[] {
  const quality = store.quality();
  try {
    const all = store.series();
    return there.map((one) => {
      const series = all.find(({ venue, symbol }) => venue.name === one.venue.name && symbol === one.symbol)!;
      return {
        ...one,
        holes: quality.holes(series, MOST_HOLES),
        latencyMs: quality.latencyMs(series, sampleTrades),
        perSecond: quality.storedPerSecond(series, fromUs, toUs, RATE_POINTS),
      };
    });
  } finally {
    quality.close();
  }
}

function pick(read: readonly Read[], symbol: string | undefined): Read | undefined {
  const found = symbol === undefined ? read[0] : read.find((one) => one.symbol === symbol);
  if (symbol === undefined || found !== undefined) return found;
  return refuse({
    code: "unknown-symbol",
    where: "latency",
    problem: `needs a symbol of the charts' venue; got ${JSON.stringify(symbol)}`,
    hint: `There are: ${read.map((one) => one.symbol).join(", ") || "none"}.`,
  });
}

function latencyChart(read: Read | undefined, sampleTrades: number): View {
  const title = `Latency${read === undefined ? "" : ` of ${read.symbol}`}, receipt − event time`;
  if (read === undefined) return waitingView(title, 1, 0, { what: "trade" });
  const { venue, latencyMs } = read;
  const { latency } = read.trades;
  const newest = `by the stream, among the newest ${sampleTrades.toLocaleString("en")}`;
  const isOurs = keepsWorldClock(venue);
  return histogramChart(latencyMs, {
    title,
    venue,
    of: "trade",
    xName: "latency",
    unit: "ms",
    // clocks that disagree can give latencies below zero, which a log axis would leave out
    scale: latencyMs.length > 0 && latencyMs[0]! <= 0 ? "linear" : "log",
    note: isOurs ? newest : `${newest} · its times are not this machine's: this is no latency`,
    marks:
      latency === undefined || !isOurs
        ? []
        : [
            { value: latency.p50Ms, label: "p50" },
            { value: latency.p90Ms, label: "p90" },
            { value: latency.p99Ms, label: "p99" },
          ],
  });
}

function shareText(coverage: Coverage | undefined): string {
  return coverage === undefined ? "none" : `${percentText(coverage.rawPercent)} %`;
}

function holesOf({ holes }: TradeFacts): number {
  return Object.values(holes).reduce((sum, state) => sum + state.holes, 0);
}

function tableOf(which: QualityTable, diagnosis: Diagnosis, each: readonly SymbolHole[]): TableData {
  const [coverage, holes, times, pace] = doctorTables(diagnosis) as [
    TableData,
    TableData,
    TableData,
    TableData,
  ];
  const tables: Readonly<Record<QualityTable, TableData>> = {
    coverage,
    holes,
    "each hole": holesTable(each),
    times,
    pace,
    disk: diskTable(diagnosis),
  };
  if (Object.hasOwn(tables, which)) return tables[which];
  return refuse({
    code: "unknown-table",
    where: "table",
    problem: `needs one of ${Object.keys(tables).join(", ")}; got ${JSON.stringify(which)}`,
    hint: 'Pass for example "coverage".',
  });
}
