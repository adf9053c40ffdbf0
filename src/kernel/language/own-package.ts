import { createRequire } from "node:module";
import type { Refusal } from "../../core/errors.ts";

/** The parts of "tickbook" beside its own entry. */
const SUBPATHS: readonly string[] = ["stats", "backtest", "charts", "alerts", "store", "controls"];

/** What is to be written instead of an import of this name from "tickbook", which has none such; undefined where no part has it. */
export function movedName(name: string): string | undefined {
  const require = createRequire(import.meta.url);
  const subpath = SUBPATHS.find((part) => name in (require(`tickbook/${part}`) as object));
  if (subpath === undefined) return undefined;
  return `import: ${name} is in "tickbook/${subpath}", not in "tickbook". Write import { ${name} } from "tickbook/${subpath}".`;
}

export function noSubpath(specifier: string): Refusal {
  return {
    code: "no-subpath",
    where: "import",
    problem: `"tickbook" has ${SUBPATHS.map((part) => `"tickbook/${part}"`).join(", ")}; got "${specifier}"`,
    hint: 'Write one of these, or "tickbook".',
    facts: { specifier },
  };
}
