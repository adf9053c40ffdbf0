import { type Calibration, calibrate, LEAST_WINDOW } from "../../analytics/pair/calibrate.ts";
import { hedgeRatio } from "../../analytics/pair/hedge-ratio.ts";
import { TickbookError } from "../../core/errors.ts";
import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";
import type { StoredCloses } from "./stored-closes.ts";
import { type JoinedCloses, type StretchSettings, storedStretch, stretchesOf } from "./stored-stretch.ts";

/** A line and the bars it was fitted on: applied to those, it is in-sample. */
export interface FrozenHedge extends Pick<Calibration, "alpha" | "beta" | "prices"> {
  readonly fromUs: number;
  /** End of the last bar of the calibration. */
  readonly toUs: number;
  readonly bars: number;
  /** What `calibrate` makes of these bars, as a backtest has it; undefined of fewer than 60. */
  readonly calibration: Calibration | undefined;
}

/** What the stored stretch gives by now. */
export interface StoredLine {
  /** Undefined until there are enough bars. */
  readonly hedge: FrozenHedge | undefined;
  /** Bars of the stretch that are stored by now, of so many that the shortest needs; all of them where there is a line. */
  readonly measured: { readonly bars: number; readonly of: number };
  /** Why the stretch gives no line, in a sentence; absent where it does. */
  readonly fault?: string;
}

interface LineSettings extends StretchSettings {
  readonly graceMs: number;
}

/** The line of what is stored at a venue's time: a running desk has the one that a new desk finds. */
export function storedLine(
  reader: TradeStore,
  closes: StoredCloses,
  series: readonly [Series, Series],
  settings: LineSettings,
): (newestUs: number) => StoredLine {
  const { intervalUs, graceMs } = settings;
  const of = stretchesOf(settings)[0]!;
  let line: StoredLine = { hedge: undefined, measured: { bars: 0, of } };
  let fitted: JoinedCloses | undefined;
  return (newestUs) => {
    const closedUs = Math.floor((newestUs - 1000 * graceMs) / intervalUs) * intervalUs;
    if (!Number.isFinite(closedUs)) return line;
    const found = storedStretch(reader, closes, series, settings, closedUs);
    if ("measured" in found) {
      // what is frozen stays, whatever is deleted meanwhile
      if (fitted === undefined) line = { hedge: undefined, measured: { bars: found.measured, of } };
      return line;
    }
    if (fitted !== undefined && isSame(fitted, found.closes)) return line;
    fitted = found.closes;
    const { length } = fitted.timeUs;
    line = { ...frozen(fitted, intervalUs), measured: { bars: length, of: length } };
    return line;
  };
}

function isSame(a: JoinedCloses, b: JoinedCloses): boolean {
  return (["timeUs", "yClose", "xClose"] as const).every(
    (name) => a[name].length === b[name].length && a[name].every((value, i) => value === b[name][i]),
  );
}

/** A price that stood still, or one that is the other, gives no line: that is said, and prices are drawn all the same. */
function frozen(
  { timeUs, yClose, xClose }: JoinedCloses,
  intervalUs: number,
): Pick<StoredLine, "hedge" | "fault"> {
  const bars = timeUs.length;
  const span = { bars, fromUs: timeUs[0]!, toUs: timeUs[bars - 1]! + intervalUs };
  try {
    const calibration =
      bars >= LEAST_WINDOW ? calibrate(yClose, xClose, { calibrationBars: bars }) : undefined;
    const { alpha, beta, prices } = calibration ?? hedgeRatio(yClose, xClose);
    return { hedge: { ...span, alpha, beta, prices, calibration } };
  } catch (error) {
    if (!(error instanceof TickbookError)) throw error;
    return { hedge: undefined, fault: error.message.replace(/^\w+: /, "") };
  }
}
