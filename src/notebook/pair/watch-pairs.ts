import { requireSettings, SOURCE_NAMES } from "../../app/data/data-source.ts";
import { findStore } from "../../app/data/open-source.ts";
import { minuteStretch } from "../../app/pair/minute-stretch.ts";
import type { PairFrame } from "../../app/pair/pair-monitor.ts";
import { type PairsSettings, pairsMonitor } from "../../app/pair/pairs-monitor.ts";
import { requireList, requireText } from "../../core/arguments.ts";
import { shortNames } from "../../core/assets.ts";
import { refuse } from "../../core/errors.ts";
import { tableView } from "../../render/table.ts";
import type { TableColumn, TableData } from "../../render/table-data.ts";
import type { View } from "../../render/view.ts";
import { sharedReader } from "../data/shared-reader.ts";
import { collectedSymbols, startedWith } from "./collected-pair.ts";
import { dated } from "./dated.ts";
import { lastPrice } from "./pair-figures.ts";

export interface PairsWatchSettings extends Omit<PairsSettings, "symbols"> {
  /** Two to twelve, each explaining those after it; those that are collected unless told, the first eight. */
  readonly symbols?: readonly string[];
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

const MOST = 12;
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
  const names = symbols ?? collectedSymbols(reader, wanted).slice(0, USUAL);
  checkNames(names);
  const look = pairsMonitor(
    reader,
    { ...settings, symbols: names },
    minuteStretch(findStore("watchPairs", source)),
  );

  const short = shortNames(names);
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
        rows.map(({ frame }) => lastPrice(frame, leg)),
      ),
      right: true,
    });
    const known = rows.filter(({ frame }) => frame).length;
    return {
      caption: known < rows.length ? `Pairs: reading ${known} of ${rows.length}` : "Pairs",
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

function checkNames(names: readonly string[]): void {
  requireList("watchPairs", "symbols", names);
  for (const name of names) requireText("watchPairs", "symbols", name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (names.length >= 2 && names.length <= MOST && twice === undefined) return;
  refuse({
    code: "bad-symbols",
    where: "watchPairs",
    problem: `needs 2 to ${MOST} different symbols; got ${twice === undefined ? names.length : `${twice} twice`}`,
    hint: 'Name them: symbols: ["BTCUSDT", "ETHUSDT", "SOLUSDT"].',
    facts: { symbols: names },
  });
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

/** The last value, as it is read. */
function rounded(values: Float64Array | undefined): number {
  return Math.round((values?.at(-1) ?? Number.NaN) * 100) / 100;
}
