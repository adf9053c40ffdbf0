import { clusterOrder } from "../../analytics/correlation/cluster-order.ts";
import type { CorrelationMatrix } from "../../analytics/correlation/correlation.ts";
import { type HedgeRatio, hedgeRatioTable } from "../../analytics/pair/hedge-ratio.ts";
import { caseTable, type PairCase } from "../../analytics/pair/pair-case.ts";
import { type PairVerdict, pairVerdictTable } from "../../analytics/pair/pair-verdict.ts";
import type { OlsResult } from "../../analytics/regression/ols.ts";
import { olsTable } from "../../analytics/regression/ols-table.ts";
import {
  type ResultTable,
  type TestResult,
  testsTable,
  testTable,
} from "../../analytics/unit-root/test-result.ts";
import { heatmapChart } from "../../render/chart/heatmap.ts";
import { type TableOptions, tableView } from "../../render/table.ts";
import type { TableData } from "../../render/table-data.ts";
import type { HtmlView, View } from "../../render/view.ts";
import { toldView } from "./sentence.ts";

/** How the results of the statistics show themselves: the sentence in front, its numbers below. Undefined for anything else. */
export function statisticView(value: unknown, options: TableOptions = {}): View | undefined {
  if (isTest(value)) return toldView(value.sentence, factsOf(value));
  if (isListOf(value, isTest)) return testsView(value, options);
  if (isBothWays(value))
    return testsView([value.yOnX, value.xOnY], options, ["y on x", "x on y"], [value.sentence]);
  if (isNamedTests(value)) return testsView(Object.values(value), options, Object.keys(value));
  if (isHedgeRatio(value)) return tableView(hedgeRatioTable([value]));
  if (isListOf(value, isHedgeRatio)) return tableView(hedgeRatioTable(value), options);
  if (isOls(value)) return tableView(olsTable(value), options);
  if (isMatrix(value)) return heatmapChart(value, { order: clusterOrder(value).order });
  if (isCase(value)) return toldView(value.sentence, caseTable(value));
  if (isVerdict(value)) return toldView(value.sentence, pairVerdictTable(value));
  if (has(value, "sentence") && typeof value.sentence === "string")
    return toldView(value.sentence, numbersOf(value));
  return undefined;
}

/** The facts of one test; the sentence, which would be one long cell, stands above them. */
function factsOf(test: TestResult): ResultTable {
  const { columns, length, caption } = testTable(test);
  const [names, values] = columns.map(({ values }) => values.slice(0, -1));
  return {
    columns: [
      { name: "fact", values: names! },
      { name: "value", values: values! },
    ],
    length: length - 1,
    caption,
  };
}

/** Tests side by side, with what they suppose below, once for those that suppose the same. */
function testsView(
  tests: readonly TestResult[],
  options: TableOptions,
  names?: readonly string[],
  given?: readonly string[],
): HtmlView {
  const sentences = given ?? tests.map(({ sentence }, k) => (names ? `${names[k]}: ${sentence}` : sentence));
  const { columns, length } = testsTable(tests, "");
  const isOne = new Set(tests.map(({ test }) => test)).size === 1;
  const shown = columns.filter(
    ({ name }) => name !== "null hypothesis" && !(name === "test" && isOne && names !== undefined),
  );
  const supposed = tests.map(({ test, nullHypothesis, alternative }) => {
    const text = `null hypothesis: ${nullHypothesis}; alternative: ${alternative}.`;
    return isOne ? `${text[0]!.toUpperCase()}${text.slice(1)}` : `${test}, ${text}`;
  });
  const table = {
    length,
    columns: names === undefined ? shown : [{ name: "of", values: names }, ...shown],
    ...(isOne && { caption: tests[0]!.test }),
  };
  return toldView(sentences, table, [...new Set(supposed)], options);
}

/** What a result has in plain numbers and words, a row each: `halfLifeBars` reads `half life bars`. */
function numbersOf(result: Readonly<Record<string, unknown>>): TableData {
  const entries = Object.entries(result).filter(
    ([name, value]) => name !== "sentence" && ["number", "string", "boolean"].includes(typeof value),
  );
  const text = (value: unknown): string => {
    if (typeof value !== "number") return String(value);
    // what is left of a difference of equal numbers
    const size = Math.abs(value);
    return size < 1e-12 ? "0" : String(Number(value.toPrecision(6))).replace("Infinity", "∞");
  };
  return {
    columns: [
      {
        name: "name",
        values: entries.map(([name]) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)),
      },
      { name: "value", values: entries.map(([, value]) => text(value)) },
    ],
    length: entries.length,
  };
}

function isListOf<T>(value: unknown, is: (one: unknown) => one is T): value is readonly T[] {
  // `every` passes over the holes of an array
  return Array.isArray(value) && value.length > 0 && value.findIndex((one) => !is(one)) < 0;
}

function isTest(value: unknown): value is TestResult {
  return has(value, "nullHypothesis", "statistic", "criticalValues", "sentence");
}

/** An object of tests by name. */
function isNamedTests(value: unknown): value is Readonly<Record<string, TestResult>> {
  return has(value) && !Array.isArray(value) && isListOf(Object.values(value), isTest);
}

function isBothWays(
  value: unknown,
): value is { readonly yOnX: TestResult; readonly xOnY: TestResult; readonly sentence: string } {
  return has(value, "yOnX", "xOnY", "sentence") && isTest(value.yOnX) && isTest(value.xOnY);
}

function isHedgeRatio(value: unknown): value is HedgeRatio {
  return has(value, "method", "beta", "alpha", "low", "high", "prices");
}

function isOls(value: unknown): value is OlsResult {
  return has(value, "parameters", "covariance", "residuals", "degreesOfFreedom");
}

function isMatrix(value: unknown): value is CorrelationMatrix {
  return has(value, "method", "names", "values", "nobs") && Array.isArray(value.values);
}

function isCase(value: unknown): value is PairCase {
  return has(value, "verdict", "points", "sentence") && Array.isArray(value.points);
}

function isVerdict(value: unknown): value is PairVerdict {
  return has(value, "verdict", "sentence", "cointegration", "stability", "halfLivesAtMost");
}

function has<Name extends string>(
  value: unknown,
  ...names: readonly Name[]
): value is Readonly<Record<Name, unknown>> {
  return typeof value === "object" && value !== null && names.every((name) => name in value);
}
