import assert from "node:assert/strict";
import { test } from "node:test";
import { alertsOf } from "../../../../src/analytics/alerts/alerts.ts";
import type {
  Measure,
  MeasureFacts,
  SymbolMeasure,
} from "../../../../src/analytics/alerts/measures/measure.ts";
import { MEASURE_NAMES, MEASURES } from "../../../../src/analytics/alerts/measures/measures.ts";
import { replayAlerts } from "../../../../src/analytics/alerts/replay.ts";
import { checkRules } from "../../../../src/analytics/alerts/rules/check-rules.ts";
import { pairOfBars } from "../../../support/alert-bars.ts";

test("a measure without an implementation, or a name that the table lacks, does not compile", () => {
  const { start, ...words } = MEASURES.volume as SymbolMeasure;
  // @ts-expect-error it has no `start`
  const bare: MeasureFacts = words;
  // @ts-expect-error there is a name more
  const more: Record<Measure | "skewness", MeasureFacts> = MEASURES;
  // @ts-expect-error a measure of a pair is made from closes or from a spread
  const mixed: MeasureFacts = { ...MEASURES.volume, of: "pair", from: "steps", start };
  assert.ok(bare !== more[MEASURE_NAMES[0]!] && mixed !== bare);
});

test("every measure is an own one: no two give the same values, and each lies within its reach", () => {
  const { y, x } = pairOfBars(400, 12, 0.1);
  const rules = MEASURE_NAMES.map((measure) => ({
    ...{ name: measure, interval: "1s", measure, when: "above", fire: 0 },
    ...(MEASURES[measure].of === "pair" ? { pair: ["ETHUSDT", "BTCUSDT"] } : { symbol: "ETHUSDT" }),
    ...(MEASURES[measure].leastWindow !== undefined && { window: 40 }),
  }));
  const alerts = alertsOf(checkRules(rules).rules, { venue: "v", symbols: [] });
  const seen = new Map<string, string>();
  for (const { alert, value } of replayAlerts(alerts, [y, x])) {
    const { measure } = alert.conditions[0]!.of;
    const known = value.filter((one) => !Number.isNaN(one));
    assert.ok(known.length > 200, `${measure}: ${known.length}`);
    const { least, most } = MEASURES[measure].reach?.(40) ?? { least: -Infinity, most: Infinity };
    assert.ok(
      known.every((one) => one >= least - 1e-9 && one <= most + 1e-9),
      measure,
    );
    const text = [...value].join();
    assert.equal(seen.get(text), undefined, `${measure} is what ${seen.get(text)} is`);
    seen.set(text, measure);
  }
});
