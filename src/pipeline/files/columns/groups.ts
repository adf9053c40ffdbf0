import { quote } from "../../../core/errors.ts";
import { type Asking, refuseRow, say } from "../asking.ts";
import type { BarGroup } from "./layout.ts";
import { maySayPrices, meaningOf, type Role } from "./roles.ts";
import type { TimeChoice } from "./times.ts";
import { wideName } from "./wide.ts";

type At = Partial<Record<Role, number>>;

/**
 * Which columns of one capital letter are symbols: `T`, `V` and `C` are shares beside two others, and time, volume and close
 * where an open, a high or a low is there as well.
 */
export function lettersAreSymbols(
  names: readonly string[],
  given: ReadonlySet<number>,
): (name: string) => boolean {
  const roles = new Set(names.map((name) => meaningOf(name)?.role));
  const isTable = (["open", "high", "low"] as const).filter((role) => roles.has(role)).length > 1;
  const isWide = !isTable && given.size === 0 && names.filter(isTicker).length > 1;
  return (name) => isWide && /^[A-Z]$/.test(name);
}

function isTicker(name: string): boolean {
  return /^[A-Z]{2,5}([.-][A-Z])?$/.test(name) && meaningOf(name) === undefined && maySayPrices(name);
}

/** Beside an open, a high and a low the close is the close; alone, a price is one as well as it. */
export function oneClose(asking: Asking, names: readonly string[], at: At, given: ReadonlySet<number>): void {
  const { close, open } = at;
  if (close === undefined || open !== undefined || given.has(close)) return;
  // one letter may be a share
  const ticker = /^[A-Z]$/.test(names[close]!) ? names.findIndex(isTicker) : -1;
  const price = ticker < 0 ? at.price : ticker;
  if (price === undefined || close === price) return;
  refuseRow(asking, {
    code: "bad-columns",
    need: `one column of each kind; both ${quote(names[price]!)} and ${quote(names[close]!)} could be the close`,
    hint: `Say which: ${say(asking, "columns", `close=${names[close]}`)}.`,
  });
}

/** The markets of a file of bars: one, one a row, or several side by side. */
export function groupsOf(
  asking: Asking,
  names: readonly string[],
  at: At,
  { twin }: TimeChoice,
  isSymbol: (name: string) => boolean,
): BarGroup[] {
  if (at.close === undefined && at.price !== undefined) at.close = at.price;
  if (at.close !== undefined) return [{ symbol: undefined, at }];
  const groups = new Map<string, At>();
  for (const [i, name] of names.entries()) {
    if (i === at.time || i === twin?.at) continue;
    const wide = wideName(name);
    if (wide === undefined) continue;
    const group = groups.get(wide.symbol) ?? {};
    if (group[wide.role] !== undefined) {
      refuseRow(asking, {
        code: "bad-columns",
        need: `one column of each kind; two could be the ${wide.role} of ${quote(wide.symbol)}, ${quote(names[group[wide.role]!]!)} and ${quote(name)}`,
        hint: "Rename or drop one of them.",
      });
    }
    group[wide.role] = i;
    groups.set(wide.symbol, group);
  }
  const closes = [...groups].filter(([, group]) => group.close !== undefined);
  if (closes.length > 0) return closes.map(([symbol, group]) => ({ symbol, at: group }));
  const plain = [...names.entries()].filter(
    ([i, name]) =>
      i !== at.time &&
      i !== at.clock &&
      i !== twin?.at &&
      (isSymbol(name) || (meaningOf(name) === undefined && maySayPrices(name))),
  );
  const twice = plain.find(([i, name]) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    refuseRow(asking, {
      code: "bad-columns",
      need: `a name for each column; two are called ${quote(twice[1])}`,
      hint: "Rename or drop one of them.",
    });
  }
  return plain.map(([i, name]) => ({ symbol: name, at: { close: i } }));
}
