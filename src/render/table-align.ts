import { escapeHtml } from "./escape.ts";

/** A number as people read it, up to its decimal mark, and from there on: `−1,234` and `.5 %`. */
const NUMBER = /^((?:▲ )?[-−+]?[\d,]+)((?:\.\d+)?(?: (?:%|×|bps))?)$/;

/** How many characters a column needs from the decimal mark on; 0 where all numbers of it need as many. */
export function tailOf(texts: readonly string[]): number {
  const tails = texts.flatMap((text) => NUMBER.exec(text)?.[2]?.length ?? []);
  return tails.some((length) => length !== tails[0]) ? Math.max(...tails) : 0;
}

/** A cell that is set to the right: what stands behind the decimal mark has the same room in every row. */
export function alignedCell(text: string, tail: number): string {
  const [, head, rest = ""] = (tail > 0 && NUMBER.exec(text)) || [];
  if (head === undefined) return escapeHtml(text);
  return `${escapeHtml(head)}<i style="width:${tail}ch">${escapeHtml(rest)}</i>`;
}

/** The same in letters of one width. */
export function alignedText(text: string, tail: number): string {
  const rest = tail > 0 ? NUMBER.exec(text)?.[2] : undefined;
  return rest === undefined ? text : text + " ".repeat(tail - rest.length);
}
