import { parseDuration } from "../../core/time.ts";
import { type Control, select, slider } from "../controls/index.ts";
import { sharedReader } from "../data/shared-reader.ts";

/** What the controls start from; `db` as for `openStore`. */
export interface PairControlsSettings {
  readonly y: string;
  readonly x: string;
  readonly interval: string;
  readonly window: number;
  readonly threshold?: number;
  readonly db?: string;
}

/** A control for each setting of `watchPair`. */
export interface PairControls {
  readonly y: Control<string>;
  readonly x: Control<string>;
  readonly interval: Control<string>;
  readonly window: Control<number>;
  readonly threshold: Control<number>;
}

const INTERVALS = ["1s", "5s", "15s", "1m", "5m"];

/** Controls for a pair out of the symbols that the database holds. */
export function pairControls(settings: PairControlsSettings): PairControls {
  const { y, x, interval, window, threshold = 2, db } = settings;
  const symbols = new Set([
    x,
    y,
    ...sharedReader(db)
      .series()
      .map(({ symbol }) => symbol),
  ]);
  const intervals = [...new Set([interval, ...INTERVALS])].sort(
    (a, b) => parseDuration(a) - parseDuration(b),
  );
  return {
    y: select("y", [...symbols], { value: y }),
    x: select("explained by x", [...symbols], { value: x }),
    interval: select("interval", intervals, { value: interval }),
    window: slider("window", { min: 3, max: Math.max(300, window), value: window, unit: "bars" }),
    threshold: slider("threshold |z|", {
      min: 0.5,
      max: Math.max(4, threshold),
      step: 0.05,
      value: threshold,
    }),
  };
}
