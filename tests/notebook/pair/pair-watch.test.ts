import assert from "node:assert/strict";
import { readdirSync, readFileSync, readlinkSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Trade, Venue } from "../../../src/core/trade.ts";
import { collectedPair } from "../../../src/notebook/pair/collected-pair.ts";
import { type PairWatch, type WatchSettings, watchPair } from "../../../src/notebook/pair/pair-watch.ts";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import type { View } from "../../../src/render/view.ts";
import { BINANCE, REPLAY, stored } from "../../support/stored.ts";
import { tempFolder } from "../../support/temp.ts";
import { batchOf, T0, trade } from "../../support/trades.ts";

const SECOND = Math.floor(T0 / 1e6) * 1e6;

/** Both symbols trade in each of these seconds; the last one's bars are still forming. */
function seconds(count: number): Trade[] {
  return Array.from({ length: count }, (_, s) => {
    const tradeTimeUs = SECOND + s * 1e6;
    const at = { tradeTimeUs, eventTimeUs: tradeTimeUs };
    return [
      trade(s + 1, { ...at, price: `${60_000 + 10 * ((s * 7) % 5)}.50000000` }),
      trade(s + 1, { ...at, symbol: "ETHUSDT", price: `${2600 + ((s * 3) % 4)}.25000000` }),
    ];
  }).flat();
}

function watching(t: TestContext, count: number, settings: Partial<WatchSettings> = {}): PairWatch {
  const db = stored(t, seconds(count), REPLAY);
  return watchPair({
    y: "ETHUSDT",
    x: "BTCUSDT",
    interval: "1s",
    window: 5,
    calibrationBars: 5,
    graceMs: 0,
    source: db,
    ...settings,
  });
}

function textOf(view: View): string {
  assert.equal(view.kind, "html");
  return view.kind === "html" ? view.text : "";
}

test("tiles name the venue, give the newest prices with their time, and say what they wait for", (t) => {
  const text = textOf(watching(t, 4).tiles());
  assert.match(text, /^REPLAYED · tape at x8\n/);
  assert.match(text, /ETHUSDT: 2,601\.25 USDT \(at 23:54:18 UTC\)/);
  assert.match(text, /BTCUSDT: 60,010\.50 USDT \(at 23:54:18 UTC\)/);
  assert.match(text, /a pair\?: measuring \(3 of 5 bars\)/);
  assert.match(text, /z-score: – \(measuring: 3 of 5 bars\)/);
  assert.match(text, /correlation: – \(waits for 3 more bars\)/);
});

test("with enough bars every panel is drawn, and the z-score tile says on which side of the threshold it is", (t) => {
  const pair = watching(t, 12, { threshold: 50 });
  for (const view of [pair.candles("ETHUSDT"), pair.spread(), pair.zScore(), pair.correlation()])
    assert.equal(view.kind, "chart");
  assert.match(textOf(pair.tiles()), /a pair\?: ▲ too short to say \(5 bars, 23:54:15–23:54:20 UTC\)/);
  assert.match(textOf(pair.tiles()), /z-score: ● −?\d\.\d\d \(within ±50\)/);
  assert.match(textOf(watching(t, 12, { threshold: 1e-9 }).tiles()), /z-score: ■ −?\d\.\d\d \(beyond ±/);
});

test("a panel of a symbol that is not watched is refused, not drawn with another one's bars", (t) => {
  const pair = watching(t, 12);
  for (const panel of [pair.candles, pair.latest]) {
    assert.throws(() => panel("SOLUSDT"), {
      message: /^watchPair: needs one of its symbols, ETHUSDT or BTCUSDT; got "SOLUSDT"\. /,
    });
  }
});

test("watchPair refuses a threshold that no z-score can be compared with", (t) => {
  for (const threshold of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "x" as unknown as number]) {
    assert.throws(() => watching(t, 1, { threshold }), {
      message: /^watchPair: threshold needs a number above 0; got /,
    });
  }
});

test("the CSV holds a row for each closed bar that both symbols have, with the venue in each", async (t) => {
  const pair = watching(t, 9);
  const path = join(tempFolder(t), "new", "bars.csv");
  const { bytes } = await pair.exportCsv(path);
  const text = readFileSync(path, "utf8");
  const [head, ...rows] = text.trimEnd().split("\r\n");
  assert.equal(bytes, Buffer.byteLength(text));
  assert.match(head!, /venue,venue_kind,start,ETHUSDT open \(USDT\),/);
  assert.equal(rows.length, 8);
  assert.match(rows[0]!, /^replay-tape-1,replayed,2024-08-08T23:54:15Z,2600\.25,/);
});

test("without names it watches the two symbols that npm start was asked for, the first explaining the second", (t) => {
  const db = stored(t, seconds(12), REPLAY);
  t.after(() => {
    delete process.env.TICKBOOK_SYMBOLS;
  });
  for (const [asked, y, x] of [
    ["BTCUSDT,ETHUSDT", "ETHUSDT", "BTCUSDT"],
    ["ETHUSDT, BTCUSDT", "BTCUSDT", "ETHUSDT"],
    ["NOPE", "ETHUSDT", "BTCUSDT"],
    ["ETHUSDT", "BTCUSDT", "ETHUSDT"],
  ] as const) {
    process.env.TICKBOOK_SYMBOLS = asked;
    assert.deepEqual(collectedPair({ source: db }), { y, x });
    const pair = watchPair({ source: db, interval: "1s", window: 5, calibrationBars: 5 });
    assert.equal(pair.candles(y).kind, "chart");
    assert.match(pair.table().columns[1]!.name, new RegExp(`^${y} `));
  }
});

test("without an asked list it watches what still receives trades at the venue that received one last", (t) => {
  const db = join(tempFolder(t), "x.db");
  const hourLater = T0 + 3_600_000_000;
  const add = (venue: Venue, symbols: readonly string[], receivedUs: number): void => {
    const writer = openWriter(db, { venue, symbols });
    const trades = symbols.map((symbol, i) =>
      trade(1 + receivedUs - T0, { symbol, receivedUs: receivedUs + i }),
    );
    writer.append(batchOf(trades, symbols), receivedUs);
    writer.close();
  };
  add(REPLAY, ["BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT"], T0);
  assert.deepEqual(collectedPair({ source: db }), { y: "ETHUSDT", x: "BTCUSDT" });
  add(REPLAY, ["SOLUSDT", "BNBUSDT"], hourLater);
  assert.deepEqual(collectedPair({ source: db }), { y: "BNBUSDT", x: "SOLUSDT" });
  add(BINANCE, ["XRPUSDT", "TRXUSDT"], hourLater + 1000);
  assert.deepEqual(collectedPair({ source: db }), { y: "TRXUSDT", x: "XRPUSDT" });
});

test("a store that holds fewer than two symbols is told what is needed", (t) => {
  const db = join(tempFolder(t), "x.db");
  openWriter(db, { venue: BINANCE, symbols: ["BTCUSDT"] }).close();
  assert.throws(() => watchPair({ source: db, interval: "1s", window: 5, calibrationBars: 5 }), {
    message:
      /x\.db: needs two symbols that are collected; the database holds BTCUSDT\. Collect them: npm start/,
  });
});

test("a cell that is run again leaves no database open behind it", (t) => {
  const db = stored(t, seconds(12), REPLAY);
  const watch = (): PairWatch =>
    watchPair({ y: "ETHUSDT", x: "BTCUSDT", interval: "1s", window: 5, calibrationBars: 5, source: db });
  const handles = (): number =>
    readdirSync("/proc/self/fd").filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(db);
      } catch {
        return false;
      }
    }).length;
  const before = watch();
  const first = handles();
  for (let i = 0; i < 5; i++) watch();
  assert.equal(handles(), first);
  assert.equal(before.candles("ETHUSDT").kind, "chart", "what was watched before goes on");
  rmSync(db);
  renameSync(stored(t, seconds(20), REPLAY), db);
  assert.equal(watch().frame().closed.y.length, 18, "another file of the same name is another database");
  assert.equal(handles(), first);
});
