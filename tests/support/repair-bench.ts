import { join } from "node:path";
import type { TestContext } from "node:test";
import Database from "better-sqlite3";
import { random } from "../../src/core/random.ts";
import type { Trade, Venue } from "../../src/core/trade.ts";
import { type Backfill, startBackfill } from "../../src/pipeline/feed/backfill.ts";
import { type WeightBudget, weightBudget } from "../../src/pipeline/net/weight-budget.ts";
import { type Hole, totalOf } from "../../src/pipeline/store/ledger/ledger.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";
import { watchedGet } from "../../src/pipeline/venues/binance/limited-get.ts";
import { type History, historyTrade } from "./history.ts";
import { tempFolder } from "./temp.ts";
import { batchOf } from "./trades.ts";
import { type VirtualClock, virtualClock } from "./virtual-clock.ts";

const VENUE: Venue = { name: "sim-seed7", kind: "simulated", detail: "seed 7" };

export interface RepairBench {
  readonly clock: VirtualClock;
  readonly backfill: Backfill;
  readonly budget: WeightBudget;
  /** Codes of what went wrong. */
  readonly odd: string[];
  pending: number;
  /** The stream brings trades. */
  live(symbol: string, ...ids: number[]): void;
  /** Lets time pass, and what falls due happen. */
  pass(ms: number): Promise<void>;
  /** The end of the process, and a new one on the same database. */
  restart(): void;
  rows(sql: string): unknown[][];
  /** `102-104 gap filled 1 note` of each hole. */
  holes(): string[];
  ids(symbol?: string): number[];
}

export interface DeskOptions {
  readonly symbols?: readonly string[];
  readonly hosts?: readonly string[];
  readonly mostIds?: number;
  /** What the stream brings. */
  readonly tradeOf?: (symbol: string, id: number) => Trade;
}

/** A backfill on a store of its own and a virtual clock, before a scripted history. */
export function repairBench(t: TestContext, history: History, options: DeskOptions = {}): RepairBench {
  const { symbols = ["BTCUSDT"], hosts = ["http://a"], tradeOf = historyTrade } = options;
  const file = join(tempFolder(t), "x.db");
  const clock = virtualClock();
  const odd: string[] = [];
  let writer = openWriter(file, { venue: VENUE, symbols });
  let backfill: Backfill;
  let budget: WeightBudget;
  const told = (holes: readonly Hole[]): void => {
    for (const hole of holes) backfill.changed(hole);
  };
  const start = (): void => {
    budget = weightBudget();
    const own = writer;
    backfill = startBackfill({
      clock,
      random: random(1),
      get: watchedGet(history.get, budget, clock, () => odd.push("rest-paused")),
      restUrls: hosts,
      budget,
      store: {
        fill: async (symbol, holeId, page) => {
          const rows = "id" in page[0]! ? batchOf(page as readonly Trade[], symbols) : page;
          const result = own.fill(symbols.indexOf(symbol), holeId, rows as never, clock.nowUs());
          if (result.kind === "stored") told(result.holes);
          return result;
        },
        note: ({ symbol, holeId }, change) => {
          const hole = own.noteHole(symbols.indexOf(symbol), { holeId, ...change }, clock.nowUs());
          if (hole !== undefined) queueMicrotask(() => told([hole]));
        },
        holesBelow: async ({ symbol, below, most }) => own.holesBelow(symbols.indexOf(symbol), below, most),
        missing: () => totalOf(own.holeTotals()),
        pending: () => bench.pending,
      },
      symbols,
      odd: (code) => odd.push(code),
      ...(options.mostIds === undefined ? {} : { mostIds: options.mostIds }),
    });
  };
  const flush = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  const bench: RepairBench = {
    clock,
    get backfill() {
      return backfill;
    },
    get budget() {
      return budget;
    },
    odd,
    pending: 0,
    live: (symbol, ...ids) => {
      const batch = batchOf(
        ids.map((id) => ({ ...tradeOf(symbol, id), source: "ws" as const })),
        symbols,
      );
      told(writer.append(batch, clock.nowUs()).holes);
    },
    pass: async (ms) => {
      const steps = Math.min(2000, Math.ceil(ms / 250));
      for (let i = 0; i < steps; i++) {
        clock.advance(ms / steps);
        await flush();
      }
    },
    restart: () => {
      backfill.stop();
      writer.close();
      writer = openWriter(file, { venue: VENUE, symbols });
      start();
    },
    rows: (sql) => {
      const db = new Database(file, { readonly: true });
      try {
        return db.prepare(sql).raw().all() as unknown[][];
      } finally {
        db.close();
      }
    },
    holes: () =>
      bench
        .rows("SELECT first_id, last_id, reason, state, tries, note FROM holes ORDER BY symbol_id, first_id")
        .map(([first, last, ...rest]) => [`${first}-${last}`, ...rest].join(" ").trimEnd()),
    ids: (symbol = "BTCUSDT") =>
      bench
        .rows(`SELECT trade_id FROM v_trades WHERE symbol = '${symbol}' ORDER BY trade_id`)
        .map(([id]) => id as number),
  };
  start();
  t.after(() => {
    backfill.stop();
    writer.close();
  });
  return bench;
}

export function idsFrom(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
