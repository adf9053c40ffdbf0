import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { runBacktest } from "../../../src/analytics/backtest/run-backtest.ts";
import type { Market } from "../../../src/analytics/backtest/types.ts";
import { fundedMarket, fundingLeftOut } from "../../../src/app/data/funding.ts";
import { DEFAULT_RUN, flagsOf, withFlags } from "../../../src/app/study/report/flags.ts";
import { runDescribed } from "../../../src/app/study/run.ts";
import { HOUR_US, marketOf, NEW_YEAR_US } from "../../analytics/backtest/support/markets.ts";
import { assertClose } from "../../analytics/support/assert-close.ts";
import { sharedData } from "../../support/shared-data.ts";
import { tempFolder } from "../../support/temp.ts";

const prices = new Array<number>(24).fill(100);
const market: Market = marketOf([
  { symbol: "ETHUSDT", open: prices, close: prices },
  { symbol: "BTCUSDT", open: prices, close: prices },
]);
const timeAt = (hour: number, ms = 0): string =>
  new Date((NEW_YEAR_US + hour * HOUR_US) / 1000 + ms).toISOString();

/** Rows of time, rate of ETH and of BTC. */
function rates(
  t: Parameters<typeof tempFolder>[0],
  rows: readonly (readonly [string, string, string])[],
): string {
  const path = join(tempFolder(t), "rates.csv");
  writeFileSync(
    path,
    `time,ethusdt_funding,btcusdt_funding\n${rows.map((row) => row.join(",")).join("\n")}\n`,
  );
  return path;
}
const settled = (made: Market, leg = 0): [number, number][] =>
  [...made.legs[leg]!.fundingAtStart!].flatMap((rate, bar): [number, number][] =>
    rate === 0 ? [] : [[bar, rate]],
  );

describe("funding", () => {
  test("of a row a settlement is charged at its bar, some milliseconds late or not", (t) => {
    const path = rates(t, [
      [timeAt(0, 5), "0.0001", "0.0002"],
      [timeAt(8, 2), "0.0001", "-0.0002"],
      [timeAt(16), "0.0001", "0.0003"],
    ]);
    const { market: made, notes } = fundedMarket(market, { source: path }, undefined, "/");
    assert.deepEqual(settled(made), [
      [0, 0.0001],
      [8, 0.0001],
      [16, 0.0001],
    ]);
    assert.deepEqual(settled(made, 1), [
      [0, 0.0002],
      [8, -0.0002],
      [16, 0.0003],
    ]);
    assert.match(notes[0]!, /^Funding of ETHUSDT: 3 settlements in the window, from rates\.csv\.$/);
  });

  test("of a column that repeats its rate is refused, and read as told: three charges a day, not 24", (t) => {
    const hourly = Array.from(
      { length: 24 },
      (_, hour) => [timeAt(hour), `0.000${1 + Math.floor(hour / 8)}`, "0.0001"] as const,
    );
    const path = rates(t, hourly);
    assert.throws(() => fundedMarket(market, { source: path }, undefined, "/"), {
      code: "repeated-rate",
      message: /repeats the rate in rows that are 1h apart.*--funding-every 8h/,
    });
    const { market: made } = fundedMarket(market, { source: path, every: "8h" }, undefined, "/");
    assert.deepEqual(settled(made), [
      [0, 0.0001],
      [8, 0.0002],
      [16, 0.0003],
    ]);
  });

  test("of a rate that is missing for a while is not charged, and said", (t) => {
    const hourly = Array.from(
      { length: 24 },
      (_, hour) => [timeAt(hour), hour < 12 ? "" : "0.0001", "0.0001"] as const,
    );
    const { market: made, notes } = fundedMarket(
      market,
      { source: rates(t, hourly), every: "8h" },
      undefined,
      "/",
    );
    assert.deepEqual(settled(made), [[16, 0.0001]]);
    assert.match(
      notes[0]!,
      /1 settlements in the window, one every 8h.*of 2 no rate is known, and nothing was charged/,
    );
  });

  test("of rows that are missing for a while says how many settlements are not known, at the edges, too", (t) => {
    const noteOf = (...hours: readonly number[]): string =>
      fundedMarket(
        market,
        {
          source: rates(
            t,
            hours.map((hour) => [timeAt(hour, 3), "0.0001", "0"] as const),
          ),
        },
        undefined,
        "/",
      ).notes[0]!;
    assert.doesNotMatch(noteOf(0, 8, 16), /no rate is known/);
    assert.doesNotMatch(noteOf(-8, 0, 8, 16, 24), /no rate is known/);
    assert.match(
      noteOf(-8, 0, 16),
      /2 settlements in the window, from rates\.csv; of 1 no rate is known, and nothing was charged\./,
    );
    assert.match(noteOf(8, 16), /; of 1 no rate is known/);
    assert.match(noteOf(-16, -8, 0), /; of 2 no rate is known/);
    assert.match(noteOf(-16, -8), /0 settlements in the window.*; of 3 no rate is known/);
  });

  test("a ledger by hand: who holds through 08:00 pays, who enters at 08:00 does not, who leaves at 16:00 still pays", (t) => {
    const path = rates(t, [
      [timeAt(0), "0.001", "0.0005"],
      [timeAt(8), "0.001", "0.0005"],
      [timeAt(16), "-0.002", "0.0005"],
    ]);
    const { market: made } = fundedMarket(market, { source: path }, undefined, "/");
    /** Decided at the close of the hour before, filled at the hour. */
    const held = (from: number, to: number) =>
      runBacktest(
        made,
        ({ bar }) =>
          bar === from - 1 ? { units: [10, -4] } : bar === to - 1 ? { units: [0, 0] } : undefined,
        { startCash: 10_000, costs: {} },
      );
    const end = (from: number, to: number): number => held(from, to).equity.at(-1)!;
    // 10 units of 100 pay 0.001 · 1000 = 1; 4 short of 100 receive 0.0005 · 400 = 0.2
    assertClose(end(7, 9), 10_000 - 1 + 0.2, 1e-12);
    assertClose(end(8, 9), 10_000, 1e-12);
    assertClose(end(7, 8), 10_000 - 1 + 0.2, 1e-12);
    // 16:00: y receives 2, x receives 0.2
    assertClose(end(9, 16), 10_000 + 2 + 0.2, 1e-12);
    assertClose(end(7, 20), 10_000 - 1 + 0.2 + 2 + 0.2, 1e-12);
    assert.deepEqual(
      [...held(7, 20).funding[0]!].flatMap((money, bar) =>
        money === 0 ? [] : [[bar, Number(money.toFixed(9))]],
      ),
      [
        [8, 1],
        [16, -2],
      ],
    );
  });

  test("refuses a step that is no part of a day, a rate in per cent, a symbol without a column, and bars of no file", (t) => {
    const path = rates(t, [
      [timeAt(0), "0.0001", "0.0002"],
      [timeAt(8), "0.0001", "5"],
    ]);
    const fund = (words: object, source: unknown = undefined) => fundedMarket(market, words, source, "/");
    assert.throws(() => fund({ source: path, every: "7h" }), { message: /needs a part of a day; got "7h"/ });
    assert.throws(() => fund({ source: path }), { code: "bad-rate", message: /got "5" in row 2/ });
    const other = { ...market, legs: [{ ...market.legs[0]!, symbol: "SOLUSDT" }] };
    assert.throws(() => fundedMarket(other, { source: path }, undefined, "/"), { code: "no-column" });
    assert.throws(() => fund({}, "sim:7"), { code: "no-funding" });
  });

  test("its flags say it and read it back, as do costs by leg", () => {
    for (const given of [
      { "funding-every": "8h" },
      { funding: "column" },
      { funding: "rates.csv", "funding-every": "4h" },
      { fee: "2,5", slippage: "1" },
      { fee: "2,5", "half-spread": "0.5,1", borrow: "100,300" },
      { "maker-fee": "-0.5", "maker-share": "0.5" },
      { "lot-step": "0.001,0.00001", "min-order": "10" },
      { benchmark: "mix" },
    ]) {
      const description = withFlags(DEFAULT_RUN, given);
      const flags = flagsOf(description);
      assert.ok(flags, JSON.stringify(given));
      assert.deepEqual(withFlags(DEFAULT_RUN, flags), description);
      for (const [name, value] of Object.entries(given))
        assert.equal(flags[name as keyof typeof flags], value);
    }
    assert.equal(
      withFlags(withFlags(DEFAULT_RUN, { funding: "column" }), { funding: "none" }).funding,
      undefined,
    );
    assert.throws(() => withFlags(DEFAULT_RUN, { fee: "1,2,3" }), { code: "bad-flag" });
  });

  const hours = sharedData("btc-eth-hourly/btc_eth_1h.parquet");
  test("of five years of hours: the verdict says no, and each settlement is charged once", {
    skip: !hours,
  }, () => {
    const of = (flags: object) => runDescribed(withFlags(DEFAULT_RUN, { source: hours!, ...flags }));
    const plain = of({});
    assert.equal(plain.pair?.verdict?.verdict, "no");
    assert.match(plain.data.notes.join(" "), /rates of funding, which were not charged: --funding-every 8h/);
    assert.equal(fundingLeftOut(plain.data.market, "sim:7", "/"), "");
    assert.throws(() => of({ funding: "column" }), { code: "repeated-rate" });
    const funded = of({ "funding-every": "8h" });
    const charges = funded.result.funding[0]!.filter((money) => money !== 0).length;
    const held = funded.result.exposure.filter((money, bar) => money > 0 && (bar + 1) % 8 === 0).length;
    assert.ok(Math.abs(charges - held) < 0.05 * held, `${charges} charges, ${held} settlements while held`);
    assert.notEqual(funded.performance.totalReturn, plain.performance.totalReturn);
  });
});
