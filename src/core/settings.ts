import { quote, refuse } from "./errors.ts";

/** Refuses settings that are no object, or have a name which is none of those there are. */
export function requireKnown(where: string, what: string, given: object, names: readonly string[]): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    refuse({
      code: "bad-setting",
      where,
      problem: `needs ${what} as an object; got ${quote(given, 60)}`,
      hint: `It can have ${names.join(", ")}.`,
    });
  }
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
