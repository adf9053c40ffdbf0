export { type HedgeRatio, type HedgeRatioSettings, hedgeRatio } from "./hedge-ratio.ts";
export { type OlsResult, type OlsSettings, ols } from "./ols.ts";
export type { Operator, PairOperator } from "./operator.ts";
export type { PriceScale } from "./price-scale.ts";
export {
  rollingMean,
  rollingMeanOperator,
  rollingStd,
  rollingStdOperator,
  rollingZScore,
  rollingZScoreOperator,
  type Window,
} from "./rolling.ts";
export { rollingCorrelation, rollingCorrelationOperator } from "./rolling-correlation.ts";
export { type Spread, type SpreadSettings, spread } from "./spread.ts";
