import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { calibrate } from "../../../src/analytics/pair/calibrate.ts";
import { keepMinuteCloses } from "../../../src/app/collector/symbols/minute-closes.ts";
import { readMinuteFile } from "../../../src/app/data/minute-file.ts";
import { minuteStretch } from "../../../src/app/pair/minute-stretch.ts";
import { ownBars, pairMonitor } from "../../../src/app/pair/pair-monitor.ts";
import { random } from "../../../src/core/random.ts";
import type { Trade, Venue } from "../../../src/core/trade.ts";
import { watchPair } from "../../../src/notebook/pair/pair-watch.ts";
import { watchPairs } from "../../../src/notebook/pair/watch-pairs.ts";
import { restAnswerer } from "../../../src/pipeline/exchange/rest/rest.ts";
import { weights } from "../../../src/pipeline/exchange/rest/weights.ts";
import { BINANCE_SETTINGS } from "../../../src/pipeline/exchange/settings.ts";
import { openStoredTape } from "../../../src/pipeline/exchange/tape/stored-tape.ts";
import { timeline } from "../../../src/pipeline/exchange/timeline.ts";
import type { HttpGet } from "../../../src/pipeline/net/http.ts";
import { weightBudget } from "../../../src/pipeline/net/weight-budget.ts";
import { openReader } from "../../../src/pipeline/store/read/reader.ts";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import { tempFolder } from "../../support/temp.ts";
import { batchOf, trade } from "../../support/trades.ts";
import { type VirtualClock, virtualClock } from "../../support/virtual-clock.ts";

const VENUE: Venue = { name: "binance", kind: "real", detail: "Binance spot" };
const SYMBOLS = ["BTCUSDT", "ETHUSDT"];
const MINUTE = 60e6;
const HOURS = 40;
const BEGIN = Date.UTC(2026, 5, 1, 6) * 1000;
const END = BEGIN + HOURS * 3600e6;

/** A pair with a half-life of 20 minutes; of each symbol a trade in most minutes, some of them late in it. */
function trades(fromMinute: number, toMinute: number, stepUs: number = MINUTE): Trade[] {
  const source = random(5);
  let [x, off] = [60_000, 0];
  const all: Trade[] = [];
  const ids = [0, 0];
  for (let at = BEGIN + fromMinute * MINUTE; at < BEGIN + toMinute * MINUTE; at += stepUs) {
    x *= 1 + 3e-4 * source.normal();
    off = off * 2 ** (-1 / 20) + 1e-3 * source.normal();
    const prices = [x, 0.04 * x * Math.exp(off)];
    for (const [k, symbol] of SYMBOLS.entries()) {
      if (source.uniform() < 0.1) continue;
      const tradeTimeUs = at + Math.floor(source.uniform() * stepUs);
      const price = prices[k]!.toFixed(8);
      all.push(trade(++ids[k]!, { symbol, price, tradeTimeUs, eventTimeUs: tradeTimeUs }));
    }
  }
  return all;
}

interface Stage {
  readonly clock: VirtualClock;
  readonly asked: string[];
  readonly said: string[];
  readonly db: string;
  get: HttpGet;
  start(): () => void;
}

/** The REST of the built-in exchange over a recording of these hours, and a collector's part that asks it. */
function stage(t: TestContext): Stage {
  const folder = tempFolder(t);
  const tape = join(folder, "tape.db");
  const writer = openWriter(tape, { venue: VENUE, symbols: SYMBOLS });
  writer.append(batchOf(trades(0, HOURS * 60), SYMBOLS), BEGIN);
  writer.close();
  const source = openStoredTape(tape);
  const clock = virtualClock(END - 1);
  const settings = { ...BINANCE_SETTINGS, restLagMs: 0 };
  const answer = restAnswerer(
    source,
    { ...timeline(source, 1, clock), nowUs: () => END - 1 },
    settings,
    weights(settings, clock),
  );
  const asked: string[] = [];
  const said: string[] = [];
  const here: Stage = {
    clock,
    asked,
    said,
    db: join(folder, "own.db"),
    get: async (url) => {
      asked.push(url);
      const { pathname, search } = new URL(url);
      const { status, headers, body } = answer({
        method: "GET",
        url: pathname + search,
        headers: {},
        address: "",
      });
      return { status, body, header: (name) => headers[name] };
    },
    start: () => {
      const log = ({ message }: { message?: string }): void => void said.push(message ?? "");
      const asking = { clock, log, db: here.db, venue: VENUE, symbols: SYMBOLS };
      const get: HttpGet = (url) => here.get(url);
      return keepMinuteCloses({ ...asking, get, restUrls: ["http://exchange"] }, weightBudget());
    },
  };
  return here;
}

async function settled(): Promise<void> {
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
}

test("two requests a symbol bring the closes of the last 2,000 minutes, of the exchange's own klines, and none twice a day", async (t) => {
  const { db, asked, start, clock } = stage(t);
  const end = start();
  await settled();
  assert.equal(asked.length, 4);
  const file = readMinuteFile(db, "binance")!;
  for (const symbol of SYMBOLS) {
    const { startUs, close } = file.symbols[symbol]!;
    assert.equal(startUs.length, 1999);
    assert.ok(startUs.every((us, i) => i === 0 || us === startUs[i - 1]! + MINUTE));
    // the minute that was still forming is not of them
    assert.equal(startUs.at(-1), END - 2 * MINUTE);
    const own = trades(0, HOURS * 60).filter((one) => one.symbol === symbol);
    for (const i of [0, 1, 77, 1998]) {
      const last = own.findLast(({ tradeTimeUs }) => tradeTimeUs < startUs[i]! + MINUTE)!;
      assert.equal(close[i], Number(last.price));
    }
  }
  end();
  start();
  await settled();
  assert.equal(asked.length, 4);
  clock.advance(86_400_000);
  start();
  await settled();
  assert.equal(asked.length, 8);
});

test("an exchange that does not answer, or with nonsense, is asked again a minute later, and nothing is written", async (t) => {
  const here = stage(t);
  const { get } = here;
  for (const body of [
    "<html>",
    "{}",
    '[["x"]]',
    '[[0,"1","1","1","0"]]',
    '[[60000,"1","1","1","1"],[60000,"1","1","1","1"]]',
  ]) {
    here.get = async (url) => {
      here.asked.push(url);
      return { status: 200, body, header: () => undefined };
    };
    const end = here.start();
    await settled();
    assert.ok(!existsSync(here.db.replace(".db", ".klines.json")));
    assert.match(
      here.said.at(-1)!,
      /^one-minute klines, .* are not to be had: http:\/\/exchange: .*asked again in 60 s$/,
    );
    end();
  }
  here.start();
  await settled();
  here.get = get;
  here.clock.advance(60_000);
  await settled();
  assert.ok(readMinuteFile(here.db, "binance") !== undefined);
});

test("requests wait for the budget of repairs", async (t) => {
  const here = stage(t);
  const budget = weightBudget();
  budget.limit(40);
  const asking = { clock: here.clock, log: () => {}, db: here.db, venue: VENUE, symbols: SYMBOLS };
  const end = keepMinuteCloses({ ...asking, get: here.get, restUrls: ["http://exchange"] }, budget);
  await settled();
  assert.equal(here.asked.length, 2);
  here.clock.advance(60_000);
  await settled();
  assert.equal(here.asked.length, 4);
  end();
});

test("klines stand in until stored bars suffice: line and verdict are what calibrate makes of them, labelled so, and no trade is stored", async (t) => {
  const { db, start } = stage(t);
  start();
  await settled();
  const own = openWriter(db, { venue: VENUE, symbols: SYMBOLS });
  const first = trades(HOURS * 60, HOURS * 60 + 10, 1e6);
  own.append(batchOf(first, SYMBOLS), END);
  t.after(() => own.close());
  const reader = openReader(db);
  t.after(() => reader.close());
  const told = { y: "ETHUSDT", x: "BTCUSDT", interval: "5s", graceMs: 0 };
  const frame = pairMonitor(reader, told, ownBars(reader, "5s", minuteStretch(db))).frame();
  const { hedge, measured, window } = frame;
  const [y, x] = ["ETHUSDT", "BTCUSDT"].map((symbol) =>
    Float64Array.from(readMinuteFile(db, "binance")!.symbols[symbol]!.close),
  ) as [Float64Array, Float64Array];
  const made = calibrate(y, x, { calibrationBars: y.length });
  assert.deepEqual(hedge!.calibration, made);
  assert.equal(hedge!.calibration!.verdict.verdict, "yes");
  assert.equal(window, Math.min(1250, Math.max(60, made.window * 12)));
  assert.equal(hedge!.standIn, "one-minute klines");
  assert.equal(measured.of, 500);
  assert.ok(measured.bars < 120);
  assert.ok(hedge!.toUs < END);
  // stretches that are told are of stored bars
  const settings = { ...told, calibrationBars: 500 };
  assert.equal(
    pairMonitor(reader, settings, ownBars(reader, "5s", minuteStretch(db))).frame().hedge,
    undefined,
  );

  const pair = watchPair({ ...told, source: db });
  const tile = pair.tiles();
  assert.match(
    tile.kind === "html" ? tile.text : "",
    /a pair\?: ● yes \(1,999 one-minute klines, 06-01 \d\d:\d\d–06-02 21:59 UTC, until stored bars suffice: \d+ of 500 so far\)/,
  );
  assert.deepEqual(
    watchPairs({ symbols: SYMBOLS, interval: "5s", source: db })
      .data()
      .columns.find(({ name }) => name === "a pair?")!.values,
    ["yes"],
  );
  const { path } = await pair.exportHtml(join(tempFolder(t), "desk.html"));
  assert.match(readFileSync(path, "utf8"), /fitted on log prices of one-minute klines from 2026-06-01/);
  assert.equal([...reader.series()].length, 2);
  assert.equal(
    reader.newest(reader.series()[0]!)!.id,
    first.findLast(({ symbol }) => symbol === "BTCUSDT")!.id,
  );
});
