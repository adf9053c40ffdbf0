import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as aq from "arquero";
import pl from "nodejs-polars";
import type { Bars } from "../../../src/core/bars.ts";
import { ownBundle } from "../../../src/notebook/view/specs.ts";
import { tableOf } from "../../../src/notebook/view/tables.ts";
import { resultView, viewOf } from "../../../src/notebook/view/views.ts";

/** A table as its columns' values and kinds. */
function columns(value: unknown): Record<string, { kind?: string | undefined; values: unknown[] }> {
  const table = tableOf(value);
  assert.ok(table, "it is a table");
  return Object.fromEntries(
    table.columns.map(({ name, kind, values }) => [
      name,
      { kind, values: Array.from({ length: table.length }, (_, i) => values[i]) },
    ]),
  );
}

const text = (value: unknown, options = {}): string => {
  const view = viewOf(value, options);
  assert.ok(view.kind === "html");
  return view.text;
};

describe("tables of a Polars frame", () => {
  it("hold every type's values, times to the microsecond and 64-bit integers exactly", () => {
    const frame = pl.DataFrame({
      us: pl.Series("us", [1_723_161_255_342_123n, null]).cast(pl.Datetime("us")),
      ms: pl.Series("ms", [1_723_161_255_342n, null]).cast(pl.Datetime("ms")),
      price: [61837.63, null],
      side: ["buy", "<b>sell</b>"],
      id: pl.Series("id", [9_007_199_254_740_993n, 2n]).cast(pl.Int64),
      big: pl.Series("big", [2n ** 63n, 1n]),
      small: pl.Series("small", [1, 2], pl.Int32),
      flag: [true, false],
      list: [[1, 2], [3]],
    });
    const found = columns(frame);
    assert.deepEqual(found.us, { kind: "time", values: [1_723_161_255_342_123, null] });
    assert.deepEqual(found.ms, { kind: "time", values: [1_723_161_255_342_000, null] });
    assert.deepEqual(found.price, { kind: "number", values: [61837.63, null] });
    assert.deepEqual(found.side, { kind: undefined, values: ["buy", "<b>sell</b>"] });
    assert.deepEqual(found.id?.values.map(String), ["9007199254740993", "2"]);
    assert.deepEqual(found.big, { kind: "integer", values: [2n ** 63n, 1n] });
    assert.deepEqual(found.small, { kind: "integer", values: [1, 2] });
    assert.deepEqual(found.flag?.values, [true, false]);
    assert.equal(JSON.stringify(found.list?.values), "[[1,2],[3]]");
  });

  it("name the type of each column in their head, as Polars writes it", () => {
    const frame = pl.DataFrame({
      f: [1.5],
      s: ["x"],
      b: [true],
      l: [[1, 2]],
      i: pl.Series("i", [1], pl.Int32),
      u: [2n],
      d: pl.Series("d", [new Date(0)]).cast(pl.Date),
      t: pl.Series("t", [new Date(0)]).cast(pl.Datetime("ms", "UTC")),
      c: pl.Series("c", ["x"]).cast(pl.Categorical),
    });
    assert.deepEqual(
      tableOf(frame)!.columns.map(({ name, unit }) => `${name}: ${unit}`),
      [
        "f: f64",
        "s: str",
        "b: bool",
        "l: list[f64]",
        "i: i32",
        "u: u64",
        "d: date",
        "t: datetime[ms, UTC]",
        "c: cat",
      ],
    );
    assert.equal(ownBundle(frame), undefined, "Polars' own display names no types");
  });

  it("are cut in the middle and say how many rows there are, without reading the rest", () => {
    const frame = pl.DataFrame({ n: Array.from({ length: 200_000 }, (_, i) => i) });
    assert.equal(
      text(frame, { maxRows: 4 })
        .split("\n")
        .map((line) => line.trim())
        .join("|"),
      "n (f64)|0|1|… 200,000 rows in all|199,998|199,999",
    );
    assert.equal(text(pl.DataFrame({ n: [] })), "n (f64)\nno rows");
  });

  it("are made of a series, too", () => {
    assert.deepEqual(columns(pl.Series("x", [1, 2])), { x: { kind: "number", values: [1, 2] } });
  });
});

describe("tables", () => {
  it("of Arquero follow its filter and its order", () => {
    const table = aq
      .table({ a: [3, 1, 2], at: [new Date(3), new Date(1), new Date(2)] })
      .filter((row: { a: number }) => row.a > 1)
      .orderby("a");
    assert.deepEqual(columns(table), {
      a: { kind: undefined, values: [2, 3] },
      at: { kind: undefined, values: [new Date(2), new Date(3)] },
    });
  });

  it("of objects have a column for every key that a row has", () => {
    assert.deepEqual(columns([{ a: 1 }, { b: "x", a: 2 }]), {
      a: { kind: undefined, values: [1, 2] },
      b: { kind: undefined, values: [undefined, "x"] },
    });
    assert.match(text([{ price: 1.5, note: "<script>" }]), /price\s+note\n\s+1\.5\s+<script>/);
    const view = viewOf([{ note: "<script>alert(1)</script>" }]);
    assert.ok(view.kind === "html" && !view.html.includes("<script>"));
  });

  it("show numbers whose name ends in Us or _us as times when they are times", () => {
    const rows = [{ startUs: 1_723_161_255_342_123, trade_time_us: 1_723_161_255_342_000n, tookUs: 1500 }];
    assert.deepEqual(
      tableOf(rows)?.columns.map(({ name, kind }) => [name, kind]),
      [
        ["startUs", "time"],
        ["trade_time_us", "time"],
        ["tookUs", undefined],
      ],
    );
    assert.match(text(rows), /2024-08-08T23:54:15\.342123Z/);
    assert.match(text({ startUs: 1_723_161_255_342_000 }), /startUs\s+2024-08-08T23:54:15\.342Z/);
  });

  it("of columns, plain objects, maps and plain lists", () => {
    assert.deepEqual(columns({ x: new Float64Array([1, 2]), y: ["a", "b"] }), {
      x: { kind: undefined, values: [1, 2] },
      y: { kind: undefined, values: ["a", "b"] },
    });
    assert.deepEqual(columns({ beta: 0.5, symbol: "BTC" }).value?.values, [0.5, "BTC"]);
    assert.deepEqual(columns(new Map([["k", 1]])).name?.values, ["k"]);
    assert.deepEqual(columns([1, 2]).value?.values, [1, 2]);
    assert.deepEqual(columns(new Float64Array([1, 2])).value?.values, [1, 2]);
  });

  it("of bars carry the label of a venue that is not real", () => {
    const of = (value: number): Float64Array => Float64Array.of(value);
    const bars: Bars = {
      venue: { name: "sim-seed7", kind: "simulated", detail: "seed 7" },
      symbol: "BTCUSDT",
      rule: { by: "time", intervalUs: 300_000_000 },
      intervalUs: 300_000_000,
      length: 1,
      startUs: of(1_723_161_000_000_000),
      endUs: of(1_723_161_300_000_000),
      open: of(1),
      high: of(3),
      low: of(0.5),
      close: of(2),
      volume: of(10),
      quoteVolume: of(15),
      vwap: of(1.5),
      tradeCount: of(4),
      takerBuyVolume: of(6),
      firstId: of(1),
      lastId: of(4),
      complete: Uint8Array.of(1),
    };
    const shown = text(bars);
    assert.match(shown, /^BTCUSDT, bars of 5m · SIMULATED · seed 7\n/);
    assert.match(shown, /2024-08-08T23:50:00Z/);
    assert.match(shown, / open \(USDT\) .* volume \(BTC\) .* trades /);
  });

  it("show the columns asked for, in their order, and refuse one that is not there", () => {
    const rows = [{ a: 1, b: 2, c: 3 }];
    assert.deepEqual(
      tableOf(rows, { columns: ["c", "a"] })?.columns.map(({ name }) => name),
      ["c", "a"],
    );
    assert.throws(
      () => tableOf(rows, { columns: ["x"] }),
      /show: there is no column "x"; the columns are a, b, c\. Name columns/,
    );
  });
});

describe("viewOf", () => {
  it("takes views and results as they show themselves, and everything else as text", () => {
    const chart = { kind: "chart", spec: { mark: "line" } } as const;
    assert.equal(viewOf(chart), chart);
    assert.equal(viewOf({ toView: () => chart }), chart);
    assert.equal(text("a < b"), "a < b");
    assert.equal(text(undefined), "undefined");
    assert.equal(
      text(
        new (class Result {
          beta = 1;
        })(),
      ),
      "Result { beta: 1 }",
    );
  });

  it("leaves plain values that end a cell to the kernel's text, and shows tables and results", () => {
    for (const value of [1, "x", { a: 1 }, [1, 2], [{ a: 1 }], null])
      assert.equal(resultView(value), undefined);
    assert.equal(resultView(pl.DataFrame({ a: [1] }))?.kind, "html");
    assert.equal(resultView(aq.table({ a: [1] }))?.kind, "html");
    assert.equal(resultView({ toView: () => ({ kind: "html", html: "x", text: "x" }) })?.kind, "html");
  });
});
