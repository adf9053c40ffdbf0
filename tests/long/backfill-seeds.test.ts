import { test } from "node:test";
import { repairInWeather } from "../support/repair-weather.ts";

for (const kind of ["single", "merged"] as const) {
  test(`200 seeds of faults of stream and history: every trade in the end, ${kind}`, async (t) => {
    for (let seed = 1; seed <= 200; seed++) await repairInWeather(t, kind, seed);
  });
}
