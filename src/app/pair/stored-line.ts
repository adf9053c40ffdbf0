import { type Calibration, calibrate, LEAST_WINDOW } from "../../analytics/pair/calibrate.ts";
import { hedgeRatio } from "../../analytics/pair/hedge-ratio.ts";
import { TickbookError } from "../../core/errors.ts";
import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";
import { MINUTE_US, type StandIn } from "./minute-stretch.ts";
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
  /** The window of the z-score in the pair's own bars; undefined of fewer than 60. */
  readonly window: number | undefined;
  /** What stands in for stored bars, in words; undefined where they are stored. */
  readonly standIn: string | undefined;
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
  { stored, standIn }: { readonly stored: StoredCloses; readonly standIn?: StandIn | undefined },
  series: readonly [Series, Series],
  settings: LineSettings,
): (newestUs: number) => StoredLine {
  const { intervalUs, graceMs } = settings;
  const of = stretchesOf(settings)[0]!;
  let line: StoredLine = { hedge: undefined, measured: { bars: 0, of } };
  let fitted: JoinedCloses | undefined;
  let minutes: JoinedCloses | undefined;
  let ofMinutes: FrozenHedge | undefined;
  /** Of the line of stored bars or, while that is none, or too short to say, of klines. */
  const withStandIn = (own: StoredLine): StoredLine => {
    const says = own.hedge?.calibration?.verdict.verdict;
    if (standIn === undefined || settings.calibrationBars !== undefined || says === "yes" || says === "no")
      return own;
    const [y, x] = series;
    const found = standIn(y.venue.name, y.symbol, x.symbol);
    if (found !== minutes) {
      minutes = found;
      ofMinutes = found === undefined ? undefined : minuteHedge(found, settings);
    }
    return ofMinutes === undefined ? own : { ...own, hedge: ofMinutes };
  };
  return (newestUs) => {
    const closedUs = Math.floor((newestUs - 1000 * graceMs) / intervalUs) * intervalUs;
    if (!Number.isFinite(closedUs)) return line;
    const found = storedStretch(reader, stored, series, settings, closedUs);
    if ("measured" in found) {
      // what is frozen stays, whatever is deleted meanwhile
      if (fitted === undefined) line = { hedge: undefined, measured: { bars: found.measured, of } };
    } else if (fitted === undefined || !isSame(fitted, found.closes)) {
      fitted = found.closes;
      const { length } = fitted.timeUs;
      line = { ...frozen(fitted, intervalUs), measured: { bars: length, of: length } };
    }
    return withStandIn(line);
  };
}

/** A line of one-minute klines: its window is as long in time as theirs, at most what a stored stretch could ask for. */
function minuteHedge(closes: JoinedCloses, settings: LineSettings): FrozenHedge | undefined {
  const lengths = stretchesOf(settings);
  if (closes.timeUs.length < lengths[0]!) return undefined;
  const { hedge } = frozen(closes, MINUTE_US);
  if (hedge?.window === undefined) return undefined;
  const asLong = Math.ceil((hedge.window * MINUTE_US) / settings.intervalUs);
  const window = Math.min(Math.floor(lengths.at(-1)! / 4), Math.max(LEAST_WINDOW, asLong));
  return { ...hedge, window, standIn: "one-minute klines" };
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
    return {
      hedge: { ...span, alpha, beta, prices, calibration, window: calibration?.window, standIn: undefined },
    };
  } catch (error) {
    if (!(error instanceof TickbookError)) throw error;
    return { hedge: undefined, fault: error.message.replace(/^\w+: /, "") };
  }
}
