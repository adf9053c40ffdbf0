import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { AlertRule } from "../../../src/analytics/alerts/rules/rule.ts";
import type { AlertSink } from "../../../src/app/alerts/sinks/sink.ts";
import { terminalSink } from "../../../src/app/alerts/sinks/terminal-sink.ts";
import { alertHistory } from "../../../src/notebook/alerts/alert-history.ts";
import { actsFile, actsReader, addAct, type StoredAct } from "../../../src/pipeline/store/alert-acts.ts";
import { alertStage, type PriceAt, START_US } from "../../support/alert-stage.ts";
import { tempFolder } from "../../support/temp.ts";

/** Fires when the price jumps, for eight seconds. */
const MOVED: AlertRule = {
  name: "moved",
  symbol: "BTCUSDT",
  interval: "1s",
  measure: "priceMove",
  window: 5,
  when: "above",
  fire: 1,
  resolve: 0.5,
  remind: "2s",
};
const jumps: PriceAt = (second) => 100 * 1.02 ** Math.floor(second / 20);
const market = { BTCUSDT: jumps };
const at = (second: number): number => START_US + second * 1e6;
const act = (act: string, second: number, until = second): Omit<StoredAct, "id"> => ({
  ...{ act, venue: "sim-seed7", rule: "moved", watched: "BTCUSDT" },
  atUs: at(second),
  untilUs: at(until),
});

function staged(t: Parameters<typeof alertStage>[0]) {
  const stage = alertStage(t);
  const lines: string[] = [];
  const sent: string[] = [];
  const sink: AlertSink = {
    name: "chat",
    send: (records, done) => {
      for (const { id, kind, timeUs } of records) {
        sent.push(`${(timeUs - START_US) / 1e6} ${kind}`);
        done(id);
      }
    },
    trouble: () => "",
    close: async () => {},
  };
  const screen = { line: (text: string) => void lines.push(text) };
  const begin = () => stage.watch([MOVED], { sinks: [terminalSink(screen, false), sink] });
  const run = (watch: { pass(): boolean }, from: number, to: number): void => {
    for (let second = from; second < to; second++) {
      stage.add(second, second + 1, market);
      watch.pass();
    }
  };
  return { stage, lines, sent, begin, run, file: actsFile(stage.db) };
}

test("a snoozed alert is held back by the watch, which says so in its output and in the history; after the snooze it reports again", (t) => {
  const { stage, lines, sent, begin, run, file } = staged(t);
  stage.add(0, 10, market);
  const watch = begin();
  watch.pass();
  run(watch, 10, 15);
  addAct(file, act("snooze", 15, 35));
  run(watch, 15, 60);
  assert.ok(!sent.some((line) => Number.parseInt(line, 10) < 35), sent.join());
  assert.equal(sent[0], "41 firing");
  assert.match(lines[0]!, /· snoozed warning · moved · BTCUSDT: snoozed until 2026-01-05T12:00:35Z/);
  assert.match(
    lines[1]!,
    /^2026-01-05T12:00:21Z ■ FIRING warning · moved · .* · held back: snoozed until 2026-01-05T12:00:35Z · SIMULATED$/,
  );
  const { columns } = alertHistory({ source: stage.db });
  const what = columns.find(({ name }) => name === "what")!.values as string[];
  assert.ok(what.includes("snoozed"));
  assert.ok(what.includes("firing, held back: snoozed until 2026-01-05T12:00:35Z"));
});

test("what fires still when a snooze ends is reported then, as late; a snooze that is ended lets the next firing through", (t) => {
  const { sent, stage, lines, begin, run, file } = staged(t);
  stage.add(0, 10, market);
  const watch = begin();
  watch.pass();
  addAct(file, act("snooze", 10, 23));
  run(watch, 10, 30);
  assert.equal(sent[0], "23 firing");
  assert.ok(lines.some((line) => /reported late/.test(line)));
  addAct(file, act("snooze", 30, 1000));
  run(watch, 30, 35);
  addAct(file, act("wake", 35));
  run(watch, 35, 45);
  assert.ok(sent.includes("41 firing"));
  assert.ok(lines.some((line) => /no longer snoozed/.test(line)));
});

test("an acknowledged firing is not repeated; the next one is", (t) => {
  const { stage, sent, begin, run, file } = staged(t);
  stage.add(0, 10, market);
  const watch = begin();
  watch.pass();
  run(watch, 10, 22);
  addAct(file, act("acknowledge", 22));
  run(watch, 22, 40);
  assert.deepEqual(sent, ["21 firing", "26 resolved"]);
  run(watch, 40, 50);
  assert.ok(sent.includes("43 reminder"), sent.join());
});

test("a watch that begins again knows a snooze, and writes it into the history once", (t) => {
  const { stage, sent, begin, run, file } = staged(t);
  stage.add(0, 10, market);
  let watch = begin();
  watch.pass();
  run(watch, 10, 15);
  watch.finish();
  watch.end();
  addAct(file, act("snooze", 15, 35));
  watch = begin();
  watch.pass();
  run(watch, 15, 20);
  watch.finish();
  watch.end();
  watch = begin();
  run(watch, 20, 34);
  assert.deepEqual(sent, []);
  assert.equal(stage.events().filter(({ kind }) => kind === "snooze").length, 1);
});

test("acts of another rule, symbol or venue change nothing; ones of a later version are passed over", (t) => {
  const { stage, sent, begin, run, file } = staged(t);
  stage.add(0, 10, market);
  const watch = begin();
  watch.pass();
  addAct(file, { ...act("snooze", 10, 100), rule: "other" });
  addAct(file, { ...act("snooze", 10, 100), watched: "ETHUSDT" });
  addAct(file, { ...act("snooze", 10, 100), venue: "binance" });
  addAct(file, act("delegate", 10, 100));
  run(watch, 10, 25);
  assert.equal(sent[0], "21 firing");
});

test("the file of acts: none is no act; what is another database is refused, and left as it was", (t) => {
  const file = join(tempFolder(t), "alert-acts.db");
  const reader = actsReader(file);
  assert.equal(reader.look(), false);
  addAct(file, act("snooze", 1, 2));
  assert.equal(reader.look(), true);
  assert.equal(reader.look(), false);
  addAct(file, act("wake", 2));
  assert.equal(reader.look(), true);
  assert.deepEqual(
    reader.acts().map(({ id, act }) => [id, act]),
    [
      [1, "snooze"],
      [2, "wake"],
    ],
  );
  const { db } = alertStage(t);
  assert.throws(() => addAct(db, act("wake", 1)), { code: "foreign-database" });
});
