import type { IdRange, IdRanges } from "../../store/ledger/id-ranges.ts";
import { paceOf } from "../../store/quality/quality-pace.ts";
import type {
  ImportedFacts,
  LedgerCheck,
  LedgerDefect,
  Publisher,
  QualityReader,
} from "../../store/quality/quality-types.ts";
import {
  type QualitySources,
  type SeriesSource,
  seriesQuality,
  spanOf,
  storedPerSecond,
} from "../../store/quality/series-facts.ts";
import type { CollectorFacts } from "../../store/quality/troubles.ts";
import type { Series, TradeStore } from "../../store/trade-store.ts";
import type { Ask } from "../sync/ask.ts";
import { countConflicts } from "./conflicts.ts";
import { deskHoles, mergedIdsOf, notMerged } from "./desk-holes.ts";
import { importedIntervals } from "./imported-bars.ts";
import type { DeskLedger, SeriesLedger } from "./ledger.ts";
import { type ServerChecks, serverChecks } from "./server-checks.ts";
import { heldWithin } from "./trades.ts";

/** A collector whose relay spoke so lately is at work. */
const ALIVE_US = 120e6;
const MOST_DEFECTS = 10;

interface Parts {
  readonly label: string;
  readonly ask: Ask;
  readonly ledger: DeskLedger;
  readonly store: TradeStore;
}

/** Questions about the health of what lies on a server; `store` is the same for reading. */
export function deskQuality(parts: Parts): QualityReader {
  const { ask, ledger, store } = parts;
  const now = (series: Series): SeriesLedger => {
    ledger.refresh();
    return ledger.of(series);
  };
  const checks = serverChecks(ask);

  const source = <T>(series: Series, read: (source: SeriesSource) => T): T => {
    const state = now(series);
    const { held, books } = state;
    const span = spanOf(held.ranges);
    const holes = deskHoles(books, held);
    const firstIdAt = (timeUs: number): number | undefined => store.firstIdAt(series, timeUs);
    return read({
      ...{ held, span, holes },
      ends: span && checks.ends(series, span),
      merged: mergedIdsOf(holes, held, state.merged().ids()),
      conflicts: countConflicts(ask, series, books),
      latencyMs: (most) => checks.latencyMs(series, newestIds(held, most)),
      pace: (ends, most) => paceOf(ends, held, checks.busiest(series, newestIds(held, most)), firstIdAt),
    });
  };

  const importedOf = (series: Series): ImportedFacts | undefined => {
    const mergedTrades = now(series).merged().length;
    const bars = importedIntervals(ask, series);
    return mergedTrades === 0 && bars.length === 0 ? undefined : { mergedTrades, bars };
  };

  /** Of ascending times; one statement looks at all the trades between the first and the last. */
  const firstIdsAt = (series: Series, timesUs: readonly number[]): readonly (number | undefined)[] => {
    const [from, to] = [timesUs[0]!, timesUs.at(-1)!].map((timeUs) => store.firstIdAt(series, timeUs));
    if (from === undefined) return timesUs.map(() => undefined);
    const state = now(series);
    const last = (to ?? (state.held.ranges.at(-1)?.last ?? -1) + 1) - 1;
    const merged = state.merged();
    const before = merged.indexAt(last + 1) - 1;
    const isMerged = before >= 0 && merged.row(before).last >= from;
    const found = isMerged
      ? undefined
      : checks.firstIdsAt(series, heldWithin(state.held, from, last + 1, Number.MAX_SAFE_INTEGER), timesUs);
    if (found === undefined) return timesUs.map((timeUs) => store.firstIdAt(series, timeUs));
    return found.map((id, i) => (i === 0 ? from : (id ?? to)));
  };
  const sources: QualitySources = {
    ...{ store, source, imported: importedOf },
    check: (series, span, most) => checkOf(checks, series, now(series), span, most),
  };

  return {
    file: () => ({
      ...{ schemaVersion: Number.NaN, sqliteVersion: "", journalMode: "", fileBytes: Number.NaN },
      ...{ freeBytes: Number.NaN, walBytes: 0, tradeBytes: Number.NaN, storedTrades: Number.NaN },
    }),
    users: () => [],
    collector: (left) => {
      ledger.refresh();
      return collectorOf(
        store.series().map((series) => [series, ledger.of(series)]),
        left,
      );
    },
    publishers: () => {
      ledger.refresh();
      return publishersOf(store.series().map((series) => ledger.of(series)));
    },
    // what the server keeps it checks itself; whether all is there the ledger's check says
    integrityProblems: () => [],
    series: (series, options) => ledger.atOneTime(() => seriesQuality(sources, series, options)),
    holes: (series, most) =>
      ledger.atOneTime(() => {
        const { held, books } = now(series);
        return checks.spans(series, held, deskHoles(books, held).slice(-most));
      }),
    latencyMs: (series, most) => checks.latencyMs(series, newestIds(now(series).held, most)),
    storedPerSecond: (series, fromUs, toUs, buckets) =>
      ledger.atOneTime(() =>
        storedPerSecond(now(series).held, (timesUs) => firstIdsAt(series, timesUs), {
          fromUs,
          toUs,
          buckets,
        }),
      ),
    close: () => {},
  };
}

/** The newest so many ids that are held. */
function newestIds(held: IdRanges, most: number): IdRange[] {
  const found: IdRange[] = [];
  let left = most;
  for (let i = held.ranges.length - 1; i >= 0 && left > 0; i--) {
    const { first, last } = held.ranges[i]!;
    found.push({ first: Math.max(first, last - left + 1), last });
    left -= last - first + 1;
  }
  return found.reverse();
}

/** The ledger's newest `most` ids against the trades. */
function checkOf(
  checks: ServerChecks,
  series: Series,
  state: SeriesLedger,
  { first, last }: IdRange,
  most: number,
): LedgerCheck {
  const { held, books } = state;
  const fromId = Math.max(first, last - most + 1);
  const defects: LedgerDefect[] = checks
    .absent(series, heldWithin(held, fromId, last + 1, Number.MAX_SAFE_INTEGER))
    .map((range) => ({ ...range, kind: "no trade" }));
  const whole = fromId === first;
  if (whole) {
    for (const range of notMerged(deskHoles(books, held), held, state.merged().ids()))
      defects.push({ ...range, kind: "no merged trade" });
  }
  return { fromId, whole, defects: defects.slice(0, MOST_DEFECTS) };
}

function publishersOf(all: readonly SeriesLedger[]): Publisher[] {
  const found = new Map<string, Publisher>();
  for (const { books, rows } of all) {
    const blocks = [...rows];
    for (const book of books) {
      const own = blocks.filter(({ collector }) => collector === book.collector);
      const published = own.reduce((sum, { sums }) => sum + sums.rows, 0);
      const before = found.get(book.collector);
      const newestUs = own.reduce((most, { newestReceivedUs }) => Math.max(most, newestReceivedUs), 0);
      found.set(book.collector, {
        name: book.collector,
        silentUs: Math.min(before?.silentUs ?? Number.POSITIVE_INFINITY, book.nowUs - book.serverUs),
        aheadUs: book.relayUs - book.serverUs,
        series: (before?.series ?? 0) + 1,
        // what is not kept there any longer was published before
        unpublishedIds: (before?.unpublishedIds ?? 0) + Math.max(0, book.held - published),
        newestReceivedUs: Math.max(before?.newestReceivedUs ?? 0, newestUs),
      });
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function collectorOf(all: readonly (readonly [Series, SeriesLedger])[], left: string): CollectorFacts {
  const books = all.flatMap(([, { books: some }]) => some);
  return {
    running: books.some(({ serverUs, nowUs }) => nowUs - serverUs < ALIVE_US),
    troubles: books.flatMap(({ venue, symbol, troubles }) =>
      troubles.map((trouble) => ({ venue, symbol, ...trouble })),
    ),
    fileHoles: all.flatMap(([{ venue, symbol }, { books: some, held }]) => {
      const open = deskHoles(some, held).filter(
        ({ state, note }) => (state === "detected" || state === "partly filled") && note === left,
      );
      const ids = open.reduce((sum, { first, last }) => sum + last - first + 1, 0);
      return open.length === 0 ? [] : [{ venue: venue.name, symbol, holes: open.length, ids }];
    }),
  };
}
