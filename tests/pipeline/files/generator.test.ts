import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { TickbookError } from "../../../src/core/errors.ts";
import { type Random, random } from "../../../src/core/random.ts";
import type { FileOptions } from "../../../src/pipeline/files/asking.ts";
import { zoneOf } from "../../../src/pipeline/files/values/zone.ts";
import { reading } from "../../support/files.ts";
import { zipOf } from "../../support/zip.ts";

const FILES = 200;
const DAY_MS = 86_400_000;

interface Made {
  readonly what: string;
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly options: FileOptions;
}

interface Clear extends Made {
  /** By symbol as the file names it: time in ms, close. */
  readonly expected: readonly (readonly [ms: number, value: number])[];
  readonly kind: "bars" | "trades";
}

const pick = <T>(source: Random, all: readonly T[]): T => all[Math.floor(source.uniform() * all.length)]!;
const two = (n: number): string => String(n).padStart(2, "0");

/** A way to write times, of a step that suits it. `wall`: ms of the clock of the file's zone. */
interface TimeForm {
  readonly name: string;
  readonly stepMs: number;
  readonly write: (wallMs: number, utcMs: number) => string;
  readonly isUtc?: true;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const parts = (ms: number): readonly [y: string, m: string, d: string, hms: string] => [
  iso(ms).slice(0, 4),
  iso(ms).slice(5, 7),
  iso(ms).slice(8, 10),
  iso(ms).slice(11, 19),
];
const half = (ms: number): string => {
  const date = new Date(ms);
  const hour = date.getUTCHours();
  return `${two(hour % 12 === 0 ? 12 : hour % 12)}:${two(date.getUTCMinutes())} ${hour < 12 ? "AM" : "PM"}`;
};
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

const FORMS: readonly TimeForm[] = [
  { name: "ISO Z", stepMs: 60_000, write: (_, utc) => iso(utc), isUtc: true },
  { name: "ISO without a zone", stepMs: 3_600_000, write: (wall) => iso(wall).slice(0, 19) },
  { name: "blank between", stepMs: 300_000, write: (wall) => iso(wall).slice(0, 19).replace("T", " ") },
  {
    name: "offset",
    stepMs: 3_600_000,
    write: (_, utc) => `${iso(utc + 19_800_000).slice(0, 19)}+05:30`,
    isUtc: true,
  },
  {
    name: "UTC in words",
    stepMs: 60_000,
    write: (_, utc) => `${iso(utc).slice(0, 19).replace("T", " ")} UTC`,
    isUtc: true,
  },
  { name: "seconds", stepMs: 60_000, write: (_, utc) => String(utc / 1000), isUtc: true },
  { name: "seconds with decimals", stepMs: 60_000, write: (_, utc) => `${utc / 1000}.000`, isUtc: true },
  { name: "milliseconds", stepMs: 60_000, write: (_, utc) => String(utc), isUtc: true },
  { name: "microseconds", stepMs: 60_000, write: (_, utc) => `${utc}000`, isUtc: true },
  { name: "nanoseconds", stepMs: 60_000, write: (_, utc) => `${utc}000000`, isUtc: true },
  { name: "YYYYMMDD", stepMs: DAY_MS, write: (wall) => iso(wall).slice(0, 10).replaceAll("-", "") },
  { name: "date", stepMs: DAY_MS, write: (wall) => iso(wall).slice(0, 10) },
  {
    name: "D/M/Y",
    stepMs: DAY_MS,
    write: (wall) => {
      const [y, m, d] = parts(wall);
      return `${d}/${m}/${y}`;
    },
  },
  {
    name: "M/D/Y",
    stepMs: DAY_MS,
    write: (wall) => {
      const [y, m, d] = parts(wall);
      return `${m}/${d}/${y}`;
    },
  },
  {
    name: "D.M.Y h:m",
    stepMs: 3_600_000,
    write: (wall) => {
      const [y, m, d, t] = parts(wall);
      return `${d}.${m}.${y} ${t}`;
    },
  },
  { name: "12 hours", stepMs: 3_600_000, write: (wall) => `${iso(wall).slice(0, 10)} ${half(wall)}` },
  {
    name: "name of the month",
    stepMs: DAY_MS,
    write: (wall) => {
      const [y, m, d] = parts(wall);
      return `${d}-${MONTHS[Number(m) - 1]}-${y}`;
    },
  },
  {
    name: "compact",
    stepMs: 60_000,
    write: (wall) => iso(wall).slice(0, 19).replaceAll(/[-:]/g, "").replace("T", " "),
  },
];

const ZONES = ["UTC", "America/New_York", "Asia/Kolkata", "Europe/Berlin", "Australia/Sydney"];

interface Locale {
  readonly separator: "," | ";" | "\t" | "|";
  readonly number: (value: number) => string;
}

const plain = (value: number): string => value.toFixed(2);
const grouped =
  (group: string, mark: string) =>
  (value: number): string => {
    const [whole, rest] = value.toFixed(2).split(".") as [string, string];
    return `${whole.replace(/\B(?=(\d{3})+$)/g, group)}${mark}${rest}`;
  };
const LOCALES: readonly Locale[] = [
  { separator: ",", number: plain },
  { separator: "\t", number: plain },
  { separator: "|", number: plain },
  { separator: ";", number: plain },
  { separator: ";", number: (value) => plain(value).replace(".", ",") },
  { separator: ";", number: grouped(".", ",") },
  { separator: ",", number: (value) => `"${grouped(",", ".")(value)}"` },
  { separator: ",", number: (value) => `$${plain(value)}` },
  { separator: "\t", number: grouped(" ", ",") },
  { separator: ",", number: (value) => value.toExponential(8) },
];

/** Times of so many rows that begin at a day past the 12th, and their readings on a zone's clock. */
function times(source: Random, form: TimeForm, zone: string, rows: number): { utc: number; wall: number }[] {
  const startWall = Date.UTC(2024, Math.floor(source.uniform() * 9), 13 + Math.floor(source.uniform() * 6));
  const clock = zoneOf(zone, "tz");
  return Array.from({ length: rows }, (_, i) => {
    const wall = startWall + i * form.stepMs;
    return { wall, utc: clock.instants(wall * 1000)[0]! / 1000 };
  });
}

function clearFile(seed: number): Clear {
  const source = random(seed);
  const form = pick(source, FORMS);
  const locale = pick(source, LOCALES);
  const zone = form.isUtc ? "UTC" : pick(source, ZONES);
  const rows = 6 + Math.floor(source.uniform() * 40);
  const at = times(source, form, zone, rows);
  const values = at.map(() => Math.round(100 * (2000 * source.uniform() + 1500)) / 100);
  const order = [...at.keys()];
  if (source.uniform() < 0.3) order.reverse();
  const layout = pick(source, ["close", "ohlcv", "wide", "tidy", "trades"] as const);
  const cell = (text: string): string => (text.includes(locale.separator) ? `"${text}"` : text);
  const time = (i: number): string => cell(form.write(at[i]!.wall, at[i]!.utc));
  const price = (value: number): string => locale.number(value);
  const table: Record<typeof layout, { head: readonly string[]; row: (i: number) => readonly string[] }> = {
    close: { head: ["time", "close"], row: (i) => [time(i), price(values[i]!)] },
    ohlcv: {
      head: ["Date", "Open", "High", "Low", "Close", "Volume"],
      row: (i) => [
        time(i),
        price(values[i]!),
        price(values[i]! + 1.25),
        price(values[i]! - 1.25),
        price(values[i]!),
        price(i + 0.25),
      ],
    },
    wide: {
      head: ["timestamp", "btc_close", "eth_close", "btc_volume"],
      row: (i) => [time(i), price(values[i]!), price(values[i]! / 2 + 1), price(i + 0.25)],
    },
    tidy: { head: ["datetime", "symbol", "close"], row: (i) => [time(i), "BTC", price(values[i]!)] },
    trades: {
      head: ["id", "price", "qty", "time", "side"],
      row: (i) => [
        String(500 + i),
        price(values[i]!),
        price(0.25 + i),
        time(i),
        i % 2 === 0 ? "buy" : "SELL",
      ],
    },
  };
  const { head, row } = table[layout];
  const lines = [head.join(locale.separator), ...order.map((i) => row(i).join(locale.separator))];
  const text = lines.join(pick(source, ["\n", "\r\n"])) + (source.uniform() < 0.5 ? "\n" : "");
  const packing = pick(source, ["plain", "plain", "mark", "utf16", "gz", "zip"] as const);
  const bytes = {
    plain: text,
    mark: `\ufeff${text}`,
    utf16: Buffer.from(`\ufeff${text}`, "utf16le"),
    gz: gzipSync(text),
    zip: zipOf({ name: "data.csv", content: text }),
  }[packing];
  return {
    what: `${seed}: ${layout}, ${form.name}, ${JSON.stringify(locale.separator)}, ${price(1234.5)}, ${zone}, ${packing}`,
    name: packing === "gz" ? "data.csv.gz" : packing === "zip" ? "data.zip" : "data.csv",
    content: bytes,
    options: zone === "UTC" ? {} : { tz: zone },
    expected: at.map(({ utc }, i) => [utc, values[i]!] as const),
    kind: layout === "trades" ? "trades" : "bars",
  };
}

test(`of ${FILES} clear files, of all layouts, locales and zones, none is refused, and each is what was written`, (t) => {
  for (let seed = 1; seed <= FILES; seed++) {
    const { what, name, content, options, expected, kind } = clearFile(seed);
    let data: ReturnType<typeof reading>;
    try {
      data = reading(t, content, options, { name });
    } catch (error) {
      assert.fail(`${what}: ${(error as Error).message}`);
    }
    assert.equal(data.kind, kind, what);
    const [series, trades] = [data.series[0], data.trades[0]];
    const times = series?.timeUs ?? trades!.columns.tradeTimeUs;
    const values = series?.close ?? trades!.columns.price;
    assert.deepEqual(
      Array.from(times, (us, i) => [us / 1000, values[i]]),
      expected,
      what,
    );
  }
});

/** Files that can mean two things, or that contradict themselves: a kind each, with what is told of it. */
const OPEN: readonly (readonly [what: string, said: RegExp, make: (source: Random) => string])[] = [
  [
    "days that can be months",
    /day and month or month and day/,
    (s) => table(s, (i) => `${two(1 + Math.floor(s.uniform() * 6))}/${two(7 + (i % 6))}/${2018 + i}`),
  ],
  [
    "days that can be months, with points",
    /day and month or month and day/,
    (s) => table(s, (i) => `0${1 + (i % 9)}.10.${2010 + i} 00:00`),
  ],
  ["two digits of a year", /a year of four digits/, (s) => table(s, (i) => `${13 + i}/02/24`)],
  [
    "points that can group",
    /decimal or thousands/,
    (s) =>
      table(s, day, () => `${1 + Math.floor(9 * s.uniform())}.${100 + Math.floor(899 * s.uniform())}`, ";"),
  ],
  [
    "commas that can group",
    /decimal or thousands/,
    (s) => table(s, day, () => `"${1 + Math.floor(9 * s.uniform())},${100 + Math.floor(899 * s.uniform())}"`),
  ],
  ["two decimal marks", /one decimal mark/, (s) => table(s, day, (i) => (i === 3 ? "1,5" : "1.5"), ";")],
  [
    "seconds, then milliseconds",
    /one kind of time/,
    (s) => table(s, (i) => String(i < 4 ? 1_704_067_200 + i * 60 : 1_704_067_200_000 + i * 60_000)),
  ],
  ["numbers that are no time of today", /from 2009 to tomorrow/, (s) => table(s, (i) => String(45_000 + i))],
  ["months", /these are months/, (s) => table(s, (i) => `2024-${two(i + 1)}-01`)],
  [
    "a row off the grid",
    /begin 1h apart|whose length can be determined/,
    (s) => {
      const odd = 2 + Math.floor(5 * s.uniform());
      return table(s, (i) =>
        iso(
          Date.UTC(2024, 0, 1) + i * 3_600_000 + (i === odd ? 1000 * (1 + Math.floor(600 * s.uniform())) : 0),
        ),
      );
    },
  ],
  [
    "steps that leave the length open",
    /whose length can be determined/,
    (s) => table(s, (i) => iso(Date.UTC(2024, 0, 1) + [0, 2, 5, 9, 12, 17, 20, 27][i]! * 60_000)),
  ],
  [
    "two rows of one bar",
    /one row a bar/,
    (s) =>
      table(
        s,
        (i) => iso(Date.UTC(2024, 0, 1) + (i === 5 ? 4 : i) * 60_000),
        (i) => `${i + 1}.5`,
      ),
  ],
  [
    "a zone that is several",
    /a zone that is one thing/,
    (s) => table(s, (i) => `2024-01-0${i + 1} 00:00:00 ${pick(s, ["EST", "CST", "IST", "BST"])}`),
  ],
  [
    "thousands without quotes",
    /cells, as the first row has|needs a number/,
    (s) => table(s, day, (i) => (i === 4 ? "40,015.15" : "985.25")),
  ],
  ["a column too many", /cells, as the first row has/, (s) => table(s, day, (i) => (i === 6 ? "1,2" : "1"))],
  [
    "a word for a number",
    /needs a number/,
    (s) => table(s, day, (i) => (i === 5 ? pick(s, ["abc", "#REF!", "1.2.3", "12a", "1e", "0x1f"]) : "1.5")),
  ],
  [
    "two sizes",
    /both .* could be the qty/,
    () => "id,price,size,amount,time,side\n1,2,3,4,2024-01-01T00:00:00Z,buy\n",
  ],
  [
    "a side that can be the maker's",
    /maker_side=side/,
    () => "product_id,trade_id,price,size,time,side\nX,1,2,3,2024-01-01T00:00:00Z,buy\n",
  ],
  ["no header", /needs a header/, (s) => `1704067200,${plain(s.uniform())},2,3,4\n1704067260,1,2,3,4\n`],
  [
    "two trades of one id",
    /one trade an id/,
    (s) =>
      `id,price,qty,time,side\n1,${plain(1 + s.uniform())},1,2024-01-01T00:00:00Z,buy\n1,5,1,2024-01-01T00:00:00Z,buy\n`,
  ],
];

const day = (i: number): string => `2024-01-0${i + 1}`;
function table(
  _: Random,
  time: (i: number) => string,
  value: (i: number) => string = (i) => `${i + 1}.5`,
  separator = ",",
): string {
  return `time${separator}close\n${Array.from({ length: 8 }, (_unused, i) => `${time(i)}${separator}${value(i)}\n`).join("")}`;
}

test(`of ${FILES} files that can mean two things none is taken, and each is told what settles it`, (t) => {
  for (let seed = 1; seed <= FILES; seed++) {
    const [what, said, make] = OPEN[seed % OPEN.length]!;
    const content = make(random(seed));
    try {
      reading(t, content);
    } catch (error) {
      assert.ok(error instanceof TickbookError, `${seed}: ${what}: ${(error as Error).stack}`);
      assert.match(error.message, said, `${seed}: ${what}`);
      continue;
    }
    assert.fail(`${seed}: ${what} was taken: ${content}`);
  }
});
