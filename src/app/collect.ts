import { dirname, join } from "node:path";
import { quote, refuse, TickbookError } from "../core/errors.ts";
import type { Random } from "../core/random.ts";
import type { Clock } from "../core/time.ts";
import type { Trade, Venue } from "../core/trade.ts";
import { type BackfillStatus, startBackfill } from "../pipeline/feed/backfill.ts";
import { backoffMs } from "../pipeline/feed/backoff.ts";
import { type ExchangeInfo, fetchExchangeInfo, type Host } from "../pipeline/feed/binance.ts";
import { type FeedStatus, startFeed } from "../pipeline/feed/feed.ts";
import type { HttpGet } from "../pipeline/feed/http.ts";
import { fetchNewestId } from "../pipeline/feed/newest-id.ts";
import type { OpenSocket } from "../pipeline/feed/socket.ts";
import { watchedGet } from "../pipeline/feed/watched-get.ts";
import { weightBudget } from "../pipeline/feed/weight-budget.ts";
import { startWriter } from "../pipeline/store/background-writer.ts";
import { createBatch, pushTrade, type TradeBatch, tradeDefect } from "../pipeline/store/batch.ts";
import type { Hole } from "../pipeline/store/ledger.ts";
import { holeWatch } from "./hole-watch.ts";
import { type Log, rotatingFile, throttled } from "./log.ts";
import { repairStore } from "./repair-store.ts";

export interface CollectSettings {
  readonly hosts: readonly Host[];
  readonly symbols: readonly string[];
  readonly db: string;
  /** Give up with `unreachable` instead of trying on when no host answers at the start. */
  readonly failIfUnreachable: boolean;
  /** Nothing can be stored any more: the database is damaged, or the writer has a defect. */
  readonly onFailure: (error: Error) => void;
}

/** What the collector needs of the world. */
export interface CollectWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly get: HttpGet;
  readonly openSocket: OpenSocket;
  readonly log: Log;
  /** Ends the attempts to reach an exchange. */
  readonly signal: AbortSignal;
}

/** How one symbol stands. */
export interface SymbolStatus {
  /** Committed since the start. */
  stored: number;
  duplicates: number;
  conflicts: number;
  /** Trades refused because their ids lie below all that were ever held. */
  regressed: number;
  /** Ids known to be missing: in holes which are neither filled nor given up. */
  missing: number;
  /** Trades received in the last second. */
  rate: number;
  /** Receipt minus event time of the newest trade; NaN before one, and where the venue's time is not ours. */
  lagMs: number;
}

export interface CollectorStatus {
  readonly venue: Venue;
  readonly feed: FeedStatus;
  /** Received and not committed yet. */
  readonly pending: number;
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

/** A batch is handed to the writer when it is this full or this old. */
const BATCH_TRADES = 5000;
const BATCH_MS = 100;
/** With this many trades waiting for the disk the socket is no longer read, until they are down to the second number. */
const PAUSE_AT = 200_000;
const RESUME_AT = 50_000;
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
  const perSymbol = symbols.map(
    (): SymbolStatus => ({
      stored: 0,
      duplicates: 0,
      conflicts: 0,
      regressed: 0,
      missing: 0,
      rate: 0,
      lagMs: Number.NaN,
    }),
  );
  const received = symbols.map(() => 0);
  let blocked = "";
  let paused = false;
  let failure: Error | undefined;

  const holes = holeWatch(log);
  const holeChanged = (hole: Hole): void => {
    holes.changed(hole);
    backfill.changed(hole);
  };

  const writer = await startWriter(
    settings.db,
    { venue, symbols },
    {
      committed: (_length, result) => {
        for (const [s, counts] of result.symbols.entries()) {
          const status = perSymbol[s]!;
          status.stored += counts.stored;
          status.duplicates += counts.duplicates;
          status.conflicts += counts.conflicts;
          if (counts.stored > 0) backfill.alive(symbols[s]!);
          if (counts.conflicts > 0) {
            const message = `${symbols[s]}: a known id came again with another content; the first is kept, the other is listed in conflicts`;
            log({ level: "error", event: "conflict", symbol: symbols[s], message });
          }
          if (counts.regressed > 0) {
            status.regressed += counts.regressed;
            const message = `${symbols[s]}: ids went back below all that this database holds; such trades are not stored. If the exchange was reset, pass another --db`;
            log({ level: "error", event: "ids-went-back", symbol: symbols[s], message });
          }
        }
        for (const hole of result.holes) holeChanged(hole);
        if (blocked !== "") log({ level: "info", event: "storing-again", message: "storing again" });
        blocked = "";
        if (paused && writer.pending() < RESUME_AT) {
          paused = false;
          feed.resume();
        }
      },
      noted: holeChanged,
      reopened: (openHoles) => {
        holes.reset(openHoles);
        backfill.reset(openHoles);
      },
      blocked: (code, reason) => {
        blocked = `${reason} (${code})`;
        log({
          level: "error",
          event: "not-storing",
          code,
          message: `not storing: ${blocked}; trades wait in memory and are tried again every second`,
        });
      },
      walLarge: (bytes) => {
        const message = `the write-ahead log has ${Math.round(bytes / 2 ** 20)} MB: a reader holds an old state of the database; close the notebook or program that reads it`;
        log({ level: "warn", event: "wal-large", bytes, message });
      },
      failed: (error) => {
        failure = error;
        settings.onFailure(error);
        log({ level: "error", event: "writer-failed", message: quote(error.message) });
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
      stored: (s, trades) => {
        perSymbol[s]!.stored += trades;
      },
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
  if (writer.backup !== undefined) {
    const message = `the database was of an older version: it is up to date now, and a copy of it as it was is ${writer.backup}`;
    log({ level: "warn", event: "migrated", message });
  }

  let batch: TradeBatch = createBatch(BATCH_TRADES);
  const flush = (): void => {
    if (batch.length === 0) return;
    writer.append(batch);
    batch = createBatch(BATCH_TRADES);
    if (!paused && writer.pending() > PAUSE_AT) {
      paused = true;
      feed.pause();
      log({
        level: "warn",
        event: "queue-full",
        message: `${writer.pending()} trades wait for the disk: reading pauses`,
      });
    }
  };
  const accept = (trade: Trade): void => {
    const s = index.get(trade.symbol);
    const defect = s === undefined ? "was not asked for" : tradeDefect(trade);
    if (s === undefined || defect !== undefined) {
      log({ level: "error", event: "bad-trade", message: `left out: ${defect}: ${quote(trade)}` });
      return;
    }
    received[s]!++;
    newest[s] = Math.max(newest[s] ?? trade.id, trade.id);
    if (venue.kind !== "replayed") perSymbol[s]!.lagMs = (trade.receivedUs - trade.eventTimeUs!) / 1000;
    pushTrade(batch, s, trade);
    if (batch.length === BATCH_TRADES) flush();
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
        if (state.kind === "live")
          log({
            level: "info",
            event: "live",
            message: `live: trades of ${state.symbols.join(", ")} arrive`,
          });
        if (state.kind === "replacing") {
          log({
            level: "info",
            event: "replacing",
            message: `opening another connection to take over: ${state.reason}`,
          });
        }
        if (state.kind === "replaced")
          log({ level: "info", event: "replaced", message: "the new connection has taken over" });
        if (state.kind === "waiting") {
          log({
            level: "warn",
            event: "disconnected",
            message: `disconnected: ${state.reason}; trying again in ${(state.retryMs / 1000).toFixed(1)} s`,
          });
        }
      },
      odd: (code, message) => log({ level: "warn", event: code, message }),
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
    flush();
    cancelFlush = clock.after(BATCH_MS, flushTick);
  };
  flushTick();
  let cancelRate = (): void => {};
  const rateTick = (): void => {
    for (let s = 0; s < symbols.length; s++) {
      perSymbol[s]!.rate = received[s]!;
      received[s] = 0;
    }
    cancelRate = clock.after(1000, rateTick);
  };
  rateTick();

  return {
    venue,
    status: () => ({
      venue,
      feed: feed.status(),
      pending: writer.pending() + batch.length,
      blocked: failure === undefined ? blocked : failure.message,
      backfill: backfill.status(),
      symbols: Object.fromEntries(
        symbols.map((symbol, s) => [symbol, { ...perSymbol[s]!, missing: holes.missing(symbol) }]),
      ),
    }),
    stop: async () => {
      feed.stop();
      backfill.stop();
      cancelFlush();
      cancelRate();
      flush();
      return writer.close(DRAIN_MS);
    },
  };
}

const REACH_BACKOFF = { firstMs: 1000, capMs: 60_000 };

/** What the first host that answers says; tries on for ever, unless told to fail. Refused symbols end it at once. */
async function reachExchange(
  settings: CollectSettings,
  world: CollectWorld,
): Promise<ExchangeInfo | undefined> {
  for (let failures = 0; !world.signal.aborted; failures++) {
    const reasons: string[] = [];
    for (const { restUrl } of settings.hosts) {
      try {
        return await fetchExchangeInfo(world.get, restUrl, settings.symbols);
      } catch (error) {
        if (error instanceof TickbookError) throw error;
        reasons.push(`${restUrl}: ${(error as Error).message}`);
      }
    }
    const problem = `needs an exchange that answers; ${reasons.join("; ")}`;
    if (settings.failIfUnreachable) {
      refuse({
        code: "unreachable",
        where: "collector",
        problem,
        hint: "Check the network, or run with --venue sim.",
      });
    }
    const waitMs = backoffMs(failures, world.random, REACH_BACKOFF);
    const next = `Trying again in ${(waitMs / 1000).toFixed(1)} s; --venue sim needs no network.`;
    world.log({ level: "warn", event: "unreachable", message: `${problem}. ${next}` });
    await new Promise<void>((resolve) => {
      const cancel = world.clock.after(waitMs, resolve);
      const stop = (): void => {
        cancel();
        resolve();
      };
      world.signal.addEventListener("abort", stop, { once: true });
    });
  }
  return undefined;
}

/** The collector's log beside its database: five files of 2 MB at the most. */
export function collectorLogFile(db: string): (line: string) => void {
  return rotatingFile(join(dirname(db), "logs", "collector.log"), 2_000_000, 4);
}
