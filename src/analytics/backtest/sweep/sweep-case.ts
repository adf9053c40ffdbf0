import { refuse } from "../../../core/errors.ts";
import { namedStrategy, type StrategyDescription } from "../strategies/named-strategies.ts";
import type { SweepCase, SweepSettings } from "./sweep-grid.ts";

/** What is run at a pair of values of a strategy that ships: its settings, or the costs, with the two put in. */
export function describedCase(
  { name, settings }: StrategyDescription,
  { rows, columns, costs }: Pick<SweepSettings, "rows" | "columns" | "costs">,
): (row: number, column: number) => SweepCase {
  if (rows.name === columns.name) {
    refuse({
      code: "bad-axis",
      where: "sweep",
      problem: `needs two different parameters; got "${rows.name}" twice`,
      hint: "Change the name of rows or of columns.",
    });
  }
  return (row, column) => {
    const both = { settings, costs };
    const withRow = withValue(both, pathOf(rows.name), row);
    const { settings: own, costs: paid } = withValue(withRow, pathOf(columns.name), column);
    return { strategy: namedStrategy({ name, settings: own }), costs: paid };
  };
}

function pathOf(name: string): readonly string[] {
  const path = name.split(".");
  return path[0] === "costs" ? path : ["settings", ...path];
}

/** A copy with one value set; objects on the way are copied, too. */
function withValue<T extends object>(whole: T, [first, ...more]: readonly string[], value: number): T {
  const inner = (whole as Record<string, unknown>)[first!];
  const isObject = typeof inner === "object" && inner !== null;
  return { ...whole, [first!]: more.length === 0 ? value : withValue(isObject ? inner : {}, more, value) };
}
