import { existsSync, realpathSync } from "node:fs";
import { basename, resolve } from "node:path";
import { refuse } from "../../core/errors.ts";
import type { Venue } from "../../core/trade.ts";
import { type ArchivedTrades, openArchivedTrades } from "../archive/compare.ts";
import { openHistory } from "../archive/history.ts";
import type { IdRange } from "../store/ledger/id-ranges.ts";
import {
  type MergeCursor,
  type MergeSource,
  mergeCursors,
  missingInside,
  openMergeSource,
  takeConflicts,
} from "../store/merging.ts";
import { symbolIdOf } from "../store/read/keys.ts";
import type { StoredTrades } from "../store/read/stored-trades.ts";
import type { Series, TradeStore } from "../store/trade-store.ts";
import type { TradeBatch } from "../store/write/batch.ts";
import { listConflict } from "../store/write/import-journal.ts";
import { openWriter, type StoreWriter } from "../store/write/writer.ts";

export interface MergeSettings {
  /** Made where there is none. */
  readonly into: string;
  readonly sources: readonly string[];
  readonly nowUs: number;
  readonly onProgress?: (progress: MergeProgress) => void;
}

export interface MergeProgress {
  readonly file: string;
  readonly symbol: string;
  readonly done: number;
  readonly total: number;
}

/** What one database has brought. */
export interface MergedFrom {
  readonly file: string;
  /** Trades that were not held. */
  readonly stored: number;
  readonly known: number;
  /** Known ones with another content: what was held stays, the other is listed. */
  readonly conflicts: number;
}

export interface MergeResult {
  readonly from: readonly MergedFrom[];
  /** What all of them have missed. */
  readonly missing: { readonly holes: number; readonly ids: number };
  /** The copy that was made of an older database. */
  readonly backup: string | undefined;
}

const READ_ROWS = 400_000;
const WRITE_ROWS = 20_000;
const MOST = Number.MAX_SAFE_INTEGER;

/**
 * Makes one tape of what several collectors of one exchange have: what one missed and another has is filled, what all missed
 * stays a hole, and what they tell in two ways is listed, the first being kept. Again and again: only what is new since the
 * last time is read. The sources are read only, while their collectors run or not, and may be copies that are replaced.
 */
export function mergeInto({ into, sources, nowUs, onProgress }: MergeSettings): MergeResult {
  check(into, sources);
  const open = sources.map(openSource);
  let desk: Desk | undefined;
  try {
    const venues = open.flatMap(({ history }) => history.series().map(({ venue }) => venue));
    if (venues.length === 0) none(sources);
    const opened = openDesk(into, venues[0]!, nowUs);
    desk = opened;
    const from = open.map((source) => takeIn(opened, source, onProgress));
    return { from, missing: settleHoles(opened, open), backup: opened.writer.backup };
  } finally {
    desk?.close();
    for (const { close } of open) close();
  }
}

interface Source {
  readonly path: string;
  readonly name: string;
  readonly history: TradeStore;
  readonly more: MergeSource;
  close(): void;
}

function openSource(file: string): Source {
  const path = realpathSync(file);
  const history = openHistory(path);
  const more = openMergeSource(path);
  const close = (): void => {
    history.close();
    more.close();
  };
  return { path, name: basename(file), history, more, close };
}

/** One series of the database that is merged into. */
interface Lane {
  readonly writer: StoreWriter;
  readonly symbolId: number;
}

interface Desk {
  readonly writer: StoreWriter;
  readonly archived: ArchivedTrades;
  readonly nowUs: number;
  lane(series: Series): Lane;
  lanes(): readonly (readonly [Series, Lane])[];
  close(): void;
}

function openDesk(into: string, venue: Venue, nowUs: number): Desk {
  const writer = openWriter(into, { venue, symbols: [] });
  const archived = openArchivedTrades(into);
  const lanes = new Map<string, readonly [Series, Lane]>();
  return {
    writer,
    archived,
    nowUs,
    lane: (series) => {
      const key = JSON.stringify([series.venue.name, series.symbol]);
      let found = lanes.get(key);
      if (found === undefined) {
        const beside = writer.beside({ venue: series.venue, symbols: [series.symbol] });
        found = [series, { writer: beside, symbolId: beside.together((_, [id]) => id!) }];
        lanes.set(key, found);
      }
      return found[1];
    },
    lanes: () => [...lanes.values()],
    close: () => {
      archived.close();
      writer.close();
    },
  };
}

function takeIn(desk: Desk, source: Source, onProgress: MergeSettings["onProgress"]): MergedFrom {
  const sum = { file: source.name, stored: 0, known: 0, conflicts: 0 };
  for (const series of source.history.series()) {
    const lane = desk.lane(series);
    const { writer, symbolId } = lane;
    // what comes while the rows are read is read the next time
    const revision = source.more.revision();
    const cursor = writer.together((db) => mergeCursors(db).get(source.path, symbolId));
    const known = cursor !== undefined && isSame(source, series, cursor) ? cursor : undefined;
    const nextId = known?.nextId ?? 0;
    const newest = source.history.newest(series)?.id ?? -1;
    const late = known === undefined ? [] : source.more.revised(symbolIdOf(series), known.revision, nextId);
    let mark = known;
    const total = Math.max(0, newest + 1 - nextId);
    for (const { first, last } of [...late, { first: nextId, last: MOST - 1 }]) {
      for (const rows of pieces(source.history, series, { first, last })) {
        const { stored, known: held, conflicts } = put(desk, lane, rows);
        sum.stored += stored;
        sum.known += held;
        sum.conflicts += conflicts;
        const id = rows.id[rows.length - 1]!;
        mark = {
          nextId: Math.max(nextId, id + 1),
          revision,
          markId: id,
          markUs: rows.receivedUs[rows.length - 1]!,
        };
        onProgress?.({ file: source.name, symbol: series.symbol, done: Math.max(0, id - nextId), total });
      }
    }
    writer.together((db) => {
      takeConflicts(db, symbolId, source.more.conflicts(symbolIdOf(series)), desk.nowUs);
      if (mark !== undefined) mergeCursors(db).put(source.path, symbolId, { ...mark, revision });
    });
  }
  return sum;
}

/** Whether a file is still the database, or a later copy of it, that a cursor speaks of. */
function isSame(
  { history, more }: Source,
  series: Series,
  { markId, markUs, revision }: MergeCursor,
): boolean {
  if (more.revision() < revision) return false;
  const { length, receivedUs } = history.exact(series, markId, markId + 1, 1);
  if (length === 1) return receivedUs[0] === markUs;
  // what is older than it keeps is gone
  const first = history.trades(series, { limit: 1 });
  return first.length === 1 && first.id[0]! > markId;
}

function* pieces(history: TradeStore, series: Series, { first, last }: IdRange): Generator<StoredTrades> {
  for (let from = first; from <= last; ) {
    const rows = history.exact(series, from, Math.min(last + 1, MOST), READ_ROWS);
    if (rows.length === 0) return;
    for (let i = 0; i < rows.length; i += WRITE_ROWS)
      yield part(rows, i, Math.min(rows.length, i + WRITE_ROWS));
    from = rows.id[rows.length - 1]! + 1;
  }
}

function part(rows: StoredTrades, from: number, to: number): StoredTrades {
  const columns = Object.entries(rows).map(([name, column]) => [
    name,
    typeof column === "number" ? to - from : column.subarray(from, to),
  ]);
  return Object.fromEntries(columns) as StoredTrades;
}

function put(
  { archived, nowUs }: Desk,
  { writer, symbolId }: Lane,
  rows: StoredTrades,
): { readonly stored: number; readonly known: number; readonly conflicts: number } {
  const batch: TradeBatch = { ...rows, symbol: new Uint16Array(rows.length) };
  const { differing } = archived.compare(symbolId, batch);
  const { stored, duplicates, conflicts } = writer.together((db) => {
    for (const i of differing) listConflict(db, symbolId, batch, i, nowUs);
    return writer.append(batch, nowUs, { takesOlder: true }).symbols[0]!;
  });
  writer.care();
  return { stored, known: duplicates - differing.length, conflicts: conflicts + differing.length };
}

/** Puts merged trades where no source has single ones, and says of what is left who may fill it. */
function settleHoles(desk: Desk, open: readonly Source[]): MergeResult["missing"] {
  const sum = { holes: 0, ids: 0 };
  for (const [series, { writer, symbolId: own }] of desk.lanes()) {
    const sources = open.flatMap((source) => {
      const there = source.history
        .series()
        .find(({ venue, symbol }) => venue.name === series.venue.name && symbol === series.symbol);
      return there === undefined ? [] : [{ ...source, symbolId: symbolIdOf(there) }];
    });
    for (const hole of writer.openHoles()) {
      for (const { more, symbolId } of sources) {
        const rows = more.merged(symbolId, hole);
        if (rows.length > 0) writer.adopt(0, rows, hole, desk.nowUs);
      }
    }
    for (const hole of writer.openHoles()) {
      if (hole.state === "aggregated") continue;
      const waiting = sources.filter(({ more, symbolId }) => more.mayFill(symbolId, hole));
      const names = (some: readonly Source[]): string => some.map(({ name }) => name).join(", ");
      const change =
        waiting.length > 0
          ? { note: `missed by all; open still in ${names(waiting)}` }
          : { note: `missed by all: ${names(sources)}`, state: "unrecoverable" as const };
      writer.noteHole(0, { holeId: hole.holeId, ...change }, desk.nowUs);
    }
    const { holes, ids } = writer.together((db) => missingInside(db, own));
    sum.holes += holes;
    sum.ids += ids;
  }
  return sum;
}

function check(into: string, sources: readonly string[]): void {
  const paths = sources.map((file) => (existsSync(file) ? realpathSync(file) : resolve(file)));
  const own = existsSync(into) ? realpathSync(into) : resolve(into);
  if (paths.includes(own) || new Set(paths).size < paths.length)
    refuse({
      code: "same-database",
      where: "--into",
      problem: `needs databases that differ from each other, and a place that is none of them; got ${[into, ...sources].join(", ")}`,
      hint: "Pass for example --into desk.db a.db b.db.",
    });
  for (const file of sources) {
    if (existsSync(file)) continue;
    refuse({
      code: "no-database",
      where: file,
      problem: "needs a database; there is no such file",
      hint: "Mend the name.",
    });
  }
}

function none(sources: readonly string[]): never {
  refuse({
    code: "no-trades",
    where: sources.join(", "),
    problem: "needs databases that hold a symbol; none does",
    hint: "Let a collector begin them first.",
  });
}
