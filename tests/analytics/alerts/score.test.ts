import assert from "node:assert/strict";
import { test } from "node:test";
import { alertsOf } from "../../../src/analytics/alerts/alerts.ts";
import { compareThresholds } from "../../../src/analytics/alerts/compare-thresholds.ts";
import { replayAlerts } from "../../../src/analytics/alerts/replay.ts";
import type { AlertRule, SimpleRule } from "../../../src/analytics/alerts/rules/rule.ts";
import {
  type AlertScore,
  type ScoreSettings,
  scoreAlerts,
  scoreTable,
} from "../../../src/analytics/alerts/score.ts";
import type { Bars } from "../../../src/core/bars.ts";
import { simulatedMarket } from "../../../src/pipeline/exchange/market/market.ts";
import { barsOf, pairOfBars, SECOND, START } from "../../support/alert-bars.ts";

/** Its value is the close of y: y − 0 − 0 · x. */
const LEVEL: AlertRule = {
  name: "level",
  pair: ["ETHUSDT", "BTCUSDT"],
  interval: "1s",
  measure: "spread",
  hedge: "fixed",
  beta: 0,
  prices: "raw",
  when: "abs",
  fire: 2,
  resolve: 1,
};

/** Bars whose values are these; NaN: no bar. */
function barsWith(values: readonly number[]): Bars[] {
  const rows = values.flatMap((close, step) => (Number.isNaN(close) ? [] : [{ step, close }]));
  return [
    barsOf("ETHUSDT", rows),
    barsOf(
      "BTCUSDT",
      values.map((_, step) => ({ step, close: 1 })),
    ),
  ];
}

function score(rule: AlertRule, values: readonly number[], settings: ScoreSettings = {}): AlertScore {
  return scoreAlerts(alertsOf([rule], { venue: "v", symbols: [] }), barsWith(values), settings)[0]!;
}

test("a replay tells the value and the state of every bar, and the events", () => {
  const values = [0, 2.2, Number.NaN, 1.5, 0.5, 0];
  const [replayed] = replayAlerts(alertsOf([LEVEL], { venue: "v", symbols: [] }), barsWith(values));
  assert.deepEqual([...replayed!.value], values);
  assert.deepEqual(replayed!.state, ["inactive", "firing", "firing", "firing", "resolved", "inactive"]);
  assert.deepEqual(
    [...replayed!.timeUs],
    values.map((_, i) => START + (i + 1) * SECOND),
  );
  assert.deepEqual(
    replayed!.events.map(({ kind }) => kind),
    ["inactive", "firing", "resolved", "inactive"],
  );
});

test("a replay can be of a part: bars before it fill the windows and are not judged", () => {
  const { y, x } = pairOfBars(200, 2, 0);
  const rule: AlertRule = {
    ...LEVEL,
    name: "z",
    measure: "zScore",
    window: 20,
    hedge: "fixed",
    beta: 1.2,
    prices: "log",
  };
  const alerts = alertsOf([rule], { venue: "v", symbols: [] });
  const [whole] = replayAlerts(alerts, [y, x]);
  const [part] = replayAlerts(alerts, [y, x], { fromUs: START + 100 * SECOND, toUs: START + 150 * SECOND });
  assert.equal(part!.timeUs[0], START + 101 * SECOND);
  assert.equal(part!.timeUs.length, 50);
  part!.value.forEach((value, i) => void assert.ok(Math.abs(value - whole!.value[100 + i]!) < 1e-9));
});

test("an outcome by hand: how far back, after how long, how much further out, on either side", () => {
  const result = score(LEVEL, [0, 2.2, 2.6, 1.5, 0.8, 0.1, 0.4, -2.1, -1.2, -2.9, -0.5, 0.2], {
    horizonBars: 4,
  });
  const round = (value: number): number => Number(value.toFixed(9));
  assert.deepEqual(
    result.outcomes.map(
      ({ firedUs, value, isHit, backAfterUs, back, adverse, spreadBack, spreadAdverse }) => [
        (firedUs - START) / SECOND,
        value,
        isHit,
        backAfterUs / SECOND,
        ...[back, adverse, spreadBack, spreadAdverse].map(round),
      ],
    ),
    [
      [2, 2.2, true, 3, 2.1, 0.4, 2.1, 0.4],
      [8, -2.1, true, 3, 2.3, 0.8, 2.3, 0.8],
    ],
  );
  assert.deepEqual([result.firings, result.hitRate, result.medianBackAfterUs], [2, 1, 3 * SECOND]);
  assert.equal(round(result.worstAdverse), 0.8);
  assert.equal(round(result.timeIn.firing), round(6 / 12));
  assert.equal(round(result.days * 86_400), 12);
  assert.equal(round(result.firingsPerDay), round(2 / (12 / 86_400)));
});

test("a firing that does not come back within the horizon is a miss; one that the bars end before is not known", () => {
  const long = score(LEVEL, [0, 2.2, 2.3, 2.4, 2.5, 0, 0, 3, 3], { horizonBars: 3 });
  assert.deepEqual(
    long.outcomes.map(({ isHit }) => isHit),
    [false, undefined],
  );
  assert.equal(long.hitRate, 0);
  assert.ok(Number.isNaN(long.outcomes[0]!.backAfterUs));
  assert.ok(Number.isNaN(score(LEVEL, [0, 0]).hitRate));
});

test("a firing near the end that is back already does not count before its horizon is over: the slow ones would be left out", () => {
  const values = [0, 3, 3, 3, 3, 3, 0, 0, 3, 0, 3, 0];
  const result = score(LEVEL, values, { horizonBars: 4 });
  assert.deepEqual(
    result.outcomes.map(({ isHit, backAfterUs }) => [isHit, backAfterUs / SECOND]),
    [
      [false, Number.NaN],
      [undefined, 1],
      [undefined, 1],
    ],
  );
  assert.deepEqual([result.firings, result.hitRate, result.medianBackAfterUs], [3, 0, Number.NaN]);
  assert.equal(score(LEVEL, [...values, 0], { horizonBars: 4 }).hitRate, 0.5);
});

test("what goes on firing after a time without data is no new firing", () => {
  const gap = [2.5, ...Array<number>(20).fill(Number.NaN), 2.5, 0];
  const result = score(LEVEL, gap);
  assert.equal(result.firings, 1);
  assert.deepEqual(
    result.events.map(({ kind }) => kind),
    ["firing", "no data", "firing", "resolved"],
  );
  assert.equal(Number((result.timeIn["no data"] * 23).toFixed(6)), 5);
});

test("with below, coming back is to rise", () => {
  const rule = { ...LEVEL, when: "below", fire: 0.3, resolve: 0.4 } as const;
  const [outcome] = score(rule, [1, 0.3, 0.1, 0.35, 0.6], { horizonBars: 3 }).outcomes;
  const { back, adverse, backAfterUs } = outcome!;
  assert.deepEqual([back.toFixed(6), adverse.toFixed(6), backAfterUs], ["0.300000", "0.200000", 3 * SECOND]);
});

test("compareThresholds gives a row a threshold, each what the rule with that threshold alone would have given", () => {
  const { y, x } = pairOfBars(2000, 8, 0);
  const plain: AlertRule = {
    ...{ name: "z", pair: ["ETHUSDT", "BTCUSDT"], interval: "1s", measure: "zScore" },
    ...{ window: 30, when: "abs", fire: 2, resolve: 1 },
  };
  const { scores, table } = compareThresholds(plain, [y, x], { fire: [1.5, 2, 2.5, 3] });
  const alone = scoreAlerts(alertsOf([{ ...plain, fire: 2.5 }], { venue: "v", symbols: [] }), [y, x])[0]!;
  assert.deepEqual(scores[2]!.outcomes, alone.outcomes);
  assert.ok(scores[0]!.firings > scores[3]!.firings && scores[3]!.firings > 0);
  assert.deepEqual(table.columns[0]!.values, [
    "1.5, over at 1",
    "2, over at 1",
    "2.5, over at 1",
    "3, over at 1",
  ]);
  assert.ok(table.columns.every(({ values }) => values.length === 4));
  const shared = compareThresholds(plain, [y, x], { fire: [2, 3], resolve: { share: 0.5 } });
  assert.deepEqual(shared.table.columns[0]!.values, ["2, over at 1", "3, over at 1.5"]);
  assert.throws(() => compareThresholds(plain, [y, x], { fire: [] }), /needs thresholds/);
  assert.throws(() => compareThresholds(plain, [y, x], { fire: [9] }), /never goes beyond/);
  assert.match(scoreTable(scores).caption, /33\.3 minutes of bars/);
});

test("the end of the seeded market's TRX on XRP fires once, stays, and resolves when the window has left it behind", () => {
  const market = simulatedMarket(7);
  const { endsUs, y, x } = market.truth().pairs.find(({ endsUs: ends }) => ends !== undefined)!;
  const minute = 60 * SECOND;
  const [fromUs, minutes] = [endsUs! - 12 * 60 * minute, 48 * 60];
  const bars = [y, x].map((symbol) => {
    const index = market.symbols.findIndex((one) => one.symbol === symbol);
    const rows = Array.from({ length: minutes }, (_, step) => ({
      step,
      close: Math.exp(market.logPrice(index, fromUs + (step + 1) * minute)),
    }));
    const made = barsOf(symbol, rows, minute);
    return {
      ...made,
      startUs: made.startUs.map((us) => us - START + fromUs),
      endUs: made.endUs.map((us) => us - START + fromUs),
    };
  });
  const rule: AlertRule = {
    name: "no return",
    pair: [y, x],
    interval: "1m",
    measure: "halfLife",
    window: 240,
    hedgeBars: 480,
    when: "above",
    fire: 60,
    resolve: 20,
  };
  const [found] = scoreAlerts(alertsOf([rule], { venue: "v", symbols: [] }), bars);
  const told = found!.events.filter(({ delivery, kind }) => delivery === "sent" && kind !== "no data");
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ["firing", "resolved"],
  );
  const [fired, over] = told.map(({ timeUs }) => (timeUs - endsUs!) / (60 * minute)) as [number, number];
  assert.ok(fired > 0 && fired <= 6, `${fired} h after the end of the relation`);
  assert.ok(over - fired > 12, `stays for ${over - fired} h`);
});

test("several conditions: a firing is back as soon as one is, and its spread is that of the first condition with one", () => {
  const { name, pair, interval, ...level } = LEVEL as SimpleRule;
  const rule: AlertRule = {
    ...{ name: "both", pair: pair!, interval },
    all: [level, { measure: "volume", leg: "y", when: "above", fire: 1, resolve: 0.5 }],
  };
  const [y, x] = barsWith([0, 2.2, 2.6, 2.4, 2.3, 0.1, 0.1, 0.1]) as [Bars, Bars];
  const traded = { ...y, volume: Float64Array.of(1, 1, 1, 0.2, 1, 1, 1, 1) };
  const [result] = scoreAlerts(alertsOf([rule], { venue: "v", symbols: [] }), [traded, x], {
    horizonBars: 3,
  });
  assert.deepEqual(
    result!.outcomes.map(({ firedUs, isHit, backAfterUs }) => [
      (firedUs - START) / SECOND,
      isHit,
      backAfterUs / SECOND,
    ]),
    [
      [2, true, 2],
      [5, true, 1],
    ],
  );
  assert.equal(Number(result!.outcomes[0]!.spreadAdverse.toFixed(6)), 0.4);
});

test("a firing whose value goes to the other side of 0 is back then, and another one begins", () => {
  const { outcomes } = score(LEVEL, [0, 2.2, -2.5, -2.5, 0, 0, 0, 0], { horizonBars: 4 });
  assert.deepEqual(
    outcomes.map(({ value, isHit, backAfterUs }) => [value, isHit, backAfterUs / SECOND]),
    [
      [2.2, true, 1],
      [-2.5, true, 2],
    ],
  );
});

test("thresholds are compared of a rule with one condition only", () => {
  const several: AlertRule = {
    name: "s",
    symbol: "BTCUSDT",
    interval: "1s",
    any: [{ measure: "volume", when: "above", fire: 1 }],
  };
  assert.throws(
    () => compareThresholds(several, barsWith([1]), { fire: [1] }),
    /needs a rule with one threshold; s has those of its 1 conditions/,
  );
});
