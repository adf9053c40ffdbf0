import { requireSettings } from "../../app/data/data-source.ts";
import { quote, refuse } from "../../core/errors.ts";
import { parseDuration } from "../../core/time.ts";
import { whichSeries } from "../../pipeline/store/which-series.ts";
import type { Control } from "../controls/control.ts";
import { apart, select } from "../controls/inputs/select.ts";
import { slider } from "../controls/inputs/slider.ts";
import { text } from "../controls/inputs/text.ts";
import { sharedReader } from "../data/shared-reader.ts";
import { WATCH_NAMES, type WatchSettings } from "./pair-watch.ts";
import { checkSymbols, symbolsIn } from "./watch-list.ts";

/** What the controls start from: the settings of `watchPair`, whose symbols are told. */
export interface PairControlsSettings extends WatchSettings {
  readonly y: string;
  readonly x: string;
}

/** A control for each setting of `watchPair`. */
export interface PairControls {
  readonly y: Control<string>;
  readonly x: Control<string>;
  readonly interval: Control<string>;
  /** Undefined: from the half-life of the calibration stretch. */
  readonly window: Control<number | undefined>;
  readonly threshold: Control<number>;
  /** Symbols for `watchPairs`, with spaces between; empty: those that are collected. */
  readonly watchList: Control<string>;
}

const WINDOWS = [30, 60, 120, 240, 480];
const INTERVALS = ["1s", "5s", "15s", "1m", "5m"];

/** Controls for a pair out of the symbols that the database holds. */
export function pairControls(settings: PairControlsSettings): PairControls {
  requireSettings("pairControls", settings, WATCH_NAMES);
  const { y, x, interval, window, threshold = 2, source, venue } = settings;
  const reader = sharedReader("pairControls", source);
  const there = venue === undefined ? reader.series() : whichSeries(reader, { venue });
  const symbols = new Set([x, y, ...there.map(({ symbol }) => symbol)]);
  const intervals = [...new Set([interval, ...INTERVALS])].sort(
    (a, b) => parseDuration(a) - parseDuration(b),
  );
  const [ofY, ofX] = [
    select("y", [...symbols], { value: y }),
    select("explained by x", [...symbols], { value: x }),
  ];
  apart(ofY, ofX);
  return {
    y: ofY,
    x: ofX,
    interval: select("interval", intervals, { value: interval }),
    window: select<number | undefined>("window", windowOptions(window), { value: window }),
    threshold: slider("threshold |z|", {
      min: 0.5,
      max: Math.max(4, threshold),
      step: 0.05,
      value: threshold,
    }),
    watchList: text("watch list", {
      placeholder: "all that are collected",
      accept: (list) => refuseUnknown(symbolsIn(list), symbols),
    }),
  };
}

function refuseUnknown(list: readonly string[], symbols: ReadonlySet<string>): void {
  if (list.length > 0) checkSymbols("watch list", list);
  const unknown = list.find((name) => !symbols.has(name));
  if (unknown === undefined) return;
  refuse({
    code: "unknown-symbol",
    where: "watch list",
    problem: `${quote(unknown, 40)} is not stored; there are ${[...symbols].join(", ")}`,
    hint: "Name some of these, or leave the field empty for all that are collected.",
    facts: { unknown },
  });
}

function windowOptions(told: number | undefined): Record<string, number | undefined> {
  const windows = [...new Set([...WINDOWS, ...(told === undefined ? [] : [told])])].sort((a, b) => a - b);
  return {
    "of the half-life": undefined,
    ...Object.fromEntries(windows.map((bars) => [`${bars} bars`, bars])),
  };
}
