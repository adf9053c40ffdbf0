import { dirname, join } from "node:path";
import type { Venue } from "../../core/trade.ts";
import { type Backfill, type BackfillStatus, startBackfill } from "../../pipeline/feed/backfill.ts";
import { type Feed, type FeedEvents, type FeedStatus, startFeed } from "../../pipeline/feed/feed.ts";
import type { HttpGet } from "../../pipeline/net/http.ts";
import { type WeightBudget, weightBudget } from "../../pipeline/net/weight-budget.ts";
import { heldSymbols } from "../../pipeline/store/file/held-symbols.ts";
import { type Hole, totalOf } from "../../pipeline/store/ledger/ledger.ts";
import { type BackgroundWriter, startWriter } from "../../pipeline/store/write/background-writer.ts";
import { type ExchangeInfo, refuseUnknown } from "../../pipeline/venues/binance/info.ts";
import { watchedGet } from "../../pipeline/venues/binance/limited-get.ts";
import { fetchNewestId } from "../../pipeline/venues/binance/newest-id.ts";
import { type Log, rotatingFile, throttled } from "../terminal/log.ts";
import { watchRoom } from "./archiving/room.ts";
import { scheduleArchiving } from "./archiving/schedule.ts";
import type { CollectSettings, CollectWorld } from "./collector-types.ts";
import { type CommitDelay, type DelayWatch, delayWatch } from "./commit-delay.ts";
import { feedEntry } from "./feed-log.ts";
import { type Gate, openGate } from "./gate.ts";
import { type HoleNews, holeNews } from "./hole-news.ts";
import { type Intake, intake } from "./intake.ts";
import { reachExchange } from "./reach.ts";
import { repairStore } from "./repair-store.ts";
import { type SymbolCounts, type SymbolStatus, symbolCounts } from "./symbol-status.ts";
import { watchSymbols } from "./symbol-watch.ts";
import { troubleNotes } from "./trouble-notes.ts";
import { type WriterNews, writerNews } from "./writer-news.ts";

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

/** What is not stored is written down so often. */
const TROUBLE_MS = 5000;
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
  const { clock } = world;
  const log = throttled(world.log, clock);
  const budget = weightBudget();
  const get = watchedGet(world.get, budget, clock, (reason, ms) => {
    const message = `no requests over REST for ${Math.ceil(ms / 1000)} s: ${reason}; the stream goes on`;
    log({ level: "warn", event: "rest-paused", message });
  });
  const reached = await reachExchange(settings, { ...world, get, log });
  if (reached === undefined) return undefined;
  const { venue, info } = reached;
  // one that is held was listed once: it stops nobody
  const held = heldSymbols(settings.db, venue.name);
  const unheard = info?.unknown.filter((symbol) => !held.includes(symbol)) ?? [];
  if (unheard.length > 0) refuseUnknown(unheard);
  const collector = new RunningCollector(settings, { ...world, get, log }, venue, budget);
  try {
    await collector.open(info);
  } catch (error) {
    if (world.signal.aborted) return undefined;
    throw error;
  }
  return collector;
}

/** The parts of a collector, wired: what the feed brings goes through the gate and the intake to the writer; the backfill asks for the rest. */
class RunningCollector implements Collector {
  readonly venue: Venue;
  readonly #settings: CollectSettings;
  readonly #world: CollectWorld;
  readonly #budget: WeightBudget;
  readonly #log: Log;
  readonly #counts: SymbolCounts;
  readonly #news: WriterNews;
  readonly #delays: DelayWatch = delayWatch();
  readonly #holes: HoleNews;
  readonly #timers: (() => void)[] = [];
  #writer!: BackgroundWriter;
  #backfill!: Backfill;
  #intake!: Intake;
  #gate!: Gate;
  #feed!: Feed;
  #unwatch!: () => void;
  #endArchiving: () => Promise<void> = async () => {};
  #endRoom: () => void = () => {};

  constructor(settings: CollectSettings, world: CollectWorld, venue: Venue, budget: WeightBudget) {
    this.venue = venue;
    this.#settings = settings;
    this.#world = world;
    this.#budget = budget;
    this.#log = world.log;
    this.#counts = symbolCounts(settings.symbols, venue.kind !== "replayed");
    this.#news = writerNews(settings.symbols, this.#log);
    this.#holes = holeNews(this.#log);
  }

  async open(info: ExchangeInfo | undefined): Promise<void> {
    const { db, symbols, hosts, quarantine } = this.#settings;
    const { clock, random, openSocket, get } = this.#world;
    this.#writer = await this.#openWriter(db, symbols);
    this.#holes.opened(totalOf(this.#writer.missing()));
    const restUrls = hosts.map(({ restUrl }) => restUrl);
    this.#backfill = this.#openBackfill(get, restUrls);
    this.#news.opened(this.#writer.origin);
    if (this.#writer.backup !== undefined) this.#news.migrated(this.#writer.backup);
    this.#intake = intake(this.#writer, {
      pause: (waiting) => {
        this.#feed.pause();
        this.#news.queueFull(waiting);
      },
      resume: () => this.#feed.resume(),
    });
    this.#gate = openGate({
      symbols,
      newest: this.#writer.newest,
      clock,
      log: this.#log,
      newestId: (symbol) => fetchNewestId(get, restUrls, symbol),
      quarantine,
      missed: (symbol, afterId) => this.#backfill.lookBehind(symbol, afterId, 0),
      pass: (s, trade) => {
        this.#counts.received(s, trade);
        this.#intake.add(s, trade);
      },
    });
    this.#feed = startFeed({
      clock,
      random,
      openSocket,
      wsUrls: hosts.map(({ wsUrl }) => wsUrl),
      symbols,
      newestId: (symbol) => fetchNewestId(get, restUrls, symbol),
      events: this.#feedEvents(),
    });
    this.#unwatch = watchSymbols(this.#settings, this.#world, info, ({ weightPerMinute }) =>
      this.#budget.limit(weightPerMinute),
    );
    const { archive } = this.#settings;
    if (archive !== undefined) this.#endArchiving = scheduleArchiving(db, archive, this.#writer, this.#world);
    const stored = (): number =>
      Object.values(this.status().symbols).reduce((sum, one) => sum + one.stored, 0);
    this.#endRoom = watchRoom(db, archive, stored, this.#world);
    this.#every(BATCH_MS, () => this.#intake.flush());
    this.#every(1000, () => this.#counts.second());
    const troubles = troubleNotes(symbols, (s, kind, trades) => this.#writer.noteTrouble(s, kind, trades));
    this.#every(TROUBLE_MS, () => troubles(this.status().symbols));
  }

  status(): CollectorStatus {
    const { symbols } = this.#settings;
    const missing = this.#writer.missing();
    return {
      venue: this.venue,
      feed: this.#feed.status(),
      pending: this.#intake.pending(),
      rejected: this.#gate.rejected(),
      commitMs: this.#delays.lastSecond(this.#world.clock.monotonicMs()),
      blocked: this.#news.trouble(),
      backfill: this.#backfill.status(),
      symbols: this.#counts.status(
        symbols.map((_, s) => missing[s]?.missing ?? 0),
        this.#gate.anew(),
      ),
    };
  }

  async stop(): Promise<number> {
    this.#feed.stop();
    this.#backfill.stop();
    this.#unwatch();
    this.#endRoom();
    for (const cancel of this.#timers) cancel();
    this.#intake.flush();
    await this.#endArchiving();
    return this.#writer.close(DRAIN_MS);
  }

  #openWriter(db: string, symbols: readonly string[]): Promise<BackgroundWriter> {
    return startWriter(
      db,
      { venue: this.venue, symbols },
      {
        committed: (result, delay) => {
          this.#delays.committed(this.#world.clock.monotonicMs(), delay);
          this.#counts.committed(result.symbols);
          this.#news.committed(result.symbols);
          for (const [s, { stored }] of result.symbols.entries()) {
            if (stored > 0) this.#backfill.alive(symbols[s]!);
          }
          for (const hole of result.holes) this.#holeChanged(hole);
          this.#intake.committed();
        },
        noted: (hole) => this.#holeChanged(hole),
        reopened: () => this.#backfill.reset(),
        blocked: this.#news.blocked,
        walLarge: this.#news.walLarge,
        neglected: this.#news.neglected,
        failed: (error) => {
          this.#settings.onFailure(error);
          this.#news.failed(error);
        },
      },
      this.#world.signal,
    );
  }

  #openBackfill(get: HttpGet, restUrls: readonly string[]): Backfill {
    const { clock, random } = this.#world;
    const { symbols } = this.#settings;
    const backfill = startBackfill({
      clock,
      random,
      get,
      restUrls,
      budget: this.#budget,
      symbols,
      store: repairStore(this.#writer, symbols, {
        stored: this.#counts.filled,
        changed: (hole) => this.#holeChanged(hole),
      }),
      odd: (code, message) => this.#log({ level: "warn", event: code, message }),
    });
    for (const [s, newest] of this.#writer.newest.entries()) {
      if (newest !== undefined) backfill.lookBehind(symbols[s]!, newest.id, QUIET_MS);
    }
    return backfill;
  }

  #holeChanged(hole: Hole): void {
    this.#holes.changed(hole);
    this.#backfill.changed(hole);
  }

  #feedEvents(): FeedEvents {
    return {
      trade: (trade) => this.#gate.received(trade),
      state: (state) => {
        const entry = feedEntry(state);
        if (entry !== undefined) this.#log(entry);
      },
      odd: (code, message) => {
        if (code === "bad-frame") this.#gate.reject("not a message of this stream", message);
        else this.#log({ level: "warn", event: code, message });
      },
      behind: (symbol, newestId) => {
        const held = this.#gate.newestId(symbol);
        if (held !== undefined) this.#backfill.lookBehind(symbol, held, 0);
        const message = `${symbol}: the exchange has trades up to ${newestId} that have not arrived`;
        this.#log({ level: "warn", event: "behind", symbol, newestId, message });
      },
    };
  }

  #every(ms: number, work: () => void): void {
    const i = this.#timers.length;
    const tick = (): void => {
      this.#timers[i] = this.#world.clock.after(ms, tick);
      work();
    };
    tick();
  }
}

/** A log beside a database: five files of 2 MB at the most. */
export function logFile(db: string, name: string): (line: string) => void {
  return rotatingFile(join(dirname(db), "logs", name), 2_000_000, 4);
}
