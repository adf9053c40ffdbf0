import { quote, refuse } from "../../core/errors.ts";

/** Refuses a setting whose name is none of those there are. */
export function requireKnown(where: string, what: string, given: object, names: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  refuse({
    code: "unknown-setting",
    where,
    problem: `${what} can be ${names.join(", ")}; got ${quote(unknown, 60)}`,
    hint: "Correct its name, or leave it out.",
    facts: { unknown, names },
  });
}
