import { readFileSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";

const FROM = /^(?:import|export)\s+(?!type\s)[^;]*?from\s+"(\.[^"]+)"/gms;
const DYNAMIC = /\bimport\(\s*"(\.[^"]+)"\s*\)/g;
/** How a thread's file is named: its ending follows the file that starts it. */
const THREAD = /\bnew URL\(`(\.[^`$]+)\.\$\{extension\}`/g;

/** A file and all files that run with it: what it imports by a relative path and what that imports; types aside. Sorted. */
export function importedFiles(...entries: readonly string[]): string[] {
  const found = new Set(entries);
  for (const file of found) {
    const text = readFileSync(file, "utf8");
    const kind = extname(file);
    const names = [...text.matchAll(FROM), ...text.matchAll(DYNAMIC)].map(([, name]) => name!);
    const threads = [...text.matchAll(THREAD)].map(([, name]) => `${name!}${kind}`);
    for (const name of [...names, ...threads]) found.add(resolve(dirname(file), name));
  }
  return [...found].sort();
}
