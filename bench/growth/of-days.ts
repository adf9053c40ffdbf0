import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { diagnose } from "../../src/app/doctor/doctor.ts";
import { archive } from "../../src/pipeline/archive/archive.ts";
import { openHistory } from "../../src/pipeline/archive/history.ts";
import { readBars } from "../../src/pipeline/bars/read-bars.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";
import type { Growth } from "./growth.ts";
import { appendTrades, START_US, SYMBOL, VENUE } from "./stored.ts";

const SIZES = [4, 12, 37, 110, 365];
const DAY_US = 86_400e6;
const A_DAY = 1000;
const fileOf = (folder: string, n: number): string => join(folder, `days-${n}`, "x.db");
const each = { unit: "days of archive", sizes: SIZES, amount: (n: number) => n, grows: "the days" } as const;
const none = { ...each, amount: () => 1, grows: "nothing" } as const;

const onHistory =
  (run: (store: ReturnType<typeof openHistory>, days: number) => unknown): Growth["prepare"] =>
  (folder, n) =>
  () => {
    const store = openHistory(fileOf(folder, n));
    run(store, n);
    store.close();
  };

export const days: readonly Growth[] = [
  {
    ...each,
    what: "1,000 trades a day archived",
    once: true,
    prepare: (folder, n) => {
      mkdirSync(join(folder, `days-${n}`));
      const writer = openWriter(fileOf(folder, n), { venue: VENUE, symbols: [SYMBOL] });
      appendTrades(writer, { count: (n + 1) * A_DAY, stepUs: DAY_US / A_DAY });
      writer.close();
      return () => archive({ db: fileOf(folder, n), nowUs: 1 });
    },
  },
  {
    ...none,
    what: "opened, newest trade",
    prepare: onHistory((store) => store.newest(store.series()[0]!)),
  },
  {
    ...none,
    what: "an hour in the middle read",
    prepare: onHistory((store, n) => {
      const fromUs = START_US + Math.floor(n / 2) * DAY_US;
      return readBars(store, store.series(), { every: ["1m"], fromUs, toUs: fromUs + 3600e6 });
    }),
  },
  {
    ...each,
    what: "all of it as 1 m bars",
    prepare: onHistory((store) => readBars(store, store.series(), { every: ["1m"] })),
  },
  { ...none, what: "doctor", prepare: onHistory((store) => diagnose(store, {}, Date.now() * 1000)) },
];
