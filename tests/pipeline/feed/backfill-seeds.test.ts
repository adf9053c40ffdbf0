import { test } from "node:test";
import { repairInWeather } from "../../support/repair-weather.ts";

for (const kind of ["single", "merged"] as const) {
  test(`whatever the stream and the history do, in the end every trade is there once, ${kind}, as it was`, async (t) => {
    for (let seed = 1; seed <= 3; seed++) await repairInWeather(t, kind, seed);
  });
}
