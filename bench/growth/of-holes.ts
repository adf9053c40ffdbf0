import { join } from "node:path";
import { meanReversion } from "../../src/analytics/backtest/strategies/mean-reversion.ts";
import { diagnose } from "../../src/app/doctor/doctor.ts";
import { backtestData } from "../../src/app/study/data.ts";
import { codeFingerprint } from "../../src/app/study/report/code-fingerprint.ts";
import { reportHtml } from "../../src/app/study/report/page.ts";
import { backtestReport } from "../../src/app/study/report/report.ts";
import { runOn } from "../../src/app/study/run.ts";
import { dataQuality } from "../../src/notebook/quality/quality.ts";
import { readBars } from "../../src/pipeline/bars/read-bars.ts";
import type { Book } from "../../src/pipeline/desk/read/books.ts";
import { deskHoles } from "../../src/pipeline/desk/read/desk-holes.ts";
import { bookOf } from "../../src/pipeline/desk/relay/book.ts";
import { idRanges } from "../../src/pipeline/store/ledger/id-ranges.ts";
import { openBookReader } from "../../src/pipeline/store/read/book-reader.ts";
import { openReader } from "../../src/pipeline/store/read/reader.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";
import type { Growth } from "./growth.ts";
import { appendTrades, VENUE } from "./stored.ts";

const SIZES = [2e2, 2e3, 2e4, 2e5];
const SYMBOLS = ["ETHUSDT", "BTCUSDT"];
const fileOf = (folder: string, n: number): string => join(folder, `holes-${n}.db`);
const each = { unit: "holes", sizes: SIZES, amount: (n: number) => n, grows: "the holes" } as const;
/** In the time of an hour: so the bars are as many at each size. */
const HOUR_US = 3600e6;
const stepOf = (n: number): number => Math.floor(HOUR_US / (2 * n));

export const holes: readonly Growth[] = [
  {
    ...each,
    what: "every second trade written",
    once: true,
    prepare: (folder, n) => () => {
      const writer = openWriter(fileOf(folder, n), { venue: VENUE, symbols: SYMBOLS });
      for (const symbol of [0, 1])
        appendTrades(writer, { symbol, count: n / 2 + 1, idStep: 2, stepUs: stepOf(n) });
      writer.close();
    },
  },
  {
    ...each,
    what: "opened to write on",
    prepare: (folder, n) => () => openWriter(fileOf(folder, n), { venue: VENUE, symbols: SYMBOLS }).close(),
  },
  {
    ...each,
    what: "one more hole, then one filled",
    amount: () => 1,
    grows: "nothing",
    once: true,
    prepare: (folder, n) => {
      const writer = openWriter(fileOf(folder, n), { venue: VENUE, symbols: SYMBOLS });
      return () => {
        const fromMs = performance.now();
        for (let round = 0; round < 10; round++) {
          const next = writer.newest()[0]!.id + 2;
          appendTrades(writer, { from: next, count: 1, stepUs: stepOf(n) });
          appendTrades(writer, { from: next - 1, count: 1, stepUs: stepOf(n) });
        }
        const ms = performance.now() - fromMs;
        writer.close();
        return { ms: ms / 10 };
      };
    },
  },
  {
    ...each,
    what: "read as 1 s bars",
    prepare: (folder, n) => {
      const reader = openReader(fileOf(folder, n));
      return () => readBars(reader, reader.series(), { every: ["1s"] });
    },
  },
  {
    ...each,
    what: "doctor",
    prepare: (folder, n) => {
      const reader = openReader(fileOf(folder, n));
      return () => diagnose(reader, {}, Date.now() * 1000);
    },
  },
  {
    ...each,
    what: "panels of the data's quality",
    prepare: (folder, n) => {
      const reader = openReader(fileOf(folder, n));
      return () => {
        const quality = dataQuality(reader);
        return [quality.tiles(), quality.findings(), quality.coverage(), quality.table("each hole")];
      };
    },
  },
  {
    ...each,
    what: "report of a backtest over them",
    prepare: (folder, n) => () => {
      const data = backtestData({
        source: fileOf(folder, n),
        y: SYMBOLS[0]!,
        x: SYMBOLS[1]!,
        interval: "1m",
      });
      const rule = meanReversion({
        hedge: { method: "fixed", beta: 1 },
        window: 10,
        entry: 1,
        size: { by: "equity", share: 1 },
      });
      const run = runOn(data, rule, { costs: { feeBps: 1 } }, true);
      const settings = { madeUs: 0, code: codeFingerprint(), command: "npm run report" };
      return reportHtml(backtestReport(run, settings));
    },
  },
  {
    ...each,
    what: "told to a desk's server",
    prepare: (folder, n) => {
      const reader = openBookReader(fileOf(folder, n));
      const store = openReader(fileOf(folder, n));
      return () => store.series().map((series, place) => bookOf(reader, series, place, []));
    },
  },
  {
    ...each,
    what: "of two collectors, on a desk",
    prepare: (_, n) => {
      const book = (collector: string, from: number): Book => ({
        ...{ venue: VENUE.name, symbol: "BTCUSDT", collector, place: 0, conflicts: [], troubles: [] },
        ...{ merged: "", held: n, newestId: 4 * n, relayUs: 0, serverUs: 0, nowUs: 0, mark: "" },
        holes: Array.from({ length: n / 2 }, (_, i) => ({
          ...{ first: from + 4 * i, last: from + 4 * i, foundUs: 0, reason: "gap" },
          ...{ state: "detected" as const, tries: 0, note: "" },
        })),
      });
      const books = [book("a", 2), book("b", 4)];
      const held = idRanges(Array.from({ length: n }, (_, i) => ({ first: 2 * i + 1, last: 2 * i + 1 })));
      return () => deskHoles(books, held);
    },
  },
];
