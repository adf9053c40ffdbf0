import { LEAST_WINDOW } from "../../analytics/pair/calibrate.ts";
import { spread } from "../../analytics/pair/spread.ts";
import { rollingZScore } from "../../analytics/rolling/rolling.ts";
import { rollingCorrelation } from "../../analytics/rolling/rolling-correlation.ts";
import { type Bars, concatBars, sliceBars } from "../../core/bars.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatDuration, parseDuration } from "../../core/time.ts";
import type { Venue } from "../../core/trade.ts";
import { importedLengths } from "../../pipeline/bars/imported-series.ts";
import { type LiveBars, type LiveBarsSettings, liveBars } from "../../pipeline/live-bars.ts";
import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";
import { venueTimeUs, whichSeries } from "../../pipeline/store/which-series.ts";
import { type Uncollected, uncollected } from "./holes.ts";
import type { StandIn } from "./minute-stretch.ts";
import { type PairPast, type PastStretch, pairHistory } from "./pair-history.ts";
import { type StoredCloses, storedCloses } from "./stored-closes.ts";
import { type StoredLine, storedLine } from "./stored-line.ts";
import { joinCloses, stretchesOf } from "./stored-stretch.ts";

export interface PairSettings {
  /** The symbol that is explained, and the one that explains it. */
  readonly y: string;
  readonly x: string;
  /** Length of a bar: `"1s"`, `"5m"`, … */
  readonly interval: string;
  /** Bars in the trailing window of z-score and correlation; from the half-life of the calibration stretch unless told. */
  readonly window?: number | undefined;
  /**
   * Bars that line, window and verdict come from: the first of the UTC day, as stored. Unless told as many as there are of
   * 500, 700, 1,000, 1,400, 2,000, 2,800, 4,000 and 5,000.
   */
  readonly calibrationBars?: number | undefined;
  /** Closed bars kept and shown; 300 unless told. */
  readonly bars?: number;
  /** A bar closes when the venue's newest time has passed its end by this much; 1000 unless told. */
  readonly graceMs?: number;
  /** The venue of both symbols; as `whichSeries` chooses it unless told. */
  readonly venue?: string;
}

/** A pair's numbers at one moment. All columns run over the bars that both symbols have. */
export interface PairFrame extends StoredLine {
  readonly venue: Venue;
  /** Closed and forming bars of each symbol by itself. */
  readonly closed: { readonly y: Bars; readonly x: Bars };
  readonly forming: { readonly y: Bars; readonly x: Bars };
  /** Time of each symbol's newest trade, µs; NaN before one. */
  readonly newestUs: { readonly y: number; readonly x: number };
  /** When the newest of both was received, µs; NaN before one. */
  readonly receivedUs: number;
  /** Start of the bar, µs. */
  readonly timeUs: Float64Array;
  readonly yClose: Float64Array;
  readonly xClose: Float64Array;
  /** y − α − βx on log prices, with one frozen line; NaN before it is fitted. */
  readonly spread: Float64Array;
  readonly zScore: Float64Array;
  /** Of log returns. */
  readonly correlation: Float64Array;
  /** Bars in the window of z-score and correlation: as told, else of the stretch, else 60. */
  readonly window: number;
}

export interface PairMonitor {
  readonly settings: Required<Omit<PairSettings, "venue" | "window" | "calibrationBars">> & {
    /** As told; undefined where it is that of the stretch. */
    readonly window: number | undefined;
    /** As told; undefined where it is as long as what is stored. */
    readonly calibrationBars: number | undefined;
    readonly intervalUs: number;
  };
  /** The present numbers; reads what is new since the last call. */
  frame(): PairFrame;
  /** Of the bars in the present frame. */
  holes(): Uncollected[];
  /** A stretch of the past, by the present hedge ratio. */
  past(stretch: PastStretch): PairPast;
}

/** How a monitor comes by the bars of a symbol: makes them, or shares them with others that watch it. */
export interface BarsMaker {
  readonly live: (series: Series, settings: LiveBarsSettings) => Growing;
  readonly stored: StoredCloses;
  /** What calibrates while stored bars do not suffice. */
  readonly standIn?: StandIn | undefined;
}

/** Bars of its own. */
export function ownBars(reader: TradeStore, interval: string, standIn?: StandIn): BarsMaker {
  return {
    live: (series, settings) => liveBars(reader, series, settings),
    stored: storedCloses(reader, interval),
    standIn,
  };
}

type Growing = Pick<LiveBars, "closed" | "forming"> & {
  advance(venueUs: number): { readonly changed: boolean };
};

/** Watches two symbols of a store, reading each trade once. */
export function pairMonitor(
  reader: TradeStore,
  given: PairSettings,
  makeBars: BarsMaker = ownBars(reader, given.interval),
): PairMonitor {
  const settings = checkSettings(given);
  const { intervalUs, bars: inView } = settings;
  // how long the window of the stretch is nobody chose: it has room whatever is in view
  const keep = Math.max(inView, 1 + (settings.window ?? widestWindow(settings)));
  const { y: yName, x: xName, venue } = given;
  const wanted = { symbols: [yName, xName], ...(venue !== undefined && { venue }) };
  const [seriesY, seriesX] = whichSeries(reader, wanted) as [Series, Series];
  for (const series of [seriesY, seriesX]) refuseBarsAlone(reader, series);
  const graceUs = settings.graceMs * 1000;
  const barSettings = { rule: { by: "time", intervalUs }, keep, graceUs } as const;
  const y = makeBars.live(seriesY, barSettings);
  const x = makeBars.live(seriesX, barSettings);
  const history = pairHistory(reader, [seriesY, seriesX], intervalUs);
  const lineNow = storedLine(reader, makeBars, [seriesY, seriesX], settings);
  let version: unknown;
  let last: PairFrame | undefined;

  const compute = (times: Pick<PairFrame, "newestUs" | "receivedUs">, venueUs: number): PairFrame => {
    const line = lineNow(venueUs);
    const { hedge } = line;
    const window = settings.window ?? hedge?.window ?? LEAST_WINDOW;
    const view = Math.max(inView, window + 1);
    const closed = { y: sliceBars(y.closed(), -view), x: sliceBars(x.closed(), -view) };
    const joined = joinCloses(closed.y, closed.x);
    const n = joined.timeUs.length;
    const spreads =
      hedge === undefined
        ? new Float64Array(n).fill(Number.NaN)
        : spread(joined.yClose, joined.xClose, { alpha: hedge.alpha, beta: hedge.beta, prices: hedge.prices })
            .values;
    const returns = (closes: Float64Array): Float64Array =>
      closes.map((close, i) => (i === 0 ? Number.NaN : Math.log(close / closes[i - 1]!)));
    return {
      venue: seriesY.venue,
      closed,
      forming: { y: y.forming(), x: x.forming() },
      ...times,
      ...joined,
      spread: spreads,
      zScore: rollingZScore(spreads, { window }),
      correlation: rollingCorrelation(returns(joined.yClose), returns(joined.xClose), { window }),
      window,
      ...line,
    };
  };

  const frame = (): PairFrame => {
    const seen = reader.version();
    if (last !== undefined && seen === version) return last;
    version = seen;
    const newest = [seriesY, seriesX].map((series) => reader.newest(series));
    const [ofY, ofX] = newest.map((trade) => trade?.timeUs ?? Number.NaN) as [number, number];
    const received = newest.flatMap((trade) => trade?.receivedUs ?? []);
    const receivedUs = received.length === 0 ? Number.NaN : Math.max(...received);
    // a bar is over when any symbol of the venue has traded after its end
    const venueUs = venueTimeUs(reader, seriesY.venue.name);
    const changes = [y, x].map((one) => one.advance(venueUs));
    if (last === undefined || changes.some(({ changed }) => changed))
      last = compute({ newestUs: { y: ofY, x: ofX }, receivedUs }, venueUs);
    return last;
  };

  return {
    settings,
    frame,
    holes: () => {
      const { closed, forming } = frame();
      return [
        ...uncollected(reader, seriesY, concatBars(closed.y, forming.y)),
        ...uncollected(reader, seriesX, concatBars(closed.x, forming.x)),
      ];
    },
    past: (stretch) => {
      const { window, hedge, closed } = frame();
      const { endUs, length } = closed.y;
      return history.past(stretch, { window, hedge, closedUs: length === 0 ? 0 : endUs[length - 1]! });
    },
  };
}

/** No trade will come to what a file brought as bars. */
function refuseBarsAlone(reader: TradeStore, series: Series): void {
  if (series.venue.kind !== "file" || reader.newest(series) !== undefined) return;
  const lengths = importedLengths(reader, series).map(formatDuration);
  if (lengths.length === 0) return;
  refuse({
    code: "no-trades",
    where: "watchPair",
    problem: `needs a market with trades; ${series.symbol} came as bars of ${lengths.join(" and ")} from a file, and nothing comes to it any more`,
    hint: "Read them by readBars or pairCloses, and draw those.",
  });
}

/** A window of the stretch is a quarter of it at most. */
function widestWindow(settings: PairMonitor["settings"]): number {
  return Math.max(LEAST_WINDOW, Math.floor(stretchesOf(settings).at(-1)! / 4));
}

function checkSettings(given: PairSettings): PairMonitor["settings"] {
  const { y, x, interval, window, calibrationBars, graceMs = 1000 } = given;
  const bars = given.bars ?? Math.max(300, 2 * (window ?? LEAST_WINDOW));
  const whole = (name: string, value: number, least: number): void => {
    if (Number.isInteger(value) && value >= least) return;
    refuse({
      code: "bad-setting",
      where: "watchPair",
      problem: `${name} needs a whole number of at least ${least}; got ${quote(value)}`,
      hint: "Change it in the parameters cell.",
      facts: { name, value },
    });
  };
  const intervalUs = parseDuration(interval, "watchPair: interval");
  if (window !== undefined) whole("window", window, 3);
  if (calibrationBars !== undefined)
    whole("calibrationBars", calibrationBars, window === undefined ? LEAST_WINDOW : 3);
  whole("bars", bars, 1 + (window ?? LEAST_WINDOW));
  whole("graceMs", graceMs, 0);
  if (y === x) {
    refuse({
      code: "bad-pair",
      where: "watchPair",
      problem: `needs two different symbols; got ${quote(y)} twice`,
      hint: "Change y or x in the parameters cell.",
    });
  }
  return { y, x, interval, window, calibrationBars, graceMs, bars, intervalUs };
}
