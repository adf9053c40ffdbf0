import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { AlertRule } from "../../../src/analytics/alerts/rules/rule.ts";
import { random } from "../../../src/core/random.ts";
import type { Trade } from "../../../src/core/trade.ts";
import { alertHistory } from "../../../src/notebook/alerts/alert-history.ts";
import { sparkline } from "../../../src/notebook/alerts/alert-table.ts";
import { type PairAlerts, pairAlerts } from "../../../src/notebook/alerts/pair-alerts.ts";
import { type PairWatch, watchPair } from "../../../src/notebook/pair/pair-watch.ts";
import type { View } from "../../../src/render/view.ts";
import { alertStage } from "../../support/alert-stage.ts";
import { REPLAY, SYMBOLS, stored, write } from "../../support/stored.ts";
import { batchOf, T0, trade } from "../../support/trades.ts";
import { draw, specOf } from "../../support/vega.ts";

const SECOND = Math.floor(T0 / 1e6) * 1e6;

/** Both symbols trade in each second from `from` to `to` (not included); y is stretched by `stretch` (a share). */
function seconds(from: number, to: number, stretch: (second: number) => number = () => 0): Trade[] {
  const trades: Trade[] = [];
  for (let s = from; s < to; s++) {
    const { normal } = random(17, s);
    const x = 60_000 + 40 * Math.sin(s / 9) + normal();
    const y = (x / 23) * (1 + 2e-5 * normal() + stretch(s));
    const times = { tradeTimeUs: SECOND + s * 1e6 + 400_000, eventTimeUs: SECOND + s * 1e6 + 400_000 };
    trades.push(trade(s + 1, { ...times, price: x.toFixed(8) }));
    trades.push(trade(s + 1, { ...times, symbol: "ETHUSDT", price: y.toFixed(8), qty: "1.00000000" }));
  }
  return trades;
}

interface Stage {
  readonly pair: PairWatch;
  readonly alerts: PairAlerts;
  add(trades: readonly Trade[]): void;
}

function stage(t: TestContext, trades: readonly Trade[], rules?: readonly AlertRule[]): Stage {
  const db = stored(t, trades, REPLAY);
  const pair = watchPair({
    y: "ETHUSDT",
    x: "BTCUSDT",
    interval: "1s",
    window: 20,
    calibrationBars: 20,
    bars: 200,
    graceMs: 0,
    source: db,
  });
  return {
    pair,
    alerts: pairAlerts(pair, rules === undefined ? {} : { rules }),
    add: (more) => write(db, (writer) => writer.append(batchOf(more, SYMBOLS), T0), REPLAY),
  };
}

const textOf = (view: View): string => (view.kind === "html" ? view.text : (view.label ?? ""));
const Z: AlertRule = {
  name: "z out",
  pair: ["ETHUSDT", "BTCUSDT"],
  interval: "1s",
  measure: "zScore",
  window: 20,
  when: "abs",
  fire: 3,
  resolve: 1,
};
/** Stretched at seconds 100 to 104 and from 150 on. */
const twice = (s: number): number => ((s >= 100 && s < 105) || s >= 150 ? 8e-4 : 0);

test("the table shows firing alerts first, with since when, value, threshold and the last values", (t) => {
  const { alerts } = stage(t, seconds(0, 153, twice), [
    { name: "calm", symbol: "BTCUSDT", interval: "1s", measure: "tradeCount", when: "above", fire: 100 },
    Z,
  ]);
  const lines = textOf(alerts.table()).split("\n");
  assert.equal(lines[0], "Alerts: 1 of 2 firing");
  assert.match(
    lines[2]!,
    /^▲ FIRING +1 s +z out +ETH\/BTC +[23]\.\d\d σ +beyond ±3, over at ±1 +[▁-█ ]{30} +warning$/,
  );
  assert.match(lines[3]!, /^· quiet +[\d.]+ (s|min) +calm +BTC +1 +above 100 trades /);
});

test("an alert's value is the one that the chart beside it shows", (t) => {
  const { alerts, pair, add } = stage(t, seconds(0, 100), [Z]);
  for (let s = 100; s < 130; s++) {
    add(seconds(s, s + 1, twice));
    const { zScore } = pair.frame();
    const [status] = alerts.status();
    assert.ok(Math.abs(status!.value - zScore.at(-1)!) < 1e-9, `${s}: ${status!.value} ${zScore.at(-1)}`);
  }
});

test("what was told stands in the history, and as bands and marks on the chart: one that fires still reaches to its end", async (t) => {
  const { alerts, pair, add } = stage(t, seconds(0, 120, twice), [Z]);
  assert.match(
    textOf(alerts.history()),
    /T\S+Z +(\d+ s|still firing) +z out +ETH\/BTC +warning +ETHUSDT\/BTCUSDT: /,
  );
  assert.doesNotMatch(textOf(alerts.history()), /data/);
  const over = await draw(pair.zScore({ bands: alerts }));
  assert.deepEqual(over.warnings, []);
  add(seconds(120, 152, twice));
  const still = await draw(pair.zScore({ bands: alerts }));
  assert.deepEqual(still.warnings, []);
  const bands = (spec: unknown): { to: number | null }[] =>
    (
      spec as { layer: { mark?: { type?: string }; data?: { values: { to: number | null }[] } }[] }
    ).layer.find(
      ({ mark, data }) => mark?.type === "rect" && data?.values[0] !== undefined && "to" in data.values[0],
    )!.data!.values;
  // the first one is nowhere: it keeps the layer when nothing fires
  const found = bands(specOf(pair.zScore({ bands: alerts }))).slice(1);
  assert.deepEqual(
    found.map(({ to }) => to === null),
    [false, true],
  );
  assert.ok(still.marks.symbol! >= over.marks.symbol! + 1);
  for (const view of [pair.spread({ bands: alerts }), pair.correlation({ bands: alerts })])
    assert.deepEqual((await draw(view)).warnings, []);
});

test("a rule that is set says at once what it would have done, and is judged from the first bar in view; the others go on", (t) => {
  const { alerts, add } = stage(t, seconds(0, 180, twice), [Z]);
  const before = alerts.status()[0]!.state;
  const view = alerts.set({ ...Z, name: "lower", fire: 2.5 });
  assert.match(
    textOf(view),
    /^"lower" is added\. On the 180 bars in view \(3m\) it would have fired \d+ times\.|^"lower" is added\./,
  );
  assert.match(textOf(view), /came back/);
  const [z, lower] = ["z out", "lower"].map(
    (name) => alerts.status().find(({ alert }) => alert.rule.name === name)!,
  );
  assert.deepEqual(z!.state, before);
  assert.ok(lower!.state.sinceUs !== null);
  assert.match(textOf(alerts.history(50)), /lower/);
  assert.match(textOf(alerts.set({ ...Z, name: "lower", fire: 3.5 })), /"lower" is changed\./);
  assert.equal(alerts.rules().length, 2);
  assert.match(
    textOf(alerts.set({ ...Z, name: "five", interval: "5s", window: 10, fire: 2, resolve: 1 })),
    /"five" is added\. On the \d+ bars/,
  );
  add(seconds(180, 182, twice));
  assert.equal(alerts.status().length, 3);
  alerts.remove("lower");
  assert.deepEqual(
    alerts.rules().map(({ name }) => name),
    ["z out", "five"],
  );
  assert.throws(() => alerts.set({ ...Z, resolve: 9 }), /resolve: lies beyond fire/);
  assert.throws(() => alerts.set({ ...Z, pair: ["SOLUSDT", "BTCUSDT"] }), /"SOLUSDT" is not in the database/);
});

test("without rules it takes those that come with Tickbook, at the chart's threshold; what a short window never reaches is left out", (t) => {
  const db = stored(t, seconds(0, 60), REPLAY);
  const fires = (window: number, threshold: number): string[] =>
    pairAlerts(
      watchPair({
        y: "ETHUSDT",
        x: "BTCUSDT",
        interval: "1s",
        window,
        calibrationBars: window,
        threshold,
        graceMs: 0,
        source: db,
      }),
    )
      .rules()
      .filter(({ measure }) => measure === "zScore")
      .map(({ fire, resolve }) => `${fire} ${resolve}`);
  assert.deepEqual(fires(20, 3), ["3 1.5"]);
  assert.deepEqual(fires(5, 2), []);
});

test("rules that were set outlive the panels that they were set on", (t) => {
  const own: AlertRule[] = [];
  const { pair } = stage(t, seconds(0, 100));
  pairAlerts(pair, { rules: [Z], own }).set({ ...Z, name: "lower", fire: 2.5 });
  pairAlerts(pair, { rules: [Z], own }).set({ ...Z, name: "z out", fire: 2 });
  const names = pairAlerts(pair, { rules: [Z], own })
    .rules()
    .map(({ name, fire }) => `${name} ${fire}`);
  assert.deepEqual(names, ["lower 2.5", "z out 2"]);
});

test("thresholds side by side, a row each", (t) => {
  const { alerts } = stage(t, seconds(0, 190, twice), [Z]);
  const text = textOf(alerts.compare("z out", [2, 2.5, 3]));
  assert.match(text, /\n2, over at 1 .*\n2\.5, over at 1 .*\n3, over at 1 /);
  assert.match(textOf(alerts.compare("zout", [2])), /No rule is named "zout"\. There are: z out\./);
});

test("beside the alerts stand the round trips of the strategy and what came of them after costs, all of one run", (t) => {
  const { alerts } = stage(t, seconds(0, 190, twice));
  const [, trips, won, of] =
    /round trips: (\d+) \(\|z\| from 2 back to 0, in view\)\nafter costs: . [+−]?\d+\.\d\d USDT \((\d+) of (\d+) won; .*\)\ncosts: \d+\.\d\d USDT/.exec(
      textOf(alerts.strategy()),
    ) ?? [];
  assert.ok(Number(trips) > 0);
  assert.equal(of, trips);
  assert.ok(Number(won) <= Number(trips));
  assert.equal(alerts.rules().length, 5);
});

test("while the pair waits for bars, so do its alerts", (t) => {
  const { alerts, add } = stage(t, seconds(0, 8));
  assert.match(textOf(alerts.table()), /Alerts/);
  assert.deepEqual(alerts.status(), []);
  assert.match(textOf(alerts.strategy()), /round trips: – \(waits for bars\)\nafter costs: – USDT/);
  add(seconds(8, 60));
  assert.ok(alerts.status().length > 0);
});

test("hostile text of a rule stays text in the table and in the chart", (t) => {
  const name = '<img src=x onerror=alert(1)>\u202e"';
  const { alerts, pair } = stage(t, seconds(0, 153, twice), [{ ...Z, name, text: name }]);
  const view = alerts.table();
  assert.ok(view.kind === "html" && !/<img|\u202e/.test(view.html));
  assert.ok(!JSON.stringify(specOf(pair.zScore({ bands: alerts }))).includes("\u202e"));
});

test("sparkline: a block a value, from the least to the most; low where nothing moves, a blank where one is missing", () => {
  assert.equal(sparkline([0, 1, Number.NaN, 2, Number.POSITIVE_INFINITY]), "▁▅ █ ");
  assert.equal(sparkline([3, 3]), "▁▁");
  assert.equal(sparkline([]), "");
});

test("the history of a watch can be read as a table; without one it is empty", (t) => {
  const stage = alertStage(t);
  const market = { BTCUSDT: (s: number) => 100 * 1.02 ** Math.floor(s / 20), ETHUSDT: () => 50 };
  stage.add(0, 10, market);
  assert.equal(alertHistory({ source: stage.db }).length, 0);
  const watch = stage.watch([
    {
      name: "moved",
      symbol: "BTCUSDT",
      interval: "1s",
      measure: "priceMove",
      window: 5,
      when: "above",
      fire: 1,
    },
  ]);
  watch.pass();
  stage.add(10, 40, market);
  watch.pass();
  const { columns, length } = alertHistory({ source: stage.db });
  assert.equal(length, 2);
  assert.deepEqual([...(columns[1]!.values as string[])], ["resolved", "firing"]);
});
