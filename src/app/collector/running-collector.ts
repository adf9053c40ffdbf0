import { keepsWorldClock, type Venue } from "../../core/trade.ts";
import { type Backfill, startBackfill } from "../../pipeline/feed/backfill.ts";
import { type Feed, type FeedEvents, startFeed } from "../../pipeline/feed/feed.ts";
import type { HttpGet } from "../../pipeline/net/http.ts";
import type { WeightBudget } from "../../pipeline/net/weight-budget.ts";
import { type Hole, totalOf } from "../../pipeline/store/ledger/ledger.ts";
import { type BackgroundWriter, startWriter } from "../../pipeline/store/write/background-writer.ts";
import type { Loan } from "../../pipeline/store/write/lent-writer.ts";
import type { NewestHeld } from "../../pipeline/store/write/writer.ts";
import type { ExchangeInfo } from "../../pipeline/venues/binance/info.ts";
import { fetchNewestId } from "../../pipeline/venues/binance/newest-id.ts";
import { watchRoom } from "./archiving/room.ts";
import { scheduleArchiving } from "./archiving/schedule.ts";
import type { Collector, CollectorStatus } from "./collector.ts";
import type { CollectSettings, CollectWorld } from "./collector-types.ts";
import { type DelayWatch, delayWatch } from "./commit-delay.ts";
import { type Gate, openGate } from "./gate.ts";
import { type Intake, intake } from "./intake.ts";
import { feedEntry } from "./news/feed-log.ts";
import { type HoleNews, holeNews } from "./news/hole-news.ts";
import { type WriterNews, writerNews } from "./news/writer-news.ts";
import { askHosts, refuseUnheard, restUrlsOf } from "./reach.ts";
import { repairStore } from "./repair-store.ts";
import { type SymbolChanges, type SymbolsChanged, symbolChanges } from "./symbols/changes.ts";
import type { SymbolChoice } from "./symbols/choice.ts";
import { type SymbolCounts, type SymbolStatus, symbolCounts } from "./symbols/counts.ts";
import { type Feeds, feeds } from "./symbols/feeds.ts";
import { type Following, following } from "./symbols/following.ts";
import { keepMinuteCloses } from "./symbols/minute-closes.ts";
import { askSymbols, type Resolved } from "./symbols/resolve.ts";
import { type Roster, roster } from "./symbols/roster.ts";
import { troubleNotes } from "./symbols/trouble-notes.ts";
import { watchSymbols } from "./symbols/watch.ts";

/** What is not stored is written down so often. */
const TROUBLE_MS = 5000;
/** Trades are handed to the writer at least this often. */
const BATCH_MS = 100;
const DRAIN_MS = 5000;
/** A symbol without live trades for so long after the start is looked up over REST: its downtime may hold some. */
const QUIET_MS = 10_000;

/** The parts of a collector, wired: what the feed brings goes through the gate and the intake to the writer; the backfill asks for the rest. */
export class RunningCollector implements Collector {
  readonly venue: Venue;
  readonly #settings: CollectSettings;
  readonly #world: CollectWorld;
  readonly #budget: WeightBudget;
  readonly #counts: SymbolCounts;
  readonly #news: WriterNews;
  readonly #delays: DelayWatch = delayWatch();
  readonly #holes: HoleNews;
  readonly #timers: (() => void)[] = [];
  readonly #roster: Roster = roster();
  #writer!: BackgroundWriter;
  #backfill!: Backfill;
  #intake!: Intake;
  #gate!: Gate;
  #feeds!: Feeds;
  #following!: Following;
  #unwatch!: () => void;
  #endArchiving: () => Promise<void> = async () => {};
  #endRoom: () => void = () => {};
  #endKlines: () => void = () => {};

  constructor(settings: CollectSettings, world: CollectWorld, venue: Venue, budget: WeightBudget) {
    this.venue = venue;
    this.#settings = settings;
    this.#world = world;
    this.#budget = budget;
    this.#counts = symbolCounts(keepsWorldClock(venue));
    this.#news = writerNews(this.#roster.names, this.#world.log);
    this.#holes = holeNews(this.#world.log);
  }

  async open({ symbols, unanswered }: Resolved, info: ExchangeInfo | undefined): Promise<void> {
    const { db, hosts, quarantine, archive, symbols: choice } = this.#settings;
    const { clock, get } = this.#world;
    this.#writer = await this.#openWriter(db, symbols);
    this.#holes.opened(totalOf(this.#writer.missing()));
    const restUrls = restUrlsOf(hosts);
    this.#backfill = this.#openBackfill(get, restUrls);
    this.#news.opened(this.#writer.origin);
    if (this.#writer.backup !== undefined) this.#news.migrated(this.#writer.backup);
    this.#intake = intake(this.#writer, {
      pause: (waiting) => {
        this.#feeds.pause();
        this.#news.queueFull(waiting);
      },
      resume: () => this.#feeds.resume(),
    });
    this.#gate = openGate({
      clock,
      log: this.#world.log,
      isOurTime: keepsWorldClock(this.venue),
      newestId: (symbol) => fetchNewestId(get, restUrls, symbol),
      quarantine,
      missed: (symbol, afterId) => this.#backfill.lookBehind(symbol, afterId, 0),
      pass: (s, trade) => {
        this.#counts.received(s, trade);
        this.#intake.add(s, trade);
      },
    });
    for (const [s, symbol] of symbols.entries()) this.#enroll(symbol, this.#writer.newest[s]);
    this.#roster.activate(symbols);
    this.#feeds = feeds(this.#startFeed(symbols), clock);
    this.#following = following(choice, unanswered === undefined, this.#openChanges(), this.#world);
    this.#unwatch = watchSymbols(this.#settings, this.#roster.active, this.#world, info, (heard) =>
      this.#budget.limit(heard.weightPerMinute),
    );
    if (archive !== undefined) this.#endArchiving = scheduleArchiving(db, archive, this.#writer, this.#world);
    const stored = (): number =>
      this.#roster.names.reduce((sum, _, s) => sum + this.#counts.status(s).stored, 0);
    this.#endRoom = watchRoom(db, archive, stored, this.#world);
    if (this.#settings.klines ?? this.venue.kind === "real")
      this.#endKlines = keepMinuteCloses(
        { ...this.#world, db, venue: this.venue, restUrls, symbols },
        this.#budget,
      );
    this.#every(BATCH_MS, () => this.#intake.flush());
    this.#every(1000, () => this.#counts.second());
    const troubles = troubleNotes((s, kind, trades) => this.#writer.noteTrouble(s, kind, trades));
    this.#every(TROUBLE_MS, () => troubles(this.#roster.names.map((_, s) => this.#symbolStatus(s))));
  }

  lend(loan: Loan): void {
    this.#writer.lend(loan);
  }

  choose(choice: SymbolChoice): Promise<void> {
    return this.#following.choose(choice);
  }

  change(add: SymbolChoice | undefined, remove: readonly string[]): Promise<SymbolsChanged> {
    return this.#following.change(add, remove);
  }

  status(): CollectorStatus {
    return {
      venue: this.venue,
      feed: this.#feeds.status(),
      pending: this.#intake.pending(),
      rejected: this.#gate.rejected(),
      commitMs: this.#delays.lastSecond(this.#world.clock.monotonicMs()),
      blocked: this.#news.trouble(),
      backfill: this.#backfill.status(),
      symbols: Object.fromEntries(
        this.#roster.active().map((symbol) => [symbol, this.#symbolStatus(this.#roster.indexOf(symbol))]),
      ),
    };
  }

  async stop(): Promise<number> {
    this.#feeds.stop();
    this.#backfill.stop();
    this.#unwatch();
    this.#following.stop();
    this.#endRoom();
    this.#endKlines();
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
            if (stored > 0) this.#backfill.alive(this.#roster.names[s]!);
          }
          for (const hole of result.holes) this.#holeChanged(hole);
          this.#intake.committed();
        },
        noted: (hole) => this.#holeChanged(hole),
        upgrading: this.#news.upgrading,
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
    return startBackfill({
      clock,
      random,
      get,
      restUrls,
      budget: this.#budget,
      symbols: [],
      store: repairStore(this.#writer, this.#roster.indexOf, {
        stored: this.#counts.filled,
        changed: (hole) => this.#holeChanged(hole),
      }),
      odd: (code, message) => this.#world.log({ level: "warn", event: code, message }),
    });
  }

  /** One more symbol for every part, with what is held of it. */
  #enroll(symbol: string, newest: NewestHeld | undefined): void {
    this.#roster.enroll(symbol);
    this.#counts.add();
    this.#gate.add(symbol, newest);
    this.#backfill.add(symbol);
    if (newest !== undefined) this.#backfill.lookBehind(symbol, newest.id, QUIET_MS);
  }

  #startFeed(symbols: readonly string[]): Feed {
    const { clock, random, openSocket, get } = this.#world;
    const { hosts } = this.#settings;
    const restUrls = restUrlsOf(hosts);
    return startFeed({
      clock,
      random,
      openSocket,
      wsUrls: hosts.map(({ wsUrl }) => wsUrl),
      symbols,
      newestId: (symbol) => fetchNewestId(get, restUrls, symbol),
      events: this.#feedEvents(),
    });
  }

  #symbolStatus(s: number): SymbolStatus {
    const missing = this.#writer.missing()[s]?.missing ?? 0;
    return { ...this.#counts.status(s), missing, anew: this.#gate.anew(s) };
  }

  #openChanges(): SymbolChanges {
    const { hosts, db, listed } = this.#settings;
    const listings = { restUrls: restUrlsOf(hosts), held: this.#roster.names, listed };
    return symbolChanges({
      roster: this.#roster,
      feeds: this.#feeds,
      log: this.#world.log,
      resolve: (choice) => askSymbols(choice, listings, this.#world),
      check: async (added) => {
        const asked = await askHosts(hosts, added, this.#world);
        refuseUnheard(db, this.venue, "info" in asked ? asked.info : undefined);
      },
      join: async (fresh) => {
        const newest = await this.#writer.join(fresh);
        for (const [i, symbol] of fresh.entries()) this.#enroll(symbol, newest[i]);
      },
      back: (symbol) => {
        const held = this.#gate.newestId(symbol);
        if (held !== undefined) this.#backfill.lookBehind(symbol, held, QUIET_MS);
      },
      startFeed: (symbols) => this.#startFeed(symbols),
    });
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
        if (entry !== undefined) this.#world.log(entry);
      },
      odd: (code, message) => {
        if (code === "bad-frame") this.#gate.reject("not a message of this stream", message);
        else this.#world.log({ level: "warn", event: code, message });
      },
      behind: (symbol, newestId) => {
        const held = this.#gate.newestId(symbol);
        if (held !== undefined) this.#backfill.lookBehind(symbol, held, 0);
        const message = `${symbol}: the exchange has trades up to ${newestId} that have not arrived`;
        this.#world.log({ level: "warn", event: "behind", symbol, newestId, message });
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
