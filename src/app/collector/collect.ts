import { dirname, join } from "node:path";
import { quote } from "../../core/errors.ts";
import { formatUtc } from "../../core/time.ts";
import type { Trade, Venue } from "../../core/trade.ts";
import { type BackfillStatus, startBackfill } from "../../pipeline/feed/backfill.ts";
import { type FeedStatus, startFeed } from "../../pipeline/feed/feed.ts";
import { weightBudget } from "../../pipeline/net/weight-budget.ts";
import type { Hole } from "../../pipeline/store/ledger/ledger.ts";
import { startWriter } from "../../pipeline/store/write/background-writer.ts";
import { tradeDefect } from "../../pipeline/store/write/batch.ts";
import { watchedGet } from "../../pipeline/venues/binance/limited-get.ts";
import { fetchNewestId } from "../../pipeline/venues/binance/newest-id.ts";
import { rotatingFile, throttled } from "../terminal/log.ts";
import type { CollectSettings, CollectWorld } from "./collector-types.ts";
import { type CommitDelay, delayWatch } from "./commit-delay.ts";
import { feedEntry } from "./feed-log.ts";
import { holeWatch } from "./hole-watch.ts";
import { intake } from "./intake.ts";
import { reachExchange } from "./reach.ts";
import { repairStore } from "./repair-store.ts";
import { type SymbolStatus, symbolCounts } from "./symbol-status.ts";
import { writerNews } from "./writer-news.ts";

export interface CollectorStatus {
  readonly venue: Venue;
  readonly feed: FeedStatus;
  /** Received and not committed yet. */
  readonly pending: number;
  readonly commitMs: CommitDelay;
  /** Messages that held no trade fit to be stored. */
  readonly rejected: number;
  /** Why nothing is stored at the moment; empty: all is well. */
  readonly blocked: string;
  readonly backfill: BackfillStatus;
  readonly symbols: Readonly<Record<string, SymbolStatus>>;
}

export interface Collector {
  readonly venue: Venue;
  status(): CollectorStatus;
  /** Stops receiving, commits what has come, and tells how many trades could not be stored. */
  stop(): Promise<number>;
}

/** Trades are handed to the writer at least this often. */
const BATCH_MS = 100;
const DRAIN_MS = 5000;
/** A symbol without live trades for so long after the start is looked up over REST: its downtime may hold some. */
const QUIET_MS = 10_000;

/** Asks the exchange for its symbols, opens the store and collects. Undefined: the signal came first. */
export async function startCollector(
  settings: CollectSettings,
  world: CollectWorld,
): Promise<Collector | undefined> {
  const { clock, random, openSocket } = world;
  const log = throttled(world.log);
  const budget = weightBudget();
  const get = watchedGet(world.get, budget, clock, (reason, ms) => {
    const message = `no requests over REST for ${Math.ceil(ms / 1000)} s: ${reason}; the stream goes on`;
    log({ level: "warn", event: "rest-paused", message });
  });
  const info = await reachExchange(settings, { ...world, get });
  if (info === undefined) return undefined;
  const { venue } = info;
  budget.limit(info.weightPerMinute);
  for (const { symbol, status } of info.symbols) {
    if (status !== "TRADING")
      log({
        level: "warn",
        event: "symbol-status",
        message: `${symbol} is in state ${status}: it may be silent`,
      });
  }

  const symbols = settings.symbols;
  const index = new Map(symbols.map((symbol, i) => [symbol, i]));
  const counts = symbolCounts(symbols, venue.kind !== "replayed");
  const news = writerNews(symbols, log);
  const delays = delayWatch();
  const holes = holeWatch(log);
  const holeChanged = (hole: Hole): void => {
    holes.changed(hole);
    backfill.changed(hole);
  };

  const writer = await startWriter(
    settings.db,
    { venue, symbols },
    {
      committed: (result, delay) => {
        delays.committed(clock.monotonicMs(), delay);
        counts.committed(result.symbols);
        news.committed(result.symbols);
        for (const [s, { stored }] of result.symbols.entries()) if (stored > 0) backfill.alive(symbols[s]!);
        for (const hole of result.holes) holeChanged(hole);
        trades.committed();
      },
      noted: holeChanged,
      reopened: (openHoles) => {
        holes.reset(openHoles);
        backfill.reset(openHoles);
      },
      blocked: news.blocked,
      walLarge: news.walLarge,
      failed: (error) => {
        settings.onFailure(error);
        news.failed(error);
      },
    },
  );

  const restUrls = settings.hosts.map(({ restUrl }) => restUrl);
  holes.reset(writer.openHoles);
  const backfill = startBackfill({
    clock,
    random,
    get,
    restUrls,
    budget,
    store: repairStore(writer, symbols, {
      stored: counts.filled,
      changed: holeChanged,
    }),
    openHoles: writer.openHoles,
    odd: (code, message) => log({ level: "warn", event: code, message }),
  });
  /** The highest id known of each symbol. */
  const newest = [...writer.lastIds];
  for (const [s, id] of newest.entries()) {
    if (id !== undefined) backfill.lookBehind(symbols[s]!, id, QUIET_MS);
  }
  if (writer.backup !== undefined) news.migrated(writer.backup);

  const trades = intake(writer, {
    pause: (waiting) => {
      feed.pause();
      news.queueFull(waiting);
    },
    resume: () => feed.resume(),
  });
  let rejected = 0;
  const reject = (why: string, what: unknown): void => {
    rejected++;
    settings.quarantine(why, what);
    log({ level: "error", event: "bad-trade", message: `left out: ${why}: ${quote(what)}` });
  };
  const accept = (trade: Trade): void => {
    const s = index.get(trade.symbol);
    if (s === undefined) {
      reject("the symbol was not asked for", trade);
      return;
    }
    const defect = tradeDefect(trade);
    if (defect !== undefined) {
      reject(defect, trade);
      return;
    }
    if (!(trade.tradeTimeUs > EARLIEST_US && trade.tradeTimeUs < trade.receivedUs + DAY_US)) {
      const message = `${trade.symbol}: trade ${trade.id} says it happened at ${quote(formatUtc(trade.tradeTimeUs))}; stored as it came`;
      log({ level: "warn", event: "odd-time", symbol: trade.symbol, message });
    }
    newest[s] = Math.max(newest[s] ?? trade.id, trade.id);
    counts.received(s, trade);
    trades.add(s, trade);
  };

  const feed = startFeed({
    clock,
    random,
    openSocket,
    wsUrls: settings.hosts.map(({ wsUrl }) => wsUrl),
    symbols,
    newestId: (symbol) => fetchNewestId(get, restUrls, symbol),
    events: {
      trade: accept,
      state: (state) => {
        const entry = feedEntry(state);
        if (entry !== undefined) log(entry);
      },
      odd: (code, message) => {
        if (code === "bad-frame") reject("not a message of this stream", message);
        else log({ level: "warn", event: code, message });
      },
      behind: (symbol, newestId) => {
        const held = newest[index.get(symbol)!];
        if (held !== undefined) backfill.lookBehind(symbol, held, 0);
        log({
          level: "warn",
          event: "behind",
          symbol,
          newestId,
          message: `${symbol}: the exchange has trades up to ${newestId} that have not arrived`,
        });
      },
    },
  });

  let cancelFlush = (): void => {};
  const flushTick = (): void => {
    trades.flush();
    cancelFlush = clock.after(BATCH_MS, flushTick);
  };
  flushTick();
  let cancelSecond = (): void => {};
  const secondTick = (): void => {
    counts.second();
    cancelSecond = clock.after(1000, secondTick);
  };
  secondTick();

  return {
    venue,
    status: () => ({
      venue,
      feed: feed.status(),
      pending: trades.pending(),
      rejected,
      commitMs: delays.lastSecond(clock.monotonicMs()),
      blocked: news.trouble(),
      backfill: backfill.status(),
      symbols: counts.status(holes.missing),
    }),
    stop: async () => {
      feed.stop();
      backfill.stop();
      cancelFlush();
      cancelSecond();
      trades.flush();
      return writer.close(DRAIN_MS);
    },
  };
}

/** The oldest exchange of this kind opened in 2017. */
const EARLIEST_US = 1_483_228_800_000_000;
const DAY_US = 86_400_000_000;

/** A log beside a database: five files of 2 MB at the most. */
export function logFile(db: string, name: string): (line: string) => void {
  return rotatingFile(join(dirname(db), "logs", name), 2_000_000, 4);
}
