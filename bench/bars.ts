/**
 * From the database to bars, in one run: `node bench/bars.ts [history]`; history is the largest one for the refresh
 * (10,000,000 trades unless given, about 0.5 GB of temporary file). What a Python user would call: `npm run bench`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { random } from "../src/core/random.ts";
import type { Venue } from "../src/core/trade.ts";
import { sliceTrades, type TradeColumns } from "../src/core/trade-columns.ts";
import { barBuilder } from "../src/pipeline/bars/builder.ts";
import { barsFromTrades } from "../src/pipeline/bars/from-trades.ts";
import { barRule } from "../src/pipeline/bars/rule.ts";
import { type LiveBars, liveBars } from "../src/pipeline/live-bars.ts";
import { openReader } from "../src/pipeline/store/read/reader.ts";
import { createBatch, type TradeBatch } from "../src/pipeline/store/write/batch.ts";
import { openWriter } from "../src/pipeline/store/write/writer.ts";

const VENUE: Venue = { name: "sim-bench", kind: "simulated", detail: "bench" };
const OF = { venue: VENUE, symbol: "BTCUSDT" };
const START = 1_723_161_255_342_000;
const source = random(7);

interface Side {
  readonly what: string;
  readonly n: number;
  readonly s: number;
}

/** Trades 0.01 s apart on average, with prices and quantities as an exchange has them. */
function seededTrades(length: number): TradeColumns {
  const column = (): Float64Array => new Float64Array(length);
  const [id, tradeTimeUs, price, qty] = [column(), column(), column(), column()];
  const isBuyerMaker = new Uint8Array(length);
  let [timeUs, cents] = [START, 6_000_000];
  for (let i = 0; i < length; i++) {
    timeUs += Math.floor(20_000 * source.uniform());
    cents += Math.round(3 * (source.uniform() - 0.5));
    id[i] = i + 1;
    tradeTimeUs[i] = timeUs;
    price[i] = cents / 100;
    qty[i] = (1 + Math.floor(1e6 * source.uniform())) / 1e5;
    isBuyerMaker[i] = source.uniform() < 0.5 ? 1 : 0;
  }
  return { length, id, tradeTimeUs, price, qty, isBuyerMaker };
}

function best(run: () => unknown, times = 5): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const from = performance.now();
    run();
    least = Math.min(least, performance.now() - from);
  }
  return least / 1000;
}

/** Trades `from` to `to` (not included) of a market that never ends, as a batch for the writer. */
function batchOf(from: number, to: number): TradeBatch {
  const batch = createBatch(to - from);
  for (let i = 0; i < to - from; i++) {
    const id = from + i;
    batch.id[i] = id;
    batch.priceE8[i] = 6_000_000_000_000n + BigInt(id % 10_000) * 1_000_000n;
    batch.qtyE8[i] = BigInt(1 + (id % 1000)) * 1000n;
    batch.tradeTimeUs[i] = START + 10_000 * id;
    batch.eventTimeUs[i] = START + 10_000 * id + 1000;
    batch.receivedUs[i] = START + 10_000 * id + 2000;
    batch.isBuyerMaker[i] = id % 2;
  }
  batch.length = to - from;
  return batch;
}

function building(): Side[] {
  const trades = seededTrades(5_000_000);
  const n = trades.length;
  const inPieces = (): void => {
    const builder = barBuilder({ ...OF, rule: barRule("1s") });
    for (let i = 0; i < n; i += 100) builder.push(sliceTrades(trades, i, i + 100));
  };
  return [
    { what: "1 s bars, 100 trades at a time", n, s: best(inPieces) },
    {
      what: "bars of 500 trades",
      n,
      s: best(() => barsFromTrades(trades, { ...OF, every: "500 trades" })),
    },
  ];
}

/** Brings the history to each length in turn, and there measures refreshes with 100 new trades each. */
function refreshing(file: string, histories: readonly number[]): Side[] {
  const writer = openWriter(file, { venue: VENUE, symbols: [OF.symbol] });
  const reader = openReader(file);
  const rounds = 60;
  let next = 1;
  const add = (count: number): void => {
    for (const end = next + count; next < end; ) {
      const to = Math.min(end, next + 20_000);
      writer.append(batchOf(next, to), START);
      next = to;
    }
  };
  try {
    return histories.map((history) => {
      add(history - next + 1);
      const view: LiveBars = liveBars(reader, reader.series()[0]!, {
        rule: barRule("1s"),
        keep: history / 100,
        graceUs: 1_000_000,
      });
      view.advance(START + 10_000 * next);
      const times: number[] = [];
      for (let round = 0; round < rounds; round++) {
        add(100);
        const from = performance.now();
        view.advance(START + 10_000 * next);
        view.closed();
        view.forming();
        times.push(performance.now() - from);
      }
      times.sort((a, b) => a - b);
      return { what: `refresh over ${history.toLocaleString("en")}`, n: 100, s: times[rounds / 2]! / 1000 };
    });
  } finally {
    reader.close();
    writer.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), "tickbook-bench-"));
try {
  const file = join(folder, "bench.db");
  const most = Number(process.argv[2] ?? 10_000_000);
  const histories = [10_000, 1_000_000, 10_000_000].filter((history) => history <= most);
  const row = (...cells: readonly string[]): void =>
    console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(32) : cell.padStart(14))).join(" "));
  row("", "ms", "trades/s");
  for (const { what, n, s } of [...building(), ...refreshing(file, histories)])
    row(what, (1000 * s).toFixed(2), Math.round(n / s).toLocaleString("en"));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
