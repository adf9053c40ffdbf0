import { requireFields, requireKnown, requireList, requireNumbers } from "../../core/arguments.ts";
import { BAR_COLUMNS, type BarColumnName, type Bars } from "../../core/bars.ts";
import { quote, refuse } from "../../core/errors.ts";

export type JoinSettings =
  /** Only the times at which each symbol has a bar that ends then. */
  | { readonly how: "inner" }
  /** All times at which any symbol's bar ends, with each other's last bar that had ended by then, if no longer than this before. */
  | { readonly how: "last"; readonly maxAgeUs: number };

/** Which bar of each symbol was the newest one known at common times. */
export interface JoinedBars {
  readonly length: number;
  /** End of the newest bars: when all of a row was known. */
  readonly endUs: Float64Array;
  /** Of each symbol the index of its bar; −1 where there is none, or none young enough. */
  readonly rows: readonly Int32Array[];
}

/** Brings the bars of several symbols to common times. Bars are matched by their end, so none is used before it was known. */
export function joinBars(all: readonly Bars[], settings: JoinSettings): JoinedBars {
  requireList("joinBars", "all", all);
  requireKnown("joinBars", "settings", settings, ["how", "maxAgeUs"]);
  if (settings.how !== "inner" && settings.how !== "last") {
    refuse({
      code: "bad-join",
      where: "joinBars",
      problem: `how must be "inner" or "last"; got ${quote((settings as { how: unknown }).how)}`,
      hint: 'Pass for example { how: "inner" }.',
    });
  }
  const maxAgeUs = settings.how === "inner" ? 0 : settings.maxAgeUs;
  if (all.length === 0 || !(typeof maxAgeUs === "number" && maxAgeUs >= 0)) {
    refuse({
      code: "bad-join",
      where: "joinBars",
      problem: `needs the bars of at least one symbol, and a maxAgeUs of 0 or more; got ${all.length} and ${quote(maxAgeUs)}`,
      hint: "Pass for example 60_000_000 for a minute.",
    });
  }
  const most = all.reduce((sum, bars) => sum + bars.length, 0);
  const endUs = new Float64Array(most);
  const rows = all.map(() => new Int32Array(most));
  const next = all.map(() => 0);
  let length = 0;
  for (;;) {
    let timeUs = Number.POSITIVE_INFINITY;
    for (let k = 0; k < all.length; k++) timeUs = Math.min(timeUs, all[k]!.endUs[next[k]!] ?? timeUs);
    if (timeUs === Number.POSITIVE_INFINITY) break;
    let isWhole = true;
    for (let k = 0; k < all.length; k++) {
      const ends = all[k]!.endUs;
      while (next[k]! < ends.length && ends[next[k]!]! <= timeUs) next[k]!++;
      const row = next[k]! - 1;
      const isKnown = row >= 0 && timeUs - ends[row]! <= maxAgeUs;
      rows[k]![length] = isKnown ? row : -1;
      isWhole &&= isKnown;
    }
    endUs[length] = timeUs;
    if (isWhole || settings.how === "last") length++;
  }
  return { length, endUs: endUs.subarray(0, length), rows: rows.map((column) => column.subarray(0, length)) };
}

/** A column of one symbol's bars at the joined times; NaN where it has no bar. */
export function joinedColumn(
  joined: JoinedBars,
  symbol: number,
  bars: Bars,
  name: BarColumnName,
): Float64Array {
  requireNumbers("joinedColumn", { symbol });
  requireFields("joinedColumn", "joined", joined, ["rows"]);
  requireFields("joinedColumn", "bars", bars, []);

  const rows = joined.rows[symbol];
  const column = bars[name];
  if (rows === undefined || !BAR_COLUMNS.includes(name) || !ArrayBuffer.isView(column)) {
    refuse({
      code: "bad-column",
      where: "joinedColumn",
      problem: `needs a symbol from 0 to ${joined.rows.length - 1} and a column of its bars; got ${quote(symbol)} and ${quote(name, 60)}`,
      hint: 'Pass for example (joined, 0, bars, "close").',
    });
  }
  return Float64Array.from(rows, (row) => (row < 0 ? Number.NaN : column[row]!));
}
