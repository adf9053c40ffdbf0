import { screeningCaption } from "../../analytics/pair/screening.ts";
import { requireSettings, SOURCE_NAMES } from "../../app/data/data-source.ts";
import { findStore } from "../../app/data/open-source.ts";
import { minuteStretch } from "../../app/pair/minute-stretch.ts";
import type { PairFrame } from "../../app/pair/pair-monitor.ts";
import { type PairsSettings, pairsMonitor } from "../../app/pair/pairs-monitor.ts";
import { shortNames } from "../../core/assets.ts";
import { decimalsOf, decimalText } from "../../render/chart/base/formats.ts";
import { tableView } from "../../render/table.ts";
import type { TableColumn, TableData } from "../../render/table-data.ts";
import type { View } from "../../render/view.ts";
import { sharedReader } from "../data/shared-reader.ts";
import { collectedSymbols, startedWith } from "./collected-pair.ts";
import { dated } from "./dated.ts";
import { newestPrice } from "./pair-figures.ts";
import { checkSymbols, symbolsIn } from "./watch-list.ts";

export interface PairsWatchSettings extends Omit<PairsSettings, "symbols"> {
  /**
   * Two to twelve, each explaining those after it; those that are collected unless told, the first eight. Also as a text
   * with spaces between, as a control holds it; an empty one tells none.
   */
  readonly symbols?: readonly string[] | string;
  /** |z| from which a pair stands out; 2 unless told. */
  readonly threshold?: number;
  /** A database; the one that is being filled unless told. */
  readonly source?: string;
}

/** All pairs of several symbols, each as `watchPair` watches one. */
export interface PairsWatch {
  /** One row a pair, what may be one first: z-score, correlation, last prices, whether it is a pair. */
  table(): View;
  /** The same as data. */
  data(): TableData;
}

const USUAL = 8;
const NAMES = [
  ...["symbols", "interval", "window", "calibrationBars", "bars", "graceMs", "threshold"],
  ...SOURCE_NAMES,
];

/** Watches the pairs of all symbols that are collected, or of those that are named. */
export function watchPairs(given: PairsWatchSettings): PairsWatch {
  requireSettings("watchPairs", given, NAMES);
  const { threshold = 2, source, symbols, ...settings } = given;
  const reader = sharedReader("watchPairs", source);
  const wanted = { ...startedWith(), ...(given.venue !== undefined && { venue: given.venue }) };
  const told = typeof symbols === "string" ? symbolsIn(symbols) : symbols;
  const isEmpty = typeof symbols === "string" && told?.length === 0;
  const names = (isEmpty ? undefined : told) ?? collectedSymbols(reader, wanted).slice(0, USUAL);
  checkSymbols("watchPairs", names);
  const look = pairsMonitor(
    reader,
    { ...settings, symbols: names },
    minuteStretch(findStore("watchPairs", source)),
  );

  const short = shortNames(names);
  const priceOf = priceWriter();
  let receivedUs = Number.NaN;

  const data = (): TableData => {
    const pairs = look();
    receivedUs = Math.max(...pairs.flatMap(({ frame }) => frame?.receivedUs ?? []));
    const rows = pairs
      .map(({ y, x, frame }) => ({
        y,
        x,
        frame,
        z: rounded(frame?.zScore),
        correlation: rounded(frame?.correlation),
      }))
      .sort((a, b) => rankOf(a.frame) - rankOf(b.frame));
    const number = (name: string, values: number[]): TableColumn => ({
      name,
      values,
      kind: "number",
      digits: 2,
    });
    const text = (name: string, values: string[]): TableColumn => ({ name, values, kind: "text" });
    const last = (leg: "y" | "x"): TableColumn => ({
      ...text(
        `last ${leg}`,
        rows.map((row) => (row.frame ? priceOf(row[leg], row.frame, leg) : "–")),
      ),
      right: true,
    });
    const known = rows.filter(({ frame }) => frame).length;
    return {
      caption:
        known < rows.length ? `Pairs: reading ${known} of ${rows.length}` : screeningCaption(rows.length),
      length: rows.length,
      columns: [
        text(
          "y / x",
          rows.map(({ y, x }) => `${short(y)}/${short(x)}`),
        ),
        {
          ...number(
            "z",
            rows.map(({ z }) => z),
          ),
          unit: "σ",
          alarm: (z: number) => Math.abs(z) >= threshold,
        },
        number(
          "corr.",
          rows.map(({ correlation }) => correlation),
        ),
        text(
          "a pair?",
          rows.map(({ frame }) => verdictOf(frame).replace(" to say", "")),
        ),
        last("y"),
        { ...last("x"), spare: true },
      ],
    };
  };
  const calls: PairsWatch = { data, table: () => tableView(data(), { maxRows: 100 }) };
  return dated(calls, ["table"], () => ({ receivedUs }));
}

const VERDICTS: readonly string[] = ["yes", "too short to say", "no"];

/** What may be a pair comes first; that changes with a calibration only, so that rows stay where they are. */
function rankOf(frame: PairFrame | undefined): number {
  if (frame?.hedge === undefined) return VERDICTS.length;
  return VERDICTS.indexOf(verdictOf(frame));
}

function verdictOf(frame: PairFrame | undefined): string {
  if (frame?.hedge === undefined) return "–";
  return frame.hedge.calibration?.verdict.verdict ?? "too short to say";
}

/** Writes the newest price of a symbol with the decimals that its prices have had. */
function priceWriter(): (symbol: string, frame: PairFrame, leg: "y" | "x") => string {
  const decimals = new Map<string, number>();
  return (symbol, frame, leg) => {
    const newest = newestPrice(frame, leg);
    const seen = decimals.get(symbol) ?? decimalsOf(frame.closed[leg].close);
    const most = Math.max(seen, decimalsOf(newest === undefined ? [] : [newest]));
    decimals.set(symbol, most);
    return decimalText(newest, most);
  };
}

/** The last value, as it is read. */
function rounded(values: Float64Array | undefined): number {
  return Math.round((values?.at(-1) ?? Number.NaN) * 100) / 100;
}
