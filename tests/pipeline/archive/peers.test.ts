import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { Trade } from "../../../src/core/trade.ts";
import { archive } from "../../../src/pipeline/archive/archive.ts";
import { fewDays, storeTrades } from "../../support/archive.ts";
import { archivePython } from "../../support/archive-python.ts";
import { projectRoot } from "../../support/project.ts";
import { tempFolder } from "../../support/temp.ts";

test("DuckDB and Polars of Python read the archive as it was stored", (t) => {
  const python = archivePython();
  if (python === undefined) return t.skip("no Python with duckdb and polars");
  const db = join(tempFolder(t), "x.db");
  const trades = fewDays(600);
  // a symbol that has to be encoded in a path
  const odd = trades.map((one) => (one.symbol === "PEPEUSDT" ? { ...one, symbol: "BTC/USD 1.5" } : one));
  storeTrades(db, odd, undefined, ["BTCUSDT", "BTC/USD 1.5"]);
  archive({ db, nowUs: 1, partRows: 100 });
  const pattern = join(dirname(db), "archive", "**", "*.parquet");
  const script = join(projectRoot, "tests", "support", "archive_peers.py");
  const { status, stdout, stderr } = spawnSync(python, [script, pattern], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const seen = JSON.parse(stdout) as Record<"duckdb" | "polars", (string | number)[][]>;

  const dateOf = (us: number): string => new Date(us / 1000).toISOString().slice(0, 10);
  const groups = new Map<string, Trade[]>();
  for (const one of odd) {
    const key = `${one.symbol} ${dateOf(one.tradeTimeUs)}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const expected = [...groups.values()]
    .filter((group) => dateOf(group[0]!.tradeTimeUs) !== "2024-08-11")
    .map((group) => {
      const e8 = (text: string): bigint => {
        const [whole, fraction = ""] = text.split(".");
        return BigInt(whole! + fraction.padEnd(8, "0"));
      };
      const places = (text: string): number => 8 - (text.split(".")[1]?.length ?? 0);
      const sum = (of: (one: Trade) => number): number => group.reduce((total, one) => total + of(one), 0);
      const ids = group.map(({ id }) => id);
      const begin = new Date(Math.min(...group.map(({ tradeTimeUs }) => tradeTimeUs)) / 1000).toISOString();
      return [
        "binance",
        group[0]!.symbol,
        dateOf(group[0]!.tradeTimeUs),
        group.length,
        Math.min(...ids),
        Math.max(...ids),
        String(group.reduce((total, { price }) => total + e8(price), 0n)),
        String(group.reduce((total, { qty }) => total + e8(qty), 0n)),
        sum(({ eventTimeUs }) => (eventTimeUs === null ? 0 : 1)),
        sum(({ isBuyerMaker }) => (isBuyerMaker ? 1 : 0)),
        sum(({ source }) => ["ws", "rest", "import"].indexOf(source)),
        sum(({ price, qty }) => places(price) * 9 + places(qty)),
        begin.slice(0, 19).replace("T", " "),
      ];
    })
    .sort((a, b) => (`${a[1]} ${a[2]}` < `${b[1]} ${b[2]}` ? -1 : 1));
  for (const program of ["duckdb", "polars"] as const) {
    const found = seen[program]
      .map((row) => row.map((value, i) => (i === 12 ? String(value).slice(0, 19) : value)))
      .sort((a, b) => (`${a[1]} ${a[2]}` < `${b[1]} ${b[2]}` ? -1 : 1));
    assert.deepEqual(found, expected, program);
  }
});
