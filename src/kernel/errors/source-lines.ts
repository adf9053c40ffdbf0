import { SourceMap } from "node:module";
import type { TslabTypeScript } from "../tslab.ts";

/** Cells of up to 2,000 lines. */
const mostComparisons = 4_000_000;

/**
 * For each line of the JavaScript that tslab made of a cell, the cell's line (both from 1), or undefined where none is known for certain.
 * tslab keeps no source map, so the cell is compiled once more with one, and the two outputs are laid side by side:
 * they differ in how variables are exported and imports are spelt.
 */
export function sourceLines(
  typescript: TslabTypeScript,
  source: string,
  output: string,
): (number | undefined)[] {
  const compiled = typescript.transpileModule(source, {
    fileName: "cell.ts",
    compilerOptions: {
      target: typescript.ScriptTarget.ES2022,
      module: typescript.ModuleKind.ESNext,
      experimentalDecorators: true,
      newLine: typescript.NewLineKind.LineFeed,
      sourceMap: true,
    },
  });
  const map = new SourceMap(JSON.parse(compiled.sourceMapText ?? "{}"));
  const theirs = output.split("\n");
  const ours = compiled.outputText.split("\n");
  if (theirs.length * ours.length > mostComparisons) return [];
  return align(theirs.map(plain), ours.map(plain)).map((index) => {
    if (index === undefined) return undefined;
    const column = ours[index]!.search(/\S/);
    const entry = map.findEntry(index, Math.max(0, column));
    return "originalLine" in entry ? entry.originalLine + 1 : undefined;
  });
}

function plain(line: string): string {
  return line
    .replace(/\(0, \w+\.(\w+)\)/g, "$1")
    .replace(/\b\w+_\d+\.(default\.)?/g, "")
    .replace(/\b(exports|const|let|var)\b[. ]/g, "")
    .replace(/^tsLastExpr\d* = /, "")
    .replace(/\s+/g, "");
}

/** For each of `left` its partner in `right`: by longest common subsequence, then one to one inside gaps of equal length. */
function align(left: readonly string[], right: readonly string[]): (number | undefined)[] {
  const width = right.length + 1;
  const common = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      common[i * width + j] =
        left[i] === right[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  const partners = new Array<number | undefined>(left.length).fill(undefined);
  let gapI = 0;
  let gapJ = 0;
  const closeGap = (i: number, j: number): void => {
    if (i - gapI === j - gapJ) for (let k = gapI; k < i; k++) partners[k] = gapJ + k - gapI;
  };
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    if (left[i] === right[j]) {
      closeGap(i, j);
      partners[i++] = j++;
      gapI = i;
      gapJ = j;
    } else if (common[(i + 1) * width + j]! >= common[i * width + j + 1]!) i++;
    else j++;
  }
  closeGap(left.length, right.length);
  return partners;
}
