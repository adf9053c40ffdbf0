import type { ThinRules } from "../../market/liquidity-thin.ts";
import type { PriceScale } from "../../pair/price-scale.ts";
import type { HedgeSetting } from "./hedge.ts";
import type { Neutral, Sizing } from "./sizing.ts";

export interface MeanReversionSettings {
  /** β of x against y. Needed for a market of two legs; one leg reverts to its own trailing mean. */
  readonly hedge?: HedgeSetting;
  /** The scale of spread and β: `"log"` unless given. */
  readonly prices?: PriceScale;
  /** Bars in the trailing window of the z-score, and of the deviation that `size: { by: "risk" }` looks at. */
  readonly window: number;
  /** `"rolling"`, or of a Kalman hedge, and only of one, `"innovation"`: the surprise over its predicted deviation, no window. */
  readonly zScore?: "rolling" | "innovation";
  /** Enter where |z| is this or more. */
  readonly entry: number;
  /** Leave where z has come back this near to 0; 0 unless given. Below 0: on the other side of it. */
  readonly exit?: number;
  /** Leave where |z| is this or more; never unless given. */
  readonly stop?: number;
  /** Leave after so many bars; never unless given. */
  readonly maxBars?: number;
  /** After an exit is decided, bars in which nothing is entered; 0 unless given. */
  readonly coolDownBars?: number;
  /** `"both"` unless given; `"long"` buys the spread (y) where it is low, `"short"` sells it where it is high. */
  readonly side?: "both" | "long" | "short";
  /** Nothing is entered at a bar that is thin by these rules, one for each leg or one for both. */
  readonly liquidity?: ThinRules | readonly ThinRules[];
  readonly size: Sizing;
  /** `"beta"` unless given. */
  readonly neutral?: Neutral;
  /** Of a Kalman hedge: while a position is held, bring x to β again where β has moved by more than this share (0.05) of itself. */
  readonly rehedge?: number;
}
