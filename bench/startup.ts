import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { openReader } from "../src/pipeline/store/read/reader.ts";
import { openWriter } from "../src/pipeline/store/write/writer.ts";

/** How long a store takes to open for writing and for reading, by its number of trades: node bench/startup.ts */
const venue = { name: "sim-seed7", kind: "simulated", detail: "seed 7" } as const;

function filled(file: string, trades: number): void {
  openWriter(file, { venue, symbols: ["BTCUSDT"] }).close();
  const db = new Database(file);
  db.pragma("synchronous = OFF");
  db.prepare(
    `WITH RECURSIVE ids(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < ?)
     INSERT INTO trades (symbol_id, trade_id, price_e8, qty_e8, trade_time_us, event_time_us, received_us, is_buyer_maker, source)
     SELECT 1, id, 6183763000000, 2000000, 1723161255342000 + id * 1000, 1723161255343000 + id * 1000, 1723161255344000 + id * 1000, 0, 0 FROM ids`,
  ).run(trades);
  db.prepare("INSERT INTO ranges (symbol_id, first_id, last_id) VALUES (1, 1, ?)").run(trades);
  db.close();
}

const time = (work: () => void): number => {
  const start = performance.now();
  work();
  return Number((performance.now() - start).toFixed(2));
};

for (const trades of [10_000, 1_000_000, 20_000_000]) {
  const folder = mkdtempSync(join(tmpdir(), "tickbook-bench-"));
  const file = join(folder, "x.db");
  filled(file, trades);
  const writerMs = time(() => openWriter(file, { venue, symbols: ["BTCUSDT"] }).close());
  const readerMs = time(() => {
    const reader = openReader(file);
    reader.newest(reader.series()[0]!);
    reader.close();
  });
  console.log(
    JSON.stringify({
      job: "startup",
      trades,
      megabytes: Math.round(statSync(file).size / 1e6),
      writerMs,
      readerMs,
    }),
  );
  rmSync(folder, { recursive: true });
}
