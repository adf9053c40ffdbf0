import { quote, refuse } from "../../../core/errors.ts";
import { type Asking, refuseRow, type Separator } from "../asking.ts";
import { textBytes } from "./decoder.ts";
import { fieldsOf } from "./fields.ts";
import { separatorOf } from "./separator.ts";

/** Rows of cells, each with its number in the file. */
export interface Cells {
  readonly rows: readonly (readonly string[])[];
  readonly numbers: ArrayLike<number>;
}

/** Bytes of CSV → rows of cells, about a chunk at a time. */
export interface Records {
  push(chunk: Uint8Array): Cells;
  end(): Cells;
  /** Known from the first rows on. */
  readonly separator: Separator | undefined;
  /** Lines before the table that are no part of it. */
  readonly preamble: readonly string[];
}

const MOST_LINE = 100_000;
const SAMPLE = 65_536;

/**
 * Reads text of any of the usual encodings, separators and line ends. Blank lines say nothing and are passed over, and so
 * are lines in front of the table: comments, an address, `sep=;`.
 */
export function textRecords(asking: Asking): Records {
  const bytes = textBytes(asking.where);
  const preamble: string[] = [];
  let separator: Separator | undefined;
  let rest = "";
  let line = 0;

  const cut = (text: string, isLast: boolean): { lines: string[]; numbers: number[] } => {
    const parts = text.split("\n");
    rest = isLast ? "" : parts.pop()!;
    if (rest.length > MOST_LINE) tooLong(asking, line + parts.length + 1);
    if (/\r./s.test(rest)) bareReturn(asking, line + parts.length + 1);
    const lines: string[] = [];
    const numbers: number[] = [];
    const hasReturns = text.includes("\r");
    for (const part of parts) {
      line++;
      const content = hasReturns && part.endsWith("\r") ? part.slice(0, -1) : part;
      if (isBlank(content)) continue;
      if (content.length > MOST_LINE) tooLong(asking, line);
      if (hasReturns && content.includes("\r")) bareReturn(asking, line);
      lines.push(content);
      numbers.push(line);
    }
    return { lines, numbers };
  };

  const begin = (lines: string[], numbers: number[]): void => {
    for (;;) {
      const told = /^"?sep=(.)"?$/i.exec(lines[0] ?? "")?.[1];
      if (told !== undefined && ",;\t|".includes(told)) separator = told as Separator;
      else if (!isPreamble(lines)) break;
      preamble.push(lines.shift()!);
      numbers.shift();
    }
    if (lines.length === 0) return;
    if (separator === undefined || asking.options.separator !== undefined)
      separator = separatorOf(asking, lines, numbers[0]!);
  };

  const cells = (text: string, isLast: boolean): Cells => {
    const { lines, numbers } = cut(text, isLast);
    if (separator === undefined) begin(lines, numbers);
    if (lines.length === 0) return { rows: [], numbers: [] };
    // most files have neither quotes nor blanks
    if (!text.includes('"') && !text.includes(" ")) {
      const mark = separator!;
      return { rows: lines.map((content) => content.split(mark)), numbers };
    }
    const rows = lines.map(
      (content, i) => fieldsOf(content, separator!) ?? badQuotes(asking, numbers[i]!, content),
    );
    return { rows, numbers };
  };

  return {
    push: (chunk) => {
      const text = rest + bytes.decode(chunk);
      // the first rows are looked at together
      if (separator === undefined && text.length < SAMPLE) {
        rest = text;
        return { rows: [], numbers: [] };
      }
      return cells(text, false);
    },
    end: () => cells(rest + bytes.decode(), true),
    get separator() {
      return separator;
    },
    preamble,
  };
}

function isBlank(line: string): boolean {
  const first = line.charCodeAt(0);
  // most lines begin with a digit
  if (first >= 48 && first <= 57) return false;
  return line.length < 200 && /^[\s;,|]*$/.test(line);
}

/** A line that is no part of the table which begins below it. */
function isPreamble(lines: readonly string[]): boolean {
  const [first, second] = lines;
  if (first === undefined) return false;
  if (/^\s*(#|\/\/|"?https?:\/\/)/.test(first)) return true;
  return (
    second !== undefined && /^[^,;\t|]*$/.test(first) && /[,;\t|]/.test(second) && !/^\s*["\d]/.test(first)
  );
}

function badQuotes(asking: Asking, row: number, text: string): never {
  return refuseRow(asking, {
    code: "bad-line",
    row,
    need: `quotes that close in the same line, with nothing beside them; got ${quote(text, 80)}`,
  });
}

function bareReturn(asking: Asking, row: number): never {
  return refuse({
    code: "bad-line",
    where: `${asking.where}, line ${row}`,
    problem: "needs lines that end in LF or CRLF; this one holds a CR alone",
    hint: "Save it with the line ends of Unix or Windows. Nothing was taken from it.",
    facts: { line: row },
  });
}

function tooLong(asking: Asking, row: number): never {
  return refuse({
    code: "bad-line",
    where: `${asking.where}, line ${row}`,
    problem: `needs lines of at most ${MOST_LINE} characters; this one is longer`,
    hint: "See whether it is a CSV file at all. Nothing was taken from it.",
    facts: { line: row },
  });
}
