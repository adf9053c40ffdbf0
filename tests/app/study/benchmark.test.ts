import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { DEFAULT_RUN, withFlags } from "../../../src/app/study/report/flags.ts";
import { runDescribed, runFingerprint } from "../../../src/app/study/run.ts";
import { figuresTable } from "../../../src/app/study/tables.ts";
import { random } from "../../../src/core/random.ts";
import { assertClose } from "../../analytics/support/assert-close.ts";
import { tempFolder } from "../../support/temp.ts";

/** Closes of three symbols by the hour; `hole`: the third has no price in these rows. */
function prices(t: Parameters<typeof tempFolder>[0], hole: readonly number[] = []): string {
  const { normal } = random(11);
  const path = join(tempFolder(t), "closes.csv");
  let [x, other, spread] = [100, 20, 0];
  const rows = Array.from({ length: 1200 }, (_, hour) => {
    x *= Math.exp(0.01 * normal());
    other *= Math.exp(0.02 * normal());
    spread = 0.9 * spread + 0.005 * normal();
    const time = new Date(Date.UTC(2026, 0, 1, hour)).toISOString();
    return [time, 2 * x * Math.exp(spread), x, hole.includes(hour) ? "" : other].join(",");
  });
  writeFileSync(path, `time,AUSDT,BUSDT,CUSDT\n${rows.join("\n")}\n`);
  return path;
}
const of = (source: string, benchmark: string, more: object = {}) =>
  runDescribed(
    withFlags(DEFAULT_RUN, { source, y: "AUSDT", x: "BUSDT", interval: "1h", benchmark, ...more }),
  );

describe("a benchmark", () => {
  test("may be a symbol of the source: what it held would have come to, a column of figures, and part of the fingerprint", (t) => {
    const run = of(prices(t), "CUSDT");
    const { benchmark, data } = run;
    assert.equal(benchmark!.symbol, "CUSDT");
    assert.equal(benchmark!.equity.length, data.market.length);
    assertClose(benchmark!.totalReturn, benchmark!.equity.at(-1)! / benchmark!.equity[0]! - 1, 1e-9);
    assert.ok(Number.isFinite(benchmark!.informationRatio) && Number.isFinite(benchmark!.beta));
    assert.ok(figuresTable(run).columns.some(({ name }) => name === "hold CUSDT"));
    assert.ok("benchmark CUSDT: totalReturn" in runFingerprint(run).figures);
    assert.equal(run.performance.legs.length, 2);
  });

  test("may be cash, which grows by the risk-free rate and has no ratio to vary by", (t) => {
    const { benchmark, performance } = of(prices(t), "cash", { "risk-free": "0.04" });
    assertClose(benchmark!.totalReturn, 1.04 ** performance.years - 1, 1e-9);
    assertClose(benchmark!.maxDrawdown, 0, 1e-15);
    const none = of(prices(t), "cash").benchmark!;
    assert.equal(none.totalReturn, 0);
    assert.ok(Number.isNaN(none.beta) && Number.isFinite(none.informationRatio));
  });

  test("may be the legs at equal volatility: each moves the mix by as much", (t) => {
    const { benchmark, data, performance } = of(prices(t), "mix");
    assert.equal(benchmark!.symbol, "equal-volatility mix");
    const changes = data.market.legs.map(({ close, open }) =>
      close.map((price, at) => price / (at > 0 ? close[at - 1]! : open[0]!) - 1),
    );
    const deviation = (values: Float64Array): number => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
    };
    const [a, b] = changes.map((one) => 1 / deviation(one)) as [number, number];
    let value = 1;
    for (let at = 0; at < data.market.length; at++)
      value *= 1 + (a * changes[0]![at]! + b * changes[1]![at]!) / (a + b);
    assertClose(benchmark!.totalReturn, value - 1, 1e-9);
    assert.ok(performance.legs.every(({ symbol }) => symbol !== benchmark!.symbol));
  });

  test("with holes is refused with how many and where, and so is a symbol that there is none of", (t) => {
    assert.throws(() => of(prices(t, [700, 701, 702]), "CUSDT"), {
      code: "benchmark-holes",
      message:
        /needs the price of "CUSDT" at every bar of the run.*; 3 of 1,200 have none, the first at 2026-01-30T04:00/,
    });
    assert.throws(
      () => of(prices(t), "DUSDT"),
      (error: Error) => /DUSDT/.test(error.message),
    );
  });
});
