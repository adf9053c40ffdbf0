import { quote } from "../../../core/errors.ts";
import { type Asking, refuseRow, say } from "../asking.ts";
import type { Layout } from "../columns/layout.ts";
import type { Role } from "../columns/roles.ts";

function twoTakers(
  asking: Asking,
  names: readonly string[],
  [makerAt, sideAt]: readonly [number, number],
  cells: readonly string[],
  row: number,
): never {
  return refuseRow(asking, {
    code: "two-takers",
    row,
    column: names[sideAt]!,
    need: `the side of the taker, as ${names[makerAt]} tells it; got ${quote(cells[sideAt], 40)}, and ${quote(cells[makerAt], 40)} there`,
    hint: `If it is the maker's side, say so: ${say(asking, "columns", `maker_side=${names[sideAt]}`)}.`,
  });
}

const TRUE: ReadonlySet<string> = new Set(["true", "True", "TRUE", "1", "t"]);
const FALSE: ReadonlySet<string> = new Set(["false", "False", "FALSE", "0", "f"]);

/** Whether the buyer was the maker, by whichever column tells it; two that tell it have to agree. */
export function makerOf(
  asking: Asking,
  { at, names }: Layout,
): (cells: readonly string[], row: number) => boolean {
  const { maker: makerAt, side: sideAt, makerSide: makerSideAt } = at as Partial<Record<Role, number>>;
  if (makerAt !== undefined) {
    return (cells, row) => {
      const cell = cells[makerAt]!;
      const isMaker = TRUE.has(cell);
      if (isMaker || FALSE.has(cell)) {
        const side = sideAt === undefined ? "" : cells[sideAt]!.toLowerCase();
        if (side === (isMaker ? "buy" : "sell")) twoTakers(asking, names, [makerAt, sideAt!], cells, row);
        return isMaker;
      }
      return refuseRow(asking, {
        row,
        column: names[makerAt]!,
        need: `true or false; got ${quote(cell, 40)}`,
      });
    };
  }
  const index = sideAt ?? makerSideAt;
  if (index === undefined) return () => false;
  const isNumeric = /^type$/i.test(names[index]!);
  const isMakers = sideAt === undefined;
  return (cells, row) => {
    const cell = cells[index]!.toLowerCase();
    const isSell = cell === "sell" || (isNumeric && cell === "1");
    if (isSell || cell === "buy" || (isNumeric && cell === "0")) return isSell !== isMakers;
    return refuseRow(asking, {
      row,
      column: names[index]!,
      need: `buy or sell; got ${quote(cells[index], 40)}`,
    });
  };
}
