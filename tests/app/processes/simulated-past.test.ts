import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { storeSimulatedPast } from "../../../src/app/processes/simulated-past.ts";
import { simulatedMarket } from "../../../src/pipeline/exchange/market/market.ts";
import { openReader } from "../../../src/pipeline/store/read/reader.ts";
import { tempFolder } from "../../support/temp.ts";

const NOW_US = Date.UTC(2026, 0, 15, 12) * 1000;
const PAST = { seed: 7, symbols: ["ETHUSDT", "BTCUSDT"], pastUs: 600e6, nowUs: NOW_US };

test("a new database of the simulated market holds its past, each id of it, and ends before now", (t) => {
  const file = join(tempFolder(t), "sim.db");
  const stored = storeSimulatedPast(file, PAST);
  const market = simulatedMarket(7);
  const all = market
    .between(NOW_US - PAST.pastUs, NOW_US)
    .filter(({ symbol }) => PAST.symbols.includes(market.symbols[symbol]!.symbol));
  assert.equal(stored, all.length);
  const reader = openReader(file);
  t.after(() => reader.close());
  for (const series of reader.series()) {
    assert.equal(series.venue.name, "sim-seed7");
    const ids = reader.trades(series).id;
    assert.ok(
      ids.every((id, i) => i === 0 || id === ids[i - 1]! + 1),
      "no id is missing",
    );
    assert.ok(reader.newest(series)!.timeUs <= NOW_US);
  }
});

test("a database that is there, and symbols that the market does not have, are left alone", (t) => {
  const file = join(tempFolder(t), "sim.db");
  assert.equal(storeSimulatedPast(file, { ...PAST, symbols: ["NOPEUSDT"] }), 0);
  assert.ok(storeSimulatedPast(file, PAST) > 0);
  assert.equal(storeSimulatedPast(file, PAST), 0);
});
