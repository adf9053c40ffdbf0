import { quote } from "../../../core/errors.ts";
import { type Asking, refuseRow } from "../asking.ts";
import type { Layout } from "../columns/layout.ts";
import { intervalIn } from "../file-name.ts";

/** Reads the length of bars where a column tells it, the same in every row. */
export interface LengthColumn {
  see(cells: readonly string[], row: number): void;
  /** Undefined: there is no such column, or nothing in it that is a length of time. */
  readonly us: number | undefined;
}

export function lengthColumn(asking: Asking, { at, names, isOwn }: Layout): LengthColumn {
  const index = at.interval;
  let first: { readonly text: string; readonly us: number | undefined; readonly row: number } | undefined;
  return {
    see: (cells, row) => {
      if (index === undefined) return;
      const text = cells[index]!;
      if (text === first?.text || text === "") return;
      const us = lengthOf(text);
      const fault = { row, column: names[index]! };
      if (isOwn && us === undefined) {
        refuseRow(asking, {
          ...fault,
          code: "bad-interval",
          need: `bars of a length of time; got bars by ${quote(text, 40)}`,
          hint: "Bars by trades or volume are made of trades: export and take those.",
        });
      }
      if (first === undefined) first = { text, us, row };
      else if (us !== undefined && us !== first.us) {
        refuseRow(asking, {
          ...fault,
          code: "several-intervals",
          need: `bars of one length; got ${quote(text, 40)}, and ${quote(first.text, 40)} in ${asking.unit} ${first.row}`,
          hint: "Take each length from a file of its own.",
        });
      }
    },
    get us() {
      return first?.us;
    },
  };
}

/** `1m`, `5 min`, `1Hour`; a capital M alone is a month to some, and tells nothing. */
function lengthOf(text: string): number | undefined {
  const bare = text.replaceAll(" ", "");
  const ms = /^(\d{3})ms$/.exec(bare)?.[1];
  if (ms !== undefined) return Number(ms) * 1000;
  return /\d+M$/.test(bare) ? undefined : intervalIn(bare);
}
