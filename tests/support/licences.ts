import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./project.ts";

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

/** A production package of the lockfile. */
export interface ProductionPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

/** Every package that `npm ci --omit=dev` may install, by name and version. */
export function productionPackages(): ProductionPackage[] {
  const lock = JSON.parse(readFileSync(join(projectRoot, "package-lock.json"), "utf8")) as {
    packages: Record<string, Locked>;
  };
  const found = new Map<string, ProductionPackage>();
  for (const [path, { version = "", license = "", dev, link }] of Object.entries(lock.packages)) {
    if (path === "" || dev === true || link === true) continue;
    const name = path.split("node_modules/").at(-1)!;
    // polars' native parts point to the licence of the package that they belong to
    const licence = name.startsWith("nodejs-polars-") ? "MIT" : license;
    found.set(`${name} ${version}`, { name, version, licence });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The document that lists them. */
export function dependenciesText(): string {
  const rows = productionPackages().map(
    ({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`,
  );
  return `# Production dependencies

What \`npm ci --omit=dev\` installs, on any kind of machine, with the licences that the packages declare. A test keeps the list
true to package-lock.json; \`node tests/support/licences.ts\` prints it. A bill of materials in a standard form:
\`npm sbom --omit dev --package-lock-only --sbom-format cyclonedx\` (or \`spdx\`).

| package | version | licence |
|---|---|---|
${rows.join("\n")}
`;
}

if (import.meta.main) process.stdout.write(dependenciesText());
