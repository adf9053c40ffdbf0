import { basename, extname } from "node:path";
import { type Refusal, TickbookError } from "../../core/errors.ts";
import { isLocal } from "../modules/places.ts";
import { noSubpath } from "./own-package.ts";

/** What an import names and is not there, and what to do about it. */
export function missingModule(specifier: string): TickbookError {
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  return new TickbookError(name === "tickbook" ? noSubpath(specifier) : missing(specifier, name));
}

/** Whether it is an address, or the name of a package as another runtime writes it. */
export function isForeign(specifier: string): boolean {
  return /^(?:https?|jsr|npm):/.test(specifier);
}

function missing(specifier: string, name: string): Refusal {
  const told = (code: string, problem: string, hint: string): Refusal => ({
    code,
    where: "import",
    problem,
    hint,
    facts: { specifier },
  });
  if (isLocal(specifier))
    return told(
      "no-file",
      `a file ${specifier} is needed; there is none, seen from the file that imports it`,
      "Was it renamed or deleted?",
    );
  if (/^(?:https?|jsr):/.test(specifier))
    return told(
      "no-address",
      `${specifier} is an address; modules come from files and packages here`,
      "Add the package with npm run add -- NAME in the project's folder, and import it by its name.",
    );
  const ofNpm = /^npm:((?:@[^/@]+\/)?[^/@]+)/.exec(specifier)?.[1];
  if (ofNpm !== undefined)
    return told(
      "other-spelling",
      `${specifier} is another runtime's spelling; write "${ofNpm}" here`,
      `If it is not installed, run npm run add -- ${ofNpm} in the project's folder first.`,
    );
  if (specifier.startsWith("node:"))
    return told(
      "no-builtin",
      `Node ${process.versions.node} has no module ${specifier}`,
      "Look for its name at https://nodejs.org/api.",
    );
  const where = specifier === name ? "" : `, or it has no ${specifier.slice(name.length + 1)}`;
  return told(
    "no-package",
    `the package ${name} is needed; it is not installed${where}`,
    `Run npm run add -- ${name} in the project's folder, then this cell again.`,
  );
}

/** Endings of what runs. */
const runs = /^(?:|\.[cm]?[jt]sx?|\.json|\.node)$/;

export function isCode(path: string): boolean {
  return runs.test(extname(path));
}

/** An import of a file that is no code. */
export function noCode(path: string): TickbookError {
  return new TickbookError({
    code: "no-code",
    where: "import",
    problem: `TypeScript, JavaScript or JSON is needed; ${basename(path)} is none`,
    hint: `Read it: import { readFileSync } from "node:fs"; readFileSync(${JSON.stringify(path)}, "utf8").`,
    facts: { path },
  });
}
