import { requireFields, requireFunction, requireSettings } from "../../../core/arguments.ts";
import { quote, refuse, TickbookError } from "../../../core/errors.ts";
import { samplingOf } from "../../performance/sampling.ts";
import { clearBrief, newBook } from "../engine/book.ts";
import { simulate } from "../engine/simulate.ts";
import { requireMarket } from "../market-checks.ts";
import { type BacktestSettings, begun, completeTerms } from "../run-backtest.ts";
import type { Memo, Strategy } from "../strategy.ts";
import type { Costs, Market } from "../types.ts";
import { SWEEP_FIGURES, type SweepFigure, sweepFigures } from "./sweep-figures.ts";

/** Values of one parameter. */
export interface SweepAxis {
  /** Of a setting; one inside another with dots: `"entry"`, `"hedge.window"`, `"costs.feeBps"`. */
  readonly name: string;
  readonly values: readonly number[];
}

export interface SweepSettings extends BacktestSettings {
  readonly rows: SweepAxis;
  readonly columns: SweepAxis;
  /** What Sharpe rests on, as in `performance`: `"day"` unless told; `"bar"` for a window of few days. */
  readonly returns?: "day" | "bar";
  /** Keep the returns of every combination, which overfitting and walk-forward are judged by. */
  readonly keepReturns?: boolean;
}

/** What is run at a place of the grid. */
export interface SweepCase {
  readonly strategy: Strategy;
  readonly costs: Partial<Costs>;
}

export interface SweepResult {
  readonly rows: SweepAxis;
  readonly columns: SweepAxis;
  /** Of each figure the grid, an array a row; NaN where it is not defined or the combination was refused. */
  readonly figures: Readonly<Record<SweepFigure, readonly Float64Array[]>>;
  /** Combinations that can't be run, and why: an exit above the entry, a window longer than the data. */
  readonly refused: readonly RefusedCell[];
  /** With `keepReturns`: of each combination, row by row, one return a period, at `returnsEndUs`; empty where refused. */
  readonly returns?: readonly Float64Array[];
  readonly returnsEndUs: Float64Array;
  /** Periods a year. */
  readonly perYear: number;
}

export interface RefusedCell {
  readonly row: number;
  readonly column: number;
  readonly reason: string;
}

/** Where results are written: cells row by row, of each its figures in the order of `SWEEP_FIGURES`. */
export interface SweepTable {
  readonly figures: Float64Array;
  /** So many of each cell as there are periods; none where returns are not kept. */
  readonly returns: Float64Array;
}

/** A grid of runs, one after the other in this thread: `make` gives what is run at a pair of values. */
export function sweepGrid(
  market: Market,
  make: (row: number, column: number) => Strategy | SweepCase,
  settings: SweepSettings,
): SweepResult {
  requireFields("sweepGrid", "market", market, []);
  requireFunction("sweepGrid", "make", make);
  requireSettings("sweepGrid", settings, ["rows", "columns", "returns", "keepReturns", "startCash", "costs"]);

  const plan = sweepPlan(market, settings);
  const table: SweepTable = {
    figures: new Float64Array(plan.figureCount),
    returns: new Float64Array(plan.returnCount),
  };
  const runCell = cellRunner(market, make, settings, table);
  const refused: RefusedCell[] = [];
  for (let cell = 0; cell < plan.cells; cell++) {
    const refusal = runCell(cell);
    if (refusal !== undefined) refused.push(refusal);
  }
  return sweepResult(market, settings, table, refused);
}

/** How large a sweep is; refuses one that can't be. */
export function sweepPlan(
  market: Market,
  settings: SweepSettings,
): { readonly cells: number; readonly figureCount: number; readonly returnCount: number } {
  const where = "sweep";
  const { rows, columns, returns = "day", keepReturns = false, ...rest } = settings;
  requireMarket(where, market);
  completeTerms(where, rest);
  for (const [name, axis] of Object.entries({ rows, columns })) requireAxis(where, name, axis);
  const cells = rows.values.length * columns.values.length;
  const periods = keepReturns ? samplingOf(market, returns).bars.length : 0;
  requireRoom(where, "combinations", cells, MOST_CELLS);
  requireRoom(where, "returns", cells * periods, MOST_RETURNS);
  return { cells, figureCount: cells * SWEEP_FIGURES.length, returnCount: cells * periods };
}

const MOST_CELLS = 100_000;
const MOST_RETURNS = 50_000_000;

function requireAxis(where: string, name: string, axis: SweepAxis): void {
  const { name: of, values } = Object(axis) as Partial<SweepAxis>;
  const isNamed = typeof of === "string" && of !== "";
  if (isNamed && Array.isArray(values) && values.length > 0 && values.every(Number.isFinite)) return;
  refuse({
    code: "bad-axis",
    where,
    problem: `${name} needs a name and at least one finite value; got ${quote(axis ?? "nothing")}`,
    hint: `Pass for example ${name}: { name: "entry", values: [1.5, 2, 2.5] }.`,
  });
}

function requireRoom(where: string, what: string, got: number, most: number): void {
  if (got <= most) return;
  refuse({
    code: "too-many-combinations",
    where,
    problem: `can keep up to ${most.toLocaleString("en")} ${what}; this grid has ${got.toLocaleString("en")}`,
    hint: "Take fewer values of one parameter.",
    facts: { got, most },
  });
}

/** Runs single cells of a grid; what several of them share is made once. A refusal is returned, its figures are NaN. */
export function cellRunner(
  market: Market,
  make: (row: number, column: number) => Strategy | SweepCase,
  settings: SweepSettings,
  table: SweepTable,
): (cell: number) => RefusedCell | undefined {
  const { rows, columns, returns: period = "day", keepReturns = false, ...rest } = settings;
  const sampling = samplingOf(market, period);
  const periods = sampling.bars.length;
  const scratch = new Float64Array(periods);
  const book = newBook(market.length, market.legs.length, { isBrief: true });
  const memo = newMemo();
  const width = SWEEP_FIGURES.length;

  const run = (row: number, column: number, cell: number): void => {
    const made = make(rows.values[row]!, columns.values[column]!);
    const { strategy, costs } = "strategy" in made ? made : { strategy: made, costs: rest.costs };
    const terms = completeTerms("sweep", { ...rest, costs });
    const rule = begun("sweep", strategy, market, memo);
    clearBrief(book);
    simulate(market, rule, terms, book);
    const returns = keepReturns ? table.returns.subarray(cell * periods, (cell + 1) * periods) : scratch;
    const figures = sweepFigures(book, terms.startCash, sampling, returns);
    for (let k = 0; k < width; k++) table.figures[cell * width + k] = figures[SWEEP_FIGURES[k]!];
  };
  return (cell) => {
    const [row, column] = [Math.floor(cell / columns.values.length), cell % columns.values.length];
    try {
      run(row, column, cell);
      return undefined;
    } catch (error) {
      if (!(error instanceof TickbookError)) throw error;
      table.figures.fill(Number.NaN, cell * width, (cell + 1) * width);
      return { row, column, reason: error.message };
    }
  };
}

/** Signals stay as long as the sweep does, and a sweep over many windows would fill the memory: the oldest make room. */
const MOST_KEPT = 200;

function newMemo(): Memo {
  const kept = new Map<string, unknown>();
  return <T>(key: string, make: () => T): T => {
    if (!kept.has(key)) {
      if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value!);
      kept.set(key, make());
    }
    return kept.get(key) as T;
  };
}

/** The table as grids. Refuses a sweep of which nothing could be run. */
export function sweepResult(
  market: Market,
  settings: SweepSettings,
  table: SweepTable,
  refused: readonly RefusedCell[],
): SweepResult {
  const { rows, columns, returns: period = "day", keepReturns = false } = settings;
  const [height, width] = [rows.values.length, columns.values.length];
  if (refused.length === height * width) {
    refuse({
      code: "empty-sweep",
      where: "sweep",
      problem: `none of the ${height * width} combinations can be run; the first says: ${quote(refused[0]!.reason, 400)}`,
      hint: "Change the values of rows and columns, or the settings that they share.",
      facts: { refused: refused.length },
    });
  }
  const { bars, endUs, perYear } = samplingOf(market, period);
  const grid = (figure: number): Float64Array[] =>
    Array.from({ length: height }, (_, row) =>
      Float64Array.from(
        { length: width },
        (_, column) => table.figures[(row * width + column) * SWEEP_FIGURES.length + figure]!,
      ),
    );
  const isRefused = new Set(refused.map(({ row, column }) => row * width + column));
  const kept = Array.from({ length: keepReturns ? height * width : 0 }, (_, cell) =>
    isRefused.has(cell)
      ? new Float64Array()
      : table.returns.subarray(cell * bars.length, (cell + 1) * bars.length),
  );
  return {
    rows,
    columns,
    figures: Object.fromEntries(
      SWEEP_FIGURES.map((name, k) => [name, grid(k)]),
    ) as unknown as SweepResult["figures"],
    refused: refused.toSorted((a, b) => a.row - b.row || a.column - b.column),
    ...(keepReturns && { returns: kept }),
    returnsEndUs: endUs,
    perYear,
  };
}
