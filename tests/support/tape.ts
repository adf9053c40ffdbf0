import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";

/** id, price, qty, trade time µs, event time µs, buyer is maker: as the store's view gives them. */
export type TapeRow = readonly [
  id: number,
  price: string,
  qty: string,
  tradeTimeUs: number,
  eventTimeUs: number,
  maker: number,
];

/** The trades of one symbol of the recorded tape. */
export function tapeRows(tape: string, symbol: string): TapeRow[] {
  const [head, ...lines] = readFileSync(join(tape, `spot_${symbol}_trades.csv`), "utf8")
    .trim()
    .split(/\r?\n/);
  assert.equal(head, "trade_id,price,qty,trade_time_ms,event_time_ms,is_buyer_maker,order_type,local_recv");
  return lines.map((line) => {
    const [id, price, qty, time, eventTime, maker] = line.split(",") as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    return [Number(id), price, qty, Number(time) * 1000, Number(eventTime) * 1000, maker === "true" ? 1 : 0];
  });
}

/** How a store stands to the tape, in trades. */
export interface Standing {
  readonly stored: number;
  readonly missing: number;
}

/**
 * The invariant of every run: the file is sound; each stored row is the tape's; no id comes twice; and between the first
 * and the last id stored, each id is stored or inside a hole that is listed and not called filled.
 */
export function checkAgainstTape(
  file: string,
  tape: ReadonlyMap<string, readonly TapeRow[]>,
): Map<string, Standing> {
  const db = new Database(file, { readonly: true });
  try {
    assert.equal(db.pragma("integrity_check", { simple: true }), "ok");
    const standings = new Map<string, Standing>();
    for (const [symbol, rows] of tape) {
      const byId = new Map(rows.map((row) => [row[0], row]));
      const stored = db
        .prepare(
          `SELECT trade_id, price, qty, trade_time_us, event_time_us, is_buyer_maker FROM v_trades
           WHERE symbol = ? ORDER BY trade_id`,
        )
        .raw()
        .all(symbol) as TapeRow[];
      for (const row of stored) {
        const original = byId.get(row[0]);
        assert.ok(original, `${symbol} ${row[0]} is not on the tape`);
        // REST and files tell no event time
        const expected = row[4] === null ? original.with(4, null as never) : original;
        if (row.some((value, i) => value !== expected[i])) assert.deepEqual(row, expected);
      }
      const ids = stored.map(([id]) => id);
      const holes = db
        .prepare("SELECT first_id, last_id FROM v_holes WHERE symbol = ? AND state <> 'filled'")
        .raw()
        .all(symbol) as [number, number][];
      let missing = 0;
      for (let i = 1; i < ids.length; i++) {
        for (let id = ids[i - 1]! + 1; id < ids[i]!; id++) {
          assert.ok(
            holes.some(([first, last]) => first <= id && id <= last),
            `${symbol} ${id} is lost and in no hole`,
          );
          missing++;
        }
      }
      standings.set(symbol, { stored: ids.length, missing });
    }
    return standings;
  } finally {
    db.close();
  }
}
