import assert from "node:assert/strict";
import { test } from "node:test";
import { type Alert, alertsOf } from "../../../../src/analytics/alerts/alerts.ts";
import { checkRules } from "../../../../src/analytics/alerts/rules/check-rules.ts";
import { defaultRules } from "../../../../src/analytics/alerts/rules/defaults.ts";
import type { AlertRule, SimpleRule } from "../../../../src/analytics/alerts/rules/rule.ts";
import { FIRST_STATE, observe } from "../../../../src/analytics/alerts/state.ts";
import {
  type AlertEvaluator,
  alertEvaluator,
  type BarsOf,
  type HeardEvent,
} from "../../../../src/analytics/alerts/values/evaluator.ts";
import { amihud, liquidity } from "../../../../src/analytics/market/liquidity.ts";
import { hedgeRatio } from "../../../../src/analytics/pair/hedge-ratio.ts";
import { rollingHedgeRatio } from "../../../../src/analytics/pair/moving-hedge-ratio.ts";
import { spread } from "../../../../src/analytics/pair/spread.ts";
import { rollingZScore } from "../../../../src/analytics/rolling/rolling.ts";
import { rollingCorrelation } from "../../../../src/analytics/rolling/rolling-correlation.ts";
import { type Bars, sliceBars } from "../../../../src/core/bars.ts";
import { random } from "../../../../src/core/random.ts";
import { fillEmpty } from "../../../../src/pipeline/bars/fill-empty.ts";
import { joinBars, joinedColumn } from "../../../../src/pipeline/bars/join.ts";
import { type BarRow, barsOf, pairOfBars, SECOND, START } from "../../../support/alert-bars.ts";

const PAIR = ["ETHUSDT", "BTCUSDT"] as const;
const SYMBOLS = ["BTCUSDT", "ETHUSDT"];
const STEPS = 400;

const alertsFor = (rules: readonly AlertRule[]): Alert[] =>
  alertsOf(checkRules(rules).rules, { venue: "sim", symbols: SYMBOLS });

/** The bars of a lane among these. */
const among =
  (...all: readonly Bars[]): BarsOf =>
  ({ symbol, intervalUs }) =>
    all.find((bars) => bars.symbol === symbol && bars.intervalUs === intervalUs)!;

/** Values of an alert, step by step. */
function valuesOf(rule: AlertRule, ...bars: readonly Bars[]): Float64Array {
  const evaluator = alertEvaluator(alertsFor([rule]));
  evaluator.begin(START);
  return Float64Array.from({ length: STEPS }, (_, step) => {
    evaluator.advance(among(...bars), START + (step + 1) * SECOND);
    return evaluator.status()[0]!.value;
  });
}

const plain = (event: HeardEvent): object => ({ ...event, alert: event.alert.key });

function all(evaluator: AlertEvaluator, bars: BarsOf, steps = STEPS): object[] {
  const events: object[] = [];
  evaluator.begin(START);
  evaluator.advance(bars, START + steps * SECOND, (event) => events.push(plain(event)));
  return events;
}

/** A series at the bars that both have, spread over all steps: NaN where one has none. */
function onGrid(y: Bars, x: Bars, make: (y: Float64Array, x: Float64Array) => Float64Array): Float64Array {
  const joined = joinBars([y, x], { how: "inner" });
  const values = make(joinedColumn(joined, 0, y, "close"), joinedColumn(joined, 1, x, "close"));
  const out = new Float64Array(STEPS).fill(Number.NaN);
  joined.endUs.forEach((endUs, i) => {
    out[(endUs - START) / SECOND - 1] = values[i]!;
  });
  return out;
}

const base = { pair: PAIR, interval: "1s", when: "above", fire: 1 } as const;
const { y, x } = pairOfBars(STEPS, 3);

test("z-score, spread and correlation are to the last bit what the series functions give on the bars that both have", () => {
  const frozen = hedgeRatio(...closesUpTo(30));
  const z = onGrid(y, x, (ys, xs) => rollingZScore(spread(ys, xs, frozen).values, { window: 20 }));
  const live = valuesOf({ ...base, name: "z", measure: "zScore", window: 20, hedgeBars: 30 }, y, x);
  const first = live.findIndex((value) => !Number.isNaN(value));
  assert.ok(first >= 29);
  assert.deepEqual(live.slice(first), z.slice(first));

  const rolling = onGrid(y, x, (ys, xs) => spread(ys, xs, rollingHedgeRatio(ys, xs, { window: 40 })).values);
  assert.deepEqual(
    valuesOf({ ...base, name: "s", measure: "spread", hedge: "rolling", hedgeBars: 40 }, y, x),
    rolling,
  );

  const fixed = onGrid(y, x, (ys, xs) => spread(ys, xs, { alpha: 0.5, beta: 1.2, prices: "raw" }).values);
  const rule = {
    ...base,
    name: "f",
    measure: "spread",
    hedge: "fixed",
    alpha: 0.5,
    beta: 1.2,
    prices: "raw",
  } as const;
  assert.deepEqual(valuesOf(rule, y, x), fixed);

  const returns = (closes: Float64Array): Float64Array =>
    closes.map((close, i) => (i === 0 ? Number.NaN : Math.log(close / closes[i - 1]!)));
  const correlation = onGrid(y, x, (ys, xs) => rollingCorrelation(returns(ys), returns(xs), { window: 15 }));
  assert.deepEqual(valuesOf({ ...base, name: "c", measure: "correlation", window: 15 }, y, x), correlation);
});

function closesUpTo(count: number): [Float64Array, Float64Array] {
  const joined = joinBars([y, x], { how: "inner" });
  return [
    joinedColumn(joined, 0, y, "close").slice(0, count),
    joinedColumn(joined, 1, x, "close").slice(0, count),
  ];
}

test("measures of liquidity are those of `liquidity`, a step without a bar being one in which nothing was traded", () => {
  const flat = fillEmpty(x);
  const first = (flat.startUs[0]! - START) / SECOND;
  for (const window of [1, 7]) {
    const expected = { ...liquidity(flat, { window }), amihud: amihud(flat, { window }) };
    for (const measure of [
      "volume",
      "quoteVolume",
      "tradeCount",
      "takerImbalance",
      "amihud",
      "secondsBetweenTrades",
    ] as const) {
      const rule = {
        name: "l",
        symbol: "BTCUSDT",
        interval: "1s",
        measure,
        window,
        when: "above",
        fire: 1,
      } as const;
      assert.deepEqual(
        valuesOf(rule, x).slice(first, first + flat.length),
        expected[measure],
        `${measure} ${window}`,
      );
    }
  }
});

test("feed age counts from the last bar; hole open counts bars with missing trades, the first bar aside; price move in per cent", () => {
  const bars = barsOf("BTCUSDT", [
    { step: 0, close: 100, complete: false },
    { step: 1, close: 110 },
    { step: 5, close: 99, complete: false },
    { step: 6, close: 99 },
  ]);
  const rule = { name: "r", symbol: "BTCUSDT", interval: "1s", when: "above", fire: 1 } as const;
  const of = (more: Partial<SimpleRule>): number[] => [
    ...valuesOf({ ...rule, measure: "feedAge", ...more } as SimpleRule, bars).slice(0, 10),
  ];
  assert.deepEqual(of({}), [0, 0, 1, 2, 3, 0, 0, 1, 2, 3]);
  assert.deepEqual(of({ measure: "holeOpen", window: 3 }), [0, 0, 0, 0, 0, 1, 1, 1, 0, 0]);
  const moves = of({ measure: "priceMove", window: 2 }).map((value) => Number(value.toFixed(6)));
  assert.deepEqual(moves, [Number.NaN, Number.NaN, 10, 0, 0, -10, -10, 0, 0, 0]);
});

test("half-life and ADF p-value are made every quarter of a window and held in between", () => {
  const full = pairOfBars(STEPS, 4, 0);
  for (const measure of ["halfLife", "adfPValue"] as const) {
    const values = valuesOf({ ...base, name: "h", measure, window: 80, hedgeBars: 80 }, full.y, full.x);
    const changes = [...values.keys()].filter(
      (i) => i > 0 && values[i] !== values[i - 1] && !Number.isNaN(values[i]!),
    );
    assert.ok(changes.length > 10, measure);
    assert.ok(
      changes.slice(1).every((i) => (START / SECOND + i + 1) % 20 === 0),
      measure,
    );
    assert.ok(
      values.slice(100).every((value) => value >= 0),
      measure,
    );
  }
});

test("within takes the most extreme of the last values", () => {
  const z = valuesOf({ ...base, name: "z", measure: "zScore", window: 20 }, y, x);
  const far = valuesOf(
    { ...base, when: "abs", fire: 4, name: "z", measure: "zScore", window: 20, within: 5 },
    y,
    x,
  );
  const known: number[] = [];
  for (const [i, value] of z.entries()) {
    if (Number.isNaN(value)) {
      assert.ok(Number.isNaN(far[i]!));
      continue;
    }
    known.push(value);
    const recent = known.slice(-5);
    assert.equal(Math.abs(far[i]!), Math.max(...recent.map(Math.abs)));
  }
});

const RULES: AlertRule[] = [
  ...defaultRules({ pair: PAIR, window: 30 }),
  {
    ...base,
    name: "z above",
    measure: "zScore",
    window: 30,
    fire: 1.5,
    resolve: 0.5,
    for: "2s",
    keepFiringFor: "3s",
  },
  {
    ...base,
    name: "p",
    measure: "adfPValue",
    window: 40,
    hedge: "rolling",
    hedgeBars: 20,
    when: "below",
    fire: 0.1,
  },
  {
    name: "thin",
    symbol: "*",
    interval: "1s",
    measure: "volume",
    when: "below",
    fire: 0.5,
    resolve: 1,
    coolDown: "4s",
    perHour: 9,
  },
  {
    name: "thin 5",
    symbol: "*",
    interval: "5s",
    measure: "tradeCount",
    when: "below",
    fire: 8,
    remind: "20s",
  },
  {
    name: "both",
    pair: PAIR,
    interval: "1s",
    for: "2s",
    coolDown: "3s",
    all: [
      { measure: "zScore", window: 30, when: "abs", fire: 1, resolve: 0.5 },
      { measure: "volume", window: 5, leg: "x", when: "above", fire: 4 },
    ],
  },
  {
    name: "either",
    pair: PAIR,
    interval: "1s",
    any: [
      { measure: "zScore", window: 30, within: 3, when: "abs", fire: 1.5, resolve: 1 },
      { measure: "priceMove", window: 5, leg: "y", when: "below", fire: -0.1 },
    ],
  },
  {
    name: "gone",
    symbol: "BTCUSDT",
    interval: "1s",
    measure: "feedAge",
    when: "above",
    fire: 2,
    noDataAfter: "2s",
  },
];

/** The bars of 1 s of a symbol, and those of 5 s that they make: here only which of them there are matters. */
function withFives(bars: Bars): Bars[] {
  const steps = new Set([...bars.startUs].map((start) => Math.floor((start - START) / (5 * SECOND))));
  const fives = barsOf(
    bars.symbol,
    [...steps].map((step) => ({ step, close: 100 + step })),
    5 * SECOND,
  );
  return [bars, { ...fives, tradeCount: fives.tradeCount.map((_, i) => 6 + (i % 4)) }];
}

test("live, replay and batch say the same: however steps are cut, and when the evaluator is stopped and started again", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const pair = pairOfBars(STEPS, seed, 0.15);
    const bars = [...withFives(pair.y), ...withFives(pair.x)];
    const alerts = alertsFor(RULES);
    const batch = all(alertEvaluator(alerts), among(...bars));
    assert.ok(batch.length > 20);

    const { uniform } = random(seed);
    const live: object[] = [];
    let evaluator = alertEvaluator(alerts);
    evaluator.begin(START);
    for (let step = 0; step < STEPS; ) {
      step = Math.min(STEPS, step + 1 + Math.floor(6 * uniform()));
      const untilUs = START + step * SECOND;
      // what is closed by then, and no more
      const closed: BarsOf = (lane) => {
        const one = among(...bars)(lane);
        return sliceBars(one, 0, one.endUs.filter((end) => end <= untilUs).length);
      };
      evaluator.advance(closed, untilUs, (event) => live.push(plain(event)));
      if (uniform() < 0.1) {
        const memory = JSON.parse(JSON.stringify(evaluator.memory()));
        evaluator = alertEvaluator(alerts);
        evaluator.remember(memory);
        evaluator.rebuild(closed);
      }
    }
    const order = (events: readonly object[]): object[] =>
      (events as readonly HeardEvent[]).map((event) => {
        const values = event.values.map((value) => Number(value.toPrecision(9)));
        return { ...event, values, value: values[event.lead]! };
      });
    assert.deepEqual(order(live), order(batch), `seed ${seed}`);
  }
});

test("the events are those of the states run over the series of values", () => {
  const rule: AlertRule = {
    ...base,
    name: "z",
    measure: "zScore",
    window: 20,
    when: "abs",
    fire: 1.5,
    resolve: 0.5,
    coolDown: "3s",
  };
  const [alert] = alertsFor([rule]);
  let state = FIRST_STATE;
  const expected = [...valuesOf(rule, y, x)].flatMap((value, step) => {
    const result = observe(alert!.limits, state, { timeUs: START + (step + 1) * SECOND, values: [value] });
    state = result.state;
    return result.events.map((event) => ({ ...event, alert: alert!.key }));
  });
  assert.ok(expected.length > 10);
  assert.deepEqual(all(alertEvaluator([alert!]), among(y, x)), expected);
});

test("a firing silencer keeps what depends on its symbol from being told, and nothing else", () => {
  const gone = sliceBars(x, 0, 100);
  const events = all(
    alertEvaluator(alertsFor(RULES)),
    among(...withFives(y), ...withFives(gone)),
  ) as HeardEvent[];
  const afterUs = gone.endUs[99]! + 12 * SECOND;
  const late = events.filter(({ timeUs, delivery }) => timeUs >= afterUs && delivery !== "quiet");
  const subject = ({ alert }: HeardEvent): string => alert as unknown as string;
  for (const event of late.filter((event) => event.delivery === "sent")) {
    const isSilencer = /feed stale|hole open|"gone"/.test(subject(event));
    assert.ok(isSilencer || !subject(event).includes("BTCUSDT"), subject(event));
  }
  assert.ok(
    late.some(
      (event) =>
        event.delivery === "silenced" && event.silencedBy !== "" && subject(event).includes("z-score out"),
    ),
  );
  assert.ok(
    events.some(
      (event) =>
        subject(event).includes("feed stale") && event.kind === "firing" && event.delivery === "sent",
    ),
  );
});

test("bars that change late change the statistics from the next step on, and take back nothing", () => {
  const rule: AlertRule = {
    name: "v",
    symbol: "BTCUSDT",
    interval: "1s",
    measure: "volume",
    window: 10,
    when: "below",
    fire: 8,
    resolve: 9,
  };
  const rows = Array.from({ length: 60 }, (_, step) => ({ step, close: 100, volume: 1 }));
  const whole = barsOf("BTCUSDT", rows);
  const holed = barsOf(
    "BTCUSDT",
    rows.map((row) => (row.step >= 20 && row.step < 25 ? { ...row, volume: 0 } : row)),
  );
  const evaluator = alertEvaluator(alertsFor([rule]));
  const kinds: string[] = [];
  const hear = ({ kind, timeUs, value }: HeardEvent): void => {
    kinds.push(`${(timeUs - START) / SECOND} ${kind} ${value}`);
  };
  evaluator.begin(START);
  evaluator.advance(among(holed), START + 26 * SECOND, hear);
  evaluator.rebuild(among(whole));
  assert.deepEqual(kinds, ["10 inactive 10", "22 firing 8"]);
  evaluator.advance(among(whole), START + 27 * SECOND, hear);
  assert.deepEqual(kinds.slice(2), ["27 resolved 10"]);
});

test("steps that are passed over count as missing", () => {
  const evaluator = alertEvaluator(
    alertsFor([{ ...base, name: "z", measure: "zScore", window: 20, fire: 0.001, when: "abs" }]),
  );
  all(evaluator, among(y, x), 100);
  const kinds: string[] = [];
  evaluator.skip(START + 300 * SECOND, ({ kind }) => kinds.push(kind));
  assert.deepEqual(kinds, ["no data"]);
  assert.equal(evaluator.doneUs(), START + 300 * SECOND);
});

test("all alerts together tell no more than the cap allows, and say how much was held back", () => {
  const rules = Array.from(
    { length: 10 },
    (_, i): AlertRule => ({
      name: `r${i}`,
      symbol: "BTCUSDT",
      interval: "1s",
      measure: "volume",
      when: "below",
      fire: 1.5,
      perHour: 3600,
    }),
  );
  const events = all(alertEvaluator(alertsFor(rules), { perHour: 25 }), among(x)) as HeardEvent[];
  assert.equal(events.filter(({ delivery }) => delivery === "sent").length, 25);
  assert.ok(events.filter(({ delivery }) => delivery === "held back").length > 100);
});

test("what was there before the judging began is told in full, and counts to no limit of what comes after", () => {
  const rule: AlertRule = {
    name: "restless",
    symbol: "BTCUSDT",
    interval: "1s",
    measure: "volume",
    when: "below",
    fire: 1.5,
    perHour: 10,
  };
  const pastUs = START + 200 * SECOND;
  const told = (began?: number): [past: number, since: number] => {
    const evaluator = alertEvaluator(alertsFor([rule]), { perHour: 12 });
    evaluator.begin(START, began);
    const times: number[] = [];
    evaluator.advance(among(x), START + STEPS * SECOND, ({ delivery, timeUs }) => {
      if (delivery === "sent") times.push(timeUs);
    });
    assert.ok(evaluator.memory().sentUs.every((us) => us > (began ?? 0)));
    const past = times.filter((us) => us <= pastUs).length;
    return [past, times.length - past];
  };
  const [counted, afterIt] = told();
  assert.deepEqual([counted, afterIt], [10, 0]);
  const [past, since] = told(pastUs);
  assert.ok(past > 40, String(past));
  assert.equal(since, 10);
});

test("a hole that is filled within ten seconds is no news; one that stays open is told", () => {
  const rules = defaultRules().filter(({ name }) => name === "hole open");
  const rows = (hole: boolean): BarRow[] =>
    Array.from({ length: 40 }, (_, step) => ({ step, close: 100, complete: !(hole && step === 5) }));
  const told = (filledAfter: number): string[] => {
    const evaluator = alertEvaluator(alertsOf(rules, { venue: "v", symbols: ["BTCUSDT"] }));
    const kinds: string[] = [];
    const hear = ({ kind, delivery, timeUs }: HeardEvent): void => {
      if (delivery === "sent") kinds.push(`${(timeUs - START) / SECOND} ${kind}`);
    };
    evaluator.begin(START);
    evaluator.advance(among(barsOf("BTCUSDT", rows(true))), START + (6 + filledAfter) * SECOND, hear);
    evaluator.rebuild(among(barsOf("BTCUSDT", rows(false))));
    evaluator.advance(among(barsOf("BTCUSDT", rows(false))), START + 40 * SECOND, hear);
    return kinds;
  };
  assert.deepEqual(told(1), []);
  assert.deepEqual(told(9), []);
  assert.deepEqual(told(15), ["16 firing", "22 resolved"]);
});

test("a hole that is never filled is told once, however short the window is in which bars are counted", () => {
  const rows = Array.from({ length: 60 }, (_, step) => ({ step, close: 100, complete: step !== 20 }));
  for (const window of [2, 5, 10, 11, 12, 30]) {
    const rules = defaultRules({ window }).filter(({ name }) => name === "hole open");
    const evaluator = alertEvaluator(alertsOf(rules, { venue: "v", symbols: ["BTCUSDT"] }));
    const kinds: string[] = [];
    evaluator.begin(START);
    evaluator.advance(among(barsOf("BTCUSDT", rows)), START + 60 * SECOND, ({ kind, delivery }) => {
      if (delivery === "sent") kinds.push(kind);
    });
    assert.deepEqual(kinds, ["firing", "resolved"], String(window));
  }
});

test("a rule with several conditions is the plain model over the values of rules with each of them alone", () => {
  const z = { measure: "zScore", window: 20, when: "abs", fire: 1.5, resolve: 0.5 } as const;
  const traded = { measure: "volume", window: 3, when: "above", fire: 4, resolve: 3 } as const;
  const alone = [
    valuesOf({ ...base, name: "z", ...z }, y, x),
    valuesOf({ name: "y", symbol: "ETHUSDT", interval: "1s", ...traded }, y, x),
    valuesOf({ name: "x", symbol: "BTCUSDT", interval: "1s", ...traded }, y, x),
  ];
  for (const by of ["all", "any"] as const) {
    const of = [z, { ...traded, leg: "y" } as const, { ...traded, leg: "x" } as const];
    const frame = { name: "several", pair: PAIR, interval: "1s" } as const;
    const [alert] = alertsFor([by === "all" ? { ...frame, all: of } : { ...frame, any: of }]);
    const events = all(alertEvaluator([alert!]), among(y, x)) as HeardEvent[];
    let isFiring = false;
    const expected: string[] = [];
    let [side, missing] = [0, 0];
    for (let step = 0; step < STEPS; step++) {
      const values = alone.map((column) => column[step]!);
      const outs = values.map((value, i) => (i === 0 ? Math.abs(value) >= 1.5 : value >= 4));
      if (Number.isNaN(values[0]!) && !(by === "any" && outs.includes(true))) {
        missing++;
        continue;
      }
      assert.ok(missing < 100);
      const at = step + 1;
      const now = Math.sign(values[0]!);
      const backs = values.map((value, i) =>
        i > 0 ? value <= 3 : Math.abs(value) <= 0.5 || (isFiring && !outs[0] && side !== 0 && now !== side),
      );
      const isOut = by === "all" ? !outs.includes(false) : outs.includes(true);
      const isBack = by === "all" ? backs.includes(true) : !backs.includes(false);
      if (!isFiring && isOut) {
        expected.push(`${at} firing`);
        [isFiring, side] = [true, outs[0] ? now : 0];
      } else if (isFiring && isBack) {
        expected.push(`${at} resolved`);
        isFiring = false;
      } else if (isFiring && outs[0]) {
        if (side === -now) expected.push(`${at} firing`);
        side = now;
      }
    }
    const told = events
      .filter(({ kind }) => kind === "firing" || kind === "resolved")
      .map(({ timeUs, kind }) => `${(timeUs - START) / SECOND} ${kind}`);
    assert.ok(expected.length > 10, `${by}: ${expected.length}`);
    assert.deepEqual(told, expected, by);
  }
});
