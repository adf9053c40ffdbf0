import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { projectRoot } from "./project.ts";

export interface Import {
  /** As it stands in the file. */
  readonly from: string;
  /** The file of the project that it means; undefined: a package. */
  readonly file: string | undefined;
  readonly typeOnly: boolean;
}

/** The TypeScript files below a folder of the project, as `src/core/time.ts`. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name.split(sep).join("/")}`)
    .sort();
}

export function importsOf(file: string): Import[] {
  const text = readFileSync(join(projectRoot, file), "utf8");
  const found: { from: string; typeOnly: boolean }[] = [];
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)"/gms)) {
    found.push({ from: match[2]!, typeOnly: match[1] !== undefined });
  }
  for (const match of text.matchAll(/^import\s+"([^"]+)"|\b(?:import|require)\(\s*"([^"]+)"\s*\)/gm)) {
    found.push({ from: (match[1] ?? match[2])!, typeOnly: false });
  }
  return found.map(({ from, typeOnly }) => ({
    from,
    typeOnly,
    file: from.startsWith(".") ? join(dirname(file), from).split(sep).join("/") : undefined,
  }));
}
