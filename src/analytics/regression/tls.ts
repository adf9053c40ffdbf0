import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import { centre, dot } from "../mean.ts";
import { completePairs, type InterceptSetting, type LineFit } from "./line-fit.ts";

/**
 * Total least squares (orthogonal regression): the line with the least squared distance at right angles to it, so
 * that y on x and x on y are one line. It supposes errors of one size in both series: put them on one scale first.
 *
 * β = (Syy − Sxx + √((Syy − Sxx)² + 4 Sxy²)) / 2 Sxy. Pairs with a NaN are left out and counted.
 */
export function totalLeastSquares(
  y: Float64Array,
  x: Float64Array,
  settings: InterceptSetting = {},
): LineFit {
  const where = "totalLeastSquares";
  requireColumns(where, { y, x });
  requireSettings(where, settings, ["intercept"]);

  const { intercept = true } = settings;
  const pairs = completePairs(where, y, x, intercept);
  const about = (values: Float64Array) => (intercept ? centre(values) : { values, mean: 0, rest: 0 });
  const [ys, xs] = [about(pairs.y), about(pairs.x)];
  const yy = dot(ys.values, ys.values);
  const xx = dot(xs.values, xs.values);
  const xy = dot(xs.values, ys.values);
  const tilt = (yy - xx) / 2;
  const length = Math.hypot(tilt, xy);
  // of the two forms, the one which does not subtract
  const beta = tilt > 0 ? (tilt + length) / xy : xy / (length - tilt);
  if (!Number.isFinite(beta)) {
    refuse({
      code: "constant-regressor",
      where,
      problem: `needs series that lie along a line which is not vertical; got ${xx > 0 ? "uncorrelated series, y the wider" : "x constant"}`,
      hint: "Take a longer window, or swap the two series.",
      facts: { yy, xx, xy },
    });
  }
  const alpha = ys.mean - beta * xs.mean + (ys.rest - beta * xs.rest);
  return { alpha, beta, nobs: pairs.nobs, missing: pairs.missing };
}
