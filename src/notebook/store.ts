import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { refuse } from "../core/errors.ts";
import { openHistory } from "../pipeline/archive/history.ts";
import type { StoreReader } from "../pipeline/store/reader.ts";

/**
 * Opens a database and its archive for reading, as one: the file given, else the one that `npm start` fills (`TICKBOOK_DB`), else the one in
 * `data/` that was written to last.
 */
export function openStore(file?: string): StoreReader {
  return openHistory(file ?? process.env.TICKBOOK_DB ?? newestDatabase());
}

function newestDatabase(): string {
  // dist/src/notebook or src/notebook → the project
  const here = fileURLToPath(new URL("../../", import.meta.url));
  const folder = [join(here, "data"), join(here, "..", "data")].find((path) => existsSync(path));
  const changed = (path: string): number =>
    Math.max(...[path, `${path}-wal`].map((one) => (existsSync(one) ? statSync(one).mtimeMs : 0)));
  const files = (folder === undefined ? [] : readdirSync(folder))
    .filter((name) => name.endsWith(".db"))
    .map((name) => join(folder!, name))
    .sort((a, b) => changed(b) - changed(a));
  if (files[0] !== undefined) return files[0];
  return refuse({
    code: "no-database",
    where: "openStore",
    problem: "needs a database that a collector has made; there is none in data/",
    hint: "Run npm start, or npm run collect, first, or name a file: openStore(FILE).",
  });
}
