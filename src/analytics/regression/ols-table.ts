import { requireFields } from "../../core/arguments.ts";
import type { ResultTable } from "../unit-root/test-result.ts";
import { counted } from "../words.ts";
import type { OlsResult, Parameter } from "./ols.ts";

/** A regression as a table: a row a parameter, what they rest on above. */
export function olsTable(result: OlsResult): ResultTable {
  requireFields("olsTable", "result", result, ["parameters", "errors", "lags", "nobs", "rSquared"]);

  const { parameters, errors, lags, nobs, rSquared } = result;
  const of = (name: string, pick: (parameter: Parameter) => number, digits: number) => ({
    name,
    values: parameters.map(pick),
    digits,
  });
  const kind = errors === "HAC" ? `HAC errors with ${counted(lags, "lag")}` : `${errors} errors`;
  return {
    columns: [
      { name: "parameter", values: parameters.map(({ name }) => name) },
      of("estimate", ({ estimate }) => estimate, 6),
      of("standard error", ({ standardError }) => standardError, 6),
      of("t", ({ t }) => t, 2),
      { ...of("p-value", ({ pValue }) => pValue, 4), floor: 1e-4 },
      of("from", ({ low }) => low, 6),
      of("to", ({ high }) => high, 6),
    ],
    length: parameters.length,
    caption: `Least squares, ${kind}, ${counted(nobs, "observation")}, R² ${rSquared.toFixed(4)}`,
  };
}
