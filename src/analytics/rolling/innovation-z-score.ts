import { requireColumns, requireFields } from "../../core/arguments.ts";
import { requireSameLength } from "../checks.ts";

/** What a filter was surprised by, and how much it expected to be. */
export interface Innovations {
  readonly innovation: Float64Array;
  readonly innovationVariance: Float64Array;
}

/**
 * The innovations of a Kalman filter over their predicted deviations. If the model and its variances are right these
 * are independent standard normals, with no window at all. NaN where an innovation is.
 */
export function innovationZScore(innovations: Innovations): Float64Array {
  requireFields("innovationZScore", "innovations", innovations, ["innovation", "innovationVariance"]);
  requireColumns("innovationZScore", {
    "innovations.innovation": innovations.innovation,
    "innovations.innovationVariance": innovations.innovationVariance,
  });
  const { innovation, innovationVariance } = innovations;

  requireSameLength("innovationZScore", {
    innovation: innovation.length,
    innovationVariance: innovationVariance.length,
  });
  return innovation.map((value, i) => value / Math.sqrt(innovationVariance[i]!));
}
