import { refuse } from "../../core/errors.ts";

/** Consecutive lines of a text, without their ends. */
export interface Lines {
  /** The number of the first one; a text's first line is 1. */
  readonly first: number;
  readonly lines: readonly string[];
}

const MOST_LINE = 100_000;

/**
 * UTF-8 text as lines, about a chunk at a time; ends are LF or CRLF, a byte order mark is passed over, and so are blank
 * lines at the end.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, where: string): AsyncGenerator<Lines> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  let rest = "";
  let blank = 0;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      return notText(where, line);
    }
  };
  const cut = (text: string, isLast: boolean): Lines | undefined => {
    if (text.includes("\0")) notText(where, line);
    const parts = text.split("\n");
    rest = isLast ? "" : parts.pop()!;
    if (/\r./s.test(rest)) bareReturn(where, line + parts.length);
    if (rest.length > MOST_LINE) tooLong(where, line + parts.length);
    const lines: string[] = [];
    const first = line - blank;
    for (const part of parts) {
      const content = part.endsWith("\r") ? part.slice(0, -1) : part;
      if (content.length > MOST_LINE) tooLong(where, line);
      if (content.includes("\r")) bareReturn(where, line);
      line++;
      // blank lines wait: at the end they are none
      if (content === "") {
        blank++;
        continue;
      }
      for (; blank > 0; blank--) lines.push("");
      lines.push(content);
    }
    return lines.length === 0 ? undefined : { first, lines };
  };
  for await (const chunk of chunks) {
    const found = cut(rest + decode(chunk), false);
    if (found) yield found;
  }
  const found = cut(rest + decode(), true);
  if (found) yield found;
}

function notText(where: string, line: number): never {
  return refuse({
    code: "not-utf8",
    where: `${where}, near line ${line}`,
    problem: "needs UTF-8 text; it holds bytes which are none",
    hint: "Save the file as CSV in UTF-8. Nothing was imported from it.",
    facts: { line },
  });
}

function bareReturn(where: string, line: number): never {
  return refuse({
    code: "bad-line",
    where: `${where}, line ${line}`,
    problem: "needs lines that end in LF or CRLF; this one holds a CR alone",
    hint: "Save it with the line ends of Unix or Windows. Nothing was imported from it.",
    facts: { line },
  });
}

function tooLong(where: string, line: number): never {
  return refuse({
    code: "bad-line",
    where: `${where}, line ${line}`,
    problem: `needs lines of at most ${MOST_LINE} characters; this one is longer`,
    hint: "Look whether it is a CSV file at all. Nothing was imported from it.",
    facts: { line },
  });
}
