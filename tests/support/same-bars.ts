import assert from "node:assert/strict";
import { BAR_COLUMNS, type BarColumnName, type Bars } from "../../src/core/bars.ts";

/** Fails unless both have the same bars, to the last bit. */
export function assertSameBars(
  actual: Bars,
  expected: Bars,
  columns: readonly BarColumnName[] = BAR_COLUMNS,
): void {
  assert.equal(actual.length, expected.length, "number of bars");
  for (const name of columns) {
    for (let i = 0; i < expected.length; i++) {
      if (!Object.is(actual[name][i], expected[name][i]))
        assert.fail(`${name} of bar ${i}: ${actual[name][i]}, and not ${expected[name][i]}`);
    }
  }
}
