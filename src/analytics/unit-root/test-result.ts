import { requireFields, requireList, requireText } from "../../core/arguments.ts";
/** Critical values at three levels. */
export interface CriticalValues {
  readonly "1%": number;
  readonly "5%": number;
  readonly "10%": number;
}

/** What every test says. */
export interface TestResult {
  /** The test, with its variant in words. */
  readonly test: string;
  readonly statistic: number;
  readonly pValue: number;
  readonly criticalValues: CriticalValues;
  /** Lagged terms in the test. */
  readonly lags: number;
  /** Observations that the statistic rests on. */
  readonly nobs: number;
  /** What is supposed, until the data speak against it. */
  readonly nullHypothesis: string;
  /** What speaks for itself if they do. */
  readonly alternative: string;
  /** One sentence that may be quoted. */
  readonly sentence: string;
}

/**
 * The smallest level at which the null hypothesis falls, by the critical values: `"rejected at 1 %"`, … or
 * `"not rejected"`. Where these grow with the level, small statistics reject (unit roots); else large ones do.
 */
export function decision(testResult: TestResult): string {
  requireFields("decision", "testResult", testResult, ["statistic", "criticalValues"]);
  const { statistic, criticalValues } = testResult;

  const isLowerTail = criticalValues["1%"] < criticalValues["10%"];
  for (const level of ["1%", "5%", "10%"] as const) {
    const critical = criticalValues[level];
    if (isLowerTail ? statistic < critical : statistic > critical)
      return `rejected at ${level.replace("%", " %")}`;
  }
  return "not rejected";
}

/** A table as columns: what render shows and exports. */
export interface ResultTable {
  readonly columns: readonly {
    readonly name: string;
    readonly values: readonly (string | number)[] | Float64Array;
    readonly kind?: "time";
    readonly unit?: string;
    readonly digits?: number;
    /** Numbers from 0 to below it are shown as less than it. */
    readonly floor?: number;
    /** Set to the right, decimal mark under decimal mark. */
    readonly right?: boolean;
  }[];
  readonly length: number;
  readonly caption: string;
}

/** A test as a table: a row a fact, the sentence on top. */
export function testTable(result: TestResult): ResultTable {
  requireFields("testTable", "result", result, [
    "criticalValues",
    "nullHypothesis",
    "alternative",
    "statistic",
    "pValue",
    "lags",
    "nobs",
    "sentence",
    "test",
  ]);

  const number = (value: number): string => String(Number(value.toPrecision(6)));
  const { criticalValues: critical } = result;
  const rows: [string, string][] = [
    ["null hypothesis", result.nullHypothesis],
    ["alternative", result.alternative],
    ["statistic", number(result.statistic)],
    ["p-value", result.pValue < 1e-4 ? "< 0.0001" : number(result.pValue)],
    ["critical value, 1 %", number(critical["1%"])],
    ["critical value, 5 %", number(critical["5%"])],
    ["critical value, 10 %", number(critical["10%"])],
    ["null hypothesis is", decision(result)],
    ["lags", String(result.lags)],
    ["observations", String(result.nobs)],
    ["in words", result.sentence],
  ];
  return {
    columns: [
      { name: result.test, values: rows.map(([name]) => name) },
      { name: "", values: rows.map(([, value]) => value) },
    ],
    length: rows.length,
    caption: result.test,
  };
}

/** Tests side by side: a row a test. */
export function testsTable(results: readonly TestResult[], caption: string): ResultTable {
  requireList("testsTable", "results", results);
  requireText("testsTable", "caption", caption);

  const of = (name: string, pick: (result: TestResult) => string | number, digits?: number) => ({
    name,
    values: results.map(pick),
    ...(digits === undefined ? {} : { digits }),
  });
  return {
    columns: [
      of("test", (result) => result.test),
      of("statistic", (result) => result.statistic, 3),
      { ...of("p-value", (result) => result.pValue, 4), floor: 1e-4 },
      of("1 %", (result) => result.criticalValues["1%"], 3),
      of("5 %", (result) => result.criticalValues["5%"], 3),
      of("10 %", (result) => result.criticalValues["10%"], 3),
      of("null hypothesis is", decision),
      of("lags", (result) => result.lags),
      of("observations", (result) => result.nobs),
      of("null hypothesis", (result) => result.nullHypothesis),
    ],
    length: results.length,
    caption,
  };
}
