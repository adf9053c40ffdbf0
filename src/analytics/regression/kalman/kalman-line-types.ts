/** The two variances of the model, and where it starts. */
export interface KalmanLineSettings {
  /** Variance of the steps of α and of β, a bar: one for both, or `[α, β]`. */
  readonly stateNoise: number | readonly [alpha: number, beta: number];
  /** Variance of the noise of y. */
  readonly noise: number;
  /**
   * What is believed before the first bar, which is then predicted once as every other: P₀ + Q meets it.
   * `"diffuse"`, which is the default, believes nothing: exact, not a large number.
   */
  readonly start?: "diffuse" | KalmanLineStart;
}

export interface KalmanLineStart {
  readonly alpha: number;
  readonly beta: number;
  readonly alphaVariance: number;
  readonly betaVariance: number;
}

/** The filter after one bar. */
export interface KalmanLineAt {
  alpha: number;
  beta: number;
  alphaVariance: number;
  betaVariance: number;
  covariance: number;
  /** y less what was predicted before it was seen; NaN at a missing bar and while that prediction is not defined. */
  innovation: number;
  innovationVariance: number;
}

/** The filter, bar by bar. */
export type KalmanLineColumns = { readonly [Name in keyof KalmanLineAt]: Float64Array };

/** What `kalmanNoise` gives, which the filters take as it is. */
export const NOISE_FIELDS: readonly string[] = [
  "model",
  "stateNoise",
  "noise",
  "start",
  "ratio",
  "atEdge",
  "logLikelihood",
  "nobs",
];
