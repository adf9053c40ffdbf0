import assert from "node:assert/strict";
import { test } from "node:test";
import { closesOf, reading, refusal, timesOf } from "../../support/files.ts";

const file = (rows: readonly (readonly [string, number])[]): string =>
  `time,close\n${rows.map(([time, close]) => `${time},${close}\n`).join("")}`;
const every = (minutes: readonly number[], day = "2024-01-01"): string =>
  file(minutes.map((m, i) => [new Date(Date.parse(day) + m * 60_000).toISOString(), i + 1]));

test("the length of bars is what all rows agree on; gaps stay gaps", (t) => {
  const length = (minutes: readonly number[]): number =>
    reading(t, every(minutes)).series[0]!.spacing.intervalUs / 60e6;
  assert.equal(length([0, 1, 2, 7, 8]), 1);
  assert.equal(length([0, 60, 120, 1080, 1140]), 60);
  assert.equal(length([0, 1440, 2880, 7200]), 1440);
  assert.equal(length([30, 90, 150]), 60);
});

test("a row off the grid of the others is refused, and the length never becomes the one that all fit", (t) => {
  assert.match(
    refusal(t, every([0, 60, 120, 180.02, 240, 300])),
    /line 5: needs bars that begin 1h apart, as most of its rows do; this one begins at "2024-01-01T03:00:01/,
  );
  assert.match(refusal(t, every([0.5, 60, 120, 180, 240])), /line 2: needs bars that begin 1h apart/);
  assert.match(
    refusal(t, every([0, 2, 5, 9])),
    /needs bars whose length can be determined; its rows are 2m, 3m, 4m apart\. Pass --interval/,
  );
});

test("name, rows and setting agree on the length, or nothing is taken", (t) => {
  const hours = every([0, 60, 120, 180, 240]);
  assert.equal(reading(t, hours, { interval: "1h" }).series[0]!.length, 5);
  assert.match(
    refusal(t, hours, { interval: "30m" }),
    /needs bars of 30m; its rows are 1h apart\. Pass --interval 1h/,
  );
  assert.match(refusal(t, hours, { interval: "2h" }), /needs bars of 2h; its rows are 1h apart/);
  assert.match(refusal(t, hours, {}, { name: "BTCUSDT-4h.csv" }), /needs bars of 4h; its rows are 1h apart/);
  assert.match(
    refusal(t, every([0])),
    /needs at least two bars to tell their interval; got the one of 2024-01-01T00:00:00Z\. Pass --interval 1m/,
  );
  assert.equal(reading(t, every([0]), { interval: "5m" }).series[0]!.spacing.intervalUs, 300e6);
});

test("months and quarters have no one length, whatever length is told", (t) => {
  const months = file([
    ["2024-01-01", 1],
    ["2024-02-01", 2],
    ["2024-03-01", 3],
    ["2024-04-01", 4],
  ]);
  for (const options of [{}, { interval: "30d" }, { interval: "31d" }])
    assert.match(refusal(t, months, options), /these are months, from 2024-01-01/);
  assert.match(
    refusal(
      t,
      file([
        ["2024-01-31", 1],
        ["2024-02-29", 2],
        ["2024-03-31", 3],
      ]),
    ),
    /these are months/,
  );
  assert.match(
    refusal(
      t,
      file([
        ["2024-01-01", 1],
        ["2024-04-01", 2],
        ["2024-07-01", 3],
      ]),
    ),
    /these are months/,
  );
  assert.equal(
    reading(
      t,
      file([
        ["2024-01-01", 1],
        ["2024-01-08", 2],
        ["2024-01-15", 3],
      ]),
    ).series[0]!.spacing.intervalUs,
    7 * 86_400e6,
  );
});

test("days from another zone's midnight stay days, each its own, when the clocks change", (t) => {
  const days = [
    "2024-03-08 00:00:00-05:00",
    "2024-03-09 00:00:00-05:00",
    "2024-03-10 00:00:00-05:00",
    "2024-03-11 00:00:00-04:00",
    "2024-03-12 00:00:00-04:00",
  ];
  const data = reading(t, file(days.map((day, i) => [day, i + 1])));
  assert.deepEqual(
    [data.series[0]!.length, data.series[0]!.spacing],
    [5, { intervalUs: 86_400e6, by: "wall" }],
  );
  assert.deepEqual(timesOf(data).slice(2, 4), ["2024-03-10T05:00:00Z", "2024-03-11T04:00:00Z"]);
  const naive = reading(t, file(days.map((day, i) => [day.slice(0, 19), i + 1])), { tz: "America/New_York" });
  assert.deepEqual(timesOf(naive), timesOf(data));
  const dates = reading(t, file(days.map((day, i) => [day.slice(0, 10), i + 1])), { tz: "America/New_York" });
  assert.deepEqual(timesOf(dates), timesOf(data));
});

test("rows in any order are put in order and told; a bar that is there twice counts once, or is refused", (t) => {
  const rows = ["2024-01-01T02:00:00Z,3", "2024-01-01T01:00:00Z,2", "2024-01-01T00:00:00Z,1"];
  const data = reading(t, `time,close\n${rows.join("\n")}\n`);
  assert.deepEqual(
    closesOf(data).map(([, close]) => close),
    [1, 2, 3],
  );
  assert.deepEqual(data.told, ["Its rows were not in order, and were sorted."]);
  const twice = reading(t, `time,close\n${rows.join("\n")}\n${rows[1]}\n`);
  assert.deepEqual(
    closesOf(twice).map(([, close]) => close),
    [1, 2, 3],
  );
  assert.match(twice.told.join(" "), /1 row was there twice, and counts once\./);
  assert.match(
    refusal(t, `time,close\n${rows.join("\n")}\n2024-01-01T01:00:00Z,9\n`),
    /line 5: needs one row a bar; line 3 has 2024-01-01T01:00:00Z as well, with other values/,
  );
});

test("minutes in which nothing traded are left out; half a bar is refused", (t) => {
  const head = "time,open,high,low,close,volume\n";
  const data = reading(
    t,
    `${head}2024-01-01T00:00:00Z,1,1,1,1,1\n2024-01-01T00:01:00Z,NaN,NaN,NaN,NaN,NaN\n2024-01-01T00:02:00Z,1,1,1,1,1\n2024-01-01T00:03:00Z,1,1,1,1,1\n`,
  );
  assert.deepEqual([data.series[0]!.length, data.told], [3, ["1 row has no price."]]);
  assert.match(
    refusal(t, `${head}2024-01-01T00:00:00Z,,1,1,1,1\n`),
    /line 2: needs open, high, low and close, or none of them; got nothing, 1, 1, 1/,
  );
});

test("a close that rounding puts outside high and low stands; one that is outside is refused", (t) => {
  const head = "time,open,high,low,close,volume\n";
  assert.equal(
    reading(t, `${head}2024-01-01,100,102,99,102.00000000000001,1\n2024-01-02,100,102,99,101,1\n`).series[0]!
      .close[0],
    102.00000000000001,
  );
  assert.match(
    refusal(t, `${head}2024-01-01,100,102,99,102.0001,1\n`),
    /line 2, high: needs a high and a low around open and close/,
  );
});

test("shares: business days, hours of a session, no volume", (t) => {
  const days = ["2024-01-04", "2024-01-05", "2024-01-08", "2024-01-09", "2024-01-16"];
  const data = reading(t, file(days.map((day, i) => [day, i + 1])));
  assert.deepEqual(
    [data.series[0]!.length, data.series[0]!.spacing.intervalUs, data.series[0]!.volume],
    [5, 86_400e6, undefined],
  );
});
