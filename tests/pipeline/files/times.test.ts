import assert from "node:assert/strict";
import { test } from "node:test";
import { isoWallUs } from "../../../src/pipeline/files/values/iso-time.ts";
import { timeText } from "../../../src/pipeline/files/values/time-text.ts";
import { zoneOf } from "../../../src/pipeline/files/values/zone.ts";
import { reading, refusal, timesOf } from "../../support/files.ts";

/** A file of two closes at these times. */
const file = (...times: readonly string[]): string =>
  `time,close\n${times.map((time, i) => `${/[,"]/.test(time) ? `"${time}"` : time},${i + 1}.5\n`).join("")}`;

test("each usual form of time is read as the one instant that it is", (t) => {
  const cases: readonly (readonly string[])[] = [
    ["2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"],
    ["2024-01-02 03:04:05", "2024-01-02T03:04:05Z"],
    ["2024-01-02 03:04", "2024-01-02T03:04:00Z"],
    ["2024-01-02 03:04:05 UTC", "2024-01-02T03:04:05Z"],
    ["2024-01-02 03:04:05+00:00", "2024-01-02T03:04:05Z"],
    ["2024-01-02T03:04:05.25+05:30", "2024-01-01T21:34:05.250Z"],
    ["2024-01-02 03:04:05-0500", "2024-01-02T08:04:05Z"],
    ["2024/01/02 03:04:05", "2024-01-02T03:04:05Z"],
    ["2024.01.02 03:04", "2024-01-02T03:04:00Z"],
    ["2024-01-02D03:04:05.123456", "2024-01-02T03:04:05.123456Z"],
    ["20240102 030405", "2024-01-02T03:04:05Z"],
    ["20240102T030405Z", "2024-01-02T03:04:05Z"],
    ["20240102", "2024-01-02T00:00:00Z"],
    ["202401020304", "2024-01-02T03:04:00Z"],
    ["20240102030405", "2024-01-02T03:04:05Z"],
    ["20240102030405250", "2024-01-02T03:04:05.250Z"],
    ["13/01/2024 15:04", "2024-01-13T15:04:00Z"],
    ["01/13/2024 03:04 PM", "2024-01-13T15:04:00Z"],
    ["13.01.2024 03:04:05.250", "2024-01-13T03:04:05.250Z"],
    ["2024-01-02 12-AM", "2024-01-02T00:00:00Z"],
    ["2024-01-02 12:30 p.m.", "2024-01-02T12:30:00Z"],
    ["02-Jan-2024 03:04", "2024-01-02T03:04:00Z"],
    ["Jan 2, 2024", "2024-01-02T00:00:00Z"],
    ["2 January 2024", "2024-01-02T00:00:00Z"],
    ["Tue, 02 Jan 2024 03:04:05 GMT", "2024-01-02T03:04:05Z"],
    ["1704164645", "2024-01-02T03:04:05Z"],
    ["1704164645.250", "2024-01-02T03:04:05.250Z"],
    ["1704164645250", "2024-01-02T03:04:05.250Z"],
    ["1704164645250000", "2024-01-02T03:04:05.250Z"],
    ["1704164645250000000", "2024-01-02T03:04:05.250Z"],
    ["2024-01-02T03:04:05.123456789Z", "2024-01-02T03:04:05.123456Z"],
    // a year that is written stands
    ["1985-01-02", "1985-01-02T00:00:00Z"],
  ];
  for (const [text, iso] of cases) {
    const data = reading(t, file(text!), { interval: "1m" });
    assert.deepEqual(timesOf(data), [iso!.replace("T00:00:00Z", "T00:00:00Z")], text);
  }
});

test("what is no time of one instant is refused with its row", (t) => {
  for (const text of [
    "2024-02-30",
    "2023-02-29 00:00:00",
    "2024-13-01T00:00:00Z",
    "2024-01-02T24:00:00Z",
    "2024-01-02 13:00 PM",
    "2024-01-02 00:00 AM",
    "2024-01-02 00:00:00 EST",
    "2024-01-02T00:00:60Z",
    "yesterday",
    "1.70407E+12",
    "45294",
    "0",
    "999",
    "170406720",
    "17040672000",
    "4102444800",
    "01/02/24",
    "24-01-02",
    "01/02",
    "32/13/2024",
  ])
    assert.match(
      refusal(t, file("2024-01-02", text).replace("2024-01-02,1.5\n", ""), { interval: "1m" }),
      /line 2, time: needs/,
      text,
    );
});

test("day and month: any row of the file proves their order, else it is asked for", (t) => {
  assert.deepEqual(timesOf(reading(t, file("11/01/2024", "12/01/2024", "13/01/2024"))), [
    "2024-01-11T00:00:00Z",
    "2024-01-12T00:00:00Z",
    "2024-01-13T00:00:00Z",
  ]);
  assert.deepEqual(timesOf(reading(t, file("01/11/2024", "01/12/2024", "01/13/2024"))), [
    "2024-01-11T00:00:00Z",
    "2024-01-12T00:00:00Z",
    "2024-01-13T00:00:00Z",
  ]);
  const open = file("01/02/2024", "01/03/2024", "01/04/2024");
  assert.match(
    refusal(t, open),
    /^data\.csv, line 2, time: needs a date that can be read in one way; "01\/02\/2024" can be day and month or month and day, and no other row settles it\. Pass --dates dmy or --dates mdy\.$/,
  );
  assert.match(refusal(t, open, {}, { voice: "settings" }), /Pass dates: "dmy" or dates: "mdy"\.$/);
  assert.deepEqual(timesOf(reading(t, open, { dates: "mdy" })), [
    "2024-01-02T00:00:00Z",
    "2024-01-03T00:00:00Z",
    "2024-01-04T00:00:00Z",
  ]);
  assert.match(refusal(t, open, { dates: "dmy" }), /these are months/);
  assert.match(
    refusal(t, file("13/01/2024", "01/14/2024")),
    /line 3, time: needs one order of day and month in the whole file/,
  );
  assert.match(
    refusal(t, file("13/01/2024"), { dates: "mdy", interval: "1d" }),
    /line 2, time: needs month, then day; got "13\/01\/2024"/,
  );
  // the same day in either order
  assert.deepEqual(timesOf(reading(t, file("01/01/2024"), { interval: "1d" })), ["2024-01-01T00:00:00Z"]);
});

test("two digits of a year are taken only where the order of a date is told", (t) => {
  assert.match(
    refusal(t, file("13/01/24"), { interval: "1d" }),
    /needs a year of four digits; got "13\/01\/24"\. Pass --dates dmy, mdy or ymd/,
  );
  assert.deepEqual(timesOf(reading(t, file("13/01/24"), { dates: "dmy", interval: "1d" })), [
    "2024-01-13T00:00:00Z",
  ]);
  assert.deepEqual(timesOf(reading(t, file("24-01-13"), { dates: "ymd", interval: "1d" })), [
    "2024-01-13T00:00:00Z",
  ]);
  assert.deepEqual(timesOf(reading(t, file("13/01/85"), { dates: "dmy", interval: "1d" })), [
    "1985-01-13T00:00:00Z",
  ]);
});

test("one file writes its times in one way", (t) => {
  for (const [a, b] of [
    ["1704067200", "1704067260000"],
    ["1704067200000", "2024-01-01T00:01:00Z"],
    ["20240101", "2024-01-02"],
  ] as const)
    assert.match(
      refusal(t, file(a, b)),
      /line 3, time: needs one kind of time in the whole file/,
      `${a} ${b}`,
    );
});

test("a unit that a name tells stands, whatever time that is", (t) => {
  assert.deepEqual(timesOf(reading(t, "time_s,close\n473385600,1\n473472000,2\n")), [
    "1985-01-01T00:00:00Z",
    "1985-01-02T00:00:00Z",
  ]);
  assert.deepEqual(
    timesOf(reading(t, "when,close\n473385600,1\n473472000,2\n", { columns: { time_s: "when" } })),
    ["1985-01-01T00:00:00Z", "1985-01-02T00:00:00Z"],
  );
  assert.match(
    refusal(t, "time,close\n473385600,1\n473472000,2\n"),
    /needs a time from 2009 to tomorrow .* Name the unit: --columns time_s=time, or time_ms/,
  );
});

test("a date and a time of day in two columns are one time", (t) => {
  const expected = ["2024-01-02T09:30:00Z", "2024-01-02T09:31:00Z"];
  assert.deepEqual(
    timesOf(reading(t, "Date,Time,Close\n2024-01-02,09:30,1\n2024-01-02,09:31,2\n")),
    expected,
  );
  assert.deepEqual(
    timesOf(reading(t, "<DATE>,<TIME>,<CLOSE>\n20240102,093000,1\n20240102,093100,2\n")),
    expected,
  );
  assert.deepEqual(timesOf(reading(t, "Time,Date,Close\n9:30 AM,13/01/2024,1\n9:31 AM,13/01/2024,2\n")), [
    "2024-01-13T09:30:00Z",
    "2024-01-13T09:31:00Z",
  ]);
});

test("two columns that both tell the time have to agree", (t) => {
  const text = (date: string): string =>
    `unix,date,close\n1704067200,2024-01-01 00:00:00,1\n1704070800,${date},2\n`;
  assert.deepEqual(timesOf(reading(t, text("2024-01-01 01:00:00"))), [
    "2024-01-01T00:00:00Z",
    "2024-01-01T01:00:00Z",
  ]);
  assert.match(
    refusal(t, text("2024-01-01 02:00:00")),
    /line 3: needs one time a row; .* Say which counts: --columns time=/,
  );
});

test("the begin of a bar is its time, wherever the end stands", (t) => {
  const text =
    "close_time,open,high,low,close,volume,open_time\n1704067259999,1,1,1,1,1,1704067200000\n1704067319999,1,1,1,1,1,1704067260000\n";
  assert.deepEqual(timesOf(reading(t, text)), ["2024-01-01T00:00:00Z", "2024-01-01T00:01:00Z"]);
  assert.match(
    refusal(t, text.replace("open_time", "x")),
    /needs a column of times .* "close_time" is when a bar ends/,
  );
});

test("times without a zone are UTC, or of the zone that is told", (t) => {
  const text = file("2024-01-02 00:00", "2024-01-03 00:00");
  assert.deepEqual(timesOf(reading(t, text)), ["2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z"]);
  assert.deepEqual(reading(t, text).told, ["Its times name no zone and are read as UTC."]);
  assert.deepEqual(timesOf(reading(t, text, { tz: "America/New_York" })), [
    "2024-01-02T05:00:00Z",
    "2024-01-03T05:00:00Z",
  ]);
  assert.deepEqual(timesOf(reading(t, text, { tz: "+05:30" })), [
    "2024-01-01T18:30:00Z",
    "2024-01-02T18:30:00Z",
  ]);
  // what the file itself tells stands
  assert.deepEqual(
    timesOf(reading(t, file("2024-01-02T00:00Z", "2024-01-03T00:00Z"), { tz: "Asia/Tokyo" })),
    ["2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z"],
  );
  for (const tz of ["EST", "Mars/Olympus", "New York", "5", "+99:00"])
    assert.match(
      refusal(t, text, { tz }),
      /^--tz: needs UTC, a place of the zone table, or an offset; got/,
      tz,
    );
});

test("an hour that a zone's clock shows twice is told apart by the rows, and never where it is not there", (t) => {
  const tz = "America/New_York";
  const hours = file("2024-11-03 00:00", "2024-11-03 01:00", "2024-11-03 01:00", "2024-11-03 02:00");
  const expected = [
    "2024-11-03T04:00:00Z",
    "2024-11-03T05:00:00Z",
    "2024-11-03T06:00:00Z",
    "2024-11-03T07:00:00Z",
  ];
  assert.deepEqual(timesOf(reading(t, hours, { tz })), expected);
  const newestFirst = file("2024-11-03 02:00", "2024-11-03 01:00", "2024-11-03 01:00", "2024-11-03 00:00");
  assert.deepEqual(timesOf(reading(t, newestFirst, { tz })), expected);
  assert.match(
    refusal(t, file("2024-11-03 00:00", "2024-11-03 01:00", "2024-11-03 03:00"), { tz }),
    /line 3: needs a time that is one; America\/New_York shows 2024-11-03 01:00:00 twice/,
  );
  assert.match(
    refusal(t, file("2024-03-10 01:00", "2024-03-10 02:00"), { tz }),
    /line 3: needs a time that there is; the clocks of America\/New_York never show 2024-03-10 02:00:00/,
  );
});

test("a zone's wall clock, by hand", () => {
  const at = (name: string, iso: string): string[] =>
    zoneOf(name, "tz")
      .instants(Date.parse(`${iso}Z`) * 1000)
      .map((us) => new Date(us / 1000).toISOString());
  assert.deepEqual(at("Asia/Kolkata", "2024-01-01T05:30:00"), ["2024-01-01T00:00:00.000Z"]);
  assert.deepEqual(at("Europe/Berlin", "2024-03-31T02:30:00"), []);
  assert.deepEqual(at("Europe/Berlin", "2024-10-27T02:30:00"), [
    "2024-10-27T00:30:00.000Z",
    "2024-10-27T01:30:00.000Z",
  ]);
  assert.deepEqual(at("Australia/Lord_Howe", "2024-04-07T01:45:00"), [
    "2024-04-06T14:45:00.000Z",
    "2024-04-06T15:15:00.000Z",
  ]);
  assert.deepEqual(at("Pacific/Apia", "2011-12-30T12:00:00"), []);
});

test("the quick way to read ISO times and the general one agree", () => {
  for (const text of [
    "2024-01-02T03:04:05Z",
    "2024-02-29 23:59:59.999999",
    "1999-12-31T00:00:00.5",
    "2024-01-02 03:04:05.1Z",
  ]) {
    const slow = timeText(text, undefined);
    assert.ok(!("problem" in slow) && slow.wallUs === isoWallUs(text), text);
  }
  for (const text of [
    "2023-02-29T00:00:00Z",
    "2024-01-02T24:00:00Z",
    "2024-01-02T03:04:05+01:00",
    "2024-01-02T03:04:05.",
    "0999-01-02T03:04:05",
    "2024-1-02T003:04:05",
  ])
    assert.ok(Number.isNaN(isoWallUs(text)), text);
});
