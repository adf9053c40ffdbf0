import { TickbookError } from "./errors.ts";

/** As they were when the program started: code of a notebook may have replaced them. */
const { stringify } = JSON;

/**
 * JSON that every reader takes: BigInts as numbers, halves of surrogate pairs as U+FFFD. What refers to itself is
 * refused with its place; what a getter or a `toJSON` throws is thrown.
 */
export function jsonText(value: unknown, where = "show"): string {
  const text = stringified(value, where);
  if (!text.includes("\\ud")) return text;
  return stringify(value, (_, part) => wellFormed(plainNumber(part)));
}

function stringified(value: unknown, where: string): string {
  try {
    return stringify(value) ?? "null";
  } catch (problem) {
    if (!(problem instanceof TypeError)) throw problem;
    const cycle = cycleIn(value);
    if (cycle === undefined) return stringify(value, (_, part) => plainNumber(part)) ?? "null";
    throw new TickbookError({
      code: "json-cycle",
      where,
      problem: `what is shown may not contain itself; ${cycle} does`,
      hint: "Leave that property out, or show a copy without it.",
      facts: { path: cycle },
    });
  }
}

function plainNumber(part: unknown): unknown {
  return typeof part === "bigint" ? Number(part) : part;
}

function wellFormed(part: unknown): unknown {
  return typeof part === "string" ? part.replace(/\p{Surrogate}/gu, "\ufffd") : part;
}

/** The path to the first object that stands inside itself. */
function cycleIn(value: unknown): string | undefined {
  const above = new Set<object>();
  const done = new WeakSet<object>();
  const visit = (part: unknown, path: string): string | undefined => {
    if (typeof part !== "object" || part === null || done.has(part)) return undefined;
    if (above.has(part)) return path;
    above.add(part);
    for (const key of Object.keys(part)) {
      const found = visit((part as Record<string, unknown>)[key], path === "" ? key : `${path}.${key}`);
      if (found !== undefined) return found;
    }
    above.delete(part);
    done.add(part);
    return undefined;
  };
  return visit(value, "");
}
