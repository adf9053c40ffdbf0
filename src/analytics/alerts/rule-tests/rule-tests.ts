import { type BarIdentity, type Bars, barColumn, makeBars } from "../../../core/bars.ts";
import { parseDuration } from "../../../core/time.ts";
import { type Alert, alertsOf } from "../alerts.ts";
import { replayAlerts } from "../replay.ts";
import type { AlertRule } from "../rules/rule.ts";
import { type AlertEvent, type AlertStateName, FIRST_STATE, observe } from "../state.ts";
import type { RuleTest, RuleTestFile, StateExpected } from "./check-rule-tests.ts";
import { readSeries } from "./series-text.ts";

/** An expectation that was not met. */
export interface TestFailure {
  readonly at: string;
  readonly rule: string;
  /** Symbol or pair; empty where no alert of the rule watches what was asked for. */
  readonly watched: string;
  readonly expected: string;
  readonly got: string;
  /** Of each condition; NaN: missing. None where there is no such bar or alert. */
  readonly values: readonly number[];
}

export interface TestOutcome {
  readonly name: string;
  readonly checks: number;
  readonly failures: readonly TestFailure[];
}

/** What an alert did in a test: its state after each bar. */
interface Run {
  readonly alert: Alert;
  readonly state: readonly AlertStateName[];
  /** Of each condition. */
  readonly values: readonly ArrayLike<number>[];
  readonly events: readonly AlertEvent[];
}

/** A Monday at midnight: every length of bar begins then. */
const START_US = Date.UTC(2026, 0, 5) * 1000;

/** Runs the tests of a file that was checked, on its rules. */
export function runRuleTests(file: RuleTestFile, rules: readonly AlertRule[]): TestOutcome[] {
  return file.tests.map((test): TestOutcome => {
    const runs = test.bars === undefined ? fromValues(test, rules) : fromBars(test, rules);
    const failures = test.expect.flatMap((expected) => check(expected, runs));
    return { name: test.name, checks: test.expect.length, failures };
  });
}

/** States alone: the value of each bar is told. */
function fromValues({ values = {} }: RuleTest, rules: readonly AlertRule[]): Run[] {
  return rules.flatMap((rule) => {
    if (!Object.hasOwn(values, rule.name)) return [];
    const columns = [values[rule.name]!].flat().map((text) => readSeries(text) as number[]);
    return alertsOf([rule], { venue: "test", symbols: ["*"] }).map((alert): Run => {
      let state = FIRST_STATE;
      const events: AlertEvent[] = [];
      const states = columns[0]!.map((_, i) => {
        const timeUs = START_US + (i + 1) * alert.intervalUs;
        const result = observe(alert.limits, state, { timeUs, values: columns.map((column) => column[i]!) });
        events.push(...result.events);
        state = result.state;
        return state.state;
      });
      return { alert, state: states, values: columns, events };
    });
  });
}

/** All of it: values are made of bars. */
function fromBars({ bars = {}, interval = "1s" }: RuleTest, rules: readonly AlertRule[]): Run[] {
  const symbols = Object.keys(bars);
  const isTested = (rule: AlertRule): boolean =>
    parseDuration(rule.interval) === parseDuration(interval) &&
    [rule.symbol === "*" ? [] : (rule.symbol ?? []), rule.pair ?? []]
      .flat(3)
      .every((symbol) => symbols.includes(symbol));
  const all = symbols.map((symbol) => barsOf(symbol, bars[symbol]!, parseDuration(interval)));
  const alerts = alertsOf(rules.filter(isTested), { venue: "test", symbols });
  return replayAlerts(alerts, all, { fromUs: START_US });
}

/** Bars with these closes; volume and trades are 1 unless told. A missing close is a bar that is missing. */
function barsOf(symbol: string, columns: Readonly<Record<string, string>>, intervalUs: number): Bars {
  const read = (name: string): number[] | undefined =>
    columns[name] === undefined ? undefined : (readSeries(columns[name]) as number[]);
  const closes = read("close")!;
  const [volumes, trades] = [read("volume"), read("trades")];
  const steps = [...closes.keys()].filter((i) => !Number.isNaN(closes[i]!));
  const identity: BarIdentity = {
    venue: { name: "test", kind: "simulated", detail: "a test of rules" },
    symbol,
    rule: { by: "time", intervalUs },
  };
  const made = makeBars(identity, steps.length, (name) => barColumn(name, steps.length));
  steps.forEach((step, i) => {
    const [close, volume, count] = [closes[step]!, volumes?.[step] ?? 1, trades?.[step] ?? 1];
    const row = {
      startUs: START_US + step * intervalUs,
      endUs: START_US + (step + 1) * intervalUs,
      ...{ open: close, high: close, low: close, close, vwap: close },
      ...{ volume, quoteVolume: volume * close, tradeCount: count, takerBuyVolume: volume / 2 },
      ...{ firstId: step, lastId: step, complete: 1 },
    };
    for (const [name, value] of Object.entries(row)) made[name as "close"][i] = value;
  });
  return made;
}

function check(expected: StateExpected, runs: readonly Run[]): TestFailure[] {
  const { at, rule, watched, state, told } = expected;
  const found = runs.filter(
    ({ alert }) => alert.rule.name === rule && (watched === undefined || alert.watched.join("/") === watched),
  );
  const failure = { at, rule, expected: told === undefined ? state : `${state}, told ${told || "nothing"}` };
  if (found.length === 0)
    return [{ ...failure, watched: watched ?? "", got: "no such alert in this test", values: [] }];
  return found.flatMap(({ alert, state: states, values, events }) => {
    const step = Math.floor(parseDuration(at) / alert.intervalUs) - 1;
    const here = { ...failure, watched: alert.watched.join("/") };
    const got = states[step];
    if (got === undefined) return [{ ...here, got: "before the first bar, or after the last", values: [] }];
    const timeUs = START_US + (step + 1) * alert.intervalUs;
    const said = events
      .filter((event) => event.timeUs === timeUs && event.delivery === "sent")
      .map(({ kind }) => kind);
    const isTold = told === undefined || said.join() === told;
    if (got === state && isTold) return [];
    return [
      {
        ...here,
        got: told === undefined ? got : `${got}, told ${said.join() || "nothing"}`,
        values: values.map((column) => column[step]!),
      },
    ];
  });
}

/** What came of a file of tests, to be read. */
export function testReport(outcomes: readonly TestOutcome[]): string {
  const lines = outcomes.flatMap(({ name, failures, checks }) => [
    `${failures.length === 0 ? "ok  " : "FAIL"} ${name}${failures.length === 0 ? ` (${checks})` : ""}`,
    ...failures.map(({ at, rule, watched, expected, got, values }) => {
      const subject = [rule, watched === "*" ? "" : watched].filter(Boolean).join(", ");
      const its = values.map((value) =>
        Number.isNaN(value) ? "missing" : String(Number(value.toPrecision(6))),
      );
      const what = its.length > 1 ? "values" : "value";
      return `       at ${at}, ${subject}: needs ${expected}; it is ${got} (${what} ${its.join(", ") || "missing"})`;
    }),
  ]);
  const passed = outcomes.filter(({ failures }) => failures.length === 0).length;
  return [...lines, `${passed} of ${outcomes.length} tests passed`].join("\n");
}
