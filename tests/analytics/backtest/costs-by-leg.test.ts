import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type BacktestSettings, runBacktest } from "../../../src/analytics/backtest/run-backtest.ts";
import type { Rule } from "../../../src/analytics/backtest/strategy.ts";
import type { Market } from "../../../src/analytics/backtest/types.ts";
import { assertClose } from "../support/assert-close.ts";
import { HOUR_US, marketOf } from "./support/markets.ts";

/** Long 1 y, short 2 x from bar 1 on, out in bar 4. */
const rule: Rule = ({ bar }) => (bar === 0 ? { units: [1, -2] } : bar === 3 ? { units: [0, 0] } : undefined);
const flat = (price: number): number[] => new Array<number>(6).fill(price);
const market = marketOf([
  { symbol: "YUSDT", open: flat(100), close: flat(100) },
  { symbol: "XUSDT", open: flat(50), close: flat(50) },
]);
const run = (costs: BacktestSettings["costs"], on: Market = market) =>
  runBacktest(on, rule, { startCash: 1000, costs });
const endOf = ({ equity }: ReturnType<typeof run>): number => equity[equity.length - 1]!;
const withRates = (name: "fundingAtStart" | "fundingInside", y: number[], x: number[]): Market => ({
  ...market,
  legs: market.legs.map((leg, k) => ({ ...leg, [name]: Float64Array.from(k === 0 ? y : x) })),
});

describe("costs by leg, by hand", () => {
  test("a leg's own fee and half-spread are its own: 10 bps on y, 20 and 5 on x, each turns over 200", () => {
    const made = run({ feeBps: 10, legs: [{}, { feeBps: 20, halfSpreadBps: 5 }] });
    const [y, x] = [0, 1].map((leg) => made.fills.filter((fill) => fill.leg === leg));
    assertClose(
      y!.reduce((sum, { fee }) => sum + fee, 0),
      0.2,
      1e-12,
    );
    assertClose(
      x!.reduce((sum, { fee }) => sum + fee, 0),
      (99.95 + 100.05) * 0.002,
      1e-12,
    );
    assertClose(
      x!.reduce((sum, { spreadCost }) => sum + spreadCost, 0),
      0.1,
      1e-12,
    );
    assert.ok(y!.every(({ spreadCost }) => spreadCost === 0));
    assertClose(endOf(made), 1000 - 0.2 - 0.4 - 0.1, 1e-12);
  });

  test("a maker's part pays the maker's fee and no half-spread", () => {
    const made = run({ feeBps: 10, halfSpreadBps: 4, makerFeeBps: -2, makerShare: 0.75 });
    for (const { quantity, price, open, fee, spreadCost } of made.fills) {
      assertClose(fee, (Math.abs(quantity) * price * (0.25 * 10 - 0.75 * 2)) / 1e4, 1e-12);
      assertClose(spreadCost, Math.abs(quantity) * open * 1e-4, 1e-12);
    }
  });

  test("borrowing is on the short leg alone: 876 bps a year on 100 for three hours", () => {
    const made = run({ borrowBpsPerYear: 876 });
    assertClose(endOf(made), 1000 - (100 * 0.0876 * 3) / 8760, 1e-12);
    assert.ok(made.borrowed[0]!.every((money) => money === 0));
    assertClose(
      made.borrowed[1]!.reduce((sum, money) => sum + money, 0),
      (100 * 0.0876 * 3) / 8760,
      1e-9,
    );
    assertClose(made.roundTrips[0]!.costs, (100 * 0.0876 * 3) / 8760, 1e-9);
  });

  test("funding that is settled as a bar begins is on what was held before it", () => {
    // in at the open of bar 1, out at the open of bar 4: of the rates at 0 to 5 those at 2, 3 and 4 count
    const rates = [0.5, 0.25, 0.01, 0.02, 0.04, 0.5];
    const made = run(
      {},
      withRates(
        "fundingAtStart",
        rates,
        rates.map(() => 0),
      ),
    );
    assertClose(endOf(made), 1000 - 100 * 0.07, 1e-12);
    assert.deepEqual([...made.funding[0]!], [0, 0, 1, 2, 4, 0]);
    assert.equal(made.roundTrips[0]!.costs, 0);
    assertClose(made.roundTrips[0]!.profit, -7, 1e-12);
  });

  test("funding that is settled inside a bar is on what is held after its fills; a short receives it", () => {
    const rates = [0.5, 0.01, 0.02, 0.04, 0.5, 0.5];
    const made = run(
      {},
      withRates(
        "fundingInside",
        rates.map(() => 0),
        rates,
      ),
    );
    assertClose(endOf(made), 1000 + 100 * 0.07, 1e-12);
    assert.deepEqual([...made.funding[1]!], [0, -1, -2, -4, 0, 0]);
    assert.ok(
      made.paid.every((money) => money === 0),
      "a cash flow, no cost",
    );
  });

  test("refuses a maker's share without a maker's fee, a share beyond 1, costs of three legs, and rates that are none", () => {
    assert.throws(() => run({ makerShare: 0.5 }), { code: "bad-setting", message: /need makerFeeBps/ });
    assert.throws(() => run({ makerShare: 2, makerFeeBps: 1 }), {
      message: /makerShare must be a share from 0 to 1; got 2/,
    });
    assert.throws(() => run({ legs: [{}, {}, {}] }), { message: /costs.legs needs/ });
    assert.throws(() => run({ legs: [{ fee: 1 } as never] }), { code: "unknown-setting" });
    assert.throws(() => run({}, withRates("fundingInside", flat(Number.NaN), flat(0))), { code: "bad-rate" });
    assert.equal(market.intervalUs, HOUR_US);
  });
});
