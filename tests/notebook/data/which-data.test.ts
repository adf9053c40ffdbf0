import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { ruleLoader } from "../../../src/app/alerts/rules-file.ts";
import { venueSeries } from "../../../src/app/alerts/venues.ts";
import { exportMain } from "../../../src/app/commands/export.ts";
import { diagnose } from "../../../src/app/doctor/doctor.ts";
import { runDescribed } from "../../../src/app/study/run.ts";
import type { Trade, Venue } from "../../../src/core/trade.ts";
import { pairAlerts } from "../../../src/notebook/alerts/pair-alerts.ts";
import { backtestPair } from "../../../src/notebook/backtest/backtest.ts";
import { alignedCloses } from "../../../src/notebook/data/closes.ts";
import { pairCloses } from "../../../src/notebook/pair/pair-data.ts";
import { watchPair } from "../../../src/notebook/pair/pair-watch.ts";
import { dataQuality } from "../../../src/notebook/quality/quality.ts";
import { openHistory } from "../../../src/pipeline/archive/history.ts";
import { openStoredTape } from "../../../src/pipeline/exchange/tape/stored-tape.ts";
import { whichSeries } from "../../../src/pipeline/store/which-series.ts";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import { tempFolder } from "../../support/temp.ts";
import { batchOf, trade } from "../../support/trades.ts";

const BEGIN = Date.UTC(2025, 0, 9, 9) * 1000;
const [BTC, ETH] = ["BTCUSDT", "ETHUSDT"];
const EXCHANGE: Venue = { name: "binance", kind: "real", detail: "wss://stream.binance.com" };
const OTHER: Venue = { name: "kraken", kind: "real", detail: "wss://kraken.example" };

/** A trade of each symbol a second, from `minute` on, for two minutes. */
function keep(file: string, venue: Venue, symbols: readonly string[], minute: number): void {
  const writer = openWriter(file, { venue, symbols });
  const trades = Array.from({ length: 120 }, (_, s): Trade[] =>
    symbols.map((symbol, k) => {
      const us = BEGIN + minute * 60e6 + s * 1e6;
      const price = ((k + 1) * (1000 + 3 * Math.sin(s / 5 + k))).toFixed(2);
      return trade(s + 1, { symbol, price, tradeTimeUs: us, eventTimeUs: us, receivedUs: us + 1000 });
    }),
  ).flat();
  writer.append(batchOf(trades, symbols), BEGIN + minute * 60e6);
  writer.close();
}

/** Both symbols at one venue, later one of them alone at another. */
function twoVenues(t: TestContext): string {
  const file = join(tempFolder(t), "both.db");
  keep(file, EXCHANGE, [BTC!, ETH!], 0);
  keep(file, OTHER, [ETH!], 5);
  return file;
}

/** The same tape played twice. */
function twoReplays(t: TestContext): string {
  const file = join(tempFolder(t), "replay.db");
  for (const [k, start] of ["1790000000000", "1790000900000"].entries()) {
    const venue = { name: `replay-tape-${start}`, kind: "replayed", detail: "tape at x1" } as const;
    keep(file, venue, [BTC!, ETH!], 5 * k);
  }
  return file;
}

const SETTINGS = { interval: "1s", window: 10 };

/** The venue that each part of the product takes for a pair when none is named. */
async function venuesOf(t: TestContext, file: string, y: string, x: string): Promise<Record<string, string>> {
  const store = openHistory(file);
  t.after(() => store.close());
  const pair = watchPair({ y, x, ...SETTINGS, source: file });
  pairAlerts(pair).table();
  const rules = join(tempFolder(t), "rules.json");
  const rule = { name: "z", measure: "zScore", pair: [y, x], ...SETTINGS, when: "abs", fire: 2 };
  writeFileSync(rules, JSON.stringify({ rules: [rule] }));
  const request = { source: file, y, x, interval: "1s" };
  const strategy = {
    name: "mean reversion",
    settings: {
      hedge: { method: "rolling", window: 20 },
      window: 10,
      entry: 2,
      size: { by: "units", units: 1 },
    },
  };
  const run = runDescribed({ data: request, strategy, costs: {} } as never);
  const tape = openStoredTape(file, { symbols: [y, x] });
  return {
    "live watch": pair.frame().venue.name,
    research: pairCloses({ ...request, leastBars: 10 }).venue.name,
    correlation: alignedCloses({ source: file, symbols: [y, x], interval: "1s" }).venue.name,
    backtest: backtestPair({ ...request, ...strategy.settings, costs: {} } as never).data.venue.name,
    report: run.data.venue.name,
    alerts: venueSeries(store, undefined, ruleLoader(rules).named)[0]!.venue.name,
    doctor: diagnose(store, { symbols: [y, x] }, BEGIN + 600e6).series[0]!.venue.name,
    quality: dataQuality(store, { symbols: [y, x] }).venue!.name,
    replay: /: ([\w-]+)/.exec(tape.detail)![1]!,
    series: whichSeries(store, { symbols: [y, x] })[0]!.venue.name,
  };
}

async function exportedVenue(
  t: TestContext,
  file: string,
  symbol: string,
  more: string[] = [],
): Promise<string> {
  const out = join(tempFolder(t), "out.csv");
  assert.equal(await exportMain(["--source", file, "--symbol", symbol, "--out", out, ...more]), 0);
  return readFileSync(out, "utf8").split("\n")[1]!.split(",")[0]!;
}

describe("which data are meant when no venue is named", () => {
  for (const [y, x] of [
    [ETH!, BTC!],
    [BTC!, ETH!],
  ] as const) {
    it(`a pair (${y}, ${x}) is at the venue that holds both, though a later one has traded one of them`, async (t) => {
      const found = await venuesOf(t, twoVenues(t), y, x);
      for (const [part, venue] of Object.entries(found)) assert.equal(venue, EXCHANGE.name, part);
    });

    it(`of two replays a pair (${y}, ${x}) is the one that received a trade last`, async (t) => {
      const found = await venuesOf(t, twoReplays(t), y, x);
      for (const [part, venue] of Object.entries(found))
        assert.equal(venue, "replay-tape-1790000900000", part);
    });
  }

  it("one symbol alone is at the venue that received a trade last, in an export as in a backtest", async (t) => {
    const file = twoVenues(t);
    assert.equal(await exportedVenue(t, file, ETH!), OTHER.name);
    assert.equal(await exportedVenue(t, file, BTC!), EXCHANGE.name);
    assert.equal(await exportedVenue(t, file, `${EXCHANGE.name}:${ETH}`), EXCHANGE.name);
    assert.equal(await exportedVenue(t, twoReplays(t), ETH!), "replay-tape-1790000900000");
    const alone = alignedCloses({ source: file, symbols: [ETH!], interval: "1s" });
    assert.equal(alone.venue.name, OTHER.name);
  });

  it("a symbol with its venue is at that one; a plain one beside it where all plain ones are", (t) => {
    const file = twoVenues(t);
    const store = openHistory(file);
    t.after(() => store.close());
    const venues = (symbols: string[], venue?: string): string[] =>
      whichSeries(store, { symbols, ...(venue !== undefined && { venue }) }).map(
        (one) => `${one.venue.name} ${one.symbol}`,
      );
    assert.deepEqual(venues([ETH!, `binance:${BTC}`]), [`kraken ${ETH}`, `binance ${BTC}`]);
    assert.deepEqual(venues([`kraken:${ETH}`, ETH!, BTC!]), [
      `kraken ${ETH}`,
      `binance ${ETH}`,
      `binance ${BTC}`,
    ]);
    assert.deepEqual(venues([]), [`kraken ${ETH}`]);
    assert.deepEqual(venues([], "binance"), [`binance ${BTC}`, `binance ${ETH}`]);
  });

  it("what the store does not hold is refused with what it holds, in words that fit a cell and a command", (t) => {
    const store = openHistory(twoVenues(t));
    t.after(() => store.close());
    const asking = (symbols: string[], venue?: string) => () =>
      whichSeries(store, { symbols, ...(venue !== undefined && { venue }) });
    assert.throws(asking([BTC!], "kraken"), {
      code: "unknown-series",
      message:
        /both\.db: needs "BTCUSDT" at a venue named "kraken"; it holds BTCUSDT \(binance\), ETHUSDT \(binance\), ETHUSDT \(kraken\)\. Name one of those/,
    });
    assert.throws(asking(["NOPE", BTC!]), /needs "NOPE" and "BTCUSDT" at one venue; it holds/);
    assert.throws(asking([ETH!], "mars"), {
      code: "unknown-venue",
      message: /got "mars", and it holds BTCUSDT/,
    });
    assert.throws(asking(["mars:ETHUSDT"]), /needs "mars:ETHUSDT"; it holds/);
  });
});
