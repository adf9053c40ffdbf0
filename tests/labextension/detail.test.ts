import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type DetailOf, detailed } from "../../labextension/src/chart/axis/detail.ts";
import type { Columns, Span } from "../../labextension/src/chart/axis/time-window.ts";
import type { Bars } from "../../src/core/bars.ts";
import { resampleBars } from "../../src/pipeline/bars/resample.ts";
import { walkBars } from "../support/bars.ts";

const START_MS = Date.UTC(2024, 7, 8, 9, 30);

function columnsOf(bars: Bars): Columns {
  const { startUs, open, high, low, close, volume, tradeCount, complete } = bars;
  return {
    t: Array.from(startUs, (us) => us / 1000),
    ...{ o: [...open], h: [...high], l: [...low], c: [...close], v: [...volume], n: [...tradeCount] },
    kind: Array.from(complete, (is) => (is ? 0 : 2)),
  };
}

const bars = (pixels: number, intervalMs = 1000): DetailOf => ({ detail: "bars", intervalMs, pixels });
const lines = (pixels: number, intervalMs = 1000): DetailOf => ({ detail: "lines", intervalMs, pixels });

describe("bars where there are more than pixels for them", () => {
  const walk = walkBars(3600, { intervalUs: 1e6, startUs: START_MS * 1000 });
  walk.complete[100] = 0;
  const rows = columnsOf(walk);
  const all: Span = { firstMs: START_MS, lastMs: START_MS + 3600e3 };

  it("are each as it is while there is room for one in two pixels", () => {
    const { rows: drawn, values, note } = detailed(rows, all, bars(7200));
    assert.deepEqual(drawn, rows);
    assert.deepEqual([values.barMs, note], [1000, ""]);
  });

  it("become those that resampling the same bars makes, of the shortest usual length that fits", () => {
    const { rows: drawn, values, note } = detailed(rows, all, bars(900));
    assert.deepEqual([values.barMs, note], [10_000, "drawn in bars of 10s"]);
    const longer = columnsOf(resampleBars(walk, 10e6));
    for (const name of ["t", "o", "h", "l", "c", "n", "kind"])
      assert.deepEqual(drawn[name], longer[name], name);
    for (const [k, volume] of (longer.v as number[]).entries())
      assert.ok(Math.abs((drawn.v as number[])[k]! - volume) <= 1e-12 * volume);
  });

  it("are whole at the edges of what is in view, and no others are drawn", () => {
    const span = { firstMs: START_MS + 123_000, lastMs: START_MS + 987_000 };
    const { rows: drawn } = detailed(rows, span, bars(174));
    const longer = columnsOf(resampleBars(walk, 10e6));
    assert.deepEqual([drawn.t?.[0], drawn.t?.at(-1)], [START_MS + 120_000, START_MS + 980_000]);
    assert.deepEqual(drawn.h, longer.h?.slice(12, 99));
  });

  it("the last one is still forming while one of it is; the newest price stays that of the newest bar", () => {
    const forming = { ...rows, kind: [...(rows.kind ?? []).slice(0, -1), 1] };
    const live = detailed(forming, all, bars(900));
    assert.equal(live.rows.kind?.at(-1), 1);
    assert.equal(live.values.newestMs, live.rows.t?.at(-1));
    const begun = { firstMs: START_MS, lastMs: START_MS + 3601e3 };
    const next = columnsOf(walkBars(3601, { intervalUs: 1e6, startUs: START_MS * 1000 }));
    assert.equal(detailed(next, begun, bars(900)).values.lastMs, START_MS + 3610e3, "room for all of it");
    const past = detailed(forming, { firstMs: START_MS, lastMs: START_MS + 600e3 }, bars(100));
    assert.equal(past.values.newestMs, START_MS + 3600e3 - past.values.barMs!);
    assert.ok(!past.rows.t?.includes(past.values.newestMs));
  });

  it("a volume that is not known is none, and beside others it is left out", () => {
    const t = [0, 1, 2, 3].map((k) => k * 1000);
    const of = { t, v: [null, 2, null, null] };
    assert.deepEqual(detailed(of, { firstMs: 0, lastMs: 4000 }, bars(4)).rows.v, [2, null]);
  });

  it("of 7 s become multiples of 7 s", () => {
    const sevens = columnsOf(walkBars(1000, { intervalUs: 7e6, startUs: 0 }));
    const { values } = detailed(sevens, { firstMs: 0, lastMs: 7e6 }, bars(200, 7000));
    assert.equal(values.barMs, 70_000);
  });

  it("are none of none", () => {
    const none = detailed({ t: [], o: [] }, all, bars(900));
    assert.deepEqual(none.rows, { t: [], o: [] });
  });
});

describe("lines where there are more values than pixels", () => {
  const t = Array.from({ length: 10_000 }, (_, k) => START_MS + 1000 * k);
  const y0 = t.map((_, k) => Math.sin(k / 50) * k);
  const span: Span = { firstMs: START_MS, lastMs: START_MS + 1e7 };

  it("keep each spike, each gap, the first and the newest value", () => {
    const spiky: (number | null)[] = [...y0];
    [spiky[1234], spiky[5678], spiky[9000]] = [1e9, -1e9, null];
    const { rows, values } = detailed({ t, y0: spiky }, span, lines(900));
    assert.ok(rows.t!.length <= 2 * 900 && rows.t!.length >= 300, `${rows.t!.length} rows`);
    for (const k of [0, 1234, 5678, 9000, 9999]) assert.ok(rows.t!.includes(t[k]), `row ${k}`);
    for (const [k, time] of rows.t!.entries()) assert.equal(rows.y0![k], spiky[t.indexOf(time as number)]);
    assert.deepEqual(values, { columns: rows.t!.length, wholeMs: 9_999_000 });
  });

  it("are each as it is where there is room, with one more beyond either edge", () => {
    const { rows } = detailed({ t, y0 }, { firstMs: t[100]!, lastMs: t[200]! }, lines(900));
    assert.deepEqual([rows.t?.[0], rows.t?.at(-1)], [t[99], t[201]]);
    assert.equal(rows.t?.length, 103);
  });

  it("keep the same values while the chart moves on, but at its edges", () => {
    const at = (k: number): readonly unknown[] =>
      detailed({ t, y0 }, { firstMs: t[k]!, lastMs: t[k]! + 5e6 }, lines(600)).rows.t!;
    const now = new Set(at(1001));
    assert.ok(at(1000).filter((time) => !now.has(time)).length <= 4);
  });
});
