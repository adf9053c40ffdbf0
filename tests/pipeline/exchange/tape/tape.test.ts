import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import pl from "nodejs-polars";
import type { MarketSource, MarketTrade } from "../../../../src/pipeline/exchange/source.ts";
import { readTape } from "../../../../src/pipeline/exchange/tape/tape.ts";
import { sharedData } from "../../../support/shared-data.ts";
import { zipOf } from "../../../support/zip.ts";

const HEADER = "trade_id,price,qty,trade_time_ms,event_time_ms,is_buyer_maker";
const ROW = "5,61837.63000000,0.02,1723161255342,1723161255343,true";

const root = mkdtempSync(join(tmpdir(), "tickbook-tape-"));
after(() => rmSync(root, { recursive: true }));
const temporaryFolder = (): string => mkdtempSync(join(root, "t-"));

function write(name: string, content: string | Buffer): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

function tape(lines: readonly string[], name = "spot_BTCUSDT_trades.csv"): Promise<MarketSource> {
  return readTape([write(name, `${lines.join("\n")}\n`)]);
}

const all = (source: MarketSource): readonly MarketTrade[] =>
  source.between(source.startUs - 1, source.endUs);

test("a tape gives back its text, times and flags as they are", async () => {
  const source = await tape([HEADER, ROW, "6,61837.6,1,1723161255342,1723161255344,False"]);
  assert.deepEqual(all(source), [
    {
      symbol: 0,
      id: 5,
      aggregateId: 0,
      price: "61837.63000000",
      qty: "0.02",
      tradeTimeUs: 1723161255342000,
      eventTimeUs: 1723161255343000,
      isBuyerMaker: true,
    },
    {
      symbol: 0,
      id: 6,
      aggregateId: 1,
      price: "61837.6",
      qty: "1",
      tradeTimeUs: 1723161255342000,
      eventTimeUs: 1723161255344000,
      isBuyerMaker: false,
    },
  ]);
});

test("columns may stand in any order, with others between them, in microseconds, with a symbol of their own", async () => {
  const source = await tape(
    [
      "symbol,extra,is_buyer_maker,event_time_us,trade_time_us,qty,price,trade_id",
      "ETHUSDT,x,true,1723161255343001,1723161255342001,2,2683.8,7",
      '"BTCUSDT",,false,1723161255343000,1723161255342000,"1",61837.6,9',
    ],
    "mine.csv",
  );
  assert.deepEqual(
    all(source).map(({ symbol, id, eventTimeUs }) => [source.symbols[symbol]!.symbol, id, eventTimeUs]),
    [
      ["BTCUSDT", 9, 1723161255343000],
      ["ETHUSDT", 7, 1723161255343001],
    ],
  );
});

test("recorded WebSocket lines are played without what is not a trade, days of a symbol joined", async () => {
  const line = (id: number, ms: number): string =>
    `1723161254087896568 {"stream":"btcusdt@trade","data":{"e":"trade","E":${ms + 1},"s":"BTCUSDT","t":${id},"p":"61837.63000000","q":"0.02","T":${ms},"m":true,"M":true,"b":1,"a":2}}\n`;
  const quote =
    '1723161254087896569 {"stream":"btcusdt@bookTicker","data":{"u":1,"s":"BTCUSDT","b":"1","B":"1","a":"2","A":"1"}}\n';
  const folder = temporaryFolder();
  writeFileSync(join(folder, "btcusdt_20240809.gz"), gzipSync(line(7, 1723161600000)));
  writeFileSync(
    join(folder, "btcusdt_20240808.gz"),
    gzipSync(quote + line(5, 1723161255342) + quote + line(6, 1723161255342)),
  );
  const source = await readTape([folder]);
  assert.deepEqual(
    all(source).map(({ id }) => id),
    [5, 6, 7],
  );
  assert.deepEqual(
    source.trades(0, 6, 6, 10).map(({ tradeTimeUs }) => tradeTimeUs),
    [1723161255342000],
  );
});

test("symbols merge by event time, then by receipt, and a symbol's ids never change places", async () => {
  const folder = temporaryFolder();
  const header = `${HEADER},local_recv`;
  writeFileSync(
    join(folder, "spot_AAAUSDT_trades.csv"),
    `${header}\n1,1,1,1723161255000,1723161255005,true,300\n2,1,1,1723161255000,1723161255003,true,100\n3,1,1,1723161255000,1723161255009,true,400\n`,
  );
  writeFileSync(
    join(folder, "spot_BBBUSDT_trades.csv"),
    `${header}\n1,1,1,1723161255000,1723161255005,true,200\n2,1,1,1723161255000,1723161255009,true,500\n`,
  );
  const source = await readTape([folder]);
  assert.deepEqual(
    all(source).map(({ symbol, id }) => `${"AB"[symbol]}${id}`),
    ["B1", "A1", "A2", "A3", "B2"],
  );
});

test("fills of one order at one price are one aggregate", async () => {
  const source = await tape([
    HEADER,
    "1,10,1,1723161255000,1723161255001,true",
    "2,10,2,1723161255000,1723161255001,true",
    "3,11,1,1723161255000,1723161255001,true",
    "4,11,1,1723161255000,1723161255001,false",
    "6,11,1,1723161255000,1723161255001,false",
  ]);
  assert.deepEqual(
    all(source).map(({ aggregateId }) => aggregateId),
    [0, 0, 1, 2, 3],
  );
  assert.equal(source.firstIdOfAggregate(0, 2), 4);
});

test("questions by id and time find their place, across a hole in the recording", async () => {
  const source = await tape([
    HEADER,
    "10,1,1,1723161255000,1723161255001,true",
    "11,1,1,1723161256000,1723161256001,true",
    "20,1,1,1723161257000,1723161257001,true",
  ]);
  assert.equal(source.firstId(0), 10);
  assert.equal(source.lastId(0, 1723161255000000, "event"), 9);
  assert.equal(source.lastId(0, 1723161255000000, "trade"), 10);
  assert.equal(source.lastId(0, 1723161256500000, "event"), 11);
  assert.deepEqual(
    source.trades(0, 11, 30, 9).map(({ id }) => id),
    [11, 20],
  );
  assert.deepEqual(
    source.between(1723161255001000, 1723161256001000).map(({ id }) => id),
    [11],
  );
});

test("tick and step sizes are the finest that occur", async () => {
  const source = await tape([HEADER, "1,10.50000000,3,1723161255000,1723161255001,true"]);
  assert.deepEqual(source.symbols, [
    { symbol: "BTCUSDT", base: "BTC", quote: "USDT", tickSize: "0.10000000", stepSize: "1.00000000" },
  ]);
});

test("the recorded Bitcoin and Ether tape is its CSV, field for field, from either kind of file", async () => {
  const folder = sharedData("binance-spot-20240808");
  if (folder === undefined) return;
  const source = await readTape([folder]);
  assert.equal(source.name, "replay-binance-spot-20240808");
  for (const [symbol, { symbol: name }] of source.symbols.entries()) {
    const rows = readFileSync(join(folder, `spot_${name}_trades.csv`), "utf8")
      .trim()
      .split("\n")
      .slice(1);
    const trades = source.trades(symbol, 0, Number.MAX_SAFE_INTEGER, 1e9);
    assert.deepEqual(
      trades.map((t) =>
        [t.id, t.price, t.qty, t.tradeTimeUs / 1000, t.eventTimeUs / 1000, t.isBuyerMaker].join(),
      ),
      rows.map((row) => row.split(",").slice(0, 6).join()),
    );
  }
  const raw = await readTape(["20240808", "20240809"].map((day) => join(folder, `spot_ethusdt_${day}.gz`)));
  const eth = source.symbols.findIndex(({ symbol }) => symbol === "ETHUSDT");
  const strip = (trades: readonly MarketTrade[]): unknown => trades.map((trade) => ({ ...trade, symbol: 0 }));
  assert.deepEqual(
    strip(raw.trades(0, 0, Number.MAX_SAFE_INTEGER, 1e9)),
    strip(source.trades(eth, 0, Number.MAX_SAFE_INTEGER, 1e9)),
  );
});

for (const [what, row, says] of [
  [
    "a fraction as id",
    ROW.replace("5,", "5.5,"),
    /line 2: trade_id must be a whole number from 0 to 2\^53 - 1; got "5\.5"\./,
  ],
  ["an id above 2^53", ROW.replace("5,", "9007199254740993,"), /trade_id must be a whole number/],
  [
    "a price in exponent form",
    ROW.replace("61837.63000000", "6e4"),
    /price must be a plain decimal number above 0; got "6e4"/,
  ],
  ["a price of zero", ROW.replace("61837.63000000", "0.00"), /price must be/],
  ["a negative quantity", ROW.replace("0.02", "-1"), /qty must be a plain decimal number above 0; got "-1"/],
  [
    "seconds instead of milliseconds",
    ROW.replace("1723161255342", "1723161255"),
    /trade_time_ms must be a time since 1970 in milliseconds; got "1723161255"/,
  ],
  ["a flag that is neither", ROW.replace("true", "buy"), /is_buyer_maker must be true or false; got "buy"/],
  ["a field too few", "5,1,1", /line 2: needs 6 fields, as the header has; got 3 in "5,1,1"/],
] as const) {
  test(`${what} is refused with file and line`, async () => {
    await assert.rejects(tape([HEADER, row]), { code: "bad-tape", message: says });
  });
}

test("ids that repeat or descend are refused", async () => {
  await assert.rejects(
    tape([HEADER, ROW, ROW]),
    /line 3: trade ids of "BTCUSDT" must ascend; got 5 after 5\. Sort/,
  );
});

test("a tape without a header, or without a column, is refused with what is missing", async () => {
  await assert.rejects(tape([ROW]), /line 1: needs a CSV header with the columns trade_id.*missing in "5,/);
  await assert.rejects(tape([HEADER.replace("qty,", ""), ROW]), /; qty missing in/);
});

test("an empty file, an empty folder and a header alone are refused", async () => {
  await assert.rejects(readTape([write("spot_A_trades.csv", "")]), /must hold at least one trade; got none/);
  await assert.rejects(tape([HEADER]), /must hold at least one trade; got none/);
  await assert.rejects(readTape([temporaryFolder()]), /must hold files named .* got an empty folder/);
});

test("a symbol is asked for where neither file nor lines name one, and taken from SYMBOL=PATH", async () => {
  const path = write("mine.csv", `${HEADER}\n${ROW}\n`);
  await assert.rejects(readTape([path]), /line 1: needs a symbol.*Pass it as SYMBOL=PATH/);
  const source = await readTape([`SOLUSDT=${path}`]);
  assert.deepEqual(
    source.symbols.map(({ symbol }) => symbol),
    ["SOLUSDT"],
  );
  assert.equal(source.name, "replay-mine");
});

test("other encodings and cut gzip files are refused", async () => {
  const text = `${HEADER}\n${ROW}\n`;
  await assert.rejects(
    readTape([write("spot_A_trades.csv", Buffer.from(text, "utf16le"))]),
    /needs a CSV header|must be UTF-8/,
  );
  const latin = Buffer.concat([Buffer.from(text), Buffer.from([0xe4, 0x0a])]);
  await assert.rejects(readTape([write("spot_A_trades.csv", latin)]), /must be UTF-8 text; got other bytes/);
  const zipped = gzipSync(text);
  await assert.rejects(
    readTape([write("a_BTCUSDT_trades.csv.gz", zipped.subarray(0, -10))]),
    /must be a whole gzip file/,
  );
  await assert.rejects(readTape([write("a.gz", "no gzip")]), /no gzip file, whatever its name says/);
});

test("a byte order mark, Windows line ends and a missing last line end are no fault", async () => {
  const source = await readTape([
    write("spot_BTCUSDT_trades.csv", `\uFEFF${HEADER}\r\n${ROW}\r\n${ROW.replace("5,", "6,")}`),
  ]);
  assert.equal(all(source).length, 2);
});

test("any file of single trades is a tape: a published zip, Parquet, another program's CSV", async () => {
  const published = zipOf({
    name: "BTCUSDT-trades-2024-01-01.csv",
    content: "5,61837.63000000,0.02,1,1704067200342,True,True\n6,61837.6,1,1,1704067200343,False,True\n",
  });
  const tardis =
    "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\nbinance,BTCUSDT,1704067200342000,1704067200342900,5,sell,61837.63000000,0.02\nbinance,BTCUSDT,1704067200343000,1704067200343900,6,buy,61837.6,1\n";
  const frame = pl.DataFrame({
    id: [5, 6],
    price: ["61837.63000000", "61837.6"],
    qty: ["0.02", "1"],
    time: [1704067200342, 1704067200343],
    is_buyer_maker: [true, false],
  });
  const parquet = join(temporaryFolder(), "BTCUSDT.parquet");
  writeFileSync(parquet, frame.writeParquet({}));
  for (const path of [
    write("BTCUSDT-trades-2024-01-01.zip", published),
    write("tardis.csv", tardis),
    parquet,
  ]) {
    const source = await readTape([path]);
    assert.deepEqual(
      source.symbols.map(({ symbol }) => symbol),
      ["BTCUSDT"],
      path,
    );
    assert.deepEqual(
      all(source).map(({ id, price, qty, tradeTimeUs, eventTimeUs, isBuyerMaker }) => [
        id,
        price,
        qty,
        tradeTimeUs,
        eventTimeUs,
        isBuyerMaker,
      ]),
      [
        [5, "61837.63000000", "0.02", 1704067200342000, 1704067200342000, true],
        [6, "61837.6", "1", 1704067200343000, 1704067200343000, false],
      ],
      path,
    );
  }
  await assert.rejects(
    readTape([write("bars.csv", "time,close\n2024-01-01,1\n2024-01-02,2\n")]),
    /needs trades; it holds bars/,
  );
  await assert.rejects(
    readTape([write("x.csv", tardis.replaceAll("symbol", "market_").replaceAll("BTCUSDT", "btc"))]),
    /needs a symbol in upper case/,
  );
});
