import { quote, refuse } from "../../core/errors.ts";
import { parseDuration } from "../../core/time.ts";
import { keepsWorldClock } from "../../core/trade.ts";
import { LEFT_TO_ARCHIVE } from "../../pipeline/feed/backfill.ts";
import { WAL_ALARM_BYTES } from "../../pipeline/store/file/write-ahead-log.ts";
import type { FileFacts, SeriesQuality, Since } from "../../pipeline/store/quality/quality-types.ts";
import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";
import { venueTimeUs, whichSeries } from "../../pipeline/store/which-series.ts";
import type { Diagnosis, Disk } from "./diagnosis.ts";
import { findingsOf } from "./findings.ts";

export interface DoctorSettings {
  /** Begin of the window: `1h`, so long before each venue's newest trade, or a UTC time such as `2026-01-31T12:00`. `1h` unless told. */
  readonly since?: string;
  /** One venue only; where symbols are asked for, as `whichSeries` chooses it unless told. */
  readonly venue?: string;
  /** These symbols only. */
  readonly symbols?: readonly string[];
  /** Read the whole file: SQLite's integrity check, and the ledger against every trade. */
  readonly full?: boolean;
  /** Newest trades of a symbol for latency, busiest second and the usual ledger check; 100,000 unless told. */
  readonly sampleTrades?: number;
  /** A log beyond this size is a finding; 256 MiB unless told. */
  readonly walAlarmBytes?: number;
}

/** Reads how healthy and how complete a database is. Without `full` its cost does not grow with the number of trades. */
export function diagnose(store: TradeStore, settings: DoctorSettings, nowUs: number): Diagnosis {
  const { full = false, sampleTrades = 100_000, walAlarmBytes = WAL_ALARM_BYTES, since = "1h" } = settings;
  const window = readSince(since);
  return readable(store.label, () => {
    const chosen = chooseSeries(store, settings);
    const quality = store.quality();
    try {
      const missingFiles: string[] = [];
      const beginOf = windowBegins(store, window);
      const problems = full ? quality.integrityProblems() : [];
      const series = chosen.flatMap((one) => {
        try {
          return [quality.series(one, { since: { atUs: beginOf(one) }, full, sampleTrades })];
        } catch (error) {
          if (codeOf(error) === ARCHIVE_MISSING) {
            missingFiles.push((error as Error).message);
            return [];
          }
          if (!codeOf(error).startsWith("SQLITE_CORRUPT")) throw error;
          problems.push(`${one.symbol} at ${one.venue.name}: ${(error as Error).message}`);
          return [];
        }
      });
      const figures = {
        disk: diskOf(store, quality.file()),
        integrity: { checked: full, problems, missingFiles },
        collector: quality.collector(LEFT_TO_ARCHIVE),
        publishers: quality.publishers(),
        since,
        sampleTrades,
        series,
        notChecked: full ? [] : notChecked(series, sampleTrades),
      };
      const users = figures.disk.walBytes > walAlarmBytes ? quality.users() : [];
      const about = { path: store.label, checkedUs: nowUs };
      const findings = findingsOf({ ...about, ...figures }, { walAlarmBytes, users });
      const healthy = !findings.some(({ attention }) => attention);
      return { ...about, healthy, findings, ...figures };
    } finally {
      quality.close();
    }
  });
}

/** Where the window of a series begins. Each venue's newest trade is looked for once, however many symbols it has. */
function windowBegins(store: TradeStore, window: Since): (series: Series) => number {
  const newest = new Map<string, number>();
  return ({ venue: { name } }) => {
    if ("atUs" in window) return window.atUs;
    const newestUs = newest.get(name) ?? venueTimeUs(store, name);
    newest.set(name, newestUs);
    return newestUs - window.backUs;
  };
}

/** Reads from a database; where SQLite cannot, that is a refusal. */
export function readable<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!codeOf(error).startsWith("SQLITE_")) throw error;
    return refuse({
      code: "unreadable-database",
      where: path,
      problem: `needs a database that can be read; SQLite says ${quote((error as Error).message)} (${codeOf(error)})`,
      hint: "Where it is damaged, keep the file for recovery and let the collector begin another one.",
      facts: { path, code: codeOf(error) },
    });
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? "");
}

export function readSince(text: string): Since {
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const utc = text.length === 10 || text.endsWith("Z") ? text : `${text}Z`;
    const ms = Date.parse(utc);
    if (Number.isFinite(ms)) return { atUs: ms * 1000 };
  } else if (/^\d+(ms|s|m|h|d)$/.test(text)) return { backUs: parseDuration(text, "since") };
  return refuse({
    code: "bad-since",
    where: "since",
    problem: `needs a duration or a UTC time; got ${quote(text)}`,
    hint: "Pass for example 1h, or 2026-01-31T12:00.",
    facts: { got: text },
  });
}

/** Everything there is unless a venue or symbols are asked for: then as `whichSeries` chooses them. */
function chooseSeries(store: TradeStore, { venue, symbols }: DoctorSettings): Series[] {
  if (venue === undefined && symbols === undefined) return store.series();
  return whichSeries(store, {
    ...(symbols !== undefined && { symbols }),
    ...(venue !== undefined && { venue }),
  });
}

const ARCHIVE_MISSING = "archive-missing";
const DAY_S = 86_400;
const DAY_US = DAY_S * 1e6;
const HOUR_US = 3600e6;

function diskOf(store: TradeStore, file: FileFacts): Disk {
  const { freeBytes } = file;
  const bytesPerTrade = file.storedTrades >= 1000 ? file.tradeBytes / file.storedTrades : Number.NaN;
  const growthBytesPerDay = paceOf(store) * DAY_S * bytesPerTrade;
  return {
    ...file,
    bytesPerTrade,
    growthBytesPerDay,
    daysUntilFull: freeBytes / growthBytesPerDay,
  };
}

/** A file of the archive that is not there is told with its symbol. */
function paceOf(store: TradeStore): number {
  try {
    return storedPerSecond(store);
  } catch (error) {
    if (codeOf(error) !== ARCHIVE_MISSING) throw error;
    return Number.NaN;
  }
}

/** Trades a second of the venue that was written to last, over the day before its newest; NaN where there is no telling. */
function storedPerSecond(store: TradeStore): number {
  const newest = store.series().flatMap((series) => {
    const trade = store.newest(series);
    return trade === undefined ? [] : [{ series, ...trade }];
  });
  const last = newest.reduce((most, { receivedUs }) => Math.max(most, receivedUs), 0);
  const writing = newest.find(({ receivedUs }) => receivedUs === last);
  if (writing === undefined || !keepsWorldClock(writing.series.venue)) return Number.NaN;
  let rate = 0;
  for (const { series, id, timeUs, receivedUs } of newest) {
    if (series.venue.name !== writing.series.venue.name || receivedUs < last - HOUR_US) continue;
    const fromId = store.firstIdAt(series, timeUs - DAY_US);
    const fromUs = store.trades(series, { fromId: fromId ?? id, limit: 1 }).tradeTimeUs[0]!;
    // less than ten seconds say nothing about a day
    rate += timeUs - fromUs >= 10e6 ? ((id - (fromId ?? id)) * 1e6) / (timeUs - fromUs) : Number.NaN;
  }
  return rate;
}

function notChecked(series: readonly SeriesQuality[], sampleTrades: number): string[] {
  const partly = series.some(({ trades }) => trades?.ledger.whole === false);
  return [
    "every page of the file",
    ...(partly
      ? [`the ledger against trades older than the newest ${sampleTrades.toLocaleString("en")}`]
      : []),
  ];
}
