/** The facts of a refused request: what `TickbookError` turns into one line and keeps as fields. */
export interface Refusal {
  /** Stable and machine-readable, for example `bad-window`. */
  readonly code: string;
  /** The function, venue, file or flag that speaks. */
  readonly where: string;
  /** What is needed, with what came: whole sentences without the closing full stop. */
  readonly problem: string;
  /** What to do about it. */
  readonly hint: string;
  /** The values that the sentence mentions. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/**
 * An error that a user may read: `where: what is needed; what came. What to do.`
 * Anything else that reaches the top of a program is a defect of ours.
 */
export class TickbookError extends Error {
  readonly code: string;
  readonly where: string;
  readonly problem: string;
  readonly hint: string;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(`${refusal.where}: ${refusal.problem}. ${refusal.hint}`, options);
    this.name = "TickbookError";
    this.code = refusal.code;
    this.where = refusal.where;
    this.problem = refusal.problem;
    this.hint = refusal.hint;
    this.facts = refusal.facts ?? {};
  }
}

/** Throws when a setting is not what is needed. */
export function refuse(refusal: Refusal): never {
  throw new TickbookError(refusal);
}

/** A text from outside, made fit for a terminal or a log: control characters escaped, 200 characters at most. */
export function quote(value: unknown, most = 200): string {
  let text: string;
  if (typeof value === "string") text = JSON.stringify(value);
  else if (typeof value === "bigint") text = `${value}`;
  else if (typeof value === "number") text = String(value);
  else text = jsonText(value);
  text = plainText(text);
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** Any text fit for one line of a terminal: control characters and those that turn the direction of writing are written out. */
export function plainText(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is written out
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The words of whatever was thrown, on one line; it may throw in its turn when it is read. */
export function reasonOf(problem: unknown, most = 300): string {
  let text: string;
  try {
    const message =
      typeof problem === "object" && problem !== null && "message" in problem && problem.message;
    // an object is not written down: an array may be endless, and so may what it says of itself
    const isPlain = typeof problem !== "object" && typeof problem !== "function";
    if (typeof message === "string") text = message;
    else text = isPlain || problem === null ? String(problem) : "something without a message was thrown";
  } catch {
    text = "something was thrown that cannot be shown";
  }
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}

/** What came from outside may be nested deeper than can be written down. */
function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return "a value nested too deep";
  }
}
