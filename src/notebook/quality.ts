import { type Diagnosis, type DoctorSettings, diagnose, readable } from "../app/doctor.ts";
import { hasOurTime } from "../app/doctor-findings.ts";
import { doctorTables, doctorText, findingText, verdictText } from "../app/doctor-text.ts";
import { bytesText, percentText, spanText } from "../app/doctor-words.ts";
import { refuse } from "../core/errors.ts";
import type { Venue } from "../core/trade.ts";
import {
  type HoleSpan,
  openQuality,
  type SeriesQuality,
  type TradeFacts,
} from "../pipeline/store/quality.ts";
import type { StoreReader } from "../pipeline/store/reader.ts";
import { coverageChart } from "../render/chart/coverage.ts";
import { histogramChart } from "../render/chart/histogram.ts";
import { type Line, linesChart } from "../render/chart/lines.ts";
import { waitingView } from "../render/chart/waiting.ts";
import { escapeHtml } from "../render/escape.ts";
import type { TableData } from "../render/table.ts";
import { tableView } from "../render/table.ts";
import { type Tile, tiles } from "../render/tiles.ts";
import type { View } from "../render/view.ts";
import type { Viewable } from "./views.ts";

export type QualityTable = "coverage" | "holes" | "times" | "pace" | "disk";

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
  readonly holes: readonly (HoleSpan & { readonly symbol: string })[];
  /** The verdict in a row of tiles. */
  tiles(): View;
  /** What the doctor found, in sentences: what is the matter, and what to do. */
  findings(): View;
  /** What is stored, what became of the missing, when it came, how fast, and the room it takes. */
  table(which: QualityTable): View;
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
export function dataQuality(store: StoreReader, settings: QualitySettings = {}): DataQuality {
  const diagnosis = diagnose(store, settings, Date.now() * 1000);
  const venue = newestVenue(diagnosis);
  const series = diagnosis.series.flatMap((one) =>
    one.trades === undefined ? [] : [{ ...one, trades: one.trades }],
  );
  const there = series.filter((one) => one.venue.name === venue?.name);
  const fromUs = Math.min(
    ...there.map(({ trades }) =>
      settings.windowOnly === true ? (trades.window?.fromUs ?? trades.lastTimeUs) : trades.firstTimeUs,
    ),
  );
  const toUs = Math.max(...there.map(({ trades }) => trades.lastTimeUs));
  const domainUs = toUs > fromUs ? ([fromUs, toUs] as const) : undefined;
  const read = readable(store.path, () =>
    readParts(store, there, domainUs ?? [fromUs, fromUs + 1e6], diagnosis.sampleTrades),
  );
  const common = { ...(venue && { venue }), ...(domainUs && { domainUs }) };

  return {
    diagnosis,
    venue,
    series,
    symbols: there.map(({ symbol }) => symbol),
    holes: read.flatMap(({ symbol, holes }) => holes.map((hole) => ({ symbol, ...hole }))),
    toView: () => ({ kind: "html", html: findingsHtml(diagnosis), text: doctorText(diagnosis) }),
    tiles: () => tiles(qualityTiles(diagnosis), venue === undefined ? {} : { venue }),
    findings: () => ({ kind: "html", html: findingsHtml(diagnosis), text: findingsText(diagnosis) }),
    table: (which) => tableView(tableOf(diagnosis, which)),
    coverage: () => {
      const cut = read.reduce((sum, { trades, holes }) => sum + holesOf(trades) - holes.length, 0);
      const lines = read.map(({ symbol, trades, holes }) => ({
        name: symbol,
        fromUs: trades.firstTimeUs,
        toUs: trades.lastTimeUs,
        holes,
        share: `${percentText(trades.coverage.rawPercent)} %`,
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
  store: StoreReader,
  there: readonly (SeriesQuality & { trades: TradeFacts })[],
  [fromUs, toUs]: readonly [number, number],
  sampleTrades: number,
): Read[] {
  const quality = openQuality(store);
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

function newestVenue({ series }: Diagnosis): Venue | undefined {
  const received = (one: SeriesQuality): number => one.trades?.lastReceivedUs ?? Number.NEGATIVE_INFINITY;
  const newest = series.reduce<SeriesQuality | undefined>(
    (best, one) =>
      one.trades !== undefined && (best === undefined || received(one) > received(best)) ? one : best,
    undefined,
  );
  return newest?.venue;
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
  const isOurs = hasOurTime(venue);
  return histogramChart(latencyMs, {
    title,
    venue,
    of: "trade",
    xName: "latency",
    unit: "ms",
    scale: "log",
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

function holesOf({ holes }: TradeFacts): number {
  return Object.values(holes).reduce((sum, state) => sum + state.holes, 0);
}

function tableOf(diagnosis: Diagnosis, which: QualityTable): TableData {
  const [coverage, holes, times, pace] = doctorTables(diagnosis) as [
    TableData,
    TableData,
    TableData,
    TableData,
  ];
  const tables: Readonly<Record<QualityTable, TableData>> = {
    coverage,
    holes,
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

function diskTable({ disk }: Diagnosis): TableData {
  const rows = [
    ["file", bytesText(disk.fileBytes)],
    ["write-ahead log", bytesText(disk.walBytes)],
    ["a trade", Number.isFinite(disk.bytesPerTrade) ? `${Math.round(disk.bytesPerTrade)} B` : "unknown"],
    ["growth a day", bytesText(disk.growthBytesPerDay)],
    ["free", bytesText(disk.freeBytes)],
    ["full in", spanText(disk.daysUntilFull * 86_400e6)],
  ] as const;
  return {
    caption: "Disk",
    length: rows.length,
    columns: [
      { name: "what", kind: "text", values: rows.map(([name]) => name) },
      { name: "size", kind: "integer", values: rows.map(([, value]) => value) },
    ],
  };
}

function qualityTiles({ healthy, findings, series, disk, since, checkedUs }: Diagnosis): Tile[] {
  const read = series.flatMap(({ trades }) => trades ?? []);
  const sum = (of: (trades: TradeFacts) => number): number =>
    read.reduce((total, trades) => total + of(trades), 0);
  const share = (held: number, ids: number): string => (ids === 0 ? "–" : percentText((100 * held) / ids));
  const alarms = findings.filter(({ attention }) => attention).length;
  const newestUs = Math.max(...read.map(({ lastReceivedUs }) => lastReceivedUs));
  const missing = sum(({ coverage }) => coverage.missingIds);
  return [
    {
      label: "verdict",
      value: healthy ? "healthy" : "needs attention",
      tone: healthy ? "good" : "bad",
      note: alarms === 0 ? "" : `${alarms} to act on`,
    },
    {
      label: "stored, all",
      value: share(
        sum((t) => t.coverage.heldIds),
        sum((t) => t.coverage.ids),
      ),
      unit: "%",
      note: `${missing.toLocaleString("en")} ids missing`,
    },
    {
      label: "stored, window",
      value: share(
        sum((t) => t.window?.heldIds ?? 0),
        sum((t) => t.window?.ids ?? 0),
      ),
      unit: "%",
      note: /^\d{4}-/.test(since) ? `since ${since}` : `last ${since}`,
    },
    {
      label: "newest trade",
      value: Number.isFinite(newestUs) ? spanText(Math.max(0, checkedUs - newestUs)) : "–",
      note: "ago",
    },
    {
      label: "disk full in",
      value: spanText(disk.daysUntilFull * 86_400e6),
      note: Number.isFinite(disk.daysUntilFull) ? "at the last day's pace" : "no market on our time",
    },
  ];
}

function findingsText(diagnosis: Diagnosis): string {
  return [verdictText(diagnosis), ...diagnosis.findings.map(findingText)].join("\n");
}

function findingsHtml(diagnosis: Diagnosis): string {
  const [verdict, ...lines] = findingsText(diagnosis).split("\n") as [string, ...string[]];
  const items = lines.map((line) => `<div style="margin:2px 0 0 12px">${escapeHtml(line)}</div>`).join("");
  return `<div style="font:13px/1.5 var(--jp-ui-font-family,system-ui,sans-serif);color:var(--jp-ui-font-color1,inherit)"><div style="font-weight:600">${escapeHtml(verdict)}</div>${items}</div>`;
}
