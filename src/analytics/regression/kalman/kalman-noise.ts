import { requireColumns, requireSettings } from "../../../core/arguments.ts";
import { refuse } from "../../../core/errors.ts";
import { requireCount, requireFinite, requireOneOf, requireSameLength } from "../../checks.ts";
import { kalmanLine } from "./kalman-line.ts";
import { kalmanRatio } from "./kalman-ratio.ts";

export interface KalmanNoiseSettings {
  /** `"line"` for `kalmanLine`, the default; `"ratio"` for `kalmanRatio`. */
  readonly model?: "line" | "ratio";
}

/** The variances under which a pair is likeliest; they can be handed to the filter as they are. */
export interface KalmanNoise {
  readonly model: "line" | "ratio";
  readonly stateNoise: number;
  readonly noise: number;
  readonly start: "diffuse";
  /** stateNoise / noise. */
  readonly ratio: number;
  /** The ratio stands at an end of the range that was searched: below, β as good as constant; above, no noise in y. */
  readonly atEdge: boolean;
  readonly logLikelihood: number;
  readonly nobs: number;
}

/**
 * The ratio of a Kalman filter's two variances by maximum likelihood, from a diffuse start; the scale of both follows
 * in closed form. In `"line"`, α and β share one variance of steps.
 *
 * An estimator: it looks at the whole window that is passed, so a filter run with it inside that window is in-sample.
 * The ratio is searched where a step of β moves y by 1e-8 to 1e4 of its noise; the likelihood is first laid out on a
 * grid of half decades, since it may have two tops.
 */
export function kalmanNoise(
  y: Float64Array,
  x: Float64Array,
  settings: KalmanNoiseSettings = {},
): KalmanNoise {
  const where = "kalmanNoise";
  requireColumns(where, { y, x });
  requireSettings(where, settings, ["model"]);

  const { model = "line" } = settings;
  requireOneOf(where, "model", model, ["line", "ratio"]);
  requireSameLength(where, { y: y.length, x: x.length });
  requireFinite(where, "y", y);
  requireFinite(where, "x", x);
  let nobs = 0;
  let squares = 0;
  let squaresY = 0;
  for (let i = 0; i < y.length; i++) {
    if (Number.isNaN(y[i]! * x[i]!)) continue;
    nobs += 1;
    squares += x[i]! * x[i]!;
    squaresY += y[i]! * y[i]!;
  }
  requireCount(where, nobs, 10, "to compare variances");
  const first = x.find((value, i) => !Number.isNaN(y[i]! * value))!;
  if (model === "line" && x.every((value, i) => value === first || Number.isNaN(y[i]! * value))) {
    refuse({
      code: "constant-regressor",
      where,
      problem: `x must vary beside an α that walks; got x constant at ${first}`,
      hint: "Take a longer window, or check that the feed of this series is alive.",
      facts: { value: first },
    });
  }
  const reach = squares / nobs + (model === "line" ? 1 : 0);
  const at = (logRatio: number): Profile => profile(y, x, model, 10 ** logRatio / reach);

  const [low, high, step] = [-16, 8, 0.5];
  let best = at(low);
  let top = low;
  for (let u = low + step; u <= high; u += step) {
    const next = at(u);
    if (next.logLikelihood > best.logLikelihood) [best, top] = [next, u];
  }
  const found = at(goldenTop((u) => at(u).logLikelihood, top - step, top + step));
  if (found.logLikelihood > best.logLikelihood) best = found;
  const { ratio, noise, logLikelihood } = best;
  // what is left beside the rounding of y
  if (!(noise * (1 + ratio * reach) > 1e-28 * (squaresY / nobs))) {
    refuse({
      code: "no-variation",
      where,
      problem: `needs a y with noise beside x; got ${nobs} pairs that one ${model} explains in full`,
      hint: "Check that two different series were passed.",
      facts: { nobs, noise },
    });
  }
  const atEdge = top === low || top === high;
  return { model, stateNoise: ratio * noise, noise, start: "diffuse", ratio, atEdge, logLikelihood, nobs };
}

interface Profile {
  readonly ratio: number;
  readonly noise: number;
  readonly logLikelihood: number;
}

/** The likelihood at a ratio, with the noise that suits it best. */
function profile(y: Float64Array, x: Float64Array, model: "line" | "ratio", ratio: number): Profile {
  const settings = { stateNoise: ratio, noise: 1, start: "diffuse" } as const;
  const run = model === "line" ? kalmanLine(y, x, settings) : kalmanRatio(y, x, settings);
  let squares = 0;
  let count = 0;
  for (let i = 0; i < y.length; i++) {
    const square = run.innovation[i]! ** 2 / run.innovationVariance[i]!;
    if (Number.isNaN(square)) continue;
    squares += square;
    count += 1;
  }
  const noise = squares / count;
  // innovations of noise 1 made to innovations of this noise
  return {
    ratio,
    noise,
    logLikelihood: run.logLikelihood + 0.5 * (squares - count - count * Math.log(noise)),
  };
}

/** Where a function with one top in an interval has it. */
function goldenTop(f: (u: number) => number, from: number, to: number): number {
  const share = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  let [left, right] = [high - share * (high - low), low + share * (high - low)];
  let [atLeft, atRight] = [f(left), f(right)];
  while (high - low > 1e-7) {
    if (atLeft > atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - share * (high - low);
      atLeft = f(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + share * (high - low);
      atRight = f(right);
    }
  }
  return (low + high) / 2;
}
