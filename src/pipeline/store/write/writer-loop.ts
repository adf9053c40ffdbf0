import { quote, TickbookError } from "../../../core/errors.ts";
import type { Gone } from "../file/in-place.ts";
import { damaged, isDamage, isPassing, isUnwritable } from "../file/open.ts";
import type { Origin } from "../file/origin.ts";
import type { Upgrade } from "../file/schema.ts";
import { WAL_ALARM_BYTES } from "../file/write-ahead-log.ts";
import type { Hole, HoleNote, HoleTotals } from "../ledger/ledger.ts";
import type { MergedTrade } from "../ledger/merged.ts";
import type { BatchDelay, TradeBatch } from "./batch.ts";
import { type Loan, lend } from "./lent-writer.ts";
import type { WriterSettings } from "./register.ts";
import type { RepairResult } from "./repair.ts";
import {
  type AppendResult,
  type NewestHeld,
  openWriter,
  type StoreWriter,
  type TroubleKind,
} from "./writer.ts";

/** What the socket's thread says to the writer's. */
export type ToWriter =
  | { kind: "batch"; batch: TradeBatch }
  | { kind: "note"; symbolIndex: number; change: HoleNote }
  | {
      kind: "fill";
      symbolIndex: number;
      holeId: number | undefined;
      page: TradeBatch | readonly MergedTrade[];
    }
  | { kind: "holes"; symbolIndex: number; below: number; most: number }
  | { kind: "trouble"; symbolIndex: number; trouble: TroubleKind; trades: number }
  /** More symbols, with the next indices. */
  | { kind: "join"; symbols: readonly string[] }
  | { kind: "lend"; loan: Loan }
  | { kind: "close" };

/** What the writer's thread answers. */
export type FromWriter =
  | { kind: "open"; newest: (NewestHeld | undefined)[]; backup: string | undefined; origin: Origin }
  | { kind: "reopened" }
  | { kind: "upgrading"; upgrade: Upgrade }
  /** What is missing, by symbol, whenever that has changed. */
  | { kind: "totals"; totals: HoleTotals[] }
  | { kind: "refused"; error: { code: string; where: string; problem: string; hint: string } }
  | { kind: "committed"; result: AppendResult; delay: BatchDelay }
  | { kind: "noted"; hole: Hole | undefined }
  | { kind: "answer"; answer: RepairResult | Hole[] | (NewestHeld | undefined)[] }
  | { kind: "blocked"; code: string; reason: string }
  | { kind: "wal"; bytes: number }
  /** A piece of housekeeping failed; it is done another time. */
  | { kind: "neglected"; reason: string }
  | { kind: "closed" };

/** The other end: the socket's thread. */
export interface WriterPort {
  postMessage(message: FromWriter): void;
  close(): void;
}

type Work = Exclude<ToWriter, { kind: "close" | "lend" }>;

const RETRY_MS = 1000;
const CARE_MS = 10_000;
/** A disk may answer wrongly for a moment: a database is damaged when it is found so again and again, opened anew each time. */
const DAMAGE = { first: { times: 4, everyMs: 250 }, later: { times: 30, everyMs: RETRY_MS } };

/** What became of our files, and what follows. */
const GONE: Readonly<Record<Gone, { readonly code: string; readonly reason: string }>> = {
  database: { code: "FILE_GONE", reason: "the file was moved, deleted or replaced: a new one begins" },
  // another program may have taken it: two writers of one file would spoil it
  lock: { code: "LOCK_GONE", reason: "the lock beside the file was moved or deleted: it is taken again" },
  // readers would open another one, and a kill would lose what is in ours
  log: {
    code: "LOG_GONE",
    reason: "the file's write-ahead log was moved or deleted: what it held is put into the file",
  },
};

/**
 * The writer's thread: one transaction a batch, in order. What fails and may pass (disk full, I/O error, a lock, the file
 * gone), at the opening, at a commit and in the housekeeping, is said once a change of reason and tried again every second;
 * batches are kept meanwhile. A database that proves damaged is left alone: the thread refuses to go on.
 */
export class WriterLoop {
  readonly #port: WriterPort;
  readonly #file: string;
  #settings: WriterSettings;
  readonly #queue: Work[] = [];
  readonly #care: NodeJS.Timeout;
  #store: StoreWriter | undefined;
  #hasOpened = false;
  #closing = false;
  #over = false;
  #blocked = "";
  #damages = 0;
  #timer: NodeJS.Timeout | undefined;
  #totals = "";

  constructor(port: WriterPort, file: string, settings: WriterSettings) {
    this.#port = port;
    this.#file = file;
    this.#settings = settings;
    this.#care = setInterval(() => this.#takeCare(), CARE_MS);
    this.#drain();
  }

  receive(message: ToWriter): void {
    if (message.kind === "lend") {
      lend(message.loan, {
        store: () => (this.#blocked === "" ? this.#store : undefined),
        noted: (venue, holes) => {
          if (venue !== this.#settings.venue.name) return;
          for (const hole of holes)
            if (this.#settings.symbols.includes(hole.symbol)) this.#say({ kind: "noted", hole });
        },
      });
      return;
    }
    if (message.kind === "close") this.#closing = true;
    else this.#queue.push(message);
    if (this.#timer === undefined) this.#drain();
  }

  #drain(): void {
    this.#timer = undefined;
    if (this.#over) return;
    try {
      const store = this.#opened();
      if (store !== undefined) this.#work(store);
      if (this.#queue.length === 0 && this.#closing) this.#end({ kind: "closed" });
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The store, in its place; undefined: nothing needs one. */
  #opened(): StoreWriter | undefined {
    const gone = this.#store?.gone();
    if (gone !== undefined) {
      const { code, reason } = GONE[gone];
      this.#say({ kind: "blocked", code, reason });
      this.#blocked = code;
      this.#letGo();
    }
    if (this.#store !== undefined || (this.#hasOpened && this.#queue.length === 0)) return this.#store;
    const store = openWriter(this.#file, this.#settings, (upgrade) => {
      this.#say({ kind: "upgrading", upgrade });
    });
    this.#store = store;
    this.#tellTotals(store);
    if (this.#hasOpened) {
      this.#say({ kind: "reopened" });
      this.#forgetRepairs(store);
    } else this.#say({ kind: "open", newest: store.newest(), backup: store.backup, origin: store.origin });
    this.#hasOpened = true;
    return store;
  }

  #work(store: StoreWriter): void {
    for (let message = this.#queue[0]; message !== undefined; message = this.#queue[0]) {
      if (store.gone() !== undefined) {
        this.#drain();
        return;
      }
      const answer = write(store, message);
      if (message.kind === "join") this.#remember(message.symbols);
      this.#blocked = "";
      this.#damages = 0;
      this.#queue.shift();
      this.#tellTotals(store);
      if (answer !== undefined) this.#say(answer);
    }
  }

  #failed(error: unknown): void {
    const { code = "unknown", message } = error as { code?: string; message: string };
    const sure = this.#hasOpened ? DAMAGE.later : DAMAGE.first;
    let waitMs = RETRY_MS;
    if (isDamage(error)) {
      this.#letGo();
      waitMs = sure.everyMs;
      if (++this.#damages >= sure.times) {
        this.#refuse(error instanceof TickbookError ? error : damaged(this.#file, message));
        return;
      }
    } else if (!isPassing(error) && !(this.#hasOpened && isUnwritable(error))) {
      if (!(error instanceof TickbookError)) throw error;
      // what was refused once it had been open may be mended meanwhile; at the start it is the user's to mend
      if (!this.#hasOpened) {
        this.#refuse(error);
        return;
      }
    }
    if (this.#blocked !== code) this.#say({ kind: "blocked", code, reason: quote(message) });
    this.#blocked = code;
    this.#timer = setTimeout(() => this.#drain(), waitMs);
  }

  #refuse({ code, where, problem, hint }: TickbookError): void {
    this.#end({ kind: "refused", error: { code, where, problem, hint } });
  }

  #end(message: FromWriter): void {
    this.#over = true;
    this.#letGo();
    clearInterval(this.#care);
    this.#say(message);
    this.#port.close();
  }

  #letGo(): void {
    const store = this.#store;
    this.#store = undefined;
    this.#guarded("closing the database", () => store?.close());
  }

  #takeCare(): void {
    this.#guarded("emptying the write-ahead log", () => {
      const bytes = this.#store?.care() ?? 0;
      if (bytes > WAL_ALARM_BYTES) this.#say({ kind: "wal", bytes });
    });
  }

  /** Housekeeping: whatever stands in its way, it is done another time. */
  #guarded(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      const { code = "", message } = error as { code?: string; message: string };
      this.#say({
        kind: "neglected",
        reason: `${what}: ${quote(message)}${code === "" ? "" : ` (${code})`}`,
      });
    }
  }

  /** Repairs of the old file's holes have no place in the new one. */
  #forgetRepairs(store: StoreWriter): void {
    const work = this.#queue.splice(0);
    for (const message of work) {
      if (message.kind === "batch") this.#queue.push(message);
      if (message.kind === "join") {
        // answers come in the order of their questions
        this.#say({ kind: "answer", answer: store.join(message.symbols) });
        this.#remember(message.symbols);
      }
      if (message.kind === "fill") this.#say({ kind: "answer", answer: { kind: "unanchored" } });
      if (message.kind === "holes") this.#say({ kind: "answer", answer: [] });
    }
  }

  /** Symbols that joined are among those of a file that begins anew. */
  #remember(joined: readonly string[]): void {
    this.#settings = { ...this.#settings, symbols: [...this.#settings.symbols, ...joined] };
  }

  /** Before what has changed them is told. */
  #tellTotals(store: StoreWriter): void {
    const totals = store.holeTotals();
    const text = totals.map(({ holes, missing }) => `${holes} ${missing}`).join();
    if (text !== this.#totals) this.#say({ kind: "totals", totals });
    this.#totals = text;
  }

  #say(message: FromWriter): void {
    this.#port.postMessage(message);
  }
}

function write(to: StoreWriter, message: Work): FromWriter | undefined {
  const nowUs = Date.now() * 1000;
  switch (message.kind) {
    case "note":
      return { kind: "noted", hole: to.noteHole(message.symbolIndex, message.change, nowUs) };
    case "fill": {
      const { symbolIndex, holeId, page } = message;
      return { kind: "answer", answer: to.fill(symbolIndex, holeId, page, nowUs) };
    }
    case "holes":
      return { kind: "answer", answer: to.holesBelow(message.symbolIndex, message.below, message.most) };
    case "join":
      return { kind: "answer", answer: to.join(message.symbols) };
    case "trouble":
      to.noteTrouble(message.symbolIndex, message.trouble, message.trades, nowUs);
      return undefined;
    case "batch": {
      const result = to.append(message.batch, nowUs);
      return { kind: "committed", result, delay: delayOf(message.batch) };
    }
  }
}

function delayOf({ length, receivedUs }: TradeBatch): BatchDelay {
  const nowUs = (performance.timeOrigin + performance.now()) * 1000;
  const since = (i: number): number => (nowUs - receivedUs[i]!) / 1000;
  return { length, firstMs: since(0), lastMs: since(length - 1) };
}
