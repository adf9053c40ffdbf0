import { quote } from "../../../core/errors.ts";
import { type Asking, type DecimalMark, refuseRow, type Separator, say } from "../asking.ts";
import { isMissing, isPlainNumber, numberText, shortNumber } from "./number-text.ts";

/** Reads the numbers of one file, all written in one way, and remembers what proves that way. */
export interface NumberReader {
  /** Plain decimal text; `""` where a word stands for no value. Refuses what is no number. */
  read(text: string, row: number, column: string): string;
  /** The same as a number, quickly where it is of the commonest form; NaN: it is another. */
  quick(text: string): number;
  /**
   * After the last row: the decimal mark that the file proves. Refuses a file that proves both, or that has numbers
   * which could be read in two ways and proves neither.
   */
  settle(): DecimalMark;
  /** What numbers were read by. */
  readonly mark: DecimalMark;
  /** A number may still turn out to be another one: its mark has not been told, nor proven by an earlier reading. */
  readonly isProvisional: boolean;
}

interface Seen {
  readonly text: string;
  readonly row: number;
  readonly column: string;
}

/** A dollar's sign is one with its country or without. */
const CURRENCY = /[$€£¥₹₩₽₿]/;

function severalCurrencies(asking: Asking, first: Seen, { text, row, column }: Seen): never {
  return refuseRow(asking, {
    code: "mixed-currencies",
    row,
    column,
    need: `one currency in a column; got ${quote(text, 40)}, and ${quote(first.text, 40)} in ${asking.unit} ${first.row}`,
    hint: "Take each currency from a file or a column of its own.",
  });
}

/** `proven`: what an earlier reading of the same file has settled on. `usual`: what its numbers are written with where none proves it. */
export function numberReader(
  asking: Asking,
  separator: Separator | undefined,
  proven?: DecimalMark,
  usual?: DecimalMark,
): NumberReader {
  const told = asking.options.decimal ?? proven;
  // between commas a point alone is a decimal mark: whoever writes 1.234 for a thousand separates by something else
  const isSettled = separator === "," || separator === undefined;
  const mark = told ?? ".";
  const proof: Partial<Record<DecimalMark, Seen>> = {};
  let open: Seen | undefined;
  const noNumber = (text: string, row: number, column: string): never =>
    refuseRow(asking, { row, column, need: `a number; got ${quote(text, 40)}` });
  /** By column: the first sign of a currency. */
  const currencies = new Map<string, Seen & { readonly sign: string }>();
  const oneCurrency = (text: string, row: number, column: string): void => {
    const sign = CURRENCY.exec(text)?.[0];
    if (sign === undefined) return;
    const first = currencies.get(column);
    if (first === undefined) currencies.set(column, { text, row, column, sign });
    else if (first.sign !== sign) severalCurrencies(asking, first, { text, row, column });
  };
  const slow = (text: string, row: number, column: string): string => {
    const bare = text.trim();
    if (isMissing(bare)) return "";
    oneCurrency(bare, row, column);
    const found = numberText(bare, told) ?? noNumber(text, row, column);
    const seen = { text: bare, row, column };
    if (found.proves !== undefined) proof[found.proves] ??= seen;
    if (found.isOpen && !(isSettled && bare.includes("."))) open ??= seen;
    if (!found.isOpen || told !== undefined) return found.plain;
    return numberText(bare, mark)?.plain ?? found.plain;
  };
  return {
    mark,
    get isProvisional() {
      return told === undefined && open !== undefined;
    },
    read: (text, row, column) => {
      if (text.length > 400) noNumber(text, row, column);
      if (!isPlainNumber(text)) return slow(text, row, column);
      if (!text.includes(".") || (mark === "." && (told !== undefined || proof["."] !== undefined)))
        return text;
      return slow(text, row, column);
    },
    quick: (text) =>
      mark === "." && (told !== undefined || proof["."] !== undefined) ? shortNumber(text) : Number.NaN,
    settle: () => {
      if (told !== undefined) return told;
      const [point, comma] = [proof["."], proof[","]];
      if (point && comma) {
        const [first, second] = point.row <= comma.row ? [point, comma] : [comma, point];
        return refuseRow(asking, {
          code: "mixed-decimals",
          row: second.row,
          column: second.column,
          need: `one decimal mark in the whole file; got ${quote(second.text, 40)}, and ${quote(first.text, 40)} in ${asking.unit} ${first.row}`,
          hint: "Write all its numbers in one way.",
        });
      }
      if (comma) return ",";
      if (point || open === undefined) return ".";
      if (usual !== undefined) return usual;
      return refuseRow(asking, {
        code: "open-decimals",
        row: open.row,
        column: open.column,
        need: `a number that can be read in one way; ${quote(open.text, 40)} can be a decimal or thousands, and no other number settles it`,
        hint: `Pass ${say(asking, "decimal", ".")} or ${say(asking, "decimal", ",")}.`,
      });
    },
  };
}
