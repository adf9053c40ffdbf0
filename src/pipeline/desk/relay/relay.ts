import { resolve } from "node:path";
import { openHistory } from "../../archive/history.ts";
import { notedUndone, type Published, type Undone } from "../../store/file/published.ts";
import { type BookReader, openBookReader } from "../../store/read/book-reader.ts";
import type { Series } from "../../store/series.ts";
import type { LedgerRow } from "../ledger/block-rows.ts";
import { sameSums, unpublished } from "../ledger/blocks.ts";
import { prepareDesk } from "../schema.ts";
import { type DeskUser, deskAddress } from "../wire/address.ts";
import { checkInserts } from "../wire/insert.ts";
import { openPost, type Post } from "../wire/post.ts";
import { type Audited, auditBlocks, type Findings } from "./audit.ts";
import { count } from "./count.ts";
import { beginPublishing, countedBeside, lockRelay } from "./own.ts";
import { type Place, readPlace } from "./place.ts";
import { cargoes, send } from "./send.ts";
import { type TakenBack, takeBack } from "./take-back.ts";
import { bookTeller, type KnownBook, readBooks, refuseOther } from "./tell-books.ts";

export interface RelaySettings {
  readonly db: string;
  readonly to: string;
  /** What the collector is called on the server; the name it had before, or one of the machine and the file, unless told. */
  readonly collector?: string;
  /** A cluster that the server knows: where there is no desk yet, its tables are made on all nodes of it. */
  readonly cluster?: string;
  readonly user: DeskUser;
  readonly nowUs: () => number;
  readonly onSent?: (sent: Sent) => void;
  /** An import that was taken back here is taken away there. */
  readonly onTakenBack?: (undone: Undone, became: TakenBack) => void;
  /** Called after each step: for tests which end the process there. */
  readonly onStep?: (step: "trades" | "blocks") => void;
}

/** One insert that was taken. */
export interface Sent {
  readonly trades: number;
  /** Still to be sent, of what is held now. */
  readonly left: number;
}

export interface Passed {
  readonly trades: number;
  readonly blocks: number;
  /** Ids held here that are not there yet. */
  readonly left: number;
}

/** Publishes one collector's database: a pass sends what is not there yet. */
export interface Relay {
  readonly label: string;
  readonly collector: string;
  /** Sends what is held and not there, and says what the book says now. */
  pass(): Promise<Passed>;
  /** Counts what was sent since the last time; what is not there as it was sent will be sent again. True: all was. */
  confirm(): Promise<boolean>;
  /** Counts everything that the server's ledger says of this collector, and sends again what differs. */
  audit(onDone?: (blocks: number) => void): Promise<Audited>;
  close(): void;
}

/** Opens the way to a server; makes or updates what is to be there. Refuses a second relay of the same database. */
export async function openRelay(settings: RelaySettings): Promise<Relay> {
  const address = deskAddress("--to", settings.to);
  const db = resolve(settings.db);
  const store = openHistory(db);
  const reader = openBookReader(db);
  let release = (): void => {};
  let post: Post | undefined;
  const close = (): void => {
    post?.close();
    release();
    reader.close();
    store.close();
  };
  try {
    release = lockRelay(db);
    post = openPost(address, settings.user);
    const published = beginPublishing(db, address, settings.collector);
    await prepareDesk(
      post,
      { database: address.database, cluster: settings.cluster },
      address.label,
      settings.nowUs(),
    );
    await checkInserts(post, address.label);
    const other = await readBooks(post, published.collector);
    refuseOther(published, other);
    const place = await readPlace(post, published.collector);
    return { ...relayOf({ post, store, reader, place, settings, db, published, books: other }), close };
  } catch (error) {
    close();
    throw error;
  }
}

interface Parts {
  readonly post: Post;
  readonly store: ReturnType<typeof openHistory>;
  readonly reader: BookReader;
  readonly place: Place;
  readonly settings: RelaySettings;
  readonly db: string;
  readonly published: Published;
  readonly books: readonly KnownBook[];
}

function relayOf(parts: Parts): Omit<Relay, "close"> {
  const { post, store, reader, place, settings, db, published } = parts;
  const { nowUs, onSent, onStep } = settings;
  const { collector, to } = published;
  const counted = countedBeside(db, published);
  const books = bookTeller({ ...parts, nowUs });
  const toConfirm = new Map<string, LedgerRow>();
  const confirmLater = (row: LedgerRow): void => {
    toConfirm.set(JSON.stringify([row.venue, row.symbol, row.block]), row);
  };
  // of what was sent before an end that nobody foresaw, some was not counted
  for (const row of place.rows()) if (!counted.has(row)) confirmLater(row);

  const mend = (rows: Iterable<LedgerRow>, onDone: (blocks: number) => void): Promise<Audited> => {
    const tell = (findings: Findings): void => {
      for (const row of findings.sound) counted.hold(row);
      for (const { row, ids } of findings.lost) counted.release(row, ids);
      books.conflicts(findings.conflicts);
    };
    return auditBlocks({ post, place, store, rows, nowUs, tell, onDone });
  };

  const kept = new Set<string>();
  const takeAllBack = async (all: readonly Series[]): Promise<void> => {
    for (const { undone, forget } of notedUndone(db)) {
      const { importId, startedUs, venue, symbol } = undone;
      const key = `${importId} ${startedUs}`;
      const series = all.find((one) => one.venue.name === venue && one.symbol === symbol);
      if (series === undefined || kept.has(key) || reader.hasImport(importId, startedUs)) continue;
      const became = await takeBack({ ...parts, nowUs }, undone, reader.held(series));
      // what comes again has to be counted again
      counted.release(undone, undone.ids);
      counted.keep();
      for (const row of became.rows) confirmLater(row);
      settings.onTakenBack?.(undone, became);
      // what may not be deleted is tried again by the next relay
      if (became.problem === undefined) forget();
      else kept.add(key);
    }
  };

  return {
    label: to,
    collector,
    pass: async () => {
      const all = store.series();
      await takeAllBack(all);
      const wanted = all.map((series) => ({
        series,
        pieces: unpublished(reader.held(series), place.published(series.venue.name, series.symbol)),
      }));
      let left = wanted
        .flatMap(({ pieces }) => pieces)
        .reduce((sum, { first, last }) => sum + last - first + 1, 0);
      const passed = { trades: 0, blocks: 0 };
      // of trades of a venue that nobody knows nothing could be said
      await books.tell(all, false);
      for (const cargo of cargoes(store, wanted)) {
        const rows = await send(post, place, collector, cargo, nowUs(), () => onStep?.("trades"));
        onStep?.("blocks");
        for (const row of rows) confirmLater(row);
        const trades = cargo.reduce((sum, one) => sum + one.trades.length, 0);
        left -= trades;
        passed.trades += trades;
        passed.blocks += rows.length;
        onSent?.({ trades, left });
      }
      if (passed.trades > 0) await books.tell(all, true);
      return { ...passed, left };
    },
    confirm: async () => {
      const rows = [...toConfirm.values()];
      const differing: LedgerRow[] = [];
      for await (const group of count(post, rows)) {
        for (const { row, sums } of group) {
          if (sameSums(row.sums, sums)) counted.hold(row);
          else differing.push(row);
        }
      }
      toConfirm.clear();
      if (differing.length > 0) {
        const { conflicts } = await mend(differing, () => {});
        if (conflicts > 0) await books.tell(store.series(), true);
      }
      // what is not there even now is looked at again
      for (const { venue, symbol, block } of differing) {
        const row = place.row(venue, symbol, block);
        if (row !== undefined && !counted.has(row)) confirmLater(row);
      }
      if (rows.length > 0) counted.keep();
      return differing.length === 0;
    },
    audit: async (onDone = () => {}) => {
      const audited = await mend([...place.rows()], onDone);
      counted.keep();
      if (audited.conflicts > 0) await books.tell(store.series(), true);
      return audited;
    },
  };
}
