import assert from "node:assert/strict";
import { test } from "node:test";
import { activeSymbols, venueSeries } from "../../../src/app/alerts/venues.ts";
import { REPLAY, reading, SYMBOLS, stored, write } from "../../support/stored.ts";
import { batchOf, T0, trade } from "../../support/trades.ts";

const DAY = 86_400e6;

test("the venue is the one named, or the one that received a trade last", (t) => {
  const file = stored(t, [trade(1)]);
  write(file, (writer) => writer.append(batchOf([trade(1, { receivedUs: T0 + 9e9 })], SYMBOLS), T0), REPLAY);
  const reader = reading(t, file);
  const names = (venue?: string): string[] =>
    venueSeries(reader, venue).map((one) => `${one.venue.name} ${one.symbol}`);
  assert.deepEqual(names(), [`${REPLAY.name} BTCUSDT`, `${REPLAY.name} ETHUSDT`]);
  assert.deepEqual(names("binance"), ["binance BTCUSDT", "binance ETHUSDT"]);
  assert.throws(
    () => venueSeries(reader, "kraken"),
    /needs a venue that it holds; got "kraken", and it holds BTCUSDT \(binance\), /,
  );
});

test("a symbol without a trade for a day is no longer collected; one without any may still get some", (t) => {
  const at = (us: number) => ({ tradeTimeUs: T0 + us, eventTimeUs: T0 + us });
  const active = (...trades: Parameters<typeof trade>[1][]): string[] => {
    const reader = reading(
      t,
      stored(
        t,
        trades.map((given, i) => trade(i + 1, given)),
      ),
    );
    return activeSymbols(reader, venueSeries(reader, undefined));
  };
  assert.deepEqual(active(at(0)), ["BTCUSDT", "ETHUSDT"]);
  assert.deepEqual(active(at(0), { symbol: "ETHUSDT", ...at(DAY) }), ["BTCUSDT", "ETHUSDT"]);
  assert.deepEqual(active(at(0), { symbol: "ETHUSDT", ...at(DAY + 1e6) }), ["ETHUSDT"]);
});
