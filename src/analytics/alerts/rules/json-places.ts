import { quote, refuse } from "../../../core/errors.ts";

/** A value of a JSON text, with the lines on which its parts stand. */
export interface PlacedJson {
  readonly value: unknown;
  /** The line of a place such as `rules[2].fire`; the whole is the place "". */
  readonly lines: ReadonlyMap<string, number>;
  /** Places that an object has twice: the first one would be lost silently. */
  readonly twice: readonly { readonly place: string; readonly line: number }[];
}

/** A place inside a place: `at("rules[2]", "fire")`, `at("rules", 2)`. */
export function placeAt(place: string, key: string | number): string {
  if (typeof key === "number") return `${place}[${key}]`;
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${place}[${JSON.stringify(key)}]`;
  return place === "" ? key : `${place}.${key}`;
}

/** What `JSON.parse` makes of a text, with places; refuses a text that is no JSON, or nested deeper than 50. */
export function parsePlaced(text: string, where: string): PlacedJson {
  const tokens = tokensOf(text.replace(/^\ufeff/, ""));
  const lines = new Map<string, number>();
  const twice: { place: string; line: number }[] = [];
  let at = 0;

  const stop = (line: number, expected: string, got: string): never =>
    refuse({
      code: "bad-json",
      where,
      problem: `needs JSON; line ${line} needs ${expected} and has ${got === "" ? "its end" : quote(got, 40)}`,
      hint: "Mend it there: JSON has no comments, no comma after the last entry, and double quotes around every name and text.",
      facts: { line },
    });
  const take = (): Token => tokens[at++]!;
  const expect = (what: string): void => {
    const { piece, line } = take();
    if (piece !== what) stop(line, quote(what), piece);
  };
  const scalar = (expected: string): unknown => {
    const { piece, line } = take();
    try {
      return JSON.parse(piece);
    } catch {
      return stop(line, expected, piece);
    }
  };
  /** Entries up to the closing bracket. */
  const entries = (close: string, entry: (index: number) => void): void => {
    take();
    if (tokens[at]!.piece === close) {
      take();
      return;
    }
    for (let i = 0; ; i++) {
      entry(i);
      const { piece, line } = take();
      if (piece === close) return;
      if (piece !== ",") stop(line, `"," or ${quote(close)}`, piece);
    }
  };
  const parse = (place: string, depth: number): unknown => {
    const { piece, line } = tokens[at]!;
    if (depth > DEEPEST) stop(line, `values nested ${DEEPEST} deep at the most`, piece);
    if (lines.has(place)) twice.push({ place, line });
    lines.set(place, line);
    if (piece === "[") {
      const list: unknown[] = [];
      entries("]", (i) => list.push(parse(placeAt(place, i), depth + 1)));
      return list;
    }
    if (piece !== "{") return scalar("a value");
    const named: [string, unknown][] = [];
    entries("}", () => {
      const { piece: name, line: nameLine } = tokens[at]!;
      if (!name.startsWith('"')) stop(nameLine, "a name in double quotes", name);
      const key = scalar("a name in double quotes") as string;
      expect(":");
      named.push([key, parse(placeAt(place, key), depth + 1)]);
    });
    return Object.fromEntries(named);
  };

  const value = parse("", 0);
  const { piece, line } = take();
  if (piece !== "") stop(line, "nothing more", piece);
  return { value, lines, twice };
}

const DEEPEST = 50;

interface Token {
  /** Empty at the end of the text. */
  readonly piece: string;
  readonly line: number;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (const [piece] of text.matchAll(/"(?:[^"\\\n]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+|\n/g)) {
    if (piece === "\n") line++;
    else tokens.push({ piece, line });
  }
  // two, so that whoever looks one ahead of the end finds it again
  return [...tokens, { piece: "", line }, { piece: "", line }];
}
