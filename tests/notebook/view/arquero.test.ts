import assert from "node:assert/strict";
import { test } from "node:test";
import { barsArquero, tradesArquero } from "../../../src/notebook/view/arquero.ts";
import { barsFromTrades } from "../../../src/pipeline/bars/from-trades.ts";
import { simulated } from "../../support/bars.ts";
import { ticks } from "../../support/ticks.ts";

test("an Arquero table of bars or trades has their rows, with dates and truth values", () => {
  const trades = ticks(300);
  const bars = barsFromTrades(trades, { venue: simulated, symbol: "BTCUSDT", every: "1s" });
  const table = barsArquero(bars);
  assert.equal(table.numRows(), bars.length);
  const row = table.object(3) as Record<string, unknown>;
  assert.equal((row.start as Date).getTime() * 1000, bars.startUs[3]);
  assert.deepEqual([row.close, row.vwap, row.complete], [bars.close[3], bars.vwap[3], true]);
  assert.equal(tradesArquero(trades).numRows(), 300);
  assert.equal(tradesArquero(trades).get("isBuyerMaker", 5), trades.isBuyerMaker[5] === 1);
});
