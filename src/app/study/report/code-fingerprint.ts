import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { projectRoot } from "../../project.ts";
import { importedFiles } from "./imported-files.ts";

/** Which code made a figure. */
export interface CodeFingerprint {
  /** Of Tickbook. */
  readonly version: string;
  /** SHA-256 of the files that run, as far as figures and pages come from them: of the build, or of the sources. */
  readonly sources: string;
  /** Of the libraries inside the page and of what reads files, by name. */
  readonly libraries: Readonly<Record<string, string>>;
  readonly node: string;
}

/** What makes the figures of a backtest, and what makes its pages; all that they import counts. */
const ENTRIES = ["../run", "files"];
const LIBRARIES = ["vega", "vega-lite", "vega-embed", "nodejs-polars", "better-sqlite3"];

let fingerprint: CodeFingerprint | undefined;

/** The version and the fingerprint of the code that runs; read once. Line ends do not count. */
export function codeFingerprint(): CodeFingerprint {
  if (fingerprint) return fingerprint;
  const folder = join(import.meta.dirname, "..", "..", "..");
  const hash = createHash("sha256");
  for (const file of codeFiles()) {
    const name = relative(folder, file).split(sep).join("/");
    hash.update(`${name}\n${readFileSync(file, "utf8").replaceAll("\r\n", "\n")}\n`);
  }
  const manifest = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
    version: string;
    dependencies: Record<string, string>;
  };
  fingerprint = {
    version: manifest.version,
    sources: hash.digest("hex"),
    libraries: Object.fromEntries(LIBRARIES.map((name) => [name, manifest.dependencies[name]!])),
    node: process.versions.node,
  };
  return fingerprint;
}

/** The files that a report's fingerprint covers. */
export function codeFiles(): string[] {
  const kind = extname(import.meta.filename);
  return importedFiles(...ENTRIES.map((name) => join(import.meta.dirname, `${name}${kind}`)));
}
