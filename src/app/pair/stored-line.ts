import { type Calibration, calibrate, LEAST_WINDOW } from "../../analytics/pair/calibrate.ts";
import { hedgeRatio } from "../../analytics/pair/hedge-ratio.ts";
import { TickbookError } from "../../core/errors.ts";
import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";
import { type JoinedCloses, type StretchSearch, storedStretch, stretchBlock } from "./stored-stretch.ts";

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
  /** Bars of the stretch that are stored by now, of so many. */
  readonly measured: { readonly bars: number; readonly of: number };
  /** Why the stretch gives no line, in a sentence; absent where it does. */
  readonly fault?: string;
}

interface LineSettings {
  readonly interval: string;
  readonly intervalUs: number;
  readonly calibrationBars: number;
  readonly graceMs: number;
}

/** The line of the newest block that has one, at a venue's time: a running desk has the one that a new desk finds. */
export function storedLine(
  reader: TradeStore,
  series: readonly [Series, Series],
  settings: LineSettings,
): (newestUs: number) => StoredLine {
  const { interval, intervalUs, calibrationBars, graceMs } = settings;
  const blockUs = stretchBlock(settings);
  let line: StoredLine = { hedge: undefined, measured: { bars: 0, of: calibrationBars } };
  let lineBlock = Number.NaN;
  let fromUs = Number.NaN;
  let searched: StretchSearch | undefined;
  return (newestUs) => {
    const closedUs = Math.floor((newestUs - 1000 * graceMs) / intervalUs) * intervalUs;
    const block = Math.floor(closedUs / blockUs);
    if (!Number.isFinite(block) || block === lineBlock) return line;
    const asked = { interval, intervalUs, calibrationBars, closedUs };
    const found = storedStretch(reader, series, asked, searched);
    searched = found.searched;
    if ("measured" in found) {
      line = { ...line, measured: { bars: found.measured, of: calibrationBars } };
      return line;
    }
    const firstUs = found.closes.timeUs[0]!;
    if (firstUs >= block * blockUs) lineBlock = block;
    if (firstUs === fromUs) return line;
    fromUs = firstUs;
    line = { ...frozen(found.closes, intervalUs), measured: { bars: calibrationBars, of: calibrationBars } };
    return line;
  };
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
