import { join } from "node:path";
import { diagnose } from "../../src/app/doctor/doctor.ts";
import { readBars } from "../../src/pipeline/bars/read-bars.ts";
import { barRule } from "../../src/pipeline/bars/rule.ts";
import { liveBars } from "../../src/pipeline/live-bars.ts";
import { openReader } from "../../src/pipeline/store/read/reader.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";
import type { Growth } from "./growth.ts";
import { appendTrades, START_US, STEP_US, SYMBOL, VENUE } from "./stored.ts";

/** The last size by `--most` alone: a hundred million take four gigabytes of disk. */
const SIZES = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8];
const fileOf = (folder: string, n: number): string => join(folder, `trades-${n}.db`);
const each = { unit: "trades", sizes: SIZES, amount: (n: number) => n, grows: "the trades" } as const;
const none = { unit: "trades", sizes: SIZES, amount: () => 1, grows: "nothing" } as const;

export const trades: readonly Growth[] = [
  {
    ...each,
    what: "written to SQLite",
    once: true,
    prepare: (folder, n) => () => {
      const writer = openWriter(fileOf(folder, n), { venue: VENUE, symbols: [SYMBOL] });
      appendTrades(writer, { count: n });
      writer.close();
    },
  },
  {
    ...each,
    what: "SQLite into columns",
    prepare: (folder, n) => {
      const reader = openReader(fileOf(folder, n));
      return () => reader.trades(reader.series()[0]!, { limit: n });
    },
  },
  {
    ...each,
    what: "SQLite into 1 s bars",
    prepare: (folder, n) => {
      const reader = openReader(fileOf(folder, n));
      return () => readBars(reader, reader.series(), { every: ["1s"] });
    },
  },
  {
    ...none,
    what: "opened, newest trade",
    prepare: (folder, n) => () => {
      const reader = openReader(fileOf(folder, n));
      reader.newest(reader.series()[0]!);
      reader.close();
    },
  },
  {
    ...none,
    what: "live refresh, 100 new trades",
    once: true,
    prepare: (folder, n) => {
      const file = fileOf(folder, n);
      const reader = openReader(file);
      const view = liveBars(reader, reader.series()[0]!, { rule: barRule("1s"), keep: 1000, graceUs: 1e6 });
      let next = reader.newest(reader.series()[0]!)!.id + 1;
      const writer = openWriter(file, { venue: VENUE, symbols: [SYMBOL] });
      view.advance(START_US + STEP_US * next);
      return () => {
        const times = Array.from({ length: 20 }, () => {
          appendTrades(writer, { from: next, count: 100 });
          next += 100;
          const fromMs = performance.now();
          view.advance(START_US + STEP_US * next);
          view.closed();
          return performance.now() - fromMs;
        });
        writer.close();
        return { ms: times.sort((a, b) => a - b)[10]! };
      };
    },
  },
  {
    ...none,
    sizes: SIZES.slice(2),
    what: "doctor",
    prepare: (folder, n) => {
      const reader = openReader(fileOf(folder, n));
      return () => diagnose(reader, {}, Date.now() * 1000);
    },
  },
];
