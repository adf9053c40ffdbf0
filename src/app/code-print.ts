import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, sep } from "node:path";
import { projectRoot } from "./project.ts";

/** Which code made a figure. */
export interface CodePrint {
  /** Of Tickbook. */
  readonly version: string;
  /** SHA-256 of the files that run, as far as figures and pages come from them: of the build, or of the sources. */
  readonly sources: string;
  /** Of the libraries inside the page and of what reads files, by name. */
  readonly libraries: Readonly<Record<string, string>>;
  readonly node: string;
}

/** What the figures and the pages of a backtest come from. */
const SOURCES =
  /^(core|analytics|render|pipeline\/(bars|exchange|store|archive))\/|^app\/(backtest|report)[^/]*$/;
const LIBRARIES = ["vega", "vega-lite", "vega-embed", "nodejs-polars", "better-sqlite3"];

let print: CodePrint | undefined;

/** The version and the fingerprint of the code that runs; read once. Line ends do not count. */
export function codePrint(): CodePrint {
  if (print) return print;
  const folder = join(import.meta.dirname, "..");
  const kind = extname(import.meta.filename);
  const hash = createHash("sha256");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => name.split(sep).join("/"))
    .filter((name) => name.endsWith(kind) && !name.endsWith(".d.ts") && SOURCES.test(name))
    .sort();
  for (const name of names) {
    hash.update(`${name}\n${readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n")}\n`);
  }
  const manifest = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
    version: string;
    dependencies: Record<string, string>;
  };
  print = {
    version: manifest.version,
    sources: hash.digest("hex"),
    libraries: Object.fromEntries(LIBRARIES.map((name) => [name, manifest.dependencies[name]!])),
    node: process.versions.node,
  };
  return print;
}
