import { requireColumns, requireFields } from "../../core/arguments.ts";
import { type Bars, barColumn, makeBars } from "../../core/bars.ts";
import { refuse } from "../../core/errors.ts";

const MOST_BARS = 10_000_000;

/**
 * Time bars with the intervals between them that had no trade: open, high, low and close at the last close, nothing
 * traded, vwap and ids NaN. They are complete where the ids of the bars around them follow one another.
 */
export function fillEmpty(bars: Bars): Bars {
  requireFields("fillEmpty", "bars", bars, [
    "intervalUs",
    "length",
    "startUs",
    "endUs",
    "close",
    "firstId",
    "lastId",
  ]);
  requireColumns("fillEmpty", {
    "bars.startUs": bars.startUs,
    "bars.endUs": bars.endUs,
    "bars.close": bars.close,
    "bars.firstId": bars.firstId,
    "bars.lastId": bars.lastId,
  });

  const { intervalUs, length, startUs, endUs } = bars;
  if (intervalUs === 0 || length === 0) return bars;
  const total = Math.round((endUs[length - 1]! - startUs[0]!) / intervalUs);
  if (total === length) return bars;
  if (total > MOST_BARS) {
    refuse({
      code: "too-many-bars",
      where: "fillEmpty",
      problem: `can fill up to ${MOST_BARS} bars; these ${length} bars span ${total} intervals`,
      hint: "Take a longer interval or a shorter range, or leave empty intervals out.",
      facts: { total, length },
    });
  }
  /** The bar at each interval, or the last one before it. */
  const source = new Float64Array(total);
  for (let i = 0, at = 0; i < length; i++) {
    const next = i + 1 < length ? Math.round((startUs[i + 1]! - startUs[0]!) / intervalUs) : total;
    for (; at < next; at++) source[at] = i;
  }
  const isEmpty = (at: number): boolean => at > 0 && source[at] === source[at - 1];
  return makeBars(bars, total, (name) => {
    const column = barColumn(name, total);
    for (let at = 0; at < total; at++) {
      const i = source[at]!;
      if (name === "startUs") column[at] = startUs[0]! + at * intervalUs;
      else if (name === "endUs") column[at] = startUs[0]! + (at + 1) * intervalUs;
      else if (!isEmpty(at)) column[at] = bars[name][i]!;
      else if (name === "open" || name === "high" || name === "low" || name === "close")
        column[at] = bars.close[i]!;
      else if (name === "complete") column[at] = bars.firstId[i + 1] === bars.lastId[i]! + 1 ? 1 : 0;
      else if (name === "vwap" || name === "firstId" || name === "lastId") column[at] = Number.NaN;
    }
    return column;
  });
}
