import { quote, refuse } from "./errors.ts";

/**
 * What every public call asks of its arguments before it looks into them: a refusal in one sentence, never a TypeError from
 * inside or a figure from something else than was meant. Columns are Float64Array; a plain array of numbers is refused, for
 * it may hold gaps and text, and sorts as text.
 */

/** Refuses columns of numbers that are no Float64Array. */
export function requireColumns(where: string, columns: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(columns)) {
    const got = columns[name];
    if (kindOf(got) === "Float64Array") continue;
    const isList = Array.isArray(got) || ArrayBuffer.isView(got);
    refuse({
      code: "not-a-column",
      where,
      problem: `${name} must be a Float64Array; got ${described(got)}`,
      hint: isList ? `Pass Float64Array.from(${name.split(".").at(-1)}).` : "Pass a column of numbers.",
      facts: { name },
    });
  }
}

/** Refuses what is no number at all; NaN and ±Infinity pass. */
export function requireNumbers(where: string, numbers: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(numbers)) {
    if (typeof numbers[name] === "number") continue;
    refuse({
      code: "not-a-number",
      where,
      problem: `${name} must be a number; got ${described(numbers[name])}`,
      hint: "Pass a number.",
      facts: { name },
    });
  }
}

/** Refuses what is no text. */
export function requireText(where: string, name: string, got: unknown): void {
  if (typeof got === "string") return;
  refuse({
    code: "not-a-text",
    where,
    problem: `${name} must be a text; got ${described(got)}`,
    hint: "Pass it in quotes.",
    facts: { name },
  });
}

/** Refuses what is no function. */
export function requireFunction(where: string, name: string, got: unknown): void {
  if (typeof got === "function") return;
  refuse({
    code: "not-a-function",
    where,
    problem: `${name} must be a function; got ${described(got)}`,
    hint: `Pass for example () => ….`,
    facts: { name },
  });
}

/** Refuses what is no array. */
export function requireList(where: string, name: string, got: unknown): void {
  if (Array.isArray(got)) return;
  refuse({
    code: "not-a-list",
    where,
    problem: `${name} must be an array; got ${described(got)}`,
    hint: `Pass [${name}] for a single one.`,
    facts: { name },
  });
}

/** Refuses what is neither an array nor a column. */
export function requireSequence(where: string, name: string, got: unknown): void {
  if (Array.isArray(got) || (ArrayBuffer.isView(got) && kindOf(got) !== "DataView")) return;
  refuse({
    code: "not-a-list",
    where,
    problem: `${name} must be a column of numbers; got ${described(got)}`,
    hint: "Pass a Float64Array, or an array.",
    facts: { name },
  });
}

/** Refuses what is no object with these fields: bars, the result of another call. */
export function requireFields(where: string, name: string, got: unknown, fields: readonly string[]): void {
  const lacking = isObject(got) ? fields.find((field) => (got as never)[field] === undefined) : undefined;
  if (isObject(got) && lacking === undefined) return;
  refuse({
    code: "not-what-is-needed",
    where,
    problem: isObject(got)
      ? `${name} needs ${fields.join(", ")}; ${lacking} is not there`
      : `${name} must be an object${fields.length > 0 ? ` with ${fields.join(", ")}` : ""}; got ${described(got)}`,
    hint: "Pass the result of the call that makes it, as it is.",
    facts: { name, fields },
  });
}

/**
 * Refuses settings that are no object, or have a name which is none of those there are. Returns them. `results` name the
 * fields of what other calls return, which may be passed as it is: whole, or not at all.
 */
export function requireSettings<Settings extends object>(
  where: string,
  settings: Settings,
  names: readonly (keyof Settings & string)[],
  results: readonly (readonly string[])[] = [],
): Settings {
  const whole = isObject(settings)
    ? results.filter((fields) => fields.every((field) => field in settings))
    : [];
  const known: readonly string[] = [...names, ...whole.flat()];
  if (isObject(settings) && Object.keys(settings).every((name) => known.includes(name))) return settings;
  requireKnown(where, "settings", settings, names);
  return settings;
}

/** `requireSettings` of settings within settings, which the sentence calls `what`. */
export function requireKnown(where: string, what: string, given: object, names: readonly string[]): void {
  const can = names.length === 0 ? "It has none" : `It can have ${names.join(", ")}`;
  if (!isObject(given)) {
    refuse({
      code: "bad-setting",
      where,
      problem: `needs ${what} as an object; got ${described(given)}`,
      hint: `${can}.`,
    });
  }
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, names);
  refuse({
    code: "unknown-setting",
    where,
    problem: `${what} can be ${names.join(", ")}; got ${quote(unknown, 60)}`,
    hint: near === undefined ? "Correct its name, or leave it out." : `Did you mean ${near}?`,
    facts: { unknown, names },
  });
}

/** An object that holds fields, of whatever realm: no array, map, column or date. */
function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && kindOf(value) === "Object";
}

function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** What came, short: a list by its kind and length, all else as it is. */
function described(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `${kindOf(value)} of ${(value as Float64Array).length}`;
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null && !isObject(value)) return `a ${kindOf(value)}`;
  return quote(value, 60);
}

/** The name that differs by least, if by no more than a third of its letters. */
function nearest(given: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, off: editDistance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, off }) => off <= Math.max(2, name.length / 3) && off < name.length)
    .sort((a, b) => a.off - b.off);
  return best?.name;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
