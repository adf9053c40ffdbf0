import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { exportCsv, exportParquet } from "../../../src/app/export/export.ts";
import { e8ToText } from "../../../src/core/decimal.ts";
import { type Random, random } from "../../../src/core/random.ts";
import { readBars } from "../../../src/pipeline/bars/read-bars.ts";
import { openReader } from "../../../src/pipeline/store/read/reader.ts";
import type { TradeStore } from "../../../src/pipeline/store/trade-store.ts";
import { importing, put, rows } from "../../support/import.ts";
import { tempFolder } from "../../support/temp.ts";

const T = Date.UTC(2024, 0, 1) * 1000;
/** More of them in the long tests. */
const SEEDS = Number(process.env.TICKBOOK_SEEDS ?? 1);
const FORMATS = ["csv", "csv.gz", "parquet", "excel.csv"] as const;

const whole = (source: Random, below: number): number => Math.floor(source.uniform() * below);

/** Decimal text of any size and so many decimals that a market could have. */
function decimal(source: Random): string {
  const decimals = whole(source, 9);
  const digits = 1 + whole(source, Math.min(9, 18 - decimals));
  const e8 = BigInt(1 + whole(source, 10 ** digits)) * 10n ** BigInt(8 - decimals);
  return e8ToText(e8, decimals);
}

/** Lines of Binance's trades or merged trades, with quiet stretches and ids that skip. */
function lines(source: Random, count: number, isMerged: boolean): string {
  let [id, us] = [1000 + whole(source, 1e9), T];
  return Array.from({ length: count }, (_, i) => {
    us += whole(source, source.uniform() < 0.05 ? 40e6 : 2e6);
    id += source.uniform() < 0.02 ? 1 + whole(source, 5) : 0;
    const first = id;
    id += isMerged ? 1 + whole(source, 3) : 1;
    const [price, qty, side] = [decimal(source), decimal(source), source.uniform() < 0.5 ? "True" : "False"];
    const time = Math.floor(us / 1000);
    return isMerged
      ? `${i + 1},${price},${qty},${first},${id - 1},${time},${side},True\n`
      : `${first},${price},${qty},1,${time},${side},True\n`;
  }).join("");
}

function out(store: TradeStore, path: string, what: "trades" | "bars", interval?: string): string {
  const [series] = store.series();
  const settings = { what, ...(interval !== undefined && { interval }) };
  if (path.endsWith("parquet")) exportParquet(store, series!, path, settings);
  else exportCsv(store, series!, path, { ...settings, excel: path.endsWith("excel.csv") });
  return path;
}

function opened(t: TestContext, db: string): TradeStore {
  const store = openReader(db);
  t.after(() => store.close());
  return store;
}

const BARS =
  "SELECT interval_us, start_us, open, high, low, close, volume, quote_volume, trade_count, taker_buy_volume FROM imported_bars ORDER BY start_us";

/** Bars as `BARS` gives them. */
function barRows(store: TradeStore, interval: string): unknown[] {
  const [[bars]] = readBars(store, store.series(), { every: [interval] }) as never as [
    [ReturnType<typeof readBars>[0][0]],
  ];
  const { intervalUs, startUs, open, high, low, close, volume, quoteVolume, tradeCount, takerBuyVolume } =
    bars!;
  const newestUs = store.newest(store.series()[0]!)!.timeUs;
  return Array.from(startUs, (us, i) =>
    [us, open[i], high[i], low[i], close[i], volume[i], quoteVolume[i], tradeCount[i], takerBuyVolume[i]].map(
      (value) => (Number.isNaN(value) ? null : value),
    ),
  )
    .filter(([us]) => us! + intervalUs < newestUs)
    .map((row) => [intervalUs, ...row]);
}

for (const kind of ["trades", "merged trades", "single and merged trades"] as const) {
  test(`${kind} and bars made of them import again from every format as they were exported`, async (t) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const source = random(1000 * kind.length + seed);
      const folder = tempFolder(t);
      const db = join(folder, "x.db");
      const name = kind === "trades" ? "trades" : "aggTrades";
      await importing(
        put(
          folder,
          `AAAUSDT-${name}-2024-01.csv`,
          lines(source, 300 + whole(source, 300), kind !== "trades"),
        ),
        db,
      );
      if (kind === "single and merged trades") {
        // single trades take the place of some merged ones
        const [[first]] = rows(db, "SELECT first_id FROM agg_trades ORDER BY agg_id DESC LIMIT 1") as [
          [number],
        ];
        const more = Array.from(
          { length: 20 },
          (_, i) =>
            `${first + 10 + i},${decimal(source)},${decimal(source)},1,${T / 1000 + 3_600_000 + i * 777},True,True\n`,
        );
        await importing(put(folder, "AAAUSDT-trades-2024-01.csv", more.join("")), db);
      }
      const store = opened(t, db);
      const { holes: _, ...trades } = store.trades(store.series()[0]!);
      for (const format of FORMATS) {
        const again = join(folder, `${format}.db`);
        const file = out(store, join(folder, `trades-${seed}.${format}`), "trades");
        const { stored, told } = await importing(file, again);
        assert.equal(stored, trades.length, `${kind} ${seed} ${format} ${told.join(" ")}`);
        const back = opened(t, again);
        const { holes: __, ...read } = back.trades(back.series()[0]!);
        assert.deepEqual(
          { ...read, lastId: read.lastId ?? read.id },
          { ...trades, lastId: trades.lastId ?? trades.id },
          `${kind} ${seed} ${format}`,
        );
        const interval = ["1s", "1m", "5m"][(seed + FORMATS.indexOf(format)) % 3]!;
        const bars = join(folder, `${format}-bars.db`);
        await importing(out(store, join(folder, `bars-${seed}.${format}`), "bars", interval), bars);
        assert.deepEqual(rows(bars, BARS), barRows(store, interval), `${kind} ${seed} ${format} ${interval}`);
      }
    }
  });
}

test("prices and quantities of 10 and more digits before the point keep all eight behind it: single, merged and both", async (t) => {
  const E8 =
    "SELECT first, cast(price AS TEXT), cast(qty AS TEXT) FROM (SELECT trade_id AS first, price_e8 AS price, qty_e8 AS qty FROM trades UNION ALL SELECT first_id, price_e8, qty_e8 FROM agg_trades) ORDER BY first";
  const source = random(7);
  const long = (): string => e8ToText(BigInt(whole(source, 9e9)) * 1_000_000_000n + 123_456_789n, 8);
  const times = (i: number): string => new Date(T / 1000 + i * 1000).toISOString();
  for (const widths of [[1], [3], [1, 3]]) {
    let id = 1;
    const lines = Array.from({ length: 60 }, (_, i) => {
      const first = id;
      id += widths[i % widths.length]!;
      return `X,${first},${id - 1},${times(i)},${long()},${i % 5 === 0 ? "0.00000001" : long()},buy\n`;
    });
    const folder = tempFolder(t);
    const db = join(folder, "x.db");
    await importing(put(folder, "x.csv", `symbol,id,last_id,time,price,qty,side\n${lines.join("")}`), db);
    const store = opened(t, db);
    for (const format of ["csv", "csv.gz", "excel.csv"]) {
      const again = join(folder, `${format}.db`);
      await importing(out(store, join(folder, `y.${format}`), "trades"), again);
      assert.deepEqual(rows(again, E8), rows(db, E8), `${widths} ${format}`);
    }
    assert.throws(() => out(store, join(folder, "y.parquet"), "trades"), /a double can tell in price.*CSV/);
  }
});

test("bars that came as bars import again from every format: closes alone, days of a zone, gaps", async (t) => {
  const hours = (i: number): string => new Date(T / 1000 + i * 3_600_000).toISOString();
  const sources: readonly (readonly [
    name: string,
    text: string,
    options: { tz?: string; interval?: string },
  ])[] = [
    [
      "hours",
      `time,open,high,low,close,volume\n${Array.from({ length: 40 }, (_, i) => `${hours(i + (i > 20 ? 9 : 0))},1.1,2.5,0.9,1.${100 + i},0.${i + 1}\n`).join("")}`,
      {},
    ],
    [
      "closes",
      `time,close\n${Array.from({ length: 9 }, (_, i) => `${hours(2 * i)},1.${200 + i}\n`).join("")}`,
      {},
    ],
    ["one", "time,close\n2024-01-01,1.234\n", { interval: "1d" }],
    [
      "days of New York",
      `date,close\n${Array.from({ length: 120 }, (_, i) => `${new Date(T / 1000 + i * 86_400_000).toISOString().slice(0, 10)},${1 + i / 8}\n`).join("")}`,
      { tz: "America/New_York" },
    ],
  ];
  for (const [name, text, options] of sources) {
    const folder = tempFolder(t);
    const db = join(folder, "x.db");
    await importing(put(folder, "x.csv", text), db, { symbol: "AAA", ...options });
    const store = opened(t, db);
    const imported = store.importedBars();
    const { intervalUs } = imported.intervals(store.series()[0]!)[0]!;
    imported.close();
    for (const format of FORMATS) {
      const again = join(folder, `${format}.db`);
      const path = join(folder, `y.${format}`);
      await importing(out(store, path, "bars", `${intervalUs / 3_600e6}h`), again);
      assert.deepEqual(rows(again, BARS), rows(db, BARS), `${name} ${format}`);
    }
  }
});

test("bars by trades or volume are refused as bars, whatever their times", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const text = Array.from({ length: 30 }, (_, i) => `${i + 1},5,1,1,${T / 1000 + i * 1000},True,True\n`).join(
    "",
  );
  await importing(put(folder, "AAAUSDT-trades-2024-01.csv", text), db);
  const store = opened(t, db);
  for (const format of FORMATS)
    await assert.rejects(
      importing(out(store, join(folder, `x.${format}`), "bars", "1 trades"), join(folder, "y.db")),
      /needs bars of a length of time; got bars by "1 trades"/,
    );
});

test("an import of single and merged trades is taken back whole", async (t) => {
  const { undoImport } = await import("../../../src/pipeline/store/write/undo-import.ts");
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  await importing(
    put(
      folder,
      "mine.csv",
      "symbol,id,last_id,time,price,qty,side\nX,1,1,2024-01-01T00:00:00Z,5,1,buy\nX,2,4,2024-01-01T00:00:01Z,6,2,sell\n",
    ),
    db,
  );
  const counts = (): unknown[] =>
    rows(db, "SELECT (SELECT count(*) FROM trades), (SELECT count(*) FROM agg_trades)");
  assert.deepEqual(counts(), [[1, 1]]);
  const [undone] = undoImport(db, { file: "mine.csv", sha256: undefined }, T);
  assert.equal(undone!.removed, 2);
  assert.deepEqual(counts(), [[0, 0]]);
});
