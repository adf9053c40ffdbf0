import { TOLD_COLUMNS, type ToldColumn } from "../../../core/bars.ts";
import { quote } from "../../../core/errors.ts";
import { type Asking, refuseRow, say } from "../asking.ts";
import type { BarGroup, Layout } from "../columns/layout.ts";
import { isMissing } from "../values/number-text.ts";
import { lengthColumn } from "./length-column.ts";
import type { RowReader } from "./row-reader.ts";

/** The rows of one symbol as they stand in the file, those without a price included, before their times are instants. */
export interface RawBars {
  readonly symbol: string | undefined;
  /** Its rows stand for other symbols, too: one without a price is a row all the same. */
  readonly isWide: boolean;
  /** The column of its closes, as the file names it. */
  readonly closeName: string;
  readonly row: number[];
  readonly wallUs: number[];
  readonly offsetUs: number[];
  /** NaN: nothing stood there. */
  readonly values: Readonly<Partial<Record<ToldColumn, number[]>>>;
}

/** Takes the rows of a file of bars. */
export interface BarTaker {
  take(cells: readonly string[], row: number): void;
  readonly series: readonly RawBars[];
  /** Rows without a price. */
  readonly empty: number;
  /** Rows of one of our own exports in whose bars trades are missing. */
  readonly incomplete: number;
  /** The length of bars that a column tells. */
  readonly lengthUs: number | undefined;
}

/** What a price may lie outside the high and low by: less than any price is written with. */
const ROUNDING = 1e-12;

export function barTaker(asking: Asking, layout: Layout, reader: RowReader): BarTaker {
  const { at, groups, names } = layout;
  const symbolAt = at.symbol;
  const bySymbol = new Map<string, Columns>();
  const wide = groups.length > 1 || groups[0]!.symbol !== undefined;
  const fixed = wide
    ? groups.map((group) => columnsOf(rawBars(group.symbol, true, group, names), group, names))
    : [];
  let [empty, incomplete] = [0, 0];
  const lengths = lengthColumn(asking, layout);

  const columnsFor = (symbol: string): Columns => {
    let columns = bySymbol.get(symbol);
    if (columns === undefined) {
      const raw = rawBars(symbol === "" ? undefined : symbol, false, groups[0]!, names);
      columns = columnsOf(raw, groups[0]!, names);
      bySymbol.set(symbol, columns);
    }
    return columns;
  };

  return {
    take: (cells, row) => {
      reader.shape(cells, row);
      const { wallUs, offsetUs } = reader.time(cells, row);
      lengths.see(cells, row);
      if (layout.isOwn && at.complete !== undefined && cells[at.complete] === "false") incomplete++;
      let anyPrice = false;
      for (let k = 0; k < groups.length; k++) {
        const columns = wide
          ? fixed[k]!
          : columnsFor(symbolAt === undefined ? "" : reader.symbol(cells, row));
        const { raw, fields } = columns;
        const isEmpty = hasNoPrice(columns, cells);
        const isNone = isEmpty && !wide;
        anyPrice ||= !isEmpty;
        raw.row.push(row);
        raw.wallUs.push(wallUs);
        raw.offsetUs.push(offsetUs);
        for (let f = 0; f < fields.length; f++) {
          const { index, role, name, values } = fields[f]!;
          values.push(isNone ? Number.NaN : cellNumber(asking, reader, cells[index]!, role, row, name));
        }
        if (!isEmpty && !reader.numbers.isProvisional) checkShape(asking, raw, row);
      }
      if (!anyPrice) empty++;
    },
    get series() {
      const all = (wide ? fixed : [...bySymbol.values()]).map(({ raw }) => raw);
      const priced = all.filter(
        ({ isWide, values }) =>
          isWide || PRICE_ROLES.some((role) => values[role]?.some((value) => !Number.isNaN(value))),
      );
      return priced.length > 0 ? priced : noPrices(asking, names[groups[0]!.at.close!]!);
    },
    get empty() {
      return empty;
    },
    get incomplete() {
      return incomplete;
    },
    get lengthUs() {
      return lengths.us;
    },
  };
}

function rawBars(
  symbol: string | undefined,
  isWide: boolean,
  { at }: BarGroup,
  names: readonly string[],
): RawBars {
  const values: Partial<Record<ToldColumn, number[]>> = {};
  for (const role of TOLD_COLUMNS) if (at[role] !== undefined) values[role] = [];
  const closeName = names[at.close!] ?? "close";
  return { symbol, isWide, closeName, row: [], wallUs: [], offsetUs: [], values };
}

export const PRICE_ROLES: readonly ToldColumn[] = ["open", "high", "low", "close"];

function noPrices(asking: Asking, column: string): never {
  return refuseRow(asking, {
    code: "no-rows",
    column,
    need: "a price in some row; it has none",
    hint: "Look whether it is the right file, and the right column.",
  });
}

/** Where the rows of a series stand, and where they go. */
interface Columns {
  readonly raw: RawBars;
  readonly fields: readonly Field[];
  /** Of its prices. */
  readonly priceAt: readonly number[];
}

interface Field {
  readonly index: number;
  readonly role: ToldColumn;
  readonly name: string;
  readonly values: number[];
}

function columnsOf(raw: RawBars, { at }: BarGroup, names: readonly string[]): Columns {
  const fields = TOLD_COLUMNS.flatMap((role) => {
    const index = at[role];
    return index === undefined ? [] : [{ index, role, name: names[index]!, values: raw.values[role]! }];
  });
  const priceAt = fields.flatMap(({ role, index }) => (PRICE_ROLES.includes(role) ? [index] : []));
  return { raw, fields, priceAt };
}

function hasNoPrice({ priceAt }: Columns, cells: readonly string[]): boolean {
  for (let i = 0; i < priceAt.length; i++) if (!isMissing(cells[priceAt[i]!]!)) return false;
  return true;
}

function cellNumber(
  asking: Asking,
  reader: RowReader,
  text: string,
  role: ToldColumn,
  row: number,
  column: string,
): number {
  const isPrice = PRICE_ROLES.includes(role);
  const quick = reader.numbers.quick(text);
  if (quick > 0 || (quick === 0 && !isPrice)) return quick;
  const isScaled = (role === "volume" || role === "quoteVolume") && text.charCodeAt(text.length - 1) > 57;
  const scale = isScaled ? /^([\d.,]+)\s?([KMB])$/i.exec(text) : null;
  const plain = reader.numbers.read(scale === null ? text : scale[1]!, row, column);
  if (plain === "") return Number.NaN;
  const value = Number(plain) * (scale === null ? 1 : { K: 1e3, M: 1e6, B: 1e9 }[scale[2]!.toUpperCase()]!);
  if (Number.isFinite(value) && (isPrice ? value > 0 : value >= 0)) return value;
  return refuseRow(asking, {
    row,
    column,
    need: `${isPrice ? "a price above 0" : "a number from 0"}; got ${quote(text, 40)}`,
    hint: isPrice
      ? "Leave the cell empty where no price is known; an index or a rate is no price."
      : `If it is something else, say what is the ${role}: ${say(asking, "columns", `${role}=NAME`)}.`,
  });
}

/** High and low enclose what is between them, up to what doubles round. */
function checkShape(asking: Asking, { values }: RawBars, row: number): void {
  const { open, high, low, close } = values;
  if (open === undefined || high === undefined || low === undefined || close === undefined) return;
  const k = close.length - 1;
  const [o, h, l, c] = [open[k]!, high[k]!, low[k]!, close[k]!];
  // closes alone
  if (Number.isNaN(o) && Number.isNaN(h) && Number.isNaN(l)) return;
  const slack = h * ROUNDING;
  if (h + slack >= Math.max(o, c, l) && l - slack <= Math.min(o, c)) return;
  if (Number.isNaN(o + h + l + c)) {
    refuseRow(asking, {
      row,
      need: `open, high, low and close, or none of them; got ${[o, h, l, c].map((value) => (Number.isNaN(value) ? "nothing" : value)).join(", ")}`,
    });
  }
  refuseRow(asking, {
    row,
    column: "high",
    need: `a high and a low around open and close; got open ${o}, high ${h}, low ${l}, close ${c}`,
  });
}
