import { quote, refuse } from "../../core/errors.ts";
import { formatDuration, formatUtc } from "../../core/time.ts";
import { importedSpans } from "../../pipeline/bars/imported-series.ts";
import { openStore } from "../../pipeline/open-store.ts";
import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";
import { whichSeries } from "../../pipeline/store/which-series.ts";
import { findStore } from "../data/open-source.ts";
import { exportCsv, exportParquet } from "../export/export.ts";
import { runCommand } from "../terminal/command-line.ts";
import { type Command, type Flags, timeFlag } from "../terminal/flags.ts";
import type { ProgressTeller } from "../terminal/progress.ts";

const COMMAND = {
  usage: "npm run export --",
  about:
    "Writes trades or bars as CSV (RFC 4180, times in UTC) or Parquet, from the database and its archive. Reads only, and may\n" +
    "run beside a collector; the bar that is still forming is left out.\n" +
    "Ends with 0: written; 1: the file has its header alone, as there is nothing in that window; 2: refused.",
  flags: {
    source: { value: "FILE", help: "the database (the one that is being filled, or the newest in data/)" },
    symbol: { value: "S", help: "the symbol" },
    venue: {
      value: "NAME",
      help: "the venue (of those with the symbol, the one that received a trade last)",
    },
    what: { value: "W", help: "trades or bars", default: "trades" },
    interval: {
      value: "1m",
      help: "of bars: 100ms to 1d, or 500 trades, 10 volume, 1000000 quote",
      default: "1m",
    },
    from: { value: "TIME", help: "from here on (UTC), for example 2026-01-31 or 2026-01-31T12:00" },
    to: { value: "TIME", help: "up to here, not included" },
    out: {
      value: "FILE",
      help: "the file to write, .csv, .csv.gz or .parquet; one that is there is replaced when the new one is whole",
    },
    parquet: { help: "Parquet, where the file's name does not say so" },
    excel: { help: "for a spreadsheet in a European locale: semicolons, decimal commas, a byte order mark" },
    plain: { help: "no ' before text that a spreadsheet would run: for a file that only programs read" },
  },
  renamed: { db: "source" },
} as const satisfies Command<string>;

type Name = keyof (typeof COMMAND)["flags"];

/** Runs the export as a program. Exit codes: 0 written, 1 a header alone, as there is nothing in that window, 2 refused. */
export function exportMain(argv: readonly string[]): Promise<number> {
  return runCommand(COMMAND, argv, ({ flags, teller }) => (run(flags, teller) > 0 ? 0 : 1));
}

/** Returns the number of rows. */
function run(flags: Flags<Name>, teller: ProgressTeller): number {
  const { source, symbol, what, out, interval } = flags;
  if (symbol === undefined) bad("--symbol", "a symbol", undefined, "Pass for example --symbol BTCUSDT.");
  if (out === undefined) bad("--out", "a file to write", undefined, "Pass for example --out trades.csv.");
  if (what !== "trades" && what !== "bars") bad("--what", "trades or bars", what, "See --help.");
  const [fromUs, toUs] = [timeFlag("from", flags.from), timeFlag("to", flags.to)];
  if (fromUs !== undefined && toUs !== undefined && fromUs >= toUs)
    bad("--to", "a time after --from", flags.to, "Swap them.");
  const store = openStore(findStore("source", source));
  try {
    const wanted = { symbols: [symbol], ...(flags.venue !== undefined && { venue: flags.venue }) };
    const [series] = whichSeries(store, wanted) as [Series];
    const settings = {
      what,
      ...(what === "bars" && { interval: interval! }),
      ...(fromUs !== undefined && { fromUs }),
      ...(toUs !== undefined && { toUs }),
      onProgress: ({ done, total }: { done: number; total: number }) =>
        teller.progress({ of: out, phase: "writing", done, total }),
    } as const;
    const { rows, bytes } = isParquet(flags)
      ? exportParquet(store, series, out, settings)
      : exportCsv(store, series, out, {
          ...settings,
          excel: flags.excel === "true",
          guardFormulas: flags.plain !== "true",
        });
    const held = rows === 0 ? spanText(store, series) : "";
    teller.say(`${out}: ${rows.toLocaleString("en")} ${what}, ${(bytes / 1e6).toFixed(1)} MB.${held}`, {
      event: "exported",
      out,
      what,
      rows,
      bytes,
      ...(held !== "" && { told: held.trim() }),
    });
    return rows;
  } finally {
    store.close();
  }
}

/** By its name, or as it is asked for; a spreadsheet's ways and Parquet exclude each other. */
function isParquet({ parquet, out = "", excel, plain }: Flags<Name>): boolean {
  const isIt = parquet === "true" || /\.parquet$/i.test(out);
  if (isIt && (excel === "true" || plain === "true"))
    bad(excel === "true" ? "--excel" : "--plain", "a file of text", out, "Leave it out, or write .csv.");
  return isIt;
}

/** Where the data are, to whom has asked for others. */
function spanText(store: TradeStore, series: Series): string {
  const [firstUs] = store.trades(series, { limit: 1 }).tradeTimeUs;
  const newest = store.newest(series);
  if (firstUs === undefined || newest === undefined) {
    const imported = importedSpans(store, series);
    if (imported.length === 0) return ` ${series.symbol} has no trade yet.`;
    const spans = imported.map(
      (one) =>
        `of ${formatDuration(one.intervalUs)} from ${formatUtc(one.firstUs)} to ${formatUtc(one.lastUs)}`,
    );
    return ` The bars of ${series.symbol} reach: ${spans.join("; ")}.`;
  }
  return ` The trades of ${series.symbol} reach from ${formatUtc(firstUs)} to ${formatUtc(newest.timeUs)}.`;
}

function bad(where: string, what: string, got: string | undefined, hint: string): never {
  return refuse({
    code: "bad-flag",
    where,
    problem: `needs ${what}; got ${got === undefined ? "none" : quote(got, 60)}`,
    hint,
  });
}
