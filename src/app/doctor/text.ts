import { formatUtc } from "../../core/time.ts";
import { keepsWorldClock, venueLabel } from "../../core/trade.ts";
import type { Coverage, SeriesQuality, TradeFacts } from "../../pipeline/store/quality/quality-types.ts";
import { plainText } from "../../render/escape.ts";
import { tableText } from "../../render/table.ts";
import type { TableColumn, TableData } from "../../render/table-data.ts";
import type { Diagnosis, Finding } from "./diagnosis.ts";
import { publishersTable } from "./publishers.ts";
import { bytesText, countText, percentText, spanText } from "./words.ts";

type Read = SeriesQuality & { readonly trades: TradeFacts };

/** A diagnosis for a terminal: the verdict first, then what to do, then the figures. */
export function doctorText(diagnosis: Diagnosis): string {
  const { findings, notChecked } = diagnosis;
  const venues = [...new Set(diagnosis.series.map(({ venue }) => venue.name))];
  const parts = [
    [verdictText(diagnosis), ...findings.map((finding) => `  ${findingText(finding)}`)].join("\n"),
    diagnosis.publishers.length > 0 ? publishersText(diagnosis) : diskText(diagnosis),
    ...venues.map((name) => venueText(diagnosis, name)),
    notChecked.length > 0 ? `Not checked: ${notChecked.join("; ")}. A check with --full does.` : "",
  ];
  return parts.filter(Boolean).join("\n\n");
}

/** One line: whether somebody should act. */
export function verdictText({ path, healthy, findings, series, integrity }: Diagnosis): string {
  const alarms = findings.filter(({ attention }) => attention).length;
  const verdict = healthy ? "HEALTHY" : `NEEDS ATTENTION (${countText(alarms, "finding")})`;
  const sum = (of: (coverage: Coverage) => number): number =>
    series.reduce((total, { trades }) => total + (trades === undefined ? 0 : of(trades.coverage)), 0);
  const held = sum((coverage) => coverage.heldIds);
  const missing = sum((coverage) => coverage.missingIds);
  const isWhole = held > 0 && integrity.problems.length + integrity.missingFiles.length === 0;
  const rest = missing > 0 ? `, ${countText(missing, "id")} missing` : isWhole ? ", none missing" : "";
  return `${verdict} · ${oneLine(path)} · ${countText(held, "trade")}${rest}`;
}

export function findingText({ attention, venue, symbol, text }: Finding): string {
  const about = symbol !== undefined ? `${symbol} at ${venue}: ` : venue !== undefined ? `${venue}: ` : "";
  return oneLine(`${attention ? "■" : "·"} ${about}${text}`);
}

function publishersText({ publishers }: Diagnosis): string {
  const { caption, ...table } = publishersTable(publishers);
  return `${caption}\n${tableText({ ...table, caption: "" }, { maxRows: 1000 })}`;
}

function diskText({ disk, integrity }: Diagnosis): string {
  const room = Number.isFinite(disk.daysUntilFull)
    ? `grows ${bytesText(disk.growthBytesPerDay)} a day, full in ${spanText(disk.daysUntilFull * 86_400e6)}`
    : "growth unknown";
  const each = Number.isFinite(disk.bytesPerTrade) ? `, ${Math.round(disk.bytesPerTrade)} bytes a trade` : "";
  const pages = integrity.checked
    ? `, every page checked: ${integrity.problems.length === 0 ? "no damage" : "damaged"}`
    : "";
  return [
    `disk      file ${bytesText(disk.fileBytes)}, log ${bytesText(disk.walBytes)}${each}; ${bytesText(disk.freeBytes)} free, ${room}`,
    `database  schema ${disk.schemaVersion}, SQLite ${disk.sqliteVersion}, journal ${disk.journalMode}${pages}`,
  ].join("\n");
}

function venueText(diagnosis: Diagnosis, name: string): string {
  const of = { ...diagnosis, series: diagnosis.series.filter(({ venue }) => venue.name === name) };
  const label = venueLabel(of.series[0]!.venue);
  const tables = doctorTables(of).filter(({ length }) => length > 0);
  return [
    oneLine(label === "" ? name : `${name} · ${label}`),
    ...tables.map((table) => `${table.caption}\n${tableText({ ...table, caption: "" }, { maxRows: 1000 })}`),
  ].join("\n\n");
}

/** The figures as tables: what is stored, what became of the missing, when it came and how fast. */
export function doctorTables(diagnosis: Diagnosis): TableData[] {
  const read = diagnosis.series.filter((series): series is Read => series.trades !== undefined);
  return [
    coverageTable(read, diagnosis.since),
    holesTable(read),
    timesTable(read, diagnosis),
    paceTable(read, diagnosis),
  ];
}

function coverageTable(read: readonly Read[], since: string): TableData {
  const share = (percent: (of: Coverage) => number) => (of: Coverage | undefined) =>
    of === undefined ? "–" : percentText(percent(of));
  const raw = share((of) => of.rawPercent);
  const merged = share((of) => of.withAggregatedPercent);
  const window = /^\d{4}-/.test(since) ? `since ${since}` : `last ${since}`;
  const hasMerged = read.some(({ trades }) => trades.coverage.aggregatedIds > 0);
  return table("Ids that are stored", read, [
    ...nameColumns(read),
    numbers("first id", (t) => String(t.firstId)),
    numbers("last id", (t) => String(t.lastId)),
    numbers("stored", (t) => t.coverage.heldIds.toLocaleString("en")),
    numbers("missing", (t) => t.coverage.missingIds.toLocaleString("en")),
    numbers("all", (t) => raw(t.coverage), "%"),
    ...(hasMerged ? [numbers("all, with merged", (t) => merged(t.coverage), "%")] : []),
    numbers(window, (t) => raw(t.window), "%"),
    ...(hasMerged ? [numbers(`${window}, with merged`, (t) => merged(t.window), "%")] : []),
  ]);
}

function holesTable(read: readonly Read[]): TableData {
  const rows = read.flatMap((series) =>
    Object.entries(series.trades.holes)
      .filter(([, { holes }]) => holes > 0)
      .map(([state, counts]) => ({ series, state, ...counts })),
  );
  const column = (
    name: string,
    of: (row: (typeof rows)[number]) => string,
    kind: TableColumn["kind"] = "text",
  ) => ({
    name,
    kind,
    values: rows.map(of),
  });
  return {
    caption: "Holes: ids that were missed, and what became of them",
    length: rows.length,
    columns: [
      column("symbol", ({ series }) => series.symbol),
      ...(severalVenues(read) ? [column("venue", ({ series }) => series.venue.name)] : []),
      column("state", ({ state }) => state),
      column("holes", ({ holes }) => holes.toLocaleString("en"), "integer"),
      column("ids missing", ({ missingIds }) => missingIds.toLocaleString("en"), "integer"),
    ],
  };
}

function timesTable(read: readonly Read[], { checkedUs, sampleTrades }: Diagnosis): TableData {
  const latency = (pick: (of: NonNullable<TradeFacts["latency"]>) => number) => (t: TradeFacts, s: Read) =>
    t.latency === undefined || !keepsWorldClock(s.venue) ? "–" : String(Math.round(pick(t.latency)));
  const time = (us: number): string => formatUtc(Math.floor(us / 1e6) * 1e6);
  const newest = sampleTrades.toLocaleString("en");
  return table(`Times; latency is receipt − event of the newest ${newest} trades`, read, [
    ...nameColumns(read),
    { name: "first trade", kind: "text", of: (t) => time(t.firstTimeUs) },
    { name: "newest trade", kind: "text", of: (t) => time(t.lastTimeUs) },
    numbers("received", (t) => `${spanText(Math.max(0, checkedUs - t.lastReceivedUs))} ago`),
    numbers(
      "latency min",
      latency((l) => l.minMs),
      "ms",
    ),
    numbers(
      "p50",
      latency((l) => l.p50Ms),
      "ms",
    ),
    numbers(
      "p90",
      latency((l) => l.p90Ms),
      "ms",
    ),
    numbers(
      "p99",
      latency((l) => l.p99Ms),
      "ms",
    ),
  ]);
}

function paceTable(read: readonly Read[], { sampleTrades }: Diagnosis): TableData {
  const rate = (value: number | undefined): string =>
    value === undefined || Number.isNaN(value) ? "–" : String(Number(value.toPrecision(3)));
  const newest = sampleTrades.toLocaleString("en");
  return table(`Pace, by trade time; the busiest second is that of the newest ${newest} trades`, read, [
    ...nameColumns(read),
    numbers("mean", (t) => rate(t.pace?.meanPerSecond), "trades/s"),
    numbers("last minute", (t) => rate(t.pace?.lastMinutePerSecond), "trades/s"),
    numbers("busiest second", (t) => rate(t.pace?.busiestSecond.trades), "trades"),
  ]);
}

interface ReadColumn extends Omit<TableColumn, "values"> {
  readonly of: (trades: TradeFacts, series: Read) => string;
}

/** Figures that are texts already, aligned as numbers are. */
function numbers(name: string, of: ReadColumn["of"], unit?: string): ReadColumn {
  return { name, kind: "integer", of, ...(unit !== undefined && { unit }) };
}

function nameColumns(read: readonly Read[]): ReadColumn[] {
  const symbol: ReadColumn = { name: "symbol", kind: "text", of: (_, series) => series.symbol };
  const venue: ReadColumn = { name: "venue", kind: "text", of: (_, series) => series.venue.name };
  return severalVenues(read) ? [symbol, venue] : [symbol];
}

function severalVenues(read: readonly Read[]): boolean {
  return new Set(read.map(({ venue }) => venue.name)).size > 1;
}

function table(caption: string, read: readonly Read[], columns: readonly ReadColumn[]): TableData {
  return {
    caption,
    length: read.length,
    columns: columns.map(({ of, ...column }) => ({
      ...column,
      values: read.map((series) => of(series.trades, series)),
    })),
  };
}

/** Text from outside, for a terminal. */
function oneLine(text: string): string {
  return plainText(text).replace(/\s+/g, " ");
}
