import type { HedgeSetting } from "../../../analytics/backtest/strategies/hedge.ts";
import type { MeanReversionSettings } from "../../../analytics/backtest/strategies/reversion-settings.ts";
import type { Market } from "../../../analytics/backtest/types.ts";
import {
  type Calibration,
  calibrate,
  calibratedWindow,
  calibrationStretch,
} from "../../../analytics/pair/calibrate.ts";
import { type PairVerdict, pairVerdict } from "../../../analytics/pair/pair-verdict.ts";
import type { PriceScale } from "../../../analytics/pair/price-scale.ts";
import { TickbookError } from "../../../core/errors.ts";

/** Mean reversion with its hedge and window left to the calibration stretch where they are not told. */
export type OpenReversion = Omit<MeanReversionSettings, "window"> &
  Partial<Pick<MeanReversionSettings, "window">>;

/** What a market's first bars say of its pair, before anything is traded on it. */
export interface PairStanding {
  /** Bars of the stretch; trading may begin inside it where the hedge is not fitted on it. */
  readonly calibrationBars: number;
  /** Absent where the stretch can't tell: `sentence` says why. */
  readonly verdict?: PairVerdict;
  readonly sentence: string;
}

/** Settings with nothing left open: a hedge fitted on the calibration stretch, and a window from its half-life. */
export function calibratedReversion({ legs, length }: Market, given: OpenReversion): MeanReversionSettings {
  const { window, prices = "log" } = given;
  const [y, x] = legs.map(({ close }) => close) as [Float64Array, Float64Array?];
  if (x === undefined) return { ...given, window: window ?? calibratedWindow(y, prices).window };
  const hedge: HedgeSetting = given.hedge ?? {
    method: "fixed",
    calibrationBars: calibrationStretch(length),
  };
  if (window !== undefined) return { ...given, hedge, window };
  return { ...given, hedge, window: calibrationOf(y, x, hedge, prices).window };
}

function calibrationOf(
  y: Float64Array,
  x: Float64Array,
  hedge: HedgeSetting,
  prices: PriceScale,
): Calibration {
  return calibrate(y, x, { calibrationBars: stretchOf(hedge, y.length), prices });
}

/** The bars that a fixed hedge is fitted on; the first quarter where it is none. */
function stretchOf(hedge: unknown, length: number): number {
  const { method, calibrationBars } = (hedge ?? {}) as { method?: unknown; calibrationBars?: number };
  return method === "fixed" && calibrationBars !== undefined ? calibrationBars : calibrationStretch(length);
}

/** What the calibration stretch of a run says of its pair; undefined for one leg. */
export function pairStanding(
  { legs, length }: Market,
  settings: Readonly<Record<string, unknown>>,
): PairStanding | undefined {
  const [y, x] = legs.map(({ close }) => close) as [Float64Array, Float64Array?];
  if (x === undefined) return undefined;
  const prices = settings.prices === "raw" ? "raw" : "log";
  try {
    const calibrationBars = Math.min(length, stretchOf(settings.hedge, length));
    const verdict = pairVerdict(y.subarray(0, calibrationBars), x.subarray(0, calibrationBars), { prices });
    return { calibrationBars, verdict, sentence: verdict.sentence };
  } catch (error) {
    if (!(error instanceof TickbookError)) throw error;
    return {
      calibrationBars: 0,
      sentence: `Too short to say: ${error.message.replace(/^\w+: /, "").replace(/\. [^.]*\.$/, "")}.`,
    };
  }
}
