import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AlertLimits } from "../../../src/analytics/alerts/alerts.ts";
import { isBack, isOut, type Threshold } from "../../../src/analytics/alerts/judge.ts";
import {
  type AlertEvent,
  type AlertState,
  FIRST_STATE,
  type Observation,
  observe,
  readAlertState,
} from "../../../src/analytics/alerts/state.ts";
import { random } from "../../../src/core/random.ts";

const S = 1_000_000;
const LIMITS: AlertLimits = {
  judge: { by: "all", of: [{ when: "abs", fire: 2, resolve: 1 }] },
  forUs: 3 * S,
  keepFiringForUs: 4 * S,
  coolDownUs: 5 * S,
  remindUs: 0,
  noDataAfterUs: 6 * S,
  warmUpUs: 10 * S,
  perHour: 20,
};
const [OUT, BETWEEN, BACK, NONE] = [2.5, 1.5, 0.5, Number.NaN];

/** Observations at seconds; the states after each, and all events. */
function run(
  steps: readonly (readonly [second: number, value: number, more?: Partial<Observation>])[],
  limits: Partial<AlertLimits> = {},
  from: AlertState = FIRST_STATE,
): { states: string[]; events: AlertEvent[]; state: AlertState } {
  let state = from;
  const states: string[] = [];
  const events: AlertEvent[] = [];
  for (const [second, value, more] of steps) {
    const result = observe({ ...LIMITS, ...limits }, state, { timeUs: second * S, values: [value], ...more });
    state = result.state;
    states.push(state.state);
    events.push(...result.events);
  }
  return { states, events, state };
}

/** Told events, as `second kind`. */
const told = (events: readonly AlertEvent[]): string[] =>
  events.filter(({ delivery }) => delivery === "sent").map(({ timeUs, kind }) => `${timeUs / S} ${kind}`);

const at = (more: Partial<AlertState>): AlertState => ({
  ...FIRST_STATE,
  isWaiting: false,
  sinceUs: 100 * S,
  ...more,
});
const firing: Partial<AlertState> = {
  ...{ state: "firing", firingUs: 100 * S, sides: [1] },
  ...{ told: "firing", toldUs: 100 * S, toldSides: [1] },
};

/** Every state, as it is at 100 s. */
const STATES: Readonly<Record<string, AlertState>> = {
  "never any data": { ...FIRST_STATE, sinceUs: 100 * S, missingUs: 100 * S },
  inactive: at({ state: "inactive" }),
  pending: at({ state: "pending", outUs: 100 * S }),
  firing: at(firing),
  "firing, back for a while": at({ ...firing, backUs: 100 * S }),
  resolved: at({ state: "resolved", firingUs: 90 * S, resolvedUs: 100 * S }),
  "no data": at({ state: "no data", missingUs: 94 * S, told: "no data", toldUs: 100 * S }),
  "no data, was firing": at({
    state: "no data",
    firingUs: 90 * S,
    sides: [1],
    missingUs: 94 * S,
    told: "no data",
    toldUs: 100 * S,
  }),
};

/** What can come: a value, and how many seconds after 100 s. */
const EVENTS: Readonly<Record<string, readonly [after: number, value: number]>> = {
  "out, soon": [1, OUT],
  "out, later": [60, OUT],
  "between, soon": [1, BETWEEN],
  "between, later": [60, BETWEEN],
  "back, soon": [1, BACK],
  "back, later": [60, BACK],
  "missing, soon": [1, NONE],
  "missing, later": [60, NONE],
};

/** By hand: the state that comes, and what is told in brackets. "Missing, later" has only begun to be missing, unless it was before. */
const TRUTH: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "never any data": {
    "out, soon": "pending",
    "out, later": "pending",
    "between, soon": "inactive",
    "between, later": "inactive",
    "back, soon": "inactive",
    "back, later": "inactive",
    "missing, soon": "no data",
    "missing, later": "no data [no data]",
  },
  inactive: {
    "out, soon": "pending",
    "out, later": "pending",
    "between, soon": "inactive",
    "between, later": "inactive",
    "back, soon": "inactive",
    "back, later": "inactive",
    "missing, soon": "inactive",
    "missing, later": "inactive",
  },
  pending: {
    "out, soon": "pending",
    "out, later": "firing [firing]",
    "between, soon": "inactive",
    "between, later": "inactive",
    "back, soon": "inactive",
    "back, later": "inactive",
    "missing, soon": "pending",
    "missing, later": "pending",
  },
  firing: {
    "out, soon": "firing",
    "out, later": "firing",
    "between, soon": "firing",
    "between, later": "firing",
    "back, soon": "firing",
    "back, later": "firing",
    "missing, soon": "firing",
    "missing, later": "firing",
  },
  "firing, back for a while": {
    "out, soon": "firing",
    "out, later": "firing",
    "between, soon": "firing",
    "between, later": "firing",
    "back, soon": "firing",
    "back, later": "resolved [resolved]",
    "missing, soon": "firing",
    "missing, later": "firing",
  },
  resolved: {
    "out, soon": "resolved",
    "out, later": "pending",
    "between, soon": "resolved",
    "between, later": "inactive",
    "back, soon": "resolved",
    "back, later": "inactive",
    "missing, soon": "resolved",
    "missing, later": "resolved",
  },
  "no data": {
    "out, soon": "pending [pending]",
    "out, later": "pending [pending]",
    "between, soon": "inactive [inactive]",
    "between, later": "inactive [inactive]",
    "back, soon": "inactive [inactive]",
    "back, later": "inactive [inactive]",
    "missing, soon": "no data",
    "missing, later": "no data",
  },
  "no data, was firing": {
    "out, soon": "firing [firing]",
    "out, later": "firing [firing]",
    "between, soon": "firing [firing]",
    "between, later": "firing [firing]",
    "back, soon": "firing [firing]",
    "back, later": "firing [firing]",
    "missing, soon": "no data",
    "missing, later": "no data",
  },
};

describe("every pair of state and event, by hand", () => {
  for (const [name, state] of Object.entries(STATES)) {
    for (const [event, [after, value]] of Object.entries(EVENTS)) {
      test(`${name}; ${event}: ${TRUTH[name]![event]}`, () => {
        const result = run([[100 + after, value]], {}, state);
        const said = result.events
          .filter(({ delivery }) => delivery === "sent")
          .map(({ kind }) => ` [${kind}]`);
        assert.equal(result.states[0] + said.join(""), TRUTH[name]![event]);
      });
    }
  }
});

test("a life: pending for its time, firing, between the thresholds nothing, back for its time, resolved, cool-down, pending again", () => {
  const values = [
    BACK,
    OUT,
    OUT,
    OUT,
    OUT,
    BETWEEN,
    BACK,
    BETWEEN,
    BACK,
    BACK,
    BACK,
    BACK,
    BACK,
    OUT,
    OUT,
    OUT,
    OUT,
    OUT,
  ];
  const { states, events } = run(values.map((value, second) => [second, value] as const));
  assert.deepEqual(
    states.map((state, second) => `${second} ${state}`).filter((_, i) => states[i] !== states[i - 1]),
    ["0 inactive", "1 pending", "4 firing", "12 resolved", "17 pending"],
  );
  assert.deepEqual(told(events), ["4 firing", "12 resolved"]);
  assert.deepEqual(
    events.map(({ kind, delivery }) => `${kind} ${delivery}`),
    ["inactive quiet", "pending quiet", "firing sent", "resolved sent", "pending quiet"],
  );
});

test("without times it fires and resolves at once, and each change is told once", () => {
  const none = { forUs: 0, keepFiringForUs: 0, coolDownUs: 0 };
  const { states, events } = run(
    [
      [1, OUT],
      [2, OUT],
      [3, BACK],
      [4, OUT],
      [5, BETWEEN],
      [6, -OUT],
      [7, -BACK],
      [8, BACK],
    ],
    none,
  );
  assert.deepEqual(states, [
    "firing",
    "firing",
    "resolved",
    "firing",
    "firing",
    "firing",
    "resolved",
    "inactive",
  ]);
  assert.deepEqual(told(events), ["1 firing", "3 resolved", "4 firing", "6 firing", "7 resolved"]);
});

test("isOut and isBack: above, below, and on either side; back at 0 is to have crossed it", () => {
  const above: Threshold = { when: "above", fire: 2, resolve: 1 };
  assert.deepEqual(
    [1, 1.5, 2, Number.POSITIVE_INFINITY].map((v) => [isOut(above, v), isBack(above, 1, v)]),
    [
      [false, true],
      [false, false],
      [true, false],
      [true, false],
    ],
  );
  const below: Threshold = { when: "below", fire: 0.3, resolve: 0.4 };
  assert.deepEqual(
    [0.3, 0.35, 0.4].map((v) => [isOut(below, v), isBack(below, 1, v)]),
    [
      [true, false],
      [false, false],
      [false, true],
    ],
  );
  const atZero: Threshold = { when: "abs", fire: 2, resolve: 0 };
  assert.deepEqual(
    [isBack(atZero, 1, 0.1), isBack(atZero, 1, -0.1), isBack(atZero, -1, -0.1), isBack(atZero, -1, 0.1)],
    [false, true, false, true],
  );
  const same: Threshold = { when: "above", fire: 2, resolve: 2 };
  assert.deepEqual([isOut(same, 2), isBack(same, 1, 2), isBack(same, 1, 1.99)], [true, false, true]);
});

test("a reminder comes when its time is over, and counts from the last message", () => {
  const steps = Array.from({ length: 26 }, (_, i) => [i, OUT] as const);
  const { events } = run(steps, { forUs: 0, remindUs: 10 * S });
  assert.deepEqual(told(events), ["0 firing", "10 reminder", "20 reminder"]);
  assert.deepEqual(
    events.map(({ sinceUs }) => sinceUs),
    [0, 0, 0],
  );
});

test("missing values first last out what was, then they are told, and what fired before fires again without having resolved", () => {
  const steps = [
    [0, OUT],
    [1, NONE],
    [6, NONE],
    [7, NONE],
    [8, NONE],
    [30, OUT],
    [31, BACK],
    [35, BACK],
  ] as const;
  const { states, events } = run(steps, { forUs: 0 });
  assert.deepEqual(states, [
    "firing",
    "firing",
    "firing",
    "no data",
    "no data",
    "firing",
    "firing",
    "resolved",
  ]);
  assert.deepEqual(told(events), ["0 firing", "7 no data", "30 firing", "35 resolved"]);
  assert.deepEqual(
    events.map(({ sinceUs }) => sinceUs / S),
    [0, 7, 0, 0],
  );
});

test("a value that never came is told when windows have had their time to fill", () => {
  const steps = Array.from({ length: 30 }, (_, i) => [i, NONE] as const);
  const { states, events } = run(steps);
  assert.ok(states.every((state) => state === "no data"));
  assert.deepEqual(told(events), ["16 no data"]);
});

test("what is silenced is noted once and told when the silence ends, if it still holds", () => {
  const silencedBy = "feed stale";
  const stays = run(
    [
      [0, OUT, { silencedBy }],
      [1, OUT, { silencedBy }],
      [2, OUT],
    ],
    { forUs: 0 },
  );
  assert.deepEqual(
    stays.events.map(({ kind, delivery, isLate, timeUs }) => [kind, delivery, isLate, timeUs / S]),
    [
      ["firing", "silenced", false, 0],
      ["firing", "sent", true, 2],
    ],
  );
  const passes = run(
    [
      [0, OUT, { silencedBy }],
      [1, BACK, { silencedBy }],
      [5, BACK, { silencedBy }],
      [6, BACK],
    ],
    { forUs: 0 },
  );
  assert.deepEqual(told(passes.events), []);
});

test("an end that was silenced is told as an end, whatever has come since", () => {
  const silencedBy = "hole open";
  const { events } = run(
    [
      [0, OUT],
      [1, BACK, { silencedBy }],
      [2, BACK, { silencedBy }],
      [3, BACK],
      [4, BACK],
    ],
    { forUs: 0, keepFiringForUs: 0, coolDownUs: 0 },
  );
  assert.deepEqual(
    events.map(({ kind, delivery }) => `${kind} ${delivery}`),
    ["firing sent", "resolved silenced", "inactive quiet", "resolved sent"],
  );
  assert.equal(events.at(-1)!.sinceUs, 0);
});

test("the cap of an hour holds messages back, counts them, and lets the present state be told when there is room again", () => {
  const none = { forUs: 0, keepFiringForUs: 0, coolDownUs: 0, perHour: 3 };
  const steps = Array.from({ length: 8 }, (_, i) => [i * 10, i % 2 === 0 ? OUT : BACK] as const);
  const { events, state } = run([...steps, [3599, BACK], [3600, BACK], [3610, OUT]], none);
  assert.deepEqual(told(events), ["0 firing", "10 resolved", "20 firing", "3600 resolved", "3610 firing"]);
  assert.equal(events.find(({ timeUs }) => timeUs === 3600 * S)!.heldBack, 3);
  assert.equal(events.filter(({ delivery }) => delivery === "held back").length, 3);
  assert.equal(state.heldBack, 0);
  const full = run(
    [
      [0, OUT, { isFull: true }],
      [1, OUT],
    ],
    none,
  );
  assert.deepEqual(
    full.events.map(({ delivery, heldBack }) => [delivery, heldBack]),
    [
      ["held back", 0],
      ["sent", 1],
    ],
  );
});

test("a state that went through JSON at any moment goes on as if it had not; while nothing changes it is the same object", () => {
  const { uniform } = random(5);
  let [a, b] = [FIRST_STATE, FIRST_STATE];
  let timeUs = 0;
  for (let i = 0; i < 4000; i++) {
    timeUs += S * Math.ceil(3 * uniform());
    const value = [OUT, OUT, BETWEEN, BACK, BACK, NONE, -OUT][Math.floor(7 * uniform())]!;
    const observation = {
      timeUs,
      values: [value],
      ...(uniform() < 0.1 && { silencedBy: "x" }),
      isFull: uniform() < 0.05,
    };
    const limits = { ...LIMITS, remindUs: 7 * S, forUs: S, keepFiringForUs: S, coolDownUs: S, perHour: 9 };
    const [one, other] = [
      observe(limits, a, observation),
      observe(limits, JSON.parse(JSON.stringify(b)), observation),
    ];
    assert.deepEqual(one, other);
    [a, b] = [one.state, other.state];
  }
  const calm = run([[0, BACK]]).state;
  assert.equal(observe(LIMITS, calm, { timeUs: S, values: [BETWEEN] }).state, calm);
});

test("told firings and ends alternate, whatever comes", () => {
  const { uniform } = random(11);
  let state = FIRST_STATE;
  let believed = "nothing";
  for (let i = 0; i < 20_000; i++) {
    const result = observe(
      { ...LIMITS, forUs: S, keepFiringForUs: S, coolDownUs: 0, noDataAfterUs: 2 * S, perHour: 30 },
      state,
      {
        timeUs: i * S,
        values: [[OUT, BETWEEN, BACK, NONE][Math.floor(4 * uniform() ** 1.3)]!],
        ...(uniform() < 0.2 && { silencedBy: "x" }),
      },
    );
    state = result.state;
    for (const { kind, delivery } of result.events) {
      if (delivery !== "sent") continue;
      const now = kind === "firing" || kind === "no data" ? kind : "nothing";
      assert.notEqual(now, believed, `${i} ${kind}`);
      believed = now;
    }
    assert.equal(state.told, believed);
  }
});

test("after 0 3 −3 with |z| ≥ 2 the side has changed: it fires anew, which is told, and back is back to the new side", () => {
  const none = { forUs: 0, keepFiringForUs: 0, coolDownUs: 0 };
  const { states, events } = run(
    [
      [1, 0],
      [2, 3],
      [3, -3],
      [4, -1.5],
      [5, 0.2],
    ],
    none,
  );
  assert.deepEqual(states, ["inactive", "firing", "firing", "firing", "resolved"]);
  assert.deepEqual(told(events), ["2 firing", "3 firing", "5 resolved"]);
  assert.deepEqual(
    events.slice(1).map(({ from, sinceUs, value }) => [from, sinceUs / S, value]),
    [
      ["inactive", 2, 3],
      ["firing", 3, -3],
      ["firing", 3, 0.2],
    ],
  );
});

test("a changed side that can't be told is told later, unless it has changed back", () => {
  const none = { forUs: 0, keepFiringForUs: 0, coolDownUs: 0 };
  const silencedBy = "hole open";
  const stays = run(
    [
      [1, 3],
      [2, -3, { silencedBy }],
      [3, -3],
      [4, -3],
    ],
    none,
  );
  assert.deepEqual(told(stays.events), ["1 firing", "3 firing"]);
  assert.deepEqual(
    stays.events.map(({ delivery, isLate, sinceUs }) => [delivery, isLate, sinceUs / S]),
    [
      ["sent", false, 1],
      ["silenced", false, 2],
      ["sent", true, 2],
    ],
  );
  const returns = run(
    [
      [1, 3],
      [2, -3, { isFull: true }],
      [3, 3],
      [4, 3],
    ],
    none,
  );
  assert.deepEqual(told(returns.events), ["1 firing"]);
  assert.equal(returns.state.heldBack, 1);
});

test("a gap of data does not wipe a cool-down; that data are there again is told as that, not as an end", () => {
  const steps = [
    [0, OUT],
    [1, BACK],
    [2, NONE],
    [3, NONE],
    [10, NONE],
    [20, OUT],
    [30, OUT],
    [31, OUT],
  ] as const;
  const { states, events } = run(steps, { forUs: 0, keepFiringForUs: 0, coolDownUs: 30 * S });
  assert.deepEqual(states, [
    "firing",
    "resolved",
    "resolved",
    "resolved",
    "no data",
    "resolved",
    "resolved",
    "firing",
  ]);
  assert.deepEqual(told(events), ["0 firing", "1 resolved", "10 no data", "20 inactive", "31 firing"]);
  const over = run([...steps.slice(0, 5), [40, OUT]], { forUs: 0, keepFiringForUs: 0, coolDownUs: 30 * S });
  assert.equal(over.states.at(-1), "firing");
});

test("`for` and `keepFiringFor` count no bar without a value", () => {
  const { states } = run([
    [1, OUT],
    [2, NONE],
    [3, NONE],
    [4, OUT],
    [5, OUT],
    [6, OUT],
    [7, BACK],
    [8, NONE],
    [9, BACK],
    [10, BACK],
    [11, BACK],
    [12, BACK],
  ]);
  assert.deepEqual(states, [
    "pending",
    "pending",
    "pending",
    "pending",
    "pending",
    "firing",
    "firing",
    "firing",
    "firing",
    "firing",
    "firing",
    "resolved",
  ]);
});

test("all: fires when both are out, is over as soon as one is back, and its data are missing if one is", () => {
  const both = {
    judge: {
      by: "all" as const,
      of: [LIMITS.judge.of[0]!, { when: "above" as const, fire: 10, resolve: 5 }],
    },
  };
  const limits = { ...LIMITS, ...both, forUs: 0, keepFiringForUs: 0, coolDownUs: 0 };
  let state = FIRST_STATE;
  const said = [
    [2.5, 3],
    [2.5, 12],
    [1.5, 7],
    [-2.5, 7],
    [-2.5, 5],
    [-2.5, 12],
    ...Array.from({ length: 7 }, () => [-2.5, NONE]),
    [-2.5, 4],
  ].map((values, i) => {
    const result = observe(limits, state, { timeUs: (i + 1) * S, values });
    state = result.state;
    const sent = result.events.filter(({ delivery }) => delivery === "sent");
    return [state.state, ...sent.map(({ kind, lead }) => `${kind} by ${lead}`)].join(", ");
  });
  assert.deepEqual(said, [
    "inactive",
    "firing, firing by 0",
    "firing",
    "firing, firing by 1",
    "resolved, resolved by 1",
    "firing, firing by 0",
    ...Array.from({ length: 6 }, () => "firing"),
    "no data, no data by 1",
    "resolved, resolved by 1",
  ]);
});

test("a state that 0.1 kept goes on: its side, its pending time and its cool-down", () => {
  const old = { ...FIRST_STATE, isWaiting: false, sinceUs: 100 * S, side: -1 };
  const { outUs, sides, resolvedUs, toldSides, ...of01 } = old;
  const read = (more: object): AlertState =>
    readAlertState(JSON.parse(JSON.stringify({ ...of01, ...more })))!;
  const fires = read({ state: "firing", firingUs: 100 * S, told: "firing", toldUs: 100 * S });
  assert.deepEqual([fires.sides, fires.toldSides], [[-1], [-1]]);
  assert.deepEqual(told(run([[101, -3]], {}, fires).events), []);
  assert.deepEqual(told(run([[101, 3]], {}, fires).events), ["101 firing"]);
  assert.equal(run([[103, OUT]], {}, read({ state: "pending" })).states[0], "firing");
  assert.equal(run([[104, OUT]], {}, read({ state: "resolved" })).states[0], "resolved");
  assert.equal(readAlertState({ ...of01, state: "asleep" }), undefined);
  assert.equal(readAlertState({ ...of01, sentUs: 3 }), undefined);
  assert.deepEqual(readAlertState(fires), fires);
});
